"""The run chart: a line of figures and its median, for series too short for limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from outturn.statistics.chart_rules import part_of_run, shift_ends, trends
from outturn.statistics.columns import special
from outturn.statistics.series import Flags, Floats, Signs, Whole, in_segments, series, streaks

SHIFT = 6  # points in a row on one side of the median
TREND = 5  # points in a row that rise or fall
EACH_TAIL = 0.025  # too few or too many runs, in one of forty series without a cause
FEWEST_FOR_RUNS = 10  # points off the median


@dataclass(frozen=True)
class RunChart:
    """What a run chart shows of each segment, told at each of its periods.

    `shift` and `trend` are 1 or -1 at the points of a row. `useful` counts the points off the
    median, `runs` the rows they form; `fewest` and `most` are the numbers of runs still expected of
    noise, and `longest_expected` the longest row. `crossings_expected` is the smallest number of
    times that noise crosses the median.
    """

    median: Floats
    shift: Signs
    trend: Signs
    useful: Whole
    runs: Whole
    fewest: Whole
    most: Whole
    longest: Whole
    longest_expected: Whole
    crossings_expected: Whole

    @property
    def has_too_few_runs(self) -> Flags:
        return np.asarray((self.useful >= FEWEST_FOR_RUNS) & (self.runs < self.fewest))

    @property
    def has_too_many_runs(self) -> Flags:
        return np.asarray((self.useful >= FEWEST_FOR_RUNS) & (self.runs > self.most))

    @property
    def is_unusual(self) -> Flags:
        """The two rules of Anhøj: a row too long, or too few crossings of the median."""
        few = self.runs - 1 < self.crossings_expected
        told = self.useful >= FEWEST_FOR_RUNS
        return np.asarray(told & ((self.longest > self.longest_expected) | few))


def run_chart(
    values: npt.ArrayLike,
    segment: npt.ArrayLike | None = None,
    *,
    shift: int = SHIFT,
    trend: int = TREND,
) -> RunChart:
    """The median of each segment, in the figures' unit, and the rows of points around it.

    Points on the median, and gaps, belong to no row and end none. A trend is of points that each
    rise or each fall; a point equal to the one before is passed over. Runs are judged by their
    exact distribution, given how many points lie above and below the median, and only from ten
    such points. A length below 3 raises `ValueError`. Does not give limits.

    Source: Perla, Provost and Murray (2011), The run chart, BMJ Quality and Safety 20; Swed and
    Eisenhart (1943), Annals of Mathematical Statistics 14; Anhøj and Olesen (2014), Run charts
    revisited, PLoS ONE 9(11); reference, 9.5.

    >>> found = run_chart([3, 4, 2, 3, 4, 2, 7, 8, 9, 7, 8, 9])
    >>> float(found.median[0]), int(found.runs[0]), int(found.fewest[0])
    (5.5, 2, 4)
    >>> found.shift.tolist()
    [-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1]
    """
    if shift < 3 or trend < 3:
        raise ValueError("a shift or a trend is of three points at least")
    figures = series(values)
    within = in_segments(figures, segment)
    median = within.median(figures, ~np.isnan(figures))
    with np.errstate(invalid="ignore"):
        side = np.sign(np.nan_to_num(figures - median)).astype(np.int8)
    off = _Packed(side != 0, within.starts)
    sides = off.pack(side)
    row = streaks(sides, off.starts)
    in_row = part_of_run(shift_ends(sides, off.starts, length=shift), shift)
    changes = _Packed(_changes(figures, within.starts), within.starts)
    moving = trends(changes.pack(figures), changes.starts, length=trend)
    above, below = within.count(side > 0), within.count(side < 0)
    useful = above + below
    fewest, most, crossings = _expected_runs(above, below)
    longest_expected = np.round(np.log2(np.maximum(useful, 1))).astype(np.int64) + 3
    runs, longest = within.count(off.unpack(row == 1)), within.largest(off.unpack(row))

    def told(one: Whole) -> Whole:
        return np.broadcast_to(one, figures.shape)

    return RunChart(
        median=np.broadcast_to(median, figures.shape),
        shift=off.unpack(np.where(in_row, sides, 0).astype(np.int8)),
        trend=changes.unpack(moving),
        useful=told(useful),
        runs=told(runs),
        fewest=told(fewest),
        most=told(most),
        longest=told(longest),
        longest_expected=told(longest_expected),
        crossings_expected=told(crossings),
    )


class _Packed:
    """Each series without the points that a rule passes over, so that rows close up."""

    def __init__(self, kept: Flags, starts: Flags) -> None:
        self.kept = kept
        self.place = np.argsort(~kept, axis=-1, kind="stable")  # those kept come first
        self.is_kept = np.take_along_axis(kept, self.place, axis=-1)
        group = np.take_along_axis(np.cumsum(starts, axis=-1), self.place, axis=-1)
        self.starts = np.ones(kept.shape, dtype=bool)
        self.starts[..., 1:] = group[..., 1:] != group[..., :-1]

    def pack(self, values: Any) -> Any:
        nothing = np.nan if values.dtype == np.float64 else 0
        return np.where(self.is_kept, np.take_along_axis(values, self.place, axis=-1), nothing)

    def unpack(self, packed: Any) -> Any:
        found = np.zeros_like(packed)
        np.put_along_axis(found, self.place, packed, axis=-1)
        return found


def _changes(figures: Floats, starts: Flags) -> Flags:
    """Where a figure is there and differs from the last one before it in its segment."""
    known = ~np.isnan(figures)
    place = np.where(known | starts, np.arange(figures.shape[-1]), 0)
    held = np.take_along_axis(figures, np.maximum.accumulate(place, axis=-1), axis=-1)
    found = known.copy()
    found[..., 1:] &= starts[..., 1:] | (figures[..., 1:] != held[..., :-1])
    return found


def _expected_runs(above: Whole, below: Whole) -> tuple[Whole, Whole, Whole]:
    """The fewest and the most runs, and the fewest crossings, expected of noise.

    Worked out once for each pair of numbers above and below the median that occurs.
    """
    from scipy.stats import binom

    base = int(above.size and below.max()) + 1
    pairs, where = np.unique((above * base + below).ravel(), return_inverse=True)
    each = [_limits_of_runs(int(one) // base, int(one) % base) for one in pairs]
    useful = pairs // base + pairs % base
    crossings = binom.ppf(0.05, np.maximum(useful - 1, 0), 0.5)
    limits = np.column_stack([np.array(each).reshape(-1, 2), crossings]).astype(np.int64)
    found = limits[where].reshape(*above.shape, 3)
    return found[..., 0], found[..., 1], found[..., 2]


def _limits_of_runs(above: int, below: int) -> tuple[int, int]:
    """The smallest and largest number of runs beyond which each tail has at most one in forty."""
    if min(above, below) == 0:
        return min(above + below, 1), min(above + below, 1)
    runs = np.arange(2, above + below + 1)
    pairs = runs // 2
    odd = np.logaddexp(
        _choose(above - 1, pairs) + _choose(below - 1, pairs - 1),
        _choose(above - 1, pairs - 1) + _choose(below - 1, pairs),
    )
    even = np.log(2) + _choose(above - 1, pairs - 1) + _choose(below - 1, pairs - 1)
    chance = np.exp(np.where(runs % 2, odd, even) - _choose(above + below, np.array([above])))
    few, many = np.cumsum(chance), np.cumsum(chance[::-1])[::-1]
    fewest = runs[few > EACH_TAIL][0]
    most = runs[many > EACH_TAIL][-1]
    return int(fewest), int(most)


def _choose(of: int, take: Whole) -> Floats:
    """The logarithm of the number of ways to take so many; minus infinity where there is none."""
    possible = (take >= 0) & (take <= of)
    held = np.where(possible, take, 0)
    gammaln = special("gammaln")
    ways = gammaln(of + 1) - gammaln(held + 1) - gammaln(of - held + 1)
    return np.where(possible, ways, -np.inf)
