"""The charts of a pack, each a plain Vega-Lite dict with its data inside.

Charts place figures; they do not work any out. Lines and marks are labelled where they stand,
and each chart can be drawn at any width (see `drawing.at_width`).
"""

from __future__ import annotations

from outturn.publishing.chart_frame import Spec
from outturn.publishing.control_chart import ControlPoint, control_chart
from outturn.publishing.counts_chart import counts_by_status
from outturn.publishing.quartile_chart import quartile_strip
from outturn.publishing.targets_chart import (
    INTERVAL,
    SCALES_OF_SHARES,
    Mark,
    figure_and_target,
    key_in_words,
    round_end,
)
from outturn.publishing.trend_chart import CUT, Break, Point, begins_at_zero, trend

__all__ = [
    "CUT",
    "INTERVAL",
    "SCALES_OF_SHARES",
    "Break",
    "ControlPoint",
    "Mark",
    "Point",
    "Spec",
    "begins_at_zero",
    "control_chart",
    "counts_by_status",
    "figure_and_target",
    "key_in_words",
    "quartile_strip",
    "round_end",
    "trend",
]
