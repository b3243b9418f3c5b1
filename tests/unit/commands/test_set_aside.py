"""Rows set aside: figures made without them say so, and a file with nothing left stops a build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outturn.commands.build import build, recreate
from outturn.commands.check import check
from outturn.commands.explain import explain
from outturn.commands.questions import scorecard
from outturn.judgement.incomplete import WORDS
from outturn.terms.errors import ExtractMistake, Mistakes, RowsMistake
from outturn.terms.period import from_key
from outturn.vintages import open_

MEASURE = "emergency_admissions"
LACK = (
    "fewer than 5 rows of 'admissions' of this place and period were set aside: "
    "the figure may be incomplete"
)
DAY = date(2026, 11, 1)
STOPPED = (
    "data/admissions.csv\n  All 2 rows are set aside, and nothing of the file is left: "
    "column Admissions (admissions): the cell is not a whole number (2 rows); "
    "column Locality (place): the place is not in places.csv (1 row).\n"
)


def spoilt(folder: Path, *rows: str, alone: bool = False) -> None:
    file = folder / "data" / "admissions.csv"
    text = file.read_text(encoding="utf-8")
    before = text.splitlines()[0] + "\n" if alone else text
    file.write_text(before + "".join(f"{row}\n" for row in rows), encoding="utf-8")


BAD = ("North locality,2026-11-01,71,?", "South locality,2026-11-01,72,?")


@pytest.fixture
def spoiled(vale, copied) -> Path:
    folder = copied(vale)
    spoilt(folder, *BAD)
    return folder


def values(folder: Path) -> pl.DataFrame:
    return open_(folder / "vintages").read("values").filter(pl.col("value").is_not_null())


def told_of(folder: Path) -> dict[tuple[str, str], str]:
    """The method of each undivided figure of the measure, by place and period."""
    rows = values(folder).filter(measure=MEASURE, breakdown="all")
    return {
        (place, key): how for place, key, how in rows.select("place", "period", "method").rows()
    }


def test_figures_that_rows_set_aside_for_a_bad_cell_could_change_say_so_and_no_others(spoiled):
    built = build(spoiled)
    assert all(isinstance(one, RowsMistake) for one in built.mistakes)
    for (place, key), method in told_of(spoiled).items():
        period = from_key(key)
        could = place in {"NORTH", "SOUTH", "HOME"} and period.start <= DAY <= period.end
        assert (LACK in method) == could, (place, key)
    others = values(spoiled).filter(pl.col("measure") != MEASURE)["method"]
    assert others.len() and not others.str.contains("set aside").any()
    finding = open_(spoiled / "vintages").read("findings").filter(rule="rows set aside")
    ((measure, place, period, said),) = finding.select(
        "measure", "place", "period", "finding").rows()  # fmt: skip
    assert (measure, place) == (MEASURE, "HOME")
    assert from_key(period).start <= DAY <= from_key(period).end
    assert said.startswith(f"{LACK[:1].upper()}{LACK[1:]}.")
    told = explain(spoiled, MEASURE, "HOME", "2026-11")
    assert any(LACK in line for line in told["Counts"])
    (note,) = [one for one in scorecard(spoiled).notes if "incomplete" in one]
    assert LACK[1:] in note and "This concerns: Emergency admissions, 65 and over." in note
    assert recreate(spoiled, built.name).seal == built.seal


@pytest.mark.parametrize(
    ("row", "places", "days"),
    [
        (
            "North locality,2026-09-01,71,?",
            {"NORTH", "HOME"},
            (date(2026, 9, 1), date(2026, 9, 30)),
        ),
        (",2026-09-01,71,5", {"NORTH", "SOUTH", "HOME"}, (date(2026, 9, 1), date(2026, 9, 30))),
        ("North locality,?,71,5", {"NORTH", "HOME"}, (date.min, date.max)),
        ("North locality,2026-09-01,71,5,6", {"NORTH", "SOUTH", "HOME"}, (date.min, date.max)),
    ],
    ids=["a number", "a place", "a date", "a cell too many"],
)
def test_a_row_marks_by_place_and_period_what_of_them_can_be_read(vale, copied, row, places, days):
    folder = copied(vale)
    spoilt(folder, row)
    assert build(folder).mistakes
    marked = 0
    for (place, key), method in told_of(folder).items():
        period = from_key(key)
        could = place in places and period.start <= days[1] and days[0] <= period.end
        assert ("set aside" in method) == could, (place, key)
        marked += could
    assert marked


def test_the_number_of_rows_of_a_place_and_period_is_told_as_a_count_of_them_would_be(vale, copied):
    folder = copied(vale)
    spoilt(folder, *[f"North locality,2026-11-01,{age},?" for age in range(70, 77)])
    build(folder)
    said = "7 rows of 'admissions' of this place and period were set aside"
    assert said in told_of(folder)["NORTH", "2026-11-01/P1M"]


@pytest.mark.parametrize(
    "row",
    ["North locality,2026-11-01,60,5", "Elsewhere,2026-11-01,60,5", "Elsewhere,2026-11-01,60,?"],
    ids=["repeats a key", "a place of others", "a place of others with a bad cell"],
)
def test_rows_left_out_by_intent_mark_no_figure(vale, copied, row):
    folder = copied(vale)
    spoilt(folder, "North locality,2026-11-01,60,5", row)
    assert build(folder).mistakes
    assert not values(folder)["method"].str.contains("set aside").any()


def test_a_figure_that_is_reported_is_not_made_of_other_rows_and_is_not_marked(vale, copied):
    folder = copied(vale)
    with (folder / "data" / "reablement.csv").open("a", encoding="utf-8") as file:
        file.write("HOME,2024/25,?,900\n")
    assert build(folder).mistakes
    assert not values(folder)["method"].str.contains("set aside").any()


def test_a_file_of_which_every_row_is_set_aside_stops_the_build_and_keeps_nothing(vale, copied):
    folder = copied(vale, kept=True)
    before = open_(folder / "vintages").name
    spoilt(folder, "Elsewhere,2026-11-01,71,?", BAD[1], alone=True)
    with pytest.raises(Mistakes) as caught:
        build(folder)
    (one,) = caught.value.exceptions
    assert type(one) is ExtractMistake
    assert str(one).startswith(STOPPED)
    assert "Column Admissions (admissions): " in one.remedy
    assert "Column Locality (place): Add it to places.csv" in one.remedy
    assert open_(folder / "vintages").name == before
    assert str(one) in [str(each) for each in check(folder, lambda *_: None).mistakes]


def test_a_folder_of_files_stops_only_when_nothing_of_any_of_them_is_left(vale, copied, edited):
    folder = copied(vale)
    edited(folder / "data" / "sources.toml", '"admissions.csv"', '"admissions/"')
    (folder / "data" / "admissions").mkdir()
    whole = (folder / "data" / "admissions.csv").read_text(encoding="utf-8")
    header = whole.splitlines()[0]
    files = [folder / "data" / "admissions" / f"{number}.csv" for number in (1, 2)]
    files[0].write_text(whole, encoding="utf-8")
    files[1].write_text("\n".join([header, *BAD]) + "\n", encoding="utf-8")
    build(folder)
    assert LACK in told_of(folder)["HOME", "2026-11-01/P1M"]
    files[0].write_text("\n".join([header, BAD[0]]) + "\n", encoding="utf-8")
    for _ in range(2):  # the second time the rows come from what is remembered
        with pytest.raises(Mistakes) as caught:
            build(folder)
        (one,) = caught.value.exceptions
        assert one.where == "data/admissions/"
        assert one.problem.startswith("All 3 rows are set aside")


CLD = """
[[source]]
id = "cld"
file = "cld.csv"
contract = "cld"
"""
SERVICES = """
title = "Services begun"
short = "Services begun"
definition = "1"
kind = "count"
unit = "services"
aim = "none"
decimals = 0
frequency = "month"
source = "us"
people = "services"

[numerator]
table = "cld"
count = true
"""
HEADER = "la_code,person_id,event_type,event_start_date,event_end_date,client_type,service_type\n"


def test_check_and_build_tell_a_word_that_nobody_knows_and_go_on(vale, copied, outturn):
    folder = copied(vale)
    (folder / "data" / "cld.csv").write_text(
        f"{HEADER}HOME,p1,Service,2025-11-30,,Service user,Short-term support: ST Max\n",
        encoding="utf-8",
    )
    with (folder / "data" / "sources.toml").open("a", encoding="utf-8") as sources:
        sources.write(CLD)
    measure = folder / "framework" / "measures" / "services_begun.toml"
    measure.write_text(SERVICES, encoding="utf-8")
    said = (
        "data/cld.csv, column service_type: 1 row holds a word that nobody knows, so no figure "
        "counts by it. Run outturn check-extract data/cld.csv to see which"
    )
    for command in ("check", "build"):
        told = outturn(command, "--in", folder)
        assert told.code == 0
        assert said in " ".join(told.out.split())
        assert "ST Max" not in told.out + told.err
        assert "Everything is in order." not in told.out
    (finding,) = open_(folder / "vintages").read("findings").filter(rule=WORDS).rows(named=True)
    assert (finding["measure"], finding["place"]) == ("services_begun", "HOME")
    held = said.split(" Run")[0].replace("1 row holds", "some rows hold")
    assert finding["finding"] == held
    assert held in outturn("findings", "--in", folder, "--json").out
    assert said in outturn("build", "--in", folder, "--json").out
    assert said in outturn("check", "--in", folder, "--json").out
    spoilt(folder, BAD[0])  # a mistake besides
    told = outturn("check", "--in", folder)
    assert told.code == 12
    assert said in " ".join(told.out.split())
