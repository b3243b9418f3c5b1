"""Funnels of random places: never narrower than chance, and told as chance would have it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from outturn.benchmarking.funnel import Funnel, funnel
from outturn.framework.model import Measure
from outturn.statistics.drawn_spread import drawn_chance_of_spread
from outturn.statistics.funnels import INNER, OUTER, proportion_funnel
from outturn.statistics.overdispersion import PROPORTION, SHMI, chance_of_spread
from outturn.terms.records import VALUES, fitted

SIZES = st.sampled_from([5, 20, 100, 1000])
KINDS = st.sampled_from(["rate", "proportion"])
PER = 1000.0
COUNTS = st.lists(
    SIZES.flatmap(lambda size: st.tuples(st.integers(0, max(1, size // 5)), st.just(size))),
    min_size=8,
    max_size=20,
)
TAILS = {"lower": 0.025, "lower_outer": 0.001}


def _funnel(kind, counts) -> Funnel:
    measure = Measure(
        id="m", title="M", definition="1", kind=kind, unit="u", aim="lower", per=PER, decimals=6
    )
    values = pl.DataFrame(
        [
            {"measure": "m", "place": f"P{n}", "period": "2024-04-01/P1Y", "breakdown": "all",
             "category": "all", "numerator": float(top), "denominator": float(bottom),
             "value": top / bottom * PER}
            for n, (top, bottom) in enumerate(counts)
        ]
    )  # fmt: skip
    found = funnel(fitted(values, VALUES), measure, values["place"].to_list())
    assume(not isinstance(found, str))
    assert isinstance(found, Funnel)
    return found


@given(KINDS, COUNTS)
def test_widened_limits_are_never_narrower_than_those_of_chance(kind, counts):
    found = _funnel(kind, counts)
    assert found.outside <= found.outside_of_chance
    for row in found.places.rows(named=True):
        assert row["lower_outer"] <= row["lower"] <= found.average * (1 + 1e-9)
        assert row["upper_outer"] >= row["upper"] >= found.average * (1 - 1e-9)


@given(COUNTS)
def test_widened_limits_of_a_proportion_hold_the_normal_ones(counts):
    found = _funnel("proportion", counts)
    sizes = found.places["size"].to_numpy()
    for confidence, end in ((INNER, ""), (OUTER, "_outer")):
        chance = proportion_funnel(sizes, found.average / PER, per=PER, confidence=confidence)
        assert (found.places[f"lower{end}"].to_numpy() <= chance.lower + 1e-9).all()
        assert (found.places[f"upper{end}"].to_numpy() >= chance.upper - 1e-9).all()


@given(COUNTS)
def test_a_place_of_a_rate_beyond_the_limits_is_one_that_chance_seldom_gives(counts):
    found = _funnel("rate", counts)
    for (count, size), row in zip(counts, found.places.rows(named=True), strict=True):
        expected = size * found.average / PER
        chance = min(stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected))
        if row["beyond"]:
            tail = 0.001 if row["beyond"] == "99.8%" else 0.025
            assert chance < tail * (1 + 1e-6)
        elif not found.is_widened:
            assert chance > 0.025 * (1 - 1e-6)


@given(COUNTS)
def test_the_limits_of_a_rate_reach_nothing_where_chance_gives_no_events_more_often_than_the_tail(
    counts,
):
    found = _funnel("rate", counts)
    expected = found.places["size"].to_numpy() * found.average / PER
    for name in ("lower", "lower_outer"):
        often = np.exp(-expected) > TAILS[name]
        assert (found.places[name].to_numpy()[often] == 0).all()


@given(COUNTS)
def test_the_chance_of_a_spread_is_that_of_a_table_with_those_who_have_it_and_those_who_have_not(
    counts,
):
    top, of = np.array(counts, float).T
    chance = chance_of_spread(top, of, "proportion")
    assert (
        (chance_of_spread(top[::-1], of[::-1], "proportion") == chance)
        or np.isnan(chance)
        or (abs(chance_of_spread(top[::-1], of[::-1], "proportion") - chance) < 1e-9)
    )
    if 0 < top.sum() < of.sum():
        table = stats.chi2_contingency(np.array([top, of - top]), correction=False)
        assert abs(chance - table.pvalue) < 1e-9
    else:
        assert np.isnan(chance)


@given(st.sampled_from([SHMI, PROPORTION]), COUNTS, st.randoms(use_true_random=False))
def test_the_drawn_chance_of_a_spread_is_a_share_of_the_draws_in_whatever_order_places_come(
    kind, counts, shuffled
):
    chance = drawn_chance_of_spread(*np.array(counts, float).T, kind, seed=1, draws=199)
    assert np.isnan(chance) or round(chance * 200) / 200 == chance > 0
    other = counts[:]
    shuffled.shuffle(other)
    again = drawn_chance_of_spread(*np.array(other, float).T, kind, seed=1, draws=199)
    assert again == chance or np.isnan([again, chance]).all()
    missing = np.array([*counts, (np.nan, 5.0), (3.0, np.nan)], float).T
    beside = drawn_chance_of_spread(*missing, kind, seed=1, draws=199)
    assert beside == chance or np.isnan([beside, chance]).all()


@given(COUNTS)
def test_the_drawn_chance_of_a_spread_does_not_ask_whether_those_with_or_without_are_counted(
    counts,
):
    top, of = np.array(counts, float).T
    chance = drawn_chance_of_spread(top, of, PROPORTION, seed=1, draws=1_999)
    turned = drawn_chance_of_spread(of - top, of, PROPORTION, seed=2, draws=1_999)
    # Draws of their own: five standard errors of the difference of two shares of 2,000.
    assert np.isnan([chance, turned]).all() or abs(chance - turned) <= 5 * np.sqrt(0.5 / 2_000)


@given(st.integers(1, 6), st.lists(st.integers(1, 6), min_size=2, max_size=4))
def test_the_drawn_chance_of_a_spread_is_that_of_every_way_in_which_the_events_may_fall(
    events, sizes
):
    """Worked out by all tables with these totals, each by its chance in plain Python."""
    events = min(events, sum(sizes) - 1)
    tables = [
        (found, math.prod(math.comb(n, x) for n, x in zip(sizes, found, strict=True)))
        for found in itertools.product(*(range(n + 1) for n in sizes))
        if sum(found) == events
    ]
    whole = sum(ways for _, ways in tables)
    apart = {found: _deviance(found, sizes) for found, _ in tables}
    for found, _ in (tables[0], tables[len(tables) // 2]):
        exact = sum(w for one, w in tables if apart[one] >= apart[found] - 1e-9) / whole
        drawn = drawn_chance_of_spread(found, sizes, PROPORTION, seed=1)
        assert abs(drawn - exact) <= 5 * math.sqrt(exact * (1 - exact) / 1_999) + 1 / 2_000


def _deviance(counted, sizes):
    share = sum(counted) / sum(sizes)
    return 2 * sum(
        x * math.log(x / (n * part))
        for counts, part in (
            (counted, share),
            ([n - x for n, x in zip(sizes, counted, strict=True)], 1 - share),
        )
        for x, n in zip(counts, sizes, strict=True)
        if x
    )
