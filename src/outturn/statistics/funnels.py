"""Funnel limits of proportions, rates and ratios, and which places lie outside them.

The methods are those of Fingertips. Codes of significance: 2 and -2 beyond the 99.8% limits, 1 and
-1 beyond the 95% limits, 0 inside, 9 where there is no figure; `FUNNEL_LABELS` has their words.
High is not good or bad.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import (
    Codes,
    Interval,
    Numbers,
    floats,
    refuse_where,
    special,
)
from outturn.statistics.intervals import count_interval
from outturn.statistics.method_sets import upper_tail, z_score
from outturn.statistics.significance import NOT_COMPARED

POINTS = 100  # on the axis of a drawn funnel
INNER, OUTER = 0.95, 0.998
FUNNEL_LABELS = {
    2: "High (0.001)",
    1: "High (0.025)",
    0: "Not significant",
    -1: "Low (0.025)",
    -2: "Low (0.001)",
    NOT_COMPARED: "Not applicable for events less than 10 for dsrs",
}


class RatioFunnel(NamedTuple):
    """At each observed count: the expected events at either limit, and the limits of the ratio."""

    expected_at_lower: Numbers
    expected_at_upper: Numbers
    lower: Numbers
    upper: Numbers


def proportion_funnel(
    denominator: npt.ArrayLike, average: float, *, per: float = 100, confidence: float = INNER
) -> Interval:
    """Lower and upper funnel limits of a proportion at each denominator, in units of `per`.

    `average` is a share: all numerators over all denominators. Refuses an average outside 0 to 1
    and a denominator of zero or less. Missing in, missing out. Limits are clipped at 0 and at
    `per`, not at 100 whatever `per` is. Does not allow for over-dispersion: `overdispersion` does.

    Source: package PHEindicatormethods 2.1 (funnel limits, proportions); Spiegelhalter (2005),
    Funnel plots for comparing institutional performance, Statistics in Medicine 24(8).

    >>> [limit.round(2).tolist() for limit in proportion_funnel([100, 400], 0.2)]
    [[12.16, 16.08], [27.84, 23.92]]
    """
    (n,) = floats(denominator)
    refuse_where(n <= 0, "a denominator is zero or less")
    if not 0 <= average <= 1:
        raise ValueError("an average is a share from 0 to 1")
    half = z_score(confidence) * math.sqrt(average * (1 - average)) / np.sqrt(n)
    return Interval(
        np.maximum(average - half, 0) * per,
        np.minimum(average + half, 1) * per,
    )


def ratio_funnel(observed: npt.ArrayLike, *, confidence: float = INNER) -> RatioFunnel:
    """Funnel limits of observed over expected events at each observed count; ratios.

    Counts are whole numbers or not; refuses a negative one. Missing in, missing out. No events have
    no upper limit. Times 100 it is the limit of an indirectly standardised ratio. Does not allow
    for over-dispersion.

    Source: package PHEindicatormethods 2.1 (funnel limits, ratios); its limits are found by
    bisection, and these are the Poisson quantiles themselves.

    >>> [column.round(3).tolist() for column in ratio_funnel([10, 100])]
    [[18.39, 121.627], [4.795, 81.364], [0.544, 0.822], [2.085, 1.229]]
    """
    (x,) = floats(observed)
    refuse_where(x < 0, "a count is below zero")
    tail = upper_tail(confidence)
    quantile = special("gammaincinv")
    at_lower: Numbers = np.asarray(quantile(x + 1, tail))
    at_upper = np.where(x == 0, np.nan, quantile(np.where(x == 0, 1.0, x), 1 - tail))
    return RatioFunnel(at_lower, at_upper, x / at_lower, x / at_upper)


def rate_funnel(
    events: npt.ArrayLike,
    average: float,
    *,
    years: float = 1,
    per: float = 100_000,
    confidence: float = INNER,
) -> RatioFunnel:
    """Funnel limits of a rate at each number of events: populations at the limits, then the rates.

    `average` is all events over all people, a share above zero. Populations are people of one year,
    so events of several `years` are of so many times the people. Rates are in units of `per`.
    Refuses as `ratio_funnel`. Does not allow for over-dispersion.

    Source: as `ratio_funnel`.

    >>> [column.round(1).tolist() for column in rate_funnel([10], 0.001, per=1000)]
    [[18390.4], [4795.4], [0.5], [2.1]]
    """
    if not average > 0 or not years > 0:
        raise ValueError("an average and a number of years are above zero")
    funnel = ratio_funnel(events, confidence=confidence)
    return RatioFunnel(
        funnel.expected_at_lower / average / years,
        funnel.expected_at_upper / average / years,
        funnel.lower * average * per,
        funnel.upper * average * per,
    )


def funnel_axis(least: float, greatest: float, *, ratios: bool = False) -> Numbers:
    """The 100 whole numbers along the axis of a funnel from the least to the greatest size.

    Sizes are denominators, or expected events for `ratios`; refuses sizes that are below zero or
    the wrong way round. They lie ever further apart, each at least one more than the last. Does not
    draw.

    Source: package PHEindicatormethods 2.1 (funnel limits), which rounds halves to even.

    >>> axis = funnel_axis(20, 1000)
    >>> axis.size, axis[[0, 1, -1]].tolist()
    (100, [1.0, 2.0, 1100.0])
    """
    if not 0 <= least <= greatest or not greatest > 0:
        raise ValueError("sizes go from the least, which is not below zero, to the greatest")
    low, high = axis_ends(least, greatest)
    left = POINTS + 1 if ratios else POINTS
    axis = [max(1.0, low)]
    for steps in range(left - 1, left - POINTS, -1):
        further = round((high / axis[-1]) ** (1 / steps) * axis[-1])
        axis.append(max(float(further), axis[-1] + 1))
    return np.array(axis)


def axis_ends(
    least: float, greatest: float, *, average: float = 1, years: float = 1
) -> tuple[float, float]:
    """The two ends of a funnel's axis, in sizes; with `average`, in events of a rate.

    Sizes of one year, `average` events each, over so many `years`. The upper end is 5% above the
    greatest, rounded up to two figures; the lower is 0 where the sizes differ by more than twice,
    otherwise 5% below the least, rounded down to one figure. Whole events round outwards.

    Source: as `funnel_axis`.

    >>> axis_ends(20, 1000), axis_ends(700, 1000), axis_ends(700, 1000, average=0.011)
    ((0.0, 1100.0), (600.0, 1100.0), (6.0, 13.0))
    """
    size = 10.0 ** (len(str(math.ceil(1.05 * greatest))) - 2)
    high = math.ceil(1.05 * greatest / size) * size
    low = 0.0
    if greatest <= 2 * least:
        step = 10.0 ** math.floor(math.log10(0.95 * least))
        low = math.floor(0.95 * least / step) * step
    if average == 1 and years == 1:
        return low, high
    return float(math.floor(low * years * average)), float(math.ceil(high * years * average))


def count_funnel(expected: npt.ArrayLike, *, confidence: float = INNER) -> Interval:
    """The events between which a place stays by chance alone where so many are expected.

    A whole number of events lies below the lower limit where so few have less than the tail's
    chance, and above the upper where so many have. So the lower limit is 0 where none at all is
    likelier than the tail: below 3.69 expected events at 95%. Between whole numbers the limits are
    those of the gamma function; where even one event has less than the tail's chance, the upper is
    in proportion to that chance. Refuses an expected number of zero or less. Missing in, missing
    out. Does not allow for over-dispersion.

    Source: reference, 8.1: the exact Poisson limits of section 2.2, turned round to give, for the
    events expected, the counts whose limits just reach them.

    >>> [limit.round(2).tolist() for limit in count_funnel([2, 10])]
    [[0.0, 3.83], [5.66, 17.13]]
    """
    (e,) = floats(expected)
    refuse_where(e <= 0, "an expected number is zero or less")
    tail = 1 - upper_tail(confidence)
    quantile = special("pdtrik")  # the count up to which the chances add up to a share
    none, some = np.exp(-e), -np.expm1(-e)
    # No count answers where none at all, or even one, is on the wrong side of the tail already.
    lower = np.where(none >= tail, 0.0, quantile(tail, np.where(none >= tail, np.nan, e)))
    upper = np.where(some < tail, some / tail, quantile(1 - tail, np.where(some < tail, np.nan, e)))
    return Interval(lower, np.where(some < tail, upper, upper + 1))


def proportion_significance(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, average: float
) -> Codes:
    """Which funnel limits each proportion lies strictly beyond: the codes of this module.

    As `proportion_funnel`, and refuses a numerator below zero or above its denominator. A missing
    one gives 9.

    Source: as `proportion_funnel`.

    >>> proportion_significance([20, 29, 40], [100, 100, 100], 0.2).tolist()
    [0, 1, 2]
    """
    x, n = floats(numerator, denominator)
    refuse_where((x < 0) | (x > n), "a numerator lies outside 0 to its denominator")
    inner = proportion_funnel(n, average, per=1, confidence=INNER)
    outer = proportion_funnel(n, average, per=1, confidence=OUTER)
    share = x / n
    high = (share > inner.upper).view(np.int8) + (share > outer.upper).view(np.int8)
    low = (share < inner.lower).view(np.int8) + (share < outer.lower).view(np.int8)
    return np.where(np.isnan(share), np.int8(NOT_COMPARED), high - low)


def count_significance(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Codes:
    """Whether the limits of each count exclude the events expected: the codes of this module.

    For ratios `expected` is the expected events; for rates the population times the average.
    Refuses negative counts and an expected number of zero or less. A missing one gives 9.

    Source: package PHEindicatormethods 2.1 (funnel significance, ratios and rates).

    >>> count_significance([8, 151, 159], [6.24, 106.44, 232.93]).tolist()
    [0, 2, -2]
    """
    x, e = floats(observed, expected)
    refuse_where(e <= 0, "an expected number is zero or less")
    inner = count_interval(x, confidence=INNER)
    outer = count_interval(x, confidence=OUTER)
    return limits_significance(inner, outer, e)


def limits_significance(inner: Interval, outer: Interval, average: npt.ArrayLike) -> Codes:
    """Whether a figure's own 95% and 99.8% limits exclude the average: the codes of this module.

    All in one unit. Strictly beyond counts; a missing limit gives 9, as for a directly standardised
    rate of fewer than 10 events. Does not look at the figure.

    Source: package PHEindicatormethods 2.1 (funnel significance).

    >>> inner, outer = Interval(*floats([10.0], [12.0])), Interval(*floats([9.0], [13.0]))
    >>> [int(limits_significance(inner, outer, average)[0]) for average in (11, 9.5, 14)]
    [0, 1, -2]
    """
    low, high, middle = floats(inner.lower, inner.upper, average)
    lowest, highest, _ = floats(outer.lower, outer.upper, average)
    above = (low > middle).view(np.int8) + (lowest > middle).view(np.int8)
    below = (high < middle).view(np.int8) + (highest < middle).view(np.int8)
    missing = np.isnan(low + high + lowest + highest + middle)
    return np.where(missing, np.int8(NOT_COMPARED), above - below)
