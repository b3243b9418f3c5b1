"""Whether a series rises or falls, and where its level may have changed: answers and questions.

The tests are those of `statistics`. None of them looks across a break in the series or a declared
step: a level that is known to have moved is no trend, and nobody need be asked about it. A possible
change is asked about and never told as a fact, and no limit moves because of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.control import BETTER, EVENTS
from outturn.judgement.control_limits import follows_from_counts
from outturn.judgement.control_series import SERIES_KEY, SeriesTable, series_tables
from outturn.judgement.rounded_counts import is_of_rounded_counts
from outturn.judgement.words import unit_of
from outturn.statistics.change_points import possible_changes, steps_to_consider
from outturn.statistics.chart_icons import NEUTRAL
from outturn.statistics.control_charts import FEWEST_FOR_LIMITS, has_few_events, xmr_limits
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.statistics.recent_trends import (
    CANNOT,
    NO_DATA,
    WRONG_TYPE,
    recent_trend,
    recent_trend_of_proportion,
    worded,
)
from outturn.statistics.rounding import shown
from outturn.statistics.series import Flags, Floats, Whole, since_last_step
from outturn.terms.period import Calendar, from_key

YEARLY = ("financial year", "calendar year", "academic year")
SEASONAL = ("week", "month", "quarter")
RECENT = ("proportion", "rate", "standardised rate")  # kinds of which a recent trend is told
NO_LIMITS = "None of its figures has limits"
CHANCE = 0.05  # of Mann and Kendall's test: below it a series is said to rise or fall
MOST_ASKED = 3  # questions about one series: of more, the latest
_NEAR = 2  # periods: a row that began so near a possible change raises no question of its own
MOVEMENTS: dict[str, Any] = {
    **{name: pl.String for name in SERIES_KEY},
    "grain": pl.String,
    "figures": pl.Int64,  # since the last break or declared step
    "first": pl.String,  # the period of the first of them
    "last": pl.String,
    "recent": pl.String,  # the recent trend of yearly figures in words; null for others
    "recent_why": pl.String,  # and why there is none
    "p": pl.Float64,  # of Mann and Kendall's test
    "slope": pl.Float64,  # in the measure's unit a period, with its 95% limits
    "slope_lower": pl.Float64,
    "slope_upper": pl.Float64,
    "changes": pl.List(pl.String),  # the periods from which the level may have changed
    "row_since": pl.String,  # where a row on one side of the mean began that has not ended
}


def movements(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
) -> pl.DataFrame:
    """A MOVEMENTS frame: one row for each series in these VALUES, in periods of one kind.

    The recent trend is told of years alone, and of proportions and rates: by counts where the
    figures are proportions of them and nobody rounded them, else by their 95% limits. Only what
    follows the last break or declared step counts. Series without a figure are left out.
    """
    tables = series_tables(values, measures=measures, calendar=calendar, as_of=as_of)
    frames = [pl.DataFrame(_rows(table), schema=MOVEMENTS, orient="row") for table in tables]
    return pl.concat([pl.DataFrame(schema=MOVEMENTS), *frames])


def in_words(row: Mapping[str, Any], measure: Measure, calendar: Calendar) -> Iterator[str]:
    """A row of MOVEMENTS as sentences: the recent trend, the slope, and the questions."""
    if row["recent"]:
        said = f"none. {row['recent_why']}" if row["recent"] == CANNOT else row["recent"]
        yield f"Recent trend, the latest five years: {said}."
    if row["p"] is not None:
        yield _slope_words(row, measure, calendar)
    yield from questions(row, calendar)


def questions(row: Mapping[str, Any], calendar: Calendar) -> Iterator[str]:
    """What a row of MOVEMENTS asks of those who know the series: did something change?"""
    changes = row["changes"]
    left = len(changes) - MOST_ASKED
    if left > 0:
        yield f"Possible changes before those asked about here: {left}."
    for key in changes[-MOST_ASKED:]:
        yield f"Did something change in {from_key(key).label(calendar)}?"
    if row["row_since"]:
        since = from_key(row["row_since"]).label(calendar)
        yield f"All figures from {since} lie on one side of the mean. Did something change then?"


def _slope_words(row: Mapping[str, Any], measure: Measure, calendar: Calendar) -> str:
    first, last = (from_key(row[name]).label(calendar) for name in ("first", "last"))
    over = f"From {first.removeprefix('at ')} to {last.removeprefix('at ')}"  # census dates
    seasons = " The test does not allow for seasons." if row["grain"] in SEASONAL else ""
    if row["p"] >= CHANCE or row["slope"] == 0:
        return f"{over} no steady rise or fall (Mann and Kendall, p {row['p']:.2f}).{seasons}"
    unit = unit_of(measure)
    more = measure.decimals + 1
    limits = sorted(abs(row[name]) for name in ("slope_lower", "slope_upper"))
    low, high = (shown(one, more) for one in limits)
    way = "rises" if row["slope"] > 0 else "falls"
    each = "year" if row["grain"] in YEARLY else row["grain"]
    chance = f"p {row['p']:.3f}" if row["p"] >= 0.001 else "p below 0.001"
    return (
        f"{over} it {way} by {unit.gap(abs(row['slope']), more)} a {each} "
        f"(95% limits {low} to {high}; Sen's slope; Mann and Kendall, {chance}).{seasons}"
    )


def _rows(table: SeriesTable) -> Iterator[tuple[Any, ...]]:
    whole = table.of("value")
    last = whole.shape[-1] - 1 - np.argmax(~np.isnan(whole)[:, ::-1], axis=-1)
    numbers = np.nan_to_num(_ending(table.segment.astype(np.float64), last), nan=-1.0)
    figures = since_last_step(_ending(whole, last), numbers.astype(np.int64))
    slope = mann_kendall(figures)
    recent = _recent(table, figures, last)
    changes, begun = possible_changes(figures), _rows_begun(figures, table.measure.kind)
    held = dict(zip(table.columns.tolist(), (one.key for one in table.periods), strict=True))
    before = last - whole.shape[-1] + 1  # what to add to a place at the end to have its column
    for number, key in enumerate(table.keys.iter_rows()):
        known = np.flatnonzero(~np.isnan(figures[number])) + before[number]
        if not known.size:
            continue
        asked = [held[one.place + int(before[number])] for one in changes[number]]
        new = all(abs(one.place - begun[number]) > _NEAR for one in changes[number])
        row = held[int(begun[number] + before[number])] if new and begun[number] >= 0 else None
        tested = (slope.p, slope.slope, slope.lower, slope.upper)
        yield (
            *key,
            table.grain,
            known.size,
            held[int(known[0])],
            held[int(known[-1])],
            *(recent[number] if recent else (None, None)),
            *(_number(one[number]) for one in tested),
            asked,
            row,
        )


def _ending(figures: Floats, last: Whole) -> Floats:
    """The series moved along so that the last figure of each stands in the last column."""
    width = figures.shape[-1]
    place = np.arange(width) - (width - 1 - last)[:, None]
    moved = np.take_along_axis(figures, np.maximum(place, 0), axis=-1)
    return np.where(place >= 0, moved, np.nan)


def _rows_begun(figures: Floats, kind: str) -> Whole:
    """Where a row on one side of the mean began that has not ended; -1 where none did.

    Of events so rare that most figures are 0 nobody is asked: most lie below the mean.
    """
    enough = (~np.isnan(figures)).sum(axis=-1) >= FEWEST_FOR_LIMITS
    if kind in EVENTS:
        enough &= ~has_few_events(figures)[:, -1]
    return np.where(enough, steps_to_consider(figures, xmr_limits(figures)), -1)


def _recent(table: SeriesTable, figures: Floats, last: Whole) -> list[tuple[str, str | None]]:
    """The recent trend of each series of years, with the reason where there is none."""
    if table.grain not in YEARLY:
        return []
    known = ~np.isnan(figures)
    top, bottom, low, high = (
        np.where(known, _ending(table.of(name), last), np.nan)
        for name in ("numerator", "denominator", "lower", "upper")
    )
    measure = table.measure
    if measure.kind not in RECENT:
        return [(CANNOT, WRONG_TYPE)] * len(figures)
    each = 2 if measure.frequency == "every two years" else 1
    counts = {"count": top, "denominator": bottom} if measure.kind == "rate" else {}
    found = recent_trend(figures, low, high, years_per_point=each, **counts)
    marker, why = found.marker.astype(object), found.why.astype(object)
    why[why == NO_DATA] = NO_LIMITS  # there are figures, for a series without any is left out
    if measure.is_weighted:  # what weighted answers are worth, whose sum counts nobody
        effective = np.where(known, _ending(table.of("effective"), last), np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            top, bottom = top / bottom * effective, effective
    if measure.kind == "proportion":
        rows = follows_from_counts(measure, figures, top, bottom) & known.any(axis=-1)
        rows &= ~_rounded(table)  # whose limits allow for it, as the test of counts does not
        counted = recent_trend_of_proportion(top[rows], bottom[rows], years_per_point=each)
        marker[rows], why[rows] = counted.marker, counted.why
    better = BETTER.get(measure.aim, NEUTRAL)
    said = worded(marker.astype(np.str_), better)
    return [(str(one), str(reason) or None) for one, reason in zip(said, why, strict=True)]


def _rounded(table: SeriesTable) -> Flags:
    """Which series have a figure of counts that disclosure control rounded."""
    found = np.zeros(table.keys.height, dtype=bool)
    found[table.cells.filter(is_of_rounded_counts())["row"].to_numpy()] = True
    return found


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
