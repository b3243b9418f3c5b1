"""What can be worked out of withheld counts from everything published, by linear programming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, components, tightened
from outturn.statistics.columns import Flags, Interval, Numbers, Places, refuse_where
from outturn.statistics.disclosure_cells import firsts, of_sets
from outturn.statistics.linear_programs import LinearProgramme

_AT_ONCE = 2_000  # uncertain cells in one linear programme: larger ones take more than their share
_DRAWS = 2  # goals at random, each in both directions
_FURTHEST = 1_000  # widths above the smallest table


@dataclass(frozen=True)
class Audit:
    """What everything published tells of each cell, and which protected ones are recoverable.

    The bounds of a recoverable cell are exact. A cell that is not recoverable is known to reach
    both its bounds, and may reach further.
    """

    lower: Numbers
    upper: Numbers
    recoverable: Flags


def audit(
    table: Additive, lower: Numbers, upper: Numbers, width: Numbers, *, whole: bool = True
) -> Audit:
    """Which protected cells the published figures bound more narrowly than they may.

    `lower` and `upper` are what a reader knows of each cell before the relations are used: the
    count itself, or where it may lie if it was rounded; for one that is withheld, 0 and infinity,
    or what its mark says. `width` is the least distance from lower to upper bound that must be
    left, 0 for a cell that needs no protection. All are in counts, a cell in each row, 0 or more.
    Where counts are `whole`, the bounds of recoverable cells are rounded inwards. What no counts
    can add up to is a ValueError.

    The relations are split into sets that hang together through uncertain cells. Each linear
    programme gives a table that everything published fits. A few with goals drawn at random show
    most protected cells at two values far enough apart, which proves them; each that is left has
    its least and its most worked out by itself. Beyond a thousand widths above the smallest table,
    values are not looked for: that can only make a cell look narrower, and only where relations
    multiply what is moved along them by hundreds.

    Source: reference methods for tabular data, Hundepool and others (2012), Statistical Disclosure
    Control, chapter 4 (the attacker's problem); solved by HiGHS through highspy.

    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> low, high = np.array([12.0, 8.0, 0.0, 0.0]), np.array([12.0, 8.0, 0.0, np.inf])
    >>> found = audit(row, low, high, np.array([0.0, 0.0, 0.0, 5.0]))
    >>> float(found.lower[3]), float(found.upper[3]), bool(found.recoverable[3])
    (4.0, 4.0, True)
    """
    protected = width > 0
    refuse_where(lower > upper, "a lower bound is above its upper bound")
    known = tightened(table, lower, upper)
    refuse_where(known.lower > known.upper + NEAR, "no counts add up to what is published")
    lowest = np.where(protected, known.lower, lower)
    highest = np.where(protected, known.upper, upper)
    uncertain = known.upper - known.lower > NEAR
    sets = components(table, uncertain)
    for cells in _batches(sets, uncertain, protected):
        problem = _Problem.of(table, known, cells, sets, float(width[cells].max()))
        targets = np.flatnonzero(protected[cells])
        at = cells[targets]
        lowest[at], highest[at] = problem.ends(targets, width[at])
    left = np.where(protected, highest - lowest, np.inf)
    if whole:
        lowest, highest = np.ceil(lowest - NEAR), np.floor(highest + NEAR)
        left = np.where(left < width - NEAR, highest - lowest, left)
    return Audit(lowest, highest, left < width - NEAR)


def _batches(sets: Places, uncertain: Flags, protected: Flags) -> list[Places]:
    """The uncertain cells of sets that hold a protected one, whole sets together."""
    cells = np.flatnonzero(uncertain & of_sets(sets, protected & uncertain))
    cells = cells[np.argsort(sets[cells], kind="stable")]
    if not cells.size:
        return []
    begins = np.flatnonzero(np.diff(sets[cells], prepend=-1))
    batches: list[Places] = []
    first = 0
    for start, end in zip(begins, [*begins[1:], cells.size], strict=True):
        if end - first > _AT_ONCE and start > first:
            batches.append(cells[first:start])
            first = int(start)
    return [*batches, cells[first:]]


@dataclass(frozen=True)
class _Problem:
    """One linear programme: the uncertain cells of some sets, and what they must add up to."""

    programme: LinearProgramme
    sets: Places  # in which cells hang together
    smallest: Numbers  # one table that fits, the smallest

    @classmethod
    def of(
        cls, table: Additive, known: Interval, cells: Places, sets: Places, width: float
    ) -> _Problem:
        lower, upper = known
        place = np.full(table.cells, -1, np.int64)
        place[cells] = np.arange(cells.size)
        part = table.among(table.touching(place >= 0))
        relation = np.unique(part.relation, return_inverse=True)[1].astype(np.int64)
        certain = place[part.cell] < 0
        values = np.where(certain, part.sign * lower[part.cell], 0.0)
        rest = np.negative(np.bincount(relation, values), dtype=np.float64)
        inside = Additive(
            relation[~certain], place[part.cell[~certain]], part.sign[~certain], cells.size
        )
        programme = LinearProgramme(inside.matrix(), rest, lower[cells], upper[cells])
        smallest = programme.cheapest(np.ones(cells.size), anew=True)
        programme.bound(lower[cells], np.minimum(upper[cells], smallest + _FURTHEST * width))
        return cls(programme, sets[cells], smallest)

    def ends(self, targets: Places, width: Numbers) -> Interval:
        """Two values that each target can have, the width apart; else its least and its most."""
        least, most = self.smallest[targets].copy(), self.smallest[targets].copy()
        left = most - least < width - NEAR
        draws = np.random.default_rng(0)
        for _ in range(_DRAWS):
            if left.any():
                goal = np.zeros(self.sets.size)
                goal[targets[left]] = draws.choice([-1.0, 1.0], int(left.sum()))
                self._widen(least, most, targets, goal, anew=True)
                self._widen(least, most, targets, -goal, anew=True)
                left = most - least < width - NEAR
        while left.any():
            single = firsts(self.sets[targets], left)
            goal = np.zeros(self.sets.size)
            goal[targets[single]] = 1.0
            self._widen(least, most, targets, goal)
            self._widen(least, most, targets, -goal)
            left &= most - least < width - NEAR
            left[single] = False
        return Interval(least, most)

    def _widen(
        self, least: Numbers, most: Numbers, targets: Places, goal: Numbers, *, anew: bool = False
    ) -> None:
        found = self.programme.cheapest(goal, anew=anew)[targets]
        np.minimum(least, found, out=least)
        np.maximum(most, found, out=most)
