"""A median from definition to explanation: counted in halves, told as what it is."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.commands.build import build
from outturn.commands.explain import explain
from outturn.vintages import open_

MEASURE = """
title = "Age at emergency admission"
definition = "1"
kind = "{kind}"
unit = "years"
aim = "none"
people = "rows"
frequency = "month"

[numerator]
table = "admissions"
{kind} = "age"
{more}
"""


@pytest.fixture
def built(vale, copied):
    def with_measure(kind: str, more: str = ""):
        folder = copied(vale)
        file = folder / "framework" / "measures" / "age_at_admission.toml"
        file.write_text(MEASURE.format(kind=kind, more=more), encoding="utf-8")
        build(folder)
        return folder

    return with_measure


@pytest.mark.parametrize(
    ("kind", "more", "parts", "which"),
    [
        ("median", "", 2, "the middle of {} rows: median of age in admissions"),
        ("percentile", "at = 90", 10,
         "the 90th percentile of {} rows: 90th percentile of age in admissions"),
    ],
)  # fmt: skip
def test_a_median_is_told_as_one_of_many_in_order(built, kind, more, parts, which):
    folder = built(kind, more)
    values = open_(folder / "vintages").read("values")
    row = values.filter(
        measure="age_at_admission", place="HOME", period="2026-11-01/P1M", breakdown="all"
    ).row(0, named=True)
    assert row["value"] == row["numerator"] / parts
    assert row["denominator"] == row["rows"]
    told = explain(folder, "age_at_admission", "HOME", "2026-11")["Counts"]
    assert told == [
        which.format(f"{row['denominator']:,.0f}"),
        f"method: numerator ÷ {parts}",
        f"counted in whole parts of which {parts} make one: {row['numerator']:,.10g}",
    ]


def test_the_limits_of_a_median_are_told_with_it_and_withheld_with_it(built):
    folder = built("median")
    store = open_(folder / "vintages")
    rows = store.read("values").filter(measure="age_at_admission")
    limited = rows.filter(pl.col("interval").is_not_null())
    assert limited["denominator"].min() >= 6  # fewer have no limits
    assert limited.filter(~pl.col("value").is_between("lower", "upper")).is_empty()
    row = limited.filter(place="HOME", period="2026-11-01/P1M", breakdown="all").row(0, named=True)
    head = next(iter(explain(folder, "age_at_admission", "HOME", "2026-11").values()))
    assert f"limits {row['lower']:.1f} to {row['upper']:.1f}: order statistics, 95%" in [
        line.replace(" years", "") for line in head
    ]
    withheld = store.read("counts").filter(measure="age_at_admission", absent="suppressed")
    assert withheld.height and withheld.select("lower", "upper").null_count().row(0) == (
        withheld.height,
        withheld.height,
    )


def test_a_median_of_few_is_withheld_however_large_and_one_of_many_is_told_however_small(
    built, edited
):
    folder = built("median")
    released = open_(folder / "vintages").read("counts").filter(measure="age_at_admission")
    withheld = pl.col("absent") == "suppressed"
    counted = pl.read_parquet(next((folder / "vintages").rglob("found.parquet")))
    few = counted.filter(measure="age_at_admission").filter(pl.col("denominator").is_between(1, 4))
    assert released.filter(withheld).height == few.height
    assert released.filter(~withheld & (pl.col("denominator") < 5)).is_empty()


def test_explain_says_why_a_median_of_a_rounded_number_has_no_chance(vale, copied):
    folder = copied(vale)
    settings = folder / "outturn.toml"
    lines = [one for one in settings.read_text().splitlines() if not one.startswith("disclosure")]
    settings.write_text("\n".join(['disclosure = "hospital"', *lines, ""]))
    measure = MEASURE.format(kind="median", more="").replace('"none"', '"lower"')
    (folder / "framework/measures/age_at_admission.toml").write_text(measure)
    target = """
    [[target]]
    id = "young"
    measure = "age_at_admission"
    period = "2026/27"
    at_most = 60
    agreed = { by = "Joint Board" }
    """
    (folder / "targets/young.toml").write_text(target)
    build(folder)
    said = explain(folder, "age_at_admission", "HOME", "2026-11")["Verdict"]
    assert (
        "chance of another colour: not told; the number of waits is rounded, and the places of the "
        "limits in the order are not told"
    ) in said
