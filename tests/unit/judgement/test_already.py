"""One month alone may break the limit of the year, and then the year end is known."""

from __future__ import annotations

import pytest

from outturn.framework.model import Formula, Tolerance

ALONE = (
    "November 2020 alone does not say where the year will end: the figure for the year to date "
    "does."
)


@pytest.mark.parametrize(
    ("word", "limit", "figure", "status", "reason"),
    [
        ("zero", 0, 1, "off target", "Already 1 case over the limit for the year."),
        ("zero", 0, 3, "off target", "Already 3 cases over the limit for the year."),
        ("zero", 0, 0, "not assessed", ALONE),
        ("at_most", 5, 6, "off target", "Already 1 case over the limit for the year."),
        ("at_most", 5, 5, "not assessed", ALONE),
        ("below", 5, 5, "off target", "5 so far is at the limit, which does not meet the target of "
         "below 5 cases."),
        ("between", 2, 5, "not assessed", ALONE),
        ("at_least", 6, 6, "on target", "6 so far meets the target of at least 6 cases."),
    ],
)  # fmt: skip
def test_a_limit_of_the_year_that_one_month_breaks(board, word, limit, figure, status, reason):
    numbers = (limit, limit + 3) if word == "between" else (limit,)
    target = board.target("admissions", word, *numbers)
    found = board.verdict(
        "admissions", {"numerator": figure}, target, measure={"unit": "cases"},
        period="November 2020",
    )  # fmt: skip
    assert (found["status_year_end"], found["reason_year_end"]) == (status, reason)


@pytest.mark.parametrize(("figure", "status"), [(7, "not assessed"), (8, "off target")])
def test_within_the_tolerance_the_year_is_not_decided(board, figure, status):
    target = board.target("admissions", "at_most", 5, tolerance=Tolerance("count", 2))
    found = board.verdict("admissions", {"numerator": figure}, target, period="November 2020")
    assert found["status_year_end"] == status


def test_what_is_taken_away_may_fall_again(board):
    net = {"formula": Formula("difference", ("a", "b")), "reported": False}
    target = board.target("admissions", "zero", 0)
    found = board.verdict(
        "admissions", {"reported": 1.0}, target, measure=net, period="November 2020"
    )
    assert found["status_year_end"] == "not assessed"
