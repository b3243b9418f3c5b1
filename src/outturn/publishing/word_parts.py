"""The parts of Word's own XML that python-docx has no name for, each put in its lawful place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from outturn.publishing.words import Text, Words, runs

_LONGEST_NAME = 40  # letters: what Word allows
TEXT_WIDTH = 170  # millimetres between the margins
_AFTER_SHADING = (
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:spacing",
    "w:ind",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
)
_AFTER_EDGE = ("w:shd", *_AFTER_SHADING)


def make(tag: str, **attributes: str | int) -> Any:
    """An element of Word's XML. `val` stands for `w:val`."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def add_words(paragraph: Any, words: Words) -> None:
    """The runs with their marks; a link is a real one."""
    for run in runs(words):
        if run.link:
            _add_link(paragraph, run)
        else:
            _mark(paragraph.add_run(run.text), run)


def _mark(made: Any, run: Text) -> None:
    made.bold = True if run.strong else None
    made.italic = True if run.emphasis else None


def _add_link(paragraph: Any, run: Text) -> None:
    made = paragraph.add_run(run.text, style="Hyperlink")
    _mark(made, run)
    link = OxmlElement("w:hyperlink")
    if run.link.startswith("#"):
        link.set(qn("w:anchor"), bookmark_name(run.link[1:]))
    else:
        target = paragraph.part.relate_to(run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), target)
    paragraph._p.append(link)
    link.append(made._r)


def bookmark(paragraph: Any, anchor: str, number: int) -> None:
    """A place that a link can lead to."""
    start = make("w:bookmarkStart", id=number, name=bookmark_name(anchor))
    properties = paragraph._p.pPr
    paragraph._p.insert(0 if properties is None else 1, start)
    paragraph._p.append(make("w:bookmarkEnd", id=number))


def bookmark_name(anchor: str) -> str:
    """A name that Word accepts: letters, digits and underscores, 40 at most, still unique."""
    name = "s_" + "".join(c if c.isalnum() else "_" for c in anchor)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9]}_{hashlib.sha256(anchor.encode()).hexdigest()[:8]}"


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """A field such as the number of the page, with what is shown until Word works it out."""
    for part in (
        make("w:fldChar", fldCharType="begin"),
        _instruction(code),
        make("w:fldChar", fldCharType="separate"),
        None,
        make("w:fldChar", fldCharType="end"),
    ):
        run = paragraph.add_run(shown if part is None else "")
        if part is not None:
            run._r.append(part)


def _instruction(code: str) -> Any:
    instruction = make("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    return instruction


def describe_picture(shape: Any, alt: str, number: int) -> None:
    """The text alternative of a picture."""
    properties = shape._inline.docPr
    properties.set("descr", alt)
    properties.set("id", str(number))
    properties.set("name", f"Chart {number}")


def shade(properties: Any, fill: str) -> None:
    """A background colour behind a paragraph or a cell."""
    shading = make("w:shd", val="clear", color="auto", fill=fill[1:])
    if properties.tag == qn("w:pPr"):
        properties.insert_element_before(shading, *_AFTER_SHADING)
    else:
        properties.insert_element_before(
            shading, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign"
        )


def edge(paragraph: Any, colour: str) -> None:
    """A broad rule down the left-hand side."""
    borders = OxmlElement("w:pBdr")
    borders.append(make("w:left", val="single", sz=36, space=8, color=colour[1:]))
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_EDGE)


def keep_with_next(paragraph: Any) -> None:
    paragraph.paragraph_format.keep_with_next = True


def numbered_from(document: Any, paragraphs: Sequence[Any], start: int) -> None:
    """A count of its own for these paragraphs, beginning with `start`."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element
    abstract = numbering.num_having_numId(style.pPr.numPr.numId.val).abstractNumId.val
    num = numbering.add_num(abstract)
    num.add_lvlOverride(ilvl=0).add_startOverride(start)
    for paragraph in paragraphs:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = num.numId
