"""Shares: nothing that a public build tells gives a small count away to whoever knows of parts.

What can be worked out is asked by a linear programme of its own, over how many good and how many
other answers there are of each kind at each place: a numerator is a sum of the good ones, and its
denominator the same sum of both. It knows nothing of relations.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from outturn.engine.plain_rows import meets
from outturn.framework import Partnership
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.judgement.disclosure import NOTHING, PROVED, people_counted, released
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, fitted

YEAR = "2020-04-01/P1Y"
PLACES = {
    "HOME": Place("HOME", "Vale", "partnership"),
    "A": Place("A", "North", "locality", {"main": "HOME"}),
    "B": Place("B", "South", "locality", {"main": "HOME"}),
}
PARTS = {"sex": ("F", "M"), "age": ("old", "young")}
# One of each kind that a condition or a category could tell apart, but empty cells.
ROWS = [
    {"place": place, "sex": sex, "age": age} for place, sex, age in product("AB", *PARTS.values())
]
OLD, F = Condition("age", "is", ("old",)), Condition("sex", "is", ("F",))
COLUMNS = {"numerator": "good", "denominator": "answers"}


@st.composite
def measures(draw):
    """A share of answers, and one or two others: of the same columns, a share again or a count."""
    more = st.lists(st.sampled_from(["answers", "answers", "share", "good"]), max_size=2)
    kinds = ["share", *draw(more)]
    found = {}
    for number, kind in enumerate(kinds):
        where = draw(st.sampled_from([(), (OLD,), (F,)]))
        by = draw(st.sampled_from([(), ("sex",), ("age",), ("sex", "age")]))
        tallies = {side: Tally("survey", "sum", column, where) for side, column in COLUMNS.items()}
        if kind != "share":
            tallies = {"numerator": Tally("survey", "sum", kind, where)}
        found[f"m{number}"] = Measure(
            f"m{number}", kind, "1", "proportion" if kind == "share" else "count", "%", "none",
            roll_up="sum", breakdowns=tuple(Breakdown(one, one) for one in by), **tallies,
        )  # fmt: skip
    return found


def cells(measures):
    """Each row of Counts with, for each side, which good and which other answers it sums."""
    for id, measure in measures.items():
        parts = [(WHOLE, WHOLE, ())]
        for one in measure.breakdowns:
            parts += [(one.name, name, (Condition(one.name, "is", (name,)),))
                      for name in PARTS[one.name]]  # fmt: skip
        for place, (breakdown, category, also) in product(PLACES, parts):
            row = {"measure": id, "place": place, "period": YEAR, "breakdown": breakdown}
            sides = {}
            for side in ("numerator", "denominator"):
                if tally := getattr(measure, side):
                    asked = (*tally.where, *also)
                    here = [
                        place in ("HOME", one["place"]) and all(meets(one, c) for c in asked)
                        for one in ROWS
                    ]
                    others = tally.column == "answers"
                    sides[side] = np.array([*here, *(one and others for one in here)])
            yield {**row, "category": category}, sides


def counted(measures, numbers):
    rows = [
        {**row, **{side: float(numbers[flags].sum()) for side, flags in sides.items()}}
        for row, sides in cells(measures)
    ]
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def widths(measures, shown, rows, numbers, policy):
    """How far apart the least and the most of each row's small withheld counts are, at the least.

    Infinity where a row has none, or where it would be no wider were everything withheld.
    """
    known, lower, upper = [np.zeros(numbers.size)], [0.0], [0.0]
    asked = []
    lines = zip(cells(measures), shown, rows.iter_rows(named=True), strict=True)
    for at, ((_, sides), is_shown, row) in enumerate(lines):
        for side, flags in sides.items():
            if is_shown:
                low, high = policy.could_be(policy.rounded([row[side]]))
                known.append(flags)
                lower.append(min(low[0], row[side]))
                upper.append(max(high[0], row[side]))
            elif flags.any() and policy.is_small([row[side]])[0]:
                asked.append((at, flags))
    matrix = np.vstack([known, -np.array(known, float)])
    ends = np.concatenate([upper, -np.array(lower)])
    found = np.full(rows.height, np.inf)
    for at, flags in asked:
        found[at] = min(found[at], _width(flags, matrix, ends))
    return found


def _width(flags, matrix, ends):
    furthest = [
        linprog(sign * flags, A_ub=matrix, b_ub=ends, bounds=(0, 1000), method="highs").fun
        for sign in (1.0, -1.0)
    ]
    return -sum(furthest)


def folder(measures, preset):
    return Partnership("Vale", "HOME", disclosure=preset, measures=measures, places=PLACES)


def told(rows, partnership, besides):
    made = released(rows, partnership, [], {}, besides=besides).told
    return (made["absent"] != "suppressed").fill_null(True).to_numpy()


def found_in(rows, partnership, shown):
    found, public = people_counted(rows, partnership, [], {})
    edition = Edition(found, shown, public)
    return recoverable([edition], partnership, PRESETS[partnership.disclosure]).rows


# Few are not good: where all are, a numerator is as large as it can be.
GOOD, OTHERS = st.sampled_from([0, 1, 2, 3, 4, 6, 9, 14, 25]), st.sampled_from([0, 0, 0, 0, 1, 9])
EACH = st.tuples(*[GOOD] * len(ROWS), *[OTHERS] * len(ROWS))
NUMBERS = EACH.map(np.array)
POLICIES = st.sampled_from(["social care", "hospital", "ehrql", "scotland"])


# Of 20 answers, 19 are good; of 15 of women all, and so 4 of 5 of men.
BY_SEX = (Breakdown("sex", "sex"),)
SAFE = {
    id: Measure(
        id, id, "1", kind, "%", "none", roll_up="sum", breakdowns=BY_SEX,
        numerator=Tally("survey", "sum", COLUMNS[side]),
        denominator=Tally("survey", "sum", "answers") if kind == "proportion" else None,
    )
    for id, kind, side in (("share", "proportion", "numerator"), ("all", "count", "denominator"))
}  # fmt: skip
AT_ONE_PLACE = np.array([15, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])


@example(SAFE, AT_ONE_PLACE, "social care")
@given(measures(), NUMBERS, POLICIES)
def test_no_small_count_of_a_public_build_follows_from_a_numerator_being_a_part(
    measures, numbers, preset
):
    rows, policy = counted(measures, numbers), PRESETS[preset]
    shown = told(rows, folder(measures, preset), PROVED)
    found = widths(measures, shown, rows, numbers, policy)
    assert found.min(initial=np.inf) >= policy.leaves - 1 - 1e-6


@example(SAFE, AT_ONE_PLACE, "social care")
@given(measures(), NUMBERS, POLICIES)
def test_the_audit_finds_what_shares_give_away_when_only_small_counts_are_withheld(
    measures, numbers, preset
):
    """And all of it, row by row: it knows as much as the linear programme over answers."""
    rows, policy = counted(measures, numbers), PRESETS[preset]
    partnership = folder(measures, preset)
    shown = told(rows, partnership, NOTHING)
    exposed = widths(measures, shown, rows, numbers, policy) < policy.leaves - 1 - 1e-6
    assert (found_in(rows, partnership, shown) | ~exposed).all()


@example(SAFE, AT_ONE_PLACE, "social care")
@given(measures(), NUMBERS, POLICIES)
def test_the_audit_finds_nothing_in_a_public_build_of_shares(measures, numbers, preset):
    rows, partnership = counted(measures, numbers), folder(measures, preset)
    left = found_in(rows, partnership, told(rows, partnership, PROVED))
    nothing = found_in(rows, partnership, np.zeros(rows.height, bool))
    assert not (left & ~nothing).any()
