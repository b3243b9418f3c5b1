"""Into which compartments selections cut a table, by hand."""

from __future__ import annotations

from outturn.framework.model import Condition
from outturn.judgement.compartments import MOST, compartments
from outturn.judgement.selection_relations import Selections
from outturn.judgement.selections import columns_of, selection_of

HEALTH = Condition("reason", "is", ("health",))
NOT_HEALTH = Condition("reason", "is_not", ("health",))
OLD = Condition("age", "at_least", (65,))
YOUNG = Condition("age", "below", (65,))


def selections(*asked, adds_up=True):
    columns = columns_of((one for where in asked for one in where), ())
    every = [selection_of(where, columns) for where in asked]
    return Selections(columns, every, [frozenset("a")] * len(every), adds_up)


def held(some):
    """Who holds each compartment, those that are in doubt apart."""
    (found,) = compartments(some, range(len(some.every))).sets
    pairs = list(zip(found.holders, found.doubts, strict=True))
    return {one for one, doubts in pairs if not doubts}, {one for one, doubts in pairs if doubts}


def test_two_conditions_on_two_columns_cut_their_whole_in_four():
    some = selections((), (OLD,), (HEALTH,))
    assert held(some) == ({(0,), (0, 1), (0, 2), (0, 1, 2)}, set())


def test_what_no_selection_holds_is_no_compartment():
    assert held(selections((OLD,), (HEALTH,))) == ({(0,), (1,), (0, 1)}, set())


def test_a_compartment_that_only_empty_cells_could_fill_is_in_doubt():
    """Of all, those neither for health nor not for health have no reason."""
    sure, doubtful = held(selections((), (HEALTH,), (NOT_HEALTH,)))
    assert (sure, doubtful) == ({(0, 1), (0, 2)}, {(0,)})


def test_what_somebody_counts_by_itself_is_not_in_doubt():
    nobody_says = Condition("reason", "absent")
    sure, doubtful = held(selections((), (HEALTH,), (NOT_HEALTH,), (nobody_says,)))
    assert (sure, doubtful) == ({(0, 1), (0, 2), (0, 3)}, set())


def test_people_who_may_stand_in_two_parts_have_no_compartments():
    assert compartments(selections((), (OLD,), adds_up=False), range(2)) == ([], [])


def test_too_many_compartments_are_looked_at_by_two_columns():
    """Six columns of six pieces each, which all cross: 46,656 together, and 36 of each two."""
    categories = [(Condition(name, "is", (value,)),) for name in "abcdef" for value in "12345"]
    some = selections((), *categories)
    found, passed_over = compartments(some, range(len(some.every)))
    assert (len(found), passed_over) == (15, [])
    assert {len(one.holders) for one in found} == {36}
    assert max(len(one.holders) for one in found) < MOST < 6**6


def test_two_columns_that_alone_cut_too_many_are_told_and_the_others_looked_at():
    """44 values of each and the rest cross in 2,025 compartments; with c, in 45 of four each."""
    values = [(Condition(name, "is", (n,)),) for name in "ab" for n in range(44)]
    some = selections((), *values, (Condition("c", "is", ("x",)),))
    found, passed_over = compartments(some, range(len(some.every)))
    assert passed_over == [("a", "b")]
    assert {len(one.holders) for one in found} == {90}
