"""The rule of status, said twice: for one figure, and over columns. A test holds them together."""

from __future__ import annotations

import numpy as np
import polars as pl

from outturn.statistics.rounding import round_half_up, rounded
from outturn.terms.records import Status

# Two numbers closer than one part in a million million of their size differ only by the
# machine's dust (56 - 54.1 is 1.8999999999999986), and are taken as equal.
DUST = 1e-12
# The same for numbers that were worked out in several steps, or added up from many.
WORKED_DUST = 1e-9


def judge(
    figure: float,
    low: float | None,
    high: float | None,
    *,
    low_strict: bool = False,
    high_strict: bool = False,
    tolerance: float | None = None,
    rounded_to: int | None = None,
    at_limit: bool = False,
) -> Status:
    """On target within the bounds; close up to and including the tolerance outside; then off.

    Judges the unrounded figure, unless `rounded_to` gives the decimals to which figure and
    bounds are both rounded first. A figure on a strict bound does not meet it unless `at_limit`.
    Without a tolerance nothing is ever close.

    >>> judge(84.0, 86.0, None, tolerance=3.0), judge(79.7, 87.0, None, tolerance=5.0)
    (<Status.CLOSE: 'close'>, <Status.OFF_TARGET: 'off target'>)
    >>> judge(11.0, 11.0, None, low_strict=True, at_limit=True)
    <Status.ON_TARGET: 'on target'>
    """
    if rounded_to is not None:
        figure = _round(figure, rounded_to)
        low = None if low is None else _round(low, rounded_to)
        high = None if high is None else _round(high, rounded_to)
    missed = None
    for bound, strict, gap in (
        (low, low_strict, None if low is None else low - figure),
        (high, high_strict, None if high is None else figure - high),
    ):
        if bound is None or gap is None:
            continue
        dust = DUST * max(abs(bound), abs(figure))
        if gap > dust or (strict and not at_limit and gap >= -dust):
            missed = (max(gap, 0.0), dust)
    if missed is None:
        return Status.ON_TARGET
    close = tolerance is not None and missed[0] <= tolerance + missed[1]
    return Status.CLOSE if close else Status.OFF_TARGET


def _round(number: float, decimals: int) -> float:
    return float(round_half_up(np.array([number]), decimals)[0])


def judged(frame: pl.DataFrame) -> pl.DataFrame:
    """`judge` over columns: `status`, and for the reasons `side`, `gap`, `on_limit`, `compared`.

    The frame has figure, low, high, low_strict, high_strict, tolerance_low, tolerance_high (null
    for none), rounded_to (null for unrounded) and at_limit. Status is null where the figure or
    both bounds are null. `side` is where the figure lies outside: "below", "above" or null.
    """
    compared = {
        name: rounded(frame[name], frame["rounded_to"]) for name in ("figure", "low", "high")
    }
    rows = frame.with_columns(**compared)
    dust_low, dust_high = (_dust(name) for name in ("low", "high"))
    short, over = pl.col("low") - pl.col("figure"), pl.col("figure") - pl.col("high")
    below = (short > dust_low) | (_strict("low_strict") & (short >= -dust_low))
    above = (over > dust_high) | (_strict("high_strict") & (over >= -dust_high))
    side = pl.when(above).then(pl.lit("above")).when(below).then(pl.lit("below"))
    rows = rows.with_columns(
        side=side,
        on_limit=(pl.col("low_strict") & (short.abs() <= dust_low)).fill_null(False)
        | (pl.col("high_strict") & (over.abs() <= dust_high)).fill_null(False),
        gap=pl.when(above).then(over.clip(0)).when(below).then(short.clip(0)),
        dust=pl.when(above).then(dust_high).otherwise(dust_low),
        tolerance=pl.when(above).then("tolerance_high").otherwise("tolerance_low"),
    )
    can = pl.col("figure").is_not_null() & (
        pl.col("low").is_not_null() | pl.col("high").is_not_null()
    )
    close = (pl.col("gap") <= pl.col("tolerance") + pl.col("dust")).fill_null(False)
    status = (
        pl.when(~can)
        .then(None)
        .when(pl.col("side").is_null())
        .then(pl.lit(str(Status.ON_TARGET)))
        .when(close)
        .then(pl.lit(str(Status.CLOSE)))
        .otherwise(pl.lit(str(Status.OFF_TARGET)))
    )
    return rows.select(
        status.alias("status"), "side", "gap", "on_limit", pl.col("figure").alias("compared")
    )


def _dust(bound: str) -> pl.Expr:
    return DUST * pl.max_horizontal(pl.col(bound).abs(), pl.col("figure").abs())


def _strict(name: str) -> pl.Expr:
    return pl.col(name).fill_null(False) & ~pl.col("at_limit").fill_null(False)
