"""Direction of travel: the figure against the previous equivalent period, as both are printed.

Two figures that print the same are the same. Between two figures inside the band that is good,
neither is better. Nothing is compared with a period of another length, with an unfinished one,
with a forecast, or across a break in the series; nor a figure that cannot be right, nor with one.

The word says where the figure has moved, however little. Whether it moved by more than chance is
told beside it, where both figures have limits.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.judgement.history import FORECAST
from outturn.judgement.rounded_counts import REACH
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.words import for_period, fronted, full_stop, in_period, not_over
from outturn.statistics.columns import Estimate, Numbers, floats
from outturn.statistics.differences import difference
from outturn.statistics.rounding import rounded, shown_column
from outturn.terms.records import Direction

WITHIN, BEYOND = "within chance", "beyond chance"
_FIGURES = (("previous", "previous_lower", "previous_upper"), ("value", "lower", "upper"))


def with_direction(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `direction`, `reason_direction`, `previous_period` (its key) and `change`.

    The change is that of the two figures as printed, so that readers can work it out again.
    `change_chance` is WITHIN where the 95% limits of the change, unrounded, hold none; BEYOND where
    they do not; null where nothing changed or the figures have no limits. Where counts are rounded
    the rows have `value_least` and `value_most` and those of the previous figure: BEYOND then holds
    for all counts that are told as these.
    """
    rows = rows.with_columns(
        _now=rounded(rows["value"], rows["decimals"]),
        _then=rounded(rows["previous"], rows["decimals"]),
        _then_text=shown_column(rows["previous"], rows["decimals"]),
    )
    change = rounded(rows["_now"] - rows["_then"], rows["decimals"])
    rows = rows.with_columns(_no_direction=_why_not(), _change=change)
    word = pl.when(pl.col("_no_direction").is_null()).then(_word())
    return (
        rows.with_columns(direction=word.fill_null(pl.lit(str(Direction.NOT_ASSESSED))))
        .with_columns(
            reason_direction=pl.coalesce(full_stop(pl.col("_no_direction")), _sentence()),
            previous_period=pl.when(pl.col("previous").is_not_null()).then("previous_key"),
            change=pl.when(pl.col("_no_direction").is_null()).then("_change"),
        )
        .with_columns(
            change_chance=pl.when(pl.col("change") != 0).then(_against_chance(rows)),
        )
    )


def _against_chance(rows: pl.DataFrame) -> pl.Series:
    """WITHIN or BEYOND for each change; null where a figure has no limits, or lies outside its own.

    The limits of a figure that a source printed may be of counts that give another.
    """
    then, now = (Estimate(*floats(*(rows[one] for one in names))) for names in _FIGURES)
    told = np.ones(rows.height, dtype=bool)
    for value, lower, upper in (then, now):
        told &= (lower <= value) & (value <= upper)
    before, after = (Estimate(*(column[told] for column in one)) for one in (then, now))
    _, low, high = difference(before, after)
    if REACH[0] in rows.columns:
        least_then, most_then, least_now, most_now = _at_their_ends(rows.filter(pl.Series(told)))
        fall = difference(before._replace(value=most_then), after._replace(value=least_now))
        rise = difference(before._replace(value=least_then), after._replace(value=most_now))
        low, high = fall.lower, rise.upper
    known = pl.Series(np.flatnonzero(told), dtype=pl.UInt32)
    words = pl.Series(np.where((low <= 0) & (high >= 0), WITHIN, BEYOND), dtype=pl.String)
    return pl.repeat(None, rows.height, dtype=pl.String, eager=True).scatter(known, words)


def _at_their_ends(rows: pl.DataFrame) -> tuple[Numbers, ...]:
    """The least and the most that the previous figure and this one could be.

    Within the limits, which are those of the same counts; the figure where nothing is known.
    """
    ends = []
    for before, (value, lower, upper) in zip(("previous_", ""), _FIGURES, strict=True):
        for name in REACH:
            reach = pl.coalesce(f"{before}{name}", value)
            ends.append(reach.clip(pl.col(lower), pl.col(upper)).alias(f"{before}{name}"))
    return floats(*rows.select(ends).iter_columns())


def _why_not() -> pl.Expr:
    length = pl.concat_str(
        pl.lit("There is no figure "),
        for_period("previous_label"),
        pl.lit(". The one for "),
        "last_year_label",
        pl.when(pl.col("months") == 12)
        .then(pl.lit(" covers another 12 months and is not compared"))
        .otherwise(pl.lit(" covers another length of time and is not compared")),
    )
    other_length = pl.col("whole_before").is_not_null() & (
        pl.col("previous_span") != pl.col("last_year")
    )
    is_day = pl.col("previous_label").str.starts_with("at ")
    past = pl.when(is_day).then(pl.lit("the figure ")).otherwise(pl.lit("")) + pl.col(
        "previous_label"
    )
    return (
        pl.when(pl.col("value").is_null())
        .then(pl.coalesce("why", pl.lit("There is no figure.")))
        .when(pl.col("provenance").fill_null("") == FORECAST)
        .then(pl.lit("A forecast is not compared with a past figure as if it were one."))
        .when(~pl.col("finished"))
        .then(
            pl.concat_str(
                not_over("label"),
                pl.lit(", so it is not compared with "),
                past,
            )
        )
        .when(pl.col("impossible").is_not_null())
        .then("impossible")
        .when(pl.col("parted").is_not_null())
        .then(pl.concat_str(pl.lit("Not comparable with "), past, pl.lit(": "), "parted"))
        .when(pl.col("previous").is_null() & pl.col("previous_hidden"))
        .then(pl.lit("The figure ") + for_period("previous_label") + pl.lit(" is suppressed"))
        .when(pl.col("previous").is_null() & other_length)
        .then(length)
        .when(pl.col("previous").is_null())
        .then(pl.lit("There is no figure ") + for_period("previous_label"))
        .when(_is_impossible("previous"))
        .then(
            pl.lit("The figure ")
            + for_period("previous_label")
            + pl.lit(" cannot be right, and nothing is compared with it")
        )
    )


def _is_impossible(name: str) -> pl.Expr:
    """Whether a proportion lies below nothing or above the whole; `impossible` says it of now."""
    outside = pl.max_horizontal(pl.col(name) - pl.col("per"), -pl.col(name))
    return pl.col("is_share") & (outside > WORKED_DUST)


def _word() -> pl.Expr:
    rise = pl.col("_now") - pl.col("_then")
    closer = _away("_then") - _away("_now")
    gain = (
        pl.when(pl.col("aim") == "higher")
        .then(rise)
        .when(pl.col("aim") == "lower")
        .then(-rise)
        .otherwise(closer)
    )
    moved = (
        pl.when(pl.col("aim") == "none")
        .then(pl.when(rise > 0).then(pl.lit("up")).otherwise(pl.lit("down")))
        .when(gain > 0)
        .then(pl.lit(str(Direction.BETTER)))
        .when(gain < 0)
        .then(pl.lit(str(Direction.WORSE)))
        .otherwise(pl.lit(str(Direction.SAME)))
    )
    return pl.when(rise == 0).then(pl.lit(str(Direction.SAME))).otherwise(moved)


def _away(name: str) -> pl.Expr:
    """How far outside the good range the figure lies; rounded clear of the machine's dust."""
    outside = pl.max_horizontal(
        pl.col("best_low") - pl.col(name), pl.col(name) - pl.col("best_high"), pl.lit(0.0)
    )
    return outside.round(9)


def _sentence() -> pl.Expr:
    now = fronted("shown") + pl.col("figure_after")
    then = fronted("_then_text") + pl.col("figure_after")
    rise = pl.col("_now") - pl.col("_then")
    verb = (
        pl.when(rise == 0)
        .then(pl.lit(", the same as "))
        .when(rise > 0)
        .then(pl.lit(", up from "))
        .otherwise(pl.lit(", down from "))
    )
    start = now + verb
    same = start + in_period("previous_label")
    moved = start + then + " " + in_period("previous_label")
    judgement = pl.when(pl.col("direction").is_in(["better", "worse", "same"])).then(
        pl.lit(": ") + pl.col("direction")
    )
    both = (
        pl.when((pl.col("direction") == "same") & (_away("_now") == 0) & (_away("_then") == 0))
        .then(pl.lit(": both in the range that is good"))
        .otherwise(judgement)
    )
    return pl.when(rise == 0).then(same + ".").otherwise(moved + both.fill_null("") + ".")
