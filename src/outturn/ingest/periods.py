"""Reads the periods of a table: each distinct text once, however many rows hold it."""

from __future__ import annotations

from datetime import date

import polars as pl

from outturn.contracts.check import day
from outturn.terms.period import Calendar
from outturn.terms.written_periods import parse

SPANS: dict[str, type[pl.DataType]] = {
    "text": pl.String,
    "key": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "problem": pl.String,
    "remedy": pl.String,
}
_AMBIGUOUS = (
    "the period may be a month or a year",
    'Write period_form = "financial year" or "month" for the source, or periods such as 2011/12.',
)
_ONE_OR_TWO = (
    "the period may be a year or two years",
    'Write period_form = "range of years" for the source, or periods such as 2018/19.',
)
_OTHERWISE = (
    "the period is not of the form that its source states",
    "Put period_form right in data/sources.toml, or write the period as a key: 2020-04-01/P1Y.",
)
_UNREADABLE = (
    "the period cannot be read",
    "Write 2020/21, 2020/21 Q2, 2020-11, 2020-11-26 or 2020-04-01/P8M.",
)


def spans(texts: pl.Series, form: str, calendar: Calendar) -> pl.DataFrame:
    """For each distinct text its key and first and last day, or why it cannot be read."""
    lines = [_span(text, form, calendar) for text in texts.drop_nulls().unique().to_list()]
    return pl.DataFrame(lines, schema=SPANS, orient="row")


def days(texts: pl.Series, form: str) -> pl.DataFrame:
    """The same for a column of days, which the contract itself checks."""
    text = texts.drop_nulls().unique().alias("text")
    first = day(pl.col("text"), form)
    frame = text.to_frame().with_columns(key=pl.col("text"), start=first, end=first)
    return frame.with_columns(problem=pl.lit(None, pl.String), remedy=pl.lit(None, pl.String))


def _span(
    text: str, form: str, calendar: Calendar
) -> tuple[str, str | None, date | None, date | None, str | None, str | None]:
    """What `parse` says of a text holds parts of it, so its words are put into ours."""
    try:
        period = parse(text, calendar, form)
        if period.count or period.unit == "D":
            return text, period.key, period.start, period.end, None, None
        said = _UNREADABLE
    except (ValueError, OverflowError) as error:
        known = {
            "a month or a year": _AMBIGUOUS,
            "a year or two": _ONE_OR_TWO,
            "the form stated": _OTHERWISE,
        }
        said = next((words for said, words in known.items() if said in str(error)), _UNREADABLE)
    return text, None, None, None, *said
