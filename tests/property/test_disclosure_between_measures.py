"""Measures of one table by conditions: nothing that a public build tells gives a small count away.

What can be worked out is asked by a linear programme of its own, over how many rows there are of
each kind at each place. It knows rows and conditions, and nothing of relations between measures.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from laying import by_day
from outturn.engine.plain_rows import meets
from outturn.framework import Partnership
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.judgement.disclosure import CLOSED, NOTHING, PROVED, people_counted, released
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, fitted

PUBLIC = {"besides": PROVED}
YEAR = "2020-04-01/P1Y"
PLACES = {
    "HOME": Place("HOME", "Vale", "partnership"),
    "A": Place("A", "North", "locality", {"main": "HOME"}),
    "B": Place("B", "South", "locality", {"main": "HOME"}),
}
# One of each kind that a condition could tell apart, between two named values as well: whoever knew
# that there is no age of 70 would know more than conditions say.
REASONS, AGES = ("health", "housing", "care", "other", None), (60, 65, 66, 70, 80, 90)
ROWS = [
    {"place": place, "reason": reason, "age": age}
    for place, reason, age in product("AB", REASONS, AGES)
]
OF_REASON = st.sampled_from([
    Condition("reason", "is", ("health",)),
    Condition("reason", "is_not", ("health",)),
    Condition("reason", "one_of", ("housing", "care")),
    Condition("reason", "one_of", ("health", "care")),
    Condition("reason", "none_of", ("care",)),
    Condition("reason", "present"),
    Condition("reason", "absent"),
])  # fmt: skip
OF_AGE = st.sampled_from([
    Condition("age", "at_least", (66,)),
    Condition("age", "at_most", (65,)),
    Condition("age", "above", (66,)),
    Condition("age", "below", (80,)),
    Condition("age", "between", (66, 80)),
])  # fmt: skip
BOTH = st.tuples(st.none() | OF_REASON, st.none() | OF_AGE)
ONE_COLUMN = st.sampled_from([OF_REASON, OF_AGE])


@st.composite
def some_measures(draw, several_columns=False):
    """Two or three measures of one table; some with a denominator, some divided by reason."""
    found = {}
    column = draw(ONE_COLUMN)
    asked = BOTH if several_columns else st.tuples(st.none() | column)
    may_divide = several_columns or column is OF_REASON
    for number in range(draw(st.integers(2, 3))):
        where = tuple(one for one in draw(asked) if one)
        less = st.none() | st.just(Tally("delays", "count", where=where[:-1]))
        divided = may_divide and draw(st.booleans())
        found[f"m{number}"] = Measure(
            f"m{number}", "Delays", "1", "proportion", "%", "none", roll_up="sum",
            numerator=Tally("delays", "count", where=where), denominator=draw(less),
            breakdowns=(Breakdown("by reason", "reason"),) if divided else (),
        )  # fmt: skip
    return found


def parts(measure):
    yield WHOLE, WHOLE, ()
    for one in measure.breakdowns:
        for reason in REASONS:
            word = ("is", (reason,)) if reason else ("absent",)
            yield one.name, reason or "Unknown", (Condition("reason", *word),)


def cells(measures):
    """Each row of Counts with, for each side, a flag for each kind of row: whether it counts."""
    for id, measure in measures.items():
        for place, (breakdown, category, also) in product(PLACES, parts(measure)):
            row = {"measure": id, "place": place, "period": YEAR, "breakdown": breakdown}
            sides = {}
            for side in ("numerator", "denominator"):
                if tally := getattr(measure, side):
                    asked = (*tally.where, *also)
                    sides[side] = np.array([
                        place in ("HOME", one["place"]) and all(meets(one, c) for c in asked)
                        for one in ROWS
                    ])  # fmt: skip
            yield {**row, "category": category}, sides


def counted(measures, numbers):
    rows = [
        {**row, **{side: float(numbers[flags].sum()) for side, flags in sides.items()}}
        for row, sides in cells(measures)
    ]
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def narrowest(measures, told, numbers, policy):
    """How far apart the least and the most of each small withheld count are, at the narrowest."""
    known, lower, upper, asked = [], [], [], []
    for (_, sides), row in zip(cells(measures), told.iter_rows(named=True), strict=True):
        for side, flags in sides.items():
            if row["absent"] == "suppressed":
                if flags.any() and policy.is_small([numbers[flags].sum()])[0]:
                    asked.append(flags)
            elif flags.any():
                low, high = policy.could_be([row[side]])
                known.append(flags)
                lower.append(low[0])
                upper.append(high[0])
    matrix = np.vstack([known, -np.array(known, float)]) if known else None
    ends = np.concatenate([upper, -np.array(lower)]) if known else None
    return min((_width(flags, matrix, ends) for flags in asked), default=np.inf)


def _width(flags, matrix, ends):
    furthest = [
        linprog(sign * flags, A_ub=matrix, b_ub=ends, bounds=(0, 1000), method="highs").fun
        for sign in (1.0, -1.0)
    ]
    return -sum(furthest)


COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 6, 9, 14, 25])
NUMBERS = st.lists(COUNT, min_size=len(ROWS), max_size=len(ROWS)).map(np.array)
POLICIES = st.sampled_from(["social care", "hospital", "ehrql", "scotland"])


@by_day(40)
@given(some_measures(), NUMBERS, POLICIES)
def test_no_small_count_follows_from_what_a_public_build_tells_of_all_measures(
    measures, numbers, preset
):
    """Of measures whose conditions are about one column."""
    told = released(
        counted(measures, numbers), partnership(measures, preset), [], {}, **PUBLIC
    ).told
    policy = PRESETS[preset]
    assert narrowest(measures, told, numbers, policy) >= policy.leaves - 1 - 1e-6


@by_day(40)
@given(some_measures(several_columns=True), NUMBERS, POLICIES)
def test_no_small_count_follows_from_conditions_on_two_columns_in_a_public_build(
    measures, numbers, preset
):
    told = released(
        counted(measures, numbers), partnership(measures, preset), [], {}, **PUBLIC
    ).told
    policy = PRESETS[preset]
    assert narrowest(measures, told, numbers, policy) >= policy.leaves - 1 - 1e-6


@by_day(40)
@given(some_measures(several_columns=True), NUMBERS, POLICIES)
def test_the_audit_finds_what_two_columns_give_away_when_only_small_counts_are_withheld(
    measures, numbers, preset
):
    rows, folder = counted(measures, numbers), partnership(measures, preset)
    told = released(rows, folder, [], {}, besides=NOTHING).told
    policy = PRESETS[preset]
    if narrowest(measures, told, numbers, policy) < policy.leaves - 1 - 1e-6:
        shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
        assert found_in(rows, folder, shown).any()


@by_day(40)
@given(some_measures(several_columns=True), NUMBERS, POLICIES)
def test_the_audit_finds_nothing_in_a_public_build_of_several_measures(measures, numbers, preset):
    """But for what nobody can hide: no row is for health where its reason is absent."""
    rows, folder = counted(measures, numbers), partnership(measures, preset)
    told = released(rows, folder, [], {}, **PUBLIC).told
    left = found_in(rows, folder, (told["absent"] != "suppressed").fill_null(True).to_numpy())
    nothing = found_in(rows, folder, np.zeros(rows.height, bool))
    assert not (left & ~nothing).any()


@by_day(40)
@given(some_measures(), NUMBERS, POLICIES)
def test_the_audit_finds_what_the_rows_give_away_when_only_small_counts_are_withheld(
    measures, numbers, preset
):
    rows, folder = counted(measures, numbers), partnership(measures, preset)
    told = released(rows, folder, [], {}, besides=NOTHING).told
    policy = PRESETS[preset]
    if narrowest(measures, told, numbers, policy) < policy.leaves - 1 - 1e-6:
        shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
        assert found_in(rows, folder, shown).any()


@by_day(40)
@given(some_measures(several_columns=True), NUMBERS, POLICIES, st.booleans())
def test_a_row_is_withheld_whole_or_told_as_it_was(measures, numbers, preset, proved):
    rows, folder = counted(measures, numbers), partnership(measures, preset)
    before = released(rows, folder, [], {}, besides=NOTHING).told
    told = released(rows, folder, [], {}, besides=PROVED if proved else CLOSED).told
    for old, new in zip(before.iter_rows(named=True), told.iter_rows(named=True), strict=True):
        if new["absent"] == "suppressed":
            assert new["numerator"] is None and new["denominator"] is None
        else:
            assert new == old


def found_in(rows, folder, shown):
    found, public = people_counted(rows, folder, [], {})
    edition = Edition(found, shown, public)
    return recoverable([edition], folder, PRESETS[folder.disclosure]).rows


def partnership(measures, preset):
    return Partnership("Vale", "HOME", disclosure=preset, measures=measures, places=PLACES)
