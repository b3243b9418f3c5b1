"""Everything in which one database differs from another: one small class for each.

A dialect renders the few expressions that differ, holds the tables, and runs a query that it is
given in pieces. Values always travel as parameters; names are quoted.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import duckdb
import polars as pl

from outturn.terms.errors import OutturnError

_SLICE = 122_880  # rows; a database thread takes one slice at a time
MILLIONTHS = 1_000_000


class EngineFault(OutturnError):
    """The database refused a step. Our fault: it names the step and its SQL, never a value."""

    def __init__(self, *, step: str, sql: str, reason: str) -> None:
        super().__init__(f"step '{step}' failed ({reason}):\n{sql}")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL and the values of its question marks, in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql | str) -> Sql:
        more = other if isinstance(other, Sql) else Sql(other)
        return Sql(self.text + more.text, self.values + more.values)


def joined(between: str, pieces: Iterable[Sql | str]) -> Sql:
    """Pieces of SQL, one after the other, with `between` between them."""
    parts = [piece if isinstance(piece, Sql) else Sql(piece) for piece in pieces]
    values = tuple(value for part in parts for value in part.values)
    return Sql(between.join(part.text for part in parts), values)


class _Stream:
    """The Arrow stream alone of a frame or a relation: neither side then asks for pyarrow, and
    Polars does not hold on to the relation, which DuckDB would report as leaked at exit."""

    def __init__(self, frame: pl.DataFrame | duckdb.DuckDBPyRelation) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


class DuckDB:
    """DuckDB inside this process, in memory, with a limit, and spilling to a temporary folder.

    Uses only calls that versions 1.5 and 2 share, reaches no file or network, loads no extension.
    """

    name = "DuckDB"

    def __init__(self, *, memory: str = "2GB", threads: int | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="outturn-")
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "threads": threads or os.cpu_count() or 1,
            "temp_directory": self._folder.name,
            "max_temp_directory_size": "50GB",
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._connection = duckdb.connect(":memory:", config=config)
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def __enter__(self) -> DuckDB:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def table(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as the table `name`, without a copy."""
        starts = range(0, max(frame.height, 1), _SLICE)
        slices = [frame.slice(start, _SLICE) for start in starts]
        self._connection.register(name, _Stream(pl.concat(slices, rechunk=False)))

    def keep(self, name: str, query: Sql) -> None:
        """Run a step once and keep its rows as the table `name`."""
        self._run(name, Sql(f"create temp table {self.quote(name)} as ") + query)

    def forget(self, name: str) -> None:
        self._run(name, Sql(f"drop table {self.quote(name)}"))

    def rows(self, step: str, query: Sql) -> pl.DataFrame:
        """The rows of a query."""
        try:
            found = self._connection.sql(query.text, params=list(query.values))
            return pl.DataFrame(_Stream(found))
        except duckdb.Error as error:
            raise EngineFault(step=step, sql=query.text, reason=type(error).__name__) from None

    def _run(self, step: str, query: Sql) -> None:
        try:
            self._connection.execute(query.text, list(query.values))
        except duckdb.Error as error:
            raise EngineFault(step=step, sql=query.text, reason=type(error).__name__) from None

    def quote(self, name: str) -> str:
        """The name of a table or column, whatever characters it is made of.

        An empty name and one that ends early (the character NUL) cannot be quoted.
        """
        if not name or "\0" in name:
            raise ValueError(f"not a name of a column: {name!r}")
        return '"' + name.replace('"', '""') + '"'

    def text(self, expression: str) -> str:
        return f"cast({expression} as varchar)"

    def whole(self, expression: str) -> str:
        """A sum of whole numbers as a whole number."""
        return f"cast({expression} as bigint)"

    def large(self, expression: str) -> str:
        """The same where it may pass nine million million million."""
        return f"cast({expression} as decimal(38, 0))"

    def millionths(self, expression: str) -> str:
        """A number as a whole number of millionths, a half taken upwards."""
        return f"cast(floor(({expression}) * {MILLIONTHS} + 0.5) as hugeint)"
