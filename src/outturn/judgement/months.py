"""The months or quarters behind each forecast: a row of figures for each cell and moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.facts import COUNTED, DIVIDED, adds_up, is_distinct
from outturn.judgement.history import CELL, FORECAST, stepping
from outturn.statistics.past_year_ends import PAST
from outturn.statistics.series import Flags
from outturn.statistics.year_end_methods import LAST, MEAN, SUM
from outturn.statistics.year_ends import YEARS
from outturn.terms.period import Period, from_key

Numbers = npt.NDArray[np.float64]

RATIO = "ratio"  # a total over a total: both parts are forecast
MONTH, QUARTER = 1, 3  # the lengths of the periods that a forecast is made from, in months
_EPOCH = 1970 * 12  # the month from which numpy counts, counted from year 0
MOMENTS = {
    "_cell": pl.Int64,
    "way": pl.String,  # how the year rolls up: sum, mean, last or ratio
    "step": pl.Int64,  # months in one period
    "known": pl.Int64,  # periods of the year that are over
    "at": pl.Int64,  # the month in which the latest of them ends, counted from year 0
}


@dataclass(frozen=True, slots=True)
class Months:
    """Figures of so many moments, (moments, periods), the latest period last.

    `figures` are in the measure's unit. Of a ratio they are numerators, and `below` holds the
    denominators. A period without a figure, or from before a break or a declared step, is not a
    number. `lengths` are of these periods and of those left of the year: 1 where a figure does not
    grow with the days.
    """

    figures: Numbers
    below: Numbers
    lengths: Numbers

    def only(self, kept: Flags) -> Months:
        return Months(self.figures[kept], self.below[kept], self.lengths[kept])


def way_of(measure: Measure, measures: Mapping[str, Measure]) -> str | None:
    """How a year is made of the measure's months; None where that cannot be told from them."""
    if measure.roll_up == "last":
        return LAST
    if measure.roll_up == "mean":
        return MEAN
    if adds_up(measure, measures):
        return None if is_distinct(measure) else SUM
    counted = measure.kind in COUNTED or measure.kind not in DIVIDED
    return RATIO if measure.recompute and not counted else None


def grows_by_day(measure: Measure, measures: Mapping[str, Measure]) -> bool:
    """Whether a month of 31 days usually has more than one of 30: events do, money need not.

    Weeks are counted in the month in which they end, four or five of them, whatever its days.
    """
    by_week = measure.frequency == "week"
    return way_of(measure, measures) == SUM and measure.kind != "money" and not by_week


def moments(
    rows: pl.DataFrame, base: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """The rows, of which each is the end of a period, with the columns of MOMENTS.

    Left out is what cannot be forecast from months: a target that is not for 12 months, a year that
    is over or has not begun, a period that ends inside a quarter, a measure without months.
    """
    ways = {id: way_of(measures[id], measures) for id in rows["measure"].unique() if id in measures}
    way = pl.col("measure").replace_strict(ways, default=None, return_dtype=pl.String)
    steps = base.group_by("_cell").agg(step=pl.col("months").min())
    return moments_of(rows.with_columns(way=way), steps)


def moments_of(rows: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """The same for rows with their `way`, and the `step` in months of each `_cell`."""
    found = rows.join(steps, on="_cell", maintain_order="left")
    years, periods = (
        {key: from_key(key) for key in found[name].unique()} for name in ("year", "period")
    )
    starts = {
        key: one.start.year * 12 + one.start.month - 1 if one.months == 12 else None
        for key, one in years.items()
    }
    ends = {key: one.end.year * 12 + one.end.month - 1 for key, one in periods.items()}
    begun = pl.col("year").replace_strict(starts, default=None, return_dtype=pl.Int64)
    ended = pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Int64)
    gone = pl.col("at") - pl.col("_begun") + 1
    found = found.with_columns(_begun=begun, at=ended).with_columns(known=gone // pl.col("step"))
    inside = (gone % pl.col("step") == 0) & gone.is_between(1, 11)
    return found.filter((pl.col("way").is_not_null() & inside).fill_null(False)).drop("_begun")


def base_periods(values: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The months and quarters of the cells that have a figure, with `_cell`, `months` and `end`."""
    # Told apart by their periods first: of a national set few figures are of these cells.
    periods = {key: from_key(key) for key in values["period"].unique()}
    lengths = {
        key: one.months
        for key, one in periods.items()
        if one.months in (MONTH, QUARTER) and one.start.day == 1
    }
    ends = {key: periods[key].end.year * 12 + periods[key].end.month - 1 for key in lengths}
    months, end = (
        pl.col("period").replace_strict(facts, default=None, return_dtype=pl.Int64)
        for facts in (lengths, ends)
    )
    known = values.filter(
        pl.col("period").is_in(list(lengths))
        & pl.col("measure").is_in(cells["measure"].unique().implode())
        & pl.col("value").is_not_null()
        & (pl.col("provenance").fill_null("") != FORECAST)
    )
    found = known.join(cells, on=CELL, how="inner", maintain_order="left")
    found = found.with_columns(months=months, end=end)
    return found.select(
        "_cell", "measure", "period", "months", "end", "value", "numerator", "denominator"
    )


def months_of(asked: pl.DataFrame, base: pl.DataFrame, measures: Mapping[str, Measure]) -> Months:
    """The figures of each moment of one way and step, as far back as a forecast looks."""
    step, way = int(asked["step"][0]), asked["way"][0]
    width = (YEARS + PAST) * 12 // step
    ends = asked.select("_cell", "measure", "place", "at", "period").with_row_index("_row")
    behind = ends.join(
        base.filter(pl.col("months") == step).select(
            "_cell", "end", "value", "numerator", "denominator", past="period"
        ),
        on="_cell",
    ).with_columns(_back=pl.col("at") - pl.col("end"))
    behind = behind.filter(
        (pl.col("_back") >= 0) & (pl.col("_back") % step == 0) & (pl.col("_back") < width * step)
    )
    behind = _without_breaks(behind, measures)
    row = behind["_row"].to_numpy()
    column = width - 1 - behind["_back"].to_numpy() // step
    made = []
    for name in ("numerator", "denominator") if way == RATIO else ("value",):
        figures = np.full((asked.height, width), np.nan)
        figures[row, column] = behind[name].cast(pl.Float64).to_numpy()
        made.append(figures)
    above, below = made[0], made[-1]
    gap = np.isnan(above) | np.isnan(below)  # half a ratio is none
    lengths = _lengths(asked, width, measures)
    return Months(np.where(gap, np.nan, above), np.where(gap, np.nan, below), lengths)


def _lengths(asked: pl.DataFrame, width: int, measures: Mapping[str, Measure]) -> Numbers:
    """The days of each period of each moment, and of those left of its year; 1 where none count."""
    step, known = int(asked["step"][0]), int(asked["known"][0])
    ahead = np.arange(1 - width, 12 // step - known + 1)
    begins = asked["at"].to_numpy()[:, None] + 1 + (ahead - 1) * step - _EPOCH
    first, after = (one.astype("datetime64[M]").astype("datetime64[D]")
                    for one in (begins, begins + step))  # fmt: skip
    days = (after - first).astype(np.float64)
    known_ids = {id: grows_by_day(measures[id], measures) for id in asked["measure"].unique()}
    counts = asked["measure"].replace_strict(known_ids, return_dtype=pl.Boolean).to_numpy()
    return np.where(counts[:, None], days, 1.0)


def _without_breaks(behind: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """What says how far the latest period may go on: nothing from before a break or a step.

    A series that was rebased is forecast from its latest segment alone, and waits for it to be
    long enough: what lies before would tell of a level that nobody expects again.
    """
    known = (measures[id] for id in behind["measure"].unique())
    broken = [one.id for one in known if one.breaks or one.steps]
    if not broken:
        return behind
    pair = ["measure", "stepping", "past", "period"]
    behind = behind.with_columns(stepping(measures[id] for id in broken))
    pairs = behind.filter(pl.col("measure").is_in(broken)).select(pair)
    parted = [
        (id, place, past, period)
        for id, place, past, period in pairs.unique().iter_rows()
        if _is_parted(measures[id], place, from_key(past), from_key(period))
    ]
    apart = pl.DataFrame(parted, schema=dict.fromkeys(pair, pl.String), orient="row")
    return behind.join(apart, on=pair, how="anti", maintain_order="left")


def _is_parted(measure: Measure, place: str, past: Period, period: Period) -> bool:
    return bool(measure.break_between(past, period) or measure.steps_between(past, period, place))
