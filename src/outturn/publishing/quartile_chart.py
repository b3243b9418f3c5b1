"""Our place among the others."""

from __future__ import annotations

from collections.abc import Sequence

from outturn.publishing import palette
from outturn.publishing.chart_frame import NORMAL, SMALL, Spec, chart, on_white, point, text
from outturn.publishing.comparison_icons import NOT_COMPARED, look

_HEIGHT = 140
_LETTER = 6.6  # pixels that a letter of the words at the rules takes
_BOLD = 7.6  # and one of our own name
_GAP = 10  # pixels between the words of the two quartiles


def quartile_strip(
    members: Sequence[tuple[str, float]],
    *,
    ours: str,
    shown: str,
    against: str | None = None,
    edges: tuple[float, float, float],
    edges_shown: tuple[str, str, str],
    unit: str,
    description: str,
) -> Spec:
    """Every member's value on one line, ours marked, the quartiles and the median as rules.

    Our mark is that of how we stand `against` the figure of the group, and its word stands by it.
    """
    said = against or NOT_COMPARED
    words = f"{shown}, {said}" if said != NOT_COMPARED else shown
    rows: list[Spec] = [{"name": name, "value": value, "zero": 0} for name, value in members]
    our_rows = [row | {"label": f"{ours}: {words}"} for row in rows if row["name"] == ours]
    ends = [value for _, value in members] or list(edges)
    x: Spec = {"field": "value", "type": "quantitative", "title": unit}
    x |= {"scale": {"zero": False, "nice": True}, "axis": {"grid": False, "tickCount": 5}}
    y = {"field": "zero", "type": "quantitative", "axis": None, "scale": {"domain": [-1, 1]}}
    ticks = {"type": "tick", "orient": "vertical", "size": 28, "thickness": 2, "opacity": 1}
    mine = look(against)
    ours_mark = point(mine.mark, 280, fill=mine.fill, stroke=mine.edge, strokeWidth=1.5)
    layers: list[Spec] = [
        _middle_half(edges, x),
        *_edges(edges, edges_shown, x),
        {"mark": ticks | {"color": palette.PEERS}, "encoding": {"x": x, "y": y}},
        {"data": {"values": our_rows}, "mark": ours_mark, "encoding": {"x": x, "y": y}},
        *(layer for row in our_rows for layer in on_white(_our_label(row, ends, y))),
    ]
    return chart(rows, layers, height=_HEIGHT, description=description, above=42)


def _middle_half(edges: tuple[float, float, float], x: Spec) -> Spec:
    place = {"x": {**x, "field": "from"}, "x2": {"field": "to"}}
    mark = {"type": "rect", "color": palette.TINT}
    return {
        "data": {"values": [{"from": edges[0], "to": edges[2]}]},
        "mark": mark,
        "encoding": place,
    }


def _edges(edges: tuple[float, float, float], shown: tuple[str, str, str], x: Spec) -> list[Spec]:
    """Rules with their words: the quartiles over the strip, the median under it."""
    lower, median, upper = edges
    under = _wide([f"Median {shown[1]}"])
    low, high = ["Lower quartile", shown[0]], ["Upper quartile", shown[2]]
    # Each stands outside the middle half, at its rule; near an end of the strip it is pushed
    # inwards, and the other makes room for it.
    right = (
        f"clamp({_at(upper)}, {_wide(low) + _GAP}, max({_wide(low) + _GAP}, width - {_wide(high)}))"
    )
    left = f"clamp({_at(lower)}, {_wide(low)}, {right} - {_GAP})"
    return [
        _edge(lower, low, "right", left, x, over=True),
        _edge(
            median,
            [f"Median {shown[1]}"],
            "left",
            f"min({_at(median)} + 6, width - {under})",
            x,
            over=False,
        ),
        _edge(upper, high, "left", right, x, over=True),
    ]


def _at(value: float) -> str:
    """Where a value stands along the strip, in pixels, once its width is known."""
    return f"scale('x', {float(value)!r})"


def _wide(lines: list[str]) -> int:
    """The pixels that words take."""
    return round(max(map(len, lines)) * _LETTER)


def _edge(
    value: float, label: list[str], align: str, words_at: str, x: Spec, *, over: bool
) -> Spec:
    rule = {"type": "rule", "color": palette.STRONG_RULE, "strokeWidth": 1.5}
    words = text(palette.QUIET_INK, align=align, fontSize=SMALL, lineHeight=15)
    words |= {"dy": -22 if over else -14}
    place = {"x": {"value": {"expr": words_at}}, "y": {"value": 0 if over else "height"}}
    place |= {"text": {"field": "label"}}
    return {
        "data": {"values": [{"value": value, "label": label}]},
        "layer": [{"mark": rule, "encoding": {"x": x}}, {"mark": words, "encoding": place}],
    }


def _our_label(row: Spec, ends: list[float], y: Spec) -> Spec:
    """Our name and figure over our mark, on the side where there is room."""
    late = _far(row["value"], ends) > 0.5
    words = text(palette.INK, align="right" if late else "left", fontSize=NORMAL)
    words |= {"fontWeight": "bold", "dy": -30}
    wide, at = round(len(row["label"]) * _BOLD), _at(row["value"])
    inside = (
        f"max({at} + 8, min({wide}, width))" if late else f"max(0, min({at} - 8, width - {wide}))"
    )
    place = {"x": {"value": {"expr": inside}}, "y": y, "text": {"field": "label"}}
    return {"data": {"values": [row]}, "mark": words, "encoding": place}


def _far(value: float, ends: list[float]) -> float:
    """How far along the strip a value stands, from 0 to 1: only to choose where words go."""
    low, high = min(ends), max(ends)
    return (value - low) / (high - low or 1.0)
