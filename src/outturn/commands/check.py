"""`outturn check`: everything in a folder validated at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outturn.commands.deriving import not_derived, unfilled_of
from outturn.commands.folder import open_folder
from outturn.commands.unfilled import costs, sentences
from outturn.ingest import ingest
from outturn.ingest.days_ahead import days_ahead
from outturn.ingest.doubtful import doubtful
from outturn.judgement.words import singular
from outturn.terms.errors import Mistake


@dataclass(frozen=True)
class Checked:
    """What was found: mistakes, or sentences that say what is in order."""

    mistakes: list[Mistake]
    counted: dict[str, int]
    not_derived: str = ""  # a sentence, where tables lack the rows that they are derived from
    unknown_words: tuple[str, ...] = ()  # sentences about words of closed lists that nobody knows
    ahead: tuple[str, ...] = ()  # sentences about days that had not come on the position date
    doubtful: tuple[str, ...] = ()  # sentences about rows that a contract warns of
    unfilled: tuple[str, ...] = ()  # sentences about columns that measures need and nothing fills

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is no mistake, and should be looked at."""
        return (*self.unfilled, *self.unknown_words, *self.ahead, *self.doubtful)

    @property
    def sentences(self) -> list[str]:
        counted = ", ".join(
            f"{number:,} {singular(what) if number == 1 else what}"
            for what, number in self.counted.items()
        )
        found = self.warnings
        order = "Everything else is in order." if found else "Everything is in order."
        said = [*found, order, f"Checked: {counted}."]
        return [*said, self.not_derived] if self.not_derived else said


def check(path: Path, progress: Callable[..., None]) -> Checked:
    """Every mistake in the definitions and the data of a folder; nothing is built or changed."""
    folder = open_folder(path)
    mistakes = list(folder.mistakes)
    partnership = folder.partnership
    rows, said = 0, ""
    unknown: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    if folder.contracts and partnership.places:  # without places every row would be wrong
        progress("Reading the data")
        ingested = ingest(path, partnership, folder.contracts, folder.cache, progress)
        mistakes += [*ingested.mistakes, *ingested.nothing_left]
        rows = sum(table.height for table in ingested.tables.values())
        rows += sum(table.rows for table in ingested.in_files.values())
        said = not_derived(ingested, partnership)
        unknown = ingested.unknown_words
        as_of = partnership.as_of or date.today()
        ahead = tuple(days_ahead(ingested.every, folder.contracts, as_of))
        warned = tuple(doubtful(ingested.every, folder.contracts))
        lacks = unfilled_of(ingested, partnership)
        lost = costs(partnership.measures.values(), lacks, folder.contracts)
        unfilled = tuple(sentences(lost))
    counted = {
        "definition files": len(partnership.files),
        "measures": len(partnership.measures),
        "targets": len(partnership.targets),
        "places": len(partnership.places),
        "sources": len(partnership.sources),
        "rows": rows,
    }
    return Checked(mistakes, counted, said, unknown, ahead, warned, unfilled)
