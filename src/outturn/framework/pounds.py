"""Units of money: how they begin, and which are written in pounds and pence."""

from __future__ import annotations

import re

POUNDS = ("£", "GBP", "pounds")
# "£ thousand", "£m", "£000", "£ (in millions)": such a number is no price, with any decimals.
_LARGER = re.compile(
    r"[\s,(]*(in\s+)?(['’]?000|thousand|k\b|mn?\b|bn\b|million|billion)", re.IGNORECASE
)


def after_pounds(unit: str) -> str | None:
    """What follows the pounds of a unit, " per hour" of "£ per hour"; None where it is no money."""
    unit = unit.strip()
    for pounds in POUNDS:
        if unit.startswith(pounds):
            return unit.removeprefix(pounds)
    return None


def in_pence(unit: str) -> bool:
    """Whether a number of the unit is pounds and pence, written with two decimals or with none."""
    rest = after_pounds(unit)
    return rest is not None and not _LARGER.match(rest)
