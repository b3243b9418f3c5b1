"""The rows that may count, one by one: what they meet, and which period each belongs to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from outturn.contracts.model import Contract
from outturn.engine.periods import Wanted, base_period
from outturn.engine.plan import conditions, period_column
from outturn.framework.model import Condition, Measure, Tally
from outturn.terms.period import Calendar, Period, from_key

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """The arguments of one call of `count`."""

    tables: Mapping[str, Sequence[Row]]
    contracts: Mapping[str, Contract]
    above: Mapping[str, tuple[str, ...]]
    calendar: Calendar
    as_of: date


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
    cell = cell_of(row, condition.column)
    if cell is None:
        return condition.word == "absent"
    return MEETS[condition.word](cell, condition.bounds)


def cell_of(row: Row, column: str) -> Any:
    """What a cell holds; a number that is none (NaN or infinite) is an empty cell."""
    cell = row[column]
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def period_of(row: Row, column: str) -> Period | None:
    cell = row[column]
    if cell is None:
        return None
    return Period(cell, 0, "D") if isinstance(cell, date) else from_key(cell)


@dataclass(frozen=True, slots=True)
class Dated:
    """A row, its own period, and the base period it belongs to, if it is not too long for one."""

    own: Period
    base: Period | None
    row: Row


def dated_rows(
    world: World, measure: Measure, tally: Tally, wanted: Sequence[Wanted]
) -> list[Dated]:
    """The rows that may count, with their own periods and the base periods they belong to.

    One that is open belongs to each base period at whose end it is, as if it were a row of it.
    """
    rows = _qualifying(world, tally)
    if tally.how == "open":
        bases = dict.fromkeys(base for one in wanted for base in one.bases)
        return [
            Dated(base, base, row) for row in rows for base in bases if _is_open(row, tally, base)
        ]
    column = period_column(tally, world.contracts[tally.table])
    own = [period for row in rows if (period := period_of(row, column))]
    return [
        Dated(period, base_period(period, measure.frequency, world.calendar), row)
        for period, row in zip(own, rows, strict=True)
    ]


def _is_open(row: Row, tally: Tally, base: Period) -> bool:
    """Whether a row has begun by the end of the base period, and not ended by then."""
    ended = row[tally.closes] if tally.closes else None
    if row[tally.opens] > base.end:
        return False
    return ended is None or ended > base.end or (tally.last_day and ended == base.end)


def _qualifying(world: World, tally: Tally) -> list[Row]:
    """The rows that have a place and a period, and meet every condition."""
    contract = world.contracts[tally.table]
    return [
        row
        for row in world.tables[tally.table]
        if row[contract.place] is not None
        and row[period_column(tally, contract)] is not None
        and all(meets(row, condition) for condition in conditions(tally))
    ]
