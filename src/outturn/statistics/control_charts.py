"""The XmR chart: a line of figures, its mean, and limits from the changes between neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.series import Flags, Floats, Whole, WholeSeries, Words, in_segments, series

# Three standard deviations in units of the mean moving range of two points: 3 / 1.128.
ROUNDED_SCALE = 2.66  # as the NHS England workbook rounds it
EXACT_SCALE = 3 / 1.128
RANGE_SCALE = 3.267  # upper limit of a moving range, in mean moving ranges

FEWEST_FOR_LIMITS = 12
FEWEST_FOR_FULL_LIMITS = 20
FOOTINGS = ("median only", "trial limits", "limits")


@dataclass(frozen=True)
class ControlLimits:
    """The centre line and limits at each period of each series, in the unit of the figures.

    `near` limits lie at two thirds of the way, two standard deviations out. `range_limit` is the
    upper limit of the moving range (not-a-number in charts that have none). `points` counts the
    figures of the segment. `is_thin` marks a segment that moves too seldom for its limits to say
    much: only points outside them are then special causes.
    """

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    range_limit: Floats
    points: Whole
    is_thin: Flags


def xmr_limits(
    values: npt.ArrayLike,
    segment: npt.ArrayLike | None = None,
    *,
    screened: bool = False,
    fixed_after: int | None = None,
    scale: float = ROUNDED_SCALE,
    guarded: bool = True,
) -> ControlLimits:
    """Mean and natural process limits of each segment of each series, in the figures' unit.

    Time runs along the last axis. `segment` numbers the segments between declared steps. With
    `screened`, moving ranges of 3.267 times their mean or more are left out, once. With
    `fixed_after`, only the first so many figures of a segment set its limits. A gap has no moving
    range on either side, and a segment of one figure has no limits. A constant segment has limits
    on its mean. `guarded` keeps limits from collapsing onto the mean of a segment that does vary:
    where screening would leave no variation the ranges are not screened, and where only gaps hide
    it there are no limits; either way the segment is thin. `fixed_after` below 2 raises
    `ValueError`. Limits are not clipped to what is possible: a drawing may do that.

    Source: Wheeler (2000), Understanding Variation; NHS England, Making Data Count; reference,
    9.1. Screening as in Nelson (1982), Control charts for individual measurements, Journal of
    Quality Technology 14.

    >>> found = xmr_limits([5.0, 7.0, 6.0, 8.0])
    >>> [round(float(one[0]), 2) for one in (found.lower, found.centre, found.upper)]
    [2.07, 6.5, 10.93]
    """
    if fixed_after is not None and fixed_after < 2:
        raise ValueError("limits can be fixed after two figures at the soonest")
    figures = series(values)
    within = in_segments(figures, segment)
    known = ~np.isnan(figures)
    sets = known if fixed_after is None else known & (within.ordinals(known) <= fixed_after)
    centre = within.mean(figures, sets)
    level = _constant_level(figures, within, sets)
    centre = np.where(np.isnan(level), centre, level)
    ranges = within.differences(figures)
    np.abs(ranges, out=ranges)
    used = sets & ~np.isnan(ranges)
    average = within.mean(ranges, used)
    is_thin = np.isnan(level) & (average == 0)  # it has steps, but gaps hide them all
    if guarded:
        average = np.where(is_thin, np.nan, average)
    if screened:
        kept = used & (ranges < RANGE_SCALE * average)
        # A constant segment keeps no range, as none lies below nothing.
        left = np.where(average == 0, 0.0, within.mean(ranges, kept))
        collapsed = (average > 0) & (left == 0)
        average = np.where(collapsed & guarded, average, left)
        is_thin |= collapsed
    number = within.count(known)
    return limits_around(
        centre, scale * average, RANGE_SCALE * average, number, is_thin, figures.shape
    )


def limits_around(
    centre: Floats,
    reach: Floats,
    range_limit: Floats,
    points: Whole,
    is_thin: Flags,
    shape: tuple[int, ...],
) -> ControlLimits:
    """Limits `reach` above and below the centre, and near limits at two thirds of it.

    All in the figures' unit. What has one column for each series is told at every period of the
    shape, without a copy of it. Missing in, missing out. Does not clip.

    Source: Shewhart's three standard deviations, with warning limits at two; reference, 9.1.

    >>> one = np.array([10.0])
    >>> found = limits_around(one, one * 0.3, one, np.array([2]), np.array([False]), (2,))
    >>> found.lower.tolist(), found.near_upper.tolist()
    ([7.0, 7.0], [12.0, 12.0])
    """
    near = reach * 2 / 3
    return ControlLimits(
        centre=np.broadcast_to(centre, shape),
        lower=np.broadcast_to(centre - reach, shape),
        upper=np.broadcast_to(centre + reach, shape),
        near_lower=np.broadcast_to(centre - near, shape),
        near_upper=np.broadcast_to(centre + near, shape),
        range_limit=np.broadcast_to(range_limit, shape),
        points=np.broadcast_to(points, shape),
        is_thin=np.broadcast_to(is_thin, shape),
    )


def has_few_events(values: npt.ArrayLike, segment: npt.ArrayLike | None = None) -> Flags:
    """Whether more than half of a segment's figures are 0 and some are not, at each period.

    For figures that count events, none below 0: their XmR chart says little. Nearly every figure
    lies on one side of the mean, so that noise looks like a shift, and each event lies outside the
    limits. Charts of the time, or of the cases, between events are made for them (`t_limits`,
    `g_limits`). Figures that never change are no such segment. Missing figures are left out. Does
    not know what the figures are: of others than counts a 0 may be a number like any other.

    Source: reference, 9 (g and t charts where events are rare); that more than half are 0 is ours.

    >>> has_few_events([[0, 0, 1, 0, 0], [0, 2, 1, 0, 3]]).all(axis=1).tolist()
    [True, False]
    """
    figures = series(values)
    within = in_segments(figures, segment)
    known = ~np.isnan(figures)
    lowest, highest = within.extremes(figures, known)
    with np.errstate(invalid="ignore"):
        few = (within.median(figures, known) == 0) & (lowest == 0) & (highest > 0)
    return np.broadcast_to(few, figures.shape)


def footing(points: npt.ArrayLike) -> Words:
    """What may be shown of a segment with so many figures: one of `FOOTINGS`.

    Fewer than 12 figures: a run chart with its median only. From 12 to 19: limits, told as trial
    limits. From 20: limits. Does not count the figures itself.

    Source: NHS Education for Scotland and NHS England guidance; reference, 9.4.

    >>> footing([11, 12, 19, 20]).tolist()
    ['median only', 'trial limits', 'trial limits', 'limits']
    """
    edges = (FEWEST_FOR_LIMITS, FEWEST_FOR_FULL_LIMITS)
    return np.asarray(np.take(FOOTINGS, np.digitize(np.asarray(points), edges)))


def _constant_level(figures: Floats, within: WholeSeries, sets: Flags) -> Floats:
    """The figure of a segment in which it never changes, exactly; otherwise not-a-number."""
    lowest, highest = within.extremes(figures, sets)
    return np.where(lowest == highest, lowest, np.nan)
