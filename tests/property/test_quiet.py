"""Months without an event: chance or a gap, by both engines, in memory and in files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import exp
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, example, find, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from laying import given_to
from outturn.contracts import Contract, Field
from outturn.databases import InFiles
from outturn.engine import plain_engine, sql_engine
from outturn.engine.quiet import Usual
from outturn.framework.model import Measure, Place, Tally
from outturn.terms.period import Calendar

CALLS = Contract(
    name="calls", place="place", period="day", events=True,
    fields=(Field("place"), Field("day", "date"), Field("answered", "date")),
)  # fmt: skip
LIVING = Contract(
    name="living", place="place", period="period",
    fields=(Field("place"), Field("period"), Field("people", "integer")),
)  # fmt: skip
CONTRACTS = {"calls": CALLS, "register": replace(CALLS, name="register"), "living": LIVING}
PLACES = {one: Place(one, one, "council", {"main": "Both"}) for one in "NS"}
PLACES["Both"] = Place("Both", "Both", "region")
PEOPLE = [
    {"place": place, "period": f"{year}-01-01/P1Y", "people": 1000, "source": "p"}
    for place in "NS"
    for year in range(2019, 2028)
]
FIRST, AS_OF = date(2024, 1, 1), date(2026, 6, 30)
RATE = Measure(
    id="m", title="m", definition="1", kind="rate", unit="", aim="none",
    frequency="month", roll_up="sum", aggregate="total over total",
    numerator=Tally("calls", "count"), denominator=Tally("living", "sum", "people", of_year=True),
)  # fmt: skip
Rows = list[dict[str, Any]]


def _rows(random: Random, number: int, months: int, spared: Sequence[int]) -> Rows:
    """So many rows, none of them in the months that are spared; a tenth of the cells is empty."""
    days = [FIRST + timedelta(days=random.randrange(30 * months)) for _ in range(number)]
    kept = [day for day in days if (day.year - 2024) * 12 + day.month not in spared]
    return [
        {
            "place": random.choice("NS"),
            "day": random.choice([day] * 9 + [None]),
            "answered": day + timedelta(days=random.randrange(60)),
            "source": random.choice("ab"),
        }
        for day in kept
    ]


SEEDS = st.integers(0, 2**32)
# This learns from few examples what it can learn at all.
FEWER = settings(max_examples=max(settings.default.max_examples // 5, 1))


def tables(seed: int) -> dict[str, Rows]:
    """Some rows a month to some ten, with months that have none, and at times a stray of 2020."""
    random = Random(seed)
    months = random.choice([6, 14, 30])
    found = {}
    for name in ("calls", "register"):
        number = random.choice([2, 20, 70, 120, 200])
        spared = [random.randint(2, months) for _ in range(random.randrange(5))]
        found[name] = _rows(random, number, months, spared)
        if random.random() < 0.3:
            stray = date(2020, 5, 2)
            found[name].append({"place": "N", "day": stray, "answered": stray, "source": "a"})
    return found


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    tally = Tally("calls", "count", on=draw(st.sampled_from(["", "", "answered"])))
    return replace(
        RATE,
        numerator=tally,
        frequency=draw(st.sampled_from(["month", "month", "quarter", "year"])),
        supplied=draw(st.sampled_from(["", "", "register", "calls"])),
        denominator=draw(st.sampled_from([RATE.denominator, None])),
    )


def counted(
    engine: Any, tables: dict[str, Rows], measure: Measure = RATE, files: Path | None = None
) -> pl.DataFrame:
    given = given_to(engine, {**tables, "living": PEOPLE}, CONTRACTS)
    if files:
        given["calls"] = _in_files(given["calls"], files)
    found: pl.DataFrame = engine.count(
        [measure], given, contracts=CONTRACTS, places=PLACES, hierarchy="main",
        calendar=Calendar(), as_of=AS_OF,
    )  # fmt: skip
    return found


def _in_files(rows: pl.DataFrame, folder: Path) -> InFiles:
    files, sources = [], []
    parts = rows.with_columns(year=pl.col("day").dt.year()).partition_by("source", "year")
    for nth, part in enumerate(parts):
        files.append(folder / f"{nth}.parquet")
        part.drop("year").write_parquet(files[-1])
        sources.append(part["source"][0])
    return InFiles(tuple(files), tuple(sources))


@given(seed=SEEDS, measure=measures())
def test_the_engines_agree_on_months_without_an_event(seed: int, measure: Measure) -> None:
    judged = counted(plain_engine, tables(seed), measure)
    assert_frame_equal(counted(sql_engine, tables(seed), measure), judged)


@FEWER
@given(seed=SEEDS)
def test_files_are_looked_at_as_one_table(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, drawn = tmp_path_factory.mktemp("files"), tables(seed)
    if drawn["calls"]:
        assert_frame_equal(counted(sql_engine, drawn, files=folder), counted(sql_engine, drawn))


@pytest.mark.parametrize("what", ["a month of 0", "a month not supplied"])
def test_both_kinds_of_month_are_drawn(what: str) -> None:
    """Among tables of more than a hundred rows too, of which a stray opens no month."""

    def has(seed: int) -> bool:
        drawn = tables(seed)
        if len(drawn["calls"]) < 110:
            return False
        found = counted(plain_engine, drawn).filter(pl.col("period") > "2024")
        months = found.filter(pl.col("period").str.ends_with("P1M"), pl.col("place") == "Both")
        if what == "a month of 0":
            return bool((months["numerator"] == 0).any())
        return bool(months["why"].drop_nulls().str.contains("was not supplied").any())

    find(SEEDS, has, settings=settings(max_examples=200, phases=[Phase.generate]))


@pytest.mark.parametrize("engine", [sql_engine, plain_engine])
def test_a_stray_row_of_long_ago_makes_no_time_of_few_rows(engine: Any) -> None:
    """Nine a month and none in June: with a row of 2019 there are 1.5 a month, were it to count."""
    days = [date(2024, month, 3 * nth) for month in range(1, 13) for nth in range(1, 10)]
    rows = [
        {"place": "N", "day": day, "answered": day, "source": "a"} for day in days if day.month != 6
    ]
    assert len(rows) == 99  # and so each month with a row counts: one more, and the stray does not
    one_more = {**rows[0]}
    stray = {**rows[0], "day": date(2019, 5, 2)}
    found = counted(engine, {"calls": [*rows, one_more, stray], "register": []})
    told = dict(found.filter(pl.col("place") == "N").select("period", "why").iter_rows())
    assert told["2024-06-01/P1M"] == "June 2024 was not supplied."
    assert told["2020-01-01/P1M"] == "January 2020 was not supplied."
    assert told["2024-07-01/P1M"] is None


@given(rows=st.integers(0, 1000), bases=st.integers(1, 100), empty=st.integers(1, 50))
@example(rows=60, bases=12, empty=1)
@example(rows=59, bases=12, empty=1)
def test_chance_explains_what_is_more_likely_than_e_to_the_minus_five(
    rows: int, bases: int, empty: int
) -> None:
    """The probability that a Poisson process has none in a time, by its closed form."""
    expected = Fraction(rows * empty, bases)
    assert Usual(rows, bases).explains(empty) == (expected < 5)
    if abs(expected - 5) > Fraction(1, 10**6):
        assert Usual(rows, bases).explains(empty) == (exp(-expected) > exp(-5))
