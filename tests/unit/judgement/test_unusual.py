"""Questions about data: far from its past, too many round counts, stale, members lacking."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from outturn.framework.model import SeriesBreak, Step
from outturn.judgement.unusual import unusual
from outturn.terms.period import APRIL
from outturn.terms.records import FINDINGS
from outturn.terms.written_periods import parse

MONTHS = [f"{y}-{m:02}" for y in (2018, 2019, 2020) for m in range(1, 13)]


WITHHELD = "withheld"


def told(board, measure, lines, as_of=date(2020, 12, 31), members=("N", "S"), others=()):
    """What is found of lines of numerators by month, by place."""
    rows = [
        board.row(measure.id, month, place=place, numerator=count, denominator=1000)
        if count != WITHHELD
        else board.row(measure.id, month, place=place, absent="suppressed")
        for place, counts in lines.items()
        for month, count in zip(MONTHS, counts, strict=False)
        if count is not None
    ]
    rows.extend(others)
    figures = board.values(rows, measure)
    found = unusual(
        figures, measures={measure.id: measure}, home="H", members=members, calendar=APRIL,
        as_of=as_of,
    )  # fmt: skip
    assert dict(found.schema) == FINDINGS
    return found.select("rule", "place", "finding").rows()


@pytest.fixture
def monthly(board):
    return board.measure("share", frequency="month")


def steady(seed, many=36):
    random = Random(seed)
    return [500 + random.randrange(-19, 20) for _ in range(many)]


def test_a_steady_series_raises_no_question(board, monthly):
    assert told(board, monthly, {"H": steady(1), "N": steady(2), "S": steady(3)}) == []


def test_a_latest_figure_far_from_its_past_is_asked_about(board, monthly):
    ((rule, place, finding),) = told(board, monthly, {"H": [*steady(1)[:-1], 900]})
    assert (rule, place) == ("unlike its own past", "H")
    assert finding.startswith("December 2020: 90.0% is far from the 35 figures before it")
    assert finding.endswith("Is it right?")


@pytest.mark.parametrize("back", [2, 7, 12])
def test_any_month_of_the_last_year_is_asked_about_by_its_own_name(board, monthly, back):
    figures = steady(1)
    figures[-back] = 900
    ((rule, _, finding),) = told(board, monthly, {"H": figures})
    assert rule == "unlike its own past"
    month = parse(MONTHS[-back]).label(APRIL)
    assert finding.startswith(f"{month}: 90.0% is far from the {36 - back} figures before it")


def test_a_month_of_the_year_before_is_history(board, monthly):
    figures = steady(1)
    figures[-13] = 900
    assert told(board, monthly, {"H": figures}) == []


def test_few_events_move_by_chance_more_than_eight_figures_show(board):
    measure = board.measure("admissions", frequency="month")

    def found(last):
        rows = [
            board.row("admissions", month, numerator=count)
            for month, count in zip(MONTHS, [18, 17, 19, 18, 18, 17, 19, 18, last], strict=False)
        ]
        return told(board, measure, {}, date(2018, 9, 30), others=rows)

    assert found(26) == []  # the square root of 18 is more than 4
    assert [one[0] for one in found(50)] == ["unlike its own past"]


def quarters(board, last):
    labels = [f"{y}-{m:02}-01/P3M" for y in (2018, 2019, 2020) for m in (1, 4, 7, 10)]
    made = [500 + 3 * n % 7 for n in range(11)] + [last]
    return [
        board.row("share", "2020-12", numerator=3 * one, denominator=3000) | {"period": key}
        for key, one in zip(labels, made, strict=True)
    ]


def test_a_quarter_is_named_only_where_no_month_of_it_is(board, monthly):
    others = quarters(board, 700)
    (found,) = told(board, monthly, {"H": steady(1)}, others=others)
    assert found[2].startswith("Q3 2020/21: 70.0% is far from the 11 figures before it")
    figures = steady(1)
    figures[-2] = 900
    (found,) = told(board, monthly, {"H": figures}, others=others)
    assert found[2].startswith("November 2020: 90.0%")


@pytest.mark.parametrize("place", ["", "H"])
def test_a_declared_step_leaves_the_past_behind_where_it_was_declared(board, place):
    figures = [*steady(1)[:-8], *(400 + one for one in steady(2)[:8])]
    usual = board.measure("share", frequency="month")
    assert len(told(board, usual, {"H": figures})) == 8
    stepped = board.measure(
        "share", frequency="month", steps=(Step(parse("2020-05"), "A ward opened.", place),)
    )
    assert told(board, stepped, {"H": figures}) == []
    both = told(board, stepped, {"H": figures, "N": figures}, members=("N",))
    assert {one[1] for one in both} == ({"N"} if place else set())


def test_a_short_past_says_nothing_of_what_is_usual(board, monthly):
    assert told(board, monthly, {"H": [*steady(1)[:7], 900]}, date(2018, 8, 31)) == []


def test_a_break_leaves_the_past_behind(board):
    broken = SeriesBreak(parse("2020-12"), "break", "A new system.")
    measure = board.measure("share", frequency="month", breaks=(broken,))
    assert told(board, measure, {"H": [*steady(1)[:-1], 900]}) == []


def test_counts_that_end_in_0_or_5_too_often_are_asked_about(board, monthly):
    round_ones = [5 * (one // 5) for one in steady(1)]
    (found,) = told(board, monthly, {"H": round_ones})
    assert found[0] == "digit preference"
    assert "36 of 36 counts end in 0 or 5" in found[2]
    assert told(board, monthly, {"H": round_ones[:19]}, date(2019, 7, 31)) == []


def test_reported_counts_are_looked_at_as_they_are(board):
    measure = board.measure("admissions", frequency="month")
    rows = [
        board.row("admissions", month, reported=float(10 * (5 + n * 7 % 25)))
        for n, month in enumerate(MONTHS)
    ]
    (found,) = told(board, measure, {}, others=rows)
    assert found[0] == "digit preference" and "36 of 36 counts end in 0 or 5" in found[2]


def test_sums_of_counts_are_not_counted_again_and_one_that_stands_still_is_no_estimate(
    board, monthly
):
    assert told(board, monthly, {"H": [500] * 36}) == []
    sums = [
        board.row("share", "2020-12", numerator=6000 + 5 * (n % 7), denominator=12000)
        | {"period": f"{2019 + (n + 1) // 12}-{(n + 1) % 12 + 1:02}-01/P12M"}
        for n in range(20)
    ]
    assert told(board, monthly, {"H": steady(1)}, others=sums, as_of=date(2021, 1, 31)) == []


def test_what_is_withheld_is_not_lacking_and_not_late(board, monthly):
    withheld = [*steady(3)[:-1], WITHHELD]
    assert told(board, monthly, {"H": steady(1), "N": steady(2), "S": withheld}) == []
    late = [*steady(1)[:-3], *[WITHHELD] * 3]
    assert told(board, monthly, {"H": late}, as_of=date(2021, 2, 28)) == []
    gone = [*steady(1)[:-3], None, None, None]
    assert [one[0] for one in told(board, monthly, {"H": gone}, as_of=date(2021, 2, 28))] == [
        "stale"
    ]


@pytest.mark.parametrize(("as_of", "late"), [(date(2021, 3, 31), False), (date(2021, 5, 1), True)])
def test_a_measure_without_a_figure_for_long_is_stale(board, monthly, as_of, late):
    found = told(board, monthly, {"H": steady(1)}, as_of)
    assert bool(found) is late
    if late:
        assert found[0][0] == "stale" and "months have passed since" in found[0][2]


def test_members_that_have_no_figure_any_more_are_told(board, monthly):
    (found,) = told(board, monthly, {"H": steady(1), "N": steady(2), "S": steady(3)[:-1]})
    assert found == (
        "members lacking", "H",
        "December 2020: 1 of the 2 places under it have a figure; 2 had one the time before.",
    )  # fmt: skip
