"""What is already held beside a figure: the year before, the whole of last year, a forecast."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.spans import with_spans
from outturn.judgement.words import parting
from outturn.terms.period import from_key
from outturn.terms.records import Provenance

CELL = ["measure", "place", "breakdown", "category"]
_HELD = ("period", "provenance", "value")
FORECAST = str(Provenance.FORECAST)


def with_history(
    rows: pl.DataFrame, values: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """The rows with `previous`, `last_whole`, `whole_before`, `published` and what parts them.

    `previous` is the figure of the previous equivalent period; `last_whole` that of the year
    before the target's; `whole_before` that of the financial year before; `published` a forecast
    that a source gives for the target's year; `parted` the reason why the series cannot be
    compared with the year before, and `year_parted` why with the whole of it. A forecast is
    never taken for a past figure.
    """
    # Joined by one whole number for each cell, and apart from the many columns of the rows:
    # a national set has millions of them.
    cells = rows.select(CELL).unique(maintain_order=True).with_row_index("_cell")
    spans = ("previous_span", "last_year_span", "last_year", "year_span")
    slim = rows.select(*CELL, "period", "year", *spans).join(
        cells, on=CELL, how="left", maintain_order="left"
    )
    known = values.filter(pl.col("value").is_not_null()).select(*CELL, *_HELD)
    known = with_spans(known.join(cells, on=CELL, maintain_order="left"))
    is_forecast = pl.col("provenance").fill_null("") == FORECAST
    past, forecasts = known.filter(~is_forecast), known.filter(is_forecast)
    for span, name, source in (
        ("previous_span", "previous", past),
        ("last_year_span", "last_whole", past),
        ("last_year", "whole_before", past),
        ("year_span", "published", forecasts),
    ):
        found = source.select("_cell", pl.col("span").alias(span), pl.col("value").alias(name))
        found = found.unique(["_cell", span], keep="first", maintain_order=True)
        slim = slim.join(found, on=["_cell", span], how="left", maintain_order="left")
    slim = slim.join(
        _partings(slim, measures),
        on=["measure", "period", "year"],
        how="left",
        maintain_order="left",
    )
    names = ("previous", "last_whole", "whole_before", "published", "parted", "year_parted")
    return rows.hstack(slim.select(names))


def _partings(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    broken = [id for id, one in measures.items() if one.breaks]
    pairs = rows.filter(pl.col("measure").is_in(broken))
    found = []
    for id, key, year in pairs.select("measure", "period", "year").unique().iter_rows():
        period, whole = from_key(key), from_key(year).previous_equivalent()
        parted = measures[id].break_between(period.previous_equivalent(), period)
        of_year = parted or measures[id].break_between(whole, period)
        said = [parting(one, period) if one else None for one in (parted, of_year)]
        if of_year:
            found.append((id, key, year, *said))
    names = ("measure", "period", "year", "parted", "year_parted")
    return pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row")
