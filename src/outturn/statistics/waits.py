"""Medians and percentiles of waits, with limits that no shape of distribution is assumed for.

The limits are two of the waits themselves: those whose places in the order enclose the percentile
with the confidence asked for. So they are never shorter than the confidence says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Numbers, Places, floats, refuse_where, special
from outturn.statistics.method_sets import upper_tail


class Ranks(NamedTuple):
    """The places in order, from 1, of the lower and the upper limit; 0 where there is none."""

    lower: Places
    upper: Places


def limit_ranks(size: npt.ArrayLike, percent: float, *, confidence: float = 0.95) -> Ranks:
    """Which of the waits in order are the limits of a percentile: places from 1, 0 for none.

    `size` is how many waits there are, a column of whole numbers; refuses a negative one and a
    percent that is not between 0 and 100. Few waits, or a percentile far out, have no limit on a
    side. Does not interpolate between two waits.

    Source: Conover (1999), Practical nonparametric statistics, 3rd edition, section 3.2; Hahn and
    Meeker (1991), Statistical intervals, section 5.2. The places are quantiles of the binomial.

    >>> limits = limit_ranks([5, 6, 100], 50)
    >>> limits.lower.tolist(), limits.upper.tolist()
    ([0, 1, 40], [0, 6, 61])
    """
    (n,) = floats(size)
    refuse_where((n < 0) | (n != np.floor(n)) & ~np.isnan(n), "a size is not a whole number")
    if not 0 < percent < 100:
        raise ValueError("percent lies between 0 and 100, such as 50 for the median")
    share, tail = percent / 100, upper_tail(confidence)
    lower = _binomial_quantile(1 - tail, n, share)
    upper = _binomial_quantile(tail, n, share) + 1
    none = np.isnan(n)
    lower = np.where(none, 0, lower)
    upper = np.where(none | (upper > n), 0, upper)
    return Ranks(lower.astype(np.int64), upper.astype(np.int64))


def percentile_of_waits(
    waits: npt.ArrayLike,
    group: npt.ArrayLike,
    percent: float = 50,
    *,
    groups: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """The percentile of each group's waits, with its limits, in the unit of the waits (days).

    `group` numbers the group of each wait from 0; `groups` is how many there are. Missing waits
    are left out: they are waits that nobody knows, not waits of 0. A group with none is missing. A
    limit is missing where there are too few waits for one. Refuses as `limit_ranks`. Does not take
    waits that are not over yet: those need a survival curve.

    Source: the percentile, Hyndman and Fan (1996), definition 7; the limits, `limit_ranks`.

    >>> waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 30]
    >>> [column.tolist() for column in percentile_of_waits(waits, [0] * 10)]
    [[5.5], [2.0], [9.0]]
    """
    numbers, which = np.asarray(waits, np.float64), np.asarray(group)
    if which.dtype.kind not in "iu" or which.shape != numbers.shape:
        raise ValueError("each wait needs the whole number of its group")
    refuse_where(which < 0, "a group is numbered below zero")
    count = max(groups, int(which.max()) + 1 if which.size else 0)
    known = ~np.isnan(numbers)
    numbers, which = numbers[known], which[known]
    order = np.lexsort((numbers, which))
    numbers = numbers[order]
    size = np.bincount(which, minlength=count).astype(np.int64)
    first = np.cumsum(size) - size
    position = (size - 1) * (percent / 100)
    below = np.floor(position)
    part = position - below
    ranks = limit_ranks(size, percent, confidence=confidence)
    low = _at(numbers, first, below + 1, size)
    high = _at(numbers, first, np.minimum(below + 2, size), size)
    return Estimate(
        low + (high - low) * part,
        _at(numbers, first, ranks.lower, size),
        _at(numbers, first, ranks.upper, size),
    )


def percentile_of_histogram(
    days: npt.ArrayLike,
    people: npt.ArrayLike,
    percent: float = 50,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The percentile of waits that are told as how many people waited each number of days; in days.

    Two columns of one length, in any order; people are whole numbers. Refuses negative and missing
    numbers of people and days. Nobody gives a missing percentile. Does not spread the people of a
    class over it: a day is a day.

    Source: as `percentile_of_waits`, of the same waits one by one.

    >>> [float(column) for column in percentile_of_histogram([0, 1, 7], [4, 5, 1])]
    [1.0, 0.0, 1.0]
    """
    day, number = floats(days, people)
    refuse_where(
        np.isnan(day) | ~(number >= 0), "a number of people or of days is missing or below 0"
    )
    order = np.argsort(day)
    day, until = day[order], np.cumsum(number[order])
    size = until[-1] if until.size else 0.0
    if not size:
        missing = np.array(np.nan)
        return Estimate(missing, missing, missing)
    position = (size - 1) * percent / 100
    ranks = limit_ranks(size, percent, confidence=confidence)

    def at(rank: float) -> Numbers:
        found: Numbers = np.asarray(day[np.searchsorted(until, rank)] if rank else np.nan)
        return found

    low, high = at(np.floor(position) + 1), at(min(np.floor(position) + 2, size))
    value = low + (high - low) * (position - np.floor(position))
    return Estimate(np.asarray(value), at(float(ranks.lower)), at(float(ranks.upper)))


def _binomial_quantile(tail: float, n: Numbers, share: float) -> Numbers:
    """The smallest k whose cumulative share is at least `tail`; worked out once for each size."""
    sizes, place = np.unique(np.where(np.isnan(n), 0, n).astype(np.int64), return_inverse=True)
    cumulative = special("bdtr")
    # The inverse for real k lies within one of the whole number; two steps settle which.
    middle = special("bdtrik")(tail, sizes, share)
    k = np.clip(np.ceil(np.nan_to_num(middle)) - 1, 0, sizes)
    for _ in range(2):
        k += cumulative(k, sizes, share) < tail
    quantile: Numbers = np.asarray(k)[place].reshape(n.shape)
    return quantile


def _at(numbers: Numbers, first: Places, rank: npt.ArrayLike, size: Places) -> Numbers:
    """The wait at that place of each group's order; missing for place 0 and for an empty group."""
    place = np.asarray(rank).astype(np.int64)
    there = (place > 0) & (size > 0)
    found = np.full(size.shape, np.nan)
    found[there] = numbers[(first + place - 1)[there]]
    return found
