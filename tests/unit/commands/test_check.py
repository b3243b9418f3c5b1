"""`outturn check`: everything at once, and nothing changed."""

from __future__ import annotations

import json

import pytest

import outturn.commands.check as checking


@pytest.mark.parametrize(
    "name", ["leicestershire-2021", "leicestershire-2013", "joint-future-2004"]
)
def test_every_bundled_example_is_in_order(name, outturn, request):
    root = request.config.rootpath
    told = outturn("check", "--in", root / "examples" / name, "--json")
    assert told.code == 0
    answer = json.loads(told.out)
    assert answer["mistakes"] == []
    assert answer["measures"] > 10
    assert answer["rows"] > 20


def test_definitions_and_data_are_checked_in_one_run(vale, copied, edited, outturn):
    folder = copied(vale)
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_least = 720")
    edited(folder / "data" / "reablement.csv", "HOME,2025/26,613,955", "HOME,2025/26,many,955")
    told = outturn("check", "--in", folder)
    assert told.code == 10
    assert told.out == ""
    assert "targets/2026-27.toml, target admissions-2026" in told.err
    assert "data/reablement.csv, column numerator, row 3" in told.err
    assert told.err.endswith("2 mistakes were found.\n")


def test_checking_keeps_no_vintage_and_changes_no_file(vale, copied, outturn):
    folder = copied(vale)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert outturn("check", "--in", folder).code == 0
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path for path in after if ".outturn" not in path.parts} == set(before)
    assert all(after[path] == content for path, content in before.items())


def test_without_places_the_rows_are_not_all_called_wrong(vale, copied):
    folder = copied(vale)
    (folder / "places.csv").unlink()
    found = checking.check(folder, lambda *_: None)
    assert found.counted["rows"] == 0
    assert [one.problem for one in found.mistakes] == [
        "The list of places is missing or empty."
    ] or all("places" in str(one) or "place" in str(one) for one in found.mistakes)
