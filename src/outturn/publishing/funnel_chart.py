"""A funnel plot: places by size and figure, their average, and the limits about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outturn.publishing import palette
from outturn.publishing.chart_frame import (
    NORMAL,
    SMALL,
    Spec,
    chart,
    labels_apart,
    on_white,
    only,
    point,
    text,
)
from outturn.publishing.comparison_icons import LOOKS

_HEIGHT = 360
_LETTER = 6.6  # pixels that a letter of a label takes
_FLYING = 2  # times as far as the limits of the larger half: where those of the smallest are cut
_SPARE = 0.06  # of the height: free room above and below
_APART = 0.05  # of the height: the least distance between two labels
_LINES = {  # of LIMITS: dashes of the near limits, the far ones whole
    "upper_outer": [], "upper": [6, 4], "lower": [6, 4], "lower_outer": [],
}  # fmt: skip


@dataclass(frozen=True)
class FunnelPoint:
    """A place: its size, its figure, how it stands, and whether beyond the far limits."""

    size: float
    value: float
    stands: str  # of LOOKS; "similar" within the limits
    is_far: bool
    ours: str = ""  # our name and figure, where the place is ours


def funnel_chart(
    points: Sequence[FunnelPoint],
    limits: Sequence[Mapping[str, float]],
    *,
    average: float,
    labels: Mapping[str, str],
    titles: tuple[str, list[str]],
    description: str,
) -> Spec:
    """Every place as a mark: grey within the limits, hollow beyond 95%, full beyond 99.8%.

    `labels` are the words at the right-hand end of the lines, by the name of the limit and
    "average"; `titles` are that of the size, and the lines over the plot.
    """
    rows: list[Spec] = [
        {name: getattr(one, name) for name in ("size", "value", "stands", "is_far", "ours")}
        for one in points
    ]
    domain = _domain([one.value for one in points], limits, average, [one.size for one in points])
    room = round(max(map(len, labels.values())) * _LETTER) + 16
    x: Spec = {"field": "size", "type": "quantitative", "title": titles[0]}
    x |= {"axis": {"grid": False, "tickCount": 5, "labelFlush": False, "titleAnchor": "start"}}
    x |= {"scale": {"zero": False, "nice": False, "range": [0, {"expr": f"width - {room}"}]}}
    y: Spec = {"field": "value", "type": "quantitative", "title": None}
    y |= {"axis": {"grid": False, "tickCount": 5}}
    y |= {"scale": {"domain": domain, "nice": False, "zero": False}}
    layers = [
        _average(average, limits, x, y),
        *(_limit(of, limits, domain, x, y) for of in _LINES),
        *_marks(x, y),
        *_end_labels(average, limits, labels, domain, x, y),
        *_ours(rows, domain, x, y),
    ]
    return chart(rows, layers, height=_HEIGHT, description=description, title=titles[1])


def _domain(
    values: Sequence[float],
    limits: Sequence[Mapping[str, float]],
    average: float,
    sizes: Sequence[float],
) -> list[float]:
    """From where to where the picture reaches: all places, and the limits about them.

    The limits are those from the size of the middle place up. Among the smallest places they may
    fly apart, and there the picture reaches twice as far as for the others, and no farther.
    """
    middle = sorted(sizes)[len(sizes) // 2]
    about = [one for one in limits if one["size"] >= middle] or limits[-1:]
    known = [*values, average]
    for outer, away in (("lower_outer", min), ("upper_outer", max)):
        usual = away(one[outer] for one in about)
        widest = away(one[outer] for one in limits)
        known.append(_nearer(average, widest, average + _FLYING * (usual - average)))
    spare = _SPARE * (max(known) - min(known) or 1.0)
    low = min(known) - spare
    return [max(0.0, low) if min(known) >= 0 else low, max(known) + spare]


def _nearer(to: float, one: float, other: float) -> float:
    return min(one, other, key=lambda value: abs(value - to))


def _average(average: float, limits: Sequence[Mapping[str, float]], x: Spec, y: Spec) -> Spec:
    ends = [{"size": limits[at]["size"], "value": average} for at in (0, -1)]
    mark = {"type": "line", "color": palette.ACCENT, "strokeWidth": 1.5}
    return {"data": {"values": ends}, "mark": mark, "encoding": {"x": x, "y": y}}


def _limit(
    of: str, limits: Sequence[Mapping[str, float]], domain: list[float], x: Spec, y: Spec
) -> Spec:
    """One limit along the sizes; what lies outside the picture is not drawn."""
    values = [
        {"size": one["size"], "value": one[of]}
        for one in limits
        if domain[0] <= one[of] <= domain[1]
    ]
    mark: Spec = {"type": "line", "color": palette.STRONG_RULE, "strokeWidth": 1.3}
    if _LINES[of]:
        mark |= {"strokeDash": _LINES[of]}
    return {"data": {"values": values}, "mark": mark, "encoding": {"x": x, "y": y}}


def _marks(x: Spec, y: Spec) -> list[Spec]:
    """The other places, layer by layer: those within the limits below those beyond."""
    within = point("circle", 30, fill=palette.PEERS, opacity=0.75)
    layers = [_layer("datum.stands === 'similar'", within, x, y)]
    for stands, look in LOOKS.items():
        if stands in ("similar", "not compared"):
            continue
        for far in (False, True):
            fill, edge = (look.fill, palette.WHITE) if far else (palette.WHITE, look.fill)
            mark = point(look.mark, 85 if far else 60, fill=fill, stroke=edge, strokeWidth=1.6)
            which = f"datum.stands === '{stands}' && datum.is_far === {str(far).lower()}"
            layers.append(_layer(which, mark, x, y))
    return layers


def _layer(which: str, mark: Spec, x: Spec, y: Spec) -> Spec:
    return only(f"datum.ours === '' && {which}") | {"mark": mark, "encoding": {"x": x, "y": y}}


def _end_labels(
    average: float,
    limits: Sequence[Mapping[str, float]],
    labels: Mapping[str, str],
    domain: list[float],
    x: Spec,
    y: Spec,
) -> list[Spec]:
    last = limits[-1]
    ends = [(average if of == "average" else last[of], words) for of, words in labels.items()]
    inside = [one for one in ends if domain[0] <= one[0] <= domain[1]]
    values = [
        {"size": last["size"], "value": place, "label": words}
        for place, words in labels_apart(inside, _APART * (domain[1] - domain[0]))
    ]
    words = text(palette.QUIET_INK, dx=8, baseline="middle", fontSize=SMALL)
    place = {"x": x, "y": y, "text": {"field": "label"}}
    return [{"data": {"values": values}, "mark": words, "encoding": place}]


def _ours(rows: list[Spec], domain: list[float], x: Spec, y: Spec) -> list[Spec]:
    """Our own mark, larger than the others, with our name and figure inside the picture."""
    layers: list[Spec] = []
    for row in (one for one in rows if one["ours"]):
        look = LOOKS[row["stands"]]
        far = row["is_far"] or row["stands"] == "similar"
        fill, edge = (look.fill, palette.WHITE) if far else (palette.WHITE, look.fill)
        mark = point(look.mark, 240, fill=fill, stroke=edge, strokeWidth=2)
        half = len(row["ours"]) * _LETTER / 2 + 8
        centre = f"clamp(scale('x', datum.size), {half}, width - {half})"
        low = row["value"] < (domain[0] + domain[1]) / 2
        words = text(palette.INK, align="center", fontSize=NORMAL)
        words |= {"fontWeight": "bold", "dy": 20 if low else -20}
        place = {"x": x, "y": y}
        layers.append({"data": {"values": [row]}, "mark": mark, "encoding": place})
        named = {"x": {"value": {"expr": centre}}, "y": y, "text": {"field": "ours"}}
        layers += on_white({"data": {"values": [row]}, "mark": words, "encoding": named})
    return layers
