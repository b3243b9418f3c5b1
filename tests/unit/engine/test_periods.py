"""Which periods are counted: what the sentences of `tests/spec` do not show."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.engine.periods import base_period, wanted_periods
from outturn.framework.model import FREQUENCIES, Measure
from outturn.terms.period import APRIL, Calendar, Period, from_key

LATE = date(2030, 1, 1)


def measure(frequency: str, roll_up: str = "sum") -> Measure:
    return Measure("m", "m", "1", "count", "", "none", frequency=frequency, roll_up=roll_up)


def wanted(frequency: str, *keys: str, roll_up: str = "sum", as_of: date = LATE) -> list[str]:
    found = {from_key(key): base_period(from_key(key), frequency, APRIL) for key in keys}
    made = wanted_periods(measure(frequency, roll_up), found, APRIL, as_of)
    return [one.period.key for one in made]


@pytest.mark.parametrize(
    ("frequency", "own", "base"),
    [
        ("month", "2020-02-29/P0D", "2020-02-01/P1M"),
        ("month", "2020-02-03/P7D", "2020-02-01/P1M"),
        ("month", "2020-02-24/P7D", None),  # ends on 1 March
        ("month", "2020-01-01/P3M", None),
        ("quarter", "2020-03-31/P0D", "2020-01-01/P3M"),
        ("quarter", "2020-05-01/P1M", "2020-04-01/P3M"),
        ("quarter", "2020-02-01/P3M", None),  # three months, but no quarter
        ("week", "2020-04-05/P0D", "2020-03-30/P7D"),
        ("week", "2020-04-01/P7D", "2020-04-01/P7D"),  # a week that begins on a Wednesday
        ("year", "2020-03-31/P0D", "2019-04-01/P1Y"),
        ("year", "2020-01-01/P1Y", "2020-01-01/P1Y"),
        ("year", "2020-04-01/P12M", "2020-04-01/P1Y"),
        ("year", "2020-01-01/P12M", "2020-01-01/P12M"),  # twelve months to any other end
        ("year", "2020-01-01/P11M", None),  # across the end of a year
        ("census", "2020-06-30/P0D", "2020-06-30/P0D"),
        ("census", "2020-06-01/P1M", None),
        ("every two years", "2019-04-01/P1Y", "2019-04-01/P1Y"),
        ("every two years", "2018-04-01/P2Y", "2018-04-01/P2Y"),
    ],
)
def test_base_period(frequency: str, own: str, base: str | None) -> None:
    found = base_period(from_key(own), frequency, APRIL)
    assert (found.key if found else None) == base


def test_quarters_begin_with_the_financial_year() -> None:
    found = base_period(Period(date(2020, 3, 31), 0, "D"), "quarter", Calendar(financial_year=2))
    assert found == Period(date(2020, 2, 1), 3, "M")


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_nothing_found_makes_nothing(frequency: str) -> None:
    assert wanted(frequency) == []


def test_the_last_day_of_a_period_finishes_it() -> None:
    assert wanted("year", "2019-04-01/P1Y", as_of=date(2020, 3, 31)) == ["2019-04-01/P1Y"]
    assert wanted("year", "2019-04-01/P1Y", as_of=date(2020, 3, 30)) == []


def test_a_year_has_no_longer_periods() -> None:
    keys = ["2018-04-01/P1Y", "2019-04-01/P1Y"]
    assert wanted("year", *keys) == keys
    assert wanted("every two years", *keys) == keys


def test_a_survey_every_two_years_has_no_gap_to_fill() -> None:
    keys = ["2017-04-01/P1Y", "2019-04-01/P1Y"]
    assert wanted("every two years", *keys) == keys


def test_months_that_do_not_follow_the_calendar_are_left_as_they_are() -> None:
    keys = ["2020-01-01/P1Y", "2019-04-01/P1Y"]
    assert wanted("year", *keys) == ["2019-04-01/P1Y", "2020-01-01/P1Y"]


def test_census_dates_make_the_mean_of_a_year() -> None:
    dates = [from_key("2020-06-30/P0D"), from_key("2020-12-31/P0D")]
    made = wanted_periods(
        measure("census", "mean"), dict(zip(dates, dates, strict=True)), APRIL, LATE
    )
    year = next(one for one in made if one.period.key == "2020-04-01/P1Y")
    assert [base.key for base in year.over] == ["2020-06-30/P0D", "2020-12-31/P0D"]
    assert year.spans == 2


def test_no_period_is_made_twice() -> None:
    keys = [f"{year}-{month:02}-01/P1M" for year in (2019, 2020) for month in range(1, 13)]
    for roll_up in ("sum", "mean", "last", "none"):
        made = wanted("month", *keys, roll_up=roll_up)
        assert len(made) == len(set(made))
