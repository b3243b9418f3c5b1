"""`outturn control`, the questions of `outturn trend`, and the section of a paper."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta

import pytest

import outturn as outturn_package
from laying import laid
from outturn.commands.build import build
from outturn.commands.publish import publish
from outturn.statistics.rare_event_charts import t_limits
from outturn.terms.period import Period, add_months

NOISE = [30, 34, 31, 33, 29, 32, 35, 30, 33, 31, 34, 29]
MEASURE = """
title = "Days waited in hospital"
short = "Days waited"
definition = "1"
kind = "count"
unit = "days"
aim = "{aim}"
frequency = "month"
reported = true
"""
STEP = '\n[[step]]\nsince = "2021-04"\nbecause = "A ward opened."\n'
PACK = """
title = "A paper"
meeting = "The board"
held_on = 2022-05-01
period = "March 2022"
decision = "note"
measures = ["waited", "seldom", "so_far"]

[[section]]
kind = "control charts"
items = {items}
"""
FILES = {
    "outturn.toml": 'name = "Northmoor"\nhome = "N1"\nas_of = 2022-04-30\ndisclosure = "none"\n',
    "places.csv": "code,name,kind\nN1,Northmoor,council\n",
    "framework/measures/waited.toml": MEASURE.format(aim="lower") + STEP,
    "framework/measures/seldom.toml": MEASURE.format(aim="none").replace("Days", "Nights"),
    "framework/measures/so_far.toml": MEASURE.format(aim="none").replace("Days", "Weeks"),
    "framework/measures/rare.toml": MEASURE.format(aim="lower").replace("Days", "Falls"),
    "data/sources.toml": '[[source]]\nid = "f"\nfile = "f.csv"\ncontract = "figures"\n',
    "targets/2021-22.toml": (
        '[[target]]\nid = "t"\nmeasure = "waited"\nperiod = "2021/22"\nat_most = 1800\n'
        'agreed = { by = "The board" }\n'
    ),
    "packs/all.toml": PACK.format(items="[]"),
    "packs/one.toml": PACK.format(items='["waited"]'),
    "packs/short.toml": PACK.format(items='["seldom"]'),
    "packs/none.toml": PACK.format(items='["so_far"]'),
}


def months(number, start):
    return [Period(add_months(start, n), 1, "M").key for n in range(number)]


@pytest.fixture(scope="session")
def northmoor(tmp_path_factory):
    """Two years of months with a step between them, three months of another, part of a year."""
    folder = tmp_path_factory.mktemp("northmoor")
    days = [*NOISE, *(n + 100 for n in NOISE[:-1]), 190]
    lines = ["measure,place,period,value"]
    lines += [
        f"waited,N1,{key},{n}" for key, n in zip(months(24, date(2020, 4, 1)), days, strict=True)
    ]
    lines += [f"seldom,N1,{key},5" for key in months(3, date(2022, 1, 1))]
    lines += ["so_far,N1,2021-04-01/P8M,5"]
    lines += [
        f"rare,N1,{key},{int(n % 6 == 5)}" for n, key in enumerate(months(24, date(2020, 4, 1)))
    ]
    laid(folder, FILES | {"data/f.csv": "\n".join(lines) + "\n"})
    build(folder)
    return folder


def test_without_a_measure_the_icons_of_all_are_shown(outturn, northmoor):
    told = outturn("control", "--in", northmoor)
    assert told.code == 0
    line = next(line for line in told.out.splitlines() if "Days waited" in line)
    for said in ("March 2022", "190 days", "◆↑ concern, high", "150 days", "trial limits"):
        assert said in line
    assert "3 figures: at least 12 are needed" in told.out
    assert "1 of 3 series have fewer than 12 figures in their last part" in told.out
    assert "Too few events for limits, so a median alone: Falls waited." in told.out
    assert "No series of whole months, quarters or years: Weeks waited." in told.out


def test_the_target_of_a_month_is_printed_with_the_decimals_that_it_needs(outturn, tmp_path):
    days = [*NOISE, *(n + 100 for n in NOISE)]
    lines = ["measure,place,period,value"] + [
        f"waited,N1,{key},{n}" for key, n in zip(months(24, date(2020, 4, 1)), days, strict=True)
    ]
    steps = "milestones = [{ by = 2021-06-30, value = 600 }]\n"
    ledger = FILES["targets/2021-22.toml"].replace("1800\n", f"1230\n{steps}")
    changed = {"targets/2021-22.toml": ledger, "data/f.csv": "\n".join(lines) + "\n"}
    laid(tmp_path, FILES | changed)
    build(tmp_path)
    assert outturn("control", "waited", "--in", tmp_path).out.count("102.5 days") == 12
    assert "102.5 days" in outturn("control", "--in", tmp_path).out
    rows = json.loads(outturn("control", "waited", "--in", tmp_path, "--json").out)
    assert [row["target"] for row in rows] == [None] * 12 + [102.5] * 12


def test_a_script_gets_ids_and_numbers(outturn, northmoor):
    rows = json.loads(outturn("control", "--in", northmoor, "--json").out)
    [row] = [row for row in rows if row["measure"] == "waited"]
    assert (row["period"], row["figures"]) == ("2022-03-01/P1M", 12)
    assert (row["rule"], row["assurance"]) == ("outside the limits", "hit and miss")


def test_a_notebook_gets_both_as_frames(northmoor):
    frame = outturn_package.control(northmoor).frame
    assert frame["measure"].to_list() == ["rare", "seldom", "waited"]
    points = outturn_package.control(northmoor, "waited").frame
    assert points["segment"].to_list() == [1] * 12 + [2] * 12


def test_with_a_measure_the_points_are_shown_and_why_limits_begin_anew(outturn, northmoor):
    told = outturn("control", "waited", "--in", northmoor)
    assert "◆↑ concern, high (outside the limits)" in told.out
    assert "Variation: ◆↑ concern, high." in told.out
    assert "XmR chart of 12 figures, so the limits are on trial." in told.out
    assert (
        "From April 2021 the limits begin anew. A step was declared from April 2021: A ward opened."
        in told.out.replace("\n", " ")
    )


def test_of_a_short_series_it_says_that_there_are_no_limits(outturn, northmoor):
    told = outturn("control", "seldom", "--in", northmoor)
    assert "The last part of the series has 3 figures; limits need 12." in told.out


def test_of_a_part_of_a_year_it_says_that_there_is_no_series(outturn, northmoor):
    told = outturn("control", "so_far", "--in", northmoor)
    assert "holds no series of months, quarters or years of Weeks waited" in told.out


def test_trend_and_explain_tell_how_the_series_moves(outturn, northmoor):
    said = "From April 2021 to March 2022 no steady rise or fall"  # since the declared step
    assert said in outturn("trend", "waited", "--in", northmoor).out
    told = outturn("explain", "waited", "Northmoor", "2022-03", "--in", northmoor).out
    assert "Over time" in told and said in told
    assert "Control chart: ◆↑ concern, high (outside the limits); limits 115.6 days to" in told
    early = outturn("explain", "waited", "Northmoor", "2020-06", "--in", northmoor).out
    assert "Over time" not in early


def test_a_step_of_a_place_that_is_not_there_is_a_mistake(outturn, northmoor, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(northmoor, folder)
    file = folder / "framework" / "measures" / "waited.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'place = "N2"\n', encoding="utf-8")
    told = outturn("check", "--in", folder)
    assert "waited.toml, step\n  There is no place 'N2'." in told.err


@pytest.fixture(scope="session")
def papers(northmoor, tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    publish(northmoor, to=folder)
    return folder


def test_a_paper_has_the_icons_with_words_beside_them_and_says_what_they_mean(papers):
    page = (papers / "all.html").read_text(encoding="utf-8")
    assert "<span>Concern, high</span>" in page
    assert "Concern: the latest figure is more than noise, on the bad side." in page
    assert "<span>Hit and miss</span>" in page
    assert "control chart" not in page


def test_a_measure_without_an_icon_has_its_row_in_the_table_with_the_reason(papers):
    page = (papers / "all.html").read_text(encoding="utf-8")
    (table,) = (one for one in page.split("<table") if "<caption>Noise or" in one)
    (nights,) = (row for row in table.split("<tr") if "Nights waited" in row)
    (weeks,) = (row for row in table.split("<tr") if "Weeks waited" in row)
    assert "3 figures: at least 12 are needed" in nights
    assert "No figure of whole months, quarters or years" in weeks


def test_where_no_series_has_limits_a_sentence_says_so(papers):
    said = "Series that have the 12 figures that limits need: 0 of 1; the longest has 3."
    assert said in (papers / "short.html").read_text(encoding="utf-8")
    none = "No figure is held in whole months, quarters or years."
    assert none in (papers / "none.html").read_text(encoding="utf-8")


def test_a_named_measure_has_its_chart_with_an_alternative_in_words(papers):
    page = (papers / "one.html").read_text(encoding="utf-8")
    assert "Days waited in hospital: control chart" in page
    assert "Latest 190 days in March 2022: concern, high (outside the limits)." in page
    assert "New limits from April 2021." in page


RARE = """
title = "Days between falls with harm"
short = "Between falls"
definition = "1"
kind = "count"
unit = "days"
aim = "higher"
frequency = "census"
chart = "{chart}"
reported = true
"""
WAITS = [30, 45, 28, 60, 41, 33, 52, 38, 47, 29, 55, 400]


@pytest.fixture(scope="session")
def seldom(tmp_path_factory):
    """A measure of the days between rare events, and one with a run chart of ten months."""
    folder = tmp_path_factory.mktemp("seldom")
    lines, day = ["measure,place,period,value"], date(2019, 1, 1)
    for waited in WAITS:
        day += timedelta(waited)
        lines.append(f"between,N1,{day},{waited}")
    for key, n in zip(months(10, date(2021, 1, 1)), [3, 4, 2, 3, 4, 8, 7, 9, 8, 9], strict=True):
        lines.append(f"runs,N1,{key},{n}")
    run = MEASURE.format(aim="lower") + 'chart = "run"\n'
    files = {
        "framework/measures/between.toml": RARE.format(chart="T"),
        "framework/measures/runs.toml": run,
        "packs/rare.toml": PACK.format(items='["between", "runs"]').replace(
            '"waited", "seldom", "so_far"', '"between", "runs"'
        ),
        "data/f.csv": "\n".join(lines) + "\n",
    }
    kept = ("outturn.toml", "places.csv", "data/sources.toml")
    laid(folder, {name: FILES[name] for name in kept} | files)
    build(folder)
    return folder


def test_rare_events_have_a_chart_of_the_time_between_them(outturn, seldom):
    told = outturn("control", "between", "--in", seldom)
    assert "●↑ improvement, high (outside the limits)" in told.out
    assert "T chart of 12 figures, so the limits are on trial." in told.out
    assert "centre" in told.out and "mean" not in told.out


def test_a_time_that_is_not_over_and_longer_than_the_limits_is_told_in_words(
    outturn, seldom, tmp_path
):
    upper = t_limits([float(one) for one in WAITS]).upper[-1]
    said = (
        f"357 days have passed since the last event told, more than the upper limit of {upper:.1f}"
        " days: either none has happened, or records are lacking."
    )  # from 8 May 2021 to 30 April 2022
    one = outturn("control", "between", "--in", seldom).out
    assert said in " ".join(one.split())
    assert f"Between falls: {said}" in " ".join(outturn("control", "--in", seldom).out.split())
    rows = json.loads(outturn("control", "--in", seldom, "--json").out)
    assert {row["measure"]: row["waited"] for row in rows} == {"between": 357, "runs": None}
    publish(seldom, to=tmp_path)
    assert "days have passed since the last event told" in (tmp_path / "rare.html").read_text(
        encoding="utf-8"
    )


def test_one_figure_is_one(outturn, tmp_path):
    files = {
        "framework/measures/seldom.toml": FILES["framework/measures/seldom.toml"],
        "data/f.csv": "measure,place,period,value\nseldom,N1,2022-01,5\n",
    }
    kept = ("outturn.toml", "places.csv", "data/sources.toml")
    laid(tmp_path, {name: FILES[name] for name in kept} | files)
    build(tmp_path)
    told = outturn("control", "seldom", "--in", tmp_path)
    assert "The last part of the series has 1 figure; limits need 12." in told.out


def test_a_run_chart_has_its_median_and_its_rules_in_words(outturn, seldom):
    said = outturn("control", "runs", "--in", seldom).out
    told = " ".join(said.split())
    assert "Run chart of 10 figures about their median" in told and "median" in said
    assert "Too few runs: the figures stay on one side for longer than noise does." in told
    assert "upper" not in said
    table = outturn("control", "--in", seldom).out
    assert "run chart, median only" in table and "limits yet" not in table


def test_explain_says_the_median_of_a_run_chart_and_not_its_limits(outturn, seldom):
    told = outturn("explain", "runs", "N1", "2021-10", "--in", seldom).out
    assert "; median 5.5 days." in told


def test_a_paper_draws_both_with_the_words_of_their_charts(seldom, tmp_path):
    publish(seldom, to=tmp_path)
    page = (tmp_path / "rare.html").read_text(encoding="utf-8")
    assert "Days between falls with harm: control chart" in page
    assert "Days waited in hospital: run chart" in page
    assert "Median 5.5 days." in page and "Days waited. Too few runs:" in page
    upper = t_limits([float(one) for one in WAITS]).upper[-1]
    assert "8 May 2021" in page and f"Upper limit {upper:.1f}" in page


def test_an_icon_table_has_a_row_for_each_place_that_its_paper_tells_of_our_own_first(tmp_path):
    lines = ["measure,place,period,value"]
    for place, days in (("N2", [*NOISE[:-1], 90]), ("N1", NOISE)):
        keys = months(12, date(2021, 4, 1))
        lines += [f"waited,{place},{key},{n}" for key, n in zip(keys, days, strict=True)]
    pack = PACK.partition("[[section]]")[0].replace(
        'decision = "note"', 'decision = "note"\nform = "icon table"'
    )
    files = {
        "places.csv": "code,name,kind,parent\nN1,Northmoor,council,\nN2,North,locality,N1\n",
        "framework/measures/waited.toml": MEASURE.format(aim="lower"),
        "targets/2021-22.toml": FILES["targets/2021-22.toml"] + 'place = "N2"\n',
        "packs/icons.toml": pack.replace('"waited", "seldom", "so_far"', '"waited"'),
        "data/f.csv": "\n".join(lines) + "\n",
    }
    kept = ("outturn.toml", "data/sources.toml")
    laid(tmp_path, {name: FILES[name] for name in kept} | files)
    build(tmp_path)
    publish(tmp_path)
    page = (tmp_path / "papers" / "icons.html").read_text(encoding="utf-8")
    rows = [row for row in page.split("<tr") if 'scope="row"' in row]
    assert len(rows) == 2
    assert "Common cause" in rows[0] and "North" not in rows[0].replace("Northmoor", "")
    assert "Days waited: North" in rows[1] and "Concern, high" in rows[1]
