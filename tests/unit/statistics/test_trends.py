from __future__ import annotations

import numpy as np
import pytest

from outturn.statistics.change_points import possible_changes, steps_to_consider
from outturn.statistics.control_charts import xmr_limits
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.statistics.recent_trends import (
    CANNOT,
    DECREASING,
    INCREASING,
    NO_CHANGE,
    NOT_POSSIBLE,
    TOO_FEW,
    TOO_FEW_VALID,
    WRONG_YEARS,
    recent_trend,
    recent_trend_of_proportion,
    worded,
)

NAN = float("nan")
RISING = np.array([10.0, 12.0, 14.0, 16.0, 18.0])
COUNTS, PEOPLE = [100, 140, 180, 220, 260], [1000] * 5


def rates(values, width=1.0):
    values = np.asarray(values, dtype=float)
    return recent_trend(values, values - width, values + width)


def test_a_series_that_rises_or_falls_beyond_doubt():
    assert str(rates(RISING).marker) == INCREASING
    assert str(rates(RISING[::-1]).marker) == DECREASING
    assert str(rates(RISING, width=20.0).marker) == NO_CHANGE
    assert str(rates([5.0] * 5).marker) == NO_CHANGE


def test_a_falling_proportion_falls_and_a_rising_one_rises():
    assert str(recent_trend_of_proportion(COUNTS, PEOPLE).marker) == INCREASING
    assert str(recent_trend_of_proportion(COUNTS[::-1], PEOPLE).marker) == DECREASING


def test_one_year_that_alone_makes_the_slope_is_no_trend():
    found = rates([10.0, 9.9, 9.8, 9.7, 30.0])
    assert float(found.chi_square) > 9.55
    assert str(found.marker) == NO_CHANGE


def test_only_the_latest_five_years_count():
    assert str(rates([90.0, 80.0, *RISING]).marker) == INCREASING


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1.0, 2.0, 3.0, 4.0], TOO_FEW),
        ([*RISING, NAN], TOO_FEW_VALID),
        ([1.0, 2.0, NAN, 3.0, 4.0, 5.0, 6.0], TOO_FEW_VALID),
        ([NAN] * 5, "No data points found"),
    ],
)
def test_a_series_that_is_short_or_broken_says_why(values, why):
    found = rates(values)
    assert (str(found.marker), str(found.why)) == (CANNOT, why)
    assert np.isnan(found.chi_square) and np.isnan(found.slope)


def test_figures_without_limits_give_no_marker_rather_than_no_change():
    lower = np.array([9.0, 11.0, 13.0, 15.0, NAN])
    assert str(recent_trend(RISING, lower, RISING + 1).marker) == CANNOT


def test_an_interval_of_no_width_gives_no_marker():
    found = recent_trend(RISING, RISING, RISING)
    assert (str(found.marker), str(found.why)) == (CANNOT, NOT_POSSIBLE)


def test_nobody_and_everybody_give_no_marker():
    assert str(recent_trend_of_proportion([0, 140, 180, 220, 260], PEOPLE).why) == NOT_POSSIBLE
    assert str(recent_trend_of_proportion([1000, *COUNTS], [*PEOPLE, 1000]).why) == NOT_POSSIBLE


def test_a_full_year_before_a_gap_does_not_count():
    counts, people = [1000, NAN, *COUNTS], [1000, 1000, *PEOPLE]
    assert str(recent_trend_of_proportion(counts, people).marker) == INCREASING


def test_periods_of_several_years_have_no_recent_trend():
    found = recent_trend(RISING, RISING - 1, RISING + 1, years_per_point=3)
    assert str(found.why) == WRONG_YEARS


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="lower limit"):
        recent_trend(RISING, RISING + 1, RISING - 1)
    with pytest.raises(ValueError, match="denominator"):
        recent_trend_of_proportion([5] * 5, [4] * 5)
    with pytest.raises(ValueError, match="increase"):
        worded(INCREASING, "up")


def test_the_words_say_what_a_trend_means():
    assert str(worded(INCREASING, "increase")) == "increasing and getting better"
    assert str(worded(INCREASING, "neutral")) == INCREASING
    assert str(worded(CANNOT, "increase")) == CANNOT


def test_many_series_are_judged_at_once_as_each_alone():
    table = np.array([RISING, RISING[::-1], [5.0] * 5, [NAN, *RISING[1:]]])
    together = rates(table).marker
    assert together.tolist() == [str(rates(row).marker) for row in table]


def test_mann_kendall_gives_the_published_example_of_gilbert():
    """Gilbert (1987), section 16.4: S = 10 of 5 figures that rise is all pairs; here with ties.

    By hand for 23, 24, 29, 6, 29, 24, 24, 29, 23: the score, and its variance with ties of
    2, 3 and 3: (9*8*23 - 2*1*9 - 2 * 3*2*11) / 18 = 83.67.
    """
    found = mann_kendall([23, 24, 29, 6, 29, 24, 24, 29, 23])
    pairs = [23, 24, 29, 6, 29, 24, 24, 29, 23]
    score = sum(np.sign(b - a) for i, a in enumerate(pairs) for b in pairs[i + 1 :])
    assert float(found.score) == score
    variance = (9 * 8 * 23 - 2 * 1 * 9 - 2 * 3 * 2 * 11) / 18
    assert float(found.z) == pytest.approx((score - np.sign(score)) / np.sqrt(variance))


def test_a_short_series_has_no_monotonic_trend_and_a_constant_one_has_none_either():
    assert np.isnan(mann_kendall([1.0] * 7).p)
    found = mann_kendall([1.0] * 8)
    assert (float(found.p), float(found.slope), float(found.z)) == (1.0, 0.0, 0.0)


def test_gaps_are_passed_over_and_keep_their_time():
    found = mann_kendall([0.0, 1.0, NAN, 3.0, 4.0, NAN, 6.0, 7.0, 8.0, 9.0])
    assert (float(found.slope), int(found.figures)) == (1.0, 8)
    with pytest.raises(ValueError, match="confidence"):
        mann_kendall([1.0], confidence=95)


def test_noise_raises_no_question_and_a_step_raises_one():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=40)
    stepped = noise + np.where(np.arange(40) < 25, 0, 5)
    quiet, [change] = possible_changes([noise, stepped])
    assert quiet == ()
    assert abs(change.place - 25) <= 1
    assert change.after - change.before == pytest.approx(5, abs=1)
    assert change.asked("October 2024") == "Did something change in October 2024?"


def test_two_steps_are_told_in_order_of_time_with_the_level_of_each_stretch():
    levels = np.repeat([0.0, 10.0, 3.0], 20) + np.tile([0.0, 0.5, 0.2, 0.7], 15)
    [found] = possible_changes(levels)
    assert [one.place for one in found] == [20, 40]
    assert found[0].after == found[1].before


def test_a_gap_does_not_move_the_place_of_a_change():
    values = [1.0, 2.0, NAN, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, *[8.0, 9.0] * 5]
    [found] = possible_changes(values)
    assert [one.place for one in found] == [9]
    with pytest.raises(ValueError, match="chance"):
        possible_changes(values, chance=5)


def test_a_long_row_is_worth_a_question_only_while_it_lasts():
    moved = [5.0, 4.0, 6.0, 5.0, 3.0, 4.0, 9.0, 8.0, 9.0, 9.0, 8.0, 9.0, 8.0, 9.0]
    assert int(steps_to_consider(moved, xmr_limits(moved))) == 6
    ended = [*moved, 1.0]
    assert int(steps_to_consider(ended, xmr_limits(ended))) == -1
