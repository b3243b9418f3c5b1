"""What judgement must know of periods: one row for each distinct period, or pair of periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from outturn.terms.period import MONTHS, Calendar, Period, add_months, elapsed_share, from_key

PAIRS = {
    "period": pl.String,
    "year": pl.String,  # the target's period, or the financial year in which the period ends
    "year_span": pl.String,
    "last_year_span": pl.String,
    "year_days": pl.Int64,
    "year_label": pl.String,
    "year_end": pl.String,  # "31 March"
    "period_end": pl.String,  # "30 November 2020"
    "ends": pl.Date,
    "whole": pl.Boolean,  # the period is the year, or stands for as long as one
    "other_year": pl.Boolean,  # it does not lie inside the year: another 12 months
    "the_year": pl.Boolean,  # the period is the year itself
    "from_start": pl.Boolean,
    "gone_before": pl.Float64,  # the share of the year gone before the period begins
    "gone": pl.Float64,  # the share of the year gone when it ends
    "gone_words": pl.String,  # "8 of 12 months"
    "left_words": pl.String,  # "4 months"
    "year_finished": pl.Boolean,
    "close_month": pl.String,  # the spans of the last month and the last quarter of the year
    "close_quarter": pl.String,
}
PERIODS = {
    "period": pl.String,
    "span": pl.String,
    "label": pl.String,
    "finished": pl.Boolean,
    "previous_span": pl.String,
    "previous_label": pl.String,
    "previous_key": pl.String,
    "last_year": pl.String,  # the span of the whole year before
    "last_year_label": pl.String,
    "months": pl.Int64,
}


def span(period: Period) -> str:
    """The same for every key of the same days: `2020-04-01/P1Y` and `2020-04-01/P12M` are one."""
    if period.unit == "D" and not period.count:
        return f"at {period.start}"
    return f"{period.start}/{period.end}"


def day(of: date, year: bool = True) -> str:
    text = f"{of.day} {MONTHS[of.month - 1]}"
    return f"{text} {of.year}" if year else text


def with_spans(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a column `span` beside its `period`."""
    keys = frame["period"].unique().to_list()
    spans = {key: span(from_key(key)) for key in keys}
    return frame.with_columns(
        span=pl.col("period").replace_strict(spans, default=None, return_dtype=pl.String)
    )


def period_facts(keys: Iterable[str], calendar: Calendar, as_of: date) -> pl.DataFrame:
    """One row for each distinct period key."""
    rows = []
    for key in sorted(set(keys)):
        period = from_key(key)
        before = period.previous_equivalent()
        last_year = period.financial_year(calendar).previous_equivalent()
        rows.append(
            (
                key,
                span(period),
                period.label(calendar),
                period.finished(as_of),
                span(before),
                before.label(calendar),
                before.key,
                span(last_year),
                last_year.label(calendar),
                period.months,
            )
        )
    return pl.DataFrame(rows, schema=PERIODS, orient="row")


def applies(target: Period, period: Period) -> bool:
    """Whether a target for one period says something of a figure for another.

    It does when the figure's period lies inside the target's, and when it is as long and ends
    inside it (the 12 months to November 2020 under a target for 2020/21).
    """
    inside = target.start <= period.start and period.end <= target.end
    as_long = bool(period.months) and period.months == target.months
    return inside or (as_long and target.holds(period.end))


def pair_facts(pairs: Iterable[tuple[str, str]], calendar: Calendar, as_of: date) -> pl.DataFrame:
    """One row for each pair of a period's key and the key of the year it is judged in."""
    rows = []
    for key, year_key in sorted(set(pairs)):
        period, year = from_key(key), from_key(year_key)
        the_year = span(period) == span(year)
        from_start = period.start == year.start and period.end <= year.end
        inside = year.start <= period.start and period.end <= year.end
        gone = elapsed_share(period, year) if year.months else 1.0
        rows.append(
            (
                key,
                year_key,
                span(year),
                span(year.previous_equivalent()),
                (year.end - year.start).days + 1,
                year.label(calendar),
                day(year.end, year=False),
                day(period.end),
                period.end,
                the_year or not inside,
                not (the_year or inside),
                the_year,
                from_start,
                _share_before(period, year) if inside else 0.0,
                gone,
                *_gone_and_left(period, year),
                year.finished(as_of),
                *(_last_part(year, months) for months in (1, 3)),
            )
        )
    return pl.DataFrame(rows, schema=PAIRS, orient="row")


def _last_part(year: Period, months: int) -> str | None:
    """The span of the last month, or three, of the year; None where it is no longer itself."""
    if year.months <= months:
        return None
    return span(Period(add_months(year.start, year.months - months), months, "M"))


def _share_before(period: Period, year: Period) -> float:
    if not year.months:
        return 0.0
    if period.unit != "D":
        months = (period.start.year - year.start.year) * 12 + period.start.month - year.start.month
        return max(months / year.months, 0.0)
    return max((period.start - year.start).days / ((year.end - year.start).days + 1), 0.0)


def _gone_and_left(period: Period, year: Period) -> tuple[str, str]:
    """How much of the year has gone by the end of the period, and is left, in words."""
    if period.unit != "D" and year.months:
        gone = (period.end.year - year.start.year) * 12 + period.end.month - year.start.month + 1
        whole, unit = year.months, "month"
    else:
        gone = (period.end - year.start).days + 1
        whole, unit = (year.end - year.start).days + 1, "day"
    left = max(whole - gone, 0)
    return f"{gone} of {whole} {unit}s", f"{left} {unit}" + ("" if left == 1 else "s")
