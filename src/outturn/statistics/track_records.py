"""How past forecasts turned out, to be printed beside the next one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.series import Floats, Whole

FEWEST = 5  # forecasts, below which a share says little


@dataclass(frozen=True)
class TrackRecord:
    """Of each row of past forecasts: how many, how far off, and how often inside the interval.

    `error` is the median absolute error and `bias` the median error of forecast less outturn, both
    in per cent of the outturn; `coverage` is a share from 0 to 1.
    """

    forecasts: Whole
    error: Floats
    bias: Floats
    coverage: Floats

    @property
    def is_short(self) -> npt.NDArray[np.bool_]:
        """Whether there are too few forecasts to say much."""
        return np.asarray(self.forecasts < FEWEST)


@dataclass(frozen=True)
class Reliability:
    """Forecasts gathered by the probability they gave: how many, what was said, what happened.

    `low` and `high` limit the share that happened at 95%, were the probabilities right.
    """

    edges: Floats
    forecasts: Whole
    said: Floats
    happened: Floats
    low: Floats
    high: Floats


def track_record(
    forecast: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, outturn: npt.ArrayLike
) -> TrackRecord:
    """How past forecasts of one kind did, for each row of them along the last axis.

    All in one unit. A forecast counts when it, its limits and the outturn are there and the outturn
    is not 0, of which nothing is a per cent. Without any, the shares are missing. A lower limit
    above its upper raises `ValueError`. Does not weigh late forecasts against early ones: give each
    kind (three months in, six months in) a row.

    Source: Hyndman and Koehler (2006), Another look at measures of forecast accuracy, International
    Journal of Forecasting 22.

    >>> found = track_record([105.0, 90.0], [95.0, 85.0], [115.0, 95.0], [100.0, 100.0])
    >>> float(found.error), float(found.bias), float(found.coverage)
    (7.5, -2.5, 0.5)
    """
    told, low, high, actual = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (forecast, lower, upper, outturn))
    )
    with np.errstate(invalid="ignore"):
        if (low > high).any():
            raise ValueError("a lower limit is above its upper limit")
    counts = ~np.isnan(told) & ~np.isnan(low) & ~np.isnan(high) & ~np.isnan(actual) & (actual != 0)
    number = counts.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        percent = np.where(counts, (told - actual) / actual * 100, np.nan)
        inside = (counts & (actual >= low) & (actual <= high)).sum(axis=-1) / number
    return TrackRecord(
        forecasts=np.asarray(number),
        error=_median(np.abs(percent)),
        bias=_median(percent),
        coverage=np.asarray(np.where(number > 0, inside, np.nan)),
    )


def reliability(
    probability: npt.ArrayLike, happened: npt.ArrayLike, parts: int = 10
) -> Reliability:
    """How often what was said to be so likely happened, in equal parts of 0 to 1.

    `probability` lies from 0 to 1 and `happened` is true or false, of one shape; a forecast with a
    missing probability is left out. Well-calibrated forecasts have `happened` near `said`. The
    limits are those of as many independent events. A probability outside 0 to 1, or fewer than two
    parts, raises `ValueError`. Does not say whether the forecasts were sharp.

    Source: Murphy and Winkler (1977), Reliability of subjective probability forecasts, Applied
    Statistics 26; limits by Wilson (1927).

    >>> found = reliability([0.1, 0.2, 0.8, 0.9], [False, False, True, True], parts=2)
    >>> found.forecasts.tolist(), found.said.round(2).tolist(), found.happened.tolist()
    ([2, 2], [0.15, 0.85], [0.0, 1.0])
    """
    said = np.asarray(probability, dtype=np.float64).ravel()
    came = np.asarray(happened, dtype=np.bool_).ravel()
    known = ~np.isnan(said)
    said, came = said[known], came[known]
    if parts < 2 or ((said < 0) | (said > 1)).any():
        raise ValueError("probabilities lie between 0 and 1, in two parts at least")
    edges = np.linspace(0, 1, parts + 1)
    part = np.minimum((said * parts).astype(np.int64), parts - 1)
    number = np.bincount(part, minlength=parts)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(part, weights=said, minlength=parts) / number
        share = np.bincount(part, weights=came, minlength=parts) / number
        low, high = _limits(mean, number.astype(np.float64))
    return Reliability(edges, number, mean, share, low, high)


def _limits(share: Floats, number: Floats) -> tuple[Floats, Floats]:
    """Wilson's limits at 95% around a share of so many."""
    z = 1.959963984540054
    middle = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    reach = z * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    reach = reach / (1 + z**2 / number)
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)


def _median(values: Floats) -> Floats:
    """The median along the last axis of what is there; missing where nothing is."""
    ranked = np.sort(values, axis=-1)  # not-a-number sorts last
    number = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    last = np.maximum(number - 1, 0)
    low = np.take_along_axis(ranked, last // 2, axis=-1)
    high = np.take_along_axis(ranked, np.minimum(number // 2, last), axis=-1)
    return np.asarray(((low + high) / 2)[..., 0])
