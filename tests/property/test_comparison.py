"""Comparisons, targets, quantile groups, funnels and spines against their plain meaning."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from outturn.statistics.columns import Estimate, Interval, floats
from outturn.statistics.comparison import (
    against_estimate,
    against_interval,
    against_proportion,
    against_rate,
    against_two_intervals,
    last_change,
)
from outturn.statistics.funnels import (
    FUNNEL_LABELS,
    axis_ends,
    count_funnel,
    count_significance,
    funnel_axis,
    limits_significance,
    proportion_funnel,
    proportion_significance,
    rate_funnel,
    ratio_funnel,
)
from outturn.statistics.intervals import count_interval, wilson_interval
from outturn.statistics.overdispersion import (
    KINDS,
    PROPORTION,
    RATE_RATIO,
    SHMI,
    deviates,
    dispersion,
    outliers,
    plain_funnel,
    widened_funnel,
)
from outturn.statistics.quantile_groups import (
    FINGERTIPS,
    NTILE,
    PHE,
    PUBLISHERS,
    fingertips_percentiles,
    quantile_groups,
)
from outturn.statistics.significance import (
    HIGHER,
    LABELS,
    LOWER,
    NO_AIM,
    NOT_COMPARED,
    judged,
    labelled,
    significance_labels,
)
from outturn.statistics.spine_chart import spine_chart
from outturn.statistics.targets import (
    against_previous_comparator,
    against_range,
    against_target,
    interval_against_target,
)

AIMS = st.sampled_from([HIGHER, LOWER])
QUARTERS = st.integers(1, 40).map(lambda n: n / 4)
IN_ORDER = st.lists(QUARTERS, min_size=5, max_size=5).map(sorted)
ESTIMATES = st.lists(QUARTERS, min_size=3, max_size=3).map(sorted).map(
    lambda three: Estimate(*floats(three[1], three[0], three[2]))
)  # fmt: skip


def turned(aim, higher: int) -> int:
    return higher if aim == HIGHER else -higher


# Comparators


@given(ESTIMATES, QUARTERS, AIMS)
def test_a_figure_is_judged_only_where_its_limits_exclude_the_comparator(area, comparator, aim):
    found = int(against_interval(*area, comparator, aim))
    if area.lower <= comparator <= area.upper:
        assert found == 0
    else:
        assert found == turned(aim, 1 if area.value > comparator else -1)


@given(IN_ORDER, QUARTERS, AIMS)
def test_two_levels_say_more_than_one_and_never_otherwise(limits, comparator, aim):
    lowest, low, value, high, highest = limits
    inner, outer = Interval(*floats(low, high)), Interval(*floats(lowest, highest))
    found = int(against_two_intervals(value, inner, outer, comparator, aim))
    one = int(against_interval(value, low, high, comparator, aim))
    assert np.sign(found) == np.sign(one)
    assert (abs(found) == 2) == (comparator < lowest or comparator > highest)


@given(ESTIMATES, ESTIMATES, AIMS)
def test_who_is_better_does_not_depend_on_who_is_asked_first(area, other, aim):
    there, back = int(against_estimate(area, other, aim)), int(against_estimate(other, area, aim))
    assert there == -back
    assert int(last_change(other, area)) == turned(aim, there)
    overlap = area.lower <= other.upper and other.lower <= area.upper
    assert (there == 0) == bool(overlap)


@given(st.integers(1, 500), st.integers(1, 99), st.integers(0, 500), AIMS)
def test_control_limits_of_a_proportion_are_wilsons_about_the_comparator(n, percent, x, aim):
    assume(x <= n)
    found = int(against_proportion(100 * x / n, n, percent, aim, z=1.959963984540054))
    lower, upper = wilson_interval(n * percent / 100, n)
    assume(abs(x / n - lower) > 1e-9 and abs(x / n - upper) > 1e-9)
    expected = 1 if x / n > upper else -1 if x / n < lower else 0
    assert found == turned(aim, expected)


@given(st.integers(0, 300), st.integers(1, 200), AIMS)
def test_a_rate_is_as_rare_under_the_comparator_as_the_tail_says(events, expected, aim):
    n = 10_000
    found = int(against_rate(1000 * events / n, n, 1000 * expected / n, aim, per=1000))
    lower, upper = count_interval(expected) if expected < 10 else (None, None)
    if lower is not None:
        assume(min(abs(events - lower), abs(events - upper)) > 1e-6)
        higher = 1 if events > upper else -1 if events < lower else 0
        assert found == turned(aim, higher)
    closer = int(against_rate(1000 * events / n, n, 1000 * expected / n, aim, per=1000, tail=0.001))
    assert abs(closer) <= abs(found)


@given(st.sampled_from([-2, -1, 0, 1, 2]), st.booleans())
def test_without_an_aim_or_a_figure_nothing_is_judged(code, compared):
    codes, known = np.array([code], np.int8), np.array([compared])
    assert int(judged(codes, NO_AIM, known)[0]) == NOT_COMPARED
    for aim in (HIGHER, LOWER):
        found = int(judged(codes, aim, known)[0])
        assert found == (turned(aim, code) if compared else NOT_COMPARED)
        assert significance_labels([found])[0] == LABELS[found]
    assert labelled([code], FUNNEL_LABELS)[0] == FUNNEL_LABELS[code]


# Targets


@given(QUARTERS, QUARTERS, AIMS)
def test_a_target_is_met_at_the_target_or_better(value, target, aim):
    meets = value >= target if aim == HIGHER else value <= target
    assert int(against_target(value, target, aim)) == (1 if meets else -1)
    comparator = int(against_previous_comparator(value, target))
    assert comparator == (1 if value >= target else -1)


@given(ESTIMATES, QUARTERS, AIMS)
def test_a_target_inside_the_limits_is_neither_met_nor_missed(area, target, aim):
    found = int(interval_against_target(area.lower, area.upper, target, aim))
    if area.lower < target < area.upper:
        assert found == 0
    if area.lower > target or area.upper < target:
        assert found == turned(aim, 1 if area.lower > target else -1)


@given(QUARTERS, QUARTERS, QUARTERS, AIMS)
def test_a_range_is_two_targets(value, one, other, aim):
    low, high = sorted((one, other))
    found = turned(aim, int(against_range(value, low, high, aim)))
    assert found == (1 if value >= high else -1 if value < low else 0)


# Quantile groups

VALUES = st.lists(st.integers(0, 20).map(float), min_size=1, max_size=60)


@pytest.mark.parametrize("publisher", PUBLISHERS)
@given(values=VALUES, number=st.integers(2, 10), highest=st.booleans())
def test_groups_follow_the_order_and_too_few_values_have_none(publisher, values, number, highest):
    found = quantile_groups(
        values, [0] * len(values), number, publisher=publisher, highest_is_first=highest
    )
    few = len(values) < (max(number, 4) if publisher == FINGERTIPS else number)
    assert (found == 0).all() if few else ((1 <= found) & (found <= number)).all()
    way = -1 if highest else 1
    in_order = found[np.argsort(way * np.array(values), kind="stable")]
    assert (np.diff(in_order) >= 0).all()
    if publisher != NTILE:
        assert len(set(zip(values, found.tolist(), strict=True))) == len(set(values))


@given(VALUES, st.integers(2, 10))
def test_ntile_fills_its_groups_as_evenly_as_can_be(values, number):
    assume(len(values) >= number)
    found = quantile_groups(values, [0] * len(values), number, publisher=NTILE)
    sizes = np.bincount(found, minlength=number + 1)[1:]
    assert sizes.max() - sizes.min() <= 1 and (np.diff(sizes) <= 0).all()


@pytest.mark.parametrize("publisher", PUBLISHERS)
@given(values=VALUES, others=VALUES)
def test_a_group_does_not_depend_on_the_others_in_the_column(publisher, values, others):
    alone = quantile_groups(values, [0] * len(values), 5, publisher=publisher)
    group = [1] * len(others) + [0] * len(values)
    together = quantile_groups([*others, *values], group, 5, publisher=publisher)
    assert together[len(others) :].tolist() == alone.tolist()


@given(st.sets(st.integers(0, 999), min_size=10, max_size=60), st.integers(2, 10))
def test_ten_or_more_different_values_fill_the_groups_of_phe(values, number):
    column = [float(value) for value in values]
    found = quantile_groups(column, [0] * len(column), number, publisher=PHE)
    assert set(found.tolist()) == set(range(1, number + 1))


@given(st.lists(st.integers(0, 999), min_size=4, max_size=60), st.integers(0, 100))
def test_percentiles_of_fingertips_are_those_of_numpy(values, percent):
    found = fingertips_percentiles(values, [percent])[0]
    assert math.isclose(found, np.percentile(values, percent), rel_tol=1e-9, abs_tol=1e-9)


# Funnels


@given(st.integers(1, 5000), st.floats(0.01, 0.99), st.sampled_from([1, 100, 1000]))
def test_a_funnel_of_proportions_narrows_and_stays_inside(n, average, per):
    lower, upper = proportion_funnel([n, 4 * n], average, per=per)
    assert (lower >= 0).all() and (upper <= per).all()
    assert upper[1] - lower[1] <= upper[0] - lower[0]
    turned_round = proportion_funnel([n], 1 - average, per=per)
    assert np.isclose(per - turned_round.upper[0], lower[0])


@given(st.integers(1, 3000))
def test_a_ratio_on_the_funnel_has_the_expected_events_on_its_own_limits(count):
    funnel = ratio_funnel(count)
    assert funnel.lower < 1 < funnel.upper
    assert np.isclose(funnel.lower * funnel.expected_at_lower, count)
    assert np.isclose(funnel.upper * funnel.expected_at_upper, count)
    wider = ratio_funnel(count, confidence=0.998)
    assert wider.lower < funnel.lower and wider.upper > funnel.upper
    of_rates = rate_funnel(count, 0.02, years=3, per=100)
    assert np.isclose(of_rates.lower, 2 * funnel.lower)
    assert np.isclose(of_rates.expected_at_lower * 0.06, funnel.expected_at_lower)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.booleans())
def test_the_axis_of_a_funnel_rises_and_reaches_past_the_greatest(one, other, ratios):
    least, greatest = sorted((one, other))
    axis = funnel_axis(least, greatest, ratios=ratios)
    assert axis.size == 100 and (np.diff(axis) >= 1).all()
    low, high = axis_ends(least, greatest)
    assert high >= greatest and low <= least
    inside = axis_ends(least, greatest, average=0.5, years=1)
    assert inside[0] <= low * 0.5 and inside[1] >= high * 0.5


@given(st.integers(1, 500), st.integers(0, 500), st.floats(0.05, 0.95))
def test_beyond_the_wide_limits_is_beyond_the_narrow_ones(n, x, average):
    assume(x <= n)
    found = int(proportion_significance(x, n, average))
    narrow = proportion_funnel(n, average, per=1)
    wide = proportion_funnel(n, average, per=1, confidence=0.998)
    side = 1 if x / n > average else -1
    beyond = [x / n > limits.upper or x / n < limits.lower for limits in (narrow, wide)]
    assert found == side * sum(beyond)


@given(st.integers(0, 500), st.floats(0.5, 500))
def test_a_count_is_significant_where_its_limits_exclude_what_was_expected(count, expected):
    found = int(count_significance(count, expected))
    inner = count_interval(count)
    assert (found == 0) == bool(inner.lower <= expected <= inner.upper)
    outer = count_interval(count, confidence=0.998)
    assert found == int(limits_significance(inner, outer, expected))
    nothing = Interval(*floats(math.nan, math.nan))
    assert int(limits_significance(nothing, nothing, expected)) == NOT_COMPARED


def made_funnel(kind: str, spread: float, seed: int):
    """Places that differ by chance, and beside it by a spread of their own."""
    chance = np.random.default_rng(seed)
    n = chance.integers(400, 4000, 300).astype(float)
    share = np.clip(0.3 * np.exp(chance.normal(0, spread, n.size)), 0.01, 0.99)
    if kind == PROPORTION:
        return chance.binomial(n.astype(int), share).astype(float), n
    if kind == RATE_RATIO:
        return chance.poisson(n * share / 0.3).astype(float), chance.poisson(n).astype(float)
    return chance.poisson(n * share / 0.3).astype(float), n


@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 50))
def test_places_that_differ_by_chance_alone_are_not_over_dispersed(kind, seed):
    """The closed form of phi then: of a normal without a tenth at each end, or drawn in there."""
    x, n = made_funnel(kind, 0.0, seed)
    found = dispersion(x, n, kind)
    edge = 1.281552  # of the outer tenth of a normal distribution
    without = 1 - 2 * edge * math.exp(-(edge**2) / 2) / math.sqrt(2 * math.pi) / 0.8
    assert abs(found.phi - (without if kind == SHMI else 0.8 * without + 0.2 * edge**2)) < 0.2
    assert found.tau_squared == 0
    spread = dispersion(*made_funnel(kind, 0.2, seed), kind)
    assert spread.phi > 2 and spread.tau_squared > 0
    limits, widened = widened_funnel(n, kind, spread)
    plain = plain_funnel(n, kind, spread.target)
    assert widened and (limits.lower <= plain.lower).all() and (limits.upper >= plain.upper).all()


@pytest.mark.parametrize("kind", KINDS)
def test_deviates_of_places_that_differ_by_chance_are_standard(kind):
    deviate, error = deviates(*made_funnel(kind, 0.0, 9), kind)
    assert abs(deviate.mean()) < 0.25 and abs(deviate.std() - 1) < 0.15
    assert (error > 0).all()


@given(st.floats(0.5, 900))
def test_plain_limits_of_a_ratio_are_poisson_quantiles(expected):
    found = plain_funnel(expected, "CQC", 1.0, per=100)
    assert np.isclose(found.lower, 100 * stats.chi2.ppf(0.025, 2 * expected) / 2 / expected)
    assert np.isclose(found.upper, 100 * stats.chi2.ppf(0.975, 2 * expected + 2) / 2 / expected)


@given(QUARTERS, IN_ORDER)
def test_on_a_limit_is_no_outlier(value, limits):
    lower, upper = limits[0], limits[-1]
    assert bool(outliers(value, lower, upper)) == (value < lower or value > upper)
    assert not outliers(lower, lower, upper)


TAILS = st.sampled_from([(0.95, 0.025), (0.998, 0.001)])


@given(st.integers(0, 400), st.floats(1e-4, 300), TAILS)
def test_a_count_lies_beyond_its_funnel_where_chance_gives_so_few_or_many_more_seldom_than_the_tail(
    count, expected, level
):
    confidence, tail = level
    few, many = stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected)
    assume(min(abs(few - tail), abs(many - tail)) > 1e-9)
    limits = count_funnel([expected], confidence=confidence)
    assert bool(count < limits.lower[0]) == (few < tail)
    assert bool(count > limits.upper[0]) == (many < tail)


@given(st.integers(0, 9), st.floats(1e-4, 60))
def test_a_count_lies_beyond_its_funnel_where_its_own_exact_limits_leave_out_what_is_expected(
    count, expected
):
    sides = []
    for confidence in (0.95, 0.998):
        limits = count_funnel([expected], confidence=confidence)
        sides.append(int(count > limits.upper[0]) - int(count < limits.lower[0]))
    assert sum(sides) == count_significance([count], [expected])[0]


# Spines


@given(st.lists(QUARTERS, min_size=4, max_size=4).map(sorted), st.data(), st.booleans())
def test_a_spine_has_its_comparator_in_the_middle_and_nothing_outside(four, data, lower):
    low, quarter, three, high = four
    value, middle = (data.draw(st.sampled_from(four)) for _ in range(2))
    chart = spine_chart(value, middle, low, high, quarter, three, lower_is_better=lower)
    places = np.array([*chart])
    assert (places >= 0).all() and (places <= 1).all()
    assert chart.worst <= chart.box_left <= chart.box_right <= chart.best
    if value != middle:
        assert (chart.value > 0.5) == ((value > middle) != lower)
        assert np.isclose(max(0.5 - chart.worst, chart.best - 0.5), 0.5)
    mirrored = spine_chart(value, middle, low, high, quarter, three, lower_is_better=not lower)
    assert np.isclose(chart.value, 1 - mirrored.value)


@given(st.lists(QUARTERS, min_size=4, max_size=4).map(sorted), st.integers(1, 400), st.booleans())
def test_a_figure_beyond_the_bar_of_a_spine_lies_beyond_its_end_and_within_the_chart(
    four, further, lower
):
    low, quarter, three, high = four
    chart = spine_chart(high + further, low, low, high, quarter, three, lower_is_better=lower)
    assert np.isclose(chart.value, 0.0 if lower else 1.0)
    assert (chart.value < chart.worst) if lower else (chart.value > chart.best)
