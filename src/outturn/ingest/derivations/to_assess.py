"""People who left hospital to be assessed at home, and the days in a bed that this saved."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def discharges(database: Dialect, asked: Asked) -> Plan:
    """`discharges_to_assess`: one row for each stay that was followed by an assessment at home.

    The assessment, which is not one of a carer, begins on or after the day of discharge and is
    completed within the days that the method names, before the person is in hospital again. The
    days from discharge to its completion are those that the person would have waited in a bed.
    """
    marks = ", ".join("?" for _ in asked.words("destinations"))
    within = asked.number("within_days")
    followed = Sql(
        f"""select s.place, s.stay, min(a.assessment_completed_on) as assessed_on
            from hospital_stays s join assessments a on a.place = s.place and a.person = s.person
            and a.assessment_began_on >= s.discharged_on
            and a.assessment_completed_on > s.discharged_on
            and a.assessment_completed_on <= s.discharged_on + {within}
            where s.destination in ({marks}) and s.kind <> 'virtual ward' and a.kind <> 'carer'
            and not exists (select 1 from hospital_stays n where n.place = s.place
            and n.person = s.person and n.stay <> s.stay and n.admitted_on >= s.discharged_on
            and n.admitted_on <= a.assessment_completed_on)
            group by s.place, s.stay""",
        asked.words("destinations"),
    )
    row = database.quote("row")
    last = Sql(
        f"""select s.place, s.discharged_on, s.person, s.stay, s.hospital, s.kind,
            f.assessed_on, {database.days("s.discharged_on", "f.assessed_on")} as bed_days_saved,
            s.age, {group_of("s.age", asked.words("age_groups"))} as age_group, s.sex,
            s.source, s.{row}
            from (select h.*, {whole_years("h.born_on", "h.discharged_on")} as age
                  from hospital_stays h) s
            join followed_by_assessment f on f.place = s.place and f.stay = s.stay"""
    )
    out = Sql("select s.place, s.discharged_on, s.person, s.stay, s.hospital, s.kind, s.sex, ")
    out += first_rule(
        ("s.kind = 'virtual ward'", left_out.VIRTUAL_WARD),
        (Sql(f"not coalesce(s.destination in ({marks}), false)", asked.words("destinations")),
         left_out.OTHER_DESTINATION),
        ("true", left_out.not_assessed(within)),
    )  # fmt: skip
    out += f""" as kept_out, s.source, s.{row} from hospital_stays s
            left join followed_by_assessment f on f.place = s.place and f.stay = s.stay
            where f.stay is null and s.discharged_on is not null"""
    return Plan((Step("followed_by_assessment", followed),), last, kept_out=out)
