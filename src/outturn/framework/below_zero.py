"""Which measures may have figures below zero: money, balances, and what is taken from another."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.framework.model import Measure

_NEVER = ("count", "rate", "proportion", "standardised rate", "standardised ratio")


def may_be_below_zero(measure: Measure, measures: Mapping[str, Measure]) -> bool:
    """Whether a figure of the measure can be below zero, by its kind or by what it is made of.

    Of parts that no definition describes, and of a formula in a circle, nothing is known: they may.
    """
    return _may(measure, measures, ())


def _may(measure: Measure, measures: Mapping[str, Measure], above: tuple[str, ...]) -> bool:
    formula = measure.formula
    if formula is None:
        return measure.kind not in _NEVER
    if formula.word == "difference" or any(one < 0 for one in formula.weights):
        return True
    way = (*above, measure.id)
    return any(
        part in way or part not in measures or _may(measures[part], measures, way)
        for part in formula.parts
    )
