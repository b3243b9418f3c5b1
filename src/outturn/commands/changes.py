"""`outturn diff`: what changed from one kept build to another, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outturn.commands.folder import STORE
from outturn.commands.opened import Answer, open_build, part_said
from outturn.vintages import diff as diff_of
from outturn.vintages import open_, summary

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
