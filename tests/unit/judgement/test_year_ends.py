"""The outturn as a distribution: what replaces what, and that its parts follow from one another."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import DeclaredEvent, SeriesBreak, Step, Tolerance
from outturn.statistics.year_ends import year_end, year_end_ratio
from outturn.terms.written_periods import parse

NAMES = (
    "January February March April May June July August September October November December"
).split()
AS_OF = date(2020, 11, 30)
KNOWN = 8


def months(first: int, number: int):
    """So many months from April of a year, as they are written."""
    return [f"{NAMES[(3 + n) % 12]} {first + (3 + n) // 12}" for n in range(number)]


def noisy(size: float, number: int) -> list[float]:
    return [float(size + 7 * n % 5 - n % 3) for n in range(number)]


def of_months(board, measure: str, figures, column: str = "reported", first: int = 2017):
    """Rows of months, and of the year to date at the end of the last."""
    labels = months(first, len(figures))
    return [board.row(measure, one, **{column: f}) for one, f in zip(labels, figures, strict=True)]


def days(periods: int, step: int = 1) -> list[int]:
    """The days of so many months, or quarters, from April 2017."""
    firsts = [(2017 + (3 + n) // 12, 1 + (3 + n) % 12) for n in range(periods * step)]
    each = [monthrange(*one)[1] for one in firsts]
    return [sum(each[n : n + step]) for n in range(0, len(each), step)]


def so_far(found: pl.DataFrame, period: str = "April to November 2020") -> dict:
    return found.row(by_predicate=pl.col("period") == parse(period).key, named=True)


@pytest.fixture
def admissions(board):
    """Three years and eight months of admissions, with a target for the year."""

    def made(**more):
        figures = more.pop("figures", noisy(20, 44))
        measure = board.measure("admissions", **more.pop("measure", {}))
        rows = of_months(board, "admissions", figures)
        rows.append(
            board.row("admissions", "April to November 2020", reported=sum(figures[-KNOWN:]))
        )
        target = board.target(
            "admissions", "at_most", more.pop("goal", 262), **more.pop("target", {})
        )
        return board.verdicts(rows, [measure], [target], **more)

    return made


def test_the_forecast_of_a_count_is_that_of_its_months(admissions):
    row = so_far(admissions())
    expected = year_end(noisy(20, 44), KNOWN, seed=1, lengths=days(48))
    whole = np.floor(expected.draws + 0.5)
    assert row["forecast"] == np.median(whole)
    assert [row["forecast_low"], row["forecast_high"]] == [*np.quantile(whole, [0.1, 0.9])]
    assert row["chance_year_end"] == (whole <= 262).mean()
    assert row["forecast_method"].startswith(str(expected.method))
    assert "80% interval" in row["forecast_method"]
    assert row["forecast_method"] in row["reason_year_end"]


def test_events_come_by_the_day(admissions):
    row = so_far(admissions(figures=[10.0 * one for one in days(44)], goal=3650))
    assert row["forecast"] == 3650
    assert row["forecast_low"] == row["forecast_high"] == 3650


@pytest.mark.parametrize("measure", [{"kind": "money"}, {"frequency": "week"}])
def test_money_and_weeks_do_not_follow_the_days_of_a_month(admissions, measure):
    row = so_far(admissions(measure=measure))
    expected = year_end(noisy(20, 44), KNOWN, seed=1)
    assert row["forecast"] == pytest.approx(float(expected.median), abs=0.51)
    assert row["forecast_low"] == pytest.approx(float(expected.interval()[0]), abs=0.51)
    plain = so_far(admissions())
    assert row["forecast"] != plain["forecast"]


@pytest.mark.parametrize(
    ("goal", "status", "words"),
    [
        (300, "on target", "meets the target"),
        (250, "close", "its 95% limits reach it, and so it counts as close"),
        (200, "off target", "its 95% limits do not reach it"),
    ],
)
def test_a_statistical_tolerance_at_year_end_asks_the_limits_of_the_forecast(
    admissions, goal, status, words
):
    target = {"tolerance": Tolerance("statistical")}
    row = so_far(admissions(goal=goal, target=target))
    drawn = year_end(noisy(20, 44), KNOWN, seed=1, lengths=days(48)).draws
    low, _ = np.quantile(np.floor(drawn + 0.5), [0.025, 0.975])
    expected = "on target" if row["forecast"] <= goal else "close" if low <= goal else "off target"
    assert row["status_year_end"] == status == expected
    assert words in row["reason_year_end"]


def test_what_is_needed_is_what_is_left_over_the_months_left(admissions):
    row = so_far(admissions())
    assert row["needed"] == (262 - sum(noisy(20, 44)[-KNOWN:])) / 4
    assert (
        row["needed_words"]
        == f"at most {row['needed']:.1f} admissions in each of the 4 months left"
    )


def test_of_whole_things_none_is_none_and_little_is_not_printed_as_none(admissions):
    so_far_now = sum(noisy(20, 44)[-KNOWN:])
    for goal, words in ((so_far_now, "0 admissions"), (so_far_now + 0.12, "0.03 admissions")):
        row = so_far(admissions(goal=goal))
        assert row["needed_words"] == f"at most {words} in each of the 4 months left"


def test_a_limit_that_is_passed_cannot_be_met(admissions):
    row = so_far(admissions(goal=100))
    assert row["needed_words"] == "nothing that is still to come can meet the target"
    assert row["chance_year_end"] == 0


def test_money_may_be_taken_back_so_nothing_is_out_of_its_reach(admissions):
    row = so_far(admissions(goal=100, measure={"kind": "money", "unit": "£ thousand"}))
    assert row["needed"] < 0
    assert row["needed_words"].startswith("at most -£")
    assert row["distance_year_end"].endswith("unless so much is taken back")


def test_the_status_is_of_the_forecast(admissions):
    assert so_far(admissions(goal=300))["status_year_end"] == "on target"
    assert so_far(admissions(goal=240))["status_year_end"] == "off target"


@pytest.mark.parametrize("profile", ["straight line", "last year"])
def test_a_profile_that_was_chosen_keeps_its_place(admissions, profile):
    row = so_far(admissions(target={"profile": profile}))
    assert "80%" not in row["forecast_method"]
    assert row["chance_year_end"] is None and row["forecast_low"] is None


def test_with_less_than_a_year_the_usual_rule_stands(board):
    figures = noisy(20, 8)
    measure = board.measure("admissions")
    rows = of_months(board, "admissions", figures, first=2020)
    rows.append(board.row("admissions", "April to November 2020", reported=sum(figures[-KNOWN:])))
    row = so_far(board.verdicts(rows, [measure], [board.target("admissions", "at_most", 262)]))
    assert row["forecast_method"].startswith("straight line")
    assert row["chance_year_end"] is None and row["forecast_basis"] is None


@pytest.mark.parametrize(
    ("since", "told"), [("April 2020", None), ("April 2019", "indicative"), ("April 2018", "")]
)
def test_a_break_in_the_series_shortens_its_history(admissions, since, told):
    broken = SeriesBreak(parse(since), "break", "Counted anew.")
    row = so_far(admissions(measure={"breaks": (broken,)}))
    assert (row["chance_year_end"] is None) == (told is None)
    assert (row["forecast_basis"] or "").startswith(told or "")
    assert bool(row["forecast_basis"]) == (told == "indicative")


def halved(at: int) -> list[float]:
    """Forty-four months whose level halves at one of them."""
    return [float(one) for one in (*noisy(200, at), *noisy(100, 44 - at))]


@pytest.mark.parametrize("place", ["", "H"])
def test_a_declared_step_shortens_the_history_of_its_place(admissions, place):
    step = Step(parse("August 2018"), "A ward closed.", place)  # 28 months ago
    row = so_far(admissions(figures=halved(16), goal=1300, measure={"steps": (step,)}))
    alone = year_end(noisy(100, 28), KNOWN, seed=1, lengths=days(48)[16:])
    assert row["forecast"] == np.median(np.floor(alone.draws + 0.5))
    assert [row["forecast_low"], row["forecast_high"]] == [
        *np.quantile(np.floor(alone.draws + 0.5), [0.1, 0.9])
    ]
    late = replace(step, since=parse("October 2019"))  # 14 months ago
    row = so_far(admissions(figures=halved(30), goal=1300, measure={"steps": (late,)}))
    alone = year_end(noisy(100, 14), KNOWN, seed=1, lengths=days(48)[30:])
    assert row["forecast"] == np.median(np.floor(alone.draws + 0.5))
    assert row["forecast_basis"].startswith("indicative: ")
    later = replace(step, since=parse("February 2020"))  # 10 months ago
    row = so_far(admissions(figures=halved(34), goal=1300, measure={"steps": (later,)}))
    assert row["forecast_low"] is None and row["chance_year_end"] is None


def test_a_step_of_another_place_shortens_nothing_here(admissions):
    step = Step(parse("October 2019"), "A ward closed.", "elsewhere")
    assert so_far(admissions(measure={"steps": (step,)})) == so_far(admissions())


def test_a_gap_in_the_year_to_date_leaves_the_usual_rule(board):
    figures = noisy(20, 44)
    rows = of_months(board, "admissions", figures)
    del rows[-3]
    rows.append(board.row("admissions", "April to November 2020", reported=sum(figures[-KNOWN:])))
    target = board.target("admissions", "at_most", 262)
    row = so_far(board.verdicts(rows, [board.measure("admissions")], [target]))
    assert row["chance_year_end"] is None
    assert row["forecast"] is not None


def test_months_that_do_not_make_the_year_to_date_say_nothing(board):
    figures = noisy(20, 44)
    rows = of_months(board, "admissions", figures)
    rows.append(board.row("admissions", "April to November 2020", reported=500))
    target = board.target("admissions", "at_most", 262)
    row = so_far(board.verdicts(rows, [board.measure("admissions")], [target]))
    assert row["chance_year_end"] is None
    assert "straight line" in row["forecast_method"] or "profile" in row["forecast_method"]


def test_a_year_that_is_over_has_no_forecast(admissions):
    row = so_far(admissions(as_of=date(2021, 3, 31)))
    assert row["chance_year_end"] is None


def test_a_stock_is_forecast_at_the_end_of_the_year(board):
    figures = noisy(50, 44)
    rows = of_months(board, "stock", figures)
    target = board.target("stock", "at_most", 52)
    found = board.verdicts(rows, [board.measure("stock")], [target])
    row = so_far(found, "November 2020")
    expected = year_end(figures, KNOWN, seed=1, roll_up="last")
    assert row["forecast"] == np.median(np.floor(expected.draws + 0.5))
    assert (row["needed"], row["needed_words"]) == (
        52,
        "at most 52.0 people in the last month of the year",
    )


def test_a_proportion_is_forecast_by_both_its_parts(board):
    above, below = noisy(30, 44), noisy(40, 44)
    rows = [
        board.row("share", one, numerator=a, denominator=b)
        for one, a, b in zip(months(2017, 44), above, below, strict=True)
    ]
    total = {"numerator": sum(above[-KNOWN:]), "denominator": sum(below[-KNOWN:])}
    rows.append(board.row("share", "April to November 2020", **total))
    share = board.measure("share", reported=False)
    found = board.verdicts(rows, [share], [board.target("share", "at_least", 76)])
    row = so_far(found)
    expected = year_end_ratio(above, below, KNOWN, seed=1, per=100)
    assert row["forecast"] == pytest.approx(float(expected.median), rel=1e-12)
    assert row["chance_year_end"] == pytest.approx((expected.draws >= 76).mean())
    ahead = expected.below.sum()
    whole = 0.76 * (total["denominator"] + ahead) - total["numerator"]
    assert row["needed"] == pytest.approx(100 * whole / ahead)
    assert (
        "than forecast" in row["distance_year_end"] or "in the forecast" in row["distance_year_end"]
    )
    alone = so_far(found, "November 2020")
    assert (alone["forecast"], alone["chance_year_end"]) == (
        row["forecast"],
        row["chance_year_end"],
    )


def test_no_share_is_above_the_whole(board):
    above = [float(40 - (n % 7 == 0)) for n in range(44)]
    rows = [
        board.row("share", one, numerator=a, denominator=40)
        for one, a in zip(months(2017, 44), above, strict=True)
    ]
    rows.append(
        board.row("share", "April to November 2020", numerator=sum(above[-KNOWN:]), denominator=320)
    )
    share = board.measure("share", reported=False)
    row = so_far(board.verdicts(rows, [share], [board.target("share", "at_least", 99)]))
    assert row["forecast_high"] <= 100


def test_quarters_are_enough(board):
    figures = noisy(60, 14)
    measure = board.measure("admissions", frequency="quarter")
    labels = [f"Q{n % 4 + 1} {2017 + n // 4}/{18 + n // 4}" for n in range(14)]
    rows = [
        board.row("admissions", one, reported=f) for one, f in zip(labels, figures, strict=True)
    ]
    rows.append(board.row("admissions", "April to September 2020", reported=sum(figures[-2:])))
    target = board.target("admissions", "at_most", 250)
    row = so_far(board.verdicts(rows, [measure], [target]), "April to September 2020")
    expected = year_end(figures, 2, seed=1, periods=4, lengths=days(16, step=3))
    assert row["forecast"] == np.median(np.floor(expected.draws + 0.5))
    assert "in each of the 2 quarters left" in row["needed_words"]


def test_the_record_is_of_the_latest_figure_and_of_years_before(admissions):
    row = so_far(admissions())
    assert row["record_forecasts"] == 1  # 2019/20; before it there were not two years of figures
    assert row["forecast_record"].startswith("one past forecast, ")
    assert row["forecast_record"].endswith("% out, inside its interval")


def test_an_event_changes_what_is_to_come(admissions):
    ward = DeclaredEvent("admissions", date(2021, 1, 1), "A ward opens.", percent=-50.0)
    plain, acted = so_far(admissions()), so_far(admissions(known_events=[ward]))
    assert acted["forecast"] < plain["forecast"] == acted["forecast_without"]
    assert acted["forecast_events"] == "50% less from January 2021: A ward opens"
    assert plain["forecast_without"] is None and plain["forecast_events"] is None
    assert acted["chance_year_end"] > plain["chance_year_end"]


@pytest.mark.parametrize(("amount", "cut"), [(-10.0, False), (-150.0, True)])
def test_an_event_makes_no_month_less_than_nothing_and_says_where_it_would(admissions, amount, cut):
    """About 20 a month: two months less 150 each are cut at nothing, not taken off other months."""
    event = DeclaredEvent("admissions", date(2021, 2, 1), "A ward closes", amount=amount)
    row = so_far(admissions(known_events=(event,)))
    taken = row["forecast_without"] - row["forecast"]
    assert taken == pytest.approx(2 * 20 if cut else 2 * 10, abs=4)
    said = " (cut at nothing: no month can be less than that)" if cut else ""
    assert row["forecast_events"] == (
        f"{abs(amount):.0f} a month less from February 2021: A ward closes{said}"
    )


def test_an_event_that_has_begun_is_in_the_figures(admissions):
    ward = DeclaredEvent("admissions", date(2020, 11, 1), "A ward opened.", percent=-50.0)
    assert so_far(admissions(known_events=[ward])) == so_far(admissions())


def test_an_event_elsewhere_changes_nothing(admissions):
    ward = DeclaredEvent("admissions", date(2021, 1, 1), "A ward.", percent=-50.0, place="X")
    assert admissions(known_events=[ward]).equals(admissions())


def test_another_seed_gives_other_draws_and_the_same_seed_the_same(admissions):
    first, again, other = (admissions(seed=seed) for seed in (7, 7, 8))
    assert first.equals(again)
    assert not first.equals(other)


def test_a_figure_below_nothing_is_not_forecast_so(board):
    figures = [one - 21 for one in noisy(20, 44)]
    rows = of_months(board, "admissions", figures)
    rows.append(board.row("admissions", "April to November 2020", reported=sum(figures[-KNOWN:])))
    target = board.target("admissions", "at_most", 262)
    row = so_far(board.verdicts(rows, [board.measure("admissions")], [target]))
    assert row["chance_year_end"] is None


@pytest.mark.parametrize(("since", "acts"), [(date(2021, 3, 1), True), (date(2021, 4, 1), False),
                                             (date(2028, 1, 1), False)])  # fmt: skip
def test_an_event_after_the_year_is_not_of_its_forecast(admissions, since, acts):
    ward = DeclaredEvent("admissions", since, "A ward opens.", percent=-90.0)
    plain, row = so_far(admissions()), so_far(admissions(known_events=[ward]))
    assert (row["forecast_events"] is not None) == acts
    if not acts:
        assert row == plain


@pytest.mark.parametrize(("percent", "held"), [(80.0, True), (5.0, False), (-50.0, False)])
def test_an_event_makes_no_share_more_than_the_whole_and_says_where_it_would(board, percent, held):
    labels, above = months(2017, 44), noisy(300, 44)
    rows = [
        board.row("share", one, numerator=a, denominator=400)
        for one, a in zip(labels, above, strict=True)
    ]
    total = {"numerator": sum(above[-KNOWN:]), "denominator": 400 * KNOWN}
    rows.append(board.row("share", "April to November 2020", **total))
    event = DeclaredEvent("share", date(2020, 12, 1), "More staff.", percent=percent)
    target = board.target("share", "at_least", 76)
    share = board.measure("share", reported=False)
    row = so_far(board.verdicts(rows, [share], [target], known_events=[event]))
    size = "80% more" if held else f"{abs(percent):g}% {'more' if percent > 0 else 'less'}"
    words = f"{size} from December 2020: More staff"
    told = " (held at the whole: no month of a share is more than that)" if held else ""
    assert row["forecast_events"] == words + told
    # The most there can be: every month left is the whole of it.
    most = 100 * (total["numerator"] + 400 * 4) / (400 * 12)
    if held:
        assert row["forecast"] == pytest.approx(most)
    else:
        assert row["forecast"] < most


@pytest.mark.parametrize("percent", [80.0, 5.0])
@pytest.mark.parametrize("roll_up", ["mean", "last"])
def test_a_share_that_is_a_mean_or_its_last_month_is_held_at_the_whole_too(board, roll_up, percent):
    labels, above = months(2017, 44), noisy(300, 44)
    share = board.measure("share", roll_up=roll_up)
    rows = [board.row("share", one, reported=a / 4) for one, a in zip(labels, above, strict=True)]
    so_far_in_it = {"mean": sum(above[-KNOWN:]) / 4 / KNOWN, "last": above[-1] / 4}[roll_up]
    label = "April to November 2020" if roll_up == "mean" else "November 2020"
    if roll_up == "mean":
        rows.append(board.row("share", label, reported=so_far_in_it))
    event = DeclaredEvent("share", date(2020, 12, 1), "More staff.", percent=percent)
    target = board.target("share", "at_least", 76)
    row = so_far(board.verdicts(rows, [share], [target], known_events=[event]), label)
    most = {"mean": (so_far_in_it * KNOWN + 4 * 100) / 12, "last": 100.0}[roll_up]
    said = f"{percent:g}% more from December 2020: More staff"
    if percent == 80.0:
        assert row["forecast"] == row["forecast_high"] == pytest.approx(most)
        said += " (held at the whole: no month of a share is more than that)"
    else:
        assert row["forecast_without"] < row["forecast"] < most
    assert row["forecast_events"] == said


def test_of_a_share_in_quarters_it_says_that_no_quarter_is_more(board):
    names = ["April to June", "July to September", "October to December", "January to March"]
    labels = [f"{names[n % 4]} {2017 + (n + n % 4 // 3 * 4) // 4}" for n in range(14)]
    share = board.measure("share", roll_up="mean", frequency="quarter")
    rows = [board.row("share", one, reported=70 + n % 3) for n, one in enumerate(labels)]
    rows.append(board.row("share", "April to September 2020", reported=70.5))
    event = DeclaredEvent("share", date(2020, 10, 1), "More staff.", percent=80.0)
    target = board.target("share", "at_least", 76)
    found = board.verdicts(rows, [share], [target], known_events=[event])
    assert so_far(found, "April to September 2020")["forecast_events"].endswith(
        "(held at the whole: no quarter of a share is more than that)"
    )


def test_similar_series_below_nothing_are_not_asked_and_stop_nothing(board):
    """A place whose balance goes below nothing says nothing of one whose money does not."""
    money = board.measure("admissions", kind="money", unit="£", decimals=2)
    rows = of_months(board, "admissions", noisy(20, 20), first=2019)
    rows.append(board.row("admissions", "April to November 2020", reported=sum(noisy(20, 20)[-8:])))
    for n in range(7):
        for one in of_months(board, "admissions", [x - 25 * (n == 6) for x in noisy(20 + n, 44)]):
            rows.append(one | {"place": f"P{n}"})
    found = board.verdicts(rows, [money], [board.target("admissions", "at_most", 400)])
    row = so_far(found)
    assert row["forecast_basis"] == "indicative: interval from 6 other places' past errors"


@pytest.mark.parametrize(
    ("goal", "same_as"), [(253.6, 254.0), (253.4, 253.0), (254.4, 254.0), (253.5, 254.0)]
)
def test_a_rounded_outturn_is_held_against_the_rounded_goal(board, goal, same_as):
    figures = noisy(20, 44)
    measure = board.measure("admissions", kind="money", unit="£ thousand", decimals=1)
    rows = of_months(board, "admissions", figures)
    rows.append(board.row("admissions", "April to November 2020", reported=sum(figures[-KNOWN:])))

    def year_end_of(goal):
        target = board.target("admissions", "at_most", goal, rounded_to=0)
        return so_far(board.verdicts(rows, [measure], [target]))

    row, other = year_end_of(goal), year_end_of(same_as)
    draws = year_end(figures, KNOWN, seed=1).draws  # money does not go by days
    assert row["chance_year_end"] == (np.floor(draws + 0.5) <= np.floor(goal + 0.5)).mean()
    assert row["chance_year_end"] == other["chance_year_end"]
    assert (row["chance_year_end"] >= 0.5) is (row["status_year_end"] == "on target")
    # What rounds to the goal meets it: half a unit more is allowed of all the months left.
    assert row["needed"] == pytest.approx((same_as + 0.5 - sum(figures[-KNOWN:])) / 4)
    assert row["needed_words"] == other["needed_words"]
    said = f"at most £{goal} thousand, judged as at most £{same_as:.0f} thousand"
    assert said in row["reason_year_end"]
