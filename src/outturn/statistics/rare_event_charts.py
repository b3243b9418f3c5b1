"""Control charts of rare events: the time, or the number of cases, between one and the next."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.control_charts import EXACT_SCALE, ControlLimits, xmr_limits
from outturn.statistics.series import Floats, in_segments, series

POWER = 3.6  # a Weibull time to this root is nearly normal
CENTRES = ("mean", "median")


def t_limits(between: npt.ArrayLike, segment: npt.ArrayLike | None = None) -> ControlLimits:
    """Centre and limits of the time between events, in the unit of the times.

    One entry for each event after the first, in order. The times are taken to the root 3.6, given
    the limits of an XmR chart, and taken back; a lower limit below 0 is 0. Missing in, missing out.
    A negative time raises `ValueError`. A high point is good news where the event is bad: the chart
    does not know. Does not count the time since the last event, which is not over.

    Source: Nelson (1994), A control chart for parts-per-million nonconforming items, Journal of
    Quality Technology 26; reference, 9.6.

    >>> found = t_limits([30, 45, 28, 60, 41])
    >>> [round(float(one[0]), 1) for one in (found.lower, found.centre, found.upper)]
    [7.3, 39.7, 125.0]
    """
    times = _between(between)
    on_scale = xmr_limits(times ** (1 / POWER), segment, scale=EXACT_SCALE)

    def back(limit: Floats) -> Floats:
        return np.asarray(np.maximum(limit, 0.0) ** POWER)

    return ControlLimits(
        centre=back(on_scale.centre),
        lower=back(on_scale.lower),
        upper=back(on_scale.upper),
        near_lower=back(on_scale.near_lower),
        near_upper=back(on_scale.near_upper),
        range_limit=np.full(times.shape, np.nan),
        points=on_scale.points,
        is_thin=on_scale.is_thin,
    )


def g_limits(
    between: npt.ArrayLike, segment: npt.ArrayLike | None = None, *, centre: str = "mean"
) -> ControlLimits:
    """Centre and limits of the number of cases between events, in cases.

    One entry for each event after the first: how many cases there were in between. The limits are
    those of a geometric count around its mean, cut at 0. With `centre="median"` the centre line,
    and so the limits, are those of the median, which halves the points of a skewed count. Missing
    in, missing out. A negative number or another centre raises `ValueError`. Does not allow for a
    risk that varies from case to case.

    Source: Benneyan (2001), Number-between g-type statistical quality control charts, Health Care
    Management Science 4; reference, 9.6.

    >>> found = g_limits([12, 20, 8, 40])
    >>> [round(float(one[0]), 1) for one in (found.lower, found.centre, found.upper)]
    [0.0, 20.0, 81.5]
    """
    if centre not in CENTRES:
        raise ValueError("the centre of a G chart is its 'mean' or its 'median'")
    cases = _between(between)
    within = in_segments(cases, segment)
    known = ~np.isnan(cases)
    line = within.mean(cases, known) if centre == "mean" else within.median(cases, known)
    line = np.broadcast_to(line, cases.shape)
    sigma = np.sqrt(line * (line + 1))
    return ControlLimits(
        centre=line,
        lower=np.maximum(line - 3 * sigma, 0.0),
        upper=line + 3 * sigma,
        near_lower=np.maximum(line - 2 * sigma, 0.0),
        near_upper=line + 2 * sigma,
        range_limit=np.full(cases.shape, np.nan),
        points=np.broadcast_to(within.count(known), cases.shape),
        is_thin=np.zeros(cases.shape, dtype=np.bool_),
    )


def _between(values: npt.ArrayLike) -> Floats:
    found = series(values)
    with np.errstate(invalid="ignore"):
        if (found < 0).any():
            raise ValueError("what lies between two events must not be negative")
    return found
