"""Progress of long work: a moving bar in a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import sys

_CLEAR = "\r\x1b[K"


class Steps:
    """Called with what is being done now, and where that is known, which of how many it is."""

    def __init__(self) -> None:
        self._told = ""

    def __call__(self, what: str, number: int = 0, of: int = 0) -> None:
        share = f" ({number} of {of})" if of else ""
        if sys.stderr.isatty():
            filled = round(20 * number / of) if of else 0
            bar = f"[{'=' * filled}{' ' * (20 - filled)}] " if of else ""
            sys.stderr.write(f"{_CLEAR}{bar}{what}{share}")
            sys.stderr.flush()
        elif what != self._told:
            sys.stderr.write(f"{what}{share}\n")
        self._told = what


def clear() -> None:
    """Leave no step in the terminal: an answer, or a mistake, begins on a line of its own."""
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()
