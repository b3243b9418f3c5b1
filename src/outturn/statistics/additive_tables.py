"""Published cells that add up to one another, and what follows for those that are withheld.

A table here is any set of cells with any number of relations between them: localities and their
partnership, ages and all ages, months and the year, and all of these at once. It is kept as a
sparse list of entries, one for each cell of each relation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Flags, Interval, Numbers, Places, refuse_where

_SWEEPS = 30  # of bounds through the relations; what is left to find is for the linear programme
NEAR = 1e-6  # counts


@dataclass(frozen=True)
class Additive:
    """Relations as a sparse table: in each, the parts add up to the total.

    Three columns of one length, an entry in each row: the `relation`, the `cell` in it, and the
    `sign`, 1 for a part and -1 for the total, or as many times that as the cell is in it. Both are
    numbered from 0; there are `cells` cells.
    """

    relation: Places
    cell: Places
    sign: Numbers
    cells: int

    @classmethod
    def of(cls, relations: list[tuple[int, list[int]]], cells: int) -> Additive:
        """Relations from a list of each total with its parts.

        Source: a total is the sum of its parts.

        >>> Additive.of([(0, [1, 2])], 3).sign.tolist()
        [-1.0, 1.0, 1.0]
        """
        lines = [[total, *parts] for total, parts in relations]
        lengths = [len(line) for line in lines]
        sign = np.ones(sum(lengths))
        sign[np.cumsum([0, *lengths[:-1]], dtype=np.int64) if lengths else []] = -1
        cell = np.array([one for line in lines for one in line], np.int64)
        return cls(np.repeat(np.arange(len(lines)), lengths).astype(np.int64), cell, sign, cells)

    @cached_property
    def relations(self) -> int:
        """How many relations there are."""
        return int(self.relation.max()) + 1 if self.relation.size else 0

    def among(self, kept: Flags) -> Additive:
        """The relations that are `kept`, a flag for each, numbered as before; cells as before."""
        here = kept[self.relation]
        return Additive(self.relation[here], self.cell[here], self.sign[here], self.cells)

    def touching(self, marked: Flags) -> Flags:
        """Whether each relation holds a marked cell; a flag for each relation."""
        found = np.zeros(self.relations, bool)
        found[self.relation[marked[self.cell]]] = True
        return found

    def matrix(self) -> Any:
        """A sparse matrix, a row for each relation and a column for each cell."""
        from scipy.sparse import coo_array

        shape = (self.relations, self.cells)
        return coo_array((self.sign, (self.relation, self.cell)), shape=shape).tocsr()


def implied(table: Additive, lower: Numbers, upper: Numbers) -> Interval:
    """Between which values each entry's cell lies by its own relation alone, in counts.

    `lower` and `upper` are what is known of each cell, plus or minus infinity where nothing is.
    Two columns, an entry of the table in each row. Does not use what the cell's own bounds say.

    Source: interval arithmetic; what is left of a sum when all other terms are at an end.

    >>> parts = Additive.of([(0, [1, 2])], 3)
    >>> both = implied(parts, np.array([10.0, 6.0, 0.0]), np.array([10.0, 6.0, np.inf]))
    >>> float(both.lower[2]), float(both.upper[2])
    (4.0, 4.0)
    """
    plus, times = table.sign > 0, np.abs(table.sign)
    low = times * np.where(plus, lower[table.cell], -upper[table.cell])
    high = times * np.where(plus, upper[table.cell], -lower[table.cell])
    least, most = -_of_others(table, high) / times, -_of_others(table, low) / times
    return Interval(np.where(plus, least, -most), np.where(plus, most, -least))


def _of_others(table: Additive, ends: Numbers) -> Numbers:
    """The sum of the other entries' ends in each entry's relation; infinite where one is."""
    endless = np.isinf(ends)
    finite = np.where(endless, 0.0, ends)
    sums = np.bincount(table.relation, finite, table.relations)[table.relation] - finite
    others = np.bincount(table.relation, endless, table.relations)[table.relation] - endless
    sign = np.sign(np.where(endless, ends, 0.0))
    towards = np.bincount(table.relation, sign, table.relations)[table.relation]
    return np.where(others > NEAR, np.copysign(np.inf, towards), sums)


def tightened(table: Additive, lower: Numbers, upper: Numbers) -> Interval:
    """The bounds of each cell, narrowed by the relations again and again, in counts.

    `lower` and `upper` are what is known of each cell at first. Never narrower than the truth
    allows, but may be wider than a linear programme finds, which looks at all relations at once.

    Source: bounds propagation, as in Schichl and Neumaier (2005), Interval analysis on directed
    acyclic graphs for global optimization, Journal of Global Optimization 33.

    >>> parts = Additive.of([(0, [1, 2])], 3)
    >>> known = np.array([10.0, 6.0, 0.0]), np.array([10.0, 6.0, np.inf])
    >>> [bound.tolist() for bound in tightened(parts, *known)]
    [[10.0, 6.0, 4.0], [10.0, 6.0, 4.0]]
    """
    lower, upper = lower.copy(), upper.copy()
    live = table.among(table.touching(upper - lower > NEAR)) if table.relation.size else table
    for _ in range(_SWEEPS):
        found = implied(live, lower, upper)
        below, above = lower.copy(), upper.copy()
        np.maximum.at(below, live.cell, found.lower)
        np.minimum.at(above, live.cell, found.upper)
        moved = (below > lower + NEAR) | (above < upper - NEAR)
        lower, upper = np.where(moved, below, lower), np.where(moved, above, upper)
        if not moved.any():
            break
        live = live.among(live.touching(moved))
    return Interval(lower, upper)


def components(table: Additive, uncertain: Flags, together: Places | None = None) -> Places:
    """The number of the set that each cell hangs together with through uncertain cells.

    `uncertain` has a flag for each cell: a cell that is known exactly ties nothing together. Where
    they are given, uncertain cells of one number in `together` hang together too. A column of whole
    numbers, a cell in each row; every certain cell is a set of its own.

    Source: connected components of an undirected graph.

    >>> two = Additive.of([(0, [1, 2]), (3, [4, 5])], 6)
    >>> sets = components(two, np.array([0, 1, 1, 0, 1, 1], bool))
    >>> int(sets[1]) == int(sets[2]), int(sets[1]) == int(sets[4])
    (True, False)
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    here = uncertain[table.cell]
    one, other = table.cell[here], table.cells + table.relation[here]
    size = table.cells + table.relations
    if together is not None:
        own = np.flatnonzero(uncertain)
        one, other = np.concatenate([one, own]), np.concatenate([other, size + together[own]])
        size += int(together.max(initial=-1)) + 1
    graph = coo_array((np.ones(one.size, np.int8), (one, other)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1][: table.cells]
    return np.asarray(labels, np.int64)


def condensed(table: Additive, counts: Numbers, kept: Flags) -> tuple[Additive, Numbers]:
    """The table of the `kept` cells, the others of each relation put together in one.

    Relations without a kept cell are left out. The kept cells come first, in their order; then one
    for each relation, with what its other cells come to in counts, totals taken away: the second
    answer.

    Source: the sum of a relation is the sum of two parts of it.

    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> small, others = condensed(row, np.array([18.0, 10, 6, 2]), np.array([0, 0, 1, 1], bool))
    >>> small.cell.tolist(), others.tolist()
    ([0, 1, 2], [-8.0])
    """
    part = table.among(table.touching(kept))
    relation = np.unique(part.relation, return_inverse=True)[1].astype(np.int64)
    number = np.cumsum(kept) - 1
    here = kept[part.cell]
    relations = int(relation.max(initial=-1)) + 1
    other = np.zeros(relations)
    np.add.at(other, relation[~here], part.sign[~here] * counts[part.cell[~here]])
    begin = int(kept.sum())
    return Additive(
        np.concatenate([relation[here], np.arange(relations)]),
        np.concatenate([number[part.cell[here]], begin + np.arange(relations)]),
        np.concatenate([part.sign[here], np.ones(relations)]),
        begin + relations,
    ), other


def adds_up(table: Additive, counts: npt.ArrayLike) -> Flags:
    """Whether the parts of each relation add up to its total; a flag for each relation.

    `counts` has each cell's true count. NaN is not allowed: a missing count is in no relation.

    Source: a total is the sum of its parts.

    >>> adds_up(Additive.of([(0, [1, 2])], 3), [10, 6, 4]).tolist()
    [True]
    """
    given = np.asarray(counts, np.float64)
    refuse_where(np.isnan(given), "a count of a relation is missing")
    rest = np.bincount(table.relation, table.sign * given[table.cell], table.relations)
    return np.abs(rest) < NEAR
