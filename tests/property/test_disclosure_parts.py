"""The parts that disclosure control is put together from, each by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from outturn.statistics.additive_tables import Additive, adds_up, components, implied, tightened
from outturn.statistics.columns import Interval
from outturn.statistics.common_parts import common_parts
from outturn.statistics.disclosure_cells import cells_under
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.further_suppression import further_suppression, together_with
from outturn.statistics.least_loss import blocks_of, firsts, leeway_of
from outturn.statistics.protection import cheapest_change, drawn_change
from outturn.statistics.secondary_suppression import audited

POLICIES = [one for one in PRESETS.values() if one.withholds]
NEAR = 1e-6


def with_margins(inner):
    """A table of two ways with its margins: the first row and the first column are the totals."""
    counts = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1))
    counts[1:, 1:] = inner
    counts[0, 1:], counts[1:, 0], counts[0, 0] = inner.sum(0), inner.sum(1), inner.sum()
    return counts.ravel()


def relations_of(n, m):
    number = np.arange((n + 1) * (m + 1)).reshape(n + 1, m + 1)
    lines = [*number, *number.T]
    return Additive.of([(int(line[0]), line[1:].tolist()) for line in lines], number.size)


@st.composite
def tables(draw, many=1, most=20):
    """Relations, and so many tables of whole counts that they hold for."""
    n, m = draw(st.integers(1, 3)), draw(st.integers(2, 3))
    size = {"min_size": n * m, "max_size": n * m}
    counts = st.lists(st.integers(0, most), **size).map(
        lambda found: with_margins(np.array(found, float).reshape(n, m))
    )
    return relations_of(n, m), [draw(counts) for _ in range(many)]


def flags(data, size):
    return np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)


def around(data, tables):
    """Bounds of each cell within which all the tables lie, some of them endless above."""
    least, most = np.min(tables, axis=0), np.max(tables, axis=0)
    slack = data.draw(st.integers(0, 3))
    wide = flags(data, least.size)
    endless = flags(data, least.size)
    lower = np.where(wide, np.maximum(least - slack, 0), least)
    return lower, np.where(endless, np.inf, np.where(wide, most + slack, most))


@given(tables(many=2), st.data())
def test_what_a_relation_implies_holds_for_every_table_within_the_bounds(drawn, data):
    table, both = drawn
    found = implied(table, *around(data, both))
    for counts in both:
        assert (found.lower <= counts[table.cell] + NEAR).all()
        assert (found.upper >= counts[table.cell] - NEAR).all()


@given(tables(), st.data())
def test_the_one_unknown_cell_of_a_relation_is_implied_exactly(drawn, data):
    table, (counts,) = drawn
    unknown = data.draw(st.integers(0, counts.size - 1))
    lower, upper = counts.copy(), counts.copy()
    lower[unknown], upper[unknown] = 0.0, np.inf
    own = table.cell == unknown
    found = implied(table, lower, upper)
    assert found.lower[own].tolist() == found.upper[own].tolist()
    assert set(found.lower[own]) == {counts[unknown]}


@given(tables(many=2), st.data())
def test_bounds_that_are_tightened_keep_every_table_that_fits_and_never_widen(drawn, data):
    table, both = drawn
    lower, upper = around(data, both)
    found = tightened(table, lower, upper)
    assert (found.lower >= lower).all() and (found.upper <= upper).all()
    for counts in both:
        assert (found.lower <= counts + NEAR).all() and (found.upper >= counts - NEAR).all()


@given(tables(), st.data())
def test_components_are_what_chains_of_relations_and_companions_join(drawn, data):
    table, (counts,) = drawn
    uncertain = flags(data, counts.size)
    numbers = st.lists(st.integers(0, 4), min_size=counts.size, max_size=counts.size)
    together = data.draw(st.none() | numbers.map(np.array))
    found = components(table, uncertain, together)
    joined = [{cell} for cell in range(counts.size)]
    ties = [set(table.cell[table.relation == one]) for one in range(table.relations)]
    if together is not None:
        ties += [set(np.flatnonzero(together == one)) for one in set(together)]
    for tie in ties:
        tie = {int(cell) for cell in tie if uncertain[cell]}
        touched = [one for one in joined if one & tie]
        joined = [one for one in joined if not one & tie]
        joined += [set().union(*touched)] if touched else []
    assert {frozenset(one) for one in joined} == {
        frozenset(np.flatnonzero(found == one).tolist()) for one in set(found)
    }


def hidden(data, counts, policy):
    """Cells under a policy, which of them are withheld, and which may be besides."""
    cells = cells_under(counts, policy)
    return cells, cells.primary, flags(data, counts.size) & ~cells.primary


@given(tables(), st.sampled_from(POLICIES), st.data())
def test_the_leeway_is_what_is_known_about_the_count(drawn, policy, data):
    counts = drawn[1][0]
    cells, withheld, allowed = hidden(data, counts, policy)
    leeway = leeway_of(cells, withheld, allowed)
    assert (leeway.most.lower <= leeway.free.lower).all()
    assert (leeway.free.lower <= 0).all() and (leeway.free.upper >= 0).all()
    assert (leeway.free.upper <= leeway.most.upper).all()
    known = cells.known(withheld)
    assert (counts + leeway.free.lower == known.lower).all()
    assert (counts + leeway.free.upper == known.upper).all()
    assert np.isinf(leeway.most.upper).tolist() == (withheld | allowed).tolist()
    assert ((leeway.cost > 0) & (leeway.cost <= 1)).all()
    order = np.argsort(cells.cost, kind="stable")
    assert (np.diff(leeway.cost[order]) >= 0).all()


@given(tables(), st.sampled_from(POLICIES), st.data())
def test_blocks_part_what_can_move_and_no_relation_joins_two(drawn, policy, data):
    table, (counts,) = drawn
    cells, withheld, allowed = hidden(data, counts, policy)
    leeway = leeway_of(cells, withheld, allowed)
    blocks = blocks_of(table, cells, leeway)
    every = np.unique(blocks.sets)
    assert sorted(blocks.cells_of(every)) == np.flatnonzero(leeway.movable).tolist()
    assert blocks.size(every).sum() == leeway.movable.sum()
    for one in every:
        mine = blocks.cells_of(np.array([one]))
        assert set(blocks.sets[mine]) <= {one}
        entries = blocks.entries_of(np.array([one]))
        assert set(table.cell[entries]) <= set(mine)
    movable = leeway.movable[table.cell]
    for relation in range(table.relations):
        here = table.cell[(table.relation == relation) & movable]
        assert np.unique(blocks.sets[here]).size <= 1


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12))
def test_the_first_of_each_set_is_the_lowest_cell_that_is_marked(drawn):
    sets = np.array([one for one, _ in drawn], np.int64)
    marked = np.array([flag for _, flag in drawn], bool)
    first = {}
    for cell, (one, flag) in enumerate(drawn):
        if flag:
            first.setdefault(one, cell)
    assert sorted(firsts(sets, marked).tolist()) == sorted(first.values())


def furthest(table, bounds, goal):
    """The smallest that a weight of each cell comes to over all changes that add up."""
    found = linprog(
        goal,
        A_eq=table.matrix(),
        b_eq=np.zeros(table.relations),
        bounds=np.column_stack([bounds.lower, bounds.upper]),
    )
    return found.fun


@given(tables(), st.sampled_from(POLICIES), st.sampled_from([-7.0, -1.0, 2.0, 9.0]), st.data())
def test_the_cheapest_change_adds_up_and_moves_its_target_as_far_as_can_be(
    drawn, policy, amount, data
):
    table, (counts,) = drawn
    cells, withheld, allowed = hidden(data, counts, policy)
    targets = np.flatnonzero(withheld)[:1]
    if not targets.size:
        return
    leeway = leeway_of(cells, withheld, allowed)
    blocks = blocks_of(table, cells, leeway)
    change = cheapest_change(blocks, leeway, targets, np.array([amount]))
    assert adds_up(table, change).all()
    assert (change >= leeway.most.lower - NEAR).all() and (change <= leeway.most.upper + NEAR).all()
    goal = np.zeros(counts.size)
    goal[targets] = -np.sign(amount)
    low, high = leeway.most.lower.copy(), leeway.most.upper.copy()
    low[targets], high[targets] = max(min(amount, 0.0), low[targets][0]), max(amount, 0.0)
    most = -furthest(table, Interval(low, high), goal)
    assert abs(change[targets[0]] * np.sign(amount) - most) < NEAR


@given(tables(), st.sampled_from(POLICIES), st.data())
def test_a_drawn_change_adds_up_and_reaches_its_goal_for_nothing(drawn, policy, data):
    table, (counts,) = drawn
    cells, withheld, _ = hidden(data, counts, policy)
    leeway = leeway_of(cells, withheld, np.zeros(counts.size, bool))
    blocks = blocks_of(table, cells, leeway)
    weights = st.lists(st.integers(-1, 1), min_size=counts.size, max_size=counts.size)
    goal = np.array(data.draw(weights), float) * leeway.movable
    change = drawn_change(blocks, leeway, goal, 50.0, np.unique(blocks.sets[leeway.movable]))
    assert adds_up(table, change).all()
    assert not leeway.beyond(change).any() and (np.abs(change) <= 50 + NEAR).all()
    free = Interval(np.maximum(leeway.free.lower, -50), np.minimum(leeway.free.upper, 50))
    assert abs(goal @ change - furthest(table, free, goal)) < 1e-5


@given(tables(), st.sampled_from(POLICIES), st.data())
def test_what_is_together_with_marked_cells_is_their_components(drawn, policy, data):
    table, (counts,) = drawn
    cells = cells_under(counts, policy)
    withheld, marked = cells.primary | flags(data, counts.size), flags(data, counts.size)
    known = cells.known(withheld)
    uncertain = known.upper > known.lower
    sets = components(table, uncertain, cells.together)
    expected = uncertain & np.isin(sets, sets[marked])
    assert together_with(table, cells, withheld, marked).tolist() == expected.tolist()


@given(tables(), st.sampled_from(POLICIES))
def test_further_suppression_leaves_nothing_exposed_and_no_small_count_told(drawn, policy):
    table, (counts,) = drawn
    cells = cells_under(counts, policy)
    withheld = further_suppression(table, cells, cells.primary).withheld
    assert (withheld | ~cells.small).all()
    assert not audited(table, cells, withheld).recoverable.any()
    again = further_suppression(table, cells, withheld).withheld
    assert again.tolist() == withheld.tolist()


@given(st.integers(1, 4), st.integers(1, 6), st.data())
def test_some_numbers_of_common_parts_come_to_totals_that_real_ones_made(totals, parts, data):
    holds = flags(data, totals * parts).reshape(totals, parts)
    numbers = st.lists(st.integers(0, 9), min_size=parts, max_size=parts)
    real, doubtful = np.array(data.draw(numbers), float), flags(data, parts)
    total, part = np.nonzero(holds)
    found = common_parts(total, part, holds @ real, doubtful)
    assert found.comes_out.all() and (found.counts >= 0).all()
    assert np.abs(holds @ found.counts - holds @ real).max() < NEAR
    assert found.counts[doubtful].sum() <= real[doubtful].sum() + NEAR


@given(st.integers(0, 9), st.integers(1, 9))
def test_a_total_that_no_parts_come_to_is_said_not_to_come_out(whole, more):
    """The first part alone is more than the whole that holds it."""
    total, part = np.array([0, 0, 1]), np.array([0, 1, 0])
    counts = np.array([whole, whole + more], float)
    found = common_parts(total, part, counts, np.zeros(2, bool))
    assert not found.comes_out.all()


def test_of_parts_that_the_solver_gives_up_on_there_are_no_numbers():
    """Beyond 10 to the 20th it takes a count for endless."""
    total, part = np.array([0, 0, 1]), np.array([0, 1, 1])
    found = common_parts(total, part, np.array([1e21, 4.0]), np.zeros(2, bool))
    assert np.isnan(found.counts).all() and not found.comes_out.any()
