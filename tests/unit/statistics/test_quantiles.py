from __future__ import annotations

import polars as pl
import pytest

from outturn.statistics.quantiles import (
    RANK_SHARE,
    TYPE_7,
    percentile,
    quartile_column,
    quartiles,
    ranks,
    shared_rank,
    top_edge,
)

EIGHT = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]
IN_PAIRS = ["top", "top", "second", "second", "third", "third", "bottom", "bottom"]


def test_the_best_is_first_whichever_side_is_better():
    assert ranks([3, 1, 2], lower_is_better=True).tolist() == [3, 1, 2]
    assert ranks([3, 1, 2], lower_is_better=False).tolist() == [1, 3, 2]


@pytest.mark.parametrize("rule", [RANK_SHARE, TYPE_7])
def test_quartiles_turn_round_with_the_better_side(rule):
    assert quartiles(EIGHT, lower_is_better=False, rule=rule) == IN_PAIRS
    assert quartiles(EIGHT, lower_is_better=True, rule=rule) == IN_PAIRS[::-1]


@pytest.mark.parametrize(
    ("better", "quartile"), [(37, "top"), (38, "second"), (76, "third"), (114, "bottom")]
)
def test_a_place_changes_quartile_when_a_further_quarter_of_152_does_better(better, quartile):
    values = list(range(152))
    assert quartiles(values, lower_is_better=True)[better] == quartile


def test_places_that_share_a_figure_across_an_edge_share_the_better_quartile():
    assert quartiles([9, 8, 8, 7], lower_is_better=False) == ["top", "second", "second", "bottom"]
    assert quartiles([9, 9, 9, 9], lower_is_better=False) == ["top"] * 4


def test_a_missing_value_has_neither_rank_nor_quartile():
    nan = float("nan")
    assert quartiles([1.0, nan], lower_is_better=True) == ["top", None]
    assert ranks([nan, nan], lower_is_better=True).tolist() == [0, 0]
    assert quartiles([nan], lower_is_better=True, rule=TYPE_7) == [None]
    assert percentile([nan], 50) is None


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="no such quartile rule"):
        quartiles([1.0], lower_is_better=True, rule="by eye")
    with pytest.raises(ValueError, match="no such quartile rule"):
        quartile_column(pl.col("x"), ["g"], "by eye")


def test_the_edge_of_the_top_quartile_is_the_worst_score_in_it():
    frame = pl.DataFrame({"g": [1] * 8, "x": sorted(EIGHT)})
    assert frame.select(top_edge(pl.col("x"), ["g"])).to_series()[0] == 2.0
    assert frame.select(top_edge(pl.col("x"), ["g"], TYPE_7)).to_series()[0] == 2.75


def test_columns_keep_groups_apart():
    frame = pl.DataFrame({"g": [1, 1, 2], "x": [5.0, None, 9.0]})
    found = frame.select(r=shared_rank(pl.col("x"), ["g"]), q=quartile_column(pl.col("x"), ["g"]))
    assert found.rows() == [(1, "top"), (None, None), (1, "top")]
