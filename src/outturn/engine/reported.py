"""Figures that a source gives already worked out, as Counts: carried as they are, never counted.

The latest edition of a figure stands; the earlier ones are kept apart. A place above others may
get the total of its members, only where its measure says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.engine.plan import ancestors
from outturn.framework.model import Measure, Place
from outturn.framework.places import parents as directly_above
from outturn.terms.period import from_key
from outturn.terms.records import COUNTS, KEYS, Provenance, empty, fitted

_SERIES = ("measure", "period", "breakdown", "category")


def reported_counts(
    figures: pl.DataFrame,
    measures: Iterable[Measure],
    *,
    places: Mapping[str, Place],
    hierarchy: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The Counts of every reported measure, and those of its earlier editions.

    `figures` keeps the contract of that name. Of two editions of one figure the later stands,
    whatever it says. Where a measure's `aggregate` is "total over total", a place above others
    that has no figure of its own gets the total of the places directly below it, if each of
    them has both counts; a suppressed or missing member leaves the total unmade.
    """
    wanted = [one for one in measures if one.reported]
    chosen = figures.filter(pl.col("measure").is_in([one.id for one in wanted]))
    if not chosen.height:
        return empty(COUNTS), empty(COUNTS)
    rows = fitted(
        _with_definitions(chosen, {one.id: one for one in wanted}).with_columns(
            pl.col("breakdown", "category").fill_null("all"),
            pl.col("edition").fill_null(""),
            pl.col("provenance").fill_null(str(Provenance.FINAL)),
            pl.col("value").alias("reported"),
            pl.lit(1).alias("spans"),
            pl.lit(1).alias("rows"),
        ),
        COUNTS,
    ).sort(*KEYS, "edition", "source")
    latest = pl.struct(KEYS).is_last_distinct()
    marked = rows.with_columns(latest.alias("latest"))
    standing = marked.filter("latest").drop("latest")
    superseded = marked.filter(~pl.col("latest")).drop("latest")
    totals = _totals(standing, wanted, places, hierarchy)
    return pl.concat([standing, totals]).sort(KEYS), superseded


def _with_definitions(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with the version of the definition in force when each period begins."""
    pairs = rows.select("measure", "period").unique()
    versions = [measures[id].definition_in(from_key(key)) for id, key in pairs.iter_rows()]
    return rows.join(
        pairs.with_columns(pl.Series("definition", versions, dtype=pl.String)),
        on=["measure", "period"],
        maintain_order="left",
    )


def _totals(
    standing: pl.DataFrame,
    measures: Iterable[Measure],
    places: Mapping[str, Place],
    hierarchy: str,
) -> pl.DataFrame:
    """Totals for places without a figure, from the lowest level up, so that totals add up too."""
    adds = [one.id for one in measures if one.aggregate == "total over total"]
    known = standing.filter(pl.col("measure").is_in(adds))
    depths = {code: len(line) for code, line in ancestors(places, hierarchy).items()}
    made = [empty(COUNTS)]
    for depth in sorted({depths[code] for code in _parents(places, hierarchy)}, reverse=True):
        level = [code for code in _parents(places, hierarchy) if depths[code] == depth]
        added = _totals_of(known, level, places, hierarchy)
        made.append(added)
        known = pl.concat([known, added])
    return pl.concat(made)


def _totals_of(
    known: pl.DataFrame, parents: list[str], places: Mapping[str, Place], hierarchy: str
) -> pl.DataFrame:
    members = [
        (above, one.code)
        for one in places.values()
        for above in directly_above(one, hierarchy)
        if above in parents
    ]
    below = pl.DataFrame(members, schema={"parent": pl.String, "place": pl.String}, orient="row")
    sizes = below.group_by("parent").agg(pl.len().alias("size"))
    counts = pl.col("numerator", "denominator")
    added = (
        known.join(below, on="place")
        .sort("parent", *KEYS)
        .group_by("parent", *_SERIES, maintain_order=True)
        .agg(
            counts.sum(),
            pl.col("definition").first(),
            pl.col("rows").sum(),
            pl.col("spans").first(),
            pl.col("source").unique().sort().str.join(", "),
            pl.col("edition").max(),
            pl.col("provenance").unique(),
            whole=pl.col("numerator").is_not_null().sum(),
            parts=pl.col("denominator").is_not_null().sum(),
        )
        .join(sizes, on="parent")
        .filter((pl.col("whole") == pl.col("size")) & (pl.col("parts") == pl.col("size")))
        .rename({"parent": "place"})
        .with_columns(
            provenance=pl.when(pl.col("provenance").list.len() == 1)
            .then(pl.col("provenance").list.first())
            .otherwise(pl.lit(str(Provenance.ESTIMATED)))
        )
        .join(known.select(KEYS), on=KEYS, how="anti")
    )
    return fitted(added, COUNTS)


def _parents(places: Mapping[str, Place], hierarchy: str) -> set[str]:
    above = {code for one in places.values() for code in directly_above(one, hierarchy)}
    return above & set(places)
