"""Within a derivation every row of a folder of files has a number of its own."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outturn.contracts import Contract
from outturn.contracts.model import Field
from outturn.databases import DuckDB, InFiles, Sql
from outturn.ingest.derivations.numbered import OF_A_FILE, as_in_the_files, read_into

CONTRACTS = {"stays": Contract("stays", (Field("stay"),))}
FILES = st.lists(st.lists(st.integers(2, 9), min_size=1, unique=True), min_size=1, max_size=4)


def frames(files: list[list[int]]) -> list[pl.DataFrame]:
    """A table for each file; its rows bear their numbers in the order of the file."""
    made = []
    for number, rows in enumerate(files):
        stays = [f"{number}-{row}" for row in sorted(rows)]
        made.append(
            pl.DataFrame(
                {"stay": stays, "source": ["s"] * len(rows), "row": sorted(rows)},
                schema={"stay": pl.String, "source": pl.String, "row": pl.Int64},
            )
        )
    return made


def read(table: pl.DataFrame | InFiles) -> pl.DataFrame:
    folders = table.folders if isinstance(table, InFiles) else ()
    with DuckDB(reads=folders) as database:
        read_into(database, {"stays": table}, CONTRACTS)
        return database.rows("all", Sql('select stay, source, "row" from stays'))


@given(files=FILES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_two_rows_of_a_folder_have_one_number_and_all_come_back(files, tmp_path: Path):
    tables = frames(files)
    paths = []
    for number, table in enumerate(tables):
        paths.append(tmp_path / f"{number}.parquet")
        table.write_parquet(paths[-1])
    in_files = read(InFiles(tuple(paths), ("s",) * len(paths)))
    in_memory = read(pl.concat(tables))
    wanted = pl.concat(tables).sort("stay")
    for found in (in_files, in_memory):
        assert found.select(pl.struct("source", "row").is_unique().all()).item()
        back = as_in_the_files(found).select(wanted.columns).sort("stay")
        assert back.equals(wanted)
    order = [one.sort("row")["stay"].to_list() for one in (in_files, in_memory)]
    assert order[0] == order[1]  # a tie is decided alike


def test_a_source_of_one_file_keeps_its_numbers(tmp_path):
    [table] = frames([[2, 3, 9]])
    assert read(table)["row"].to_list() == [2, 3, 9]
    table.write_parquet(tmp_path / "x.parquet")
    found = read(InFiles((tmp_path / "x.parquet",), ("s",)))
    assert found["row"].to_list() == [2, 3, 9]
    assert OF_A_FILE > 10**12


@pytest.mark.parametrize("rows", [[], [5]])
def test_few_rows_are_no_folder(rows):
    [table] = frames([rows])
    assert read(table)["row"].to_list() == rows
