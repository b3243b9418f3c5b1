"""Which figures a row that was set aside could change: formulas, standards and what is open."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from outturn.contracts import Contract, Field
from outturn.engine.touched import OTHERS, OWN, UNREAD, touched
from outturn.framework.model import Formula, Measure, Standardise, Tally
from outturn.terms.period import APRIL

STAYS = Contract(
    name="stays",
    place="place",
    period="begun",
    fields=(Field("place"), Field("begun", "date"), Field("ended", "date"), Field("seen", "date")),
)
ABOVE = {"ward": ("ward", "town"), "mill": ("mill", "town"), "town": ("town",)}
MONTHS = [f"2026-0{month}-01/P1M" for month in (1, 2, 3, 4)]
JANUARY, FEBRUARY, MARCH, APRIL_MONTH = MONTHS
YEAR_ENDING_MARCH = "2025-04-01/P12M"


def measure(id: str = "m", tally: Tally | None = None, **more: Any) -> Measure:
    kept: dict[str, Any] = {"kind": "count", "unit": "", "aim": "none", "frequency": "month"}
    counted = None if "formula" in more else tally or Tally("stays", "count")
    return Measure(id, id, "1", **{**kept, "numerator": counted, **more})


def row(number: int, place: str | None, **days: date) -> list[dict[str, object]]:
    """The lines of one row: itself, then each of its days that can be read."""
    line = {"part": 0, "row": number, "place": place, "column": None, "start": None, "end": None}
    return [
        line,
        *(line | {"column": name, "start": day, "end": day} for name, day in days.items()),
    ]


def found(measures: list[Measure], *rows: list[dict[str, object]]) -> dict[tuple[str, ...], int]:
    """The rows of each figure of every measure in every place and period."""
    figures = [
        (one.id, place, period)
        for one in measures
        for place in ABOVE
        for period in (*MONTHS, YEAR_ENDING_MARCH)
    ]
    schema = {"part": pl.Int64, "row": pl.Int64, "place": pl.String, "column": pl.String,
              "start": pl.Date, "end": pl.Date}  # fmt: skip
    lines = touched(
        pl.DataFrame(figures, schema=["measure", "place", "period"], orient="row"),
        {one.id: one for one in measures},
        {"stays": pl.DataFrame([line for one in rows for line in one], schema=schema)},
        contracts={"stays": STAYS},
        above=ABOVE,
        calendar=APRIL,
    )
    return {(*key,): rows for *key, rows in lines.drop("table").iter_rows()}


FIFTH = date(2026, 2, 5)


def test_a_row_touches_its_place_and_those_above_in_its_month_and_longer_periods():
    assert found([measure()], row(1, "ward", begun=FIFTH)) == {
        ("m", place, period, OWN): 1
        for place in ("ward", "town")
        for period in (FEBRUARY, YEAR_ENDING_MARCH)
    }


def test_a_row_counts_by_the_day_of_the_measure_and_for_no_place_above_where_none_is_made():
    seen = measure(tally=Tally("stays", "count", on="seen"), aggregate="published")
    got = found([seen], row(1, "ward", begun=FIFTH, seen=date(2026, 4, 1)))
    assert got == {("m", "ward", APRIL_MONTH, OWN): 1}


def test_a_row_whose_day_or_place_cannot_be_read_could_be_of_any():
    got = found([measure()], row(1, "ward", seen=FIFTH), row(2, None, begun=FIFTH))
    ward = {period: 1 for period in MONTHS} | {YEAR_ENDING_MARCH: 1}
    of_two = {FEBRUARY: 2, YEAR_ENDING_MARCH: 2}
    assert {key[2]: rows for key, rows in got.items() if key[1] == "ward"} == ward | of_two
    assert {key[2] for key in got if key[1] == "mill"} == {FEBRUARY, YEAR_ENDING_MARCH}
    assert {key[3] for key in got} == {UNREAD}


def test_what_is_open_touches_every_period_to_its_end_or_to_the_last():
    tally = Tally("stays", "open", "place", opens="begun", closes="ended")
    ended = found([measure(tally=tally)], row(1, "mill", begun=FIFTH, ended=date(2026, 3, 9)))
    assert {key[2] for key in ended} == {FEBRUARY, MARCH, YEAR_ENDING_MARCH}
    still = found([measure(tally=tally)], row(1, "mill", begun=FIFTH))
    assert {key[2] for key in still} == {FEBRUARY, MARCH, APRIL_MONTH, YEAR_ENDING_MARCH}


def test_a_formula_is_touched_by_the_rows_of_its_parts_each_of_them_once():
    parts = [measure("a"), measure("b", Tally("stays", "count", on="seen"))]
    whole = measure("c", formula=Formula("ratio", ("a", "b")))
    got = found([*parts, whole], row(1, "ward", begun=FIFTH, seen=date(2026, 3, 1)))
    of_whole = {key[1:3]: rows for key, rows in got.items() if key[0] == "c"}
    assert of_whole == {
        (place, period): 1
        for place in ("ward", "town")
        for period in (FEBRUARY, MARCH, YEAR_ENDING_MARCH)
    }


def test_what_is_standardised_to_another_place_is_touched_by_rows_of_any_place():
    ratio = measure(kind="standardised ratio", standardise=Standardise("age", "town"))
    got = found([ratio], row(1, "ward", begun=FIFTH))
    assert {key[1] for key in got} == set(ABOVE) and {key[3] for key in got} == {OTHERS}
    direct = measure(kind="standardised rate", standardise=Standardise("age", "European 2013"))
    assert {key[1] for key in found([direct], row(1, "ward", begun=FIFTH))} == {"ward", "town"}


def test_a_census_date_that_no_other_row_has_is_one_more_for_every_place():
    census = measure(frequency="census", roll_up="last")
    got = found([census], row(1, "ward", begun=FIFTH))
    assert {key[1] for key in got} == set(ABOVE)
    assert {key[2] for key in got} == {FEBRUARY, YEAR_ENDING_MARCH}
