"""Where a row counts"""

from __future__ import annotations

from typing import Any

STAYS = {
    "stays": """
        | place     | period  | person |
        | Ward      | 2021-05 | Ann    |
        | Village   | 2021-05 | Ann    |
        | Northtown | 2021-05 | Bob    |
        | Southtown | 2021-05 | Ann    |
    """
}


def test_a_row_counts_for_its_place_and_for_every_place_above(spec: Any) -> None:
    spec(
        STAYS,
        """
        aggregate = "total over total"
        numerator = { table = "stays", count = true }
        """,
        """
        | place     | period  | numerator |
        | Ward      | 2021-05 | 1         |
        | Village   | 2021-05 | 1         |
        | Northtown | 2021-05 | 3         |
        | Southtown | 2021-05 | 1         |
        | Shire     | 2021-05 | 4         |
        """,
    )


def test_distinct_people_are_counted_once_in_each_place_never_summed(spec: Any) -> None:
    spec(
        STAYS,
        """
        aggregate = "total over total"
        numerator = { table = "stays", distinct = "person" }
        """,
        """
        | place     | period  | numerator |
        | Ward      | 2021-05 | 1         |
        | Village   | 2021-05 | 1         |
        | Northtown | 2021-05 | 2         |
        | Southtown | 2021-05 | 1         |
        | Shire     | 2021-05 | 2         |
        """,
    )


def test_another_hierarchy_has_other_places_above(spec: Any) -> None:
    spec(
        STAYS,
        """
        aggregate = "total over total"
        numerator = { table = "stays", count = true }
        """,
        """
        | place     | period  | numerator |
        | Ward      | 2021-05 | 1         |
        | Clinic    | 2021-05 | 1         |
        | Village   | 2021-05 | 1         |
        | Northtown | 2021-05 | 1         |
        | Southtown | 2021-05 | 1         |
        """,
        hierarchy="health",
    )


def test_rows_count_no_further_than_the_places_that_totals_are_for(spec: Any) -> None:
    spec(
        STAYS,
        """
        aggregate = "total over total"
        numerator = { table = "stays", count = true }
        """,
        """
        | place     | period  | numerator |
        | Ward      | 2021-05 | 1         |
        | Village   | 2021-05 | 1         |
        | Northtown | 2021-05 | 3         |
        | Southtown | 2021-05 | 1         |
        """,
        totals_for=["Northtown"],
    )


def test_a_measure_that_is_only_published_never_counts_for_places_above(spec: Any) -> None:
    spec(
        STAYS,
        """
        aggregate = "published"
        numerator = { table = "stays", count = true }
        """,
        """
        | place     | period  | numerator |
        | Ward      | 2021-05 | 1         |
        | Village   | 2021-05 | 1         |
        | Northtown | 2021-05 | 1         |
        | Southtown | 2021-05 | 1         |
        """,
    )


def test_a_place_that_is_not_in_the_list_of_places_counts_for_itself(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place   | period  |
                | Elsewhere | 2021-05 |
            """
        },
        """
        aggregate = "total over total"
        numerator = { table = "stays", count = true }
        """,
        """
        | place     | period  | numerator |
        | Elsewhere | 2021-05 | 1         |
        """,
    )
