"""Who is in a figure: every record with the rule that left it out, in a file and on no screen."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = """
name = "Vale"
home = "V1"
as_of = 2026-09-30
disclosure = "none"
library = ["joint_future", "local_services"]
"""
SOURCES = """
[[source]]
id = "stays"
file = "stays.csv"
contract = "hospital_stays"

[[source]]
id = "reablement"
file = "reablement.csv"
contract = "reablement_episodes"
"""
STAYS = """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s1,zorro-1,acute,emergency,2025-05-01,2025-05-04,1940-01-01
V1,s2,zorro-1,acute,emergency,2025-09-01,2025-09-04,1940-01-01
V1,s3,zorro-2,acute,emergency,2025-05-01,2025-05-04,1940-01-01
V1,s4,zorro-3,acute,planned,2025-05-01,2025-05-04,1940-01-01
V1,s5,zorro-4,acute,emergency,2025-05-01,2025-05-04,1990-01-01
V1,s6,=zorro-5,acute,emergency,2024-05-01,2024-05-04,1940-01-01
"""
REABLEMENT = """place,episode,person,started_on,ended_on,from_hospital,outcome,born_on
V1,e1,zorro-1,2025-04-10,2025-05-10,yes,no ongoing support,1940-01-01
V1,e2,zorro-2,2025-04-10,2025-05-10,yes,reduced support,1940-01-01
V1,e3,zorro-3,2025-04-10,2025-05-10,yes,died,1940-01-01
V1,e4,=zorro-4,2025-04-10,2025-05-10,yes,,1940-01-01
V1,e5,zorro-5,2024-04-10,2024-05-10,yes,no ongoing support,1940-01-01
"""
NO_ONGOING, REDUCED = "reablement_no_ongoing_support", "reablement_reduced_support"


@pytest.fixture
def vale(tmp_path: Path) -> Path:
    files = {
        "outturn.toml": SETTINGS,
        "places.csv": "code,name,kind\nV1,Vale,council\n",
        "data/sources.toml": SOURCES,
        "data/stays.csv": STAYS,
        "data/reablement.csv": REABLEMENT,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def lines(outturn: Callable, vale: Path) -> Callable[..., list[dict[str, str]]]:
    def written(measure: str, *more: object) -> list[dict[str, str]]:
        to = vale / "who.csv"
        told = outturn("people", measure, "Vale", "2025/26", "--in", vale, "--to", to, *more)
        assert told.code == 0, told.err
        assert "zorro" not in told.out + told.err
        with to.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return written


def said(rows: list[dict[str, str]], *names: str) -> set[tuple[str, ...]]:
    return {tuple(row[name] for name in names) for row in rows}


def test_each_record_stands_where_it_counts_or_with_the_rule_that_left_it_out(lines):
    assert said(lines(NO_ONGOING), "person", "where", "why") == {
        ("zorro-1", "numerator and denominator", ""),
        ("zorro-2", "denominator only", "not: outcome is no ongoing support"),
        ("zorro-3", "left out", "not: outcome is none of hospital, died, stopped early"),
        ("'=zorro-4", "left out", "outcome is not given"),
    }


def test_a_record_can_be_found_in_its_source(lines):
    assert ("zorro-2", "reablement", "3") in said(lines(NO_ONGOING), "person", "source", "row")


def test_who_has_too_few_events_in_the_period_is_left_out_for_that(lines):
    rows = lines("jf_repeat_emergency_admissions_65")
    assert said(rows, "person", "where", "why") == {
        ("zorro-1", "numerator", ""),
        ("zorro-2", "left out", "fewer than 2 in the period"),
        ("zorro-3", "left out", "not: admission is emergency"),
        ("zorro-4", "left out", "not: age_group is one of 65-74, 75-84, 85plus"),
    }


def test_against_another_measure_it_names_who_stands_elsewhere(lines):
    rows = lines(NO_ONGOING, "--against", REDUCED)
    assert [row["person"] for row in rows] == ["zorro-2"]
    [moved] = rows
    assert moved[NO_ONGOING] == "denominator only"
    assert moved[f"why in {NO_ONGOING}"] == "not: outcome is no ongoing support"
    assert moved[REDUCED] == "numerator and denominator"


def test_against_a_list_it_names_who_is_in_one_and_not_in_the_other(lines, vale):
    returned = vale / "returned.csv"
    returned.write_text("person,numerator\nzorro-1,yes\nzorro-3,no\n", encoding="utf-8")
    rows = lines(NO_ONGOING, "--returned", returned)
    found = said(rows, "person", NO_ONGOING, "returned")
    assert ("zorro-2", "denominator only", "left out") in found
    assert ("zorro-3", "left out", "denominator only") in found
    assert "zorro-1" not in {row["person"] for row in rows}


def test_who_is_in_a_figure_of_a_folder_of_files_is_found_there(lines, vale):
    sources = (vale / "data" / "sources.toml").read_text(encoding="utf-8")
    (vale / "data" / "sources.toml").write_text(sources.replace("stays.csv", "stays/"))
    heading, *rows = STAYS.splitlines()
    (vale / "data" / "stays").mkdir()
    for number, part in enumerate((rows[:3], rows[3:])):
        file = vale / "data" / "stays" / f"{number}.csv"
        file.write_text("\n".join([heading, *part]) + "\n", encoding="utf-8")
    found = said(lines("jf_repeat_emergency_admissions_65"), "person", "where")
    assert ("zorro-1", "numerator") in found
    assert ("zorro-3", "left out") in found


def test_only_its_owner_may_read_the_file_and_version_control_leaves_it_alone(outturn, vale):
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale)
    [file] = (vale / ".outturn" / "people").glob("*.csv")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (vale / ".outturn" / ".gitignore").read_text() == "*\n"
    assert str(file) in " ".join(told.out.split()).replace(" ", "") or file.name in told.out


def test_the_answer_as_json_has_numbers_and_no_names(outturn, vale):
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--json")
    rows = json.loads(told.out)
    assert sorted((row["where"], row["people"]) for row in rows) == [
        ("denominator only", 1),
        ("left out", 1),
        ("left out", 1),
        ("numerator and denominator", 1),
    ]
    assert "zorro" not in told.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("no_such", "Vale", "2025/26"), "There is no measure 'no_such'."),
        ((NO_ONGOING, "Dale", "2025/26"), "There is no place 'Dale'."),
        ((NO_ONGOING, "Vale", "soon"), "The period cannot be read."),
        (("hospital_at_home_occupancy", "Vale", "2025/26"), "There are no rows of the table"),
    ],
)
def test_what_cannot_be_asked_is_told_without_a_traceback(outturn, vale, arguments, problem):
    told = outturn("people", *arguments, "--in", vale)
    assert told.code in (11, 12)
    assert problem in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("text", ["", "name\nx\n", None])
def test_a_list_that_cannot_be_read_is_a_mistake(outturn, vale, text):
    returned = vale / "returned.csv"
    if text is not None:
        returned.write_text(text, encoding="utf-8")
    told = outturn("people", NO_ONGOING, "Vale", "2025/26", "--in", vale, "--returned", returned)
    assert told.code == 12
    assert "returned.csv" in told.err


def test_nobody_can_be_named_in_a_figure_that_was_reported(outturn, vale):
    (vale / "framework" / "measures").mkdir(parents=True)
    (vale / "framework" / "measures" / "falls.toml").write_text(
        'title = "Falls"\ndefinition = "1"\nkind = "count"\nunit = "falls"\naim = "lower"\n'
        "reported = true\n",
        encoding="utf-8",
    )
    told = outturn("people", "falls", "Vale", "2025/26", "--in", vale)
    assert told.code == 11
    assert "not counted from rows" in told.err
