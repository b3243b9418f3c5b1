"""Which further counts to withhold, so that those withheld as small cannot be worked out."""

from __future__ import annotations

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, components, implied, tightened
from outturn.statistics.columns import Flags, Interval, Numbers, Places
from outturn.statistics.disclosure_audit import Audit, audit
from outturn.statistics.disclosure_cells import Cells, cells_under, of_sets
from outturn.statistics.further_suppression import Further, further_suppression
from outturn.statistics.giving_back import exposed, given_back, given_back_by_bounds
from outturn.statistics.least_loss import protected

__all__ = [
    "Cells",
    "audited",
    "cells_under",
    "row_only",
    "secondary_suppression",
    "suppressed_together",
]


def row_only(table: Additive, cells: Cells) -> Flags:
    """The withheld cells where each relation with exactly one gets one more, and no more is done.

    A flag for each cell. The usual practice, kept for comparison: a second relation gives such a
    cell back.

    Source: Public Health Scotland's application of its protocol 2.1 (2023): in each row with
    exactly one suppressed cell the next lowest that is not zero is hidden.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> row_only(row, cells_under([18, 10, 6, 2], PRESETS["social care"])).tolist()
    [False, False, True, True]
    """
    withheld = cells.primary
    parts = table.sign > 0
    number = np.bincount(table.relation, withheld[table.cell] & parts, table.relations)
    free = cells.free(withheld)[table.cell] & parts & (number == 1)[table.relation]
    free &= cells.shown.upper[table.cell] > 0
    chosen = _cheapest(table, free, cells.cost[table.cell])
    return cells.with_companions(withheld | _marked(table, chosen))


def secondary_suppression(table: Additive, cells: Cells, *, proved: bool = True) -> Flags:
    """The cells to withhold so that no protected one is bounded more narrowly than it may be.

    A flag for each cell, the primary ones included. Cells are withheld for the small ones one after
    another, each time those whose loss is least by a linear programme over all relations; then what
    is not needed after all is given back. Tables that everything published fits prove the result.

    Without `proved`, only what follows from one relation after another is closed, which is several
    times quicker: where the bounds that follow from a relation are narrower than a protected cell's
    width, or than that of what a withheld cell protects, the cell that costs least is withheld in
    that relation too; a cell that would need others to be withheld for its own sake costs what they
    do besides. What those bounds do not ask for is given back.

    Neither is the least loss that is possible: that is a problem of whole numbers with no quick
    solution. Where a protected cell follows from cells that are all fixed, nothing can be done;
    `audited` tells which.

    Source: `least_loss.protected` and `giving_back.given_back`; without `proved` our own, in the
    manner of the hypercube method (Giessing and Repsilber 2002, in Inference Control in Statistical
    Databases). What counts as protected is that of `disclosure_audit.audit`.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> secondary_suppression(row, cells).tolist()
    [False, False, True, True]
    """
    withheld = cells.primary
    if not (cells.width > 0).any():
        return withheld
    if proved:
        found = protected(table, cells, withheld, cells.free(withheld))
        return given_back(table, cells, found)
    return given_back_by_bounds(table, cells, _closed(table, cells, withheld))


def suppressed_together(
    table: Additive,
    cells: Cells,
    withheld: Flags,
    *,
    proved: bool = True,
    near: Flags | None = None,
) -> Further:
    """The withheld cells with those that go besides when tables are read together.

    Flags for each cell. `withheld` protects tables that make sense by themselves, such as those of
    different measures, and `table` has the relations that join them too. Only what all of them
    together expose is looked at again: a linear programme over all of them at once would take much
    longer. `proved` is as in `secondary_suppression`, `near` as in `further_suppression`.

    Source: `further_suppression`; without `proved` as `secondary_suppression`.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> same = Additive.of([(0, [1, 2, 3]), (2, [4])], 5)
    >>> cells = cells_under([58, 40, 16, 2, 16], PRESETS["social care"])
    >>> suppressed_together(same, cells, np.array([0, 0, 1, 1, 0], bool)).withheld.tolist()
    [False, False, True, True, True]
    """
    if proved:
        return further_suppression(table, cells, withheld, near)
    more = _closed(table, cells, withheld)
    if (more != withheld).any():
        withheld = given_back_by_bounds(table, cells, more)
    return Further(withheld, exposed(table, cells, withheld, withheld))


def audited(table: Additive, cells: Cells, withheld: Flags) -> Audit:
    """The audit of a table in which these cells are withheld; bounds in counts.

    `withheld` has a flag for each cell; only withheld cells can be recoverable. Raises what `audit`
    raises. Does not withhold anything.

    Source: `disclosure_audit.audit`.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> audited(row, cells, cells.primary).recoverable.tolist()
    [False, False, False, True]
    """
    known = cells.known(withheld)
    return audit(table, known.lower, known.upper, np.where(withheld, cells.width, 0.0))


def _closed(table: Additive, cells: Cells, withheld: Flags) -> Flags:
    """The withheld cells once bounds passed from relation to relation expose no protected one."""
    open_ = np.ones(table.cells, bool)  # cells of sets in which one is exposed
    while True:
        near = table.among(table.touching(withheld & open_ & ~cells.never))
        known = cells.known(withheld)
        bounds = tightened(near, *known)
        exposed = withheld & (bounds.upper - bounds.lower < cells.width - NEAR)
        if not exposed.any():
            return withheld
        sets = components(near, known.upper - known.lower > NEAR)
        wanting = _wanting(near, cells, withheld, known, bounds, exposed)
        free = cells.free(withheld)[near.cell] & wanting[near.relation]
        free = _where_one_is_alone(near, sets, withheld, free)
        chosen = _cheapest(near, free, _with_what_follows(table, near, cells, withheld))
        if not chosen.any():
            return withheld
        more = cells.with_companions(withheld | _marked(near, chosen))
        open_ = of_sets(sets, exposed) | (more & ~withheld)
        withheld = more


def _where_one_is_alone(near: Additive, sets: Places, withheld: Flags, free: Flags) -> Flags:
    """The free entries of relations with a single withheld cell, in sets of cells that have such.

    A second cell there may be all that the others of the set want.
    """
    number = np.bincount(near.relation, withheld[near.cell], near.relations)
    of_relation = np.zeros(near.relations, np.int64)
    here = withheld[near.cell]
    of_relation[near.relation[here]] = sets[near.cell[here]]
    alone = free & (number == 1)[near.relation]
    return np.asarray(alone | (free & ~of_sets(of_relation[near.relation], alone)))


def _wanting(
    near: Additive, cells: Cells, withheld: Flags, known: Interval, bounds: Interval, exposed: Flags
) -> Flags:
    """The relations through which exposed cells are bounded, those at one remove and so on too.

    Where none leaves a cell too little room by itself, all of them do together: one gives the
    least that it can be, and another the most.
    """
    within = implied(near, *bounds)
    low = np.maximum(within.lower, known.lower[near.cell])
    high = np.minimum(within.upper, known.upper[near.cell])
    need = np.where(exposed, cells.width, 0.0)
    narrow = withheld & ~cells.never
    while True:
        short = high - low < need[near.cell] - NEAR
        by_none = np.bincount(near.cell, short, near.cells) == 0
        short |= (by_none & (bounds.upper - bounds.lower < need - NEAR))[near.cell]
        asked = np.zeros(near.relations)
        np.maximum.at(asked, near.relation[short], need[near.cell[short]])
        passed = need.copy()
        here = narrow[near.cell]
        np.maximum.at(passed, near.cell[here], asked[near.relation[here]])
        passed = np.where(bounds.upper - bounds.lower < passed - NEAR, passed, need)
        if (passed == need).all():
            return asked > 0
        need = passed


def _with_what_follows(table: Additive, near: Additive, cells: Cells, withheld: Flags) -> Numbers:
    """The cost of each entry near, with that of a companion in every relation that has none yet."""
    free = cells.free(withheld)[table.cell]
    least = np.full(table.relations, np.inf)
    np.minimum.at(least, table.relation[free], cells.cost[table.cell[free]])
    alone = ~table.touching(withheld)
    companion = np.where(alone & np.isfinite(least), least, 0.0)
    follows = np.bincount(table.cell, companion[table.relation], table.cells)
    return (cells.cost + follows)[near.cell]


def _cheapest(table: Additive, free: Flags, cost: Numbers) -> Flags:
    """The free entry that costs least in each relation, the first of equals; a flag per entry."""
    chosen = np.zeros(table.cell.size, bool)
    here = np.flatnonzero(free)
    order = here[np.lexsort((table.cell[here], cost[here], table.relation[here]))]
    chosen[order[np.unique(table.relation[order], return_index=True)[1]]] = True
    return chosen


def _marked(table: Additive, chosen: Flags) -> Flags:
    found = np.zeros(table.cells, bool)
    found[table.cell[chosen]] = True
    return found
