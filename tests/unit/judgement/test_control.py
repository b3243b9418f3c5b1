"""Control charts of figures: breaks, steps, short and constant series, targets, counts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from outturn.framework.model import Measure, Milestone, SeriesBreak, Step, Tally
from outturn.judgement.control import (
    FEW_EVENTS,
    chart_in_words,
    chosen,
    control_of,
    figures_needed,
    target_number,
    target_words,
    too_few,
)
from outturn.judgement.values import values
from outturn.statistics.control_charts import xmr_limits
from outturn.statistics.rare_event_charts import t_limits
from outturn.terms.period import APRIL, Period, add_months, from_key
from outturn.terms.records import COUNTS, VERDICTS, fitted
from outturn.terms.written_periods import parse

NOISE = [30.0, 34.0, 31.0, 33.0, 29.0, 32.0, 35.0, 30.0, 33.0, 31.0, 34.0, 29.0]
LATER = date(2030, 1, 1)


def months(number, start=date(2020, 4, 1)):
    return [Period(add_months(start, n), 1, "M").key for n in range(number)]


@pytest.fixture
def charted(board):
    """The control charts of a monthly measure with these figures."""

    def make(figures, name="admissions", /, *, periods=None, counts=(), as_of=LATER, **more):
        measure = board.measure(name, **{"frequency": "month", **more})
        rows = []
        for key, figure in zip(periods or months(len(figures)), figures, strict=True):
            row = board.row(name, "2020/21", reported=figure, **dict(counts))
            rows.append(row | {"period": key} | ({} if figure is not None else {"reported": None}))
        figures = board.values(rows, measure)
        return control_of(figures, measures={name: measure}, calendar=APRIL, as_of=as_of)

    return make


def line(found):
    return chosen(found.series).row(0, named=True)


def test_the_limits_are_those_of_the_room_statistics(charted):
    found = charted(NOISE * 2)
    expected = xmr_limits(NOISE * 2)
    last = found.points.row(-1, named=True)
    assert (last["lower"], last["upper"]) == (expected.lower[-1], expected.upper[-1])
    assert line(found)["footing"] == "limits"
    assert line(found)["variation"] == "common cause"


@pytest.mark.parametrize(
    "kind, aim, said",
    [
        ("admissions", "lower", "concern, high"),
        ("admissions", "higher", "improvement, high"),
        ("admissions", "none", "neutral, high"),
        ("admissions", "band", "neutral, high"),
    ],
)
def test_a_point_outside_is_good_or_bad_by_the_aim_of_the_measure(charted, kind, aim, said):
    found = charted([*NOISE, 60.0], kind, aim=aim)
    assert line(found)["variation"] == said
    assert line(found)["rule"] == "outside the limits"
    assert found.points["variation"].to_list() == [None] * 12 + [said]


RARE = ([0.0] * 11 + [1.0]) * 2 + [0.0] * 12


@pytest.mark.parametrize("kind", ["admissions", "rate"])
def test_rare_events_have_no_limits_and_their_absence_is_no_improvement(charted, kind):
    found = charted(RARE, kind)
    assert found.points["variation"].null_count() == found.points["lower"].null_count() == 36
    told = line(found)
    assert (told["footing"], told["variation"], told["assurance"]) == ("median only", None, None)
    assert too_few(told) == FEW_EVENTS


def test_noise_of_rare_events_is_never_called_improvement(board):
    figures = np.random.default_rng(7).poisson(0.1, (4000, 36))
    measure = board.measure("admissions", frequency="month")
    number, period = np.indices(figures.shape)
    rows = pl.DataFrame({
        "measure": "admissions", "definition": "1", "breakdown": "all", "category": "all",
        "place": pl.Series(number.ravel()).cast(pl.String),
        "period": pl.Series(months(36)).gather(period.ravel()),
        "reported": figures.ravel().astype(float),
    })  # fmt: skip
    found = control_of(
        values(fitted(rows, COUNTS), measures={"admissions": measure}, places={}),
        measures={"admissions": measure}, calendar=APRIL, as_of=LATER,
    )  # fmt: skip
    told = found.series["variation"].drop_nulls()
    assert set(told) <= {"common cause"}  # of series without any event


def test_a_score_of_nothing_is_a_figure_like_any_other(charted):
    assert line(charted(RARE, "share", kind="score"))["lower"] is not None


def test_a_chart_made_for_rare_events_may_hold_many_of_no_days(charted):
    figures = [0.0, 0.0, 5.0] * 8
    assert line(charted(figures, chart="T", frequency="census"))["chart"] == "T"
    assert line(charted(figures, chart="T", frequency="census"))["lower"] is not None


def test_a_series_of_eleven_has_its_median_alone(charted):
    found = charted(NOISE[:10] + [90.0])
    told = line(found)
    assert (told["footing"], told["figures"]) == ("median only", 11)
    assert told["mean"] == 32.0
    assert told["variation"] is told["assurance"] is told["lower"] is told["rule"] is None


def test_a_series_of_twelve_has_trial_limits(charted):
    assert line(charted(NOISE))["footing"] == "trial limits"


def test_a_break_in_the_series_begins_new_limits(charted):
    cut = SeriesBreak(parse("2021-04"), "break", "counted otherwise")
    found = charted([*NOISE, *(n + 100 for n in NOISE)], breaks=(cut,))
    assert found.points["segment"].to_list() == [1] * 12 + [2] * 12
    assert found.points["rule"].null_count() == 24
    assert line(found)["figures"] == 12


def test_a_declared_step_begins_new_limits_where_it_was_declared(charted):
    here = Step(parse("2021-04"), "A ward opened.", "H")
    there = Step(parse("2021-04"), "A ward opened.", "elsewhere")
    higher = [*NOISE, *(n + 100 for n in NOISE)]
    assert charted(higher, steps=(here,)).points["segment"].max() == 2
    assert charted(higher, steps=(there,)).points["segment"].max() == 1


def test_a_step_inside_a_longer_period_counts_from_the_next(charted):
    years = [f"{2000 + n}-04-01/P1Y" for n in range(12)]
    found = charted(NOISE, periods=years, steps=(Step(parse("2006-10"), "It was."),))
    assert found.points["segment"].to_list() == [1] * 7 + [2] * 5


@pytest.mark.parametrize(
    "parted",
    [
        {"breaks": (SeriesBreak(parse("2023-02"), "break", "why"),)},
        {"breaks": (SeriesBreak(parse("2023-01"), "gap", "why"),)},
        {"steps": (Step(parse("2023-02"), "A ward closed"),)},
        {"steps": (Step(parse("2023-02"), "A ward closed", "H"),)},
    ],
)
def test_a_longer_kind_of_period_without_a_figure_since_the_break_does_not_speak(charted, parted):
    quarters = [Period(add_months(date(2020, 1, 1), 3 * n), 3, "M").key for n in range(13)]
    monthly, quarterly = NOISE * 3, [3 * one for one in NOISE] + [90.0]
    both = {"periods": [*months(36), *quarters]}
    assert line(charted(monthly + quarterly, **both))["figures"] == 36
    found = line(charted(monthly + quarterly, **both, **parted))
    assert (found["grain"], found["figures"]) == ("month", 2)
    assert found["variation"] is None
    assert too_few(found) == "2 figures: at least 12 are needed"


def test_a_step_of_another_place_or_still_to_come_moves_nothing(charted):
    for step in (Step(parse("2023-02"), "why", "OTHER"), Step(parse("2029-02"), "why")):
        assert line(charted(NOISE * 3, steps=(step,), as_of=date(2023, 3, 31)))["figures"] == 36


def test_where_no_kind_of_period_has_a_figure_since_the_break_the_longest_speaks(charted):
    broken = SeriesBreak(parse("2025-02"), "break", "why")
    assert line(charted(NOISE * 3, breaks=(broken,)))["figures"] == 36


def test_a_missing_month_leaves_a_gap_across_which_nothing_moves(charted):
    keys = months(13)
    del keys[6]
    found = charted(NOISE, periods=keys)
    expected = xmr_limits([*NOISE[:6], None, *NOISE[6:]])
    assert found.series["upper"][0] == expected.upper[-1]


def test_months_and_years_are_two_series_and_parts_of_years_are_none(charted):
    keys = [*months(6), "2019-04-01/P1Y", "2020-04-01/P8M", "2019-10-01/P12M"]
    found = charted([1.0] * 9, periods=keys)
    grains = dict(found.series.select("grain", "figures").iter_rows())
    assert grains == {"month": 6, "financial year": 1}


def test_a_period_that_is_not_over_is_left_out(charted):
    found = charted(NOISE, as_of=date(2021, 3, 30))
    assert line(found)["period"] == "2021-02-01/P1M"


def test_a_series_without_a_figure_is_left_out(charted):
    found = charted([None] * 12)
    assert found.series.is_empty() and found.points.is_empty()


def test_a_series_that_never_changes_has_its_limits_on_its_mean(charted):
    told = line(charted([0.0] * 14))
    assert (told["lower"], told["upper"], told["variation"]) == (0.0, 0.0, "common cause")


def test_the_assurance_goes_by_the_latest_target(board):
    measure = board.measure("admissions", frequency="month")
    keys = months(24)
    rows = [
        board.row("admissions", "2020/21", reported=n) | {"period": key}
        for key, n in zip(keys, NOISE * 2, strict=True)
    ]
    figures = board.values(rows, measure)

    def said(*aims):
        asked = figures.select("measure", "place", "period", "breakdown", "category").with_columns(
            milestone_high=pl.Series(aims, dtype=pl.Float64)
        )
        found = control_of(
            figures, measures={"admissions": measure}, calendar=APRIL, as_of=LATER,
            verdicts=fitted(asked, VERDICTS),
        )  # fmt: skip
        return found.series["assurance"][0], found.series["target"][0]

    assert said(*[10.0] * 12, *[60.0] * 12) == ("consistently passes", 60.0)
    assert said(*[60.0] * 12, *[10.0] * 12) == ("consistently fails", 10.0)
    assert said(*[32.0] * 24) == ("hit and miss", 32.0)
    assert said(*[60.0] * 23, None) == (None, None)  # no target any more


@pytest.fixture
def with_target(board):
    """The control charts of figures of months from April 2020, with a target for 2021/22."""

    def make(figures, *goal, months_of=1, measure=None, **more):
        measure = measure or board.measure("admissions", frequency="month")
        starts = (add_months(date(2020, 4, 1), months_of * n) for n in range(len(figures)))
        keys = [Period(one, months_of, "M").key for one in starts]
        rows = [
            board.row(measure.id, "2020/21", numerator=n) | {"period": key}
            for key, n in zip(keys, figures, strict=True)
        ]
        target = board.target(measure.id, *goal, period=parse("2021/22"), **more)
        end = from_key(keys[-1]).end
        return control_of(
            board.values(rows, measure), measures={measure.id: measure}, calendar=APRIL, as_of=end,
            verdicts=board.verdicts(rows, [measure], [target], as_of=end), targets=[target],
        )  # fmt: skip

    return make


MILESTONES = (Milestone(date(2021, 6, 30), 60.0), Milestone(date(2021, 9, 30), 80.0))


@pytest.mark.parametrize("more", [{"milestones": MILESTONES}, {"profile": "last year"}])
@pytest.mark.parametrize("length", [1, 3])
def test_the_line_of_the_target_does_not_jump_where_the_year_begins(with_target, more, length):
    figures = NOISE[:4] * 2 if length == 3 else [*NOISE, *NOISE]
    found = with_target(figures, "at_most", 110, months_of=length, **more)
    year = found.points.filter(pl.col("period") >= "2021-04")
    assert year["target"].to_list() == [110 * length / 12] * (12 // length)


def test_of_april_alone_the_target_is_that_of_a_month(with_target):
    found = line(with_target([*NOISE, 9.0], "at_most", 110, milestones=MILESTONES))
    assert (found["target"], found["assurance"]) == (110 / 12, "consistently fails")


def test_of_different_people_april_has_no_target_where_no_month_has_one(board, with_target):
    tally = Tally("people", "distinct", "id")
    measure = board.measure("admissions", frequency="month", numerator=tally, reported=False)
    found = with_target([*NOISE, *NOISE], "at_most", 110, measure=measure, profile="last year")
    assert found.points["target"].null_count() == 24


@pytest.mark.parametrize(
    ("word", "aim", "year"),
    [("at_most", "lower", 84), ("at_least", "higher", 84), ("at_most", "lower", 600),
     ("at_least", "higher", 0.84)],
)  # fmt: skip
def test_a_series_that_meets_its_target_exactly_each_month_passes(
    board, with_target, word, aim, year
):
    measure = board.measure("admissions", frequency="month", aim=aim, decimals=2)
    for dust in (0, 1e-15, -1e-15):
        found = with_target([year / 12 * (1 + dust)] * 24, word, year, measure=measure)
        assert line(found)["assurance"] == "consistently passes"
    worse = 1.001 if word == "at_most" else 0.999
    found = with_target([year / 12 * worse] * 24, word, year, measure=measure)
    assert line(found)["assurance"] == "consistently fails"


@pytest.mark.parametrize(
    ("unit", "decimals", "value", "said"),
    [
        ("admissions", 0, 102.5, "102.5 admissions"),
        ("admissions", 0, 110 / 12, "9.17 admissions"),
        ("admissions", 0, 50.0, "50 admissions"),
        ("%", 1, 95.0, "95.0%"),
        ("£", 2, -11000 / 12, "-£916.67"),
    ],
)
def test_a_target_is_printed_with_the_decimals_that_it_needs(board, unit, decimals, value, said):
    measure = board.measure("admissions", unit=unit, decimals=decimals)
    assert target_number(measure, value) == said
    assert target_words(measure, {"target": value, "target_low": None, "target_high": None}) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (28.0, 35.0, "28 to 35 admissions"),
        (28.5, 35.25, "28.5 to 35.25 admissions"),
        (30.0, 30.0, "30 admissions"),
        (None, 35.0, "at most 35 admissions"),
        (28.0, None, "at least 28 admissions"),
        (None, None, ""),
    ],
)
def test_a_target_without_a_better_side_is_told_and_has_no_assurance(board, low, high, said):
    measure = board.measure(
        "admissions", frequency="month", unit="admissions", aim="band", decimals=0
    )
    rows = [
        board.row("admissions", "2020/21", reported=n) | {"period": key}
        for key, n in zip(months(24), NOISE * 2, strict=True)
    ]
    figures = board.values(rows, measure)
    asked = figures.select("measure", "place", "period", "breakdown", "category").with_columns(
        milestone_low=pl.lit(low, pl.Float64), milestone_high=pl.lit(high, pl.Float64)
    )
    found = line(
        control_of(
            figures, measures={"admissions": measure}, calendar=APRIL, as_of=LATER,
            verdicts=fitted(asked, VERDICTS),
        )
    )  # fmt: skip
    assert (found["target"], found["target_low"], found["target_high"]) == (None, low, high)
    assert found["assurance"] is None
    assert target_words(measure, found) == said


@pytest.mark.parametrize("length", [1, 3])
def test_figures_given_to_date_have_no_series_of_their_first_months_or_quarters(charted, length):
    to_date = [
        Period(date(year, 4, 1), n, "M").key
        for year in range(2015, 2028)
        for n in range(length, 12, length)
    ]
    found = charted([float(n % 7) for n in range(len(to_date))], periods=to_date)
    assert found.series.is_empty() and found.points.is_empty()
    # Of one that has other months too, the months are a series.
    with_months = [*to_date, *months(24, start=date(2010, 4, 1))]
    found = charted([float(n % 7) for n in range(len(with_months))], periods=with_months)
    assert found.series["grain"].to_list() == ["month"]
    # Nothing is given to date of a yearly series of one month.
    aprils = [Period(date(year, 4, 1), length, "M").key for year in range(2010, 2024)]
    assert charted([1.0, 2.0] * 7, periods=aprils).series["figures"].to_list() == [14]


def test_a_p_chart_goes_by_counts_where_the_figure_follows_from_them(charted):
    with_counts = {"numerator": 30.0, "denominator": 100.0}
    told = line(charted([30.0] * 12, "share", chart="P", counts=with_counts))
    assert told["chart"] == "P"
    assert told["upper"] == pytest.approx(100 * (0.3 + 3 * (0.3 * 0.7 / 100) ** 0.5))
    assert told["assurance"] is None
    otherwise = line(charted([31.0] * 12, "share", chart="P", counts=with_counts))
    assert (otherwise["chart"], otherwise["upper"]) == ("XmR", 31.0)
    without = line(charted([30.0] * 12, "share", chart="P"))
    assert without["chart"] == "XmR"


def test_a_u_chart_has_limits_in_the_unit_of_the_rate(charted):
    counts = {"numerator": 40.0, "denominator": 100000.0}
    told = line(charted([40.0] * 12, "rate", chart="U", counts=counts))
    assert told["chart"] == "U"
    assert told["upper"] == pytest.approx(40 + 3 * 40**0.5)


def test_screened_moving_ranges_are_those_of_the_room_statistics_and_that_is_said(charted):
    figures = [*NOISE, 60.0, *NOISE]
    plain, screened = (line(charted(figures, screened=one)) for one in (False, True))
    expected = xmr_limits(figures, screened=True)
    assert screened["upper"] == expected.upper[-1] < plain["upper"]
    measure = Measure("m", "M", "1", "count", "days", "lower", screened=True)
    assert chart_in_words(screened, measure) == "XmR chart of 25 figures, moving ranges screened."


RISING = [30.0, 34.0, 31.0, 33.0, 29.0, 32.0, 35.0, 30.0, 33.0, 31.0, 34.0, *range(29, 35)]


@pytest.mark.parametrize(("points", "rule"), [(6, "trend"), (7, None)])
def test_six_points_that_rise_are_a_trend_only_by_choice(charted, points, rule):
    found = charted([float(one) for one in RISING], trend_points=points)
    assert line(found)["rule"] == rule
    measure = Measure("m", "M", "1", "count", "days", "lower", trend_points=points)
    assert ("6 in a row a trend" in chart_in_words(line(found), measure)) == (points == 6)


def days(number):
    """Census dates that come when events do, ever further apart."""
    apart = [timedelta(n * (n + 3)) for n in range(number)]
    return [Period(date(2020, 1, 1) + one, 0, "D").key for one in apart]


WAITS = [30.0, 45.0, 28.0, 60.0, 41.0, 33.0, 52.0, 38.0, 47.0, 29.0, 55.0, 400.0]


def test_a_t_chart_has_the_limits_of_times_and_a_long_one_is_good_where_longer_is(charted):
    found = charted(WAITS, chart="T", aim="higher", frequency="census", periods=days(len(WAITS)))
    told, expected = line(found), t_limits(WAITS)
    assert (told["chart"], told["grain"]) == ("T", "census date")
    assert (told["lower"], told["mean"], told["upper"]) == pytest.approx(
        (expected.lower[-1], expected.centre[-1], expected.upper[-1])
    )
    assert (told["variation"], told["rule"]) == ("improvement, high", "outside the limits")
    xmr = line(charted(WAITS, aim="higher", frequency="census", periods=days(len(WAITS))))
    assert xmr["lower"] < 0 <= told["lower"]


def test_a_g_chart_has_its_limits_about_the_mean_and_its_middle_at_the_median(charted):
    cases = [12.0, 20.0, 8.0, 40.0, 3.0, 15.0, 22.0, 9.0, 31.0, 5.0, 18.0, 150.0]
    keys = days(len(cases))
    told = line(charted(cases, chart="G", aim="higher", frequency="census", periods=keys))
    mean = sum(cases) / len(cases)
    assert told["upper"] == pytest.approx(mean + 3 * (mean * (mean + 1)) ** 0.5)
    assert (told["lower"], told["mean"]) == (0.0, 16.5)
    halves = line(
        charted([*cases[:-1], 0.5], chart="G", aim="higher", frequency="census", periods=keys)
    )
    assert halves["chart"] == "XmR"  # half a case is none


def test_a_time_below_nothing_has_no_t_chart(charted):
    figures = [-1.0, *WAITS[1:]]
    told = line(charted(figures, chart="T", frequency="census", periods=days(len(figures))))
    assert told["chart"] == "XmR"


def last_event(number):
    return from_key(days(number)[-1]).end


@pytest.mark.parametrize(("more", "told"), [(0, False), (1, True)])
@pytest.mark.parametrize(("unit", "per"), [("days", 1), ("weeks", 7)])
def test_more_time_since_the_last_event_than_the_limits_hold_is_said(
    charted, unit, per, more, told
):
    upper = float(t_limits(WAITS).upper[-1])
    passed = int(upper * per) + more
    as_of = last_event(len(WAITS)) + timedelta(passed)
    found = charted(WAITS, chart="T", aim="higher", frequency="census", unit=unit, as_of=as_of,
                    periods=days(len(WAITS)))  # fmt: skip
    measure = Measure(
        "admissions", "admissions", "1", "count", unit, "higher", decimals=0, chart="T"
    )
    words = chart_in_words(line(found), measure)
    said = (
        f" {passed:,} days have passed since the last event told, more than the upper limit of "
        f"{upper:.1f} {unit}: either none has happened, or records are lacking."
    )
    assert words == "T chart of 12 figures, so the limits are on trial." + said * told
    assert line(found)["figures"] == len(WAITS)  # the time that is not over is no figure


@pytest.mark.parametrize(
    "more", [{"chart": "G"}, {"chart": "XmR"}, {"chart": "T", "unit": "admissions"}]
)
def test_nothing_is_said_of_the_time_since_an_event_where_figures_are_no_times(charted, more):
    asked = {"aim": "higher", "frequency": "census", "unit": "days", **more}
    assert line(charted(WAITS, periods=days(len(WAITS)), **asked))["waited"] is None


SHIFTED = [3.0, 4.0, 2.0, 3.0, 4.0, 2.0, 7.0, 8.0, 9.0, 7.0, 8.0, 9.0]


def test_a_run_chart_has_its_median_its_own_rules_and_no_limits(charted):
    found = charted(SHIFTED * 2, chart="run", aim="higher")
    told = line(found)
    assert (told["chart"], told["footing"], told["mean"]) == ("run", "median only", 5.5)
    assert [told[one] for one in ("lower", "upper", "assurance")] == [None] * 3
    assert (told["variation"], told["rule"]) == ("improvement, high", "shift")
    assert found.points["rule"].to_list() == ["shift"] * 24
    assert set(found.points["upper"]) == {None}


def test_a_run_chart_asks_whether_there_are_as_many_runs_as_noise_has(charted):
    few, many = SHIFTED, [3.0, 8.0] * 8
    usual = [3.0, 4.0, 2.0, 8.0, 9.0, 3.0, 2.0, 7.0, 8.0, 4.0, 9.0, 3.0]
    for figures, said in ((few, "too few runs"), (many, "too many runs"), (usual, None)):
        told = line(charted(figures, chart="run"))
        assert told["runs"] == said
        measure = Measure("m", "M", "1", "count", "days", "lower", chart="run")
        assert ("runs:" in chart_in_words(told, measure)) == (said is not None)


def test_a_run_chart_of_nine_figures_is_too_short_and_one_of_ten_is_not(charted):
    assert line(charted(SHIFTED[:9], chart="run"))["variation"] is None
    told = line(charted(SHIFTED[:10], chart="run"))
    assert told["variation"] is not None and figures_needed(told) == 10
