"""How likely the level behind a figure made of single rows is below a bound: of a mean by Student's
t, of a median or percentile by the binomial distribution of the order.

A mean has the distribution that its limits were made by. Of a median or percentile, how many of the
waits are within the bound decides. The engine knows no bound, and judgement no waits; and who was
told a chance made of the very number of those beyond it could work the number out. So it is made
of what is told beside the figure: two of the waits, the figure itself, and how many there are.
Where that number is rounded, the limits have other places than it says, and there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.means import has_squares
from outturn.framework.model import Measure
from outturn.judgement.intervals import RANKED, STUDENT
from outturn.judgement.parts import Floats
from outturn.statistics.columns import Estimate
from outturn.statistics.level_chances import percentile_at_most, student_below

ROUNDED = "the number of waits is rounded, and the places of the limits in the order are not told"
_DUST = 1e-9  # of a bound that was worked out: 28.000000001 days are 28


class Edges(NamedTuple):
    """The bounds of the bands of each figure, and whether one on a bound is above it."""

    levels: Floats  # (rows, 4): where off begins below, the goal's two bounds, where off begins
    above: Floats  # (rows, 4): 1 where a figure on the bound counts as above it, 0 where below it

    @classmethod
    def of(cls, rows: pl.DataFrame, levels: Floats) -> Edges:
        """By the ends of each status, as `status_ends` has them."""
        above = rows.select(
            off_below=~pl.col("_past_off_low"),
            low=~pl.col("_past_low"),
            high="_past_high",
            off_above="_past_off_high",
        )
        return cls(levels, above.cast(pl.Float64).to_numpy())


def rows_below(
    rows: pl.DataFrame, edges: Edges, measures: Mapping[str, Measure], round_to: int = 1
) -> Floats:
    """The chance that the level behind each figure is below each of its edges, (rows, edges).

    Not a number where a figure is neither a mean nor a percentile of rows with limits of that.
    `round_to` is what disclosure control rounds counts to: a percentile of so many has none.
    """
    found = np.full(edges.levels.shape, np.nan)
    named = pl.col("interval").fill_null("")
    plain = pl.col("value").is_not_null() & pl.col("margin").is_null()
    means = [id for id, one in measures.items() if has_squares(one)]
    at = _at(rows, plain & named.str.starts_with(STUDENT) & pl.col("measure").is_in(means))
    if len(at):
        value, half, size = _numbers(rows[at])
        found[at] = student_below(value, half, size - 1, edges.levels[at])
    for id in _ranked(rows, measures) if round_to == 1 else ():
        at = _at(rows, plain & (named == RANKED) & (pl.col("measure") == id))
        found[at] = _percentile(rows[at], Edges(*(one[at] for one in edges)), measures[id])
    return found


def _at(rows: pl.DataFrame, chosen: pl.Expr) -> npt.NDArray[np.uint32]:
    return rows.select(chosen).to_series().arg_true().to_numpy()


def _ranked(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> list[str]:
    there = rows.filter(pl.col("interval") == RANKED)["measure"].unique(maintain_order=True)
    ranked = [(id, measures[id].numerator) for id in there]
    return [id for id, tally in ranked if tally is not None and tally.is_histogram]


def _numbers(rows: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """The figures, half the width of their limits, and how many rows they are of; (rows, 1)."""
    half = (pl.col("upper") - pl.col("lower")) / 2
    columns = rows.select("value", half.alias("half"), "denominator").cast(pl.Float64).to_numpy()
    return columns[:, :1], columns[:, 1:2], columns[:, 2:]


def _percentile(rows: pl.DataFrame, edges: Edges, measure: Measure) -> Floats:
    """By the day: what is above a bound of 28 days, 28 with it or not, begins with another day."""
    tally = measure.numerator
    assert tally
    per = float(measure.per)
    names = ("value", "lower", "upper", "denominator")
    value, lower, upper, size = (rows[one].cast(pl.Float64).to_numpy()[:, None] for one in names)
    days = edges.levels / per
    last = np.where(edges.above > 0, np.ceil(days - _DUST) - 1, np.floor(days + _DUST))
    figure = Estimate(value / per, lower / per, upper / per)
    return percentile_at_most(figure, size, tally.at, last)
