"""Reads an extract for the checker: every row is kept, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from outturn.contracts import Contract
from outturn.contracts.cld import specification
from outturn.contracts.not_typed import MONTH_FIRST, month_first
from outturn.framework.model import Source
from outturn.ingest import readers
from outturn.ingest.extract import mistake, without_blank_rows
from outturn.ingest.mapping import columns_of, in_days
from outturn.terms.errors import ExtractMistake, raise_all

_BEYOND = "beyond the header"  # columns that a row has and the header has not


@dataclass(frozen=True)
class Files:
    """The files of an extract that came in several, in their order. A row of any of them has one
    number: its own in its file, and the `before` of that file more."""

    names: tuple[str, ...] = ()
    before: tuple[int, ...] = ()

    def of(self, rows: pl.Series) -> pl.Series:
        """The name of the file that each row lies in."""
        return pl.Series(self.names, dtype=pl.String).gather(self._at(rows))

    def numbers(self, rows: pl.Series) -> pl.Series:
        """The number of each row in its own file; where all lie in one file, as it is."""
        return rows - pl.Series(self.before).gather(self._at(rows)) if self.names else rows

    def _at(self, rows: pl.Series) -> pl.Series:
        """The position of each row's file; null for no row."""
        at = pl.Series(self.before).search_sorted(rows.fill_null(1), side="left").cast(pl.Int64) - 1
        return at.set(rows.is_null(), None)


@dataclass(frozen=True)
class Read:
    """The file as it was read, or several as one.

    `cells` holds a text for each field of the contract, without blanks around it, null where it is
    empty. `padded` says where there were blanks around it, for the fields in which there are any.
    """

    cells: pl.DataFrame
    rows: pl.Series  # the numbers of the rows in the file, or of all files as `files` has them
    missing: tuple[str, ...]  # fields that no column fills
    unused: tuple[str, ...]  # columns that fill no field
    uneven: pl.Series  # positions of rows with more or fewer cells than the header
    padded: Mapping[str, pl.Series] = field(default_factory=dict)
    days: Mapping[str, pl.Series] = field(default_factory=dict)
    files: Files = Files()


def read_extract(path: Path, source: Source, contract: Contract) -> Read:
    """Every row of the file that is not blank, under the contract's names.

    Raises what is wrong with the file as a whole: it is not a table, lacks a column without which
    nothing can be said, or has days in which the month seems to stand first.
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
    cells, padded = _bare(in_days(pl.DataFrame(every), source, contract), contract)
    days = [one for one in contract.fields if one.type == "date" and not source.dates]
    if odd := [one.name for one in days if month_first(one, cells[one.name].unique())]:
        raise _months_first(source, [from_file[name] or name for name in odd])
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


def _months_first(source: Source, columns: Sequence[str]) -> ExtractMistake:
    """Many of such days can be read both ways: judged by a guess, half would be called wrong."""
    problem = (
        "Perhaps the month stands first in its days: of some the second number is over 12, and of "
        "none the first. No day is read by a guess."
    )
    named = f"column{'s' if len(columns) > 1 else ''} {', '.join(columns)}"
    return mistake(source, problem, MONTH_FIRST, named)


def together(paths: Sequence[Path], read: Sequence[Read]) -> Read:
    """The files as one extract, a row of each known by its file and its number there.

    Raises what is wrong with those that do not fill the fields that the first one fills.
    """
    raise_all(_unlike_the_first(paths, read))
    heights = [one.cells.height for one in read]
    starts = [sum(heights[:at]) for at in range(len(read))]
    last = [int(one.rows[-1]) for one in read]
    before = tuple(sum(last[:at]) for at in range(len(read)))
    uneven = [one.uneven + start for one, start in zip(read, starts, strict=True)]
    return Read(
        cells=pl.concat([one.cells for one in read]),
        rows=pl.concat([one.rows + more for one, more in zip(read, before, strict=True)]),
        missing=read[0].missing,
        unused=tuple(dict.fromkeys(name for one in read for name in one.unused)),
        uneven=pl.concat(uneven),
        padded=_flags([one.padded for one in read], heights),
        days=_flags([one.days for one in read], heights),
        files=Files(tuple(path.name for path in paths), before),
    )


def _unlike_the_first(paths: Sequence[Path], read: Sequence[Read]) -> Iterator[ExtractMistake]:
    first = set(read[0].missing)
    for path, one in zip(paths, read, strict=True):
        lacks, has = sorted(set(one.missing) - first), sorted(first - set(one.missing))
        said = [f"it lacks {', '.join(lacks)}"] if lacks else []
        said += [f"it has {', '.join(has)} besides"] if has else []
        if said:
            yield ExtractMistake(
                where=str(path),
                problem=f"Its columns are not those of {paths[0].name}: {', and '.join(said)}.",
                remedy="Give every file of the extract the same columns, or check it by itself.",
            )


def _flags(each: Sequence[Mapping[str, pl.Series]], heights: Sequence[int]) -> dict[str, pl.Series]:
    """Columns of yes and no that only some of the files have: in the others it is no."""
    names = dict.fromkeys(name for one in each for name in one)
    no = [pl.repeat(False, height, dtype=pl.Boolean, eager=True) for height in heights]
    return {
        name: pl.concat([one.get(name, none) for one, none in zip(each, no, strict=True)])
        for name in names
    }


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
