"""`outturn build`: what is kept, under which name, and what stops it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from outturn.commands import counting
from outturn.commands.build import Built, _statuses, build, recreate
from outturn.commands.questions import scorecard
from outturn.terms.errors import Mistakes, VintageMistake
from outturn.vintages import current, listing, open_


def test_a_build_says_what_it_kept_and_how_many_stand_where(leicestershire, copied, outturn):
    told = outturn("build", "--in", copied(leicestershire))
    kept = open_(leicestershire / "vintages")
    assert told.code == 0
    assert told.out.splitlines() == [
        f"Kept as vintage {kept.name}, as at 2020-11-30.",
        "It holds 71 found, 71 counts, 71 values, 68 verdicts, 17 benchmarks.",
        "At year end: 19 not assessed, 10 on target, 6 close, 1 off target.",
    ]
    assert told.err.splitlines()[0] == "Reading the data"
    assert told.err.splitlines()[-1] == "Keeping"


def test_one_of_a_thing_is_said_as_one():
    rows = {"found": 1, "counts": 1, "values": 2, "findings": 1, "rejected": 0}
    told = Built("a", "b", date(2026, 1, 1), rows, {}, ())
    assert told.sentences[1] == "It holds 1 found, 1 count, 2 values, 1 finding."


def test_a_build_answers_a_script_as_json(leicestershire, copied, outturn):
    told = outturn("build", "--in", copied(leicestershire), "--json")
    kept = open_(leicestershire / "vintages")
    answer = json.loads(told.out)
    assert (answer["vintage"], answer["seal"]) == (kept.name, kept.seal)
    assert answer["as_of"] == "2020-11-30"
    assert answer["rows"]["verdicts"] == 68
    assert answer["statuses_at_year_end"]["off target"] == 1
    assert answer["kept_aside"] == []


def test_building_twice_gives_one_vintage_of_one_name_and_seal(vale, copied):
    folder = copied(vale)
    first, second = build(folder), build(folder)
    assert (first.name, first.seal) == (second.name, second.seal)
    assert [one.name for one in listing(folder / "vintages")] == [first.name]


def test_the_position_date_is_the_one_asked_for_then_the_folders_then_today(vale, copied, edited):
    folder = copied(vale)
    assert build(folder, as_of=date(2026, 10, 31)).as_of == date(2026, 10, 31)
    assert build(folder).as_of == date(2026, 11, 30)
    settings = folder / "outturn.toml"
    line = next(one for one in settings.read_text().splitlines() if one.startswith("as_of"))
    edited(settings, line, "")
    assert build(folder).as_of == date.today()


def test_a_correction_names_what_it_replaces_and_says_why(vale, copied, outturn):
    folder = copied(vale)
    first = build(folder).name
    told = outturn("build", "--in", folder, "--as-of", "2026-10-31", "--replaces", first[:6])
    assert told.code == 13
    assert f"This vintage replaces {first} without a reason." in told.err
    assert "Say why, in a sentence." in told.err
    told = outturn(
        "build", "--in", folder, "--as-of", "2026-10-31", "--replaces", first[:6],
        "--because", "The date was wrong.", "--label", "Board, December",
    )  # fmt: skip
    assert told.code == 0
    newest = next(one for one in listing(folder / "vintages") if one.is_current)
    assert (newest.replaces, newest.label) == (first, "Board, December")
    with pytest.raises(VintageMistake, match="There is no vintage 'abc'"):
        build(folder, replaces="abc", because="x")


def test_a_mistake_in_a_definition_stops_the_build_and_nothing_is_kept(vale, copied, edited):
    folder = copied(vale)
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_least = 720")
    with pytest.raises(Mistakes):
        build(folder)
    assert not (folder / "vintages").exists()


def test_a_file_that_cannot_be_read_stops_the_build(vale, copied, outturn):
    folder = copied(vale)
    (folder / "data" / "admissions.csv").unlink()
    told = outturn("build", "--in", folder)
    assert told.code == 12
    assert "There is no such file." in told.err
    assert not (folder / "vintages").exists()


def test_rows_that_break_their_contract_are_kept_aside_and_told_and_the_rest_is_built(
    vale, copied, outturn
):
    folder = copied(vale)
    with (folder / "data" / "reablement.csv").open("a", encoding="utf-8") as file:
        file.write("HOME,2024/25,many,900\n")
    told = outturn("build", "--in", folder)
    assert told.code == 0
    assert "Kept aside:\n  data/reablement.csv, column numerator, row 8\n" in told.out
    assert "many" not in told.out + told.err
    aside = outturn("rejected", "--in", folder, "--json")
    (row,) = json.loads(aside.out)
    assert (row["source"], row["row"], row["column"]) == ("reablement", 8, "numerator")
    assert "many" not in aside.out
    assert set(row) == {"source", "file", "row", "column", "reason"}


def test_a_build_tidies_up_after_one_that_was_stopped(vale, copied):
    folder = copied(vale)
    build(folder)
    left = folder / "vintages" / ".tmp-0123456789ab-4194304-0"  # beyond the largest process number
    left.mkdir()
    build(folder)
    assert not left.exists()


def test_a_target_changed_counts_nothing_again(vale, copied, edited, monkeypatch):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_most = 430")
    monkeypatch.setattr(counting.sql_engine, "count", _never)
    monkeypatch.setattr(counting.reported, "reported_counts", _never)
    second = build(folder)
    assert second.name != first.name
    verdict = {"status_year_end": "off target", "target": "at most 430 admissions"}
    judged = open_(folder / "vintages").read("verdicts").to_dicts()
    assert any(verdict.items() <= row.items() for row in judged)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("framework/measures/emergency_admissions.toml", "at_least = 65", "at_least = 75"),
        ("data/admissions.csv", "North locality,2025-04-01,70,9", "North locality,2025-04-01,70,8"),
        ("places.csv", "NORTH,North locality,locality,HOME", "NORTH,North locality,locality,"),
        ("outturn.toml", "as_of = 2026-11-30", "as_of = 2026-10-31"),
    ],
)
def test_what_decides_a_count_counts_again(file, old, new, vale, copied, edited):
    folder, again = copied(vale, kept=True), copied(vale, "again")
    before = open_(folder / "vintages").read("counts")
    for one in (folder, again):
        edited(one / file, old, new)
    now = _counts(folder)
    assert now.equals(_counts(again)), "what was remembered is not what is counted"
    assert file == "outturn.toml" or not now.equals(before)


def test_remembered_counts_that_are_damaged_are_counted_again(vale, copied):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    kept = list((folder / ".outturn" / "tables").iterdir())
    assert any(file.name.endswith(".counted.parquet") for file in kept)
    for file in kept:
        file.write_bytes(file.read_bytes()[:-7])
    assert build(folder).seal == first.seal
    for file in kept:
        file.write_text("{}")
    assert build(folder).seal == first.seal


def test_a_cache_that_cannot_be_written_makes_a_build_slower_not_wrong(vale, copied):
    folder = copied(vale)
    (folder / ".outturn").write_text("in the way")
    assert build(folder).seal == open_(vale / "vintages").seal
    assert current(folder / "vintages") == current(vale / "vintages")


def _never(*_: object, **__: object) -> None:
    raise AssertionError("this was counted already")


def _counts(folder: Path):
    build(folder)
    return open_(folder / "vintages").read("counts")


def test_a_file_that_cannot_be_read_stops_the_build_whatever_its_name(vale, copied, edited):
    folder = copied(vale)
    (folder / "data" / "admissions.csv").rename(folder / "data" / "beds, rowan.csv")
    edited(folder / "data" / "sources.toml", '"admissions.csv"', '"beds, rowan.csv"')
    name = build(folder).name
    (folder / "data" / "beds, rowan.csv").unlink()
    with pytest.raises(Mistakes, match="mistake") as found:
        build(folder)
    assert [one.problem for one in found.value.exceptions] == ["There is no such file."]
    with pytest.raises(Mistakes):
        recreate(folder, name)


def test_a_build_that_was_kept_already_says_so_and_which_words_it_did_not_take(
    vale, copied, outturn
):
    folder = copied(vale, kept=True)
    name = current(folder / "vintages")
    told = outturn("build", "--in", folder)
    assert told.out.startswith(f"Already kept as vintage {name}, as at 2026-11-30.\nIt holds ")
    told = outturn("build", "--in", folder, "--label", "Board", "--because", "A slip.")
    assert told.code == 0
    assert (
        "Not taken: --label, --because. Nothing has changed since this vintage was kept, and what"
        " is kept never changes. To keep another, change data, a definition, --as-of or --seed.\n"
    ) in told.out
    answer = json.loads(outturn("build", "--in", folder, "--label", "Board", "--json").out)
    assert (answer["already_kept"], answer["not_taken"]) == (True, ["--label"])
    (kept,) = listing(folder / "vintages")
    assert kept.label == ""


def test_words_that_the_kept_vintage_has_already_are_no_news(vale, copied):
    folder = copied(vale)
    assert not build(folder, label="Board").already_kept
    again = build(folder, label="Board")
    assert (again.already_kept, again.not_taken) == (True, ())


def test_a_vintage_does_not_replace_itself(vale, copied, outturn):
    folder = copied(vale, kept=True)
    name = current(folder / "vintages")
    told = outturn("build", "--in", folder, "--replaces", name, "--because", "A slip.")
    assert told.code == 13
    assert f"Vintage {name} would replace itself: nothing has changed since." in told.err
    assert "Correct the data or a definition first, then build again." in told.err


def test_statuses_of_equal_number_are_told_the_better_first():
    verdicts = pl.DataFrame({"status_year_end": ["close", "off target", "on target", "close"]})
    assert list(_statuses(verdicts).items()) == [("close", 2), ("on target", 1), ("off target", 1)]


def test_a_build_counts_what_the_scorecard_shows(parted):
    shown = Counter(row["year end"].split(" ", 1)[1][:-2] for row in scorecard(parted).rows)
    statuses = build(parted).statuses
    assert statuses == shown and sum(statuses.values()) == 3
