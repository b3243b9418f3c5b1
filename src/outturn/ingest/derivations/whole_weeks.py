"""Which weeks of care at home the sources of visits hold whole, and of which they hold a part.

Where the records of a source begin or end within a week, the week of each place in which it has a
visit is told with a part of its care, and its rows say so: unless another source of the same
provider takes over there as this one ends, or ends as this one takes over.
"""

from __future__ import annotations

from outturn.databases import Dialect, Sql, Step
from outturn.ingest.derivations.model import Asked

TABLE = "home_care_visits"
_NEXT = 8  # weeks before a week, or after it, that tell what is usual
_BESIDE = 7 * 8  # days: the most that a new system is taken to be run beside the old one
_APART = 7 * 2  # days: extracts that begin, or end, closer together are taken to do so at once
_SHARE = 5  # a day with less than a fifth of what is usual is none of the records
_DAYS = range(7)


def found_in_part(database: Dialect, asked: Asked) -> tuple[tuple[Step, ...], Sql]:
    """The places and weeks that are in part and have visits that count all the same: how to find
    them, and the query, in the order of weeks."""
    outcomes = asked.words("outcomes_counted")
    found = Sql(
        f"""select distinct p.place, p.week from weeks_in_part p join {TABLE} v
            on v.place = p.place and cast(date_trunc('week', v.visit_on) as date) = p.week
            left join ends_of_providers l on l.place = v.place
            and l.provider = coalesce(v.provider, '')
            where v.outcome in ({", ".join("?" for _ in outcomes)})
            and (l.first_week is null or p.week >= l.first_week)
            and (l.last_week is null or p.week <= l.last_week) order by p.week, p.place""",
        outcomes,
    )
    return of_sources(database, asked), found


def of_sources(database: Dialect, asked: Asked) -> tuple[Step, ...]:
    """Which weeks the sources hold whole, and which of them in part."""
    return (
        Step("days_there", _days_there(asked), kept=True),
        Step("days_of_sources", _days_of_sources(database)),
        Step("weeks_of_sources", _weeks_of_sources(database), kept=True),
        Step("weeks_alike", _weeks_alike()),
        Step("ends_of_sources", _ends_of_sources(asked), kept=True),
        Step("sources_of_providers", _sources_of_providers(), kept=True),
        Step("ends_of_providers", _ends_of_providers(), kept=True),
        Step("half_weeks", _half_weeks(database)),
        Step("half_there", _half_there(), kept=True),
        Step("weeks_together", _weeks_together(database)),
        Step("weeks_usual", _weeks_usual(database)),
        Step("weeks_in_part", _weeks_in_part(asked), kept=True),
    )


def _days_there(asked: Asked) -> Sql:
    """How many visits each source has on a day of a provider in a place: of those that count, so
    that a rota of the days ahead is none."""
    outcomes = asked.words("outcomes_counted")
    counted = f"v.outcome in ({', '.join('?' for _ in outcomes)})"
    return Sql(
        f"""select n.*, cast(date_trunc('week', n.visit_on) as date) as week from (select v.place,
            coalesce(v.provider, '') as provider, v.source, v.visit_on, count(*) as number
            from {TABLE} v where {counted}
            group by v.place, coalesce(v.provider, ''), v.source, v.visit_on) n""",
        outcomes,
    )


def _days_of_sources(database: Dialect) -> Sql:
    """The same of all providers and places of a source."""
    return Sql(
        f"""select d.source, d.week, d.visit_on, {database.whole("sum(d.number)")} as number
            from days_there d group by d.source, d.week, d.visit_on"""
    )


def _weeks_of_sources(database: Dialect) -> Sql:
    """The weeks in which a source has visits, numbered, with those of each day from Monday on."""
    return Sql(
        f"""select n.source, n.week, {database.whole("sum(n.number)")} as number,
            min(n.visit_on) as first_on, max(n.visit_on) as last_on,
            row_number() over (partition by n.source order by n.week) as nth
            {_each_day(database, "n")} from days_of_sources n group by n.source, n.week"""
    )


def _each_day(database: Dialect, days: str) -> str:
    """The visits of each day of a week, from Monday on, as a column each."""
    day = database.days(f"{days}.week", f"{days}.visit_on")
    number = f"{days}.number"
    return "".join(
        f", {database.whole(f'sum(case when {day} = {one} then {number} else 0 end)')} as day_{one}"
        for one in _DAYS
    )


def _weeks_alike() -> Sql:
    """Whether each week is like the eight weeks after it, and like the eight before it.

    It is where on every weekday it has at least a fifth of the visits of most of them.
    """

    def alike(side: str) -> str:
        most = " and ".join(
            f"2 * sum(case when {side} and w.day_{one} * {_SHARE} < o.day_{one} then 1 else 0 end)"
            f" < greatest(sum(case when {side} then 1 else 0 end), 1)"
            for one in _DAYS
        )
        return f"case when {most} then 1 else 0 end"

    return Sql(
        f"""select w.source, w.week, max(w.number) as number,
            {alike("o.nth > w.nth")} as as_after, {alike("o.nth < w.nth")} as as_before
            from weeks_of_sources w join weeks_of_sources o on o.source = w.source
            and o.nth between w.nth - {_NEXT} and w.nth + {_NEXT} group by w.source, w.week"""
    )


def _ends_of_sources(asked: Asked) -> Sql:
    """The first and the last whole week of each source that is not small.

    The first is the earliest that is like those after it. Where fewer than half of the weeks are
    like those after them it is not known, and empty; and so is the last.
    """
    return Sql(
        f"""select a.source, case when 2 * sum(a.as_after) >= count(*)
            then min(case when a.as_after = 1 then a.week end) end as first_week,
            case when 2 * sum(a.as_before) >= count(*)
            then max(case when a.as_before = 1 then a.week end) end as last_week
            from weeks_alike a group by a.source
            having sum(a.number) >= {asked.number("few_visits")}"""
    )


def _ends_of_providers() -> Sql:
    """The same of all sources of a provider in a place."""
    return Sql(
        """select p.place, p.provider, min(s.first_week) as first_week,
            max(s.last_week) as last_week from sources_of_providers p
            join ends_of_sources s on s.source = p.source group by p.place, p.provider"""
    )


def _half_weeks(database: Dialect) -> Sql:
    """The weeks in which a source still has visits after its last whole one, one after another, or
    already before its first: with the day of that week on which they end, or begin, and the first
    and the last whole week.

    A week behind one without visits is that of a mistyped day.
    """
    ended = f"w.nth > n.nth and {database.days('n.week', 'w.week')} = 7 * (w.nth - n.nth)"
    begun = f"w.nth < n.nth and {database.days('w.week', 'n.week')} = 7 * (n.nth - w.nth)"
    halves = (
        f"""select w.source, w.week, {ends} as ends, {on} as edge_on, e.first_week, e.last_week
            from weeks_of_sources w join ends_of_sources e on e.source = w.source
            join weeks_of_sources n on n.source = e.source and n.week = {whole} where {half}"""
        for ends, on, whole, half in (
            ("true", "w.last_on", "e.last_week", ended),
            ("false", "w.first_on", "e.first_week", begun),
        )
    )
    return Sql(" union all ".join(halves))


def _half_there() -> Sql:
    """The same for each provider and place of which the source has visits in that week."""
    return Sql(
        """select distinct d.place, d.provider, h.* from days_there d join half_weeks h
            on h.source = d.source and h.week = d.week"""
    )


def _weeks_together(database: Dialect) -> Sql:
    """What a provider has of such a week in a place by two sources, of which the one takes over
    from the other, and whether the other has some on the days behind the end of the one."""
    takes_over = f"""case when h.ends then {_takes_over(database, ends=True)}
        else {_takes_over(database, ends=False)} end"""
    behind = "case when h.ends then d.visit_on > h.edge_on else d.visit_on < h.edge_on end"
    theirs = "d.source = o.source"
    return Sql(
        f"""select h.place, h.provider, h.source, h.week, h.ends, o.source as other,
            max(case when {theirs} and {behind} then 1 else 0 end) as behind
            {_each_day(database, "d")} from half_there h
            join sources_of_providers p on p.place = h.place and p.provider = h.provider
            and p.source <> h.source join ends_of_sources o on o.source = p.source
            join weeks_of_sources w on w.source = o.source and w.week = h.week
            join days_there d on d.place = h.place and d.provider = h.provider
            and d.week = h.week and (d.source = h.source or {theirs}) where {takes_over}
            group by h.place, h.provider, h.source, h.week, h.ends, o.source
            having max(case when {theirs} then 1 else 0 end) = 1"""
    )


def _takes_over(database: Dialect, *, ends: bool) -> str:
    """Whether another source is the system that comes after one that ends in a week, or was there
    before one that begins in it.

    The other begins in that week, by the day after, or in one of the weeks before, and was run
    beside the one. It begins later than the one did, and goes on after it: else it may be another
    team, which has nothing of the visits that are lacking, and of which just the extract begins
    or ends there. Where the one begins, all this is so from the other end of time. An end that is
    not known is none of these.
    """

    def later(one: str, other: str) -> str:
        return database.days(one, other) if ends else database.days(other, one)

    begins, goes_on, on = (
        ("first_week", "last_week", "first_on") if ends else ("last_week", "first_week", "last_on")
    )
    since = later("h.week", f"o.{begins}")
    return f"""({later(f"h.{begins}", f"o.{begins}")} >= {_APART}
        and {later("h.week", f"o.{goes_on}")} >= {_APART} and ({since} between -{_BESIDE} and 0
        or {since} > 0 and {later("h.edge_on", f"w.{on}")} <= 1))"""


def _weeks_usual(database: Dialect) -> Sql:
    """What the provider has in the place, by the source that ends or begins, in the up to eight
    weeks next to it which this source has whole; and on the days that are behind its end."""
    to_end, to_begin = (
        database.days("d.week", "h.last_week"),
        database.days("h.first_week", "d.week"),
    )
    day, edge = database.days("d.week", "d.visit_on"), database.days("h.week", "h.edge_on")
    behind = f"case when h.ends then {day} > {edge} else {day} < {edge} end"
    return Sql(
        f"""select h.place, h.provider, h.source, h.week, h.ends, d.week as usual_week,
            max(case when {behind} then 1 else 0 end) as behind {_each_day(database, "d")}
            from half_there h join days_there d on d.place = h.place and d.provider = h.provider
            and d.source = h.source
            where case when h.ends then {to_end} else {to_begin} end between 0 and {7 * _NEXT - 1}
            group by h.place, h.provider, h.source, h.week, h.ends, d.week"""
    )


def _weeks_in_part(asked: Asked) -> Sql:
    """The weeks of a place of which a source of a provider has only a part, and no other source of
    this provider the rest in this place.

    It has where both together are like most weeks that the one has whole, on each weekday; and
    where it has some on the days that the one lacks, if the one ever had.
    """
    like = " and ".join(
        f"2 * sum(case when t.day_{one} * {_SHARE} < u.day_{one} then 1 else 0 end) < count(*)"
        for one in _DAYS
    )
    filled = f"""select t.place, t.provider, t.source, t.week, t.ends
        from weeks_together t join weeks_usual u on u.place = t.place and u.provider = t.provider
        and u.source = t.source and u.week = t.week and u.ends = t.ends
        group by t.place, t.provider, t.source, t.week, t.ends, t.other, t.behind
        having {like} and t.behind >= max(u.behind)"""
    return Sql(
        f"""select distinct h.place, h.week from half_there h left join ({filled}) f
            on f.place = h.place and f.provider = h.provider and f.source = h.source
            and f.week = h.week and f.ends = h.ends where f.place is null
            and {str(asked.flag("every_provider_whole")).lower()}"""
    )


def _sources_of_providers() -> Sql:
    return Sql(f"select distinct place, coalesce(provider, '') as provider, source from {TABLE}")
