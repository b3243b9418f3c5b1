"""Series with one to two years of figures: too few to say how far their own forecasts err.

They are forecast by two plain methods. Which of them, and how far it errs, is asked of similar
series: what would have been said of them, at the same moment of past years, from as few figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outturn.statistics.columns import special
from outturn.statistics.series import Flags, Floats, Whole
from outturn.statistics.smoothing import Smoothed, one_step_errors, smoothed
from outturn.statistics.year_end_methods import LEAN, SUM, Task, offsets

FEWEST_SERIES = 5  # of similar ones: below that, their errors say less than the series' own
FEWEST_YEARS = 2  # in which they erred: one year may have been unlike all others
PAST_YEARS = 5  # that are looked at
MOST_SERIES = 200  # that are asked: more say nothing else, and take their time
OFTEN_NOTHING = 0.1  # the share of periods at 0 from which logarithms say little
FEWEST_ERRORS = 6  # one step ahead, of which a series alone can tell how far it errs
LEAST_MOVED = 0.01  # a series that never moved is taken to move by a hundredth
MOST_MOVED = 4.0  # this year's part over last year's: more is not last year's season any more
BELIEVED = 0.5  # of the mean error of similar series: the part that is taken to come again
NOTHING = 1e-9  # a logarithmic error that is dust: the forecast was exactly right


@dataclass(frozen=True)
class ShortForecasts:
    """Two forecasts of each series, (series, 2, ahead), in the figures' unit, and what they need.

    The first smooths; the second takes last year's months with half of this year's change. `scale`
    is how much each series moves from one period to the next, in logarithms of figures plus the
    `offset`.
    """

    expected: Floats
    offset: Floats
    scale: Floats
    level: Floats
    fit: Smoothed


@dataclass(frozen=True)
class PartOfYear:
    """Similar series, (series, time), of one part of a figure, and how its own year rolls up.

    `lengths` are those of every period and of the rest of the year, as for `year_end`.
    """

    figures: Floats
    roll_up: str = SUM
    lengths: Floats | None = None


@dataclass(frozen=True)
class Similar:
    """How far each of the two short methods erred on similar series, and on how many of them.

    `errors`, (2, errors), are logarithms over the root of each series' own `scale`: their mean is
    half of what it was, and about it they are as wide as so few years and series ask for. `error`
    is the mean absolute logarithmic error of each method, as it was.
    """

    errors: Floats
    error: Floats
    series: int

    @property
    def chosen(self) -> int:
        """The method that erred less; the first where both erred alike."""
        return int(np.argmin(self.error))


def trailing(figures: Floats) -> Whole:
    """How many figures each series, (series, time), has at its end without a gap.

    Source: elementary.

    >>> trailing(np.array([[1.0, np.nan, 2.0, 3.0], [1.0, 2.0, 3.0, np.nan]])).tolist()
    [2, 0]
    """
    return np.asarray(np.cumprod(~np.isnan(figures[:, ::-1]), axis=1).sum(axis=1), dtype=np.int64)


def short_forecasts(figures: Floats, known: int, periods: int, roll_up: str) -> ShortForecasts:
    """Both forecasts of the rest of the year, from a year of figures or more and nothing else.

    `figures` are (series, time), without gaps, not negative and for periods of one length; `known`
    periods of the year are over. The level is smoothed and leans on the mean of its last year, as
    that of longer series; with too few errors to weigh by, it is that mean. The other method takes
    the same periods of last year, times the root of what this year's part is over the same part of
    last year, as far as there are figures of both: half of the change, on the scale of logarithms.

    Source: measured in docs/explanation/forecasting.md; smoothing: Brown (1959), Statistical
    Forecasting for Inventory Control.

    >>> found = short_forecasts(np.array([[4.0] * 12 + [9.0] * 6]), 6, 12, "sum")
    >>> found.expected[0, 1].tolist()
    [6.0, 6.0, 6.0, 6.0, 6.0, 6.0]
    """
    ahead, number = periods - known, figures.shape[1]
    offset = offsets(figures, periods)
    logs = np.log(figures + offset[:, None])
    fit = smoothed(logs)
    mean = logs[:, -periods:].mean(axis=1)
    level = np.where(fit.number < FEWEST_ERRORS, mean, (1 - LEAN) * fit.level + LEAN * mean)
    smooth = np.maximum(np.exp(level) - offset, 0.0)
    last_year = figures[:, -periods:][:, :ahead]
    both = min(number - periods, known)
    change = np.ones(figures.shape[0])
    if both:
        now, then = (
            figures[:, number - both - back : number - back].sum(axis=1) for back in (0, periods)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            change = np.where(then > 0, now / then, 1.0)
        change = np.clip(change, 1 / MOST_MOVED, MOST_MOVED)
    moved = last_year * np.sqrt(change)[:, None]
    expected = np.stack([np.repeat(smooth[:, None], ahead, axis=1), moved], axis=1)
    scale = np.maximum(np.diff(logs, axis=1).std(axis=1), LEAST_MOVED)
    return ShortForecasts(expected, offset, scale, level, fit)


def own_errors(found: ShortForecasts, figures: Floats) -> Floats:
    """Each series' own errors of one step, about their mean, as wide as so few ask for.

    (series, time), logarithms; all missing where there are too few, or where the series never
    moved. They are widened by the two things that were fitted, and as a t distribution is wider
    than a normal one. Does not know the season: what a season does is noise to it.

    Source: the usual correction for degrees of freedom; Student (1908), Biometrika 6.

    >>> months = np.array([[20.0 + 7 * month % 5 for month in range(16)]])
    >>> found = own_errors(short_forecasts(months, 4, 12, "sum"), months)
    >>> int((~np.isnan(found)).sum()), round(float(np.nanstd(found)), 3)
    (12, 0.076)
    """
    logs = np.log(figures + found.offset[:, None])
    errors = one_step_errors(logs, found.fit.weight)
    number = found.fit.number
    enough = (number >= FEWEST_ERRORS) & (np.abs(np.diff(logs, axis=1)) > NOTHING).any(axis=1)
    errors = np.where(enough[:, None], errors, np.nan)
    free = np.maximum(number - 2, 1.0)
    t = special("stdtrit")(free, 0.9) / special("ndtri")(0.9)
    width = t * np.sqrt(number / free * (number + 1) / np.maximum(number - 1, 1.0))
    with np.errstate(invalid="ignore"):
        mean = np.where(enough, np.nansum(errors, axis=1) / np.maximum(number, 1.0), np.nan)
    return np.asarray((errors - mean[:, None]) * width[:, None])


def similar_errors(
    parts: Sequence[PartOfYear], known: int, number: int, periods: int
) -> tuple[Similar, ...] | None:
    """What similar series say of the two short methods, for each part of a figure; None if little.

    The figures of each part are (series, time), of one shape, the same series in the same rows, and
    end with the latest period; `known` periods of the year are over. At the same moment of each of
    the last five years both methods forecast the rest of the year from the last `number` figures,
    where neither these nor what came are below nothing.
    An error counts where all parts have one, so that errors of parts stay together. Fewer than
    five series, or two years, say too little. The errors are widened, in squares: what all series
    have in common within a year by (n + 1)/(n - 1) for n years, and everything by as much for n
    series. Does not say which series are similar: who calls does.

    Source: Tashman (2000), International Journal of Forecasting 16, on forecasts from past origins;
    the variance of years and of series within them: Searle, Casella and McCulloch (1992), Variance
    Components, 3.6 (analysis of variance of unequal groups).

    >>> rows = np.array([[50.0 + 7 * (m + 3 * n) % 11 for m in range(56)] for n in range(6)])
    >>> (found,) = similar_errors([PartOfYear(rows)], known=8, number=14, periods=12)
    >>> found.series, found.errors.shape, found.chosen
    (6, (2, 18), 0)
    """
    made = [_past_errors(one, known, number, periods) for one in parts]
    if any(one is None for one in made):
        return None
    told = [one for one in made if one is not None]
    seen = np.logical_and.reduce([~np.isnan(errors).any(axis=0) for errors, _ in told])
    series, years = int(seen.any(axis=1).sum()), int(seen.any(axis=0).sum())
    if series < FEWEST_SERIES or years < FEWEST_YEARS:
        return None
    found = []
    for errors, scale in told:
        wide = [_as_wide_as_few(one / np.sqrt(scale), seen) for one in errors]
        mean = np.abs(errors[:, seen]).mean(axis=1)
        found.append(Similar(np.stack(wide), mean, series))
    return tuple(found)


def _past_errors(
    part: PartOfYear, known: int, number: int, periods: int
) -> tuple[Floats, Floats] | None:
    """The errors of both methods, (2, series, years), and the scale of each, (series, years)."""
    ahead, length = periods - known, part.figures.shape[1]
    even = part.figures if part.lengths is None else part.figures / part.lengths[..., :length]
    origins = np.arange(length - periods, number - 1, -periods)[:PAST_YEARS]
    if origins.size == 0 or even.shape[0] == 0:
        return None
    before = even[:, origins[:, None] - number + np.arange(number)]
    after = even[:, origins[:, None] + np.arange(ahead)]
    usable = ~np.isnan(before).any(axis=-1) & ~np.isnan(after).any(axis=-1)
    with np.errstate(invalid="ignore"):
        # What goes below nothing has no logarithm, and its part of a year is no share of it.
        usable &= (before >= 0).all(axis=-1) & (after >= 0).all(axis=-1)
    usable &= (before == 0).mean(axis=-1) <= OFTEN_NOTHING
    errors = np.full((2, *usable.shape), np.nan)
    scale = np.full(usable.shape, np.nan)
    if not usable.any():
        return errors, scale
    made = short_forecasts(before[usable], known, periods, part.roll_up)
    task = Task(known, ahead, periods, part.roll_up, made.offset)
    offset = task.offset_of_rolled[:, None]
    came = task.rolled(after[usable])[:, None]
    errors[:, usable] = np.log((came + offset) / (task.rolled(made.expected) + offset)).T
    scale[usable] = made.scale
    return errors, scale


def _as_wide_as_few(errors: Floats, seen: Flags) -> Floats:
    """The errors that are seen, (series, years), widened about half their mean; in one row."""
    at = np.where(seen, errors, 0.0)
    series, number = seen.any(axis=1).sum(), seen.sum(axis=0)
    number = number[number > 0].astype(np.float64)
    total, years = number.sum(), number.size
    sums = at.sum(axis=0)[seen.any(axis=0)]
    mean = sums.sum() / total
    of_years = number @ (sums / number - mean) ** 2
    within = ((at**2).sum() - total * mean**2 - of_years) / max(total - years, 1.0)
    within = max(within, 0.0)
    usual = (total - number @ number / total) / (years - 1)
    between = max((of_years / (years - 1) - within) / usual, 0.0)
    told = within + between * (years - 1) / years
    of_few = (within + between * (years + 1) / (years - 1)) / told if told > 0 else 1.0
    width = np.sqrt(of_few * (series + 1) / (series - 1))
    # Few series and years make what is drawn wider. They do not make more of their mean come again.
    return np.asarray((errors[seen] - mean) * width + BELIEVED * mean)
