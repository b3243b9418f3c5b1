"""Why a forecast of the year's end is told without a distribution, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from outturn.framework.model import Formula, Measure, Target
from outturn.judgement.facts import is_distinct
from outturn.judgement.formula_ends import hindrance, recipe_of
from outturn.judgement.history import CELL
from outturn.judgement.months import RATIO, base_periods, moments, months_of, way_of
from outturn.judgement.words import sentence
from outturn.judgement.year_end_moments import FEW, Known, Moment, first_obstacle, obstacles
from outturn.terms.period import MONTHS, from_key

PARTING = ("break", "start", "gap")  # kinds of break that end the history of a forecast

NO_MONTHS = "No months or quarters of it are held."
NOT_A_YEAR = (
    "The target is not for 12 months, or the figure not for whole months or quarters of it."
)
DISTINCT = "Some of those it counts come in more than one month, so its months are no sum."
NOT_MADE = "Its year does not follow from its months or quarters."
ON_ITSELF = "A known event is declared of the figure itself, and not of what it is made of."


# How the methods begin whose forecast is a number alone.
PLAIN = ("straight line", "last year's profile", "the figure so far stands")


def behind(measure: Measure, measures: Mapping[str, Measure]) -> list[str]:
    """The measure and all that it is made of."""
    found = [measure.id]
    for part in measure.formula.parts if measure.formula else ():
        if part in measures:
            found += behind(measures[part], measures)
    return found


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
    if said == FEW:
        return _since(verdict["place"], period.end, measure, known.measures) or FEW
    return said


def _since(place: str, end: date, measure: Measure, measures: Mapping[str, Measure]) -> str:
    """That it is less than a year since the latest break or declared step; nothing if it is not."""
    ours = [measures[id] for id in behind(measure, measures)]
    found = [
        ("break", one.since.start, one.reason)
        for each in ours
        for one in each.breaks
        if one.kind in PARTING
    ]
    found += [
        ("declared step", one.since.start, one.because)
        for each in ours
        for one in each.steps
        if one.place in ("", place)
    ]
    late = [one for one in found if _months_between(one[1], end) < 12 and one[1] <= end]
    if not late:
        return ""
    what, since, because = max(late, key=lambda one: one[1])
    when = f"{MONTHS[since.month - 1]} {since.year}"
    return f"It is less than a year since the {what} of {when}: {sentence(because)}"


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
