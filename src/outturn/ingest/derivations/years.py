"""A table of financial years, for steps that count by the year and look at its last day."""

from __future__ import annotations

from datetime import date

import polars as pl

FIRST_YEAR = 1990
_KINDS = {
    "calendar": pl.String, "period": pl.String, "first": pl.Date, "last": pl.Date,
}  # fmt: skip


def financial_years(until: date) -> list[tuple[str, str, date, date]]:
    """Every financial year that is over by `until`: the calendar year in which it begins, its key,
    its first and its last day."""
    starts = range(FIRST_YEAR, until.year + 1)
    every = ((f"{y}", f"{y}-04-01/P1Y", date(y, 4, 1), date(y + 1, 3, 31)) for y in starts)
    return [one for one in every if one[3] <= until]


def years(until: date) -> pl.DataFrame:
    return pl.DataFrame(financial_years(until), schema=_KINDS, orient="row")
