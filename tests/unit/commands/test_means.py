"""Means in a build: their limits and chances, what is told of them, and what is kept for others."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from outturn.commands.build import build
from outturn.commands.explain import explain
from outturn.statistics.means import means
from outturn.terms.errors import Mistakes
from outturn.vintages import open_, resolve
from outturn.vintages.protected import found

STAYS = {
    "fields": [
        {"name": "place"}, {"name": "year"}, {"name": "person"},
        {"name": "days", "type": "integer"},
    ],
    "outturn": {"place": "place", "period": "year", "people": True},
}  # fmt: skip
MEASURE = """
title = "Mean stay"
definition = "1"
kind = "mean"
unit = "days"
aim = "lower"
frequency = "year"
numerator = { table = "stays", sum = "days" }
"""
TARGET = """
[[target]]
id = "stay-2026"
measure = "stay"
period = "2026/27"
at_most = 20
tolerance = { statistical = true }
agreed = { by = "Joint Board" }
"""
LONG = [12, 20, 31, 8, 25, 14, 40, 22, 9, 30]
FEW = [3, 5, 4, 6, 7, 2]


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    """A place with ten stays, another with six, and a target for the first; not yet built."""
    for name, text in {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n',
        "places.csv": "code,name,kind\nHOME,Vale,council\nFEW,Few,council\n",
        "contracts/stays.json": json.dumps(STAYS),
        "data/sources.toml": '[[source]]\nid = "stays"\nfile = "stays.csv"\ncontract = "stays"\n',
        "framework/measures/stay.toml": MEASURE + 'denominator = { table = "stays", count = true }',
        "framework/measures/each.toml": MEASURE
        + 'denominator = { table = "stays", distinct = "person" }',
        "targets/2026-27.toml": TARGET,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "data" / "stays.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["place", "year", "person", "days"])
        for place, days in (("HOME", LONG), ("FEW", FEW)):
            writer.writerows((place, "2026/27", f"{place}{n // 2}", d) for n, d in enumerate(days))
    return tmp_path


def built(folder: Path, frame: str, disclosure: str = "none") -> Any:
    settings = folder / "outturn.toml"
    settings.write_text(settings.read_text() + f'disclosure = "{disclosure}"\n')
    assert not build(folder).mistakes
    store = folder / "vintages"
    return open_(store, resolve(store)).scan(frame).collect()


def test_a_mean_is_explained_with_its_limits_and_its_chance(vale: Path) -> None:
    built(vale, "values")
    wanted = means(LONG, [0] * len(LONG))
    told = explain(vale, "stay", "Vale", "2026/27")
    limits = f"{wanted.lower[0]:.1f} days to {wanted.upper[0]:.1f} days"
    assert told["Figure"][-1] == f"limits {limits}: Student's t, 95% (England)"
    assert "its 95% limits reach it, and so it counts as close" in told["Verdict"][0]
    assert any(one.startswith("chance of another colour: ") for one in told["Verdict"])


def test_a_mean_for_each_person_says_why_it_has_no_limits(vale: Path) -> None:
    built(vale, "values")
    assert explain(vale, "each", "Vale", "2026/27")["Figure"][-1] == (
        "no limits: the denominator does not count the rows that the numerator adds up, so how far"
        " those it counts differ from one another is not known"
    )


@pytest.mark.parametrize(
    ("disclosure", "limited"),
    [("none", {"HOME", "FEW"}), ("social care", {"HOME"}), ("hospital", set())],
)
def test_limits_of_few_are_for_those_alone_who_may_see_them(
    vale: Path, disclosure: str, limited: set[str]
) -> None:
    """Ten stays are enough for limits where disclosure control is on, and six are not; where counts
    are rounded there are none."""
    values = built(vale, "values", disclosure)
    with_limits = values.filter(measure="stay").drop_nulls("lower")
    assert set(with_limits["place"]) == limited


def test_counts_that_are_kept_for_others_have_no_squares_of_a_mean(vale: Path) -> None:
    assert built(vale, "counts", "social care")["squares"].null_count() == 4
    store = vale / "vintages"
    kept = found(store, resolve(store))
    assert kept.filter(measure="stay")["squares"].null_count() == 0


def test_a_statistical_tolerance_is_refused_of_a_mean_whose_limits_nobody_knows(vale: Path) -> None:
    targets = vale / "targets" / "2026-27.toml"
    targets.write_text(targets.read_text().replace('"stay"', '"each"'))
    with pytest.raises(Mistakes) as told:
        build(vale)
    (mistake,) = told.value.exceptions
    assert "each has none: the denominator does not count the rows that" in str(mistake)
