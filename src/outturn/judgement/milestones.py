"""Where a figure should be by the end of a period on the way to its target.

1. A figure for the target's whole period is judged against the target.
2. Milestones written in the entry come next. Of a figure that adds up they speak of all since the
   start of the target's year: between two of them, between the start and the first, and between
   the last and the target at the end of the year, the bound moves in proportion to the months
   gone, and the words say that it was worked out. A month or quarter that stands alone is not held
   against them; the first of the year is all since its start, and is. For any other figure the last
   milestone due by the end of the period stands, with its own date, until the next is due; before
   the first is due it is not judged.
3. Otherwise the profile decides. `flat`: the target itself. `straight line`: of a figure that
   adds up, the target's share by the months gone; of any other, the way from the baseline to the
   target by the months gone (flat, where no baseline is stated). `last year`: of a figure that
   adds up, the share that had come in by then a year before (a straight line, where either of
   last year's figures is not held, or the one is no share of the other); flat of any other.
4. With no profile: a straight line for figures that add up, flat for the rest.

Different people are no sum of months, for some come again. Without a milestone or a profile of the
entry, such a figure has the share that had come in by then a year before, and where that is not
held it is not judged; neither is it before its first milestone is due, nor in a month alone.

A month or quarter that stands alone of a figure that adds up has its own share of the target. In a
series of months the first of the year is one of them, and has the same share (`alone`).
A target of zero is zero all the way. A milestone on the way to a band is one end of it: the
lower end when it lies below the band, the upper end when above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from outturn.framework.model import Measure, Milestone, Target
from outturn.judgement.forecasts import different, is_share_of_last_year, other_year
from outturn.judgement.spans import day
from outturn.judgement.words import unit_of
from outturn.terms.period import Period, from_key

DUE = {
    "target_id": pl.String,
    "period": pl.String,
    "at": pl.Float64,  # where the milestones say that the figure should be
    "to_end": pl.Float64,  # after the last of them, the share of the way to the target
    "due_on": pl.String,  # the day of the milestone that stands
    "between": pl.String,  # of a bound worked out, in words what it lies between
    "due_from": pl.String,  # when the first milestone is due, where none is yet
}


def with_milestones(
    rows: pl.DataFrame, targets: Sequence[Target], measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """The rows with `step_low`, `step_high`, `step` ("target" or "milestone") and `step_why`.

    Beside them `due_on` and `between`, for the words of a bound that a milestone gave.
    """
    due = _due(rows, targets, measures)
    rows = rows.join(due, on=["target_id", "period"], how="left", maintain_order="left")
    rows = _with_shares(rows)
    cumulative = pl.col("additive") & pl.col("from_start") & ~pl.col("zero")
    rows = rows.with_columns(
        used=~pl.col("whole")
        & (pl.col("at").is_not_null() | pl.col("due_from").is_not_null())
        & (~pl.col("additive") | cumulative)
    )
    profile = _profile()
    rows = rows.with_columns(step_low=_step("low", profile), step_high=_step("high", profile))
    rows = rows.with_columns(
        step_low=pl.when("used").then(_written("low")).otherwise("step_low"),
        step_high=pl.when("used").then(_written("high")).otherwise("step_high"),
        due_on=pl.when("used").then("due_on"),
        between=pl.when("used").then("between"),
    )
    moved = pl.col("step_low").ne_missing(pl.col("low")) | pl.col("step_high").ne_missing(
        pl.col("high")
    )
    nowhere = pl.col("step_low").is_null() & pl.col("step_high").is_null()
    return rows.with_columns(
        step=pl.when(moved).then(pl.lit("milestone")).otherwise(pl.lit("target")),
        step_why=pl.when("other_year")
        .then(other_year())
        .when("used")
        .then(pl.lit("The first milestone is due on ") + pl.col("due_from") + ".")
        .when(pl.col("distinct") & nowhere)
        .then(different("no milestone")),
    )


def alone(goal: float | None, target: Target, period: Period, distinct: bool) -> float | None:
    """The bound of a period of a figure that adds up, where it stands among others as long.

    Where it begins the target's period it is all since the start as well, and milestones and last
    year's profile speak of it as that; in a series of months it is one of them.
    """
    if goal is None or target.profile == "flat" or target.goal.word == "zero":
        return goal
    if distinct and target.profile != "straight line":
        return None
    part, whole = _share(period, target.period)
    return goal * part / whole


def _with_shares(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `_of_year` and `_year`: how many of its year's months, or days, a period has.

    Whole numbers, so that each month of a year has the same part of its target, and twelve of them
    make it up: what has gone by the end less what had gone before is a hair more or less.
    """
    pairs = rows.select("period", "year").unique().rows()
    shares = [(*pair, *_share(from_key(pair[0]), from_key(pair[1]))) for pair in pairs]
    schema = {"period": pl.String, "year": pl.String, "_of_year": pl.Int64, "_year": pl.Int64}
    found = pl.DataFrame(shares, schema=schema, orient="row")
    return rows.join(found, on=["period", "year"], how="left", maintain_order="left")


def _share(period: Period, year: Period) -> tuple[int, int]:
    if period.months and year.months:
        return period.months, year.months
    return _days(period), _days(year)


def _days(period: Period) -> int:
    return (period.end - period.start).days + 1


def _profile() -> pl.Expr:
    """The profile in use: the entry's own, or the usual one for such a figure."""
    usual = (
        pl.when("distinct")
        .then(pl.lit("last year"))
        .when("additive")
        .then(pl.lit("straight line"))
        .otherwise(pl.lit("flat"))
    )
    given = pl.col("profile").fill_null("")
    return (
        pl.when(pl.col("whole") | pl.col("zero").fill_null(False))
        .then(pl.lit("flat"))
        .when(given == "")
        .then(usual)
        .otherwise(given)
    )


def _step(bound: str, profile: pl.Expr) -> pl.Expr:
    goal = pl.col(bound)
    straight = goal * pl.col("_of_year") / pl.col("_year")
    way = pl.col("baseline") + (goal - pl.col("baseline")) * pl.col("gone")
    comparable = is_share_of_last_year() & pl.col("year_parted").is_null()
    last_year = pl.when(comparable).then(goal * pl.col("previous") / pl.col("last_whole"))
    usual = pl.when(~pl.col("distinct")).then(straight)
    as_last = pl.when("from_start").then(pl.coalesce(last_year, usual)).otherwise(usual)
    return (
        pl.when(pl.col("additive") & (profile == "straight line"))
        .then(straight)
        .when(pl.col("additive") & (profile == "last year"))
        .then(as_last)
        .when(~pl.col("additive") & (profile == "straight line"))
        .then(pl.coalesce(way, goal))
        .otherwise(goal)
    )


def _written(bound: str) -> pl.Expr:
    """A milestone of the entry in place of one bound; of a band, of the end it lies beyond."""
    band = pl.col("low").is_not_null() & pl.col("high").is_not_null()
    own = pl.col(bound)
    at = pl.col("at") + (own - pl.col("at")) * pl.col("to_end").fill_null(0.0)
    in_band = pl.min_horizontal(own, at) if bound == "low" else pl.max_horizontal(own, at)
    return (
        pl.when(own.is_null() | pl.col("at").is_null())
        .then(None)
        .when(band)
        .then(in_band)
        .otherwise(at)
    )


def _due(
    rows: pl.DataFrame, targets: Sequence[Target], measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """For each entry with milestones and each period under it, where they say it should be."""
    stepped = {one.id: one for one in targets if one.milestones}
    pairs = rows.filter(pl.col("target_id").is_in(list(stepped))).select(
        "target_id", "period", "measure", "ends", "additive", "distinct"
    )
    found = []
    for id, key, measure, ends, additive, distinct in pairs.unique().iter_rows():
        target = stepped[id]
        way = Way(target, measures[measure], _steps(target), ends)
        if not way.steps or ends >= target.period.end:
            continue
        due = way.moving() if additive and not (distinct and ends < way.steps[0].by) else way.last()
        found.append((id, key, *due))
    return pl.DataFrame(found, schema=DUE, orient="row")


def _steps(target: Target) -> list[Milestone]:
    """The milestones before the end of the target's period, earliest first."""
    inside = [one for one in target.milestones if target.period.start <= one.by]
    steps = [one for one in inside if one.by < target.period.end]
    return sorted(steps, key=lambda one: one.by)


Due = tuple[float | None, float | None, str | None, str | None, str | None]  # DUE, without keys


@dataclass(frozen=True, slots=True)
class Way:
    """The milestones of one entry, seen from the end of one period."""

    target: Target
    measure: Measure
    steps: list[Milestone]
    ends: date

    def last(self) -> Due:
        """The last milestone that is due; of none, when the first will be."""
        passed = [one for one in self.steps if one.by <= self.ends]
        if not passed:
            return None, None, None, None, day(self.steps[0].by)
        return float(passed[-1].value), None, day(passed[-1].by), None, None

    def moving(self) -> Due:
        """The bound in proportion of the months gone from one milestone to the next."""
        before = [one for one in self.steps if one.by <= self.ends]
        after = [one for one in self.steps if one.by > self.ends]
        if before and before[-1].by == self.ends:
            return float(before[-1].value), None, None, None, None
        begun = after_day(before[-1].by) if before else self.target.period.start
        due = after[0].by if after else self.target.period.end
        gone, way = _months(begun, self.ends), _months(begun, due)
        if not after:
            between = f", between the milestone of {self._said(before[-1])} and the target"
            return float(before[-1].value), gone / way, None, between, None
        start = float(before[-1].value) if before else 0.0
        at = start + (float(after[0].value) - start) * gone / way
        between = f", on the way to the milestone of {self._said(after[0])}"
        if before:
            said = f"{self._said(before[-1])} and {self._said(after[0])}"
            between = f", between the milestones of {said}"
        return at, None, None, between, None

    def _said(self, step: Milestone) -> str:
        unit = unit_of(self.measure)
        number = unit.front(unit.exactly(float(step.value), self.measure.decimals))
        by = day(step.by, year=self.target.period.months > 12)
        return f"{number} by {by}"


def after_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _months(start: date, end: date) -> float:
    """Months from the start of one day to the end of another; a whole month is 1."""
    following = after_day(end)
    months = (following.year - start.year) * 12 + following.month - start.month
    return months + (following.day - start.day) / 31
