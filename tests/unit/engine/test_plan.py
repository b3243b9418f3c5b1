"""What is refused before anything is counted, and what a measure found."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.contracts import Contract, Field
from outturn.engine import sql_engine
from outturn.engine.found import found
from outturn.framework.model import Breakdown, Measure, Tally
from outturn.terms.errors import Mistakes
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, empty

FIELDS = (Field("place"), Field("day", "date"), Field("cost", "number"))
GOOD = Contract(name="stays", fields=FIELDS, place="place", period="day")
NOWHERE = Contract(name="stays", fields=FIELDS)
MEASURE = Measure(
    "m", "m", "1", "count", "", "none", file="m.toml", numerator=Tally("stays", "count"),
    breakdowns=(Breakdown("cost", "cost"),), frequency="month",
)  # fmt: skip


def count(contract: Contract, measure: Measure, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return sql_engine.count(
        [measure], tables, contracts={"stays": contract}, places={}, hierarchy="main",
        calendar=APRIL, as_of=date(2022, 1, 1),
    )  # fmt: skip


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(Mistakes) as caught:
        count(NOWHERE, MEASURE, {})
    assert [str(one) for one in caught.value.exceptions] == [
        "m.toml, numerator\n"
        "  The table 'stays' does not say where or when its rows are.\n"
        "  Name the columns for place and period in its contract.",
        "m.toml, breakdown\n"
        "  The column 'cost' holds numbers, which are not categories.\n"
        "  Name a column of text, whole numbers or dates.",
    ]


def test_a_table_that_was_not_supplied_gives_no_counts_and_is_found_to_be_empty() -> None:
    measure = Measure("m", "m", "1", "count", "", "none", numerator=Tally("stays", "count"))
    counts = count(GOOD, measure, {})
    assert counts.equals(empty(COUNTS))
    report = found([measure], {}, counts, contracts={"stays": GOOD})
    assert report.rows() == [("m", "stays", 0, 0, 0)]


def test_rows_without_a_place_or_a_period_are_found() -> None:
    measure = Measure("m", "m", "1", "count", "", "none", numerator=Tally("stays", "count"))
    rows = [
        {"place": "Ward", "day": date(2020, 5, 1)},
        {"place": None, "day": date(2020, 5, 1)},
        {"place": "Ward", "day": None},
    ]
    schema = {**GOOD.schema, "source": pl.String}
    tables = {"stays": pl.DataFrame([row | {"source": "s"} for row in rows], schema=schema)}
    counts = count(GOOD, measure, tables)
    assert found([measure], tables, counts, contracts={"stays": GOOD}).rows() == [
        ("m", "stays", 3, 2, 1)
    ]


def test_measures_that_are_reported_or_worked_out_are_left_to_others() -> None:
    measure = Measure("m", "m", "1", "count", "", "none", reported=True)
    assert count(GOOD, measure, {}).is_empty()
    assert found([measure], {}, empty(COUNTS), contracts={}).is_empty()
