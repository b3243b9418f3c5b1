"""A small board: measures, figures and targets in a line each, for the tests of this room."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from outturn.framework.model import Agreement, Goal, Measure, Target, Tolerance
from outturn.judgement.values import values
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

HOME = "H"
SO_FAR = "April to November 2020"
KINDS: dict[str, dict[str, Any]] = {
    "share": {"kind": "proportion", "unit": "%", "per": 100.0, "aim": "higher"},
    "admissions": {"kind": "count", "unit": "admissions", "aim": "lower", "decimals": 0},
    "rate": {
        "kind": "rate", "unit": "per 100,000", "per": 100000.0, "aim": "lower",
        "people": "admissions",
    },
    "stock": {"kind": "count", "unit": "people", "aim": "lower", "decimals": 0, "roll_up": "last"},
}  # fmt: skip


class Board:
    """Builds the records of a test, with the least that a test must say."""

    as_of = date(2020, 11, 30)

    def measure(self, kind: str, /, **more: Any) -> Measure:
        usual = {"id": kind, "title": kind, "definition": "1", "reported": True}
        return Measure(**{**usual, **KINDS[kind], **more})

    def target(self, measure: str, word: str, *numbers: float, **more: Any) -> Target:
        goal = Goal(word, numbers, **more.pop("goal", {}))
        usual = {"id": f"{measure} target", "period": parse("2020/21")}
        return Target(measure=measure, goal=goal, agreed=Agreement("Board"), **{**usual, **more})

    def row(self, measure: str, period: str, /, **more: Any) -> dict[str, Any]:
        usual = {"definition": "1", "place": HOME, "breakdown": "all", "category": "all"}
        return {**usual, "measure": measure, "period": parse(period).key, **more}

    def values(
        self, rows: list[dict[str, Any]], *measures: Measure, places=None, disclosure="none"
    ) -> pl.DataFrame:
        counts = fitted(pl.DataFrame(rows, infer_schema_length=None, strict=False), COUNTS)
        known = {m.id: m for m in measures}
        return values(counts, measures=known, places=places or {}, disclosure=disclosure)

    def verdicts(self, rows, measures, targets, **more: Any) -> pl.DataFrame:
        figures = self.values(rows, *measures, disclosure=more.get("disclosure", "none"))
        usual = {
            "overrides": [], "calendar": APRIL, "as_of": self.as_of, "home": HOME,
            "comparators": {},
        }  # fmt: skip
        known = {m.id: m for m in measures}
        return verdicts(figures, measures=known, targets=targets, **{**usual, **more})

    def verdict(self, kind: str, figure: dict[str, Any], target: Target | None, **more: Any):
        """The verdict on one figure of April to November 2020, or of the period given."""
        measure = self.measure(kind, **more.pop("measure", {}))
        period = more.pop("period", SO_FAR)
        rows = [self.row(measure.id, period, **figure), *more.pop("others", [])]
        found = self.verdicts(rows, [measure], [target] if target else [], **more)
        return found.row(0, named=True)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def points():
    return lambda amount: Tolerance("points", amount)
