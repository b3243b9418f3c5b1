"""What people ask of a kept build: scorecard, trend, compare, findings, rejected, vintages."""

from __future__ import annotations

import json

import polars as pl

from outturn.commands import questions
from outturn.commands.build import build
from outturn.vintages import open_


def test_the_scorecard_has_one_line_a_measure_the_judged_figure_first(leicestershire):
    answer = questions.scorecard(leicestershire)
    ours = [row for row in answer.rows if row["place"] == "E10000018"]
    assert len(ours) == len({row["measure"] for row in ours})
    rows = {row["measure"]: row for row in ours}
    assert rows["sequels_prevent"] == {
        "measure": "sequels_prevent", "place": "E10000018", "period": "April to November 2020",
        "figure": "54.0", "target": "between 56.0% and 61.0%", "now": "▲ close A",
        "year end": "▲ close A", "direction": "not assessed",
    }  # fmt: skip
    assert rows["reablement_no_further_service"]["year end"] == "◆ off target R"
    assert rows["at_home_91_days"]["year end"] == "● on target G"
    assert rows["services_make_safe"]["year end"] == "○ not assessed –"
    assert rows["services_make_safe"]["figure"] == "not applicable"
    assert answer.title == "Leicestershire"


def test_the_scorecard_is_a_table_for_a_person_and_json_for_a_script(leicestershire, outturn):
    told = outturn("scorecard", "--in", leicestershire)
    assert told.code == 0
    assert told.out.startswith("Leicestershire")
    assert "◆ off target R" in told.out
    rows = json.loads(outturn("scorecard", "--in", leicestershire, "--json").out)
    assert rows == questions.scorecard(leicestershire).rows


def test_an_answer_is_a_polars_frame_in_a_notebook(leicestershire):
    frame = questions.scorecard(leicestershire).frame
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == list(questions.scorecard(leicestershire).columns)
    empty = questions.findings(leicestershire).frame
    assert (empty.height, empty.columns) == (0, ["rule", "measure", "place", "finding", "size"])


def test_a_trend_puts_like_periods_together_and_never_months_beside_years(leicestershire):
    answer = questions.trend(leicestershire, "2B(1)", "Leicestershire")
    assert [(row["part"], row["period"], row["figure"]) for row in answer.rows] == [
        (1, "2019/20", "88.1"),
        (2, "April to November 2020", "89.7"),
    ]
    assert answer.title.endswith(": Leicestershire")


def test_a_trend_across_a_break_is_cut_and_says_why_to_a_person_and_to_a_script(
    leicestershire, copied, outturn
):
    folder = copied(leicestershire)
    with (folder / "data" / "appendix-a.csv").open("a") as file:
        file.write("admissions_65,2024-04-01/P1Y,592.5,,,,,\n")
    build(folder)
    reason = "2019/20 and 2024/25 cannot be compared. The source changed from the yearly SALT"
    told = outturn("trend", "admissions_65", "--in", folder)
    assert told.code == 0
    assert reason in " ".join(told.out.split())
    rows = json.loads(outturn("trend", "admissions_65", "--in", folder, "--json").out)
    assert [(row["part"], row["period"]) for row in rows] == [(1, "2019/20"), (2, "2024/25")]
    assert rows[0]["begins"] == ""
    assert reason in rows[1]["begins"]


def test_a_trend_is_of_the_partnership_itself_when_no_place_is_named(vale):
    answer = questions.trend(vale, "reablement_no_further_support")
    assert answer == questions.trend(vale, "reablement_no_further_support", "HOME")
    assert answer.rows


def test_a_comparison_gives_rank_quartile_and_gap_of_the_latest_period(vale):
    answer = questions.compare(vale, "reablement_no_further_support")
    assert [(row["place"], row["rank"], row["quartile"], row["gap"]) for row in answer.rows] == [
        ("First neighbour", 1, "top", "0.0 points"),
        ("Third neighbour", 2, "second", "1.1 points"),
        ("Vale", 3, "third", "4.9 points"),
        ("Second neighbour", 4, "bottom", "7.2 points"),
    ]
    assert {row["period"] for row in answer.rows} == {"April to November 2026"}
    assert {row["group figure"] for row in answer.rows} == {"69.7%"}
    assert answer.notes[0].startswith("rank share: ")


def test_the_latest_period_of_a_comparison_is_the_one_that_ends_last(vale, copied):
    folder = copied(vale)
    with (folder / "data" / "reablement.csv").open("a", encoding="utf-8") as file:
        file.write("HOME,2026-05,41,60\nPEER1,2026-05,39,70\n")
    build(folder)
    frame = open_(folder / "vintages").read("benchmarks")
    assert frame["period"].max() == "2026-05-01/P1M"  # texts sort otherwise than days
    answer = questions.compare(folder, "reablement_no_further_support")
    assert {row["period"] for row in answer.rows} == {"April to November 2026"}


def test_a_comparison_that_there_is_not_is_said(leicestershire, outturn):
    told = outturn("compare", "2A(2)", "2018/19", "--in", leicestershire)
    assert (told.code, told.out) == (0, "This vintage compares no such figure with others.\n")
    assert json.loads(outturn("compare", "2A(2)", "2018/19", "--in", leicestershire, "--json").out
                      ) == []  # fmt: skip


def test_reported_quartiles_are_marked_as_reported(leicestershire):
    answer = questions.compare(leicestershire, "2A(2)", "2019/20")
    (row,) = answer.rows
    assert (row["place"], row["quartile"], row["basis"], row["rank"]) == (
        "Leicestershire", "second", "reported", None,
    )  # fmt: skip
    assert "Reported: the quartile is printed in the report and not worked out here." in (
        answer.notes
    )


def test_findings_are_told_by_rule_measure_and_place(board, leicestershire, outturn):
    answer = questions.findings(board)
    assert {
        "rule": "figure and counts", "measure": "health_checks_received_share",
        "place": "Leicestershire", "size": "0.18",
        "finding": "April to September 2013: 12,751 of 23,577 is 54.1%, not 53.9%.",
    } in answer.rows  # fmt: skip
    assert {"rule", "measure", "place", "finding", "size"} == set(answer.columns)
    told = outturn("findings", "--in", leicestershire)
    assert told.out == "The rules for data quality found nothing to report.\n"


def test_no_row_kept_aside_is_said(leicestershire, outturn):
    assert outturn("rejected", "--in", leicestershire).out == "No row was kept aside.\n"


def test_vintages_are_listed_newest_first_with_the_one_that_is_shown(vale, copied, outturn):
    folder = copied(vale)
    told = outturn("vintages", "--in", folder)
    assert (told.code, told.out) == (
        0, "No vintage has been kept here yet. Next: outturn build\n",
    )  # fmt: skip
    first = build(folder, label="first")
    outturn("build", "--in", folder, "--as-of", "2026-10-31", "--label", "second")
    rows = json.loads(outturn("vintages", "--in", folder, "--json").out)
    assert {row["label"]: row["shown"] for row in rows} == {"first": "", "second": "shown"}
    assert [row["built"] for row in rows] == sorted((row["built"] for row in rows), reverse=True)
    assert first.seal.startswith(next(row["seal"] for row in rows if row["label"] == "first"))


def test_asking_before_anything_is_built_is_a_mistake_of_three_lines(vale, copied, outturn):
    folder = copied(vale)
    for command in ("scorecard", "findings", "rejected"):
        told = outturn(command, "--in", folder)
        assert told.code == 13
        assert told.err == (
            "vintages/CURRENT\n  No vintage has been kept here yet.\n  Build one first.\n"
        )
