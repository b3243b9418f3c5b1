"""Improvers: peers who once stood where a place stands now, and have got better since.

They are the ones to ask how: they began where we are. Both ends are held against chance where the
figures have limits, and against the spread of the group where they have none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from outturn.framework.model import Measure
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE

Row = dict[str, Any]  # of VALUES
ALIKE = 0.25  # standard deviations of the group's figures that are nothing to speak of


@dataclass(frozen=True, slots=True)
class Improver:
    """A peer: when it stood where the place stands now, and how far it has come."""

    place: str
    since: str  # the key of the latest period in which it stood there and from which it improved
    then: float
    now: float
    is_beyond_chance: bool  # told by limits; otherwise by the spread of the group


def improvers(
    values: pl.DataFrame, measure: Measure, peers: Collection[str], home: str, period: Period
) -> list[Improver]:
    """The peers that improved, the farthest come first.

    A peer stood where home stands in `period` when its figure of an earlier period of the same
    length lay within home's limits; it has got better when its limits of then and now do not
    touch. Of several such periods the latest is told from which it has: one that rose steadily may
    have stood there a year ago too, when it was nearly where it is now. Where either has no limits,
    within and beyond a quarter of a standard deviation of the group's figures in `period`. Nothing
    is compared across a break in the series, and a measure without a better side has no improvers.
    """
    if measure.aim not in ("higher", "lower"):
        return []
    rows = values.filter(
        (pl.col("measure") == measure.id)
        & (pl.col("breakdown") == WHOLE)
        & pl.col("place").is_in([*peers, home])
        & pl.col("value").is_not_null()
    ).select("place", "period", "value", "lower", "upper")
    now = {one["place"]: one for one in rows.filter(period=period.key).iter_rows(named=True)}
    if home not in now:
        return []
    spread = rows.filter(period=period.key)["value"].std(ddof=0)
    width = ALIKE * float(spread) if isinstance(spread, float) else 0.0
    earlier = _earlier(rows, measure, period)
    found = []
    for place in dict.fromkeys(peers):
        if place == home or place not in now:
            continue
        stood = [
            one
            for one in earlier
            if one["place"] == place and _alike(now[home], one["value"], width)
        ]
        today = now[place]
        better = [one for one in stood if _is_better(one, today, measure, width)]
        if better:
            last = better[-1]
            told = last["lower"] is not None and today["lower"] is not None
            found.append(Improver(place, last["period"], last["value"], today["value"], told))
    return sorted(found, key=lambda one: (-abs(one.now - one.then), one.place))


def _earlier(rows: pl.DataFrame, measure: Measure, period: Period) -> Sequence[Row]:
    """The rows of earlier periods of the same length that may be compared, in order."""
    keys = [from_key(key) for key in rows["period"].unique()]
    usable = [
        one
        for one in keys
        if (one.count, one.unit) == (period.count, period.unit)
        and one.end < period.start
        and measure.break_between(one, period) is None
    ]
    order = {one.key: at for at, one in enumerate(sorted(usable, key=lambda one: one.end))}
    chosen = rows.filter(pl.col("period").is_in(list(order))).rows(named=True)
    return sorted(chosen, key=lambda one: order[one["period"]])


def _alike(home: Row, value: float, width: float) -> bool:
    if home["lower"] is not None:
        return bool(home["lower"] <= value <= home["upper"])
    return bool(abs(home["value"] - value) <= width)


def _is_better(then: Row, now: Row, measure: Measure, width: float) -> bool:
    up = measure.aim == "higher"
    if then["lower"] is not None and now["lower"] is not None:
        return bool(now["lower"] > then["upper"] if up else now["upper"] < then["lower"])
    change = now["value"] - then["value"]
    return bool((change if up else -change) > width)
