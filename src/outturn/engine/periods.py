"""Which periods are counted, and to which period a row belongs. Both engines ask here.

A measure's frequency gives its *base periods*: months, quarters, years, weeks, census dates. A row
belongs to the base period that holds the row's own period. Longer periods are made of base periods.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from outturn.framework.model import Measure
from outturn.terms.period import Calendar, Period, add_months, year_to_date

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A period that gets a figure, and what it is made of.

    `bases` are the base periods inside it. `over` are the periods that are counted one by one and
    then added: the period itself, its base periods, or the last of them.
    """

    period: Period
    bases: tuple[Period, ...]
    over: tuple[Period, ...]

    @property
    def spans(self) -> int:
        """How many base periods were added up."""
        return 1 if self.over == self.bases[-1:] else len(self.bases)


def _week(day: date, calendar: Calendar) -> Period:
    return Period(day - timedelta(days=day.weekday()), 7, "D")


def _month(day: date, calendar: Calendar) -> Period:
    return Period(day.replace(day=1), 1, "M")


def _quarter(day: date, calendar: Calendar) -> Period:
    into_quarter = (day.month - calendar.financial_year) % 3
    return Period(add_months(day.replace(day=1), -into_quarter), 3, "M")


def _year(day: date, calendar: Calendar) -> Period:
    return Period(calendar.year_start(day), 1, "Y")


def _census(day: date, calendar: Calendar) -> Period:
    return Period(day, 0, "D")


# The base period of each frequency that holds a day.
BASES: dict[str, Callable[[date, Calendar], Period]] = {
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
    "census": _census,
    "every two years": _year,
}
# Periods that are base periods wherever they begin: a calendar year, a week from Sunday.
OWN_BASES = {
    "week": ((7, "D"),),
    "year": ((1, "Y"),),
    "every two years": ((1, "Y"), (2, "Y")),
}
# Base periods that follow one another, and the length of the step in months (0: a week).
STEPS = {"week": 0, "month": 1, "quarter": 3, "year": 12}
# Frequencies whose base periods are never put together to longer ones.
ALONE = ("year", "every two years")

# What is counted one by one for a period made of several base periods.
ROLL_UPS: dict[str, Callable[[Period, tuple[Period, ...]], tuple[Period, ...]]] = {
    "sum": lambda period, bases: (period,),
    "mean": lambda period, bases: bases,
    "last": lambda period, bases: bases[-1:],
    "none": lambda period, bases: (),
}


def base_period(period: Period, frequency: str, calendar: Calendar) -> Period | None:
    """The base period that holds all of `period`; None when it is longer than a base period."""
    if (period.count, period.unit) in OWN_BASES.get(frequency, ()):
        return period
    base = BASES[frequency](period.start, calendar)
    return base if base.end >= period.end else None


def wanted_periods(
    measure: Measure, found: Iterable[Period], calendar: Calendar, as_of: date
) -> list[Wanted]:
    """Every period of `measure` that gets a figure, when its rows belong to the bases `found`.

    A period that is not finished at `as_of` is not made, nor one that begins before the data do
    or ends after them: part of a year is never shown as a year.
    """
    bases = _without_gaps(measure.frequency, {one for one in found if one.finished(as_of)})
    wanted = [Wanted(base, (base,), (base,)) for base in bases]
    if not bases or measure.roll_up == "none" or measure.frequency in ALONE:
        return wanted
    ends = [base.end for base in bases]
    made = set(bases)
    for period in _longer_periods(measure, bases, calendar):
        if period in made or not period.finished(as_of):
            continue
        made.add(period)
        inside = bases[bisect_left(ends, period.start) : bisect_right(ends, period.end)]
        if inside and _covered(period, measure.frequency, bases):
            over = ROLL_UPS[measure.roll_up](period, tuple(inside))
            wanted.append(Wanted(period, tuple(inside), over))
    return wanted


def _without_gaps(frequency: str, found: set[Period]) -> list[Period]:
    """The base periods found, in order, and those that are missing between them."""
    bases = sorted(found, key=lambda base: (base.end, base))
    if not bases or frequency not in STEPS:
        return bases
    steps = list(_steps(bases[0], bases[-1], STEPS[frequency]))
    return steps if set(steps) >= found else bases


def _steps(first: Period, last: Period, months: int) -> Iterator[Period]:
    start, number = first.start, 0
    while start <= last.start:
        yield Period(start, first.count, first.unit)
        number += 1
        start = add_months(first.start, months * number) if months else first.start + WEEK * number


def _longer_periods(measure: Measure, bases: list[Period], calendar: Calendar) -> Iterator[Period]:
    """The financial year to date, the financial year and the 12 months that end with each base."""
    for base in bases:
        to_date = year_to_date(base.end, calendar)
        if measure.roll_up == "sum" and to_date.count < 12:
            yield to_date
        yield base.financial_year(calendar)
        yield Period(add_months(base.end.replace(day=1), -11), 12, "M")


def _covered(period: Period, frequency: str, bases: list[Period]) -> bool:
    """Whether the data reach from the start of `period` to its end."""
    if frequency not in STEPS:
        return True  # census dates follow no step: the ones there are, are all there is
    slack = timedelta(days=6 if frequency == "week" else 0)
    return bases[0].start <= period.start and period.end - slack <= bases[-1].end
