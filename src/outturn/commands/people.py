"""`outturn people`: who is in a figure, and the rule that left each of the others out.

It is for an officer on the premises: what it writes names people. The screen has numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from outturn.commands.folder import Folder, sound_folder
from outturn.commands.lacked import figures_touched
from outturn.commands.opened import Answer, Said
from outturn.commands.people_asked import (
    must_be_another,
    must_be_counted,
    must_be_free,
    must_name_somebody,
    periods_there_are,
)
from outturn.commands.people_file import BOTTOM, as_told, hidden_file, told_in
from outturn.commands.people_tables import Tables, tables_of
from outturn.commands.returned import as_ours, in_no_table, returned_people
from outturn.databases import InFiles
from outturn.engine.plan import conditions
from outturn.engine.who import EMPTY, FILE, Cell, counted_periods, own_periods, who
from outturn.framework.model import Measure, Tally
from outturn.framework.places import added_up
from outturn.ingest import Ingested
from outturn.judgement.incomplete import incomplete, notes_of
from outturn.publishing.counted_words import condition_words
from outturn.terms.errors import ExtractMistake
from outturn.terms.period import Period

BOTH, TOP, OUT = "numerator and denominator", "numerator", "left out"
_RANK = {BOTH: 0, TOP: 1, BOTTOM: 2, OUT: 3}  # in the order in which they are told
CLD = "cld"
_COLUMNS = ("where", "why", "where in the other", "why in the other")
_OTHER_NUMBER = "the same, with another number of records"
_NOBODY = "No record of the measure is in this place and period."
_NO_DIFFERENCE = "Everybody stands in the other where they stand in this one."
_NOT_IN_PERIOD = "It has no row in this place and period."
_IN_NO_TABLE = "It is in no row of any table."


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
        must_be_free(to, path)
    folder = sound_folder(path)
    asked = Said(folder.partnership)
    one, code, when = asked.measure(measure), asked.place(place), asked.period(period)
    other = asked.measure(against) if against else None
    must_be_another(one, other, returned)
    for each in (one, other):
        must_be_counted(each)
        must_name_somebody(each, folder)
    listed = returned_people(returned) if returned else None  # before the data, which take longer
    as_of = as_of or folder.partnership.as_of or date.today()
    progress("Reading the data")
    tables = tables_of(folder, [each for each in (one, other) if each], as_of, progress)
    found = _who(folder, one, code, when, tables, as_of)
    title = f"{one.title}, {asked.label(when.key)}"
    name = f"{one.id}-{code}-{when.key.replace('/', '_')}"
    notes: tuple[str, ...] = ()
    if other:
        there = _who(folder, other, code, when, tables, as_of)
        lines, answer = _compared(found, there, one.id, other.id)
        name, title = f"{name}-against-{other.id}", f"{title}, against {other.id}"
    elif returned and listed is not None:
        lines, answer, notes = _against_a_list(found, listed, one.id, tables.made)
        name, title = f"{name}-against-returned", f"{title}, against {returned.name}"
    else:
        lines, answer = as_told(found), _counted(found)
    file = told_in(lines, to or hidden_file(path, f"{name}.csv"))
    where = f"Who they are is in {file}, which only you may read. It names people: keep it on the "
    where += "premises and delete it when you have done with it."
    notes = (
        *notes,
        *([] if answer.rows else _nobody(folder, one, code, tables.made, as_of, other or returned)),
        *_lacking(folder, tables.made, (one, other), code, when),
        *([where] if file else []),
    )
    return People(
        Answer(answer.columns, answer.rows, title, frozenset({"records", "people"}), notes), file
    )


def _lacking(
    folder: Folder,
    tables: Ingested,
    measures: Sequence[Measure | None],
    place: str,
    period: Period,
) -> Iterator[str]:
    """What the records behind each figure lack, as a build says it of the figure."""
    ours = folder.partnership
    asked = [one.id for one in measures if one]
    whole = incomplete(ours.measures, tables.lacking)
    figures = pl.DataFrame({"measure": asked}).with_columns(
        place=pl.lit(place), period=pl.lit(period.key)
    )
    found = figures_touched(figures, ours, folder.contracts, tables.lacked)
    rows = dict(notes_of(found).select("measure", "note").iter_rows())
    for said in dict.fromkeys(one[id] for id in asked for one in (whole, rows) if id in one):
        yield f"{said[:1].upper()}{said[1:]}. `outturn check` says which rows or files, and why."


def _who(
    folder: Folder, measure: Measure, place: str, period: Period, tables: Tables, as_of: date
) -> pl.DataFrame:
    """One line for each record: whose it is, where it stands, and why it is left out."""
    made = tables.made
    if measure.numerator and measure.numerator.table not in made.every:
        raise ExtractMistake(
            where=measure.file or measure.id,
            problem=f"There are no rows of the table '{measure.numerator.table}'.",
            remedy="Name a source for it, or for what it is derived from, in data/sources.toml.",
        )
    below = _below(folder, place)
    cell = Cell(below, _counted_periods(folder, measure, period, made, as_of))
    tallies = [one for one in (measure.numerator, measure.denominator) if one]
    rows = {
        one.table: tables.of_places(one.table, folder.contracts[one.table].place, below)
        for one in tallies
        if one.table in made.every
    }
    found = who(measure, rows, cell, contracts=folder.contracts)
    return _in_words(_as_sent(found, folder, tables, below), measure)


def _as_sent(
    found: pl.DataFrame, folder: Folder, tables: Tables, places: list[str]
) -> pl.DataFrame:
    """With the council's own id and the reference of each row of client level data, as sent.

    In a folder that could not be kept in files, rows of two of its files bear one number: such a
    row keeps what its table has.
    """
    if CLD not in tables.made.every:
        return found
    record = ["source", "file", "row"]
    sent = tables.of_places(CLD, folder.contracts[CLD].place, places).rename({FILE: "file"})
    sent = sent.select(*record, sent_id="person_id", reference="event_reference")
    sent = sent.filter(pl.struct(record).is_unique())
    told = found.join(sent, on=record, how="left", maintain_order="left", nulls_equal=True)
    return told.with_columns(
        own_id=pl.coalesce("sent_id", "own_id"), record=pl.coalesce("record", "reference")
    ).drop("sent_id", "reference")


def _nobody(
    folder: Folder, measure: Measure, place: str, tables: Ingested, as_of: date, other: object
) -> Iterator[str]:
    """What is said where there is no line: of which periods there are records, if of any."""
    if other:
        yield _NO_DIFFERENCE
        return
    yield _NOBODY
    tally = measure.numerator
    assert tally
    contract = folder.contracts[tally.table]
    rows = _scanned(tables.every[tally.table]).filter(
        pl.col(contract.place).is_in(_below(folder, place))
    )
    own = own_periods(rows, tally, contract)
    yield periods_there_are(measure, own, folder.partnership.calendar, as_of)


def _below(folder: Folder, place: str) -> list[str]:
    """The places whose rows count for a place."""
    ours = folder.partnership
    lines = added_up(ours.places, ours.hierarchy, ours.tops)
    return [code for code, above in lines.items() if place in above] or [place]


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
        "own_id",
        where.alias("where"),
        pl.when(where != BOTH).then(why).alias("why"),
        "sequel",
        "step",
        "table",
        "record",
        "source",
        "file",
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
    mine: pl.DataFrame, other: pl.DataFrame, name: str, other_name: str, nobody: Sequence[str] = ()
) -> tuple[pl.DataFrame, Answer]:
    """One line for each person who stands elsewhere in the other figure. `nobody` are those of the
    other of whom no table knows anything."""
    both = _by_person(mine, name).join(
        _by_person(other, other_name), on="person", how="full", coalesce=True
    )
    absent = pl.lit(_NOT_IN_PERIOD)
    both = both.with_columns(pl.col(one).fill_null(OUT) for one in (name, other_name)).with_columns(
        pl.when(pl.col(f"records in {one}").is_null())
        .then(pl.when(pl.col("person").is_in(nobody)).then(pl.lit(_IN_NO_TABLE)).otherwise(absent))
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
    mine: pl.DataFrame, listed: pl.DataFrame, name: str, tables: Ingested
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
    absent = pl.Series(sorted(set(persons) - set(mine["person"])), dtype=pl.String)
    nobody = in_no_table(absent, tables.every)
    return *_compared(mine, there, name, "returned", nobody.to_list()), tuple(
        _of_ids(several, nobody.len())
    )


def _of_ids(several: int, nobody: int) -> Iterator[str]:
    """What is to be known of the ids of a list, in numbers."""
    if several:
        yield (
            f"Ids of the list that are numbers of more than one of our people: {several:,}. They "
            "are taken for nobody here: write them as the file of names does."
        )
    if nobody:
        yield (
            f"Ids of the list that are in no row of any table: {nobody:,}. They may be written in "
            "another way, or their rows be set aside."
        )
