"""Groups of the population that differ more from a year before than people come, go and age.

A slip of a digit, or a cell in thousands, makes a tenfold or a thousandfold of it and moves every
rate. In a year a group of some size hardly doubles or halves, though where homes are built or
pulled down a small place may: so it is asked about, and the rows are counted as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from outturn.databases import InFiles
from outturn.ingest.extract import listed
from outturn.ingest.overlaps import POPULATION
from outturn.terms.period import from_key

FACTOR = 2  # a row that was added to another makes twofold of it, a slip of a digit tenfold
LEAST = 100  # people in one of the two years: of fewer, a street or a care home decides
_YEAR = 12  # months; a longer period has no equivalent a year before
_GROUP = ("place", "age_group", "sex")


def population_leaps(tables: Mapping[str, pl.DataFrame | InFiles]) -> Iterator[str]:
    """A sentence for each source, or file of a folder, in which groups leap from one year to the
    next, with the rows of the later year."""
    if POPULATION not in tables:
        return
    rows = _rows(tables[POPULATION])
    keys = rows["period"].unique().to_list()
    periods = [one for one in map(from_key, keys) if one.months <= _YEAR]
    before = {one.key: one.previous_equivalent().key for one in periods}
    known = {key: then for key, then in before.items() if then in keys}
    later = rows.filter(pl.col("period").is_in(list(known))).with_columns(
        then=pl.col("period").replace(known)
    )
    both = later.join(
        rows.select(*_GROUP, then="period", people_then="people"),
        on=[*_GROUP, "then"],
        nulls_equal=True,
    )
    more = pl.max_horizontal("people", "people_then")
    fewer = pl.min_horizontal("people", "people_then")
    leaps = both.filter((more >= LEAST) & (more >= FACTOR * fewer)).sort("at", "row")
    for (at,), found in leaps.group_by("at", maintain_order=True):
        yield _sentence(str(at), found["row"].to_list())


def _sentence(where: str, rows: list[int]) -> str:
    at = listed(rows, len(rows))
    kept = "It is counted as it is." if len(rows) == 1 else "They are counted as they are."
    return (
        f"Table '{POPULATION}': 'people' is twice what the same group had a year before or more, "
        f"or half or less, in {at} of {where}. {kept} Look up both years."
    )


def _rows(table: pl.DataFrame | InFiles) -> pl.DataFrame:
    """The groups, and `at`: where each row is, in words."""
    columns = (*_GROUP, "period", "people", "row")
    if isinstance(table, pl.DataFrame):
        return table.select(*columns, at=pl.format("the source '{}'", "source"))
    parts = [
        pl.scan_parquet(file, glob=False).select(*columns, at=pl.lit(f"data/{name}"))
        for file, name in zip(table.files, table.names, strict=True)
    ]
    return pl.concat(parts).collect()
