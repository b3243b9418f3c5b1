"""Means of groups, with Student's t limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Interval, Numbers, Places, floats, refuse_where, special
from outturn.statistics.method_sets import upper_tail

_DUST = 8 * float(np.finfo(np.float64).eps)  # what rounding may make of a sum of squares, at most


class Means(NamedTuple):
    """For each group: how many values, their sum, standard deviation (n - 1), and mean."""

    size: Places
    total: Numbers
    deviation: Numbers
    value: Numbers
    lower: Numbers
    upper: Numbers


def means(
    values: npt.ArrayLike, group: npt.ArrayLike, *, groups: int = 0, confidence: float = 0.95
) -> Means:
    """The mean of each group of values with its limits, in the values' own unit.

    `group` numbers the group of each value from 0; `groups` is how many there are, when the last
    may be empty. Refuses groups that are not whole numbers from 0. A missing value makes its whole
    group missing. A group of one has a mean and no limits; an empty one has neither. Does not
    weight.

    Source: Student (1908), The probable error of a mean, Biometrika 6(1); package
    PHEindicatormethods 2.1.

    >>> found = means([1.0, 2.0, 3.0, 10.0], [0, 0, 0, 1])
    >>> found.value.tolist(), found.lower.round(3).tolist(), found.size.tolist()
    ([2.0, 10.0], [-0.484, nan], [3, 1])
    """
    (numbers,) = floats(values)
    which = np.asarray(group)
    if which.dtype.kind not in "iu" or which.shape != numbers.shape:
        raise ValueError("each value needs the whole number of its group")
    refuse_where(which < 0, "a group is numbered below zero")
    size = np.bincount(which, minlength=groups).astype(np.int64)
    (total,) = floats(np.bincount(which, weights=numbers, minlength=groups))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = total / size
        away = numbers - value[which]
        squares = np.bincount(which, weights=away * away, minlength=groups)
        deviation = np.sqrt(squares / np.where(size > 1, size - 1, np.nan))
    lower, upper = mean_interval(value, deviation, size, confidence=confidence)
    return Means(size, total, deviation, value, lower, upper)


def deviation_of_sums(size: npt.ArrayLike, total: npt.ArrayLike, squares: npt.ArrayLike) -> Numbers:
    """The standard deviation (n - 1) of values by how many they are, their sum and that of squares.

    In the values' own unit. Refuses a negative size or sum of squares. Missing of fewer than two
    values, and where so many values cannot have both sums; missing in, missing out. Values that
    differ by no more than the last digits of such sums have a deviation of 0: a part in a hundred
    million of their mean cannot be told.

    Source: the sum of squares about the mean is that of the squares less n times the mean's square.

    >>> deviation_of_sums([3, 1, 2], [6.0, 10.0, 1.0], [14.0, 100.0, 0.1]).tolist()
    [1.0, nan, nan]
    """
    n, added, squared = floats(size, total, squares)
    refuse_where(n < 0, "a size is below zero")
    refuse_where(squared < 0, "a sum of squares is below zero")
    with np.errstate(invalid="ignore", divide="ignore"):
        about = squared - added * (added / n)
        dust = _DUST * squared
        about = np.where(np.abs(about) <= dust, 0.0, np.where(about < 0, np.nan, about))
        found: Numbers = np.sqrt(about / np.where(n >= 2, n - 1, np.nan))
    return found


def mean_interval(
    mean: npt.ArrayLike,
    deviation: npt.ArrayLike,
    size: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Lower and upper limits of a mean, from its standard deviation and size; in the mean's unit.

    The deviation divides by n - 1. Refuses a negative deviation or size. Fewer than two values have
    no limits; missing in, missing out. Does not suit waits, which are skewed: see `percentiles`.

    Source: as `means`.

    >>> [limit.round(3).tolist() for limit in mean_interval([2.0], [1.0], [3])]
    [[-0.484], [4.484]]
    """
    middle, sd, n = floats(mean, deviation, size)
    refuse_where(sd < 0, "a standard deviation is below zero")
    refuse_where(n < 0, "a size is below zero")
    freedom = np.where(n >= 2, n - 1, np.nan)
    with np.errstate(invalid="ignore"):
        half = _student_points(freedom, upper_tail(confidence)) * sd / np.sqrt(n)
    return Interval(middle - half, middle + half)


def _student_points(freedom: Numbers, tail: float) -> Numbers:
    """Student's quantile for each number of degrees of freedom, worked out once for each size."""
    found, place = np.unique(freedom, return_inverse=True)
    points: Numbers = np.asarray(special("stdtrit")(found, tail))
    return points[place].reshape(freedom.shape)
