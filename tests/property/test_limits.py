"""Limits, standardised rates, waits and differences: coverage, symmetry and closed forms."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from outturn.statistics.columns import Estimate, floats, refuse_where, special
from outturn.statistics.differences import (
    difference,
    proportion_difference,
    proportion_ratio,
    rate_ratio,
    ratio_of,
)
from outturn.statistics.intervals import (
    byar_interval,
    count_interval,
    count_methods,
    exact_poisson_interval,
    finite_population_interval,
    proportion,
    rate,
    wilson_interval,
)
from outturn.statistics.labels import statistic_label
from outturn.statistics.means import mean_interval, means
from outturn.statistics.method_sets import METHOD_SETS, method_set, upper_tail, z_score
from outturn.statistics.standard_population import band_starts, european_standard_population
from outturn.statistics.standardisation import (
    direct_rate,
    direct_rate_of_repeats,
    expected_events,
    indirect_rate,
    indirect_ratio,
)
from outturn.statistics.waits import limit_ranks, percentile_of_histogram, percentile_of_waits

LEVELS = st.floats(0.9, 0.999)
COUNTS = st.integers(0, 5000)
METHODS = st.sampled_from(sorted(METHOD_SETS))
SHARES = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def estimates(low: float = 0.1):
    """A figure and its limits, in order."""
    return st.lists(st.floats(low, 1000), min_size=3, max_size=3).map(
        lambda three: Estimate(*floats(*(sorted(three)[place] for place in (1, 0, 2))))
    )


# Levels and method sets


@given(LEVELS, METHODS)
def test_more_confidence_is_more_standard_errors(level, methods):
    assume(abs(level - 0.95) > 1e-3)  # where the Scottish set has a rounded one
    assert z_score(level + 0.0005, methods) > z_score(level, methods)
    assert math.isclose(float(special("ndtr")(z_score(level, "England"))), upper_tail(level))
    assert method_set(methods).name == methods


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), min_size=1), st.floats(-5, 5))
def test_columns_are_of_one_shape_and_a_missing_cell_is_never_wrong(cells, one):
    column, single = floats(cells, one)
    assert column.shape == single.shape == (len(cells),)
    assert np.isnan(column).tolist() == [math.isnan(cell) for cell in cells]
    refuse_where(np.isnan(column) & (column < 0), "never")


@given(st.integers(1, 10**6))
def test_a_multiplier_is_named_whole(per):
    assert statistic_label("rate", float(per)) == f"rate per {per}"


# Proportions, counts, rates


@given(SHARES, LEVELS, METHODS)
def test_wilson_limits_enclose_the_share_and_turn_round_with_it(share, level, methods):
    x, n = share
    lower, upper = wilson_interval(x, n, confidence=level, methods=methods)
    assert 0 <= lower <= x / n <= upper <= 1
    turned = wilson_interval(n - x, n, confidence=level, methods=methods)
    assert np.allclose([1 - turned.upper, 1 - turned.lower], [lower, upper], atol=1e-12)


@given(SHARES, LEVELS)
def test_wilson_limits_solve_the_score_equation(share, level):
    """The closed form: each limit p is z standard errors, by its own p, from the share."""
    x, n = share
    z = z_score(level)
    for limit in wilson_interval(x, n, confidence=level):
        if 0 < limit < 1:
            error = math.sqrt(limit * (1 - limit) / n)
            assert math.isclose(abs(x / n - limit), z * error, rel_tol=1e-6)


def test_wilson_limits_cover_as_often_as_they_say_on_average():
    n, shares = 50, np.linspace(0.01, 0.99, 99)
    lower, upper = wilson_interval(np.arange(n + 1), n)
    covers = (lower <= shares[:, None]) & (shares[:, None] <= upper)
    coverage = (stats.binom.pmf(np.arange(n + 1), n, shares[:, None]) * covers).sum(axis=1)
    assert abs(coverage.mean() - 0.95) < 0.01


@given(SHARES, st.sampled_from([1, 100, 1000]), METHODS)
def test_a_multiplier_only_scales(share, per, methods):
    plain = proportion(*share, methods=methods)
    scaled = proportion(*share, per=per, methods=methods)
    assert np.allclose(np.array(scaled), np.array(plain) * per, rtol=1e-12)
    plain = rate(*share, methods=methods)
    scaled = rate(*share, per=per, methods=methods)
    assert np.allclose(np.array(scaled), np.array(plain) * per, rtol=1e-12)


@given(COUNTS, LEVELS, METHODS)
def test_limits_of_a_count_enclose_it_and_widen_with_confidence(count, level, methods):
    for limits in (count_interval, byar_interval):
        lower, upper = limits(count, confidence=level, methods=methods)
        assert not lower > count and count < upper
        assert lower >= 0 or (np.isnan(lower) and count < 10)
        wider = limits(count, confidence=level + 0.0005, methods=methods)
        if methods == "England" or abs(level - 0.95) > 1e-3:
            assert not wider.lower > lower and wider.upper > upper


@given(COUNTS, LEVELS, METHODS)
def test_which_limits_a_count_has_is_what_is_said(count, level, methods):
    named = str(count_methods(count, methods=methods))
    judge = {
        "Exact": lambda: exact_poisson_interval(count, confidence=level),
        "Byars": lambda: byar_interval(count, confidence=level, methods=methods),
    }[named]()
    found = count_interval(count, confidence=level, methods=methods)
    assert np.allclose(np.array(found), np.array(judge), rtol=1e-12, equal_nan=True)


@given(st.integers(0, 9), LEVELS)
def test_exact_limits_are_where_so_few_or_so_many_are_as_rare_as_said(count, level):
    lower, upper = exact_poisson_interval(count, confidence=level)
    rare = 1 - upper_tail(level)
    assert math.isclose(stats.poisson.cdf(count, upper), rare, rel_tol=1e-6)
    if count:
        assert math.isclose(stats.poisson.sf(count - 1, lower), rare, rel_tol=1e-6)


@given(st.floats(0.05, 200))
def test_exact_limits_cover_at_least_as_often_as_they_say(mean):
    counts = np.arange(0, 400)
    lower, upper = exact_poisson_interval(counts)
    covers = (lower <= mean) & (mean <= upper)
    assert (stats.poisson.pmf(counts, mean) * covers).sum() > 0.95 - 1e-6


@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 100_000))
def test_a_larger_part_of_a_known_population_leaves_less_doubt(x, n, more):
    assume(x <= n)
    some = finite_population_interval(x, n, n + more)
    endless = finite_population_interval(x, n, math.nan)
    assert some.lower >= endless.lower and some.upper <= endless.upper
    half = 1.96 * math.sqrt(x / n * (1 - x / n) / n * math.sqrt(more / (n + more - 1)))
    assert np.isclose(some.upper, min(100 * (x / n + half), 100))
    everyone = finite_population_interval(x, n, n)
    assert everyone.lower == everyone.upper == everyone.value


# Means


def test_limits_of_means_cover_as_often_as_they_say():
    chance = np.random.default_rng(3)
    groups, size = 4000, 6
    values = chance.normal(7, 2, groups * size)
    found = means(values, np.repeat(np.arange(groups), size))
    share = np.mean((found.lower <= 7) & (found.upper >= 7))
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / groups)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.floats(-100, 100))
def test_a_mean_moves_with_its_values(values, step):
    group = np.zeros(len(values), np.int64)
    here, there = means(values, group), means(np.array(values) + step, group)
    assert np.allclose(there.value, here.value + step, atol=1e-9)
    assert np.allclose(there.lower, here.lower + step, atol=1e-6)
    again = mean_interval(here.value, here.deviation, here.size)
    assert np.allclose(again.upper - here.value, here.value - again.lower, atol=1e-9)


# Standardised rates


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 9999)), min_size=2, max_size=19),
    st.floats(0.1, 10), METHODS,
)  # fmt: skip
def test_a_direct_rate_keeps_to_the_sum_and_ignores_the_size_of_the_standard(bands, times, methods):
    x, n = np.array(bands, float).T
    assume(x.sum() >= 10)
    own = direct_rate(x, n, n, methods=methods, per=1000)
    crude = rate(x.sum(), n.sum(), methods=methods, per=1000)
    # Against its own population it is the crude rate, and Dobson's limits are then Byar's.
    assert np.isclose(own.value, crude.value)
    assert np.isclose(own.upper, crude.upper)
    scaled = direct_rate(x, n, n * times, methods=methods, per=1000)
    assert np.allclose(np.array(scaled), np.array(own))


def test_limits_of_a_direct_rate_cover_as_often_as_they_say():
    chance = np.random.default_rng(8)
    n = np.array([2000.0, 1500, 800, 300])
    w = np.array([30.0, 30, 25, 15])
    true = np.array([0.004, 0.008, 0.02, 0.06])
    draws = 4000
    found = direct_rate(chance.poisson(n * true, (draws, 4)), n, w, per=1)
    target = (w * true).sum() / w.sum()
    share = np.mean((found.lower <= target) & (found.upper >= target))
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / draws) + 0.005


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(100, 9999)), min_size=2, max_size=9))
def test_people_with_one_event_each_are_events(bands):
    x, n = np.array(bands, float).T
    assume(x.sum() >= 10)
    w = np.arange(1.0, x.size + 1)
    once = direct_rate_of_repeats([x], [1], n, w)
    assert np.allclose(np.array(once), np.array(direct_rate(x, n, w)))
    twice = direct_rate_of_repeats([x], [2], n, w)
    as_if = direct_rate(2 * x, n, w)
    assert np.isclose(twice.value, as_if.value)
    assert twice.upper > as_if.upper and twice.lower < as_if.lower


@given(COUNTS, st.floats(0.5, 5000), METHODS)
def test_an_indirect_ratio_is_the_count_over_what_was_expected(observed, expected, methods):
    found = indirect_ratio(observed, expected, per=1, methods=methods)
    count = count_interval(observed, methods=methods)
    assert np.allclose(found.upper * expected, count.upper)
    as_rate = indirect_rate(observed, expected, 0.01, per=100, methods=methods)
    assert np.allclose(np.array(as_rate), np.array(found), equal_nan=True)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(100, 9999)), min_size=1, max_size=9))
def test_a_place_that_is_its_own_reference_expects_what_it_observed(bands):
    x, n = np.array(bands, float).T
    assert np.isclose(expected_events(n, x, n), x.sum())


@given(st.integers(0, 88), st.data())
def test_parts_of_the_standard_population_add_up(split, data):
    whole = european_standard_population()
    parts = european_standard_population(0, split) + european_standard_population(split + 1)
    assert np.allclose(parts, whole)
    start = data.draw(st.integers(0, split))
    assert (european_standard_population(start, split) <= whole + 1e-9).all()
    assert band_starts().size == whole.size


# Waits


@given(st.integers(0, 400), st.floats(1, 99), LEVELS)
def test_the_ranks_enclose_a_percentile_as_often_as_they_say(size, percent, level):
    lower, upper = (int(rank) for rank in limit_ranks(size, percent, confidence=level))
    share, rare = percent / 100, 1 - upper_tail(level)
    if lower:
        assert stats.binom.cdf(lower - 1, size, share) <= rare + 1e-9
    if upper:
        assert stats.binom.sf(upper - 1, size, share) <= rare + 1e-9


@given(st.lists(st.integers(0, 40), min_size=1, max_size=80), st.integers(1, 99))
def test_waits_and_their_histogram_give_the_same_percentile(waits, percent):
    one = percentile_of_waits(waits, np.zeros(len(waits), np.int64), percent)
    assert np.isclose(one.value[0], np.percentile(waits, percent), atol=1e-9)
    days, people = np.unique(waits, return_counts=True)
    again = percentile_of_histogram(days, people, percent)
    for column, single in zip(one, again, strict=True):
        assert np.allclose(column[0], single, equal_nan=True)


# Differences and ratios


@given(estimates(), estimates())
def test_a_difference_turns_round_and_a_ratio_turns_over(first, second):
    there, back = difference(first, second), difference(second, first)
    assert np.allclose([there.lower, there.upper], [-back.upper, -back.lower])
    over, under = ratio_of(first, second), ratio_of(second, first)
    assert np.allclose([over.lower, over.upper], [1 / under.upper, 1 / under.lower])


@given(SHARES, SHARES)
def test_a_difference_of_shares_lies_between_minus_one_and_one(first, second):
    value, lower, upper = proportion_difference(*first, *second)
    assert -1 <= lower <= value <= upper <= 1
    _, wider, further = proportion_difference(*first, *second, confidence=0.998)
    assert wider <= lower and further >= upper


@given(SHARES, SHARES)
def test_ratios_are_symmetric_on_the_log_scale(first, second):
    for ratio in (proportion_ratio, rate_ratio):
        value, lower, upper = ratio(*first, *second)
        if first[0] and second[0]:
            assert np.isclose(lower * upper, value**2)
            assert np.isclose(ratio(*second, *first).lower, 1 / upper)
        else:
            assert np.isnan(lower) and np.isnan(upper)


def test_limits_of_a_difference_cover_as_often_as_they_say():
    chance = np.random.default_rng(4)
    draws = 6000
    x1, x2 = chance.binomial(60, 0.3, draws), chance.binomial(80, 0.45, draws)
    found = proportion_difference(x1, 60, x2, 80)
    share = np.mean((found.lower <= 0.15) & (found.upper >= 0.15))
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / draws) + 0.005
