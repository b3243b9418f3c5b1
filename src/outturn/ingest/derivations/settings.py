"""Where people with long-term support live: England's ASCOF measure 2E."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import cld_words, kept_out, left_out, windows
from outturn.ingest.derivations.admissions import given, years_covered
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def support_years(database: Dialect, asked: Asked) -> Plan:
    """`long_term_support_years`: one row for each person and year with a long-term service in it.

    It stands for the latest of these services: that which ends last, at most with the year. A
    service that ends before it starts is looked at only where there is no other.
    """
    row, youngest = database.quote("row"), asked.number("youngest")
    _, people = given(database, asked)
    latest = Sql(
        f"""select s.*, row_number() over (partition by s.place, s.period, s.person order by
            s.sound desc, s.until desc, s.start_on desc, s.source, s.{row}) as place_in_line
            from supported s"""
    )
    aged = Sql(
        f"""select s.*, p.born_on, p.died_on, coalesce(p.gender, 'Unknown') as gender,
            coalesce(p.primary_support_reason, 'Unknown') as primary_support_reason,
            coalesce(p.accommodation_status, 'Unknown') as accommodation_status,
            coalesce(p.settled, false) as settled,
            {age_by_days(database, asked, "p.born_on", "s.until")} as age,
            {whole_years("p.born_on", "s.until")} as age_true
            from latest_support s
            left join {people} p on p.place = s.place and p.person = s.person
            where s.place_in_line = 1"""
    )
    rule = first_rule(
        ("s.sound = 0", left_out.ENDS_BEFORE_START),
        ("s.died_on < s.first_on", left_out.DIED_BEFORE_PERIOD),
        ("s.born_on is null", left_out.NO_BIRTH),
        (f"s.age < {youngest}", left_out.under(youngest)),
    )
    reason = asked.word("learning_disability")
    last = (
        Sql(
            f"""select s.place, s.period, s.person, s.age, s.age_true,
            {group_of("s.age", asked.words("age_groups"))} as age_group, s.gender,
            s.primary_support_reason,
            case when s.primary_support_reason = ? then true else false end as learning_disability,
            s.accommodation_status, s.settled, """,
            (reason,),
        )
        + rule
        + f" as left_out, s.source, s.{row} from aged_support s"
    )
    steps = (
        *_supported(database, asked),
        Step("latest_support", latest),
        Step("aged_support", aged),
    )
    tables = {"outturn_years": windows.years(asked)}
    return Plan(steps, last, tables, kept_out=_kept_out(database, asked))


def support_years_by_start(database: Dialect, asked: Asked) -> Plan:
    """`long_term_support_years_2023_24`: the same, with the home that the latest start tells.

    Of the services that began last those with a known accommodation status are taken; if they
    tell different ones it is not known.
    """
    row, genders = database.quote("row"), asked.words("genders")
    marks = ", ".join("?" for _ in genders)
    rule = first_rule(
        ("s.died_on < s.first_on", left_out.DIED_BEFORE_PERIOD),
        (Sql(f"s.gender not in ({marks})", genders), left_out.OTHER_GENDER),
    )
    last = (
        Sql(
            f"""select s.place, s.period, s.person, s.age, s.age_true,
            {group_of("s.age", asked.words("age_groups"))} as age_group, s.gender,
            s.primary_support_reason,
            case when s.any_disability = 1 then true else false end as learning_disability,
            s.accommodation_status, coalesce(h.settled, false) as settled, """
        )
        + rule
        + f""" as left_out, s.source, s.{row} from aged_support s
            left join outturn_cld_homes h on h.accommodation_status = s.accommodation_status"""
    )
    steps = (
        *_supported(database, asked),
        Step("told_support", _told(database, asked)),
        Step("lined_support", _lined()),
        Step("one_support", _with_one_home(database)),
        Step("aged_support", _aged_at_the_end(database, asked)),
    )
    tables = {
        "outturn_years": windows.years(asked),
        "outturn_cld_words": cld_words.spellings(),
        "outturn_cld_homes": cld_words.homes(),
    }
    return Plan(steps, last, tables, kept_out=_kept_out(database, asked))


def _kept_out(database: Dialect, asked: Asked) -> Sql:
    """Long-term services that are those of nobody in any year, in each year that they touch."""
    types = asked.words("service_types")
    return kept_out.of_events(
        database,
        asked.method.given[0],
        "e.place, y.period, e.person",
        Sql(
            f"e.event_type = 'Service' and e.service_type in ({', '.join('?' for _ in types)})",
            types,
        ),
        join="""join outturn_years y on e.start_on <= y.last_on
            and (e.end_on is null or e.end_on >= y.first_on)""",
        client=asked.word("client_type"),
    )


def _told(database: Dialect, asked: Asked) -> Sql:
    """Services with the home and the reason for support that their own record tells."""
    row = database.quote("row")
    return Sql(
        f"""select s.*, coalesce(w.value, nullif(trim(c.accommodation_status), ''), 'Unknown')
            as accommodation_status,
            case when lower(trim(c.primary_support_reason)) = ? then 1 else 0 end as disability
            from supported s left join cld c on c.source = s.source and c.{row} = s.{row}
            left join outturn_cld_words w on w.{database.quote("column")} = 'accommodation_status'
            and w.spelling = lower(trim(c.accommodation_status))""",
        (asked.word("learning_disability").lower(),),
    )


def _lined() -> Sql:
    """The services that began last, of these the known, stand first in a person's line."""
    person = "over (partition by t.place, t.period, t.person"
    return Sql(
        f"""select t.*, lower(t.accommodation_status) as home, dense_rank() {person}
            order by t.start_on desc,
            case when lower(t.accommodation_status) = 'unknown' then 1 else 0 end) as place_in_line,
            max(t.disability) {person}) as any_disability from told_support t"""
    )


def _with_one_home(database: Dialect) -> Sql:
    """The first in line, with the first and the last of their homes: the same if they agree."""
    person = "over (partition by l.place, l.period, l.person"
    return Sql(
        f"""select l.*, min(l.home) {person}) as one_home, max(l.home) {person}) as other_home,
            row_number() {person} order by l.source, l.{database.quote("row")}) as first_in_line
            from lined_support l where l.place_in_line = 1"""
    )


def _aged_at_the_end(database: Dialect, asked: Asked) -> Sql:
    """One row for each person and year, with what is known of the person and the age."""
    return Sql(
        f"""select s.place, s.period, s.person, s.source, s.{database.quote("row")}, s.first_on,
            s.any_disability, case when s.one_home = s.other_home then s.accommodation_status
            else 'Unknown' end as accommodation_status, p.died_on,
            coalesce(p.gender, 'Unknown') as gender,
            coalesce(p.primary_support_reason, 'Unknown') as primary_support_reason,
            {age_by_days(database, asked, "p.born_on", "s.last_on")} as age,
            {whole_years("p.born_on", "s.last_on")} as age_true
            from one_support s
            left join {given(database, asked)[1]} p on p.place = s.place and p.person = s.person
            where s.first_in_line = 1"""
    )


def _supported(database: Dialect, asked: Asked) -> tuple[Step, ...]:
    """Long-term services of each year that the data of a place cover.

    `until` is the end of the service, at most of the year; `sound` is 1 unless it ends before it
    starts.
    """
    events, _ = given(database, asked)
    types = asked.words("service_types")
    supported = Sql(
        f"""select y.place, y.period, y.first_on, y.last_on, e.person, e.start_on,
            case when e.end_on < y.last_on then e.end_on else y.last_on end as until,
            case when e.end_on < e.start_on then 0 else 1 end as sound,
            e.source, e.{database.quote("row")}
            from support_years y join {events} e on e.place = y.place
            and e.start_on <= y.last_on and (e.end_on is null or e.end_on >= y.first_on)
            where e.event_type = 'Service' and e.client_type = ?
            and e.service_type in ({", ".join("?" for _ in types)})""",
        (asked.word("client_type"), *types),
    )
    return (
        Step("support_cover", windows.cover(database, events)),
        Step("support_years", years_covered("support_cover")),
        Step("supported", supported),
    )
