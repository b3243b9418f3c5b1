"""How likely a target is met, in words; of one that is out of reach no chance is told."""

from __future__ import annotations

import pytest

from outturn.judgement.foreseen_words import (
    CANNOT_BE_MET,
    INDICATIVE,
    OUT_OF_REACH,
    chance_of_meeting,
    meeting_words,
    needed_words,
)


@pytest.mark.parametrize(
    ("chance", "basis", "needed", "long", "short"),
    [
        (0.62, None, None, "62% likely to meet", "62%"),
        (0.0, None, None, "under 1% likely to meet", "under 1%"),
        (0.0, None, "at most 1 fall in the month left", "under 1% likely to meet", "under 1%"),
        (0.0, None, OUT_OF_REACH, "cannot be met any more", CANNOT_BE_MET),
        (0.0, "of few years", OUT_OF_REACH, "cannot be met any more", CANNOT_BE_MET),
        (0.5, "of few years", None, f"50% likely to meet ({INDICATIVE})", f"50% ({INDICATIVE})"),
    ],
)
def test_a_target_out_of_reach_is_said_to_be_and_has_no_chance(chance, basis, needed, long, short):
    assert meeting_words(chance, basis, needed) == long
    assert chance_of_meeting(chance, basis, needed) == short
    assert meeting_words(None, basis, needed) == ""


def asked(**more):
    """What is asked of the months left of a limit of 12 a year, of which eight months are known."""
    usual = {
        "_low_end": None, "_high_end": 12.0, "_past_low": False, "_past_high": False,
        "may_be_below": False, "way": "sum", "step": 1, "known": 8, "is_share": False,
    }  # fmt: skip
    return {**usual, **more}


AT_LEAST = {"_low_end": 12.0, "_high_end": None}
MET = "the target is met whatever is still to come"
LEFT = "in each of the 4 months left"


def test_more_counted_than_a_limit_allows_is_out_of_reach(board):
    measure = board.measure("admissions", kind="count", unit="falls", aim="lower")
    assert needed_words(-0.25, measure, asked(), 17.0) == OUT_OF_REACH
    assert needed_words(0.25, measure, asked(), 17.0) == f"at most 0.3 falls {LEFT}"


@pytest.mark.parametrize(
    ("needed", "row", "words"),
    [
        (0.0, {}, f"at most 0 falls {LEFT}"),
        (-1e-13, {}, f"at most 0 falls {LEFT}"),  # the dust of a sum
        (0.0, {"_past_high": True}, OUT_OF_REACH),
        (0.25, {"_past_high": True}, f"at most 0.3 falls {LEFT}"),
        (-0.25, AT_LEAST, MET),
        (0.0, AT_LEAST, MET),
        (0.0, {**AT_LEAST, "_past_low": True}, f"more than 0 falls {LEFT}"),
        (-0.25, {**AT_LEAST, "_past_low": True}, MET),
    ],
)
def test_a_limit_that_does_not_meet_itself_is_another_end_of_what_nothing_can_change(
    board, needed, row, words
):
    measure = board.measure("admissions", kind="count", unit="falls", aim="lower")
    forecast = 3.0 if row.get("_low_end") else 17.0
    assert needed_words(needed, measure, asked(**row), forecast) == words


@pytest.mark.parametrize(
    ("needed", "row", "words"),
    [
        (-70.5, {}, f"at most -£70.5 thousand {LEFT}"),
        (-70.5, AT_LEAST, f"at least -£70.5 thousand {LEFT}"),
        (0.0, {"_past_high": True}, f"less than £0 thousand {LEFT}"),
        (0.0, AT_LEAST, f"at least £0 thousand {LEFT}"),
    ],
)
def test_of_what_may_be_below_zero_nothing_is_settled_before_the_year_is(board, needed, row, words):
    measure = board.measure("admissions", kind="money", unit="£ thousand", aim="lower")
    row = asked(may_be_below=True, **row)
    forecast = 3.0 if row["_low_end"] else 17.0
    assert needed_words(needed, measure, row, forecast) == words


@pytest.mark.parametrize(
    ("needed", "row", "words"),
    [
        (100.0, AT_LEAST, f"at least 100.0% {LEFT}"),
        (100.0, {**AT_LEAST, "_past_low": True}, OUT_OF_REACH),
        (100.1, AT_LEAST, OUT_OF_REACH),
        (100.0, {}, MET),
        (100.0, {"_past_high": True}, f"less than 100.0% {LEFT}"),
        (100.1, {"_past_high": True}, MET),
        (100.00000000000003, AT_LEAST, f"at least 100.0% {LEFT}"),  # the dust of a sum
        (100.00000000000003, {"_past_high": True}, f"less than 100.0% {LEFT}"),
    ],
)
def test_no_month_of_a_share_is_more_than_the_whole(board, needed, row, words):
    row = asked(is_share=True, **row)
    forecast = 3.0 if row["_low_end"] else 17.0
    assert needed_words(needed, board.measure("share"), row, forecast) == words


@pytest.mark.parametrize(
    ("kind", "way", "words"),
    [
        ("mean", "ratio", OUT_OF_REACH),
        ("score", "ratio", OUT_OF_REACH),
        ("money", "ratio", f"at most -£3.10 {LEFT}"),  # may be paid back
        ("mean", "mean", f"at most -3.1 days {LEFT}"),  # figures alone: nothing tells what they are
    ],
)
def test_no_mean_of_what_was_never_below_zero_must_be(board, kind, way, words):
    unit = "£" if kind == "money" else "days"
    measure = board.measure("rate", kind=kind, unit=unit, per=1.0, decimals=1)
    row = asked(may_be_below=True, way=way)
    assert needed_words(-3.1, measure, row, 17.0) == words
