"""What a reader hands on: the cells of one data file as texts, a column each, and nothing judged.

Reading raises an `ExtractMistake` for trouble with the file as a whole. Trouble with single rows
travels along as findings, so that a bad line costs one row and not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from outturn.contracts.check import FINDINGS
from outturn.framework.model import Source
from outturn.terms.errors import ExtractMistake


@dataclass(frozen=True, slots=True)
class Extract:
    """The cells of a table; an empty cell is null. `rows` are numbered as in the file, from 1.

    `days` says, for each column that has one, which cells are days in the file, and not texts.
    """

    cells: pl.DataFrame
    rows: pl.Series
    findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FINDINGS))
    days: Mapping[str, pl.Series] = field(default_factory=dict)


def place_of(source: Source) -> str:
    """Where a person looks for the table of a source."""
    if source.server:
        return source.named
    sheet = f", sheet {source.sheet}" if source.sheet else ""
    table = f", table {source.table}" if source.table else ""
    return f"{source.named}{sheet}{table}"


def mistake(source: Source, problem: str, remedy: str, at: str = "") -> ExtractMistake:
    """A mistake about a file as a whole: a build stops at it. Rows set aside are a RowsMistake."""
    where = place_of(source) + (f", {at}" if at else "")
    return ExtractMistake(where=where, problem=problem, remedy=remedy)


def column_names(header: Iterable[object], source: Source) -> list[str]:
    """The names in a header, trimmed; a nameless column is named for its position.

    Columns of the same name are named by position in the mistake: where the wrong row is taken
    for the header, its cells are data.
    """
    names = [" ".join(str(cell or "").split()) for cell in header]
    if not any(names):
        remedy = "Give the row that holds the column names as header_row in data/sources.toml."
        raise mistake(
            source, "The row holds no column names.", remedy, f"header row {source.header_row}"
        )
    at: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name in at:
            problem = f"Columns {at[name]} and {position} have the same name."
            remedy = "Rename or remove one of them, or put header_row right in data/sources.toml."
            raise mistake(source, problem, remedy, f"header row {source.header_row}")
        if name:
            at[name] = position
    return [name or f"column {i} without a name" for i, name in enumerate(names, start=1)]


def without_blank_rows(extract: Extract, source: Source) -> Extract:
    """The extract without rows that are blank in every column: they say nothing.

    A table that has no rows is a mistake.
    """
    cells = extract.cells
    blank = cells.select(pl.all_horizontal(pl.all().is_null()).alias("blank"))["blank"]
    if blank.len() == 0 or blank.all():
        remedy = "Give a file with data, or take the source out of data/sources.toml."
        raise mistake(source, "There are no rows below the column names.", remedy)
    if not blank.any():
        return extract
    kept = pl.DataFrame({"index": (~blank).arg_true().cast(pl.Int64)}).with_row_index("now")
    findings = extract.findings.join(kept, on="index", how="inner", maintain_order="left")
    findings = findings.with_columns(pl.col("now").cast(pl.Int64).alias("index")).drop("now")
    days = {name: one.filter(~blank) for name, one in extract.days.items()}
    return Extract(cells.filter(~blank), extract.rows.filter(~blank), findings, days)


def refuse_uneven(extract: Extract, source: Source, remedy: str) -> None:
    """Where a program writes the layout, a line of another length means a damaged file."""
    if extract.findings.height:
        rows = extract.rows.gather(extract.findings["index"])
        problem = "The row has more cells than the header, or fewer."
        raise mistake(source, problem, remedy, f"line {rows[0]}")


def numbered(frame: pl.DataFrame, source: Source) -> Extract:
    """The extract of a typed frame, its rows numbered from 1."""
    rows = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("row")
    days = {
        name: frame[name].is_not_null()
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Date | pl.Datetime)
    }
    return Extract(texts(frame, source), rows, days=days)


def heads_columns(names: Iterable[str], known: Iterable[str]) -> bool:
    """Whether a row of names is surely a header: at least one name is one that was expected.

    Where it is not, the names may be cells of data, which nobody is to be told.
    """
    return not {plain(name) for name in names}.isdisjoint(plain(name) for name in known)


def plain(name: str) -> str:
    """A name as it is compared: whatever its case, with space, hyphen and underscore alike."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def alike(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The first two positions (from 1) of each plain name that several of the names share."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(names, start=1):
        at.setdefault(plain(name), []).append(position)
    return {name: (found[0], found[1]) for name, found in at.items() if len(found) > 1}


def texts(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    """A typed frame as texts: whole numbers without a point, midnight as a day, exact otherwise."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Binary]
    if nested:
        problem = f"The column '{nested[0]}' holds lists or other things that are not cells."
        raise mistake(source, problem, "Give a table of plain columns.", f"column {nested[0]}")
    return frame.select(_text(name, kind) for name, kind in frame.schema.items())


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind.is_float():
        whole = (column == column.round()) & (column.abs() < 1e15)
        digits = column.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.when(whole).then(digits).otherwise(column.cast(pl.String)).alias(name)
    if kind.is_decimal():  # one scale for all its cells: 100.00 and 12.50
        digits = column.cast(pl.String)
        ended = digits.str.strip_chars_end("0").str.strip_chars_end(".")
        return (
            pl.when(digits.str.contains(".", literal=True))
            .then(ended)
            .otherwise(digits)
            .alias(name)
        )
    if isinstance(kind, pl.Datetime):
        day = column.dt.date().cast(pl.String)
        at = column.dt.strftime("%Y-%m-%dT%H:%M:%S")
        return pl.when(column.dt.truncate("1d") == column).then(day).otherwise(at).alias(name)
    return column.cast(pl.String)


def listed(numbers: Sequence[int], count: int, noun: str = "row") -> str:
    """`row 4`, `rows 4, 9 and 12`, `rows 4, 9, 12 and 7 more`: where `count` rows are."""
    shown = [f"{number}" for number in numbers[:3]]
    if count == 1:
        return f"{noun} {shown[0]}"
    if count > len(shown):
        return f"{noun}s {', '.join(shown)} and {count - len(shown)} more"
    return f"{noun}s {', '.join(shown[:-1])} and {shown[-1]}"
