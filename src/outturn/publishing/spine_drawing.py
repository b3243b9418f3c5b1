"""A spine chart: a bar for each measure about the group's figure, with our own mark on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outturn.publishing import palette
from outturn.publishing.chart_frame import (
    NORMAL,
    SMALL,
    Spec,
    at,
    bar,
    chart,
    only,
    point,
    rows_scale,
    text,
)
from outturn.publishing.comparison_icons import look

_ROW = 64  # pixels
_HEAD = 34  # pixels kept for the words over the first row
_NARROW = 520  # pixels: below this the figures stand under the bar, not beside the name
_CENTRE = 0.5


@dataclass(frozen=True)
class Spine:
    """One measure: where its parts lie from 0 to 1, and its words."""

    name: str
    figures: str  # ours and the group's
    against: str | None
    at: float
    bar: tuple[float, float]
    box: tuple[float, float]


def spine_drawing(
    spines: Sequence[Spine], *, group: str, ends: tuple[str, str], description: str
) -> Spec:
    """The group's figure down the middle, the middle half in each bar.

    `ends` are the words for the left and the right, which hold for all the bars.
    """
    rows: list[Spec] = [
        {
            "row": number, "name": one.name, "figures": one.figures, "at": one.at,
            "middle": _CENTRE, "bar_from": one.bar[0], "bar_to": one.bar[1],
            "box_from": one.box[0], "box_to": one.box[1],
            "mark": look(one.against).mark, "against": one.against or "not compared",
        }
        for number, one in enumerate(spines)
    ]  # fmt: skip
    y = at("row", scale=rows_scale(len(spines), above=_HEAD / _ROW))
    layers = [
        _part("bar", palette.TRACK, y),
        _part("box", palette.BAND, y),
        _middle(y),
        *_ours(spines, y),
        _words("name", y, {"value": 0}, "left", dy=-22, fontWeight="bold"),
        *_figures(y),
        *_head(group, ends),
    ]
    height = _ROW * len(spines) + _HEAD
    return chart(rows, layers, height=height, description=description)


def _along(field: str) -> Spec:
    return at(field, scale={"domain": [0, 1], "nice": False})


def _part(of: str, colour: str, y: Spec) -> Spec:
    x = _along(f"{of}_from")
    return {
        "mark": bar(colour, 16),
        "encoding": {"x": x, "x2": {"field": f"{of}_to"}, "y": y},
    }


def _middle(y: Spec) -> Spec:
    """The group's figure: a stroke across each bar, clear of the words between them."""
    mark = {"type": "tick", "orient": "vertical", "size": 26, "thickness": 2, "color": palette.INK}
    return {"mark": mark, "encoding": {"x": _along("middle"), "y": y}}


def _ours(spines: Sequence[Spine], y: Spec) -> list[Spec]:
    layers = []
    for against in dict.fromkeys(one.against or "not compared" for one in spines):
        found = look(against)
        mark = point(found.mark, 190, fill=found.fill, stroke=found.edge, strokeWidth=1.8)
        mine = only(f"datum.against === '{against}'")
        layers.append(mine | {"mark": mark, "encoding": {"x": _along("at"), "y": y}})
    return layers


def _words(field: str, y: Spec, x: Spec, align: str, **more: object) -> Spec:
    words = text(palette.INK, align=align, fontSize=NORMAL, limit={"expr": "width"}, **more)
    return {"mark": words, "encoding": {"x": x, "y": y, "text": {"field": field}}}


def _figures(y: Spec) -> list[Spec]:
    """The figures at the right of the name where there is room, else under the bar."""
    wide, narrow = f"width >= {_NARROW}", f"width < {_NARROW}"
    shared = {"color": palette.QUIET_INK, "fontSize": SMALL}
    right, left = {"value": "width"}, {"value": 0}
    beside = _words("figures", y, right, "right", dy=-22)
    below = _words("figures", y, left, "left", dy=21)
    beside["mark"] |= shared | {"opacity": {"expr": f"{wide} ? 1 : 0"}}
    below["mark"] |= shared | {"opacity": {"expr": f"{narrow} ? 1 : 0"}}
    return [beside, below]


def _head(group: str, ends: tuple[str, str]) -> list[Spec]:
    """What left, middle and right are, over the first row."""
    left, right = ends
    said = ((left, "0", "left"), (group, "width / 2", "center"), (right, "width", "right"))
    return [
        {
            "data": {"values": [{}]},
            "mark": text(palette.QUIET_INK, align=align, fontSize=SMALL, text=words),
            "encoding": {"x": {"value": {"expr": where}}, "y": {"value": 10}},
        }
        for words, where, align in said
    ]
