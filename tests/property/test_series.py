"""Series, segments and the rules on rows of points, on random series."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outturn.statistics.change_points import LONG_ROW, steps_to_consider
from outturn.statistics.chart_icons import last_limits
from outturn.statistics.chart_rules import (
    part_of_run,
    part_of_two_in_three,
    shift_ends,
    trend_ends,
    trends,
    two_in_three,
)
from outturn.statistics.control_charts import (
    FEWEST_FOR_FULL_LIMITS,
    FEWEST_FOR_LIMITS,
    footing,
    limits_around,
    xmr_limits,
)
from outturn.statistics.recent_trends import DECREASING, INCREASING, MARKERS, worded
from outturn.statistics.series import (
    in_segments,
    latest,
    segment_numbers,
    series,
    since_last_step,
    streaks,
)

NUMBER = st.integers(-30, 30).map(lambda n: n / 4)
SERIES = st.lists(st.one_of(st.just(float("nan")), NUMBER), min_size=1, max_size=40)
SIDES = st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=30)


def begins(size):
    return np.arange(size) == 0


@st.composite
def stepped(draw):
    values = draw(SERIES)
    steps = draw(st.lists(st.integers(0, len(values) - 1), max_size=4))
    return series(values), segment_numbers(len(values), steps), steps


@given(stepped())
def test_segment_numbers_count_the_steps_so_far(made):
    _, segment, steps = made
    for place, number in enumerate(segment):
        assert number == len({step for step in steps if 0 < step <= place})


@given(stepped())
def test_what_is_told_of_a_segment_is_what_one_works_out_alone(made):
    values, segment, _ = made
    within, known = in_segments(values, segment), ~np.isnan(values)
    for number in np.unique(segment):
        part = segment == number
        alone, told = in_segments(values[part], None), known[part]
        for name in ("count", "total", "mean", "median"):
            given = (told,) if name == "count" else (values[part], told)
            whole = (known,) if name == "count" else (values, known)
            expected = np.broadcast_to(getattr(alone, name)(*given), told.shape)
            np.testing.assert_allclose(getattr(within, name)(*whole)[part], expected)
        for mine, other in zip(
            within.extremes(values, known), alone.extremes(values[part], told), strict=True
        ):
            np.testing.assert_array_equal(mine[part], np.broadcast_to(other, told.shape))
        np.testing.assert_array_equal(
            within.ordinals(known)[part][told], np.arange(1, told.sum() + 1)
        )


@given(stepped())
def test_only_the_last_segment_is_left(made):
    values, segment, _ = made
    found = since_last_step(values, segment)
    last = segment == segment[-1]
    np.testing.assert_array_equal(found[last], values[last])
    assert np.isnan(found[~last]).all()


@given(SERIES)
def test_the_latest_figure_is_the_last_that_is_there(values):
    known = [one for one in values if one == one]
    np.testing.assert_equal(float(latest(values)), known[-1] if known else np.nan)


@given(SIDES)
def test_streaks_are_the_lengths_of_rows(sides):
    expected = []
    for way, row in itertools.groupby(sides):
        length = len(list(row))
        expected += range(1, length + 1) if way else [0] * length
    assert streaks(np.array(sides), begins(len(sides))).tolist() == expected


@given(SIDES, st.integers(3, 8))
def test_the_ends_of_shifts_cover_the_rows_that_are_long_enough(sides, length):
    covered = part_of_run(shift_ends(sides, length=length), length)
    expected = []
    for way, row in itertools.groupby(sides):
        size = len(list(row))
        expected += [bool(way) and size >= length] * size
    assert covered.tolist() == expected


@given(SERIES, st.integers(3, 8))
def test_a_trend_has_as_many_points_as_its_rule_and_ends_where_it_is_marked(values, length):
    ends, found = trend_ends(values, length=length), trends(values, length=length)
    assert (part_of_run(ends, length) == (found != 0)).all()
    for at in np.flatnonzero(ends):
        steps = np.diff(values[at - length + 1 : at + 1])
        assert (np.sign(steps) == ends[at]).all() and steps.size == length - 1


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([-1, 0, 1])), min_size=3, max_size=20))
def test_two_of_three_are_near_and_all_three_on_one_side(points):
    near, side = map(list, zip(*points, strict=True))
    expected = [False] * len(near)
    for first in range(len(near) - 2):
        part = slice(first, first + 3)
        if side[first] and len(set(side[part])) == 1 and sum(near[part]) >= 2:
            expected[part] = [True] * 3
    assert two_in_three(near, side).tolist() == expected
    both = [one and other for one, other in zip(expected, near, strict=True)]
    assert part_of_two_in_three(near, side).tolist() == both


@given(st.lists(st.integers(0, 60), min_size=1))
def test_more_figures_never_take_limits_away(points):
    words = footing(sorted(points)).tolist()
    order = ["median only", "trial limits", "limits"]
    assert words == sorted(words, key=order.index)
    assert (footing(points) == "limits").sum() == sum(n >= FEWEST_FOR_FULL_LIMITS for n in points)
    assert (footing(points) != order[0]).sum() == sum(n >= FEWEST_FOR_LIMITS for n in points)


@given(NUMBER, st.floats(0, 100), st.integers(1, 5))
def test_limits_lie_as_far_above_as_below(centre, reach, size):
    one = np.array([centre])
    no, none = np.array([False]), np.array([0])
    found = limits_around(one, np.array([reach]), one, none, no, (size,))
    np.testing.assert_allclose(found.upper - centre, centre - found.lower, atol=1e-9)
    np.testing.assert_allclose(1.5 * (found.near_upper - centre), [reach] * size, atol=1e-9)


@given(SERIES)
def test_the_last_limits_are_those_of_the_last_period(values):
    found = xmr_limits(values)
    low, high = last_limits(found)
    np.testing.assert_array_equal([low, high], [found.lower[-1], found.upper[-1]])


@given(SERIES)
def test_a_step_to_consider_begins_a_long_row_that_lasts(values):
    limits = xmr_limits(values)
    at = int(steps_to_consider(values, limits))
    side = np.sign(np.array(values) - limits.centre)
    if at >= 0:
        assert len(values) - at >= LONG_ROW
        assert abs(side[at:].sum()) == len(values) - at
        assert at == 0 or side[at - 1] != side[at]
    else:
        assert not (np.abs(side[-LONG_ROW:].sum()) == LONG_ROW and len(values) >= LONG_ROW)


@given(st.sampled_from(MARKERS), st.sampled_from(["increase", "decrease", "neutral"]))
def test_words_are_added_to_a_marker_that_moves_and_has_a_better_direction(marker, improvement):
    words = str(worded(marker, improvement))
    assert words.startswith(marker)
    moves = marker in (INCREASING, DECREASING) and improvement != "neutral"
    assert (words != marker) == moves
    better = (marker == INCREASING) == (improvement == "increase")
    assert words.endswith("better") == (moves and better)
