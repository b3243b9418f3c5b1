"""Which way of forecasting would have served a series best, had it been used in the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from outturn.statistics.series import Flags, Floats, Whole
from outturn.statistics.year_end_methods import (
    Fit,
    Task,
    fits,
    last_profile,
    places_ahead,
    straight_line,
)

# The two methods that smooth are compared as they are; one of the two simple methods must halve the
# error to take their place. Two years hold two to eight separate stretches, and the smallest of
# four mean errors of so few is often the smallest by luck.
HANDICAPS = np.array([1.0, 1.0, 2.0, 2.0])
PRIOR_STRETCHES = 3.0  # how many separate stretches the width expected of the fit is worth
WIDEST = 4.0  # a variance outside a fit, in those inside it: more is shown by one shock alone


Way = Callable[[Floats, Whole, Task], Floats]


@dataclass(frozen=True)
class BackTest:
    """How the methods did, and the smoothing as it stands after the last figure.

    `error` is each method's mean absolute logarithmic error, (series, 4); `errors` are those at
    each origin, (series, 4, origins), missing where it has too little behind it. `fits` are the two
    methods that smooth, after the last figure; `width`, (series, 2), says how much wider what is
    ahead spreads than the one-step errors of each fit say.
    """

    chosen: Whole
    error: Floats
    errors: Floats
    fits: tuple[Fit, Fit]
    width: Floats


def back_test(figures: Floats, places: Whole, task: Task) -> BackTest:
    """The four methods of `year_end_methods` compared on each series' own past, and the one to use.

    `figures` are series of at least two years, (series, time), in any unit that is never negative.
    At every origin of the last two years from which the outcome is known, each method forecasts as
    many periods as are now to be forecast, from the figures before the origin alone. Of the two
    methods that smooth the one that errs less is used, unless one of the two others errs by less
    than half as much. With too short a past there are no origins, and smoothing with monthly
    indices is used. Errors are logarithms and have no unit. Does not compare a series with others.

    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy, International Journal of
    Forecasting 16; reference, 12.2.

    >>> winters = np.tile([10.0] * 9 + [40.0] * 3, 5)[:57] * (0.9 + 7 * np.arange(57) % 5 / 20)
    >>> task = Task(known=9, ahead=3, periods=12, roll_up="sum", offset=np.array([1.0]))
    >>> found = back_test(winters[None, :], np.arange(57) % 12, task)
    >>> int(found.chosen[0]), found.errors.shape
    (0, (1, 4, 24))
    """
    length = figures.shape[-1]
    last, year = length - task.ahead, task.periods
    origins = np.arange(max(last - 2 * year + 1, 2 * year), last + 1)
    both = fits(figures, places, np.append(origins, length), task)
    past, now = ([one.at(part) for one in both] for part in (slice(-1), slice(-1, None)))
    later = places_ahead(places, origins, task)
    months = [one.months(later, task.offset) for one in past]
    months += [straight_line(figures, origins, task), last_profile(figures, origins, task)]
    errors = np.stack([_errors(one, figures, origins, task) for one in months], axis=1)
    errors = np.where(_may_judge(figures, origins, task)[:, None, :], errors, np.nan)
    error = _mean_absolute(errors)
    chosen = np.where(np.isnan(error), np.inf, error * HANDICAPS).argmin(axis=-1)
    widths = [_width(errors[:, n], past[n], now[n], task) for n in range(2)]
    return BackTest(chosen, error, errors, (now[0], now[1]), np.stack(widths, axis=1))


def errors_of_all_years(way: Way, figures: Floats, task: Task) -> Floats:
    """The logarithmic errors of a simple method at every origin of the years given, not of two.

    `way` is `straight_line` or `last_profile`; (series, origins), missing where the method or the
    outcome is. Does not choose.

    Source: as `back_test`.

    >>> task = Task(known=6, ahead=6, periods=12, roll_up="sum", offset=np.array([25.0]))
    >>> months = np.array([[100.0] * 5 + [1000.0] + [100.0] * 30])
    >>> found = errors_of_all_years(straight_line, months, task)
    >>> found.shape, found[0, :8].round(2).tolist()
    ((1, 25), [0.79, 0.79, 0.79, 0.79, 0.79, 0.79, 0.0, 0.0])
    """
    needed = task.back + (task.periods if way is last_profile else 0)
    origins = np.arange(needed, figures.shape[-1] - task.ahead + 1)
    return _errors(way(figures, origins, task), figures, origins, task)


def _errors(months: Floats, figures: Floats, origins: Whole, task: Task) -> Floats:
    """The logarithmic errors of what was forecast at each origin: (series, origins)."""
    actual = task.rolled(figures[:, origins[:, None] + np.arange(task.ahead)])
    offset = task.offset_of_rolled[:, None]
    return np.asarray(np.log((task.rolled(months) + offset) / (actual + offset)))


def fitted_width(fit: Fit, task: Task) -> Floats:
    """The ratio of variances outside and inside a fit, at its last origin: at least 1, no unit.

    Errors inside a fit are too small by what was fitted to them: the level, its weight and the
    indices, as far as they were kept.

    Source: the usual correction for degrees of freedom.

    >>> task = Task(known=12, ahead=1, periods=12, roll_up="sum", offset=np.array([0.0]))
    >>> _, plain = fits(np.full((1, 24), np.e), np.arange(24) % 12, np.array([24]), task)
    >>> fitted_width(plain, task).round(3).tolist()
    [1.111]
    """
    number = fit.smoothed.number[:, -1]
    fitted = 2 + (task.periods - 1) * fit.indices.kept[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.clip(number / (number - fitted), 1.0, WIDEST))


def _may_judge(figures: Floats, origins: Whole, task: Task) -> Flags:
    """Which origins of each series have enough behind them: (series, origins).

    Two years of figures, and three where half a year of origins has: before that there are no
    monthly indices, and a method cannot be judged by what it did without them.
    """
    before = np.cumsum(~np.isnan(figures), axis=1)[:, origins - 1]
    with_three = before >= 3 * task.periods
    enough = with_three.sum(axis=1, keepdims=True) >= task.periods // 2
    return np.where(enough, with_three, before >= 2 * task.periods)


def _mean_absolute(errors: Floats) -> Floats:
    """Each method's mean absolute error over the origins, (series, methods).

    Missing for a method that has an error at no more than half as many origins as another.
    """
    known = np.isfinite(errors)
    number = known.sum(axis=-1)
    total = np.where(known, np.abs(errors), 0.0).sum(axis=-1)
    most = number.max(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(2 * number > most, total / number, np.nan)


def _width(errors: Floats, past: Fit, now: Fit, task: Task) -> Floats:
    """How much wider a series' outcomes spread than the errors of one step ahead say.

    What is expected of the number of things fitted, and what the back-test shows, weighed by how
    many separate stretches it holds. Absolute errors, so that one shock does not rule the width.
    """
    one_step = np.sqrt(past.smoothed.variance) * task.spread(past.carried)
    with np.errstate(invalid="ignore", divide="ignore"):
        standard = np.abs(errors) / one_step
    known = np.isfinite(standard)
    number = known.sum(axis=-1)
    mean = np.where(known, standard, 0.0).sum(axis=-1) / np.maximum(number, 1)
    # The variance of a normal error, from its mean absolute size.
    shown = np.minimum(np.pi / 2 * mean**2, WIDEST)
    stretches = number / task.ahead
    weighed = PRIOR_STRETCHES * fitted_width(now, task) + stretches * shown
    return np.asarray(np.sqrt(weighed / (PRIOR_STRETCHES + stretches)))
