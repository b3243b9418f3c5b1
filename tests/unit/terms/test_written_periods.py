"""Periods as people write them: each form is read as one period, or refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.terms.period import APRIL, Calendar, from_key
from outturn.terms.written_periods import parse

FORMS = [
    ("2020/21", "any", "2020-04-01/P1Y"),
    ("2020/2021", "any", "2020-04-01/P1Y"),
    ("1999/00", "any", "1999-04-01/P1Y"),
    ("2020/21", "academic year", "2020-09-01/P1Y"),
    ("2020-21", "any", "2020-04-01/P1Y"),
    ("2020-21", "academic year", "2020-09-01/P1Y"),
    ("2020/21 Q2", "any", "2020-07-01/P3M"),
    ("2020-21 Q4", "any", "2021-01-01/P3M"),
    ("2020/21Q1", "any", "2020-04-01/P3M"),
    ("2020/21-Q3", "any", "2020-10-01/P3M"),
    ("Q2 2020/21", "any", "2020-07-01/P3M"),
    ("2020-11", "any", "2020-11-01/P1M"),
    ("2011-12", "month", "2011-12-01/P1M"),
    ("2011-12", "financial year", "2011-04-01/P1Y"),
    ("2011-12", "academic year", "2011-09-01/P1Y"),
    ("2011-11", "any", "2011-11-01/P1M"),
    ("2020-11-26", "any", "2020-11-26/P0D"),
    ("2020-11-26", "date", "2020-11-26/P0D"),
    ("2020-11-26", "month", "2020-11-01/P1M"),
    ("2020-11-02", "week", "2020-11-02/P7D"),
    ("2020-04-01", "financial year", "2020-04-01/P1Y"),
    ("2020-01-01", "calendar year", "2020-01-01/P1Y"),
    ("2020-09-01", "academic year", "2020-09-01/P1Y"),
    ("2020-10-01", "quarter", "2020-10-01/P3M"),
    ("2021-01", "quarter", "2021-01-01/P3M"),
    ("2020/21 Q2", "financial year", "2020-07-01/P3M"),
    ("2020/21", "quarter", "2020-04-01/P1Y"),
    ("2020", "any", "2020-01-01/P1Y"),
    ("2020", "calendar year", "2020-01-01/P1Y"),
    ("2020", "financial year", "2020-04-01/P1Y"),
    ("2020", "academic year", "2020-09-01/P1Y"),
    ("2020/21 to 2022/23", "any", "2020-04-01/P3Y"),
    ("2020-21 to 2022-23", "any", "2020-04-01/P3Y"),
    ("2020/21-2022/23", "any", "2020-04-01/P3Y"),
    ("2020/21 to 2022/23", "academic year", "2020-09-01/P3Y"),
    ("2018/19 - 20/21", "any", "2018-04-01/P3Y"),  # as Fingertips prints them
    ("2018 - 20", "any", "2018-01-01/P3Y"),
    ("1999 – 01", "any", "1999-01-01/P3Y"),
    ("2018 to 2020", "any", "2018-01-01/P3Y"),
    ("2018 to 2019", "any", "2018-01-01/P2Y"),
    ("2018-2020", "calendar year", "2018-01-01/P3Y"),
    ("2018 to 2020 calendar years", "financial year", "2018-01-01/P3Y"),
    ("2018-20", "range of years", "2018-01-01/P3Y"),
    ("2008-10", "range of years", "2008-01-01/P3Y"),
    ("2008-10", "any", "2008-10-01/P1M"),
    ("2018-19", "range of years", "2018-01-01/P2Y"),
    ("2020", "range of years", "2020-01-01/P1Y"),
    ("2021/22 financial year", "any", "2021-04-01/P1Y"),
    ("2021 calendar year", "any", "2021-01-01/P1Y"),
    ("2020/21 to 2022/23 financial years; 3-year aggregates", "any", "2020-04-01/P3Y"),
    ("2020/21 to 2022/23 school years; 3-year aggregates", "any", "2020-09-01/P3Y"),
    ("2020/21 to 2022/23; 3 year rolling average", "any", "2020-04-01/P3Y"),
    ("2019-2021 (3 year aggregate)", "any", "2019-01-01/P3Y"),
    ("4-year aggregate (2014 - 2017)", "any", "2014-01-01/P4Y"),
    ("April to November 2020", "any", "2020-04-01/P8M"),
    ("apr to nov 2020", "any", "2020-04-01/P8M"),
    ("April 2020 to January 2021", "any", "2020-04-01/P10M"),
    ("12 months to November 2020", "any", "2019-12-01/P12M"),
    ("November 2020", "any", "2020-11-01/P1M"),
    ("  November   2020 ", "any", "2020-11-01/P1M"),
    ("2020-04-01/P8M", "any", "2020-04-01/P8M"),
    ("2011-12-01/P1M", "financial year", "2011-12-01/P1M"),
]


@pytest.mark.parametrize(("text", "form", "key"), FORMS)
def test_what_a_person_writes_is_read(text, form, key):
    assert parse(text, APRIL, form).key == key


_UNLIKE = "the years at its two ends are written in different ways: write 2018/19 to 2020/21"
_QUARTER = "write 2020/21 Q2, or the first day or month of the quarter"
REFUSED = [
    ("2011-12", "any", "it may be a month or a year: write 2011/12 or 2011-12-01/P1M"),
    ("2000-01", "any", "it may be a month or a year: write 2000/01 or 2000-01-01/P1M"),
    ("2020/22", "any", "a year runs into the next, as 2020/21"),
    ("2020/3021", "any", "a year runs into the next, as 2020/21"),
    ("2020/2121", "any", "a year runs into the next, as 2020/21"),
    *(
        (text, form, f"it is no {form}, which is the form stated: {clear}")
        for text, form, clear in (
            ("2020-05-01", "financial year", "write 2020/21, or the first day of the year"),
            ("2020-04-02", "financial year", "write 2020/21, or the first day of the year"),
            ("2020-04-01", "calendar year", "write 2020, or the first day of the year"),
            ("2020-04-01", "academic year", "write 2020/21, or the first day of the year"),
            ("2020-05-01", "quarter", _QUARTER),
            ("2020-05", "quarter", _QUARTER),
            ("2020", "quarter", _QUARTER),
            ("2020", "month", "write 2020-11"),
            ("2020", "date", "write 2020-11-26"),
            ("2020-11", "date", "write 2020-11-26"),
            ("2020-11", "week", "write the first day, as 2020-11-26"),
            ("2011-12", "calendar year", "write 2020, or the first day of the year"),
        )
    ),
    ("2020-22", "any", "write 2020/21, or 2020 to 2022 for several"),
    ("2020-18", "any", "a year runs into the next, as 2020/21"),
    ("2018-20", "financial year", "a year runs into the next, as 2018/19"),
    *(
        (
            text,
            form,
            f"{form}s, the form stated, run into the next: "
            "write 2018/19 to 2020/21, or 2018 to 2020 calendar years",
        )
        for text in ("2018 to 2020", "2018 - 20", "2018-2020", "2018 to 2020; 3-year average")
        for form in ("financial year", "academic year")
    ),
    (
        "2018; 1-year average",
        "financial year",
        "financial years, the form stated, run into the next: "
        "write 2018/19, or 2018 calendar year",
    ),
    ("2018 - 19", "any", "it may be a year or two: write 2018/19, or 2018 to 2019"),
    ("2018-2019", "any", "it may be a year or two: write 2018/19, or 2018 to 2019"),
    ("2018 - 98", "any", "it may be a slip: write both years in full, as 2018 to 2020"),
    ("2018 to 2020/21", "any", _UNLIKE),
    ("2018/19 to 2020", "any", _UNLIKE),
    ("2020-11 to 26", "any", _UNLIKE),
    ("2018/20 to 2020/21", "any", "a year runs into the next, as 2018/19"),
    ("2020 to 2018", "any", "the range ends before it begins: write the earlier year first"),
    ("2018 to 2020 financial years", "any", "a financial year is written 2020/21"),
    ("2018/19 to 2020/21 calendar years", "any", "a calendar year is written 2020"),
    # So the health observatory of Scotland calls one of its periods.
    ("4-year aggregate (2018-2022)", "any", "it says that there are 4 years, and names 5"),
    (
        "2020-11-26",
        "range of years",
        "it is no range of years, which is the form stated: "
        "write 2018 to 2020, or 2018/19 to 2020/21",
    ),
    ("2020/22 Q1", "any", "a year runs into the next, as 2020/21"),
    ("2020/21 to 2022/24", "any", "a year runs into the next, as 2022/23"),
    (
        "2022/23 to 2020/21",
        "any",
        "the range ends before it begins: write the earlier year first",
    ),
    (
        "November to April 2020",
        "any",
        "it ends before it begins: write November 2019 to ...",
    ),
    ("2020-02-30", "any", "there is no such day in the calendar"),
    ("2020-02-30/P1M", "any", "there is no such day in the calendar"),
    ("Smarch 2020", "any", "there is no month Smarch"),
    ("Ma 2020", "any", "there is no month Ma"),
    (
        "2020-04-01/P0M",
        "any",
        "a period of months or years has at least one: write 2020-04-01/P1M",
    ),
    ("9999/00", "any", "a period lies between the years 1800 and 2199"),
    ("2020-04-01/P9999Y", "any", "a period lies between the years 1800 and 2199"),
    ("2020-04-01/P99999D", "any", "a period lies between the years 1800 and 2199"),
    ("1799-04-01/P1Y", "any", "a period lies between the years 1800 and 2199"),
    *(
        (text, "any", "write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M")
        for text in (
            "", "soon", "20/21", "2020/21 Q5", "2020-04-01/P8W", "2020-04-01/8M",
            "the 1st of April 2020", "2020-04-01/P999999M", "२०२०/२१",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "form", "reason"), REFUSED)
def test_what_cannot_be_read_is_refused_and_the_reason_says_what_would_be_clear(text, form, reason):
    with pytest.raises(ValueError) as raised:
        parse(text, APRIL, form)
    assert str(raised.value) == reason


CALENDARS = st.builds(Calendar, financial_year=st.integers(1, 12), academic_year=st.integers(1, 12))


@given(st.text(max_size=30), CALENDARS)
def test_any_text_is_a_period_or_is_refused_in_words(text, calendar):
    try:
        period = parse(text, calendar)
    except ValueError as reason:
        assert str(reason)
    else:
        assert from_key(period.key) == period


@given(st.from_regex(r"\d{4}[-/]\d\d(-\d\d)?(/P\d{1,6}[YMD])?", fullmatch=True), CALENDARS)
def test_anything_of_the_shape_of_a_period_is_one_or_is_refused_in_words(text, calendar):
    try:
        period = parse(text, calendar)
    except ValueError as reason:
        assert str(reason)
    else:
        assert period.end >= period.start
        assert period.previous_equivalent().label(calendar)
