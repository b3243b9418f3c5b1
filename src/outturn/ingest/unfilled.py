"""Columns that a source does not have: nobody can tell them from columns in which nothing stands.

A column that is there and empty is data. One that is not there says nothing, and what would be
counted of it is no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath

import polars as pl

from outturn.contracts.model import Contract
from outturn.framework.model import Source
from outturn.ingest.partitions import few_named

UNFILLED: dict[str, type[pl.DataType]] = {"column": pl.String}


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A column of a table that nothing of one source fills, and the places of its rows.

    Of a folder of files it may be some that lack it, which `some` names; else all do. Then `places`
    are those of which every file lacks it, and `mixed` those that have files with it and without.
    """

    table: str
    column: str
    title: str  # of the table, and what it is called if it has a title
    named: str  # the column as a person knows it: 'Event Outcome' (event_outcome)
    where: str  # the file, as `Source.named`
    places: tuple[str, ...]
    some: str = ""  # "2 of 12 files of 'cld' (a.csv, b.csv)"
    mixed: tuple[str, ...] = ()


Lacks = Mapping[str, Mapping[str, tuple[Unfilled, ...]]]  # by table and column


def by_column(unfilled: Iterable[Unfilled]) -> Lacks:
    found: dict[str, dict[str, tuple[Unfilled, ...]]] = {}
    for one in unfilled:
        columns = found.setdefault(one.table, {})
        columns[one.column] = (*columns.get(one.column, ()), one)
    return found


def unfilled_columns(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The columns of a contract that a mapped extract does not have."""
    lacks = [name for name in contract.names if name not in frame.columns]
    return pl.DataFrame({"column": lacks}, schema=UNFILLED)


def of_source(
    source: Source,
    contract: Contract,
    files: Sequence[tuple[str, pl.DataFrame, AbstractSet[str]]],
) -> list[Unfilled]:
    """What a source does not fill; `files` are its files by name, each with its UNFILLED lines and
    the places of its rows."""
    by_file = {name: set(lines["column"]) for name, lines, _ in files}
    places = {name: of_file for name, _, of_file in files}
    found = []
    for one in contract.fields:
        lacking = [name for name, columns in by_file.items() if one.name in columns]
        if not lacking:
            continue
        without = set[str]().union(*(places[name] for name in lacking))
        having = set[str]().union(*(places[name] for name in by_file if name not in lacking))
        some = ""
        if len(lacking) < len(by_file):
            names = few_named([PurePosixPath(name).name for name in lacking])
            some = f"{len(lacking)} of {len(by_file)} files of '{contract.name}' ({names})"
        named = f"'{one.title}' ({one.name})" if one.title else f"'{one.name}'"
        about = (contract.title or contract.name, named, source.named)
        lost, mixed = tuple(sorted(without - having)), tuple(sorted(without & having))
        found.append(Unfilled(contract.name, one.name, *about, lost, some, mixed))
    return found
