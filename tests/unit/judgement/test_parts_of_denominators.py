"""A percentage tells that its numerator is a part of its denominator, and what follows from that.

The tables are drawn as a reader has them: a row says which of it a naive build tells.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from outturn.framework import Partnership
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.framework.parted import Inequality
from outturn.judgement.additive_relations import related
from outturn.judgement.disclosure import CLOSED, NOTHING, PROVED, people_counted, released
from outturn.judgement.parts_of_denominators import counted_within, is_part_of_whole
from outturn.judgement.selections import kind_of
from outturn.judgement.withheld_besides import Edition, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, WITHHELD, fitted

POLICY = PRESETS["social care"]
MEN = Condition("sex", "is", ("M",))
LATE, EARLY = Condition("days", "above", (14,)), Condition("days", "at_most", (14,))


def sums(id, column, *where, of="", of_where=None, kind="", **more):
    """A measure of the sum of a column of a survey, by sex; `of` another one it is a share."""
    below = Tally("survey", "sum", of, where if of_where is None else of_where) if of else None
    return Measure(
        id, id, "1", kind or ("proportion" if of else "count"), "%", "none", roll_up="sum",
        numerator=Tally("survey", "sum", column, where), denominator=below,
        breakdowns=(Breakdown("sex", "sex"),), **more,
    )  # fmt: skip


def folder(*measures):
    places = {"HOME": Place("HOME", "Vale", "partnership")}
    return Partnership(
        "Vale",
        "HOME",
        disclosure="social care",
        measures={m.id: m for m in measures},
        places=places,
    )


def drawn(table):
    """The counts of a table, and which of its rows are told."""
    header, *lines = ([cell.strip() for cell in line.strip().strip("|").split("|")]
                      for line in table.strip().splitlines())  # fmt: skip
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    counts = [
        {
            "measure": row["measure"], "place": "HOME", "period": "2025-04-01/P1Y",
            "breakdown": WHOLE if row["sex"] == "all" else "sex",
            "category": WHOLE if row["sex"] == "all" else row["sex"],
            "numerator": float(row["numerator"]),
            "denominator": float(row["denominator"]) if row["denominator"] else None,
        }
        for row in rows
    ]  # fmt: skip
    shown = np.array([row["told"] == "yes" for row in rows])
    return fitted(pl.DataFrame(counts, infer_schema_length=None), COUNTS), shown


def audited(rows, partnership, shown):
    """The rows that can be worked out, by measure and sex."""
    found, public = people_counted(rows, partnership, [], {})
    result = recoverable([Edition(found, shown, public)], partnership, POLICY)
    return rows.filter(pl.Series(result.rows)).select("measure", "category").rows()


def told(rows, partnership, besides):
    made = released(rows, partnership, [], {}, besides=besides).told
    return made, (made["absent"] != "suppressed").fill_null(True).to_numpy()


# Of 20 people 19 are safe, so of 15 women at most 15, and of 5 men at least 4.
SAFE = """
    | measure | sex | numerator | denominator | told |
    | people  | all |        20 |             | yes  |
    | people  | M   |         5 |             | yes  |
    | people  | F   |        15 |             | yes  |
    | safe    | all |        19 |          20 | yes  |
    | safe    | M   |         4 |           5 | no   |
    | safe    | F   |        15 |          15 | no   |
"""
BY_SEX = (sums("people", "people"), sums("safe", "safe", of="people"))
# The other 15 have no stated sex: of them at most 15 are safe.
NOT_STATED = """
    | measure | sex | numerator | denominator | told |
    | people  | all |        20 |             | yes  |
    | people  | M   |         5 |             | yes  |
    | safe    | all |        19 |          20 | yes  |
    | safe    | M   |         4 |           5 | no   |
"""
# The share of men is a measure of its own, and nobody counts women.
OF_MEN = """
    | measure  | sex | numerator | denominator | told |
    | people   | all |        20 |             | yes  |
    | men      | all |         5 |             | yes  |
    | safe     | all |        19 |          20 | yes  |
    | safe men | all |         4 |           5 | no   |
"""
MEN_APART = (*BY_SEX, sums("men", "people", MEN), sums("safe men", "safe", MEN, of="people"))
LEAKS = {
    "by sex": (SAFE, BY_SEX, ("safe", "M")),
    "some of no stated sex": (NOT_STATED, BY_SEX, ("safe", "M")),
    "by measures of their own": (OF_MEN, MEN_APART, ("safe men", WHOLE)),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_the_audit_knows_that_no_more_are_safe_than_there_are(leak):
    table, measures, exposed = LEAKS[leak]
    rows, shown = drawn(table)
    assert audited(rows, folder(*measures), shown) == [exposed]


EVERY = [(leak, PROVED) for leak in LEAKS]


# A board's build does not follow what passes through people whom nobody counts.
@pytest.mark.parametrize(("leak", "besides"), [("by sex", CLOSED), *EVERY])
def test_a_build_hides_what_a_share_would_give_away_and_tells_the_rest(leak, besides):
    table, measures, _ = LEAKS[leak]
    rows, _ = drawn(table)
    partnership = folder(*measures)
    made, shown = told(rows, partnership, besides)
    assert audited(rows, partnership, shown) == []
    assert made.row(0, named=True)["numerator"] == 20
    assert 1 < shown.sum() < rows.height


def test_who_works_with_the_figures_has_all_but_the_small_count():
    rows, _ = drawn(SAFE)
    _, shown = told(rows, folder(*BY_SEX), NOTHING)
    assert shown.tolist() == [True, True, True, True, False, True]


def test_a_ratio_of_two_things_tells_of_no_part():
    rows, shown = drawn(SAFE)
    ratio = sums("safe", "safe", of="people", kind="ratio")
    assert audited(rows, folder(BY_SEX[0], ratio), shown) == []


def test_a_numerator_above_its_denominator_is_no_part_of_it():
    rows, _ = drawn(SAFE)
    partnership = folder(*BY_SEX)
    assert related(rows, partnership).shares.sum() == 3
    more = rows.with_columns(numerator=pl.col("numerator") * 2)
    assert related(more, partnership).shares.sum() == 0


def test_a_small_share_beside_which_nothing_adds_up_says_that_it_is_withheld_for_itself():
    """Its numerator and its denominator are two counts of one figure, and no other figure."""
    rows, _ = drawn("""
        | measure | sex | numerator | denominator | told |
        | safe    | all |         4 |           5 | no   |
    """)
    for besides in (CLOSED, PROVED):
        made, _ = told(rows, folder(*BY_SEX), besides)
        assert made["why"].to_list() == [WITHHELD]


def of_delays(*where, of=(), how="count", kind="rate", **more):
    column = "person" if how == "distinct" else ""
    sides = [Tally("delays", how, column, one) for one in (where, of)]
    return Measure(
        "m", "m", "1", kind, "%", "none", numerator=sides[0], denominator=sides[1], **more
    )


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (of_delays(LATE), True),
        (of_delays(LATE, how="distinct"), True),
        (of_delays(LATE, MEN, of=(MEN,)), True),
        (of_delays(MEN, of=(Condition("sex", "one_of", ("F", "M")),)), True),
        (of_delays(of=(LATE,)), False),
        (of_delays(LATE, of=(EARLY,)), False),
        (of_delays(LATE, of=(EARLY,), kind="proportion"), True),
        (sums("m", "safe", of="people", kind="ratio"), False),
        (sums("m", "safe", of="people"), True),
        (sums("m", "safe"), False),
        (of_delays(Condition("age", "is", (65,)), of=(Condition("age", "is_not", ("?",)),)), False),
        (of_delays(of=(LATE,), inequality=Inequality("sex", "slope", "proportion")), True),
        (of_delays(of=(LATE,), inequality=Inequality("sex", "slope", "rate")), False),
    ],
)
def test_a_proportion_is_a_part_and_so_is_what_conditions_say_is_one(measure, expected):
    assert is_part_of_whole(measure) is expected


def test_a_column_that_is_a_share_of_another_is_counted_within_it():
    safe, good = sums("safe", "safe", of="people"), sums("good", "good", of="safe")
    top, middle = (kind_of(one, one.numerator) for one in (good, safe))
    people = kind_of(safe, safe.denominator)
    within = counted_within([good, safe])
    assert within[middle] == (people, (Condition("safe of people", "is", (True,)),))
    asked = tuple(Condition(name, "is", (True,)) for name in ("good of safe", "safe of people"))
    assert within[top] == (people, asked)
    again = counted_within([good, safe, sums("turned", "people", of="good")])
    assert again == within


def test_what_asks_other_rows_or_adds_up_otherwise_is_not_counted_within():
    other_rows = sums("m", "safe", MEN, of="people", of_where=(LATE,))
    people = Tally("survey", "distinct", "person")
    distinct = Measure("m", "m", "1", "proportion", "%", "none",
                       numerator=Tally("survey", "count"), denominator=people)  # fmt: skip
    assert counted_within([other_rows, distinct, of_delays(LATE, kind="proportion")]) == {}
