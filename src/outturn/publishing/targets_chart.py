"""A bar for each measure against its target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

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
from outturn.publishing.drawing import NARROW
from outturn.terms.records import Status

_ROW = 70  # pixels
_NAME, _FIGURES = -21, 21  # where the words stand, from the middle of the bar
_START = 13  # pixels: where bars begin, after the nought of the scale
_LETTER, _BOLD, _DIGIT = 6.0, 6.6, 7.0  # pixels, on average, of the small type
_APART = 8  # pixels between the words on the left and those on the right
_KEY, _LINE = 6, 20  # pixels: the middle of the first line of the key, and from line to line
_SWATCH = 22  # pixels: the picture of a bar in the key
_ENDS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # what a scale of its own may end at
SCALES_OF_SHARES = (10.0, 100.0)  # per cent: small shares would not be told apart on the longer
_CLOSE = "Close to target"
_WHISKER, _THIN = 7, 1.5  # pixels: how tall the ends of an interval are, and how thick its line
_UNDER = 11  # pixels: its place from the middle of the bar, clear of the track and of the words
INTERVAL = "80% interval"
_FEW = "Indicative: less than two years lie behind it"
_TWO = "Two ticks: the target is between them"


@dataclass(frozen=True)
class Mark:
    """One measure beside its target. `shown` and `target_shown` are the figures as printed."""

    name: str
    shown: str  # with its unit, or the reason why there is no figure
    value: float | None
    target_shown: str = ""
    targets: tuple[float, ...] = ()  # the edges of the target: two of one between two numbers
    close: tuple[tuple[float, float], ...] = ()  # the stretches that count as close to target
    status: str = "not_assessed"
    high: float = 100.0  # where the scale ends; it begins at 0
    high_shown: str = "100%"
    interval: tuple[float, float] | None = None  # of a forecast, where it is a distribution
    indicative: bool = False  # whether that interval comes from less than two years
    shorter: tuple[str, ...] = ()  # `shown` in fewer and fewer words, for a page too narrow for it


def figure_and_target(
    marks: Sequence[Mark], *, description: str, bar_is: str = "Forecast for the year"
) -> Spec:
    """A bar for each measure from 0 to the end of its scale, its target a tick across it.

    Under the bar of a forecast its interval is a whisker. A key above says what bar, tick,
    pale zone and whisker are; the ends of each scale stand beside it.
    """
    rows = [_row(mark, number) for number, mark in enumerate(marks)]
    key = _key(
        bar_is,
        close=any(mark.close for mark in marks),
        ranged=any(mark.interval for mark in marks),
        indicative=any(mark.indicative for mark in marks),
        two=any(len(mark.targets) > 1 for mark in marks),
    )
    above = len(key) * _LINE
    y = at("row", scale=rows_scale(len(rows), above=above / _ROW))
    end = round(max(len(mark.high_shown) for mark in marks) * _DIGIT) + 6
    track = {"domain": [0, 1], "nice": False, "range": [_START, {"expr": f"width - {end}"}]}
    tick = {"type": "tick", "orient": "vertical", "size": 22, "thickness": 3, "opacity": 1}
    zone = bar(palette.BAND, 14)
    layers: list[Spec] = [
        _stretch(bar(palette.TRACK, 14), "zero", "one", y, track),
        *(
            only(f"isValid(datum.close_{n}_end)")
            | _stretch(zone, f"close_{n}_start", f"close_{n}_end", y, track)
            for n in (0, 1)
        ),
        only("isValid(datum.end)") | _stretch(bar(palette.ACCENT, 8), "zero", "end", y, track),
        *(
            only(f"isValid(datum.target_{n})")
            | {
                "mark": tick | {"color": palette.TARGET},
                "encoding": {"x": at(f"target_{n}", scale=track), "y": y},
            }
            for n in (0, 1)
        ),
        *_whiskers(y, track),
        *_shapes(y),
        *_ends(y, end),
        _name(y),
        _shown(y),
        _target_shown(y),
        *(layer for line in key for layer in line),
    ]
    return chart(rows, layers, height=_ROW * len(rows) + above, description=description)


def key_in_words(marks: Sequence[Mark], bar_is: str) -> str:
    """What the drawing is made of, for who cannot see it."""
    close = "; a pale zone is what counts as close" if any(mark.close for mark in marks) else ""
    whisker = (
        f" A thin line under a bar is its {INTERVAL}." if any(m.interval for m in marks) else ""
    )
    if few := [mark.name for mark in marks if mark.indicative]:
        whisker += (
            f" It is indicative, for less than two years lie behind it, of: {', '.join(few)}."
        )
    scale = _scales(marks)
    two = " Two ticks are the ends of a target." if any(len(m.targets) > 1 for m in marks) else ""
    return f"The bar is the {_small(bar_is)} and the tick the target{close}.{two}{whisker} {scale}"


def _scales(marks: Sequence[Mark]) -> str:
    """From where to where the bars are drawn."""
    ends = [
        mark.high if mark.high_shown.endswith("%") and mark.high in SCALES_OF_SHARES else None
        for mark in marks
    ]
    small, large = SCALES_OF_SHARES
    if not any(ends):
        return "Each bar begins at 0 and has a scale of its own."
    to = f"{large:.0f}%"
    if small in ends:
        both = f"{to}, or to {small:.0f}% where figure and target lie below it"
        to = both if large in ends else f"{small:.0f}%"
    if None in ends:
        return f"Percentages are drawn from 0% to {to}; the others from 0, each on its own scale."
    return f"All are drawn from 0% to {to}."


def round_end(furthest: float) -> float:
    """A round number at or just above the furthest figure, for a scale to end at.

    >>> [round_end(n) for n in (683.0, 14.4, 100.0, 0.0)]
    [800.0, 15.0, 100.0, 1.0]
    """
    if furthest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(furthest))
    return float(next(end * power for end in _ENDS if end * power >= furthest * (1 - 1e-12)))


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _row(mark: Mark, number: int) -> Spec:
    def place(value: float | None) -> float | None:
        return None if value is None else min(1.0, max(0.0, value / mark.high))

    targets = [*mark.targets, None, None][:2]
    close = [*mark.close, (None, None), (None, None)][:2]
    low, high = mark.interval or (None, None)
    return {
        "row": number, "name": mark.name, "shown": mark.shown, "target_shown": mark.target_shown,
        "needs": _needs(mark.shown, mark.target_shown), "shown_narrow": _narrow(mark),
        "zero": 0, "one": 1, "end": place(mark.value), "high_shown": mark.high_shown,
        "low": place(low), "high": place(high),
        **{f"target_{n}": place(edge) for n, edge in enumerate(targets)},
        **{f"close_{n}_start": place(start) for n, (start, _) in enumerate(close)},
        **{f"close_{n}_end": place(end) for n, (_, end) in enumerate(close)},
        "status": palette.status(mark.status).value,
    }  # fmt: skip


def _needs(shown: str, target_shown: str) -> int:
    """The pixels that a figure and its target take beside each other."""
    return round(len(shown) * _BOLD + _APART + len(target_shown) * _LETTER)


def _narrow(mark: Mark) -> str:
    """What a telephone shows of the figure: the most words that leave the target its room."""
    words = (mark.shown, *mark.shorter)
    fitting = (one for one in words if _needs(one, mark.target_shown) <= NARROW)
    return next(fitting, words[-1])


def _stretch(mark: Spec, start: str, end: str, y: Spec, track: Spec) -> Spec:
    x = at(start, scale=track)
    return {"mark": mark, "encoding": {"x": x, "x2": {"field": end}, "y": y}}


def _whiskers(y: Spec, track: Spec) -> list[Spec]:
    """The interval of each forecast: a thin line with its ends, just under the bar."""
    known = only("isValid(datum.low) && isValid(datum.high)")
    look: Spec = {"color": palette.INK, "opacity": 1, "yOffset": _UNDER}
    line: Spec = look | {"type": "rule", "strokeWidth": _THIN}
    end: Spec = look | {"type": "tick", "orient": "vertical", "size": _WHISKER, "thickness": _THIN}
    along = {"x": at("low", scale=track), "x2": {"field": "high"}, "y": y}
    return [
        known | {"mark": line, "encoding": along},
        *(
            known | {"mark": end, "encoding": {"x": at(of, scale=track), "y": y}}
            for of in ("low", "high")
        ),
    ]


def _ends(y: Spec, end: int) -> list[Spec]:
    """The two ends of each row's scale, where its bar would begin and end."""
    words = text(palette.QUIET_INK, fontSize=SMALL)
    right = {"value": {"expr": f"width - {end - 5}"}}
    return [
        {"mark": words | {"text": "0"}, "encoding": {"x": {"value": 0}, "y": y}},
        {"mark": words, "encoding": {"x": right, "y": y, "text": {"field": "high_shown"}}},
    ]


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


def _shown(y: Spec) -> Spec:
    """The figure under its bar, in fewer words where the target beside it needs the room."""
    words = text(palette.INK, dy=_FIGURES, fontWeight="bold", fontSize=SMALL)
    said = {"value": {"expr": "width < datum.needs ? datum.shown_narrow : datum.shown"}}
    return {"mark": words, "encoding": {"x": {"value": 0}, "y": y, "text": said}}


def _target_shown(y: Spec) -> Spec:
    words = text(palette.QUIET_INK, dy=_FIGURES, align="right", fontSize=SMALL)
    edge, said = {"value": "width"}, {"field": "target_shown"}
    return {"mark": words, "encoding": {"x": edge, "y": y, "text": said}}


# The key


def _key(
    bar_is: str, *, close: bool, ranged: bool, indicative: bool, two: bool
) -> list[list[Spec]]:
    """What bar, tick and pale zone are, over the first row; lines below it for what is rarer."""
    pictures = [
        (bar_is, _SWATCH, palette.ACCENT, 8),
        ("Target", 3, palette.TARGET, 18),
        *([(_CLOSE, _SWATCH, palette.BAND, 14)] if close else []),
    ]
    widths = [wide + 6 + round(len(words) * _LETTER) + 10 for words, wide, *_ in pictures]
    starts = [0, *accumulate(widths)]
    first: list[Spec] = []
    for start, (words, wide, color, thick) in zip(starts, pictures, strict=False):
        first += [_block(start, wide, color, thick), _words(start + wide + 6, words, _KEY)]
    lines = [first]
    if ranged:
        middle = _KEY + len(lines) * _LINE
        whisker = [_block(0, _SWATCH, palette.INK, _THIN, middle)]
        whisker += [_block(x, _THIN, palette.INK, _WHISKER, middle) for x in (0, _SWATCH - _THIN)]
        lines.append(
            [*whisker, _words(_SWATCH + 6, f"{INTERVAL} of a forecast, under its bar", middle)]
        )
    if indicative:
        lines.append([_words(_SWATCH + 6, _FEW, _KEY + len(lines) * _LINE)])
    if two:
        lines.append([_words(0, _TWO, _KEY + len(lines) * _LINE)])
    return lines


def _block(start: float, wide: float, color: str, thick: float, middle: int = _KEY) -> Spec:
    x, x2 = {"value": start}, {"value": start + wide}
    y, y2 = {"value": middle - thick / 2}, {"value": middle + thick / 2}
    mark = {"type": "rect", "color": color, "opacity": 1}
    return {
        "data": {"values": [{}]},
        "mark": mark,
        "encoding": {"x": x, "x2": x2, "y": y, "y2": y2},
    }


def _words(start: int, words: str, middle: int) -> Spec:
    mark = text(palette.QUIET_INK, fontSize=SMALL, text=words)
    place = {"x": {"value": start}, "y": {"value": middle}}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": place}
