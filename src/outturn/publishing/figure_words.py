"""How a figure, a target and a status are printed in a table, and what each mark means.

A figure is printed as the build shows it. A mark in square brackets after it says what kind of
figure it is; a number in square brackets leads to a remark below the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.words import (
    MORE,
    PERCENT,
    UNSAID,
    fewest_decimals,
    needed_decimals,
    sentence,
    singular,
    unit_of,
)
from outturn.publishing import palette
from outturn.publishing.tables import AnyCell, Cell, StatusCell
from outturn.publishing.told import Row, Told
from outturn.publishing.words import Text, Words
from outturn.statistics.rounding import MOST_DECIMALS, shown
from outturn.terms.records import LETTERS, SHAPES, Absent, Direction, Provenance, Status

MARKS = {
    Provenance.PROVISIONAL: ("[p]", "provisional: may still be revised by its source"),
    Provenance.ESTIMATED: ("[e]", "estimated by its source"),
    Provenance.IMPUTED: ("[i]", "imputed: stands in for a figure that was missing"),
    Provenance.FORECAST: ("[f]", "a forecast: what is expected, not a count so far"),
}
FACES = {
    Absent.SUPPRESSED: "There is a figure, and it is withheld to protect people.",
    Absent.NOT_AVAILABLE: "There should be a figure; it was not supplied or cannot be worked out.",
    Absent.NOT_APPLICABLE: "No figure exists for this place or period.",
}
ZERO = ("0", "A number like any other: counted, and none found. It never stands for a gap.")
DIRECTIONS = (Direction.BETTER, Direction.WORSE, Direction.SAME, Direction.UP, Direction.DOWN)
NOT_COMPARED = "Not compared"


@dataclass(frozen=True)
class ShortStatus(StatusCell):
    """A status in few words with its letter, for a narrow column: ● On target (G)."""

    @property
    def tone(self) -> palette.Tone:
        found = palette.tone(self.status)
        word = found.word.removesuffix(" to target")
        return replace(found, word=f"{word} ({found.letter})")


def status_cell(status: str) -> AnyCell:
    """A status on its fill; a measure that is not assessed in plain words, which call less."""
    if status == Status.NOT_ASSESSED:
        return Cell(f"{SHAPES[Status.NOT_ASSESSED]} Not assessed")
    return ShortStatus(status)


def status_words(status: str) -> str:
    """A status as words: ◆ Off target (R)."""
    found = Status(status)
    letter = "" if found is Status.NOT_ASSESSED else f" ({LETTERS[found]})"
    return f"{SHAPES[found]} {found.capitalize()}{letter}"


@dataclass
class Remarks:
    """The remarks below one table: each is numbered once, however many figures it concerns."""

    found: list[Words] = field(default_factory=list)
    kinds: list[Provenance] = field(default_factory=list)

    def number(self, remark: Words) -> str:
        remark = sentence(remark) if isinstance(remark, str) else remark
        if remark not in self.found:
            self.found.append(remark)
        return f"[{self.found.index(remark) + 1}]"

    def mark(self, provenance: str | None) -> str:
        """The mark of a kind of figure; none for a final one."""
        if provenance in (None, Provenance.FINAL):
            return ""
        kind = Provenance(str(provenance))
        if kind not in self.kinds:
            self.kinds.append(kind)
        return MARKS[kind][0]

    def lines(self) -> list[Words]:
        """What stands below the table."""
        kinds = "; ".join(f"{MARKS[kind][0]} {MARKS[kind][1]}" for kind in self.kinds)
        numbered: list[Words] = [
            f"[{n}] {remark}" if isinstance(remark, str) else (Text(f"[{n}] "), *remark)
            for n, remark in enumerate(self.found, 1)
        ]
        return [*numbered, *([f"{kinds}."] if kinds else [])]


def has_unit_beside(measure: Measure) -> bool:
    """Whether the unit is short enough to stand with each figure: per cent and money are."""
    unit = measure.unit.strip().lower()
    return unit in (*PERCENT, *UNSAID) or bool(unit_of(measure).before)


def short_name(measure: Measure) -> str:
    return measure.short or measure.title


def name(told: Told, row: Row, *, full: bool = False) -> str:
    """The measure, with the place where that is not the paper's own, and the part of a figure."""
    measure = told.measure(row)
    title = measure.title if full else short_name(measure)
    where = told.where(row)
    return f"{title}: {where}" if where else title


def name_and_unit(told: Told, row: Row) -> Words:
    """The measure and, where the unit is long, the unit after it."""
    measure = told.measure(row)
    unit = measure.unit.strip()
    said = name(told, row)
    if has_unit_beside(measure) or unit.lower() in said.lower():
        return said
    return Text(said), Text(f", {unit}", emphasis=True)


def bare(row: Row, measure: Measure) -> str:
    """The figure with a short unit only: the long ones stand by the name."""
    if row["value"] is None:
        return str(row["absent"] or Absent.NOT_AVAILABLE).capitalize()
    unit = unit_of(measure)
    return shortened(f"{unit.front(row['shown'])}{unit.after}", measure)


def missing_it(row: Row, measure: Measure) -> str:
    """The figure with the decimals that part it from the target it misses: 94.99%, not 95.0%.

    Nothing where those that are shown do, or where it is no figure of its own that misses.
    """
    missed = row["status_year_end"] in (Status.CLOSE, Status.OFF_TARGET)
    if not missed or row["value"] is None or row["forecast"] != row["value"]:
        return ""
    edges = [edge for edge in (row["goal_low"], row["goal_high"]) if edge is not None]
    unit = unit_of(measure)
    for decimals in range(measure.decimals, min(measure.decimals + MORE, MOST_DECIMALS) + 1):
        said = unit.rounded(row["value"], decimals)
        if said not in [unit.rounded(edge, decimals) for edge in edges]:
            return said if decimals > measure.decimals else ""
    return ""


def deciding(row: Row, measure: Measure) -> str:
    """The figure as it stands beside its target and status, a long unit left to the name."""
    said = missing_it(row, measure)
    return shortened(said, measure) if said else bare(row, measure)


def shortened(said: str, measure: Measure) -> str:
    """What is said of a measure, without its unit where that is a long one."""
    unit = unit_of(measure)
    if has_unit_beside(measure) or not unit.after:
        return said
    # "1 day" as well as "2 days", and not the beginning of another word.
    return re.sub(rf"{re.escape(unit.after_one)}\b", "", said.replace(unit.after, ""))


def names(told: Told, rows: Sequence[Row]) -> list[str]:
    """The measures of several rows, each once, with the places and parts of those in several."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["measure"], []).append(row)
    return [
        name(told, found[0])
        if len(found) == 1
        else f"{_title(told, found)} ({_places(told, found)})"
        for found in groups.values()
    ]


def _title(told: Told, rows: Sequence[Row]) -> str:
    return short_name(told.measure(rows[0]))


def _places(told: Told, rows: Sequence[Row]) -> str:
    several = len({row["place"] for row in rows}) > 1
    return ", ".join(
        told.where(row) or (told.place_name(row["place"]) if several else "all") for row in rows
    )


def figure(told: Told, row: Row, remarks: Remarks) -> str:
    """The figure with its marks; where there is none, which kind of absence, and why."""
    marks = [remarks.mark(row["provenance"]) if row["value"] is not None else ""]
    if row["absent"] and row["why"]:
        marks.append(remarks.number(row["why"]))
    elif row["target_id"] and _unsaid(row):
        marks.append(remarks.number(row["reason_now"]))
    if apart := missing_it(row, told.measure(row)):
        marks.append(remarks.number(f"{apart} before it was rounded"))
    if lacking := told.lacking(row):
        marks.append(remarks.number(lacking))
    if row["overridden"]:
        marks.append(remarks.number(f"A status was set aside. {row['overridden']}"))
    return " ".join([bare(row, told.measure(row)), *(mark for mark in marks if mark)])


def _unsaid(row: Row) -> bool:
    """A figure with a target that has no status now, for a reason that must be said."""
    return row["status_now"] == Status.NOT_ASSESSED and bool(row["reason_now"])


def target_words(row: Row, measure: Measure) -> str:
    """What the target asks for, a long unit left to the name of the measure."""
    if not row["target"]:
        return "No target"
    return capital(shortened(str(row["target"]), measure))


def capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def bound_words(amount: float, measure: Measure) -> str:
    """A target as a number that may have been worked out, a long unit left to the name."""
    decimals = fewest_decimals(pl.Series([amount]), pl.Series([measure.decimals]))
    return shortened(unit_of(measure).rounded(amount, int(decimals[0])), measure)


def forecast_words(told: Told, row: Row) -> str:
    """The forecast that decides at year end, where it is another than the figure; else nothing.

    As a figure beside it is: with a short unit only, the long ones stand by the name.
    """
    if row["forecast"] is None or row["forecast"] == row["value"]:
        return ""
    measure = told.measure(row)
    unit = unit_of(measure)
    printed = row["forecast_shown"]
    said = f"{unit.front(printed)}{unit.after}" if printed else told.said(row, "forecast")
    return shortened(said, measure)


def stated_width(amount: float, measure: Measure) -> str:
    """A width that a person wrote, with the decimals it needs: "1 point", "0.4 points", "£5"."""
    most = min(measure.decimals + 2, MOST_DECIMALS)
    decimals = needed_decimals(pl.Series([amount]), pl.Series([0]), most)[0]
    unit = unit_of(measure)
    said = shown(amount, unit.decimals(int(decimals)))
    head, per, rest = unit.gap_after.partition(" per ")
    if said == "1" and head.strip():
        head = head.replace(head.strip(), singular(head.strip()))
    return f"{unit.front(str(said))}{head}{per}{rest}"


def direction_words(row: Row) -> str:
    """Where a figure has moved: the arrow follows the figure, the word says whether it is good."""
    direction = row["direction"]
    if direction not in DIRECTIONS:
        return NOT_COMPARED
    change = row["change"] or {Direction.UP: 1.0, Direction.DOWN: -1.0}.get(direction, 0.0)
    if direction == Direction.SAME or not change:
        return f"→ {direction}" if direction == Direction.SAME else str(direction)
    return f"{'↑' if change > 0 else '↓'} {direction}"


def change_words(told: Told, row: Row, *, whole: bool = True) -> str:
    """The change since the previous equivalent period; not `whole` leaves out a long unit."""
    if row["change"] is None:
        return ""
    if not row["change"]:
        return "no change"
    measure = told.measure(row)
    unit = unit_of(measure)
    number = str(shown(abs(row["change"]), measure.decimals))
    with_unit = whole or has_unit_beside(measure)
    size = unit.gap_of(number) if with_unit else unit.front(number)
    return f"{'up' if row['change'] > 0 else 'down'} {size}"
