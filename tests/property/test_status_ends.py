"""The ends of each status part the figures exactly where the rule of status does."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from outturn.judgement.rule import judge
from outturn.judgement.status_ends import closed_ends, with_ends, with_ends_of_close
from outturn.terms.records import Status

TENTHS = st.integers(-60, 60).map(lambda n: n / 10)
SCHEMA = {
    "low": pl.Float64, "high": pl.Float64, "low_strict": pl.Boolean, "high_strict": pl.Boolean,
    "at_limit": pl.Boolean, "rounded_to": pl.Int64, "close_low": pl.Float64,
    "close_high": pl.Float64,
}  # fmt: skip


@st.composite
def targets(draw):
    first, second = sorted((draw(TENTHS), draw(TENTHS)))
    low = draw(st.sampled_from([None, first]))
    return {
        "low": low,
        "high": second if low is None else draw(st.sampled_from([None, second])),
        "low_strict": draw(st.booleans()),
        "high_strict": draw(st.booleans()),
        "tolerance": draw(st.one_of(st.none(), st.integers(0, 30).map(lambda n: n / 10))),
        "rounded_to": draw(st.sampled_from([None, 0, 1])),
        "at_limit": draw(st.booleans()),
    }


def ends_of(target):
    row = {name: target.get(name, target["tolerance"]) for name in SCHEMA}
    rows = with_ends(pl.DataFrame([row], schema=SCHEMA), "low", "high")
    return with_ends_of_close(rows, "close_low", "close_high")


def within(figure, row, names):
    """Whether a figure lies within two ends, each with whether it is itself outside."""
    low, past_low, high, past_high = (row[name] for name in names)
    above = low is None or figure > low or (figure == low and not past_low)
    below = high is None or figure < high or (figure == high and not past_high)
    return above and below


def figures():
    """Hundredths, halves of tenths with them, on either side of nothing."""
    return [float(Decimal(n) / 100) for n in range(-1000, 1001, 5)]


@given(targets())
def test_every_figure_has_the_status_of_the_ends_that_it_lies_between(target):
    row = ends_of(target).row(0, named=True)
    for figure in figures():
        status = judge(figure, **target)
        on = ("_low_end", "_past_low", "_high_end", "_past_high")
        close = ("_off_low", "_past_off_low", "_off_high", "_past_off_high")
        assert within(figure, row, on) is (status == Status.ON_TARGET), (figure, row)
        either = within(figure, row, on) or within(figure, row, close)
        assert either is (status != Status.OFF_TARGET), (figure, row)


@given(targets())
def test_the_closed_ends_are_the_least_and_the_greatest_figure_that_meets(target):
    low, high = (float(one[0]) for one in closed_ends(ends_of(target)))
    for figure in figures():
        meets = not figure < low and not figure > high  # not a number is no end
        assert meets is (judge(figure, **target) == Status.ON_TARGET), figure
