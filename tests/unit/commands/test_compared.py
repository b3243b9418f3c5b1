"""What a paper shows of a place among others: funnel plots and the spine chart, in all formats."""

from __future__ import annotations

import io

import pikepdf
import pytest
from docx import Document

from laying import laid
from outturn.commands.build import build
from outturn.commands.publish import publish, told
from outturn.framework import read_texts
from outturn.publishing.pack import Chart, IconCell, Paragraph, StatusCell
from outturn.publishing.paper import paper
from outturn.vintages import open_

MEASURE = """
title = "{title}"
short = "{title}"
definition = "1"
kind = "{kind}"
unit = "{unit}"
per = {per}
aim = "{aim}"
reported = true
"""
OUTTURN = """
name = "Northmoor"
home = "N0"
as_of = 2025-08-31
disclosure = "none"

[[comparator]]
id = "family"
name = "Family"
kind = "council"
rule = "total over total"
"""
PACK = """
title = "A paper"
meeting = "The board"
held_on = 2025-09-01
period = "2024/25"
decision = "note"
measures = ["homes", "falls", "visits", "bare"]
{more}
[[section]]
kind = "funnel plots"
items = ["homes", "falls", "few", "never"]

[[section]]
kind = "spine chart"
"""
SIZES = [400, 500, 600, 700, 800, 900, 1000, 1100, 1200, 1300, 1400, 1500]
SHARES = [90, 62, 71, 68, 75, 58, 66, 80, 73, 61, 69, 77]  # per cent at home: ours is the best
FALLS = [20, 28, 24, 31, 22, 27, 25, 19, 30, 26, 23, 29]  # for every thousand


def _figures():
    rows = ["measure,place,period,value,numerator,denominator"]
    for n, (size, share, falls) in enumerate(zip(SIZES, SHARES, FALLS, strict=True)):
        year = f"N{n},2024/25"
        rows.append(f"homes,{year},{share}.0,{size * share // 100},{size}")
        rows.append(f"falls,{year},{falls}.0,{size * falls // 100},{size * 10}")
        rows.append(f"visits,{year},{n + 1}.0,{n + 1},1000")
        rows.append(f"bare,{year},{n * 7 + 3}.0,,")
        if n < 3:
            rows.append(f"few,{year},50.0,{size // 2},{size}")
    return "\n".join(rows) + "\n"


FILES = {
    "outturn.toml": OUTTURN,
    "places.csv": "code,name,kind\n" + "".join(f"N{n},Place {n},council\n" for n in range(12)),
    "data/sources.toml": '[[source]]\nid = "f"\nfile = "f.csv"\ncontract = "figures"\n',
    "data/f.csv": _figures(),
    "packs/plots.toml": PACK.format(more=""),
    **{
        f"framework/measures/{id}.toml": MEASURE.format(
            title=title, kind=kind, unit=unit, per=per, aim=aim
        )
        for id, title, kind, unit, per, aim in (
            ("homes", "At home", "proportion", "%", 100, "higher"),
            ("falls", "Falls", "rate", "per 1,000", 1000, "lower"),
            ("visits", "Visits", "rate", "per 1,000", 1000, "none"),
            ("bare", "Barely known", "proportion", "%", 100, "higher"),
            ("few", "Known of few", "proportion", "%", 100, "higher"),
            ("never", "Never known", "proportion", "%", 100, "higher"),
        )
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("plots")
    laid(made, FILES)
    build(made)
    return made


@pytest.fixture(scope="module")
def blocks(folder):
    kept = open_(folder / "vintages", "")
    partnership, _ = read_texts(dict(kept.definitions))
    return paper(told(partnership.packs["plots"], partnership, kept)).blocks


def _charts(blocks, words):
    return [one for one in blocks if isinstance(one, Chart) and words in one.alt]


def test_a_funnel_says_its_average_our_limits_and_the_over_dispersion(blocks):
    homes, falls = _charts(blocks, "Funnel plot")
    total = sum(n * s for n, s in zip(SIZES, SHARES, strict=True)) / sum(SIZES)
    assert f"Average {total:.1f}%" in homes.alt
    assert "Place 0: 90.0%, better, beyond the 95% limits." in homes.alt
    assert "differ from one another by more than chance (over-dispersion" in homes.alt
    assert "At its size the 95% limits are" in homes.alt
    assert "Funnel plot of Falls, per 1,000" in falls.alt


def test_every_place_of_a_small_group_stands_in_the_table_ours_first(blocks):
    homes, _ = _charts(blocks, "Funnel plot")
    names = [row[0].plain for row in homes.table.cells]
    assert names[0] == "Place 0" and sorted(names) == sorted(f"Place {n}" for n in range(12))
    assert [cell.plain for cell in homes.table.cells[0]][1:3] == ["90.0%", "400"]
    assert all(isinstance(row[5], IconCell) for row in homes.table.cells)


def test_what_cannot_be_drawn_says_so_in_its_place(blocks):
    words = [str(one.text) for one in blocks if isinstance(one, Paragraph)]
    assert any("Known of few: fewer than 8 places" in one for one in words)
    assert "Never known: no figure of ours to place among those of a group." in words


def test_the_spine_holds_every_measure_of_the_pack_with_words_beside_the_colour(blocks):
    chart, neutral = _charts(blocks, "Spine chart against Family")
    assert "At home: 90.0%, group " in chart.alt and "At home: 90.0%" in chart.alt
    both = [*chart.table.cells, *neutral.table.cells]
    rows = {row[0].plain: [cell.plain for cell in row] for row in both}
    assert list(rows) == ["At home", "Falls, per 1,000", "Visits, per 1,000"]
    assert rows["At home"][4] == "Better" and rows["Visits, per 1,000"][4] == "Lower"
    assert (rows["Falls, per 1,000"][5], rows["Falls, per 1,000"][7]) == ("19.0", "31.0")
    assert not any(isinstance(cell, StatusCell) for row in both for cell in row)
    # Without counts the group has no figure, by total over total.
    words = [str(one.text) for one in blocks if isinstance(one, Paragraph)]
    assert "Without a bar: Barely known (no figure of the group)." in words


def test_measures_without_a_better_side_have_a_spine_of_their_own_from_lowest_to_highest(blocks):
    heads = {}
    for chart in _charts(blocks, "Spine chart against Family"):
        said = [one["mark"]["text"] for one in chart.spec["layer"] if "text" in one["mark"]]
        heads[tuple(said)] = [row[0].plain for row in chart.table.cells]
    assert heads == {
        ("Worse", "Family", "Better"): ["At home", "Falls, per 1,000"],
        ("Lowest", "Family", "Highest"): ["Visits, per 1,000"],
    }


def test_a_place_outside_the_group_is_drawn_beside_the_members_and_is_none_of_them(tmp_path):
    made = tmp_path / "outside"
    members = ", ".join(f'"N{n}"' for n in range(1, 12))
    for name, text in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        text = text.replace('kind = "council"\nrule', f"members = [{members}]\nrule")
        (made / name).write_text(text, encoding="utf-8")
    build(made)
    kept = open_(made / "vintages", "")
    partnership, _ = read_texts(dict(kept.definitions))
    again = paper(told(partnership.packs["plots"], partnership, kept)).blocks
    spine, _ = _charts(again, "Spine chart against Family")
    ours = [cell.plain for cell in spine.table.cells[0]]
    # Ours is 90%, which is no member's: theirs go up to 80%.
    assert ours[0] == "At home" and ours[2].startswith("90.0") and ours[7].startswith("80.0")


def test_html_pdf_and_word_hold_the_plots_with_the_same_words(folder, tmp_path, blocks):
    publish(folder, "plots", to=tmp_path)
    alts = [one.alt for one in blocks if isinstance(one, Chart)]
    page = (tmp_path / "plots.html").read_text(encoding="utf-8")
    assert all(f'aria-label="{alt}"' in page for alt in alts)
    word = Document(io.BytesIO((tmp_path / "plots.docx").read_bytes()))
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert [one for one in described if one] == alts
    with pikepdf.open(tmp_path / "plots.pdf") as opened:
        figures = [
            str(one["/Alt"])
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
    assert sorted(figures) == sorted(alts)


def test_a_long_table_holds_our_place_and_those_beyond_the_limits_and_says_how_many_more(
    folder, blocks, monkeypatch
):
    monkeypatch.setattr("outturn.publishing.funnel_section._MOST", 5)
    kept = open_(folder / "vintages", "")
    partnership, _ = read_texts(dict(kept.definitions))
    again = paper(told(partnership.packs["plots"], partnership, kept)).blocks
    homes, _ = _charts(again, "Funnel plot")
    rows = [[cell.plain for cell in row] for row in homes.table.cells]
    assert rows[0][0] == "Place 0" and all(row[6] != "–" for row in rows[1:])
    assert any(f"{12 - len(rows)} more places" in str(note) for note in homes.table.notes)
