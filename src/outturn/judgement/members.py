"""A figure of a place that is made of its members' figures, not of their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.framework.model import AGGREGATES, Measure, Place
from outturn.judgement.words import AS_REPORTED
from outturn.terms.period import from_key
from outturn.terms.records import Absent

_, MEAN, _ = AGGREGATES
NO_MEMBER = "No member has a figure."
WITHHELD = "No member has a figure that may be told: some are suppressed to protect people."
_CELL = ["measure", "place", "period", "breakdown", "category"]


def mean_of_members(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    members: Iterable[tuple[str, Place]],
) -> pl.DataFrame:
    """The values, with those of places that have members made by the measure's own rule.

    `members` has each place that takes a mean, with each place directly below it; one that did not
    exist at the end of a period is not among its members then. A reported figure stands, and a
    place none of whose members has a figure is suppressed where any of theirs is. Measures
    of the other rules are left alone: the engine added up the counts of those that are total over
    total, and added nothing up for those whose figure is the published one.
    """
    averaged = [one.id for one in measures.values() if one.aggregate == MEAN]
    is_mean = pl.col("measure").is_in(averaged)
    asked = values.filter(is_mean)
    pairs = _pairs(members, asked["period"].unique())
    if pairs.is_empty():
        return values
    means = _means(asked, pairs)
    parents = pairs["parent"].unique().implode()
    rows = values.join(means, on=_CELL, how="left", maintain_order="left")
    ours = pl.col("place").is_in(parents) & (pl.col("method").fill_null("") != AS_REPORTED)
    return _replaced(rows.with_columns(_averaged=ours & is_mean)).select(values.columns)


def _pairs(members: Iterable[tuple[str, Place]], periods: Iterable[str]) -> pl.DataFrame:
    ends = {key: from_key(key).end for key in periods}
    pairs = list(members)
    rows = [
        (one.code, above, key)
        for key, end in ends.items()
        for above, one in pairs
        if one.existed(end)
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("place", "parent", "period"), pl.String), orient="row"
    )


def _means(values: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    cell = [name if name != "place" else "parent" for name in _CELL]
    return (
        values.join(pairs, on=["place", "period"])
        .group_by(cell)
        .agg(
            _mean=pl.col("value").sort().mean(),
            _with=pl.col("value").count(),
            _of=pl.len(),
            _withheld=(pl.col("absent") == str(Absent.SUPPRESSED)).any(),
        )
        .rename({"parent": "place"})
    )


def _replaced(rows: pl.DataFrame) -> pl.DataFrame:
    averaged, none = pl.col("_averaged"), pl.col("_mean").is_null()
    number = pl.col("_with").cast(pl.String) + " of " + pl.col("_of").cast(pl.String)
    withheld = pl.col("_withheld").fill_null(False)
    absent = pl.when(withheld).then(pl.lit(str(Absent.SUPPRESSED)))
    why = pl.when(withheld).then(pl.lit(WITHHELD)).otherwise(pl.lit(NO_MEMBER))
    how = pl.lit("mean of the members with a figure, ") + number
    made: dict[str, pl.Expr] = {
        "value": pl.col("_mean"),
        "method": pl.when(~none).then(how),
        "absent": pl.when(none).then(absent.otherwise(pl.lit(str(Absent.NOT_AVAILABLE)))),
        "why": pl.when(none).then(why),
        "numerator": pl.lit(None),
        "denominator": pl.lit(None),
        "spans": pl.lit(None),
        "rows": pl.when(~none).then("rows"),
    }
    return rows.with_columns(
        pl.when(averaged).then(how).otherwise(name).alias(name) for name, how in made.items()
    )
