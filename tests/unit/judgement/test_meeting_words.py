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


def test_more_counted_than_a_limit_allows_is_out_of_reach(board):
    measure = board.measure("admissions", kind="count", unit="falls", aim="lower")
    row = {
        "_low_end": None, "_high_end": 12.0, "way": "sum", "step": 1, "known": 8, "is_share": False,
    }  # fmt: skip
    assert needed_words(-0.25, measure, row, 17.0) == OUT_OF_REACH
    assert (
        needed_words(0.25, measure, row, 17.0) == "at most 0.3 falls in each of the 4 months left"
    )
