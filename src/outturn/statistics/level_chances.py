"""How likely the level behind a figure lies below a bound, given the counts that it was made of.

The figure is one draw from the level that produced it. What is believed of the level before is
Jeffreys' reference: half an event, and half of the opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Interval, Numbers, floats, refuse_where, special
from outturn.statistics.waits import limit_ranks


def share_below(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, level: npt.ArrayLike
) -> Numbers:
    """The chance, 0 to 1, that a share is below `level`, having seen numerator of denominator.

    Columns of one shape; `level` is a share: at 0 and less the chance is 0, at 1 and more it is 1.
    Refuses a negative numerator, a denominator of zero or less and a numerator above it. Missing
    in, missing out. Takes the people to be independent of one another.

    Source: Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion,
    Statistical Science 16(2), section 3.1 (Jeffreys' prior).

    >>> share_below([50, 0], [100, 10], [0.5, 0.1]).round(3).tolist()
    [0.5, 0.858]
    """
    x, n, at = floats(numerator, denominator, level)
    refuse_where(x < 0, "a numerator is below zero")
    refuse_where(n <= 0, "a denominator is zero or less")
    refuse_where(x > n, "a numerator is above its denominator")
    return np.asarray(special("betainc")(x + 0.5, n - x + 0.5, np.clip(at, 0, 1)))


def events_below(events: npt.ArrayLike, level: npt.ArrayLike) -> Numbers:
    """The chance, 0 to 1, that so many events are expected as are below `level`, or fewer.

    Columns of one shape; `level` is a number of events in the same period and population, at 0 and
    less the chance is 0. Refuses a negative count. Missing in, missing out. Takes the events to be
    independent: where one person has many, the chance of another level is greater than it says.

    Source: Brown, Cai and DasGupta (2003), Interval estimation in exponential families, Statistica
    Sinica 13 (Jeffreys' prior of a Poisson mean).

    >>> events_below([10, 0], [10, 1]).round(3).tolist()
    [0.479, 0.843]
    """
    x, at = floats(events, level)
    refuse_where(x < 0, "a count is below zero")
    return np.asarray(special("gammainc")(x + 0.5, np.maximum(at, 0)))


def estimate_below(value: npt.ArrayLike, margin: npt.ArrayLike, level: npt.ArrayLike) -> Numbers:
    """The chance, 0 to 1, that what a survey estimates is below `level`, in the unit of the value.

    Columns of one shape; `margin` is the half width of the 95% interval that was published.
    Refuses a negative margin; a margin of 0 makes the value certain. Missing in, missing out. Does
    not know of a survey that is skewed.

    Source: the normal distribution by which such margins are made.

    >>> estimate_below([20.0, 20.0], [2.0, 2.0], [20.0, 22.0]).round(3).tolist()
    [0.5, 0.975]
    """
    figure, half, at = floats(value, margin, level)
    return _about(figure, half, at, np.asarray(special("ndtri")(0.975)), special("ndtr"))


def scaled_events_below(
    rate: Estimate, events: npt.ArrayLike, limits: Interval, level: npt.ArrayLike
) -> Numbers:
    """The chance, 0 to 1, that a rate whose limits were made of a count's is below `level`.

    `rate` and `level` are in one unit; `limits` are the 95% limits of so many `events`, by the
    method that the rate's were made with. The level is put on the scale of events as Dobson puts
    their limits on that of the rate, the figure at the events and the limits at theirs, and
    `events_below` is asked of it. A rate at its lower limit, or one whose lower limit was cut off
    at 0, has below it the scale of its upper one. Refuses a negative count. Missing in, missing
    out, and so is a rate without an upper limit above it. Takes the events to be independent.

    Source: Dobson, Kuulasmaa, Eberle and Scherer (1991), Confidence intervals for weighted sums of
    Poisson parameters, Statistics in Medicine 10(3); the gamma distribution, as `events_below`.

    >>> of_count = Interval(np.array([4.787]), np.array([18.391]))
    >>> rate = Estimate(np.array([20.0]), 2 * of_count.lower, 2 * of_count.upper)
    >>> scaled_events_below(rate, [10], of_count, [20.0]).round(3).tolist()  # as `events_below`
    [0.479]
    """
    x, figure, at = floats(events, rate.value, level)
    low, high = floats(rate.lower, rate.upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(high > figure, (limits.upper - x) / (high - figure), np.nan)
        below = (x - limits.lower) / (figure - low)
        usable = (low != 0) & (low < figure) & (below > 0)
        scale = np.where((at < figure) & usable, below, above)
        return events_below(x, x + scale * (at - figure))


def student_below(
    value: npt.ArrayLike, half: npt.ArrayLike, freedom: npt.ArrayLike, level: npt.ArrayLike
) -> Numbers:
    """The chance, 0 to 1, that what a fit estimates is below `level`, in the unit of the value.

    Columns of one shape; `half` is the half width of the 95% interval, made by Student's t with
    `freedom` degrees of freedom. Refuses a negative half width and a freedom of zero or less; a
    half width of 0 makes the value certain. Missing in, missing out. Knows no more of the level
    before than that it could be anything.

    Source: Student (1908), The probable error of a mean, Biometrika 6(1).

    >>> student_below([4.75, 4.75], [1.21, 1.21], 3, [4.75, 5.96]).round(3).tolist()
    [0.5, 0.975]
    """
    (degrees,) = floats(freedom)  # as short as it was given: a quantile for each cell is slow
    refuse_where(degrees <= 0, "there are no degrees of freedom")
    point: Numbers = np.asarray(special("stdtrit")(degrees, 0.975))
    figure, width, at = floats(value, half, level)
    return _about(figure, width, at, point, _student(degrees))


def percentile_at_most(
    figure: Estimate, size: npt.ArrayLike, percent: float, level: npt.ArrayLike
) -> Numbers:
    """The chance, 0 to 1, that the percentile of waits in whole days is `level` days or fewer.

    Of a figure with the limits of `limit_ranks` of `size` waits; columns that fit one another, in
    days. How many of the waits are `level` or fewer decides: that share has Jeffreys' distribution,
    and the percentile is no more where the share is `percent` or more. The figure and its limits
    are three of the waits whose places in the order are known, so the number is known at them; in
    between it lies on a line, each day's waits spread over the day, within what those places
    leave. Further out the line goes on, as steep as between the limits on the whole. Refuses a size
    that is not whole. Missing in, missing out, and so is a figure without one of its limits. Does
    not ask for the waits themselves: what it tells follows from what is told with the figure.

    Source: Conover (1999), Practical nonparametric statistics, 3rd edition, section 3.2, turned
    round; `share_below` for the share.

    >>> ten = Estimate(np.array([5.5]), np.array([2.0]), np.array([9.0]))  # of the waits 1 to 10
    >>> percentile_at_most(ten, [10], 50, [4, 5, 8]).round(3).tolist()
    [0.265, 0.5, 0.974]
    >>> (1 - share_below([4, 5, 8], [10], [0.5])).round(3).tolist()  # so many are no more
    [0.265, 0.5, 0.974]
    """
    n, at = floats(size, np.floor(np.asarray(level, np.float64)))
    places = limit_ranks(size, percent)
    least, most = floats(*places)
    value, low, high = floats(*figure)
    place = (n - 1) * percent / 100 + 1
    number = _up_to(at, _Line(low, value, high, least, place, most))
    known = (least > 0) & (most > 0) & ~np.isnan(low + value + high + at)
    inside = np.clip(np.where(known, number, 0.0), 0.0, n)
    share = percent / 100
    return np.where(known, 1 - special("betainc")(inside + 0.5, n - inside + 0.5, share), np.nan)


class _Line(NamedTuple):
    """Three waits in days, and their places in the order."""

    low: Numbers
    value: Numbers
    high: Numbers
    least: Numbers
    place: Numbers
    most: Numbers


def _up_to(at: Numbers, line: _Line) -> Numbers:
    """How many waits are `at` or fewer whole days, as far as three of them tell."""
    low, value, high, least, place, most = line
    first, middle, last = least - 0.5, place - 0.5, most - 0.5  # each is half on its own day
    a_day = (most - least) / (high - low + 1)
    x = at + 0.5  # the end of the day
    with np.errstate(divide="ignore", invalid="ignore"):
        below = middle - (value - x) * (middle - first) / (value - low)
        above = middle + (x - value) * (last - middle) / (high - value)
    number = np.where(x < value, below, above)
    number = np.where(x < low, first - (low - x) * a_day, number)
    number = np.where(x > high, last + (x - high) * a_day, number)
    number = np.where(at < low, np.minimum(number, least - 1), np.maximum(number, least))
    whole = np.floor(place)
    number = np.where(at < value, np.minimum(number, np.ceil(place) - 1), np.maximum(number, whole))
    return np.where(at < high, np.minimum(number, most - 1), np.maximum(number, most))


def _student(freedom: Numbers) -> Callable[[Numbers], Numbers]:
    return lambda steps: np.asarray(special("stdtr")(freedom, steps))


def _about(
    figure: Numbers, half: Numbers, at: Numbers, point: Numbers, share: Callable[..., Numbers]
) -> Numbers:
    """The share below, where `half` is `point` standard errors; certain where there are none."""
    refuse_where(half < 0, "a margin is below zero")
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = (at - figure) / half * point
    certain = np.where(np.isnan(figure) | np.isnan(at), np.nan, (at > figure).astype(float))
    return np.where(half == 0, certain, share(steps))
