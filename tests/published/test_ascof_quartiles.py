"""Quartiles of all English councils, from the open ASCOF data, beside those that were published."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from outturn.benchmarking import benchmarks
from outturn.framework.model import Comparator, Measure, Place
from outturn.statistics.quantiles import RULES
from outturn.terms.records import VALUES, fitted
from outturn.terms.written_periods import parse

SHARED = Path(os.environ.get("OUTTURN_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = SHARED / "england" / "ascof_tidy_totals_2014-15_to_2024-25.csv.gz"
LEICESTERSHIRE = "E10000018"
pytestmark = [
    pytest.mark.published,
    pytest.mark.skipif(not FILE.exists(), reason="the open ASCOF data are not on this machine"),
]


@pytest.fixture(scope="module")
def outcomes():
    data = pl.read_csv(FILE, infer_schema_length=0)
    wanted = (pl.col("measure_type") == "outcome") & (pl.col("level") == "Council")
    return data.filter(wanted & (pl.col("src") == "ods2425"))


def ranked(outcomes, year, column, code, aim, decimals=1, rule=None):
    rows = outcomes.filter((pl.col("year") == year) & (pl.col(column) == code))
    values = fitted(
        rows.select(
            measure=pl.lit("m"), place="ons_code", breakdown=pl.lit("all"),
            category=pl.lit("all"), value=pl.col("value").cast(pl.Float64),
            period=pl.lit(parse(year, form="financial year").key),
        ),
        VALUES,
    )  # fmt: skip
    # Some of them are proportions and some are rates or scores: nothing here turns on which.
    measure = Measure("m", code, "1", "score", "%", aim, decimals=decimals, reported=True)
    group = Comparator("england", "All councils", (), "mean of members", kind="council")
    places = {code: Place(code, code, "council") for code in values["place"]}
    asked = {"quartile_rule": rule} if rule else {}
    return benchmarks(
        values, measures={"m": measure}, comparators={"england": group}, places=places, **asked
    )


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("code", ["3D1", "1I1"])
def test_two_published_quartiles_of_leicestershire_are_computed_and_agree(outcomes, code, rule):
    found = ranked(outcomes, "2019-20", "old_code", code, "higher", rule=rule)
    own = found.filter(pl.col("place") == LEICESTERSHIRE).row(0, named=True)
    assert own["quartile"] == "bottom"


@pytest.mark.parametrize(
    ("code", "aim", "decimals", "councils", "different"),
    [
        ("1A", "higher", 1, 152, 25),
        ("1B", "higher", 3, 152, 66),
        ("2A", "higher", 1, 146, 129),
        ("2B", "lower", 1, 150, 112),
        ("2C", "lower", 1, 152, 149),
        ("3D1a", "higher", 1, 152, 78),
        ("6A", "lower", 1, 151, 107),
    ],
)
def test_councils_and_different_values_are_as_counted_in_the_reference(
    outcomes, code, aim, decimals, councils, different
):
    found = ranked(outcomes, "2024-25", "new_code", code, aim, decimals)
    known = found.filter(pl.col("rank").is_not_null())
    assert (len(known), known["value"].n_unique()) == (councils, different)
    assert set(known["with_value"]) == {councils}


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("1A", "152 members share 25 values: a quartile does not separate them."),
        ("3D1a", "60 of 152 members share one value: a quartile does not separate them."),
    ],
)
def test_few_values_and_many_ties_are_said(outcomes, code, note):
    found = ranked(outcomes, "2024-25", "new_code", code, "higher")
    assert all(note in text for text in found.filter(pl.col("rank").is_not_null())["note"])
