"""Means in a build: their limits and chances, what is told of them, and what is kept for others."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from laying import laid
from outturn.commands.build import build
from outturn.commands.explain import explain
from outturn.statistics.disclosure_policies import PRESETS
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
SHORT = [3, 5, 41, 6, 7]


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    """A place with ten stays, another with six, and a target for the first; not yet built."""
    files = {
        "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2027-04-30\n',
        "places.csv": "code,name,kind\nHOME,Vale,council\nFEW,Few,council\n",
        "contracts/stays.json": json.dumps(STAYS),
        "data/sources.toml": '[[source]]\nid = "stays"\nfile = "stays.csv"\ncontract = "stays"\n',
        "framework/measures/stay.toml": MEASURE + 'denominator = { table = "stays", count = true }',
        "framework/measures/each.toml": MEASURE
        + 'denominator = { table = "stays", distinct = "person" }',
        "targets/2026-27.toml": TARGET,
    }
    laid(tmp_path, files)
    with (tmp_path / "data" / "stays.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["place", "year", "person", "days"])
        for place, days in (("HOME", LONG), ("FEW", FEW)):
            writer.writerows((place, "2026/27", f"{place}{n // 2}", d) for n, d in enumerate(days))
    return tmp_path


@pytest.fixture
def halves(vale: Path) -> Path:
    """The same place with its ten stays in one half, and five in another."""
    without_tolerance(vale)
    (vale / "places.csv").write_text(
        "code,name,kind,parent\nHOME,Vale,council,\nLONG,Long,locality,HOME\n"
        "SHORT,Short,locality,HOME\n"
    )
    rows = [("LONG", days) for days in LONG] + [("SHORT", days) for days in SHORT]
    lines = [f"{place},2026/27,{n},{days}" for n, (place, days) in enumerate(rows)]
    stays = vale / "data" / "stays.csv"
    stays.write_text("\n".join(["place,year,person,days", *lines, ""]))
    return vale


def without_tolerance(folder: Path) -> None:
    """A statistical tolerance is refused where a policy withholds."""
    targets = folder / "targets" / "2026-27.toml"
    targets.write_text(targets.read_text().replace("tolerance = { statistical = true }\n", ""))


def built(folder: Path, frame: str, disclosure: str = "none", audience: str = "") -> Any:
    settings = folder / "outturn.toml"
    said = settings.read_text().partition("disclosure")[0]
    settings.write_text(f'{said}disclosure = "{disclosure}"\n')
    assert not build(folder, audience=audience).mistakes
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


@pytest.mark.parametrize("audience", ["", "public"])
@pytest.mark.parametrize("disclosure", PRESETS)
def test_no_policy_but_none_gives_limits_of_means(
    halves: Path, disclosure: str, audience: str
) -> None:
    """The whole's limits give its squares, those of one half the half's: what is left is of the
    other half, whose five stays its sum, number and squares tell one by one."""
    values = built(halves, "values", disclosure, audience)
    verdicts = built(halves, "verdicts", disclosure, audience)
    given = {row[0]: row[1:] for row in values.filter(measure="stay").select(SAID).rows()}
    if disclosure != "none":
        assert {row[1:] for row in given.values()} == {(None, None, None)}
        assert verdicts["chance_other"].null_count() == verdicts.height
        return
    assert set(given) == {"HOME", "LONG", "SHORT"}
    mean, lower, upper, _ = given["HOME"]
    squares = squares_of(15, mean, lower, upper) - squares_of(10, *given["LONG"][:3])
    assert squares == pytest.approx(sum(one * one for one in SHORT))
    assert verdicts["chance_other"].null_count() < verdicts.height


SAID = ("place", "value", "lower", "upper", "interval")


def squares_of(size: int, mean: float, lower: float, upper: float) -> float:
    """What a reader works out of limits by Student's t."""
    deviation = (upper - lower) / 2 / stats.t.ppf(0.975, size - 1) * size**0.5
    return float(deviation**2 * (size - 1) + size * mean**2)


def test_explain_says_that_limits_of_a_mean_are_not_told(halves: Path) -> None:
    built(halves, "values", "scotland", "public")
    assert explain(halves, "stay", "Vale", "2026/27")["Figure"][-1] == (
        "no limits: limits of a mean would give away single rows: by subtraction, those of a whole"
        " and of its other parts tell what a few rows come to"
    )


def test_counts_that_are_kept_for_others_have_no_squares_of_a_mean(vale: Path) -> None:
    without_tolerance(vale)
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


@pytest.mark.parametrize(
    "words",
    ['disclosure = "hospital"\n', 'disclosure = "none"\ndisclosure_for.public = "scotland"\n'],
)
def test_a_statistical_tolerance_of_a_mean_is_refused_where_a_policy_withholds(
    vale: Path, words: str
) -> None:
    """That of one audience is enough: its readers would see another status."""
    settings = vale / "outturn.toml"
    settings.write_text(settings.read_text() + words)
    with pytest.raises(Mistakes) as told:
        build(vale)
    (mistake,) = told.value.exceptions
    policy = words.split('"')[-2]
    said = f"stay has none with disclosure = '{policy}': limits of a mean would give away single"
    assert said in str(mistake)
