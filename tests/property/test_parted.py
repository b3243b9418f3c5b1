"""Random counts by age: both engines give one standardised rate, and it is that of plain sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from laying import by_day, given_to
from outturn.contracts import Contract, Field
from outturn.databases import DuckDB
from outturn.engine import plain_engine, sql_engine
from outturn.framework.model import Breakdown, Measure, Place, Standardise, Tally
from outturn.framework.parted import EUROPEAN
from outturn.judgement.values import values
from outturn.terms.period import Calendar
from outturn.terms.records import KEYS, WHOLE

# The standard's people of these ages, added up by hand from the 19 bands of Eurostat's table. Its
# band 85-89 is in two parts here, which are one together.
BANDS = ("0-4", "5-64", "65-84", "85-86", "87-89", "90+")
TOGETHER = [("0-4",), ("5-64",), ("65-84",), ("85-86", "87-89"), ("90+",)]
WEIGHTS = [5000, 75_500, 17_000, 1500, 1000]
FIELDS = (Field("place"), Field("period"), Field("age"), Field("people", "integer"))
CONTRACTS = {
    name: Contract(name=name, place="place", period="period", fields=FIELDS)
    for name in ("stays", "population")
}
PLACES = {
    "W": Place("W", "Ward", "ward", {"main": "T"}),
    "V": Place("V", "Village", "ward", {"main": "T"}),
    "T": Place("T", "Town", "council"),
}
RATE = Measure(
    id="m", title="m", definition="1", kind="standardised rate", unit="per 1,000", aim="lower",
    per=1000.0, frequency="month", missing="zero", standardise=Standardise("age", EUROPEAN),
    breakdowns=(Breakdown("age", "age", BANDS),),
    numerator=Tally("stays", "sum", "people"), denominator=Tally("population", "sum", "people"),
)  # fmt: skip
Row = dict[str, Any]


def rows(random: Random, least: int, most: int, share: float) -> list[Row]:
    """Rows of most places, months and ages, some of no known age."""
    return [
        {"place": place, "period": period, "age": age, "people": random.randint(least, most),
         "source": "extract"}
        for place in ("W", "V")
        for period in ("2021-04-01/P1M", "2021-05-01/P1M", "2021-06-01/P1M")
        for age in (*BANDS, None)
        if random.random() < share
    ]  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB() as one:
        yield one


def made(engine: Any, tables: dict[str, list[Row]], measure: Measure, **more: Any) -> pl.DataFrame:
    given_tables = given_to(engine, tables, CONTRACTS)
    counts = engine.count(
        [measure], given_tables, contracts=CONTRACTS, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=date(2021, 6, 30), totals_for=(), **more,
    )  # fmt: skip
    return values(counts, measures={"m": measure}, places=PLACES).sort(KEYS)


def by_hand(tables: dict[str, list[Row]], places: set[str], periods: set[str]) -> float | None:
    """The rate from the rows themselves, band by band."""

    def total(name: str, band: tuple[str, ...]) -> int:
        return sum(
            row["people"]
            for row in tables[name]
            if row["place"] in places and row["period"] in periods and row["age"] in band
        )

    events = [total("stays", band) for band in TOGETHER]
    people = [total("population", band) for band in TOGETHER]
    if sum(events) < 10:
        return None
    weighted = (w * x / n for w, x, n in zip(WEIGHTS, events, people, strict=True))
    return 1000 * sum(weighted) / sum(WEIGHTS)


@by_day(25)
@given(seed=st.integers(0, 10**9), share=st.sampled_from([1.0, 1.0, 0.95]))
def test_both_engines_give_the_rate_that_plain_sums_give(
    seed: int, share: float, database: DuckDB
) -> None:
    """Also of a place above others and of longer periods, which are made of sums of counts."""
    random = Random(seed)
    tables = {"stays": rows(random, 0, 6, 0.7), "population": rows(random, 1, 900, share)}
    kind = random.choice([RATE, replace(RATE, methods="Scotland")])
    first = made(sql_engine, tables, kind, database=database)
    assert_frame_equal(first, made(plain_engine, tables, kind))
    whole = first.filter(pl.col("breakdown") == WHOLE)
    if kind is not RATE or share < 1:
        return
    months = {"2021-04-01/P1M", "2021-05-01/P1M", "2021-06-01/P1M"}
    for place, under in (("W", {"W"}), ("V", {"V"}), ("T", {"W", "V"})):
        spans = {"2021-04-01/P3M": months, **{one: {one} for one in months}}
        for period, inside in spans.items():
            row = whole.filter(place=place, period=period).row(0, named=True)
            assert row["value"] == pytest.approx(by_hand(tables, under, inside))
            if row["value"] is not None:
                assert row["lower"] < row["value"] < row["upper"]
