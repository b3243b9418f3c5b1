"""What people ask of a kept build: each answer is rows under named columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from outturn.benchmarking.improvers import improvers as peers_who_improved
from outturn.commands.aside import WHERE_AND_WHY, to_mend, told_of
from outturn.commands.opened import Answer, Opened, open_build, part_said, place_name, short_title
from outturn.commands.over_time import over_time
from outturn.commands.standing import standing
from outturn.framework import Measure
from outturn.judgement.foreseen_words import chance_of_meeting, meeting_words
from outturn.judgement.incomplete import LACKING, lacks_of
from outturn.judgement.sensitivity import flips_in_words
from outturn.judgement.trend import Segment, told_once
from outturn.judgement.trend import trend as trend_of
from outturn.judgement.words import unit_of
from outturn.publishing.told import part_words
from outturn.statistics.rounding import shown
from outturn.terms.period import Calendar, from_key
from outturn.terms.records import KEYS, LETTERS, SHAPES, WHOLE, Status

SET_ASIDE = "[s]"  # beside a status that a named role has set aside
DOUBT = (
    "Beside a status: the chance that the level behind the figure has another one, by its counts "
    "or its published margin."
)
_NAMED = 8  # places, or measures, that are named; beyond it their number


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
            "chance of another": _chance(row["chance_other"]),
            "year end": _status(row["status_year_end"]),
            "chance of meeting": _chance(
                row["chance_year_end"], row["forecast_basis"], row["needed_words"]
            ),
            "direction": row["direction"],
            "set aside": row["overridden"],  # for a script; a person reads it below the table
        }
        for row in found
    ]
    printed = [_for_a_person(opened, row, said) for row, said in zip(found, rows, strict=True)]
    if {row["place"] for row in rows} == {opened.partnership.home}:
        printed = [{name: row[name] for name in row if name != "place"} for row in printed]
    columns = tuple(rows[0]) if rows else ("measure",)
    aside = [
        f"{SET_ASIDE} {one['measure']}. {row['overridden']}"
        for row, one in zip(found, printed, strict=True)
        if row["overridden"]
    ]
    doubts = [DOUBT] if any(row["chance of another"] for row in rows) else []
    notes = (
        (
            *aside,
            *doubts,
            *flips_in_words(found, opened.partnership.measures),
            *_incomplete(opened, found),
        )
        if rows
        else ("This vintage has judged no figure.",)
    )
    return Answer(
        columns, rows, opened.partnership.name, frozenset({"figure"}), notes, tuple(printed)
    )


def _chance(
    chance: float | None, basis: str | None = None, needed: str | None = None
) -> str | None:
    return None if chance is None else chance_of_meeting(chance, basis, needed)


def _incomplete(opened: Opened, found: Sequence[dict[str, Any]]) -> list[str]:
    """What the records behind the figures lack, and which of the figures lack it."""
    if opened.kept.scan("findings").filter(pl.col("rule").is_in(LACKING)).collect().is_empty():
        return []
    measures = {row["measure"] for row in found}
    values = opened.kept.scan("values").filter(pl.col("measure").is_in(list(measures)))
    lacks = lacks_of(values)
    by_note: dict[str, dict[str, None]] = {}
    for row in found:
        if said := lacks.get(tuple(row[name] for name in KEYS)):
            by_note.setdefault(said, {})[short_title(opened, row["measure"])] = None
    told = []
    for said, titles in by_note.items():
        more = f"; and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        named = "; ".join([*titles][:_NAMED])
        told.append(f"{said[:1].upper()}{said[1:]}. This concerns: {named}{more}.")
    return told


def _for_a_person(opened: Opened, row: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """A line of the scorecard with names in place of ids, and the unit beside the figure."""
    measure = opened.partnership.measures[row["measure"]]
    part = part_words(row["breakdown"], row["category"])
    title = short_title(opened, measure.id)
    printed = said | {
        "measure": f"{title}: {part}" if part else title,
        "place": place_name(opened, row["place"]),
        "figure": _with_unit(said["figure"], row["absent"], measure),
    }
    if chance := printed.pop("chance of another"):
        printed["now"] = f"{printed['now']} ({chance})"
    if printed.pop("chance of meeting"):
        chance = (row["chance_year_end"], row["forecast_basis"], row["needed_words"])
        likely = meeting_words(*chance)
        printed["year end"] = f"{printed['year end']}, {likely}"
    for name in ("now", "year end"):
        if f"{name.capitalize()}: " in (row["overridden"] or ""):
            printed[name] = f"{printed[name]} {SET_ASIDE}"
    return {name: cell for name, cell in printed.items() if name not in ("part", "set aside")}


def _with_unit(figure: str, absent: str | None, measure: Measure) -> str:
    """A figure as shown with its unit; what stands in the place of one as it is."""
    if absent:
        return figure
    return unit_of(measure).of(figure)


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
    notes = told_once(segments)
    notes += over_time(opened, one, code, breakdown, category)
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
    names = sorted(place_name(opened, code) for code in known)
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
            "place": place_name(opened, row["place"]),
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
            "against it": row["against"],
            "basis": row["basis"],
        }
        for row in found.sort("comparator", "rank", "place", nulls_last=True).iter_rows(named=True)
    ]
    notes = tuple(dict.fromkeys(t for t in (*found["quartile_rule"], *found["note"]) if t))
    notes = notes or ("This vintage compares no such figure with others.",)
    columns = tuple(told[0]) if told else ("place",)
    return Answer(columns, told, one.title, frozenset({"figure", "rank", "of", "gap"}), notes)


def improvers(path: Path, measure: str, period: str = "", vintage: str = "") -> Answer:
    """Peers of any group who stood where the partnership stands now, and have got better since."""
    opened = open_build(path, vintage)
    one = opened.measure(measure)
    home = opened.partnership.home
    members = opened.kept.scan("benchmarks").filter(pl.col("measure") == one.id)
    peers = members.select(pl.col("place").unique().sort()).collect()["place"].to_list()
    values = opened.kept.scan("values").filter(pl.col("measure") == one.id).collect()
    ours = values.filter(pl.col("value").is_not_null(), place=home, breakdown=WHOLE)["period"]
    when = (
        opened.period(period).key if period else opened.latest(ours.unique()) if len(ours) else ""
    )
    found = peers_who_improved(values, one, peers, home, from_key(when)) if when else []
    unit = unit_of(one)
    rows = [
        {
            "place": place_name(opened, each.place),
            "stood there in": opened.label(each.since),
            "then": unit.rounded(each.then, one.decimals),
            "now": unit.rounded(each.now, one.decimals),
            "told by": "limits" if each.is_beyond_chance else "the spread of the group",
        }
        for each in found
    ]
    columns = tuple(rows[0]) if rows else ("place",)
    nobody = f"Nobody it is compared with stood where {place_name(opened, home)} stands and has "
    notes = () if rows else (f"{nobody}got better since, by the figures of this vintage.",)
    return Answer(columns, rows, one.title, frozenset({"then", "now"}), notes)


def findings(path: Path, vintage: str = "") -> Answer:
    """What the rules for data quality found."""
    opened = open_build(path, vintage)
    rows = [
        {
            "rule": row["rule"],
            "measure": row["measure"],
            "place": place_name(opened, row["place"]),
            "finding": row["finding"],
            "size": shown(row["size"], 2) if row["size"] is not None else None,
        }
        for row in opened.kept.read("findings").iter_rows(named=True)
    ]
    notes = () if rows else ("The rules for data quality found nothing to report.",)
    columns = ("rule", "measure", "place", "finding", "size")
    printed = tuple(row | {"measure": short_title(opened, row["measure"])} for row in rows)
    return Answer(columns, rows, "Findings", frozenset({"size"}), notes, printed)


def rejected(path: Path, vintage: str = "") -> Answer:
    """The rows to be mended: where and why, never what they hold; and where that is."""
    kept = open_build(path, vintage).kept
    frame = kept.read("rejected")
    rows = to_mend(frame).select(WHERE_AND_WHY).rows(named=True)
    return Answer(WHERE_AND_WHY, rows, "Kept aside", frozenset(), told_of(path, kept.name, frame))


def _status(status: str | None) -> str:
    if status is None:
        return ""
    known = Status(status)
    return f"{SHAPES[known]} {status} {LETTERS[known]}"
