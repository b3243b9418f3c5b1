"""From tables to judged figures: the spine in one function, for building and for re-creating.

What a build makes of Counts is made slice by slice of the measures (slices.py), so that a national
set needs no more memory than one slice and its Counts. The frames are those of one go to the last
row: each is given in the order in which a vintage keeps it, and where there are several slices, on
the disk (spilling.py). A build of few rows has one slice, and its frames stay in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import polars as pl

from outturn.benchmarking.neighbours import TABLE as AREAS
from outturn.benchmarking.neighbours import with_neighbours
from outturn.commands.counting import counts
from outturn.commands.judged import Judged, Known, judged
from outturn.commands.slices import ROWS_AT_ONCE, Slice, judged_places, rows_of, slices
from outturn.commands.spilling import Pile, Room, in_one
from outturn.commands.unfilled import costs, notes_of
from outturn.contracts import Contract
from outturn.engine.levels import parts_and_wholes
from outturn.framework import Partnership
from outturn.ingest import Ingested
from outturn.judgement.disclosure import (
    CLOSED,
    NOTHING,
    may_be_told,
    of_public_only,
    published_sources,
    released,
    without_rows,
    without_squares,
)
from outturn.judgement.findings import shares_found
from outturn.judgement.incomplete import doubts_of, held_to, incomplete
from outturn.judgement.relations_between import PassedOver
from outturn.judgement.withheld_besides import Edition
from outturn.judgement.year_end_moments import SEED
from outturn.statistics.suppression import PRESETS
from outturn.terms.errors import Mistake, Mistakes, raise_all
from outturn.terms.records import WHOLE
from outturn.vintages.on_disk import Frame
from outturn.vintages.vintage import FRAMES

_PILED = ("found", "counts", "values", "verdicts", "benchmarks")
_FINDING = ("rule", "measure", "place", "period")


@dataclass(frozen=True)
class Figures:
    """The frames of one build, before they are kept."""

    found: Frame  # Counts as found: protected
    counts: Frame  # Counts after disclosure control
    superseded: pl.DataFrame
    values: Frame
    verdicts: Frame
    benchmarks: Frame
    findings: pl.DataFrame
    passed_over: tuple[PassedOver, ...] = ()  # by what else is withheld
    unprotected: int = 0  # small counts that can be worked out all the same


def figures(
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    ingested: Ingested,
    as_of: date,
    progress: Callable[..., None],
    cache: Path | None = None,
    earlier: Sequence[Edition] = (),
    seed: int = SEED,
    *,
    room: Room,
    besides: str = CLOSED,
) -> Figures:
    """Count, release, divide, judge and compare: everything a vintage holds.

    Counts remembered in `cache` are taken from there. What `earlier` editions told is known.
    `seed` is that of the forecasts' draws. Frames that are put by on the disk last as long as the
    `room`.
    """
    progress("Counting")
    counted, superseded = counts(partnership, contracts, ingested, as_of, cache)
    public = published_sources(partnership, contracts)
    made = released(counted, partnership, public, contracts, earlier, besides=besides)
    told, passed_over = made.told, made.passed_over
    levels = _levels(partnership, contracts, ingested, as_of)
    # Nothing protects what is told besides from being worked out, where that is asked.
    bare = besides != NOTHING and PRESETS[partnership.disclosure].withholds
    known = Known(
        partnership=partnership,
        comparators=with_neighbours(
            partnership.comparators,
            ingested.whole(AREAS),
            partnership.places,
            partnership.home,
        ),
        public=public,
        places=judged_places(partnership),
        comparisons=ingested.whole("comparisons"),
        superseded=may_be_told(superseded, partnership, public, contracts),
        revised_of=public if bare else None,
        notes=_notes(partnership, contracts, ingested),
        as_of=as_of,
        seed=seed,
        lacked=ingested.lacked,
        contracts=contracts,
        doubts=doubts_of(
            partnership.measures,
            held_to(partnership.disclosure, ingested.doubts, ingested.discreet),
        ),
    )
    progress("Judging")
    found = Found(counted, told, levels, passed_over, made.unprotected, told_besides=not bare)
    del counted, made, told, levels  # the last hold on them is that of `found`, which lets go
    return judged_figures(found, known, room)


def _notes(
    partnership: Partnership, contracts: Mapping[str, Contract], ingested: Ingested
) -> dict[str, str]:
    """What each measure is incomplete by, or loses its figures by."""
    lost = costs(partnership.measures.values(), ingested.unfilled, contracts)
    said = [
        notes_of(lost, partnership.measures),
        incomplete(
            partnership.measures,
            held_to(partnership.disclosure, ingested.lacking, ingested.discreet),
        ),
    ]
    ids = dict.fromkeys(id for one in said for id in one)
    return {id: "; ".join(one[id] for one in said if id in one) for id in ids}


@dataclass
class Found:
    """What was counted; the Counts are let go when the slices are made."""

    counted: pl.DataFrame
    told: pl.DataFrame
    levels: pl.DataFrame  # findings about places and their parts
    passed_over: tuple[PassedOver, ...] = ()
    unprotected: int = 0
    told_besides: bool = True  # numbers of rows, and what figures were before a revision


def judged_figures(found: Found, known: Known, room: Room, rows: int = 0) -> Figures:
    """The figures of these Counts, in slices of about so many `rows` where they are many."""
    parts = slices(known.partnership, found.told, rows)
    if len(parts) == 1:
        only = judged(found.told, parts[0], known)
        frames = in_one(_frames(found.counted, found.told, only, found.told_besides))
        blocks = [only.findings]
    else:
        frames, blocks = _piled(found, known, room, parts)
    shares = _shares(frames["values"], known, rows or ROWS_AT_ONCE)
    return Figures(
        superseded=_superseded(found, known),
        findings=_sorted(found.levels, blocks, shares),
        passed_over=found.passed_over,
        unprotected=found.unprotected,
        **frames,
    )


def _frames(
    counted: pl.DataFrame, told: pl.DataFrame, made: Judged, told_besides: bool
) -> dict[str, pl.DataFrame]:
    counts, values = without_squares(told), made.values
    if not told_besides:
        counts, values = without_rows(counts), without_rows(values)
    given = (counted, counts, values, made.verdicts, made.benchmarks)
    return dict(zip(_PILED, given, strict=True))


def _superseded(found: Found, known: Known) -> pl.DataFrame:
    """The figures before their revisions, as they are kept for others."""
    if found.told_besides:
        return known.superseded
    return without_rows(of_public_only(known.superseded, known.public))


def _piled(
    found: Found, known: Known, room: Room, parts: list[Slice]
) -> tuple[dict[str, Frame], list[tuple[pl.DataFrame, ...]]]:
    """The frames on the disk, and the findings of each slice. Mistakes of all are told at once."""
    piles = {name: Pile(name, FRAMES[name], room) for name in _PILED}
    blocks: list[tuple[pl.DataFrame, ...]] = []
    mistakes: list[Mistake] = []
    for part, at in zip(parts, rows_of(found.told, parts), strict=True):
        counted, told = found.counted[at], found.told[at]
        try:
            made = judged(told, part, known)
        except Mistakes as group:
            mistakes.extend(one for one in group.exceptions if isinstance(one, Mistake))
            continue
        blocks.append(made.findings)
        for name, frame in _frames(counted, told, made, found.told_besides).items():
            piles[name].put(frame)
    raise_all(mistakes)
    found.counted, found.told = found.counted.clear(), found.told.clear()
    return {name: pile.whole() for name, pile in piles.items()}, blocks


def _sorted(
    levels: pl.DataFrame,
    blocks: list[tuple[pl.DataFrame, ...]],
    shares: Iterable[pl.DataFrame],
) -> pl.DataFrame:
    """The findings of all slices, those of each kind together, in their order."""
    against, *others = ([one[kind] for one in blocks] for kind in range(len(blocks[0])))
    every = [*against, *shares, levels, *chain.from_iterable(others)]
    return pl.concat(every).sort(_FINDING, maintain_order=True)


def _shares(values: Frame, known: Known, many: int) -> Iterator[pl.DataFrame]:
    """What is said of shares: some places at a time, for each is held against its own alone."""
    partnership = known.partnership
    if not partnership.shares:
        return
    counts = [id for id, one in partnership.measures.items() if one.kind in ("count", "money")]
    asked = [*counts, *(one.measure for one in partnership.shares)]
    lazy = values.lazy() if isinstance(values, pl.DataFrame) else values.scan()
    rows = lazy.filter(pl.col("measure").is_in(asked) & (pl.col("breakdown") == WHOLE))
    for places in _places(rows, many):
        some = rows.filter(pl.col("place").is_in(places)).collect()
        yield shares_found(some, partnership.measures, partnership.shares, partnership.calendar)


def _places(rows: pl.LazyFrame, many: int) -> Iterator[list[str]]:
    """Places in groups that have together about so many rows."""
    held: list[str] = []
    counted = 0
    for place, size in rows.group_by("place").len().sort("place").collect().iter_rows():
        held.append(place)
        counted += size
        if counted >= many:
            yield held
            held, counted = [], 0
    if held:
        yield held


def _levels(
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    ingested: Ingested,
    as_of: date,
) -> pl.DataFrame:
    """Where a place and its parts are both counted; without amounts that may not be told."""
    found = parts_and_wholes(
        partnership.measures.values(),
        ingested.tables,
        contracts=contracts,
        places=partnership.places,
        hierarchy=partnership.hierarchy,
        calendar=partnership.calendar,
        as_of=as_of,
        totals_for=partnership.tops,
    )
    if PRESETS[partnership.disclosure].below:
        return found.with_columns(size=pl.lit(None, pl.Float64))
    return found
