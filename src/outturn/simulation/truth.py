"""Counts what is known to be true, straight from the world: no record is read for it.

A truth is a numerator and, for most, a denominator, of a measure in a period: whole numbers that a
build from the records should find again. Amounts in hundredths say so in their name. A median is
told as `numerator / 2` and a 90th percentile as `numerator / 100`, both of whole days, so that the
point between two values is exact; the denominator is how many waits there were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
By = Mapping[str, tuple[Sequence[str], Whole]]  # breakdown -> its categories, and one for each


class Truths:
    """What is true of one place, gathered row by row."""

    def __init__(self, place: str, window: Window) -> None:
        self.place, self.window = place, window
        self._rows: list[tuple[Any, ...]] = []
        self._periods = {
            "month": window.months(), "quarter": window.quarters(), "year": window.years(),
            "rolling": window.rolling(), "week": window.weeks(),
        }  # fmt: skip

    def table(self) -> pl.DataFrame:
        found = pl.DataFrame(self._rows, schema=SCHEMA, orient="row")
        return found.sort("measure", "period", "breakdown", "category")

    def periods(self, kinds: Sequence[str]) -> list[Period]:
        return [one for kind in kinds for one in self._periods[kind]]

    def month_ends(self) -> list[Period]:
        return [Period(one.end, 0, "D") for one in self._periods["month"]]

    def say(
        self, measure: str, period: Period, numerator: int, denominator: int | None,
        breakdown: str = "all", category: str = "all",
    ) -> None:  # fmt: skip
        below = None if denominator is None else int(denominator)
        row = (measure, self.place, period.key, breakdown, category, int(numerator), below)
        self._rows.append(row)

    def count(
        self, measure: str, day: Whole, top: Whole | Flags | None = None,
        bottom: Whole | Flags | None = None, by: By | None = None, kinds: Sequence[str] = ALL,
    ) -> None:  # fmt: skip
        """Sums of `top` (else how many there are) and of `bottom` by the day they belong to."""
        top = np.ones(len(day), dtype=np.int64) if top is None else top.astype(np.int64)
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            days, tops = day[some][order], _running(top[some][order])
            below = None if bottom is None else _running(bottom.astype(np.int64)[some][order])
            for period in self.periods(kinds):
                low, high = _span(days, period)
                under = None if below is None else below[high] - below[low]
                self.say(measure, period, tops[high] - tops[low], under, breakdown, category)

    def people(
        self, measure: str, day: Whole, person: Whole, by: By | None = None,
        kinds: Sequence[str] = YEARS, times: int = 1,
        bottom: Callable[[Period, str, str], int | None] | None = None,
    ) -> None:  # fmt: skip
        """Different people with so many events in the period; without `bottom`, among those with
        any where several are asked for."""
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            days, persons = day[some][order], person[some][order]
            for period in self.periods(kinds):
                low, high = _span(days, period)
                _, number = np.unique(persons[low:high], return_counts=True)
                under = len(number) if times > 1 else None
                if bottom:
                    under = bottom(period, breakdown, category)
                top = int((number >= times).sum())
                self.say(measure, period, top, under, breakdown, category)

    def waits(
        self, measure: str, day: Whole, days: Whole, by: By | None = None,
        kinds: Sequence[str] = ALL,
    ) -> None:  # fmt: skip
        """Median and 90th percentile of whole days; no row where there is no wait."""
        for breakdown, category, some in _parts(len(day), by):
            order = np.argsort(day[some], kind="stable")
            when, wait = day[some][order], days[some][order]
            for period in self.periods(kinds):
                low, high = _span(when, period)
                if high == low:
                    continue
                ranked = np.sort(wait[low:high])
                for name, percent, parts in (("median", 50, 2), ("p90", 90, 100)):
                    at = (len(ranked) - 1) * percent
                    below, rest = ranked[at // 100], at % 100
                    above = ranked[min(at // 100 + 1, len(ranked) - 1)]
                    top = below * parts + (above - below) * (rest * parts // 100)
                    self.say(f"{measure}_{name}", period, top, len(ranked), breakdown, category)

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


def _parts(number: int, by: By | None) -> list[tuple[str, str, Flags]]:
    found = [("all", "all", np.ones(number, dtype=bool))]
    for breakdown, (names, codes) in (by or {}).items():
        found += [(breakdown, name, codes == nth) for nth, name in enumerate(names) if name]
    return found


def _running(numbers: Whole) -> Whole:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(numbers)])


def _span(days: Whole, period: Period) -> tuple[int, int]:
    low = np.searchsorted(days, as_number(period.start), side="left")
    return int(low), int(np.searchsorted(days, as_number(period.end), side="right"))
