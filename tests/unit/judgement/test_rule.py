"""Every boundary below it, on it and above it; and the rule over columns is the rule for one."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.judgement.rule import judge, judged
from outturn.terms.records import Status

ON, CLOSE, OFF = Status.ON_TARGET, Status.CLOSE, Status.OFF_TARGET
CASES = [
    # at least 86, close within 3
    (85.9, 86, None, {"tolerance": 3.0}, CLOSE),
    (86.0, 86, None, {"tolerance": 3.0}, ON),
    (86.1, 86, None, {"tolerance": 3.0}, ON),
    (83.1, 86, None, {"tolerance": 3.0}, CLOSE),
    (83.0, 86, None, {"tolerance": 3.0}, CLOSE),
    (82.9, 86, None, {"tolerance": 3.0}, OFF),
    # at most 86
    (86.1, None, 86, {"tolerance": 3.0}, CLOSE),
    (86.0, None, 86, {"tolerance": 3.0}, ON),
    (89.0, None, 86, {"tolerance": 3.0}, CLOSE),
    (89.1, None, 86, {"tolerance": 3.0}, OFF),
    # above 11, below 11: the limit itself
    (11.0, 11, None, {"low_strict": True}, OFF),
    (11.0, 11, None, {"low_strict": True, "tolerance": 0.0}, CLOSE),
    (11.0, 11, None, {"low_strict": True, "at_limit": True}, ON),
    (11.1, 11, None, {"low_strict": True}, ON),
    (11.0, None, 11, {"high_strict": True}, OFF),
    (11.0, None, 11, {"high_strict": True, "at_limit": True}, ON),
    (10.9, None, 11, {"high_strict": True}, ON),
    # between 56 and 61, close outside either edge
    (55.9, 56, 61, {"tolerance": 2.0}, CLOSE),
    (56.0, 56, 61, {}, ON),
    (61.0, 56, 61, {}, ON),
    (61.1, 56, 61, {"tolerance": 2.0}, CLOSE),
    (53.9, 56, 61, {"tolerance": 2.0}, OFF),
    (63.1, 56, 61, {"tolerance": 2.0}, OFF),
    # without a tolerance nothing is close
    (85.9, 86, None, {}, OFF),
    # zero
    (0.0, None, 0.0, {}, ON),
    (1.0, None, 0.0, {}, OFF),
    # rounded first, halves away from zero
    (99.5, 100, None, {"rounded_to": 0}, ON),
    (99.4, 100, None, {"rounded_to": 0}, OFF),
    (10.5, 11, None, {"rounded_to": 0, "low_strict": True}, OFF),
    (11.5, 11, None, {"rounded_to": 0, "low_strict": True}, ON),
    # the machine's dust decides nothing
    (0.8, None, 0.7, {"tolerance": 0.1}, CLOSE),
    (11.000000000000002, 11, None, {"low_strict": True}, OFF),
    (0.1 + 0.2, None, 0.3, {}, ON),
]


@pytest.mark.parametrize(("figure", "low", "high", "how", "status"), CASES)
def test_each_side_of_each_boundary(figure, low, high, how, status):
    assert judge(figure, low, high, **how) is status


def test_the_rule_over_columns_gives_the_same():
    frame = pl.DataFrame(
        [
            {
                "figure": figure, "low": low, "high": high,
                "low_strict": how.get("low_strict", False),
                "high_strict": how.get("high_strict", False),
                "tolerance_low": how.get("tolerance"), "tolerance_high": how.get("tolerance"),
                "rounded_to": how.get("rounded_to"), "at_limit": how.get("at_limit", False),
            }
            for figure, low, high, how, _ in CASES
        ],
        schema={
            "figure": pl.Float64, "low": pl.Float64, "high": pl.Float64,
            "low_strict": pl.Boolean, "high_strict": pl.Boolean,
            "tolerance_low": pl.Float64, "tolerance_high": pl.Float64,
            "rounded_to": pl.Int64, "at_limit": pl.Boolean,
        },
    )  # fmt: skip
    found = judged(frame)["status"].to_list()
    assert found == [str(status) for *_, status in CASES]
