"""Where people are: in hospital, in a care home, at home with support and without."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.databases import Dialect, Sql, Step, joined, whole_years
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.years import years

HOSPITALS = ("large_hospital", "community_hospital", "hospice")
SETTINGS = (*HOSPITALS, "care_home", "supported")
_DAYS_OF_A_WEEK = 7
_COLUMNS = ("everybody", *SETTINGS, "intensive_at_home", "intensive_needs")


def of_care(database: Dialect, asked: Asked) -> Plan:
    """`balance_of_care`: one row for each place, financial year and group of ages.

    Days are counted, 365 for each person, so that all parts of the whole are whole numbers. There
    is no row where one of the parts is not known of the place and year.
    """
    row = database.quote("row")
    steps = (
        Step("balance_beds", _beds(asked, row), kept=True),
        Step("balance_homes", _homes(asked), kept=True),
        Step("balance_weeks", _weeks(), kept=True),
        Step("balance_people", _people(database, asked), kept=True),
        Step("balance_long_stays", _long_stays(asked)),
        Step("balance_known", _known(asked, row)),
        Step("balance_parts", _parts(asked)),
    )
    sums = ", ".join(
        f"{database.whole(f'sum(p.{name})')} as {name}" for name in _COLUMNS
    )  # fmt: skip
    added = f"""select p.place, p.period, p.age_group, {sums}, k.source, k.{row}
        from balance_parts p
        join balance_known k on k.place = p.place and k.period = p.period
        group by p.place, p.period, p.age_group, k.source, k.{row}"""
    less = " - ".join(f"a.{one}" for one in SETTINGS)
    last = Sql(f"select a.*, a.everybody - {less} as unsupported from ({added}) a")
    return Plan(steps, last, {"outturn_years": years(asked.as_of)})


def _beds(asked: Asked, row: str) -> Sql:
    """Bed days with their financial year and setting."""
    setting, values = "case", list[str]()
    for name in HOSPITALS:
        setting += f" when b.kind in ({', '.join('?' for _ in asked.words(name))}) then '{name}'"
        values += asked.words(name)
    return Sql(
        f"""select b.place, y.period, b.month, b.age_group, {setting} end as setting, b.bed_days,
            b.source, b.{row} from stay_bed_days b
            join outturn_years y on b.month >= y.first and b.month <= y.last""",
        tuple(values),
    )


def _homes(asked: Asked) -> Sql:
    """Each adult who lived in a care home on the last day of the year, once."""
    age = whole_years("c.born_on", "y.last")
    there = f"""select c.place, c.person, y.period, min({age}) as age from care_home_stays c
        join outturn_years y on c.moved_in_on <= y.last
        and (c.left_on is null or c.left_on > y.last)
        where c.long_stay group by c.place, c.person, y.period"""
    return Sql(
        f"""select h.*, {group_of("h.age", asked.words("age_groups"))} as age_group
            from ({there}) h
            where h.age is null or h.age >= {asked.number("youngest_in_care_home")}"""
    )


def _weeks() -> Sql:
    """Each person with care at home in the last whole week of the year, once.

    The week that holds its last day is not over when the records of the year are drawn.
    """
    return Sql(
        f"""select w.place, w.person, y.period, min(w.age_group) as age_group,
            max(case when w.intensive then 1 else 0 end) as intensive from home_care_weeks w
            join outturn_years y on w.week + {_DAYS_OF_A_WEEK - 1} <= y.last
            and w.week + {2 * _DAYS_OF_A_WEEK - 1} > y.last
            where w.in_part is null or not w.in_part
            group by w.place, w.person, y.period"""
    )


def _people(database: Dialect, asked: Asked) -> Sql:
    groups = asked.words("age_groups")
    number = database.whole("floor(sum(p.people) + 0.5)")
    return Sql(
        f"""select p.place, y.period, p.age_group, {number} as people from population p
            join outturn_years y on substr(p.period, 1, 4) = y.calendar
            where p.age_group in ({", ".join("?" for _ in groups)})
            group by p.place, y.period, p.age_group""",
        groups,
    )


def _long_stays(asked: Asked) -> Sql:
    """Each person in a bed of long stay on the last day of the year, once."""
    kinds = asked.words("long_stay")
    age = whole_years("s.born_on", "s.admitted_on")
    there = f"""select s.place, s.person, y.period, min({age}) as age from hospital_stays s
        join outturn_years y on s.admitted_on <= y.last
        and (s.discharged_on is null or s.discharged_on > y.last)
        where s.kind in ({", ".join("?" for _ in kinds)}) group by s.place, s.person, y.period"""
    group = group_of("l.age", asked.words("age_groups"))
    return Sql(f"select l.*, {group} as age_group from ({there}) l", kinds)


def _known(asked: Asked, row: str) -> Sql:
    """Places and years of which every part is known, with a record of the stays behind them."""
    both = "p.place = b.place and p.period = b.period"
    parts = " and ".join(
        f"exists (select 1 from balance_{name} p where {both})"
        for name in ("homes", "weeks", "people")
    )
    numbered = f"""select x.*, row_number() over (partition by x.place, x.period
        order by x.source, x.{row}) as line from balance_beds x"""
    months = "select place, period, count(distinct month) as months from balance_beds group by 1, 2"
    return Sql(
        f"""select b.place, b.period, b.source, b.{row} from ({numbered}) b
            join ({months}) m on m.place = b.place and m.period = b.period
            where b.line = 1 and m.months >= {asked.number("months_of_stays")} and {parts}"""
    )


def _parts(asked: Asked) -> Sql:
    """What each table gives to each column, with 0 for the others."""
    year = asked.number("days_of_a_year")
    given = [
        ("balance_people", {"everybody": f"{year} * people"}),
        ("balance_beds", {one: f"case when setting = '{one}' then bed_days else 0 end"
                          for one in HOSPITALS}),
        ("balance_homes", {"care_home": str(year), "intensive_needs": "1"}),
        ("balance_weeks", {"supported": str(year), "intensive_at_home": "intensive",
                           "intensive_needs": "intensive"}),
        ("balance_long_stays", {"intensive_needs": "1"}),
    ]  # fmt: skip
    return joined(" union all ", (_given(table, columns) for table, columns in given))


def _given(table: str, columns: Mapping[str, str]) -> str:
    every = ", ".join(f"{columns.get(name, '0')} as {name}" for name in _COLUMNS)
    return f"select place, period, age_group, {every} from {table}"
