"""A place that began or ended within a period has no count of that period, and says why."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Formula, Place, Tally

NORTH = Place("N", "North", "locality", until=date(2026, 6, 30))
NEW = Place("M", "New North", "locality", since=date(2026, 7, 1))
STAYS = Place("S", "South", "locality")
PLACES = {one.code: one for one in (NORTH, NEW, STAYS)}
COUNTED = {"numerator": Tally("moves", "count"), "reported": False, "frequency": "month"}
ENDED = "North ended on 30 June 2026, within the period."
BEGAN = "New North began on 1 July 2026, within the period."


def of(board, place, period, figure, kind="admissions", **more):
    measure = board.measure(kind, **{**COUNTED, **more})
    found = board.values([board.row(kind, period, place=place, **figure)], measure, places=PLACES)
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("place", "period", "why"),
    [
        ("N", "April to November 2026", ENDED),
        ("N", "12 months to August 2026", ENDED),
        ("M", "12 months to August 2026", BEGAN),
        ("M", "2026/27", BEGAN),
        ("N", "2025/26", None),
        ("N", "April to June 2026", None),
        ("N", "2026-06", None),
        ("M", "2026-07", None),
        ("M", "2026-07-01/P1Y", None),
        ("S", "2026/27", None),
    ],
)
def test_a_count_of_part_of_a_period_is_no_figure_of_the_period(board, place, period, why):
    found = of(board, place, period, {"numerator": 82})
    assert found["why"] == why
    assert found["absent"] == ("not available" if why else None)
    assert (found["value"], found["shown"]) == ((None, None) if why else (82.0, "82"))


def test_a_reported_figure_stands(board):
    found = of(board, "N", "April to November 2026", {"reported": 82.0})
    assert found["value"] == 82.0
    found = of(board, "N", "2026/27", {"numerator": 82}, numerator=None, reported=True)
    assert found["value"] == 82.0


def test_a_suppressed_figure_stays_suppressed(board):
    found = of(board, "N", "April to November 2026", {"absent": "suppressed"})
    assert (found["absent"], found["why"]) == ("suppressed", "Suppressed to protect people.")


@pytest.mark.parametrize(
    ("place", "period", "why"),
    [
        ("N", "2026-07", "North ended on 30 June 2026, before the period."),
        ("M", "2026-06", "New North began on 1 July 2026, after the period."),
    ],
)
def test_a_place_that_did_not_exist_has_no_figure_where_nothing_was_counted(
    board, place, period, why
):
    found = of(board, place, period, {"numerator": 0})
    assert (found["value"], found["absent"], found["why"]) == (None, "not applicable", why)
    assert of(board, place, period, {"numerator": 3})["value"] == 3.0
    of_year = Tally("people", "sum", "people", of_year=True)
    counts = {"numerator": 0, "denominator": 500}
    assert of(board, place, period, counts, "rate", denominator=of_year)["value"] is None
    kept = of(board, place, period, counts, "share", denominator=Tally("moves", "count"))
    assert kept["value"] == 0.0


@pytest.mark.parametrize(
    ("place", "period", "frequency", "value"),
    [
        ("M", "2026/27", "month", 82.0),  # March 2027 lies within its time
        ("M", "April to July 2026", "month", 82.0),
        ("M", "12 months to August 2026", "quarter", None),
        ("M", "2026/27", "year", None),
        ("M", "2026/27", "week", 82.0),
        ("M", "2026/27", "census", 82.0),
        ("N", "2026/27", "month", None),
    ],
)
def test_a_measure_that_takes_the_last_of_its_months_asks_for_that_one_alone(
    board, place, period, frequency, value
):
    found = of(board, place, period, {"numerator": 82}, "stock", frequency=frequency)
    assert found["value"] == value


def test_what_is_made_of_such_a_figure_has_none_either(board):
    part = board.measure("admissions", **COUNTED)
    whole = board.measure("stock", reported=False, formula=Formula("sum", ("admissions",)))
    rows = [board.row("admissions", "April to November 2026", place="N", numerator=82)]
    found = board.values(rows, part, whole, places=PLACES)
    assert found["value"].to_list() == [None, None]
    assert found["why"][1].endswith(ENDED)
