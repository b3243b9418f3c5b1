"""The sixty measures in Polars, as one writes them there: competent, and not tuned.

Every measure reads only the columns and rows that it needs. Figures come out as those of
`events_by_hand.py` do, but for the zeros of places without any, which cost nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from events_table import ASKED, COUNTRY, FIRST, MONTHS

LOW = FIRST.year * 12 + FIRST.month
WAYS = {"all": [], "age": ["age_band"], "sex": ["sex"]}
NAMES = ["measure", "place", "month", "breakdown", "category", "numerator", "denominator"]


def _fraction(how: dict[str, Any]) -> tuple[int, int]:
    return (1, 2) if how["how"] == "median" else (9, 10)


def by_polars(files: list[Path]) -> int:
    """How many figures there are."""
    signs: dict[str, Any] = {
        "is": lambda column, bound: column == bound,
        "at_most": lambda column, bound: column <= bound,
        "above": lambda column, bound: column > bound,
        "one_of": lambda column, bound: column.is_in(list(bound)),
    }
    month = pl.col("started").dt.year().cast(pl.Int32) * 12 + pl.col("started").dt.month()
    events = pl.scan_parquet(files).with_columns(month=month)
    figures = 0
    for _, how, rules, _ in ASKED:
        rows = events
        for column, word, bound in rules:
            rows = rows.filter(signs[word](pl.col(column), bound))
        for keys in WAYS.values():
            for place in (["council"], []):
                figures += _polars(rows, how, [*place, "month", *keys]).height
    return figures


def _polars(rows: pl.LazyFrame, how: dict[str, Any], keys: list[str]) -> pl.DataFrame:
    kind = how.get("how", "count")
    if kind == "count":
        return rows.group_by(keys).agg(pl.len()).collect(engine="streaming")
    if kind == "distinct":
        each = rows.group_by([*keys, "person"]).agg(pl.len())
        each = each.filter(pl.col("len") >= how.get("times", 1))
        return each.group_by(keys).agg(pl.len()).collect(engine="streaming")
    if kind == "open":
        ended = pl.col("ended").dt.year().cast(pl.Int32) * 12 + pl.col("ended").dt.month()
        groups = [one for one in keys if one != "month"]
        first, past = pl.col("month") - LOW, ended.fill_null(LOW + MONTHS).clip(None, LOW + MONTHS)
        bits = (pl.lit(1, pl.Int64) * 2 ** (past - LOW).cast(pl.UInt32)).cast(pl.Int64)
        bits -= (pl.lit(1, pl.Int64) * 2 ** first.cast(pl.UInt32)).cast(pl.Int64)
        people = rows.with_columns(bits=bits).group_by([*groups, "person"])
        alike = people.agg(pl.col("bits").bitwise_or()).group_by([*groups, "bits"]).agg(pl.len())
        found = alike.collect(engine="streaming")
        each = [
            found.filter((pl.col("bits") // 2**number) % 2 == 1)
            .group_by(groups or pl.lit(0))
            .agg(pl.col("len").sum())
            for number in range(MONTHS)
        ]
        return pl.concat(each)
    part, parts = _fraction(how)
    value = pl.col("days").quantile(part / parts, "linear")
    return rows.drop_nulls("days").group_by(keys).agg(value, pl.len()).collect(engine="streaming")


def said() -> str:
    return f"of the country {COUNTRY}"
