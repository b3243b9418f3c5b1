"""Rows of a folder of files, so numbered that no two of its files have a row of the same number.

A derivation knows a record by its source and the number of its row. Each file of a folder has a
first row: within a derivation the rows of its second file begin after OF_A_FILE, those of the third
after twice as many. What comes out has the numbers of the files again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from outturn.contracts.model import RESERVED, Contract
from outturn.databases import Dialect, InFiles

OF_A_FILE = 2**40  # more rows than any file has
_SOURCE, _ROW = RESERVED


def read_into(
    database: Dialect,
    tables: Mapping[str, pl.DataFrame | InFiles],
    contracts: Mapping[str, Contract],
) -> None:
    """Make every table readable by its name, each row with a number that is its own."""
    for name, rows in tables.items():
        if not isinstance(rows, InFiles):
            database.table(name, _in_memory(rows))
        elif len(set(rows.sources)) == len(rows.sources):
            database.parquet(name, rows.files)
        else:
            _in_files(database, name, rows, contracts[name])


def as_in_the_files(made: pl.DataFrame) -> pl.DataFrame:
    """A derived table with the numbers that its rows have in their files."""
    return made.with_columns(pl.col(_ROW) % OF_A_FILE)


def position(row: pl.Expr) -> pl.Expr:
    """The position of a row's file among those of its source, by the number within a derivation."""
    return row // OF_A_FILE


def _in_files(database: Dialect, name: str, rows: InFiles, contract: Contract) -> None:
    columns = ", ".join(database.quote(one) for one in (*contract.names, _SOURCE))
    row = database.quote(_ROW)
    each = []
    for number, place in enumerate(positions(rows.sources)):
        part = f"{name}_file_{number}"
        database.parquet(part, [rows.files[number]])
        shifted = f"{row} + {place * OF_A_FILE} as {row}"
        each.append(f"select {columns}, {shifted} from {database.quote(part)}")
    database.view(name, " union all ".join(each))


def positions(sources: Sequence[str]) -> list[int]:
    """The position of each file among those of its source."""
    return [sources[:number].count(source) for number, source in enumerate(sources)]


def _in_memory(rows: pl.DataFrame) -> pl.DataFrame:
    """The same of files that lie one after the other: the next begins where numbers fall back."""
    back = (pl.col(_ROW) <= pl.col(_ROW).shift(1).over(_SOURCE)).fill_null(False)
    files = back.cast(pl.Int64).cum_sum().over(_SOURCE)
    return rows.with_columns(pl.col(_ROW) + files * OF_A_FILE)
