"""Which cells are withheld for the sake of others, and given back, in tables one can look at."""

from __future__ import annotations

import numpy as np

from outturn.statistics.additive_tables import Additive
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.fitting_tables import Tables
from outturn.statistics.giving_back import given_back, given_back_by_bounds
from outturn.statistics.least_loss import narrow, protected
from outturn.statistics.secondary_suppression import audited, cells_under, secondary_suppression

POLICY = PRESETS["social care"]


def square(inner):
    """A table of rows and columns with its margins, the first row and column; its relations."""
    inner = np.array(inner, float)
    counts = np.pad(inner, ((1, 0), (1, 0)))
    counts[0, 1:], counts[1:, 0], counts[0, 0] = inner.sum(0), inner.sum(1), inner.sum()
    number = np.arange(counts.size).reshape(counts.shape)
    lines = [*number, *number.T]
    return Additive.of([(int(one[0]), one[1:].tolist()) for one in lines], counts.size), counts


def shown(withheld, counts):
    """The table as it is printed, a withheld count as -1."""
    return np.where(withheld.reshape(counts.shape), -1, counts)[1:, 1:].tolist()


def test_the_cheapest_rectangle_is_withheld_around_one_small_count():
    table, counts = square([[3, 40, 90], [50, 20, 80], [70, 60, 95]])
    cells = cells_under(counts.ravel(), POLICY)
    withheld = secondary_suppression(table, cells)
    assert shown(withheld, counts) == [[-1, -1, 90], [-1, -1, 80], [70, 60, 95]]
    assert withheld.sum() == 4


def test_a_second_small_count_uses_what_the_first_one_has_withheld():
    table, counts = square([[3, 40, 90], [50, 2, 80], [70, 60, 95]])
    cells = cells_under(counts.ravel(), POLICY)
    assert secondary_suppression(table, cells).sum() == 4


def test_a_zero_is_withheld_last():
    table = Additive.of([(0, [1, 2, 3])], 4)
    cells = cells_under([102, 0, 99, 3], POLICY)
    for proved in (True, False):
        found = secondary_suppression(table, cells, proved=proved)
        assert found.tolist() == [False, False, True, True]


def test_what_only_the_first_choice_needed_is_given_back():
    """The row of 40 and the column of 50 protect the 3; nothing asks for the 95."""
    table, counts = square([[3, 40, 90], [50, 20, 80], [70, 60, 95]])
    cells = cells_under(counts.ravel(), POLICY)
    first = secondary_suppression(table, cells)
    more = first.copy()
    more[-1] = True
    start = protected(table, cells, more, np.zeros(more.size, bool))
    assert given_back(table, cells, start).tolist() == first.tolist()
    assert given_back_by_bounds(table, cells, more).tolist() == first.tolist()


def test_companions_are_given_back_together_or_not_at_all():
    """Numerators and denominators of one row: the numerator is needed, so both stay."""
    table = Additive.of([(0, [1, 2, 3]), (4, [5, 6, 7])], 8)
    rows = np.array([0, 1, 2, 3, 0, 1, 2, 3])
    counts = [60, 37, 20, 3, 600, 300, 200, 100]
    cells = cells_under(counts, POLICY, together=rows)
    every = np.array([False, True, True, True] * 2)
    start = protected(table, cells, every, ~every)
    withheld = given_back(table, cells, start)
    assert withheld.tolist() == [False, False, True, True] * 2


def test_a_small_count_between_fixed_ones_is_helpless_and_costs_nothing():
    """All but the 3 were published before: nothing can protect it, so nothing else is withheld."""
    table = Additive.of([(0, [1, 2, 3])], 4)
    cells = cells_under([60, 37, 20, 3], POLICY, fixed=np.array([True, True, True, False]))
    withheld = secondary_suppression(table, cells)
    assert withheld.tolist() == [False, False, False, True]
    assert audited(table, cells, withheld).recoverable.tolist() == withheld.tolist()


def test_a_count_that_cannot_rise_far_enough_is_moved_both_ways():
    """A total of 8 with parts of 4: each could be 0 to 8, four more and four fewer."""
    table = Additive.of([(0, [1, 2])], 3)
    cells = cells_under([8, 4, 4], POLICY)
    withheld = secondary_suppression(table, cells)
    assert withheld.tolist() == [False, True, True]
    found = protected(table, cells, cells.primary, np.zeros(3, bool))
    reach = found.tables.reach(3)
    assert (reach.upper - reach.lower)[1:].min() >= POLICY.leaves - 1
    assert reach.lower[1:].min() >= -4


def test_tables_that_move_a_cell_given_back_prove_nothing_any_more():
    moved = Tables(np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([5.0, -5.0, 5.0]))
    cells = cells_under([3, 9, 2], POLICY)
    assert narrow(moved, cells).tolist() == [False, False, False]
    assert narrow(moved.without(np.array([False, True, False])), cells).tolist() == [
        True, False, False,
    ]  # fmt: skip
