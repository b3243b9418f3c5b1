"""Reviews of care plans that were due, and whether they came in time."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import NOT_DUE
from outturn.ingest.derivations.model import Asked, Plan


def due(database: Dialect, asked: Asked) -> Plan:
    """`reviews_due`: one row for each review whose day had come by `as_of`.

    One on the day itself is in time.
    """
    row = database.quote("row")
    aged = Sql(
        f"""select a.*, {whole_years("a.born_on", "a.review_due_on")} as age from assessments a
            where a.review_due_on <= ?""",
        (asked.as_of,),
    )
    in_time = "a.reviewed_on is not null and a.reviewed_on <= a.review_due_on"
    last = Sql(
        f"""select a.place, a.review_due_on as due_on, a.person, a.referral, a.kind,
            a.client_group, a.reviewed_on,
            case when {in_time} then true else false end as in_time, a.age,
            {group_of("a.age", asked.words("age_groups"))} as age_group, a.sex, a.source, a.{row}
            from aged_reviews a"""
    )
    out = Sql(
        f"""select a.place, a.review_due_on as due_on, a.person, a.referral, a.kind,
            a.client_group, a.reviewed_on, a.sex, ? as kept_out, a.source, a.{row}
            from assessments a where a.review_due_on > ?""",
        (NOT_DUE, asked.as_of),
    )
    return Plan((Step("aged_reviews", aged),), last, kept_out=out)
