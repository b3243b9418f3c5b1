from __future__ import annotations

import polars as pl

from outturn.statistics.ratios import ratio


def test_whole_counts_give_the_nearest_float_to_the_true_figure():
    found = ratio(pl.Series([7.0, 281.0]), pl.Series([25.0, 1000.0]), 100.0)
    assert found.to_list() == [28.0, 28.1]


def test_a_constant_denominator_is_divided_by_and_not_multiplied_by_its_inverse():
    assert ratio(pl.Series([3.0]), pl.Series([10.0])).to_list() == [0.3]


def test_zero_and_missing_denominators_give_nothing():
    found = ratio(pl.Series([1.0, 0.0, None, 1.0]), pl.Series([0.0, 0.0, 1.0, None]), 100.0)
    assert found.to_list() == [None] * 4


def test_zero_of_something_is_zero():
    assert ratio(pl.Series([0.0]), pl.Series([5.0])).to_list() == [0.0]
