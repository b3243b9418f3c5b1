"""What two measures count of one table, as sets: whether one holds the other, and what is left.

Every column that a condition or a breakdown asks about is cut into pieces: the values that are
named, what lies between two of them, and the empty cell. What a condition lets through is then a
set of pieces, and so is a category of a breakdown. A set is a whole number with a bit for each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from outturn.framework.model import Condition, Measure, Tally

EMPTY_CELL = "Unknown"  # the category of a row whose cell is empty, as the engine names it
_ORDERED = ("at_least", "at_most", "above", "below", "between")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is tallied of which table, whatever the conditions: selections of a kind compare.

    `over_time` says how a longer period comes about, where that makes a difference.
    """

    tally: Tally  # without its conditions
    over_time: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether what is in no two parts adds up: a person may be in several."""
        return self.tally.how in ("count", "sum")


def kind_of(measure: Measure, tally: Tally) -> Kind:
    """The kind of one side of a measure; a year of months comes out as one that is counted whole.

    >>> from outturn.framework.model import Measure
    >>> stays = Measure("stays", "Stays", "1", "count", "stays", "none")
    >>> falls = Condition("cause", "is", ("fall",))
    >>> one, other = Tally("stays", "count"), Tally("stays", "count", where=(falls,))
    >>> kind_of(stays, one) == kind_of(stays, other)
    True
    """
    bare = replace(tally, where=())
    adds = tally.how in ("count", "sum") and not tally.of_year
    if adds and measure.roll_up in ("sum", "mean"):
        return Kind(bare)
    return Kind(bare, f"{measure.roll_up} of {measure.frequency}")


def sides_of(measure: Measure) -> Iterator[tuple[str, Tally]]:
    """The tallies of a measure that count somebody; a median's denominator is how many it is of,
    and weighted answers are answers."""
    top, bottom = measure.numerator, measure.denominator
    if top and top.is_histogram:
        filled = Condition(top.column, "present")
        yield "denominator", replace(top, how="count", column="", at=50, where=(*top.where, filled))
        return
    for side, tally in (("numerator", top), ("denominator", bottom)):
        if tally and tally.is_weighted:
            filled = Condition(tally.column, "present")
            yield side, replace(tally, how="count", column="", where=(*tally.where, filled))
        elif tally and tally.how in ("count", "sum", "distinct", "open"):
            yield side, tally


@dataclass(frozen=True)
class Column:
    """A column in pieces: bit 0 is the empty cell, bit 2i + 2 the value i, odd ones lie between.

    What lies between two whole numbers or days that follow on each other is `hollow`, as is the
    empty cell; so are all that lie between where `closed`, for every value that there is is named.
    """

    values: tuple[Any, ...]  # named ones, in order
    closed: bool = False

    @property
    def all(self) -> int:
        return (1 << (2 * len(self.values) + 2)) - 1

    @property
    def hollow(self) -> int:
        found = 1
        ends = zip(self.values, self.values[1:], strict=False)
        for at, (one, other) in enumerate(ends):
            if self.closed or _follows(one, other):
                found |= 1 << (2 * at + 3)
        if self.closed:
            found |= 1 << 1 | 1 << (2 * len(self.values) + 1)
        return found

    def set_of(self, condition: Condition) -> int:
        """The pieces that meet a condition; an empty cell meets none but `absent`.

        >>> ages = Column((65, 75))
        >>> bin(ages.set_of(Condition("age", "at_least", (75,)))), bin(ages.all)
        ('0b110000', '0b111111')
        """
        word, bounds = condition.word, condition.bounds
        filled = self.all & ~1
        if word in ("present", "absent"):
            return filled if word == "present" else 1
        points = [self._bit(bound) for bound in bounds]
        if word in ("is", "one_of"):
            return sum({1 << bit for bit in points})
        if word in ("is_not", "none_of"):
            return filled & ~sum({1 << bit for bit in points})
        low, high = points[0], points[-1]
        above = filled & ~((1 << (low + 1)) - 1)
        below = filled & ((1 << high) - 1)
        return {
            "at_least": above | 1 << low,
            "above": above,
            "at_most": below | 1 << high,
            "below": below,
            "between": (above | 1 << low) & (below | 1 << high),
        }[word]

    def _bit(self, bound: Any) -> int:
        return 2 * bisect_left(self.values, bound) + 2


def _follows(one: Any, other: Any) -> bool:
    """Whether nothing lies between two whole numbers, two days, or false and true."""
    if isinstance(one, date):
        return bool(other - one == timedelta(days=1))
    return isinstance(one, int) and isinstance(other, int) and other - one == 1


def columns_of(conditions: Iterable[Condition], closed: Iterable[str]) -> dict[str, Column]:
    """Each column that the conditions ask about, cut at every value that they name.

    `closed` are those of which every value there is is named: they have a breakdown. A column whose
    values cannot be put in one order is left out.
    """
    named: dict[str, set[Any]] = {}
    for one in conditions:
        named.setdefault(one.column, set()).update(one.bounds)
    found = {}
    for name, values in named.items():
        if any(isinstance(one, bool) for one in values):
            values |= {False, True}  # and there is no third
        try:
            ordered = tuple(sorted(values))
        except TypeError:
            continue
        truth = any(isinstance(one, bool) for one in values)
        found[name] = Column(ordered, closed=truth or name in set(closed))
    return found


def category_condition(column: str, category: str, like: Iterable[Any]) -> Condition | None:
    """What a category of a breakdown asks of its column, whose other bounds are `like` these.

    >>> category_condition("at_home", "true", [True])
    Condition(column='at_home', word='is', bounds=(True,))
    >>> category_condition("age", "Unknown", [65])
    Condition(column='age', word='absent', bounds=())
    """
    if category == EMPTY_CELL:
        return Condition(column, "absent")
    kinds = {type(one) for one in like} or {str}
    if len(kinds) > 1 and kinds != {int, float}:
        return None
    try:
        if kinds == {bool}:
            return Condition(column, "is", ({"true": True, "false": False}[category],))
        if kinds == {date}:
            return Condition(column, "is", (date.fromisoformat(category),))
        if kinds <= {int, float}:
            number = float(category)
            whole = number.is_integer() and "." not in category
            return Condition(column, "is", (int(number) if whole else number,))
    except (KeyError, ValueError, OverflowError):
        return None
    return Condition(column, "is", (category,))


Selection = tuple[tuple[str, int], ...]  # columns in order, each with the pieces that are let in


def selection_of(conditions: Iterable[Condition], columns: Mapping[str, Column]) -> Selection:
    """What all the conditions together let through; a column that lets all in is not named.

    >>> columns = {"age": Column((65, 75))}
    >>> selection_of([Condition("age", "at_least", (75,))], columns)
    (('age', 48),)
    """
    found: dict[str, int] = {}
    for one in conditions:
        every = columns[one.column].all
        found[one.column] = found.get(one.column, every) & columns[one.column].set_of(one)
    return tuple(sorted((n, pieces) for n, pieces in found.items() if pieces != columns[n].all))
