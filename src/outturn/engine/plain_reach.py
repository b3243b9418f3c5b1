"""How far the rows of a table reach, and the periods they do not cover: it judges `reach.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import polars as pl

from outturn.contracts.model import Contract
from outturn.contracts.reach import FEW, MONTHS_OF_A_YEAR, SHARE, SURE, WEEKS_OF_A_YEAR, Reach
from outturn.engine.periods import STEPS, WEEK, Wanted, base_period
from outturn.engine.plain_rows import Row, World, period_of
from outturn.engine.plan import (
    in_part,
    not_covered,
    parts_of,
    reaches_of,
    reaching_tables,
    telling_gaps,
)
from outturn.engine.quiet import Usual
from outturn.framework.model import Measure
from outturn.terms.period import Calendar, Period, add_months


@dataclass(frozen=True, slots=True)
class Covers:
    """The months, or weeks, that a table covers: of each place with rows of it, and of others."""

    contract: Contract
    places: Mapping[str, Reach]
    others: Reach | None
    parts: Mapping[str, Sequence[date]]  # the days, or weeks, of which there is a part only


def covers_of(world: World, measure: Measure) -> list[Covers]:
    """What the tables of a measure cover, where their contracts say which column tells it."""
    there = {name: one for name, one in world.contracts.items() if name in world.tables}
    found = []

    def sources(name: str) -> set[str | None]:
        return {row["source"] for row in world.tables[name]}

    for name in reaching_tables(measure, there, sources):
        contract, rows = world.contracts[name], world.tables[name]
        by_source = _reach_by_source(rows, contract, world.as_of)
        of_place: dict[str, list[Reach]] = {}
        for place, source in {(row[contract.place], row["source"]) for row in rows}:
            if place is not None and source in by_source:
                of_place.setdefault(place, []).append(by_source[source])
        places = {place: _any_of(each) for place, each in of_place.items()}
        others = _any_of(list(by_source.values())) if by_source else None
        parts = parts_of(measure, _in_part(rows, contract), world.above)
        reaches = reaches_of(measure, places, world.above)
        found.append(Covers(contract, reaches, others, parts))
    return found


def covered_since(world: World, measure: Measure) -> date | None:
    """From which day on the numerator's table covers a period of any place, where that is told.

    A period that begins after the Monday before the first covered week has that week as its first.
    """
    of_numerator = covers_of(world, replace(measure, denominator=None))
    firsts = [(one.others.first, one.contract.weekly) for one in of_numerator if one.others]
    one_day = timedelta(days=1)
    return max((day - WEEK + one_day if weekly else day for day, weekly in firsts), default=None)


def why_not_covered(
    covers: Iterable[Covers], wanted: Wanted, place: str, calendar: Calendar
) -> str | None:
    """Why there is no figure where a table of the measure does not cover the period."""
    for one in covers:
        reach = one.places.get(place, one.others)
        asked = _weeks_of(wanted) if one.contract.weekly else _months_of(wanted)
        late = reach and reach.last and reach.ended and asked[-1] > reach.last
        if reach and (asked[0] < reach.first or late):
            return not_covered(reach, one.contract, calendar)
        for day in one.parts.get(place, ()):
            inside = wanted.parts[0].start <= day <= wanted.parts[-1].end
            if day in asked if one.contract.weekly else inside:
                return in_part(day, one.contract, calendar)
    return None


def _in_part(rows: Sequence[Row], contract: Contract) -> dict[str, set[date]]:
    found: dict[str, set[date]] = {}
    for row in rows if contract.in_part else ():
        place, day = row[contract.place], row[contract.period]
        if row.get(contract.in_part) and place is not None and day is not None:
            found.setdefault(place, set()).add(_monday(day) if contract.weekly else day)
    return found


def _months_of(wanted: Wanted) -> tuple[date, date]:
    """The day on which the period begins, and the month in which it ends."""
    return wanted.parts[0].start, _month(wanted.parts[-1].end)


def _weeks_of(wanted: Wanted) -> list[date]:
    """Every Monday from the beginning of the period to its end, or else that of its week."""
    start, end = wanted.parts[0].start, wanted.parts[-1].end
    days = [date.fromordinal(day) for day in range(start.toordinal(), end.toordinal() + 1)]
    return [day for day in days if day.isoweekday() == 1] or [_monday(start)]


def _any_of(reaches: Sequence[Reach]) -> Reach:
    lasts = [one.last for one in reaches if one.last]
    ended = all(one.ended for one in reaches)
    return Reach(min(one.first for one in reaches), max(lasts) if lasts else None, ended)


def _reach_by_source(
    rows: Sequence[Row], contract: Contract, as_of: date
) -> dict[str | None, Reach]:
    """What each source covers: what is at both ends is dropped until one holds enough rows."""
    found: dict[str | None, Reach] = {}
    by_day = contract.schema.get(contract.period) == pl.Date
    for source in {row["source"] for row in rows}:
        own = [row for row in rows if row["source"] == source]
        if contract.reach_told:
            found |= {source: told} if (told := _told(own, contract)) else {}
            continue
        same = contract.reaches == contract.period
        kept = _weeks_kept if contract.weekly else _months_kept
        begun, _ = kept((row[contract.reaches] for row in own), few_begin_it=same)
        ended, sure = kept(row[contract.period] for row in own if by_day)
        if begun:
            last = ended[-1] if ended else None
            found[source] = Reach(begun[0], last, sure and last is not None)
    return found if contract.weekly else _with_unfinished(found, as_of)


def _with_unfinished(found: Mapping[str | None, Reach], as_of: date) -> dict[str | None, Reach]:
    """The same, with the month of the position date where it is not over and the next."""
    now = _month(as_of)
    over = as_of == date.max or _month(as_of + timedelta(days=1)) != now
    return {
        source: replace(reach, last=now)
        if reach.last and not over and add_months(reach.last, 1) == now
        else reach
        for source, reach in found.items()
    }


def _told(rows: Sequence[Row], contract: Contract) -> Reach | None:
    """What a derivation has told: the first day, and the last where there is one."""
    unit = _monday if contract.weekly else _month
    firsts = [unit(day) for row in rows if (day := row[contract.reaches]) is not None]
    lasts = [unit(day) for row in rows if contract.reaches_to and (day := row[contract.reaches_to])]
    if not firsts:
        return None
    return Reach(min(firsts), max(lasts) if lasts else None, bool(lasts))


def _months_kept(
    days: Iterable[date | None], *, few_begin_it: bool = True
) -> tuple[list[date], bool]:
    """The months from the first to the last that have enough rows, and if there are many rows.

    In a small table those before and after them that have any, one after another, are kept too;
    `few_begin_it` says whether those before are.
    """
    months = Counter(_month(day) for day in days if day is not None)
    of_a_year = sum(number for _, number in months.most_common(MONTHS_OF_A_YEAR))
    kept = sorted(months)
    if of_a_year < FEW:
        return kept, False
    while months[kept[0]] * 100 < of_a_year * SHARE:
        kept.pop(0)
    while months[kept[-1]] * 100 < of_a_year * SHARE:
        kept.pop()
    if of_a_year < SURE:
        while few_begin_it and add_months(kept[0], -1) in months:
            kept.insert(0, add_months(kept[0], -1))
        while add_months(kept[-1], 1) in months:
            kept.append(add_months(kept[-1], 1))
    return kept, True


def _weeks_kept(
    days: Iterable[date | None], *, few_begin_it: bool = True
) -> tuple[list[date], bool]:
    """The same of weeks, each by its Monday; one row alone holds no week where there are many.

    After the last there are none, however few rows there are: care at home goes on from week to
    week.
    """
    weeks = Counter(_monday(day) for day in days if day is not None)
    of_a_year = sum(number for _, number in weeks.most_common(WEEKS_OF_A_YEAR))
    kept = sorted(weeks)
    if of_a_year < FEW:
        return kept, bool(kept)
    usual = Fraction(of_a_year, WEEKS_OF_A_YEAR)
    enough = max(usual * MONTHS_OF_A_YEAR * SHARE / 100, Fraction(2))
    while weeks[kept[0]] < enough:
        kept.pop(0)
    while weeks[kept[-1]] < enough:
        kept.pop()
    if of_a_year < SURE:
        while few_begin_it and kept[0] - WEEK in weeks:
            kept.insert(0, kept[0] - WEEK)
        while kept[-1] + WEEK in weeks:
            kept.append(kept[-1] + WEEK)
    return kept, True


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


def usual(world: World, measure: Measure) -> list[Usual]:
    """How many rows are usual of the tables that show which base periods were supplied."""
    there = {name: one for name, one in world.contracts.items() if name in world.tables}
    found = []
    for table, column in telling_gaps(measure, there):
        own = [period for row in world.tables[table] if (period := period_of(row, column))]
        bases = [base_period(one, measure.frequency, world.calendar) for one in own]
        dated = [
            (one.start, base)
            for one, base in zip(own, bases, strict=True)
            if base and base.finished(world.as_of)
        ]
        months, _ = _months_kept(day for day, _ in dated)
        inside = [base for day, base in dated if months[0] <= _month(day) <= months[-1]]
        found.append(Usual(len(inside), _from_first_to_last(inside, measure.frequency)))
    return found


def _from_first_to_last(bases: Sequence[Period], frequency: str) -> int:
    """How many base periods there are from the first to the last, one step after another."""
    number, day = 0, min(bases).start if bases else date.max
    while bases and day <= max(bases).start:
        number += 1
        months = STEPS[frequency]
        day = add_months(min(bases).start, months * number) if months else day + WEEK
    return number
