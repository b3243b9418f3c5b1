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
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from outturn.terms.year_ranges import YearsSaid, years_said

MONTHS = (
    "January February March April May June July August September October November December"
).split()
Found = re.Match[str]
_KEY = re.compile(r"(\d{4}-\d\d-\d\d)/P(\d{1,5})([YMD])", re.ASCII)
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
    found = _KEY.fullmatch(key)
    if not found:
        raise ValueError(f"not a period key: {key}")
    return _sound(Period(_day_of(found[1]), int(found[2]), found[3]))


def _sound(period: Period) -> Period:
    """The period itself, when it has a length and lies in years that people mean."""
    if not period.count and period.unit != "D":
        raise ValueError("a period of months or years has at least one: write 2020-04-01/P1M")
    last = period.start.year + (period.count if period.unit == "Y" else period.count // 12)
    if period.unit == "D":
        last = period.start.year + period.count // 365
    if not FIRST_YEAR <= period.start.year <= last <= LAST_YEAR:
        raise ValueError(f"a period lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    return period


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None


@lru_cache(maxsize=65536)
def parse(text: str, calendar: Calendar = APRIL, form: str = "any") -> Period:
    """The period that a person wrote.

    Forms: `2020/21` (financial year), `2020-21` (the same, unless the last two digits could
    be a month), `2020/21 Q2` or `Q2 2020/21`, `2020-11` (month), `2020-11-26` (census date),
    `2020` (calendar year), `2020/21 to 2022/23` and other ranges (year_ranges.py), `April to
    November 2020`, `November 2020`, `12 months to November 2020`, whatever else `Period.label`
    says, or a key. `2011-12` could be a month or a year, so it is refused unless `form` says which:
    `financial year`, `month`, `quarter`, `calendar year`, `academic year`, `date`, `week`, or
    `range of years`, by which it is 2011 to 2012. `form` decides too what a bare `2020`, `2020-04`
    or `2020-04-01` is, and one that cannot be of that form is refused: a year or a quarter is named
    by the first day or month of it, and `2018 to 2020` are no years that cross New Year. What says
    itself what it is stays that.
    ValueError says what would be clear.

    >>> parse("2020/21").key
    '2020-04-01/P1Y'
    >>> parse("2020/21 Q2").key
    '2020-07-01/P3M'
    """
    text = " ".join(text.split())
    if _KEY.fullmatch(text):
        return from_key(text)
    if said := years_said(text, short=form == "range of years"):
        return _sound(_together(said, calendar, form))
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII)
        if found:
            return _sound(make(found, calendar, form))
    raise ValueError("write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M")


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


def _year(first: str, last: str, month: int) -> Period:
    if (int(first) + 1) % 10 ** len(last) != int(last):
        raise ValueError(f"a year runs into the next, as {first}/{(int(first) + 1) % 100:02d}")
    return Period(date(int(first), month, 1), 1, "Y")


def _slash_year(found: Found, calendar: Calendar, form: str) -> Period:
    month = calendar.academic_year if form == "academic year" else calendar.financial_year
    return _year(found[1], found[2], month)


def _dash(found: Found, calendar: Calendar, form: str) -> Period:
    """`2020-21` or `2020-11`: a year, a month, or nobody can tell."""
    could_be_month = 1 <= int(found[2]) <= 12
    could_be_year = (int(found[1]) + 1) % 100 == int(found[2])
    if form in ("financial year", "academic year"):
        return _slash_year(found, calendar, form)
    if could_be_month and form not in ("any", "month"):
        return _begun(date(int(found[1]), int(found[2]), 1), calendar, form, {"quarter"})
    if could_be_month and could_be_year and form != "month":
        year = f"{found[1]}/{found[2]}"
        raise ValueError(
            f"it may be a month or a year: write {year} or {found[1]}-{found[2]}-01/P1M"
        )
    if could_be_month:
        return Period(date(int(found[1]), int(found[2]), 1), 1, "M")
    if not could_be_year and form == "any" and int(found[2]) > int(found[1][2:]):
        first, last = int(found[1]), f"{found[1][:2]}{found[2]}"
        raise ValueError(f"write {first}/{(first + 1) % 100:02d}, or {first} to {last} for several")
    return _slash_year(found, calendar, form)


def _quarter(found: Found, calendar: Calendar, form: str) -> Period:
    year = _year(found[1], found[2], calendar.financial_year)
    return Period(add_months(year.start, 3 * (int(found[3]) - 1)), 3, "M")


def _quarter_first(found: Found, calendar: Calendar, form: str) -> Period:
    year = _year(found[2], found[3], calendar.financial_year)
    return Period(add_months(year.start, 3 * (int(found[1]) - 1)), 3, "M")


def _quarter_of_one_year(found: Found, calendar: Calendar, form: str) -> Period:
    """`Q3 2020`, where financial years are calendar years; elsewhere nobody can tell."""
    quarter, year = (int(part) for part in sorted(found.groups(), key=len))
    if calendar.financial_year != 1:
        raise ValueError(f"it is not said of which year: write {year}/{(year + 1) % 100:02d} Q2")
    return Period(date(year, 3 * quarter - 2, 1), 3, "M")


def _date(found: Found, calendar: Calendar, form: str) -> Period:
    return _of_day(_day_of(found[0]), calendar, form)


def _of_day(day: date, calendar: Calendar, form: str) -> Period:
    if form == "month":
        return Period(day.replace(day=1), 1, "M")
    if form in ("any", "date", "week"):
        return Period(day, 7 if form == "week" else 0, "D")
    return _begun(day, calendar, form, {"quarter", *_year_months(calendar)})


def _calendar_year(found: Found, calendar: Calendar, form: str) -> Period:
    months = {"any": 1, "range of years": 1, **_year_months(calendar)}
    if form not in months:
        raise _not_a(form)
    return Period(date(int(found[1]), months[form], 1), 1, "Y")


def _year_months(calendar: Calendar) -> dict[str, int]:
    """The month in which each form of year begins."""
    return {
        "financial year": calendar.financial_year,
        "calendar year": 1,
        "academic year": calendar.academic_year,
    }


def _begun(day: date, calendar: Calendar, form: str, forms: set[str]) -> Period:
    """The period of that form that begins on the day, where `forms` has it and one does."""
    months = _year_months(calendar)
    quarter = form == "quarter" and (day.month - calendar.financial_year) % 3 == 0
    if form not in forms or day.day != 1 or not (quarter or day.month == months.get(form)):
        raise _not_a(form)
    return Period(day, 3, "M") if quarter else Period(day, 1, "Y")


def _not_a(form: str) -> ValueError:
    return ValueError(f"it is no {form}, which is the form stated: {_CLEAR[form]}")


def _together(said: YearsSaid, calendar: Calendar, form: str) -> Period:
    """Years taken together: those that cross New Year are of the form stated, or financial."""
    months = _year_months(calendar)
    if said.kind == "calendar" and not said.stated and months.get(form, 1) != 1:
        raise _runs_on(said, form)
    crossing = form if form == "academic year" else "financial year"
    month = months[f"{said.kind} year" if said.kind else crossing]
    return Period(date(said.first, month, 1), said.last - said.first + 1, "Y")


def _runs_on(said: YearsSaid, form: str) -> ValueError:
    """Years such as 2018 to 2020, where those of the stated form cross New Year."""
    ends = dict.fromkeys((said.first, said.last))
    bare = " to ".join(str(year) for year in ends)
    crossing = " to ".join(f"{year}/{(year + 1) % 100:02d}" for year in ends)
    years = "calendar years" if len(ends) > 1 else "calendar year"
    return ValueError(
        f"{form}s, the form stated, run into the next: write {crossing}, or {bare} {years}"
    )


def _named_months(found: Found, calendar: Calendar, form: str) -> Period:
    first, last = (_month_number(found[i]) for i in (1, 3))
    end = date(int(found[4]), last, 1)
    start = date(int(found[2]) if found[2] else end.year, first, 1)
    if start > end:
        raise ValueError(f"it ends before it begins: write {found[1]} {end.year - 1} to ...")
    return Period(start, (end.year - start.year) * 12 + end.month - start.month + 1, "M")


def _named_year(found: Found, calendar: Calendar, form: str) -> Period:
    """`calendar year 2020`, `academic year 2020/21`, and ranges of either."""
    month = calendar.academic_year if found[1].lower() == "academic" else 1
    years = [_year_of(found[i], found[i + 1], month) for i in (2, 4) if found[i]]
    return _years(years[0], years[-1])


def _year_of(first: str, last: str | None, month: int) -> Period:
    if (month != 1) != bool(last):
        raise ValueError("write calendar year 2020, or academic year 2020/21")
    return _year(first, last, month) if last else Period(date(int(first), 1, 1), 1, "Y")


def _years(first: Period, last: Period) -> Period:
    if last < first:
        raise ValueError("the range ends before it begins: write the earlier year first")
    return Period(first.start, last.start.year - first.start.year + 1, "Y")


def _years_from(found: Found, calendar: Calendar, form: str) -> Period:
    start = date(int(found[3]), _month_number(found[2]), 1)
    return Period(start, int(found[1] or 1), "Y")


def _named_day(found: Found, calendar: Calendar, form: str) -> Period:
    return _of_day(_said_day(*found.groups()), calendar, form)


def _at_day(found: Found, calendar: Calendar, form: str) -> Period:
    return Period(_said_day(*found.groups()), 0, "D")


def _named_week(found: Found, calendar: Calendar, form: str) -> Period:
    return Period(_said_day(*found.groups()), 7, "D")


def _named_days(found: Found, calendar: Calendar, form: str) -> Period:
    first, last = _said_day(*found.groups()[:3]), _said_day(*found.groups()[3:])
    if last < first:
        raise ValueError("it ends before it begins: write the earlier day first")
    return Period(first, (last - first).days + 1, "D")


def _said_day(day: str, month: str, year: str) -> date:
    return _day_of(f"{year}-{_month_number(month):02d}-{int(day):02d}")


def _named_month(found: Found, calendar: Calendar, form: str) -> Period:
    return Period(date(int(found[2]), _month_number(found[1]), 1), 1, "M")


def _month_number(name: str) -> int:
    for number, full in enumerate(MONTHS, start=1):
        if len(name) >= 3 and full.lower().startswith(name.lower()):
            return number
    raise ValueError(f"there is no month {name}")


def _rolling(found: Found, calendar: Calendar, form: str) -> Period:
    end = date(int(found[2]), _month_number(found[1]), 1)
    return Period(add_months(end, -11), 12, "M")


_CLEAR = {
    "financial year": "write 2020/21, or the first day of the year",
    "academic year": "write 2020/21, or the first day of the year",
    "calendar year": "write 2020, or the first day of the year",
    "quarter": "write 2020/21 Q2, or the first day or month of the quarter",
    "range of years": "write 2018 to 2020, or 2018/19 to 2020/21",
    "month": "write 2020-11",
    "date": "write 2020-11-26",
    "week": "write the first day, as 2020-11-26",
}
_DAY = r"(\d{1,2}) ([a-z]+) (\d{4})"
_FORMS: tuple[tuple[str, Callable[[Found, Calendar, str], Period]], ...] = (
    (r"(\d{4})/(\d\d|\d{4})", _slash_year),
    (r"(\d{4})-(\d\d)", _dash),
    (r"(\d{4})[/-](\d\d) ?-?Q([1-4])", _quarter),
    (r"Q([1-4]) (\d{4})[/-](\d\d)", _quarter_first),
    (r"Q([1-4]) (\d{4})", _quarter_of_one_year),
    (r"(\d{4}) ?-?Q([1-4])", _quarter_of_one_year),
    (r"\d{4}-\d\d-\d\d", _date),
    (r"(\d{4})", _calendar_year),
    (r"([a-z]+)(?: (\d{4}))? to ([a-z]+) (\d{4})", _named_months),
    (r"12 months to ([a-z]+) (\d{4})", _rolling),
    (r"([a-z]+) (\d{4})", _named_month),
    (
        r"(calendar|academic) years? (\d{4})(?:/(\d\d|\d{4}))?(?: to (\d{4})(?:/(\d\d|\d{4}))?)?",
        _named_year,
    ),
    (r"(?:(\d{1,2}) )?years? from ([a-z]+) (\d{4})", _years_from),
    (_DAY, _named_day),
    (rf"at {_DAY}", _at_day),
    (rf"week beginning {_DAY}", _named_week),
    (rf"{_DAY} to {_DAY}", _named_days),
)
