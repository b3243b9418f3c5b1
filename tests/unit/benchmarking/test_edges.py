"""The edges of quartiles on a line are those of the table beside it."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.benchmarking import quartile_edges
from outturn.framework.model import Measure
from outturn.statistics.quantiles import TYPE_7

EIGHT = pl.Series([55.0, 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 90.0])


def measure(**more):
    usual = {"id": "m", "title": "m", "definition": "1", "kind": "proportion", "unit": "%"}
    return Measure(**{**usual, "aim": "higher", **more})


@pytest.mark.parametrize(
    ("more", "rule", "edges"),
    [
        # Fewer than a quarter do better than the second of eight: 85 or more is the top.
        ({}, "rank share", (60.0, 72.5, 85.0)),
        ({"aim": "lower"}, "rank share", (60.0, 72.5, 85.0)),
        ({}, TYPE_7, (63.75, 72.5, 81.25)),
        ({"aim": "band", "band": (60.0, 70.0)}, "rank share", (63.75, 72.5, 81.25)),
        ({"aim": "none"}, "rank share", (63.75, 72.5, 81.25)),
    ],
)
def test_the_edges_follow_the_rule_and_the_aim(more, rule, edges):
    assert quartile_edges(EIGHT, measure(**more), rule) == edges


def test_figures_are_taken_as_printed_and_missing_ones_left_out():
    figures = pl.Series([1.04, None, 2.0, 3.0, 3.96])
    assert quartile_edges(figures, measure()) == (1.0, 2.5, 4.0)
    assert quartile_edges(pl.Series([None], dtype=pl.Float64), measure()) is None


@pytest.mark.parametrize(
    ("aim", "edges"), [("higher", (6.0, 100.0, 100.0)), ("lower", (6.0, 100.0, 100.0))]
)
def test_ties_share_the_better_quartile(aim, edges):
    assert quartile_edges(pl.Series([100.0, 100.0, 100.0, 6.0]), measure(aim=aim)) == edges
