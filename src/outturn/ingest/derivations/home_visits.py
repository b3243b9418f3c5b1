"""Weeks of care at home, added up from single visits as call monitoring or a rota has them.

Of every visit it is told of which week it is, how long it was, and the rule by which it does not
count. Those that count are put in a line, in the order in which they begin: where two overlap, the
later counts from the end of the earlier.
"""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.left_out import (
    DATES_TURNED,
    NO_OUTCOME_TOLD,
    NOT_REACHED,
    OTHER_OUTCOME,
    PART_OF_A_WEEK,
    TOLD_TWICE,
    longer_than,
)
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.reach import reach

_TABLE = "home_care_visits"
_DAY = 24 * 60 * 60  # seconds
_ZERO = "cast('0001-01-01' as date)"  # before every day of a record
_OF_THE_PERSON = ("client_group", "sex", "born_on")


def weeks(database: Dialect, asked: Asked) -> Plan:
    """`home_care`: one row for each person, provider and week, which stands for its first visit.

    Seconds are added, which are whole; their hours are the one number that is not. Those of two
    carers are counted for each, unless the method says otherwise.
    """
    row = database.quote("row")
    own = ", ".join(f"min(c.{name}) as {name}" for name in _OF_THE_PERSON)
    added = f"""select c.place, c.person, c.week, c.provider,
        {database.whole("sum(c.counted * c.times)")} as seconds,
        {database.whole("count(distinct c.visit)")} as visits, {own},
        max(case when c.nth = 1 then c.source end) as source,
        max(case when c.nth = 1 then c.{row} end) as {row}
        from (select v.*, row_number() over (partition by v.place, v.person, v.week, v.provider
        order by v.source, v.{row}) as nth from counted_visits v where v.kept_out is null) c
        group by c.place, c.person, c.week, c.provider"""
    last = Sql(
        f"""select a.place, a.person, a.week, cast(a.seconds as double) / 3600 as hours, a.visits,
            a.provider, {", ".join(f"a.{name}" for name in _OF_THE_PERSON)}, a.source, a.{row}
            from ({added}) a"""
    )
    out = Sql(
        f"""select v.place, v.person, v.week, v.provider, v.client_group, v.sex, v.born_on,
            v.kept_out, v.source, v.{row} from counted_visits v where v.kept_out is not null"""
    )
    steps = (
        *reach(_TABLE, "visit_on"),
        Step("ends_of_places", _ends_of_places(database), kept=True),
        Step("timed_visits", _timed(database, asked)),
        Step("told_visits", _told(asked)),
        Step("lined_visits", _lined(database, asked)),
        Step("counted_visits", _counted(database, asked)),
    )
    return Plan(steps, last, kept_out=out)


def _ends_of_places(database: Dialect) -> Sql:
    """For each place the last day of its sources, and how many visits the largest of them has."""
    return Sql(
        f"""select p.place, max(s.last_on) as last_on, max(s.number) as number
            from (select distinct place, source from {_TABLE}) p
            join (select source, max(visit_on) as last_on, {database.whole("count(*)")} as number
            from {_TABLE} group by source) s on s.source = p.source group by p.place"""
    )


def _timed(database: Dialect, asked: Asked) -> Sql:
    """Every visit with its week, its seconds, and where it begins and ends in seconds of all time.

    Of the actual and the planned time the first that is told. Where only its minutes are, it is
    nowhere in the line; where nothing is, it has no seconds either.
    """
    kinds = [kind for kind in ("actual", "planned") if asked.flag(f"{kind}_counts")]
    ends = [(f"v.{one}_{end}", f"{one}_{name}") for one in kinds
            for end, name in (("start", "from"), ("end", "to"))]  # fmt: skip
    clock = "".join(f", {_of_day(text)} as {name}" for text, name in ends)
    clock += "".join(f", {_day(text)} as {name}_day" for text, name in ends)
    long = "".join(f", {_seconds(one)} as {one}_seconds" for one in kinds)
    seconds = start = "cast(null as bigint)"
    if kinds:
        told = "".join(f" when t.{one}_seconds is not null then t.{one}_{{0}}" for one in kinds)
        seconds, start = (f"case{told.format(part)} end" for part in ("seconds", "from"))
    day = database.whole(database.days(_ZERO, "s.visit_on"))
    times = "case when s.carer is null then greatest(coalesce(s.carers, 1), 1) else 1 end"
    return Sql(
        f"""select s.*, {times if asked.flag("each_carer_counts") else "1"} as times,
            {day} * {_DAY} + s.start as begins, {day} * {_DAY} + s.start + s.seconds as ends
            from (select t.*, {seconds} as seconds, {start} as start
            from (select c.*{long} from (select v.*,
            cast(date_trunc('week', v.visit_on) as date) as week{clock} from {_TABLE} v) c) t) s"""
    )


def _seconds(kind: str) -> str:
    """How long a visit was: by its minutes, else from its start to its end.

    Days before the times tell whether it ended on the same day, where both have one.
    """
    start, end = f"c.{kind}_from", f"c.{kind}_to"
    over = f"""case when {start}_day <> {end}_day then {_DAY} when {start}_day = {end}_day then 0
        when {end} < {start} then {_DAY} else 0 end"""
    minutes = f"cast(floor(c.{kind}_minutes * 60 + 0.5) as bigint)"
    return f"coalesce({minutes}, {end} - {start} + {over})"


def _of_day(text: str) -> str:
    """The second of a day that a text says; a day without a time is its midnight."""
    hours, minutes, seconds = (
        f"coalesce(cast(nullif(regexp_extract({text}, '{part}', 1), '') as bigint), 0)"
        for part in (
            "([0-9]{1,2}):[0-9]{2}",
            "[0-9]{1,2}:([0-9]{2})",
            "[0-9]{1,2}:[0-9]{2}:([0-9]{2})",
        )
    )
    said = f"{hours} * 3600 + {minutes} * 60 + {seconds}"
    return f"case when {text} is not null then {said} end"


def _day(text: str) -> str:
    """The day that stands before a time, as it is written; or alone, for its midnight."""
    before = f"nullif(regexp_extract({text}, '^(.*)[T ][0-9]{{1,2}}:', 1), '')"
    return f"case when {text} like '%:%' then {before} else {text} end"


def _told(asked: Asked) -> Sql:
    """Each with the first rule by which it does not count, whatever else was visited."""
    outcomes, longest = asked.words("outcomes_counted"), asked.number("longest_minutes")
    other = f"t.outcome not in ({', '.join('?' for _ in outcomes)})"
    enough = f"l.number >= {asked.number('few_visits')}"
    return Sql(
        f"""select t.*, case when t.outcome is null then ? when {other} then concat(?, t.outcome)
            when {enough} and t.week + 6 < r.reached_on then ?
            when {enough} and (t.week < r.reached_on or t.week + 6 > l.last_on) then ?
            when t.seconds < 0 then ? when t.seconds > {longest * 60} then ? end as why
            from timed_visits t join reach_of_places r on r.place = t.place
            join ends_of_places l on l.place = t.place""",
        (NO_OUTCOME_TOLD, *outcomes, OTHER_OUTCOME, NOT_REACHED, PART_OF_A_WEEK,
         DATES_TURNED, longer_than(longest)),
    )  # fmt: skip


def _lined(database: Dialect, asked: Asked) -> Sql:
    """Each with the last end of those that count and come before it in its line."""
    whose = "t.place, t.person"
    if asked.flag("each_carer_counts"):
        whose += ", t.provider, t.carer"
    return Sql(
        f"""select t.*, max(t.ends) over (partition by
            case when t.why is null then 1 else 0 end, {whose} order by
            case when t.begins is null then 1 else 0 end, t.begins, t.ends desc, t.times desc,
            t.visit, t.source, t.{database.quote("row")}
            rows between unbounded preceding and 1 preceding) as until from told_visits t"""
    )


def _counted(database: Dialect, asked: Asked) -> Sql:
    """Each with the seconds that count, or the rule by which none does."""
    to = asked.number("rounded_to_minutes") * 60
    left = "greatest(t.ends - t.until, 0)"
    rest = f"case when t.until > t.begins then {left} else t.seconds end"
    counted = f"{database.floor_div(f'{rest} + {to // 2}', str(to))} * {to}" if to else rest
    return Sql(
        f"""select t.*, {counted} as counted,
            case when t.why is not null then t.why
            when t.begins < t.until and t.ends <= t.until then ? end as kept_out
            from lined_visits t""",
        (TOLD_TWICE,),
    )
