"""Reading what a measure's file says of its control chart: which, by what rules, since when."""

from __future__ import annotations

from typing import Any

from outturn.framework.model import CHARTS, Step
from outturn.framework.section import Section

_KINDS = {  # the kinds of figure that a chart may be of; any other chart is of every kind
    "P": ("proportion",),
    "P'": ("proportion",),
    "U": ("rate",),
    "U'": ("rate",),
    "T": ("count", "mean"),
    "G": ("count",),
}
_BETWEEN = {"T": "the time", "G": "the number of cases"}  # since the event before
_TREND, _FEWER = 7, 6


def read_chart(file: Section, kind: str) -> dict[str, Any]:
    """The control chart and its choices; one of counts needs the kind of figure that they make."""
    chart = file.choice("chart", CHARTS, CHARTS[0])
    allowed = _KINDS.get(chart, (kind,))
    if kind and kind not in allowed:
        file.wrong(
            "chart",
            f"A {chart} chart is of a {' or a '.join(allowed)}, and the measure is of kind "
            f"'{kind}'.",
            "Leave the word out for an XmR chart, which any figure may have.",
        )
    elif chart in _BETWEEN and file.content.get("frequency") != "census":
        file.wrong(
            "chart",
            f"Each figure of a {chart} chart is {_BETWEEN[chart]} since the event before, on the "
            "day of an event.",
            'Write frequency = "census", and give the figures of those days.',
        )
    return {
        "chart": chart,
        "screened": _screened(file, chart),
        "trend_points": _trend_points(file, chart),
    }


def _screened(file: Section, chart: str) -> bool:
    screened = file.flag("screened")
    if screened and chart != "XmR":
        file.wrong(
            "screened",
            f"Only an XmR chart has moving ranges to screen, and this is a {chart} chart.",
            "Leave out the one word or the other.",
        )
    return screened


def _trend_points(file: Section, chart: str) -> int:
    points = file.whole("trend_points", _TREND, at_least=_FEWER, at_most=_TREND)
    if chart == "run" and file.has("trend_points"):
        file.wrong(
            "trend_points",
            "A run chart has a rule of its own: five points in a row.",
            "Leave the word out.",
        )
    return points


def read_steps(file: Section) -> tuple[Step, ...]:
    """The declared steps; two on one day for one place would be one."""
    found: list[Step] = []
    for table in file.tables("step"):
        since = table.period("since", required=True)
        one = Step(
            since=since or table.calendar_start(),
            because=table.text("because", None),
            place=table.text("place"),
            by=table.text("by"),
        )
        table.close()
        if since and (since, one.place) in ((each.since, each.place) for each in found):
            table.wrong("since", "Two steps begin here.", "Write one, with both reasons.")
        found.append(one)
    return tuple(found)
