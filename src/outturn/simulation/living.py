"""How many people live in the council in the middle of a year, for rates of the library."""

from __future__ import annotations

from outturn.simulation.breakdowns import SEXES
from outturn.simulation.people import People
from outturn.simulation.tables import AGE_GROUPS, mid_year
from outturn.simulation.truth import Per
from outturn.terms.period import Period

EVERYBODY, ADULT, OLDER, OLDEST = "0-17", "18-64", "65-74", "75-84"  # where each begins


class Living:
    """Residents on 30 June of the calendar year in which a period begins."""

    def __init__(self, people: People) -> None:
        years = range(people.window.start.year, people.window.end.year + 1)
        self._counted = {year: mid_year(people, year).reshape(-1, len(SEXES)) for year in years}

    def per(self, first: str, last: str = AGE_GROUPS[-1]) -> Per:
        """Those of the age groups from `first` to `last`; a part among that sex or age."""
        groups = slice(AGE_GROUPS.index(first), AGE_GROUPS.index(last) + 1)

        def number(period: Period, breakdown: str, category: str) -> int:
            counted = self._counted[period.start.year][groups]
            if breakdown == "sex":
                counted = counted[:, SEXES.index(category)]
            elif breakdown == "age":
                counted = self._counted[period.start.year][AGE_GROUPS.index(category)]
            return int(counted.sum())

        return number
