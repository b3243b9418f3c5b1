"""The rules that tell a special cause from common noise, and which of them goes first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from outturn.statistics.control_charts import ControlLimits
from outturn.statistics.series import Flags, Signs, in_segments, series

SHIFT = 7  # points in a row on one side of the mean
TREND = 7  # points in a row that rise or fall; 6 by choice
LENGTHS = range(5, 10)


class Rule(IntEnum):
    """Which rule a point meets. Where it meets several, the lowest number goes first."""

    NONE = 0
    OUTSIDE = 1
    TREND = 2
    TWO_OF_THREE = 3
    SHIFT = 4


@dataclass(frozen=True)
class SpecialCauses:
    """For each point: the rule that goes first, which way it points, and every rule it meets.

    `direction` is 1 for high or rising, -1 for low or falling, 0 for common cause.
    """

    rule: Signs
    direction: Signs
    outside: Signs
    trend: Signs
    two_of_three: Signs
    shift: Signs


def special_causes(
    values: npt.ArrayLike,
    limits: ControlLimits,
    segment: npt.ArrayLike | None = None,
    *,
    shift: int = SHIFT,
    trend: int = TREND,
) -> SpecialCauses:
    """Which points show a special cause, by which rule and in which direction (codes, no unit).

    Outside the limits (strictly); `trend` points that each rise or each fall; two of three
    neighbours on one side beyond the near limits but within the limits; `shift` points on one side
    of the mean. That is also their precedence. All rules begin anew at a segment and after a gap;
    a point on the mean, or equal to its neighbour, ends a row. A period without a figure meets no
    rule. In a thin segment only points outside the limits count. A length outside 5 to 9 raises
    `ValueError`. Does not say whether a change is good: `variation` does.

    Source: NHS England, Making Data Count, as in NHSRplotthedots; reference, 9.2.

    >>> from outturn.statistics.control_charts import xmr_limits
    >>> figures = [3, 5, 4, 5, 3, 4, 5, 3, 4, 5, 3, 12]
    >>> found = special_causes(figures, xmr_limits(figures))
    >>> Rule(found.rule[-1]).name, int(found.direction[-1]), int(found.rule[:-1].max())
    ('OUTSIDE', 1, 0)
    """
    if shift not in LENGTHS or trend not in LENGTHS:
        raise ValueError("a shift or a trend is of 5 to 9 points")
    figures = series(values)
    starts = in_segments(figures, segment).starts
    with np.errstate(invalid="ignore"):
        outside = _sign(figures > limits.upper, figures < limits.lower)
        side = _sign(figures > limits.centre, figures < limits.centre)
        beyond = _sign(figures > limits.near_upper, figures < limits.near_lower)
    quiet = limits.is_thin
    near = (beyond != 0) & (outside == 0) & ~quiet
    pair = np.where(part_of_two_in_three(near, side, starts), side, 0).astype(np.int8)
    ends = shift_ends(np.where(quiet, 0, side).astype(np.int8), starts, length=shift)
    moved = np.where(part_of_run(ends, shift), side, 0).astype(np.int8)
    rises = trends(np.where(quiet, np.nan, figures), starts, length=trend)
    met = (outside, rises, pair, moved)  # in the order of precedence
    rule = np.select([one != 0 for one in met], list(Rule)[1:], Rule.NONE).astype(np.int8)
    direction = np.select([one != 0 for one in met], met, 0).astype(np.int8)
    return SpecialCauses(rule, direction, *met)


def shift_ends(side: npt.ArrayLike, starts: Flags | None = None, *, length: int = SHIFT) -> Flags:
    """The last point of each row of `length` points on one side of the mean, whichever side.

    `side` is 1 above the mean, -1 below it, 0 on it. `starts` marks where a row begins anew. A
    longer row has a marker at every point from the `length`th. Does not mark the other points:
    `part_of_run` does.

    Source: NHSRplotthedots; reference, 9.2, rule 2.

    >>> shift_ends([0, -1, -1, -1, -1, -1, -1, -1]).tolist()
    [False, False, False, False, False, False, False, True]
    """
    sides = np.asarray(side, dtype=np.int8)
    return _in_a_row(_goes_on(sides, _starts(sides, starts)), length - 1)


def trend_ends(values: npt.ArrayLike, starts: Flags | None = None, *, length: int = TREND) -> Signs:
    """The last point of each row of `length` points that rise (1) or fall (-1) throughout.

    Such a row has one change fewer than points; two equal neighbours, or a gap, end it. `starts`
    marks where a row begins anew. Does not mark the other points of the row.

    Source: NHSRplotthedots; reference, 9.2, rule 3.

    >>> trend_ends([1, 2, 3, 4, 5, 6, 7]).tolist()
    [0, 0, 0, 0, 0, 0, 1]
    """
    figures = series(values)
    begins = _starts(figures, starts)
    changes = np.zeros(figures.shape, dtype=np.int8)
    with np.errstate(invalid="ignore"):
        steps = np.diff(figures, axis=-1)
        changes[..., 1:] = _sign(steps > 0, steps < 0)
    changes[begins] = 0
    changes[~_in_a_row(_goes_on(changes, begins), length - 2)] = 0
    return changes


def trends(values: npt.ArrayLike, starts: Flags | None = None, *, length: int = TREND) -> Signs:
    """The direction, 1 or -1, of every point in a row of `length` that rise or fall throughout.

    Takes the same as `trend_ends`. The turning point between two trends takes the direction of
    the later one. Does not say by how much.

    Source: NHSRplotthedots; reference, 9.2, rule 3.

    >>> trends([9, 1, 2, 3, 4, 5, 6, 7, 0]).tolist()
    [0, 1, 1, 1, 1, 1, 1, 1, 0]
    """
    return _latest_cover(trend_ends(values, starts, length=length), length)


def part_of_run(ends: npt.ArrayLike, length: int) -> Flags:
    """Every point of the rows whose last points are marked.

    `ends` holds markers as `shift_ends` and `trend_ends` give them; a marker covers its own point
    and the `length` - 1 before. Does not tell the direction.

    Source: NHSRplotthedots; reference, 9.2.

    >>> part_of_run([0, 0, 0, 1, 0], 3).tolist()
    [False, True, True, True, False]
    """
    return np.asarray(_latest_cover(np.asarray(ends, dtype=np.int8), length) != 0)


def two_in_three(near: npt.ArrayLike, side: npt.ArrayLike, starts: Flags | None = None) -> Flags:
    """Every point of three neighbours on one side of the mean, at least two of them near a limit.

    `near` marks points beyond a near limit and within the limits; `side` is 1, -1 or 0. `starts`
    marks where the rules begin anew. Includes the third point, which need not be near.

    Source: NHSRplotthedots; reference, 9.2, rule 4.

    >>> two_in_three([1, 0, 1, 0], [1, 1, 1, -1]).tolist()
    [True, True, True, False]
    """
    close = np.asarray(near, dtype=np.int8)
    sides = np.asarray(side, dtype=np.int8)
    found = np.zeros(close.shape, dtype=np.int8)
    alike = _in_a_row(_goes_on(sides, _starts(sides, starts)), 2)
    both = close[..., 2:] + close[..., 1:-1] + close[..., :-2] >= 2
    found[..., 2:] = both & alike[..., 2:]
    return part_of_run(found, 3)


def part_of_two_in_three(
    near: npt.ArrayLike, side: npt.ArrayLike, starts: Flags | None = None
) -> Flags:
    """The points of `two_in_three` that are themselves near a limit: those that are coloured.

    Takes the same as `two_in_three`. Does not include the third point where it is not near.

    Source: NHSRplotthedots; reference, 9.2, rule 4.

    >>> part_of_two_in_three([1, 0, 1, 0], [1, 1, 1, -1]).tolist()
    [True, False, True, False]
    """
    return np.asarray(two_in_three(near, side, starts) & (np.asarray(near) != 0))


def _goes_on(signs: Signs, starts: Flags) -> Flags:
    """Where a point has the sign of the one before it, which is not 0, in the same segment."""
    found = np.zeros(signs.shape, dtype=bool)
    found[..., 1:] = (signs[..., 1:] == signs[..., :-1]) & (signs[..., 1:] != 0) & ~starts[..., 1:]
    return found


def _in_a_row(flags: Flags, times: int) -> Flags:
    """Where this flag and so many less one before it are all set."""
    found = flags.copy()
    for back in range(1, times):
        found[..., back:] &= flags[..., :-back]
        found[..., :back] = False
    return found


def _latest_cover(ends: Signs, length: int) -> Signs:
    """The last marker that covers each point, 0 where none does."""
    found = ends.copy()
    for back in range(1, min(length, ends.shape[-1])):
        later = ends[..., back:]
        np.copyto(found[..., :-back], later, where=later != 0)
    return found


def _starts(values: npt.NDArray[np.generic], starts: Flags | None) -> Flags:
    if starts is not None:
        return starts
    begins = np.zeros(values.shape, dtype=bool)
    begins[..., :1] = True
    return begins


def _sign(up: Flags, down: Flags) -> Signs:
    return up.astype(np.int8) - down.astype(np.int8)
