"""The cheapest change of a table that moves a small count far enough, by linear programming.

A reader who cannot tell the true table from one in which a cell is five more has bounded that cell
no more narrowly than by five. The cells that such a change moves are those to withhold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive
from outturn.statistics.columns import Flags, Interval, Numbers, Places
from outturn.statistics.linear_programs import LinearProgramme

_PRIZE = 100.0  # for moving a target, above all that it costs
_AT_ONCE = 1_000  # columns of one linear programme that holds several sets


@dataclass(frozen=True)
class Leeway:
    """How far each cell can move from its count, in counts: below 0 and above it.

    `free` is how far without further loss, within what is published of the cell or withheld
    already. `most` is how far if it were withheld besides, at `cost` for each unit beyond.
    """

    free: Interval
    most: Interval
    cost: Numbers

    @property
    def movable(self) -> Flags:
        return self.most.upper - self.most.lower > NEAR

    def beyond(self, change: Numbers) -> Flags:
        """The cells that move further than they can for nothing."""
        return (change < self.free.lower - NEAR) | (change > self.free.upper + NEAR)


@dataclass(frozen=True)
class Blocks:
    """A table in the order of the sets in which its movable cells hang together.

    One linear programme takes some of the sets whole, and nothing of the others.
    """

    table: Additive
    sets: Places
    entries: Places  # of the table, ordered by set
    begins: Places  # of each set, among the entries
    cells: Places  # movable, ordered by set
    firsts: Places  # of each set, among the cells

    @classmethod
    def of(cls, table: Additive, sets: Places, movable: Flags) -> Blocks:
        number = np.arange(int(sets.max(initial=-1)) + 2)
        here = np.flatnonzero(movable[table.cell])
        own = sets[table.cell[here]]
        order = np.argsort(own, kind="stable")
        cells = np.flatnonzero(movable)
        by_set = np.argsort(sets[cells], kind="stable")
        cells = cells[by_set]
        return cls(
            table,
            sets,
            here[order],
            np.searchsorted(own[order], number),
            cells,
            np.searchsorted(sets[cells], number),
        )

    def size(self, sets: Places) -> Places:
        return self.firsts[sets + 1] - self.firsts[sets]

    def entries_of(self, sets: Places) -> Places:
        return self.entries[_spans(self.begins[sets], self.begins[sets + 1])]

    def cells_of(self, sets: Places) -> Places:
        return self.cells[_spans(self.firsts[sets], self.firsts[sets + 1])]

    def matrix(self, sets: Places, cells: Places) -> Any:
        """A sparse matrix, a row for each relation of the sets and a column for each of `cells`."""
        from scipy.sparse import coo_array

        place = np.zeros(self.table.cells, np.int64)
        place[cells] = np.arange(cells.size)
        entries = self.entries_of(sets)
        found, line = np.unique(self.table.relation[entries], return_inverse=True)
        ends = (line, place[self.table.cell[entries]])
        shape = (found.size, cells.size)
        return coo_array((self.table.sign[entries], ends), shape=shape).tocsc()

    @cached_property
    def batches(self) -> list[Places]:
        """All sets with a movable cell, so many together as one linear programme takes."""
        sets = np.flatnonzero(np.diff(self.firsts) > 0)
        before = np.cumsum(self.size(sets)) - self.size(sets)
        return [sets[before // _AT_ONCE == one] for one in np.unique(before // _AT_ONCE)]

    def changed(self, leeway: Leeway, goal: Numbers, asked: Places, *, anew: bool) -> Numbers:
        """The change of the `asked` sets that makes the goal smallest, and costs least.

        The linear programme of each batch is kept, and starts from its last answer unless `anew`.
        """
        change = np.zeros(self.table.cells)
        wanted = np.zeros(self.firsts.size, bool)
        wanted[asked] = True
        for number, sets in enumerate(self.batches):
            if wanted[sets].any():
                one = number, anew  # what is asked anew has other columns: nothing goes beyond
                if one not in self._programmes:
                    self._programmes[one] = _Programme(self, sets, leeway)
                cells = self.cells_of(sets)
                change[cells] = self._programmes[one].changed(leeway, goal[cells], anew=anew)
        return np.where(wanted[self.sets] & (np.abs(change) > NEAR), change, 0.0)

    @cached_property
    def _programmes(self) -> dict[tuple[int, bool], _Programme]:
        return {}


def _spans(begins: Places, ends: Places) -> Places:
    """All whole numbers from each beginning up to its end, one after another."""
    lengths = ends - begins
    offsets = np.repeat(begins - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return np.asarray(np.arange(lengths.sum()) + offsets, np.int64)


def cheapest_change(blocks: Blocks, leeway: Leeway, targets: Places, amount: Numbers) -> Numbers:
    """What to add to the true table to move each target by `amount`, or as near as can be.

    In counts, a cell in each row. One target in each set; an amount below 0 is a move downwards.
    The parts of each relation still add up, no cell leaves its leeway, and of all such changes it
    is one that costs least. What a cell costs is spread over each unit that it moves, so fewer
    cells may have done: the linear programme does not count cells.

    Source: Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for sensitive
    tabular data, Networks 22; solved by HiGHS through highspy.

    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> whole = Interval(np.array([0.0, -10, -6, -2]), np.array([0.0, np.inf, np.inf, np.inf]))
    >>> own = Interval(np.array([0.0, 0, 0, -2]), np.array([0.0, 0, 0, np.inf]))
    >>> leeway = Leeway(own, whole, np.array([18.0, 10, 6, 2]))
    >>> blocks = Blocks.of(row, np.zeros(4, np.int64), leeway.movable)
    >>> cheapest_change(blocks, leeway, np.array([3]), np.array([5.0])).tolist()
    [0.0, 0.0, -5.0, 5.0]
    """
    low, high = leeway.free.lower.copy(), leeway.free.upper.copy()
    low[targets] = np.maximum(np.minimum(amount, 0.0), low[targets])
    high[targets] = np.minimum(np.maximum(amount, 0.0), high[targets])
    within = Leeway(Interval(low, high), leeway.most, leeway.cost)
    goal = np.zeros(blocks.table.cells)
    goal[targets] = -np.sign(amount)
    return blocks.changed(within, goal, blocks.sets[targets], anew=False)


def drawn_change(
    blocks: Blocks, leeway: Leeway, goal: Numbers, furthest: float, sets: Places
) -> Numbers:
    """What to add to the true table to make the `goal`, a weight for each cell, smallest for free.

    In counts, a cell in each row; no cell moves further than `furthest`.

    Source: a linear programme over all tables that fit, solved by HiGHS.

    >>> row = Additive.of([(0, [1, 2])], 3)
    >>> own = Interval(np.array([0.0, -6, -2]), np.array([0.0, np.inf, np.inf]))
    >>> blocks = Blocks.of(row, np.zeros(3, np.int64), np.array([False, True, True]))
    >>> goal, only = np.array([0.0, 1, 0]), np.array([0])
    >>> drawn_change(blocks, Leeway(own, own, np.ones(3)), goal, 50.0, only).tolist()
    [0.0, -6.0, 6.0]
    """
    free = Interval(
        np.maximum(leeway.free.lower, -furthest), np.minimum(leeway.free.upper, furthest)
    )
    return blocks.changed(Leeway(free, free, leeway.cost), goal, sets, anew=True)


class _Programme:
    """The linear programme of some sets: three columns at most for each cell.

    One for its change within what is free, and where it can go beyond that, one for each way.
    """

    def __init__(self, blocks: Blocks, sets: Places, leeway: Leeway) -> None:
        from scipy.sparse import hstack

        self._cells = blocks.cells_of(sets)
        matrix = blocks.matrix(sets, self._cells)
        above, under = self._beyond(leeway)
        # What is free grows while cells are withheld: who cannot go beyond it now never will.
        self._up, self._down = (np.flatnonzero(one > NEAR) for one in (above, under))
        columns = self._cells.size + self._up.size + self._down.size
        self._solver = LinearProgramme(
            hstack([matrix, matrix[:, self._up], -matrix[:, self._down]]),
            np.zeros(matrix.shape[0]),
            np.zeros(columns),
            np.zeros(columns),
        )

    def _beyond(self, leeway: Leeway) -> tuple[Numbers, Numbers]:
        free, most = leeway.free, leeway.most
        return (
            _beyond(free.upper[self._cells], most.upper[self._cells]),
            _beyond(-free.lower[self._cells], -most.lower[self._cells]),
        )

    def changed(self, leeway: Leeway, aim: Numbers, *, anew: bool) -> Numbers:
        above, under = self._beyond(leeway)
        up, down = (np.where(aim == 0, one, 0.0) for one in (above, under))
        weight = leeway.cost[self._cells]
        prize = 1.0 + _PRIZE * float(weight[up > NEAR].sum() + weight[down > NEAR].sum())
        low, high = leeway.free.lower[self._cells], leeway.free.upper[self._cells]
        none = np.zeros(self._up.size + self._down.size)
        self._solver.bound(
            np.concatenate([low, none]), np.concatenate([high, up[self._up], down[self._down]])
        )
        cost = np.concatenate([prize * aim, weight[self._up], weight[self._down]])
        found = self._solver.cheapest(cost, anew=anew)
        change, further = found[: low.size], found[low.size :]
        change[self._up] += further[: self._up.size]
        change[self._down] -= further[self._up.size :]
        return change


def _beyond(free: Numbers, most: Numbers) -> Numbers:
    """How much further a cell can go at most than for nothing; nothing where that is any way."""
    endless = np.isinf(free)
    return np.where(endless, 0.0, most - np.where(endless, 0.0, free))
