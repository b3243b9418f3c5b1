"""What must hold of status and rank whatever the figures are."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from outturn.benchmarking import benchmarks
from outturn.framework.model import Comparator, Measure
from outturn.judgement.rule import judge, judged
from outturn.terms.records import VALUES, Status, fitted

TENTHS = st.integers(-50, 1500).map(lambda n: n / 10)
MAYBE = st.one_of(st.none(), TENTHS)
ORDER = {str(s): n for n, s in enumerate((Status.ON_TARGET, Status.CLOSE, Status.OFF_TARGET))}
SCHEMA = {
    "figure": pl.Float64, "low": pl.Float64, "high": pl.Float64, "low_strict": pl.Boolean,
    "high_strict": pl.Boolean, "tolerance_low": pl.Float64, "tolerance_high": pl.Float64,
    "rounded_to": pl.Int64, "at_limit": pl.Boolean,
}  # fmt: skip


@st.composite
def targets(draw):
    first, second = sorted((draw(TENTHS), draw(TENTHS)))
    low = draw(st.sampled_from([None, first]))
    return {
        "low": low,
        "high": second if low is None else draw(st.sampled_from([None, second])),
        "low_strict": draw(st.booleans()),
        "high_strict": draw(st.booleans()),
        "tolerance": draw(st.one_of(st.none(), st.integers(0, 100).map(lambda n: n / 10))),
        "rounded_to": draw(st.sampled_from([None, 0, 1])),
        "at_limit": draw(st.booleans()),
    }


@given(st.lists(st.tuples(TENTHS, targets()), min_size=1, max_size=20))
def test_the_rule_over_columns_is_the_rule_for_one(cases):
    rows = []
    for figure, target in cases:
        row = {
            **target,
            "tolerance_low": target["tolerance"],
            "tolerance_high": target["tolerance"],
        }
        rows.append({"figure": figure, **{n: row[n] for n in SCHEMA if n != "figure"}})
    found = judged(pl.DataFrame(rows, schema=SCHEMA))["status"].to_list()
    assert found == [str(judge(figure, **target)) for figure, target in cases]


@given(TENTHS, TENTHS, targets())
def test_status_never_improves_when_a_lower_is_better_figure_rises(one, two, target):
    target = {**target, "low": None, "high": target["high"] or 0.0}
    lesser, greater = sorted((one, two))
    assert ORDER[judge(lesser, **target)] <= ORDER[judge(greater, **target)]


@given(TENTHS, targets(), st.integers(0, 50).map(lambda n: n / 10))
def test_a_wider_tolerance_never_worsens_a_status(figure, target, more):
    wider = {**target, "tolerance": (target["tolerance"] or 0.0) + more}
    assert ORDER[judge(figure, **wider)] <= ORDER[judge(figure, **target)]


def _benchmarks(figures, aim):
    measure = Measure("m", "m", "1", "proportion", "%", aim, per=100.0, reported=True)
    rows = [
        {"measure": "m", "place": p, "period": "2019-04-01/P1Y", "breakdown": "all",
         "category": "all", "value": v}
        for p, v in figures
    ]  # fmt: skip
    values = fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES)
    group = Comparator("g", "g", tuple(p for p, _ in figures), "mean of members")
    found = benchmarks(values, measures={"m": measure}, comparators={"g": group}, places={})
    return {row["place"]: row for row in found.iter_rows(named=True)}


FIGURES = st.lists(MAYBE, min_size=2, max_size=30)


@given(FIGURES, st.sampled_from(["higher", "lower"]), st.randoms(use_true_random=False))
def test_the_order_of_places_moves_no_rank(numbers, aim, random):
    figures = [(f"P{n:02d}", number) for n, number in enumerate(numbers)]
    shuffled = random.sample(figures, len(figures))
    assert _benchmarks(figures, aim) == _benchmarks(shuffled, aim)


@given(FIGURES, st.sampled_from(["higher", "lower"]))
def test_a_better_rank_is_never_a_worse_quartile_and_none_without_a_figure(numbers, aim):
    figures = [(f"P{n:02d}", number) for n, number in enumerate(numbers)]
    found = _benchmarks(figures, aim)
    known = [row for row in found.values() if row["rank"] is not None]
    assert all(found[p]["rank"] is None for p, number in figures if number is None and p in found)
    places = ["top", "second", "third", "bottom", None]
    ranks = sorted((row["rank"], places.index(row["quartile"])) for row in known)
    assert ranks == sorted(ranks, key=lambda pair: pair[1])
    assert all((row["gap"] == 0) == (row["quartile"] == "top") for row in known if row["quartile"])
