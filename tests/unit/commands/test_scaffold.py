"""`outturn new`: whatever the name, the folder is named plainly and works at once."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from outturn.commands.build import build
from outturn.commands.check import check
from outturn.commands.folder import open_folder
from outturn.commands.scaffold import folder_name, new
from outturn.terms.errors import DefinitionMistake

NAMES = {
    "North Vale": "north-vale",
    'Bridgend "Together" & Co': "bridgend-together-co",
    "O'Neill’s": "oneills",
    "Ynys Môn / Isle of Anglesey": "ynys-mon-isle-of-anglesey",
    "Comhairle nan Eilean Siar, Èirisgeigh": "comhairle-nan-eilean-siar-eirisgeigh",
    r"back\slash": "back-slash",
    "two\nlines\tand tabs": "two-lines-and-tabs",
    "a:b*?<c>|d": "a-b-c-d",
    "Straße": "strasse",
    "名前": "名前",
    "{{NAME}}": "name",
    "#=[x]": "x",
}


@pytest.mark.parametrize(("name", "folder"), NAMES.items())
def test_the_folder_has_a_plain_name_inside_the_place_asked_for(name, folder, tmp_path):
    made = new(name, tmp_path)
    assert made == tmp_path / folder
    assert [one.name for one in tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_stands_in_the_folder_as_it_was_given(name, tmp_path):
    folder = open_folder(new(name, tmp_path))
    plain = " ".join(name.split())
    assert folder.mistakes == ()
    assert folder.partnership.name == plain
    assert folder.partnership.places["HOME"].name == plain
    assert {one.publisher for one in folder.partnership.sources} == {plain}


@pytest.mark.parametrize("name", ["North Vale", 'Ynys "Môn" / O\'Neill, \\ Co'])
def test_a_new_folder_checks_builds_and_publishes_at_once(name, tmp_path):
    publish = pytest.importorskip("outturn.commands.publish").publish
    folder = new(name, tmp_path)
    assert check(folder, lambda *_: None).mistakes == []
    built = build(folder)
    assert (built.mistakes, built.rows["rejected"]) == ((), 0)
    assert built.statuses["on target"] > 0
    papers = publish(folder)
    assert sorted(path.suffix for path in papers) == [".docx", ".html", ".pdf"]
    assert all(path.stat().st_size > 5000 for path in papers)


@pytest.mark.parametrize("name", ["", "   ", ".", "..", "/", '"', "--"])
def test_a_name_without_a_letter_or_a_digit_is_a_mistake(name, tmp_path):
    with pytest.raises(DefinitionMistake) as told:
        new(name, tmp_path)
    assert str(told.value) == (
        "the command\n  The name has no letter and no digit.\n"
        '  Give the name of the partnership, such as outturn new "North Vale".'
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["/etc", "./vale", "../up", "~/vale", "C:\\vale", "~vale"])
def test_a_name_that_is_a_place_on_the_disk_is_a_mistake(name, tmp_path):
    with pytest.raises(DefinitionMistake) as told:
        new(name, tmp_path)
    assert str(told.value) == (
        "the command\n  The name looks like a place on the disk.\n"
        '  Give the name, and where its folder goes: outturn new "North Vale" --into DIR'
    )
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    made = new("Vale", tmp_path)
    (made / "outturn.toml").write_text("mine")
    with pytest.raises(DefinitionMistake, match="There is a folder of this name already"):
        new("VALE", tmp_path)
    assert (made / "outturn.toml").read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DefinitionMistake, match="There is a folder of this name already"):
        new("file", tmp_path)


IGNORED = {
    "papers/board.pdf": True,
    ".outturn/people/a.csv": True,
    "vintages/.tmp-a/values.parquet": True,
    "vintages/v=a/found.parquet": True,  # counts before disclosure control
    "vintages/v=a/values.parquet": False,
    "vintages/v=a/manifest.json": False,
    "vintages/CURRENT": False,
    "data/cld.csv": True,  # records of people, in any form
    "data/cld.parquet": True,
    "data/cld.xlsx": True,
    "data/events/2026-04.csv": True,
    "data/cld-findings.xlsx": True,
    "elsewhere/cld-findings.xlsx": True,
    "elsewhere/findings.csv": True,
    "elsewhere/fields.parquet": True,
    "returned.csv": True,  # lists of people at the top of the folder
    "asked for.xlsx": True,
    "places.csv": False,
    "README.txt": False,
    "data/sources.toml": False,
    "data/admissions.csv": False,  # the illustrations of a new folder are let in by name
    "data/reablement.csv": False,
    "targets/2026-27.toml": False,
}


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on this machine")
def test_version_control_takes_no_records_of_people_and_no_counts_as_found(tmp_path):
    folder = new("Vale", tmp_path)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    asked = "\n".join(IGNORED)
    command = ["git", "-C", folder, "check-ignore", "--no-index", "--stdin"]
    told = subprocess.run(command, input=asked, capture_output=True, text=True)
    assert told.stderr == ""
    assert told.stdout.split("\n")[:-1] == [name for name, left_out in IGNORED.items() if left_out]
    data = {f"data/{one.name}" for one in (folder / "data").iterdir()}
    assert data == {name for name, left_out in IGNORED.items() if "data/" in name and not left_out}


def test_names_that_read_alike_make_one_folder():
    assert folder_name("YNYS MÔN") == folder_name("Ynys Mon") == "ynys-mon"


def test_a_folder_cannot_be_made_inside_a_file_and_the_mistake_says_so(tmp_path):
    file = tmp_path / "taken"
    file.write_text("x")
    with pytest.raises(DefinitionMistake, match="The folder cannot be made there") as found:
        new("North Vale", file)
    assert found.value.remedy == "Name a folder that you may write to, with --into."
