"""Peers who stood where we stand and got better: by limits, and by the spread without them."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.benchmarking.improvers import improvers
from outturn.framework.model import Measure, SeriesBreak
from outturn.terms.records import VALUES, fitted
from outturn.terms.written_periods import parse

YEARS = ["2018/19", "2019/20", "2020/21"]
NOW = parse(YEARS[-1])


def measure(**more):
    usual = {"id": "m", "title": "m", "definition": "1", "kind": "proportion", "unit": "%",
             "aim": "higher"}  # fmt: skip
    return Measure(**{**usual, **more})


def values(figures, half=None):
    rows = [
        {
            "measure": "m", "place": place, "period": parse(year).key, "breakdown": "all",
            "category": "all", "value": figure,
            "lower": None if half is None else figure - half,
            "upper": None if half is None else figure + half,
        }
        for place, line in figures.items()
        for year, figure in zip(YEARS, line, strict=True)
        if figure is not None
    ]  # fmt: skip
    return fitted(pl.DataFrame(rows), VALUES)


FIGURES = {
    "H": (50.0, 55.0, 60.0),
    "up": (60.5, 66.0, 70.0),  # stood there first, and has come ten points
    "soon": (52.0, 59.5, 64.5),
    "down": (60.0, 55.0, 50.0),
    "never": (80.0, 82.0, 84.0),
    "gone": (60.0, 65.0, None),
}


def told(figures=FIGURES, half=1.0, **more):
    found = improvers(values(figures, half), measure(**more), list(figures), "H", NOW)
    return [(one.place, from_year(one.since), one.then, one.now) for one in found]


def from_year(key):
    return next(year for year in YEARS if parse(year).key == key)


def test_those_who_stood_where_we_stand_and_are_better_beyond_chance():
    assert told() == [("up", "2018/19", 60.5, 70.0), ("soon", "2019/20", 59.5, 64.5)]


@pytest.mark.parametrize("half", [3.0, None])
def test_one_that_rose_steadily_is_told_from_where_it_has_come_beyond_chance(half):
    """It stood where we stand last year too, from which chance alone could have brought it here."""
    line = (68.0, 72.8, 75.0) if half else (69.9, 70.1, 73.0)
    figures = {"H": (70.0, 70.0, 70.0), "steady": line, "low": (60.0, 60.0, 65.0)}
    found = told(figures, half=half)
    assert found == ([("steady", "2018/19", 68.0, 75.0)] if half else
                     [("steady", "2019/20", 70.1, 73.0)])  # fmt: skip


def test_wide_limits_leave_nothing_beyond_chance():
    assert told(half=6.0) == []


def test_without_limits_the_spread_of_the_group_decides():
    assert [one[0] for one in told(half=None)] == ["up", "soon"]
    close = {**FIGURES, "soon": (52.0, 60.0, 61.0)}  # a point is nothing in this group
    assert [one[0] for one in told(close, half=None)] == ["up"]


def test_where_lower_is_better_they_have_come_down():
    assert told(aim="lower") == [("down", "2018/19", 60.0, 50.0)]


@pytest.mark.parametrize("aim", ["none", "band", "closest"])
def test_without_a_better_side_nobody_improved(aim):
    assert told(aim=aim) == []


def test_nothing_is_compared_across_a_break():
    broken = SeriesBreak(parse("2019/20"), "break", "A new method.")
    assert [one[0] for one in told(breaks=(broken,))] == ["soon"]


def test_where_we_have_no_figure_nobody_stood_there():
    assert told({**FIGURES, "H": (50.0, 55.0, None)}) == []
