"""Reads a sheet of an XLSX, XLS or ODS workbook as columns of texts.

Numbers keep every digit that the workbook holds and dates become ISO dates. A cell that holds an
error (#DIV/0!) stays visible as its text: read as empty it would pass for "no figure". Merged
cells among the data are refused, because all but one of them would be empty.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from outturn.framework.model import Source
from outturn.ingest.extract import Extract, column_names, mistake
from outturn.terms.errors import suggestion

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_CELLS = 50_000_000  # of a sheet, empty ones included: one stray cell can stretch it
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_AT = re.compile(rb'\br="([A-Z]+)(\d+)"')
_VALUE = re.compile(rb"<v>([^<]*)</v>")


def read(path: Path, source: Source) -> Extract:
    """Every row below `header_row` of the sheet that the source names, or of the only one."""
    data = path.read_bytes()
    parts = _parts(data, source)
    sheet, book = _sheet(data, source)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        remedy = "Look for a stray cell far below or far to the right of the data."
        raise mistake(source, f"The sheet spans more than {MOST_CELLS:,} cells.", remedy)
    rows = sheet.to_python(skip_empty_area=False)
    if not rows:
        raise mistake(source, "The sheet is empty.", "Give the file again, with its data.")
    if not 1 <= source.header_row <= len(rows):
        problem = "The sheet has no such row to take the column names from."
        remedy = "Put header_row right in data/sources.toml."
        raise mistake(source, problem, remedy, f"header row {source.header_row}")
    _refuse_merged(sheet, parts, source)
    for row, column, text in _errors(parts, book.sheet_names.index(sheet.name)):
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    names = column_names(rows[source.header_row - 1], source)
    below = rows[source.header_row :]
    columns = [*zip(*below, strict=True)] if below else [()] * len(names)
    cells = pl.DataFrame(
        [_texts(name, column) for name, column in zip(names, columns, strict=True)]
    )
    days = {
        name: pl.Series([isinstance(cell, date) for cell in column], dtype=pl.Boolean)
        for name, column in zip(names, columns, strict=True)
    }
    first = source.header_row + 1
    numbers = pl.int_range(first, first + cells.height, dtype=pl.Int64, eager=True)
    return Extract(cells, numbers.alias("row"), days=days)


def _parts(data: bytes, source: Source) -> zipfile.ZipFile | None:
    """The parts of a workbook that is a zip file; its size unpacked is held within bounds."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return None
    parts = zipfile.ZipFile(io.BytesIO(data))
    size = sum(part.file_size for part in parts.infolist()) / 1_000_000
    if size > source.max_megabytes:
        problem = f"Unpacked, the file is larger than {source.max_megabytes:g} megabytes."
        remedy = "If it should be, raise max_megabytes for it in data/sources.toml."
        raise mistake(source, problem, remedy)
    return parts


def _sheet(data: bytes, source: Source) -> tuple[CalamineSheet, CalamineWorkbook]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        name = source.sheet or (names[0] if len(names) == 1 else "")
        if name in names:
            return book.get_sheet_by_name(name), book
    except PasswordError as error:
        remedy = "Save a copy without the password."
        raise mistake(source, "The workbook is protected by a password.", remedy) from error
    except (CalamineError, OSError, ValueError) as error:
        remedy = "Save it as a workbook; a text file needs the ending .csv."
        raise mistake(source, "The file is not a workbook.", remedy) from error
    if not name:
        problem = f"The workbook has {len(names)} sheets and the source names none."
        raise mistake(source, problem, f'Write sheet = "..." in data/sources.toml: {_said(names)}.')
    remedy = suggestion(name, names, f"Its sheets are {_said(names)}.")
    raise mistake(source, f"There is no sheet '{name}'.", remedy)


def _said(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:6]) + (" and more" if len(names) > 6 else "")


def _texts(name: str, column: tuple[object, ...]) -> pl.Series:
    return pl.Series(name, [_text(cell) for cell in column], dtype=pl.String)


def _text(cell: object) -> str | None:
    match cell:
        case str():
            return cell or None
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() != time():
            return cell.isoformat(timespec="seconds")
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return None if cell is None else str(cell)


def _refuse_merged(sheet: CalamineSheet, parts: zipfile.ZipFile | None, source: Source) -> None:
    ranges = sheet.merged_cell_ranges
    if ranges is None and parts:
        ranges = list(_merged_in_ods(parts, sheet.name))
    among = sorted(one for one in ranges or () if one[1][0] >= source.header_row - 1)
    if among:
        said = [f"{_address(*first)}:{_address(*last)}" for first, last in among[:3]]
        more = f" and {len(among) - 3} more" if len(among) > 3 else ""
        problem = f"Cells are merged: {', '.join(said)}{more}."
        remedy = "Unmerge them and write the value into each cell."
        raise mistake(source, problem, remedy, "" if source.sheet else f"sheet {sheet.name}")


def _address(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _merged_in_ods(
    parts: zipfile.ZipFile, name: str
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The ranges that are merged in one sheet of an ODS file, which calamine does not tell."""
    if "content.xml" not in parts.namelist():
        return
    content = parts.read("content.xml")
    if b"-columns-spanned=" not in content and b"-rows-spanned=" not in content:
        return
    for sheet in ElementTree.fromstring(content).iter(f"{_TABLE}table"):
        if sheet.get(f"{_TABLE}name") == name:
            yield from _spans(sheet)


def _spans(sheet: ElementTree.Element) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    row = 0
    for line in sheet.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line:
            wide = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
            high = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
            if wide > 1 or high > 1:
                yield (row, column), (row + high - 1, column + wide - 1)
            column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))


def _errors(parts: zipfile.ZipFile | None, sheet: int) -> Iterator[tuple[int, int, str]]:
    """Row, column (from 0) and text of the error cells of one sheet of an XLSX file."""
    if parts is None or "xl/workbook.xml" not in parts.namelist():
        return
    part = _sheet_part(parts, sheet)
    content = parts.read(part) if part in parts.namelist() else b""
    if b't="e"' not in content:
        return
    for cell in content.split(b"</c>"):
        tag, _, inside = cell[cell.rfind(b"<c ") :].partition(b">")
        if b't="e"' not in tag:
            continue
        at, value = _AT.search(tag), _VALUE.search(inside)
        if at and value:
            column = 0
            for letter in at[1]:
                column = column * 26 + letter - 64
            yield int(at[2]) - 1, column - 1, value[1].decode()


def _sheet_part(parts: zipfile.ZipFile, sheet: int) -> str:
    """The part that holds the sheet at this position, by way of the workbook's relations."""
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    ids = [
        next((value for key, value in one.attrib.items() if key.endswith("}id")), "")
        for one in book.iter()
        if one.tag.endswith("}sheet")
    ]
    relations = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    target = targets.get(ids[sheet], "") if sheet < len(ids) else ""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
