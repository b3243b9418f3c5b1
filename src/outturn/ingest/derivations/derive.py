"""Makes the derived tables that are asked for, in the order in which they need one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.databases import Dialect, InFiles
from outturn.ingest.derivations import DERIVATIONS
from outturn.ingest.derivations.model import Asked, Before, Method
from outturn.ingest.derivations.numbered import as_in_the_files, read_into
from outturn.terms.errors import DefinitionMistake

ROW: dict[str, type[pl.DataType]] = {"source": pl.String, "row": pl.Int64}


def in_order(
    wanted: Iterable[str], methods: Mapping[str, Method], supplied: Collection[str] = ()
) -> list[Method]:
    """The methods that make the wanted tables and those that they are made of, each once.

    A supplied table is taken as it is: it is not made, nor what only it is made of.
    """
    found: dict[str, Method] = {}
    seen = set(supplied)

    def add(table: str) -> None:
        if table in methods and table not in seen:
            seen.add(table)
            for read in methods[table].reads:
                add(read)
            found[table] = methods[table]

    for table in wanted:
        add(table)
    return list(found.values())


def without_rows(
    wanted: Collection[str],
    methods: Mapping[str, Method],
    there: Collection[str],
    supplied: Collection[str] = (),
) -> dict[str, tuple[str, ...]]:
    """The wanted tables that cannot be made of those that are there, each with what is lacking."""
    lacks: dict[str, list[str]] = {}
    for method in in_order(wanted, methods, {*there, *supplied}):
        lacks[method.table] = [
            name
            for one in method.given
            if one not in there
            for name in (lacks[one] if one in lacks else [one])
        ]
    return {one: tuple(dict.fromkeys(lacks[one])) for one in wanted if lacks.get(one)}


def derive(
    wanted: Iterable[str],
    tables: Mapping[str, pl.DataFrame | InFiles],
    *,
    methods: Mapping[str, Method],
    contracts: Mapping[str, Contract],
    as_of: date,
    database: Dialect,
    progress: Callable[[str], None] | None = None,
) -> dict[str, pl.DataFrame]:
    """The wanted derived tables, and those between. One whose tables were not given is not made,
    nor is one that is given itself. A table that a method reads if it is there is else empty.

    `tables` keep their contracts, with the columns `source` and `row`; so do those that come out.
    """
    made: dict[str, pl.DataFrame] = {}
    told = {""}  # what was said of rows that are too early
    read_into(database, tables, contracts)
    for method in in_order(wanted, methods, tables):
        if not all(one in tables or one in made for one in method.given):
            continue
        if progress:
            progress(f"Deriving '{method.table}' by the method {method.version}")
        for one in method.if_there:
            if one not in tables and one not in made:
                database.table(one, pl.DataFrame(schema={**contracts[one].schema, **ROW}))
        plan = DERIVATIONS[method.derivation](database, Asked(method, as_of))
        for name, frame in plan.tables.items():
            database.table(name, frame)
        found = database.run(plan.steps, plan.last)
        made[method.table] = _keeping(found, contracts[method.table], method)
        database.table(method.table, made[method.table])
        if progress and plan.before and (said := _too_early(database, plan.before)) not in told:
            told.add(said)
            progress(said)
    return {name: as_in_the_files(rows) for name, rows in made.items()}


def _too_early(database: Dialect, before: Before) -> str:
    """How many rows lie before the months that a table covers; empty if none does."""
    rows = database.rows("rows before the first month", before.query).item()
    if not rows:
        return ""
    lie = "1 row lies" if rows == 1 else f"{rows:,} rows lie"
    return f"'{before.table}': {lie} before the first month that the records cover."


def _keeping(found: pl.DataFrame, contract: Contract, method: Method) -> pl.DataFrame:
    """The columns that the contract of a derived table asks for, of the types that it names."""
    kinds = {**contract.schema, **ROW}
    lacking = [f"'{name}'" for name in kinds if name not in found.columns]
    if lacking:
        raise DefinitionMistake(
            where=f"{contract.file}, fields",
            problem=f"The derivation '{method.derivation}' does not make {', '.join(lacking)}.",
            remedy="Take that out of the contract, or give the rows yourself, from a source.",
        )
    columns = []
    for name, kind in kinds.items():
        try:
            columns.append(found[name].cast(kind))
        except pl.exceptions.PolarsError:  # its own words would show a cell
            raise DefinitionMistake(
                where=f"{contract.file}, fields",
                problem=f"The derivation '{method.derivation}' makes '{name}' of another type.",
                remedy=f"Give '{name}' the type that it has in the contract of outturn.",
            ) from None
    return pl.DataFrame(columns)
