"""A status and the sentence that gives it, now and at year end, over columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from outturn.judgement.history import FORECAST
from outturn.judgement.rule import DUST, judged
from outturn.judgement.words import (
    fewest_decimals,
    fronted,
    full_stop,
    gap_text,
    needed_decimals,
    not_over,
    telling_decimals,
    text_columns,
    to_the_penny,
    with_unit,
)
from outturn.judgement.year_end_moments import DRAWN
from outturn.statistics.rounding import rounded
from outturn.terms.records import Status

ONLY_FORECAST = "Only a full-year forecast was published."
NO_TARGET = "There is no target."
NO_SIDE = "The measure has no better side, so it is not judged."
YEAR_END = "year_end"
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Side:
    """Which of the two statuses is being given, and the columns that it reads."""

    name: str  # the ending of the columns made: "now" or YEAR_END
    figure: str
    low: str
    high: str
    thing: pl.Expr  # "target" or "milestone"
    words: str  # the column with the bounds in words
    why_not: pl.Expr  # why it is not judged, null when it is
    subject: pl.Expr  # how the sentence begins, from the figure's text in `said`
    only_least: pl.Expr  # whether the figure is only the least that it will come to
    per_one: str  # the column with what one unit of the figure's numerator is worth


def bounds_in_words(rows: pl.DataFrame, low: str, high: str, *, stated: pl.Expr) -> pl.Series:
    """Bounds as they are said: at least 73.0%, below 553.0 per 100,000, zero.

    A number that is `stated` is printed whole; one worked out, with two decimals more at most.
    """
    rows = rows.with_columns(_stated=stated, _usual=pl.col("decimals").fill_null(0))
    rows = rows.with_columns(_low_d=_bound_decimals(rows, low), _high_d=_bound_decimals(rows, high))
    rows = text_columns(rows, _low=(low, "_low_d"), _high=(high, "_high_d"))
    least = pl.when("low_strict").then(pl.lit("above ")).otherwise(pl.lit("at least "))
    most = pl.when("high_strict").then(pl.lit("below ")).otherwise(pl.lit("at most "))
    low_text = with_unit("_low")
    high_text = with_unit("_high")
    zero = pl.col("zero") & (pl.col(high).fill_null(0.0) == 0)
    words = (
        pl.when(zero)
        .then(pl.lit("zero"))
        .when(pl.col(low).is_not_null() & pl.col(high).is_not_null())
        .then(pl.lit("between ") + low_text + " and " + high_text)
        .when(pl.col(low).is_not_null())
        .then(least + low_text)
        .otherwise(most + high_text)
    )
    return rows.select(words.alias("words")).to_series()


def _bound_decimals(rows: pl.DataFrame, bound: str) -> pl.Series:
    frame = rows.select("_stated").with_columns(
        exact=needed_decimals(rows[bound], rows["_usual"], _MOST_DECIMALS),
        worked=to_the_penny(rows, fewest_decimals(rows[bound], rows["_usual"])),
    )
    return frame.select(d=pl.when("_stated").then("exact").otherwise("worked")).to_series()


def with_status(rows: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The rows with `status_`, `reason_` and the rule's `side_` and `gap_` for one of the two."""
    rows = rows.with_columns(
        _figure=pl.col(side.figure),
        _low=pl.col(side.low),
        _high=pl.col(side.high),
        _words=pl.col(side.words),
        _thing=side.thing,
        _why_not=side.why_not,
        _per_one=pl.col(side.per_one),
    )
    rows = _with_tolerances(rows.with_columns(_limit("lower", side), _limit("upper", side)))
    found = judged(
        rows.select(
            "low_strict",
            "high_strict",
            "rounded_to",
            "at_limit",
            figure="_figure",
            low="_low",
            high="_high",
            tolerance_low="_tolerance_low",
            tolerance_high="_tolerance_high",
        )
    )
    rows = rows.with_columns(*(found[name].alias(f"_{name}") for name in found.columns))
    rows = rows.with_columns(_why_not=_or_no_tolerance())
    rows = rows.with_columns(_why_not=_or_undecided(side.only_least))
    rows = _with_texts(rows).with_columns(_rounded_words=_rounded_bounds(rows))
    assessed = pl.col("_why_not").is_null()
    judged_words = (side.subject + _predicate()).str.replace(",,", ",", literal=True)
    over = side.only_least & (pl.col("_side") == "above") & (pl.col("_gap") > 0)
    judged_words = pl.when(over.fill_null(False)).then(_over_already()).otherwise(judged_words)
    reason = pl.when(assessed).then(judged_words).otherwise(full_stop(_why()))
    return rows.with_columns(
        pl.when(assessed)
        .then("_status")
        .otherwise(pl.lit(str(Status.NOT_ASSESSED)))
        .alias(f"status_{side.name}"),
        reason.alias(f"reason_{side.name}"),
        pl.when(assessed).then("_side").alias(f"side_{side.name}"),
        pl.when(assessed).then("_gap").alias(f"gap_{side.name}"),
        _tolerance_told().alias(f"tolerance_{side.name}"),
        pl.col("_tolerance_low").alias(f"close_low_{side.name}"),
        pl.col("_tolerance_high").alias(f"close_high_{side.name}"),
    )


def not_assessed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, none of which has a target, with both statuses and the reasons for none."""
    none = pl.lit(str(Status.NOT_ASSESSED))
    rows = rows.with_columns(step_why=pl.lit(None, pl.String))
    return rows.with_columns(
        status_now=none,
        reason_now=full_stop(why_not_now()),
        status_year_end=none,
        reason_year_end=full_stop(why_not_year_end()),
    )


def why_not_now() -> pl.Expr:
    """Why the figure is not judged now; null when it is."""
    return (
        pl.when(pl.col("value").is_null())
        .then(pl.coalesce("why", pl.lit("There is no figure.")))
        .when(pl.col("aim") == "none")
        .then(pl.lit(NO_SIDE))
        .when(pl.col("target_id").is_null())
        .then(pl.lit(NO_TARGET))
        .when(pl.col("provenance").fill_null("") == FORECAST)
        .then(pl.lit(ONLY_FORECAST))
        .when(~pl.col("finished"))
        .then(_unfinished())
        .when(pl.col("impossible").is_not_null())
        .then("impossible")
        .otherwise(pl.coalesce("goal_why", "step_why"))
    )


def why_not_year_end() -> pl.Expr:
    """Why the year end is not judged; null when it is."""
    return (
        pl.when(pl.col("value").is_null() & pl.col("forecast").is_null())
        .then(pl.coalesce("why", pl.lit("There is no figure.")))
        .when(pl.col("aim") == "none")
        .then(pl.lit(NO_SIDE))
        .when(pl.col("target_id").is_null())
        .then(pl.lit(NO_TARGET))
        .when(pl.col("goal_why").is_not_null())
        .then("goal_why")
        .when(pl.col("forecast").is_null() & (pl.col("how").fill_null("") != "least"))
        .then(pl.coalesce("forecast_why", _unfinished()))
    )


def _unfinished() -> pl.Expr:
    still = pl.lit(", and an unfinished period is not judged as if it were whole.")
    ahead = pl.lit(", and a figure of a day to come is not judged.")
    is_day = pl.col("label").str.starts_with("at ")
    return not_over("label") + pl.when(is_day).then(ahead).otherwise(still)


def _with_tolerances(rows: pl.DataFrame) -> pl.DataFrame:
    """The width of "close" outside each bound, in the unit; null where there is none."""

    def width(bound: str) -> pl.Expr:
        amount = pl.col("tolerance_amount")
        return (
            pl.when(pl.col("tolerance_word") == "points")
            .then(amount)
            .when(pl.col("tolerance_word") == "percent_of_target")
            .then((amount * pl.col(bound).abs() / 100).round(12))
            .when(pl.col("tolerance_word") == "count")
            .then(amount * pl.col("_per_one"))
            .when(pl.col("tolerance_word") == "statistical")
            .then(_above() if bound == "_low" else _below())
        )

    return rows.with_columns(_tolerance_low=width("_low"), _tolerance_high=width("_high"))


def _limit(end: str, side: Side) -> pl.Expr:
    """A 95% limit of what is judged: the figure's own, or that of a forecast that was drawn."""
    own = pl.when(pl.col("_figure") == pl.col("value")).then(end)
    drawn = pl.lit(side.name == YEAR_END) & (pl.col("how") == DRAWN).fill_null(False)
    return pl.when(drawn).then(f"drawn_{end}").otherwise(own).alias(f"_{end}")


def _above() -> pl.Expr:
    """How far the 95% limits of what is judged reach above it."""
    return pl.col("_upper") - pl.col("_figure")


def _below() -> pl.Expr:
    return pl.col("_figure") - pl.col("_lower")


def _tolerance_used() -> pl.Expr:
    """The width at the bound that is missed, or at the one bound that there is."""
    return (
        pl.when(pl.col("_side") == "above")
        .then("_tolerance_high")
        .when(pl.col("_side") == "below")
        .then("_tolerance_low")
        .otherwise(pl.coalesce("_tolerance_low", "_tolerance_high"))
    )


def _tolerance_told() -> pl.Expr:
    """The same where it belongs to the target; what limits reach belongs to one figure alone."""
    return pl.when(pl.col("tolerance_word") != "statistical").then(_tolerance_used())


def _or_no_tolerance() -> pl.Expr:
    unknown = (
        (pl.col("tolerance_word") == "count")
        & pl.col("_per_one").is_null()
        & pl.col("_side").is_not_null()
    )
    words = (
        pl.lit("It is outside the target, and without a denominator a tolerance of ")
        + _count_text()
        + " cannot be turned into the unit."
    )
    return pl.coalesce("_why_not", pl.when(unknown.fill_null(False)).then(words))


def _or_undecided(only_least: pl.Expr) -> pl.Expr:
    """The least that the year can come to decides it only beyond a limit, or where that is met."""
    over = (pl.col("_side") == "above") & (pl.col("_status") == str(Status.OFF_TARGET))
    reached = pl.col("_side").is_null() & pl.col("_high").is_null()
    decided = over.fill_null(False) | reached
    return pl.coalesce("_why_not", pl.when(only_least & ~decided).then("forecast_why"))


def _over_already() -> pl.Expr:
    return pl.lit("Already ") + gap_text("_gap_text") + " over the limit for the year."


def _count_text() -> pl.Expr:
    amount = pl.col("tolerance_amount")
    whole = amount.cast(pl.Int64, strict=False).cast(pl.String)
    text = pl.when(amount == amount.floor()).then(whole).otherwise(amount.cast(pl.String))
    return text + " " + pl.when(amount == 1).then("noun_one").otherwise("noun")


def _why() -> pl.Expr:
    return pl.coalesce("_why_not", pl.lit("There is no figure."))


def _with_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers as text, with the decimals that keep a difference from vanishing in print."""
    rows = rows.with_columns(
        _nearest=pl.min_horizontal(
            (pl.col("_figure") - pl.col("_low")).abs(), (pl.col("_figure") - pl.col("_high")).abs()
        ),
        _wide=_tolerance_used(),
        _rounding=pl.col("rounded_to").fill_null(0),
    )
    near = rows.select(
        pl.when(pl.col("_nearest") > 1e-9 * pl.col("_figure").abs()).then("_nearest")
    ).to_series()
    rows = rows.with_columns(
        _telling=telling_decimals(near, rows["decimals"]).clip(0, _MOST_DECIMALS),
        _whole=fewest_decimals(rows["_figure"], rows["decimals"], _MOST_DECIMALS),
        _gap_d=_gap_decimals(rows),
        _wide_d=to_the_penny(rows, fewest_decimals(rows["_wide"], rows["decimals"])),
    )
    rows = text_columns(
        rows.with_columns(_d=pl.min_horizontal("_telling", "_whole")),
        said=("_figure", "_d"),
        _gap_text=("_gap", "_gap_d"),
        _wide_text=("_wide", "_wide_d"),
        _compared_text=("_compared", "_rounding"),
    )
    return rows.with_columns(said=fronted("said") + pl.col("figure_after"))


def _gap_decimals(rows: pl.DataFrame) -> pl.Series:
    """Enough not to vanish; of whole things enough to be seen as it is: 8.4 above, so 9 fewer."""
    telling = telling_decimals(rows["_gap"], rows["decimals"]).clip(0, _MOST_DECIMALS)
    exact = to_the_penny(rows, fewest_decimals(rows["_gap"], rows["decimals"]))
    whole = (
        pl.col("counted") & pl.col("in_counts") & (pl.col("_figure") == pl.col("_figure").round())
    )
    chosen = pl.when(whole & (exact > telling)).then(exact).otherwise(telling)
    return rows.select(chosen.alias("d")).to_series()


def _predicate() -> pl.Expr:
    as_judged = (pl.lit(", judged as ") + pl.col("_rounded_words")).fill_null("")
    aim = pl.lit(" the ") + pl.col("_thing") + pl.lit(" of ") + pl.col("_words") + as_judged
    missed = (
        pl.when(pl.col("_gap") == 0)
        .then(pl.lit(" is at the limit, which does not meet") + aim)
        .when(pl.col("zero") & (pl.col("_high") == 0))
        .then(pl.concat_str(pl.lit(" is "), "_side", pl.lit(" the "), "_thing", pl.lit(" of zero")))
        .otherwise(pl.lit(" is ") + gap_text("_gap_text") + pl.lit(" ") + pl.col("_side") + aim)
    )
    limit = pl.when("_on_limit").then(pl.lit("; this target counts a figure at the limit as met"))
    meets = pl.lit(" meets") + aim + limit.otherwise(pl.lit(""))
    return (
        _judged_as()
        + pl.when(pl.col("_side").is_null()).then(meets).otherwise(missed + _close_words())
        + "."
    )


def _judged_as() -> pl.Expr:
    apart = (pl.col("_compared") - pl.col("_figure")).abs() > DUST * pl.col("_figure").abs()
    rounded = pl.col("rounded_to").is_not_null() & apart
    compared = fronted("_compared_text") + pl.col("figure_after")
    told = rounded & (compared != pl.col("said"))  # 72.14 is said as it is judged
    words = pl.lit(", judged as ") + compared + ","
    return pl.when(told.fill_null(False)).then(words).otherwise(pl.lit(""))


def _rounded_bounds(rows: pl.DataFrame) -> pl.Series:
    """What a target comes to where rounding moves a bound of it, in words; null where none moves.

    "at most £253.6 thousand, judged as at most £254 thousand": so £254 thousand may meet it.
    """
    if rows["rounded_to"].null_count() == rows.height:
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    low, high = (rounded(rows[name], rows["rounded_to"]) for name in ("_low", "_high"))
    whole = rows.with_columns(
        _whole_low=low, _whole_high=high, decimals=pl.coalesce("rounded_to", "decimals")
    )
    words = bounds_in_words(whole, "_whole_low", "_whole_high", stated=pl.lit(True))
    moves = _moved(rows["_low"], low) | _moved(rows["_high"], high)
    return whole.select(words=pl.when(moves).then(words)).to_series()


def _moved(number: pl.Series, to: pl.Series) -> pl.Series:
    """Where rounding made another number: the dust of 1.03 times 70 is none that a reader sees."""
    dust = DUST * number.abs()
    return ((to - number).abs() > dust).fill_null(False)


def _close_words() -> pl.Expr:
    wide = gap_text("_wide_text")
    percent = pl.col("tolerance_amount").cast(pl.String).str.replace(r"\.0$", "")
    width = (
        pl.when(pl.col("tolerance_word") == "percent_of_target")
        .then(percent + "% of the " + pl.col("_thing") + " (" + wide + ")")
        .when((pl.col("tolerance_word") == "count") & ~pl.col("counted"))
        .then(_count_text() + " (" + wide + ")")
        .when(pl.col("tolerance_word") == "count")
        .then(_count_text())
        .otherwise(wide)
    )
    words = pl.lit("; up to ") + width + " counts as close"
    return (
        pl.when(pl.col("tolerance_word") == "statistical")
        .then(_within_limits())
        .when(pl.col("_wide").is_null())
        .then(pl.lit(""))
        .otherwise(words)
    )


def _within_limits() -> pl.Expr:
    """Whether the limits of what is judged hold what it misses: then it is close by them."""
    return (
        pl.when(pl.col("_wide").is_null())
        .then(pl.lit("; it has no limits by which it could be close"))
        .when(pl.col("_status") == str(Status.CLOSE))
        .then(pl.lit("; its 95% limits reach it, and so it counts as close"))
        .otherwise(pl.lit("; its 95% limits do not reach it"))
    )
