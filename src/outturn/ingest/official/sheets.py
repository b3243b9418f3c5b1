"""Workbooks and delimited files as frames of text, with the number of each line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from outturn.framework.model import Source
from outturn.ingest.delimited import read as read_delimited
from outturn.ingest.extract import refuse_uneven
from outturn.terms import ExtractMistake

Rows = Sequence[Sequence[object]]


def sheet(book: CalamineWorkbook, name: str) -> Rows:
    """Every row of a sheet from its first line, cells as the spreadsheet holds them."""
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def table(rows: Rows, header: int) -> pl.DataFrame:
    """The rows below line `header` (counted from 0) as text columns, and `row`, counted from 1.

    Rows that are blank in every column say nothing and are left out.
    """
    names = [str(cell).strip() for cell in rows[header]]
    columns = zip(*rows[header + 1 :], strict=True)
    text = [
        pl.Series(name, column, dtype=pl.String, strict=False)
        for name, column in zip(names, columns, strict=True)
        if name
    ]
    return _filled(pl.DataFrame(text).with_row_index("row", offset=header + 2))


def delimited(path: Path, source: Source) -> pl.DataFrame:
    """Delimited text, compressed or not, as text columns and `row`, the line, counted from 1.

    A release is printed by a program, so a line of another length means a damaged file.
    """
    extract = read_delimited(path, source)
    refuse_uneven(extract, source, "Give the file as it was published.")
    return _filled(extract.cells.with_columns(extract.rows.alias("row")))


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    cells = pl.exclude("row").str.strip_chars()
    return frame.filter(~pl.all_horizontal(cells.is_null() | (cells == "")))


def checked(frame: pl.DataFrame, needed: list[str], source: Source) -> pl.DataFrame:
    """The frame itself, when it has every column that the release should have."""
    lacking = [name for name in needed if name not in frame.columns]
    if lacking:
        raise ExtractMistake(
            where=f"{source.file}, header",
            problem=f"This is not laid out as the reader '{source.reader}' expects: "
            f"no column '{lacking[0]}'.",
            remedy="Give another reader for the source, or the file as it was published.",
        )
    return frame
