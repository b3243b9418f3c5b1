"""Confidence limits of proportions, counts and rates, as columns.

Every count is summed before it comes here: limits are never averaged. The events are taken to be
independent; where one person has many, the limits of a count are too narrow.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Interval, Numbers, floats, refuse_where, special
from outturn.statistics.method_sets import method_set, upper_tail, z_score

TABLE = 10  # how many exact limits are kept: a method set asks for those of 0 to 9 events


def wilson_interval(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    methods: str = "England",
) -> Interval:
    """Lower and upper limits of the share numerator / denominator, as shares from 0 to 1.

    Columns of one shape. Refuses a negative numerator, a denominator of zero or less, and a
    numerator above its denominator. Weighted numerators need not be whole. Missing in, missing
    out. The lower limit at 0 is exactly 0 and the upper at all is exactly 1; at confidence 1 they
    are 0 and 1. Does not correct for a small population of which all were asked.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22(158).

    >>> lower, upper = wilson_interval([0, 5, 20], [10, 100, 100])
    >>> lower.round(4).tolist(), upper.round(4).tolist()
    ([0.0, 0.0215, 0.1334], [0.2775, 0.1118, 0.2888])
    """
    x, n = floats(numerator, denominator)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    refuse_where(x > n, "a numerator is above its denominator")
    if confidence == 1:
        known = np.where(np.isnan(x) | np.isnan(n), np.nan, 0.0)
        return Interval(known, known + 1)
    z = z_score(confidence, methods)
    with np.errstate(invalid="ignore"):
        half = np.asarray(x / n)  # worked on in place, because columns are long
        np.subtract(1, half, out=half)
        half *= x
        half *= 4
        half += z * z
        np.sqrt(half, out=half)
        half *= z
        centre = 2 * x + z * z
        scale = 2 * (n + z * z)
        lower = (centre - half) / scale
        upper = (centre + half) / scale
    # By the formula these are only nearly so; 0 * n keeps a missing denominator missing.
    return Interval(np.where(x == 0, 0 * n, lower), np.where(x == n, 1.0, upper))


def effective_sample_size(weights: npt.ArrayLike, squares: npt.ArrayLike) -> Numbers:
    """How many unweighted answers weighted ones are worth, from the sums of weights and squares.

    In answers. Columns of one shape. Refuses a sum below zero. Missing in, missing out; missing
    where no answer has any weight. Equal weights give the number of answers, and the scale of the
    weights says nothing. Allows for unequal weights alone: not for strata or clusters of a sample,
    and not for weights that go with what was answered.

    Source: Kish (1965), Survey Sampling, section 11.7; Kish (1992), Weighting for unequal Pi,
    Journal of Official Statistics 8(2).

    >>> effective_sample_size([4.0, 4.0], [4.0, 6.0]).round(3).tolist()
    [4.0, 2.667]
    """
    total, square = floats(weights, squares)
    refuse_where(total < 0, "a sum of weights is below zero")
    refuse_where(square < 0, "a sum of squares is below zero")
    with np.errstate(invalid="ignore", divide="ignore"):
        # The square first would leave the range of numbers sooner.
        return np.where(square > 0, total * (total / square), np.nan)


def proportion(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    per: float = 1,
    confidence: float = 0.95,
    methods: str = "England",
) -> Estimate:
    """The share with its Wilson limits, times `per`: 100 gives per cent.

    As `wilson_interval`, and `per` is above zero. Does not round: the Scottish publications print
    two decimals, which is for whoever prints.

    Source: as `wilson_interval`; the method of a proportion in Fingertips and ScotPHO.

    >>> [round(float(column[0]), 2) for column in proportion([20], [100], per=100)]
    [20.0, 13.34, 28.88]
    """
    lower, upper = wilson_interval(numerator, denominator, confidence=confidence, methods=methods)
    return _scaled(numerator, denominator, Interval(lower, upper), per)


def byar_interval(
    events: npt.ArrayLike, *, confidence: float = 0.95, methods: str = "England"
) -> Interval:
    """Lower and upper limits of a count by Byar's approximation, in events.

    Refuses a negative count. Missing in, missing out. At 0 events the lower limit is 0, where the
    formula has none. A lower limit below zero (1 event at 99.8%) is missing in the English set and
    0 in the Scottish. Does not switch to exact limits, which are better below 10: `count_interval`
    does.

    Source: Breslow and Day (1987), Statistical methods in cancer research, volume II, IARC
    Scientific Publications 82 (Byar's approximation).

    >>> [limit.round(2).tolist() for limit in byar_interval([10, 65])]
    [[4.79, 50.16], [18.39, 82.85]]
    """
    (x,) = floats(events)
    refuse_where(x < 0, "a count is below zero")
    lower, upper = _byar(x, z_score(confidence, methods))
    negative = 0.0 if method_set(methods).negative_lower_is_zero else np.nan
    lower = np.where(lower < 0, negative, lower)
    return Interval(np.where(x == 0, 0.0, lower), upper)


def exact_poisson_interval(events: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Exact Poisson lower and upper limits of a count, in events.

    Refuses a negative count; missing in, missing out; at 0 events the lower limit is 0. Does one
    inverse gamma function for each cell, which is slow for millions: `count_interval` is not.

    Source: Garwood (1936), Fiducial limits for the Poisson distribution, Biometrika 28(3-4); half
    a chi-square quantile is the same gamma quantile.

    >>> [limit.round(4).tolist() for limit in exact_poisson_interval([0, 5])]
    [[0.0, 1.6235], [3.6889, 11.6683]]
    """
    (x,) = floats(events)
    refuse_where(x < 0, "a count is below zero")
    tail = upper_tail(confidence)
    quantile = special("gammaincinv")
    # A gamma distribution with no shape has no quantile in scipy; ours is 0 there.
    lower = np.where(x == 0, 0.0, quantile(np.where(x == 0, 1.0, x), 1 - tail))
    return Interval(lower, np.asarray(quantile(x + 1, tail)))


def count_interval(
    events: npt.ArrayLike, *, confidence: float = 0.95, methods: str = "England"
) -> Interval:
    """Lower and upper limits of a count, in events, by the method set.

    England: exact Poisson below 10 events, Byar's from 10. Scotland: Byar's at every count. Refuses
    a negative count; missing in, missing out. Does not divide by a population: `rate` does.

    Source: as `byar_interval` and `exact_poisson_interval`; which from where, package
    PHEindicatormethods 2.1 (England) and ScotPHO indicator production (Scotland).

    >>> [limit.round(4).tolist() for limit in count_interval([9, 10])]
    [[4.1154, 4.7874], [17.0848, 18.3915]]
    """
    (x,) = floats(events)
    below = method_set(methods).exact_below
    small = x < below
    if not small.any():
        return byar_interval(x, confidence=confidence, methods=methods)
    refuse_where(x < 0, "a count is below zero")
    lower, upper = _byar(x, z_score(confidence, methods))
    few = x[small]
    place = few.astype(np.int64)
    if (place == few).all():
        exact_lower, exact_upper = _exact_table(confidence)
        lower[small], upper[small] = exact_lower[place], exact_upper[place]
    else:
        lower[small], upper[small] = exact_poisson_interval(few, confidence=confidence)
    return Interval(lower, upper)


def rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    per: float = 1,
    confidence: float = 0.95,
    methods: str = "England",
) -> Estimate:
    """Events over population with the limits of the count, times `per`: per 1,000 people, say.

    Refuses negative events and a population of zero or less; events may exceed the population.
    Missing in, missing out. Does not widen the limits for people who have several events.

    Source: as `count_interval`; the method of a crude rate in Fingertips and ScotPHO.

    >>> [round(float(column[0]), 4) for column in rate([5], [100], per=100)]
    [5.0, 1.6235, 11.6683]
    """
    x, n = floats(events, population)
    refuse_where(n <= 0, "a population is zero or less")
    return _scaled(x, n, _over(count_interval(x, confidence=confidence, methods=methods), n), per)


def count_methods(events: npt.ArrayLike, *, methods: str = "England") -> npt.NDArray[np.str_]:
    """Which limits each count has: "Exact" or "Byars", and "" where the count is missing.

    A missing population takes nothing away: the method is that of the count. No refusals.

    Source: the labels of package PHEindicatormethods 2.1.

    >>> count_methods([9, 10, float("nan")]).tolist()
    ['Exact', 'Byars', '']
    """
    (x,) = floats(events)
    named = np.where(x < method_set(methods).exact_below, "Exact", "Byars")
    return np.where(np.isnan(x), "", named)


def finite_population_interval(
    numerator: npt.ArrayLike, asked: npt.ArrayLike, population: npt.ArrayLike
) -> Estimate:
    """The percentage of those asked, of a known population, with Scottish 95% limits, in per cent.

    Refuses a negative numerator, nobody asked, and a numerator above those asked. An unknown
    population leaves the limits as wide as for an endless one; more asked than live there gives no
    width. The correction is the root of a root, weaker than the textbooks', because that is how the
    Scottish figures are made. Does not offer other levels.

    Source: ScotPHO indicator production, 2025 (percentage of a known population).

    >>> [round(float(column[0]), 3) for column in finite_population_interval([50], [100], [400])]
    [50.0, 40.874, 59.126]
    """
    x, n, whole = floats(numerator, asked, population)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "nobody was asked")
    refuse_where(x > n, "a numerator is above the number asked")
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = 100 * x / n
        factor = np.sqrt(np.maximum(whole - n, 0) / (whole - 1))
        factor = np.where(np.isnan(whole), 1.0, np.where(n >= whole, 0.0, factor))
        half = 1.96 * np.sqrt(percent * (100 - percent) / n * factor)
    return Estimate(percent, np.maximum(percent - half, 0), np.minimum(percent + half, 100))


def _byar(x: Numbers, z: float) -> Interval:
    """Byar's two limits as the formula has them; written in place, because columns are long."""
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = _byar_cube(x, -z)
        lower *= x
        above = x + 1
        upper = _byar_cube(above, z)
        upper *= above
    return Interval(lower, upper)


def _byar_cube(x: Numbers, z: float) -> Numbers:
    """(1 - 1/(9x) + z/(3 sqrt x)) cubed, as 1 + root (z - root / 3) / 3 with root = 1 / sqrt x."""
    root: Numbers = np.atleast_1d(1 / np.sqrt(x))
    term = root * (-1 / 9)
    term += z / 3
    term *= root
    term += 1
    np.multiply(term, term, out=root)
    root *= term
    return root.reshape(np.shape(x))


@lru_cache(maxsize=16)
def _exact_table(confidence: float) -> Interval:
    """The exact limits of 0 to 9 events: ten values instead of a quantile for each cell."""
    return exact_poisson_interval(np.arange(TABLE), confidence=confidence)


def _over(limits: Interval, n: Numbers) -> Interval:
    with np.errstate(invalid="ignore"):
        return Interval(limits.lower / n, limits.upper / n)


def _scaled(x: npt.ArrayLike, n: npt.ArrayLike, limits: Interval, per: float) -> Estimate:
    """The figure and its limits in units of `per`; a limit is missing where the figure is."""
    if not per > 0:
        raise ValueError("per must be above zero")
    top, bottom = floats(x, n)
    value = top * per  # multiplied first, as statistics.ratios does
    value = value / bottom
    if per == 1:
        return Estimate(value, *limits)
    return Estimate(value, limits.lower * per, limits.upper * per)
