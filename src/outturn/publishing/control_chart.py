"""A control chart: the figures, their mean and limits, and the points that are more than noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outturn.publishing import palette
from outturn.publishing.chart_frame import SMALL, Spec, chart, labels_apart, only, point, text
from outturn.publishing.trend_chart import Break, cut, gaps, periods_axis

_HEIGHT = 280
_APART = 0.062  # of the height: the least distance between two labels
_LINES = ("upper", "mean", "lower", "target")
_UPWARDS = ("lower", "target", "mean", "upper")  # the order of lines that lie on each other
_DUST = 1e-9  # of a number: what sums of fractions may lie from it
_MARKS = {  # what a point means: its shape, its size and its colour
    "common": ("circle", 34, palette.ACCENT),
    "improvement": ("circle", 95, palette.BETTER),
    "concern": ("diamond", 125, palette.WORSE),
    "neutral": ("square", 80, palette.QUIET_INK),
}


@dataclass(frozen=True)
class ControlPoint:
    """One period of a control chart; without a value it is a gap."""

    period: str
    value: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    target: float | None = None
    kind: str = "common"  # or improvement, concern, neutral
    segment: int = 1


def control_chart(
    points: Sequence[ControlPoint],
    *,
    description: str,
    unit: str,
    labels: dict[str, str],
    breaks: Sequence[Break] = (),
) -> Spec:
    """The figures as a line, mean and limits as steps in each segment, unusual points marked.

    `labels` are the words at the right-hand end of the lines, by upper, mean, lower and target.
    """
    places = {found.period: number for number, found in enumerate(points)}
    rows = _rows(points)
    x = periods_axis([found.period for found in points], list(labels.values()))
    known = [row[of] for row in rows for of in ("value", *_LINES) if row[of] is not None]
    y: Spec = {"field": "value", "type": "quantitative", "title": None, **_heights(known)}
    layers = [
        *(_step(of, x, y) for of in _LINES),
        _line(x, y),
        *(_points(kind, x, y) for kind in _MARKS),
        *_labels(rows, labels, _APART * _span(known), x, y),
        *gaps(rows, x),
        *(cut(places[found.before], found.label, len(points), x) for found in breaks),
    ]
    return chart(rows, layers, height=_HEIGHT, description=description, title=unit)


def _heights(known: Sequence[float]) -> Spec:
    """Scale and ticks of the heights; where all that is drawn is one number, it in the middle.

    It has no spread of its own, and the words beside its lines need one to stand apart in.
    """
    axis: Spec = {"grid": False, "tickCount": 5}
    if not _is_level(known):
        return {"scale": {"zero": False}, "axis": axis}
    half = _span(known) / 2
    around = [known[0] - half, known[0] + half]
    scale = {"zero": False, "nice": False, "domain": around}
    return {"scale": scale, "axis": axis | {"values": [known[0]], "format": ",.2~f"}}


def _is_level(known: Sequence[float]) -> bool:
    return bool(known) and max(known) - min(known) <= _DUST * max(map(abs, known))


def _span(known: Sequence[float]) -> float:
    """How far the heights reach, in the unit of the measure: of one number twice itself, or 2."""
    if not known:
        return 0.0
    return 2 * (abs(known[0]) or 1.0) if _is_level(known) else max(known) - min(known)


def _rows(points: Sequence[ControlPoint]) -> list[Spec]:
    """Each point, with the stretch of unbroken line that it belongs to."""
    stretch, rows = 0, list[Spec]()
    before: ControlPoint | None = None
    for number, one in enumerate(points):
        goes_on = before is not None and before.value is not None and one.value is not None
        if not goes_on or before is None or before.segment != one.segment:
            stretch += 1
        named = {name: getattr(one, name) for name in ("period", "value", "kind", "segment")}
        lines = {name: getattr(one, name) for name in _LINES}
        rows.append({"at": number, "stretch": stretch, **named, **lines})
        before = one
    return rows


def _step(of: str, x: Spec, y: Spec) -> Spec:
    """A line of the chart, level within a segment."""
    looks: Spec = {"type": "line", "interpolate": "step", "strokeWidth": 1.5}
    if of == "target":
        looks |= {"color": palette.TARGET, "strokeDash": [2, 4]}
    elif of == "mean":
        looks |= {"color": palette.STRONG_RULE}
    else:
        looks |= {"color": palette.STRONG_RULE, "strokeDash": [7, 4]}
    detail = {"field": "segment", "type": "nominal"}
    return only(f"isValid(datum.{of})") | {
        "mark": looks,
        "encoding": {"x": x, "y": {**y, "field": of}, "detail": detail},
    }


def _line(x: Spec, y: Spec) -> Spec:
    detail = {"field": "stretch", "type": "nominal"}
    return only("isValid(datum.value)") | {
        "mark": {"type": "line", "color": palette.ACCENT, "strokeWidth": 1.5},
        "encoding": {"x": x, "y": y, "detail": detail},
    }


def _points(kind: str, x: Spec, y: Spec) -> Spec:
    shape, size, colour = _MARKS[kind]
    look = point(shape, size, fill=colour, stroke=palette.WHITE, strokeWidth=1.2)
    return only(f"isValid(datum.value) && datum.kind == '{kind}'") | {
        "mark": look,
        "encoding": {"x": x, "y": y},
    }


def _labels(rows: list[Spec], labels: dict[str, str], least: float, x: Spec, y: Spec) -> list[Spec]:
    """The words at the right-hand ends, from the lowest up, each clear of the one below it."""
    last = rows[-1]
    ends = [(last[of], labels[of]) for of in _UPWARDS if of in labels and last[of] is not None]
    if not ends:
        return []
    values = [
        {"at": last["at"], "value": place, "label": words}
        for place, words in labels_apart(ends, least)
    ]
    words = text(palette.QUIET_INK, dx=10, baseline="middle", fontSize=SMALL)
    return [
        {
            "data": {"values": values},
            "mark": words,
            "encoding": {"x": x, "y": y, "text": {"field": "label"}},
        }
    ]
