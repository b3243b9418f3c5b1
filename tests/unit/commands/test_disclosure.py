"""What may be told of Counts: by where they come from, and whether they were counted or given."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.commands.disclosure import may_be_told
from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.terms.records import COUNTS, fitted

PUBLIC = ["release", "census"]
KINDS = {
    "people": {"kind": "count", "unit": "people"},
    "thousands": {"kind": "count", "unit": "thousand people", "per": 0.001},
    "share": {"kind": "proportion", "unit": "%", "per": 100.0},
    "weighted": {"kind": "proportion", "unit": "%", "per": 100.0, "recompute": False},
    "cost": {"kind": "money", "unit": "£"},
    "counted": {"kind": "count", "unit": "people", "reported": False},
}
TOLD = ("numerator", "denominator", "reported", "rows")


def told(measure, disclosure="social care", source="register", **row):
    """What of one row is told: its counts and its figure, and what it says in place of them."""
    measures = {
        id: Measure(**{"id": id, "title": id, "definition": "1", "aim": "none",
                       "reported": True, **more})
        for id, more in KINDS.items()
    }  # fmt: skip
    folder = Partnership("Vale", "HOME", disclosure=disclosure, measures=measures)
    counts = fitted(pl.DataFrame([{"measure": measure, "source": source, **row}]), COUNTS)
    found = may_be_told(counts, folder, PUBLIC).row(0, named=True)
    return {name: found[name] for name in TOLD if found[name] is not None}, found["absent"]


NOTHING = ({}, "suppressed")


@pytest.mark.parametrize("source", ["register", "release, register", None])
def test_a_reported_count_of_our_own_is_held_to_the_preset(source):
    assert told("people", source=source, reported=4.0) == NOTHING
    assert told("people", source=source, reported=5.0) == ({"reported": 5.0}, None)
    assert told("people", source=source, reported=0.0) == ({"reported": 0.0}, None)
    assert told("thousands", source=source, reported=0.004) == NOTHING
    assert told("people", source=source, reported=9.0, numerator=3.0) == NOTHING
    assert told("people", source=source, reported=3.0, numerator=9.0, rows=9) == NOTHING


@pytest.mark.parametrize("source", ["release", "census, release"])
def test_what_is_published_already_is_left_alone_counted_or_reported(source):
    assert told("people", source=source, reported=4.0) == ({"reported": 4.0}, None)
    assert told("counted", source=source, numerator=4.0) == ({"numerator": 4.0}, None)


def test_a_reported_share_is_held_to_the_preset_by_its_counts():
    kept = {"numerator": 5.0, "denominator": 20.0, "reported": 25.0}
    assert told("share", **kept) == (kept, None)
    assert told("share", **{**kept, "numerator": 3.0, "reported": 15.0}) == NOTHING
    assert told("share", **{**kept, "numerator": 0.0, "denominator": 4.0}) == NOTHING


def test_a_reported_share_without_counts_cannot_be_judged_and_stays():
    assert told("share", reported=15.0) == ({"reported": 15.0}, None)


def test_money_counts_nobody():
    assert told("cost", reported=3.0) == ({"reported": 3.0}, None)


def test_where_the_preset_rounds_a_reported_figure_rounds_or_is_made_again():
    assert told("people", "hospital", reported=13.0) == ({"reported": 15.0}, None)
    assert told("people", "hospital", reported=7.0) == NOTHING
    counts = {"numerator": 13.0, "denominator": 41.0, "reported": 31.7}
    rounded = {"numerator": 15.0, "denominator": 40.0}
    assert told("share", "hospital", **counts) == (rounded, None)
    assert told("weighted", "hospital", **counts) == ({**rounded, "reported": 31.7}, None)
    assert told("share", "hospital", source="release", **counts) == (counts, None)


@pytest.mark.parametrize("disclosure", ["none", "social care", "hospital"])
@pytest.mark.parametrize("source", ["register", "release"])
def test_a_cell_marked_suppressed_keeps_nothing_that_tells_it(disclosure, source):
    row = {"numerator": 3.0, "denominator": 20.0, "reported": 15.0, "rows": 20}
    row["absent"] = "suppressed"
    assert told("share", disclosure, source, **row) == NOTHING


def test_without_a_preset_small_counts_are_told():
    assert told("people", "none", reported=3.0) == ({"reported": 3.0}, None)
