"""Does a longer series rise or fall, and how fast: Mann and Kendall's test and Sen's slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import special
from outturn.statistics.series import Floats, Whole, in_segments, series

FEWEST = 8  # figures: below, the normal approximation says little
_SLOPES_AT_ONCE = 4_000_000  # pairs of figures held in memory


@dataclass(frozen=True)
class MonotonicTrend:
    """For each series: Kendall's score, its two-sided p, and the slope with its interval.

    `score` is the number of pairs that rise less the number that fall. `slope` and its limits are
    in the figures' unit a period.
    """

    figures: Whole
    score: Floats
    z: Floats
    p: Floats
    slope: Floats
    lower: Floats
    upper: Floats


def mann_kendall(values: npt.ArrayLike, confidence: float = 0.95) -> MonotonicTrend:
    """Mann and Kendall's test with ties, and Sen's slope with its interval, for each series.

    Time runs along the last axis, one step a period. Gaps are passed over. A series of fewer than
    eight figures has no answer (missing). A series that never changes has p 1 and slope 0. A
    confidence outside 0 to 1 raises `ValueError`. Does not allow for seasons, nor for months that
    resemble the ones before: in such series p is too small. A break in the series is the caller's:
    `since_last_step` leaves out what lies before it.

    Source: Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods; Sen (1968),
    Estimates of the regression coefficient based on Kendall's tau, Journal of the American
    Statistical Association 63; Gilbert (1987), Statistical Methods for Environmental Pollution
    Monitoring, chapter 16.

    >>> found = mann_kendall([10, 12, 11, 13, 15, 14, 16, 18, 17, 19])
    >>> float(found.score), float(found.slope), round(float(found.p), 4)
    (39.0, 1.0, 0.0007)
    """
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    figures = series(values)
    rows = figures.reshape(-1, figures.shape[-1])
    number = (~np.isnan(rows)).sum(axis=-1)
    enough = number >= FEWEST
    score = np.where(enough, _score(rows), np.nan)
    variance = np.where(enough, _variance(rows, number), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        # One step towards nothing, because the score moves in whole steps.
        z = np.where(variance > 0, (score - np.sign(score)) / np.sqrt(variance), 0.0)
    z = np.where(enough, z, np.nan)
    reach = special("ndtri")(0.5 + confidence / 2) * np.sqrt(variance)
    slopes = _slopes(rows, reach)
    shape = figures.shape[:-1]
    parts = (number, score, z, 2 * special("ndtr")(-np.abs(z)), *slopes)
    return MonotonicTrend(*(np.asarray(one).reshape(shape) for one in parts))


def _score(rows: Floats) -> Floats:
    """Pairs that rise less pairs that fall; pairs with a gap count as neither."""
    found = np.zeros(rows.shape[0])
    for apart in range(1, rows.shape[-1]):
        steps = np.sign(rows[:, apart:] - rows[:, :-apart])
        found += np.nansum(steps, axis=-1)
    return found


def _variance(rows: Floats, number: Whole) -> Floats:
    """The variance of the score of noise with these ties."""
    ordered = np.sort(rows, axis=-1)
    starts = np.ones(rows.shape, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    within = in_segments(ordered, np.cumsum(starts, axis=-1))
    known = ~np.isnan(ordered)
    ties = np.where(starts & known, within.count(known), 0).astype(np.float64)
    n = number.astype(np.float64)
    tied = (ties * (ties - 1) * (2 * ties + 5)).sum(axis=-1)
    return np.asarray((n * (n - 1) * (2 * n + 5) - tied) / 18)


def _slopes(rows: Floats, reach: Floats) -> tuple[Floats, Floats, Floats]:
    """Sen's slope of each series and its limits, `reach` ranks away."""
    early, late = np.triu_indices(rows.shape[-1], 1)
    found = np.full((3, rows.shape[0]), np.nan)
    told = np.flatnonzero(~np.isnan(reach))
    at_once = max(1, _SLOPES_AT_ONCE // max(1, early.size))
    for begin in range(0, told.size, at_once):
        part = told[begin : begin + at_once]
        slopes = np.sort((rows[part][:, late] - rows[part][:, early]) / (late - early), axis=-1)
        pairs = (~np.isnan(slopes)).sum(axis=-1)
        low = np.round((pairs - reach[part]) / 2).astype(int) - 1
        high = np.round((pairs + reach[part]) / 2).astype(int)
        each = np.arange(part.size)
        middle = (slopes[each, (pairs - 1) // 2] + slopes[each, pairs // 2]) / 2
        found[0, part] = middle
        found[1, part] = slopes[each, np.maximum(low, 0)]
        found[2, part] = slopes[each, np.minimum(high, pairs - 1)]
    return found[0], found[1], found[2]
