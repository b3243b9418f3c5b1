"""Edges and refusals of comparisons, targets, quantile groups, funnels and spines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outturn.statistics.columns import Estimate, Interval, floats
from outturn.statistics.comparison import (
    against_estimate,
    against_interval,
    against_proportion,
    against_rate,
    against_two_intervals,
)
from outturn.statistics.drawn_spread import drawn_chance_of_spread
from outturn.statistics.funnels import (
    axis_ends,
    count_funnel,
    funnel_axis,
    proportion_funnel,
    proportion_significance,
    rate_funnel,
    ratio_funnel,
)
from outturn.statistics.overdispersion import (
    chance_of_spread,
    deviates,
    dispersion,
    plain_funnel,
    widened_funnel,
)
from outturn.statistics.quantile_groups import (
    FINGERTIPS,
    NTILE,
    PHE,
    fingertips_percentiles,
    quantile_groups,
)
from outturn.statistics.significance import HIGHER, LOWER, NOT_COMPARED, judged, labelled
from outturn.statistics.spine_chart import spine_chart
from outturn.statistics.targets import against_range, against_target, interval_against_target

NAN = math.nan


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: against_interval(1, 2, 1, 1, 1), "above its upper"),
        (lambda: interval_against_target(2, 1, 1, 1), "above its upper"),
        (lambda: against_range(1, 2, 1, 1), "^Lower limit cannot be greater than upper limit$"),
        (lambda: against_proportion(1, 9, 101, 1), "outside 0 to per"),
        (lambda: against_rate(1, 9, -1, 1), "comparator is below zero"),
        (lambda: against_rate(1, 9, 1, 1, tail=0.5), "tail lies between"),
        (lambda: judged(np.array([1], np.int8), 2, np.array([True])), "an aim is"),
        (lambda: labelled([3], {1: "up"}), "a code has no word"),
        (lambda: quantile_groups([1.0], [0], 1), "between 2 and 100"),
        (lambda: quantile_groups([1.0], [0, 0], 5), "each value needs"),
        (lambda: quantile_groups([1.0], [-1], 5), "numbered below zero"),
        (lambda: quantile_groups([1.0], [0], 5, publisher="ours"), "no such publisher"),
        (lambda: fingertips_percentiles([1.0], [101]), "a percent lies"),
        (lambda: proportion_funnel([0], 0.5), "denominator is zero or less"),
        (lambda: proportion_funnel([1], 1.5), "an average is a share"),
        (lambda: ratio_funnel([-1]), "count is below zero"),
        (lambda: rate_funnel([1], 0), "above zero"),
        (lambda: funnel_axis(9, 1), "sizes go from the least"),
        (lambda: deviates([5, 6], [5, 6], "SHMI"), "numerators are the denominators"),
        (lambda: deviates([5], [4], "proportion"), "above its denominator"),
        (lambda: deviates([5], [4], "mean"), "no such kind of funnel"),
        (lambda: chance_of_spread([5, 6], [4, 9], "CQC"), "no test of chance"),
        (lambda: chance_of_spread([-5, 6], [4, 9], "SHMI"), "below zero"),
        (lambda: chance_of_spread([5, 6], [0, 9], "proportion"), "zero or less"),
        (lambda: drawn_chance_of_spread([5, 6], [4, 9], "CQC", seed=1), "no test of chance"),
        (lambda: drawn_chance_of_spread([-5, 6], [4, 9], "SHMI", seed=1), "below zero"),
        (lambda: drawn_chance_of_spread([5, 6], [0, 9], "SHMI", seed=1), "zero or less"),
        (lambda: drawn_chance_of_spread([5, 6], [4, 9], "proportion", seed=1), "above its denom"),
        (lambda: drawn_chance_of_spread([5, 6], [9, 9], "SHMI", seed=1, draws=0), "a draw or more"),
        (lambda: dispersion([5], [4], "SHMI", trim=0.5), "trim lies between"),
        (lambda: plain_funnel([0], "SHMI", 1.0), "denominator is zero or less"),
        (lambda: spine_chart(1, 1, 2, 1, 1, 1), "not in order"),
        (lambda: count_funnel([0]), "expected number is zero or less"),
        (lambda: spine_chart(1, 9, 0, 2, 1, 1), "a comparator lies outside"),
    ],
)
def test_wrong_numbers_are_refused_with_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("place", range(4))
def test_whatever_is_missing_nothing_is_compared_and_it_is_never_the_same(place):
    given = [5.0, 4.0, 6.0, 5.0]
    given[place] = NAN
    value, lower, upper, comparator = given
    assert against_interval(*given, HIGHER) == NOT_COMPARED
    inner, outer = Interval(*floats(lower, upper)), Interval(*floats(3.0, 7.0))
    assert against_two_intervals(value, inner, outer, comparator, HIGHER) == NOT_COMPARED
    other = Estimate(*floats(comparator, comparator - 1, comparator + 1))
    assert against_estimate(Estimate(*floats(*given[:3])), other, HIGHER) == NOT_COMPARED
    assert against_range(NAN, 1, 2, HIGHER) == against_range(1, NAN, 2, LOWER) == NOT_COMPARED
    assert against_target(NAN, 1, LOWER) == against_target(1, NAN, HIGHER) == NOT_COMPARED


def test_a_comparator_on_a_limit_is_the_same_and_just_beyond_it_is_not():
    for aim, better in ((HIGHER, 1), (LOWER, -1)):
        found = against_interval([5.0] * 4, 4.0, 6.0, [4.0, 6.0, 3.999, 6.001], aim)
        assert found.tolist() == [0, 0, better, -better]


def test_each_row_may_have_its_own_aim():
    assert against_target([9.0, 9.0, 9.0], 10.0, [HIGHER, LOWER, 0]).tolist() == [-1, 1, 9]
    assert against_range([3.0] * 3, 1, 2, [HIGHER, LOWER, 0]).tolist() == [1, -1, 9]
    assert against_interval([9.0] * 3, 8, 10, 5, [HIGHER, LOWER, 0]).tolist() == [1, -1, 9]


def test_no_people_or_no_expected_events_are_dealt_with():
    assert against_proportion([5.0, 5.0], [0, -1], 5.0, HIGHER).tolist() == [9, 9]
    assert against_rate([5.0, 5.0], [0, NAN], 5.0, HIGHER).tolist() == [9, 9]
    assert against_rate([0.0, 500.0], [1000, 1000], 0.0, HIGHER, per=1000).tolist() == [0, 1]


def test_equal_values_share_a_group_or_do_not_by_publisher():
    values, group = [1.0, 1.0, 1.0, 2.0, 3.0, 4.0], [0] * 6
    assert quantile_groups(values, group, 3).tolist() == [1, 1, 1, 2, 3, 3]
    assert quantile_groups(values, group, 3, publisher=NTILE).tolist() == [1, 1, 2, 2, 3, 3]
    assert quantile_groups(values, group, 3, publisher=FINGERTIPS).tolist() == [1, 1, 1, 2, 3, 3]


def test_a_missing_value_has_no_group_and_does_not_count():
    values = [NAN, 1.0, 2.0, 3.0, 4.0, NAN]
    for publisher in (PHE, NTILE, FINGERTIPS):
        quarters = quantile_groups(values, [0] * 6, 4, publisher=publisher)
        assert quarters.tolist() == [0, 1, 2, 3, 4, 0]
        assert quantile_groups(values, [0] * 6, 5, publisher=publisher).tolist() == [0] * 6
        assert quantile_groups([NAN], [3], 4, publisher=publisher).tolist() == [0]
        assert quantile_groups([], np.zeros(0, int), 4, publisher=publisher).tolist() == []
    assert np.isnan(fingertips_percentiles([], [0, 50])).all()


def test_a_funnel_is_clipped_at_its_multiplier():
    for per in (1, 100, 1000):
        assert proportion_funnel([1], 0.8, per=per).upper.tolist() == [per]
        assert proportion_funnel([1], 0.2, per=per).lower.tolist() == [0]


def test_no_events_have_a_lower_limit_and_no_upper():
    funnel = ratio_funnel(0)
    assert funnel.lower == 0 and np.isnan(funnel.upper) and np.isnan(funnel.expected_at_upper)
    assert np.isnan(ratio_funnel(NAN).lower)


def test_a_missing_place_has_no_significance():
    assert proportion_significance([NAN, 5], [9, NAN], 0.5).tolist() == [9, 9]


def test_the_axis_of_like_sizes_does_not_begin_at_nothing():
    assert axis_ends(51, 100)[0] == 40
    assert axis_ends(50, 100)[0] == 40  # twice is not more than twice
    assert axis_ends(49, 100)[0] == 0


def test_places_without_events_are_left_out_of_over_dispersion_and_said_to_be():
    found = dispersion([0, 100, 150, 80], [90, 108, 112, 95], "SHMI")
    assert found.used.tolist()[0] is False
    assert math.isnan(dispersion([5], [4], "SHMI").phi)


def test_with_nothing_to_widen_the_plain_limits_are_given_and_it_is_said():
    chance = np.random.default_rng(1)
    n = np.full(200, 500.0)
    found = dispersion(chance.poisson(n).astype(float), n, "CQC")
    limits, widened = widened_funnel(n, "CQC", found)
    assert found.phi <= 1 and not widened
    assert np.allclose(limits.lower, plain_funnel(n, "CQC", 1.0).lower)


def test_a_spine_of_one_figure_is_a_point_in_the_middle():
    chart = spine_chart([5.0], [5.0], [5.0], [5.0], [5.0], [5.0])
    assert [float(column[0]) for column in chart] == [0.5] * 5
    missing = spine_chart([NAN], [5.0], [4.0], [7.0], [4.5], [6.0])
    assert np.isnan(missing.value[0]) and missing.best[0] == 1


def test_the_chance_of_a_spread_is_that_of_a_table_of_those_counted_and_the_others():
    from scipy.stats import chi2, chi2_contingency

    top, of = np.array([10.0, 31.0, 7.0, 22.0]), np.array([100.0, 150.0, 90.0, 160.0])
    table = chi2_contingency([top, of - top], correction=False)
    assert chance_of_spread(top, of, "proportion") == pytest.approx(table.pvalue)
    events, expected = [10.0, 20.0, 30.0], [20.0, 20.0, 20.0]
    assert chance_of_spread(events, expected, "SHMI") == pytest.approx(chi2.sf(10.0, 2))
    assert chance_of_spread([*events, math.nan], [*expected, 5.0], "SHMI") == pytest.approx(
        chi2.sf(10.0, 2)
    )
    for nothing in (([5.0], [5.0]), ([0.0, 0.0], [5.0, 6.0]), ([5.0, 6.0], [5.0, 6.0])):
        assert math.isnan(chance_of_spread(*nothing, "proportion"))


@pytest.mark.parametrize("places", [8, 10, 32, 150])
@pytest.mark.parametrize("size", [20, 400])  # of 5 in 100: one expected event, or twenty
@pytest.mark.parametrize("kind", ["SHMI", "proportion"])
def test_by_chance_alone_five_in_a_hundred_funnels_have_so_rare_a_spread(places, size, kind):
    draws = np.random.default_rng(20261127)
    sizes = draws.integers(size // 2, size * 2, size=places).astype(float)
    rare = 0
    for _ in range(4000):
        if kind == "SHMI":
            counted = draws.poisson(sizes * 0.05).astype(float)
            of = sizes * max(counted.sum(), 1.0) / sizes.sum()
        else:
            counted, of = draws.binomial(sizes.astype(int), 0.05).astype(float), sizes
        rare += chance_of_spread(counted, of, kind) < 0.05
    # Due are 200 of 4,000, of which four standard errors are 55; few events have a few more.
    assert 145 <= rare <= 280


SMALL_AND_LARGE = {  # sizes and the share of events
    "three of two among nine of 400": ([2] * 3 + [400] * 9, 0.02),
    "seven of ten beside two of 500": ([10] * 7 + [500] * 2, 0.04),
    "two events expected of each": ([40] * 10, 0.05),
    "150 with half an event": ([25] * 150, 0.02),
}


@pytest.mark.parametrize("name", SMALL_AND_LARGE)
@pytest.mark.parametrize("kind", ["SHMI", "proportion"])
def test_by_chance_alone_five_in_a_hundred_funnels_of_few_events_have_so_rare_a_spread(name, kind):
    draws = np.random.default_rng(20261128)
    sizes, share = np.array(SMALL_AND_LARGE[name][0]), SMALL_AND_LARGE[name][1]
    rare = 0
    for _ in range(300):
        if kind == "SHMI":
            counted = draws.poisson(sizes * share)
        else:
            counted = draws.binomial(sizes, share)
        rare += drawn_chance_of_spread(counted, sizes, kind, seed=1, draws=199) < 0.05
    # Due are 15 of 300, of which four standard errors are 15; few ways to fall have fewer.
    assert rare <= 30


def test_the_drawn_chance_of_a_spread_is_that_of_the_table_where_many_events_are_expected():
    draws = np.random.default_rng(20261128)
    sizes = draws.integers(2_000, 8_000, size=12)
    for _ in range(20):
        counted = draws.binomial(sizes, 0.1)
        table = chance_of_spread(counted, sizes, "proportion")
        drawn = drawn_chance_of_spread(counted, sizes, "proportion", seed=1)
        assert drawn == pytest.approx(table, abs=0.05)
        expected = sizes * (counted.sum() / sizes.sum())
        of_rates = drawn_chance_of_spread(counted, sizes, "SHMI", seed=1)
        assert of_rates == pytest.approx(chance_of_spread(counted, expected, "SHMI"), abs=0.05)


def test_a_drawn_chance_of_a_spread_is_told_only_where_something_may_differ():
    nothing = (([5], [9]), ([0, 0], [5, 6]), ([5, 6], [5, 6]), ([NAN, 5], [4, 9]),
               ([1, 2], [10, 10**9]))  # fmt: skip
    for counts in nothing:
        assert math.isnan(drawn_chance_of_spread(*counts, "proportion", seed=1))
    assert math.isnan(drawn_chance_of_spread([0, 0], [5, 6], "SHMI", seed=1))
    assert drawn_chance_of_spread([1, 2], [10, 10**9], "SHMI", seed=1, draws=19) == 0.05
    # One event must fall on some place: wherever it fell, nothing differs.
    assert drawn_chance_of_spread([1, 0, 0], [9, 9, 9], "proportion", seed=1) == 1
    # Effective numbers of answers are not whole, and one below a half is of one person.
    assert drawn_chance_of_spread([0.2, 30.4], [0.4, 300.6], "proportion", seed=1) > 0.05


def test_so_many_places_that_they_are_drawn_in_several_goes_have_the_answer_of_one(monkeypatch):
    sizes = np.arange(1, 41)
    counted = np.where(sizes % 7 == 0, 3, 1)
    once = drawn_chance_of_spread(counted, sizes, "SHMI", seed=1, draws=500)
    monkeypatch.setattr("outturn.statistics.drawn_spread._AT_ONCE", 300)
    assert drawn_chance_of_spread(counted, sizes, "SHMI", seed=1, draws=500) == once
