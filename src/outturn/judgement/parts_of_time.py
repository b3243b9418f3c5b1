"""Longer periods that a source gave beside their months or quarters, held against their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.facts import COUNTED, facts
from outturn.judgement.history import CELL, FORECAST
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.spans import span, with_spans
from outturn.judgement.words import fewest_decimals, fronted, text_columns, to_the_penny
from outturn.terms.period import Period, add_months, from_key

RULE = "period and its parts"
LENGTHS = {1: "months", 3: "quarters"}  # of a part, in months


def unlike_their_parts(
    values: pl.DataFrame, measures: Mapping[str, Measure], round_to: int = 1
) -> pl.DataFrame:
    """One row for each longer period of a reported count or money that its parts do not add up to.

    A longer period is tested where a figure is held for every month of it, or else for every
    quarter, and no break in the series parts them. Counts must agree to the unit. Of rounded
    figures, such as millions of pounds or counts to the nearest `round_to`, each may be half a
    unit out.
    """
    asked = {id: one for id, one in measures.items() if _is_asked(one)}
    real = pl.col("value").is_not_null() & (pl.col("provenance").fill_null("") != FORECAST)
    held = with_spans(values.filter(pl.col("measure").is_in(list(asked)) & real))
    parts = _parts(held["period"].unique().sort())
    sums = (
        held.select(*CELL, "period", "value")
        .join(parts, on="period")
        .join(held.select(*CELL, part="span", _part="value").unique([*CELL, "part"]),
              on=[*CELL, "part"])
        .group_by(*CELL, "period", "value", "length", "of")
        .agg(_sum=pl.col("_part").sort().sum(), _held=pl.len())
        .filter(pl.col("_held") == pl.col("of"))
        .sort(*CELL, "period", "length")
        .unique([*CELL, "period"], keep="first", maintain_order=True)
    )  # fmt: skip
    sums = sums.join(_parted(sums, asked), on=["measure", "period", "length"], how="anti")
    words = pl.col("length").replace_strict(LENGTHS, default=None, return_dtype=pl.String)
    found = apart(sums.join(facts(measures), on="measure"), round_to)
    return told(found, RULE, pl.concat_str(pl.lit("its "), pl.col("of").cast(pl.String),
                                           pl.lit(" "), words))  # fmt: skip


def _is_asked(measure: Measure) -> bool:
    return measure.reported and measure.kind in COUNTED and measure.roll_up == "sum"


def _parts(keys: Sequence[str] | pl.Series) -> pl.DataFrame:
    """For each longer period, the spans of its months and those of its quarters."""
    periods = {key: from_key(key) for key in keys}
    known = {span(one) for one in periods.values()}
    lines = []
    for key, period in periods.items():
        for length in LENGTHS:
            spans = [span(one) for one in _divided(period, length)]
            if len(spans) > 1 and known.issuperset(spans):
                lines += [(key, length, len(spans), one) for one in spans]
    schema = {"period": pl.String, "length": pl.Int64, "of": pl.Int64, "part": pl.String}
    return pl.DataFrame(lines, schema=schema, orient="row")


def _divided(period: Period, length: int) -> Iterator[Period]:
    if period.months and period.start.day == 1 and period.months % length == 0:
        for months in range(0, period.months, length):
            yield Period(add_months(period.start, months), length, "M")


def _parted(sums: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The longer periods that a break in the series parts."""
    names = ["measure", "period", "length"]
    found = [
        (id, key, length)
        for id, key, length in sums.select(names).unique().iter_rows()
        if measures[id].breaks and measures[id].break_within(list(_divided(from_key(key), length)))
    ]
    return pl.DataFrame(found, schema=sums.select(names).schema, orient="row")


def apart(rows: pl.DataFrame, round_to: int) -> pl.DataFrame:
    """The rows whose `_sum`, of so many parts (`of`), is further from the figure than rounding
    explains. Needs the facts of their measures."""
    whole = pl.col("in_counts")
    unit = pl.when(whole).then(float(round_to)).otherwise(10.0 ** -pl.col("decimals").cast(float))
    rounded_figures = pl.when(whole & pl.lit(round_to == 1)).then(1).otherwise(pl.col("of") + 1)
    gap = (pl.col("value") - pl.col("_sum")).abs()
    dust = WORKED_DUST * pl.max_horizontal(pl.col("value").abs(), pl.col("_sum").abs(), unit)
    return rows.filter(gap > unit / 2 * rounded_figures + dust).with_columns(size=gap)


def told(rows: pl.DataFrame, rule: str, parts: pl.Expr) -> pl.DataFrame:
    """The rows of `apart` with the rule and the sentence, in which `parts` says what adds up."""
    rows = rows.with_columns(
        _d=to_the_penny(rows, fewest_decimals(rows["value"], rows["decimals"])),
        _sum_d=to_the_penny(rows, fewest_decimals(rows["_sum"], rows["decimals"])),
    )
    rows = text_columns(rows, _value_text=("value", "_d"), _sum_text=("_sum", "_sum_d"))
    after = {
        name: pl.when(pl.col(name) == "1").then("after_one").otherwise("after")
        for name in ("_value_text", "_sum_text")
    }
    return rows.with_columns(
        rule=pl.lit(rule),
        finding=pl.concat_str(
            fronted("_value_text"), after["_value_text"], pl.lit(", but "), parts,
            pl.lit(" add up to "),
            fronted("_sum_text"), after["_sum_text"], pl.lit("."),
        ),
    )  # fmt: skip
