"""A part that is off target under a whole that is on target is told."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Override, Place, Tolerance
from outturn.judgement.masking import beside, hidden, masked
from outturn.judgement.verdicts import verdicts
from outturn.terms.period import APRIL
from outturn.terms.records import FINDINGS
from outturn.terms.written_periods import parse

PLACES = {
    "H": Place("H", "Home", "council"),
    "N": Place("N", "Northtown", "locality", {"main": "H"}),
    "S": Place("S", "Southtown", "locality", {"main": "H"}),
    "W": Place("W", "A ward", "ward", {"main": "N"}),
}
YEAR = "2020/21"


def judged(board, rows, targets, *measures, overrides=()):
    """The verdicts, the values, and what else the rule is asked with."""
    figures = board.values(rows, *measures, places=PLACES)
    known = {one.id: one for one in measures}
    said = verdicts(
        figures, measures=known, targets=targets, overrides=overrides, calendar=APRIL,
        as_of=board.as_of.replace(year=2021), home="H", comparators={}, places=PLACES,
    )  # fmt: skip
    return (said, figures), {"measures": known, "places": PLACES, "targets": targets}


def found(board, rows, target, *measures, own=()):
    frames, more = judged(board, rows, [target, *own], *measures)
    made = masked(*frames, calendar=APRIL, **more)
    assert dict(made.schema) == FINDINGS
    return made.select("place", "finding", "size").rows()


def row(board, numerator, denominator, **more):
    return board.row("share", YEAR, numerator=numerator, denominator=denominator, **more)


def test_a_locality_and_a_category_off_target_are_told_and_those_on_target_are_not(board, points):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [
        row(board, 850, 1000),
        row(board, 550, 600, place="S"),
        row(board, 300, 400, place="N"),
        row(board, 10, 100, place="W"),  # not directly under it
        row(board, 200, 300, breakdown="age", category="85+"),
        row(board, 650, 700, breakdown="age", category="65-84"),
    ]
    told = found(board, rows, target, board.measure("share"))
    assert [one[1] for one in told] == [
        "2020/21: on target as a whole (85.0%), but age 85+ (66.7%, limits 61.2 to 71.8) does not"
        " reach the target of the whole, at least 80.0%.",
        "2020/21: on target as a whole (85.0%), but Northtown (75.0%, limits 70.5 to 79.0) does not"
        " reach the target of the whole, at least 80.0%.",
    ]
    assert [one[2] for one in told] == pytest.approx([80 - 200 / 3, 5.0])


@pytest.mark.parametrize(("which", "said"), [("now", 0), ("year end", 1)])
def test_no_part_is_hidden_by_an_average_that_a_named_role_set_on_target(board, which, said):
    target = board.target("share", "at_least", 80 if which == "now" else 55)
    rows = [row(board, 600, 1000), row(board, 250, 500, place="N")]
    aside = Override(
        "share", parse(YEAR), which, "on target", "Now: the data is wrong", "Chief",
        date(2021, 4, 1),
    )  # fmt: skip
    frames, more = judged(board, rows, [target], board.measure("share"), overrides=[aside])
    assert frames[0]["status_now"].to_list()[0] == "on target"
    assert masked(*frames, calendar=APRIL, **more).height == said


@pytest.mark.parametrize(
    "part", [{"numerator": 15, "denominator": 20}, {"numerator": 78, "denominator": 100}]
)
def test_a_part_that_chance_could_explain_or_that_is_close_is_not_told(board, points, part):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [row(board, 850, 1000), board.row("share", YEAR, place="N", **part)]
    assert found(board, rows, target, board.measure("share")) == []


def test_a_statistical_tolerance_asks_the_limits_of_the_part_and_not_those_of_the_whole(board):
    target = board.target("share", "at_least", 70, tolerance=Tolerance("statistical"))
    rows = [
        row(board, 72, 100),  # its limits reach ten points down
        row(board, 6800, 10000, breakdown="sex", category="M"),  # and these not two
        row(board, 66, 100, breakdown="sex", category="F"),
    ]
    told = found(board, rows, target, board.measure("share"))
    assert [one[1] for one in told] == [
        "2020/21: on target as a whole (72.0%), but sex M (68.0%, limits 67.1 to 68.9) does not"
        " reach the target of the whole, at least 70.0%."
    ]


def test_a_whole_that_is_off_target_hides_nothing(board, points):
    target = board.target("share", "at_least", 80, tolerance=points(3))
    rows = [row(board, 650, 1000), row(board, 100, 400, place="N")]
    assert found(board, rows, target, board.measure("share")) == []


def test_a_part_of_a_count_is_always_below_it_and_never_told(board):
    target = board.target("admissions", "at_least", 100)
    rows = [
        board.row("admissions", YEAR, numerator=120),
        board.row("admissions", YEAR, numerator=20, place="N"),
    ]
    assert found(board, rows, target, board.measure("admissions")) == []


@pytest.mark.parametrize(("numerator", "many"), [(79_600, 0), (79_500, 0), (79_000, 1)])
def test_a_part_is_rounded_before_it_is_compared_where_the_whole_is(board, numerator, many):
    rows = [row(board, 85_000, 100_000), row(board, numerator, 100_000, place="S")]
    target = board.target("share", "at_least", 80, rounded_to=0)
    told = found(board, rows, target, board.measure("share"))
    assert len(told) == many
    assert all(one[1].endswith(", at least 80.0%, compared as whole numbers.")
               for one in told)  # fmt: skip
    unrounded = board.target("share", "at_least", 80)
    assert len(found(board, rows, unrounded, board.measure("share"))) == 1


def test_limits_that_reach_what_would_be_rounded_to_the_target_leave_a_part_to_chance(board):
    rows = [row(board, 85_000, 100_000), row(board, 7_900, 10_000, place="S")]
    for more, many in (({}, 1), ({"rounded_to": 0}, 0)):  # the limits of 79.0 reach to 79.8
        target = board.target("share", "at_least", 80, **more)
        assert len(found(board, rows, target, board.measure("share"))) == many


@pytest.mark.parametrize(("at_limit", "many"), [(False, 1), (True, 0)])
def test_a_part_on_a_strict_limit_meets_it_where_the_target_says_so(board, at_limit, many):
    rows = [
        board.row("score", YEAR, reported=8.5),
        board.row("score", YEAR, reported=8.0, place="S"),
    ]
    measure = board.measure("share", id="score", kind="score", unit="points", per=1.0)
    target = board.target("score", "above", 8, at_limit=at_limit)
    assert len(found(board, rows, target, measure)) == many


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (60, []),
        (
            76,
            [
                "2020/21: on target as a whole (85.0%), but Northtown (75.0%, limits 70.5 to 79.0)"
                " is off its own target, at least 76.0%."
            ],
        ),
    ],
)
def test_a_part_with_a_target_of_its_own_is_told_as_its_own_page_tells_it(board, goal, said):
    """Of 76% its limits hold the target, and the scorecard says "off target" all the same."""
    target = board.target("share", "at_least", 80)
    own = board.target("share", "at_least", goal, id="north", place="N")
    rows = [row(board, 850, 1000), row(board, 300, 400, place="N")]
    told = found(board, rows, target, board.measure("share"), own=[own])
    assert [one[1] for one in told] == said
    assert [one[2] for one in told] == [1.0] * len(said)
    assert len(found(board, rows, target, board.measure("share"))) == 1


def test_a_part_whose_own_target_judges_nothing_yet_is_held_against_that_of_the_whole(board):
    target = board.target("share", "at_least", 80)
    later = board.target("share", "at_least", 60, id="north", place="N", period=parse("2021/22"))
    rows = [row(board, 850, 1000), row(board, 300, 400, place="N")]
    (told,) = found(board, rows, target, board.measure("share"), own=[later])
    assert (
        "Northtown (75.0%, limits 70.5 to 79.0) does not reach the target of the whole" in told[1]
    )


MONTHS = [f"2020-{month:02d}" for month in range(4, 13)] + ["2021-01", "2021-02", "2021-03"]


def monthly(board, last):
    """A whole on target and a place that is not, in every month, quarter and year to date."""
    lengths = {1: MONTHS[: last + 1], 3: MONTHS[: max(last - 1, 0) : 3]}
    keys = [f"{start}-01/P{many}M" for many, starts in lengths.items() for start in starts]
    keys += [f"2020-04-01/P{many}M" for many in range(2, last + 2) if many not in (3, 12)]
    keys += ["2019-04-01/P1Y", "2019-11-01/P12M"]
    keys += ["2020-04-01/P12M", "2020-04-01/P1Y"] if last == 11 else []
    return [
        board.row("share", key, place=place, numerator=count, denominator=1000)
        for key in keys
        for place, count in (("H", 850), ("S", 600))
    ]


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (7, ["November 2020", "April to November 2020"]),
        (0, ["April 2020"]),  # the year to date is the month
        (11, ["March 2021", "2020/21"]),  # once, not as the 12 months to its last too
    ],
)
def test_what_is_hidden_is_told_of_the_latest_period_and_not_of_all_the_past(board, last, told):
    target = board.target("share", "at_least", 80)
    before = board.target("share", "at_least", 80, id="before", period=parse("2019/20"))
    measure = board.measure("share", frequency="month")
    lines = found(board, monthly(board, last), target, measure, own=[before])
    assert sorted(one[1].split(":")[0] for one in lines) == sorted(told)


def test_a_month_that_hides_nothing_any_more_silences_those_before_it(board):
    target = board.target("share", "at_least", 80)
    rows = [
        board.row("share", month, place=place, numerator=count, denominator=1000)
        for month, south in (("October 2020", 600), ("November 2020", 840))
        for place, count in (("H", 850), ("S", south))
    ]
    assert found(board, rows, target, board.measure("share", frequency="month")) == []


def test_beside_a_figure_the_parts_furthest_off_are_named_and_others_counted(board):
    target = board.target("share", "at_least", 80)
    ages = {"a": 700, "b": 650, "c": 720, "d": 600, "e": 710}
    rows = [row(board, 8500, 10000)]
    rows += [row(board, n, 1000, breakdown="age", category=one) for one, n in ages.items()]
    (said, figures), more = judged(board, rows, [target], board.measure("share"))
    told = beside(hidden(said, said, figures, **more))
    assert told == {
        ("share", "H", parse(YEAR).key): "On target as a whole, but age d (60.0%, limits 56.9 to"
        " 63.0) does not reach the target of the whole, at least 80.0%; age b (65.0%, limits 62.0"
        " to 67.9) does not reach the target of the whole, at least 80.0%; age a (70.0%, limits"
        " 67.1 to 72.8) does not reach the target of the whole, at least 80.0%; 2 more parts of it"
        " miss the target too."
    }
