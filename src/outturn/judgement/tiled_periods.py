"""Which periods make up which longer ones, among those of one series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from outturn.judgement.selections import same_days
from outturn.terms.period import Period, from_key

SUM, LAST, SINCE, TILED, SAME = "periods", "last period", "since", "tiled", "same days"
EQUAL, SPLIT = "periods of", "split at"  # followed by the length of each, and by the day
_A_YEAR = 366  # days: within it a period is held against each two that it falls into
_DAY = timedelta(days=1)

_Length = tuple[int, int]  # months and days: one of them is 0


class PartOfTime(NamedTuple):
    """A period as a part of a longer one, and how: what has one total and one `how` is one sum.

    `sign` is -1 for a part that is taken away. With `exact`, the sum holds where the counts come
    out, and nothing is said otherwise. `full` tells that the parts are all of it, and `alike` that
    they are equally long besides, so that the longer period may be their mean. So it may
    be that of moments, which fill nothing.
    """

    part: str
    total: str
    how: str
    sign: float = 1.0
    exact: bool = False
    alike: bool = False
    full: bool = False


def parts_of_time(keys: Sequence[str], roll_up: str, *, reported: bool) -> list[PartOfTime]:
    """Each longer period of a series with its parts, so that all that follows from days follows.

    A longer period is the sum of the shortest ones inside it. Where these do not fill it, it is the
    sum of others that do, if there are any, or others are taken away from them. What is reported
    twice of the same days is one count. Of a series that is not added up nothing but that is said,
    and of one that is a stock, that the last of the shorter periods is the same.

    A year is also the sum of its quarters, and the year to September is the year to August and
    September: that follows from the months, but is not seen while looking at one relation at a
    time. So a longer period is held against the periods of each length that fill it, one after
    the other, and within a year against each two. Of years on end each two would be too many.

    >>> keys = ["2025-04-01/P6M", "2025-10-01/P3M", "2026-01-01/P3M", "2025-04-01/P1Y"]
    >>> [(one.part, one.how) for one in parts_of_time(keys, "sum", reported=True)][-3:]
    [('2025-04-01/P6M', 'tiled'), ('2025-10-01/P3M', 'tiled'), ('2026-01-01/P3M', 'tiled')]
    """
    periods = sorted((from_key(key) for key in keys), key=lambda one: (one.start, one.end))
    found: list[PartOfTime] = []
    if roll_up == "last":
        found += _lasts(periods)
    elif roll_up != "none":
        found += _sums(periods)
        found += _equal(periods, _parts(found))
        full = {one.total for one in found if one.full}
        found += _tiled(periods, full)
        return [*found, *_splits(periods, _parts(found)), *_again(periods, full, reported)]
    return [*found, *_again(periods, set(), reported)]


def _parts(found: Sequence[PartOfTime]) -> set[tuple[str, frozenset[str]]]:
    """Each longer period with the parts of each of its sums: none is told twice."""
    sums: dict[tuple[str, str], list[str]] = {}
    for one in found:
        sums.setdefault((one.total, one.how), []).append(one.part)
    return {(total, frozenset(parts)) for (total, _), parts in sums.items()}


def _lasts(periods: Sequence[Period]) -> Iterator[PartOfTime]:
    for longer in periods:
        ends = [one for one in _inside(longer, periods) if one.end == longer.end]
        if ends:
            shortest = min(ends, key=_length)
            yield PartOfTime(shortest.key, longer.key, LAST, exact=True)


def _sums(periods: Sequence[Period]) -> Iterator[PartOfTime]:
    """The shortest periods inside each longer one, and a period from its start with the rest."""
    for longer in periods:
        inside = _inside(longer, periods)
        if not inside:
            continue
        shortest = min(map(_length, inside))
        within = [one for one in inside if _length(one) == shortest]
        if any(one.end >= next_.start for one, next_ in pairwise(within)):
            continue  # years that begin in April and in January are in one another
        full = sum(map(_days, within)) == _days(longer)
        alike = full or (shortest == 0 and len(within) > 1)
        yield from (PartOfTime(one.key, longer.key, SUM, alike=alike, full=full) for one in within)
        before = [one for one in inside if one.start == longer.start]
        if before and _length(before[-1]) > shortest:
            rest = [one for one in within if one.start > before[-1].end]
            yield from (PartOfTime(one.key, longer.key, SINCE) for one in [before[-1], *rest])


def _equal(
    periods: Sequence[Period], known: set[tuple[str, frozenset[str]]]
) -> Iterator[PartOfTime]:
    """The periods of each one length that fill a longer one, one beginning where another ends."""
    starts = {(one.start, _measured(one)): one for one in reversed(periods) if _length(one)}
    lengths = sorted({_measured(one) for one in starts.values()})
    for longer in periods:
        for months, days in lengths:
            if months * 30 + days >= _length(longer):
                continue
            parts = _one_after_another(starts, longer, (months, days))
            if parts and (longer.key, frozenset(one.key for one in parts)) not in known:
                how = f"{EQUAL} {months} months and {days} days"
                yield from (PartOfTime(one.key, longer.key, how, alike=True, full=True)
                            for one in parts)  # fmt: skip


def _one_after_another(
    starts: Mapping[tuple[date, _Length], Period], longer: Period, length: _Length
) -> list[Period]:
    """The periods of a length that fill a longer one; none where one is missing or sticks out."""
    parts: list[Period] = []
    begins = longer.start
    while begins <= longer.end:
        part = starts.get((begins, length))
        if part is None:
            return []
        parts.append(part)
        begins = part.end + _DAY
    return parts if parts[-1].end == longer.end else []


def _splits(
    periods: Sequence[Period], known: set[tuple[str, frozenset[str]]]
) -> Iterator[PartOfTime]:
    """Each two periods that are all of a longer one within a year; nothing is said otherwise."""
    spans = {(one.start, one.end): one for one in reversed(periods) if _length(one)}
    firsts: dict[date, list[Period]] = {}
    for one in spans.values():
        firsts.setdefault(one.start, []).append(one)
    for longer in periods:
        if _days(longer) > _A_YEAR:
            continue
        for first in firsts.get(longer.start, []):
            at = first.end + _DAY
            rest = spans.get((at, longer.end))
            if rest and (longer.key, frozenset((first.key, rest.key))) not in known:
                how = f"{SPLIT} {at}"
                yield from (PartOfTime(one.key, longer.key, how, exact=True)
                            for one in (first, rest))  # fmt: skip


def _inside(longer: Period, periods: Sequence[Period]) -> list[Period]:
    """The shorter periods inside a longer one, in their order."""
    return [
        one
        for one in periods
        if longer.start <= one.start and one.end <= longer.end and _length(one) < _length(longer)
    ]


def _tiled(periods: Sequence[Period], full: set[str]) -> Iterator[PartOfTime]:
    """The longer periods that are not full of the shortest ones, made of what else there is.

    A period leads from the day it begins to the day after it ends. Two ways that lead from one day
    to another come to one count: so each period whose ends shorter ones join already is their sum,
    those that lead back taken away. No other sum follows from days that does not follow from these.
    """
    ways: dict[int, dict[int, Period]] = {}
    for one in sorted(periods, key=lambda each: (_days(each), each.start, each.key)):
        if not (one.months or one.count):
            continue  # a moment is no span
        begins, ends = one.start.toordinal(), one.end.toordinal() + 1
        path = _path(ways, begins, ends)
        if path is None:
            ways.setdefault(begins, {})[ends] = ways.setdefault(ends, {})[begins] = one
        elif len(path) > 1 and one.key not in full:
            exact = any(sign < 0 for _, sign in path)
            alike = not exact and len({_length(part) for part, _ in path}) == 1
            yield from (PartOfTime(part.key, one.key, TILED, sign, exact, alike, not exact)
                        for part, sign in path)  # fmt: skip


def _path(
    ways: dict[int, dict[int, Period]], begins: int, ends: int
) -> list[tuple[Period, float]] | None:
    """The one way that leads from a day to another, with -1 for what leads back; None without."""
    come_from: dict[int, int] = {begins: begins}
    days = [begins]
    for day in days:
        for near in ways.get(day, {}):
            if near not in come_from:
                come_from[near] = day
                days.append(near)
    if ends not in come_from:
        return None
    found: list[tuple[Period, float]] = []
    while ends != begins:
        before = come_from[ends]
        found.append((ways[before][ends], 1.0 if before < ends else -1.0))
        ends = before
    return found[::-1]


def _again(periods: Sequence[Period], full: set[str], reported: bool) -> Iterator[PartOfTime]:
    """The periods of the same days as one before; what is counted and full follows anyway."""
    first: dict[str, Period] = {}
    for one in periods:
        other = first.setdefault(same_days(one), one)
        if other is not one and (reported or not full.issuperset((one.key, other.key))):
            yield PartOfTime(one.key, other.key, SAME, exact=True)


def _length(period: Period) -> int:
    """About how many days a period has; equal for months of any length."""
    return period.months * 30 if period.unit != "D" else period.count


def _measured(period: Period) -> _Length:
    return period.months, 0 if period.months else period.count


def _days(period: Period) -> int:
    return (period.end - period.start).days + 1
