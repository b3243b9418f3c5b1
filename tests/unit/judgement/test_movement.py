"""Trends and questions: years and months, breaks, steps, series that end early."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import SeriesBreak, Step
from outturn.judgement.movement import in_words, movements
from outturn.statistics.monotonic_trend import mann_kendall
from outturn.terms.period import APRIL, Period, add_months, parse

LATER = date(2040, 1, 1)
CHANGED = [5.0, 6, 5, 7, 6, 5, 6, 7, 9, 11, 10, 12, 11, 10, 12, 11]


def years(number, first=2010):
    return [f"{first + n}-04-01/P1Y" for n in range(number)]


def months(number):
    return [Period(add_months(date(2020, 4, 1), n), 1, "M").key for n in range(number)]


@pytest.fixture
def moved(board):
    """The movements of a measure with these figures, and its sentences."""

    def make(kind, keys, figures, counts=None, others=(), **more):
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


def test_four_years_or_a_break_within_five_give_no_recent_trend(moved):
    found, said = moved("rate", years(4), [1.0, 2.0, 3.0, 4.0])
    assert (found["recent"][0], said) == ("cannot be calculated", [])
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


def test_a_possible_change_is_a_question(moved):
    _, said = moved("admissions", months(16), CHANGED)
    assert "Did something change in December 2020?" in said
    assert not any("lie on one side" in line for line in said)  # asked once


def test_nobody_is_asked_about_a_declared_step_and_the_trend_goes_on_across_it(moved):
    step = Step(parse("2020-12"), "A ward opened.")
    found, said = moved("admissions", months(16), CHANGED, steps=(step,))
    assert not any("Did something change" in line for line in said)
    assert found["figures"][0] == 16


def test_a_series_that_ends_early_is_told_up_to_its_last_figure(board, moved):
    later = [board.row("rate", "2020/21", reported=1.0) | {"period": key} for key in years(9)]
    found, _ = moved("rate", years(8), [float(n) for n in range(8)], others=later)
    assert found["last"][0] == "2017-04-01/P1Y"
    assert found["slope"][0] == 1.0
