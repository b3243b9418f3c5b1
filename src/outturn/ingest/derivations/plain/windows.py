"""The judge of `derivations.windows` and of age by days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from outturn.ingest.derivations.model import Asked, Row, Rows

_ONE_DAY = timedelta(days=1)
Year = tuple[str, date, date]  # its key, first and last day
Stretches = list[tuple[date | None, date]]  # a day in the first and one in the last month of each


def years_of(place: str, events: Rows, asked: Asked) -> list[Year]:
    """The years that are over and that the data of the place cover."""
    stretches = stretches_of(place, events)
    found = []
    for first in _quarter_starts(asked):
        last = first.replace(year=first.year + 1) - _ONE_DAY
        if last <= asked.as_of and covers(stretches, first, last):
            found.append((f"{first}/{'P1Y' if first.month == 4 else 'P12M'}", first, last))
    return found


def censuses_of(place: str, events: Rows, asked: Asked) -> list[date]:
    """The last days of quarters that are over and that the data of the place cover."""
    stretches = stretches_of(place, events)
    lasts = [_next_quarter(first) - _ONE_DAY for first in _quarter_starts(asked)]
    return [day for day in lasts if day <= asked.as_of and covers(stretches, day, day)]


def covers(stretches: Stretches, first: date, last: date) -> bool:
    """Whether one stretch of data reaches from the month of one day to the month of another."""
    return any(
        begins is not None and _month(begins) <= _month(first) and _month(last) <= _month(ends)
        for begins, ends in stretches
    )


def last_covered(place: str, events: Rows) -> date | None:
    """A day in the last month that the data of a place cover."""
    return max((ends for _, ends in stretches_of(place, events)), default=None)


def stretches_of(place: str, events: Rows) -> Stretches:
    """A day in the first and one in the last month of each stretch without a missing quarter."""
    found: Stretches = []
    submissions = groups_of((one for one in events if one["place"] == place), "reference_end_on")
    earlier: date | None = None
    for (chosen,) in sorted(submissions, key=lambda one: str(one[0] or "")):
        first, last = _reach(submissions[(chosen,)])
        if found and not (first and earlier and _quarter(first) - _quarter(earlier) > 1):
            begun, ended = found.pop()
            first = min((one for one in (begun, first) if one), default=None)
            last = max(ended, last)
        found.append((first, last))
        assert chosen is None or isinstance(chosen, date)
        earlier = chosen
    return found


def _reach(events: Rows) -> tuple[date | None, date]:
    """Of one submission: a day in the first month, if that can be told, and one in the last."""
    ended = [one for one in events if one["end_on"] is not None]
    told = [one["end_on"] for one in ended if one["event_type"] not in (None, "Service")]
    first = min(told or [one["end_on"] for one in ended], default=None)
    from_the_rule = min(
        (one["covered_from"] for one in events if one["covered_from"]), default=None
    )
    until = max((one["covered_to"] for one in events if one["covered_to"]), default=date.max)
    latest = min(max(map(_latest, events)), until)
    return from_the_rule or first, events[0]["reference_end_on"] or latest


def _latest(event: Row) -> date:
    start: date = event["start_on"]
    if event["event_type"] == "Service" or event["end_on"] is None:
        return start
    return max(start, event["end_on"])


def age_by_days(born: date | None, day: date, asked: Asked) -> int | None:
    """The whole part of days by the length of a year, below zero before birth."""
    if born is None:
        return None
    return (day - born).days * 4 // asked.number("days_of_four_years")


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _quarter(day: date) -> int:
    """Quarters of the calendar from year 0, each with a number."""
    return day.year * 4 + (day.month - 1) // 3


def _quarter_starts(asked: Asked) -> list[date]:
    first = date.fromisoformat(asked.word("first_day"))
    day, found = date(first.year, 1, 1), []
    while day <= asked.as_of:
        if day >= first:
            found.append(day)
        day = _next_quarter(day)
    return found


def _next_quarter(first: date) -> date:
    return (first + timedelta(days=100)).replace(day=1)


def people_of(people: Rows) -> dict[tuple[str, str], Row]:
    return {(one["place"], one["person"]): one for one in people}


def groups_of(rows: Iterable[Row], *names: str) -> dict[tuple[object, ...], list[Row]]:
    """Rows by what they have in some columns."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found
