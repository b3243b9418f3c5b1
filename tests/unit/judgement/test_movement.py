"""Trends and questions: years and months, breaks, steps, series that end early."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from outturn.framework.model import SeriesBreak, Step, Tally
from outturn.judgement.movement import in_words, movements
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.terms.period import APRIL, Period, add_months
from outturn.terms.written_periods import parse

LATER = date(2040, 1, 1)
CHANGED = [5.0, 6, 5, 7, 6, 5, 6, 7, 9, 11, 10, 12, 11, 10, 12, 11]


def years(number, first=2010):
    return [f"{first + n}-04-01/P1Y" for n in range(number)]


def months(number):
    return [Period(add_months(date(2020, 4, 1), n), 1, "M").key for n in range(number)]


@pytest.fixture
def moved(board):
    """The movements of a measure with these figures, and its sentences."""

    def make(kind, /, keys, figures, counts=None, others=(), **more):
        measure = board.measure(kind, **more)
        counts = counts or [{}] * len(keys)
        rows = [
            board.row(kind, "2020/21", **({"reported": figure} | extra)) | {"period": key}
            for key, figure, extra in zip(keys, figures, counts, strict=True)
        ]
        rows += [row | {"place": "other"} for row in others]
        values = board.values(rows, measure)
        found = movements(values, measures={kind: measure}, calendar=APRIL, as_of=LATER)
        home = found.filter(pl.col("place") == "H")
        return home, [
            line for row in home.rows(named=True) for line in in_words(row, measure, APRIL)
        ]

    return make


def test_five_years_that_rise_by_more_than_chance_are_told_with_what_it_means(moved):
    counts = [994, 1023, 1199, 1332, 1367]
    people = [40299, 41527, 42811, 44064, 44701]  # the example of the public health profiles
    figures = [100 * top / bottom for top, bottom in zip(counts, people, strict=True)]
    both = [
        {"numerator": float(top), "denominator": float(bottom)}
        for top, bottom in zip(counts, people, strict=True)
    ]
    _, said = moved("share", years(5), figures, both)
    assert said[0] == "Recent trend, the latest five years: increasing and getting better."
    _, said = moved("share", years(5), figures, both, aim="none")
    assert said[0] == "Recent trend, the latest five years: increasing."


def test_the_recent_trend_of_weighted_answers_is_by_what_they_are_worth(moved):
    """A hundred times the weights say no more of a year: ten answers a year show no trend."""
    weights = Tally("answers", "weights", "weight")
    more = {"numerator": weights, "denominator": weights, "reported": False}
    yes, figures = [30.0, 35.0, 40.0, 46.0, 50.0], [None] * 5

    def recent(effective):
        squares = 100.0**2 / effective
        counts = [
            {"numerator": one, "denominator": 100.0, "answers": 4000, "squares": squares}
            for one in yes
        ]
        return moved("share", years(5), figures, counts, **more)[0]["recent"][0]

    assert recent(4000) == "increasing and getting better"
    assert recent(10) == "no change"


def test_four_years_or_a_break_within_five_give_no_recent_trend(moved):
    found, said = moved("rate", years(4), [1.0, 2.0, 3.0, 4.0])
    none = "Recent trend, the latest five years: none."
    assert (found["recent"][0], said) == (
        "cannot be calculated", [f"{none} None of its figures has limits."]
    )  # fmt: skip
    counts = [{"numerator": 40.0, "denominator": 1000.0}] * 4
    _, said = moved("rate", years(4), [None] * 4, counts)
    assert said[0] == f"{none} Not enough data points to calculate recent trend."
    cut = SeriesBreak(parse("2013/14"), "break", "counted otherwise")
    found, _ = moved("rate", years(5), [1.0] * 5, breaks=(cut,))
    assert found["recent"][0] == "cannot be calculated"
    assert found["figures"][0] == 2


def test_months_have_no_recent_trend_and_their_slope_is_told_with_its_limits(moved):
    figures = [10.0, 12, 11, 13, 15, 14, 16, 18, 17, 19]
    found, said = moved("admissions", months(10), figures)
    expected = mann_kendall(figures)
    assert found["recent"][0] is None
    assert found["slope"][0] == pytest.approx(float(expected.slope))
    assert said[0] == (
        "From April 2020 to January 2021 it rises by 1.0 admissions a month (95% limits 0.7 to "
        "1.3; Sen's slope; Mann and Kendall, p below 0.001). The test does not allow for seasons."
    )


def test_a_steady_series_is_said_to_have_no_trend(moved):
    _, said = moved("admissions", months(10), [5.0, 6.0] * 5)
    assert said[0].startswith("From April 2020 to January 2021 no steady rise or fall")


def test_days_of_a_census_are_said_from_one_to_the_other(moved):
    days = [Period(date(2024, 1, 1) + timedelta(days=9 * n), 0, "D").key for n in range(10)]
    _, said = moved("admissions", days, [5.0, 6.0] * 5)
    assert said[0].startswith("From 1 January 2024 to 22 March 2024 no steady rise or fall")


def test_a_possible_change_is_a_question(moved):
    _, said = moved("admissions", months(16), CHANGED)
    assert "Did something change in December 2020?" in said
    assert not any("lie on one side" in line for line in said)  # asked once


@pytest.mark.parametrize("place", ["", "H"])
def test_a_declared_step_binds_the_trend_and_nobody_is_asked_about_it(moved, place):
    step = Step(parse("2020-12"), "A ward opened.", place)
    found, said = moved("admissions", months(16), CHANGED, steps=(step,))
    assert not any("Did something change" in line for line in said)
    assert (found["figures"][0], found["first"][0]) == (8, parse("2020-12").key)
    since = mann_kendall(CHANGED[8:])
    assert found["slope"][0] == pytest.approx(float(since.slope))


def test_a_step_of_another_place_binds_nothing_here(moved):
    step = Step(parse("2020-12"), "A ward opened.", "other")
    found, said = moved("admissions", months(16), CHANGED, steps=(step,))
    assert found["figures"][0] == 16
    assert "Did something change in December 2020?" in said


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("share", {"kind": "score"}, "The recent trend cannot be calculated for this value type"),
        ("admissions", {}, "The recent trend cannot be calculated for this value type"),
        ("share", {"frequency": "every two years"},
         "The recent trend cannot be calculated for this year range"),
    ],
)  # fmt: skip
def test_a_recent_trend_is_of_yearly_proportions_and_rates(moved, kind, more, why):
    margins = [{"margin": 2.0}] * 6
    found, said = moved(kind, years(6), [50.0, 54, 58, 62, 66, 70], margins, **more)
    assert (found["recent"][0], found["recent_why"][0]) == ("cannot be calculated", why)
    assert said[0] == f"Recent trend, the latest five years: none. {why}."


def test_a_rate_whose_count_is_its_denominator_has_no_recent_trend(moved):
    counts = [{"numerator": float(n), "denominator": 1000.0} for n in (100, 200, 300, 400, 500)]
    assert moved("rate", years(5), [None] * 5, counts)[0]["recent"][0] != "cannot be calculated"
    counts[0] = {"numerator": 1000.0, "denominator": 1000.0}
    found, _ = moved("rate", years(5), [None] * 5, counts)
    assert found["recent"][0] == "cannot be calculated"


def test_a_series_that_ends_early_is_told_up_to_its_last_figure(board, moved):
    later = [board.row("rate", "2020/21", reported=1.0) | {"period": key} for key in years(9)]
    found, _ = moved("rate", years(8), [float(n) for n in range(8)], others=later)
    assert found["last"][0] == "2017-04-01/P1Y"
    assert found["slope"][0] == 1.0
