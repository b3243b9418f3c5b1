"""Limits of figures: whose they are, in which unit, and which figures have none."""

from __future__ import annotations

import polars as pl
import pytest

from outturn.framework.model import METHODS, Formula, Place, Tally, Tolerance
from outturn.judgement.values import values
from outturn.statistics.intervals import byar_interval, exact_poisson_interval, wilson_interval
from outturn.statistics.method_sets import METHOD_SETS
from outturn.terms.records import COUNTS, fitted

YEAR = "2020/21"


def one(board, kind, figure, /, **more):
    measure = board.measure(kind, **more)
    found = board.values([board.row(measure.id, YEAR, **figure)], measure).row(0, named=True)
    return found["lower"], found["upper"], found["interval"]


def test_the_words_of_a_file_are_the_method_sets_there_are_and_none():
    assert METHODS == (*METHOD_SETS, "none")


def test_a_proportion_has_wilsons_limits_in_its_unit(board):
    lower, upper, interval = one(board, "share", {"numerator": 797, "denominator": 1000})
    limits = wilson_interval([797], [1000])
    assert (lower, upper) == pytest.approx((100 * limits.lower[0], 100 * limits.upper[0]))
    assert interval == "Wilson, 95% (England)"


@pytest.mark.parametrize(
    ("methods", "events", "limits", "name"),
    [
        ("England", 9, exact_poisson_interval([9]), "exact Poisson, 95% (England)"),
        ("England", 10, byar_interval([10]), "Byar's, 95% (England)"),
        ("Scotland", 9, byar_interval([9], methods="Scotland"), "Byar's, 95% (Scotland)"),
    ],
)
def test_a_rate_has_the_limits_of_its_events_by_the_method_set(
    board, methods, events, limits, name
):
    found = one(board, "rate", {"numerator": events, "denominator": 5000}, methods=methods)
    assert found[:2] == pytest.approx((20 * limits.lower[0], 20 * limits.upper[0]))
    assert found[2] == name


@pytest.mark.parametrize("told", ["numerator", "reported"])
@pytest.mark.parametrize(
    ("methods", "events", "limits", "name"),
    [
        ("England", 9, exact_poisson_interval([9]), "exact Poisson, 95% (England)"),
        ("England", 255, byar_interval([255]), "Byar's, 95% (England)"),
        ("Scotland", 9, byar_interval([9], methods="Scotland"), "Byar's, 95% (Scotland)"),
    ],
)
def test_a_count_of_events_has_its_own_limits_by_the_method_set(
    board, told, methods, events, limits, name
):
    found = one(board, "admissions", {told: events}, methods=methods)
    assert found[:2] == pytest.approx((limits.lower[0], limits.upper[0]))
    assert found[2] == name


def test_a_mean_of_months_divides_its_limits_by_the_months_as_its_figure(board):
    population = Tally("population", "sum", "people", of_year=True)
    more = {"denominator": population, "roll_up": "mean"}
    figure = {"numerator": 240, "denominator": 1000, "spans": 12}
    lower, upper, _ = one(board, "rate", figure, **more)
    limits = byar_interval([240])
    per = 100_000 / 1000 / 12
    assert (lower, upper) == pytest.approx((per * limits.lower[0], per * limits.upper[0]))


def test_a_published_margin_goes_before_the_counts(board):
    figure = {"reported": 60.0, "margin": 2.5, "numerator": 60, "denominator": 100}
    assert one(board, "share", figure) == (57.5, 62.5, "the published margin of error")


@pytest.mark.parametrize(
    ("kind", "figure", "more"),
    [
        ("admissions", {"numerator": -1}, {}),
        ("admissions", {"numerator": 460}, {"methods": "none"}),
        ("admissions", {"numerator": 460}, {"frequency": "census"}),
        ("admissions", {"numerator": 460}, {"roll_up": "mean"}),
        ("admissions", {"absent": "suppressed", "reported": 4}, {}),
        ("stock", {"numerator": 460}, {}),
        ("share", {"reported": 53.9}, {}),
        ("share", {"numerator": 12, "denominator": 10}, {}),
        ("share", {"absent": "suppressed", "numerator": 3, "denominator": 9}, {}),
        ("share", {"numerator": 3, "denominator": 0}, {}),
        ("share", {"numerator": 3, "denominator": 9}, {"methods": "none"}),
        ("share", {"numerator": 3, "denominator": 2}, {"kind": "ratio", "per": 1.0}),
        ("share", {"numerator": 30, "denominator": 8}, {"kind": "mean", "per": 1.0}),
        ("rate", {"numerator": -1, "denominator": 5000}, {}),
    ],
)
def test_figures_that_have_no_limits(board, kind, figure, more):
    assert one(board, kind, figure, **more) == (None, None, None)


def test_each_row_has_its_own_limits_whatever_stands_beside_it(board):
    share = board.measure("share")
    scottish = board.measure("share", id="scottish", methods="Scotland")
    rate = board.measure("rate")
    made = board.measure("share", id="made", reported=False, formula=Formula("sum", ("share",)))
    rows = [
        board.row("rate", YEAR, numerator=4, denominator=1000),
        board.row("share", YEAR, numerator=5, denominator=10),
        board.row("scottish", YEAR, numerator=5, denominator=10),
        board.row("rate", "2019/20", numerator=40, denominator=1000),
    ]
    found = board.values(rows, share, scottish, rate, made)
    names = dict(zip(zip(found["measure"], found["period"].str.slice(0, 4), strict=True),
                     found["interval"], strict=True))  # fmt: skip
    assert names[("rate", "2020")].startswith("exact") and names[("rate", "2019")].startswith(
        "Byar"
    )
    assert names[("share", "2020")] == "Wilson, 95% (England)"
    assert names[("scottish", "2020")] == "Wilson, 95% (Scotland)"
    assert names[("made", "2020")] is None
    inside = (found["lower"] < found["value"]) & (found["value"] < found["upper"])
    assert inside.drop_nulls().all()


# Shares of weighted answers: what is judged is their effective number


def weighted(board, figure, /, **more):
    """The figure of a share of weighted answers, and its measure."""
    measure = board.measure("share", id="survey", reported=False, **SURVEY, **more)
    return board.values([board.row("survey", YEAR, **figure)], measure).row(0, named=True), measure


WEIGHTS = Tally("answers", "weights", "weight")
SURVEY = {"numerator": WEIGHTS, "denominator": WEIGHTS}
# 250 answers that weigh 500 together, and are worth 200.
ANSWERS = {"numerator": 300.0, "denominator": 500.0, "answers": 250, "squares": 1250.0, "rows": 400}


def test_a_share_of_weighted_answers_has_the_limits_of_their_effective_number(board):
    found, _ = weighted(board, ANSWERS)
    limits = wilson_interval([120], [200])
    assert (found["value"], found["effective"], found["answers"]) == (60.0, 200.0, 250)
    expected = (100 * limits.lower[0], 100 * limits.upper[0])
    assert (found["lower"], found["upper"]) == pytest.approx(expected)
    assert found["interval"] == "Wilson, 95%, effective number of answers by Kish (England)"


@pytest.mark.parametrize("lacking", ["answers", "squares"])
def test_weighted_answers_of_which_the_squares_are_not_known_have_no_limits(board, lacking):
    """As those of a build by an older outturn: the sums of weights count nobody."""
    found, _ = weighted(board, {**ANSWERS, lacking: None})
    assert (found["value"], found["effective"], found["interval"]) == (60.0, None, None)


def test_a_measure_without_limits_has_none_of_weighted_answers_either(board):
    found, _ = weighted(board, ANSWERS, methods="none")
    assert (found["effective"], found["interval"]) == (200.0, None)


def test_a_withheld_share_keeps_nothing_of_its_answers(board):
    found, _ = weighted(board, {**ANSWERS, "absent": "suppressed", "reported": 60.0})
    assert (found["value"], found["effective"], found["answers"], found["lower"]) == (None,) * 4


def test_the_chances_of_a_status_are_those_of_the_effective_number(board):
    """As many unweighted answers as the weighted ones are worth leave as much doubt."""
    target = board.target("survey", "at_least", 62, tolerance=Tolerance("points", 3))
    apart = {"id": "survey", "reported": False}
    one = board.verdict("share", ANSWERS, target, measure=apart | SURVEY)
    counts = {"numerator": 120.0, "denominator": 200.0}
    other = board.verdict("share", counts, target, measure={"id": "survey"})
    for name in ("chance_on", "chance_close", "chance_off", "chance_other"):
        assert one[name] == pytest.approx(other[name], abs=1e-9) and 0 < one[name] < 1


def test_no_number_of_people_is_told_of_a_sum_of_weights(board):
    target = board.target("survey", "at_least", 62)
    measure = {"id": "survey", "reported": False} | SURVEY
    found = board.verdict("share", ANSWERS, target, measure=measure)
    assert found["distance_now"] == "2.0 points more"


def test_a_mean_of_members_has_no_effective_number(board):
    measure = board.measure("share", id="survey", reported=False, aggregate="mean of members",
                            **SURVEY)  # fmt: skip
    places = {
        "H": Place("H", "H", "county"),
        "A": Place("A", "A", "ward", {"main": "H"}),
        "B": Place("B", "B", "ward", {"main": "H"}),
    }
    rows = [board.row("survey", YEAR, **ANSWERS) | {"place": code} for code in "HAB"]
    counts = fitted(pl.DataFrame(rows), COUNTS)
    found = values(counts, measures={"survey": measure}, places=places, hierarchy="main")
    made = {row["place"]: row for row in found.iter_rows(named=True)}
    assert made["A"]["effective"] == 200.0 and made["A"]["interval"]
    assert (made["H"]["effective"], made["H"]["answers"], made["H"]["interval"]) == (None,) * 3
    assert made["H"]["value"] == 60.0
