"""What only Spark can show: that the same definitions come to the same counts there.

The examples of `tests/spec`, and random measures of `tests/property`, by the same engine through
the other half of the table of differences, and that half by itself with values at the edges. Every
query costs Spark a fifth of a second however few rows there are: so of the examples about what
Spark is least likely to do otherwise (conditions, places) only every fourth is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from loading import module
from outturn.databases import Dialect, DuckDB, EngineFault, Sql
from outturn.engine import plain_engine, sql_engine

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed")

from outturn.databases.spark import Spark  # noqa: E402

TESTS = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # Spark's own
]
EXAMPLES = 5  # each of five random measures


drawn = module("spec/conftest.py")
random_ones = module("property/test_engines.py")


def _examples() -> Iterator[tuple[str, Mapping[str, str], str, dict[str, Any]]]:
    """Every example that a spec test draws: its tables, its definition and how it is asked."""
    recorded: list[tuple[str, Mapping[str, str], str, dict[str, Any]]] = []
    for path in sorted((TESTS / "spec").glob("test_*.py")):
        held = vars(module(f"spec/{path.name}"))
        found = [one for one in held.items() if one[0].startswith("test_")]
        for number, (name, test) in enumerate(found):
            if path.stem in WHOLE or number % 4 == 0:

                def record(
                    tables: Mapping[str, str], definition: str, expect: str, *,
                    _name: str = name, **more: Any,
                ) -> None:  # fmt: skip
                    recorded.append((_name, tables, definition, more))

                test(record)
    yield from recorded


@pytest.fixture(scope="module")
def database(spark_session: Any) -> Iterator[Spark]:
    with Spark(spark_session) as opened:
        yield opened


WHOLE = (
    "test_2_tallies",
    "test_9_weights",
    "test_10_means",
)  # files of which every example is asked


def test_examples_of_the_manual_come_out_the_same(database: Spark) -> None:
    examples = list(_examples())
    assert len(examples) > 20
    for name, tables, definition, more in examples:
        measure = drawn.measure_of(definition)
        asked = {**more, "database": database}
        counts = [
            drawn.count_with(plain_engine, tables, measure, **more),
            drawn.count_with(sql_engine, tables, measure, **asked),
        ]
        assert counts[0].equals(counts[1]), name


@st.composite
def gathered(draw: st.DrawFn) -> Any:
    """A random world with several measures, so that one reading of a table serves them."""
    world = draw(random_ones.worlds())
    more = tuple(draw(random_ones.measures(f"m{number}")) for number in range(3))
    return random_ones.replace(world, measures=(*world.measures, *more))


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(world=gathered())
def test_random_measures_come_out_the_same(world: Any, database: Spark) -> None:
    plain = plain_engine.count(world.measures, world.rows, **world.arguments)
    spark = sql_engine.count(world.measures, world.frames, **world.arguments, database=database)
    assert_frame_equal(spark, plain, check_exact=True)


@pytest.fixture(params=["DuckDB", "Spark"])
def either(request: pytest.FixtureRequest, database: Spark) -> Iterator[Dialect]:
    """Each of the databases in turn."""
    if request.param == "Spark":
        yield database
    else:
        with DuckDB(threads=1) as opened:
            yield opened


def day(text: str) -> str:
    return f"cast('{text}' as date)"


def test_the_table_of_differences_says_the_same_in_either(either: Dialect) -> None:
    asked = {
        "days": (either.days(day("2020-02-28"), day("2020-03-01")), 2),
        "no_days": (either.days(day("2020-02-29"), day("2020-02-29")), 0),
        "days_back": (either.days(day("2020-03-01"), day("2020-02-28")), -2),
        "days_far": (either.days(day("1800-01-01"), day("2199-12-31")), 146096),
        "days_of_none": (either.days("cast(null as date)", day("2020-01-01")), None),
        "division": (either.floor_div("23", "12"), 1),
        "whole_division": (either.floor_div("24", "12"), 2),
        "division_of_0": (either.floor_div("0", "12"), 0),
        "division_in_brackets": (either.floor_div("11 + 13", "10 + 2"), 2),
        "first_bit": (either.shift_left("0"), 1),
        "last_bit": (either.shift_left("62"), 2**62),
        "bit_there": (either.bit(str(2**61), "61"), 1),
        "bit_not_there": (either.bit(str(2**61), "60"), 0),
        "bits": (f"({either.shift_left('62')} - {either.shift_left('0')})", 2**62 - 1),
        "whole": (f"({either.whole('cast(7 as decimal(20, 0))')})", 7),
    }
    columns = ", ".join(f"{sql} as {name}" for name, (sql, _) in asked.items())
    found = either.rows("differences", Sql(f"select {columns}")).row(0, named=True)
    assert found == {name: wanted for name, (_, wanted) in asked.items()}


def test_millionths_take_a_half_upwards_in_either(either: Dialect) -> None:
    numbers = [0.1, -0.1, 0.0000005, -0.0000005, 1e9 + 0.1, 0.0000004, None]
    either.table("numbers", pl.DataFrame({"n": range(7), "x": numbers}))
    query = f"select cast({either.millionths('x')} as bigint) as m from numbers order by n"
    found = either.rows("millionths", Sql(query))["m"].to_list()
    assert found == [100_000, -100_000, 1, 0, 1_000_000_000_100_000, 0, None]


def test_texts_and_names_are_the_same_in_either(either: Dialect) -> None:
    odd = 'a b"c`d; drop'
    frame = pl.DataFrame({odd: [True, False, None], "n": [1, 2, 3], "i": [-5, 0, 10**12]})
    either.table("odd", frame)
    query = (
        f"select {either.text(either.quote(odd))} as t, {either.text('i')} as i "
        f"from odd where n <> ? order by n"
    )
    found = either.rows("texts", Sql(query, (2,)))
    assert found.rows() == [("true", "-5"), (None, "1000000000000")]


def test_steps_are_kept_named_and_forgotten_in_either(either: Dialect) -> None:
    either.keep("one", Sql("select 1 as a where 2 = ?", (2,)))
    either.view("two", "select a + 1 as b from one")
    assert either.rows("both", Sql("select a, b from one, two")).rows() == [(1, 2)]
    either.forget("one")
    with pytest.raises(EngineFault, match="step 'gone' failed"):
        either.rows("gone", Sql("select * from one"))


def test_files_are_written_and_read_in_either(either: Dialect, tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    frame.write_parquet(tmp_path / "one.parquet")
    if isinstance(either, DuckDB):
        with DuckDB(reads=[tmp_path]) as reader:
            check_files(reader, frame, tmp_path)
    else:
        check_files(either, frame, tmp_path)


def check_files(database: Dialect, frame: pl.DataFrame, folder: Path) -> None:
    database.parquet("one", [folder / "one.parquet"])
    assert database.rows("all", Sql("select * from one order by a")).equals(frame)
    database.write("one", Sql("select * from one where a > ?", (1,)), folder / "two.parquet")
    database.parquet("two", [folder / "two.parquet"])
    assert database.rows("all", Sql("select * from two")).rows() == [(2, None)]
