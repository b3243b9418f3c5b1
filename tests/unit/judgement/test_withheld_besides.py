"""What else is withheld of a build: categories, places, months, and what was told before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from outturn.framework import Partnership
from outturn.framework.model import Condition, Measure, Place, Tally
from outturn.judgement.additive_relations import related
from outturn.judgement.disclosure import CLOSED, PROVED, released
from outturn.judgement.selections import sides_of
from outturn.judgement.withheld_besides import (
    WITHHELD_BESIDES,
    Edition,
    everything,
    recoverable,
    withheld_besides,
)
from outturn.statistics.disclosure_policies import PRESETS, Policy
from outturn.terms.records import COUNTS, WHOLE, WITHHELD, fitted

POLICY = PRESETS["social care"]
YEAR = "2020-04-01/P1Y"
PLACES = {
    "HOME": Place("HOME", "Vale", "partnership"),
    "A": Place("A", "North", "locality", {"main": "HOME"}),
    "B": Place("B", "South", "locality", {"main": "HOME"}),
    "C": Place("C", "West", "locality", {"main": "HOME"}),
}


def partnership(disclosure="social care", roll_up="sum"):
    measure = Measure("people", "People", "1", "count", "people", "none", roll_up=roll_up,
                      numerator=Tally("stays", "count"))  # fmt: skip
    return Partnership(
        "Vale", "HOME", disclosure=disclosure, measures={"people": measure}, places=PLACES
    )


def counts(*cells):
    """Rows of (place, period, category, numerator); a category stands for a part by age."""
    rows = [
        {
            "measure": "people", "place": place, "period": period, "numerator": float(count),
            "breakdown": WHOLE if category == WHOLE else "age", "category": category,
        }
        for place, period, category, count in cells
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows), COUNTS)


def edition(rows, *told, public=None, policy=POLICY, made_by=None):
    """A build with so many rows told, by a policy and a partnership of its own."""
    public = np.zeros(rows.height, bool) if public is None else np.array(public)
    return Edition(rows, np.array(told), public, policy, made_by or partnership())


def told(rows, earlier=(), **more):
    return released(rows, partnership(**more), [], {}, earlier).told


def withheld(rows):
    return [row["category"] if row["category"] != WHOLE else row["place"]
            for row in rows.filter(absent="suppressed").iter_rows(named=True)]  # fmt: skip


AGES = counts(
    ("HOME", YEAR, WHOLE, 60), ("HOME", YEAR, "65-74", 3), ("HOME", YEAR, "75-84", 20),
    ("HOME", YEAR, "85+", 37),
)  # fmt: skip


def test_one_small_category_takes_the_smallest_other_with_it():
    found = told(AGES)
    assert withheld(found) == ["65-74", "75-84"]
    assert set(found.filter(absent="suppressed")["why"]) == {WITHHELD_BESIDES}
    assert found["numerator"].to_list() == [60.0, None, None, 37.0]


def test_one_small_place_takes_another_with_it():
    rows = counts(("HOME", YEAR, WHOLE, 60), ("A", YEAR, WHOLE, 2), ("B", YEAR, WHOLE, 18),
                  ("C", YEAR, WHOLE, 40))  # fmt: skip
    assert withheld(told(rows)) == ["A", "B"]


def test_one_small_month_takes_another_with_it():
    months = [(f"2020-{month:02}-01/P1M", 10 + month) for month in range(4, 13)]
    months += [(f"2021-{month:02}-01/P1M", 3 if month == 1 else 30) for month in range(1, 4)]
    year = ("HOME", YEAR, WHOLE, sum(count for _, count in months))
    found = told(counts(year, *(("HOME", key, WHOLE, count) for key, count in months)))
    assert found.filter(absent="suppressed")["period"].to_list() == [
        "2020-04-01/P1M", "2021-01-01/P1M",
    ]  # fmt: skip


def test_the_last_month_of_a_stock_goes_with_the_year_that_is_the_same():
    rows = counts(("HOME", YEAR, WHOLE, 3), ("HOME", "2021-03-01/P1M", WHOLE, 3),
                  ("HOME", "2021-02-01/P1M", WHOLE, 9))  # fmt: skip
    assert told(rows, roll_up="last")["numerator"].to_list() == [None, None, 9.0]


def test_a_small_count_that_nothing_adds_up_to_says_that_it_is_withheld_for_itself():
    found = told(counts(("HOME", YEAR, WHOLE, 3)))
    assert found["why"].to_list() == [WITHHELD]


def test_people_of_no_stated_age_protect_as_far_as_they_go():
    some = counts(("HOME", YEAR, WHOLE, 70), ("HOME", YEAR, "65-74", 3), ("HOME", YEAR, "85+", 37))
    assert withheld(told(some)) == ["65-74"]
    few = counts(("HOME", YEAR, WHOLE, 41), ("HOME", YEAR, "65-74", 3), ("HOME", YEAR, "85+", 37))
    assert withheld(told(few)) == ["65-74", "85+"]


def test_nothing_more_is_withheld_without_a_policy_or_without_a_small_count():
    assert withheld(told(AGES, disclosure="none")) == []
    large = AGES.with_columns(numerator=pl.col("numerator") + 5)
    assert withheld(told(large)) == []


def test_zero_missing_and_not_applicable_stay_what_they_are():
    zero = counts(("HOME", YEAR, "none", 0))
    missing = fitted(
        pl.DataFrame({"measure": ["people"], "place": ["HOME"], "period": [YEAR],
                      "breakdown": ["age"], "category": ["unknown"], "absent": ["not available"],
                      "why": ["No figure was supplied."]}), COUNTS)  # fmt: skip
    found = told(pl.concat([AGES, zero, missing]))
    assert found["numerator"][4] == 0.0
    assert found["absent"].to_list()[4:] == [None, "not available"]
    assert found["why"][5] == "No figure was supplied."


def test_what_others_publish_is_left_alone():
    policy, rows = PRESETS["social care"], AGES
    public = np.array([True, False, True, True])
    first = rows.with_columns(
        numerator=pl.when(pl.col("category") == "65-74").then(None).otherwise("numerator"),
        absent=pl.when(pl.col("category") == "65-74").then(pl.lit("suppressed")),
    )
    found = withheld_besides(rows, first, public, partnership(), policy).told
    assert withheld(found) == ["65-74"]


def test_what_an_earlier_edition_told_is_not_withheld_in_vain():
    """The earlier edition told 75-84, so 85+ must go."""
    earlier = edition(AGES, True, False, True, False)
    assert withheld(told(AGES, [earlier])) == ["65-74", "85+"]


def test_an_edition_that_tells_what_protected_an_earlier_one_is_found():
    first = edition(AGES, True, False, False, True)
    second = edition(AGES, True, False, True, False)
    alone = recoverable([second], partnership(), POLICY)
    both = recoverable([first, second], partnership(), POLICY)
    assert not alone.rows.any()
    assert both.rows.tolist() == [False, True, False, False]


def test_an_earlier_small_count_that_was_revised_is_still_protected():
    """75-84 protects the 3 of the first edition, and would follow from the 9 of the second."""
    revised = AGES.with_columns(numerator=pl.Series([66.0, 9.0, 20.0, 37.0]))
    first = edition(AGES, True, False, False, True)
    assert withheld(told(revised, [first])) == ["65-74", "75-84"]


def test_an_earlier_small_count_that_was_revised_is_found_where_it_can_be_worked_out():
    """All of the second edition is told, 75-84 too, which hid the 3 of the first."""
    revised = AGES.with_columns(numerator=pl.Series([66.0, 9.0, 20.0, 37.0]))
    first = edition(AGES, True, False, False, True)
    second = edition(revised, True, True, True, True)
    found = recoverable([first, second], partnership(), POLICY)
    assert not found.rows.any()
    assert found.found.select("category", "edition", "told").rows() == [("65-74", 0, False)]
    assert (found.withheld, found.small) == (0, 0)


def test_what_an_earlier_edition_told_of_a_small_count_is_counted_apart():
    first = edition(AGES, True, True, True, True, policy=PRESETS["none"])
    second = edition(AGES, True, False, True, True)
    found = recoverable([first, second], partnership(), POLICY)
    assert (found.withheld, found.small, found.found.height) == (1, 1, 0)
    assert found.told_before.select("category", "edition").rows() == [("65-74", 0)]


def test_a_small_count_that_the_last_edition_tells_is_found_whoever_told_it_before():
    found = recoverable([edition(AGES, True, True, True, True)] * 2, partnership(), POLICY)
    assert found.rows.tolist() == [False, True, False, False]
    assert (found.found.height, found.told_before.height) == (2, 0)


HOSPITAL, SCOTLAND, SOCIAL_CARE = (PRESETS[one] for one in ("hospital", "scotland", "social care"))
TWO = counts(("HOME", YEAR, WHOLE, 43), ("A", YEAR, WHOLE, 21), ("B", YEAR, WHOLE, 19),
             ("C", YEAR, WHOLE, 3))  # fmt: skip


def test_what_an_earlier_edition_did_not_round_is_known_as_it_is():
    """West is what 43 has beyond 21 and 19; rounded to 45, 20 and 20 it could be from 0 to 8."""
    apart = edition(TWO, True, True, True, False, policy=HOSPITAL)
    assert not recoverable([apart], partnership(), HOSPITAL).rows.any()
    earlier = edition(TWO[:3], True, True, True, policy=SOCIAL_CARE)
    found = recoverable([earlier, apart], partnership(), HOSPITAL)
    assert found.rows.tolist() == [False, False, False, True]
    made = released(TWO, partnership("hospital"), [], {}, [earlier], besides=PROVED)
    assert made.unprotected == 1


def test_of_a_count_that_two_editions_show_in_two_ways_a_reader_knows_what_both_allow():
    """13 is told as 15, which is 13 to 17, and as 12 by one that rounds to threes: 11 to 13."""
    rows = counts(("HOME", YEAR, WHOLE, 13))
    by_threes = Policy("threes", below=5, round_to=3)
    fives, threes = (edition(rows, True, policy=one) for one in (HOSPITAL, by_threes))
    for editions, ends in (([fives], (13, 17)), ([threes], (11, 13)), ([fives, threes], (13, 13))):
        every = everything(editions, partnership(), POLICY)
        known = every.cells.known(every.withheld)
        assert (known.lower.tolist(), known.upper.tolist()) == ([ends[0]], [ends[1]])


def test_what_was_told_rounded_is_withheld_where_it_would_give_a_small_count_away_as_it_is():
    """Of 29 and 26 as they are follow 3. As 28 to 32 and 23 to 27 they leave 1 to 9."""
    rows = counts(("HOME", YEAR, WHOLE, 29), ("A", YEAR, WHOLE, 26), ("C", YEAR, WHOLE, 3))
    first = edition(rows, True, True, False, policy=HOSPITAL)
    found = released(rows, partnership(), [], {}, [first], besides=PROVED)
    assert (withheld(found.told), found.unprotected) == (["HOME", "A", "C"], 0)
    for shown in ([True, False, False], [False, True, False]):  # 2 to 6, which is one too few
        rest = recoverable([first, edition(rows, *shown)], partnership(), POLICY)
        assert rest.rows.tolist() == [False, False, True]


def test_what_is_left_open_of_a_small_count_that_was_told_rounded_stays_open():
    """8 was told as 8 to 12. By a policy that withholds 8 it stays as open as that."""
    rows = counts(("HOME", YEAR, WHOLE, 40), ("A", YEAR, WHOLE, 32), ("C", YEAR, WHOLE, 8))
    first = edition(rows, True, True, True, policy=HOSPITAL)
    found = released(rows, partnership("scotland"), [], {}, [first], besides=PROVED)
    assert len(withheld(found.told)) == 2 and "C" in withheld(found.told)
    last = edition(rows, True, True, False, policy=SCOTLAND)
    rest = recoverable([first, last], partnership("scotland"), SCOTLAND)
    assert rest.rows.tolist() == [False, False, True]
    assert rest.told_before["place"].to_list() == ["C"]


def test_an_earlier_edition_has_the_places_of_its_own_day():
    """West has left: the 40 of four places still came to 20, 17 and the 3 that it had."""
    four = counts(("HOME", YEAR, WHOLE, 40), ("A", YEAR, WHOLE, 20), ("B", YEAR, WHOLE, 17),
                  ("C", YEAR, WHOLE, 3))  # fmt: skip
    first = edition(four, True, True, False, False)
    three = counts(("HOME", YEAR, WHOLE, 37), ("A", YEAR, WHOLE, 20), ("B", YEAR, WHOLE, 17))
    without_west = {code: place for code, place in PLACES.items() if code != "C"}
    folder = replace(partnership(), places=without_west)
    second = edition(three, True, True, True, made_by=folder)
    found = recoverable([first, second], folder, POLICY).found
    assert found.select("place", "edition", "told").rows() == [("C", 0, False)]
    made = released(three, folder, [], {}, [first], besides=PROVED)
    assert withheld(made.told) == ["HOME", "B"]
    assert made.unprotected == 0


def test_an_earlier_edition_that_does_not_say_by_what_it_was_made_is_refused():
    with pytest.raises(ValueError, match="by which policy and places"):
        everything([Edition(AGES, np.ones(4, bool), np.ones(4, bool))] * 2, partnership(), POLICY)


@pytest.mark.parametrize("besides", [CLOSED, PROVED])
def test_a_build_says_how_many_small_counts_nothing_can_protect(besides):
    """All but West are published by others."""
    public = np.array([True, True, True, False])
    first = TWO.with_columns(
        numerator=pl.when(pl.col("place") != "C").then("numerator"),
        absent=pl.when(pl.col("place") == "C").then(pl.lit("suppressed")),
    )
    asked = {"proved": besides == PROVED}
    assert withheld_besides(TWO, first, public, partnership(), POLICY, **asked).unprotected == 1
    nobody = public & False
    assert withheld_besides(TWO, first, nobody, partnership(), POLICY, **asked).unprotected == 0


def test_a_numerator_and_its_denominator_go_together():
    rows = AGES.with_columns(denominator=pl.Series([600.0, 100.0, 200.0, 300.0]))
    found = told(rows)
    assert found["denominator"].to_list() == [600.0, None, None, 300.0]


def test_two_hierarchies_are_two_relations():
    places = {**PLACES, "X": Place("X", "Cluster", "cluster", {"clusters": "HOME"})}
    folder = Partnership("Vale", "HOME", measures=partnership().measures, places=places)
    rows = counts(("HOME", YEAR, WHOLE, 30), ("A", YEAR, WHOLE, 10), ("B", YEAR, WHOLE, 20),
                  ("X", YEAR, WHOLE, 30))  # fmt: skip
    found = related(rows, folder)
    assert found.table.relations == 2
    assert not found.unpublished.any()


@pytest.mark.parametrize("preset", ["social care", "hospital", "scotland", "ehrql"])
def test_nothing_can_be_worked_out_of_random_counts(preset):
    draws = np.random.default_rng(4)
    cells = []
    for place in ("A", "B", "C"):
        for age in ("65-74", "75-84", "85+"):
            cells.append((place, YEAR, age, int(draws.integers(0, 40))))
        cells.append((place, YEAR, WHOLE, sum(one[3] for one in cells[-3:])))
    for category in ("65-74", "75-84", "85+", WHOLE):
        cells.append(("HOME", YEAR, category, sum(one[3] for one in cells if one[2] == category)))
    rows = counts(*cells)
    found = told(rows, disclosure=preset)
    shown = found["absent"].is_null().to_numpy()
    edition = Edition(rows, shown, np.zeros(rows.height, bool))
    assert not recoverable([edition], partnership(), PRESETS[preset]).rows.any()


def _survey(**parts):
    """A share of weighted answers by age: of each part how many answered, and said yes."""
    weights = Tally("answers", "weights", "weight")
    measure = Measure("survey", "Survey", "1", "proportion", "%", "higher", per=100.0,
                      numerator=weights, denominator=weights)  # fmt: skip
    cells = {WHOLE: [sum(one) for one in zip(*parts.values(), strict=True)], **parts}
    rows = [
        {
            "measure": "survey", "place": "HOME", "period": YEAR, "category": category,
            "breakdown": WHOLE if category == WHOLE else "age", "numerator": yes * 7.3,
            "denominator": answers * 7.3, "rows": answers + yes, "answers": answers,
            "squares": answers * 60.0,
        }
        for category, (answers, yes) in cells.items()
    ]  # fmt: skip
    folder = Partnership("Vale", "HOME", disclosure="social care", measures={"survey": measure},
                         places=PLACES)  # fmt: skip
    return released(fitted(pl.DataFrame(rows), COUNTS), folder, [], {}).told


def test_a_part_of_few_weighted_answers_takes_another_with_it():
    """Three answers weigh 21.9 together, and are three answers all the same."""
    found = _survey(young=(3, 2), middle=(20, 10), old=(60, 30))
    assert withheld(found) == ["young", "middle"]
    hidden = found.filter(absent="suppressed")
    for name in ("numerator", "denominator", "rows", "answers", "squares"):
        assert hidden[name].null_count() == 2, name
    assert found.filter(pl.col("absent").is_null())["answers"].to_list() == [83, 60]


def test_parts_of_enough_weighted_answers_are_told():
    assert withheld(_survey(young=(9, 6), old=(60, 30))) == []


def test_between_measures_weighted_answers_are_rows_that_have_a_weight():
    yes = Condition("answer", "is", ("yes",))
    weights = Tally("answers", "weights", "weight")
    measure = Measure("survey", "Survey", "1", "proportion", "%", "higher", per=100.0,
                      numerator=replace(weights, where=(yes,)), denominator=weights)  # fmt: skip
    filled = Condition("weight", "present")
    assert dict(sides_of(measure)) == {
        "numerator": Tally("answers", "count", where=(yes, filled)),
        "denominator": Tally("answers", "count", where=(filled,)),
    }
