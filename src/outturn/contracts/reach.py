"""Which months the records of a table cover: one rule, for all that is counted or derived of them.

An extract holds what is of the months from some one on to another. A single record with a mistyped
date, or one that was left over from long ago, opens no month: months are covered from the first to
the last of those that hold, as in the national rule for client level data, at least 2 per cent of
the records of a year, that is of the fullest twelve months. Of fewer than 100 records each opens
its month, and no month after the last is known not to be covered: in a small table neither can be
told from a mistake, or from a month in which nothing happened. Of fewer than 200 a month may have
less than 2 per cent by chance, and the last months with any record that follow one another from
those on are covered too. So are the first ones, where a record is sent by the day by which it is
counted: where it is sent when it ends, the few of these months are those who stayed.

The month of the position date, while it is not over, is covered where the one before it is: of it
there is no figure yet, but of its weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import nlargest

MONTHS_OF_A_YEAR = 12
FEW = 100  # records in a year; below, every month with a record counts
SURE = 200  # from which on a month has by chance hardly ever less than SHARE of them
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


def covered(
    begun: Mapping[int, int], ended: Mapping[int, int] | None = None, *, on_its_day: bool = False
) -> Reach | None:
    """The reach of one source; None where no record has a month.

    How many records each month has, by the column that tells the first and by the one that tells
    the last; `on_its_day` where that is one column. Months are numbers, as `databases.month_number`
    makes them.

    >>> covered({24289: 40, 24290: 38, 24291: 41, 22999: 1}).first
    datetime.date(2024, 1, 1)
    """
    months, _ = _full(begun)
    if not months:
        return None
    first = _as_far_as_any(begun, min(months), -1) if on_its_day else min(months)
    months, told = _full(ended or {})
    last = _as_far_as_any(ended or {}, max(months), 1) if months else None
    return Reach(_first_day(first), _first_day(last) if last else None, told and last is not None)


def with_unfinished(reach: Reach, as_of: date) -> Reach:
    """The same, with the month of the position date if that is not over and is the next."""
    tomorrow = as_of + timedelta(days=1)
    months = (
        (as_of.year - reach.last.year) * 12 + as_of.month - reach.last.month if reach.last else 0
    )
    next_one = months == 1 and tomorrow.month == as_of.month
    return replace(reach, last=as_of.replace(day=1)) if next_one else reach


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
    of_a_year = _of_a_year(records)
    if of_a_year < FEW:
        return list(records), False
    full = [month for month, number in records.items() if number * 100 >= of_a_year * SHARE]
    return full, True


def _as_far_as_any(records: Mapping[int, int], month: int, step: int) -> int:
    """The month, or in a small table the furthest to which each month has a record."""
    while _of_a_year(records) < SURE and records.get(month + step):
        month += step
    return month


def _of_a_year(records: Mapping[int, int]) -> int:
    return sum(nlargest(MONTHS_OF_A_YEAR, records.values()))


def _first_day(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)
