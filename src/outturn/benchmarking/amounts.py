"""Which figures grow with the size of a place: by those nobody is better or worse than others."""

from __future__ import annotations

import re

from outturn.framework.model import Measure
from outturn.framework.pounds import after_pounds, larger_pounds

A_COUNT = "A count grows with the size of a place, so places are not ranked by it."
AN_AMOUNT = "An amount of money grows with the size of a place, so places are not ranked by it."
# "£ per 1,000 people", "pounds a death", "£ weekly", "£/week"; no "/" between numbers of a year.
_PRICE = re.compile(
    r"(?<![^\s(])(?:(?:per|an?)\s|each\b|(?:hour|dai|night|week)ly\b)|^\s*/|/\s*[^\W\d]"
)
# "2024", "2024/25", "2024-2025": of which year the prices are makes no price of an amount.
_YEARS = re.compile(r"\b(?:19|20)\d{2}(?:\s*[-–/]\s*\d{2,4})?\b")
# "£ million a year" is what a place spends; "£ a year" may be what one person is paid.
_SPANS = re.compile(r"(?:\b(?:per|an?|each|every)\s+|/\s*)(?:year|annum|quarter|month)\b")


def why_no_rank(measure: Measure) -> str:
    """Why places are not ranked by the measure, in a sentence; empty where they may be.

    A count is not divided by how many there might be. Nor is money, unless its unit says that it
    is a price: so much for one of something.
    """
    if measure.kind == "count":
        return A_COUNT
    return AN_AMOUNT if measure.kind == "money" and not _is_price(measure.unit) else ""


def _is_price(unit: str) -> bool:
    rest, larger = after_pounds(unit), larger_pounds(unit)
    said = _YEARS.sub("", (unit if rest is None else rest.removeprefix(larger)).lower())
    return bool(_PRICE.search(_SPANS.sub("", said) if larger else said))
