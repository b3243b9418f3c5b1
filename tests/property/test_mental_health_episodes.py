"""The chain of rules for duplicate episodes, on episodes of few days that meet at every edge.

The random tables of `test_derivations.py` have few episodes of one person in one kind of bed. Here
every example has up to eight of them within ten days, so that every rule is met in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loading import module
from outturn.databases import DuckDB
from outturn.ingest.derivations import left_out

drawing = module("spec/derived/drawing.py")
TABLE = "mental_health_bed_days"
FIRST, AS_OF = date(2026, 1, 10), date(2026, 1, 31)
RULES = {
    left_out.SAME_DATES, left_out.OPEN_AND_CLOSED, left_out.ADMITTED_AGAIN, left_out.INSIDE_ANOTHER,
    left_out.OPEN_IN_AN_EARLIER, left_out.SAME_ADMISSION, left_out.SAME_DISCHARGE,
}  # fmt: skip
# One record each time, wherever it stands, of someone who is nobody else in the tables.
REACHES = {"stay": "reach", "person": "reach", "admitted_on": date(2026, 1, 1),
           "discharged_on": date(2026, 1, 2)}  # fmt: skip
Episode = tuple[str, int, int | None, str]


def episodes() -> st.SearchStrategy[list[Episode]]:
    one = st.tuples(
        st.sampled_from(["p1", "p1", "p2"]),
        st.integers(0, 6),
        st.sampled_from([None, 0, 1, 2, 3, 6]),
        st.sampled_from(["emergency", "emergency", "transfer", "planned"]),
    )
    return st.lists(one, max_size=8)


def rows_of(drawn: list[Episode]) -> list[dict[str, Any]]:
    empty = dict.fromkeys(one.name for one in drawing.CONTRACTS["hospital_stays"].fields)
    same = {**empty, "place": "North", "kind": "mental health", "source": "a", "row": 1}
    told = [{**same, "admission": "planned", **REACHES}]
    for number, (person, start, length, admission) in enumerate(drawn):
        began = FIRST + timedelta(days=start)
        ended = None if length is None else began + timedelta(days=length)
        told.append({**same, "person": person, "stay": f"s{number}", "admission": admission,
                     "admitted_on": began, "discharged_on": ended})  # fmt: skip
    return told


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.mark.slow
@given(drawn=episodes())
def test_every_chain_of_rules_ends_the_same_in_sql_and_in_plain(
    drawn: list[Episode], database: DuckDB
) -> None:
    given_rows = {"hospital_stays": rows_of(drawn)}
    found = drawing.derived_on(database, given_rows, TABLE, as_of=AS_OF)
    plain = drawing.judged(given_rows, TABLE, as_of=AS_OF)
    assert sorted(map(repr, found)) == sorted(map(repr, plain))


@given(drawn=episodes())
def test_no_two_episodes_that_are_kept_tell_one_another_again(drawn: list[Episode]) -> None:
    """Two episodes with days that are both kept begin and end on different days, and none lies
    within the other; one at most lasts, and begins after every other."""
    told = rows_of(drawn)
    made = drawing.judged({"hospital_stays": told}, TABLE, as_of=AS_OF)
    kept = {row["stay"] for row in made if row["left_out"] is None}
    spans = [
        (row["person"], row["admitted_on"], row["discharged_on"])
        for row in told
        if row["stay"] in kept
    ]
    for one, other in combinations(spans, 2):
        if one[0] != other[0]:
            continue
        (_, began, ended), (_, later, later_ended) = sorted((one, other), key=lambda span: span[1])
        assert began < later
        assert ended is not None
        if later_ended is None:
            assert ended <= later
        else:
            assert ended < later_ended


@given(drawn=episodes())
def test_whoever_has_unplanned_days_keeps_some(drawn: list[Episode]) -> None:
    """The chain drops records, not people, unless a record within one day stands for one that
    lasts."""
    told = rows_of(drawn)
    made = drawing.judged({"hospital_stays": told}, TABLE, as_of=AS_OF)
    unplanned = [row for row in made if row["left_out"] != left_out.OTHER_ADMISSION]
    with_days = {
        row["person"] for row in told
        if row["stay"] in {one["stay"] for one in unplanned} and row["discharged_on"] is not None
    }  # fmt: skip
    assert with_days <= {row["person"] for row in unplanned if row["left_out"] is None}


def test_every_rule_of_the_chain_is_met() -> None:
    """By one handful of episodes, so that no rule is there in vain."""
    drawn: list[Episode] = [
        ("p1", 0, 3, "emergency"), ("p1", 0, 3, "emergency"), ("p1", 0, None, "emergency"),
        ("p1", 0, 2, "emergency"), ("p1", 1, 1, "emergency"), ("p1", 1, 2, "transfer"),
        ("p2", 0, None, "emergency"), ("p2", 0, 6, "emergency"), ("p3", 0, None, "emergency"),
        ("p3", 1, 5, "emergency"), ("p3", 4, None, "emergency"),
    ]  # fmt: skip
    made = drawing.judged({"hospital_stays": rows_of(drawn)}, TABLE, as_of=AS_OF)
    assert {row["left_out"] for row in made} - {None, left_out.OTHER_ADMISSION} == RULES
