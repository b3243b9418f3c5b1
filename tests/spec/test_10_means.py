"""Means, and the squares by which they have limits"""

from __future__ import annotations

from typing import Any

STAYS = {
    "stays": """
        | place   | period  | days | sex    |
        | Ward    | 2021-05 | 1    | female |
        | Ward    | 2021-05 | 2    | male   |
        | Ward    | 2021-05 | 3    | male   |
        | Ward    | 2021-06 | 10   | male   |
        | Village | 2021-05 | 7    | female |
    """
}
MEAN = """
        kind = "mean"
        numerator = { table = "stays", sum = "days" }
        denominator = { table = "stays", count = true }
        """
FILLED = 'where = [{ column = "days", present = true }]'
BY_SEX = """
        [[breakdown]]
        name = "sex"
        """


def test_the_squares_of_what_a_mean_is_of_are_added_up_beside_it(spec: Any) -> None:
    """1 + 4 + 9 for Ward in May. No other measure has squares but a share of weighted answers."""
    spec(
        STAYS,
        MEAN,
        """
        | place   | period  | numerator | denominator | rows | answers | squares |
        | Ward    | 2021-05 | 6         | 3           | 6    |         | 14      |
        | Ward    | 2021-06 | 10        | 1           | 2    |         | 100     |
        | Village | 2021-05 | 7         | 1           | 2    |         | 49      |
        """,
    )


def test_places_periods_and_parts_add_up_the_squares_of_their_rows(spec: Any) -> None:
    spec(
        STAYS,
        MEAN + 'roll_up = "sum"\n        aggregate = "total over total"' + BY_SEX,
        """
        | place     | period  | category | numerator | denominator | squares |
        | Ward      | 2021-05 | all      | 6         | 3           | 14      |
        | Ward      | 2021-05 | female   | 1         | 1           | 1       |
        | Ward      | 2021-05 | male     | 5         | 2           | 13      |
        | Ward      | 2021-06 | all      | 10        | 1           | 100     |
        | Ward      | 2021-06 | male     | 10        | 1           | 100     |
        | Village   | 2021-05 | all      | 7         | 1           | 49      |
        | Village   | 2021-05 | female   | 7         | 1           | 49      |
        | Northtown | 2021-05 | all      | 13        | 4           | 63      |
        | Northtown | 2021-05 | female   | 8         | 2           | 50      |
        | Northtown | 2021-05 | male     | 5         | 2           | 13      |
        | Northtown | 2021-06 | all      | 10        | 1           | 100     |
        | Northtown | 2021-06 | male     | 10        | 1           | 100     |
        | Shire     | 2021-05 | all      | 13        | 4           | 63      |
        | Shire     | 2021-05 | female   | 8         | 2           | 50      |
        | Shire     | 2021-05 | male     | 5         | 2           | 13      |
        | Shire     | 2021-06 | all      | 10        | 1           | 100     |
        | Shire     | 2021-06 | male     | 10        | 1           | 100     |
        """,
    )


def test_the_squares_of_a_quarter_are_those_of_its_months(spec: Any) -> None:
    spec(
        {
            "stays": """
        | place | period  | days |
        | Ward  | 2021-04 | 3    |
        | Ward  | 2021-05 | 1    |
        | Ward  | 2021-06 | 2    |
    """
        },
        MEAN + 'roll_up = "sum"',
        """
        | place | period             | numerator | denominator | squares |
        | Ward  | 2021-04            | 3         | 1           | 9       |
        | Ward  | 2021-05            | 1         | 1           | 1       |
        | Ward  | 2021-06            | 2         | 1           | 4       |
        | Ward  | April to May 2021  | 4         | 2           | 10      |
        | Ward  | April to June 2021 | 6         | 3           | 14      |
        """,
    )


def test_numbers_with_decimals_have_exact_squares(spec: Any) -> None:
    """They are added up in whole millionths of millionths, so no order of adding can matter."""
    spec(
        {
            "stays": """
        | place | period  | cost |
        | Ward  | 2021-05 | 0.1  |
        | Ward  | 2021-05 | 0.2  |
        | Ward  | 2021-05 | -1.5 |
    """
        },
        MEAN.replace("days", "cost"),
        """
        | place | period  | numerator | denominator | squares |
        | Ward  | 2021-05 | -1.2      | 3           | 2.3     |
        """,
    )


def test_there_are_no_squares_where_a_row_that_is_counted_has_no_number(spec: Any) -> None:
    """Ward's mean is of two rows, and what the second is nobody knows: it adds nothing, which is no
    0. Where the denominator counts the rows with a number, the squares are whole.
    """
    tables = {
        "stays": """
        | place   | period  | days |
        | Ward    | 2021-05 | 4    |
        | Ward    | 2021-05 |      |
        | Village | 2021-05 | 3    |
    """
    }
    spec(
        tables,
        MEAN,
        """
        | place   | period  | numerator | denominator | squares |
        | Ward    | 2021-05 | 4         | 2           |         |
        | Village | 2021-05 | 3         | 1           | 9       |
        """,
    )
    spec(
        tables,
        MEAN.replace("count = true", f"count = true, {FILLED}"),
        """
        | place   | period  | numerator | denominator | squares |
        | Ward    | 2021-05 | 4         | 1           | 16      |
        | Village | 2021-05 | 3         | 1           | 9       |
        """,
    )


def test_a_number_beyond_a_hundred_million_has_no_square(spec: Any) -> None:
    """A slip of the keyboard, whose square could be more than a database adds up."""
    spec(
        {
            "stays": """
        | place   | period  | days      |
        | Ward    | 2021-05 | 100000001 |
        | Village | 2021-05 | 100000000 |
    """
        },
        MEAN,
        """
        | place   | period  | numerator | denominator | squares |
        | Ward    | 2021-05 | 100000001 | 1           |         |
        | Village | 2021-05 | 100000000 | 1           | 1e+16   |
        """,
    )


def test_a_mean_for_each_person_of_several_rows_has_no_squares(spec: Any) -> None:
    """Its denominator counts people, and how far one person's days lie from another's is not what
    the squares of the rows tell. Nor are they of the same rows where the conditions differ.
    """
    visits = {
        "visits": """
        | place | period  | person | days | sex  |
        | Ward  | 2021-05 | p1     | 1    | male |
        | Ward  | 2021-05 | p1     | 2    | male |
        | Ward  | 2021-05 | p2     | 3    | male |
    """
    }
    mean = MEAN.replace('"stays"', '"visits"')
    expect = """
        | place | period  | numerator | denominator | squares |
        | Ward  | 2021-05 | 6         | {}           |         |
        """
    spec(visits, mean.replace("count = true", 'distinct = "person"'), expect.format(2))
    male = 'count = true, where = [{ column = "sex", is = "male" }]'
    spec(visits, mean.replace("count = true", male), expect.format(3))


def test_a_mean_has_the_limits_of_student(figures: Any) -> None:
    """Of 1, 2 and 3 the standard deviation is 1, and Student's point with 2 degrees of freedom
    4.303: 2 plus and minus 4.303 ÷ √3. One number has no limits.
    """
    figures(
        STAYS,
        MEAN,
        """
        | place   | period  | value | lower | upper | interval                   |
        | Ward    | 2021-05 | 2     | -0.48 | 4.48  | Student's t, 95% (England) |
        | Ward    | 2021-06 | 10    |       |       |                            |
        | Village | 2021-05 | 7     |       |       |                            |
        """,
    )


def test_numbers_that_are_all_alike_have_a_mean_and_no_limits(figures: Any) -> None:
    """They tell nothing of how far others would lie; a limit on the figure itself would be sure of
    what three numbers cannot be sure of.
    """
    figures(
        {
            "stays": """
        | place | period  | cost |
        | Ward  | 2021-05 | 1.1  |
        | Ward  | 2021-05 | 1.1  |
        | Ward  | 2021-05 | 1.1  |
    """
        },
        MEAN.replace("days", "cost"),
        """
        | place | period  | value | lower | upper | interval |
        | Ward  | 2021-05 | 1.1   |       |       |          |
        """,
    )


def test_a_mean_of_a_measure_without_methods_has_neither_squares_nor_limits(spec: Any) -> None:
    spec(
        STAYS,
        MEAN + 'methods = "none"',
        """
        | place   | period  | numerator | denominator | squares |
        | Ward    | 2021-05 | 6         | 3           |         |
        | Ward    | 2021-06 | 10        | 1           |         |
        | Village | 2021-05 | 7         | 1           |         |
        """,
    )
