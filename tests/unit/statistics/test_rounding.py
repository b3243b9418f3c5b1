from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from outturn.statistics.rounding import round_half_up, rounded, shown, shown_column


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (0.25, 1, 0.3),
        (2.45, 1, 2.5),
        (-0.25, 1, -0.3),
        (1.005, 2, 1.01),
        (2.4499999, 1, 2.4),
        (2.4500001, 1, 2.5),
        (0.49999999999999994, 0, 0.0),
        (-0.04, 1, 0.0),
        (99.95, 1, 100.0),
        (91.10000000000001, 1, 91.1),
        (1234567890123456.5, 0, 1234567890123457.0),
    ],
)
def test_a_half_is_rounded_away_from_zero_on_the_number_as_written(number, decimals, expected):
    assert round_half_up([number], decimals)[0] == expected


def test_zero_has_no_sign():
    assert str(round_half_up([-0.04], 1)[0]) == "0.0"


def test_what_is_no_number_stays_as_it_is():
    result = round_half_up([float("nan"), float("inf"), float("-inf")], 1)
    assert np.isnan(result[0]) and result[1] == float("inf") and result[2] == float("-inf")


@pytest.mark.parametrize("decimals", [-1, 10])
def test_decimals_outside_the_range_are_refused(decimals):
    with pytest.raises(ValueError, match="decimals must lie between 0 and 9"):
        round_half_up([1.0], decimals)


def test_each_value_may_have_its_own_decimals_and_null_leaves_it_unrounded():
    found = rounded(pl.Series("x", [2.45, 2.45, 2.45, None]), pl.Series([1, 0, None, 1]))
    assert found.to_list() == [2.5, 2.0, 2.45, None] and found.name == "x"


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (0.0, 1, "0.0"),
        (999.0, 0, "999"),
        (999.95, 1, "1,000.0"),
        (12751.0, 0, "12,751"),
        (-1234567.894, 2, "-1,234,567.89"),
        (1e9, 0, "1,000,000,000"),
        (-0.04, 1, "0.0"),
        (0.4185, 3, "0.419"),
    ],
)
def test_a_number_is_shown_alike_alone_and_in_a_column(number, decimals, text):
    assert shown(number, decimals) == text
    assert shown_column(pl.Series([number, 1e9]), decimals)[0] == text
    assert shown_column(pl.Series([number]), pl.Series([decimals]))[0] == text


def test_a_number_that_is_missing_is_not_shown():
    assert shown(None, 1) is None
    assert shown_column(pl.Series([None, 1.0]), pl.Series([1, 0])).to_list() == [None, "1"]
    assert shown_column(pl.Series([], dtype=pl.Float64), 1).to_list() == []


def test_a_number_without_its_decimals_is_refused_and_shifts_no_other():
    with pytest.raises(ValueError, match="its decimals"):
        shown_column(pl.Series([1.0, 2.0, 3.0]), pl.Series([1, None, 0]))
    found = shown_column(pl.Series([1.0, None, 3.0]), pl.Series([1, None, 0]))
    assert found.to_list() == ["1.0", None, "3"]


def test_an_infinite_number_is_refused():
    for refused in (lambda: shown(float("inf"), 1), lambda: shown_column(pl.Series([-1e999]), 1)):
        with pytest.raises(ValueError, match="infinite"):
            refused()


@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_a_column_writes_very_large_numbers_as_one_alone_is_written(decimals):
    numbers = [6346560636687354.0, -1e12, 999999999999.5, 1e19, 12.5, None, 9.5e15]
    expected = [shown(one, decimals) for one in numbers]
    assert shown_column(pl.Series(numbers), decimals).to_list() == expected
    assert expected[3] == "10,000,000,000,000,000,000" + ("." + "0" * decimals if decimals else "")
