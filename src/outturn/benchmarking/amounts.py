"""Which figures grow with the size of a place: by those nobody is better or worse than others."""

from __future__ import annotations

import re

from outturn.framework.model import Measure
from outturn.framework.pounds import after_pounds, larger_pounds

A_COUNT = "A count grows with the size of a place, so places are not ranked by it."
AN_AMOUNT = "An amount of money grows with the size of a place, so places are not ranked by it."
# "million pounds", "thousands of pounds": the larger unit may also stand before the money.
_LARGER_FIRST = re.compile(
    r"(?:in\s+)?(?:['’]?000s?|thousands?|millions?|billions?|k|mn?|bn)\s+(?:of\s+)?(?:£|(?:gbp|pounds)\b)"
)
# Money that is no pounds, and is said in the same words: "pence/mile".
_OTHER_MONEY = re.compile(r"\s*(?:€|\$|(?:pence|p|euros?)\b)", re.IGNORECASE)
# "2024", "2024/25", "2024-2025": of which year the prices are makes no price of an amount.
_YEARS = re.compile(r"\b(?:19|20)\d{2}(?:\s*[-–/]\s*\d{2,4})?\b")
# Lengths of time, also "12 months" and "a full financial year"; "per bed year" is no such length,
# nor is a day case or a day centre.
_LENGTH = (
    r"(?:(?:\d+|one|two|three|four|six|twelve|full|whole|single|calendar|financial|fiscal|tax)[\s-]+)*"
    r"(?:years?|yrs?|annum|half[\s-]years?|quarters?|qtrs?|months?|mths?|fortnights?|weeks?|wks?"
    r"|days?(?![\s-]+(?:case|cent|place|service)))\b"
)
# "p.a.", "pcm", "p/w", and "weekly": a span of time in one word.
_SHORT = r"(?<!\w)p(?:\s?[./]\s?)?(?:a|w|c\.?m|m)\b\.?"
_ADVERB = r"\b(?:[a-z]+-)?(?:dai|week|fortnight|month|quarter|year|annual)ly\b"
# "£ million a year" is what a place spends; "£ a year" may be what one person is paid.
_SPANS = re.compile(rf"(?:\b(?:per|an?|each|every)\s+|/\s*)(?:an?\s+)?{_LENGTH}|{_SHORT}|{_ADVERB}")
# What is said of money beside a slash, as in "gross/net", and by what a slash may follow it.
_SAID_OF_MONEY = r"(?:gross|net|cash|real|nominal|current|constant|cost|spend|spending)\b"
# "£ per 1,000 people", "pounds a death", "£ weekly", "£/week", "£ gross/bed". A slash between two
# words of one kind, as of "health/social care", divides nothing, nor does "on a cash basis".
_PRICE = re.compile(
    r"(?<![^\s(])(?:(?:per\s+(?!cent\b)|(?<!\b(?:on|as|at|of|to|by)\s)an?\s+|every\s+)\w|each\b)"
    rf"|(?:^[\s(]*|\)\s*|\b{_SAID_OF_MONEY}\s*)/\s*(?!{_SAID_OF_MONEY})\w"
    rf"|{_SHORT}|{_ADVERB}|\b(?:hour|night)ly\b"
)


def why_no_rank(measure: Measure) -> str:
    """Why places are not ranked by the measure, in a sentence; empty where they may be.

    A count is not divided by how many there might be. Nor is money, unless its unit says that it
    is a price: so much for one of something.
    """
    if measure.kind == "count":
        return A_COUNT
    return AN_AMOUNT if measure.kind == "money" and not _is_price(measure.unit) else ""


def _is_price(unit: str) -> bool:
    rest, is_larger = _of_money(unit)
    said = _YEARS.sub("", rest)
    return bool(_PRICE.search(_SPANS.sub("", said) if is_larger else said))


def _of_money(unit: str) -> tuple[str, bool]:
    """What the unit says of the money, in small letters, and whether that is in a larger unit."""
    unit = _OTHER_MONEY.sub("£", unit, count=1) if _OTHER_MONEY.match(unit) else unit
    rest, larger = after_pounds(unit), larger_pounds(unit)
    if rest is not None:
        return rest.removeprefix(larger).lower(), bool(larger)
    said = unit.strip().lower()
    first = _LARGER_FIRST.match(said)
    return (said[first.end() :], True) if first else (said, False)
