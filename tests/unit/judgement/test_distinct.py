"""Different people over a year are no sum of its months: some of them come again."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Milestone, Tally

PEOPLE = {"numerator": Tally("visits", "distinct", "person"), "reported": False, "unit": "people"}
NO_MILESTONE = (
    "It counts different people, some of whom come in more than one month, so a straight line is "
    "no milestone."
)
NO_FORECAST = (
    "It counts different people, some of whom come in more than one month, so a straight line is "
    "no forecast of the year."
)


def verdict(board, figure, target, **more):
    return board.verdict("admissions", {"numerator": figure}, target, measure=PEOPLE, **more)


def last_year(board, so_far, whole):
    return [
        board.row("admissions", "April to November 2019", numerator=so_far),
        board.row("admissions", "2019/20", numerator=whole),
    ]


def test_a_straight_line_is_no_milestone_and_no_forecast_of_different_people(board):
    found = verdict(board, 7, board.target("admissions", "at_most", 9))
    assert (found["status_now"], found["reason_now"]) == ("not assessed", NO_MILESTONE)
    assert (found["status_year_end"], found["reason_year_end"]) == ("not assessed", NO_FORECAST)
    assert (found["forecast"], found["milestone"], found["milestone_high"]) == (None, None, None)


def test_a_month_of_different_people_is_no_share_of_the_year(board):
    found = verdict(
        board, 3, board.target("admissions", "at_most", 9), period="November 2020",
        others=last_year(board, 6.0, 8.0),
    )  # fmt: skip
    assert (found["status_now"], found["reason_now"]) == ("not assessed", NO_MILESTONE)


def test_the_year_before_says_how_different_people_come_in(board):
    # 6 of last year's 8 had come by then: 7 now are 9.33 in the year, and 6.75 of 9 are allowed.
    target = board.target("admissions", "at_most", 9)
    found = verdict(board, 7, target, others=last_year(board, 6.0, 8.0))
    assert found["milestone"] == "at most 6.75 people by 30 November 2020"
    assert (found["status_now"], found["status_year_end"]) == ("off target", "off target")
    assert found["forecast"] == pytest.approx(7 * 8 / 6)
    assert found["distance_year_end"] == "no more than 2 new people in the remaining 4 months"
    more = board.target("admissions", "at_least", 8)
    found = verdict(board, 7, more, others=last_year(board, 6.0, 8.0))
    assert found["distance_year_end"] == "at least 1 new person in the remaining 4 months"


def test_a_milestone_or_a_straight_line_that_was_agreed_is_kept_to(board):
    steps = (Milestone(date(2020, 9, 30), 5.0), Milestone(date(2020, 12, 31), 8.0))
    target = board.target("admissions", "at_most", 9, milestones=steps)
    found = verdict(board, 7, target)
    assert (found["milestone_high"], found["status_now"]) == (7.0, "on target")
    found = verdict(board, 3, target, period="April to June 2020")
    assert found["reason_now"] == "The first milestone is due on 30 September 2020."
    straight = board.target("admissions", "at_most", 9, profile="straight line")
    found = verdict(board, 7, straight)
    assert (found["milestone_high"], found["forecast"]) == (6.0, 10.5)


@pytest.mark.parametrize(
    ("word", "figure", "status", "reason", "distance"),
    [
        (
            "at_most", 10, "off target", "Already 1 person over the limit for the year.",
            "already 1 person over the limit for the year",
        ),
        ("at_most", 9, "not assessed", NO_FORECAST, None),
        (
            "at_least", 9, "on target", "9 so far meets the target of at least 9 people.",
            "reached already",
        ),
        ("at_least", 8, "not assessed", NO_FORECAST, None),
    ],
)  # fmt: skip
def test_what_has_come_in_already_may_decide_the_year(
    board, word, figure, status, reason, distance
):
    found = verdict(board, figure, board.target("admissions", word, 9))
    assert (found["status_year_end"], found["reason_year_end"]) == (status, reason)
    assert found["distance_year_end"] == distance
    assert found["forecast"] == (None if status == "not assessed" else figure)
