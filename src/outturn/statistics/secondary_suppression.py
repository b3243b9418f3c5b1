"""Which further counts to withhold, so that those withheld as small cannot be worked out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outturn.statistics.additive_tables import NEAR, Additive, components, implied, tightened
from outturn.statistics.columns import Flags, Interval, Numbers, Places, floats
from outturn.statistics.disclosure_audit import Audit, audit
from outturn.statistics.disclosure_policies import Policy


@dataclass(frozen=True)
class Cells:
    """What is known of each cell of a table, published or withheld: columns, a cell in each row.

    `shown` is what a reader knows of a count that is published: the count, or where it may lie if
    it was rounded. `marked` is what the mark alone says of one that is withheld. `small` cells are
    withheld by the policy itself; `width` is the least distance between its bounds that must be
    left to a protected one. `fixed` cells cannot be withheld: they were published before. `never`
    cells are published by nobody, such as the people of no stated age. `cost` is what is lost by
    withholding a cell, above 0. Cells of one number in `together` are withheld together, such as
    numerator and denominator.
    """

    shown: Interval
    marked: Interval
    small: Flags
    width: Numbers
    fixed: Flags
    never: Flags
    cost: Numbers
    together: Places

    def known(self, withheld: Flags) -> Interval:
        """What is known of each cell where those are withheld, in counts."""
        return Interval(
            np.where(withheld, self.marked.lower, self.shown.lower),
            np.where(withheld, self.marked.upper, self.shown.upper),
        )

    @property
    def primary(self) -> Flags:
        """The cells that are withheld before anything is done about subtraction."""
        return self.with_companions((self.small & ~self.fixed) | self.never)

    def with_companions(self, withheld: Flags) -> Flags:
        """The withheld cells, and those that are withheld together with one of them."""
        groups = np.zeros(int(self.together.max(initial=-1)) + 1, bool)
        groups[self.together[withheld]] = True
        return withheld | (groups[self.together] & ~self.fixed)

    def free(self, withheld: Flags) -> Flags:
        """The cells that could be withheld besides, none of their companions being fixed."""
        bound = np.zeros(int(self.together.max(initial=-1)) + 1, bool)
        bound[self.together[self.fixed]] = True
        return ~withheld & ~bound[self.together]


def cells_under(
    counts: npt.ArrayLike,
    policy: Policy,
    *,
    together: Places | None = None,
    fixed: Flags | None = None,
    never: Flags | None = None,
    public: Flags | None = None,
) -> Cells:
    """The cells of true `counts` as a policy publishes and withholds them.

    `counts` are whole and 0 or more, a cell in each row. `fixed` ones were published before, by
    this policy; `public` ones are known as they are, whatever their size, such as those that others
    publish; `never` ones are published by nobody. What is lost by withholding a cell is its size,
    and for a zero more than for any other. The mark of a withheld cell says nothing of its size:
    whoever knew which were small would know of a row of 8 with two of them, at most 4 each, that
    both are 4.

    Source: the usual frequency rule with a cost of the size; Hundepool and others (2012),
    Statistical Disclosure Control, chapter 4.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> cells_under([11, 2, 9], PRESETS["social care"]).width.tolist()
    [0.0, 5.0, 0.0]
    """
    (count,) = floats(counts)
    none = np.zeros(count.size, bool)
    before = none if fixed is None else fixed
    public = none if public is None else public
    hidden = none if never is None else never
    small = policy.is_small(count) & ~(before | public | hidden)
    exact = public | (before & policy.is_small(count))
    rounded = policy.could_be(policy.rounded(count))
    shown = Interval(
        np.where(exact, count, np.minimum(rounded.lower, count)),
        np.where(exact, count, np.maximum(rounded.upper, count)),
    )
    marked = Interval(np.zeros(count.size), np.full(count.size, np.inf))
    dearest = float(count[~hidden].max(initial=0.0)) + 1
    return Cells(
        shown=shown,
        marked=marked,
        small=small,
        width=np.where(small, policy.leaves - 1.0, 0.0),
        fixed=before | public,
        never=hidden,
        cost=np.where(count > 0, count, dearest),
        together=np.arange(count.size) if together is None else together,
    )


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

    A flag for each cell, the primary ones included. A heuristic with an audit: where the bounds
    that follow from a relation are narrower than a protected cell's width (or than that of what a
    withheld cell protects), the cell that costs least is withheld in that relation too; a cell that
    would need others to be withheld for its own sake costs what they do besides. That repeats until
    nothing follows. A linear programme then looks at all relations at once; a set of cells in which
    it still finds one gets one more, and all begins again. Without `proved` that last step is left
    out: it takes minutes for tens of thousands of cells, and what it finds takes several relations
    solved together. It is not the least loss that is
    possible: that is a problem of whole numbers with no quick solution. Where a protected cell
    follows from cells that are all fixed, nothing can be done; `audited` tells which.

    Source: the heuristic is our own, in the manner of the hypercube method (Giessing and Repsilber
    2002, in Inference Control in Statistical Databases); what counts as protected is that of
    `disclosure_audit.audit`.

    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> secondary_suppression(row, cells).tolist()
    [False, False, True, True]
    """
    withheld = cells.primary
    if not (cells.width > 0).any():
        return withheld
    exposed = cells.width > 0
    while True:
        withheld = _closed(table, cells, withheld)
        if not proved:
            return withheld
        known = cells.known(withheld)
        asked = np.where(withheld & exposed, cells.width, 0.0)
        # Withholding more only widens what a cell can be: one that was proved stays so.
        exposed = audit(table, known.lower, known.upper, asked).recoverable
        more = _one_more(table, cells, withheld, exposed)
        if not more.any():
            return withheld
        withheld = cells.with_companions(withheld | more)


def audited(table: Additive, cells: Cells, withheld: Flags) -> Audit:
    """The audit of a table in which these cells are withheld; bounds in counts.

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
        open_ = _of_sets(sets, exposed) | (more & ~withheld)
        withheld = more


def _of_sets(sets: Places, marked: Flags) -> Flags:
    """The cells of every set that has a marked one; a flag for each cell."""
    having = np.zeros(int(sets.max(initial=-1)) + 1, bool)
    having[sets[marked]] = True
    return having[sets]


def _where_one_is_alone(near: Additive, sets: Places, withheld: Flags, free: Flags) -> Flags:
    """The free entries of relations with a single withheld cell, in sets of cells that have such.

    A second cell there may be all that the others of the set want.
    """
    number = np.bincount(near.relation, withheld[near.cell], near.relations)
    of_relation = np.zeros(near.relations, np.int64)
    here = withheld[near.cell]
    of_relation[near.relation[here]] = sets[near.cell[here]]
    alone = free & (number == 1)[near.relation]
    having = np.zeros(int(sets.max(initial=-1)) + 1, bool)
    having[of_relation[near.relation[alone]]] = True
    found: Flags = alone | (free & ~having[of_relation[near.relation]])
    return found


def _wanting(
    near: Additive, cells: Cells, withheld: Flags, known: Interval, bounds: Interval, exposed: Flags
) -> Flags:
    """The relations through which exposed cells are bounded, those at one remove and so on too."""
    within = implied(near, *bounds)
    low = np.maximum(within.lower, known.lower[near.cell])
    high = np.minimum(within.upper, known.upper[near.cell])
    need = np.where(exposed, cells.width, 0.0)
    narrow = withheld & ~cells.never
    while True:
        short = high - low < need[near.cell] - NEAR
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


def _one_more(table: Additive, cells: Cells, withheld: Flags, recoverable: Flags) -> Flags:
    """For each recoverable cell the cheapest one beside it, in the cheapest of its relations.

    Where all beside them are fixed or withheld, those that are nearest.
    """
    if not recoverable.any():
        return np.zeros(table.cells, bool)
    free = cells.free(withheld)
    beside = table.among(table.touching(recoverable))
    best = _cheapest(beside, free[beside.cell], cells.cost[beside.cell])
    cost = np.full(beside.relations, np.inf)
    cost[beside.relation[best]] = cells.cost[beside.cell[best]]
    own = np.flatnonzero(recoverable[beside.cell] & np.isfinite(cost[beside.relation]))
    if not own.size:
        return _further_away(table, cells, withheld, recoverable)
    order = own[np.lexsort((cost[beside.relation[own]], beside.cell[own]))]
    first = order[np.unique(beside.cell[order], return_index=True)[1]]
    taken = np.zeros(beside.relations, bool)
    taken[beside.relation[first]] = True
    return _marked(beside, best & taken[beside.relation])


def _further_away(table: Additive, cells: Cells, withheld: Flags, recoverable: Flags) -> Flags:
    """The cheapest cell of each relation that is nearest to the recoverable ones and has any free.

    Nearest is by withheld cells: first the relations of those that share one with them, and so on.
    """
    free = cells.free(withheld)
    ring = recoverable
    while True:
        around = table.among(table.touching(ring))
        grown = ring | (withheld & _marked(around, np.ones(around.cell.size, bool)))
        beside = table.among(table.touching(grown))
        if free[beside.cell].any() or (grown == ring).all():
            best = _cheapest(beside, free[beside.cell], cells.cost[beside.cell])
            return _marked(beside, best)
        ring = grown


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
