"""What people ask of a kept build: scorecard, trend, compare, findings, rejected, vintages."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from outturn.commands import questions
from outturn.commands.build import build
from outturn.commands.vintages import vintages
from outturn.terms.period import from_key
from outturn.vintages import Released, open_


def judged(monkeypatch, rows: pl.DataFrame) -> None:
    """Every kept build has these verdicts, and whatever else it had."""
    scan = Released.scan
    monkeypatch.setattr(
        Released, "scan", lambda kept, name: rows.lazy() if name == "verdicts" else scan(kept, name)
    )


def test_the_scorecard_has_one_line_a_measure_the_judged_figure_first(leicestershire):
    answer = questions.scorecard(leicestershire)
    ours = [row for row in answer.rows if row["place"] == "E10000018"]
    assert len(ours) == len({row["measure"] for row in ours})
    rows = {row["measure"]: row for row in ours}
    assert rows["sequels_prevent"] == {
        "measure": "sequels_prevent", "place": "E10000018", "part": "",
        "period": "April to November 2020",
        "figure": "54.0", "target": "between 56.0% and 61.0%", "now": "▲ close A",
        "year end": "▲ close A", "direction": "not assessed", "set aside": None,
        "chance of another": None, "chance of meeting": None,
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
    assert [(row["series"], row["period"], row["figure"]) for row in answer.rows] == [
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
    assert [(row["series"], row["period"]) for row in rows] == [(1, "2019/20"), (2, "2024/25")]
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
    assert "Health checks received" in {row["measure"] for row in answer.printed}
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


def test_the_scorecard_shows_the_last_period_though_it_has_no_figure(examples_copy):
    folder = examples_copy("joint-future-2004")
    build(folder, as_of=date(2007, 3, 31))
    rows = {row["measure"]: row for row in questions.scorecard(folder).rows}
    assert rows["intensive_home_care_share"] == {
        "measure": "intensive_home_care_share", "place": "EXAMPLE", "part": "", "period": "2006/07",
        "figure": "not available", "target": "at least 28.5%", "now": "○ not assessed –",
        "year end": "○ not assessed –", "direction": "not assessed", "set aside": None,
        "chance of another": None, "chance of meeting": None,
    }  # fmt: skip


def test_a_figure_that_is_not_due_yet_does_not_hide_the_last_one(monkeypatch, leicestershire):
    opened = questions.open_build(leicestershire, "")
    rows = opened.kept.read("verdicts").filter(
        (pl.col("measure") == "at_home_91_days") & (pl.col("place") == "E10000018")
        & pl.col("target_id").is_not_null()
    )  # fmt: skip
    year = pl.lit("2020-04-01/P1Y").alias("period")
    none = pl.lit(None, pl.Float64).alias("value")
    later = rows.with_columns(year, none, absent=pl.lit("not available"))
    judged(monkeypatch, pl.concat([rows, later]))
    (row,) = questions.scorecard(leicestershire).rows
    assert (row["period"], row["figure"]) == ("April to November 2020", "89.7")


def test_parts_of_a_trend_stand_by_period_two_months_before_eleven(leicestershire, copied):
    folder = copied(leicestershire)
    with (folder / "data" / "appendix-a.csv").open("a") as file:
        file.write("e_loans,2020-04-01/P11M,900,,,,,\ne_loans,2020-04-01/P2M,90,,,,,\n")
    build(folder)
    periods = [row["period"] for row in questions.trend(folder, "e_loans").rows]
    assert periods == [
        "April to May 2020", "April to November 2019", "April to November 2020",
        "April 2020 to February 2021",
    ]  # fmt: skip


def test_a_comparison_says_why_there_is_no_figure_and_zero_is_a_figure(monkeypatch, vale):
    rows = questions.open_build(vale, "").kept.read("benchmarks").head(2)
    rows = rows.with_columns(
        value=pl.Series([None, 0.0], dtype=pl.Float64),
        comparator_value=pl.Series([None, 0.0], dtype=pl.Float64),
        absent=pl.Series(["suppressed", None], dtype=pl.String),
        rank=pl.Series([None, 140], dtype=pl.Int64),
        members=pl.Series([150, 150], dtype=pl.Int64),
        with_value=pl.Series([None, None], dtype=pl.Int64),
    )
    monkeypatch.setattr("outturn.vintages.store.Released.scan", lambda *_: rows.lazy())
    told = questions.compare(vale, "reablement_no_further_support").rows
    assert [(row["figure"], row["group figure"], row["of"]) for row in told] == [
        ("0.0%", "0.0%", 150), ("suppressed", None, None),
    ]  # fmt: skip


def test_a_target_of_a_part_has_a_line_of_its_own_in_the_scorecard(parted, outturn):
    rows = questions.scorecard(parted).rows
    assert [(row["measure"], row["part"], row["figure"]) for row in rows] == [
        ("emergency_admissions", "", "435"),
        ("emergency_admissions", "age=80", "148"),  # those of 90 have no target
        ("reablement_no_further_support", "", "68.1"),
    ]
    told = outturn("scorecard", "--in", parted).out
    assert "age 80" in told and "HOME" not in told
    (_, part, _) = questions.scorecard(parted).printed
    assert part["measure"] == "Emergency admissions, 65 and over: age 80"


def test_a_person_reads_titles_names_and_units_and_a_script_ids_and_numbers(vale):
    answer = questions.scorecard(vale)
    assert [(row["measure"], row["figure"]) for row in answer.printed] == [
        ("Emergency admissions, 65 and over", "435 admissions"),
        ("No further support needed after reablement", "68.1%"),
    ]
    assert all("place" not in row for row in answer.printed)  # they are all of Vale
    assert [(row["measure"], row["place"], row["figure"]) for row in answer.rows] == [
        ("emergency_admissions", "HOME", "435"),
        ("reablement_no_further_support", "HOME", "68.1"),
    ]


def test_a_trend_of_a_part_is_of_that_part_alone(parted):
    answer = questions.trend(parted, "emergency_admissions", part="age=80")
    assert answer.title == "Emergency admissions, 65 and over: Vale, age 80"
    figures = {row["period"]: row["figure"] for row in answer.rows}
    assert figures["April to November 2026"] == "148"


def test_a_trend_without_a_figure_says_where_there_are_some(vale, outturn):
    told = outturn("trend", "reablement_no_further_support", "North locality", "--in", vale)
    assert told.code == 0
    assert " ".join(told.out.split()) == (
        "This vintage holds no figure of No further support needed after reablement for North"
        " locality. It holds some for First neighbour, Second neighbour, Third neighbour, Vale."
    )


def test_a_published_forecast_does_not_hide_a_judged_figure_so_far(monkeypatch, leicestershire):
    opened = questions.open_build(leicestershire, "")
    rows = opened.kept.read("verdicts").filter(
        (pl.col("measure") == "at_home_91_days") & (pl.col("place") == "E10000018")
        & pl.col("target_id").is_not_null()
    )  # fmt: skip
    year = pl.lit("2020-04-01/P1Y").alias("period")
    foretold = rows.with_columns(
        year, provenance=pl.lit("forecast"), status_now=pl.lit("not assessed")
    )
    judged(monkeypatch, pl.concat([rows, foretold]))
    (row,) = questions.scorecard(leicestershire).rows
    assert row["period"] == "April to November 2020"
    # Where none so far is judged, the forecast stands.
    judged(monkeypatch, pl.concat([rows.with_columns(status_now=pl.lit("not assessed")), foretold]))
    (row,) = questions.scorecard(leicestershire).rows
    assert row["period"] == "2020/21"


def test_a_period_that_is_not_over_as_at_the_day_of_the_build_does_not_stand_for_a_measure(vale):
    """An extract may hold rows of later periods: none of them is judged yet."""
    opened = questions.open_build(vale, "")
    calendar, verdicts = opened.partnership.calendar, opened.kept.scan("verdicts")
    verdicts = verdicts.filter(pl.col("measure") == "emergency_admissions")  # it has every month
    for day in (date(2026, 11, 30), date(2026, 10, 31), date(2026, 4, 30)):
        found = questions.standing(verdicts, calendar, day)
        assert {from_key(key).end for key in found["period"]} == {day}


def test_a_status_set_aside_is_marked_and_its_reason_stands_below(monkeypatch, leicestershire):
    opened = questions.open_build(leicestershire, "")
    reason = "Now: Set by the director on 1 December 2020: the sample was small."
    rows = opened.kept.read("verdicts").filter(
        (pl.col("measure") == "at_home_91_days") & pl.col("target_id").is_not_null()
    )
    judged(monkeypatch, rows.with_columns(overridden=pl.lit(reason)))
    answer = questions.scorecard(leicestershire)
    (said,), (row,) = answer.printed, answer.rows
    assert said["now"].endswith(" [s]") and not said["year end"].endswith("[s]")
    assert answer.notes[0] == f"[s] {said['measure']}. {reason}"
    assert answer.notes[1].startswith("Statuses now of percentages that would be another: 0 of 1")
    assert row["set aside"] == reason and not row["now"].endswith("[s]")


def test_two_builds_of_one_second_are_listed_in_the_order_they_were_made(vale, copied, outturn):
    folder = copied(vale)
    days = ("2026-10-31", "2026-09-30", "2026-08-31", "2026-11-30")
    for day in days:
        build(folder, as_of=date.fromisoformat(day), label=day)
    vintages(folder)
    listed = [row["label"] for row in vintages(folder).rows]
    assert listed == list(reversed(days))
    assert all("." not in row["built"] for row in vintages(folder).rows)


def test_peers_who_stood_where_we_stand_are_asked_for_by_command(vale, outturn):
    told = outturn("improvers", "reablement_no_further_support", "--in", vale)
    assert told.code == 0 and "Nobody it is compared with stood where Vale stands" in told.out
