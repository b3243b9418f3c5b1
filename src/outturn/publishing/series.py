"""A measure over time, as a section of a pack: a line cut where the series is, and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from outturn.framework.model import Measure, PackSection
from outturn.judgement.summary import course
from outturn.judgement.trend import Segment, overlapping
from outturn.judgement.words import sentence
from outturn.publishing.charts import CUT, Break, Point, begins_at_zero, trend
from outturn.publishing.figure_words import (
    Remarks,
    bare,
    bound_words,
    capital,
    has_unit_beside,
    shortened,
)
from outturn.publishing.pack import Block, Chart, Column, Paragraph, Table
from outturn.publishing.told import Row, Told
from outturn.publishing.wording import MONTHS
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import Absent, Provenance

_ACROSS = 8  # periods: so many or fewer stand side by side
_MOST = 40  # periods: more would not fit a page, nor a line; the last are told
_FEWEST = 3  # periods: fewer make no line
SHARED_YEARS = "Figures beside each other share years, and so move together."


def series(told: Told, section: PackSection) -> Iterator[Block]:
    """A chart and its table for each measure named, over the periods of one kind."""
    for id in section.items:
        if id not in told.partnership.measures:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"The section '{section.title}' names a measure '{id}' that is not there.",
                remedy="Name a measure that has a file in framework/measures.",
            )
        measure = told.partnership.measures[id]
        whole = _longest_kind(told.series.get(id, ()))
        segments = _last(whole)
        points = [row for segment in segments for row in segment.points.rows(named=True)]
        if len(points) < _FEWEST:
            yield Paragraph(f"{measure.title}: fewer than {_FEWEST} periods, so no trend is drawn.")
            continue
        shared = [SHARED_YEARS] if overlapping(row["period"] for row in points) else []
        yield _chart(told, measure, segments, points, [*_cut_short(whole), *shared])


def courses(told: Told, section: PackSection) -> Iterator[str]:
    """The run of each measure of the section, in a sentence each."""
    for id in section.items:
        for segment in _last(_longest_kind(told.series.get(id, ()))):
            if course(segment.points.rows(named=True)):
                yield _course(told, told.partnership.measures[id], segment)


def _longest_kind(segments: Sequence[Segment]) -> list[Segment]:
    """The segments of the kind of period that has the most: months are not mixed with years."""
    kinds: dict[str, list[Segment]] = {}
    for segment in segments:
        kinds.setdefault(segment.kind, []).append(segment)
    sizes = {kind: sum(one.points.height for one in found) for kind, found in kinds.items()}
    return kinds[max(sizes, key=lambda kind: sizes[kind])] if sizes else []


def _last(segments: Sequence[Segment]) -> list[Segment]:
    """The segments without all but the last periods of a long series."""
    found: list[Segment] = []
    left = _MOST
    for one in reversed(segments):
        if left > 0:
            kept = one.points.tail(left)
            whole = kept.height == one.points.height
            found.insert(0, replace(one, points=kept, begins=one.begins if whole else ""))
            left -= kept.height
    return found


def _cut_short(segments: Sequence[Segment]) -> list[str]:
    """That a series is longer than what is printed of it."""
    size = sum(one.points.height for one in segments)
    if size <= _MOST:
        return []
    return [f"The last {_MOST} of {size} periods; the exported files hold them all."]


def _chart(
    told: Told,
    measure: Measure,
    segments: Sequence[Segment],
    points: Sequence[Row],
    remarks: Sequence[str] = (),
) -> Chart:
    parts = [*(_course(told, measure, one) for one in segments), *_cuts(segments), *remarks]
    aim = next((one for row in reversed(points) if (one := _aim(told, measure, row))), None)
    if aim:
        asked = sentence(f"{told.period_label(aim['period'])}: {aim['milestone']}")
        parts.append(f"Target for {asked}")
    drawn = [_point(told, measure, row) for row in points]
    from_zero = measure.kind == "count"
    if not begins_at_zero(drawn, from_zero):
        parts.append(sentence(capital(CUT)))
    alt = " ".join(parts)
    last = next((row for row in reversed(points) if row["value"] is not None), None)
    spec = trend(
        drawn,
        description=alt,
        unit=measure.unit,
        shown=_said(measure, last) if last else "",
        target_shown=f"Target {_aim_words(measure, aim)}" if aim else "",
        breaks=[
            Break(tick(told, one.points.row(0, named=True)), "Series cut here")
            for one in segments
            if one.begins
        ],
        from_zero=from_zero,
    )
    table = _table(told, measure, segments, points)
    table = replace(table, notes=[*remarks, *table.notes])
    return Chart(spec, alt, measure.title, table)


def _point(told: Told, measure: Measure, row: Row) -> Point:
    unsure = row["provenance"] in (Provenance.PROVISIONAL, Provenance.ESTIMATED)
    aim = _aim(told, measure, row)
    return Point(tick(told, row), row["value"], _edge(aim) if aim else None, unsure)


def _aim(told: Told, measure: Measure, point: Row) -> Row | None:
    """The verdict that says where a figure should be; none for a target between two numbers."""
    found = told.aims.get(measure.id, {}).get(point["period"])
    return found if found and _edge(found) is not None else None


def _edge(aim: Row) -> float | None:
    """The one number of a target; None where it is a band, which is no line."""
    low, high = aim["milestone_low"], aim["milestone_high"]
    if low is not None and high is not None and low != high:
        return None
    edge: float | None = high if low is None else low
    return edge


def tick(told: Told, row: Row) -> str:
    """The period under a point: a month by its first three letters, so that each has room.

    A census date is the day alone: "8 May 2021". Several years are their first and last.
    """
    label = told.period_label(row["period"]).removeprefix("at ").removeprefix("calendar years ")
    words = label.split()
    if words[-1].isdigit() and words[-2:-1] and words[-2] in MONTHS:
        words[-2] = words[-2][:3]
        return " ".join(words)
    return label


def _said(measure: Measure, row: Row) -> str:
    said = bare(row, measure)
    return said if has_unit_beside(measure) else f"{said} {measure.unit}"


def _course(told: Told, measure: Measure, segment: Segment) -> str:
    """The run of figures in a sentence, from the data."""
    points = segment.points.rows(named=True)
    run = course(points)
    if run is None:
        return f"{measure.title}: fewer than two figures in this part of the series."
    ends = (run.first, run.last, run.lowest, run.highest)
    first, last, lowest, highest = (
        f"{_said(measure, row)} in {told.period_label(row['period'])}" for row in ends
    )
    return f"{measure.title}: {first}, {last}; {_extremes(points, lowest, highest)}."


def _extremes(points: Sequence[Row], lowest: str, highest: str) -> str:
    """The lowest and the highest figure; of a run in which some are withheld nobody may say so."""
    withheld = sum(point["absent"] == Absent.SUPPRESSED for point in points)
    if not withheld:
        return f"lowest {lowest}, highest {highest}"
    which = "1 period is" if withheld == 1 else f"{withheld} periods are"
    return f"{which} withheld to protect people, so no lowest and no highest figure is given"


def _cuts(segments: Sequence[Segment]) -> list[str]:
    return [one.begins for one in segments if one.begins]


def _table(
    told: Told, measure: Measure, segments: Sequence[Segment], points: Sequence[Row]
) -> Table:
    remarks = Remarks()
    figures = [_marked(row, measure, remarks) for row in points]
    labels = [tick(told, row) for row in points]
    unit = "" if has_unit_beside(measure) else f", {measure.unit}"
    caption = f"The figures in this chart{unit}"
    notes = [*_cuts(segments), *remarks.lines()]
    said = {"Figure": figures}
    aims = [_aim(told, measure, row) for row in points]
    if any(aims):
        said["Target"] = [_aim_words(measure, aim) for aim in aims]
    if len(points) <= _ACROSS:
        columns = [Column("Period", width=1.4), *(Column(one, "right", 1.0) for one in labels)]
        return Table(caption, columns, [[title, *row] for title, row in said.items()], notes=notes)
    lines = [list(cells) for cells in zip(labels, *said.values(), strict=True)]
    columns = [Column("Period"), *(Column(title, "right") for title in said)]
    return Table(caption, columns, lines, notes=notes)


def _aim_words(measure: Measure, aim: Row | None) -> str:
    edge = _edge(aim) if aim else None
    if edge is None:
        return "None"
    return bound_words(edge, measure)


def _marked(row: Row, measure: Measure, remarks: Remarks) -> str:
    mark = remarks.mark(row["provenance"]) if row["value"] is not None else ""
    why = remarks.number(row["why"]) if row["value"] is None and row["why"] else ""
    return " ".join(part for part in (shortened(bare(row, measure), measure), mark, why) if part)
