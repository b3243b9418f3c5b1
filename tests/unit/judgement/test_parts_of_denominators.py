"""A percentage tells that its numerator is a part of its denominator, and what follows from that.

The tables are drawn as a reader has them: a row says which of it a naive build tells.
"""

from __future__ import annotations

from dataclasses import replace

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
            "numerator": float(row["numerator"]) if row["numerator"] else None,
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
    top, middle = (kind_of(one.numerator) for one in (good, safe))
    people = kind_of(safe.denominator)
    within = counted_within([good, safe])
    assert within.around(middle, ()) == (middle, people)
    assert within.around(top, ()) == (top, middle, people)
    assert within.around(people, ()) == (people,)
    again = counted_within([good, safe, sums("turned", "people", of="good")])
    assert (again.claims, len(again.turned)) == (within.claims, 1)


def test_a_share_of_some_rows_says_nothing_of_others():
    share = sums("m", "safe", MEN, of="people", of_where=())
    within = counted_within([share])
    safe, people = (kind_of(one) for one in (share.numerator, share.denominator))
    assert within.around(safe, (MEN, LATE)) == (safe, people)
    assert within.around(safe, (LATE,)) == within.around(safe, ()) == (safe,)


def test_a_denominator_may_ask_less_in_other_words():
    old, oldest = (Condition("age", "at_least", (bound,)) for bound in (65, 75))
    (one,) = counted_within([sums("m", "safe", oldest, of="people", of_where=(old,))]).claims
    assert one.where == (oldest,)
    assert not counted_within([sums("m", "safe", old, of="people", of_where=(oldest,))]).claims


def test_what_asks_other_rows_or_adds_up_otherwise_is_not_counted_within():
    other_rows = sums("m", "safe", MEN, of="people", of_where=(LATE,))
    people = Tally("survey", "distinct", "person")
    distinct = Measure("m", "m", "1", "proportion", "%", "none",
                       numerator=Tally("survey", "count"), denominator=people)  # fmt: skip
    found = counted_within([other_rows, distinct, of_delays(LATE, kind="proportion")])
    assert found == ([], [])


# Each of these was once missed, or once said to be known where it is not.
HEALTH = Condition("reason", "is", ("health",))
OTHER = Condition("reason", "is_not", ("health",))
OLD, YOUNG = Condition("age", "at_least", (65,)), Condition("age", "below", (65,))


def plans(id, on, *where, of=None):
    below = Tally("plans", "count", on=of) if of else None
    kind = "proportion" if of else "count"
    above = Tally("plans", "count", where=where, on=on)
    return Measure(
        id, id, "1", kind, "%", "none", roll_up="sum", numerator=above, denominator=below
    )


# Reviewed and completed are two counts of rows within one, and not one.
BY_TWO_DATES = """
    | measure          | sex | numerator | denominator | told |
    | reviewed         | all |        90 |         120 | yes  |
    | reviewed, health | all |        50 |             | yes  |
    | reviewed, other  | all |        40 |             | yes  |
    | done             | all |        40 |         120 | yes  |
    | done, health     | all |         3 |             | no   |
    | done, other      | all |        37 |             | yes  |
"""
PLANS = [
    one
    for id, on in (("reviewed", "reviewed"), ("done", "completed"))
    for one in (
        plans(id, on, of="due"),
        plans(f"{id}, health", on, HEALTH),
        plans(f"{id}, other", on, OTHER),
    )
]
# Safe is a share of people, and of those who were asked as well; that by name comes first.
OF_TWO = f"{OF_MEN.rstrip()}\n    | answered | all | 19 | 30 | yes |\n"
WITH_ASKED = (*MEN_APART, sums("answered", "safe", of="asked"))
# More are safe than there are, of the old ones; nevertheless 30 of 32 do not wait for health.
ABOVE = """
    | measure          | sex | numerator | denominator | told |
    | old              | all |        32 |             | yes  |
    | no health        | all |       100 |             | yes  |
    | no health, young | all |        70 |             | yes  |
    | old, health      | all |         2 |             | no   |
    | safe             | all |        35 |          32 | yes  |
    | safe, no health  | all |        35 |             | yes  |
"""
ABOVE_OF = (
    sums("old", "people", OLD), sums("no health", "people", OTHER),
    sums("no health, young", "people", OTHER, YOUNG), sums("old, health", "people", OLD, HEALTH),
    sums("safe", "safe", OLD, of="people"), sums("safe, no health", "safe", OLD, OTHER),
)  # fmt: skip
# Of women 14 are asked and it is not known how many are safe; of 6 others at most 6 are.
ONE_SIDE = """
    | measure | sex | numerator | denominator | told |
    | people  | all |        20 |             | yes  |
    | people  | M   |         5 |             | yes  |
    | safe    | all |        19 |          20 | yes  |
    | safe    | M   |         4 |           5 | no   |
    | safe    | F   |           |          14 | yes  |
"""
APART = (
    BY_SEX[0],
    replace(BY_SEX[1], numerator=replace(BY_SEX[1].numerator, table="answers")),
)


@pytest.mark.parametrize(
    ("table", "measures", "exposed"),
    [
        (BY_TWO_DATES, PLANS, "done, health"),
        (OF_TWO, WITH_ASKED, "safe men"),
        (ABOVE, ABOVE_OF, "old, health"),
        (ONE_SIDE, APART, "safe"),
    ],
    ids=["two dates", "two denominators", "a share above its whole", "parts with one side"],
)
def test_what_once_was_missed_is_found_and_closed(table, measures, exposed):
    rows, shown = drawn(table)
    partnership = folder(*measures)
    assert [id for id, _ in audited(rows, partnership, shown)] == [exposed]
    _, left = told(rows, partnership, PROVED)
    assert audited(rows, partnership, left) == []
    assert 1 < left.sum() < rows.height


def test_what_is_not_compared_as_a_part_is_told():
    rows, shown = drawn(ABOVE)
    made = released(rows, folder(*ABOVE_OF), [], {}, besides=PROVED)
    found, public = people_counted(rows, folder(*ABOVE_OF), [], {})
    result = recoverable([Edition(found, shown, public)], folder(*ABOVE_OF), POLICY)
    assert [str(one) for one in made.passed_over] == [str(one) for one in result.passed_over] == [
        "Table survey: what its measures tell of one another as parts of their denominators was "
        "not looked at, for counts of some places and periods contradict that they are."
    ]  # fmt: skip


def test_two_that_are_each_a_part_of_the_other_are_told():
    rows, shown = drawn(SAFE)
    turned = (*BY_SEX, sums("turned", "people", of="safe"))
    found, public = people_counted(rows, folder(*turned), [], {})
    more, _ = drawn("""
        | measure | sex | numerator | denominator | told |
        | turned  | all |        20 |          19 | yes  |
    """)
    every = Edition(pl.concat([found, more]), np.append(shown, True), np.append(public, False))
    (said,) = recoverable([every], folder(*turned), POLICY).passed_over
    assert str(said) == (
        "Table survey, columns sum of people and sum of safe: what its measures tell of one "
        "another as parts of their denominators was not looked at, for each is told as a part of "
        "the other."
    )


def test_a_share_of_some_rows_makes_no_claim_of_the_rest():
    """Old users are assessed of the old who are registered: of carers nothing is known."""
    rows, shown = drawn("""
        | measure            | sex | numerator | denominator | told |
        | share              | all |        20 |          40 | yes  |
        | assessed carers    | all |         4 |             | no   |
        | registered carers  | all |         6 |             | yes  |
        | registered         | all |        66 |             | yes  |
        | assessed           | all |        64 |             | yes  |
    """)
    carer, user = (Condition("who", "is", (one,)) for one in ("carer", "user"))
    measures = (
        sums("share", "assessed", user, OLD, of="registered", of_where=(OLD,)),
        sums("assessed carers", "assessed", carer), sums("registered carers", "registered", carer),
        sums("registered", "registered"), sums("assessed", "assessed"),
    )  # fmt: skip
    assert audited(rows, folder(*measures), shown) == []
    all_of_them = (*measures, sums("of all", "assessed", of="registered"))
    more, told_too = drawn("""
        | measure | sex | numerator | denominator | told |
        | of all  | all |        64 |          66 | yes  |
    """)
    both, every = pl.concat([rows, more]), np.append(shown, told_too)
    assert ("assessed carers", WHOLE) in audited(both, folder(*all_of_them), every)


def test_what_a_share_of_some_rows_tells_is_known_beside_others():
    """Of 10 old ones who are safe 7 are women: so 3 are men, and of these there are 3 to 5."""
    rows, shown = drawn("""
        | measure        | sex | numerator | denominator | told |
        | share of men   | all |         5 |           5 | yes  |
        | safe old       | all |        10 |             | yes  |
        | safe old women | all |         7 |             | yes  |
        | old men        | all |         3 |             | no   |
    """)
    measures = (
        sums("share of men", "safe", MEN, of="people"), sums("safe old", "safe", OLD),
        sums("safe old women", "safe", OLD, Condition("sex", "is_not", ("M",))),
        sums("old men", "people", OLD, MEN),
    )  # fmt: skip
    assert audited(rows, folder(*measures), shown) == [("old men", WHOLE)]


def test_distinct_people_of_several_parts_leave_no_part():
    """10 of 20 are at home; 5 of these are B's, which need not make 4 of A's 12 or more."""
    rows, shown = drawn("""
        | measure | sex | numerator | denominator | told |
        | share   | all |        10 |          20 | yes  |
        | share   | A   |         4 |          12 | no   |
        | share   | B   |         5 |           6 | yes  |
        | clients | A   |        12 |             | yes  |
        | clients | all |        20 |             | yes  |
    """)
    home = Condition("home", "is", (True,))
    people = Tally("care", "distinct", "person")
    share = replace(
        BY_SEX[1], id="share", numerator=replace(people, where=(home,)), denominator=people
    )
    clients = replace(BY_SEX[0], id="clients", numerator=people)
    assert audited(rows, folder(share, clients), shown) == []
    added = replace(people, how="count", column="")
    share = replace(share, numerator=replace(added, where=(home,)), denominator=added)
    rows_of = folder(share, replace(clients, numerator=added))
    assert audited(rows, rows_of, shown) == [("share", "A")]


@pytest.mark.parametrize("kind", ["ratio", "proportion"])
def test_kinds_that_together_are_cut_too_finely_are_cut_each_by_itself(kind):
    """16 values of a and of b and 4 of c: 1,024 compartments of people, and twice that of both."""
    measures, lines = [], []

    def add(id, column, count, *where, said="yes", of=0):
        of_people = {"of": "people", "kind": kind} if of else {}
        measures.append(sums(id, column, *where, **of_people))
        lines.append(f"| {id} | all | {count} | {of or ''} | {said} |")

    for name, values in (("a", 16), ("b", 16), ("c", 4)):
        for value in range(1, values):
            add(f"people {name}{value}", "people", 9, Condition(name, "is", (value,)))
            add(f"safe {name}{value}", "safe", 8, Condition(name, "is", (value,)))
    a, b, c = (Condition(name, "is", (0,)) for name in "abc")
    add("ab", "people", 40, a, b)
    add("not c", "people", 38, Condition("c", "is_not", (0,)))
    add("ac", "people", 6, a, c)
    add("abc", "people", 4, a, b, c, said="no")
    add("all", "people", 300)
    add("safe", "safe", 240, of=300)
    rows, shown = drawn("\n".join(["| measure | sex | numerator | denominator | told |", *lines]))
    assert audited(rows, folder(*measures), shown) == [("abc", WHOLE)]
