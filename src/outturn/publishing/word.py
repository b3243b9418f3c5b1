"""A pack as a Word document, built on Word's own styles: the same bytes for the same pack."""

from __future__ import annotations

import io
from functools import singledispatch
from typing import Any

from docx import Document
from docx.shared import Mm

from outturn.publishing import drawing, palette
from outturn.publishing.pack import (
    NOTE_EDGES,
    Block,
    BulletList,
    Chart,
    Heading,
    KeyFacts,
    Note,
    Notes,
    NumberedList,
    Pack,
    PageBreak,
    Paragraph,
)
from outturn.publishing.tables import Table
from outturn.publishing.word_file import sealed
from outturn.publishing.word_frame import front, prepared
from outturn.publishing.word_parts import (
    TEXT_WIDTH,
    add_words,
    bookmark,
    describe_picture,
    edge,
    keep_with_next,
    numbered_from,
    shade,
)
from outturn.publishing.word_table import add_facts, add_table


def render(pack: Pack) -> bytes:
    """The whole paper as a .docx file."""
    document = Document()
    prepared(document, pack)
    front(document, pack)
    for number, block in enumerate(pack.blocks, 1):
        add(block, document, number)
    out = io.BytesIO()
    document.save(out)
    return sealed(out.getvalue(), pack.issue_date)


@singledispatch
def add(block: Block, document: Any, number: int) -> None:
    """Adds one block to the document; one short case for each kind."""
    raise ValueError(f"no Word for {type(block).__name__}")


@add.register
def _heading(block: Heading, document: Any, number: int) -> None:
    paragraph = document.add_heading("", block.level)
    add_words(paragraph, block.text)
    bookmark(paragraph, block.anchor, number)


@add.register
def _paragraph(block: Paragraph, document: Any, number: int) -> None:
    add_words(document.add_paragraph(style="Lead" if block.lead else "Body Text"), block.text)


@add.register
def _bullets(block: BulletList, document: Any, number: int) -> None:
    for item in block.items:
        add_words(document.add_paragraph(style="List Bullet"), item)


@add.register
def _numbers(block: NumberedList, document: Any, number: int) -> None:
    paragraphs = [document.add_paragraph(style="List Number") for _ in block.items]
    for paragraph, item in zip(paragraphs, block.items, strict=True):
        add_words(paragraph, item)
    numbered_from(document, paragraphs, block.start)


@add.register
def _key_facts(block: KeyFacts, document: Any, number: int) -> None:
    add_facts(document, block.facts)


@add.register
def _note(block: Note, document: Any, number: int) -> None:
    title = document.add_paragraph(style="Note Title")
    add_words(title, block.title)
    words = document.add_paragraph(style="Note Text")
    add_words(words, block.text)
    for paragraph in (title, words):
        shade(paragraph._p.get_or_add_pPr(), palette.TINT)
        edge(paragraph, getattr(palette, NOTE_EDGES[block.kind].upper()))
    keep_with_next(title)


@add.register
def _notes(block: Notes, document: Any, number: int) -> None:
    for item in block.items:
        add_words(document.add_paragraph(style="Small Print"), item)


@add.register
def _chart(block: Chart, document: Any, number: int) -> None:
    caption = document.add_paragraph(style="Caption")
    add_words(caption, block.caption)
    keep_with_next(caption)
    picture = document.add_paragraph(style="Picture")
    png = io.BytesIO(drawing.draw(block.spec, "png"))
    part = drawing.share_of_line(block.spec)
    shape = picture.add_run().add_picture(png, width=Mm(TEXT_WIDTH * part))
    describe_picture(shape, block.alt, number)
    add_table(document, block.table)


@add.register
def _page_break(block: PageBreak, document: Any, number: int) -> None:
    document.add_paragraph(style="Page Break")


@add.register
def _table(block: Table, document: Any, number: int) -> None:
    add_table(document, block)
