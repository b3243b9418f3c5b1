"""The values of a measure over time, with its target."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from outturn.publishing import palette
from outturn.publishing.chart_frame import SMALL, Spec, chart, only, point, text

_LINE = 13  # characters in a line of the words at the right-hand end
_LETTER = 7.0  # pixels, on average
_HEIGHT = 250
_NEAR = 0.14  # of the height: closer than this, the two labels would touch
CUT = "the scale does not begin at 0"


@dataclass(frozen=True)
class Point:
    """One period of a trend; without a value it is a gap."""

    period: str
    value: float | None
    target: float | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Break:
    """A change of definition, just before the period it names."""

    before: str
    label: str


def trend(
    points: Sequence[Point],
    *,
    description: str,
    unit: str,
    shown: str = "",
    target_shown: str = "",
    breaks: Sequence[Break] = (),
    from_zero: bool = False,
) -> Spec:
    """A line through the values, its target a stepped line; breaks and missing points are gaps.

    `shown` and `target_shown` are printed at the right-hand end of the two lines. A hollow dot
    is a provisional figure.
    """
    places = {found.period: number for number, found in enumerate(points)}
    cuts = {places[found.before]: found.label for found in breaks}
    rows = _rows(points, set(cuts))
    x = periods_axis([found.period for found in points], [shown, target_shown])
    y: Spec = {"field": "value", "type": "quantitative", "title": None}
    zero = begins_at_zero(points, from_zero)
    y |= {"scale": {"zero": zero}, "axis": {"grid": True, "tickCount": 5}}
    layers = [
        *_lines(x, y),
        *_dots(x, y),
        *_ends(rows, x, y, shown, target_shown),
        *gaps(rows, x),
        *(cut(number, label, len(points), x) for number, label in cuts.items()),
    ]
    said = unit if zero else f"{unit}; {CUT}" if unit else f"{CUT[:1].upper()}{CUT[1:]}"
    return chart(rows, layers, height=_HEIGHT, description=description, title=said)


def begins_at_zero(points: Sequence[Point], from_zero: bool) -> bool:
    """Whether the scale begins at 0: where asked to, and where the line still fills half of it."""
    found = [n for point in points for n in (point.value, point.target) if n is not None]
    return from_zero or not found or 0 <= min(found) <= max(found) - min(found)


def _rows(points: Sequence[Point], cuts: set[int]) -> list[Spec]:
    """Each point with the stretch of unbroken line it belongs to."""
    missing = [found.value is None for found in points]
    steps = [n in cuts or missing[n] or (n > 0 and missing[n - 1]) for n in range(len(points))]
    stretches = accumulate(int(step) for step in steps)
    return [
        {
            "at": number, "period": found.period, "value": found.value, "target": found.target,
            "provisional": found.provisional, "stretch": stretch,
        }
        for number, (found, stretch) in enumerate(zip(points, stretches, strict=True))
    ]  # fmt: skip


def periods_axis(periods: Sequence[str], labels: list[str]) -> Spec:
    """Periods evenly spaced, with room at the right for the words at the end of the lines."""
    longest = max(len(line) for label in labels for line in _lines_of(label) or [""])
    room = round(longest * _LETTER) + 16 if longest else 0
    domain = [-0.3, len(periods) - 0.7]
    names = ", ".join("'" + _quoted(name) + "'" for name in periods)
    axis: Spec = {"title": None, "values": list(range(len(periods))), "grid": False}
    axis |= {"labelExpr": f"[{names}][datum.value]", "labelOverlap": "greedy"}
    axis |= {"labelSeparation": 14, "labelBound": False, "labelFlush": False}
    scale = {"domain": domain, "nice": False, "range": [0, {"expr": f"width - {room}"}]}
    return {"field": "at", "type": "quantitative", "scale": scale, "axis": axis}


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _lines_of(label: str) -> list[str]:
    return textwrap.wrap(label, _LINE, break_long_words=False, break_on_hyphens=False)


def _lines(x: Spec, y: Spec) -> list[Spec]:
    target: Spec = {"type": "line", "interpolate": "step", "strokeDash": [6, 4]}
    target |= {"color": palette.TARGET, "strokeWidth": 1.5}
    # A stroke at each period, so that a target of one period alone is seen too.
    alone = {"shape": "stroke", "size": 260, "filled": False, "stroke": palette.TARGET}
    target |= {"point": alone | {"strokeWidth": 1.5}}
    value = {"type": "line", "color": palette.ACCENT, "strokeWidth": 2.5}
    stretch = {"field": "stretch", "type": "nominal"}
    return [
        only("isValid(datum.target)")
        | {"mark": target, "encoding": {"x": x, "y": {**y, "field": "target"}}},
        only("isValid(datum.value)")
        | {"mark": value, "encoding": {"x": x, "y": y, "detail": stretch}},
    ]


def _dots(x: Spec, y: Spec) -> list[Spec]:
    """Provisional figures as hollow dots, the others as full ones."""
    kinds = {"!datum.provisional": palette.ACCENT, "datum.provisional": palette.WHITE}
    return [
        only(f"isValid(datum.value) && {kind}")
        | {
            "mark": point("circle", 44, fill=fill, stroke=palette.ACCENT, strokeWidth=2),
            "encoding": {"x": x, "y": y},
        }
        for kind, fill in kinds.items()
    ]


def _ends(rows: list[Spec], x: Spec, y: Spec, shown: str, target_shown: str) -> list[Spec]:
    """The words at the right-hand end of the two lines, kept apart from each other."""
    last = next((row for row in reversed(rows) if row["value"] is not None), None)
    goal = next((row for row in reversed(rows) if row["target"] is not None), None)
    apart = _apart(rows, last, goal)
    found: list[Spec] = []
    if last and shown:
        found.append(_end(last, x, y, "value", shown, apart, palette.ACCENT, "bold"))
    if goal and target_shown:
        found.append(_end(goal, x, y, "target", target_shown, -apart, palette.TARGET, "normal"))
    return found


def _apart(rows: list[Spec], last: Spec | None, goal: Spec | None) -> int:
    """How far to push the words at the value down (or up, if negative) to clear the target's."""
    if not last or not goal:
        return 0
    known = [row[of] for row in rows for of in ("value", "target") if row[of] is not None]
    gap = last["value"] - goal["target"]
    if abs(gap) > _NEAR * (max(known) - min(known)):
        return 0
    return 13 if gap < 0 else -13


def _end(
    row: Spec, x: Spec, y: Spec, of: str, label: str, dy: int, color: str, weight: str
) -> Spec:
    lines = _lines_of(label)
    up = 8 * (len(lines) - 1)
    return {
        "data": {"values": [row | {"label": lines}]},
        "mark": text(color, dx=10, dy=dy - up, baseline="middle", lineHeight=16, fontWeight=weight),
        "encoding": {"x": x, "y": {**y, "field": of}, "text": {"field": "label"}},
    }


def gaps(rows: list[Spec], x: Spec) -> list[Spec]:
    """One 'no figure' at the middle of every stretch without figures, at the foot."""
    stretches = groupby(rows, key=lambda row: row["value"] is None)
    empty = [[row["at"] for row in found] for missing, found in stretches if missing]
    middles = [{"at": (gap[0] + gap[-1]) / 2} for gap in empty]
    words = text(palette.MISSING, text=["no", "figure"], align="center")
    words |= {"fontSize": SMALL, "dy": -24, "lineHeight": 14}
    place = {"x": x, "y": {"value": "height"}}
    return [{"data": {"values": middles}, "mark": words, "encoding": place}] if middles else []


def cut(number: int, label: str, periods: int, x: Spec) -> Spec:
    """A rule between two periods, its words over the plot on the side where there is room."""
    late = number > periods / 2
    words = text(palette.QUIET_INK, align="right" if late else "left", dx=4 if late else -4)
    words |= {"dy": -10, "fontSize": SMALL}
    rule = {"type": "rule", "strokeDash": [2, 3], "strokeWidth": 1.5, "color": palette.STRONG_RULE}
    named = {"x": x, "y": {"value": 0}, "text": {"field": "label"}}
    return {
        "data": {"values": [{"at": number - 0.5, "label": label}]},
        "layer": [{"mark": rule, "encoding": {"x": x}}, {"mark": words, "encoding": named}],
    }
