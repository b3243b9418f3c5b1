"""The entries of the ledger of targets, and what is said beside them: frozen records, no rules.

They belong to the records of `model.py`, where they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from outturn.terms.period import Period
from outturn.terms.records import WHOLE

TOLERANCES = ("points", "percent_of_target", "count", "statistical", "none")
PROFILES = ("flat", "straight line", "last year")


@dataclass(frozen=True, slots=True)
class Goal:
    """What would meet a target: one word of GOALS and its numbers.

    `no_worse_than` names a past period; `change_percent` is a change from a base period, once or
    `each_year`; `peer_percentile` is a percentile of a comparator group in a past period.
    """

    word: str
    numbers: tuple[float, ...] = ()
    period: Period | None = None
    each_year: bool = False
    comparator: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """Where the figure should be by the end of a period on the way to the target."""

    by: date
    value: float


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far outside the goal is still "close", in the measure's own terms.

    A statistical one has no amount: as far as the figure's own 95% limits reach.
    """

    word: str = "none"  # one of TOLERANCES
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Baseline:
    value: float
    period: Period
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed a target, where, when and why."""

    by: str
    where: str = ""
    on: date | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of the ledger. An old entry is superseded by a new one, never edited.

    A figure is judged unrounded unless `rounded_to` gives the decimals at which it and the goal
    are compared (half away from zero). A figure equal to a strict limit does not meet it unless
    `at_limit` is true.
    """

    id: str
    measure: str
    period: Period
    goal: Goal
    agreed: Agreement
    file: str = ""
    place: str = ""  # empty: the partnership itself
    breakdown: str = WHOLE
    category: str = WHOLE
    tolerance: Tolerance = field(default_factory=Tolerance)
    baseline: Baseline | None = None
    milestones: tuple[Milestone, ...] = ()
    profile: str = ""  # empty: straight line for counts that add up, flat for the rest
    rounded_to: int | None = None
    at_limit: bool = False
    supersedes: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredEvent:
    """Something that is known to come: a ward opens, a policy begins. Its size is declared.

    From the month or quarter of `since` on each period is `percent` more than it would have been,
    or less below zero; or `amount` is added to it. Of a proportion or a rate that is divided anew
    for each period, the numerator changes. Exactly one of the two is given.
    """

    measure: str
    since: date
    because: str
    percent: float | None = None
    amount: float | None = None
    file: str = ""
    place: str = ""  # empty: the partnership itself


@dataclass(frozen=True, slots=True)
class Override:
    """A status set aside: only with a reason and the name of a role, and always shown."""

    measure: str
    period: Period
    which: str  # "now" or "year end"
    status: str
    because: str
    role: str
    on: date
    place: str = ""
