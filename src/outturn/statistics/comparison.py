"""Is a place better than a comparator, or is it chance? The comparisons of Fingertips, as columns.

Each gives the codes of `significance`, worked out from unrounded figures. A place is not compared
with itself: the caller leaves it out. `aim` is 1 where higher is better, -1 where lower is and 0
where neither: then nothing is judged.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import (
    Codes,
    Estimate,
    Flags,
    Interval,
    Numbers,
    floats,
    refuse_where,
    special,
)
from outturn.statistics.significance import judged

# As Fingertips has them, rounded: its answers at the edge depend on it.
Z_95, Z_99_8 = 1.96, 3.0902
TAIL_95, TAIL_99_8 = 0.025, 0.001


def against_interval(
    value: npt.ArrayLike,
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    comparator: npt.ArrayLike,
    aim: npt.ArrayLike,
) -> Codes:
    """Whether the comparator lies outside the figure's own limits.

    Columns in one unit. SAME where it lies between the limits or on one; otherwise better or worse
    by the figure. NOT_COMPARED where any is missing. Refuses a lower limit above its upper. Takes
    the comparator as exactly known.

    Source: fingertips-open (2020), single overlapping interval, one level.

    >>> against_interval([3.3, 3.05], [3.2, 2.7], [3.5, 3.1], 3.0, aim=-1).tolist()
    [-1, 0]
    """
    v, low, high, b = floats(value, lower, upper, comparator)
    refuse_where(low > high, "a lower limit is above its upper limit")
    outside = (b < low) | (b > high)
    return judged(_side(v < b) * outside.view(np.int8), aim, _known(v, low, high, b))


def against_two_intervals(
    value: npt.ArrayLike,
    inner: Interval,
    outer: Interval,
    comparator: npt.ArrayLike,
    aim: npt.ArrayLike,
) -> Codes:
    """As `against_interval` at two levels: BEST and WORST where even the wider limits exclude it.

    `inner` are the 95% and `outer` the 99.8% limits, in one unit. NOT_COMPARED where any is
    missing. Refuses limits out of order.

    Source: fingertips-open (2020), single overlapping interval, two levels.

    >>> inner, outer = Interval(*floats([2.5], [2.7])), Interval(*floats([2.3], [2.9]))
    >>> [int(against_two_intervals([2.6], inner, outer, b, aim=-1)[0]) for b in (3.0, 2.8, 2.6)]
    [2, 1, 0]
    """
    v, low, high, b = floats(value, inner.lower, inner.upper, comparator)
    _, lowest, highest = floats(v, outer.lower, outer.upper)
    refuse_where((low > high) | (lowest > low) | (high > highest), "the limits are not in order")
    size = ((b < low) | (b > high)).astype(np.int8) + ((b < lowest) | (b > highest))
    # Between the limits the comparator says the side; beyond them the figure does.
    side = np.where(size == 1, _side(b > high), _side(v < b))
    known = _known(v, low, high, b) & ~np.isnan(lowest) & ~np.isnan(highest)
    return judged(side * size.astype(np.int8), aim, known)


def against_estimate(place: Estimate, comparator: Estimate, aim: npt.ArrayLike) -> Codes:
    """Whether the intervals of a place and of its comparator overlap.

    Both with limits, in one unit. Touching is overlapping: SAME. Only the two limits that face each
    other are looked at and needed, but NOT_COMPARED where any of the four is missing. Two that
    overlap may still differ: `differences.difference` is sharper.

    Source: fingertips-open (2020), double overlapping intervals.

    >>> one = Estimate(*floats([4.0], [3.5], [4.5]))
    >>> other = Estimate(*floats([3.0], [2.7], [3.1]))
    >>> against_estimate(one, other, aim=-1).tolist()
    [-1]
    """
    v, low, high, b = floats(place.value, place.lower, place.upper, comparator.value)
    _, b_low, b_high = floats(v, comparator.lower, comparator.upper)
    refuse_where((low > high) | (b_low > b_high), "a lower limit is above its upper limit")
    is_less = v < b
    overlap = np.where(is_less, b_low <= high, low <= b_high)
    known = _known(v, low, high, b) & ~np.isnan(b_low) & ~np.isnan(b_high)
    return judged(_side(is_less) * (~overlap).view(np.int8), aim, known)


def against_proportion(
    value: npt.ArrayLike,
    denominator: npt.ArrayLike,
    comparator: npt.ArrayLike,
    aim: npt.ArrayLike,
    *,
    per: float = 100,
    z: float = Z_95,
) -> Codes:
    """Whether a proportion lies outside control limits about the comparator.

    Value and comparator in units of `per`, denominators in people; `z` is 1.96 or 3.0902. Strictly
    outside is better or worse. NOT_COMPARED where any is missing or the denominator is zero or
    less. Refuses a comparator outside 0 to `per`.

    Source: fingertips-open (2020), control limits for proportions: Wilson's limits about the
    comparator for the place's denominator.

    >>> against_proportion([12.5, 9.9], [1972, 2273], 8.96, aim=-1).tolist()
    [-1, 0]
    """
    v, n, b = floats(value, denominator, comparator)
    refuse_where((b < 0) | (b > per), "a comparator lies outside 0 to per")
    share = b / per
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = 2 * n * share + z * z
        half = z * np.sqrt(z * z + 4 * n * share * (1 - share))
        scale = per / (2 * (n + z * z))
        limits = Interval((centre - half) * scale, (centre + half) * scale)
    return _against_limits(v, limits, aim, ~np.isnan(v) & ~np.isnan(b) & (n > 0))


def against_rate(
    value: npt.ArrayLike,
    denominator: npt.ArrayLike,
    comparator: npt.ArrayLike,
    aim: npt.ArrayLike,
    *,
    per: float = 100_000,
    tail: float = TAIL_95,
) -> Codes:
    """Whether a standardised rate lies outside Poisson limits about the comparator.

    Value and comparator in units of `per`, denominators in people; `tail` is 0.025 or 0.001.
    Strictly outside is better or worse. NOT_COMPARED as `against_proportion`. Refuses a negative
    comparator. The limits are of whole events, as Fingertips has them: expected events round up for
    the lower and down for the upper limit. Does not know that a standardised rate varies more than
    a crude one.

    Source: fingertips-open (2020), control limits for directly standardised rates.

    >>> against_rate([1.1358, 4.1515], [616_282, 409_489], 2.1327, aim=-1).tolist()
    [1, -1]
    """
    v, n, b = floats(value, denominator, comparator)
    refuse_where(b < 0, "a comparator is below zero")
    if not 0 < tail < 0.5:
        raise ValueError("tail lies between 0 and 0.5, such as 0.025")
    known = ~np.isnan(v) & ~np.isnan(b) & (n > 0)
    people = np.where(known, n, 1.0)
    events = np.where(known, b, 1.0) * people / per
    quantile = special("gammaincinv")
    up = np.ceil(events)
    low = np.where(up == 0, 0.0, quantile(np.maximum(up, 1), tail))
    high = quantile(np.floor(events) + 1, 1 - tail)
    return _against_limits(v, Interval(low * per / people, high * per / people), aim, known)


def last_change(earlier: Estimate, later: Estimate) -> Codes:
    """Whether the later figure has risen (1), fallen (-1) or neither (0); 9 where nobody can tell.

    Both with limits, in one unit, of one place in two periods. Touching intervals have not changed.
    Refuses as `against_estimate`. Is not the recent trend, which needs five points.

    Source: fingertips-open (2020), change from the previous value: double overlapping intervals.

    >>> last = Estimate(*floats([3.0], [2.7], [3.1]))
    >>> this = Estimate(*floats([4.0], [3.5], [4.5]))
    >>> last_change(last, this).tolist()
    [1]
    """
    return against_estimate(later, earlier, 1)


def _side(is_less: Flags) -> Codes:
    """-1 where less, otherwise 1."""
    side: Codes = 1 - 2 * is_less.view(np.int8)
    return side


def _known(*columns: Numbers) -> Flags:
    total = columns[0]
    for column in columns[1:]:
        total = total + column  # not-a-number if any is
    known: Flags = ~np.isnan(total)
    return known


def _against_limits(v: Numbers, limits: Interval, aim: npt.ArrayLike, known: Flags) -> Codes:
    above, below = (v > limits.upper).view(np.int8), (v < limits.lower).view(np.int8)
    return judged(above - below, aim, known)
