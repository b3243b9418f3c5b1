"""The recent trend of public health profiles: five yearly figures, and one of three answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.chart_icons import DECREASE, INCREASE, NEUTRAL
from outturn.statistics.columns import special
from outturn.statistics.series import Flags, Floats, Words, series

POINTS = 5
CONFIDENCE = 0.998
LIMITS_IN_ERRORS = 3.92  # the width of a 95% interval in standard errors
_ROUNDING = 1e-12  # of two sums that should be alike

CANNOT, NO_CHANGE = "cannot be calculated", "no change"
INCREASING, DECREASING = "increasing", "decreasing"
MARKERS = (CANNOT, NO_CHANGE, INCREASING, DECREASING)

WRONG_TYPE = "The recent trend cannot be calculated for this value type"
WRONG_YEARS = "The recent trend cannot be calculated for this year range"
NO_DATA = "No data points found"
TOO_FEW = "Not enough data points to calculate recent trend"
TOO_FEW_VALID = "Not enough data points with valid values to calculate recent trend"
NOT_POSSIBLE = "The recent trend cannot be calculated"


@dataclass(frozen=True)
class RecentTrend:
    """For each series: its marker, the test behind it, and why there is none where there is none.

    `slope` is in the figures' unit a year, or in log odds a year for proportions. Both numbers are
    missing where the marker is "cannot be calculated".
    """

    marker: Words
    why: Words
    chi_square: Floats
    slope: Floats

    @property
    def is_significant(self) -> Flags:
        return np.asarray((self.marker == INCREASING) | (self.marker == DECREASING))


def recent_trend(
    value: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    denominator: npt.ArrayLike | None = None,
    years_per_point: int = 1,
) -> RecentTrend:
    """The recent trend of yearly rates with 95% limits: a marker for each series, no unit.

    Time runs along the last axis and ends at the latest year. A straight line is fitted to the last
    five figures, each weighted by its interval; there is a trend where chi-square is beyond its
    99.8% point and the slope keeps its sign when any one year is left out. A figure without limits
    counts as missing, and a gap ends the series that is looked at. With `count` and `denominator`
    no trend is told where they are equal in any year of it. Limits the wrong way round raise
    `ValueError`. Does not decide which kinds of measure may have a trend.

    Differs from the successor of the published program: figures without limits give "cannot be
    calculated", not "no change".

    Source: Fingertips, recent trends; reference, section 7 (a).

    >>> found = recent_trend(
    ...     [24.67, 24.60, 28.00, 30.20, 30.60],
    ...     [23.16, 23.15, 26.44, 28.63, 28.98],
    ...     [26.25, 26.19, 29.64, 31.90, 32.25],
    ... )
    >>> str(found.marker), round(float(found.chi_square), 2)
    ('increasing', 46.77)
    """
    figures, low, high = np.broadcast_arrays(series(value), series(lower), series(upper))
    with np.errstate(invalid="ignore"):
        if (high < low).any():
            raise ValueError("a lower limit is above its upper limit")
    known = ~np.isnan(figures) & ~np.isnan(low) & ~np.isnan(high)
    full = np.zeros(figures.shape, dtype=bool)
    if count is not None and denominator is not None:
        full = np.broadcast_to(series(count) == series(denominator), figures.shape)
    why = _why_not(known, full, years_per_point)
    y = _last(figures)
    error = (_last(high) - _last(low)) / LIMITS_IN_ERRORS
    why = np.where((why == "") & (error <= 0).any(axis=-1), NOT_POSSIBLE, why)
    told = why == ""
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(told[..., None], 1 / error**2, np.nan)
    slope, variance = _line(y, weight)
    with np.errstate(invalid="ignore"):
        return _marked(why, slope**2 / variance, slope, _keeps_sign(y, weight))


def recent_trend_of_proportion(
    count: npt.ArrayLike, denominator: npt.ArrayLike, *, years_per_point: int = 1
) -> RecentTrend:
    """The recent trend of yearly proportions: a marker for each series, no unit.

    Time runs along the last axis and ends at the latest year. There is a trend where the
    chi-square test for trend (Cochran and Armitage) in the last five years is beyond its 99.8%
    point and the slope of the log odds keeps its sign when any one year is left out. A gap ends the
    series that is looked at; a count of 0 in the five years, or one equal to its denominator in any
    year, gives no trend. A negative count, or one above its denominator, raises `ValueError`. Does
    not need limits.

    Differs from the published program of 2020: that forgets the slope, and calls every significant
    trend decreasing.

    Source: Fingertips, recent trends; Armitage (1955), Tests for linear trends in proportions and
    frequencies, Biometrics 11; reference, section 7 (b).

    >>> found = recent_trend_of_proportion(
    ...     [994, 1023, 1199, 1332, 1367], [40299, 41527, 42811, 44064, 44701]
    ... )
    >>> str(found.marker), round(float(found.chi_square), 1)
    ('increasing', 47.9)
    """
    top, bottom = np.broadcast_arrays(series(count), series(denominator))
    with np.errstate(invalid="ignore"):
        if (top < 0).any() or (top > bottom).any():
            raise ValueError("a count must lie between nothing and its denominator")
        known = ~np.isnan(top) & ~np.isnan(bottom) & (bottom > 0)
        why = _why_not(known, known & (top == bottom), years_per_point)
    x, n = _last(top), _last(bottom)
    why = np.where((why == "") & (x == 0).any(axis=-1), NOT_POSSIBLE, why)
    told = (why == "")[..., None]
    x, n = np.where(told, x, np.nan), np.where(told, n, np.nan)
    t = np.arange(1.0, POINTS + 1)
    whole, events = n.sum(axis=-1), x.sum(axis=-1)
    gap = whole * (x * t).sum(axis=-1) - events * (n * t).sum(axis=-1)
    spread = whole * (n * t**2).sum(axis=-1) - (n * t).sum(axis=-1) ** 2
    chi_square = whole * gap**2 / (events * (whole - events) * spread)
    log_odds = np.log(x / (n - x))
    even = np.ones(log_odds.shape)
    slope, _ = _line(log_odds, even)
    return _marked(why, chi_square, slope, _keeps_sign(log_odds, even))


def worded(marker: npt.ArrayLike, improvement: npt.ArrayLike) -> Words:
    """The marker with what it means: "increasing and getting better", for instance.

    `improvement` is `increase`, `decrease` or `neutral`, for all or for each; any other word raises
    `ValueError`. Without a better direction, and where nothing changed, the marker stays as it is.
    Does not test anything.

    Source: Fingertips, recent trends (the newer product); reference, section 7.

    >>> worded(["increasing", "decreasing", "no change"], "decrease").tolist()
    ['increasing and getting worse', 'decreasing and getting better', 'no change']
    """
    found, better = np.broadcast_arrays(np.asarray(marker), np.asarray(improvement))
    if not np.isin(better, (INCREASE, DECREASE, NEUTRAL)).all():
        raise ValueError("what is better is told as 'increase', 'decrease' or 'neutral'")
    moved = np.isin(found, (INCREASING, DECREASING)) & (better != NEUTRAL)
    good = (found == INCREASING) == (better == INCREASE)
    words = np.char.add(found, np.where(good, " and getting better", " and getting worse"))
    return np.where(moved, words, found)


def _why_not(known: Flags, full: Flags, years_per_point: int) -> Words:
    """Why a series can have no marker; empty where it can. Checked in the published order."""
    valid = _unbroken(known)
    number = known.sum(axis=-1)
    return np.select(
        [
            np.full(number.shape, years_per_point != 1),
            number == 0,
            number < POINTS,
            valid.sum(axis=-1) < POINTS,
            (valid & full).any(axis=-1),
        ],
        [WRONG_YEARS, NO_DATA, TOO_FEW, TOO_FEW_VALID, NOT_POSSIBLE],
        "",
    )


def _unbroken(known: Flags) -> Flags:
    """The years of the unbroken run that ends at the latest year."""
    return np.logical_and.accumulate(known[..., ::-1], axis=-1)[..., ::-1]


def _last(values: Floats) -> Floats:
    """The last five figures; all missing for a shorter series."""
    if values.shape[-1] < POINTS:
        return np.full((*values.shape[:-1], POINTS), np.nan)
    return np.asarray(values[..., -POINTS:])


def _line(y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Slope of the weighted straight line against the year, and the variance of the slope."""
    t = np.arange(1.0, POINTS + 1)
    total, by_time = weight.sum(axis=-1), (weight * t).sum(axis=-1)
    spread = total * (weight * t**2).sum(axis=-1) - by_time**2
    rise, level = total * (weight * t * y).sum(axis=-1), by_time * (weight * y).sum(axis=-1)
    # What only rounding leaves is nothing, and nothing has a sign of its own in this test.
    slope = np.where(np.abs(rise - level) <= _ROUNDING * np.abs(level), 0.0, rise - level)
    with np.errstate(invalid="ignore", divide="ignore"):
        return slope / spread, total / spread


def _keeps_sign(y: Floats, weight: Floats) -> Flags:
    """Whether the slope has one sign with all years and with any one left out; 0 is upwards."""
    upwards = _line(y, weight)[0] >= 0
    kept = np.ones(upwards.shape, dtype=bool)
    for left_out in range(POINTS):
        part = weight.copy()
        part[..., left_out] = 0.0
        kept &= (_line(y, part)[0] >= 0) == upwards
    return kept


def _marked(why: Words, chi_square: Floats, slope: Floats, keeps_sign: Flags) -> RecentTrend:
    told = why == ""
    with np.errstate(invalid="ignore"):
        significant = (chi_square > 2 * special("gammaincinv")(0.5, CONFIDENCE)) & keeps_sign
    words = [~told, ~significant, slope >= 0]
    return RecentTrend(
        marker=np.asarray(np.select(words, [CANNOT, NO_CHANGE, INCREASING], DECREASING)),
        why=np.asarray(why),
        chi_square=np.where(told, chi_square, np.nan),
        slope=np.where(told, slope, np.nan),
    )
