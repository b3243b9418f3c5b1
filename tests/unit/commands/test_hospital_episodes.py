"""Episodes in the place of stays: what is made of them, and what is told."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

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
library = ["joint_future", "core_suite"]
"""
SOURCE = '[[source]]\nid = "{0}"\nfile = "{0}.csv"\ncontract = "hospital_{0}"\n\n'
EPISODES = """place,episode,person,kind,admission,admitted_on,discharged_on,destination,born_on
V1,e0,zorro-0,acute,emergency,2025-04-01,2025-04-02,home,1940-01-01
V1,e1,zorro-1,acute,emergency,2025-05-01,2025-05-04,other hospital,1940-01-01
V1,e2,zorro-1,acute,transfer,2025-05-04,2025-05-09,home,1940-01-01
V1,e3,zorro-2,acute,emergency,2025-05-02,2025-05-03,home,1940-01-01
"""
STAYS = """place,stay,person,kind,admission,admitted_on,discharged_on,born_on
V1,s0,zorro-0,acute,emergency,2025-04-01,2025-04-02,1940-01-01
V1,s1,zorro-1,acute,emergency,2025-05-01,2025-05-03,1940-01-01
"""
MEASURE, MONTH = "jf_emergency_admissions_65", "2025-05"
TABLE, OWN = "hospital_stays", "methods/hospital_stays.toml"
VERSION = "outturn, November 2026"


@pytest.fixture
def vale(tmp_path: Path) -> Callable[..., Path]:
    """A folder with the sources that are named, with other files in the place of its own."""

    def made(*sources: str, **files: str) -> Path:
        texts = {
            "outturn.toml": SETTINGS,
            "places.csv": "code,name,kind\nV1,Vale,council\n",
            "data/sources.toml": "".join(SOURCE.format(one) for one in sources),
            "data/episodes.csv": EPISODES,
            "data/stays.csv": STAYS,
            **files,
        }
        return laid(tmp_path / "vale", texts)

    return made


def made_of(folder: Path, steps: list[str] | None = None) -> list[tuple[str, date, date]]:
    opened = sound_folder(folder)
    ingested = ingest(folder, opened.partnership, opened.contracts)
    said = None if steps is None else steps.append
    found = with_derived(
        ingested, opened.partnership, opened.contracts, date(2026, 3, 31), opened.cache, said
    )
    rows = found.tables["discharges"]
    return rows.select("stay", "admitted_on", "discharged_on").sort("stay").rows()


def test_measures_of_stays_are_counted_from_episodes_where_no_source_holds_stays(vale) -> None:
    folder = vale("episodes")
    steps: list[str] = []
    assert made_of(folder, steps) == [
        ("e0", date(2025, 4, 1), date(2025, 4, 2)),
        ("e1", date(2025, 5, 1), date(2025, 5, 9)),
        ("e3", date(2025, 5, 2), date(2025, 5, 3)),
    ]
    assert f"Deriving 'hospital_stays' by the method {VERSION}" in steps
    again: list[str] = []
    assert made_of(folder, again) == made_of(folder)
    assert not [one for one in again if one.startswith("Deriving")]  # remembered


def test_an_explanation_names_the_method_of_the_stays_and_of_what_is_made_of_them(
    vale, outturn
) -> None:
    folder = vale("episodes")
    assert outturn("build", "--in", folder).code == 0
    told = outturn("explain", MEASURE, "V1", MONTH, "--in", folder)
    text = " ".join(told.out.split())
    assert told.code == 0, told.err
    assert "hospital_stays: Continuous stays in hospital, joined from episodes" in text
    assert f"by the method '{VERSION}', from library/methods/hospital_stays.toml" in text
    assert "discharges: " in text
    assert "numerator 2" in text


def test_people_are_named_with_the_record_of_the_first_episode_of_their_stay(
    vale, outturn, tmp_path
) -> None:
    folder, to = vale("episodes"), tmp_path / "who.csv"
    told = outturn("people", MEASURE, "V1", MONTH, "--in", folder, "--to", to)
    assert told.code == 0, told.err
    with to.open(encoding="utf-8", newline="") as file:
        rows = [(one["person"], one["record"], one["source"], one["row"], one["where"])
                for one in csv.DictReader(file)]  # fmt: skip
    assert sorted(rows) == [
        ("zorro-1", "e1", "episodes", "3", "numerator"),
        ("zorro-2", "e3", "episodes", "5", "numerator"),
    ]


def test_stays_that_a_source_holds_are_taken_as_they_are_and_a_check_says_so(vale, outturn) -> None:
    folder = vale("stays", "episodes")
    assert [stay for stay, _, _ in made_of(folder)] == ["s0", "s1"]
    told = " ".join(outturn("check", "--in", folder).out.split())
    assert "'hospital_stays' is taken as a source has it, and not made of 'hospital_episodes'." in (
        told
    )
    assert outturn("build", "--in", folder).code == 0
    explained = outturn("explain", MEASURE, "V1", MONTH, "--in", folder).out
    assert "discharges: " in explained and "hospital_stays: " not in explained


def test_one_source_of_the_two_passes_nothing_over(vale) -> None:
    for one in ("stays", "episodes"):
        folder = vale(one)
        opened = sound_folder(folder)
        said = not_derived(ingest(folder, opened.partnership, opened.contracts), opened.partnership)
        assert "is taken as" not in said
        assert "hospital_stays" not in said


def test_a_folder_with_neither_is_told_of_stays_and_keeps_no_method_for_them(vale) -> None:
    folder = vale("stays")
    (folder / "data/sources.toml").write_text("", encoding="utf-8")
    opened = open_folder(folder)
    said = not_derived(ingest(folder, opened.partnership, opened.contracts), opened.partnership)
    assert "'hospital_stays'" in said and "hospital_episodes" not in said
    assert "library/methods/hospital_stays.toml" not in opened.partnership.files
    assert "library/methods/discharges.toml" in opened.partnership.files
    assert "library/methods/hospital_stays.toml" in open_folder(vale("episodes")).partnership.files


def test_an_episode_that_cannot_be_is_set_aside_with_the_reason(vale, outturn) -> None:
    wrong = (
        "V1,e4,zorro-3,acute,emergency,2025-05-05,2025-05-04,home,\n"
        "V1,e5,zorro-4,acute,emergency,,2025-05-04,home,\n"
        "V1,e6,zorro-5,surgery,emergency,2025-05-05,2025-05-07,home,\n"
        "V1,e1,zorro-6,acute,emergency,2025-05-05,2025-05-07,home,\n"
    )
    folder = vale("episodes", **{"data/episodes.csv": EPISODES + wrong})
    told = outturn("check", "--in", folder)
    text = " ".join((told.out + told.err).split())
    assert "zorro" not in text
    assert "An episode ends on or after the day it begins" in text
    assert "admitted_on" in text and "kind" in text
    assert "same key" in text
    assert outturn("build", "--in", folder).code == 0


def test_a_method_of_ones_own_has_days_and_kinds_of_its_own(vale, outturn) -> None:
    apart = EPISODES.replace("2025-05-04,2025-05-09", "2025-05-07,2025-05-09")
    files = {"data/episodes.csv": apart}
    assert len(made_of(vale("episodes", **files))) == 4
    folder = vale("episodes", **files, **{OWN: own_method(TABLE, transfer_days=3)})
    assert len(made_of(folder)) == 3
    assert outturn("build", "--in", folder).code == 0
    told = outturn("explain", MEASURE, "V1", MONTH, "--in", folder).out
    assert "by the method 'ours', from methods/hospital_stays.toml" in " ".join(told.split())


@pytest.mark.parametrize(
    ("changes", "where", "problem"),
    [
        ({"gap_days": -1}, "gap_days", "The number -1 is not possible here."),
        ({"gap_days": "one"}, "gap_days", "It is not a whole number."),
        ({"transfer_to": ["another ward"]}, "transfer_to[0]", "'another ward' is not a word"),
        ({"joined_with": {"surgery": "acute"}}, "joined_with.surgery", "'surgery' is not a word"),
        ({"joined_with": {"acute": "surgery"}}, "joined_with.acute", "'surgery' is not a word"),
        ({"first_of_a_day": []}, "first_of_a_day", "It is empty."),
    ],
)
def test_a_parameter_that_cannot_be_is_told(vale, changes, where, problem) -> None:
    folder = vale("episodes", **{OWN: own_method(TABLE, **changes)})
    (found,) = open_folder(folder).mistakes
    assert found.where == f"{OWN}, parameters.{where}"
    assert found.problem.startswith(problem)


def test_whether_a_table_is_usually_supplied_is_true_or_false(vale) -> None:
    text = own_method(TABLE).replace("usually_supplied = true", 'usually_supplied = "yes"')
    (found,) = open_folder(vale("episodes", **{OWN: text})).mistakes
    assert (found.where, found.problem, found.remedy) == (
        f"{OWN}, usually_supplied", "It is not true or false.", "Write true or false.",
    )  # fmt: skip
