"""Days in mental health beds, after the chain of rules for records that tell one episode twice."""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import kept_out
from outturn.ingest.derivations.ages import group_of
from outturn.ingest.derivations.left_out import (
    ADMITTED_AGAIN,
    INSIDE_ANOTHER,
    ONE_DAY,
    OPEN_AND_CLOSED,
    OPEN_IN_AN_EARLIER,
    OTHER_ADMISSION,
    OTHER_BED,
    SAME_ADMISSION,
    SAME_DATES,
    SAME_DISCHARGE,
    first_rule,
)
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.months import months
from outturn.ingest.derivations.reach import before, reach, reached
from outturn.ingest.derivations.stays import OF_STAYS

_PERSON = "partition by c.place, c.person"


def bed_days(database: Dialect, asked: Asked) -> Plan:
    """`mental_health_bed_days`: one row for each episode and month in which it has days.

    The day of discharge counts and the day of admission does not; an episode without a discharge
    is closed at `as_of`. `left_out` names the first rule by which an episode does not count: that
    its admission is of another type, or one of the chain.
    """
    row = database.quote("row")
    start, end = "greatest(c.admitted_on, m.before)", "least(c.until, m.last)"
    until = "coalesce(s.discharged_on, cast(? as date))"
    lasting = (
        Sql("select c.*, ")
        + first_rule(("c.until <= c.admitted_on", ONE_DAY))
        + Sql(
            f""" as kept_out from (select d.*, coalesce(d.discharged_on, cast(? as date)) as until,
            {whole_years("d.born_on", "d.admitted_on")} as age from chain_discharges d) c""",
            (asked.as_of,),
        )
    )
    kinds = asked.words("kinds")
    others = Sql(
        f"""select s.*, {until} as until, ? as kept_out from hospital_stays s
            where s.admitted_on is not null and s.kind not in ({", ".join("?" for _ in kinds)})""",
        (asked.as_of, OTHER_BED, *kinds),
    )
    last = Sql(
        f"""select c.place, m.first as month, c.person, c.stay, c.hospital, c.kind, c.admission,
            c.out_of_area, c.age, {group_of("c.age", asked.words("age_groups"))} as age_group,
            c.sex, {database.days(start, end)} as bed_days, c.left_out, c.source, c.{row}
            from chain_lasting c join outturn_months m
            on m.last > c.admitted_on and m.before < c.until
            {reached("c.place", "m.first")} where c.kept_out is null"""
    )
    days = {"began": "t.admitted_on", "until": "greatest(t.until, t.admitted_on)"}
    out = kept_out.of_months(database, "chain_lasting", OF_STAYS, **days)
    out += Sql(" union all ") + kept_out.of_months(database, "chain_others", OF_STAYS, **days)
    steps = (
        *reach("hospital_stays", "discharged_on"),
        *_chain(asked),
        Step("chain_lasting", lasting),
        Step("chain_others", others),
    )
    tables = {"outturn_months": months(asked.as_of)}
    return Plan(steps, last, tables, before("hospital_stays", "discharged_on"), out)


def _chain(asked: Asked) -> tuple[Step, ...]:
    """The rules in their order: each looks only at what those before it have left.

    "Wholly inside" and "repeat until none" is one look at all: what is inside an episode that is
    inside a third is inside the third as well.
    """
    kinds, admissions = asked.words("kinds"), asked.words("admissions")
    chosen = Sql(
        f"""select s.*, case when s.admission in ({", ".join("?" for _ in admissions)})
            then 1 else 0 end as chosen from hospital_stays s
            where s.admitted_on is not null and s.kind in ({", ".join("?" for _ in kinds)})""",
        (*admissions, *kinds),
    )
    copies = Sql(
        f"""select c.*, row_number() over ({_PERSON}, c.chosen, c.admitted_on, c.discharged_on
            order by c.stay) as copy from chain_chosen c"""
    )
    closed_on = "max(case when c.chosen = 1 then c.discharged_on end)"
    admitted_on = "max(case when c.chosen = 1 then c.admitted_on end)"
    is_open = "c.discharged_on is null"
    opened = Sql("select c.*, ") + first_rule(
        ("c.chosen = 0", OTHER_ADMISSION),
        ("c.copy > 1", SAME_DATES),
        (f"{is_open} and {closed_on} over ({_PERSON}, c.admitted_on) is not null", OPEN_AND_CLOSED),
        (f"{is_open} and {admitted_on} over ({_PERSON}) > c.admitted_on", ADMITTED_AGAIN),
    )
    opened += " as by_open from chain_copies c"
    # Of episodes with the same admission the shorter come first, so that none before this one
    # ends later unless it also began earlier.
    earlier = Sql(
        f"""select c.*, max(case when c.by_open is null then c.discharged_on end) over ({_PERSON}
            order by c.admitted_on, case when {is_open} then 1 else 0 end, c.discharged_on, c.stay
            rows between unbounded preceding and 1 preceding) as earlier_ends
            from chain_opened c"""
    )
    return (
        Step("chain_chosen", chosen),
        Step("chain_copies", copies),
        Step("chain_opened", opened),
        Step("chain_earlier", earlier),
        _further("chain_inside", "chain_earlier", "by_open", "by_inside",
                 (f"not {is_open} and c.earlier_ends > c.discharged_on", INSIDE_ANOTHER),
                 (f"{is_open} and c.earlier_ends > c.admitted_on", OPEN_IN_AN_EARLIER)),
        _further("chain_admissions", "chain_inside", "by_inside", "by_admission",
                 (f"""c.discharged_on < max(case when c.by_inside is null then c.discharged_on end)
                      over ({_PERSON}, c.admitted_on)""", SAME_ADMISSION)),
        _further("chain_discharges", "chain_admissions", "by_admission", "left_out",
                 (f"""not {is_open} and c.admitted_on > min(case when c.by_admission is null
                      then c.admitted_on end) over ({_PERSON}, c.discharged_on)""",
                  SAME_DISCHARGE)),
    )  # fmt: skip


def _further(name: str, table: str, earlier: str, after: str, *rules: tuple[str, str]) -> Step:
    """A step of the chain: the rule by which an episode went before, else one of these."""
    found = Sql(f"select c.*, coalesce(c.{earlier}, ") + first_rule(*rules)
    return Step(name, found + f") as {after} from {table} c")
