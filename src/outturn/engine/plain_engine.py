"""The engine for truth: plain Python over rows, slow and obvious. Where engines differ, it judges.

Tables are lists of dicts. It asks the database nothing and shares with the other engine only
which periods and places there are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import (
    Callable,
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from outturn.contracts.model import Contract
from outturn.contracts.reach import FEW, MONTHS_OF_A_YEAR, SHARE, Reach
from outturn.engine.periods import (
    STEPS,
    WEEK,
    Wanted,
    base_period,
    open_periods,
    wanted_periods,
)
from outturn.engine.plain_year_sums import with_years_together
from outturn.engine.plan import (
    PART_OF_DENOMINATOR,
    PART_OF_NUMERATOR,
    UNKNOWN,
    conditions,
    counted,
    divided,
    evidence,
    mistakes,
    mixed_totals,
    not_covered,
    period_column,
    periods_over,
    reaches_of,
    reaching_tables,
    rolls_up,
    squares,
    telling_gaps,
    unsupplied,
)
from outturn.engine.quiet import Usual
from outturn.framework.model import SQUARES, Breakdown, Condition, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.statistics.waits import limit_ranks
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period, add_months, from_key
from outturn.terms.records import COUNTS, KEYS, NO_DENOMINATOR, NO_NUMERATOR, WHOLE, Absent

Row = Mapping[str, Any]
MILLIONTHS = 1_000_000
Group = tuple[str, Period, str, str]  # place, period, breakdown, category

# Conditions: the cell is never empty here, but for `present` and `absent`.

MEETS: dict[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": lambda cell, bounds: cell == bounds[0],
    "is_not": lambda cell, bounds: cell != bounds[0],
    "one_of": lambda cell, bounds: cell in bounds,
    "none_of": lambda cell, bounds: cell not in bounds,
    "at_least": lambda cell, bounds: cell >= bounds[0],
    "at_most": lambda cell, bounds: cell <= bounds[0],
    "above": lambda cell, bounds: cell > bounds[0],
    "below": lambda cell, bounds: cell < bounds[0],
    "between": lambda cell, bounds: bounds[0] <= cell <= bounds[1],
    "present": lambda cell, bounds: True,
    "absent": lambda cell, bounds: False,
}


def meets(row: Row, condition: Condition) -> bool:
    """An empty cell meets no condition but `absent`."""
    cell = _cell(row, condition.column)
    if cell is None:
        return condition.word == "absent"
    return MEETS[condition.word](cell, condition.bounds)


def _cell(row: Row, column: str) -> Any:
    """What a cell holds; a number that is none (NaN or infinite) is an empty cell."""
    cell = row[column]
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


# Tallies: what some rows come to, in whole numbers.


def _number_of(rows: Sequence[Row], tally: Tally) -> int:
    return len(rows)


def _sum_of(rows: Sequence[Row], tally: Tally) -> int:
    """Whole numbers as they are; others in millionths, so that no order of adding can matter."""
    cells = [cell for row in rows if (cell := _cell(row, tally.column)) is not None]
    return sum(
        math.floor(cell * MILLIONTHS + 0.5) if isinstance(cell, float) else cell for cell in cells
    )


def _squares_of(rows: Sequence[Row], tally: Tally) -> int:
    """The squares of what `_sum_of` adds: of numbers, in millionths of millionths."""
    return sum(_sum_of([row], tally) ** 2 for row in rows)


def _distinct_of(rows: Sequence[Row], tally: Tally) -> int:
    """How many values come in so many rows as are asked for; an empty cell is no value."""
    cells = [_cell(row, tally.column) for row in rows]
    return sum(1 for value in set(cells) - {None} if cells.count(value) >= tally.times)


def _open_of(rows: Sequence[Row], tally: Tally) -> int:
    """The rows are those that are open; without a column they count themselves."""
    if not tally.column:
        return len(rows)
    return len({_cell(row, tally.column) for row in rows} - {None})


def _percentile_of(rows: Sequence[Row], tally: Tally) -> int:
    """The percentile as so many parts of a whole number as its fraction has: of a median, halves.

    It lies among the values in order, at the fraction of the way from the first to the last; where
    it falls between two of them, in proportion.
    """
    part, parts = tally.percentile
    values = sorted(_cell(row, tally.column) for row in rows)
    place, beyond = divmod((len(values) - 1) * part, parts)
    if not beyond:
        return int(values[place] * parts)
    return int(values[place] * parts + (values[place + 1] - values[place]) * beyond)


def _limits_of(rows: Sequence[Row], tally: Tally) -> tuple[int | None, int | None]:
    """The values at the places that the limits of the percentile have; None where there is none."""
    values = sorted(_cell(row, tally.column) for row in rows)
    lower, upper = (int(place[0]) for place in limit_ranks([len(values)], tally.at))
    return (values[lower - 1] if lower else None, values[upper - 1] if upper else None)


AMOUNTS: dict[str, Callable[[Sequence[Row], Tally], int]] = {
    "count": _number_of,
    "sum": _sum_of,
    "weights": _sum_of,
    SQUARES: _squares_of,
    "distinct": _distinct_of,
    "open": _open_of,
    "median": _percentile_of,
    "percentile": _percentile_of,
}


def _unit(tally: Tally | None, contracts: Mapping[str, Contract]) -> int:
    """How many of the whole numbers make one: a million where a column of numbers is added."""
    if tally is None or not tally.adds_cells:
        return 1
    unit = MILLIONTHS**2 if tally.how == SQUARES else MILLIONTHS
    return unit if contracts[tally.table].field(tally.column).type == "number" else 1


@dataclass(frozen=True, slots=True)
class _Total:
    """What a tally comes to in one group."""

    amount: int
    rows: int
    sources: frozenset[str]
    limits: tuple[int | None, int | None] = (None, None)  # of a median or percentile

    def __add__(self, other: _Total) -> _Total:
        return _Total(
            self.amount + other.amount, self.rows + other.rows, self.sources | other.sources
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """A tally in every group that has a row.

    `own` are the groups that have a row of their very place, not only of those under it; `whole`
    and `own_whole` are those with a row that serves the whole of the period by itself.
    """

    of_year: bool = False
    totals: dict[Group, _Total] = field(default_factory=dict)
    own: set[Group] = field(default_factory=set)
    whole: set[Group] = field(default_factory=set)
    own_whole: set[Group] = field(default_factory=set)

    def needing(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which the other side must be there too."""
        return self.given(group, wanted) if group in self.totals else set()

    def given(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which there is a row of the place or of those under it."""
        return self._given(group, wanted, self.totals, self.whole)

    def given_by_itself(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which there is a row of the very place."""
        return self._given(group, wanted, self.own, self.own_whole)

    def _given(
        self, group: Group, wanted: Wanted, groups: Container[Group], whole: Container[Group]
    ) -> set[Period]:
        if group in whole:
            return set(wanted.parts)
        place, _, *cell = group
        return {one for one in wanted.parts if not self.of_year and (place, one, *cell) in groups}


@dataclass(frozen=True, slots=True)
class _Dated:
    """A row, its own period, and the base period it belongs to, if it is not too long for one."""

    own: Period
    base: Period | None
    row: Row


@dataclass(frozen=True, slots=True)
class _World:
    """The arguments of one call of `count`."""

    tables: Mapping[str, Sequence[Row]]
    contracts: Mapping[str, Contract]
    above: Mapping[str, tuple[str, ...]]
    calendar: Calendar
    as_of: date


@dataclass(frozen=True, slots=True)
class _Covers:
    """The months that a table covers, of each place with rows of it, and of any other."""

    contract: Contract
    places: Mapping[str, Reach]
    others: Reach | None


# What is told of a period that a table does not cover.
_NOTHING: dict[str, Any] = {
    "numerator": None, "denominator": None, "rows": 0, "source": None,
    "absent": str(Absent.NOT_AVAILABLE),
}  # fmt: skip


def count(
    measures: Iterable[Measure],
    tables: Mapping[str, Sequence[Row]],
    *,
    contracts: Mapping[str, Contract],
    places: Mapping[str, Place],
    hierarchy: str,
    calendar: Calendar,
    as_of: date,
    totals_for: Collection[str] = (),
) -> pl.DataFrame:
    """Counts of every measure that is counted from rows; its meaning is `docs/spec.md`."""
    wanted = counted(measures)
    raise_all(mistakes(wanted, contracts))
    above = added_up(places, hierarchy, totals_for)
    world = _World(tables, contracts, above, calendar, as_of)
    lines = [
        line
        for measure in wanted
        for line in with_years_together(list(_counts(world, measure)), measure, calendar)
    ]
    return pl.DataFrame(lines, schema=COUNTS, orient="row").sort(KEYS)


def _counts(world: _World, measure: Measure) -> Iterator[dict[str, Any]]:
    """One line for each group that the measure has."""
    assert measure.numerator
    if measure.numerator.table not in world.tables:
        return
    own = _own_periods(world, measure, measure.numerator)
    base_of = {one: base_period(one, measure.frequency, world.calendar) for one in own}
    also = _shown(world, measure)
    asked = partial(_usual, world, measure)
    wanted = wanted_periods(measure, base_of, world.calendar, world.as_of, also, asked)
    top = _side(world, measure, measure.numerator, wanted, measure.breakdowns)
    bottom = _side(world, measure, measure.denominator, wanted, measure.breakdowns)
    shown = _side(world, measure, evidence(measure), wanted, ())
    weighed = _side(world, measure, squares(measure), wanted, measure.breakdowns)
    about = {one.period: one for one in wanted}
    covers = _covers(world, measure)
    for group in top.totals.keys() | bottom.totals.keys() | shown.totals.keys():
        line = _line(world, measure, about[group[1]], group, (top, bottom, shown))
        if why := _not_covered(covers, about[group[1]], group[0], world.calendar):
            line |= {**_NOTHING, "why": why}
        figure = line["numerator"] is not None and line["absent"] is None
        if group in weighed.totals and measure.is_weighted and line["denominator"] is not None:
            line["squares"] = weighed.totals[group].amount
            line["answers"] = weighed.totals[group].rows
        elif group in weighed.totals and figure and not measure.is_weighted:
            whole = weighed.totals[group].rows == line["denominator"]  # each row has its number
            line["squares"] = weighed.totals[group].amount if whole else None
        if group in top.totals and figure:
            line["lower"], line["upper"] = top.totals[group].limits
        yield _in_units(line, measure, world.contracts)


def _shown(world: _World, measure: Measure) -> set[Period]:
    """The periods of the rows that show what was supplied."""
    rows = world.tables.get(measure.supplied, ())
    column = world.contracts[measure.supplied].period if rows else ""
    return {period for row in rows if column and (period := _period(row, column))}


def _usual(world: _World, measure: Measure) -> list[Usual]:
    """How many rows are usual of the tables that show which base periods were supplied."""
    there = {name: one for name, one in world.contracts.items() if name in world.tables}
    found = []
    for table, column in telling_gaps(measure, there):
        own = [period for row in world.tables[table] if (period := _period(row, column))]
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


def _own_periods(world: _World, measure: Measure, tally: Tally) -> set[Period]:
    """The periods of a table's rows: of those that are open, all from the first that begins."""
    column = period_column(tally, world.contracts[tally.table])
    own = {period for row in world.tables[tally.table] if (period := _period(row, column))}
    if tally.how != "open" or not own:
        return own
    first = min(one.start for one in own)
    return set(open_periods(first, measure.frequency, world.calendar, world.as_of))


def _line(
    world: _World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[_Side, _Side, _Side],
) -> dict[str, Any]:
    place, period, breakdown, category = group
    numerator, why = _numerator(world, measure, wanted, group, sides)
    denominator, and_why = _denominator(world, measure, wanted, group, sides)
    why = why or and_why
    top, bottom, shown = (side.totals for side in sides)
    behind = [total[group] for total in (top, bottom) if group in total] or [shown[group]]
    return {
        "measure": measure.id,
        "definition": measure.definition_in(period),
        "place": place,
        "period": period.key,
        "breakdown": breakdown,
        "category": category,
        "numerator": numerator,
        "denominator": denominator,
        "squares": None,
        "answers": None,
        "lower": None,
        "upper": None,
        "spans": wanted.spans,
        "rows": sum(total.rows for total in behind),
        "source": ", ".join(sorted(frozenset().union(*(total.sources for total in behind))))
        or None,
        "absent": str(Absent.NOT_AVAILABLE) if why else None,
        "why": why,
    }


Amount = tuple[int | None, str | None]  # and why there is none


def _numerator(
    world: _World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[_Side, _Side, _Side],
) -> Amount:
    """The numerator, where the period may have one; see `Wanted.why`.

    Where a missing one is not 0, there is one only with every part that must be there.
    Those are the parts for which there is a denominator, and every base period of the whole for a
    place that has a numerator in any of them.
    """
    top, bottom, _ = sides
    if wanted.why:
        return None, wanted.why
    lacking_of = _unsupplied(world, measure)
    if group[0] in lacking_of:
        return None, lacking_of[group[0]]
    amount = top.totals[group].amount if group in top.totals else None
    if measure.missing != "not available":
        return amount or 0, None
    if amount is None:
        return None, NO_NUMERATOR
    started = set(wanted.parts)
    needed = {
        one: (started if one in top.totals else set()) | bottom.needing(one, wanted)
        for one in _at_and_under(world, measure, group, sides)
    }
    lacking = _is_lacking(world, measure, wanted, group, needed, top)
    return (None, PART_OF_NUMERATOR) if lacking else (amount, None)


def _unsupplied(world: _World, measure: Measure) -> dict[str, str]:
    """The places that supplied nothing of the numerator: see `plan.unsupplied`."""
    if not measure.denominator or measure.supplied not in world.tables:
        return {}
    if measure.denominator.table not in world.tables:
        return {}
    assert measure.numerator
    supplied, counted, asked = (
        {row[world.contracts[name].place] for row in world.tables[name]} - {None}
        for name in (measure.supplied, measure.numerator.table, measure.denominator.table)
    )
    return unsupplied(measure, supplied | counted, asked, world.above)


def _covers(world: _World, measure: Measure) -> list[_Covers]:
    """What the tables of a measure cover, where their contracts say which column tells it."""
    there = {name: one for name, one in world.contracts.items() if name in world.tables}
    found = []
    for name in reaching_tables(measure, there):
        contract, rows = world.contracts[name], world.tables[name]
        by_source = _reach_by_source(rows, contract)
        of_place: dict[str, list[Reach]] = {}
        for place, source in {(row[contract.place], row["source"]) for row in rows}:
            if place is not None and source in by_source:
                of_place.setdefault(place, []).append(by_source[source])
        places = {place: _any_of(each) for place, each in of_place.items()}
        others = _any_of(list(by_source.values())) if by_source else None
        found.append(_Covers(contract, reaches_of(measure, places, world.above), others))
    return found


def _not_covered(
    covers: Iterable[_Covers], wanted: Wanted, place: str, calendar: Calendar
) -> str | None:
    """Why there is no figure where a table of the measure does not cover the period."""
    for one in covers:
        reach = one.places.get(place, one.others)
        if reach is None:
            continue
        late = reach.last and reach.ended and _month(wanted.parts[-1].end) > reach.last
        if wanted.parts[0].start < reach.first or late:
            return not_covered(reach, one.contract, calendar)
    return None


def _any_of(reaches: Sequence[Reach]) -> Reach:
    lasts = [one.last for one in reaches if one.last]
    ended = all(one.ended for one in reaches)
    return Reach(min(one.first for one in reaches), max(lasts) if lasts else None, ended)


def _reach_by_source(rows: Sequence[Row], contract: Contract) -> dict[str | None, Reach]:
    """The months that each source covers, dropped from both ends until one holds enough rows."""
    found: dict[str | None, Reach] = {}
    by_day = contract.schema.get(contract.period) == pl.Date
    for source in {row["source"] for row in rows}:
        own = [row for row in rows if row["source"] == source]
        if contract.reach_told:
            days = [day for row in own if (day := row[contract.reaches]) is not None]
            found |= {source: Reach(_month(min(days)))} if days else {}
            continue
        begun, _ = _months_kept(row[contract.reaches] for row in own)
        ended, sure = _months_kept(row[contract.period] for row in own if by_day)
        if begun:
            last = ended[-1] if ended else None
            found[source] = Reach(begun[0], last, sure and last is not None)
    return found


def _months_kept(days: Iterable[date | None]) -> tuple[list[date], bool]:
    """The months from the first to the last that have enough rows, and if there are many rows."""
    months = Counter(_month(day) for day in days if day is not None)
    of_a_year = sum(number for _, number in months.most_common(MONTHS_OF_A_YEAR))
    kept = sorted(months)
    if of_a_year < FEW:
        return kept, False
    while months[kept[0]] * 100 < of_a_year * SHARE:
        kept.pop(0)
    while months[kept[-1]] * 100 < of_a_year * SHARE:
        kept.pop()
    return kept, True


def _month(day: date) -> date:
    return day.replace(day=1)


def _denominator(
    world: _World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    sides: tuple[_Side, _Side, _Side],
) -> Amount:
    """The denominator, only with every part for which there is a numerator."""
    top, bottom, _ = sides
    if measure.numerator and measure.numerator.is_histogram:
        has_figure = _numerator(world, measure, wanted, group, sides)[0] is not None
        many = top.totals[group].rows if group in top.totals else 0
        return (many, None) if has_figure else (None, None)
    if not measure.denominator:
        return None, None
    if group not in bottom.totals:
        return None, NO_DENOMINATOR
    needed = {one: top.needing(one, wanted) for one in _at_and_under(world, measure, group, sides)}
    lacking = _is_lacking(world, measure, wanted, group, needed, bottom)
    return (None, PART_OF_DENOMINATOR) if lacking else (bottom.totals[group].amount, None)


def _at_and_under(
    world: _World, measure: Measure, group: Group, sides: Iterable[_Side]
) -> list[Group]:
    """The same groups of the place and of all places that count for it."""
    places = {place for side in sides for place, *_ in side.totals}
    return [(one, *group[1:]) for one in places if group[0] in _counts_for(world, measure, one)]


def _is_lacking(
    world: _World,
    measure: Measure,
    wanted: Wanted,
    group: Group,
    needed: Mapping[Group, set[Period]],
    side: _Side,
) -> bool:
    """Whether a place of the group needs a base period that is not given for it.

    It is given by the rows of the place and of those under it, or by a place above it, up to the
    place of the group: the population of a town stands for all of its wards.
    """
    for one, periods in needed.items():
        between = [
            (place, *group[1:])
            for place in _counts_for(world, measure, one[0])
            if group[0] in _counts_for(world, measure, place)
        ]
        by_those = set().union(*(side.given_by_itself(each, wanted) for each in between))
        if periods - side.given(one, wanted) - by_those:
            return True
        if periods and one not in side.totals and not by_those:
            return True  # what it gave for the parts is not used: it gave the whole, without this
    return False


def _counts_for(world: _World, measure: Measure, place: str) -> tuple[str, ...]:
    """The place itself, and the places above it that its rows count for."""
    return world.above.get(place, (place,)) if rolls_up(measure) else (place,)


def _in_units(
    line: dict[str, Any], measure: Measure, contracts: Mapping[str, Contract]
) -> dict[str, Any]:
    sides = {"numerator": measure.numerator, "denominator": measure.denominator}
    for part, tally in {**sides, "squares": squares(measure)}.items():
        if line[part] is not None:
            line[part] = float(line[part]) / _unit(tally, contracts)
    return line


def _side(
    world: _World,
    measure: Measure,
    tally: Tally | None,
    wanted: Sequence[Wanted],
    breakdowns: Iterable[Breakdown],
) -> _Side:
    """What the tally comes to in every group that has a row, whole and by each breakdown."""
    if tally is None or tally.table not in world.tables:
        return _Side()
    side = _Side(tally.of_year)
    usable = [one for one in breakdowns if one in divided(measure, world.contracts[tally.table])]
    every = _dated(world, measure, tally, wanted)
    for way in (None, *usable):
        dated = _by_place(world, tally, _at_one_level(world, tally, every, way, usable))
        for one in wanted:
            for period in periods_over(measure, tally, one):
                inside = one.bases if period == one.period else (period,)
                chosen = _in_period(tally, dated, period, inside)
                _add(world, measure, tally, side, one, _grouped(world, measure, chosen, tally, way))
    return side


def _add(
    world: _World,
    measure: Measure,
    tally: Tally,
    side: _Side,
    wanted: Wanted,
    grouped: Mapping[tuple[str, str, str], Sequence[_Dated]],
) -> None:
    """Add the rows of each group to its total, and note which base periods they serve."""
    contract = world.contracts[tally.table]
    for (place, breakdown, category), dated in grouped.items():
        rows = [one.row for one in dated]
        sources = frozenset(row["source"] for row in rows if row["source"] is not None)
        limits = _limits_of(rows, tally) if tally.is_histogram else (None, None)
        total = _Total(AMOUNTS[tally.how](rows, tally), len(rows), sources, limits)
        key = (place, wanted.period, breakdown, category)
        side.totals[key] = side.totals[key] + total if key in side.totals else total
        by_itself = [one for one in dated if one.row[contract.place] == place]
        if by_itself:
            side.own.add(key)
        if any(tally.of_year or one.own == wanted.period for one in dated):
            side.whole.add(key)
        if any(tally.of_year or one.own == wanted.period for one in by_itself):
            side.own_whole.add(key)


def _qualifying(world: _World, tally: Tally) -> list[Row]:
    """The rows that have a place and a period, and meet every condition."""
    contract = world.contracts[tally.table]
    return [
        row
        for row in world.tables[tally.table]
        if row[contract.place] is not None
        and row[period_column(tally, contract)] is not None
        and all(meets(row, condition) for condition in conditions(tally))
    ]


def _at_one_level(
    world: _World,
    tally: Tally,
    dated: Sequence[_Dated],
    way: Breakdown | None,
    usable: Sequence[Breakdown],
) -> list[_Dated]:
    """The rows that serve a way of dividing: for each place and period those of one level.

    A row's level says in which columns it is a total. The fewest totals come first; a row that is
    a total in the column of the breakdown serves none of its categories.
    """
    contract = world.contracts[tally.table]
    totals = mixed_totals(tally, usable, contract)

    def level(one: _Dated) -> tuple[int, list[bool]]:
        is_total = [_category(one.row[column]) in totals[column] for column in totals]
        return sum(is_total), is_total[::-1]

    best: dict[tuple[Any, Period], tuple[int, list[bool]]] = {}
    serving = [
        one
        for one in dated
        if not way or _category(one.row[way.column]) not in totals.get(way.column, ())
    ]
    for one in serving:
        key = (one.row[contract.place], one.own)
        best[key] = min(best.get(key, level(one)), level(one))
    return [one for one in serving if level(one) == best[one.row[contract.place], one.own]]


def _dated(world: _World, measure: Measure, tally: Tally, wanted: Sequence[Wanted]) -> list[_Dated]:
    """The rows that may count, with their own periods and the base periods they belong to.

    One that is open belongs to each base period at whose end it is, as if it were a row of it.
    """
    rows = _qualifying(world, tally)
    if tally.how == "open":
        bases = dict.fromkeys(base for one in wanted for base in one.bases)
        return [
            _Dated(base, base, row) for row in rows for base in bases if _is_open(row, tally, base)
        ]
    column = period_column(tally, world.contracts[tally.table])
    own = [period for row in rows if (period := _period(row, column))]
    return [
        _Dated(period, base_period(period, measure.frequency, world.calendar), row)
        for period, row in zip(own, rows, strict=True)
    ]


def _is_open(row: Row, tally: Tally, base: Period) -> bool:
    """Whether a row has begun by the end of the base period, and not ended by then."""
    ended = row[tally.closes] if tally.closes else None
    if row[tally.opens] > base.end:
        return False
    return ended is None or ended > base.end or (tally.last_day and ended == base.end)


def _by_place(world: _World, tally: Tally, dated: Iterable[_Dated]) -> dict[str, list[_Dated]]:
    found: dict[str, list[_Dated]] = {}
    for one in dated:
        found.setdefault(one.row[world.contracts[tally.table].place], []).append(one)
    return found


def _in_period(
    tally: Tally,
    by_place: Mapping[str, Sequence[_Dated]],
    period: Period,
    inside: Sequence[Period],
) -> list[_Dated]:
    """The rows that count in `period`, decided for each place apart."""
    chosen = []
    for dated in by_place.values():
        chosen += _of_year(dated, period) if tally.of_year else _within(dated, period, inside)
    return chosen


def _of_year(dated: Sequence[_Dated], period: Period) -> list[_Dated]:
    """The rows of the period that holds the start of this one: the latest, then the shortest."""
    holding = {one.own for one in dated if one.own.holds(period.start)}
    if not holding:
        return []
    best = min(holding, key=lambda own: (-own.start.toordinal(), own.end, own))
    return [one for one in dated if one.own == best]


def _within(dated: Sequence[_Dated], period: Period, inside: Sequence[Period]) -> list[_Dated]:
    """The rows of this very period; without any, the rows of the base periods inside it."""
    chosen = [one for one in dated if one.own == period]
    if chosen:
        return chosen
    for base in inside:
        of_base = [one for one in dated if one.base == base]
        whole = [one for one in of_base if one.own == base]
        chosen += whole or of_base
    return chosen


def _grouped(
    world: _World,
    measure: Measure,
    chosen: Iterable[_Dated],
    tally: Tally,
    way: Breakdown | None,
) -> dict[tuple[str, str, str], list[_Dated]]:
    """Rows under each place they count for, and their category."""
    contract = world.contracts[tally.table]
    groups: dict[tuple[str, str, str], list[_Dated]] = {}
    for one in chosen:
        name, category = (way.name, _category(one.row[way.column])) if way else (WHOLE, WHOLE)
        for place in _counts_for(world, measure, one.row[contract.place]):
            groups.setdefault((place, name, category), []).append(one)
    return groups


def _category(cell: Any) -> str:
    """The name of a category: `true` and `false` for a boolean, Unknown for an empty cell."""
    if cell is None:
        return UNKNOWN
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _period(row: Row, column: str) -> Period | None:
    cell = row[column]
    if cell is None:
        return None
    return Period(cell, 0, "D") if isinstance(cell, date) else from_key(cell)
