"""Chance in whole numbers, days as whole numbers, and columns made of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from outturn.simulation import Window
from outturn.simulation.columns import days, flags, hundredths, whole, words
from outturn.simulation.days import NEVER, age, as_number, day_of, parts, seasonal
from outturn.simulation.draws import Draws, divided
from outturn.simulation.events import NONE, Gathered, Words


def test_the_first_draws_of_a_seed_are_these_on_every_machine():
    assert Draws(1, 0, "people").between(0, 999, 6).tolist() == [931, 573, 51, 573, 139, 636]


def test_each_table_and_each_council_has_a_chance_of_its_own():
    drawn = {tuple(Draws(*one).between(0, 10**9, 3)) for one in
             [(1, 0, "a"), (1, 0, "b"), (1, 1, "a"), (2, 0, "a")]}  # fmt: skip
    assert len(drawn) == 4


def test_shares_and_weights_are_kept():
    draws = Draws(1, 0, "test")
    assert draws.chance(0.25, 100_000).mean() == pytest.approx(0.25, abs=0.01)
    assert not draws.chance(0, 100).any() and draws.chance(1, 100).all()
    counted = np.bincount(draws.among([1, 0, 3], 100_000)) / 100_000
    assert counted.tolist() == pytest.approx([0.25, 0, 0.75], abs=0.01)
    assert set(draws.weighted(np.array([0, 5, 0, 1]), 1000)) == {1, 3}


def test_a_spread_goes_through_its_points():
    drawn = Draws(1, 0, "test").spread([[0, 0], [50, 10], [90, 20], [100, 60]], 100_000)
    assert drawn.min() == 0 and drawn.max() <= 60
    assert np.mean(drawn < 10) == pytest.approx(0.5, abs=0.01)
    assert np.mean(drawn < 20) == pytest.approx(0.9, abs=0.01)


def test_a_number_is_divided_in_whole_parts_that_add_up():
    assert divided(10, [1, 1, 1]) == [3, 4, 3]
    assert divided(0, [2, 1]) == [0, 0]
    assert sum(divided(1_234_567, [0.3, 0.1, 7, 0.0001])) == 1_234_567


def test_age_is_that_of_the_calendar():
    for born, on in [
        (date(1960, 6, 15), date(2025, 6, 14)), (date(1960, 6, 15), date(2025, 6, 15)),
        (date(2000, 2, 29), date(2025, 2, 28)), (date(2000, 2, 29), date(2025, 3, 1)),
    ]:  # fmt: skip
        before = (on.month, on.day) < (born.month, born.day)
        found = age(np.array([as_number(born)]), as_number(on))
        assert found.tolist() == [on.year - born.year - before]


def test_days_are_numbers_and_back():
    for day in (date(1900, 3, 1), date(1970, 1, 1), date(2026, 9, 30)):
        assert day_of(as_number(day)) == day
        year, month, nth = parts(np.array([as_number(day)]))
        assert (year[0], month[0], nth[0]) == (day.year, day.month, day.day)


def test_the_periods_of_a_window_are_whole():
    window = Window(date(2023, 10, 1), date(2026, 9, 30))
    assert len(window.months()) == 36 and len(window.quarters()) == 12
    keys = [one.key for one in window.years()]
    assert keys == ["2024-01-01/P1Y", "2024-04-01/P1Y", "2025-01-01/P1Y", "2025-04-01/P1Y"]
    assert len(window.rolling()) == 25
    weeks = window.weeks()
    assert weeks[0].start == date(2023, 10, 2) and weeks[-1].end <= window.end
    assert window.end - weeks[-1].end < timedelta(days=7)


def test_the_seasons_are_kept():
    window = Window(date(2025, 4, 1), date(2026, 3, 31))
    weights = tuple(10.0 if month == 12 else 1.0 for month in range(1, 13))
    _, month, _ = parts(seasonal(Draws(1, 0, "test"), window, weights, 21_000))
    assert np.mean(month == 12) == pytest.approx(10 / 21, abs=0.02)


def test_what_is_not_given_or_never_comes_is_an_empty_cell():
    assert days(np.array([0, NONE, NEVER])).to_list() == [date(1970, 1, 1), None, None]
    assert words(["a", "b"], np.array([1, NONE, 0])).to_list() == ["b", None, "a"]
    assert whole(np.array([0, NONE])).to_list() == [0, None]
    assert hundredths(np.array([1250, NONE])).to_list() == [12.5, None]
    assert flags(np.array([0, 1, NONE])).to_list() == [False, True, None]


def test_groups_are_gathered_in_the_order_in_which_they_came():
    found = Gathered("person", "day")
    found.add(2, person=np.array([3, 1]), day=9)
    found.add(1, person=np.array([2]))
    assert found.whole()["person"].tolist() == [3, 1, 2]
    assert found.whole()["day"].tolist() == [9, 9, NONE]
    told = Words()
    assert told.of("") == NONE and told.of("x") == told.of("x") == 0
