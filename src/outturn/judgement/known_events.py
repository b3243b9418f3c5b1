"""Declared known events: what they will do to the periods of a year that are still to come.

One that has come is in the figures already, and changes no forecast: a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.framework.model import DeclaredEvent, Measure
from outturn.judgement.foreseen_words import PERIODS
from outturn.statistics.simulated_months import KnownEvent
from outturn.terms.period import MONTHS, Calendar, Period, from_key
from outturn.terms.records import FINDINGS, WHOLE, empty

COME = "known event"  # the rule of a finding
HELD = "held at the whole: no {} of a share is more than that"
CUT = "cut at nothing: no {} can be less than that"


def acting(
    events: Sequence[DeclaredEvent], cell: tuple[str, str, str], at: int, ends: int, home: str
) -> tuple[DeclaredEvent, ...]:
    """The events that are still to come for a cell: its measure, place and breakdown.

    `at` is the month of the latest figure, counted from year 0, and `ends` that in which the year
    of the forecast ends. What has begun is in the figures already; what begins after the year does
    nothing to it. An amount is of the whole figure; a share of it changes its parts alike.
    """
    measure, place, breakdown = cell
    return tuple(
        one
        for one in events
        if one.measure == measure
        and (one.place or home) == place
        and (one.amount is None or breakdown == WHOLE)
        and at < _month(one) <= ends
    )


def last_month(at: int, known: int, step: int) -> int:
    """The month in which a year ends of which `known` periods of `step` months are over by `at`."""
    return at + 12 - known * step


def as_drawn(
    events: Sequence[DeclaredEvent], at: int, known: int, step: int
) -> tuple[KnownEvent, ...]:
    """The events as a simulation takes them, in the order given.

    `known` periods of `step` months each are over by the month `at`.
    """
    begun = at - known * step + 1
    return tuple(
        KnownEvent(
            begins=(_month(one) - begun) // step + 1,
            factor=1 + (one.percent or 0.0) / 100,
            amount=one.amount or 0.0,
        )
        for one in events
    )


def event_words(
    events: Sequence[DeclaredEvent], step: int, *, held: bool = False, cut: bool = False
) -> str | None:
    """The events, such as "10% less from October 2026: A ward opens"; None where there are none.

    `held` says that they would make a share, in some period of `step` months, more than the whole,
    and were held at that; `cut` that they would make a period less than nothing, and were cut.
    """
    period, _ = PERIODS[step]
    said = [
        f"{_size(one, period)} from {MONTHS[one.since.month - 1]} {one.since.year}:"
        f" {one.because.rstrip('.')}"
        for one in events
    ]
    words = "; ".join(said)
    limits = "; ".join(text.format(period) for text, acts in ((HELD, held), (CUT, cut)) if acts)
    return f"{words} ({limits})" if words and limits else words or None


def come(
    values: pl.DataFrame,
    events: Sequence[DeclaredEvent],
    *,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
    home: str,
) -> pl.DataFrame:
    """A FINDINGS frame: the events of the financial year that are in the figures already.

    Told until the year is over: who declared one late, or thinks that it still acts, sees that it
    does not. Where the measure declares a step of that month, the level since is known.
    """
    begun = [one for one in events if one.since <= as_of]
    if not begun or as_of < date(date.min.year, calendar.financial_year, 1):
        return empty(FINDINGS)  # the first of all days are in no financial year
    year = Period(as_of, 0, "D").financial_year(calendar)
    lines = [
        (COME, one.measure, place, month.key, said, None)
        for one in begun
        if year.holds(one.since) and one.measure in measures
        for place in (one.place or home,)
        for month in (Period(one.since.replace(day=1), 1, "M"),)
        if not any(step.since.start == month.start for step in measures[one.measure].steps)
        for said in _already(values, one, place, month, measures[one.measure], calendar, as_of)
    ]
    return pl.DataFrame(lines, schema=FINDINGS, orient="row")


def _already(
    values: pl.DataFrame,
    one: DeclaredEvent,
    place: str,
    month: Period,
    measure: Measure,
    calendar: Calendar,
    as_of: date,
) -> Iterator[str]:
    """What is said of an event whose month, or quarter, has a figure; nothing of one to come."""
    held = values.filter(
        (pl.col("measure") == one.measure)
        & (pl.col("place") == place)
        & (pl.col("breakdown") == WHOLE)
        & pl.col("value").is_not_null()
    )
    periods = [from_key(key) for key in held["period"].unique()]
    ends = [period for period in periods if period.months and period.end <= as_of]
    latest = max(ends, key=lambda period: (period.end, -period.months), default=None)
    if latest is None or latest.end < month.end:
        return
    begun = f"{MONTHS[month.start.month - 1]} {month.start.year}"
    yield (
        f"{begun}: the known event ({one.because.rstrip('.')}) changes no forecast: there are "
        f"figures up to {latest.label(calendar)}, and it is in them. If the level has moved since, "
        "declare a step of the measure."
    )


def _size(one: DeclaredEvent, period: str) -> str:
    change = one.percent if one.amount is None else one.amount
    unit = "%" if one.amount is None else f" a {period}"
    return f"{abs(change or 0.0):,.10g}{unit} {'less' if (change or 0.0) < 0 else 'more'}"


def _month(one: DeclaredEvent) -> int:
    return one.since.year * 12 + one.since.month - 1
