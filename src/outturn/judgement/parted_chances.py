"""How likely the level behind a figure made of its parts is below a bound, by its own limits.

Each kind is asked the way its limits were made: a standardised rate or ratio of the events they are
those of, England's index of inequality of the draws, Scotland's of Student's t about the line, and
a life expectancy of the normal distribution of its standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.framework.parted import INEQUALITY, LIFE, PARTED, RATE, RATIO
from outturn.judgement.inequality import index_below
from outturn.judgement.parts import Floats, parts_of
from outturn.statistics.columns import Estimate
from outturn.statistics.intervals import byar_interval, count_interval
from outturn.statistics.level_chances import estimate_below, scaled_events_below, student_below
from outturn.terms.records import WHOLE

ON_BOTH_SIDES = (INEQUALITY, LIFE)  # kinds of which a level may lie on either side of nothing


def parted_below(
    rows: pl.DataFrame, levels: Floats, measures: Mapping[str, Measure], values: pl.DataFrame
) -> Floats:
    """The chance that the level behind each figure is below each of its levels, (rows, levels).

    `levels` are in the unit of the figure, and `values` hold the counts of the parts. Not a number
    where a figure is not made of its parts or has no limits of that, and where there is no level.
    """
    found = np.full(levels.shape, np.nan)
    ours = rows.with_row_index("_at").filter(_has_limits(measures))
    for (id,), some in ours.partition_by("measure", as_dict=True, maintain_order=True).items():
        at = some["_at"].to_numpy()
        measure = measures[str(id)]
        found[at] = _BELOW[measure.kind](some, levels[at], measure, values)
    return found


def _has_limits(measures: Mapping[str, Measure]) -> pl.Expr:
    made = [id for id, one in measures.items() if one.kind in PARTED and one.parted]
    limited = pl.col("lower").is_not_null() & pl.col("upper").is_not_null()
    usable = limited & pl.col("value").is_not_null() & pl.col("margin").is_null()
    return usable & (pl.col("breakdown") == WHOLE) & pl.col("measure").is_in(made)


def _estimate(rows: pl.DataFrame) -> Estimate:
    value, lower, upper = (
        rows[name].cast(pl.Float64).to_numpy()[:, None] for name in ("value", "lower", "upper")
    )
    return Estimate(value, lower, upper)


def _standardised(
    rows: pl.DataFrame, levels: Floats, measure: Measure, values: pl.DataFrame
) -> Floats:
    """By the events of the whole: a few that are of no band change the shape by a hair alone."""
    to = measure.standardise
    limits_of = byar_interval if to is not None and to.directly else count_interval
    events = rows["numerator"].cast(pl.Float64).fill_null(np.nan).to_numpy()[:, None]
    limits = limits_of(events, methods=measure.methods)
    return scaled_events_below(_estimate(rows), events, limits, levels)


def _unequal(rows: pl.DataFrame, levels: Floats, measure: Measure, values: pl.DataFrame) -> Floats:
    if measure.methods != "Scotland":
        return _simulated(rows, levels, measure, values)
    figure, parts = _estimate(rows), measure.parted
    freedom = len(parts.categories) - 2 if parts else 0
    return student_below(figure.value, (figure.upper - figure.lower) / 2, freedom, levels)


def _simulated(
    rows: pl.DataFrame, levels: Floats, measure: Measure, values: pl.DataFrame
) -> Floats:
    """From the counts of the parts, which the figure was made of."""
    cell = ["place", "period"]
    behind = values.filter(pl.col("measure") == measure.id).join(
        rows.select(cell).unique(), on=cell, how="semi", maintain_order="left"
    )
    over = pl.col("denominator") * pl.col("spans").fill_null(1)
    parts = parts_of(behind.with_columns(over=over), measure)
    asked = rows.select(cell).with_row_index("_asked")
    place = parts.rows.select(cell).join(asked, on=cell, how="left", maintain_order="left")
    at = place["_asked"].to_numpy()
    found = np.full(levels.shape, np.nan)
    found[at] = index_below(parts, levels[at])
    return found


def _years_expected(
    rows: pl.DataFrame, levels: Floats, measure: Measure, values: pl.DataFrame
) -> Floats:
    figure = _estimate(rows)
    return estimate_below(figure.value, figure.upper - figure.value, levels)


_BELOW: dict[str, Callable[[pl.DataFrame, Floats, Measure, pl.DataFrame], Floats]] = {
    RATE: _standardised,
    RATIO: _standardised,
    INEQUALITY: _unequal,
    LIFE: _years_expected,
}
