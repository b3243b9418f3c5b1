"""Does a figure meet its target? The rules of Fingertips, as columns.

Each gives the codes of `significance`: BETTER meets it, WORSE does not, SAME is between. This is
apart from comparing with others, and has nothing to do with outturn's own statuses, which have
tolerances. `aim` is 1 where higher is better, -1 where lower is and 0 where neither.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Codes, floats, refuse_where
from outturn.statistics.significance import LOWER, judged


def against_target(value: npt.ArrayLike, target: npt.ArrayLike, aim: npt.ArrayLike) -> Codes:
    """BETTER where the figure is the target or better, otherwise WORSE; there is no amber.

    Figure and target in one unit. NOT_COMPARED where either is missing or there is no aim. Looks at
    no interval: `interval_against_target` does.

    Source: fingertips-open (2020), single value target.

    >>> against_target([9.0, 10.0, 11.0], 10.0, aim=1).tolist()
    [-1, 1, 1]
    """
    v, goal = floats(value, target)
    ways = np.asarray(aim)
    lower = v <= goal
    meets = lower if ways.ndim == 0 and ways == LOWER else v >= goal
    if ways.ndim:
        meets = np.where(ways == LOWER, lower, meets)
    # Already the right way round, so the aim only says where there is one.
    return judged(2 * meets.view(np.int8) - 1, np.abs(ways), ~np.isnan(v + goal))


def interval_against_target(
    lower: npt.ArrayLike, upper: npt.ArrayLike, target: npt.ArrayLike, aim: npt.ArrayLike
) -> Codes:
    """BETTER or WORSE where the figure's limits exclude the target, otherwise SAME.

    Limits and target in one unit. NOT_COMPARED where any is missing. Refuses a lower limit above
    its upper. Not symmetric at equality, on purpose: an interval that is the target itself is
    BETTER where higher is better and WORSE where lower is.

    Source: fingertips-open (2020), single value target with intervals.

    >>> interval_against_target([8, 9, 11], [9, 11, 12], 10, aim=1).tolist()
    [-1, 0, 1]
    """
    low, high, goal = floats(lower, upper, target)
    refuse_where(low > high, "a lower limit is above its upper limit")
    above, below = (low >= goal).view(np.int8), (high < goal).view(np.int8)
    return judged(above - below, aim, ~np.isnan(low + high + goal))


def against_range(
    value: npt.ArrayLike,
    lower_target: npt.ArrayLike,
    upper_target: npt.ArrayLike,
    aim: npt.ArrayLike,
) -> Codes:
    """WORSE below the range, BETTER at its upper end or above, otherwise SAME (amber).

    Figure and targets in one unit. Where lower is better, the two change places and the upper end
    is WORSE. NOT_COMPARED where any is missing. Refuses a lower target above the upper; equal ones
    are allowed. For targets that are percentiles of all places, `quantile_groups` gives those.

    Source: fingertips-open (2020), range target and percentile range target.

    >>> against_range([0, 1, 2, 3], 1, 2, aim=1).tolist()
    [-1, 0, 1, 1]
    """
    v, low, high = floats(value, lower_target, upper_target)
    refuse_where(low > high, "Lower limit cannot be greater than upper limit")
    above, below = (v >= high).view(np.int8), (v < low).view(np.int8)
    return judged(above - below, aim, ~np.isnan(v + low + high))


def against_previous_comparator(value: npt.ArrayLike, comparator: npt.ArrayLike) -> Codes:
    """WORSE below last year's figure of the comparator, otherwise BETTER, whichever way is better.

    Figure and comparator in one unit. NOT_COMPARED where either is missing. Ignores which way is
    better, as Fingertips does: use it only to make its output again, and `against_target` with last
    year's figure as the target to judge.

    Source: fingertips-open (2020), target of the previous year's England value.

    >>> against_previous_comparator([3, 1], 2).tolist()
    [1, -1]
    """
    v, b = floats(value, comparator)
    return judged(1 - 2 * (v < b).view(np.int8), 1, ~np.isnan(v + b))
