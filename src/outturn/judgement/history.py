"""What is already held beside a figure: the year before, the whole of last year, a forecast."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.spans import with_spans
from outturn.terms.period import from_key
from outturn.terms.records import Provenance

CELL = ["measure", "place", "breakdown", "category"]
FORECAST = str(Provenance.FORECAST)


def with_history(
    rows: pl.DataFrame, values: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """The rows with `previous`, `last_whole`, `whole_before`, `published` and `parted`.

    `previous` is the figure of the previous equivalent period; `last_whole` that of the year
    before the target's; `whole_before` that of the financial year before; `published` a forecast
    that a source gives for the target's year; `parted` the reason why the series cannot be
    compared with the year before. A forecast is never taken for a past figure.
    """
    held = with_spans(values.join(rows.select(CELL).unique(), on=CELL, how="semi"))
    is_forecast = pl.col("provenance").fill_null("") == FORECAST
    known = held.filter(pl.col("value").is_not_null())
    past, forecasts = known.filter(~is_forecast), known.filter(is_forecast)
    for span, name, source in (
        ("previous_span", "previous", past),
        ("last_year_span", "last_whole", past),
        ("last_year", "whole_before", past),
        ("year_span", "published", forecasts),
    ):
        found = source.select(*CELL, pl.col("span").alias(span), pl.col("value").alias(name))
        found = found.unique([*CELL, span], keep="first", maintain_order=True)
        rows = rows.join(found, on=[*CELL, span], how="left", maintain_order="left")
    return rows.join(
        _partings(rows, measures), on=["measure", "period"], how="left", maintain_order="left"
    )


def _partings(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    broken = [id for id, one in measures.items() if one.breaks]
    pairs = rows.filter(pl.col("measure").is_in(broken)).select("measure", "period").unique()
    found = []
    for id, key in pairs.iter_rows():
        period = from_key(key)
        parted = measures[id].break_between(period.previous_equivalent(), period)
        if parted:
            found.append((id, key, parted.reason))
    return pl.DataFrame(
        found, schema=dict.fromkeys(("measure", "period", "parted"), pl.String), orient="row"
    )
