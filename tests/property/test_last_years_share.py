"""A share of last year never turns a forecast round, and never blows it up where sums cancel."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from outturn.judgement.forecasts import SLIVER, is_share_of_last_year

AMOUNT = st.integers(-10_000, 10_000).map(float)


@given(AMOUNT, AMOUNT, st.integers(1, 11), st.booleans())
def test_what_is_a_share_has_the_sign_of_its_year_and_of_what_may_cancel_a_size(
    then, whole, months, may
):
    rows = pl.DataFrame(
        {"previous": [then], "last_whole": [whole], "gone": [months / 12], "may_be_below": [may]}
    )
    is_share = rows.select(is_share_of_last_year()).item()
    if not is_share:
        if whole != 0 and then * whole >= 0:  # of one sign, so that only its size can be wrong
            assert may
            assert then / whole < SLIVER * months / 12 * (1 + 1e-9) or then / whole > 1
        return
    assert then * whole >= 0 and whole != 0
    if may:
        share = then / whole
        assert SLIVER * months / 12 * (1 - 1e-9) <= share <= 1
        # So the profile is as far from a straight line as ten to one, at most.
        assert 1 / share <= (12 / months) / SLIVER * (1 + 1e-9)


@given(st.integers(-1, 1).map(float))
def test_where_one_of_last_years_figures_is_not_held_nothing_is_said(figure):
    rows = pl.DataFrame(
        {"previous": [figure, None], "last_whole": [None, figure], "gone": [0.5, 0.5],
         "may_be_below": [True, True]},
        schema_overrides={"previous": pl.Float64, "last_whole": pl.Float64},
    )  # fmt: skip
    assert not rows.select(is_share_of_last_year().fill_null(False)).to_series().any()
