"""Brings the columns of a file to the names of its contract: columns, constants and values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

import polars as pl

from outturn.contracts.check import MIDNIGHT, TIME, filled
from outturn.contracts.cld import specification
from outturn.contracts.model import MOMENT, Contract, Field
from outturn.framework.model import Source
from outturn.framework.sources import DAY_FIRST, MONTH_FIRST
from outturn.ingest.allowed_words import CLD, mapped_words
from outturn.ingest.extract import Extract, alike, heads_columns, mistake, plain
from outturn.terms.errors import ExtractMistake, raise_all, suggestion

_FORMS = {
    DAY_FIRST: ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d"),
    MONTH_FIRST: ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d"),
}
_MIDNIGHT = r"[T ]00:00(:00(\.0+)?)?$"
_FEW = 3  # columns that are named; a table that must have fewer may be told of one by one
_NEAR = 0.8  # how alike two names are before one is taken for a slip of the other


def mapped(extract: Extract, source: Source, contract: Contract) -> pl.DataFrame:
    """The columns of the contract that the file, or the source's constants, can fill.

    Empty cells and surrounding spaces are settled here, then the source's words are put into the
    contract's.
    """
    cells = extract.cells
    from_file = columns_of(cells, source, contract, needed(contract))
    columns = [
        filled(_column(extract, name, contract.field(field)), contract.missing).alias(field)
        for field, name in from_file.items()
        if name in cells.columns
    ]
    columns += [
        pl.repeat(str(text), cells.height, dtype=pl.String).alias(field)
        for field, text in source.constants.items()
    ]
    frame = cells.select(columns)
    frame = frame.with_columns(
        filled(pl.col(field).replace(dict(words)), contract.missing).alias(field)
        for field, words in source.values.items()
        if field in frame.columns
    )
    return in_days(frame, source, contract)


def in_days(frame: pl.DataFrame, source: Source, contract: Contract) -> pl.DataFrame:
    """Where the source says what stands first in its days, these with the year first; other texts
    as they are.

    A day with the year first is itself: no text is read in two ways.
    """
    if not source.dates:
        return frame
    forms = _FORMS[source.dates]
    return frame.with_columns(
        _year_first(pl.col(one.name), one, forms).alias(one.name)
        for one in contract.fields
        if one.type == "date" and one.name in frame.columns
    )


def _year_first(text: pl.Expr, field: Field, forms: Collection[str]) -> pl.Expr:
    behind = TIME if field.format == MOMENT else _MIDNIGHT
    bare = text.str.strip_chars().str.replace(behind, "")
    day = pl.coalesce(bare.str.to_date(form, strict=False) for form in forms)
    said = day.dt.strftime("%Y-%m-%d")
    return (said if field.format in ("default", MOMENT) else said + MIDNIGHT).fill_null(text)


def needed(contract: Contract) -> list[str]:
    """The columns without which a file is not the table: those that every row must fill, and of
    client level data those without which nothing can be said, though a cell of them may be empty.
    """
    essential = specification().essential if contract.name == CLD else ()
    return [one.name for one in contract.fields if one.required or one.name in essential]


def columns_of(
    cells: pl.DataFrame, source: Source, contract: Contract, required: Collection[str]
) -> dict[str, str]:
    """The column of the file that fills each field of the contract; empty where none does.

    A field is known by its name or its title: whatever the case, with space, hyphen and underscore
    alike, and of a title the letters and digits alone. Raises every mistake in the names.
    """
    names = {plain(name): name for name in cells.columns}
    titles = {_bare(name): name for name in cells.columns}
    from_file = {field: _named(contract.field(field), source, names, titles)
                 for field in contract.names}  # fmt: skip
    raise_all(_mistakes(cells, from_file, source, contract, required))
    return from_file


def said_name(field: str, source: Source) -> str:
    """A contract's column as the person knows it: with the file's own name where that differs."""
    named = source.columns.get(field)
    return f"{named} ({field})" if named and named != field else field


def _named(field: Field, source: Source, names: dict[str, str], titles: dict[str, str]) -> str:
    if field.name in source.constants:
        return ""
    if field.name in source.columns:
        return " ".join(source.columns[field.name].split())
    by_title = titles.get(_bare(field.title), "") if field.title else ""
    return names.get(plain(field.name), by_title)


def _bare(name: str) -> str:
    """The letters and digits of a name: databases leave out the colons and brackets of a title."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _column(extract: Extract, name: str, field: Field) -> pl.Expr:
    """The texts of a column; where its field states a form of dates, a day says that it is one."""
    text = pl.col(name)
    if name not in extract.days or field.type != "date" or field.format == "default":
        return text
    whole = text.str.len_chars() == len("2020-11-30")  # a moment within a day is none
    return pl.when(pl.lit(extract.days[name]) & whole).then(text + MIDNIGHT).otherwise(text)


def _another_kind(
    cells: pl.DataFrame,
    from_file: dict[str, str],
    source: Source,
    contract: Contract,
    required: Collection[str],
) -> tuple[str, str] | None:
    """What is wrong and what to do where a file has no column of the contract, and maps none."""
    if len(required) < _FEW or source.columns or source.constants or any(from_file.values()):
        return None
    if any(_near(contract.field(name), cells.columns) for name in required):
        return None
    lacks = sorted(required)
    named = f"{', '.join(lacks[:_FEW])} and {len(lacks) - _FEW} more" if lacks[_FEW:] else (
        ", ".join(lacks))  # fmt: skip
    return (
        f"None of the columns of '{source.contract}' is there, of which it must have {named}.",
        "Give a file of that kind. If this is one, put header_row right in data/sources.toml, or "
        'write columns = { column = "its name in the file" } there for each.',
    )


def _mistakes(
    cells: pl.DataFrame,
    from_file: dict[str, str],
    source: Source,
    contract: Contract,
    required: Collection[str],
) -> Iterator[ExtractMistake]:
    yield from _unknown_words(source, contract)
    yield from mapped_words(source, contract)
    header = f"header row {source.header_row}"
    yield from _outdone(cells, source, contract, header)
    yield from _doubled(cells, from_file, source, header)
    yield from _titled_too(cells, from_file, source, contract, header)
    if kind := _another_kind(cells, from_file, source, contract, required):
        yield mistake(source, *kind, header)
        return
    sure = heads_columns(cells.columns, filter(None, from_file.values()))
    told = cells.columns if sure else []  # else they may be cells
    unused = [name for name in told if name not in from_file.values()]
    for field, name in from_file.items():
        if name and name not in cells.columns:
            problem = f"There is no column '{name}', which is to fill '{field}'."
            otherwise = f"Put columns.{field} right in data/sources.toml."
            yield mistake(source, problem, suggestion(name, told, otherwise), header)
    for one in contract.fields:
        must = one.name in required
        left_out = one.name in source.columns and not must
        if from_file[one.name] or one.name in source.constants or left_out:
            continue
        name = _near(one, unused)
        if must:
            said = name or "its name in the file"
            remedy = f'Write columns = {{ {one.name} = "{said}" }} in data/sources.toml.'
            if name:
                remedy = f"Did you mean '{name}'? {remedy}"
            yield mistake(source, f"There is no column '{one.name}'.", remedy, header)
        elif name:
            problem = f"The column '{name}' is not used, and nothing fills '{one.name}'."
            remedy = (
                f'Write columns = {{ {one.name} = "{name}" }} in data/sources.toml, '
                f'or {one.name} = "" when it is another thing.'
            )
            yield mistake(source, problem, remedy, header)


def _near(field: Field, unused: list[str]) -> str:
    """The unused column whose name is a slip of the field's name or title; empty where none is."""
    for told, asked in ((plain, plain(field.name)), (_bare, _bare(field.title))):
        near = get_close_matches(asked, [*map(told, unused)], n=1, cutoff=_NEAR) if asked else []
        if near:
            return next(name for name in unused if told(name) == near[0])
    return ""


def _titled_too(
    cells: pl.DataFrame,
    from_file: dict[str, str],
    source: Source,
    contract: Contract,
    header: str,
) -> Iterator[ExtractMistake]:
    """Fields of which one column has the name and another the title."""
    for one in contract.fields:
        if not one.title or one.name in source.columns or one.name in source.constants:
            continue
        both = {
            name: position
            for position, name in enumerate(cells.columns, start=1)
            if plain(name) == plain(one.name) or _bare(name) == _bare(one.title)
        }
        if len(both) > 1 and {plain(name) for name in both} != {plain(one.name)}:
            first, second, *_ = both.values()
            problem = f"Columns {first} and {second} could both fill '{one.name}'."
            remedy = (
                f'Write columns = {{ {one.name} = "its name in the file" }} in '
                "data/sources.toml, or rename one of them."
            )
            yield mistake(source, problem, remedy, header)


def _doubled(
    cells: pl.DataFrame, from_file: dict[str, str], source: Source, header: str
) -> Iterator[ExtractMistake]:
    """Columns that both could fill a field of which the source does not say which column does."""
    for name, (first, second) in alike(cells.columns).items():
        for field in from_file:
            said = field in source.columns or field in source.constants
            if plain(field) == name and not said:
                problem = (
                    f"Columns {first} and {second} are both called '{name}', "
                    "but for capitals, spaces or hyphens."
                )
                remedy = (
                    f'Write columns = {{ {field} = "its name in the file" }} in '
                    "data/sources.toml, or rename one of them."
                )
                yield mistake(source, problem, remedy, header)


def _outdone(
    cells: pl.DataFrame, source: Source, contract: Contract, header: str
) -> Iterator[ExtractMistake]:
    """Constants that would stand over the cells of a column; `columns.FIELD = ""` says so."""
    for one in contract.fields:
        if one.name not in source.constants or one.name in source.columns:
            continue
        for position, name in enumerate(cells.columns, start=1):
            titled = bool(one.title) and _bare(name) == _bare(one.title)
            if plain(name) == plain(one.name) or titled:
                problem = f"Column {position} fills '{one.name}', and a constant would hide it."
                remedy = (
                    f"Take constants.{one.name} out of data/sources.toml, or write columns = "
                    f'{{ {one.name} = "" }} when the constant is to stand for the column.'
                )
                yield mistake(source, problem, remedy, header)
                break


def _unknown_words(source: Source, contract: Contract) -> Iterator[ExtractMistake]:
    parts = {"columns": source.columns, "constants": source.constants, "values": source.values}
    for part, given in parts.items():
        for field in given:
            if field not in contract.names:
                yield ExtractMistake(
                    where=f"data/sources.toml, source {source.id}, {part}.{field}",
                    problem=f"The contract '{contract.name}' has no column '{field}'.",
                    remedy=suggestion(
                        field, contract.names, f"Its columns are {', '.join(contract.names)}."
                    ),
                )
    for field in source.constants:
        if source.columns.get(field):
            yield ExtractMistake(
                where=f"data/sources.toml, source {source.id}, constants.{field}",
                problem=f"'{field}' is both a column and a constant.",
                remedy="Leave one of them out.",
            )
