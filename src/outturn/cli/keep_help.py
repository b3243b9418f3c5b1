"""Writes `help.txt` again, after a command has changed: `python -m outturn.cli.keep_help`."""

from __future__ import annotations

from pathlib import Path

from typer.main import get_command

from outturn.cli.app import app

HELP = Path(__file__).parent / "help.txt"
_WIDTH = 80


def help_text() -> str:
    """What `outturn --help` says in a terminal of the usual width."""
    command = get_command(app)
    context = command.make_context("outturn", [], resilient_parsing=True, terminal_width=_WIDTH)
    return command.get_help(context) + "\n"


if __name__ == "__main__":
    HELP.write_text(help_text(), encoding="utf-8")
