"""Differences and ratios of two figures that do not depend on each other, with limits.

Two periods of one place, or two places. Where the same people are in both, or one place is a part
of the other, the limits are wrong: too narrow or too wide.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Flags, Numbers, floats, refuse_where
from outturn.statistics.intervals import wilson_interval
from outturn.statistics.method_sets import z_score


def difference(first: Estimate, second: Estimate) -> Estimate:
    """The second figure less the first, with limits from the limits of each, in their own unit.

    Each estimate lies within its limits, both at one confidence; the result has that confidence.
    Refuses limits on the wrong side of their figure. Missing in, missing out. Suits any two figures
    whose limits are sound on their own: rates, standardised rates, means. Does not test that they
    do not depend on each other.

    Source: Zou and Donner (2008), Construction of confidence limits about effect measures: a
    general approach, Statistics in Medicine 27(10).

    >>> last = Estimate(*floats([20], [15], [26]))
    >>> this = Estimate(*floats([30], [24], [37]))
    >>> [column.round(2).tolist() for column in difference(last, this)]
    [[10.0], [1.51], [18.6]]
    """
    _refuse_crossed(first, second)
    gap = second.value - first.value
    down = _together(second.value - second.lower, first.upper - first.value)
    up = _together(second.upper - second.value, first.value - first.lower)
    return Estimate(gap, gap - down, gap + up)


def ratio_of(first: Estimate, second: Estimate) -> Estimate:
    """The second figure over the first, with limits from the limits of each; a ratio.

    As `difference`, on the log scale; both figures are zero or more. A first figure of zero has no
    ratio. A limit of zero makes a limit of zero or none: a first lower limit of zero leaves no
    upper limit. Does not give percentage change: that is the ratio less one.

    Source: Zou and Donner (2008), as `difference`, section 3.2 (the log scale).

    >>> last = Estimate(*floats([20], [15], [26]))
    >>> this = Estimate(*floats([30], [24], [37]))
    >>> [column.round(2).tolist() for column in ratio_of(last, this)]
    [[1.5], [1.06], [2.14]]
    """
    _refuse_crossed(first, second)
    refuse_where((first.lower < 0) | (second.lower < 0), "a lower limit is below zero")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(first.value == 0, np.nan, second.value / first.value)
        down = _together(np.log(second.value / second.lower), np.log(first.upper / first.value))
        up = _together(np.log(second.upper / second.value), np.log(first.value / first.lower))
        lower = np.where(second.value == 0, 0.0, ratio * np.exp(-down))
        upper = ratio * np.exp(up)
    upper = np.where(np.isinf(upper) | (second.value == 0), np.nan, upper)
    return Estimate(ratio, np.where(np.isnan(ratio), np.nan, lower), upper)


def proportion_difference(
    first_numerator: npt.ArrayLike,
    first_denominator: npt.ArrayLike,
    second_numerator: npt.ArrayLike,
    second_denominator: npt.ArrayLike,
    *,
    per: float = 1,
    confidence: float = 0.95,
) -> Estimate:
    """The second share less the first, with limits, in units of `per` (100: percentage points).

    Refuses what `wilson_interval` refuses. Missing in, missing out. Does not suit two shares of the
    same people, which are paired.

    Source: Newcombe (1998), Interval estimation for the difference between independent proportions:
    comparison of eleven methods, Statistics in Medicine 17(8), method 10; example (a): 56/70 and
    48/80 differ by 0.2, from 0.0524 to 0.3339.

    >>> [column.round(4).tolist() for column in proportion_difference([48], [80], [56], [70])]
    [[0.2], [0.0524], [0.3339]]
    """
    x1, n1, x2, n2 = floats(
        first_numerator, first_denominator, second_numerator, second_denominator
    )
    one = Estimate(x1 / n1, *wilson_interval(x1, n1, confidence=confidence))
    two = Estimate(x2 / n2, *wilson_interval(x2, n2, confidence=confidence))
    return Estimate(*(column * per for column in difference(one, two)))


def proportion_ratio(
    first_numerator: npt.ArrayLike,
    first_denominator: npt.ArrayLike,
    second_numerator: npt.ArrayLike,
    second_denominator: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The second share over the first, with log-normal limits; a ratio.

    Refuses what `wilson_interval` refuses. With a numerator of 0 there are no limits; with the
    first 0 there is no ratio either. Does not add a half to cells.

    Source: Katz, Baptista, Azen and Pike (1978), Obtaining confidence intervals for the risk ratio
    in cohort studies, Biometrics 34(3), method C.

    >>> [column.round(3).tolist() for column in proportion_ratio([48], [80], [56], [70])]
    [[1.333], [1.077], [1.651]]
    """
    x1, n1, x2, n2 = floats(
        first_numerator, first_denominator, second_numerator, second_denominator
    )
    refuse_where((x1 < 0) | (x2 < 0), "a numerator is below zero")
    refuse_where((n1 <= 0) | (n2 <= 0), "a denominator is zero or less")
    refuse_where((x1 > n1) | (x2 > n2), "a numerator is above its denominator")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x2 / n2) / (x1 / n1)
        variance = 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2
    return _log_normal(ratio, variance, (x1 == 0) | (x2 == 0), confidence)


def rate_ratio(
    first_events: npt.ArrayLike,
    first_population: npt.ArrayLike,
    second_events: npt.ArrayLike,
    second_population: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The second rate over the first, with log-normal limits; a ratio.

    Refuses negative events and a population of zero or less. With no events on a side there are no
    limits; with none on the first there is no ratio. Does not take several events of one person
    into account.

    Source: Breslow and Day (1987), as `byar_interval`; Rothman, Greenland and Lash (2008), Modern
    epidemiology, 3rd edition, chapter 14 (person-time data).

    >>> [column.round(3).tolist() for column in rate_ratio([100], [5000], [120], [5000])]
    [[1.2], [0.92], [1.565]]
    """
    x1, n1, x2, n2 = floats(first_events, first_population, second_events, second_population)
    refuse_where((x1 < 0) | (x2 < 0), "a count is below zero")
    refuse_where((n1 <= 0) | (n2 <= 0), "a population is zero or less")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x2 / n2) / (x1 / n1)
        variance = 1 / x1 + 1 / x2
    return _log_normal(ratio, variance, (x1 == 0) | (x2 == 0), confidence)


def _together(one: Numbers, other: Numbers) -> Numbers:
    """The root of the sum of two squares; numpy's hypot guards against overflow and is slower."""
    total: Numbers = np.sqrt(one * one + other * other)
    return total


def _log_normal(ratio: Numbers, variance: Numbers, none: Flags, confidence: float) -> Estimate:
    with np.errstate(invalid="ignore"):
        width = np.exp(z_score(confidence) * np.sqrt(variance))
    width = np.where(none, np.nan, width)
    ratio = np.where(np.isinf(ratio), np.nan, ratio)
    return Estimate(ratio, ratio / width, ratio * width)


def _refuse_crossed(*estimates: Estimate) -> None:
    for value, lower, upper in estimates:
        refuse_where((lower > value) | (upper < value), "a figure lies outside its own limits")
