"""Which figures grow with the size of a place: by those nobody is better or worse than others."""

from __future__ import annotations

from outturn.framework.model import Measure
from outturn.framework.pounds import after_pounds, larger_pounds

A_COUNT = "A count grows with the size of a place, so places are not ranked by it."
AN_AMOUNT = "An amount of money grows with the size of a place, so places are not ranked by it."
_PRICES = (" per ", " a ", " an ", " each ", "/")  # "£ per hour", "pounds a death", "£/week"


def why_no_rank(measure: Measure) -> str:
    """Why places are not ranked by the measure, in a sentence; empty where they may be.

    A count is not divided by how many there might be. Nor is money, unless its unit says that it
    is a price: so much for one of something.
    """
    if measure.kind == "count":
        return A_COUNT
    return AN_AMOUNT if measure.kind == "money" and not _is_price(measure.unit) else ""


def _is_price(unit: str) -> bool:
    rest = after_pounds(unit)
    said = (unit if rest is None else rest.removeprefix(larger_pounds(unit))).lower()
    return any(word in f" {said} " for word in _PRICES)
