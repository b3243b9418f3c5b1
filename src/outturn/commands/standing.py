"""Where each measure stands: of its many judged figures the one that speaks for it."""

from __future__ import annotations

from datetime import date

import polars as pl

from outturn.terms.period import Calendar, from_key
from outturn.terms.records import WHOLE, Provenance, Status


def standing(verdicts: pl.LazyFrame, calendar: Calendar, as_of: date) -> pl.DataFrame:
    """The latest judged figure of each measure and place, and of each part that has a target.

    A figure that a target speaks of goes before one without. Of those the period that ends last
    is told, though it has no figure. One that is not over as at the build's date is passed over,
    whatever rows of it the extract has: it is judged when it is over. Where several
    end on one day, the one that foresees the year's end: the year to date before the month, and
    the year itself before 12 months that are the same days. A forecast that others published does
    not hide a figure so far that is judged now.
    """
    aimed = pl.col("target_id").is_not_null()
    rows = verdicts.filter((pl.col("breakdown") == WHOLE) | aimed).collect()
    periods = {key: from_key(key) for key in rows["period"].unique()}
    ends = {key: one.end for key, one in periods.items()}
    starts = {key: one.start for key, one in periods.items()}
    years = [key for key, one in periods.items() if one.unit == "Y"]
    of_year = [key for key, one in periods.items() if one.start == calendar.year_start(one.end)]
    foretold = pl.col("provenance").fill_null("") == str(Provenance.FORECAST)
    cell = ["measure", "place", "_part", "breakdown", "category"]
    told = (
        rows.with_columns(
            aimed=aimed,
            foreseen=pl.col("status_year_end") != str(Status.NOT_ASSESSED),
            end=pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Date),
            start=pl.col("period").replace_strict(starts, default=None, return_dtype=pl.Date),
            of_year=pl.col("period").is_in(of_year),
            a_year=pl.col("period").is_in(years),
            _part=pl.col("breakdown") != WHOLE,
        )
        .with_columns(
            has_come=(pl.col("end") <= as_of) | (foretold & pl.col("value").is_not_null())
        )
        .with_columns(no_other=~_is_behind(cell))
        .sort(*cell, "aimed", "no_other", "has_come", "end", "foreseen", "of_year", "a_year")
        .group_by(cell, maintain_order=True)
        .last()
    )
    return told.select(rows.columns)


def _is_behind(cell: list[str]) -> pl.Expr:
    """Whether a row is a forecast of a span in which a figure so far is judged."""
    foretold = pl.col("provenance").fill_null("") == str(Provenance.FORECAST)
    judged = pl.col("value").is_not_null() & (pl.col("status_now") != str(Status.NOT_ASSESSED))
    so_far = pl.when(~foretold & judged).then("end").max().over(cell)
    return foretold & (so_far >= pl.col("start")).fill_null(False)
