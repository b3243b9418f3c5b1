"""How far there is to go: of the figure that is judged, in whole units, by closed forms."""

from __future__ import annotations

import pytest

from outturn.framework.model import Tally, Tolerance
from outturn.terms.written_periods import parse

MONTHLY = {
    "roll_up": "mean", "per": 1000.0, "unit": "per 1,000", "decimals": 2,
    "denominator": Tally("people", "sum", "people", of_year=True),
}  # fmt: skip


@pytest.mark.parametrize(
    ("forecast", "side", "distance"),
    [
        (90.0, "on target", "50 people to spare in the forecast"),  # 900 expected, 850 asked
        (85.0, "on target", "nothing to spare in the forecast"),
        (84.0, "off target", "10 more people than forecast"),
        (80.0, "off target", "50 more people than forecast"),
    ],
)
@pytest.mark.parametrize("now", [800, 900])
def test_the_distance_at_year_end_is_that_of_the_published_forecast(
    board, forecast, side, distance, now
):
    published = board.row("share", "2020/21", reported=forecast, provenance="forecast")
    found = board.verdict(
        "share", {"numerator": now, "denominator": 1000}, board.target("share", "at_least", 85),
        others=[published],
    )  # fmt: skip
    assert found["status_year_end"] == side
    assert found["distance_year_end"] == distance
    missing = "50 more people" if now == 800 else "50 people to spare"
    assert found["distance_now"] == missing


def test_without_counts_the_distance_of_a_forecast_is_in_the_unit(board):
    published = board.row("share", "2020/21", reported=80.0, provenance="forecast")
    target = board.target("share", "at_least", 85)
    found = board.verdict("share", {"reported": 90.0}, target, others=[published])
    assert found["distance_year_end"] == "5.0 points more than forecast"
    assert found["distance_now"] == "5.0 points to spare"


def test_a_mean_over_periods_counts_every_one_of_them(board):
    # 2.40 per 1,000 of 10,000 people a month is 24 a month, 288 in the year; 1.40 would be 168.
    measure = {**MONTHLY, "people": "admissions"}
    figure = {"numerator": 288, "denominator": 10000, "spans": 12}
    target = board.target(
        "rate", "at_most", 1.4, tolerance=Tolerance("count", 120), period=parse("2019/20")
    )
    found = board.verdict("rate", figure, target, measure=measure, period="2019/20")
    assert found["value"] == pytest.approx(2.4)
    assert found["distance_now"] == "120 fewer admissions"
    assert found["tolerance"] == pytest.approx(1.0)  # 120 in 12 months of 10,000 people
    assert found["status_now"] == "close"


def test_of_a_count_averaged_over_months_the_distance_is_in_its_own_unit(board):
    # 244 in 8 months is 30.5 people on average: 6 fewer make 24.5, and 5 fewer would make 25.5.
    target = board.target("stock", "at_most", 25, tolerance=Tolerance("count", 6))
    found = board.verdict(
        "stock", {"numerator": 244, "spans": 8}, target, measure={"roll_up": "mean"}
    )
    assert found["distance_now"] == "6 fewer people"
    assert (found["tolerance"], found["status_now"]) == (6.0, "close")


@pytest.mark.parametrize(
    ("more", "figure", "now", "year_end"),
    [
        ({}, 11.0, "1 fewer person", "1 fewer person by 31 March"),
        ({"recompute": False}, 11.0, "1 fewer person", "1 fewer person by 31 March"),
        ({"recompute": False}, 12.0, "2 fewer people", "2 fewer people by 31 March"),
        ({"recompute": False, "decimals": 1}, 11.0, "1.0 people fewer",
         "1.0 people fewer by 31 March"),
        ({"recompute": False}, 9.0, "1 person to spare", "1 person to spare"),
        ({"recompute": False, "kind": "score", "unit": "points"}, 11.0, "1 point less",
         "1 point less by 31 March"),
        ({"recompute": False, "kind": "score", "unit": "points"}, 12.0, "2 points less",
         "2 points less by 31 March"),
    ],
)  # fmt: skip
def test_one_of_a_thing_is_said_in_the_singular(board, more, figure, now, year_end):
    target = board.target("stock", "at_most", 10)
    found = board.verdict("stock", {"reported": figure}, target, measure=more)
    assert (found["distance_now"], found["distance_year_end"]) == (now, year_end)


def test_one_over_the_limit_for_the_year_is_one_case(board):
    target = board.target("admissions", "at_most", 10)
    measure = {"unit": "cases", "recompute": False}
    found = board.verdict("admissions", {"reported": 11.0}, target, measure=measure)
    assert found["distance_year_end"] == "already 1 case over the limit for the year"


@pytest.mark.parametrize(
    ("limit", "distance"), [(70.4, "20 more people"), (70.6, "30 more people")]
)
def test_a_limit_that_is_rounded_before_judging_is_rounded_for_the_distance_too(
    board, limit, distance
):
    # Judged as whole numbers, 70.4 is 70 and asks for 69.5; 70.6 is 71 and asks for 70.5.
    target = board.target("share", "at_least", limit, rounded_to=0)
    found = board.verdict("share", {"numerator": 675, "denominator": 1000}, target)
    assert found["distance_now"] == distance


@pytest.mark.parametrize("recompute", [True, False])
def test_a_count_is_in_whole_units_whether_or_not_it_is_recomputed(board, recompute):
    # 460 + 340 = 800 is not below 800; 460 is below its milestone, 8/12 of 800, up to 533.
    measure = {"recompute": recompute}
    found = board.verdict(
        "admissions", {"reported": 460.0}, board.target("admissions", "below", 800), measure=measure
    )
    assert found["distance_year_end"] == "no more than 339 admissions in the remaining 4 months"
    assert found["distance_now"] == "73 admissions to spare"


def test_the_gap_of_a_count_and_the_fewest_that_close_it_go_together(board):
    # 67 is not below 66.67: 80 is 13.33 above it, and 14 fewer are needed.
    measure = {"recompute": False}
    found = board.verdict(
        "admissions", {"reported": 80.0}, board.target("admissions", "below", 100), measure=measure
    )
    assert found["reason_now"] == (
        "80 is 13.33 admissions above the milestone of below 66.67 admissions by 30 November 2020."
    )
    assert found["distance_now"] == "14 fewer admissions"
    assert found["distance_year_end"] == "no more than 19 admissions in the remaining 4 months"
