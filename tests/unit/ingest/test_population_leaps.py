"""Groups of the population that leap from one year to the next: both sides of every edge."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.databases import InFiles
from outturn.ingest.population_leaps import population_leaps


def population(*people: float | None, first: int = 2020) -> pl.DataFrame:
    """One group of one place, a row a year from `first` on, in rows from 2 on."""
    years = [f"{first + at}-01-01/P1Y" for at in range(len(people))]
    return pl.DataFrame(
        {
            "place": "V1", "period": years, "age_group": "75-84", "sex": None,
            "people": pl.Series(people, dtype=pl.Float64), "source": "census",
            "row": range(2, len(people) + 2),
        },
        schema_overrides={"sex": pl.String},
    )  # fmt: skip


def told(rows: pl.DataFrame | InFiles) -> list[str]:
    return list(population_leaps({"population": rows}))


@pytest.mark.parametrize(
    ("then", "now"),
    [(1000, 1999), (1999, 1000), (50, 99), (49, 1), (0, 99), (1000, None), (None, 1000)],
)
def test_a_group_that_grows_or_shrinks_or_is_small_is_not_asked_about(then, now):
    assert told(population(then, now)) == []


@pytest.mark.parametrize(("then", "now"), [(1000, 2000), (2000, 1000), (50, 100), (0, 100)])
def test_a_group_that_doubles_or_halves_is_asked_about(then, now):
    assert told(population(then, now)) == [
        "Table 'population': 'people' is twice what the same group had a year before or more, or "
        "half or less, in row 3 of the source 'census'. It is counted as it is. Look up both years."
    ]


def test_a_slip_in_one_year_is_told_with_the_year_after_too():
    (one,) = told(population(1000, 10_000, 1000, 1010))
    assert "in rows 3 and 4 of the source 'census'. They are counted as they are." in one


def test_years_that_do_not_follow_each_other_are_not_compared():
    assert told(pl.concat([population(1000), population(5000, first=2022)])) == []


def test_another_place_age_or_sex_is_another_group():
    then, now = population(1000), population(5000, first=2021)
    for column in ("place", "age_group", "sex"):
        assert told(pl.concat([then, now.with_columns(pl.lit("other").alias(column))])) == []


def test_no_population_is_nothing_to_ask_about():
    assert list(population_leaps({})) == []


def test_a_row_in_one_of_several_files_is_named_with_its_file(tmp_path):
    rows = population(1000, 2000)
    files = (tmp_path / "kept-1.parquet", tmp_path / "kept-2.parquet")
    for at, file in enumerate(files):
        rows.slice(at, 1).write_parquet(file)
    names = ("population/2020.csv", "population/2021.csv")
    (one,) = told(InFiles(files, ("census", "census"), names=names))
    assert "or half or less, in row 3 of data/population/2021.csv. It is counted" in one
