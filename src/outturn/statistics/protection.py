"""The cheapest change of a table that moves a small count far enough, by linear programming.

A reader who cannot tell the true table from one in which a cell is five more has bounded that cell
no more narrowly than by five. The cells that such a change moves are those to withhold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive
from outturn.statistics.columns import Flags, Interval, Numbers, Places

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

    def batches(self, sets: Places) -> Iterator[Places]:
        """The sets, so many at a time as one linear programme takes."""
        total = np.cumsum(self.size(sets))
        batch = total // _AT_ONCE
        for one in np.unique(batch):
            yield np.flatnonzero(batch == one)


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
    tabular data, Networks 22; solved by HiGHS through scipy.optimize.linprog.

    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> whole = Interval(np.array([0.0, -10, -6, -2]), np.array([0.0, np.inf, np.inf, np.inf]))
    >>> own = Interval(np.array([0.0, 0, 0, -2]), np.array([0.0, 0, 0, np.inf]))
    >>> leeway = Leeway(own, whole, np.array([18.0, 10, 6, 2]))
    >>> blocks = Blocks.of(row, np.zeros(4, np.int64), leeway.movable)
    >>> cheapest_change(blocks, leeway, np.array([3]), np.array([5.0])).tolist()
    [0.0, 0.0, -5.0, 5.0]
    """
    change = np.zeros(blocks.table.cells)
    sets = blocks.sets[targets]
    low, high = leeway.free.lower.copy(), leeway.free.upper.copy()
    low[targets] = np.maximum(np.minimum(amount, 0.0), low[targets])
    high[targets] = np.minimum(np.maximum(amount, 0.0), high[targets])
    within = Leeway(Interval(low, high), leeway.most, leeway.cost)
    for batch in blocks.batches(sets):
        goal = np.zeros(change.size)
        goal[targets[batch]] = -np.sign(amount[batch])
        cells = blocks.cells_of(sets[batch])
        change[cells] = _solved(blocks, within, sets[batch], goal)
    return np.where(np.abs(change) < NEAR, 0.0, change)


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
    change = np.zeros(blocks.table.cells)
    free = Interval(
        np.maximum(leeway.free.lower, -furthest), np.minimum(leeway.free.upper, furthest)
    )
    within = Leeway(free, free, leeway.cost)
    for batch in blocks.batches(sets):
        cells = blocks.cells_of(sets[batch])
        change[cells] = _solved(blocks, within, sets[batch], goal)
    return np.where(np.abs(change) < NEAR, 0.0, change)


def _solved(blocks: Blocks, leeway: Leeway, sets: Places, goal: Numbers) -> Numbers:
    """One linear programme: three columns at most for each cell, within and beyond what is free."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    cells = blocks.cells_of(sets)
    above = _beyond(leeway.free.upper[cells], leeway.most.upper[cells])
    under = _beyond(-leeway.free.lower[cells], -leeway.most.lower[cells])
    aim = goal[cells]
    up, down = (np.flatnonzero((one > NEAR) & (aim == 0)) for one in (above, under))
    weight = leeway.cost[cells]
    prize = 1.0 + _PRIZE * float(weight[up].sum() + weight[down].sum())
    matrix = blocks.matrix(sets, cells)
    low = np.concatenate([leeway.free.lower[cells], np.zeros(up.size + down.size)])
    high = np.concatenate([leeway.free.upper[cells], above[up], under[down]])
    found = linprog(
        np.concatenate([prize * aim, weight[up], weight[down]]),
        A_eq=hstack([matrix, matrix[:, up], -matrix[:, down]]) if matrix.shape[0] else None,
        b_eq=np.zeros(matrix.shape[0]) if matrix.shape[0] else None,
        bounds=np.column_stack([low, high]),
        method="highs",
    ).x
    assert found is not None, "the true table itself fits"
    change = np.array(found[: cells.size])
    change[up] += found[cells.size : cells.size + up.size]
    change[down] -= found[cells.size + up.size :]
    return change


def _beyond(free: Numbers, most: Numbers) -> Numbers:
    """How much further a cell can go at most than for nothing; nothing where that is any way."""
    endless = np.isinf(free)
    return np.where(endless, 0.0, most - np.where(endless, 0.0, free))
