from __future__ import annotations

from outturn.framework.model import SeriesBreak
from outturn.judgement.trend import Change, Refused, change, trend
from outturn.terms.period import APRIL, parse

CUT = SeriesBreak(
    parse("2023/24"),
    "break",
    "2D(1) counts all who leave hospital, 2B(1) those offered the service",
)


def series(board, *periods, **more):
    measure = board.measure("share", title="Reablement", **more)
    rows = [board.row("share", p, reported=50.0 + n) for n, p in enumerate(periods)]
    return board.values(rows, measure), measure


def test_a_series_is_cut_at_a_break_and_says_why(board):
    figures, measure = series(board, "2024/25", "2020/21", "2018/19", breaks=(CUT,))
    first, second = trend(figures, measure, "H", APRIL)
    assert first.points["period"].to_list() == ["2018-04-01/P1Y", "2020-04-01/P1Y"]
    assert second.points["period"].to_list() == ["2024-04-01/P1Y"]
    assert first.begins == ""
    assert second.begins == (
        "Reablement: 2020/21 and 2024/25 cannot be compared. 2D(1) counts all who leave hospital, "
        "2B(1) those offered the service."
    )


def test_a_change_across_a_break_is_refused_with_the_reason(board):
    figures, measure = series(board, "2020/21", "2024/25", breaks=(CUT,))
    found = change(figures, measure, "H", parse("2024/25"), parse("2020/21"), APRIL)
    assert isinstance(found, Refused) and "cannot be compared" in found.reason


def test_a_change_within_a_segment_is_the_later_less_the_earlier(board):
    figures, measure = series(board, "2018/19", "2020/21", breaks=(CUT,))
    found = change(figures, measure, "H", parse("2018/19"), parse("2020/21"), APRIL)
    assert found == Change(50.0, 51.0, 1.0)


def test_periods_of_different_length_and_missing_figures_are_refused(board):
    figures, measure = series(board, "2018/19", "2020/21 Q2")
    ask = [parse("2018/19"), parse("2020/21 Q2")]
    assert change(figures, measure, "H", *ask, APRIL) == Refused(
        "2018/19 and Q2 2020/21 are not of the same length."
    )
    ask = [parse("2018/19"), parse("2019/20")]
    assert change(figures, measure, "H", *ask, APRIL) == Refused("There is no figure for 2019/20.")


def test_years_months_and_parts_of_years_are_kept_apart(board):
    figures, measure = series(
        board, "2018/19", "April to June 2019", "April to June 2020", "April to July 2020",
        "November 2020",
    )  # fmt: skip
    lengths = {s.kind: len(s.points) for s in trend(figures, measure, "H", APRIL)}
    assert sorted(lengths.values()) == [1, 1, 1, 2]
