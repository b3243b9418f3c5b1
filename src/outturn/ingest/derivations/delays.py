"""Delays in hospital, divided by month and looked at on the day of the census.

A delay's bed days are the days after the day of readiness up to and with the day of
discharge; the census is the last Thursday of the month. Months to which the records do not reach
back have neither.
"""

from __future__ import annotations

from importlib import resources

import polars as pl

from outturn.databases import Dialect, Sql, Step, whole_years
from outturn.ingest.derivations import kept_out, left_out
from outturn.ingest.derivations.left_out import first_rule
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.months import months
from outturn.ingest.derivations.reach import before, reach, reached

UNKNOWN, NO_AGE = "Unknown code", "Unknown age"


def reasons(nation: str) -> pl.DataFrame:
    """The reason codes of a nation, with their groups. No nation's codes stand for another's."""
    file = resources.files("outturn.ingest.derivations") / "words" / "delay_reasons.csv"
    return pl.read_csv(file.read_bytes(), infer_schema=False).filter(nation=nation).drop("nation")


def bed_days(database: Dialect, asked: Asked) -> Plan:
    """`delay_bed_days`: one row for each delay and month in which it has bed days."""
    start = "greatest(d.ready_on, m.before)"
    end = "least(coalesce(d.discharged_on, m.last), m.last)"
    lasting = Sql("select d.*, coalesce(d.rule, ")
    lasting += first_rule(("d.discharged_on <= d.ready_on", left_out.ONE_DAY))
    lasting += ") as kept_out from known_delays d"
    last = Sql(
        f"""select d.place, m.first as month, d.person, d.delay, d.age_group, d.reason,
            d.reason_group, d.kind, {database.days(start, end)} as bed_days, d.source,
            d.{_row(database)}
            from lasting_delays d join outturn_months m
            on m.last > d.ready_on and m.before < coalesce(d.discharged_on, m.last)
            {reached("d.place", "m.first")}
            where d.kept_out is null"""
    )
    out = kept_out.of_months(
        database,
        "lasting_delays",
        ("place", "person", "delay", "age_group", "reason", "reason_group", "kind"),
        began="t.ready_on",
        until="coalesce(t.discharged_on, m.last)",
    )
    steps = (*_known(database, asked), Step("lasting_delays", lasting))
    return Plan(steps, last, _tables(asked), before("delays", "discharged_on"), out)


def census(database: Dialect, asked: Asked) -> Plan:
    """`delay_census`: one row for each delay and census at which the person was waiting."""
    by_code = [
        (Sql("d.reason = ?", (one,)), left_out.reason_left_out(one))
        for one in asked.words("left_out_codes")
    ]
    coded = Sql("select d.*, ") + _first_of("d.rule", by_code) + " as kept_out from known_delays d"
    same = f"""d.place, m.census as census, d.person, d.delay, d.age_group, d.reason,
            d.reason_group, d.kind, d.setting, d.source, d.{_row(database)}"""
    waiting = "(d.discharged_on is null or d.discharged_on >= m.census) and m.census <= ?"
    last = Sql(
        f"""select {same}, {database.days("d.ready_on", "m.census")} as days_waited
            from delays_by_code d join outturn_months m on d.ready_on < m.census
            {reached("d.place", "m.first")}
            where {waiting} and d.kept_out is null""",
        (asked.as_of,),
    )
    out = Sql(
        f"""select {same}, coalesce(d.kept_out, case when r.place is null then ? else ? end)
            as kept_out from delays_by_code d join outturn_months m on d.ready_on <= m.census
            left {reached("d.place", "m.first")}
            where {waiting}
            and (d.kept_out is not null or r.place is null or d.ready_on = m.census)""",
        (left_out.NOT_REACHED, left_out.READY_THAT_DAY, asked.as_of),
    )
    steps = (*_known(database, asked), Step("delays_by_code", coded))
    return Plan(steps, last, _tables(asked), before("delays", "discharged_on"), out)


def _known(database: Dialect, asked: Asked) -> tuple[Step, ...]:
    """Delays, each under the one code that groups it, with the `rule` that leaves it out, if any.

    A code that is unknown, and a person whose age is, are kept in groups of their own.
    """
    first, second = (f"nullif(upper(trim(r.{c})), '')" for c in ("reason", "secondary_reason"))
    aged = Sql(
        f"""select r.*, coalesce(r.age_when_ready, {whole_years("r.born_on", "r.ready_on")})
            as age from delays r"""
    )
    coded = Sql(
        f"""select r.*, case when {_bare(first)} = ? then coalesce({_bare(second)}, {_bare(first)})
            else coalesce({_bare(first)}, {_bare(second)}, ?) end as code from aged_delays r
            where r.ready_on is not null""",
        (asked.word("complex"), asked.word("without_codes")),
    )
    group, youngest = "coalesce(w.reason_group, ?)", asked.number("youngest")
    rules: list[tuple[Sql | str, str]] = [(f"c.age < {youngest}", left_out.under(youngest))]
    rules += [
        (Sql(f"{group} = ?", (UNKNOWN, one)), left_out.reason_left_out(one))
        for one in asked.words("left_out_groups")
    ]
    known = (
        Sql(
            f"""select c.place, c.person, c.delay, c.ready_on, c.discharged_on, c.code as reason,
            {group} as reason_group, c.kind, c.setting,
            case when c.age is null then ? when c.age >= ? then ? else ? end as age_group, """,
            (UNKNOWN, NO_AGE, asked.number("older"), *asked.words("age_groups")),
        )
        + first_rule(*rules)
        + f""" as rule, c.source, c.{_row(database)}
            from coded_delays c left join outturn_delay_reasons w on w.code = c.code"""
    )
    named = (Step("aged_delays", aged), Step("coded_delays", coded), Step("known_delays", known))
    return (*reach("delays", "discharged_on"), *named)


def _first_of(earlier: str, rules: list[tuple[Sql, str]]) -> Sql:
    """The rule that was found before, else the first of these that holds."""
    return Sql(f"coalesce({earlier}, ") + first_rule(*rules) + ")" if rules else Sql(earlier)


def _bare(text: str) -> str:
    """A code without the noughts before it."""
    return f"trim(leading '0' from {text})"


def _row(database: Dialect) -> str:
    return database.quote("row")


def _tables(asked: Asked) -> dict[str, pl.DataFrame]:
    return {
        "outturn_months": months(asked.as_of),
        "outturn_delay_reasons": reasons(asked.word("reasons")),
    }
