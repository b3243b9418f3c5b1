from __future__ import annotations

import numpy as np
import pytest

from outturn.statistics.back_tests import WIDEST, back_test
from outturn.statistics.monthly_indices import monthly_indices, places_in_year
from outturn.statistics.prospect import GAP, INDICATIVE, MEAN_OF_YEAR, OVER, TOO_SHORT
from outturn.statistics.prospects import prospects
from outturn.statistics.simulated_months import KnownEvent, smoothed_months
from outturn.statistics.smoothing import WEIGHTS, one_step_errors, smoothed
from outturn.statistics.year_end_methods import (
    PROFILE,
    STRAIGHT_LINE,
    WITH_INDICES,
    Task,
    last_profile,
    offsets,
)
from outturn.statistics.year_end_targets import (
    needed_each_period,
    numerator_needed_each_period,
    periods_of_cumulative,
    probability_of_meeting,
)
from outturn.statistics.year_ends import year_end, year_end_ratio

NAN = float("nan")
NOISE = np.random.default_rng(5)
LEVEL = 200 + NOISE.normal(0, 10, 57)
WINTER = np.tile([100.0] * 9 + [300.0] * 3, 5)[:57] * np.exp(NOISE.normal(0, 0.02, 57))


def test_smoothing_by_hand():
    values = [3.0, 5.0, 4.0, 6.0, 5.0, 8.0]
    found = smoothed(values)
    best = {}
    for weight in WEIGHTS:
        level, errors = values[0], []
        for value in values[1:]:
            errors.append(value - level)
            level += weight * errors[-1]
        best[weight] = (sum(e**2 for e in errors[3:]), level)
    weight = min(best, key=lambda w: best[w][0])
    assert float(found.weight) == weight
    assert float(found.level) == pytest.approx(best[weight][1])
    assert float(found.variance) == pytest.approx(best[weight][0] / 2)
    assert one_step_errors(values, weight)[:4].tolist() == pytest.approx([NAN] * 4, nan_ok=True)


def test_a_gap_leaves_the_level_as_it_is():
    whole, broken = smoothed([3.0, 5.0, 4.0, 6.0]), smoothed([NAN, 3.0, 5.0, NAN, 4.0, 6.0])
    assert float(whole.level) == float(broken.level)
    assert np.isnan(smoothed([NAN, NAN]).level)


def test_indices_of_a_clear_season_are_kept_and_those_of_noise_are_not():
    places = places_in_year(57, known=9)
    clear = monthly_indices(np.log(WINTER), places)
    noise = monthly_indices(np.log(LEVEL), places)
    assert float(clear.kept) > 0.95 and float(noise.kept) < 0.5
    apart = clear.index[9:].mean() - clear.index[:9].mean()
    assert apart == pytest.approx(np.log(3), rel=0.05)
    assert clear.index.sum() == pytest.approx(0, abs=1e-9)


def test_quarters_have_four_indices():
    found = monthly_indices(np.tile([1.0, 2.0, 3.0, 6.0], 5), places_in_year(20, 4, 4), 4)
    assert found.index.tolist() == pytest.approx([-2, -1, 0, 3])


def test_less_than_two_years_of_each_month_keep_no_index():
    assert not monthly_indices(WINTER[:24], places_in_year(24, 0)).index.any()


def test_winter_is_foreseen_by_its_months_and_not_by_a_straight_line():
    found = year_end(WINTER, known=9, seed=1)
    assert str(found.method) == WITH_INDICES
    assert float(found.median) == pytest.approx(1800, rel=0.03)
    low, high = found.interval(0.8)
    assert low < found.median < high
    assert found.months.shape == (3,) and found.draws.shape == (4000,)
    assert 0 < found.error < 0.1


def test_a_series_that_grows_steadily_is_told_by_last_years_profile():
    growing = 1000 * 1.03 ** np.arange(57)
    found = year_end(growing, known=9, seed=1)
    assert str(found.method) == PROFILE
    assert float(found.median) == pytest.approx((1000 * 1.03 ** np.arange(48, 60)).sum())


def test_a_level_that_changes_with_the_year_is_no_reason_for_a_straight_line():
    assert str(year_end(LEVEL, known=9, seed=1).method) not in (STRAIGHT_LINE, PROFILE)


def test_the_same_seed_gives_the_same_forecast_whatever_stands_beside_it():
    alone = year_end(LEVEL, known=9, seed=4)
    beside = year_end(np.stack([WINTER, LEVEL, WINTER * 2]), known=9, seed=4)
    np.testing.assert_array_equal(alone.draws, beside.draws[1])
    assert (year_end(LEVEL, known=9, seed=5).draws != alone.draws).any()


def test_roll_ups_of_one_series():
    total = year_end(LEVEL, known=9, seed=1)
    mean = year_end(LEVEL, known=9, seed=1, roll_up="mean")
    np.testing.assert_allclose(mean.draws, total.draws / 12)
    last = year_end(LEVEL, known=9, seed=1, roll_up="last")
    assert float(last.median) == pytest.approx(200, rel=0.1)
    with pytest.raises(ValueError, match="two parts"):
        year_end(LEVEL, known=9, seed=1, roll_up="ratio")


def test_figures_that_follow_the_days_alone_are_foreseen_to_the_day():
    days = np.array([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31] * 5, dtype=float)
    found = year_end(10 * days[:57], known=9, seed=1, lengths=days)
    assert float(found.median) == pytest.approx(3650)
    assert found.interval(0.95) == pytest.approx((3650, 3650))
    np.testing.assert_allclose(found.months, [310, 280, 310])


def test_a_series_that_is_the_same_in_each_period_has_no_noise_of_its_days():
    """50 a month are 600 a year for certain, whichever months are left."""
    days = np.resize([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31], 60).astype(float)
    found = year_end(np.full(56, 50.0), known=8, seed=1, lengths=days)
    assert found.draws.min() == pytest.approx(600) == found.draws.max()


def test_lengths_that_are_all_alike_change_nothing():
    plain = year_end(LEVEL, known=9, seed=1)
    np.testing.assert_allclose(
        year_end(LEVEL, known=9, seed=1, lengths=np.full(60, 30.0)).draws, plain.draws
    )


@pytest.mark.parametrize("lengths", [np.full(59, 30.0), np.zeros(60), np.full(60, NAN)])
def test_lengths_are_above_nothing_and_one_for_each_period(lengths):
    with pytest.raises(ValueError, match="one for each of the 60 periods"):
        year_end(LEVEL, known=9, seed=1, lengths=lengths)


def test_a_series_that_is_often_nothing_stays_in_whole_things_whatever_the_days():
    history = np.tile([0.0, 3.0, 0.0, 1.0], 12)
    days = np.array([30.0, 31.0] * 30)
    found = year_end(history, known=0, seed=1, lengths=days)
    np.testing.assert_array_equal(found.draws, year_end(history, known=0, seed=1).draws)


def test_the_doubt_of_an_index_is_what_its_years_differ_by():
    values = np.tile([0.0] * 9 + [3.0] * 3, 5)
    places = places_in_year(60, known=12)
    sure = monthly_indices(values, places)
    np.testing.assert_allclose(sure.doubt, 0, atol=1e-9)
    found = monthly_indices(values + np.random.default_rng(3).normal(0, 0.5, 60), places)
    assert 0.9 < float(found.kept) < 1
    # Four years have a centred mean: a variance of 0.25 / 4, times (4 + 1) / (4 - 1).
    assert np.sqrt((found.doubt**2).mean()) == pytest.approx(np.sqrt(0.25 / 4 * 5 / 3), rel=0.25)


def test_where_winters_vary_more_a_winter_ahead_is_less_sure():
    noise = np.random.default_rng(8).normal(0, 1, 60)
    winter = np.arange(60) % 12 >= 9
    widths = []
    for restless in (winter, ~winter):
        history = 200 * np.exp(np.where(restless, 0.08, 0.02) * noise)
        low, high = year_end(history[:57], known=9, seed=1).interval(0.8)
        widths.append(high - low)
    assert widths[0] > 1.2 * widths[1]


def test_indices_err_together_and_over_a_whole_year_not_at_all():
    winters = np.tile([100.0] * 9 + [300.0] * 3, 5)[None, :]
    rows = winters * np.exp(np.random.default_rng(2).normal(0, 0.1, 60))
    after_nine = prospects(rows[:, :57], 9, "sum", 12, np.array([NAN]))[0]
    whole_year = prospects(rows, 0, "sum", 12, np.array([NAN]))[0]
    assert after_nine.method == whole_year.method == WITH_INDICES
    assert after_nine.spread > 0 == whole_year.spread


def test_what_all_months_share_moves_them_all():
    logs, never = np.log([11.0, 12.0]), np.array([0.0])
    even = np.array([[0.5], [0.5], [0.8413447460685429]])  # one standard deviation above
    found = smoothed_months(logs, 0.5, never, even, 1.0, common=np.log(2))
    assert found.ravel().tolist() == pytest.approx([21.0, 23.0])


def test_one_shock_makes_no_interval_more_than_twice_as_wide_as_its_errors():
    shocked = LEVEL.copy()
    shocked[45:48] = 5.0
    places = places_in_year(57, known=9)
    task = Task(9, 3, 12, "sum", offsets(shocked[None, :], 12))
    assert (back_test(shocked[None, :], places, task).width <= np.sqrt(WIDEST)).all()


@pytest.mark.parametrize("place", [0, 5, 12, 30, 47])
@pytest.mark.parametrize("known", [3, 6, 9])
def test_one_shock_in_a_series_that_never_moves_leaves_a_doubt(place, known):
    """Had it once in 54 months what it never had before, it may have it again."""
    months = np.full(54, 100.0)
    months[place] = 1000.0
    found = year_end(months, known=known, seed=1)
    low, high = found.interval()
    assert low < found.median < high
    shocked = 900 if place >= 54 - known else 0  # in the year to date it stays
    assert float(found.median) == pytest.approx(1200 + shocked, rel=0.2)


def test_a_step_in_a_series_that_never_moves_otherwise_leaves_a_doubt():
    low, high = year_end([100.0] * 5 + [1000.0] * 49, known=6, seed=1).interval()
    assert low < 12_000 < high


def test_a_series_that_never_moved_at_all_is_foreseen_without_a_doubt():
    found = year_end(np.full(54, 100.0), known=6, seed=1)
    assert [float(one) for one in found.interval()] == [1200, 1200]


def test_a_rare_event_that_two_years_did_not_have_may_come_again():
    """One in 54 months: in one of six months ahead by a chance of six in 54, or nearly so."""
    months = np.zeros(54)
    months[5] = 1.0
    found = year_end(months, known=6, seed=1)
    assert (found.draws > 0).mean() == pytest.approx(1 - (53 / 54) ** 6, abs=0.005)
    assert (year_end(np.zeros(54), known=6, seed=1).draws == 0).all()


def test_the_offset_follows_the_last_two_years():
    fallen = np.concatenate([np.full(36, 1000.0), np.full(24, 40.0)])
    assert offsets(fallen[None, :], 12).tolist() == [10.0]
    gappy = np.concatenate([fallen, [NAN, NAN]])
    assert offsets(gappy[None, :], 12).tolist() == [10.0]


def test_a_year_that_is_over_is_known():
    found = year_end(LEVEL[:48], known=12, seed=1)
    assert str(found.method) == OVER
    assert set(found.draws) == {LEVEL[36:48].sum()}
    assert float(year_end(LEVEL[:48], known=12, seed=1, roll_up="last").median) == LEVEL[47]


def test_before_the_first_month_the_whole_year_is_ahead():
    found = year_end(LEVEL[:48], known=0, seed=1)
    assert float(found.median) == pytest.approx(2400, rel=0.1)
    assert found.months.shape == (12,)


def test_short_series_are_indicative_or_have_none():
    found = year_end([5.0, 6.0, 7.0, 6.0, 5.0], known=5, seed=1)
    assert (str(found.method), str(found.why)) == ("", TOO_SHORT)
    assert np.isnan(found.draws).all()
    line = year_end([5.0, 7.0] * 5, known=4, seed=1, spread=0.2)
    assert str(line.method) == INDICATIVE
    assert float(line.median) == pytest.approx(72, rel=0.01)
    low, high = line.interval(0.8)
    assert (high - 24) / 48 == pytest.approx(np.exp(0.2 * 1.2816), rel=0.01)
    assert np.isnan(year_end([5.0, 7.0] * 5, known=4, seed=1).median)


def test_a_gap_in_the_year_to_date_gives_a_reason_and_one_before_it_does_not():
    for at, why in ((50, GAP), (20, "")):
        history = LEVEL.copy()
        history[at] = NAN
        assert str(year_end(history, known=9, seed=1).why) == why


@pytest.mark.parametrize("size", [27, 33, 40, 48, 55])
def test_a_series_that_begins_late_is_forecast_as_if_nothing_stood_before_it(size):
    alone = year_end(WINTER[-size:], known=9, seed=1)
    later = year_end(np.concatenate([np.full(60 - size, NAN), WINTER[-size:]]), known=9, seed=1)
    assert str(alone.method) == str(later.method)
    np.testing.assert_allclose(alone.draws, later.draws)


def test_a_series_that_is_often_nothing_is_drawn_from_its_own_months():
    history = np.tile([0.0, 3.0, 0.0, 1.0], 12)
    found = year_end(history, known=0, seed=1)
    assert str(found.method) == MEAN_OF_YEAR
    assert float(found.draws.mean()) == pytest.approx(12, rel=0.02)


def test_figures_below_nothing_are_refused():
    with pytest.raises(ValueError, match="below nothing"):
        year_end([-1.0] * 30, known=3, seed=1)
    with pytest.raises(ValueError, match="0 to 12"):
        year_end(LEVEL, known=13, seed=1)


def test_a_declared_event_changes_the_months_from_its_own_on_and_the_old_line_stays():
    plain = year_end(LEVEL, known=9, seed=1)
    event = KnownEvent(begins=12, factor=0.5, amount=-10)
    found = year_end(LEVEL, known=9, seed=1, events=(event,))
    np.testing.assert_array_equal(found.do_nothing, plain.draws)
    np.testing.assert_allclose(found.months[:2], plain.months[:2])
    assert found.months[2] == pytest.approx(plain.months[2] / 2 - 10)
    emptied = year_end(LEVEL, known=9, seed=1, events=(KnownEvent(1, amount=-9999.0),))
    assert set(emptied.months) == {0.0}


def test_a_ratio_moves_less_than_its_parts_where_one_cause_moves_both():
    rng = np.random.default_rng(3)
    common = 1000 * np.exp(rng.normal(0, 0.2, 57))
    top = common * 0.3 * np.exp(rng.normal(0, 0.01, 57))
    found = year_end_ratio(top, common, known=3, seed=1, per=100)
    assert float(found.median) == pytest.approx(30, rel=0.02)
    low, high = found.interval(0.8)
    parts = year_end(top, known=3, seed=1).interval(0.8)
    assert (high - low) / 30 < 0.5 * (parts[1] - parts[0]) / (300 * 12)


def test_a_ratio_of_parts_that_cannot_be_forecast_has_a_reason():
    found = year_end_ratio(LEVEL[:4], LEVEL[:4], known=4, seed=1)
    assert str(found.why) == TOO_SHORT and np.isnan(found.draws).all()
    with pytest.raises(ValueError, match="one shape"):
        year_end_ratio(LEVEL, LEVEL[:40], known=4, seed=1)


def test_events_act_on_either_part_of_a_ratio():
    plain = year_end_ratio(LEVEL, LEVEL, known=9, seed=1)
    doubled = year_end_ratio(LEVEL, LEVEL, known=9, seed=1, events=(KnownEvent(1, 2.0),))
    twice = (KnownEvent(1, 2.0),)
    both = year_end_ratio(LEVEL, LEVEL, known=9, seed=1, events=twice, events_below=twice)
    assert set(plain.draws) == {1.0} and set(both.draws) == {1.0}
    assert (doubled.draws > 1).all()
    np.testing.assert_array_equal(doubled.do_nothing, plain.draws)


def test_the_chance_of_a_target_counts_an_outturn_on_it():
    draws = [1.0, 2.0, 3.0, 4.0]
    assert float(probability_of_meeting(draws, at_least=2.0)) == 0.75
    assert float(probability_of_meeting(draws, at_most=2.0)) == 0.5
    assert float(probability_of_meeting(draws, at_least=2.0, at_most=3.0)) == 0.5
    assert np.isnan(probability_of_meeting(draws, at_least=NAN))
    assert np.isnan(probability_of_meeting([NAN, NAN], at_least=1.0))
    with pytest.raises(ValueError, match="bound"):
        probability_of_meeting(draws)


def test_what_is_needed_of_each_remaining_period():
    assert float(needed_each_period([10.0] * 9, 120)) == 10.0
    assert float(needed_each_period([10.0] * 9, 11, roll_up="mean")) == 14.0
    assert float(needed_each_period([10.0] * 9, 7, roll_up="last")) == 7.0
    assert np.isnan(needed_each_period([10.0] * 12, 120))
    assert float(numerator_needed_each_period([4.0], [10.0], [10.0, 10.0], 50, per=100)) == 5.5
    assert np.isnan(numerator_needed_each_period([4.0], [10.0], [], 50, per=100))
    with pytest.raises(ValueError, match="12 periods"):
        needed_each_period([10.0] * 13, 120)
    with pytest.raises(ValueError, match="sum"):
        needed_each_period([10.0], 120, roll_up="ratio")


def test_cumulative_figures_become_those_of_their_periods():
    found = periods_of_cumulative([[5.0, 8.0, NAN, 14.0]], [0, 1, 2, 3])
    np.testing.assert_array_equal(found, [[5.0, 3.0, NAN, NAN]])


def test_of_a_share_events_make_no_period_more_than_the_whole():
    below = LEVEL * 1.25  # 80 per cent
    twice = (KnownEvent(11, 2.0),)
    plain = year_end_ratio(LEVEL, below, known=9, seed=1, share=True)
    found = year_end_ratio(LEVEL, below, known=9, seed=1, share=True, events=twice)
    np.testing.assert_allclose(found.months, [0.8, 1.0, 1.0])
    np.testing.assert_array_equal(found.do_nothing, plain.draws)
    assert bool(found.held) and not bool(plain.held) and (found.draws <= 1).all()
    free = year_end_ratio(LEVEL, below, known=9, seed=1, events=twice)
    np.testing.assert_allclose(free.months, [0.8, 1.6, 1.6])
    less = (KnownEvent(1, 0.5),)
    shrunk = year_end_ratio(LEVEL, below, known=9, seed=1, share=True, events_below=less)
    np.testing.assert_allclose(shrunk.months, [1.0, 1.0, 1.0])


def test_last_years_profile_needs_figures_that_do_not_cancel():
    task = Task(known=2, ahead=2, periods=4, roll_up="sum", offset=np.array([0.0]))
    rows = np.array([
        [10.0, 10.0, 20.0, 40.0, 5.0, 5.0],
        [20.0, -15.0, -100.0, -120.0, -40.0, -45.0],  # 5 of -215, and -85 now
        [20.0, 10.0, -100.0, 40.0, 5.0, 5.0],
        [20.0, 10.0, 100.0, 40.0, 5.0, -5.0],
        [20.0, 10.0, 100.0, np.nan, 5.0, 25.0],
    ])  # fmt: skip
    found = last_profile(rows, np.array([6]), task)[:, 0]
    np.testing.assert_allclose(found[0], [10.0, 20.0])
    assert np.isnan(found[1:4]).all()
    np.testing.assert_allclose(found[4], [100.0, np.nan])
