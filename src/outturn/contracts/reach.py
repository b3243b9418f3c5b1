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

Where a record is of a whole week, as the care that one person had in it, the same is asked of weeks
and not of months: the first month of such records, or the last, may hold a single Monday, one week
of 52, and that is less than 2 per cent. A week must have as much of a usual week as a month of a
usual month, 6 / 13 per cent of the fullest 52 weeks, and more than one record. The weeks from the
first to the last of these are covered, and no others: a week that was never sent is no week in
which nobody had care. So also of fewer than 100 records the last week is known: who has care at
home has it again in the next week, and three people do not all stop at once because the records do.
What is longer is covered where every week that begins in it is.

The month of the position date, while it is not over, is covered where the one before it is: of it
there is no figure yet, but of its weeks. Where a record is of a whole week nothing is taken as
covered so: there is no figure of a week until it is over.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from heapq import nlargest

MONTHS_OF_A_YEAR = 12
WEEKS_OF_A_YEAR = 52
FEW = 100  # records in a year; below, every month with a record counts
SURE = 200  # from which on a month has by chance hardly ever less than SHARE of them
SHARE = 2  # per cent of those of a year that the first month must have, and the last


@dataclass(frozen=True, slots=True)
class Reach:
    """The months that records cover, each by its first day; of rows of whole weeks the weeks.

    `last` is None where no column tells it. Only where they have `ended` are the months after it
    known not to be covered.
    """

    first: date
    last: date | None = None
    ended: bool = False


def covered(
    begun: Mapping[int, int], ended: Mapping[int, int] | None = None, *,
    on_its_day: bool = False, weekly: bool = False,
) -> Reach | None:  # fmt: skip
    """The reach of one source; None where no record has a month.

    How many records each month has, by the column that tells the first and by the one that tells
    the last; `on_its_day` where that is one column. Months are numbers, as `databases.month_number`
    makes them. Where `weekly` they are weeks, from that of 1 January 0001, a Monday, which is 0.

    >>> covered({24289: 40, 24290: 38, 24291: 41, 22999: 1}).first
    datetime.date(2024, 1, 1)
    """
    of_a_year = WEEKS_OF_A_YEAR if weekly else MONTHS_OF_A_YEAR
    full, _ = _full(begun, of_a_year)
    if not full:
        return None
    first = _as_far_as_any(begun, min(full), -1, of_a_year) if on_its_day else min(full)
    full, told = _full(ended or {}, of_a_year)
    last = _as_far_as_any(ended or {}, max(full), 1, of_a_year) if full else None
    day = _monday if weekly else _first_day
    return Reach(day(first), None if last is None else day(last), told and last is not None)


def with_unfinished(reach: Reach, as_of: date) -> Reach:
    """The same, with the month of the position date if that is not over and is the next."""
    last_day = as_of.day == monthrange(as_of.year, as_of.month)[1]
    months = (
        (as_of.year - reach.last.year) * 12 + as_of.month - reach.last.month if reach.last else 0
    )
    next_one = months == 1 and not last_day
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


def _full(records: Mapping[int, int], units: int) -> tuple[list[int], bool]:
    """The months with enough records, and whether it is known that there are no more of them.

    Of weeks the same: there are so many `units` in a year. One record alone is never enough where
    there are many. Of few records each month has enough, and only of weeks the last of them is
    known.
    """
    of_a_year = _of_a_year(records, units)
    if of_a_year < FEW:
        return list(records), units == WEEKS_OF_A_YEAR and bool(records)
    enough = of_a_year * SHARE * MONTHS_OF_A_YEAR
    full = [one for one, number in records.items() if number * 100 * units >= enough]
    return [one for one in full if records[one] > 1], True


def _as_far_as_any(records: Mapping[int, int], month: int, step: int, units: int) -> int:
    """The month, or in a small table the furthest to which each month has a record."""
    while _of_a_year(records, units) < SURE and records.get(month + step):
        month += step
    return month


def _of_a_year(records: Mapping[int, int], units: int) -> int:
    return sum(nlargest(units, records.values()))


def _first_day(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def _monday(week: int) -> date:
    return date.fromordinal(week * 7 + 1)
