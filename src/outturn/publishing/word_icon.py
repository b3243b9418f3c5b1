"""An icon of a control chart in a cell of Word: its drawing before its words."""

from __future__ import annotations

import io
from typing import Any

from docx.oxml import parse_xml
from docx.shared import Mm

from outturn.publishing.drawing import icon_png
from outturn.publishing.icons import Icon
from outturn.publishing.word_parts import add_words

_HEIGHT = 4.2  # millimetres
_DECORATION = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
    "</a:ext></a:extLst>"
)
_ABOVE_CHARTS = 100_000  # numbers of pictures: those of charts are their places in the paper


def add_icon(paragraph: Any, icon: Icon) -> None:
    shape = paragraph.add_run().add_picture(io.BytesIO(icon_png(icon.svg)), height=Mm(_HEIGHT))
    for side in "TBLR":  # without a word of it, some programs leave an eighth of an inch
        shape._inline.set(f"dist{side}", "0")
    properties = shape._inline.docPr
    number = int(properties.get("id"))
    properties.set("descr", "")
    properties.set("name", "Icon")
    # Its words stand beside it: nobody need hear them twice.
    properties.append(parse_xml(_DECORATION))
    properties.set("id", str(number if number > _ABOVE_CHARTS else _ABOVE_CHARTS + number))
    add_words(paragraph, f" {icon.words}")
