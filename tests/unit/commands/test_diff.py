"""`outturn diff`: a definition, the data, a target and the world change, and are told apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from outturn.commands import changes
from outturn.commands.build import build
from outturn.commands.changes import _figure
from outturn.commands.opened import part_said
from outturn.vintages import current

DEFINITION, REVISION, TARGET, REAL = (
    "definition change", "revision", "target change", "real change",
)  # fmt: skip
NEWER = """
[[target]]
id = "at-home-91-days-2020-revised"
measure = "at_home_91_days"
period = "2020/21"
at_least = 90
tolerance = { points = 3 }
supersedes = "at-home-91-days-2020"
agreed = { by = "Cabinet", on = 2021-02-09, because = "Neighbours do better." }
"""


def redefine(folder: Path) -> None:
    """Another version of a definition, shown with other decimals."""
    file = folder / "framework" / "measures" / "self_directed_users.toml"
    replaced(file, 'definition = "2014"', 'definition = "2021"')
    replaced(file, "decimals = 1", "decimals = 0")


def revise(folder: Path) -> None:
    """The source gives another figure for the same period, published later."""
    appendix = folder / "data" / "appendix-a.csv"
    replaced(appendix, "sequels_meet,2020-04-01/P8M,14.4", "sequels_meet,2020-04-01/P8M,10.4")
    sources = folder / "data" / "sources.toml"
    first = sources.read_text(encoding="utf-8").split("[[source]]")[1]
    later = first.replace("published = 2021-01-18", "published = 2021-02-18")
    replaced(sources, first, later)


def aim_higher(folder: Path) -> None:
    """A newer entry of the ledger supersedes an older one."""
    with (folder / "targets" / "2020-21.toml").open("a", encoding="utf-8") as file:
        file.write(NEWER)


def move_on(folder: Path) -> None:
    """The figure of a later period has come."""
    with (folder / "data" / "appendix-a.csv").open("a", encoding="utf-8") as file:
        file.write("e_loans,2021-04-01/P8M,611.5,,,,,\n")


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    DEFINITION: (redefine, "self_directed_users"),
    REVISION: (revise, "sequels_meet"),
    TARGET: (aim_higher, "at_home_91_days"),
    REAL: (move_on, "e_loans"),
}


@pytest.fixture
def compared(leicestershire, copied, outturn):
    """What the command tells of the builds before and after some changes."""

    def compare(*changes: Callable[[Path], None]):
        folder = copied(leicestershire, kept=True)
        before = current(folder / "vintages")
        for change in changes:
            change(folder)
        after = build(folder).name
        rows = json.loads(outturn("diff", before, after, "--in", folder, "--json").out)
        told = outturn("diff", before, after, "--in", folder)
        assert told.code == 0
        return rows, told.out

    return compare


@pytest.mark.parametrize("cause", CHANGES)
def test_each_change_alone_has_its_own_cause_and_no_other(cause, compared):
    change, measure = CHANGES[cause]
    rows, _ = compared(change)
    assert {row["measure"] for row in rows} == {measure}
    assert cause in {one for row in rows for one in row["causes"].split(", ")}
    others = set(CHANGES) - {cause}
    assert not others & {one for row in rows for one in row["causes"].split(", ")}


def test_all_four_at_once_are_told_apart(compared):
    rows, told = compared(*(change for change, _ in CHANGES.values()))
    causes = defaultdict(set)
    for row in rows:
        causes[row["measure"]] |= set(row["causes"].split(", ")) & set(CHANGES)
    assert causes == {measure: {cause} for cause, (_, measure) in CHANGES.items()}
    words = " ".join(told.split())
    assert "The definition of Self-directed support: adults changed; " in words
    assert "1 figure was revised as its data changed" in words
    assert "1 figure is judged by another target" in words
    assert "from 520.7 (April to November 2020) to 611.5 (April to November 2021)" in words


def test_a_definition_shows_the_figure_as_it_read_before_and_after(compared):
    rows, _ = compared(redefine)
    now = next(row for row in rows if row["period"] == "April to November 2020")
    assert (now["figure before"], now["figure after"]) == ("96.0", "96")


def test_other_decimals_alone_are_a_definition_change(compared):
    def fewer(folder: Path) -> None:
        file = folder / "framework" / "measures" / "self_directed_users.toml"
        replaced(file, "decimals = 1", "decimals = 0")

    rows, _ = compared(fewer)
    assert {row["measure"] for row in rows} == {"self_directed_users"}
    assert {row["causes"] for row in rows} == {DEFINITION}


def test_a_revision_shows_both_figures_and_what_became_of_the_status(compared):
    rows, _ = compared(revise)
    (row,) = rows
    assert (row["figure before"], row["figure after"]) == ("14.4", "10.4")
    assert (row["year end before"], row["year end after"]) == ("close", "on target")
    assert row["causes"] == REVISION


def test_a_superseding_target_shows_both_targets(compared):
    rows, _ = compared(aim_higher)
    (row,) = [one for one in rows if one["period"] == "April to November 2020"]
    assert (row["target before"], row["target after"]) == ("at least 88.0%", "at least 90.0%")
    assert (row["year end before"], row["year end after"]) == ("on target", "close")


def test_other_words_in_a_target_change_nothing(compared):
    def reworded(folder: Path) -> None:
        file = folder / "targets" / "2020-21.toml"
        replaced(file, "at_least = 88\n", "at_least = 88 # as in the plan\n")

    rows, told = compared(reworded)
    assert rows == []
    assert "No figure, status, direction or comparison changed" in told


def test_other_conditions_of_a_count_are_a_definition_change_alone(vale, copied, outturn):
    folder = copied(vale, kept=True)
    before = current(folder / "vintages")
    file = folder / "framework" / "measures" / "emergency_admissions.toml"
    replaced(file, "at_least = 65", "at_least = 75")
    after = build(folder).name
    rows = json.loads(outturn("diff", before, after, "--in", folder, "--json").out)
    assert {row["measure"] for row in rows} == {"emergency_admissions"}
    assert {row["causes"] for row in rows} == {DEFINITION}


def test_a_counted_month_that_is_revised_is_told_apart_from_a_month_that_is_new(
    vale, copied, outturn
):
    folder = copied(vale, kept=True)
    before = current(folder / "vintages")
    data = folder / "data" / "admissions.csv"
    replaced(data, "North locality,2026-10-01,70,", "North locality,2026-10-01,70,1")
    with data.open("a", encoding="utf-8") as file:
        file.write("North locality,2026-12-01,70,9\nSouth locality,2026-12-01,70,9\n")
    outturn("build", "--in", folder, "--as-of", "2026-12-31")
    after = json.loads(outturn("vintages", "--in", folder, "--json").out)
    (later,) = [one["vintage"] for one in after if one["vintage"] != before]
    rows = json.loads(outturn("diff", before, later, "--in", folder, "--json").out)
    causes = {
        row["period"]: row["causes"]
        for row in rows
        if row["place"] == "HOME" and row["measure"] == "emergency_admissions"
    }
    assert causes["October 2026"] == REVISION
    assert causes["December 2026"] == f"new figure, {REAL}"
    assert "September 2026" not in causes


def test_a_build_compared_with_itself_and_one_that_is_not_kept(leicestershire, outturn):
    (one,) = json.loads(outturn("vintages", "--in", leicestershire, "--json").out)
    name = one["vintage"]
    told = outturn("diff", name, name, "--in", leicestershire)
    assert told.out == (
        f"No figure, status, direction or comparison changed from {name} to {name}.\n"
    )
    told = outturn("diff", name, "abc", "--in", leicestershire)
    assert told.code == 13
    assert "There is no vintage 'abc'." in told.err


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_figure_that_is_absent_otherwise_says_how(compared):
    def withhold(folder: Path) -> None:
        appendix = folder / "data" / "appendix-a.csv"
        lines = appendix.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if "not available" in line)
        lines[at] = lines[at].replace("not available", "suppressed")
        appendix.write_text("".join(lines), encoding="utf-8")

    rows, _ = compared(withhold)
    (row,) = (r for r in rows if r["measure"] == "delayed_transfers_social_care")
    assert (row["figure before"], row["figure after"]) == ("not available", "suppressed")


def test_parts_of_one_measure_can_be_told_apart():
    row = {"breakdown": "sex", "category": "female"}
    assert part_said(row) == "sex=female"
    assert part_said({"breakdown": "all", "category": "all"}) == ""


def test_a_change_that_rounding_hides_is_shown_unrounded():
    row = {"shown_before": "5.0", "shown_after": "5.0", "value_before": 5.01, "value_after": 5.04}
    assert [_figure(row, side) for side in ("before", "after")] == [
        "5.0 (unrounded 5.01)",
        "5.0 (unrounded 5.04)",
    ]
    same = row | {"value_after": 5.01}
    assert _figure(same, "after") == "5.0"


def test_a_person_is_shown_what_changed_and_a_script_everything(compared):
    rows, told = compared(move_on)
    assert {"part", "target before", "now after", "year end after"} <= set(rows[0])
    assert "figure after" in told and "target before" not in told and "part" not in told


def test_many_periods_that_changed_for_one_cause_are_one_line_with_the_largest(
    vale, copied, outturn
):
    folder = copied(vale)
    build(folder)
    before = current(folder / "vintages")
    measure = folder / "framework/measures/emergency_admissions.toml"
    replaced(measure, "at_least = 65", "at_least = 75")
    build(folder)
    after = current(folder / "vintages")
    asked = ("diff", before, after, "--in", folder)
    rows = json.loads(outturn(*asked, "--json").out)
    mine = [row for row in rows if row["place"] == "HOME" and row["causes"] == DEFINITION]
    most = max(mine, key=lambda row: abs(int(row["figure before"]) - int(row["figure after"])))
    told = " ".join(outturn(*asked).out.replace("│", " ").split())
    assert len(mine) > 20
    assert "--json has them all." in told
    printed = changes.diff(folder, before, after).printed
    (line,) = [row for row in printed if row["place"] == "Vale" and row["causes"] == DEFINITION]
    assert line["measure"] == "Emergency admissions, 65 and over"
    assert line["period"] == f"{len(mine)} periods; most in {most['period']}"
    assert (line["figure before"], line["figure after"]) == (
        most["figure before"], most["figure after"],
    )  # fmt: skip


def test_a_target_for_a_place_that_had_none_changes_nothing_in_the_years_before(
    vale, copied, outturn
):
    folder = copied(vale)
    before = build(folder).name
    with (folder / "targets/2026-27.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[target]]\nid = "north"\nmeasure = "emergency_admissions"\nplace = "NORTH"\n'
            'period = "2026/27"\nat_most = 300\nagreed = { by = "The board", because = "New." }\n'
        )
    after = build(folder).name
    rows = json.loads(outturn("diff", before, after, "--in", folder, "--json").out)
    assert {row["causes"] for row in rows} == {TARGET}
    assert all("2026" in row["period"] for row in rows)


def test_a_group_that_loses_a_member_is_told_with_rank_and_group(vale, copied, outturn, edited):
    folder = copied(vale, kept=True)
    before = current(folder / "vintages")
    edited(folder / "outturn.toml", ', "PEER3"', "")
    after = build(folder).name
    rows = json.loads(outturn("diff", before, after, "--in", folder, "--json").out)
    (ours,) = (row for row in rows if row["place"] == "HOME")
    assert (ours["group"], ours["causes"]) == ("family", "comparison change")
    assert (ours["rank before"], ours["rank after"]) == ("3 of 4", "2 of 3")
    told = " ".join(outturn("diff", before, after, "--in", folder).out.split())
    assert f"No figure, status or direction changed from {before} to {after}." in told
    assert "4 comparisons with a group changed (comparison change)" in told
    assert told.count("3 of 4") == 1 and "and 3" in told  # one line for a person
