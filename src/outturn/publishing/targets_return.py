"""The five-part return: outcome, local target, baseline, definition, improvement achieved.

The outcome is the heading; the other four parts are the columns of its table, a line for each
local target. A measure with targets for several years has its trajectory in a table of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from outturn.framework.model import Measure, Outcome, Target
from outturn.judgement.words import sentence, unit_of
from outturn.publishing.counted_words import counted_words
from outturn.publishing.exceptions import said_of
from outturn.publishing.figure_words import (
    Remarks,
    bare,
    capital,
    figure,
    has_unit_beside,
    shortened,
    status_cell,
)
from outturn.publishing.pack import Block, Column, Heading, Paragraph, Table
from outturn.publishing.tables import AnyCell, Cell
from outturn.publishing.told import Row, Told, part_words
from outturn.publishing.wording import long_date
from outturn.publishing.words import Text, runs
from outturn.terms.records import WHOLE, Absent, Direction, Status

_PARTS = (
    "Each return has five parts. The first, the national outcome, is the heading; the other four "
    "are the columns of the table: the local improvement target, its baseline, the definition of "
    "how it is measured, and the improvement achieved."
)

_MOVED = {
    Direction.BETTER: "Better than",
    Direction.WORSE: "Worse than",
    Direction.SAME: "The same as",
    Direction.UP: "Up from",
    Direction.DOWN: "Down from",
}


def targets_return(told: Told) -> Iterator[Block]:
    """Under each outcome its local targets for the period, then the course of those over years."""
    yield Heading("The return")
    yield Paragraph(_PARTS)
    for number, outcome in enumerate(told.outcomes(), start=1):
        yield Heading(f"{capital(outcome.level)} {number}: {outcome.title}", 2)
        measures = [told.partnership.measures[id] for id in outcome.measures]
        yield from _outcome(told, outcome, measures)


def _outcome(told: Told, outcome: Outcome, measures: Sequence[Measure]) -> Iterator[Block]:
    now = [one for measure in measures for one in _for_period(told, measure)]
    if now:
        yield _parts(told, outcome, now)
    else:
        yield Paragraph("No local improvement target has been set for this period.")
    told_of = {target.measure for target in now if target.breakdown == WHOLE}
    for measure in measures:
        if measure.id not in told_of:
            yield from _comments(told, measure)
    for measure in measures:
        for targets in _by_part(_targets(told, measure)):
            if len(targets) > 1:
                yield _trajectory(told, measure, targets)
    unset = [measure.title for measure in measures if not _targets(told, measure)]
    if unset:
        yield Paragraph(f"No local improvement target is set for: {'; '.join(unset)}.")


def _targets(told: Told, measure: Measure) -> list[Target]:
    """The targets in force for the paper's own place, year by year."""
    mine = [
        one
        for one in told.partnership.targets
        if one.measure == measure.id and one.place in ("", told.place) and one.id in told.asked
    ]
    return sorted(mine, key=lambda one: one.period)


def _by_part(targets: Sequence[Target]) -> list[list[Target]]:
    """The targets of the whole figure, then those of each part of it."""
    parts: dict[tuple[bool, str, str], list[Target]] = {}
    for one in targets:
        part = (one.breakdown != WHOLE, one.breakdown, one.category)
        parts.setdefault(part, []).append(one)
    return [parts[part] for part in sorted(parts)]


def _for_period(told: Told, measure: Measure) -> list[Target]:
    """The targets that the pack's period falls under: of the whole figure and of each part."""
    end = told.pack.period.end
    found = (
        next((one for one in targets if one.period.holds(end)), None)
        for targets in _by_part(_targets(told, measure))
    )
    return [one for one in found if one]


def _title(measure: Measure, target: Target) -> str:
    part = part_words(target.breakdown, target.category)
    return f"{measure.title}: {part}" if part else measure.title


def _areas(told: Told, outcome: Outcome, measure: Measure) -> str:
    """Where the other frameworks have the measure: "Core area: Emergency admissions"."""
    others = (
        one
        for one in told.partnership.outcomes.values()
        if one.framework != outcome.framework and measure.id in one.measures
    )
    return " ".join(f"{capital(one.level)}: {sentence(one.title)}" for one in others)


def _parts(told: Told, outcome: Outcome, targets: Sequence[Target]) -> Table:
    remarks = Remarks()
    columns = [
        Column("Local improvement target", width=25), Column("Baseline", width=13),
        Column("How it is measured", width=24), Column("Improvement achieved", width=20),
        Column("Status now", width=18),
    ]  # fmt: skip
    lines = [_line(told, outcome, target, remarks) for target in targets]
    caption = f"Local targets, {told.pack.period.label(told.partnership.calendar)}"
    return Table(caption, columns, lines, notes=remarks.lines())


def _line(told: Told, outcome: Outcome, target: Target, remarks: Remarks) -> list[AnyCell | str]:
    measure = told.partnership.measures[target.measure]
    row = _row(told, target)
    areas = _areas(told, outcome, measure)
    promise = [Text(_title(measure, target), strong=True), Text(f": {_promise(told, target)}")]
    return [
        Cell((*promise, *([Text(f" {areas}", emphasis=True)] if areas else []))),
        _baseline(told, target, measure, remarks),
        sentence(measure.description) or counted_words(measure) or measure.title,
        _with_comments(told, row, remarks) if row else "No figure has been returned yet.",
        status_cell(row["status_now"] if row else Status.NOT_ASSESSED),
    ]


def _row(told: Told, target: Target) -> Row | None:
    """The verdict on a target: of the paper's period, else of the target's own."""
    mine = (r for r in told.rows if r["target_id"] == target.id and r["place"] == told.place)
    return next(mine, None) or told.aimed.get(target.id)


def _promise(told: Told, target: Target) -> str:
    return f"{told.asked[target.id]} by {long_date(target.period.end)}."


def _baseline(told: Told, target: Target, measure: Measure, remarks: Remarks) -> str:
    if target.baseline is None:
        return "To be entered."
    said = unit_of(measure).say(target.baseline.value, measure.decimals)
    year = target.baseline.period.label(told.partnership.calendar)
    comment = target.baseline.comment
    return f"{said}, {year}{f' {remarks.number(comment)}' if comment else ''}"


def _comments(told: Told, measure: Measure) -> Iterator[Block]:
    """What is said of a measure that no line of the table is about."""
    said = dict.fromkeys(one for row in told.of_measure(measure.id) for one in said_of(told, row))
    for one in said:
        yield Paragraph((Text(f"{measure.title}: ", strong=True), *runs(one)))


def _with_comments(told: Told, row: Row, remarks: Remarks) -> str:
    numbers = (remarks.number(one) for one in said_of(told, row))
    return " ".join([_achieved(told, row, remarks), *numbers])


def _achieved(told: Told, row: Row, remarks: Remarks) -> str:
    """The figure, how it moved, and what would still be needed."""
    if row["value"] is None:
        return figure(told, row, remarks)
    mark = remarks.mark(row["provenance"])
    said = [sentence(" ".join(part for part in (told.said(row), mark) if part))]
    if row["direction"] in _MOVED:
        said.append(f"{_MOVED[row['direction']]} {told.said(row, 'previous')}.")
    if row["status_now"] in (Status.OFF_TARGET, Status.CLOSE) and row["distance_now"]:
        said.append(f"To reach it: {sentence(row['distance_now'])}")
    return " ".join(said)


def _trajectory(told: Told, measure: Measure, targets: Sequence[Target]) -> Table:
    """Year by year, what is aimed at and what has been reached."""
    unit = "" if has_unit_beside(measure) else f", {measure.unit}"
    remarks = Remarks()
    columns = [
        Column("Year", width=12), Column("Target", width=18), Column("Figure", "right", width=14),
        Column("Status now", width=18), Column("Remark", width=38),
    ]  # fmt: skip
    start = targets[0].baseline
    first = [_first_line(told, measure, targets[0])] if start else []
    said = Counter(target.comment for target in targets)
    lines = [_year(told, measure, target, said, remarks) for target in targets]
    caption = f"Trajectory: {_title(measure, targets[0])}{unit}"
    return Table(caption, columns, [*first, *lines], notes=remarks.lines())


def _first_line(told: Told, measure: Measure, target: Target) -> list[AnyCell | str]:
    assert target.baseline is not None
    said = unit_of(measure).say(target.baseline.value, measure.decimals)
    year = target.baseline.period.label(told.partnership.calendar)
    return [year, "Baseline", shortened(said, measure), "", sentence(target.baseline.comment)]


def _year(
    told: Told, measure: Measure, target: Target, said: Counter[str], remarks: Remarks
) -> list[AnyCell | str]:
    row = _row(told, target)
    again = said[target.comment] > 1 and target.comment
    return [
        target.period.label(told.partnership.calendar),
        capital(shortened(told.asked[target.id], measure)),
        _reached(told, target, row, remarks),
        status_cell(row["status_now"]) if row else "",
        remarks.number(target.comment) if again else sentence(target.comment),
    ]


def _reached(told: Told, target: Target, row: Row | None, remarks: Remarks) -> str:
    """The figure of a year; without one, whether it is still to come."""
    if row and row["value"] is not None:
        measure = told.partnership.measures[target.measure]
        return f"{bare(row, measure)} {remarks.mark(row['provenance'])}".strip()
    if not target.period.finished(told.as_of):
        return "Not yet due"
    if target.period.end > told.pack.period.end:
        return "After this paper"
    return str((row and row["absent"]) or Absent.NOT_AVAILABLE).capitalize()
