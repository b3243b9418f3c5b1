"""A figure of a place that is made of its members' figures, not of their counts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.model import Measure, Place
from outturn.judgement.words import AS_REPORTED
from outturn.terms.records import Absent

MEAN = "mean of members"
PUBLISHED = "published"
NO_MEMBER = "No member has a figure."
ONLY_PUBLISHED = "Only a published figure is used for a place with members, and none was supplied."
_CELL = ["measure", "place", "period", "breakdown", "category"]


def mean_of_members(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    hierarchy: str,
) -> pl.DataFrame:
    """The values, with those of places that have members made by the measure's own rule.

    Only direct members in `hierarchy` count. A reported figure stands. Measures that are total
    over total are left alone: their counts were added up by the engine.
    """
    rules = {
        one.id: one.aggregate for one in measures.values() if one.aggregate in (MEAN, PUBLISHED)
    }
    members = _members(places, hierarchy)
    if not rules or members.is_empty():
        return values
    rule = pl.col("measure").replace_strict(rules, default=None, return_dtype=pl.String)
    means = _means(values.filter(rule == MEAN), members)
    parents = members["parent"].unique().implode()
    rows = values.join(means, on=_CELL, how="left", maintain_order="left")
    ours = pl.col("place").is_in(parents) & (pl.col("method").fill_null("") != AS_REPORTED)
    rows = rows.with_columns(_averaged=ours & (rule == MEAN), _barred=ours & (rule == PUBLISHED))
    return _replaced(rows).select(values.columns)


def _members(places: Mapping[str, Place], hierarchy: str) -> pl.DataFrame:
    rows = [
        (one.code, one.parents[hierarchy]) for one in places.values() if one.parents.get(hierarchy)
    ]
    return pl.DataFrame(rows, schema={"place": pl.String, "parent": pl.String}, orient="row")


def _means(values: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    cell = [name if name != "place" else "parent" for name in _CELL]
    return (
        values.join(members, on="place")
        .group_by(cell)
        .agg(_mean=pl.col("value").sort().mean(), _with=pl.col("value").count(), _of=pl.len())
        .rename({"parent": "place"})
    )


def _replaced(rows: pl.DataFrame) -> pl.DataFrame:
    changed = pl.col("_averaged") | pl.col("_barred")
    value = pl.when("_averaged").then("_mean").when(~pl.col("_barred")).then("value")
    why = (
        pl.when("_barred")
        .then(pl.lit(ONLY_PUBLISHED))
        .when("_averaged")
        .then(pl.when(pl.col("_mean").is_null()).then(pl.lit(NO_MEMBER)))
        .otherwise("why")
    )
    number = pl.col("_with").cast(pl.String) + " of " + pl.col("_of").cast(pl.String)
    method = (
        pl.when(pl.col("_averaged") & pl.col("_mean").is_not_null())
        .then(pl.lit("mean of the members with a figure, ") + number)
        .when(~changed)
        .then("method")
    )
    absent = pl.when(~changed).then("absent").when(why.is_not_null()).then(
        pl.lit(str(Absent.NOT_AVAILABLE))
    )  # fmt: skip
    counts = [pl.when(~changed).then(name).alias(name) for name in ("numerator", "denominator")]
    return rows.with_columns(*counts, value=value, why=why, method=method, absent=absent)
