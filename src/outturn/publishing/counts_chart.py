"""How many measures of each outcome stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from outturn.publishing import palette
from outturn.publishing.chart_frame import (
    NORMAL,
    Spec,
    at,
    bar,
    chart,
    only,
    point,
    rows_scale,
    text,
)
from outturn.terms.records import Status

_ROW = 58  # pixels
_KEY = 54  # pixels kept for the key, over the first row
_NARROW = 520  # pixels: below this the key takes two lines
_BESIDE = 30  # pixels that a shape and its number take beside each other; in less, one is below


def counts_by_status(counts: Sequence[tuple[str, Mapping[str, int]]], *, description: str) -> Spec:
    """For each outcome a bar of how many measures stand where, each part with its shape."""
    rows = [
        part | {"row": number}
        for number, (_, found) in enumerate(counts)
        for part in _parts({palette.status(code): n for code, n in found.items()})
    ]
    y = at("row", scale=rows_scale(len(counts), above=_KEY / _ROW))
    longest = max((row["to"] for row in rows), default=1)
    scale = {"domain": [0, longest], "nice": False}
    layers: list[Spec] = [_names([name for name, _ in counts], y)]
    for number, (status, tone) in enumerate(palette.TONES.items()):
        layers += _status_layers(status, tone, scale, y, longest)
        layers += _key(number, status, tone)
    height = _ROW * len(counts) + _KEY
    return chart(rows, layers, height=height, description=description)


def _parts(found: Mapping[Status, int]) -> list[Spec]:
    """The parts of one bar from left to right, in the order of the palette."""
    counts = [(status, found.get(status, 0)) for status in palette.TONES]
    edges = [0, *accumulate(count for _, count in counts)]
    return [
        {"status": status.value, "from": start, "to": end, "middle": (start + end) / 2}
        | {"count": str(count)}
        for (status, count), (start, end) in zip(counts, pairwise(edges), strict=True)
        if count
    ]


def _names(names: list[str], y: Spec) -> Spec:
    words = text(palette.INK, dy=-22, fontWeight="bold", limit={"expr": "width"})
    return {
        "data": {"values": [{"row": number, "name": name} for number, name in enumerate(names)]},
        "mark": words,
        "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "name"}},
    }


def _status_layers(
    status: Status, tone: palette.Tone, scale: Spec, y: Spec, longest: int
) -> list[Spec]:
    """The parts of one status: its fill, its shape, its number, the number below where it must."""
    mine = only(f"datum.status === '{status.value}'")
    block = bar(tone.fill, 26, stroke=palette.WHITE, strokeWidth=2)
    start, middle = at("from", scale=scale), at("middle", scale=scale)
    inside = "transparent" if status is Status.NOT_ASSESSED else tone.ink
    beside = f"(datum.to - datum.from) / {longest} * width >= {_BESIDE}"

    def either(wide: float, slim: float) -> Spec:
        return {"expr": f"{beside} ? {wide} : {slim}"}

    shape = point(tone.mark, 60, fill=inside, stroke=tone.ink, strokeWidth=1.5)
    shape |= {"size": either(60, 36), "xOffset": either(-8, 0), "yOffset": either(0, -6)}
    count = text(tone.ink, fontWeight="bold", fontSize=either(NORMAL, 11))
    count |= {"align": {"expr": f"{beside} ? 'left' : 'center'"}}
    count |= {"dx": either(3, 0), "dy": either(0, 6)}
    return [
        mine | {"mark": block, "encoding": {"x": start, "x2": {"field": "to"}, "y": y}},
        mine | {"mark": shape, "encoding": {"x": middle, "y": y}},
        mine | {"mark": count, "encoding": {"x": middle, "y": y, "text": {"field": "count"}}},
    ]


def _key(number: int, status: Status, tone: palette.Tone) -> list[Spec]:
    """What a shape means, over the first bar: in one line where it fits, else in two."""
    column, line = number % 2, number // 2
    x = {"value": {"expr": f"width < {_NARROW} ? {column * 150} : {number * 150}"}}
    y = {"value": {"expr": f"width < {_NARROW} ? {8 + line * 22} : 16"}}
    inside = palette.WHITE if status is Status.NOT_ASSESSED else tone.fill
    shape = point(tone.mark, 100, xOffset=7, fill=inside, stroke=tone.edge, strokeWidth=1.5)
    words = text(palette.QUIET_INK, dx=20, text=tone.word)
    data: Spec = {"data": {"values": [{}]}}
    place = {"x": x, "y": y}
    return [data | {"mark": shape, "encoding": place}, data | {"mark": words, "encoding": place}]
