"""How likely the level behind a figure is below a bound: closed forms, order, and limits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outturn.statistics.columns import Estimate, Interval
from outturn.statistics.intervals import byar_interval, count_interval
from outturn.statistics.level_chances import (
    estimate_below,
    events_below,
    scaled_events_below,
    share_below,
    student_below,
)
from outturn.statistics.method_sets import METHOD_SETS
from outturn.statistics.standardisation import direct_rate, indirect_ratio

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
