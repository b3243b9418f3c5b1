"""The icons of control charts in the three formats: a drawing for the eye, its words for all."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from docx import Document

from outturn.publishing import html, palette, pdf, word
from outturn.publishing.comparison_icons import COMPARISON_ICONS
from outturn.publishing.control_icons import ASSURANCE_ICONS, VARIATION_ICONS, signed
from outturn.publishing.pack import Heading, IconCell, Table
from outturn.statistics.chart_icons import ASSURANCES, VARIATIONS

pytestmark = pytest.mark.reports

ICONS = VARIATION_ICONS | ASSURANCE_ICONS | COMPARISON_ICONS


@pytest.fixture(scope="module")
def pack(pack_of):
    rows = [[f"Measure {number}", IconCell(label)] for number, label in enumerate(ICONS)]
    return pack_of(Heading("Icons"), Table("Icons", ["Measure", "Icon"], rows))


def test_every_label_has_an_icon_whose_words_sign_and_drawing_are_its_own():
    assert set(VARIATION_ICONS) == set(VARIATIONS)
    assert set(ASSURANCE_ICONS) == set(ASSURANCES)
    for of in ("words", "sign", "drawing"):
        assert len({getattr(one, of) for one in ICONS.values()}) == len(ICONS)
    assert signed(None) == ""


def test_icons_have_no_colour_of_a_status_and_differ_without_any():
    shapes = set()
    for one in ICONS.values():
        colours = set(re.findall(r"#[0-9A-F]{6}", one.drawing))
        assert not colours & {tone.fill for tone in palette.TONES.values()}
        shapes.add(re.sub(r"#[0-9A-F]{6}", "", one.drawing))
    assert len(shapes) == len(ICONS)


def test_a_label_without_an_icon_is_refused():
    with pytest.raises(KeyError):
        IconCell("concern, sideways")


def test_a_page_hides_the_drawing_from_who_listens(pack):
    page = html.render(pack)
    assert page.count('<span class="icon"><svg aria-hidden="true"') == len(ICONS)
    for one in ICONS.values():
        assert f"<span>{one.words}</span>" in page


def test_in_the_pdf_the_drawing_is_an_artifact(pack):
    made = pdf.render(pack)
    with pikepdf.open(io.BytesIO(made)) as opened:
        kinds = {str(one.get("/S")) for one in opened.objects if _is_element(one)}
    assert "/TD" in kinds and "/Figure" not in kinds


def _is_element(one):
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem"


def test_in_word_the_drawing_is_a_decoration_with_its_words_beside_it(pack):
    document = Document(io.BytesIO(word.render(pack)))
    drawn = [shape._inline.docPr for shape in document.inline_shapes]
    assert len({one.get("id") for one in drawn}) == len(ICONS)
    assert all("decorative" in one.xml for one in drawn)
    [table] = [t for t in document.tables if len(t.columns) == 2 and "Icon" in t.cell(0, 1).text]
    assert [row.cells[1].text.strip() for row in table.rows[1:]] == [
        one.words for one in ICONS.values()
    ]
