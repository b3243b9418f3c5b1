from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from outturn.statistics.run_charts import run_chart

NAN = float("nan")


def test_points_on_the_median_belong_to_no_row_and_end_none():
    values = [1.0, 2.0, 5.0, 1.0, 2.0, NAN, 3.0, 1.0, 9.0, 8.0, 9.0, 8.0, 9.0, 8.0, 5.0]
    found = run_chart(values)
    assert found.median[0] == 5.0
    assert found.useful[0] == 12 and found.runs[0] == 2
    assert found.shift.tolist() == [-1, -1, 0, -1, -1, 0, -1, -1, *[1] * 6, 0]


def test_five_points_that_rise_make_a_trend_and_equal_neighbours_are_passed_over():
    found = run_chart([3.0, 1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 1.0])
    assert found.trend.tolist() == [0, 1, 1, 0, 1, 1, 1, 0]
    assert not run_chart([3.0, 1.0, 2.0, 3.0, 4.0, 1.0]).trend.any()


def test_rows_and_the_median_begin_anew_at_a_declared_step():
    values = [1.0, 2.0, 1.0, 2.0, 11.0, 12.0, 11.0, 12.0]
    found = run_chart(values, [0] * 4 + [1] * 4)
    assert found.median.tolist() == [1.5] * 4 + [11.5] * 4
    assert found.runs.tolist() == [4] * 8


@pytest.mark.parametrize(("each", "fewest", "most"), [(10, 7, 15), (12, 8, 18), (15, 11, 21)])
def test_the_expected_runs_are_those_of_swed_and_eisenhart(each, fewest, most):
    """Their table gives the significant numbers, one beyond ours: 6 and 16, 7 and 19, 10 and 22."""
    found = run_chart([0.0, 1.0] * each)
    assert (found.fewest[0], found.most[0]) == (fewest, most)
    assert found.has_too_many_runs.all() and not found.has_too_few_runs.any()


def test_too_few_runs():
    found = run_chart([0.0] * 10 + [1.0] * 10)
    assert found.has_too_few_runs.all() and found.is_unusual.all()


def test_fewer_than_ten_points_off_the_median_are_not_judged():
    found = run_chart([0.0] * 4 + [1.0] * 4)
    assert not found.has_too_few_runs.any() and not found.is_unusual.any()


def test_the_two_rules_of_anhoej():
    found = run_chart([0.0, 1.0] * 12)
    assert found.longest_expected[0] == round(np.log2(24)) + 3
    assert found.crossings_expected[0] == binom.ppf(0.05, 23, 0.5)
    assert found.longest[0] == 1 and not found.is_unusual.any()


def test_a_constant_series_has_no_rows():
    found = run_chart([2.0] * 12)
    assert found.runs[0] == found.useful[0] == 0
    assert not found.shift.any() and not found.is_unusual.any()


def test_a_row_of_two_is_refused():
    with pytest.raises(ValueError, match="three points"):
        run_chart([1.0, 2.0], shift=2)
