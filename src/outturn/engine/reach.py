"""How far back the rows of a table reach, and the periods that begin before they do, in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.databases import Dialect, InFiles, Sql
from outturn.engine.cells import Table
from outturn.engine.periods import Wanted


def first_rows(database: Dialect, table: Table) -> dict[str, date]:
    """For each place the first date of its sources in the column that tells how far rows reach."""
    if not table.contract.reaches:
        return {}
    found: dict[str, date] = {}
    for places, day in _by_source(database, table):
        found |= {place: min(day, found.get(place, day)) for place in places}
    return found


def _by_source(database: Dialect, table: Table) -> Iterator[tuple[list[str], date]]:
    """The places of each source, and its first date; none of a source without a date."""
    place, reaches = table.contract.place, table.contract.reaches
    for source in table.own_sources:
        if isinstance(table.rows, InFiles):
            database.parquet("of_source", table.rows.of_source(source or ""))
            columns = f"{database.quote(place)} as place, min({database.quote(reaches)}) as first"
            query = Sql(f"select {columns} from of_source group by {database.quote(place)}")
            rows = database.rows("reach", query)
        else:
            own = table.rows.filter(pl.col("source").eq_missing(pl.lit(source, pl.String)))
            first = pl.col(reaches).min().alias("first")
            rows = own.group_by(pl.col(place).alias("place")).agg(first)
        if (day := rows["first"].min()) is not None:
            assert isinstance(day, date)
            yield rows["place"].drop_nulls().to_list(), day


def not_reached(
    wanted: Sequence[Wanted], groups: pl.DataFrame, begun: Mapping[str, tuple[date, str]]
) -> pl.DataFrame:
    """The groups without numerators of periods that begin before the records of a place do.

    `begun` has for each place the day, and why there is no figure before it.
    """
    if not begun:
        return groups
    starts = pl.col("wanted").replace_strict(
        {number: one.parts[0].start for number, one in enumerate(wanted)}, return_dtype=pl.Date
    )
    lines = [(place, day, why) for place, (day, why) in begun.items()]
    kinds = {"place": pl.String, "begun_on": pl.Date, "begun_why": pl.String}
    firsts = pl.DataFrame(lines, schema=kinds, orient="row")
    early = pl.when(starts < pl.col("begun_on")).then("begun_why")
    told = groups.join(firsts, on="place", how="left", maintain_order="left")
    told = told.with_columns(pl.coalesce("no_figure", early).alias("no_figure"))
    return told.with_columns(
        pl.when(pl.col("no_figure").is_null()).then("numerator").alias("numerator")
    ).drop("begun_on", "begun_why")
