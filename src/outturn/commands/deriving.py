"""The tables of a folder together with those that are derived from them for its measures.

They are made once for the same data, methods and position date, and then remembered beside the
tables that were read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

import outturn
from outturn.commands.folder import counted_tables, supplied_tables
from outturn.contracts import Contract
from outturn.databases import DuckDB
from outturn.framework import Partnership
from outturn.ingest import Ingested
from outturn.ingest.derivations.derive import (
    derive,
    derive_with_kept_out,
    in_order,
    makeable,
    without_rows,
)
from outturn.ingest.derivations.methods import read_methods
from outturn.ingest.derivations.model import Method
from outturn.ingest.derivations.unfilled import handed_on
from outturn.ingest.set_aside import lack_of, number_of, some_lack_of
from outturn.ingest.store import Store, digest
from outturn.ingest.unfilled import Lacks
from outturn.terms.errors import raise_all
from outturn.vintages import software

REMEMBERED = (
    "derived tables"  # beside the tables that were read, each of which has the id of a source
)
FOR_PEOPLE = "derived tables with who is kept out"  # remembered beside them, for `people`
_ROOMS = ("contracts", "databases", "ingest")
_DECIDING = (".py", ".csv", ".json")  # code, lists of words and contracts


def with_derived(
    ingested: Ingested,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    as_of: date,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Ingested:
    """What was read, and every derived table that a measure counts and the data allow.

    A table that a source holds is not derived: a partnership may have made it itself.
    """
    methods, mistakes = read_methods(partnership.files)
    raise_all(mistakes)
    said = not_derived(ingested, partnership)
    if said and progress:
        progress(said)
    wanted, needed = _needed(ingested, partnership, methods)
    if not needed:
        return ingested
    key = _key(ingested, needed, contracts, as_of)
    names = tuple(one.table for one in needed)
    store = Store(cache)
    made = store.tables(REMEMBERED, key, names)
    if not made:
        with DuckDB(reads=_folders(ingested)) as database:
            made = derive(
                wanted,
                ingested.every,
                methods=methods,
                contracts=contracts,
                as_of=as_of,
                database=database,
                progress=progress,
            )
        store.keep(REMEMBERED, key, made)
    counted = {name: frame for name, frame in made.items() if name in wanted}
    if progress and (without := [name for name, frame in counted.items() if frame.is_empty()]):
        progress(_without_a_row(without))
    behind = {one for name in counted for one in contracts[name].reach_of}
    kept = {name: frame for name, frame in made.items() if name in {*counted, *behind}}
    return replace(
        ingested,
        tables={**ingested.tables, **kept},
        made_of=key,
        lacking=_lacking(ingested, needed),
        doubts=_handed_on(ingested.doubts, needed, {}),
        discreet={**ingested.discreet, **_discreet(ingested)},
        unfilled=handed_on(ingested.unfilled, needed),
    )


def unfilled_of(ingested: Ingested, partnership: Partnership) -> Lacks:
    """The columns that sources do not have, and what derived tables lack for it, before any is
    made."""
    methods, _ = read_methods(partnership.files)
    _, needed = _needed(ingested, partnership, methods)
    return handed_on(ingested.unfilled, needed)


def derived_for_people(
    read: Ingested,
    partnership: Partnership,
    contracts: Mapping[str, Contract],
    as_of: date,
    tables: Collection[str],
    cache: Path | None = None,
) -> dict[str, pl.DataFrame]:
    """Those of some tables that are derived, each with the records that a rule keeps out of it.

    `read` is what was read, before anything was derived. The column `kept_out` has the rule, and
    the number of a row tells its file as well: see `ingest.derivations.numbered`.
    """
    methods, mistakes = read_methods(partnership.files)
    raise_all(mistakes)
    _, every = _needed(read, partnership, methods)
    asked = sorted({one.table for one in every} & {*tables})
    needed = in_order(asked, methods, {*supplied_tables(partnership), *read.every})
    key = _key(read, needed, contracts, as_of)
    store = Store(cache)
    made = store.tables(FOR_PEOPLE, key, tuple(asked))
    if asked and not made:
        with DuckDB(reads=_folders(read)) as database:
            found = derive_with_kept_out(
                asked,
                read.every,
                methods=methods,
                contracts=contracts,
                as_of=as_of,
                database=database,
            )
        made = {name: found[name] for name in asked}
        store.keep(FOR_PEOPLE, key, made)
    return made


def _key(
    ingested: Ingested, needed: Sequence[Method], contracts: Mapping[str, Contract], as_of: date
) -> str:
    """A digest of all that decides the tables that some methods make."""
    kept = {
        one: contracts[one]
        for method in needed
        for one in (method.table, *method.reads)
        if one in contracts
    }
    return digest(ingested.made_of, needed, kept, as_of, _software())


def _folders(ingested: Ingested) -> list[Path]:
    """The folders that a database must be let into to read the tables."""
    return [one for rows in ingested.in_files.values() for one in rows.folders]


def not_derived(ingested: Ingested, partnership: Partnership) -> str:
    """Sentences that name the tables that are counted but cannot be made, and those that others
    would be made of; empty if all are."""
    methods, _ = read_methods(partnership.files)
    said = [_cannot_be_made(ingested, partnership, methods), _passed_over(partnership, methods)]
    return " ".join(one for one in said if one)


def _passed_over(partnership: Partnership, methods: Mapping[str, Method]) -> str:
    """A sentence about records of which others would be made, were these not supplied as well."""
    supplied, counted = supplied_tables(partnership), counted_tables(partnership)
    needed = {one.table for one in in_order(counted, methods)}
    both = [
        f"'{one.table}' is taken as a source has it, and not made of '{given}'."
        for one in methods.values()
        for given in one.given
        if one.usually_supplied and {one.table, given} <= supplied
        if one.table in needed and given not in counted
    ]
    return " ".join(both)


def _cannot_be_made(
    ingested: Ingested, partnership: Partnership, methods: Mapping[str, Method]
) -> str:
    lacks = _without_rows(ingested, partnership, methods)
    if not lacks:
        return ""
    tables = ", ".join(f"'{one}'" for one in lacks)
    rows = ", ".join(f"'{one}'" for one in sorted({one for each in lacks.values() for one in each}))
    were = "was" if len(lacks) == 1 else "were"
    return f"{tables} {were} not derived: there are no rows of {rows}."


def _without_a_row(tables: Sequence[str]) -> str:
    """One sentence that names the tables of which no row could be made."""
    have = "has" if len(tables) == 1 else "have"
    named = ", ".join(f"'{one}'" for one in tables)
    return f"{named} {have} no rows: nothing in the records tells what is counted there."


def _without_rows(
    ingested: Ingested, partnership: Partnership, methods: Mapping[str, Method]
) -> dict[str, tuple[str, ...]]:
    supplied = supplied_tables(partnership)
    return without_rows(counted_tables(partnership), methods, ingested.every, supplied)


def _needed(
    ingested: Ingested, partnership: Partnership, methods: Mapping[str, Method]
) -> tuple[list[str], list[Method]]:
    """The tables that are wanted and can be made, and every method that is needed for them."""
    lacks = _without_rows(ingested, partnership, methods)
    supplied = {*supplied_tables(partnership), *ingested.every}
    wanted = [one for one in counted_tables(partnership) if one not in {*lacks, *supplied}]
    return wanted, makeable(in_order(wanted, methods, supplied), ingested.every)


def _lacking(ingested: Ingested, needed: Sequence[Method]) -> dict[str, tuple[str, ...]]:
    """A table that is made of an incomplete one is as incomplete: of every place and period, for
    what comes before and after a row, and of one person elsewhere, may hang on it."""
    rows = {table: (lack_of(table, number_of(one)),) for table, one in ingested.lacked.items()}
    return _handed_on(ingested.lacking, needed, rows)


def _discreet(ingested: Ingested) -> dict[str, str]:
    """By each sentence about rows that were set aside, which `_lacking` hands on, the same without
    their number."""
    each = ingested.lacked.items()
    return {lack_of(table, number_of(one)): some_lack_of(table) for table, one in each}


def _handed_on(
    said: Mapping[str, tuple[str, ...]],
    needed: Sequence[Method],
    besides: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    """What is said of tables, of those that are made of them as well; `besides`, of these alone."""
    found = dict(said)
    for method in needed:
        reads = ((*found.get(one, ()), *besides.get(one, ())) for one in method.reads)
        if more := dict.fromkeys(what for each in reads for what in each):
            found[method.table] = tuple(more)
    return found


@lru_cache
def _software() -> str:
    """The version and those of the packages that decide a number, and the code itself."""
    here = Path(outturn.__file__).parent
    found = (file for room in _ROOMS for file in (here / room).rglob("*"))
    files = sorted(file for file in found if file.suffix in _DECIDING)
    code = [(str(file.relative_to(here)), file.read_text(encoding="utf-8")) for file in files]
    return digest(software(outturn.__version__), code)
