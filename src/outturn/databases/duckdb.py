"""DuckDB, inside this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from outturn.databases.dialect import MILLIONTHS, Dialect
from outturn.databases.sql import EngineFault, Sql
from outturn.terms.errors import DiskMistake, OutturnError, is_full

_SLICE = 122_880  # rows; a database thread takes one slice at a time


class _Stream:
    """The Arrow stream alone of a frame or a relation: neither side then asks for pyarrow, and
    Polars does not hold on to the relation, which DuckDB would report as leaked at exit."""

    def __init__(self, frame: pl.DataFrame | duckdb.DuckDBPyRelation) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def _fault(step: str, query: Sql, error: duckdb.Error) -> OutturnError:
    """A full disk is the person's to mend; everything else is our fault, and says no value."""
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException) and is_full(error):
        return DiskMistake.at("the folder for temporary files (TMPDIR)")
    return EngineFault(step=step, sql=query.text, reason=type(error).__name__)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class DuckDB(Dialect):
    """DuckDB in memory, with a limit, and spilling to a temporary folder.

    `memory` is the ceiling: tables in files are read piece by piece, and what a step needs beyond
    the ceiling goes to the temporary folder and comes back, which is slower and does not fail.
    Uses only calls that versions 1.5 and 2 share, loads no extension, and reaches no network and
    no file but those in the folders that it is given at the start.
    """

    name = "DuckDB"

    def __init__(
        self,
        *,
        memory: str = "2GB",
        threads: int | None = None,
        reads: Sequence[Path] = (),
    ) -> None:
        self._views: set[str] = set()
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
        if reads:
            folders = ", ".join(_literal(one) for one in reads)
            self._connection.execute(f"set allowed_directories = [{folders}]")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def table(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as the table `name`, without a copy."""
        starts = range(0, max(frame.height, 1), _SLICE)
        slices = [frame.slice(start, _SLICE) for start in starts]
        if name in self._views:  # which a frame does not replace
            self._run(name, Sql(f"drop view {self.quote(name)}"))
            self._views.discard(name)
        self._connection.register(name, _Stream(pl.concat(slices, rechunk=False)))

    def parquet(self, name: str, files: Sequence[Path]) -> None:
        listed = ", ".join(_literal(one) for one in files)
        self.view(name, f"select * from read_parquet([{listed}])")

    def view(self, name: str, query: str) -> None:
        self._connection.unregister(name)
        self._run(name, Sql(f"create or replace temp view {self.quote(name)} as {query}"))
        self._views.add(name)

    def write(self, name: str, query: Sql, file: Path) -> None:
        end = f") to {_literal(file)} (format parquet, compression zstd, row_group_size {_SLICE})"
        self._run(name, Sql("copy (") + query + end)

    def keep(self, name: str, query: Sql) -> None:
        self._run(name, Sql(f"create temp table {self.quote(name)} as ") + query)

    def forget(self, name: str) -> None:
        self._run(name, Sql(f"drop table {self.quote(name)}"))

    def rows(self, step: str, query: Sql) -> pl.DataFrame:
        try:
            found = self._connection.sql(query.text, params=list(query.values))
            return pl.DataFrame(_Stream(found))
        except duckdb.Error as error:
            raise _fault(step, query, error) from None

    def _run(self, step: str, query: Sql) -> None:
        try:
            self._connection.execute(query.text, list(query.values))
        except duckdb.Error as error:
            raise _fault(step, query, error) from None

    def quote(self, name: str) -> str:
        if not name or "\0" in name:
            raise ValueError(f"not a name of a column: {name!r}")
        return '"' + name.replace('"', '""') + '"'

    def text(self, expression: str) -> str:
        return f"cast({expression} as varchar)"

    def days(self, earlier: str, later: str) -> str:
        return f"(({later}) - ({earlier}))"

    def floor_div(self, a: str, b: str) -> str:
        return f"(({a}) // ({b}))"

    def shift_left(self, n: str) -> str:
        return f"(cast(1 as bigint) << ({n}))"

    def bit(self, mask: str, n: str) -> str:
        return f"((({mask}) >> ({n})) & 1)"

    def millionths(self, expression: str) -> str:
        return f"cast(floor(({expression}) * {MILLIONTHS} + 0.5) as hugeint)"
