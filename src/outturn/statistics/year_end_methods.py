"""Four ways of forecasting what is left of a year, each from any moment of a series' past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.monthly_indices import MonthlyIndices, monthly_indices
from outturn.statistics.series import Floats, Whole
from outturn.statistics.smoothing import Smoothed, smoothed

WITH_INDICES = "smoothing with monthly indices"
WITHOUT_INDICES = "smoothing"
STRAIGHT_LINE = "straight line"
PROFILE = "last year's profile"
METHODS = (WITH_INDICES, WITHOUT_INDICES, STRAIGHT_LINE, PROFILE)

# A level found by following a series overshoots; the mean of the year is slow but steady.
LEAN = 0.25

SUM, MEAN, LAST = "sum", "mean", "last"
ROLL_UPS = (SUM, MEAN, LAST)


@dataclass(frozen=True)
class Task:
    """What is to be forecast: `ahead` periods, the `known` periods of the year being over."""

    known: int
    ahead: int
    periods: int
    roll_up: str
    offset: Floats  # (series,), added before logarithms are taken

    @property
    def back(self) -> int:
        """How many periods before an origin make the year to date."""
        if self.roll_up == LAST:
            return 1
        return self.known or self.periods

    def rolled(self, months: Floats) -> Floats:
        """What the roll-up makes of the remaining periods, along the last axis."""
        return np.asarray(months[..., -1] if self.roll_up == LAST else months.sum(axis=-1))

    @property
    def offset_of_rolled(self) -> Floats:
        return self.offset * (1 if self.roll_up == LAST else self.ahead)

    def spread(self, weight: Floats) -> Floats:
        """The standard deviation of the logarithm of the rolled periods, in one-step errors.

        An error counts in its own period, and by the weight of smoothing in every later one.
        """
        later = np.arange(self.ahead)[::-1]
        share = weight[..., None]
        if self.roll_up == LAST:
            parts = np.where(later == 0, 1.0, share)
        else:
            parts = (1 + share * later) / self.ahead
        return np.asarray(np.sqrt((parts**2).sum(axis=-1)))


@dataclass(frozen=True)
class Fit:
    """Smoothing of logarithms at one or more origins of each series: (series, origins).

    `level` is the one that is forecast, the smoothed level leant towards the mean of its last year;
    `carried` is the part of a period's error that stays in later periods.
    """

    smoothed: Smoothed
    indices: MonthlyIndices
    level: Floats

    @property
    def carried(self) -> Floats:
        return np.asarray((1 - LEAN) * self.smoothed.weight)

    def at(self, origins: slice) -> Fit:
        """The same fit at some of its origins."""
        one, kept = self.smoothed, self.indices
        return Fit(
            Smoothed(
                *(each[:, origins] for each in (one.level, one.weight, one.variance, one.number))
            ),
            MonthlyIndices(*(each[:, origins] for each in (kept.index, kept.kept, kept.doubt))),
            self.level[:, origins],
        )

    def months(self, places: Whole, offset: Floats) -> Floats:
        """The periods at these places in the year, in the figures' unit: (series, origins, ahead).

        `places` has one row for each origin.
        """
        where = np.broadcast_to(places, (*self.level.shape, places.shape[-1]))
        logs = self.level[..., None] + np.take_along_axis(self.indices.index, where, -1)
        return np.asarray(np.maximum(np.exp(logs) - offset[:, None, None], 0.0))


def fits(figures: Floats, places: Whole, origins: Whole, task: Task) -> tuple[Fit, Fit]:
    """Smoothing with and without monthly indices, at each origin, of the figures before it.

    `figures` are (series, time); the fits are of the logarithms of figures plus the offset. Does
    not look at or beyond an origin.

    Source: reference, 12.2; the leaning is a combination of two forecasts, Bates and Granger
    (1969), Operational Research Quarterly 20.

    >>> task = Task(known=12, ahead=1, periods=12, roll_up="sum", offset=np.array([0.0]))
    >>> _, plain = fits(np.full((1, 24), np.e), np.arange(24) % 12, np.array([12, 24]), task)
    >>> plain.level.tolist()
    [[1.0, 1.0]]
    """
    logs = np.log(figures + task.offset[:, None])
    time = np.arange(figures.shape[-1])
    seen = np.where(time < origins[:, None], logs[:, None, :], np.nan)
    indices = monthly_indices(seen, places, task.periods)
    none = MonthlyIndices(
        *(np.zeros(each.shape) for each in (indices.index, indices.kept, indices.doubt))
    )
    last_year = time >= origins[:, None] - task.periods
    found = []
    for each in (indices, none):
        rest = seen - each.index[..., places]
        level = smoothed(rest)
        counted = last_year & ~np.isnan(rest)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(counted, rest, 0.0).sum(axis=-1) / counted.sum(axis=-1)
        found.append(Fit(level, each, (1 - LEAN) * level.level + LEAN * mean))
    return found[0], found[1]


def places_ahead(places: Whole, origins: Whole, task: Task) -> Whole:
    """The places in the year of the periods after each origin: (origins, ahead).

    Source: elementary.

    >>> task = Task(known=2, ahead=3, periods=12, roll_up="sum", offset=np.array([0.0]))
    >>> places_ahead(np.array([10, 11, 0, 1]), np.array([4]), task).tolist()
    [[2, 3, 4]]
    """
    first = (places[origins - 1] + 1)[:, None]
    return np.asarray((first + np.arange(task.ahead)) % task.periods)


def straight_line(figures: Floats, origins: Whole, task: Task) -> Floats:
    """The mean of the year to date in every period ahead: (series, origins, ahead).

    In the figures' unit. At the start of a year it is the mean of the year before; where the year
    ends in its last figure, the latest figure. Missing where a figure it needs is. Knows no season.

    Source: the usual projection in board papers; reference, 12.1.

    >>> task = Task(known=2, ahead=3, periods=12, roll_up="sum", offset=np.array([0.0]))
    >>> straight_line(np.array([[9.0, 9.0, 4.0, 6.0]]), np.array([4]), task).tolist()
    [[[5.0, 5.0, 5.0]]]
    """
    back = task.back
    level = figures[:, origins[:, None] - back + np.arange(back)].mean(axis=-1)
    return np.repeat(level[..., None], task.ahead, axis=-1)


def last_profile(figures: Floats, origins: Whole, task: Task) -> Floats:
    """Last year's periods, times this year's part so far over that of last year.

    (series, origins, ahead), in the figures' unit. At the start of a year it is last year again,
    as it was, figures below nothing too: no part is asked. Later it is missing where a figure it
    needs is missing or below nothing, for then a part of last year is no share of it, or where last
    year's part was nothing. Needs a year and the part before each origin.

    Source: the usual projection in board papers; reference, 12.1.

    >>> task = Task(known=1, ahead=2, periods=3, roll_up="sum", offset=np.array([0.0]))
    >>> last_profile(np.array([[10.0, 20.0, 40.0, 5.0]]), np.array([4]), task).tolist()
    [[[10.0, 20.0]]]
    """
    back = task.back if task.known else 0
    start = origins[:, None] - task.periods
    before = figures[:, start + np.arange(task.ahead)]
    if back == 0:
        return np.asarray(before)
    now = figures[:, origins[:, None] - back + np.arange(back)].sum(axis=-1)
    then = figures[:, start - back + np.arange(back)].sum(axis=-1)
    needed = figures[:, start - back + np.arange(back + task.periods)]
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = (then > 0) & ~(needed < 0).any(axis=-1)
        ratio = np.where(shared, now / then, np.nan)
    return np.asarray(before * ratio[..., None])


def offsets(figures: Floats, periods: int) -> Floats:
    """What is added to figures before logarithms are taken, in their unit: one for each series.

    A quarter of the typical (median) period of the last two years that have figures. So a change is
    neither a part of the figure nor so many, but between. Gaps are passed over. For series that are
    often nothing no offset will do.

    Source: this room's rule, measured in docs/explanation/forecasting.md; a logarithm with an
    offset is the shifted transformation of Box and Cox (1964), Journal of the Royal Statistical
    Society, series B, 26(2).

    >>> offsets(np.array([[900.0] * 2 + [300.0, 400.0, 500.0, 400.0]]), periods=2).tolist()
    [100.0]
    """
    known = ~np.isnan(figures)
    later = np.cumsum(known[..., ::-1], axis=-1)[..., ::-1]  # figures from here to the end
    recent = known & (later <= 2 * periods)
    return np.asarray(np.nanmedian(np.where(recent, figures, np.nan), axis=-1) / 4)
