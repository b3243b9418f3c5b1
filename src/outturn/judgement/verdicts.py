"""Values into Verdicts: two statuses, now and at year end, and the direction of travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.framework.model import Comparator, Measure, Override, Place, Target
from outturn.judgement.direction import with_direction
from outturn.judgement.distances import with_distances
from outturn.judgement.facts import facts
from outturn.judgement.forecasts import with_forecasts
from outturn.judgement.goals import goals
from outturn.judgement.history import with_history
from outturn.judgement.milestones import with_milestones
from outturn.judgement.overrides import set_aside
from outturn.judgement.reasons import (
    Side,
    bounds_in_words,
    why_not_now,
    why_not_year_end,
    with_status,
)
from outturn.judgement.spans import applies, day, pair_facts, period_facts
from outturn.statistics.ratios import ratio
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import KEYS, VALUES, VERDICTS, Absent, checked, fitted

NOT_SUPPLIED = "No figure was supplied."


def verdicts(
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    targets: Sequence[Target],
    overrides: Iterable[Override],
    calendar: Calendar,
    as_of: date,
    home: str,
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place] | None = None,
    also: Iterable[str] = (),
) -> pl.DataFrame:
    """A VERDICTS frame: what each figure says about its target.

    One row for each VALUES row of the partnership's own place, with a target or without, of the
    places in `also`, and of every other place that has a target in force; then one row, without a
    figure, for each target in force whose period has begun and that no VALUES row falls under: a
    target cannot vanish because nothing was reported.

    A figure is judged against the shortest target whose period holds its own, or is as long and
    holds its end. `status_now` is against where the figure should be by the end of its period
    (milestones.py), `status_year_end` is the forecast (forecasts.py) against the target itself;
    both are always there, "not assessed" with the reason where the rule cannot speak. `places` is
    needed where a comparator is given by kind.
    """
    checked(values, VALUES)
    asked = goals(
        targets,
        values,
        measures=measures,
        home=home,
        comparators=comparators,
        places=places or {},
        calendar=calendar,
    )
    rows = _chosen(values, asked, [home, *also])
    rows = _with_goals(rows, asked, measures, calendar, as_of)
    rows = _with_facts(rows, measures, calendar, as_of)
    rows = with_history(rows, values, measures)
    rows = with_forecasts(with_milestones(rows, targets))
    rows = _with_statuses(_with_words(rows))
    rows = with_direction(with_distances(rows))
    rows = rows.with_columns(
        goal_low="low",
        goal_high="high",
        milestone_low="step_low",
        milestone_high="step_high",
        tolerance="tolerance_year_end",
        overridden=pl.lit(None, pl.String),
    )
    return checked(set_aside(fitted(rows, VERDICTS), overrides, home), VERDICTS)


def _chosen(values: pl.DataFrame, asked: pl.DataFrame, always: list[str]) -> pl.DataFrame:
    judged = asked["place"].unique().to_list()
    return values.filter(pl.col("place").is_in([*always, *judged]))


def _with_goals(
    rows: pl.DataFrame,
    asked: pl.DataFrame,
    measures: Mapping[str, Measure],
    calendar: Calendar,
    as_of: date,
) -> pl.DataFrame:
    """The rows with their target's columns and `year`, and a row for each target with none."""
    keys = rows["period"].unique().to_list()
    years = asked["year"].unique().to_list()
    pairs = [(k, y) for k in keys for y in years if applies(from_key(y), from_key(k))]
    schema = {"period": pl.String, "year": pl.String}
    under = asked.join(pl.DataFrame(pairs, schema=schema, orient="row"), on="year")
    lengths = {y: (from_key(y).end - from_key(y).start).days for y in years}
    length = pl.col("year").replace_strict(lengths, default=None, return_dtype=pl.Int64)
    under = (
        under.with_columns(_length=length)
        .sort("_length", maintain_order=True)
        .unique(KEYS, keep="first", maintain_order=True)
        .drop("_length")
    )
    found = rows.join(under, on=list(KEYS), how="left", maintain_order="left")
    used = found["target_id"].drop_nulls().unique().implode()
    begun = [y for y in years if from_key(y).start <= as_of]
    without = asked.filter(pl.col("year").is_in(begun) & ~pl.col("target_id").is_in(used))
    found = pl.concat([found, _unreported(without, rows, measures)], how="diagonal_relaxed")
    usual = {k: from_key(k).financial_year(calendar).key for k in found["period"].unique()}
    own = pl.col("period").replace_strict(usual, default=None, return_dtype=pl.String)
    return found.with_columns(year=pl.coalesce("year", own))


def _unreported(
    without: pl.DataFrame, rows: pl.DataFrame, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """A row without a figure for each target under which nothing was reported."""
    versions = [
        measures[id].definition_in(from_key(year))
        for id, year in without.select("measure", "year").iter_rows()
    ]
    made = without.with_columns(
        period=pl.col("year"),
        definition=pl.Series(versions, dtype=pl.String),
        absent=pl.lit(str(Absent.NOT_AVAILABLE)),
        why=pl.lit(NOT_SUPPLIED),
    ).unique(KEYS, keep="first", maintain_order=True)
    return made.join(rows.select(KEYS), on=list(KEYS), how="anti", maintain_order="left")


def _with_facts(
    rows: pl.DataFrame, measures: Mapping[str, Measure], calendar: Calendar, as_of: date
) -> pl.DataFrame:
    known = facts(measures)
    pairs = list(rows.select("period", "year").unique().iter_rows())
    rows = (
        rows.join(known, on="measure", how="left", maintain_order="left")
        .join(
            period_facts(rows["period"].unique().to_list(), calendar, as_of),
            on="period",
            how="left",
            maintain_order="left",
        )
        .join(
            pair_facts(pairs, calendar, as_of),
            on=["period", "year"],
            how="left",
            maintain_order="left",
        )
    )
    after = pl.when("counted").then(pl.lit("")).otherwise("after")
    return rows.with_columns(
        per_one=_per_one(rows),
        figure_after=pl.when(pl.col("before") == "£").then("after").otherwise(after),
        as_of_words=pl.lit(day(as_of)),
        low_strict=pl.col("low_strict").fill_null(False),
        high_strict=pl.col("high_strict").fill_null(False),
        at_limit=pl.col("at_limit").fill_null(False),
        zero=pl.col("zero").fill_null(False),
    )


def _per_one(rows: pl.DataFrame) -> pl.Series:
    """What one unit of the numerator is worth in the measure's unit; null where unknown.

    With a denominator it follows from it. Without one it follows from a figure and its numerator.
    """
    from_denominator = ratio(rows["per"], rows["denominator"])
    from_figure = ratio(rows["value"], rows["numerator"])
    frame = rows.select("counted", "divided", "per", "in_counts").with_columns(
        a=from_denominator, b=from_figure
    )
    positive = pl.when(pl.coalesce("a", "b") > 0).then(pl.coalesce("a", "b"))
    return frame.select(
        pl.when("counted")
        .then("per")
        .when(pl.col("divided") & pl.col("in_counts"))
        .then(positive)
        .alias("per_one")
    ).to_series()


def _with_words(rows: pl.DataFrame) -> pl.DataFrame:
    has = pl.col("target_id").is_not_null() & pl.col("goal_why").is_null()
    given = pl.col("goal_note").fill_null("") == ""
    rows = rows.with_columns(
        _target=bounds_in_words(rows, "low", "high", stated=given),
        _milestone=bounds_in_words(
            rows, "step_low", "step_high", stated=given & (pl.col("step") == "target")
        ),
    )
    note = pl.when(pl.col("goal_note").fill_null("") != "").then(
        pl.lit(" (") + pl.col("goal_note") + ")"
    )
    target = pl.when(has).then(pl.col("_target") + note.fill_null(""))
    alone = pl.col("additive") & ~pl.col("from_start") & ~pl.col("whole")
    by = (
        pl.when("the_year")
        .then(pl.lit(""))
        .when(alone)
        .then(pl.lit(" in ") + pl.col("label"))
        .otherwise(pl.lit(" by ") + pl.col("period_end"))
    )
    reached = has & pl.col("step_why").is_null()
    milestone = pl.when(reached).then(pl.col("_milestone") + by)
    stepped = pl.col("step") == "milestone"
    rows = rows.with_columns(
        target=pl.coalesce(target, pl.when(pl.col("target_id").is_not_null()).then("goal_why")),
        milestone=pl.coalesce(milestone, pl.when(has).then("step_why")),
        step_low=pl.when(reached).then("step_low"),
        step_high=pl.when(reached).then("step_high"),
    )
    return rows.with_columns(
        step_words=pl.when(stepped).then("milestone").otherwise("target"),
    )


def _with_statuses(rows: pl.DataFrame) -> pl.DataFrame:
    now = Side(
        "now",
        "value",
        "step_low",
        "step_high",
        pl.col("step"),
        "step_words",
        why_not_now(),
        pl.col("said"),
    )
    year_end = Side(
        "year_end",
        "forecast",
        "low",
        "high",
        pl.lit("target"),
        "target",
        why_not_year_end(),
        _year_end_subject(),
    )
    return with_status(with_status(rows, now), year_end)


def _year_end_subject() -> pl.Expr:
    said = pl.col("said")
    return (
        pl.when(pl.col("how") == "published")
        .then(pl.lit("The published forecast of ") + said)
        .when(pl.col("how") == "stands")
        .then(said + pl.lit(", if the figure so far stands,"))
        .when(pl.col("how").is_in(["profile", "straight"]))
        .then(
            pl.concat_str(
                pl.lit("The forecast of "), said, pl.lit(" ("), "forecast_method", pl.lit(")")
            )
        )
        .otherwise(said)
    )
