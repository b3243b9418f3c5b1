"""The sixty measures in pandas, as one writes them there: competent, and not tuned.

Needs nothing of outturn, so that pandas may live in an environment of its own: what is asked comes
as JSON, followed by the files.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

WAYS: dict[str, list[str]] = {"all": [], "age": ["age_band"], "sex": ["sex"]}


def by_pandas(files: Sequence[str], asked: Sequence[Any], low: int, months: int) -> int:
    """How many figures there are."""
    import pandas as pd

    signs: dict[str, Any] = {
        "is": lambda column, bound: column == bound,
        "at_most": lambda column, bound: column <= bound,
        "above": lambda column, bound: column > bound,
        "one_of": lambda column, bound: column.isin(bound),
    }
    events = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    started, ended = (pd.to_datetime(events[one]).dt for one in ("started", "ended"))
    events["month"] = started.year * 12 + started.month
    events["past"] = (ended.year * 12 + ended.month).fillna(low + months).clip(None, low + months)
    for column in ("council", "age_band", "sex", "event", "setting", "sequel"):
        events[column] = events[column].astype("category")
    figures = 0
    for _, how, rules, _ in asked:
        rows = events
        for column, word, bound in rules:
            rows = rows[signs[word](rows[column], bound)]
        for keys in WAYS.values():
            for place in (["council"], []):
                figures += len(_counted(pd, rows, how, [*place, "month", *keys], low, months))
    return figures


def _counted(
    pd: Any, rows: Any, how: dict[str, Any], keys: list[str], low: int, months: int
) -> Any:
    kind = how.get("how", "count")
    if kind == "count":
        return rows.groupby(keys, observed=True).size()
    if kind == "distinct" and how.get("times", 1) == 1:
        return rows.groupby(keys, observed=True)["person"].nunique()
    if kind == "distinct":
        each = rows.groupby([*keys, "person"], observed=True).size()
        return each[each >= how["times"]].groupby(level=keys, observed=True).size()
    if kind == "open":
        groups = [one for one in keys if one != "month"]
        found = []
        for number in range(months):
            there = rows[(rows["month"] <= low + number) & (rows["past"] > low + number)]
            if groups:
                found.append(there.groupby(groups, observed=True)["person"].nunique())
            else:
                found.append(pd.Series([there["person"].nunique()]))
        return pd.concat(found)
    part, parts = (1, 2) if how["how"] == "median" else (9, 10)
    days = rows.dropna(subset=["days"]).groupby(keys, observed=True)["days"]
    return days.agg(["count", lambda column: column.quantile(part / parts)])


def told() -> int:
    wanted = json.loads(sys.argv[1])
    first = date.fromisoformat(wanted["first"])
    begun = time.perf_counter()
    try:
        by_pandas(sys.argv[2:], wanted["asked"], first.year * 12 + first.month, wanted["months"])
    except ImportError as error:
        print(json.dumps({"why": f"{error.name} is not installed"}))
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = {"wall": time.perf_counter() - begun, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps({**spent, "peak": used.ru_maxrss / 1024}))
    return 0


if __name__ == "__main__":
    sys.exit(told())
