"""Which statistical limits the measures of the library have."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from outturn.framework.measures import read_measure
from outturn.framework.model import Measure
from outturn.framework.section import Section

NOT_ONE_BY_ONE = (
    "bed_days", "bed_days_saved", "nights", "hours", "weight", "occupied", "community", "hospice",
    "community_hospital", "large_hospital", "care_home", "supported", "unsupported",
    "intensive_at_home",
)  # fmt: skip
SCOTTISH = ("core_suite", "msg", "joint_future", "community_care_outcomes", "lgbf", "phs")


def test_days_hours_and_weights_have_no_limits_of_counts(national: dict[str, Measure]) -> None:
    wrong = [
        one.id
        for one in national.values()
        if one.kind in ("rate", "proportion", "count")
        and one.numerator
        and one.numerator.how == "sum"
        and one.numerator.column in NOT_ONE_BY_ONE
        and one.methods != "none"
    ]
    assert wrong == []


def test_a_scottish_measure_has_no_english_limits(national: dict[str, Measure]) -> None:
    divided = [one for one in national.values() if one.kind in ("rate", "proportion")]
    scottish = [one for one in divided if one.file.split("/")[1] in SCOTTISH]
    assert scottish and {one.methods for one in scottish} <= {"Scotland", "none"}


@pytest.fixture(scope="module")
def national() -> dict[str, Measure]:
    measures = {}
    for library in resources.files("outturn.framework.library").iterdir():
        folder = library / "measures"
        for file in folder.iterdir() if folder.is_dir() else ():
            name = f"library/{library.name}/measures/{file.name}"
            section = Section(tomllib.loads(file.read_text(encoding="utf-8")), name, [])
            measures[name] = read_measure(section, file.name.removesuffix(".toml"))
    return measures
