"""Figures put in order of time for control charts: one table for a measure and a kind of period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.words import parting, sentence
from outturn.statistics.series import Flags, Floats, Whole
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import Provenance

SERIES_KEY = ("measure", "place", "breakdown", "category")
GRAINS = (  # kinds of period that follow one another without sharing a day
    "census date", "week", "month", "quarter", "financial year", "calendar year", "academic year",
)  # fmt: skip
_IN_ORDER = ("census date",)  # they come when they come: one after the other, without gaps
_PERIODS = {"period": pl.String, "grain": pl.String, "at": pl.Int64}


@dataclass(frozen=True)
class SeriesTable:
    """The series of one measure in periods of one kind, as rows of one table of time."""

    measure: Measure
    grain: str
    keys: pl.DataFrame  # SERIES_KEY, one row for each series
    cells: pl.DataFrame  # of VALUES, with `row` and `column` of each in the table
    periods: tuple[Period, ...]  # those held, in order
    columns: Whole  # the column of each of them: a period that nobody has leaves one empty
    segment: Whole  # the number of the segment of each cell of the table

    def of(self, name: str) -> Floats:
        """A column of the figures as a table: series down, time across, not-a-number for a gap."""
        found = np.full(self.segment.shape, np.nan)
        at = self.cells["row"].to_numpy(), self.cells["column"].to_numpy()
        found[at] = self.cells[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return found

    def is_current(self, column: Whole, as_of: date) -> Flags:
        """Whether the segment of one column of each series is all of the time since the last break
        or step by `as_of`."""
        parted = {place: _last_parting(self.measure, as_of, place) for place in self._stepped}
        everywhere = _last_parting(self.measure, as_of)
        since = np.array([parted.get(place, everywhere) for place in self.keys["place"]])
        number = np.take_along_axis(self.segment, column[:, None], axis=-1)
        first = np.argmax(self.segment == number, axis=-1)
        begins = dict(zip(self.columns.tolist(), self.periods, strict=True))
        starts = np.array([begins[one].start for one in first.tolist()])
        return np.asarray(starts >= since, dtype=bool)

    @property
    def _stepped(self) -> set[str]:
        """The places that have steps of their own."""
        return {one.place for one in self.measure.steps if one.place}


def series_tables(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
) -> Iterator[SeriesTable]:
    """A table for each measure and each kind of period that follows itself without overlap.

    `values` are VALUES rows, with any columns beside. Parts of years and rolling years are no
    series: they share days with one another. Forecasts, and periods that were not over on `as_of`,
    are left out.
    """
    known = _periods(values["period"].unique().to_list(), calendar, as_of)
    is_forecast = pl.col("provenance").fill_null("") == str(Provenance.FORECAST)
    rows = values.filter(~is_forecast & pl.col("measure").is_in(list(measures))).join(
        known, on="period", how="inner", maintain_order="left"
    )
    for (id, grain), part in rows.partition_by(
        ["measure", "grain"], as_dict=True, maintain_order=True
    ).items():
        yield _table(part, measures[str(id)], str(grain), calendar)


def beginnings(
    measure: Measure, periods: Sequence[Period], calendar: Calendar, place: str = ""
) -> dict[int, str]:
    """Where a new segment begins among these periods, by number, each with the reason in words.

    At every break that forbids comparison, and at the first period that begins on or after a
    declared step of all places, or of this one.
    """
    found: dict[int, list[str]] = {}
    for number, (earlier, later) in enumerate(pairwise(periods), start=1):
        if parted := measure.break_between(earlier, later):
            found.setdefault(number, []).append(sentence(parting(parted, later)))
    for step in measure.steps:
        begun = (n for n, one in enumerate(periods) if one.start >= step.since.start)
        number = next(begun, 0)
        if number and step.place in ("", place):
            since = step.since.label(calendar)
            by = f" by {step.by.strip().rstrip('.')}" if step.by else ""
            said = f"A step was declared{by} from {since}: {sentence(step.because)}"
            found.setdefault(number, []).append(said)
    return {number: " ".join(said) for number, said in found.items()}


def _last_parting(measure: Measure, as_of: date, place: str = "") -> date:
    """The latest day by `as_of` on which a segment of this place could begin; else the first day
    there is."""
    days = [one.since.start for one in measure.steps if one.place in ("", place)]
    for one in measure.breaks:
        if one.kind in ("break", "start", "gap"):
            days.append(one.since.start)
        if one.kind == "gap":
            days.append(one.since.end + timedelta(days=1))
    return max((day for day in days if day <= as_of), default=date.min)


def _periods(keys: Sequence[str], calendar: Calendar, as_of: date) -> pl.DataFrame:
    """Each period that may stand in a series, with its kind and its place in time."""
    rows = []
    for key in keys:
        period = from_key(key)
        kind = period.kind(calendar)
        if kind in GRAINS and period.finished(as_of):
            rows.append((key, kind, _at(period, kind)))
    return pl.DataFrame(rows, schema=_PERIODS, orient="row")


def _at(period: Period, kind: str) -> int:
    """Where a period stands in time, so that neighbours are one apart."""
    months = 12 * period.start.year + period.start.month - 1
    if kind in ("census date", "week"):
        return period.start.toordinal() // (7 if kind == "week" else 1)
    return months // period.months


def _table(part: pl.DataFrame, measure: Measure, grain: str, calendar: Calendar) -> SeriesTable:
    keys = part.select(SERIES_KEY).unique(maintain_order=True).with_row_index("row")
    held = part.select("period", "at").unique("at").sort("at")
    periods = tuple(map(from_key, held["period"]))
    columns = _columns(held["at"].to_numpy(), measure, grain)
    place = pl.DataFrame({"at": held["at"], "column": columns})
    cells = part.join(keys, on=list(SERIES_KEY), how="left", maintain_order="left").join(
        place, on="at", how="left", maintain_order="left"
    )
    keys = keys.drop("row")
    segment = _segments(measure, periods, columns, keys["place"], calendar)
    return SeriesTable(measure, grain, keys, cells, periods, columns, segment)


def _columns(at: Whole, measure: Measure, grain: str) -> Whole:
    """The column of each period: a missing one leaves a gap, where periods come at a pace."""
    if grain in _IN_ORDER or measure.frequency in ("census", "every two years"):
        return np.arange(at.size)
    return np.asarray(at - at[0], dtype=np.int64)


def _segments(
    measure: Measure,
    periods: Sequence[Period],
    columns: Whole,
    places: pl.Series,
    calendar: Calendar,
) -> Whole:
    """The number of the segment of each cell, from 0: the same for all places but for own steps."""

    def numbers(place: str = "") -> Whole:
        begins = np.zeros(int(columns[-1]) + 1, dtype=np.int64)
        begins[columns[list(beginnings(measure, periods, calendar, place))]] = 1
        return np.cumsum(begins)

    found = np.repeat(numbers()[None, :], len(places), axis=0)
    for place in {one.place for one in measure.steps if one.place}:
        found[(places == place).to_numpy()] = numbers(place)
    return found
