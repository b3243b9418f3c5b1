"""Rows kept aside, with their cells, where the person who mends them finds them.

No vintage, paper or export holds a cell of such a row, and no command prints one. They are in one
file, beside what is remembered of the data, which nobody but its owner may read.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import polars as pl

from outturn.commands.folder import CACHE
from outturn.commands.in_place import in_place
from outturn.ingest import COPY, UNASKED, WRONG
from outturn.ingest.store import hidden

WHERE_AND_WHY = ("source", "file", "row", "column", "reason")
_OWNER_ONLY = 0o600


def file_of(folder: Path, vintage: str) -> Path:
    """Where the rows that a build kept aside are, if it kept any aside."""
    return folder / CACHE / "rejected" / f"{vintage}.csv"


def write_aside(folder: Path, vintage: str, rejected: pl.DataFrame) -> None:
    """Write the rows to be mended, in place of those of an earlier build of the same name.

    Rows that nobody asked for, and copies, need no mending. A disk that cannot be written stops
    no build, which is kept by now: `outturn rejected` says whether the file is there.
    """
    wrong = to_mend(rejected)
    file = file_of(folder, vintage)
    try:
        if wrong.is_empty():
            file.unlink(missing_ok=True)
            return
        hidden(folder / CACHE)
        file.parent.mkdir(exist_ok=True)
        with in_place(file) as beside:
            opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with os.fdopen(opened, "wb") as to:
                _with_cells(wrong).write_csv(to)
    except OSError:
        pass


def to_mend(rejected: pl.DataFrame) -> pl.DataFrame:
    """The rows that are wrong. A vintage of before the kinds were told apart holds no other."""
    return rejected.filter(pl.col("kind").fill_null(WRONG) == WRONG)


def told_of(folder: Path, vintage: str, rejected: pl.DataFrame) -> tuple[str, ...]:
    """How many rows of each kind were kept aside, and where the cells of the wrong ones are."""
    if rejected.is_empty():
        return ("No row was kept aside.",)
    number = to_mend(rejected).height
    said = ["No row is to be mended."] if not number else [_where(number, folder, vintage)]
    others = {UNASKED: "that nobody asked for", COPY: "that say the same as an earlier source"}
    for kind, words in others.items():
        if some := rejected.filter(kind=kind).height:
            said.append(f"{_rows(some)} of releases {words}: left out, and nothing to mend.")
    return tuple(said)


def _where(number: int, folder: Path, vintage: str) -> str:
    file = file_of(folder, vintage)
    their = "its" if number == 1 else "their"
    if file.is_file():
        return f"{_rows(number)}, with {their} cells: {file}"
    return f"{_rows(number)}. {their.capitalize()} cells are not here: build again to have them."


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _with_cells(rejected: pl.DataFrame) -> pl.DataFrame:
    """Where and why, then a column for each of the files'; those of other files are empty."""
    lines = "\n".join(rejected["cells"]).encode()
    cells = pl.read_ndjson(BytesIO(lines), infer_schema_length=None)
    cells = cells.rename({name: _in_the_file(name, cells.columns) for name in cells.columns})
    return pl.concat([rejected.select(WHERE_AND_WHY), cells], how="horizontal")


def _in_the_file(name: str, taken: list[str]) -> str:
    """The name of a column of a file, told apart from ours: mended rows may come back as a file."""
    said = name
    while said in WHERE_AND_WHY or (said != name and said in taken):
        said += " (in the file)"
    return said
