"""What people ask of a kept build: each answer is rows under named columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.folder import STORE
from outturn.framework import Measure, Partnership, read_texts
from outturn.framework.model import Place
from outturn.judgement.trend import trend as trend_of
from outturn.judgement.words import unit_of
from outturn.statistics.rounding import shown
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion
from outturn.terms.period import Period, from_key, parse
from outturn.terms.records import LETTERS, SHAPES, WHOLE, Status
from outturn.vintages import Released, listing, open_, summary
from outturn.vintages import diff as diff_of


@dataclass(frozen=True)
class Answer:
    """Rows under named columns, with a title above and notes below."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    title: str = ""
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """The rows as a Polars frame, for a notebook."""
        if not self.rows:
            return pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String))
        return pl.DataFrame(self.rows, infer_schema_length=None)


@dataclass(frozen=True)
class Opened:
    """A kept build with the definitions it was made from."""

    partnership: Partnership
    kept: Released
    _names: dict[str, str] = field(default_factory=dict)

    def measure(self, said: str) -> Measure:
        """The measure that an id or a code of a scheme stands for."""
        measures = self.partnership.measures
        if said in measures:
            return measures[said]
        asked = said.casefold()
        near = [m for m in measures.values() if any(c.code.casefold() == asked for c in m.codes)]
        if len(near) == 1:
            return near[0]
        codes = [code.code for one in measures.values() for code in one.codes]
        problem = f"There is no measure '{said}'."
        otherwise = "List those there are: outturn scorecard"
        remedy = suggestion(said, [*measures, *codes], otherwise)
        if near:
            problem = f"'{said}' is a code of {len(near)} measures."
            remedy = f"Say which: {', '.join(one.id for one in near)}."
        raise DefinitionMistake(where="the command", problem=problem, remedy=remedy)

    def place(self, said: str) -> str:
        """The code of the place that was named; the partnership's own when none was."""
        if not said:
            return self.partnership.home
        places = self.partnership.places
        codes = [one.code for one in places.values() if said in _called(one)]
        if said in places or len(codes) == 1:
            return said if said in places else codes[0]
        problem = f"There is no place '{said}'."
        known = [name for one in places.values() for name in (*_called(one), one.code)]
        remedy = suggestion(said, known, "See places.csv.")
        if codes:
            problem = f"'{said}' is the name of {len(codes)} places."
            remedy = f"Say which by its code: {', '.join(codes)}."
        raise DefinitionMistake(where="the command", problem=problem, remedy=remedy)

    def period(self, said: str) -> Period:
        try:
            return parse(said, self.partnership.calendar)
        except ValueError as reason:
            raise DefinitionMistake(
                where="the command",
                problem="The period cannot be read.",
                remedy=f"Please {reason}.",
            ) from None

    def latest(self, keys: Iterable[str]) -> str:
        """The period that ends last; of those, the year so far, else the longest."""
        calendar = self.partnership.calendar

        def when(one: Period) -> tuple[date, bool, int]:
            of_year = one.start == calendar.year_start(one.end)
            return one.end, of_year, -one.start.toordinal()

        return max(map(from_key, keys), key=when).key

    def label(self, key: str) -> str:
        return from_key(key).label(self.partnership.calendar)


def _called(place: Place) -> tuple[str, ...]:
    """What people and publishers call a place, its code apart."""
    return (place.name, *(alias.rpartition(":")[2] for alias in place.aliases))


def open_build(path: Path, vintage: str) -> Opened:
    kept = open_(path / STORE, vintage)
    partnership, mistakes = read_texts(dict(kept.definitions))
    raise_all(mistakes)
    return Opened(partnership, kept)


def scorecard(path: Path, vintage: str = "") -> Answer:
    """Every measure's latest judged figure for each place that has one.

    A figure that a target speaks of goes before one without, and of those the one that foresees
    the year's end: the year to date before the month.
    """
    opened = open_build(path, vintage)
    rows = opened.kept.scan("verdicts").filter(pl.col("breakdown") == WHOLE).collect()
    periods = {key: from_key(key) for key in rows["period"].unique()}
    ends = {key: one.end for key, one in periods.items()}
    calendar = opened.partnership.calendar
    of_year = [key for key, one in periods.items() if one.start == calendar.year_start(one.end)]
    rows = (
        rows.with_columns(
            aimed=pl.col("target_id").is_not_null(),
            foreseen=pl.col("status_year_end") != str(Status.NOT_ASSESSED),
            end=pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Date),
            of_year=pl.col("period").is_in(of_year),
        )
        .sort("measure", "place", "aimed", "foreseen", "end", "of_year")
        .group_by("measure", "place", maintain_order=True)
        .last()
    )
    told = [
        {
            "measure": row["measure"],
            "place": row["place"],
            "period": opened.label(row["period"]),
            "figure": row["shown"] or row["absent"],
            "target": row["target"],
            "now": _status(row["status_now"]),
            "year end": _status(row["status_year_end"]),
            "direction": row["direction"],
        }
        for row in rows.iter_rows(named=True)
    ]
    columns = ("measure", "place", "period", "figure", "target", "now", "year end", "direction")
    return Answer(columns, told, opened.partnership.name, frozenset({"figure"}))


def trend(path: Path, measure: str, place: str = "", vintage: str = "") -> Answer:
    """A measure of one place over time; refused where a break in the series forbids it."""
    opened = open_build(path, vintage)
    one, code = opened.measure(measure), opened.place(place)
    series = opened.kept.scan("values").filter(pl.col("measure") == one.id).collect()
    segments = trend_of(series, one, code, opened.partnership.calendar)
    rows = [
        {
            "part": number,
            "period": opened.label(row["period"]),
            "figure": row["shown"] or row["absent"],
            "why": row["why"],
            "definition": row["definition"],
            "begins": segment.begins,  # for a script; a person reads it below the table
        }
        for number, segment in enumerate(segments, start=1)
        for row in segment.points.iter_rows(named=True)
    ]
    return Answer(
        ("part", "period", "figure", "definition", "why"),
        rows,
        f"{one.title}: {opened.partnership.places[code].name}",
        frozenset({"figure"}),
        tuple(segment.begins for segment in segments if segment.begins),
    )


def compare(path: Path, measure: str, period: str = "", vintage: str = "") -> Answer:
    """Each place's rank and quartile in each group for one measure and period."""
    opened = open_build(path, vintage)
    one = opened.measure(measure)
    rows = opened.kept.scan("benchmarks").filter(
        (pl.col("measure") == one.id) & (pl.col("breakdown") == WHOLE)
    )
    if period:
        rows = rows.filter(pl.col("period") == opened.period(period).key)
    found = rows.collect()
    if not period and found.height:
        found = found.filter(pl.col("period") == opened.latest(found["period"].unique()))
    unit = unit_of(one)
    told = [
        {
            "place": _name(opened, row["place"]),
            "period": opened.label(row["period"]),
            "figure": None if row["value"] is None else unit.rounded(row["value"], one.decimals),
            "rank": row["rank"],
            "of": row["with_value"],
            "quartile": row["quartile"],
            "gap": None if row["gap"] is None else unit.gap(row["gap"], one.decimals),
            "group": row["comparator"],
            "group figure": row["comparator_value"]
            and unit.rounded(row["comparator_value"], one.decimals),
            "basis": row["basis"],
        }
        for row in found.sort("comparator", "rank", "place", nulls_last=True).iter_rows(named=True)
    ]
    notes = tuple(dict.fromkeys(t for t in (*found["quartile_rule"], *found["note"]) if t))
    notes = notes or ("This vintage compares no such figure with others.",)
    columns = tuple(told[0]) if told else ("place",)
    return Answer(columns, told, one.title, frozenset({"figure", "rank", "of", "gap"}), notes)


def findings(path: Path, vintage: str = "") -> Answer:
    """What the rules for data quality found."""
    opened = open_build(path, vintage)
    rows = [
        {
            "rule": row["rule"],
            "measure": row["measure"],
            "place": _name(opened, row["place"]),
            "finding": row["finding"],
            "size": shown(row["size"], 2) if row["size"] is not None else None,
        }
        for row in opened.kept.read("findings").iter_rows(named=True)
    ]
    notes = () if rows else ("The rules for data quality found nothing to report.",)
    columns = ("rule", "measure", "place", "finding", "size")
    return Answer(columns, rows, "Findings", frozenset({"size"}), notes)


def rejected(path: Path, vintage: str = "") -> Answer:
    """The rows kept aside: where and why, never what they hold."""
    frame = open_build(path, vintage).kept.read("rejected")
    notes = () if frame.height else ("No row was kept aside.",)
    return Answer(tuple(frame.columns), frame.rows(named=True), "Kept aside", frozenset(), notes)


def vintages(path: Path) -> Answer:
    """The kept builds, newest first."""
    found = sorted(
        listing(path / STORE), key=lambda one: (one.built_at, one.is_current), reverse=True
    )
    rows = [
        {
            "vintage": one.name,
            "as at": one.as_of,
            "built": one.built_at,
            "label": one.label,
            "replaces": one.replaces,
            "rows": one.rows,
            "seal": one.seal[:16],
            "shown": "shown" if one.is_current else "",
        }
        for one in found
    ]
    columns = ("vintage", "as at", "built", "label", "replaces", "rows", "seal", "shown")
    notes = () if rows else ("No vintage has been kept here yet. Next: outturn build",)
    return Answer(columns, rows, "Vintages", frozenset({"rows"}), notes)


def diff(path: Path, a: str, b: str) -> Answer:
    """What changed between two builds, each change with its causes."""
    store = path / STORE
    earlier, later = open_(store, a), open_build(path, b)
    calendar = later.partnership.calendar
    changes = diff_of(earlier, later.kept, calendar=calendar)
    says = {one.id: one.short or one.title for one in later.partnership.measures.values()}
    says |= {place.code: place.name for place in later.partnership.places.values()}
    told = [
        {
            "measure": row["measure"],
            "place": row["place"],
            "period": later.label(row["period"]),
            "causes": ", ".join(row["causes"]),
            "figure before": row["shown_before"],
            "figure after": row["shown_after"],
            "target before": row["target_before"],
            "target after": row["target_after"],
            "year end before": row["status_year_end_before"],
            "year end after": row["status_year_end_after"],
        }
        for row in changes.iter_rows(named=True)
    ]
    columns = tuple(told[0]) if told else ("measure",)
    sentences = summary(earlier, later.kept, changes, calendar=calendar, says=says)
    title = f"From {earlier.name} to {later.kept.name}"
    return Answer(columns, told, title, frozenset(), sentences or ("Nothing changed.",))


def _status(status: str | None) -> str:
    if status is None:
        return ""
    known = Status(status)
    return f"{SHAPES[known]} {status} {LETTERS[known]}"


def _name(opened: Opened, code: str) -> str:
    place = opened.partnership.places.get(code)
    return place.name if place else code
