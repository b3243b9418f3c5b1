"""Where a figure should be by the end of a period on the way to its target.

1. A figure for the target's whole period, or for as long a period, is judged against the target.
2. Milestones written in the entry come next: the last one due by the end of the period stands
   until the next is due; nothing is interpolated between two. Before the first is due, a figure
   that adds up should have its share of it by the months gone; any other figure is not judged.
3. Otherwise the profile decides. `flat`: the target itself. `straight line`: of a figure that
   adds up, the target's share by the months gone; of any other, the way from the baseline to the
   target by the months gone (flat, where no baseline is stated). `last year`: of a figure that
   adds up, the share that had come in by then a year before (a straight line, where either of
   last year's figures is not held); flat of any other.
4. With no profile: a straight line for figures that add up, flat for the rest.

A month or quarter that stands alone of a figure that adds up has its own share of the target.
A target of zero is zero all the way. A milestone on the way to a band is one end of it: the
lower end when it lies below the band, the upper end when above.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from outturn.framework.model import Target

DUE = {
    "target_id": pl.String,
    "year": pl.String,
    "period": pl.String,
    "due": pl.Float64,  # the milestone that stands at the end of the period
    "due_share": pl.Float64,  # the share of the way to a milestone that is not due yet
    "due_from": pl.String,  # when the first milestone is due, where none is yet
}


def with_milestones(rows: pl.DataFrame, targets: Sequence[Target]) -> pl.DataFrame:
    """The rows with `step_low`, `step_high`, `step` ("target" or "milestone") and `step_why`."""
    due = _due(rows, targets)
    rows = rows.join(due, on=["target_id", "period"], how="left", maintain_order="left")
    profile = _profile()
    written = ~pl.col("whole") & (pl.col("due").is_not_null() | pl.col("due_from").is_not_null())
    share = pl.col("due") * pl.col("due_share")
    not_yet = written & pl.col("due_from").is_not_null() & ~pl.col("additive")
    rows = rows.with_columns(
        step_low=_step("low", profile), step_high=_step("high", profile), used=written, at=share
    )
    rows = rows.with_columns(
        step_low=pl.when("used").then(_written("low")).otherwise("step_low"),
        step_high=pl.when("used").then(_written("high")).otherwise("step_high"),
    )
    moved = pl.col("step_low").ne_missing(pl.col("low")) | pl.col("step_high").ne_missing(
        pl.col("high")
    )
    return rows.with_columns(
        step=pl.when(moved).then(pl.lit("milestone")).otherwise(pl.lit("target")),
        step_why=pl.when(not_yet).then(
            pl.lit("The first milestone is due on ") + pl.col("due_from") + "."
        ),
    )


def _profile() -> pl.Expr:
    """The profile in use: the entry's own, or the usual one for such a figure."""
    usual = pl.when("additive").then(pl.lit("straight line")).otherwise(pl.lit("flat"))
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
    straight = goal * (pl.col("gone") - pl.col("gone_before"))
    way = pl.col("baseline") + (goal - pl.col("baseline")) * pl.col("gone")
    comparable = (pl.col("last_whole") != 0) & pl.col("parted").is_null()
    last_year = pl.when(comparable).then(goal * pl.col("previous") / pl.col("last_whole"))
    as_last = pl.when("from_start").then(pl.coalesce(last_year, straight)).otherwise(straight)
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
    if bound == "low":
        in_band = pl.min_horizontal(own, pl.col("at"))
    else:
        in_band = pl.max_horizontal(own, pl.col("at"))
    return pl.when(own.is_null()).then(None).when(band).then(in_band).otherwise("at")


def _due(rows: pl.DataFrame, targets: Sequence[Target]) -> pl.DataFrame:
    """For each entry with milestones and each period under it, the one that stands."""
    stepped = {one.id: one for one in targets if one.milestones}
    pairs = rows.filter(pl.col("target_id").is_in(list(stepped))).select(
        "target_id", "period", "ends"
    )
    found = [
        (id, key, *_standing(stepped[id], ends)) for id, key, ends in pairs.unique().iter_rows()
    ]
    schema = {name: kind for name, kind in DUE.items() if name != "year"}
    return pl.DataFrame(found, schema=schema, orient="row")


def _standing(target: Target, ends: date) -> tuple[float, float, str | None]:
    steps = sorted(target.milestones, key=lambda one: one.by)
    passed = [one for one in steps if one.by <= ends]
    if passed:
        return float(passed[-1].value), 1.0, None
    first = steps[0]
    start = target.period.start
    share = _months(start, ends) / max(_months(start, first.by), 1 / 31)
    return float(first.value), min(max(share, 0.0), 1.0), _say(first.by)


def _months(start: date, end: date) -> float:
    """Months from the start of one day to the end of another; a whole month is 1."""
    following = date.fromordinal(end.toordinal() + 1)
    months = (following.year - start.year) * 12 + following.month - start.month
    return months + (following.day - start.day) / 31


def _say(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
