"""Which figures are judged, against which target, and what must be known of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from outturn.framework.model import Measure, Override
from outturn.judgement.facts import facts
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.spans import applies, day, pair_facts, period_facts
from outturn.judgement.words import telling_decimals, text_columns
from outturn.statistics.ratios import ratio
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import KEYS, Absent

NOT_SUPPLIED = "No figure was supplied."


def chosen(
    values: pl.DataFrame, asked: pl.DataFrame, always: list[str], overrides: list[Override]
) -> pl.DataFrame:
    judged = asked["place"].unique().to_list()
    wanted = pl.col("place").is_in([*always, *judged])
    for one in overrides:
        if one.place:
            wanted |= (pl.col("place") == one.place) & (pl.col("measure") == one.measure)
    return values.filter(wanted)


def with_goals(
    rows: pl.DataFrame,
    asked: pl.DataFrame,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
) -> pl.DataFrame:
    """The rows with their target's columns and `year`, and a row for each target with none."""
    keys = rows["period"].unique().to_list()
    years = asked["year"].unique().to_list()
    pairs = [(k, y) for k in keys for y in years if applies(from_key(y), from_key(k))]
    schema = {"period": pl.String, "year": pl.String}
    under = asked.join(pl.DataFrame(pairs, schema=schema, orient="row"), on="year")
    under = _of_years_together(under, measures)
    lengths = {y: (from_key(y).end - from_key(y).start).days for y in years}
    length = pl.col("year").replace_strict(lengths, default=None, return_dtype=pl.Int64)
    under = (
        under.with_columns(_length=length)
        .sort("_length", maintain_order=True)
        .unique(KEYS, keep="first", maintain_order=True)
        .drop("_length")
    )
    found = rows.join(under, on=list(KEYS), how="left", maintain_order="left")
    used = found["target_id"].drop_nulls().unique().implode()
    begun = [y for y in years if from_key(y).start <= as_of]
    without = asked.filter(pl.col("year").is_in(begun) & ~pl.col("target_id").is_in(used))
    found = pl.concat([found, _unreported(without, rows, measures)], how="diagonal_relaxed")
    usual = {k: from_key(k).financial_year(calendar).key for k in found["period"].unique()}
    own = pl.col("period").replace_strict(usual, default=None, return_dtype=pl.String)
    return found.with_columns(year=pl.coalesce("year", own))


def _of_years_together(under: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Without single years under a target for as many as their measure takes together.

    It is taken together because those of one year say too little: a target for three years is
    about the figure of the three.
    """
    together = {id: one.years_together for id, one in measures.items() if one.years_together > 1}
    if not together:
        return under
    months = {key: from_key(key).months for name in ("period", "year") for key in under[name]}
    asked = 12 * pl.col("measure").replace_strict(together, default=0, return_dtype=pl.Int64)
    period, year = (
        pl.col(name).replace_strict(months, default=0, return_dtype=pl.Int64)
        for name in ("period", "year")
    )
    return under.filter((year != asked) | (period == asked))


def _unreported(
    without: pl.DataFrame, rows: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """A row without a figure for each target under which nothing was reported."""
    versions = [
        measures[id].definition_in(from_key(year))
        for id, year in without.select("measure", "year").iter_rows()
    ]
    made = without.with_columns(
        period=pl.col("year"),
        definition=pl.Series(versions, dtype=pl.String),
        absent=pl.lit(str(Absent.NOT_AVAILABLE)),
        why=pl.lit(NOT_SUPPLIED),
    ).unique(KEYS, keep="first", maintain_order=True)
    return made.join(rows.select(KEYS), on=list(KEYS), how="anti", maintain_order="left")


def with_facts(
    rows: pl.DataFrame, measures: Mapping[str, Measure], calendar: Calendar, as_of: date
) -> pl.DataFrame:
    known = facts(measures)
    pairs = list(rows.select("period", "year").unique().iter_rows())
    rows = (
        rows.join(known, on="measure", how="left", maintain_order="left")
        .join(
            period_facts(rows["period"].unique().to_list(), calendar, as_of),
            on="period",
            how="left",
            maintain_order="left",
        )
        .join(
            pair_facts(pairs, calendar, as_of),
            on=["period", "year"],
            how="left",
            maintain_order="left",
        )
    )
    after = pl.when("counted").then(pl.lit("")).otherwise("after")
    return rows.with_columns(
        per_one=per_one(rows, "value", "numerator", "denominator", "spans"),
        figure_after=pl.when(pl.col("before") == "£").then("after").otherwise(after),
        as_of_words=pl.lit(day(as_of)),
        low_strict=pl.col("low_strict").fill_null(False),
        high_strict=pl.col("high_strict").fill_null(False),
        at_limit=pl.col("at_limit").fill_null(False),
        zero=pl.col("zero").fill_null(False),
        impossible=_impossible(rows),
    )


def _impossible(rows: pl.DataFrame) -> pl.Series:
    """Why a proportion cannot be right, where it is below nothing or above the whole."""
    over, under = pl.col("value") - pl.col("per"), -pl.col("value")
    outside = rows.select(
        pl.when(pl.col("is_share") & (pl.max_horizontal(over, under) > WORKED_DUST)).then(
            pl.max_horizontal(over, under)
        )
    ).to_series()
    if outside.null_count() == len(outside):
        return pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    texts = text_columns(
        rows.select("value", "per", "before", "after").with_columns(
            d=telling_decimals(outside, rows["decimals"]), none=pl.lit(0), outside=outside
        ),
        said=("value", "d"),
        full=("per", "none"),
    )
    words = pl.concat_str(
        "before", "said", "after", pl.lit(" lies outside 0 to "), "full", "after",
        pl.lit(": it cannot be right, and is not judged."),
    )  # fmt: skip
    return texts.select(pl.when(pl.col("outside").is_not_null()).then(words)).to_series()


def per_one(
    rows: pl.DataFrame, figure: str, numerator: str, denominator: str, spans: str = ""
) -> pl.Series:
    """What one unit of the numerator is worth in the measure's unit; null where unknown.

    With a denominator it follows from it and from the periods that a mean was taken over: one
    admission in 12 months moves the monthly rate by a twelfth. Without one it follows from a
    figure and its numerator. Of a count it is the measure's own unit, also of one averaged over
    periods: 5 people fewer, month after month.
    """
    periods = pl.col(spans).fill_null(1) if spans else pl.lit(1)
    over = rows.select(pl.col(denominator) * periods).to_series()
    from_denominator = ratio(rows["per"], over)
    from_figure = ratio(rows[figure], rows[numerator])
    frame = rows.select("counted", "divided", "per", "in_counts").with_columns(
        a=from_denominator, b=from_figure
    )
    positive = pl.when(pl.coalesce("a", "b") > 0).then(pl.coalesce("a", "b"))
    return frame.select(
        pl.when("counted")
        .then("per")
        .when(pl.col("divided") & pl.col("in_counts"))
        .then(positive)
        .alias("per_one")
    ).to_series()
