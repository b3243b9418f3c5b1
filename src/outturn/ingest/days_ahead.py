"""Rows with a day that had not come on the position date: nothing can have happened on it yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.model import about_people
from outturn.databases import InFiles


def days_ahead(
    tables: Mapping[str, pl.DataFrame | InFiles], contracts: Mapping[str, Contract], as_of: date
) -> Iterator[str]:
    """A sentence for each column of such days, with the number of rows and never a cell.

    Only records of people are asked, whose days are of something that happened. Asked are the days
    by which rows are counted or sent, as those of admission and of discharge. A day on which a
    review is due may lie ahead.
    """
    for name, rows in tables.items():
        contract = contracts[name]
        if not about_people(contract):  # a total of a month is of no day
            continue
        asked = dict.fromkeys(one for one in (contract.period, contract.reaches) if one)
        columns = [one for one in asked if contract.schema[one] == pl.Date]
        if not columns:
            continue
        read = rows.lazy() if isinstance(rows, pl.DataFrame) else _scanned(rows)
        counted = read.select((pl.col(one) > as_of).sum() for one in columns).collect()
        for column, number in zip(columns, counted.row(0), strict=True):
            if number:
                have = "1 row has" if number == 1 else f"{number:,} rows have"
                yield (
                    f"Table '{name}', column {column}: {have} a day after {as_of.isoformat()}, the "
                    "position date. Put the day right in the records, or build for a later date."
                )


def _scanned(rows: InFiles) -> pl.LazyFrame:
    return pl.scan_parquet(list(rows.files), glob=False)
