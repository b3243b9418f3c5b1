"""What a paper tells: the part of a vintage that one pack asks for, row by row.

Nothing is worked out here. Each measure and place has one row: its figure for the period of the
pack or, when there is none, the nearest that may stand for it, with its own period said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from outturn.framework.model import Measure, Outcome, PackSpec, Partnership, Target
from outturn.judgement.summary import Position
from outturn.judgement.trend import Segment
from outturn.judgement.words import singular, unit_of
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE, Status

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Strip:
    """A place among the members of a group, for one measure and period."""

    row: Row  # of BENCHMARKS
    members: tuple[tuple[str, float], ...]  # name and figure of each, ours included
    edges: tuple[float, float, float]  # lower quartile, median, upper quartile


@dataclass(frozen=True)
class Told:
    """A pack's specification with the figures it tells."""

    pack: PackSpec
    partnership: Partnership
    rows: tuple[Row, ...]  # of VERDICTS: one for each measure and place, in the paper's order
    position: Position
    benchmarks: tuple[Row, ...]
    findings: tuple[Row, ...]
    sources: tuple[Row, ...]
    statuses: tuple[Row, ...]  # how many measures have each status, by outcome
    kept_aside: tuple[Row, ...]  # source, column, reason, rows
    vintage: str
    seal: str
    as_of: date
    issued: date
    series: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)  # by measure
    strips: tuple[Strip, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)  # what each target asks for, by id

    @property
    def place(self) -> str:
        return self.pack.place or self.partnership.home

    def measure(self, row: Row) -> Measure:
        return self.partnership.measures[row["measure"]]

    def place_name(self, code: str) -> str:
        place = self.partnership.places.get(code)
        return place.name if place else code

    def period_label(self, key: str) -> str:
        return from_key(key).label(self.partnership.calendar)

    def of_measure(self, id: str) -> Iterator[Row]:
        return (row for row in self.rows if row["measure"] == id)

    def said(self, row: Row, column: str = "value") -> str:
        """A figure of the row with its unit, or the reason that there is none."""
        value = row[column]
        if value is None:
            return row["absent"].capitalize() if column == "value" and row["absent"] else "–"
        measure = self.measure(row)
        unit = unit_of(measure)
        if column != "value":
            return unit.rounded(value, measure.decimals)
        one = measure.kind == "count" and row["shown"] == "1" and unit.after
        return f"{unit.before}{row['shown']}{f' {singular(unit.after)}' if one else unit.after}"

    def outcomes(self) -> tuple[Outcome, ...]:
        return covered(self.pack, self.partnership)

    def without_rows(self) -> tuple[Measure, ...]:
        """Measures that the pack asks for and this build knows nothing of."""
        known = {row["measure"] for row in self.rows}
        return tuple(
            self.partnership.measures[id]
            for id in wanted(self.pack, self.partnership)
            if id not in known and id in self.partnership.measures
        )

    def target(self, row: Row) -> Target | None:
        found = (one for one in self.partnership.targets if one.id == row["target_id"])
        return next(found, None)


def covered(pack: PackSpec, partnership: Partnership) -> tuple[Outcome, ...]:
    """The outcomes that a pack covers, in the order of the file, each with the pack's measures.

    A pack that names its framework keeps to it. One that lists its measures without naming a
    framework shows each of them once, under the first outcome that holds it.
    """
    found = partnership.outcomes.values()
    if pack.framework:
        found_here = [one for one in found if one.framework == pack.framework]
        if not pack.measures:
            return tuple(found_here)
        kept = [_keeping(one, set(pack.measures)) for one in found_here]
        return tuple(one for one in kept if one.measures)
    left = set(pack.measures) if pack.measures else None
    trimmed: list[Outcome] = []
    for one in found:
        mine = _keeping(one, left)
        left = left - set(mine.measures) if left is not None else None
        if mine.measures:
            trimmed.append(mine)
    return tuple(trimmed)


def _keeping(outcome: Outcome, ids: set[str] | None) -> Outcome:
    kept = tuple(id for id in outcome.measures if ids is None or id in ids)
    return replace(outcome, measures=kept)


def wanted(pack: PackSpec, partnership: Partnership) -> tuple[str, ...]:
    """The measures of a pack, in the order in which the paper tells them."""
    under = [id for one in covered(pack, partnership) for id in one.measures]
    return tuple(dict.fromkeys([*under, *pack.measures]))


def rows_of(pack: PackSpec, partnership: Partnership, verdicts: pl.DataFrame) -> tuple[Row, ...]:
    """The verdict rows that a pack tells: for each measure and place the row that stands for it."""
    ids = wanted(pack, partnership)
    whole = verdicts.filter(pl.col("measure").is_in(ids) & (pl.col("breakdown") == WHOLE)).rows(
        named=True
    )
    best: dict[tuple[str, str], Row] = {}
    for row in whole:
        key = row["measure"], row["place"]
        near = _nearness(pack.period, from_key(row["period"]), partnership)
        if not near[0] or not _told_in(pack, partnership, row["place"]):
            continue
        if key not in best or near > _nearness(
            pack.period, from_key(best[key]["period"]), partnership
        ):
            best[key] = row
    order = {id: n for n, id in enumerate(ids)}
    places = {code: n for n, code in enumerate(partnership.places)}
    return tuple(
        sorted(best.values(), key=lambda r: (order[r["measure"]], places.get(r["place"], 0)))
    )


def _told_in(pack: PackSpec, partnership: Partnership, code: str) -> bool:
    """A pack for one place tells of it, and of the places just below it."""
    place = partnership.places.get(code)
    if not pack.place or code == pack.place:
        return True
    return place is not None and pack.place in place.parents.values()


def _nearness(found_for: Period, found: Period, partnership: Partnership) -> tuple[int, date, int]:
    """How well a period stands for another: itself, inside its year, or the latest before it.

    The first number is 0 where it may not stand for it at all.
    """
    if found == found_for:
        return 3, found.end, found.count
    year = found_for.financial_year(partnership.calendar)
    inside = year.start <= found.start and found.end <= max(year.end, found_for.end)
    return (2 if inside else 1 if found.end <= found_for.end else 0), found.end, found.count


def by_status(rows: Sequence[Row], status: Status) -> tuple[Row, ...]:
    return tuple(row for row in rows if row["status_year_end"] == status)
