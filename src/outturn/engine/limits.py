"""The limits of medians and percentiles: two of the values themselves, looked up by their places.

Which places those are follows from how many values there are (`statistics/waits.py`). That is known
only when a histogram has been added up, so it is kept, asked for its sizes, and then read once more
with the places beside it. What reads every row is done before that, and once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from outturn.databases import Dialect, Sql, Step, with_steps
from outturn.statistics.waits import limit_ranks

LIMITS = ("lower", "upper")


def limits_of(dialect: Dialect, at: int) -> list[str]:
    """The values at the two places, null where there is none, to be asked of `running`."""
    return [
        dialect.whole(f"min(case when {side}_{at} > 0 and upto >= {side}_{at} then item end)")
        for side in LIMITS
    ]


def with_places(
    database: Dialect, steps: Sequence[Step], last: Sql, percents: Collection[int], title: str
) -> pl.DataFrame:
    """The rows of `last`, which reads `running`, the last of the steps, with its places beside it.

    `running` has `many`, the size of the group that a row is in.
    """
    *before, running = steps
    database.keep("running_alone", with_steps(before, running.query))
    try:
        sizes = database.rows(title, Sql("select distinct many from running_alone"))
        database.table("places_of_limits", _places(sizes["many"], percents))
        beside = "select r.*, l.* from running_alone r join places_of_limits l on l.size = r.many"
        return database.rows(title, with_steps([Step("running", Sql(beside))], last))
    finally:
        database.forget("running_alone")


def _places(sizes: pl.Series, percents: Collection[int]) -> pl.DataFrame:
    """For each size, the places of the two limits of each percentile; 0 where there is none."""
    number = sizes.cast(pl.Int64)
    places = {"size": number}
    for at in sorted(set(percents)):
        for side, found in zip(LIMITS, limit_ranks(number.to_numpy(), at), strict=True):
            places[f"{side}_{at}"] = pl.Series(found, dtype=pl.Int64)
    return pl.DataFrame(places)
