"""Units of money: what follows a number in them, however the unit is written."""

from __future__ import annotations

import pytest

from outturn.framework.pounds import after_pounds, in_pence, larger_pounds


@pytest.mark.parametrize(
    ("unit", "after", "larger"),
    [
        ("£", "", ""),
        ("£ per hour", " per hour", ""),
        ("GBP", "", ""),
        ("£ in all", " in all", ""),
        ("£ minimum", " minimum", ""),
        ("£000", " thousand", " thousand"),
        ("GBP000", " thousand", " thousand"),
        ("£'000", " thousand", " thousand"),
        ("£’000s", " thousand", " thousand"),
        ("£ (000s)", " thousand", " thousand"),
        ("£ thousand", " thousand", " thousand"),
        ("£, thousands", " thousand", " thousand"),
        ("pounds, in thousands", " thousand", " thousand"),
        ("£000 per bed", " thousand per bed", " thousand"),
        ("£ (in millions)", " million", " million"),
        ("£ billion", " billion", " billion"),
        ("£m", "m", "m"),
        ("£ (m)", "m", "m"),
        ("£ mn", "mn", "mn"),
        ("£k", "k", "k"),
        ("£bn a year", "bn a year", "bn"),
    ],
)
def test_a_larger_unit_of_pounds_is_said_as_one_says_it(unit, after, larger):
    assert (after_pounds(unit), larger_pounds(unit)) == (after, larger)
    assert in_pence(unit) is not bool(larger)


@pytest.mark.parametrize("unit", ["days", "%", "000", "people, thousands"])
def test_a_unit_that_is_no_money_has_nothing_of_pounds(unit):
    assert after_pounds(unit) is None and larger_pounds(unit) == "" and not in_pence(unit)
