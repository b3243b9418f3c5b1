"""Small counts withheld to protect people, before any figure is made of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from outturn.statistics.columns import Numbers, floats, refuse_where
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.records import COUNTS, WITHHELD, Absent, checked

__all__ = [
    "PRESETS",
    "WHY",
    "Policy",
    "central_suppression",
    "in_answers",
    "is_small",
    "suppress",
]

WHY = WITHHELD
SIDES = ("numerator", "denominator")
_MOST = 5_000_000_000  # that the central function of NHS Digital takes


def central_suppression(counts: npt.ArrayLike) -> Numbers:
    """Each count by NHS Digital's central rule: 0 stays, 1 to 7 is shown as 5, the rest to the
    nearest 5.

    A missing count (NaN) stays missing. A count that is negative, not whole or above 5,000,000,000
    is a ValueError. For a release that must show a number in every cell; a build withholds small
    counts instead, for a 5 that may be a 1 is no figure to judge.

    Source: NHS Digital, codonPython, suppression.py.

    >>> central_suppression([0, 2, 8, 57]).tolist()
    [0.0, 5.0, 10.0, 55.0]
    """
    (given,) = floats(counts)
    refuse_where(given < 0, "a count is below zero")
    refuse_where(given > _MOST, "a count is above 5,000,000,000")
    refuse_where(given - np.floor(given) > 0, "a count is not whole")
    hospital = PRESETS["hospital"]
    return np.where(hospital.is_small(given), 5.0, hospital.rounded(given))


def suppress(
    counts: pl.DataFrame,
    preset: str,
    *,
    published: pl.Expr | None = None,
    ranked: pl.Expr | None = None,
) -> pl.DataFrame:
    """The counts of a COUNTS frame after disclosure control, in the same units and order.

    A cell whose numerator or denominator is above zero and below the preset's limit loses both, its
    reported figure, margin, limits and number of rows, and says why; zero is kept. A number of rows
    that were counted and are so few is withheld alone. The "hospital" preset then rounds the counts
    that remain to the nearest 5, halves up, and withholds the number of rows, and so does "ehrql",
    which withholds zero as well. `published` marks rows that a source has released: they are left
    alone. Of weighted answers the number of answers is judged, and not the sum of their weights; it
    and the squares of the weights go with the counts, and are withheld where these are rounded. The
    squares of what a mean is of are told of no row, published or not: those of a whole less those
    of its other parts are those of a few numbers, which sum and squares together tell. `ranked`
    marks medians and percentiles, and sums of money for each person: their numerator is a number of
    days or pounds and no count, so the denominator alone, which says how many they are of, decides
    and is rounded. Does not protect against subtraction (one suppressed cell beside its total), for
    which there is `secondary_suppression`, and does not know which measures count people: the
    caller leaves out money and scores that are of no number of people. The sources suppress counts
    of people. Days or visits of one or two people are a large number, and the number of rows does
    not say how many people they are about: a row may be one stay, or a council's return for a year.
    So the sum is told, and only the number of rows beside it is not.

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
    if not rule.withholds:
        return counts
    ours = pl.lit(True) if published is None else ~published.fill_null(False)
    counting = pl.lit(True) if ranked is None else ~ranked.fill_null(False)
    sides = (_answers(side) if counts["answers"].count() else pl.col(side) for side in SIDES)
    top, bottom = (is_small(side, rule) for side in sides)
    small = ours & ((counting & top) | bottom)
    return (
        counts.with_columns(small=small.fill_null(False), ours=ours, counting=counting)
        .with_columns(
            *(
                pl.when("small").then(None).otherwise(_nearest(name, rule.round_to)).alias(name)
                for name in SIDES
            ),
            *(
                pl.when("small").then(None).otherwise(name).alias(name)
                for name in ("reported", "margin", "lower", "upper")
            ),
            rows=pl.when("small").then(None).otherwise(_rows(rule)),
            answers=_weighing("answers", rule),
            squares=pl.when(pl.col("answers").is_not_null()).then(_weighing("squares", rule)),
            absent=pl.when("small").then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
            why=pl.when("small").then(pl.lit(WHY)).otherwise("why"),
        )
        .select(list(COUNTS))
    )


def is_small(count: pl.Expr, rule: Policy) -> pl.Expr:
    """Whether a count is withheld by the rule itself, as an expression; a missing one is not.

    In counts; the size of a negative one decides. `Policy.is_small` says the same of a column.

    Source: the policy's own, which its file names.

    >>> counts = pl.DataFrame({"n": [0, 4, 5, None]})
    >>> counts.select(is_small(pl.col("n"), PRESETS["social care"]))["n"].to_list()
    [False, True, False, False]
    """
    size = count.abs()
    above = size > 0 if rule.zero_shown else size >= 0
    return (above & (size < rule.below)).fill_null(False)


def in_answers(counts: pl.DataFrame) -> pl.DataFrame:
    """A COUNTS frame in which weighted answers are counted, each as one, in place of their weights.

    In answers where `answers` is filled, and as they were in all other rows. A side that is missing
    stays missing. Changes no other column.

    Source: what a frequency rule protects is how many people stand behind a figure; a sum of
    weights is not that.

    >>> from outturn.terms.records import COUNTS, fitted
    >>> row = {"numerator": [31.5], "denominator": [70.2], "rows": [7], "answers": [4]}
    >>> in_answers(fitted(pl.DataFrame(row), COUNTS)).select("numerator", "denominator").row(0)
    (3.0, 4.0)
    """
    if not counts["answers"].count():  # as in most builds
        return counts
    return counts.with_columns(
        pl.when(pl.col(side).is_not_null()).then(_answers(side)).alias(side) for side in SIDES
    )


def _answers(side: str) -> pl.Expr:
    """What a side comes to where each answer counts as one. One in both sides is a row twice."""
    answers = pl.col("answers")
    if side == "numerator":
        answers = pl.col("rows") - answers
    return pl.when(pl.col("answers").is_not_null()).then(answers).otherwise(side).cast(pl.Float64)


def _weighing(name: str, rule: Policy) -> pl.Expr:
    """What tells how many answers there are, where that may be told."""
    is_told = ~pl.col("small") & (~pl.col("ours") | (rule.round_to == 1))
    return pl.when(is_told).then(name)


def _nearest(name: str, multiple: int) -> pl.Expr:
    if multiple == 1:
        return pl.col(name)
    nearest = ((pl.col(name) / multiple) + 0.5).floor() * multiple
    is_count = pl.col("ours") & (pl.col("counting") if name == "numerator" else pl.lit(True))
    return pl.when(is_count).then(nearest).otherwise(name)


def _rows(rule: Policy) -> pl.Expr:
    """The number of rows, where it may be told."""
    is_told = ~pl.col("ours")
    if rule.round_to == 1:
        is_told |= ~is_small(pl.col("rows"), rule) | pl.col("reported").is_not_null()
    return pl.when(is_told).then("rows")
