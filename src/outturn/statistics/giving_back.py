"""Cells that were withheld for others' sake and turn out not to be needed, given back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, tightened
from outturn.statistics.columns import Flags, Numbers, Places
from outturn.statistics.disclosure_cells import Cells, Part, firsts, of_sets
from outturn.statistics.fitting_tables import Tables
from outturn.statistics.least_loss import Protected, apart, blocks_of, leeway_of, narrow
from outturn.statistics.protection import Blocks

CEILING = 400_000  # columns of all linear programmes of one give-back: a few seconds


def given_back(table: Additive, cells: Cells, found: Protected, *, ceiling: int = CEILING) -> Flags:
    """The withheld cells without those that no small one needs, dearest first; a flag for each.

    A cell that is withheld for others' sake is given back, with its companions, where every small
    cell that the tables prove safe is still proved by those that leave it as it is, or by new ones.
    Cells of sets that do not hang together are tried side by side. Each is tried once, and none any
    more when the linear programmes have had `ceiling` columns. What is left may still not be the
    least: giving back two and withholding a third is not tried.

    Source: backward elimination, as in the clean-up of Kelly, Golden and Assad (1992), Cell
    suppression: disclosure protection for sensitive tabular data, Networks 22.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> from outturn.statistics.least_loss import protected
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> start = protected(row, cells, np.array([False, True, True, True]), np.zeros(4, bool))
    >>> given_back(row, cells, start).tolist()
    [False, False, True, True]
    """
    whole = found.withheld
    kept = _uncertain(cells, whole)
    part = Part.of(table, cells, kept)
    table, cells = part.table, part.cells
    found = Protected(part.within(whole), found.tables.among(kept))
    protecting = ~narrow(found.tables, cells)
    turns = _Turns.of(table, cells, found.withheld)
    left = ceiling
    while turns.untried.any() and left > 0:
        tried = turns.next()
        trial = found.withheld & ~tried
        refused = turns.of_sets(exposed(table, cells, trial, turns.of_sets(tried)) & protecting)
        start = Protected(trial, found.tables.without(tried & ~refused))
        mended, failed, used = _mended(turns, cells, start, protecting & ~refused, left)
        left -= used
        refused |= failed
        found = Protected(
            np.where(refused, found.withheld, trial),
            mended.where(~refused).joined(found.tables.where(refused)),
        )
    return part.put_back(whole, found.withheld)


def given_back_by_bounds(table: Additive, cells: Cells, withheld: Flags) -> Flags:
    """The withheld cells without those that no small one needs, as far as bounds tell.

    A flag for each cell. As `given_back`, but what decides is whether bounds passed from relation
    to relation expose a small cell that they did not expose before: a policy for readers who are
    not expected to solve several relations together.

    Source: backward elimination.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> given_back_by_bounds(row, cells, np.array([False, True, True, True])).tolist()
    [False, False, True, True]
    """
    whole = withheld
    part = Part.of(table, cells, _uncertain(cells, whole))
    table, cells = part.table, part.cells
    withheld = part.within(whole)
    protecting = ~exposed(table, cells, withheld, withheld)
    turns = _Turns.of(table, cells, withheld)
    while turns.untried.any():
        tried = turns.next()
        trial = withheld & ~tried
        refused = turns.of_sets(exposed(table, cells, trial, turns.of_sets(tried)) & protecting)
        withheld = np.where(refused, withheld, trial)
    return part.put_back(whole, withheld)


def _uncertain(cells: Cells, withheld: Flags) -> Flags:
    """The cells that are not known to the last unit: what all others come to is enough to know."""
    known = cells.known(withheld)
    return np.asarray(known.upper - known.lower > NEAR)


def exposed(table: Additive, cells: Cells, withheld: Flags, among: Flags) -> Flags:
    """The small cells that bounds passed from relation to relation expose, of those `among`.

    A flag for each cell; `among` holds whole sets of cells that hang together. Widths are in
    counts. Raises nothing of its own. May miss a cell that a linear programme finds (`audited`).

    Source: `additive_tables.tightened`.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> exposed(row, cells, cells.primary, np.ones(4, bool)).tolist()
    [False, False, False, True]
    """
    near = table.among(table.touching(withheld & among))
    bounds = tightened(near, *cells.known(withheld))
    return np.asarray(withheld & among & (bounds.upper - bounds.lower < cells.width - NEAR))


@dataclass
class _Turns:
    """Whose turn it is to be tried: in each set that hangs together, the dearest not yet tried."""

    blocks: Blocks
    together: Places
    price: Numbers  # of each cell, with its companions
    untried: Flags

    @classmethod
    def of(cls, table: Additive, cells: Cells, withheld: Flags) -> _Turns:
        leeway = leeway_of(cells, withheld, np.zeros(withheld.size, bool))
        untried = withheld & ~cells.primary
        price = np.zeros(int(cells.together.max(initial=-1)) + 1)
        np.add.at(price, cells.together[untried], cells.cost[untried])
        return cls(blocks_of(table, cells, leeway), cells.together, price[cells.together], untried)

    def next(self) -> Flags:
        """The cells to try now, whole companies of them: one of each set; a flag for each cell."""
        here = np.flatnonzero(self.untried)
        sets = self.blocks.sets[here]
        order = here[np.lexsort((here, -self.price[here], sets))]
        first = order[np.unique(self.blocks.sets[order], return_index=True)[1]]
        companies = np.zeros(int(self.together.max(initial=-1)) + 1, bool)
        companies[self.together[first]] = True
        tried = self.untried & companies[self.together]
        self.untried = self.untried & ~tried
        return tried

    def of_sets(self, marked: Flags) -> Flags:
        """The cells of every set that has a marked one; a flag for each cell."""
        return of_sets(self.blocks.sets, marked)


def _mended(
    turns: _Turns, cells: Cells, found: Protected, protecting: Flags, left: int
) -> tuple[Tables, Flags, int]:
    """Tables that prove the protected cells again; the sets where they do not, and the columns."""
    none = np.zeros(protecting.size, bool)
    failed, used = none, 0
    while True:
        open_ = protecting & ~failed & found.withheld & narrow(found.tables, cells)
        if used >= left:
            return found.tables, failed | turns.of_sets(open_), used
        targets = firsts(turns.blocks.sets, open_)
        if not targets.size:
            return found.tables, failed, used
        found = apart(turns.blocks, cells, found, targets, none)
        used += int(turns.blocks.size(turns.blocks.sets[targets]).sum())
        hopeless = none.copy()
        hopeless[targets] = narrow(found.tables, cells)[targets]
        failed = failed | turns.of_sets(hopeless)
