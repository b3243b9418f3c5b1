"""What only DuckDB can show: that it is kept in its room, and that nothing of a user's is SQL.

Spark: not yet. It comes as a second class of `dialects.py`, and then these tests run on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outturn.contracts import Contract, Field
from outturn.databases import DuckDB, EngineFault, Sql, joined
from outturn.engine import sql_engine
from outturn.framework.model import Breakdown, Condition, Measure, Tally
from outturn.terms.period import APRIL

CONTRACT = Contract(
    name="stays",
    place="place",
    period="day",
    fields=(Field("place"), Field("day", "date"), Field("name"), Field("cost", "number")),
)


def measure(*where: Condition, how: str = "count", column: str = "") -> Measure:
    return Measure(
        id="m", title="m", definition="1", kind="count", unit="", aim="none", frequency="month",
        roll_up="none", numerator=Tally("stays", how, column, where),
    )  # fmt: skip


def counted(measure: Measure, rows: list[dict[str, Any]], **arguments: Any) -> pl.DataFrame:
    schema = {**CONTRACT.schema, "source": pl.String}
    return sql_engine.count(
        [measure],
        {"stays": pl.DataFrame(rows, schema=schema)},
        contracts={"stays": CONTRACT},
        places={},
        hierarchy="main",
        calendar=APRIL,
        as_of=date(2022, 1, 1),
        **arguments,
    )


def row(**cells: Any) -> dict[str, Any]:
    return {
        "place": "Ward",
        "day": date(2021, 5, 1),
        "name": "Ann",
        "cost": 1.0,
        "source": "s",
    } | cells


@pytest.fixture
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


def test_a_value_that_looks_like_sql_is_only_a_value() -> None:
    odd = "x'); drop table given; --"
    counts = counted(measure(Condition("name", "is", (odd,))), [row(name=odd), row()])
    assert counts["numerator"].to_list() == [1.0]


@pytest.mark.parametrize(
    "name", ["a b", 'a"b', "1a", "a;b", "é", "a" * 64, 'x"; drop table given; --', "select", "?"]
)
def test_a_column_may_have_any_name(name: str) -> None:
    contract = replace(CONTRACT, fields=(*CONTRACT.fields, Field(name)))
    rows = [row(**{name: "yes"}), row(**{name: "no"}), row(**{name: None})]
    asked = replace(
        measure(Condition(name, "present"), how="distinct", column=name),
        breakdowns=(Breakdown("by it", name),),
    )
    counts = sql_engine.count(
        [asked],
        {"stays": pl.DataFrame(rows, schema={**contract.schema, "source": pl.String})},
        contracts={"stays": contract},
        places={},
        hierarchy="main",
        calendar=APRIL,
        as_of=date(2022, 1, 1),
    )
    assert counts.select("category", "numerator").rows() == [("all", 2), ("no", 1), ("yes", 1)]


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_name_is_refused(database: DuckDB, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        database.quote(name)


def test_a_failed_step_names_itself_and_its_sql_and_no_value(database: DuckDB) -> None:
    with pytest.raises(EngineFault) as caught:
        database.rows("cells", Sql("select cast(? as integer)", ("Ann Example",)))
    assert "step 'cells' failed" in str(caught.value)
    assert "select cast(? as integer)" in str(caught.value)
    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize(
    "reaching",
    [
        "select * from read_csv('/etc/hostname')",
        "copy (select 1) to 'outturn-must-not-write.csv'",
        "install httpfs",
        "set memory_limit = '99GB'",
    ],
)
def test_it_reaches_no_file_no_network_and_no_setting(database: DuckDB, reaching: str) -> None:
    with pytest.raises(EngineFault):
        database._run("x", Sql(reaching))


def test_memory_threads_and_a_folder_to_spill_to_are_set(database: DuckDB) -> None:
    names = ("memory_limit", "threads", "temp_directory")
    asked = ", ".join(f"current_setting('{name}') as {name}" for name in names)
    found = database.rows("settings", Sql(f"select {asked}")).row(0)
    assert found[0] == "1.8 GiB"
    assert found[1] == 1
    assert "outturn-" in found[2]


def test_the_folder_to_spill_to_is_removed() -> None:
    with DuckDB() as opened:
        folder = Path(opened._folder.name)
        assert folder.exists()
    assert not folder.exists()


def test_frames_go_in_and_out_without_pyarrow(database: DuckDB) -> None:
    given = pl.DataFrame({"a": [1, None], "b": ["x", None], "c": [date(2021, 5, 1), None]})
    database.table("given", given)
    assert database.rows("all", Sql("select * from given order by a nulls last")).equals(given)


def test_a_frame_without_rows_is_a_table_without_rows(database: DuckDB) -> None:
    database.table("given", pl.DataFrame(schema={"a": pl.Int64}))
    assert database.rows("all", Sql("select * from given")).height == 0


def test_a_database_given_by_the_caller_stays_open(database: DuckDB) -> None:
    for _ in range(2):
        assert counted(measure(), [row()], database=database)["numerator"].to_list() == [1.0]


def test_a_table_without_rows_gives_no_counts() -> None:
    assert counted(measure(), []).is_empty()


def test_a_denominator_without_rows_leaves_the_numerator() -> None:
    stays = pl.DataFrame([row()], schema={**CONTRACT.schema, "source": pl.String})
    rate = replace(measure(), denominator=Tally("none", "count"))
    counts = sql_engine.count(
        [rate],
        {"stays": stays, "none": stays.clear()},
        contracts={"stays": CONTRACT, "none": replace(CONTRACT, name="none")},
        places={},
        hierarchy="main",
        calendar=APRIL,
        as_of=date(2022, 1, 1),
    )
    assert counts.select("numerator", "denominator").rows() == [(1.0, None)]


def test_more_sources_than_one_whole_number_has_bits_for() -> None:
    names = [f"s{number:03}" for number in range(130)]
    counts = counted(measure(), [row(source=name) for name in names])
    assert counts["source"].to_list() == [", ".join(names)]


def test_sums_are_exact_where_floats_are_not() -> None:
    costs = [0.1] * 11
    found = counted(measure(how="sum", column="cost"), [row(cost=cost) for cost in costs])
    assert found["numerator"].to_list() == [1.1]
    assert sum(costs) != 1.1


def test_pieces_keep_their_values_in_order() -> None:
    piece = Sql("a = ?", (1,)) + " and " + joined(" or ", [Sql("b = ?", (2,)), "c"])
    assert piece == Sql("a = ? and b = ? or c", (1, 2))
