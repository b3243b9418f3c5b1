"""One of a thing, and the day or the period that is said."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.judgement.foreseen_words import basis_words
from outturn.judgement.words import for_period, in_period, singular, unit_of


@pytest.mark.parametrize(
    ("noun", "one"),
    [
        ("admissions", "admission"), ("people", "person"), ("cases", "case"), ("lives", "life"),
        ("falls per ward", "fall per ward"), ("bed days", "bed day"),
        ("days of care", "day of care"),
        ("people in care homes", "person in care homes"), ("women", "woman"), ("series", "series"),
        ("classes", "class"), ("buses", "bus"), ("breaches", "breach"), ("enquiries", "enquiry"),
        ("hours of care at home", "hour of care at home"), ("people waiting", "person waiting"),
        ("falls with harm", "fall with harm"), ("per 1,000 people", "per 1,000 people"),
        ("per 1,000 discharges", "per 1,000 discharges"), ("bus", "bus"), ("analysis", "analysis"),
        ("cases per 1,000 people", "case per 1,000 people"), ("illness", "illness"),
    ],
)  # fmt: skip
def test_one_of_a_thing(noun, one):
    assert singular(noun) == one


def test_a_rate_of_one_keeps_what_it_is_of(board):
    unit = unit_of(board.measure("rate", unit="per 1,000 discharges"))
    assert (unit.rounded(1.0, 0), unit.gap(1.0, 0)) == ("1 per 1,000 discharges",) * 2


@pytest.mark.parametrize(
    ("label", "inside", "of"),
    [
        ("November 2025", "in November 2025", "for November 2025"),
        ("week beginning 2 March 2026", "in the week beginning 2 March 2026",
         "for the week beginning 2 March 2026"),
        ("12 months to March 2026", "in the 12 months to March 2026",
         "for the 12 months to March 2026"),
        ("at 30 September 2025", "at 30 September 2025", "at 30 September 2025"),
    ],
)  # fmt: skip
def test_when_a_figure_is(label, inside, of):
    said = pl.DataFrame({"label": [label]}).select(a=in_period("label"), b=for_period("label"))
    assert said.row(0) == (inside, of)


@pytest.mark.parametrize(
    ("series", "breakdown", "whose"),
    [
        (1, "all", "1 other place's"),
        (31, "all", "31 other places'"),
        (1, "age", "1 similar series'"),
    ],
)
def test_whose_past_errors_an_interval_has(series, breakdown, whose):
    assert basis_words([series], breakdown) == f"indicative: interval from {whose} past errors"


def test_a_day_that_has_not_come_is_no_unfinished_period(board):
    found = board.verdict(
        "stock", {"reported": 12.0}, board.target("stock", "at_most", 10),
        measure={"frequency": "census"}, period="at 30 December 2020", as_of=date(2020, 11, 30),
    )  # fmt: skip
    assert found["reason_now"] == (
        "30 December 2020 has not come at 30 November 2020, and a figure of a day to come is not "
        "judged."
    )
    assert found["reason_direction"] == (
        "30 December 2020 has not come at 30 November 2020, so it is not compared with the figure "
        "at 30 December 2019."
    )
