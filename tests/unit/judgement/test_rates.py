"""Which rates grow through the year: those whose denominator is the year's in every part of it."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Formula, Milestone, Tally
from outturn.judgement.facts import adds_up

MONTHLY = {"frequency": "month", "per": 1000.0, "unit": "per 1,000", "people": "stays"}
SO_FAR = {"numerator": 40, "denominator": 8000}  # 5 of 1,000 in each of eight months: 5.0
MONTH = {"numerator": 5, "denominator": 1000}


def test_a_rate_whose_denominators_add_up_is_held_against_the_target_itself(board):
    # The year is 60 of 12,000, and 5.0 too.
    found = board.verdict("rate", SO_FAR, board.target("rate", "below", 6), measure=MONTHLY)
    assert found["milestone"] == "below 6.0 per 1,000 by 30 November 2020"
    assert (found["status_now"], found["status_year_end"]) == ("on target", "on target")
    assert (found["forecast"], found["forecast_method"]) == (5.0, "the figure so far stands")
    # 48 of 8,000 is 6.0, which is not below 6: 47, and 7 more than there are.
    assert (found["distance_now"], found["distance_year_end"]) == (
        "7 stays to spare", "7 stays to spare",
    )  # fmt: skip


def test_a_month_of_it_has_no_twelfth_of_the_target(board):
    found = board.verdict(
        "rate", MONTH, board.target("rate", "below", 6), measure=MONTHLY, period="November 2020"
    )
    assert (found["milestone_high"], found["status_now"]) == (6.0, "on target")


def test_its_milestones_stand_until_the_next(board):
    steps = (Milestone(date(2020, 9, 30), 7.0), Milestone(date(2020, 12, 31), 3.0))
    target = board.target("rate", "below", 2, milestones=steps)
    found = board.verdict("rate", SO_FAR, target, measure=MONTHLY)
    assert found["milestone"] == "below 7.0 per 1,000 by 30 September 2020"


def test_a_rate_reported_by_the_year_grows_through_it(board):
    # Eight twelfths of 600 are 400; 380 in eight months is 570 in twelve.
    found = board.verdict("rate", {"reported": 380.0}, board.target("rate", "below", 600))
    assert (found["milestone_high"], found["status_now"]) == (400.0, "on target")
    assert found["forecast"] == pytest.approx(570.0)


def test_which_rates_add_up(board):
    people = Tally("population", "sum", "people")
    year = Tally("population", "sum", "people", of_year=True)
    counted = {"reported": False, "numerator": Tally("stays", "count"), "frequency": "month"}
    stays = board.measure("admissions", id="stays")
    measures = {
        "stays": stays,
        "days": board.measure("admissions", id="days"),
        "people": board.measure("stock", id="people"),
        "monthly": board.measure("rate", id="monthly", frequency="month"),
        "yearly": board.measure("rate", id="yearly"),
    }

    def adds(**more):
        return adds_up(board.measure("rate", **more), measures)

    assert adds(**counted, denominator=year)
    assert not adds(**counted, denominator=people)
    assert not adds(frequency="month")
    assert adds(frequency="year")
    assert not adds(frequency="year", roll_up="last")
    made = {"reported": False, "frequency": "month"}
    assert not adds(**made, formula=Formula("ratio", ("stays", "days")))
    assert adds(**made, formula=Formula("ratio", ("stays", "people")))
    assert not adds(**made, formula=Formula("ratio", ("people", "people")))
    assert adds(**made, formula=Formula("sum", ("yearly", "yearly")))
    assert not adds(**made, formula=Formula("sum", ("yearly", "monthly")))


def test_a_sum_of_stocks_does_not_add_up_over_the_year(board):
    made = {"reported": False, "frequency": "month"}
    measures = {
        "stay": board.measure("admissions", id="stay"),
        "there": board.measure("stock", id="there"),
    }
    for parts, adds in ((("stay", "stay"), True), (("there", "there"), False)):
        one = board.measure("admissions", **made, formula=Formula("sum", parts))
        assert adds_up(one, measures) is adds
