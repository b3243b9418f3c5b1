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
_NUMBER = re.compile("[0-9]+")
_MOST_SECONDS, _MOST_VISITS = 336 * 3600, 672  # of a week, by the contract of `home_care`
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)


def weeks(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Gathers the visits that count of each person, provider and week."""
    found = []
    for visits in _by_week(_looked_at(tables["home_care_visits"], asked)):
        first = min(visits, key=lambda one: (one["source"], one["row"]))
        timed = any(one["counted"] is not None for one in visits)
        found.append(
            {
                "hours": _sum(visits) / 3600 if timed else None,
                "visits": len({one["visit"] for one in visits}),
                **{name: _least(visits, name) for name in _OF_THE_PERSON},
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
        visit["kept_out"] = _rule(visit, covered.get((row["place"], row["provider"])), asked)
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


def _covered(rows: Rows, asked: Asked) -> dict[tuple[str, str | None], tuple[date, date]]:
    """The first and the last day that the records of a provider in a place tell of, if not few."""
    days: dict[str, list[date]] = {}
    for one in rows:
        if one["outcome"] in asked.words("outcomes_counted"):
            days.setdefault(one["source"], []).append(one["visit_on"])
    told = {source: _without_stray(found) for source, found in days.items()}
    sources: dict[tuple[str, str | None], set[str]] = {}
    for one in rows:
        if one["source"] in told:
            sources.setdefault((one["place"], one["provider"]), set()).add(one["source"])
    return {
        whose: (min(min(told[one]) for one in those), max(max(told[one]) for one in those))
        for whose, those in sources.items()
        if max(len(told[one]) for one in those) >= asked.number("few_visits")
    }


def _without_stray(days: list[date]) -> list[date]:
    """Those in weeks that have at least a fifth of the visits of the fullest."""
    weeks_of = Counter(map(_monday, days))
    fullest = max(weeks_of.values())
    return [day for day in days if weeks_of[_monday(day)] * 5 >= fullest]


def _told_time(visit: Row, asked: Asked) -> tuple[datetime | None, int | None]:
    """The moment at which it begins, and how many seconds it lasts, where they are told."""
    for kind in ("actual", "planned"):
        if asked.flag(f"{kind}_counts"):
            start, end = _of_day(visit[f"{kind}_start"]), _of_day(visit[f"{kind}_end"])
            if visit[f"{kind}_minutes"] is not None:
                seconds = math.floor(visit[f"{kind}_minutes"] * 60 + 0.5)
                return _moment(visit, kind, start), seconds
            if start is not None and end is not None:
                days = _days_between(visit[f"{kind}_start"], visit[f"{kind}_end"])
                if days is None:
                    days = 1 if end < start else 0
                return _moment(visit, kind, start), end - start + days * 24 * 3600
    return None, None


def _moment(visit: Row, kind: str, start: int | None) -> datetime | None:
    """When it begins: on the day before its start, where it is near, else as the clock tells."""
    if start is None:
        return None
    day, planned = visit["visit_on"], visit["planned_start"]
    near = [one for one in (day, day + _A_DAY, day - _A_DAY)
            if _day(visit[f"{kind}_start"]) in _written(one)]  # fmt: skip
    if near:
        day = near[0]
    elif kind == "actual" and planned is not None and ":" in planned:
        later = (_of_day(planned) or 0) - start
        day += _A_DAY if later > 12 * 3600 else -_A_DAY if later < -12 * 3600 else timedelta()
    return datetime.combine(day, datetime.min.time()) + timedelta(seconds=start)


def _written(day: date) -> set[tuple[int, ...]]:
    """The numbers of a day, as a text may have them."""
    year, month, number = day.year, day.month, day.day
    return {(year, month, number), (number, month, year), (month, number, year),
            (number, month, year % 100), (month, number, year % 100)}  # fmt: skip


def _of_day(text: str | None) -> int | None:
    if text is None:
        return None
    found = _TIME.search(text)
    hours, minutes, seconds = (int(one or 0) for one in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds


def _days_between(start: str, end: str) -> int | None:
    """Whether it ended on the same day or on another, where both texts say a day."""
    first, last = _day(start), _day(end)
    return int(first != last) if first and last else None


def _day(text: str) -> tuple[int, ...]:
    """The numbers of the day that stands before a time; or alone, for its midnight."""
    found = _BEFORE.match(text)
    before = text if ":" not in text else found[1] if found else ""
    return tuple(map(int, _NUMBER.findall(before)[:3]))


def _times(visit: Row, asked: Asked) -> int:
    """For how many carers the time counts."""
    if not asked.flag("each_carer_counts") or visit["carer"] is not None:
        return 1
    return max(visit["carers"] or 1, 1)


def _rule(visit: Row, covered: tuple[date, date] | None, asked: Asked) -> str | None:
    """The rule by which a visit does not count, whatever else was visited."""
    week, longest = visit["week"], asked.number("longest_minutes")
    if visit["outcome"] is None:
        return left_out.NO_OUTCOME_TOLD
    if visit["outcome"] not in asked.words("outcomes_counted"):
        return left_out.OTHER_OUTCOME + str(visit["outcome"])
    if covered and (rule := _outside(week, *covered)):
        return rule
    if visit["seconds"] is not None and visit["seconds"] < 0:
        return left_out.DATES_TURNED
    if visit["seconds"] is not None and visit["seconds"] > longest * 60:
        return left_out.longer_than(longest)
    return None


def _outside(week: date, first: date, last: date) -> str | None:
    """The rule against a week that the records do not tell of as a whole."""
    if week + _A_WEEK < _monday(first):
        return left_out.NOT_REACHED
    if week - _A_WEEK > _monday(last):
        return left_out.NOT_SO_FAR
    return left_out.PART_OF_A_WEEK if week < first or week + 6 * _A_DAY > last else None


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
