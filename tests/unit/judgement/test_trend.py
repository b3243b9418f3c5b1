from __future__ import annotations

from outturn.framework.model import SeriesBreak
from outturn.judgement.trend import no_series, trend
from outturn.terms.period import APRIL
from outturn.terms.written_periods import parse

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
        "2B(1) those offered the service (from 2023/24)."
    )


def test_years_months_and_parts_of_years_are_kept_apart(board):
    figures, measure = series(
        board, "2018/19", "April to June 2019", "April to June 2020", "April to July 2020",
        "November 2020",
    )  # fmt: skip
    lengths = {s.kind: len(s.points) for s in trend(figures, measure, "H", APRIL)}
    assert sorted(lengths.values()) == [1, 1, 1, 2]


def test_years_taken_together_that_share_a_year_are_no_series():
    keys = [parse(one).key for one in ("2018 to 2020", "2019 to 2021", "2022 to 2024", "2024")]
    said = no_series(keys, APRIL)
    assert said.startswith(
        "Calendar years 2018 to 2020 and calendar years 2019 to 2021 share years"
    )
    assert "no trend is tested, no control chart is drawn and nothing is forecast" in said


def test_those_that_follow_one_another_share_none():
    keys = [parse(one).key for one in ("2018/19 to 2020/21", "2021/22 to 2023/24", "2020/21")]
    assert no_series(keys, APRIL) == ""
    assert no_series([parse("2018 to 2019").key, parse("2018 to 2020").key], APRIL) == ""
