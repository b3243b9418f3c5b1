"""Reablement that a request of a new client led to, and what came after: 2A as of 2023-24.

The way of NHS England, which follows the older return: requests close to one another are one; the
events after it are followed while they are close to one another; where reablement is among them,
it is of the cohort. What came after the reablement is found in the same way.
"""

from __future__ import annotations

import polars as pl

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations import left_out, reablement
from outturn.ingest.derivations.left_out import NOT_FOLLOWED, first_rule
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.reablement import NEVER, OF_CLUSTER

NO_REQUEST = "no request for support led to it"
NOT_NEW = "the request was of a person with long-term support: not a new client"
NOWHERE = 99  # the worth of an outcome that is not in the order of the method
_RANKS = {"outcome": pl.String, "rank": pl.Int64}


def outcomes(database: Dialect, asked: Asked) -> Plan:
    """`reablement_outcomes_2023_24`: one row for each cluster of ST-Max services.

    Services of the cohort are clustered by themselves, and so are the others, which are left out.
    """
    row = database.quote("row")
    steps = (
        Step("reablement_known_events", _events(database, asked, row), kept=True),
        *_requests(asked, row),
        Step("reablement_requests_after", _after_requests(database, asked, row)),
        Step("reablement_led", _led(asked, row)),
        Step("reablement_events", _with_cohort(row), kept=True),
        *reablement.clusters(asked, ", cohort", row),
        Step("reablement_after", _after(database, asked, row), kept=True),
        Step("reablement_in_chain", _in_chain(asked), kept=True),
        Step("reablement_found", _found()),
        Step("reablement_followed", _followed()),
        Step("reablement_joined", _joined(database, asked)),
        Step("reablement_sequels", _sequels(asked)),
        Step("reablement_cover", reablement.covered(database, asked)),
    )
    last = reablement.finished(asked, _rule(asked), row)
    out = reablement.out_of_clusters(database, asked, last)
    return Plan(steps, last, _tables(asked), kept_out=out)


def _tables(asked: Asked) -> dict[str, pl.DataFrame]:
    order = [(name, place) for place, name in enumerate(asked.words("outcome_order"))]
    telling = [(name, 1) for name in asked.words("outcomes_of_events")]
    return reablement.tables(asked) | {
        "outturn_order": pl.DataFrame(order, schema=_RANKS, orient="row"),
        "outturn_telling": pl.DataFrame(telling, schema=_RANKS, orient="row"),
    }


def _events(database: Dialect, asked: Asked, row: str) -> Sql:
    """Events of service users that do not end before they start, with the worth of the outcome."""
    return Sql(
        f"""select e.place, e.person, e.person_id, e.event_type, e.start_on, e.end_on, e.outcome,
            e.service_type, coalesce(o.rank, {NOWHERE}) as worth, o.rank is not null as usable,
            e.source, e.{row} from {database.quote(asked.method.given[0])} e
            left join outturn_order o on o.outcome = e.outcome
            where e.client_type = ? and (e.end_on is null or e.end_on >= e.start_on)""",
        (asked.word("client_type"),),
    )


def _requests(asked: Asked, row: str) -> tuple[Step, ...]:
    """Requests close to one another, as one, and whether each is of a new client.

    A request that goes on ends on the day looked from, for now.
    """
    person = "partition by place, person"
    order = f"order by start_on, ended_on, source, {row}"
    before = f"{person} {order} rows between unbounded preceding and 1 preceding"
    lined = Sql(
        f"""select r.*, max(ended_on) over ({before}) as end_before from (
            select place, person, start_on, coalesce(end_on, ?) as ended_on, source, {row}
            from reablement_known_events where event_type = 'Request') r""",
        (asked.as_of,),
    )
    gap = asked.number("days_between_requests")
    starts = f"case when start_on <= end_before + {gap} then 0 else 1 end"
    numbered = Sql(
        f"""select l.*, sum({starts}) over ({person} {order}
            rows between unbounded preceding and current row) as request
            from reablement_requests_lined l"""
    )
    whole = Sql(
        """select place, person, request, min(start_on) as started_on, max(ended_on) as ended_on
        from reablement_requests_numbered group by place, person, request"""
    )
    long_term = ", ".join("?" for _ in asked.words("long_term"))
    known = Sql(
        f"""select distinct c.place, c.person, c.request
            from reablement_requests c join reablement_known_events e on {OF_CLUSTER}
            where e.event_type = 'Service' and e.service_type in ({long_term})
            and e.start_on <= c.started_on and (e.end_on is null or e.end_on >= c.started_on)""",
        asked.words("long_term"),
    )
    flagged = Sql(
        """select c.*, k.request is null as new_client from reablement_requests c
        left join reablement_requests_known k
        on k.place = c.place and k.person = c.person and k.request = c.request"""
    )
    return (
        Step("reablement_requests_lined", lined),
        Step("reablement_requests_numbered", numbered),
        Step("reablement_requests", whole, kept=True),
        Step("reablement_requests_known", known),
        Step("reablement_requests_new", flagged),
    )


def _chain(database: Dialect, events: Sql, key: str, first_days: int, next_days: int) -> Sql:
    """Events in order, and the day on which the chain of them ends.

    It ends with one that `stops` it, with a first one that comes too late after `ended_on`, and
    with one that begins too long after the end of the one before it.
    """
    row = database.quote("row")
    order = f"partition by {key} order by start_on, coalesce(end_on, {NEVER}), source, {row}"
    lined = Sql(f"select f.*, row_number() over ({order}) as line, lag(end_on) over ({order})")
    lined = lined + " as end_before from (" + events + ") f"
    late = f"line = 1 and {database.days('ended_on', 'start_on')} > {first_days}"
    apart = f"line > 1 and {database.days('end_before', 'start_on')} > {next_days}"
    stops = f"case when stops or ({late}) or ({apart}) then start_on end"
    return (
        Sql(f"select l.*, min({stops}) over (partition by {key}) as stopped_on from (")
        + lined
        + ") l"
    )


def _after_requests(database: Dialect, asked: Asked, row: str) -> Sql:
    """What began when a request had ended, or later; another request ends the chain."""
    events = Sql(
        f"""select c.place, c.person, c.request, c.ended_on, c.new_client, e.event_type,
            e.service_type, e.start_on, e.end_on,
            coalesce(e.event_type = 'Request', false) as stops, e.source, e.{row}
            from reablement_requests_new c join reablement_known_events e on {OF_CLUSTER}
            where e.start_on >= c.ended_on and not (coalesce(e.event_type = 'Request', false)
            and e.start_on <= c.ended_on)"""
    )
    return _chain(
        database,
        events,
        "place, person, request",
        asked.number("days_after_request"),
        asked.number("days_between_events"),
    )


def _led(asked: Asked, row: str) -> Sql:
    """Reablement that a request led to: 2 where one of a new client did, else 1."""
    return Sql(
        f"""select source, {row}, max(case when new_client then 2 else 1 end) as cohort
            from reablement_requests_after where event_type = 'Service' and service_type = ?
            and (stopped_on is null or start_on < stopped_on) group by source, {row}""",
        (asked.word("reablement"),),
    )


def _with_cohort(row: str) -> Sql:
    return Sql(
        f"""select e.*, coalesce(l.cohort, 0) as cohort from reablement_known_events e
            left join reablement_led l on l.source = e.source and l.{row} = e.{row}"""
    )


def _after(database: Dialect, asked: Asked, row: str) -> Sql:
    """What began when a cluster had ended, or later; other reablement ends the chain."""
    again = "coalesce(e.event_type = 'Service' and e.service_type = ?, false)"
    word = asked.word("reablement")
    events = Sql(
        f"""select c.place, c.person, c.cohort, c.cluster, c.ended_on, e.event_type, e.outcome,
            e.service_type, e.start_on, e.end_on, {again} as stops, e.source, e.{row}
            from reablement_clusters c join reablement_events e on {OF_CLUSTER}
            where e.start_on >= c.ended_on
            and not ({again} and e.cohort = c.cohort and e.start_on <= c.ended_on)""",
        (word, word),
    )
    return _chain(
        database,
        events,
        "place, person, cohort, cluster",
        asked.number("days_after"),
        asked.number("days_between_events"),
    )


def _in_chain(asked: Asked) -> Sql:
    """The events of each chain; `line` is 1 for the last of those whose outcome tells."""
    telling = "case when t.outcome is null then 1 else 0 end"
    return Sql(
        f"""select a.place, a.person, a.cohort, a.cluster, s.place_in_order,
            t.outcome, rank() over (partition by a.place, a.person, a.cohort, a.cluster
            order by {telling}, a.end_on desc nulls last) as line
            from reablement_after a
            left join outturn_services s
            on s.service_type = a.service_type and a.event_type = 'Service'
            left join outturn_telling t on t.outcome = a.outcome
            where a.stopped_on is null or a.start_on < a.stopped_on"""
    )


def _found() -> Sql:
    return Sql(
        """select place, person, cohort, cluster, min(place_in_order) as service_after,
        min(case when line = 1 then outcome end) as first_outcome,
        max(case when line = 1 then outcome end) as last_outcome
        from reablement_in_chain group by place, person, cohort, cluster"""
    )


def _followed() -> Sql:
    """Clusters after which anything comes, close or not."""
    return Sql("select distinct place, person, cohort, cluster from reablement_after")


def _joined(database: Dialect, asked: Asked) -> Sql:
    same = " and ".join(f"x.{n} = c.{n}" for n in ("place", "person", "cohort", "cluster"))
    return Sql(
        f"""select c.*, s.service_type as service_after, f.cluster is not null as has_chain,
            a.cluster is not null as has_events,
            case when f.first_outcome = f.last_outcome then f.first_outcome
            when f.first_outcome is not null then ? end as outcome_after,
            case when c.cohort > 0 then c.cohort = 2 end as new_client,
            {reablement.people(database, asked)} from reablement_clusters c
            left join {database.quote(asked.method.given[1])} p
            on p.place = c.place and p.person = c.person
            left join reablement_found f on {same.replace("x.", "f.")}
            left join reablement_followed a on {same.replace("x.", "a.")}
            left join outturn_services s on s.place_in_order = f.service_after""",
        (asked.word("conflicting"),),
    )


def _sequels(asked: Asked) -> Sql:
    """Each cluster with its sequel, and the kind of record that told it (the step)."""
    alone = ", ".join("?" for _ in asked.words("own_outcomes_alone"))
    beside = ", ".join("?" for _ in asked.words("own_outcomes_beside_events"))
    found = Sql(
        """select j.*, case when ended_on is null then null
            when service_after is not null then service_after
            when outcome_after is not null then outcome_after else outcome end as sequel,
            case when ended_on is null then null when service_after is not null then '2'
            when outcome_after is not null then '3' when has_chain then '4'
            when has_events then '5' else '1' end as step from reablement_joined j"""
    )
    told = Sql(
        f"""select s.*, coalesce(step in ('2', '3') or (step = '4' and outcome in ({beside}))
            or (step in ('1', '5') and outcome in ({alone})), false) as told from (""",
        (*asked.words("own_outcomes_beside_events"), *asked.words("own_outcomes_alone")),
    )
    kinds = """case when step = '2' then 'service' when step = '3' or told then 'outcome'
        else 'unclassified' end"""
    return Sql(f"select t.*, {kinds} as sequel_from from (") + told + found + ") s) t"


def _rule(asked: Asked) -> Sql:
    """The rule that leaves a cluster out before its sequel is asked."""
    youngest = asked.number("youngest")
    days = asked.number("days_after")
    return first_rule(
        ("q.ended_on is null", reablement.NOT_ENDED),
        (Sql(f"q.ended_on + {days} > ?", (asked.as_of,)), NOT_FOLLOWED),
        (reablement.TOO_EARLY, reablement.NOT_COVERED),
        ("q.died_on < q.started_on", reablement.DIED_BEFORE),
        ("q.born_on is null", left_out.NO_BIRTH),
        (f"q.age < {youngest}", left_out.under(youngest)),
        ("q.new_client is null", NO_REQUEST),
        ("not q.new_client", NOT_NEW),
    )
