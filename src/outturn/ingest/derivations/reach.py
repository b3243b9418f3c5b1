"""How far back the records of a table reach, where a row of it is sent when it ends.

The usual extract holds what ended from some day on, and what lasts. Of the days before that day it
knows only those of whoever stayed until after it: a small part, which looks like a figure. So the
months before the first in which records ended are not covered. A single record with a mistyped
date, or one that was left over from long ago, opens no month: a month is covered from which on
there are, as in the national rule for client level data, at least 2 per cent of the ends of a year,
that is of the fullest twelve months. Of fewer than 100 ends each opens its month: in a small table
the first months cannot be told from a mistake. `contracts.reach` says the same for tables that are
counted as they are, and has the numbers. An extract begins for all of its places at once, so
the first month is looked for in all that a source holds; a place of several sources is covered from
the first of them on.
"""

from __future__ import annotations

from outturn.contracts.reach import FEW, MONTHS_OF_A_YEAR, SHARE
from outturn.databases import Sql, Step, month_number
from outturn.ingest.derivations.model import Before


def reach(table: str, end: str) -> tuple[Step, ...]:
    """`reach_of_places`: for each place the first day on which a record of its sources ended.

    Ends before the first covered month are not looked at. Empty where none ended: such an extract
    tells of the people of one day, and covers no month.
    """
    places = Sql(
        f"""select p.place, min(s.reached_on) as reached_on
            from (select distinct place, source from {table}) p
            join reach_of_sources s on s.source = p.source group by p.place"""
    )
    return (
        Step("reach_of_sources", Sql(_of_sources(table, end)), kept=True),
        Step("reach_of_places", places, kept=True),
    )


def before(table: str, end: str) -> Before:
    """How many records of the table ended before the first month that their source covers."""
    return Before(
        table,
        Sql(
            f"""select count(*) as early from {table} t
            join ({_of_sources(table, end)}) s on s.source = t.source
            where t.{end} < s.reached_on"""
        ),
    )


def reached(place: str, day: str) -> str:
    """A join to the reach of a place, where it covers the month of a day."""
    return f"""join reach_of_places r on r.place = {place}
            and {month_number("r.reached_on")} <= {month_number(day)}"""


def _of_sources(table: str, end: str) -> str:
    """The first day, in a covered month, on which a record of a source ended."""
    month = f"make_date(year({end}), month({end}), 1)"
    months = f"""select source, {month} as month, count(*) as ends from {table}
        where {end} is not null group by source, {month}"""
    lined = f"""select m.*, row_number() over (partition by source order by ends desc, month)
        as line from ({months}) m"""
    weighed = f"""select l.*, sum(case when line <= {MONTHS_OF_A_YEAR} then ends else 0 end)
        over (partition by source) as of_a_year from ({lined}) l"""
    enough = f"of_a_year < {FEW} or ends * 100 >= of_a_year * {SHARE}"
    firsts = f"select source, min(month) as month from ({weighed}) w where {enough} group by source"
    return f"""select t.source, min(t.{end}) as reached_on from {table} t
        join ({firsts}) f on f.source = t.source and t.{end} >= f.month group by t.source"""
