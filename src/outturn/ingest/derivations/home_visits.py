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
    NOT_SO_FAR,
    OTHER_OUTCOME,
    PART_OF_A_WEEK,
    TOLD_TWICE,
    TOO_MUCH_CARE,
    longer_than,
)
from outturn.ingest.derivations.model import Asked, Plan

_TABLE = "home_care_visits"
_DAY = 24 * 60 * 60  # seconds
_HALF_A_DAY = _DAY // 2
_ZERO = "cast('0001-01-01' as date)"  # before every day of a record
# What a week of `home_care` holds at most, by its contract.
MOST_HOURS, MOST_VISITS = 336, 672
# A week with less than a fifth of the visits of the fullest is a stray day, not one of the records.
OF_THE_FULLEST = 5
_OF_THE_PERSON = ("client_group", "sex", "born_on")


def weeks(database: Dialect, asked: Asked) -> Plan:
    """`home_care`: one row for each person, provider and week, which stands for its first visit.

    Seconds are added, which are whole; their hours are the one number that is not. Those of two
    carers are counted for each, unless the method says otherwise.
    """
    row = database.quote("row")
    own = ", ".join(f"a.{name}" for name in _OF_THE_PERSON)
    much = f"(coalesce(a.seconds, 0) > {MOST_HOURS * 3600} or a.visits > {MOST_VISITS})"
    last = Sql(
        f"""select a.place, a.person, a.week, cast(a.seconds as double) / 3600 as hours, a.visits,
            a.provider, {own}, a.source, a.{row} from added_visits a where not {much}"""
    )
    out = Sql(
        f"""select v.place, v.person, v.week, v.provider, v.client_group, v.sex, v.born_on,
            coalesce(v.kept_out, ?) as kept_out, v.source, v.{row} from counted_visits v
            left join (select a.* from added_visits a where {much}) a on a.place = v.place
            and a.person = v.person and a.week = v.week
            and coalesce(a.provider, '') = coalesce(v.provider, '')
            where v.kept_out is not null or a.place is not null""",
        (TOO_MUCH_CARE,),
    )
    steps = (
        Step("ends_of_sources", _ends_of_sources(database, asked), kept=True),
        Step("ends_of_providers", _ends_of_providers(), kept=True),
        Step("timed_visits", _timed(database, asked)),
        Step("told_visits", _told(asked)),
        Step("lined_visits", _lined(database, asked)),
        Step("counted_visits", _counted(database, asked), kept=True),
        Step("added_visits", _added(database), kept=True),
    )
    return Plan(steps, last, kept_out=out)


def _ends_of_sources(database: Dialect, asked: Asked) -> Sql:
    """For each source the first and the last day of its records, and how many visits it has.

    Of visits that count, so that a rota of the days ahead is none; in weeks that have enough of
    them, so that a mistyped day is none either.
    """
    outcomes = asked.words("outcomes_counted")
    weeks_of = f"""select v.source, cast(date_trunc('week', v.visit_on) as date) as week,
        min(v.visit_on) as first_on, max(v.visit_on) as last_on, count(*) as number
        from {_TABLE} v where v.outcome in ({", ".join("?" for _ in outcomes)})
        group by v.source, cast(date_trunc('week', v.visit_on) as date)"""
    return Sql(
        f"""select w.source, min(w.week) as first_week, max(w.week) as last_week,
            min(w.first_on) as first_on, max(w.last_on) as last_on,
            {database.whole("sum(w.number)")} as number
            from (select n.*, max(n.number) over (partition by n.source) as fullest
            from ({weeks_of}) n) w
            where w.number * {OF_THE_FULLEST} >= w.fullest group by w.source""",
        tuple(outcomes),
    )


def _ends_of_providers() -> Sql:
    """The same of all sources of a provider in a place, and the visits of the largest of them."""
    return Sql(
        f"""select p.place, p.provider, min(s.first_week) as first_week,
            max(s.last_week) as last_week, min(s.first_on) as first_on, max(s.last_on) as last_on,
            max(s.number) as number
            from (select distinct place, coalesce(provider, '') as provider, source from {_TABLE}) p
            join ends_of_sources s on s.source = p.source group by p.place, p.provider"""
    )


def _timed(database: Dialect, asked: Asked) -> Sql:
    """Every visit with its week, its seconds, and where it begins and ends in seconds of all time.

    Of the actual and the planned time the first that is told. Where only its minutes are, it is
    nowhere in the line; where nothing is, it has no seconds either.
    """
    kinds = [kind for kind in ("actual", "planned") if asked.flag(f"{kind}_counts")]
    ends = [(f"v.{one}_{end}", f"{one}_{name}") for one in ("actual", "planned")
            for end, name in (("start", "from"), ("end", "to"))]  # fmt: skip
    clock = "".join(f", {_of_day(text)} as {name}" for text, name in ends)
    clock += "".join(f", {_day(text)} as {name}_day" for text, name in ends)
    long = "".join(f", {_seconds(one)} as {one}_seconds" for one in kinds)
    seconds = start = off = "cast(null as bigint)"
    if kinds:
        told = "".join(f" when t.{one}_seconds is not null then {{{one}}}" for one in kinds)
        seconds, start, off = (
            f"case{told.format(actual=actual, planned=planned)} end"
            for actual, planned in (
                ("t.actual_seconds", "t.planned_seconds"),
                ("t.actual_from", "t.planned_from"),
                (_days_off(database, "actual"), _days_off(database, "planned")),
            )
        )
    begins = f"({database.whole(database.days(_ZERO, 's.visit_on'))} + s.off) * {_DAY} + s.start"
    times = "case when s.carer is null then greatest(coalesce(s.carers, 1), 1) else 1 end"
    return Sql(
        f"""select s.*, {times if asked.flag("each_carer_counts") else "1"} as times,
            {begins} as begins, {begins} + s.seconds as ends
            from (select t.*, {seconds} as seconds, {start} as start, {off} as off
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


def _days_off(database: Dialect, kind: str) -> str:
    """On which day a visit began, counted from the day it is of: 0, one before or one after.

    By the day before its start, in whichever order it is written: within two days of `visit_on`
    no two orders can be taken for one another. Else by the clock, against the planned start: who
    was booked just before midnight, and logs in just after it, does so on the next day.
    """
    day = f"t.{kind}_from_day"
    own = "".join(
        f" when {day} in ({', '.join(_written(database, date))}) then {days}"
        for days, date in ((0, "t.visit_on"), (1, "(t.visit_on + 1)"), (-1, "(t.visit_on - 1)"))
    )
    clock = "0"
    if kind == "actual":
        clock = f"""case when t.planned_start not like '%:%' then 0
            when t.planned_from - t.actual_from > {_HALF_A_DAY} then 1
            when t.actual_from - t.planned_from > {_HALF_A_DAY} then -1 else 0 end"""
    return f"case when {day} is null then {clock}{own} else {clock} end"


def _written(database: Dialect, date: str) -> list[str]:
    """How a date can be written in numbers, as `_day` has them."""
    year, month, day = (database.text(f"{part}({date})") for part in ("year", "month", "day"))
    short = database.text(f"year({date}) % 100")
    orders = ((year, month, day), (day, month, year), (month, day, year),
              (day, month, short), (month, day, short))  # fmt: skip
    return [" || '/' || ".join(parts) for parts in orders]


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
    """The numbers of the day that stands before a time, or alone, for its midnight.

    Without leading zeros: 01/03/2026 and 1/3/2026 are one day.
    """
    before = f"nullif(regexp_extract({text}, '^(.*)[T ][0-9]{{1,2}}:', 1), '')"
    day = f"(case when {text} like '%:%' then {before} else {text} end)"
    numbers = (
        f"regexp_extract({day}, '^[^0-9]*{'[0-9]+[^0-9]+' * nth}0*([0-9]+)', 1)" for nth in range(3)
    )
    written = " || '/' || ".join(numbers)
    return f"nullif({written}, '//')"


def _told(asked: Asked) -> Sql:
    """Each with the first rule by which it does not count, whatever else was visited."""
    outcomes, longest = asked.words("outcomes_counted"), asked.number("longest_minutes")
    other = f"t.outcome not in ({', '.join('?' for _ in outcomes)})"
    enough = f"l.number >= {asked.number('few_visits')}"
    return Sql(
        f"""select t.*, case when t.outcome is null then ? when {other} then concat(?, t.outcome)
            when {enough} and t.week + 7 < l.first_week then ?
            when {enough} and t.week > l.last_week + 7 then ?
            when {enough} and (t.week < l.first_on or t.week + 6 > l.last_on) then ?
            when t.seconds < 0 then ? when t.seconds > {longest * 60} then ? end as why
            from timed_visits t left join ends_of_providers l on l.place = t.place
            and l.provider = coalesce(t.provider, '')""",
        (NO_OUTCOME_TOLD, *outcomes, OTHER_OUTCOME, NOT_REACHED, NOT_SO_FAR, PART_OF_A_WEEK,
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
            case when t.begins is null then 1 else 0 end, t.begins, t.times desc, t.ends desc,
            t.visit, t.source, t.{database.quote("row")}
            rows between unbounded preceding and 1 preceding) as until from told_visits t"""
    )


def _counted(database: Dialect, asked: Asked) -> Sql:
    """Each with the seconds that count, or the rule by which none does."""
    to = asked.number("rounded_to_minutes") * 60
    left = "greatest(t.ends - t.until, 0)"
    rest = f"case when t.until > t.begins then {left} else t.seconds end"
    counted = f"{database.floor_div(f'{rest} + {to // 2}', str(to))} * {to}" if to else rest
    own = ", ".join(f"t.{name}" for name in _OF_THE_PERSON)
    return Sql(
        f"""select t.place, t.person, t.week, t.provider, t.visit, {own}, t.times, t.source,
            t.{database.quote("row")}, {counted} as counted,
            case when t.why is not null then t.why
            when t.begins < t.until and t.ends <= t.until then ? end as kept_out
            from lined_visits t""",
        (TOLD_TWICE,),
    )


def _added(database: Dialect) -> Sql:
    """The visits that count of each person, provider and week, added up."""
    row = database.quote("row")
    own = ", ".join(f"min(c.{name}) as {name}" for name in _OF_THE_PERSON)
    return Sql(
        f"""select c.place, c.person, c.week, c.provider,
            {database.whole("sum(c.counted * c.times)")} as seconds,
            {database.whole("count(distinct c.visit)")} as visits, {own},
            max(case when c.nth = 1 then c.source end) as source,
            max(case when c.nth = 1 then c.{row} end) as {row}
            from (select v.*, row_number() over (partition by v.place, v.person, v.week, v.provider
            order by v.source, v.{row}) as nth from counted_visits v where v.kept_out is null) c
            group by c.place, c.person, c.week, c.provider"""
    )
