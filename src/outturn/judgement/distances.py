"""How far there is to go, in the units people know, by turning the rule round.

Where whole units of the numerator can be told (a count, or a proportion or rate with its
denominator), the distance is in them: the least number of people whose change would meet the
goal, with the denominator as it stands. Otherwise it is in the measure's unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from outturn.judgement.history import FORECAST
from outturn.judgement.rule import WORKED_DUST
from outturn.judgement.status_ends import with_ends
from outturn.judgement.words import gap_text, telling_decimals, text_columns

LESS = {"more": "more", "fewer": "less"}  # of what is not counted in things


def with_distances(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `distance_now` and `distance_year_end`; null where a status is not assessed.

    Each distance is of the figure that its status is of: at year end of the forecast, where one
    was published, or of the outturn, and not of the figure so far.
    """
    held = (pl.col("how") == "held").fill_null(False)
    ahead = (pl.col("additive") & pl.col("from_start") & ~pl.col("whole")) | pl.col("least")
    ahead &= ~held
    is_it = (pl.col("provenance") == FORECAST) & (pl.col("value") == pl.col("forecast"))
    foretold = pl.col("how").is_in(["published", "drawn", "since"])
    published = (foretold & ~is_it.fill_null(False)).fill_null(False) & ~ahead
    rows = rows.with_columns(
        _one=pl.when("in_counts").then("per_one"), _ahead=ahead, _published=published
    ).with_columns(_so_far=_units("numerator", "value"))
    rows = _with_room(rows, "now", Have("value", "_so_far"), ("step_low", "step_high"))
    rows = rows.with_columns(distance_now=_short_words("now", pl.lit("")))
    rows = rows.with_columns(_one=pl.when("in_counts").then("per_one_year_end"))
    rows = rows.with_columns(
        _expected=pl.when("_published").then(pl.col("forecast") / pl.col("_one"))
        .when(held).then(_units("outturn_numerator", "outturn"))
        .otherwise("_so_far"),
        _at_end=pl.when("_ahead").then("value").otherwise("forecast"),
    )  # fmt: skip
    rows = _with_room(rows, "year_end", Have("_at_end", "_expected"), ("low", "high"))
    by = pl.when("year_finished").then(pl.lit("")).otherwise(pl.lit(" by ") + pl.col("year_end"))
    by = pl.when("_published").then(pl.lit(" than forecast")).otherwise(by)
    spare = pl.when("_published").then(pl.lit(" in the forecast")).otherwise(pl.lit(""))
    plain = _short_words("year_end", by, spare)
    assessed = pl.col("status_year_end") != "not assessed"
    return rows.with_columns(
        distance_year_end=pl.when("_ahead")
        .then(pl.when(assessed).then(_ahead_words()))
        .otherwise(plain)
    )


def _units(numerator: str, figure: str) -> pl.Expr:
    """The units of the numerator that a figure stands for: those given, or worked out from it."""
    given = pl.when(~pl.col("counted")).then(numerator)
    return pl.coalesce(given, pl.col(figure) / pl.col("_one"))


@dataclass(frozen=True, slots=True)
class Have:
    """The columns that say what there is: in the measure's unit, and in units of the numerator."""

    figure: str
    units: str


def _with_room(rows: pl.DataFrame, name: str, have: Have, bounds: tuple[str, str]) -> pl.DataFrame:
    """`need_`: how much must be added to reach the low end; `room_`: how much the high end allows.

    In whole units of the numerator where those can be told, in the measure's unit otherwise.
    """
    rows = with_ends(rows, *bounds)
    counts, units = pl.col("_one").is_not_null(), pl.col(have.units)
    need, room = f"need_{name}", f"room_{name}"
    rows = rows.with_columns(_usual_d=pl.when(counts).then(0).otherwise("decimals"))
    rows = rows.with_columns(
        pl.when(counts)
        .then(_fewest(units))
        .otherwise(_difference(pl.col("_low_end"), pl.col(have.figure)))
        .alias(need),
        pl.when(counts)
        .then(_most(units))
        .otherwise(_difference(pl.col("_high_end"), pl.col(have.figure)))
        .alias(room),
    )
    rows = rows.with_columns(
        pl.col(need).abs().alias(f"_{need}"), pl.col(room).abs().alias(f"_{room}")
    )
    rows = rows.with_columns(
        telling_decimals(rows[f"_{one}"], rows["_usual_d"]).alias(f"_{one}_d")
        for one in (need, room)
    )
    return text_columns(
        rows,
        **{f"{one}_text": (f"_{one}", f"_{one}_d") for one in (need, room)},
    )


def _difference(end: pl.Expr, figure: pl.Expr) -> pl.Expr:
    """What parts a figure from an end, without the machine's dust."""
    apart = end - figure
    dust = WORKED_DUST * pl.max_horizontal(end.abs(), figure.abs())
    return pl.when(apart.abs() <= dust).then(0.0).otherwise(apart)


def _fewest(have: pl.Expr) -> pl.Expr:
    """The least whole number of units which, added to those there are, meets the low end."""
    least = pl.col("_low_end") / pl.col("_one")
    missing, dust = least - have, _dust(least)
    return pl.when("_past_low").then((missing + dust).floor() + 1).otherwise(
        (missing - dust).ceil()
    )  # fmt: skip


def _most(have: pl.Expr) -> pl.Expr:
    """The greatest whole number of units which, added, still meets the high end."""
    most = pl.col("_high_end") / pl.col("_one")
    left, dust = most - have, _dust(most)
    return pl.when("_past_high").then((left - dust).ceil() - 1).otherwise((left + dust).floor())


def _dust(units: pl.Expr) -> pl.Expr:
    return WORKED_DUST * pl.max_horizontal(units.abs(), pl.lit(1.0))


def _amount(text: str, comparison: str, *, to_come: bool = False) -> pl.Expr:
    """ "14 more people", "1 fewer admission", "7.3 points more", "1 case fewer".

    Of different people it is new ones that are still `to_come`: "2 new people".
    """
    counts = pl.col("_one").is_not_null()
    noun = pl.when(pl.col(text) == "1").then("noun_one").otherwise("noun")
    word = pl.lit(f" {comparison} " if comparison else " ")
    if to_come:
        word = pl.when("distinct").then(pl.lit(" new ")).otherwise(word)
    in_units = pl.col(text) + word + noun
    things = pl.col("counted") & (pl.col("before") == "") & (pl.col("gap_after") != "")
    in_unit = gap_text(text)
    if comparison:
        other = pl.when(things).then(pl.lit(comparison)).otherwise(pl.lit(LESS[comparison]))
        in_unit = in_unit + " " + other
    return pl.when(counts).then(in_units).otherwise(in_unit)


def _short_words(name: str, ending: pl.Expr, spare: pl.Expr | None = None) -> pl.Expr:
    """What is missing or left over; `ending` follows what is missing, `spare` what is left."""
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
        .then(_or_any(need, "more") + ending)
        .when(side == "above")
        .then(_or_any(room, "fewer") + ending)
        .otherwise(to_spare + (pl.lit("") if spare is None else spare))
    )


def _or_any(text: str, comparison: str) -> pl.Expr:
    """The amount; of a figure at a limit that itself does not meet the target, however little."""
    at_limit = pl.col(text.removesuffix("_text")) == 0
    little = pl.lit(f"any amount {LESS[comparison]}")
    return pl.when(at_limit).then(little).otherwise(_amount(text, comparison))


def _ahead_words() -> pl.Expr:
    """What the rest of the year must bring, or may, for a figure that adds up over it."""
    rest = pl.lit(" in the remaining ") + pl.col("left_words")
    need, room = "need_year_end_text", "room_year_end_text"
    at_limit = pl.col("_one").is_null()
    at_least = (
        pl.when((pl.col("need_year_end") == 0) & pl.col("_past_low") & at_limit)
        .then(pl.lit("any amount more") + rest)
        .when(pl.col("need_year_end") > 0)
        .then(pl.lit("at least ") + _amount(need, "more", to_come=True) + rest)
        .when(pl.col("may_be_below") & (pl.col("need_year_end") == 0))
        .then(pl.lit("reached, and nothing of it may be lost again"))
        .when("may_be_below")  # what is reached may be lost again
        .then(pl.lit("no more than ") + _amount(need, "fewer") + rest)
        .otherwise(pl.lit("reached already"))
    )
    unless = pl.lit(", unless so much is taken back")
    back = pl.when("may_be_below").then(unless).otherwise(pl.lit(""))
    at_most = (
        pl.when((pl.col("room_year_end") == 0) & pl.col("_past_high") & at_limit)
        .then(pl.lit("already at the limit for the year, which does not meet the target"))
        .when(pl.col("room_year_end") >= 0)
        .then(pl.lit("no more than ") + _amount(room, "", to_come=True) + rest)
        .when(pl.col("may_be_below") & (pl.col("_high_end") < 0))  # the year begins above it
        .then(pl.lit("at least ") + _amount(room, "fewer") + rest)
        .otherwise(pl.lit("already ") + _amount(room, "") + " over the limit for the year" + back)
    )
    return (
        pl.when(pl.col("room_year_end").is_null())
        .then(at_least)
        .when(pl.col("need_year_end").is_null() | (pl.col("room_year_end") < 0))
        .then(at_most)
        .when((pl.col("need_year_end") <= 0) & ~pl.col("may_be_below"))
        .then(at_most)
        .otherwise(at_least + pl.lit(", and ") + at_most)
    )
