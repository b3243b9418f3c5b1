"""Which reader takes a source: by the ending of the file for a plain table, else by name."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from python_calamine import CalamineError

from outturn.framework.model import Source
from outturn.ingest import databases, delimited, fingertips, official, parquet, troubles, workbooks
from outturn.ingest.extract import Extract, mistake, texts
from outturn.terms.errors import suggestion

TABLE = "table"
_PLAIN = {
    ending: module.read
    for module in (databases, delimited, parquet, workbooks)
    for ending in module.SUFFIXES
}
_UNREADABLE = (
    OSError, CalamineError, pl.exceptions.PolarsError, zipfile.BadZipFile, gzip.BadGzipFile,
    UnicodeDecodeError,
)  # fmt: skip

Laid_out = Callable[[Path, Source], pl.DataFrame]


def named() -> Mapping[str, Laid_out]:
    """Readers of files with a layout of their own: the contract's columns and `row` come out.

    What they find wrong with a row they say in the columns of `troubles`.
    """
    return {"fingertips upload": fingertips.read, **official.READERS}


def read(path: Path, source: Source) -> Extract:
    """The cells of the file, by the reader that the source names."""
    if source.reader == TABLE:
        return _plain(path, source)
    reader = named().get(source.reader)
    if reader is None:
        known = [TABLE, *named()]
        remedy = suggestion(source.reader, known, f"Readers are {', '.join(known)}.")
        raise mistake(source, f"There is no reader '{source.reader}'.", remedy)
    try:
        frame = reader(path, source)
    except _UNREADABLE as error:
        problem = f"The file cannot be read by the reader '{source.reader}'."
        raise mistake(source, problem, "Give the file as it was published.") from error
    cells = texts(frame.drop("row", *troubles.COLUMNS, strict=False), source)
    return Extract(cells, frame["row"].cast(pl.Int64), troubles.findings(frame))


def _plain(path: Path, source: Source) -> Extract:
    reader = _PLAIN.get(path.suffix.lower())
    if reader is None:
        remedy = f"Save it as one of {', '.join(sorted(_PLAIN))}."
        raise mistake(source, f"No reader knows the ending '{path.suffix}'.", remedy)
    if source.sheet and reader is not workbooks.read:
        remedy = "Take sheet out of data/sources.toml, or name the workbook itself as the file."
        raise mistake(source, "The file is not a workbook, and has no sheets.", remedy)
    if source.table and reader is not databases.read:
        remedy = "Take table out of data/sources.toml, or name the database itself as the file."
        raise mistake(source, "The file is not a database, and has no tables.", remedy)
    try:
        return reader(path, source)
    except OSError as error:
        remedy = "Check that you may read it, and that no other program holds it."
        raise mistake(source, "The file cannot be read.", remedy) from error
