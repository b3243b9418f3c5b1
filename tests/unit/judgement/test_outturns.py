"""The figure of a year that is over decides the year end of every part of it."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.terms.written_periods import parse

OVER = {"as_of": date(2021, 6, 30)}
Q1 = {"numerator": 62, "denominator": 100}
YEAR = {"numerator": 284, "denominator": 400}  # 71%


def test_the_figure_of_the_whole_year_decides_for_its_quarters(board):
    others = [board.row("share", "2020/21", **YEAR)]
    target = board.target("share", "at_least", 69)
    found = board.verdict("share", Q1, target, period="2020/21 Q1", others=others, **OVER)
    assert (found["status_now"], found["status_year_end"]) == ("off target", "on target")
    assert (found["forecast"], found["forecast_method"]) == (71.0, "outturn")
    assert found["reason_year_end"] == ("The outturn of 71.0% meets the target of at least 69.0%.")
    # 69% of 400 is 276: 8 of the year's 284 to spare.
    assert found["distance_year_end"] == "8 people to spare"


def test_it_decides_for_a_part_that_is_suppressed_too(board):
    others = [board.row("share", "2020/21", **YEAR)]
    target = board.target("share", "at_least", 69)
    hidden = {"absent": "suppressed"}
    found = board.verdict("share", hidden, target, period="2020/21 Q1", others=others, **OVER)
    assert (found["status_now"], found["status_year_end"]) == ("not assessed", "on target")


def test_it_stands_before_a_forecast_that_was_published(board):
    others = [
        board.row("share", "2020/21", reported=60.0, provenance="forecast"),
        board.row("share", "12 months to March 2021", **YEAR),
    ]
    target = board.target("share", "at_least", 69)
    found = board.verdict("share", Q1, target, period="2020/21 Q1", others=others, **OVER)
    assert found["forecast"] == 71.0


def test_of_a_count_it_takes_the_place_of_the_straight_line(board):
    others = [board.row("admissions", "2020/21", numerator=130)]
    target = board.target("admissions", "at_most", 120)
    found = board.verdict("admissions", {"numerator": 60}, target, others=others, **OVER)
    assert found["reason_year_end"] == (
        "The outturn of 130 is 10 admissions above the target of at most 120 admissions."
    )
    assert found["distance_year_end"] == "10 fewer admissions"


def test_before_the_year_is_over_a_figure_for_it_is_no_outturn(board):
    others = [board.row("share", "2020/21", **YEAR)]
    found = board.verdict("share", Q1, board.target("share", "at_least", 69), others=others)
    assert found["forecast_method"] == "the figure so far stands"


@pytest.mark.parametrize(
    ("kind", "figure", "others", "why"),
    [
        ("share", Q1, [], "its own figure is not held."),
        ("share", Q1, [{"absent": "suppressed"}], "its own figure is suppressed."),
        ("share", Q1, [{"reported": 103.0}], "its own figure cannot be right."),
        ("admissions", {"numerator": 60}, [], "its own figure is not held."),
    ],
)
def test_without_it_a_year_that_is_over_is_not_assessed(board, kind, figure, others, why):
    rows = [board.row(kind, "2020/21", **one) for one in others]
    found = board.verdict(kind, figure, board.target(kind, "at_least", 69), others=rows, **OVER)
    assert (found["status_year_end"], found["forecast"]) == ("not assessed", None)
    assert found["reason_year_end"] == f"2020/21 is over, and {why}"


def test_a_count_that_has_passed_the_limit_needs_no_figure_of_the_year(board):
    target = board.target("admissions", "at_most", 50)
    found = board.verdict("admissions", {"numerator": 60}, target, **OVER)
    assert found["status_year_end"] == "off target"


@pytest.mark.parametrize(
    ("period", "last"), [("October 2020", "March 2021"), ("2020/21 Q2", "2020/21 Q4")]
)
def test_the_last_month_of_a_stock_stands_for_the_year(board, period, last):
    others = [board.row("stock", last, numerator=310)]
    target = board.target("stock", "at_most", 300)
    found = board.verdict("stock", {"numerator": 290}, target, period=period, others=others, **OVER)
    assert (found["forecast"], found["status_year_end"]) == (310.0, "off target")


def test_the_last_of_several_days_stands_for_the_year(board):
    others = [board.row("stock", day, numerator=n) for day, n in
              (("2021-01-31", 310), ("2020-10-31", 305), ("2021-04-30", 350))]  # fmt: skip
    target = board.target("stock", "at_most", 300)
    more = {"measure": {"roll_up": "none", "frequency": "census"}}
    found = board.verdict(
        "stock", {"numerator": 290}, target, period="2020-07-31", others=others, **more, **OVER
    )
    assert (found["forecast"], found["forecast_method"]) == (310.0, "outturn")


def test_a_target_of_one_day_is_decided_by_that_day_alone(board):
    others = [board.row("stock", "2021-01-31", numerator=310)]
    target = board.target("stock", "at_most", 300, period=parse("2020-07-31"))
    more = {"measure": {"roll_up": "none", "frequency": "census"}}
    found = board.verdict(
        "stock", {"numerator": 290}, target, period="2020-07-31", others=others, **more, **OVER
    )
    assert found["status_year_end"] == "on target"


def test_one_month_alone_is_not_the_year_of_a_measure_that_is_averaged(board):
    target = board.target("share", "at_most", 20)
    more = {"measure": {"roll_up": "mean", "aim": "lower"}}
    alone = board.verdict("share", {"reported": 25.0}, target, period="November 2020", **more)
    assert (alone["status_now"], alone["status_year_end"]) == ("off target", "not assessed")
    assert alone["reason_year_end"] == (
        "November 2020 alone does not say where the year will end: the figure for the year to "
        "date does."
    )
    so_far = board.verdict("share", {"reported": 11.9}, target, **more)
    assert (so_far["forecast"], so_far["status_year_end"]) == (11.9, "on target")
