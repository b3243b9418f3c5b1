"""Where a group's quartiles begin and end on a line, by the rule that its table goes by."""

from __future__ import annotations

import polars as pl

from outturn.benchmarking.quartile_rules import INTERPOLATED, quartiles_by
from outturn.framework.model import Measure
from outturn.statistics.quantiles import QUARTILES, RANK_SHARE, percentile
from outturn.statistics.rounding import rounded


def quartile_edges(
    figures: pl.Series, measure: Measure, rule: str = RANK_SHARE
) -> tuple[float, float, float] | None:
    """The lower edge, the median and the upper edge of a group's figures, in the measure's unit.

    `figures` are those of all its members; they are taken as printed, and null ones are left out.
    By rank share the edge at the better end is the worst figure in the top quartile, which is the
    `best_edge` of the table; at the worse end it is the best figure in the bottom quartile, or
    the worst of all where ties leave that quartile empty; so it is by the other rules that go by
    ranks. By type 7 and by Fingertips, for fewer than four figures, and where neither end of the
    line is better (a band, a number to be close to, no better side), the edges are the 25th and
    75th percentiles. None where there is no figure.
    """
    known = rounded(figures.drop_nulls(), measure.decimals)
    low, middle, high = (percentile(known.to_numpy(), percent) for percent in (25, 50, 75))
    if low is None or middle is None or high is None:
        return None
    few = rule != RANK_SHARE and len(known) < len(QUARTILES)
    if rule in INTERPOLATED or few or measure.aim not in ("higher", "lower"):
        return low, middle, high
    lower_is_better = measure.aim == "lower"
    score = known if lower_is_better else -known
    rows = pl.DataFrame({"figure": known, "score": score}).with_columns(
        aim=pl.lit(measure.aim), group=pl.lit(0)
    )
    named = quartiles_by(rows, rule, "group")[0]
    top = known.filter(named == QUARTILES[0]).to_list()
    bottom = known.filter(named == QUARTILES[-1]).to_list()
    if lower_is_better:
        return max(top), middle, min(bottom, default=max(known.to_list()))
    return max(bottom, default=min(known.to_list())), middle, min(top)
