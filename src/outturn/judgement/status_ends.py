"""Where one status ends and the next begins, as figures that nobody has rounded yet.

A figure that a target rounds before it is judged has another status half a unit further out than
the bound that is printed, or half a unit further in where the bound itself does not meet the
target. Whatever is asked of a status beside the status itself, how far it is, how likely, what it
would take, is asked of these ends. Half a unit is rounded away from zero, so whether a figure on an
end lies within hangs on its side of nothing.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.judgement.rule import DUST
from outturn.statistics.columns import Numbers
from outturn.statistics.rounding import rounded


def with_ends(rows: pl.DataFrame, low: str, high: str) -> pl.DataFrame:
    """The rows with the ends of what meets the target, in the unit of the bounds.

    `_low_end` and `_high_end`, and `_past_low` and `_past_high`: whether the end itself lies
    outside. Needs `low_strict`, `high_strict`, `at_limit` and `rounded_to`, null for unrounded.
    """
    rows = rows.with_columns(
        _low=rounded(rows[low], rows["rounded_to"]), _high=rounded(rows[high], rows["rounded_to"])
    )
    rounding = pl.col("rounded_to").is_not_null()
    strict_low = pl.col("low_strict") & ~pl.col("at_limit")
    strict_high = pl.col("high_strict") & ~pl.col("at_limit")
    up, down = _half_way("_low", +0.5), _half_way("_low", -0.5)
    rows = rows.with_columns(
        _low_end=pl.when(~rounding).then("_low").when(strict_low).then(up).otherwise(down)
    )
    up, down = _half_way("_high", +0.5), _half_way("_high", -0.5)
    rows = rows.with_columns(
        _high_end=pl.when(~rounding).then("_high").when(strict_high).then(down).otherwise(up)
    )
    return rows.with_columns(
        _past_low=pl.when(rounding).then(pl.col("_low_end") < 0).otherwise(strict_low),
        _past_high=pl.when(rounding).then(pl.col("_high_end") > 0).otherwise(strict_high),
    )


def with_ends_of_close(rows: pl.DataFrame, close_low: str, close_high: str) -> pl.DataFrame:
    """The rows, as `with_ends` gives them, with the ends of what is on target or close to it.

    `_off_low` and `_off_high`, and `_past_off_low` and `_past_off_high`. `close_low` and
    `close_high` are the columns with the width of "close" outside each bound, null for none.
    """
    rounding, power = pl.col("rounded_to").is_not_null(), _power()
    for bound, width, side in (("_low", close_low, -1), ("_high", close_high, 1)):
        name, edge = bound[1:], pl.col(bound) + side * pl.col(width)
        # 4.6 and 0.1 make 4.699999999999999, and 4.7 is within.
        edge += side * DUST * pl.max_horizontal(pl.col(bound).abs(), edge.abs())
        units = side * (side * edge * power).floor()  # the last rounded figure within
        end = pl.when(rounding).then((units + side * 0.5) / power).otherwise(edge)
        past = (end < 0 if side < 0 else end > 0) & rounding
        none = pl.col(width).is_null()
        rows = rows.with_columns(
            pl.when(none).then(f"_{name}_end").otherwise(end).alias(f"_off_{name}"),
            pl.when(none).then(f"_past_{name}").otherwise(past).alias(f"_past_off_{name}"),
        )
    return rows


def closed_ends(rows: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """The least and the greatest figure that meets; not a number where there is no such end.

    Of rows as `with_ends` gives them.
    """
    low, high, past_low, past_high = (
        rows[name].fill_null(False if name.startswith("_past") else np.nan).to_numpy()
        for name in ("_low_end", "_high_end", "_past_low", "_past_high")
    )
    least = np.where(past_low, np.nextafter(low, np.inf), low)
    return least, np.where(past_high, np.nextafter(high, -np.inf), high)


def _power() -> pl.Expr:
    return pl.lit(10.0) ** pl.col("rounded_to").cast(pl.Float64)


def _half_way(bound: str, half: float) -> pl.Expr:
    """Half a unit of the last place from a bound that is rounded to it, as it would be written."""
    power = _power()
    return ((pl.col(bound) * power).round() + half) / power
