"""Weeks of care at home, added up from single visits as call monitoring or a rota has them.

Of every visit it is told of which week it is, how long it was, and the rule by which it does not
count. Those that count are put in a line, in the order in which they begin: where two overlap, the
later counts from the end of the earlier.
"""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.left_out import (
    AFTER_WHOLE_WEEKS,
    BEFORE_WHOLE_WEEKS,
    DATES_TURNED,
    NO_OUTCOME_TOLD,
    OTHER_OUTCOME,
    TOLD_TWICE,
    TOO_MUCH_CARE,
    longer_than,
)
from outturn.ingest.derivations.model import Asked, Plan
from outturn.ingest.derivations.whole_weeks import TABLE, of_sources

_DAY = 24 * 60 * 60  # seconds
_HALF_A_DAY = _DAY // 2
_ZERO = "cast('0001-01-01' as date)"  # before every day of a record
# What a week of `home_care` holds at most, by its contract.
_MOST_HOURS, _MOST_VISITS = 336, 672
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A day in numbers, or with the name of its month, that stands before a time or alone.
_WRITTEN = (
    "^[^0-9:]*([0-9]{1,4})[^0-9A-Za-z:]+([0-9]{1,2}|[A-Za-z]{3})[A-Za-z]*"
    "[^0-9A-Za-z:]+([0-9]{1,4})([^0-9:]|$)"
)
_OF_THE_PERSON = ("client_group", "sex", "born_on")


def weeks(database: Dialect, asked: Asked) -> Plan:
    """`home_care`: one row for each person, provider and week, which stands for its first visit.

    Seconds are added, which are whole; their hours are the one number that is not. Those of two
    carers are counted for each, unless the method says otherwise.
    """
    row = database.quote("row")
    own = ", ".join(f"a.{name}" for name in _OF_THE_PERSON)
    much = f"(coalesce(a.seconds, 0) > {_MOST_HOURS * 3600} or a.visits > {_MOST_VISITS})"
    last = Sql(
        f"""select a.place, a.person, a.week, cast(a.seconds as double) / 3600 as hours, a.visits,
            a.provider, {own}, case when p.place is not null then true end as in_part,
            a.source, a.{row} from added_visits a
            left join weeks_in_part p on p.place = a.place and p.week = a.week where not {much}"""
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
        *of_sources(database, asked),
        Step("timed_visits", _timed(database, asked)),
        Step("told_visits", _told(asked)),
        Step("lined_visits", _lined(database, asked)),
        Step("counted_visits", _counted(database, asked), kept=True),
        Step("added_visits", _added(database), kept=True),
    )
    return Plan(steps, last, kept_out=out)


def _timed(database: Dialect, asked: Asked) -> Sql:
    """Every visit with its week, its seconds, and where it begins and ends in seconds of all time.

    Of the actual and the planned time the first that is told. Where only its minutes are, it is
    nowhere in the line; where nothing is, it has no seconds either.
    """
    kinds = [kind for kind in ("actual", "planned") if asked.flag(f"{kind}_counts")]
    ends = [(f"v.{one}_{end}", f"{one}_{name}") for one in ("actual", "planned")
            for end, name in (("start", "from"), ("end", "to"))]  # fmt: skip
    clock = "".join(f", {_of_day(text)} as {name}" for text, name in ends)
    numbers = "".join(f", {_numbers(text, name)}" for text, name in ends)
    days = "".join(f", {_dates(database, name)}" for _, name in ends)
    own = "".join(f", {_own_days(database, one)}" for one in kinds)
    long = "".join(f", {_seconds(database, one)} as {one}_seconds" for one in kinds)
    seconds = start = off = "cast(null as bigint)"
    if kinds:
        told = "".join(f" when t.{one}_seconds is not null then {{{one}}}" for one in kinds)
        seconds, start, off = (
            f"case{told.format(actual=actual, planned=planned)} end"
            for actual, planned in (
                ("t.actual_seconds", "t.planned_seconds"),
                (_placed("actual"), _placed("planned")),
                (_days_off(database, "actual"), _days_off(database, "planned")),
            )
        )
    begins = f"({database.whole(database.days(_ZERO, 's.visit_on'))} + s.off) * {_DAY} + s.start"
    times = "case when s.carer is null then greatest(coalesce(s.carers, 1), 1) else 1 end"
    return Sql(
        f"""select s.*, {times if asked.flag("each_carer_counts") else "1"} as times,
            {begins} as begins, {begins} + s.seconds as ends
            from (select t.*, {seconds} as seconds, {start} as start, {off} as off
            from (select c.*{long} from (select d.*{own} from (select n.*{days}
            from (select v.*, cast(date_trunc('week', v.visit_on) as date) as week{clock}{numbers}
            from {TABLE} v) n) d) c) t) s"""
    )


def _seconds(database: Dialect, kind: str) -> str:
    """How long a visit was: by its minutes, else from its start to its end.

    Days before the times tell on which it ended, where both have one.
    """
    start, end = f"c.{kind}_from", f"c.{kind}_to"
    days = database.whole(database.days(f"c.{kind}_from_on", f"c.{kind}_to_on"))
    over = f"coalesce({days} * {_DAY}, case when {end} < {start} then {_DAY} else 0 end)"
    minutes = f"cast(floor(c.{kind}_minutes * 60 + 0.5) as bigint)"
    return f"coalesce({minutes}, {end} - {start} + {over})"


def _placed(kind: str) -> str:
    """The second of its day at which a visit begins. A day alone is its midnight only where the
    end is told with a time: else an extract has only days."""
    start, end = f"t.{kind}_start", f"t.{kind}_end"
    return f"case when {start} like '%:%' or {end} like '%:%' then t.{kind}_from end"


def _days_off(database: Dialect, kind: str) -> str:
    """On which day a visit began, counted from the day it is of: 0, one before or one after.

    By the day that stands before its start. Where none does, by the clock, against the planned
    start: who was booked just before midnight, and logs in just after it, does so on the next day.
    """
    own = database.whole(database.days("t.visit_on", f"t.{kind}_from_on"))
    near = f"when t.{kind}_from_on is not null then case when {own} in (-1, 0, 1) then {own} else 0"
    clock = ""
    if kind == "actual":
        clock = f"""when t.actual_start not like '_:%' and t.actual_start not like '__:%' then 0
            when t.planned_start not like '%:%' then 0
            when t.planned_from - t.actual_from > {_HALF_A_DAY} then 1
            when t.actual_from - t.planned_from > {_HALF_A_DAY} then -1"""
    return f"case {near} end {clock} else 0 end"


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


def _numbers(text: str, name: str) -> str:
    """The three parts of the day that stands before a time, or alone; the second may be a name."""
    one, two, three = (f"regexp_extract({text}, '{_WRITTEN}', {nth})" for nth in (1, 2, 3))
    named = " ".join(f"when '{month}' then {n}" for n, month in enumerate(_MONTHS, start=1))
    return (
        f"try_cast({one} as int) as {name}_1, try_cast({two} as int) as {name}_2, "
        f"try_cast({three} as int) as {name}_3, case lower({two}) {named} end as {name}_month"
    )


def _dates(database: Dialect, name: str) -> str:
    """That day with its day before its month, with its month first, and with a short year first: as
    many of them as there are.

    A year of two digits is of this century; where a long year comes first, so does the month.
    """
    one, two, three = (f"n.{name}_{nth}" for nth in (1, 2, 3))
    month = f"coalesce(n.{name}_month, {two})"
    late = f"case when {three} < 100 then 2000 + {three} when {three} >= 1000 then {three} end"

    def dashed(*parts: str) -> str:
        return " || '-' || ".join(database.text(part) for part in parts)

    return f"""try_cast(case when {one} >= 1000 then {dashed(one, month, three)}
        when {one} <= 31 then {dashed(late, month, one)} end as date) as {name}_day_first,
        try_cast(case when {one} <= 12 then {dashed(late, one, two)} end as date)
        as {name}_month_first,
        try_cast(case when {one} < 100 then {dashed(f"(2000 + {one})", month, three)} end as date)
        as {name}_year_first"""


def _own_days(database: Dialect, kind: str) -> str:
    """The days of a start and of an end, in the order in which the start is nearer to the visit."""
    orders = ("day", "month", "year")
    day, month, year = (f"d.{kind}_from_{order}_first" for order in orders)
    far, near, short = (f"abs({database.days('d.visit_on', one)})" for one in (day, month, year))
    turned = f"{month} is not null and ({day} is null or {near} < {far})"
    begun = f"""{year} is not null and ({day} is null or {short} < {far})
        and ({month} is null or {short} < {near})"""
    ends = dict(zip(orders, (f"d.{kind}_to_{order}_first" for order in orders), strict=True))
    return f"""case when {begun} then {year} when {turned} then {month} else {day} end
        as {kind}_from_on,
        case when {begun} then coalesce({ends["year"]}, {ends["day"]}, {ends["month"]})
        when {turned} then coalesce({ends["month"]}, {ends["day"]}, {ends["year"]})
        else coalesce({ends["day"]}, {ends["month"]}, {ends["year"]}) end as {kind}_to_on"""


def _told(asked: Asked) -> Sql:
    """Each with the first rule by which it does not count, whatever else was visited."""
    outcomes, longest = asked.words("outcomes_counted"), asked.number("longest_minutes")
    other = f"t.outcome not in ({', '.join('?' for _ in outcomes)})"
    return Sql(
        f"""select t.*, case when t.outcome is null then ? when {other} then concat(?, t.outcome)
            when t.week < l.first_week then ? when t.week > l.last_week then ?
            when t.seconds < 0 then ? when t.seconds > {longest * 60} then ? end as why
            from timed_visits t left join ends_of_providers l on l.place = t.place
            and l.provider = coalesce(t.provider, '')""",
        (NO_OUTCOME_TOLD, *outcomes, OTHER_OUTCOME, BEFORE_WHOLE_WEEKS, AFTER_WHOLE_WEEKS,
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
