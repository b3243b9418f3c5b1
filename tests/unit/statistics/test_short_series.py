"""Series of one to two years: two plain methods, as wide as similar series erred in the past."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outturn.statistics.prospect import ALONE, INDICATIVE, LAST_MOVED, MARK, NEVER, TOO_SHORT
from outturn.statistics.short_series import (
    PartOfYear,
    Similar,
    own_errors,
    short_forecasts,
    similar_errors,
)
from outturn.statistics.year_ends import YearPart, year_end, year_end_of_parts, year_end_ratio

NAN = math.nan
KNOWN = 8


def places(number: int, months: int, seed: int = 1, size: float = 200.0) -> np.ndarray:
    """So many places with their months, of one level each, no season."""
    rng = np.random.default_rng(seed)
    levels = size * np.exp(rng.normal(0, 0.5, (number, 1)))
    return rng.poisson(levels, (number, months)).astype(float)


OTHERS = places(9, 68)
SHORT = places(1, 20, seed=7)[0]


def told(others=OTHERS, number=20, known=KNOWN) -> Similar:
    (found,) = similar_errors([PartOfYear(others)], known, number, 12)
    return found


def forecast(history, similar, known=KNOWN, **more):
    return year_end(history, known, seed=1, similar=[similar], **more)


def test_the_forecast_is_indicative_and_says_of_how_many_series_its_errors_are():
    found = forecast(SHORT, told())
    assert str(found.method).endswith(MARK)
    assert int(found.similar) == 9
    low, high = found.interval()
    assert SHORT[-KNOWN:].sum() < low < found.median < high


def test_each_error_is_what_was_expected_of_a_series_at_that_moment_against_what_came():
    """Worked out again one by one, from figures that lay before each moment alone."""
    errors = []
    for row in OTHERS:
        for back in range(1, 5):
            until = 68 - 12 * back
            then = short_forecasts(row[None, until - 20 : until], KNOWN, 12, "sum")
            offset = 4 * then.offset[0]
            came = row[until : until + 4].sum() + offset
            errors.append(
                [
                    math.log(came / (one.sum() + offset)) / math.sqrt(then.scale[0])
                    for one in then.expected[0]
                ]
            )
    for mine, found in zip(np.array(errors).T, told().errors, strict=True):
        ratio = (found - mine.mean() / 2) / (mine - mine.mean())
        np.testing.assert_allclose(ratio, ratio[0])  # all are widened alike
        assert ratio[0] >= math.sqrt(10 / 8)  # by (n + 1)/(n - 1) of nine series at the least


def test_few_years_widen_by_what_series_have_in_common_within_one():
    """In closed form: 6 series, 2 years, each year moving all of them alike and nothing else."""
    quiet = np.full((6, 44), 100.0)
    quiet[:, 20:32] *= np.tile([1.0, 1.1], 6)  # every series moves, so that it has a scale
    quiet[:, 28:32] = 150.0
    (found,) = similar_errors([PartOfYear(quiet)], KNOWN, 12, 12)
    # The variance of two years is twice their mean square, and is told times (2 + 1)/(2 - 1); that
    # of six series times 7/5.
    each = found.errors[0].reshape(6, 2)
    np.testing.assert_allclose(each, each[:1].repeat(6, axis=0))
    alone = [
        math.log(
            (quiet[0, o : o + 4].sum() + 4 * one.offset[0])
            / (one.expected[0, 0].sum() + 4 * one.offset[0])
        )
        / math.sqrt(one.scale[0])
        for o in (32, 20)
        for one in [short_forecasts(quiet[:1, o - 12 : o], KNOWN, 12, "sum")]
    ]
    mean = np.mean(alone)
    np.testing.assert_allclose(
        each[0], (np.array(alone) - mean) * math.sqrt(2 * 3 * 7 / 5) + mean / 2
    )


@pytest.mark.parametrize(("series", "years"), [(5, 2), (31, 2), (5, 5), (31, 5)])
def test_half_of_what_all_erred_by_comes_again_however_few_they_are(series, years):
    """By definition: the mean of the errors, each over the root of its scale, is halved."""
    others = places(series, 20 + 12 * years)
    others[:, -12:-8] *= 1.6
    errors = np.zeros((2, series, years))
    for place, row in enumerate(others):
        for year in range(years):
            until = 20 + 12 * year
            then = short_forecasts(row[None, until - 20 : until], KNOWN, 12, "sum")
            offset = 4 * then.offset[0]
            came = row[until : until + 4].sum() + offset
            told_then = then.expected[0].sum(axis=-1) + offset
            errors[:, place, year] = np.log(came / told_then) / math.sqrt(then.scale[0])
    found = told(others).errors.mean(axis=1)
    np.testing.assert_allclose(found, errors.mean(axis=(1, 2)) / 2)
    assert (np.abs(found) > 0.05).all()


def test_the_draws_are_the_errors_of_similar_series_on_the_own_scale():
    similar = told()
    found = forecast(SHORT, similar)
    own = short_forecasts(SHORT[None, :], KNOWN, 12, "sum")
    offset = 4 * own.offset[0]
    expected = own.expected[0, similar.chosen].sum()
    errors = similar.errors[similar.chosen] * math.sqrt(own.scale[0])
    made = SHORT[-KNOWN:].sum() + (expected + offset) * np.exp(errors) - offset
    np.testing.assert_allclose(np.unique(found.draws.round(6)), np.unique(made.round(6)))


def test_a_season_is_taken_from_last_year_where_similar_series_have_one():
    season = np.tile(np.where(np.arange(12) >= 8, 3.0, 1.0), 6)[:68]
    others = OTHERS * season
    found = forecast(SHORT * season[48:], told(others))
    assert str(found.method) == LAST_MOVED + MARK
    level = str(forecast(SHORT, told()).method)
    assert level != LAST_MOVED + MARK


@pytest.mark.parametrize(
    ("others", "why"),
    [(OTHERS[:4], "four series"), (OTHERS[:, -43:], "one past year"), (OTHERS[:, -25:], "none")],
)
def test_fewer_than_five_series_or_two_years_say_too_little(others, why):
    assert similar_errors([PartOfYear(others)], KNOWN, 20, 12) is None, why


def test_series_with_gaps_and_those_that_are_often_nothing_are_left_out():
    others = OTHERS.copy()
    others[0, ::9] = NAN
    others[1, ::5] = 0.0
    assert told(others).series == 7


def test_alone_a_series_has_its_own_errors_widened():
    found = year_end(SHORT, KNOWN, seed=1)
    assert str(found.method) == "smoothing" + MARK and int(found.similar) == 0
    errors = own_errors(short_forecasts(SHORT[None, :], KNOWN, 12, "sum"), SHORT[None, :])[0]
    seen = errors[~np.isnan(errors)]
    assert seen.size == 16 and seen.mean() == pytest.approx(0)
    low, high = found.interval()
    assert low < found.median < high


def test_alone_a_series_of_quarters_or_one_that_never_moved_has_a_reason():
    for history, periods, known in ((SHORT[:6], 4, 2), (np.full(20, 50.0), 12, KNOWN)):
        found = year_end(history, known, seed=1, periods=periods)
        assert (str(found.method), str(found.why)) == ("", ALONE)
        assert np.isnan(found.draws).all()


def test_quarters_learn_from_similar_series_too():
    others = places(8, 22)
    (similar,) = similar_errors([PartOfYear(others)], 2, 6, 4)
    found = forecast(others[0, -6:], similar, known=2, periods=4)
    assert str(found.method) in ("mean of the last year" + MARK, LAST_MOVED + MARK)
    assert int(found.similar) == 8


def test_a_series_in_which_nothing_happened_has_no_chance_told():
    found = year_end(np.zeros(18), 6, seed=1)
    assert (str(found.method), str(found.why)) == ("", NEVER)


def test_a_series_that_is_often_nothing_is_as_unsure_of_its_mean_as_so_few_months_are():
    """In closed form: months without runs have a mean as uncertain as their standard error."""
    months = np.array([0.0, 3.0, 0.0, 1.0] * 4)
    found = year_end(months, 4, seed=1)
    assert str(found.method) == "mean of the last year" + MARK
    assert float(found.draws.mean()) == pytest.approx(4 + 8, rel=0.02)
    variance = months.var(ddof=1) * (8 + 64 / 16)
    assert float(found.draws.var()) == pytest.approx(variance, rel=0.1)
    in_runs = year_end(np.repeat([0.0, 3.0, 0.0, 1.0], 4), 4, seed=1)
    assert in_runs.draws.std() > 1.3 * found.draws.std()


def test_what_lay_before_a_gap_does_not_make_a_short_series_a_rare_event():
    months = np.random.default_rng(3).poisson(100, 15).astype(float)
    history = np.r_[np.full(20, NAN), np.zeros(4), NAN, months]
    similar = told(number=15, known=4)
    found = forecast(history, similar, known=4)
    assert int(found.similar) == 9
    np.testing.assert_array_equal(found.draws, forecast(months, similar, known=4).draws)


@pytest.mark.filterwarnings("error")
def test_a_series_that_has_not_moved_since_a_gap_has_a_reason_and_no_warning():
    history = np.r_[np.full(30, NAN), np.zeros(5), NAN, np.full(14, 2.0)]
    found = year_end(history, 2, seed=1)
    assert (str(found.method), str(found.why)) == ("", ALONE)


def test_less_than_a_year_keeps_the_straight_line_and_two_years_their_own_method():
    few = forecast(SHORT[:11], told(number=12), known=3, spread=0.2)
    assert str(few.method) == INDICATIVE
    long = np.concatenate([SHORT, SHORT])
    np.testing.assert_array_equal(forecast(long, told()).draws, year_end(long, KNOWN, seed=1).draws)
    assert str(year_end(SHORT[:5], 5, seed=1).why) == TOO_SHORT


def test_a_gap_within_the_last_year_leaves_a_straight_line():
    history = SHORT.copy()
    history[10] = NAN
    assert str(year_end(history, KNOWN, seed=1).method) == INDICATIVE


def test_what_moves_both_parts_of_a_ratio_moves_it_not():
    both = similar_errors([PartOfYear(OTHERS), PartOfYear(2 * OTHERS)], KNOWN, 20, 12)
    found = year_end_ratio(
        SHORT[None, :], 2 * SHORT[None, :], KNOWN, seed=1, per=100, similar=[both]
    )
    np.testing.assert_allclose(found.draws, 50.0)
    assert found.similar.tolist() == [9]
    other = similar_errors([PartOfYear(OTHERS), PartOfYear(places(9, 68, 3))], KNOWN, 20, 12)
    apart = year_end_ratio(SHORT[None, :], 2 * SHORT[None, :], KNOWN, seed=1, similar=[other])
    assert np.ptp(apart.interval()) > 0.01


def test_a_ratio_says_of_which_part_the_errors_are_those_of_similar_series():
    both = similar_errors([PartOfYear(OTHERS), PartOfYear(OTHERS)], KNOWN, 20, 12)
    rare = np.tile([0.0, 3.0, 1.0, 0.0], 5)
    for pair, parts in (((rare, SHORT), [0, 9]), ((SHORT, rare + 1), [9, 9])):
        found = year_end_ratio(*pair, KNOWN, seed=1, similar=[both])
        assert found.similar_of.tolist() == parts and int(found.similar) == 9


def test_parts_of_a_figure_are_drawn_from_the_same_series_and_moment():
    both = similar_errors([PartOfYear(OTHERS), PartOfYear(OTHERS, "mean")], KNOWN, 20, 12)
    parts = [
        YearPart(SHORT[None, :], way, similar=[one])
        for way, one in zip(("sum", "mean"), both, strict=True)
    ]
    found = year_end_of_parts(parts, lambda made: made[0] / made[1], KNOWN, seed=1)
    np.testing.assert_allclose(found.draws, 12.0)


def test_a_stock_is_as_wide_as_similar_series_erred_in_the_last_month():
    (similar,) = similar_errors([PartOfYear(OTHERS, "last")], KNOWN, 20, 12)
    found = forecast(SHORT, similar, roll_up="last")
    assert SHORT.min() * 0.5 < float(found.median) < SHORT.max() * 1.5
    assert np.ptp(found.interval()) > 0


def test_what_is_said_of_similar_series_is_of_each_series_or_of_none():
    with pytest.raises(ValueError, match="for each series, or for none"):
        year_end(np.stack([SHORT, SHORT]), KNOWN, seed=1, similar=[told()])


def test_figures_that_grow_by_the_day_are_compared_as_if_months_were_as_long():
    days = np.tile([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31], 7)[:72].astype(float)
    by_day = OTHERS / OTHERS * np.arange(1, 10)[:, None] * 10
    moved = by_day * (1 + 0.1 * (np.arange(68) % 2))
    parts = [PartOfYear(moved * days[:68], lengths=days), PartOfYear(moved)]
    first, second = (similar_errors([one], KNOWN, 20, 12)[0] for one in parts)
    np.testing.assert_allclose(first.errors, second.errors, atol=1e-9)


def test_a_similar_series_that_goes_below_nothing_is_not_asked():
    spoilt = np.vstack([OTHERS, OTHERS[:1]])
    spoilt[-1, 5::7] = -3.0
    np.testing.assert_array_equal(told(spoilt).errors, told().errors)
    assert told(spoilt).series == 9
