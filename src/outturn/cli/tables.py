"""Rows under headings for a terminal: a table where it fits, else one record below the other."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

UNSEEN = 160  # columns where no terminal says how many it has
EDGES = 3  # columns that the border of a cell takes


def print_answer(answer: Any) -> None:
    """Print an `Answer` with its title above and its notes below."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else UNSEEN)
    rows = answer.printed or answer.rows
    columns = [name for name in answer.columns if not rows or name in rows[0]]
    if rows and _narrowest(columns, rows) <= console.width:
        console.print(_table(answer, columns, rows))
    elif rows:
        _print_records(console, answer.title, columns, rows)
    for line in answer.notes:
        sys.stdout.write(f"{_wrapped(line, console.width)}\n")


def fitted(line: str) -> str:
    """A line as a terminal has room for it, what goes on further in; elsewhere as it is."""
    if not sys.stdout.isatty():
        return line
    further = " " * (len(line) - len(line.lstrip()) + 2)
    return _wrapped(line, shutil.get_terminal_size().columns, further)


def _wrapped(line: str, width: int, further: str = "") -> str:
    """A line broken between words. A path that is longer stays whole, so that it can be copied."""
    return textwrap.fill(
        line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def _cell(row: dict[str, Any], name: str) -> str:
    return "" if row[name] is None else str(row[name])


def _narrowest(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> int:
    """The width of a table in which no word is broken."""
    widths = [
        max((len(word) for row in rows for word in _cell(row, name).split()), default=0)
        for name in columns
    ]
    headings = [max(map(len, name.split())) for name in columns]
    return sum(map(max, widths, headings)) + EDGES * len(columns) + 1


def _table(answer: Any, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=answer.title or None, title_justify="left", expand=False)
    for name in columns:
        justify: Any = "right" if name in answer.numeric else "left"
        whole = _is_one_word(name, [_cell(row, name) for row in rows])
        table.add_column(name, justify=justify, overflow="fold", no_wrap=whole)
    for row in rows:  # as text: square brackets in it are no markup
        table.add_row(*(Text(_cell(row, name)) for name in columns))
    return table


def _is_one_word(name: str, cells: Sequence[str]) -> bool:
    """Whether a column of single words, as of names or times, is as narrow as it may become."""
    return not any(" " in cell for cell in cells) and max(map(len, cells)) >= len(name)


def _print_records(
    console: Any, title: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """The first column of each row as its heading, and what the others hold below it."""
    from rich.padding import Padding
    from rich.text import Text

    if title:
        console.print(Text(title, style="italic"))
    first, *others = columns
    for row in rows:
        console.print()
        console.print(Text(_cell(row, first), style="bold"))
        for name in others:
            if cell := _cell(row, name):
                console.print(Padding(Text(f"{name}: {cell}"), (0, 0, 0, 2)))
    console.print()
