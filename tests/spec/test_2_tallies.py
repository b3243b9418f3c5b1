"""What is counted"""

from __future__ import annotations

from typing import Any

STAYS = {
    "stays": """
        | place | period  | person | days | cost   | source |
        | Ward  | 2021-05 | Ann    | 3    | 0.1    | first  |
        | Ward  | 2021-05 | Ann    | 4    | 0.2    | second |
        | Ward  | 2021-05 | Bob    |      | 0.0000004 | first  |
        | Ward  | 2021-05 |        | 1    |        | first  |
    """
}


def _tally(how: str) -> str:
    return f"""
        numerator = {{ table = "stays", {how} }}
        """


def test_count_counts_rows(spec: Any) -> None:
    spec(
        STAYS,
        _tally("count = true"),
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 4         |
        """,
    )


def test_sum_adds_the_cells_that_are_filled(spec: Any) -> None:
    spec(
        STAYS,
        _tally('sum = "days"'),
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 8         |
        """,
    )


def test_a_column_of_numbers_is_added_in_whole_millionths(spec: Any) -> None:
    """A tenth and two tenths are exactly three tenths, and the order of rows cannot matter. What is
    less than half a millionth is nothing."""
    spec(
        STAYS,
        _tally('sum = "cost"'),
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 0.3       |
        """,
    )


def test_a_sum_of_nothing_but_empty_cells_is_0(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | period  | days |
                | Ward  | 2021-05 |      |
            """
        },
        _tally('sum = "days"'),
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 0         |
        """,
    )


def test_distinct_counts_each_value_once_and_empty_cells_not_at_all(spec: Any) -> None:
    spec(
        STAYS,
        _tally('distinct = "person"'),
        """
        | place | period  | numerator |
        | Ward  | 2021-05 | 2         |
        """,
    )


def test_a_figure_says_how_many_rows_are_behind_it_and_from_which_sources(spec: Any) -> None:
    spec(
        STAYS,
        _tally('distinct = "person"'),
        """
        | place | period  | rows | source        |
        | Ward  | 2021-05 | 4    | first, second |
        """,
    )
