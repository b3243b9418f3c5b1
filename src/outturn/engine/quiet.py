"""A base period in which no place has a row, between others that have some: chance, or a gap.

Of events that come by chance, so many in a month on average, no month at all is empty with a
probability of more than e to the power of minus that mean. Where five or more were to be expected
in the empty time, that is less than 0.7 per cent: it is no chance, and it was not supplied. Where
fewer were, nothing happened. Several empty base periods on end are one time: three months of a
table with two rows a month had six to come, and were not supplied.

It holds of tables of events alone (`Contract.events`). A figure that a place reports of each month
does not come by chance, nor do rows of those who come back from period to period: of four people
who have care at home in each week, no week is empty by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from outturn.terms.period import Period

EXPECTED = 5  # rows; the chance of none is e to the power of -5, 0.7 per cent


@dataclass(frozen=True, slots=True)
class Usual:
    """How many rows a table has in how many base periods: those that its records cover.

    `contracts.reach` says which: a stray row of long ago makes no time of few rows.
    """

    rows: int
    bases: int

    def explains(self, empty: int) -> bool:
        """Whether so many empty base periods on end are chance: nothing is divided.

        >>> Usual(rows=59, bases=12).explains(1), Usual(rows=60, bases=12).explains(1)
        (True, False)
        """
        return self.rows * empty < EXPECTED * self.bases


def quiet(
    bases: Sequence[Period], found: AbstractSet[Period], usual: Collection[Usual]
) -> Iterator[Period]:
    """The base periods without rows that chance explains, of each of the tables that had none.

    `bases` are all, in order, from the first of those `found` to the last. Without a table that
    tells what is usual, nothing is chance.
    """
    run: list[Period] = []
    for base in bases if usual else ():
        if base not in found:
            run.append(base)
            continue
        if all(one.explains(len(run)) for one in usual):
            yield from run
        run = []
