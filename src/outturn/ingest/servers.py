"""Reads a table or a view of a database server: PostgreSQL, or SQL Server.

The address of the server, with the name and password to open it, stands in no file: a source names
the variable of the environment that holds it. Only a table is named, never a query.

A server says nothing of the order of rows and nothing of when a table changed. So rows are put in
order of their own cells before they are numbered, and the fingerprint is of what was read.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from urllib.parse import urlsplit

import polars as pl

from outturn.framework.model import Source
from outturn.ingest.extract import Extract, mistake, numbered
from outturn.terms.errors import suggestion

# How each kind of server quotes a name. The names are those of an address: `postgresql://...`.
_QUOTES = {"postgresql": ('"', '"'), "postgres": ('"', '"'), "mssql": ("[", "]")}
_PORTS = {"postgresql": 5432, "postgres": 5432, "mssql": 1433}
_SECONDS = 10
_NAMES = re.compile(r"[^.\x00]+(\.[^.\x00]+)?")


def read(source: Source) -> Extract:
    """Every row of the table that the source names, in order of its cells, numbered from 1."""
    address = _address(source)
    frame = _rows(source, address, _query(source, urlsplit(address).scheme))
    texts = numbered(frame, source).cells
    order = texts.with_row_index("index").sort(texts.columns, nulls_last=True)["index"]
    return numbered(frame[order.to_list()], source) if frame.height else numbered(frame, source)


def fingerprint(extract: Extract) -> tuple[int, str]:
    """The size and the digest of what was read: of its cells as texts, in their order."""
    text = extract.cells.write_csv().encode()
    return len(text), hashlib.sha256(text).hexdigest()


def _address(source: Source) -> str:
    address = os.environ.get(source.server, "")
    if not address:
        problem = f"The environment has no variable '{source.server}'."
        remedy = f"Set {source.server} to postgresql://name:password@host/database, or mssql://."
        raise mistake(source, problem, remedy)
    scheme = urlsplit(address).scheme
    if scheme not in _QUOTES:
        problem = f"The variable '{source.server}' holds no address of a server that can be read."
        remedy = suggestion(scheme, _QUOTES, f"It begins with one of {', '.join(_QUOTES)}.")
        raise mistake(source, problem, remedy)
    return address


def _query(source: Source, scheme: str) -> str:
    """All of a table: its name, and its schema before a point, each quoted."""
    if not _NAMES.fullmatch(source.table):
        remedy = 'Write table = "schema.table" in data/sources.toml.'
        raise mistake(source, "The source names no table of the server.", remedy)
    before, after = _QUOTES[scheme]
    names = [before + one.replace(after, after * 2) + after for one in source.table.split(".")]
    return f"select * from {'.'.join(names)}"


def _reached(source: Source, address: str) -> None:
    """Knocks first: the library waits half a minute where nobody answers, and says less."""
    parts = urlsplit(address)
    try:
        port = parts.port or _PORTS[parts.scheme]
        socket.create_connection((parts.hostname or "", port), timeout=_SECONDS).close()
    except (OSError, ValueError):
        remedy = f"Check the host and the port in {source.server}, and that this machine may call."
        raise mistake(source, "The server does not answer.", remedy) from None


def _rows(source: Source, address: str, query: str) -> pl.DataFrame:
    try:
        import connectorx
    except ModuleNotFoundError as error:
        remedy = "In your copy of outturn, run: pip install -e '.[servers]'"
        raise mistake(source, "What reads database servers is not installed.", remedy) from error
    _reached(source, address)
    try:
        found = pl.from_arrow(connectorx.read_sql(address, query, return_type="arrow"))
    except BaseException as error:  # the library panics where it meets a type it does not know
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        # What the library says may hold the address, and so the password: it is not handed on.
        remedy = (
            f"Check the name, the password and the database in {source.server}, that the table is "
            "there and that its reader may select from it. Show columns of unusual types as text "
            "in a view."
        )
        problem = "The server refuses to show the table."
        raise mistake(source, problem, remedy) from None
    assert isinstance(found, pl.DataFrame)
    return found
