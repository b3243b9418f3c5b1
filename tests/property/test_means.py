"""What must hold of any mean of rows: its squares, its limits, and what is withheld of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laying import by_day, given_to
from outturn.contracts import Contract, Field
from outturn.engine import plain_engine, sql_engine
from outturn.framework.model import Measure, Tally
from outturn.judgement.values import values
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.means import deviation_of_sums, means
from outturn.statistics.suppression import suppress
from outturn.terms.period import Calendar

MILLION = 1_000_000
FIELDS = (Field("place"), Field("period"), Field("days", "integer"), Field("hours", "number"))
CONTRACT = Contract(name="stays", place="place", period="period", fields=FIELDS)
DAYS = st.lists(st.integers(-500, 5000), min_size=1, max_size=30)
# Hours in millionths: what the engines add up exactly.
HOURS = st.lists(st.integers(0, 200 * MILLION), min_size=1, max_size=30)
ENGINES = pytest.mark.parametrize("engine", [plain_engine, sql_engine])


def _counts(column: str, numbers: Sequence[float], engine: ModuleType) -> pl.DataFrame:
    rows: Any = [
        {"place": "Ward", "period": "2021-04-01/P1Y", "days": None, "hours": None, "source": "s"}
        | {column: one}
        for one in numbers
    ]
    contracts = {"stays": CONTRACT}
    return engine.count(
        [_measure(column)],
        given_to(engine, {"stays": rows}, contracts),
        contracts=contracts,
        places={},
        hierarchy="main",
        calendar=Calendar(),
        as_of=date(2022, 3, 31),
    )


def _measure(column: str, per: float = 1.0) -> Measure:
    return Measure(
        "m", "M", "1", "mean", "days", "lower", per=per,
        numerator=Tally("stays", "sum", column), denominator=Tally("stays", "count"),
    )  # fmt: skip


def _figure(counts: pl.DataFrame, column: str, per: float = 1.0) -> dict[str, Any]:
    made = values(counts, measures={"m": _measure(column, per)}, places={})
    return {**counts.row(0, named=True), **made.row(0, named=True)}


@ENGINES
@by_day(40)
@given(numbers=DAYS)
def test_the_squares_are_exact_and_the_limits_those_of_the_numbers_one_by_one(
    engine: ModuleType, numbers: list[int]
) -> None:
    found = _figure(_counts("days", numbers, engine), "days")
    assert found["squares"] == sum(one * one for one in numbers)
    if len(set(numbers)) == 1:
        assert found["lower"] is found["upper"] is found["interval"] is None
        return
    wanted = means(numbers, np.zeros(len(numbers), int))
    assert found["interval"] == "Student's t, 95% (England)"
    for name in ("value", "lower", "upper"):
        expected = float(getattr(wanted, name)[0])
        assert math.isclose(found[name], expected, rel_tol=1e-9, abs_tol=1e-9)


@ENGINES
@by_day(40)
@given(numbers=HOURS)
def test_decimals_are_squared_exactly_too(engine: ModuleType, numbers: list[int]) -> None:
    """But for the last bit of the one division into whole units."""
    hours = [one / MILLION for one in numbers]
    found = _figure(_counts("hours", hours, engine), "hours")
    exact = Fraction(sum(one * one for one in numbers), MILLION**2)
    assert math.isclose(found["squares"], exact, rel_tol=3e-16)


@given(HOURS, st.sampled_from([0.5, 60.0, 1000.0]))
def test_limits_are_in_the_unit_of_the_measure(numbers: list[int], per: float) -> None:
    counts = _counts("hours", [one / MILLION for one in numbers], plain_engine)
    one, other = _figure(counts, "hours"), _figure(counts, "hours", per)
    for name in ("lower", "upper"):
        assert (one[name] is None) == (other[name] is None)
        assert one[name] is None or math.isclose(other[name], one[name] * per, abs_tol=1e-9)


@given(DAYS, DAYS)
def test_sums_of_two_places_have_the_deviation_of_all_their_rows(
    some: list[int], others: list[int]
) -> None:
    every = [*some, *others]
    sums = [(len(each), sum(each), sum(one * one for one in each)) for each in (some, others)]
    size, total, squares = (float(sum(column)) for column in zip(*sums, strict=True))
    found = float(deviation_of_sums([size], [total], [squares])[0])
    assert math.isclose(found, float(np.std(every, ddof=1)), rel_tol=1e-9, abs_tol=1e-5)


@given(st.integers(2, 1000), st.integers(-(10**14), 10**14))
def test_numbers_that_are_all_alike_have_no_deviation_whatever_rounding_does(
    size: int, millionths: int
) -> None:
    """Sums of decimals are whole millionths, divided once: what is left is the machine's dust."""
    total = float(Fraction(size * millionths, MILLION))
    squares = float(Fraction(size * millionths**2, MILLION**2))
    assert deviation_of_sums([size], [total], [squares])[0] == 0


def test_sums_that_no_numbers_have_tell_nothing() -> None:
    assert np.isnan(deviation_of_sums([3], [6.0], [2.0])[0])
    assert np.isnan(deviation_of_sums([np.nan, 1, 0], [1.0, 1.0, 0.0], [1.0, 1.0, 0.0])).all()
    with pytest.raises(ValueError, match="a sum of squares is below zero"):
        deviation_of_sums([3], [6.0], [-1.0])
    with pytest.raises(ValueError, match="a size is below zero"):
        deviation_of_sums([-3], [6.0], [1.0])


@pytest.mark.parametrize("preset", [name for name, one in PRESETS.items() if one.withholds])
@given(numbers=DAYS)
def test_squares_are_told_of_no_numbers_however_many(preset: str, numbers: list[int]) -> None:
    """Those of a whole less those of its other parts are those of a few numbers."""
    counts = _counts("days", numbers, plain_engine)
    assert counts["squares"].null_count() == 0
    for published in (False, True):
        told = suppress(counts, preset, published=pl.lit(published))
        assert told["squares"].null_count() == told.height
