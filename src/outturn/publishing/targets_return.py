"""The five-part return: outcome, local target, baseline, definition, improvement achieved."""

from __future__ import annotations

from collections.abc import Iterator

from outturn.judgement.words import unit_of
from outturn.publishing.pack import Block, Column, Heading, Paragraph, StatusCell, Table
from outturn.publishing.told import Told
from outturn.terms.period import MONTHS


def targets_return(told: Told) -> Iterator[Block]:
    """One heading for each national outcome, and under it the five parts of each local target."""
    for number, outcome in enumerate(told.outcomes(), start=1):
        measures = [id for id in outcome.measures if id in told.partnership.measures]
        if not measures and not outcome.parent:
            yield Heading(outcome.title)
        if not measures:
            continue
        yield Heading(outcome.title, 2 if outcome.parent else 1)
        targets = [one for one in told.partnership.targets if one.measure in measures]
        if not targets:
            yield Paragraph("No local improvement target has been set yet.")
        for target in targets:
            yield _five_parts(told, outcome.title, target, f"{number}")


def _five_parts(told: Told, outcome: str, target, number: str) -> Table:  # type: ignore[no-untyped-def]
    measure = told.partnership.measures[target.measure]
    unit = unit_of(measure)
    rows = [row for row in told.rows if row["target_id"] == target.id]
    baseline = target.baseline
    said = "To be entered"
    if baseline:
        label = baseline.period.label(told.partnership.calendar)
        said = f"{unit.say(baseline.value, measure.decimals)}, {label}. {baseline.comment}".strip()
    lines: list[list[str | StatusCell]] = [
        ["National outcome", outcome],
        ["Local improvement target", _promise(told, target, rows)],
        ["Baseline", said],
        ["Definition of how the target is measured", measure.description or measure.title],
    ]
    if rows:
        row = rows[0]
        achieved = f"{told.said(row)}, {told.period_label(row['period'])}. {row['reason_now']}"
        lines += [["Improvement achieved", achieved], ["Status now", StatusCell(row["status_now"])]]
    else:
        lines.append(["Improvement achieved", "No figure has been returned yet"])
    columns = [Column("Part of the return", width=28), Column("Return", width=72)]
    return Table(
        f"{measure.title}: {target.period.label(told.partnership.calendar)}", columns, lines
    )


def _promise(told: Told, target, rows) -> str:  # type: ignore[no-untyped-def]
    end = target.period.end
    by = f"by {end.day} {MONTHS[end.month - 1]} {end.year}"
    if rows:
        return f"{rows[0]['target']} {by}"
    return f"{target.comment or target.goal.word.replace('_', ' ')} {by}"
