"""What a reader of a known layout finds wrong with single rows, before their contract is asked.

Such a reader hands on a frame. Where it has a column `trouble`, that is the reason for which the
row is set aside, or null, and `trouble_at` is the column of the contract that it is about.
"""

from __future__ import annotations

import polars as pl

from outturn.contracts.check import FINDINGS

COLUMNS = ("trouble", "trouble_at")
NOT_A_NUMBER = "the cell is neither a number nor a mark that is known"
TWICE = "the release gives the figure more than once, and not alike"
NO_SEX = "the sex is none of 1, 2 and 4"
_REMEDIES = {
    NOT_A_NUMBER: "Look the cell up in the release, and give the file as it was published.",
    TWICE: "Look up which one holds, and ask the publisher.",
    NO_SEX: "Write 1 for male, 2 for female and 4 for persons.",
}

Trouble = tuple[pl.Expr, str, str]  # where there is one, what it is, and in which column


def told(*troubles: Trouble) -> list[pl.Expr]:
    """The columns that tell the first trouble of each row."""
    what = pl.coalesce(pl.when(where).then(pl.lit(said)) for where, said, _ in troubles)
    at = pl.coalesce(pl.when(where).then(pl.lit(column)) for where, _, column in troubles)
    return [what.alias("trouble"), at.alias("trouble_at")]


def findings(frame: pl.DataFrame) -> pl.DataFrame:
    """The findings about the rows of a reader's frame, none where it has no such column."""
    if "trouble" not in frame.columns:
        return pl.DataFrame(schema=FINDINGS)
    found = frame.with_row_index("index").filter(pl.col("trouble").is_not_null())
    return found.select(
        pl.col("index").cast(pl.Int64),
        pl.col("trouble_at").alias("column"),
        pl.col("trouble").alias("reason"),
        pl.col("trouble").alias("problem"),
        pl.col("trouble").replace_strict(_REMEDIES, return_dtype=pl.String).alias("remedy"),
        pl.lit("").alias("kind"),
    )
