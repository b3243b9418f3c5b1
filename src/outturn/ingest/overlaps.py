"""Rows of the population that would be added twice, or not at all for how their ages are written.

A population is given in groups that lie side by side. A group of all persons beside women and men,
or "65plus" beside its parts, is counted again with every sum over both; and a group that is
written as no measure writes it is left out of every sum. Both change each rate, and neither shows.
A band of ages that a figure is made of, and that the data writes in another way, leaves no figure.
A total beside its parts does no harm to a measure that asks for one of them alone: what counts is
what one measure would add up. Nothing here is about single people: so places, years and groups are
named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from pathlib import Path

import polars as pl

from outturn.databases import InFiles
from outturn.framework.age_bands import AgeBand, ages_of
from outturn.framework.model import Breakdown, Condition, Measure, Partnership, Source, Tally
from outturn.ingest.extract import mistake
from outturn.terms.errors import ExtractMistake
from outturn.terms.period import from_key

POPULATION = "population"
_ALL_AGES = ("all", "all ages", "total", "all persons", "persons")
_ALL_SEXES = ("", "all", "all sexes", "both", "both sexes", "persons", "all persons", "total")
_ASKED = ("age_group", "sex")  # the columns that tell whose a row is
_GROUP = ("source", "place", "period")
_KINDS = {"band": pl.String, "start": pl.Float64, "end": pl.Float64}


def population_mistakes(
    partnership: Partnership, tables: Mapping[str, pl.DataFrame | InFiles]
) -> Iterator[ExtractMistake]:
    """What is wrong with the groups of the population, one mistake for each two that overlap and
    for each that is written in another way than the measures ask for."""
    if POPULATION not in tables:
        return
    rows = _groups(tables[POPULATION])
    sources = {one.id: one for one in partnership.sources}
    first = next(one for one in partnership.sources if one.contract == POPULATION)
    tallies = _tallies(partnership.measures.values())
    for (source, before, after), found in _overlaps(rows, tallies):
        yield _overlap(sources.get(source, first), before, after, found)
    asked = _asked(tallies)
    for (source, word), found in _by(rows, "source", "age_group"):
        if meant := _meant(word, asked):
            yield _written(sources.get(source, first), word, meant, found)


def unread_bands(
    partnership: Partnership, tables: Mapping[str, pl.DataFrame | InFiles]
) -> Iterator[ExtractMistake]:
    """Each band of ages that figures are made of and no row has, where rows have its ages."""
    sources = {one.id: one for one in partnership.sources}
    told: set[tuple[str, str, str, str]] = set()
    for name, by in _bands(partnership.measures.values()):
        if name not in tables:
            continue
        words = _words(tables[name], by.column)
        there = set(words["word"])
        asked = {word: _band(word) for word in by.categories if word not in there}
        for source, word in words.sort("source", "word").iter_rows():
            meant = "" if word in by.categories else _meant(word, asked)
            key = source, by.column, word, meant
            if meant and source in sources and key not in told:
                told.add(key)
                yield _otherwise(sources[source], by, word, meant)


def _bands(measures: Iterable[Measure]) -> Iterator[tuple[str, Breakdown]]:
    """The tables that are counted by bands of age, and the bands."""
    for one in measures:
        for tally in (one.numerator, one.denominator):
            if tally and one.parted and not one.inequality:
                yield tally.table, one.parted


def _words(table: pl.DataFrame | InFiles, column: str) -> pl.DataFrame:
    """The words that a column has, of each source."""
    if isinstance(table, InFiles):
        parts = zip(table.files, table.sources, strict=True)
        frames = [_words_of(pl.scan_parquet(file, glob=False), column, one) for file, one in parts]
    else:
        frames = [_words_of(table.lazy(), column, pl.col("source"))]
    return pl.concat(frames).unique().collect()


def _words_of(rows: pl.LazyFrame, column: str, source: str | pl.Expr) -> pl.LazyFrame:
    schema = rows.collect_schema()
    if column not in schema or schema[column] != pl.String:
        return pl.LazyFrame(schema={"source": pl.String, "word": pl.String})
    said = pl.lit(source) if isinstance(source, str) else source
    return rows.select(source=said.cast(pl.String), word=column).drop_nulls().unique()


def _tallies(measures: Iterable[Measure]) -> list[Tally]:
    both = [tally for one in measures for tally in (one.numerator, one.denominator) if tally]
    return [tally for tally in both if tally.table == POPULATION]


def _groups(table: pl.DataFrame | InFiles) -> pl.DataFrame:
    """The different groups of ages and sexes of each place and year."""
    names = (*_GROUP, "age_group", "sex")
    if isinstance(table, InFiles):
        parts = zip(table.files, table.sources, strict=True)
        rows = pl.concat([_of_file(file, source) for file, source in parts])
    else:
        rows = table
    sex = pl.col("sex").fill_null("").str.strip_chars().str.to_lowercase()
    whole = pl.when(sex.is_in(_ALL_SEXES)).then(pl.lit("")).otherwise(sex)
    return rows.select(names).unique().with_columns(whole.alias("whose")).sort(names)


def _of_file(file: Path, source: str) -> pl.DataFrame:
    return pl.read_parquet(file, glob=False).with_columns(pl.lit(source).alias("source"))


def _overlaps(
    rows: pl.DataFrame, tallies: Sequence[Tally]
) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str]]]]:
    """Two groups that share people and are added up, with the places and periods of such rows."""
    bands = [(word, *ages) for word in rows["age_group"].unique() if (ages := _ages(word))]
    known = pl.DataFrame(bands, schema=_KINDS, orient="row")
    aged = rows.join(known, left_on="age_group", right_on="band")
    sexes = [sex for sex in aged["whose"].unique().sort() if sex] or [""]
    asked = dict.fromkeys(tuple(t for t in one.where if t.column in _ASKED) for one in tallies)
    found = [_sharing(_met(aged, where), sex) for where in asked for sex in sexes]
    order = ["source", "before", "after", "place", "period"]
    if found:
        yield from _by(pl.concat(found).unique().sort(order), "source", "before", "after")


def _met(rows: pl.DataFrame, where: Iterable[Condition]) -> pl.DataFrame:
    """The rows that meet the conditions; one of a word that is not here is met by every row."""
    for one in where:
        cell, listed = pl.col(one.column), pl.col(one.column).is_in([*map(str, one.bounds)])
        tests = {
            "is": listed, "one_of": listed, "is_not": ~listed, "none_of": ~listed,
            "present": cell.is_not_null(), "absent": cell.is_null(),
        }  # fmt: skip
        rows = rows.filter(tests.get(one.word, pl.lit(True)))
    return rows


def _sharing(aged: pl.DataFrame, sex: str) -> pl.DataFrame:
    """Of one sex and of all persons, each group that begins before one ends that began before."""
    everybody = pl.when((pl.col("whose") == "") & bool(sex)).then(pl.lit(" of all persons"))
    named = pl.format("'{}'{}", "age_group", everybody.otherwise(pl.lit("")))
    of_sex = aged.filter(pl.col("whose").is_in(["", sex])).with_columns(named.alias("after"))
    order = [*_GROUP, "start", "end", "whose"]
    in_line = of_sex.sort(order, descending=[one == "end" for one in order])
    latest = pl.col("end").cum_max().shift(1).over(_GROUP)
    # The group that reaches furthest so far is the one that the next may lie in.
    furthest = pl.when(pl.col("end") == pl.col("end").cum_max().over(_GROUP)).then("after")
    before = furthest.forward_fill().over(_GROUP).shift(1).over(_GROUP)
    shared = in_line.with_columns(latest.alias("latest"), before.alias("before"))
    return shared.filter(pl.col("start") <= pl.col("latest")).select(*_GROUP, "before", "after")


def _by(rows: pl.DataFrame, *names: str) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str]]]]:
    for key, some in rows.group_by(names, maintain_order=True):
        yield tuple(map(_text, key)), list(some.select("place", "period").unique().sort(
            "place", "period").iter_rows())  # fmt: skip


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _ages(word: str) -> tuple[float, float] | None:
    band = _band(word)
    return (float(band.start), float(band.end)) if band else None


def _band(word: str) -> AgeBand | None:
    every = " ".join(word.lower().split()) in _ALL_AGES
    return AgeBand(0, inf, (word,)) if every else ages_of(word)


def _asked(tallies: Sequence[Tally]) -> dict[str, AgeBand | None]:
    """The words by which measures ask for groups of the population, with their ages."""
    words = {
        str(word)
        for tally in tallies
        for one in tally.where
        if one.column == "age_group"
        for word in one.bounds
    }
    return {word: _band(word) for word in sorted(words)}


def _meant(word: str, asked: Mapping[str, AgeBand | None]) -> str:
    """The word that measures have for the ages of another that none of them asks for."""
    ages = _ages(word)
    if word in asked or ages is None:
        return ""
    alike = [name for name, band in asked.items() if band and (band.start, band.end) == ages]
    return alike[0] if alike else ""


def _overlap(
    source: Source, before: str, after: str, found: list[tuple[str, str]]
) -> ExtractMistake:
    return mistake(
        source,
        f"{_where(found)}: {before} and {after} share people, who would be counted twice.",
        "Give groups that lie side by side: leave out the rows of a total, or those of its parts.",
    )


def _written(source: Source, word: str, meant: str, found: list[tuple[str, str]]) -> ExtractMistake:
    return mistake(
        source,
        f"{_where(found)}: the ages '{word}' are asked for as '{meant}', so no measure finds them.",
        f'Write values = {{ age_group = {{ "{word}" = "{meant}" }} }} in data/sources.toml.',
    )


def _otherwise(source: Source, by: Breakdown, word: str, meant: str) -> ExtractMistake:
    return mistake(
        source,
        f"The ages '{word}' of '{by.column}' are a category of the breakdown '{by.name}' as"
        f" '{meant}', which no row has: so no figure is made.",
        f"Write '{word}' in the categories, or in data/sources.toml"
        f' values = {{ {by.column} = {{ "{word}" = "{meant}" }} }}.',
    )


def _where(found: list[tuple[str, str]]) -> str:
    (place, period), *others = found
    some = "1 more place or year" if len(others) == 1 else f"{len(others):,} more places or years"
    more = f" and {some}" if others else ""
    return f"{place}, {from_key(period).label()}{more}"
