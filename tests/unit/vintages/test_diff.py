"""What changed from one vintage to another, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from outturn.terms.records import BENCHMARKS, fitted
from outturn.vintages import CAUSES, CHANGES, Vintage, diff, keep, open_, summary
from outturn.vintages.summary import COUNTED

SEPTEMBER, OCTOBER, NOVEMBER = (f"2020-{month:02}-01/P1M" for month in (9, 10, 11))
Build = Callable[..., Vintage]
Make = Callable[..., pl.DataFrame]


def causes(changes: pl.DataFrame) -> dict[tuple[str, str], list[str]]:
    return {(row["measure"], row["period"]): row["causes"] for row in changes.to_dicts()}


def test_the_same_build_has_no_changes(build: Build) -> None:
    a, b = build(), build(built_at="later")
    changes = diff(a, b)
    assert changes.is_empty()
    assert list(changes.schema.items()) == list(CHANGES.items())
    assert summary(a, b, changes) == (
        f"No figure, status, direction or comparison changed from {a.name} to {a.name}.",
    )


def test_figures_come_and_go(build: Build, values: Make) -> None:
    a = build(values=values(("moves", OCTOBER, 5.0), ("said", OCTOBER, None)))
    b = build(values=values(("moves", OCTOBER, None), ("said", OCTOBER, 2.0)))
    assert causes(diff(a, b)) == {
        ("moves", OCTOBER): ["figure gone"],
        ("said", OCTOBER): ["new figure"],
    }


def test_zero_is_a_figure(build: Build, values: Make) -> None:
    a, b = build(values=values()), build(values=values(("moves", OCTOBER, 0.0)))
    assert causes(diff(a, b)) == {("moves", OCTOBER): ["new figure"]}


def test_data_that_changed_makes_a_revision(build: Build, values: Make) -> None:
    a = build(values=values(("moves", OCTOBER, 5.0)))
    b = build(values=values(("moves", OCTOBER, 6.0)), inputs={"data/moves.csv": "c" * 64})
    changes = diff(a, b)
    assert causes(changes) == {("moves", OCTOBER): ["revision"]}
    row = changes.row(0, named=True)
    assert (row["value_before"], row["value_after"], row["change"]) == (5.0, 6.0, 1.0)
    assert (row["shown_before"], row["shown_after"]) == ("5.0", "6.0")


def test_another_measures_data_explains_nothing(build: Build, values: Make) -> None:
    b = build(
        values=values(("moves", OCTOBER, 6.0)),
        inputs={"data/figures.csv": "c" * 64},
        definitions={"framework/measures/moves.toml": 'numerator = { table = "admissions" }\n'},
    )
    assert causes(diff(build(), b)) == {("moves", OCTOBER): ["definition change"]}


def test_a_difference_below_the_sealed_place_is_no_change(build: Build, values: Make) -> None:
    a = build(values=values(("moves", OCTOBER, 0.3)))
    b = build(values=values(("moves", OCTOBER, 0.1 + 0.2)), inputs={"data/moves.csv": "c" * 64})
    assert diff(a, b).is_empty()


def test_data_and_definition_together_are_both_causes(build: Build, values: Make) -> None:
    b = build(
        values=values(("moves", OCTOBER, 6.0)),
        inputs={"data/moves.csv": "c" * 64},
        definitions={"framework/measures/moves.toml": 'numerator = { table = "admissions" }\n'},
    )
    changes = diff(build(), b)
    assert causes(changes) == {("moves", OCTOBER): ["revision", "definition change"]}
    assert "In 1 of these figures data and definition both changed, and cannot be told apart." in (
        summary(build(), b, changes)
    )


def test_a_comment_in_a_definition_is_no_change_of_it(build: Build, values: Make) -> None:
    text = '# Looked at again.\nnumerator = { table = "admissions", count = true }\n'
    b = build(
        values=values(("moves", OCTOBER, 6.0)),
        inputs={"data/moves.csv": "c" * 64},
        definitions={"framework/measures/moves.toml": text},
    )
    assert causes(diff(build(), b)) == {("moves", OCTOBER): ["revision"]}


def test_a_definition_version_is_a_change_even_of_an_equal_figure(
    build: Build, values: Make
) -> None:
    b = build(values=values(("moves", OCTOBER, 5.0), definition="2020"))
    assert causes(diff(build(), b)) == {("moves", OCTOBER): ["definition change"]}


def test_a_measure_made_of_another_follows_its_definition(build: Build, values: Make) -> None:
    formula = {"framework/measures/share.toml": 'formula = { ratio = ["moves", "said"] }\n'}
    changed = {**formula, "framework/measures/moves.toml": 'numerator = { table = "x" }\n'}
    a = build(values=values(("share", OCTOBER, 1.0)), definitions=formula)
    b = build(values=values(("share", OCTOBER, 2.0)), definitions=changed)
    assert causes(diff(a, b)) == {("share", OCTOBER): ["definition change"]}


def test_an_edited_definition_that_moves_nothing_is_said(build: Build) -> None:
    a, b = build(), build(definitions={"framework/measures/said.toml": "recompute = false\n"})
    told = summary(a, b, diff(a, b), says={"said": "Out of area placements"})
    assert told[-1] == (
        "The definition of Out of area placements changed; "
        "no figure, status or direction changed with it."
    )


def test_method_and_software(build: Build, values: Make) -> None:
    def of(value: float, **others: Any) -> pl.DataFrame:
        return values(("moves", OCTOBER, value), numerator=1.0, denominator=3.0, **others)

    a = build(values=of(5.0))
    newer = "outturn 0.2.0, lock 01"
    data = {"data/moves.csv": "c" * 64}
    assert causes(diff(a, build(values=of(6.0), software=newer))) == {
        ("moves", OCTOBER): ["method change"]
    }
    assert causes(diff(a, build(values=of(6.0, method="Byar"), inputs=data))) == {
        ("moves", OCTOBER): ["revision", "method change"]
    }
    moved = of(6.0).with_columns(numerator=pl.lit(2.0))
    assert causes(diff(a, build(values=moved, software=newer, inputs=data))) == {
        ("moves", OCTOBER): ["revision"]
    }


def test_another_target_changes_the_verdict_but_not_the_value(build: Build, verdicts: Make) -> None:
    judged = {"measure": "moves", "period": OCTOBER, "value": 5.0}
    a = build(verdicts=verdicts({**judged, "target_id": "t1", "status_now": "on target"}))
    late = verdicts({**judged, "target_id": "t1", "status_now": "off target"})
    text = '[[target]]\nid = "t1"\nmeasure = "moves"\nat_most = 4\n'
    changes = diff(a, build(verdicts=late, definitions={"targets/2020-21.toml": text}))
    assert causes(changes) == {("moves", OCTOBER): ["target change"]}
    row = changes.row(0, named=True)
    assert (row["status_now_before"], row["status_now_after"], row["change"]) == (
        "on target",
        "off target",
        0.0,
    )


def test_a_target_that_supersedes_another_is_a_change_of_target(
    build: Build, verdicts: Make
) -> None:
    judged = {"measure": "moves", "period": OCTOBER}
    a = build(verdicts=verdicts({**judged, "target_id": "t1", "goal_high": 10.0}))
    text = '[[target]]\nid = "t2"\nmeasure = "moves"\nat_most = 4\nsupersedes = "t1"\n'
    b = build(
        verdicts=verdicts({**judged, "target_id": "t2", "goal_high": 4.0}),
        definitions={"targets/late.toml": text},
    )
    assert causes(diff(a, b)) == {("moves", OCTOBER): ["target change"]}


def test_a_status_that_changes_with_nothing_of_its_own(build: Build, verdicts: Make) -> None:
    judged = {"measure": "moves", "period": OCTOBER, "target_id": "t1"}
    a = build(verdicts=verdicts({**judged, "status_year_end": "close"}))
    late = verdicts({**judged, "status_year_end": "off target"})
    expected = {
        "settings change": build(verdicts=late, as_of="2020-11-30"),
        "follows another figure": build(verdicts=late, inputs={"data/moves.csv": "c" * 64}),
        "unexplained": build(verdicts=late),
    }
    for cause, b in expected.items():
        assert causes(diff(a, b)) == {("moves", OCTOBER): [cause]}
    aside = build(verdicts=verdicts({**judged, "status_year_end": "close", "overridden": "Chair"}))
    assert causes(diff(a, aside)) == {("moves", OCTOBER): ["override change"]}


def test_a_later_period_is_a_real_change_apart_from_what_was_revised(
    build: Build, values: Make
) -> None:
    a = build(values=values(("moves", SEPTEMBER, 4.0), ("moves", OCTOBER, 5.0)))
    b = build(
        values=values(("moves", SEPTEMBER, 4.0), ("moves", OCTOBER, 5.5), ("moves", NOVEMBER, 7.0)),
        inputs={"data/moves.csv": "c" * 64},
        as_of="2020-11-30",
    )
    changes = diff(a, b)
    assert causes(changes) == {
        ("moves", OCTOBER): ["revision"],
        ("moves", NOVEMBER): ["new figure", "real change"],
    }
    row = changes.filter(pl.col("period") == NOVEMBER).row(0, named=True)
    assert (row["previous_period"], row["previous_before"], row["previous_after"]) == (
        OCTOBER,
        5.0,
        5.5,
    )
    assert summary(a, b, changes, says={"moves": "Moves", "E10000018": "Leicestershire"}) == (
        f"2 figures, or their statuses or directions, changed from {a.name} to {b.name}.",
        "Inputs that changed: data/moves.csv.",
        "Settings that changed: as_of.",
        "1 figure is new: Moves (1).",
        "1 figure was revised as its data changed: Moves (1).",
        "Moves, Leicestershire: from 5.5 (October 2020) to 7.0 (November 2020).",
    )


def test_periods_of_another_kind_are_no_movement(build: Build, values: Make) -> None:
    a = build(values=values(("moves", OCTOBER, 5.0)))
    b = build(values=values(("moves", OCTOBER, 5.0), ("moves", "2020-04-01/P1Y", 60.0)))
    assert causes(diff(a, b)) == {("moves", "2020-04-01/P1Y"): ["new figure"]}


def test_a_year_to_date_that_grows_by_a_month_is_no_real_change(build: Build, values: Make) -> None:
    a = build(values=values(("moves", "2020-04-01/P7M", 30.0)))
    b = build(values=values(("moves", "2020-04-01/P8M", 35.0)))
    assert causes(diff(a, b)) == {
        ("moves", "2020-04-01/P7M"): ["figure gone"],
        ("moves", "2020-04-01/P8M"): ["new figure"],
    }


def test_a_year_to_date_is_compared_with_the_same_months_of_another_year(
    build: Build, values: Make
) -> None:
    before = ("moves", "2019-04-01/P8M", 30.0)
    a = build(values=values(before, ("moves", "2020-04-01/P7M", 33.0)))
    b = build(
        values=values(before, ("moves", "2020-04-01/P7M", 33.0), ("moves", "2020-04-01/P8M", 35.0))
    )
    changes = diff(a, b)
    assert causes(changes) == {("moves", "2020-04-01/P8M"): ["new figure", "real change"]}
    assert changes["previous_period"].to_list() == ["2019-04-01/P8M"]


def test_a_target_without_a_figure_is_compared_too(build: Build, verdicts: Make) -> None:
    year = "2020-04-01/P1Y"
    bare = {"measure": "said", "period": year, "absent": "not available", "definition": "2014"}
    aimed = bare | {"target_id": "t1", "status_year_end": "not assessed"}
    a = build(verdicts=verdicts(aimed | {"goal_high": 10.0}))
    text = '[[target]]\nid = "t1"\nmeasure = "said"\nat_most = 4\n'
    moved = {"targets/2020-21.toml": text}
    b = build(verdicts=verdicts(aimed | {"goal_high": 4.0}), definitions=moved)
    assert causes(diff(a, b)) == {("said", year): ["target change"]}
    none = build(definitions={"targets/2020-21.toml": ""})
    assert causes(diff(none, a)) == {("said", year): ["target change"]}
    assert causes(diff(a, none)) == {("said", year): ["target change"]}
    due = build(verdicts=verdicts(aimed | {"goal_high": 10.0}), as_of="2021-03-31")
    assert causes(diff(build(), due)) == {("said", year): ["settings change"]}


def test_the_figure_of_a_target_that_had_none_is_new_and_nothing_else(
    build: Build, values: Make, verdicts: Make
) -> None:
    aimed = {"measure": "moves", "period": NOVEMBER, "target_id": "t1", "goal_high": 10.0}
    none = {"absent": "not available", "status_now": "not assessed"}
    a = build(verdicts=verdicts(aimed | none))
    figures = values(("moves", OCTOBER, 5.0), ("moves", NOVEMBER, 5.0))
    b = build(values=figures, verdicts=verdicts(aimed | {"value": 5.0, "status_now": "on target"}))
    assert causes(diff(a, b)) == {("moves", NOVEMBER): ["new figure"]}


def test_a_new_measure_is_new_and_not_defined_otherwise(build: Build, values: Make) -> None:
    a = build()
    b = build(
        values=values(("moves", OCTOBER, 5.0), ("late", OCTOBER, 2.0)),
        definitions={"framework/measures/late.toml": "reported = true\n"},
    )
    for changes, cause, said in (
        (diff(a, b), "new figure", "Measures that are new: Late moves."),
        (diff(b, a), "figure gone", "Measures that are gone: Late moves."),
    ):
        assert causes(changes) == {("late", OCTOBER): [cause]}
        sides = (a, b) if cause == "new figure" else (b, a)
        told = summary(*sides, changes, says={"late": "Late moves"})
        assert said in told
        assert not any("The definition of" in one for one in told)


def test_an_equal_figure_of_a_later_period_is_new_but_no_change(build: Build, values: Make) -> None:
    b = build(values=values(("moves", OCTOBER, 5.0), ("moves", NOVEMBER, 5.0)))
    assert causes(diff(build(), b)) == {("moves", NOVEMBER): ["new figure"]}


def test_a_movement_across_two_definitions_says_so(build: Build, values: Make) -> None:
    later = values(("moves", NOVEMBER, 9.0), definition="2020")
    b = build(values=pl.concat([values(("moves", OCTOBER, 5.0)), later]))
    assert causes(diff(build(), b)) == {
        ("moves", NOVEMBER): ["new figure", "real change", "definition change"]
    }


def test_kept_vintages_compare_as_those_in_memory_do(
    store: Any, build: Build, values: Make
) -> None:
    a = build()
    b = build(values=values(("moves", OCTOBER, 6.0)), inputs={"data/moves.csv": "c" * 64})
    kept = [open_(store, keep(store, one)) for one in (a, b)]
    assert diff(*kept).equals(diff(a, b))


FAMILY = '[[comparator]]\nid = "family"\nmembers = ["E10000018", "E1", "E2"]\n'


def _compared(**more: Any) -> pl.DataFrame:
    row = {
        "measure": "moves", "period": OCTOBER, "place": "E10000018", "breakdown": "all",
        "category": "all", "comparator": "family", "basis": "computed", "rank": 3,
        "members": 4, "with_value": 4, "quartile": "third", "comparator_value": 6.0,
    }  # fmt: skip
    return fitted(pl.DataFrame([row | more]), BENCHMARKS)


def test_a_group_that_loses_a_member_changes_the_comparison_and_no_figure(build: Build) -> None:
    smaller = FAMILY.replace(', "E2"', "")
    a = build(benchmarks=_compared(), definitions={"outturn.toml": FAMILY})
    b = build(
        benchmarks=_compared(rank=2, with_value=3, quartile=None, comparator_value=5.5),
        definitions={"outturn.toml": smaller},
    )
    (row,) = diff(a, b).to_dicts()
    assert (row["comparator"], row["causes"]) == ("family", ["comparison change"])
    assert [row[f"{name}_before"] for name in ("rank", "rank_of", "quartile")] == [3, 4, "third"]
    assert [row[f"{name}_after"] for name in ("rank", "rank_of", "quartile")] == [2, 3, None]
    assert (row["group_figure_before"], row["group_figure_after"]) == (6.0, 5.5)
    told = summary(a, b, diff(a, b))
    assert told[0] == f"No figure, status or direction changed from {a.name} to {b.name}."
    assert "1 comparison with a group changed (comparison change): moves (1)." in told


def test_a_comparison_that_moves_with_the_figures_follows_them(build: Build) -> None:
    b = build(benchmarks=_compared(rank=4), inputs={"data/moves.csv": "c" * 64})
    (row,) = diff(build(benchmarks=_compared()), b).to_dicts()
    assert row["causes"] == ["follows another figure"]


def test_a_comparison_that_comes_with_its_figure_is_no_news_beside_it(
    build: Build, values: Make
) -> None:
    changes = diff(build(values=values()), build(benchmarks=_compared()))
    assert changes["comparator"].to_list() == [None]
    assert changes["causes"].to_list() == [["new figure"]]


def test_a_break_turns_the_direction_and_the_definition_is_the_cause(
    build: Build, verdicts: Make
) -> None:
    said = {"measure": "moves", "period": OCTOBER, "value": 5.0}
    broken = 'numerator = { table = "admissions", count = true }\n[[break]]\nat = "2020-10"\n'
    a = build(verdicts=verdicts(said | {"direction": "better"}))
    b = build(
        verdicts=verdicts(said | {"direction": "not assessed"}),
        definitions={"framework/measures/moves.toml": broken},
    )
    (row,) = diff(a, b).to_dicts()
    assert row["causes"] == ["definition change"]
    assert (row["direction_before"], row["direction_after"]) == ("better", "not assessed")


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_can_be_said(cause: str) -> None:
    told_apart = ("real change", "definition change", "comparison change")
    assert cause in COUNTED or cause in told_apart
