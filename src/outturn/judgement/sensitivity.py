"""How far a status hangs on the width of its tolerance: the same figures, judged a point either
side of it."""

from __future__ import annotations

import polars as pl

from outturn.judgement.rule import judged
from outturn.terms.records import Status

POINT = 1.0
COLUMNS = ("status_wider", "status_narrower")


def with_sensitivity(rows: pl.DataFrame) -> pl.DataFrame:
    """The judged rows with COLUMNS: the status now, were "close" a percentage point wider or less.

    Null for figures that are no percentages, are not judged, or have a statistical tolerance.
    Needs what the status now was given by: `value`, the bounds and the widths.
    """
    moves = (
        pl.col("is_share")
        & (pl.col("per") == 100)
        & (pl.col("tolerance_word") != "statistical")
        & (pl.col("status_now") != str(Status.NOT_ASSESSED))
    ).fill_null(False)
    made = []
    for name, step in zip(COLUMNS, (POINT, -POINT), strict=True):
        widths = {
            f"tolerance_{side}": (pl.col(f"close_{side}_now").fill_null(0) + step).clip(0)
            for side in ("low", "high")
        }
        found = judged(
            rows.select(
                "low_strict", "high_strict", "rounded_to", "at_limit", figure="value",
                low="step_low", high="step_high", **widths,
            )
        )  # fmt: skip
        made.append(found["status"].alias(name))
    return rows.with_columns(made).with_columns(
        pl.when(moves).then(name).alias(name) for name in COLUMNS
    )
