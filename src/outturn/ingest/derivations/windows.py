"""Years and days for which people are counted, where the data of a place reach over them.

A year is a financial year or the 12 months that end with another quarter; a census is the last
day of a quarter. Both are made only where they are over and the data of the place cover them: from
the month in which its first request, assessment or review ended (these are sent when they end; a
service may have ended long before) to the last day for which a submission was chosen. Of a running
extract, `cld_events` tells the months that it covers, so that one mistyped date opens none; where
it tells none, they are those from the first such end to the last begin or end. Where a whole
quarter is missing between two submissions, the data cover what is before it and what is after it,
each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from outturn.databases import Dialect, Sql, month_number
from outturn.ingest.derivations.model import Asked
from outturn.terms.period import APRIL, Period, add_months

_QUARTER = 3


def first_day(asked: Asked) -> date:
    """The first day for which the method counts."""
    return date.fromisoformat(asked.word("first_day"))


def years(asked: Asked, days_after: int = 0) -> pl.DataFrame:
    """Every year that is over, by its key, with its first and last day.

    `looked_on` is the day that lies `days_after` its last one.
    """
    lines = []
    for first in _quarters(first_day(asked)):
        whole = first == APRIL.year_start(first)
        year = Period(first, 1, "Y") if whole else Period(first, 12, "M")
        if not year.finished(asked.as_of):
            break
        lines.append((year.key, first, year.end, year.end + timedelta(days=days_after)))
    kinds = {"period": pl.String, "first_on": pl.Date, "last_on": pl.Date, "looked_on": pl.Date}
    return pl.DataFrame(lines, schema=kinds, orient="row")


def quarter_ends(asked: Asked) -> pl.DataFrame:
    """The last day of every quarter that is over."""
    lines = []
    for first in _quarters(first_day(asked)):
        last = Period(first, _QUARTER, "M").end
        if last > asked.as_of:
            break
        lines.append((last,))
    return pl.DataFrame(lines, schema={"census": pl.Date}, orient="row")


def _quarters(day: date) -> Iterator[date]:
    """The first days of quarters, from a day on."""
    first = date(day.year, 1, 1)
    while True:
        if first >= day:
            yield first
        first = add_months(first, _QUARTER)


def cover(database: Dialect, events: str) -> Sql:
    """For each place and stretch of data, a day in the first and one in the last covered month."""

    def quarter(day: str) -> str:
        return database.floor_div(f"{month_number(day)} - 1", str(_QUARTER))

    missing = f"{quarter('x.first_on')} - {quarter('x.earlier')} > 1"
    line = "over (partition by {0}.place order by {0}.reference_end_on nulls first{1})"
    before = line.format("y", " rows between unbounded preceding and current row")
    return Sql(
        f"""select z.place, min(z.first_on) as first_on, max(z.last_on) as last_on from (
            select y.*, sum(y.parted) {before} as stretch from (
            select x.*, case when {missing} then 1 else 0 end as parted from (
            select s.*, lag(s.reference_end_on) {line.format("s", "")} as earlier
            from ({_by_submission(events)}) s) x) y) z group by z.place, z.stretch"""
    )


def _by_submission(events: str) -> str:
    """What the events tell of each submission that was chosen, or of all without one."""
    told = "min(case when event_type <> 'Service' then end_on end)"
    latest = "case when event_type = 'Service' then start_on else greatest(start_on, end_on) end"
    ended = f"case when max(covered_to) < max({latest}) then max(covered_to) else max({latest}) end"
    return f"""select place, reference_end_on,
            coalesce(min(covered_from), {told}, min(end_on)) as first_on,
            coalesce(reference_end_on, {ended}) as last_on
            from {events} group by place, reference_end_on"""


def covers(cover: str, first: str, last: str) -> str:
    """Whether the months of two days lie in those that the data of a place cover."""
    return (
        f"({month_number(f'{cover}.first_on')} <= {month_number(first)} "
        f"and {month_number(last)} <= {month_number(f'{cover}.last_on')})"
    )
