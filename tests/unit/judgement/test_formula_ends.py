"""The outturn of a measure made of others: its parts drawn together, each by its own year."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import DeclaredEvent, Formula, SeriesBreak, Step, Tally
from outturn.judgement.not_drawn import (
    DISTINCT,
    NO_MONTHS,
    NOT_A_YEAR,
    NOT_MADE,
    ON_ITSELF,
    SHORT,
    why_not_drawn,
)
from outturn.judgement.year_end_moments import BELOW, UNLIKE, Known
from outturn.statistics.prospect import ALONE
from outturn.statistics.year_ends import YearPart, year_end, year_end_of_parts
from outturn.terms.written_periods import parse

NAMES = (
    "January February March April May June July August September October November December"
).split()
KNOWN = 8
SO_FAR = "April to November 2020"


def noisy(size: float, seed: int, number: int = 44) -> list[float]:
    return np.random.default_rng(seed).poisson(size, number).astype(float).tolist()


STAYS, PEOPLE, BEDS = noisy(200, 1), noisy(60, 2), noisy(90, 3)


def label(n: int, number: int) -> str:
    at = 2020 * 12 + 10 - (number - 1 - n)  # the last of them is November 2020
    return f"{NAMES[at % 12]} {at // 12}"


class Made:
    """Parts with their months and the year to date, and a measure made of them."""

    def __init__(self, board) -> None:
        self.board = board
        self.rows: list[dict] = []
        self.measures: dict = {}

    def part(self, id, figures, kind="admissions", so_far=None, **more):
        """A measure by month; `so_far` is its year to date, where that is not as its months say."""
        one = self.board.measure(kind, **({"id": id, "title": id} | more))
        late = figures[-KNOWN:]
        usual = {"sum": sum(late), "mean": sum(late) / KNOWN, "last": late[-1]}[one.roll_up]
        told = [(label(n, len(figures)), f) for n, f in enumerate(figures)]
        told.append((SO_FAR, usual if so_far is None else so_far))
        self.rows += [self.board.row(id, period, reported=f) for period, f in told]
        self.measures[id] = one
        return self

    def share(self, id, above, below):
        """A proportion that is counted, of a hundred."""
        one = self.board.measure("share", id=id, title=id)
        told = [
            (label(n, len(above)), *each) for n, each in enumerate(zip(above, below, strict=True))
        ]
        told.append((SO_FAR, sum(above[-KNOWN:]), sum(below[-KNOWN:])))
        self.rows += [
            self.board.row(id, period, numerator=x, denominator=n) for period, x, n in told
        ]
        self.measures[id] = one
        return self

    def of(self, formula, kind="ratio", **more):
        usual = {"id": "r", "reported": False, "formula": formula, "kind": kind, "per": 1.0}
        self.measures["r"] = self.board.measure("share", **(usual | {"unit": "each"} | more))
        return self

    def judged(self, goal=("at_most", 3), **more):
        self.target = self.board.target("r", *goal, **more.pop("target", {}))
        self.events = more.get("known_events", ())
        found = self.board.verdicts(self.rows, list(self.measures.values()), [self.target], **more)
        ours = (pl.col("measure") == "r") & (pl.col("period") == parse(SO_FAR).key)
        return found.row(by_predicate=ours, named=True)

    def why(self, **more):
        row = self.judged(**more)
        assert row["forecast_low"] is None and row["chance_year_end"] is None
        figures = self.board.values(self.rows, *self.measures.values())
        known = Known(figures, self.measures, self.events, "H", 1)
        return why_not_drawn(row, self.target, known)


@pytest.fixture
def made(board):
    return Made(board)


def days_of(number: int) -> np.ndarray:
    """The days of so many months that end with March 2021."""
    firsts = np.arange("2021-04", "2021-05", dtype="datetime64[M]") - np.arange(number, -1, -1)
    return np.diff(firsts.astype("datetime64[D]")).astype(float)


def test_a_flow_over_a_stock_is_the_years_flow_over_the_last_months_stock(made):
    made.part("a", STAYS).part("b", PEOPLE, "stock").of(Formula("ratio", ("a", "b")))
    row = made.judged()
    expected = year_end_of_parts(
        [YearPart(np.array(STAYS), lengths=days_of(48)), YearPart(np.array(PEOPLE), "last")],
        lambda each: each[0] / each[1],
        KNOWN,
        seed=1,
    )
    assert row["forecast"] == pytest.approx(float(expected.median), rel=1e-3)
    low, high = (float(one) for one in expected.interval())
    assert [row["forecast_low"], row["forecast_high"]] == pytest.approx([low, high], rel=1e-2)
    assert "of what it is made of, 80% interval" in row["forecast_method"]
    assert row["needed"] is None


def test_a_step_of_one_part_shortens_the_history_of_them_all(made):
    step = Step(parse("February 2020"), "A ward closed.")
    made.part("a", STAYS).part("b", PEOPLE, "stock", steps=(step,))
    made.of(Formula("ratio", ("a", "b")))
    assert made.why() == (
        "It is less than a year since the declared step of February 2020: A ward closed."
    )


def test_with_more_than_a_year_since_a_step_of_one_part_the_forecast_is_indicative(made):
    step = Step(parse("October 2019"), "A ward closed.")
    made.part("a", STAYS).part("b", PEOPLE, "stock", steps=(step,))
    row = made.of(Formula("ratio", ("a", "b"))).judged()
    assert row["forecast_low"] < row["forecast"] < row["forecast_high"]
    assert row["forecast_basis"].endswith("years of its own errors")


def test_the_chance_of_meeting_is_that_of_the_draws(made):
    made.part("a", STAYS).part("b", PEOPLE, "stock").of(Formula("ratio", ("a", "b")))
    middle = made.judged()["forecast"]
    row = made.judged(goal=("at_most", middle))
    assert row["chance_year_end"] == pytest.approx(0.5, abs=0.01)
    assert row["status_year_end"] == "on target"


def test_what_moves_both_parts_moves_their_ratio_less(made):
    """People who come as the stays come; and others that have nothing to do with them."""
    widths = []
    for people in (list(STAYS), noisy(200, 8)):
        one = Made(made.board).part("a", STAYS, roll_up="mean").part("b", people, roll_up="mean")
        row = one.of(Formula("ratio", ("a", "b")), roll_up="last").judged()
        widths.append((row["forecast_high"] - row["forecast_low"]) / row["forecast"])
    assert widths[0] < 1e-9 < 0.02 < widths[1]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Formula("difference", ("b", "a")), lambda a, b: b - a),
        (Formula("mean", ("a", "b")), lambda a, b: (a + b) / 2),
        (Formula("weighted", ("a", "b"), (0.5, 2.0)), lambda a, b: 0.5 * a + 2 * b),
    ],
)
def test_other_formulas_are_made_of_the_outturns_of_their_parts(made, formula, expected):
    """A difference below nothing too, of which its own months give no forecast."""
    made.part("a", STAYS, kind="admissions", roll_up="mean")
    made.part("b", PEOPLE, "stock").of(formula, kind="score")
    row = made.judged()
    ends = [
        year_end(STAYS, KNOWN, seed=1, roll_up="mean").median,
        year_end(PEOPLE, KNOWN, seed=1, roll_up="last").median,
    ]
    assert row["forecast"] == pytest.approx(float(expected(*ends)), rel=0.02)
    assert row["forecast_low"] < row["forecast"] < row["forecast_high"]


def test_a_ratio_of_proportions_divides_totals_over_totals(made):
    """The share of one over that of the other, each with both its sides forecast."""
    made.share("a", [x / 2 for x in PEOPLE], BEDS).share("b", PEOPLE, [3 * n for n in BEDS])
    row = made.of(Formula("ratio", ("a", "b"))).judged()
    # Half the people of the beds, over the people of three times the beds: one and a half.
    assert row["forecast"] == pytest.approx(1.5)
    assert row["forecast_high"] == pytest.approx(1.5)


def test_a_formula_of_a_formula_is_taken_apart_to_the_end(made):
    made.part("a", STAYS).part("b", PEOPLE).part("c", BEDS, "stock")
    made.measures["s"] = made.board.measure("admissions", id="s", reported=False,
                                            formula=Formula("sum", ("a", "b")))  # fmt: skip
    row = made.of(Formula("ratio", ("s", "c"))).judged()
    whole = [x + y for x, y in zip(STAYS, PEOPLE, strict=True)]
    expected = float(year_end(whole, KNOWN, seed=1).median) / float(
        year_end(BEDS, KNOWN, seed=1, roll_up="last").median
    )
    assert row["forecast"] == pytest.approx(expected, rel=0.03)


def test_an_event_declared_of_a_part_changes_what_is_made_of_it(made):
    made.part("a", STAYS).part("b", PEOPLE, "stock").of(Formula("ratio", ("a", "b")))
    event = DeclaredEvent("a", date(2020, 12, 1), "A ward opens.", percent=-50.0)
    before, row = made.judged(), made.judged(known_events=(event,))
    assert row["forecast_without"] == before["forecast"]
    assert row["forecast_events"] == "50% less from December 2020: A ward opens"
    halved = before["forecast"] * (1 - 0.5 * 4 / 12)
    assert row["forecast"] == pytest.approx(halved, rel=0.03)


def test_the_record_is_of_the_formula_in_past_years(board):
    one = Made(board).part("a", noisy(200, 1, 68)).part("b", noisy(60, 2, 68), "stock")
    row = one.of(Formula("ratio", ("a", "b"))).judged()
    assert row["record_forecasts"] == 3
    assert row["record_error"] > 0


def test_where_the_own_months_foretell_it_they_still_do(made):
    made.part("a", STAYS).part("b", PEOPLE).of(Formula("ratio", ("a", "b")))
    assert made.judged()["forecast_method"].startswith("numerator by smoothing, denominator by")


def ratio(made, **more):
    return made.of(Formula("ratio", ("a", "b")), **more)


def test_each_obstacle_is_told(board, made):
    def of(**parts):
        return Made(board).part("a", STAYS, **parts)

    few = Made(board).part("a", STAYS[-11:]).part("b", PEOPLE[-11:], "stock")
    assert ratio(few).why() == f"a: {SHORT}"
    assert ratio(of().part("b", [*PEOPLE[:-1], -1.0], "stock")).why() == BELOW
    assert ratio(of(so_far=99.0).part("b", PEOPLE, "stock")).why() == UNLIKE
    broken = {"breaks": (SeriesBreak(parse("April 2020"), "break", "Other beds."),)}
    since = "It is less than a year since the break of April 2020: Other beds."
    assert ratio(of().part("b", PEOPLE, "stock"), **broken).why() == since
    still = Made(board).part("a", STAYS[-20:]).part("b", [60.0] * 20, "stock")
    assert ratio(still).why() == ALONE
    event = DeclaredEvent("r", date(2020, 12, 1), "A ward opens.", percent=-50.0)
    both = ratio(of().part("b", PEOPLE, "stock"))
    assert both.why(known_events=(event,)) == ON_ITSELF
    line = {"target": {"profile": "straight line"}}
    assert both.why(**line) == "The target asks for another forecast: straight line."
    alone = Made(board)
    alone.part("a", STAYS).part("b", PEOPLE, "stock")
    alone.rows = [one for one in alone.rows if one["measure"] == "a" or "P8M" in one["period"]]
    assert ratio(alone).why() == NO_MONTHS
    short = {"target": {"period": parse("April to December 2020")}}
    assert both.why(**short) == NOT_A_YEAR


def test_a_part_whose_year_its_months_do_not_make_is_named(board):
    one = Made(board).part("a", STAYS)
    one.measures["b"] = board.measure("share", id="b", title="Score", kind="score", recompute=False)
    one.rows += [board.row("b", SO_FAR, reported=7.0)]
    assert ratio(one).why() == f"Score: {NOT_MADE}"


def test_different_people_are_named_too(board):
    counted = Tally("stays", "distinct", "person")
    one = Made(board).part("a", STAYS, reported=False, numerator=counted)
    assert ratio(one.part("b", PEOPLE, "stock")).why() == f"a: {DISTINCT}"


def test_an_event_of_a_share_in_a_formula_is_held_at_the_whole(made):
    above = [float(70 + n % 5) for n in range(44)]
    made.share("a", above, [100.0] * 44).share("b", [50.0 + n % 3 for n in range(44)], [100.0] * 44)
    made.of(Formula("difference", ("a", "b")), kind="score", unit="points")
    event = DeclaredEvent("a", date(2020, 12, 1), "More staff.", percent=90.0)
    before, row = made.judged(), made.judged(known_events=(event,))
    assert row["forecast_events"] == (
        "90% more from December 2020: More staff"
        " (held at the whole: no month of a share is more than that)"
    )
    # Of 12 months 8 are over; the other 4 are the whole at most, and the other share stays.
    most = (sum(above[-KNOWN:]) + 400) / 12 - (sum(above[-KNOWN:]) + 4 * 74) / 12
    assert before["forecast"] < row["forecast"] <= before["forecast"] + most + 2


@pytest.mark.parametrize("roll_up", ["mean", "last"])
def test_a_share_in_a_formula_that_is_a_mean_or_its_last_month_is_held_too(made, roll_up):
    kinds = {"kind": "share", "roll_up": roll_up}
    for id, size in (("a", 70.0), ("b", 50.0)):
        made.part(id, [size + n % 5 for n in range(44)], **kinds)
    made.of(Formula("difference", ("a", "b")), kind="score", unit="points")
    event = DeclaredEvent("a", date(2020, 12, 1), "More staff.", percent=90.0)
    before, row = made.judged(), made.judged(known_events=(event,))
    assert row["forecast_events"] == (
        "90% more from December 2020: More staff"
        " (held at the whole: no month of a share is more than that)"
    )
    # The share is the whole in the months left, of which there are 4, and was about 72.
    months_left = 1 if roll_up == "last" else 4 / 12
    more = row["forecast"] - before["forecast"]
    assert 26 * months_left < more < 30.5 * months_left


def test_an_event_after_the_year_leaves_a_formula_alone(made):
    made.part("a", STAYS).part("b", PEOPLE, "stock").of(Formula("ratio", ("a", "b")))
    event = DeclaredEvent("a", date(2021, 4, 1), "A ward opens.", percent=-50.0)
    itself = DeclaredEvent("r", date(2028, 1, 1), "Another.", percent=-50.0)
    assert made.judged(known_events=(event, itself)) == made.judged()
