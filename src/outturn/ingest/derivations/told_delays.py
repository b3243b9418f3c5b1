"""Delays by something that records need not tell: the kind of bed, the setting, the reason.

Where nobody's is told, nobody can know how many there are, and none is not a number of them. So
these tables have the rows of those places and times alone in which it is told of somebody; one of
whom it is not told is left out by name.
"""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations import kept_out
from outturn.ingest.derivations.left_out import (
    BED_NOT_TOLD,
    NOBODY_TOLD,
    OTHER_BED,
    REASON_NOT_KNOWN,
    first_rule,
    not_longer,
    setting_not_told,
)
from outturn.ingest.derivations.model import Asked, Plan


def mental_health_bed_days(database: Dialect, asked: Asked) -> Plan:
    """`mental_health_delay_bed_days`: one row for each delay and month; others are left out."""
    return _by_bed(database, asked, "month")


def mental_health_census(database: Dialect, asked: Asked) -> Plan:
    """`mental_health_delay_census`: one row for each delay and census; others are left out."""
    return _by_bed(database, asked, "census")


def by_setting(database: Dialect, asked: Asked) -> Plan:
    """`waits_for_discharge`: one row for each delay and census.

    Who waits in a short-stay setting counts, and who waits longer than the days of the method,
    wherever that is.
    """
    days = asked.number("days_elsewhere")
    short = asked.words("short_stay")
    elsewhere = f"t.setting not in ({', '.join('?' for _ in short)})"
    rule = first_rule(
        (f"t.days_waited <= {days} and t.setting is null", setting_not_told(days)),
        (Sql(f"t.days_waited <= {days} and {elsewhere}", short), not_longer(days)),
    )
    return _plan(database, asked, "setting", "census", rule)


def by_reason(database: Dialect, asked: Asked) -> Plan:
    """`delay_bed_days_by_reason`: one row for each delay and month.

    A reason that no list of the nation knows is in no group. England's letters are none of
    Scotland's codes, so an extract of them says nothing of Scotland's groups.
    """
    unknown = asked.word("unknown")
    rule = first_rule((Sql("t.reason_group = ?", (unknown,)), REASON_NOT_KNOWN))
    given = database.quote(asked.method.given[0])
    known = Sql(
        f"""select d.*, sum(case when d.reason_group <> ? then 1 else 0 end)
            over (partition by d.place, d.month) as told from {given} d""",
        (unknown,),
    )
    return _of_known(database, asked, known, rule)


def _by_bed(database: Dialect, asked: Asked, period: str) -> Plan:
    kinds = asked.words("kinds")
    rule = first_rule(
        ("t.kind is null", BED_NOT_TOLD),
        (Sql(f"t.kind not in ({', '.join('?' for _ in kinds)})", kinds), OTHER_BED),
    )
    return _plan(database, asked, "kind", period, rule)


def _plan(database: Dialect, asked: Asked, column: str, period: str, rule: Sql) -> Plan:
    """The rows of a place and period in which some row has the column, with who is left out."""
    given = database.quote(asked.method.given[0])
    told = Sql(
        f"""select d.*, count(d.{column}) over (partition by d.place, d.{period}) as told
            from {given} d"""
    )
    return _of_known(database, asked, told, rule)


def _of_known(database: Dialect, asked: Asked, told: Sql, rule: Sql) -> Plan:
    """Others are kept out: who is kept out of the given table, and who is where nobody is told."""
    given = asked.method.given[0]
    last = Sql("select t.*, ") + rule + " as left_out from told_delays t where t.told > 0"
    contract = "place, {0}, person, delay, age_group, reason, reason_group, kind, source, {1}"
    period = "census" if given.startswith("delay_census") else "month"
    columns = contract.format(period, database.quote("row"))
    out = Sql(f"select {columns}, coalesce(") + rule
    out += Sql(", ?) as kept_out from told_delays t where t.told = 0 union all ", (NOBODY_TOLD,))
    out += f"select {columns}, kept_out from {kept_out.of(database, given)}"
    return Plan((Step("told_delays", told),), last, kept_out=out)
