"""Units of money: how they begin, and which are written in pounds and pence."""

from __future__ import annotations

import re

POUNDS = ("£", "GBP", "pounds")
# "£ thousand", "£m", "£000", "£ (in millions)": such a number is no price, with any decimals.
_LARGER = re.compile(
    r"[\s,(]*(?:in\s+)?(['’]?000s?\b|thousands?|k\b|mn?\b|bn\b|millions?|billions?)\)?",
    re.IGNORECASE,
)
_WORDS = {"000": " thousand", "thousand": " thousand", "million": " million", "billion": " billion"}


def after_pounds(unit: str) -> str | None:
    """What follows a number in pounds, " per hour" of "£ per hour"; None where it is no money.

    A larger unit is said as one says it: " thousand" of "£000", "m" of "£ (m)".
    """
    rest = _rest(unit)
    found = _LARGER.match(rest) if rest is not None else None
    if rest is None or not found:
        return rest
    return larger_pounds(unit) + rest[found.end() :]


def larger_pounds(unit: str) -> str:
    """The larger unit that a number of pounds is in: " thousand", "m"; empty for pounds."""
    found = _LARGER.match(_rest(unit) or "")
    word = found[1].lower().lstrip("'’").removesuffix("s") if found else ""
    return _WORDS.get(word, word)


def _rest(unit: str) -> str | None:
    unit = unit.strip()
    for pounds in POUNDS:
        if unit.startswith(pounds):
            return unit.removeprefix(pounds)
    return None


def in_pence(unit: str) -> bool:
    """Whether a number of the unit is pounds and pence, written with two decimals or with none."""
    return after_pounds(unit) is not None and not larger_pounds(unit)
