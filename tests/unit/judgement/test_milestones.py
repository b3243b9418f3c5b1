"""A month alone beside milestones that speak of the year so far."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Milestone
from outturn.terms.written_periods import parse

STEPS = (Milestone(date(2020, 9, 30), 345.0),)


@pytest.mark.parametrize(
    ("period", "milestone", "status"),
    [
        # A twelfth of 720 is 60 a month, a quarter of it 180.
        ("October 2020", "at most 60 admissions in October 2020", "on target"),
        ("June 2020", "at most 60 admissions in June 2020", "on target"),
        ("2020/21 Q2", "at most 180 admissions in Q2 2020/21", "on target"),
        ("April to September 2020", "at most 345 admissions by 30 September 2020", "on target"),
        (
            "April 2020",  # 345 / 6
            "at most 57.5 admissions by 30 April 2020, on the way to the milestone of 345 by 30 "
            "September",
            "off target",
        ),
    ],
)
def test_a_month_alone_is_not_held_against_a_milestone_of_the_year_so_far(
    board, period, milestone, status
):
    target = board.target("admissions", "at_most", 720, milestones=STEPS)
    found = board.verdict("admissions", {"numerator": 58}, target, period=period)
    assert (found["milestone"], found["status_now"]) == (milestone, status)


@pytest.mark.parametrize(("year", "month"), [(84, 7.0), (600, 50.0), (1230, 102.5), (3.6, 0.3)])
def test_a_month_has_its_part_of_a_target_exactly_in_every_month(board, year, month):
    measure = board.measure("admissions", decimals=1)
    months = [f"{2020 + (n > 8)}-{(n + 3) % 12 + 1:02}" for n in range(12)]
    rows = [board.row("admissions", one, numerator=month) for one in months]
    target = board.target("admissions", "at_most", year)
    found = board.verdicts(rows, [measure], [target], as_of=date(2021, 3, 31))
    assert found["milestone_high"].to_list() == [month] * 12
    assert set(found["status_now"]) == {"on target"}


def test_quarters_and_weeks_have_the_part_that_their_months_or_days_are(board):
    target = board.target("admissions", "at_most", 730, period=parse("2021/22"))
    for period, part in (("2021/22 Q3", 182.5), ("2021-06-07/P7D", 14.0)):
        found = board.verdict("admissions", {"numerator": 1}, target, period=period,
                              as_of=date(2022, 3, 31))  # fmt: skip
        assert found["milestone_high"] == part


def test_a_stock_is_held_against_the_last_milestone_that_was_due_and_says_its_date(board):
    target = board.target("stock", "at_most", 300, milestones=STEPS)
    found = board.verdict("stock", {"numerator": 340}, target, period="October 2020")
    assert found["milestone"] == "at most 345 people by 30 September 2020"
    assert found["status_now"] == "on target"


def test_at_the_end_of_the_year_a_stock_is_held_against_the_target(board):
    target = board.target("stock", "at_most", 300, milestones=STEPS)
    found = board.verdict(
        "stock", {"numerator": 340}, target, period="2021-03-31", as_of=date(2021, 3, 31)
    )
    assert (found["milestone"], found["status_now"]) == (
        "at most 300 people by 31 March 2021", "off target",
    )  # fmt: skip


TWO = (Milestone(date(2020, 9, 30), 150.0), Milestone(date(2020, 12, 31), 240.0))


@pytest.mark.parametrize(
    ("period", "word", "milestone"),
    [
        # 150 and two thirds of the 90 that the next three months bring
        (
            "April to November 2020",
            "at_most",
            "at most 210 admissions by 30 November 2020, between the milestones of 150 by 30 "
            "September and 240 by 31 December",
        ),
        (
            "April to November 2020",
            "at_least",
            "at least 210 admissions by 30 November 2020, between the milestones of 150 by 30 "
            "September and 240 by 31 December",
        ),
        ("April to December 2020", "at_most", "at most 240 admissions by 31 December 2020"),
        # 240 and a third of the 60 that are left
        (
            "April 2020 to January 2021",
            "at_least",
            "at least 260 admissions by 31 January 2021, between the milestone of 240 by 31 "
            "December and the target",
        ),
    ],
)
def test_a_bound_between_two_milestones_says_that_it_was_worked_out(board, period, word, milestone):
    target = board.target("admissions", word, 300, milestones=TWO)
    found = board.verdict(
        "admissions", {"numerator": 100}, target, period=period, as_of=date(2021, 2, 28)
    )
    assert found["milestone"] == milestone


@pytest.mark.parametrize(
    ("word", "figure", "status"),
    [
        ("at_most", 209, "on target"),
        ("at_most", 210, "on target"),
        ("at_most", 211, "off target"),  # below the milestone that is not due yet
        ("at_most", 151, "on target"),  # above the one that was due in September
        ("at_least", 211, "on target"),
        ("at_least", 210, "on target"),
        ("at_least", 209, "off target"),
        ("at_least", 155, "off target"),  # above the one that was due in September
    ],
)
def test_a_figure_between_two_milestones_is_judged_by_the_way_between_them(
    board, word, figure, status
):
    target = board.target("admissions", word, 300, milestones=TWO)
    assert board.verdict("admissions", {"numerator": figure}, target)["status_now"] == status


def test_a_band_goes_to_its_own_ends_from_the_last_milestone(board):
    # From 240 at the end of December to 290 at least: 16.67 in a month. The upper end stands.
    target = board.target("admissions", "between", 290, 310, milestones=TWO)
    found = board.verdict(
        "admissions", {"numerator": 100}, target, period="April 2020 to January 2021",
        as_of=date(2021, 2, 28),
    )  # fmt: skip
    assert (found["milestone_low"], found["milestone_high"]) == (pytest.approx(240 + 50 / 3), 310)


def test_a_target_of_zero_is_zero_all_the_way(board):
    target = board.target("admissions", "zero", 0, milestones=TWO)
    found = board.verdict("admissions", {"numerator": 1}, target)
    assert (found["milestone"], found["status_now"]) == ("zero by 30 November 2020", "off target")


def test_a_stock_may_come_down_to_zero_by_milestones(board):
    target = board.target("stock", "zero", 0, milestones=STEPS)
    found = board.verdict("stock", {"numerator": 346}, target)
    assert (found["milestone"], found["target"]) == (
        "at most 345 people by 30 September 2020", "zero",
    )  # fmt: skip
    assert found["reason_now"] == (
        "346 is 1 person above the milestone of at most 345 people by 30 September 2020."
    )
