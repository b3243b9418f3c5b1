"""Days as whole numbers (1 January 1970 is 0), and the periods that truths are told for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from outturn.simulation.draws import Draws, Flags, Whole
from outturn.terms.period import Period, add_months

_FIRST = date(1970, 1, 1)
_APRIL = 4
NEVER = 1_000_000  # the end of what does not end, and the death of who does not die


def as_number(day: date) -> int:
    return (day - _FIRST).days


def day_of(number: int) -> date:
    return _FIRST + timedelta(days=number)


def parts(days: Whole) -> tuple[Whole, Whole, Whole]:
    """Year, month (1 to 12) and day of the month of each day."""
    stamps = days.astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    whole = months.astype(np.int64)
    return whole // 12 + 1970, whole % 12 + 1, (stamps - months).astype(np.int64) + 1


def month_of(days: Whole) -> Whole:
    """Months since January 1970."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def age(born: Whole, on: Whole | int) -> Whole:
    """Age in whole years on a day, by the calendar."""
    years, months, days = parts(born)
    now, month, day = parts(np.broadcast_to(np.asarray(on, dtype=np.int64), born.shape))
    return np.asarray(now - years - ((month < months) | ((month == months) & (day < days))))


@dataclass(frozen=True)
class Window:
    """The days that the tables cover: whole months, from `first` to `last`."""

    start: date
    end: date
    later: int = 0  # days after the last one at which the records are looked at

    @cached_property
    def first(self) -> int:
        return as_number(self.start)

    @cached_property
    def last(self) -> int:
        return as_number(self.end)

    @property
    def looked_from(self) -> int:
        """The day by which what is followed for some time must be over."""
        return self.last + self.later

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def holds(self, days: Whole) -> Flags:
        return np.asarray((days >= self.first) & (days <= self.last))

    def months(self) -> list[Period]:
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        return [Period(add_months(self.start, i), 1, "M") for i in range(count)]

    def quarters(self) -> list[Period]:
        starts = [one.start for one in self.months() if one.start.month % 3 == 1]
        return self._whole([Period(start, 3, "M") for start in starts])

    def years(self) -> list[Period]:
        """The financial years and the calendar years that lie inside."""
        starts = [one.start for one in self.months()]
        return self._whole([Period(day, 1, "Y") for day in starts if day.month in (1, _APRIL)])

    def rolling(self) -> list[Period]:
        """Twelve months to the end of each month, where all twelve lie inside."""
        return self._whole([Period(one.start, 12, "M") for one in self.months()])

    def financial_years(self) -> list[Period]:
        return [one for one in self.years() if one.start.month == _APRIL]

    def so_far(self) -> list[Period]:
        """The financial year up to each month's end, where that is no month, quarter or year."""
        found = [
            Period(one.start, months, "M")
            for one in self.months()
            if one.start.month == _APRIL
            for months in range(2, 12)
            if months != 3
        ]
        return self._whole(found)

    def so_far_by_quarter(self) -> list[Period]:
        return [one for one in self.so_far() if one.count % 3 == 0]

    def rolling_by_quarter(self) -> list[Period]:
        return [one for one in self.rolling() if one.start.month % 3 == 1]

    def rolling_beside_years(self) -> list[Period]:
        """The same without those that are a financial year."""
        return [one for one in self.rolling_by_quarter() if one.start.month != _APRIL]

    def quarter_ends(self) -> list[Period]:
        return [Period(one.end, 0, "D") for one in self.months() if one.end.month % 3 == 0]

    def weeks(self) -> list[Period]:
        monday = self.start + timedelta(days=-self.start.weekday() % 7)
        count = (self.end - monday).days // 7
        return self._whole([Period(monday + timedelta(weeks=i), 7, "D") for i in range(count + 1)])

    def _whole(self, periods: list[Period]) -> list[Period]:
        return [one for one in periods if self.start <= one.start and one.end <= self.end]


def seasonal(draws: Draws, window: Window, weights: tuple[float, ...], number: int) -> Whole:
    """`number` days of the window; `weights` say how busy each month of the year is."""
    months = window.months()
    month = draws.among([weights[one.start.month - 1] for one in months], number)
    starts = np.array([as_number(one.start) for one in months], dtype=np.int64)
    ends = np.array([as_number(one.end) for one in months], dtype=np.int64)
    return draws.between(starts[month], ends[month], number)
