"""Counts that a source withholds and that follow from what it tells beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.formulas import all_public
from outturn.judgement.totals_and_parts import SIDES, of_sides, totals_and_parts
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Flags, Numbers
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.records import Absent


def counts_of(
    rows: pl.DataFrame, partnership: Partnership, measures: Mapping[str, Measure]
) -> Numbers:
    """The counts of the rows, a column for each of `SIDES`, with those that follow.

    Where a source tells a total and all of its parts but one, which it marks as suppressed, that
    one is what is left, to whoever reads the figures here; so it is where some parts are taken
    away, and where the total is the mean of the parts. It is in the place of the missing count
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
        counts[:, side] = _with_rests(here, counts[:, side], withheld[:, side], policy)
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


def _with_rests(pairs: pl.DataFrame, counts: Numbers, withheld: Flags, policy: Policy) -> Numbers:
    """The counts, with the least that any total leaves for a withheld part that is the only one.

    What is found may leave another alone, so it is asked again until no more is found. Whether a
    sum with an unknown part comes out, or is a mean, nobody can tell: where it need not, only what
    is small is found, which would be protected in vain at worst. A mean tells it to the nearest.
    """
    relation, total, part = (
        pairs[name].to_numpy().astype(np.int64) for name in ("_relation", "_total", "_row")
    )
    sign = pairs["_sign"].to_numpy().astype(np.float64)
    exact, alike = (pairs[name].to_numpy().astype(bool) for name in ("_exact", "_alike"))
    size = int(relation.max(initial=-1)) + 1
    parts = np.bincount(relation, minlength=size)[relation]
    counts = counts.copy()
    while True:
        unknown = withheld & np.isnan(counts)
        alone = np.bincount(relation, unknown[part], size)[relation] == 1
        known = np.bincount(relation, sign * np.nan_to_num(counts[part]), size)[relation]
        rest = (counts[total] - known) / sign
        of_mean = np.floor(parts * counts[total] - known + 0.5)
        whole = ~alike | (np.abs(rest - np.rint(rest)) <= NEAR)
        sure = whole & (~(exact | alike) | policy.is_small(rest))
        least = np.full(counts.size, np.inf)
        for left, kept in ((rest, sure), (of_mean, alike & policy.is_small(of_mean))):
            here = kept & alone & unknown[part] & (left >= 0)
            np.minimum.at(least, part[here], left[here])
        if not np.isfinite(least).any():
            return counts
        counts = np.where(np.isfinite(least), least, counts)
