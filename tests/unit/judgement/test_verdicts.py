"""Sentences as a board member would say them, with the figures that they rest on."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.framework.model import Baseline, Milestone, Override, SeriesBreak, Tolerance
from outturn.terms.errors import Mistakes
from outturn.terms.written_periods import parse

WITH_COUNTS = {"numerator": 797, "denominator": 1000}


def test_a_figure_below_its_target_is_said_in_full(board, points):
    target = board.target("share", "at_least", 87, tolerance=points(5.0))
    found = board.verdict("share", WITH_COUNTS, target)
    assert found["target"] == "at least 87.0%"
    assert found["status_now"] == "off target"
    assert found["reason_now"] == (
        "79.7% is 7.3 points below the target of at least 87.0%; up to 5.0 points counts as close."
    )
    assert found["reason_year_end"] == (
        "79.7%, if the figure so far stands, is 7.3 points below the target of at least 87.0%; "
        "up to 5.0 points counts as close."
    )
    assert found["distance_now"] == "73 more people"
    assert found["distance_year_end"] == "73 more people by 31 March"
    assert (found["goal_low"], found["goal_high"], found["tolerance"]) == (87.0, None, 5.0)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (("above", 11), "above 11.0%"),
        (("at_most", 88), "at most 88.0%"),
        (("below", 736.65), "below 736.65%"),
        (("between", 56, 61), "between 56.0% and 61.0%"),
        (("zero", 0), "zero"),
    ],
)
def test_a_target_in_words(board, numbers, words):
    found = board.verdict("share", WITH_COUNTS, board.target("share", *numbers))
    assert found["target"] == words


def test_the_rate_that_adds_up_is_judged_by_its_share_of_the_year(board):
    target = board.target("rate", "below", 553, tolerance=Tolerance("percent_of_target", 5))
    found = board.verdict("rate", {"numerator": 460, "denominator": 144805}, target)
    assert found["milestone"] == "below 368.667 per 100,000 by 30 November 2020"
    assert found["milestone_high"] == pytest.approx(553 * 8 / 12)
    assert found["status_now"] == "on target"
    assert found["distance_now"] == "73 admissions to spare"
    assert found["forecast"] == pytest.approx(460 * 12 / 8 / 144805 * 100000)
    assert found["forecast_method"] == "straight line: 317.7 per 100,000 in 8 of 12 months"
    assert found["distance_year_end"] == "no more than 340 admissions in the remaining 4 months"
    assert found["tolerance"] == 27.65


def test_c_difficile_fifty_in_six_months_is_a_hundred_in_the_year(board):
    target = board.target("admissions", "at_most", 74, tolerance=Tolerance("percent_of_target", 5))
    found = board.verdict(
        "admissions", {"numerator": 50}, target, measure={"unit": "cases"},
        period="April to September 2020",
    )  # fmt: skip
    assert (found["forecast"], found["forecast_shown"]) == (100.0, "100")
    assert found["status_year_end"] == "off target"
    assert found["reason_year_end"] == (
        "The forecast of 100 (straight line: 50 in 6 of 12 months) is 26 cases above the target "
        "of at most 74 cases; up to 5% of the target (3.7 cases) counts as close."
    )


def test_one_against_zero(board):
    found = board.verdict("admissions", {"numerator": 1}, board.target("admissions", "zero", 0.0))
    assert found["reason_now"] == "1 is above the target of zero."
    assert found["distance_now"] == "1 fewer admission"
    assert found["distance_year_end"] == "already 1 admission over the limit for the year"
    met = board.verdict("admissions", {"numerator": 0}, board.target("admissions", "zero", 0.0))
    assert (met["status_now"], met["status_year_end"]) == ("on target", "on target")


@pytest.mark.parametrize(
    ("numerator", "status"),
    [(790, "close"), (789, "off target"), (791, "close"), (811, "on target")],
)
def test_a_tolerance_in_people_is_turned_into_points_by_the_denominator(board, numerator, status):
    target = board.target("share", "at_least", 81, tolerance=Tolerance("count", 20))
    found = board.verdict("share", {"numerator": numerator, "denominator": 1000}, target)
    assert found["status_now"] == status
    assert found["tolerance"] == pytest.approx(2.0)


def test_a_tolerance_in_people_without_a_denominator_is_not_guessed(board):
    target = board.target("share", "at_least", 81, tolerance=Tolerance("count", 20))
    found = board.verdict("share", {"reported": 79.0}, target)
    assert found["status_now"] == "not assessed"
    assert found["reason_now"] == (
        "It is outside the target, and without a denominator a tolerance of 20 people cannot be "
        "turned into the unit."
    )
    assert board.verdict("share", {"reported": 82.0}, target)["status_now"] == "on target"


def test_a_difference_too_small_to_print_is_printed_all_the_same(board):
    found = board.verdict("share", {"reported": 86.96}, board.target("share", "at_least", 87))
    assert found["reason_now"] == "86.96% is 0.04 points below the target of at least 87.0%."


@pytest.mark.parametrize(
    ("figure", "target", "more", "reason"),
    [
        ({"absent": "suppressed"}, True, {}, "Suppressed to protect people."),
        ({"absent": "not available", "why": "Survey not run"}, True, {}, "Survey not run."),
        ({"reported": 5.0}, False, {}, "There is no target."),
        (
            {"reported": 5.0}, True, {"measure": {"aim": "none"}},
            "The measure has no better side, so it is not judged.",
        ),
        (
            {"reported": 5.0}, True, {"period": "2020/21"},
            "2020/21 is not finished at 30 November 2020, and an unfinished period is not judged "
            "as if it were whole.",
        ),
        (
            {"reported": 5.0}, True, {"period": "April to December 2020"},
            "April to December 2020 is not finished at 30 November 2020, and an unfinished period "
            "is not judged as if it were whole.",
        ),
    ],
)  # fmt: skip
def test_what_is_not_assessed_says_why_both_times(board, figure, target, more, reason):
    asked = board.target("share", "at_least", 87) if target else None
    found = board.verdict("share", figure, asked, **more)
    assert (found["status_now"], found["status_year_end"]) == ("not assessed", "not assessed")
    assert (found["reason_now"], found["reason_year_end"]) == (reason, reason)
    assert (found["distance_now"], found["distance_year_end"]) == (None, None)


@pytest.mark.parametrize(
    ("as_of", "judged"), [(date(2021, 3, 30), False), (date(2021, 3, 31), True)]
)
def test_a_year_is_whole_on_its_last_day(board, as_of, judged):
    target = board.target("share", "at_least", 87)
    found = board.verdict("share", WITH_COUNTS, target, period="2020/21", as_of=as_of)
    assert (found["status_now"] == "off target") is judged
    assert (found["forecast_method"] == "outturn") is judged
    if judged:
        assert found["distance_year_end"] == "73 more people"


def test_a_published_forecast_serves_the_year_to_date_as_well(board):
    target = board.target("admissions", "below", 800)
    forecast = board.row("admissions", "2020/21", reported=669.0, provenance="forecast")
    found = board.verdict("admissions", {"numerator": 460}, target, others=[forecast])
    assert (found["forecast"], found["forecast_method"]) == (669.0, "as published")
    assert found["status_now"] == "on target"


def last_year(board, so_far=600.0, whole=893.0):
    return [
        board.row("admissions", "April to November 2019", numerator=so_far),
        board.row("admissions", "2019/20", numerator=whole),
    ]


def test_last_years_profile_is_used_where_both_its_figures_are_held(board):
    target = board.target("admissions", "below", 800)
    found = board.verdict("admissions", {"numerator": 460}, target, others=last_year(board))
    assert found["forecast"] == pytest.approx(460 * 893 / 600)
    assert found["forecast_method"] == "last year's profile: 460 × 893 ÷ 600"
    assert found["milestone_high"] == pytest.approx(800 * 8 / 12)  # agreed as a straight line
    straight = board.target("admissions", "below", 800, profile="straight line")
    found = board.verdict("admissions", {"numerator": 460}, straight, others=last_year(board))
    assert found["forecast"] == 690.0
    shaped = board.target("admissions", "below", 800, profile="last year")
    found = board.verdict("admissions", {"numerator": 460}, shaped, others=last_year(board))
    assert found["milestone_high"] == pytest.approx(800 * 600 / 893)


@pytest.mark.parametrize("others", [0, 1])
def test_with_only_one_of_last_years_figures_the_line_is_straight(board, others):
    shaped = board.target("admissions", "below", 800, profile="last year")
    held = [last_year(board)[others]]
    found = board.verdict("admissions", {"numerator": 460}, shaped, others=held)
    assert found["forecast"] == 690.0
    assert found["milestone_high"] == pytest.approx(800 * 8 / 12)


def test_nothing_last_year_gives_no_profile(board):
    found = board.verdict(
        "admissions", {"numerator": 460}, board.target("admissions", "below", 800),
        others=last_year(board, so_far=0.0),
    )  # fmt: skip
    assert found["forecast"] == 690.0


def test_a_month_alone_has_its_share_of_the_target_and_no_forecast(board):
    target = board.target("admissions", "below", 840)
    found = board.verdict("admissions", {"numerator": 60}, target, period="November 2020")
    assert found["milestone"] == "below 70 admissions in November 2020"
    assert found["status_now"] == "on target"
    assert found["status_year_end"] == "not assessed"
    assert found["reason_year_end"] == (
        "November 2020 alone does not say where the year will end: the figure for the year to "
        "date does."
    )


def test_a_stock_stands(board):
    found = board.verdict("stock", {"numerator": 100}, board.target("stock", "at_most", 96))
    assert (found["forecast"], found["forecast_method"]) == (100.0, "the figure so far stands")
    assert found["distance_year_end"] == "4 fewer people by 31 March"


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("12 months to November 2020", "12 months to November 2020"),
        ("2019-09-01/P1Y", "Academic year 2019/20"),
    ],
)
@pytest.mark.parametrize("kind", ["admissions", "stock", "share"])
def test_twelve_months_are_not_judged_against_another_twelve(board, kind, period, label):
    target = board.target(kind, "at_least", 100)
    found = board.verdict(kind, {"reported": 79.0}, target, period=period)
    reason = f"{label} is not 2020/21, and is not judged as if it were."
    assert (found["status_now"], found["reason_now"]) == ("not assessed", reason)
    assert (found["status_year_end"], found["reason_year_end"]) == ("not assessed", reason)
    assert (found["target_id"], found["forecast"]) == (f"{kind} target", None)
    told = found["milestone"], found["milestone_low"], found["milestone_high"]
    assert told == (None, None, None)


def test_a_forecast_of_the_year_itself_is_judged_beside_another_twelve_months(board):
    target = board.target("admissions", "below", 800)
    forecast = board.row("admissions", "2020/21", reported=669.0, provenance="forecast")
    found = board.verdict(
        "admissions", {"numerator": 900}, target, period="12 months to November 2020",
        others=[forecast],
    )  # fmt: skip
    assert (found["status_now"], found["status_year_end"]) == ("not assessed", "on target")


def test_another_twelve_months_are_not_another_length_of_time(board):
    other = board.row("share", "2018/19", reported=50.0)
    found = board.verdict(
        "share", {"reported": 60.0}, None, others=[other], period="2018-09-01/P1Y"
    )
    assert found["reason_direction"] == (
        "There is no figure for academic year 2017/18. The one for 2018/19 covers another "
        "12 months and is not compared."
    )


def milestones(board, kind):
    steps = (Milestone(date(2020, 9, 30), 300.0), Milestone(date(2020, 12, 31), 500.0))
    return board.target(kind, "at_most", 800, milestones=steps)


@pytest.mark.parametrize(
    ("period", "high"),
    [
        ("April to June 2020", 150.0),
        ("April to August 2020", 250.0),
        ("April to September 2020", 300.0),
        ("April to October 2020", 300 + 200 / 3),
        ("April to November 2020", 300 + 200 * 2 / 3),
        ("April to December 2020", 500.0),
        ("April 2020 to January 2021", 600.0),
        ("April 2020 to February 2021", 700.0),
        ("2020/21", 800.0),
    ],
)
def test_what_adds_up_goes_in_proportion_from_one_milestone_to_the_next(board, period, high):
    found = board.verdict(
        "admissions", {"numerator": 100}, milestones(board, "admissions"), period=period,
        as_of=date(2021, 3, 31),
    )  # fmt: skip
    assert found["milestone_high"] == pytest.approx(high)


def test_before_its_first_milestone_a_figure_that_does_not_add_up_is_not_judged(board):
    found = board.verdict(
        "stock", {"numerator": 100}, milestones(board, "stock"), period="April to June 2020"
    )
    assert found["reason_now"] == "The first milestone is due on 30 September 2020."
    assert found["status_year_end"] == "on target"


@pytest.mark.parametrize(
    ("profile", "baseline", "low"),
    [
        ("", 60.0, 84.0),
        ("flat", 60.0, 84.0),
        ("straight line", 60.0, 76.0),
        ("straight line", None, 84.0),
    ],
)
def test_a_share_goes_straight_from_its_baseline_only_when_the_entry_says_so(
    board, profile, baseline, low
):
    stated = Baseline(baseline, parse("2019/20")) if baseline else None
    target = board.target("share", "at_least", 84, profile=profile, baseline=stated)
    assert board.verdict("share", WITH_COUNTS, target)["milestone_low"] == pytest.approx(low)


@pytest.mark.parametrize(
    ("aim", "now", "direction"),
    [
        ("higher", 86.0, "worse"),
        ("higher", 87.54, "same"),
        ("higher", 89.0, "better"),
        ("lower", 86.0, "better"),
        ("lower", 89.0, "worse"),
        ("none", 86.0, "down"),
        ("none", 89.0, "up"),
        ("none", 87.5, "same"),
    ],
)
def test_direction_is_by_aim_and_on_the_figures_as_printed(board, aim, now, direction):
    before = board.row("share", "April to November 2019", reported=87.5)
    found = board.verdict("share", {"reported": now}, None, measure={"aim": aim}, others=[before])
    assert found["direction"] == direction
    assert (found["previous"], found["previous_period"]) == (87.5, "2019-04-01/P8M")


@pytest.mark.parametrize(
    ("now", "direction"),
    [
        (55.0, "better"),
        (50.0, "worse"),
        (60.0, "better"),
        (64.9, "better"),
        (65.0, "same"),
        (65.1, "worse"),
    ],
)
def test_direction_towards_a_band_is_nearer_to_it(board, now, direction):
    before = board.row("share", "April to November 2019", reported=52.0)
    found = board.verdict(
        "share", {"reported": now}, None, others=[before],
        measure={"aim": "band", "band": (56.0, 61.0)},
    )  # fmt: skip
    assert found["direction"] == direction


def test_two_figures_inside_the_band_are_as_good_as_each_other(board):
    before = board.row("share", "April to November 2019", reported=57.0)
    found = board.verdict(
        "share", {"reported": 60.0}, None, others=[before],
        measure={"aim": "band", "band": (56.0, 61.0)},
    )  # fmt: skip
    assert found["direction"] == "same"
    assert found["reason_direction"] == (
        "60.0%, up from 57.0% in April to November 2019: both in the range that is good."
    )


@pytest.mark.parametrize(
    ("others", "more", "reason"),
    [
        ([], {}, "There is no figure for April to November 2019."),
        (
            ["2019/20"], {},
            "There is no figure for April to November 2019. The one for 2019/20 covers another "
            "length of time and is not compared.",
        ),
        (
            ["2019/20"], {"period": "2020/21"},
            "2020/21 is not finished at 30 November 2020, so it is not compared with 2019/20.",
        ),
        (
            ["April to November 2019"],
            {"measure": {"breaks": (SeriesBreak(parse("2020/21"), "break", "Counted anew"),)}},
            "Not comparable with April to November 2019: Counted anew.",
        ),
    ],
)  # fmt: skip
def test_direction_that_is_not_assessed_says_why(board, others, more, reason):
    rows = [board.row("share", period, reported=50.0) for period in others]
    found = board.verdict("share", {"reported": 60.0}, None, others=rows, **more)
    assert found["direction"] == "not assessed"
    assert found["reason_direction"] == reason


def test_an_override_is_shown_and_keeps_what_the_rule_said(board):
    override = Override(
        "share", parse("April to November 2020"), "year end", "close", "a plan is agreed",
        "Director", date(2020, 12, 3),
    )  # fmt: skip
    later = Override(
        "share", parse("April to November 2020"), "year end", "on target", "the plan works",
        "Chief Executive", date(2020, 12, 10),
    )  # fmt: skip
    target = board.target("share", "at_least", 87)
    found = board.verdict("share", WITH_COUNTS, target, overrides=[override])
    assert (found["status_now"], found["status_year_end"]) == ("off target", "close")
    assert found["reason_year_end"] == (
        "Set by Director on 3 December 2020: a plan is agreed. By the rule: off target. 79.7%, if "
        "the figure so far stands, is 7.3 points below the target of at least 87.0%."
    )
    assert found["overridden"] == (
        "Year end: Set by Director on 3 December 2020: a plan is agreed."
    )
    found = board.verdict("share", WITH_COUNTS, target, overrides=[later, override])
    assert found["status_year_end"] == "on target"


@pytest.mark.parametrize(
    ("base", "by", "words"),
    [
        # 1.03 times 70 is 72.10000000000001 to the machine.
        (70.0, 3, "the target of at least 72.1% (3% more than 70.0% in 2019/20)."),
        (64.2, 5, "at least 67.41% (5% more than 64.2% in 2019/20), judged as at least 67.4%."),
    ],
)
def test_a_bound_that_rounding_does_not_move_is_not_said_to_be_judged_as_itself(
    board, base, by, words
):
    rows = [board.row("share", "2019/20", reported=base)]
    target = board.target(
        "share", "change_percent", by, goal={"period": parse("2019/20")}, rounded_to=1
    )
    found = board.verdict("share", {"reported": 50.0}, target, period="2020/21", others=rows,
                          as_of=date(2021, 4, 1))  # fmt: skip
    assert found["reason_now"].endswith(words)


def test_a_figure_that_rounding_does_not_move_is_not_said_to_be_judged_as_itself(board):
    target = board.target("share", "at_least", 80, rounded_to=1)
    for figure in (70.0 * 1.03, 72.14):  # nor where it is printed as it is judged
        found = board.verdict("share", {"reported": figure}, target)
        assert found["reason_now"].startswith("72.1% is 7.9 points below the target")


@pytest.mark.parametrize(
    ("status", "chance"),
    [
        ("on target", "chance_on"),
        ("close", "chance_close"),
        ("off target", "chance_off"),
        ("not assessed", None),
    ],
)
def test_the_chance_of_another_status_is_that_of_another_than_the_one_set(
    board, points, status, chance
):
    target = board.target("share", "at_least", 82, tolerance=points(3))
    said = (parse("April to November 2020"), "now", status, "x", "Director", date(2020, 12, 3))
    rule = board.verdict("share", WITH_COUNTS, target)
    found = board.verdict("share", WITH_COUNTS, target, overrides=[Override("share", *said)])
    assert rule["status_wider"] and rule["status_narrower"] and rule["chance_close"]
    assert found["status_now"] == status
    assert found["chance_other"] == (pytest.approx(1 - rule[chance]) if chance else None)
    assert (found["status_wider"], found["status_narrower"]) == (None, None)


def test_an_override_of_the_year_end_leaves_what_is_told_of_the_status_now(board, points):
    target = board.target("share", "at_least", 82, tolerance=points(3))
    said = (parse("April to November 2020"), "year end", "close", "x", "Chief", date(2020, 12, 3))
    rule = board.verdict("share", WITH_COUNTS, target)
    found = board.verdict("share", WITH_COUNTS, target, overrides=[Override("share", *said)])
    beside = ("status_now", "chance_other", "status_wider", "status_narrower")
    assert [found[name] for name in beside] == [rule[name] for name in beside]


def test_an_override_of_no_verdict_is_a_mistake_and_never_passed_over(board):
    said = ("now", "close", "x", "Director", date(2020, 12, 3))
    wrong = [
        Override("share", parse("2019/20"), *said),
        Override("share", parse("April to November 2020"), *said, place="ELSEWHERE"),
    ]
    target = board.target("share", "at_least", 87)
    with pytest.raises(Mistakes) as caught:
        board.verdict("share", WITH_COUNTS, target, overrides=wrong)
    assert [str(one) for one in caught.value.exceptions] == [
        "targets, override of share set on 3 December 2020\n"
        f"  There is no verdict on share of {place} for {period} that could be set aside.\n"
        "  Give the measure, place and period of a figure that is judged, or take the entry out."
        for place, period in (("H", "2019/20"), ("ELSEWHERE", "April to November 2020"))
    ]


def test_an_override_of_another_place_is_shown_also_without_a_target(board):
    share = board.measure("share")
    rows = [board.row("share", "2019/20", place=place, reported=50.0) for place in "HAB"]
    override = Override(
        "share", parse("2019/20"), "now", "close", "x", "Director", date(2020, 12, 3), place="A"
    )
    found = board.verdicts(rows, [share], [], overrides=[override])
    assert dict(found.select("place", "status_now").iter_rows()) == {
        "H": "not assessed", "A": "close",
    }  # fmt: skip


def test_no_verdict_tells_the_counts_of_a_suppressed_figure(board):
    figure = {"numerator": 3, "denominator": 20, "absent": "suppressed"}
    found = board.verdict("share", figure, board.target("share", "at_least", 87))
    assert (found["value"], found["numerator"], found["denominator"]) == (None, None, None)
    assert found["reason_now"] == "Suppressed to protect people."
    words = [text for text in found.values() if isinstance(text, str)]
    assert not [text for text in words if "3 of" in text or "20 people" in text]


def test_every_figure_of_home_has_a_row_and_other_places_only_where_they_have_a_target(board):
    share = board.measure("share")
    rows = [
        board.row("share", "2019/20", place=place, category=category, reported=50.0)
        for place in ("H", "A", "B")
        for category in ("all", "female")
    ]
    target = board.target("share", "at_least", 87, place="A", period=parse("2019/20"))
    found = board.verdicts(rows, [share], [target])
    assert sorted(found.select("place", "category").rows()) == [
        ("A", "all"), ("A", "female"), ("H", "all"), ("H", "female"),
    ]  # fmt: skip
    assert found["target_id"].null_count() == 3


def test_a_target_under_which_nothing_was_reported_does_not_vanish(board):
    share = board.measure("share")
    rows = [board.row("share", "2018/19", reported=50.0)]
    begun = board.target("share", "at_least", 87)
    later = board.target("share", "at_least", 90, id="later", period=parse("2021/22"))
    found = board.verdicts(rows, [share], [begun, later])
    assert found["period"].to_list() == ["2018-04-01/P1Y", "2020-04-01/P1Y"]
    assert found["reason_now"].to_list() == ["There is no target.", "No figure was supplied."]


def test_the_shortest_target_that_holds_the_period_is_the_one_that_counts(board):
    share = board.measure("share")
    rows = [board.row("share", "2020/21 Q2", reported=50.0)]
    year = board.target("share", "at_least", 87)
    quarter = board.target("share", "at_least", 40, id="quarter", period=parse("2020/21 Q2"))
    found = board.verdicts(rows, [share], [year, quarter])
    assert found["target_id"].to_list() == ["quarter", "share target"]
    assert found["status_now"][0] == "on target"


def test_no_figures_and_no_targets_give_no_verdicts(board):
    share = board.measure("share")
    rows = [board.row("share", "2019/20", place="elsewhere", reported=50.0)]
    assert board.verdicts(rows, [share], []).is_empty()


def test_the_same_days_under_another_key_are_the_same_period(board):
    before = {**board.row("share", "2018/19", reported=50.0), "period": "2018-04-01/P12M"}
    found = board.verdict("share", {"reported": 60.0}, None, others=[before], period="2019/20")
    assert found["direction"] == "better"


def test_figures_with_and_without_a_target_keep_their_order_and_their_own_words(board):
    with_one, without = board.measure("share"), board.measure("stock")
    rows = [
        board.row(measure, "2019/20", place=place, reported=50.0 + number)
        for number, (measure, place) in enumerate(
            [("stock", "H"), ("share", "H"), ("share", "A"), ("stock", "A"), ("share", "B")]
        )
    ]
    targets = [
        board.target("share", "at_least", 52, id=place, place=place, period=parse("2019/20"))
        for place in ("H", "B")
    ]
    found = board.verdicts(rows, [with_one, without], targets, also=["A"])
    assert found.select("value", "place", "target", "status_now", "distance_now").rows() == [
        (50.0, "H", None, "not assessed", None),
        (51.0, "H", "at least 52.0%", "off target", "1.0 points more"),
        (52.0, "A", None, "not assessed", None),
        (53.0, "A", None, "not assessed", None),
        (54.0, "B", "at least 52.0%", "on target", "2.0 points to spare"),
    ]
    assert found["reason_now"][0] == found["reason_year_end"][3] == "There is no target."


def test_a_previous_figure_that_is_suppressed_is_said_to_be(board):
    before = board.row("admissions", "April to November 2019", absent="suppressed")
    found = board.verdict("admissions", {"numerator": 46}, None, others=[before])
    assert found["reason_direction"] == "The figure for April to November 2019 is suppressed."


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (35, 35, "35, the same as at 30 November 2019."),
        (36, 35, "36, up from 35 at 30 November 2019: worse."),
    ],
)
def test_a_figure_on_a_day_is_not_said_to_be_in_it(board, now, then, words):
    before = board.row("stock", "2019-11-30", numerator=then)
    found = board.verdict(
        "stock", {"numerator": now}, None, others=[before], period="2020-11-30",
        measure={"roll_up": "none"},
    )  # fmt: skip
    assert found["reason_direction"] == words


MONEY = {"unit": "£", "kind": "money", "decimals": 2, "aim": "higher"}


@pytest.mark.parametrize(
    ("measure", "now", "then", "whole", "said"),
    [
        # By the end of November a straight line has 8 twelfths; a tenth of that is a sliver.
        (MONEY, -460, -600, -893, "last year's profile: -460.00 × -893.00 ÷ -600.00"),
        (MONEY, -307, 5, -560, "last year's part, £5.00 of -£560.00, is no share of its year"),
        (MONEY, 307, -5, 560, "last year's part, -£5.00 of £560.00, is no share of its year"),
        (MONEY, -307, -30, -560, "last year's part, -£30.00 of -£560.00, is no share of its year"),
        (MONEY, -307, -40, -560, "last year's profile: -307.00 × -560.00 ÷ -40.00"),
        (MONEY, -307, -700, -560, "last year's part, -£700.00 of -£560.00, is no share"
         " of its year"),
        (MONEY, -307, 0, -560, "last year's part, £0.00 of -£560.00, is no share of its year"),
        (MONEY, -307, 300, 560, "it has another sign than last year's part, £300.00 of £560.00"),
        # Of a count a small part is a season, and a whole that was printed may be a little less.
        ({}, 307, 5, 560, "last year's profile: 307 × 560 ÷ 5"),
        ({}, 307, 562, 560, "last year's profile: 307 × 560 ÷ 562"),
    ],
)  # fmt: skip
def test_a_share_of_last_year_is_one_only_where_nothing_cancelled(
    board, measure, now, then, whole, said
):
    target = board.target("admissions", "at_least" if measure else "below", 500)
    found = board.verdict(
        "admissions", {"numerator": now}, target, measure=measure,
        others=last_year(board, then, whole),
    )  # fmt: skip
    assert said in found["forecast_method"]
    if "profile" in said:
        assert found["forecast"] == pytest.approx(now * whole / then)
    else:
        assert found["forecast_method"].startswith("straight line: ")
        assert found["forecast"] == pytest.approx(now * 12 / 8)


def test_a_target_that_asks_for_a_straight_line_says_nothing_of_last_year(board):
    target = board.target("admissions", "at_least", -500, profile="straight line")
    found = board.verdict(
        "admissions", {"numerator": -307}, target, measure=MONEY,
        others=last_year(board, 5.0, -560.0),
    )  # fmt: skip
    assert found["forecast_method"] == "straight line: -£307.00 in 8 of 12 months"


def test_a_milestone_by_last_years_shape_has_a_shape_to_go_by(board):
    target = board.target("admissions", "at_least", -500, profile="last year")
    for then, milestone in ((-420.0, -375.0), (5.0, -500 * 8 / 12), (-5.0, -500 * 8 / 12)):
        found = board.verdict(
            "admissions", {"numerator": -307}, target, measure=MONEY,
            others=last_year(board, then, -560.0),
        )  # fmt: skip
        assert found["milestone_low"] == pytest.approx(milestone)


@pytest.mark.parametrize(
    ("word", "goal", "said"),
    [
        ("at_least", -500, "no more than £193.00 less in the remaining 4 months"),
        ("at_least", -200, "at least £107.00 more in the remaining 4 months"),
        ("at_most", -400, "at least £93.00 less in the remaining 4 months"),
        ("at_most", -200, "no more than £107.00 in the remaining 4 months"),
        ("at_least", -307, "reached, and nothing of it may be lost again"),
    ],
)
def test_what_money_has_reached_it_may_lose_again(board, word, goal, said):
    target = board.target("admissions", word, goal)
    found = board.verdict("admissions", {"numerator": -307}, target, measure=MONEY)
    assert found["distance_year_end"] == said


OVER = "over the limit for the year, unless so much is taken back"
LEFT = "in the remaining 4 months"
ROOM = f"no more than £50.00 {LEFT}"


@pytest.mark.parametrize(
    ("spent", "word", "goal", "said"),
    [
        (650, "at_most", (500,), f"already £150.00 {OVER}"),
        (700, "between", (400, 500), f"already £200.00 {OVER}"),
        (650, "at_most", (0,), f"already £650.00 {OVER}"),
        (500, "at_least", (500,), "reached, and nothing of it may be lost again"),
        (650, "at_least", (500,), "no more than £150.00 less in the remaining 4 months"),
        (650, "between", (400, 700), f"no more than £250.00 less {LEFT}, and {ROOM}"),
        (400, "between", (400, 450), f"reached, and nothing of it may be lost again, and {ROOM}"),
    ],
)
def test_money_past_its_limit_is_over_it_and_at_its_goal_has_nothing_to_lose(
    board, spent, word, goal, said
):
    target = board.target("admissions", word, *goal)
    found = board.verdict("admissions", {"numerator": spent}, target, measure=MONEY)
    assert found["distance_year_end"] == said


def test_what_cannot_fall_again_is_over_its_limit_for_good(board):
    found = board.verdict(
        "admissions", {"numerator": 650}, board.target("admissions", "at_most", 500)
    )
    assert found["distance_year_end"] == "already 150 admissions over the limit for the year"


@pytest.mark.parametrize(
    ("numerator", "status"), [(60, "on target"), (70, "close"), (71, "off target")]
)
def test_a_per_cent_of_a_target_of_none_is_one_of_the_line_from_its_baseline(
    board, numerator, status
):
    """The 8 of 12 months from 20% to none leave 6.667%, and a twentieth of it is 0.333 points."""
    target = board.target(
        "share", "at_most", 0, profile="straight line",
        baseline=Baseline(20.0, parse("2019/20")), tolerance=Tolerance("percent_of_target", 5),
    )  # fmt: skip
    lower = {"aim": "lower"}
    counted = {"numerator": numerator, "denominator": 1000}
    found = board.verdict("share", counted, target, measure=lower)
    assert found["status_now"] == status
    assert found["milestone_high"] == pytest.approx(20 * 4 / 12)
