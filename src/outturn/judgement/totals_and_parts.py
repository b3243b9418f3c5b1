"""Which Counts are parts of which: categories of a whole, places of a place, months of a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import AGGREGATES, Measure
from outturn.judgement.nearest_totals import nearest_totals
from outturn.judgement.tiled_periods import PartOfTime, parts_of_time
from outturn.statistics.columns import Flags, Numbers
from outturn.terms.records import WHOLE

SIDES = ("numerator", "denominator")
MEAN = "mean"
BY = "by "  # begins the name of each sum of categories: a breakdown may be called "periods"
_FLAGS = ("_exact", "_alike", "_full")
_HOW = {"_how": pl.String, "_sign": pl.Float64, **dict.fromkeys(_FLAGS, pl.Boolean)}
_PAIR = ["_total", "_row", *_HOW]


def totals_and_parts(
    rows: pl.DataFrame, counts: Numbers, partnership: Partnership, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    """Each part with its total, as numbers of rows, and of which `SIDES`: a list of flags.

    `counts` has a column for each side. What has no count is stepped over: a series of which some
    months are missing may be told by its quarters, and a locality stands under the country where
    its council has no figure. `_relation` numbers the sums. `_alike` tells that a total may be the
    mean of its parts, so far as the measure and the days say so, and `_full` that the parts are all
    of its days.
    """
    numbered = rows.with_row_index("_row").with_columns(pl.col("_row").cast(pl.Int64))
    there = ~np.isnan(counts)
    found = [
        _pairs(numbered.filter(pl.Series(there[:, side], dtype=pl.Boolean)), partnership, measures)
        for side in range(len(SIDES))
    ]
    marked = [
        pairs.with_columns(pl.lit(at == side).alias(f"_{name}") for at, name in enumerate(SIDES))
        for side, pairs in enumerate(found)
    ]
    sides = [pl.col(f"_{name}").any() for name in SIDES]
    every = pl.concat(marked).group_by(_PAIR, maintain_order=True).agg(sides)
    return every.with_columns(_relation=pl.struct("_total", "_how").rank("dense").cast(pl.Int64))


def of_sides(pairs: pl.DataFrame) -> Flags:
    """A flag for each pair and side, whether the pair is one of the side."""
    return np.column_stack([pairs[f"_{name}"].to_numpy() for name in SIDES]).astype(bool)


def _pairs(
    rows: pl.DataFrame, partnership: Partnership, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    return pl.concat(
        [_categories(rows), _places(rows, partnership, measures), _periods(rows, measures)]
    )


def _categories(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["measure", "place", "period"]
    whole = rows.filter(pl.col("breakdown") == WHOLE).select(*keys, _total="_row")
    parts = rows.filter(pl.col("breakdown") != WHOLE).join(whole, on=keys, maintain_order="left")
    return _plain(parts.with_columns(_how=pl.lit(BY) + pl.col("breakdown")))


def _places(
    rows: pl.DataFrame, partnership: Partnership, measures: Mapping[str, Measure]
) -> pl.DataFrame:
    pairs = _plain(nearest_totals(rows, partnership.places))
    means = [id for id, one in measures.items() if one.aggregate == AGGREGATES[1]]
    of_means = rows.select("_row", _alike=pl.col("measure").is_in(means))
    pairs = pairs.drop("_alike").join(of_means, on="_row", maintain_order="left")
    return pairs.select(_PAIR)


def _plain(pairs: pl.DataFrame) -> pl.DataFrame:
    flags = {name: pl.lit(False) for name in _FLAGS}
    return pairs.with_columns(_sign=pl.lit(1.0), **flags).select(_PAIR)


def _periods(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    series = ["measure", "place", "breakdown", "category"]
    of_series = pl.col("period").unique().sort().str.join(" ").alias("_known")
    lists = rows.group_by(series, maintain_order=True).agg(of_series)
    known = ["measure", "_known"]
    lines = [
        (id, periods, *one)
        for id, periods in lists.select(known).unique(maintain_order=True).iter_rows()
        if id in measures
        for one in _of_measure(measures[id], periods)
    ]
    schema = dict.fromkeys((*known, "period", "_longer"), pl.String)
    inside = pl.DataFrame(lines, schema={**schema, **_HOW}, orient="row")
    totals = rows.select(*series, _longer="period", _total="_row")
    parts = rows.join(lists, on=series, maintain_order="left")
    parts = parts.join(inside, on=[*known, "period"], maintain_order="left")
    return parts.join(totals, on=[*series, "_longer"], maintain_order="left").select(_PAIR)


def _of_measure(measure: Measure, periods: str) -> Iterator[PartOfTime]:
    mean = measure.roll_up == MEAN
    for one in _parts_of_time(periods, measure.roll_up, measure.reported):
        yield one._replace(alike=one.alike and mean)


@lru_cache(maxsize=4096)  # most series of a folder have the same periods
def _parts_of_time(keys: str, roll_up: str, reported: bool) -> list[PartOfTime]:
    return parts_of_time(keys.split(), roll_up, reported=reported)
