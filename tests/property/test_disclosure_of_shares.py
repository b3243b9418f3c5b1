"""Shares: nothing that a public build tells gives a small count away to whoever knows of parts.

What can be worked out is asked by a linear programme of its own, over what stands in each column
of each kind of row at each place: a count is a sum of these, and where a share says so, no more are
good than there are answers. It knows nothing of relations.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from laying import by_day
from outturn.engine.plain_rows import meets
from outturn.framework import Partnership
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.judgement import compartments
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
MEN = Condition("sex", "is", ("M",))
SIDES = ("numerator", "denominator")
# Good ones are answers, and asked for; what came by post stands in another table.
TABLES = {"good": "survey", "answers": "survey", "asked": "survey", "by post": "post"}
WHERE = [(), (OLD,), (F,), (OLD, F)]
BY = [(), ("sex",), ("age",), ("sex", "age")]


def measure(id, top, bottom="", where=(), below=(), by=()):
    """A sum of one column, or the share that it is of another, which may ask other rows."""
    tallies = {"numerator": (top, where), **({"denominator": (bottom, below)} if bottom else {})}
    return Measure(
        id, id, "1", "proportion" if bottom else "count", "%", "none", roll_up="sum",
        breakdowns=tuple(Breakdown(one, one) for one in by),
        **{
            side: Tally(TABLES[column], "sum", column, asked)
            for side, (column, asked) in tallies.items()
        },
    )  # fmt: skip


SHARES = [("good", "answers"), ("good", "asked"), ("by post", "answers")]
COUNTED = [("answers", ""), ("good", "")]


@st.composite
def measures(draw):
    """A share of answers, and one or two others: of the same columns or not, or a count of one."""
    more = st.lists(st.sampled_from([*SHARES, *COUNTED, *COUNTED]), max_size=2)
    found = {}
    for number, (top, bottom) in enumerate([draw(st.sampled_from(SHARES)), *draw(more)]):
        where, by = draw(st.sampled_from(WHERE)), draw(st.sampled_from(BY))
        below = draw(st.sampled_from([where, where, (), (F,)]))
        found[f"m{number}"] = measure(f"m{number}", top, bottom, where, below, by)
    return found


def sums(tally, place, also=()):
    """Which columns of which rows a tally adds up at a place."""
    asked = (*tally.where, *also)
    here = [place in ("HOME", one["place"]) and all(meets(one, c) for c in asked) for one in ROWS]
    return np.concatenate([np.array(here) & (tally.column == column) for column in TABLES])


def cells(measures):
    """Each row of Counts with, for each side, which columns of which rows it adds up."""
    for id, measure in measures.items():
        parts = [(WHOLE, WHOLE, ())]
        for one in measure.breakdowns:
            parts += [(one.name, name, (Condition(one.name, "is", (name,)),))
                      for name in PARTS[one.name]]  # fmt: skip
        for place, (breakdown, category, also) in product(PLACES, parts):
            row = {"measure": id, "place": place, "period": YEAR, "breakdown": breakdown}
            tallies = {side: getattr(measure, side) for side in SIDES}
            sides = {side: sums(one, place, also) for side, one in tallies.items() if one}
            yield {**row, "category": category}, sides


def counted(measures, numbers):
    rows = [
        {**row, **{side: float(numbers[flags].sum()) for side, flags in sides.items()}}
        for row, sides in cells(measures)
    ]
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def parts(measures):
    """What shares say, each as weights of what is no less than none.

    No numerator is above its denominator; and where both are columns of one table, and all rows of
    the one are asked for by the other, in no row.
    """
    for row, sides in cells(measures):
        if len(sides) < 2:
            continue
        top, bottom = (sides[side].astype(float) for side in SIDES)
        yield bottom - top
        one, other = (getattr(measures[row["measure"]], side) for side in SIDES)
        rows, below = (sums(each, row["place"]).reshape(len(TABLES), -1) for each in (one, other))
        if one.table == other.table and (rows.any(axis=0) <= below.any(axis=0)).all():
            names = list(TABLES)
            for at in np.flatnonzero(rows.any(axis=0)):
                weights = np.zeros((len(TABLES), len(ROWS)))
                weights[names.index(one.column), at] = -1.0
                weights[names.index(other.column), at] = 1.0
                yield weights.ravel()


def known_of(measures, numbers):
    """All of these, where every one is true: else a reader takes none of them for granted."""
    said = np.array(list(parts(measures)))
    return said if (said @ numbers >= 0).all() else np.empty((0, numbers.size))


def widths(measures, shown, rows, numbers, policy):
    """How far apart the least and the most of each row's small withheld counts are, at the least.

    Infinity where a row has none, or where it would be no wider were everything withheld.
    """
    known, lower, upper = [np.zeros(numbers.size)], [0.0], [0.0]
    asked = []
    lines = zip(cells(measures), shown, rows.iter_rows(named=True), strict=True)
    for at, ((_, sides), is_shown, row) in enumerate(lines):
        for side, flags in sides.items():
            if row[side] is None:
                continue
            if is_shown:
                low, high = policy.could_be(policy.rounded([row[side]]))
                known.append(flags)
                lower.append(min(low[0], row[side]))
                upper.append(max(high[0], row[side]))
            elif flags.any() and policy.is_small([row[side]])[0]:
                asked.append((at, flags))
    said = known_of(measures, numbers)
    matrix = np.vstack([known, -np.array(known, float), -said])
    ends = np.concatenate([upper, -np.array(lower), np.zeros(len(said))])
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


# Few are not good: where all are, a numerator is as large as it can be. Seldom more than all are.
GOOD, OTHERS = st.sampled_from([0, 1, 2, 3, 4, 6, 9, 14, 25]), st.sampled_from([0, 0, 0, 0, 1, 9])
ABOVE = st.sampled_from([0] * 9 + [1])


@st.composite
def numbers(draw):
    good = np.array([draw(GOOD) for _ in ROWS])
    above = draw(ABOVE)
    answers, asked = (good + [draw(OTHERS) for _ in ROWS] for _ in range(2))
    by_post = np.minimum([draw(GOOD) for _ in ROWS], answers)
    answers[0] = max(answers[0] - 4 * above, 0)
    return np.concatenate([good, answers, asked, by_post])


@st.composite
def supplied(draw):
    """Which categories lack a numerator, as where a source has none."""
    return [draw(st.sampled_from([False] * 9 + [True])) for _ in range(60)]


POLICIES = st.sampled_from(["social care", "hospital", "ehrql", "scotland"])


def lacking(rows, lacks):
    """The rows without the numerator of some categories."""
    some = pl.Series(lacks[: rows.height], dtype=pl.Boolean)
    without = pl.lit(some) & (pl.col("breakdown") != WHOLE) & pl.col("denominator").is_not_null()
    return rows.with_columns(numerator=pl.when(~without).then("numerator"))


# Of 20 answers, 19 are good; of 15 of women all, and so 4 of 5 of men.
SAFE = {
    "share": measure("share", "good", "answers", by=("sex",)),
    "all": measure("all", "answers", by=("sex",)),
}
OF_TWO = {
    "a": measure("a", "good", "asked"),
    "all": measure("all", "answers"),
    "men": measure("men", "answers", where=(MEN,)),
    "of men": measure("of men", "good", "answers", (MEN,), (MEN,)),
    "share": measure("share", "good", "answers"),
}
# A share of old women says nothing of men, of whom 4 of 6 are good.
OF_SOME = {
    "share": measure("share", "good", "answers", (OLD, F), (OLD,)),
    "answers": measure("answers", "answers", by=("sex",)),
    "good": measure("good", "good"),
    "good men": measure("good men", "good", where=(MEN,)),
}
# Of 7 people asked 6 are old and good. Nobody good is young, for old ones alone are asked for.
OF_ITS_OWN = {"share": measure("share", "good", "asked", (OLD,), by=("age",))}
BY_POST = {
    "share": measure("share", "by post", "answers", by=("sex",)),
    "all": measure("all", "answers", by=("sex",)),
}


def at_one_place(good, answers, asked=(0, 0, 0)):
    """What A has of old women, young women and old men, all of it by post; there are no others."""
    found = np.zeros((len(TABLES), len(ROWS)), int)
    found[:, :3] = good, answers, asked, good
    return found.ravel()


AT_ONE_PLACE = at_one_place((15, 0, 4), (15, 0, 5), (20, 0, 10))
SIX_OLD = at_one_place((6, 0, 0), (6, 1, 0), (6, 1, 0))
# The share of women by post lacks its numerator at home and in A.
NO_WOMEN = [False, True, False, False, True, *[False] * 55]


@example(SAFE, AT_ONE_PLACE, "social care")
@example(OF_TWO, AT_ONE_PLACE, "social care")
@example(OF_ITS_OWN, SIX_OLD, "social care")
@by_day(40)
@given(measures(), numbers(), POLICIES)
def test_no_small_count_of_a_public_build_follows_from_a_numerator_being_a_part(
    measures, numbers, preset
):
    rows, policy = counted(measures, numbers), PRESETS[preset]
    shown = told(rows, folder(measures, preset), PROVED)
    found = widths(measures, shown, rows, numbers, policy)
    assert found.min(initial=np.inf) >= policy.leaves - 1 - 1e-6


@example(SAFE, AT_ONE_PLACE, "social care")
@example(OF_TWO, AT_ONE_PLACE, "social care")
@example(OF_ITS_OWN, SIX_OLD, "social care")
@by_day(40)
@given(measures(), numbers(), POLICIES)
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
@example(OF_SOME, at_one_place((20, 40, 4), (20, 40, 6)), "social care")
@by_day(40)
@given(measures(), numbers(), POLICIES)
def test_the_audit_finds_nothing_that_shares_do_not_give_away(measures, numbers, preset):
    """Where what they say is true. Bounds of whole numbers may be nearer by one at each end.

    Old ones who are young are none, whatever is told.
    """
    assume(len(known_of(measures, numbers)))
    rows, policy = counted(measures, numbers), PRESETS[preset]
    partnership = folder(measures, preset)
    shown = told(rows, partnership, NOTHING)
    exposed = widths(measures, shown, rows, numbers, policy) < policy.leaves + 2
    some = np.array([all(one.any() for one in sides.values()) for _, sides in cells(measures)])
    assert (exposed | ~some | ~found_in(rows, partnership, shown)).all()


@by_day(40)
@given(measures(), numbers(), POLICIES, st.sampled_from([3, 8, compartments.MOST]))
def test_that_a_numerator_is_a_part_takes_nothing_from_what_is_known(
    measures, numbers, preset, most
):
    """As ratios the same measures say less; however many compartments are looked at."""
    rows = counted(measures, numbers)
    ratios = {id: replace(one, kind="ratio") for id, one in measures.items() if one.denominator}
    shown = told(rows, folder(measures, preset), NOTHING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compartments, "MOST", most)
        less, more = (
            found_in(rows, folder(some, preset), shown)
            for some in ({**measures, **ratios}, measures)
        )
    assert (more | ~less).all()


@example(BY_POST, AT_ONE_PLACE, "social care", NO_WOMEN)
@by_day(40)
@given(measures(), numbers(), POLICIES, supplied())
def test_a_denominator_without_its_numerator_tells_no_less_than_neither(
    measures, numbers, preset, lacks
):
    every = counted(measures, numbers)
    rows, partnership = lacking(every, lacks), folder(measures, preset)
    whole = pl.Series(every["numerator"].is_null() == rows["numerator"].is_null())
    shown = told(rows, partnership, NOTHING)
    found = found_in(rows, partnership, shown)[whole.to_numpy()]
    without = found_in(rows.filter(whole), partnership, shown[whole.to_numpy()])
    assert (found | ~without).all()


@example(SAFE, AT_ONE_PLACE, "social care")
@example(OF_ITS_OWN, SIX_OLD, "ehrql")
@by_day(40)
@given(measures(), numbers(), POLICIES)
def test_the_audit_finds_nothing_in_a_public_build_of_shares(measures, numbers, preset):
    rows, partnership = counted(measures, numbers), folder(measures, preset)
    left = found_in(rows, partnership, told(rows, partnership, PROVED))
    nothing = found_in(rows, partnership, np.zeros(rows.height, bool))
    assert not (left & ~nothing).any()
