"""How a rule looks for its fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from outturn.ingest.extract_check.records import Records

FOUND: dict[str, type[pl.DataType]] = {
    "index": pl.UInt32,  # position of the row
    "field": pl.String,  # empty where it is about the row as a whole
    "other": pl.Int64,  # the number, in the file, of another row that it is about; or null
}


@dataclass(frozen=True, slots=True)
class Test:
    """Where `fails` is true the row has the fault, which is told of the field."""

    rule: str
    field: str
    fails: pl.Expr


@dataclass(frozen=True)
class Given:
    """What the rules may ask: the records and what is known of the file as a whole."""

    records: Records
    status: pl.DataFrame
    result: pl.DataFrame
    stated: tuple[date | None, date | None]  # the reporting period that most rows state
    council: frozenset[str] = field(default_factory=frozenset)  # what the council is called
    uneven: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.Int64))

    @property
    def frame(self) -> pl.DataFrame:
        return self.records.frame

    def threshold(self, name: str) -> int:
        return self.records.specification.thresholds[name]

    def valid(self, name: str) -> pl.Expr:
        """Whether the cell of a field is filled and not invalid; a value of release 1 is not."""
        result = self.result[name]
        return pl.lit((result >= 1) | (result == -7))

    def mandatory(self, name: str) -> pl.Expr:
        return pl.lit(self.status[name] == 2)


Found = Iterator[tuple[str, pl.DataFrame]]  # the rule and, as FOUND, where its fault is


def is_one(column: pl.Expr, values: Collection[str] | Collection[date]) -> pl.Expr:
    """True where the column is one of the values, false where it is empty."""
    return column.is_in(list(values)).fill_null(False)


def at(index: pl.Series, field: str, other: pl.Series | None = None) -> pl.DataFrame:
    """The same field of several rows, as FOUND."""
    frame = pl.DataFrame({"index": index.cast(pl.UInt32)})
    number = other.cast(pl.Int64) if other is not None else pl.lit(None, pl.Int64)
    return frame.with_columns(pl.lit(field).alias("field"), number.alias("other"))
