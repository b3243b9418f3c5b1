from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import Formula, Place, Tally
from outturn.judgement.formulas import in_order
from outturn.judgement.values import values
from outturn.terms.errors import DefinitionMistake
from outturn.terms.records import COUNTS, fitted
from outturn.terms.written_periods import parse

YEAR = "2020/21"


def one(board, kind, figure, /, **more):
    measure = board.measure(kind, **more)
    return board.values([board.row(measure.id, YEAR, **figure)], measure).row(0, named=True)


@pytest.mark.parametrize(
    ("kind", "more", "figure", "value", "method"),
    [
        ("share", {}, {"numerator": 797, "denominator": 1000}, 79.7, "÷ denominator × 100"),
        ("rate", {}, {"numerator": 669, "denominator": 144805}, 462.0007596, "× 100,000"),
        ("admissions", {}, {"numerator": 460}, 460.0, "numerator"),
        ("share", {"kind": "mean", "unit": "days", "per": 1.0},
         {"numerator": 30, "denominator": 8}, 3.75, "numerator ÷ denominator"),
        ("share", {"kind": "ratio", "per": 1.0},
         {"numerator": 3, "denominator": 2}, 1.5, "÷ denominator"),
        ("share", {"kind": "score", "per": 1.0}, {"numerator": 18.6}, 18.6, "numerator"),
        ("share", {"kind": "score", "per": 1.0},
         {"numerator": 186, "denominator": 10}, 18.6, "÷ denominator"),
        ("stock", {"roll_up": "mean"}, {"numerator": 240, "spans": 8}, 30.0, "÷ 8 periods"),
        ("admissions", {"kind": "money", "unit": "£"}, {"numerator": 12.5}, 12.5, "numerator"),
    ],
)  # fmt: skip
def test_each_kind_is_made_from_its_counts(board, kind, more, figure, value, method):
    found = one(board, kind, figure, **more)
    assert found["value"] == pytest.approx(value)
    assert found["method"].endswith(method)
    assert found["absent"] is None and found["why"] is None


def test_a_reported_figure_is_carried_even_where_its_counts_say_otherwise(board):
    found = one(board, "share", {"reported": 53.9, "numerator": 12751, "denominator": 23577})
    assert (found["value"], found["method"]) == (53.9, "as reported")


@pytest.mark.parametrize(
    ("figure", "absent", "why"),
    [
        ({"numerator": 3, "denominator": 0}, "not available", "The denominator is zero."),
        ({"numerator": 3}, "not available", "No denominator was supplied."),
        ({"denominator": 3}, "not available", "No numerator was supplied."),
        ({"absent": "suppressed"}, "suppressed", "Suppressed to protect people."),
        ({"absent": "not applicable"}, "not applicable", "There is no such figure for this place"),
        ({"absent": "not available"}, "not available", "No figure was supplied."),
        ({"absent": "not available", "why": "Survey not run."}, "not available", "Survey not run."),
        ({"absent": "suppressed", "numerator": 3, "denominator": 9}, "suppressed", "Suppressed to"),
    ],
)
def test_a_figure_that_is_missing_says_why(board, figure, absent, why):
    found = one(board, "share", figure)
    assert found["value"] is None and found["shown"] is None and found["method"] is None
    assert found["absent"] == absent and found["why"].startswith(why)


def test_zero_is_a_figure(board):
    assert one(board, "share", {"numerator": 0, "denominator": 9})["shown"] == "0.0"


def test_a_figure_is_shown_with_halves_away_from_zero(board):
    assert one(board, "share", {"reported": 2.45})["shown"] == "2.5"


def test_a_rate_over_a_yearly_population_that_rolls_up_by_mean_is_spread_over_its_periods(board):
    population = Tally("population", "sum", "people", of_year=True)
    found = one(
        board, "rate", {"numerator": 800, "denominator": 100000, "spans": 8},
        roll_up="mean", denominator=population,
    )  # fmt: skip
    assert found["value"] == 100.0


MEDIAN = {"kind": "median", "per": 1.0, "unit": "days", "reported": False}
MIDDLE = MEDIAN | {"numerator": Tally("waits", "median", "days")}
LONG = MEDIAN | {"numerator": Tally("waits", "percentile", "days", at=90), "kind": "percentile"}


@pytest.mark.parametrize(
    ("more", "figure", "value", "method"),
    [
        (MIDDLE, {"numerator": 41, "denominator": 2}, 20.5, "numerator ÷ 2"),
        (MIDDLE, {"numerator": 0, "denominator": 9}, 0.0, "numerator ÷ 2"),
        (MIDDLE | {"per": 24.0}, {"numerator": 3, "denominator": 2}, 36.0, "numerator ÷ 2 × 24"),
        (LONG, {"numerator": 82, "denominator": 4}, 8.2, "numerator ÷ 10"),
        (MEDIAN | {"reported": True}, {"reported": 7.5, "denominator": 8}, 7.5, "as reported"),
    ],
)
def test_a_median_and_a_percentile_are_counted_in_parts(board, more, figure, value, method):
    found = one(board, "share", figure, **more)
    assert (found["value"], found["method"], found["why"]) == (value, method, None)
    assert found["denominator"] == figure["denominator"]


@pytest.mark.parametrize(
    ("more", "figure", "limits"),
    [
        (MIDDLE, {}, (2.0, 9.0, "order statistics, 95%")),
        (LONG, {}, (2.0, 9.0, "order statistics, 95%")),
        (MIDDLE | {"per": 24.0}, {}, (48.0, 216.0, "order statistics, 95%")),
        (MIDDLE, {"upper": None}, (None, None, None)),  # few have a limit on one side only
        (MIDDLE | {"methods": "none"}, {}, (None, None, None)),
        (MIDDLE | {"reported": True}, {"reported": 5.0}, (None, None, None)),
        (MIDDLE, {"absent": "suppressed"}, (None, None, None)),
    ],
)
def test_the_limits_of_a_median_come_with_its_counts(board, more, figure, limits):
    counted = {"numerator": 11, "denominator": 10, "lower": 2.0, "upper": 9.0}
    found = one(board, "share", counted | figure, **more)
    assert (found["lower"], found["upper"], found["interval"]) == limits


def test_a_mean_of_the_medians_of_members_has_no_limits(board):
    measure = board.measure("share", id="wait", aggregate="mean of members", **MIDDLE)
    places = {
        "H": Place("H", "H", "county"),
        "A": Place("A", "A", "ward", {"main": "H"}),
        "B": Place("B", "B", "ward", {"main": "H"}),
    }
    counted = {"numerator": 11, "denominator": 10, "lower": 2.0, "upper": 9.0}
    rows = [board.row("wait", YEAR, **counted) | {"place": code} for code in "HAB"]
    counts = fitted(pl.DataFrame(rows), COUNTS)
    found = values(counts, measures={"wait": measure}, places=places, hierarchy="main")
    limits = {row["place"]: (row["lower"], row["upper"]) for row in found.iter_rows(named=True)}
    assert limits == {"H": (None, None), "A": (2.0, 9.0), "B": (2.0, 9.0)}


@pytest.mark.parametrize(
    ("more", "figure", "why"),
    [
        (MIDDLE, {"numerator": 0, "denominator": 0}, "There were none to put in order."),
        (MIDDLE, {}, "No numerator was supplied."),
        (
            MEDIAN | {"reported": True},
            {"numerator": 8, "denominator": 8},
            "No figure was supplied.",
        ),
    ],
)
def test_there_is_no_median_of_none_and_none_is_made_of_reported_counts(board, more, figure, why):
    found = one(board, "share", figure, **more)
    assert (found["value"], found["absent"], found["why"]) == (None, "not available", why)


def parts(board):
    return [
        board.row("a", YEAR, numerator=30, rows=3, edition="2021-01-01", provenance="final"),
        board.row("b", YEAR, numerator=40, rows=4, edition="2021-02-01", provenance="provisional"),
    ]


@pytest.mark.parametrize(
    ("word", "weights", "per", "value"),
    [
        ("sum", (), 1, 70),
        ("difference", (), 1, -10),
        ("ratio", (), 100, 75),
        ("mean", (), 1, 35),
        ("weighted", (0.4, 0.6), 1, 36),
    ],
)
def test_a_formula_is_worked_out_over_its_parts(board, word, weights, per, value):
    a, b = board.measure("admissions", id="a"), board.measure("admissions", id="b")
    made = board.measure(
        "admissions", id="f", reported=False, per=per, formula=Formula(word, ("a", "b"), weights)
    )
    found = board.values(parts(board), a, b, made).row(2, named=True)
    assert found["value"] == value
    assert (found["rows"], found["edition"], found["provenance"]) == (
        7,
        "2021-02-01",
        "provisional",
    )


def test_a_formula_of_formulas_comes_after_its_parts_in_whatever_order_they_are_given(board):
    a, b = board.measure("admissions", id="a"), board.measure("admissions", id="b")
    top = board.measure("admissions", id="0", formula=Formula("sum", ("f", "a")))
    mid = board.measure("admissions", id="f", formula=Formula("sum", ("a", "b")))
    found = board.values(parts(board), top, mid, a, b)
    assert dict(zip(found["measure"], found["value"], strict=True))["0"] == 100


def test_a_part_without_a_figure_leaves_the_whole_without_one_and_is_named(board):
    a, b = board.measure("admissions", id="a"), board.measure("admissions", id="b", title="Bs")
    made = board.measure("admissions", id="f", formula=Formula("sum", ("a", "b")))
    rows = [board.row("a", YEAR, numerator=3), board.row("b", YEAR, absent="suppressed")]
    found = board.values(rows, a, b, made).row(2, named=True)
    assert found["value"] is None and found["absent"] == "suppressed"
    assert found["why"] == "No figure for Bs: Suppressed to protect people."
    found = board.values(rows[:1], a, b, made).row(1, named=True)
    assert found["why"] == "No figure for Bs: there is no row for it."


def test_where_a_part_is_not_available_there_is_no_whole_to_suppress(board):
    a, b = board.measure("admissions", id="a", title="As"), board.measure("admissions", id="b")
    made = board.measure("admissions", id="f", formula=Formula("ratio", ("b", "a")))
    why = "The records of 'Hospital stays' reach from April 2024 to March 2025 only."
    rows = [board.row("a", YEAR, absent="not available", why=why),
            board.row("b", YEAR, absent="suppressed")]  # fmt: skip
    found = board.values(rows, a, b, made).row(2, named=True)
    assert found["value"] is None and found["absent"] == "not available"
    assert found["why"] == f"No figure for As: {why}"


def test_a_mean_of_members_without_figures_gives_their_reason_where_it_is_one(board):
    measure = board.measure("share", aggregate="mean of members")
    why = "The records of 'Hospital stays' reach from April 2024 to March 2025 only."
    none = {"absent": "not available", "why": why}
    rows = [board.row("share", YEAR, place=place, **none) for place in "PXY"]
    found = board.values(rows, measure, places=family(measure)).row(0, named=True)
    assert (found["place"], found["absent"], found["why"]) == ("P", "not available", why)


def test_a_formula_over_nothing_has_a_zero_denominator(board):
    a, b = board.measure("admissions", id="a"), board.measure("admissions", id="b")
    made = board.measure("share", id="f", formula=Formula("ratio", ("a", "b")))
    rows = [board.row("a", YEAR, numerator=3), board.row("b", YEAR, numerator=0)]
    assert board.values(rows, a, b, made).row(2, named=True)["why"] == "The denominator is zero."


def test_a_circle_of_formulas_is_a_mistake_in_the_file(board):
    one_ = board.measure("share", id="a", file="measures/a.toml", formula=Formula("sum", ("b",)))
    two = board.measure("share", id="b", file="measures/b.toml", formula=Formula("sum", ("a",)))
    with pytest.raises(DefinitionMistake, match="goes round in a circle"):
        in_order({"a": one_, "b": two})


def family(rule):
    return {
        "P": Place("P", "Parent", "family"),
        "X": Place("X", "X", "council", {"main": "P"}),
        "Y": Place("Y", "Y", "council", {"main": "P"}),
    }


def test_a_mean_of_members_is_the_plain_mean_of_those_with_a_figure(board):
    measure = board.measure("share", aggregate="mean of members")
    rows = [
        board.row("share", YEAR, place="P", numerator=110, denominator=200),
        board.row("share", YEAR, place="X", numerator=10, denominator=100),
        board.row("share", YEAR, place="Y", numerator=90, denominator=100),
    ]
    found = board.values(rows, measure, places=family(1)).row(0, named=True)
    assert (found["value"], found["numerator"]) == (50.0, None)
    assert found["method"] == "mean of the members with a figure, 2 of 2"
    rows[2] = board.row("share", YEAR, place="Y", absent="suppressed")
    assert board.values(rows, measure, places=family(1))["value"][0] == 10.0
    rows[1] = board.row("share", YEAR, place="X", absent="suppressed")
    none = board.values(rows, measure, places=family(1)).row(0, named=True)
    assert none["absent"] == "suppressed"
    assert none["why"] == (
        "No member has a figure that may be told: some are suppressed to protect people."
    )
    missing = [board.row("share", YEAR, place=code, absent="not available") for code in "XY"]
    none = board.values([rows[0], *missing], measure, places=family(1)).row(0, named=True)
    assert (none["absent"], none["why"]) == ("not available", "No member has a figure.")
    rows[0] = board.row("share", YEAR, place="P", reported=55.0)
    assert board.values(rows, measure, places=family(1))["value"][0] == 55.0


def test_a_place_without_a_row_gets_the_mean_of_its_members(board):
    measure = board.measure("share", aggregate="mean of members", decimals=1)
    rows = [
        board.row("share", YEAR, place="X", reported=10.0, source="a", edition="2020-05-01",
                  rows=1, provenance="final"),
        board.row("share", YEAR, place="Y", reported=30.0, source="b", edition="2020-06-01",
                  rows=1, provenance="provisional"),
    ]  # fmt: skip
    found = board.values(rows, measure, places=family(1)).row(2, named=True)
    told = ("place", "period", "value", "shown", "source", "edition", "rows", "provenance")
    assert [found[name] for name in told] == [
        "P", parse(YEAR).key, 20.0, "20.0", "a, b", "2020-06-01", 2, "provisional",
    ]  # fmt: skip
    assert (found["definition"], found["numerator"], found["absent"]) == ("1", None, None)
    assert found["method"] == "mean of the members with a figure, 2 of 2"
    only = board.values(rows[:1], measure, places=family(1)).row(1, named=True)
    assert (only["value"], only["method"]) == (10.0, "mean of the members with a figure, 1 of 2")


def test_without_a_figure_of_a_member_no_row_is_made(board):
    measure = board.measure("share", aggregate="mean of members")
    rows = [board.row("share", YEAR, place="X", absent="suppressed")]
    assert board.values(rows, measure, places=family(1))["place"].to_list() == ["X"]


def test_members_of_members_come_first(board):
    # The mean of (10 + 30) / 2 and 50 is 35, and that of the three is 30.
    measure = board.measure("share", aggregate="mean of members")
    places = {
        "T": Place("T", "Top", "region"),
        "Z": Place("Z", "Z", "family", {"main": "T"}),
        **family(1),
        "P": Place("P", "Parent", "family", {"main": "T"}),
    }
    rows = [
        board.row("share", YEAR, place=code, reported=figure)
        for code, figure in (("X", 10.0), ("Y", 30.0), ("Z", 50.0))
    ]
    found = board.values(rows, measure, places=places)
    figures = dict(zip(found["place"], found["value"], strict=True))
    assert figures == {"X": 10.0, "Y": 30.0, "Z": 50.0, "P": 20.0, "T": 35.0}


def test_a_place_that_had_ended_gets_no_mean_of_what_was_under_it(board):
    measure = board.measure("share", aggregate="mean of members")
    places = {**family(1), "P": Place("P", "Parent", "family", until=date(2000, 1, 1))}
    rows = [board.row("share", YEAR, place="X", reported=10.0)]
    assert board.values(rows, measure, places=places)["place"].to_list() == ["X"]


def test_where_the_published_figure_is_used_it_stands_with_its_own_reason_for_none(board):
    measure = board.measure("share", aggregate="published")
    rows = [
        board.row("share", YEAR, place="P", absent="not applicable", why="The survey was not run."),
        board.row("share", YEAR, place="X", numerator=10, denominator=100),
    ]
    found = board.values(rows, measure, places=family(1))
    assert found["value"].to_list() == [None, 10.0]
    assert found.row(0, named=True)["absent"] == "not applicable"
    assert found["why"][0] == "The survey was not run."


def test_counts_of_an_unknown_measure_are_our_own_fault(board):
    with pytest.raises(ValueError, match="not among the measures"):
        board.values([board.row("x", YEAR, numerator=1)], board.measure("share"))


@pytest.mark.parametrize("reported", [None, 15.0])
def test_nothing_that_would_tell_a_suppressed_figure_stays_beside_it(board, reported):
    figure = {"numerator": 3, "denominator": 20, "rows": 23, "margin": 1.5, "reported": reported}
    found = one(board, "share", {**figure, "absent": "suppressed"})
    told = ("value", "shown", "numerator", "denominator", "margin", "rows", "spans", "method")
    assert {name: found[name] for name in told} == dict.fromkeys(told)
    assert found["absent"] == "suppressed"


def test_a_figure_that_is_not_available_keeps_the_count_that_there_is(board):
    found = one(board, "share", {"numerator": 30})
    assert (found["absent"], found["numerator"]) == ("not available", 30.0)


@pytest.mark.parametrize(
    ("more", "figure", "spans"),
    [
        ({"roll_up": "mean"}, {"numerator": 240, "spans": 8}, 8),
        ({"roll_up": "mean"}, {"numerator": 240}, 1),
        ({"roll_up": "sum"}, {"numerator": 240, "spans": 8}, None),
    ],
)
def test_the_periods_that_the_counts_were_divided_by_stay_beside_the_figure(
    board, more, figure, spans
):
    assert one(board, "stock", figure, **more)["spans"] == spans


def made(board, word, first, second, disclosure="social care", public=(), **more):
    """The value of a formula over two counts, which one source each gave."""
    parts = [board.measure("stock", id="a"), board.measure("stock", id="b")]
    usual = {"kind": "count", "unit": "people", "aim": "lower", "decimals": 0, "reported": False}
    whole = board.measure("stock", id="w", formula=Formula(word, ("a", "b")), **{**usual, **more})
    rows = [
        board.row("a", YEAR, source="register", rows=first and int(first), numerator=first,
                  absent=None if first is not None else "suppressed"),
        board.row("b", YEAR, source="release", rows=second and int(second), numerator=second,
                  absent=None if second is not None else "suppressed"),
    ]  # fmt: skip
    counts = fitted(pl.DataFrame(rows, infer_schema_length=None), COUNTS)
    found = values(
        counts, measures={m.id: m for m in (*parts, whole)}, places={},
        disclosure=disclosure, public=public,
    )  # fmt: skip
    return found.filter(pl.col("measure") == "w").row(0, named=True)


@pytest.mark.parametrize(
    ("word", "first", "second", "value"),
    [
        ("difference", 10.0, 8.0, None),  # 2
        ("difference", 8.0, 10.0, None),  # -2
        ("difference", 10.0, 5.0, 5.0),
        ("difference", 10.0, 6.0, None),  # 4
        ("difference", 10.0, 10.0, 0.0),
        ("sum", 10.0, 8.0, 18.0),
    ],
)
def test_a_count_made_by_a_formula_is_held_to_the_preset(board, word, first, second, value):
    found = made(board, word, first, second)
    assert (found["value"], found["numerator"]) == (value, value)
    assert (found["absent"] == "suppressed") is (value is None)
    if value is None:
        assert found["why"] == "Suppressed to protect people."
        assert (found["shown"], found["rows"], found["method"]) == (None, None, None)


def test_a_count_made_of_published_ones_is_left_alone(board):
    assert made(board, "difference", 10.0, 8.0, public=["release", "register"])["value"] == 2.0
    assert made(board, "difference", 10.0, 8.0, public=["release"])["value"] is None
    assert made(board, "difference", 10.0, 8.0, disclosure="none")["value"] == 2.0


@pytest.mark.parametrize("word", ["difference", "ratio", "mean"])
def test_a_formula_of_a_suppressed_part_is_suppressed_and_keeps_no_count(board, word):
    kind = {} if word == "difference" else {"kind": "ratio", "unit": ""}
    found = made(board, word, 20.0, None, **kind)
    assert found["absent"] == "suppressed"
    told = ("value", "numerator", "denominator", "rows")
    assert {name: found[name] for name in told} == dict.fromkeys(told)


def test_suppression_goes_on_through_a_formula_of_a_formula(board):
    a, b = board.measure("stock", id="a"), board.measure("stock", id="b")
    left = board.measure("stock", id="left", formula=Formula("difference", ("a", "b")))
    again = board.measure("stock", id="again", formula=Formula("sum", ("left", "b")))
    rows = [board.row("a", YEAR, numerator=10.0), board.row("b", YEAR, numerator=8.0)]
    found = values(
        fitted(pl.DataFrame(rows), COUNTS), measures={m.id: m for m in (a, b, left, again)},
        places={}, disclosure="social care",
    )  # fmt: skip
    assert dict(found.select("measure", "value").iter_rows()) == {
        "a": 10.0, "b": 8.0, "left": None, "again": None,
    }  # fmt: skip
