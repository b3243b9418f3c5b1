"""A build in the middle of a year: forecasts are kept, re-created to the digit, and printed."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.build import build, recreate
from outturn.commands.explain import explain
from outturn.commands.publish import publish
from outturn.commands.questions import scorecard
from outturn.commands.simulate import simulate
from outturn.vintages import open_

FOUR_HOURS = "msg_3_within_four_hours"
SO_FAR = "April to November 2025"
READMISSIONS = "ni_14"
EVENT = f"""
[[known_event]]
measure = "{READMISSIONS}"
from = 2026-01-01
change_percent = -50
because = "A new ward opens."
"""


@pytest.fixture(scope="module")
def council(tmp_path_factory) -> Path:
    folder = simulate(
        tmp_path_factory.mktemp("made") / "north",
        people=2_000,
        years=5,
        until=date(2025, 11, 30),
    ).folder
    settings = folder / "outturn.toml"
    text = settings.read_text(encoding="utf-8")
    # Every count is told, so that every measure has its months.
    settings.write_text(text.replace('disclosure = "social care"', 'disclosure = "none"'))
    (ledger,) = sorted(folder.glob("targets/*.toml"))[-1:]
    ledger.write_text(ledger.read_text(encoding="utf-8") + EVENT, encoding="utf-8")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def drawn(council) -> pl.DataFrame:
    found = open_(council / "vintages").read("verdicts")
    return found.filter(pl.col("chance_year_end").is_not_null())


def test_measures_with_months_have_a_distribution(drawn):
    assert drawn["measure"].n_unique() >= 5
    assert (drawn["forecast_low"] <= drawn["forecast"]).all()
    assert (drawn["forecast"] <= drawn["forecast_high"]).all()
    assert drawn["chance_year_end"].is_between(0, 1).all()
    assert set(drawn["status_year_end"]) <= {"on target", "close", "off target"}


def test_the_latest_figures_have_the_record_of_past_years(drawn):
    latest = drawn.filter(pl.col("record_forecasts").is_not_null())
    assert set(latest["period"]) <= {"2025-04-01/P8M", "2025-11-01/P1M"}
    assert FOUR_HOURS in set(latest["measure"])
    assert latest["record_coverage"].is_between(0, 1).all()


def test_a_vintage_states_the_seed_and_is_made_again_to_the_digit(council):
    kept = open_(council / "vintages")
    assert dict(kept.arguments)["seed"] == "1"
    assert recreate(council, kept.name).seal == kept.seal


def test_another_seed_on_the_command_line_is_another_vintage_that_is_made_again(
    council, outturn, tmp_path
):
    folder = shutil.copytree(council, tmp_path / "council")
    before = open_(folder / "vintages")
    told = outturn("build", "--in", folder, "--seed", "7", "--json")
    assert told.code == 0
    kept = open_(folder / "vintages", json.loads(told.out)["vintage"])
    assert kept.name != before.name and dict(kept.arguments)["seed"] == "7"
    ends = [one.read("verdicts").select("forecast_low", "forecast_high") for one in (before, kept)]
    assert not ends[0].equals(ends[1])
    assert outturn("recreate", kept.name, "--in", folder).code == 0


@pytest.mark.parametrize("seed", ["-1", "9223372036854775808"])
def test_a_seed_beyond_the_numbers_allowed_says_which_they_are(council, outturn, seed):
    told = outturn("build", "--in", council, "--seed", seed)
    assert told.code == 11
    assert told.err.splitlines() == [
        "the command, --seed",
        f"  {seed} is not between 0 and 9,223,372,036,854,775,807.",
        "  Give a whole number from 0 to 9,223,372,036,854,775,807.",
    ]


def test_an_explanation_prints_forecast_chance_need_and_record(council):
    lines = explain(council, FOUR_HOURS, "E06999001", SO_FAR)["Verdict"]
    said = "\n".join(lines)
    for words in (
        "80% interval",
        "chance of meeting the target: ",
        "to meet it: at least ",
        "in each of the 4 months left",
        "track record: 3 past forecasts, median error ",
    ):
        assert words in said


def test_a_known_event_stands_beside_the_forecast_without_it(council, drawn):
    (row,) = drawn.filter(
        (pl.col("measure") == READMISSIONS) & (pl.col("period") == "2025-04-01/P8M")
    ).rows(named=True)
    assert row["forecast"] < row["forecast_without"]
    lines = explain(council, READMISSIONS, "E06999001", SO_FAR)["Verdict"]
    assert any(
        one.startswith("known event: 50% less from January 2026: A new ward opens; without it ")
        for one in lines
    )


def test_the_paper_says_how_likely_a_target_is_met(council):
    publish(council)
    (paper,) = (council / "papers").glob("*.html")
    text = paper.read_text(encoding="utf-8")
    assert "Likely to meet" in text
    assert "It is under 1% likely to meet." in text


def test_the_scorecard_says_how_likely_each_target_is_met(council):
    answer = scorecard(council)
    rows = {row["measure"]: row for row in answer.rows}
    assert rows[FOUR_HOURS]["chance of meeting"] == "under 1%"
    for row, printed in zip(answer.rows, answer.printed, strict=True):
        chance = row["chance of meeting"]
        assert (chance is not None) == ("likely to meet" in printed["year end"])
        assert f"{chance or ''}" in printed["year end"]
