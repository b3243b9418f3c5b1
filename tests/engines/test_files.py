"""Tables that stay in files: the same counts as from memory, and unchanged files are not counted
again."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from laying import by_day
from loading import module
from outturn.databases import DuckDB, InFiles
from outturn.engine import sql_engine
from outturn.engine.shards import Memory, shards
from outturn.framework.model import Breakdown, Measure, Tally
from outturn.ingest.store import Store, digest_of
from outturn.terms.period import APRIL, Period, from_key

random_ones = module("property/test_engines.py")


def in_files(folder: Path, name: str, frame: pl.DataFrame, by: str) -> InFiles:
    """The rows of each source apart, and by what a column holds; numbers as ingestion has them."""
    finite = [
        pl.when(pl.col(one).is_finite()).then(pl.col(one)).alias(one)
        for one, kind in frame.schema.items()
        if kind.is_float()
    ]
    frame = frame.with_columns(*finite, pl.col("source").fill_null(""))
    files, sources = [], []
    for number, part in enumerate(frame.partition_by("source", by)):
        files.append(folder / f"{name}-{number:03}.parquet")
        part.write_parquet(files[-1])
        sources.append(part["source"][0])
    if not files:
        files, sources = [folder / f"{name}.parquet"], [""]
        frame.write_parquet(files[0])
    return InFiles(tuple(files), tuple(sources), tuple(digest_of(one) for one in files))


def counts(world: Any, tables: Any, folder: Path | None = None, memory: Any = None) -> Any:
    with DuckDB(threads=2, reads=[folder] if folder else []) as database:
        return sql_engine.count(
            world.measures, tables, **world.arguments, database=database, memory=memory
        )


@by_day(12)
@given(world=random_ones.worlds())
def test_a_table_in_files_is_counted_as_one_in_memory(world: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = {
            one: in_files(folder, one, frame, random_ones.CONTRACTS[one].period)
            for one, frame in world.frames.items()
        }
        memory = Memory(Store(folder / "kept"), "this")
        whole = counts(world, world.frames)
        for _ in range(2):  # worked out, and then remembered
            assert_frame_equal(counts(world, tables, folder, memory), whole, check_exact=True)


@given(data=st.data())
@by_day(8)
def test_a_file_that_changes_is_counted_again(data: st.DataObject) -> None:
    world = data.draw(random_ones.worlds())
    random = Random(data.draw(st.integers(0, 1000)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        memory = Memory(Store(folder / "kept"), "this")
        for number in range(2):
            tables = {}
            for one, frame in world.frames.items():
                if number:
                    frame = frame.filter(
                        pl.Series(
                            [random.random() < 0.8 for _ in range(frame.height)], dtype=pl.Boolean
                        )
                    )
                column = random_ones.CONTRACTS[one].period
                tables[one] = in_files(folder, f"{one}{number}", frame, column)
            found = counts(world, tables, folder, memory)
            assert_frame_equal(found, counts(world, tables, folder), check_exact=True)


def test_files_that_stay_are_counted_again_where_whole_periods_stood_beside_their_parts(
    tmp_path: Path,
) -> None:
    def world(*periods: str) -> Any:
        row = dict.fromkeys((*random_ones.RETURNS.names, "source"))
        return random_ones.World(
            measures=(
                replace(
                    Measure("m", "m", "first", "count", "", "none"),
                    frequency="quarter",
                    numerator=Tally("returns", "count"),
                    breakdowns=(Breakdown("by age", "age"),),
                ),
            ),
            rows={"returns": [{**row, "area": "ward", "period": one} for one in periods]},
            hierarchy="main",
            totals_for=("county",),
            calendar=APRIL,
            as_of=date(2021, 6, 1),
        )

    memory = Memory(Store(tmp_path / "kept"), "this")
    stays = "2020-01-01/P3M"  # the first to be read, and so known by its number too
    for one in (world(stays, "2020-04-01/P3M", "2020-04-01/P1M"), world(stays, "2020-04-01/P3M")):
        frame = one.frames["returns"]
        tables = {"returns": in_files(tmp_path, f"returns{frame.height}", frame, "period")}
        found = counts(one, tables, tmp_path, memory)
        assert_frame_equal(found, counts(one, one.frames), check_exact=True)


def key(text: str) -> Period:
    return from_key(text)


def test_files_that_share_a_base_period_stay_together() -> None:
    files = InFiles(tuple(Path(f"{n}.parquet") for n in range(4)), ("s",) * 4)
    april, may, june = (key(f"2020-0{n}-01/P1M") for n in (4, 5, 6))
    of_each = [[april], [june], [may, april], []]
    base_of = {one: one for one in (april, may, june)}
    found = [[file.name for file in one.files] for one in shards(files, of_each, base_of)]
    assert sorted(found) == [["0.parquet", "2.parquet"], ["1.parquet"], ["3.parquet"]]


def test_a_column_that_a_file_lacks_is_our_fault_and_names_the_step(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "x.parquet")
    with DuckDB(reads=[tmp_path]) as database, pytest.raises(Exception, match="step 'periods'"):
        from outturn.engine.cells import Table

        rows = InFiles((tmp_path / "x.parquet",), ("s",))
        Table(rows, random_ones.EVENTS, (), ()).different(database, "day")
