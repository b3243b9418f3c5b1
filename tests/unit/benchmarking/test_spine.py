"""All measures of a place about the figures of its group."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.benchmarking.spine import BEYOND, NO_FIGURE, NO_GROUP, SPINE, TOO_FEW, spine
from outturn.framework.model import Measure
from outturn.terms.records import BENCHMARKS, VALUES, fitted

PERIOD = "2024-04-01/P1Y"
MEASURES = {
    id: Measure(id=id, title=id, definition="1", kind="proportion", unit="%", aim=aim, per=100.0)
    for id, aim in (("up", "higher"), ("down", "lower"), ("neither", "none"))
}
FIGURES = [6.0, 8.0, 9.0, 10.0, 11.0, 12.0, 14.0, 16.0, 18.0]


def _values(figures=FIGURES):
    return fitted(
        pl.DataFrame(
            [
                {"measure": id, "place": f"P{n}", "period": PERIOD, "value": one,
                 "breakdown": "all", "category": "all"}
                for id in MEASURES
                for n, one in enumerate(figures)
            ]
        ),
        VALUES,
    )  # fmt: skip


def _compared(id, **more):
    row = dict.fromkeys(BENCHMARKS)
    row |= {"measure": id, "place": "P5", "period": PERIOD, "breakdown": "all", "category": "all"}
    return row | {"value": 12.0, "comparator_value": 10.0, "against": "better"} | more


PLACES = {f"P{n}" for n in range(len(FIGURES))}


def test_the_groups_figure_is_in_the_middle_and_the_better_side_right():
    frame, why = spine([_compared(id) for id in MEASURES], _values(), MEASURES, PLACES)
    assert why == {} and frame.schema == SPINE
    up, down, neither = frame.rows(named=True)
    # The further side, from 10 to 18, fills its half; the other keeps its scale.
    assert (up["bar_from"], up["bar_to"], up["at"]) == (0.25, 1.0, 0.625)
    assert (down["bar_from"], down["bar_to"], down["at"]) == (0.0, 0.75, 0.375)
    assert (neither["bar_from"], neither["bar_to"]) == (0.25, 1.0)
    for row in (up, down, neither):
        assert row["bar_from"] <= row["box_from"] <= row["box_to"] <= row["bar_to"]
        assert (row["least"], row["greatest"], row["with_value"]) == (6.0, 18.0, 9)


@pytest.mark.parametrize(
    ("more", "figures", "why"),
    [
        ({"value": None}, FIGURES, NO_FIGURE),
        ({"comparator_value": None}, FIGURES, NO_GROUP),
        ({}, FIGURES[:7], TOO_FEW),
        ({"comparator_value": 5.0}, FIGURES, BEYOND),
    ],
)
def test_a_measure_without_a_bar_says_why(more, figures, why):
    frame, told = spine([_compared("up", **more)], _values(figures), MEASURES, PLACES)
    assert frame.is_empty() and frame.schema == SPINE
    assert told == {"up": why}


def test_figures_are_those_that_are_printed():
    values = _values([one + 0.04 for one in FIGURES])
    frame, _ = spine([_compared("up", value=12.04)], values, MEASURES, PLACES)
    row = frame.row(0, named=True)
    assert (row["value"], row["least"], row["greatest"]) == (12.0, 6.0, 18.0)


def test_places_outside_the_group_make_no_bar_longer():
    values = _values([*FIGURES, 99.0])
    frame, _ = spine([_compared("up")], values, MEASURES, PLACES)
    assert frame["greatest"].to_list() == [18.0]
