"""The same paper in three formats tells the same things, in the same order."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pikepdf
import pytest
from docx import Document

from outturn.publishing.pack import Chart, tables_of
from outturn.publishing.tables import Table

pytestmark = pytest.mark.reports


@dataclass
class Told:
    """What a format tells its reader, without white space: a line that ends may leave none."""

    headings: list[str] = field(default_factory=list)
    tables: list[list[str]] = field(default_factory=list)  # the cells of each, row by row
    alts: list[str] = field(default_factory=list)
    text: str = ""


def squeezed(text: str) -> str:
    return "".join(text.split())


def told_by_pack(pack) -> Told:
    return Told(
        [squeezed(heading.text) for heading in pack.headings],
        [_cells(table) for table in tables_of(pack.blocks)],
        [squeezed(block.alt) for block in pack.blocks if isinstance(block, Chart)],
    )


def _cells(table: Table) -> list[str]:
    cells = [head.title for head in table.heads]
    return [squeezed(c) for c in cells + [cell.plain for row in table.cells for cell in row]]


class HtmlReader(HTMLParser):
    """Reads headings, cells and text alternatives from a page."""

    def __init__(self) -> None:
        super().__init__()
        self.told, self.open = Told(), []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.open.append("picture" if found.get("class") == "drawing" else tag)
        match tag:
            case "h2" | "h3" | "h4":
                self.told.headings.append("")
            case "table":
                self.told.tables.append([])
            case "th" | "td":
                self.told.tables[-1].append("")
            case "div" if found.get("role") == "img":
                self.told.alts.append(squeezed(found["aria-label"]))
            case "meta" | "col":
                self.open.pop()

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if "style" in self.open or "picture" in self.open:
            return
        self.told.text += squeezed(data)
        if {"h2", "h3", "h4"} & set(self.open):
            self.told.headings[-1] += squeezed(data)
        if {"th", "td"} & set(self.open):
            self.told.tables[-1][-1] += squeezed(data)


def told_by_html(page: str) -> Told:
    reader = HtmlReader()
    reader.feed(page)
    return reader.told


def told_by_word(docx: bytes) -> Told:
    document = Document(io.BytesIO(docx))
    shown = document.paragraphs
    facts = {"Fact Name"}
    tables = [t for t in document.tables if t.cell(0, 0).paragraphs[0].style.name not in facts]
    return Told(
        [squeezed(p.text) for p in shown if p.style.name.startswith("Heading")],
        [[squeezed(c.text) for row in table.rows for c in row.cells] for table in tables],
        [squeezed(s._inline.docPr.get("descr")) for s in document.inline_shapes],
        squeezed("".join(paragraph.text for paragraph in shown)),
    )


def told_by_pdf(pdf: bytes) -> Told:
    """Follows the structure of the file, as one who listens to it would."""
    told = Told()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        words = {page.obj.objgen: _marked_words(page) for page in opened.pages}
        _follow(opened.Root.StructTreeRoot, None, words, told)
    return told


def _follow(tag: Any, page: Any, words: dict, told: Told) -> str:
    page = tag.get("/Pg", page)
    kind = str(tag.get("/S", ""))
    if kind == "/Table":
        told.tables.append([])
    if kind == "/Figure":
        told.alts.append(squeezed(str(tag.Alt)))
        return ""
    text = "".join(_part(child, page, words, told) for child in _listed(tag.get("/K")))
    if re.fullmatch("/H[1-6]", kind):
        told.headings.append(text)
    if kind in ("/TH", "/TD"):
        told.tables[-1].append(text)
    return text


def _part(child: Any, page: Any, words: dict, told: Told) -> str:
    if isinstance(child, pikepdf.Dictionary) and "/S" in child:
        return _follow(child, page, words, told)
    if isinstance(child, pikepdf.Dictionary):  # marked content on a page of its own, or a link
        if "/MCID" not in child:
            return ""
        page, child = child.get("/Pg", page), child.MCID
    found = words[page.objgen].get(int(child), "")
    told.text += found
    return found


def _marked_words(page: Any) -> dict[int, str]:
    """The words of each piece of marked content."""
    fonts = {str(name): _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    letters: dict[int, str] = {}
    marks: list[int | None] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC" | "BMC":
                named = operands[1] if len(operands) > 1 else {}
                marks.append(int(named["/MCID"]) if "/MCID" in named else None)
            case "EMC":
                marks.pop()
            case "Tf":
                letters = fonts[str(operands[0])]
            case "Tj" | "TJ" if any(mark is not None for mark in marks):
                mark = [mark for mark in marks if mark is not None][-1]
                found[mark] = found.get(mark, "") + _shown(operands[0], letters)
    return found


def _shown(operand: Any, letters: dict[int, str]) -> str:
    parts = [bytes(p) for p in _listed(operand) if isinstance(p, pikepdf.String)]
    codes = [c for part in parts for c in zip(part[::2], part[1::2], strict=True)]
    return squeezed("".join(letters.get(high * 256 + low, "?") for high, low in codes))


def _letters(font: Any) -> dict[int, str]:
    """What each code of a font stands for."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for code, text in re.findall(r"^<(\w{4})> <(\w+)>$", table, re.M):
        found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for first, last, text in re.findall(r"^<(\w{4})> <(\w{4})> <(\w{4})>$", table, re.M):
        for step in range(int(last, 16) - int(first, 16) + 1):
            found[int(first, 16) + step] = chr(int(text, 16) + step)
    return found


def _listed(found: Any) -> list[Any]:
    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]


READERS = {"html": told_by_html, "pdf": told_by_pdf, "word": told_by_word}


@pytest.fixture(scope="module", params=sorted(READERS))
def told(request, rendered) -> Told:
    return READERS[request.param](getattr(rendered, request.param))


def test_headings_are_those_of_the_pack(told, kitchen_sink):
    assert told.headings == told_by_pack(kitchen_sink).headings


def test_tables_hold_the_cells_of_the_pack(told, kitchen_sink):
    assert told.tables == told_by_pack(kitchen_sink).tables


def test_every_chart_has_its_text_alternative(told, kitchen_sink):
    assert told.alts == told_by_pack(kitchen_sink).alts


def test_commentary_is_data(told):
    assert squeezed('#read("pack.typ") *$x$ `y` <script>alert(1)</script> & \\n') in told.text
    assert squeezed("= Not a heading") in told.text and squeezed("# Not a heading") in told.text


def test_words_are_read_in_the_order_they_were_written(told):
    places = [
        told.text.index(squeezed(words))
        for words in ("Of 15 measures", "Fewer people waited", "[c] The target is withheld",
                      "Open the new reablement beds", "Small numbers are withheld")
    ]  # fmt: skip
    assert places == sorted(places)
