"""Waits of new clients for a first response and a first service: England's provisional method.

Events of a person stand in one line: by their start, a request before an assessment before a
service of the same day, the newest import first. What follows a request is looked for in that
line, so that an event of the same day can follow it.
"""

from __future__ import annotations

import polars as pl

from outturn.databases import Dialect, Sql, Step, month_number, whole_years
from outturn.ingest.derivations import kept_out, left_out, windows
from outturn.ingest.derivations.admissions import given
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan

RESPONSE, SERVICE = KINDS = ("first response", "first service")
_FOLLOWED_BY = (
    "case f.step when 1 then 'request' when 2 then 'assessment' when 3 then 'service' end"
)


def first_responses(database: Dialect, asked: Asked) -> Plan:
    """`first_response_waits`: two rows for each request, one for each kind of wait.

    A row that is left out belongs to the day of the request, any other to that of what followed.
    """
    row = database.quote("row")
    day = "coalesce(w.followed_on, w.requested_on)"
    followed = Sql(
        f"""select w.*, p.gender, {age_by_days(database, asked, "p.born_on", day)} as age,
            {whole_years("p.born_on", day)} as age_true from all_waits w
            left join {given(database, asked)[1]} p on p.place = w.place and p.person = w.person"""
    )
    last = Sql(
        f"""select a.place, coalesce(a.followed_on, a.requested_on) as counted_on, a.person,
            a.kind, a.requested_on, a.followed_on, a.followed_by,
            {database.days("a.requested_on", "a.followed_on")} as days, a.age, a.age_true,
            {group_of("a.age", asked.words("age_groups"))} as age_group,
            coalesce(a.gender, 'Unknown') as gender, a.left_out, a.source, a.{row}
            from aged_waits a"""
    )
    steps = (
        *_followed(database, asked),
        Step("all_waits", _all_waits(database)),
        Step("aged_waits", followed),
    )
    out = kept_out.of_events(
        database,
        asked.method.given[0],
        "e.place, e.start_on as counted_on, e.person, k.kind, e.start_on as requested_on",
        Sql(
            "e.event_type = 'Request' and e.start_on >= cast(? as date)",
            (windows.first_day(asked),),
        ),
        join="cross join outturn_wait_kinds k",
        client=asked.word("client_type"),
    )
    return Plan(steps, last, _tables(asked), kept_out=out)


def still_open(database: Dialect, asked: Asked) -> Plan:
    """`open_waits`: one row for each wait that had not ended by the last day of the data.

    A first service is waited for where the first response says so: an assessment that led to
    services, or a conversation that did.
    """
    row, (events, people) = database.quote("row"), given(database, asked)
    looked_on = "least(last_day(c.last_on), cast(? as date)) as looked_on"
    awaits = "(k.kind = ? and r.response is null or k.kind = ? and r.service is null and r.meant)"
    waiting = Sql(
        f"""select r.place, r.person, k.kind, r.start_on as requested_on, {looked_on}, r.source,
            r.{row}
            from followed_requests r join outturn_wait_kinds k on not r.in_the_way and {awaits}
            join wait_ends c on c.place = r.place""",
        (asked.as_of, *KINDS),
    )
    out = Sql(
        f"""select w.* from (
            select r.place, r.person, k.kind, r.start_on as requested_on, {looked_on},
            ? as kept_out, r.source, r.{row} from followed_requests r
            join outturn_wait_kinds k on r.in_the_way and {awaits}
            join wait_ends c on c.place = r.place
            union all select r.place, r.person, k.kind, r.start_on as requested_on, {looked_on},
            r.left_out as kept_out, r.source, r.{row} from ruled_requests r
            cross join outturn_wait_kinds k join wait_ends c on c.place = r.place
            where r.left_out <> ?) w where w.requested_on <= w.looked_on""",
        (
            asked.as_of, left_out.NOT_YET_FOLLOWED, *KINDS, asked.as_of, left_out.NO_PROGRESS,
        ),
    )  # fmt: skip
    aged = Sql(
        f"""select w.*, p.died_on, p.gender,
            {age_by_days(database, asked, "p.born_on", "w.looked_on")} as age,
            {whole_years("p.born_on", "w.looked_on")} as age_true from waiting w
            left join {people} p on p.place = w.place and p.person = w.person
            where w.requested_on <= w.looked_on"""
    )
    last = (
        Sql(
            f"""select a.place, a.looked_on, a.person, a.kind, a.requested_on,
            {database.days("a.requested_on", "a.looked_on")} as days, a.age, a.age_true,
            {group_of("a.age", asked.words("age_groups"))} as age_group,
            coalesce(a.gender, 'Unknown') as gender, """
        )
        + first_rule(("a.died_on <= a.looked_on", left_out.DIED_WAITING))
        + f" as left_out, a.source, a.{row} from aged_waits a"
    )
    steps = (
        *_followed(database, asked),
        Step("wait_cover", windows.cover(database, events)),
        Step(
            "wait_ends", Sql("select place, max(last_on) as last_on from wait_cover group by place")
        ),
        Step("waiting", waiting),
        Step("aged_waits", aged),
    )
    return Plan(steps, last, _tables(asked), kept_out=out)


def _followed(database: Dialect, asked: Asked) -> tuple[Step, ...]:
    """`ruled_requests`, all of them, and `followed_requests`: those in line, with what followed."""
    return (
        Step("wait_events", _events(database, asked), kept=True),
        Step("requests_of_clients", _of_clients(database)),
        Step("ruled_requests", _ruled(database, asked), kept=True),
        Step("unordered_events", _in_line(database, asked)),
        Step("ordered_events", _ordered(database)),
        Step("events_in_blocks", _in_blocks(asked)),
        Step("events_with_next", _with_next(), kept=True),
        Step("bound_requests", _bound(asked)),
        Step("answered_requests", _answered(database, asked)),
        Step("requests_with_ends", _with_ends(database)),
        Step("requests_with_others", _with_others()),
        Step("followed_requests", _overlapping(), kept=True),
    )


def _events(database: Dialect, asked: Asked) -> Sql:
    """Requests of service users, and the assessments and services that may follow one."""
    events, people = given(database, asked)
    assessments, services = asked.words("assessment_types"), tuple(_months(asked))
    marks = (", ".join("?" for _ in one) for one in (assessments, services))
    return Sql(
        f"""select e.place, e.person, e.start_on, e.end_on, e.outcome, e.conversation,
            e.imported_on, case e.event_type when 'Request' then 1 when 'Assessment' then 2 else 3
            end as step,
            case when e.event_type = 'Service' then m.client_months end as client_months,
            {age_by_days(database, asked, "p.born_on", "e.start_on")} as age,
            e.source, e.{database.quote("row")}
            from {events} e left join outturn_client_months m on m.service_type = e.service_type
            left join {people} p on p.place = e.place and p.person = e.person
            where (e.event_type = 'Request' and e.client_type = ? and e.start_on >= cast(? as date))
            or (e.event_type = 'Assessment' and e.assessment_type in ({next(marks)}))
            or (e.event_type = 'Service' and e.service_type in ({next(marks)}))""",
        (asked.word("client_type"), windows.first_day(asked), *assessments, *services),
    )


def _of_clients(database: Dialect) -> Sql:
    """Requests of people who had a service that began before and ended lately, or goes on.

    Lately is in so many months of the calendar, which depend on the type of service: on the same
    day of that month or after it, or on its last day where it has no such day.
    """
    row, then = database.quote("row"), f"{month_number('r.start_on')} - s.client_months"
    same_day = "day(s.end_on) >= least(day(r.start_on), day(last_day(s.end_on)))"
    return Sql(
        f"""select distinct r.source, r.{row} from wait_events r
            join wait_events s on s.place = r.place and s.person = r.person
            where r.step = 1 and s.step = 3 and s.client_months > 0 and s.start_on < r.start_on
            and (s.end_on is null or {month_number("s.end_on")} > {then}
            or ({month_number("s.end_on")} = {then} and {same_day}))"""
    )


def _ruled(database: Dialect, asked: Asked) -> Sql:
    """Every request, with the rule by which it is not in line at all."""
    row, youngest = database.quote("row"), asked.number("youngest")
    ends = asked.words("outcomes_without_progress")
    like = " or ".join("r.outcome like ?" for _ in ends)
    rules: list[tuple[Sql | str, str]] = [
        ("r.age is null", left_out.NO_BIRTH),
        (f"r.age < {youngest}", left_out.under(youngest)),
        ("c.source is not null", left_out.ALREADY_CLIENT),
        (Sql(f"({like})", tuple(f"{one}%" for one in ends)), left_out.NO_PROGRESS),
    ]
    if not asked.flag("count_missing_outcome"):
        rules.append(("r.outcome is null", left_out.NO_OUTCOME))
    return (
        Sql("select r.*, ")
        + first_rule(*rules)
        + f""" as left_out from wait_events r
            left join requests_of_clients c on c.source = r.source and c.{row} = r.{row}
            where r.step = 1"""
    )


def _in_line(database: Dialect, asked: Asked) -> Sql:
    """The requests that count, and the events that may follow, of people old enough."""
    names = ", ".join(
        ("place", "person", "start_on", "outcome", "conversation", "imported_on", "step", "source",
         database.quote("row"))
    )  # fmt: skip
    return Sql(
        f"""select {names} from ruled_requests where left_out is null
            union all select {names} from wait_events
            where step > 1 and age >= {asked.number("youngest")}"""
    )


def _ordered(database: Dialect) -> Sql:
    return Sql(
        f"""select u.*, row_number() over (partition by u.place, u.person
            order by u.start_on, u.step, u.imported_on desc nulls last, u.source desc,
            u.{database.quote("row")} desc) as place_in_line from unordered_events u"""
    )


def _in_blocks(asked: Asked) -> Sql:
    """Assessments that follow one another without another event between them have one block."""
    marks = ", ".join("?" for _ in asked.words("progress_to_service"))
    return Sql(
        f"""select o.*, sum(case when o.step = 2 then 0 else 1 end) over (
            partition by o.place, o.person order by o.place_in_line
            rows between unbounded preceding and current row) as block,
            case when o.step = 2 and o.outcome in ({marks}) then 1 else 0 end as progress
            from ordered_events o""",
        asked.words("progress_to_service"),
    )


def _with_next() -> Sql:
    """Each event with the places in line of the next assessment and the next service."""
    after = """over (partition by b.place, b.person order by b.place_in_line
            rows between 1 following and unbounded following)"""
    return Sql(
        f"""select b.*, min(case when b.step = 2 then b.place_in_line end) {after} as assessment,
            min(case when b.step = 3 then b.place_in_line end) {after} as service,
            max(b.progress) over (partition by b.place, b.person, b.block) as block_progress
            from events_in_blocks b"""
    )


def _bound(asked: Asked) -> Sql:
    """Each request with its next assessment, and whether it is its own first response."""
    marks = ", ".join("?" for _ in asked.words("progress_of_request"))
    return Sql(
        f"""select r.*, a.block_progress as assessed_progress,
            coalesce(r.conversation and r.start_on < cast(? as date) and r.outcome in ({marks})
            and (a.start_on is null or r.start_on < a.start_on), false) as own_response
            from events_with_next r left join events_with_next a
            on a.place = r.place and a.person = r.person and a.place_in_line = r.assessment
            where r.step = 1""",
        (asked.word("conversations_before"), *asked.words("progress_of_request")),
    )


def _answered(database: Dialect, asked: Asked) -> Sql:
    """Each request with its first response, and whether a service is meant to follow."""
    marks = ", ".join("?" for _ in asked.words("conversation_progress_to_service"))
    row, by_service = database.quote("row"), "b.service < coalesce(b.assessment, b.service + 1)"
    return Sql(
        f"""select b.place, b.person, b.start_on, b.place_in_line, b.source, b.{row}, b.service,
            case when b.own_response then b.place_in_line when {by_service} then b.service
            else b.assessment end as response,
            case when b.own_response then coalesce(b.outcome in ({marks}), false)
            when {by_service} then true else b.assessed_progress = 1 end as meant,
            case when b.own_response or {by_service} or b.assessment is null
            then false else b.assessed_progress = 0 end as leads_nowhere
            from bound_requests b""",
        asked.words("conversation_progress_to_service"),
    )


def _with_ends(database: Dialect) -> Sql:
    """Without a service that the assessment did not lead to, and with the end of the follow-up."""
    row, service = database.quote("row"), "case when a.leads_nowhere then null else a.service end"
    return Sql(
        f"""select a.place, a.person, a.start_on, a.place_in_line, a.source, a.{row}, a.response,
            {service} as service, a.meant, a.leads_nowhere,
            greatest(a.response, {service}) as follow_up
            from answered_requests a"""
    )


def _with_others() -> Sql:
    """With the end of the follow-up of the request before, and the furthest of all before."""
    line = "over (partition by e.place, e.person order by e.place_in_line"
    before = f"{line} rows between unbounded preceding and 1 preceding)"
    return Sql(
        f"""select e.*, lag(e.follow_up) {line}) as earlier_follow_up,
            max(e.response) {before} as earlier_response,
            max(e.service) {before} as earlier_service from requests_with_ends e"""
    )


def _overlapping() -> Sql:
    """With the days of what followed, and whether the follow-up of one before is in the way."""
    place = "on {0}.place = o.place and {0}.person = o.person and {0}.place_in_line = o.{1}"
    return Sql(
        f"""select o.*, coalesce(o.earlier_follow_up > o.place_in_line, false)
            or coalesce(o.response <= o.earlier_response, false)
            or coalesce(o.service <= o.earlier_service, false) as in_the_way,
            r.start_on as response_on, r.step as response_step, s.start_on as service_on
            from requests_with_others o
            left join events_with_next r {place.format("r", "response")}
            left join events_with_next s {place.format("s", "service")}"""
    )


def _all_waits(database: Dialect) -> Sql:
    row = database.quote("row")
    rule = first_rule(
        ("r.in_the_way", left_out.NOT_YET_FOLLOWED),
        (Sql("k.kind = ? and r.leads_nowhere", (SERVICE,)), left_out.NO_SERVICE_MEANT),
        (Sql("k.kind = ? and r.response is null", (RESPONSE,)), left_out.STILL_WAITING),
        (Sql("k.kind = ? and r.service is null", (SERVICE,)), left_out.STILL_WAITING),
    )
    judged = (
        Sql(
            """select r.place, r.person, k.kind, r.start_on as requested_on,
            case when k.kind = ? then r.response_on else r.service_on end as ended_on,
            case when k.kind = ? then r.response_step else 3 end as step, """,
            (RESPONSE, RESPONSE),
        )
        + rule
        + f""" as left_out, r.source, r.{row}
            from followed_requests r cross join outturn_wait_kinds k"""
    )
    counted = "case when f.left_out is null then {} end"
    return (
        Sql(
            f"""select r.place, r.person, k.kind, r.start_on as requested_on,
            null as followed_on, null as followed_by,
            r.left_out, r.source, r.{row}
            from ruled_requests r cross join outturn_wait_kinds k where r.left_out is not null
            union all select f.place, f.person, f.kind, f.requested_on,
            {counted.format("f.ended_on")} as followed_on,
            {counted.format(_FOLLOWED_BY)} as followed_by, f.left_out, f.source, f.{row} from ("""
        )
        + judged
        + ") f"
    )


def _months(asked: Asked) -> dict[str, int]:
    """The types of service that may follow, and for how many months each keeps a person known."""
    return dict(asked.method.parameters["client_months"])


def _tables(asked: Asked) -> dict[str, pl.DataFrame]:
    months = {"service_type": pl.String, "client_months": pl.Int64}
    return {
        "outturn_client_months": pl.DataFrame(
            list(_months(asked).items()), schema=months, orient="row"
        ),
        "outturn_wait_kinds": pl.DataFrame({"kind": KINDS}, schema={"kind": pl.String}),
    }
