"""A build whose preset rounds: what explain and findings say of figures of rounded counts."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from laying import laid
from outturn.commands.build import build
from outturn.commands.explain import explain
from outturn.vintages import open_

EVENTS = {
    "fields": [
        {"name": "place"}, {"name": "month", "type": "date"}, {"name": "sex"},
        {"name": "met", "type": "integer"}, {"name": "all", "type": "integer"},
    ],
    "outturn": {"place": "place", "period": "month"},
}  # fmt: skip
SHARE = """
title = "Met"
definition = "1"
kind = "proportion"
unit = "%"
aim = "lower"
decimals = 1
frequency = "month"
numerator = { table = "events", sum = "met" }
denominator = { table = "events", sum = "all" }
breakdown = [{ name = "sex", column = "sex" }]
"""
COUNT = """
title = "All"
definition = "1"
kind = "count"
unit = "events"
aim = "lower"
frequency = "month"
numerator = { table = "events", sum = "all" }
"""
TARGET = """
[[target]]
id = "met-2026"
measure = "met"
period = "2026/27"
at_most = 75
tolerance = { points = 2 }
agreed = { by = "Joint Board" }
"""


@pytest.fixture(scope="module")
def vale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty months, of which the last, September 2026, is:

    | sex  | met | all | told as  |
    | M    | 14  | 17  | 15 of 15 |
    | F    | 8   | 12  | 10 of 10 |
    | both | 22  | 29  | 20 of 30 |
    """
    folder = tmp_path_factory.mktemp("rounded")
    lines = ["place,month,sex,met,all"]
    for at in range(30):
        month = f"{2024 + (at + 3) // 12}-{(at + 3) % 12 + 1:02}-01"
        more = 0 if at == 29 else at % 7
        lines += [f"HOME,{month},M,14,{17 + more}", f"HOME,{month},F,8,{12 + 2 * more}"]
    return laid(
        folder,
        {
            "outturn.toml": 'name = "Vale"\nhome = "HOME"\nas_of = 2026-09-30\n'
            'disclosure = "hospital"\n[disclosure_for]\nofficer = "none"\n',
            "places.csv": "code,name,kind\nHOME,Vale,council\n",
            "contracts/events.json": json.dumps(EVENTS),
            "data/events.csv": "\n".join([*lines, ""]),
            "data/sources.toml": '[[source]]\nid = "events"\nfile = "events.csv"\n'
            'contract = "events"\n',
            "framework/measures/met.toml": SHARE,
            "framework/measures/every.toml": COUNT,
            "targets/2026-27.toml": TARGET,
        },
    )


def found(folder: Path, **more: str) -> tuple[dict[str, list[str]], pl.DataFrame]:
    name = build(folder, **more).name
    told = explain(folder, "met", "HOME", "2026-09", name)
    return told, open_(folder / "vintages", name).read("findings")


def test_explain_says_that_counts_are_rounded_and_what_the_figure_could_be(vale):
    told, findings = found(vale)
    figure, verdict = told["Figure"], told["Verdict"]
    assert figure[2:] == [
        "66.7%",
        "unrounded 66.66666666666667, of counts rounded to the nearest 5; "
        "shown to 1 decimal place, half away from zero",
        "limits 39.3% to 89.8%: Wilson, 95% (England), widened for counts rounded to the nearest 5",
    ]
    assert told["Counts"][-1].endswith("; counts rounded to the nearest 5")
    assert verdict[0].startswith("now: on target.")  # as it is told; 75.9% would be close
    chance = next(line for line in verdict if line.startswith("chance of another colour"))
    assert chance.endswith("; the mean over all counts that are rounded to these")
    assert findings.filter(
        pl.col("rule").is_in(["digit preference", "masked by an average"])
    ).is_empty()


def test_an_audience_without_rounding_is_told_nothing_of_it(vale):
    told, findings = found(vale, audience="officer")
    lines = [line for part in told.values() for line in part]
    assert not any("rounded to the nearest" in line for line in lines)
    assert told["Figure"][2] == "75.9%"
    assert "digit preference" not in findings["rule"].to_list()
