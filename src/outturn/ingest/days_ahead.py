"""Rows with a day that had not come on the position date: nothing can have happened on it yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.model import about_people
from outturn.databases import InFiles

# Words that say of a row that it is of no event yet: a rota of the days ahead is no mistake.
NOT_YET = {"home_care_visits": ("outcome", ("planned", "cancelled"))}


def days_ahead(
    tables: Mapping[str, pl.DataFrame | InFiles], contracts: Mapping[str, Contract], as_of: date
) -> Iterator[str]:
    """A sentence for each column of such days, with the number of rows and never a cell.

    Only records of people are asked, whose days are of something that happened. Asked are the days
    by which rows are counted or sent, as those of admission and of discharge. A day on which a
    review is due may lie ahead, and so may a visit that is planned, or was cancelled beforehand.
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
        asked_rows = _happened(name, contract)
        counted = read.select(
            ((pl.col(one) > as_of) & asked_rows).sum() for one in columns
        ).collect()
        for column, number in zip(columns, counted.row(0), strict=True):
            if number:
                have = "1 row has" if number == 1 else f"{number:,} rows have"
                yield (
                    f"Table '{name}', column {column}: {have} a day after {as_of.isoformat()}, the "
                    "position date. Put the day right in the records, or build for a later date."
                )


def _happened(name: str, contract: Contract) -> pl.Expr:
    """Whether a row tells of something that has happened; one that does not say is taken to."""
    column, words = NOT_YET.get(name, ("", ()))
    if column not in contract.schema:
        return pl.lit(value=True)
    return ~pl.col(column).is_in(words).fill_null(value=False)


def _scanned(rows: InFiles) -> pl.LazyFrame:
    return pl.scan_parquet(list(rows.files), glob=False)
