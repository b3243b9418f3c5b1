"""A table of months, for steps that divide a span of days by month or look at it on a day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from outturn.terms.period import add_months

FIRST = date(1990, 1, 1)
_THURSDAY = 3


def months(until: date) -> pl.DataFrame:
    """Every month from 1990 to the one that holds `until`.

    `first` and `last` are its first and last day, `before` the day before its first, and
    `census` its last Thursday: the day of the Scottish census of delayed discharges.
    """
    lines = []
    first = FIRST
    while first <= until:
        following = add_months(first, 1)
        last = following - timedelta(days=1)
        census = last - timedelta(days=(last.weekday() - _THURSDAY) % 7)
        lines.append((first, last, first - timedelta(days=1), census))
        first = following
    kinds = dict.fromkeys(("first", "last", "before", "census"), pl.Date)
    return pl.DataFrame(lines, schema=kinds, orient="row")
