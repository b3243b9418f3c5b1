"""The icons of control charts, drawn here: what kind of variation, and whether a target holds.

Each has a shape of its own, a sign inside it and words beside it; colour comes last, and is blue
for good and orange for bad, so that nobody takes it for a status.
"""

from __future__ import annotations

from dataclasses import dataclass

from outturn.publishing import palette
from outturn.statistics.chart_icons import COMMON_CAUSE, FAILS, HIT_AND_MISS, PASSES

SIZE = 32  # units of the drawing on each side
_UPWARDS = "M16 8 L23 16 H18.5 V24 H13.5 V16 H9 Z"
_DOWNWARDS = "M16 24 L23 16 H18.5 V8 H13.5 V16 H9 Z"
_TICK = "M9.5 16.5 L14 21 L22.5 11.5"
_CROSS = "M11 11 L21 21 M21 11 L11 21"


@dataclass(frozen=True)
class Icon:
    """How one label looks and reads: words, a sign for a terminal, and its drawing."""

    words: str
    sign: str
    drawing: str  # what stands inside the SVG element

    @property
    def svg(self) -> bytes:
        """The icon as a picture of its own."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
        return f'{head} width="{SIZE}" height="{SIZE}">{self.drawing}</svg>'.encode()


def _disc(colour: str) -> str:
    return f'<circle cx="16" cy="16" r="14" fill="{colour}"/>'


def _diamond(colour: str) -> str:
    return f'<path d="M16 1 L31 16 L16 31 L1 16 Z" fill="{colour}"/>'


def _square() -> str:
    return (
        f'<rect x="3" y="3" width="26" height="26" rx="3" fill="{palette.WHITE}" '
        f'stroke="{palette.STRONG_RULE}" stroke-width="2"/>'
    )


def _filled(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="{colour}"/>'


def _stroked(path: str, colour: str, width: float = 3) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"/>'
    )


_TARGET = _stroked("M7 16 H25", palette.TARGET, 2)
_ABOUT_IT = "".join(
    f'<circle cx="{x}" cy="{y}" r="3.2" fill="{palette.QUIET_INK}"/>'
    for x, y in ((11, 10), (21, 22))
)
_NOISE = _stroked("M7 18 L11 13 L15 19 L19 13 L22 18 L25 14", palette.QUIET_INK, 2.2)
_GOOD, _BAD = _disc(palette.OTHERS), _diamond(palette.OURS)
_UP, _DOWN = (_filled(path, palette.WHITE) for path in (_UPWARDS, _DOWNWARDS))
_DARK_UP, _DARK_DOWN = (_filled(path, palette.QUIET_INK) for path in (_UPWARDS, _DOWNWARDS))
VARIATION_ICONS: dict[str, Icon] = {
    COMMON_CAUSE: Icon("Common cause", "~", _square() + _NOISE),
    "improvement, high": Icon("Improvement, high", "●↑", _GOOD + _UP),
    "improvement, low": Icon("Improvement, low", "●↓", _GOOD + _DOWN),
    "concern, high": Icon("Concern, high", "◆↑", _BAD + _UP),
    "concern, low": Icon("Concern, low", "◆↓", _BAD + _DOWN),
    "neutral, high": Icon("Unusual, high", "■↑", _square() + _DARK_UP),
    "neutral, low": Icon("Unusual, low", "■↓", _square() + _DARK_DOWN),
}
ASSURANCE_ICONS: dict[str, Icon] = {
    PASSES: Icon("Consistently passes", "✓", _GOOD + _stroked(_TICK, palette.WHITE)),
    HIT_AND_MISS: Icon("Hit and miss", "≈", _square() + _TARGET + _ABOUT_IT),
    FAILS: Icon("Consistently fails", "✗", _BAD + _stroked(_CROSS, palette.WHITE)),
}
ICONS = VARIATION_ICONS | ASSURANCE_ICONS


def icon(label: str) -> Icon:
    """The icon of a label of variation or assurance.

    >>> icon("concern, high").words
    'Concern, high'
    """
    return ICONS[label]


def signed(label: str | None) -> str:
    """The label with its sign, for a terminal; nothing for none."""
    return f"{ICONS[label].sign} {label}" if label else ""
