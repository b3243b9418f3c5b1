"""Why a forecast of the year's end is told without a distribution, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from outturn.framework.model import Formula, Measure, Target
from outturn.judgement.facts import is_distinct
from outturn.judgement.formula_ends import ends_of, hindrance, recipe_of
from outturn.judgement.history import CELL
from outturn.judgement.levels_since import BEGINS, partings
from outturn.judgement.months import RATIO, base_periods, moments, months_of, way_of
from outturn.judgement.words import sentence
from outturn.judgement.year_end_moments import (
    FEW,
    NOT_A_YEAR,
    Known,
    Moment,
    first_obstacle,
    obstacles,
)
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
    return _why_few(row, measure, known) if said == FEW else said


def _why_few(row: pl.DataFrame, measure: Measure, known: Known) -> str:
    """Which of its causes it has that there is no year of months or quarters without a gap."""
    ends = ends_of(measure, known.measures)
    assert ends is not None
    found = {id: _lacks(row, known.measures[id], way, known) for id, way in ends.ways.items()}
    at = from_key(row["period"][0]).end
    since = _since(row["place"][0], at, measure, known.measures)
    for cause in (NO_COUNTS, TO_DATE, GAP, SHORT):
        if since and cause == GAP:
            return since
        for id, why in found.items():
            if why == cause:
                one = known.measures[id]
                return why if measure.formula is None else f"{one.short or one.title}: {why}"
    return since or FEW


def _lacks(row: pl.DataFrame, measure: Measure, way: str, known: Known) -> str | None:
    """What the months or quarters of one end of the figure lack; None where they lack nothing."""
    cell = row.select(CELL).with_columns(measure=pl.lit(measure.id), _cell=pl.lit(0, pl.Int64))
    base = base_periods(known.values, cell)
    period = from_key(row["period"][0])
    at = period.end.year * 12 + period.end.month - 1
    base = base.filter(pl.col("end") <= at)
    if base.is_empty():
        return None
    step = int(base["months"].to_numpy().min())
    held = base.filter((pl.col("months") == step) & ((at - pl.col("end")) % step == 0))
    if row["from_start"][0] and period.months > step and at not in held["end"]:
        return TO_DATE if _is_to_date(base, period) else GAP
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
