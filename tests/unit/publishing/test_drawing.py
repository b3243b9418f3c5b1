"""Drawing: only our own fonts, nothing fetched, nothing drawn twice."""

from __future__ import annotations

import pytest

from outturn.publishing import drawing

SPEC = {
    "data": {"values": [{"a": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "config": {"font": "Open Sans, DejaVu Sans"},
}


def test_a_font_we_do_not_ship_is_refused():
    for config in ({}, {"font": "Arial"}, {"font": "Open Sans, Arial"}):
        with pytest.raises(ValueError, match="names only Open Sans, DejaVu Sans"):
            drawing.draw({**SPEC, "config": config}, "svg")


def test_the_fonts_named_are_among_the_files_shipped():
    names = {font.name for font in drawing.FONT_FOLDER.glob("*.ttf")}
    assert {"OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "OpenSans-Italic.ttf"} <= names
    assert "DejaVuSans.ttf" in names
    assert len(list(drawing.FONT_FOLDER.glob("LICENCE-*.txt"))) == 2


def test_an_address_in_a_chart_is_an_error_and_not_an_empty_chart():
    spec = {**SPEC, "data": {"url": "https://example.org/a.csv"}}
    with pytest.raises(ValueError, match="(?i)not allowed|access|denied|url"):
        drawing.draw(spec, "svg")


def test_a_chart_of_the_full_width_takes_the_whole_line_and_a_narrow_one_its_share():
    assert drawing.share_of_line({"width": 330}) == 0.5
    assert drawing.share_of_line({"width": 2000}) == drawing.share_of_line({}) == 1.0


def test_both_kinds_are_drawn():
    assert drawing.draw(SPEC, "png").startswith(b"\x89PNG")
