"""Single visits in the place of weeks of care at home: what is made of them, and what is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from laying import laid, own_method
from outturn.commands.deriving import not_derived, with_derived
from outturn.commands.folder import open_folder, sound_folder
from outturn.ingest import ingest

SETTINGS = """
name = "Vale"
home = "V1"
as_of = 2026-03-31
disclosure = "none"
library = ["joint_future", "community_care_outcomes"]
"""
SOURCES = {
    "weeks": '[[source]]\nid = "weeks"\nfile = "weeks.csv"\ncontract = "home_care"\n\n',
    "calls": """[[source]]
id = "calls"
file = "calls.csv"
contract = "home_care_visits"
dates = "day first"

[source.columns]
person = "Client"
visit = "Visit ID"
visit_on = "Booked from"
planned_start = "Booked from"
planned_end = "Booked to"
actual_start = "In"
actual_end = "Out"
outcome = "Status"
born_on = "Born"

[source.constants]
place = "V1"

[source.values.outcome]
Completed = "delivered"
Void = "cancelled"

""",
}
HEAD = "Client,Visit ID,Carer,Booked from,Booked to,In,Out,Status,Born\n"
CALLS = (
    HEAD
    + """\
zorro-1,1,x,02/03/2026 08:00,02/03/2026 09:00,02/03/2026 08:04,02/03/2026 08:34,Completed,14/06/1941
zorro-1,1,y,02/03/2026 08:00,02/03/2026 09:00,02/03/2026 08:04,02/03/2026 08:35,Completed,14/06/1941
zorro-1,2,x,08/03/2026 22:00,09/03/2026 07:00,08/03/2026 22:00,09/03/2026 07:00,Completed,14/06/1941
zorro-1,3,x,08/03/2026 21:00,08/03/2026 21:30,,,Void,14/06/1941
zorro-2,4,x,03/03/2026 12:00,03/03/2026 12:30,,,Completed,01/02/1938
zorro-3,5,x,03/03/2026 12:00,03/03/2026 12:30,,,Missed,01/02/1938
"""
)
WEEKS = """place,person,week,hours,visits,born_on
V1,zorro-9,2026-03-02,12,20,1940-01-01
"""
INTENSIVE = "jf_intensive_home_care_65"
WEEK = "2026-03-02/P7D"
TABLE, OWN = "home_care", "methods/home_care.toml"
VERSION = "outturn, November 2026"


@pytest.fixture
def vale(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the sources that are named, with other files in the place of its own."""

    def made(*sources: str, **files: str) -> Path:
        texts = {
            "outturn.toml": SETTINGS,
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": "".join(SOURCES[one] for one in sources),
            "data/calls.csv": CALLS,
            "data/weeks.csv": WEEKS,
            **files,
        }
        return laid(tmp_path / "vale", texts)

    return made


def made_of(folder: Path, steps: list[str] | None = None) -> list[tuple[Any, ...]]:
    opened = sound_folder(folder)
    ingested = ingest(folder, opened.partnership, opened.contracts)
    said = None if steps is None else steps.append
    found = with_derived(
        ingested, opened.partnership, opened.contracts, date(2026, 3, 31), opened.cache, said
    )
    rows = found.tables["home_care_weeks"]
    return rows.select("person", "week", "hundredths", "visits", "intensive").sort("person").rows()


def test_measures_of_weeks_are_counted_from_visits_where_no_source_holds_weeks(vale) -> None:
    """Of a call monitoring system with a day and a time in one column, and a row for each carer."""
    folder = vale("calls")
    steps: list[str] = []
    assert made_of(folder, steps) == [
        ("zorro-1", date(2026, 3, 2), 1002, 2, True),
        ("zorro-2", date(2026, 3, 2), 50, 1, False),
    ]
    assert f"Deriving 'home_care' by the method {VERSION}" in steps
    again: list[str] = []
    assert made_of(folder, again) == made_of(folder)
    assert not [one for one in again if one.startswith("Deriving")]  # remembered


def test_an_explanation_names_the_method_of_the_weeks(vale, outturn) -> None:
    folder = vale("calls")
    assert outturn("build", "--in", folder).code == 0
    told = outturn("explain", INTENSIVE, "V1", WEEK, "--in", folder)
    text = " ".join(told.out.split())
    assert told.code == 0, told.err
    assert "home_care: Weeks of care at home, added up from visits" in text
    assert f"by the method '{VERSION}', from library/methods/home_care.toml" in text
    assert "numerator 1" in text and "denominator 2" in text


def test_people_are_named_with_their_first_visit_and_each_visit_that_a_rule_keeps_out(
    vale, outturn, tmp_path
) -> None:
    folder, to = vale("calls"), tmp_path / "who.csv"
    told = outturn("people", INTENSIVE, "V1", WEEK, "--in", folder, "--to", to)
    assert told.code == 0, told.err
    with to.open(encoding="utf-8", newline="") as file:
        rows = [(one["person"], one["source"], one["row"], one["where"], one["why"])
                for one in csv.DictReader(file)]  # fmt: skip
    not_counted = "the outcome is one that the method does not count: "
    assert sorted(rows) == [
        ("zorro-1", "calls", "2", "numerator and denominator", ""),
        ("zorro-1", "calls", "5", "left out", not_counted + "cancelled"),
        ("zorro-2", "calls", "6", "denominator only", "not: intensive is true"),
        ("zorro-3", "calls", "7", "left out", not_counted + "missed"),
    ]
    assert "zorro" not in told.out + told.err


def test_weeks_that_a_source_holds_are_taken_as_they_are_and_a_check_says_so(vale, outturn) -> None:
    folder = vale("weeks", "calls")
    assert made_of(folder) == [("zorro-9", date(2026, 3, 2), 1200, 20, True)]
    told = " ".join(outturn("check", "--in", folder).out.split())
    assert "'home_care' is taken as a source has it, and not made of 'home_care_visits'." in told
    assert outturn("build", "--in", folder).code == 0
    explained = outturn("explain", INTENSIVE, "V1", WEEK, "--in", folder).out
    assert "home_care_weeks: " in explained and "home_care: " not in explained


def test_one_source_of_the_two_passes_nothing_over(vale) -> None:
    for one in ("weeks", "calls"):
        folder = vale(one)
        opened = sound_folder(folder)
        said = not_derived(ingest(folder, opened.partnership, opened.contracts), opened.partnership)
        assert "is taken as" not in said
        assert "home_care" not in said


def test_a_folder_with_neither_is_told_of_weeks_and_keeps_no_method_for_them(vale) -> None:
    folder = vale("weeks")
    (folder / "data/sources.toml").write_text("", encoding="utf-8")
    opened = open_folder(folder)
    said = not_derived(ingest(folder, opened.partnership, opened.contracts), opened.partnership)
    assert "'home_care'" in said and "home_care_visits" not in said
    assert "library/methods/home_care.toml" not in opened.partnership.files
    assert "library/methods/home_care_weeks.toml" in opened.partnership.files
    assert "library/methods/home_care.toml" in open_folder(vale("calls")).partnership.files


VISITS = (
    "place,person,visit,visit_on,actual_start,actual_end,actual_minutes,carers,outcome,born_on\n"
)


def test_a_visit_that_cannot_be_is_set_aside_with_the_reason(vale, outturn) -> None:
    """All at once: what is told of none of them is who it is of."""
    wrong = (
        "V1,zorro-1,a,2026-03-02,08:00,08:30,,,delivered,\n"
        "V1,zorro-2,a,2026-03-02,08:00,08:30,,,delivered,\n"  # the same visit
        "V1,zorro-3,b,2026-03-02,,,-5,,delivered,\n"
        "V1,zorro-4,c,2026-03-02,,,2000,,delivered,\n"
        "V1,zorro-5,d,2026-03-02,25:00,08:30,,,delivered,\n"
        "V1,zorro-6,e,2026-03-02,08:00,08:30,,12,delivered,\n"
        "V1,zorro-7,f,2026-03-02,08:00,08:30,,,did not happen,\n"
        "V1,zorro-8,g,2026-03-02,08:00,08:30,,,delivered,2027-01-01\n"
        "V1,zorro-9,,2026-03-02,08:00,08:30,,,delivered,\n"
        "V1,zorro-9,h,soon,08:00,08:30,,,delivered,\n"
        "V1,zorro-9,i,2026-03-02,08:00,,,,delivered,\n"
    )
    source = '[[source]]\nid = "calls"\nfile = "calls.csv"\ncontract = "home_care_visits"\n'
    folder = vale(**{"data/sources.toml": source, "data/calls.csv": VISITS + wrong})
    told = outturn("check", "--in", folder)
    text = " ".join((told.out + told.err).split())
    assert "zorro" not in text
    for said in (
        "same key",
        "the cell is below the minimum of 0",
        "the cell is above the maximum of 1,440",
        "column actual_start, row 6 1 row is set aside: the cell does not fit the pattern",
        "the cell is above the maximum of 9",
        "the cell is none of delivered, cancelled, missed, no access, planned",
        "Nobody is visited before the day of birth",
        "the cell is empty",
        "the cell is not a date",
        "'actual_end' is empty although 'actual_start' is filled. It is counted as it is.",
    ):
        assert said in text, said
    assert [row[0] for row in made_of(folder)] == ["zorro-1", "zorro-9"]


def test_two_providers_may_number_their_visits_alike(vale, outturn) -> None:
    rows = (
        "place,person,visit,visit_on,actual_minutes,outcome,provider\n"
        "V1,zorro-1,1,2026-03-02,30,delivered,Elms\n"
        "V1,zorro-2,1,2026-03-02,30,delivered,Oaks\n"
        "V1,zorro-3,1,2026-03-02,30,delivered,Oaks\n"
    )
    source = '[[source]]\nid = "calls"\nfile = "calls.csv"\ncontract = "home_care_visits"\n'
    folder = vale(**{"data/sources.toml": source, "data/calls.csv": rows})
    told = outturn("check", "--in", folder)
    assert "1 row is set aside: the row has the same key" in " ".join((told.out + told.err).split())
    assert [row[0] for row in made_of(folder)] == ["zorro-1", "zorro-2"]


@pytest.mark.parametrize("time", ["٠٨:٣٠", "2026-03-02T08:00:00Z", "2026-03-02T08:00:00+01:00"])
def test_a_time_in_other_numerals_or_of_a_zone_is_set_aside(vale, outturn, time) -> None:
    """A time of a zone would be an hour wrong in summer; other numerals are none to a database."""
    rows = (
        VISITS
        + f"V1,zorro-1,a,2026-03-02,08:00,{time},,,delivered,\n"
        + "V1,zorro-2,b,2026-03-02,08:00,08:30,,,delivered,\n"
    )
    source = '[[source]]\nid = "calls"\nfile = "calls.csv"\ncontract = "home_care_visits"\n'
    folder = vale(**{"data/sources.toml": source, "data/calls.csv": rows})
    told = outturn("check", "--in", folder)
    text = " ".join((told.out + told.err).split())
    assert "1 row is set aside: the cell does not fit the pattern" in text
    assert [row[0] for row in made_of(folder)] == ["zorro-2"]


def lost(outturn, folder: Path) -> str:
    """What `check` says of columns that are not there."""
    told = outturn("check", "--in", folder, "--json")
    assert told.code == 0, told.err
    return " ".join(json.loads(told.out)["unfilled"])


HOURS, CARE = "'Intensive home care, 65 and over'", "'Care at home, 65 and over'"


def test_without_the_outcome_of_visits_nothing_is_counted_and_the_column_is_named(
    vale, outturn
) -> None:
    """Else a missed visit would be care. Whoever holds only visits that were made says so."""
    text = SOURCES["calls"].replace('outcome = "Status"\n', "").split("[source.values")[0]
    said = lost(outturn, vale(**{"data/sources.toml": text}))
    assert "has no column 'outcome': 2 measures need it" in said
    assert HOURS in said and CARE in said
    stated = text.replace('place = "V1"\n', 'place = "V1"\noutcome = "delivered"\n')
    assert not lost(outturn, vale(**{"data/sources.toml": stated}))


def test_without_any_time_people_are_counted_and_their_hours_are_not(vale, outturn) -> None:
    """One kind of time is enough, and a method that counts one alone needs it."""

    def without(*columns: str) -> dict[str, str]:
        lines = SOURCES["calls"].splitlines(keepends=True)
        return {
            "data/sources.toml": "".join(one for one in lines if not one.startswith(columns)),
        }

    said = lost(outturn, vale(**without("planned_", "actual_")))
    assert "'actual_end': 1 measure needs it" in said and "'planned_end': 1 measure" in said
    assert HOURS in said and CARE not in said
    assert not lost(outturn, vale(**without("actual_")))
    own = {OWN: own_method(TABLE, planned_counts=False)}
    said = lost(outturn, vale(**without("actual_"), **own))
    assert "'actual_end': 1 measure needs it" in said and "planned" not in said


def test_a_method_of_ones_own_counts_planned_time_and_what_was_cancelled(vale, outturn) -> None:
    own = own_method(TABLE, actual_counts=False, outcomes_counted=["delivered", "cancelled"],
                 each_carer_counts=False)  # fmt: skip
    folder = vale("calls", **{OWN: own})
    assert made_of(folder) == [
        ("zorro-1", date(2026, 3, 2), 1050, 3, True),
        ("zorro-2", date(2026, 3, 2), 50, 1, False),
    ]
    assert outturn("build", "--in", folder).code == 0
    told = outturn("explain", INTENSIVE, "V1", WEEK, "--in", folder).out
    assert "by the method 'ours', from methods/home_care.toml" in " ".join(told.split())


@pytest.mark.parametrize(
    ("changes", "where", "problem"),
    [
        ({"rounded_to_minutes": -1}, "rounded_to_minutes", "The number -1 is not possible here."),
        ({"longest_minutes": 0}, "longest_minutes", "The number 0 is not possible here."),
        ({"longest_minutes": "long"}, "longest_minutes", "It is not a whole number."),
        ({"actual_counts": "yes"}, "actual_counts", "It is not true or false."),
        ({"outcomes_counted": []}, "outcomes_counted", "It is empty."),
        ({"outcomes_counted": ["done"]}, "outcomes_counted[0]", "'done' is not a word"),
    ],
)
def test_a_parameter_that_cannot_be_is_told(vale, changes, where, problem) -> None:
    folder = vale("calls", **{OWN: own_method(TABLE, **changes)})
    (found,) = open_folder(folder).mistakes
    assert found.where == f"{OWN}, parameters.{where}"
    assert found.problem.startswith(problem)


def test_a_rota_of_the_days_ahead_is_no_mistake_and_a_visit_that_was_made_then_is(
    vale, outturn
) -> None:
    """What is planned lies ahead, and may have been cancelled already. What tells no outcome is
    asked about as well."""
    rows = (
        "place,person,visit,visit_on,planned_minutes,outcome\n"
        "V1,zorro-1,1,2026-03-02,30,delivered\n"
        "V1,zorro-1,2,2026-04-03,30,planned\n"
        "V1,zorro-1,3,2026-04-04,30,cancelled\n"
    )
    source = '[[source]]\nid = "calls"\nfile = "calls.csv"\ncontract = "home_care_visits"\n'
    texts = {"data/sources.toml": source, "data/calls.csv": rows}
    told = outturn("check", "--in", vale(**texts), "--json")
    assert told.code == 0, told.err
    assert json.loads(told.out)["days_ahead"] == []
    texts["data/calls.csv"] += "V1,zorro-1,4,2026-04-05,30,delivered\nV1,zorro-1,5,2026-04-06,30,\n"
    told = outturn("check", "--in", vale(**texts), "--json")
    (said,) = json.loads(told.out)["days_ahead"]
    assert said.startswith("Table 'home_care_visits', column visit_on: 2 rows have a day after")
