"""Quartiles by the rule that a group names."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.benchmarking import benchmarks, quartile_edges
from outturn.benchmarking.benchmarks import AS_PRINTED
from outturn.benchmarking.quartile_rules import SAID, quartiles_by
from outturn.framework.model import QUARTILE_RULES, Comparator, Measure, Place
from outturn.statistics.quantile_groups import PUBLISHERS
from outturn.statistics.quantiles import QUARTILES, RULES
from outturn.terms.records import VALUES, fitted
from outturn.terms.written_periods import parse

YEAR = parse("2025/26").key
# Nine places: the third, fourth and fifth from the left share a figure.
FIGURES = [10.0, 20.0, 30.0, 30.0, 30.0, 40.0, 50.0, 60.0, 70.0]


def compared(aim, *rules, figures=FIGURES):
    measure = Measure("m", "m", "1", "proportion", "%", aim, per=100.0, decimals=1)
    codes = [f"P{n}" for n in range(len(figures))]
    rows = [
        {"measure": "m", "place": code, "period": YEAR, "breakdown": "all", "category": "all",
         "definition": "1", "value": value}
        for code, value in zip(codes, figures, strict=True)
    ]  # fmt: skip
    groups = {
        f"g{n}": Comparator(f"g{n}", "G", tuple(codes), "mean of members", quartiles=rule)
        for n, rule in enumerate(rules)
    }
    return benchmarks(
        fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES),
        measures={"m": measure}, comparators=groups,
        places={code: Place(code, code, "council") for code in codes}, as_of=date(2026, 6, 1),
    )  # fmt: skip


def letters(frame, group="g0"):
    """The quartile of each place from the left: t(op), s(econd), h (third), b(ottom)."""
    found = frame.filter(comparator=group).sort("place")["quartile"]
    return "".join("-" if one is None else "h" if one == "third" else one[0] for one in found)


def test_the_words_of_a_file_are_the_rules_there_are():
    assert QUARTILE_RULES == (*RULES, *PUBLISHERS) == tuple(SAID)


@pytest.mark.parametrize(
    ("rule", "lower", "higher", "edge"),
    [
        # Ranks 1 to 3 of nine have fewer than a quarter that do better, and three share rank 3.
        ("rank share", "ttttthhbb", "bbssssttt", 50.0),
        ("PHEindicatormethods", "ttttthhbb", "bbssssttt", 50.0),
        # The bounds are 30, 30 and 50. On a bound is in the better quartile by type 7, and in the
        # lower group by Fingertips, which is the worse where higher is better.
        ("linear interpolation (type 7)", "ttttthhbb", "bbssssttt", 50.0),
        ("Fingertips", "ttttthhbb", "bbbbbsstt", 60.0),
        # Three, two, two and two, equal figures in the order of the rows.
        ("NTILE", "tttsshhbb", "bbshhsttt", 50.0),
    ],
)
def test_each_rule_cuts_as_its_publisher_does(rule, lower, higher, edge):
    assert letters(compared("lower", rule)) == lower
    found = compared("higher", rule)
    assert letters(found) == higher
    assert set(found["quartile_rule"]) == {SAID[rule] + AS_PRINTED}
    assert set(found["best_edge"]) == {edge}


def test_two_groups_go_by_a_rule_each_and_one_that_says_none_by_rank_share():
    found = compared("higher", "Fingertips", "", "NTILE")
    assert [letters(found, one) for one in ("g0", "g1", "g2")] == [
        "bbbbbsstt", "bbssssttt", "bbshhsttt",
    ]  # fmt: skip
    assert found.filter(comparator="g1")["quartile_rule"][0].startswith("rank share: ")


def test_only_by_rank_share_have_all_of_one_figure_the_better_quartile():
    for rule in QUARTILE_RULES:
        said = compared("lower", rule)["note"].str.contains("all are given the better one").any()
        assert said == (rule == "rank share")


@pytest.mark.parametrize("rule", QUARTILE_RULES)
def test_a_member_without_a_figure_has_no_quartile_by_any_rule(rule):
    found = compared("lower", rule, figures=[1.0, None, 2.0, 3.0, 4.0])
    assert letters(found) == "t-shb"


@pytest.mark.parametrize("rule", QUARTILE_RULES)
def test_three_are_too_few_for_quartiles_by_any_rule(rule):
    assert letters(compared("lower", rule, figures=[1.0, 2.0, 3.0])) == "---"


@pytest.mark.parametrize(
    ("rule", "edges"),
    [("NTILE", (20.0, 30.0, 50.0)), ("Fingertips", (30.0, 30.0, 50.0)),
     ("PHEindicatormethods", (20.0, 30.0, 50.0))],
)  # fmt: skip
def test_the_edges_on_a_line_follow_the_rule(rule, edges):
    measure = Measure("m", "m", "1", "proportion", "%", "higher", decimals=1)
    assert quartile_edges(pl.Series(FIGURES), measure, rule) == edges
    few = pl.Series([1.0, 2.0, 3.0])
    assert quartile_edges(few, measure, rule) == (1.5, 2.0, 2.5)


# A group of many measures and years, whose cells are cut each by itself: ties, members without a
# figure, one alone and nobody among them.
CELLS = {
    ("up", "2023/24"): FIGURES,
    ("up", "2024/25"): [9.0, None, 8.0, 7.0, None, 7.0, 7.0, 1.0, 2.0],
    ("up", "2025/26"): [5.0, *[None] * 8],
    ("down", "2023/24"): FIGURES,
    ("down", "2024/25"): [3.0] * 9,
    ("down", "2025/26"): [None] * 9,
    ("none", "2023/24"): FIGURES,
}


def of_cells(rule, cells, members=9):
    """The comparison of these cells, in a group of the rule and in one of a member alone."""
    codes = [f"P{n}" for n in range(members)]
    aims = {"up": "higher", "down": "lower", "none": "none"}
    measures = {
        id: Measure(id, id, "1", "proportion", "%", aim, per=100.0, decimals=1)
        for id, aim in aims.items()
    }
    rows = [
        {"measure": id, "place": code, "period": parse(year).key, "breakdown": "all",
         "category": "all", "definition": "1", "value": value}
        for (id, year), figures in cells.items()
        for code, value in zip(codes, figures, strict=True)
    ]  # fmt: skip
    groups = {
        "many": Comparator("many", "G", tuple(codes), "mean of members", quartiles=rule),
        "one": Comparator("one", "O", ("P0",), "published", place="P3", quartiles=rule),
    }
    return benchmarks(
        fitted(pl.DataFrame(rows, infer_schema_length=None), VALUES), measures=measures,
        comparators=groups, places={code: Place(code, code, "council") for code in codes},
        as_of=date(2026, 6, 1),
    )  # fmt: skip


@pytest.mark.parametrize("rule", QUARTILE_RULES)
def test_each_measure_and_year_of_a_group_is_cut_by_itself(rule):
    together = of_cells(rule, CELLS)
    alone = pl.concat(of_cells(rule, {cell: figures}) for cell, figures in CELLS.items())
    order = ["comparator", "measure", "period", "place"]
    assert together.sort(order).equals(alone.sort(order))
    edges = {"up": 60.0 if rule == "Fingertips" else 50.0, "down": 30.0}  # as above, by hand
    first = together.filter(comparator="many", period=parse("2023/24").key)
    for id, edge in edges.items():
        assert set(first.filter(measure=id)["best_edge"]) == {edge}
    assert first.filter(measure="none")["best_edge"].is_null().all()
    assert together.filter(comparator="one")["quartile"].is_null().all()
    assert together.filter(comparator="one").height > 0


# A row of a group: which one, and its figure, of few so that many are alike.
DRAWN = st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 6)), min_size=1)


@given(DRAWN, st.sampled_from(QUARTILE_RULES), st.data())
def test_by_any_rule_a_group_is_cut_as_if_it_stood_alone(drawn, rule, data):
    aims = [data.draw(st.sampled_from(["higher", "lower"])) for _ in range(4)]
    rows = pl.DataFrame(
        [
            (number, aims[number], figure,
             None if figure is None else -figure if aims[number] == "higher" else figure)
            for number, figure in drawn
        ],
        schema={"group": pl.UInt32, "aim": pl.String, "figure": pl.Float64, "score": pl.Float64},
        orient="row", strict=False,
    )  # fmt: skip
    quartile, edge = quartiles_by(rows, rule, "group")
    found = rows.with_columns(quartile=quartile, edge=edge)
    assert found.filter(pl.col("score").is_null())["quartile"].is_null().all()
    for number in rows["group"].unique():
        mine = found.filter(group=number)
        alone = quartiles_by(mine.with_columns(group=pl.lit(0, pl.UInt32)), rule, "group")
        assert mine["quartile"].equals(alone[0]) and mine["edge"].equals(alone[1])
        best = mine.filter(pl.col("quartile") == QUARTILES[0])["score"].max()
        if rule in PUBLISHERS:  # the worst score in the top quartile, of every row of the group
            assert set(mine["edge"]) == {best}
