"""Ages in whole years."""

from __future__ import annotations

import polars as pl

from outturn.ingest.extract_check.records import read


def age_on(when: pl.Expr) -> pl.Expr:
    """The true age in years on a day; on the birthday itself a person is a year older."""
    birth = read("date_of_birth")
    return when.dt.year() - birth.dt.year() - (_in_year(when) < _in_year(birth)).cast(pl.Int32)


def _in_year(day: pl.Expr) -> pl.Expr:
    """A number that orders the days of a year, 29 February between its neighbours."""
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()
