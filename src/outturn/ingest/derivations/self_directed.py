"""Self-directed support and direct payments, of users and of carers: England's ASCOF measure 3D."""

from __future__ import annotations

import polars as pl

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import kept_out, left_out, windows
from outturn.ingest.derivations.admissions import given, years_covered
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def users(database: Dialect, asked: Asked) -> Plan:
    """`self_directed_support`: one row for each person with long-term support on a quarter's end.

    The person stands at the highest setting of that day, in the order of the method. A service
    that ends on the day itself still counts.
    """
    row = database.quote("row")
    lined = Sql(
        f"""select p.*, row_number() over (partition by p.place, p.census, p.person
            order by p.setting_rank, p.start_on desc, p.source, p.{row}) as place_in_line
            from placed_support p"""
    )
    last = (
        Sql(
            f"""select s.place, s.census, s.person, s.setting_rank, s.setting, s.mechanism, s.age,
            s.age_true, {group_of("s.age", asked.words("age_groups"))} as age_group, s.gender, """
        )
        + _rule_of_users(asked)
        + f" as left_out, s.source, s.{row} from aged_support s"
    )
    steps = (
        Step("support_cover", windows.cover(database, given(database, asked)[0])),
        Step("support_censuses", _censuses()),
        Step("open_support", _open(database, asked)),
        Step("placed_support", _placed(database)),
        Step("lined_support", lined),
        Step("aged_support", _aged(database, asked, "lined_support", "census")),
    )
    tables = {"outturn_censuses": windows.quarter_ends(asked), "outturn_ranks": ranks(asked)}
    out = kept_out.of_events(
        database,
        asked.method.given[0],
        "e.place, q.census, e.person, k.setting",
        Sql("e.event_type = 'Service'"),
        join="""join outturn_ranks k on k.service_type = e.service_type and k.mechanism = ''
            join outturn_censuses q on e.start_on <= q.census
            and (e.end_on is null or e.end_on >= q.census)""",
        client=asked.word("client_type"),
    )
    return Plan(steps, last, tables, kept_out=out)


def ranks(asked: Asked) -> pl.DataFrame:
    """The order of settings: a type of service, how it is delivered, and the setting it is."""
    lines = [
        (kind, mechanism, setting, place)
        for place, (kind, mechanism, setting) in enumerate(asked.method.parameters["ranks"], 1)
    ]
    names = ("service_type", "mechanism", "setting", "setting_rank")
    kinds = dict.fromkeys(names, pl.String) | {"setting_rank": pl.Int64}
    return pl.DataFrame(lines, schema=kinds, orient="row")


def carers(database: Dialect, asked: Asked) -> Plan:
    """`carer_support_years`: one row for each unpaid carer and year, at the best kind of support.

    A record that ends before it starts is looked at only where there is no other, unless the
    method counts such records.
    """
    row = database.quote("row")
    lined = Sql(
        f"""select k.*, row_number() over (partition by k.place, k.period, k.person
            order by k.sound desc, case when k.kind is null then 1 else 0 end, k.kind,
            k.start_on desc, k.source, k.{row}) as place_in_line
            from kinds_of_support k"""
    )
    last = (
        Sql(
            f"""select s.place, s.period, s.person, s.kind, s.age, s.age_true,
            {group_of("s.age", asked.words("age_groups"))} as age_group, s.gender, """
        )
        + _rule_of_carers(asked)
        + f" as left_out, s.source, s.{row} from aged_carers s"
    )
    steps = (
        Step("carer_cover", windows.cover(database, given(database, asked)[0])),
        Step("carer_years", years_covered("carer_cover")),
        Step("carers_supported", _of_carers(database, asked)),
        Step("kinds_of_support", _kinds(asked)),
        Step("lined_carers", lined),
        Step("aged_carers", _aged(database, asked, "lined_carers", "last_on")),
    )
    out = kept_out.of_events(
        database,
        asked.method.given[0],
        "e.place, y.period, e.person",
        _is_of_carer(asked),
        join="""join outturn_years y on e.start_on <= y.last_on
            and (e.end_on is null or e.end_on >= y.first_on)""",
    )
    return Plan(steps, last, {"outturn_years": windows.years(asked)}, kept_out=out)


def _censuses() -> Sql:
    """For each place, the quarters' ends that its data cover."""
    return Sql(
        f"""select distinct c.place, q.census from support_cover c
            join outturn_censuses q on {windows.covers("c", "q.census", "q.census")}"""
    )


def _open(database: Dialect, asked: Asked) -> Sql:
    """Long-term services on each of these days."""
    events, _ = given(database, asked)
    return Sql(
        f"""select e.place, c.census, e.person, e.service_type, e.start_on, e.source,
            e.{database.quote("row")},
            case when e.service_component = ? then ? else e.delivery_mechanism end as mechanism
            from support_censuses c
            join {events} e on e.place = c.place and e.start_on <= c.census
            and (e.end_on is null or e.end_on >= c.census)
            where e.event_type = 'Service' and e.client_type = ?""",
        (
            asked.word("direct_payment_component"),
            asked.word("direct_payment"),
            asked.word("client_type"),
        ),
    )


def _placed(database: Dialect) -> Sql:
    """The same with their place in the order; a mechanism that the order lacks is blank."""
    return Sql(
        f"""select o.place, o.census, o.person, o.start_on, o.source, o.{database.quote("row")},
            b.setting, coalesce(m.setting_rank, b.setting_rank) as setting_rank,
            nullif(m.mechanism, '') as mechanism
            from open_support o
            join outturn_ranks b on b.service_type = o.service_type and b.mechanism = ''
            left join outturn_ranks m
            on m.service_type = o.service_type and m.mechanism = o.mechanism"""
    )


def _rule_of_users(asked: Asked) -> Sql:
    youngest, counted = asked.number("youngest"), asked.words("settings")
    rules: list[tuple[Sql | str, str]] = [("s.died_on < s.census", left_out.DIED_BEFORE_CENSUS)]
    if youngest:
        rules.append((f"s.age < {youngest}", left_out.under(youngest)))
    if not asked.flag("count_without_birth"):
        rules.append(("s.born_on is null", left_out.NO_BIRTH))
    marks = ", ".join("?" for _ in counted)
    rules.append((Sql(f"s.setting not in ({marks})", counted), left_out.NOT_COMMUNITY))
    return first_rule(*rules)


def _of_carers(database: Dialect, asked: Asked) -> Sql:
    """The records of carers that belong to a year: their services, assessments, reviews, advice."""
    events, _ = given(database, asked)
    sound = (
        "1"
        if asked.flag("count_ends_before_start")
        else ("case when e.end_on < e.start_on then 0 else 1 end")
    )
    return Sql(
        f"""select y.place, y.period, y.first_on, y.last_on, e.person, e.event_type, e.start_on,
            e.outcome, e.service_type, e.service_component, e.delivery_mechanism,
            {sound} as sound, e.source, e.{database.quote("row")}
            from carer_years y join {events} e on e.place = y.place
            and e.start_on <= y.last_on and (e.end_on is null or e.end_on >= y.first_on)
            where """
    ) + _is_of_carer(asked)


def _is_of_carer(asked: Asked) -> Sql:
    """Whether `e`, an event, is a carer's service, assessment, review or advice."""
    clients = asked.words("client_types")
    return Sql(
        f"""e.client_type in ({", ".join("?" for _ in clients)})
            and (e.service_type in (?, ?) or (e.service_type is null
            and (e.outcome = ? or e.event_type in ('Assessment', 'Review'))))""",
        (*clients, asked.word("direct"), asked.word("involving"), asked.word("advice")),
    )


def _kinds(asked: Asked) -> Sql:
    """The kind of support that each record tells, from 1 to 6; empty where it tells none."""
    component = "k.service_component"
    payment = asked.word("direct_payment_component")
    other = Sql(f"{component} <> ?", (payment,))
    if asked.flag("count_missing_component"):
        other = Sql(f"({component} is null or ") + other + ")"
    mechanisms = (
        asked.word("direct_payment"), asked.word("managed_budget"), asked.word("commissioned"),
    )  # fmt: skip
    return (
        Sql(
            f"""select k.*, case when k.service_type = ? then
            case when k.delivery_mechanism = ? or {component} = ? then 1
            when not coalesce(""",
            (asked.word("direct"), mechanisms[0], payment),
        )
        + other
        + Sql(
            """, false) then null
            when k.delivery_mechanism = ? then 2 when k.delivery_mechanism = ? then 3 else 4 end
            when k.service_type = ? then 6
            when k.event_type in ('Assessment', 'Review') then
            case when k.outcome = ? then 5 else 6 end
            when k.event_type = 'Request' then 5 end as kind from carers_supported k""",
            (*mechanisms[1:], asked.word("involving"), asked.word("advice")),
        )
    )


def _rule_of_carers(asked: Asked) -> Sql:
    youngest = asked.number("youngest")
    rules: list[tuple[Sql | str, str]] = [
        ("s.sound = 0", left_out.ENDS_BEFORE_START),
        ("s.died_on < s.first_on", left_out.DIED_BEFORE_PERIOD),
        (f"s.age < {youngest}", left_out.under(youngest)),
        ("s.kind is null", left_out.NO_KIND),
    ]
    rules += [(f"s.kind = {kind}", words) for kind, words in left_out.KIND_LEFT_OUT.items()]
    return first_rule(*rules)


def _aged(database: Dialect, asked: Asked, lined: str, day: str) -> Sql:
    """The first of each line, with what is known of the person and the age on a day."""
    _, people = given(database, asked)
    return Sql(
        f"""select s.*, p.born_on, p.died_on, coalesce(p.gender, 'Unknown') as gender,
            {age_by_days(database, asked, "p.born_on", f"s.{day}")} as age,
            {whole_years("p.born_on", f"s.{day}")} as age_true
            from {lined} s
            left join {people} p on p.place = s.place and p.person = s.person
            where s.place_in_line = 1"""
    )
