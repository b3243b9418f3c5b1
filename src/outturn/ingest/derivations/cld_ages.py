"""Age as England's national method has it: days of life by the length of a year, whole part.

It is a year too low on many birthdays; the age in completed years stands beside it in each table.
"""

from __future__ import annotations

from outturn.databases import Dialect
from outturn.ingest.derivations.model import Asked


def age_by_days(database: Dialect, asked: Asked, born: str, day: str) -> str:
    """Days from birth to a day, divided by the year of the method and cut down to a whole number.

    The method gives the days of four years (1,461), so that everything stays whole.
    """
    days, four_years = database.days(born, day), asked.number("days_of_four_years")
    after = database.floor_div(f"4 * {days}", str(four_years))
    before = database.floor_div(f"{four_years - 1} - 4 * {days}", str(four_years))
    return f"case when {days} >= 0 then {after} else -{before} end"
