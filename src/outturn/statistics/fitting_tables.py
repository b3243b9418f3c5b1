"""Other tables that everything published fits: each proves how far its cells may lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.columns import Flags, Interval, Numbers, Places


@dataclass(frozen=True)
class Tables:
    """Changes of the true table, as entries: of which table, in which cell, by how much in counts.

    In each, every relation still adds up and every cell stays within what is known of it. Whoever
    cannot tell such a table from the true one does not know the cells that it moves.
    """

    number: Places
    cell: Places
    moved: Numbers

    @classmethod
    def none(cls) -> Tables:
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))

    def joined(self, other: Tables) -> Tables:
        """These and others, numbered on."""
        begin = int(self.number.max(initial=-1)) + 1
        number = np.concatenate([self.number, begin + other.number])
        return Tables(
            np.unique(number, return_inverse=True)[1].astype(np.int64),
            np.concatenate([self.cell, other.cell]),
            np.concatenate([self.moved, other.moved]),
        )

    def with_change(self, change: Numbers, sets: Places) -> Tables:
        """These and a change; what it does in each set of cells is a table by itself."""
        cell = np.flatnonzero(change)
        return self.joined(Tables(sets[cell], cell, change[cell]))

    def without(self, gone: Flags) -> Tables:
        """Those that move no cell that is `gone`; a flag for each cell."""
        lost = np.zeros(int(self.number.max(initial=-1)) + 1, bool)
        lost[self.number[gone[self.cell]]] = True
        return self._only(~lost[self.number])

    def where(self, kept: Flags) -> Tables:
        """What they do to the cells that are `kept`, whole sets of them; a flag for each cell."""
        return self._only(kept[self.cell])

    def among(self, kept: Flags) -> Tables:
        """The same with cells numbered among the `kept` ones alone; no other is moved."""
        return Tables(self.number, (np.cumsum(kept) - 1)[self.cell], self.moved)

    def _only(self, here: Flags) -> Tables:
        return Tables(self.number[here], self.cell[here], self.moved[here])

    def reach(self, cells: int) -> Interval:
        """How far each of so many cells was seen to move, below 0 and above."""
        least, most = np.zeros(cells), np.zeros(cells)
        np.minimum.at(least, self.cell, self.moved)
        np.maximum.at(most, self.cell, self.moved)
        return Interval(least, most)
