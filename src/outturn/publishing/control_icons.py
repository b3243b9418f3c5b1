"""The icons of control charts: what kind of variation, and whether a target holds."""

from __future__ import annotations

from outturn.publishing import palette
from outturn.publishing.icons import Icon, diamond, disc, filled, square, stroked
from outturn.statistics.chart_icons import COMMON_CAUSE, FAILS, HIT_AND_MISS, PASSES

_UPWARDS = "M16 8 L23 16 H18.5 V24 H13.5 V16 H9 Z"
_DOWNWARDS = "M16 24 L23 16 H18.5 V8 H13.5 V16 H9 Z"
_TICK = "M9.5 16.5 L14 21 L22.5 11.5"
_CROSS = "M11 11 L21 21 M21 11 L11 21"
_TARGET = stroked("M7 16 H25", palette.TARGET, 2)
_ABOUT_IT = "".join(
    f'<circle cx="{x}" cy="{y}" r="3.2" fill="{palette.QUIET_INK}"/>'
    for x, y in ((11, 10), (21, 22))
)
_NOISE = stroked("M7 18 L11 13 L15 19 L19 13 L22 18 L25 14", palette.QUIET_INK, 2.2)
_GOOD, _BAD = disc(palette.BETTER), diamond(palette.WORSE)
_UP, _DOWN = (filled(path, palette.WHITE) for path in (_UPWARDS, _DOWNWARDS))
_DARK_UP, _DARK_DOWN = (filled(path, palette.QUIET_INK) for path in (_UPWARDS, _DOWNWARDS))
VARIATION_ICONS: dict[str, Icon] = {
    COMMON_CAUSE: Icon("Common cause", "~", square() + _NOISE),
    "improvement, high": Icon("Improvement, high", "●↑", _GOOD + _UP),
    "improvement, low": Icon("Improvement, low", "●↓", _GOOD + _DOWN),
    "concern, high": Icon("Concern, high", "◆↑", _BAD + _UP),
    "concern, low": Icon("Concern, low", "◆↓", _BAD + _DOWN),
    "neutral, high": Icon("Unusual, high", "■↑", square() + _DARK_UP),
    "neutral, low": Icon("Unusual, low", "■↓", square() + _DARK_DOWN),
}
ASSURANCE_ICONS: dict[str, Icon] = {
    PASSES: Icon("Consistently passes", "✓", _GOOD + stroked(_TICK, palette.WHITE)),
    HIT_AND_MISS: Icon("Hit and miss", "≈", square() + _TARGET + _ABOUT_IT),
    FAILS: Icon("Consistently fails", "✗", _BAD + stroked(_CROSS, palette.WHITE)),
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
