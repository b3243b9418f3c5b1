"""The file of `outturn people`: it names people, so only its owner may read it."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import polars as pl

from outturn.commands.folder import CACHE
from outturn.commands.in_place import in_place
from outturn.ingest.store import hidden
from outturn.terms.errors import DefinitionMistake

FOUND = (
    "person", "own_id", "where", "why", "sequel", "step", "table", "record", "source", "file",
    "row",
)  # fmt: skip
_BEFORE = (  # what earlier versions wrote
    ("person", "where", "why", "table", "source", "row"),
    tuple(one for one in FOUND if one != "file"),
)
_OWNER_ONLY = 0o600
BOTTOM = "denominator only"
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


def as_told(found: pl.DataFrame) -> pl.DataFrame:
    """The lines with the columns of FOUND: who is in the denominator only is told what came after.

    On the screen the rule stands alone: the words of a record are in the file only.
    """
    after = pl.concat_str(
        pl.lit("sequel: ") + pl.col("sequel"),
        pl.lit("step ") + pl.col("step"),
        separator=", ",
        ignore_nulls=True,
    )
    why = pl.when((pl.col("where") == BOTTOM) & pl.col("sequel").is_not_null()).then(
        pl.col("why") + pl.lit("; ") + after
    )
    return found.with_columns(why=why.otherwise("why")).select(FOUND)


def hidden_file(folder: Path, name: str) -> Path:
    """Where the names go when nothing else is said: where version control does not look."""
    hidden(folder / CACHE)
    (folder / CACHE / "people").mkdir(exist_ok=True)
    return folder / CACHE / "people" / name


def names_people(file: Path) -> bool:
    """Whether the header of a file is that of one which this command wrote."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            header = tuple(next(csv.reader(opened), ()))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return header in (FOUND, *_BEFORE) or (
        len(header) == 7 and header == _of_two(header[1], header[4])
    )


def _of_two(name: str, other: str) -> tuple[str, ...]:
    """The header of a file that holds one figure against another."""
    each = [(one, f"why in {one}", f"records in {one}") for one in (name, other)]
    return ("person", *each[0], *each[1])


def told_in(lines: pl.DataFrame, file: Path) -> Path | None:
    """The file with the lines. For nobody there is none: neither a new one nor an earlier one."""
    if lines.height:
        _write(lines, file)
        return file
    file.unlink(missing_ok=True)
    return None


def _write(lines: pl.DataFrame, file: Path) -> None:
    """The lines as a file that nobody but its owner may read, whole or not at all."""
    safe = lines.with_columns(_told_plainly(n) for n, k in lines.schema.items() if k == pl.String)
    try:
        with in_place(file) as beside:
            opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            with os.fdopen(opened, "wb") as to:
                safe.write_csv(to)
    except OSError as error:
        raise DefinitionMistake(
            where="the command, --to",
            problem=f"The file cannot be written there ({error.strerror}).",
            remedy="Name a file in a folder that you may write to.",
        ) from error


def _told_plainly(name: str) -> pl.Expr:
    """A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    risky = pl.any_horizontal(pl.col(name).str.starts_with(sign) for sign in _RISKY)
    return pl.when(risky).then(pl.lit("'") + pl.col(name)).otherwise(pl.col(name)).alias(name)
