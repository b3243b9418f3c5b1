"""Small counts withheld to protect people, before any figure is made of them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from outturn.terms.records import COUNTS, WITHHELD, Absent, checked

WHY = WITHHELD


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule of disclosure control: counts above zero and below `below` go; the rest round."""

    name: str
    below: int
    round_to: int = 1
    words: str = ""


PRESETS = {
    "none": Preset("none", 0, words="Nothing is suppressed."),
    "social care": Preset(
        "social care",
        5,
        words="A numerator or denominator from 1 to 4 is suppressed, and its figure with it.",
    ),
    "hospital": Preset(
        "hospital",
        8,
        round_to=5,
        words="A numerator or denominator from 1 to 7 is suppressed, and its figure with it; "
        "other counts are rounded to the nearest 5.",
    ),
}


def suppress(
    counts: pl.DataFrame,
    preset: str,
    *,
    published: pl.Expr | None = None,
    ranked: pl.Expr | None = None,
) -> pl.DataFrame:
    """The counts of a COUNTS frame after disclosure control, in the same units and order.

    A cell whose numerator or denominator is above zero and below the preset's limit loses both,
    its reported figure, margin and number of rows, and says why; zero is kept. A number of rows
    that were counted and are so few is withheld alone. The "hospital" preset then rounds the
    counts that remain to the nearest 5, halves up, and withholds the number of rows. `published`
    marks rows that a source has released: they are left alone. `ranked` marks medians and
    percentiles: their numerator is a number of days and no count, so the denominator alone, which
    says how many they are of, decides and is rounded. Does not protect against subtraction
    (one suppressed cell beside its total), and does not know which measures count people: the
    caller leaves out money and scores. The sources suppress counts of people. Days or visits of
    one or two people are a large number, and the number of rows does not say how many people they
    are about: a row may be one stay, or a council's return for a year. So the sum is told, and
    only the number of rows beside it is not.

    Source: ASCOF 2024-25, note 10 (numerator or denominator below 5); NHS England's rule for
    hospital episode statistics (1 to 7 suppressed, the rest rounded to 5).

    >>> from outturn.terms.records import COUNTS, fitted
    >>> two = {"numerator": [4.0, 5.0, 0.0], "denominator": [9.0, 9.0, 9.0]}
    >>> cells = fitted(pl.DataFrame(two), COUNTS)
    >>> suppress(cells, "social care")["numerator"].to_list()
    [None, 5.0, 0.0]
    >>> suppress(cells, "hospital")["denominator"].to_list()
    [None, None, 10.0]
    >>> waits = fitted(pl.DataFrame({"numerator": [2.0, 84.0], "denominator": [30.0, 4.0]}), COUNTS)
    >>> suppress(waits, "social care", ranked=pl.lit(True))["numerator"].to_list()
    [2.0, None]
    >>> days = fitted(pl.DataFrame({"numerator": [5000.0, 5000.0], "rows": [2, 40]}), COUNTS)
    >>> suppress(days, "social care").select("numerator", "rows").rows()
    [(5000.0, None), (5000.0, 40)]
    """
    rule = PRESETS[preset]
    checked(counts, COUNTS)
    if not rule.below:
        return counts
    ours = pl.lit(True) if published is None else ~published.fill_null(False)
    counting = pl.lit(True) if ranked is None else ~ranked.fill_null(False)
    few = counting & _small("numerator", rule.below)
    small = ours & (few | _small("denominator", rule.below))
    return (
        counts.with_columns(small=small.fill_null(False), ours=ours, counting=counting)
        .with_columns(
            *(
                pl.when("small").then(None).otherwise(_nearest(name, rule.round_to)).alias(name)
                for name in ("numerator", "denominator")
            ),
            *(
                pl.when("small").then(None).otherwise(name).alias(name)
                for name in ("reported", "margin")
            ),
            rows=pl.when("small").then(None).otherwise(_rows(rule)),
            absent=pl.when("small").then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
            why=pl.when("small").then(pl.lit(WHY)).otherwise("why"),
        )
        .select(list(COUNTS))
    )


def _small(name: str, below: int) -> pl.Expr:
    return ((pl.col(name) > 0) & (pl.col(name) < below)).fill_null(False)


def _nearest(name: str, multiple: int) -> pl.Expr:
    if multiple == 1:
        return pl.col(name)
    nearest = ((pl.col(name) / multiple) + 0.5).floor() * multiple
    is_count = pl.col("ours") & (pl.col("counting") if name == "numerator" else pl.lit(True))
    return pl.when(is_count).then(nearest).otherwise(name)


def _rows(rule: Preset) -> pl.Expr:
    """The number of rows, where it may be told."""
    is_told = ~pl.col("ours")
    if rule.round_to == 1:
        is_told |= ~_small("rows", rule.below) | pl.col("reported").is_not_null()
    return pl.when(is_told).then("rows")
