"""A source that is a folder of files: each read and kept by itself, one that is broken left out."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from outturn.commands.build import build, recreate
from outturn.commands.check import check
from outturn.commands.explain import explain
from outturn.commands.folder import open_folder
from outturn.commands.publish import publish
from outturn.commands.questions import scorecard
from outturn.databases import InFiles
from outturn.ingest import readers
from outturn.ingest.run import ingest
from outturn.terms.errors import Mistakes, PartMistake
from outturn.vintages import open_

TABLE = "admissions"


@pytest.fixture
def divided(vale, copied) -> Path:
    """The new folder with its admissions in six files, some of them Parquet."""
    folder = copied(vale)
    data = folder / "data"
    lines = (data / "admissions.csv").read_text(encoding="utf-8").splitlines()
    (data / "admissions.csv").unlink()
    (data / "admissions").mkdir()
    each = -(-len(lines[1:]) // 6)
    for number in range(6):
        rows = lines[1 + each * number : 1 + each * (number + 1)]
        text = "\n".join([lines[0], *rows]) + "\n"
        (data / "admissions" / f"part-{number}.csv").write_text(text, encoding="utf-8")
    last = data / "admissions" / "part-5.csv"
    pl.read_csv(last, infer_schema=False).write_parquet(last.with_suffix(".parquet"))
    last.unlink()
    sources = data / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text.replace('"admissions.csv"', '"admissions/"'), encoding="utf-8")
    return folder


def broken(folder: Path, number: int = 2) -> Path:
    file = folder / "data" / "admissions" / f"part-{number}.csv"
    file.write_bytes(b"\xff\xfe\x00 no table of anything")
    return file


def values(folder: Path, name: str = "") -> pl.DataFrame:
    found = open_(folder / "vintages", name) if name else open_(folder / "vintages")
    return found.read("values")


def test_a_folder_of_files_comes_to_what_one_file_does(vale, divided):
    built = build(divided)
    assert built.mistakes == ()
    assert_frame_equal(values(divided), values(vale))
    assert recreate(divided, built.name).seal == built.seal


def test_its_table_stays_in_files(divided):
    folder = open_folder(divided)
    read = ingest(divided, folder.partnership, folder.contracts, folder.cache)
    (table,) = read.in_files.values()
    assert isinstance(table, InFiles)
    assert len(table.files) == 6
    assert set(read.in_files).isdisjoint(read.tables)
    in_memory = ingest(divided, folder.partnership, folder.contracts)
    (name,) = read.in_files
    assert table.rows == in_memory.tables[name].height


def test_a_run_that_was_stopped_goes_on_from_the_files_that_are_finished(divided, monkeypatch):
    real, opened = readers.read, []

    class Stopped(BaseException):
        pass

    def reading(path, source):
        if len(opened) == 3:
            raise Stopped
        opened.append(path.name)
        return real(path, source)

    monkeypatch.setattr(readers, "read", reading)
    folder = open_folder(divided)
    arguments = (divided, folder.partnership, folder.contracts, folder.cache)
    with pytest.raises(Stopped):
        ingest(*arguments)
    before = list(opened)
    monkeypatch.setattr(
        readers, "read", lambda path, source: (opened.append(path.name), real(path, source))[1]
    )
    told: list[str] = []
    ingest(*arguments, told.append)
    assert not set(opened[len(before) :]) & set(before)
    assert "data/admissions/: 2 of 6 files kept from before" in told
    opened.clear()
    told.clear()
    ingest(*arguments, told.append)
    assert opened == []
    assert "data/admissions/: 6 of 6 files kept from before" in told


def test_only_a_file_that_changed_is_read_again(divided, monkeypatch):
    folder = open_folder(divided)
    arguments = (divided, folder.partnership, folder.contracts, folder.cache)
    told: list[str] = []
    ingest(*arguments, told.append)
    assert not any("kept from before" in one for one in told)
    file = divided / "data" / "admissions" / "part-1.csv"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-1]) + "\n")
    real, opened = readers.read, []
    monkeypatch.setattr(
        readers, "read", lambda path, source: (opened.append(path.name), real(path, source))[1]
    )
    ingest(*arguments)
    assert opened == ["part-1.csv"]


def test_a_file_that_is_broken_is_named_and_left_aside_and_the_figures_say_so(divided):
    broken(divided)
    built = build(divided)
    (mistake,) = [one for one in built.mistakes if isinstance(one, PartMistake)]
    assert mistake.where.startswith("data/admissions/part-2.csv")
    assert mistake.problem.endswith("It is left aside: figures of this table are incomplete.")
    found = values(divided).filter(pl.col("value").is_not_null())
    counted = found.filter(measure="emergency_admissions")
    assert counted.height
    said = f"incomplete: 1 of 6 partitions of '{TABLE}' could not be read (part-2.csv)"
    assert counted["method"].str.contains(said, literal=True).all()
    told = explain(divided, "emergency_admissions", "HOME", "2026-11")
    assert any(said in line for line in told["Counts"])
    findings = open_(divided / "vintages").read("findings")
    finding = findings.filter(rule="incomplete table", measure="emergency_admissions")
    assert finding["finding"].to_list() == [said[:1].upper() + said[1:] + "."]
    assert recreate(divided, built.name).seal == built.seal
    assert any(isinstance(one, PartMistake) for one in check(divided, lambda *_: None).mistakes)


def test_the_scorecard_and_the_paper_say_which_figures_are_not_whole(divided):
    said = f"Incomplete: 1 of 6 partitions of '{TABLE}' could not be read (part-2.csv)."
    build(divided)
    assert not any("ncomplete" in note for note in scorecard(divided).notes)
    broken(divided)
    build(divided)
    (note,) = [one for one in scorecard(divided).notes if "ncomplete" in one]
    assert note == f"{said} This concerns: Emergency admissions, 65 and over."
    (page, *_) = publish(divided)
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.read_text("utf-8"))))
    assert f"{said} This concerns: Emergency admissions, 65 and over." in words
    assert re.search(rf"\[\d\] {re.escape(said)}", words)  # below the table of the figure


def test_where_no_file_can_be_read_nothing_is_built(divided):
    for number in range(5):
        broken(divided, number)
    (divided / "data" / "admissions" / "part-5.parquet").write_bytes(b"PAR1")
    with pytest.raises(Mistakes) as caught:
        build(divided)
    assert len(caught.value.exceptions) == 6
    assert not any(isinstance(one, PartMistake) for one in caught.value.exceptions)


def test_a_folder_without_files_is_told(divided, edited):
    edited(divided / "data" / "sources.toml", '"admissions/"', '"admissions/*.xlsx"')
    with pytest.raises(Mistakes) as caught:
        build(divided)
    assert [str(one) for one in caught.value.exceptions] == [
        "data/admissions/*.xlsx\n  There is no file in the folder.\n"
        "  Put files there, or put the name right in data/sources.toml."
    ]


def test_where_a_month_is_in_the_broken_file_alone_a_year_of_few_events_says_what_it_lacks(
    divided: Path, edited: Callable[[Path, str, str], None]
) -> None:
    """One admission a month: a month without any would be chance, were its file not there."""
    word = '"period": "month"'
    edited(divided / "contracts" / "admissions.json", word, f'{word}, "events": true')
    data = divided / "data" / "admissions"
    for file in data.iterdir():
        file.unlink()
    for month in (*range(4, 8), *range(9, 12)):
        row = f"North locality,2026-{month:02}-01,80,1"
        (data / f"part-{month}.csv").write_text(f"Locality,Month,Age,Admissions\n{row}\n")
    build(divided)
    to_date = values(divided).filter(
        measure="emergency_admissions", period="2026-04-01/P8M", place="HOME", breakdown="all"
    )
    assert to_date["numerator"].to_list() == [7]
    broken(divided, 8)
    build(divided)
    said = f"incomplete: 1 of 8 partitions of '{TABLE}' could not be read (part-8.csv)"
    marked = values(divided).filter(
        measure="emergency_admissions", period="2026-04-01/P8M", place="HOME", breakdown="all"
    )
    assert marked["value"].to_list() == to_date["value"].to_list()
    assert said in marked["method"].item()
