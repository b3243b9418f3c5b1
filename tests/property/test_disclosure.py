"""The audit against every table there is, and secondary suppression against the audit."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outturn.statistics.additive_tables import Additive, adds_up, condensed
from outturn.statistics.disclosure_audit import audit
from outturn.statistics.disclosure_policies import PRESETS
from outturn.statistics.further_suppression import worked_out
from outturn.statistics.giving_back import exposed, given_back, given_back_by_bounds
from outturn.statistics.least_loss import protected
from outturn.statistics.secondary_suppression import (
    audited,
    cells_under,
    row_only,
    secondary_suppression,
    suppressed_together,
)

POLICIES = [one for one in PRESETS.values() if one.withholds]


@st.composite
def two_way(draw, rows=3, columns=3, most=14):
    """A table with its margins: relations and counts; the first row and column are the totals."""
    n, m = draw(st.integers(1, rows)), draw(st.integers(2, columns))
    inner = draw(st.lists(st.integers(0, most), min_size=n * m, max_size=n * m))
    return with_margins(np.array(inner).reshape(n, m))


def with_margins(inner):
    n, m = inner.shape
    counts = np.zeros((n + 1, m + 1))
    counts[1:, 1:] = inner
    counts[0, 1:], counts[1:, 0], counts[0, 0] = inner.sum(0), inner.sum(1), inner.sum()
    number = np.arange(counts.size).reshape(counts.shape)
    across = [(int(line[0]), line[1:].tolist()) for line in number]
    down = [(int(line[0]), line[1:].tolist()) for line in number.T]
    return Additive.of([*across, *down], counts.size), counts.ravel()


@st.composite
def hierarchies(draw):
    """Localities under councils under a partnership, at each of a few months and the year."""
    councils = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    months = draw(st.integers(2, 3))
    parents = [0] * len(councils) + [
        1 + at for at, many in enumerate(councils) for _ in range(many)
    ]
    places = 1 + len(parents)
    leaves = range(1 + len(councils), places)
    counts = np.zeros((places, months + 1))
    for place in leaves:
        counts[place, 1:] = draw(st.lists(st.integers(0, 30), min_size=months, max_size=months))
    for place in range(places - 1, 0, -1):
        counts[parents[place - 1]] += counts[place]
    counts[:, 0] = counts[:, 1:].sum(1)
    number = np.arange(counts.size).reshape(counts.shape)
    relations = [(int(line[0]), line[1:].tolist()) for line in number]
    for above in range(1 + len(councils)):
        under = [1 + at for at, parent in enumerate(parents) if parent == above]
        relations += [(int(line[above]), line[under].tolist()) for line in number.T]
    return Additive.of(relations, counts.size), counts.ravel()


@given(two_way(rows=2, columns=3, most=4), st.integers(1, 4), st.data())
def test_the_audit_agrees_with_every_table_that_could_be(table, width, data):
    relations, counts = table
    drawn = data.draw(st.lists(st.booleans(), min_size=counts.size, max_size=counts.size))
    hidden = np.array(drawn) & (counts <= 4)
    unknown = np.flatnonzero(hidden)[:6]
    lower, upper = counts.copy(), counts.copy()
    lower[unknown], upper[unknown] = 0.0, 4.0
    found = audit(relations, lower, upper, np.where(upper > lower, float(width), 0.0))
    possible = every_table(relations, counts, unknown)
    least, most = possible.min(0), possible.max(0)
    narrow = most - least < width
    assert found.recoverable[unknown].tolist() == narrow.tolist()
    assert found.lower[unknown][narrow].tolist() == least[narrow].tolist()
    assert found.upper[unknown][narrow].tolist() == most[narrow].tolist()
    assert (found.lower[unknown] >= least).all() and (found.upper[unknown] <= most).all()


def every_table(relations, counts, unknown):
    """All values from 0 to 4 of the unknown cells with which everything adds up."""
    fitting = []
    for values in product(range(5), repeat=unknown.size):
        guess = counts.copy()
        guess[unknown] = values
        if adds_up(relations, guess).all():
            fitting.append(values)
    return np.array(fitting, float).reshape(len(fitting), unknown.size)


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.sampled_from(POLICIES))
def test_after_secondary_suppression_the_audit_finds_nothing(table, policy):
    relations, counts = table
    cells = cells_under(counts, policy)
    withheld = secondary_suppression(relations, cells)
    assert (withheld | ~cells.small).all()
    assert not audited(relations, cells, withheld).recoverable.any()


@given(hierarchies(), st.sampled_from(POLICIES), st.data())
def test_what_was_published_before_stays_published_and_protects_nobody(table, policy, data):
    relations, counts = table
    cells = cells_under(counts, policy)
    before = secondary_suppression(relations, cells)
    shown = data.draw(st.lists(st.booleans(), min_size=counts.size, max_size=counts.size))
    fixed = np.array(shown) & ~before
    later = cells_under(counts, policy, fixed=fixed)
    withheld = secondary_suppression(relations, later)
    assert not (withheld & fixed).any()
    assert not audited(relations, later, withheld).recoverable.any()


@given(two_way(rows=3, columns=3, most=20), st.sampled_from(POLICIES), st.data())
def test_cells_that_go_together_are_withheld_together(table, policy, data):
    relations, counts = table
    pairs = np.arange(counts.size) // 2
    cells = cells_under(counts, policy, together=pairs)
    withheld = secondary_suppression(relations, cells)
    assert not audited(relations, cells, withheld).recoverable.any()
    ends = withheld[: counts.size // 2 * 2].reshape(-1, 2)
    assert (ends[:, 0] == ends[:, 1]).all()


@given(two_way(rows=4, columns=4, most=30), st.sampled_from(POLICIES))
def test_row_only_withholds_nothing_but_parts_and_what_is_small(table, policy):
    relations, counts = table
    cells = cells_under(counts, policy)
    withheld = row_only(relations, cells)
    totals = np.zeros(counts.size, bool)
    totals[relations.cell[relations.sign < 0]] = True
    parts = np.zeros(counts.size, bool)
    parts[relations.cell[relations.sign > 0]] = True
    assert not (withheld & totals & ~parts & ~cells.small).any()


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.sampled_from(POLICIES))
def test_of_every_table_that_readers_could_think_of_small_counts_differ_enough(inner, policy):
    """By trying all tables of two rows and two columns, and not by linear programming."""
    relations, counts = with_margins(np.array(inner).reshape(2, 2))
    cells = cells_under(counts, policy)
    withheld = secondary_suppression(relations, cells)
    known = cells.known(withheld)
    axis = np.arange(10 + policy.leaves, dtype=np.float64)
    a, b, c, d = (one.ravel() for one in np.meshgrid(axis, axis, axis, axis))
    every = np.column_stack([a + b + c + d, a + c, b + d, a + b, a, b, c + d, c, d])
    fitting = every[((every >= known.lower) & (every <= known.upper)).all(1)]
    spread = fitting.max(0) - fitting.min(0)
    assert (spread[cells.small] >= cells.width[cells.small]).all()


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.sampled_from(POLICIES))
def test_what_is_given_back_was_not_needed_and_nothing_is_withheld_instead(table, policy):
    relations, counts = table
    cells = cells_under(counts, policy)
    found = protected(relations, cells, cells.primary, cells.free(cells.primary))
    withheld = given_back(relations, cells, found)
    assert not (withheld & ~found.withheld).any()
    assert (withheld | ~cells.primary).all()
    assert not audited(relations, cells, withheld).recoverable.any()


@given(hierarchies(), st.sampled_from(POLICIES))
def test_every_cell_could_be_given_back_where_all_were_withheld_in_vain(table, policy):
    """Everything is withheld at first; what is left protects, and each cell of it is needed."""
    relations, counts = table
    cells = cells_under(counts, policy)
    every = np.ones(counts.size, bool)
    start = protected(relations, cells, every, ~every)
    withheld = given_back(relations, cells, start)
    assert not audited(relations, cells, withheld).recoverable.any()
    for one in np.flatnonzero(withheld & ~cells.primary)[:3]:
        fewer = withheld.copy()
        fewer[one] = False
        assert audited(relations, cells, fewer).recoverable.any()


@given(hierarchies(), st.sampled_from(POLICIES))
def test_without_time_to_give_back_all_stays_withheld_and_safe(table, policy):
    relations, counts = table
    cells = cells_under(counts, policy)
    found = protected(relations, cells, cells.primary, cells.free(cells.primary))
    assert given_back(relations, cells, found, ceiling=0).tolist() == found.withheld.tolist()
    withheld = given_back(relations, cells, found, ceiling=1)
    assert not audited(relations, cells, withheld).recoverable.any()


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.sampled_from(POLICIES))
def test_giving_back_by_bounds_exposes_nothing_that_was_not_exposed(table, policy):
    relations, counts = table
    cells = cells_under(counts, policy)
    every = np.ones(counts.size, bool)
    withheld = given_back_by_bounds(relations, cells, every)
    assert not (
        exposed(relations, cells, withheld, every) & ~exposed(relations, cells, every, every)
    ).any()
    assert (withheld | ~cells.primary).all()


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.data())
def test_a_condensed_table_adds_up_as_the_whole_one_does(table, data):
    relations, counts = table
    drawn = data.draw(st.lists(st.booleans(), min_size=counts.size, max_size=counts.size))
    kept = np.array(drawn)
    small, others = condensed(relations, counts, kept)
    assert adds_up(small, np.concatenate([counts[kept], others])).all()
    assert small.relations == relations.touching(kept).sum()


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.sampled_from(POLICIES),
       st.data())  # fmt: skip
def test_what_can_be_worked_out_is_what_the_audit_finds(table, policy, data):
    """Of any cells that are withheld besides the small ones, and of those alone that are asked."""
    relations, counts = table
    cells = cells_under(counts, policy)
    flags = st.lists(st.booleans(), min_size=counts.size, max_size=counts.size)
    withheld = cells.primary | (np.array(data.draw(flags)) & cells.free(cells.primary))
    asked = np.array(data.draw(flags))
    found = worked_out(relations, cells, withheld, asked)
    everything = audited(relations, cells, withheld).recoverable
    assert found.tolist() == (everything & asked).tolist()


@given(st.one_of(two_way(rows=4, columns=4, most=30), hierarchies()), st.sampled_from(POLICIES),
       st.data())  # fmt: skip
def test_tables_that_are_read_together_expose_nothing(table, policy, data):
    """A table with some relations is protected by itself; then all its relations are known."""
    relations, counts = table
    kept = data.draw(st.sets(st.integers(0, relations.relations - 1)))
    of_kept = np.isin(relations.relation, list(kept))
    by_itself = Additive(
        np.unique(relations.relation[of_kept], return_inverse=True)[1],
        relations.cell[of_kept], relations.sign[of_kept], relations.cells,
    )  # fmt: skip
    cells = cells_under(counts, policy)
    before = secondary_suppression(by_itself, cells)
    withheld = suppressed_together(relations, cells, before).withheld
    assert (withheld | ~cells.primary).all()
    assert not audited(relations, cells, withheld).recoverable.any()
