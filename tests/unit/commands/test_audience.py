"""For whom a build was made is said wherever its figures leave it, and not by the audit alone."""

from __future__ import annotations

import json
import re
import shutil

import pikepdf
import pytest

from outturn.commands.build import build
from outturn.commands.explain import explain
from outturn.commands.export import export
from outturn.commands.publish import publish
from outturn.commands.vintages import vintages
from outturn.vintages import open_

PRESETS = {"": "social care", "officer": "none", "board": "hospital", "public": "scotland"}
WORDS = {
    "": "made for no audience in particular, by the disclosure preset social care",
    "officer": "made for officers, by the disclosure preset none",
    "board": "made for the board, by the disclosure preset hospital",
    "public": "made for the public, by the disclosure preset scotland",
}
CLASSIFIED = {
    "": "Official",
    "officer": "Official: for officers",
    "board": "Official: for the board",
    "public": "Official: for the public",
}


@pytest.fixture(scope="module")
def made(vale, tmp_path_factory):
    """A folder with a build for each audience and one for none, and their names by audience."""
    folder = tmp_path_factory.mktemp("audiences") / "vale"
    shutil.copytree(vale, folder, ignore=shutil.ignore_patterns("vintages", ".outturn", "papers"))
    with (folder / "outturn.toml").open("a", encoding="utf-8") as file:
        own = (f'{one} = "{preset}"\n' for one, preset in PRESETS.items() if one)
        file.write(f"\n[disclosure_for]\n{''.join(own)}")
    return folder, {one: build(folder, audience=one).name for one in PRESETS}


def test_the_list_of_builds_names_audience_and_preset(made, outturn):
    folder, names = made
    told = json.loads(outturn("vintages", "--in", folder, "--json").out)
    said = {row["vintage"]: (row["audience"], row["disclosure"]) for row in told}
    assert said == {names[one]: (one, preset) for one, preset in PRESETS.items()}
    printed = outturn("vintages", "--in", folder).out
    assert all(word in printed for word in ("audience", "disclosure", "officer", "hospital"))


def test_a_build_without_the_word_is_listed_and_one_without_its_settings_too(made, tmp_path):
    """Builds of before audiences were kept have none; what is damaged takes no other with it."""
    folder, names = made
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert "audience" not in dict(open_(copy / "vintages", names[""]).arguments)
    (copy / "vintages" / f"v={names['board']}" / "definitions.json").unlink()
    said = {row["vintage"]: (row["audience"], row["disclosure"]) for row in vintages(copy).rows}
    assert said[names[""]] == ("", "social care")
    assert said[names["board"]] == ("board", "")


def test_a_preset_that_is_not_known_here_is_not_said_to_be_another(made, tmp_path):
    folder, names = made
    copy = shutil.copytree(folder, tmp_path / "copy")
    file = copy / "vintages" / f"v={names['board']}" / "definitions.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('\\"hospital\\"', '\\"hospice\\"'), encoding="utf-8")
    said = {row["vintage"]: row["disclosure"] for row in vintages(copy).rows}
    assert said[names["board"]] == ""


@pytest.mark.parametrize("audience", PRESETS)
def test_an_explanation_says_it_of_its_vintage(made, audience):
    folder, names = made
    asked = ("emergency_admissions", "", "November 2026", names[audience])
    assert WORDS[audience] in explain(folder, *asked)["Vintage"]


@pytest.mark.parametrize("audience", PRESETS)
def test_a_paper_says_it_and_is_classified_by_it(made, tmp_path, audience):
    folder, names = made
    written = publish(folder, "", names[audience], tmp_path)
    text = next(one for one in written if one.suffix == ".html").read_text(encoding="utf-8")
    about = re.sub(r"\s+", " ", text.partition("About this paper</h2>")[2])
    assert f", {WORDS[audience]}. It can be made again to the digit" in about
    front = text.partition("Classification")[2][:200]
    assert re.search(rf">{CLASSIFIED[audience]}<", front)
    with pikepdf.open(next(one for one in written if one.suffix == ".pdf")) as opened:
        assert opened.pages


@pytest.mark.parametrize("audience", PRESETS)
def test_exported_figures_say_it_to_people_and_programs(made, tmp_path, audience):
    folder, names = made
    *_, descriptor = export(folder, names[audience], "csv", tmp_path)
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    assert package["outturn"] == {
        "audience": audience or None,
        "disclosure": PRESETS[audience],
    }
    assert f"{WORDS[audience]};" in package["description"]


@pytest.mark.parametrize("command", [("publish",), ("export", "--format", "csv")])
@pytest.mark.parametrize("json", [False, True])
def test_who_publishes_a_build_for_officers_is_warned(made, tmp_path, outturn, command, json):
    """Above all where nothing of it is withheld. A script has the warning beside its JSON."""
    folder, names = made
    for audience, warned in (("officer", True), ("public", False)):
        to = ("--in", folder, "--to", tmp_path / "out", "--vintage", names[audience])
        said = outturn(*command, *to, *(["--json"] if json else []))
        assert said.code == 0, said.err
        where = said.err if json else said.out
        warning = (
            f"This build was {WORDS['officer']}, and not for the public: no count is withheld. "
            "Before you publish: outturn build --audience public, then outturn audit"
        )
        assert (warning in where) is warned
        assert ("for the public:" in said.out + said.err) is warned


def test_who_publishes_a_build_that_withholds_by_another_preset_is_warned(made, tmp_path, outturn):
    folder, names = made
    to = ("--format", "csv", "--in", folder, "--to", tmp_path / "out")
    for audience in ("", "board"):
        said = outturn("export", *to, "--vintage", names[audience])
        assert f"This build was {WORDS[audience]}, and not for the public" in said.out


def test_a_build_that_the_public_would_have_as_it_is_may_leave_without_a_word(
    vale, tmp_path, outturn
):
    """Of no audience, by the preset of the public, and with nothing withheld."""
    said = outturn("export", "--format", "csv", "--in", vale, "--to", tmp_path / "out")
    assert said.code == 0 and "for the public" not in said.out + said.err
