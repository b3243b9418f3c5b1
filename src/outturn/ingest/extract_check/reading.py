"""Reads an extract for the checker: every row is kept, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.cld import specification
from outturn.framework.model import Source
from outturn.ingest import readers
from outturn.ingest.extract import without_blank_rows
from outturn.ingest.mapping import columns_of

_BEYOND = "beyond the header"  # columns that a row has and the header has not


@dataclass(frozen=True)
class Read:
    """The file as it was read.

    `cells` holds a text for each field of the contract, without blanks around it, null where it is
    empty. `padded` says where there were blanks around it, for the fields in which there are any.
    """

    cells: pl.DataFrame
    rows: pl.Series  # the numbers of the rows in the file
    missing: tuple[str, ...]  # fields that no column fills
    unused: tuple[str, ...]  # columns that fill no field
    uneven: pl.Series  # positions of rows with more or fewer cells than the header
    padded: Mapping[str, pl.Series] = field(default_factory=dict)
    days: Mapping[str, pl.Series] = field(default_factory=dict)


def read_extract(path: Path, source: Source, contract: Contract) -> Read:
    """Every row of the file that is not blank, under the contract's names.

    Raises what is wrong with the file as a whole: it is not a table, or lacks a column without
    which nothing can be said.
    """
    extract = without_blank_rows(readers.read(path, source), source)
    from_file = columns_of(extract.cells, source, contract, specification().essential)
    columns = {name: _texts(extract.cells, at) for name, at in from_file.items() if at}
    for name, text in source.constants.items():
        columns[name] = pl.repeat(str(text), extract.cells.height, dtype=pl.String, eager=True)
    for name, words in source.values.items():
        if name in columns:
            columns[name] = _in_words_of_the_contract(columns[name], words)
    absent = [name for name in contract.names if name not in columns]
    nothing = pl.repeat(None, extract.cells.height, dtype=pl.String, eager=True)
    every = [columns.get(name, nothing).alias(name) for name in contract.names]
    cells, padded = _bare(pl.DataFrame(every), contract)
    used = set(from_file.values())
    return Read(
        cells=cells,
        rows=extract.rows,
        missing=tuple(absent),
        unused=tuple(
            name for name in extract.cells.columns if name not in used and _BEYOND not in name
        ),
        uneven=extract.findings["index"].unique().sort(),
        padded=padded,
        days={name: extract.days[at] for name, at in from_file.items() if at in extract.days},
    )


def _bare(cells: pl.DataFrame, contract: Contract) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The cells without blanks around them, null where they stand for an empty one; and where
    there were blanks, for the columns that have any."""
    bare = cells.select(pl.all().str.strip_chars())
    lengths = pl.all().str.len_bytes()
    shorter = cells.select(lengths.sum()).row(0), bare.select(lengths.sum()).row(0)
    empty = bare.select(pl.all().is_in(list(contract.missing)).any()).row(0)
    padded = {
        name: (bare[name] != cells[name]).fill_null(False)
        for name, before, after in zip(cells.columns, *shorter, strict=True)
        if before != after
    }
    none = [name for name, some in zip(cells.columns, empty, strict=True) if some]
    stand_for_empty = pl.col(none).is_in(list(contract.missing))
    return bare.with_columns(pl.when(~stand_for_empty).then(pl.col(none))), padded


def _texts(cells: pl.DataFrame, column: str) -> pl.Series:
    return cells[column].cast(pl.String)


def _in_words_of_the_contract(column: pl.Series, words: Mapping[str, str]) -> pl.Series:
    """A cell that the source's `values` name, blanks apart, in the words given for it."""
    frame = column.alias("cell").to_frame()
    said = pl.col("cell").str.strip_chars()
    known = said.is_in(list(words))
    return frame.select(pl.when(known).then(said.replace(dict(words))).otherwise("cell"))["cell"]
