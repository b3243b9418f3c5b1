"""Past years forecast again: each is what would have been said then, beside what came."""

from __future__ import annotations

import numpy as np
import pytest

from outturn.statistics.past_year_ends import past_year_ends, past_year_ends_ratio
from outturn.statistics.year_ends import year_end, year_end_ratio

KNOWN = 8
FIGURES = np.array([[20.0 + 7 * n % 5 - n % 3 for n in range(68)]])  # five years and eight months


@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_past_forecast_is_that_of_the_figures_before_it(back):
    found = past_year_ends(FIGURES, KNOWN, seed=3)
    then = year_end(FIGURES[:, : 68 - 12 * back], KNOWN, seed=3)
    assert found.forecast[0, back - 1] == then.median[0]
    assert (found.lower[0, back - 1], found.upper[0, back - 1]) == tuple(
        one[0] for one in then.interval()
    )
    end = 60 - 12 * (back - 1)
    assert found.outturn[0, back - 1] == FIGURES[0, end - 12 : end].sum()


def test_a_past_forecast_knows_the_days_of_its_own_months():
    days = np.array([30.0, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31] * 6)
    found = past_year_ends(10 * days[None, :68], KNOWN, seed=3, years=2, lengths=days)
    np.testing.assert_allclose(found.forecast, 3650)
    np.testing.assert_allclose(found.outturn, 3650)


def test_years_with_too_little_before_them_have_none():
    found = past_year_ends(FIGURES, KNOWN, seed=3)
    assert np.isnan(found.forecast[0, 3:]).all()
    assert found.record.forecasts.tolist() == [3]
    assert past_year_ends(FIGURES[:, :30], KNOWN, seed=3).record.forecasts.tolist() == [0]


@pytest.mark.parametrize(("roll_up", "whole"), [("mean", np.mean), ("last", lambda one: one[-1])])
def test_the_outturn_rolls_up_as_the_forecast_does(roll_up, whole):
    found = past_year_ends(FIGURES, KNOWN, seed=3, roll_up=roll_up, years=1)
    assert found.outturn[0, 0] == pytest.approx(whole(FIGURES[0, 48:60]))


def test_a_year_with_a_gap_has_no_outturn():
    figures = FIGURES.copy()
    figures[0, 59] = np.nan
    found = past_year_ends(figures, KNOWN, seed=3)
    assert np.isnan(found.outturn[0, 0]) and not np.isnan(found.outturn[0, 1])


def test_both_parts_of_a_ratio_are_forecast_again():
    below = FIGURES + 20
    found = past_year_ends_ratio(FIGURES, below, KNOWN, seed=3, per=100, years=1)
    then = year_end_ratio(FIGURES[:, :56], below[:, :56], KNOWN, seed=3, per=100)
    assert found.forecast[0, 0] == then.median[0]
    whole = 100 * FIGURES[0, 48:60].sum() / below[0, 48:60].sum()
    assert found.outturn[0, 0] == pytest.approx(whole)


def test_quarters_have_four_periods():
    found = past_year_ends(FIGURES[:, :22], 2, seed=3, periods=4, years=1)
    assert found.outturn[0, 0] == FIGURES[0, 16:20].sum()
