"""`outturn people`: who is in a figure, and the rule that left each of the others out.

It is for an officer on the premises: what it writes names people. The screen has numbers only.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from outturn.commands.deriving import with_derived
from outturn.commands.folder import CACHE, Folder, sound_folder
from outturn.commands.in_place import in_place
from outturn.commands.opened import Answer, Said
from outturn.commands.returned import as_ours, returned_people
from outturn.databases import InFiles
from outturn.engine.plan import conditions
from outturn.engine.who import EMPTY, Cell, counted_periods, item_column, own_periods, who
from outturn.framework.model import Measure, Tally
from outturn.framework.places import added_up
from outturn.ingest import Ingested, ingest
from outturn.ingest.store import hidden
from outturn.judgement.incomplete import incomplete
from outturn.publishing.counted_words import condition_words
from outturn.terms.errors import DefinitionMistake, ExtractMistake, raise_all
from outturn.terms.period import Period

BOTH, TOP, BOTTOM, OUT = "numerator and denominator", "numerator", "denominator only", "left out"
_RANK = {BOTH: 0, TOP: 1, BOTTOM: 2, OUT: 3}  # in the order in which they are told
_OWNER_ONLY = 0o600
_RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
_FOUND = ("person", "where", "why", "table", "source", "row")
_COLUMNS = ("where", "why", "where in the other", "why in the other")
_OTHER_NUMBER = "the same, with another number of records"
_NOBODY = "No record of the measure is in this place and period."
_NO_DIFFERENCE = "Everybody stands in the other where they stand in this one."
_NOT_IN_PERIOD = "It has no row in this place and period."


@dataclass(frozen=True)
class People:
    """Where the names were written, if there are any, and how many stand under each heading."""

    answer: Answer
    file: Path | None


def people(
    path: Path,
    measure: str,
    place: str,
    period: str,
    *,
    against: str = "",
    returned: Path | None = None,
    to: Path | None = None,
    as_of: date | None = None,
    progress: Callable[..., None] = lambda *_: None,
) -> People:
    """Write who is in the figure of a measure, place and period, one line for each record.

    With `against`, the same of another measure stands beside it: one line for each person, where
    they differ. With `returned`, a file with a column of the people that somebody else counted.
    The data of the folder are read as they are now. As in a build, only a mistake with a whole
    file stops it; rows that are set aside are told in number.
    """
    if to:
        _must_be_free(to, path)
    folder = sound_folder(path)
    asked = Said(folder.partnership)
    one, code, when = asked.measure(measure), asked.place(place), asked.period(period)
    other = asked.measure(against) if against else None
    _must_be_another(one, other, returned)
    for each in (one, other):
        _must_be_counted(each)
    listed = returned_people(returned) if returned else None  # before the data, which take longer
    as_of = as_of or folder.partnership.as_of or date.today()
    progress("Reading the data")
    tables = _tables(folder, as_of, progress)
    lacking = incomplete(folder.partnership.measures, tables.lacking)
    found = _who(folder, one, code, when, tables, as_of)
    title = f"{one.title}, {asked.label(when.key)}"
    name = f"{one.id}-{code}-{when.key.replace('/', '_')}"
    notes: tuple[str, ...] = ()
    if other:
        there = _who(folder, other, code, when, tables, as_of)
        lines, answer = _compared(found, there, one.id, other.id)
        name, title = f"{name}-against-{other.id}", f"{title}, against {other.id}"
    elif returned and listed is not None:
        lines, answer, notes = _against_a_list(found, listed, one.id)
        name, title = f"{name}-against-returned", f"{title}, against {returned.name}"
    else:
        lines, answer = found, _counted(found)
    file = _told_in(lines, to or hidden_file(path, f"{name}.csv"))
    where = f"Who they are is in {file}, which only you may read. It names people: keep it on the "
    where += "premises and delete it when you have done with it."
    notes = (
        *notes,
        *([] if answer.rows else [_NO_DIFFERENCE if other or returned else _NOBODY]),
        *_lacking(lacking, one, other),
        *([where] if file else []),
    )
    return People(
        Answer(answer.columns, answer.rows, title, frozenset({"records", "people"}), notes), file
    )


def hidden_file(folder: Path, name: str) -> Path:
    """Where the names go when nothing else is said: where version control does not look."""
    hidden(folder / CACHE)
    (folder / CACHE / "people").mkdir(exist_ok=True)
    return folder / CACHE / "people" / name


def _must_be_free(file: Path, folder: Path) -> None:
    """Names go to no file that is there for something else, and to no file of the partnership."""
    home, cache = folder.resolve(), (folder / CACHE).resolve()
    for place in (file.resolve(), file.parent.resolve() / file.name):
        if place.is_relative_to(home) and not place.is_relative_to(cache):
            raise DefinitionMistake(
                where=f"the command, --to {file}",
                problem="The file would lie in the partnership's folder, among what others see.",
                remedy=f"Name a file outside it, or leave --to out: then it is in {CACHE}/people.",
            )
    if os.path.lexists(file) and not _names_people(file):
        raise DefinitionMistake(
            where=f"the command, --to {file}",
            problem="There is something else at this place already.",
            remedy="Name a new file: only an earlier file of this command is written over.",
        )


def _names_people(file: Path) -> bool:
    """Whether the header of a file is that of one which this command wrote."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            header = tuple(next(csv.reader(opened), ()))
    except (OSError, UnicodeDecodeError, csv.Error):
        return False
    return header == _FOUND or (len(header) == 7 and header == _of_two(header[1], header[4]))


def _of_two(name: str, other: str) -> tuple[str, ...]:
    """The header of a file that holds one figure against another."""
    each = [(one, f"why in {one}", f"records in {one}") for one in (name, other)]
    return ("person", *each[0], *each[1])


def _must_be_another(one: Measure, other: Measure | None, returned: Path | None) -> None:
    """A figure is held against one other: another measure, or a list that came back."""
    problem = "Both --against and --returned are given." if returned else ""
    problem = problem or ("It is the measure itself." if other and other.id == one.id else "")
    if other and problem:
        remedy = "Hold the figure against another measure, or against a list."
        raise DefinitionMistake(where="the command, --against", problem=problem, remedy=remedy)


def _must_be_counted(measure: Measure | None) -> None:
    if measure and measure.numerator is None:
        raise DefinitionMistake(
            where=measure.file or measure.id,
            problem="The measure is not counted from rows, so nobody can be named.",
            remedy="Ask for a measure that has a [numerator] table.",
        )


def _tables(folder: Folder, as_of: date, progress: Callable[..., None]) -> Ingested:
    partnership, contracts = folder.partnership, folder.contracts
    ingested = ingest(folder.path, partnership, contracts, folder.cache, progress)
    raise_all(ingested.stops)
    return with_derived(ingested, partnership, contracts, as_of, folder.cache, progress)


def _lacking(lacking: Mapping[str, str], *measures: Measure | None) -> Iterator[str]:
    """What the records behind each figure lack, as a build says it of the figure."""
    for said in dict.fromkeys(lacking[one.id] for one in measures if one and one.id in lacking):
        yield f"{said[:1].upper()}{said[1:]}. `outturn check` says which rows or files, and why."


def _must_name_somebody(measure: Measure, tally: Tally, folder: Folder) -> None:
    if not item_column(folder.contracts[tally.table], tally):
        raise DefinitionMistake(
            where=measure.file or measure.id,
            problem=f"The table '{tally.table}' names nobody.",
            remedy="Ask for a measure that is counted from records, not from totals.",
        )


def _who(
    folder: Folder, measure: Measure, place: str, period: Period, ingested: Ingested, as_of: date
) -> pl.DataFrame:
    """One line for each record: whose it is, where it stands, and why it is left out."""
    partnership = folder.partnership
    if measure.numerator and measure.numerator.table not in ingested.every:
        raise ExtractMistake(
            where=measure.file or measure.id,
            problem=f"There are no rows of the table '{measure.numerator.table}'.",
            remedy="Name a source for it, or for what it is derived from, in data/sources.toml.",
        )
    if measure.numerator:
        _must_name_somebody(measure, measure.numerator, folder)
    lines = added_up(partnership.places, partnership.hierarchy, partnership.tops)
    below = [code for code, above in lines.items() if place in above] or [place]
    cell = Cell(below, _counted_periods(folder, measure, period, ingested, as_of))
    tallies = [one for one in (measure.numerator, measure.denominator) if one]
    tables = {
        one.table: _of_places(ingested.every[one.table], folder.contracts[one.table].place, below)
        for one in tallies
        if one.table in ingested.every
    }
    found = who(measure, tables, cell, contracts=folder.contracts)
    return _in_words(found, measure)


def _of_places(rows: pl.DataFrame | InFiles, column: str, places: list[str]) -> pl.DataFrame:
    """The rows of the places; of a table that lies in files, only these are read."""
    return _scanned(rows).filter(pl.col(column).is_in(places)).collect()


def _scanned(rows: pl.DataFrame | InFiles) -> pl.LazyFrame:
    if isinstance(rows, InFiles):
        return pl.scan_parquet(list(rows.files), glob=False)
    return rows.lazy()


def _counted_periods(
    folder: Folder, measure: Measure, period: Period, ingested: Ingested, as_of: date
) -> tuple[Period, ...]:
    """What is counted for a period: the rows of every place decide it, as in a build."""
    tally, tables, contracts = measure.numerator, ingested.every, folder.contracts
    assert tally
    shown: set[Period] = set()
    if measure.supplied in tables and contracts[measure.supplied].period:
        rows = Tally(measure.supplied, "count")
        shown = own_periods(_scanned(tables[rows.table]), rows, contracts[rows.table])
    return counted_periods(
        measure,
        period,
        own_periods(_scanned(tables[tally.table]), tally, contracts[tally.table]),
        calendar=folder.partnership.calendar,
        as_of=as_of,
        shown=shown,
    )


def _in_words(found: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    top, bottom = pl.col("numerator").fill_null(False), pl.col("denominator")
    where = (
        pl.when(top & bottom.fill_null(False)).then(pl.lit(BOTH))
        .when(top).then(pl.lit(TOP))
        .when(bottom.fill_null(False)).then(pl.lit(BOTTOM))
        .otherwise(pl.lit(OUT))
    )  # fmt: skip
    few = f"fewer than {measure.numerator.times if measure.numerator else 1} in the period"
    why = pl.coalesce(
        pl.when(pl.col("too_few")).then(pl.lit(few)),
        pl.when(~bottom.fill_null(True) | bottom.is_null()).then("rule"),
        pl.when(~bottom.fill_null(True)).then(_unmet("unmet_denominator", measure.denominator)),
        _unmet("unmet_numerator", measure.numerator),
    )
    return found.select(
        pl.col("who").alias("person"),
        where.alias("where"),
        pl.when(where != BOTH).then(why).alias("why"),
        "table",
        "source",
        "row",
    ).sort("where", "why", "person", "table", "row", nulls_last=True)


def _unmet(column: str, tally: Tally | None) -> pl.Expr:
    asked = conditions(tally) if tally else ()
    words = {position: f"not: {condition_words(one)}" for position, one in enumerate(asked)}
    words |= {EMPTY + position: f"{one.column} is not given" for position, one in enumerate(asked)}
    return pl.col(column).replace_strict(words, default=None, return_dtype=pl.String)


def _counted(found: pl.DataFrame) -> Answer:
    """How many records, and of how many people, stand where and why."""
    groups = found.group_by("where", "why").agg(
        pl.len().alias("records"), pl.col("person").drop_nulls().n_unique().alias("people")
    )
    rows = groups.with_columns(
        pl.col("why").fill_null(""),
        rank=pl.col("where").replace_strict(_RANK, return_dtype=pl.Int32),
    ).sort("rank", "records", "why", descending=[False, True, False])
    return Answer(("where", "why", "records", "people"), rows.drop("rank").to_dicts())


def _by_person(found: pl.DataFrame, name: str) -> pl.DataFrame:
    """One line for each person: the best place that a record of theirs has, and why not better."""
    return (
        found.filter(pl.col("person").is_not_null())
        .with_columns(
            rank=pl.col("where").replace_strict(_RANK, return_dtype=pl.Int32),
        )
        .sort("person", "rank", "why", "row", nulls_last=True)
        .group_by("person", maintain_order=True)
        .agg(
            pl.col("where").first().alias(name),
            pl.col("why").first().alias(f"why in {name}"),
            pl.len().alias(f"records in {name}"),
        )
    )


def _compared(
    mine: pl.DataFrame, other: pl.DataFrame, name: str, other_name: str
) -> tuple[pl.DataFrame, Answer]:
    """One line for each person who stands elsewhere in the other figure."""
    both = _by_person(mine, name).join(
        _by_person(other, other_name), on="person", how="full", coalesce=True
    )
    both = both.with_columns(pl.col(one).fill_null(OUT) for one in (name, other_name)).with_columns(
        pl.when(pl.col(f"records in {one}").is_null())
        .then(pl.lit(_NOT_IN_PERIOD))
        .otherwise(f"why in {one}")
        .alias(f"why in {one}")
        for one in (name, other_name)
    )
    moved = both.filter(
        (pl.col(name) != pl.col(other_name))
        | (pl.col(f"records in {name}") != pl.col(f"records in {other_name}"))
    )
    moved = moved.sort(name, other_name, "person")
    columns = (name, f"why in {name}", other_name, f"why in {other_name}")
    same = (pl.col(name) == pl.col(other_name)) & pl.col(columns[3]).is_null()
    groups = (
        moved.with_columns(
            pl.when(same).then(pl.lit(_OTHER_NUMBER)).otherwise(columns[3]).alias(columns[3])
        )
        .group_by(columns)
        .agg(pl.len().alias("people"))
        .sort("people", *columns, descending=[True, *[False] * len(columns)], nulls_last=True)
    )
    # Ids of measures are too long to head a column of a screen; the title names both.
    groups = groups.select(
        *(pl.col(one).fill_null("").alias(n) for one, n in zip(columns, _COLUMNS, strict=True)),
        "people",
    )
    return moved, Answer((*_COLUMNS, "people"), groups.to_dicts())


def _against_a_list(
    mine: pl.DataFrame, listed: pl.DataFrame, name: str
) -> tuple[pl.DataFrame, Answer, tuple[str, ...]]:
    """The same against a list of the people that somebody else counted, and what to know."""
    persons, several = as_ours(listed["person"], mine["person"])
    where = pl.when(pl.col("top")).then(pl.lit(BOTH)).otherwise(pl.lit(BOTTOM))
    there = pl.DataFrame(
        {
            "person": persons,
            "where": listed.select(where.alias("where"))["where"],
            "why": pl.Series([None] * listed.height, dtype=pl.String),
            "table": pl.Series(["returned"] * listed.height, dtype=pl.String),
            "source": pl.Series([None] * listed.height, dtype=pl.String),
            "row": pl.Series(range(1, listed.height + 1), dtype=pl.Int64),
        }
    )
    note = (
        f"Ids of the list that are numbers of more than one of our people: {several:,}. They are "
        "taken for nobody here: write them as the file of names does."
    )
    return *_compared(mine, there, name, "returned"), (note,) if several else ()


def _told_in(lines: pl.DataFrame, file: Path) -> Path | None:
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
