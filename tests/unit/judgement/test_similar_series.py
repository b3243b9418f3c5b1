"""A place with one to two years of months learns from the same measure elsewhere, and says so."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import Formula, SeriesBreak, Step
from outturn.judgement.foreseen_words import basis_words
from outturn.judgement.not_drawn import SHORT, why_not_drawn
from outturn.judgement.year_end_moments import Known
from outturn.statistics.prospect import ALONE, NEVER
from outturn.statistics.short_series import PartOfYear, similar_errors
from outturn.statistics.year_ends import year_end, year_end_ratio
from outturn.terms.written_periods import parse

NAMES = (
    "January February March April May June July August September October November December"
).split()
KNOWN = 8
SO_FAR = "April to November 2020"
HELD = 20
SIDES = ("numerator", "denominator")


def noisy(size: float, seed: int, number: int) -> list[float]:
    return np.random.default_rng(seed).poisson(size, number).astype(float).tolist()


OTHERS = [noisy(60 + 20 * n, n, 68) for n in range(7)]
OURS = noisy(100, 50, HELD)


def label(back: int) -> str:
    """The month so many before November 2020."""
    at = 2020 * 12 + 10 - back
    return f"{NAMES[at % 12]} {at // 12}"


def rows_of(board, measure, figures, column="reported", so_far=True, **more):
    """The months of one cell, the last of them November 2020, and its year to date."""
    rows = [
        board.row(measure, label(len(figures) - 1 - n), **{column: figure}, **more)
        for n, figure in enumerate(figures)
    ]
    if so_far:
        rows.append(board.row(measure, SO_FAR, **{column: sum(figures[-KNOWN:])}, **more))
    return rows


def elsewhere(board, measure="admissions", others=OTHERS, **more):
    return [
        row
        for n, figures in enumerate(others)
        for row in rows_of(board, measure, figures, place=f"P{n}", so_far=False, **more)
    ]


def here(found: pl.DataFrame, **cell) -> dict:
    at = pl.col("period") == parse(SO_FAR).key
    for name, value in {"place": "H", "category": "all", **cell}.items():
        at &= pl.col(name) == value
    return found.row(by_predicate=at, named=True)


def days(number: int) -> np.ndarray:
    """The days of so many months that end with November 2020, and of the four after it."""
    firsts = np.datetime64("2020-12") + np.arange(-number, 5)
    return np.diff(firsts.astype("datetime64[D]")).astype(float)


@pytest.fixture
def judged(board):
    """The verdict on the admissions of the partnership, beside those of other places."""

    def made(ours=OURS, others=OTHERS, target=2000, **measure):
        one = board.measure("admissions", kind=measure.pop("kind", "money"), **measure)
        rows = [*rows_of(board, "admissions", ours), *elsewhere(board, others=others)]
        aimed = board.target("admissions", "at_most", target)
        row = here(board.verdicts(rows, [one], [aimed]))
        known = Known(board.values(rows, one), {"admissions": one}, (), "H", 1)
        return row, lambda: why_not_drawn(row, aimed, known)

    return made


def test_the_forecast_is_what_the_errors_of_the_other_places_make_it(judged):
    row, _ = judged()
    (similar,) = similar_errors([PartOfYear(np.array(OTHERS))], KNOWN, HELD, 12)
    expected = year_end(OURS, KNOWN, seed=1, similar=[similar])
    whole = np.floor(expected.draws + 0.5)
    assert row["forecast"] == pytest.approx(np.median(whole), abs=0.51)
    low, high = np.quantile(whole, [0.1, 0.9])
    assert [row["forecast_low"], row["forecast_high"]] == pytest.approx([low, high], abs=0.51)
    assert row["chance_year_end"] == pytest.approx((expected.draws <= 2000).mean(), abs=0.01)


def test_it_says_that_it_is_indicative_and_of_how_many_places_its_interval_is(judged):
    row, _ = judged()
    said = "indicative: interval from 7 other places' past errors"
    assert row["forecast_basis"] == said
    assert row["forecast_method"].endswith(f"; {said}")
    assert said in row["reason_year_end"]
    assert row["record_forecasts"] is None


def test_events_come_by_the_day_here_and_elsewhere(board):
    one = board.measure("admissions")
    rows = [*rows_of(board, "admissions", OURS), *elsewhere(board)]
    row = here(board.verdicts(rows, [one], [board.target("admissions", "at_most", 2000)]))
    parts = [PartOfYear(np.array(OTHERS), lengths=days(68))]
    (similar,) = similar_errors(parts, KNOWN, HELD, 12)
    expected = year_end(OURS, KNOWN, seed=1, similar=[similar], lengths=days(HELD))
    low, high = np.quantile(np.floor(expected.draws + 0.5), [0.1, 0.9])
    assert [row["forecast_low"], row["forecast_high"]] == pytest.approx([low, high], abs=1.01)


def test_too_few_other_places_leave_its_own_errors(judged):
    row, _ = judged(others=OTHERS[:4])
    expected = year_end(OURS, KNOWN, seed=1)
    assert row["forecast"] == pytest.approx(float(expected.median), abs=0.51)
    assert row["forecast_basis"] == (
        "indicative: interval from less than two years of its own errors"
    )


def test_with_two_years_nothing_of_other_places_matters(judged):
    long = noisy(100, 50, 44)
    row, _ = judged(ours=long)
    assert row["forecast_basis"] is None
    assert row == judged(ours=long, others=OTHERS[:1])[0]


def test_a_declared_step_here_leaves_the_others_whole(judged):
    step = Step(parse("October 2019"), "A ward closed.", "H")
    row, _ = judged(ours=noisy(100, 50, 44), steps=(step,))
    assert row["forecast_basis"] == "indicative: interval from 7 other places' past errors"


def test_a_step_of_all_places_leaves_none_to_learn_from(judged):
    step = Step(parse("October 2019"), "Counted from another day.")
    row, _ = judged(ours=noisy(100, 50, 44), steps=(step,))
    assert "two years of its own errors" in row["forecast_basis"]


def test_less_than_a_year_since_a_step_is_said(judged):
    step = Step(parse("February 2020"), "A ward closed.", "H")
    row, why = judged(ours=noisy(100, 50, 44), steps=(step,))
    assert row["forecast_low"] is None and row["chance_year_end"] is None
    assert why() == (
        "It is less than a year since the declared step of February 2020: A ward closed."
    )
    broken = SeriesBreak(parse("April 2020"), "break", "Other beds.")
    _, why = judged(ours=noisy(100, 50, 44), breaks=(broken,))
    assert why() == "It is less than a year since the break of April 2020: Other beds."


def test_each_reason_for_a_plain_forecast_is_said(judged):
    for ours, others, reason in (
        (OURS[-10:], OTHERS, SHORT),
        ([50.0] * HELD, OTHERS[:2], ALONE),
        ([0.0] * HELD, OTHERS, NEVER),
    ):
        row, why = judged(ours=ours, others=others)
        assert row["forecast_low"] is None and row["chance_year_end"] is None
        assert why() == reason


@pytest.mark.parametrize("roll_up", ["", "mean"])
def test_a_share_without_a_forecast_has_its_reason_too(board, roll_up):
    """One that is a total over a total, and one that is the mean of its months."""
    more = {"roll_up": roll_up} if roll_up else {"reported": False}
    share = board.measure("share", **more)
    counted = {"reported": 50.0} if roll_up else {"numerator": 50, "denominator": 100}
    rows = [board.row("share", label(n), **counted) for n in range(HELD)]
    rows.append(board.row("share", SO_FAR, **counted))
    target = board.target("share", "at_least", 40)
    row = here(board.verdicts(rows, [share], [target]))
    figures = board.values(rows, share)
    assert why_not_drawn(row, target, Known(figures, {"share": share}, (), "H", 1)) == ALONE


def test_other_categories_of_the_same_breakdown_are_similar_too(board):
    one = board.measure("admissions", kind="money")
    rows = [*rows_of(board, "admissions", OURS, breakdown="age", category="80")]
    for n, figures in enumerate(OTHERS):
        cell = {"breakdown": "age", "category": f"{n}", "place": "HP"[n % 2]}
        rows += rows_of(board, "admissions", figures, so_far=False, **cell)
    rows += rows_of(board, "admissions", OTHERS[0], place="Q")  # undivided: of another kind
    aimed = board.target("admissions", "at_most", 2000, breakdown="age", category="80")
    row = here(board.verdicts(rows, [one], [aimed]), category="80")
    assert row["forecast_basis"] == "indicative: interval from 7 similar series' past errors"


def test_a_proportion_is_drawn_from_both_sides_of_the_same_place_and_moment(board):
    share = board.measure("share", reported=False)
    cells = [("H", OURS)] + [(f"P{n}", figures) for n, figures in enumerate(OTHERS)]
    rows = []
    for place, figures in cells:
        below = [2 * one for one in figures]
        rows += [
            board.row("share", label(len(figures) - 1 - n), numerator=a, denominator=b, place=place)
            for n, (a, b) in enumerate(zip(figures, below, strict=True))
        ]
    total = sum(OURS[-KNOWN:])
    rows.append(board.row("share", SO_FAR, numerator=total, denominator=2 * total))
    row = here(board.verdicts(rows, [share], [board.target("share", "at_least", 40)]))
    assert [row[f"forecast_{end}"] for end in ("low", "high")] == pytest.approx([50, 50])
    assert row["chance_year_end"] == 1
    both = similar_errors(
        [PartOfYear(np.array(OTHERS)), PartOfYear(2 * np.array(OTHERS))], KNOWN, HELD, 12
    )
    expected = year_end_ratio([OURS], [[2 * one for one in OURS]], KNOWN, seed=1, similar=[both])
    assert str(expected.method[0]).replace(", indicative", "") in (
        "smoothing over smoothing",
        "last year's months with half of this year's change over"
        " last year's months with half of this year's change",
    )
    assert "7 other places" in row["forecast_basis"]


def test_a_proportion_of_which_one_side_is_often_nothing_says_of_which_its_interval_is(board):
    share = board.measure("share", reported=False)
    rare = ([0.0, 3.0, 1.0, 2.0] * HELD)[:HELD]
    cells = [("H", (rare, OURS))]
    cells += [
        (f"P{n}", (figures, [2 * one for one in figures])) for n, figures in enumerate(OTHERS)
    ]
    rows = [
        board.row("share", label(len(both[0]) - 1 - n), numerator=a, denominator=b, place=place)
        for place, both in cells
        for n, (a, b) in enumerate(zip(*both, strict=True))
    ]
    above, below = (sum(one[-KNOWN:]) for one in (rare, OURS))
    rows.append(board.row("share", SO_FAR, numerator=above, denominator=below))
    row = here(board.verdicts(rows, [share], [board.target("share", "at_most", 40)]))
    assert row["forecast_basis"] == (
        "indicative: interval of the denominator from 7 other places' past errors,"
        " of the numerator from its own figures"
    )


@pytest.mark.parametrize(
    ("similar", "sides", "said"),
    [
        ([7], (), "interval from 7 other places' past errors"),
        ([7, 7], SIDES, "interval from 7 other places' past errors"),
        ([0, 0], SIDES, "interval from less than two years of its own errors"),
        (
            [7, 0],
            SIDES,
            "interval of the numerator from 7 other places' past errors,"
            " of the denominator from its own figures",
        ),
        (
            [0, 7, 7],
            (),
            "interval of 2 of its 3 parts from 7 other places' past errors,"
            " of the rest from its own figures",
        ),
    ],
)
def test_each_basis_says_whose_errors_make_the_interval(similar, sides, said):
    assert basis_words(similar, "all", sides) == f"indicative: {said}"


def test_a_formula_learns_from_the_same_formula_elsewhere(board):
    parts = [
        board.measure("admissions", id=id, title=id, kind=kind, roll_up=way)
        for id, kind, way in (("a", "money", "sum"), ("b", "count", "last"))
    ]
    made = board.measure(
        "share", id="r", reported=False, formula=Formula("ratio", ("a", "b")), kind="ratio",
        per=1.0, unit="each",
    )  # fmt: skip
    rows = []
    for id, seed in (("a", 100), ("b", 200)):
        for place, number in [("H", HELD), *((f"P{n}", 68) for n in range(7))]:
            figures = noisy(100, seed + len(rows) % 97, number)
            rows += rows_of(board, id, figures, place=place, so_far=False)
            year = sum(figures[-KNOWN:]) if id == "a" else figures[-1]
            rows.append(board.row(id, SO_FAR, reported=year, place=place))
    found = board.verdicts(rows, [*parts, made], [board.target("r", "at_most", 20)])
    row = here(found.filter(pl.col("measure") == "r"))
    assert row["forecast_basis"] == "indicative: interval from 7 other places' past errors"
    assert row["forecast_low"] < row["forecast"] < row["forecast_high"]


def test_which_other_measures_are_judged_beside_it_changes_nothing(board, judged):
    row, _ = judged()
    one, other = board.measure("admissions", kind="money"), board.measure("stock")
    rows = [*rows_of(board, "admissions", OURS), *elsewhere(board)]
    rows += rows_of(board, "stock", noisy(50, 3, 30), so_far=False)
    targets = [board.target("admissions", "at_most", 2000), board.target("stock", "at_most", 60)]
    found = board.verdicts(rows, [one, other], targets)
    assert here(found.filter(pl.col("measure") == "admissions")) == row


def test_quarters_learn_from_the_quarters_of_other_places(board):
    one = board.measure("admissions", kind="money", frequency="quarter")
    quarters = [f"Q{n % 4 + 1} {2015 + n // 4}/{16 + n // 4}" for n in range(22)]
    told = [("H", noisy(300, 60, 6)), *((f"P{n}", noisy(200 + 30 * n, n, 22)) for n in range(7))]
    rows = [
        board.row("admissions", label, reported=figure, place=place)
        for place, figures in told
        for label, figure in zip(quarters[-len(figures) :], figures, strict=True)
    ]
    so_far = sum(told[0][1][-2:])
    rows.append(board.row("admissions", "April to September 2020", reported=so_far))
    found = board.verdicts(rows, [one], [board.target("admissions", "at_most", 1200)])
    ours = (pl.col("period") == parse("April to September 2020").key) & (pl.col("place") == "H")
    row = found.row(by_predicate=ours, named=True)
    (similar,) = similar_errors([PartOfYear(np.array([one for _, one in told[1:]]))], 2, 6, 4)
    expected = year_end(told[0][1], 2, seed=1, periods=4, similar=[similar])
    low, high = np.quantile(np.floor(expected.draws + 0.5), [0.1, 0.9])
    assert [row["forecast_low"], row["forecast_high"]] == pytest.approx([low, high], abs=0.51)
    assert row["forecast_basis"] == "indicative: interval from 7 other places' past errors"
