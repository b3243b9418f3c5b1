"""The 15 letters that Leicestershire published in January 2021, given again by the rules.

From the appendix to the Adults and Communities scrutiny paper of 18 January 2021. The letters
are what the test expects; no rule reads them. The tolerances are ours, one for each target.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.framework.model import Agreement, Goal, Measure, Target, Tolerance
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import Calendar
from outturn.terms.records import COUNTS, LETTERS, Status, fitted
from outturn.terms.written_periods import parse

HOME = "E10000018"
AS_OF = date(2020, 11, 30)
YEAR = parse("2020/21")
SO_FAR = parse("April to November 2020")
CALENDAR = Calendar()


@dataclass(frozen=True)
class Row:
    id: str
    aim: str
    goal: Goal
    tolerance: Tolerance
    value: float
    letter: str
    rate: bool = False
    numerator: float | None = None
    more: dict[str, Any] = field(default_factory=dict)


def _points(amount: float) -> Tolerance:
    return Tolerance("points", amount)


ROWS = (
    Row("sequel_prevent", "band", Goal("between", (56, 61)), _points(5), 54.0, "A"),
    Row("learning_aims", "higher", Goal("at_least", (86,)), _points(3), 84, "A"),
    Row("sequel_reduce", "band", Goal("between", (17, 22)), _points(5), 20.6, "G"),
    Row(
        "employment", "higher", Goal("above", (11,)), _points(1), 11.0, "G",
        more={"at_limit": True},
    ),
    Row("accommodation", "higher", Goal("at_least", (86,)), _points(3), 83.7, "A"),
    Row("sequel_delay", "band", Goal("between", (10, 15)), _points(5), 11.0, "G"),
    Row("no_ongoing", "higher", Goal("at_least", (87,)), _points(5), 79.7, "R"),
    Row("at_home", "higher", Goal("at_least", (88,)), _points(3), 89.7, "G"),
    Row("care_18", "lower", Goal("below", (8.1,)), Tolerance("count", 2), 3.1, "G", True, 13),
    Row(
        "care_65", "lower", Goal("below", (553,)), Tolerance("percent_of_target", 5),
        462.0, "G", True, 669,
    ),
    Row("sequel_meet", "band", Goal("between", (6, 11)), _points(5), 14.4, "A"),
    Row("self_directed", "higher", Goal("at_least", (99,)), _points(3), 96.0, "A"),
    Row("direct_payments", "higher", Goal("above", (40,)), _points(3), 45.6, "G"),
    Row(
        "carers_self_directed", "higher", Goal("at_least", (100,)), _points(3),
        99.8, "G", more={"rounded_to": 0},
    ),
    Row("carers_direct", "higher", Goal("at_least", (100,)), _points(3), 98.7, "A"),
)  # fmt: skip


def measures() -> dict[str, Measure]:
    return {row.id: _measure(row) for row in ROWS}


def _measure(row: Row) -> Measure:
    numbers = row.goal.numbers
    return Measure(
        id=row.id,
        title=row.id,
        definition="1",
        kind="rate" if row.rate else "proportion",
        unit="per 100,000" if row.rate else "%",
        per=100000 if row.rate else 100,
        aim=row.aim,
        band=(numbers[0], numbers[1]) if row.aim == "band" else None,
        reported=True,
        people="admissions" if row.rate else "people",
    )


def targets() -> list[Target]:
    agreed = Agreement("Cabinet")
    return [
        Target(row.id, row.id, YEAR, row.goal, agreed, tolerance=row.tolerance, **row.more)
        for row in ROWS
    ]


def counts() -> pl.DataFrame:
    rows = [
        {
            "measure": row.id,
            "place": HOME,
            "period": (YEAR if row.rate else SO_FAR).key,
            "breakdown": "all",
            "category": "all",
            "definition": "1",
            "reported": float(row.value),
            "numerator": row.numerator,
            "provenance": "forecast" if row.rate else "final",
        }
        for row in ROWS
    ]
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def judged(more=None):
    made = measures()
    figures = values(counts(), measures=made, places={})
    entries = [replace(one, **(more or {})) for one in targets()]
    return verdicts(
        figures,
        measures=made,
        targets=entries,
        overrides=[],
        calendar=CALENDAR,
        as_of=AS_OF,
        home=HOME,
        comparators={},
    )


@pytest.mark.published
def test_all_fifteen_published_letters_follow_from_figure_target_and_tolerance():
    found = judged()
    letters = [LETTERS[Status(one)] for one in found["status_year_end"]]
    assert dict(zip(found["measure"], letters, strict=True)) == {r.id: r.letter for r in ROWS}


def test_without_the_two_stated_roundings_two_letters_would_differ():
    found = judged({"rounded_to": None, "at_limit": False})
    letters = [LETTERS[Status(one)] for one in found["status_year_end"]]
    differ = [r.id for r, letter in zip(ROWS, letters, strict=True) if r.letter != letter]
    assert differ == ["employment", "carers_self_directed"]


def test_a_full_year_forecast_is_used_as_it_is_and_says_nothing_of_now():
    row = judged().filter(pl.col("measure") == "care_65").row(0, named=True)
    assert row["status_now"] == "not assessed"
    assert row["reason_now"] == "Only a full-year forecast was published."
    assert row["reason_year_end"] == (
        "The published forecast of 462.0 per 100,000 meets the target of below 553.0 per 100,000."
    )
    assert row["distance_year_end"] == "131 admissions to spare"  # 800 less 669, as the paper has


@pytest.mark.parametrize(("so_far", "straight", "printed"), [(460, 690, 669), (9, 13.5, 13)])
def test_a_straight_line_by_months_does_not_give_the_printed_forecasts(so_far, straight, printed):
    """By days to 7 December, 251 of 365, it does give both: an observation, not a rule."""
    assert so_far * 12 / 8 == straight != printed
    assert round(so_far * 365 / 251) == printed
