"""Which periods are counted, and to which period a row belongs. Both engines ask here.

A measure's frequency gives its *base periods*: months, quarters, years, weeks, census dates. A row
belongs to the base period that holds the row's own period. Longer periods are made of base periods.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from outturn.engine.quiet import Usual, quiet
from outturn.framework.model import MISSING, Measure, SeriesBreak
from outturn.terms.period import MONTHS, Calendar, Period, add_months, year_to_date

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A period that gets a figure, and what it is made of.

    `bases` are the base periods inside it. `over` are the periods that are counted one by one and
    then added: the period itself, its base periods, or the last of them. `why` says, of any place,
    why it has no figure.
    """

    period: Period
    bases: tuple[Period, ...]
    over: tuple[Period, ...]
    why: str | None = None

    @property
    def parts(self) -> tuple[Period, ...]:
        """The base periods that are added up."""
        return self.over if self.over == self.bases[-1:] else self.bases

    @property
    def spans(self) -> int:
        """How many base periods are added up."""
        return len(self.parts)


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
# Periods that are base periods wherever they begin: a calendar year, the 12 months to any other,
# a week from Sunday.
OWN_BASES = {
    "week": ((7, "D"),),
    "year": ((1, "Y"), (12, "M")),
    "every two years": ((1, "Y"), (2, "Y")),
}
# Base periods that follow one another, and the length of the step in months (0: a week).
STEPS = {"week": 0, "month": 1, "quarter": 3, "year": 12}
# Frequencies whose base periods are never put together to longer ones.
ALONE = ("year", "every two years")
YEAR_LACKING = "Not every year of the period has a figure."  # of years taken together

# What is counted one by one for a period made of several base periods.
ROLL_UPS: dict[str, Callable[[Period, tuple[Period, ...]], tuple[Period, ...]]] = {
    "sum": lambda period, bases: (period,),
    "mean": lambda period, bases: bases,
    "last": lambda period, bases: bases[-1:],
    "none": lambda period, bases: (),
}


def base_period(period: Period, frequency: str, calendar: Calendar) -> Period | None:
    """The base period that holds all of `period`; None when it is longer than a base period.

    Twelve months that are a financial year belong to that year.
    """
    base = BASES[frequency](period.start, calendar)
    same_days = (base.start, base.end) == (period.start, period.end)
    if (period.count, period.unit) in OWN_BASES.get(frequency, ()) and not same_days:
        return period
    return base if base.end >= period.end else None


def open_periods(first: date, frequency: str, calendar: Calendar, as_of: date) -> list[Period]:
    """The base periods from the one that holds the first day to the last finished at `as_of`."""
    begun, last = (BASES[frequency](day, calendar) for day in (first, as_of))
    return [one for one in _steps(begun, last, STEPS[frequency]) if one.finished(as_of)]


def wanted_by(measure: Measure) -> object:
    """All of a measure that `wanted_periods` asks: measures alike in it want the same periods."""
    of_year = measure.numerator is not None and measure.numerator.of_year
    added = (measure.frequency, measure.roll_up, measure.years)
    return added, measure.missing, measure.breaks, of_year


def wanted_periods(
    measure: Measure,
    base_of: Mapping[Period, Period | None],
    calendar: Calendar,
    as_of: date,
    shown: Iterable[Period] = (),
    usual: Callable[[], Collection[Usual]] = tuple,
    since: date | None = None,
) -> list[Wanted]:
    """Every period of `measure` that gets a figure, when its rows have the periods `base_of`.

    Each comes with the base period that it belongs to; None for one that is too long for any.
    `shown` are the periods of rows in the table that the measure names as `supplied`: they show
    that a base period after the first was supplied, though no row of the numerator is in it. The
    first is one that begins on the day `since` or later, from which on the numerator's is covered.
    A period that is not finished at `as_of` is not made, nor one that begins before the data do
    or ends after them: part of a year is never shown as a year. One across a break in the series
    is made without a figure, and so is one of which a base period was not supplied at all.
    `usual` says how many rows there are of what the measure counts, and of what it names as
    `supplied`, where they are events, of which a base period may have none (`engine/quiet.py`). It
    is asked only where there is an empty one.
    """
    found = {base for base in set(base_of.values()) if base and base.finished(as_of)}
    if found and measure.frequency in STEPS:
        starts = (base.start for base in found)
        first = min((one for one in starts if not since or one >= since), default=date.max)
        also = {base_period(one, measure.frequency, calendar) for one in shown}
        found |= {one for one in also if one and one.start >= first and one.finished(as_of)}
    bases = _without_gaps(measure.frequency, found)
    lacking = _not_supplied(measure, bases, found, usual)
    wanted = [_wanted(measure, base, (base,), (base,), lacking, calendar) for base in bases]
    if not bases or measure.roll_up == "none" or measure.frequency in ALONE:
        return wanted
    ends = [base.end for base in bases]
    made = set(bases)
    for period in _longer_periods(measure, bases, calendar):
        if period in made or not period.finished(as_of):
            continue
        made.add(period)
        inside = bases[bisect_left(ends, period.start) : bisect_right(ends, period.end)]
        if inside and _covered(period, measure.frequency, inside, bases):
            over = ROLL_UPS[measure.roll_up](period, tuple(inside))
            missing = frozenset() if over == (period,) and period in base_of else lacking
            wanted.append(_wanted(measure, period, tuple(inside), over, missing, calendar))
    return wanted


def years_together(
    measure: Measure, years: Iterable[Period], calendar: Calendar
) -> Iterator[Wanted]:
    """Each run of so many years that a measure takes together, of those that are all there.

    The years of a run begin in the same month. Their counts are added, as publishers do of three
    years: a person who comes in each of them counts in each, and so does the population.
    """
    if measure.years_together == 1:
        return
    known = {one for one in years if (one.count, one.unit) == (1, "Y")}
    back = [12 * number for number in reversed(range(measure.years_together))]
    for last in sorted(known):
        run = tuple(Period(add_months(last.start, -months), 1, "Y") for months in back)
        if known.issuperset(run):
            whole = Period(run[0].start, len(run), "Y")
            yield _wanted(measure, whole, run, run, frozenset(), calendar)


def _not_supplied(
    measure: Measure,
    bases: list[Period],
    found: set[Period],
    usual: Callable[[], Collection[Usual]],
) -> frozenset[Period]:
    """The base periods for which no place has a row, unless the measure says that these are 0.

    Where others count 0, so do those of which chance explains that they have none. A numerator
    `of_year` is not looked for inside a base period, but at its start.
    """
    at_start = measure.numerator is not None and measure.numerator.of_year
    if measure.missing == "zero" or at_start:
        return frozenset()
    gaps = frozenset(bases) - found
    if not gaps or measure.missing != MISSING[0]:
        return gaps
    return gaps.difference(quiet(bases, found, usual()))


def _wanted(
    measure: Measure,
    period: Period,
    bases: tuple[Period, ...],
    over: tuple[Period, ...],
    lacking: frozenset[Period],
    calendar: Calendar,
) -> Wanted:
    one = Wanted(period, bases, over)
    broken = measure.break_within(one.parts)
    gaps = [part for part in one.parts if part in lacking]
    if broken:
        return replace(one, why=breaks_within(broken, calendar))
    return replace(one, why=not_supplied(gaps, calendar)) if gaps else one


def breaks_within(broken: SeriesBreak, calendar: Calendar) -> str:
    """Why base periods before and after a break in the series are not added up."""
    reason = broken.reason.strip()
    stop = "" if reason.endswith((".", "!", "?")) else "."
    since = broken.since
    if broken.kind == "gap":
        label = since.label(calendar)
        return f"The series has a gap within the period, {label}: {reason}{stop}"
    day = f"{since.start.day} {MONTHS[since.start.month - 1]} {since.start.year}"
    return f"The series breaks on {day}, within the period: {reason}{stop}"


def not_supplied(gaps: Sequence[Period], calendar: Calendar) -> str:
    """Which base periods no place supplied: the first is named, and how many more there are."""
    others, first = len(gaps) - 1, gaps[0].label(calendar)
    first = first[:1].upper() + first[1:]  # a week is called "week beginning 19 April 2021"
    if not others:
        return f"{first} was not supplied."
    more = f"{others} other period" + ("s" if others > 1 else "")
    return f"{first} and {more} were not supplied."


def _without_gaps(frequency: str, found: set[Period]) -> list[Period]:
    """The base periods found, in order, and those that are missing between them."""
    bases = sorted(found, key=lambda base: (base.end, base))
    if not bases or frequency not in STEPS:
        return bases
    steps = list(_steps(bases[0], bases[-1], STEPS[frequency]))
    return steps if set(steps) >= found else bases


def steps_between(first: Period, last: Period, frequency: str) -> int:
    """How many base periods there are from one to another, both of them counted."""
    return sum(1 for _ in _steps(first, last, STEPS[frequency]))


def _steps(first: Period, last: Period, months: int) -> Iterator[Period]:
    start, number = first.start, 0
    while start <= last.start:
        yield Period(start, first.count, first.unit)
        number += 1
        start = add_months(first.start, months * number) if months else first.start + WEEK * number


def _longer_periods(measure: Measure, bases: list[Period], calendar: Calendar) -> Iterator[Period]:
    """The years to date, quarter, years and 12 months that end with, or hold, each base.

    Of the last figure there is no year to date: the year so far is the base period itself.
    """
    for base in bases:
        years = [YEARS[name](base.end, calendar) for name in measure.years]
        to_date = [year_to_date(base.end, Calendar(year.start.month)) for year in years]
        if measure.roll_up != "last":
            yield from (one for one in to_date if one.count < 12)
        if measure.frequency == "month":
            yield _quarter(base.end, calendar)
        yield from years
        yield Period(add_months(base.end.replace(day=1), -11), 12, "M")


def _academic_year(day: date, calendar: Calendar) -> Period:
    begun = day.month >= calendar.academic_year
    return Period(date(day.year - (not begun), calendar.academic_year, 1), 1, "Y")


# The year of each kind that holds a day.
YEARS: dict[str, Callable[[date, Calendar], Period]] = {
    "financial": _year,
    "calendar": lambda day, calendar: Period(date(day.year, 1, 1), 1, "Y"),
    "academic": _academic_year,
}


def _covered(
    period: Period, frequency: str, inside: Sequence[Period], bases: Sequence[Period]
) -> bool:
    """Whether the data reach from the start of `period` to its end, and its parts lie in it.

    The quarter of July to September is no part of a year from September. A week is part of the
    period in which it ends.
    """
    if frequency not in STEPS:
        return True  # census dates follow no step: the ones there are, are all there is
    weekly = frequency == "week"
    slack = timedelta(days=6 if weekly else 0)
    reached = bases[0].start <= period.start and period.end - slack <= bases[-1].end
    return reached and (weekly or inside[0].start >= period.start)
