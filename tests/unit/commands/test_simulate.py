"""`outturn simulate`: a folder that checks and builds, whole or not there, and says what it is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from laying import with_libraries
from outturn.commands import simulate as command
from outturn.commands.build import build
from outturn.commands.check import check
from outturn.commands.check_extract import check_cld
from outturn.commands.explain import explain
from outturn.commands.folder import open_folder
from outturn.commands.publish import publish
from outturn.commands.simulate import simulate
from outturn.ingest import ingest
from outturn.terms.errors import DefinitionMistake, ExtractMistake, Mistakes
from outturn.vintages import open_

SMALL = {"people": 2_000}
CLI = "from outturn.cli import main; main()"
SAID = "Synthetic data made by outturn simulate, seed 1: not about any person or place"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return simulate(tmp_path_factory.mktemp("made") / "north", **SMALL).folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_folder_checks_and_no_row_is_kept_aside(made):
    found = check(made, lambda *_: None)
    assert found.mistakes == []
    assert found.counted["sources"] == 19
    opened = open_folder(made)
    read = ingest(made, opened.partnership, opened.contracts)
    assert read.rejected.is_empty() and not read.mistakes
    assert sum(table.height for table in read.tables.values()) == found.counted["rows"]


def test_nothing_in_the_extract_must_be_corrected(made, tmp_path):
    found = check_cld(
        made / "data" / "cld.csv", made, workbook=tmp_path / "x.xlsx", as_of=date(2026, 10, 15)
    )
    assert found.judged.to_correct == 0


def test_the_folder_builds(made):
    assert build(made).rows["rejected"] == 0


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(made, tmp_path):
    before = files(made)
    again = files(simulate(tmp_path / "north", **SMALL).folder)
    assert again == {name: before[name] for name in again}
    other = files(simulate(tmp_path / "other", **SMALL, seed=2).folder)
    changed = {name for name in again if again[name] != other.get(name)}
    assert {"data/cld.csv", "data/deaths.csv", "truth/E06999001.csv", "README.txt"} <= changed


def test_every_file_that_people_read_says_that_it_is_synthetic(made):
    for name in ("README.txt", "outturn.toml", "data/sources.toml", "framework/outcomes.toml"):
        assert SAID in (made / name).read_text(encoding="utf-8"), name
    partnership = open_folder(made).partnership
    assert partnership.name == "Synthetic council, England, seed 1 (not a real place)"
    assert {place.name for place in partnership.places.values()} == {partnership.name}
    assert all(SAID in source.title for source in partnership.sources)


def test_the_truth_is_kept_aside_and_no_build_reads_it(made):
    truth = pl.read_csv(made / "truth" / "E06999001.csv")
    assert truth.columns == [
        "measure", "place", "period", "breakdown", "category", "numerator", "denominator",
    ]  # fmt: skip
    assert truth.height > 5_000
    assert not any("truth" in one for one in open_folder(made).partnership.files)


def test_a_country_is_written_council_by_council(tmp_path):
    told: list[str] = []
    done = simulate(tmp_path / "country", people=300, councils=3, progress=told.append)
    folder = done.folder
    assert done.places == ["E06999001", "E06999002", "E06999003"]
    assert sorted(path.name for path in (folder / "data" / "cld").iterdir()) == [
        f"{place}.parquet" for place in done.places
    ]
    assert check(folder, lambda *_: None).mistakes == []
    assert any("2 of 3" in one for one in told)
    places = open_folder(folder).partnership.places
    assert [one.kind for one in places.values()] == ["country", *["council"] * 3]


def test_a_country_is_told_no_other_figures_than_its_councils_one_by_one(tmp_path):
    """Each file begins with the same row: no derivation may take two of them for one record."""
    folder = simulate(tmp_path / "country", people=200, councils=2, years=2).folder
    sources = folder / "data" / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    assert text.count('file = "cld/"') == 1
    build(folder)
    together = open_(folder / "vintages").read("values")
    head, *tables = text.split("[[source]]")
    alone = []
    for table in tables:
        name = re.search(r'file = "(.*)/"', table)[1]
        for place in ("E06999001", "E06999002"):
            of_place = table.replace(f'id = "{name}"', f'id = "{name}_{place}"')
            alone.append(of_place.replace(f'"{name}/"', f'"{name}/{place}.parquet"'))
    sources.write_text("[[source]]".join([head, *alone]), encoding="utf-8")
    build(folder)
    apart = open_(folder / "vintages").read("values")
    keys = ["measure", "place", "period", "breakdown", "category"]
    counts = ["numerator", "denominator"]
    both = together.join(apart, on=keys, suffix=" apart").filter(
        pl.col("value").is_not_null() & pl.col("value apart").is_not_null()
    )
    derived = both.filter(measure="2a_no_further_support_after_reablement")
    assert derived["place"].n_unique() == 3
    assert all(both[one].equals(both[f"{one} apart"].alias(one)) for one in counts)


def test_a_broken_file_of_a_country_is_left_aside_and_its_council_is_told_so(tmp_path):
    folder = simulate(tmp_path / "country", people=200, councils=2, years=2).folder
    with_libraries(folder, "ascof_cld")
    file = folder / "data" / "cld" / "E06999001.parquet"
    file.write_bytes(file.read_bytes()[:1000])
    [mistake] = build(folder).mistakes
    assert mistake.where == "data/cld/E06999001.parquet"
    assert "It is left aside" in mistake.problem
    asked = ("2a_no_further_support_after_reablement", "2025-04-01/P1Y")
    assert explain(folder, asked[0], "E06999002", asked[1])["Figure"]
    with pytest.raises(ExtractMistake) as caught:
        explain(folder, asked[0], "E06999001", asked[1])
    assert "could not be read (E06999001.parquet)" in caught.value.remedy
    absent = (
        open_(folder / "vintages")
        .read("values")
        .filter(pl.col("why").str.starts_with("No numerator was supplied."))
    )
    told = absent.filter(place="E06999001", measure="2c_care_home_admissions_65")
    assert told.height
    assert told["why"].str.contains("(E06999001.parquet).", literal=True).all()


def test_a_nation_that_sends_no_quarters_is_asked_for_none(tmp_path):
    with pytest.raises(Mistakes) as caught:
        simulate(tmp_path / "x", people=300, nation="scotland", quarterly=True)
    [mistake] = caught.value.exceptions
    assert "they are England's" in mistake.problem and not (tmp_path / "x").exists()


def test_scotland_has_no_client_level_data(tmp_path):
    done = simulate(tmp_path / "s", people=300, nation="scotland", years=2)
    assert "cld" not in done.rows and done.rows["delays"] > 0
    assert check(done.folder, lambda *_: None).mistakes == []


@pytest.mark.parametrize("nation", ["england", "scotland"])
@pytest.mark.parametrize(
    "asked",
    [
        {"until": date(2026, 3, 31)},  # the end of a financial year
        {"until": date(2026, 4, 30)},  # its first month
        {"until": date(2025, 12, 31), "years": 1},
        {"councils": 3},
    ],
    ids=["year end", "first month", "one year", "country"],
)
def test_the_definitions_of_each_nation_check_whenever_they_end(tmp_path, nation, asked):
    done = simulate(tmp_path / "one", people=300, nation=nation, **asked)
    assert check(done.folder, lambda *_: None).mistakes == []
    partnership = open_folder(done.folder).partnership
    assert partnership.packs and partnership.targets and len(partnership.outcomes) > 3
    listed = {one for outcome in partnership.outcomes.values() for one in outcome.measures}
    assert listed <= set(partnership.measures)


@pytest.mark.slow
@pytest.mark.parametrize("nation", ["england", "scotland"])
def test_a_paper_is_made_of_a_small_folder(tmp_path, nation):
    folder = simulate(tmp_path / "one", people=300, nation=nation, until=date(2026, 3, 31)).folder
    built = build(folder)
    assert built.rows["rejected"] == 0
    papers = publish(folder)
    assert [paper.suffix for paper in papers] == [".html", ".pdf", ".docx"]
    text = papers[0].read_text(encoding="utf-8")
    assert "not a real place" in text and SAID in text


def test_measures_are_taken_along_and_listed(tmp_path):
    source = tmp_path / "measures"
    source.mkdir()
    text = """title = "Emergency admissions"
definition = "1"
kind = "count"
unit = "admissions"
aim = "lower"
frequency = "month"
source = "Hospital stays"
people = "admissions"

[numerator]
table = "hospital_stays"
count = true
where = [
  { column = "kind", one_of = ["acute"] },
  { column = "admission", one_of = ["emergency"] },
]
"""
    (source / "sudden.toml").write_text(text, encoding="utf-8")
    done = simulate(tmp_path / "north", **SMALL, measures=source)
    assert check(done.folder, lambda *_: None).mistakes == []
    assert open_folder(done.folder).partnership.outcomes["taken-along"].measures == ("sudden",)
    built = build(with_libraries(done.folder))
    truth = pl.read_csv(done.folder / "truth" / "E06999001.csv")
    found = open_(done.folder / "vintages", built.name).read("counts")
    months = found.filter(pl.col("period").cast(pl.String).str.ends_with("/P1M"))
    counted = dict(months.select(pl.col("period").cast(pl.String), "numerator").iter_rows())
    whole = truth.filter(measure="emergency_admissions", breakdown="all")
    known = dict(whole.select("period", "numerator").iter_rows())
    inside = {key: number for key, number in counted.items() if key in known}
    assert len(inside) == 36
    assert inside == {key: known[key] for key in inside}


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Mistakes) as found:
        simulate(tmp_path, **SMALL)
    (mistake,) = found.value.exceptions
    assert str(mistake) == (
        f"{tmp_path}\n"
        "  There is something at this place already, and it is not an empty folder.\n"
        "  Name a new folder: simulate never writes over anything."
    )
    assert files(tmp_path) == {"mine.txt": b"mine"}


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    simulate(tmp_path / "empty", people=300)
    assert (tmp_path / "empty" / "outturn.toml").is_file()
    assert [one.name for one in tmp_path.iterdir()] == ["empty"]


def test_every_wrong_option_is_told_at_once(tmp_path):
    with pytest.raises(Mistakes) as found:
        simulate(
            tmp_path / "x", people=5, seed=-1, nation="englnd", years=0, councils=0, release=3,
            form="xlsx", until=date(2026, 9, 29), measures=tmp_path / "none",
        )  # fmt: skip
    told = [str(one) for one in found.value.exceptions]
    assert [one.split("\n")[0].removeprefix("the command, ") for one in told] == [
        "--people", "--seed", "--years", "--councils", "--release", "--nation", "--form",
        "--until", "--measures",
    ]  # fmt: skip
    assert told[5].endswith("Did you mean 'england'?")
    assert told[7] == (
        "the command, --until\n"
        "  2026-09-29 is not the last day of a month from 1990 to 2100.\n"
        "  Give the last day of a month, such as 2026-09-30: whole months are covered."
    )
    assert not (tmp_path / "x").exists()


def test_quarterly_submissions_end_with_a_quarter(tmp_path):
    with pytest.raises(Mistakes) as found:
        simulate(tmp_path / "x", people=300, quarterly=True, until=date(2026, 8, 31))
    (mistake,) = found.value.exceptions
    assert str(mistake).startswith("the command, --quarterly\n  2026-08-31 is not the end of a")
    done = simulate(tmp_path / "q", people=300, quarterly=True)
    assert check(done.folder, lambda *_: None).mistakes == []
    assert open_folder(done.folder).partnership.as_of == date(2026, 10, 21)


def test_a_place_that_cannot_be_written_is_a_mistake(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DefinitionMistake, match="cannot be made there"):
        simulate(tmp_path / "file" / "north", people=300)


def test_a_run_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(command, "_text", full)
    with pytest.raises(DefinitionMistake, match="No space left on device"):
        simulate(tmp_path / "north", people=300)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
def test_a_killed_run_leaves_no_folder_of_that_name(tmp_path):
    into = tmp_path / "north"
    run = [sys.executable, "-c", CLI, "simulate", str(into), "--people", "20000"]
    process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            beside = list(tmp_path.glob(".north.*"))
            if beside and any(beside[0].rglob("*.csv")):
                break
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.wait()
    assert not into.exists()
    simulate(into, people=300)
    assert check(into, lambda *_: None).mistakes == []
