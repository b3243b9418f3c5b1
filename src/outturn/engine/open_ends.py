"""Who is open at the end of each base period, without a row for each of them and each period.

A row is a run of base periods, from the one in which it begins to the one in which it ends, which
is no longer part of it. The runs of one person are put together as bits of whole numbers, one for
each base period; people with the same bits are then the same to every period, and counted once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.databases import Dialect, month_number
from outturn.engine.periods import BASES, STEPS
from outturn.framework.model import Tally
from outturn.terms.period import FIRST_YEAR, Calendar, Period

BITS = 62  # base periods that one whole number has room for
OPEN = 1_000_000  # where a run ends that has no end: after every period there is


@dataclass(frozen=True, slots=True)
class Scale:
    """Base periods that follow one another, by number from one long ago."""

    zero: Period  # the period of which the number is 0
    step: int  # months from one to the next; 0 is a week

    @classmethod
    def of(cls, frequency: str, calendar: Calendar) -> Scale:
        return cls(BASES[frequency](date(FIRST_YEAR, 1, 1), calendar), STEPS[frequency])

    def number(self, base: Period) -> int:
        """The number of a base period, which begins where one of the scale does."""
        if not self.step:
            return (base.start - self.zero.start).days // 7
        return (_months(base.start) - _months(self.zero.start)) // self.step

    def is_on(self, base: Period) -> bool:
        """Whether the period is one of the scale, and not one that begins on another day."""
        if not self.step:
            weekly = (base.count, base.unit) == (7, "D")
            return weekly and not (base.start - self.zero.start).days % 7
        whole = base.months == self.step and base.start.day == 1
        return whole and not (_months(base.start) - _months(self.zero.start)) % self.step

    def sql(self, database: Dialect, day: str) -> str:
        """The number of the base period that holds a day, or of the first for days before all."""
        start = f"cast('{self.zero.start}' as date)"
        later = f"greatest({day}, {start})"
        if not self.step:
            return database.floor_div(database.days(start, later), "7")
        months = f"{month_number(later)} - {_months(self.zero.start)}"
        return database.floor_div(months, str(self.step))


def _months(day: date) -> int:
    return day.year * 12 + day.month


def run_columns(database: Dialect, scale: Scale, tally: Tally) -> tuple[str, str]:
    """The number of the first base period at whose end a row is open, and of the first after."""
    first = scale.sql(database, f"r.{database.quote(tally.opens)}")
    if not tally.closes:
        return first, f"cast({OPEN} as bigint)"  # no bare number: it would name a column
    closes = f"r.{database.quote(tally.closes)}"
    past = scale.sql(database, f"{closes} + 1" if tally.last_day else closes)
    return first, f"case when {closes} is null then {OPEN} else {past} end"


def bits_of_runs(database: Dialect, tally: int, low: int, many: int) -> list[str]:
    """The columns that put together the bits of one tally's runs; `many` periods from `low`."""
    first, past = within(low, many)
    return [
        f"bit_or(case when is_{tally} = 1 then {_mask(database, first, past, BITS * block)} "
        f"else 0 end) as {name}"
        for block, name in enumerate(bits_names(tally, many))
    ]


def bits_names(tally: int, many: int) -> list[str]:
    """What the columns of one tally's bits are called: one for each block of base periods."""
    return [f"bits_{tally}_{block}" for block in range(-(-many // BITS))]


def within(low: int, many: int) -> tuple[str, str]:
    """The part of a run that lies in `many` base periods from `low`, as numbers from 0."""
    return f"greatest(first - {low}, 0)", f"least(past - {low}, {many})"


def _mask(database: Dialect, first: str, past: str, start: int) -> str:
    """The bits of a run that lie in one block: from `first` up to `past`, without it."""
    low = f"least(greatest({first} - {start}, 0), {BITS})"
    high = f"least(greatest({past} - {start}, 0), {BITS})"
    return f"({database.shift_left(high)} - {database.shift_left(low)})"


def open_in(tally: int, bases: Sequence[int]) -> str:
    """When bits are open at the end of any of some base periods, by their numbers from `low`."""
    wanted: dict[int, int] = {}
    for base in bases:
        wanted[base // BITS] = wanted.get(base // BITS, 0) | 1 << base % BITS
    return " or ".join(f"(bits_{tally}_{block} & {bits}) <> 0" for block, bits in wanted.items())


def unpivoted(
    wide: pl.DataFrame, keys: Sequence[str], names: Mapping[str, object], key: str, value: str
) -> pl.DataFrame:
    """One line for each group and column: `names` says what each column is called in `key`."""
    long = wide.unpivot(list(names), index=list(keys), variable_name=key, value_name=value)
    return long.with_columns(pl.col(key).replace_strict(names))
