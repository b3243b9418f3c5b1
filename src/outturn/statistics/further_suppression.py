"""What more to withhold where tables that were protected by themselves are read together."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, components
from outturn.statistics.columns import Flags
from outturn.statistics.disclosure_audit import audit
from outturn.statistics.disclosure_cells import Cells, Part, of_sets
from outturn.statistics.fitting_tables import Tables
from outturn.statistics.giving_back import exposed, given_back
from outturn.statistics.least_loss import narrow, protected

_STEPS = 3  # relations from an exposed cell: as far as it is protected from at first


class Further(NamedTuple):
    """The cells that are withheld in the end, and the small ones that are not proved safe so."""

    withheld: Flags
    left: Flags


def further_suppression(
    table: Additive, cells: Cells, withheld: Flags, near: Flags | None = None
) -> Further:
    """The withheld cells, and those that must go besides when every relation is looked at.

    Flags for each cell. `withheld` protects as far as some of the relations tell. What is exposed
    by all of them is found by the audit, and protected by cells nearby: at first those at up to
    three relations from the exposed cell, then those at six, until it is safe or nothing is left
    to withhold. Of what is withheld so, what is not needed is given back at once. So the cost is
    that of what the further relations expose, and not of all cells that they join. Where `near` is
    given, a flag for each cell, only what hangs together with a cell near is looked at: the rest
    was before.

    Source: `least_loss.protected` and `giving_back.given_back`, on parts of the table; withholding
    more never tells more.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> same = Additive.of([(0, [1, 2, 3]), (2, [4])], 5)
    >>> cells = cells_under([58, 40, 16, 2, 16], PRESETS["social care"])
    >>> further_suppression(same, cells, np.array([0, 0, 1, 1, 0], bool)).withheld.tolist()
    [False, False, True, True, True]
    """
    asked = withheld if near is None else together_with(table, cells, withheld, near) & withheld
    open_, steps = worked_out(table, cells, withheld, asked), _STEPS
    looked_at = np.zeros(table.cells, bool)
    while open_.any():
        kept = _around(table, cells, open_, steps)
        if (kept == looked_at).all():
            break
        withheld, open_ = _protected(table, cells, withheld, open_, kept)
        looked_at, steps = kept, steps * 2
    return Further(withheld, open_)


def worked_out(table: Additive, cells: Cells, withheld: Flags, asked: Flags) -> Flags:
    """The protected cells that can be worked out, of those `asked` for; a flag for each cell.

    What bounds passed from relation to relation expose needs no linear programme. The rest is
    audited. Does not say what the cells are bounded by.

    Source: `giving_back.exposed` and `disclosure_audit.audit`.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> row = Additive.of([(0, [1, 2, 3])], 4)
    >>> cells = cells_under([18, 10, 6, 2], PRESETS["social care"])
    >>> worked_out(row, cells, cells.primary, np.ones(4, bool)).tolist()
    [False, False, False, True]
    """
    found = exposed(table, cells, withheld, withheld) & asked
    width = np.where(withheld & asked & ~found, cells.width, 0.0)
    return found | audit(table, *cells.known(withheld), width).recoverable


def together_with(table: Additive, cells: Cells, withheld: Flags, marked: Flags) -> Flags:
    """The uncertain cells that hang together with marked ones, by relations and as companions.

    A flag for each cell.

    Source: connected components of a graph.

    >>> from outturn.statistics.disclosure_cells import cells_under
    >>> from outturn.statistics.disclosure_policies import PRESETS
    >>> cells = cells_under([8, 2, 6, 9], PRESETS["social care"])
    >>> row = Additive.of([(0, [1, 2])], 4)
    >>> hidden = np.array([0, 1, 1, 1], bool)
    >>> together_with(row, cells, hidden, np.array([0, 1, 0, 0], bool)).tolist()
    [False, True, True, False]
    """
    known = cells.known(withheld)
    uncertain = known.upper - known.lower > NEAR
    sets = components(table, uncertain, cells.together)
    return np.asarray(of_sets(sets, marked) & uncertain)


def _around(table: Additive, cells: Cells, exposed: Flags, steps: int) -> Flags:
    """The exposed cells and others at most so many relations away, with their companions."""
    kept = exposed
    for _ in range(steps):
        reached = kept.copy()
        reached[table.cell[table.touching(kept)[table.relation]]] = True
        reached = of_sets(cells.together, reached)
        if (reached == kept).all():
            break
        kept = reached
    return kept


def _protected(
    table: Additive, cells: Cells, withheld: Flags, exposed: Flags, kept: Flags
) -> tuple[Flags, Flags]:
    """The withheld cells with what protects the exposed ones, of those kept; and what is left.

    Who was safe before stays so whatever is withheld besides. So the exposed ones alone must be
    proved, and of what is withheld for them, what they do not need is given back.
    """
    part = Part.of(table, cells, kept)
    hidden = part.within(withheld)
    width = np.where(part.within(exposed), part.cells.width, 0.0)
    # What was withheld before is not tried: it protects others, which are not looked at here.
    asked = replace(part.cells, width=width, small=part.cells.small | hidden)
    found = protected(part.table, asked, hidden, part.within(cells.free(withheld)), Tables.none())
    more = part.put_back(withheld, hidden | given_back(part.table, asked, found))
    left = narrow(found.tables, asked)
    return more, part.put_back(np.zeros(table.cells, bool), left)
