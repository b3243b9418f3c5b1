"""Against a group's figure, when chance is allowed for; never a status."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.benchmarking.against import with_against


def against(**more):
    row = {
        "value": 62.0, "lower": 60.0, "upper": 64.0, "figure": 62.0, "comparator_value": 58.0,
        "aim": "higher", "is_amount": False, "is_group": False, **more,
    }  # fmt: skip
    kinds = {name: pl.Float64 for name in ("value", "lower", "upper", "figure", "comparator_value")}
    return with_against(pl.DataFrame([row], schema_overrides=kinds))["against"][0]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, "better"),
        ({"aim": "lower"}, "worse"),
        ({"aim": "none"}, "higher"),
        ({"aim": "band", "comparator_value": 70.0}, "lower"),
        ({"comparator_value": 60.0}, "similar"),  # on a limit
        ({"comparator_value": 61.0}, "similar"),
        ({"comparator_value": 64.1}, "worse"),
        ({"comparator_value": None}, "not compared"),
        ({"lower": None, "upper": None}, "not compared"),
        ({"is_group": True}, "not compared"),
        ({"is_amount": True}, "not compared"),  # a place twice as large has twice as many
        ({"figure": None}, "not compared"),  # a forecast, or a proportion that cannot be right
    ],
)
def test_a_figure_differs_from_its_group_only_where_its_limits_exclude_it(more, word):
    assert against(**more) == word
