"""How far each month of the year usually lies above or below the level of its series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.series import Floats, Whole, series

PERIODS = 12  # in a year; 4 for quarters


@dataclass(frozen=True)
class MonthlyIndices:
    """For each series: one index for each place in the year, and how much of it was kept.

    `kept` lies from 0 (no season to be told from noise) to 1 (the season is beyond doubt). `doubt`
    is the standard error of each index, by what its years differ by, widened for how few they are.
    """

    index: Floats  # (..., periods)
    kept: Floats  # (...)
    doubt: Floats  # (..., periods)


def places_in_year(length: int, known: int, periods: int = PERIODS) -> Whole:
    """The place in the year, from 0, of each of so many periods.

    The last of them is number `known` of its year, from 1; 0 means that a year has just ended.
    A `known` outside 0 to `periods` raises `ValueError`. Does not look at a calendar.

    Source: elementary.

    >>> places_in_year(5, known=2).tolist()
    [9, 10, 11, 0, 1]
    """
    if not 0 <= known <= periods:
        raise ValueError(f"the periods known of a year are 0 to {periods}")
    return (np.arange(length) - length + known) % periods


def monthly_indices(
    values: npt.ArrayLike, places: npt.ArrayLike, periods: int = PERIODS
) -> MonthlyIndices:
    """The index of each place in the year, in the unit of the values, shrunken towards none.

    Give logarithms for indices that multiply. `places` says where in the year each value lies, as
    `places_in_year` does. A value is compared with the centred mean of the year around it; the
    index is the mean of these over the years, less the mean of all indices, times the part of their
    spread that is more than noise. Without two years for every place in the year nothing is kept.
    The variance of an index from n years is taken (n + 1)/(n - 1) times as large as they show, much
    as a t distribution is wider than a normal one. Gaps are passed over. Does not notice that a
    season changes.

    Source: ratio to moving average (reference, 12.2); Miller and Williams (2003), Shrinkage
    estimators of time series seasonal factors, International Journal of Forecasting 19.

    >>> winter = np.tile([0.0] * 9 + [3.0] * 3, 4)
    >>> found = monthly_indices(winter, places_in_year(48, known=12))
    >>> float(found.kept), found.index[8:].round(2).tolist()
    (1.0, [-0.75, 2.25, 2.25, 2.25])
    """
    figures = series(values)
    where = np.asarray(places, dtype=np.int64)
    apart = figures - _centred(figures, periods)
    mean = np.full((*figures.shape[:-1], periods), np.nan)
    noise, few = np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    for place in range(periods):
        part = apart[..., where == place]
        number = (~np.isnan(part)).sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = np.nansum(part, axis=-1) / number
            squares = np.nansum((part - middle[..., None]) ** 2, axis=-1)
            mean[..., place] = middle
            noise[..., place] = np.where(number > 1, squares / (number - 1) / number, np.nan)
            few[..., place] = (number + 1) / (number - 1)
    index = mean - mean.mean(axis=-1, keepdims=True)
    spread = index.var(axis=-1, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.maximum(spread - noise.mean(axis=-1), 0.0) / spread
    kept = np.nan_to_num(kept, nan=0.0)[..., None]
    doubt = np.where(kept > 0, np.sqrt(noise * few * kept), 0.0)
    return MonthlyIndices(np.nan_to_num(index, nan=0.0) * kept, kept[..., 0], doubt)


def _centred(figures: Floats, periods: int) -> Floats:
    """The mean of the year around each period; missing at either end and around a gap."""
    found = np.full(figures.shape, np.nan)
    half = periods // 2
    if figures.shape[-1] <= 2 * half:
        return found
    weights = np.full(2 * half + 1, 1 / periods)
    if periods % 2 == 0:  # an even year has no middle period: half of either end
        weights[[0, -1]] /= 2
    window = np.lib.stride_tricks.sliding_window_view(figures, weights.size, axis=-1)
    found[..., half : figures.shape[-1] - half] = window @ weights
    return found
