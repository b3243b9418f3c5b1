"""What a measure says whose figure is made of the counts of its parts: frozen records, no rules.

The parts are the categories of one of its breakdowns: bands of age, or groups by deprivation.
"""

from __future__ import annotations

from dataclasses import dataclass

EUROPEAN = "European 2013"
STANDARDS = (EUROPEAN,)  # standard populations; else what is standardised to is a place or group
INDICES = ("slope", "relative")
SPREADS = ("rate", "proportion")  # what each part's figure is: events for people, or a share
HIGH_IS = ("bad", "good")
RATE, RATIO, INEQUALITY, LIFE = (
    "standardised rate", "standardised ratio", "inequality", "life expectancy",
)  # fmt: skip
PARTS_UNKNOWN = "It is made of the counts of its parts, which were not reported."
PARTED = (RATE, RATIO, INEQUALITY, LIFE)  # kinds whose figures are made of those of their parts


@dataclass(frozen=True, slots=True)
class Standardise:
    """To what a figure is standardised for age: as if the place had the ages of another.

    To a standard population, directly: each band's own rate, weighted by the standard's people. To
    a place, or a group of places together, indirectly: the events that were counted over those
    expected had each band had the rate of that place in the same period. A ratio is that times
    `per`; a rate is the ratio times the rate of all in that place. Of the categories that `by` has
    each is a band of age; together they leave out no age between the youngest and the oldest, and
    those that lie in one of the standard's five-year bands are counted as one.
    """

    by: str  # the name of the breakdown
    to: str  # one of STANDARDS, the code of a place, or the id of a comparator

    @property
    def directly(self) -> bool:
        return self.to in STANDARDS


@dataclass(frozen=True, slots=True)
class Inequality:
    """How far a figure differs along a line from the most to the least deprived.

    The categories that `by` has are groups of people in order, the most deprived first. Each has
    its own figure, the numerator times `per` over the denominator, and as large a share of the line
    as of the denominator. Above 0, and of England's relative index above 1, the most deprived are
    worse off, whether high is bad or good. So the aim is to come closest to that.
    """

    by: str
    index: str  # one of INDICES
    of: str = SPREADS[0]
    high_is: str = HIGH_IS[0]


@dataclass(frozen=True, slots=True)
class LifeTable:
    """Years that a person of an age may expect to live, were the deaths of the period to last.

    The numerator counts deaths and the denominator people, in the 20 bands of an abridged life
    table: 0, 1-4, 5-9 and so on to 90+. Narrower categories are counted together.
    """

    by: str
    at: int = 0  # the age, at which one of the bands begins
