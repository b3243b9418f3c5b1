"""What must hold of any weighted answers: their effective number, and the limits of their share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laying import by_day, given_to
from outturn.contracts import Contract, Field
from outturn.engine import plain_engine, sql_engine
from outturn.framework.model import Condition, Measure, Tally
from outturn.judgement.values import values
from outturn.statistics.intervals import effective_sample_size, wilson_interval
from outturn.terms.period import Calendar

CONTRACT = Contract(
    name="answers",
    place="place",
    period="period",
    fields=(Field("place"), Field("period"), Field("answer"), Field("weight", "number")),
)
MILLION = 1_000_000
# Weights in millionths: what the engines add up exactly.
WEIGHTS = st.integers(1, 200 * MILLION)
ANSWERS = st.lists(st.tuples(WEIGHTS, st.booleans()), min_size=1, max_size=30)


def _counted(
    answers: Sequence[tuple[int, bool]], how: str = "weights", engine: ModuleType = plain_engine
) -> dict[str, Any]:
    """The figure of these answers, with its counts, its effective number and its limits."""
    rows = [
        {
            "place": "Ward",
            "period": "2021-04-01/P1Y",
            "answer": "yes" if yes else "no",
            "weight": weight / MILLION,
            "source": "survey",
        }
        for weight, yes in answers
    ]
    column = "weight" if how == "weights" else ""
    yes = Condition("answer", "is", ("yes",))
    measure = Measure(
        "m", "M", "1", "proportion", "%", "higher", per=100.0,
        numerator=Tally("answers", how, column, (yes,)),
        denominator=Tally("answers", how, column),
    )  # fmt: skip
    contracts = {"answers": CONTRACT}
    counts = engine.count(
        [measure],
        given_to(engine, {"answers": rows}, contracts),
        contracts=contracts,
        places={},
        hierarchy="main",
        calendar=Calendar(),
        as_of=date(2022, 3, 31),
    )
    made = values(counts, measures={"m": measure}, places={})
    assert counts.height == made.height == 1
    counted = counts.select("squares").row(0, named=True)
    return {**made.row(0, named=True), **counted}


def _kish(weights: Sequence[int]) -> Fraction:
    return Fraction(sum(weights) ** 2, sum(one * one for one in weights))


@given(ANSWERS)
def test_the_effective_number_is_that_of_kish_and_never_more_than_there_are_answers(
    answers: list[tuple[int, bool]],
) -> None:
    found = _counted(answers)
    weights = [weight for weight, _ in answers]
    assert math.isclose(found["effective"], _kish(weights), rel_tol=1e-12)
    assert 0 < found["effective"] <= found["answers"] == len(answers)
    squares = sum(one * one for one in weights) / MILLION**2
    assert math.isclose(found["squares"], squares, rel_tol=1e-15)
    dust = 1e-9  # of a share of all: 3 × 100 ÷ 3 of what is no whole number
    assert found["lower"] - dust <= found["value"] <= found["upper"] + dust
    everyone = effective_sample_size([sum(weights)], [sum(one * one for one in weights)])
    assert everyone[0] <= len(answers) * (1 + 1e-12)


@given(ANSWERS)
def test_the_limits_solve_the_score_equation_of_the_effective_number(
    answers: list[tuple[int, bool]],
) -> None:
    """The closed form: each limit is z standard errors, by its own share, from the figure."""
    found = _counted(answers)
    number, share = float(_kish([weight for weight, _ in answers])), found["value"] / 100
    for limit in (found["lower"] / 100, found["upper"] / 100):
        if 0 < limit < 1:
            # Squared: a limit of a share near nothing has but the last digits of a number near 1.
            variance = limit * (1 - limit) / number
            wanted = 1.959963984540054**2 * variance
            assert math.isclose((share - limit) ** 2, wanted, rel_tol=2e-6, abs_tol=4e-15)


@given(WEIGHTS, st.lists(st.booleans(), min_size=1, max_size=30))
def test_equal_weights_have_exactly_the_limits_of_unweighted_answers(
    weight: int, answers: list[bool]
) -> None:
    given = [(weight, yes) for yes in answers]
    weighted, plain = _counted(given), _counted(given, "count")
    limits = wilson_interval([sum(answers)], [len(answers)])
    assert math.isclose(weighted["effective"], len(answers), rel_tol=1e-12)
    for name, limit in zip(("lower", "upper"), limits, strict=True):
        assert math.isclose(plain[name], limit[0] * 100, rel_tol=1e-12)
        assert math.isclose(weighted[name], plain[name], rel_tol=1e-9, abs_tol=1e-12)


@given(ANSWERS, st.integers(2, 1000))
def test_the_scale_of_the_weights_changes_nothing(
    answers: list[tuple[int, bool]], times: int
) -> None:
    one = _counted(answers)
    other = _counted([(weight * times, yes) for weight, yes in answers])
    for name in ("value", "effective", "lower", "upper"):
        assert math.isclose(one[name], other[name], rel_tol=1e-9, abs_tol=1e-12)


@by_day(25)
@given(ANSWERS)
def test_the_engine_for_work_says_the_same(answers: list[tuple[int, bool]]) -> None:
    assert _counted(answers) == _counted(answers, engine=sql_engine)


@given(st.lists(WEIGHTS, min_size=1), st.lists(WEIGHTS, min_size=1))
def test_answers_put_together_are_worth_no_more_than_both_apart(
    some: list[int], others: list[int]
) -> None:
    """By the Cauchy-Schwarz inequality, and as much where both weigh alike on the whole."""

    def worth(*parts: list[int]) -> float:
        weights = [one for part in parts for one in part]
        squares = np.array([float(sum(one * one for one in weights))])
        return float(effective_sample_size([float(sum(weights))], squares)[0])

    assert worth(some, others) <= (worth(some) + worth(others)) * (1 + 1e-12)
    assert math.isclose(worth(some, some), 2 * worth(some), rel_tol=1e-12)


@pytest.mark.parametrize(
    ("weights", "squares", "problem"),
    [([-1.0], [1.0], "a sum of weights is below zero"), ([1.0], [-1.0], "a sum of squares")],
)
def test_sums_below_zero_are_refused(
    weights: list[float], squares: list[float], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        effective_sample_size(weights, squares)


def test_what_is_missing_and_what_weighs_nothing_has_no_effective_number() -> None:
    found = effective_sample_size([math.nan, 1.0, 0.0], [1.0, math.nan, 0.0])
    assert np.isnan(found).all()
