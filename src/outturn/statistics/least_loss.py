"""Which cells to withhold for others' sake, so that little is lost: one small count at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, components
from outturn.statistics.columns import Flags, Interval, Places
from outturn.statistics.disclosure_cells import Cells, firsts
from outturn.statistics.fitting_tables import Tables
from outturn.statistics.protection import Blocks, Leeway, cheapest_change, drawn_change

_DRAWS = 3  # goals at random, each in both directions
_FURTHEST = 1_000  # widths that a cell is moved at most, where nothing else stops it


@dataclass(frozen=True)
class Protected:
    """Withheld cells, a flag for each, with the tables that prove small ones safe."""

    withheld: Flags
    tables: Tables


def protected(
    table: Additive,
    cells: Cells,
    withheld: Flags,
    allowed: Flags,
    tables: Tables | None = None,
) -> Protected:
    """The withheld cells, with as many of the `allowed` ones as prove every small cell safe.

    For one small cell after another the cheapest change of the true table is found that moves it as
    far as it must stay unknown; the cells that it moves besides those withheld so far are withheld
    too, with their companions. Sets that do not hang together go side by side. Where withheld and
    allowed cells cannot protect a small one, because of what is fixed, no table proves it. `tables`
    are what is known to fit; without them some are drawn first, which prove many small cells.

    Source: the linear programming heuristic of Kelly, Golden and Assad (1992), Cell suppression:
    disclosure protection for sensitive tabular data, Networks 22.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> protected(row, cells, cells.primary, ~cells.primary).withheld.tolist()
    [False, False, True, True]
    """
    blocks = blocks_of(table, cells, leeway_of(cells, withheld, allowed))
    found = Protected(withheld, _drawn(blocks, cells, withheld) if tables is None else tables)
    helpless = np.zeros(table.cells, bool)
    while True:
        targets = firsts(blocks.sets, withheld & narrow(found.tables, cells) & ~helpless)
        if not targets.size:
            return found
        found = apart(blocks, cells, found, targets, allowed)
        helpless[targets] = narrow(found.tables, cells)[targets]


def blocks_of(table: Additive, cells: Cells, leeway: Leeway) -> Blocks:
    """The sets of cells that can move and hang together, also through their companions.

    Cells that cannot move are in no block, and no relation or companion joins two blocks; `leeway`
    has a row for each cell, in counts. Raises nothing of its own. Does not say which cells to
    withhold.

    Source: connected components of a graph.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([9, 2, 3, 4], PRESETS["social care"])
    >>> leeway = leeway_of(cells, cells.primary, np.zeros(4, bool))
    >>> blocks_of(row, cells, leeway).size(np.arange(2)).tolist()
    [0, 3]
    """
    sets = components(table, leeway.movable, cells.together)
    return Blocks.of(table, sets, leeway.movable)


def leeway_of(cells: Cells, withheld: Flags, allowed: Flags) -> Leeway:
    """How far each cell can move from its count as it is, and where allowed ones are withheld too.

    Loss counts by the logarithm of a cell's cost: by the cost itself, ten months of 90 would rather
    be withheld than one year of 1,000.

    Source: what is known of the cells, less their counts.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> cells = cells_under([9, 2], PRESETS["social care"])
    >>> leeway_of(cells, cells.primary, ~cells.primary).most.lower.tolist()
    [-9.0, -2.0]
    """
    free, most = cells.known(withheld), cells.known(withheld | allowed)
    cost = np.log1p(cells.cost)
    return Leeway(
        Interval(free.lower - cells.count, free.upper - cells.count),
        Interval(most.lower - cells.count, most.upper - cells.count),
        cost / max(float(cost.max(initial=0.0)), 1.0),
    )


def apart(
    blocks: Blocks, cells: Cells, found: Protected, targets: Places, allowed: Flags
) -> Protected:
    """The same with a table that moves each target upwards as far as is wanting, then downwards.

    One target in each set. Allowed cells that such a table moves are withheld.

    Source: as `protected`.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> start = Protected(cells.primary, Tables.none())
    >>> blocks = blocks_of(row, cells, leeway_of(cells, cells.primary, ~cells.primary))
    >>> apart(blocks, cells, start, np.array([3]), ~cells.primary).tables.moved.tolist()
    [-5.0, 5.0]
    """
    withheld, tables = found.withheld, found.tables
    for upwards in (True, False):
        reach = tables.reach(cells.count.size)
        at = targets[narrow(tables, cells)[targets]]
        if at.size:
            end = reach.lower + cells.width if upwards else reach.upper - cells.width
            leeway = leeway_of(cells, withheld, allowed)
            change = cheapest_change(blocks, leeway, at, end[at])
            withheld = cells.with_companions(withheld | leeway.beyond(change))
            tables = tables.with_change(change, blocks.sets)
    return Protected(withheld, tables)


def narrow(tables: Tables, cells: Cells) -> Flags:
    """The small cells that no tables move as far apart as they must stay unknown.

    A flag for each cell; distances are in counts. Raises nothing of its own. Does not say that such
    a cell is exposed, but that nothing found so far proves it safe.

    Source: the width of `Cells`.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> narrow(Tables.none(), cells_under([9, 2], PRESETS["social care"])).tolist()
    [False, True]
    """
    reach = tables.reach(cells.count.size)
    return np.asarray(reach.upper - reach.lower < cells.width - NEAR)


def _drawn(blocks: Blocks, cells: Cells, withheld: Flags) -> Tables:
    """Tables that move many small cells at once, by goals drawn at random."""
    tables, draws = Tables.none(), np.random.default_rng(0)
    leeway = leeway_of(cells, withheld, np.zeros(withheld.size, bool))
    furthest = _FURTHEST * float(cells.width.max(initial=0.0))
    for _ in range(_DRAWS):
        open_ = withheld & narrow(tables, cells)
        goal = np.zeros(open_.size)
        goal[open_] = draws.choice([-1.0, 1.0], int(open_.sum()))
        of = np.unique(blocks.sets[open_])
        for one in (goal, -goal):
            change = drawn_change(blocks, leeway, one, furthest, of)
            tables = tables.with_change(change, blocks.sets)
    return tables
