"""New admissions to care homes for long-term care: England's ASCOF measures 2B and 2C."""

from __future__ import annotations

import polars as pl

from outturn.databases import Dialect, Sql, Step, month_number, whole_years
from outturn.ingest.derivations import kept_out, left_out, windows
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def admissions(database: Dialect, asked: Asked) -> Plan:
    """`care_home_admissions`: one row for each start of long-term care in a home.

    It is new where the person was in no such service that began earlier and ended fewer than so
    many days before, or later, or not at all. Whether one was on the list of such services is
    asked without regard to the years counted: one row serves the 12 months to any month.
    """
    row = database.quote("row")
    steps = (
        Step("care_home_services", _services(database, asked), kept=True),
        Step("care_home_residents", _residents(database, asked), kept=True),
        Step("care_home_cover", windows.cover(database, given(database, asked)[0])),
        Step("care_home_starts", _starts(database, asked), kept=True),
        Step("care_home_younger", _also_younger(database, asked)),
    )
    last = Sql(
        f"""select s.place, s.person, s.start_on as admitted_on, s.end_on as ended_on, s.setting,
            s.age, s.age_true, s.age_group, s.gender, s.new,
            case when y.source is not null then ? else s.left_out end as left_out,
            s.source, s.{row}
            from care_home_starts s
            left join care_home_younger y on y.source = s.source and y.{row} = s.{row}""",
        (left_out.ALSO_YOUNGER,),
    )
    of_homes = "join outturn_care_homes h on h.service_type = e.service_type"
    out = kept_out.of_events(
        database,
        asked.method.given[0],
        "e.place, e.person, e.start_on as admitted_on, e.end_on as ended_on, h.setting",
        Sql("e.event_type = 'Service'"),
        join=of_homes,
        client=asked.word("client_type"),
    ) + Sql(
        f""" union all select s.place, s.person, s.start_on as admitted_on, s.end_on as ended_on,
            s.setting, case when s.start_on between cast(? as date) and cast(? as date) then ?
            else ? end as kept_out, s.source, s.{row} from care_home_services s
            left join care_home_starts t on t.source = s.source and t.{row} = s.{row}
            where t.source is null""",
        (
            windows.first_day(asked), asked.as_of, left_out.MONTH_NOT_COVERED,
            left_out.BEFORE_FIRST_DAY,
        ),
    )  # fmt: skip
    return Plan(steps, last, {"outturn_care_homes": homes(asked)}, kept_out=out)


def still_there(database: Dialect, asked: Asked) -> Plan:
    """`care_home_admissions_2023_24`: one row for each start of care in a home and year.

    It counts where the person is still there after the end of the year and, at that time, in no
    such service that began before the year.
    """
    row = database.quote("row")
    events, people = given(database, asked)
    there = "({0}.end_on is null or {0}.end_on >= {1}.looked_on)"
    residents = Sql(
        f"""select distinct a.period, a.source, a.{row} from care_home_starts a
            join care_home_services b on b.place = a.place and b.person = a.person
            where b.start_on < a.first_on and {there.format("b", "a")}"""
    )
    starts = Sql(
        f"""select s.*, w.period, w.first_on, w.looked_on,
            {age_by_days(database, asked, "s.born_on", "w.looked_on")} as age,
            {whole_years("s.born_on", "w.looked_on")} as age_true
            from care_home_services s join care_home_years w
            on w.place = s.place and s.start_on between w.first_on and w.last_on"""
    )
    rule = first_rule(
        ("s.born_on is null", left_out.NO_BIRTH),
        (f"not {there.format('s', 's')}", left_out.LEFT_CARE),
        ("r.source is not null", left_out.SINCE_BEFORE),
        (f"s.age < {asked.number('youngest')}", left_out.under(asked.number("youngest"))),
    )
    last = (
        Sql(
            f"""select s.place, s.period, s.person, s.start_on as admitted_on,
            s.end_on as ended_on, s.setting, s.age, s.age_true,
            {group_of("s.age", asked.words("age_groups"))} as age_group, s.gender, """
        )
        + rule
        + f""" as left_out, s.source, s.{row} from care_home_starts s
            left join care_home_residents r
            on r.period = s.period and r.source = s.source and r.{row} = s.{row}"""
    )
    steps = (
        Step("care_home_services", _of_homes(database, asked), kept=True),
        Step("care_home_cover", windows.cover(database, events)),
        Step("care_home_years", years_covered("care_home_cover")),
        Step("care_home_starts", starts, kept=True),
        Step("care_home_residents", residents),
    )
    tables = {
        "outturn_care_homes": homes(asked),
        "outturn_years": windows.years(asked, asked.number("looked_on_days_after")),
    }
    out = kept_out.of_events(
        database,
        asked.method.given[0],
        """e.place, y.period, e.person, e.start_on as admitted_on, e.end_on as ended_on,
            h.setting""",
        Sql("e.event_type = 'Service'"),
        join="""join outturn_care_homes h on h.service_type = e.service_type
            join outturn_years y on e.start_on between y.first_on and y.last_on""",
        client=asked.word("client_type"),
    )
    return Plan(steps, last, tables, kept_out=out)


def given(database: Dialect, asked: Asked) -> tuple[str, str]:
    """The names of the events and of the people that the method reads."""
    events, people, *_ = asked.method.given
    return database.quote(events), database.quote(people)


def homes(asked: Asked) -> pl.DataFrame:
    """The types of service that are care in a home, and the setting of each."""
    settings = asked.method.parameters["settings"]
    kinds = {"service_type": pl.String, "setting": pl.String}
    return pl.DataFrame(list(settings.items()), schema=kinds, orient="row")


def years_covered(cover: str) -> Sql:
    """For each place, the years that its data cover."""
    return Sql(
        f"""select distinct c.place, w.period, w.first_on, w.last_on, w.looked_on
            from {cover} c join outturn_years w
            on {windows.covers("c", "w.first_on", "w.last_on")}"""
    )


def _of_homes(database: Dialect, asked: Asked) -> Sql:
    """Services of care in a home, with what is known of the person."""
    events, people = given(database, asked)
    return Sql(
        f"""select e.place, e.person, e.start_on, e.end_on, e.outcome, e.service_component,
            h.setting, coalesce(p.gender, 'Unknown') as gender, p.born_on, p.died_on,
            e.source, e.{database.quote("row")}
            from {events} e join outturn_care_homes h on h.service_type = e.service_type
            left join {people} p on p.place = e.place and p.person = e.person
            where e.event_type = 'Service' and e.client_type = ?""",
        (asked.word("client_type"),),
    )


def _services(database: Dialect, asked: Asked) -> Sql:
    """The same with age at the start, and the rule by which one is not on the list at all."""
    rules: list[tuple[Sql | str, str]] = [
        ("s.born_on is null", left_out.NO_BIRTH),
        ("s.died_on < s.start_on", left_out.DIED_BEFORE_ADMISSION),
        (_other_component(asked), left_out.OTHER_COMPONENT),
    ]
    if not asked.flag("count_missing_component"):
        rules.append(("s.service_component is null", left_out.NO_COMPONENT))
    return (
        Sql(
            f"""select s.*, {age_by_days(database, asked, "s.born_on", "s.start_on")} as age,
            {whole_years("s.born_on", "s.start_on")} as age_true, """
        )
        + first_rule(*rules)
        + " as not_listed from ("
        + _of_homes(database, asked)
        + ") s"
    )


def _other_component(asked: Asked) -> Sql:
    """Whether a component that is there is not one of long-term care in a home."""
    words, short = asked.words("component_words"), asked.words("component_words_left_out")
    texts = tuple(f"%{one.lower()}%" for one in (*words, *short))
    like = " or ".join("lower(s.service_component) like ?" for _ in words)
    unlike = " or ".join("lower(s.service_component) like ?" for _ in short)
    return Sql(f"not ({like}) or ({unlike})", texts)


def _residents(database: Dialect, asked: Asked) -> Sql:
    """Services before which the person was in care too lately for a new admission."""
    row, days = database.quote("row"), asked.number("new_after_days")
    return Sql(
        f"""select distinct a.source, a.{row} from care_home_services a
            join care_home_services b on b.place = a.place and b.person = a.person
            where b.not_listed is null and b.start_on < a.start_on
            and (b.end_on is null or {database.days("b.end_on", "a.start_on")} < {days})"""
    )


def _starts(database: Dialect, asked: Asked) -> Sql:
    """The starts of care on days that the data of the place cover."""
    row, youngest = database.quote("row"), asked.number("youngest")
    rule = first_rule(
        (Sql("s.outcome = ?", (asked.word("self_funded"),)), left_out.SELF_FUNDED),
        (f"s.age < {youngest}", left_out.under(youngest)),
        ("r.source is not null", left_out.IN_CARE_BEFORE),
    )
    return (
        Sql(
            f"""select s.*, {group_of("s.age", asked.words("age_groups"))} as age_group,
            case when r.source is null then true else false end as new, coalesce(s.not_listed, """
        )
        + rule
        + Sql(
            f""") as left_out from care_home_services s
            left join care_home_residents r on r.source = s.source and r.{row} = s.{row}
            where s.start_on >= cast(? as date) and s.start_on <= cast(? as date)
            and exists (select 1 from care_home_cover c where c.place = s.place
            and {windows.covers("c", "s.start_on", "s.start_on")})""",
            (windows.first_day(asked), asked.as_of),
        )
    )


def _also_younger(database: Dialect, asked: Asked) -> Sql:
    """Counted admissions of people who are counted as younger within the same 12 months."""
    younger, older = asked.words("age_groups")
    apart = f"{month_number('o.start_on')} - {month_number('y.start_on')}"
    return Sql(
        f"""select distinct o.source, o.{database.quote("row")} from care_home_starts o
            join care_home_starts y on y.place = o.place and y.person = o.person
            where o.left_out is null and y.left_out is null
            and o.age_group = ? and y.age_group = ?
            and {apart} >= 0 and {apart} < {asked.number("counted_once_in_months")}""",
        (older, younger),
    )
