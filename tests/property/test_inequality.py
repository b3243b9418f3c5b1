"""Life tables and measures of inequality: plain tables, straight lines, coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outturn.statistics.columns import special
from outturn.statistics.life_expectancy import AGES, life_expectancy
from outturn.statistics.method_sets import z_score
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

RATES = st.lists(st.floats(1, 100), min_size=5, max_size=10)


# Life tables


def plainly(deaths, population):
    """The life table in plain Python, one band after another."""
    width = [b - a for a, b in zip(AGES, AGES[1:], strict=False)]
    alive, living, person_years, dying = [100_000.0], [], [], []
    for place, n in enumerate(width):
        rate_ = deaths[place] / population[place]
        part = 0.1 if place == 0 else 0.5
        q = min(1.0, rate_ * n / (1 + rate_ * n * (1 - part)))
        died = alive[-1] * q
        person_years.append(n * (alive[-1] - died + part * died))
        dying.append(q)
        living.append(part)
        alive.append(alive[-1] - died)
    person_years.append(alive[-1] * population[-1] / deaths[-1])
    return [sum(person_years[place:]) / alive[place] for place in range(20)]


DEATHS = st.lists(st.integers(1, 300), min_size=20, max_size=20)


@given(DEATHS)
def test_a_life_table_is_the_plain_one(deaths):
    people = np.full(20, 5000.0)
    found = life_expectancy(deaths, people)
    middle = (found.lower + found.upper) / 2
    assert np.allclose(middle, plainly(deaths, people))
    # At 90 and over it is the closed form: people over deaths.
    assert np.isclose(middle[-1], 5000 / deaths[-1])


@given(DEATHS, st.integers(0, 19))
def test_a_death_more_never_lengthens_life_at_birth(deaths, band):
    people = np.full(20, 5000.0)
    more = list(deaths)
    more[band] += 1
    here, there = (sum(life_expectancy(d, people)[1:])[0] for d in (deaths, more))
    assert there < here


def test_limits_of_life_expectancy_cover_as_often_as_they_say():
    chance = np.random.default_rng(6)
    people = np.linspace(9000, 1500, 20)
    rates = 0.0006 * np.exp(np.linspace(0, 5.8, 20))
    draws = 3000
    found = life_expectancy(np.minimum(chance.poisson(people * rates, (draws, 20)), people), people)
    true = life_expectancy(people * rates, people).value[0]
    share = np.mean((found.lower[:, 0] <= true) & (found.upper[:, 0] >= true))
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / draws) + 0.01


# Inequality


@given(RATES, st.floats(0.1, 5), st.floats(-5, 5))
def test_a_slope_index_is_the_gap_between_the_ends_of_a_straight_line(rates, slope, start):
    people = np.array(rates)
    share = people / people.sum()
    rank = np.cumsum(share) - share / 2
    found = slope_index(start + 20 + slope * rank, people, per=10)
    assert np.isclose(found.sii, 10 * slope)
    assert np.isclose(found.rii, (start + 20 + slope) / (start + 20))
    turned = slope_index(start + 20 + slope * rank, people, per=-10)
    assert np.isclose(turned.sii, -found.sii) and np.isclose(turned.rii, 1 / found.rii)


@pytest.mark.parametrize(("kind", "bend"), [("rate", np.exp), ("proportion", special("expit"))])
def test_a_line_on_a_bent_scale_is_found_there(kind, bend):
    rank = np.linspace(0.1, 0.9, 5)
    value = bend(-2 + 0.7 * rank)
    found = slope_index(value, np.ones(5), kind=kind, transform=True)
    assert np.isclose(found.sii, bend(-1.3) - bend(-2))
    error = np.full(5, 0.02)
    limits = slope_index_limits(value, np.ones(5), error, kind=kind, transform=True, seed=1)
    assert limits.sii.lower < found.sii < limits.sii.upper
    again = slope_index_limits(value, np.ones(5), error, kind=kind, transform=True, seed=1, per=-1)
    assert np.isclose(again.sii.lower, -limits.sii.upper)
    assert np.isclose(again.rii.lower, 1 / limits.rii.upper)


def test_simulated_limits_are_those_of_the_normal_slope():
    """The slope is a sum of normal draws, so its limits have a closed form."""
    rank = np.linspace(0.1, 0.9, 5)
    away = (rank - 0.5) / ((rank - 0.5) ** 2).sum()
    error = np.array([0.5, 0.4, 0.6, 0.5, 0.3])
    spread = math.sqrt((away**2 * error**2).sum())
    found = slope_index_limits([9, 8, 8, 7, 5], [10] * 5, error, seed=2, draws=400_000)
    middle = slope_index([9, 8, 8, 7, 5], [10] * 5).sii
    assert np.isclose(found.sii.lower, middle - 1.959964 * spread, atol=0.01 * spread)
    assert np.isclose(found.sii.upper, middle + 1.959964 * spread, atol=0.01 * spread)


@given(
    st.lists(st.floats(0.05, 0.9), min_size=5, max_size=7),
    st.floats(0.01, 0.5),
    st.sampled_from(["other", "rate", "proportion"]),
    st.sampled_from([1, -1, 100]),
)
def test_a_limit_of_an_index_is_passed_by_the_tail_of_its_draws(values, error, kind, per):
    """And nothing lies between: whichever way the limits are found, the draws are the same."""
    asked = (values, [10] * len(values), [error] * len(values))
    how = {"seed": 5, "draws": 2000, "kind": kind, "per": per}
    limits = slope_index_limits(*asked, **how)
    for index, found in (("slope", limits.sii), ("relative", limits.rii)):
        levels = [float(found.lower), float(found.upper), np.nan]
        below = slope_index_below(*asked, levels, index=index, **how)
        # The limits are the 50th and the 1,950th draw of 2,000, and each counts half below itself.
        assert np.allclose(below[:2], [49.5 / 2000, 1949.5 / 2000], atol=1.5 / 2000)
        assert np.isnan(below[2])


@given(
    st.lists(st.floats(1, 90), min_size=5, max_size=5),
    st.floats(0.5, 5),
    st.floats(-50, 50),
    st.integers(1, 3),
)
def test_the_chance_of_a_slope_is_that_of_the_normal_slope(values, error, level, seed):
    rank = np.linspace(0.1, 0.9, 5)
    spread = error * math.sqrt((((rank - 0.5) / ((rank - 0.5) ** 2).sum()) ** 2).sum())
    middle = float(slope_index(values, [10] * 5).sii)
    asked = (values, [10] * 5, [error] * 5, [level])
    below = slope_index_below(*asked, seed=seed, index="slope", draws=20_000)
    assert np.isclose(below[0], stats.norm.cdf((level - middle) / spread), atol=0.02)


@given(st.floats(0.1, 0.4), st.floats(0.01, 0.4))
def test_an_error_gives_its_limits_back(value, error):
    z = z_score(0.95)
    limits = math.log(value) - z * error, math.log(value) + z * error
    assert np.isclose(error_of_limits(*np.exp(limits), "rate"), error)


@given(st.lists(st.floats(1, 100), min_size=5, max_size=5))
def test_scottish_measures_are_the_weighted_fit_and_nothing_when_all_are_equal(rates):
    people = np.array([10.0, 12, 9, 11, 8])
    share = people / people.sum()
    rank = np.cumsum(share) - share / 2
    design = np.sqrt(share)[:, None] * np.array([np.ones(5), rank]).T
    fitted, left, *_ = np.linalg.lstsq(design, np.sqrt(share) * rates, rcond=None)
    found = scottish_slope_index(rates, people)
    assert np.isclose(found.value, -fitted[1], atol=1e-6)
    residual = np.sqrt(share) * rates - design @ fitted
    error = math.sqrt((residual**2).sum() / 3 * np.linalg.inv(design.T @ design)[1, 1])
    half = stats.t.ppf(0.975, 3) * error
    assert np.isclose(found.upper - found.value, half, rtol=1e-6, atol=1e-9)
    assert np.isclose(scottish_relative_index(found, 50.0).value, found.value / 50)
    excess = (share * (np.array(rates) / rates[-1] - 1)).sum()
    risk = population_attributable_risk(rates, people)
    assert np.isclose(risk, 100 * excess / (excess + 1))
    flat = [7.0] * 5
    assert np.isclose(population_attributable_risk(flat, people), 0)
    assert [float(one) for one in ranges(flat, people)] == [0, 1]
