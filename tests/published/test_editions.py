"""A value published again stays beside the value it replaces, each with its edition."""

from __future__ import annotations

from types import ModuleType

import polars as pl
import pytest

from outturn.framework.model import Measure

pytestmark = pytest.mark.published

CELL = ["measure", "place", "period"]


@pytest.fixture(scope="module")
def shared(
    tidy: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> pl.DataFrame:
    """Outcomes that two releases give: the earlier `value` beside the `later` one."""
    named = recomputation.named(tidy, measures).filter(pl.col("value").is_not_null())
    later = pl.col("edition") == recomputation.WORKBOOK_EDITION
    second = named.filter(later & (pl.col("breakdown") == "all"))
    return named.filter(~later).join(
        second.select(*CELL, "note", pl.col("value").alias("later")), on=CELL, suffix="_later"
    )


def test_5453_council_outcomes_are_in_two_releases_and_125_were_restated(
    shared: pl.DataFrame, recomputation: ModuleType
) -> None:
    councils = shared.filter((recomputation.kind() == "council") & (pl.col("period") < "2020"))
    restated = councils.filter(pl.col("value") != pl.col("later"))
    assert councils["period"].unique().sort().to_list() == [
        "2015/16", "2016/17", "2017/18", "2018/19",
    ]  # fmt: skip
    # Ten outcomes of two councils are printed with an empty bracket, `62.1 (:)`, and stand in the
    # tidy totals as a text without a value: a count of values there misses them.
    empty_bracket = pl.col("note_later").str.contains("outcome [^;]*\\(:\\)").fill_null(False)
    assert councils.filter(empty_bracket).height == 10
    with_value = councils.filter(~empty_bracket)
    assert (with_value.height, with_value.height - restated.height) == (5453, 5328)
    assert restated.height == 125
    assert restated.select("measure", "period").unique().rows() == [
        ("quality_of_life_adjusted", "2016/17")
    ]
    assert (restated["value"] - restated["later"]).abs().max() == pytest.approx(0.027)


def test_the_18_councils_surveyed_in_2020_21_have_the_same_value_in_two_releases(
    shared: pl.DataFrame,
) -> None:
    rows = shared.filter(pl.col("period") == "2020/21")
    assert rows["place"].n_unique() == 18
    assert (rows.height, rows.filter(pl.col("value") != pl.col("later")).height) == (126, 0)


def test_easy_to_find_information_was_restated_above_councils(
    shared: pl.DataFrame, recomputation: ModuleType
) -> None:
    rows = shared.filter(
        (pl.col("measure") == "easy_to_find_information_carers") & (pl.col("period") == "2018/19")
    )
    changed = rows.filter(pl.col("value") != pl.col("later"))
    assert changed.filter(recomputation.kind() == "England").select("value", "later").row(0) == (
        62.3, 62.5,
    )  # fmt: skip
    assert changed.filter(recomputation.kind() == "region").height == 9
    assert changed.filter(recomputation.kind() == "council type").height == 4
    assert changed.filter(recomputation.kind() == "council").height == 0


def test_both_values_are_kept_each_with_its_edition(tidy: pl.DataFrame) -> None:
    cell = (pl.col("period") == "2018/19") & (pl.col("place") == "E92000001")
    carers = tidy.filter(cell & pl.col("measure").is_in(["3D(2)", "3C(2)"]))
    kept = carers.filter(pl.col("margin") > 0).sort("edition").select("scheme", "edition", "value")
    assert kept.rows() == [
        ("ASCOF to 2022-23", "2019-11-01", 62.3),
        ("ASCOF from 2023-24", "2026-01-23", 62.5),
    ]


def test_the_workbook_and_the_tidy_totals_say_the_same_of_its_edition(
    workbook: pl.DataFrame, tidy: pl.DataFrame, recomputation: ModuleType
) -> None:
    key = ["measure", "place_name", "place", "period", "breakdown", "category"]
    part = tidy.filter(pl.col("edition") == recomputation.WORKBOOK_EDITION)
    said = [*key, "value", "numerator", "denominator", "margin", "absent"]
    assert part.select(said).sort(key).equals(workbook.select(said).sort(key))
