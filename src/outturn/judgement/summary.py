"""How many measures stand where: statuses counted by outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from outturn.framework.model import Outcome
from outturn.terms.records import Status

ALL = "All measures"


def statuses_by_outcome(
    rows: Iterable[Mapping[str, Any]], outcomes: Iterable[Outcome]
) -> list[dict[str, Any]]:
    """For each outcome that holds measures, and for all, how many have each year-end status.

    `rows` are verdicts, one for each measure and place. A measure in two outcomes is counted
    once in each, and once in all.
    """
    rows = list(rows)
    lines = []
    for outcome in outcomes:
        held = [row for row in rows if row["measure"] in outcome.measures]
        if held:
            lines.append(_line(outcome.title, held))
    return [*lines, _line(ALL, rows)] if len(lines) > 1 else lines


def _line(title: str, rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    counted = Counter(row["status_year_end"] for row in rows)
    return {"outcome": title, **{str(status): counted[status] for status in Status}}
