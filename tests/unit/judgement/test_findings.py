from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import Breakdown, Identity, Place, SeriesBreak, Share
from outturn.judgement.findings import findings
from outturn.judgement.identities import periods_back
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

HALF_YEAR = "April to September 2013"
CHECK = {"kind": "proportion", "unit": "%", "per": 100.0, "aim": "higher"}


def found(board, rows, *measures, identities=(), shares=(), superseded=None):
    figures = board.values(rows, *measures)
    result = findings(
        figures, measures={m.id: m for m in measures}, identities=identities, shares=shares,
        superseded=superseded,
    )  # fmt: skip
    return result


def test_a_printed_figure_that_does_not_follow_from_its_counts_is_found(board):
    received = board.measure("share", id="received")
    rows = [board.row("received", HALF_YEAR, reported=53.9, numerator=12751, denominator=23577)]
    result = found(board, rows, received).row(0, named=True)
    assert result["finding"] == "April to September 2013: 12,751 of 23,577 is 54.1%, not 53.9%."
    assert result["rule"] == "figure and counts"
    assert result["size"] == pytest.approx(0.1823, abs=1e-4)


@pytest.mark.parametrize(
    ("printed", "wrong"), [(12.4, False), (12.5, False), (12.3, True), (12.6, True), (12.45, False)]
)
def test_half_a_unit_in_the_last_printed_place_is_allowed(board, printed, wrong):
    rows = [board.row("share", HALF_YEAR, reported=printed, numerator=249, denominator=2000)]
    assert bool(len(found(board, rows, board.measure("share")))) is wrong


def test_a_count_is_held_against_its_figure(board):
    rows = [board.row("admissions", HALF_YEAR, reported=51.0, numerator=50)]
    result = found(board, rows, board.measure("admissions"))
    assert (
        result["finding"][0]
        == "April to September 2013: The count is 50 admissions, not 51 admissions."
    )


def test_a_measure_with_weighted_counts_is_not_held_against_them(board):
    rows = [board.row("share", HALF_YEAR, reported=53.9, numerator=12751, denominator=23577)]
    assert found(board, rows, board.measure("share", recompute=False)).is_empty()


def test_figures_that_were_computed_are_not_held_against_themselves(board):
    rows = [board.row("share", HALF_YEAR, numerator=12751, denominator=23577)]
    assert found(board, rows, board.measure("share")).is_empty()


def share_of_aspiration(board, **more):
    offered = board.measure("share", id="offered", title="Offered", **more)
    aim = board.measure("admissions", id="aspiration", title="the aspiration", unit="people")
    eligible = board.measure("admissions", id="eligible", title="eligible people", unit="people")
    return offered, aim, eligible


def test_a_share_of_something_else_is_found_and_named(board):
    offered, aim, eligible = share_of_aspiration(board)
    rows = [
        board.row("offered", HALF_YEAR, reported=11.5, numerator=23577),
        board.row("aspiration", "2013/14", reported=40975.0),
        board.row("eligible", "2013/14", reported=204873.0),
    ]
    share = Share("checks", "offered", "aspiration")
    result = found(board, rows, offered, aim, eligible, shares=[share]).row(0, named=True)
    assert result["finding"] == (
        "April to September 2013: 11.5% is not a share of the aspiration: 23,577 of 40,975 is "
        "57.5%. It is a share of eligible people, 204,873."
    )
    assert result["rule"] == "share checks"


def test_its_own_denominator_is_the_first_other_whole_that_is_tried(board):
    offered, aim, _ = share_of_aspiration(board, denominator_is="the eligible population")
    rows = [
        board.row("offered", HALF_YEAR, reported=11.5, numerator=23577, denominator=204873),
        board.row("aspiration", HALF_YEAR, reported=20487.0),
    ]
    result = found(board, rows, offered, aim, shares=[Share("checks", "offered", "aspiration")])
    assert result["finding"][0].endswith("It is a share of the eligible population, 204,873.")


@pytest.mark.parametrize(
    ("figure", "whole", "says"),
    [
        ({"reported": 57.5, "numerator": 23577}, 40975.0, None),
        ({"reported": 11.5, "numerator": 23577}, 40975.0, "a share of no other count held here."),
        ({"reported": 57.5}, 40975.0, "could not be checked: no numerator is held."),
        ({"reported": 57.5, "numerator": 23577}, None, "checked: no such figure is held."),
        ({"reported": 57.5, "numerator": 23577}, 0.0, "a share of no other count held here."),
    ],
)  # fmt: skip
def test_a_share_that_fits_is_silent_and_one_that_cannot_be_checked_is_not(
    board, figure, whole, says
):
    offered, aim, eligible = share_of_aspiration(board)
    rows = [board.row("offered", HALF_YEAR, **figure)]
    rows += [] if whole is None else [board.row("aspiration", "2013/14", reported=whole)]
    result = found(
        board, rows, offered, aim, eligible, shares=[Share("checks", "offered", "aspiration")]
    )
    assert [text.endswith(says or "") for text in result["finding"]] == ([True] if says else [])


OUT_OF_AREA = {  # month of 2013: admitted, using, at month end
    4: (6, 9, 5), 5: (11, 16, 11), 6: (15, 25, 8), 7: (5, 15, 3), 8: (21, 24, 19),
    9: (14, 33, 19), 10: (26, 46, 27),
}  # fmt: skip


@pytest.mark.published
def test_out_of_area_users_do_not_add_up_in_june_july_and_october(board):
    names = ("admitted", "using", "month_end")
    measures = [board.measure("admissions", id=name, title=name, unit="people") for name in names]
    rows = [
        board.row(name, f"2013-{month:02d}-01/P1M", reported=float(value))
        for month, values in OUT_OF_AREA.items()
        for name, value in zip(names, values, strict=True)
    ]
    identity = Identity("out of area", "using", (("month_end", 1, 1.0), ("admitted", 0, 1.0)))
    result = found(board, rows, *measures, identities=[identity])
    assert result["period"].to_list() == [
        "2013-06-01/P1M", "2013-07-01/P1M", "2013-10-01/P1M",
    ]  # fmt: skip
    assert result["finding"].to_list() == [
        "June 2013: using is 25, but month_end 11 (May 2013) plus admitted 15 is 26: 1 apart.",
        "July 2013: using is 15, but month_end 8 (June 2013) plus admitted 5 is 13: 2 apart.",
        "October 2013: using is 46, but month_end 19 (September 2013) plus admitted 26 is 45: "
        "1 apart.",
    ]
    assert result["size"].to_list() == [1.0, 2.0, 1.0]


@pytest.mark.parametrize(("within", "failing"), [(0.9, 3), (1.0, 1), (1.9, 1), (2.0, 0)])
def test_an_identity_allows_what_it_says(board, within, failing):
    names = ("admitted", "using", "month_end")
    measures = [board.measure("admissions", id=name, title=name, unit="people") for name in names]
    rows = [
        board.row(name, f"2013-{month:02d}-01/P1M", reported=float(value))
        for month, values in OUT_OF_AREA.items()
        for name, value in zip(names, values, strict=True)
    ]
    parts = (("month_end", 1, 1.0), ("admitted", 0, 1.0))
    identity = Identity("out of area", "using", parts, within=within)
    assert len(found(board, rows, *measures, identities=[identity])) == failing


def test_a_part_may_be_taken_away(board):
    a, b, c = (board.measure("admissions", id=name, title=name) for name in "abc")
    rows = [board.row(n, "2020/21", numerator=v) for n, v in (("a", 5), ("b", 9), ("c", 3))]
    identity = Identity("net", "a", (("b", 0, 1.0), ("c", 0, -1.0)))
    result = found(board, rows, a, b, c, identities=[identity])
    assert result["finding"][0] == "2020/21: a is 5, but b 9 less c 3 is 6: 1 apart."


def test_periods_step_back_by_their_own_length():
    assert periods_back(parse("November 2020"), 1) == parse("October 2020")
    assert periods_back(parse("2020/21"), 2) == parse("2018/19")
    assert periods_back(parse("2020/21 Q1"), 1) == parse("2019/20 Q4")
    assert periods_back(parse("2020-11-26"), 1) is None
    week = parse("2020-11-09", form="week")
    assert periods_back(week, 1) == parse("2020-11-02", form="week")


def test_a_numerator_above_its_denominator_and_a_share_above_the_whole(board):
    rows = [board.row("share", "2020/21", reported=101.0, numerator=101, denominator=100)]
    result = found(board, rows, board.measure("share"))
    assert result["finding"].to_list() == [
        "2020/21: The numerator, 101, is above the denominator, 100.",
        "2020/21: 101.0% lies outside 0 to 100%.",
    ]


@pytest.mark.parametrize(("value", "outside"), [(-0.1, 1), (0.0, 0), (100.0, 0), (100.1, 1)])
def test_a_share_lies_from_nothing_to_the_whole(board, value, outside):
    rows = [board.row("share", "2020/21", reported=value)]
    assert len(found(board, rows, board.measure("share"))) == outside


def test_a_rate_may_be_above_its_per_and_a_ratio_above_one(board):
    rows = [board.row("rate", "2020/21", reported=150000.0)]
    assert found(board, rows, board.measure("rate")).is_empty()


def test_a_revision_names_both_editions(board):
    rows = [board.row("share", "2016/17", reported=0.412, edition="2025-12-01")]
    earlier = [
        board.row("share", "2016/17", reported=value, edition="2017-10-25") for value in (0.409,)
    ]
    old = fitted(pl.DataFrame(earlier), COUNTS)
    result = found(board, rows, board.measure("share", decimals=3), superseded=old)
    assert result["finding"].to_list() == [
        "2016/17: 0.409% in the edition of 2017-10-25 is 0.412% in that of 2025-12-01."
    ]
    same = fitted(pl.DataFrame([{**earlier[0], "reported": 0.412}]), COUNTS)
    assert found(board, rows, board.measure("share", decimals=3), superseded=same).is_empty()


def revised_by(board, changes):
    years = [f"{year}/{(year + 1) % 100:02d}" for year in range(2000, 2000 + len(changes))]
    rows = [
        board.row("share", year, reported=50.0 + change, edition="2025-12-01")
        for year, change in zip(years, changes, strict=True)
    ]
    old = [board.row("share", year, reported=50.0, edition="2017-10-25") for year in years]
    result = found(
        board, rows, board.measure("share"), superseded=fitted(pl.DataFrame(old), COUNTS)
    )
    return dict(zip(result["period"].str.slice(0, 4), result["rule"], strict=True)), result


@pytest.mark.parametrize(("last", "rule"), [(5.0, "revision"), (5.1, "large revision")])
def test_a_revision_of_more_than_five_times_the_usual_one_is_large(board, last, rule):
    rules, result = revised_by(board, [1.0] * 7 + [last])
    assert rules["2007"] == rule
    assert set(rules.values()) == {"revision", rule}
    told = "That is 5 times what is usual when this measure is revised."
    assert result["finding"].str.ends_with(told).sum() == (rule == "large revision")


def test_of_few_revisions_none_is_called_large(board):
    rules, _ = revised_by(board, [1.0] * 6 + [40.0])
    assert set(rules.values()) == {"revision"}


def test_a_figure_that_is_not_revised_says_nothing_of_what_is_usual(board):
    rules, _ = revised_by(board, [1.0] * 6 + [0.0] * 9 + [40.0])
    assert set(rules.values()) == {"revision"}


def test_nothing_is_found_out_about_a_suppressed_figure(board):
    share = board.measure("share")
    hidden = {"numerator": 30, "denominator": 20, "absent": "suppressed"}
    rows = [board.row("share", HALF_YEAR, **hidden)]
    assert found(board, rows, share).is_empty()
    assert not found(board, [{**rows[0], "absent": None}], share).is_empty()


def whole_and_part(board):
    whole = board.measure("admissions", id="complaints", title="Complaints")
    return whole, board.measure("share", **CHECK), Share("s1", "share", "complaints")


@pytest.mark.parametrize(
    ("month", "finding"),
    [
        ({"absent": "suppressed"}, "60.0% of Complaints could not be checked: that is suppressed."),
        ({"absent": "not available"},
         "60.0% of Complaints could not be checked: no such figure is held."),
        ({"numerator": 54}, None),
    ],
)  # fmt: skip
def test_the_year_is_no_whole_of_a_month_that_has_its_own(board, month, finding):
    whole, part, share = whole_and_part(board)
    rows = [
        board.row("complaints", "November 2020", **month),
        board.row("complaints", "2020/21", numerator=123),
        board.row("share", "November 2020", reported=60.0, numerator=32.4, denominator=54),
    ]
    result = found(board, rows, whole, part, shares=[share])["finding"].to_list()
    assert result == ([f"November 2020: {finding}"] if finding else [])


def test_a_figure_with_no_end_is_said_with_two_decimals_more_at_most(board):
    whole, part, share = whole_and_part(board)
    rows = [
        board.row("complaints", HALF_YEAR, numerator=132),
        board.row("share", HALF_YEAR, numerator=476, denominator=600),
    ]
    result = found(board, rows, whole, part, shares=[share])["finding"][0]
    assert result.startswith("April to September 2013: 79.333% is not a share of Complaints")


MONTHS = ("April 2020", "May 2020", "June 2020")
Q1 = "2020/21 Q1"


def in_time(board, whole, months, round_to=1, **more):
    measure = board.measure("admissions", **more)
    rows = [board.row("admissions", Q1, reported=float(whole))]
    rows += [
        board.row("admissions", period, reported=float(one))
        for period, one in zip(MONTHS, months, strict=False)
    ]
    figures = board.values(rows, measure)
    return findings(
        figures, measures={"admissions": measure}, identities=(), shares=(), round_to=round_to
    )


def test_a_longer_period_that_its_months_do_not_add_up_to_is_found(board):
    result = in_time(board, 100, (23, 23, 23)).row(0, named=True)
    assert (result["rule"], result["size"]) == ("period and its parts", 31.0)
    assert result["finding"] == (
        "Q1 2020/21: 100 admissions, but its 3 months add up to 69 admissions."
    )


@pytest.mark.parametrize(
    ("whole", "months", "more", "wrong"),
    [
        (69, (23, 23, 23), {}, False),
        (70, (23, 23, 23), {}, True),
        (100, (23, 23), {}, False),  # June is not held
        (100, (23, 23, 23), {"roll_up": "last"}, False),
        # Each of four figures may be half of 0.1 out: 0.2 is explained, and 0.3 is not.
        (7.1, (2.3, 2.3, 2.3), {"kind": "money", "unit": "£ million", "decimals": 1}, False),
        (7.2, (2.3, 2.3, 2.3), {"kind": "money", "unit": "£ million", "decimals": 1}, True),
        # Each of four counts to the nearest 5 may be 2.5 out: 10 is explained.
        (80, (25, 25, 20), {"round_to": 5}, False),
        (85, (25, 25, 20), {"round_to": 5}, True),
    ],
)
def test_what_rounding_explains_is_no_contradiction(board, whole, months, more, wrong):
    assert bool(len(in_time(board, whole, months, **more))) is wrong


def test_a_year_is_held_against_its_quarters_where_months_are_not_held(board):
    measure = board.measure("admissions")
    quarters = [board.row("admissions", f"2020/21 Q{n}", numerator=20) for n in (1, 2, 3, 4)]
    rows = [board.row("admissions", "2020/21", numerator=81), *quarters]
    result = found(board, rows, measure)["finding"].to_list()
    assert result == ["2020/21: 81 admissions, but its 4 quarters add up to 80 admissions."]


def test_periods_across_a_break_are_not_added_up(board):
    broken = SeriesBreak(parse("May 2020"), "break", "Counted anew.")
    assert in_time(board, 100, (23, 23, 23), breaks=(broken,)).is_empty()


SEXES = Breakdown("sex", "sex", ("female", "male"))


@pytest.mark.parametrize(
    ("parts", "round_to", "wrong"),
    [
        ((60, 40), 1, False),
        ((60, 39), 1, True),
        ((60, 60), 1, True),
        ((60, None), 1, False),  # one category has no figure
        ((60, "suppressed"), 1, False),
        ((60, 35), 5, False),  # each of three counts may be half of 5 out: 7.5 is explained
        ((60, 30), 5, True),
    ],
)
def test_a_whole_that_its_categories_do_not_add_up_to_is_found(board, parts, round_to, wrong):
    measure = board.measure("admissions", breakdowns=(SEXES,))
    rows = [board.row("admissions", Q1, reported=100.0)]
    rows += [
        board.row("admissions", Q1, breakdown="sex", category=name,
                  **({"absent": one} if isinstance(one, str) else {"reported": float(one)}))
        for name, one in zip(SEXES.categories, parts, strict=True)
        if one is not None
    ]  # fmt: skip
    result = findings(
        board.values(rows, measure), measures={"admissions": measure}, identities=(), shares=(),
        round_to=round_to,
    )  # fmt: skip
    assert bool(len(result)) is wrong
    if wrong:
        row = result.row(0, named=True)
        assert (row["rule"], row["size"]) == ("whole and its categories", abs(100 - sum(parts)))
        assert row["finding"] == (
            "Q1 2020/21: 100 admissions, but its 2 categories of sex add up to "
            f"{sum(parts)} admissions."
        )


COUNTY = {
    "H": Place("H", "Home", "council"),
    "N": Place("N", "North", "locality", {"main": "H", "health": "H"}),
    "S": Place("S", "South", "locality", {"main": "H"}),
    "E": Place("E", "East", "locality", {"health": "H"}),
    "old": Place("old", "Old", "locality", {"main": "H"}, until=date(2019, 3, 31)),
}


@pytest.mark.parametrize(
    ("figures", "more", "size"),
    [
        ({"N": 60, "S": 40}, {}, None),
        ({"N": 60, "S": 41}, {}, 1.0),
        ({"N": 60, "S": 41}, {"aggregate": "mean of members"}, None),
        ({"N": 60, "S": 41}, {"aggregate": "published"}, None),
        ({"N": 60}, {}, None),
        ({"N": 60, "S": None}, {}, None),
        ({"N": 60, "S": 40, "E": 50}, {}, 10.0),  # in the other hierarchy, by itself
    ],
)
def test_a_place_that_the_places_under_it_do_not_add_up_to_is_found(board, figures, more, size):
    measure = board.measure("admissions", **more)
    rows = [board.row("admissions", Q1, reported=100.0)]
    rows += [
        board.row("admissions", Q1, place=place,
                  **({"absent": "suppressed"} if one is None else {"reported": float(one)}))
        for place, one in figures.items()
    ]  # fmt: skip
    result = findings(
        board.values(rows, measure, places=COUNTY), measures={"admissions": measure},
        identities=(), shares=(), places=COUNTY,
    )  # fmt: skip
    assert result.select("rule", "place", "size").rows() == (
        [] if size is None else [("place and its places", "H", size)]
    )
    if size == 1:
        assert result["finding"][0] == (
            "Q1 2020/21: 100 admissions, but the 2 places under it add up to 101 admissions."
        )


def test_an_identity_of_one_part_says_its_figure_once(board):
    falls, complaints = (board.measure("admissions", id=id, title=id) for id in ("falls", "other"))
    rows = [
        board.row("falls", HALF_YEAR, numerator=19),
        board.row("other", HALF_YEAR, numerator=10),
    ]
    same = Identity("i2", "falls", (("other", 0, 1.0),))
    result = found(board, rows, falls, complaints, identities=[same])["finding"].to_list()
    assert result == ["April to September 2013: falls is 19, but other is 10: 9 apart."]


STOCK_AND_FLOW = (("list", 1, 1.0), ("joined", 0, 1.0), ("left", 0, -1.0))


def lists(board, joined, left, listed=None, more=()):
    """What is found of a list of two years whose months, and all that they make, are told."""
    stock = board.measure("stock", id="list", title="list")
    flows = [board.measure("admissions", id=id, title=id) for id in ("joined", "left")]
    listed = listed or [100 + n for n in range(24)]
    rows = []
    for last in range(24):
        lengths = {1, last % 12 + 1, *([3] if last % 3 == 2 else []), *([12] if last > 10 else [])}
        for months in lengths:
            start = last - months + 1
            key = f"{2019 + (start + 3) // 12}-{(start + 3) % 12 + 1:02d}-01/P{months}M"
            rows += [
                board.row("list", key, reported=float(listed[last])),
                board.row("joined", key, reported=float(sum(joined[start : last + 1]))),
                board.row("left", key, reported=float(sum(left[start : last + 1]))),
            ]
    rows = [one for one in rows if (one["measure"], one["period"]) not in dict(more)]
    rows += [board.row(id, key, reported=float(v)) for (id, key), v in dict(more).items()]
    identity = Identity("flow", "list", STOCK_AND_FLOW)
    told = found(board, rows, stock, *flows, identities=[identity])
    return told.filter(rule="flow").select("period", "size").rows()


def test_one_wrong_flow_is_told_for_its_month_and_not_for_all_that_is_made_of_it(board):
    joined, left = [11] * 24, [10] * 24
    assert lists(board, joined, left) == []
    left[14] = 13
    assert lists(board, joined, left) == [("2020-06-01/P1M", 3.0)]


def test_one_wrong_stock_is_told_for_the_two_months_that_it_parts(board):
    listed = [100 + n for n in range(24)]
    listed[14] += 5
    assert lists(board, [11] * 24, [10] * 24, listed) == [
        ("2020-06-01/P1M", 5.0),
        ("2020-07-01/P1M", 5.0),
    ]


def test_a_year_that_is_wrong_by_more_than_its_months_are_is_told_beside_them(board):
    left = [10] * 24
    left[14] = 13
    year = {("left", "2020-04-01/P12M"): 163.0}  # 123 by its months
    assert lists(board, [11] * 24, left, more=year) == [
        ("2020-04-01/P12M", 43.0),
        ("2020-06-01/P1M", 3.0),
    ]


def test_a_quarter_that_is_wrong_though_its_months_are_right_is_told_and_explains_its_year(board):
    wrong = {
        ("left", "2020-04-01/P3M"): 37.0,
        ("left", "2020-04-01/P12M"): 127.0,
        ("left", "2020-04-01/P1Y"): 127.0,
        ("list", "2020-04-01/P1Y"): 123.0,
        ("joined", "2020-04-01/P1Y"): 132.0,
        ("list", "2019-04-01/P1Y"): 111.0,
    }
    assert lists(board, [11] * 24, [10] * 24, more=wrong) == [("2020-04-01/P3M", 7.0)]


def test_a_month_of_a_percentage_explains_the_smaller_gap_of_its_year(board):
    measures = [board.measure("share", id=id, title=id) for id in ("whole", "own", "other")]
    months = [f"2020-{month:02d}-01/P1M" for month in range(4, 13)]
    own = [40.0] * len(months)
    own[2] = 37.0
    year = "2020-04-01/P9M"
    rows = [
        board.row(id, key, reported=figure)
        for key, mine in zip([*months, year], [*own, 39.7], strict=True)
        for id, figure in (("whole", 100.0), ("own", mine), ("other", 60.0))
    ]
    identity = Identity("parts", "whole", (("own", 0, 1.0), ("other", 0, 1.0)))
    told = found(board, rows, *measures, identities=[identity])
    assert told.select("period", "size").rows() == [(months[2], 3.0)]
