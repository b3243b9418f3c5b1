"""From tables to judged figures: what the day of the build and doubled rows do to them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.commands.build import build
from outturn.vintages import open_

SAID = (
    "April 2025 and 1 other period: The table 'admissions' holds rows for Vale itself and for "
    "places under it; both are counted."
)


@pytest.fixture
def doubled(copied, vale):
    """The folder with a row of the whole place in two of the months; not yet built again."""
    folder = copied(vale)
    with (folder / "data" / "admissions.csv").open("a", encoding="utf-8") as file:
        file.write("Vale,2025-04-01,70,3\nVale,2025-05-01,80,4\nVale,2025-05-01,60,9\n")
    return folder


def told(folder):
    found = pl.DataFrame(open_(folder / "vintages").scan("findings").collect())
    return found.filter(pl.col("rule") == "parts and whole")


@pytest.mark.parametrize(("disclosure", "size"), [("social care", None), ("none", 7.0)])
def test_rows_of_a_place_and_of_its_parts_are_told_and_no_small_number_with_them(
    doubled, disclosure, size
):
    settings = doubled / "outturn.toml"
    text = settings.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("disclosure"))
    settings.write_text(text.replace(line, f'disclosure = "{disclosure}"'), encoding="utf-8")
    build(doubled)
    assert told(doubled).select("measure", "place", "finding", "size").rows() == [
        ("emergency_admissions", "HOME", SAID, size)
    ]


def test_a_table_of_parts_alone_is_not_told_of(vale):
    assert told(vale).is_empty()


@pytest.mark.parametrize(("as_of", "ranked"), [(date(2026, 9, 30), 0), (date(2026, 11, 30), 4)])
def test_a_period_that_is_not_over_is_not_ranked(copied, vale, as_of, ranked):
    folder = copied(vale)
    build(folder, as_of=as_of)
    found = open_(folder / "vintages").scan("benchmarks").collect()
    assert found.height == 4
    assert found["rank"].count() == ranked
    assert found["comparator_value"].count() == ranked
