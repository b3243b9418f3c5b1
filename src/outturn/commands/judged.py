"""What is made of the Counts of a slice: Values, Verdicts, Benchmarks and findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from outturn.benchmarking import benchmarks
from outturn.commands.lacked import figures_touched
from outturn.commands.slices import Slice
from outturn.contracts import Contract
from outturn.framework import Partnership
from outturn.framework.model import Comparator
from outturn.framework.places import members
from outturn.judgement.disclosure import counting_people, divided_by_people
from outturn.judgement.findings import findings
from outturn.judgement.incomplete import findings_of, notes_of, with_notes
from outturn.judgement.known_events import come
from outturn.judgement.masking import masked
from outturn.judgement.parted import Others, made_of_parts
from outturn.judgement.unusual import unusual
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.statistics.suppression import PRESETS


@dataclass(frozen=True)
class Known:
    """What is known beside the Counts, the same for every slice."""

    partnership: Partnership  # whole, with the measures of every slice
    comparators: Mapping[str, Comparator]  # with the neighbours worked out
    public: Collection[str]
    places: Sequence[str]  # that are judged beside home
    comparisons: pl.DataFrame | None
    superseded: pl.DataFrame  # as it may be told
    notes: Mapping[str, str]  # what each measure is incomplete by
    as_of: date
    seed: int
    lacked: Mapping[str, pl.DataFrame] = field(default_factory=dict)  # by table: `Ingested.lacked`
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)  # words that nobody knows, by measure
    # The sources of which it is told what figures were before a revision; None: all.
    revised_of: Collection[str] | None = None


@dataclass(frozen=True)
class Judged:
    """The frames of one slice, and the findings of each kind."""

    values: pl.DataFrame
    verdicts: pl.DataFrame
    benchmarks: pl.DataFrame
    findings: tuple[pl.DataFrame, ...]


def judged(told: pl.DataFrame, part: Slice, known: Known) -> Judged:
    """Divide, compare and judge the Counts of a slice that may be told."""
    ours = part.partnership
    notes = {id: note for id, note in known.notes.items() if id in part.ids}
    made = values(
        told,
        measures=ours.measures,
        places=ours.places,
        hierarchy=ours.hierarchy,
        totals_for=ours.tops,
        disclosure=ours.disclosure,
        public=known.public,
        of_people=counting_people(ours.measures, known.contracts),
        by_people=divided_by_people(ours.measures, known.contracts),
        comparators=known.comparators,
    )
    rows = _rows_lacked(made, known)
    made = with_notes(made, notes, rows)
    compared = benchmarks(
        made,
        measures=ours.measures,
        comparators=known.comparators,
        places=ours.places,
        comparisons=_comparisons(part, known),
        home=ours.home,
        as_of=known.as_of,
        of_parts=partial(
            made_of_parts, measures=ours.measures, others=Others(ours.places, known.comparators)
        ),
    )
    said = verdicts(
        made,
        measures=ours.measures,
        targets=ours.targets,
        overrides=ours.overrides,
        calendar=ours.calendar,
        as_of=known.as_of,
        home=ours.home,
        comparators=known.comparators,
        places=ours.places,
        also=known.places,
        known_events=ours.known_events,
        seed=known.seed,
        disclosure=ours.disclosure,
    )
    return Judged(made, said, compared, _findings(made, said, part, known, (notes, rows)))


def _rows_lacked(made: pl.DataFrame, known: Known) -> pl.DataFrame:
    """What is said of each figure that rows set aside could change."""
    found = figures_touched(made, known.partnership, known.contracts, known.lacked)
    bare = known.revised_of is not None  # what could be worked out is withheld
    return notes_of(found, known.partnership.disclosure, numbers=not bare)


def _comparisons(part: Slice, known: Known) -> pl.DataFrame | None:
    """What others published of the measures of the slice; of no measure, in the first."""
    if known.comparisons is None or "measure" not in known.comparisons.columns:
        return known.comparisons
    ours = pl.col("measure").is_in(part.ids)
    if part.leads:
        ours |= ~pl.col("measure").is_in(list(known.partnership.measures))
    return known.comparisons.filter(ours.fill_null(part.leads))


def _findings(
    made: pl.DataFrame,
    said: pl.DataFrame,
    part: Slice,
    known: Known,
    lacks: tuple[Mapping[str, str], pl.DataFrame],
) -> tuple[pl.DataFrame, ...]:
    """Of each kind a frame. Shares are looked at over all measures at once, and are not here."""
    ours = part.partnership
    under = members(ours.places, ours.hierarchy, ours.tops)
    doubts = {id: said for id, said in known.doubts.items() if id in part.ids}
    return (
        findings(
            made,
            measures=ours.measures,
            identities=ours.identities,
            shares=(),
            superseded=known.superseded.filter(pl.col("measure").is_in(part.ids)),
            revised_of=known.revised_of,
            calendar=ours.calendar,
            round_to=PRESETS[ours.disclosure].round_to,
            places=ours.places,
            hierarchy=ours.hierarchy,
            totals_for=ours.tops,
        ),
        findings_of(made, lacks[0], ours.home, lacks[1], doubts),
        masked(
            said,
            made,
            measures=ours.measures,
            places=ours.places,
            calendar=ours.calendar,
            targets=ours.targets,
            hierarchy=ours.hierarchy,
            totals_for=ours.tops,
            disclosure=ours.disclosure,
        ),
        unusual(
            made,
            measures=ours.measures,
            home=ours.home,
            members=[one.code for above, one in under if above == ours.home],
            calendar=ours.calendar,
            as_of=known.as_of,
            targets=ours.targets,
            places=ours.places,
            sources={one.id: one.title or one.file for one in ours.sources},
            disclosure=ours.disclosure,
        ),
        come(
            made,
            ours.known_events,
            measures=ours.measures,
            calendar=ours.calendar,
            as_of=known.as_of,
            home=ours.home,
        ),
    )
