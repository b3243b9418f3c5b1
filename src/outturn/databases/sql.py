"""Pieces of SQL that every database reads alike, and the steps that a query is composed of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from outturn.terms.errors import OutturnError


class EngineFault(OutturnError):
    """The database refused a step. Our fault: it names the step and its SQL, never a value."""

    def __init__(self, *, step: str, sql: str, reason: str) -> None:
        super().__init__(f"step '{step}' failed ({reason}):\n{sql}")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its question marks, in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql | str) -> Sql:
        more = other if isinstance(other, Sql) else Sql(other)
        return Sql(self.text + more.text, self.values + more.values)


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of a query.

    A step that later steps use more than once must be `kept`: its rows are then stored, so that
    no database works it out twice, and a window in it cannot give two answers.
    """

    name: str
    query: Sql
    kept: bool = False


def joined(between: str, pieces: Iterable[Sql | str]) -> Sql:
    """Pieces of SQL, one after the other, with `between` between them."""
    parts = [piece if isinstance(piece, Sql) else Sql(piece) for piece in pieces]
    values = tuple(value for part in parts for value in part.values)
    return Sql(between.join(part.text for part in parts), values)


def with_steps(steps: Sequence[Step], last: Sql) -> Sql:
    """A query that works out the steps, in order, and then `last`."""
    if not steps:
        return last
    named = joined(", ", (Sql(f"{one.name} as (") + one.query + ")" for one in steps))
    return Sql("with ") + named + " " + last


def month_number(day: str) -> str:
    """The months from year 0 to the month of a day, as a whole number."""
    return f"(year({day}) * 12 + month({day}))"


def whole_years(born: str, day: str) -> str:
    """Completed years of life on a day; who was born on 29 February is a year older on 1 March."""
    before = f"month({day}) * 100 + day({day}) < month({born}) * 100 + day({born})"
    return f"(year({day}) - year({born}) - case when {before} then 1 else 0 end)"
