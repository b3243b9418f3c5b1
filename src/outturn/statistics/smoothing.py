"""Simple exponential smoothing: a level that follows a series, fast or slowly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.series import Floats, series

WEIGHTS = np.round(np.arange(1, 21) * 0.05, 2)  # of the newest value
FIRST_ERRORS = 3  # left out: the level has yet to find the series


@dataclass(frozen=True)
class Smoothed:
    """For each series: its last level, the weight that suited it best, and how far it erred.

    `variance` is the mean square of the one-step errors, less the first three; `number` is how many
    there were. All in the unit of the values.
    """

    level: Floats
    weight: Floats
    variance: Floats
    number: Floats


def smoothed(values: npt.ArrayLike) -> Smoothed:
    """The level of each series after its last value, in the unit of the values.

    Time runs along the last axis. The level begins at the first value and moves towards each next
    one by a weight of 0.05 to 1, the one with the smallest sum of squares of one-step errors. A gap
    leaves the level as it is. A series without values has none. Does not know seasons or trends:
    take them off first.

    Source: Brown (1959), Statistical Forecasting for Inventory Control; reference, 12.2.

    >>> found = smoothed([5.0, 7.0, 6.0, 8.0, 7.0, 9.0])
    >>> float(found.weight), round(float(found.level), 2)
    (0.65, 8.34)
    """
    figures = series(values)
    shape = figures.shape[:-1]
    level = np.full((*shape, WEIGHTS.size), np.nan)
    squares = np.zeros(level.shape)
    seen = np.zeros(shape, dtype=np.int64)
    for time in range(figures.shape[-1]):
        value = figures[..., time, None]
        known = ~np.isnan(value)
        error = np.where(known, value - level, 0.0)
        error = np.where(np.isnan(error), 0.0, error)
        squares += np.where(seen[..., None] > FIRST_ERRORS, error**2, 0.0)
        level = np.where(np.isnan(level) & known, value, level + WEIGHTS * error)
        seen += known[..., 0]
    best = squares.argmin(axis=-1)[..., None]
    number = np.maximum(seen - 1 - FIRST_ERRORS, 0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.take_along_axis(squares, best, axis=-1)[..., 0] / number
    return Smoothed(
        level=np.asarray(np.take_along_axis(level, best, axis=-1)[..., 0]),
        weight=np.asarray(WEIGHTS[best[..., 0]]),
        variance=np.asarray(variance),
        number=number,
    )


def one_step_errors(values: npt.ArrayLike, weight: npt.ArrayLike) -> Floats:
    """How far each value lay from the level before it, in the unit of the values.

    Takes the weight that `smoothed` found, for all series or for each. The first errors, a gap and
    what comes before the series begins are missing. Does not centre the errors.

    Source: reference, 12.2.

    >>> one_step_errors([5.0, 7.0, 6.0, 8.0, 7.0, 9.0], 0.5).round(2).tolist()
    [nan, nan, nan, nan, 0.0, 2.0]
    """
    figures = series(values)
    share = np.broadcast_to(np.asarray(weight, dtype=np.float64), figures.shape[:-1])
    level = np.full(figures.shape[:-1], np.nan)
    seen = np.zeros(level.shape, dtype=np.int64)
    errors = np.full(figures.shape, np.nan)
    for time in range(figures.shape[-1]):
        value = figures[..., time]
        known = ~np.isnan(value)
        error = np.where(seen > 0, value - level, np.nan)
        errors[..., time] = np.where(seen > FIRST_ERRORS, error, np.nan)
        step = np.where(np.isnan(error), 0.0, share * error)
        level = np.where(known & (seen == 0), value, level + step)
        seen += known
    return errors
