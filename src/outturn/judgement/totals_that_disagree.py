"""Reported totals that are not what their parts say, where that leaves a withheld count open.

A total that its parts do not reach may have people besides whom nobody counts, and people may be in
several categories. A place that the places under it exceed, a year that is not the sum of all its
quarters, and a mean that is not that of its parts, have no such reason: somebody may know what they
are, and what they tell of a part.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.formulas import all_public
from outturn.judgement.passed_over import PassedOver
from outturn.judgement.sums_of_counts import Sums
from outturn.judgement.totals_and_parts import BY, MEAN, SIDES
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Flags, Numbers
from outturn.statistics.disclosure_policies import PRESETS

DISAGREE = "a total of them is neither their sum nor their mean"


def totals_that_disagree(
    rows: pl.DataFrame,
    pairs: pl.DataFrame,
    sums: Sums,
    counts: Numbers,
    partnership: Partnership,
    measures: Mapping[str, Measure],
) -> frozenset[PassedOver]:
    """The reported measures with such a total beside a count that is withheld here as small."""
    small = PRESETS[partnership.disclosure].is_small(counts) & ~_public(rows, partnership)[:, None]
    if not small.any() or not sums.slack.size:
        return frozenset()
    reported = [id for id, one in measures.items() if one.reported]
    means = [id for id, one in measures.items() if one.roll_up == MEAN]
    marked = np.zeros(sums.cells, bool)
    marked[sums.number[small]] = True
    beside = np.zeros(sums.own.size, bool)
    beside[sums.relation[marked[sums.cell]]] = True
    amiss = sums.slack[beside[sums.slack]]
    asked = pl.DataFrame(
        {"_relation": sums.own[amiss] // len(SIDES), "_over": sums.rest[amiss] < -NEAR},
        schema={"_relation": pl.Int64, "_over": pl.Boolean},
    )
    of = pairs.select("_relation", "_total", "_how", "_full", "_alike").unique("_relation")
    ids = rows.select(_measure="measure").with_row_index("_total").cast({"_total": pl.Int64})
    told = asked.join(of, on="_relation").join(ids, on="_total")
    # Of categories people may be in several.
    over = pl.col("_over") & ~pl.col("_measure").is_in(means)
    over &= ~pl.col("_how").str.starts_with(BY)
    told = told.filter(over | pl.col("_full") | pl.col("_alike"))
    found = told.filter(pl.col("_measure").is_in(reported))["_measure"].unique()
    return frozenset(PassedOver("", (), DISAGREE, measure=measures[id].title) for id in found)


def _public(rows: pl.DataFrame, partnership: Partnership) -> Flags:
    public = [one.id for one in partnership.sources if one.public]
    return np.asarray(all_public(rows["source"], public).to_numpy(), bool)
