"""`outturn publish`: what a paper is given of a kept build, and where it is written."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from outturn.benchmarking import quartile_edges
from outturn.commands import publish
from outturn.commands.build import build
from outturn.commands.compared import compared, strips
from outturn.commands.opened import open_build
from outturn.commands.simulate import simulate
from outturn.framework.model import PackSection, PackSpec
from outturn.publishing.pack import tables_of
from outturn.publishing.told import rows_of
from outturn.terms.errors import DefinitionMistake
from outturn.terms.period import from_key
from outturn.terms.records import BENCHMARKS, VERDICTS, fitted
from outturn.terms.written_periods import parse


def test_papers_cannot_be_written_into_a_file_and_the_mistake_says_so(vale, tmp_path, outturn):
    file = tmp_path / "taken"
    file.write_text("x")
    told = outturn("publish", "--in", vale, "--to", file)
    assert told.code == 11
    assert told.err.endswith(
        f"{file}\n  The papers cannot be written there (File exists).\n"
        "  Name a folder that you may write to, with --to.\n"
    )


def test_each_pack_is_told_as_it_is_written(vale, tmp_path, monkeypatch):
    monkeypatch.setattr(publish.html, "render", lambda _: "")
    for module in (publish.pdf, publish.word):
        monkeypatch.setattr(module, "render", lambda _: b"")
    told: list[tuple[object, ...]] = []
    publish.publish(vale, to=tmp_path, progress=lambda *said: told.append(said))
    size = len(told)
    assert [(number, of) for _, number, of in told] == [(n, size) for n in range(1, size + 1)]


def test_a_rank_that_others_published_makes_no_strip_and_stops_nothing(vale):
    opened = open_build(vale, "")
    row = dict.fromkeys(BENCHMARKS) | {
        "measure": "reablement_no_further_support", "basis": "reported", "rank": 140,
        "members": 150, "comparator": "neighbours", "place": "HOME", "period": "2026-04-01/P8M",
    }  # fmt: skip
    values = opened.kept.read("values")
    assert list(strips(opened.partnership, values, [row])) == []


def test_a_return_tells_the_years_that_are_over(examples_copy):
    folder = examples_copy("joint-future-2004")
    build(folder, as_of=date(2007, 3, 31))
    opened = open_build(folder, "")
    (pack,) = opened.partnership.packs.values()
    later = PackSpec(**{
        name: getattr(pack, name) for name in pack.__dataclass_fields__
    } | {"period": parse("2006/07")})  # fmt: skip
    told = publish.told(later, opened.partnership, opened.kept)
    targets = [one for one in opened.partnership.targets if one.period.end <= date(2007, 3, 31)]
    over = {
        one.id: told.aimed[one.id]["period"]
        for one in targets
        if one.measure == "intensive_home_care_share"
    }
    assert (
        sorted(over.values())
        == ["2004-04-01/P1Y", "2005-04-01/P1Y", "2006-04-01/P1Y"][-len(over) :]
    )
    assert len(over) >= 2


@pytest.mark.parametrize(
    ("keys", "nearest"),
    [
        (["2026-03-01/P1M", "2026-01-01/P3M", "2025-04-01/P1Y"], "2025-04-01/P1Y"),
        (["2026-11-01/P1M", "2026-04-01/P8M"], "2026-04-01/P8M"),
        (["2026-10-01/P1M", "2026-04-01/P8M", "2026-12-01/P1M"], "2026-12-01/P1M"),
        (["2026-04-01/P1Y", "2026-04-01/P8M"], "2026-04-01/P1Y"),
    ],
)
def test_the_period_that_stands_for_a_packs_is_the_last_to_end_and_then_the_longest(
    vale, keys, nearest
):
    opened = open_build(vale, "")
    pack = PackSpec("p", "P", "Board", date(2027, 5, 1), parse("2026/27"), "note",
                    measures=("emergency_admissions",))  # fmt: skip
    rows = pl.DataFrame({"period": keys}).with_columns(
        measure=pl.lit("emergency_admissions"), place=pl.lit("HOME"), breakdown=pl.lit("all")
    )
    for verdicts in (fitted(rows, VERDICTS), fitted(rows, VERDICTS).lazy()):
        (row,) = rows_of(pack, opened.partnership, verdicts)
        assert row["period"] == nearest


def test_a_pack_that_is_not_there_is_a_mistake(vale, tmp_path):
    with pytest.raises(DefinitionMistake, match="There is no pack 'nothing'"):
        publish.publish(vale, "nothing", to=tmp_path)


def test_a_pack_written_after_the_build_asks_for_another_build(vale, copied):
    folder = copied(vale)
    build(folder)
    shutil.copy(next((folder / "packs").glob("*.toml")), folder / "packs/later.toml")
    with pytest.raises(DefinitionMistake, match="does not have this pack") as told:
        publish.publish(folder, "later")
    assert told.value.where == "packs/later.toml"


def test_a_pack_changed_after_the_build_is_named_and_the_paper_is_as_the_build_kept_it(
    vale, copied, outturn
):
    folder = copied(vale)
    build(folder)
    pack = next((folder / "packs").glob("*.toml"))
    said = pack.read_text(encoding="utf-8")
    assert "not as the build kept them" not in outturn("publish", "--in", folder).out
    pack.write_text(said.replace("title =", "# title\ntitle =", 1), encoding="utf-8")
    told = outturn("publish", "--in", folder)
    assert told.code == 0
    assert f"what they say now is in no paper:\n  packs/{pack.name}\n" in told.out
    assert publish.changed_since(folder) == [f"packs/{pack.name}"]
    assert publish.changed_since(folder, open_build(folder, "").kept.name) == []
    pack.write_bytes(said.replace("\n", "\r\n").encode())
    assert publish.changed_since(folder) == []
    (folder / "outturn.toml").unlink()
    assert publish.changed_since(folder) == []


def test_what_comes_with_the_software_is_no_change_of_the_folder(tmp_path):
    simulated = tmp_path / "council"
    simulate(simulated, people=1000)
    build(simulated)
    assert publish.changed_since(simulated) == []


def test_a_comment_of_a_period_without_a_figure_is_told_and_not_lost(vale, copied, outturn):
    folder = copied(vale)
    comment = folder / "commentary/reablement_no_further_support/2031-06-01_P1M.md"
    comment.write_text("Much is hoped.", encoding="utf-8")
    build(folder)
    told = outturn("publish", "--in", folder)
    assert told.code == 0
    assert told.out.endswith(
        "Comments that no paper shows:\n"
        "  commentary/reablement_no_further_support/2031-06-01_P1M.md: there is no figure of"
        " No further support needed after reablement for June 2031.\n"
    )
    assert publish.unshown(vale) == []


def test_a_strip_has_the_edges_that_its_table_goes_by(vale):
    opened = open_build(vale, "")
    rows = opened.kept.read("benchmarks").filter(pl.col("place") == "HOME").rows(named=True)
    values = opened.kept.read("values")
    measure = opened.partnership.measures["reablement_no_further_support"]
    edges = quartile_edges(
        values.filter((pl.col("measure") == measure.id) & (pl.col("period") == rows[0]["period"]))[
            "value"
        ],
        measure,
    )
    assert edges is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("outturn.commands.compared.ENOUGH_FOR_A_STRIP", 4)
        (strip,) = strips(opened.partnership, values, rows[:1])
    assert strip.edges == edges and strip.edges[2] == rows[0]["best_edge"]


def test_a_target_of_a_part_is_told_in_the_brief_the_exceptions_and_the_scorecard(parted):
    opened = open_build(parted, "")
    (pack,) = opened.partnership.packs.values()
    told = publish.told(pack, opened.partnership, opened.kept)
    rows = [(row["measure"], row["category"], row["status_year_end"]) for row in told.rows]
    assert ("emergency_admissions", "80", "off target") in rows
    assert ("emergency_admissions", "all", "on target") in rows
    assert len(rows) == told.position.verdicts == 3  # the ages without a target are not told
    headings = [one.text for one in publish.paper(told).headings]
    assert "Emergency admissions, 65 and over: age 80" in headings or any(
        "age 80" in cell.plain
        for table in tables_of(publish.paper(told).blocks)
        for row in table.cells
        for cell in row
    )


def test_a_comparison_is_of_the_packs_own_period_and_not_of_its_last_month(vale):
    opened = open_build(vale, "")
    (pack,) = opened.partnership.packs.values()
    assert pack.period.key == "2026-04-01/P8M"
    (measure, *_) = opened.partnership.measures
    row = dict.fromkeys(BENCHMARKS) | {
        "measure": measure, "place": "HOME", "breakdown": "all", "category": "all",
        "comparator": pack.comparator, "basis": "computed", "value": 1.0, "rank": 1,
    }  # fmt: skip

    def told_of(*keys):
        found = fitted(pl.DataFrame([row | {"period": key} for key in keys]), BENCHMARKS)
        (one,) = compared(pack, opened.partnership, found, [measure])
        return one["period"]

    month, ours, year = "2026-11-01/P1M", "2026-04-01/P8M", "2025-12-01/P12M"
    before, to_date = "2026-10-01/P1M", "2026-04-01/P7M"
    for keys in ([ours, month, year], [year, month, ours], [month, year, ours]):
        assert told_of(*keys) == ours
    assert told_of(before, to_date) == told_of(to_date, before) == to_date
    assert told_of(to_date, month) == month  # the nearest to the end
    assert told_of(before, "2026-12-01/P1M") == before  # what is later is not told


def test_a_bad_pack_does_not_keep_the_good_ones_from_being_written(vale, copied, outturn, edited):
    folder = copied(vale)
    good = next((folder / "packs").glob("*.toml"))
    text = good.read_text(encoding="utf-8")
    (folder / "packs/a-bad-one.toml").write_text(text, encoding="utf-8")
    edited(folder / "packs/a-bad-one.toml", "Note the position.", "Note \U0001f9c1.")
    build(folder)
    told = outturn("publish", "--in", folder)
    assert told.code == 11
    assert "could not be displayed" in told.err
    names = {path.name for path in (folder / "papers").iterdir()}
    assert names == {f"{good.stem}.{end}" for end in ("html", "pdf", "docx")}
    assert f"{good.stem}.html" in told.out
    with pytest.raises(Exception, match="could not be displayed"):
        publish.publish(folder, "a-bad-one")


def test_a_series_ends_where_the_packs_period_does(vale):
    opened = open_build(vale, "")
    (pack,) = opened.partnership.packs.values()
    (measure, *_) = opened.partnership.measures
    section = PackSection("series", items=(measure,))
    earlier = replace(pack, sections=(section,), period=parse("2025/26"))
    told = publish.told(earlier, opened.partnership, opened.kept)
    ends = [
        from_key(key).end
        for segment in told.series[measure]
        for key in segment.points["period"].to_list()
    ]
    assert ends and max(ends) <= earlier.period.end


def test_the_source_of_the_denominator_stands_among_the_sources(vale):
    opened = open_build(vale, "")
    values = opened.kept.read("values")
    rate = values.filter(pl.col("value").is_not_null()).head(1)
    rate = rate.with_columns(source=pl.lit("hospital, reablement"))
    named = publish._sources(opened.partnership, rate, rate.rows(named=True), [])
    assert [(one["title"].partition(" (")[0], one["figures"]) for one in named] == [
        ("Reablement register", "1"),
        ("Hospital extract", "1"),
    ]


def test_a_finding_about_a_later_period_is_not_told(board):
    opened = open_build(board, "")
    pack = next(iter(opened.partnership.packs.values()))
    row = {"rule": "r", "measure": "m", "place": "p", "finding": "Odd.", "size": 1.0}
    keys = ("2013-04-01/P1Y", "2014-04-01/P1M", "2012-04-01/P1Y")
    found = pl.DataFrame([row | {"period": key} for key in keys])
    told = publish._findings(found, [{"measure": "m", "place": "p"}], pack, ["m"], "p")
    assert pack.period.end.year == 2013
    assert [one["period"] for one in told] == ["2013-04-01/P1Y", "2012-04-01/P1Y"]


def test_that_figures_are_not_there_is_told_though_the_measure_has_no_row(board):
    opened = open_build(board, "")
    pack = next(iter(opened.partnership.packs.values()))
    row = {"measure": "m", "period": "2013-04-01/P1Y", "finding": "None.", "size": 1.0}
    rules = (("no figure", "p"), ("stale", "p"), ("stale", "other"), ("revision", "p"))
    found = pl.DataFrame([row | {"rule": rule, "place": place} for rule, place in rules])
    told = publish._findings(found, [], pack, ["m"], "p")
    assert [one["rule"] for one in told] == ["no figure", "stale"]
    assert publish._findings(found, [], pack, ["another"], "p") == []
