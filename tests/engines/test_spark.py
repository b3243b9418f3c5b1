"""What only Spark can show: that the same definitions come to the same counts there.

Every example of `tests/spec`, and random measures of `tests/property`, by the same engine through
the other half of the table of differences.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from outturn.engine import plain_engine, sql_engine

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed")

from outturn.databases.spark import Spark, local_session  # noqa: E402

TESTS = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # Spark's own
]
# So few rows need no compiling, no spreading over tasks and no second thoughts about a plan.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}
EXAMPLES = 12  # each of several random measures


def _module(path: Path) -> ModuleType:
    name = f"{path.stem}_for_spark"
    found = importlib.util.spec_from_file_location(name, path)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    found.loader.exec_module(module)
    return module


drawn = _module(TESTS / "spec" / "conftest.py")
random_ones = _module(TESTS / "property" / "test_engines.py")


def _examples() -> Iterator[tuple[str, Mapping[str, str], str, dict[str, Any]]]:
    """Every example that a spec test draws: its tables, its definition and how it is asked."""
    recorded: list[tuple[str, Mapping[str, str], str, dict[str, Any]]] = []
    for path in sorted((TESTS / "spec").glob("test_*.py")):
        for name, test in vars(_module(path)).items():
            if name.startswith("test_"):

                def record(
                    tables: Mapping[str, str], definition: str, expect: str, *,
                    _name: str = name, **more: Any,
                ) -> None:  # fmt: skip
                    recorded.append((_name, tables, definition, more))

                test(record)
    yield from recorded


@pytest.fixture(scope="module")
def database() -> Iterator[Spark]:
    session = local_session(threads=2, memory="1g")
    session.sparkContext.setLogLevel("ERROR")
    before = {name: session.conf.get(name, None) for name in SMALL}
    for name, value in SMALL.items():
        session.conf.set(name, value)
    with Spark(session) as opened:
        yield opened
    for name, value in before.items():
        session.conf.set(name, value) if value else session.conf.unset(name)
    session.stop()


def test_every_example_of_the_manual_comes_out_the_same(database: Spark) -> None:
    examples = list(_examples())
    assert len(examples) > 80
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


def test_a_table_is_read_from_files(database: Spark, tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    frame.write_parquet(tmp_path / "one.parquet")
    database.parquet("one", [tmp_path / "one.parquet"])
    from outturn.databases import Sql

    assert database.rows("all", Sql("select * from one order by a")).equals(frame)
