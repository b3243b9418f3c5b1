"""Which rows are counted"""

from __future__ import annotations

from typing import Any

PEOPLE = {
    "events": """
        | place | period  | name | age | urgent | seen       |
        | Ward  | 2021-05 | Ann  |  64 | yes    | 2021-05-31 |
        | Ward  | 2021-05 | Bob  |  65 | no     | 2021-06-01 |
        | Ward  | 2021-05 | Cat  |  80 |        |            |
        | Ward  | 2021-05 |      |     | yes    | 2021-07-01 |
    """
}


def _one(spec: Any, condition: str, number: int) -> None:
    spec(
        PEOPLE,
        f"""
        missing = "not available"
        [numerator]
        table = "events"
        count = true
        where = [{{ {condition} }}]
        """,
        f"""
        | place | period  | numerator |
        | Ward  | 2021-05 | {number} |
        """,
    )


def test_is(spec: Any) -> None:
    """Keeps rows whose cell is this very value."""
    _one(spec, 'column = "name", is = "Ann"', 1)


def test_is_not(spec: Any) -> None:
    """Keeps rows whose cell is another value. An empty cell is no other value."""
    _one(spec, 'column = "name", is_not = "Ann"', 2)


def test_one_of(spec: Any) -> None:
    """Keeps rows whose cell is one of a list."""
    _one(spec, 'column = "name", one_of = ["Ann", "Cat", "Zoe"]', 2)


def test_none_of(spec: Any) -> None:
    """Keeps rows whose cell is none of a list. An empty cell is not kept."""
    _one(spec, 'column = "name", none_of = ["Ann", "Zoe"]', 2)


def test_at_least(spec: Any) -> None:
    """Keeps the bound and what is above it."""
    _one(spec, 'column = "age", at_least = 65', 2)


def test_at_most(spec: Any) -> None:
    """Keeps the bound and what is below it."""
    _one(spec, 'column = "age", at_most = 65', 2)


def test_above(spec: Any) -> None:
    """Keeps what is above the bound, and not the bound."""
    _one(spec, 'column = "age", above = 65', 1)


def test_below(spec: Any) -> None:
    """Keeps what is below the bound, and not the bound."""
    _one(spec, 'column = "age", below = 65', 1)


def test_between(spec: Any) -> None:
    """Keeps both bounds and what lies between."""
    _one(spec, 'column = "age", between = [64, 65]', 2)


def test_present(spec: Any) -> None:
    """Keeps rows whose cell is not empty."""
    _one(spec, 'column = "age", present = true', 3)


def test_absent(spec: Any) -> None:
    """Keeps rows whose cell is empty. No other condition does."""
    _one(spec, 'column = "age", absent = true', 1)


def test_dates_are_compared_as_dates(spec: Any) -> None:
    _one(spec, 'column = "seen", at_most = 2021-06-01', 2)


def test_yes_and_no_are_values(spec: Any) -> None:
    _one(spec, 'column = "urgent", is = true', 2)


def test_a_row_must_meet_every_condition(spec: Any) -> None:
    spec(
        PEOPLE,
        """
        [numerator]
        table = "events"
        count = true
        where = [{ column = "age", at_least = 64 }, { column = "name", is_not = "Cat" }]
        """,
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 2         |
        """,
    )


def test_a_row_without_a_place_or_a_period_is_not_counted(spec: Any) -> None:
    spec(
        {
            "events": """
                | place | period  |
                | Ward  | 2021-05 |
                |       | 2021-05 |
                | Ward  |         |
            """
        },
        """
        numerator = { table = "events", count = true }
        """,
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 1         |
        """,
    )
