"""How far a status hangs on the width of its tolerance: the same figures, judged a point either
side of it.

A point is a percentage point of the measure where it is told in per cent: a proportion, a
standardised ratio, a slope over proportions. Of any other measure it is one per cent of the target,
where the tolerance is such a share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from outturn.framework.model import Measure
from outturn.framework.parted import RATIO
from outturn.judgement.rule import judged
from outturn.terms.records import Status

POINT = 1.0
COLUMNS = ("status_wider", "status_narrower")


def with_sensitivity(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The judged rows with COLUMNS: the status now, were "close" a point wider or less.

    Null for figures that are not judged, have a statistical tolerance, or are neither told in per
    cent nor have a tolerance in per cent. Needs what the status now was given by: `value`, the
    bounds and the widths.
    """
    told = [id for id, one in measures.items() if _in_per_cent(one)]
    in_points = pl.col("measure").is_in(told) & (pl.col("tolerance_word") != "statistical")
    of_target = pl.col("tolerance_word") == "percent_of_target"
    assessed = pl.col("status_now") != str(Status.NOT_ASSESSED)
    moves = ((in_points | of_target) & assessed).fill_null(False)
    made = []
    for name, point in zip(COLUMNS, (POINT, -POINT), strict=True):
        widths = {}
        for side in ("low", "high"):
            share = (point * pl.col(f"step_{side}").abs() / 100).round(12)
            step = pl.when(in_points).then(pl.lit(point)).otherwise(share)
            widths[f"tolerance_{side}"] = (pl.col(f"close_{side}_now").fill_null(0) + step).clip(0)
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


def flips_in_words(
    rows: Sequence[Mapping[str, Any]], measures: Mapping[str, Measure]
) -> Iterator[str]:
    """How many statuses of so many VERDICTS hang on a point of tolerance, where any could."""
    held = [row for row in rows if row["status_wider"]]
    if not held:
        return
    wider, narrower = (sum(row[name] != row["status_now"] for row in held) for name in COLUMNS)
    of = f"of {len(held)}"
    shares = all(measures[row["measure"]].per == 100 for row in held)
    what = "percentages" if shares else "percentages, and of tolerances in per cent,"
    yield (
        f"Statuses now of {what} that would be another: {wider} {of} were their "
        f"tolerances a point wider, {narrower} {of} were they a point narrower."
    )


def _in_per_cent(measure: Measure) -> bool:
    """Whether one unit of the measure is a percentage point."""
    said = measure.inequality
    slope = said is not None and said.index == "slope" and said.of == "proportion"
    return measure.per == 100 and (measure.kind in ("proportion", RATIO) or slope)
