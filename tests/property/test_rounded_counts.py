"""Rounded counts: whatever is said beside a figure holds for every count that is told as these."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from laying import by_day
from outturn.benchmarking.against import with_against
from outturn.framework.age_bands import LIFE_TABLE, names_of
from outturn.framework.model import (
    Breakdown,
    LifeTable,
    Measure,
    Place,
    Standardise,
    Tally,
)
from outturn.framework.parted import EUROPEAN
from outturn.judgement.direction import BEYOND, _against_chance
from outturn.judgement.intervals import with_model
from outturn.judgement.masking import masked
from outturn.judgement.rounded_counts import REACH, every_count, with_reach
from outturn.judgement.values import values
from outturn.statistics.suppression import PRESETS, suppress
from outturn.terms.period import APRIL
from outturn.terms.records import COUNTS, KEYS, VERDICTS, WHOLE, fitted
from outturn.terms.written_periods import parse

ROUNDING = sorted(name for name, one in PRESETS.items() if one.round_to > 1)
EXACT = sorted(set(PRESETS) - set(ROUNDING))
NEAR = 1e-9
SIDES = ("numerator", "denominator")
USUAL: dict[str, Any] = {"title": "m", "definition": "1", "aim": "higher", "reported": True}
MEASURES = {
    "share": Measure("share", kind="proportion", unit="%", per=100.0, **USUAL),
    "rate": Measure("rate", kind="rate", unit="per 1,000", per=1000.0, **USUAL),
    "events": Measure("events", kind="count", unit="events", **USUAL),
}
PLACES = {
    "H": Place("H", "Home", "council"),
    "N": Place("N", "North", "locality", {"main": "H"}),
}


def row(measure, numerator, denominator, **more):
    usual = {"place": "H", "period": parse("2020/21").key, "breakdown": WHOLE, "category": WHOLE}
    counts = {"numerator": numerator, "denominator": denominator}
    return {"measure": measure, "definition": "1", **usual, **counts, **more}


def counted(rows) -> pl.DataFrame:
    return fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)


def both(rows, preset, measures=MEASURES) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures of the counts as found, and of those that the preset leaves to be told."""
    found = counted(rows)
    known = {"measures": measures, "places": PLACES}
    told = values(suppress(found, preset), disclosure=preset, **known)
    return values(found, **known), told


SHARES = st.integers(0, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CELLS = st.one_of(
    st.tuples(st.just("share"), SHARES),
    st.tuples(st.just("rate"), st.tuples(st.integers(0, 200), st.integers(8, 5000))),
    st.tuples(st.just("events"), st.tuples(st.integers(0, 200), st.none())),
)


@given(st.lists(CELLS, min_size=1, max_size=30), st.sampled_from(ROUNDING))
def test_the_limits_of_rounded_counts_contain_those_of_the_true_ones(cells, preset):
    rows = [row(id, *pair, category=str(n)) for n, (id, pair) in enumerate(cells)]
    true, told = both(rows, preset)
    for one, other in zip(true.to_dicts(), told.to_dicts(), strict=True):
        if other["value"] is None:
            assert other["lower"] is None and other["upper"] is None
            continue
        assert other["method"].endswith("; counts rounded to the nearest 5")
        assert (one["lower"] is None) == (other["lower"] is None)
        if other["lower"] is not None:
            assert other["interval"].endswith(", widened for counts rounded to the nearest 5")
            assert other["lower"] <= one["lower"] + NEAR
            assert other["upper"] >= one["upper"] - NEAR
            assert other["lower"] <= one["value"] + NEAR and one["value"] - NEAR <= other["upper"]


@by_day(30)
@given(SHARES)
def test_they_reach_no_further_than_counts_that_are_told_so(pair):
    _, told = both([row("share", *pair)], "hospital")
    assume(told["lower"][0] is not None)
    true, same = both(
        [row("share", x, n, category=f"{x} of {n}") for x, n in alike(told.row(0, named=True))],
        "hospital",
    )
    assert same.select(*SIDES).unique().rows() == told.select(*SIDES).rows()
    assert told["lower"][0] == pytest.approx(true["lower"].min(), abs=NEAR)
    assert told["upper"][0] == pytest.approx(true["upper"].max(), abs=NEAR)


def alike(told: dict[str, Any]) -> list[tuple[int, int | None]]:
    """Every pair of whole counts of which one figure is told, by looking at all of them."""
    policy = PRESETS["hospital"]

    def near(count: float | None) -> list[int | None]:
        if count is None:
            return [None]
        every = np.arange(max(int(count) - 9, 0), int(count) + 10)
        same = (policy.rounded(every) == count) & ~policy.is_small(every)
        return every[same].tolist()

    tops, bottoms = (near(told[side]) for side in SIDES)
    shares = told["measure"] == "share"
    return [(x, n) for x, n in product(tops, bottoms) if not shares or x <= n]


@by_day(30)
@given(st.lists(CELLS, min_size=1, max_size=5))
def test_the_chance_is_asked_of_all_counts_that_are_told_so_and_of_no_others(cells):
    rows = [row(id, *pair, category=str(n)) for n, (id, pair) in enumerate(cells)]
    _, told = both(rows, "hospital")
    told = with_model(told.filter(pl.col("value").is_not_null()), MEASURES)
    found: dict[int, list[tuple[int, int | None]]] = {}
    for which, some in every_count(told, PRESETS["hospital"]):
        for at, one in zip(which.tolist(), some.iter_rows(named=True), strict=True):
            x, n = (one[side] for side in SIDES)
            found.setdefault(at, []).append((x, n))
            assert one["value"] == pytest.approx(x / (n or 1) * MEASURES[one["measure"]].per)
            assert one["measure"] == "share" or one["value"] * one["over"] == pytest.approx(x)
    for at, one in enumerate(told.iter_rows(named=True)):
        assert sorted(found[at]) == alike(one)


@by_day(30)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20), st.sampled_from(ROUNDING))
def test_a_change_beyond_chance_is_so_for_the_true_counts(pairs, preset):
    rows = []
    for n, ((id, first), (_, second)) in enumerate(pairs):
        now = (min(second[0], first[1]), first[1]) if first[1] else (second[0], first[1])
        rows += [row(id, *one, category=str(n)) for one in (first, now)]
    true, told = (with_reach(one, MEASURES, PRESETS[preset]) for one in both(rows, preset))
    said, same = (_against_chance(after_and_before(one)) for one in (told, true))
    for one, other in zip(said, same, strict=True):
        assert one != BEYOND or other == BEYOND


def after_and_before(figures: pl.DataFrame) -> pl.DataFrame:
    """Every second figure beside the one before it."""
    limits = ("lower", "upper", *REACH)
    names = {"value": "previous"} | {name: f"previous_{name}" for name in limits}
    before, now = (figures.select("value", *limits).gather_every(2, at) for at in (0, 1))
    return now.hstack(before.rename(names))


@by_day(30)
@given(st.lists(SHARES, min_size=1, max_size=8), st.integers(1, 99), st.sampled_from(ROUNDING))
def test_a_part_that_is_said_to_be_masked_misses_the_target_by_the_true_limits(parts, goal, preset):
    rows = [row("share", 1000, 1000)]
    rows += [row("share", *pair, breakdown="sex", category=str(n)) for n, pair in enumerate(parts)]
    true, told = both(rows, preset)
    whole = told.select(*KEYS, "shown")[:1].with_columns(
        status_now=pl.lit("on target"), milestone_low=pl.lit(float(goal)), tolerance=pl.lit(0.0)
    )
    asked = {"measures": MEASURES, "places": PLACES, "calendar": APRIL, "disclosure": preset}
    found = masked(fitted(whole, VERDICTS), told, **asked)["finding"]
    for one in true.filter(breakdown="sex").iter_rows(named=True):
        if found.str.contains(f"sex {one['category']} (", literal=True).any():
            assert one["upper"] < goal


@by_day(30)
@given(SHARES, st.floats(0, 100), st.sampled_from(["higher", "lower", "none"]))
def test_a_place_that_differs_from_its_group_does_so_by_the_true_limits(pair, group, aim):
    true, told = both([row("share", *pair)], "hospital")
    assume(told["value"][0] is not None)
    asked = {"comparator_value": group, "aim": aim, "figure": "m", "is_amount": False}
    said, same = (
        with_against(one.with_columns(**{k: pl.lit(v) for k, v in asked.items()}, is_group=False))
        for one in (told, true)
    )
    assert said["against"][0] in ("similar", same["against"][0])


BANDS = ("0-64", "65+")
AGED = Measure(
    "aged", kind="standardised rate", unit="per 1,000", per=1000.0,
    standardise=Standardise("age", EUROPEAN), breakdowns=(Breakdown("age", "age", BANDS),),
    numerator=Tally("deaths", "count"), denominator=Tally("people", "sum", "people"),
    title="m", definition="1", aim="lower",
)  # fmt: skip
LIVED = replace(
    AGED, id="lived", kind="life expectancy", standardise=None, life_table=LifeTable("age", 0),
    breakdowns=(Breakdown("age", "age", names_of(LIFE_TABLE)),),
)  # fmt: skip
LIFE_PAIRS = st.tuples(st.integers(8, 60), st.integers(300, 2000))
FEW_OR_MANY = st.one_of(
    st.tuples(st.just(0), st.integers(300, 2000)),
    st.integers(8, 60).flatmap(lambda d: st.tuples(st.just(d), st.integers(d, d + 6))),
    LIFE_PAIRS,
)
DOBSON = 0.03  # of themselves: limits of a band of a dozen people were seen to lie 2.2% further


@by_day(30)
@given(st.data(), st.sampled_from([AGED, LIVED]), st.sampled_from(ROUNDING))
def test_the_limits_of_figures_made_of_rounded_parts_contain_the_true_ones(data, measure, preset):
    true, told = of_parts(data, measure, LIFE_PAIRS, preset)
    assume(true["lower"] is not None and told["value"] is not None)
    assert told["lower"] <= true["lower"] + NEAR
    assert told["upper"] >= true["upper"] - NEAR
    assert told["interval"].endswith(", widened for counts rounded to the nearest 5")


def of_parts(data, measure, pairs, preset) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figure of parts with such events and people, as found and as it is told."""
    names = measure.breakdowns[0].categories
    parts = data.draw(st.lists(pairs, min_size=len(names), max_size=len(names)))
    whole = [sum(side) for side in zip(*parts, strict=True)]
    rows = [row(measure.id, *whole)] + [
        row(measure.id, *pair, breakdown="age", category=name)
        for name, pair in zip(names, parts, strict=True)
    ]
    true, told = both(rows, preset, {measure.id: measure})
    return true.row(0, named=True), told.row(0, named=True)


@by_day(30)
@given(st.data(), st.sampled_from([AGED, LIVED]), st.sampled_from(ROUNDING))
def test_those_of_parts_of_none_and_of_few_people_contain_them_or_are_not_told(
    data, measure, preset
):
    true, told = of_parts(data, measure, FEW_OR_MANY, preset)
    assume(true["lower"] is not None and told["value"] is not None)
    limits = told["lower"], told["upper"]
    if told["interval"] is None:
        assert limits == (None, None)
        return
    beyond = DOBSON if measure is AGED else 0.0
    assert limits[0] <= true["lower"] * (1 + beyond) + NEAR
    assert limits[1] >= true["upper"] * (1 - beyond) - NEAR


@by_day(30)
@given(st.data())
def test_limits_of_parts_are_told_where_every_count_that_is_told_so_makes_a_figure(data):
    """Ten events at the least: 8 of each band are, and so are 13 of one."""
    enough = st.tuples(st.integers(13, 60) | st.just(0), st.integers(300, 2000))
    true, told = of_parts(data, AGED, enough, "hospital")
    assume(true["lower"] is not None)
    assert told["lower"] is not None
    assert told["lower"] <= true["lower"] + NEAR and told["upper"] >= true["upper"] - NEAR


@given(st.lists(CELLS, min_size=1, max_size=10), st.sampled_from(EXACT))
def test_nothing_is_noted_where_nothing_is_rounded(cells, preset):
    rows = [row(id, *pair, category=str(n)) for n, (id, pair) in enumerate(cells)]
    true, told = both(rows, preset)
    kept = told["value"].is_not_null()
    columns = ("value", "lower", "upper", "interval", "method")
    assert told.filter(kept).select(columns).equals(true.filter(kept).select(columns))
