"""Where the year will end: the figure expected, and in words the method that expects it.

In this order, for each figure:

1. the figure of the whole finished year is the outturn, of every part of that year too; where
   the last month stands for the year, it is that month's, and of figures on days the last one's;
2. a forecast that a source published for the whole year is used as it is; once the year is over,
   nothing else is expected of it;
3. a figure that does not add up over the year stands: proportions, stocks, means; where the year
   is the mean of its months, only that of the year so far;
4. last year's profile, when last year's figures for the same months and for the whole year are
   both held, are not zero and no break parts them, the first is a share of the second
   (`is_share_of_last_year`) and this year's figure has their sign, and the target does not say
   `straight line`;
5. a straight line: the figure so far divided by the share of the year gone, a month a twelfth;
   not of different people, some of whom come again, unless the target says `straight line`.

Where the target names no profile and a year of months lies behind it, a distribution takes the
place of the last three (year_ends.py); with less than two years it is indicative.

A month or quarter alone of a figure that adds up, or is averaged, over the year gives no
forecast; nor does one whose year is the counts of all its months together (year_ends.py), nor a
period that is not finished: its figure is not known yet. Nor do 12 months that are not the year,
nor a proportion that cannot be right, nor part of a year that is over and whose own figure is not
held. Where there is no forecast, a count may still have passed the limit for the year, or reached
what the year asks, for it can only grow (`how` is "least").
"""

from __future__ import annotations

import polars as pl

from outturn.judgement.history import FORECAST
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.words import capital, fronted
from outturn.statistics.ratios import ratio
from outturn.statistics.rounding import shown_column

TO_DATE = ": the figure for the year to date does."
NO_COUNTS = ", and without counts its months or quarters make no year."
SLIVER = 0.1  # of what a straight line would have had by then: less than that is no share


def with_forecasts(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `forecast`, `forecast_shown`, `forecast_method`, `how` and `forecast_why`."""
    rows = rows.with_columns(_outturn_fits=_outturn_fits()).with_columns(how=_how())
    profile = ratio(
        rows.select(pl.col("value") * pl.col("last_whole")).to_series(), rows["previous"]
    )
    straight = ratio(rows["value"], rows["gone"])
    rows = rows.with_columns(_profile=profile, _straight=straight)
    rows = rows.with_columns(
        forecast=pl.when(pl.col("how") == "published")
        .then(pl.coalesce("published", "value"))
        .when(pl.col("how") == "held")
        .then("outturn")
        .when(pl.col("how").is_in(["outturn", "stands"]))
        .then("value")
        .when(pl.col("how") == "profile")
        .then("_profile")
        .when(pl.col("how") == "straight")
        .then("_straight")
    )
    texts = {
        name: shown_column(rows[column], rows["decimals"])
        for name, column in (
            ("forecast_shown", "forecast"),
            ("_whole", "last_whole"),
            ("_then", "previous"),
        )
    }
    rows = rows.with_columns(**texts)
    return rows.with_columns(forecast_method=_method(), forecast_why=_why())


def is_share_of_last_year() -> pl.Expr:
    """Whether last year's figure by then is a share of last year's whole, both held.

    They have one sign. Where a month may be below zero, what came in and what went out cancel, and
    a sum may be next to nothing, or more than the year: there the part must be no sliver, and no
    more than the whole. Of other figures, however small, it is their season.
    """
    part, whole = pl.col("previous"), pl.col("last_whole")
    least = SLIVER * pl.col("gone") * whole.abs()
    kept = pl.col("may_be_below").not_() | part.abs().is_between(least, whole.abs())
    return (whole != 0) & (part * whole >= 0) & kept


def _outturn_fits() -> pl.Expr:
    """Whether the year's own figure is held and can be right: no proportion above the whole."""
    beyond = pl.max_horizontal(pl.col("outturn") - pl.col("per"), -pl.col("outturn"))
    return (
        pl.col("outturn").is_not_null() & ~(pl.col("is_share") & (beyond > WORKED_DUST))
    ).fill_null(False)


def _how() -> pl.Expr:
    is_forecast = pl.col("provenance").fill_null("") == FORECAST
    straight = pl.col("profile").fill_null("") == "straight line"
    published = (is_forecast & pl.col("the_year")) | pl.col("published").is_not_null()
    unusable = pl.col("value").is_null() | is_forecast | ~pl.col("finished")
    unusable |= pl.col("other_year") | pl.col("impossible").is_not_null()
    least = pl.when("never_falls").then(pl.lit("least"))
    shaped = (
        ~straight & (pl.col("previous") != 0) & pl.col("year_parted").is_null() & _has_its_shape()
    ).fill_null(False)
    inside = ~pl.col("the_year") & ~pl.col("other_year")
    alone = ~pl.col("from_start") & ~pl.col("whole")
    return (
        pl.when(pl.col("the_year") & ~unusable)
        .then(pl.lit("outturn"))
        .when(
            inside & pl.col("_outturn_fits") & on_a_day() & (pl.col("outturn") == pl.col("value"))
        )
        .then(pl.lit("stands"))
        .when(inside & pl.col("_outturn_fits"))
        .then(pl.lit("held"))
        .when(published)
        .then(pl.lit("published"))
        .when(unusable)
        .then(None)
        .when("year_finished")
        .then(least)
        .when(pl.col("averaged") & alone & ~on_a_day())
        .then(None)
        .when(pl.col("whole") | ~pl.col("additive"))
        .then(pl.lit("stands"))
        .when(alone)
        .then(least)
        .when(shaped)
        .then(pl.lit("profile"))
        .when(pl.col("distinct") & ~straight)
        .then(least)
        .otherwise(pl.lit("straight"))
    )


def _has_its_shape() -> pl.Expr:
    return is_share_of_last_year() & (pl.col("value") * pl.col("last_whole") >= 0)


def _no_profile() -> pl.Expr:
    """Why a straight line is drawn where last year's figures are held; nothing where they are not.

    A straight line and not last year's remaining months: of the two it errs less (reference, 12.1).
    """
    years = fronted("_then") + pl.lit(" of ") + fronted("_whole")
    asked = pl.col("profile").fill_null("") == "straight line"
    said = (
        pl.when(~is_share_of_last_year())
        .then(pl.lit("; last year's part, ") + years + ", is no share of its year")
        .when(~_has_its_shape())
        .then(pl.lit("; it has another sign than last year's part, ") + years)
    )
    something = (pl.col("previous") != 0) | pl.col("may_be_below")
    return pl.when(~asked & pl.col("year_parted").is_null() & something).then(said)


def _method() -> pl.Expr:
    so_far = fronted("shown") + pl.col("figure_after")
    return (
        pl.when(pl.col("how") == "published")
        .then(pl.lit("as published"))
        .when(pl.col("how").is_in(["outturn", "held"]))
        .then(pl.lit("outturn"))
        .when((pl.col("how") == "stands") & pl.col("year_finished"))
        .then(pl.lit("the year is over"))
        .when(pl.col("how") == "stands")
        .then(pl.lit("the figure so far stands"))
        .when(pl.col("how") == "profile")
        .then(
            pl.lit("last year's profile: ")
            + pl.concat_str("shown", pl.lit(" × "), "_whole", pl.lit(" ÷ "), "_then")
        )
        .when(pl.col("how") == "straight")
        .then(
            pl.lit("straight line: ")
            + so_far
            + " in "
            + pl.col("gone_words")
            + _no_profile().fill_null("")
        )
    )


def _why() -> pl.Expr:
    return pl.when(pl.col("forecast").is_null()).then(
        pl.when(pl.col("value").is_null())
        .then(None)
        .when(pl.col("provenance").fill_null("") == FORECAST)
        .then(pl.lit("A forecast of part of the year is not the year."))
        .when(~pl.col("finished"))
        .then(None)
        .when(pl.col("impossible").is_not_null())
        .then("impossible")
        .when("other_year")
        .then(other_year())
        .when("year_finished")
        .then(_not_held())
        .when(pl.col("distinct") & pl.col("from_start"))
        .then(different("no forecast of the year"))
        .otherwise(part_alone())
    )


def part_alone(besides: str = TO_DATE) -> pl.Expr:
    """Why nothing is expected of the year by one month or quarter of it."""
    return capital(pl.col("label")) + f" alone does not say where the year will end{besides}"


def _not_held() -> pl.Expr:
    """Why nothing is expected of a year that is over, and of which no figure is held."""
    over = capital(pl.col("year_label")) + pl.lit(" is over, and ")
    wrong = over + "its own figure cannot be right."
    return (
        pl.when(pl.col("outturn").is_not_null())
        .then(wrong)
        .when("year_hidden")
        .then(over + "its own figure is suppressed.")
        .otherwise(over + "its own figure is not held.")
    )


def on_a_day() -> pl.Expr:
    return pl.col("span").str.starts_with("at ")


def other_year() -> pl.Expr:
    """Why 12 months say nothing of a target for another 12 months."""
    return capital(pl.col("label")) + pl.concat_str(
        pl.lit(" is not "), "year_label", pl.lit(", and is not judged as if it were.")
    )


def different(what: str) -> pl.Expr:
    """Why a straight line is no measure of different people: it is no forecast, no milestone."""
    return pl.concat_str(
        pl.lit("It counts different "),
        "noun",
        pl.lit(", some of whom come in more than one month, so a straight line is "),
        pl.lit(what + "."),
    )
