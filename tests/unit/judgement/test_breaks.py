"""A break inside the later of two periods parts them as well, and the words say from when."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import SeriesBreak, Step
from outturn.judgement.trend import trend
from outturn.judgement.words import parting
from outturn.terms.period import APRIL
from outturn.terms.written_periods import parse

INSIDE = SeriesBreak(parse("2020-07"), "break", "Counted anew.")
START = SeriesBreak(parse("2020/21"), "break", "Counted anew.")
SAID = "Counted anew (from July 2020)."


def test_the_words_say_from_when_unless_it_is_from_the_later_period_on():
    later = parse("April to November 2020")
    assert parting(INSIDE, later) == SAID
    assert parting(START, later) == "Counted anew."


@pytest.fixture
def last_year(board):
    periods = {"April to November 2019": 600.0, "2019/20": 893.0}
    return [board.row("admissions", key, numerator=figure) for key, figure in periods.items()]


def test_last_years_profile_and_direction_do_not_reach_over_a_break_inside_this_year(
    board, last_year
):
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year, measure={"breaks": (INSIDE,)},
    )  # fmt: skip
    assert found["forecast"] is None  # nor does a straight line
    assert found["reason_year_end"].startswith("The figure so far is of two series")
    assert found["reason_direction"] == f"Not comparable with April to November 2019: {SAID}"


@pytest.mark.parametrize(
    ("since", "place", "method"),
    [
        ("2019-08", "", "straight line"),  # within the year whose shape it would take
        ("2020-04", "", "last year's profile"),  # a level moves no shape
        ("2019-04", "", "last year's profile"),
        ("2019-08", "elsewhere", "last year's profile"),
    ],
)
def test_last_years_profile_is_not_taken_across_a_declared_step(
    board, last_year, since, place, method
):
    step = Step(parse(since), "A ward opened.", place)
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year, measure={"steps": (step,)},
    )  # fmt: skip
    assert found["forecast_method"].startswith(method)
    assert found["reason_direction"].startswith("460, down from 600")  # they still compare


def test_neither_profile_nor_straight_line_goes_on_across_a_step_within_this_year(board, last_year):
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year, measure={"steps": (Step(parse("2020-07"), "A ward opened.", "H"),)},
    )  # fmt: skip
    assert found["forecast"] is None
    assert found["reason_direction"].startswith("460, down from 600")


def test_no_worse_than_does_not_reach_over_a_break_inside_the_year(board):
    target = board.target("share", "no_worse_than", goal={"period": parse("2019/20")})
    past = board.row("share", "2019/20", reported=50.0)
    found = board.verdict(
        "share", {"reported": 60.0}, target, others=[past], measure={"breaks": (INSIDE,)}
    )
    assert found["reason_now"] == (f"The target rests on 2019/20, which cannot be compared: {SAID}")


def test_a_trend_is_cut_where_a_year_holds_a_break(board):
    share = board.measure("share", breaks=(INSIDE,))
    rows = [board.row("share", key, reported=50.0) for key in ("2019/20", "2020/21", "2021/22")]
    figures = board.values(rows, share)
    segments = trend(figures, share, "H", APRIL)  # 2020/21 is partly of the one, partly the other
    assert [one.points.height for one in segments] == [1, 1, 1]
    assert all(one.begins.endswith(SAID) for one in segments[1:])


def test_a_break_that_lies_ahead_parts_nothing(board, last_year):
    ahead = SeriesBreak(parse("2021-01"), "break", "Counted anew.")
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year, measure={"breaks": (ahead,)}, as_of=date(2020, 11, 30),
    )  # fmt: skip
    assert found["forecast_method"].startswith("last year's profile")


def test_a_gap_in_the_rest_of_last_year_spoils_its_profile_and_not_the_direction(board, last_year):
    gap = SeriesBreak(parse("2020-01-01/P3M"), "gap", "Not collected.")
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year, measure={"breaks": (gap,)},
    )  # fmt: skip
    assert found["forecast_method"].startswith("straight line")
    assert found["direction"] == "better"
