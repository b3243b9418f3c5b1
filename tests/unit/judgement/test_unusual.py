"""Questions about data: far from its past, too many round counts, stale, members lacking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import Place, SeriesBreak, Step
from outturn.judgement.unusual import TAIL, digit_preference, round_share, unusual
from outturn.terms.period import APRIL
from outturn.terms.records import FINDINGS
from outturn.terms.written_periods import parse

MONTHS = [f"{y}-{m:02}" for y in (2018, 2019, 2020) for m in range(1, 13)]


WITHHELD = "withheld"


PLACES = {
    code: Place(code, name, "locality", {"main": "H"})
    for code, name in (("N", "Northtown"), ("S", "Southtown"), ("E", "Easton"), ("W", "Weston"))
}


def told(
    board, measure, lines, as_of=date(2020, 12, 31), members=("N", "S"), others=(), places=PLACES,
    targets=(),
):  # fmt: skip
    """What is found of lines of numerators by month, by place."""
    rows = [
        board.row(measure.id, month, place=place, numerator=count, denominator=1000, source="r")
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
        as_of=as_of, places=places, targets=targets, sources={"r": "Returns"},
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


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        (range(10, 21), 0.28),  # 3 of 11 are 27%; of a steady fall from 10 it is a hair more
        (range(15, 21), 1 / 3),
        (range(1000, 2000), 0.2),
        ([13, 14, 14, 15, 15, 15, 16, 16, 17], 0.34),  # a bell close about 15
        ([10, 10, 10, 10, 11, 11, 12, 13, 16], 0.44),  # those below 10 are withheld
        ([20, 20, 20, 20, 19, 19, 18, 17, 14], 0.44),  # no more than 20 beds
    ],
)
def test_in_a_small_range_more_counts_end_in_0_or_5_by_chance(counts, share):
    assert round_share(np.array(counts)) == pytest.approx(share, abs=0.02)


def test_that_a_small_range_has_more_round_numbers_is_no_estimate(board, monthly):
    # 16 of 36 end in 0 or 5: one series of a thousand where a fifth does, and one of fifty here.
    counts = [10, 15, 20, 15] * 4 + [11, 12, 13, 14, 16, 17, 18, 19] * 2 + [12, 13, 17, 18]
    assert told(board, monthly, {"H": counts}) == []
    wide = [one + 90 * (n % 4) for n, one in enumerate(counts)]
    ((rule, _, finding),) = told(board, monthly, {"H": wide})
    assert rule == "digit preference"
    assert finding.endswith(
        "16 of 36 counts end in 0 or 5, where a fifth would by chance. Are they estimates?"
    )
    most = [10, 15, 20, 15, 10, 20] * 5 + [11, 12, 13, 17, 18, 19]
    ((_, _, finding),) = told(board, monthly, {"H": most})
    assert finding.endswith("30 of 36 counts end in 0 or 5, where up to 28% would by chance. Are "
                            "they estimates?")  # fmt: skip


SHAPES = {
    "from 10 to 20": lambda random: random.integers(10, 21, (SERIES, 60)),
    "from 15 to 20": lambda random: random.integers(15, 21, (SERIES, 60)),
    "close about 15": lambda random: np.rint(random.normal(15, 1.2, (SERIES, 60))),
    "near 10": lambda random: random.poisson(10, (SERIES, 60)),
    "at most 20": lambda random: np.minimum(random.poisson(18, (SERIES, 60)), 20),
    "nearly always 20": lambda random: random.binomial(20, 0.95, (SERIES, 60)),
    "many": lambda random: random.poisson(400, (SERIES, 60)),
}
SERIES = 2000


@pytest.mark.parametrize("shape", SHAPES)
def test_no_more_than_one_series_in_a_thousand_that_nobody_rounded_is_asked_about(board, shape):
    counts = SHAPES[shape](np.random.default_rng(20))
    rows = pl.DataFrame({
        "measure": "admissions", "place": pl.Series(np.arange(SERIES).repeat(60)).cast(pl.String),
        "period": "2020-04-01/P1M", "numerator": counts.ravel().astype(float), "value": 0.0,
        "is_base": True, "method": "total over total",
    })  # fmt: skip
    found = digit_preference(rows, {"admissions": board.measure("admissions")})
    assert found.height <= SERIES * TAIL + 3 * (SERIES * TAIL) ** 0.5


@pytest.mark.parametrize("level", [15, 20, 50, 400])
def test_series_of_which_three_in_four_are_rounded_are_nearly_always_asked_about(level):
    random = np.random.default_rng(level)
    counts = random.poisson(level, (500, 48)) + 5.0
    counts = np.where(random.random(counts.shape) < 0.75, 5 * np.rint(counts / 5), counts)
    rows = pl.DataFrame({
        "measure": "m", "place": pl.Series(np.arange(500).repeat(48)).cast(pl.String),
        "period": "2020-04-01/P1M", "numerator": counts.ravel(), "value": 0.0,
        "is_base": True, "method": "total over total",
    })  # fmt: skip
    assert digit_preference(rows, {}).height > 490


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
        "December 2020: Southtown has no figure; it had one the time before (source: Returns).",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "as_of", "passed"),
    [
        ("2020-12", date(2021, 3, 31), 0),  # three have passed, and not more
        ("2020-12", date(2021, 4, 29), 0),
        ("2020-12", date(2021, 4, 30), 4),
        ("2020-12", date(2021, 7, 31), 7),
        ("2020-12", date(2021, 12, 31), 12),
        ("Q3 2020/21", date(2021, 9, 30), 0),
        ("Q3 2020/21", date(2021, 12, 31), 4),
        *((f"{y - 1}/{y % 100:02}", date(y + 2, 3, 30), 0) for y in range(2017, 2026)),
        *((f"{y - 1}/{y % 100:02}", date(y + 2, 3, 31), 2) for y in range(2017, 2026)),
        *((f"{y - 1}/{y % 100:02}", date(y + 4, 3, 31), 4) for y in range(2017, 2026)),
        ("2020-11-30/P7D", date(2020, 12, 27), 0),
        ("2020-11-30/P7D", date(2021, 1, 3), 4),
        ("2020-12", date.max, 12 * (9999 - 2020) - 1),  # the day after it is none
    ],
)
def test_periods_that_have_passed_are_those_of_the_calendar(board, last, as_of, passed):
    frequency = {"Q": "quarter", "P7D": "week", "/": "year"}
    name = next((one for key, one in frequency.items() if key in last), "month")
    measure = board.measure("admissions", frequency=name)
    row = board.row("admissions", "2020-12", numerator=20)
    row["period"] = last if "P7D" in last else parse(last).key
    found = told(board, measure, {}, as_of, others=[row])
    assert [one[0] for one in found] == ["stale"] * bool(passed)
    if passed:
        assert found[0][2].endswith(f" and {passed} {name}s have passed since.")


@pytest.mark.parametrize("latest", [(2021, 2), (2020, 2), (2022, 2), (2020, 12)])
def test_the_last_year_has_twelve_months_whatever_february_has(board, latest):
    year, month = latest
    keys = [f"{year - 3 + n // 12}-{n % 12 + 1:02}" for n in range(36 + month)]
    for back, asked in ((12, True), (13, False)):
        counts = [30 + n % 4 for n in range(len(keys))]
        counts[-back] = 90
        measure = board.measure("admissions", frequency="month")
        others = [
            board.row("admissions", key, reported=float(one))
            for key, one in zip(keys, counts, strict=True)
        ]
        found = told(board, measure, {}, date(year + 1, 1, 31), others=others)
        rules = [one[0] for one in found if one[0] != "stale"]
        assert rules == ["unlike its own past"] * asked


def test_the_middle_has_its_unit_and_one_is_one(board):
    counts = [30 + n % 4 for n in range(35)]
    for last, kind, words in (
        (1, {}, "1 admission is far from the 35 figures before it, whose middle is 31 admissions."),
        (400, {"kind": "money", "unit": "£ thousand", "decimals": 1},
         "£400.0 thousand is far from the 35 figures before it, whose middle is £31.0 thousand."),
    ):  # fmt: skip
        measure = board.measure("admissions", frequency="month", **kind)
        others = [
            board.row("admissions", key, reported=float(one))
            for key, one in zip(MONTHS, [*counts, last], strict=True)
        ]
        ((_, _, finding),) = told(board, measure, {}, others=others)
        assert finding == f"December 2020: {words} Is it right?"


def winters(years, january=0):
    """Months of so many years of which every January is high, the last of them so much higher."""
    counts = [20 + n % 4 + 60 * (n % 12 == 0) for n in range(12 * years)]
    counts[-12] += january
    return counts


@pytest.mark.parametrize(
    ("years", "january", "asked"),
    [(3, 0, False), (5, 3, False), (5, 200, True), (3, 200, True), (2, 0, True)],
)
def test_a_peak_of_every_january_is_no_question_and_a_peak_beyond_it_is(
    board, years, january, asked
):
    measure = board.measure("admissions", frequency="month")
    keys = [f"{2021 - years + n // 12}-{n % 12 + 1:02}" for n in range(12 * years)]
    others = [
        board.row("admissions", key, reported=float(one))
        for key, one in zip(keys, winters(years, january), strict=True)
    ]
    found = told(board, measure, {}, others=others)
    assert [one[2].split(":")[0] for one in found] == ["January 2020"] * asked


def test_a_month_as_high_as_another_season_is_asked_about(board):
    counts = winters(4)
    counts[-6] = 80  # July as high as a January
    keys = [f"{2017 + n // 12}-{n % 12 + 1:02}" for n in range(48)]
    measure = board.measure("admissions", frequency="month")
    others = [
        board.row("admissions", key, reported=float(one))
        for key, one in zip(keys, counts, strict=True)
    ]
    ((_, _, finding),) = told(board, measure, {}, others=others)
    assert finding.startswith("July 2020: 80 admissions is far from the 42 figures before it")


def findings_of(*args, rule, **more):
    return [one[1:] for one in told(*args, **more) if one[0] == rule]


def test_members_that_lack_are_named_up_to_three_and_once_though_longer_periods_lack_too(
    board, monthly
):
    lines = {place: steady(n) for n, place in enumerate("HNSEW")}
    lines |= {place: lines[place][:-3] for place in "NSEW"}
    lines["H"] = lines["H"][:-2]
    quarters = [
        board.row("share", key, place=place, numerator=1500, denominator=3000)
        for key, places in (("Q2 2020/21", "HNSEW"), ("Q3 2020/21", "H"))
        for place in places
    ]
    found = findings_of(board, monthly, lines, members=list("NSEW"), others=quarters,
                        rule="members lacking")  # fmt: skip
    assert found == [
        ("H", "October 2020: Northtown, Southtown, Easton and 1 more place have no figure; they had"
         " one the time before (source: Returns).")
    ]  # fmt: skip


def test_a_member_that_is_gone_is_told_though_another_has_come(board, monthly):
    lines = {"H": steady(1), "N": steady(2)[:-1], "S": [*[None] * 35, 500]}
    (found,) = findings_of(board, monthly, lines, rule="members lacking")
    assert found == (
        "H", "December 2020: Northtown has no figure; it had one the time before (source: Returns)."
    )  # fmt: skip


def test_figures_of_members_alone_that_stopped_are_told_together_with_their_source(board, monthly):
    lines = {"N": steady(2)[:-8], "S": steady(3)[:-8]}
    assert told(board, monthly, lines) == [
        ("stale", "H", "April 2020: the latest figure of Northtown and Southtown, and 8 months have"
         " passed since (source: Returns).")
    ]  # fmt: skip


def test_a_member_that_stopped_long_ago_is_told_while_home_goes_on(board, monthly):
    lines = {"H": steady(1), "N": steady(2)[:-8], "S": steady(3)}
    assert told(board, monthly, lines) == [
        ("stale", "H", "April 2020: the latest figure of Northtown, and 8 months have passed since"
         " (source: Returns).")
    ]  # fmt: skip


def test_a_member_that_is_no_place_any_more_lacks_nothing(board, monthly):
    gone = {**PLACES, "N": replace(PLACES["N"], until=date(2020, 4, 30))}
    for less in (1, 8):
        lines = {"H": steady(1), "N": steady(2)[:-less], "S": steady(3)}
        assert told(board, monthly, lines, places=gone) == []


def test_where_home_is_late_its_members_are_not_told_beside_it(board, monthly):
    lines = {place: steady(n)[:-8] for n, place in enumerate("HNS")}
    assert told(board, monthly, lines) == [
        ("stale", "H", "April 2020: the latest figure, and 8 months have passed since (source:"
         " Returns).")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("years", "as_of", "late"),
    [
        (range(2010, 2020), date(2022, 3, 30), False),  # 2020/21 may come until then
        (range(2010, 2020), date(2022, 3, 31), True),
        (range(2009, 2020, 2), date(2022, 3, 31), False),  # every second year: none for 2020/21
        (range(2009, 2020, 2), date(2023, 3, 31), True),
        ([2019], date(2022, 3, 31), True),
    ],
)
def test_a_year_is_late_when_the_figure_of_the_year_after_it_is_a_year_old(
    board, years, as_of, late
):
    measure = board.measure("rate")
    rows = [board.row("rate", f"{y}/{(y + 1) % 100:02}", reported=600.0 + y % 3) for y in years]
    found = findings_of(board, measure, {}, as_of, others=rows, rule="stale")
    passed = as_of.year - 2020
    said = f"2019/20: the latest figure, and {passed} years have passed since."
    assert found == [("H", said)] * late


def test_a_measure_with_a_target_and_no_row_is_told_once(board):
    measure = board.measure("admissions", frequency="month", source="Ward returns.")
    targets = [
        board.target("admissions", "at_most", 10, id=id, period=parse(year))
        for id, year in (("b", "2020/21"), ("a", "2021/22"))
    ]
    said = "2020/21: there is a target, and no figure of this or any other period (source: Ward"
    for as_of, many in ((date(2020, 4, 29), 0), (date(2020, 4, 30), 1), (date(2021, 6, 1), 1)):
        found = told(board, measure, {}, as_of, targets=targets)
        assert found == [("no figure", "H", f"{said} returns).")] * many
    assert told(board, measure, {}, date(2020, 12, 31)) == []


@pytest.mark.parametrize("row", [{"place": "N"}, {"absent": "not available"}, {"place": "W"}])
def test_a_row_of_any_place_with_a_target_is_a_row(board, row):
    measure = board.measure("admissions", frequency="month")
    targets = [board.target("admissions", "at_most", 10, place="W")]
    figure = {"numerator": 8} if "absent" not in row else {}
    rows = [board.row("admissions", "December 2020", **figure, **row)]
    assert told(board, measure, {}, date(2020, 12, 31), targets=targets, others=rows) == []


@pytest.mark.parametrize(("last", "late"), [(9, False), (4, True)])
def test_a_figure_of_the_year_to_date_is_the_latest_though_the_only_month_is_april(
    board, last, late
):
    measure = board.measure("admissions", frequency="month")
    keys = [f"{year}-04-01/P{n}M" for year in (2019, 2020) for n in range(1, 13)]
    rows = [board.row("admissions", "2020/21", reported=10.0) | {"period": key} for key in keys]
    rows = rows[: 12 + last]
    found = findings_of(board, measure, {}, date(2020, 12, 31), others=rows, rule="stale")
    said = "April to July 2020: the latest figure, and 5 months have passed since."
    assert found == [("H", said)] * late


def test_members_that_stopped_at_different_times_are_told_by_the_last_of_them(board, monthly):
    lines = {"H": steady(1), "N": steady(2)[:-12], "S": steady(3)[:-8]}
    assert findings_of(board, monthly, lines, rule="stale") == [
        ("H", "April 2020: the latest figure of any of Northtown and Southtown, and 8 months have"
         " passed since (source: Returns).")
    ]  # fmt: skip
