"""What a paper tells: the part of a vintage that one pack asks for, row by row.

Nothing is worked out here. Each measure and place has one row: its figure for the period of the
pack or, when there is none, the nearest that may stand for it, with its own period said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from outturn.benchmarking.funnel import Funnel
from outturn.framework.model import Measure, Outcome, PackSpec, Partnership, Target
from outturn.judgement.control import Control
from outturn.judgement.summary import Position
from outturn.judgement.trend import Segment
from outturn.judgement.words import singular, unit_of
from outturn.terms.period import Period, from_key
from outturn.terms.records import WHOLE, Provenance, Status

Row = Mapping[str, Any]
Verdicts = pl.DataFrame | pl.LazyFrame  # of VERDICTS, read or not


@dataclass(frozen=True)
class Strip:
    """A place among the members of a group, for one measure and period."""

    row: Row  # of BENCHMARKS
    members: tuple[tuple[str, float], ...]  # name and figure of each, ours included
    edges: tuple[float, float, float]  # lower quartile, median, upper quartile


@dataclass(frozen=True)
class FunnelTold:
    """The funnel of a measure in one period, or why there is none."""

    row: Row  # of BENCHMARKS: our own
    funnel: Funnel | str


@dataclass(frozen=True)
class SpineTold:
    """The spines of the measures that a section wants, and why others have none."""

    group: str  # the comparator's id; empty where there is no figure to compare
    rows: tuple[Row, ...]  # of SPINE
    why: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """A pack's specification with the figures it tells."""

    pack: PackSpec
    partnership: Partnership
    rows: tuple[Row, ...]  # of VERDICTS: one for each measure, place and part, in paper's order
    position: Position
    benchmarks: tuple[Row, ...]
    findings: tuple[Row, ...]
    sources: tuple[Row, ...]
    statuses: tuple[Row, ...]  # how many measures have each status, by outcome
    kept_aside: tuple[Row, ...]  # source, column, reason, rows
    vintage: str
    seal: str  # of what is published of the vintage
    as_of: date
    issued: date
    series: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)  # by measure
    aims: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)  # verdicts: measure, period
    strips: tuple[Strip, ...] = ()
    funnels: Mapping[str, FunnelTold] = field(default_factory=dict)  # by measure
    spine: SpineTold | None = None
    asked: Mapping[str, str] = field(default_factory=dict)  # what each target asks for, by id
    aimed: Mapping[str, Row] = field(default_factory=dict)  # the verdict on each target, by id
    lacks: Mapping[tuple[str, ...], str] = field(default_factory=dict)  # what figures lack, by KEYS
    rounded: Mapping[str, str] = field(default_factory=dict)  # what counts are rounded to, by id
    # What parts a figure on target hides, by measure, place and period.
    hidden: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    questions: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)  # by cell
    control: Control | None = None  # of the measures that a section wants control charts of
    audience: str = ""  # that the vintage was made for, in words; empty where none was named
    made_for: str = ""  # the same with the disclosure preset, as the end of a sentence

    @property
    def place(self) -> str:
        return self.pack.place or self.partnership.home

    def measure(self, row: Row) -> Measure:
        return self.partnership.measures[row["measure"]]

    def place_name(self, code: str) -> str:
        place = self.partnership.places.get(code)
        return place.name if place else code

    def where(self, row: Row) -> str:
        """The place and the part that a row is of, where they are not the paper's own whole."""
        place = "" if row["place"] == self.place else self.place_name(row["place"])
        part = part_words(row.get("breakdown", WHOLE), row.get("category", WHOLE))
        return ", ".join(one for one in (place, part) if one)

    def whole_of(self, row: Row) -> Row:
        """The row of the whole figure that a part belongs to; the row itself where none is told."""
        if row["breakdown"] == WHOLE:
            return row
        same = (one for one in self.of_measure(row["measure"]) if one["place"] == row["place"])
        return next((one for one in same if one["breakdown"] == WHOLE), row)

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
        after = f" {singular(unit.after)}" if one else unit.after
        return f"{unit.front(row['shown'])}{after}"

    def outcomes(self) -> tuple[Outcome, ...]:
        return covered(self.pack, self.partnership)

    def measures_told(self) -> tuple[str, ...]:
        return wanted(self.pack, self.partnership)

    def without_rows(self) -> tuple[Measure, ...]:
        """Measures that the pack asks for and this build knows nothing of."""
        known = {row["measure"] for row in self.rows}
        return tuple(
            self.partnership.measures[id]
            for id in wanted(self.pack, self.partnership)
            if id not in known and id in self.partnership.measures
        )

    def lacking(self, row: Row) -> str:
        """What the figure of the row is incomplete by, as a sentence; else nothing."""
        if row["value"] is None:
            return ""
        whole = (row.get("breakdown", WHOLE), row.get("category", WHOLE))
        said = self.lacks.get((row["measure"], row["place"], row["period"], *whole), "")
        return f"{said[:1].upper()}{said[1:]}." if said else ""

    def hides(self, row: Row) -> str:
        """What parts are off target under a whole figure, as a sentence; else nothing."""
        if row["breakdown"] != WHOLE:
            return ""
        return self.hidden.get((row["measure"], row["place"], row["period"]), "")

    def asks(self, row: Row) -> str:
        """What is asked of those who know the series of a row, each a question; else nothing."""
        cell = (row["measure"], row["place"], row["breakdown"], row["category"])
        return " ".join(self.questions.get(cell, ()))

    def target(self, row: Row) -> Target | None:
        found = (one for one in self.partnership.targets if one.id == row["target_id"])
        return next(found, None)


def part_words(breakdown: str, category: str) -> str:
    """Which part of a figure is meant: "sex F"; nothing for the whole."""
    return "" if breakdown == WHOLE else f"{breakdown} {category}"


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


def rows_of(pack: PackSpec, partnership: Partnership, verdicts: Verdicts) -> tuple[Row, ...]:
    """The verdict rows that a pack tells: for each measure and place the row that stands for it.

    A figure of another place is told where it has a target, and so is a part of a figure: what
    nobody set a target for there is no business of this paper.
    """
    ids = wanted(pack, partnership)
    found = _taken_together(_of_pack(pack, partnership, verdicts), partnership)
    near = _by_nearness(found["period"].unique(), pack.period, partnership)
    best = _nearest(found.join(near, on="period"), "measure", "place", "breakdown", "category")
    ours = (pl.col("place") == (pack.place or partnership.home)) & (pl.col("breakdown") == WHOLE)
    order = {id: n for n, id in enumerate(ids)}
    places = {code: n for n, code in enumerate(partnership.places)}

    def standing(row: Row) -> tuple[int, int, bool, str, str]:
        part = row["breakdown"], row["category"]
        place = places.get(row["place"], 0)
        return order[row["measure"]], place, row["breakdown"] != WHOLE, *part

    told = best.filter(ours | pl.col("target_id").is_not_null())
    # Of a measure that has figures of other places only, those are told, or it would seem to
    # have none at all.
    elsewhere = ~pl.col("measure").is_in(told["measure"].to_list()) & (pl.col("breakdown") == WHOLE)
    rows = [*told.rows(named=True), *best.filter(elsewhere).rows(named=True)]
    return tuple(sorted(rows, key=standing))


def _taken_together(found: pl.DataFrame, partnership: Partnership) -> pl.DataFrame:
    """Without single years where a target speaks of several that end with them.

    A measure that takes years together does so because one says too little.
    """
    ids = [id for id, one in partnership.measures.items() if one.years_together > 1]
    mine = found.filter(pl.col("measure").is_in(ids))
    if mine.is_empty():
        return found
    periods = {key: from_key(key) for key in mine["period"].unique()}
    end, months = (
        pl.col("period").replace_strict(known, return_dtype=kind)
        for known, kind in (
            ({key: one.end for key, one in periods.items()}, pl.Date),
            ({key: one.months for key, one in periods.items()}, pl.Int64),
        )
    )
    cell = ["measure", "place", "breakdown", "category"]
    aimed = pl.col("target_id").is_not_null()
    longer = mine.filter(aimed & (months > 12)).select(*cell, end.alias("_end"))
    single = mine.filter(~aimed & (months == 12)).select(*cell, "period", end.alias("_end"))
    hidden = single.join(longer, on=[*cell, "_end"], how="semi")
    return found.join(hidden, on=[*cell, "period"], how="anti", maintain_order="left")


def aimed_at(pack: PackSpec, partnership: Partnership, verdicts: Verdicts) -> dict[str, Row]:
    """The verdict on each target of the pack's own place, by the target's id, up to its period.

    Of several for one target, that of the target's whole period, else the nearest to it.
    """
    place = pack.place or partnership.home
    found = _of_pack(pack, partnership, verdicts).filter(
        (pl.col("place") == place) & pl.col("target_id").is_not_null()
    )
    keys = found["period"].unique().to_list()
    in_time = [key for key in keys if from_key(key).end <= pack.period.end]
    rows: dict[str, Row] = {}
    for target in partnership.targets:
        mine = found.filter((pl.col("target_id") == target.id) & pl.col("period").is_in(in_time))
        near = _by_nearness(mine["period"].unique(), target.period, partnership)
        best = _nearest(mine.join(near, on="period"))
        if best.height:
            rows[target.id] = best.row(0, named=True)
    return rows


def aims_of(
    pack: PackSpec, partnership: Partnership, verdicts: Verdicts
) -> dict[str, dict[str, Row]]:
    """The verdicts with a milestone behind the series of a pack, by measure and period."""
    ids = [id for one in pack.sections if one.kind == "series" for id in one.items]
    found = verdicts.lazy().filter(
        pl.col("measure").is_in(ids)
        & (pl.col("place") == (pack.place or partnership.home))
        & (pl.col("breakdown") == WHOLE)
        & pl.col("milestone").is_not_null()
    )
    aims: dict[str, dict[str, Row]] = {}
    for row in found.collect().rows(named=True):
        aims.setdefault(row["measure"], {})[row["period"]] = row
    return aims


def _of_pack(pack: PackSpec, partnership: Partnership, verdicts: Verdicts) -> pl.DataFrame:
    """The figures of the pack's measures, whole and in parts, for the places that it tells of."""
    places = [pack.place, *(p for p in partnership.places if _told_in(pack, partnership, p))]
    here = pl.col("place").is_in(places) if pack.place else pl.lit(True)
    wanted_here = pl.col("measure").is_in(wanted(pack, partnership)) & here
    return verdicts.lazy().filter(wanted_here).collect()


def _by_nearness(keys: Iterable[str], to: Period, partnership: Partnership) -> pl.DataFrame:
    """The periods that may stand for another, numbered: the higher, the nearer."""
    near = {key: _nearness(to, from_key(key), partnership) for key in keys}
    order = sorted((key for key in near if near[key][0]), key=lambda key: near[key])
    return pl.DataFrame(
        {"period": order, "near": range(len(order))}, schema={"period": pl.String, "near": pl.Int64}
    )


def _nearest(found: pl.DataFrame, *by: str) -> pl.DataFrame:
    """The row of the nearest period: one in all, or one for each of some columns."""
    ordered = found.sort("near", descending=True, maintain_order=True)
    return (ordered.unique(by, keep="first", maintain_order=True) if by else ordered.head(1)).drop(
        "near"
    )


def _told_in(pack: PackSpec, partnership: Partnership, code: str) -> bool:
    """A pack for one place tells of it, and of the places just below it."""
    place = partnership.places.get(code)
    if not pack.place or code == pack.place:
        return True
    return place is not None and pack.place in place.parents.values()


def _nearness(
    found_for: Period, found: Period, partnership: Partnership
) -> tuple[int, date, bool, int]:
    """How well a period stands for another: itself, inside its year, or the latest before it.

    Of periods that end on one day, the one that began with the year, else the longest. The first
    number is 0 where it may not stand for it at all.
    """
    calendar = partnership.calendar
    year = found_for.financial_year(calendar)
    inside = year.start <= found.start and found.end <= max(year.end, found_for.end)
    how = 3 if found == found_for else 2 if inside else 1 if found.end <= found_for.end else 0
    of_year = found.start == calendar.year_start(found.end)
    return how, found.end, of_year, -found.start.toordinal()


def year_is_over(told: Told) -> bool:
    """Whether the year of the paper is over and every status in it is that of a year's own figure.

    Then nothing is a forecast any more, and the paper says how the year ended.
    """
    year = told.pack.period.financial_year(told.partnership.calendar)
    judged = [row for row in told.rows if row["status_year_end"] != Status.NOT_ASSESSED]
    return (
        bool(judged)
        and year.end <= told.as_of
        and all(
            from_key(row["period"]).end >= year.end and row["provenance"] != Provenance.FORECAST
            for row in judged
        )
    )


def by_status(rows: Sequence[Row], status: Status) -> tuple[Row, ...]:
    return tuple(row for row in rows if row["status_year_end"] == status)
