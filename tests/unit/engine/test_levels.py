"""A table with rows for a place and for its parts is told, and nothing is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outturn.contracts.model import Contract, Field
from outturn.engine import sql_engine
from outturn.engine.levels import MEETS, parts_and_wholes
from outturn.framework.model import CONDITIONS, Condition, Measure, Place, Tally
from outturn.terms.period import APRIL

PLACES = {
    "HOME": Place("HOME", "Home", "council", {"main": "LAND"}),
    "NORTH": Place("NORTH", "North", "locality", {"main": "HOME"}),
    "SOUTH": Place("SOUTH", "South", "locality", {"main": "HOME"}),
    "LAND": Place("LAND", "Land", "country"),
}
FIELDS = (
    Field("place"), Field("month"), Field("level"), Field("moves", "integer"),
)  # fmt: skip
CONTRACT = Contract("moves", FIELDS, place="place", period="month")
MEASURE = Measure(
    "m", "m", "1", "count", "moves", "lower", frequency="month",
    numerator=Tally("moves", "sum", "moves"),
)  # fmt: skip
MAY, JUNE = "2026-05-01/P1M", "2026-06-01/P1M"
ROWS = [
    ("HOME", MAY, "total", 30),
    ("NORTH", MAY, "part", 10),
    ("SOUTH", MAY, "part", 20),
    ("HOME", JUNE, "total", 5),
    ("SOUTH", JUNE, "part", 5),
    ("NORTH", "2026-07-01/P1M", "part", 7),
]


def table(rows=ROWS):
    names = ("place", "month", "level", "moves")
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(source=pl.lit("s"), row=pl.lit(1, pl.Int64))


def asked(**more):
    usual = {
        "contracts": {"moves": CONTRACT}, "places": PLACES, "hierarchy": "main",
        "calendar": APRIL, "as_of": date(2026, 11, 30), "totals_for": ("HOME",),
    }  # fmt: skip
    return {**usual, **more}


def told(measure=MEASURE, rows=ROWS, **more):
    return parts_and_wholes([measure], {"moves": table(rows)}, **asked(**more)).rows()


def test_a_total_beside_its_parts_is_counted_with_them_and_told():
    counts = sql_engine.count([MEASURE], {"moves": table()}, **asked())
    home = counts.filter((pl.col("place") == "HOME") & (pl.col("period") == MAY))
    assert home["numerator"].to_list() == [60.0]
    assert told() == [
        (
            "parts and whole", "m", "HOME", MAY,
            "May 2026 and 1 other period: The table 'moves' holds rows for Home itself and for "
            "places under it; both are counted.",
            35.0,
        )
    ]  # fmt: skip


def test_rows_that_the_measure_does_not_count_are_not_told():
    only = Tally("moves", "sum", "moves", (Condition("level", "is", ("part",)),))
    assert told(replace(MEASURE, numerator=only)) == []


@pytest.mark.parametrize(
    "more",
    [{"aggregate": "mean of members"}, {"aggregate": "published"}, {"numerator": "distinct"}],
)
def test_a_rule_that_adds_nothing_up_is_passed_over(more):
    if "numerator" in more:
        more = {"numerator": Tally("moves", "distinct", "level")}
    assert told(replace(MEASURE, **more)) == []


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[1:3],
        ROWS[:1],
        [ROWS[0], ROWS[4]],  # never in the same period
        [("LAND", MAY, "total", 99), *ROWS[1:3]],  # nothing is added up for the country
        [("HOME", "2026-12-01/P1M", "total", 1), ("NORTH", "2026-12-01/P1M", "part", 1)],
    ],
)
def test_where_nothing_is_counted_twice_nothing_is_told(rows):
    assert told(rows=rows) == []


def test_a_whole_quarter_and_a_month_of_it_stand_beside_each_other():
    rows = [("HOME", MAY, "total", 30), ("NORTH", "2026-04-01/P3M", "part", 10)]
    quarterly = replace(MEASURE, frequency="quarter")
    assert told(quarterly, rows)[0][3] == "2026-04-01/P3M"


def test_the_denominator_is_told_too_and_has_no_size():
    share = replace(
        MEASURE, kind="proportion",
        numerator=Tally("moves", "sum", "moves", (Condition("level", "is", ("part",)),)),
        denominator=Tally("moves", "sum", "moves"),
    )  # fmt: skip
    assert [(line[2], line[5]) for line in told(share)] == [("HOME", None)]


def test_a_day_belongs_to_its_month():
    contract = Contract(
        "moves", (Field("place"), Field("month", "date"), *FIELDS[2:]), place="place",
        period="month",
    )  # fmt: skip
    rows = [("HOME", date(2026, 5, 3), "", 1), ("NORTH", date(2026, 5, 30), "", 1)]
    count = replace(MEASURE, numerator=Tally("moves", "count"))
    assert told(count, rows, contracts={"moves": contract})[0][3:] == (
        MAY,
        "May 2026: The table 'moves' holds rows for Home itself and for places under it; both are "
        "counted.",
        1.0,
    )


def test_every_condition_is_understood():
    assert set(MEETS) == set(CONDITIONS)


@pytest.mark.parametrize("word", CONDITIONS)
def test_a_condition_keeps_the_same_rows_as_the_engine(word):
    bounds = {"between": (6, 20), "one_of": (5, 30), "none_of": (5, 30), "present": (),
              "absent": ()}.get(word, (10,))  # fmt: skip
    rows = [*ROWS, ("NORTH", MAY, "part", None)]
    tally = Tally("moves", "count", where=(Condition("moves", word, bounds),))
    measure = replace(MEASURE, numerator=tally, roll_up="none", aggregate="published")
    counts = sql_engine.count([measure], {"moves": table(rows)}, **asked())
    frame = table(rows)
    kept = frame.filter(MEETS[word](pl.col("moves"), tally.where[0])).height
    assert kept == counts["numerator"].sum()


@pytest.mark.parametrize(("word", "size"), [("one_of", 30.0), ("none_of", 5.0)])
def test_a_bound_that_no_whole_number_can_be_is_simply_not_met(word, size):
    where = (Condition("moves", word, (1.5, 30, 10, 20)),)
    one = replace(MEASURE, numerator=Tally("moves", "sum", "moves", where))
    assert [line[-1] for line in told(one)] == [size]
