from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Baseline, Comparator, Place, SeriesBreak
from outturn.judgement.goals import goals, in_force, ordinal
from outturn.terms.period import APRIL
from outturn.terms.written_periods import parse

PAST = parse("2019/20")


def bounds(board, measure, target, rows=(), comparators=None, places=None):
    figures = board.values([board.row(measure.id, "2001/02", reported=0.0), *rows], measure)
    found = goals(
        [target], figures, measures={measure.id: measure}, home="H",
        comparators=comparators or {}, places=places or {}, calendar=APRIL,
    )  # fmt: skip
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("word", "numbers", "low", "high", "strict"),
    [
        ("at_least", (73,), 73, None, False),
        ("above", (11,), 11, None, True),
        ("at_most", (88,), None, 88, False),
        ("below", (553,), None, 553, True),
        ("between", (56, 61), 56, 61, False),
        ("zero", (0,), None, 0, False),
    ],
)
def test_a_plain_goal_is_its_own_bounds(board, word, numbers, low, high, strict):
    found = bounds(board, board.measure("share"), board.target("share", word, *numbers))
    assert (found["low"], found["high"]) == (low, high)
    assert (found["low_strict"] or found["high_strict"]) is strict


@pytest.mark.parametrize(
    ("more", "low", "high"),
    [
        ({"aim": "higher"}, 50, None),
        ({"aim": "lower"}, None, 50),
        ({"aim": "closest", "closest_to": 60.0}, 50, 70),
        ({"aim": "band", "band": (60.0, 70.0)}, 50, 80),
        ({"aim": "band", "band": (40.0, 70.0)}, 40, 70),
    ],
)
def test_no_worse_than_follows_the_aim(board, more, low, high):
    target = board.target("share", "no_worse_than", goal={"period": PAST})
    rows = [board.row("share", "2019/20", reported=50.0)]
    found = bounds(board, board.measure("share", **more), target, rows)
    assert (found["low"], found["high"], found["goal_note"]) == (low, high, "no worse than 2019/20")


def test_the_figure_that_was_agreed_does_not_move_when_the_past_is_revised(board):
    target = board.target(
        "share", "no_worse_than", goal={"period": PAST}, baseline=Baseline(48.0, PAST)
    )
    rows = [board.row("share", "2019/20", reported=50.0)]
    assert bounds(board, board.measure("share"), target, rows)["low"] == 48.0


def test_a_goal_on_a_past_figure_that_is_not_held_says_so(board):
    target = board.target("share", "no_worse_than", goal={"period": PAST})
    found = bounds(board, board.measure("share"), target)
    assert found["goal_why"] == "The target rests on 2019/20, for which there is no figure."


def test_a_forecast_is_no_past_figure(board):
    target = board.target("share", "no_worse_than", goal={"period": PAST})
    rows = [board.row("share", "2019/20", reported=50.0, provenance="forecast")]
    assert bounds(board, board.measure("share"), target, rows)["goal_why"]


def test_a_goal_does_not_reach_across_a_break(board):
    cut = SeriesBreak(parse("2020/21"), "break", "The definition changed.")
    target = board.target("share", "no_worse_than", goal={"period": PAST})
    rows = [board.row("share", "2019/20", reported=50.0)]
    found = bounds(board, board.measure("share", breaks=(cut,)), target, rows)
    assert found["goal_why"].endswith("cannot be compared: The definition changed.")


@pytest.mark.parametrize(
    ("by", "each_year", "low", "high"),
    [
        (-20, False, None, 80.0),
        (-20, True, None, 51.2),
        (10, False, 110.0, None),
        (10, True, 133.1, None),
    ],
)
def test_a_change_is_once_or_compounded_each_year(board, by, each_year, low, high):
    goal = {"period": parse("2017/18"), "each_year": each_year}
    target = board.target("stock", "change_percent", by, goal=goal)
    rows = [board.row("stock", "2017/18", reported=100.0)]
    found = bounds(board, board.measure("stock"), target, rows)
    assert found["low"] == (None if low is None else pytest.approx(low))
    assert found["high"] == (None if high is None else pytest.approx(high))


@pytest.mark.parametrize(
    ("base", "by", "each_year", "low", "high"),
    [
        (-40.0, 10, False, -36.0, None),  # up by a tenth of 40
        (-40.0, -10, False, None, -44.0),
        (-40.0, 10, True, -29.16, None),  # three times nine tenths of -40
        (-40.0, 150, False, 20.0, None),
    ],
)
def test_a_change_of_a_negative_figure_is_a_share_of_its_size(
    board, base, by, each_year, low, high
):
    goal = {"period": parse("2017/18"), "each_year": each_year}
    target = board.target("stock", "change_percent", by, goal=goal)
    rows = [board.row("stock", "2017/18", reported=base)]
    found = bounds(board, board.measure("stock"), target, rows)
    assert (found["low"], found["high"]) == (
        None if low is None else pytest.approx(low), None if high is None else pytest.approx(high),
    )  # fmt: skip


def test_a_peer_percentile_does_not_reach_across_a_break(board):
    cut = SeriesBreak(parse("2020/21"), "break", "The definition changed.")
    group = Comparator("peers", "Our peers", ("H",), "mean of members")
    target = board.target(
        "share", "peer_percentile", 75, goal={"period": PAST, "comparator": "peers"}
    )
    rows = [board.row("share", "2019/20", reported=50.0)]
    found = bounds(board, board.measure("share", breaks=(cut,)), target, rows, {"peers": group})
    assert found["goal_why"] == (
        "The target rests on 2019/20, which cannot be compared: The definition changed."
    )


@pytest.mark.parametrize(("aim", "low", "high"), [("higher", 32.5, None), ("lower", None, 32.5)])
def test_a_peer_percentile_counts_from_the_lowest_member(board, aim, low, high):
    group = Comparator("peers", "Our peers", (), "mean of members", kind="council")
    places = {code: Place(code, code, "council") for code in "ABCD"}
    rows = [
        board.row("share", "2019/20", place=code, reported=value)
        for code, value in zip("ABCD", (10.0, 20.0, 30.0, 40.0), strict=True)
    ]
    target = board.target(
        "share", "peer_percentile", 75, goal={"period": PAST, "comparator": "peers"}
    )
    found = bounds(board, board.measure("share", aim=aim), target, rows, {"peers": group}, places)
    assert (found["low"], found["high"]) == (low, high)
    assert found["goal_note"] == "75th percentile of Our peers in 2019/20"
    found = bounds(board, board.measure("share", aim=aim), target, [], {"peers": group}, places)
    assert found["goal_why"] == "No member of Our peers has a figure for 2019/20."


def test_an_entry_that_is_superseded_is_out_of_force(board):
    old = board.target("share", "at_least", 70, id="old")
    new = board.target("share", "at_least", 75, id="new", supersedes="old")
    assert in_force([old, new]) == [new]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (22, "22nd"), (3, "3rd"), (11, "11th"), (75, "75th"), (2.5, "2.5th")],
)
def test_ordinals(number, text):
    assert ordinal(number) == text


@pytest.mark.parametrize(
    ("more", "low"),
    [
        ({"aim": "closest", "closest_to": 0.0}, 0),
        ({"aim": "band", "band": (-5.0, 5.0)}, 0),
        ({"aim": "lower"}, None),
        ({"kind": "count", "unit": "falls", "aim": "closest", "closest_to": 0.0}, None),
    ],
)
def test_zero_of_what_may_be_below_it_is_neither_more_nor_less(board, more, low):
    balance = {"id": "balance", "kind": "money", "unit": "£ thousand", "per": 1.0, **more}
    found = bounds(board, board.measure("share", **balance), board.target("balance", "zero", 0))
    assert (found["low"], found["high"]) == (low, 0)


@pytest.mark.parametrize(
    ("figure", "status", "said"),
    [
        (-5000, "off target", "-£5,000 thousand is below the target of zero; up to £50 thousand"
         " counts as close."),
        (-40, "close", "-£40 thousand is below the target of zero; up to £50 thousand counts as"
         " close."),
        (0, "on target", "£0 thousand meets the target of zero."),
        (40, "close", "£40 thousand is above the target of zero; up to £50 thousand counts as"
         " close."),
    ],
)  # fmt: skip
def test_a_balance_that_should_be_nothing_is_off_target_on_either_side(
    board, points, figure, status, said
):
    balance = {
        "id": "balance", "kind": "money", "unit": "£ thousand", "per": 1.0, "decimals": 0,
        "aim": "closest", "closest_to": 0.0,
    }  # fmt: skip
    target = board.target("balance", "zero", 0, tolerance=points(50))
    found = board.verdict("share", {"reported": float(figure)}, target, measure=balance,
                          period="2020/21", as_of=date(2021, 3, 31))  # fmt: skip
    assert (found["status_now"], found["reason_now"]) == (status, said)
    assert found["target"] == "zero"


@pytest.mark.parametrize("by", [10, -10])
def test_a_percentage_of_nothing_is_no_target(board, by):
    target = board.target("stock", "change_percent", by, goal={"period": PAST})
    rows = [board.row("stock", "2019/20", reported=0.0)]
    found = bounds(board, board.measure("stock"), target, rows)
    assert (found["low"], found["high"]) == (None, None)
    assert found["goal_why"] == (
        "The figure of 2019/20 is 0, and a percentage of nothing is no change."
    )


def test_no_change_from_nothing_is_a_target(board):
    target = board.target("stock", "change_percent", 0, goal={"period": PAST})
    rows = [board.row("stock", "2019/20", reported=0.0)]
    assert bounds(board, board.measure("stock"), target, rows)["high"] == 0
