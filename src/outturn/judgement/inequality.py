"""The slope and the relative index of inequality of each figure, by the nation's own methods.

The two nations' indices are different quantities. By the methods of England the relative index is
one end of the line over the other; by those of Scotland it is the slope over the overall figure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.parts import Floats, Parts, Reasons, repeated
from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.intervals import count_interval, wilson_interval
from outturn.statistics.scottish_inequality import scottish_relative_index, scottish_slope_index
from outturn.statistics.slope_index import (
    DRAWS,
    PROPORTION,
    RATE,
    error_of_limits,
    slope_index,
    slope_index_below,
    slope_index_limits,
)

SEED = 1  # of the draws that make England's limits
BELOW_ZERO = "The line falls to zero or below at an end, so one end over the other says nothing."
NONE_AT_ALL = "There were no events, so there is nothing to be unequal about."
ABOVE_ALL = "In a part the numerator is above the denominator, so it is no proportion."


def inequality(parts: Parts, reasons: Reasons) -> tuple[Estimate, pl.Series]:
    """The index of each figure with its limits, and the name of the limits.

    Further reasons for none are given to `reasons`. England's limits come of draws from those of
    each part, so a part without events, which has no logarithm, leaves the index without limits.
    """
    said = parts.measure.inequality
    assert said is not None
    none = np.nansum(parts.events, axis=1) == 0
    reasons.give(none, NONE_AT_ALL)
    if said.of == PROPORTION:
        reasons.give((parts.events > parts.people).any(axis=1), ABOVE_ALL)
    usable = reasons.sound[:, None]
    events, people = (np.where(usable, one, np.nan) for one in (parts.events, parts.people))
    people = np.where(np.isnan(people), 1.0, people)  # of no use, for the events are missing
    if parts.measure.methods == "Scotland":
        found = _scottish(parts.measure, events, people)
        return found, repeated("Student's t, 95% (Scotland)", len(events))
    found = _english(parts.measure, events, people)
    if said.index == "relative":
        reasons.give(~(found.value > 0) & usable[:, 0], BELOW_ZERO)
    named = f"simulated, {DRAWS:,} draws from seed {SEED}, 95% (England)"
    return found, repeated(named, len(events))


def _scottish(measure: Measure, events: Floats, people: Floats) -> Estimate:
    said = measure.inequality
    assert said is not None
    found = scottish_slope_index(events * measure.per / people, people)
    if said.index == "relative":
        overall = np.nansum(events, axis=1) * measure.per / people.sum(axis=1)
        found = scottish_relative_index(found, np.where(overall > 0, overall, np.nan))
    if said.high_is == "good":
        return Estimate(-found.value, -found.upper, -found.lower)
    return found


def index_below(parts: Parts, levels: Floats) -> Floats:
    """The chance that the index of each figure is below each level, as its own limits were made.

    `levels` is (figures, levels), in the unit of the index. Of figures that have limits.
    """
    said = parts.measure.inequality
    assert said is not None
    drawn = _to_be_drawn(parts.measure, parts.events, parts.people)
    return slope_index_below(
        drawn.value,
        parts.people,
        drawn.error,
        levels,
        seed=SEED,
        index=said.index,
        kind=drawn.kind,
        per=drawn.per,
    )


class _ToBeDrawn(NamedTuple):
    """The figures of each part, with their errors on the scale of their kind."""

    value: Floats
    error: Floats
    kind: str
    per: float


def _to_be_drawn(measure: Measure, events: Floats, people: Floats) -> _ToBeDrawn:
    said = measure.inequality
    assert said is not None
    kind = PROPORTION if said.of == PROPORTION else RATE
    unit = 1.0 if kind == PROPORTION else measure.per
    per = (measure.per if kind == PROPORTION else 1.0) * (-1 if said.high_is == "bad" else 1)
    drawn = (events > 0) & ((events < people) | (kind == RATE))
    error = np.full(events.shape, np.nan)
    whole = drawn.all(axis=1)
    error[whole] = _error(events[whole], people[whole], kind)
    return _ToBeDrawn(events * unit / people, error, kind, per)


def _english(measure: Measure, events: Floats, people: Floats) -> Estimate:
    """The index and, where every part has some events, its limits."""
    said = measure.inequality
    assert said is not None
    value, error, kind, per = _to_be_drawn(measure, events, people)
    found = slope_index(value, people, kind=kind, per=per)
    drawn = ~np.isnan(error).any(axis=1)
    lower, upper = (np.full(len(events), np.nan) for _ in range(2))
    if drawn.any():
        limits = slope_index_limits(
            value[drawn], people[drawn], error[drawn], seed=SEED, kind=kind, per=per
        )
        chosen: Interval = limits.sii if said.index == "slope" else limits.rii
        lower[drawn], upper[drawn] = chosen.lower, chosen.upper
    return Estimate(found.sii if said.index == "slope" else found.rii, lower, upper)


def _error(events: Floats, people: Floats, kind: str) -> Floats:
    """The standard error of each part on the scale that is drawn on, from its own limits."""
    if kind == PROPORTION:
        return error_of_limits(*wilson_interval(events, people), PROPORTION)
    limits = count_interval(events)
    return error_of_limits(limits.lower / people, limits.upper / people, RATE)
