"""`outturn explain`: every part of the explanation of a figure, on the January 2021 example."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

import polars as pl
import pytest

from outturn.commands.build import build
from outturn.commands.explain import (
    _comparison,
    _counts,
    _target,
    _verdict,
    _what_there_is,
    _with_reason,
    explain,
)
from outturn.commands.opened import open_build
from outturn.framework.model import Breakdown, Measure, Standardise, Tally
from outturn.framework.parted import EUROPEAN
from outturn.terms.records import BENCHMARKS
from outturn.vintages import open_

AGREED = (
    "agreed by Leicestershire County Council, Appendix A of the report to the Adults and"
    " Communities Overview and Scrutiny Committee on 2021-01-18: As printed in the report of 18"
    " January 2021. The date on which it was agreed is not stated in it."
)
OURS = ("admissions_65", "E10000018", "all", "all")
REPORT = (
    "data/appendix-a.csv: Report to the Adults and Communities Overview and Scrutiny Committee,"
    " 18 January 2021, appendix A, published 2021-01-18"
)


def test_a_rate_by_its_code_is_explained_part_by_part(leicestershire):
    parts = explain(leicestershire, "2A(2)", "Leicestershire", "2020/21")
    kept = open_(leicestershire / "vintages")
    (appendix,) = [one for one in kept.inputs if one.name == "data/appendix-a.csv"]
    assert list(parts) == [
        "Figure", "Definition", "Outcomes", "Counts", "Source", "Target", "Verdict", "Comparison",
        "Vintage",
    ]  # fmt: skip
    assert parts["Figure"] == [
        "Permanent admissions to care homes, 65 and over [admissions_65]",
        "Leicestershire, 2020/21 [2020-04-01/P1Y]",
        "462.0 per 100,000",
        "unrounded 462.0; shown to 1 decimal place, half away from zero",
    ]
    assert parts["Definition"] == [
        "version 2014, from framework/measures/admissions_65.toml",
        "rate, in per 100,000; good is lower",
        "known as 2A(2) in ASCOF to 2022-23",
        "known as 2C in ASCOF from 2023-24",
        "break at 2024/25: The source changed from the yearly SALT return to client level data,"
        " with a new method: later figures are not comparable.",
        "The 2020/21 figure is the department's own full-year forecast, made at the end of"
        " November 2020. The report does not say how it was made.",
        "Also a Better Care Fund measure.",
        "Lower is the usual aim, but a care home can be the right place for a person.",
    ]
    assert parts["Counts"] == [
        "numerator 669: people aged 65 and over permanently admitted to a care home in the year",
        "denominator none: people aged 65 and over living in the county",
        "method: as reported",
        "not worked out again from its counts: Printed as a rate beside a count, without the"
        " population that the rate rests on.",
    ]
    assert parts["Source"] == [
        REPORT,
        f"fingerprint sha256 {appendix.sha256[:16]}…, {appendix.bytes:,} bytes",
        "1 row behind it; forecast",
    ]
    assert parts["Target"] == [
        "below 553.0 per 100,000 [admissions-65-2020, targets/2020-21.toml]",
        "up to 16.59 per 100,000 outside it counts as close",
        AGREED,
        "milestone for the period: below 553.0 per 100,000",
        "3% of the target rate, which stands for about 24 admissions or two weeks of the target.",
    ]
    assert parts["Verdict"][:3] == [
        "now: not assessed. Only a full-year forecast was published.",
        "forecast 462.0 per 100,000: as published",
        "year end: on target. The published forecast of 462.0 per 100,000 meets the target of"
        " below 553.0 per 100,000.",
    ]
    assert parts["Verdict"][3].startswith("distance year end: ")
    assert parts["Verdict"][4].startswith("direction: not assessed. ")
    assert parts["Comparison"] == ["None for this period."]
    assert parts["Vintage"] == [
        f"{kept.name}, seal {kept.seal}",
        f"published seal {kept.published_seal}",
        "made for no audience in particular, by the disclosure preset none",
        f"made by {kept.software}",
    ]


def test_a_figure_with_a_milestone_says_where_it_stands_now_and_at_the_years_end(leicestershire):
    parts = explain(leicestershire, "sequels_prevent", "E10000018", "April to November 2020")
    assert parts["Target"][0] == (
        "between 56.0% and 61.0% [sequels-prevent-2020, targets/2020-21.toml]"
    )
    assert "up to 5.0 points outside it counts as close" in parts["Target"]
    assert (
        "milestone for the period: between 56.0% and 61.0% by 30 November 2020" in (parts["Target"])
    )
    assert parts["Verdict"][0] == (
        "now: close. 54.0% is 2.0 points below the target of between 56.0% and 61.0%;"
        " up to 5.0 points counts as close."
    )
    assert parts["Verdict"][1] == (
        "chance of another colour: not told; neither the counts behind it nor a margin of error is "
        "held"
    )
    assert parts["Verdict"][2] == "forecast 54.0%: the figure so far stands"
    assert parts["Verdict"][3] == (
        "no distribution of it is told. Its year does not follow from its months or quarters."
    )
    assert parts["Verdict"][4].startswith("year end: close. 54.0%, if the figure so far stands,")
    assert "distance now: 2.0 points more" in parts["Verdict"]
    assert "distance year end: 2.0 points more by 31 March" in parts["Verdict"]


def test_a_published_quartile_says_that_others_published_it(leicestershire):
    parts = explain(leicestershire, "2A(2)", "Leicestershire County Council", "2019/20")
    assert parts["Target"] == ["None is set for this place and period."]
    assert parts["Comparison"] == [
        "All English councils, 2019/20: second quartile, as published by others",
        "Reported: the quartile is printed in the report and not worked out here.",
    ]


def test_a_figure_that_is_absent_says_which_way_and_why(leicestershire):
    parts = explain(leicestershire, "services_make_safe", "", "2020/21")
    assert parts["Figure"][2] == (
        "No figure: not applicable. The user survey was not run in 2020/21."
    )
    assert parts["Verdict"][0].startswith("now: not assessed. ")


def test_a_counted_figure_says_what_was_counted_and_where(vale):
    parts = explain(vale, "emergency_admissions", "Vale", "April to November 2026")
    assert parts["Counts"] == [
        "numerator 435: sum of admissions in admissions where age is at least 65",
        "no denominator: the definition has none",
        "method: numerator",
    ]
    assert parts["Source"][0] == (
        "data/admissions.csv: Hospital extract (illustrative figures), published 2026-11-20"
    )
    assert " rows behind it; " in parts["Source"][-1]


def test_a_computed_comparison_names_rank_size_quartile_and_rule(vale):
    parts = explain(vale, "reablement_no_further_support", "HOME", "2026-04-01/P8M")
    assert parts["Counts"] == [
        "numerator 451: people who left reablement and needed no further support",
        "denominator 662: people who left reablement",
        "method: numerator ÷ denominator × 100",
    ]
    assert parts["Comparison"] == [
        "Family of similar partnerships, illustration: rank 3 of 4 with a figure (4 members),"
        " third quartile (rank share: top when fewer than a quarter of those with a figure do"
        " better, bottom when at least three quarters do; equal figures share the better quartile;"
        " ranks and quartiles go by the figures as printed)",
        "group figure 69.7%, mean of members",
        "against it, when chance is allowed for: similar",
    ]


def test_the_command_prints_the_parts_and_gives_them_to_a_script(leicestershire, outturn):
    words = ("explain", "2a(2)", "leicestershire".title(), "2020/21", "--in", leicestershire)
    told = outturn(*words)
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[:3] == [
        "", "Figure", "  Permanent admissions to care homes, 65 and over [admissions_65]",
    ]  # fmt: skip
    assert "Verdict" in lines
    assert json.loads(outturn(*words, "--json").out) == explain(
        leicestershire, "admissions_65", "E10000018", "2020/21"
    )


def test_an_earlier_vintage_is_explained_as_it_was(vale, copied, edited):
    folder = copied(vale, kept=True)
    first = open_(folder / "vintages")
    edited(folder / "targets" / "2026-27.toml", "at_most = 720", "at_most = 700")
    build(folder)
    words = (folder, "emergency_admissions", "HOME", "April to November 2026")
    assert explain(*words)["Target"][0].startswith("at most 700 admissions")
    assert explain(*words, vintage=first.name)["Target"][0].startswith("at most 720 admissions")


@pytest.mark.parametrize(
    ("measure", "place", "period", "message", "code"),
    [
        ("admissons_65", "Leicestershire", "2020/21",
         "the command\n  There is no measure 'admissons_65'.\n  Did you mean 'admissions_65'?\n",
         11),
        ("2A(3)", "Leicestershire", "2020/21",
         "the command\n  There is no measure '2A(3)'.\n  Did you mean '2A(2)'?\n", 11),
        ("admissions_65", "Leicestshire", "2020/21",
         "the command\n  There is no place 'Leicestshire'.\n  Did you mean 'Leicestershire'?\n",
         11),
        ("admissions_65", "Leicestershire", "2020/2l",
         "the command\n  The period cannot be read.\n"
         "  Please write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M.\n", 11),
        ("admissions_65", "Leicestershire", "2020-13",
         "the command\n  The period cannot be read.\n"
         "  A year runs into the next, as 2020/21.\n", 11),
        ("admissions_65", "Leicestershire", "2021/22",
         "admissions_65, E10000018, 2021/22\n  This vintage holds no such figure.\n"
         "  There is 2019/20, 2020/21.\n", 12),
        ("admissions_65", "Blaby", "2020/21",
         "admissions_65, E07000129, 2020/21\n  This vintage holds no such figure.\n"
         "  There is none of this measure for this place at all; see its source.\n", 12),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told_with_the_nearest_that_is(
    measure, place, period, message, code, leicestershire, outturn
):
    told = outturn("explain", measure, place, period, "--in", leicestershire)
    assert (told.code, told.err, told.out) == (code, message, "")


def test_a_code_of_two_measures_asks_which(board, leicestershire, copied, edited, outturn):
    folder = copied(leicestershire)
    with (folder / "framework/measures/admissions_18_64.toml").open("a") as file:
        file.write('\n[[code]]\nscheme = "Our own"\ncode = "2A(2)"\n')
    build(folder)
    told = outturn("explain", "2A(2)", "Leicestershire", "2020/21", "--in", folder)
    assert told.code == 11
    assert told.err == (
        "the command\n  '2A(2)' is a code or a title of 2 measures.\n"
        "  Say which: admissions_18_64, admissions_65.\n"
    )


def test_a_name_of_two_places_asks_which(vale, copied, outturn):
    folder = copied(vale)
    with (folder / "places.csv").open("a") as file:
        file.write("OLD,North locality,locality,HOME,,2009-03-31,NORTH,\n")
    build(folder)
    told = outturn("trend", "emergency_admissions", "North locality", "--in", folder)
    assert told.code == 11
    assert told.err == (
        "the command\n  'North locality' is the name of 2 places.\n"
        "  Say which by its code: NORTH, OLD.\n"
    )


def test_a_rank_that_others_published_is_told_with_the_groups_figure(leicestershire, monkeypatch):
    opened = open_build(leicestershire, "")
    measure, when = opened.measure("admissions_65"), opened.period("2020/21")
    row = dict.fromkeys(BENCHMARKS) | {
        "measure": measure.id, "place": "E10000018", "period": when.key, "breakdown": "all",
        "comparator": "near", "basis": "reported", "rank": 140, "members": 150,
        "category": "all", "comparator_value": 0.0,
    }  # fmt: skip
    both = row | {"comparator": "far", "quartile": "bottom", "comparator_value": None}
    frame = pl.DataFrame([row, both], schema=BENCHMARKS)
    monkeypatch.setattr("outturn.vintages.store.Released.scan", lambda *_: frame.lazy())
    assert list(_comparison(opened, measure, OURS, when)) == [
        "near: rank 140 of 150, as published by others",
        "group figure 0.0 per 100,000",
        "far: rank 140 of 150, bottom quartile, as published by others",
    ]


def test_only_periods_of_whole_figures_are_offered_the_last_of_them(leicestershire, monkeypatch):
    opened = open_build(leicestershire, "")
    rows = [
        ("2020-04-01/P1M", "all"), ("2020-04-01/P12M", "all"), ("2020-04-01/P1Y", "sex"),
    ]  # fmt: skip
    frame = pl.DataFrame(
        [("admissions_65", "E10000018", *row, "all") for row in rows],
        schema=["measure", "place", "period", "breakdown", "category"],
        orient="row",
    )
    monkeypatch.setattr("outturn.vintages.store.Released.scan", lambda *_: frame.lazy())
    said = _what_there_is(opened, OURS)
    assert said == "There is April 2020, 12 months to March 2021."


@pytest.mark.parametrize(
    ("size", "said"), [(0.4, "up to 0.4 points"), (1.0, "up to 1 point"), (5.0, "up to 5 points")]
)
def test_a_width_that_counts_as_close_is_not_rounded_away(leicestershire, size, said):
    opened = open_build(leicestershire, "")
    measure = replace(opened.measure("sequels_prevent"), decimals=0)
    verdict = {
        "target_id": "sequels-prevent-2020", "target": "x", "tolerance": size, "milestone": None
    }  # fmt: skip
    assert f"{said} outside it counts as close" in list(_target(opened, measure, verdict))


def test_weighted_answers_are_told_with_what_they_are_worth():
    weights = Tally("answers", "weights", "weight")
    measure = Measure("survey", "Survey", "1", "proportion", "%", "higher", per=100.0,
                      numerator=weights, denominator=weights)  # fmt: skip
    value = {"numerator": 153.0, "denominator": 255.0, "answers": 1250, "effective": 1212.44,
             "method": "numerator ÷ denominator × 100"}  # fmt: skip
    lines = list(_counts(measure, value))
    assert lines[0] == "numerator 153: answers by their weights, weight, in answers"
    assert lines[2] == "effective number of answers: 1,212.4 of 1,250 (Kish)"
    bare = list(_counts(measure, {**value, "answers": None, "effective": None}))
    assert [one for one in lines if one not in bare] == [lines[2]]


def test_a_figure_outside_its_own_limits_has_no_chance_and_says_why():
    """75 of 100 have Wilson's limits of 65.7% to 82.5%; 90% was printed beside them."""
    measure = Measure("share", "Share", "1", "proportion", "%", "higher", per=100.0)
    said = {"status_now": "on target", "reason_now": "90% meets the target."}
    verdict = defaultdict(lambda: None, said, value=90.0, lower=65.7, upper=82.5)
    told = list(_verdict(None, measure, verdict))
    assert told[1] == (
        "chance of another colour: not told; the figure lies outside its own limits, so it is not"
        " of the counts that they are made of"
    )
    within = defaultdict(lambda: None, said, value=80.0, lower=65.7, upper=82.5)
    assert not any("chance" in line for line in _verdict(None, measure, within))


def test_of_rounded_parts_no_chance_is_told_and_only_of_a_figure_that_is_judged():
    measure = Measure("aged", "Aged", "1", "standardised rate", "per 1,000", "lower", per=1000.0,
                      standardise=Standardise("age", EUROPEAN),
                      breakdowns=(Breakdown("age", "age", ("0-64", "65+")),))  # fmt: skip
    note = "counts rounded to the nearest 5"
    value = {"method": f"standardised by 2 bands; {note}", "margin": None}
    for status, told in (("on target", 1), ("not assessed", 0)):
        said = {"status_now": status, "value": 5.0, "lower": 4.0, "upper": 6.0}
        lines = list(_verdict(None, measure, defaultdict(lambda: None, said), value))
        assert lines.count(f"chance of another colour: not told; it is made of {note}") == told
        assert any("chance of another" in line for line in lines) == bool(told)


@pytest.mark.parametrize(("margin", "is_mean"), [(None, True), (3.0, False)])
def test_the_chance_of_a_margin_about_a_reported_figure_is_no_mean_over_counts(margin, is_mean):
    measure = Measure("share", "Share", "1", "proportion", "%", "higher", per=100.0)
    value = {"method": "as reported; counts rounded to the nearest 5", "margin": margin}
    names = ("chance_other", "chance_on", "chance_close", "chance_off")
    said = {"status_now": "off target", "value": 60.0, **dict.fromkeys(names, 0.25)}
    lines = list(_verdict(None, measure, defaultdict(lambda: None, said), value))
    assert lines[1].endswith("; the mean over all counts that are rounded to these") == is_mean


def test_a_status_without_a_reason_prints_no_none():
    assert _with_reason("direction", "not assessed", None) == "direction: not assessed."


def test_a_part_of_a_figure_is_explained_with_its_target_and_the_entries_before_it(parted):
    parts = explain(parted, "emergency_admissions", "Vale", "2026-04-01/P8M", part="age=80")
    assert parts["Figure"][:3] == [
        "Emergency admissions, 65 and over: age 80 [emergency_admissions]",
        "Vale, April to November 2026 [2026-04-01/P8M]",
        "148 admissions",
    ]
    assert "of these only where age is 80" in parts["Counts"]
    assert [line for line in parts["Target"] if "agreed" in line] == [
        "agreed by Integration Joint Board: It can be done.",
        "before it: at most 100 [admissions-75-2026], agreed by Integration Joint Board,"
        " Meeting of March 2026: A start.",
    ]
    assert "year end: off target." in " ".join(parts["Verdict"])
    whole = explain(parted, "emergency_admissions", "Vale", "2026-04-01/P8M")
    assert whole["Figure"][2] == "435 admissions" and "of these only" not in str(whole)


def test_a_part_that_is_not_there_is_a_mistake_that_names_those_there_are(parted, vale, outturn):
    asked = ("explain", "emergency_admissions", "HOME", "2026-04-01/P8M")
    told = outturn(*asked, "--part", "sex=F", "--in", parted)
    assert told.code == 11
    assert told.err == (
        "the command\n  'emergency_admissions' has no part 'sex=F'.\n"
        "  Its parts are age=70, age=80, age=90.\n"
    )
    told = outturn(*asked, "--part", "age=80", "--in", vale)
    assert "'emergency_admissions' is not divided into parts." in told.err


def test_a_measure_is_known_by_its_title_too(vale):
    opened = open_build(vale, "")
    assert opened.measure("Emergency admissions, 65 and OVER").id == "emergency_admissions"


def test_the_limits_of_a_figure_and_the_chance_of_another_colour_are_told(leicestershire):
    parts = explain(leicestershire, "admissions_65_people", "Leicestershire", "Apr to Nov 2020")
    assert any(
        one.startswith("chance of another colour: under 1% (on target over 99%, close under 1%")
        for one in parts["Verdict"]
    )


def test_limits_are_told_with_the_method_set_that_they_are_of(vale):
    rows = open_(vale / "vintages").read("values").filter(pl.col("interval").is_not_null())
    row = rows.row(0, named=True)
    parts = explain(vale, row["measure"], row["place"], row["period"])
    assert any(
        one.startswith("limits ") and one.endswith(row["interval"]) for one in parts["Figure"]
    )
