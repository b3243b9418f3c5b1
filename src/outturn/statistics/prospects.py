"""Each series made ready to be played through to the end of its year: method, errors, width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from outturn.statistics.back_tests import BackTest, Way, back_test, errors_of_all_years
from outturn.statistics.monthly_indices import places_in_year
from outturn.statistics.prospect import (
    ALONE,
    GAP,
    INDICATIVE,
    LAST_MOVED,
    MARK,
    MEAN_OF_YEAR,
    NEVER,
    OVER,
    TOO_SHORT,
    Prospect,
)
from outturn.statistics.series import Flags, Floats, Whole
from outturn.statistics.short_series import (
    FEWEST_ERRORS,
    NOTHING,
    OFTEN_NOTHING,
    Similar,
    own_errors,
    short_forecasts,
    trailing,
)
from outturn.statistics.smoothing import one_step_errors
from outturn.statistics.year_end_methods import (
    LAST,
    LEAN,
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

ERROR_YEARS = 3  # from which errors are drawn: how noisy a series is changes with time
FEWEST_STRETCHES = 2.0  # of which a variance can be told
EVEN = 10.0  # errors, that months vary alike is worth: some months vary more than others
HELD_ON = 0.7  # at most, of a month in the next: so few months tell no more
AT_ONCE = 64  # series in one back-test, for the sake of memory


def prospects(
    figures: Floats,
    known: int,
    roll_up: str,
    periods: int,
    spread: Floats,
    lengths: Floats | None = None,
    similar: Sequence[Similar | None] | None = None,
) -> list[Prospect]:
    """One prospect for each row of the figures, (series, time), in their own unit.

    `known` periods of the year in course are over, the last of the figures being the latest;
    `spread` is that of similar series, for those with less than a year of figures; `similar`, one
    for each row, is what similar series say of those with less than two. `lengths` are those of all
    periods and of those ahead, (series, time + ahead), 1 being usual. Figures are not negative. A
    series that is often nothing is taken as it is, whatever its lengths. Does not draw anything.

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
    long = may & (number >= 2 * periods)
    task = Task(known, periods - known, periods, roll_up, np.zeros(figures.shape[0]))
    if lengths is None:
        lengths = np.ones((figures.shape[0], figures.shape[1] + task.ahead))
    alike, ahead = figures / lengths[:, : -task.ahead], lengths[:, -task.ahead :]
    run = trailing(figures)
    short = may & ~long & (run >= periods)
    # A short series is drawn from its last run alone: what lay before a gap says nothing of it.
    length = figures.shape[-1]
    drawn_from = np.arange(length) >= length - np.where(short, run, length)[:, None]
    nothing = ((figures == 0) & drawn_from).sum(axis=-1)
    often = nothing > OFTEN_NOTHING * np.where(short, run, number)
    for at in np.flatnonzero(may & ~long & ~short):
        one = _indicative(alike[at], task, float(spread[at]))
        found[at] = replace(one, to_date=to_date[at], lengths=ahead[at])
    for at in np.flatnonzero(short & often):
        found[at] = replace(_seldom(figures[at, -run[at] :], task.ahead), to_date=to_date[at])
    for number in np.unique(run[short & ~often]):
        part = np.flatnonzero(short & ~often & (run == number))
        told = [None if similar is None else similar[int(at)] for at in part]
        for at, one in zip(part, _short(alike[part], number, task, told), strict=True):
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


def _short(
    figures: Floats, number: int, task: Task, similar: Sequence[Similar | None]
) -> list[Prospect]:
    """Series of one to two years, the last so many figures of each, as wide as similar ones err.

    Where there are no similar ones it is their own errors, and where those are too few, none.
    """
    length = figures.shape[1]
    figures = figures[:, length - number :]
    one = short_forecasts(figures, task.known, task.periods, task.roll_up)
    level = np.log(one.expected[:, 0] + one.offset[:, None])
    errors = np.full((figures.shape[0], length), np.nan)
    if any(one is None for one in similar):
        errors[:, length - number :] = own_errors(one, figures)
    task = replace(task, offset=one.offset)
    # A level with too few errors to be weighed by is the mean of the year, and not smoothed.
    smooths = bool((one.fit.number >= FEWEST_ERRORS).all())
    ways = (WITHOUT_INDICES if smooths else MEAN_OF_YEAR, LAST_MOVED)
    made = []
    for at, like in enumerate(similar):
        if like is not None:
            made.append(
                Prospect(
                    method=ways[like.chosen] + MARK,
                    to_date=np.empty(0),
                    expected=one.expected[at, like.chosen],
                    offset=float(task.offset_of_rolled[at]),
                    errors=like.errors[like.chosen] * np.sqrt(one.scale[at]),
                    error=float(like.error[like.chosen]),
                    similar=like.series,
                    last=task.roll_up == LAST,
                )
            )
        elif np.isnan(errors[at]).all():
            made.append(Prospect("", np.empty(0), ALONE))
        else:
            made.append(
                Prospect(
                    method=WITHOUT_INDICES + MARK,
                    to_date=np.empty(0),
                    expected=level[at],
                    carried=float((1 - LEAN) * one.fit.weight[at]),
                    offset=float(one.offset[at]),
                    errors=errors[at],
                    spread=0.0,
                )
            )
    return made


def _seldom(past: Floats, ahead: int) -> Prospect:
    """A series of one to two years that is often nothing: as its own periods are, and as unsure.

    All periods ahead share one error more. It makes their mean as wide as the mean of so few is
    uncertain, and as runs of high and of low periods make it: a first autocorrelation, its usual
    bias put right, from none to HELD_ON.
    """
    mean, number = past.mean(), past.size
    if mean == 0:
        return Prospect("", np.empty(0), NEVER)
    apart = past - mean
    moved = apart @ apart
    held = (apart[1:] @ apart[:-1]) / moved if moved else 0.0
    held = float(np.clip(held + (1 + 3 * held) / number, 0.0, HELD_ON))
    runs = (1 + held) / (1 - held)
    variance = past.var(ddof=1) / mean**2 * (runs * (1 / ahead + 1 / number) - 1 / ahead)
    spread = np.sqrt(np.log1p(variance))
    return Prospect(MEAN_OF_YEAR + MARK, np.empty(0), errors=past, spread=float(spread))


def _indicative(row: Floats, task: Task, spread: float) -> Prospect:
    """A straight line for a series with less than a year of figures at its end."""
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
