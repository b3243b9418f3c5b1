"""How far there is to go, in the units people know, by turning the rule round.

Where whole units of the numerator can be told (a count, or a proportion or rate with its
denominator), the distance is in them: the least number of people whose change would meet the
goal, with the denominator as it stands. Otherwise it is in the measure's unit.
"""

from __future__ import annotations

import polars as pl

from outturn.judgement.rule import DUST
from outturn.judgement.words import text_columns


def with_distances(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `distance_now` and `distance_year_end`; null where a status is not assessed."""
    have = pl.coalesce("numerator", pl.when("counted").then(pl.col("value") / pl.col("per")))
    rows = rows.with_columns(
        _one=pl.when("in_counts").then("per_one"),
        _have=pl.coalesce(have, pl.col("value") / pl.col("per_one")),
    )
    rows = rows.with_columns(_ahead=pl.col("additive") & pl.col("from_start") & ~pl.col("whole"))
    rows = _with_room(rows, "now", "value", "_have", "step_low", "step_high")
    rows = rows.with_columns(distance_now=_short_words("now", pl.lit("")))
    rows = _with_room(rows, "year_end", "forecast", "_have", "low", "high")
    by = pl.when("year_finished").then(pl.lit("")).otherwise(pl.lit(" by ") + pl.col("year_end"))
    plain = _short_words("year_end", by)
    ahead = pl.when(pl.col("status_year_end") != "not assessed").then(_ahead_words())
    return rows.with_columns(distance_year_end=pl.when("_ahead").then(ahead).otherwise(plain))


def _with_room(
    rows: pl.DataFrame, name: str, figure: str, have: str, low: str, high: str
) -> pl.DataFrame:
    """`need_`: how much must be added to reach the low end; `room_`: how much the high end allows.

    In whole units of the numerator where those can be told, in the measure's unit otherwise.
    """
    half = 0.5 * 10.0 ** -pl.col("rounded_to").cast(pl.Float64)
    rounding = pl.col("rounded_to").is_not_null()
    strict_low = pl.col("low_strict") & ~pl.col("at_limit")
    strict_high = pl.col("high_strict") & ~pl.col("at_limit")
    low_end = (
        pl.when(rounding & strict_low)
        .then(pl.col(low) + half)
        .when(rounding)
        .then(pl.col(low) - half)
        .otherwise(low)
    )
    high_end = (
        pl.when(rounding & strict_high)
        .then(pl.col(high) - half)
        .when(rounding)
        .then(pl.col(high) + half)
        .otherwise(high)
    )
    past_low = pl.when(rounding).then(pl.lit(False)).otherwise(strict_low)
    past_high = pl.when(rounding).then(pl.lit(True)).otherwise(strict_high)
    least, most = low_end / pl.col("_one"), high_end / pl.col("_one")
    dust = 1e3 * DUST * pl.max_horizontal(least.abs(), most.abs(), pl.lit(1.0))
    fewest = pl.when(past_low).then((least + dust).floor() + 1).otherwise((least - dust).ceil())
    greatest = pl.when(past_high).then((most - dust).ceil() - 1).otherwise((most + dust).floor())
    counts = pl.col("_one").is_not_null()
    so_far = pl.when("_ahead").then(pl.col("value")).otherwise(pl.col(figure))
    rows = rows.with_columns(
        pl.when(counts)
        .then(fewest - pl.col(have))
        .otherwise(low_end - so_far)
        .alias(f"need_{name}"),
        pl.when(counts)
        .then(greatest - pl.col(have))
        .otherwise(high_end - so_far)
        .alias(f"room_{name}"),
        pl.when(counts).then(0).otherwise("decimals").alias(f"_{name}_d"),
    )
    rows = rows.with_columns(
        pl.col(f"need_{name}").abs().alias(f"_need_{name}"),
        pl.col(f"room_{name}").abs().alias(f"_room_{name}"),
    )
    return text_columns(
        rows,
        **{
            f"need_{name}_text": (f"_need_{name}", f"_{name}_d"),
            f"room_{name}_text": (f"_room_{name}", f"_{name}_d"),
        },
    )


def _amount(text: str, comparison: str) -> pl.Expr:
    """ "14 more people", "1 fewer admission", "7.3 points more"."""
    counts = pl.col("_one").is_not_null()
    noun = pl.when(pl.col(text) == "1").then("noun_one").otherwise("noun")
    word = f"{comparison} " if comparison else ""
    in_units = pl.col(text) + pl.lit(f" {word}") + noun
    unit = pl.col("before") + pl.col(text) + pl.col("gap_after")
    other = {"fewer": "less"}.get(comparison, comparison)
    return pl.when(counts).then(in_units).otherwise(unit + (f" {other}" if other else ""))


def _short_words(name: str, ending: pl.Expr) -> pl.Expr:
    side, need, room = pl.col(f"side_{name}"), f"need_{name}_text", f"room_{name}_text"
    assessed = pl.col(f"status_{name}") != "not assessed"
    none = (pl.col(f"need_{name}") == 0) | (pl.col(f"room_{name}") == 0)
    to_spare = (
        pl.when(none.fill_null(False))
        .then(pl.lit("nothing to spare"))
        .when(pl.col(f"need_{name}").is_null())
        .then(_amount(room, "") + " to spare")
        .when(pl.col(f"room_{name}").is_null())
        .then(_amount(need, "") + " to spare")
    )
    return pl.when(assessed).then(
        pl.when(side == "below")
        .then(_amount(need, "more") + ending)
        .when(side == "above")
        .then(_amount(room, "fewer") + ending)
        .otherwise(to_spare)
    )


def _ahead_words() -> pl.Expr:
    """What the rest of the year must bring, or may, for a figure that adds up over it."""
    rest = pl.lit(" in the remaining ") + pl.col("left_words")
    need, room = "need_year_end_text", "room_year_end_text"
    at_least = (
        pl.when(pl.col("need_year_end") > 0)
        .then(pl.lit("at least ") + _amount(need, "more") + rest)
        .otherwise(pl.lit("reached already"))
    )
    at_most = (
        pl.when(pl.col("room_year_end") >= 0)
        .then(pl.lit("no more than ") + _amount(room, "") + rest)
        .otherwise(pl.lit("already ") + _amount(room, "") + " over the limit for the year")
    )
    return (
        pl.when(pl.col("room_year_end").is_null())
        .then(at_least)
        .when(pl.col("need_year_end").is_null() | (pl.col("room_year_end") < 0))
        .then(at_most)
        .when(pl.col("need_year_end") <= 0)
        .then(at_most)
        .otherwise(at_least + pl.lit(", and ") + at_most)
    )
