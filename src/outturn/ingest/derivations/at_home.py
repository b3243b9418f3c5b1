"""Where people were on a later day after reablement."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan


def reablement(database: Dialect, asked: Asked) -> Plan:
    """`reablement_results`: one row for each episode that ended, with its result.

    Of each it is told whether the person was at home a number of days after the start: alive, not
    in a hospital bed, and not gone to a care home at the end. It is empty where that day had not
    come at `as_of`, and where no stay in hospital is known of the place.
    """
    row = database.quote("row")
    later = f"(e.started_on + {asked.number('at_home_after_days')})"
    aged = Sql("select e.*, ") + first_rule(
        ("e.started_on is null", left_out.NO_START),
        ("e.ended_on is null", left_out.NOT_ENDED),
        ("e.ended_on < e.started_on", left_out.DATES_TURNED),
    )
    aged += f""" as kept_out, {whole_years("e.born_on", "e.started_on")} as age,
            {later} as looked_on from reablement_episodes e"""
    inside = Sql(
        """select distinct a.place, a.episode from aged_episodes a join hospital_stays s
            on s.place = a.place and s.person = a.person and s.kind <> 'virtual ward'
            and s.admitted_on <= a.looked_on
            and (s.discharged_on is null or s.discharged_on > a.looked_on)"""
    )
    known = Sql("select distinct place from hospital_stays")
    home = """case when a.looked_on > ? or k.place is null then null
        when a.died_on is not null and a.died_on <= a.looked_on then false
        when coalesce(a.outcome, '') in ('care home', 'died') then false
        when i.episode is not null then false else true end"""
    last = Sql(
        f"""select a.place, a.ended_on, a.person, a.episode, a.started_on, a.from_hospital,
            a.outcome, {home} as at_home, a.looked_on,
            case when a.hours_before is null or a.hours_after is null then null
                 when a.hours_after < a.hours_before then true else false end as fewer_hours,
            a.age, {group_of("a.age", asked.words("age_groups"))} as age_group, a.sex,
            a.source, a.{row}
            from aged_episodes a
            left join places_of_stays k on k.place = a.place
            left join inside_on_the_day i on i.place = a.place and i.episode = a.episode
            where a.kept_out is null""",
        (asked.as_of,),
    )
    out = Sql(
        f"""select a.place, coalesce(a.ended_on, a.started_on) as ended_on, a.person, a.episode,
            a.started_on, coalesce(a.looked_on, a.ended_on) as looked_on, a.from_hospital,
            a.outcome, a.sex, a.kept_out, a.source, a.{row}
            from aged_episodes a where a.kept_out is not null"""
    )
    steps = (
        Step("aged_episodes", aged, kept=True),
        Step("inside_on_the_day", inside),
        Step("places_of_stays", known),
    )
    return Plan(steps, last, kept_out=out)
