"""Many series at once: time along the last axis, one row for each series, not-a-number for a gap.

The control charts, trends and forecasts of this room all take such tables, and give back tables of
the same shape, or one answer for each series. A single series may be given as a plain list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int8]
Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.str_]


def series(values: npt.ArrayLike) -> Floats:
    """The values as floats with time along the last axis, in the unit they came in.

    A list of numbers is one series; `None` and not-a-number are periods without a figure. An
    infinite value is refused with `ValueError`: it is the trace of a division by zero, not a
    figure. Does not put periods in order or fill gaps.

    Source: the shape used throughout this room.

    >>> series([1, None, 3]).tolist()
    [1.0, nan, 3.0]
    """
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 0:
        raise ValueError("a series needs at least one period: give a list of figures")
    if np.isinf(found).any():
        raise ValueError("a figure is infinite: was something divided by zero?")
    return found


def latest(values: npt.ArrayLike) -> Floats:
    """The last figure of each series that is there, in its own unit.

    Not-a-number for a series without any. For a target that changes over time this is the target
    in force in the last period. Does not look beyond the periods it is given.

    Source: the making-data-count convention that the latest target decides (reference, 9.3).

    >>> latest([[90.0, 95.0, None], [None, None, None]]).tolist()
    [95.0, nan]
    """
    found = series(values)
    if found.shape[-1] == 0:
        return np.full(found.shape[:-1], np.nan)
    known = ~np.isnan(found)
    last = found.shape[-1] - 1 - np.argmax(known[..., ::-1], axis=-1)
    return np.asarray(np.take_along_axis(found, last[..., None], axis=-1)[..., 0])


def segment_numbers(periods: int, starts: npt.ArrayLike = ()) -> Whole:
    """The number of the segment that each of so many periods is in, from 0.

    `starts` are the places (from 0) of the periods at which somebody declared a step: each begins
    a new segment. A place outside the series raises `ValueError`. Does not look for steps: limits
    move only where the cause is known and somebody answers for it.

    Source: NHS England, Making Data Count, on re-calculating limits; reference, 9.4.

    >>> segment_numbers(6, starts=[4]).tolist()
    [0, 0, 0, 0, 1, 1]
    """
    places = np.asarray(starts, dtype=np.int64).ravel()
    if places.size and (places.min() < 0 or places.max() >= periods):
        raise ValueError(f"a step must lie within the series, at a place from 0 to {periods - 1}")
    begins = np.zeros(periods, dtype=np.int64)
    begins[places[places > 0]] = 1
    return np.cumsum(begins)


def since_last_step(values: npt.ArrayLike, segment: npt.ArrayLike | None) -> Floats:
    """The figures of the last segment of each series, in their own unit; earlier ones missing.

    `segment` numbers the segments as for `in_segments`. What looks for a trend or forecasts takes
    figures through here first, so that a break in a series binds it too. Does not shorten a series:
    the places of the periods stay.

    Source: reference, 9.4 and 12.2 (only the latest segment of a series that was rebased).

    >>> since_last_step([8, 9, 2, 3], [0, 0, 1, 1]).tolist()
    [nan, nan, 2.0, 3.0]
    """
    figures = series(values)
    if segment is None or figures.shape[-1] == 0:
        return figures
    numbers = np.broadcast_to(np.asarray(segment, dtype=np.int64), figures.shape)
    return np.where(numbers == numbers[..., -1:], figures, np.nan)


@dataclass(frozen=True)
class WholeSeries:
    """Each series as one segment. What is told of a segment has one column."""

    starts: Flags  # in the shape of the series: the first period of a segment

    @property
    def shape(self) -> tuple[int, ...]:
        return self.starts.shape

    def count(self, of: Flags) -> Whole:
        """How many cells are meant in each segment."""
        return np.asarray(of.sum(axis=-1, keepdims=True, dtype=np.int64))

    def total(self, values: Floats, of: Flags) -> Floats:
        """The sum of the cells meant in each segment."""
        return np.asarray(_filled(values, of, 0.0).sum(axis=-1, keepdims=True))

    def mean(self, values: Floats, of: Flags) -> Floats:
        """The mean of the cells meant in each segment; not-a-number where none is."""
        number = self.count(of)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(number > 0, self.total(values, of) / number, np.nan)

    def extremes(self, values: Floats, of: Flags) -> tuple[Floats, Floats]:
        """The smallest and largest of the cells meant; infinite where none is."""
        low = _filled(values, of, np.inf).min(axis=-1, keepdims=True, initial=np.inf)
        high = _filled(values, of, -np.inf).max(axis=-1, keepdims=True, initial=-np.inf)
        return np.asarray(low), np.asarray(high)

    def median(self, values: Floats, of: Flags) -> Floats:
        """The median of the cells meant in each segment; not-a-number where none is."""
        if values.shape[-1] == 0:
            return np.full((*values.shape[:-1], 1), np.nan)
        ranked = np.sort(np.where(of, values, np.nan), axis=-1)  # not-a-number sorts last
        number = self.count(of)
        low = np.take_along_axis(ranked, np.maximum(number - 1, 0) // 2, axis=-1)
        high = np.take_along_axis(ranked, np.minimum(number // 2, np.maximum(number - 1, 0)), -1)
        return np.asarray((low + high) / 2)

    def largest(self, values: Whole) -> Whole:
        """The largest of the values in each segment; 0 at the least."""
        return np.asarray(values.max(axis=-1, keepdims=True, initial=0))

    def differences(self, values: Floats) -> Floats:
        """Each value less the one before; not-a-number across a step or a gap."""
        found = np.empty(self.shape)
        np.subtract(values[..., 1:], values[..., :-1], out=found[..., 1:])
        found[self.starts] = np.nan  # the first column among them
        return found

    def ordinals(self, of: Flags) -> Whole:
        """The how-manieth of the cells meant each cell is within its segment, from 1."""
        running = np.cumsum(of, axis=-1)
        before = np.where(self.starts, running - of, 0)
        return np.asarray(running - np.maximum.accumulate(before, axis=-1))


@dataclass(frozen=True)
class Segments(WholeSeries):
    """Series with declared steps. What is told of a segment is told at each of its cells."""

    key: Whole  # as many as there are cells, the same for the cells of one segment
    groups: int

    def count(self, of: Flags) -> Whole:
        found = np.bincount(self.key, weights=of.ravel(), minlength=self.groups)
        return np.asarray(self._at_cells(found), dtype=np.int64)

    def total(self, values: Floats, of: Flags) -> Floats:
        kept = np.where(of, values, 0.0).ravel()
        return self._at_cells(np.bincount(self.key, weights=kept, minlength=self.groups))

    def extremes(self, values: Floats, of: Flags) -> tuple[Floats, Floats]:
        begins = np.flatnonzero(self.starts.ravel())  # segments lie one after the other
        if not begins.size:
            return np.full(self.shape, np.inf), np.full(self.shape, -np.inf)
        low = np.minimum.reduceat(np.where(of, values, np.inf).ravel(), begins)
        high = np.maximum.reduceat(np.where(of, values, -np.inf).ravel(), begins)
        return self._at_cells(low), self._at_cells(high)

    def median(self, values: Floats, of: Flags) -> Floats:
        held = np.where(of, values, np.nan).ravel()
        ranked = held[np.lexsort((held, self.key))]  # not-a-number sorts last in each segment
        size = np.bincount(self.key, minlength=self.groups)
        number = np.bincount(self.key, weights=of.ravel(), minlength=self.groups).astype(int)
        first, last = np.cumsum(size) - size, np.maximum(number - 1, 0)
        found = (ranked[first + last // 2] + ranked[first + np.minimum(number // 2, last)]) / 2
        return self._at_cells(found)

    def largest(self, values: Whole) -> Whole:
        found = np.zeros(self.groups, dtype=np.int64)
        np.maximum.at(found, self.key, values.ravel())
        return np.asarray(found[self.key].reshape(self.shape))

    def _at_cells(self, of_groups: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.asarray(of_groups[self.key].reshape(self.shape))


def in_segments(values: Floats, segment: npt.ArrayLike | None) -> WholeSeries:
    """The segments of these series.

    `segment` gives a number to each period, as `segment_numbers` does, for all series alike or for
    each its own; without it each series is one segment. Numbers that fall raise `ValueError`.
    Does not check who declared the steps.

    Source: this room.

    >>> in_segments(series([3, 1, 4, 1]), [0, 0, 1, 1]).starts.tolist()
    [True, False, True, False]
    """
    starts = np.zeros(values.shape, dtype=bool)
    starts[..., :1] = True
    if segment is None:
        return WholeSeries(starts)
    numbers = np.broadcast_to(np.asarray(segment, dtype=np.int64), values.shape)
    steps = np.diff(numbers, axis=-1)
    if (steps < 0).any():
        raise ValueError("the numbers of segments must not fall as time passes")
    starts[..., 1:] = steps > 0
    key = np.cumsum(starts.ravel()) - 1
    return Segments(starts, key, int(key[-1]) + 1 if key.size else 0)


def _filled(values: Floats, of: Flags, other: float) -> Floats:
    """The values with another number in the cells not meant; the values themselves if all are."""
    # Most series have no gap, and a look at the flags costs far less than a copy of the figures.
    return values if of.all() else np.where(of, values, other)


def streaks(signs: npt.NDArray[Any], starts: Flags) -> Whole:
    """How many cells in a row, up to and with this one, have this cell's sign; 0 where it is 0.

    `starts` marks where a row begins anew. Does not skip zeros: a zero ends a streak.

    Source: elementary.

    >>> streaks(np.array([1, 1, 0, -1, -1, -1]), np.array([True] + [False] * 5)).tolist()
    [1, 2, 0, 1, 2, 3]
    """
    place = np.arange(signs.shape[-1])
    breaks = starts.copy()
    breaks[..., 1:] |= signs[..., 1:] != signs[..., :-1]
    last = np.maximum.accumulate(np.where(breaks, place, 0), axis=-1)
    return np.where(signs != 0, place - last + 1, 0)
