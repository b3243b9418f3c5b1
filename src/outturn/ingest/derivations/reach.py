"""How far back the records of a table reach, where a row of it is sent when it ends.

The usual extract holds what ended from some day on, and what lasts. Of the days before that day it
knows only those of whoever stayed until after it: a small part, which looks like a figure. So the
months before the first in which a record ended are not covered. An extract begins for all of its
places at once, so the first end is looked for in all that a source holds; a place of several
sources is covered from the first of them on.
"""

from __future__ import annotations

from outturn.databases import Sql, Step, month_number


def reach(table: str, end: str) -> tuple[Step, ...]:
    """`reach_of_places`: for each place the first day on which a record of its sources ended.

    Empty where none ended: such an extract tells of the people of one day, and covers no month.
    """
    sources = Sql(f"select source, min({end}) as reached_on from {table} group by source")
    places = Sql(
        f"""select p.place, min(s.reached_on) as reached_on
            from (select distinct place, source from {table}) p
            join reach_of_sources s on s.source = p.source group by p.place"""
    )
    return (Step("reach_of_sources", sources), Step("reach_of_places", places, kept=True))


def reached(place: str, day: str) -> str:
    """A join to the reach of a place, where it covers the month of a day."""
    return f"""join reach_of_places r on r.place = {place}
            and {month_number("r.reached_on")} <= {month_number(day)}"""
