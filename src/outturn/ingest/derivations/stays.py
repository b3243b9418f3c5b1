"""Stays in hospital: their days by month, and what became of those that ended."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import kept_out, left_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.months import months
from outturn.ingest.derivations.reach import before, reach, reached

OF_STAYS = ("place", "person", "stay", "hospital", "kind", "admission", "out_of_area", "sex")


def bed_days(database: Dialect, asked: Asked) -> Plan:
    """`stay_bed_days`: one row for each stay and month in which it has days.

    The span from admission to discharge is moved on by a day: the day of discharge counts and the
    day of admission does not, and a stay within one day has none. A stay that lasts counts up to
    `as_of`, unless the method leaves such stays out until they end. Months to which the records do
    not reach back have no row.
    """
    start, end = "greatest(s.admitted_on, m.before)", "least(s.until, m.last)"
    until = "coalesce(s.discharged_on, cast(? as date))"
    rules = [("s.until <= s.admitted_on", left_out.ONE_DAY)]
    if asked.flag("ended_only"):
        rules.insert(0, ("s.discharged_on is null", left_out.NOT_DISCHARGED))
    shown = (
        Sql("select s.*, ")
        + first_rule(*rules)
        + Sql(
            f""" as kept_out from (select s.*, {until} as until, {_age("s.admitted_on")} as age
            from hospital_stays s where s.admitted_on is not null) s""",
            (asked.as_of,),
        )
    )
    row = database.quote("row")
    last = Sql(
        f"""select s.place, m.first as month, s.person, s.stay, s.hospital, s.kind, s.admission,
            s.out_of_area, s.age, {group_of("s.age", asked.words("age_groups"))} as age_group,
            s.sex, {database.days(start, end)} as bed_days, s.source, s.{row}
            from shown_stays s join outturn_months m
            on m.last > s.admitted_on and m.before < s.until
            {reached("s.place", "m.first")} where s.kept_out is null"""
    )
    out = kept_out.of_months(
        database, "shown_stays", OF_STAYS, began="t.admitted_on",
        until="greatest(t.until, t.admitted_on)",
    )  # fmt: skip
    tables = {"outturn_months": months(asked.as_of)}
    steps = (*reach("hospital_stays", "discharged_on"), Step("shown_stays", shown))
    return Plan(steps, last, tables, before("hospital_stays", "discharged_on"), out)


def discharges(database: Dialect, asked: Asked) -> Plan:
    """`discharges`: one row for each stay that ended, with its length and what followed.

    A person's next stay is the first that begins on or after the day of discharge, another stay
    that begins on the day of admission apart. It is a readmission when it is an emergency within
    the days that the method names; a stay that ended in death has none. It is `followed` once these
    days are over.
    """
    days = database.days("s.admitted_on", "s.discharged_on")
    died = """(coalesce(s.destination, '') = 'died' or (s.died_on is not null
        and s.died_on >= s.admitted_on and s.died_on <= s.discharged_on))"""
    ended = Sql(
        f"""select s.*, {days} as days, {_age("s.admitted_on")} as age,
            case when {died} then true else false end as died
            from hospital_stays s where s.discharged_on >= s.admitted_on"""
    )
    marks = ", ".join("?" for _ in asked.words("readmission_kinds"))
    following = Sql(
        f"""select e.place, e.stay, min(n.admitted_on) as next_on from ended_stays e
            join hospital_stays n on n.place = e.place and n.person = e.person
            where n.stay <> e.stay and n.admitted_on >= e.discharged_on
            and n.kind in ({marks})
            and (n.admitted_on > e.admitted_on or n.stay > e.stay)
            group by e.place, e.stay""",
        asked.words("readmission_kinds"),
    )
    emergency = Sql(
        f"""select f.place, f.stay,
            max(case when n.admission = 'emergency' then 1 else 0 end) as emergency
            from following_stays f join ended_stays e on e.place = f.place and e.stay = f.stay
            join hospital_stays n on n.place = e.place and n.person = e.person
            and n.admitted_on = f.next_on
            where n.stay <> e.stay and n.kind in ({marks})
            and (n.admitted_on > e.admitted_on or n.stay > e.stay)
            group by f.place, f.stay""",
        asked.words("readmission_kinds"),
    )
    row = database.quote("row")
    gap = database.days("e.discharged_on", "f.next_on")
    last = Sql(
        f"""select e.place, e.discharged_on, e.person, e.stay, e.hospital, e.kind, e.admission,
            e.admitted_from, e.admitted_on, e.destination, e.out_of_area, e.fall,
            e.response_minutes, e.days, e.age,
            {group_of("e.age", asked.words("age_groups"))} as age_group, e.sex, e.died,
            case when f.next_on is not null and not e.died and g.emergency = 1
                 and {gap} <= ? then true else false end as readmitted,
            case when e.discharged_on + {asked.number("readmission_days")} <= ? then true
                 else false end as followed, e.source, e.{row}
            from ended_stays e
            left join following_stays f on f.place = e.place and f.stay = e.stay
            left join emergency_stays g on g.place = e.place and g.stay = e.stay""",
        (asked.number("readmission_days"), asked.as_of),
    )
    steps = (
        Step("ended_stays", ended, kept=True),
        Step("following_stays", following, kept=True),
        Step("emergency_stays", emergency),
    )
    out = Sql(
        f"""select s.place, coalesce(s.discharged_on, s.admitted_on) as discharged_on, s.person,
            s.stay, s.hospital, s.kind, s.admission, s.admitted_on, s.sex,
            case when s.discharged_on is null then ? else ? end as kept_out, s.source, s.{row}
            from hospital_stays s where not coalesce(s.discharged_on >= s.admitted_on, false)""",
        (left_out.NOT_DISCHARGED, left_out.DATES_TURNED),
    )
    return Plan(steps, last, kept_out=out)


def _age(day: str) -> str:
    return whole_years("s.born_on", day)
