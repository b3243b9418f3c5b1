"""A bar for each measure against its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outturn.publishing import palette
from outturn.publishing.chart_frame import (
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
from outturn.terms.records import Status

_ROW = 74  # pixels
_NAME, _FIGURES = -21, 21  # where the words stand, from the middle of the bar


@dataclass(frozen=True)
class Mark:
    """One measure beside its target. `shown` and `target_shown` are the figures as printed."""

    name: str
    shown: str  # with its unit, or the reason why there is no figure
    value: float | None
    target_shown: str = ""
    target: float | None = None
    band: tuple[float, float] | None = None  # the stretch that counts as close to target
    status: str = "not_assessed"
    low: float = 0.0  # the ends of the bar, in the measure's own unit
    high: float | None = None


def figure_and_target(marks: Sequence[Mark], *, description: str) -> Spec:
    """A bar for each measure on a scale of its own, its target a tick across it."""
    rows = [_row(mark, number) for number, mark in enumerate(marks)]
    y = at("row", scale=rows_scale(len(rows)))
    tick = {"type": "tick", "orient": "vertical", "size": 22, "thickness": 3, "opacity": 1}
    layers: list[Spec] = [
        _stretch(bar(palette.TRACK, 14), "zero", "one", y),
        only("isValid(datum.band_start)")
        | _stretch(bar(palette.BAND, 14), "band_start", "band_end", y),
        only("isValid(datum.end)") | _stretch(bar(palette.ACCENT, 8), "zero", "end", y),
        only("isValid(datum.target)")
        | {"mark": tick | {"color": palette.TARGET}, "encoding": {"x": _x("target"), "y": y}},
        *_shapes(y),
        _name(y),
        _figure("shown", y, fontWeight="bold", color=palette.INK),
        _figure("target_shown", y, align="right", color=palette.QUIET_INK),
    ]
    return chart(rows, layers, height=_ROW * len(rows), description=description)


def _row(mark: Mark, number: int) -> Spec:
    known = [v for v in (mark.value, mark.target, *(mark.band or ())) if v is not None]
    high = mark.high if mark.high is not None else max([mark.low, *known])
    room = 1.0 if mark.high is not None else 1.1  # so that the longest does not touch the end
    reach = (high - mark.low) * room or 1.0

    def place(value: float | None) -> float | None:
        return None if value is None else min(1.0, max(0.0, (value - mark.low) / reach))

    start, end = mark.band or (None, None)
    return {
        "row": number, "name": mark.name, "shown": mark.shown, "target_shown": mark.target_shown,
        "zero": 0, "one": 1, "end": place(mark.value), "target": place(mark.target),
        "band_start": place(start), "band_end": place(end),
        "status": palette.status(mark.status).value,
    }  # fmt: skip


def _x(field: str) -> Spec:
    return at(field, scale={"domain": [0, 1], "nice": False})


def _stretch(mark: Spec, start: str, end: str, y: Spec) -> Spec:
    return {"mark": mark, "encoding": {"x": _x(start), "x2": {"field": end}, "y": y}}


def _shapes(y: Spec) -> list[Spec]:
    """The shape of each status, before the name of the measure."""
    return [
        only(f"datum.status === '{status.value}'")
        | {
            "mark": point(tone.mark, 110, yOffset=_NAME, xOffset=7, stroke=tone.edge)
            | {"strokeWidth": 1.5}
            | {"fill": palette.WHITE if status is Status.NOT_ASSESSED else tone.fill},
            "encoding": {"x": {"value": 0}, "y": y},
        }
        for status, tone in palette.TONES.items()
    ]


def _name(y: Spec) -> Spec:
    words = text(palette.INK, dx=20, dy=_NAME, fontWeight="bold", limit={"expr": "width - 24"})
    return {"mark": words, "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "name"}}}


def _figure(
    field: str, y: Spec, *, color: str, align: str = "left", fontWeight: str = "normal"
) -> Spec:
    words = text(color, dy=_FIGURES, align=align, fontWeight=fontWeight, fontSize=SMALL)
    edge = {"value": "width"} if align == "right" else {"value": 0}
    return {"mark": words, "encoding": {"x": edge, "y": y, "text": {"field": field}}}
