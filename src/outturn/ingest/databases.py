"""Reads a table of a DuckDB file. The only module of this room that knows the database.

The file is opened to be read only, and a view in it cannot reach any other file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from outturn.framework.model import Source
from outturn.ingest.extract import Extract, mistake, numbered
from outturn.terms.errors import suggestion

SUFFIXES = (".duckdb", ".db")
_READ_ONLY: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
}


def read(path: Path, source: Source) -> Extract:
    """Every row of the table that the source names, or of the only one, numbered from 1."""
    with _opened(path, source) as database:
        table = _table(database, source)
        quoted = '"' + table.replace('"', '""') + '"'
        try:
            # A moment is another day in another zone: that of the machine must not decide.
            database.execute("set TimeZone = 'UTC'")
            frame = pl.DataFrame(_Stream(database.sql(f"select * from {quoted}")))
        except duckdb.Error as error:
            remedy = "A view must rest on tables of the same file."
            raise mistake(source, f"'{table}' cannot be read.", remedy) from error
    return numbered(frame, source)


@dataclass(frozen=True, slots=True)
class _Stream:
    """What Polars reads a result through: the Arrow stream alone, so that it looks for no more.

    Given the result itself, Polars tries it as other things first, and DuckDB 2.0 then complains
    on the error output when the program ends.
    """

    result: duckdb.DuckDBPyRelation

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.result.__arrow_c_stream__(requested_schema)


def _opened(path: Path, source: Source) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=True, config=_READ_ONLY)
    except duckdb.Error as error:
        held = "lock" in str(error) or isinstance(error, duckdb.ConnectionException)
        if held:
            problem = "Another program has the database open."
            raise mistake(source, problem, "Close it there, then run this again.") from error
        remedy = "Give the file again: it may be cut short, or made by a newer DuckDB."
        raise mistake(source, "The file is not a DuckDB database.", remedy) from error


def _table(database: duckdb.DuckDBPyConnection, source: Source) -> str:
    found = database.sql(
        "select table_name from information_schema.tables "
        "where table_schema = 'main' order by table_name"
    ).fetchall()
    names = [str(name) for (name,) in found]
    if not source.table and len(names) == 1:
        return names[0]
    if not source.table:
        problem = f"The database has {len(names)} tables and the source names none."
        raise mistake(source, problem, 'Write table = "..." in data/sources.toml.')
    if source.table not in names:
        said = ", ".join(f"'{name}'" for name in names[:6]) or "none"
        remedy = suggestion(source.table, names, f"Its tables are: {said}.")
        raise mistake(source, f"There is no table '{source.table}'.", remedy)
    return source.table
