"""All measures of one place against its group, each as a bar about the group's figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from outturn.benchmarking.amounts import why_no_rank
from outturn.benchmarking.edges import quartile_edges
from outturn.framework.model import Measure
from outturn.statistics.quantiles import TYPE_7
from outturn.statistics.rounding import rounded
from outturn.statistics.spine_chart import spine_chart

FEWEST_FOR_A_SPINE = 8  # members with a figure: of fewer the middle half says nothing
SPINE: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "period": pl.String,
    "value": pl.Float64,  # as printed, like all figures here
    "comparator_value": pl.Float64,
    "against": pl.String,
    "least": pl.Float64,
    "lower_quarter": pl.Float64,
    "upper_quarter": pl.Float64,
    "greatest": pl.Float64,
    "with_value": pl.Int64,
    "at": pl.Float64,  # places from 0 to 1, the group's figure at 0.5 and the better side right
    "bar_from": pl.Float64,
    "bar_to": pl.Float64,
    "box_from": pl.Float64,
    "box_to": pl.Float64,
}
NO_FIGURE = "no figure of ours"
NO_GROUP = "no figure of the group"
GROWS = "the figure grows with the size of a place"
TOO_FEW = f"fewer than {FEWEST_FOR_A_SPINE} members with a figure"
BEYOND = "the group's figure lies beyond all of its members"
_OWN = ("value", "comparator_value")
Row = Mapping[str, Any]


def spine(
    compared: Iterable[Row],
    values: pl.DataFrame,
    measures: Mapping[str, Measure],
    members: Mapping[str, Collection[str]],
) -> tuple[pl.DataFrame, dict[str, str]]:
    """A SPINE frame, and of each measure that has no bar why, in their order.

    `compared` are rows of BENCHMARKS of one place and one group, and `values` are VALUES with those
    of the group's members, whose codes are `members` by measure. The place itself counts only where
    it is one of them; otherwise its mark may lie beyond the bar. Right is better, or higher where
    neither side is the good one. Lengths may be compared within a row and not between rows.

    The middle half lies between the 25th and 75th percentiles, by linear interpolation, whatever
    rule the group's table cuts its quartiles by: the bar is of distances, and not of ranks. So it
    is in the spine charts of Scotland's health observatory and of Fingertips, whose scale this is:
    the figure of the group in the middle, and the side that reaches further at the edge.
    """
    found: list[dict[str, Any]] = []
    why: dict[str, str] = {}
    for row in compared:
        measure = measures[row["measure"]]
        row = {**row, **{name: _printed(row[name], measure) for name in _OWN}}
        figures = _figures(values, row, members[measure.id], measure)
        lacking = GROWS if why_no_rank(measure) else _lacking(row, figures)
        if lacking:
            why[measure.id] = lacking
        else:
            found.append(_row(row, figures, measure))
    frame = pl.DataFrame(found, schema={name: SPINE[name] for name in list(SPINE)[:10]})
    return _with_geometry(frame, measures), why


def _printed(value: float | None, measure: Measure) -> float | None:
    """A figure at the precision of the members' figures, beside which it stands."""
    return None if value is None else float(rounded(pl.Series([value]), measure.decimals)[0])


def _figures(
    values: pl.DataFrame, row: Row, members: Collection[str], measure: Measure
) -> pl.Series:
    here = values.filter(
        (pl.col("measure") == row["measure"])
        & (pl.col("period") == row["period"])
        & (pl.col("breakdown") == row["breakdown"])
        & pl.col("place").is_in(list(members))
    )
    return rounded(here["value"].drop_nulls(), measure.decimals)


def _lacking(row: Row, figures: pl.Series) -> str:
    if row["value"] is None:
        return NO_FIGURE
    if row["comparator_value"] is None:
        return NO_GROUP
    if len(figures) < FEWEST_FOR_A_SPINE:
        return TOO_FEW
    low, high = figures.min(), figures.max()
    assert isinstance(low, float) and isinstance(high, float)
    return "" if low <= row["comparator_value"] <= high else BEYOND


def _row(row: Row, figures: pl.Series, measure: Measure) -> dict[str, Any]:
    edges = quartile_edges(figures, measure, TYPE_7)
    assert edges is not None  # there are figures
    return {
        **{name: row[name] for name in ("measure", "period", "against", *_OWN)},
        "least": figures.min(),
        "lower_quarter": edges[0],
        "upper_quarter": edges[2],
        "greatest": figures.max(),
        "with_value": len(figures),
    }


def _with_geometry(frame: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    lower = [measures[id].aim == "lower" for id in frame["measure"]]
    names = ("value", "comparator_value", "least", "greatest", "lower_quarter", "upper_quarter")
    placed = spine_chart(
        *(frame[name].to_numpy() for name in names),
        lower_is_better=np.asarray(lower, dtype=np.bool_),
    )
    columns = zip(("at", "bar_from", "bar_to", "box_from", "box_to"), placed, strict=True)
    return frame.with_columns(**{name: pl.Series(where) for name, where in columns}).select(
        pl.col(name).cast(kind) for name, kind in SPINE.items()
    )
