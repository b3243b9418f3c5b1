"""Counts, people, sums and means of the same rows: nothing that is told gives a small count away.

What can be worked out is asked by a linear programme of its own, over people by how many short and
long stays each has, and days. It knows nothing of relations.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from laying import by_day
from outturn.framework import Partnership
from outturn.framework.model import Condition, Measure, Place, Tally
from outturn.judgement.disclosure import (
    NOTHING,
    PROVED,
    may_be_told,
    people_counted,
    released,
)
from outturn.judgement.means_of_figures import follow_from_means, means_of_told, telling_means
from outturn.judgement.percentiles_beside import telling_percentiles
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.period import from_key
from outturn.terms.records import COUNTS, WHOLE, fitted

YEAR = "2025-04-01/P1Y"
LONG = 28  # days
MORE = 10_000  # stays that somebody with two may have besides: as many as there are
NEARLY = 0.01  # for all that, somebody must have them
PLACES = {
    "HOME": Place("HOME", "Vale", "partnership"),
    "A": Place("A", "North", "locality", {"main": "HOME"}),
    "B": Place("B", "South", "locality", {"main": "HOME"}),
}
OF_LONG = (Condition("days", "at_least", (LONG,)),)
TALLIES = {
    "stays": Tally("stays", "count"),
    "people": Tally("stays", "distinct", "person"),
    "twice": Tally("stays", "distinct", "person", times=2),
    "long": Tally("stays", "count", where=OF_LONG),
    "days": Tally("stays", "sum", "days"),
    "long days": Tally("stays", "sum", "days", OF_LONG),
}
PRESET = st.sampled_from(["social care", "scotland", "hospital"])


def counting(id):
    return Measure(id, id, "1", "count", id, "none", roll_up="none", frequency="year",
                   numerator=TALLIES[id])  # fmt: skip


def folder(ids, preset="social care"):
    measures = {id: counting(id) for id in ids}
    return Partnership("Vale", "HOME", disclosure=preset, measures=measures, places=PLACES)


def figures(stays):
    """What each tally counts of stays: (person, days) of each."""
    people = [person for person, _ in stays]
    long = [days for _, days in stays if days >= LONG]
    return {
        "stays": len(stays),
        "people": len({*people}),
        "twice": sum(people.count(one) > 1 for one in {*people}),
        "long": len(long),
        "days": sum(days for _, days in stays),
        "long days": sum(long),
    }


# A column of the linear programme for people with so many short and long stays, two of each at
# most; then for more stays of those who have two, short and long, and for days, in both.
KINDS = [(short, long) for short, long in product(range(3), repeat=2) if short + long]
COUNTED = {
    "stays": [*(s + n for s, n in KINDS), 1, 1, 0, 0],
    "people": [*(1 for _ in KINDS), 0, 0, 0, 0],
    "twice": [*(s + n > 1 for s, n in KINDS), 0, 0, 0, 0],
    "long": [*(n for _, n in KINDS), 0, 1, 0, 0],
    "days": [*(0 for _ in KINDS), 0, 0, 1, 1],
    "long days": [*(0 for _ in KINDS), 0, 0, 0, 1],
}
# No short stay has more than 27 days, no long one less than 28, and more than two have only some.
AT_MOST = [
    [*(-(LONG - 1) * s for s, _ in KINDS), -(LONG - 1), 0, 1, 0],
    [*(LONG * n for _, n in KINDS), 0, LONG, 0, -1],
    [*(-MORE * (s + n > 1) for s, n in KINDS), 1, 1, 0, 0],
]


def width(id, place, shown, policy):
    """How far apart the least and the most of a count are, for all that is shown."""
    size = len(KINDS) + 4
    at = {"A": 0, "B": 1}

    def row(tally, of):
        found = np.zeros(2 * size)
        for one in at if of == "HOME" else [of]:
            found[at[one] * size : (at[one] + 1) * size] = COUNTED[tally]
        return found

    upper = [np.kron(np.eye(2)[one], line) for one in (0, 1) for line in AT_MOST]
    ends = [0.0] * len(upper)
    for (tally, of), count in shown.items():
        low, high = policy.could_be(policy.rounded([count]))
        upper += [row(tally, of), -row(tally, of)]
        ends += [max(high[0], count), -min(low[0], count)]
    goal = row(id, place)
    both = [
        linprog(sign * goal, A_ub=upper, b_ub=ends, bounds=(0, 5000), method="highs").fun
        for sign in (1.0, -1.0)
    ]
    return -sum(both)


def laid(ids, of_places):
    rows = [
        {"measure": id, "place": place, "period": YEAR, "breakdown": WHOLE, "category": WHOLE,
         "numerator": float(of_places[place][id])}
        for id in ids for place in PLACES
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


STAYS = st.lists(
    st.tuples(st.integers(0, 14), st.sampled_from([0, 1, 5, 27, 28, 29, 40, 90])), max_size=22
)
# 23 stays of 20 people, and 31 of 22: of the twelve who came twice three are of the first.
TWELVE = (
    [(one, 1) for one in (*range(20), 0, 1, 2)],
    [(one, 1) for one in (*range(22), *range(9))],
)
# 76 days are of two stays of four weeks at most.
SHORT = ([(0, 28), (1, 28), *((one, 3) for one in range(2, 9))], [(one, 40) for one in range(9)])


@example(["stays", "people", "twice"], *TWELVE, "social care")
@example(["stays", "twice"], TWELVE[0][:9] + [(0, 1)], TWELVE[1], "social care")
@example(["stays", "long", "days"], *SHORT, "social care")
@example(["long", "long days"], *SHORT, "social care")
@by_day(30)
@given(
    st.lists(st.sampled_from(sorted(TALLIES)), min_size=2, max_size=4, unique=True),
    STAYS, STAYS, PRESET,
)  # fmt: skip
def test_no_small_count_of_a_public_build_follows_from_how_others_are_tallied(
    ids, first, second, preset
):
    elsewhere = [(person + 1000, days) for person, days in second]
    of_places = {
        "A": figures(first), "B": figures(elsewhere), "HOME": figures([*first, *elsewhere]),
    }  # fmt: skip
    rows, partnership, policy = laid(ids, of_places), folder(ids, preset), PRESETS[preset]
    made = released(rows, partnership, [], {}, besides=PROVED)
    assert made.unprotected == 0
    hidden = (made.told["absent"] == "suppressed").fill_null(False)
    cells = list(zip(rows["measure"], rows["place"], strict=True))
    shown = {
        cell: of_places[cell[1]][cell[0]]
        for cell, withheld in zip(cells, hidden, strict=True)
        if not withheld
    }
    for id, place in cells:
        count = of_places[place][id]
        if (id, place) not in shown and "days" not in id and policy.is_small([count])[0]:
            assert width(id, place, shown, policy) >= policy.leaves - 1 - NEARLY, (id, place)


@by_day(30)
@given(st.lists(st.sampled_from(sorted(TALLIES)), min_size=2, unique=True), STAYS)
def test_all_that_bounds_a_count_is_true_of_every_table(ids, stays):
    """What everything told fits is what there is: the audit of a build that tells all is silent."""
    of_places = {place: figures(stays) for place in ("A", "HOME")}
    rows = laid(ids, {**of_places, "B": figures([])})
    partnership = folder(ids)
    found, public = people_counted(rows, partnership, [], {})
    every = np.ones(rows.height, bool)
    left = recoverable([Edition(found, every, public)], partnership, PRESETS["social care"])
    small = PRESETS["social care"].is_small(rows["numerator"].to_numpy())
    assert (left.rows == small).all()


SHARE = Measure("safe", "safe", "1", "proportion", "%", "higher", per=100.0, decimals=1,
                frequency="quarter", roll_up="mean", reported=True)  # fmt: skip
QUARTERS = ["2025-04-01/P3M", "2025-07-01/P3M", "2025-10-01/P3M", "2026-01-01/P3M"]
LONGER = {2: "2025-04-01/P6M", 3: "2025-04-01/P9M", 4: YEAR}


def shares(quarters):
    """Quarters of a share, and the means that are made of them."""
    figures = [100 * good / of for good, of in quarters]
    rows = [
        {"period": period, "numerator": float(good), "denominator": float(of), "reported": figure,
         "spans": 1}
        for period, (good, of), figure in zip(QUARTERS, quarters, figures, strict=True)
    ]  # fmt: skip
    rows += [
        {"period": period, "reported": float(np.mean(figures[:number])), "spans": number}
        for number, period in LONGER.items()
    ]
    place = {"measure": "safe", "place": "HOME", "breakdown": WHOLE, "category": WHOLE}
    return fitted(
        pl.DataFrame([{**place, **one} for one in rows], infer_schema_length=None), COUNTS
    )


PARTLY = st.tuples(st.integers(0, 12), st.integers(0, 30)).map(lambda two: (two[0], sum(two) or 1))
SAFE = Partnership("Vale", "HOME", measures={"safe": SHARE}, places=PLACES)


@example([(3, 40), (9, 40), (12, 40), (20, 40)], "social care")
@example([(3, 40), (9, 40), (12, 40), (20, 40)], "hospital")
@given(st.lists(PARTLY, min_size=4, max_size=4), PRESET)
def test_no_mean_tells_of_a_share_that_is_withheld_or_rounded(quarters, preset):
    rows = shares(quarters)
    partnership = Partnership("Vale", "HOME", disclosure=preset, measures={"safe": SHARE},
                              places=PLACES)  # fmt: skip
    told = released(rows, partnership, [], {}, besides=PROVED).told
    withheld = (told["absent"] == "suppressed").fill_null(False).to_list()
    figures = pl.coalesce("reported", 100 * pl.col("numerator") / pl.col("denominator"))
    as_told = told.select(figure=figures)["figure"].to_list()
    for number, at in zip(LONGER, range(4, 7), strict=True):
        if any(withheld[:number]):
            assert withheld[at] and as_told[at] is None
        else:
            assert abs(as_told[at] - np.mean(as_told[:number])) < 1e-9
    assert not telling_means(told, {"safe": SHARE}).any()
    again = means_of_told(told, {"safe": SHARE}, PRESETS[preset])
    assert again["reported"].equals(told["reported"])


@given(st.lists(PARTLY, min_size=4, max_size=4), st.lists(st.booleans(), min_size=7, max_size=7))
def test_the_audit_finds_a_share_where_means_leave_it_no_freedom(quarters, shown):
    """The unknown quarters are determined where any two ways to fill them in must agree."""
    rows, shown = shares(quarters), np.array(shown)
    found = follow_from_means(rows, shown, {"safe": SHARE})
    unknown = np.flatnonzero(~shown[:4])
    means = [
        np.isin(unknown, range(number)).astype(float)
        for number, at in zip(LONGER, range(4, 7), strict=True)
        if shown[at]
    ]
    rank = np.linalg.matrix_rank(means) if means else 0
    for column, row in enumerate(unknown):
        alone = np.zeros(unknown.size)
        alone[column] = 1.0
        follows = bool(means) and np.linalg.matrix_rank([*means, alone]) == rank
        assert found[row] == follows
    assert not found[shown].any()


GIVEN = (("A", 20.0, 35.06), ("B", 40.0, 9.6), ("HOME", 0.0, 1.0))


def test_a_share_with_a_margin_is_judged_by_how_many_it_is_of():
    """20.0%, give or take 35.06 points, is one of five; 40.0%, 9.6 points off, 40 of a hundred."""
    rows = fitted(
        pl.DataFrame(
            [{"measure": "safe", "place": place, "period": YEAR, "breakdown": WHOLE,
              "category": WHOLE, "reported": figure, "margin": margin, "spans": 1}
             for place, figure, margin in GIVEN]
        ), COUNTS,
    )  # fmt: skip
    told = may_be_told(rows, SAFE_CARE, [], {})
    assert told["reported"].to_list() == [None, 40.0, 0.0]
    assert told["margin"].to_list() == [None, 9.6, 1.0]


SAFE_CARE = Partnership("Vale", "HOME", disclosure="social care", measures={"safe": SHARE},
                        places=PLACES)  # fmt: skip
IN_TIME = (Condition("days", "at_most", (14,)),)
RANKED = {
    "in time": Measure("in time", "in time", "1", "proportion", "%", "higher", per=100.0,
                       numerator=Tally("stays", "count", where=IN_TIME),
                       denominator=Tally("stays", "count")),
    "middle": Measure("middle", "middle", "1", "median", "days", "lower",
                      numerator=Tally("stays", "median", "days")),
}  # fmt: skip


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60), PRESET, st.booleans())
def test_no_median_tells_a_withheld_count_to_less_than_the_policy_leaves(days, preset, others):
    """Of numbers in order no more than half lie below the middle one, and no less up to it."""
    days, policy = sorted(days), PRESETS[preset]
    middle, number = float(np.median(days)), len(days)
    row = {"place": "A", "period": YEAR, "breakdown": WHOLE, "category": WHOLE}
    rows = fitted(
        pl.DataFrame([
            {**row, "measure": "in time", "absent": "suppressed"},
            {**row, "measure": "middle", "numerator": 2 * middle, "denominator": float(number)},
        ]), COUNTS,
    )  # fmt: skip
    measures = RANKED if others else {"middle": RANKED["middle"]}
    telling = telling_percentiles(rows, measures, policy)
    assert not telling[0]
    room = number / 2  # either half
    if others and room < policy.leaves - 1:
        assert telling[1]
    if not others or room > policy.leaves + 2:
        assert not telling[1]


def test_an_officers_build_keeps_its_means():
    told = released(shares([(3, 40), (9, 40), (12, 40), (20, 40)]), SAFE_CARE, [], {},
                    besides=NOTHING).told  # fmt: skip
    assert told["reported"].null_count() == 1
    assert {from_key(one).months for one in told["period"]} == {3, 6, 9, 12}
