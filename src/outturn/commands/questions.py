"""What people ask of a kept build: each answer is rows under named columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.commands.aside import WHERE_AND_WHY, to_mend, told_of
from outturn.commands.folder import STORE
from outturn.commands.standing import standing
from outturn.framework import Measure, Partnership, read_texts
from outturn.framework.model import Place
from outturn.judgement.trend import Segment
from outturn.judgement.trend import trend as trend_of
from outturn.judgement.words import unit_of
from outturn.publishing.told import part_words
from outturn.statistics.rounding import shown
from outturn.terms.errors import DefinitionMistake, raise_all, suggestion
from outturn.terms.period import Calendar, Period, from_key, parse
from outturn.terms.records import LETTERS, SHAPES, WHOLE, Status
from outturn.vintages import Released, listing, open_, summary
from outturn.vintages import diff as diff_of

_TOLD_OF_CHANGES = {  # the title of two columns, and what they tell
    "figure": "shown",
    "target": "target",
    "now": "status_now",
    "year end": "status_year_end",
}
_SIDES = ("before", "after")
_FEW = 3  # periods that changed alike and have each a line; beyond it they are told together
_TOGETHER = (
    "Where many periods changed for one cause, the line shows the one whose figure changed most; "
    "--json has them all."
)
_NAMED = 8  # places that are named where there is a figure; beyond it their number


@dataclass(frozen=True)
class Answer:
    """Rows under named columns, with a title above and notes below."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    title: str = ""
    numeric: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    printed: tuple[dict[str, Any], ...] = ()  # as a person reads the rows, where that is otherwise

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
        """The measure that an id, a code of a scheme or a title stands for."""
        measures = self.partnership.measures
        if said in measures:
            return measures[said]
        asked = said.casefold()
        near = [m for m in measures.values() if asked in (word.casefold() for word in _known_as(m))]
        if len(near) == 1:
            return near[0]
        codes = [word for one in measures.values() for word in _known_as(one)]
        problem = f"There is no measure '{said}'."
        otherwise = "List those there are: outturn scorecard"
        remedy = suggestion(said, [*measures, *codes], otherwise)
        if near:
            problem = f"'{said}' is a code or a title of {len(near)} measures."
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

    def part(self, measure: Measure, said: str) -> tuple[str, str]:
        """The breakdown and category that "sex=F" stands for; the whole when nothing is said."""
        if not said:
            return WHOLE, WHOLE
        here = (pl.col("measure") == measure.id) & (pl.col("breakdown") != WHOLE)
        frames = (self.kept.scan(name).filter(here) for name in ("values", "verdicts"))
        cells = pl.concat([one.select("breakdown", "category") for one in frames]).unique()
        known = {f"{b}={c}": (b, c) for b, c in sorted(cells.collect().iter_rows())}
        if said in known:
            return known[said]
        if not known:
            problem, remedy = f"'{measure.id}' is not divided into parts.", "Leave out --part."
        else:
            problem = f"'{measure.id}' has no part '{said}'."
            remedy = suggestion(said, known, f"Its parts are {', '.join(known)}.")
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


def _known_as(measure: Measure) -> tuple[str, ...]:
    """What a measure may be called, its id apart."""
    titles = (one for one in (measure.short, measure.title) if one)
    return (*(code.code for code in measure.codes), *titles)


def _called(place: Place) -> tuple[str, ...]:
    """What people and publishers call a place, its code apart."""
    return (place.name, *(alias.rpartition(":")[2] for alias in place.aliases))


def open_build(path: Path, vintage: str) -> Opened:
    kept = open_(path / STORE, vintage)
    partnership, mistakes = read_texts(dict(kept.definitions))
    raise_all(mistakes)
    return Opened(partnership, kept)


def scorecard(path: Path, vintage: str = "") -> Answer:
    """Every measure's latest judged figure for each place that has one, and each part aimed at.

    The rows hold ids and numbers, for a script; a person reads titles, names and units.
    """
    opened = open_build(path, vintage)
    as_of = date.fromisoformat(dict(opened.kept.arguments)["as_of"])
    calendar = opened.partnership.calendar
    found = standing(opened.kept.scan("verdicts"), calendar, as_of).rows(named=True)
    rows = [
        {
            "measure": row["measure"],
            "place": row["place"],
            "part": part_said(row),
            "period": opened.label(row["period"]),
            "figure": row["shown"] or row["absent"],
            "target": row["target"],
            "now": _status(row["status_now"]),
            "year end": _status(row["status_year_end"]),
            "direction": row["direction"],
        }
        for row in found
    ]
    printed = [_for_a_person(opened, row, said) for row, said in zip(found, rows, strict=True)]
    if {row["place"] for row in rows} == {opened.partnership.home}:
        printed = [{name: row[name] for name in row if name != "place"} for row in printed]
    columns = tuple(rows[0]) if rows else ("measure",)
    notes = () if rows else ("This vintage has judged no figure.",)
    return Answer(
        columns, rows, opened.partnership.name, frozenset({"figure"}), notes, tuple(printed)
    )


def _for_a_person(opened: Opened, row: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """A line of the scorecard with names in place of ids, and the unit beside the figure."""
    measure = opened.partnership.measures[row["measure"]]
    part = part_words(row["breakdown"], row["category"])
    title = _short(opened, measure.id)
    printed = said | {
        "measure": f"{title}: {part}" if part else title,
        "place": _name(opened, row["place"]),
        "figure": _with_unit(said["figure"], row["absent"], measure),
    }
    return {name: cell for name, cell in printed.items() if name != "part"}


def _with_unit(figure: str, absent: str | None, measure: Measure) -> str:
    """A figure as shown with its unit; what stands in the place of one as it is."""
    if absent:
        return figure
    unit = unit_of(measure)
    return f"{unit.before}{figure}{unit.after_one if figure == '1' else unit.after}"


def trend(
    path: Path, measure: str, place: str = "", vintage: str = "", *, part: str = ""
) -> Answer:
    """A measure of one place over time; refused where a break in the series forbids it.

    `part` is of the whole figure when empty, else such as "sex=F".
    """
    opened = open_build(path, vintage)
    one, code = opened.measure(measure), opened.place(place)
    breakdown, category = opened.part(one, part)
    calendar = opened.partnership.calendar
    series = opened.kept.scan("values").filter(pl.col("measure") == one.id).collect()
    found = trend_of(series, one, code, calendar, breakdown=breakdown, category=category)
    segments = _by_period(found, calendar)
    rows = [
        {
            "series": number,
            "period": opened.label(row["period"]),
            "figure": row["shown"] or row["absent"],
            "why": row["why"],
            "definition": row["definition"],
            "begins": segment.begins,  # for a script; a person reads it below the table
        }
        for number, segment in enumerate(segments, start=1)
        for row in segment.points.iter_rows(named=True)
    ]
    said = part_words(breakdown, category)
    name = opened.partnership.places[code].name
    notes = [segment.begins for segment in segments if segment.begins]
    if not rows:
        notes = [_no_figure(opened, one, name, series)]
    return Answer(
        ("series", "period", "figure", "definition", "why"),
        rows,
        f"{one.title}: {name}{f', {said}' if said else ''}",
        frozenset({"figure"}),
        tuple(notes),
        tuple(row | {"figure": _with_unit(row["figure"], row["why"], one)} for row in rows),
    )


def _no_figure(opened: Opened, measure: Measure, place: str, series: pl.DataFrame) -> str:
    """That there is no figure, and of which places there is one."""
    said = f"This vintage holds no figure of {measure.title} for {place}."
    known = series.filter(pl.col("value").is_not_null())["place"].unique().to_list()
    names = sorted(_name(opened, code) for code in known)
    if not names:
        return f"{said} It holds none for any place; see where the measure is counted from."
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{said} It holds some for {', '.join(names[:_NAMED])}{more}."


def _of(row: dict[str, Any]) -> int | None:
    """Of how many a rank is: those with a figure, or where others ranked, what they say."""
    if row["with_value"] is None and row["rank"] is not None:
        return row["members"]
    return row["with_value"]


def _by_period(segments: Iterable[Segment], calendar: Calendar) -> list[Segment]:
    """The parts of a series by their periods and not by their names: two months before eleven."""

    def when(one: Segment) -> tuple[str, int, str, date]:
        first = from_key(one.points["period"][0])
        kind = first.kind(calendar)
        return kind, first.count, one.kind, first.start

    return sorted(segments, key=when)


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
            "figure": row.get("absent")
            if row["value"] is None
            else unit.rounded(row["value"], one.decimals),
            "rank": row["rank"],
            "of": _of(row),
            "quartile": row["quartile"],
            "gap": None if row["gap"] is None else unit.gap(row["gap"], one.decimals),
            "group": row["comparator"],
            "group figure": None
            if row["comparator_value"] is None
            else unit.rounded(row["comparator_value"], one.decimals),
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
    printed = tuple(row | {"measure": _short(opened, row["measure"])} for row in rows)
    return Answer(columns, rows, "Findings", frozenset({"size"}), notes, printed)


def rejected(path: Path, vintage: str = "") -> Answer:
    """The rows to be mended: where and why, never what they hold; and where that is."""
    kept = open_build(path, vintage).kept
    frame = kept.read("rejected")
    rows = to_mend(frame).select(WHERE_AND_WHY).rows(named=True)
    return Answer(WHERE_AND_WHY, rows, "Kept aside", frozenset(), told_of(path, kept.name, frame))


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
            "part": part_said(row),
            "period": later.label(row["period"]),
            "causes": ", ".join(row["causes"]),
            **{
                f"{title} {side}": _figure(row, side) if name == "shown" else row[f"{name}_{side}"]
                for title, name in _TOLD_OF_CHANGES.items()
                for side in _SIDES
            },
        }
        for row in changes.iter_rows(named=True)
    ]
    sentences = summary(earlier, later.kept, changes, calendar=calendar, says=says)
    title = f"From {earlier.name} to {later.kept.name}"
    printed = _alike_together(told, changes["change"].to_list(), says)
    notes = sentences or ("Nothing changed.",)
    if len(printed) < len(told):
        notes = (_TOGETHER, *notes)
    return Answer(_telling(told), told, title, frozenset(), notes, tuple(printed))


def _alike_together(
    told: list[dict[str, Any]], changes: list[float | None], says: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The rows for a person: many periods that changed for one cause are one line.

    It says how many they are, and shows the one whose figure changed most.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(told):
        cell = tuple(row[name] for name in ("measure", "place", "part", "causes"))
        groups.setdefault(cell, []).append(number)
    printed = []
    for numbers in groups.values():
        together = len(numbers) > _FEW
        most = max(numbers, key=lambda number: abs(changes[number] or 0.0))
        for number in [most] if together else numbers:
            row = told[number]
            period = f"{len(numbers)} periods; most in {row['period']}" if together else None
            names = {name: says.get(row[name], row[name]) for name in ("measure", "place")}
            printed.append(row | names | {"period": period or row["period"]})
    return printed


def part_said(row: dict[str, Any]) -> str:
    """Which part of a figure a row is of, as --part takes it: "sex=F"; nothing for a whole one."""
    return "" if row["breakdown"] == WHOLE else f"{row['breakdown']}={row['category']}"


def _figure(row: dict[str, Any], side: str) -> str | None:
    """A figure as it was shown, unrounded where rounding hides the change; or why there is none."""
    shown_here: str | None = row[f"shown_{side}"]
    if shown_here is None:
        return row[f"absent_{side}"]
    before, after = (f"{row[f'value_{one}'] or 0.0:.10g}" for one in _SIDES)
    hidden = row["shown_before"] == row["shown_after"] and before != after
    number = before if side == "before" else after
    return f"{shown_here} (unrounded {number})" if hidden else shown_here


def _telling(told: list[dict[str, Any]]) -> tuple[str, ...]:
    """The columns that a person needs: the figures, and of the rest what did not stay as it was."""
    if not told:
        return ("measure",)
    same = {
        f"{title} {side}"
        for title in _TOLD_OF_CHANGES
        if title != "figure"
        and all(row[f"{title} before"] == row[f"{title} after"] for row in told)
        for side in _SIDES
    }
    return tuple(name for name in told[0] if name not in same and any(row[name] for row in told))


def _status(status: str | None) -> str:
    if status is None:
        return ""
    known = Status(status)
    return f"{SHAPES[known]} {status} {LETTERS[known]}"


def _short(opened: Opened, id: str) -> str:
    """The short title of a measure; what is no measure is as it is."""
    found = opened.partnership.measures.get(id)
    return (found.short or found.title) if found else id


def _name(opened: Opened, code: str) -> str:
    place = opened.partnership.places.get(code)
    return place.name if place else code
