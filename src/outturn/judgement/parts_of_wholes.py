"""Reported sums held against their parts: categories of a breakdown, places under a place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from outturn.framework.model import AGGREGATES, Measure, Place
from outturn.framework.places import EVERY, ancestors, members, members_then
from outturn.judgement.facts import COUNTED, facts
from outturn.judgement.history import FORECAST
from outturn.judgement.parts_of_time import apart, told
from outturn.judgement.words import is_reported
from outturn.terms.period import from_key
from outturn.terms.records import WHOLE

OF_A_BREAKDOWN = "whole and its categories"
OF_A_PLACE = "place and its places"
_CELL = ["measure", "place", "period"]


def unlike_their_categories(
    values: pl.DataFrame, measures: Mapping[str, Measure], round_to: int = 1
) -> pl.DataFrame:
    """One row for each undivided count or money that the categories of a breakdown do not make.

    A reported figure is tested where every category that its measure declares has a reported
    figure. Rounding is allowed for as in `unlike_their_parts`.
    """
    declared = [
        (id, each.name, one)
        for id, measure in _sums(measures).items()
        for each in measure.breakdowns
        for one in each.categories
    ]
    schema = dict.fromkeys(("measure", "breakdown", "category"), pl.String)
    known = pl.DataFrame(declared, schema=schema, orient="row")
    whole = known.group_by("measure", "breakdown").agg(of=pl.len())
    held = _reported(values, measures)
    sums = (
        held.join(known, on=list(schema))
        .group_by(*_CELL, "breakdown")
        .agg(_sum=pl.col("value").sort().sum(), _held=pl.len())
        .join(whole, on=["measure", "breakdown"])
        .filter(pl.col("_held") == pl.col("of"))
        .rename({"breakdown": "_parted"})
    )
    rows = held.filter(breakdown=WHOLE).join(sums, on=_CELL, maintain_order="left")
    rows = rows.sort(*_CELL, "_parted").join(facts(measures), on="measure", maintain_order="left")
    parts = pl.concat_str(
        pl.lit("its "), pl.col("of").cast(pl.String), pl.lit(" categories of "), "_parted"
    )
    return told(apart(rows, round_to), OF_A_BREAKDOWN, parts)


def unlike_their_places(
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    places: Mapping[str, Place],
    *,
    hierarchy: str = EVERY,
    totals_for: Collection[str] = (),
    round_to: int = 1,
) -> pl.DataFrame:
    """One row for each count or money of a place that the places directly under it do not make.

    A reported figure is tested where every member that existed at the end of its period has a
    reported figure, each hierarchy by itself; and only of a measure that is total over total.
    """
    total = {id: one for id, one in _sums(measures).items() if one.aggregate == AGGREGATES[0]}
    held = _reported(values, total).filter(breakdown=WHOLE)
    pairs = _under(held["period"].unique().sort(), places, hierarchy, totals_for)
    each = ["measure", "period", "_under", "of"]
    sums = (
        held.join(pairs, on=["period", "place"])
        .group_by(*each, "_hierarchy")
        .agg(_sum=pl.col("value").sort().sum(), _held=pl.len())
        .filter(pl.col("_held") == pl.col("of"))
        .sort(*each, "_hierarchy")
        .unique([*each, "_sum"], keep="first", maintain_order=True)
        .rename({"_under": "place"})
    )
    rows = held.join(sums, on=_CELL, maintain_order="left").sort(*_CELL, "_hierarchy")
    rows = rows.join(facts(measures), on="measure", maintain_order="left")
    parts = pl.concat_str(pl.lit("the "), pl.col("of").cast(pl.String), pl.lit(" places under it"))
    return told(apart(rows, round_to), OF_A_PLACE, parts)


def _sums(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    return {id: one for id, one in measures.items() if one.reported and one.kind in COUNTED}


def _reported(values: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The figures that somebody supplied as they are: what was added up here does add up."""
    return values.filter(
        pl.col("measure").is_in(list(_sums(measures)))
        & pl.col("value").is_not_null()
        & is_reported()
        & (pl.col("provenance").fill_null("") != FORECAST)
    )


def _under(
    keys: pl.Series, places: Mapping[str, Place], hierarchy: str, totals_for: Collection[str]
) -> pl.DataFrame:
    """Each place under another, `_under`, in each period, with how `of` how many it is one."""
    every = dict.fromkeys(name for one in places.values() for name in one.parents)
    lines = []
    for name in every if hierarchy == EVERY else [hierarchy]:
        pairs = members(places, name, totals_for)
        above = {code: ancestors(places, code, name) for code in places}
        ends = {key: from_key(key).end for key in keys}
        then = {day: members_then(pairs, above, day) for day in set(ends.values())}
        lines += [(key, code, one.code, name) for key in keys for code, one in then[ends[key]]]
    schema = dict.fromkeys(("period", "_under", "place", "_hierarchy"), pl.String)
    frame = pl.DataFrame(lines, schema=schema, orient="row")
    return frame.with_columns(of=pl.len().over("period", "_under", "_hierarchy"))
