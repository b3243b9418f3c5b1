"""What measures tell of one another: the same under two names, a part, what is left of a whole."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from outturn.framework import Partnership
from outturn.framework.model import Breakdown, Condition, Measure, Place, Tally
from outturn.judgement.additive_relations import related
from outturn.judgement.disclosure import CLOSED, NOTHING, PROVED, people_counted, released
from outturn.judgement.selections import Column, category_condition
from outturn.judgement.withheld_besides import Edition, everything, recoverable
from outturn.statistics.disclosure_policies import PRESETS
from outturn.terms.records import COUNTS, WHOLE, fitted

YEAR = "2020-04-01/P1Y"
HEALTH = Condition("reason", "is", ("health",))
NOT_HEALTH = Condition("reason", "is_not", ("health",))
OVER_65 = Condition("age", "at_least", (65,))
OVER_75 = Condition("age", "at_least", (75,))


def measure(id, *where, by=(), of=None, how="count", **more):
    """A measure of delays that meet the conditions; `of` are those of its denominator."""
    column = "person" if how == "distinct" else ""
    sides = [None if one is None else Tally("delays", how, column, one) for one in (where, of)]
    breakdowns = tuple(Breakdown(name, name) for name in by)
    more.setdefault("roll_up", "sum")
    return Measure(
        id, id, "1", "count", "people", "none", numerator=sides[0], denominator=sides[1],
        breakdowns=breakdowns, **more,
    )  # fmt: skip


def folder(*measures):
    places = {"HOME": Place("HOME", "Vale", "partnership")}
    return Partnership("Vale", "HOME", measures={one.id: one for one in measures}, places=places)


def counts(*lines):
    """Rows of (measure, category, numerator) and perhaps a denominator."""
    rows = [
        {
            "measure": id, "place": "HOME", "period": YEAR,
            "breakdown": WHOLE if category == WHOLE else "reason", "category": category,
            "numerator": float(number[0]),
            "denominator": float(number[1]) if len(number) > 1 else None,
        }
        for id, category, *number in lines
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def told_and_found(rows, partnership, besides):
    """Which rows are told, and which the audit then finds."""
    told = released(rows, partnership, [], {}, besides=besides).told
    shown = (told["absent"] != "suppressed").fill_null(True).to_numpy()
    found, public = people_counted(rows, partnership, [], {})
    policy = PRESETS[partnership.disclosure]
    return shown, recoverable([Edition(found, shown, public)], partnership, policy).rows


LONG, SHORT = Condition("days", "at_least", (28,)), Condition("days", "below", (28,))


def between(rows, partnership):
    """How many relations between measures there are."""
    found, _ = people_counted(rows, partnership, [], {})
    return int(related(found, partnership).between.sum())


SMALL = ("delays", "health", 3)
# What leaks, measures and rows; the audit finds the first row when only small counts are withheld.
LEAKS = {
    "the complement": (
        [measure("few", HEALTH), measure("others", NOT_HEALTH), measure("delays")],
        [("few", WHOLE, 3), ("others", WHOLE, 37), ("delays", WHOLE, 40)],
    ),
    "the complement of a category": (
        [measure("delays", by=["reason"]), measure("others", NOT_HEALTH)],
        [SMALL, ("delays", WHOLE, 41), ("delays", "care", 2), ("delays", "housing", 36),
         ("others", WHOLE, 38)],
    ),
    "a sum of categories under another name": (
        [measure("delays", by=["reason"]),
         measure("two", Condition("reason", "one_of", ("health", "care")))],
        [("delays", "health", 3), ("delays", WHOLE, 90), ("delays", "care", 17),
         ("delays", "housing", 70), ("two", WHOLE, 20)],
    ),
    "the denominator of another": (
        [measure("few", HEALTH), measure("share", NOT_HEALTH, of=()), measure("old", OVER_65)],
        [("few", WHOLE, 3), ("share", WHOLE, 37, 40), ("old", WHOLE, 20)],
    ),
    "bands of age": (
        [measure("between", Condition("age", "between", (65, 74))), measure("old", OVER_65),
         measure("oldest", OVER_75)],
        [("between", WHOLE, 2), ("old", WHOLE, 32), ("oldest", WHOLE, 30)],
    ),
    "the same category withheld for another": (
        [measure("delays", by=["reason"]), measure("again", by=["reason"])],
        [("delays", "health", 3), ("delays", WHOLE, 39), ("delays", "care", 17),
         ("delays", "housing", 19), ("again", WHOLE, 39), ("again", "care", 17),
         ("again", "housing", 19)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_the_audit_finds_a_leak_between_measures_when_only_small_counts_are_withheld(leak):
    measures, rows = LEAKS[leak]
    shown, found = told_and_found(counts(*rows), folder(*measures), NOTHING)
    assert not shown[0] and found[0]


@pytest.mark.parametrize("besides", [CLOSED, PROVED])
@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_between_measures_is_closed_and_not_everything_withheld(leak, besides):
    measures, rows = LEAKS[leak]
    shown, found = told_and_found(counts(*rows), folder(*measures), besides)
    assert not found.any()
    assert shown.any()


def test_one_selection_under_two_names_is_withheld_under_both():
    """The category that hides the other is a measure of its own as well."""
    measures = [measure("delays", by=["reason"]),
                measure("care", Condition("reason", "is", ("care",)))]  # fmt: skip
    rows = counts(SMALL, ("delays", WHOLE, 45), ("delays", "care", 12), ("delays", "housing", 30),
                  ("care", WHOLE, 12))  # fmt: skip
    told, found = told_and_found(rows, folder(*measures), PROVED)
    assert not found.any()
    hidden = rows.filter(pl.Series(~told)).select("measure", "category").rows()
    both = {("delays", "care"), ("care", WHOLE)} <= set(hidden)
    assert both or ("delays", "housing") in hidden


def test_a_part_that_no_measure_counts_is_no_count_that_is_withheld():
    """38 of 40 were not for health; what the other 2 are, no measure says."""
    measures = [measure("delays"), measure("others", NOT_HEALTH)]
    told, found = told_and_found(
        counts(("delays", WHOLE, 40), ("others", WHOLE, 38)), folder(*measures), PROVED
    )
    assert told.all() and not found.any()


def test_counts_that_contradict_a_relation_are_in_none():
    measures = [measure("delays"), measure("health", HEALTH)]
    assert between(counts(("delays", WHOLE, 40), ("health", WHOLE, 9)), folder(*measures)) == 1
    assert between(counts(("delays", WHOLE, 40), ("health", WHOLE, 41)), folder(*measures)) == 0


def test_people_in_two_parts_do_not_add_up_but_a_part_is_no_larger_than_the_whole():
    parts = [measure(f"of {one}", Condition("reason", "is", (one,)), how="distinct")
             for one in ("health", "care")]  # fmt: skip
    rows = counts(("all", WHOLE, 40), ("of health", WHOLE, 30), ("of care", WHOLE, 25))
    found = related(
        people_counted(rows, folder(measure("all", how="distinct"), *parts), [], {})[0],
        folder(measure("all", how="distinct"), *parts),
    )
    assert found.between.sum() == 2
    assert sorted(found.counts[found.unpublished]) == [10.0, 15.0]


def test_other_tables_and_other_ways_over_time_are_not_compared():
    rows = counts(("one", WHOLE, 40), ("two", WHOLE, 40))
    stays = measure("two")
    elsewhere = Measure("two", "two", "1", "count", "stays", "none", roll_up="sum",
                        numerator=Tally("stays", "count"))  # fmt: skip
    assert between(rows, folder(measure("one"), stays)) == 1
    assert between(rows, folder(measure("one"), elsewhere)) == 0
    of_months = {"frequency": "month"}
    assert between(rows, folder(measure("one"), measure("two", roll_up="last", **of_months))) == 0


@pytest.mark.parametrize("roll_up", ["sum", "mean", "last", "none"])
@pytest.mark.parametrize("how", ["count", "distinct"])
def test_in_a_base_period_what_is_tallied_alike_is_compared_however_it_is_rolled_up(roll_up, how):
    rows = counts(("one", WHOLE, 40), ("two", WHOLE, 40))
    other = measure("two", how=how, roll_up=roll_up)
    assert between(rows, folder(measure("one", how=how), other)) == 1


@pytest.mark.parametrize(
    ("how", "roll_up", "compared"),
    [("count", "mean", 1), ("count", "none", 1), ("count", "last", 0),
     ("distinct", "mean", 0), ("distinct", "none", 1), ("open", "sum", 0)],
)  # fmt: skip
def test_a_longer_period_is_compared_where_it_is_counted_as_one(how, roll_up, compared):
    rows = counts(("one", WHOLE, 40), ("two", WHOLE, 40))
    other = measure("two", how=how, roll_up=roll_up, frequency="month")
    assert between(rows, folder(measure("one", how=how), other)) == compared


def test_years_taken_together_are_counted_one_by_one():
    both = [measure(id, how="distinct", frequency=often)
            for id, often in (("one", "month"), ("two", "year"))]  # fmt: skip
    rows = counts(("one", WHOLE, 40), ("two", WHOLE, 40))
    three = rows.with_columns(period=pl.lit("2020-04-01/P3Y"))
    assert between(rows, folder(*both)) == 1
    assert between(three, folder(*both)) == 0


def test_measures_are_compared_in_two_periods_of_the_same_days():
    rows = counts(("one", WHOLE, 40), ("two", WHOLE, 40))
    keys = pl.Series("period", [YEAR, "2020-04-01/P12M"])
    assert between(rows.with_columns(keys), folder(measure("one"), measure("two"))) == 1


@pytest.mark.parametrize(("column", "compared"), [("day", 1), ("ended", 0)])
def test_the_date_column_of_the_contract_is_the_same_said_and_unsaid(column, compared):
    fields = [{"name": "place"}, *({"name": one, "type": "date"} for one in ("day", "ended"))]
    contract = {"fields": fields, "outturn": {"place": "place", "period": "day"}}
    said = replace(measure("two"), numerator=Tally("delays", "count", on=column))
    made = replace(
        folder(measure("one"), said), files={"contracts/delays.json": json.dumps(contract)}
    )
    assert between(counts(("one", WHOLE, 40), ("two", WHOLE, 40)), made) == compared


def test_a_measure_by_itself_has_no_relation_between_measures():
    rows = counts(SMALL, ("delays", WHOLE, 40), ("delays", "care", 37))
    assert between(rows, folder(measure("delays", by=["reason"], of=()))) == 0


def test_conditions_in_several_columns_hold_one_another():
    old = measure("old", OVER_65, HEALTH)
    rows = counts(("delays", WHOLE, 40), ("old", WHOLE, 7))
    assert between(rows, folder(measure("delays"), old)) == 1


def test_pieces_of_a_column_are_cut_at_every_named_value():
    ages = Column((64, 65, 75))
    below, over = Condition("age", "at_most", (64,)), Condition("age", "at_least", (65,))
    left = ages.all & ~ages.set_of(below) & ~ages.set_of(over)
    assert left & ~ages.hollow == 0  # nothing lies between 64 and 65 but the empty cell
    assert ages.set_of(Condition("age", "above", (64,))) & ~ages.hollow == ages.set_of(over)
    assert ages.set_of(Condition("age", "absent")) == 1


def test_a_category_that_is_no_value_of_its_column_is_left_out():
    assert category_condition("age", "none stated", [65]) is None
    assert category_condition("age", "80", [65]) == Condition("age", "is", (80,))
    assert category_condition("age", "80", [65, "old"]) is None


# Conditions on two columns: what three measures tell of each other, and no two of them.
YOUNG = Condition("age", "below", (65,))
ACROSS = {
    "a part of two wholes that nobody counts": (
        # 100 others less 70 young ones: 30 of 65 and over are not for health, and 32 less 30 is 2.
        [measure("old for health", OVER_65, HEALTH), measure("old", OVER_65),
         measure("others", NOT_HEALTH), measure("young others", NOT_HEALTH, YOUNG)],
        [("old for health", WHOLE, 2), ("old", WHOLE, 32), ("others", WHOLE, 100),
         ("young others", WHOLE, 70)],
    ),
    "a whole that nobody counts": (
        # 30 and 12 by age are all 42, as are 40 others and those for health: so these are 2.
        [measure("for health", HEALTH), measure("old", OVER_65), measure("young", YOUNG),
         measure("others", NOT_HEALTH)],
        [("for health", WHOLE, 2), ("old", WHOLE, 30), ("young", WHOLE, 12),
         ("others", WHOLE, 40)],
    ),
    "what two parts must have in common": (
        # Of 40, 30 are old and 14 for health: at least 4 are both, and no more than 4 are told.
        [measure("both", OVER_65, HEALTH), measure("old", OVER_65), measure("for health", HEALTH),
         measure("neither", YOUNG, NOT_HEALTH), measure("all")],
        [("both", WHOLE, 4), ("old", WHOLE, 30), ("for health", WHOLE, 14), ("neither", WHOLE, 0),
         ("all", WHOLE, 40)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", ACROSS)
def test_the_audit_finds_a_leak_across_two_columns_when_only_small_counts_are_withheld(leak):
    measures, rows = ACROSS[leak]
    shown, found = told_and_found(counts(*rows), folder(*measures), NOTHING)
    assert not shown[0] and found[0]


@pytest.mark.parametrize("leak", ACROSS)
def test_a_public_build_closes_a_leak_across_two_columns_and_tells_the_rest(leak):
    measures, rows = ACROSS[leak]
    shown, found = told_and_found(counts(*rows), folder(*measures), PROVED)
    assert not found.any()
    assert shown.sum() == len(rows) - 2


@pytest.mark.parametrize("leak", ACROSS)
def test_counts_that_no_compartments_come_to_tell_nothing_of_the_others(leak):
    """One of the told ones is 1,000 more: whatever it counts, it is not what its conditions say."""
    measures, rows = ACROSS[leak]
    other = [(*rows[1][:2], rows[1][2] + 1000), *rows[2:]]
    shown, found = told_and_found(counts(rows[0], *other), folder(*measures), NOTHING)
    assert not shown[0] and not found.any()


def crossing(number):
    """So many values of each of two columns: the rest with them, they cross in a square of more."""
    conditions = [Condition(name, "is", (n,)) for name in ("age", "reason") for n in range(number)]
    measures = [measure(f"m{n}", one) for n, one in enumerate(conditions)]
    rows = [("delays", WHOLE, 900), ("m0", WHOLE, 3)]
    rows += [(f"m{n}", WHOLE, 20) for n in range(1, len(measures))]
    return counts(*rows), folder(measure("delays"), *measures)


@pytest.mark.parametrize(("number", "told"), [(4, 0), (44, 1)])
def test_builds_and_audits_say_what_several_columns_they_did_not_look_at(number, told):
    rows, partnership = crossing(number)
    made = released(rows, partnership, [], {}, besides=PROVED)
    shown = (made.told["absent"] != "suppressed").fill_null(True).to_numpy()
    found, public = people_counted(rows, partnership, [], {})
    policy = PRESETS[partnership.disclosure]
    audited = recoverable([Edition(found, shown, public)], partnership, policy)
    said = [
        "Table delays, columns age and reason: what its measures tell of one another by several "
        "columns at once was not looked at, for their conditions cut it into more than 2,000 "
        "compartments."
    ]
    for passed_over in (made.passed_over, audited.passed_over):
        assert [str(one) for one in passed_over] == said[:told]


def test_a_table_of_which_the_solver_gives_no_numbers_is_told_of():
    """No count of people is so large, and linear programmes take it for endless."""
    measures = [measure("delays"), measure("old", OVER_65), measure("ill", HEALTH)]
    rows = counts(("delays", WHOLE, 1e21), ("old", WHOLE, 3), ("ill", WHOLE, 3))
    partnership = folder(*measures)
    found, public = people_counted(rows, partnership, [], {})
    edition = Edition(found, np.array([True, False, False]), public)
    table = everything([edition], partnership, PRESETS["social care"])
    groups = table.groups(table.uncertain(table.withheld))
    joined = table.with_compartments(groups)
    assert joined.table.relations == table.table.relations
    (one,) = joined.passed_over
    assert str(one) == (
        "Table delays: what its measures tell of one another by several columns at once was not "
        "looked at, for the solver found no numbers of its compartments."
    )


def tallied(id, tally):
    return Measure(id, id, "1", "count", "stays", "none", roll_up="none", numerator=tally)


@pytest.mark.parametrize(
    ("one", "other", "relations"),
    [
        # People are no more than rows; those with two have two rows each.
        (Tally("stays", "distinct", "person"), Tally("stays", "count"), 1),
        (Tally("stays", "distinct", "person", times=2), Tally("stays", "count"), 1),
        (Tally("stays", "distinct", "person"), Tally("stays", "distinct", "person", times=2), 1),
        (Tally("stays", "distinct", "person"), Tally("stays", "distinct", "carer", times=2), 0),
        (Tally("stays", "distinct", "person"), Tally("stays", "count", on="ended"), 0),
        # Rows of 28 days or more have so many each; of all days, and of theirs.
        (Tally("stays", "count", where=(LONG,)), Tally("stays", "sum", "days"), 1),
        (Tally("stays", "count", where=(LONG,)), Tally("stays", "sum", "days", (LONG,)), 1),
        (Tally("stays", "count", where=(LONG,)), Tally("stays", "sum", "visits"), 0),
        (Tally("stays", "count", where=(SHORT,)), Tally("stays", "sum", "days", (SHORT,)), 1),
        (Tally("stays", "count", where=(SHORT,)), Tally("stays", "sum", "days"), 0),
    ],
)
def test_ways_to_tally_the_same_rows_bound_one_another(one, other, relations):
    rows = counts(("one", WHOLE, 5), ("two", WHOLE, 5))
    larger = rows.with_columns(numerator=pl.when(pl.col("measure") == "two").then(200.0)
                               .otherwise("numerator"))  # fmt: skip
    found = [between(some, folder(tallied("one", one), tallied("two", other)))
             for some in (rows, larger)]  # fmt: skip
    assert max(found) == relations


def test_a_sum_that_is_too_small_for_its_rows_is_in_no_relation():
    """Five stays of 28 days or more have 140 days at least: 139 are of something else."""
    measures = [tallied("one", Tally("stays", "count", where=(LONG,))),
                tallied("two", Tally("stays", "sum", "days"))]  # fmt: skip
    for days, relations in ((139, 0), (140, 1)):
        rows = counts(("one", WHOLE, 5), ("two", WHOLE, days))
        assert between(rows, folder(*measures)) == relations
