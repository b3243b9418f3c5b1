"""Reported figures of random places and periods, some missing: what follows is known and closed."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outturn.framework import Partnership
from outturn.framework.model import Measure, Place
from outturn.judgement.disclosure import CLOSED, PROVED, released
from outturn.judgement.nearest_totals import nearest_totals
from outturn.judgement.tiled_periods import parts_of_time
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.period import Period, add_months, from_key
from outturn.terms.records import COUNTS, WHOLE, fitted

POLICY = PRESETS["social care"]
START = from_key("2025-04-01/P1Y").start
YEAR = "2025-04-01/P1Y"
QUARTERS = [Period(add_months(START, months), 3, "M").key for months in (0, 3, 6, 9)]
ABOVE = {"K1": "LAND", "K2": "LAND", "A": "K1", "B": "K1", "C": "K2", "D": "K2"}
PLACES = {
    code: Place(code, code, "area", {"main": ABOVE[code]} if code in ABOVE else {})
    for code in ("LAND", *ABOVE)
}
LEAVES = ("A", "B", "C", "D")


def follows(known, one):
    """Whether a row of numbers is a sum of others, each taken so many times."""
    rank = np.linalg.matrix_rank
    return rank(known) == rank(np.vstack([known, one]))


def settled(relations, withheld):
    """Of each withheld column, whether relations that come out settle it."""
    ours = relations[:, withheld]
    return [follows(ours, row) if ours.size else False for row in np.eye(len(withheld))]


@st.composite
def periods(draw):
    spans = st.tuples(st.integers(0, 11), st.integers(1, 12))
    drawn = draw(st.sets(spans, min_size=2, max_size=9))
    return [Period(add_months(START, begins), count, "M") for begins, count in sorted(drawn)]


@settings(deadline=None)
@given(periods(), st.data())
def test_of_the_days_of_periods_everything_is_known_that_follows(drawn, data):
    """Months are what all are made of: a period is 1 in each of its months, and 0 in the others."""
    months = [add_months(START, at) for at in range(24)]
    made_of = np.array([[one.holds(day) for day in months] for one in drawn], float)
    number = {one.key: at for at, one in enumerate(drawn)}
    sums = {}
    for part, total, how, sign, *_ in parts_of_time(list(number), "sum", reported=True):
        row = sums.setdefault((total, how), -np.eye(len(drawn))[number[total]])
        row[number[part]] += sign
    true = [row for row in sums.values() if not (row @ made_of).any()]
    relations = np.array(true).reshape(-1, len(drawn))
    withheld = sorted(data.draw(st.sets(st.sampled_from(range(len(drawn))), min_size=1)))
    known = np.delete(made_of, withheld, axis=0)
    expected = [follows(known, made_of[one]) if known.size else False for one in withheld]
    assert settled(relations, withheld) == expected


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([0, 1, 20, 30]), min_size=12, max_size=12),
    st.sets(st.sampled_from([(0, 3), (3, 3), (6, 3), (9, 3), (0, 6), (6, 6), (3, 6), (0, 9)])),
)
def test_no_small_figure_of_a_boards_build_is_one_period_less_another(numbers, spans):
    """Months and their year, with some of its quarters, halves and years to date."""
    months = [(at, 1) for at in range(12)]
    cells = [*months, *sorted(spans), (0, 12)]
    counts = [sum(numbers[begins : begins + count]) for begins, count in cells]
    keys = {"measure": "m", "place": "LAND", "breakdown": WHOLE, "category": WHOLE}
    rows = [
        {**keys, "period": Period(add_months(START, begins), long, "M").key,
         "reported": float(count), "source": "figures"}
        for (begins, long), count in zip(cells, counts, strict=True)
    ]  # fmt: skip
    one = Measure(
        "m", "m", "1", "count", "delays", "none", reported=True, frequency="month", roll_up="sum"
    )
    folder = Partnership("Land", "LAND", measures={"m": one}, places=PLACES)
    told = released(fitted(pl.DataFrame(rows), COUNTS), folder, [], {}, besides=CLOSED).told
    shown = dict(zip(cells, (told["absent"] != "suppressed").fill_null(True), strict=True))
    small = {cell for cell, count in zip(cells, counts, strict=True) if POLICY.is_small(count)}
    for first in cells:
        for rest in (cell for cell in cells if cell[0] == sum(first)):
            longer = (first[0], first[1] + rest[1])
            for cell, *others in ((first, longer, rest), (rest, longer, first)):
                assert cell not in small or not all(shown.get(other) for other in others)


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(PLACES)), min_size=2), st.data())
def test_of_places_that_stand_under_one_another_everything_is_known_that_follows(there, data):
    there = sorted(there)
    made_of = np.array([[code in line(leaf) for leaf in LEAVES] for code in there], float)
    keys = {"measure": "m", "period": YEAR, "breakdown": WHOLE, "category": WHOLE}
    rows = pl.DataFrame({"place": there, "_row": range(len(there))}).with_columns(
        pl.lit(value).alias(name) for name, value in keys.items()
    )
    sums = {}
    for total, part, how in nearest_totals(rows, PLACES).iter_rows():
        row = sums.setdefault((total, how), -np.eye(len(there))[total])
        row[part] += 1.0
    true = [row for row in sums.values() if not (row @ made_of).any()]
    relations = np.array(true).reshape(-1, len(there))
    withheld = sorted(data.draw(st.sets(st.sampled_from(range(len(there))), min_size=1)))
    known = np.delete(made_of, withheld, axis=0)
    expected = [follows(known, made_of[one]) if known.size else False for one in withheld]
    assert settled(relations, withheld) == expected


def line(code):
    """A place and all above it."""
    return [code, *line(ABOVE[code])] if code in ABOVE else [code]


def holds(cell, leaf, quarter):
    code, period = cell
    return code in line(leaf) and period in (YEAR, quarter)


COMPARTMENTS = [(leaf, quarter) for leaf in LEAVES for quarter in QUARTERS]
FIGURES = [(code, period) for code in PLACES for period in (*QUARTERS, YEAR)]
ADDED_UP = [one for one in FIGURES if one[0] not in LEAVES]


@settings(deadline=None, max_examples=12)
@given(
    st.lists(st.integers(0, 30), min_size=16, max_size=16),
    st.sets(st.sampled_from(ADDED_UP)),
)
def test_no_small_figure_follows_from_a_public_build_whatever_of_the_sums_is_there(
    numbers, lacking
):
    """Held against a linear programme of its own, over the figures of each locality and quarter."""
    cells = [one for one in FIGURES if one not in lacking]
    made_of = np.array([[holds(one, *each) for each in COMPARTMENTS] for one in cells], float)
    counts = made_of @ np.array(numbers)
    rows = fitted(
        pl.DataFrame(
            [
                {"measure": "m", "place": code, "period": period, "breakdown": WHOLE,
                 "category": WHOLE, "reported": float(count), "source": "figures"}
                for (code, period), count in zip(cells, counts, strict=True)
            ]
        ),
        COUNTS,
    )  # fmt: skip
    one = Measure(
        "m", "m", "1", "count", "delays", "none", reported=True, frequency="quarter", roll_up="sum"
    )
    folder = Partnership("Land", "LAND", measures={"m": one}, places=PLACES)
    told = released(rows, folder, [], {}, besides=PROVED).told
    shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
    for at in np.flatnonzero(POLICY.is_small(counts)):
        assert not shown[at]
        known = {"A_eq": made_of[shown], "b_eq": counts[shown]} if shown.any() else {}
        most, least = (_end(sign * made_of[at], known) for sign in (-1, 1))
        assert -most - least >= POLICY.leaves - 1 - 1e-6


def _end(goal, known):
    found = linprog(goal, bounds=(0, 1_000), method="highs", **known)
    assert found.success
    return found.fun
