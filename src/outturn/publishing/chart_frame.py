"""What all charts share: size, fonts, axes, and words placed where they are needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from outturn.publishing import palette

Spec = dict[str, Any]

FONT = "Open Sans, DejaVu Sans"  # both are shipped with the package
WIDTH = 680
SMALL, NORMAL = 12, 13

CONFIG: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": SMALL, "titleFontSize": SMALL, "titleFontWeight": "normal",
        "labelColor": palette.QUIET_INK, "titleColor": palette.QUIET_INK,
        "gridColor": palette.TRACK, "domainColor": palette.STRONG_RULE,
        "tickColor": palette.STRONG_RULE, "labelPadding": 6, "titlePadding": 10,
    },
    "axisY": {"domain": False, "ticks": False},
    "legend": {"disable": True},
}  # fmt: skip


def chart(
    rows: list[Spec],
    layers: list[Spec],
    *,
    height: int,
    description: str,
    title: str | list[str] = "",
    above: int = 4,
) -> Spec:
    """A whole chart on white, that can be fitted to any width, with room `above` in pixels.

    A title of several lines has each of its texts on one.
    """
    head = {"text": title, "anchor": "start", "fontSize": SMALL, "fontWeight": "normal"}
    head |= {"color": palette.QUIET_INK, "frame": "bounds", "offset": 26}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": description,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": palette.WHITE,
        "padding": {"left": 1, "right": 4, "top": above, "bottom": 4},
        **({"title": head} if title else {}),
        "data": {"values": rows},
        "layer": layers,
        "config": CONFIG,
    }


def only(condition: str) -> Spec:
    """Keeps the rows that meet the condition; a layer is begun with it."""
    return {"transform": [{"filter": condition}]}


def at(field: str, **more: Any) -> Spec:
    """A place along an axis that is not drawn."""
    return {"field": field, "type": "quantitative", "axis": None, **more}


def bar(color: str, thick: int, **more: Any) -> Spec:
    return {"type": "bar", "orient": "horizontal", "size": thick, "color": color, **more}


def point(shape: str, size: int, **more: Any) -> Spec:
    return {"type": "point", "shape": shape, "size": size, "filled": True, "opacity": 1, **more}


def text(color: str, **more: Any) -> Spec:
    """A mark of words. Without an align it starts at its place."""
    return {"type": "text", "align": "left", "fontSize": NORMAL, "color": color, **more}


def on_white(layer: Spec) -> list[Spec]:
    """Words that a rule may cross: once in a broad white outline, then themselves."""
    outline = {"stroke": palette.WHITE, "strokeWidth": 5, "strokeJoin": "round"}
    return [{**layer, "mark": layer["mark"] | outline | {"color": palette.WHITE}}, layer]


def rows_scale(count: int, above: float = 0.0) -> Spec:
    """Rows from the top down, with room for `above` rows over the first one."""
    return {"domain": [-0.5 - above, count - 0.5], "reverse": True, "nice": False, "zero": False}


def labels_apart(ends: Iterable[tuple[float, str]], least: float) -> list[tuple[float, str]]:
    """The words at the ends of lines from the lowest up, each pushed clear of the one below it.

    Those of one height stand in the order given.
    """
    placed: list[tuple[float, str]] = []
    for value, words in sorted(ends, key=lambda end: end[0]):
        placed.append((max(value, placed[-1][0] + least) if placed else value, words))
    return placed
