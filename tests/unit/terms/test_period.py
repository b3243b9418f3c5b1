"""Periods: one key for each, said as people say them, and never a guess."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.terms.period import (
    APRIL,
    Calendar,
    Period,
    add_months,
    elapsed_share,
    from_key,
    parse,
    split_year,
    year_to_date,
)

JANUARY = Calendar(financial_year=1, academic_year=8)
JULY = Calendar(financial_year=7, academic_year=9)


# key, kind, label, last day, key of the previous equivalent
KINDS = [
    ("2020-04-01/P1Y", "financial year", "2020/21", "2021-03-31", "2019-04-01/P1Y"),
    ("2020-01-01/P1Y", "calendar year", "calendar year 2020", "2020-12-31", "2019-01-01/P1Y"),
    ("2020-09-01/P1Y", "academic year", "academic year 2020/21", "2021-08-31", "2019-09-01/P1Y"),
    ("2020-07-01/P1Y", "year", "year from July 2020", "2021-06-30", "2019-07-01/P1Y"),
    ("2020-07-01/P3M", "quarter", "Q2 2020/21", "2020-09-30", "2019-07-01/P3M"),
    ("2021-01-01/P3M", "quarter", "Q4 2020/21", "2021-03-31", "2020-01-01/P3M"),
    ("2020-04-01/P8M", "year to date", "April to November 2020", "2020-11-30", "2019-04-01/P8M"),
    (
        "2020-04-01/P10M",
        "year to date",
        "April 2020 to January 2021",
        "2021-01-31",
        "2019-04-01/P10M",
    ),
    (
        "2019-12-01/P12M",
        "rolling 12 months",
        "12 months to November 2020",
        "2020-11-30",
        "2018-12-01/P12M",
    ),
    ("2020-11-01/P1M", "month", "November 2020", "2020-11-30", "2019-11-01/P1M"),
    ("2020-02-01/P1M", "month", "February 2020", "2020-02-29", "2019-02-01/P1M"),
    ("2020-05-01/P5M", "months", "May to September 2020", "2020-09-30", "2019-05-01/P5M"),
    ("2020-11-02/P7D", "week", "week beginning 2 November 2020", "2020-11-08", "2019-11-04/P7D"),
    ("2020-11-26/P0D", "census date", "at 26 November 2020", "2020-11-26", "2019-11-26/P0D"),
    ("2020-02-29/P0D", "census date", "at 29 February 2020", "2020-02-29", "2019-02-28/P0D"),
    ("2020-11-02/P3D", "days", "2 November 2020 to 4 November 2020", "2020-11-04",
     "2019-11-04/P3D"),
    ("2018-04-01/P3Y", "range of years", "2018/19 to 2020/21", "2021-03-31", "2015-04-01/P3Y"),
    (
        "2018-09-01/P3Y",
        "range of years",
        "academic years 2018/19 to 2020/21",
        "2021-08-31",
        "2015-09-01/P3Y",
    ),
    ("2018-01-01/P3Y", "range of years", "calendar years 2018 to 2020", "2020-12-31",
     "2015-01-01/P3Y"),
    ("2018-07-01/P2Y", "range of years", "2 years from July 2018", "2020-06-30", "2016-07-01/P2Y"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "kind", "label", "end", "previous"), KINDS)
def test_each_kind_has_its_key_label_end_and_previous_equivalent(key, kind, label, end, previous):
    period = from_key(key)
    assert period.key == key
    assert period.kind() == kind
    assert period.label() == label
    assert period.end == date.fromisoformat(end)
    assert period.previous_equivalent().key == previous


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


def test_a_text_that_is_no_key_is_not_a_period():
    with pytest.raises(ValueError, match="not a period key: 2020/21"):
        from_key("2020/21")


def test_a_year_may_begin_in_january():
    year = parse("2020", JANUARY, "financial year")
    assert year.key == "2020-01-01/P1Y"
    assert year.kind(JANUARY) == "financial year"
    assert year.label(JANUARY) == "2020"
    assert from_key("2020-07-01/P3M").label(JANUARY) == "Q3 2020"
    assert from_key("2020-01-01/P5M").kind(JANUARY) == "year to date"
    assert from_key("2020-04-01/P5M").kind(JANUARY) == "months"
    assert from_key("2020-04-01/P1Y").label(JANUARY) == "year from April 2020"
    assert from_key("2020-08-01/P1Y").label(JANUARY) == "academic year 2020/21"


def test_a_year_may_begin_in_july():
    assert parse("2020/21", JULY).key == "2020-07-01/P1Y"
    assert parse("2020/21 Q1", JULY).key == "2020-07-01/P3M"
    assert from_key("2020-07-01/P1Y").label(JULY) == "2020/21"
    assert from_key("2020-04-01/P3M").label(JULY) == "Q4 2019/20"


@pytest.mark.parametrize(
    ("day", "start"),
    [("2020-03-31", "2019-04-01"), ("2020-04-01", "2020-04-01"), ("2020-12-31", "2020-04-01")],
)
def test_a_day_lies_in_the_financial_year_that_begins_in_april(day, start):
    assert APRIL.year_start(date.fromisoformat(day)) == date.fromisoformat(start)


@pytest.mark.parametrize(
    ("key", "year"),
    [
        ("2020-04-01/P8M", "2020-04-01/P1Y"),
        ("2021-03-01/P1M", "2020-04-01/P1Y"),
        ("2019-12-01/P12M", "2020-04-01/P1Y"),
        ("2021-04-01/P0D", "2021-04-01/P1Y"),
    ],
)
def test_a_period_belongs_to_the_financial_year_in_which_it_ends(key, year):
    assert from_key(key).financial_year().key == year


def test_a_period_holds_its_first_and_last_day_and_no_other_side():
    period = from_key("2020-04-01/P8M")
    first, last = date(2020, 4, 1), date(2020, 11, 30)
    assert [period.holds(day) for day in (first, last)] == [True, True]
    assert not period.holds(first - timedelta(days=1))
    assert not period.holds(last + timedelta(days=1))


def test_a_period_is_finished_on_its_last_day_and_not_before():
    period = from_key("2020-11-01/P1M")
    assert not period.finished(date(2020, 11, 29))
    assert period.finished(date(2020, 11, 30))


@pytest.mark.parametrize(
    ("day", "months", "answer"),
    [
        ("2020-01-31", 1, "2020-02-29"),
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", -12, "2019-02-28"),
        ("2020-12-15", 1, "2021-01-15"),
        ("2020-01-15", -1, "2019-12-15"),
        ("2020-01-15", 0, "2020-01-15"),
    ],
)
def test_months_are_added_with_the_day_cut_to_the_end_of_the_month(day, months, answer):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(answer)


def test_a_year_is_written_with_two_digits_of_the_next():
    assert split_year(date(2020, 4, 1)) == "2020/21"
    assert split_year(date(1999, 4, 1)) == "1999/00"
    assert split_year(date(2008, 9, 1)) == "2008/09"
    assert split_year(date(2020, 1, 1)) == "2020"


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("2020-04-01", "2020-04-01/P1M"),
        ("2020-11-26", "2020-04-01/P8M"),
        ("2021-01-31", "2020-04-01/P10M"),
        ("2021-03-31", "2020-04-01/P12M"),
    ],
)
def test_the_year_to_date_ends_with_the_month_of_the_day(day, key):
    assert year_to_date(date.fromisoformat(day)).key == key


@pytest.mark.parametrize(
    ("period", "year", "share"),
    [
        ("2020-04-01/P8M", "2020-04-01/P1Y", 8 / 12),
        ("2020-11-01/P1M", "2020-04-01/P1Y", 8 / 12),
        ("2020-04-01/P1Y", "2020-04-01/P1Y", 1.0),
        ("2019-04-01/P1Y", "2020-04-01/P1Y", 0.0),
        ("2021-04-01/P1M", "2020-04-01/P1Y", 1.0),
        ("2020-04-01/P1Y", "2020-04-01/P3Y", 1 / 3),
        ("2020-04-01/P1M", "2020-04-01/P3M", 1 / 3),
        ("2020-04-10/P0D", "2020-04-01/P1M", 10 / 30),
        ("2020-02-29/P0D", "2020-01-01/P1Y", 60 / 366),
        ("2019-12-31/P0D", "2020-01-01/P1Y", 0.0),
        ("2021-02-01/P0D", "2020-01-01/P1Y", 1.0),
        ("2020-11-01/P1M", "2020-11-26/P0D", 1.0),
        ("2020-11-02/P7D", "2020-11-02/P7D", 1.0),
    ],
)
def test_the_share_elapsed_counts_whole_months_or_days(period, year, share):
    assert elapsed_share(from_key(period), from_key(year)) == pytest.approx(share)


CALENDARS = st.builds(Calendar, financial_year=st.integers(1, 12), academic_year=st.integers(1, 12))
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
FIRSTS = DAYS.map(lambda day: day.replace(day=1))
PERIODS = st.one_of(
    st.builds(Period, FIRSTS, st.integers(1, 10), st.just("Y")),
    st.builds(Period, FIRSTS, st.integers(1, 36), st.just("M")),
    st.builds(Period, DAYS, st.sampled_from([0, 0, 7, 7, 5, 30]), st.just("D")),
)


@given(PERIODS, CALENDARS)
def test_a_key_is_read_back_as_the_same_period(period, calendar):
    assert from_key(period.key) == parse(period.key, calendar) == period


@given(PERIODS, CALENDARS)
def test_a_label_is_never_empty_and_names_a_year(period, calendar):
    label = period.label(calendar)
    assert label.strip() == label
    years = {period.start.year, period.end.year, calendar.year_start(period.start).year}
    assert any(str(year) in label for year in years)  # a last quarter is Q4 1999/00


@given(PERIODS, CALENDARS)
def test_a_period_ends_on_or_after_its_first_day_and_the_next_begins_the_day_after(
    period, calendar
):
    assert period.start <= period.end
    assert period.finished(period.end)
    if period.months:
        after = add_months(period.start, period.months)
        assert after - timedelta(days=1) == period.end


@given(PERIODS)
def test_the_previous_equivalent_has_the_same_length_and_lies_about_a_year_before(period):
    before = period.previous_equivalent()
    assert (before.count, before.unit) == (period.count, period.unit)
    assert before.end < period.end
    days = (period.start - before.start).days
    if period.unit == "Y":
        assert before.end + timedelta(days=1) == period.start
    elif period.unit == "D" and period.count:
        assert days == 364
        assert before.start.weekday() == period.start.weekday()
    else:
        assert 365 <= days <= 366
        assert before.start.month == period.start.month


@given(PERIODS)
def test_the_kind_does_not_change_from_one_year_to_the_previous_equivalent(period):
    assert period.previous_equivalent().kind() == period.kind()


@given(PERIODS, CALENDARS)
def test_every_label_is_read_back_as_the_period_that_it_names(period, calendar):
    label = period.label(calendar)
    again = parse(label, calendar)
    assert again == period
    assert parse(label.upper(), calendar) == period


def test_a_month_from_the_middle_of_one_is_called_neither():
    period = from_key("2020-01-15/P1M")
    assert period.label() == "15 January 2020 to 14 February 2020"
    assert parse(period.label()).end == period.end


@given(PERIODS, st.builds(Period, FIRSTS, st.just(1), st.just("Y")))
def test_the_share_elapsed_lies_between_0_and_1(period, year):
    assert 0.0 <= elapsed_share(period, year) <= 1.0


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
