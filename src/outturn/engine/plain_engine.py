"""The engine for truth: plain Python over rows, slow and obvious. Where engines differ, it judges.

Tables are lists of dicts. It asks the database nothing and shares with the other engine only
which periods and places there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from outturn.contracts.model import Contract
from outturn.engine.periods import Wanted, base_period, wanted_periods
from outturn.engine.plan import (
    INCOMPLETE,
    NO_DENOMINATOR,
    NO_NUMERATOR,
    UNKNOWN,
    counted,
    divided,
    evidence,
    left_out,
    mistakes,
    periods_over,
    rolls_up,
)
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.framework.places import added_up
from outturn.terms.errors import raise_all
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import COUNTS, KEYS, WHOLE, Absent

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


def _distinct_of(rows: Sequence[Row], tally: Tally) -> int:
    return len({_cell(row, tally.column) for row in rows} - {None})


AMOUNTS: dict[str, Callable[[Sequence[Row], Tally], int]] = {
    "count": _number_of,
    "sum": _sum_of,
    "distinct": _distinct_of,
}


def _unit(tally: Tally | None, contracts: Mapping[str, Contract]) -> int:
    """How many of the whole numbers make one: a million where a column of numbers is added."""
    if tally is None or tally.how != "sum":
        return 1
    return MILLIONTHS if contracts[tally.table].field(tally.column).type == "number" else 1


@dataclass(frozen=True, slots=True)
class _Total:
    """What a tally comes to in one group."""

    amount: int
    rows: int
    sources: frozenset[str]

    def __add__(self, other: _Total) -> _Total:
        return _Total(
            self.amount + other.amount, self.rows + other.rows, self.sources | other.sources
        )


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
    lines = [line for measure in wanted for line in _counts(world, measure)]
    return pl.DataFrame(lines, schema=COUNTS, orient="row").sort(KEYS)


def _counts(world: _World, measure: Measure) -> Iterator[dict[str, Any]]:
    """One line for each group that the measure has."""
    assert measure.numerator
    if measure.numerator.table not in world.tables:
        return
    contract = world.contracts[measure.numerator.table]
    rows = world.tables[measure.numerator.table]
    own = {period for row in rows if (period := _period(row, contract))}
    bases = {base_period(one, measure.frequency, world.calendar) for one in own}
    found = {base for base in bases if base}
    wanted = wanted_periods(measure, found, world.calendar, world.as_of)
    top = _totals(world, measure, measure.numerator, wanted, measure.breakdowns)
    bottom = _totals(world, measure, measure.denominator, wanted, measure.breakdowns)
    shown = _totals(world, measure, evidence(measure), wanted, ())
    about = {one.period: one for one in wanted}
    for group in top.keys() | bottom.keys() | shown.keys():
        line = _line(measure, about[group[1]], group, (top, bottom, shown))
        yield _in_units(line, measure, world.contracts)


def _line(
    measure: Measure,
    wanted: Wanted,
    group: Group,
    totals: tuple[dict[Group, _Total], dict[Group, _Total], dict[Group, _Total]],
) -> dict[str, Any]:
    top, bottom, shown = totals
    place, period, breakdown, category = group
    why = None
    numerator = top[group].amount if group in top else None
    if measure.missing == "zero":
        numerator = numerator or 0
    elif _is_partial(wanted, group, top):
        numerator, why = None, INCOMPLETE
    elif numerator is None:
        why = NO_NUMERATOR
    denominator = bottom[group].amount if group in bottom else None
    if measure.denominator and denominator is None:
        why = why or NO_DENOMINATOR
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
        "spans": wanted.spans,
        "rows": sum(total.rows for total in behind),
        "source": ", ".join(sorted(frozenset().union(*(total.sources for total in behind))))
        or None,
        "absent": str(Absent.NOT_AVAILABLE) if why else None,
        "why": why,
    }


def _in_units(
    line: dict[str, Any], measure: Measure, contracts: Mapping[str, Contract]
) -> dict[str, Any]:
    for part, tally in (("numerator", measure.numerator), ("denominator", measure.denominator)):
        if line[part] is not None:
            line[part] = float(line[part]) / _unit(tally, contracts)
    return line


def _is_partial(wanted: Wanted, group: Group, top: Mapping[Group, _Total]) -> bool:
    """Whether some but not all of the base periods that are added up have a numerator."""
    if wanted.spans == 1:
        return False
    place, _, breakdown, category = group
    there = [base for base in wanted.bases if (place, base, breakdown, category) in top]
    return 0 < len(there) < len(wanted.bases)


def _totals(
    world: _World,
    measure: Measure,
    tally: Tally | None,
    wanted: Sequence[Wanted],
    breakdowns: Iterable[Breakdown],
) -> dict[Group, _Total]:
    """What the tally comes to in every group that has a row."""
    if tally is None or tally.table not in world.tables:
        return {}
    contract = world.contracts[tally.table]
    usable = [one for one in breakdowns if one in divided(measure, contract)]
    dated = _dated(world, measure, tally, _qualifying(world, tally, usable))
    totals: dict[Group, _Total] = {}
    for one in wanted:
        for period in periods_over(measure, tally, one):
            inside = one.bases if period == one.period else (period,)
            chosen = _in_period(tally, dated, period, inside)
            for (place, breakdown, category), group in _grouped(
                world, measure, contract, chosen, usable
            ).items():
                sources = frozenset(row["source"] for row in group if row["source"] is not None)
                total = _Total(AMOUNTS[tally.how](group, tally), len(group), sources)
                key = (place, one.period, breakdown, category)
                totals[key] = totals[key] + total if key in totals else total
    return totals


def _qualifying(world: _World, tally: Tally, usable: Iterable[Breakdown]) -> list[Row]:
    """The rows that have a place and a period, meet every condition, and are no total."""
    contract = world.contracts[tally.table]
    left = left_out(tally, usable, contract)
    return [
        row
        for row in world.tables[tally.table]
        if row[contract.place] is not None
        and row[contract.period] is not None
        and all(meets(row, condition) for condition in tally.where)
        and not any(row[column] in totals for column, totals in left.items())
    ]


def _dated(
    world: _World, measure: Measure, tally: Tally, rows: Iterable[Row]
) -> dict[str, list[_Dated]]:
    """For each place its rows, with their own periods and the base periods they belong to."""
    contract = world.contracts[tally.table]
    by_place: dict[str, list[_Dated]] = {}
    for row in rows:
        own = _period(row, contract)
        assert own
        base = base_period(own, measure.frequency, world.calendar)
        by_place.setdefault(row[contract.place], []).append(_Dated(own, base, row))
    return by_place


def _in_period(
    tally: Tally,
    by_place: Mapping[str, Sequence[_Dated]],
    period: Period,
    inside: Sequence[Period],
) -> list[Row]:
    """The rows that count in `period`, decided for each place apart."""
    chosen = []
    for dated in by_place.values():
        chosen += _of_year(dated, period) if tally.of_year else _within(dated, period, inside)
    return chosen


def _of_year(dated: Sequence[_Dated], period: Period) -> list[Row]:
    """The rows of the period that holds the start of this one: the latest, then the shortest."""
    holding = {one.own for one in dated if one.own.holds(period.start)}
    if not holding:
        return []
    best = min(holding, key=lambda own: (-own.start.toordinal(), own.end, own))
    return [one.row for one in dated if one.own == best]


def _within(dated: Sequence[_Dated], period: Period, inside: Sequence[Period]) -> list[Row]:
    """The rows of this very period; without any, the rows of the base periods inside it."""
    chosen = [one.row for one in dated if one.own == period]
    if chosen:
        return chosen
    for base in inside:
        of_base = [one for one in dated if one.base == base]
        whole = [one for one in of_base if one.own == base]
        chosen += [one.row for one in whole or of_base]
    return chosen


def _grouped(
    world: _World,
    measure: Measure,
    contract: Contract,
    rows: Iterable[Row],
    usable: Sequence[Breakdown],
) -> dict[tuple[str, str, str], list[Row]]:
    """Rows under each place they count for, whole and by each breakdown."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        own = row[contract.place]
        counts_for = world.above.get(own, (own,)) if rolls_up(measure) else (own,)
        ways = [(WHOLE, WHOLE)]
        ways += [(one.name, _category(row[one.column])) for one in usable]
        for place in counts_for:
            for breakdown, category in ways:
                groups.setdefault((place, breakdown, category), []).append(row)
    return groups


def _category(cell: Any) -> str:
    """The name of a category: `true` and `false` for a boolean, Unknown for an empty cell."""
    if cell is None:
        return UNKNOWN
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _period(row: Row, contract: Contract) -> Period | None:
    cell = row[contract.period]
    if cell is None:
        return None
    return Period(cell, 0, "D") if isinstance(cell, date) else from_key(cell)
