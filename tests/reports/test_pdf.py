"""The PDF: what validators ask, what they do not see, and the same bytes each time."""

from __future__ import annotations

import io
from typing import Any

import page as validation
import pikepdf
import pytest

from outturn.publishing import pdf
from outturn.publishing.pack import Chart, Heading, KeyFacts, Note, Paragraph, Table, tables_of
from outturn.terms.errors import DefinitionMistake

pytestmark = pytest.mark.reports


def tags(opened: pikepdf.Pdf, kind: str) -> list[Any]:
    return list(_under(opened.Root.StructTreeRoot, kind))


def _under(tag: Any, kind: str) -> Any:
    children = tag.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            if child.S == kind:
                yield child
            yield from _under(child, kind)


@pytest.mark.parametrize("profile", ["ua1", "pdfa2a"])
def test_the_file_we_publish_passes_validation(rendered, profile):
    report = validation.validate_pdf_bytes(rendered.pdf, profile=profile)
    assert report.is_compliant, [failure.rule_id for failure in report.failures]


def test_the_validator_still_fails_when_it_should(rendered):
    with pikepdf.open(io.BytesIO(rendered.pdf)) as opened:
        del tags(opened, "/Figure")[0].Alt
        out = io.BytesIO()
        opened.save(out)
    assert not validation.validate_pdf_bytes(out.getvalue(), profile="ua1").is_compliant


def test_every_header_cell_says_what_it_heads(rendered, kitchen_sink):
    with pikepdf.open(io.BytesIO(rendered.pdf)) as opened:
        scopes = [_scope(cell) for cell in tags(opened, "/TH")]
    tables = tables_of(kitchen_sink.blocks)
    assert scopes.count("/Column") == sum(len(table.heads) for table in tables)
    assert scopes.count("/Row") == sum(len(table.cells) for table in tables)
    assert len(scopes) == scopes.count("/Column") + scopes.count("/Row")


def _scope(cell: Any) -> str:
    named = cell.A if isinstance(cell.A, pikepdf.Array) else [cell.A]
    return next(str(attributes.Scope) for attributes in named if "/Scope" in attributes)


def test_a_table_without_row_names_gets_no_row_headers(pack_of):
    rows = [("1", "2")]
    found = pdf.render(pack_of(Table("C", ("A", "B"), rows, row_header=False)))
    with pikepdf.open(io.BytesIO(found)) as opened:
        assert len(tags(opened, "/TH")) == 2 and len(tags(opened, "/TD")) == 2


def test_language_title_and_bookmarks_are_the_packs(rendered, kitchen_sink):
    with pikepdf.open(io.BytesIO(rendered.pdf)) as opened:
        assert str(opened.Root.Lang) == "en-GB"
        assert str(opened.docinfo.Title) == kitchen_sink.title
        with opened.open_outline() as outline:
            titles = [item.title for item in _flat(outline.root)]
    assert titles == [heading.text for heading in kitchen_sink.headings]


def _flat(items: Any) -> Any:
    for item in items:
        yield item
        yield from _flat(item.children)


def test_a_long_table_breaks_over_pages_and_prints_no_row_over_another(pack_of):
    rows = [(f"Measure {number}", "1.0", "2.0") for number in range(200)]
    found = pdf.render(pack_of(Heading("Long"), Table("Long", ("Name", "A", "B"), rows)))
    with pikepdf.open(io.BytesIO(found)) as opened:
        assert 5 <= len(opened.pages) <= 8
        on = [len(list(_cells_on(opened, page))) for page in opened.pages]
    assert sum(on) == 200 and max(on) <= 48  # more than fit would lie over each other


def _cells_on(opened: pikepdf.Pdf, page: Any) -> Any:
    for row in tags(opened, "/TR"):
        cell = next(iter(row.K))
        if cell.S == "/TH" and _scope(cell) == "/Row":
            first = next(iter(_leaves(cell)))
            if first.objgen == page.obj.objgen:
                yield row


def _leaves(tag: Any, page: Any = None) -> Any:
    """The pages on which the words of a part stand."""
    page = tag.get("/Pg", page)
    children = tag.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            yield from _leaves(child, page)
        else:
            yield page


def test_two_renders_are_the_same_bytes(rendered, kitchen_sink):
    assert pdf.render(kitchen_sink) == rendered.pdf


def test_a_character_in_no_shipped_font_is_a_mistake_with_a_remedy(pack_of):
    with pytest.raises(DefinitionMistake, match="the words of the pack\n"):
        pdf.render(pack_of(Paragraph("A treat: \U0001f9c1")))


@pytest.mark.parametrize("fill", range(14, 20))
def test_the_notes_of_a_table_stand_on_the_page_where_it_ends(pack_of, fill):
    rows = [(f"Measure {number}", "1.0") for number in range(3)]
    notes = ["A note that is long enough to take more than one line of the page, or two. " * 3] * 3
    table = Table("Short", ("Name", "A"), rows, notes=notes)
    before = [Paragraph(f"Words {number}") for number in range(fill)]
    found = pdf.render(pack_of(Heading("H"), *before, table))
    with pikepdf.open(io.BytesIO(found)) as opened:
        last_row, first_note = tags(opened, "/TR")[-1], tags(opened, "/P")[-len(notes)]
        pages = [next(iter(_leaves(one))).objgen for one in (last_row, first_note)]
    assert pages[0] == pages[1]


_SAID_AT_LEAST = 10  # a heading, its words, three facts of two parts, a note with its title


@pytest.mark.parametrize("fill", range(19, 26))
def test_the_facts_and_the_decision_under_them_stand_on_one_page(pack_of, fill):
    facts = KeyFacts([(f"Fact {number}", "Said of it") for number in range(3)])
    before = [Paragraph(f"Words {number}") for number in range(fill)]
    opening = [Heading("Purpose"), Paragraph("What it is for."), facts]
    decision = Note("The meeting is asked to approve.", kind="decision")
    found = pdf.render(pack_of(Heading("H"), *before, *opening, decision))
    with pikepdf.open(io.BytesIO(found)) as opened:
        parts = [page.objgen for page in _leaves(opened.Root.StructTreeRoot)]
    assert len(set(parts[-_SAID_AT_LEAST:])) == 1


@pytest.mark.parametrize("fill", range(19, 30))
def test_a_heading_and_the_words_under_it_keep_with_their_table(pack_of, fill):
    before = [Paragraph(f"Words {number}") for number in range(fill)]
    table = Table("Long", ("Name", "A"), [(f"Measure {number}", "1.0") for number in range(30)])
    appendix = [Heading("Appendix"), Paragraph("Each is of version 1."), table]
    found = pdf.render(pack_of(Heading("H"), *before, *appendix))
    with pikepdf.open(io.BytesIO(found)) as opened:
        leaves = [page.objgen for page in _leaves(opened.Root.StructTreeRoot)]
        first_row = next(iter(_leaves(tags(opened, "/TR")[1]))).objgen
    cells = 2 * (30 + 1)
    assert leaves[-cells - 3 : -cells] == [first_row] * 3  # heading, words and caption


@pytest.mark.parametrize("fill", range(10, 22))
def test_a_chart_keeps_with_the_beginning_of_its_table(pack_of, kitchen_sink, fill):
    chart = next(block for block in kitchen_sink.blocks if isinstance(block, Chart))
    before = [Paragraph(f"Words {number}") for number in range(fill)]
    found = pdf.render(pack_of(Heading("H"), *before, chart))
    with pikepdf.open(io.BytesIO(found)) as opened:
        picture, rows = tags(opened, "/Figure")[-1], tags(opened, "/TR")
        pages = [next(iter(_leaves(one))).objgen for one in (picture, rows[0], rows[1])]
    assert len(set(pages)) == 1


def test_the_end_of_every_stream_can_be_told(rendered):
    assert b"\r\nendstream" not in rendered.pdf
