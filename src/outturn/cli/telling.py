"""How commands answer: lines, tables and JSON on standard output; steps and mistakes on stderr."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from outturn.terms.errors import Mistake, exit_code


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def print_json(answer: object) -> None:
    sys.stdout.write(jsonlib.dumps(answer, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(answer: Any, json: bool) -> None:
    """Print rows under headings: a table for a person, a list of objects for a script."""
    if json:
        print_json(answer.rows)
        return
    from outturn.cli.tables import print_answer

    print_answer(answer)


def mistake_words(one: Mistake) -> dict[str, Any]:
    return {
        "where": one.where,
        "problem": one.problem,
        "remedy": one.remedy,
        "exit_code": one.exit_code,
    }


def tell(found: list[Any]) -> int:
    """Print each mistake in three lines; the exit code they share, or 10."""
    for one in found:
        sys.stderr.write(f"{one}\n")
    if len(found) > 1:
        sys.stderr.write(f"{len(found)} mistakes were found.\n")
    return exit_code(found)


def warn_before_publishing(folder: Path, vintage: str, json: bool) -> None:
    """Say what must be known of a build before others read it; beside JSON, on stderr."""
    from outturn.commands.audience import not_for_the_public
    from outturn.commands.opened import open_build

    if said := not_for_the_public(open_build(folder, vintage)):
        (sys.stderr if json else sys.stdout).write(f"{said}\n")


def day_of(day: datetime | None) -> date | None:
    return day.date() if day else None


@contextmanager
def steps() -> Iterator[Any]:
    """Tells the steps of the work inside it, and leaves nothing of them in a terminal."""
    from outturn.cli.progress import clear

    try:
        yield _progress()
    finally:
        clear()


def _progress() -> Any:
    """Tells each step on stderr: a bar in a terminal, one line a step elsewhere."""
    from outturn.cli.progress import Steps

    return Steps()
