"""From tables to judged figures: the spine in one function, for building and for re-creating."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from outturn.benchmarking import benchmarks
from outturn.benchmarking.neighbours import TABLE as AREAS
from outturn.benchmarking.neighbours import with_neighbours
from outturn.commands.audience import CLOSED
from outturn.commands.counting import counts
from outturn.commands.disclosure import may_be_told, published_sources, released
from outturn.commands.withheld_besides import Edition
from outturn.contracts import Contract
from outturn.engine.levels import parts_and_wholes
from outturn.framework import Partnership
from outturn.framework.places import members
from outturn.ingest import Ingested
from outturn.judgement.findings import findings
from outturn.judgement.incomplete import findings_of, incomplete, with_notes
from outturn.judgement.masking import masked
from outturn.judgement.unusual import unusual
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.judgement.year_ends import SEED
from outturn.statistics.suppression import PRESETS


@dataclass(frozen=True)
class Figures:
    """The frames of one build, before they are kept."""

    found: pl.DataFrame  # Counts as found: protected
    counts: pl.DataFrame  # Counts after disclosure control
    superseded: pl.DataFrame
    values: pl.DataFrame
    verdicts: pl.DataFrame
    benchmarks: pl.DataFrame
    findings: pl.DataFrame


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
    besides: str = CLOSED,
) -> Figures:
    """Count, release, divide, judge and compare: everything a vintage holds.

    Counts remembered in `cache` are taken from there. What `earlier` editions told is known.
    `seed` is that of the forecasts' draws.
    """
    progress("Counting")
    counted, superseded = counts(partnership, contracts, ingested, as_of, cache)
    public = published_sources(partnership, contracts)
    told = released(counted, partnership, public, contracts, earlier, besides=besides)
    comparators = with_neighbours(
        partnership.comparators,
        ingested.tables.get(AREAS),
        partnership.places,
        partnership.home,
    )
    progress("Judging")
    made = values(
        told,
        measures=partnership.measures,
        places=partnership.places,
        hierarchy=partnership.hierarchy,
        totals_for=partnership.tops,
        disclosure=partnership.disclosure,
        public=public,
    )
    notes = incomplete(partnership.measures, ingested.lacking)
    made = with_notes(made, notes)
    compared = benchmarks(
        made,
        measures=partnership.measures,
        comparators=comparators,
        places=partnership.places,
        comparisons=ingested.tables.get("comparisons"),
        home=partnership.home,
        as_of=as_of,
    )
    judged = verdicts(
        made,
        measures=partnership.measures,
        targets=partnership.targets,
        overrides=partnership.overrides,
        calendar=partnership.calendar,
        as_of=as_of,
        home=partnership.home,
        comparators=comparators,
        places=partnership.places,
        also=[pack.place for pack in partnership.packs.values() if pack.place],
        known_events=partnership.known_events,
        seed=seed,
    )
    superseded = may_be_told(superseded, partnership, public, contracts)
    against = findings(
        made,
        measures=partnership.measures,
        identities=partnership.identities,
        shares=partnership.shares,
        superseded=superseded,
        calendar=partnership.calendar,
        round_to=PRESETS[partnership.disclosure].round_to,
    )
    levels = _levels(partnership, contracts, ingested, as_of)
    order = ["rule", "measure", "place", "period"]
    lacking = findings_of(made, notes, partnership.home)
    under = members(partnership.places, partnership.hierarchy, partnership.tops)
    hidden = masked(
        judged,
        made,
        measures=partnership.measures,
        places=partnership.places,
        calendar=partnership.calendar,
        hierarchy=partnership.hierarchy,
        totals_for=partnership.tops,
    )
    asked = unusual(
        made,
        measures=partnership.measures,
        home=partnership.home,
        members=[one.code for above, one in under if above == partnership.home],
        calendar=partnership.calendar,
        as_of=as_of,
    )
    found = pl.concat([against, levels, lacking, hidden, asked]).sort(order, maintain_order=True)
    return Figures(counted, told, superseded, made, judged, compared, found)


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
