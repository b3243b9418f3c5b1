"""`outturn diff`: what changed from one kept build to another, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outturn.commands.folder import STORE
from outturn.commands.opened import Answer, Opened, open_build, part_said
from outturn.judgement.words import unit_of
from outturn.terms.records import Direction
from outturn.vintages import diff as diff_of
from outturn.vintages import open_, summary

_TOLD_OF_CHANGES = {  # the title of two columns, and what they tell
    "figure": "shown",
    "target": "target",
    "now": "status_now",
    "year end": "status_year_end",
    "direction": "direction",
    "rank": "rank",
    "quartile": "quartile",
    "group figure": "group_figure",
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
            "group": row["comparator"],
            "causes": ", ".join(row["causes"]),
            **{
                f"{title} {side}": _told(later, row, name, side)
                for title, name in _TOLD_OF_CHANGES.items()
                for side in _SIDES
            },
        }
        for row in changes.iter_rows(named=True)
    ]
    sentences = summary(earlier, later.kept, changes, calendar=calendar, says=says)
    title = f"From {earlier.name} to {later.kept.name}"
    groups = {one.id: one.full_name for one in later.partnership.comparators.values()}
    named = [row | {"group": groups.get(row["group"], row["group"])} for row in told]
    figures = [number for number, row in enumerate(named) if not row["group"]]
    moved = changes["change"].to_list()
    printed = [
        *_alike_together([named[n] for n in figures], [moved[n] for n in figures], says),
        *_places_together([row for row in named if row["group"]], says, later.partnership.home),
    ]
    notes = sentences or ("Nothing changed.",)
    if any("periods; most in" in row["period"] for row in printed):
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


def _places_together(
    compared: list[dict[str, Any]], says: Mapping[str, str], home: str
) -> list[dict[str, Any]]:
    """The comparisons for a person: what a group changed for all its places is one line.

    It shows our own place where that is one of them.
    """
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in compared:
        cell = tuple(row[name] for name in ("measure", "part", "group", "causes"))
        groups.setdefault(cell, []).append(row)
    printed = []
    for rows in groups.values():
        periods = list(dict.fromkeys(row["period"] for row in rows))
        together = len(periods) > _FEW
        for period in periods[-1:] if together else periods:
            mine = [row for row in rows if row["period"] == period]
            row = next((one for one in mine if one["place"] == home), mine[0])
            more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
            said = {
                "measure": says.get(row["measure"], row["measure"]),
                "place": f"{says.get(row['place'], row['place'])}{more}",
                "period": f"{len(periods)} periods; such as {period}" if together else period,
            }
            printed.append(row | said)
    return printed


def _told(later: Opened, row: dict[str, Any], name: str, side: str) -> str | None:
    """One side of a change as a person reads it."""
    if name == "shown":
        return _figure(row, side)
    said = row[f"{name}_{side}"]
    if said is None:
        return None
    if name == "rank":
        return f"{said} of {row[f'rank_of_{side}']}"
    if name == "group_figure":
        measure = later.partnership.measures.get(row["measure"])
        return unit_of(measure).rounded(said, measure.decimals) if measure else f"{said:.10g}"
    return str(said)


def _figure(row: dict[str, Any], side: str) -> str | None:
    """A figure as it was shown, unrounded where rounding hides the change; or why there is none."""
    shown_here: str | None = row[f"shown_{side}"]
    if shown_here is None:
        return row[f"absent_{side}"]
    before, after = (f"{row[f'value_{one}'] or 0.0:.10g}" for one in _SIDES)
    hidden = row["shown_before"] == row["shown_after"] and before != after
    number = before if side == "before" else after
    return f"{shown_here} (unrounded {number})" if hidden else shown_here


def _alike(title: str, row: dict[str, Any]) -> bool:
    """Whether nothing of this is told anew; a direction that is not assessed is none."""
    before, after = (row[f"{title} {side}"] for side in _SIDES)
    none = (None, str(Direction.NOT_ASSESSED))
    return before == after or (title == "direction" and before in none and after in none)


def _telling(told: list[dict[str, Any]]) -> tuple[str, ...]:
    """The columns that a person needs: the figures, and of the rest what did not stay as it was."""
    if not told:
        return ("measure",)
    same = {
        f"{title} {side}"
        for title in _TOLD_OF_CHANGES
        if title != "figure" and all(_alike(title, row) for row in told)
        for side in _SIDES
    }
    return tuple(name for name in told[0] if name not in same and any(row[name] for row in told))
