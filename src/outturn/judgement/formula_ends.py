"""The outturn of a measure made of others, drawn from the months of what it is made of.

A ratio, a sum, a difference, a mean or a weighted sum is that of its parts at the end of the year
too. Each part rolls up in its own way: bed days add up, the people of a service are those of its
last month, a rate is a total over a total. All are drawn together, so that what moved several of
them in the same month moves them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.known_events import acting, as_drawn, last_month
from outturn.judgement.months import (
    RATIO,
    Months,
    Numbers,
    base_periods,
    moments_of,
    months_of,
    way_of,
)
from outturn.judgement.similar_series import (
    Told,
    figures_of_short,
    has_too_few,
    parts_of_months,
)
from outturn.judgement.year_end_moments import (
    AT_ONCE,
    BELOW,
    FEW,
    UNLIKE,
    Known,
    Moment,
    are_alike,
    first_obstacle,
    lines,
    unhindered,
)
from outturn.statistics.past_year_ends import past_year_ends_of_parts
from outturn.statistics.series import Flags, Whole
from outturn.statistics.short_series import PartOfYear
from outturn.statistics.simulated_months import KnownEvent
from outturn.statistics.track_records import TrackRecord
from outturn.statistics.year_end_methods import LAST, MEAN, SUM
from outturn.statistics.year_ends import YearEnd, YearPart, year_end_of_parts

_CELL = ["place", "breakdown", "category"]
_PARTS = "parts"  # how the year of such a figure is made
Amounts = Mapping[str, Sequence[Numbers]]  # of each measure its figure, or both sides of it


@dataclass(frozen=True, slots=True)
class Recipe:
    """The measures at the ends of a formula, in their order, each with how its year is made.

    `shares` are those of them that are a part of a whole, each with that whole: 100 of per cent.
    """

    measure: Measure
    ways: Mapping[str, str]
    made: Callable[[Amounts], Numbers]
    shares: Mapping[str, float]


def recipe_of(measure: Measure, measures: Mapping[str, Measure]) -> Recipe | None:
    """How a formula is made of measures whose months can be forecast; None where it is not."""
    return None if measure.formula is None else ends_of(measure, measures)


def ends_of(measure: Measure, measures: Mapping[str, Measure]) -> Recipe | None:
    """The same, and of a measure that is no formula how its own months make its year."""
    ways: dict[str, str] = {}
    if not _gathered(measure, measures, ways):
        return None
    shares = {id: measures[id].per for id in ways if measures[id].kind == "proportion"}
    return Recipe(measure, ways, partial(_made, measure, measures), shares)


def _gathered(measure: Measure, measures: Mapping[str, Measure], ways: dict[str, str]) -> bool:
    """Whether all ends of a formula have a way; it is put among the ways."""
    formula = measure.formula
    if formula is None:
        way = way_of(measure, measures)
        if way is not None:
            ways[measure.id] = way
        return way is not None
    known = all(part in measures for part in formula.parts)
    return known and all(_gathered(measures[part], measures, ways) for part in formula.parts)


def _made(measure: Measure, measures: Mapping[str, Measure], amounts: Amounts) -> Numbers:
    """The figure that the amounts of its ends make, as values are made of values."""
    formula = measure.formula
    if formula is None:
        sides = amounts[measure.id]
        return _over(sides[0], sides[1], measure.per) if len(sides) == 2 else sides[0]
    parts = [_made(measures[part], measures, amounts) for part in formula.parts]
    match formula.word:
        case "ratio":
            return _over(parts[0], parts[1], measure.per)
        case "difference":
            return np.asarray(parts[0] - parts[1])
        case "weighted":
            return np.asarray(sum(w * one for w, one in zip(formula.weights, parts, strict=True)))
    total = np.asarray(sum(parts))
    return total / len(parts) if formula.word == "mean" else total


def _over(above: Numbers, below: Numbers, per: float) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, per * above / below, np.nan)


def told_of_formulas(rows: pl.DataFrame, known: Known) -> list[tuple[object, ...]]:
    """A line for each row of a formula whose parts have months; `rows` as `year_ends` reads them.

    Nothing is drawn where an event is declared of the figure itself: nobody says which of its
    parts that changes.
    """
    found: list[tuple[object, ...]] = []
    for id in rows["measure"].unique(maintain_order=True):
        recipe = recipe_of(known.measures[id], known.measures)
        if recipe is not None:
            found.extend(_of_one(rows.filter(pl.col("measure") == id), recipe, known))
    return found


def hindrance(
    row: pl.DataFrame, recipe: Recipe, known: Known, *, none: str, not_a_year: str, itself: str
) -> str:
    """What keeps the one row of such a figure from a distribution, in words."""
    cells = _cells(row)
    base = _base(cells, recipe, known)
    if base["measure"].n_unique() < len(recipe.ways):
        return none
    asked = _asked(row, cells, base, recipe)
    if asked.is_empty():
        return not_a_year
    if _acts(asked, recipe, known).null_count():
        return itself
    series = EndSeries.of(asked, base, cells.height, recipe, known)
    said = first_obstacle(series.obstacles(asked))
    asked = asked.with_columns(_acts=pl.lit(""), _latest=pl.lit(False))
    return said or _MadeMoment(asked, series, known).why_none()


def series_of(
    rows: pl.DataFrame, recipe: Recipe, known: Known
) -> Iterator[tuple[pl.DataFrame, EndSeries]]:
    """The rows of one figure whose ends have months, a few at a time, with these months."""
    cells = _cells(rows)
    base = _base(cells, recipe, known)
    if base.is_empty():
        return
    for part in _asked(rows, cells, base, recipe).partition_by("step", "known"):
        yield part, EndSeries.of(part, base, cells.height, recipe, known)


def _of_one(rows: pl.DataFrame, recipe: Recipe, known: Known) -> Iterator[tuple[object, ...]]:
    cells = _cells(rows)
    base = _base(cells, recipe, known)
    if base.is_empty():
        return
    asked = _asked(rows, cells, base, recipe)
    latest = pl.col("at") == pl.col("at").max().over("_cell", "year")
    asked = asked.with_columns(_latest=latest, _acts=_acts(asked, recipe, known))
    asked = asked.filter(pl.col("_acts").is_not_null())
    for part in asked.partition_by("step", "known", "_acts", maintain_order=True):
        for some in part.iter_slices(AT_ONCE):
            yield from _drawn(some, base, cells.height, recipe, known)


def _cells(rows: pl.DataFrame) -> pl.DataFrame:
    cells = rows.select(_CELL).unique(maintain_order=True)
    return cells.with_columns(_cell=pl.int_range(pl.len(), dtype=pl.Int64))


def _base(cells: pl.DataFrame, recipe: Recipe, known: Known) -> pl.DataFrame:
    """The months and quarters of the ends; each end's cells are numbered after those before it."""
    parts = pl.concat(
        cells.with_columns(measure=pl.lit(id), _cell=pl.col("_cell") + number * cells.height)
        for number, id in enumerate(recipe.ways)
    )
    return base_periods(known.values, parts)


def _asked(
    rows: pl.DataFrame, cells: pl.DataFrame, base: pl.DataFrame, recipe: Recipe
) -> pl.DataFrame:
    """The moments of the figures all of whose ends have months, or quarters."""
    # Of ends in months and ends in quarters, all are taken in quarters.
    shortest = base.group_by("_cell").agg(step=pl.col("months").min())
    own = pl.col("_cell") % cells.height
    steps = shortest.group_by(own).agg(pl.col("step").max(), ends=pl.len())
    steps = steps.filter(pl.col("ends") == len(recipe.ways)).drop("ends")
    asked = rows.join(cells, on=_CELL, maintain_order="left").with_columns(way=pl.lit(_PARTS))
    return moments_of(asked, steps).filter(pl.col("step").is_not_null())


def _acts(asked: pl.DataFrame, recipe: Recipe, known: Known) -> pl.Series:
    """The events that act on the parts of each moment; null where one acts on the figure itself."""
    numbers = {id(one): str(number) for number, one in enumerate(known.events)}
    made = []
    cells = asked.select("place", "breakdown", "at", "known", "step").iter_rows()
    for place, breakdown, at, over, step in cells:
        ends = last_month(at, over, step)
        *acts, own = (
            acting(known.events, (id, place, breakdown), at, ends, known.home)
            for id in (*recipe.ways, recipe.measure.id)
        )
        of_parts = (numbers[id(one)] for part in acts for one in part)
        made.append(None if own else ",".join(of_parts))
    return pl.Series(made, dtype=pl.String)


def _drawn(
    asked: pl.DataFrame, base: pl.DataFrame, cells: int, recipe: Recipe, known: Known
) -> Iterator[tuple[object, ...]]:
    """What is told of moments of one step, number of periods known, and events."""
    series = EndSeries.of(asked, base, cells, recipe, known)
    can = unhindered(series.obstacles(asked))
    if can.any():
        yield from lines(_MadeMoment(asked.filter(pl.Series(can)), series.only(can), known))


@dataclass(frozen=True, slots=True)
class EndSeries:
    """The months of all ends of a formula, for so many moments."""

    recipe: Recipe
    months: Mapping[str, Months]

    @classmethod
    def of(
        cls, asked: pl.DataFrame, base: pl.DataFrame, cells: int, recipe: Recipe, known: Known
    ) -> EndSeries:
        found = {}
        ends = (recipe.measure, *(known.measures[id] for id in recipe.ways))
        steps = tuple(dict.fromkeys(step for one in ends for step in one.steps))
        for number, (id, way) in enumerate(recipe.ways.items()):
            ours = asked.with_columns(
                measure=pl.lit(id), way=pl.lit(way), _cell=pl.col("_cell") + number * cells
            )
            # A formula breaks, or is rebased, where it or any of its parts is.
            broken = replace(known.measures[id], breaks=recipe.measure.breaks, steps=steps)
            found[id] = months_of(ours, base, {**known.measures, id: broken})
        return cls(recipe, found)

    def __len__(self) -> int:
        return len(next(iter(self.months.values())).figures)

    def only(self, kept: Flags) -> EndSeries:
        return EndSeries(self.recipe, {id: one.only(kept) for id, one in self.months.items()})

    def sides(self, id: str) -> tuple[Numbers, ...]:
        """The figures of one end; of a total over a total, both of its sides."""
        one = self.months[id]
        return (one.figures, one.below) if self.recipe.ways[id] == RATIO else (one.figures,)

    def obstacles(self, asked: pl.DataFrame) -> dict[str, Flags]:
        """Which moments each obstacle keeps from a distribution, in words, the first that counts
        first."""
        periods = 12 // int(asked["step"][0])
        few, below = (np.zeros(asked.height, dtype=np.bool_) for _ in range(2))
        for id in self.recipe.ways:
            for side in self.sides(id):
                few |= has_too_few(side, periods)
                with np.errstate(invalid="ignore"):
                    below |= (side < 0).any(axis=1)
        return {FEW: few, BELOW: below, UNLIKE: ~are_alike(asked, self.so_far(asked))}

    def so_far(self, asked: pl.DataFrame) -> Numbers:
        """The judged figure as the periods make it: the year to date, or the latest alone."""
        known, to_date = int(asked["known"][0]), asked["from_start"].to_numpy()
        amounts = {}
        for id, way in self.recipe.ways.items():
            late = [side[:, -1] for side in self.sides(id)]
            if way == LAST:
                amounts[id] = late
                continue
            divide = known if way == MEAN else 1
            year = [side[:, -known:].sum(axis=1) / divide for side in self.sides(id)]
            amounts[id] = [np.where(to_date, *both) for both in zip(year, late, strict=True)]
        return self.recipe.made(amounts)

    def parts(
        self, events: Callable[[str], tuple[KnownEvent, ...]], told: Sequence[Told] | None = None
    ) -> list[YearPart]:
        """The series as they are forecast; an event on a total over a total is of its numerator.

        `told` is what similar series say of each moment, of all parts in their order.
        """
        found = []
        for id, way in self.recipe.ways.items():
            above, *below = self.sides(id)
            roll_up = SUM if way == RATIO else way
            lengths = None if way == RATIO else self.months[id].lengths
            whole = self.recipe.shares.get(id, np.inf)
            part = YearPart(above, roll_up, lengths, events(id), whole=whole)
            if way == RATIO:  # of its own denominator, which stands next to it
                part = replace(part, of_next=id in self.recipe.shares, whole=np.inf)
            found.append(part)
            found.extend(YearPart(one, roll_up) for one in below)
        if told is None:
            return found
        return [
            replace(one, similar=[each[n] if each else None for each in told])
            for n, one in enumerate(found)
        ]

    def short(self, periods: int) -> Whole:
        """How many figures the shortest part of each moment has; 0 where none is short."""
        sides = [side for id in self.recipe.ways for side in self.sides(id)]
        return figures_of_short(sides, periods)

    def combined(self, made: Sequence[Numbers]) -> Numbers:
        """The figure of the outturns of `parts`, in their order."""
        rest, amounts = list(made), {}
        for id, way in self.recipe.ways.items():
            sides = 2 if way == RATIO else 1
            amounts[id], rest = rest[:sides], rest[sides:]
        return self.recipe.made(amounts)


class _MadeMoment(Moment):
    """Moments of a figure that is made of others."""

    def __init__(self, asked: pl.DataFrame, series: EndSeries, known: Known) -> None:
        first = series.months[next(iter(series.recipe.ways))]
        super().__init__(asked.with_columns(per_in_way=pl.lit(1.0)), first, known)
        self.series, self.source = series, known

    def _year_end(self, events: tuple[KnownEvent, ...]) -> YearEnd:
        numbers = self.series.short(self.periods)
        ends = tuple(self.series.recipe.ways)
        told = self.similar.of(self.asked, numbers, self._parts_of, ends)
        return year_end_of_parts(
            self.series.parts(self._events_of, told), self.series.combined, self.known,
            seed=self.seed, periods=self.periods,
        )  # fmt: skip

    def _parts_of(self, moment: pl.DataFrame, base: pl.DataFrame, cells: int) -> list[PartOfYear]:
        """The ends of the same formula elsewhere."""
        recipe = self.series.recipe
        found = EndSeries.of(moment, base, cells, recipe, self.source)
        return [
            one for id, way in recipe.ways.items() for one in parts_of_months(found.months[id], way)
        ]

    def _events_of(self, id: str) -> tuple[KnownEvent, ...]:
        ours = tuple(one for one in self.events if one.measure == id)
        return as_drawn(ours, int(self.asked["at"][0]), self.known, self.step)

    @property
    def sides(self) -> tuple[str, ...]:
        return ()  # they are counted: their names are long, and some have two sides themselves

    def method(self, number: int) -> str:
        return f"{self.found.method[number]}, of what it is made of"

    def needed(self, median: Numbers) -> Numbers:
        """Not told: several things could meet the target."""
        return np.full(self.asked.height, np.nan)

    def over(self) -> Numbers:
        return np.full(self.asked.height, np.nan)

    def _record(self, at: np.ndarray) -> TrackRecord:
        kept = np.zeros(self.asked.height, dtype=np.bool_)
        kept[at] = True
        some = self.series.only(kept)
        return past_year_ends_of_parts(
            some.parts(lambda _: ()), some.combined, self.known, seed=self.seed,
            periods=self.periods,
        ).record  # fmt: skip
