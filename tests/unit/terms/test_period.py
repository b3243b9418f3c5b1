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
    split_year,
    year_to_date,
)
from outturn.terms.written_periods import parse

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
