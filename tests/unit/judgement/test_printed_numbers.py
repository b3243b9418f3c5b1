"""A number that was worked out is printed as it is, so that it can be judged by in print."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from outturn.framework.model import Milestone, Tolerance
from outturn.judgement.words import fewest_decimals, tolerance_words, unit_of
from outturn.terms.written_periods import parse

PAST = {"goal": {"period": parse("2019/20")}}


@pytest.mark.parametrize(
    ("number", "decimals", "needed"),
    [
        (168.96, 0, 2),
        (1.75, 1, 2),
        (169.0, 0, 0),
        (168.9996, 0, 0),  # 169.00 says no more than 169
        (100 / 3, 0, 2),
        (100 / 3, 1, 3),
        (0.35, 1, 2),
        (-8.45, 0, 2),
        (0.1 + 0.2, 1, 1),  # the machine's dust is not printed
        (None, 1, 1),
    ],
)
def test_a_number_worked_out_has_the_decimals_that_it_needs(number, decimals, needed):
    found = fewest_decimals(pl.Series([number], dtype=pl.Float64), pl.Series([decimals]))
    assert found.to_list() == [needed]


@pytest.mark.parametrize(
    ("kind", "more", "amount", "words"),
    [
        ("share", {}, 0.35, "0.35 points"),
        ("share", {}, 5.0, "5.0 points"),
        ("share", {"decimals": 0}, 1.0, "1 point"),
        ("admissions", {}, 8.45, "8.45 admissions"),
        ("admissions", {}, 1.0, "1 admission"),
        ("rate", {}, 1.25, "1.25 per 100,000"),
        ("admissions", {"unit": "£", "kind": "money"}, 12.5, "£12.50"),
        ("admissions", {"unit": "£", "kind": "money"}, 14.5833, "£14.58"),
        ("admissions", {"unit": "£ million", "kind": "money"}, 12.5, "£12.5 million"),
    ],
)
def test_a_tolerance_in_words(board, kind, more, amount, words):
    assert tolerance_words(amount, board.measure(kind, **more)) == words


def test_a_target_that_rests_on_a_past_figure_is_printed_as_it_is_judged(board):
    # 20% fewer than 211.2 is 168.96: 169 does not meet it.
    target = board.target(
        "admissions", "change_percent", -20, tolerance=Tolerance("percent_of_target", 5), **PAST
    )
    past = board.row("admissions", "2019/20", numerator=211.2)
    found = board.verdict(
        "admissions", {"numerator": 169}, target, others=[past], period="2020/21",
        as_of=date(2021, 3, 31),
    )  # fmt: skip
    assert found["target"] == "at most 168.96 admissions (20% less than 211 admissions in 2019/20)"
    assert found["reason_now"] == (
        "169 is 0.04 admissions above the target of at most 168.96 admissions (20% less than 211 "
        "admissions in 2019/20); up to 5% of the target (8.45 admissions) counts as close."
    )


def test_a_milestone_of_one_and_three_quarters_is_not_printed_as_more(board):
    steps = (Milestone(date(2020, 12, 31), 2.0), Milestone(date(2020, 9, 30), 1.25))
    target = board.target("admissions", "at_most", 3, milestones=steps)
    found = board.verdict("admissions", {"numerator": 2}, target)
    assert found["milestone"].startswith("at most 1.75 admissions by")


def test_one_of_a_thing_is_one(board):
    found = board.verdict("admissions", {"numerator": 3}, board.target("admissions", "at_most", 1))
    assert found["target"] == "at most 1 admission"
    unit = unit_of(board.measure("admissions"))
    said = unit.say(1, 0), unit.rounded(1.2, 0), unit.gap(1, 0), unit.say(2, 0)
    assert said == ("1 admission", "1 admission", "1 admission", "2 admissions")


@pytest.mark.parametrize(
    ("word", "figure", "distance"),
    [
        ("above", 50.0, "any amount more"),
        ("below", 50.0, "any amount less"),
        ("at_least", 49.96, "0.04 points more"),
        ("at_most", 50.04, "0.04 points less"),
        ("at_least", 50.04, "0.04 points to spare"),
        ("at_least", 50.0, "nothing to spare"),
    ],
)
def test_a_distance_is_never_printed_as_nothing(board, word, figure, distance):
    found = board.verdict("share", {"reported": figure}, board.target("share", word, 50))
    assert found["distance_now"] == distance


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (
            {"numerator": 900, "denominator": 662},
            "136.0% lies outside 0 to 100%: it cannot be right, and is not judged.",
        ),
        ({"reported": 100.04}, "100.04% lies outside 0 to 100%: it cannot be right, and is not "
         "judged."),
        ({"reported": -1.0}, "-1.0% lies outside 0 to 100%: it cannot be right, and is not "
         "judged."),
    ],
)  # fmt: skip
def test_a_proportion_outside_its_scale_is_not_judged(board, figure, said):
    found = board.verdict("share", figure, board.target("share", "at_least", 50))
    assert (found["status_now"], found["reason_now"]) == ("not assessed", said)
    assert (found["status_year_end"], found["reason_year_end"]) == ("not assessed", said)
    assert found["forecast"] is None


@pytest.mark.parametrize("figure", [{"reported": 100.0}, {"numerator": 7, "denominator": 7}])
def test_all_of_them_is_a_proportion_like_any_other(board, figure):
    found = board.verdict("share", figure, board.target("share", "at_least", 50))
    assert found["status_now"] == "on target"


def test_a_rate_may_be_above_its_scale(board):
    target = board.target("rate", "at_least", 50)
    found = board.verdict("rate", {"reported": 136000.0}, target)
    assert found["status_now"] == "on target"


def test_once_the_year_is_over_a_figure_is_not_said_to_stand(board):
    target = board.target("stock", "at_most", 96)
    found = board.verdict(
        "stock", {"numerator": 100}, target, period="2020-11-30", as_of=date(2021, 6, 30)
    )
    assert found["forecast_method"] == "the year is over"
    assert found["reason_year_end"] == "100 is 4 people above the target of at most 96 people."


@pytest.mark.parametrize(
    ("word", "distance"),
    [
        ("below", "already at the limit for the year, which does not meet the target"),
        ("above", "any amount more in the remaining 4 months"),
        ("at_least", "reached already"),
    ],
)
def test_at_a_limit_of_the_year_that_itself_does_not_meet_it(board, word, distance):
    target = board.target("rate", word, 553)
    found = board.verdict("rate", {"reported": 553.0}, target)
    assert found["distance_year_end"] == distance


MONEY = {"unit": "£", "kind": "money", "decimals": 2, "aim": "higher"}


@pytest.mark.parametrize(
    ("unit", "decimals", "value", "figure", "goal"),
    [
        ("£", 2, -306.67, "-£306.67", "-£306.67"),
        ("£", 2, -291.6666666, "-£291.67", "-£291.67"),
        ("£", 2, -306.7, "-£306.70", "-£306.70"),
        ("£", 0, -306.7, "-£307", "-£306.70"),
        ("£", 0, 306.0, "£306", "£306"),
        ("pounds a death", 0, 8.25, "£8 a death", "£8.25 a death"),
        ("£ million", 1, -4.52, "-£4.5 million", "-£4.52 million"),
        ("%", 1, -4.5, "-4.5%", "-4.5%"),
    ],
)
def test_the_sign_stands_before_the_pound_and_pounds_have_pence_or_none(
    board, unit, decimals, value, figure, goal
):
    said = unit_of(board.measure("admissions", unit=unit, kind="money", decimals=decimals))
    assert said.rounded(value, decimals) == figure
    assert said.say(value, decimals) == goal


def test_every_sentence_about_money_below_zero_writes_it_alike(board):
    target = board.target(
        "admissions", "at_least", -500, tolerance=Tolerance("percent_of_target", 5)
    )
    past = board.row("admissions", "April to November 2019", numerator=-372.04)
    row = board.verdict("admissions", {"numerator": -346.67}, target, measure=MONEY, others=[past])
    assert row["reason_now"] == (
        "-£346.67 is £13.34 below the milestone of at least -£333.33 by 30 November 2020;"
        " up to 5% of the milestone (£16.67) counts as close."
    )
    assert row["reason_direction"] == (
        "-£346.67, up from -£372.04 in April to November 2019: better."
    )
    assert "-£520.01" in row["reason_year_end"] and "£-" not in str(row)
