"""What a control chart says in two words: what kind of variation, and whether a target is met."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.chart_rules import SpecialCauses
from outturn.statistics.control_charts import ControlLimits
from outturn.statistics.series import Floats, Words, latest, series

INCREASE, DECREASE, NEUTRAL = "increase", "decrease", "neutral"
COMMON_CAUSE = "common cause"
VARIATIONS = (
    COMMON_CAUSE,
    "improvement, high",
    "improvement, low",
    "concern, high",
    "concern, low",
    "neutral, high",
    "neutral, low",
)
PASSES, FAILS, HIT_AND_MISS = "consistently passes", "consistently fails", "hit and miss"
ASSURANCES = (PASSES, HIT_AND_MISS, FAILS)


def variation(values: npt.ArrayLike, causes: SpecialCauses, improvement: npt.ArrayLike) -> Words:
    """The variation at the last figure of each series: one of `VARIATIONS`, or empty without any.

    `improvement` says which way is better, `increase`, `decrease` or `neutral`, for all series or
    for each; any other word raises `ValueError`. Speaks of the last period that has a figure. Does
    not weigh one rule against another: `special_causes` has settled which goes first.

    Source: NHS England, Making Data Count; reference, 9.3.

    >>> from outturn.statistics.control_charts import xmr_limits
    >>> from outturn.statistics.chart_rules import special_causes
    >>> figures = [3, 5, 4, 5, 3, 4, 5, 3, 4, 5, 3, 12]
    >>> str(variation(figures, special_causes(figures, xmr_limits(figures)), "decrease"))
    'concern, high'
    """
    better = _directions(improvement)
    figures = series(values)
    known = ~np.isnan(figures)
    last = np.where(known, causes.direction.astype(np.float64), np.nan)
    way = latest(last)
    good = np.select([better == INCREASE, better == DECREASE], [1, -1], 0)
    kind = np.select([good == 0, good == way], ["neutral", "improvement"], "concern")
    side = np.where(way > 0, ", high", ", low")
    words = np.where(way == 0, COMMON_CAUSE, np.char.add(kind, side))
    return np.where(np.isnan(way), "", words)


def assurance(
    lower: npt.ArrayLike, upper: npt.ArrayLike, target: npt.ArrayLike, improvement: npt.ArrayLike
) -> Words:
    """Whether the process will meet its target if nothing changes: one of `ASSURANCES`, or empty.

    `lower` and `upper` are the limits of the last segment, `target` the latest target, all in the
    figures' unit, one for each series. Empty where a limit or the target is missing and where no
    direction is better. A target on a limit is hit and miss. Where the limits are one, the series
    never changes, and a target that it equals is met. An unknown direction raises `ValueError`.
    Does not look at whether the latest figure met the target.

    Source: NHS England, Making Data Count, as in NHSRplotthedots; reference, 9.3, with its
    question 1 on series that never change.

    >>> assurance(70.0, 90.0, [65.0, 90.0, 95.0], "increase").tolist()
    ['consistently passes', 'hit and miss', 'consistently fails']
    """
    better = _directions(improvement)
    low, high, goal = (np.asarray(one, dtype=np.float64) for one in (lower, upper, target))
    with np.errstate(invalid="ignore"):
        above, below = goal > high, goal < low
        constant = (low == high) & (goal == low)
    passes = np.where(better == INCREASE, below, above) | constant
    fails = np.where(better == INCREASE, above, below)
    words = np.select([passes, fails], [PASSES, FAILS], HIT_AND_MISS)
    untold = np.isnan(low) | np.isnan(high) | np.isnan(goal) | (better == NEUTRAL)
    return np.where(untold, "", words)


def last_limits(limits: ControlLimits) -> tuple[Floats, Floats]:
    """The lower and upper limit of the last segment of each series, in the figures' unit.

    Not-a-number where that segment has none. Does not look back to an earlier segment: after a
    step the old limits say nothing of the process now.

    Source: reference, 9.3 (limits of the last segment).

    >>> from outturn.statistics.control_charts import xmr_limits
    >>> [round(float(one), 2) for one in last_limits(xmr_limits([5.0, 7.0, 6.0, 8.0]))]
    [2.07, 10.93]
    """
    return limits.lower[..., -1], limits.upper[..., -1]


def _directions(improvement: npt.ArrayLike) -> Words:
    found = np.asarray(improvement, dtype=np.str_)
    if not np.isin(found, (INCREASE, DECREASE, NEUTRAL)).all():
        raise ValueError("what is better is told as 'increase', 'decrease' or 'neutral'")
    return found
