"""A measure's places against their average: limits, over-dispersion, and who is left out."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest

from outturn.benchmarking.funnel import (
    FEWEST_FOR_A_FUNNEL,
    LIMITS,
    NO_SPREAD,
    PLACES,
    TOO_FEW,
    funnel,
)
from outturn.framework.model import Measure, Tally
from outturn.terms.records import VALUES, fitted

SIZES = [100, 150, 200, 300, 400, 600, 800, 1000, 1500]
Z_95, Z_99_8 = (NormalDist().inv_cdf(1 - tail) for tail in (0.025, 0.001))


def _measure(**more):
    facts = {"kind": "proportion", "unit": "%", "aim": "higher", "per": 100.0}
    return Measure(id="m", title="M", definition="1", **(facts | more))


def _values(counts, *, per=100.0, values=None):
    rows = [
        {
            "measure": "m", "place": f"P{n}", "period": "2024-04-01/P1Y", "breakdown": "all",
            "category": "all", "numerator": float(top), "denominator": float(bottom),
            "value": top / bottom * per if bottom else None,
        }
        for n, (top, bottom) in enumerate(counts)
    ]  # fmt: skip
    for row, value in zip(rows, values or (), strict=False):
        row["value"] = value
    return fitted(pl.DataFrame(rows), VALUES)


def _codes(values):
    return values["place"].to_list()


EVEN = [(size // 5, size) for size in SIZES]  # a fifth everywhere: no place differs at all


def test_places_that_do_not_differ_have_the_normal_limits_about_their_average():
    values = _values([*EVEN, (45, 100)])
    found = funnel(values, _measure(), _codes(values)[:-1])
    assert not found.is_widened and found.members == len(SIZES)
    assert (found.average, found.over_dispersion) == (20.0, 0.0)
    assert found.places.schema == PLACES and found.limits.schema == LIMITS
    for row in found.places.rows(named=True):
        error = 100 * math.sqrt(0.2 * 0.8 / row["size"])
        assert row["upper"] == pytest.approx(20 + Z_95 * error)
        assert row["lower_outer"] == pytest.approx(20 - Z_99_8 * error)
    # 45% of 100 is more than six errors above: told although it does not belong to the group.
    last = found.places.row(-1, named=True)
    assert (last["listed"], last["stands"], last["beyond"]) == (False, "better", "99.8%")
    assert (found.outside, found.outside_of_chance, found.left_out) == (0, 0, 0)


@pytest.mark.parametrize(
    ("aim", "above", "below"),
    [("higher", "better", "worse"), ("lower", "worse", "better"), ("none", "higher", "lower"),
     ("band", "higher", "lower")],
)  # fmt: skip
def test_which_side_is_good_goes_by_the_aim_and_otherwise_is_only_higher_or_lower(
    aim, above, below
):
    values = _values([*EVEN, (45, 100), (2, 100), (28, 100)])
    found = funnel(values, _measure(aim=aim, band=(1.0, 2.0)), _codes(values)[:-3])
    assert found.places["stands"].to_list()[-3:] == [above, below, above]
    assert found.places["beyond"].to_list()[-3:] == ["99.8%", "99.8%", "95%"]
    assert set(found.places["stands"].to_list()[:-3]) == {"similar"}


def test_places_that_differ_by_more_than_chance_have_wider_limits_and_that_is_told():
    shares = (0.05, 0.1, 0.35, 0.2, 0.12, 0.3, 0.4, 0.22, 0.08)
    values = _values([(round(s * n), n) for s, n in zip(shares, SIZES, strict=True)])
    found = funnel(values, _measure(), _codes(values))
    # Worked out again in the plain way: squared deviates on the scale of the arcsine, winsorised.
    tops = values["numerator"].to_list()
    middle = math.asin(math.sqrt(sum(tops) / sum(SIZES)))
    deviates = sorted(
        2 * math.sqrt(n) * (math.asin(math.sqrt(x / n)) - middle)
        for x, n in zip(tops, SIZES, strict=True)
    )
    low, high = (_quantile(deviates, share) for share in (0.1, 0.9))
    drawn_in = [min(max(one, low), high) for one in deviates]
    phi = sum(one * one for one in drawn_in) / len(drawn_in)
    assert found.over_dispersion == pytest.approx(phi)
    weights = [4 * n for n in SIZES]
    total = sum(weights)
    tau = (len(SIZES) * phi - (len(SIZES) - 1)) / (total - sum(w * w for w in weights) / total)
    for row in found.places.rows(named=True):
        half = Z_99_8 * math.sqrt(1 / (4 * row["size"]) + tau)
        upper = math.sin(min(middle + half, math.pi / 2)) ** 2
        assert row["upper_outer"] == pytest.approx(100 * upper)
    assert found.is_widened and found.outside < found.outside_of_chance and found.differs


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("places", [8, 12])
def test_funnels_drawn_by_chance_are_said_to_differ_no_more_than_five_times_in_a_hundred(
    kind, places
):
    draws = np.random.default_rng(20261127)
    measure, said, wide = _measure(kind=kind), 0, 0
    sizes = draws.integers(200, 800, size=places)
    for _ in range(200):
        counts = list(zip(draws.binomial(sizes, 0.1), sizes, strict=True))
        values = _values(counts)
        found = funnel(values, measure, _codes(values))
        said, wide = said + found.differs, wide + found.is_widened
    assert said <= 20 and said < wide  # of 200 are 10 due; as many as are widened would be false


def test_places_that_differ_by_more_than_chance_are_said_to_also_where_the_ends_alone_do():
    values = _values([*EVEN, (200, 1000), (300, 1000)])
    found = funnel(values, _measure(kind="rate"), _codes(values))
    assert found.differs and not found.is_widened and found.outside == 1


@pytest.mark.parametrize("events", [1, 98])  # what is rare may be those with an event or without
def test_a_place_of_which_less_than_one_event_is_expected_does_not_make_all_differ(events):
    """Two people, one of whom it happened to, where it happens to 2 of 100 elsewhere."""
    rare = [(1, 2), *((top, 400) for top in (8, 8, 9, 7, 8, 8, 10, 8, 9, 8, 7))]
    counts = rare if events == 1 else [(bottom - top, bottom) for top, bottom in rare]
    values = _values(counts)
    found = funnel(values, _measure(), _codes(values))
    assert found.differs is False and found.over_dispersion < 1


def test_small_places_are_no_reason_to_say_that_places_differ_more_often_than_by_chance():
    draws = np.random.default_rng(5)
    sizes, said = np.array([2] * 3 + [400] * 9), 0
    for _ in range(200):
        values = _values(list(zip(draws.binomial(sizes, 0.02), sizes, strict=True)))
        said += funnel(values, _measure(), _codes(values)).differs
    assert said <= 16  # of 200 are 10 due; with a table of chance there were 22 and more


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize(
    ("counts", "beyond"),
    [
        ([(6, 10)] * 7 + [(1, 500), (0, 500)], 9),
        ([(6, 10)] * 3 + [(0, 10)] * 4 + [(200, 10000), (201, 10000)], 3),
        ([(6, 10)] * 1 + [(0, 10)] * 20 + [(200, 10000), (201, 10000)], 1),
    ],
)
def test_small_places_that_differ_are_asked_too(kind, counts, beyond):
    """Less than one event is expected of each place of 10, and 6 are no chance."""
    values = _values(counts)
    found = funnel(values, _measure(kind=kind), _codes(values))
    assert found.differs is True and found.outside_of_chance == beyond


@pytest.mark.parametrize(("kind", "per"), [("proportion", 100.0), ("rate", 1000.0)])
@pytest.mark.parametrize("large", [0, 1, 2])
def test_one_event_must_fall_on_some_place_and_shows_no_difference(kind, per, large):
    counts = [(int(n == 0), 40) for n in range(8)] + [(4, 400)] * large
    values = _values(counts, per=per)
    found = funnel(values, _measure(kind=kind, per=per), _codes(values))
    assert found.differs is False


def test_a_rate_of_which_one_place_has_all_events_differs_though_no_over_dispersion_is_known():
    values = _values([(12, 400)] + [(0, 400)] * 8, per=1000.0)
    found = funnel(values, _measure(kind="rate", per=1000.0), _codes(values))
    assert found.differs is True and found.over_dispersion is None


def test_of_so_many_people_that_none_can_be_drawn_and_a_small_place_nothing_is_said():
    values = _values([(10**8, 10**9)] + [(1, 10)] * 8)
    assert funnel(values, _measure(), _codes(values)).differs is None


def test_few_weighted_answers_are_asked_by_their_effective_number():
    """Those of 10 weights, half as many in effect, are no whole numbers of answers."""
    weights = Tally("answers", "weights", "weight")
    weighted = _measure(numerator=weights, denominator=weights)
    for small, differs in (([(0, 10)] * 7, False), ([(9, 10)] * 7, True)):
        values = _values([*small, (20, 500), (25, 500)]).with_columns(
            effective=pl.col("denominator") * 0.47
        )
        assert funnel(values, weighted, _codes(values)).differs is differs


@pytest.mark.parametrize("expected", [4, 5, 6])
@pytest.mark.parametrize(("step", "differs"), [(0, False), (1, False), (4, True)])
def test_by_draws_and_by_a_table_of_chance_clear_cases_have_one_answer(expected, step, differs):
    """Five events expected of every place are enough for the table; below they are drawn."""
    values = _values([(expected - step, 100), (expected + step, 100)] * 5)
    assert funnel(values, _measure(), _codes(values)).differs is differs


def _quantile(ordered, share):
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def test_a_rate_has_the_exact_poisson_limits_of_the_events_expected():
    from scipy.stats import chi2

    even = [(size // 10, size * 100) for size in SIZES]
    values = _values(even, per=1000.0)
    found = funnel(values, _measure(kind="rate", per=1000.0, aim="lower"), _codes(values))
    assert found.average == 1.0 and not found.is_widened
    # The exact limits of a count at its funnel's limit just reach the events expected.
    for row in found.places.rows(named=True):
        expected = row["size"] / 1000
        few, many = row["lower"] * expected, row["upper"] * expected
        assert row["upper"] > 1 and chi2.ppf(0.025, 2 * many) / 2 == pytest.approx(expected)
        assert row["lower"] < 1 and chi2.ppf(0.975, 2 * few + 2) / 2 == pytest.approx(expected)


def test_a_place_without_events_is_similar_where_chance_often_gives_none():
    # About 2 events are expected of 63 people: none at all has a chance of more than a tenth.
    some = [(size * 32 // 1000 + n % 2, size) for n, size in enumerate(SIZES)]
    values = _values([*some, (0, 63)], per=1000.0)
    measure = _measure(kind="rate", per=1000.0, aim="lower")
    row = funnel(values, measure, _codes(values)).places.row(-1, named=True)
    assert math.exp(-row["size"] * 32 / 1000) > 0.1
    assert (row["lower"], row["lower_outer"], row["stands"]) == (0.0, 0.0, "similar")
    # Of 1,000 people 32 are expected, and none is hardly chance.
    large = _values([*some, (0, 1000)], per=1000.0)
    last = funnel(large, measure, _codes(large)).places.row(-1, named=True)
    assert (last["stands"], last["beyond"]) == ("better", "99.8%")


def test_a_figure_on_a_limit_lies_within_it():
    values = _values([*EVEN, (25, 100)])
    limit = 20 + Z_95 * 100 * math.sqrt(0.2 * 0.8 / 100)
    on = values.with_columns(value=pl.when(pl.col("place") == "P9").then(25.0).otherwise("value"))
    near = _measure(decimals=0)
    assert funnel(on, near, _codes(values)[:-1]).places["beyond"].to_list()[-1] == ""
    assert limit > 25.0


def test_a_place_whose_figure_does_not_follow_from_its_counts_is_left_out_and_counted():
    values = _values([*EVEN, (20, 100), (30, 100)], values=[20.0] * 9 + [80.0, None])
    found = funnel(values, _measure(), _codes(values))
    assert found.left_out == 2 and found.places.height == 9


def test_several_periods_behind_one_figure_count_in_its_size():
    values = _values(EVEN).with_columns(spans=pl.lit(2, pl.Int64), value=pl.lit(10.0))
    found = funnel(values, _measure(), _codes(values))
    assert found.average == 10.0
    assert found.places["size"].to_list() == [2.0 * size for size in SIZES]


def test_few_places_or_a_group_without_any_spread_make_no_funnel():
    few = _values(EVEN[: FEWEST_FOR_A_FUNNEL - 1])
    assert funnel(few, _measure(), _codes(few)) == TOO_FEW
    nobody = _values([(0, size) for size in SIZES])
    assert funnel(nobody, _measure(), _codes(nobody)) == NO_SPREAD
    everybody = _values([(size, size) for size in SIZES])
    assert funnel(everybody, _measure(), _codes(everybody)) == NO_SPREAD
    unlisted = _values(EVEN)
    assert funnel(unlisted, _measure(), ["P0"]) == TOO_FEW


def test_places_without_events_say_nothing_of_the_over_dispersion_of_a_rate_and_are_counted():
    some = [(size // 10 + n % 3, size * 100) for n, size in enumerate(SIZES)]
    measure = _measure(kind="rate", per=1000.0)
    values = _values([*some, (0, 5000)], per=1000.0)
    found = funnel(values, measure, _codes(values))
    assert (found.without_events, found.left_out, found.places.height) == (1, 0, 10)
    assert funnel(values, measure, _codes(values)[:-1]).without_events == 0


def test_weighted_answers_stand_at_their_effective_number_and_not_at_the_sum_of_their_weights():
    """Ten times the weights say no more of a place: the funnel is that of the effective numbers."""
    weights = Tally("answers", "weights", "weight")
    weighted = _measure(numerator=weights, denominator=weights)
    counts = [(size // 5 + (n - 4) * 4, size) for n, size in enumerate(SIZES)]
    plain = _values(counts)
    ours = plain.with_columns(
        numerator=pl.col("numerator") * 10, denominator=pl.col("denominator") * 10,
        effective=pl.col("denominator"),
    )  # fmt: skip
    found = funnel(ours, weighted, _codes(ours))
    expected = funnel(plain, _measure(), _codes(plain))
    assert found.places["size"].to_list() == SIZES
    assert found.average == pytest.approx(expected.average)
    for name in LIMITS:
        apart = (found.places[name] - expected.places[name]).abs()
        assert apart.max() < 1e-9
    assert found.places["stands"].to_list() == expected.places["stands"].to_list()


def test_places_whose_effective_number_is_not_known_are_left_out():
    weights = Tally("answers", "weights", "weight")
    values = _values([*EVEN, (45, 100)])
    values = values.with_columns(
        effective=pl.when(pl.col("place") != "P0").then(pl.col("denominator") / 2)
    )
    found = funnel(values, _measure(numerator=weights, denominator=weights), _codes(values))
    assert (found.members, found.left_out) == (len(SIZES), 1)
    none = values.with_columns(effective=pl.lit(None, pl.Float64))
    assert funnel(none, _measure(numerator=weights, denominator=weights), []) == TOO_FEW
