"""A part that is off target under a whole that is on target is told."""

from __future__ import annotations

import pytest

from outturn.framework.model import Place, Tolerance
from outturn.judgement.masking import masked
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import APRIL
from outturn.terms.records import FINDINGS

PLACES = {
    "H": Place("H", "Home", "council"),
    "N": Place("N", "Northtown", "locality", {"main": "H"}),
    "S": Place("S", "Southtown", "locality", {"main": "H"}),
    "W": Place("W", "A ward", "ward", {"main": "N"}),
}
YEAR = "2020/21"


def found(board, rows, target, *measures):
    figures = board.values(rows, *measures, places=PLACES)
    known = {one.id: one for one in measures}
    said = verdicts(
        figures, measures=known, targets=[target], overrides=[], calendar=APRIL,
        as_of=board.as_of.replace(year=2021), home="H", comparators={}, places=PLACES,
    )  # fmt: skip
    made = masked(said, figures, measures=known, places=PLACES, calendar=APRIL)
    assert dict(made.schema) == FINDINGS
    return made.select("place", "finding", "size").rows()


def row(board, numerator, denominator, **more):
    return board.row("share", YEAR, numerator=numerator, denominator=denominator, **more)


def test_a_locality_and_a_category_off_target_are_told_and_those_on_target_are_not(board, points):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [
        row(board, 850, 1000),
        row(board, 550, 600, place="S"),
        row(board, 300, 400, place="N"),
        row(board, 10, 100, place="W"),  # not directly under it
        row(board, 200, 300, breakdown="age", category="85+"),
        row(board, 650, 700, breakdown="age", category="65-84"),
    ]
    told = found(board, rows, target, board.measure("share"))
    assert [one[1] for one in told] == [
        "2020/21: on target as a whole (85.0%), and off target for age 85+ (66.7%, limits 61.2 to"
        " 71.8) against at least 80.0%.",
        "2020/21: on target as a whole (85.0%), and off target for Northtown (75.0%, limits 70.5"
        " to 79.0) against at least 80.0%.",
    ]
    assert [one[2] for one in told] == pytest.approx([80 - 200 / 3, 5.0])


@pytest.mark.parametrize(
    "part", [{"numerator": 15, "denominator": 20}, {"numerator": 78, "denominator": 100}]
)
def test_a_part_that_chance_could_explain_or_that_is_close_is_not_told(board, points, part):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [row(board, 850, 1000), board.row("share", YEAR, place="N", **part)]
    assert found(board, rows, target, board.measure("share")) == []


def test_a_statistical_tolerance_asks_the_limits_of_the_part_and_not_those_of_the_whole(board):
    target = board.target("share", "at_least", 70, tolerance=Tolerance("statistical"))
    rows = [
        row(board, 72, 100),  # its limits reach ten points down
        row(board, 6800, 10000, breakdown="sex", category="M"),  # and these not two
        row(board, 66, 100, breakdown="sex", category="F"),
    ]
    told = found(board, rows, target, board.measure("share"))
    assert [one[1] for one in told] == [
        "2020/21: on target as a whole (72.0%), and off target for sex M (68.0%, limits 67.1 to"
        " 68.9) against at least 70.0%."
    ]


def test_a_whole_that_is_off_target_hides_nothing(board, points):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [row(board, 650, 1000), row(board, 100, 400, place="N")]
    assert found(board, rows, target, board.measure("share")) == []


def test_a_part_of_a_count_is_always_below_it_and_never_told(board):
    target = board.target("admissions", "at_least", 100)
    rows = [
        board.row("admissions", YEAR, numerator=120),
        board.row("admissions", YEAR, numerator=20, place="N"),
    ]
    assert found(board, rows, target, board.measure("admissions")) == []
