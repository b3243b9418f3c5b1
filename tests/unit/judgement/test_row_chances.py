"""How likely another status is of means, medians and percentiles, and of no figure outside its
limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from outturn.framework.model import Tally
from outturn.judgement.intervals import is_outside_limits
from outturn.statistics.columns import Estimate
from outturn.statistics.level_chances import percentile_at_most
from outturn.statistics.waits import limit_ranks

CHANCES = ("chance_on", "chance_close", "chance_off")
STAY = {
    "id": "stay", "kind": "mean", "unit": "days", "reported": False, "per": 1.0, "aim": "lower",
    "numerator": Tally("stays", "sum", "days"), "denominator": Tally("stays", "count"),
}  # fmt: skip
WAIT = {
    "id": "wait", "kind": "median", "unit": "days", "reported": False, "per": 1.0, "aim": "lower",
    "numerator": Tally("waits", "median", "days"),
}  # fmt: skip


def chances(found):
    return tuple(found[name] for name in CHANCES)


def mean_of(numbers):
    return {
        "numerator": float(sum(numbers)), "denominator": float(len(numbers)),
        "squares": float(sum(one * one for one in numbers)),
    }  # fmt: skip


def median_of(waits):
    """A row of Counts as the engine makes it of these waits."""
    waits = sorted(waits)
    lower, upper = (int(place[0]) for place in limit_ranks([len(waits)], 50))
    return {
        "numerator": 2 * float(np.median(waits)), "denominator": float(len(waits)),
        "lower": float(waits[lower - 1]), "upper": float(waits[upper - 1]),
    }  # fmt: skip


def test_a_mean_has_the_chance_of_student(board, points):
    """The closed form: Student's t about the mean, by the standard error of these five stays."""
    stays = [12, 20, 31, 8, 25]
    target = board.target("stay", "at_most", 18, tolerance=points(3))
    found = board.verdict("share", mean_of(stays), target, measure=STAY)
    t = stats.t(4, np.mean(stays), np.std(stays, ddof=1) / np.sqrt(5))
    on, close = t.cdf(18), t.cdf(21) - t.cdf(18)
    assert chances(found) == pytest.approx((on, close, 1 - on - close))
    assert found["status_now"] == "close"
    assert found["chance_other"] == pytest.approx(1 - close)


def test_a_mean_of_a_hundred_times_as_many_leaves_less_doubt(board):
    target = board.target("stay", "at_most", 18)
    few, many = (
        board.verdict("share", mean_of([12, 20, 31, 8, 25] * n), target, measure=STAY)
        for n in (1, 100)
    )
    assert few["chance_other"] > 0.3 > 0.01 > many["chance_other"]


@pytest.mark.parametrize(
    "figure",
    [
        mean_of([14]),
        mean_of([14, 14, 14]),
        {"numerator": 42.0, "denominator": 3.0},  # a vintage that kept no squares
        {"reported": 14.0},
    ],
)
def test_a_mean_without_limits_has_no_chance(board, figure):
    found = board.verdict("share", figure, board.target("stay", "at_most", 18), measure=STAY)
    assert found["status_now"] == "on target"
    assert (found["lower"], found["chance_other"]) == (None, None)


def test_a_median_has_the_chance_that_so_many_waits_within_the_target_leave(board):
    """Of the waits 1 to 99 as many are no more than 45 days as days. Where three of them tell how
    many, they tell it exactly, and the chance is that of the beta distribution."""
    waits = range(1, 100)
    found = board.verdict("share", median_of(waits), board.target("wait", "at_most", 45),
                          measure=WAIT)  # fmt: skip
    within = 1 - stats.beta.cdf(0.5, 45 + 0.5, 54 + 0.5)
    assert chances(found) == pytest.approx((within, 0, 1 - within), abs=0.005)
    assert found["status_now"] == "off target"
    assert found["chance_other"] == pytest.approx(within, abs=0.005)


def test_a_median_on_the_target_meets_it_and_probably_does_by_more_than_half(board):
    """A day is not a point: those who waited 28 days waited no more than 28."""
    waits = [*range(20, 28), 28, 28, 28, *range(29, 37)]
    meets = board.verdict("share", median_of(waits), board.target("wait", "at_most", 28),
                          measure=WAIT)  # fmt: skip
    below = board.verdict("share", median_of(waits), board.target("wait", "below", 28),
                          measure=WAIT)  # fmt: skip
    assert (meets["status_now"], below["status_now"]) == ("on target", "off target")
    assert meets["chance_on"] > 0.6 and below["chance_on"] < 0.4
    assert meets["chance_other"] == pytest.approx(1 - meets["chance_on"])
    assert meets["chance_on"] + below["chance_on"] == pytest.approx(1)  # by symmetry


def test_the_bands_of_a_median_go_by_whole_days(board, points):
    """Close is up to 31 days with it, and a target at least so many has its day with it too."""
    waits = list(range(10, 60))
    on, close = (percentile_at_most(_estimate(waits), [50], 50, [day])[0] for day in (28, 31))
    target = board.target("wait", "at_most", 28, tolerance=points(3))
    found = board.verdict("share", median_of(waits), target, measure=WAIT)
    assert chances(found) == pytest.approx((on, close - on, 1 - close))
    least = board.target("wait", "at_least", 28)
    found = board.verdict("share", median_of(waits), least, measure=WAIT)
    below = percentile_at_most(_estimate(waits), [50], 50, [27])[0]
    assert chances(found) == pytest.approx((1 - below, 0, below))


def _estimate(waits):
    row = median_of(waits)
    columns = (row["numerator"] / 2, row["lower"], row["upper"])
    return Estimate(*(np.array([one]) for one in columns))


def test_a_median_without_both_limits_has_no_chance(board):
    """Of five waits there is no upper limit."""
    figure = {"numerator": 20.0, "denominator": 5.0}
    found = board.verdict("share", figure, board.target("wait", "at_most", 8), measure=WAIT)
    assert found["status_now"] == "off target" and found["chance_other"] is None


def test_a_median_may_be_nothing(board):
    """Most who come are seen on the day: at most 0 is no end of the scale."""
    waits = [0] * 12 + [1, 2, 3, 4, 5, 6, 7, 8]
    found = board.verdict("share", median_of(waits), board.target("wait", "at_most", 0),
                          measure=WAIT)  # fmt: skip
    assert 0.6 < found["chance_on"] < 1


@pytest.mark.parametrize(
    ("reported", "known"),
    [(75.0, True), (76.0, True), (90.0, False), (50.0, False)],
)
def test_a_figure_outside_its_own_limits_has_no_chance(board, reported, known):
    """75 of 100, and a printed figure that is not of them: Wilson's limits are 65.7 to 82.5."""
    figure = {"reported": reported, "numerator": 75, "denominator": 100}
    found = board.verdict("share", figure, board.target("share", "at_least", 80))
    assert found["status_now"] in ("on target", "off target")
    assert (found["chance_other"] is not None) == known
    measure = board.measure("share")
    bounds = (found["value"], found["lower"], found["upper"])
    assert is_outside_limits(measure, *bounds) != known


def test_printing_a_figure_does_not_put_it_outside_its_limits(board):
    """One of 10,000 is 0.01%, printed as 0.0; its lower limit is 0.0018."""
    figure = {"reported": 0.0, "numerator": 1, "denominator": 10_000}
    found = board.verdict("share", figure, board.target("share", "at_least", 1))
    assert found["value"] < found["lower"]
    assert found["chance_other"] is not None


@pytest.mark.parametrize(("disclosure", "told"), [("social care", True), ("hospital", False)])
def test_a_median_of_a_rounded_number_of_waits_has_no_chance(board, disclosure, told):
    """Its limits are of 22 waits, the seventh and the sixteenth; of 20 they would be others."""
    figure = median_of(range(20, 42)) | {"denominator": 22.0 if told else 20.0}
    found = board.verdict("share", figure, board.target("wait", "at_most", 28),
                          measure=WAIT, disclosure=disclosure)  # fmt: skip
    assert found["status_now"] == "off target" and found["lower"] is not None
    assert (found["chance_other"] is not None) == told
