"""Why a forecast of the year's end is told without a distribution, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from outturn.framework.model import Formula, Measure, Target
from outturn.judgement.facts import is_distinct
from outturn.judgement.formula_ends import ends_of, hindrance, recipe_of
from outturn.judgement.history import CELL
from outturn.judgement.levels_since import BEGINS
from outturn.judgement.months import RATIO, base_periods, moments, months_of, way_of
from outturn.judgement.partings import of_no_year, partings, year_so_far
from outturn.judgement.withheld_periods import withheld_periods
from outturn.judgement.words import sentence
from outturn.judgement.year_end_moments import (
    FAILED,
    FEW,
    NOT_A_YEAR,
    UNLIKE,
    Known,
    Moment,
    first_obstacle,
    obstacles,
)
from outturn.statistics.prospect import GAP as NO_FIGURE
from outturn.statistics.year_end_methods import LAST
from outturn.terms.period import Period, from_key

NO_MONTHS = "No months or quarters of it are held."
DISTINCT = "Some of those it counts come in more than one month, so its months are no sum."
NOT_MADE = "Its year does not follow from its months or quarters."
TO_DATE = "It is given for the year to date: its months or quarters by themselves are not held."
NO_COUNTS = (
    "Its months or quarters have a figure and no counts, and without counts they make no year "
    '(of a measure whose file says roll_up = "mean" they do).'
)
GAP = "A month or quarter of the latest year has no figure."
SHORT = "Less than a year of its months or quarters is held."
SUPPRESSED = "Those of its months or quarters that are held are suppressed."
BY_QUARTERS = (
    "Those of its months that are held are suppressed, and the figure is not for whole quarters."
)
IN_YEAR = "A month or quarter of the latest year is suppressed."
IN_YEAR_WITH_GAP = (
    "Of the months or quarters of the latest year some are suppressed, and some have no figure."
)
SO_FAR = "A month or quarter of the year so far is suppressed."
ON_ITSELF = "A known event is declared of the figure itself, and not of what it is made of."


# How the methods begin whose forecast is a number alone.
PLAIN = ("straight line", "last year's profile", "the figure so far stands", BEGINS)


def why_not_drawn(verdict: Mapping[str, Any], target: Target, known: Known) -> str:
    """The first obstacle to a distribution of a figure's outturn; `verdict` is one of VERDICTS.

    For a figure that has a plain forecast, and whose year is not over.
    """
    if target.profile:
        return f"The target asks for another forecast: {target.profile}."
    measure = known.measures[verdict["measure"]]
    period = from_key(verdict["period"])
    row = pl.DataFrame({name: [verdict[name]] for name in (*CELL, "period", "value")}).with_columns(
        year=pl.lit(target.period.key),
        per=pl.lit(float(measure.per)),
        decimals=pl.lit(measure.decimals, pl.Int64),
        is_share=pl.lit(measure.kind == "proportion"),
        from_start=pl.lit(period.start == target.period.start),
    )
    if measure.formula is None:
        said = _of_months(row, measure, known)
    else:
        recipe = recipe_of(measure, known.measures)
        if recipe is None:
            return _unfit(measure.formula, known.measures)
        said = hindrance(
            row, recipe, known, none=NO_MONTHS, not_a_year=NOT_A_YEAR, itself=ON_ITSELF
        )
    if said in (FAILED, NO_FIGURE) and (
        held := _held_gap(row, period, target.period, measure, known)
    ):
        return held
    if hidden := _withheld(said, row, target.period, measure, known):
        return hidden
    return _why_few(row, measure, known) if said == FEW else said


def _held_gap(
    row: pl.DataFrame, period: Period, year: Period, measure: Measure, known: Known
) -> str:
    """That a declared gap lies in the year so far, where one does."""
    so_far = year_so_far(period, year)
    for one in partings(measure, row["place"][0], known.measures):
        if one.what == "gap" and one.since <= so_far.end and so_far.start <= one.until:
            return of_no_year(one, "year", so_far.start, so_far.end)
    return ""


@dataclass(frozen=True, slots=True)
class _End:
    """The months and quarters of one end of a figure: those with a figure, and those withheld."""

    measure: Measure
    way: str
    base: pl.DataFrame
    withheld: pl.DataFrame

    @classmethod
    def of(cls, row: pl.DataFrame, measure: Measure, way: str, known: Known) -> _End:
        cell = row.select(CELL).with_columns(measure=pl.lit(measure.id), _cell=pl.lit(0, pl.Int64))
        base, hidden = (of(known.values, cell) for of in (base_periods, withheld_periods))
        return cls(measure, way, base, hidden)

    def until(self, at: int) -> _End:
        """What is known of it at the end of one month."""
        base, hidden = (one.filter(pl.col("end") <= at) for one in (self.base, self.withheld))
        return _End(self.measure, self.way, base, hidden)

    @property
    def held(self) -> pl.DataFrame:
        """All that are held, told or not."""
        return pl.concat(
            [one.select("period", "months", "end") for one in (self.base, self.withheld)]
        )


def _ends(row: pl.DataFrame, measure: Measure, known: Known) -> Iterator[_End]:
    found = ends_of(measure, known.measures)
    assert found is not None
    for id, way in found.ways.items():
        yield _End.of(row, known.measures[id], way, known)


def _withheld(said: str, row: pl.DataFrame, year: Period, measure: Measure, known: Known) -> str:
    """That an obstacle comes of months or quarters that are suppressed; nothing if it does not."""
    if said not in (NO_MONTHS, NOT_A_YEAR, UNLIKE, FAILED, NO_FIGURE):
        return ""
    ends = list(_ends(row, measure, known))
    at = _month(from_key(row["period"][0]).end)
    gone = at - _month(year.start) + 1
    match said:
        case _ if said == NO_MONTHS:
            found = [one for one in ends if one.base.is_empty() and one.withheld.height]
            why = SUPPRESSED
        case _ if said == NOT_A_YEAR:
            found = _by_quarters(ends, gone) if year.months == 12 else []
            why = BY_QUARTERS
        case _:
            to_date = said != UNLIKE or bool(row["from_start"][0])
            found = [one for one in ends if to_date and _in_year_so_far(one, ends, at, gone)]
            why = SO_FAR
    return _named(found[0], measure, why) if found else ""


def _month(day: date) -> int:
    """The month of a day, counted from year 0."""
    return day.year * 12 + day.month - 1


def _named(end: _End, measure: Measure, why: str) -> str:
    """What is said of one end of a figure, by its name where it is not the figure itself."""
    one = end.measure
    return why if measure.formula is None else f"{one.short or one.title}: {why}"


def _by_quarters(ends: list[_End], gone: int) -> list[_End]:
    """The ends of which only quarters are told, where with the months withheld a year would follow.

    A moment is at the end of a period of the longest step of all ends.
    """
    coarse = [one for one in ends if one.withheld.height and _step(one.base) > _step(one.held)]
    step = max((_step(one.held) for one in ends), default=0)
    return coarse if step and 0 < gone < 12 and gone % step == 0 else []


def _step(periods: pl.DataFrame) -> int:
    """The months of the shortest period; 0 where there is none."""
    return int(periods["months"].to_numpy().min()) if periods.height else 0


def _in_year_so_far(end: _End, ends: list[_End], at: int, gone: int) -> bool:
    """Whether a period of the year so far is withheld; of a stock, the last of them alone."""
    step = max(_step(one.base) for one in ends)
    since = at - (step if end.way == LAST else gone)
    return not _of_step(end.withheld, step, at).filter(pl.col("end") > since).is_empty()


def _of_step(periods: pl.DataFrame, step: int, at: int) -> pl.DataFrame:
    """The periods of one length that end with the month `at`, or so many whole ones before it."""
    return periods.filter((pl.col("months") == step) & ((at - pl.col("end")) % step == 0))


def _why_few(row: pl.DataFrame, measure: Measure, known: Known) -> str:
    """Which of its causes it has that there is no year of months or quarters without a gap."""
    period = from_key(row["period"][0])
    from_start = bool(row["from_start"][0])
    found = [(one, _lacks(one, period, from_start)) for one in _ends(row, measure, known)]
    since = _since(row["place"][0], period.end, measure, known.measures)
    for cause in (NO_COUNTS, TO_DATE, IN_YEAR, IN_YEAR_WITH_GAP, GAP, SHORT):
        if since and cause == IN_YEAR:
            return since
        for one, why in found:
            if why == cause:
                return _named(one, measure, why)
    return since or FEW


def _lacks(end: _End, period: Period, from_start: bool) -> str | None:
    """What the months or quarters of one end of the figure lack; None where they lack nothing."""
    at = _month(period.end)
    end = end.until(at)
    lacks = _lacks_figures(end, period, from_start)
    if lacks in (NO_COUNTS, TO_DATE):
        return lacks
    return _suppressed_in_year(end, at) or lacks


def _suppressed_in_year(end: _End, at: int) -> str:
    """That periods of the latest year are suppressed, or some that it lacks; or nothing."""
    step = _step(end.base) or _step(end.withheld)
    if not step:
        return ""
    told, hidden = (set(_of_step(one, step, at)["end"]) for one in (end.base, end.withheld))
    if not any(one > at - 12 for one in hidden):
        return ""
    first = max(min(told | hidden), at - 12 + step)
    missing = set(range(first, at + 1, step)) - told - hidden
    return IN_YEAR_WITH_GAP if missing else IN_YEAR


def _lacks_figures(end: _End, period: Period, from_start: bool) -> str | None:
    """The same, of those that are told."""
    base, way = end.base, end.way
    if base.is_empty():
        return None
    at, step = _month(period.end), _step(base)
    held = _of_step(base, step, at)
    if from_start and period.months > step and at not in held["end"]:
        return TO_DATE if _is_to_date(end.held, period) else GAP
    if way == RATIO and held.select(_without_counts().tail(1).any()).item():
        return NO_COUNTS
    latest = held.filter(pl.col("end") > at - 12)
    if latest.height == 12 // step:
        return NO_COUNTS if way == RATIO and latest.select(_without_counts().any()).item() else None
    return GAP if held.filter(pl.col("end") <= at - 12).height else _short(latest, at, step)


def _without_counts() -> pl.Expr:
    return pl.col("numerator").is_null() | pl.col("denominator").is_null()


def _short(latest: pl.DataFrame, at: int, step: int) -> str:
    """Of a series that began within a year: whether it has a gap, or is short alone."""
    first = int(latest["end"].to_numpy().min()) if latest.height else at
    return SHORT if latest.height == (at - first) // step + 1 else GAP


def _is_to_date(base: pl.DataFrame, period: Period) -> bool:
    """Whether the months and quarters held are but the beginnings of years, as a year to date has.

    The first month of a year, and its first quarter, are such a figure too.
    """
    starts = base["period"].map_elements(lambda key: from_key(key).start.month, pl.Int64)
    return bool((starts == period.start.month).all())


def _since(place: str, end: date, measure: Measure, measures: Mapping[str, Measure]) -> str:
    """That it is less than a year since the latest break or declared step; nothing if it is not."""
    late = [
        one
        for one in partings(measure, place, measures)
        if one.since <= end and _months_between(one.since, end) < 12
    ]
    if not late:
        return ""
    latest = max(late, key=lambda one: one.since)
    return f"It is less than a year since {latest.named}: {sentence(latest.because)}"


def _months_between(start: date, end: date) -> int:
    """Whole months from the start of one day's month to the end of another's."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _of_months(row: pl.DataFrame, measure: Measure, known: Known) -> str:
    """The first obstacle to a distribution from the measure's own months."""
    way = way_of(measure, known.measures)
    if way is None:
        return DISTINCT if is_distinct(measure) else NOT_MADE
    base = base_periods(known.values, row.select(CELL).with_columns(_cell=pl.lit(0, pl.Int64)))
    if base.is_empty():
        return NO_MONTHS
    asked = moments(row.with_columns(_cell=pl.lit(0, pl.Int64)), base, known.measures)
    if asked.is_empty():
        return NOT_A_YEAR
    in_way = pl.when(pl.col("way") == RATIO).then("per").otherwise(1.0)
    asked = asked.with_columns(per_in_way=in_way)
    months = months_of(asked, base, known.measures)
    said = first_obstacle(obstacles(asked, months))
    asked = asked.with_columns(_acts=pl.lit(""), _latest=pl.lit(False))
    return said or Moment(asked, months, known).why_none()


def _unfit(formula: Formula, measures: Mapping[str, Measure]) -> str:
    """Which part of a formula has no year that follows from its months."""
    for part in formula.parts:
        one = measures.get(part)
        if one is None:
            return NOT_MADE
        if one.formula is not None and recipe_of(one, measures) is None:
            return _unfit(one.formula, measures)
        if one.formula is None and way_of(one, measures) is None:
            why = DISTINCT if is_distinct(one) else NOT_MADE
            return f"{one.short or one.title}: {why}"
    return NOT_MADE
