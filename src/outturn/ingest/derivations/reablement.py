"""Reablement, and what came after it: England's ASCOF measure 2A.

Services of short-term support to maximise independence (ST-Max) that follow one another closely
are one cluster. The sequel is what the first step of the method says: death, hospital, a service,
an outcome, equipment, or nothing that tells it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import cld_words, kept_out, left_out, windows
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.cld_ages import age_by_days
from outturn.ingest.derivations.left_out import NOT_FOLLOWED, first_rule
from outturn.ingest.derivations.model import Asked, Plan

NEVER = "make_date(9999, 1, 1)"  # an open end, where the latest is looked for; never counted with
WORSE = 100  # is added to the rank of an outcome that does not tell how care went on
OF_CLUSTER = "c.place = e.place and c.person = e.person"

TOO_EARLY = "q.covered_from is null or q.ended_on < q.covered_from"  # of a row in line, as `q`
NOT_ENDED = "the reablement has not ended"
NOT_COVERED = "ended before the first month that the data of the place cover"
DIED_BEFORE = "died before it began"
NOT_NEW = "long-term support in the time before: not a new client"
UNTOLD = "no record tells what came after"


def outcomes(database: Dialect, asked: Asked) -> Plan:
    """`reablement_outcomes`: one row for each cluster of ST-Max services."""
    row = database.quote("row")
    steps = (
        Step("reablement_events", _events(database, asked, row), kept=True),
        *clusters(asked, "", row),
        Step("reablement_after", _after(asked)),
        Step("reablement_inside", _inside(database, asked)),
        Step("reablement_known", _known(database, asked)),
        Step("reablement_joined", _joined(database, asked, row)),
        Step("reablement_sequels", _sequels(database, asked)),
        Step("reablement_cover", covered(database, asked)),
    )
    last = finished(asked, _rule(asked), row)
    return Plan(steps, last, tables(asked), kept_out=out_of_clusters(database, asked, last))


def out_of_clusters(database: Dialect, asked: Asked, made: Sql) -> Sql:
    """Services that are in no cluster, and clusters of the table `made` that have not ended."""
    open_still = kept_out.without_its_day(
        database, made, "f.place, f.person, f.person_id, f.started_on",
        day="ended_on", began="started_on",
    )  # fmt: skip
    services = kept_out.of_events(
        database,
        asked.method.given[0],
        """e.place, e.person, e.person_id, e.start_on as started_on,
            coalesce(e.end_on, e.start_on) as ended_on""",
        Sql("e.event_type = 'Service' and e.service_type = ?", (asked.word("reablement"),)),
        client=asked.word("client_type"),
        ends_first=True,
    )
    return services + " union all " + open_still


def tables(asked: Asked) -> dict[str, pl.DataFrame]:
    """Small tables: outcomes, types of service in order, and what each sequel counts for."""
    services = pl.DataFrame(
        [(name, place) for place, name in enumerate(asked.words("services"))],
        schema={"service_type": pl.String, "place_in_order": pl.Int64},
        orient="row",
    )
    words: Mapping[str, str] = asked.method.parameters["left_out_sequels"]
    lines: list[tuple[str, bool, str | None]] = [
        (name, True, None) for name in asked.words("independent")
    ]
    lines += [(name, False, None) for name in asked.words("dependent")]
    lines += [(name, False, text) for name, text in words.items()]
    kinds = {"sequel": pl.String, "independent": pl.Boolean, "left_out": pl.String}
    return {
        "outturn_cld_outcomes": cld_words.outcomes(),
        "outturn_services": services,
        "outturn_sequels": pl.DataFrame(lines, schema=kinds, orient="row"),
    }


def _events(database: Dialect, asked: Asked, row: str) -> Sql:
    """Events of service users that do not end before they start, with the rank of the outcome."""
    return Sql(
        f"""select e.place, e.person, e.person_id, e.event_type, e.start_on, e.end_on, e.outcome,
            e.service_type, e.service_component, coalesce(o.usable, false) as usable,
            e.outcome_rank + case when o.usable then 0 else {WORSE} end as worth,
            e.source, e.{row} from {database.quote(asked.method.given[0])} e
            left join outturn_cld_outcomes o on o.outcome = e.outcome
            where e.client_type = ? and (e.end_on is null or e.end_on >= e.start_on)""",
        (asked.word("client_type"),),
    )


def clusters(asked: Asked, together: str, row: str) -> tuple[Step, ...]:
    """Services that follow one another closely, as one; its record is that with the latest end.

    `together` names columns that services of one cluster must share, each after a comma.
    """
    person = f"partition by place, person{together}"
    order = f"order by start_on, coalesce(end_on, {NEVER}), worth, source, {row}"
    before = f"{person} {order} rows between unbounded preceding and 1 preceding"
    lined = Sql(
        f"""select e.*, max(coalesce(end_on, {NEVER})) over ({before}) as end_before
            from reablement_events e where event_type = 'Service' and service_type = ?""",
        (asked.word("reablement"),),
    )
    gap = asked.number("days_between_services")
    starts = f"case when start_on <= end_before + {gap} then 0 else 1 end"
    numbered = Sql(
        f"""select l.*, sum({starts}) over ({person} {order}
            rows between unbounded preceding and current row) as cluster from reablement_lined l"""
    )
    whole = f"{person}, cluster"
    ended = Sql(
        f"""select n.*, min(start_on) over ({whole}) as started_on,
            row_number() over ({whole} order by coalesce(end_on, {NEVER}) desc, worth,
            source desc, {row} desc) as line from reablement_numbered n"""
    )
    kept = Sql(
        f"""select place, person, person_id{together}, cluster, started_on, end_on as ended_on,
            outcome, usable, worth, source, {row} from reablement_ended where line = 1"""
    )
    return (
        Step("reablement_lined", lined),
        Step("reablement_numbered", numbered),
        Step("reablement_ended", ended),
        Step("reablement_clusters", kept, kept=True),
    )


def _after(asked: Asked) -> Sql:
    """For each cluster: the best service after it, what its other events say, and whether any.

    What is after it began in it or in the days after its end, and ended later than it.
    """
    short = ", ".join("?" for _ in asked.words("short_care"))
    service = f"s.place_in_order * 2 + case when e.service_component in ({short}) then 0 else 1 end"
    other = "(e.event_type <> 'Service' and (e.outcome is null or e.outcome <> ?))"
    planned = asked.word("ended_as_planned")
    return Sql(
        f"""select c.place, c.person, c.cluster, count(*) as events_after,
            count(case when {other} then 1 end) as telling_after,
            min(case when {other} and e.usable then e.worth end) as worth_after,
            min(case when e.event_type = 'Service' and s.place_in_order is not null
            then {service} end) as service_after
            from reablement_clusters c join reablement_events e on {OF_CLUSTER}
            left join outturn_services s on s.service_type = e.service_type
            where e.start_on >= c.started_on and (e.end_on is null or e.end_on > c.ended_on)
            and e.start_on <= c.ended_on + {asked.number("days_after")}
            group by c.place, c.person, c.cluster""",
        (planned, planned, *asked.words("short_care")),
    )


def _inside(database: Dialect, asked: Asked) -> Sql:
    """For each cluster: what its last assessment or review says, and whether equipment came.

    The latest is found by one whole number: a thousand for each day before the end, and the rank.
    """
    left = database.days("e.end_on", "c.ended_on")
    return Sql(
        f"""select c.place, c.person, c.cluster,
            min(case when e.event_type in ('Assessment', 'Review') and e.usable
            and {left} < {asked.number("days_of_last_review")}
            then {left} * 1000 + e.worth end) % 1000 as worth_inside,
            count(case when e.event_type = 'Service' and e.service_component = ?
            and (e.service_type is null or e.service_type <> ?) then 1 end) as equipment
            from reablement_clusters c join reablement_events e on {OF_CLUSTER}
            where e.start_on >= c.started_on and e.end_on > c.started_on
            and e.end_on <= c.ended_on group by c.place, c.person, c.cluster""",
        (asked.word("equipment"), asked.word("reablement")),
    )


def _known(database: Dialect, asked: Asked) -> Sql:
    """Clusters of people with long-term support in the time before."""
    long_term = ", ".join("?" for _ in asked.words("long_term"))
    return Sql(
        f"""select distinct c.place, c.person, c.cluster
            from reablement_clusters c join reablement_events e on {OF_CLUSTER}
            where e.event_type = 'Service' and e.service_type in ({long_term})
            and e.start_on < c.started_on
            and (e.end_on is null or {database.days("e.end_on", "c.started_on")}
            < {asked.number("new_client_after_days")})""",
        asked.words("long_term"),
    )


def _joined(database: Dialect, asked: Asked, row: str) -> Sql:
    """Clusters with all that tells the sequel. The outcome of its own is not asked where the
    events after it are of a kind that tells nothing, unless the method asks it always."""
    same = "x.place = c.place and x.person = c.person and x.cluster = c.cluster"
    joins = " ".join(
        f"left join reablement_{name} {letter} on {same.replace('x.', letter + '.')}"
        for name, letter in (("after", "a"), ("inside", "i"), ("known", "k"))
    )
    asked_own = "true"
    if not asked.flag("own_outcome_always"):
        asked_own = "(a.events_after is null or a.telling_after > 0)"
    return Sql(
        f"""select c.*, k.cluster is null as new_client, a.service_after, a.worth_after,
            i.worth_inside, case when c.usable and {asked_own} then c.worth end as worth_own,
            least(case when c.usable and {asked_own} then c.worth end, a.worth_after,
            i.worth_inside) as worth_best, coalesce(i.equipment, 0) as equipment,
            {people(database, asked)} from reablement_clusters c
            left join {database.quote(asked.method.given[1])} p
            on p.place = c.place and p.person = c.person {joins}"""
    )


def people(database: Dialect, asked: Asked) -> str:
    """What is known of the person of a cluster, and the age on its last day."""
    return f"""p.born_on, p.died_on, coalesce(p.gender, 'Unknown') as gender,
        {age_by_days(database, asked, "p.born_on", "c.ended_on")} as age_by_days,
        {whole_years("p.born_on", "c.ended_on")} as age_true"""


def _sequels(database: Dialect, asked: Asked) -> Sql:
    """Each cluster with its sequel, by the first step that finds one."""
    died = f"j.died_on <= j.ended_on + {asked.number('days_of_death')}"
    found = Sql(
        f"""select j.*,
            case when j.ended_on is null then null when {died} then ?
            when j.outcome = ? then j.outcome
            when s.service_type = ? and j.service_after % 2 = 0 then ?
            when s.service_type is not null then s.service_type
            when o.outcome is not null then o.outcome
            when j.equipment > 0 then ? else j.outcome end as sequel,
            case when j.ended_on is null then null when {died} then '1' when j.outcome = ? then '2'
            when s.service_type is not null then '3'
            when j.worth_own = j.worth_best then '4a' when j.worth_after = j.worth_best then '4b'
            when j.worth_inside = j.worth_best then '4c'
            when j.equipment > 0 then '5' else '6' end as step, true as told
            from reablement_joined j
            left join outturn_services s
            on s.place_in_order = {database.floor_div("j.service_after", "2")}
            left join outturn_cld_outcomes o on o.rank = j.worth_best""",
        (
            asked.word("deceased"), asked.word("hospital"), asked.word("other_short"),
            asked.word("short_care_sequel"), asked.word("low_level"), asked.word("hospital"),
        ),
    )  # fmt: skip
    kinds = """case when step in ('4a', '4b', '4c') or (step = '6' and usable) then 'outcome'
        when step = '1' then 'death' when step = '2' then 'hospital' when step = '3' then 'service'
        when step = '5' then 'equipment' else 'unclassified' end"""
    return Sql(f"select f.*, {kinds} as sequel_from from (") + found + ") f"


def _rule(asked: Asked) -> Sql:
    """The rule that leaves a cluster out before its sequel is asked."""
    youngest = asked.number("youngest")
    return first_rule(
        ("q.ended_on is null", NOT_ENDED),
        (Sql(f"q.ended_on + {asked.number('days_after')} > ?", (asked.as_of,)), NOT_FOLLOWED),
        (TOO_EARLY, NOT_COVERED),
        ("q.died_on < q.started_on", DIED_BEFORE),
        (f"q.age < {youngest}", left_out.under(youngest)),
        ("not q.new_client", NOT_NEW),
    )


def covered(database: Dialect, asked: Asked) -> Sql:
    """The first day for which a place has figures: that of the first month that its data cover,
    not before the first day of the method; empty where they cover none."""
    cover = windows.cover(database, database.quote(asked.method.given[0]))
    first = "make_date(year(min(c.first_on)), month(min(c.first_on)), 1)"
    return (
        Sql(
            f"""select c.place, case when {first} < cast(? as date) then cast(? as date)
            else {first} end as covered_from from (""",
            (windows.first_day(asked),) * 2,
        )
        + cover
        + ") c group by c.place"
    )


def finished(asked: Asked, rule: Sql, row: str) -> Sql:
    """The columns of the table, from `reablement_sequels` and `reablement_cover`.

    `rule` leaves a row out before its sequel does; `q` names the row. It is `told` where what is
    in `sequel` may tell what came after.
    """
    age = "age_true" if asked.flag("true_age") else "age_by_days"
    aged = f"""select a.*, a.{age} as age, v.covered_from from reablement_sequels a
        left join reablement_cover v on v.place = a.place"""
    ruled = Sql("select q.*, x.independent as counts, coalesce(") + rule
    ruled = ruled + Sql(
        f""", x.left_out, case when x.sequel is null or not q.told then ? end) as left_out
            from ({aged}) q left join outturn_sequels x on x.sequel = q.sequel""",
        (UNTOLD,),
    )
    band = f"""case when age is null then 'Not known'
        else coalesce({group_of("age", asked.words("age_bands"))}, 'Under 18') end"""
    return (
        Sql(
            f"""select place, person, person_id, started_on, ended_on, sequel,
            sequel_from, step, new_client, age, age_true, {band} as age_band, gender,
            coalesce(left_out is null and counts, false) as independent, left_out, covered_from,
            source, {row}
            from ("""
        )
        + ruled
        + ") r"
    )
