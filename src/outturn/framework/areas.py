"""Places, and the groups of them that figures are compared with: frozen records, no rules.

They belong to the records of `model.py`, where they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

AGGREGATES = ("total over total", "mean of members", "published")
QUARTILE_RULES = (  # of a comparator, those of `statistics`
    "rank share", "linear interpolation (type 7)", "PHEindicatormethods", "Fingertips", "NTILE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An area with a code. `parents` has one parent for each hierarchy it belongs to."""

    code: str
    name: str
    kind: str
    parents: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    successor: str = ""
    aliases: tuple[str, ...] = ()  # "name" or "publisher:name"

    def existed(self, day: date) -> bool:
        """Whether the day is one of its own; without dates every day is."""
        return (self.since or date.min) <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Comparator:
    """A named group of places and the rule that makes one figure of them.

    With `nearest`, its members are so many places of `kind` that are most like the partnership's
    own, by the characteristics that `weights` names.
    """

    id: str
    name: str
    members: tuple[str, ...]
    rule: str  # one of AGGREGATES
    edition: str = ""
    place: str = ""  # the place whose published figure is the comparator value, if any
    kind: str = ""  # instead of members: every place of this kind
    nearest: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    quartiles: str = ""  # by whose rule: one of QUARTILE_RULES; empty for outturn's own

    @property
    def full_name(self) -> str:
        return f"{self.name}, {self.edition}" if self.edition else self.name
