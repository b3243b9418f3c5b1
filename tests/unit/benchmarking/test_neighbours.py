"""Who is near, how near, and by what."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.benchmarking.neighbours import neighbours, with_neighbours
from outturn.framework.model import Comparator, Place
from outturn.statistics.nearest import likeness
from outturn.terms.errors import DefinitionMistake

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


@pytest.mark.parametrize(
    ("given_", "lacks"),
    [(None, "old, poor"), (table(H=(20.0, None)), "poor"), (table().head(0), "old, poor")],
)
def test_without_what_is_known_of_home_nobody_is_near(given_, lacks):
    with pytest.raises(DefinitionMistake, match=f"No table area_characteristics has {lacks} of H"):
        with_neighbours({"near": GROUP}, given_, PLACES, "H")


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
