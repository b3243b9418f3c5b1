"""How a figure is divided"""

from __future__ import annotations

from typing import Any

DIVIDED = """
        numerator = { table = "stays", count = true }
        [[breakdown]]
        name = "sex"
        [[breakdown]]
        name = "age group"
        column = "age_group"
        """


def test_each_breakdown_is_made_by_itself_beside_the_whole(spec: Any) -> None:
    """An empty cell is the category Unknown, so that the categories add up to the whole."""
    spec(
        {
            "stays": """
                | place | period  | sex    | age_group |
                | Ward  | 2021-05 | female | 65+       |
                | Ward  | 2021-05 | female | 18-64     |
                | Ward  | 2021-05 |        | 65+       |
            """
        },
        DIVIDED,
        """
        | place | period  | breakdown | category | numerator |
        | Ward  | 2021-05 | all       | all      | 3         |
        | Ward  | 2021-05 | sex       | female   | 2         |
        | Ward  | 2021-05 | sex       | Unknown  | 1         |
        | Ward  | 2021-05 | age group | 65+      | 2         |
        | Ward  | 2021-05 | age group | 18-64    | 1         |
        """,
    )


def test_totals_in_the_column_of_a_breakdown_are_left_out(spec: Any) -> None:
    """Here the contract says that *all sexes* is a total. The members are added up instead."""
    spec(
        {
            "stays": """
                | place | period  | sex       | people |
                | Ward  | 2021-05 | female    | 2      |
                | Ward  | 2021-05 | male      | 3      |
                | Ward  | 2021-05 | all sexes | 5      |
            """
        },
        """
        numerator = { table = "stays", sum = "people" }
        [[breakdown]]
        name = "sex"
        """,
        """
        | place | period  | breakdown | category | numerator |
        | Ward  | 2021-05 | all       | all      | 5         |
        | Ward  | 2021-05 | sex       | female   | 2         |
        | Ward  | 2021-05 | sex       | male     | 3         |
        """,
    )


def test_a_total_serves_where_its_parts_are_not_there(spec: Any) -> None:
    """That is decided for each place and period by itself. A total is no category."""
    spec(
        {
            "stays": """
                | place   | period  | sex       | people |
                | Ward    | 2021-05 | female    | 2      |
                | Ward    | 2021-05 | male      | 3      |
                | Ward    | 2021-05 | all sexes | 5      |
                | Ward    | 2021-06 | all sexes | 6      |
                | Village | 2021-05 | all sexes | 7      |
            """
        },
        """
        numerator = { table = "stays", sum = "people" }
        [[breakdown]]
        name = "sex"
        """,
        """
        | place   | period  | breakdown | category | numerator |
        | Ward    | 2021-05 | all       | all      | 5         |
        | Ward    | 2021-05 | sex       | female   | 2         |
        | Ward    | 2021-05 | sex       | male     | 3         |
        | Ward    | 2021-06 | all       | all      | 6         |
        | Village | 2021-05 | all       | all      | 7         |
        """,
    )


def test_where_two_columns_have_totals_each_figure_takes_the_rows_with_the_fewest(
    spec: Any,
) -> None:
    """Here people are given by sex and by team, and never by both at once. Nobody counts twice."""
    spec(
        {
            "stays": """
                | place | period  | sex       | team      | people |
                | Ward  | 2021-05 | female    | all teams | 2      |
                | Ward  | 2021-05 | male      | all teams | 3      |
                | Ward  | 2021-05 | all sexes | day       | 1      |
                | Ward  | 2021-05 | all sexes | night     | 4      |
                | Ward  | 2021-05 | all sexes | all teams | 5      |
            """
        },
        """
        numerator = { table = "stays", sum = "people" }
        [[breakdown]]
        name = "sex"
        [[breakdown]]
        name = "team"
        """,
        """
        | place | period  | breakdown | category | numerator |
        | Ward  | 2021-05 | all       | all      | 5         |
        | Ward  | 2021-05 | sex       | female   | 2         |
        | Ward  | 2021-05 | sex       | male     | 3         |
        | Ward  | 2021-05 | team      | day      | 1         |
        | Ward  | 2021-05 | team      | night    | 4         |
        """,
    )


def test_a_denominator_that_is_not_divided_alike_is_not_used_for_the_parts(spec: Any) -> None:
    """Women per 100 of all people is not the rate of women. The parts have no denominator."""
    spec(
        {
            "stays": """
                | place | period  | sex    |
                | Ward  | 2021-05 | female |
            """,
            "population": """
                | place | period  | people |
                | Ward  | 2021-05 | 100    |
            """,
        },
        """
        numerator = { table = "stays", count = true }
        denominator = { table = "population", sum = "people" }
        [[breakdown]]
        name = "sex"
        """,
        """
        | place | period  | breakdown | category | numerator | denominator | absent        |
        | Ward  | 2021-05 | all       | all      | 1         | 100         |               |
        | Ward  | 2021-05 | sex       | female   | 1         |             | not available |
        """,
    )
