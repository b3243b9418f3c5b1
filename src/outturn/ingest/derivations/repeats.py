"""Older people who came to hospital as an emergency again and again."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations import kept_out, left_out
from outturn.ingest.derivations.left_out import first_rule
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
    youngest = asked.number("youngest")
    of_year = Sql(
        f"""select d.place, d.person, d.stay, d.discharged_on, d.sex, d.source, d.{row},
            y.period, y.first, y.last, """
    )
    of_year += first_rule(
        ("d.age is null", left_out.NO_AGE),
        (f"d.age < {youngest}", left_out.under(youngest)),
        (_other("d.kind", kinds), left_out.OTHER_BED),
        (_other("d.admission", ways), left_out.OTHER_ADMISSION),
        ("r.place is null", left_out.NOT_REACHED),
    )
    of_year += f""" as kept_out from discharges d join outturn_years y
            on d.discharged_on >= y.first and d.discharged_on <= y.last
            left {reached("d.place", "y.first")}"""
    stays = Sql(
        """select d.*, row_number() over (partition by d.place, d.person, d.period
            order by d.discharged_on desc, d.stay desc) as line,
            count(*) over (partition by d.place, d.person, d.period) as stays
            from repeat_years d where d.kept_out is null"""
    )
    not_asked = asked.words("assessments_left_out")
    assessed = Sql(
        f"""select distinct a.place, a.person, y.period from assessments a
            join outturn_years y on a.assessment_completed_on >= y.first
            and a.assessment_completed_on <= y.last
            where a.kind not in ({", ".join("?" for _ in not_asked)})""",
        not_asked,
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
        Step("repeat_years", of_year),
        Step("repeat_stays", stays),
        Step("repeat_assessed", assessed),
        Step("repeat_known", Sql("select distinct place from assessments")),
    )
    enough, columns = asked.number("stays"), f"place, period, person, source, {row}, kept_out"
    out = Sql(
        f"""select {columns} from repeat_years where kept_out is not null
            union all select place, period, person, source, {row}, ? as kept_out from repeat_stays
            where stays < {enough}
            union all select d.place, y.period, d.person, d.source, d.{row}, d.kept_out
            from {kept_out.of(database, "discharges")} d join outturn_years y
            on d.discharged_on >= y.first and d.discharged_on <= y.last""",
        (left_out.fewer_stays(enough),),
    )
    return Plan(steps, last, {"outturn_years": years(asked.as_of)}, kept_out=out)


def _other(column: str, words: tuple[str, ...]) -> Sql:
    """Whether a column is none of the words."""
    listed = ", ".join("?" for _ in words)
    return Sql(f"not coalesce({column} in ({listed}), false)", words)
