"""Edges and refusals of limits, rates, waits, life tables and slopes; published examples."""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import subprocess
import sys

import numpy as np
import pytest

from outturn.statistics import labels
from outturn.statistics.columns import Estimate, Interval, floats
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
from outturn.statistics.level_chances import (
    estimate_below,
    scaled_events_below,
    student_below,
)
from outturn.statistics.life_expectancy import life_expectancy
from outturn.statistics.means import mean_interval, means
from outturn.statistics.method_sets import method_set, z_score
from outturn.statistics.scottish_inequality import (
    population_attributable_risk,
    ranges,
    scottish_relative_index,
    scottish_slope_index,
)
from outturn.statistics.slope_index import (
    error_of_limits,
    slope_index,
    slope_index_below,
    slope_index_limits,
)
from outturn.statistics.standard_population import european_standard_population
from outturn.statistics.standardisation import (
    direct_rate,
    direct_rate_of_repeats,
    expected_events,
    indirect_ratio,
)
from outturn.statistics.waits import limit_ranks, percentile_of_histogram, percentile_of_waits

NAN = math.nan
FIVE = [10.0, 9.0, 8.0, 7.5, 6.0]
OURS = (
    "additive_tables", "attribute_charts", "back_tests", "change_points", "chart_icons",
    "chart_rules", "columns", "common_parts", "comparison", "control_charts", "differences",
    "disclosure_audit", "disclosure_cells", "disclosure_policies", "fitting_tables", "funnels",
    "further_suppression", "giving_back",
    "intervals", "labels", "least_loss", "level_chances", "life_expectancy",
    "means", "method_sets", "monotonic_trend", "monthly_indices", "overdispersion",
    "past_year_ends", "prospect", "prospects", "protection",
    "quantile_groups", "quantiles", "rare_event_charts", "ratios", "recent_trends", "rounding",
    "run_charts", "scottish_inequality", "secondary_suppression", "series", "significance",
    "short_series", "simulated_months",
    "slope_index", "smoothing", "spine_chart", "standard_population",
    "standardisation", "suppression", "targets", "track_records", "waits", "year_end_methods",
    "year_end_targets", "year_ends",
)  # fmt: skip


def rows(estimate):
    """The columns of an estimate as rows, to compare."""
    return np.array([np.asarray(column) for column in estimate]).T


# What is refused


@pytest.mark.parametrize("level", [0.5, 50, 95, 1.0, NAN])
def test_a_confidence_is_a_share_from_nine_tenths(level):
    with pytest.raises(ValueError, match="confidence is a share"):
        z_score(level)


ONE = Estimate(*floats([1.0], [0.5], [2.0]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: wilson_interval([-1], [5]), "numerator is below zero"),
        (lambda: wilson_interval([0], [0]), "denominator is zero or less"),
        (lambda: wilson_interval([6], [5]), "above its denominator"),
        (lambda: proportion([1], [5], per=0), "per must be above zero"),
        (lambda: byar_interval([-1]), "count is below zero"),
        (lambda: count_interval([-1]), "count is below zero"),
        (lambda: exact_poisson_interval([-1]), "count is below zero"),
        (lambda: rate([1], [0]), "population is zero or less"),
        (lambda: count_interval([1], methods="Wales"), "no such method set: Wales"),
        (lambda: finite_population_interval([6], [5], [9]), "above the number asked"),
        (lambda: means([1.0], [0, 1]), "each value needs"),
        (lambda: means([1.0], [0.0]), "each value needs"),
        (lambda: means([1.0], [-1]), "numbered below zero"),
        (lambda: mean_interval([1], [-1], [5]), "deviation is below zero"),
        (lambda: direct_rate([-1], [5], [1]), "count is below zero"),
        (lambda: direct_rate([1], [0], [1]), "population is zero or less"),
        (lambda: direct_rate([1], [5], [-1]), "weight is below zero"),
        (lambda: direct_rate_of_repeats([[1]], [0], [5], [1]), "whole numbers from 1"),
        (lambda: expected_events([5], [1], [0]), "reference population is zero"),
        (lambda: indirect_ratio([5], [0]), "expected number is zero or less"),
        (lambda: limit_ranks([5], 0), "percent lies between"),
        (lambda: limit_ranks([5.5], 50), "not a whole number"),
        (lambda: percentile_of_waits([1, 2], [0]), "each wait needs"),
        (lambda: percentile_of_histogram([1], [-1]), "missing or below 0"),
        (lambda: percentile_of_histogram([1], [NAN]), "missing or below 0"),
        (lambda: proportion_ratio(1, 0, 1, 5), "denominator is zero or less"),
        (lambda: rate_ratio(-1, 5, 1, 5), "count is below zero"),
        (lambda: life_expectancy([1] * 19, [9] * 19), "20 age bands"),
        (lambda: life_expectancy([-1] * 20, [9] * 20), "deaths is below zero"),
        (lambda: slope_index([1.0] * 4, [1] * 4), "5 to 100 quantiles"),
        (lambda: slope_index([1.0] * 5, [0] * 5), "population is zero or less"),
        (lambda: slope_index([2.0] * 5, [1] * 5, kind="proportion"), "outside 0 to 1"),
        (lambda: slope_index([1.0] * 5, [1] * 5, transform=True), "only a rate or a proportion"),
        (lambda: slope_index([1.0] * 5, [1] * 5, kind="mean"), "no such kind of figure"),
        (lambda: slope_index([1.0] * 5, [1] * 5, per=0), "per is not zero"),
        (lambda: slope_index_limits(FIVE, [1] * 5, [1] * 5, seed=1, draws=999), "at least 1000"),
        (lambda: slope_index_limits(FIVE, [1] * 5, [-1] * 5, seed=1), "error is below zero"),
        (
            lambda: slope_index_below(FIVE, [1] * 5, [1] * 5, [0], seed=1, index="steep"),
            "no such index: steep",
        ),
        (lambda: scaled_events_below(ONE, [-1], Interval(*ONE[1:]), [1]), "count is below zero"),
        (lambda: student_below([1], [-1], [3], [1]), "margin is below zero"),
        (lambda: student_below([1], [1], [0], [1]), "no degrees of freedom"),
        (lambda: estimate_below([1], [-1], [1]), "margin is below zero"),
        (lambda: error_of_limits([2], [1]), "above its upper"),
        (lambda: error_of_limits([0], [1], "rate"), "no logarithm"),
        (lambda: error_of_limits([0.5], [11], "proportion"), "no logit"),
        (lambda: scottish_slope_index([1.0] * 6, [1] * 6), "5 or 10 quantiles"),
        (lambda: scottish_slope_index([1.0] * 5, [0] * 5), "population is zero or less"),
        (lambda: european_standard_population(-1), "ages go from"),
        (lambda: european_standard_population(20, 10), "ages go from"),
        (lambda: statistic_label("total"), "no such kind of statistic"),
    ],
)
def test_wrong_numbers_are_refused_with_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_limits_that_do_not_hold_their_figure_are_refused():
    crossed = Estimate(*floats([5.0], [6.0], [7.0]))
    sound = Estimate(*floats([5.0], [4.0], [7.0]))
    for compare in (difference, ratio_of):
        with pytest.raises(ValueError, match="outside its own limits"):
            compare(sound, crossed)
    negative = Estimate(*floats([5.0], [-4.0], [7.0]))
    with pytest.raises(ValueError, match="lower limit is below zero"):
        ratio_of(sound, negative)


# Missing stays missing


@pytest.mark.parametrize("methods", ["England", "Scotland"])
def test_a_missing_number_gives_a_missing_figure_and_never_a_zero(methods):
    for figure in (proportion, rate):
        assert np.isnan(rows(figure([NAN, 0, NAN], [5, NAN, NAN], methods=methods))).all()
        assert not np.isnan(rows(figure([0], [5], methods=methods))).any()
    assert np.isnan(rows(count_interval([NAN], methods=methods))).all()


def test_a_missing_band_makes_the_place_missing_unless_blank_means_none():
    x, n, w = [[NAN, 20.0], [5.0, 20.0]], [100, 200], [3, 2]
    assert np.isnan(direct_rate(x, n, w).value).tolist() == [True, False]
    blank = direct_rate(x, n, w, missing_is_zero=True)
    none = direct_rate([[0, 20.0], [5.0, 20.0]], n, w)
    assert np.allclose(rows(blank), rows(none))
    assert np.isnan(expected_events([NAN, 5], [1, 1], [9, 9]))
    assert expected_events([NAN, 9], [1, 1], [9, 9], missing_is_zero=True) == 1


def test_a_missing_value_makes_its_group_missing_and_no_other():
    found = means([1.0, NAN, 3.0, 5.0], [0, 0, 1, 1], groups=3)
    assert np.isnan(found.value).tolist() == [True, False, True]
    assert found.size.tolist() == [2, 2, 0]


def test_a_wait_that_nobody_knows_is_left_out():
    found = percentile_of_waits([NAN, 4, 6, NAN], [0, 0, 0, 1])
    assert found.value.tolist()[0] == 5
    assert np.isnan(found.value[1]) and np.isnan(found.lower).all()
    assert np.isnan(percentile_of_histogram([], []).value)
    assert np.isnan(percentile_of_histogram([3], [0]).value)


def test_a_missing_quantile_makes_a_place_missing():
    values = np.array([FIVE, FIVE])
    values[1, 2] = NAN
    people = np.full((2, 5), 100)
    assert np.isnan(slope_index(values, people).sii).tolist() == [False, True]
    limits = slope_index_limits(values, people, np.full((2, 5), 0.3), seed=1, draws=2000)
    assert np.isnan(limits.rii.upper).tolist() == [False, True]
    for measure in (population_attributable_risk, lambda r, p: ranges(r, p).relative):
        assert np.isnan(measure(values, people)).tolist() == [False, True]
    assert np.isnan(scottish_slope_index(values, people).value).tolist() == [False, True]


# Edges


def test_wilson_limits_end_exactly_at_nothing_and_all():
    for n in (1, 7, 1000, 10**7):
        assert wilson_interval(0, n).lower == 0
        assert wilson_interval(n, n).upper == 1
    lower, upper = wilson_interval([3, NAN], [5, 5], confidence=1)
    assert np.array([lower, upper]).T[0].tolist() == [0, 1] and np.isnan(lower[1])


def test_ten_events_are_enough_for_byars_limits_and_nine_are_not():
    nine, ten = (count_interval(count) for count in (9, 10))
    assert nine == exact_poisson_interval(9) and ten == byar_interval(10)
    assert count_methods([9, 9.5, 10]).tolist() == ["Exact", "Exact", "Byars"]
    half = count_interval([9.5, 3.0])  # a weighted count has no place in the table
    assert np.allclose(half.lower, exact_poisson_interval([9.5, 3.0]).lower)


def test_the_scottish_set_has_byars_limits_at_every_count_and_no_negative_one():
    assert np.isnan(byar_interval(1, confidence=0.998).lower)
    assert byar_interval(1, confidence=0.998, methods="Scotland").lower == 0
    few = count_interval([0, 1, 9], methods="Scotland")
    assert few.lower[0] == 0 and few.upper[2] != exact_poisson_interval(9).upper
    assert count_methods([0, 1], methods="Scotland").tolist() == [labels.BYARS, labels.BYARS]
    assert method_set("Scotland").words != method_set("England").words


def test_a_directly_standardised_rate_needs_ten_events_in_england():
    n, w = [1000, 1000], [1, 1]
    assert np.isnan(rows(direct_rate([4, 5], n, w))).all()
    assert not np.isnan(rows(direct_rate([5, 5], n, w))).any()
    scottish = direct_rate([4, 5], n, w, methods="Scotland")
    assert scottish.lower < scottish.value < scottish.upper
    nothing = direct_rate([0, 0], n, w, methods="Scotland")
    assert (nothing.value, nothing.lower) == (0, 0) and np.isnan(nothing.upper)


def test_one_value_has_a_mean_and_no_limits():
    found = means([3.0], [0])
    assert found.value[0] == 3 and np.isnan(found.lower[0]) and np.isnan(found.deviation[0])


def test_few_waits_have_a_median_and_no_limits():
    ranks = limit_ranks([0, 5, 6, NAN], 50)
    assert ranks.lower.tolist() == [0, 0, 1, 0] and ranks.upper.tolist() == [0, 0, 6, 0]
    assert limit_ranks([100], 95).upper.tolist() == [100]
    assert limit_ranks([70], 95).upper.tolist() == [0]  # no wait is so long


def test_figures_of_nothing_have_no_ratio():
    nothing = Estimate(*floats([0.0], [0.0], [3.0]))
    some = Estimate(*floats([5.0], [2.0], [9.0]))
    assert np.isnan(rows(ratio_of(nothing, some))).all()
    fallen = ratio_of(some, nothing)
    assert (fallen.value[0], fallen.lower[0]) == (0, 0) and np.isnan(fallen.upper[0])
    assert np.isnan(rate_ratio([0], [9], [4], [9]).value[0])
    assert rate_ratio([4], [9], [0], [9]).value[0] == 0
    assert np.isnan(rows(proportion_ratio([0], [9], [4], [9]))).all()


def test_an_area_too_small_or_with_no_last_band_has_no_life_expectancy():
    deaths, people = np.full(20, 2.0), np.full(20, 251.0)
    assert not np.isnan(life_expectancy(deaths, people).upper).any()
    assert np.isnan(life_expectancy(deaths, np.full(20, 250.0)).upper).all()
    for wrong in (300.0, NAN):  # more died than lived; nobody knows
        of_one = deaths.copy()
        of_one[3] = wrong
        assert np.isnan(life_expectancy(of_one, people).upper).all()
    none_last = deaths.copy()
    none_last[-1] = 0
    assert np.isnan(life_expectancy(none_last, people).upper).all()
    no_people = people.copy()
    no_people[5] = 0
    assert np.isnan(life_expectancy(deaths, no_people).upper).all()


def test_a_life_expectancy_with_too_wide_limits_is_not_given_and_its_limits_are():
    deaths, people = np.full(20, 0.05), np.full(20, 300.0)
    found = life_expectancy(deaths, people)
    assert np.isnan(found.value[0]) and found.upper[0] - found.lower[0] > 20


def test_where_nobody_dies_in_a_band_the_table_goes_on():
    deaths, people = np.full(20, 5.0), np.full(20, 1000.0)
    deaths[2], deaths[-1] = 0, 200
    found = life_expectancy(deaths, people)
    assert np.isfinite(rows(found)).all()
    assert found.value[2] == pytest.approx(found.value[3] + 5)


def test_the_scottish_relative_index_is_not_the_english_one():
    people = [100] * 5
    english = slope_index(FIVE, people).rii
    scottish = scottish_relative_index(scottish_slope_index(FIVE, people), np.mean(FIVE)).value
    assert english == pytest.approx(5.725 / 10.475) and scottish == pytest.approx(4.75 / 8.1)
    with pytest.raises(ValueError, match="overall rate is zero"):
        scottish_relative_index(scottish_slope_index(FIVE, people), 0)


def test_the_same_seed_gives_the_same_limits_whoever_else_is_in_the_table():
    people, error = np.full((2, 5), 100), np.full((2, 5), 0.3)
    both = slope_index_limits([FIVE, FIVE[::-1]], people, error, seed=7, draws=2000)
    alone = slope_index_limits(FIVE[::-1], people[0], error[0], seed=7, draws=2000)
    assert both.sii.lower[1] == alone.sii.lower and both.rii.upper[1] == alone.rii.upper
    other = slope_index_limits(FIVE[::-1], people[0], error[0], seed=8, draws=2000)
    assert other.sii.lower != alone.sii.lower


def test_parts_of_the_standard_population_are_those_scotland_uses():
    expected = {(16, None): 82_900, (0, 15): 17_100, (0, 25): 28_700, (11, 25): 17_100}
    for ages, people in {**expected, (15, 25): 12_700}.items():
        assert european_standard_population(*ages).sum() == pytest.approx(people)
    weights = european_standard_population(11, 25)
    assert weights[2] == pytest.approx(4400) and weights[5] == pytest.approx(1200)


# Published examples


def test_the_limits_of_newcombes_table_come_out():
    """Newcombe (1998), Statistics in Medicine 17, table II, method 10."""
    examples = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 20): (-0.1611, 0.2775),
        (0, 10, 0, 10): (-0.2775, 0.2775),
        (10, 10, 0, 20): (0.6791, 1.0000),
        (10, 10, 0, 10): (0.6075, 1.0000),
    }
    for (a, m, b, n), limits in examples.items():
        found = proportion_difference(b, n, a, m)
        assert [round(float(limit), 4) for limit in found[1:]] == pytest.approx(limits, abs=6e-5)


def test_limits_of_a_count_are_those_of_the_published_table():
    """Exact 95% limits: Garwood (1936), as tabulated in most textbooks."""
    table = {0: (0, 3.689), 1: (0.0253, 5.572), 2: (0.242, 7.225), 5: (1.624, 11.668)}
    for count, limits in table.items():
        assert [*count_interval(count)] == pytest.approx(limits, rel=1e-3)


@pytest.mark.parametrize("name", OURS)
def test_scipy_is_imported_where_it_is_needed_and_not_at_the_head(name):
    """It takes a second, and whoever rounds a number imports this room."""
    tree = ast.parse(inspect.getsource(importlib.import_module(f"outturn.statistics.{name}")))
    heads = [line for line in tree.body if isinstance(line, ast.Import | ast.ImportFrom)]
    assert not [line for line in heads if "scipy" in ast.unparse(line)]


def test_the_whole_room_is_imported_without_scipy():
    code = (
        "import sys, outturn.statistics; sys.exit(any(n.startswith('scipy') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
