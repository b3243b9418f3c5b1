"""Rounding, ranks and quartiles against their plain meaning, on random numbers."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.statistics.quantiles import (
    RANK_SHARE,
    TYPE_7,
    percentile,
    quartile_column,
    quartiles,
    ranks,
    shared_rank,
)
from outturn.statistics.rounding import round_half_up, shown, shown_column

ANY = st.floats(allow_nan=False, allow_infinity=False)
WRITTEN = st.builds(
    lambda units, places: units / 10**places, st.integers(-(10**9), 10**9), st.integers(0, 6)
)
VALUES = st.lists(st.integers(0, 30).map(lambda n: n / 4), min_size=1, max_size=60)


@given(st.one_of(ANY, WRITTEN), st.integers(0, 6))
def test_rounding_is_that_of_decimal_arithmetic_on_the_number_as_written(number, places):
    with localcontext() as context:
        context.prec = 400
        expected = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert round_half_up([number], places)[0] == float(expected)


@given(st.lists(WRITTEN, min_size=1), st.integers(0, 6))
def test_rounding_twice_is_rounding_once_and_keeps_order(numbers, places):
    once = round_half_up(sorted(numbers), places)
    assert (round_half_up(once, places) == once).all()
    assert (np.diff(once) >= 0).all()


@given(st.lists(st.one_of(st.none(), WRITTEN), min_size=1), st.data())
def test_a_column_shows_each_number_as_it_is_shown_alone(numbers, data):
    places = data.draw(st.lists(st.integers(0, 4), min_size=len(numbers), max_size=len(numbers)))
    column = shown_column(pl.Series(numbers, dtype=pl.Float64), pl.Series(places))
    alone = [shown(n, p) for n, p in zip(numbers, places, strict=True)]
    assert column.to_list() == alone


@pytest.mark.parametrize("rule", [RANK_SHARE, TYPE_7])
@given(values=VALUES, lower=st.booleans())
def test_columns_and_arrays_give_the_same_ranks_and_quartiles(rule, values, lower):
    score = pl.col("x") if lower else -pl.col("x")
    frame = pl.DataFrame({"g": 1, "x": values})
    found = frame.select(r=shared_rank(score, ["g"]), q=quartile_column(score, ["g"], rule))
    assert found["r"].to_list() == ranks(values, lower_is_better=lower).tolist()
    assert found["q"].to_list() == quartiles(values, lower_is_better=lower, rule=rule)


@given(VALUES, st.booleans())
def test_the_rank_is_one_more_than_the_number_that_do_better(values, lower):
    for value, rank in zip(values, ranks(values, lower_is_better=lower), strict=True):
        better = [v for v in values if (v < value if lower else v > value)]
        assert rank == len(better) + 1


@given(VALUES, st.randoms(use_true_random=False), st.booleans())
def test_the_order_in_which_places_come_does_not_matter(values, random, lower):
    order = list(range(len(values)))
    random.shuffle(order)
    straight = ranks(values, lower_is_better=lower)
    shuffled = ranks([values[i] for i in order], lower_is_better=lower)
    assert [straight[i] for i in order] == shuffled.tolist()


@given(VALUES, st.booleans())
def test_turning_the_numbers_round_turns_the_better_side_round(values, lower):
    there = ranks(values, lower_is_better=lower)
    back = ranks([-v for v in values], lower_is_better=not lower)
    assert there.tolist() == back.tolist()


@given(VALUES, st.floats(0, 100))
def test_a_percentile_lies_among_the_values(values, percent):
    found = percentile(values, percent)
    assert min(values) <= found <= max(values)
    assert math.isclose(found, float(np.percentile(values, percent)), rel_tol=1e-9, abs_tol=1e-9)
