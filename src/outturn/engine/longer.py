"""Longer periods of reported figures: a year of its months, by the measure's `roll_up`, and years
taken together.

What a source publishes of the longer period stands. Otherwise it is made where every base period
in it has a figure, by the same rules as for counted measures (`periods.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from outturn.engine.periods import ALONE, Wanted, base_period, wanted_periods, years_together
from outturn.framework.model import HISTOGRAMS, Measure
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import COUNTS, Absent, Provenance, empty, fitted

ADDITIVE = ("count", "money")  # kinds whose figures themselves add up
_CELL = ("place", "breakdown", "category")
_FIGURES = ("numerator", "denominator", "reported", "margin")
_FIRMNESS = [str(one) for one in Provenance]  # from final to forecast


def longer_periods(
    known: pl.DataFrame, measures: Iterable[Measure], calendar: Calendar, as_of: date
) -> pl.DataFrame:
    """COUNTS of the longer periods that the reported rows `known` make and do not hold.

    Of counts and money the figures are added; of other kinds both counts, unless the measure is not
    to be recomputed from them. Figures of these are averaged only where the measure's `roll_up` is
    "mean"; "last" takes the last figure as it is. A base period without a figure leaves the longer
    one unmade. One across a break in the series is not available.
    """
    made = [empty(COUNTS)]
    given = {str(id): rows for (id,), rows in known.partition_by("measure", as_dict=True).items()}
    for measure in measures:
        if measure.id in given and _is_made(measure):
            made.append(_made(measure, given[measure.id], calendar, as_of))
    return without_days_of(known, pl.concat(made))


def without_days_of(known: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """The rows made, but for figures of which `known` has one of the same days.

    The year 2020/21 and the 12 months to March 2021 are the same days.
    """
    names = ("measure", *_CELL, "days")
    return (
        made.with_columns(days=_days(made["period"]))
        .join(known.with_columns(days=_days(known["period"])), on=names, how="anti")
        .drop("days")
    )


def _days(keys: pl.Series) -> pl.Series:
    periods = {key: from_key(key) for key in keys.unique()}
    days = {key: f"{one.start}/{one.end}" for key, one in periods.items()}
    return keys.replace_strict(days, return_dtype=pl.String)


def _is_made(measure: Measure) -> bool:
    alone = measure.frequency in ALONE and measure.years_together == 1
    if measure.roll_up == "none" or alone:
        return False
    adds = measure.recompute and measure.kind not in HISTOGRAMS
    return measure.kind in ADDITIVE or adds or measure.roll_up != "sum"


def _made(measure: Measure, rows: pl.DataFrame, calendar: Calendar, as_of: date) -> pl.DataFrame:
    own = [from_key(key) for key in rows["period"].unique()]
    bases = {one: one for one in own if base_period(one, measure.frequency, calendar) == one}
    wanted = [
        one for one in wanted_periods(measure, bases, calendar, as_of) if one.bases != (one.period,)
    ]
    wanted += years_together(measure, [one for one in bases if one.finished(as_of)], calendar)
    figures = _with_figures(measure, rows.filter(pl.col("absent").is_null()))
    added = (
        figures.join(_parts(wanted), on="period")
        .sort(*_CELL, "wanted", "period")
        .group_by(*_CELL, "wanted", maintain_order=True)
        .agg(
            pl.len().alias("given"),
            *_added(measure),
            pl.col("rows").sum(),
            pl.col("source").str.split(", ").explode().unique().sort().str.join(", "),
            pl.col("edition").max(),
            pl.col("firmness").max(),
        )
        .join(_about(measure, wanted), on="wanted")
        .filter(pl.col("given") == pl.col("spans"))
    )
    stands = pl.col("why").is_null()
    return fitted(
        added.with_columns(
            *(pl.when(stands).then(name).alias(name) for name in _FIGURES),
            measure=pl.lit(measure.id),
            absent=pl.when(~stands).then(pl.lit(str(Absent.NOT_AVAILABLE))),
            provenance=pl.col("firmness").replace_strict(
                dict(enumerate(_FIRMNESS)), return_dtype=pl.String
            ),
        ),
        COUNTS,
    )


def _with_figures(measure: Measure, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that have what the measure puts together."""
    rows = rows.with_columns(
        firmness=pl.col("provenance").replace_strict(
            {word: number for number, word in enumerate(_FIRMNESS)}, return_dtype=pl.Int64
        )
    )
    both = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    if measure.roll_up == "last":
        alone = pl.col("numerator").is_not_null() & pl.lit(measure.kind in ADDITIVE)
        return rows.filter(pl.col("reported").is_not_null() | both | alone)
    if measure.kind in ADDITIVE:
        amount = pl.coalesce(pl.col("reported") / float(measure.per), "numerator")
        return rows.with_columns(numerator=amount).filter(pl.col("numerator").is_not_null())
    if measure.roll_up == "mean":
        return rows.filter(pl.col("reported").is_not_null())
    return rows.filter(both)


def _added(measure: Measure) -> list[pl.Expr]:
    """What the figures of the base periods come to."""
    if measure.roll_up == "last":
        return [pl.col(name).last() for name in _FIGURES]
    nothing = pl.lit(None, pl.Float64)
    if measure.kind in ADDITIVE:
        sums = {"numerator": pl.col("numerator").sum(), "denominator": nothing}
    elif measure.roll_up == "sum":
        sums = {name: pl.col(name).sum() for name in ("numerator", "denominator")}
    else:
        sums = {"reported": pl.col("reported").mean()}
    return [sums.get(name, nothing).alias(name) for name in _FIGURES]


def _parts(wanted: list[Wanted]) -> pl.DataFrame:
    lines = [(number, part.key) for number, one in enumerate(wanted) for part in one.parts]
    return pl.DataFrame(lines, schema={"wanted": pl.Int32, "period": pl.String}, orient="row")


def _about(measure: Measure, wanted: list[Wanted]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "wanted": range(len(wanted)),
            "period": [one.period.key for one in wanted],
            "definition": [measure.definition_in(one.period) for one in wanted],
            "spans": [one.spans for one in wanted],
            "why": [one.why for one in wanted],
        },
        schema={
            "wanted": pl.Int32,
            "period": pl.String,
            "definition": pl.String,
            "spans": pl.Int64,
            "why": pl.String,
        },
    )
