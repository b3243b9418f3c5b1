"""Parts that belong together"""

from __future__ import annotations

from typing import Any

BY_QUARTER = """
        | place | period     | people |
        | Ward  | 2020/21 Q1 | 5      |
        | Ward  | 2020/21 Q2 | 5      |
        | Ward  | 2020/21 Q3 | 5      |
        | Ward  | 2020/21 Q4 | 5      |
    """
YEARLY = """
        frequency = "quarter"
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        denominator = { table = "population", sum = "people" }
        """
ONE_WARD = """
        | place   | period  | people |
        | Ward    | 2021-05 | 5      |
        | Village | 2021-05 | 5      |
    """
OF_PLACES = """
        missing = "{}"
        aggregate = "total over total"
        numerator = {{ table = "stays", sum = "people" }}
        denominator = {{ table = "population", sum = "people" }}
        """
PART = "Part of the denominator was not supplied."


def test_a_part_with_a_numerator_and_no_denominator_leaves_the_whole_without_one(spec: Any) -> None:
    """A year's events over the people of one quarter would be no rate of anything."""
    spec(
        {
            "stays": BY_QUARTER,
            "population": """
                | place | period     | people |
                | Ward  | 2020/21 Q1 | 10     |
            """,
        },
        YEARLY,
        """
 | place | period | numerator | denominator | why |
 | Ward | 2020/21 Q1 | 5 | 10 | |
 | Ward | 2020/21 Q2 | 5 | | No denominator was supplied. |
 | Ward | 2020-04-01/P6M | 10 | | Part of the denominator was not supplied. |
 | Ward | 2020/21 Q3 | 5 | | No denominator was supplied. |
 | Ward | 2020-04-01/P9M | 15 | | Part of the denominator was not supplied. |
 | Ward | 2020/21 Q4 | 5 | | No denominator was supplied. |
 | Ward | 2020/21 | 20 | | Part of the denominator was not supplied. |
 | Ward | 2020-04-01/P12M | 20 | | Part of the denominator was not supplied. |
        """,
    )


def test_a_denominator_for_the_whole_of_a_period_serves_all_of_its_parts(spec: Any) -> None:
    """So does one `of_year`. Here it is the mean of four quarters that has the people of a year."""
    spec(
        {
            "stays": BY_QUARTER,
            "population": """
                | place | period  | people |
                | Ward  | 2020/21 | 100    |
            """,
        },
        """
        frequency = "quarter"
        roll_up = "mean"
        numerator = { table = "stays", sum = "people" }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place | period          | numerator | denominator | spans | why |
        | Ward  | 2020/21 Q1      | 5         | 100         | 1     |     |
        | Ward  | 2020/21 Q2      | 5         | 100         | 1     |     |
        | Ward  | 2020-04-01/P6M  | 10        | 100         | 2     |     |
        | Ward  | 2020/21 Q3      | 5         | 100         | 1     |     |
        | Ward  | 2020-04-01/P9M  | 15        | 100         | 3     |     |
        | Ward  | 2020/21 Q4      | 5         | 100         | 1     |     |
        | Ward  | 2020/21         | 20        | 100         | 4     |     |
        | Ward  | 2020-04-01/P12M | 20        | 100         | 4     |     |
        """,
    )


def test_a_part_with_neither_a_numerator_nor_a_denominator_is_no_gap(spec: Any) -> None:
    """Nobody can know that it is missing: a ward may have had nobody in that quarter."""
    spec(
        {
            "stays": """
                | place     | period     | people |
                | Ward      | 2020/21 Q1 | 5      |
                | Southtown | 2020/21 Q1 | 1      |
                | Southtown | 2020/21 Q2 | 1      |
            """,
            "population": """
                | place     | period     | people |
                | Ward      | 2020/21 Q1 | 10     |
                | Southtown | 2020/21 Q1 | 10     |
                | Southtown | 2020/21 Q2 | 10     |
            """,
        },
        YEARLY,
        """
        | place     | period          | numerator | denominator |
        | Ward      | 2020/21 Q1      | 5         | 10          |
        | Ward      | 2020-04-01/P6M  | 5         | 10          |
        | Southtown | 2020/21 Q1      | 1         | 10          |
        | Southtown | 2020/21 Q2      | 1         | 10          |
        | Southtown | 2020-04-01/P6M  | 2         | 20          |
        """,
    )


def test_a_place_above_is_left_without_one_by_a_place_that_has_none(spec: Any) -> None:
    """The wards have 10 events; only those of one of them happened among the 10 people known."""
    spec(
        {
            "stays": ONE_WARD,
            "population": """
                | place   | period  | people |
                | Ward    | 2021-05 | 10     |
            """,
        },
        OF_PLACES.format("zero"),
        f"""
        | place     | period  | numerator | denominator | why                          |
        | Ward      | 2021-05 | 5         | 10          |                              |
        | Village   | 2021-05 | 5         |             | No denominator was supplied. |
        | Northtown | 2021-05 | 10        |             | {PART}                       |
        | Shire     | 2021-05 | 10        |             | {PART}                       |
        """,
    )


def test_unless_the_denominator_was_given_for_a_place_between_the_two(spec: Any) -> None:
    """The people of a town are those of all its wards."""
    spec(
        {
            "stays": ONE_WARD,
            "population": """
                | place     | period  | people |
                | Northtown | 2021-05 | 100    |
            """,
        },
        OF_PLACES.format("zero"),
        """
        | place     | period  | numerator | denominator | why                          |
        | Ward      | 2021-05 | 5         |             | No denominator was supplied. |
        | Village   | 2021-05 | 5         |             | No denominator was supplied. |
        | Northtown | 2021-05 | 10        | 100         |                              |
        | Shire     | 2021-05 | 10        | 100         |                              |
        """,
    )


def test_a_numerator_of_a_place_takes_the_denominators_of_the_places_under_it(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place     | period  | people |
                | Northtown | 2021-05 | 7      |
            """,
            "population": """
                | place   | period  | people |
                | Ward    | 2021-05 | 10     |
                | Village | 2021-05 | 10     |
            """,
        },
        OF_PLACES.format("zero"),
        """
        | place     | period  | numerator | denominator | why |
        | Ward      | 2021-05 | 0         | 10          |     |
        | Village   | 2021-05 | 0         | 10          |     |
        | Northtown | 2021-05 | 7         | 20          |     |
        | Shire     | 2021-05 | 7         | 20          |     |
        """,
    )


HALF = {
    "stays": """
        | place   | period  | people |
        | Ward    | 2021-05 | 5      |
    """,
    "population": """
        | place   | period  | people |
        | Ward    | 2021-05 | 10     |
        | Village | 2021-05 | 10     |
    """,
}


def test_a_missing_numerator_that_is_not_available_leaves_the_place_above_without(
    spec: Any,
) -> None:
    spec(
        HALF,
        OF_PLACES.format("not available"),
        """
        | place     | period  | numerator | denominator | why                                     |
        | Ward      | 2021-05 | 5         | 10          |                                         |
        | Village   | 2021-05 |           | 10          | No numerator was supplied.              |
        | Northtown | 2021-05 |           | 20          | Part of the numerator was not supplied. |
        | Shire     | 2021-05 |           | 20          | Part of the numerator was not supplied. |
        """,
    )


def test_a_missing_numerator_that_is_zero_is_a_part_like_any_other(spec: Any) -> None:
    spec(
        HALF,
        OF_PLACES.format("zero"),
        """
        | place     | period  | numerator | denominator | why |
        | Ward      | 2021-05 | 5         | 10          |     |
        | Village   | 2021-05 | 0         | 10          |     |
        | Northtown | 2021-05 | 5         | 20          |     |
        | Shire     | 2021-05 | 5         | 20          |     |
        """,
    )


def test_a_place_with_a_part_of_a_period_not_available_leaves_those_above_without_too(
    spec: Any,
) -> None:
    """Where it gave nothing for any part of the period, nobody can know that it is missing."""
    spec(
        {
            "stays": """
                | place     | period  | people |
                | Ward      | 2021-04 | 1      |
                | Village   | 2021-04 | 1      |
                | Village   | 2021-05 | 1      |
            """
        },
        """
        missing = "not available"
        aggregate = "total over total"
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place     | period         | numerator | why                                     |
        | Ward      | 2021-04        | 1         |                                         |
        | Ward      | 2021-04-01/P2M |           | Part of the numerator was not supplied. |
        | Village   | 2021-04        | 1         |                                         |
        | Village   | 2021-05        | 1         |                                         |
        | Village   | 2021-04-01/P2M | 2         |                                         |
        | Northtown | 2021-04        | 2         |                                         |
        | Northtown | 2021-05        | 1         |                                         |
        | Northtown | 2021-04-01/P2M |           | Part of the numerator was not supplied. |
        | Shire     | 2021-04        | 2         |                                         |
        | Shire     | 2021-05        | 1         |                                         |
        | Shire     | 2021-04-01/P2M |           | Part of the numerator was not supplied. |
        """,
    )
