"""The icons of a comparison: how a figure stands against that of a group, when chance is allowed.

A comparison is no status. It has shapes and colours of its own, here and in every chart.
"""

from __future__ import annotations

from dataclasses import dataclass

from outturn.publishing import palette
from outturn.publishing.icons import Icon, diamond, disc, filled, square, stroked

NOT_COMPARED = "not compared"
_PLUS, _MINUS = "M16 9 V23 M9 16 H23", "M9 16 H23"
_EQUALS = "M10 13 H22 M10 19 H22"
_UP, _DOWN = "M16 3 L30 28 H2 Z", "M16 29 L30 4 H2 Z"
COMPARISON_ICONS: dict[str, Icon] = {
    "better": Icon("Better", "+", disc(palette.BETTER) + stroked(_PLUS, palette.WHITE)),
    "similar": Icon("Similar", "=", square() + stroked(_EQUALS, palette.QUIET_INK)),
    "worse": Icon("Worse", "−", diamond(palette.WORSE) + stroked(_MINUS, palette.WHITE)),
    "higher": Icon("Higher", "▲", filled(_UP, palette.ACCENT)),
    "lower": Icon("Lower", "▼", filled(_DOWN, palette.ACCENT)),
}


@dataclass(frozen=True)
class Look:
    """How our own mark looks in a chart: the name of its shape, its fill and its edge."""

    mark: str
    fill: str
    edge: str


LOOKS: dict[str, Look] = {
    "better": Look("circle", palette.BETTER, palette.WHITE),
    "similar": Look("square", palette.QUIET_INK, palette.WHITE),
    "worse": Look("diamond", palette.WORSE, palette.WHITE),
    "higher": Look("triangle-up", palette.ACCENT, palette.WHITE),
    "lower": Look("triangle-down", palette.ACCENT, palette.WHITE),
    NOT_COMPARED: Look("circle", palette.WHITE, palette.INK),  # hollow: nothing is said of it
}


def look(against: str | None) -> Look:
    """The look of a comparison; hollow where nothing was compared.

    >>> look("worse").mark
    'diamond'
    """
    return LOOKS[against or NOT_COMPARED]


def word_of(against: str) -> str:
    """The word of a comparison as it stands alone.

    >>> word_of("better")
    'Better'
    """
    return against[:1].upper() + against[1:]
