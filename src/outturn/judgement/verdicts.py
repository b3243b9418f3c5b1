"""Values into Verdicts: two statuses, now and at year end, and the direction of travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from outturn.framework.model import (
    Comparator,
    DeclaredEvent,
    Measure,
    Override,
    Place,
    Target,
)
from outturn.judgement.chances import CHANCES, with_chances
from outturn.judgement.direction import with_direction
from outturn.judgement.distances import with_distances
from outturn.judgement.facts import facts
from outturn.judgement.forecasts import with_forecasts
from outturn.judgement.goals import goals
from outturn.judgement.history import OUTTURN, with_history
from outturn.judgement.milestones import with_milestones
from outturn.judgement.overrides import set_aside
from outturn.judgement.reasons import (
    Side,
    bounds_in_words,
    not_assessed,
    why_not_now,
    why_not_year_end,
    with_status,
)
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.sensitivity import COLUMNS as SENSITIVITY
from outturn.judgement.sensitivity import with_sensitivity
from outturn.judgement.spans import applies, day, pair_facts, period_facts
from outturn.judgement.words import in_period, telling_decimals, text_columns
from outturn.judgement.year_ends import DRAWN, FORESEEN, SEED, Known, with_year_ends
from outturn.statistics.ratios import ratio
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import KEYS, VALUES, VERDICTS, Absent, Status, checked, fitted

JUDGED = (  # columns that only a figure with a target has, or that say that there is none
    "target", "goal_low", "goal_high", "milestone", "milestone_low", "milestone_high",
    "tolerance", "status_now", "reason_now", "distance_now", *CHANCES, *SENSITIVITY,
    "forecast", "forecast_shown",
    "forecast_method", *FORESEEN, "status_year_end", "reason_year_end", "distance_year_end",
)  # fmt: skip
NOT_SUPPLIED = "No figure was supplied."
LEAST = "so far, the least that the year can come to"


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
    known_events: Sequence[DeclaredEvent] = (),
    seed: int = SEED,
) -> pl.DataFrame:
    """A VERDICTS frame: what each figure says about its target.

    One row for each VALUES row of the partnership's own place, with a target or without, of the
    places in `also`, and of every other place that has a target in force, or an override of the
    measure; then one row, without a figure, for each target in force whose period has begun and
    that no VALUES row falls under: a target cannot vanish because nothing was reported.

    A figure is judged against the shortest target whose period holds its own, or is as long and
    holds its end. `status_now` is against where the figure should be by the end of its period
    (milestones.py), `status_year_end` is the forecast (forecasts.py) against the target itself;
    both are always there, "not assessed" with the reason where the rule cannot speak. `places` is
    needed where a comparator is given by kind. Where two years of months or quarters lie behind a
    figure, the forecast is drawn from them (year_ends.py), with `known_events` and by the `seed`.
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
    overrides = list(overrides)
    rows = _chosen(values, asked, [home, *also], overrides)
    rows = _with_goals(rows, asked, measures, calendar, as_of)
    rows = _with_facts(rows, measures, calendar, as_of)
    rows = with_direction(with_forecasts(with_history(rows, values, measures)))
    known = Known(values, measures, known_events, home, seed)
    rows = _judged(rows, targets, known)
    return checked(set_aside(rows, overrides, home, calendar), VERDICTS)


def _judged(rows: pl.DataFrame, targets: Sequence[Target], known: Known) -> pl.DataFrame:
    """The rows as VERDICTS, in their order.

    In a national set most figures have no target. They need none of the texts that a judgement
    does, and texts are what takes the time: so only those with one are judged, and each judgement
    is then put back beside its figure.
    """
    has_target = rows["target_id"].is_not_null()
    judged = with_milestones(rows.filter(has_target), targets, known.measures)
    judged = with_year_ends(judged, known)
    judged = with_chances(_with_statuses(_with_words(judged)), known.measures)
    judged = with_distances(with_sensitivity(judged)).with_columns(
        goal_low="low",
        goal_high="high",
        milestone_low="step_low",
        milestone_high="step_high",
        tolerance="tolerance_year_end",
    )
    place = pl.DataFrame({"has": has_target}).select(
        pl.when("has").then(pl.col("has").cast(pl.Int64).cum_sum() - 1)
    )
    found = judged.select(pl.col(JUDGED).gather(place.to_series()))
    rows = fitted(not_assessed(rows), VERDICTS)
    return rows.with_columns(
        pl.when(has_target).then(found[name]).otherwise(name).alias(name) for name in JUDGED
    )


def _chosen(
    values: pl.DataFrame, asked: pl.DataFrame, always: list[str], overrides: list[Override]
) -> pl.DataFrame:
    judged = asked["place"].unique().to_list()
    wanted = pl.col("place").is_in([*always, *judged])
    for one in overrides:
        if one.place:
            wanted |= (pl.col("place") == one.place) & (pl.col("measure") == one.measure)
    return values.filter(wanted)


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
        per_one=_per_one(rows, "value", "numerator", "denominator", "spans"),
        figure_after=pl.when(pl.col("before") == "£").then("after").otherwise(after),
        as_of_words=pl.lit(day(as_of)),
        low_strict=pl.col("low_strict").fill_null(False),
        high_strict=pl.col("high_strict").fill_null(False),
        at_limit=pl.col("at_limit").fill_null(False),
        zero=pl.col("zero").fill_null(False),
        impossible=_impossible(rows),
    )


def _impossible(rows: pl.DataFrame) -> pl.Series:
    """Why a proportion cannot be right, where it is below nothing or above the whole."""
    over, under = pl.col("value") - pl.col("per"), -pl.col("value")
    outside = rows.select(
        pl.when(pl.col("is_share") & (pl.max_horizontal(over, under) > WORKED_DUST)).then(
            pl.max_horizontal(over, under)
        )
    ).to_series()
    if outside.null_count() == len(outside):
        return pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    texts = text_columns(
        rows.select("value", "per", "before", "after").with_columns(
            d=telling_decimals(outside, rows["decimals"]), none=pl.lit(0), outside=outside
        ),
        said=("value", "d"),
        full=("per", "none"),
    )
    words = pl.concat_str(
        "before", "said", "after", pl.lit(" lies outside 0 to "), "full", "after",
        pl.lit(": it cannot be right, and is not judged."),
    )  # fmt: skip
    return texts.select(pl.when(pl.col("outside").is_not_null()).then(words)).to_series()


def _per_one(
    rows: pl.DataFrame, figure: str, numerator: str, denominator: str, spans: str = ""
) -> pl.Series:
    """What one unit of the numerator is worth in the measure's unit; null where unknown.

    With a denominator it follows from it and from the periods that a mean was taken over: one
    admission in 12 months moves the monthly rate by a twelfth. Without one it follows from a
    figure and its numerator. Of a count it is the measure's own unit, also of one averaged over
    periods: 5 people fewer, month after month.
    """
    periods = pl.col(spans).fill_null(1) if spans else pl.lit(1)
    over = rows.select(pl.col(denominator) * periods).to_series()
    from_denominator = ratio(rows["per"], over)
    from_figure = ratio(rows[figure], rows[numerator])
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
        pl.lit(False),
        "per_one",
    )
    least = pl.col("forecast").is_null() & (pl.col("how").fill_null("") == "least")
    of_outturn = _per_one(rows, *OUTTURN)
    rows = rows.with_columns(
        least=least,
        year_figure=pl.when(least).then("value").otherwise("forecast"),
        per_one_year_end=pl.when(pl.col("how") == "held")
        .then(of_outturn)
        .when((pl.col("how") == DRAWN) & (pl.col("over_year") > 0) & pl.col("in_counts"))
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
        .when(pl.col("how").is_in(["profile", "straight", DRAWN]))
        .then(
            pl.concat_str(
                pl.lit("The forecast of "), said, pl.lit(" ("), "forecast_method", pl.lit(")")
            )
        )
        .otherwise(said)
    )
