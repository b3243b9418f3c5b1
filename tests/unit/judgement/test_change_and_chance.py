"""Whether a change is more than chance: told beside the direction, which follows the figures."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.judgement.direction import BEYOND, WITHIN, _against_chance
from outturn.statistics.columns import Estimate
from outturn.statistics.differences import proportion_difference
from outturn.statistics.intervals import wilson_interval

BEFORE = "April to November 2019"


def _moved(board, kind, before, now, **more):
    earlier = board.row(more.get("measure", {}).get("id", kind), BEFORE, **before)
    return board.verdict(kind, now, None, others=[earlier], **more)


def _share(part, whole):
    return {"numerator": part, "denominator": whole}


@pytest.mark.parametrize(
    ("before", "now", "direction", "said"),
    [
        ((414, 580), (409, 580), "worse", WITHIN),  # 71.4% to 70.5%
        ((414, 580), (300, 580), "worse", BEYOND),
        ((48, 80), (56, 70), "better", BEYOND),  # Newcombe (1998), example (a): 5 to 33 points
        ((414, 580), (414, 580), "same", None),
    ],
)
def test_the_word_stays_and_the_change_is_told_apart_from_chance(
    board, before, now, direction, said
):
    found = _moved(board, "share", _share(*before), _share(*now))
    assert (found["direction"], found["change_chance"]) == (direction, said)


def test_a_count_is_compared_as_a_count_is(board):
    few = _moved(board, "admissions", {"numerator": 100}, {"numerator": 105})
    many = _moved(board, "admissions", {"numerator": 100}, {"numerator": 160})
    assert (few["direction"], few["change_chance"]) == ("worse", WITHIN)
    assert (many["direction"], many["change_chance"]) == ("worse", BEYOND)


def test_nothing_is_said_of_figures_without_limits(board):
    for kind, figures in (("share", ("reported", 60.0, 50.0)), ("stock", ("numerator", 60, 50))):
        name, before, now = figures
        found = _moved(board, kind, {name: before}, {name: now})
        assert found["change"] and found["change_chance"] is None


def test_nothing_is_said_where_nothing_is_compared(board):
    found = board.verdict("share", _share(409, 580), None)
    assert (found["direction"], found["change_chance"]) == ("not assessed", None)


COUNTS = st.integers(2, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs=st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=20))
def test_of_two_shares_newcombes_interval_decides(pairs):
    then, now = (_limits([pair[n] for pair in pairs]) for n in (0, 1))
    gap = proportion_difference(*_columns(pairs), per=100)
    _agree(then, now, gap)


def _columns(pairs):
    (a, n), (b, m) = (zip(*side, strict=True) for side in zip(*pairs, strict=True))
    return list(a), list(n), list(b), list(m)


def _limits(shares):
    part, whole = (np.array(one, dtype=float) for one in zip(*shares, strict=True))
    return Estimate(*(one * 100 for one in (part / whole, *wilson_interval(part, whole))))


def _agree(then, now, gap):
    """Rows as `with_direction` has them, from limits alone, beside an interval made of counts."""
    rows = pl.DataFrame({
        "previous": then.value, "previous_lower": then.lower, "previous_upper": then.upper,
        "value": now.value, "lower": now.lower, "upper": now.upper,
    })  # fmt: skip
    holds = (gap.lower <= 0) & (gap.upper >= 0)
    clear = np.minimum(abs(gap.lower), abs(gap.upper)) > 1e-9  # of an edge, where floats decide
    said = _against_chance(rows).to_numpy()
    assert ((said == WITHIN) == holds)[clear].all()


def test_a_figure_outside_its_own_limits_is_not_compared():
    rows = pl.DataFrame({
        "previous": [999.0, 50.0], "previous_lower": [380.0, 45.0], "previous_upper": [440.0, 55.0],
        "value": [400.0, 51.0], "lower": [370.0, 46.0], "upper": [430.0, 56.0],
    })  # fmt: skip
    assert _against_chance(rows).to_list() == [None, WITHIN]
