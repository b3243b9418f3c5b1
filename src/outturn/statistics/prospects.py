"""Each series made ready to be played through to the end of its year: method, errors, width."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from outturn.statistics.back_tests import BackTest, Way, back_test, errors_of_all_years
from outturn.statistics.monthly_indices import places_in_year
from outturn.statistics.series import Flags, Floats, Whole
from outturn.statistics.simulated_months import drawn_months, scaled_months, smoothed_months
from outturn.statistics.smoothing import one_step_errors
from outturn.statistics.year_end_methods import (
    LAST,
    METHODS,
    PROFILE,
    STRAIGHT_LINE,
    WITH_INDICES,
    WITHOUT_INDICES,
    Task,
    last_profile,
    offsets,
    places_ahead,
    straight_line,
)

OFTEN_NOTHING = 0.1  # the share of periods at 0 from which logarithms say little
ERROR_YEARS = 3  # from which errors are drawn: how noisy a series is changes with time
FEWEST_STRETCHES = 2.0  # of which a variance can be told
NOTHING = 1e-9  # a logarithmic error that is dust: the forecast was exactly right
EVEN = 10.0  # errors, that months vary alike is worth: some months vary more than others
AT_ONCE = 64  # series in one back-test, for the sake of memory

MEAN_OF_YEAR = "mean of the last year"
INDICATIVE = "straight line, indicative"
OVER = "the year is over"

TOO_SHORT = "Fewer than half a year of figures: no forecast."
GAP = "A period of the year to date has no figure."


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class Prospect:
    """One series ready to be drawn. What its method does not need is missing.

    `to_date` are the figures of the year in course. `expected` are the periods ahead without any
    error, or their logarithms where the series is smoothed; `errors` are one-step errors in time
    order, widened. `spread` is that of the logarithm of a method without a model of its own; of a
    series that is smoothed, that of the error of its indices. What is expected is for periods of
    one length; `lengths`, those of the periods ahead, multiply it.
    """

    method: str
    to_date: Floats
    why: str = ""
    expected: Floats = field(default_factory=_none)
    carried: float = np.nan
    offset: float = np.nan
    errors: Floats = field(default_factory=_none)
    spread: float = np.nan
    error: float = np.nan
    lengths: Floats = field(default_factory=_none)

    @property
    def is_smoothed(self) -> bool:
        return self.method in (WITH_INDICES, WITHOUT_INDICES)

    def months(self, even: Floats, usable: Flags | None = None) -> Floats:
        """The periods ahead, drawn: (ahead, draws), in the figures' unit.

        `usable` says from which periods errors may be drawn, where two series are drawn together.
        """
        found = self._of_one_length(even, usable)
        return found * self.lengths[:, None] if self.lengths.size else found

    def _of_one_length(self, even: Floats, usable: Flags | None) -> Floats:
        if self.is_smoothed:
            drawn = self.errors[~np.isnan(self.errors) if usable is None else usable]
            return smoothed_months(
                self.expected, self.carried, drawn, even, self.offset, self.spread
            )
        if self.method == MEAN_OF_YEAR:
            return drawn_months(self.errors, even)
        if self.method:
            return scaled_months(self.expected, self.spread, even)
        return np.full((even.shape[0] - 1, even.shape[1]), np.nan)


def prospects(
    figures: Floats,
    known: int,
    roll_up: str,
    periods: int,
    spread: Floats,
    lengths: Floats | None = None,
) -> list[Prospect]:
    """One prospect for each row of the figures, (series, time), in their own unit.

    `known` periods of the year in course are over, the last of the figures being the latest;
    `spread` is that of similar series, for those too short to have their own. `lengths` are those
    of all periods and of those ahead, (series, time + ahead), 1 being usual. Figures are not
    negative. A series that is often nothing is taken as it is, whatever its lengths. Does not draw
    anything.

    Source: reference, 12.2 (the table of situations).

    >>> rows = np.array([[5.0] * 30, [np.nan] * 27 + [5.0] * 3])
    >>> [one.method or one.why for one in prospects(rows, 6, "sum", 12, np.full(2, 0.1))]
    ['smoothing', 'A period of the year to date has no figure.']
    """
    number = (~np.isnan(figures)).sum(axis=-1)
    to_date = figures[:, figures.shape[-1] - known :]
    gap = np.asarray(np.isnan(to_date).any(axis=-1))
    rows = zip(to_date, gap, strict=True)
    if known == periods:
        return [Prospect("", row, GAP) if no else Prospect(OVER, row) for row, no in rows]
    found = [Prospect("", row, GAP if no else TOO_SHORT) for row, no in rows]
    may = ~gap & (number >= periods // 2)
    often = (figures == 0).sum(axis=-1) > OFTEN_NOTHING * number
    long = may & (number >= 2 * periods)
    task = Task(known, periods - known, periods, roll_up, np.zeros(figures.shape[0]))
    if lengths is None:
        lengths = np.ones((figures.shape[0], figures.shape[1] + task.ahead))
    alike, ahead = figures / lengths[:, : -task.ahead], lengths[:, -task.ahead :]
    for at in np.flatnonzero(may & ~long):
        one = _indicative(alike[at], task, float(spread[at]))
        found[at] = replace(one, to_date=to_date[at], lengths=ahead[at])
    for at in np.flatnonzero(long & often):
        past = figures[at][~np.isnan(figures[at])]
        recent = past[-2 * periods :]
        past = recent if recent.any() else past  # a rare event that was seen may come again
        found[at] = Prospect(MEAN_OF_YEAR, to_date[at], errors=past)
    tested = np.flatnonzero(long & ~often)
    for begin in range(0, tested.size, AT_ONCE):
        part = tested[begin : begin + AT_ONCE]
        for at, one in zip(part, _tested(alike[part], task), strict=True):
            found[at] = replace(one, to_date=to_date[at], lengths=ahead[at])
    return found


def _indicative(row: Floats, task: Task, spread: float) -> Prospect:
    """A straight line for a series with less than two years of figures."""
    figures = row[~np.isnan(row)]
    back = 1 if task.roll_up == LAST else min(task.known or task.periods, figures.size)
    expected = np.full(task.ahead, figures[-back:].mean())
    return Prospect(INDICATIVE, row[row.size - task.known :], expected=expected, spread=spread)


def _tested(figures: Floats, task: Task) -> list[Prospect]:
    """Series of two years or more, each by the method that its back-test chooses."""
    task = Task(task.known, task.ahead, task.periods, task.roll_up, offsets(figures, task.periods))
    places = places_in_year(figures.shape[-1], task.known, task.periods)
    found = back_test(figures, places, task)
    origin = np.array([figures.shape[-1]])
    ways = {STRAIGHT_LINE: straight_line, PROFILE: last_profile}
    expected = {name: way(figures, origin, task)[:, 0] for name, way in ways.items()}
    smoothing = _all_smoothed(figures, places, found, task)
    made = []
    for at, chosen in enumerate(found.chosen):
        name = METHODS[chosen]
        if name in ways:
            errors = _own_errors(name, ways[name], figures, found, at, task)
            one = _scaled(name, figures[at], expected[name][at], errors, task)
            made.append(replace(one, error=float(found.error[at, chosen])))
        else:
            made.append(smoothing[at])
    return made


def _all_smoothed(figures: Floats, places: Whole, found: BackTest, task: Task) -> list[Prospect]:
    """Every series by the one of the two methods that smooth which is chosen, or the first."""
    rows = np.arange(figures.shape[0])
    way = np.where(found.chosen < len(found.fits), found.chosen, 0)
    index = np.stack([fit.indices.index[:, 0] for fit in found.fits])[way, rows]
    level = np.stack([fit.level[:, 0] for fit in found.fits])[way, rows]
    weight = np.stack([fit.smoothed.weight[:, 0] for fit in found.fits])[way, rows]
    carried = np.stack([fit.carried[:, 0] for fit in found.fits])[way, rows]
    logs = np.log(figures + task.offset[:, None])
    errors = one_step_errors(logs - index[:, places], weight)
    later = places_ahead(places, np.array([figures.shape[-1]]), task)[0]
    width = found.width[rows, way] * _more_restless(errors, np.isin(places, later))
    errors = _recent(errors, ERROR_YEARS * task.periods)
    errors = (errors - np.nanmean(errors, axis=1, keepdims=True)) * width[:, None]
    doubt = np.stack([fit.indices.doubt[:, 0] for fit in found.fits])[way, rows]
    # One hard winter lifts all its months: their indices err together. Over a whole year nothing is
    # left of that, for the indices of a year sum to nothing.
    shared = doubt[:, later].mean(axis=1) * np.sqrt(1 - task.ahead / task.periods)
    return [
        Prospect(
            method=WITH_INDICES if index[at].any() else WITHOUT_INDICES,
            to_date=figures[at, figures.shape[-1] - task.known :],
            expected=level[at] + index[at][later],
            carried=float(carried[at]),
            offset=float(task.offset[at]),
            errors=errors[at],
            spread=float(shared[at]),
            error=float(found.error[at, way[at]]),
        )
        for at in rows
    ]


def _recent(errors: Floats, periods: int) -> Floats:
    """The errors of so many periods; where those are nothing at all, of all the years used."""
    late = np.array(errors)
    late[:, :-periods] = np.nan
    never = ~(np.abs(late) > NOTHING).any(axis=1, keepdims=True)
    return np.where(never, errors, late)


def _more_restless(errors: Floats, ahead: Flags) -> Floats:
    """How much more the months ahead err than all months do, in each series: a ratio, near 1.

    Mean absolute errors of every year that is used, about their mean, so that one shock does not
    rule. They are few: the squared ratio is weighed against as many errors as EVEN in which all
    months err alike.
    """
    size = np.abs(errors - np.nanmean(errors, axis=1, keepdims=True))
    number = (~np.isnan(size[:, ahead])).sum(axis=1)
    of_all = np.nanmean(size, axis=1)
    total = np.nansum(size[:, ahead], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((number > 0) & (of_all > 0), total / number / of_all, 1.0)
    return np.asarray(np.sqrt((EVEN + number * ratio**2) / (EVEN + number)))


def _own_errors(
    method: str, way: Way, figures: Floats, found: BackTest, at: int, task: Task
) -> Floats:
    """The errors of a method without a model of its own, by which it is as wide as it is.

    Those of its back-test; where it never erred there, those of all the years that are used: a
    series that had one shock may have another.
    """
    errors = found.errors[at, METHODS.index(method)]
    if not (np.abs(errors) > NOTHING).any():
        one = replace(task, offset=task.offset[at : at + 1])
        errors = errors_of_all_years(way, figures[at : at + 1], one)[0]
    return np.asarray(errors[np.isfinite(errors)])


def _scaled(method: str, row: Floats, expected: Floats, errors: Floats, task: Task) -> Prospect:
    """A method without a model of its own, as wide as its errors."""
    # The mean square of a few separate stretches is uncertain itself, as that of a few winters is.
    number = max(errors.size / task.ahead, FEWEST_STRETCHES)
    spread = np.sqrt((errors**2).mean() * (number + 1) / (number - 1))
    to_date = row[row.size - task.known :]
    return Prospect(method, to_date, expected=expected, spread=float(spread))
