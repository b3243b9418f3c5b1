"""Groups of ages, as a method file names them: `["18-64", "65-74", "75plus"]`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GROUP = re.compile(r"(\d+)(?:-(\d+)|plus)")


def bounds(group: str) -> tuple[int, int | None]:
    """The youngest and the oldest age of a group, in whole years; None where it has no end."""
    found = _GROUP.fullmatch(group)
    if not found:
        raise ValueError(f"not a group of ages: {group!r}")
    youngest, oldest = found.groups()
    if oldest and int(oldest) < int(youngest):
        raise ValueError(f"a group of ages that ends before it begins: {group!r}")
    return int(youngest), int(oldest) if oldest else None


def age_group(age: int | None, groups: Sequence[str]) -> str | None:
    """The group that an age belongs to, if any."""
    for one in groups:
        youngest, oldest = bounds(one)
        if age is not None and youngest <= age and (oldest is None or age <= oldest):
            return one
    return None


def group_of(age: str, groups: Sequence[str]) -> str:
    """The same as a piece of SQL; `age` is an expression, and a group is a checked text."""
    cases = []
    for one in groups:
        youngest, oldest = bounds(one)
        upper = "" if oldest is None else f" and {age} <= {oldest}"
        cases.append(f"when {age} >= {youngest}{upper} then '{one}'")
    return f"case {' '.join(cases)} end"
