"""Months and quarters inside a series that have no row, though those around them have one.

A figure that is suppressed, or said not to be available, is a row. A month without one leaves no
trace of its own: the year to date is not made, or of records is made of the other months alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.framework.model import Measure
from outturn.terms.period import Period

MISSING = "missing period"
FEWEST = 4  # months or quarters that make a series
TIMES = 3  # as many held as lack: what comes now and then is no series with gaps in it
EVENTS = 10  # the least month of records beside which a month of none is not chance: e^-10 of it
_STEPS = {"month": 1, "quarter": 3}
_CELL = ["measure", "place"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Months or quarters in a row that some places lack alike."""

    measure: str
    places: tuple[str, ...]
    period: str  # the first of them
    number: int
    unit: str
    counted: bool  # from records, and not reported
    in_longer: bool  # a longer period that holds them has a figure
    unmade: bool  # none has, though longer ones that hold none of them have

    def said(self, of: str) -> str:
        """The finding; `of` says whose figure it is, if not that of the place itself."""
        more = self.number - 1
        after = f", nor in the {f'{more} ' if more > 1 else ''}{self.unit}{'s' * (more > 1)} after"
        run = after if more else ""
        it = "them" if more else "it"
        around = f"though {self.unit}s before and after have one"
        if self.counted:
            around = f"though {self.unit}s before and after have some"
            start = f"no record{of} falls in it{run}, {around}."
        else:
            start = f"no figure{of} is held{run}, {around}."
        if self.unmade:
            return f"{start} Without {it} the year to date, and any longer period, cannot be made."
        if self.counted and self.in_longer:
            return f"{start} A longer period that holds {it} counts the other {self.unit}s alone."
        return start


def missing(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> Iterator[Missing]:
    """What each measure lacks, of the whole figures in `rows`, of periods that are over.

    Nothing is lacking in a declared gap, or before a start. What a measure is made of by a formula
    is told of the parts. A count of few records may well have a month of none.
    """
    steps = {id: _STEPS.get(one.frequency, 0) for id, one in measures.items() if not one.formula}
    step = pl.col("measure").replace_strict(steps, default=0, return_dtype=pl.Int64)
    rows = rows.with_columns(_step=step)
    held = rows.filter(
        (pl.col("_step") > 0)
        & (pl.col("months") == pl.col("_step"))
        & (pl.col("start").dt.day() == 1)
    ).with_columns(
        _at=pl.col("start").dt.year().cast(pl.Int64) * 12 + pl.col("start").dt.month() - 1
    )
    held = held.unique([*_CELL, "_at"], maintain_order=True)
    cells = held.group_by(_CELL, maintain_order=True).agg(
        pl.col("_step").first(),
        pl.col("_at").sort(),
        least=pl.when(pl.col("numerator").null_count() == 0).then(pl.col("numerator").min()),
    )
    whole = (pl.col("_at").list.last() - pl.col("_at").list.first()) // pl.col("_step") + 1
    number = pl.col("_at").list.len().cast(pl.Int64)
    lacks = (number >= FEWEST) & (whole > number) & ((whole - number) * TIMES <= number)
    runs: dict[tuple[str, int, int], list[str]] = {}
    for id, place, length, months, least in cells.filter(lacks).iter_rows():
        if not measures[id].reported and (least is None or least < EVENTS):
            continue
        for first, many in _runs(months, length, measures[id]):
            runs.setdefault((id, first, many), []).append(place)
    for (id, first, many), places in runs.items():
        length = steps[id]
        start, end = _day(first), Period(_day(first), many * length, "M").end
        longer = rows.filter(
            (pl.col("measure") == id)
            & pl.col("place").is_in(places)
            & (pl.col("months") > length)
            & pl.col("value").is_not_null()
        )
        within = longer.filter((pl.col("start") <= start) & (pl.col("end") >= end))
        yield Missing(
            id,
            tuple(places),
            Period(start, length, "M").key,
            many,
            measures[id].frequency,
            counted=not measures[id].reported,
            in_longer=not within.is_empty(),
            unmade=within.is_empty() and not longer.is_empty(),
        )


def _runs(months: list[int], step: int, measure: Measure) -> Iterator[tuple[int, int]]:
    """The first month of each run without a row that nothing declared explains, and its length."""
    for before, after in zip(months, months[1:], strict=False):
        if (after - before) % step:
            continue  # quarters of another calendar: the series was laid out anew
        lacking = [
            at
            for at in range(before + step, after, step)
            if not _is_declared(Period(_day(at), step, "M"), measure)
        ]
        if lacking:
            yield lacking[0], len(lacking)


def _is_declared(period: Period, measure: Measure) -> bool:
    """Whether it lies in a declared gap, or before the series, as it is now, starts."""
    return any(
        one.kind == "gap"
        and one.since.start <= period.end
        and period.start <= one.since.end
        or one.kind == "start"
        and period.start < one.since.start
        for one in measure.breaks
    )


def _day(month: int) -> date:
    """The first day of a month, counted from year 0."""
    return date(month // 12, month % 12 + 1, 1)
