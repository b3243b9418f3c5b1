"""The table of differences: all that one database does otherwise than another, and no more.

Everything else is SQL that every one of them reads alike. What is portable, and what only looks
so, is told in docs/explanation/engines.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from outturn.databases.sql import Sql, Step, with_steps

MILLIONTHS = 1_000_000


class Dialect(ABC):
    """A database that holds tables and runs queries given in pieces.

    Values always travel as parameters; names are quoted. Whole numbers, dates, texts and truth
    values are all that comes out.
    """

    name: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of everything that was held."""

    # Tables

    @abstractmethod
    def table(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as the table `name`; an earlier one of that name goes."""

    @abstractmethod
    def parquet(self, name: str, files: Sequence[Path]) -> None:
        """Make Parquet files of one schema readable as the table `name`, without loading them."""

    @abstractmethod
    def view(self, name: str, query: str) -> None:
        """Name a query without values, to be worked out wherever the name is read."""

    @abstractmethod
    def write(self, name: str, query: Sql, file: Path) -> None:
        """Run a query once and write its rows as Parquet, where nothing was before."""

    @abstractmethod
    def keep(self, name: str, query: Sql) -> None:
        """Run a query once and keep its rows as the table `name`."""

    @abstractmethod
    def forget(self, name: str) -> None:
        """Drop a table that was kept."""

    @abstractmethod
    def rows(self, step: str, query: Sql) -> pl.DataFrame:
        """The rows of a query; `step` names it in an error."""

    def run(self, steps: Sequence[Step], last: Sql, title: str = "") -> pl.DataFrame:
        """The rows of `last`, which may read every step; kept steps are stored, then dropped.

        An error names `title`, or the last step.
        """
        kept: list[str] = []
        waiting: list[Step] = []
        try:
            for step in steps:
                if step.kept:
                    self.keep(step.name, with_steps(waiting, step.query))
                    kept.append(step.name)
                    waiting = []
                else:
                    waiting.append(step)
            named = title or (waiting[-1].name if waiting else "last")
            return self.rows(named, with_steps(waiting, last))
        finally:
            for name in reversed(kept):
                self.forget(name)

    # What is written otherwise

    @abstractmethod
    def quote(self, name: str) -> str:
        """The name of a table or column, whatever characters it is made of.

        An empty name and one that ends early (the character NUL) cannot be quoted.
        """

    @abstractmethod
    def text(self, expression: str) -> str:
        """Anything as a text."""

    @abstractmethod
    def days(self, earlier: str, later: str) -> str:
        """Days from one day to another, as a whole number."""

    @abstractmethod
    def floor_div(self, a: str, b: str) -> str:
        """How many times `b` goes into `a`, both whole and not below zero."""

    @abstractmethod
    def shift_left(self, n: str) -> str:
        """A whole number of 64 bits with bit `n` set."""

    @abstractmethod
    def bit(self, mask: str, n: str) -> str:
        """Bit `n` of a whole number: 0 or 1."""

    @abstractmethod
    def millionths(self, expression: str) -> str:
        """A number as a whole number of millionths, a half taken upwards."""

    def whole(self, expression: str) -> str:
        """A sum of whole numbers as a whole number."""
        return f"cast({expression} as bigint)"

    def large(self, expression: str) -> str:
        """The same where it may pass nine million million million."""
        return f"cast({expression} as decimal(38, 0))"
