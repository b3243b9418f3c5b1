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
from outturn.ingest.derivations.plain.reach import first_day

_OF_THE_PERSON = ("client_group", "sex", "born_on")
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_BEFORE = re.compile(r"(.*)[T ]\d{1,2}:")


def weeks(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Gathers the visits that count of each person, provider and week."""
    gathered: dict[tuple[Any, ...], list[Row]] = {}
    for visit in _looked_at(tables["home_care_visits"], asked):
        if visit["kept_out"] is None:
            whose = (visit["place"], visit["person"], visit["week"], visit["provider"])
            gathered.setdefault(whose, []).append(visit)
    found = []
    for (place, person, week, provider), visits in gathered.items():
        long = [one["counted"] * one["times"] for one in visits if one["counted"] is not None]
        first = min(visits, key=lambda one: (one["source"], one["row"]))
        found.append(
            {
                "place": place,
                "person": person,
                "week": week,
                "hours": sum(long) / 3600 if long else None,
                "visits": len({one["visit"] for one in visits}),
                "provider": provider,
                **{name: _least(visits, name) for name in _OF_THE_PERSON},
                **{name: first[name] for name in ("source", "row")},
            }
        )
    return found


def kept_out(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """The visits that are in no week."""
    names = ("place", "person", "week", "provider", *_OF_THE_PERSON, "kept_out", "source", "row")
    return [
        {name: visit[name] for name in names}
        for visit in _looked_at(tables["home_care_visits"], asked)
        if visit["kept_out"] is not None
    ]


def _looked_at(rows: Rows, asked: Asked) -> list[Row]:
    """Every visit with its week, how long it counts, for how many carers, and the rule against."""
    covered = {place: _covered(rows, place, asked) for place in {one["place"] for one in rows}}
    found, lines = [], dict[tuple[Any, ...], list[Row]]()
    for row in rows:
        start, seconds = _told_time(row, asked)
        visit = {
            **row,
            "week": row["visit_on"] - timedelta(days=row["visit_on"].weekday()),
            "seconds": seconds,
            "begins": None,
            "counted": seconds,
            "times": _times(row, asked),
        }
        visit["kept_out"] = _rule(visit, covered[row["place"]], asked)
        found.append(visit)
        if start is not None and visit["kept_out"] is None:
            midnight = datetime.combine(row["visit_on"], datetime.min.time())
            visit["begins"] = midnight + timedelta(seconds=start)
            lines.setdefault(_line(row, asked), []).append(visit)
    for line in lines.values():
        _count_once(line)
    for visit in found:
        visit["counted"] = _rounded(visit["counted"], asked.number("rounded_to_minutes"))
    return found


def _covered(rows: Rows, place: str, asked: Asked) -> tuple[date, date]:
    """The first and the last day that the records of a place tell of, if they are not too few."""
    sources = {one["source"] for one in rows if one["place"] == place}
    number = Counter(one["source"] for one in rows)
    first = first_day(rows, place, "visit_on")
    if first is None or max(number[one] for one in sources) < asked.number("few_visits"):
        return date.min, date.max
    return first, max(one["visit_on"] for one in rows if one["source"] in sources)


def _told_time(visit: Row, asked: Asked) -> tuple[int | None, int | None]:
    """The second of the day on which it begins, and how many it lasts, where they are told."""
    for kind in ("actual", "planned"):
        if asked.flag(f"{kind}_counts"):
            start, end = _of_day(visit[f"{kind}_start"]), _of_day(visit[f"{kind}_end"])
            if visit[f"{kind}_minutes"] is not None:
                return start, math.floor(visit[f"{kind}_minutes"] * 60 + 0.5)
            if start is not None and end is not None:
                days = _days_between(visit[f"{kind}_start"], visit[f"{kind}_end"])
                if days is None:
                    days = 1 if end < start else 0
                return start, end - start + days * 24 * 3600
    return None, None


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


def _day(text: str) -> str | None:
    """The day that stands before a time, as it is written; or alone, for its midnight."""
    if ":" not in text:
        return text
    found = _BEFORE.match(text)
    return found[1] if found else None


def _times(visit: Row, asked: Asked) -> int:
    """For how many carers the time counts."""
    if not asked.flag("each_carer_counts") or visit["carer"] is not None:
        return 1
    return max(visit["carers"] or 1, 1)


def _rule(visit: Row, covered: tuple[date, date], asked: Asked) -> str | None:
    """The rule by which a visit does not count, whatever else was visited."""
    first, last = covered
    sunday, longest = visit["week"] + timedelta(days=6), asked.number("longest_minutes")
    if visit["outcome"] is None:
        return left_out.NO_OUTCOME_TOLD
    if visit["outcome"] not in asked.words("outcomes_counted"):
        return left_out.OTHER_OUTCOME + str(visit["outcome"])
    if sunday < first:
        return left_out.NOT_REACHED
    if visit["week"] < first or sunday > last:
        return left_out.PART_OF_A_WEEK
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
        key=lambda one: (one["begins"], -one["seconds"], -one["times"], one["visit"],
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
