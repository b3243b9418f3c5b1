"""How far back records reach: DuckDB and the plain judge agree, and one stray end opens nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.databases import DuckDB, Sql
from outturn.ingest.derivations.plain.reach import first_day
from outturn.ingest.derivations.reach import before, reach

KINDS = {"place": pl.String, "source": pl.String, "ended_on": pl.Date}
FIRST = date(2024, 4, 1)
Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Up to some hundred rows of two sources in many months, and some of long ago."""
    random = Random(draw(st.integers(0, 2**32)))
    number, early = draw(st.sampled_from([0, 5, 90, 150, 400])), draw(st.integers(0, 8))
    spread = draw(st.sampled_from([300, 800, 2000]))
    days = [FIRST + timedelta(days=random.randrange(spread)) for _ in range(number)]
    days += [FIRST - timedelta(days=random.randrange(90)) for _ in range(early)]
    return [
        {
            "place": random.choice("NS"),
            "source": random.choice("aab"),
            "ended_on": random.choice([day] * 9 + [None]),
        }
        for day in days
    ]


def reached(database: DuckDB, rows: Rows) -> dict[str, date]:
    database.table("ended", pl.DataFrame(rows, schema=KINDS))
    found = database.run(reach("ended", "ended_on"), Sql("select * from reach_of_places"))
    return dict(found.select("place", "reached_on").iter_rows())


@given(rows=tables())
def test_duckdb_agrees_with_the_judge(rows: Rows, database: DuckDB) -> None:
    judged = {
        place: first_day(rows, place, "ended_on") for place in {str(one["place"]) for one in rows}
    }
    assert reached(database, rows) == {place: day for place, day in judged.items() if day}


@given(days=st.lists(st.integers(0, 364), min_size=100, max_size=300))
def test_one_end_long_ago_moves_no_first_month(days: list[int], database: DuckDB) -> None:
    rows: Rows = [
        {"place": "N", "source": "a", "ended_on": FIRST + timedelta(days=day)} for day in days
    ]
    stray: Rows = [{"place": "N", "source": "a", "ended_on": date(2019, 6, 5)}]
    assert reached(database, rows + stray) == reached(database, rows)
    early = database.rows("before", before("ended", "ended_on").query).item()
    reached(database, rows + stray)
    assert database.rows("before", before("ended", "ended_on").query).item() == early + 1


@given(days=st.lists(st.integers(0, 364), min_size=1, max_size=98))
def test_a_small_table_loses_none_of_its_months(days: list[int], database: DuckDB) -> None:
    rows: Rows = [
        {"place": "N", "source": "a", "ended_on": FIRST + timedelta(days=day)} for day in days
    ]
    assert reached(database, rows) == {"N": FIRST + timedelta(days=min(days))}
