"""Who is near, how near, and by what."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.benchmarking.neighbours import (
    doubts,
    left_out,
    neighbours,
    with_kept_neighbours,
    with_neighbours,
)
from outturn.framework.model import Comparator, Place
from outturn.statistics.nearest import likeness
from outturn.terms.errors import DefinitionMistake, Mistakes

PLACES = {code: Place(code, code, "council") for code in "ABCDH"} | {"L": Place("L", "L", "ward")}
GROUP = Comparator("near", "Near", (), "mean of members", kind="council", nearest=2,
                   weights={"old": 3.0, "poor": 1.0})  # fmt: skip


def table(**more):
    known = {"H": (20.0, 10.0), "A": (21.0, 30.0), "B": (20.0, 16.0), "C": (30.0, 10.0),
             "D": (19.0, None), "L": (20.0, 10.0), **more}  # fmt: skip
    return pl.DataFrame(
        [
            (place, name, value)
            for place, both in known.items()
            for name, value in zip(("old", "poor"), both, strict=True)
            if value is not None
        ],
        schema=["place", "characteristic", "value"],
        orient="row",
    )


def test_the_nearest_come_first_with_what_they_are_like_and_unlike_in():
    found = neighbours(GROUP, table(), PLACES, "H")
    assert [(one.place, one.is_member) for one in found] == [("B", True), ("A", True), ("C", False)]
    assert [(one.alike_in, one.unlike_in) for one in found] == [
        ("old", "poor"), ("old", "poor"), ("poor", "old"),
    ]  # fmt: skip
    assert found[0].values == {"old": 20.0, "poor": 16.0}


def test_a_distance_is_by_hand_that_of_standard_deviations():
    spread = np.std([10.0, 30.0, 16.0, 10.0])
    b = neighbours(GROUP, table(), PLACES, "H")[0]
    assert b.distance == pytest.approx(math.sqrt((6 / spread) ** 2 / 4))


def test_a_group_that_asks_for_the_nearest_has_them_as_members_and_others_stay():
    other = Comparator("all", "All", ("A",), "mean of members")
    found = with_neighbours({"near": GROUP, "all": other}, table(), PLACES, "H")
    assert found["near"].members == ("B", "A") and found["all"] is other


def test_of_places_equally_far_the_one_whose_code_comes_first_belongs():
    same = table(A=(25.0, 10.0), B=(25.0, 10.0), C=(25.0, 10.0))
    found = with_neighbours({"near": GROUP}, same, PLACES, "H")
    assert found["near"].members == ("A", "B")


def test_a_kept_group_has_those_it_was_compared_with_then():
    """Not what others published of it, nor home, which joins for its rank alone."""
    rows = [
        ("near", "H", "computed"), ("near", "B", "computed"), ("near", "A", "computed"),
        ("near", "B", "computed"), ("near", "C", "reported"), ("all", "D", "computed"),
    ]  # fmt: skip
    kept = pl.LazyFrame(rows, schema=["comparator", "place", "basis"], orient="row")
    other = Comparator("all", "All", ("A", "D"), "mean of members")
    found = with_kept_neighbours({"near": GROUP, "all": other}, kept, "H")
    assert found["near"].members == ("A", "B") and found["all"] is other
    assert with_kept_neighbours({"all": other}, kept, "H") == {"all": other}


ADD = "Add a source with the contract area_characteristics, or leave these weights out."
ROWS = (
    "Add rows of H to a source with the contract area_characteristics, or leave these weights out."
)


def refused(group, given_, home="H"):
    """The only mistake of a group, told alike of it by itself and of all together."""
    with pytest.raises(DefinitionMistake) as alone:
        neighbours(group, given_, PLACES, home)
    with pytest.raises(Mistakes) as together:
        with_neighbours({"near": group}, given_, PLACES, home)
    assert [str(one) for one in together.value.exceptions] == [str(alone.value)]
    assert not list(doubts({"near": group}, given_, PLACES, home))
    return alone.value


@pytest.mark.parametrize(
    ("given_", "lacks", "remedy"),
    [
        (None, "old, poor", ADD),
        (table(H=(20.0, None)), "poor", ROWS),
        (table().filter(pl.col("place") != "H"), "old, poor", ROWS),
        (table().head(0), "old, poor", "The table has no rows."),
    ],
)
def test_without_what_is_known_of_home_nobody_is_near(given_, lacks, remedy):
    told = refused(GROUP, given_)
    assert told.where == "outturn.toml, comparator near"
    assert told.problem == (
        f"No table area_characteristics has {lacks} of H, and so nobody can say who is near."
    )
    assert told.remedy == remedy


def test_a_name_that_the_table_does_not_have_is_told_with_the_nearest_that_it_has():
    told = refused(replace(GROUP, weights={"old": 1.0, "por": 1.0}), table())
    assert "has por of H" in told.problem and told.remedy == "Did you mean 'poor'?"
    told = refused(replace(GROUP, weights={"wide": 1.0}), table())
    assert told.remedy == "The table has old, poor."


def test_where_nobody_else_has_all_characteristics_nobody_is_near():
    """Not every place of the kind, which is what a group without members would be."""
    told = refused(GROUP, table(A=(1.0, None), B=(None, 1.0), C=(None, None)))
    assert told.problem == (
        "No place of the kind 'council' besides H has all of old, poor, and so nobody is near."
    )


def test_where_no_characteristic_differs_nobody_is_nearer():
    told = refused(GROUP, table(**dict.fromkeys("ABCDH", (20.0, 10.0))))
    assert told.problem == (
        "old, poor: the same in every place compared, and so nobody is nearer than another."
    )


def test_the_mistakes_of_all_groups_are_told_at_once():
    other = replace(GROUP, id="other", weights={"rich": 1.0})
    with pytest.raises(Mistakes) as told:
        with_neighbours({"near": GROUP, "other": other}, table(H=(None, 1.0)), PLACES, "H")
    assert [one.where.split()[-1] for one in told.value.exceptions] == ["near", "other"]


def test_what_is_the_same_in_every_place_is_no_reason_and_makes_no_distance_smaller():
    # The ward has another: it is of another kind, and so is not compared.
    same = pl.DataFrame(
        [(place, "same", 9.0 if place == "L" else 5.0) for place in "ABCDHL"],
        schema=["place", "characteristic", "value"],
        orient="row",
    )
    more = replace(GROUP, weights={**GROUP.weights, "same": 50.0})
    found = neighbours(more, pl.concat([table(), same]), PLACES, "H")
    plain = neighbours(GROUP, table(), PLACES, "H")
    assert [(one.place, one.distance) for one in found] == [
        (one.place, one.distance) for one in plain
    ]
    assert [(one.alike_in, one.unlike_in) for one in found] == [
        (one.alike_in, one.unlike_in) for one in plain
    ]
    assert left_out(more, pl.concat([table(), same]), PLACES, "H") == {"same": 5.0}
    assert list(doubts({"near": more}, pl.concat([table(), same]), PLACES, "H")) == [
        "Comparator 'near': left out of the distances: same, which is 5 in every place compared, "
        "and so makes nobody nearer."
    ]


def test_what_differs_only_in_a_place_that_lacks_another_characteristic_tells_nobody_apart():
    # D has no share of poor people, so it is not compared: all who are have the same age.
    known = table(**{code: (20.0, poor) for code, poor in zip("ABCH", (1, 2, 3, 0), strict=True)})
    found = neighbours(GROUP, known, PLACES, "H")
    assert left_out(GROUP, known, PLACES, "H") == {"old": 20.0}
    assert [(one.place, one.alike_in) for one in found] == [
        ("A", "poor"), ("B", "poor"), ("C", "poor"),
    ]  # fmt: skip


def test_fewer_places_than_a_group_asks_for_are_told_and_are_its_members():
    many = replace(GROUP, nearest=15)
    found = with_neighbours({"near": many}, table(), PLACES, "H")
    assert found["near"].members == ("B", "A", "C")
    assert list(doubts({"near": many, "all": Comparator("all", "All", ("A",), "mean of members")},
                       table(), PLACES, "H")) == [
        "Comparator 'near': it asks for the nearest 15, and 3 of the kind 'council' have all its "
        "characteristics."
    ]  # fmt: skip
    assert not list(doubts({"near": replace(GROUP, nearest=3)}, table(), PLACES, "H"))


def test_a_characteristic_may_be_called_as_a_column_is():
    named = table().with_columns(pl.col("characteristic").replace({"old": "place", "poor": "1"}))
    group = replace(GROUP, weights={"place": 3.0, "1": 1.0})
    found = neighbours(group, named, PLACES, "H")
    assert [one.distance for one in found] == [
        one.distance for one in neighbours(GROUP, table(), PLACES, "H")
    ]


@given(
    rows=st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=8),
    weights=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    scale=st.sampled_from([0.001, 1, 1000]),
)
def test_neither_the_unit_nor_where_it_begins_changes_who_is_near(rows, weights, scale):
    plain = np.array(rows, dtype=float)
    other = plain * [scale, 1] + [7, 0]
    one, two = (likeness(each, 0, weights).distance for each in (plain, other))
    assert one == pytest.approx(two, abs=1e-6)
    assert one[0] == 0 and (one >= 0).all()
    # Each way round it is as far.
    back = [likeness(plain, at, weights).distance[0] for at in range(len(rows))]
    assert one == pytest.approx(back, abs=1e-9)


@given(
    rows=st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=8),
    weight=st.integers(1, 100),
    same=st.floats(-1e9, 1e9),
)
def test_a_characteristic_that_is_the_same_everywhere_moves_no_distance(rows, weight, same):
    areas = np.array(rows, dtype=float)
    plain = likeness(areas, 0, [1, 2])
    more = likeness(np.column_stack([areas, np.full(len(areas), same)]), 0, [1, 2, weight])
    assert more.distance.tolist() == plain.distance.tolist()
    assert more.is_left_out.tolist() == [*plain.is_left_out.tolist(), True]
    assert (more.differences[:, 2] == 0).all()
