"""The figure of a group, of a measure made of its parts: of its members' counts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl
import pytest

from outturn.benchmarking import benchmarks
from outturn.benchmarking.group_values import rule_words
from outturn.framework.model import (
    Breakdown,
    Comparator,
    Inequality,
    Measure,
    Place,
    Standardise,
    Tally,
)
from outturn.judgement.parted import Others, made_of_parts
from outturn.judgement.values import values
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

YEAR = parse("2020/21").key
PLACES = {one: Place(one, f"{one}town", "council") for one in "ABCN"}
GROUP = Comparator("g", "Group", ("A", "B", "C"), "total over total")
AGED = Breakdown("age", "age", ("0-64", "65+"))
FIFTHS = Breakdown("fifth", "fifth", ("1", "2", "3", "4", "5"))


def measure(kind: str, by: Breakdown, **more: Any) -> Measure:
    return Measure(
        id="m", title="m", definition="1", kind=kind, unit="per 1,000", aim="lower", per=1000.0,
        numerator=Tally("stays", "count"), denominator=Tally("population", "sum", "people"),
        breakdowns=(by,), **more,
    )  # fmt: skip


RATE = measure("standardised rate", AGED, standardise=Standardise("age", "European 2013"))


def compared(one: Measure, withheld: str = "", **counts: list[tuple[int, int]]) -> pl.DataFrame:
    rows = [
        {"measure": "m", "definition": "1", "place": place, "period": YEAR, "breakdown": breakdown,
         "category": category, "numerator": top, "denominator": bottom,
         "absent": "suppressed" if (place, category) == (withheld, "65+") else None}
        for place, parts in counts.items()
        for breakdown, category, (top, bottom) in [
            ("all", "all", (sum(top for top, _ in parts), sum(below for _, below in parts))),
            *zip([one.breakdowns[0].name] * 9, one.breakdowns[0].categories, parts, strict=False),
        ]
    ]  # fmt: skip
    known, groups = {"m": one}, {"g": GROUP}
    found = fitted(pl.DataFrame(rows), COUNTS)
    made = values(found, measures=known, places=PLACES, comparators=groups)
    found = benchmarks(
        made, measures=known, comparators=groups, places=PLACES,
        of_parts=partial(made_of_parts, measures=known, others=Others(PLACES, groups)),
    )  # fmt: skip
    return found.filter(breakdown="all")


def test_the_counts_of_each_age_are_added_up_over_the_members():
    """40 of 4,000 younger people and 40 of 1,000 older: 0.805 × 10 + 0.195 × 40."""
    found = compared(RATE, A=[(30, 1000), (10, 500)], B=[(10, 3000), (30, 500)])
    assert found["comparator_value"].to_list() == pytest.approx([15.85] * 2)
    assert found["comparator_rule"].to_list() == ["total over total"] * 2


def test_a_member_without_a_figure_is_left_out_of_the_sums():
    """C has nobody of 65 and over, so no rate; without it the sums are those of A and B."""
    found = compared(
        RATE, A=[(30, 1000), (10, 500)], B=[(10, 3000), (30, 500)], C=[(900, 1000), (0, 0)]
    )
    assert found["comparator_value"].to_list() == pytest.approx([15.85] * 3)
    note = "The total is of 2 of 3 members: the rest have no figure of their own."
    assert all(note in said for said in found["note"])


def test_a_group_with_a_member_that_is_withheld_has_no_total():
    """It would be that of the others, and another one for each audience."""
    young, old = [(30, 1000), (10, 500)], [(10, 3000), (30, 500)]
    found = compared(RATE, withheld="C", A=young, B=old, C=[(900, 1000), (9, 90)])
    assert found["comparator_value"].to_list() == [None] * 3
    note = "Suppressed to protect people: figures of 1 of 3 members, so the group has none."
    assert all(note in said for said in found["note"])


def test_members_whose_own_ratio_is_none_are_among_those_that_events_are_expected_by():
    """C has a correction below zero, and so no ratio, but is a member of those that all are held
    to: A and B have 80, and would have so many at 43 of 4,100 younger and 39 of 1,050 older.
    """
    ratio = measure("standardised ratio", AGED, standardise=Standardise("age", "g"))
    found = compared(
        ratio, A=[(30, 1000), (10, 500)], B=[(10, 3000), (30, 500)], C=[(3, 100), (-1, 50)]
    )
    expected = 4000 * 43 / 4100 + 1000 * 39 / 1050
    assert found["comparator_value"].to_list() == pytest.approx([1000 * 80 / expected] * 3)


def test_one_member_alone_makes_no_figure_of_a_group():
    found = compared(RATE, A=[(30, 1000), (10, 500)], C=[(900, 1000), (0, 0)])
    assert found.is_empty()  # neither two figures nor a figure of the group: nothing is compared


def test_a_group_is_standardised_to_the_place_that_its_members_are():
    """A and B together have 40 + 40; at Ntown's 10 and 40 per 1,000 there would be 40 + 40."""
    ratio = measure("standardised ratio", AGED, standardise=Standardise("age", "N"))
    found = compared(
        ratio, A=[(30, 1000), (10, 500)], B=[(10, 3000), (30, 500)], N=[(10, 1000), (40, 1000)]
    )
    assert found["comparator_value"].to_list() == pytest.approx([1000] * 2)


def test_an_inequality_of_a_group_is_over_the_people_of_all_its_members():
    """Each fifth has twice the people of one member, and the rates 50, 40, 30, 20 and 10."""
    unequal = measure("inequality", FIFTHS, inequality=Inequality("fifth", "slope"),
                      methods="Scotland")  # fmt: skip
    line = [(50, 1000), (40, 1000), (30, 1000), (20, 1000), (10, 1000)]
    found = compared(unequal, A=line, B=line)
    assert found["comparator_value"].to_list() == pytest.approx([50] * 2)


def test_of_a_reported_rate_a_group_is_said_to_have_no_total():
    """Nobody knows its counts by age."""
    reported = replace(RATE, numerator=None, denominator=None, standardise=None, breakdowns=())
    said = rule_words(GROUP, reported, PLACES)
    assert said == "total over total; of a standardised rate there is no such figure"
    assert rule_words(GROUP, RATE, PLACES) == "total over total"
