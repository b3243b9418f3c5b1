"""Deciles, quintiles and quartiles by each publisher's own rule.

The rules differ, and in one family of products: print the words of `PUBLISHERS` beside the result.
`quantiles` has outturn's own rules for quartiles of a benchmarking group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Codes, Flags, Numbers, Places, floats, refuse_where

PHE = "PHEindicatormethods"
FINGERTIPS = "Fingertips"
NTILE = "NTILE"
PUBLISHERS = {
    PHE: "PHEindicatormethods: by rank, equal values share the lowest rank and so a group; "
    "no groups where there are fewer values than groups",
    FINGERTIPS: "Fingertips: by bounds at linearly interpolated percentiles, rounded to 10 "
    "decimals; a value on a bound is in the lower group; no groups of fewer values than groups, "
    "or than 4",
    NTILE: "NTILE: as many in each group as can be, the first groups one more; equal values are "
    "parted by the order of the rows; no groups of fewer values than groups",
}
LEAST = 4  # values for any percentile of Fingertips


def quantile_groups(
    values: npt.ArrayLike,
    group: npt.ArrayLike,
    number: int,
    *,
    publisher: str = PHE,
    highest_is_first: bool = False,
) -> Codes:
    """The quantile of each value inside its group, from 1 for the lowest; 0 where there is none.

    `group` numbers the group of each value from 0; `number` is how many quantiles, from 2 to 100.
    `highest_is_first` makes the highest value quantile 1. ValueError for another publisher or
    number. A missing value has no quantile, nor has a group with too few. Does not weight.

    Source: package PHEindicatormethods 2.1; fingertips-open (2020); NTILE of ISO/IEC 9075, as in
    the successor of Fingertips. `PUBLISHERS` says each in words.

    >>> quantile_groups([5, 1, 3, 2, 4], [0] * 5, 5).tolist()
    [5, 1, 3, 2, 4]
    >>> quantile_groups([1, 1, 2, 3], [0] * 4, 2, publisher="NTILE").tolist()
    [1, 1, 2, 2]
    """
    (numbers,) = floats(values)
    which = np.asarray(group)
    _refuse(numbers, which, number)
    known = ~np.isnan(numbers)
    result = np.zeros(numbers.shape, np.int8)
    if publisher not in PUBLISHERS:
        raise ValueError(f"no such publisher of quantiles: {publisher}")
    rule = {PHE: _by_rank, FINGERTIPS: _by_bounds, NTILE: _by_ntile}[publisher]
    result[known] = rule(numbers[known], which[known], number, highest_is_first)
    return result


def fingertips_percentiles(values: npt.ArrayLike, percents: npt.ArrayLike) -> Numbers:
    """Percentiles as Fingertips prints them, in the unit of the values; one for each percent.

    One column of values of a whole group; missing ones are left out. Percents lie from 0 to 100;
    ValueError otherwise. Fewer than four values have no percentile but their least and greatest (0
    and 100). Does not weight.

    Source: fingertips-open (2020): PERCENTILE of Excel, which is definition 7 of Hyndman and Fan
    (1996), rounded half away from zero to 10 decimals.

    >>> fingertips_percentiles(range(1, 101), [25, 50, 100]).tolist()
    [25.75, 50.5, 100.0]
    """
    numbers, wanted = np.asarray(values, np.float64), np.asarray(percents, np.float64)
    refuse_where(~((wanted >= 0) & (wanted <= 100)), "a percent lies from 0 to 100")
    numbers = np.sort(numbers[~np.isnan(numbers)])
    if not numbers.size:
        return np.full(wanted.shape, np.nan)
    first, size = np.array([0]), np.array([numbers.size])
    found = _bounds(numbers, first, size, wanted.ravel() / 100)[0].reshape(wanted.shape)
    inner = (wanted > 0) & (wanted < 100)
    return np.where(inner & (numbers.size < LEAST), np.nan, found)


def _by_rank(numbers: Numbers, which: Places, number: int, highest_is_first: bool) -> Codes:
    score = -numbers if highest_is_first else numbers
    order, first, size = _ordered(score, which)
    rank = _shared_ranks(score[order], which[order]) - first[which[order]]
    n = size[which[order]]
    place = np.floor((number + 1) - np.ceil(((n + 1) - rank) / (n / number)))
    place = np.where(n < number, 0, np.maximum(place, 1))
    return _put_back(place, order)


def _by_bounds(numbers: Numbers, which: Places, number: int, highest_is_first: bool) -> Codes:
    order, first, size = _ordered(numbers, which)
    bounds = _bounds(numbers[order], first, size, np.arange(1, number) / number)
    place = np.ones(numbers.shape, np.int8)
    for bound in bounds.T:
        place += numbers > bound[which]
    if highest_is_first:
        place = (number + 1 - place).astype(np.int8)
    return np.where(size[which] < max(number, LEAST), 0, place).astype(np.int8)


def _by_ntile(numbers: Numbers, which: Places, number: int, highest_is_first: bool) -> Codes:
    order, first, size = _ordered(-numbers if highest_is_first else numbers, which)
    position = np.arange(order.size) - first[which[order]]
    n = size[which[order]]
    each, more = n // number, n % number
    in_larger = more * (each + 1)
    with np.errstate(divide="ignore"):
        place = np.where(
            position < in_larger,
            position // (each + 1),
            more + (position - in_larger) // np.maximum(each, 1),
        )
    return _put_back(np.where(n < number, 0, place + 1), order)


def _ordered(score: Numbers, which: Places) -> tuple[Places, Places, Places]:
    """The order by group and score, and where each group begins in it and how long it is."""
    order = np.argsort(score, kind="stable")
    if which.size and which.max() > 0:
        order = order[np.argsort(which[order], kind="stable")]
    size = np.bincount(which).astype(np.int64)
    return order, np.cumsum(size) - size, size


def _shared_ranks(score: Numbers, which: Places) -> Places:
    """Places from 1 in the whole order, where equal scores of one group share the lowest."""
    if not score.size:
        return np.zeros(0, np.int64)
    new: Flags = np.ones(score.shape, np.bool_)
    new[1:] = (score[1:] != score[:-1]) | (which[1:] != which[:-1])
    starts = np.flatnonzero(new)
    ranks: Places = np.repeat(starts + 1, np.diff(np.append(starts, score.size)))
    return ranks


def _bounds(numbers: Numbers, first: Places, size: Places, shares: Numbers) -> Numbers:
    """For each group a row of percentiles by linear interpolation, rounded to 10 decimals."""
    position = np.maximum(size - 1, 0)[:, None] * shares
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(size - 1, 0)[:, None])
    start = np.minimum(first, max(numbers.size - 1, 0))[:, None]  # an empty group takes any
    low, high = numbers[start + below], numbers[start + above]
    found = low + (high - low) * (position - below)
    rounded: Numbers = np.copysign(np.floor(np.abs(found) * 1e10 + 0.5) / 1e10, found)
    return rounded


def _put_back(place: npt.NDArray[np.generic], order: Places) -> Codes:
    result = np.empty(order.shape, np.int8)
    result[order] = place.astype(np.int8)
    return result


def _refuse(numbers: Numbers, which: npt.NDArray[np.generic], number: int) -> None:
    if which.dtype.kind not in "iu" or which.shape != numbers.shape:
        raise ValueError("each value needs the whole number of its group")
    refuse_where(which.astype(np.int64) < 0, "a group is numbered below zero")
    if not 2 <= number <= 100:
        raise ValueError("the number of quantiles lies between 2 and 100")
