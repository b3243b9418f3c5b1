"""The papers of the bundled examples, built and published once: what a board would hold."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest

from outturn.commands.build import build
from outturn.commands.publish import publish, told
from outturn.framework import read_texts
from outturn.publishing.pack import Chart, Pack, tables_of
from outturn.publishing.paper import paper
from outturn.publishing.tables import Cell, StatusCell, Table
from outturn.publishing.words import plain
from outturn.vintages import open_

pytestmark = [pytest.mark.reports, pytest.mark.slow]

EXAMPLES = Path(__file__).parents[2] / "examples"
JANUARY, DECEMBER = "january-2021", "december-2013"
BEDS, RETURN = "mental-health-december-2013", "return-2005-06"
ICONS, ICONS_OF_BEDS = "icons-january-2021", "icons-december-2013"
PAPERS = {
    JANUARY: "leicestershire-2021",
    DECEMBER: "leicestershire-2013",
    BEDS: "leicestershire-2013",
    RETURN: "joint-future-2004",
    ICONS: "leicestershire-2021",
    ICONS_OF_BEDS: "leicestershire-2013",
}
FOOT = 102.0  # points: the margin below the text, and room for two lines over it
MOST_PAGES = {JANUARY: 15, DECEMBER: 20, BEDS: 8, RETURN: 9, ICONS: 2, ICONS_OF_BEDS: 2}

# The letters that the report of 18 January 2021 prints, by the short name of the measure here.
PUBLISHED = {
    "Sequels: prevent need": "A",
    "Adult learning aims": "A",
    "Sequels: reduce need": "G",
    "Learning disability: employment": "G",
    "Learning disability: settled home": "A",
    "Sequels: delay need": "G",
    "No service after reablement": "R",
    "At home after 91 days": "G",
    "Care home admissions 18-64": "G",
    "Care home admissions 65+": "G",
    "Sequels: meet need": "A",
    "Self-directed support: adults": "A",
    "Direct payments: adults": "G",
    "Self-directed support: carers": "G",
    "Direct payments: carers": "A",
}
# The slips that the papers of 2013 hold themselves, found by rule.
HEALTH_CHECKS = ("12,751 of 23,577 is 54.1%, not 53.9%", "11.5% is not a share of")
OUT_OF_AREA = ("June 2013: Out of area", "July 2013: Out of area", "October 2013: Out of area")


@dataclass(frozen=True)
class Paper:
    model: Pack
    html: str
    pdf: bytes
    word: bytes
    again: tuple[bytes, bytes, bytes]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", self.html))

    @property
    def tables(self) -> tuple[Table, ...]:
        return tables_of(self.model.blocks)

    @property
    def charts(self) -> list[Chart]:
        return [block for block in self.model.blocks if isinstance(block, Chart)]

    @property
    def top_headings(self) -> list[str]:
        return [heading.text for heading in self.model.headings if heading.level == 1]


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paper]:
    folder = tmp_path_factory.mktemp("papers")
    made: dict[str, Paper] = {}
    for example in dict.fromkeys(PAPERS.values()):
        shutil.copytree(EXAMPLES / example, folder / example)
        build(folder / example)
        for to in ("one", "two"):
            publish(folder / example, to=folder / to)
        kept = open_(folder / example / "vintages", "")
        partnership, mistakes = read_texts(dict(kept.definitions))
        assert not mistakes
        for id, spec in partnership.packs.items():
            first, again = (_files(folder / to, id) for to in ("one", "two"))
            model = paper(told(spec, partnership, kept))
            made[id] = Paper(model, first[0].decode(), first[1], first[2], again)
    return made


def _files(folder: Path, id: str) -> tuple[bytes, bytes, bytes]:
    html, pdf, word = ((folder / f"{id}.{end}").read_bytes() for end in ("html", "pdf", "docx"))
    return html, pdf, word


@pytest.fixture(params=list(PAPERS))
def one(request: pytest.FixtureRequest, papers: dict[str, Paper]) -> Paper:
    return papers[request.param]


def test_every_pack_of_the_examples_is_published(papers):
    assert set(papers) == set(PAPERS)


@pytest.mark.parametrize("profile", ["ua1", "pdfa2a"])
def test_the_pdf_passes_page_validation(one, profile):
    report = page.validate_pdf_bytes(one.pdf, profile=profile)
    assert report.is_compliant, [failure.rule_id for failure in report.failures]


@pytest.mark.parametrize("id", PAPERS)
def test_a_paper_is_no_longer_than_a_board_would_read(papers, id):
    with pikepdf.open(_stream(papers[id].pdf)) as opened:
        assert len(opened.pages) <= MOST_PAGES[id]


def test_the_same_vintage_is_published_to_the_same_bytes(one):
    assert (one.html.encode(), one.pdf, one.word) == one.again


def test_the_parts_of_a_committee_paper_stand_in_the_order_that_boards_expect(papers):
    assert papers[JANUARY].top_headings == [
        "The position in brief",
        "Purpose of the report",
        "Recommendations",
        "Background",
        "Performance by exception",
        "On target at year end",
        "Scorecard by outcome",
        "How we compare",
        "Implications",
        "About this paper",
        "Appendix A: how the statuses are decided",
        "Appendix B: definitions",
        "Appendix C: the quality of the data",
    ]


def test_a_return_asks_for_approval_of_recommendations_that_it_prints(papers):
    returned = papers[RETURN]
    assert "approve the recommendations below" in returned.text
    assert "Recommendations" in returned.top_headings
    assert returned.top_headings.index("Recommendations") < returned.top_headings.index(
        "The return"
    )


def test_every_chart_has_a_table_and_words_that_come_from_its_figures(one):
    for chart in one.charts:
        shown = [plain_of(cell) for row in chart.table.cells for cell in row]
        figures = {found for cell in shown for found in re.findall(r"\d[\d,.]*\d|\d", cell)}
        assert figures & set(re.findall(r"\d[\d,.]*\d|\d", chart.alt)), chart.caption


def test_the_charts_that_a_board_needs_are_there(papers):
    captions = {id: [chart.caption for chart in found.charts] for id, found in papers.items()}
    assert "Forecast for the year and target" in captions[JANUARY]
    assert "Where measures stand at year end" in captions[DECEMBER]
    assert captions[BEDS] == [
        "Occupancy of acute mental health beds",
        "People in a bed outside the area during the month",
        "People in a bed outside the area at the end of the month",
    ]


@pytest.mark.parametrize(("id", "measures", "longest"), [(ICONS, 36, 1), (ICONS_OF_BEDS, 15, 7)])
def test_an_icon_table_has_a_row_for_each_measure_and_says_how_many_figures_are_needed(
    papers, id, measures, longest
):
    """No published series of Leicestershire has the 12 figures that limits need: that is told."""
    (table,) = papers[id].tables
    said = [plain_of(row[-1]) for row in table.cells]
    assert len(said) == measures and not table.is_wide  # so that a telephone shows the reason
    why = r"\d+ figures?: at least 12 are needed|No figure of whole months, quarters or years"
    assert all(re.fullmatch(why, one) for one in said)
    assert f"the longest has {longest}." in papers[id].text
    assert papers[id].top_headings == ["Noise and change", "About this paper"]


def test_the_fifteen_published_letters_stand_beside_their_measures(papers):
    letters = {}
    for table in papers[JANUARY].tables:
        heads = [head.title for head in table.heads]
        if not table.caption.startswith("Measures with a target"):
            continue
        for row in table.cells:
            status = row[heads.index("Year end")]
            name = plain_of(row[0]).removesuffix(", per 100,000")
            if isinstance(status, StatusCell):
                letters[name] = status.tone.word[-2]
                assert status.tone.word in papers[JANUARY].text
    assert {name: letters.get(name) for name in PUBLISHED} == PUBLISHED


@pytest.mark.parametrize("id, told", [(DECEMBER, HEALTH_CHECKS), (BEDS, OUT_OF_AREA)])
def test_each_finding_of_2013_is_told_in_the_paper_that_it_concerns(papers, id, told):
    (table,) = (t for t in papers[id].tables if t.caption.startswith("What the rules for data"))
    assert len(table.cells) == len(told)
    for said in told:
        assert sum(said in plain_of(row[2]) for row in table.cells) == 1


def test_no_live_word_is_left_unfilled(one):
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"<style.*?</style>", "", one.html, flags=re.S))


def test_the_page_fetches_nothing(one):
    addresses = re.findall(r"(?:src|href)=\"([^\"]*)\"", one.html)
    assert all(found.startswith(("#", "data:", "mailto:")) for found in addresses)
    assert "<script" not in one.html and "@import" not in one.html


def test_no_status_is_told_by_a_letter_alone(one):
    for table in one.tables:
        for row in table.cells:
            for head, cell in zip(table.heads, row, strict=True):
                if head.title != "Letter":
                    assert plain_of(cell) not in ("R", "A", "G")


def test_every_mark_beside_a_figure_is_explained_below_its_table(one):
    for table in one.tables:
        below = " ".join(plain(note) for note in table.notes)
        for row in table.cells:
            for mark in re.findall(r"\[(?:[peif]|\d+)\]", " ".join(map(plain_of, row[1:]))):
                explained = mark in below or "Delivery" in [head.title for head in table.heads]
                assert explained, (table.caption, mark)


def test_a_paper_that_names_its_framework_tells_of_no_other(papers):
    headings = [heading.text for heading in papers[JANUARY].model.headings]
    assert "Demand and care quality" in headings
    assert not any("positive experience of care" in text for text in headings)
    assert not any("keep people at home" in text for text in headings)


def test_each_measure_of_a_pack_stands_once_in_its_scorecard(papers):
    names = [
        plain_of(row[0])
        for table in papers[DECEMBER].tables
        if table.caption.startswith("Measures with") or table.caption.startswith("Measures, none")
        for row in table.cells
    ]
    assert len(names) == len(set(names))


def test_the_strategy_map_holds_eighteen_priorities_with_their_boards(papers):
    found = [t for t in papers[DECEMBER].tables if t.caption.endswith("priorities")]
    rows = [row for table in found for row in table.cells]
    assert [int(plain_of(row[0]).split(".")[0]) for row in rows] == list(range(1, 19))
    boards = {plain_of(row[1]) for row in rows}
    assert boards == {
        "Children's Commissioning Board",
        "Staying Healthy Board",
        "Integrated Commissioning Board",
    }


def test_the_years_of_one_national_target_stand_in_one_table(papers):
    courses = [t for t in papers[RETURN].tables if t.caption.startswith("Trajectory: ")]
    assert len(courses) == 3
    for table in courses:
        assert plain_of(table.cells[0][1]) == "Baseline"
        assert len({plain_of(row[0]) for row in table.cells}) == len(table.cells)
    assert "people. by" not in papers[RETURN].text


def test_a_published_quartile_says_that_it_is_published(papers):
    (table,) = (t for t in papers[JANUARY].tables if "quartiles as published" in t.caption)
    assert len(table.cells) == 14
    assert table.heads[-1].title == "Quartile, as published"


def test_no_heading_is_left_alone_at_the_foot_of_a_page(one):
    """Each bookmark leads to a place with room below it for at least a line or two."""
    with pikepdf.open(_stream(one.pdf)) as opened:
        places = list(_bookmarks(opened))
    assert len(places) == len(one.model.headings)
    for title, height in places:
        assert height > FOOT, title


def _bookmarks(opened: pikepdf.Pdf):
    """The title of each bookmark, and how high over the foot of its page it leads."""
    with opened.open_outline() as outline:
        waiting = list(outline.root)
        while waiting:
            item = waiting.pop(0)
            waiting = [*item.children, *waiting]
            yield item.title, float(_destination(opened, item)[3])


def _destination(opened: pikepdf.Pdf, item: pikepdf.OutlineItem):
    found = item.destination
    if found is None:
        found = item.action.D
    if isinstance(found, pikepdf.Array):
        return found
    names = pikepdf.NameTree(opened.Root.Names.Dests)
    named = names[str(found)]
    return named if isinstance(named, pikepdf.Array) else named.D


def _stream(content: bytes) -> BytesIO:
    return BytesIO(content)


def plain_of(cell: Cell | StatusCell) -> str:
    return cell.plain
