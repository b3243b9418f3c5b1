"""The look of the Word document, its running head and foot, and its front."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from outturn.publishing import palette, wording
from outturn.publishing.pack import Pack
from outturn.publishing.word_parts import TEXT_WIDTH, add_field, add_words, make
from outturn.publishing.word_table import add_facts
from outturn.publishing.words import Text

FONT = "Arial"  # every reader of Word files has it or one of the same widths
# style: (based on, size, bold, colour, space before, space after), sizes in points
_STYLES: dict[str, tuple[str, float, bool, str, float, float]] = {
    "Normal": ("", 10.5, False, palette.INK, 0, 0),
    "Body Text": ("Normal", 10.5, False, palette.INK, 0, 8),
    "Lead": ("Body Text", 12, False, palette.INK, 0, 10),
    "Title": ("Normal", 28, True, palette.HEADING, 4, 4),
    "Subtitle": ("Normal", 13, False, palette.QUIET_INK, 0, 14),
    "Organisation": ("Normal", 11, True, palette.ACCENT, 0, 4),
    "Contents Title": ("Normal", 11, True, palette.HEADING, 18, 4),
    "TOC 1": ("Normal", 10.5, False, palette.INK, 3, 0),
    "TOC 2": ("Normal", 10.5, False, palette.INK, 2, 0),
    "Heading 1": ("Normal", 18, True, palette.HEADING, 24, 8),
    "Heading 2": ("Normal", 13.5, True, palette.HEADING, 18, 6),
    "Heading 3": ("Normal", 11, True, palette.HEADING, 14, 4),
    "Caption": ("Normal", 10.5, True, palette.HEADING, 12, 4),
    "Picture": ("Normal", 10.5, False, palette.INK, 0, 4),
    "List Bullet": ("Normal", 10.5, False, palette.INK, 0, 4),
    "List Number": ("Normal", 10.5, False, palette.INK, 0, 4),
    "Table Head": ("Normal", 9.5, True, palette.HEADING, 3, 3),
    "Table Text": ("Normal", 9.5, False, palette.INK, 3, 3),
    "Fact Name": ("Table Text", 9.5, False, palette.QUIET_INK, 3, 3),
    "Under Table": ("Normal", 9, False, palette.QUIET_INK, 3, 3),
    "Note Title": ("Normal", 10.5, True, palette.HEADING, 12, 0),
    "Note Text": ("Normal", 10.5, False, palette.INK, 0, 12),
    "Small Print": ("Normal", 9.5, False, palette.QUIET_INK, 0, 4),
    "Page Break": ("Normal", 1, False, palette.WHITE, 0, 0),
    "Header": ("Normal", 9, False, palette.QUIET_INK, 0, 0),
    "Footer": ("Normal", 9, False, palette.QUIET_INK, 0, 0),
}


def prepared(document: Any, pack: Pack) -> None:
    """Page, styles, language, properties, running head and foot."""
    _page(document.sections[0])
    for name, look in _STYLES.items():
        _style(document.styles, name, *look)
    _special_styles(document.styles)
    _language(document.styles, pack.language)
    _properties(document.core_properties, pack)
    _running(document.sections[0], pack)


def front(document: Any, pack: Pack) -> None:
    """Title, subtitle, the facts of the paper, and its contents."""
    add_words(document.add_paragraph(style="Organisation"), pack.organisation)
    add_words(document.add_paragraph(style="Title"), pack.title)
    if pack.subtitle:
        add_words(document.add_paragraph(style="Subtitle"), pack.subtitle)
    add_facts(document, wording.front_facts(pack))
    _contents(document, pack)


def _contents(document: Any, pack: Pack) -> None:
    """Entries as links, so that they read well before Word has updated anything."""
    shown = [heading for heading in pack.headings if heading.level < 3]
    if not shown:
        return
    add_words(document.add_paragraph(style="Contents Title"), wording.CONTENTS)
    for heading in shown:
        paragraph = document.add_paragraph(style=f"TOC {heading.level}")
        add_words(paragraph, (Text(heading.text, link=f"#{heading.anchor}"),))


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance, section.footer_distance = Mm(11), Mm(10)


def _style(
    styles: Any,
    name: str,
    based_on: str,
    size: float,
    bold: bool,
    colour: str,
    before: float,
    after: float,
) -> None:
    known = {style.name for style in styles}
    style = styles[name] if name in known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.quick_style = True
    if based_on:
        style.base_style = styles[based_on]
    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour[1:])
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for spacing in style.element.rPr.findall(qn("w:spacing")):  # letters as they come
        style.element.rPr.remove(spacing)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.line_spacing = 1.0 if size > 13 else 1.15
    for border in style.element.findall("./{*}pPr/{*}pBdr"):
        border.getparent().remove(border)


def _special_styles(styles: Any) -> None:
    """Links, tables, and the few paragraphs with a shape of their own."""
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    link.font.color.rgb = RGBColor.from_string(palette.LINK[1:])
    styles["TOC 2"].paragraph_format.left_indent = Mm(6)
    styles["Page Break"].paragraph_format.page_break_before = True
    for name in ("Note Title", "Note Text"):
        styles[name].paragraph_format.left_indent = Mm(5)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    table = styles.add_style("Paper Table", WD_STYLE_TYPE.TABLE)
    table.base_style = styles["Normal Table"]
    table.element.append(_rules())


def _rules() -> Any:
    """Hairlines between the rows and nothing else."""
    properties, borders = make("w:tblPr"), make("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(make(f"w:{side}", val="single", sz=4, space=0, color=palette.RULE[1:]))
    properties.append(borders)
    return properties


def _language(styles: Any, language: str) -> None:
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(make("w:lang", val=language, eastAsia=language, bidi="ar-SA"))


def _properties(found: Any, pack: Pack) -> None:
    """What the file says of itself. Its dates are the pack's, never the clock's."""
    found.title, found.subject = pack.title, pack.subtitle
    found.author = found.last_modified_by = pack.organisation
    found.language, found.version = pack.language, pack.version
    found.keywords = found.comments = ""
    found.category = pack.classification
    found.revision = 1
    found.created = found.modified = datetime.combine(pack.issue_date, time())
    found.last_printed = found.created


def _running(section: Any, pack: Pack) -> None:
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    section.different_first_page_header_footer = False
    day = wording.long_date(pack.issue_date)
    _both_ends(head, pack.organisation, pack.title)
    _both_ends(foot, f"{pack.classification} · {pack.version} · {day}", "Page ")
    add_field(foot, "PAGE", "1")
    foot.add_run(" of ")
    add_field(foot, "NUMPAGES", "1")


def _both_ends(paragraph: Any, left: str, right: str) -> None:
    stops = paragraph.paragraph_format.tab_stops
    for style_stop in list(paragraph.style.paragraph_format.tab_stops):
        stops.add_tab_stop(style_stop.position, WD_TAB_ALIGNMENT.CLEAR)
    stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    add_words(paragraph, left)
    paragraph.add_run("\t")
    add_words(paragraph, right)
