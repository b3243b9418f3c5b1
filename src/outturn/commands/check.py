"""`outturn check`: everything in a folder validated at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from outturn.commands.deriving import not_derived
from outturn.commands.folder import open_folder
from outturn.ingest import ingest
from outturn.judgement.words import singular
from outturn.terms.errors import Mistake


@dataclass(frozen=True)
class Checked:
    """What was found: mistakes, or sentences that say what is in order."""

    mistakes: list[Mistake]
    counted: dict[str, int]
    not_derived: str = ""  # a sentence, where tables lack the rows that they are derived from
    unknown_words: tuple[str, ...] = ()  # sentences about words of closed lists that nobody knows

    @property
    def sentences(self) -> list[str]:
        counted = ", ".join(
            f"{number:,} {singular(what) if number == 1 else what}"
            for what, number in self.counted.items()
        )
        order = "Everything else is in order." if self.unknown_words else "Everything is in order."
        said = [*self.unknown_words, order, f"Checked: {counted}."]
        return [*said, self.not_derived] if self.not_derived else said


def check(path: Path, progress: Callable[..., None]) -> Checked:
    """Every mistake in the definitions and the data of a folder; nothing is built or changed."""
    folder = open_folder(path)
    mistakes = list(folder.mistakes)
    partnership = folder.partnership
    rows, said = 0, ""
    unknown: tuple[str, ...] = ()
    if folder.contracts and partnership.places:  # without places every row would be wrong
        progress("Reading the data")
        ingested = ingest(path, partnership, folder.contracts, folder.cache, progress)
        mistakes += [*ingested.mistakes, *ingested.nothing_left]
        rows = sum(table.height for table in ingested.tables.values())
        rows += sum(table.rows for table in ingested.in_files.values())
        said = not_derived(ingested, partnership)
        unknown = ingested.unknown_words
    counted = {
        "definition files": len(partnership.files),
        "measures": len(partnership.measures),
        "targets": len(partnership.targets),
        "places": len(partnership.places),
        "sources": len(partnership.sources),
        "rows": rows,
    }
    return Checked(mistakes, counted, said, unknown)
