"""Figures that should be there and are not: questions about data, never verdicts.

* `stale`: so many periods have passed that a newer figure should be there;
* `members lacking`: members that had a figure the time before have none;
* `no figure`: a measure has a target, and no figure at all;
* `missing period`: a month or quarter inside a series has none (missing_periods.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from outturn.framework.model import Measure, Target
from outturn.judgement.goals import in_force
from outturn.judgement.missing_periods import MISSING, missing
from outturn.terms.records import FINDINGS, Absent

LATE = 3  # base periods that may pass, whole, before a figure is late
LATE_YEARS = 1  # and years: many a yearly figure is published a year after its year has ended
NAMED = 3  # places that are named; of the others it is said how many there are
STALE, MEMBERS, NONE = "stale", "members lacking", "no figure"
RULES = (STALE, MEMBERS, NONE, MISSING)
_SHORTEST = ["months", "end", "period"]

# Months from one figure to the next; but for weeks, no other has a date by which one is due.
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


Line = tuple[object, ...]  # of FINDINGS


@dataclass(frozen=True)
class Asked:
    """Of what figures are asked for, and what their places and sources are called."""

    measures: Mapping[str, Measure]
    home: str
    members: Collection[str]
    as_of: date
    targets: Sequence[Target] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # of places, by code
    sources: Mapping[str, str] = field(default_factory=dict)  # their titles, by id

    def named(self, codes: Iterable[str]) -> str:
        """Up to NAMED of some places by name, and how many more: "North, South and East"."""
        names = [self.names.get(code, code) for code in codes]
        more = len(names) - NAMED
        if more > 0:
            names = [*names[:NAMED], "1 more place" if more == 1 else f"{more} more places"]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def source(self, ids: str | None) -> str:
        """In brackets, where figures came from; nothing where that is not known."""
        found = [self.sources.get(one, one) for one in (ids or "").split(", ") if one]
        return f" (source: {'; '.join(found)})" if found else ""


def lacking(rows: pl.DataFrame, held: Collection[str], asked: Asked) -> pl.DataFrame:
    """A FINDINGS frame; `rows` are the whole figures of the places asked of, of periods that are
    over, with the `end` and `months` of each period and what `length` it has. `held` are the
    measures that have any row. Each finding is of home, whose members they are."""
    places = [asked.home, *asked.members]
    known = rows.filter(has_come() & pl.col("place").is_in(places))
    lines = [*stale(known, asked), *members_lacking(known, asked), *without_figures(held, asked)]
    for one in missing(rows.filter(pl.col("place").is_in(places)), asked.measures):
        whose = [code for code in places if code in one.places]
        of = "" if whose == [asked.home] else f" of {asked.named(whose)}"
        lines.append((MISSING, one.measure, asked.home, one.period, one.said(of), None))
    return pl.DataFrame(lines, schema=FINDINGS, orient="row")


def has_come() -> pl.Expr:
    """Whether somebody supplied the figure, shown or withheld."""
    withheld = pl.col("absent") == str(Absent.SUPPRESSED)
    return pl.col("value").is_not_null() | withheld.fill_null(False)


def stale(known: pl.DataFrame, asked: Asked) -> list[Line]:
    """Measures of which more periods than may pass have passed since the latest figure of home.

    Where home is not late, or has no figure at all, the members are asked: those that are late are
    told together. One that is withheld has come.
    """
    latest = known.sort(_SHORTEST).group_by("measure", "place", maintain_order=True).agg(
        pl.col("end").max(),
        pl.col("period").filter(pl.col("end") == pl.col("end").max()).first(),
        pl.col("source").filter(pl.col("end") == pl.col("end").max()).first(),
        ends=pl.col("end").filter(pl.col("months") == pl.col("months").min()).unique().sort(),
    )  # fmt: skip
    found: list[Line] = []
    for (id,), places in latest.group_by("measure", maintain_order=True):
        measure = asked.measures[str(id)]
        late = [one for one in places.iter_rows(named=True) if _is_late(one, measure, asked.as_of)]
        home = [one for one in late if one["place"] == asked.home]
        if not late:
            continue
        last = (home or sorted(late, key=lambda one: one["end"]))[-1]
        passed = _passed(last["end"], asked.as_of, measure.frequency)
        since = f"{passed} {measure.frequency}s have passed since{asked.source(last['source'])}."
        whose = ""
        if not home:
            order = list(asked.members)
            codes = sorted((one["place"] for one in late), key=order.index)
            at_once = len({one["end"] for one in late}) == 1
            whose = f" of {'' if at_once else 'any of '}{asked.named(codes)}"
        said = f"the latest figure{whose}, and {since}"
        found.append((STALE, id, asked.home, last["period"], said, float(passed)))
    return found


def _is_late(latest: Mapping[str, Any], measure: Measure, as_of: date) -> bool:
    """Whether more periods have passed since the latest figure of a place than may.

    Figures that always came every second year, as of a survey, are not due in the year between.
    """
    passed = _passed(latest["end"], as_of, measure.frequency)
    if measure.frequency != "year":
        return passed > LATE
    ends = latest["ends"]
    apart = sorted(round((b - a).days / 365.25) for a, b in zip(ends, ends[1:], strict=False))
    every = max(apart[len(apart) // 2], 1) if apart else 1
    return passed > LATE_YEARS + every - 1


def _passed(end: date, as_of: date, frequency: str) -> int:
    """How many whole periods have passed from the end of one to the end of a day."""
    if frequency == "week":
        return (as_of - end).days // 7
    if frequency not in _MONTHS:
        return 0
    first, following = _day_after(end), _day_after(as_of)
    months = 12 * (following.year - first.year) + following.month - first.month
    return (months - (following.day < first.day)) // _MONTHS[frequency]


def _day_after(day: date) -> date:
    """The last day that there is stands for the one after it: `as_of` may be 31 December 9999."""
    return day + timedelta(days=day < date.max)


def members_lacking(known: pl.DataFrame, asked: Asked) -> list[Line]:
    """Members that have no figure in home's latest period, and had one in the period before.

    Only periods of the same length are set beside each other, and what the shortest of them tell is
    not said again of longer ones. Where home has no figures, the latest of any member stands for
    it. A figure that is withheld is there: that it is small is no fault of the data.
    """
    found: list[Line] = []
    for (id,), rows in known.group_by("measure", maintain_order=True):
        at_home = rows.filter(place=asked.home)
        whose = rows if at_home.is_empty() else at_home
        theirs = rows.filter(pl.col("place").is_in(list(asked.members)))
        if theirs.is_empty():
            continue
        periods = whose.select("months", "length", "end", "period").unique().sort(_SHORTEST)
        for _, times in periods.group_by("length", maintain_order=True):
            if times.height > 1 and (gone := _gone(theirs, times, asked)):
                codes, period, source = gone
                has, it = ("has", "it") if len(codes) == 1 else ("have", "they")
                said = (
                    f"{asked.named(codes)} {has} no figure; {it} had one the time before{source}."
                )
                found.append((MEMBERS, id, asked.home, period, said, float(len(codes))))
                break
    return found


def _gone(
    theirs: pl.DataFrame, times: pl.DataFrame, asked: Asked
) -> tuple[list[str], str, str] | None:
    """The members that are not there at the last of some times and were at the one before, with the
    period in which they lack and the source that they were in."""
    before, last = times.sort("end").tail(2).iter_rows(named=True)
    then, now = (
        theirs.filter(length=one["length"], end=one["end"]).select("place", "source")
        for one in (before, last)
    )
    gone = then.filter(~pl.col("place").is_in(now["place"].to_list()))
    if gone.is_empty():
        return None
    codes = sorted(gone["place"], key=list(asked.members).index)
    return codes, last["period"], asked.source(gone["source"][0])


def without_figures(held: Collection[str], asked: Asked) -> list[Line]:
    """Measures that have a target and no row, of any period, though one of them has ended since
    the target began."""
    found: dict[str, Line] = {}
    for target in sorted(in_force(asked.targets), key=lambda one: one.period):
        measure = asked.measures.get(target.measure)
        if measure is None or measure.id in held or measure.id in found:
            continue
        if _has_ended(target.period.start, asked.as_of, measure.frequency):
            source = f" (source: {measure.source.rstrip('.')})" if measure.source else ""
            said = f"there is a target, and no figure of this or any other period{source}."
            found[measure.id] = (NONE, measure.id, asked.home, target.period.key, said, None)
    return list(found.values())


def _has_ended(start: date, as_of: date, frequency: str) -> bool:
    """Whether a whole period has passed from the start of a target; of a frequency that has none,
    whether the target has begun."""
    if frequency not in ("week", *_MONTHS):
        return start <= as_of
    return _passed(start - timedelta(days=1), as_of, frequency) > 0
