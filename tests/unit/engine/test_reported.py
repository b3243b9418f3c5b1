"""Figures as reported: which edition stands, and when a place gets the total of its members."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.engine.reported import reported_counts
from outturn.framework.model import Measure, Place, SeriesBreak
from outturn.terms.period import Period
from outturn.terms.records import COUNTS, checked

PLACES = {
    "county": Place("county", "County", "county"),
    "north": Place("north", "North", "town", {"main": "county"}),
    "south": Place("south", "South", "town", {"main": "county"}),
}
NUMBERS = ("value", "numerator", "denominator", "margin")
WORDS = (
    "measure", "place", "period", "breakdown", "category", "absent", "why", "provenance",
    "edition", "note", "source",
)  # fmt: skip


def measure(**more: Any) -> Measure:
    usual = {"kind": "rate", "reported": True, "aggregate": "total over total"}
    return Measure("m", "m", "new", unit="", aim="none", **{**usual, **more})


def figures(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {name: pl.Float64 for name in NUMBERS} | {name: pl.String for name in WORDS}
    usual = {"measure": "m", "period": "2020-04-01/P1Y", "source": "paper"}
    return pl.DataFrame([usual | row for row in rows], schema=schema)


def counts(
    *rows: dict[str, Any], one: Measure | None = None, **more: Any
) -> tuple[pl.DataFrame, pl.DataFrame]:
    given = {"places": PLACES, "hierarchy": "main", **more}
    made = reported_counts(figures(*rows), [one or measure()], **given)
    return checked(made[0], COUNTS), checked(made[1], COUNTS)


def test_the_later_edition_stands_and_the_earlier_is_returned_apart() -> None:
    standing, superseded = counts(
        {"place": "north", "value": 2.0, "edition": "2021-10-01"},
        {"place": "north", "value": 1.0, "edition": "2021-01-01"},
        {"place": "north", "value": 0.5},
    )
    assert standing["reported"].to_list() == [2.0]
    assert superseded["reported"].to_list() == [0.5, 1.0]


def test_a_figure_withdrawn_in_a_later_edition_is_absent() -> None:
    standing, _ = counts(
        {"place": "north", "value": 2.0, "edition": "2021-01-01"},
        {"place": "north", "absent": "suppressed", "why": "c", "edition": "2021-10-01"},
    )
    assert standing.select("reported", "absent", "why").rows() == [(None, "suppressed", "c")]


def test_the_definition_is_that_of_the_period() -> None:
    since = Period(date(2021, 4, 1), 1, "Y")
    one = measure(breaks=(SeriesBreak(since, "break", "why", "new"),))
    standing, _ = counts(
        {"place": "north", "value": 1.0},
        {"place": "north", "value": 1.0, "period": "2021-04-01/P1Y"},
        one=one,
    )
    assert standing["definition"].to_list() == ["before new", "new"]


BOTH = {"numerator": 1.0, "denominator": 10.0}


def test_a_place_without_a_figure_gets_the_total_of_its_members() -> None:
    standing, _ = counts({"place": "north", **BOTH}, {"place": "south", **BOTH})
    total = standing.filter(pl.col("place") == "county")
    assert total.select("numerator", "denominator", "reported").rows() == [(2.0, 20.0, None)]


@pytest.mark.parametrize(
    "member",
    [
        {"place": "south", "absent": "suppressed"},
        {"place": "south", "absent": "suppressed", "numerator": 1.0, "denominator": 10.0},
        {"place": "south", "value": 10.0},
        {"place": "south", "numerator": 1.0},
    ],
    ids=["suppressed", "suppressed beside its counts", "without counts", "without a denominator"],
)
def test_a_member_without_counts_leaves_the_total_unmade(member: dict[str, Any]) -> None:
    standing, _ = counts({"place": "north", **BOTH}, member)
    assert "county" not in standing["place"]


def test_a_member_that_is_missing_leaves_the_total_unmade() -> None:
    standing, _ = counts({"place": "north", **BOTH})
    assert "county" not in standing["place"]


@pytest.mark.parametrize("kind", ["count", "money"])
def test_figures_that_add_up_need_no_denominator(kind: str) -> None:
    one = measure(kind=kind, per=2)
    rows = ({"place": "north", "value": 4.0}, {"place": "south", "numerator": 3.0})
    standing, _ = counts(*rows, one=one)
    total = standing.filter(pl.col("place") == "county")
    assert total.select("numerator", "denominator", "reported").rows() == [(5.0, None, None)]


def test_weighted_counts_that_are_not_to_be_recomputed_make_no_total() -> None:
    one = measure(recompute=False)
    standing, _ = counts({"place": "north", **BOTH}, {"place": "south", **BOTH}, one=one)
    assert "county" not in standing["place"]


def test_a_member_that_had_ended_is_not_waited_for() -> None:
    ended = replace(PLACES["south"], until=date(2020, 3, 31))
    standing, _ = counts({"place": "north", **BOTH}, places=PLACES | {"south": ended})
    total = standing.filter(pl.col("place") == "county")
    assert total.select("numerator", "denominator").rows() == [(1.0, 10.0)]


def test_a_place_beyond_those_that_totals_are_for_gets_none() -> None:
    rows = ({"place": "north", **BOTH}, {"place": "south", **BOTH})
    assert "county" not in counts(*rows, totals_for=["north"])[0]["place"]
    assert "county" in counts(*rows, totals_for=["county"])[0]["place"]


def test_a_published_figure_stands_instead_of_a_total() -> None:
    standing, _ = counts(
        {"place": "north", **BOTH}, {"place": "south", **BOTH}, {"place": "county", "value": 9.0}
    )
    assert standing.filter(pl.col("place") == "county")["reported"].to_list() == [9.0]


@pytest.mark.parametrize("aggregate", ["published", "mean of members"])
def test_another_rule_makes_no_total(aggregate: str) -> None:
    one = measure(aggregate=aggregate)
    standing, _ = counts({"place": "north", **BOTH}, {"place": "south", **BOTH}, one=one)
    assert "county" not in standing["place"]


def test_a_measure_that_is_not_reported_is_left_to_the_engines() -> None:
    standing, superseded = counts({"place": "north", "value": 1.0}, one=measure(reported=False))
    assert standing.is_empty() and superseded.is_empty()


def test_a_count_beside_a_suppressed_figure_leaves_the_total_unmade() -> None:
    rows = ({"place": "north", "value": 4.0}, {"place": "south", "numerator": 3.0})
    hidden = rows[1] | {"value": 3.0, "absent": "suppressed"}
    assert "county" not in counts(rows[0], hidden, one=measure(kind="count"))[0]["place"]


def test_a_place_that_two_hierarchies_lead_to_is_in_a_total_once() -> None:
    """The localities stand under the board by another hierarchy, and under their council too."""
    both = {"main": "council", "health": "board"}
    places = {
        "board": Place("board", "Board", "board"),
        "council": Place("council", "Council", "council", {"main": "board"}),
        "north": Place("north", "North", "locality", both),
        "south": Place("south", "South", "locality", both),
    }
    rows = (
        {"place": "north", "numerator": 60.0, "denominator": 200.0},
        {"place": "south", "numerator": 50.0, "denominator": 200.0},
    )
    standing, _ = counts(*rows, places=places, hierarchy="every")
    totals = standing.filter(pl.col("place").is_in(["board", "council"]))
    assert totals.select("numerator", "denominator").rows() == [(110.0, 400.0)] * 2


def test_and_so_it_is_while_the_member_that_it_is_below_still_exists() -> None:
    """The council ends on 31 March 2021: from then on the locality is a member by itself."""
    both = {"main": "council", "health": "board"}
    places = {
        "board": Place("board", "Board", "board"),
        "council": Place("council", "C", "council", {"main": "board"}, until=date(2021, 3, 31)),
        "north": Place("north", "North", "locality", both),
    }
    rows = ({"place": "north", **BOTH}, {"place": "north", "period": "2021-04-01/P1Y", **BOTH})
    standing, _ = counts(*rows, places=places, hierarchy="every")
    totals = standing.filter(pl.col("place") == "board").sort("period")
    assert totals.select("numerator", "denominator").rows() == [(1.0, 10.0)] * 2
