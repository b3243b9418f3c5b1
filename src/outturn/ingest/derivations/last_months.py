"""Where people spent the last six months of their lives."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import EXTERNAL_CAUSE, NO_STAYS_SO_EARLY, first_rule
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.reach import before, reach

SETTINGS = ("large_hospital", "community_hospital", "hospice")


def half_years(database: Dialect, asked: Asked) -> Plan:
    """`last_six_months`: one row for each death, with the half days in each setting.

    A stay counts from its admission, or the first of the days that are looked at, to its
    discharge, or death. Half days of one person are counted from the shortest stay on, up to the
    half days that six months have.
    """
    row = database.quote("row")
    begins = f"(d.died_on - {asked.number('window_days')})"
    bedded = [one for setting in SETTINGS for one in asked.words(setting)]
    spans = Sql(
        f"""select d.place, d.person, s.stay, s.kind,
            greatest(s.admitted_on, {begins}) as began_on,
            least(coalesce(s.discharged_on, d.died_on), d.died_on) as ended_on
            from person_deaths d
            join hospital_stays s on s.place = d.place and s.person = d.person
            where s.admitted_on < d.died_on and s.kind in ({", ".join("?" for _ in bedded)})
            and (s.discharged_on is null or s.discharged_on > {begins})""",
        tuple(bedded),
    )
    steps = (
        *reach("hospital_stays", "discharged_on"),
        Step("last_spans", spans),
        Step("last_begun", _one_of("last_spans", "began_on", "ended_on desc")),
        Step("last_stays", _one_of("last_begun", "ended_on", "began_on")),
        Step("last_counted", _counted(database, asked)),
        Step("last_settings", _by_setting(asked)),
    )
    return Plan(steps, _last(asked, begins, row), before=before("hospital_stays", "discharged_on"))


def _one_of(table: str, alike: str, best: str) -> Sql:
    """Of a person's stays that are alike in one day, the best in the other; none without days."""
    return Sql(
        f"""select place, person, stay, kind, began_on, ended_on from (
            select t.*, row_number() over (partition by place, person, {alike}
            order by {best}, stay) as line from {table} t where ended_on > began_on) numbered
            where line = 1"""
    )


def _counted(database: Dialect, asked: Asked) -> Sql:
    """The half days of each stay that count: those of the longest are what is left for it."""
    lasted = Sql(
        f"""select t.*, 2 * {database.days("began_on", "ended_on")} as lasted
            from last_stays t"""
    )
    before = Sql(
        """select l.*, coalesce(sum(lasted) over (partition by place, person
            order by lasted, began_on, stay rows between unbounded preceding and 1 preceding), 0)
            as before from ("""
    )
    all_of_them = asked.number("half_days")
    counted = f"least(lasted, greatest(0, {all_of_them} - before))"
    return (
        Sql(f"select b.place, b.person, b.kind, {counted} as half_days from (")
        + before
        + lasted
        + ") l) b"
    )


def _by_setting(asked: Asked) -> Sql:
    found = Sql("select place, person")
    for setting in SETTINGS:
        kinds = asked.words(setting)
        listed = ", ".join("?" for _ in kinds)
        found = found + Sql(
            f", sum(case when kind in ({listed}) then half_days else 0 end) as {setting}", kinds
        )
    return found + " from last_counted group by place, person"


def _last(asked: Asked, begins: str, row: str) -> Sql:
    half_days = asked.number("half_days")
    away = " - ".join(f"coalesce(i.{one}, 0)" for one in SETTINGS)
    in_beds = ", ".join(f"coalesce(i.{one}, 0) as {one}" for one in SETTINGS)
    age = whole_years("d.born_on", "d.died_on")
    causes = asked.words("causes_left_out")
    listed = ", ".join("?" for _ in causes)
    rule = first_rule(
        (Sql(f"d.cause_group in ({listed})", causes), EXTERNAL_CAUSE),
        (f"r.reached_on is null or r.reached_on > {begins}", NO_STAYS_SO_EARLY),
    )
    aged = f"select d.*, {age} as age from person_deaths d"
    return (
        Sql(
            f"""select d.place, d.died_on, d.person, d.cause_group, d.age,
            {group_of("d.age", asked.words("age_groups"))} as age_group, d.sex,
            {half_days} as half_days, {in_beds}, {half_days} - {away} as community, """
        )
        + rule
        + f""" as left_out, d.source, d.{row} from ({aged}) d
            left join last_settings i on i.place = d.place and i.person = d.person
            left join reach_of_places r on r.place = d.place"""
    )
