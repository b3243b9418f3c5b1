"""A build whose own place has less than two years of months: what is told, and what is said of it.

Northmoor began to report in April 2020; seven other councils have reported since 2015. Northmoor's
home had a ward closed, so another of its measures begins anew in February 2021.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from laying import laid
from outturn.commands.build import build, recreate
from outturn.commands.explain import explain
from outturn.commands.publish import publish
from outturn.commands.questions import scorecard
from outturn.terms.period import Period, add_months
from outturn.vintages import open_

SO_FAR = "April to November 2021"
MEASURE = """
title = "{title}"
short = "{title}"
definition = "1"
kind = "count"
unit = "days"
aim = "lower"
frequency = "month"
roll_up = "sum"
reported = true
"""
STEP = '\n[[step]]\nsince = "2021-02"\nbecause = "A ward closed."\nplace = "N1"\n'
PACK = """
title = "A paper"
meeting = "The board"
held_on = 2021-12-20
period = "April to November 2021"
decision = "note"
measures = ["waited", "slept"]
"""
TARGET = """
[[target]]
id = "{id}"
measure = "{id}"
period = "2021/22"
at_most = {most}
agreed = {{ by = "The board" }}
"""
NAMES = ("Northmoor", *(f"Council {n}" for n in range(1, 8)))
BASIS = "indicative: interval from 7 other places' past errors"


def months(number: int) -> list[str]:
    """The keys of so many months that end with November 2021."""
    return [
        Period(add_months(date(2021, 11, 1), n - number + 1), 1, "M").key for n in range(number)
    ]


@pytest.fixture(scope="module")
def northmoor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(11)
    lines = ["measure,place,period,value"]
    for id in ("waited", "slept"):
        for n, _ in enumerate(NAMES):
            held = 20 if (n, id) == (0, "waited") else 80
            figures = rng.poisson(200 + 40 * n, held).tolist()
            keys = months(held)
            lines += [f"{id},N{n + 1},{key},{x}" for key, x in zip(keys, figures, strict=True)]
            lines.append(f"{id},N{n + 1},2021-04-01/P8M,{sum(figures[-8:])}")
    places = "\n".join(f"N{n + 1},{name},council" for n, name in enumerate(NAMES))
    files = {
        "outturn.toml": 'name = "Northmoor"\nhome = "N1"\nas_of = 2021-11-30\n'
        'disclosure = "none"\n',
        "places.csv": f"code,name,kind\n{places}\n",
        "framework/outcomes.toml": '[[outcome]]\nid = "o"\ntitle = "Home sooner"\n'
        'measures = ["waited", "slept"]\n',
        "framework/measures/waited.toml": MEASURE.format(title="Days waited"),
        "framework/measures/slept.toml": MEASURE.format(title="Nights slept") + STEP,
        "data/sources.toml": '[[source]]\nid = "f"\nfile = "f.csv"\ncontract = "figures"\n',
        "data/f.csv": "\n".join(lines) + "\n",
        "targets/2021-22.toml": TARGET.format(id="waited", most=2250)
        + TARGET.format(id="slept", most=2400),
        "packs/all.toml": PACK,
    }
    folder = tmp_path_factory.mktemp("northmoor")
    laid(folder, files)
    build(folder)
    return folder


def test_the_verdict_is_a_distribution_marked_indicative(northmoor):
    kept = open_(northmoor / "vintages")
    rows = kept.read("verdicts").filter(
        (pl.col("place") == "N1") & (pl.col("period") == "2021-04-01/P8M")
    )
    told = {row["measure"]: row for row in rows.rows(named=True)}
    waited, slept = told["waited"], told["slept"]
    assert waited["forecast_basis"] == BASIS
    assert waited["forecast_low"] < waited["forecast"] < waited["forecast_high"]
    assert 0 <= waited["chance_year_end"] <= 1
    assert waited["record_forecasts"] is None
    assert slept["forecast_basis"] is None and slept["forecast_low"] is None
    assert recreate(northmoor, kept.name).seal == kept.seal


def test_explain_says_from_what_the_interval_comes(northmoor):
    said = "\n".join(explain(northmoor, "waited", "N1", SO_FAR)["Verdict"])
    assert f"; {BASIS}" in said
    assert "chance of meeting the target: " in said and "% (indicative)\n" in said
    assert "no distribution" not in said


def test_explain_says_that_it_is_less_than_a_year_since_a_step(northmoor):
    said = explain(northmoor, "slept", "N1", SO_FAR)["Verdict"]
    assert (
        "no distribution of it is told. It is less than a year since the declared step of"
        " February 2021: A ward closed." in said
    )


def test_the_scorecard_marks_the_chance(northmoor, outturn):
    answer = scorecard(northmoor)
    (row,) = [row for row in answer.printed if row["measure"] == "Days waited"]
    assert row["year end"].endswith(" likely to meet (indicative)")
    rows = json.loads(outturn("scorecard", "--in", northmoor, "--json").out)
    assert {row["measure"]: row["chance of meeting"] for row in rows}["waited"].endswith(
        "% (indicative)"
    )


def test_the_paper_marks_it_and_says_from_what_it_comes(northmoor):
    publish(northmoor)
    (paper,) = (northmoor / "papers").glob("*.html")
    text = paper.read_text(encoding="utf-8").replace("&#x27;", "'").replace("&#39;", "'")
    assert "Indicative: interval from 7 other places' past errors." in text
    assert ", indicative)" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert " forecast, indicative" in text  # under the bar of the chart
    assert "Indicative: less than two years lie behind it" in text  # in its key
