"""Makes the derived tables that are asked for, in the order in which they need one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.databases import Dialect, InFiles
from outturn.ingest.derivations import DERIVATIONS
from outturn.ingest.derivations.model import Asked, Method

ROW: dict[str, type[pl.DataType]] = {"source": pl.String, "row": pl.Int64}


def in_order(wanted: Iterable[str], methods: Mapping[str, Method]) -> list[Method]:
    """The methods that make the wanted tables and those that they are made of, each once."""
    found: dict[str, Method] = {}

    def add(table: str) -> None:
        if table in methods and table not in found:
            for given in methods[table].given:
                add(given)
            found[table] = methods[table]

    for table in wanted:
        add(table)
    return list(found.values())


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
    """The wanted derived tables, and those between. One whose tables were not given is not made.

    `tables` keep their contracts, with the columns `source` and `row`; so do those that come out.
    """
    made: dict[str, pl.DataFrame] = {}
    for name, rows in tables.items():
        if isinstance(rows, InFiles):
            database.parquet(name, rows.files)
        else:
            database.table(name, rows)
    for method in in_order(wanted, methods):
        if not all(one in tables or one in made for one in method.given):
            continue
        if progress:
            progress(f"Deriving '{method.table}' by the method {method.version}")
        plan = DERIVATIONS[method.derivation](database, Asked(method, as_of))
        for name, frame in plan.tables.items():
            database.table(name, frame)
        found = database.run(plan.steps, plan.last)
        kinds = {**contracts[method.table].schema, **ROW}
        made[method.table] = found.select(pl.col(n).cast(kind) for n, kind in kinds.items())
        database.table(method.table, made[method.table])
    return made
