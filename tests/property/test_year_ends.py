"""Forecasts of the outturn on random series: what must hold whatever the figures."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from outturn.statistics.back_tests import (
    HANDICAPS,
    WIDEST,
    back_test,
    errors_of_all_years,
    fitted_width,
)
from outturn.statistics.monthly_indices import monthly_indices, places_in_year
from outturn.statistics.past_year_ends import (
    past_year_ends,
    past_year_ends_of_parts,
    past_year_ends_ratio,
)
from outturn.statistics.prospect import ALONE, MARK, NEVER
from outturn.statistics.prospects import prospects
from outturn.statistics.short_series import (
    PartOfYear,
    own_errors,
    short_forecasts,
    similar_errors,
    trailing,
)
from outturn.statistics.simulated_months import (
    KnownEvent,
    drawn_months,
    even_draws,
    is_cut,
    likened_months,
    picks,
    scaled_months,
    smoothed_months,
    with_events,
    within_whole,
)
from outturn.statistics.smoothing import WEIGHTS, one_step_errors, smoothed
from outturn.statistics.track_records import reliability, track_record
from outturn.statistics.year_end_methods import (
    Task,
    fits,
    last_profile,
    offsets,
    places_ahead,
    straight_line,
)
from outturn.statistics.year_end_targets import (
    needed_each_period,
    numerator_needed_each_period,
    periods_of_cumulative,
    probability_of_meeting,
)
from outturn.statistics.year_ends import YearPart, year_end, year_end_of_parts, year_end_ratio

COUNT = st.integers(0, 500).map(float)
HISTORY = st.lists(COUNT, min_size=12, max_size=60)
GAPPY = st.lists(st.one_of(st.just(float("nan")), COUNT), min_size=12, max_size=60)
KNOWN = st.integers(0, 12)


def forecast(history, known, **named):
    return year_end(history, known, seed=1, draws=200, spread=0.1, **named)


def assert_nothing_is_told(found):
    """Of one to two years in which nothing moves, or nothing is, there is no forecast."""
    assert str(found.why) in (ALONE, NEVER)
    assert np.isnan(found.draws).all()


@given(GAPPY, KNOWN)
def test_there_is_a_forecast_or_a_reason(history, known):
    found = forecast(history, known)
    assert bool(str(found.method)) != bool(str(found.why))
    assert np.isnan(found.draws).all() == bool(str(found.why))


@given(HISTORY, KNOWN)
def test_an_outturn_is_never_below_what_is_known_already(history, known):
    found = forecast(history, known)
    if str(found.why):
        assert_nothing_is_told(found)
        return
    to_date = sum(history[len(history) - known :])
    assert (found.draws >= to_date - 1e-9).all()
    low, high = found.interval(0.8)
    assert low <= found.median <= high


@given(HISTORY, KNOWN, st.sampled_from([2.0, 4.0, 8.0]))
def test_no_months_are_lost_by_events_that_change_nothing(history, known, factor):
    plain = forecast(history, known)
    undone = (KnownEvent(1, factor), KnownEvent(1, 1 / factor))
    np.testing.assert_allclose(forecast(history, known, events=undone).draws, plain.draws)


@given(HISTORY, KNOWN, COUNT)
def test_meeting_and_missing_a_target_add_to_one(history, known, target):
    found = forecast(history, known)
    draws = found.draws
    if str(found.why):
        assert_nothing_is_told(found)
        return
    above = probability_of_meeting(draws, at_least=target)
    below = probability_of_meeting(draws, at_most=np.nextafter(target, -np.inf))
    np.testing.assert_allclose(above + below, 1.0)


@given(st.lists(COUNT, min_size=0, max_size=11), COUNT)
def test_what_is_needed_makes_the_target(to_date, target):
    needed = float(needed_each_period(to_date, target))
    np.testing.assert_allclose(sum(to_date) + needed * (12 - len(to_date)), target, atol=1e-6)


@given(GAPPY, KNOWN)
def test_indices_sum_to_nothing_and_are_kept_in_part(history, known):
    found = monthly_indices(np.log1p(history), places_in_year(len(history), known))
    assert 0 <= float(found.kept) <= 1
    np.testing.assert_allclose(found.index.sum(), 0, atol=1e-9)


@given(st.lists(COUNT, min_size=1, max_size=40), st.floats(-100, 100))
def test_a_level_moves_with_its_series(values, shift):
    first, second = smoothed(values), smoothed(np.array(values) + shift)
    if first.weight == second.weight:
        np.testing.assert_allclose(second.level, first.level + shift, atol=1e-6)
    assert min(values) - 1e-9 <= first.level <= max(values) + 1e-9


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_every_row_of_draws_is_even(ahead, seed):
    found = even_draws(ahead, 100, seed)
    assert ((found >= 0) & (found < 1)).all()
    assert (np.sort((found * 100).astype(int), axis=1) == np.arange(100)).all()


ERRORS = st.lists(st.floats(-1, 1), min_size=1, max_size=20).map(np.array)
MONTHS = st.lists(st.floats(0, 1000), min_size=1, max_size=11).map(np.array)


@given(st.lists(COUNT, min_size=2, max_size=40), st.sampled_from(WEIGHTS.tolist()))
def test_one_step_errors_are_those_of_the_level_before(values, weight):
    found = one_step_errors(values, weight)
    level = values[0]
    for at, value in enumerate(values[1:], start=1):
        if at > 3:
            np.testing.assert_allclose(found[at], value - level, atol=1e-6)
        level += weight * (value - level)
    assert np.isnan(found[:4]).all()


@given(ERRORS, MONTHS)
def test_drawn_months_stay_within_what_errors_allow(errors, months):
    even = even_draws(months.size, 100, 3)
    drawn = smoothed_months(np.log(months + 10), 0.0, errors, even, 10.0)
    low, high = (
        (months + 10) * np.exp(errors.min()) - 10,
        (months + 10) * np.exp(errors.max()) - 10,
    )
    assert (drawn >= np.maximum(low, 0)[:, None] - 1e-6).all()
    assert (drawn <= np.maximum(high, 0)[:, None] + 1e-6).all()
    np.testing.assert_allclose(scaled_months(months, 0.0, even), np.repeat(months[:, None], 100, 1))


@given(st.lists(COUNT, min_size=1, max_size=30).map(np.array), st.integers(1, 11))
def test_each_past_month_is_drawn_as_often_as_the_others(past, ahead):
    even = even_draws(ahead, 30 * past.size + 100, 3)
    drawn = drawn_months(past, even)
    assert np.isin(drawn, past).all()
    number = np.bincount(picks(even[0], past.size), minlength=past.size)
    # Of the equal parts of 0 to 1 a month has so many whole ones, and a share of two at its edges.
    assert number.max() - number.min() <= 3


@given(MONTHS, st.integers(1, 12), st.floats(0, 3), st.floats(-50, 50))
def test_an_event_leaves_the_months_before_it_alone(months, begins, factor, amount):
    known = 12 - months.size
    drawn = months[:, None]
    found = with_events(drawn, known, (KnownEvent(begins, factor, amount),))
    before = max(begins - 1 - known, 0)
    np.testing.assert_array_equal(found[:before], drawn[:before])
    expected = np.maximum(drawn[before:] * factor + amount, 0)
    np.testing.assert_allclose(found[before:], expected)


def task(known, figures, roll_up="sum"):
    return Task(known, 12 - known, 12, roll_up, offsets(figures, 12))


ROW = st.lists(st.integers(1, 500).map(float), min_size=60, max_size=60)
TABLES = st.lists(ROW, min_size=1, max_size=2).map(np.array)


@given(TABLES, st.integers(0, 11))
def test_no_method_looks_beyond_its_origin(figures, known):
    asked, origins = task(known, figures), np.array([40, 48])
    places = places_in_year(60, known)
    changed = figures.copy()
    changed[:, 48:] = 1.0
    for way in (straight_line, last_profile):
        np.testing.assert_array_equal(way(figures, origins, asked), way(changed, origins, asked))
    later = places_ahead(places, origins, asked)
    assert (later[:, 0] == (places[origins - 1] + 1) % 12).all()
    for one, other in zip(
        fits(figures, places, origins, asked), fits(changed, places, origins, asked), strict=True
    ):
        np.testing.assert_array_equal(
            one.months(later, asked.offset), other.months(later, asked.offset)
        )


@given(TABLES, st.integers(0, 11))
def test_the_method_that_a_back_test_chooses_is_the_best_after_its_handicap(figures, known):
    asked = task(known, figures)
    found = back_test(figures, places_in_year(60, known), asked)
    with np.errstate(invalid="ignore"):
        best = np.nanmin(found.error * HANDICAPS, axis=1)
    chosen = np.take_along_axis(found.error * HANDICAPS, found.chosen[:, None], 1)[:, 0]
    np.testing.assert_array_equal(chosen, best)
    assert (fitted_width(found.fits[0], asked) >= 1).all()
    assert (found.width > 0).all() and (found.width <= np.sqrt(WIDEST) + 1e-9).all()


@given(TABLES, st.integers(0, 11))
def test_the_errors_of_all_years_end_with_those_of_the_back_test(figures, known):
    asked = task(known, figures)
    found = back_test(figures, places_in_year(60, known), asked)
    for number, way in ((2, straight_line), (3, last_profile)):
        of_two = found.errors[:, number]
        of_all = errors_of_all_years(way, figures, asked)[:, -of_two.shape[1] :]
        np.testing.assert_allclose(np.where(np.isnan(of_two), np.nan, of_all), of_two)


@given(ROW, st.integers(0, 11), st.sampled_from([0.5, 2.0, 4.0]))
def test_the_unit_of_the_lengths_does_not_matter(history, known, unit):
    days = 28.0 + np.arange(72 - known) % 4
    one, other = (forecast(history, known, lengths=size * days) for size in (1.0, unit))
    np.testing.assert_allclose(one.draws, other.draws)


@given(TABLES, st.integers(0, 12))
def test_series_are_made_ready_alike_alone_and_together(figures, known):
    together = prospects(figures, known, "sum", 12, np.full(len(figures), 0.1))
    for row, one in zip(figures, together, strict=True):
        [alone] = prospects(row[None, :], known, "sum", 12, np.array([0.1]))
        assert alone.method == one.method
        np.testing.assert_allclose(alone.expected, one.expected)


@given(st.lists(st.integers(1, 500).map(float), min_size=30, max_size=60), KNOWN)
def test_a_ratio_of_a_series_to_itself_is_one(history, known):
    found = year_end_ratio(history, history, known, seed=1, per=100, draws=200)
    alone = year_end(history, known, seed=1, draws=200).draws
    np.testing.assert_allclose(found.draws, np.where(alone > 0, 100.0, np.nan))  # or of nothing


@given(
    st.lists(st.tuples(COUNT, COUNT), min_size=1, max_size=11),
    st.lists(COUNT, min_size=1, max_size=6),
    st.floats(0, 200),
)
def test_the_numerator_needed_makes_the_ratio(known, ahead, target):
    top, bottom = map(np.array, zip(*known, strict=True))
    needed = float(numerator_needed_each_period(top, bottom, ahead, target, per=100))
    whole = bottom.sum() + sum(ahead)
    reached = top.sum() + needed * len(ahead)
    np.testing.assert_allclose(reached * 100, target * whole, rtol=1e-9, atol=1e-6)


@given(st.lists(COUNT, min_size=1, max_size=40), st.integers(0, 11))
def test_periods_add_up_to_the_cumulative_figures_they_came_from(values, first):
    places = (first + np.arange(len(values))) % 12
    running, total = [], 0.0
    for place, value in zip(places, values, strict=True):
        total = value if place == 0 else total + value
        running.append(total)
    found = periods_of_cumulative(running, places)
    known = ~np.isnan(found)
    assert known[1:].all()
    np.testing.assert_allclose(found[known], np.array(values)[known])


@given(st.lists(st.tuples(COUNT, st.floats(0, 50), COUNT), min_size=1, max_size=30))
def test_a_wider_interval_never_covers_less(rows):
    forecast, reach, outturn = np.array(rows).T
    narrow = track_record(forecast, forecast - reach, forecast + reach, outturn)
    wide = track_record(forecast, forecast - 2 * reach, forecast + 2 * reach, outturn)
    assert not wide.coverage < narrow.coverage
    assert narrow.forecasts == (outturn != 0).sum()
    assert not narrow.error < abs(narrow.bias) - 1e-9 or narrow.forecasts > 1


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(2, 12)
)
def test_every_forecast_is_in_one_part_of_a_reliability_table(rows, parts):
    said, happened = map(np.array, zip(*rows, strict=True))
    found = reliability(said, happened, parts)
    assert found.forecasts.sum() == len(rows)
    told = found.forecasts > 0
    share = (found.happened[told] * found.forecasts[told]).sum()
    np.testing.assert_allclose(share, happened.sum())
    assert (found.said[told] >= found.edges[:-1][told] - 1e-9).all()
    assert (found.said[told] <= found.edges[1:][told] + 1e-9).all()


@given(figures=st.lists(COUNT, min_size=48, max_size=60), known=st.integers(0, 11))
def test_a_past_forecast_knows_nothing_of_what_came_after(figures, known):
    later = [*figures[:-12], *(one + 100 for one in figures[-12:])]
    found, other = (past_year_ends([one], known, seed=1, years=1) for one in (figures, later))
    assert np.array_equal(found.forecast, other.forecast, equal_nan=True)
    assert not (found.lower > found.upper).any()


@given(figures=st.lists(COUNT, min_size=48, max_size=60), known=st.integers(1, 11))
def test_the_past_of_a_series_over_itself_is_one(figures, known):
    above = [[one + 1 for one in figures]]
    found = past_year_ends_ratio(above, above, known, seed=1, years=1)
    assert np.allclose(found.forecast, 1) and np.allclose(found.outturn, 1)


def _quotient(made):
    above, below = made
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


@given(TABLES, KNOWN, st.sampled_from(["sum", "mean", "last"]))
def test_a_figure_of_one_part_is_forecast_as_that_part(figures, known, roll_up):
    part, alone = YearPart(figures, roll_up), {"seed": 1, "roll_up": roll_up}
    made = year_end_of_parts([part], lambda each: each[0], known, seed=1, draws=200)
    np.testing.assert_array_equal(made.draws, year_end(figures, known, draws=200, **alone).draws)
    past = past_year_ends_of_parts([part], lambda each: each[0], known, seed=1, years=1)
    np.testing.assert_array_equal(
        past.forecast, past_year_ends(figures, known, years=1, **alone).forecast
    )


@given(TABLES, KNOWN, st.integers(0, 2**31))
def test_a_figure_of_one_part_over_another_is_forecast_as_a_ratio(figures, known, seed):
    below = np.random.default_rng(seed).integers(1, 500, figures.shape).astype(float)
    parts = [YearPart(figures), YearPart(below)]
    made = year_end_of_parts(parts, _quotient, known, seed=1, draws=200)
    np.testing.assert_array_equal(
        made.draws, year_end_ratio(figures, below, known, seed=1, draws=200).draws
    )
    past = past_year_ends_of_parts(parts, _quotient, known, seed=1, years=1)
    plain = past_year_ends_ratio(figures, below, known, seed=1, years=1)
    np.testing.assert_array_equal(past.forecast, plain.forecast)
    np.testing.assert_array_equal(past.outturn, plain.outturn)


MANY = st.builds(
    lambda number, seed: np.random.default_rng(seed).integers(1, 500, (number, 60)).astype(float),
    st.integers(5, 9),
    st.integers(0, 2**32 - 1),
)
SHORT = st.lists(st.integers(1, 500).map(float), min_size=12, max_size=23)
PART_KNOWN = st.integers(1, 11)


@given(GAPPY)
def test_what_stands_at_the_end_without_a_gap_is_counted(history):
    (number,) = trailing(np.array([history]))
    assert not np.isnan(history[len(history) - number :]).any()
    assert number == len(history) or np.isnan(history[-number - 1])


@given(MANY, SHORT, PART_KNOWN, st.sampled_from([0.5, 8.0]))
def test_what_similar_series_say_does_not_hang_on_their_order_or_size(
    others, history, known, factor
):
    (found,) = similar_errors([PartOfYear(others)], known, len(history), 12)
    (other,) = similar_errors([PartOfYear(factor * others[::-1])], known, len(history), 12)
    np.testing.assert_allclose(np.sort(other.errors), np.sort(found.errors), atol=1e-9)
    assert found.series == other.series == len(others)


@given(MANY, SHORT, PART_KNOWN)
def test_a_new_year_of_similar_series_adds_one_error_of_each(others, history, known):
    number = len(history)
    (then,) = similar_errors([PartOfYear(others[:, :48])], known, number, 12) or (None,)
    (now,) = similar_errors([PartOfYear(others)], known, number, 12)
    if then is not None:
        assert now.errors.shape[1] == then.errors.shape[1] + len(others)


@given(MANY, SHORT, PART_KNOWN, st.sampled_from(["sum", "mean", "last"]))
def test_a_short_series_is_indicative_and_no_less_than_what_is_known(
    others, history, known, roll_up
):
    (similar,) = similar_errors([PartOfYear(others, roll_up)], known, len(history), 12)
    found = forecast(history, known, similar=[similar], roll_up=roll_up)
    assert str(found.method).endswith(MARK) and int(found.similar) == len(others)
    assert (found.draws >= 0).all()
    if roll_up == "sum":
        assert (found.draws >= sum(history[len(history) - known :]) - 1e-9).all()


@given(MANY, SHORT, PART_KNOWN)
def test_parts_that_are_alike_err_alike_in_every_draw(others, history, known):
    both = similar_errors([PartOfYear(others)] * 2, known, len(history), 12)
    row = np.array([history])
    found = year_end_ratio(row, row, known, seed=1, draws=200, similar=[both])
    np.testing.assert_allclose(found.draws, 1.0)


@given(SHORT, PART_KNOWN)
def test_the_own_errors_of_a_short_series_are_about_nothing(history, known):
    row = np.array([history])
    made = short_forecasts(row, known, 12, "sum")
    assert (made.expected >= 0).all() and (made.scale > 0).all()
    errors = own_errors(made, row)
    if not np.isnan(errors).all():
        np.testing.assert_allclose(np.nansum(errors), 0, atol=1e-6)


@example(np.array([1e-309]), np.array([1.0]), 1.0, False)  # expected is the dust of a difference
@given(MONTHS, ERRORS, st.floats(0, 50), st.booleans())
def test_months_that_err_as_similar_ones_did_move_alike(months, errors, offset, last):
    even = even_draws(months.size, 100, 1)
    found = likened_months(months, errors, even, offset, last)
    assert found.shape == (months.size, 100) and (found >= 0).all()
    unmoved = likened_months(months, np.zeros(1), even, offset, last)
    if (months[-1] if last else months.sum()) > 1e-6:
        np.testing.assert_allclose(unmoved, months[:, None].repeat(100, axis=1), atol=1e-6)


@given(MONTHS, MONTHS, st.floats(0, 5))
def test_a_part_is_held_within_its_whole_where_events_changed_it_and_nowhere_else(
    months, wholes, factor
):
    ahead = min(months.size, wholes.size)
    drawn, whole = months[:ahead, None], wholes[:ahead, None]
    changed = with_events(drawn, 12 - ahead, (KnownEvent(7, factor),))
    found, held = within_whole(changed, drawn, whole)
    acts = changed != drawn
    np.testing.assert_array_equal(found[~acts], drawn[~acts])
    np.testing.assert_array_equal(found[acts], np.minimum(changed, whole)[acts])
    assert held == bool((changed > whole)[acts].any())


@given(MONTHS, MONTHS, st.floats(0, 5))
def test_a_part_is_held_wherever_its_whole_was_changed_too(months, wholes, factor):
    ahead = min(months.size, wholes.size)
    part, drawn = months[:ahead, None], wholes[:ahead, None]
    whole = with_events(drawn, 12 - ahead, (KnownEvent(7, factor),))
    found, held = within_whole(part, part, whole, drawn)
    acts = whole != drawn
    np.testing.assert_array_equal(found[~acts], part[~acts])
    np.testing.assert_array_equal(found[acts], np.minimum(part, whole)[acts])
    assert held == bool((part > whole)[acts].any())


EVENTS = st.lists(
    st.builds(KnownEvent, st.integers(1, 12), st.floats(0, 3), st.floats(-50, 50)), max_size=2
).map(tuple)


# A whole that falls to less than its part, on which no event acts itself.
@given(st.lists(st.integers(0, 60), min_size=1, max_size=11), EVENTS)
def test_events_are_said_to_be_cut_where_one_leaves_less_than_nothing_of_an_expected_month(
    expected, events
):
    ahead = len(expected)
    months = np.array([[float(one), float(one)] for one in expected])
    left, below = [float(one) for one in expected], False
    for event in events:
        for number in range(ahead):
            if 12 - ahead + number + 1 >= event.begins:
                left[number] = left[number] * event.factor + event.amount
                below = below or left[number] < -1e-9
        if below:
            break
    assert is_cut(months, 12 - ahead, tuple(events)) == below


@example([100.0 + n % 5 for n in range(44)], 8, 0.62, (), (KnownEvent(9, 0.3),))
@given(HISTORY, st.integers(0, 11), st.floats(0.3, 1), EVENTS, EVENTS)
def test_a_share_is_held_alike_alone_and_as_a_formula_of_its_two_sides(
    history, known, share, above, below
):
    whole = np.array(history) + 1
    parts = [
        YearPart(whole * share, events=above, of_next=True), YearPart(whole, events=below)
    ]  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        made = year_end_of_parts(parts, lambda two: two[0] / two[1], known, seed=1, draws=200)
    alone = year_end_ratio(
        whole * share, whole, known, seed=1, draws=200, share=True, events=above,
        events_below=below,
    )  # fmt: skip
    assert bool(made.held) == bool(alone.held)
    told = ~np.isnan(alone.draws)
    np.testing.assert_allclose(made.draws[told], alone.draws[told])


FACTORS = st.lists(st.builds(KnownEvent, st.integers(1, 12), st.floats(0, 3)), max_size=2)


@given(
    st.lists(st.integers(0, 100).map(float), min_size=24, max_size=60),
    st.integers(0, 11),
    FACTORS.map(tuple),
)
def test_events_make_no_period_more_than_the_whole_that_is_given(history, known, events):
    named = {"seed": 1, "draws": 200, "roll_up": "mean"}
    plain = year_end(history, known, **named)
    free = year_end(history, known, events=events, **named)
    found = year_end(history, known, events=events, whole=100.0, **named)
    if str(free.why):
        return
    assert (found.draws <= free.draws + 1e-9).all()
    moved = free.months != plain.months
    assert (found.months[moved] <= 100 + 1e-9).all()
    np.testing.assert_array_equal(found.months[~moved], plain.months[~moved])
    assert bool(found.held) == bool((free.months[moved] > 100).any())
