"""Units of money in many spellings: which are amounts, and which are prices of one of something."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from outturn.benchmarking.amounts import AN_AMOUNT, why_no_rank
from outturn.framework.model import Measure

LARGER = st.sampled_from(
    ["£000", "£k", "£m", "£ (m)", "£bn", "£ thousand", "£ million", "£ in millions", "GBP million",
     "pounds thousand", "million pounds", "thousands of pounds", "billion £"]
)  # fmt: skip
PLAIN = st.sampled_from(["£", "GBP", "pounds"])
SAID = st.sampled_from(
    ["", " (net)", " gross", ", gross/net", " (health/social care)", ", cash/real terms"]
)
PRICES_OF = st.sampled_from(["", ", 2024/25 prices", " at 2020-21 prices", " (2024)"])
OF_WHAT = st.sampled_from(["", "full ", "whole ", "calendar ", "financial ", "12-", "3 "])
TIME = st.sampled_from(
    ["year", "yr", "quarter", "month", "months", "half-year", "week", "fortnight"]
)
ONCE = st.sampled_from(
    [" p/a", " p.a.", " pa", " pcm", " per annum", " weekly", " fortnightly", " monthly",
     " quarterly", " yearly", " annually", " half-yearly"]
)  # fmt: skip
SPANS = ONCE | st.builds(
    "{}{}{}".format, st.sampled_from([" per ", " a ", " each ", " every ", "/"]), OF_WHAT, TIME
)
OF_ONE = st.sampled_from([" per bed", "/head", " per 1,000 people", " per bed day", " an hour"])


def _is_ranked(unit):
    measure = Measure(
        id="m", title="M", definition="1", kind="money", unit=unit, aim="lower", per=1.0
    )
    why = why_no_rank(measure)
    assert why in ("", AN_AMOUNT)
    return not why


@given(LARGER, SAID, SPANS | st.just(""), PRICES_OF)
def test_a_larger_unit_of_money_in_a_span_of_time_is_an_amount(money, said, span, prices):
    assert not _is_ranked(f"{money}{said}{span}{prices}")


@given(PLAIN, SAID, PRICES_OF)
def test_pounds_of_which_only_the_kind_and_the_year_are_said_are_an_amount(money, said, prices):
    assert not _is_ranked(f"{money}{said}{prices}")


@given(PLAIN, SPANS, SAID, PRICES_OF)
def test_pounds_in_a_span_of_time_are_a_price(money, span, said, prices):
    assert _is_ranked(f"{money}{span}{said}{prices}")


@given(LARGER | PLAIN, OF_ONE, SPANS | st.just(""), PRICES_OF)
def test_money_for_one_of_something_is_a_price_whatever_is_said_of_time(money, one, span, prices):
    assert _is_ranked(f"{money}{one}{span}{prices}")
    assert _is_ranked(f"{money}{span}{one}{prices}")
