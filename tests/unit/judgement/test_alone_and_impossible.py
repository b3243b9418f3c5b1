"""A month alone is no year, and a figure that cannot be right has no direction."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import DeclaredEvent, SeriesBreak, Step
from outturn.judgement.known_events import come
from outturn.judgement.months import RATIO, Months
from outturn.judgement.trend import told_once, trend
from outturn.judgement.year_end_moments import FAILED, UNLIKE, obstacles
from outturn.terms.period import APRIL
from outturn.terms.written_periods import parse

ALONE = "November 2020 alone does not say where the year will end"
MONTHLY = {"frequency": "month"}


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ({"reported": 20.1}, ", and without counts its months or quarters make no year."),
        ({"numerator": 20, "denominator": 100}, ": the figure for the year to date does."),
    ],
)
@pytest.mark.parametrize("kind", ["share", "rate"])
def test_a_month_of_a_proportion_or_a_rate_is_not_the_year(board, kind, figure, why):
    found = board.verdict(
        kind, figure, board.target(kind, "at_most", 20), measure=MONTHLY, period="November 2020"
    )
    assert (found["status_year_end"], found["forecast"]) == ("not assessed", None)
    assert found["forecast_method"] is found["forecast_shown"] is None
    assert found["reason_year_end"] == ALONE + why
    assert found["status_now"] != "not assessed"


@pytest.mark.parametrize("roll_up", ["last", "none"])
def test_the_latest_month_of_a_stock_or_of_what_makes_no_year_stands(board, roll_up):
    found = board.verdict(
        "share", {"reported": 70.0}, board.target("share", "at_least", 69),
        measure={**MONTHLY, "roll_up": roll_up}, period="November 2020",
    )  # fmt: skip
    assert (found["forecast"], found["status_year_end"]) == (70.0, "on target")


def test_the_first_month_is_the_year_to_date(board):
    found = board.verdict(
        "share", {"reported": 70.0}, board.target("share", "at_least", 69), measure=MONTHLY,
        period="April 2020",
    )  # fmt: skip
    assert found["forecast_method"] == "the figure so far stands"


def test_a_figure_that_cannot_be_right_has_no_direction_and_no_change(board):
    others = [board.row("share", "April to November 2019", reported=50.0)]
    found = board.verdict("share", {"reported": 105.0}, None, others=others)
    assert (found["direction"], found["change"]) == ("not assessed", None)
    assert found["reason_direction"] == (
        "105.0% lies outside 0 to 100%: it cannot be right, and is not judged."
    )


def test_nothing_is_compared_with_one_that_cannot_be_right(board):
    others = [board.row("share", "April to November 2019", reported=105.0)]
    found = board.verdict("share", {"reported": 50.0}, None, others=others)
    assert (found["direction"], found["change"]) == ("not assessed", None)
    assert found["change_chance"] is None
    assert found["reason_direction"] == (
        "The figure for April to November 2019 cannot be right, and nothing is compared with it."
    )
    rise = board.verdict("rate", {"reported": 5.0}, None, others=[])
    assert rise["direction"] == "not assessed"  # a rate of more than its `per` is no mistake
    others = [board.row("rate", "April to November 2019", reported=105000.0)]
    assert board.verdict("rate", {"reported": 5.0}, None, others=others)["direction"] == "better"


def test_no_target_rests_on_a_figure_that_cannot_be_right(board):
    target = board.target("share", "no_worse_than", goal={"period": parse("2019/20")})
    others = [board.row("share", "2019/20", reported=105.0)]
    found = board.verdict("share", {"reported": 50.0}, target, others=others)
    assert found["target"] == (
        "The target rests on 2019/20, for which there is no figure that can be used. "
        "The one that is held cannot be right."
    )


def test_a_target_says_why_the_figure_that_it_rests_on_is_not_there(board):
    target = board.target("share", "no_worse_than", goal={"period": parse("2019/20")})
    why = "The series breaks on 1 August 2019, within the period: two."
    others = [board.row("share", "2019/20", absent="not available", why=why)]
    found = board.verdict("share", {"reported": 50.0}, target, others=others)
    assert found["reason_now"] == (
        f"The target rests on 2019/20, for which there is no figure that can be used. {why}"
    )


def test_a_month_without_a_denominator_is_named_as_what_keeps_a_year_from_being_drawn():
    asked = pl.DataFrame(
        {
            "value": [50.0], "known": [2], "step": [1], "way": [RATIO], "decimals": [1],
            "per_in_way": [100.0], "from_start": [True],
        }
    )  # fmt: skip
    whole = np.full((1, 36), 5.0)
    gone = whole.copy()
    gone[0, -2] = np.nan
    found = obstacles(asked, Months(gone, 2 * gone, whole))
    assert bool(found[FAILED][0]) and list(found).index(FAILED) < list(found).index(UNLIKE)
    assert not obstacles(asked, Months(whole, 2 * whole, whole))[FAILED][0]


def test_each_break_is_told_once_of_the_shortest_periods_that_it_parts(board):
    cut = SeriesBreak(parse("2020-08"), "break", "two")
    measure = board.measure("admissions", title="Days", frequency="month", breaks=(cut,))
    months = [f"2020-{m:02}" for m in range(4, 13)]
    longer = ["2019/20", "2020/21", "April to November 2019", "April to November 2020"]
    rows = [board.row("admissions", one, reported=5.0) for one in [*months, *longer]]
    segments = trend(board.values(rows, measure), measure, "H", APRIL)
    assert sum(bool(one.begins) for one in segments) == 3  # of months, years and years to date
    assert told_once(segments) == [
        "Days: July 2020 and August 2020 cannot be compared. two. Longer periods are parted by it "
        "too."
    ]
    alone = trend(board.values(rows[:9], measure), measure, "H", APRIL)
    assert told_once(alone) == ["Days: July 2020 and August 2020 cannot be compared. two."]


@pytest.mark.parametrize(
    ("since", "place", "steps", "told"),
    [
        (date(2020, 10, 1), "", (), True),
        (date(2020, 11, 1), "", (), True),
        (date(2020, 12, 1), "", (), False),  # still to come
        (date(2020, 3, 1), "", (), False),  # of a year that is over
        (date(2020, 10, 1), "N", (), False),  # of a place without figures
        (date(2020, 10, 1), "", (Step(parse("October 2020"), "A ward opened."),), False),
    ],
)
def test_an_event_that_has_come_is_said_to_be_in_the_figures(board, since, place, steps, told):
    measure = board.measure("admissions", frequency="month", steps=steps)
    rows = [board.row("admissions", f"2020-{m:02}", reported=5.0) for m in range(4, 12)]
    event = DeclaredEvent("admissions", since, "A ward opens.", percent=-10.0, place=place)
    found = come(
        board.values(rows, measure), [event], measures={"admissions": measure}, calendar=APRIL,
        as_of=date(2020, 11, 30), home="H",
    )  # fmt: skip
    assert (found["rule"].to_list() == ["known event"]) is told
    if since.month == 10 and told:
        assert found["finding"].to_list() == [
            "October 2020: the known event (A ward opens) changes no forecast: there are figures "
            "up to November 2020, and it is in them. If the level has moved since, declare a step "
            "of the measure."
        ]
