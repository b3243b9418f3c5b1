"""Reads the command line and nothing else.

`outturn --help` is asked more often than anything and must answer at once, so it prints a text
kept in `help.txt`; a test holds that text to what the commands say of themselves. Everything else
goes to `app`, which is imported only then.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """The entry point of the command `outturn`."""
    arguments = sys.argv[1:]
    if arguments in (["--help"], []):
        sys.stdout.write((Path(__file__).parent / "help.txt").read_text(encoding="utf-8"))
        return
    from outturn.cli.app import run

    sys.exit(run(arguments))
