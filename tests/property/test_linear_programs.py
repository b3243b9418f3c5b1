"""A linear programme that is asked again and again agrees with one that is asked once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array

from outturn.statistics.linear_programs import LinearProgramme

SIZES = st.tuples(st.integers(1, 4), st.integers(1, 8), st.integers(0, 2**32 - 1))


@given(sizes=SIZES, questions=st.lists(st.sampled_from(["cost", "bounds", "anew"]), max_size=6))
def test_each_answer_costs_what_another_solver_finds(
    sizes: tuple[int, int, int], questions: list[str]
) -> None:
    """Whatever was asked before: other costs, other bounds, or from nothing."""
    rows, columns, seed = sizes
    draws = np.random.default_rng(seed)
    matrix = draws.integers(-1, 2, (rows, columns)).astype(float)
    there = draws.integers(0, 9, columns).astype(float)  # what is known to fit
    totals = matrix @ there

    def bounds() -> tuple[np.ndarray, np.ndarray]:
        around = draws.integers(0, 9, (2, columns))
        return there - around[0], there + around[1]

    lower, upper = bounds()
    asked = LinearProgramme(coo_array(matrix), totals, lower, upper)
    for question in ["cost", *questions]:
        if question == "bounds":
            lower, upper = bounds()
            asked.bound(lower, upper)
        cost = draws.integers(-9, 10, columns).astype(float)
        found = asked.cheapest(cost, anew=question == "anew")
        once = linprog(cost, A_eq=matrix, b_eq=totals, bounds=np.column_stack([lower, upper]))
        assert once.fun is not None
        np.testing.assert_allclose(cost @ found, once.fun, atol=1e-6)
        np.testing.assert_allclose(matrix @ found, totals, atol=1e-6)
        assert (found >= lower - 1e-6).all() and (found <= upper + 1e-6).all()


def test_what_no_numbers_come_to_is_refused_and_can_be_asked_again_within_other_bounds() -> None:
    two = LinearProgramme(coo_array(np.ones((1, 2))), np.array([10.0]), np.zeros(2), np.full(2, 4))
    with pytest.raises(ValueError, match="no numbers come to the totals"):
        two.cheapest(np.ones(2))
    two.bound(np.zeros(2), np.array([4.0, np.inf]))
    assert two.cheapest(np.array([0.0, 1.0])).tolist() == [4.0, 6.0]
    with pytest.raises(ValueError, match="or cost least"):
        two.bound(np.array([-np.inf, 0.0]), np.full(2, np.inf))
        two.cheapest(np.array([1.0, 0.0]))
    assert two.cheapest(np.array([1.0, 1.0])).sum() == 10.0


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    LinearProgramme(coo_array(np.ones((1, 1))), np.ones(1), np.zeros(1), np.ones(1)).cheapest(
        np.ones(1)
    )
    assert capfd.readouterr() == ("", "")
