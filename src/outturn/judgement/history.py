"""What is already held beside a figure: the year before, the whole of last year, a forecast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.rounded_counts import REACH
from outturn.judgement.spans import with_spans
from outturn.judgement.words import parting, sentence
from outturn.terms.period import from_key
from outturn.terms.records import Absent, Provenance

CELL = ["measure", "place", "breakdown", "category"]
_HELD = ("period", "provenance", "value", "lower", "upper", "numerator", "denominator", "spans")
_LIMITS = {"lower": "previous_lower", "upper": "previous_upper"}
_REACH = {name: f"previous_{name}" for name in REACH}  # where counts are rounded
HIDDEN = {"previous_span": "previous_hidden", "year_span": "year_hidden"}
OUTTURN = {"outturn": "value", "outturn_numerator": "numerator", "outturn_over": "over"}
CLOSES = ("close_month", "close_quarter")
FORECAST = str(Provenance.FORECAST)
_PARTING = ("measure", "stepping", "period", "year")


def with_history(
    rows: pl.DataFrame, values: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """The rows with `previous`, `last_whole`, `whole_before`, `published` and what parts them.

    `previous` is the figure of the previous equivalent period, `previous_lower` and
    `previous_upper` its limits, and what it could be where the values say so of theirs;
    `last_whole` that of the year before the target's; `whole_before` that of the financial year
    before; `published` a forecast that a source gives for the target's
    year; `parted` the reason why the series cannot be compared with the year before, and
    `year_parted` why with the whole of it, also where a step is declared within that year or this
    one: neither has the shape of the other then. A forecast is never taken for a past figure.
    `previous_hidden` and `year_hidden` say that one is suppressed.
    `outturn` is the figure of the target's year once that is over, or what stands for it,
    with `outturn_numerator` and `outturn_over`, what that is divided by.
    """
    # Joined by one whole number for each cell, and apart from the many columns of the rows:
    # a national set has millions of them.
    cells = rows.select(CELL).unique(maintain_order=True).with_row_index("_cell")
    spans = ("span", "previous_span", "last_year_span", "last_year", "year_span", *CLOSES)
    slim = rows.select(*CELL, "period", "year", "closing", "year_finished", *spans).join(
        cells, on=CELL, how="left", maintain_order="left"
    )
    beside = _LIMITS | {old: new for old, new in _REACH.items() if old in values.columns}
    held = dict.fromkeys([*_HELD, *beside])
    known = values.filter(pl.col("value").is_not_null()).select(*CELL, *held)
    known = with_spans(known.join(cells, on=CELL, maintain_order="left"))
    is_forecast = pl.col("provenance").fill_null("") == FORECAST
    past, forecasts = (
        known.filter(one).unique(["_cell", "span"], keep="first", maintain_order=True)
        for one in (~is_forecast, is_forecast)
    )
    for span, name, source in (
        ("previous_span", "previous", past),
        ("last_year_span", "last_whole", past),
        ("last_year", "whole_before", past),
        ("year_span", "published", forecasts),
    ):
        also = beside if name == "previous" else {}
        named = (pl.col(old).alias(new) for old, new in {"value": name, **also}.items())
        found = source.select("_cell", pl.col("span").alias(span), *named)
        slim = slim.join(found, on=["_cell", span], how="left", maintain_order="left")
    slim = slim.with_columns(stepping(measures.values()))
    slim = slim.join(
        _partings(slim, measures),
        on=list(_PARTING),
        how="left",
        maintain_order="left",
    )
    slim = _with_outturn(_with_hidden(slim, values, cells), past)
    names = ("previous", "last_whole", "whole_before", "published", "parted", "year_parted")
    return rows.hstack(slim.select(*names, *beside.values(), *HIDDEN.values(), *OUTTURN))


def _with_hidden(rows: pl.DataFrame, values: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The rows with whether the previous figure, and that of the year, are suppressed."""
    hidden = values.filter(pl.col("absent") == str(Absent.SUPPRESSED)).select(*CELL, "period")
    hidden = with_spans(hidden.join(cells, on=CELL)).select("_cell", "span").unique()
    for span, name in HIDDEN.items():
        found = hidden.rename({"span": span}).with_columns(pl.lit(True).alias(name))
        rows = rows.join(found, on=["_cell", span], how="left", maintain_order="left")
    return rows.with_columns(pl.col(*HIDDEN.values()).fill_null(False))


def _with_outturn(rows: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """The rows, in years that are over, with the figure of the year or what stands for it.

    That is the last month or quarter of a measure whose `roll_up` is "last", and of one counted on
    days the last of them in the year. `past` has one figure for each cell and span.
    """
    rows = rows.with_row_index("_row")
    over = past.with_columns(over=pl.col("denominator") * pl.col("spans").fill_null(1))
    held = over.select("_cell", "span", *(pl.col(old).alias(new) for new, old in OUTTURN.items()))
    ended = rows.filter("year_finished")
    of_days = pl.col("span").str.starts_with("at ")
    looked_up = [
        ended.select("_row", "_cell", span="year_span"),
        *(ended.filter("closing").select("_row", "_cell", span=name) for name in CLOSES),
        _last_days(ended.filter(of_days), held.filter(of_days)),
    ]
    found = (
        pl.concat(looked_up)
        .join(held, on=["_cell", "span"], maintain_order="left")
        .unique("_row", keep="first", maintain_order=True)
        .select("_row", *OUTTURN)
    )
    return rows.join(found, on="_row", how="left", maintain_order="left").drop("_row")


def _last_days(rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """For each row of a day, the last day of its year for which there is a figure.

    A target of a single day is about that day, and no other stands for it.
    """
    rows = rows.filter(~pl.col("year_span").str.starts_with("at "))
    days = held.select("_cell", _at="span")
    first, last = (pl.col("year_span").str.split("/").list.get(one) for one in (0, 1))
    inside = (pl.col("_at") >= "at " + first) & (pl.col("_at") <= "at " + last)
    latest = rows.join(days, on="_cell").filter(inside).group_by("_row").agg(pl.col("_at").max())
    return rows.join(latest, on="_row").select("_row", "_cell", span="_at")


def stepping(measures: Iterable[Measure]) -> pl.Expr:
    """The places that have steps of their own, as they are; any other place as nothing."""
    own = {step.place for one in measures for step in one.steps}
    return pl.when(pl.col("place").is_in(list(own))).then("place").fill_null("").alias("stepping")


def _partings(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    broken = [id for id, one in measures.items() if one.breaks or one.steps]
    pairs = rows.filter(pl.col("measure").is_in(broken))
    found = []
    for id, place, key, year in pairs.select(_PARTING).unique().iter_rows():
        period, whole = from_key(key), from_key(year).previous_equivalent()
        parted = measures[id].break_between(period.previous_equivalent(), period)
        of_year = parted or measures[id].break_between(whole, period)
        said = [parting(one, period) if one else None for one in (parted, of_year)]
        steps = measures[id].steps_between(whole, period, place)
        within = [one.because for one in steps if one.since.start != from_key(year).start]
        if within and not of_year:
            said[1] = sentence(within[-1])
        if any(said):
            found.append((id, place, key, year, *said))
    names = (*_PARTING, "parted", "year_parted")
    return pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row")
