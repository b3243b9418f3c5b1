"""`outturn check`: everything in a folder validated at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outturn.benchmarking.neighbours import TABLE, doubts, mistakes
from outturn.commands.deriving import not_derived, unfilled_of
from outturn.commands.folder import Folder, open_folder
from outturn.commands.unfilled import costs, sentences
from outturn.framework.model import Comparator
from outturn.ingest import Ingested, ingest
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
    neighbours: tuple[str, ...] = ()  # sentences about groups of the nearest that are in order

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is no mistake, and should be looked at."""
        said = (*self.unfilled, *self.unknown_words, *self.ahead, *self.doubtful)
        return (*said, *self.neighbours)

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
    found = list(folder.mistakes)
    partnership = folder.partnership
    rows, said = 0, ""
    unknown: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    if folder.contracts and partnership.places:  # without places every row would be wrong
        progress("Reading the data")
        ingested = ingest(path, partnership, folder.contracts, folder.cache, progress)
        found += [*ingested.mistakes, *ingested.nothing_left]
        rows = sum(table.height for table in ingested.tables.values())
        rows += sum(table.rows for table in ingested.in_files.values())
        said = not_derived(ingested, partnership)
        unknown = ingested.unknown_words
        as_of = partnership.as_of or date.today()
        ahead = tuple(days_ahead(ingested.every, folder.contracts, as_of))
        warned = tuple(doubtful(ingested.every, folder.contracts, partnership.files))
        lacks = unfilled_of(ingested, partnership)
        lost = costs(partnership.measures.values(), lacks, folder.contracts)
        unfilled = tuple(sentences(lost))
        asking = _asking_for_the_nearest(folder, ingested)
        known = (ingested.whole(TABLE), partnership.places, partnership.home)
        found += mistakes(asking, *known)
        near = tuple(doubts(asking, *known))
    counted = {
        "definition files": len(partnership.files),
        "measures": len(partnership.measures),
        "targets": len(partnership.targets),
        "places": len(partnership.places),
        "sources": len(partnership.sources),
        "rows": rows,
    }
    return Checked(found, counted, said, unknown, ahead, warned, unfilled, near)


def _asking_for_the_nearest(folder: Folder, ingested: Ingested) -> dict[str, Comparator]:
    """The groups whose neighbours are worked out: those of which no mistake is told already, in
    their own words, in home, or in a file that says what areas are like."""
    partnership = folder.partnership
    sources = [one for one in partnership.sources if one.contract == TABLE]
    broken = [one.where for one in (*folder.mistakes, *ingested.stops)]
    is_read = not sources or TABLE in ingested.every
    for one in sources:
        names = (one.named, f"data/sources.toml, source {one.id}")
        is_read = is_read and not any(where.startswith(names) for where in broken)
    if not is_read or partnership.home not in partnership.places:
        return {}
    kinds = {place.kind for place in partnership.places.values()}
    return {
        id: one
        for id, one in partnership.comparators.items()
        if one.nearest
        and one.kind in kinds
        and one.weights
        and all(weight > 0 for weight in one.weights.values())
    }
