"""Where the figures of a control chart should be: the line of their target, period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from outturn.framework.model import Measure, Target
from outturn.judgement.facts import adds_up, is_distinct
from outturn.judgement.milestones import alone
from outturn.terms.period import Period, from_key
from outturn.terms.records import KEYS, VERDICTS

_BOUNDED = ["measure", "period", "target_id", "goal_low", "goal_high"]
_FIRST: dict[str, type[pl.DataType]] = {
    **{name: VERDICTS[name] for name in _BOUNDED},
    "_low": pl.Float64,
    "_high": pl.Float64,
}


def with_targets(
    values: pl.DataFrame,
    verdicts: pl.DataFrame | None,
    measures: Mapping[str, Measure],
    targets: Sequence[Target],
) -> pl.DataFrame:
    """The values with `target`: the bound that a figure of its measure must not miss.

    Of an aim without a better side, such as a band, with both bounds instead.
    """
    bounds = {"higher": "milestone_low", "lower": "milestone_high"}
    if verdicts is None:
        none = pl.lit(None, dtype=pl.Float64)
        return values.with_columns(target=none, target_low=none, target_high=none)
    bounded = pl.any_horizontal(pl.col("milestone_low", "milestone_high").is_not_null())
    verdicts = _with_first_alone(verdicts.filter(bounded), measures, targets)
    aims = {one.id: one.aim for one in measures.values()}
    aim = pl.col("measure").replace_strict(aims, default=None, return_dtype=pl.String)
    bound = pl.coalesce(pl.when(aim == word).then(name) for word, name in bounds.items())
    no_side = ~aim.is_in(list(bounds))
    asked = verdicts.select(
        *KEYS,
        target=bound,
        target_low=pl.when(no_side).then("milestone_low"),
        target_high=pl.when(no_side).then("milestone_high"),
    )
    known = pl.any_horizontal(pl.col("target", "target_low", "target_high").is_not_null())
    return values.join(
        asked.filter(known).unique(KEYS), on=list(KEYS), how="left", maintain_order="left"
    )


def _with_first_alone(
    verdicts: pl.DataFrame, measures: Mapping[str, Measure], targets: Sequence[Target]
) -> pl.DataFrame:
    """The verdicts, with the bounds of what begins a target's period as those of what follows.

    April is judged as all since the start of the year, against the milestones. On a chart of months
    it is one of them, and the line of the target must not jump there.
    """
    known = {one.id: one for one in targets}
    adding = {id: is_distinct(one) for id, one in measures.items() if adds_up(one, measures)}
    cells = verdicts.select(_BOUNDED).drop_nulls("target_id").unique()
    found = []
    for id, key, target_id, low, high in cells.rows():
        target, period = known.get(target_id), from_key(key)
        if target is None or id not in adding or not _begins(period, target.period):
            continue
        ends = (alone(one, target, period, adding[id]) for one in (low, high))
        found.append((id, key, target_id, low, high, *ends))
    first = pl.DataFrame(found, _FIRST, orient="row").with_columns(_first=True)
    held = verdicts.join(first, on=_BOUNDED, how="left", maintain_order="left", nulls_equal=True)
    return held.with_columns(
        milestone_low=pl.when("_first").then("_low").otherwise("milestone_low"),
        milestone_high=pl.when("_first").then("_high").otherwise("milestone_high"),
    ).drop("_low", "_high", "_first")


def _begins(period: Period, year: Period) -> bool:
    return period.start == year.start and period.end < year.end
