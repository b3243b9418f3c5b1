"""A wrong command line, told like every other mistake: where, what is wrong, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer

from outturn.terms.errors import Mistake, suggestion

# Newer typers carry a click of their own, so its classes are known by name and not by import.
WRONG_COMMAND_LINE: Any = next(
    one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException"
)
_NO_DAY = re.compile(r" does not match the formats? .*")
# As older and as newer typers say it.
_NO_NUMBER = re.compile(r"'[^']*' is not a valid integer|Input should be a valid integer.*")
_A_DAY = "Write the day as in 2026-11-30."  # the last of a month, where one is asked for


def told_as_a_mistake(wrong: Any, commands: Sequence[str]) -> str:
    """The three lines of a mistake; the whole help where nothing was asked at all."""
    if type(wrong).__name__ == "NoArgsIsHelpError":
        return str(wrong.format_message())
    context = wrong.ctx.command_path if getattr(wrong, "ctx", None) else "outturn"
    return str(
        Mistake(
            where=f"the command line, {context}",
            problem=_problem(wrong.format_message()),
            remedy=_remedy(wrong, context, commands),
        )
    )


def _problem(said: str) -> str:
    """What is wrong alone: without what the library adds before it and proposes after it."""
    problem = " ".join(said.split()).replace("Value error, ", "")
    problem = re.split(r" Did you mean| \(Possible options", problem)[0]
    problem = _NO_NUMBER.sub("it is not a whole number", _NO_DAY.sub(" is not a day", problem))
    return f"{problem.rstrip('.')}."


def _remedy(wrong: Any, context: str, commands: Sequence[str]) -> str:
    """The nearest word that there is, else where the words are listed."""
    listed = f"See {context} --help."
    if near := getattr(wrong, "possibilities", None):
        return f"Did you mean '{near[0]}'?"
    said = wrong.format_message()
    if command := re.match(r"No such command '(.*?)'", said):
        return suggestion(command[1], commands, listed)
    if _NO_DAY.search(" ".join(said.split())):
        return _A_DAY
    if _NO_NUMBER.search(" ".join(said.split())):
        return "Give a whole number."
    return listed
