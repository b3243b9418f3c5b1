"""A year with a declared step or a break in it: no plain forecast goes on across one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import Formula, SeriesBreak, Step, Tally
from outturn.terms.written_periods import parse

SO_FAR = "April to November 2020"
MONTHS = "April May June July August September October November".split()
STEP = Step(parse("September 2020"), "A ward opened")
BEFORE, SINCE = 100.0, 50.0
FIGURES = [BEFORE] * 5 + [SINCE] * 3


@pytest.fixture
def judged(board):
    """The verdict on the year so far, or on another period of it."""

    def made(kind="admissions", rows=None, goal=1000, period=SO_FAR, measure=None, **more):
        one = board.measure(kind, **{"steps": (STEP,), **(measure or {})})
        rows = of_months(board, one.id) + [board.row(one.id, SO_FAR, reported=650.0)] \
            if rows is None else rows  # fmt: skip
        others, word = more.pop("others", []), more.pop("word", "at_most")
        target = board.target(one.id, word, goal, **more.pop("target", {}))
        found = board.verdicts(rows, [one, *others], [target], **more)
        mine = (pl.col("measure") == one.id) & (pl.col("period") == parse(period).key)
        return found.row(by_predicate=mine, named=True)

    return made


def of_months(board, measure: str, figures=FIGURES, year=2020):
    labels = [f"{month} {year}" for month in MONTHS]
    return [board.row(measure, one, reported=n) for one, n in zip(labels, figures, strict=False)]


def of_counts(board, measure: str, above, below):
    labels = [*(f"{month} 2020" for month in MONTHS), SO_FAR]
    sides = zip(labels, [*above, sum(above)], [*below, sum(below)], strict=True)
    return [board.row(measure, one, numerator=n, denominator=d) for one, n, d in sides]


@pytest.mark.parametrize("profile", [None, "straight line", "last year"])
def test_a_sum_goes_on_at_the_level_since_the_step(judged, profile):
    row = judged(target={"profile": profile} if profile else {})
    assert row["forecast"] == 5 * BEFORE + 3 * SINCE + 4 * SINCE == 850
    assert row["status_year_end"] == "on target"  # a straight line makes 975 of it
    assert row["forecast_method"] == (
        "the figure so far, and for the 4 months left the level of the 3 months since the"
        " declared step of September 2020, 50.0 admissions a month"
    )
    assert row["forecast_method"] in row["reason_year_end"]
    assert row["chance_year_end"] is None


def test_without_the_step_it_is_a_straight_line(judged):
    row = judged(measure={"steps": ()})
    assert row["forecast"] == pytest.approx(650 * 12 / 8)
    assert row["forecast_method"].startswith("straight line")


def test_a_step_of_another_place_or_before_the_year_changes_nothing(judged):
    for step in (Step(STEP.since, "Elsewhere", "other"), Step(parse("April 2020"), "At its start")):
        assert judged(measure={"steps": (step,)})["forecast_method"].startswith("straight line")


def test_a_mean_of_months_goes_on_at_the_level_since(judged, board):
    rows = [*of_months(board, "admissions"), board.row("admissions", SO_FAR, reported=81.25)]
    row = judged(rows=rows, measure={"roll_up": "mean", "decimals": 2}, goal=75)
    assert row["forecast"] == pytest.approx((5 * BEFORE + 7 * SINCE) / 12)
    assert row["status_year_end"] == "on target"


def test_the_latest_month_of_a_stock_stands_for_it_is_of_the_level_since(judged, board):
    rows = of_months(board, "stock")
    row = judged("stock", rows, goal=60, period="November 2020")
    assert row["forecast"] == SINCE
    assert row["forecast_method"] == "the figure so far stands"


@pytest.mark.parametrize("period", [SO_FAR, "November 2020"])
def test_a_proportion_goes_on_with_both_its_sides_at_the_level_since(judged, board, period):
    above, below = [60] * 5 + [190, 191, 192], [100] * 5 + [200] * 3
    row = judged("share", of_counts(board, "share", above, below), 80, period, word="at_least")
    expected = 100 * (sum(above) + 4 * 191) / (sum(below) + 4 * 200)
    assert row["forecast"] == pytest.approx(expected)
    assert "stands" not in row["reason_year_end"]
    assert row["forecast_method"].endswith("since the declared step of September 2020, 95.5%")


def test_a_formula_goes_on_with_the_level_of_each_part(judged, board):
    """A flow over a stock: the flow has a step, the stock is that of its last month."""
    flow = board.measure("admissions", id="flow", roll_up="sum", steps=(STEP,))
    stock = board.measure("stock", id="stock")
    formula = Formula("ratio", ("flow", "stock"))
    held = [10.0, 11, 12, 13, 14, 15, 16, 20]
    rows = [
        *of_months(board, "flow"), *of_months(board, "stock", held),
        board.row("flow", SO_FAR, reported=650.0), board.row("stock", SO_FAR, reported=20.0),
    ]  # fmt: skip
    measure = {"id": "made", "formula": formula, "per": 1.0, "steps": (), "reported": False,
               "decimals": 2}  # fmt: skip
    row = judged("rate", rows, 50, measure=measure, others=[flow, stock])
    assert row["forecast"] == pytest.approx(850 / 20)
    assert "the level of the 3 months since the declared step" in row["forecast_method"]


def test_a_quarter_since_is_enough(judged, board):
    rows = [
        board.row("admissions", "July to September 2020", reported=300.0),
        board.row("admissions", "April to June 2020", reported=300.0),
        board.row("admissions", "October to December 2020", reported=150.0),
        board.row("admissions", "April to December 2020", reported=750.0),
    ]
    step = Step(parse("October 2020"), "A ward opened")
    row = judged(rows=rows, period="April to December 2020", measure={"steps": (step,)},
                 as_of=date(2020, 12, 31))  # fmt: skip
    assert row["forecast"] == 900
    assert "for the quarter left the level of the quarter since" in row["forecast_method"]


@pytest.mark.parametrize(
    ("since", "held"),
    [("October 2020", "2 months of it are"), ("November 2020", "1 month of it is")],
)
def test_with_too_few_months_since_it_is_not_assessed(judged, since, held):
    row = judged(measure={"steps": (Step(parse(since), "A ward opened."),)})
    assert row["status_year_end"] == "not assessed"
    assert row["forecast"] is None
    assert row["reason_year_end"] == (
        f"The declared step of {since} (A ward opened) lies in the year, and it is too early to "
        f"tell the level since: {held} held, and 3 months are asked."
    )


def test_a_limit_that_is_passed_is_passed_whatever_the_level(judged):
    step = Step(parse("November 2020"), "A ward opened.")
    row = judged(goal=600, measure={"steps": (step,)})
    assert row["status_year_end"] == "off target"
    assert row["reason_year_end"] == "Already 50 admissions over the limit for the year."


def test_without_months_nothing_is_foreseen_across_the_step(judged, board):
    row = judged(rows=[board.row("admissions", SO_FAR, reported=650.0)])
    assert row["status_year_end"] == "not assessed"
    assert row["reason_year_end"].endswith(
        "lies in the year, and no months or quarters of it are held."
    )


def test_months_that_do_not_make_the_figure_tell_no_level_of_it(judged, board):
    rows = [*of_months(board, "admissions"), board.row("admissions", SO_FAR, reported=700.0)]
    row = judged(rows=rows)
    assert row["status_year_end"] == "not assessed"
    assert "do not make the figure that is judged" in row["reason_year_end"]


def test_a_month_that_is_missing_before_the_step_leaves_the_sum_as_it_is_given(judged, board):
    rows = [*of_months(board, "admissions")[1:], board.row("admissions", SO_FAR, reported=640.0)]
    assert judged(rows=rows)["forecast"] == 640 + 4 * SINCE


def test_two_series_that_a_break_parts_make_no_year(judged):
    broken = SeriesBreak(parse("September 2020"), "break", "The clock starts later.")
    row = judged(measure={"steps": (), "breaks": (broken,)})
    assert row["status_year_end"] == "not assessed"
    assert row["reason_year_end"] == (
        "The figure so far is of two series, which the break of September 2020 parts: "
        "The clock starts later."
    )


def test_what_came_in_of_two_series_is_no_sum_that_a_limit_could_be_passed_by(judged):
    broken = SeriesBreak(parse("September 2020"), "break", "The clock starts later.")
    row = judged(goal=400, measure={"steps": (), "breaks": (broken,)})
    assert (row["status_year_end"], row["forecast"]) == ("not assessed", None)
    assert row["reason_year_end"].startswith("The figure so far is of two series")
    assert row["distance_year_end"] is None


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ("April to June 2020", "1 April to 30 June 2020"),  # from the first day of the year
        ("March to May 2020", "1 April to 31 May 2020"),  # no more than the figure has
        ("November 2020 to January 2021", "November 2020"),
        ("May to June 2020", "1 May to 30 June 2020"),
        ("November 2020", "November 2020"),
    ],
)
def test_a_figure_so_far_that_holds_a_gap_makes_no_year(judged, board, gap, words):
    broken = SeriesBreak(parse(gap), "gap", "Not collected.")
    row = judged(measure={"steps": (), "breaks": (broken,)})
    assert row["status_year_end"] == "not assessed"
    assert row["reason_year_end"] == (
        f"The figure so far holds {words}, which was not collected as usual: Not collected."
    )


@pytest.mark.parametrize("gap", ["January to March 2020", "2020/21", "December 2020"])
def test_a_gap_that_holds_none_or_all_of_the_figure_parts_nothing_of_it(judged, gap):
    broken = SeriesBreak(parse(gap), "gap", "Not collected.")
    row = judged(measure={"steps": (), "breaks": (broken,)})
    assert row["forecast_method"].startswith("straight line")


@pytest.mark.parametrize(
    ("year", "period", "as_of"),
    [
        ("April to September 2020", "April to August 2020", date(2020, 8, 31)),
        ("April 2020 to March 2022", SO_FAR, date(2020, 11, 30)),
    ],
)
def test_months_that_are_held_of_another_target_than_a_year_are_not_said_to_lack(
    judged, board, year, period, as_of
):
    step = Step(parse("July 2020"), "A ward opened")
    rows = [*of_months(board, "admissions"), board.row("admissions", period, reported=400.0)]
    row = judged(rows=rows, period=period, as_of=as_of, measure={"steps": (step,)},
                 target={"period": parse(year)})  # fmt: skip
    assert row["reason_year_end"] == (
        "The declared step of July 2020 (A ward opened) lies in the year, and the target is not"
        " for 12 months, or the figure not for whole months or quarters of it."
    )


def test_a_place_without_months_lacks_them_though_another_has_them(judged, board):
    mine = board.row("admissions", SO_FAR, reported=650.0, place="N")
    rows = [mine, *of_months(board, "admissions")]
    found = board.verdicts(
        rows, [board.measure("admissions", steps=(STEP,))],
        [board.target("admissions", "at_most", 1000, place="N")], also=["N"],
    )  # fmt: skip
    row = found.row(by_predicate=pl.col("place") == "N", named=True)
    assert row["reason_year_end"].endswith("and no months or quarters of it are held.")


def withheld(rows, *labels):
    """The rows with the figures of some periods withheld to protect people."""
    hidden = {"reported": None, "absent": "suppressed", "why": "Suppressed to protect people."}
    periods = {parse(label).key for label in labels}
    return [{**row, **hidden} if row["period"] in periods else row for row in rows]


def test_months_that_are_suppressed_are_held(judged, board):
    rows = withheld(of_months(board, "admissions"), *(f"{one} 2020" for one in MONTHS))
    rows.append(board.row("admissions", SO_FAR, reported=650.0))
    row = judged(rows=rows)
    assert row["status_year_end"] == "not assessed"
    assert row["reason_year_end"].endswith(
        "lies in the year, and those of its months or quarters that are held are suppressed."
    )
    quarters = [
        board.row("admissions", one, reported=300.0)
        for one in ("April to June 2020", "July to September 2020")
    ]
    assert judged(rows=[*rows, *quarters])["reason_year_end"].endswith(
        "and those of its months that are held are suppressed, and the figure is not for whole "
        "quarters."
    )


def test_of_a_formula_a_part_that_is_not_held_is_not_said_to_be_suppressed(judged, board):
    parts = [board.measure("admissions", id=id, steps=(STEP,)) for id in ("near", "far")]
    measure = {"id": "made", "formula": Formula("sum", ("near", "far")), "reported": False}
    so_far = [board.row(id, SO_FAR, reported=650.0) for id in ("near", "far")]
    near = of_months(board, "near")
    far = withheld(of_months(board, "far"), *(f"{one} 2020" for one in MONTHS))
    for rows, said in (
        ([*near, *far], "those of its months or quarters that are held are suppressed."),
        (withheld(near, "June 2020"), "no months or quarters of it are held."),
    ):
        found = judged(rows=[*rows, *so_far], measure=measure, goal=5000, others=parts)
        assert found["reason_year_end"].endswith(f"and {said}")


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ("October 2020", "a month since it is suppressed."),
        ("June 2020", "a month or quarter of the year so far is suppressed."),
    ],
)
def test_a_month_that_is_suppressed_is_not_one_without_a_figure(judged, board, hidden, said):
    rows = of_counts(board, "share", [60] * 5 + [190] * 3, [100] * 5 + [200] * 3)
    at = [row["period"] for row in rows].index(parse(hidden).key)
    rows[at] = {**rows[at], "numerator": None, "denominator": None, "absent": "suppressed",
                "why": "Suppressed to protect people."}  # fmt: skip
    found = judged("share", rows, 80, word="at_least")
    assert found["reason_year_end"].endswith(f"lies in the year, and {said}")


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (0, "no month since it has a figure with counts behind it."),
        (2, "a month since it has no figure with counts behind it."),
    ],
)
def test_months_held_without_counts_are_not_said_to_lack(judged, board, counted, words):
    """Of a published percentage the figure is held, and the level since needs its counts."""
    rows = of_counts(board, "share", [60] * 5 + [190] * 3, [100] * 5 + [200] * 3)
    for row in rows[5 + counted : 8]:
        row.pop("numerator"), row.pop("denominator")
        row["reported"] = 95.0
    said = judged("share", rows, 80, word="at_least")["reason_year_end"]
    assert said == (
        f"The declared step of September 2020 (A ward opened) lies in the year, and {words}"
    )


def test_a_month_since_the_step_that_is_missing_is_not_too_early(judged, board):
    rows = [*of_months(board, "admissions")[:-2], *of_months(board, "admissions")[-1:],
            board.row("admissions", SO_FAR, reported=650.0)]  # fmt: skip
    assert judged(rows=rows)["reason_year_end"].endswith(
        "lies in the year, and a month since it has no figure."
    )


def test_too_early_a_month_without_a_figure_is_over_and_not_held(judged, board):
    step = Step(parse("October 2020"), "A ward opened.")
    rows = [*of_months(board, "admissions")[:-1], board.row("admissions", SO_FAR, reported=650.0)]
    assert (
        "2 months of it are over, and 3 months are asked"
        in (judged(rows=rows, measure={"steps": (step,)})["reason_year_end"])
    )


def test_the_latest_of_two_steps_gives_the_level(judged, board):
    figures = [100.0] * 2 + [70.0] * 3 + [50.0] * 3
    rows = [*of_months(board, "admissions", figures),
            board.row("admissions", SO_FAR, reported=sum(figures))]  # fmt: skip
    steps = (Step(parse("June 2020"), "A first ward"), STEP)
    assert judged(rows=rows, measure={"steps": steps})["forecast"] == sum(figures) + 4 * 50


@pytest.mark.parametrize(
    ("step", "kind", "broken", "words"),
    [
        ("July 2020", "break", "September 2020", "is of two series, which the break of September"),
        ("September 2020", "break", "July 2020", "is of two series, which the break of July 2020"),
        ("August 2020", "gap", "September 2020", "holds September 2020, which was not collected"),
        ("September 2020", "gap", "October to December 2020", "holds 1 October to 30 November"),
    ],
)
def test_no_year_is_added_up_over_a_step_and_a_break(judged, board, kind, broken, words, step):
    """Of a month alone, which has neither, the year so far is that of all its months."""
    rows = of_counts(board, "share", [20] * 5 + [90] * 3, [100] * 8)
    measure = {"steps": (Step(parse(step), "A ward opened"),),
               "breaks": (SeriesBreak(parse(broken), kind, "Another form."),)}  # fmt: skip
    row = judged("share", rows, 75, "November 2020", measure, word="at_least")
    assert (row["status_year_end"], row["forecast"]) == ("not assessed", None)
    assert row["reason_year_end"].startswith(f"The year so far {words}")


@pytest.mark.parametrize("kind", ["break", "gap"])
@pytest.mark.parametrize(
    ("period", "distinct", "as_of"),
    [
        (SO_FAR, True, date(2020, 11, 30)),
        ("October to November 2020", False, date(2020, 11, 30)),
        (SO_FAR, False, date(2021, 5, 31)),  # the year is over, and not held
    ],
)
def test_what_came_in_on_both_sides_is_never_the_least_of_a_year(
    judged, board, kind, period, distinct, as_of
):
    tally = Tally("admissions", "distinct", column="person") if distinct else None
    rows = [board.row("admissions", period, reported=450.0)]
    broken = SeriesBreak(parse("November 2020"), kind, "Another form.")
    whole = {"steps": (), "numerator": tally}
    assert judged(rows=rows, period=period, goal=400, measure=whole, as_of=as_of)[
        "status_year_end"
    ] == "off target"  # fmt: skip
    row = judged(rows=rows, period=period, goal=400, measure={**whole, "breaks": (broken,)},
                 as_of=as_of)  # fmt: skip
    assert (row["status_year_end"], row["forecast"]) == ("not assessed", None)
    assert row["reason_year_end"].startswith("The figure so far ")


@pytest.mark.parametrize("kind", ["break", "gap"])
def test_a_stock_below_a_flow_parts_nothing_of_its_year(judged, board, kind):
    """Of the stock its latest month alone is in the figure."""
    broken = SeriesBreak(parse("June 2020"), kind, "Another form.")
    flow = board.measure("admissions", id="flow", roll_up="sum")
    stock = board.measure("stock", id="stock", breaks=(broken,))
    rows = [
        *of_months(board, "flow"), *of_months(board, "stock"),
        board.row("flow", SO_FAR, reported=650.0), board.row("stock", SO_FAR, reported=50.0),
    ]  # fmt: skip
    measure = {"id": "made", "formula": Formula("ratio", ("flow", "stock")), "per": 1.0,
               "steps": (), "reported": False, "decimals": 2}  # fmt: skip
    row = judged("rate", rows, 50, measure=measure, others=[flow, stock])
    assert row["reason_year_end"] is not None and "two series" not in row["reason_year_end"]
    assert "holds" not in row["reason_year_end"]
