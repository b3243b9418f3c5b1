"""The published vectors of figures made of their parts, and of means, through a definition file and
a build."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.vectors import ABSENT, folder, near, rows
from laying import laid
from outturn.commands.build import build
from outturn.vintages import open_, resolve

BANDS = [*(f"{start}-{start + 4}" for start in range(0, 90, 5)), "90+"]
TENTHS = [str(number) for number in range(1, 11)]
PLACES = ("HOME", "BIG", "SMALL", "TINY", "NOBODY", "ONE", "TWO", "RATES")
TABLE = {
    "fields": [
        {"name": "place"}, {"name": "year"}, {"name": "part"},
        {"name": "people", "type": "integer"},
    ],
    "outturn": {"place": "place", "period": "year"},
}  # fmt: skip
SETTINGS = 'name = "Vale"\nhome = "HOME"\nas_of = 2020-12-31\ndisclosure = "none"\n'
HEAD = """
title = "M"
definition = "1"
unit = "figure"
aim = "none"
frequency = "year"
years = ["calendar"]
roll_up = "none"
aggregate = "published"
numerator = { table = "events", sum = "people" }
denominator = { table = "people", sum = "people" }
"""
BY_AGE = f'[[breakdown]]\nname = "part"\ncategories = {json.dumps(BANDS)}\n'
BY_TENTH = f'[[breakdown]]\nname = "part"\ncategories = {json.dumps(TENTHS)}\n'
MEASURES = {
    "direct": 'kind = "standardised rate"\nper = 10000\n'
    'standardise = { by = "part", to = "European 2013" }\n' + BY_AGE,
    "indirect": 'kind = "standardised rate"\nper = 100000\n'
    'standardise = { by = "part", to = "HOME" }\n' + BY_AGE,
    "ratio": 'kind = "standardised ratio"\nstandardise = { by = "part", to = "HOME" }\n' + BY_AGE,
    **{
        index: f'kind = "inequality"\nper = 100\ninequality = {{ by = "part", index = "{index}",'
        f' of = "proportion" }}\n{BY_TENTH}'
        for index in ("slope", "relative")
    },
    "slope_of_rates": 'kind = "inequality"\nper = 1000\n'
    'inequality = { by = "part", index = "slope", high_is = "good" }\n' + BY_TENTH,
}
MEAN = """
kind = "mean"
title = "M"
definition = "1"
unit = "figure"
aim = "none"
frequency = "year"
years = ["calendar"]
roll_up = "none"
numerator = { table = "values", sum = "value" }
denominator = { table = "values", count = true }
"""
VALUES = {
    "fields": [{"name": "place"}, {"name": "year"}, {"name": "value", "type": "number"}],
    "outturn": {"place": "place", "period": "year"},
}
AREAS = {"Area1": "HOME", "Area2": "BIG", "No grouping": "EVERY"}  # the group of both: every row
Line = tuple[str, str, str, str]  # place, part, numerator, denominator


def lines() -> Iterator[Line]:
    """The counts of the vectors, each set of them as a place; the reference of ratios is HOME."""
    aged = {"testdata_big": "BIG", "testdata_small": "SMALL", "testdata_tiny": "TINY"}
    for row in [*rows("phe_dsr_input"), *rows("phe_isr_input")]:
        band = BANDS[int(row["band_no"]) - 1]
        place = aged.get(row["area"], "") if "stdpop" in row else ""
        place = "NOBODY" if row["area"] == "Area1" else place  # of which no child of 5 to 9 lives
        if place:
            yield place, band, row["count"], row["pop"]
        if "ref_pop" in row and row["area"] == "testdata_big":
            yield "HOME", band, row["ref_count"], row["ref_pop"]
    for row in rows("phe_sii_input"):
        number, tenth, people = int(row["record_no"]), row["quantile"], row["population"]
        if 131 <= number <= 150:
            yield "ONE" if number <= 140 else "TWO", tenth, row["count"], people
        if 71 <= number <= 80:  # the counts are not given: these are what the rates were made of
            yield "RATES", tenth, f"{float(row['value']) * int(people) / 1000:.0f}", people


def table(where: Path, name: str, found: Iterable[tuple[str, str, str]]) -> None:
    with (where / "data" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["place", "year", "part", "people"])
        writer.writerows((place, "2019", part, number) for place, part, number in found)


@pytest.fixture(scope="module")
def figure(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], dict[str, Any]]:
    """The row of a measure's undivided figure of a place, from a build of the vectors."""
    if folder() is None:
        pytest.skip(ABSENT)
    sources = "".join(
        f'[[source]]\nid = "{name}"\nfile = "{name}.csv"\ncontract = "{name}"\n'
        for name in ("events", "people")
    )
    where = laid(
        tmp_path_factory.mktemp("vectors"),
        {
            "outturn.toml": SETTINGS,
            "places.csv": "code,name,kind\n" + "".join(f"{one},{one},area\n" for one in PLACES),
            "data/sources.toml": sources,
            **{f"contracts/{name}.json": json.dumps(TABLE) for name in ("events", "people")},
            **{f"framework/measures/{id}.toml": HEAD + text for id, text in MEASURES.items()},
        },
    )
    counts = list(lines())
    table(where, "events", ((place, part, top) for place, part, top, _ in counts))
    table(where, "people", ((place, part, bottom) for place, part, _, bottom in counts))
    assert not build(where).mistakes
    store = where / "vintages"
    made = open_(store, resolve(store)).scan("values").filter(breakdown="all").collect()

    def row(measure: str, place: str) -> dict[str, Any]:
        return made.filter(measure=measure, place=place).row(0, named=True)

    return row


def expected(name: str, **wanted: str) -> dict[str, str]:
    """The vector that is so."""
    if folder() is None:
        pytest.skip(ABSENT)
    found = [one for one in rows(name) if all(one[key] == said for key, said in wanted.items())]
    return found[0]


def as_published(row: dict[str, Any], vector: dict[str, str]) -> bool:
    """Whether the figure and its limits are those of a vector, as near as numbers go."""
    columns = ("expected_value", "expected_lower95", "expected_upper95")
    wanted = [float(vector[name]) for name in columns]
    return bool(near([row["value"], row["lower"], row["upper"]], wanted, rtol=1e-9).all())


@pytest.mark.parametrize(("place", "case"), [("BIG", "DSR01"), ("SMALL", "DSR02")])
def test_a_directly_standardised_rate_is_the_published_one_with_its_limits(
    figure: Any, place: str, case: str
) -> None:
    row = figure("direct", place)
    assert as_published(row, expected("phe_dsr_expected", case_id=case))
    assert row["interval"] == "Dobson, 95% (England)"


def test_of_fewer_than_ten_events_there_is_no_directly_standardised_rate(figure: Any) -> None:
    row = figure("direct", "TINY")
    assert expected("phe_dsr_expected", case_id="DSR03")["expected_value"] == ""
    assert row["value"] is None
    assert row["why"] == "Fewer than 10 events, too few for such a rate (England)."


@pytest.mark.parametrize(
    ("measure", "place", "case"),
    [
        ("indirect", "BIG", "ISR01"),
        ("indirect", "SMALL", "ISR02"),
        ("indirect", "TINY", "ISR03"),
        ("indirect", "NOBODY", "ISR13"),
        ("ratio", "BIG", "ISR10"),
        ("ratio", "SMALL", "ISR11"),
        ("ratio", "TINY", "ISR12"),
        ("ratio", "NOBODY", "ISR15"),
    ],
)
def test_an_indirectly_standardised_figure_is_the_published_one_with_its_limits(
    figure: Any, measure: str, place: str, case: str
) -> None:
    """Also of few events, whose limits are exact, and where nobody of an age lives."""
    vector = expected("phe_isr_expected", case_id=case)
    row = figure(measure, place)
    assert as_published(row, vector)
    named = "exact Poisson" if vector["expected_method"] == "Exact" else "Byar's"
    assert row["interval"] == f"{named}, 95% (England)"


@pytest.mark.parametrize(
    ("measure", "place", "case"),
    [
        ("slope", "ONE", "S23_area1"),
        ("slope", "TWO", "S23_area2"),
        ("relative", "ONE", "S23_area1"),
        ("relative", "TWO", "S23_area2"),
        ("slope_of_rates", "RATES", "S10_area1"),
    ],
)
def test_an_index_of_inequality_is_the_published_one_and_its_limits_are_nearly(
    figure: Any, measure: str, place: str, case: str
) -> None:
    """Limits come of draws, so those of another generator differ a little: by 5% at most."""
    vector = expected("phe_sii_expected", case_id=case)
    index = "rii" if measure == "relative" else "sii"
    row = figure(measure, place)
    assert near(row["value"], float(vector[f"expected_{index}"]), rtol=1e-8)
    for side in ("lower", "upper"):
        assert near(row[side], float(vector[f"expected_{index}_{side}_1"]), rtol=0.05)


@pytest.fixture(scope="module")
def mean(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """The row of the mean of a place, whose rows are those of the published vectors."""
    if folder() is None:
        pytest.skip(ABSENT)
    sources = '[[source]]\nid = "values"\nfile = "values.csv"\ncontract = "values"\n'
    where = laid(
        tmp_path_factory.mktemp("means"),
        {
            "outturn.toml": SETTINGS.replace("HOME", "EVERY"),
            "places.csv": "code,name,kind,parent\nEVERY,EVERY,county,\nHOME,HOME,area,EVERY\n"
            "BIG,BIG,area,EVERY\n",
            "data/sources.toml": sources,
            "contracts/values.json": json.dumps(VALUES),
            "framework/measures/mean.toml": MEAN,
        },
    )
    with (where / "data" / "values.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["place", "year", "value"])
        writer.writerows(
            (AREAS[row["area"]], "2019", row["value"]) for row in rows("phe_mean_input")
        )
    assert not build(where).mistakes
    store = where / "vintages"
    made = open_(store, resolve(store)).scan("values").collect()
    return lambda place: made.filter(place=place).row(0, named=True)


@pytest.mark.parametrize("group", list(AREAS))
def test_a_mean_of_rows_is_the_published_one_with_its_limits(mean: Any, group: str) -> None:
    """Also of two areas together, whose sums and squares are added up."""
    row = mean(AREAS[group])
    vector = expected("phe_mean_expected", group=group)
    assert as_published(row, vector)
    assert row["denominator"] == float(vector["expected_count"])
    assert row["interval"] == "Student's t, 95% (England)"
