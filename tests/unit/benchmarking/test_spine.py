"""All measures of a place about the figures of its group."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from outturn.benchmarking.spine import BEYOND, GROWS, NO_FIGURE, NO_GROUP, SPINE, TOO_FEW, spine
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


MEMBERS = dict.fromkeys(MEASURES, {f"P{n}" for n in range(len(FIGURES))})


def test_the_groups_figure_is_in_the_middle_and_the_better_side_right():
    frame, why = spine([_compared(id) for id in MEASURES], _values(), MEASURES, MEMBERS)
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
    ("kind", "unit", "why"), [("count", "falls", GROWS), ("money", "£", GROWS), ("rate", "%", None)]
)
def test_a_figure_that_grows_with_the_size_of_a_place_has_no_bar(kind, unit, why):
    measures = {"up": replace(MEASURES["up"], kind=kind, unit=unit)}
    frame, found = spine([_compared("up")], _values(), measures, MEMBERS)
    assert found == ({"up": why} if why else {}) and frame.height == (not why)


def _observatory(figure, least, greatest, group, lower_is_better):
    """Where the spine charts of Scotland's health observatory put a figure, from 0 to 1.

    Its scale reaches as far on the one side of the group's figure as on the other.
    """
    if group - least > greatest - group:
        low, high = least, 2 * group - least
    else:
        low, high = 2 * group - greatest, greatest
    at = (figure - low) / (high - low)
    return 1 - at if lower_is_better else at


@pytest.mark.parametrize("group", [10.0, 13.0])
@pytest.mark.parametrize("id", ["up", "down"])
def test_the_geometry_is_that_of_the_health_observatory_of_scotland(group, id):
    """The middle half lies from 9 to 14: the percentiles of nine figures fall on the third and the
    seventh. By the ranks of a table, the bottom quartile would begin with 8."""
    row = spine([_compared(id, comparator_value=group)], _values(), MEASURES, MEMBERS)[0].row(
        0, named=True
    )
    assert (row["lower_quarter"], row["upper_quarter"]) == (9.0, 14.0)

    def at(figure):
        return _observatory(figure, 6.0, 18.0, group, id == "down")

    assert row["at"] == pytest.approx(at(12.0))
    assert [row["bar_from"], row["bar_to"]] == pytest.approx(sorted([at(6.0), at(18.0)]))
    assert [row["box_from"], row["box_to"]] == pytest.approx(sorted([at(9.0), at(14.0)]))


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
    frame, told = spine([_compared("up", **more)], _values(figures), MEASURES, MEMBERS)
    assert frame.is_empty() and frame.schema == SPINE
    assert told == {"up": why}


def test_figures_are_those_that_are_printed():
    values = _values([one + 0.04 for one in FIGURES])
    frame, _ = spine([_compared("up", value=12.04)], values, MEASURES, MEMBERS)
    row = frame.row(0, named=True)
    assert (row["value"], row["least"], row["greatest"]) == (12.0, 6.0, 18.0)


def test_places_outside_the_group_make_no_bar_longer():
    values = _values([*FIGURES, 99.0])
    frame, _ = spine([_compared("up")], values, MEASURES, MEMBERS)
    assert frame["greatest"].to_list() == [18.0]


def test_a_place_that_is_no_member_makes_no_bar_longer_and_its_mark_lies_beyond_it():
    ours = _compared("up", place="P9", value=90.0)
    frame, why = spine([ours], _values([*FIGURES, 90.0]), MEASURES, MEMBERS)
    row = frame.row(0, named=True)
    assert why == {}
    assert (row["value"], row["greatest"], row["with_value"]) == (90.0, 18.0, 9)
    # From 10 to 90 is the half to the right, of which the members reach a tenth.
    assert (row["at"], row["bar_from"], row["bar_to"]) == (1.0, 0.475, 0.55)


def test_a_place_that_is_no_member_does_not_make_too_few_enough():
    seven = dict.fromkeys(MEASURES, {f"P{n}" for n in range(7)})
    _, why = spine([_compared("up", place="P7")], _values(), MEASURES, seven)
    assert why == {"up": TOO_FEW}


@pytest.mark.parametrize(("member", "group"), [(10.0, 10.04), (0.04, 0.04), (12.34, 12.34)])
def test_the_groups_figure_is_judged_at_the_precision_of_its_members(member, group):
    row = _compared("up", value=member, comparator_value=group)
    frame, why = spine([row], _values([member] * 9), MEASURES, MEMBERS)
    assert why == {}
    assert frame["at"].to_list() == [0.5]
    assert frame["comparator_value"].to_list() == frame["least"].to_list()
