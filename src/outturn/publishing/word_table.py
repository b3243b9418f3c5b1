"""Tables in Word: heads that repeat, a caption, a description, widths on every cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, RGBColor

from outturn.publishing import palette, wording
from outturn.publishing.tables import AnyCell, IconCell, StatusCell, Table, shares
from outturn.publishing.word_icon import add_icon
from outturn.publishing.word_parts import TEXT_WIDTH, add_words, keep_with_next, make, shade
from outturn.publishing.words import Words

_SIDES = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
}
_FACT_NAME = 38  # millimetres


def add_table(document: Any, table: Table) -> None:
    """The table under its caption, with its notes and source."""
    caption = document.add_paragraph(style="Caption")
    add_words(caption, table.caption)
    keep_with_next(caption)
    made = _grid(document, len(table.cells) + 1, [TEXT_WIDTH * s for s in shares(table)])
    _describe(made, table.caption, _description(table))
    _look(made, first_row=1, first_column=int(table.row_header))
    rows = list(made.rows)
    for cell, head in zip(rows[0].cells, table.heads, strict=True):
        _fill_head(cell, head.title, head.align)
    _repeat(rows[0])
    for row, found in zip(rows[1:], table.cells, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, content, head in zip(row.cells, found, table.heads, strict=True):
            _fill(cell, content, head.align)
    _under(document, table)


def add_facts(document: Any, facts: Sequence[tuple[str, Words]]) -> None:
    """Facts by name, as a table of two columns whose first names the row."""
    made = _grid(document, len(facts), [_FACT_NAME, TEXT_WIDTH - _FACT_NAME])
    _describe(made, "Key facts", "Each row is one fact: its name, then what it is.")
    _look(made, first_row=0, first_column=1)
    for row, (name, words) in zip(made.rows, facts, strict=True):
        for cell, said, style in zip(
            row.cells, (name, words), ("Fact Name", "Table Text"), strict=True
        ):
            cell.paragraphs[0].style = style
            add_words(cell.paragraphs[0], said)
    document.add_paragraph(style="Under Table")


def _grid(document: Any, rows: int, widths: Sequence[float]) -> Any:
    made = document.add_table(rows, len(widths), style="Paper Table")
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return made


def _describe(made: Any, caption: str, description: str) -> None:
    properties = made._tbl.tblPr
    properties.append(make("w:tblCaption", val=caption))
    properties.append(make("w:tblDescription", val=description))


def _description(table: Table) -> str:
    heads = ", ".join(head.title for head in table.heads)
    rows = "1 row" if len(table.cells) == 1 else f"{len(table.cells)} rows"
    return f"{rows} under the columns {heads}."


def _look(made: Any, *, first_row: int, first_column: int) -> None:
    """Which cells are heads, for Word and for those who listen to it."""
    properties = made._tbl.tblPr
    for old in properties.findall("{*}tblLook"):
        properties.remove(old)
    look = make(
        "w:tblLook", val=f"{0x20 * first_row + 0x80 * first_column + 0x600:04X}",
        firstRow=first_row, lastRow=0, firstColumn=first_column, lastColumn=0, noHBand=1, noVBand=1,
    )  # fmt: skip
    properties.insert_element_before(look, "w:tblCaption", "w:tblDescription")


def _repeat(row: Any) -> None:
    """The row does not split and stands at the head of every page."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _fill_head(cell: Any, title: str, align: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Table Head"
    paragraph.alignment = _SIDES[align]
    add_words(paragraph, title)
    shade(cell._tc.get_or_add_tcPr(), palette.TINT)
    keep_with_next(paragraph)


def _fill(cell: Any, content: AnyCell, align: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Table Text"
    paragraph.alignment = _SIDES[align]
    if isinstance(content, IconCell):
        add_icon(paragraph, content.icon)
        return
    if not isinstance(content, StatusCell):
        add_words(paragraph, content.text)
        return
    run = paragraph.add_run(content.plain)
    run.bold = True
    run.font.color.rgb = RGBColor.from_string(content.tone.ink[1:])
    shade(cell._tc.get_or_add_tcPr(), content.tone.fill)


def _under(document: Any, table: Table) -> None:
    """Notes and source, or a little room, so that two tables never run into one."""
    source = [f"{wording.SOURCE}{table.source}"] if table.source else []
    for note in [*table.notes, *source] or [""]:
        add_words(document.add_paragraph(style="Under Table"), note)
