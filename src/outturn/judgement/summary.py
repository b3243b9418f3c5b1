"""What a paper says of many verdicts at once: how many stand where, what moved, what is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from outturn.framework.model import Comparator, Measure, Outcome, Place, Target, Tolerance
from outturn.judgement.facts import facts
from outturn.judgement.goals import goals
from outturn.judgement.reasons import bounds_in_words
from outturn.terms.period import Calendar
from outturn.terms.records import Direction, Status

ALL = "All measures"
Verdict = Mapping[str, Any]  # one row of VERDICTS


@dataclass(frozen=True)
class Position:
    """The whole of a paper in a few numbers, and the verdicts behind each."""

    verdicts: int
    measures: int
    counts: Mapping[Status, int]  # at year end
    without_target: int
    better: tuple[Verdict, ...]
    worse: tuple[Verdict, ...]

    @property
    def has_targets(self) -> bool:
        return self.without_target < self.verdicts


def position(rows: Sequence[Verdict]) -> Position:
    """Verdicts, one for each measure and place, counted by status, by lack and by direction."""
    counted = Counter(row["status_year_end"] for row in rows)
    unset = [row for row in rows if row["target_id"] is None]
    return Position(
        verdicts=len(rows),
        measures=len({row["measure"] for row in rows}),
        counts={status: counted[status] for status in Status},
        without_target=len(unset),
        better=tuple(row for row in rows if row["direction"] == Direction.BETTER),
        worse=tuple(row for row in rows if row["direction"] == Direction.WORSE),
    )


def statuses_by_outcome(
    rows: Iterable[Verdict], outcomes: Iterable[Outcome]
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


def _line(title: str, rows: list[Verdict]) -> dict[str, Any]:
    counted = Counter(row["status_year_end"] for row in rows)
    return {"outcome": title, **{str(status): counted[status] for status in Status}}


@dataclass(frozen=True, slots=True)
class Aim:
    """A target on a line: its edges from the lowest, and the stretches that count as close."""

    edges: tuple[float, ...]  # one, or two of a target between two numbers
    close: tuple[tuple[float, float], ...]


def aim_of(row: Verdict, tolerance: Tolerance | None = None) -> Aim | None:
    """The edges of the year-end target, and beyond each what is close; None where there is none.

    The verdict has the width of "close" at one edge. By a share of the target it is another at
    the other edge: then `tolerance`, which is the target's own, says how wide each is.
    """
    low, high = row["goal_low"], row["goal_high"]
    if low is None and high is None:
        return None

    def width(edge: float) -> float:
        if tolerance and tolerance.word == "percent_of_target":
            return abs(edge) * tolerance.amount / 100
        return row["tolerance"] or 0.0

    below = [(low - width(low), low)] if low is not None and width(low) else []
    above = [(high, high + width(high))] if high is not None and width(high) else []
    edges = dict.fromkeys(edge for edge in (low, high) if edge is not None)
    return Aim(tuple(edges), (*below, *above))


@dataclass(frozen=True, slots=True)
class Course:
    """The ends and the extremes of a run of figures: rows of VALUES."""

    first: Mapping[str, Any]
    last: Mapping[str, Any]
    lowest: Mapping[str, Any]
    highest: Mapping[str, Any]


def course(points: Sequence[Mapping[str, Any]]) -> Course | None:
    """The course of a series, earliest first, its gaps left out; None without two figures."""
    known = [point for point in points if point["value"] is not None]
    if len(known) < 2:
        return None
    return Course(
        first=known[0],
        last=known[-1],
        lowest=min(known, key=lambda point: point["value"]),
        highest=max(known, key=lambda point: point["value"]),
    )


def targets_in_words(
    targets: Sequence[Target],
    values: pl.DataFrame,
    *,
    measures: Mapping[str, Measure],
    home: str,
    comparators: Mapping[str, Comparator],
    places: Mapping[str, Place],
    calendar: Calendar,
) -> dict[str, str]:
    """What each target in force asks for, by its id, the years not yet begun included."""
    asked = goals(
        targets,
        values,
        measures=measures,
        home=home,
        comparators=comparators,
        places=places,
        calendar=calendar,
    )
    rows = asked.join(facts(measures), on="measure", how="left", maintain_order="left")
    given = pl.col("goal_note").fill_null("") == ""
    words = bounds_in_words(rows, "low", "high", stated=given)
    said = rows.with_columns(words=words).select(pl.coalesce("goal_why", "words")).to_series()
    return dict(zip(rows["target_id"], said, strict=True))
