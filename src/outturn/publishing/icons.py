"""Small drawings that say one word: what every kind of icon is made of.

Each icon has a shape of its own, a sign inside it and words beside it; colour comes last. It is
blue for good and orange for bad, so that nobody takes an icon for a status.
"""

from __future__ import annotations

from dataclasses import dataclass

from outturn.publishing import palette

SIZE = 32  # units of the drawing on each side


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


def disc(colour: str) -> str:
    return f'<circle cx="16" cy="16" r="14" fill="{colour}"/>'


def diamond(colour: str) -> str:
    return f'<path d="M16 1 L31 16 L16 31 L1 16 Z" fill="{colour}"/>'


def square() -> str:
    return (
        f'<rect x="3" y="3" width="26" height="26" rx="3" fill="{palette.WHITE}" '
        f'stroke="{palette.STRONG_RULE}" stroke-width="2"/>'
    )


def filled(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="{colour}"/>'


def stroked(path: str, colour: str, width: float = 3) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"/>'
    )
