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

from outturn.contracts import Contract, read_contracts
from outturn.framework.model import Condition, Measure, Tally
from outturn.terms.period import Period

EMPTY_CELL = "Unknown"  # the category of a row whose cell is empty, as the engine names it
_ORDERED = ("at_least", "at_most", "above", "below", "between")


@dataclass(frozen=True, slots=True)
class Kind:
    """What is tallied of which table, whatever the conditions: selections of a kind compare.

    `over_time` says how a longer period comes about, where that makes a difference: it is empty in
    base periods.
    """

    tally: Tally  # without its conditions
    over_time: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether what is in no two parts adds up: a person may be in several."""
        return self.tally.how in ("count", "sum")


def kind_of(tally: Tally, over_time: str = "") -> Kind:
    """The kind of one side of a measure; `over_time` is as `over_time_of` has it.

    >>> falls = Condition("cause", "is", ("fall",))
    >>> one, other = Tally("stays", "count"), Tally("stays", "count", where=(falls,))
    >>> kind_of(one) == kind_of(other)
    True
    """
    return Kind(replace(tally, where=()), over_time)


def over_time_of(measure: Measure, tally: Tally, period: Period) -> str:
    """How a count of a longer period comes about, where it is not counted as the period itself.

    In a base period whatever is tallied alike is one count, and so it is in a longer one that is
    counted whole, or of which the parts add up to as much.

    >>> from outturn.terms.period import from_key
    >>> beds = Measure("beds", "Beds", "1", "count", "beds", "none", frequency="month",
    ...                roll_up="last")
    >>> [over_time_of(beds, Tally("beds", "sum", "beds"), from_key(f"2026-01-01/{length}"))
    ...  for length in ("P1M", "P3M")]
    ['', 'last of month']
    """
    if _is_base(period, measure.frequency):
        return ""
    adds = tally.how in ("count", "sum") and not tally.of_year
    whole = measure.roll_up in ("sum", "none") and measure.frequency not in _ALONE
    if tally.how != "open" and (whole or (adds and measure.roll_up != "last")):
        return ""
    return f"{measure.roll_up} of {measure.frequency}"


# Of years taken together each is counted by itself, whatever the roll-up.
_ALONE = ("year", "every two years")
_MONTHS = {"month": (1,), "quarter": (3,), "year": (12,), "every two years": (12, 24)}


def _is_base(period: Period, frequency: str) -> bool:
    return not period.months or period.months in _MONTHS.get(frequency, ())


def same_days(period: Period) -> str:
    """A key that periods of the same days share: a year, and the 12 months to its last one.

    >>> from outturn.terms.period import from_key
    >>> same_days(from_key("2020-04-01/P1Y")) == same_days(from_key("2020-04-01/P12M"))
    True
    """
    return Period(period.start, period.months, "M").key if period.months else period.key


def with_usual_dates(
    measures: Mapping[str, Measure], texts: Mapping[str, str]
) -> dict[str, Measure]:
    """The measures, without the word `on` where it names the column that the contract has anyway.

    `texts` are the definition files, with the contracts among them.
    """
    sides = [one for each in measures.values() for one in (each.numerator, each.denominator)]
    if not any(one.on for one in sides if one):
        return dict(measures)
    contracts, _ = read_contracts(texts)
    return {
        id: replace(
            one,
            numerator=_by_usual_date(one.numerator, contracts),
            denominator=_by_usual_date(one.denominator, contracts),
        )
        for id, one in measures.items()
    }


def _by_usual_date(tally: Tally | None, contracts: Mapping[str, Contract]) -> Tally | None:
    contract = contracts.get(tally.table) if tally else None
    usual = tally and contract and tally.on == contract.period
    return replace(tally, on="") if tally and usual else tally


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
