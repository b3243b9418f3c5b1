"""The style of the page: the sheet, with the palette's colours and the fonts inside."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

from outturn.publishing import palette

ROOM = files("outturn.publishing")
_FACES = (
    ("Open Sans", "normal", 400, "OpenSans-Regular"),
    ("Open Sans", "italic", 400, "OpenSans-Italic"),
    ("Open Sans", "normal", 600, "OpenSans-Semibold"),
    ("Open Sans", "normal", 700, "OpenSans-Bold"),
    ("Shapes", "normal", 400, "DejaVuSans-shapes"),
)
# Up to which width of the window the rows of a table are blocks of their own: those of one with
# many columns already where a telephone is not yet reached, as on a tablet held upright.
_STACKED = {".stacks": "40rem", ".stacks.many": "60rem"}


@cache
def style() -> str:
    """Fonts, colours and sheet, ready to stand in the head of a page."""
    faces = (_face(*face) for face in _FACES)
    named = "".join(f"--{name}: {value};" for name, value in colours().items())
    sheet = (ROOM / "pack.css").read_text(encoding="utf-8")
    rows = (ROOM / "stacks.css").read_text(encoding="utf-8")
    stacked = (
        f"@media screen and (max-width: {width}) {{\n{rows.replace('.stacks', of)}}}\n"
        for of, width in _STACKED.items()
    )
    statuses = "".join(
        f".{status_class(status)} {{ background: {tone.fill}; color: {tone.ink}; }}\n"
        for status, tone in palette.TONES.items()
    )
    return "".join(faces) + f":root {{ {named} }}\n" + sheet + "".join(stacked) + statuses


def _face(family: str, style: str, weight: int, file: str) -> str:
    data = (ROOM / "fonts" / "web" / f"{file}.woff2").read_bytes()
    source = f"url(data:font/woff2;base64,{base64.b64encode(data).decode()}) format('woff2')"
    return (
        f"@font-face {{ font-family: '{family}'; font-style: {style}; font-weight: {weight}; "
        f"src: {source}; }}\n"
    )


def colours() -> dict[str, str]:
    """The colours that the sheet may name, as `--quiet-ink` and the like."""
    names = (
        "INK", "WHITE", "QUIET_INK", "HEADING", "ACCENT", "LINK", "FOCUS", "RULE", "STRONG_RULE",
        "TINT", "CAUTION",
    )  # fmt: skip
    return {name.lower().replace("_", "-"): getattr(palette, name) for name in names}


def status_class(status: str) -> str:
    """The class of a status in the sheet."""
    return status.replace(" ", "-")
