"""The forecasts that would have been made as far into each past year, beside how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from outturn.statistics.monthly_indices import PERIODS
from outturn.statistics.prospect import MARK
from outturn.statistics.series import Floats, series
from outturn.statistics.track_records import TrackRecord, track_record
from outturn.statistics.year_end_methods import LAST, MEAN, SUM
from outturn.statistics.year_ends import (
    Combine,
    YearEnd,
    YearPart,
    year_end,
    year_end_of_parts,
    year_end_ratio,
)

PAST = 5  # years that are forecast again
CHANCE = 0.8  # of the interval


@dataclass(frozen=True)
class PastYearEnds:
    """Each past year of each series, (series, years), the latest first, in the figures' unit.

    Missing where there was too little behind the forecast, or where the outturn is not known.
    """

    forecast: Floats
    lower: Floats
    upper: Floats
    outturn: Floats

    @property
    def record(self) -> TrackRecord:
        """How the forecasts of each series did."""
        return track_record(self.forecast, self.lower, self.upper, self.outturn)


def past_year_ends(
    history: npt.ArrayLike,
    known: int,
    *,
    seed: int,
    roll_up: str = SUM,
    years: int = PAST,
    periods: int = PERIODS,
    lengths: npt.ArrayLike | None = None,
) -> PastYearEnds:
    """What `year_end` would have said after as many periods of each past year, in the same unit.

    `history`, (series, time), ends with the latest period, and `known` of its periods belong to
    the year in course. Each of the last `years` years is forecast from the figures that lay before
    that moment alone, with the same seed, and stands beside its outturn. A year with fewer than two
    years of figures before the moment has no forecast. `lengths` are those of every period and of
    the rest of the year in course. Refuses what `year_end` does. Does not know which figures were
    revised afterwards.

    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of
    Forecasting 16.

    >>> months = np.array([[20.0 + 7 * month % 5 for month in range(66)]])
    >>> found = past_year_ends(months, known=6, seed=1, years=2)
    >>> found.forecast.round().tolist(), found.outturn.tolist()
    ([[263.0, 263.0]], [[264.0, 266.0]])
    """
    figures = series(history)
    past = _Past(figures.shape, known, periods, years)
    long = None if lengths is None else np.asarray(lengths, dtype=np.float64)
    for number, before, whole in past.stretches:
        until = slice(0, whole.stop)
        made = year_end(
            figures[:, before], known, seed=seed, roll_up=roll_up, periods=periods,
            lengths=None if long is None else long[..., until],
        )  # fmt: skip
        past.put(number, made, _rolled(figures[:, whole], roll_up, periods))
    return past.told()


def past_year_ends_ratio(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    known: int,
    *,
    seed: int,
    per: float = 1.0,
    years: int = PAST,
    periods: int = PERIODS,
) -> PastYearEnds:
    """What `year_end_ratio` would have said after as many periods of each past year.

    As `past_year_ends`, with numerator and denominator of one shape, (series, time); in the unit of
    a total over a total times `per`. Refuses what `year_end_ratio` does, and does not know which
    figures were revised afterwards either.

    Source: Tashman (2000), as above.

    >>> top, bottom = (np.array([[n + 7 * m % 5 for m in range(66)]]) for n in (20, 42))
    >>> found = past_year_ends_ratio(top, bottom, known=6, seed=1, per=100, years=1)
    >>> found.forecast.round().tolist(), found.outturn.round(1).tolist()
    ([[50.0]], [[50.0]])
    """
    above, below = series(numerator), series(denominator)
    past = _Past(above.shape, known, periods, years)
    for number, before, whole in past.stretches:
        made = year_end_ratio(
            above[:, before], below[:, before], known, seed=seed, per=per, periods=periods
        )
        totals = above[:, whole].sum(axis=1), below[:, whole].sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            past.put(number, made, np.where(totals[1] > 0, per * totals[0] / totals[1], np.nan))
    return past.told()


def past_year_ends_of_parts(
    parts: Sequence[YearPart],
    combine: Combine,
    known: int,
    *,
    seed: int,
    years: int = PAST,
    periods: int = PERIODS,
) -> PastYearEnds:
    """What `year_end_of_parts` would have said after as many periods of each past year.

    As `past_year_ends`, with parts of one shape, (series, time); events are left out, for they had
    not been declared. Refuses what `year_end_of_parts` does, and does not know which figures were
    revised afterwards either.

    Source: Tashman (2000), as above.

    >>> top, bottom = (np.array([[n + 7 * m % 5 for m in range(66)]], float) for n in (20, 42))
    >>> parts = [YearPart(top), YearPart(bottom, "last")]
    >>> found = past_year_ends_of_parts(parts, lambda made: made[0] / made[1], 6, seed=1, years=1)
    >>> found.forecast.round().tolist(), found.outturn.round(1).tolist()
    ([[6.0]], [[5.9]])
    """
    rows = [series(one.history) for one in parts]
    past = _Past(rows[0].shape, known, periods, years)
    for number, before, whole in past.stretches:
        known_then = [
            replace(
                one,
                history=row[:, before],
                lengths=None if one.lengths is None else one.lengths[..., : whole.stop],
                events=(),
            )
            for row, one in zip(rows, parts, strict=True)
        ]
        made = year_end_of_parts(known_then, combine, known, seed=seed, periods=periods)
        each = [
            _rolled(row[:, whole], one.roll_up, periods)
            for row, one in zip(rows, parts, strict=True)
        ]
        past.put(number, made, combine(each))
    return past.told()


class _Past:
    """The past years as they are filled in."""

    def __init__(self, shape: tuple[int, ...], known: int, periods: int, years: int) -> None:
        number, length = shape
        self.columns = np.full((4, number, years), np.nan)
        # The number of each year, what was known then, and the whole of it.
        self.stretches = [
            (back - 1, slice(0, length - back * periods), slice(end - periods, end))
            for back in range(1, years + 1)
            if (end := length - known - (back - 1) * periods) - periods >= 0
            and length - back * periods >= 2 * periods
        ]

    def put(self, number: int, made: YearEnd, outturn: Floats) -> None:
        low, high = made.interval(CHANCE)
        # A forecast of less than two years of figures is by another method, and no record of this.
        short = np.char.find(made.method, MARK) >= 0
        told = [np.where(short, np.nan, one) for one in (made.median, low, high)]
        self.columns[:, :, number] = *told, outturn

    def told(self) -> PastYearEnds:
        return PastYearEnds(*self.columns)


def _rolled(year: Floats, roll_up: str, periods: int) -> Floats:
    if roll_up == LAST:
        return np.asarray(year[:, -1])
    total = year.sum(axis=1)
    return np.asarray(total / periods if roll_up == MEAN else total)
