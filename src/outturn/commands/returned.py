"""Reads a list of the people that somebody else counted, and finds ours among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from outturn.databases import InFiles
from outturn.ingest.extract import listed
from outturn.terms.errors import ExtractMistake, raise_all

_YES, _NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")
_MARKS = {";": "semicolon", "\t": "tab", "|": "bar"}  # between columns, in place of commas
_NOT_UTF_8 = "The list is not encoded in UTF-8."
_NOT_APART = "The list cannot be taken apart into rows and cells."
_SAFE = r"^'([=+\-@])"  # a sign behind an apostrophe, as the file of names writes it
# How a derivation of client level data names a person: the council, what the number is, the number.
_MARKED = r"^.+? (?:NHS|ID) (.+)$"
_IDS = ("person", "person_id", "nhs_number", "carer")  # columns that name somebody


def returned_people(file: Path) -> pl.DataFrame:
    """The list: `person`, and whether each is in the `top` too.

    The file has a column `person`, and one `numerator` with yes or no where the figure has two
    parts; without it everybody is in both. Raises every row that says neither, or names nobody.
    """
    try:
        table = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ExtractMistake(
            where=str(file),
            problem=_unreadable(file, error),
            remedy="Give a CSV file with a column 'person', and one 'numerator' with yes or no.",
        ) from None
    if "person" not in table.columns:
        apart = next((word for mark, word in _MARKS.items() if mark in table.columns[0]), "")
        columns = (
            f": its columns are parted by {apart}s" if len(table.columns) == 1 and apart else ""
        )
        if _is_otherwise_encoded(file):
            remedy = "Save the file as UTF-8."
            raise ExtractMistake(where=str(file), problem=_NOT_UTF_8, remedy=remedy)
        raise ExtractMistake(
            where=f"{file}, header row",
            problem=f"There is no column 'person'{columns}.",
            remedy="Save it with commas between the columns."
            if columns
            else "Name the column of identifiers 'person'.",
        )
    raise_all(_unclear(table, file))
    yes = _word("numerator").is_in(_YES) if "numerator" in table.columns else pl.lit(True)
    person = pl.col("person").str.strip_chars().str.replace(_SAFE, "$1")
    return table.filter(_filled()).select(person, yes.alias("top"))


def _unreadable(file: Path, error: Exception) -> str:
    """Why nothing can be read of the file, without a cell of it."""
    if file.is_dir():
        return "It is a folder, and not a list."
    if not file.exists():
        return "There is no such file."
    if isinstance(error, pl.exceptions.NoDataError):
        return "The list is empty."
    if isinstance(error, OSError):
        return f"The list cannot be read ({error.strerror or type(error).__name__})."
    return _NOT_UTF_8 if _is_otherwise_encoded(file) else _NOT_APART


def _is_otherwise_encoded(file: Path) -> bool:
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _unclear(table: pl.DataFrame, file: Path) -> Iterator[ExtractMistake]:
    """Rows of which nobody can tell whom they mean, or where the person was counted."""
    tests = {"person": (_word("person").fill_null("") == "", "names nobody", "name nobody",
                        "Fill in the identifier, or take the row out.")}  # fmt: skip
    if "numerator" in table.columns:
        neither = ~_word("numerator").is_in([*_YES, *_NO]).fill_null(False)
        tests["numerator"] = (neither, "says neither yes nor no", "say neither yes nor no",
                              "Write yes for who is in the numerator too, else no.")  # fmt: skip
    for column, (fails, one, several, remedy) in tests.items():
        rows = (
            table.select((fails & _filled()).arg_true() + 2).to_series().to_list()
        )  # below the header
        if rows:
            yield ExtractMistake(
                where=f"{file}, column {column}, {listed(rows, len(rows))}",
                problem=f"{len(rows):,} {'row ' + one if len(rows) == 1 else 'rows ' + several}.",
                remedy=remedy,
            )


def _filled() -> pl.Expr:
    """Whether a row holds anything: a blank line says nothing."""
    return ~pl.all_horizontal(pl.all().is_null())


def _word(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().str.to_lowercase()


def as_ours(asked: pl.Series, ours: pl.Series) -> tuple[pl.Series, int]:
    """The ids of a list as our records write them, and how many could be more than one person's.

    An id that is written as ours stays as it is. Another is taken for the one person whose number
    it is, whatever its capitals and blanks; where it is the number of several, or of nobody, it
    stays as it is too.
    """
    known = ours.drop_nulls().unique().alias("whole").to_frame()
    numbers = known.with_columns(plain=_plain(pl.col("whole").str.extract(_MARKED)))
    found = numbers.drop_nulls().group_by("plain").agg("whole")
    each = pl.DataFrame({"listed": asked}).with_columns(plain=_plain(pl.col("listed")))
    each = each.join(found, on="plain", how="left", maintain_order="left")
    exact = pl.col("listed").is_in(known["whole"].implode())
    several = (pl.col("whole").list.len() > 1).fill_null(False) & ~exact
    one = (pl.col("whole").list.len() == 1).fill_null(False) & ~exact
    told = each.select(
        person=pl.when(one).then(pl.col("whole").list.first()).otherwise("listed"), several=several
    )
    return told["person"], int(told["several"].sum())


def in_no_table(asked: pl.Series, tables: Mapping[str, pl.DataFrame | InFiles]) -> pl.Series:
    """The ids that no row of any table has, however it writes them."""
    plain = asked.unique().alias("id").to_frame().with_columns(plain=_plain(pl.col("id")))
    for rows in tables.values():
        read = rows.lazy() if isinstance(rows, pl.DataFrame) else _scanned(rows)
        columns = [name for name, kind in read.collect_schema().items()
                   if name in _IDS and kind == pl.String]  # fmt: skip
        for name in columns:
            whole = read.select(pl.col(name).alias("whole")).drop_nulls().unique()
            number = _plain(pl.col("whole").str.extract(_MARKED))
            ours = pl.concat(
                [whole.select(plain=_plain(pl.col("whole"))), whole.select(plain=number)]
            )
            plain = plain.join(ours.collect(), on="plain", how="anti")
    return plain["id"]


def _scanned(rows: InFiles) -> pl.LazyFrame:
    return pl.scan_parquet(list(rows.files), glob=False)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"\s", "").str.to_lowercase()
