"""Waits between the events of one record: ordered and delivered, referred and assessed."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def equipment(database: Dialect, asked: Asked) -> Plan:
    """`equipment_waits`: one row for each order that was delivered, by the day of delivery.

    One that was not is kept out, and told on the day of the order.
    """
    row = database.quote("row")
    aged = Sql(
        f"""select o.*, {database.days("o.ordered_on", "o.delivered_on")} as days,
            {whole_years("o.born_on", "o.ordered_on")} as age from equipment_orders o"""
    )
    aged = (
        Sql("select w.*, ")
        + first_rule(
            ("w.delivered_on is null", left_out.NOT_DELIVERED),
            ("not coalesce(w.delivered_on >= w.ordered_on, false)", left_out.DATES_TURNED),
        )
        + " as kept_out from ("
        + aged
        + ") w"
    )
    last = Sql(
        f"""select o.place, o.delivered_on, o.person, o.{database.quote("order")}, o.kind,
            o.ordered_on, o.days, case when o.days <= ? then true else false end as in_time,
            o.age, {group_of("o.age", asked.words("age_groups"))} as age_group, o.sex,
            o.source, o.{row} from aged_orders o where o.kept_out is null""",
        (asked.number("in_time_days"),),
    )
    out = Sql(
        f"""select o.place, coalesce(o.delivered_on, o.ordered_on) as delivered_on, o.person,
            o.{database.quote("order")}, o.kind, o.ordered_on, o.sex, o.kept_out, o.source, o.{row}
            from aged_orders o where o.kept_out is not null"""
    )
    return Plan((Step("aged_orders", aged),), last, kept_out=out)


def assessments(database: Dialect, asked: Asked) -> Plan:
    """`assessment_waits`: one row for each referral and part of the way that was completed.

    The parts are from referral to the start of the assessment, from there to its completion, from
    there to the first service, and from the referral to that. A part whose end lies before its
    start is kept out, for the dates are wrong, and so is one that has no end, on the day on which
    it began.
    """
    row = database.quote("row")
    parts = " union all ".join(
        f"""select a.*, '{part}' as part, a.{start} as began_on, a.{end} as ended_on
            from assessments a"""
        for part, start, end in PARTS
    )
    waits = Sql(
        f"""select p.*, {database.days("p.began_on", "p.ended_on")} as days,
            {whole_years("p.born_on", "p.referred_on")} as age from ruled_parts p"""
    )
    ruled = (
        Sql("select p.*, ")
        + first_rule(
            ("p.began_on is null or p.ended_on is null", left_out.NOT_REACHED_YET),
            ("not coalesce(p.ended_on >= p.began_on, false)", left_out.DATES_TURNED),
        )
        + " as kept_out from parts_of_the_way p"
    )
    limit = "case w.priority when 'urgent' then ? else ? end"
    last = Sql(
        f"""select w.place, w.ended_on, w.person, w.referral, w.kind, w.client_group, w.priority,
            w.part, w.began_on, w.days, case when w.days <= {limit} then true else false end
            as in_time, w.age, {group_of("w.age", asked.words("age_groups"))} as age_group,
            w.sex, w.source, w.{row} from waits_of_parts w where w.kept_out is null""",
        (asked.number("urgent_days"), asked.number("in_time_days")),
    )
    out = Sql(
        f"""select w.place, coalesce(w.ended_on, w.began_on, w.referred_on) as ended_on, w.person,
            w.referral, w.kind, w.client_group, w.priority, w.part, w.began_on, w.sex, w.kept_out,
            w.source, w.{row} from waits_of_parts w where w.kept_out is not null"""
    )
    steps = (
        Step("parts_of_the_way", Sql(parts)),
        Step("ruled_parts", ruled),
        Step("waits_of_parts", waits),
    )
    return Plan(steps, last, kept_out=out)


PARTS = (
    ("referral to assessment", "referred_on", "assessment_began_on"),
    ("assessment to completion", "assessment_began_on", "assessment_completed_on"),
    ("completion to service", "assessment_completed_on", "first_service_on"),
    ("referral to service", "referred_on", "first_service_on"),
)
