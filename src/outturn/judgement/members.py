"""A figure of a place that is made of its members' figures, not of their counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import polars as pl

from outturn.framework.model import AGGREGATES, Measure, Place
from outturn.judgement.judged_rows import NOT_SUPPLIED
from outturn.judgement.words import is_reported
from outturn.terms.period import from_key
from outturn.terms.records import VALUES, Absent, Provenance, fitted

_, MEAN, _ = AGGREGATES
NO_MEMBER = "No member has a figure."
WITHHELD = "No member has a figure that may be told: some are suppressed to protect people."
_FIRMNESS = [str(one) for one in Provenance]  # from final to forecast
_OF_MEANS = ("_mean", "_with", "_of", "_withheld", "_reason")
_CELL = ["measure", "place", "period", "breakdown", "category"]


def mean_of_members(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    members: Iterable[tuple[str, Place]],
    places: Mapping[str, Place],
) -> pl.DataFrame:
    """The values, with those of places that have members made by the measure's own rule.

    `members` has each place that takes a mean, with each place directly below it; one that did not
    exist at the end of a period is not among its members then. A place that has no row, as of a
    reported measure, gets one where a member has a figure. Members of members come first. A
    reported figure stands, and a place none of whose members has a figure is suppressed where any
    of theirs is. Measures of the other rules are left alone: the engine added up the counts of
    those that are total over total, and added nothing up for those whose figure is the published
    one.
    """
    averaged = {one.id: one for one in measures.values() if one.aggregate == MEAN}
    asked = values.filter(pl.col("measure").is_in(list(averaged)))
    pairs = _pairs(members, asked["period"].unique().sort(), places)
    for parents in _from_below(pairs):
        ours = pairs.filter(pl.col("parent").is_in(parents))
        values = _with_means(values, averaged, ours)
    return values


def _from_below(pairs: pl.DataFrame) -> list[list[str]]:
    """The places that have members, each after those that are among its own."""
    above = set(pairs["parent"])
    order: TopologicalSorter[str] = TopologicalSorter({parent: () for parent in above})
    for parent, one in pairs.select("parent", "place").unique().iter_rows():
        if one in above:
            order.add(parent, one)
    try:
        order.prepare()
    except CycleError:  # two hierarchies, each with one of two places above the other
        return [sorted(above)]
    levels = []
    while order.is_active():
        levels.append(sorted(order.get_ready()))
        order.done(*levels[-1])
    return levels


def _with_means(
    values: pl.DataFrame, averaged: Mapping[str, Measure], pairs: pl.DataFrame
) -> pl.DataFrame:
    is_mean = pl.col("measure").is_in(list(averaged))
    means = _means(values.filter(is_mean), pairs)
    parents = pairs["parent"].unique().implode()
    rows = values.join(means, on=_CELL, how="left", maintain_order="left")
    ours = pl.col("place").is_in(parents) & ~is_reported()
    replaced = _replaced(rows.with_columns(_averaged=ours & is_mean)).select(values.columns)
    return pl.concat([replaced, _added(means, values, averaged)])


def _added(
    means: pl.DataFrame, values: pl.DataFrame, averaged: Mapping[str, Measure]
) -> pl.DataFrame:
    """A row for each place that has none and a member with a figure."""
    new = means.filter(pl.col("_mean").is_not_null())
    new = new.join(values.select(_CELL), on=_CELL, how="anti").sort(_CELL)
    versions = [
        averaged[id].definition_in(from_key(key))
        for id, key in new.select("measure", "period").iter_rows()
    ]
    firmness = pl.col("_firmness").replace_strict(
        dict(enumerate(_FIRMNESS)), default=None, return_dtype=pl.String
    )
    new = new.with_columns(
        definition=pl.Series(versions, dtype=pl.String),
        rows="_rows",
        source="_source",
        edition="_edition",
        provenance=firmness,
        _averaged=True,
    )
    made = new.select("_averaged", *_OF_MEANS)
    return fitted(_replaced(pl.concat([fitted(new, VALUES), made], how="horizontal")), VALUES)


def _pairs(
    members: Iterable[tuple[str, Place]], periods: Iterable[str], places: Mapping[str, Place]
) -> pl.DataFrame:
    ends = {key: from_key(key).end for key in periods}
    pairs = list(members)
    rows = [
        (one.code, above, key)
        for key, end in ends.items()
        for above, one in pairs
        if one.existed(end) and places[above].existed(end)
    ]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("place", "parent", "period"), pl.String), orient="row"
    )


def _firmness() -> pl.Expr:
    order = {word: number for number, word in enumerate(_FIRMNESS)}
    return pl.col("provenance").replace_strict(order, default=None, return_dtype=pl.Int64)


def _means(values: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    cell = [name if name != "place" else "parent" for name in _CELL]
    return (
        values.join(pairs, on=["place", "period"])
        .group_by(cell)
        .agg(
            _mean=pl.col("value").sort().mean(),
            _with=pl.col("value").count(),
            _reason=pl.when(_have_one_reason()).then(pl.col("why").first()),
            _withheld=(pl.col("absent") == str(Absent.SUPPRESSED)).any(),
            _rows=pl.col("rows").sum(),
            _source=pl.col("source")
            .str.split(", ")
            .explode()
            .drop_nulls()
            .unique()
            .sort()
            .str.join(", "),
            _edition=pl.col("edition").max(),
            _firmness=_firmness().max(),
        )
        .join(pairs.group_by("parent", "period").agg(_of=pl.len()), on=["parent", "period"])
        .rename({"parent": "place"})
    )


def _have_one_reason() -> pl.Expr:
    """Whether all say alike why they have no figure, and more than that there is none."""
    return (pl.col("why").n_unique() == 1) & (pl.col("why").first() != NOT_SUPPLIED)


def _replaced(rows: pl.DataFrame) -> pl.DataFrame:
    averaged, none = pl.col("_averaged"), pl.col("_mean").is_null()
    number = pl.col("_with").cast(pl.String) + " of " + pl.col("_of").cast(pl.String)
    withheld = pl.col("_withheld").fill_null(False)
    absent = pl.when(withheld).then(pl.lit(str(Absent.SUPPRESSED)))
    lacked = pl.coalesce("_reason", pl.lit(NO_MEMBER))
    why = pl.when(withheld).then(pl.lit(WITHHELD)).otherwise(lacked)
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
        "answers": pl.lit(None),
        "effective": pl.lit(None),
        **dict.fromkeys(("lower", "upper", "interval"), pl.lit(None)),  # of a mean there are none
    }
    return rows.with_columns(
        pl.when(averaged).then(how).otherwise(name).alias(name) for name, how in made.items()
    )
