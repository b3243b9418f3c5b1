"""The status now, were what counts as close a percentage point wider or narrower."""

from __future__ import annotations

import pytest

from outturn.framework.model import Tolerance


def both(found):
    return found["status_narrower"], found["status_now"], found["status_wider"]


@pytest.mark.parametrize(
    ("reported", "statuses"),
    [
        (86.0, ("on target", "on target", "on target")),
        (85.0, ("close", "close", "close")),
        (83.5, ("off target", "close", "close")),
        (82.5, ("off target", "off target", "close")),
        (81.5, ("off target", "off target", "off target")),
    ],
)
def test_a_percentage_is_judged_a_point_either_side(board, points, reported, statuses):
    target = board.target("share", "at_least", 86, tolerance=points(3))
    assert both(board.verdict("share", {"reported": reported}, target)) == statuses


def test_without_a_tolerance_a_point_makes_one_and_none_is_taken_away(board):
    target = board.target("share", "at_least", 86)
    found = board.verdict("share", {"reported": 85.5}, target)
    assert both(found) == ("off target", "off target", "close")


@pytest.mark.parametrize(
    ("kind", "figure", "tolerance"),
    [
        ("admissions", {"numerator": 9}, Tolerance("count", 1.0)),
        ("share", {"numerator": 84, "denominator": 100}, Tolerance("statistical")),
        ("share", {"absent": "not available"}, Tolerance("points", 3.0)),
    ],
)
def test_what_is_not_in_points_or_not_judged_is_not_moved(board, kind, figure, tolerance):
    target = board.target(kind, "at_most", 8, tolerance=tolerance)
    found = board.verdict(kind, figure, target)
    assert (found["status_wider"], found["status_narrower"]) == (None, None)


def test_a_tolerance_in_per_cent_of_the_target_is_moved_by_a_point_of_that(board):
    """Nine where 8 is asked: one eighth, or 12.5%, outside."""
    for amount, statuses in (
        (11, ("off target", "off target", "off target")),
        (12, ("off target", "off target", "close")),
        (13, ("off target", "close", "close")),
        (14, ("close", "close", "close")),
    ):
        share = Tolerance("percent_of_target", float(amount))
        target = board.target("stock", "at_most", 8, tolerance=share)
        assert both(board.verdict("stock", {"reported": 9.0}, target)) == statuses


def test_a_standardised_ratio_is_told_in_per_cent_and_judged_a_point_either_side(board, points):
    ratio = {"id": "smr", "kind": "standardised ratio", "per": 100.0, "unit": "ratio"}
    target = board.target("smr", "at_least", 86, tolerance=points(3))
    found = board.verdict("share", {"reported": 83.5}, target, measure=ratio)
    assert both(found) == ("off target", "close", "close")
