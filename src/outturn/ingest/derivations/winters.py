"""Deaths in winter and in the months around it."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.model import Asked, Plan

MONTHS_OF_A_YEAR = 12
SOURCES_OF_A_YEAR = 12  # as many as are named, one for each month
AND_OTHERS = ", and others"  # which no source is called, so that such a row is never published


def deaths(database: Dialect, asked: Asked) -> Plan:
    """`winter_deaths`: one row for each place and year from August, with the deaths of its winter.

    `other` are those of the four months before December and the four after March. Twice the deaths
    in winter less the others, over the others, is the excess as a share of what was expected, so
    `excess_twice` and `other` are whole. A year of which a month is missing has
    no row, and a row of another period than a month is left alone. `source` names every source of
    the months, because a figure is published already only where all of them are.
    """
    year = f"substr(d.{database.quote('month')}, 1, 4)"
    month = f"cast(substr(d.{database.quote('month')}, 6, 2) as int)"
    row = database.quote("row")
    dated = Sql(
        f"""select d.place, d.deaths, d.source, d.{row}, {month} as month_number,
            cast({year} as int) - case when {month} < 8 then 1 else 0 end as begun from deaths d
            where d.{database.quote("month")} like '%-01/P1M'
            and d.deaths is not null"""
    )
    inside = "case when d.month_number in (12, 1, 2, 3) then d.deaths else 0 end"
    around = "case when d.month_number in (12, 1, 2, 3) then 0 else d.deaths end"
    counted = Sql(
        f"""select d.place, d.begun, count(distinct d.month_number) as months,
            {database.whole(f"sum({inside})")} as winter,
            {database.whole(f"sum({around})")} as other,
            min(d.{row}) as {row} from dated_deaths d group by d.place, d.begun"""
    )
    key = f"concat({database.text('w.begun')}, '-08-01/P1Y')"
    last = Sql(
        f"""select w.place, {key} as period, w.winter, w.other,
            2 * w.winter - w.other as excess_twice, s.sources as source, w.{row}
            from deaths_of_years w
            join sources_of_years s on s.place = w.place and s.begun = w.begun
            where w.months = ?""",
        (MONTHS_OF_A_YEAR,),
    )
    steps = (
        Step("dated_deaths", dated, kept=True),
        Step("deaths_of_years", counted),
        Step("sources_of_years", _sources()),
    )
    return Plan(steps, last)


def _sources() -> Sql:
    """The sources of each year in the order of their names, put together in one text."""
    each = [
        f"max(case when line = {nth} then source end)" for nth in range(1, SOURCES_OF_A_YEAR + 1)
    ]
    named = each[0] + "".join(f" || coalesce(', ' || {one}, '')" for one in each[1:])
    more = f"case when max(line) > {SOURCES_OF_A_YEAR} then '{AND_OTHERS}' else '' end"
    return Sql(
        f"""select place, begun, {named} || {more} as sources from (
            select place, begun, source, row_number() over (partition by place, begun
            order by source) as line from (
            select distinct place, begun, source from dated_deaths) once) lined
            group by place, begun"""
    )
