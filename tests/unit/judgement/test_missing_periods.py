"""Months and quarters inside a series that have no row: who lacks them, and what that costs."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Formula, Place, SeriesBreak
from outturn.judgement.staleness import RULES
from outturn.judgement.unusual import unusual
from outturn.terms.period import APRIL
from outturn.terms.written_periods import parse

MONTHS = [f"{y}-{m:02}" for y in (2019, 2020) for m in range(1, 13)]
QUARTERS = [f"{y}-{m:02}-01/P3M" for y in (2019, 2020) for m in (1, 4, 7, 10)]
JUNE = MONTHS.index("2020-06")
NOT_MADE = " Without it the year to date, and any longer period, cannot be made."


@pytest.fixture
def found(board):
    """What is found missing, of a count by month of the places given; each lacks some months."""

    def told(lacks, periods=MONTHS, longer=("2019-04-01/P9M",), count=40.0, **more):
        measure = board.measure("admissions", **{"frequency": "month", **more})
        given = "reported" if measure.reported else "numerator"
        rows = [
            board.row("admissions", "2020", place=place, **{given: count}) | {"period": key}
            for place, without in lacks.items()
            for key in [*(parse(one).key for one in periods if one not in without), *longer]
        ]
        figures = board.values(rows, measure)
        places = {"N": Place("N", "Northtown", "locality", {"main": "H"})}
        frame = unusual(
            figures, measures={"admissions": measure}, home="H", members=["N"], calendar=APRIL,
            as_of=date(2020, 12, 31), places={**places, "H": Place("H", "Vale", "partnership")},
        )  # fmt: skip
        ours = frame.filter(frame["rule"] == "missing period")
        assert ours["place"].unique().to_list() in ([], ["H"])
        return ours["finding"].to_list()

    return told


def test_a_month_inside_a_series_is_told_with_what_cannot_be_made(found):
    assert "missing period" in RULES  # papers tell of it
    (said,) = found({"H": ["2020-06"]})
    assert said == (
        "June 2020: no figure is held, though months before and after have one." + NOT_MADE
    )


def test_each_run_of_months_is_told_once(found):
    told = found({"H": ["2019-03", "2020-06", "2020-07", "2020-08"]})
    assert [one.split(":")[0] for one in told] == ["March 2019", "June 2020"]
    assert "no figure is held, nor in the 2 months after, though" in told[1]
    assert told[1].endswith(
        " Without them the year to date, and any longer period, cannot be made."
    )


def test_a_member_is_named_and_those_that_lack_the_same_are_told_together(found):
    assert found({"H": [], "N": ["2020-06"]})[0].startswith(
        "June 2020: no figure of Northtown is held, though"
    )
    (said,) = found({"H": ["2020-06"], "N": ["2020-06"]})
    assert said.startswith("June 2020: no figure of Vale and Northtown is held")


def test_a_longer_period_that_is_published_needs_no_month(found):
    (said,) = found({"H": ["2020-06"]}, longer=["2020-04-01/P9M"])
    assert said.endswith("have one.")
    (said,) = found({"H": ["2020-06"]}, longer=())  # nor does one that never has any
    assert said.endswith("have one.")


def test_a_quarter_is_told_too(found):
    (said,) = found({"H": ["2020-04-01/P3M"]}, periods=QUARTERS, frequency="quarter")
    assert said.startswith("Q1 2020/21: no figure is held, though quarters before and after")


@pytest.mark.parametrize(
    ("periods", "without", "more"),
    [
        (MONTHS, [], {}),
        (MONTHS, MONTHS[:3], {}),  # before it began
        (MONTHS, MONTHS[-2:], {}),  # that it is late is another finding
        (MONTHS[::3], [], {}),  # now and then a month: no series with gaps in it
        (["2020-01", "2020-02", "2020-04"], [], {}),
        (MONTHS, ["2020-06"], {"frequency": "year"}),
        (MONTHS, ["2020-06"], {"formula": Formula("sum", ("a", "b"))}),  # told of its parts
        (
            MONTHS,
            ["2020-06", "2020-07"],
            {"breaks": (SeriesBreak(parse("April to September 2020"), "gap", "Not asked."),)},
        ),
        (
            MONTHS,
            ["2019-06"],
            {"breaks": (SeriesBreak(parse("2019-07"), "start", "It starts anew."),)},
        ),
    ],
)
def test_of_these_nothing_is_missing(found, periods, without, more):
    assert found({"H": without}, periods=periods, **more) == []


def test_what_is_withheld_or_said_not_to_be_there_is_a_row(board):
    measure = board.measure("admissions", frequency="month")
    for absent in ("suppressed", "not available"):
        rows = [
            board.row("admissions", one, **({"absent": absent} if n == JUNE else {"reported": 40}))
            for n, one in enumerate(MONTHS)
        ]
        frame = unusual(
            board.values(rows, measure), measures={"admissions": measure}, home="H", members=[],
            calendar=APRIL, as_of=date(2020, 12, 31),
        )  # fmt: skip
        assert "missing period" not in frame["rule"].to_list()


def test_of_records_a_month_of_none_is_asked_about_only_where_there_are_never_few(found):
    records = {"reported": False, "longer": ["2020-04-01/P9M"]}
    (said,) = found({"H": ["2020-06"]}, count=40, **records)
    assert said == (
        "June 2020: no record falls in it, though months before and after have some. A longer "
        "period that holds it counts the other months alone."
    )
    assert found({"H": ["2020-06"]}, count=9, **records) == []
