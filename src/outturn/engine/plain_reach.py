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
from outturn.engine.plan import not_covered, reaches_of, reaching_tables, telling_gaps
from outturn.engine.quiet import Usual
from outturn.framework.model import Measure
from outturn.terms.period import Calendar, Period, add_months


@dataclass(frozen=True, slots=True)
class Covers:
    """The months that a table covers, of each place with rows of it, and of any other."""

    contract: Contract
    places: Mapping[str, Reach]
    others: Reach | None


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
        found.append(Covers(contract, reaches_of(measure, places, world.above), others))
    return found


def covered_since(world: World, measure: Measure) -> date | None:
    """The first day that the numerator's table covers of any place, where that is told."""
    of_numerator = covers_of(world, replace(measure, denominator=None))
    return max((one.others.first for one in of_numerator if one.others), default=None)


def why_not_covered(
    covers: Iterable[Covers], wanted: Wanted, place: str, calendar: Calendar
) -> str | None:
    """Why there is no figure where a table of the measure does not cover the period."""
    for one in covers:
        reach = one.places.get(place, one.others)
        if reach is None:
            continue
        until = wanted.needs_until(weekly=one.contract.weekly)
        late = reach.last and reach.ended and _month(until) > reach.last
        if wanted.parts[0].start < reach.first or late:
            return not_covered(reach, one.contract, calendar)
    return None


def _any_of(reaches: Sequence[Reach]) -> Reach:
    lasts = [one.last for one in reaches if one.last]
    ended = all(one.ended for one in reaches)
    return Reach(min(one.first for one in reaches), max(lasts) if lasts else None, ended)


def _reach_by_source(
    rows: Sequence[Row], contract: Contract, as_of: date
) -> dict[str | None, Reach]:
    """The months that each source covers, dropped from both ends until one holds enough rows."""
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
    now = _month(as_of)
    over = _month(as_of + timedelta(days=1)) != now
    for source, reach in found.items():
        if reach.last and not over and add_months(reach.last, 1) == now:
            found[source] = replace(reach, last=now)
    return found


def _told(rows: Sequence[Row], contract: Contract) -> Reach | None:
    """What a derivation has told: the first day, and the last where there is one."""
    firsts = [day for row in rows if (day := row[contract.reaches]) is not None]
    lasts = [day for row in rows if contract.reaches_to and (day := row[contract.reaches_to])]
    if not firsts:
        return None
    return Reach(_month(min(firsts)), _month(max(lasts)) if lasts else None, bool(lasts))


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
    """The same of weeks, each by the month of its Monday; one row alone holds no week."""
    weeks = Counter(_monday(day) for day in days if day is not None)
    of_a_year = sum(number for _, number in weeks.most_common(WEEKS_OF_A_YEAR))
    kept = sorted(weeks)
    if of_a_year < FEW:
        return [_month(week) for week in kept], False
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
    return [_month(week) for week in kept], True


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
