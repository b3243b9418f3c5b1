"""The slope and the relative index of inequality over quantiles of deprivation, in the English way.

The last axis is the quantiles of one place in their order, usually from most to least deprived. A
Scottish relative index is another quantity and is in `scottish_inequality`: never in one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Interval, Numbers, floats, refuse_where, special
from outturn.statistics.method_sets import upper_tail, z_score

OTHER, RATE, PROPORTION = "other", "rate", "proportion"
INDICES = ("slope", "relative")
FEWEST, MOST = 5, 100  # quantiles
LEAST_DRAWS, DRAWS = 1000, 100_000
_AT_ONCE = 4096  # draws that are worked on together, so that they stay in the processor's cache


class SlopeIndex(NamedTuple):
    """Per place: slope index in the figure's unit, relative index, and the line at rank 0."""

    sii: Numbers
    rii: Numbers
    intercept: Numbers


class SlopeLimits(NamedTuple):
    """Per place: the limits of both indices. The seed and the draws belong beside them."""

    sii: Interval
    rii: Interval


def slope_index(
    value: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    kind: str = OTHER,
    per: float = 1,
    transform: bool = False,
) -> SlopeIndex:
    """The slope and relative index of inequality of each place; the slope in units of `per`.

    Tables of shape (..., quantiles), 5 to 100 of them. `kind` is "other", "rate" or "proportion";
    `transform` fits the logarithm of a rate or the logit of a proportion. A negative `per`, where a
    low figure is bad, turns the sign of the slope and inverts the ratio. Refuses a population of
    zero or less, a proportion outside 0 to 1, a transform of "other" and other numbers of
    quantiles. A place with a missing quantile is missing. Does not rank the quantiles.

    Source: Low and Low (2004), Measuring the gap: quantifying and comparing local health
    inequalities, Journal of Public Health 26(4); package PHEindicatormethods 2.1.

    >>> found = slope_index([10.0, 9.0, 8.0, 7.0, 6.0], [100] * 5)
    >>> round(float(found.sii), 6), round(float(found.rii), 4), round(float(found.intercept), 6)
    (-5.0, 0.5238, 10.5)
    """
    v, people = floats(value, population)
    _refuse(v, people, kind, per, transform)
    weights = _line(people)
    start, slope = _fitted(_to_scale(v, kind if transform else OTHER), weights)
    ends = start, start + slope
    if transform:
        ends = _from_scale(ends[0], kind), _from_scale(ends[1], kind)
    with np.errstate(divide="ignore", invalid="ignore"):
        rii = ends[0] / ends[1] if per < 0 else ends[1] / ends[0]
    intercept = ends[0] * abs(per) if transform else ends[0]
    return SlopeIndex(per * (ends[1] - ends[0]), rii, intercept)


def slope_index_limits(
    value: npt.ArrayLike,
    population: npt.ArrayLike,
    error: npt.ArrayLike,
    *,
    seed: int,
    draws: int = DRAWS,
    kind: str = OTHER,
    per: float = 1,
    transform: bool = False,
    confidence: float = 0.95,
) -> SlopeLimits:
    """Limits of the slope and relative index by simulation, in the units of `slope_index`.

    As `slope_index`, with the standard error of each value on the scale of its kind, as
    `error_of_limits` gives it: of the logarithm for "rate", of the logit for "proportion". Refuses
    negative errors and fewer than 1,000 draws. The limits depend on `seed` and `draws`, which are
    to be kept and told; every place uses the same draws, so its limits do not depend on who else is
    in the table. The line's height at the middle is held where figures are transformed. Does not
    suit quantiles that depend on one another.

    Source: as `slope_index`.

    >>> rates, people, error = [10.0, 9.0, 8.0, 7.0, 6.0], [100] * 5, [0.3] * 5
    >>> limits = slope_index_limits(rates, people, error, seed=1)
    >>> [round(float(limit), 1) for limit in limits.sii]
    [-5.9, -4.1]
    """
    tail = upper_tail(confidence)
    places = [max(round(draws * share) - 1, 0) for share in (1 - tail, tail)]
    drawn = _Drawn(value, population, error, kind, per, transform, seed, draws)
    found = np.full((*drawn.shape, 4), np.nan)
    for place in drawn.complete():
        if transform:
            found[place] = drawn.turned_limits(place, places)
        else:
            both = drawn.indices(place)
            found[place] = [limit for one in both for limit in _at_places(one, places)]
    sii, rii = found[..., :2], found[..., 2:]
    return SlopeLimits(Interval(sii[..., 0], sii[..., 1]), Interval(rii[..., 0], rii[..., 1]))


def slope_index_below(
    value: npt.ArrayLike,
    population: npt.ArrayLike,
    error: npt.ArrayLike,
    levels: npt.ArrayLike,
    *,
    seed: int,
    index: str,
    draws: int = DRAWS,
    kind: str = OTHER,
    per: float = 1,
) -> Numbers:
    """The chance, 0 to 1, that an index of inequality is below each level; (..., levels).

    `index` is "slope" or "relative"; `levels`, of shape (..., levels), are in its unit. The chance
    is the share of the draws that `slope_index_limits` makes its limits of, figures untransformed,
    that lie below; a draw on a level counts half. Refuses as it does. A missing level has none, nor
    has a place with a missing quantile. Does not suit quantiles that depend on one another.

    Source: as `slope_index_limits`: the simulated distribution is taken for what is believed.

    >>> rates, people, error = [10.0, 9.0, 8.0, 7.0, 6.0], [100] * 5, [0.3] * 5
    >>> below = slope_index_below(rates, people, error, [-9, -5, 0], seed=1, index="slope")
    >>> below.round(2).tolist()
    [0.0, 0.5, 1.0]
    """
    if index not in INDICES:
        raise ValueError(f"no such index: {index}")
    drawn = _Drawn(value, population, error, kind, per, False, seed, draws)
    (at,) = floats(levels)
    wide = np.broadcast_to(at, (*drawn.shape, at.shape[-1]))
    found = np.full(wide.shape, np.nan)
    for place in drawn.complete():
        ours = drawn.indices(place)[INDICES.index(index)]
        under = (ours[:, None] < wide[place]).sum(axis=0) + (ours[:, None] <= wide[place]).sum(
            axis=0
        )
        found[place] = np.where(np.isnan(wide[place]), np.nan, under / (2 * draws))
    return found


def error_of_limits(lower: npt.ArrayLike, upper: npt.ArrayLike, kind: str = OTHER) -> Numbers:
    """The standard error that 95% limits stand for, on the scale of the kind of figure.

    Limits in one unit, always taken as 95%. Refuses a lower limit above its upper, a rate's limit
    of zero or less, and a proportion's outside 0 to 1. Missing in, missing out. Does not know how
    the limits were made.

    Source: as `slope_index`.

    >>> error_of_limits([8.0], [12.0]).round(4).tolist()
    [1.0204]
    """
    low, high = floats(lower, upper)
    _known_kind(kind)
    refuse_where(low > high, "a lower limit is above its upper limit")
    width: Numbers = _to_scale(high, kind) - _to_scale(low, kind)
    return width / (2 * z_score(0.95))


class _Line(NamedTuple):
    """What each quantile adds to the line at rank 0 and to its slope: both are sums of values."""

    start: Numbers
    slope: Numbers


def _line(people: Numbers) -> _Line:
    """Least squares on the mid-rank of each quantile, weighted by its share of people."""
    share = people / people.sum(axis=-1, keepdims=True)
    rank = np.cumsum(share, axis=-1) - share / 2
    mean = (share * rank).sum(axis=-1, keepdims=True)
    away = rank - mean
    slope = share * away / (share * away**2).sum(axis=-1, keepdims=True)
    return _Line(share - mean * slope, slope)


def _fitted(scaled: Numbers, weights: _Line) -> tuple[Numbers, Numbers]:
    start: Numbers = np.asarray((scaled * weights.start).sum(axis=-1))
    return start, np.asarray((scaled * weights.slope).sum(axis=-1))


class _Drawn:
    """The figures of each place, drawn again and again from their errors, and their lines."""

    def __init__(
        self,
        value: npt.ArrayLike,
        population: npt.ArrayLike,
        error: npt.ArrayLike,
        kind: str,
        per: float,
        transform: bool,
        seed: int,
        draws: int,
    ) -> None:
        v, people, self.error = floats(value, population, error)
        _refuse(v, people, kind, per, transform)
        refuse_where(self.error < 0, "a standard error is below zero")
        if draws < LEAST_DRAWS:
            raise ValueError(f"at least {LEAST_DRAWS} draws")
        self.kind, self.per, self.shape = kind, per, v.shape[:-1]
        self.middle, self.weights = _to_scale(v, kind), _line(people)
        self.known = np.asarray(~np.isnan(self.middle + self.error + people).any(axis=-1))
        chance = np.random.default_rng(seed).standard_normal((draws, v.shape[-1])).T
        # A row for each quantile: sums over them are then sums of whole rows, which is quick.
        self.chance = [
            np.ascontiguousarray(chance[:, begin : begin + _AT_ONCE])
            for begin in range(0, draws, _AT_ONCE)
        ]

    def complete(self) -> Iterator[tuple[int, ...]]:
        """The places without a missing quantile."""
        return (place for place in np.ndindex(self.shape) if self.known[place])

    def indices(self, place: tuple[int, ...]) -> tuple[Numbers, Numbers]:
        """The slope and the relative index of each draw of one place."""
        start, slope = self._lines(place, self.kind)
        with np.errstate(divide="ignore", invalid="ignore"):
            end = start + slope
            ratio = start / end if self.per < 0 else end / start
        return self.per * slope, ratio

    def turned_limits(
        self, place: tuple[int, ...], places: list[int]
    ) -> tuple[float, float, float, float]:
        """The limits where figures are transformed: the line turns about its middle."""
        _, slope = self._lines(place, OTHER)
        line = _Line(*(part[place] for part in self.weights))
        height = float((self.middle[place] * (line.start + line.slope / 2)).sum())
        return _at_slopes(_at_places(slope, places), height, self.kind, self.per)

    def _lines(self, place: tuple[int, ...], kind: str) -> tuple[Numbers, Numbers]:
        """The line at rank 0 and its slope, of each draw, from the scale of the kind."""
        weights = np.stack([part[place] for part in self.weights])
        error, middle = self.error[place][:, None], self.middle[place][:, None]
        found = []
        for chance in self.chance:
            drawn = chance * error
            drawn += middle
            found.append(weights @ _from_scale_in_place(drawn, kind))
        start, slope = np.concatenate(found, axis=1)
        return start, slope


def _at_places(draws: Numbers, places: list[int]) -> Numbers:
    """The draws at these two places of their order, from 0: a low one and a high one.

    All but the two tails are put aside first, for most of the time goes into their order.
    """
    low, high = places
    some = np.sort(draws[:: max(draws.size // LEAST_DRAWS, 1)])
    ends = (2 * low + 1) / draws.size, 1 - 2 * (draws.size - 1 - high) / draws.size
    edges = [some[min(max(int(end * some.size), 0), some.size - 1)] for end in ends]
    below, above = draws[draws <= edges[0]], draws[draws >= edges[1]]
    back = high - (draws.size - above.size)
    if np.isnan(draws).any() or not (low < below.size and 0 <= back):
        return np.asarray(np.partition(draws, places)[places])
    return np.array([np.partition(below, low)[low], np.partition(above, back)[back]])


def _at_slopes(
    slope: Numbers, height: float, kind: str, per: float
) -> tuple[float, float, float, float]:
    """The same where figures are transformed: the line turns about its middle."""
    low, high = _from_scale(height - slope / 2, kind), _from_scale(height + slope / 2, kind)
    gap, ratio = per * (high - low), high / low
    if per < 0:
        gap, ratio = gap[::-1], 1 / ratio[::-1]
    return (gap[0], gap[1], ratio[0], ratio[1])


def _to_scale(figures: Numbers, kind: str) -> Numbers:
    scaled: Numbers = figures
    if kind == RATE:
        refuse_where(figures <= 0, "a rate of zero or less has no logarithm")
        scaled = np.log(figures)
    elif kind == PROPORTION:
        refuse_where((figures <= 0) | (figures >= 1), "a proportion outside 0 to 1 has no logit")
        scaled = np.log(figures / (1 - figures))
    return scaled


def _from_scale(scaled: Numbers, kind: str) -> Numbers:
    if kind == RATE:
        return np.exp(scaled)
    return np.asarray(special("expit")(scaled)) if kind == PROPORTION else scaled


def _from_scale_in_place(scaled: Numbers, kind: str) -> Numbers:
    """As `_from_scale`, written over what is given: a page of memory for each draw is slow."""
    if kind == RATE:
        np.exp(scaled, out=scaled)
    elif kind == PROPORTION:
        np.negative(scaled, out=scaled)
        with np.errstate(over="ignore"):  # one over infinity is the nought that is meant
            np.exp(scaled, out=scaled)
        scaled += 1
        np.reciprocal(scaled, out=scaled)
    return scaled


def _refuse(v: Numbers, people: Numbers, kind: str, per: float, transform: bool) -> None:
    _known_kind(kind)
    if not v.ndim or not FEWEST <= v.shape[-1] <= MOST:
        raise ValueError(f"there are {FEWEST} to {MOST} quantiles")
    refuse_where(people <= 0, "a population is zero or less")
    if kind == PROPORTION:
        refuse_where((v < 0) | (v > 1), "a proportion lies outside 0 to 1")
    if transform and kind == OTHER:
        raise ValueError("only a rate or a proportion is transformed")
    if per == 0:
        raise ValueError("per is not zero")


def _known_kind(kind: str) -> None:
    if kind not in (OTHER, RATE, PROPORTION):
        raise ValueError(f"no such kind of figure: {kind}")
