"""The two statuses of each figure that has a target, with the target and milestone in words."""

from __future__ import annotations

import polars as pl

from outturn.judgement.history import OUTTURN
from outturn.judgement.judged_rows import per_one
from outturn.judgement.levels_since import SINCE
from outturn.judgement.reasons import (
    Side,
    bounds_in_words,
    why_not_now,
    why_not_year_end,
    with_status,
)
from outturn.judgement.words import in_period
from outturn.judgement.year_end_moments import DRAWN
from outturn.terms.records import Status

LEAST = "so far, the least that the year can come to"


def with_words(rows: pl.DataFrame) -> pl.DataFrame:
    has = pl.col("target_id").is_not_null() & pl.col("goal_why").is_null()
    given = pl.col("goal_note").fill_null("") == ""
    rows = rows.with_columns(
        _target=bounds_in_words(rows, "low", "high", stated=given),
        _milestone=bounds_in_words(
            rows,
            "step_low",
            "step_high",
            stated=given & (pl.col("step") == "target")
            | pl.col("used") & pl.col("between").is_null(),
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
        .then(pl.lit(" ") + in_period("label"))
        .otherwise(pl.lit(" by ") + pl.coalesce("due_on", "period_end"))
    ) + pl.col("between").fill_null("")
    reached = has & pl.col("step_why").is_null()
    milestone = pl.when(reached).then(pl.col("_milestone") + by)
    stepped = pl.col("step") == "milestone"
    first_due = pl.col("used") & pl.col("due_from").is_not_null()
    rows = rows.with_columns(
        target=pl.coalesce(target, pl.when(pl.col("target_id").is_not_null()).then("goal_why")),
        milestone=pl.coalesce(milestone, pl.when(has & first_due).then("step_why")),
        step_low=pl.when(reached).then("step_low"),
        step_high=pl.when(reached).then("step_high"),
    )
    return rows.with_columns(
        step_words=pl.when(stepped).then("milestone").otherwise("target"),
    )


def with_statuses(rows: pl.DataFrame) -> pl.DataFrame:
    now = Side(
        "now",
        "value",
        "step_low",
        "step_high",
        pl.col("step"),
        "step_words",
        why_not_now(),
        pl.col("said"),
        pl.lit(False),
        "per_one",
    )
    least = pl.col("forecast").is_null() & (pl.col("how").fill_null("") == "least")
    of_outturn = per_one(rows, *OUTTURN)
    rows = rows.with_columns(
        least=least,
        year_figure=pl.when(least).then("value").otherwise("forecast"),
        per_one_year_end=pl.when(pl.col("how") == "held")
        .then(of_outturn)
        .when(pl.col("how").is_in([DRAWN, SINCE]) & (pl.col("over_year") > 0) & pl.col("in_counts"))
        .then(pl.col("per") / pl.col("over_year"))
        .otherwise("per_one"),
    )
    year_end = Side(
        "year_end",
        "year_figure",
        "low",
        "high",
        pl.lit("target"),
        "target",
        why_not_year_end(),
        _year_end_subject(),
        pl.col("least"),
        "per_one_year_end",
    )
    rows = with_status(with_status(rows, now), year_end)
    known = pl.col("least") & (pl.col("status_year_end") != str(Status.NOT_ASSESSED))
    return rows.with_columns(
        forecast=pl.when(known).then("value").otherwise("forecast"),
        forecast_shown=pl.when(known).then("shown").otherwise("forecast_shown"),
        forecast_method=pl.when(known).then(pl.lit(LEAST)).otherwise("forecast_method"),
    )


def _year_end_subject() -> pl.Expr:
    said = pl.col("said")
    return (
        pl.when(pl.col("how") == "published")
        .then(pl.lit("The published forecast of ") + said)
        .when(pl.col("how") == "held")
        .then(pl.lit("The outturn of ") + said)
        .when((pl.col("how") == "stands") & ~pl.col("year_finished"))
        .then(said + pl.lit(", if the figure so far stands,"))
        .when("least")
        .then(said + pl.lit(" so far"))
        .when(pl.col("how").is_in(["profile", "straight", SINCE, DRAWN]))
        .then(
            pl.concat_str(
                pl.lit("The forecast of "), said, pl.lit(" ("), "forecast_method", pl.lit(")")
            )
        )
        .otherwise(said)
    )
