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
    UNWANTED,
    why_no_chance,
)
from outturn.judgement.no_chances import NO_COUNTS as UNCOUNTED
from outturn.judgement.not_drawn import GAP, NO_COUNTS, NO_MONTHS, SHORT, TO_DATE, why_not_drawn
from outturn.judgement.year_end_moments import Known
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


@pytest.mark.parametrize(
    ("kind", "more", "asked", "cause"),
    [
        ("share", {}, {"milestone_high": 0.0}, NONE),
        ("share", {}, {"milestone_low": 100.0}, NONE),
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
