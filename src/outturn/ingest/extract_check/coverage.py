"""Which period the data really cover, and what is missing in the one that is stated.

The stated period is not trusted: many councils state a longer one than their data cover. Events
are counted by the month in which they end, without the months from that of the extract on. A month
is used when it has at least 2% of all counted events and at least one event type fewer than the
month with most; the period runs from the first day of the first used month to the last day of the
last. With fewer than 100 events counted the stated period stands, as the department's text has it
(its code takes the first and last month with any event).

Source: Department of Health and Social Care, ASC-CLD-LA-Dashboard, reporting periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from outturn.ingest.extract_check.records import Records, read
from outturn.terms.period import MONTHS

TYPES = ("Request", "Assessment", "Service", "Review")
Span = tuple[date, date]


@dataclass(frozen=True)
class Coverage:
    """What the file covers. `months` has for each month its first day, how many events of each
    type ended in it and how many services began, all events counted, and whether it is used."""

    stated: Span | None
    derived: Span | None
    because: str
    months: pl.DataFrame
    open_services: int
    counted: int


def stated_period(records: Records) -> tuple[date | None, date | None]:
    """The reporting period that most rows state; nothing where it ends before it starts."""
    periods = records.frame.select(
        read("reporting_period_start_date").alias("first"),
        read("reporting_period_end_date").alias("last"),
    ).drop_nulls()
    if periods.is_empty():
        return None, None
    most = periods.group_by("first", "last").len().sort("len", "first", "last", descending=True)
    first, last, _ = most.row(0)
    return (first, last) if first <= last else (None, None)


def coverage(records: Records, stated: tuple[date | None, date | None]) -> Coverage:
    """The derived reporting period, and the events of each month by type."""
    thresholds = records.specification.thresholds
    months = _months(records)
    total = int(months["events"].sum())
    most_types = max(months["types"].to_list(), default=0)
    enough = pl.col("events") * 100 >= thresholds["share_of_month_percent"] * total
    used = enough & (pl.col("types") >= most_types - 1) & (pl.col("events") > 0)
    months = months.with_columns(used.alias("used"))
    covered = months.filter("used")["month"]
    said = (stated[0], stated[1]) if stated[0] and stated[1] else None
    if total < thresholds["few_events"]:
        derived = said
        because = f"Fewer than {thresholds['few_events']} events ended: the stated period stands."
    elif covered.is_empty():
        derived, because = None, "No month has enough events of enough types."
    else:
        days = covered.to_list()
        derived = (min(days), _last_day(max(days)))
        with_events = months.filter(pl.col("events") > 0).height
        because = f"Of {with_events} months with events {covered.len()} are used."
    open_ = pl.col("event_end_date").is_null() & (read("event_type") == "Service")
    number = records.frame.select(open_.fill_null(False).sum()).item()
    return Coverage(said, derived, because, months, int(number), total)


def of_the_file(found: Coverage, records: Records) -> Iterator[tuple[str, str]]:
    """The rule, and of what: months, event types or dates, never anything of a person."""
    present = records.frame.select(read("event_type").alias("type"))["type"].unique().to_list()
    absent = [one for one in TYPES if one not in present]
    for one in absent:
        yield "event-type-absent", one
    if not found.stated:
        return
    yield from _of_months(found, records, [one for one in TYPES if one not in absent])
    first, last = found.stated
    if found.derived and (found.derived[0] > first or found.derived[1] < last):
        yield "period-not-covered", f"The data cover {said(found.derived)}"
    if first.day != 1 or last != _last_day(last):
        yield "period-not-whole-months", said(found.stated)


def said(span: Span) -> str:
    return " to ".join(f"{day.day} {MONTHS[day.month - 1]} {day.year}" for day in span)


def _months(records: Records) -> pl.DataFrame:
    """Events ended by month and type, before the month of the extract; services begun beside."""
    import_month = records.as_of.replace(day=1)
    ended = (
        records.frame.lazy()
        .filter(read("event_type").is_not_null() & (read("event_end_date") < import_month))
        .select(
            read("event_end_date").dt.truncate("1mo").alias("month"),
            read("event_type").alias("type"),
        )
    )
    begun = (
        records.frame.lazy()
        .filter((read("event_type") == "Service") & (read("event_start_date") < import_month))
        .select(read("event_start_date").dt.truncate("1mo").alias("month"))
    )
    by_type = ended.group_by("month").agg(
        *((pl.col("type") == one).sum().cast(pl.Int64).alias(one) for one in TYPES),
        pl.len().cast(pl.Int64).alias("events"),
        pl.col("type").n_unique().cast(pl.Int64).alias("types"),
    )
    started = begun.group_by("month").agg(pl.len().cast(pl.Int64).alias("services begun"))
    joined = by_type.join(started, on="month", how="left")
    return joined.with_columns(pl.col("services begun").fill_null(0)).sort("month").collect()


def _of_months(found: Coverage, records: Records, expected: list[str]) -> Iterator[tuple[str, str]]:
    assert found.stated
    percent = records.specification.thresholds["share_of_month_percent"]
    by_month = {row["month"]: row for row in found.months.iter_rows(named=True)}
    for month in _each_month(found.stated[0], min(found.stated[1], _before(records.as_of))):
        said_month = f"{MONTHS[month.month - 1]} {month.year}"
        row = by_month.get(month)
        if not row:
            yield "month-without-events", said_month
        elif row["events"] * 100 < percent * found.counted:
            yield "month-with-few-events", said_month
        else:
            for one in expected:
                if not row[one]:
                    yield "month-without-event-type", f"{said_month}: {one}"


def _each_month(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def _last_day(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
