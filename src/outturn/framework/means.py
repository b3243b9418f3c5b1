"""Means of rows: a sum over the number of the very rows that it adds up."""

from __future__ import annotations

from outturn.framework.model import METHODS, Condition, Measure, Tally

NOT_OF_ROWS = (
    "the denominator does not count the rows that the numerator adds up, so how far those it "
    "counts differ from one another is not known"
)

BY_SUBTRACTION = (
    "limits of a mean would give away single rows: by subtraction, those of a whole and of its "
    "other parts tell what a few rows come to"
)


def is_mean_of_rows(measure: Measure) -> bool:
    """Whether each row of the denominator has its one number in the numerator.

    Both are of one table, the same days and the same conditions; one side may say more, that the
    cell is filled. Then the squares of the numbers tell how far single rows lie apart. They do not
    where the denominator counts people of whom there are several rows, or rows of another table.
    """
    top, bottom = measure.numerator, measure.denominator
    if measure.kind != "mean" or top is None or bottom is None:
        return False
    counted = top.how == "sum" and bottom.how == "count"
    same = (top.table, top.on) == (bottom.table, bottom.on) and not (top.of_year or bottom.of_year)
    return counted and same and _asked(top, top.column) == _asked(bottom, top.column)


def has_squares(measure: Measure) -> bool:
    """Whether the squares of what it is a mean of are added up, for limits that it may have."""
    return is_mean_of_rows(measure) and measure.methods != METHODS[-1]


def _asked(tally: Tally, column: str) -> frozenset[Condition]:
    """The conditions of a tally, but that the cell of a column is filled."""
    return frozenset(tally.where) - {Condition(column, "present")}
