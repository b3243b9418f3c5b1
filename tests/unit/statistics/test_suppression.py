from __future__ import annotations

import polars as pl
import pytest

from outturn.statistics.suppression import PRESETS, WHY, suppress
from outturn.terms.records import COUNTS, fitted


def cells(*pairs, **more):
    columns = {
        "numerator": [a for a, _ in pairs],
        "denominator": [b for _, b in pairs],
        "reported": [50.0] * len(pairs),
        "margin": [1.0] * len(pairs),
        "rows": list(range(len(pairs))),
    }
    return fitted(pl.DataFrame({**columns, **more}, strict=False), COUNTS)


@pytest.mark.parametrize(("count", "kept"), [(0.0, True), (1.0, False), (4.0, False), (5.0, True)])
def test_social_care_withholds_one_to_four(count, kept):
    top = suppress(cells((count, 100.0)), "social care")
    bottom = suppress(cells((0.0, count)), "social care")
    assert (top["numerator"][0] == count) is kept
    assert (bottom["denominator"][0] == count) is kept


@pytest.mark.parametrize(
    ("count", "told"),
    [(0.0, 0.0), (1.0, None), (7.0, None), (8.0, 10.0), (12.0, 10.0), (12.5, 15.0)],
)
def test_hospital_withholds_one_to_seven_and_rounds_the_rest_to_five(count, told):
    found = suppress(cells((count, 1003.0)), "hospital")
    assert found["numerator"][0] == told
    assert found["rows"][0] is None


def test_a_suppressed_cell_keeps_nothing_from_which_it_could_be_told():
    found = suppress(cells((3.0, 100.0)), "social care").row(0, named=True)
    names = ("numerator", "denominator", "reported", "margin", "rows")
    assert [found[name] for name in names] == [None] * 5
    assert (found["absent"], found["why"]) == ("suppressed", WHY)


def test_what_a_source_has_published_is_left_alone():
    frame = cells((3.0, 100.0), (3.0, 100.0), edition=["2020-01-01", None])
    for preset in ("social care", "hospital"):
        found = suppress(frame, preset, published=pl.col("edition").is_not_null())
        assert found["numerator"].to_list() == [3.0, None]
        assert found["rows"][0] == 0


def test_none_changes_nothing_and_an_absent_count_stays_as_it_was():
    frame = cells((3.0, 100.0), (None, None))
    assert suppress(frame, "none").equals(frame)
    assert suppress(frame, "social care")["absent"].to_list() == ["suppressed", None]


def test_every_preset_says_in_words_what_it_does():
    assert all(preset.words for preset in PRESETS.values())


@pytest.mark.parametrize(
    ("preset", "told"), [("none", [1, 4, 5]), ("social care", [None, None, 5]),
                         ("hospital", [None, None, None])]
)  # fmt: skip
def test_a_sum_is_told_and_not_how_few_rows_it_was_made_of(preset, told):
    days = cells((5000.0, 90_000.0), (5000.0, 90_000.0), (5000.0, 90_000.0), rows=[1, 4, 5])
    days = days.with_columns(reported=pl.lit(None, pl.Float64))
    found = suppress(days, preset)
    assert found["numerator"].to_list() == [5000.0] * 3
    assert found["rows"].to_list() == told


@pytest.mark.parametrize(
    ("yes", "answers", "kept"),
    [(5, 40, True), (4, 40, False), (0, 40, True), (0, 4, False), (40, 40, True)],
)
def test_of_weighted_answers_it_is_the_answers_that_are_judged(yes, answers, kept):
    """The sums of the weights here are far from small, whatever the answers are."""
    cell = cells((90.5, 700.25), rows=[yes + answers], answers=[answers], squares=[9e4])
    found = suppress(cell, "social care").row(0, named=True)
    told = ("numerator", "denominator", "rows", "answers", "squares", "reported", "margin")
    assert [found[name] is not None for name in told] == [kept] * len(told)
    assert found["absent"] == (None if kept else "suppressed")


def test_of_many_answers_a_small_sum_of_weights_is_told():
    cell = cells((0.5, 2.5), rows=[120], answers=[80], squares=[0.1])
    assert suppress(cell, "social care")["numerator"].to_list() == [0.5]


@pytest.mark.parametrize("preset", ["hospital", "ehrql"])
def test_where_counts_are_rounded_the_number_of_answers_is_not_told(preset):
    cell = cells((91.0, 702.0), rows=[120], answers=[80], squares=[9e4])
    found = suppress(cell, preset).row(0, named=True)
    assert (found["numerator"], found["answers"], found["squares"]) == (90.0, None, None)
    untouched = suppress(cell, preset, published=pl.lit(True)).row(0, named=True)
    assert (untouched["answers"], untouched["squares"]) == (80, 9e4)
