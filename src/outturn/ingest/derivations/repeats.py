"""Older people who came to hospital as an emergency again and again."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.reach import reach, reached
from outturn.ingest.derivations.years import years


def admissions(database: Dialect, asked: Asked) -> Plan:
    """`repeat_admissions`: one row for each person and financial year with enough stays.

    The row stands for the last of the stays. Whether the person was assessed is empty where no
    assessment is known of the place. A year to whose first month the discharges do not reach back
    has no row.
    """
    row = database.quote("row")
    kinds, ways = asked.words("kinds"), asked.words("admissions")
    stays = Sql(
        f"""select d.place, d.person, d.stay, d.discharged_on, d.sex, d.source, d.{row},
            y.period, y.first, y.last, row_number() over (partition by d.place, d.person, y.period
            order by d.discharged_on desc, d.stay desc) as line,
            count(*) over (partition by d.place, d.person, y.period) as stays
            from discharges d join outturn_years y
            on d.discharged_on >= y.first and d.discharged_on <= y.last
            {reached("d.place", "y.first")}
            where d.age >= {asked.number("youngest")}
            and d.kind in ({", ".join("?" for _ in kinds)})
            and d.admission in ({", ".join("?" for _ in ways)})""",
        (*kinds, *ways),
    )
    left_out = asked.words("assessments_left_out")
    assessed = Sql(
        f"""select distinct a.place, a.person, y.period from assessments a
            join outturn_years y on a.assessment_completed_on >= y.first
            and a.assessment_completed_on <= y.last
            where a.kind not in ({", ".join("?" for _ in left_out)})""",
        left_out,
    )
    last = Sql(
        f"""select s.place, s.period, s.person, s.stays,
            case when k.place is null then null
            when a.person is null then false else true end as assessed, s.sex, s.source, s.{row}
            from repeat_stays s
            left join repeat_known k on k.place = s.place
            left join repeat_assessed a
            on a.place = s.place and a.person = s.person and a.period = s.period
            where s.line = 1 and s.stays >= {asked.number("stays")}"""
    )
    steps = (
        *reach("discharges", "discharged_on"),
        Step("repeat_stays", stays),
        Step("repeat_assessed", assessed),
        Step("repeat_known", Sql("select distinct place from assessments")),
    )
    return Plan(steps, last, {"outturn_years": years(asked.as_of)})
