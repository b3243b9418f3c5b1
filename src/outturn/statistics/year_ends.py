"""The outturn of a year that is not over, as a distribution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.monthly_indices import PERIODS
from outturn.statistics.prospect import Prospect
from outturn.statistics.prospects import prospects
from outturn.statistics.series import Flags, Floats, Whole, Words, series
from outturn.statistics.short_series import Similar
from outturn.statistics.simulated_months import (
    KnownEvent,
    even_draws,
    is_cut,
    with_events,
    within_whole,
)
from outturn.statistics.year_end_methods import LAST, MEAN, ROLL_UPS, SUM

DRAWS = 4000
YEARS = 5  # of history that are used

Combine = Callable[[Sequence[Floats]], Floats]  # what a figure is made of its parts


@dataclass(frozen=True)
class YearPart:
    """One of the series that a figure is made of, (..., time), and how its own year rolls up.

    `lengths`, `events`, `similar` and `whole` are as for `year_end`, of this part alone. `of_next`
    says that it is a part of the whole that stands next to it: where an event changes either of
    them, it is that whole at most.
    """

    history: Floats
    roll_up: str = SUM
    lengths: Floats | None = None
    events: tuple[KnownEvent, ...] = ()
    similar: Sequence[Similar | None] | None = None
    of_next: bool = False
    whole: float = np.inf


@dataclass(frozen=True)
class YearEnd:
    """The outturn of each series: drawn many times, with the method and how it did in the past.

    `draws`, (series, draws), and `do_nothing`, the same without the declared events, are in the
    figures' unit. `months`, (series, ahead), are the means of the periods ahead, events included;
    `below`, of the same shape, those of the denominator of a ratio, and missing for other series.
    `error` is the mean absolute logarithmic error of the method in its back-test. `similar_of`,
    (series, parts), is the number of series whose past errors make the draws of each part, the
    numerator before the denominator; 0 where they are the part's own. `held` are the series of
    which events would have made a share more than the whole, `cut` those of which they would have
    made a period less than nothing. A series without a forecast has
    missing numbers, no method, and its reason in `why`.
    """

    method: Words
    why: Words
    draws: Floats
    do_nothing: Floats
    months: Floats
    below: Floats
    error: Floats
    similar_of: Whole
    held: Flags
    cut: Flags
    seed: int

    @property
    def similar(self) -> Whole:
        """On how many series' past errors the draws rest, in one part at least; 0 for none."""
        return np.asarray(self.similar_of.max(axis=-1))

    @property
    def median(self) -> Floats:
        """The outturn that is as likely to be passed as not, in the figures' unit."""
        return np.asarray(np.median(self.draws, axis=-1))

    def interval(self, chance: float = 0.8) -> tuple[Floats, Floats]:
        """The limits between which the outturn lies with this chance, as often below as above."""
        low, high = np.quantile(self.draws, [(1 - chance) / 2, (1 + chance) / 2], axis=-1)
        return np.asarray(low), np.asarray(high)


def year_end(
    history: npt.ArrayLike,
    known: int,
    *,
    seed: int,
    roll_up: str = SUM,
    events: tuple[KnownEvent, ...] = (),
    spread: npt.ArrayLike = np.nan,
    draws: int = DRAWS,
    periods: int = PERIODS,
    lengths: npt.ArrayLike | None = None,
    similar: Sequence[Similar | None] | None = None,
    whole: float = np.inf,
) -> YearEnd:
    """The distribution of the outturn of the year in course, in the figures' unit.

    `history` holds one figure a period (months, or quarters with `periods=4`), time along the last
    axis, ending with the latest; `known` of them belong to the year in course. The outturn is the
    `sum` of the year's periods, their `mean`, or the `last` of them. With two years of figures or
    more the method is chosen by `back_test`, from the last five years; a series with nothing in
    more than one period of ten is drawn from its last two years, or from all five where those have
    nothing at all; likewise a method that did not err of late has the errors of all five. With one
    to two years the forecast is told as indicative: of two plain methods the one that erred less on
    `similar` series (one for each series, as `similar_errors` gives them), and as wide as it erred
    there; without them it is smoothed, as wide as its own errors of one step say. With half a year
    to one it is a straight line, with the `spread` of similar series where that is given (a
    standard deviation of logarithms), else without an interval. With less, or with a gap in the
    year to date, there is none and a reason. Where figures grow with the days of a period, give
    `lengths`: those of every period and of the rest of the year, for all series or for each; they
    are forecast as if all periods were as long, and a series that is the same in each as it is.
    Events make no period more than `whole`, which is 100 of a percentage. A figure below nothing,
    an unknown roll-up, `known` outside 0 to `periods` or wrong lengths raises `ValueError`. Does
    not look for events, nor adjust for revisions (give the figures as issued), nor keep draws below
    the whole that no event changed.

    Source: Brown (1959) on smoothing, Tashman (2000) on the back-test; reference, section 12;
    lengths: Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, 3.1.

    >>> months = [20 + 7 * month % 5 for month in range(42)]  # 20 to 24
    >>> found = year_end(months, known=6, seed=1)
    >>> str(found.method), round(float(found.median)), [round(float(x)) for x in found.interval()]
    ('smoothing with monthly indices', 263, [257, 269])
    """
    if roll_up not in ROLL_UPS:
        raise ValueError("a year is rolled up as 'sum', 'mean' or 'last'; a ratio has two parts")
    figures = _figures(history, known, periods)
    even = even_draws(periods - known, draws, seed)
    made = []
    usual = _usual_lengths(lengths, figures, periods - known)
    for one in _ready(figures, known, roll_up, periods, spread, usual, similar):
        months = one.months(even)
        acted, held = _within(with_events(months, known, events), months, whole)
        made.append(
            _Made(
                method=one.method,
                why=one.why,
                draws=_outturn(one, acted, roll_up, periods),
                do_nothing=_outturn(one, months, roll_up, periods),
                months=acted.mean(axis=1),
                below=np.full(acted.shape[0], np.nan),
                error=one.error,
                similar=(one.similar,),
                held=held,
                cut=is_cut(months, known, events),
            )
        )
    return _joined(made, figures.shape[:-1], even.shape, seed)


def year_end_ratio(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    known: int,
    *,
    seed: int,
    per: float = 1.0,
    share: bool = False,
    events: tuple[KnownEvent, ...] = (),
    events_below: tuple[KnownEvent, ...] = (),
    draws: int = DRAWS,
    periods: int = PERIODS,
    similar: Sequence[tuple[Similar, Similar] | None] | None = None,
) -> YearEnd:
    """The distribution of a year's total over total, times `per`: a rate or a percentage.

    Numerator and denominator are histories as for `year_end`, of one shape. Each is forecast by its
    own method, and both are drawn together: where both are smoothed, each draw takes their errors
    of the same past period, so that what moves both moves both; and with `similar` series, of both
    parts of each, those of the same series and moment. `events` act on the numerator,
    `events_below` on the denominator; of a `share`, whose numerator is a part of its denominator,
    they make no period more than the whole. A denominator of nothing gives a missing draw. The
    error of the back-test is missing: it is of the parts, not of their ratio. Different shapes, or
    a figure below nothing, raise `ValueError`. Does not keep what is drawn without events below
    the whole.

    Source: reference, 12.2 (numerator and denominator apart, divided at the end).

    >>> top, bottom = ([size + 7 * month % 5 for month in range(42)] for size in (20, 42))
    >>> found = year_end_ratio(top, bottom, known=6, seed=1, per=100)
    >>> round(float(found.median)), [round(float(x)) for x in found.interval()]
    (50, [49, 50])
    """
    above, below = _figures(numerator, known, periods), _figures(denominator, known, periods)
    if above.shape != below.shape:
        raise ValueError("a numerator and a denominator have one shape")
    even = even_draws(periods - known, draws, seed)
    like = [None if similar is None else [one and one[n] for one in similar] for n in range(2)]
    parts = [
        _ready(one, known, SUM, periods, np.nan, None, alike)
        for one, alike in zip((above, below), like, strict=True)
    ]
    acts = _Acts(known, events, events_below, share)
    made = [_made_ratio(one, other, even, per, acts) for one, other in zip(*parts, strict=True)]
    return _joined(made, above.shape[:-1], even.shape, seed)


def year_end_of_parts(
    parts: Sequence[YearPart],
    combine: Combine,
    known: int,
    *,
    seed: int,
    draws: int = DRAWS,
    periods: int = PERIODS,
) -> YearEnd:
    """The distribution of a year's figure that is made of several series, in the figure's unit.

    Each part is forecast by its own method and rolls up in its own way; `combine` makes the figure
    of the parts' outturns, arrays of one shape in their order. All parts are drawn together: those
    that are smoothed take their errors of the same past period, so that what moves several moves
    them at once. A part without a forecast leaves the figure without one, and gives its reason. The
    means of the periods ahead and the error of the back-test are missing: they are of the parts.
    Different shapes, or a figure below nothing, raise `ValueError`. Does not look at what is made.

    Source: as `year_end_ratio`, of which it is the general case.

    >>> spent, people = [900.0 + 70 * m % 50 for m in range(42)], [30.0 + m % 3 for m in range(42)]
    >>> parts = [YearPart(np.array(spent)), YearPart(np.array(people), "last")]
    >>> found = year_end_of_parts(parts, lambda made: made[0] / made[1], known=6, seed=1)
    >>> round(float(found.median)), str(found.method)
    (345, 'smoothing with monthly indices and straight line')
    """
    rows = [_figures(one.history, known, periods) for one in parts]
    if not rows or any(one.shape != rows[0].shape for one in rows):
        raise ValueError("the parts of a figure have one shape, and there is one at least")
    ahead = periods - known
    even = even_draws(ahead, draws, seed)
    ready = [
        _ready(
            row, known, one.roll_up, periods, np.nan, _usual_lengths(one.lengths, row, ahead),
            one.similar,
        )
        for row, one in zip(rows, parts, strict=True)
    ]  # fmt: skip
    made = [
        _made_of_parts(each, parts, combine, even, known, periods)
        for each in zip(*ready, strict=True)
    ]
    return _joined(made, rows[0].shape[:-1], even.shape, seed)


def _made_of_parts(
    each: Sequence[Prospect],
    parts: Sequence[YearPart],
    combine: Combine,
    even: Floats,
    known: int,
    periods: int,
) -> _Made:
    """One figure, its parts drawn together."""
    seen = [~np.isnan(one.errors) for one in each if one.is_smoothed]
    usable = np.logical_and.reduce(seen) if seen else None
    if usable is not None and not usable.any():
        usable = None  # no period in common: each has its own
    drawn = [one.months(even, usable) for one in each]
    changed = [
        with_events(months, known, part.events) for months, part in zip(drawn, parts, strict=True)
    ]
    held = False
    for n, part in enumerate(parts):
        if part.of_next:
            changed[n], more = within_whole(changed[n], drawn[n], changed[n + 1], drawn[n + 1])
        else:
            changed[n], more = _within(changed[n], drawn[n], part.whole)
        held |= more
    plain, acted = (
        [
            _outturn(one, months, part.roll_up, periods)
            for one, months, part in zip(each, some, parts, strict=True)
        ]
        for some in (drawn, changed)
    )
    none = np.full(even.shape[0] - 1, np.nan)
    methods = list(dict.fromkeys(one.method for one in each))
    return _Made(
        method=" and ".join(methods) if all(methods) else "",
        why=next((one.why for one in each if one.why), ""),
        draws=combine(acted),
        do_nothing=combine(plain),
        months=none,
        below=none,
        error=np.nan,
        similar=tuple(one.similar for one in each),
        held=held,
        cut=any(is_cut(one, known, part.events) for one, part in zip(drawn, parts, strict=True)),
    )


@dataclass(frozen=True)
class _Made:
    """What is told of one series."""

    method: str
    why: str
    draws: Floats
    do_nothing: Floats
    months: Floats
    below: Floats
    error: float
    similar: tuple[int, ...]
    held: bool = False
    cut: bool = False


@dataclass(frozen=True)
class _Acts:
    """The events of a ratio's two parts, the periods known, and whether it is a share."""

    known: int
    above: tuple[KnownEvent, ...]
    below: tuple[KnownEvent, ...]
    share: bool

    def on(self, above: Floats, below: Floats) -> tuple[Floats, Floats, bool]:
        """Both parts with their events, and whether they were held at the whole."""
        top, bottom = (
            with_events(above, self.known, self.above),
            with_events(below, self.known, self.below),
        )
        if not self.share:
            return top, bottom, False
        top, held = within_whole(top, above, bottom, below)
        return top, bottom, held


def _made_ratio(top: Prospect, bottom: Prospect, even: Floats, per: float, acts: _Acts) -> _Made:
    """One ratio, its parts drawn together."""
    usable = None
    if top.is_smoothed and bottom.is_smoothed:
        usable = ~np.isnan(top.errors) & ~np.isnan(bottom.errors)
    plain = top.months(even, usable), bottom.months(even, usable)
    *acted, held = acts.on(*plain)

    def ratio(above: Floats, below: Floats) -> Floats:
        totals = (top.to_date.sum() + above.sum(axis=0), bottom.to_date.sum() + below.sum(axis=0))
        return per * _quotient(*totals)

    return _Made(
        method=f"{top.method} over {bottom.method}" if top.method and bottom.method else "",
        why=top.why or bottom.why,
        draws=ratio(*acted),
        do_nothing=ratio(*plain),
        months=per * _quotient(acted[0].mean(axis=1), acted[1].mean(axis=1)),
        below=acted[1].mean(axis=1),
        error=np.nan,
        similar=(top.similar, bottom.similar),
        held=held,
        cut=is_cut(plain[0], acts.known, acts.above) or is_cut(plain[1], acts.known, acts.below),
    )


def _joined(made: list[_Made], shape: tuple[int, ...], even: tuple[int, ...], seed: int) -> YearEnd:
    ahead, draws = even[0] - 1, even[1]
    parts = len(made[0].similar) if made else 1
    return YearEnd(
        method=np.array([one.method for one in made], dtype=np.str_).reshape(shape),
        why=np.array([one.why for one in made], dtype=np.str_).reshape(shape),
        draws=np.array([one.draws for one in made]).reshape(*shape, draws),
        do_nothing=np.array([one.do_nothing for one in made]).reshape(*shape, draws),
        months=np.array([one.months for one in made]).reshape(*shape, ahead),
        below=np.array([one.below for one in made]).reshape(*shape, ahead),
        error=np.array([one.error for one in made], dtype=np.float64).reshape(shape),
        similar_of=np.array([one.similar for one in made], dtype=np.int64).reshape(*shape, parts),
        held=np.array([one.held for one in made], dtype=np.bool_).reshape(shape),
        cut=np.array([one.cut for one in made], dtype=np.bool_).reshape(shape),
        seed=seed,
    )


def _figures(history: npt.ArrayLike, known: int, periods: int) -> Floats:
    figures = series(history)
    if not 0 <= known <= min(periods, figures.shape[-1]):
        raise ValueError(f"the periods known of a year are 0 to {periods}, and part of its history")
    with np.errstate(invalid="ignore"):
        if (figures < 0).any():
            raise ValueError("a figure is below nothing: forecasts are of counts and amounts")
    return figures


def _usual_lengths(lengths: npt.ArrayLike | None, figures: Floats, ahead: int) -> Floats | None:
    """The lengths of every period and of those ahead, each over their mean: (series, periods).

    A series that is the same in each period does not follow them: to it, all are as long.
    """
    if lengths is None:
        return None
    given = np.asarray(lengths, dtype=np.float64)
    number = figures.shape[-1] + ahead
    if given.shape[-1:] != (number,) or not (given > 0).all():
        raise ValueError(f"lengths are above 0, one for each of the {number} periods")
    wide = np.broadcast_to(given, (*figures.shape[:-1], number)).reshape(-1, number)
    rows = figures.reshape(-1, figures.shape[-1])
    same = np.fmax.reduce(rows, axis=-1) == np.fmin.reduce(rows, axis=-1)
    return np.where(same[:, None], 1.0, wide / wide.mean(axis=-1, keepdims=True))


def _ready(
    figures: Floats,
    known: int,
    roll_up: str,
    periods: int,
    spread: npt.ArrayLike,
    lengths: Floats | None,
    similar: Sequence[Similar | None] | None,
) -> list[Prospect]:
    rows = figures.reshape(-1, figures.shape[-1])[:, -YEARS * periods :]
    wide = np.broadcast_to(np.asarray(spread, dtype=np.float64), figures.shape[:-1]).ravel()
    if lengths is not None:
        lengths = lengths[:, -(rows.shape[-1] + periods - known) :]
    if similar is not None and len(similar) != rows.shape[0]:
        raise ValueError("what similar series say is given for each series, or for none")
    return prospects(rows, known, roll_up, periods, wide, lengths, similar)


def _within(changed: Floats, drawn: Floats, whole: float) -> tuple[Floats, bool]:
    """Periods that are shares of one `whole`, none of which an event makes more than it."""
    return within_whole(changed, drawn, np.full_like(changed, whole))


def _outturn(one: Prospect, months: Floats, roll_up: str, periods: int) -> Floats:
    """The outturn of each draw of the periods ahead, in the figures' unit."""
    if roll_up == LAST:
        over = one.to_date[-1:].repeat(months.shape[1])
        return np.asarray(months[-1] if months.shape[0] else over)
    total = one.to_date.sum() + months.sum(axis=0)
    return np.asarray(total / periods if roll_up == MEAN else total)


def _quotient(above: Floats, below: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)
