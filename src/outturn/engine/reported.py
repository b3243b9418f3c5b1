"""Figures that a source gives already worked out, as Counts: carried as they are, never counted.

The latest edition of a figure stands; the earlier ones are kept apart. A place above others may
get the total of its members, only where its measure says so, and a year that of its months
(`longer.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.engine.longer import ADDITIVE, longer_periods, without_days_of
from outturn.framework.model import HISTOGRAMS, Measure, Place
from outturn.framework.places import ancestors, members, members_then
from outturn.terms.period import APRIL, Calendar, from_key
from outturn.terms.records import COUNTS, KEYS, WHOLE, Provenance, empty, fitted

_SERIES = ("measure", "period", "breakdown", "category")


def reported_counts(
    figures: pl.DataFrame,
    measures: Iterable[Measure],
    *,
    places: Mapping[str, Place],
    hierarchy: str,
    totals_for: Collection[str] = (),
    calendar: Calendar = APRIL,
    as_of: date | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The Counts of every reported measure, and those of its earlier editions.

    `figures` keeps the contract of that name. Of two editions of one figure the later stands,
    whatever it says. Where a measure's `aggregate` is "total over total", a place at or under
    `totals_for` (every place, if that is empty) that has no figure of its own gets the total of
    the places that stand directly below it at the end of the period: of counts and money the
    figures, of other kinds both counts, unless the measure is not to be recomputed from them. A
    suppressed or missing member leaves the total unmade. With `as_of`, longer periods finished by
    then are made of the measure's base periods, as its `roll_up` says, where none was published.
    """
    wanted = [one for one in measures if one.reported]
    chosen = figures.filter(pl.col("measure").is_in([one.id for one in wanted]))
    if not chosen.height:
        return empty(COUNTS), empty(COUNTS)
    rows = fitted(
        _with_definitions(chosen, {one.id: one for one in wanted}).with_columns(
            pl.col("breakdown", "category").fill_null(WHOLE),
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
    below = members(places, hierarchy, totals_for)
    lines = {code: ancestors(places, code, hierarchy) for code in places}
    if as_of:
        made = longer_periods(standing, wanted, calendar, as_of)
        standing = pl.concat([standing, made])
    totals = _totals(standing, wanted, _levels(below, lines, standing["period"].unique()))
    standing = pl.concat([standing, without_days_of(standing, totals)])
    if as_of:  # some months of a place may be published, and others the totals of its members
        made = longer_periods(standing, wanted, calendar, as_of)
        standing = pl.concat([standing, made])
    return standing.sort(KEYS), superseded


def _with_definitions(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with the version of the definition in force when each period begins."""
    pairs = rows.select("measure", "period").unique()
    versions = [measures[id].definition_in(from_key(key)) for id, key in pairs.iter_rows()]
    return rows.join(
        pairs.with_columns(pl.Series("definition", versions, dtype=pl.String)),
        on=["measure", "period"],
        maintain_order="left",
    )


def _levels(
    below: Sequence[tuple[str, Place]], above: Mapping[str, Sequence[str]], periods: Iterable[str]
) -> pl.DataFrame:
    """In each period, each place that may get a total, with those directly below it then."""
    lines = [
        (parent, one.code, key, len(above[parent]))
        for key in periods
        for parent, one in members_then(below, above, from_key(key).end)
    ]
    kinds = (pl.String, pl.String, pl.String, pl.Int64)
    names = ("parent", "place", "period", "depth")
    return pl.DataFrame(lines, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _totals(
    standing: pl.DataFrame, measures: Iterable[Measure], levels: pl.DataFrame
) -> pl.DataFrame:
    """Totals for places without a figure, from the lowest level up, so that totals add up too."""
    adds = [one for one in measures if one.aggregate == "total over total"]
    additive = {one.id: float(one.per) for one in adds if one.kind in ADDITIVE}
    follows = [one for one in adds if one.recompute and one.kind not in HISTOGRAMS]
    divided = [one.id for one in follows if one.id not in additive]
    amount = pl.when(pl.col("measure").is_in(list(additive))).then(_amount(additive))
    told = pl.col("absent").is_null()  # counts beside a suppressed figure are as suppressed as it
    known = standing.filter(pl.col("measure").is_in([*additive, *divided])).with_columns(
        numerator=pl.when(told).then(amount.otherwise("numerator"))
    )
    made = [empty(COUNTS)]
    for depth in levels["depth"].unique().sort(descending=True):
        added = _totals_of(known, levels.filter(depth=depth), list(additive))
        made.append(added)
        known = pl.concat([known, added])
    return pl.concat(made)


def _amount(per: Mapping[str, float]) -> pl.Expr:
    """What of an additive measure adds up: the figure itself, in the unit of a numerator."""
    factor = pl.col("measure").replace_strict(per, default=1.0, return_dtype=pl.Float64)
    return pl.coalesce(pl.col("reported") / factor, "numerator")


def _totals_of(known: pl.DataFrame, level: pl.DataFrame, additive: list[str]) -> pl.DataFrame:
    """The total of each place of one level, where every member of it has what adds up."""
    sizes = level.group_by("parent", "period").agg(size=pl.len())
    has_both = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    present = pl.when(pl.col("measure").is_in(additive)).then(pl.col("numerator").is_not_null())
    one_kind = pl.col("provenance").list.len() == 1
    added = (
        known.join(level, on=["place", "period"])
        .sort("parent", *KEYS)
        .with_columns(present=present.otherwise(has_both))
        .group_by("parent", *_SERIES, maintain_order=True)
        .agg(
            pl.col("numerator", "rows", "present").sum(),
            pl.when(pl.col("denominator").is_not_null().all()).then(pl.col("denominator").sum()),
            pl.col("definition", "spans").first(),
            pl.col("source").unique().sort().str.join(", "),
            pl.col("edition").max(),
            pl.col("provenance").unique(),
            alike=pl.col("spans").n_unique() == 1,  # no sum of months beside a mean of them
        )
        .join(sizes, on=["parent", "period"])
        .filter(pl.col("alike") & (pl.col("present") == pl.col("size")))
        .rename({"parent": "place"})
        .with_columns(
            provenance=pl.when(one_kind)
            .then(pl.col("provenance").list.first())
            .otherwise(pl.lit(str(Provenance.ESTIMATED)))
        )
        .join(known.select(KEYS), on=KEYS, how="anti")
    )
    return fitted(added, COUNTS)
