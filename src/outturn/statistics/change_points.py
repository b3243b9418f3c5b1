"""Where a series may have changed its level: questions for the people who know, never facts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.control_charts import ControlLimits
from outturn.statistics.series import Flags, Floats, Whole, in_segments, series, streaks

CHANCE = 0.01  # how often a series of pure noise may raise a question
FEWEST = 6  # figures on either side of a change
LONG_ROW = 8  # points beyond the mean after which a new step is worth asking about


@dataclass(frozen=True)
class PossibleChange:
    """A place where the level of a series may have changed.

    `place` is the first period (from 0) after the change; `before` and `after` are the medians on
    either side, in the figures' unit; `p` is how often noise would show as much.
    """

    place: int
    p: float
    before: float
    after: float

    def asked(self, period: str) -> str:
        """The question, with the name of the period at `place`."""
        return f"Did something change in {period}?"


def possible_changes(
    values: npt.ArrayLike, *, chance: float = CHANCE, fewest: int = FEWEST
) -> list[tuple[PossibleChange, ...]]:
    """Where each series may have changed its level, in order of time: one tuple for each series.

    Time runs along the last axis; a table of series is taken row by row, and a plain list is one
    series. Pettitt's test finds the place where the ranks before and after differ most; if noise
    would show as much in no more than `chance` of series, the place is kept and both sides are
    looked at again. Each side has `fewest` figures at the least. Gaps are passed over. A `chance`
    outside 0 to 1, or `fewest` below 2, raises `ValueError`. Does not allow for seasons or for
    months that resemble the ones before, which raise more questions than they should; does not move
    any limit.

    Source: Pettitt (1979), A non-parametric approach to the change-point problem, Applied
    Statistics 28; Scott and Knott (1974) on dividing again. Asking and not telling: reference, 9.4.

    >>> [found] = possible_changes([5, 6, 5, 7, 6, 5, 6, 7, 9, 11, 10, 12, 11, 10, 12, 11])
    >>> [(one.place, one.before, one.after, one.asked("October")) for one in found]
    [(8, 6.0, 11.0, 'Did something change in October?')]
    """
    if not 0 < chance < 1 or fewest < 2:
        raise ValueError("a chance lies between 0 and 1, and a side has two figures at least")
    figures = series(values)
    rows = figures.reshape(-1, figures.shape[-1])
    looked_at = _may_change(rows, chance, fewest)
    return [
        tuple(_changes(row, chance, fewest)) if may else ()
        for row, may in zip(rows, looked_at, strict=True)
    ]


def steps_to_consider(
    values: npt.ArrayLike, limits: ControlLimits, segment: npt.ArrayLike | None = None
) -> Whole:
    """Where the last long row of each series began: a place from 0, or -1 where there is none.

    A row is of eight points or more on one side of the mean that has not ended by the last period.
    It is a reason to ask whether the process changed, and for a person to declare a step with its
    reason; limits do not move by themselves. A gap ends a row. Does not judge the cause.

    Source: reference, 9.4 (a run of 8 or more beyond the mean: consider a step).

    >>> from outturn.statistics.control_charts import xmr_limits
    >>> figures = [5, 4, 6, 5, 3, 4, 9, 8, 9, 9, 8, 9, 8, 9]
    >>> int(steps_to_consider(figures, xmr_limits(figures)))
    6
    """
    figures = series(values)
    with np.errstate(invalid="ignore"):
        side = np.nan_to_num(np.sign(figures - limits.centre)).astype(np.int8)
    row = streaks(side, in_segments(figures, segment).starts)[..., -1]
    return np.where(row >= LONG_ROW, figures.shape[-1] - row, -1)


def _may_change(rows: Floats, chance: float, fewest: int) -> Flags:
    """Which series to look at one by one: those with a gap, and those with a first cut.

    Most have none, and all of them together are told so at once.
    """
    gap = np.isnan(rows).any(axis=-1)
    n = rows.shape[-1]
    if n < 2 * fewest:
        return np.asarray(gap)
    from scipy.stats import rankdata

    ranks = rankdata(rows, axis=-1)
    excess = np.abs(2 * np.cumsum(ranks, axis=-1)[:, :-1] - np.arange(1, n) * (n + 1))
    most = excess[:, fewest - 1 : n - fewest].max(axis=-1)
    p = 2 * np.exp(-6 * most**2 / (n**3 + n**2))
    return np.asarray(gap | (p <= chance * (1 + 1e-9)))  # the last bit is for `_cuts` to decide


def _changes(row: Floats, chance: float, fewest: int) -> list[PossibleChange]:
    """The changes of one series, earliest first."""
    places = np.flatnonzero(~np.isnan(row))
    cuts = sorted(_cuts(row[places], 0, chance, fewest))
    edges = [0, *(at for at, _ in cuts), places.size]
    level = [
        float(np.median(row[places[a:b]])) for a, b in zip(edges, edges[1:], strict=False) if b > a
    ]
    return [
        PossibleChange(int(places[at]), p, level[number], level[number + 1])
        for number, (at, p) in enumerate(cuts)
    ]


def _cuts(figures: Floats, offset: int, chance: float, fewest: int) -> list[tuple[int, float]]:
    """The cuts of a stretch without gaps, with how often noise shows as much."""
    n = figures.size
    if n < 2 * fewest:
        return []
    ordered = np.sort(figures)
    below, upto = (np.searchsorted(ordered, figures, side) for side in ("left", "right"))
    ranks = (below + upto + 1) / 2  # equal figures share the mean of their places
    before = np.arange(1, n)
    excess = np.abs(2 * np.cumsum(ranks)[:-1] - before * (n + 1))
    at = int(np.argmax(excess[fewest - 1 : n - fewest])) + fewest
    p = min(1.0, 2 * float(np.exp(-6 * excess[at - 1] ** 2 / (n**3 + n**2))))
    if p > chance:
        return []
    left = _cuts(figures[:at], offset, chance, fewest)
    right = _cuts(figures[at:], offset + at, chance, fewest)
    return [*left, (offset + at, p), *right]
