"""Charts are plain data that place every figure they are given, and nothing else."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from outturn.publishing import drawing, palette
from outturn.publishing.charts import (
    Break,
    ControlPoint,
    Mark,
    Point,
    control_chart,
    counts_by_status,
    figure_and_target,
    key_in_words,
    quartile_strip,
    trend,
)
from outturn.publishing.comparison_icons import LOOKS
from outturn.publishing.funnel_chart import FunnelPoint, funnel_chart
from outturn.publishing.spine_drawing import Spine, spine_drawing

POINTS = [Point("Q1", 1.0, 2.0), Point("It's Q2", None, 2.0), Point("Q3", 3.0), Point("Q4", 4.0)]
TREND = trend(
    POINTS, description="d", unit="Days", shown="4.0", target_shown="Target 2",
    breaks=[Break("Q4", "New definition")],
)  # fmt: skip
TARGETS = figure_and_target(
    [
        Mark("A", "5", 5, "Target 10", (10,), ((8, 10),), high=20, high_shown="20"),
        Mark("B", "Not yet published", None),
    ],
    description="d",
)
STRIP = quartile_strip(
    [("Ours", 3.0), ("Other", 5.0)], ours="Ours", shown="3.0", edges=(3, 4, 5),
    edges_shown=("3", "4", "5"), unit="Days", description="d",
)  # fmt: skip
COUNTS = counts_by_status([("Outcome", {"on_target": 2, "off target": 1})], description="d")
CONTROL = control_chart(
    [
        ControlPoint("Q1", 5.0, 5.0, None, None),
        ControlPoint("Q2", None, 5.0, None, None),
        ControlPoint("Q3", 4.0, 5.0, None, None),
        ControlPoint("Q4", 9.0, 7.0, 6.9, 8.0, 7.1, "concern", 2),
    ],
    description="d", unit="Days", breaks=[Break("Q4", "New limits")],
    labels={"mean": "Mean 7", "lower": "Lower limit 6.9", "upper": "Upper 8", "target": "Target"},
)  # fmt: skip


FUNNEL = funnel_chart(
    [
        FunnelPoint(100.0, 20.0, "similar", False),
        FunnelPoint(200.0, 45.0, "better", True),
        FunnelPoint(150.0, 12.0, "worse", False, "Ours: 12%, worse"),
    ],
    [
        {"size": 90.0, "lower_outer": 8.0, "lower": 13.0, "upper": 27.0, "upper_outer": 60.0},
        {"size": 210.0, "lower_outer": 10.0, "lower": 15.0, "upper": 25.0, "upper_outer": 30.0},
    ],
    average=20.0, labels={"average": "Average 20%", "upper": "95%", "upper_outer": "99.8%"},
    titles=("Denominator", ["%", "hollow beyond 95%"]), description="d",
)  # fmt: skip
SPINE = spine_drawing(
    [
        Spine("At home", "20%, better; group 15%", "better", 0.7, (0.1, 1.0), (0.4, 0.6)),
        Spine("Visits", "3; group 4", None, 0.4, (0.0, 0.8), (0.4, 0.6)),
    ],
    group="Family", ends=("Worse", "Better"), description="d",
)  # fmt: skip


@pytest.mark.parametrize("spec", [TREND, TARGETS, STRIP, COUNTS, CONTROL, FUNNEL, SPINE])
def test_a_chart_is_plain_data_on_white_in_a_shipped_font_at_any_width(spec):
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    assert spec["background"] == "#FFFFFF" and spec["description"] == "d"
    assert drawing.can_refit(spec)
    for width in (680, 350):
        svg = drawing.draw(drawing.at_width(spec, width), "svg").decode()
        assert f'width="{width}"' in svg and " id=" not in svg


def test_a_line_breaks_at_a_missing_point_and_at_a_new_definition():
    rows = TREND["data"]["values"]
    assert len({row["stretch"] for row in rows}) == 4  # one of them the gap itself
    svg = drawing.draw(TREND, "svg").decode()
    assert "New definition" in svg and "no" in svg and "It's Q2" in svg.replace("&#39;", "'")


def test_a_missing_figure_has_words_and_no_bar():
    row = TARGETS["data"]["values"][1]
    assert row["end"] is None and row["shown"] == "Not yet published"
    assert "Not yet published" in drawing.draw(TARGETS, "svg").decode()


def test_a_bar_ends_where_its_figure_is():
    row = TARGETS["data"]["values"][0]
    assert row["end"] == pytest.approx(row["target_0"] / 2) == 0.25


def test_both_ends_of_a_target_between_two_numbers_are_drawn_with_what_is_close_beyond_each():
    two = ((4, 6), (11, 13))
    mark = Mark("A", "14.4%", 14.4, "Target", (6, 11), two)
    spec = figure_and_target([mark], description="d")
    (row,) = spec["data"]["values"]
    assert (row["target_0"], row["target_1"]) == (0.06, 0.11)
    assert [row[f"close_{n}_{end}"] for n in (0, 1) for end in ("start", "end")] == [
        0.04, 0.06, 0.11, 0.13,
    ]  # fmt: skip
    assert "Two ticks" in drawing.draw(spec, "svg").decode()
    assert "Two ticks" not in drawing.draw(TARGETS, "svg").decode()


def test_the_key_says_what_bar_tick_and_pale_zone_are_and_each_scale_where_it_ends():
    svg = drawing.draw(TARGETS, "svg").decode()
    for words in ("Forecast for the year", "Target", "Close to target", ">20<", ">100%<"):
        assert words in svg
    plain = figure_and_target([Mark("A", "5%", 5.0, targets=(10,))], description="d", bar_is="F")
    assert "Close to target" not in drawing.draw(plain, "svg").decode()


def test_what_is_drawn_is_said_in_words_too():
    share = Mark("A", "5%", 5.0, targets=(10,))
    money = Mark("B", "£5", 5.0, targets=(10, 12), close=((8, 10),), high=12, high_shown="£12")
    assert key_in_words([share], "Figure") == (
        "The bar is the figure and the tick the target. All are drawn from 0% to 100%."
    )
    assert key_in_words([share, money], "Figure") == (
        "The bar is the figure and the tick the target; a pale zone is what counts as close. "
        "Two ticks are the ends of a target. "
        "Percentages are drawn from 0% to 100%; the others from 0, each on its own scale."
    )


def test_a_trend_whose_scale_does_not_begin_at_0_says_so():
    def title(*values: float, from_zero: bool = False) -> str:
        points = [Point(str(n), value) for n, value in enumerate(values)]
        return trend(points, description="d", unit="Days", from_zero=from_zero)["title"]["text"]

    assert title(62.0, 66.0) == "Days; the scale does not begin at 0"
    assert title(62.0, 66.0, from_zero=True) == "Days"
    assert title(2.0, 9.0) == "Days"


def test_a_status_without_measures_takes_no_room():
    assert [part["count"] for part in COUNTS["data"]["values"]] == ["2", "1"]
    assert [part["to"] for part in COUNTS["data"]["values"]] == [2, 3]


def test_a_narrow_page_shows_a_figure_in_fewer_words_rather_than_over_its_target():
    long, short = "632.5 forecast (322.3 per 100,000 so far)", "632.5 forecast (322.3 so far)"
    mark = Mark("A", long, 632.5, "Target: at most 600.0", (600,), high=800, shorter=(short, "-"))
    spec = figure_and_target([mark], description="d")
    told = {w: drawing.draw(drawing.at_width(spec, w), "svg").decode() for w in (680, 350)}
    assert long in told[680] and short not in told[680]
    assert short in told[350] and long not in told[350]


def test_where_no_words_fit_a_narrow_page_the_fewest_are_shown():
    mark = Mark("A", "1" * 60, 1, "Target: at most £1,000,000", (1,), shorter=("2" * 50, "3" * 40))
    spec = figure_and_target([mark], description="d")
    assert "3" * 40 in drawing.draw(drawing.at_width(spec, 350), "svg").decode()


def test_a_part_too_slim_for_shape_and_number_beside_each_other_has_the_number_below():
    found = {"on target": 1, "close": 1, "not assessed": 15}
    spec = counts_by_status([("Outcome", found)], description="d")
    wide, slim = (
        drawing.draw(drawing.at_width(spec, w), "svg").decode().count('font-size="11px"')
        for w in (680, 350)
    )
    assert (wide, slim) == (0, 2)


def test_a_control_chart_has_words_for_its_lines_its_gap_and_its_new_limits():
    svg = drawing.draw(CONTROL, "svg").decode()
    for said in ("Mean 7", "Lower limit 6.9", "Upper 8", "Target", "New limits", ">no<"):
        assert said in svg
    rows = CONTROL["data"]["values"]
    assert len({row["stretch"] for row in rows}) == 4  # one of them the gap itself


def test_the_words_at_the_ends_of_near_lines_stand_apart():
    [labels] = [one for one in CONTROL["layer"] if "label" in str(one.get("data"))][:1]
    places = [row["value"] for row in labels["data"]["values"]]
    least = 0.06 * (9.0 - 4.0)
    assert all(b - a >= least for a, b in zip(places, places[1:], strict=False))


@pytest.mark.parametrize("figure", [100.0, 0.0, -3.5, 0.25])
def test_the_words_at_the_ends_of_lines_that_are_one_stand_apart_and_the_axis_has_one_tick(figure):
    level = [ControlPoint(f"Q{n}", figure, figure, figure, figure, figure) for n in range(1, 4)]
    labels = {"mean": "Centre", "upper": "Upper", "lower": "Lower", "target": "Target"}
    svg = drawing.draw(
        control_chart(level, description="d", unit="%", labels=labels), "svg"
    ).decode()
    texts = re.findall(r"<text [^>]*translate\((-?[\d.]+),(-?[\d.]+)\)[^>]*>([^<]*)</text>", svg)
    upwards = sorted((-float(y), words) for _, y, words in texts if words in labels.values())
    assert [words for _, words in upwards] == ["Lower", "Target", "Centre", "Upper"]
    apart = [above - below for (below, _), (above, _) in pairwise(upwards)]
    assert min(apart) > 14 and upwards[-1][0] < 0  # a line of words has 12 pixels; 0 is the top
    ticks = [words for x, _, words in texts if x == "-6"]
    assert ticks == [f"{figure:g}".replace("-", "\u2212")]


def _layers_with(spec, **wanted):
    """The layers whose mark has these looks."""
    marks = ((one, one["mark"]) for one in spec["layer"] if isinstance(one.get("mark"), dict))
    return [one for one, mark in marks if wanted.items() <= mark.items()]


def test_a_limit_of_a_funnel_is_drawn_only_where_the_picture_reaches():
    drawn = [
        [row["value"] for row in one["data"]["values"]]
        for one in _layers_with(FUNNEL, type="line", color=palette.STRONG_RULE)
    ]
    assert drawn == [[30.0], [27.0, 25.0], [13.0, 15.0], [8.0, 10.0]]


def test_a_place_beyond_the_near_limits_is_hollow_and_one_beyond_the_far_ones_full():
    look = LOOKS["better"]
    (near,) = _layers_with(FUNNEL, shape=look.mark, fill=palette.WHITE, stroke=look.fill)
    (far,) = _layers_with(FUNNEL, shape=look.mark, fill=look.fill, stroke=palette.WHITE)
    assert "is_far === false" in near["transform"][0]["filter"]
    assert "is_far === true" in far["transform"][0]["filter"]


def test_our_place_in_a_funnel_has_its_name_figure_and_word():
    named = [
        one for one in FUNNEL["layer"] if one["encoding"].get("text", {}).get("field") == "ours"
    ]
    assert {row["ours"] for one in named for row in one["data"]["values"]} == {"Ours: 12%, worse"}


def test_a_spine_says_which_side_is_which_and_a_figure_without_limits_has_a_hollow_mark():
    said = [one["mark"]["text"] for one in SPINE["layer"] if "text" in one["mark"]]
    assert said == ["Worse", "Family", "Better"]
    hollow = LOOKS["not compared"]
    (mark,) = _layers_with(SPINE, fill=hollow.fill, stroke=hollow.edge)
    assert "not compared" in mark["transform"][0]["filter"]


def _edges_of(points, limits):
    spec = funnel_chart(
        [FunnelPoint(size, value, "similar", False) for size, value in points], limits,
        average=20.0, labels={"average": "Average"}, titles=("Size", ["%"]), description="d",
    )  # fmt: skip
    return next(
        one["encoding"]["y"]["scale"]["domain"]
        for one in spec["layer"]
        if one["encoding"].get("y", {}).get("scale")
    )


def _limits(size, out):
    ends = {"lower_outer": 20 - out, "lower": 20 - out / 2, "upper": 20 + out / 2}
    return {"size": size, **ends, "upper_outer": 20 + out}


def test_the_limits_of_a_funnel_lie_inside_the_picture_though_all_places_are_near_the_average():
    low, high = _edges_of([(100.0, 19.9), (200.0, 20.1)], [_limits(100.0, 12), _limits(200.0, 8)])
    assert low < 8 and high > 32


def test_limits_that_fly_apart_among_the_smallest_places_do_not_press_the_others_together():
    places = [(1.0, 21.0), (100.0, 19.0), (200.0, 22.0)]
    low, high = _edges_of(places, [_limits(1.0, 400), _limits(100.0, 6), _limits(200.0, 5)])
    assert low < 14 and 26 < high < 40


def test_an_interval_is_a_whisker_in_the_key_and_in_the_words_where_there_is_one():
    mark = Mark("A", "50%", 50.0, targets=(60,), interval=(40.0, 55.0))
    svg = drawing.draw(figure_and_target([mark], description="d"), "svg").decode()
    assert "80% interval" in svg
    assert "A thin line under a bar is its 80% interval." in key_in_words([mark], "Forecast")
    assert "80% interval" not in drawing.draw(TARGETS, "svg").decode()
    assert "ndicative" not in svg + key_in_words([mark], "Forecast")


def test_an_interval_of_less_than_two_years_is_marked_in_the_key_and_in_the_words():
    mark = Mark("A", "50%", 50.0, targets=(60,), interval=(40.0, 55.0), indicative=True)
    other = Mark("B", "50%", 50.0, targets=(60,), interval=(40.0, 55.0))
    svg = drawing.draw(figure_and_target([mark, other], description="d"), "svg").decode()
    assert "Indicative: less than two years lie behind it" in svg
    assert "It is indicative, for less than two years lie behind it, of: A." in key_in_words(
        [mark, other], "Forecast"
    )


@pytest.mark.parametrize("edges", [(3, 4, 5), (3, 3.1, 3.2), (4.8, 4.9, 5), (3, 3, 3), (3, 5, 5)])
@pytest.mark.parametrize("width", [680, 350])
def test_the_words_of_the_quartiles_never_stand_over_each_other(edges, width):
    spec = quartile_strip(
        [("Ours", 3.0), ("Other", 5.0)], ours="Ours", shown="3.0", edges=edges,
        edges_shown=("463.4", "480.0", "540.1"), unit="per 100,000", description="d",
    )  # fmt: skip
    svg = drawing.draw(drawing.at_width(spec, width), "svg").decode()
    place = re.compile(
        r'translate\(([-\d.]+),[-\d.]+\)"[^>]*>(?:<tspan[^>]*>)?(Lower|Upper) quartile'
    )
    found = {which: float(x) for x, which in place.findall(svg)}
    wide = 14 * 6.6
    assert wide - 1 <= found["Lower"] < found["Upper"] <= width - wide
