"""Control charts of counts, proportions and rates, whose limits follow from the counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.control_charts import EXACT_SCALE, ControlLimits
from outturn.statistics.series import Floats, WholeSeries, in_segments, series


def p_limits(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    segment: npt.ArrayLike | None = None,
    *,
    laney: bool = False,
) -> ControlLimits:
    """Centre and limits of a proportion at each period, from 0 to 1.

    The centre is the total of numerators over that of denominators in the segment; the limits lie
    three binomial standard deviations away, by each period's own denominator, cut at 0 and 1.
    `laney` widens them by how much the figures really vary (the P' chart), for large denominators.
    Missing in, missing out; a denominator of 0 has no limits. A negative number or a numerator
    above its denominator raises `ValueError`. Does not divide: the figures are the caller's.

    Source: Shewhart's p chart; Laney (2002), Improved control charts for attributes, Quality
    Engineering 14; reference, 9.6.

    >>> found = p_limits([10, 20, 30], [100, 100, 100])
    >>> round(float(found.centre[0]), 3), round(float(found.upper[0]), 3)
    (0.2, 0.32)
    """
    top, bottom, within = _counts(numerator, denominator, segment)
    with np.errstate(invalid="ignore"):
        if (top > bottom).any():
            raise ValueError("a numerator is above its denominator: that is no proportion")
    centre = _centre(top, bottom, within)
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = np.sqrt(centre * (1 - centre) / bottom)
    return _limits(top, bottom, centre, sigma, within, highest=1.0, laney=laney)


def u_limits(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    segment: npt.ArrayLike | None = None,
    *,
    laney: bool = False,
) -> ControlLimits:
    """Centre and limits of a rate at each period, in events per unit of exposure.

    The centre is all events over all exposure in the segment; the limits lie three Poisson standard
    deviations away, by each period's own exposure, cut at 0. `laney` widens them by how much the
    figures really vary (the U' chart). Missing in, missing out; an exposure of 0 has no limits. A
    negative number raises `ValueError`. Does not divide: the figures are the caller's.

    Source: Shewhart's u chart; Laney (2002), Improved control charts for attributes, Quality
    Engineering 14; reference, 9.6.

    >>> found = u_limits([8, 12, 10], [1000, 1000, 1000])
    >>> round(float(found.centre[0]), 3), round(float(found.upper[0]), 4)
    (0.01, 0.0195)
    """
    top, bottom, within = _counts(count, exposure, segment)
    centre = _centre(top, bottom, within)
    with np.errstate(invalid="ignore", divide="ignore"):
        sigma = np.sqrt(centre / bottom)
    return _limits(top, bottom, centre, sigma, within, highest=np.inf, laney=laney)


def c_limits(count: npt.ArrayLike, segment: npt.ArrayLike | None = None) -> ControlLimits:
    """Centre and limits of a count at each period, in events, cut at 0.

    For counts of events over equal exposure. Missing in, missing out. A negative count raises
    `ValueError`. Does not allow for exposure that varies: `u_limits` does.

    Source: Shewhart's c chart; reference, 9.6.

    >>> found = c_limits([3, 5, 4])
    >>> float(found.centre[0]), float(found.lower[0]), float(found.upper[0])
    (4.0, 0.0, 10.0)
    """
    return u_limits(count, np.ones_like(series(count)), segment)


def _counts(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, segment: npt.ArrayLike | None
) -> tuple[Floats, Floats, WholeSeries]:
    top, bottom = np.broadcast_arrays(series(numerator), series(denominator))
    with np.errstate(invalid="ignore"):
        if (top < 0).any() or (bottom < 0).any():
            raise ValueError("counts and denominators must not be negative")
    bottom = np.where(bottom == 0, np.nan, bottom)
    return top, bottom, in_segments(top, segment)


def _centre(top: Floats, bottom: Floats, within: WholeSeries) -> Floats:
    both = ~np.isnan(top) & ~np.isnan(bottom)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = within.total(bottom, both)
        return np.where(total > 0, within.total(top, both) / total, np.nan)


def _limits(
    top: Floats,
    bottom: Floats,
    centre: Floats,
    sigma: Floats,
    within: WholeSeries,
    *,
    highest: float,
    laney: bool,
) -> ControlLimits:
    """Limits three times sigma away, near limits twice, cut at what is possible."""
    both = ~np.isnan(top) & ~np.isnan(bottom)
    if laney:
        with np.errstate(invalid="ignore", divide="ignore"):
            standard = np.where(sigma > 0, (top / bottom - centre) / sigma, 0.0)
        ranges = np.abs(within.differences(np.where(both, standard, np.nan)))
        sigma = sigma * within.mean(ranges, ~np.isnan(ranges)) * EXACT_SCALE / 3
    three, two = 3 * sigma, 2 * sigma
    return ControlLimits(
        centre=np.broadcast_to(centre, top.shape),
        lower=np.maximum(centre - three, 0.0),
        upper=np.minimum(centre + three, highest),
        near_lower=np.maximum(centre - two, 0.0),
        near_upper=np.minimum(centre + two, highest),
        range_limit=np.full(top.shape, np.nan),
        points=np.broadcast_to(within.count(both), top.shape),
        is_thin=np.zeros(top.shape, dtype=np.bool_),
    )
