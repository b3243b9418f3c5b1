"""Questions about data: far from its past, too many round counts, stale, members lacking."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from outturn.framework.model import SeriesBreak
from outturn.judgement.unusual import unusual
from outturn.terms.period import APRIL, parse
from outturn.terms.records import FINDINGS

MONTHS = [f"{y}-{m:02}" for y in (2018, 2019, 2020) for m in range(1, 13)]


def told(board, measure, lines, as_of=date(2020, 12, 31), members=("N", "S")):
    """What is found of lines of numerators by month, by place."""
    rows = [
        board.row(measure.id, month, place=place, numerator=count, denominator=1000)
        for place, counts in lines.items()
        for month, count in zip(MONTHS, counts, strict=False)
        if count is not None
    ]
    figures = board.values(rows, measure)
    found = unusual(
        figures, measures={measure.id: measure}, home="H", members=members, calendar=APRIL,
        as_of=as_of,
    )  # fmt: skip
    assert dict(found.schema) == FINDINGS
    return found.select("rule", "place", "finding").rows()


@pytest.fixture
def monthly(board):
    return board.measure("share", frequency="month")


def steady(seed, many=36):
    random = Random(seed)
    return [500 + random.randrange(-19, 20) for _ in range(many)]


def test_a_steady_series_raises_no_question(board, monthly):
    assert told(board, monthly, {"H": steady(1), "N": steady(2), "S": steady(3)}) == []


def test_a_latest_figure_far_from_its_past_is_asked_about(board, monthly):
    ((rule, place, finding),) = told(board, monthly, {"H": [*steady(1)[:-1], 900]})
    assert (rule, place) == ("unlike its own past", "H")
    assert finding.startswith("December 2020: 90.0% is far from the 35 figures before it")
    assert finding.endswith("Is it right?")


def test_a_short_past_says_nothing_of_what_is_usual(board, monthly):
    assert told(board, monthly, {"H": [*steady(1)[:7], 900]}, date(2018, 8, 31)) == []


def test_a_break_leaves_the_past_behind(board):
    broken = SeriesBreak(parse("2020-12"), "break", "A new system.")
    measure = board.measure("share", frequency="month", breaks=(broken,))
    assert told(board, measure, {"H": [*steady(1)[:-1], 900]}) == []


def test_counts_that_end_in_0_or_5_too_often_are_asked_about(board, monthly):
    round_ones = [5 * (one // 5) for one in steady(1)]
    (found,) = told(board, monthly, {"H": round_ones})
    assert found[0] == "digit preference"
    assert "36 of 36 counts end in 0 or 5" in found[2]
    assert told(board, monthly, {"H": round_ones[:19]}, date(2019, 7, 31)) == []


@pytest.mark.parametrize(("as_of", "late"), [(date(2021, 3, 31), False), (date(2021, 5, 1), True)])
def test_a_measure_without_a_figure_for_long_is_stale(board, monthly, as_of, late):
    found = told(board, monthly, {"H": steady(1)}, as_of)
    assert bool(found) is late
    if late:
        assert found[0][0] == "stale" and "months have passed since" in found[0][2]


def test_members_that_have_no_figure_any_more_are_told(board, monthly):
    (found,) = told(board, monthly, {"H": steady(1), "N": steady(2), "S": steady(3)[:-1]})
    assert found == (
        "members lacking", "H",
        "December 2020: 1 of the 2 places under it have a figure; 2 had one the time before.",
    )  # fmt: skip
