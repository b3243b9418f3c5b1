"""What a forecast of the outturn says of a target: how likely it is, and what it would take."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.monthly_indices import PERIODS
from outturn.statistics.series import Floats, series
from outturn.statistics.year_end_methods import LAST, MEAN, ROLL_UPS, SUM


def probability_of_meeting(
    draws: npt.ArrayLike,
    *,
    at_least: npt.ArrayLike | None = None,
    at_most: npt.ArrayLike | None = None,
) -> Floats:
    """The chance, from 0 to 1, that the outturn of each series meets its target.

    `draws`, (series, draws), are those of a `YearEnd`; a bound, in the same unit, is one for all
    series or one for each. With both bounds the target is a band. An outturn on a bound meets it.
    Missing where a draw or a bound is. Without any bound raises `ValueError`. Does not say whether
    a forecast made earlier was right: `track_record` does.

    Source: the share of simulated outturns; reference, 12.2.

    >>> probability_of_meeting([[90.0, 100.0, 110.0, 120.0]], at_most=100).tolist()
    [0.5]
    """
    if at_least is None and at_most is None:
        raise ValueError("a target has a bound: at_least, at_most or both")
    outturns = np.asarray(draws, dtype=np.float64)
    bounds = [
        np.broadcast_to(np.asarray(one, dtype=np.float64), outturns.shape[:-1])
        for one in (
            -np.inf if at_least is None else at_least,
            np.inf if at_most is None else at_most,
        )
    ]
    low, high = (one[..., None] for one in bounds)
    with np.errstate(invalid="ignore"):
        meets = (outturns >= low) & (outturns <= high)
    missing = np.isnan(outturns).any(axis=-1) | np.isnan(low[..., 0]) | np.isnan(high[..., 0])
    return np.where(missing, np.nan, meets.mean(axis=-1))


def needed_each_period(
    to_date: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    roll_up: str = SUM,
    periods: int = PERIODS,
) -> Floats:
    """What each remaining period must be, on average, for the outturn to be the target.

    `to_date`, (series, periods known), are the figures of the year so far, in the target's unit.
    For a `sum` or a `mean` it is what is left over the periods left; for the `last` it is the
    target itself. A negative answer says that the target is passed already. Missing where a figure
    is, and where no period is left. An unknown roll-up or more periods than a year raises
    `ValueError`. Does not spread the need by season.

    Source: elementary.

    >>> needed_each_period([10.0, 12.0, 11.0], 141).tolist()
    12.0
    """
    if roll_up not in ROLL_UPS:
        raise ValueError("a year is rolled up as 'sum', 'mean' or 'last'")
    so_far, goal = series(to_date), np.asarray(target, dtype=np.float64)
    left = periods - so_far.shape[-1]
    if left < 0:
        raise ValueError(f"a year has {periods} periods")
    if left == 0:
        return np.full(so_far.shape[:-1], np.nan)
    if roll_up == LAST:
        return np.asarray(goal + np.zeros(so_far.shape[:-1]))
    whole = goal * periods if roll_up == MEAN else goal
    return np.asarray((whole - so_far.sum(axis=-1)) / left)


def numerator_needed_each_period(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    denominator_ahead: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    per: float = 1.0,
) -> Floats:
    """What the numerator must be in each remaining period for a ratio to reach its target.

    `numerator` and `denominator`, (series, periods known), are the year so far;
    `denominator_ahead`, (series, periods left), is what is expected of the denominator; `target` is
    a total over a total times `per`. In the numerator's unit, and missing where a figure is or no
    period is left. Does not ask whether that is possible.

    Source: elementary.

    >>> float(numerator_needed_each_period([8.0, 9.0], [10.0, 10.0], [10.0, 10.0], 90.0, per=100))
    9.5
    """
    top, bottom, ahead = series(numerator), series(denominator), series(denominator_ahead)
    if ahead.shape[-1] == 0:
        return np.full(top.shape[:-1], np.nan)
    whole = bottom.sum(axis=-1) + ahead.sum(axis=-1)
    needed = np.asarray(target, dtype=np.float64) / per * whole - top.sum(axis=-1)
    return np.asarray(needed / ahead.shape[-1])


def periods_of_cumulative(values: npt.ArrayLike, places: npt.ArrayLike) -> Floats:
    """The figure of each period from figures that add up since the start of the year.

    Time runs along the last axis; `places` says where in the year each lies, from 0. In the
    figures' unit. Missing where the period or the one before it is. A fall within a year gives a
    negative period, which says that something was revised. Does not smooth that away.

    Source: elementary.

    >>> periods_of_cumulative([90.0, 100.0, 8.0, 20.0], [10, 11, 0, 1]).tolist()
    [nan, 10.0, 8.0, 12.0]
    """
    figures = series(values)
    found = np.full(figures.shape, np.nan)
    found[..., 1:] = np.diff(figures, axis=-1)
    first = np.broadcast_to(np.asarray(places) == 0, figures.shape)
    return np.where(first, figures, found)
