"""Places that did not exist all through a period: a count of part of it is no figure of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from outturn.framework.model import Measure, Place
from outturn.judgement.spans import day
from outturn.terms.period import Period, add_months, from_key
from outturn.terms.records import Absent

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "every two years": 12}
_LASTED = {
    "place": pl.String,
    "period": pl.String,
    "length": pl.String,  # of the last base period, for a measure that takes the last
    "partly": pl.Boolean,
    "_why": pl.String,
}


def within_lifetimes(
    rows: pl.DataFrame, measures: Mapping[str, Measure], places: Mapping[str, Place]
) -> pl.DataFrame:
    """The values, without those counted for a place in a period that it did not last through.

    Such a figure is not available, and says which day the place began or ended. A measure that
    takes the last of its base periods asks for that one alone. A place that did not exist in any
    of the period, and for which nothing was counted, has no such figure at all. Figures that
    others reported stand, and so do rows counted outside the place's own time: that is a mistake
    in the data, and not for this to hide.
    """
    counted = [id for id, one in measures.items() if one.numerator is not None]
    dated = [code for code, one in places.items() if one.since or one.until]
    asked = pl.col("measure").is_in(counted) & pl.col("place").is_in(dated)
    if not rows.select(asked.any()).item():
        return rows
    lasting = {id: _length(measures[id]) for id in counted}
    length = pl.col("measure").replace_strict(lasting, default=None, return_dtype=pl.String)
    rows = rows.with_columns(length=pl.when(asked).then(length))
    cells = rows.filter(asked).select("place", "period", "length").unique()
    found = [
        line
        for code, key, length in cells.iter_rows()
        for line in _not_lasted(code, key, length, places)
    ]
    marks = pl.DataFrame(found, schema=_LASTED, orient="row")
    rows = rows.join(
        marks, on=["place", "period", "length"], how="left", maintain_order="left"
    ).with_columns(_nothing=_nothing(measures))
    return _without(rows).drop("length", "partly", "_why", "_nothing")


def _length(measure: Measure) -> str:
    """What must lie in the life of a place: all of the period, or its last base period."""
    return measure.frequency if measure.roll_up == "last" else ""


def _not_lasted(
    code: str, key: str, length: str, places: Mapping[str, Place]
) -> list[tuple[str, str, str, bool, str]]:
    place, period = places[code], from_key(key)
    start = _start(period, length)
    since, until = place.since or date.min, place.until or date.max
    if since > period.end:
        why = f"{place.name} began on {day(since)}, after the period."
        return [(code, key, length, False, why)]
    if until < period.start:
        why = f"{place.name} ended on {day(until)}, before the period."
        return [(code, key, length, False, why)]
    if until < period.end:
        why = f"{place.name} ended on {day(until)}, within the period."
        return [(code, key, length, True, why)]
    if since > start:
        why = f"{place.name} began on {day(since)}, within the period."
        return [(code, key, length, True, why)]
    return []


def _start(period: Period, length: str) -> date:
    """The first day that is asked for: that of the period, or of the last base period in it."""
    if not length:
        return period.start
    if length not in _MONTHS:
        return max(period.start, period.end - timedelta(days=6 if length == "week" else 0))
    following = period.end + timedelta(days=1)
    return max(period.start, add_months(following, -_MONTHS[length]))


def _nothing(measures: Mapping[str, Measure]) -> pl.Expr:
    """Whether nothing was counted: no numerator, and no denominator but that of the year."""
    of_year = [id for id, one in measures.items() if one.denominator and one.denominator.of_year]
    undivided = (pl.col("denominator").fill_null(0) == 0) | pl.col("measure").is_in(of_year)
    return (pl.col("numerator").fill_null(0) == 0) & undivided


def _without(rows: pl.DataFrame) -> pl.DataFrame:
    """The figures that others reported and those suppressed stay as they are."""
    ours = pl.col("_why").is_not_null() & pl.col("reported").is_null()
    ours &= pl.col("absent").fill_null("") != str(Absent.SUPPRESSED)
    gone = ours & (pl.col("partly") | pl.col("_nothing"))
    kind = pl.when("partly").then(pl.lit(str(Absent.NOT_AVAILABLE))).otherwise(
        pl.lit(str(Absent.NOT_APPLICABLE))
    )  # fmt: skip
    made = {"value": pl.lit(None, pl.Float64), "method": pl.lit(None, pl.String)}
    made |= {"absent": kind, "why": pl.col("_why")}
    return rows.with_columns(
        pl.when(gone).then(new).otherwise(name).alias(name) for name, new in made.items()
    )
