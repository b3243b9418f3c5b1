"""The strategy map, as a section of a pack: priorities under outcomes, with board and delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from outturn.framework.model import Outcome, PackSection
from outturn.judgement.words import sentence
from outturn.publishing.pack import Block, Column, Table
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
    for top in found:
        if top.framework in section.items and not top.parent:
            if below := _below(top, found):
                yield _table(top, below)


def _below(top: Outcome, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Everything under an outcome, each node before its own branches."""
    found = []
    for one in outcomes:
        if one.parent == top.id:
            found += [one, *_below(one, outcomes)]
    return found


def _table(top: Outcome, rows: Sequence[Outcome]) -> Table:
    owners = any(row.owner for row in rows)
    done = any(row.activities for row in rows)
    shared = _shared_comments(rows)
    columns = [
        Column("Priority", width=38), Column("Board", width=26),
        *([Column("Owner", width=20)] if owners else []),
        Column("Delivery", width=16),
        *([Column("What is done", width=40)] if done else []),
    ]  # fmt: skip
    lines = [
        [
            row.title,
            row.board or "Not said",
            *([_owner(row)] if owners else []),
            _delivery(row, shared),
            *([_activities(row)] if done else []),
        ]
        for row in rows
    ]
    notes = [f"[{number}] {sentence(said)}" for said, number in shared.items()]
    return Table(f"{top.title}: {len(rows)} priorities", columns, lines, notes=notes)


def _shared_comments(rows: Sequence[Outcome]) -> dict[str, int]:
    """The comments on delivery, each with the number of its note."""
    said = Counter(row.delivery_comment for row in rows if row.delivery_comment)
    return {comment: number for number, comment in enumerate(said, 1)}


def _owner(row: Outcome) -> str:
    return "; deputy: ".join(one for one in (row.owner, row.deputy) if one) or "Not said"


def _delivery(row: Outcome, shared: dict[str, int]) -> str:
    word = row.delivery or "not reported"
    note = f" [{shared[row.delivery_comment]}]" if row.delivery_comment else ""
    return f"{_SHAPES[word]} {word.capitalize()}{note}"


def _activities(row: Outcome) -> str:
    said = (
        " ".join(part for part in (f"{one.title}, by {one.by}.", one.comment) if part)
        for one in row.activities
    )
    return " ".join(said) or "None recorded"
