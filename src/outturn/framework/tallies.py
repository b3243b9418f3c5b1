"""What a measure counts in a table, and what is made of other measures: frozen records, no rules.

They belong to the records of `model.py`, where they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import gcd

TALLIES = ("count", "sum", "weights", "distinct", "open", "median", "percentile")
HISTOGRAMS = ("median", "percentile")  # tallies, and kinds of measure, made from a histogram
SQUARES = "squares"  # a tally that no file asks for: the squares of weights, beside their sum
CONDITIONS = (
    "is", "is_not", "one_of", "none_of", "at_least", "at_most", "above", "below", "between",
    "present", "absent",
)  # fmt: skip
FORMULAS = ("sum", "difference", "ratio", "mean", "weighted")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test a row must pass. An empty cell meets no condition but `absent`."""

    column: str
    word: str  # one of CONDITIONS
    bounds: tuple[str | int | float | date | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What to count in one table: rows, a sum, distinct values, those open, or a percentile.

    `how` is one of TALLIES. A sum skips empty cells; a sum of nothing but empty cells is 0.
    `weights` adds up the column too, as the sampling weights of answers to a survey: an answer
    without a weight is no answer, and the squares of the weights are added up beside them.
    `of_year` takes the row whose period holds the start of the measured period (a mid-year
    population under a month's events) instead of rows inside the period. `on` names the column
    of dates by which rows belong to periods, in place of the contract's. A distinct value with
    `times` counts where it has so many rows or more in the period. `open` counts the distinct
    values of rows that have begun (`opens`) by the end of a base period and not ended (`closes`):
    one that ends on that very day is open only with `last_day`. A median, or the percentile `at`,
    is of the filled cells of a column of whole numbers, and is exact.
    """

    table: str
    how: str
    column: str = ""
    where: tuple[Condition, ...] = ()
    of_year: bool = False
    on: str = ""
    times: int = 1
    opens: str = ""
    closes: str = ""
    last_day: bool = False
    at: int = 50

    @property
    def is_distinct(self) -> bool:
        """Whether it counts each value of a column once, so that parts do not add up."""
        return self.how in ("distinct", "open")

    @property
    def is_histogram(self) -> bool:
        return self.how in HISTOGRAMS

    @property
    def is_weighted(self) -> bool:
        """Whether it counts answers by their sampling weights."""
        return self.how == "weights"

    @property
    def adds_cells(self) -> bool:
        """Whether it adds up what stands in a column, or its squares."""
        return self.how in ("sum", "weights", SQUARES)

    @property
    def percentile(self) -> tuple[int, int]:
        """The percentile as a fraction in lowest terms: (1, 2) is the median, (9, 10) the 90th."""
        least = gcd(self.at, 100)
        return self.at // least, 100 // least


@dataclass(frozen=True, slots=True)
class Formula:
    """A measure made of other measures: one word of FORMULAS over named parts.

    `sum` adds the parts, `difference` takes the second from the first, `ratio` divides the first
    by the second and multiplies by the measure's `per`, `mean` averages, `weighted` adds each
    part times its weight. A part without a figure leaves the whole without one.
    """

    word: str
    parts: tuple[str, ...]
    weights: tuple[float, ...] = ()
