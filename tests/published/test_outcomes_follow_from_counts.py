"""Official outcomes are worked out again from their printed numerators and denominators."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from outturn.framework.model import Measure

pytestmark = pytest.mark.published

EXACT_YEARS = ("2018/19", "2020/21")
# Councils, regions and England: how many outcomes each measure has with both counts.
CELLS = {
    "1C(1a)": (162, 160), "1C(1b)": (160, 157), "1C(2a)": (162, 160), "1C(2b)": (162, 157),
    "1E": (161, 159), "1G": (161, 159), "2A(1)": (162, 160), "2A(2)": (162, 160),
    "2B(1)": (162, 157), "2B(2)": (162, 160), "2D": (162, 160),
}  # fmt: skip
# Published as 0 over a denominator of 0: nothing follows from it.
NOTHING_OF_NOTHING = {("1C(2b)", "2018/19", "E06000008"), ("1C(2b)", "2018/19", "E10000027")}
NOT_DIVIDED = "It is a count as published; there is nothing to divide."


@pytest.fixture(scope="module")
def exact(
    ascof: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> pl.DataFrame:
    figures = recomputation.old_families(ascof).filter(pl.col("period").is_in(EXACT_YEARS))
    return recomputation.recomputed(figures, measures)


@pytest.fixture(scope="module")
def from_client_level_data(
    ascof: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> pl.DataFrame:
    return recomputation.recomputed(recomputation.cld(ascof), measures)


def test_every_code_of_the_releases_has_its_measure(ascof: pl.DataFrame) -> None:
    assert ascof.filter(pl.col("measure").is_null())["code"].unique().to_list() == []


@pytest.mark.parametrize(("code", "cells"), CELLS.items())
def test_every_outcome_of_2018_19_and_2020_21_follows(
    code: str, cells: tuple[int, int], exact: pl.DataFrame
) -> None:
    rows = exact.filter(pl.col("code") == code)
    found = tuple(rows.filter(pl.col("period") == year).height for year in EXACT_YEARS)
    assert found == cells
    missed = rows.filter(~pl.col("made").fill_null(False))
    known = {key for key in NOTHING_OF_NOTHING if key[0] == code}
    assert set(missed.select("code", "period", "place").iter_rows()) == known
    assert missed["denominator"].to_list() == [0.0] * len(known)


def test_outcomes_of_2018_19_and_2020_21_cover_councils_regions_and_england(
    exact: pl.DataFrame, recomputation: ModuleType
) -> None:
    kinds = exact.group_by("period", recomputation.kind().alias("kind")).agg(
        pl.col("place").n_unique()
    )
    assert sorted(kinds.iter_rows()) == [
        ("2018/19", "England", 1), ("2018/19", "council", 152), ("2018/19", "region", 9),
        ("2020/21", "England", 1), ("2020/21", "council", 150), ("2020/21", "region", 9),
    ]  # fmt: skip


def test_outcomes_from_client_level_data_follow_or_rounding_explains_them(
    from_client_level_data: pl.DataFrame, recomputation: ModuleType
) -> None:
    shares = from_client_level_data.group_by("code").agg(pl.len(), pl.col("made").mean())
    assert sorted(shares["code"]) == sorted(recomputation.CLD_CODES)
    assert shares.filter(pl.col("made") < 0.95)["code"].to_list() == []
    unexplained = from_client_level_data.filter(~pl.col("made") & ~pl.col("allowed"))
    assert unexplained.select("code", "place_name").rows() == []


def test_every_council_outcome_from_client_level_data_follows(
    from_client_level_data: pl.DataFrame, recomputation: ModuleType
) -> None:
    councils = from_client_level_data.filter(recomputation.kind() == "council")
    assert councils.height == 1483
    assert councils.filter(~pl.col("made")).height == 0


def test_exceptions_from_client_level_data_are_all_above_councils(
    from_client_level_data: pl.DataFrame, recomputation: ModuleType
) -> None:
    missed = from_client_level_data.filter(~pl.col("made")).group_by("code").len()
    assert dict(missed.iter_rows()) == {
        "2A": 1, "2B": 4, "2C": 8, "2D(1)": 1, "2E(1)": 2, "2E(2a)": 1, "3D(1a)": 1,
    }  # fmt: skip


def test_safeguarding_outcomes_lie_inside_the_rounding_of_their_counts(
    ascof: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> None:
    rows = recomputation.recomputed(recomputation.others(ascof), measures)
    assert rows.filter(pl.col("code") == "4B").height == 330
    assert rows.filter(~pl.col("allowed")).height == 0
    assert rows.filter((pl.col("code") == "6B") & ~pl.col("made")).height == 0


def test_2014_15_lies_inside_the_rounding_of_its_counts(
    ascof: pl.DataFrame, recomputation: ModuleType, measures: dict[str, Measure]
) -> None:
    first = recomputation.old_families(ascof).filter(pl.col("period") == "2014/15")
    rows = recomputation.recomputed(first, measures)
    missed = rows.filter(~pl.col("allowed"))
    # Both counts are printed as 0, so no figure follows from them.
    assert missed.select("code", "place_name", "denominator").sort("code").rows() == [
        ("1E", "Isles of Scilly", 0.0), ("1G", "Isles of Scilly", 0.0),
    ]  # fmt: skip


def test_what_is_not_recomputed_says_why(measures: dict[str, Measure]) -> None:
    reasons = {id: one.not_recomputed for id, one in measures.items() if not one.recompute}
    surveys = {id for id, one in measures.items() if "survey" in one.source.lower()}
    assert len(surveys) == 17
    assert surveys <= set(reasons)
    assert all("survey" in reasons[id] for id in surveys)
    assert all(reasons.values())


def test_a_survey_outcome_does_not_follow_from_its_weighted_counts(tidy: pl.DataFrame) -> None:
    cell = tidy.filter(
        (pl.col("measure") == "1B")
        & (pl.col("scheme") == "ASCOF to 2022-23")
        & (pl.col("place") == "E10000006")
        & (pl.col("period") == "2018/19")
    )
    printed = cell.select("value", "numerator", "denominator", "margin").row(0)
    assert printed == (79.9, None, 430.0, 3.8)
    assert cell["note"].item() == "printed numerator 4900; printed denominator 6130"


def test_the_page_says_what_the_data_say(data: Path, recomputation: ModuleType) -> None:
    page = recomputation.ROOT / "docs" / "explanation" / "recomputation.md"
    printed = "\n".join(recomputation.page(data)) + "\n"
    assert page.read_text(encoding="utf-8") == printed, "run docs/generate_recomputation.py again"
