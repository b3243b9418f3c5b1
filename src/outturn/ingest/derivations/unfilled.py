"""What derived tables lack where a column of the records was not there, by `columns.READ`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outturn.ingest.derivations.columns import ROWS, Read, read_by
from outturn.ingest.derivations.model import Method
from outturn.ingest.unfilled import Lacks, Unfilled


def handed_on(lacks: Lacks, needed: Sequence[Method]) -> Lacks:
    """The same, with the columns of derived tables that are made of such, and with ROWS where what
    rows a table has hangs on them. `needed` are methods in the order in which they are used.
    """
    found = {table: dict(columns) for table, columns in lacks.items()}
    for method in needed:
        own: dict[str, dict[Unfilled, None]] = {}
        for table in method.reads:
            own.setdefault(ROWS, {}).update(dict.fromkeys(found.get(table, {}).get(ROWS, ())))
        for table, read in read_by(method):
            because = _because(found.get(table, {}), read)
            for made in read.made:
                own.setdefault(made, {}).update(because)
        told = {made: tuple(because) for made, because in own.items() if because}
        if told:
            found[method.table] = told
    return found


def _because(lacks: Mapping[str, tuple[Unfilled, ...]], read: Read) -> dict[Unfilled, None]:
    """The columns that lack; of those that tell the same, where one source lacks them all."""
    each = [lacks.get(column, ()) for column in read.columns]
    wheres = set.intersection(*({one.where for one in found} for found in each))
    return {one: None for found in each for one in found if one.where in wheres}
