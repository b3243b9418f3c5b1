"""From tables to judged figures: the spine in one function, for building and for re-creating."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from outturn.benchmarking import benchmarks
from outturn.commands.counting import counts
from outturn.contracts import Contract
from outturn.framework import Partnership
from outturn.ingest import Ingested
from outturn.judgement.findings import findings
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.statistics.suppression import suppress


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
) -> Figures:
    """Count, release, divide, judge and compare: everything a vintage holds.

    Counts remembered in `cache` are taken from there.
    """
    progress("Counting")
    counted, superseded = counts(partnership, contracts, ingested, as_of, cache)
    released = _released(partnership, counted)
    progress("Judging")
    made = values(
        released,
        measures=partnership.measures,
        places=partnership.places,
        hierarchy=partnership.hierarchy,
        totals_for=partnership.tops,
    )
    compared = benchmarks(
        made,
        measures=partnership.measures,
        comparators=partnership.comparators,
        places=partnership.places,
        comparisons=ingested.tables.get("comparisons"),
        home=partnership.home,
    )
    judged = verdicts(
        made,
        measures=partnership.measures,
        targets=partnership.targets,
        overrides=partnership.overrides,
        calendar=partnership.calendar,
        as_of=as_of,
        home=partnership.home,
        comparators=partnership.comparators,
        places=partnership.places,
        also=[pack.place for pack in partnership.packs.values() if pack.place],
    )
    superseded = _released(partnership, superseded)
    found = findings(
        made,
        measures=partnership.measures,
        identities=partnership.identities,
        shares=partnership.shares,
        superseded=superseded,
        calendar=partnership.calendar,
    )
    return Figures(counted, released, superseded, made, judged, compared, found)


def _released(partnership: Partnership, counted: pl.DataFrame) -> pl.DataFrame:
    """The Counts after disclosure control.

    Measures whose figures others have published already are left alone, and so are money and
    scores, which count nobody.
    """
    left_alone = [
        one.id
        for one in partnership.measures.values()
        if one.reported or one.kind in ("money", "score", "index")
    ]
    published = pl.col("measure").is_in(left_alone)
    return suppress(counted, partnership.disclosure, published=published)
