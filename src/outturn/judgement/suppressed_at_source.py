"""Counts that a source withholds and that follow from what it tells beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.formulas import all_public
from outturn.judgement.totals_and_parts import SIDES, of_sides, totals_and_parts
from outturn.statistics.columns import Flags, Numbers
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import Absent


def counts_of(
    rows: pl.DataFrame, partnership: Partnership, measures: Mapping[str, Measure]
) -> Numbers:
    """The counts of the rows, a column for each of `SIDES`, with those that follow.

    Where a source tells a total and all of its parts but one, which it marks as suppressed, that
    one is what is left, to whoever reads the figures here. It is in the place of the missing count
    where the policy would withhold it; a larger one needs no protection of ours. What the source
    publishes for everybody is left as it is: nobody here can protect it.
    """
    counts = np.column_stack([rows[side].to_numpy() for side in SIDES]).astype(np.float64)
    policy = PRESETS[partnership.disclosure]
    withheld = _withheld_by_others(rows, partnership)[:, None] & np.isnan(counts)
    if not (policy.withholds and withheld.any()):
        return counts
    pairs = totals_and_parts(rows, np.where(withheld, 0.0, counts), partnership, measures)
    for side in range(len(SIDES)):
        here = pairs.filter(pl.Series(of_sides(pairs)[:, side], dtype=pl.Boolean))
        counts[:, side] = _with_rests(here, counts[:, side], withheld[:, side])
    return np.where(withheld & ~policy.is_small(counts), np.nan, counts)


def with_counts_suppressed_at_source(rows: pl.DataFrame, partnership: Partnership) -> pl.DataFrame:
    """The rows with the counts of `counts_of`: what there is to protect, before it is asked."""
    counts = counts_of(rows, partnership, partnership.measures)
    return rows.with_columns(
        pl.Series(side, counts[:, at], dtype=pl.Float64, nan_to_null=True)
        for at, side in enumerate(SIDES)
    )


def _withheld_by_others(rows: pl.DataFrame, partnership: Partnership) -> Flags:
    """The rows that their source marks as suppressed, and does not publish."""
    public = [one.id for one in partnership.sources if one.public]
    marked = (rows["absent"] == str(Absent.SUPPRESSED)).fill_null(False)
    return np.asarray((marked & ~all_public(rows["source"], public)).to_numpy(), bool)


def _with_rests(pairs: pl.DataFrame, counts: Numbers, withheld: Flags) -> Numbers:
    """The counts, with the least that any total leaves for a withheld part that is the only one.

    What is found may leave another alone, so it is asked again until no more is found.
    """
    relation, total, part = (
        pairs[name].to_numpy().astype(np.int64) for name in ("_relation", "_total", "_row")
    )
    plain = ~(pairs["_exact"] | pairs["_alike"]).to_numpy().astype(bool)
    size = int(relation.max(initial=-1)) + 1
    counts = counts.copy()
    while True:
        unknown = withheld & np.isnan(counts)
        alone = np.bincount(relation, unknown[part], size)[relation] == 1
        known = np.bincount(relation, np.nan_to_num(counts[part]), size)
        rest = counts[total] - known[relation]
        here = plain & alone & unknown[part] & (rest >= 0)
        if not here.any():
            return counts
        least = np.full(counts.size, np.inf)
        np.minimum.at(least, part[here], rest[here])
        counts = np.where(np.isfinite(least), least, counts)
