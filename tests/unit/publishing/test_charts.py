"""Charts are plain data that place every figure they are given, and nothing else."""

from __future__ import annotations

import json

import pytest

from outturn.publishing import drawing
from outturn.publishing.charts import (
    Break,
    Mark,
    Point,
    counts_by_status,
    figure_and_target,
    quartile_strip,
    trend,
)

POINTS = [Point("Q1", 1.0, 2.0), Point("It's Q2", None, 2.0), Point("Q3", 3.0), Point("Q4", 4.0)]
TREND = trend(
    POINTS, description="d", unit="Days", shown="4.0", target_shown="Target 2",
    breaks=[Break("Q4", "New definition")],
)  # fmt: skip
TARGETS = figure_and_target(
    [Mark("A", "5", 5, "Target 10", 10, (8, 10)), Mark("B", "Not yet published", None)],
    description="d",
)
STRIP = quartile_strip(
    [("Ours", 3.0), ("Other", 5.0)], ours="Ours", shown="3.0", edges=(3, 4, 5),
    edges_shown=("3", "4", "5"), unit="Days", description="d",
)  # fmt: skip
COUNTS = counts_by_status([("Outcome", {"on_target": 2, "off target": 1})], description="d")


@pytest.mark.parametrize("spec", [TREND, TARGETS, STRIP, COUNTS])
def test_a_chart_is_plain_data_on_white_in_a_shipped_font_at_any_width(spec):
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    assert spec["background"] == "#FFFFFF" and spec["description"] == "d"
    assert drawing.can_refit(spec)
    for width in (680, 350):
        svg = drawing.draw(drawing.at_width(spec, width), "svg").decode()
        assert f'width="{width}"' in svg and " id=" not in svg


def test_a_line_breaks_at_a_missing_point_and_at_a_new_definition():
    rows = TREND["data"]["values"]
    assert len({row["stretch"] for row in rows}) == 4  # one of them the gap itself
    svg = drawing.draw(TREND, "svg").decode()
    assert "New definition" in svg and "no" in svg and "It's Q2" in svg.replace("&#39;", "'")


def test_a_missing_figure_has_words_and_no_bar():
    row = TARGETS["data"]["values"][1]
    assert row["end"] is None and row["shown"] == "Not yet published"
    assert "Not yet published" in drawing.draw(TARGETS, "svg").decode()


def test_a_bar_ends_where_its_figure_is():
    row = TARGETS["data"]["values"][0]
    assert row["end"] == pytest.approx(row["target"] / 2)


def test_a_status_without_measures_takes_no_room():
    assert [part["count"] for part in COUNTS["data"]["values"]] == ["2", "1"]
    assert [part["to"] for part in COUNTS["data"]["values"]] == [2, 3]
