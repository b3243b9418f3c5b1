"""What derived tables lack where a column of the records was not there, by `columns.READ`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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
    """The columns that lack; of those that tell the same, where one source lacks them all.

    Of a folder of files a place loses what every file of it lacks of them all.
    """
    each = [lacks.get(column, ()) for column in read.columns]
    if len(each) == 1:
        return dict.fromkeys(each[0])
    wheres = set.intersection(*({one.where for one in found} for found in each))
    found: dict[Unfilled, None] = {}
    for where in dict.fromkeys(one.where for one in each[0] if one.where in wheres):
        of_source = [[one for one in lacking if one.where == where] for lacking in each]
        found |= dict.fromkeys(_of_all(of_source))
    return found


def _of_all(columns: Sequence[Sequence[Unfilled]]) -> list[Unfilled]:
    """The columns that tell the same and lack in one source, with the places that lack them all."""
    lost = set.intersection(*({code for one in each for code in one.places} for each in columns))
    touched = set.intersection(
        *({code for one in each for code in (*one.places, *one.mixed)} for each in columns)
    )
    every = [one for each in columns for one in each]
    some = next((one.some for one in every if one.some), "")
    if some and not touched:
        return []  # no place has a file that lacks them all
    places, mixed = tuple(sorted(lost)), tuple(sorted(touched - lost))
    return [replace(one, places=places, mixed=mixed, some=one.some or some) for one in every]
