"""Which months the records of a table cover: one rule, for all that is counted or derived of them.

An extract holds what is of the months from some one on to another. A single record with a mistyped
date, or one that was left over from long ago, opens no month: months are covered from the first to
the last of those that hold, as in the national rule for client level data, at least 2 per cent of
the records of a year, that is of the fullest twelve months. Of fewer than 100 records each opens
its month, and no month after the last is known not to be covered: in a small table neither can be
told from a mistake, or from a month in which nothing happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

MONTHS_OF_A_YEAR = 12
FEW = 100  # records in a year; below, every month with a record counts
SHARE = 2  # per cent of those of a year that the first month must have, and the last


@dataclass(frozen=True, slots=True)
class Reach:
    """The months that records cover, each by its first day.

    `last` is None where no column tells it. Only where they have `ended` are the months after it
    known not to be covered.
    """

    first: date
    last: date | None = None
    ended: bool = False


def covered(begun: Mapping[int, int], ended: Mapping[int, int] | None = None) -> Reach | None:
    """The reach of one source; None where no record has a month.

    How many records each month has, by the column that tells the first and by the one that tells
    the last. Months are numbers, as `databases.month_number` makes them.

    >>> covered({24289: 40, 24290: 38, 24291: 41, 22999: 1}).first
    datetime.date(2024, 1, 1)
    """
    months, _ = _full(begun)
    if not months:
        return None
    lasts, told = _full(ended or {})
    last = _first_day(max(lasts)) if lasts else None
    return Reach(_first_day(min(months)), last, told and last is not None)


def of_several_sources(reaches: Iterable[Reach]) -> Reach | None:
    """What several sources of one place cover: from the first on, until the last ends."""
    every = list(reaches)
    if not every:
        return None
    lasts = [one.last for one in every if one.last]
    last = max(lasts, default=None)
    return Reach(min(one.first for one in every), last, all(one.ended for one in every))


def of_several_places(reaches: Iterable[Reach]) -> Reach:
    """What is covered of every place, where several are put together."""
    every = list(reaches)
    known = [one.last for one in every if one.last and one.ended]
    lasts = [one.last for one in every if one.last]
    last = min(known) if known else max(lasts, default=None)
    return Reach(max(one.first for one in every), last, bool(known))


def _full(records: Mapping[int, int]) -> tuple[list[int], bool]:
    """The months with enough records, and whether there are so many that this tells anything."""
    of_a_year = sum(nlargest(MONTHS_OF_A_YEAR, records.values()))
    if of_a_year < FEW:
        return list(records), False
    full = [month for month, number in records.items() if number * 100 >= of_a_year * SHARE]
    return full, True


def _first_day(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)
