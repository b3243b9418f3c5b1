"""What a build tells of the outturn of random months: re-created, and never beyond what can be."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.framework.model import Agreement, DeclaredEvent, Goal, Measure, Target
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import APRIL, Period, add_months
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

STAY = Measure(
    "stays", "Stays", "1", "count", "stays", "lower", decimals=0, reported=True,
    frequency="month",
)  # fmt: skip
START = date(2017, 4, 1)
YEAR_TO_DATE = Period(date(2020, 4, 1), 8, "M").key


def judged(figures: list[int], goal: int, events: tuple[DeclaredEvent, ...] = ()) -> pl.DataFrame:
    usual = {"measure": "stays", "definition": "1", "place": "H", "breakdown": "all"}
    rows = [
        usual | {"category": "all", "reported": float(one), "period": period}
        for one, period in zip(
            [*figures, sum(figures[-8:])],
            [
                *(Period(add_months(START, n), 1, "M").key for n in range(len(figures))),
                YEAR_TO_DATE,
            ],
            strict=True,
        )
    ]
    found = values(fitted(pl.DataFrame(rows), COUNTS), measures={"stays": STAY}, places={})
    target = Target("t", "stays", parse("2020/21"), Goal("at_most", (goal,)), Agreement("Board"))
    return verdicts(
        found, measures={"stays": STAY}, targets=[target], overrides=[], calendar=APRIL,
        as_of=date(2020, 11, 30), home="H", comparators={}, known_events=events,
    ).filter(pl.col("period") == YEAR_TO_DATE)  # fmt: skip


MONTHS = st.lists(st.integers(0, 300), min_size=44, max_size=44)


@settings(max_examples=25)
@given(figures=MONTHS, goal=st.integers(0, 4000), percent=st.integers(-100, 100))
def test_the_same_months_give_the_same_digits_and_chances_are_chances(figures, goal, percent):
    first, again = judged(figures, goal), judged(figures, goal)
    assert first.equals(again)
    row = first.row(0, named=True)
    assert 0 <= row["chance_year_end"] <= 1
    assert row["forecast_low"] <= row["forecast"] <= row["forecast_high"]
    assert row["forecast"] >= sum(figures[-8:])
    event = DeclaredEvent("stays", date(2021, 1, 1), "A ward opens.", percent=float(percent))
    acted = judged(figures, goal, (event,)).row(0, named=True)
    assert acted["forecast_without"] == row["forecast"]
    if not percent:
        assert acted["forecast"] == row["forecast"]
        assert acted["chance_year_end"] == row["chance_year_end"]
