"""The commands as typer sees them, and how one of them is run."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.main import get_command

from outturn.cli.folders import build, check, check_extract, new, simulate
from outturn.cli.kept import audit, diff, export, publish, recreate, vintages
from outturn.cli.questions import (
    compare,
    control,
    explain,
    findings,
    improvers,
    neighbours,
    people,
    rejected,
    scorecard,
    trend,
)
from outturn.cli.telling import tell
from outturn.cli.wrong_words import WRONG_COMMAND_LINE, told_as_a_mistake
from outturn.terms.errors import DiskMistake, Mistake, Mistakes, is_full

COMMANDS = (  # in the order of the help
    new, simulate, check, check_extract, build,
    scorecard, explain, trend, control, compare, neighbours, improvers, findings, rejected, people,
    publish, vintages, diff, audit, recreate, export,
)  # fmt: skip
_STOPPED = 130  # as a shell has it, and typer too
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)


def _tell_software(asked: bool) -> None:
    if not asked:
        return
    import outturn
    from outturn.cli.telling import say
    from outturn.vintages import software

    say(software(outturn.__version__))
    raise typer.Exit


@app.callback()
def whole(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_software,
            is_eager=True,
            help="Tell the software that figures are made with.",
        ),
    ] = False,
) -> None:
    """Outcomes and performance for health and social care partnerships."""


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code. Mistakes are told on stderr, without a traceback."""
    try:
        # An Exit raised by a command comes back as its number; a command itself returns nothing.
        code = app(args=arguments, prog_name="outturn", standalone_mode=False)
    except Mistakes as found:
        return tell(list(found.exceptions))
    except Mistake as found:
        return tell([found])
    except WRONG_COMMAND_LINE as wrong:
        sys.stderr.write(f"{told_as_a_mistake(wrong, _names_of_commands())}\n")
        return int(wrong.exit_code)
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        if not is_full(error):
            raise
        return tell([DiskMistake.at(str(error.filename or "the disk"))])
    if code == _STOPPED:
        sys.stderr.write("Stopped. Nothing was changed since the last kept build.\n")
    return code or 0


def _names_of_commands() -> list[str]:
    group: Any = get_command(app)
    return list(group.commands)
