from __future__ import annotations

import numpy as np
import pytest

from outturn.statistics.attribute_charts import c_limits, p_limits, u_limits
from outturn.statistics.chart_icons import assurance, last_limits, variation
from outturn.statistics.chart_rules import Rule, special_causes
from outturn.statistics.control_charts import EXACT_SCALE, footing, has_few_events, xmr_limits
from outturn.statistics.rare_event_charts import g_limits, t_limits
from outturn.statistics.series import segment_numbers, since_last_step

NAN = float("nan")
STEADY = [5.0, 6.0, 4.0, 5.0, 6.0, 5.0, 4.0, 6.0, 5.0, 4.0, 5.0, 6.0]


def causes(values, **named):
    return special_causes(values, xmr_limits(values), **named)


def rules(values, **named):
    return [Rule(one).name for one in causes(values, **named).rule]


def test_a_constant_series_has_limits_on_its_mean_and_no_special_cause():
    for screened in (False, True):
        found = xmr_limits([0.1] * 13, screened=screened)
        assert set(found.lower) == set(found.upper) == set(found.centre) == {0.1}
        assert not found.is_thin.any()
    assert set(rules([0.1] * 13)) == {"NONE"}


def test_screening_never_collapses_the_limits_of_a_series_that_varies():
    values = [100.0] * 14 + [40.0]
    plain, screened = xmr_limits(values), xmr_limits(values, screened=True)
    np.testing.assert_array_equal(screened.lower, plain.lower)
    assert screened.is_thin.all() and not plain.is_thin.any()
    collapsed = xmr_limits(values, screened=True, guarded=False)
    np.testing.assert_array_equal(collapsed.lower, collapsed.centre)


def test_a_thin_series_shows_the_point_outside_and_no_shift_of_all_the_others():
    values = [100.0] * 14 + [40.0] + [100.0] * 9
    limits = xmr_limits(values, screened=True)
    found = special_causes(values, limits)
    assert np.flatnonzero(found.rule).tolist() == [14]
    assert str(variation(values, found, "increase")) == "common cause"


def test_steps_that_only_gaps_hide_give_no_limits():
    found = xmr_limits([1.0, 1.0, NAN, 2.0, 2.0])
    assert np.isnan(found.upper).all() and found.is_thin.all()
    assert found.centre.tolist() == [1.5] * 5


def test_events_are_few_where_more_than_half_of_the_figures_of_a_segment_are_nothing():
    few = has_few_events([0, 0, 1, 0, NAN, 0, 2, 1, 0, 3], [0] * 6 + [1] * 4)
    assert few.tolist() == [True] * 6 + [False] * 4
    for steady in ([0] * 12, [], [NAN] * 3, [0, 0, -1, 0]):
        assert not has_few_events(steady).any()


def test_one_figure_has_a_mean_and_no_limits():
    found = xmr_limits([4.0])
    assert found.centre.tolist() == [4.0]
    assert np.isnan(found.lower).all()


def test_a_series_without_figures_has_nothing():
    found = xmr_limits([NAN, NAN])
    assert np.isnan(found.centre).all()
    assert str(variation([NAN, NAN], causes([NAN, NAN]), "increase")) == ""


def test_a_gap_has_no_moving_range_on_either_side():
    found = xmr_limits([1.0, 3.0, NAN, 90.0, 92.0])
    assert found.upper[0] - found.centre[0] == pytest.approx(2.66 * 2)


def test_a_declared_step_begins_everything_anew():
    values = [1.0, 2.0] * 6 + [11.0, 12.0] * 6
    segment = segment_numbers(24, starts=[12])
    found = xmr_limits(values, segment)
    assert found.centre[0] == 1.5 and found.centre[-1] == 11.5
    assert (special_causes(values, found, segment).rule == 0).all()
    assert (special_causes(values, xmr_limits(values)).rule != 0).any()


def test_a_row_does_not_reach_over_a_declared_step():
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    for at, expected in ((4, 0), (7, 7)):
        segment = segment_numbers(8, starts=[at])
        found = special_causes(values, xmr_limits(values, segment), segment)
        assert (found.trend == 1).sum() == expected


def test_limits_fixed_after_so_many_points_are_those_of_the_points():
    values = np.array([3.0, 5.0, 4.0, 90.0, 80.0, 70.0])
    found = xmr_limits(values, fixed_after=3)
    alone = xmr_limits(values[:3])
    assert found.upper[-1] == alone.upper[0]
    with pytest.raises(ValueError, match="two figures"):
        xmr_limits(values, fixed_after=1)


def test_a_point_on_a_limit_is_not_outside_it():
    values = np.array([5.0, 7.0, 6.0, 8.0])
    limits = xmr_limits(values)
    on = np.full(4, limits.upper[0])
    above = np.nextafter(on, np.inf)
    assert not special_causes(on, limits).outside.any()
    assert special_causes(above, limits).outside.all()


def test_seven_points_make_a_shift_and_six_do_not():
    before = [6.0, 4.0, 6.0, 4.0, 6.0, 4.0]
    six = [*before, *[5.2, 5.1] * 3, 4.0]
    assert not causes(six).shift.any()
    seven = [*before, *[5.2, 5.1] * 3, 5.2, 4.0]
    assert causes(seven).shift.tolist() == [0] * 6 + [1] * 7 + [0]


def test_the_trend_may_have_six_points_by_choice():
    values = [9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0]
    assert not causes(values).trend.any()
    assert causes(values, trend=6).trend.tolist() == [0, 1, 1, 1, 1, 1, 1, 0]
    with pytest.raises(ValueError, match="5 to 9"):
        causes(values, trend=3)


def test_two_equal_neighbours_end_a_trend():
    assert not causes([1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0]).trend.any()


def test_the_turning_point_of_two_trends_goes_the_way_of_the_later_one():
    values = [*range(1, 8), *range(6, -1, -1)]
    found = causes([float(one) for one in values]).trend
    assert found[5:8].tolist() == [1, -1, -1]


def test_rules_have_an_order_and_the_detail_keeps_them_all():
    values = [5.0, 11.0, 3.0, 9.0, 4.0, 10.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 40.0]
    found = causes(values)
    assert Rule(found.rule[-1]).name == "OUTSIDE"
    assert found.trend[-1] == 1 and found.outside[-1] == 1
    assert Rule(found.rule[-2]).name == "TREND"


def test_points_outside_do_not_count_as_near_a_limit():
    limits = xmr_limits(STEADY)
    near = (limits.near_upper[0] + limits.upper[0]) / 2
    outside = limits.upper[0] + 1
    values = np.full(12, limits.centre[0])
    values[3:6] = [near, limits.centre[0] + 0.01, near]
    assert special_causes(values, limits).two_of_three[3:6].tolist() == [1, 0, 1]
    values[3:6] = [near, limits.centre[0] + 0.01, outside]
    assert not special_causes(values, limits).two_of_three.any()


@pytest.mark.parametrize(
    ("last", "improvement", "words"),
    [
        (40.0, "increase", "improvement, high"),
        (40.0, "decrease", "concern, high"),
        (40.0, "neutral", "neutral, high"),
        (-40.0, "increase", "concern, low"),
        (-40.0, "decrease", "improvement, low"),
        (-40.0, "neutral", "neutral, low"),
        (5.0, "increase", "common cause"),
    ],
)
def test_the_variation_is_that_of_the_last_figure(last, improvement, words):
    values = [*STEADY, last, NAN]
    assert str(variation(values, causes(values), improvement)) == words


def test_an_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="increase"):
        variation(STEADY, causes(STEADY), "up")
    with pytest.raises(ValueError, match="increase"):
        assurance(1.0, 2.0, 3.0, "up")


def test_a_series_that_never_changes_passes_a_target_that_it_equals():
    for improvement in ("increase", "decrease"):
        assert str(assurance(100.0, 100.0, 100.0, improvement)) == "consistently passes"
    assert str(assurance(100.0, 100.0, 99.0, "decrease")) == "consistently fails"


def test_assurance_after_a_step_looks_at_the_last_segment():
    values = [1.0, 2.0] * 6 + [11.0, 12.0] * 6
    low, high = last_limits(xmr_limits(values, segment_numbers(24, starts=[12])))
    assert str(assurance(low, high, 5.0, "increase")) == "consistently passes"


def test_what_may_be_shown_depends_on_the_number_of_figures():
    assert footing(xmr_limits(STEADY[:11]).points).tolist() == ["median only"] * 11
    assert footing(xmr_limits(STEADY).points[0]).tolist() == "trial limits"


def test_only_the_last_segment_is_left_after_a_break():
    assert since_last_step([1.0, 2.0, 3.0], None).tolist() == [1.0, 2.0, 3.0]
    found = since_last_step([[1.0, 2.0], [3.0, 4.0]], [0, 1])
    assert np.isnan(found[:, 0]).all() and found[:, 1].tolist() == [2.0, 4.0]


def test_a_step_outside_the_series_is_refused():
    with pytest.raises(ValueError, match="from 0 to 5"):
        segment_numbers(6, starts=[6])
    with pytest.raises(ValueError, match="must not fall"):
        xmr_limits([1.0, 2.0], [1, 0])


def test_limits_of_proportions_follow_each_denominator_and_stay_possible():
    found = p_limits([1, 10, 40], [10, 100, 400])
    centre = 51 / 510
    sigma = np.sqrt(centre * (1 - centre) / np.array([10, 100, 400]))
    np.testing.assert_allclose(found.upper, centre + 3 * sigma)
    np.testing.assert_allclose(found.lower, np.maximum(centre - 3 * sigma, 0))
    assert p_limits([10, 10], [10, 10]).upper.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="no proportion"):
        p_limits([11], [10])


def test_limits_of_rates_and_counts():
    found = u_limits([8, 12], [100, 300])
    np.testing.assert_allclose(found.upper, 0.05 + 3 * np.sqrt(0.05 / np.array([100, 300])))
    np.testing.assert_allclose(c_limits([3, 5, 4]).upper, 4 + 3 * 2)
    assert np.isnan(u_limits([8, 12], [0, 300]).upper[0])
    with pytest.raises(ValueError, match="negative"):
        u_limits([-1], [3])


def test_laney_widens_the_limits_by_the_variation_there_is():
    top, bottom = np.array([500.0, 620.0, 480.0, 610.0]), np.full(4, 10_000.0)
    centre = top.sum() / bottom.sum()
    sigma = np.sqrt(centre / bottom)
    z = (top / bottom - centre) / sigma
    expected = centre + sigma * np.abs(np.diff(z)).mean() * EXACT_SCALE
    np.testing.assert_allclose(u_limits(top, bottom, laney=True).upper, expected)


def test_a_t_chart_is_an_xmr_chart_of_roots():
    times = np.array([30.0, 45.0, 28.0, 60.0, 41.0])
    roots = times ** (1 / 3.6)
    reach = EXACT_SCALE * np.abs(np.diff(roots)).mean()
    found = t_limits(times)
    np.testing.assert_allclose(found.upper, (roots.mean() + reach) ** 3.6)
    np.testing.assert_allclose(found.centre, roots.mean() ** 3.6)
    assert t_limits([0.0, 90.0, 1.0, 200.0]).lower.tolist() == [0.0] * 4
    with pytest.raises(ValueError, match="negative"):
        t_limits([-1.0])


def test_a_g_chart_may_stand_on_its_median():
    assert g_limits([1, 2, 12, NAN], centre="median").centre.tolist() == [2.0] * 4
    assert g_limits([1, 2, 12]).centre.tolist() == [5.0] * 3
    assert g_limits([1, 2, 12]).upper[0] == pytest.approx(5 + 3 * np.sqrt(30))
    with pytest.raises(ValueError, match="median"):
        g_limits([1.0], centre="mode")
