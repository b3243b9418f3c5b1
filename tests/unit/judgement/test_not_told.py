"""Why no distribution, and no chance of another status, is told: of each the true cause."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from outturn.framework.model import Formula, SeriesBreak
from outturn.judgement.no_chances import (
    AT_A_MOMENT,
    MADE,
    MONEY,
    NO_LIMITS,
    NO_SPREAD,
    NONE,
    SET,
    UNWANTED,
    why_no_chance,
)
from outturn.judgement.no_chances import NO_COUNTS as UNCOUNTED
from outturn.judgement.not_drawn import (
    BY_QUARTERS,
    GAP,
    IN_YEAR,
    IN_YEAR_WITH_GAP,
    NO_COUNTS,
    NO_MONTHS,
    SHORT,
    SUPPRESSED,
    TO_DATE,
    why_not_drawn,
)
from outturn.judgement.not_drawn import SO_FAR as IN_YEAR_SO_FAR
from outturn.judgement.withheld_besides import WITHHELD_BESIDES
from outturn.judgement.year_end_moments import NOT_A_YEAR, Known
from outturn.terms.written_periods import parse

SO_FAR = "April to November 2020"
NAMES = "April May June July August September October November".split()


@pytest.fixture
def why(board):
    """Why no distribution is told of the share, or the count, of a period."""

    def said(kind, rows, period=SO_FAR, **more):
        one = board.measure(kind, **more)
        target = board.target(one.id, "at_least", 40)
        found = board.verdicts(rows, [one], [target])
        row = found.row(by_predicate=pl.col("period") == parse(period).key, named=True)
        known = Known(board.values(rows, one), {one.id: one}, (), "H", 1)
        return why_not_drawn(row, target, known)

    return said


def calendar(board, measure, without=(), first="2019-01", **figure):
    """Every month from the first to November 2020."""
    keys = [f"{y}-{m:02d}" for y in (2018, 2019, 2020) for m in range(1, 13)]
    kept = [one for one in keys if first <= one <= "2020-11" and one not in without]
    return [board.row(measure, one, **figure) for one in kept]


def test_months_without_counts_are_no_short_series(board, why):
    rows = calendar(board, "share", reported=50.0, first="2018-01")
    assert why("share", rows, "November 2020") == NO_COUNTS
    rows.append(board.row("share", SO_FAR, reported=50.0))
    assert why("share", rows) == NO_COUNTS


def test_a_figure_that_is_given_to_date_has_no_months(board, why):
    """The first month, and the first quarter, of a year are to date as well."""
    rows = [
        board.row("share", f"{year}-04-01/P{n}M", numerator=50 * n, denominator=100 * n)
        for year in (2018, 2019, 2020)
        for n in range(1, 13 if year < 2020 else 9)
    ]
    assert why("share", rows) == TO_DATE
    later = [one for one in rows if "P1M" not in one["period"] and "P3M" not in one["period"]]
    assert why("share", [one for one in later if one["period"] != "2020-Q1"][-1:]) == NO_MONTHS


def test_a_gap_is_told_from_a_series_that_is_short(board, why):
    def made(**more):
        rows = calendar(board, "admissions", reported=10.0, **more)
        return [*rows, board.row("admissions", SO_FAR, reported=80.0)]

    short = made(first="2020-02")
    assert why("admissions", short) == SHORT
    assert why("admissions", made(first="2019-11", without=("2020-06",))) == GAP
    assert why("admissions", made(first="2020-01", without=("2020-06",))) == GAP


def test_a_break_is_told_before_a_gap_and_a_short_series(board, why):
    broken = SeriesBreak(parse("April 2020"), "break", "Other beds.")
    rows = calendar(board, "admissions", reported=10.0)
    rows.append(board.row("admissions", SO_FAR, reported=80.0))
    assert why("admissions", rows, breaks=(broken,)) == (
        "It is less than a year since the break of April 2020: Other beds."
    )


def test_a_gap_that_was_declared_is_told_before_a_month_that_is_missing(board, why):
    broken = SeriesBreak(parse("June 2020"), "gap", "Not collected.")
    rows = calendar(board, "share", numerator=40.0, denominator=80.0, first="2018-01")
    rows.append(board.row("share", SO_FAR, numerator=320.0, denominator=640.0))
    assert why("share", rows, "November 2020", breaks=(broken,)) == (
        "The year so far holds June 2020, which was not collected as usual: Not collected."
    )


def withheld(rows, *keys, why="Suppressed to protect people."):
    """The rows with the figures of some periods withheld; of all where none is named."""
    told = dict.fromkeys(("numerator", "denominator", "reported"))
    hidden = {**told, "absent": "suppressed", "why": why}
    periods = {parse(key).key for key in keys} or {row["period"] for row in rows}
    return [{**row, **hidden} if row["period"] in periods else row for row in rows]


@pytest.mark.parametrize("reason", ["Suppressed to protect people.", WITHHELD_BESIDES])
def test_months_that_are_all_suppressed_are_held(board, why, reason):
    """Nothing in the words tells those that are small from those withheld for others' sake."""
    rows = withheld(calendar(board, "admissions", reported=2.0), why=reason)
    rows.append(board.row("admissions", SO_FAR, reported=60.0))
    assert why("admissions", rows) == SUPPRESSED
    assert "suppressed" in SUPPRESSED and SUPPRESSED != NO_MONTHS


def test_months_that_are_missing_are_not_said_to_be_suppressed(board, why):
    rows = [
        {**one, "reported": None, "absent": "not available", "why": "Not supplied."}
        for one in calendar(board, "admissions", reported=2.0)
    ]
    rows.append(board.row("admissions", SO_FAR, reported=60.0))
    assert why("admissions", rows) == NO_MONTHS


@pytest.mark.parametrize(
    ("first", "hidden", "without", "cause"),
    [
        ("2019-11", ["2020-06"], (), IN_YEAR),
        ("2020-02", ["2020-06"], (), IN_YEAR),
        (
            "2020-02",
            ["2020-02", "2020-03"],
            (),
            IN_YEAR,
        ),  # those that are told are less than a year
        ("2019-11", ["2020-06"], ("2020-08",), IN_YEAR_WITH_GAP),
        ("2019-11", ["2020-11"], (), IN_YEAR),
        ("2019-11", ["2019-11"], ("2020-08",), GAP),  # a year back from November 2020 is December
    ],
)
def test_some_months_that_are_suppressed_are_told_from_a_gap(
    board, why, first, hidden, without, cause
):
    rows = withheld(
        calendar(board, "admissions", reported=10.0, first=first, without=without), *hidden
    )
    rows.append(board.row("admissions", SO_FAR, reported=80.0))
    assert why("admissions", rows) == cause


@pytest.mark.parametrize("kind", ["admissions", "share"])
@pytest.mark.parametrize("hidden", ["2020-06", "2020-11"])
def test_a_month_of_the_year_so_far_that_is_suppressed_is_not_months_that_do_not_add_up(
    board, why, kind, hidden
):
    """With the years before it long enough, nothing but that month stands in the way."""
    figure = {"numerator": 40.0, "denominator": 80.0} if kind == "share" else {"reported": 10.0}
    sums = {name: 8 * number for name, number in figure.items()}
    months = withheld(calendar(board, kind, first="2018-01", **figure), hidden)
    assert why(kind, [*months, board.row(kind, SO_FAR, **sums)]) == IN_YEAR_SO_FAR
    if hidden == "2020-06":
        assert why(kind, months, "November 2020") in (IN_YEAR_SO_FAR, IN_YEAR)


def test_where_quarters_alone_are_told_the_months_are_suppressed(board, why):
    rows = withheld(calendar(board, "admissions", reported=2.0))
    rows += [
        board.row("admissions", f"{y}-{m:02d}-01/P3M", reported=20.0)
        for y in (2018, 2019, 2020)
        for m in (1, 4, 7, 10)
        if (y, m) < (2020, 10)
    ]
    rows.append(board.row("admissions", SO_FAR, reported=60.0))
    assert why("admissions", rows) == BY_QUARTERS
    assert why("admissions", [one for one in rows if one.get("absent") is None]) == NOT_A_YEAR


def test_figures_given_to_date_are_so_whatever_of_them_is_suppressed(board, why):
    rows = [
        board.row("share", f"{year}-04-01/P{n}M", numerator=50 * n, denominator=100 * n)
        for year in (2018, 2019, 2020)
        for n in range(1, 13 if year < 2020 else 9)
    ]
    assert why("share", withheld(rows, "2020-04")) == TO_DATE


def test_of_a_formula_the_part_that_is_suppressed_is_named(board):
    parts = [board.measure("admissions", id=id, title=id.title()) for id in ("near", "far")]
    made = board.measure(
        "admissions", id="made", formula=Formula("sum", ("near", "far")), reported=False
    )
    months = {id: calendar(board, id, reported=10.0, first="2018-01") for id in ("near", "far")}
    so_far = [board.row(id, SO_FAR, reported=80.0) for id in ("near", "far")]
    target = board.target("made", "at_most", 400)
    known_as = {one.id: one for one in (*parts, made)}
    for hidden, cause in (((), SUPPRESSED), (("2020-06",), IN_YEAR_SO_FAR)):
        rows = [*months["near"], *withheld(months["far"], *hidden), *so_far]
        found = board.verdicts(rows, [*parts, made], [target])
        at = (pl.col("measure") == "made") & (pl.col("period") == parse(SO_FAR).key)
        known = Known(board.values(rows, *parts, made), known_as, (), "H", 1)
        assert why_not_drawn(found.row(by_predicate=at, named=True), target, known) == (
            f"Far: {cause}"
        )


@pytest.mark.parametrize(
    ("kind", "more", "asked", "cause"),
    [
        (
            "share",
            {},
            {"overridden": "Now: Set by Director.", "reason_now": "By the rule: not assessed. No."},
            SET,
        ),
        ("share", {}, {"milestone_high": 0.0}, NONE),
        ("share", {}, {"milestone_low": 100.0}, NONE),
        ("admissions", {"kind": "money"}, {"milestone_high": -11000.0}, MONEY),
        ("admissions", {"kind": "money"}, {"milestone_high": 0.0}, MONEY),
        ("rate", {"formula": Formula("ratio", ("a", "b"))}, {"milestone_high": 0.0}, MADE),
        ("share", {}, {"milestone_high": -5.0}, UNCOUNTED),
        ("share", {}, {"milestone_low": 80.0}, UNCOUNTED),
        ("rate", {}, {"milestone_high": 80.0}, UNCOUNTED),
        ("stock", {}, {"milestone_high": 80.0}, AT_A_MOMENT),
        ("admissions", {"roll_up": "mean"}, {"milestone_high": 80.0}, AT_A_MOMENT),
        ("admissions", {"frequency": "census"}, {"milestone_high": 80.0}, AT_A_MOMENT),
        ("admissions", {"kind": "money"}, {"milestone_high": 80.0}, MONEY),
        ("admissions", {"methods": "none"}, {"milestone_high": 80.0}, UNWANTED),
        ("rate", {"formula": Formula("ratio", ("a", "b"))}, {"milestone_high": 80.0}, MADE),
        ("admissions", {"kind": "median"}, {"milestone_high": 80.0}, NO_LIMITS),
        ("admissions", {"kind": "mean"}, {"milestone_high": 80.0}, NO_LIMITS),
        ("admissions", {"kind": "score"}, {"milestone_high": 80.0}, NO_SPREAD),
    ],
)
def test_each_cause_why_no_chance_of_another_status_is_told(board, kind, more, asked, cause):
    value = defaultdict(lambda: None)
    verdict = defaultdict(lambda: None, asked)
    assert why_no_chance(board.measure(kind, **more), verdict, value) == cause
