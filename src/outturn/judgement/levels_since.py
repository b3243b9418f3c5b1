"""Year ends of years in which the level moved: a declared step, or a break, inside the year so far.

No straight line is drawn across a step, and no figure so far stands: what lies before it tells of a
level that nobody expects again. The year is the figure so far, and for the months left the level
since the step. With too little since, or no months, it is not assessed. Two series that a break
parts are no figure of one year at all, nor is one that holds a gap, in which less was collected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.foreseen_words import PERIODS
from outturn.judgement.formula_ends import EndSeries, Recipe, ends_of, series_of
from outturn.judgement.history import CELL
from outturn.judgement.months import RATIO, Numbers, base_periods
from outturn.judgement.spans import day
from outturn.judgement.words import sentence, unit_of
from outturn.judgement.year_end_moments import NOT_A_YEAR, UNLIKE, Known, are_alike
from outturn.statistics.rounding import shown_column
from outturn.statistics.year_end_methods import LAST, MEAN, SUM
from outturn.terms.period import MONTHS, Period, add_months, from_key

SINCE = "since"  # how a forecast came about that rests on the level since a step
BEGINS = "the figure so far, and"  # the words that it begins with
FEWEST = 3  # months since the step, or one quarter: fewer are moved by their season and by chance
PARTING = ("break", "start", "gap")  # kinds of break after which a series is another

NO_MONTHS = "no months or quarters of it are held"
NOT_MADE = "its year does not follow from its months or quarters"
NOT_WHOLE = "a month or quarter of the year so far has no figure"
WITH_COUNTS = " with counts behind it"  # what the figures of a total over a total need
STEP = "declared step"

_PLAIN = ("straight", "profile", "stands")  # forecasts that go on as the year was so far
_CELL = ("measure", "place", "period", "year")
_READ = (  # of the rows
    "_row", *_CELL, "breakdown", "category", "value", "decimals", "from_start"
)  # fmt: skip
_TOLD = {
    "_row": pl.UInt32,
    "_forecast": pl.Float64,
    "_said": pl.String,
    "_per_year": pl.Float64,
    "_none": pl.String,
}


@dataclass(frozen=True, slots=True)
class Parting:
    """What parts a year so far: the latest declared step, or a break, or a gap."""

    what: str  # STEP, "break" or "gap"
    since: date
    until: date  # the last day of a gap
    because: str

    @property
    def month(self) -> int:
        """The first whole month since, counted from year 0."""
        return self.since.year * 12 + self.since.month - 1 + (self.since.day > 1)

    @property
    def named(self) -> str:
        return f"the {self.what} of {MONTHS[self.since.month - 1]} {self.since.year}"

    def lies_in(self, period: Period, year: Period) -> bool:
        """Whether a figure of the period is of both sides of it, or its year so far has the step.

        A gap that holds all of the figure parts nothing of it.
        """
        begins = max(period.start, year.start)
        if self.what == "gap":
            holds_all = self.since <= begins and period.end <= self.until
            return self.since <= period.end and begins <= self.until and not holds_all
        return (year.start if self.what == STEP else begins) < self.since <= period.end


def behind(measure: Measure, measures: Mapping[str, Measure]) -> list[str]:
    """The measure and all that it is made of."""
    found = [measure.id]
    for part in measure.formula.parts if measure.formula else ():
        if part in measures:
            found += behind(measures[part], measures)
    return found


def partings(measure: Measure, place: str, measures: Mapping[str, Measure]) -> list[Parting]:
    """The breaks and declared steps of a place's figure, and of what that is made of."""
    ours = [measures[id] for id in behind(measure, measures) if id in measures]
    steps = (
        Parting(STEP, step.since.start, step.since.end, step.because)
        for one in ours
        for step in one.steps
        if step.place in ("", place)
    )
    breaks = (
        Parting(
            "gap" if broken.kind == "gap" else "break",
            broken.since.start, broken.since.end, broken.reason,
        )
        for one in ours
        for broken in one.breaks
        if broken.kind in PARTING
    )  # fmt: skip
    return [*breaks, *steps]


def with_levels_since(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The judged rows, none of whose plain forecasts goes on across a step or a break.

    `over_year` is the denominator expected of the year where the figure is a total over a total.
    """
    moved = _moved(rows.with_row_index("_row").filter(_is_plain()), known)
    if not moved:
        return rows
    rows = rows.with_row_index("_row")
    found = pl.DataFrame(list(_told(rows, moved, known)), schema=_TOLD, orient="row")
    rows = rows.join(found, on="_row", how="left", maintain_order="left")
    crossed = pl.col("_row").is_in(list(moved))
    # Of two series what came in is no sum: only across a step is it the least that there will be.
    stepped = pl.col("_row").is_in([row for row, one in moved.items() if one.what == STEP])
    told = pl.col("_forecast").is_not_null()
    least = pl.when(pl.col("never_falls") & stepped).then(pl.lit("least"))
    shown = shown_column(rows["_forecast"], rows["decimals"])
    rows = rows.with_columns(
        how=pl.when(told).then(pl.lit(SINCE)).when(crossed).then(least).otherwise("how"),
        forecast=pl.when(crossed).then("_forecast").otherwise("forecast"),
        forecast_shown=pl.when(crossed).then(shown).otherwise("forecast_shown"),
        forecast_method=pl.when(crossed).then("_said").otherwise("forecast_method"),
        forecast_why=pl.when(crossed).then("_none").otherwise("forecast_why"),
        over_year=pl.when(told).then("_per_year").otherwise("over_year"),
    )
    return rows.drop(*_TOLD)


def _is_plain() -> pl.Expr:
    """Whether the forecast goes on as the year was so far; a stock's latest figure does not."""
    on_a_day = pl.col("span").str.starts_with("at ")
    goes_on = ~pl.col("year_finished") & ~pl.col("whole") & ~pl.col("closing") & ~on_a_day
    return (pl.col("how").is_in(_PLAIN) & goes_on).fill_null(False)


def _moved(rows: pl.DataFrame, known: Known) -> dict[int, Parting]:
    """By row what parts the year so far, of those that a step or a break parts."""
    measures = known.measures
    parted = {
        id
        for id in rows["measure"].unique()
        if any(
            measures[one].steps or measures[one].breaks for one in behind(measures[id], measures)
        )
    }
    asked = rows.filter(pl.col("measure").is_in(list(parted))).select("_row", *_CELL)
    found = {}
    for row, id, place, period, year in asked.iter_rows():
        ends = ends_of(measures[id], measures)
        if ends and set(ends.ways.values()) == {LAST}:
            continue  # the latest figure is of the level since
        parting = _within(partings(measures[id], place, measures), from_key(period), from_key(year))
        if parting is None:
            continue
        before = parting.what == STEP and parting.since <= from_key(period).start
        if ends or not before:  # of a figure that stands alone nothing tells what it makes
            found[row] = parting
    return found


def _within(known: Sequence[Parting], period: Period, year: Period) -> Parting | None:
    """The latest that lies in the year so far; a step only where nothing else does."""
    inside = (one for one in known if one.lies_in(period, year))
    return max(inside, key=lambda one: (one.what != STEP, one.since), default=None)


def _told(
    rows: pl.DataFrame, moved: Mapping[int, Parting], known: Known
) -> Iterator[tuple[object, ...]]:
    """Of each row that is parted its forecast in number and words, or why there is none."""
    rows = rows.filter(pl.col("_row").is_in(list(moved))).select(_READ)
    rows = rows.with_columns(_months=pl.col("period").map_elements(_length, pl.Int64))
    apart = {row for row in moved if moved[row].what != STEP}
    for row in sorted(apart):
        yield (row, None, None, None, _of_no_year(moved[row]))
    left = rows.filter(~pl.col("_row").is_in(list(apart)))
    for id in left["measure"].unique(maintain_order=True):
        ours = left.filter(pl.col("measure") == id)
        yield from _of_measure(ours, known.measures[id], moved, known)


def _length(key: str) -> int:
    return from_key(key).months


def _of_measure(
    rows: pl.DataFrame, measure: Measure, moved: Mapping[int, Parting], known: Known
) -> Iterator[tuple[object, ...]]:
    # What lies before the step is part of the figure so far, so here the months are not cut at it.
    uncut = {
        id: replace(known.measures[id], steps=(), breaks=())
        for id in behind(measure, known.measures)
    }
    recipe = ends_of(uncut[measure.id], uncut)
    waiting = dict(zip(rows["_row"], rows["value"], strict=True))
    if recipe is not None:
        known = replace(known, measures={**known.measures, **uncut})
        for asked, series in series_of(rows, recipe, known):
            for number, row in enumerate(asked["_row"]):
                del waiting[row]
                one = _Year(asked[number], series, number, moved[row], measure)
                yield (row, *one.told())
    held = _with_months(rows, recipe, known) if recipe is not None else frozenset()
    for row in waiting:
        why = NOT_MADE if recipe is None else _within_a_sentence(NOT_A_YEAR)
        if recipe is not None and row not in held:
            why = NO_MONTHS
        yield (row, None, None, None, _unknown(moved[row], why))


def _with_months(rows: pl.DataFrame, recipe: Recipe, known: Known) -> frozenset[int]:
    """The rows that have months or quarters of every end of the figure."""
    found = set(rows["_row"])
    for id in recipe.ways:
        cells = rows.select(*CELL, _cell=pl.col("_row").cast(pl.Int64))
        found &= set(base_periods(known.values, cells.with_columns(measure=pl.lit(id)))["_cell"])
    return frozenset(found)


def _of_no_year(parting: Parting) -> str:
    """Why a figure that a break parts, or that holds a gap, is none from which a year follows."""
    if parting.what == "gap":
        said = f"The figure so far holds {_days(parting)}, which was not collected as usual: "
    else:
        said = f"The figure so far is of two series, which {parting.named} parts: "
    return said + sentence(parting.because)


def _days(gap: Parting) -> str:
    """The month or the days of a gap, said without a calendar of financial years."""
    begins, after = gap.since, gap.until + timedelta(days=1)
    if begins.day == 1 and add_months(begins, 1) == after:
        return f"{MONTHS[begins.month - 1]} {begins.year}"
    first = day(gap.since, year=gap.since.year != gap.until.year)
    return f"{first} to {day(gap.until)}"


def _within_a_sentence(said: str) -> str:
    return said[:1].lower() + said[1:].rstrip(".")


def _unknown(parting: Parting, why: str) -> str:
    """Why nothing is foreseen of a year that has a step in it."""
    because = parting.because.strip().rstrip(".")
    named = parting.named[:1].upper() + parting.named[1:]
    return f"{named} ({because}) lies in the year, and {why}."


class _Year:
    """One year with a step in it: `number` is the place of its months among the series."""

    def __init__(
        self,
        asked: pl.DataFrame,
        series: EndSeries,
        number: int,
        parting: Parting,
        measure: Measure,
    ) -> None:
        self.row = asked.row(0, named=True)
        self.asked, self.series, self.number = asked, series, number
        self.parting, self.measure = parting, measure
        self.known, self.step = int(self.row["known"]), int(self.row["step"])
        self.periods = 12 // self.step
        self.recipe: Recipe = series.recipe

    def told(self) -> tuple[float | None, str | None, float | None, str | None]:
        """The forecast, its words, the year's denominator; or why there is none."""
        if why := self._hindrance():
            return None, None, None, _unknown(self.parting, why)
        ends = {id: self._year_of(id) for id in self.recipe.ways}
        forecast = float(self.recipe.made(ends)[0])
        if np.isnan(forecast):
            return None, None, None, _unknown(self.parting, NOT_WHOLE)
        only = next(iter(ends.values()))
        over = float(only[1][0]) if len(ends) == 1 and len(only) == 2 else None
        return forecast, self._words(), over, None

    def _hindrance(self) -> str:
        period, months = PERIODS[self.step][0], self._periods_since()
        passed = max((int(self.row["at"]) + 1 - self.parting.month) // self.step, 0)
        if passed * self.step < FEWEST:
            # What has passed without a figure is not held.
            held = "held" if months == passed else "over"
            return (
                f"it is too early to tell the level since: {passed or 'no'} "
                f"{period}{'s' * (passed != 1)} of it"
                f" {'is' if passed == 1 else 'are'} {held}, and {FEWEST} months are asked"
            )
        counts = WITH_COUNTS if RATIO in self.recipe.ways.values() else ""
        if months * self.step < FEWEST:
            which, what = ("a", "no") if months else ("no", "a")
            return f"{which} {period} since it has {what} figure{counts}"
        if self._is_given() or self._tells_of_itself():
            return ""
        return _within_a_sentence(UNLIKE) if self._is_whole() else f"{NOT_WHOLE}{counts}"

    def _sides(self, id: str) -> list[Numbers]:
        return [side[self.number] for side in self.series.sides(id)]

    def _since(self, side: Numbers) -> Numbers:
        """The figures of the periods that begin with the step or after it."""
        backwards = np.arange(len(side))[::-1] * self.step
        begins = int(self.row["at"]) - backwards - self.step + 1
        held: Numbers = side[(begins >= self.parting.month) & ~np.isnan(side)]
        return held

    def _periods_since(self) -> int:
        """How many there are of the end that has the fewest; of a stock the latest is enough."""
        return min(
            len(self._since(side))
            for id, way in self.recipe.ways.items()
            if way != LAST
            for side in self._sides(id)
        )

    def _is_whole(self) -> bool:
        return not any(
            np.isnan(side[-self.known :]).any()
            for id, way in self.recipe.ways.items()
            if way != LAST
            for side in self._sides(id)
        )

    def _is_given(self) -> bool:
        """Whether the figure so far is itself what the year's months add up to, or their mean."""
        only = list(self.recipe.ways.values())
        simple = self.measure.formula is None and only[0] in (SUM, MEAN)
        return simple and bool(self.row["from_start"]) and not self._is_whole()

    def _tells_of_itself(self) -> bool:
        """Whether the months make the figure that is judged, where that can be looked at."""
        if not self._is_whole():
            return False
        if not self.row["from_start"] and self.row["_months"] != self.step:
            return True
        alone = np.arange(len(self.series)) == self.number
        return bool(are_alike(self.asked, self.series.only(alone).so_far(self.asked))[0])

    def _year_of(self, id: str) -> list[Numbers]:
        """One end of the figure at the end of the year, both sides of a total over a total."""
        way = self.recipe.ways[id]
        if way == LAST:
            return [side[-1:] for side in self._sides(id)]
        left = self.periods - self.known
        made = []
        for side in self._sides(id):
            so_far = side[-self.known :].sum()
            if self._is_given():
                so_far = self.row["value"] * (self.known if way == MEAN else 1)
            year = so_far + left * self._since(side).mean()
            made.append(np.array([year / self.periods if way == MEAN else year]))
        return made

    def _words(self) -> str:
        """By what it is foreseen: the months left, and from how many months their level comes."""
        period, _ = PERIODS[self.step]
        left = self.periods - self.known
        number = self._periods_since()
        ahead = f"for the {left} {period}s left" if left > 1 else f"for the {period} left"
        since = f"the {number} {period}s since" if number > 1 else f"the {period} since"
        said = f"{BEGINS} {ahead} the level of {since} {self.parting.named}"
        return f"{said}{self._level(period)}"

    def _level(self, period: str) -> str:
        if self.measure.formula is not None:
            return ""  # the level of each part is its own
        (id, way), *_ = self.recipe.ways.items()
        levels = [[np.array([self._since(side).mean()])] for side in self._sides(id)]
        both = [one for each in levels for one in each]
        level = float(self.recipe.made({id: both})[0])
        unit, more = unit_of(self.measure), 1 if way == SUM else 0
        each = f" a {period}" if way == SUM else ""
        return f", {unit.rounded(level, self.measure.decimals + more)}{each}"
