"""How likely another status is, given the counts; and the tolerance that asks the limits."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta

from outturn.framework.model import Tolerance
from outturn.judgement.intervals import PUBLISHED
from outturn.judgement.rule import judged
from outturn.judgement.words import chance_words
from outturn.statistics.level_chances import events_below

CHANCES = ("chance_on", "chance_close", "chance_off")


def chances(found):
    return tuple(found[name] for name in CHANCES)


def test_the_chances_are_those_of_the_level_behind_the_counts(board, points):
    target = board.target("share", "at_least", 86, tolerance=points(3))
    found = board.verdict("share", {"numerator": 84, "denominator": 100}, target)
    grid = np.linspace(0, 1, 400_001)[1:-1]  # the density of the level, by Jeffreys' prior
    density = grid ** (84 - 0.5) * (1 - grid) ** (16 - 0.5)
    density /= density.sum()
    on, close = density[grid >= 0.86].sum(), density[(grid >= 0.83) & (grid < 0.86)].sum()
    assert chances(found) == pytest.approx((on, close, 1 - on - close), abs=1e-4)
    assert found["status_now"] == "close"
    assert found["chance_other"] == pytest.approx(1 - found["chance_close"])


def test_a_hundred_times_the_counts_leave_little_doubt(board, points):
    target = board.target("share", "at_least", 86, tolerance=points(3))
    few, many = (
        board.verdict("share", {"numerator": 84 * n, "denominator": 100 * n}, target)
        for n in (1, 100)
    )
    assert few["chance_other"] > 0.5 > 0.01 > many["chance_other"]


def test_the_chances_add_up_between_two_bounds(board, points):
    target = board.target("rate", "between", 400, 500, tolerance=points(20))
    found = board.verdict("rate", {"numerator": 23, "denominator": 5000}, target)
    assert sum(chances(found)) == pytest.approx(1)
    assert min(chances(found)) > 0.04


def test_a_survey_is_as_sure_as_its_published_margin(board):
    target = board.target("score", "at_least", 60)
    figure = {"reported": 60.0, "margin": 2.0}
    found = board.verdict("share", figure, target, measure={"id": "score", "kind": "score"})
    assert found["interval"] == PUBLISHED
    assert chances(found) == pytest.approx((0.5, 0, 0.5))


@pytest.mark.parametrize(
    ("kind", "figure", "word", "numbers"),
    [
        ("admissions", {"numerator": 0}, "zero", ()),
        ("admissions", {"numerator": 1}, "at_most", (0,)),
        ("share", {"numerator": 9, "denominator": 9}, "at_least", (100,)),
        ("share", {"reported": 84.0}, "at_least", (86,)),
    ],
)
def test_nothing_is_said_of_a_target_at_the_end_of_the_scale_or_without_counts(
    board, kind, figure, word, numbers
):
    found = board.verdict(kind, figure, board.target(kind, word, *numbers))
    assert found["status_now"] in ("on target", "off target")
    assert chances(found) == (None, None, None) and found["chance_other"] is None


@pytest.mark.parametrize(
    "way", [{"roll_up": "last"}, {"roll_up": "mean"}, {"roll_up": "none", "frequency": "census"}]
)
def test_how_many_there_are_at_a_moment_are_no_events(board, way):
    found = board.verdict(
        "stock", {"reported": 50}, board.target("stock", "at_most", 48), measure=way
    )
    assert found["status_now"] == "off target"
    assert chances(found) == (None, None, None) and found["chance_other"] is None


def test_what_is_counted_as_it_happens_is_events(board):
    target = board.target("admissions", "at_most", 48, milestones=())
    found = board.verdict("admissions", {"reported": 50}, target, period="2020/21",
                          as_of=date(2021, 4, 30))  # fmt: skip
    assert found["chance_off"] == pytest.approx(1 - float(events_below(50, 48)))


@pytest.mark.parametrize(
    ("numerator", "status", "words"),
    [
        (86, "on target", "meets the target"),
        (80, "close", "its 95% limits reach it, and so it counts as close"),
        (70, "off target", "its 95% limits do not reach it"),
    ],
)
def test_a_statistical_tolerance_is_off_target_only_where_the_limits_exclude_it(
    board, numerator, status, words
):
    target = board.target("share", "at_least", 86, tolerance=Tolerance("statistical"))
    found = board.verdict("share", {"numerator": numerator, "denominator": 100}, target)
    assert found["status_now"] == status
    assert words in found["reason_now"]
    assert (found["upper"] >= 86) is (status != "off target")


@pytest.mark.parametrize(
    ("bound", "status"), [(250, "close"), (224.8, "close"), (224.6, "off target")]
)
def test_a_count_is_close_to_what_its_limits_hold(board, bound, status):
    target = board.target("admissions", "at_most", bound, tolerance=Tolerance("statistical"))
    found = board.verdict("admissions", {"numerator": 255}, target, period="2020/21",
                          as_of=date(2021, 3, 31))  # fmt: skip
    assert found["status_now"] == status  # Byar's limits of 255 are 224.7 to 288.3
    assert (found["lower"], found["upper"]) == pytest.approx((224.7, 288.3), abs=0.05)


def test_the_reach_of_one_figure_is_no_width_that_belongs_to_the_target(board, points):
    figure = {"numerator": 80, "denominator": 100}
    for tolerance, told in ((Tolerance("statistical"), None), (points(3), 3.0)):
        target = board.target("share", "at_least", 86, tolerance=tolerance)
        assert board.verdict("share", figure, target)["tolerance"] == told


def test_without_limits_nothing_is_close_by_a_statistical_tolerance(board):
    target = board.target("share", "at_least", 86, tolerance=Tolerance("statistical"))
    found = board.verdict("share", {"reported": 85.0}, target)
    assert found["status_now"] == "off target"
    assert "it has no limits by which it could be close" in found["reason_now"]


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "under 1%"), (0.004, "under 1%"), (0.23, "23%"), (0.99, "99%"), (1.0, "over 99%")],
)
def test_no_chance_is_said_to_be_certain(chance, words):
    assert chance_words(chance) == words


def test_a_count_is_a_number_of_events_reported_or_counted(board):
    target = board.target("admissions", "at_most", 10)
    counted, reported = (
        board.verdict("admissions", figure, target)
        for figure in ({"numerator": 9}, {"reported": 9.0})
    )
    above = 1 - float(events_below([9], [counted["milestone_high"]])[0])
    assert counted["chance_off"] == reported["chance_off"] == pytest.approx(above)
    assert 0.8 < above < 0.85  # of nine, where eight months of ten in the year allow 6.7


@pytest.mark.parametrize(
    ("word", "bound", "more", "parted_at"),
    [
        ("at_least", 73, {}, (0.73, 0.73)),
        ("at_least", 73, {"rounded_to": 0}, (0.725, 0.725)),
        ("at_least", 72.6, {"rounded_to": 0}, (0.725, 0.725)),  # judged as at least 73
        ("above", 72, {"rounded_to": 0}, (0.725, 0.725)),
        ("above", 72, {"rounded_to": 0, "at_limit": True}, (0.715, 0.715)),
        ("at_least", 73, {"rounded_to": 0, "tolerance": Tolerance("points", 1.4)}, (0.725, 0.715)),
        ("at_least", 73, {"rounded_to": 1, "tolerance": Tolerance("points", 1.4)},
         (0.7295, 0.7155)),
        ("above", 73, {"rounded_to": 0, "tolerance": Tolerance("points", 0.5)}, (0.735, 0.725)),
    ],
)  # fmt: skip
def test_the_chances_are_parted_where_the_statuses_of_rounded_figures_are(
    board, word, bound, more, parted_at
):
    found = board.verdict(
        "share", {"numerator": 726, "denominator": 1000}, board.target("share", word, bound, **more)
    )
    below = [float(beta.cdf(one, 726.5, 274.5)) for one in parted_at]  # Jeffreys' prior
    expected = (1 - below[0], below[0] - below[1], below[1])
    assert chances(found) == pytest.approx(expected, abs=1e-12)


def test_the_chances_of_rounded_statuses_are_those_of_levels_drawn_and_judged(board, points):
    target = board.target("rate", "between", 455.4, 480.5, rounded_to=0, tolerance=points(20.3))
    found = board.verdict("rate", {"numerator": 230, "denominator": 50_000}, target,
                          period="2020/21", as_of=date(2021, 3, 31))  # fmt: skip
    drawn = np.random.default_rng(1).gamma(230.5, size=200_000) / 50_000 * 100_000
    levels = pl.DataFrame({"figure": drawn}).with_columns(
        low=pl.lit(455.4), high=pl.lit(480.5), low_strict=pl.lit(False), high_strict=pl.lit(False),
        tolerance_low=pl.lit(20.3), tolerance_high=pl.lit(20.3), rounded_to=pl.lit(0),
        at_limit=pl.lit(False),
    )  # fmt: skip
    status = judged(levels)["status"]
    shares = [(status == one).mean() for one in ("on target", "close", "off target")]
    assert chances(found) == pytest.approx(shares, abs=0.005)


def test_of_all_is_no_end_of_the_scale_where_what_rounds_to_it_meets(board):
    for more, known in (({}, False), ({"rounded_to": 0}, True)):
        target = board.target("share", "at_least", 100, **more)
        found = board.verdict("share", {"numerator": 1994, "denominator": 2000}, target)
        assert (found["chance_on"] is not None) is known
    assert found["chance_on"] == pytest.approx(1 - float(beta.cdf(0.995, 1994.5, 6.5)))


@pytest.mark.parametrize(
    ("figure", "goal", "words"),
    [
        (726, 73, "72.6%, judged as 73%, meets the target of at least 73.0%."),
        (730, 73.4, "73.0% meets the target of at least 73.4%, judged as at least 73%."),
        (726, 73.4, "72.6%, judged as 73%, meets the target of at least 73.4%, judged as at least"
         " 73%."),
        (720, 72.6, "72.0% is 1.0 points below the target of at least 72.6%, judged as at least"
         " 73%."),
    ],
)  # fmt: skip
def test_a_bound_that_rounding_moves_says_what_it_is_judged_as(board, figure, goal, words):
    target = board.target("share", "at_least", goal, rounded_to=0)
    found = board.verdict("share", {"numerator": figure, "denominator": 1000}, target)
    assert found["reason_now"] == words
