"""Counts what is known to be true, straight from the world: no record is read for it.

A truth is a numerator and, for most, a denominator, of a measure in a period: whole numbers that a
build from the records should find again. Amounts in hundredths say so in their name. A median is
told as `numerator / 2` and a percentile as `numerator / 100`, both of whole days, so that the
point between two values is exact; the denominator is how many waits there were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from outturn.simulation.days import Window, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.terms.period import Period

SCHEMA = {
    "measure": pl.String,
    "place": pl.String,
    "period": pl.String,
    "breakdown": pl.String,
    "category": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}
ALL = ("month", "quarter", "year", "rolling")
YEARS = ("year", "rolling")
# The periods of the library's measures, by how often they are counted.
MONTHLY = ("month", "quarter", "so far", "financial year", "rolling")
QUARTERLY = ("quarter", "so far by quarter", "financial year", "rolling by quarter")
YEARLY = ("financial year", "rolling beside years")
LAST_OF_MONTHS = ("quarter", "financial year", "rolling")
By = Mapping[str, tuple[Sequence[str], Whole]]  # breakdown -> its categories, and one for each
Per = Callable[[Period, str, str], int | None]  # the denominator of a period and part
Part = tuple[str, str, int, int | None]  # breakdown, category, numerator, denominator


class Truths:
    """What is true of one place, gathered row by row."""

    def __init__(self, place: str, window: Window) -> None:
        self.place, self.window = place, window
        self._rows: list[tuple[Any, ...]] = []
        self._periods = {
            "month": window.months(), "quarter": window.quarters(), "year": window.years(),
            "rolling": window.rolling(), "week": window.weeks(), "so far": window.so_far(),
            "so far by quarter": window.so_far_by_quarter(),
            "financial year": window.financial_years(),
            "rolling by quarter": window.rolling_by_quarter(),
            "rolling beside years": window.rolling_beside_years(),
        }  # fmt: skip
        self._spans: dict[tuple[str, ...], _Spans] = {}

    def table(self) -> pl.DataFrame:
        found = pl.DataFrame(self._rows, schema=SCHEMA, orient="row")
        return found.sort("measure", "period", "breakdown", "category")

    def periods(self, kinds: Sequence[str]) -> list[Period]:
        return [one for kind in kinds for one in self._periods[kind]]

    def _of(self, kinds: Sequence[str]) -> _Spans:
        key = tuple(kinds)
        if key not in self._spans:
            self._spans[key] = _Spans.of(self.periods(kinds))
        return self._spans[key]

    def month_ends(self) -> list[Period]:
        return [Period(one.end, 0, "D") for one in self._periods["month"]]

    def say(
        self, measure: str, period: Period, numerator: int, denominator: int | None,
        breakdown: str = "all", category: str = "all",
    ) -> None:  # fmt: skip
        self._tell(measure, period.key, breakdown, category, numerator, denominator)

    def _tell(
        self, measure: str, key: str, breakdown: str, category: str, numerator: int,
        denominator: int | None,
    ) -> None:  # fmt: skip
        below = None if denominator is None else int(denominator)
        row = (measure, self.place, key, breakdown, category, int(numerator), below)
        self._rows.append(row)

    def count(
        self, measure: str, day: Whole, top: Whole | Flags | None = None,
        bottom: Whole | Flags | None = None, by: By | None = None, kinds: Sequence[str] = ALL,
        per: Per | None = None,
    ) -> None:  # fmt: skip
        """Sums of `top` (else how many there are), and of `bottom`, by the day they belong to.

        `per` gives the denominator where it is not counted here.
        """
        top = np.ones(len(day), dtype=np.int64) if top is None else top.astype(np.int64)
        spans = self._of(kinds)
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            low, high = spans.within(day[some][order])
            above = _between(top[some][order], low, high)
            below = [None] * len(above) if bottom is None else (
                _between(bottom.astype(np.int64)[some][order], low, high)
            )  # fmt: skip
            for nth, period in enumerate(spans.periods):
                under = per(period, breakdown, category) if per else below[nth]
                self._tell(measure, spans.keys[nth], breakdown, category, above[nth], under)

    def people(
        self, measure: str, day: Whole, person: Whole, by: By | None = None,
        kinds: Sequence[str] = YEARS, times: int = 1, bottom: Per | None = None,
    ) -> None:  # fmt: skip
        """Different people with so many events in the period; without `bottom`, among those with
        any where several are asked for."""
        spans = self._of(kinds)
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            persons = person[some][order]
            low, high = spans.within(day[some][order])
            for nth, period in enumerate(spans.periods):
                _, number = np.unique(persons[low[nth] : high[nth]], return_counts=True)
                under = len(number) if times > 1 else None
                if bottom:
                    under = bottom(period, breakdown, category)
                top = int((number >= times).sum())
                self._tell(measure, spans.keys[nth], breakdown, category, top, under)

    def waits(
        self, measure: str, day: Whole, days: Whole, by: By | None = None,
        kinds: Sequence[str] = ALL,
    ) -> None:  # fmt: skip
        """Median and 90th percentile of whole days; no row where there is no wait."""
        self.median(f"{measure}_median", day, days, by, kinds)
        self.percentile(f"{measure}_p90", day, days, 90, by, kinds)

    def median(
        self, measure: str, day: Whole, days: Whole, by: By | None = None,
        kinds: Sequence[str] = ALL,
    ) -> None:  # fmt: skip
        """Twice the median of whole days; no row where there is no wait."""
        self._ranked(measure, day, days, 50, 2, by, kinds)

    def percentile(
        self, measure: str, day: Whole, days: Whole, percent: int, by: By | None = None,
        kinds: Sequence[str] = ALL,
    ) -> None:  # fmt: skip
        """A hundred times a percentile of whole days; no row where there is no wait."""
        self._ranked(measure, day, days, percent, 100, by, kinds)

    def _ranked(
        self, measure: str, day: Whole, days: Whole, percent: int, parts: int, by: By | None,
        kinds: Sequence[str],
    ) -> None:  # fmt: skip
        spans = self._of(kinds)
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            wait = days[some][order]
            low, high = spans.within(day[some][order])
            for nth in np.flatnonzero(high > low).tolist():
                ranked = np.sort(wait[low[nth] : high[nth]])
                at = (len(ranked) - 1) * percent
                below, rest = ranked[at // 100], at % 100
                above = ranked[min(at // 100 + 1, len(ranked) - 1)]
                top = below * parts + (above - below) * (rest * parts // 100)
                self._tell(measure, spans.keys[nth], breakdown, category, top, len(ranked))

    def share(
        self, measure: str, period: Period, top: Flags, bottom: Flags, by: By | None = None
    ) -> None:
        """Those of `top` among those of `bottom`, in one period."""
        for breakdown, category, above, below in shares(top, bottom, by or {}):
            self._tell(measure, period.key, breakdown, category, above, below)

    def census(
        self, measure: str, dates: Sequence[Period], there: Callable[[Period], list[Part]],
        kinds: Sequence[str] = ("financial year", "rolling"),
    ) -> None:  # fmt: skip
        """What is there on each date (or at the end of each period), and so for longer periods:
        their last date stands for them."""
        told = {one: there(one) for one in dates}
        for one in [*dates, *self.periods(kinds)]:
            inside = [date for date in dates if one.start <= date.start and date.end <= one.end]
            if one not in told and not inside:
                continue
            for breakdown, category, top, below in told[one if one in told else inside[-1]]:
                self._tell(measure, one.key, breakdown, category, top, below)

    def open(
        self, measure: str, person: Whole, start: Whole, end: Whole, dates: Sequence[Period],
        top: Flags | None = None, by: By | None = None,
    ) -> None:  # fmt: skip
        """Different people with something open on a date (`end` counts); those of `top`."""
        for breakdown, category, some in _parts(len(person), by):
            for one in dates:
                day = as_number(one.start)
                there = some & (start <= day) & (end >= day)
                below = len(np.unique(person[there]))
                if top is None:
                    self.say(measure, one, below, None, breakdown, category)
                else:
                    above = len(np.unique(person[there & top]))
                    self.say(measure, one, above, below, breakdown, category)


def shares(top: Flags, bottom: Flags, by: By) -> list[Part]:
    """Those of `top` among those of `bottom`, altogether and in each part."""
    return [(breakdown, category, int((top & some).sum()), int((bottom & some).sum()))
            for breakdown, category, some in _parts(len(top), by)]  # fmt: skip


def counts(those: Flags, by: By) -> list[Part]:
    """How many those are, altogether and in each part."""
    return [(breakdown, category, int((those & some).sum()), None)
            for breakdown, category, some in _parts(len(those), by)]  # fmt: skip


def _parts(number: int, by: By | None) -> list[tuple[str, str, Flags]]:
    found = [("all", "all", np.ones(number, dtype=bool))]
    for breakdown, (names, codes) in (by or {}).items():
        found += [(breakdown, name, codes == nth) for nth, name in enumerate(names) if name]
    return found


@dataclass(frozen=True)
class _Spans:
    """Periods with their keys, and the first and last day of each as numbers."""

    periods: list[Period]
    keys: list[str]
    first: Whole
    last: Whole

    @classmethod
    def of(cls, periods: list[Period]) -> _Spans:
        first = np.array([as_number(one.start) for one in periods], dtype=np.int64)
        last = np.array([as_number(one.end) for one in periods], dtype=np.int64)
        return cls(periods, [one.key for one in periods], first, last)

    def within(self, days: Whole) -> tuple[Whole, Whole]:
        """Where those of each period begin and end in days that are in order."""
        low = np.searchsorted(days, self.first, side="left")
        return low, np.searchsorted(days, self.last, side="right")


def _between(numbers: Whole, low: Whole, high: Whole) -> list[int]:
    """The sum of those from each `low` up to each `high`."""
    running = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(numbers)])
    found: list[int] = (running[high] - running[low]).tolist()
    return found
