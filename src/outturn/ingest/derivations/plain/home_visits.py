"""The judge of `derivations.home_visits`."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.model import Asked, Row, Rows

_OF_THE_PERSON = ("client_group", "sex", "born_on")
_OF_THE_WEEK = ("place", "person", "week", "provider")
_TIME = re.compile("([0-9]{1,2}):([0-9][0-9])(?::([0-9][0-9]))?")
_BEFORE = re.compile("(.*)[T ][0-9]{1,2}:")
_WRITTEN = re.compile(
    "^[^0-9]*([0-9]{1,4})[^0-9A-Za-z]+([0-9]{1,2}|[A-Za-z]{3})[A-Za-z]*[^0-9A-Za-z]+"
    "([0-9]{1,4})(?![0-9])"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_SECONDS, _MOST_VISITS = 336 * 3600, 672  # of a week, by the contract of `home_care`
_A_DAY = timedelta(days=1)
_BESIDE = timedelta(weeks=8)
_APART = timedelta(weeks=2)
Ends = tuple[date | None, date | None]


def weeks(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Gathers the visits that count of each person, provider and week."""
    found = []
    in_part = _in_part(tables["home_care_visits"], asked)
    for visits in _by_week(_looked_at(tables["home_care_visits"], asked)):
        first = min(visits, key=lambda one: (one["source"], one["row"]))
        timed = any(one["counted"] is not None for one in visits)
        found.append(
            {
                "hours": _sum(visits) / 3600 if timed else None,
                "visits": len({one["visit"] for one in visits}),
                **{name: _least(visits, name) for name in _OF_THE_PERSON},
                "in_part": (first["place"], first["week"]) in in_part or None,
                **{name: first[name] for name in (*_OF_THE_WEEK, "source", "row")},
            }
        )
    return found


def kept_out(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """The visits that are in no week."""
    names = (*_OF_THE_WEEK, *_OF_THE_PERSON, "kept_out", "source", "row")
    return [
        {name: visit[name] for name in names}
        for visit in _looked_at(tables["home_care_visits"], asked)
        if visit["kept_out"] is not None
    ]


def _looked_at(rows: Rows, asked: Asked) -> list[Row]:
    """Every visit with its week, how long it counts, for how many carers, and the rule against."""
    covered = _covered(rows, asked)
    found, lines = [], dict[tuple[Any, ...], list[Row]]()
    for row in rows:
        begins, seconds = _told_time(row, asked)
        visit = {
            **row,
            "week": _monday(row["visit_on"]),
            "seconds": seconds,
            "begins": begins,
            "counted": seconds,
            "times": _times(row, asked),
        }
        visit["kept_out"] = _rule(
            visit, covered.get((row["place"], row["provider"]), (None, None)), asked
        )
        found.append(visit)
        if begins is not None and visit["kept_out"] is None:
            lines.setdefault(_line(row, asked), []).append(visit)
    for line in lines.values():
        _count_once(line)
    for visit in found:
        visit["counted"] = _rounded(visit["counted"], asked.number("rounded_to_minutes"))
    for visits in _by_week(found):
        if len({one["visit"] for one in visits}) > _MOST_VISITS or _sum(visits) > _MOST_SECONDS:
            for one in visits:
                one["kept_out"] = left_out.TOO_MUCH_CARE
    return found


def _by_week(visits: list[Row]) -> list[list[Row]]:
    """Those that count, by person, provider and week."""
    gathered: dict[tuple[Any, ...], list[Row]] = {}
    for one in visits:
        if one["kept_out"] is None:
            gathered.setdefault(tuple(one[name] for name in _OF_THE_WEEK), []).append(one)
    return [*gathered.values()]


def _sum(visits: list[Row]) -> int:
    return sum(one["counted"] * one["times"] for one in visits if one["counted"] is not None)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _covered(rows: Rows, asked: Asked) -> dict[tuple[str, str | None], Ends]:
    """The first and the last whole week of a provider in a place, by its sources that tell them."""
    told = {source: _ends(days) for source, days in _days_of_sources(rows, asked).items()}
    sources: dict[tuple[str, str | None], set[str]] = {}
    for one in rows:
        if one["source"] in told:
            sources.setdefault((one["place"], one["provider"]), set()).add(one["source"])
    return {whose: _of_all([told[one] for one in those]) for whose, those in sources.items()}


def _days_of_sources(rows: Rows, asked: Asked) -> dict[str, list[date]]:
    """The days of the visits that count of each source that is not small."""
    days: dict[str, list[date]] = {}
    for one in rows:
        if one["outcome"] in asked.words("outcomes_counted"):
            days.setdefault(one["source"], []).append(one["visit_on"])
    few = asked.number("few_visits")
    return {source: found for source, found in days.items() if len(found) >= few}


def _in_part(rows: Rows, asked: Asked) -> set[tuple[str, date]]:
    """The places and weeks of which the records of a provider hold a part only.

    A source has a part of the weeks on end that stand next to its whole ones. Another source of the
    provider has the other part where it is the system that came after, or before, and where what
    the provider has in the place by both is as much as usual.
    """
    if not asked.flag("every_provider_whole"):
        return set()
    days = _days_of_sources(rows, asked)
    ends = {source: _ends(found) for source, found in days.items()}
    by_week: dict[tuple[str, date], list[date]] = {}
    for source, found in days.items():
        for day in found:
            by_week.setdefault((source, _monday(day)), []).append(day)
    there: dict[tuple[str, str | None], dict[str, Counter[date]]] = {}
    for one in rows:
        if one["source"] in days and one["outcome"] in asked.words("outcomes_counted"):
            sources = there.setdefault((one["place"], one["provider"]), {})
            sources.setdefault(one["source"], Counter())[one["visit_on"]] += 1
    in_part = set()
    for (place, _), sources in there.items():
        for source, own in sources.items():
            first, last = ends[source]
            others = [one for one in sources if one != source]
            for week in {_monday(day) for day in own}:
                now = by_week[source, week]
                if last and week > last and _all_there(by_week, source, last, week):
                    whole = [last - _A_DAY * 7 * nth for nth in range(8)]
                    lacking = [week + _A_DAY * nth for nth in range(max(now).weekday() + 1, 7)]
                    if not any(
                        _came_after(week, max(now), first, ends[one], by_week.get((one, week)))
                        and _both_have(week, whole, lacking, own, sources[one])
                        for one in others
                    ):
                        in_part.add((place, week))
                if first and week < first and _all_there(by_week, source, week, first):
                    whole = [first + _A_DAY * 7 * nth for nth in range(8)]
                    lacking = [week + _A_DAY * nth for nth in range(min(now).weekday())]
                    if not any(
                        _came_before(week, min(now), last, ends[one], by_week.get((one, week)))
                        and _both_have(week, whole, lacking, own, sources[one])
                        for one in others
                    ):
                        in_part.add((place, week))
    return in_part


def _came_after(
    week: date, stopped: date, first: date | None, other: Ends, theirs: list[date] | None
) -> bool:
    """Whether another source is the system that came after one that stopped in a week.

    It begins now, by the day after the last of the first, or up to eight weeks ago. And it does so
    two weeks after the first one or later, and stays for two weeks: else it may be the extract that
    begins, or ends.
    """
    begin, end = other
    if not theirs or first is None or begin is None or end is None:
        return False
    now = begin >= week and min(theirs) <= stopped + _A_DAY
    beside = week - _BESIDE <= begin <= week
    return (now or beside) and begin - first >= _APART and end - week >= _APART


def _came_before(
    week: date, started: date, last: date | None, other: Ends, theirs: list[date] | None
) -> bool:
    """Whether it is the system that came before one that started in a week: the same backwards."""
    begin, end = other
    if not theirs or last is None or begin is None or end is None:
        return False
    now = end <= week and max(theirs) >= started - _A_DAY
    beside = week <= end <= week + _BESIDE
    return (now or beside) and last - end >= _APART and week - begin >= _APART


def _both_have(
    week: date, whole: list[date], lacking: list[date], own: Counter[date], theirs: Counter[date]
) -> bool:
    """Whether two sources have a week of a provider in a place together, of which the other has
    some: as the first has most of its whole weeks there, and on the days that it lacks any at all,
    unless it never has any on these."""
    usual = [one for one in whole if any(own[one + _A_DAY * nth] for nth in range(7))]
    this = [week + _A_DAY * nth for nth in range(7)]
    if not usual or not any(theirs[day] for day in this):
        return False
    both = own + Counter({day: theirs[day] for day in this})
    never = not any(own[one + (day - week)] for one in usual for day in lacking)
    return _is_like(week, usual, both) and (never or any(theirs[day] for day in lacking))


def _all_there(
    by_week: Mapping[tuple[str, date], object], source: str, first: date, last: date
) -> bool:
    """Whether a source has visits in each week from one to another."""
    number = (last - first).days // 7
    return all((source, first + _A_DAY * 7 * nth) in by_week for nth in range(number + 1))


def _of_all(ends: list[Ends]) -> Ends:
    firsts = [first for first, _ in ends if first]
    lasts = [last for _, last in ends if last]
    return min(firsts, default=None), max(lasts, default=None)


def _ends(days: list[date]) -> Ends:
    """The first week that is like those after it, and the last that is like those before it.

    None where fewer than half of the weeks are: then it is not known.
    """
    number = Counter(days)
    weeks = sorted({_monday(day) for day in days})
    begin = [one for n, one in enumerate(weeks) if _is_like(one, weeks[n + 1 : n + 9], number)]
    end = [one for n, one in enumerate(weeks) if _is_like(one, weeks[max(n - 8, 0) : n], number)]
    return (
        begin[0] if len(begin) * 2 >= len(weeks) else None,
        end[-1] if len(end) * 2 >= len(weeks) else None,
    )


def _is_like(week: date, others: list[date], number: Counter[date]) -> bool:
    """Whether each of its days has a fifth of the visits of the same weekday in most others."""
    return all(
        not others
        or sum(number[week + day] * 5 >= number[other + day] for other in others) * 2 > len(others)
        for day in (_A_DAY * nth for nth in range(7))
    )


def _told_time(visit: Row, asked: Asked) -> tuple[datetime | None, int | None]:
    """The moment at which it begins, and how many seconds it lasts, where they are told."""
    for kind in ("actual", "planned"):
        if asked.flag(f"{kind}_counts"):
            told = visit[f"{kind}_start"], visit[f"{kind}_end"]
            start, end = map(_of_day, told)
            if visit[f"{kind}_minutes"] is not None:
                seconds = math.floor(visit[f"{kind}_minutes"] * 60 + 0.5)
                return _moment(visit, kind), seconds
            if start is not None and end is not None:
                days = _days_between(*told, visit["visit_on"])
                if days is None:
                    days = 1 if end < start else 0
                return _moment(visit, kind), end - start + days * 24 * 3600
    return None, None


def _moment(visit: Row, kind: str) -> datetime | None:
    """When it begins: on the day that stands before its start, where it is near; where no day
    does, as the clock tells. A day alone is its midnight only where its end has a time."""
    text, day, planned = visit[f"{kind}_start"], visit["visit_on"], visit["planned_start"]
    start = _of_day(text)
    if start is None or not any(":" in (visit[f"{kind}_{one}"] or "") for one in ("start", "end")):
        return None
    written, _ = _read_days(text, "", day)
    if written is not None:
        day = written if abs(written - day) <= _A_DAY else day
    elif kind == "actual" and planned is not None and ":" in planned and text.find(":") in (1, 2):
        later = (_of_day(planned) or 0) - start
        day += _A_DAY if later > 12 * 3600 else -_A_DAY if later < -12 * 3600 else timedelta()
    return datetime.combine(day, datetime.min.time()) + timedelta(seconds=start)


def _days_between(start: str, end: str, near: date) -> int | None:
    """On which day it ended, counted from that on which it began, where both texts say a day."""
    first, last = _read_days(start, end, near)
    return (last - first).days if first and last else None


def _read_days(start: str, end: str, near: date) -> tuple[date | None, date | None]:
    """The days of two texts of one order, in which the first is nearer to another day."""
    orders = ("day first", "month first", "year first")
    far = {order: abs(day - near) for order in orders if (day := _day(start, order)) is not None}
    order = min(far, key=lambda one: far[one]) if far else "day first"
    ends = [_day(end, one) for one in (order, *orders)]
    return _day(start, order), next((one for one in ends if one), None)


def _day(text: str, order: str) -> date | None:
    """The day that stands before a time, or alone, read in an order."""
    found = _BEFORE.match(text)
    before = text if ":" not in text else found[1] if found else ""
    parts = _WRITTEN.search(before)
    if not parts:
        return None
    one, two, three = parts.groups()
    named = _MONTHS.index(two.lower()) + 1 if two.lower() in _MONTHS else None
    if not two.isdigit() and not named:
        return None
    first, last, middle = int(one), int(three), named or int(two)
    year = last + 2000 if last < 100 else last
    if order == "year first":
        return _date(2000 + first, middle, last) if first < 100 else None
    if order == "month first":
        return None if named or first > 12 else _date(year, first, middle)
    return _date(first, middle, last) if first > 31 else _date(year, middle, first)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= 1000 else None
    except ValueError:
        return None


def _of_day(text: str | None) -> int | None:
    if text is None:
        return None
    found = _TIME.search(text)
    hours, minutes, seconds = (int(one or 0) for one in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds


def _times(visit: Row, asked: Asked) -> int:
    """For how many carers the time counts."""
    if not asked.flag("each_carer_counts") or visit["carer"] is not None:
        return 1
    return max(visit["carers"] or 1, 1)


def _rule(visit: Row, covered: Ends, asked: Asked) -> str | None:
    """The rule by which a visit does not count, whatever else was visited."""
    week, longest = visit["week"], asked.number("longest_minutes")
    if visit["outcome"] is None:
        return left_out.NO_OUTCOME_TOLD
    if visit["outcome"] not in asked.words("outcomes_counted"):
        return left_out.OTHER_OUTCOME + str(visit["outcome"])
    first, last = covered
    if first and week < first:
        return left_out.BEFORE_WHOLE_WEEKS
    if last and week > last:
        return left_out.AFTER_WHOLE_WEEKS
    if visit["seconds"] is not None and visit["seconds"] < 0:
        return left_out.DATES_TURNED
    if visit["seconds"] is not None and visit["seconds"] > longest * 60:
        return left_out.longer_than(longest)
    return None


def _line(visit: Row, asked: Asked) -> tuple[Any, ...]:
    """Whose time it is: each carer's, or the person's."""
    names = ["place", "person"]
    if asked.flag("each_carer_counts"):
        names += ["provider", "carer"]
    return tuple(visit[name] for name in names)


def _count_once(line: list[Row]) -> None:
    """Goes along the visits of one line, and takes away what earlier ones told already."""
    line.sort(
        key=lambda one: (one["begins"], -one["times"], -one["seconds"], one["visit"],
                         one["source"], one["row"])
    )  # fmt: skip
    until = datetime.min
    for visit in line:
        ends = visit["begins"] + timedelta(seconds=visit["seconds"])
        if visit["begins"] < until and ends <= until:
            visit["kept_out"] = left_out.TOLD_TWICE
        elif visit["begins"] < until:
            visit["counted"] = int((ends - until).total_seconds())
        until = max(until, ends)


def _rounded(seconds: int | None, minutes: int) -> int | None:
    if seconds is None or not minutes:
        return seconds
    return (seconds + 30 * minutes) // (60 * minutes) * 60 * minutes


def _least(rows: list[Row], name: str) -> Any:
    return min((one[name] for one in rows if one[name] is not None), default=None)
