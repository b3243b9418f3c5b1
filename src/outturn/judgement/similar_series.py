"""Which series are similar to one that is too short: the same measure elsewhere, or in other parts.

Similar are all figures of the same measure, or of the same ends of a formula, that are divided in
the same way: of other places, and of other categories of one breakdown. Only those with enough of
a past count: two years of months or quarters without a gap, break or declared step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.months import RATIO, Months, Numbers, base_periods, months_of
from outturn.statistics.series import Flags, Whole
from outturn.statistics.short_series import (
    MOST_SERIES,
    PartOfYear,
    Similar,
    similar_errors,
    trailing,
)
from outturn.statistics.year_ends import YEARS
from outturn.terms.period import Period

Told = tuple[Similar, ...] | None  # of each part of a figure
PartsOf = Callable[[pl.DataFrame, pl.DataFrame, int], list[PartOfYear]]


class SimilarSeries:
    """What similar series say of short ones. Each set of them is looked at once in a build."""

    def __init__(self, values: pl.DataFrame) -> None:
        self.values = values
        self._bases: dict[tuple[object, ...], tuple[pl.DataFrame, pl.DataFrame]] = {}
        self._told: dict[tuple[object, ...], Told] = {}

    def of(
        self, asked: pl.DataFrame, numbers: Whole, parts_of: PartsOf, ends: Sequence[str] = ()
    ) -> list[Told]:
        """For each moment of one step and number of periods known; None where nothing is asked.

        `numbers` are the figures that each has at its end; 0 where it is not short. `ends` are the
        measures whose months make the figure, the measure itself where none is named; `parts_of`
        makes their series of the moments, the months, and the number of cells.
        """
        step, known = int(asked["step"][0]), int(asked["known"][0])
        rows = asked.select("measure", "breakdown", "at").iter_rows()
        found: list[Told] = []
        for (measure, breakdown, at), number in zip(rows, numbers.tolist(), strict=True):
            if not number:
                found.append(None)
                continue
            made_of = tuple(ends) or (measure,)
            key = (measure, breakdown, made_of, at, step, known, number)
            if key not in self._told:
                cells, base = self._base(measure, breakdown, made_of, step)
                begins = at - step + 1
                latest = Period(date(begins // 12, begins % 12 + 1, 1), step, "M").key
                moment = cells.with_columns(
                    at=pl.lit(at, pl.Int64), period=pl.lit(latest),
                    step=pl.lit(step, pl.Int64), known=pl.lit(known, pl.Int64),
                )  # fmt: skip
                self._told[key] = (
                    similar_errors(parts_of(moment, base, cells.height), known, number, 12 // step)
                    if cells.height
                    else None
                )
            found.append(self._told[key])
        return found

    def _base(
        self, measure: str, breakdown: str, ends: tuple[str, ...], step: int
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The cells that have months enough of all ends, and these months."""
        key = (measure, breakdown, ends, step)
        if key not in self._bases:
            ours = pl.col("measure").is_in(list(ends)) & (pl.col("breakdown") == breakdown)
            held = self.values.filter(ours)
            cells = held.select("place", "breakdown", "category").unique().sort(pl.all())
            base = base_periods(held, _numbered(cells, ends)).filter(pl.col("months") == step)
            own = pl.col("_cell") % max(cells.height, 1)
            base = base.with_columns(_own=own, _end=pl.col("_cell") // max(cells.height, 1))
            enough = base.group_by("_own", "_end").len().filter(pl.col("len") >= 2 * 12 // step)
            whole = enough.group_by("_own").len().filter(pl.col("len") == len(ends))
            kept = whole["_own"].sort()
            if kept.len() > MOST_SERIES:  # evenly, in the order of their codes
                kept = kept.gather(np.linspace(0, kept.len() - 1, MOST_SERIES).astype(np.int64))
            new = pl.DataFrame({"_own": kept}).with_row_index("_new")
            base = base.join(new, on="_own").with_columns(
                _cell=pl.col("_new").cast(pl.Int64) + pl.col("_end") * kept.len()
            )
            cells = cells[kept].with_columns(
                measure=pl.lit(measure), _cell=pl.int_range(pl.len(), dtype=pl.Int64)
            )
            self._bases[key] = cells, base.drop("_own", "_end", "_new")
        return self._bases[key]


def _numbered(cells: pl.DataFrame, ends: Sequence[str]) -> pl.DataFrame:
    """The cells of each end, numbered after those of the end before it."""
    return pl.concat(
        cells.with_columns(
            measure=pl.lit(id),
            _cell=pl.int_range(pl.len(), dtype=pl.Int64) + number * cells.height,
        )
        for number, id in enumerate(ends)
    )


def figures_of_short(sides: Sequence[Numbers], periods: int) -> Whole:
    """How many figures the shortest side of each moment has, (moments,); 0 where none is short.

    Short is a side with a year of figures at its end, and not two years in all that are used.
    """
    recent = [one[:, -YEARS * periods :] for one in sides]
    run = np.stack([trailing(one) for one in recent])
    few = np.stack([(~np.isnan(one)).sum(axis=1) for one in recent]) < 2 * periods
    least = np.where(few, run, 2 * periods).min(axis=0)
    return np.asarray(np.where((least >= periods) & (least < 2 * periods), least, 0))


def has_too_few(figures: Numbers, periods: int) -> Flags:
    """Which series, (series, time), have neither two years of figures nor a year at their end."""
    recent = figures[:, -YEARS * periods :]
    few = (~np.isnan(recent)).sum(axis=1) < 2 * periods
    return np.asarray(few & (trailing(recent) < periods))


def parts_of_measures(way: str, measures: Mapping[str, Measure]) -> PartsOf:
    """How series of measures that are forecast by their own months are made."""

    def made(moment: pl.DataFrame, base: pl.DataFrame, cells: int) -> list[PartOfYear]:
        months = months_of(moment.with_columns(way=pl.lit(way)), base, measures)
        return parts_of_months(months, way)

    return made


def parts_of_months(months: Months, way: str) -> list[PartOfYear]:
    """The series of one end: its figures, or both sides of a total over a total."""
    if way == RATIO:
        return [PartOfYear(one) for one in (months.figures, months.below)]
    return [PartOfYear(months.figures, way, months.lengths)]
