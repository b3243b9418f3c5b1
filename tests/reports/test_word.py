"""The Word file, read back: what Word and those who listen to it need."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from outturn.publishing import word
from outturn.publishing.pack import Heading, NumberedList, Paragraph, Table, Text
from outturn.publishing.word_table import _description

pytestmark = pytest.mark.reports


@pytest.fixture(scope="module")
def document(rendered):
    return Document(io.BytesIO(rendered.word))


def test_head_rows_repeat_and_no_row_splits(document):
    for table in _with_heads(document):
        first, *others = table.rows
        names = [child.tag for child in first._tr.trPr]
        assert names == [qn("w:cantSplit"), qn("w:tblHeader")]
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in others)


def _with_heads(document):
    return [t for t in document.tables if t.cell(0, 0).paragraphs[0].style.name == "Table Head"]


def test_tables_are_described_at_the_end_of_their_properties(document):
    for table in document.tables:
        tail = [child.tag for child in table._tbl.tblPr][-3:]
        assert tail == [qn(f"w:{name}") for name in ("tblLook", "tblCaption", "tblDescription")]


def test_every_cell_has_its_width(document):
    for table in document.tables:
        assert all(cell.width for row in table.rows for cell in row.cells)


def test_language_title_and_dates_are_the_packs(document, kitchen_sink):
    properties = document.core_properties
    assert (properties.title, properties.language) == (kitchen_sink.title, "en-GB")
    assert properties.created.date() == properties.modified.date() == kitchen_sink.issue_date
    defaults = document.styles.element.find(qn("w:docDefaults"))
    (language,) = defaults.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"


def test_headings_are_built_in_and_links_lead_to_them(document):
    names = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert names[:3] == ["Heading 1", "Heading 2", "Heading 1"]
    body = document.element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    assert anchors and anchors <= {b.get(qn("w:name")) for b in body.iter(qn("w:bookmarkStart"))}


def test_each_numbered_list_has_a_count_of_its_own(pack_of):
    found = word.render(pack_of(NumberedList(("a", "b")), NumberedList(("c",), start=5)))
    document = Document(io.BytesIO(found))
    used = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"]
    assert used[0] == used[1] != used[2]


def test_links_lead_out_only_where_the_pack_does(document):
    parts = document.part.rels.values()
    assert {r.target_ref for r in parts if r.is_external} == {
        "https://example.org/definitions",
        "https://example.org/plan?a=1&b=2",
    }


def test_two_renders_are_the_same_bytes_whatever_the_clock_says(rendered, kitchen_sink):
    assert word.render(kitchen_sink) == rendered.word
    stamps = {i.date_time for i in zipfile.ZipFile(io.BytesIO(rendered.word)).infolist()}
    assert stamps == {(2026, 9, 10, 0, 0, 0)}


def test_long_headings_still_have_names_that_differ(pack_of):
    long = "A heading that is a good deal longer than the forty letters that Word allows "
    link = Text("see", link="#" + "-".join((long + "two").lower().split()))
    found = word.render(pack_of(Heading(long + "one"), Heading(long + "two"), Paragraph((link,))))
    body = Document(io.BytesIO(found)).element.body
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(set(names)) == 2 and all(len(name) <= 40 for name in names)


def test_a_table_of_one_row_is_described_as_one():
    table = Table("T", ("Name", "A"), [("x", "1")])
    assert _description(table) == "1 row under the columns Name, A."
