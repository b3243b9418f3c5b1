"""Reads delimited text (CSV and its cousins) as columns of texts.

The delimiter is the one of `, ; tab |` that the header uses most. The row numbers are the line
numbers of the file, also below a cell that runs over several lines.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from pathlib import Path

import polars as pl

from outturn.contracts.check import FINDINGS, finding
from outturn.framework.model import Source
from outturn.ingest.extract import Extract, column_names, mistake

SUFFIXES = (".csv", ".tsv", ".txt", ".gz")
DELIMITERS = (",", ";", "\t", "|")
_HEADER_BYTES = 1_000_000  # as far as a header may reach
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MALFORMED = (pl.exceptions.ComputeError, pl.exceptions.SchemaError, pl.exceptions.ShapeError)


def read(path: Path, source: Source) -> Extract:
    """Every line below the header. A line of another length than the header is a finding."""
    body = _utf8(_bytes(path, source), source)
    if not body.strip():
        raise mistake(source, "The file is empty.", "Give the file again, with its data.")
    header, first_line, start, separator = _header(body, source)
    names = column_names(header, source)
    rest = body[start:]
    cells, findings = _cells(rest, len(names), separator, source)
    rows = _line_numbers(cells, first_line, quoted=b'"' in rest)
    beyond = [f"column {i + 1} beyond the header" for i in range(len(names), cells.width)]
    cells.columns = [*names, *beyond]
    return Extract(cells, rows, findings)


def _bytes(path: Path, source: Source) -> bytes:
    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        most = int(source.max_megabytes * 1_000_000)
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(most + 1)
        except (OSError, EOFError) as error:
            remedy = "Give the file again: it may be cut short."
            raise mistake(source, "The file cannot be unpacked.", remedy) from error
        if len(data) > most:
            problem = f"Unpacked, the file is larger than {source.max_megabytes:g} megabytes."
            remedy = "If it should be, raise max_megabytes for it in data/sources.toml."
            raise mistake(source, problem, remedy)
    if data.startswith(_WORKBOOK):
        remedy = "Give it the ending .xlsx, .xls or .ods, or save it as text."
        raise mistake(source, "The file is a workbook, not text.", remedy)
    return data


def _utf8(data: bytes, source: Source) -> bytes:
    """The text in UTF-8 without a byte order mark, its lines ending as Polars reads them."""
    encoding = source.encoding
    try:
        name = codecs.lookup(encoding).name
        text = data.decode(name)
    except LookupError as error:  # also for a codec that is not for texts, as hex
        remedy = "Write utf-8, cp1252 or utf-16 as the encoding in data/sources.toml."
        raise mistake(source, f"There is no encoding '{encoding}'.", remedy) from error
    except UnicodeError as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        better = "utf-16" if utf16 else "utf-8" if name != "utf-8" else "cp1252"
        remedy = f'Perhaps encoding = "{better}" in data/sources.toml, or save the file as UTF-8.'
        problem = f"The file is not encoded in {encoding}."
        raise mistake(source, problem, remedy, f"line {line}") from error
    if name not in ("utf-8", "utf-8-sig", "ascii"):
        if _is_utf8(data):
            remedy = 'Write encoding = "utf-8" in data/sources.toml.'
            raise mistake(source, f"The file is encoded in utf-8, not in {encoding}.", remedy)
        data = text.encode()
    if b"\x00" in data:
        remedy = 'Perhaps encoding = "utf-16" in data/sources.toml.'
        raise mistake(source, f"The file is not text in {encoding}.", remedy)
    data = data.removeprefix(codecs.BOM_UTF8)
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII make up UTF-8, which text in another encoding never does."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _header(body: bytes, source: Source) -> tuple[list[str], int, int, str]:
    """The header, the line on which the data begin, where that line starts, and the delimiter."""
    start = 0
    for _ in range(source.header_row - 1):
        start = body.find(b"\n", start) + 1
        if not start:
            break
    if source.header_row < 1 or start >= len(body) or (source.header_row > 1 and not start):
        problem = "The file has no such row to take the column names from."
        remedy = "Put header_row right in data/sources.toml."
        raise mistake(source, problem, remedy, f"header row {source.header_row}")
    text = body[start : start + _HEADER_BYTES].decode("utf-8", errors="ignore")
    bare = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    separator = max(DELIMITERS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = next(reader)
    except (StopIteration, csv.Error) as error:
        remedy = "Put header_row right in data/sources.toml."
        raise mistake(source, "The row holds no column names.", remedy) from error
    for _ in range(reader.line_num):
        start = body.find(b"\n", start) + 1 or len(body)
    return header, source.header_row + reader.line_num, start, separator


def _cells(
    body: bytes, width: int, separator: str, source: Source
) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        cells = _parsed(body, width, separator)
        if _even(body, cells, separator):
            return cells, pl.DataFrame(schema=FINDINGS)
    except _MALFORMED:
        pass
    return _uneven(body, width, separator, source)


def _parsed(body: bytes, width: int, separator: str) -> pl.DataFrame:
    """The lines as `width` columns of texts. A header of our own settles the width for Polars."""
    names = [f"{i}" for i in range(width)]
    if not body.lstrip(b"\r\n"):
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    header = separator.join(names).encode() + b"\n"
    return pl.read_csv(header + body, infer_schema=False, separator=separator)


def _even(body: bytes, cells: pl.DataFrame, separator: str) -> bool:
    """Whether every line has as many cells as the header, told from the number of delimiters."""
    inside = 0
    if b'"' in body:
        counted = pl.all().str.count_matches(separator, literal=True).sum()
        inside = sum(cells.select(counted).row(0)) if cells.height else 0
    step = cells.width - 1
    if step * cells.height == body.count(separator.encode()) - inside:
        return True  # Polars refuses a line that is longer, so none is shorter either
    return b'"' not in body and _lines_even(body, cells, separator)


def _lines_even(body: bytes, cells: pl.DataFrame, separator: str) -> bool:
    """Whether every line that is not blank has as many delimiters as the header."""
    lines = pl.Series([body.decode()]).str.split("\n").explode().head(cells.height)
    blank = cells.select(pl.all_horizontal(pl.all().is_null()).alias("blank"))["blank"]
    full = lines.str.count_matches(separator, literal=True) == cells.width - 1
    return lines.len() == cells.height and bool((blank | full).all())


def _uneven(
    body: bytes, width: int, separator: str, source: Source
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of a file whose lines differ in length, which lines being counted one by one."""
    remedy = "Look for a quotation mark that is opened and not closed, and save the file again."
    broken = mistake(source, "The file cannot be taken apart into rows and cells.", remedy)
    try:
        text = io.StringIO(body.decode(), newline="")
        counts = [len(line) for line in csv.reader(text, delimiter=separator)]
        cells = _parsed(body, max([width, *counts]), separator)
    except (csv.Error, *_MALFORMED) as error:
        raise broken from error
    if cells.height != len(counts):
        raise broken
    lengths = pl.Series(counts, dtype=pl.Int64)
    beyond = cells.select(pl.any_horizontal(pl.nth(range(width, cells.width)).is_not_null()))
    longer = (
        beyond.to_series() if cells.width > width else pl.repeat(False, cells.height, eager=True)
    )
    shorter = (lengths > 0) & (lengths < width)
    remedy = "Look for a delimiter too many or too few; put quotation marks round a cell with one."
    more, fewer = "the row has {} cells than the header".format, "the whole row"
    findings = [
        finding(longer.arg_true(), fewer, more("more"), remedy),
        finding(shorter.arg_true(), fewer, more("fewer"), remedy),
    ]
    return cells, pl.concat(findings)


def _line_numbers(cells: pl.DataFrame, first: int, quoted: bool) -> pl.Series:
    numbers = pl.int_range(first, first + cells.height, dtype=pl.Int64, eager=True).alias("row")
    if not quoted or not cells.height:
        return numbers
    breaks = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True))
    inner = cells.select(breaks.cast(pl.Int64).fill_null(0).alias("row"))["row"]
    return numbers + inner.cum_sum().shift(1, fill_value=0)
