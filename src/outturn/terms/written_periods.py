"""Periods as people write them, in papers and in files: which period each way of writing is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from outturn.terms.period import (
    APRIL,
    KEY,
    MONTHS,
    Calendar,
    Period,
    add_months,
    day_of,
    from_key,
    sound,
)
from outturn.terms.year_ranges import YearsSaid, years_said

Found = re.Match[str]


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
    if KEY.fullmatch(text):
        return from_key(text)
    if said := years_said(text, short=form == "range of years"):
        return sound(_together(said, calendar, form))
    for pattern, make in _FORMS:
        found = re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII)
        if found:
            return sound(make(found, calendar, form))
    raise ValueError("write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M")


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
    return _of_day(day_of(found[0]), calendar, form)


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
    return day_of(f"{year}-{_month_number(month):02d}-{int(day):02d}")


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
