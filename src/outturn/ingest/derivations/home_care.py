"""Care at home in a week, from all who provide it."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.databases.dialect import MILLIONTHS
from outturn.ingest.derivations import kept_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import NO_CARE
from outturn.ingest.derivations.model import Asked, Plan

_OF_A_HUNDREDTH = MILLIONTHS // 100


def weeks(database: Dialect, asked: Asked) -> Plan:
    """`home_care_weeks`: one row for each person and week, with the hours of all providers.

    Hours are added as millionths, so that the order of the rows cannot move the sum, and rounded to
    hundredths once: the minutes of several providers are then what they are together. Care is
    intensive above the hours that the method names, and not at them. A week begins on Monday,
    whichever of its days a row has: two rows of a week are never two weeks. The row stands for the
    first record of them: the order is that of sources and rows.
    """
    row = database.quote("row")
    monday = f"""select e.place, e.person, cast(date_trunc('week', e.week) as date) as week,
        e.hours, e.visits, e.client_group, e.sex, e.born_on, e.in_part, e.source, e.{row}
        from home_care e"""
    millionths = f"sum({database.millionths('coalesce(h.hours, 0)')})"
    hundredths = database.floor_div(f"{millionths} + {_OF_A_HUNDREDTH // 2}", f"{_OF_A_HUNDREDTH}")
    found = Sql(
        f"""select h.place, h.person, h.week, {database.whole(hundredths)} as hundredths,
            {database.whole("sum(coalesce(h.visits, 0))")} as visits,
            min(h.client_group) as client_group, min(h.sex) as sex, min(h.born_on) as born_on,
            max(case when h.in_part then 1 end) as of_part,
            max(case when h.line = 1 then h.source end) as source,
            max(case when h.line = 1 then h.{row} end) as {row}
            from (select c.*, row_number() over (partition by c.place, c.person, c.week
            order by c.source, c.{row}) as line from ({monday}) c) h
            group by h.place, h.person, h.week"""
    )
    age = whole_years("w.born_on", "w.week")
    last = Sql(
        f"""select w.place, w.week, w.person, w.hundredths, w.visits,
            case when w.hundredths > ? then true else false end as intensive, w.client_group,
            w.age, {group_of("w.age", asked.words("age_groups"))} as age_group, w.sex,
            case when w.of_part = 1 then true end as in_part,
            w.source, w.{row}
            from (select w.*, {age} as age from weeks_of_care w) w
            where w.hundredths > 0 or w.visits > 0""",
        (asked.number("intensive_above_hours") * 100,),
    )
    out = Sql(
        f"""select w.place, w.week, w.person, ? as kept_out, w.source, w.{row} from weeks_of_care w
            where not (w.hundredths > 0 or w.visits > 0)
            union all select o.place, o.week, o.person, o.kept_out, o.source, o.{row}
            from {kept_out.of(database, "home_care")} o""",
        (NO_CARE,),
    )
    return Plan((Step("weeks_of_care", found),), last, kept_out=out)
