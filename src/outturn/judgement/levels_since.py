"""Year ends of years in which the level moved: a declared step, or a break, inside the year so far.

No straight line is drawn across a step, and no figure so far stands: what lies before it tells of a
level that nobody expects again. The year is the figure so far, and for the months left the level
since the step. With too little since, or no months, it is not assessed. Two series that a break
parts are no figure of one year at all, nor is one that holds a gap, in which less was collected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.foreseen_words import PERIODS
from outturn.judgement.formula_ends import EndSeries, Recipe, ends_of, series_of
from outturn.judgement.history import CELL
from outturn.judgement.months import MONTH, RATIO, Numbers, base_periods
from outturn.judgement.partings import STEP, Parting, behind, of_no_year, partings, year_so_far
from outturn.judgement.withheld_periods import as_if_told, withheld_periods
from outturn.judgement.words import unit_of
from outturn.judgement.year_end_moments import NOT_A_YEAR, UNLIKE, Known, are_alike
from outturn.statistics.rounding import shown_column
from outturn.statistics.year_end_methods import LAST, MEAN, SUM
from outturn.terms.period import Period, from_key

SINCE = "since"  # how a forecast came about that rests on the level since a step
BEGINS = "the figure so far, and"  # the words that it begins with
FEWEST = 3  # months since the step, or one quarter: fewer are moved by their season and by chance

NO_MONTHS = "no months or quarters of it are held"
NOT_MADE = "its year does not follow from its months or quarters"
NOT_WHOLE = "a month or quarter of the year so far has no figure"
SUPPRESSED = "those of its months or quarters that are held are suppressed"
BY_QUARTERS = (
    "those of its months that are held are suppressed, and the figure is not for whole quarters"
)
SO_FAR = "a month or quarter of the year so far is suppressed"
WITH_COUNTS = " with counts behind it"  # what the figures of a total over a total need

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


def with_levels_since(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The judged rows, none of whose plain forecasts goes on across a step or a break.

    Nor is what came in on both sides of a break the least that there will be. `over_year` is the
    denominator expected of the year where the figure is a total over a total.
    """
    moved = _moved(rows.with_row_index("_row").filter(_is_plain() | _is_least()), known)
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


def _is_least() -> pl.Expr:
    """Whether what came in is taken for the least that the year will be, and for no more."""
    return (pl.col("how") == "least").fill_null(False)


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
    asked = rows.filter(pl.col("measure").is_in(list(parted)))
    found = {}
    for row, id, place, *keys, least in asked.select("_row", *_CELL, _is_least()).iter_rows():
        period, year = (from_key(key) for key in keys)
        ends = ends_of(measures[id], measures)
        ways = ends.ways if ends else {}
        if ways and set(ways.values()) == {LAST}:
            continue  # the latest figure is of the level since
        of_its_level = [one for one, way in ways.items() if way == LAST]
        parting = _within(partings(measures[id], place, measures, of_its_level), period, year)
        if parting is None or (least and parting.what == STEP):
            continue
        before = parting.what == STEP and parting.since <= period.start
        if ends or not before:  # of a figure that stands alone nothing tells what it makes
            found[row] = parting
    return found


def _within(known: Sequence[Parting], period: Period, year: Period) -> Parting | None:
    """The latest that lies in the year so far; a step only where nothing else does.

    What a break or a gap leaves of a figure is its own affair. But across a step all of the year so
    far is added up, and there it may not have one either.
    """
    inside = [one for one in known if one.lies_in(period, year)]
    if any(one.what == STEP for one in inside):
        inside += [one for one in known if one.lies_in(year_so_far(period, year), year)]
    return max(inside, key=lambda one: (one.what != STEP, one.since), default=None)


def _told(
    rows: pl.DataFrame, moved: Mapping[int, Parting], known: Known
) -> Iterator[tuple[object, ...]]:
    """Of each row that is parted its forecast in number and words, or why there is none."""
    rows = rows.filter(pl.col("_row").is_in(list(moved))).select(_READ)
    rows = rows.with_columns(_months=pl.col("period").map_elements(_length, pl.Int64))
    apart = {row for row in moved if moved[row].what != STEP}
    keys = dict(zip(rows["_row"], rows.select("period", "year").iter_rows(), strict=True))
    for row in sorted(apart):
        yield (row, None, None, None, _of_its_own(moved[row], *map(from_key, keys[row])))
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
    hidden = _withheld(rows, recipe, known) if recipe is not None else {}
    if recipe is not None:
        known = replace(known, measures={**known.measures, **uncut})
        for asked, series in series_of(rows, recipe, known):
            for number, row in enumerate(asked["_row"]):
                del waiting[row]
                one = _Year(
                    asked[number], series, number, moved[row], measure, hidden.get(row, frozenset())
                )
                yield (row, *one.told())
    told, held = frozenset[int](), frozenset[int]()
    if recipe is not None:
        told = _with_months(rows, recipe, known)
        held = _with_months(rows, recipe, replace(known, values=as_if_told(known.values)))
    for row in waiting:
        why = NOT_MADE if recipe is None else _within_a_sentence(NOT_A_YEAR)
        lengths = {months for _, months, _ in hidden.get(row, ())}
        if recipe is not None and row not in told:
            why = SUPPRESSED if row in held else NO_MONTHS
        elif measure.formula is None and MONTH in lengths and _is_of_12_months(rows, row):
            why = BY_QUARTERS  # of quarters alone a year to November is not made
        yield (row, None, None, None, _unknown(moved[row], why))


def _with_months(rows: pl.DataFrame, recipe: Recipe, known: Known) -> frozenset[int]:
    """The rows that have months or quarters of every end of the figure."""
    found = set(rows["_row"])
    for id in recipe.ways:
        cells = rows.select(*CELL, _cell=pl.col("_row").cast(pl.Int64))
        found &= set(base_periods(known.values, cells.with_columns(measure=pl.lit(id)))["_cell"])
    return frozenset(found)


def _withheld(
    rows: pl.DataFrame, recipe: Recipe, known: Known
) -> dict[int, frozenset[tuple[str, int, int]]]:
    """By row what is suppressed of its months and quarters: of which end, how long, and until."""
    found: dict[int, set[tuple[str, int, int]]] = defaultdict(set)
    for id in recipe.ways:
        cells = rows.select(*CELL, _cell=pl.col("_row").cast(pl.Int64))
        hidden = withheld_periods(known.values, cells.with_columns(measure=pl.lit(id)))
        for row, months, end in hidden.select("_cell", "months", "end").iter_rows():
            found[row].add((id, months, end))
    return {row: frozenset(periods) for row, periods in found.items()}


def _is_of_12_months(rows: pl.DataFrame, row: int) -> bool:
    return _length(rows.row(by_predicate=pl.col("_row") == row, named=True)["year"]) == 12


def _of_its_own(parting: Parting, period: Period, year: Period) -> str:
    """Why no year follows: the figure itself has a break or a gap, or else the year so far has."""
    if parting.lies_in(period, year):
        return of_no_year(parting, "figure", max(period.start, year.start), period.end)
    return of_no_year(parting, "year", year.start, period.end)


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
        hidden: frozenset[tuple[str, int, int]],
    ) -> None:
        self.row = asked.row(0, named=True)
        self.asked, self.series, self.number = asked, series, number
        self.parting, self.measure, self.hidden = parting, measure, hidden
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
            return None, None, None, _unknown(self.parting, self._not_whole())
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
        if months * self.step < FEWEST and self._is_withheld(self.parting.month):
            return f"a {period} since it is suppressed"
        if months * self.step < FEWEST:
            which, what = ("a", "no") if months else ("no", "a")
            return f"{which} {period} since it has {what} figure{counts}"
        if self._is_given() or self._tells_of_itself():
            return ""
        return _within_a_sentence(UNLIKE) if self._is_whole() else self._not_whole(counts)

    def _not_whole(self, counts: str = "") -> str:
        begins = int(self.row["at"]) + 1 - self.known * self.step
        return SO_FAR if self._is_withheld(begins) else f"{NOT_WHOLE}{counts}"

    def _is_withheld(self, since: int) -> bool:
        """Whether a period that begins with a month or later is suppressed; of a stock the last."""
        at = int(self.row["at"])
        return any(
            months == self.step
            and since <= end + 1 - months
            and (end == at or (end < at and self.recipe.ways[id] != LAST))
            for id, months, end in self.hidden
        )

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
