"""Control charts, run charts and trends against their plain meaning, on random series."""

from __future__ import annotations

import itertools
import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from outturn.statistics.attribute_charts import c_limits, p_limits, u_limits
from outturn.statistics.change_points import FEWEST, possible_changes
from outturn.statistics.chart_icons import ASSURANCES, VARIATIONS, assurance, variation
from outturn.statistics.chart_rules import special_causes
from outturn.statistics.control_charts import has_few_events, xmr_limits
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.statistics.rare_event_charts import g_limits, t_limits
from outturn.statistics.recent_trends import (
    DECREASING,
    INCREASING,
    recent_trend,
    recent_trend_of_proportion,
)
from outturn.statistics.run_charts import run_chart
from outturn.statistics.series import segment_numbers

NUMBER = st.integers(-30, 30).map(lambda n: n / 4)
SERIES = st.lists(st.one_of(st.just(float("nan")), NUMBER), min_size=1, max_size=40)
WHOLE = st.lists(NUMBER, min_size=8, max_size=25)


@st.composite
def stepped(draw):
    values = draw(SERIES)
    steps = draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    return np.array(values), np.cumsum([False, *steps[1:]])


def plain_limits(values, screened):
    """The limits of one segment, as the reference says it in words."""
    known = [one for one in values if one == one]
    ranges = [abs(b - a) for a, b in itertools.pairwise(values) if a == a and b == b]
    if not known or not ranges:
        return np.nan
    average = sum(ranges) / len(ranges)
    if average == 0 and min(known) < max(known):
        return np.nan
    if screened:
        kept = [one for one in ranges if one < 3.267 * average]
        average = sum(kept) / len(kept) if kept and sum(kept) else average
    return sum(known) / len(known) + 2.66 * average


@given(stepped(), st.booleans())
def test_each_segment_has_the_limits_it_would_have_alone(made, screened):
    values, segment = made
    found = xmr_limits(values, segment, screened=screened)
    for number in np.unique(segment):
        part = segment == number
        expected = plain_limits(values[part].tolist(), screened)
        np.testing.assert_allclose(found.upper[part], expected, rtol=1e-9, atol=1e-9)


@given(stepped(), st.booleans())
def test_limits_are_in_order_and_around_the_mean(made, screened):
    found = xmr_limits(*made, screened=screened)
    lines = [found.lower, found.near_lower, found.centre, found.near_upper, found.upper]
    for low, high in itertools.pairwise(lines):
        assert ((low <= high) | np.isnan(low) | np.isnan(high)).all()


def plain_causes(values, limits, trend):
    """Which points each rule means, point by point; one segment."""
    size = len(values)
    outside = [
        int(y > u) - int(y < low)
        for y, u, low in zip(values, limits.upper, limits.lower, strict=True)
    ]
    side = [int(y > c) - int(y < c) for y, c in zip(values, limits.centre, strict=True)]
    near = [
        (y > nu or y < nl) and not o
        for y, nu, nl, o in zip(values, limits.near_upper, limits.near_lower, outside, strict=True)
    ]
    shift, pair, rises = [0] * size, [0] * size, [0] * size
    for first in range(size - 6):
        part = side[first : first + 7]
        if part[0] and len(set(part)) == 1:
            shift[first : first + 7] = part
    for first in range(size - 2):
        part = side[first : first + 3]
        if part[0] and len(set(part)) == 1 and sum(near[first : first + 3]) >= 2:
            for at in range(first, first + 3):
                pair[at] = side[at] if near[at] else pair[at]
    for first in range(size - trend + 1):
        part = list(itertools.pairwise(values[first : first + trend]))
        for way in (1, -1):
            if all((b - a) * way > 0 for a, b in part):
                rises[first : first + trend] = [way] * trend
    return outside, rises, pair, shift


@given(SERIES, st.sampled_from([6, 7]))
def test_rules_mean_what_they_say(values, trend):
    limits = xmr_limits(values)
    found = special_causes(values, limits, trend=trend)
    outside, rises, pair, shift = plain_causes(values, limits, trend)
    assert found.outside.tolist() == outside
    if not limits.is_thin.any():
        assert found.trend.tolist() == rises
        assert found.two_of_three.tolist() == pair
        assert found.shift.tolist() == shift
    assert ((found.rule == 0) == (found.direction == 0)).all()


@given(
    st.lists(st.integers(0, 3) | st.just(0) | st.none(), max_size=30),
    st.lists(st.integers(0, 29), max_size=3),
)
def test_events_are_few_where_most_figures_of_a_segment_are_nothing(values, steps):
    figures = [float("nan") if one is None else float(one) for one in values]
    segment = segment_numbers(len(values), sorted({one for one in steps if one < len(values)}))
    found = has_few_events(figures, segment).tolist()
    for number in set(segment.tolist()):
        ours = [one for one, of in zip(values, segment, strict=True) if of == number]
        known = [one for one in ours if one is not None]
        few = bool(known) and max(known) > 0 and statistics.median(known) == 0
        said = {one for one, of in zip(found, segment, strict=True) if of == number}
        assert said == {few}


@given(SERIES)
def test_upside_down_every_direction_turns(values):
    up, down = np.array(values), -np.array(values)
    first, second = (special_causes(one, xmr_limits(one)) for one in (up, down))
    assert (first.rule == second.rule).all()
    assert (first.direction == -second.direction).all()


@given(SERIES, st.sampled_from(["increase", "decrease", "neutral"]), NUMBER)
def test_every_chart_has_a_word_or_none(values, improvement, target):
    limits = xmr_limits(values)
    word = str(variation(values, special_causes(values, limits), improvement))
    assert word in VARIATIONS or np.isnan(values).all()
    told = str(assurance(limits.lower[-1], limits.upper[-1], target, improvement))
    assert told in (*ASSURANCES, "")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=20))
def test_limits_of_counts_stay_possible(pairs):
    low, high = np.sort(np.array(pairs), axis=1).T
    share, rate = p_limits(low, high), u_limits(low, high)
    assert ((share.lower >= 0) | np.isnan(share.lower)).all()
    assert ((share.upper <= 1) | np.isnan(share.upper)).all()
    assert ((rate.lower >= 0) | np.isnan(rate.lower)).all()
    np.testing.assert_allclose(c_limits(low).centre, low.mean())
    assert (g_limits(low).lower >= 0).all()
    times = t_limits(low)
    assert ((times.lower <= times.centre * (1 + 1e-9)) | np.isnan(times.lower)).all()


@given(SERIES)
def test_the_rows_of_a_run_chart_are_those_that_one_counts(values):
    found = run_chart(values)
    known = np.array([one for one in values if one == one])
    if not known.size:
        assert np.isnan(found.median).all()
        return
    median = np.median(known)
    assert found.median[0] == median
    rows = [
        (way, len(list(row)))
        for way, row in itertools.groupby(np.sign(known - median)[known != median])
    ]
    assert found.runs[0] == len(rows)
    assert found.longest[0] == max((length for _, length in rows), default=0)
    assert np.abs(found.shift).sum() == sum(length for _, length in rows if length >= 6)


@given(WHOLE)
def test_mann_kendall_and_sen_agree_with_scipy(values):
    found = mann_kendall(values)
    time = np.arange(len(values))
    pairs = sum(np.sign(b - a) for a, b in itertools.combinations(values, 2))
    assert float(found.score) == pairs
    if len(set(values)) > 1:
        tau = kendalltau(time, values).statistic
        assert np.sign(tau) == np.sign(pairs)
    slope, _, low, high = theilslopes(values, time, alpha=0.95)
    np.testing.assert_allclose(
        [found.slope, found.lower, found.upper], [slope, low, high], rtol=1e-9, atol=1e-12
    )


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(100, 400)), min_size=5, max_size=9))
def test_the_recent_trend_turns_round_with_time_and_knows_its_scale(rows):
    counts, people = np.array(rows, dtype=float).T
    now, back = (
        recent_trend_of_proportion(c[-5:], n[-5:])
        for c, n in ((counts, people), (counts[-5:][::-1], people[-5:][::-1]))
    )
    np.testing.assert_allclose(now.chi_square, back.chi_square, rtol=1e-6, atol=1e-9)
    # A slope of nothing counts as upwards, so a marker may be lost by turning; it is never kept.
    assert {str(now.marker), str(back.marker)} not in ({INCREASING}, {DECREASING})
    one, hundred = (recent_trend(counts * k, (counts - 3) * k, (counts + 3) * k) for k in (1, 100))
    assert str(one.marker) == str(hundred.marker)


@given(
    st.lists(
        st.lists(st.integers(0, 9), min_size=16, max_size=16).map(sorted)
        | st.lists(st.integers(0, 9), min_size=16, max_size=16),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([0.01, 0.05, 0.3]),
)
def test_series_that_are_looked_at_together_have_the_changes_of_each_alone(rows, chance):
    """One with a gap is always looked at by itself, and a gap at the end changes nothing."""
    table = np.array(rows, float)
    gaps = np.column_stack([table, np.full(len(table), np.nan)])
    assert possible_changes(table, chance=chance) == possible_changes(gaps, chance=chance)


@given(SERIES)
def test_possible_changes_lie_inside_and_apart(values):
    [found] = possible_changes(values, chance=0.3)
    known = ~np.isnan(values)
    edges = [0, *(int(known[: one.place].sum()) for one in found), int(known.sum())]
    assert all(b - a >= FEWEST for a, b in itertools.pairwise(edges)) or not found
    assert all(0 < one.p <= 0.3 for one in found)
