"""Medians and percentiles beside counts of the same column: the one may tell the other.

Of nine waits the middle one is 22 days, so at most four were over within 14 days; and where a
quarter waited 8 days and a third 17, it is three. What protects counts knows nothing of what stands
at which place in an order. So a percentile is not told where it bounds a withheld count narrowly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import polars as pl

from outturn.framework.model import Measure, Tally
from outturn.judgement.parts_of_denominators import lets_through
from outturn.judgement.relations_that_bound import is_number
from outturn.judgement.selections import sides_of
from outturn.statistics.columns import Flags
from outturn.statistics.disclosure_policies import Policy
from outturn.terms.records import Absent

_KEYS = ("place", "period", "breakdown", "category")
_TWO_SIDED = 1.96  # standard errors of the limits of a percentile, in ranks
_SLACK = 2  # ranks: how far a way of working out a percentile may lie beside another


def telling_percentiles(
    told: pl.DataFrame, measures: Mapping[str, Measure], policy: Policy
) -> Flags:
    """The rows of percentiles that leave a suppressed count less room than the policy asks.

    A flag for each of the Counts. A count is compared with the percentiles of a column that its
    conditions bound, of the same table, place, period and category, where one of the two is of no
    rows but the other's. All percentiles of that column, and their limits, are taken together.
    """
    found = np.zeros(told.height, bool)
    pairs = pl.DataFrame(
        list(_pairs(measures)),
        schema={"counted": pl.String, "ranked": pl.String, "group": pl.Int64, "bound": pl.Float64},
        orient="row",
    )
    if pairs.is_empty() or not policy.withholds:
        return found
    rows = told.with_row_index("_row")
    suppressed = pl.col("absent") == str(Absent.SUPPRESSED)
    hidden = rows.filter(suppressed.fill_null(False)).select(*_KEYS, counted="measure", _of="_row")
    points = _points(rows, measures)
    beside = hidden.join(pairs, on="counted").join(points, on=["ranked", *_KEYS])
    at_most = pl.col("value") <= pl.col("bound")
    asked = ["_of", "group", "bound"]
    room = beside.with_columns(
        room=pl.when(~at_most).then("rank").min().fill_null(pl.col("n").max()).over(asked)
        - pl.when(at_most).then("rank").max().fill_null(0.0).over(asked)
    )
    narrow = room.filter(pl.col("room") < policy.leaves - 1 + _SLACK)
    found[narrow["_row"].unique().to_numpy()] = True
    return found


def _points(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """How many of the `n` in order lie up to a `value`: its `rank`, of percentiles and limits."""
    ranked = _ranked(measures)
    schema = {"ranked": pl.String, "parts": pl.Float64, "share": pl.Float64}
    facts = pl.DataFrame(
        [(id, float(one.percentile[1]), one.at / 100) for id, one in ranked.items()],
        schema=schema,
        orient="row",
    )
    told = rows.rename({"measure": "ranked"}).join(facts, on="ranked", maintain_order="left")
    told = told.filter(pl.col("numerator").is_not_null() & (pl.col("denominator") > 0))
    n, share = pl.col("denominator"), pl.col("share")
    apart = _TWO_SIDED * (n * share * (1 - share)).sqrt()
    ends = (
        (pl.col("numerator") / pl.col("parts"), pl.lit(0.0)),
        (pl.col("lower"), -apart),
        (pl.col("upper"), apart),
    )
    points = [
        told.select("_row", "ranked", *_KEYS, n=n, value=value, rank=(n * share + off).clip(0, n))
        for value, off in ends
    ]
    return pl.concat(points).filter(pl.col("value").is_not_null())


def _ranked(measures: Mapping[str, Measure]) -> dict[str, Tally]:
    return {
        id: one.numerator
        for id, one in measures.items()
        if one.numerator and one.numerator.is_histogram
    }


def _pairs(measures: Mapping[str, Measure]) -> Iterator[tuple[str, str, int, float]]:
    """Each count with each percentile of a column that it bounds, and the bounds.

    Percentiles of one column, that bound one count, are of one group.
    """
    ranked = _ranked(measures)
    columns = {one.column for one in ranked.values()}
    groups: dict[tuple[object, ...], int] = {}
    for id, measure in measures.items():
        sides = [] if id in ranked else [tally for _, tally in sides_of(measure)]
        for tally in sides:
            for column in sorted(columns & {one.column for one in tally.where}):
                bounds = _last_within(tally, column)
                group = groups.setdefault((id, tally, column), len(groups))
                for other, bound in product(ranked, sorted(bounds)):
                    if _compare(tally, ranked[other], column):
                        yield id, other, group, bound


def _compare(tally: Tally, ranked: Tally, column: str) -> bool:
    """Whether a count and a percentile of the column are of the same rows, or one of some of the
    other's."""
    alike = (tally.table, tally.on, column) == (ranked.table, ranked.on, ranked.column)
    rest = tuple(one for one in tally.where if one.column != column)
    own = tuple(one for one in ranked.where if one.column != column)
    return alike and (lets_through(own, rest) or lets_through(rest, own))


def _last_within(tally: Tally, column: str) -> set[float]:
    """The whole numbers after which its conditions on a column part what is counted from the rest.

    Below 14 and at least 14 part after 13; at most 14 and above 14 after 14; 14 itself after both.
    """
    before, after = ("below", "at_least"), ("at_most", "above")
    found = set()
    for one in tally.where:
        numbers = [each for each in one.bounds if is_number(each)] if one.column == column else []
        found |= {each - 1.0 for each in numbers if one.word not in after}
        found |= {float(each) for each in numbers if one.word not in before}
    return found
