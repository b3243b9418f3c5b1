"""Progress of long work: a moving bar in a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import sys


class Steps:
    """Called with what is being done now, and how much of it is done where that is known."""

    def __call__(self, what: str, done: int = 0, of: int = 0) -> None:
        share = f" ({done} of {of})" if of else ""
        if sys.stderr.isatty():
            filled = round(20 * done / of) if of else 0
            bar = f"[{'=' * filled}{' ' * (20 - filled)}] " if of else ""
            sys.stderr.write(f"\r\x1b[K{bar}{what}{share}")
            if of and done == of:
                sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        elif not done:
            sys.stderr.write(f"{what}{share}\n")
