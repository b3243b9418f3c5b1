"""The strategy map, as a section of a pack: priorities under outcomes, with board and delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outturn.framework.model import Outcome, PackSection
from outturn.judgement.words import sentence
from outturn.publishing.pack import Block, Column, Notes, Table
from outturn.publishing.told import Told
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import SHAPES, Status

_SHAPES = {
    "on track": SHAPES[Status.ON_TARGET],
    "complete": SHAPES[Status.ON_TARGET],
    "some risk": SHAPES[Status.CLOSE],
    "off track": SHAPES[Status.OFF_TARGET],
    "not started": SHAPES[Status.NOT_ASSESSED],
    "not reported": SHAPES[Status.NOT_ASSESSED],
}


def tree(told: Told, section: PackSection) -> Iterator[Block]:
    """A table for each outcome at the top of the frameworks named, its priorities as rows."""
    found = list(told.partnership.outcomes.values())
    known = {one.framework for one in found}
    for name in section.items:
        if name not in known:
            raise DefinitionMistake(
                where=told.pack.file,
                problem=f"The section '{section.title}' names a framework '{name}', unknown here.",
                remedy="Write the name of a framework as framework/outcomes.toml has it.",
            )
    tops = [one for one in found if one.framework in section.items and not one.parent]
    trees = [(top, below) for top in tops if (below := _below(top, found))]
    rows = [row for _, below in trees for row in below]
    numbers = _numbers(rows)
    for top, below in trees:
        yield _table(top, below, numbers)
    remarks = [f"[{number}] {said}" for said, number in numbers.items()]
    if small_print := [*remarks, *(said for row in rows if (said := activities(row)))]:
        yield Notes(small_print)
    yield from _crosswalk(told, section.items)


def _below(top: Outcome, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Everything under an outcome, each node before its own branches."""
    found = []
    for one in outcomes:
        if one.parent == top.id:
            found += [one, *_below(one, outcomes)]
    return found


def _table(top: Outcome, rows: Sequence[Outcome], numbers: dict[str, int]) -> Table:
    owners = any(row.owner for row in rows)
    columns = [
        Column("Priority", width=46), Column("Board", width=34),
        *([Column("Owner", width=24)] if owners else []),
        Column("Delivery", width=20),
    ]  # fmt: skip
    lines = [
        [
            row.title,
            row.board or "Not said",
            *([_owner(row)] if owners else []),
            _delivery(row, numbers),
        ]
        for row in rows
    ]
    return Table(f"{top.title}: {_many(len(rows))}", columns, lines)


def _many(number: int) -> str:
    return f"{number} {'priority' if number == 1 else 'priorities'}"


def _numbers(rows: Sequence[Outcome]) -> dict[str, int]:
    """The comments on delivery, each with the number of its remark below the tables."""
    said = dict.fromkeys(comment for row in rows if (comment := delivery_comment(row)))
    return {comment: number for number, comment in enumerate(said, 1)}


def delivery_comment(row: Outcome) -> str:
    """What is said of the delivery, and the role that says so."""
    by = f" ({row.delivery_by})" if row.delivery_comment and row.delivery_by else ""
    return sentence(row.delivery_comment.rstrip(".") + by) if row.delivery_comment else ""


def _owner(row: Outcome) -> str:
    return "; deputy: ".join(one for one in (row.owner, row.deputy) if one) or "Not said"


def _delivery(row: Outcome, numbers: dict[str, int]) -> str:
    word = row.delivery or "not reported"
    comment = delivery_comment(row)
    note = f" [{numbers[comment]}]" if comment else ""
    return f"{_SHAPES[word]} {word.capitalize()}{note}"


def _crosswalk(told: Told, frameworks: Sequence[str]) -> Iterator[Block]:
    """Which outcomes of these frameworks answer to which of another, or are answered to."""
    outcomes = told.partnership.outcomes
    lines = []
    for one in told.partnership.crosswalk:
        ends = [outcomes[id] for id in (one.outcome, *one.answers_to)]
        if any(end.framework in frameworks for end in ends):
            answered = "; ".join(f"{end.title} ({end.framework})" for end in ends[1:])
            lines.append([f"{ends[0].title} ({ends[0].framework})", answered, one.note])
    if not lines:
        return
    columns = [Column("Outcome", width=36), Column("Answers to", width=40)]
    if any(note for *_, note in lines):
        columns.append(Column("Remark", width=24))
    yield Table(
        "How the frameworks answer to one another",
        columns,
        [[*ends, sentence(note) if note else "None"][: len(columns)] for *ends, note in lines],
    )


def activities(row: Outcome) -> str:
    """What is done towards a priority, and by whom."""
    said = (
        " ".join(part for part in (f"{one.title}, by {sentence(one.by)}", one.comment) if part)
        for one in row.activities
    )
    joined = " ".join(said)
    return f"Towards {row.title}: {joined}" if joined else ""
