"""How likely the level behind a figure is below a bound: closed forms, order, and limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.intervals import byar_interval, count_interval
from outturn.statistics.level_chances import (
    estimate_below,
    events_below,
    percentile_at_most,
    scaled_events_below,
    share_below,
    student_below,
)
from outturn.statistics.means import means
from outturn.statistics.method_sets import METHOD_SETS
from outturn.statistics.standardisation import direct_rate, indirect_ratio
from outturn.statistics.waits import limit_ranks, percentile_of_waits

METHODS = st.sampled_from(sorted(METHOD_SETS))
COUNTS = st.integers(0, 5000)
LEVELS = st.floats(0, 1)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), LEVELS)
def test_a_share_and_its_opposite_share_out_the_chance(counts, level):
    x, n = counts
    assert np.isclose(share_below(x, n, level) + share_below(n - x, n, 1 - level), 1)
    assert np.isclose(share_below(x, n, level), stats.beta.cdf(level, x + 0.5, n - x + 0.5))


@given(COUNTS, st.floats(0, 10_000))
def test_events_have_the_chance_of_a_gamma_distribution(events, level):
    assert np.isclose(events_below(events, level), stats.gamma.cdf(level, events + 0.5))


@given(COUNTS, st.floats(0.001, 1000), st.floats(0, 4), METHODS)
def test_a_rate_that_is_its_events_scaled_has_their_chance(events, scale, times, methods):
    """An indirectly standardised ratio, whatever was expected."""
    limits = count_interval([events], methods=methods)
    ratio = indirect_ratio([events], [scale], per=1, methods=methods)
    level = times * max(events, 1)
    found = scaled_events_below(ratio, [events], limits, [level / scale])
    assert np.isclose(found[0], float(events_below(events, level)), atol=1e-6)


@given(
    st.lists(st.tuples(st.integers(5, 400), st.integers(500, 9000)), min_size=2, max_size=6),
    METHODS,
    st.lists(st.floats(0, 3), min_size=2, max_size=2),
)
def test_the_chance_of_a_standardised_rate_grows_with_the_level_and_keeps_to_its_limits(
    bands, methods, times
):
    x, n = (np.array(column, float) for column in zip(*bands, strict=True))
    rate = direct_rate(x[None], n[None], np.arange(1.0, len(bands) + 1), methods=methods)
    events = x.sum()
    limits = byar_interval([events], methods=methods)

    def below(level):
        return float(scaled_events_below(rate, [events], limits, [level])[0])

    low, high = sorted(times)
    assert 0 <= below(low * rate.value[0]) <= below(high * rate.value[0]) <= 1
    assert np.isclose(below(float(rate.upper[0])), float(events_below(events, limits.upper)[0]))
    assert np.isclose(below(float(rate.value[0])), float(events_below(events, events)))
    if rate.lower[0] > 0:
        assert np.isclose(below(float(rate.lower[0])), float(events_below(events, limits.lower)[0]))


def test_a_rate_whose_lower_limit_was_cut_off_is_asked_by_its_upper_one():
    """And one without an upper limit, or a level, is not asked."""
    limits = Interval(np.array([0.25]), np.array([5.57]))
    rate = Estimate(np.array([10.0]), np.array([0.0]), np.array([55.7]))
    found = scaled_events_below(rate, [1], limits, [5.0])
    scale = (5.57 - 1) / (55.7 - 10)
    assert np.isclose(found[0], float(events_below(1, 1 - 5 * scale)))
    none = Estimate(rate.value, rate.lower, np.array([np.nan]))
    assert np.isnan(scaled_events_below(none, [1], limits, [5.0])).all()
    assert np.isnan(scaled_events_below(rate, [1], limits, [np.nan])).all()


@given(st.floats(-100, 100), st.floats(0.01, 50), st.sampled_from([3, 8]), st.floats(-200, 200))
def test_estimates_have_the_chance_of_their_own_distribution(value, half, freedom, level):
    normal, student = stats.norm, stats.t(freedom)
    steps = (level - value) / half
    found = estimate_below([value], [half], [level])
    assert np.isclose(found[0], normal.cdf(steps * normal.ppf(0.975)))
    found = student_below([value], [half], freedom, [level])
    assert np.isclose(found[0], student.cdf(steps * student.ppf(0.975)))
    certain = student_below([value], [0], freedom, [value + 1])
    assert certain[0] == 1


WAITS = st.lists(st.integers(0, 60), min_size=6, max_size=80)
DAYS = np.arange(-2, 80)


def _at_most(waits, percent, days):
    figure = percentile_of_waits(waits, np.zeros(len(waits), int), percent)
    return percentile_at_most(figure, len(waits), percent, days)


@given(WAITS, st.sampled_from([25, 50, 75, 90]))
def test_the_chance_of_a_percentile_grows_with_the_days_and_keeps_to_what_its_limits_tell(
    waits, percent
):
    """At a limit so many waits are within the day as its place says, and may be more."""
    lower, upper = (int(place[0]) for place in limit_ranks([len(waits)], percent))
    assume(lower and upper)
    found, n, order = _at_most(waits, percent, DAYS), len(waits), sorted(waits)
    assert (np.diff(found) >= -1e-12).all() and (0 <= found).all() and (found <= 1).all()
    for place in (lower, upper):
        at = order[place - 1]
        least = stats.beta.sf(percent / 100, place + 0.5, n - place + 0.5)
        below = stats.beta.sf(percent / 100, place - 1 + 0.5, n - place + 1.5)
        assert found[DAYS == at][0] >= least - 1e-9
        assert found[DAYS == at - 1][0] <= below + 1e-9


@given(st.integers(6, 200), st.integers(0, 50))
def test_a_median_of_waits_one_a_day_has_the_chance_of_the_number_within(n, first):
    """The closed form: then its three places tell the number of each day between the limits."""
    waits = np.arange(first, first + n)
    lower, upper = (int(place[0]) for place in limit_ranks([n], 50))
    number = np.arange(lower, upper)
    found = _at_most(waits, 50, first + number - 1)
    wanted = stats.beta.sf(0.5, number + 0.5, n - number + 0.5)
    assert np.allclose(found, wanted, atol=1e-9)


def test_a_percentile_without_a_limit_has_no_chance():
    assert np.isnan(_at_most([1, 2, 3, 4, 5], 50, [3])).all()
    waits = list(range(20))
    assert np.isnan(_at_most(waits, 50, [np.nan])).all()
    missing = Estimate(*(np.array([np.nan]) for _ in range(3)))
    assert np.isnan(percentile_at_most(missing, [20], 50, [3])).all()


@pytest.mark.parametrize(
    ("size", "percent", "days", "within"),
    [
        (12, 50, 27, 0.08),
        (60, 50, 3, 0.08),
        (60, 50, 27, 0.08),
        (120, 90, 60, 0.10),
        (40, 90, 60, 0.21),
    ],
)
def test_of_figures_with_a_chance_so_many_have_the_other_status(size, percent, days, within):
    """Calibration, by 40,000 draws of a seed: where it says 30%, it is so in about 30 of 100. How
    far it is off, METHODS says in these numbers.

    The waits are exponential and told in whole days; their mean is anything from 0.4 to 2.5 times
    one that puts the percentile on the target. Waits are skewed: a straight line between three of
    them may be some points off where they lie far apart, and then mostly too careful.
    """
    chance = np.random.default_rng(20260401)
    draws = 40_000
    share = percent / 100
    usual = (days + 1) / -np.log(1 - share)
    mean = usual * np.exp(chance.uniform(np.log(0.4), np.log(2.5), draws))
    waits = np.floor(chance.exponential(mean[:, None], (draws, size)))
    figures = percentile_of_waits(waits.ravel(), np.repeat(np.arange(draws), size), percent)
    told = percentile_at_most(figures, np.full(draws, size), percent, days)
    true = -np.log(1 - share) * mean < days + 1  # so many come within the day
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        some = (told >= low) & (told < high)
        assert abs(told[some].mean() - true[some].mean()) <= within
    assert abs(told.mean() - true.mean()) < 0.05


@pytest.mark.parametrize(("size", "least"), [(10, 0.90), (30, 0.92), (200, 0.94)])
def test_the_limits_of_a_mean_hold_it_about_as_often_as_they_say(size, least):
    """Exactly so of normal numbers, and of lengths of stay, which are skewed, somewhat less often
    where they are few: by 4,000 draws of a seed."""
    chance = np.random.default_rng(20260402)
    group = np.repeat(np.arange(4000), size)
    for numbers, mean, wanted in (
        (chance.normal(20, 6, group.size), 20, 0.943),
        (np.floor(chance.exponential(30, group.size)), 1 / np.expm1(1 / 30), least),
    ):
        found = means(numbers, group)
        held = ((found.lower <= mean) & (mean <= found.upper)).mean()
        assert wanted <= held <= 0.96
