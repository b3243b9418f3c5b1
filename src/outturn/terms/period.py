"""Periods: one unambiguous key for each, right for an April year by default.

A key is an ISO 8601 start and duration, `2020-04-01/P8M`. The duration carries the kind:

| key                | what it is                                | said as                      |
|--------------------|-------------------------------------------|------------------------------|
| `2020-04-01/P1Y`   | financial year                            | 2020/21                      |
| `2020-01-01/P1Y`   | calendar year                             | calendar year 2020           |
| `2020-09-01/P1Y`   | academic year                             | academic year 2020/21        |
| `2020-07-01/P3M`   | quarter of the financial year             | Q2 2020/21                   |
| `2020-04-01/P8M`   | financial year to date                    | April to November 2020       |
| `2019-12-01/P12M`  | rolling 12 months                         | 12 months to November 2020   |
| `2020-11-01/P1M`   | month                                     | November 2020                |
| `2020-11-02/P7D`   | week                                      | week beginning 2 November 2020 |
| `2020-11-26/P0D`   | census date: a moment, not a span         | at 26 November 2020          |
| `2018-04-01/P3Y`   | range of years                            | 2018/19 to 2020/21           |

`written_periods.py` reads what people write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

MONTHS = (
    "January February March April May June July August September October November December"
).split()
KEY = re.compile(r"(\d{4}-\d\d-\d\d)/P(\d{1,5})([YMD])", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1800, 2199  # what lies outside is a slip, and dates soon end


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a partnership's years begin.

    `financial_year` and `academic_year` are the months (1 to 12) of the first day.
    """

    financial_year: int = 4
    academic_year: int = 9

    def year_start(self, day: date) -> date:
        """The first day of the financial year that holds `day`."""
        year = day.year if day.month >= self.financial_year else day.year - 1
        return date(year, self.financial_year, 1)


APRIL = Calendar()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of time, `count` times `unit` (Y, M or D) from `start`; zero days is a census date."""

    start: date
    count: int
    unit: str

    @property
    def key(self) -> str:
        return f"{self.start.isoformat()}/P{self.count}{self.unit}"

    @property
    def end(self) -> date:
        """The last day of the period; of a census date, the day itself."""
        if self.unit == "D":
            return self.start + timedelta(days=max(self.count, 1) - 1)
        return add_months(self.start, self.months) - timedelta(days=1)

    @property
    def months(self) -> int:
        """Length in whole months; 0 for weeks and census dates."""
        return {"Y": 12, "M": 1, "D": 0}[self.unit] * self.count

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end

    def finished(self, as_of: date) -> bool:
        """Whether the whole period has passed by the end of `as_of`."""
        return self.end <= as_of

    def previous_equivalent(self) -> Period:
        """The same span a year before; weeks step back 52 weeks and so keep their weekday.

        A range of years steps back by its own length, so that 2018/19 to 2020/21 follows
        2015/16 to 2017/18.
        """
        if self.unit == "D" and self.count:
            return Period(self.start - timedelta(weeks=52), self.count, self.unit)
        back = self.months if self.unit == "Y" else 12
        return Period(add_months(self.start, -back), self.count, self.unit)

    def kind(self, calendar: Calendar = APRIL) -> str:
        """What people call such a period: one of the kinds in the table above."""
        if self.unit == "D":
            return {0: "census date", 7: "week"}.get(self.count, "days")
        if self.start.day != 1:
            return "days"  # it is no month or year of the calendar
        if self.unit == "Y":
            return self._kind_of_years(calendar)
        if self.count == 1:
            return "month"
        since_april = (self.start.month - calendar.financial_year) % 12
        if self.count == 3 and since_april % 3 == 0:
            return "quarter"
        if self.count == 12:
            return "rolling 12 months"
        return "year to date" if since_april == 0 and self.count < 12 else "months"

    def _kind_of_years(self, calendar: Calendar) -> str:
        names = {1: "calendar year", calendar.academic_year: "academic year"}
        names[calendar.financial_year] = "financial year"
        kind = names.get(self.start.month, "year")
        return kind if self.count == 1 else "range of years"

    def financial_year(self, calendar: Calendar = APRIL) -> Period:
        """The financial year in which the period ends."""
        return Period(calendar.year_start(self.end), 1, "Y")

    def label(self, calendar: Calendar = APRIL) -> str:
        """How the period is said in a paper."""
        kind = self.kind(calendar)
        last = self.end
        match kind:
            case "census date":
                return f"at {_day(self.start)}"
            case "week":
                return f"week beginning {_day(self.start)}"
            case "days":
                return f"{_day(self.start)} to {_day(last)}"
            case "month":
                return f"{MONTHS[self.start.month - 1]} {self.start.year}"
            case "quarter":
                quarter = (self.start.month - calendar.financial_year) % 12 // 3 + 1
                return f"Q{quarter} {split_year(calendar.year_start(self.start))}"
            case "rolling 12 months":
                return f"12 months to {MONTHS[last.month - 1]} {last.year}"
            case "year to date" | "months":
                return _span_of_months(self.start, last)
            case "calendar year":
                return f"calendar year {self.start.year}"
            case "academic year":
                return f"academic year {split_year(self.start)}"
            case "range of years":
                return self._label_of_range(calendar)
            case "year":
                return f"year from {MONTHS[self.start.month - 1]} {self.start.year}"
        return split_year(self.start)

    def _label_of_range(self, calendar: Calendar) -> str:
        one = Period(self.start, 1, "Y").kind(calendar)
        last = split_year(add_months(self.start, self.months - 12))
        if one == "year":
            return f"{self.count} years from {MONTHS[self.start.month - 1]} {self.start.year}"
        named = "" if one == "financial year" else f"{one}s "
        return f"{named}{split_year(self.start)} to {last}"


def add_months(day: date, months: int) -> date:
    """The same day of another month, cut to that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def split_year(start: date) -> str:
    """A year that crosses New Year, `2020/21`; a year from January is `2020`."""
    return f"{start.year}" if start.month == 1 else f"{start.year}/{(start.year + 1) % 100:02d}"


@lru_cache(maxsize=65536)
def from_key(key: str) -> Period:
    """The period of an exact key such as `2020-04-01/P8M`; ValueError when it is not one."""
    found = KEY.fullmatch(key)
    if not found:
        raise ValueError(f"not a period key: {key}")
    return sound(Period(day_of(found[1]), int(found[2]), found[3]))


def sound(period: Period) -> Period:
    """The period itself, when it has a length and lies in years that people mean."""
    if not period.count and period.unit != "D":
        raise ValueError("a period of months or years has at least one: write 2020-04-01/P1M")
    last = period.start.year + (period.count if period.unit == "Y" else period.count // 12)
    if period.unit == "D":
        last = period.start.year + period.count // 365
    if not FIRST_YEAR <= period.start.year <= last <= LAST_YEAR:
        raise ValueError(f"a period lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    return period


def day_of(text: str) -> date:
    """The day of a text such as `2020-11-26`; ValueError when the calendar has none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None


def year_to_date(day: date, calendar: Calendar = APRIL) -> Period:
    """From the start of the financial year to the end of the month of `day`."""
    start = calendar.year_start(day)
    return Period(start, (day.year - start.year) * 12 + day.month - start.month + 1, "M")


def elapsed_share(period: Period, year: Period) -> float:
    """The share of `year` that has passed at the end of `period`: whole months where both have.

    Unit: a share from 0 to 1. A month counts as a twelfth, as straight-line profiles do.
    """
    if period.months and year.months:
        last = period.end
        months = (last.year - year.start.year) * 12 + last.month - year.start.month + 1
        return min(max(months / year.months, 0.0), 1.0)
    days = (period.end - year.start).days + 1
    return min(max(days / ((year.end - year.start).days + 1), 0.0), 1.0)


def _days_in(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - timedelta(days=1)).day


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _span_of_months(first: date, last: date) -> str:
    begins = MONTHS[first.month - 1]
    if first.year != last.year:
        begins += f" {first.year}"
    return f"{begins} to {MONTHS[last.month - 1]} {last.year}"
