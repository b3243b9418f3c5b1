"""The vectors again, as figures of a measure: judgement changes nothing that statistics found."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from conformance.checks_of_charts import LINES, MARKERS, TOLERANCES
from conformance.vectors import ABSENT, folder, near, rows
from outturn.framework.model import Measure
from outturn.judgement.control import control_of
from outturn.judgement.movement import movements
from outturn.statistics.control_charts import FEWEST_FOR_LIMITS
from outturn.terms.period import APRIL, Period, add_months
from outturn.terms.records import VALUES, fitted

USUAL = {"calendar": APRIL, "as_of": date(2040, 1, 1)}
COLUMNS = {"expected_mean": "mean", **{name: LINES[name] for name in list(LINES)[1:]}}


@pytest.fixture(autouse=True)
def _vectors():
    if folder() is None:
        pytest.skip(ABSENT)


def measure(**more) -> Measure:
    usual = {"kind": "score", "unit": "points", "aim": "none", "reported": True}
    return Measure(id="m", title="m", definition="1", **{**usual, **more})


def values(figures: list[dict], keys: list[str]) -> pl.DataFrame:
    usual = {"measure": "m", "definition": "1", "place": "H", "breakdown": "all", "category": "all"}
    told = [{**usual, "period": key, **one} for one, key in zip(figures, keys, strict=True)]
    return fitted(pl.DataFrame(told, infer_schema_length=None), VALUES)


def test_the_limits_of_a_measure_are_those_of_the_vectors():
    points = rows("spc_xmr_input")
    plain = [
        case
        for case in rows("spc_xmr_expected")
        if case["screen_outliers"] != "TRUE"
        and not case["fix_after_n"]
        and case["case_id"] != "X20"  # of another scale
    ]
    tried = 0
    for case in plain:
        mine = [one for one in points if one["case_id"] == case["case_id"]]
        figures = [{"value": float(one["value"]) if one["value"] else None} for one in mine]
        if sum(one["value"] is not None for one in figures) < FEWEST_FOR_LIMITS:
            continue
        tried += 1
        keys = [Period(add_months(date(2000, 4, 1), n), 1, "M").key for n in range(len(mine))]
        found = control_of(values(figures, keys), measures={"m": measure()}, **USUAL).points
        for name, column in COLUMNS.items():
            if case[name]:
                told = near(
                    found[column].to_numpy(), float(case[name]), **TOLERANCES[case["precision"]]
                )
                assert told.all(), (case["case_id"], column)  # fmt: skip
    assert tried == 2  # the others are too short, screened or fixed


def test_the_recent_trends_of_measures_are_the_published_markers():
    years = rows("fingertips_trend_marker_input")
    for case in rows("fingertips_trend_marker_expected"):
        mine = [row for row in years if row["case_id"] == case["case_id"]]
        by_limits = mine[0]["method"] == "ci_weighted"
        names = {"value": "value", "lower": "lower95", "upper": "upper95"} if by_limits else {}
        names |= {} if by_limits else {"numerator": "count", "denominator": "denominator"}
        figures = [{ours: float(row[name]) for ours, name in names.items()} for row in mine]
        if not by_limits:
            figures = [
                one | {"value": 100 * one["numerator"] / one["denominator"]} for one in figures
            ]
        one = measure(kind="rate" if by_limits else "proportion", per=100.0)
        keys = [f"{2000 + n}-04-01/P1Y" for n in range(len(mine))]
        if int(mine[0]["year_range"]) > 1:
            continue  # of several years in one: such periods overlap, and are no series here
        found = movements(values(figures, keys), measures={"m": one}, **USUAL)
        assert found["recent"].to_list() == [MARKERS[case["expected_marker"]]], case["case_id"]
