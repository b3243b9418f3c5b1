"""Every colour and every status word that a reader sees. No renderer holds one of its own.

Shape and words come first; colour is the third signal, never the only one.
"""

from __future__ import annotations

from dataclasses import dataclass

from outturn.terms.records import LETTERS, SHAPES, Status

INK = "#0B0C0C"
WHITE = "#FFFFFF"
QUIET_INK = "#4A5560"  # captions, notes, axis labels
HEADING = "#12304A"
ACCENT = "#12436D"  # rules, the figure itself in a chart
LINK = "#0B4F8A"
FOCUS = "#FFDD00"
RULE = "#C3CBD2"  # hairlines between rows: decoration, never the only sign of anything
STRONG_RULE = "#5C6B78"
TINT = "#F1F4F7"  # page furniture and table heads
TRACK = "#E3E8ED"  # the empty part of a bar
BAND = "#C9D3DC"  # the stretch that counts as close to target
TARGET = "#0B0C0C"
MISSING = "#5C6B78"

BETTER = "#1D5E9E"  # than the group, or than noise: a comparison, never a status
WORSE = "#C45500"
PEERS = "#5C6B78"  # the other members of a group
CAUTION = "#C45500"  # the edge of a note to be read with care

CATEGORIES = ("#12436D", "#28A197", "#801650", "#F46A25")  # on white only, labelled directly


@dataclass(frozen=True)
class Tone:
    """How a status looks and reads: word, letter, shape, fill and the ink upon it."""

    word: str
    letter: str
    shape: str
    mark: str  # the name of the shape in a chart
    fill: str
    ink: str
    edge: str  # an outline that stands out from white where the fill does not


def _tone(status: Status, word: str, mark: str, fill: str, ink: str, edge: str) -> Tone:
    return Tone(word, LETTERS[status], SHAPES[status], mark, fill, ink, edge)


TONES: dict[Status, Tone] = {
    Status.ON_TARGET: _tone(Status.ON_TARGET, "On target", "circle", "#00703C", WHITE, "#00703C"),
    Status.CLOSE: _tone(Status.CLOSE, "Close to target", "triangle-up", "#FFDD00", INK, "#6B5D00"),
    Status.OFF_TARGET: _tone(
        Status.OFF_TARGET, "Off target", "diamond", "#B10E1E", WHITE, "#B10E1E"
    ),
    Status.NOT_ASSESSED: _tone(
        Status.NOT_ASSESSED, "Not assessed", "circle", "#505A5F", WHITE, "#505A5F"
    ),
}


def status(code: str) -> Status:
    """The status that a code names: 'on_target' and 'on target' are the same one.

    >>> status("close").value
    'close'
    """
    return Status(code.replace("_", " "))


def tone(code: str) -> Tone:
    """Word, letter, shape and colours of a status.

    >>> tone("off_target").word
    'Off target'
    """
    return TONES[status(code)]


# What touches what, for the test of contrast: (one, other, lowest ratio, why).
TEXT, GRAPHICS = 4.5, 3.0
TOUCHING: tuple[tuple[str, str, float, str], ...] = (
    *((t.ink, t.fill, TEXT, f"{t.word}: words on the fill") for t in TONES.values()),
    *((t.edge, WHITE, GRAPHICS, f"{t.word}: outline on the page") for t in TONES.values()),
    (INK, WHITE, TEXT, "text on the page"),
    (INK, TINT, TEXT, "text on a tint"),
    (QUIET_INK, WHITE, TEXT, "captions and axis labels"),
    (QUIET_INK, TINT, TEXT, "captions on a tint"),
    (HEADING, WHITE, TEXT, "headings"),
    (HEADING, TINT, TEXT, "headings on a tint"),
    (LINK, WHITE, TEXT, "links"),
    (LINK, TINT, TEXT, "links on a tint"),
    (FOCUS, INK, GRAPHICS, "focus mark against its outline"),
    (STRONG_RULE, WHITE, GRAPHICS, "rules that carry meaning"),
    (ACCENT, WHITE, GRAPHICS, "a line or bar on white"),
    (ACCENT, TRACK, GRAPHICS, "a bar on its track"),
    (ACCENT, BAND, GRAPHICS, "a bar on its band"),
    (TARGET, WHITE, GRAPHICS, "a target on white"),
    (TARGET, TRACK, GRAPHICS, "a target on a track"),
    (TARGET, BAND, GRAPHICS, "a target on its band"),
    (MISSING, WHITE, TEXT, "a word for a missing figure"),
    (BETTER, WHITE, TEXT, "better on white, and white in it"),
    (WORSE, WHITE, TEXT, "worse on white, and white in it"),
    (PEERS, WHITE, GRAPHICS, "the others on white"),
    (BETTER, TINT, GRAPHICS, "better on a tint"),
    (WORSE, TINT, GRAPHICS, "worse on a tint"),
    (PEERS, TINT, GRAPHICS, "the others on a tint"),
    (CAUTION, TINT, GRAPHICS, "the edge of a note on a tint"),
    *((c, WHITE, GRAPHICS, "a category on white") for c in CATEGORIES),
)


def contrast(one: str, other: str) -> float:
    """The ratio of contrast between two colours, from 1 to 21.

    Source: Web Content Accessibility Guidelines 2.2, definition of contrast ratio.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
