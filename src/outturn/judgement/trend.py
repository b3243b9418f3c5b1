"""A series over time, cut where it stops being comparable with itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from outturn.framework.model import Measure, SeriesBreak
from outturn.judgement.words import parting, sentence
from outturn.terms.period import Calendar, Period, from_key
from outturn.terms.records import WHOLE, Provenance


@dataclass(frozen=True)
class Segment:
    """A run of periods of one kind that may be compared with one another."""

    kind: str  # what people call such periods: "financial year", "month"
    points: pl.DataFrame  # VALUES rows, earliest first
    begins: str = ""  # in words, why it begins here; empty for the first
    parted: SeriesBreak | None = None  # what it begins with


def trend(
    values: pl.DataFrame,
    measure: Measure,
    place: str,
    calendar: Calendar,
    *,
    breakdown: str = WHOLE,
    category: str = WHOLE,
) -> tuple[Segment, ...]:
    """The segments of one series: by kind of period, and within each, cut at every break.

    Years are never put beside months, nor a year to date of eight months beside one of six. A
    cell without a figure stays in its place, with its reason; a forecast is left out. Nothing is
    compared across two segments.
    """
    chosen = values.filter(
        (pl.col("measure") == measure.id)
        & (pl.col("place") == place)
        & (pl.col("breakdown") == breakdown)
        & (pl.col("category") == category)
        & (pl.col("provenance").fill_null("") != str(Provenance.FORECAST))
    )
    groups: dict[str, list[Period]] = {}
    for key in chosen["period"].unique().to_list():
        period = from_key(key)
        groups.setdefault(_kind(period, calendar), []).append(period)
    return tuple(
        segment
        for kind, periods in sorted(groups.items())
        for segment in _cut(chosen, measure, kind, sorted(periods), calendar)
    )


def told_once(segments: Iterable[Segment]) -> list[str]:
    """Why series begin anew, once for each break: of the shortest periods that it parts.

    It parts every longer period that holds it from those beside it too, and each year to date from
    those of other years. Where months and quarters are told apart, nobody needs these pair by pair.
    """
    by_break: dict[SeriesBreak, list[Segment]] = {}
    for one in segments:
        if one.parted is not None:
            by_break.setdefault(one.parted, []).append(one)
    said = []
    for parted in sorted(by_break, key=lambda one: one.since.start):
        found = by_break[parted]
        shortest = min(_days(one) for one in found)
        told = [one.begins for one in found if _days(one) == shortest]
        said += told[:1] if parted.kind != "gap" else told
        if any(_days(one) > shortest for one in found):
            said[-1] += " Longer periods are parted by it too."
    return list(dict.fromkeys(said))


def _days(segment: Segment) -> int:
    period = from_key(segment.points["period"][0])
    return (period.end - period.start).days // 28  # as long: months of 28 days and of 31


def overlapping(keys: Iterable[str]) -> list[Period]:
    """The last two of the periods that are of several years, are as long and share a year.

    What happened in a shared year is in the figures of both, so that they move together whatever
    happens: a test of trend or the limits of a control chart would take that for a pattern.
    """
    ranges = sorted(one for one in map(from_key, set(keys)) if one.unit == "Y" and one.count > 1)
    pairs = [
        [one, other]
        for one, other in combinations(ranges, 2)
        if one.count == other.count and other.start <= one.end
    ]
    return pairs[-1] if pairs else []


def no_series(keys: Iterable[str], calendar: Calendar) -> str:
    """Why periods of several years have no trend tested and no control chart, if there are such."""
    pair = overlapping(keys)
    if not pair:
        return ""
    first, second = (one.label(calendar) for one in pair)
    return (
        f"{first[:1].upper()}{first[1:]} and {second} share years, so that their figures do not "
        "stand by themselves: of such periods no trend is tested, no control chart is drawn and "
        "nothing is forecast. A figure is compared with the last that shares no year with it."
    )


def _kind(period: Period, calendar: Calendar) -> str:
    kind = period.kind(calendar)
    if kind in ("year to date", "months"):
        return f"{kind}, {period.count} months from month {period.start.month}"
    return f"{kind}, {period.count}" if kind in ("range of years", "days", "year") else kind


def _cut(
    chosen: pl.DataFrame, measure: Measure, kind: str, periods: list[Period], calendar: Calendar
) -> list[Segment]:
    runs: list[tuple[list[str], str, SeriesBreak | None]] = [([periods[0].key], "", None)]
    for earlier, later in zip(periods, periods[1:], strict=False):
        parted = measure.break_between(earlier, later)
        if parted:
            said = _parting(measure, earlier, later, parted, calendar)
            runs.append(([later.key], said, parted))
        else:
            runs[-1][0].append(later.key)
    return [Segment(kind, _points(chosen, keys), said, parted) for keys, said, parted in runs]


def _points(chosen: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    order = {key: number for number, key in enumerate(keys)}
    rows = chosen.filter(pl.col("period").is_in(keys))
    place = pl.col("period").replace_strict(order, default=None, return_dtype=pl.Int64)
    return rows.sort(place)


def _parting(
    measure: Measure, earlier: Period, later: Period, parted: SeriesBreak, calendar: Calendar
) -> str:
    title = measure.short or measure.title
    return (
        f"{title}: {earlier.label(calendar)} and {later.label(calendar)} cannot be compared. "
        f"{sentence(parting(parted, later))}"
    )
