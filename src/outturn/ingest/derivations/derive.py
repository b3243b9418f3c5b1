"""Makes the derived tables that are asked for, in the order in which they need one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.databases import Dialect, InFiles, Sql
from outturn.ingest.derivations import DERIVATIONS
from outturn.ingest.derivations.kept_out import KEPT_OUT
from outturn.ingest.derivations.model import Asked, Before, Method, Plan, kept_out_of
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


def makeable(ordered: Iterable[Method], there: Collection[str]) -> list[Method]:
    """Of methods in order, those whose tables can be made of those that are there."""
    found: dict[str, Method] = {}
    for method in ordered:
        if all(one in there or one in found for one in method.given):
            found[method.table] = method
    return list(found.values())


def without_rows(
    wanted: Collection[str],
    methods: Mapping[str, Method],
    there: Collection[str],
    supplied: Collection[str] = (),
) -> dict[str, tuple[str, ...]]:
    """The wanted tables that cannot be made of those that are there, each with what is lacking.

    A table of records lacks itself, whatever else it could be made of; wanted itself, it lacks
    nothing.
    """
    lacks: dict[str, list[str]] = {}
    for method in in_order(wanted, methods, {*there, *supplied}):
        lacks[method.table] = [
            name
            for one in method.given
            if one not in there
            for name in (lacks[one] if one in lacks else [one])
        ]
        if lacks[method.table] and method.usually_supplied:
            lacks[method.table] = [method.table]
    return {
        one: tuple(dict.fromkeys(lacks[one]))
        for one in wanted
        if lacks.get(one) and not methods[one].usually_supplied
    }


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
    asked = _Making(tables, contracts, as_of, database)
    for method, plan in asked.plans(wanted, methods, progress):
        made[method.table] = asked.run(method, plan, plan.last)
        database.table(method.table, made[method.table])
        if progress and plan.before and (said := _too_early(database, plan.before)) not in told:
            told.add(said)
            progress(said)
    return {name: as_in_the_files(rows) for name, rows in made.items()}


def derive_with_kept_out(
    wanted: Iterable[str],
    tables: Mapping[str, pl.DataFrame | InFiles],
    *,
    methods: Mapping[str, Method],
    contracts: Mapping[str, Contract],
    as_of: date,
    database: Dialect,
) -> dict[str, pl.DataFrame]:
    """The same tables, with the records that a rule keeps out of each below its rows.

    The column `kept_out` has the rule; it is empty in a row of the table. The number of a row tells
    the file of its folder as well: see `numbered`.
    """
    made: dict[str, pl.DataFrame] = {}
    asked = _Making(tables, contracts, as_of, database)
    for method, plan in asked.plans(wanted, methods):
        for one in method.reads:
            if one in tables:
                asked.nobody_kept_out_of(one)
        rows = asked.run(method, plan, plan.last)
        database.table(method.table, rows)
        out = rows.clear().with_columns(pl.lit(None, pl.String).alias(KEPT_OUT))
        if plan.kept_out:
            out = asked.run(method, plan, plan.kept_out)
        database.table(kept_out_of(method.table), out)
        made[method.table] = pl.concat([rows, out], how="diagonal")
    return made


@dataclass(frozen=True, slots=True)
class _Making:
    """What derived tables are made of, where, and what they look like."""

    tables: Mapping[str, pl.DataFrame | InFiles]
    contracts: Mapping[str, Contract]
    as_of: date
    database: Dialect

    def plans(
        self,
        wanted: Iterable[str],
        methods: Mapping[str, Method],
        progress: Callable[[str], None] | None = None,
    ) -> Iterator[tuple[Method, Plan]]:
        """The methods in their order, each with its plan once the tables that it reads are there.

        A table is to be made, and put into the database, before the next plan is asked for.
        """
        tables, database = self.tables, self.database
        made: set[str] = set()
        read_into(database, tables, self.contracts)
        for method in in_order(wanted, methods, tables):
            if not all(one in tables or one in made for one in method.given):
                continue
            if progress:
                progress(f"Deriving '{method.table}' by the method {method.version}")
            for one in method.if_there:
                if one not in tables and one not in made:
                    database.table(one, pl.DataFrame(schema={**self.contracts[one].schema, **ROW}))
            plan = DERIVATIONS[method.derivation](database, Asked(method, self.as_of))
            for name, frame in plan.tables.items():
                database.table(name, frame)
            made.add(method.table)
            yield method, plan

    def nobody_kept_out_of(self, table: str) -> None:
        """Of a table that is given itself, nobody knows who is kept out of it."""
        self.database.table(kept_out_of(table), pl.DataFrame(schema=self._told_of(table)))

    def _told_of(self, table: str) -> dict[str, type[pl.DataType]]:
        return {**self.contracts[table].schema, **ROW, KEPT_OUT: pl.String}

    def run(self, method: Method, plan: Plan, last: Sql) -> pl.DataFrame:
        contract = self.contracts[method.table]
        if last is not plan.kept_out:
            return _keeping(self.database.run(plan.steps, last), contract, method)
        found = self.database.run((*plan.steps, *plan.besides), last)
        kinds = self._told_of(method.table)
        empty = [pl.lit(None, kind).alias(n) for n, kind in kinds.items() if n not in found.columns]
        told = found.with_columns(empty).select(pl.col(n).cast(k) for n, k in kinds.items())
        return told.unique(maintain_order=True)


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
