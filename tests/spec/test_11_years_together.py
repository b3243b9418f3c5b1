"""Several years taken together

A measure of years that says `years_together = 3` has a figure of every three years that follow one
another, beside those of the years: the counts of the years added up, over their populations added
up, as publishers do where those of a single year are too small. Windows of three years that share
a year are no series: see [Periods](explanation/periods.md).
"""

from __future__ import annotations

from typing import Any

DEATHS = """
    | place | day        | people |
    | Ward  | 2018-05-01 | 3      |
    | Ward  | 2019-06-30 | 1      |
    | Ward  | 2021-03-31 | 5      |
    | Ward  | 2021-04-01 | 7      |
"""
PEOPLE = """
    | place | period  | people |
    | Ward  | 2018/19 | 100    |
    | Ward  | 2019/20 | 200    |
    | Ward  | 2020/21 | 250    |
    | Ward  | 2021/22 | 300    |
"""
RATE = """
    frequency = "year"
    roll_up = "sum"
    kind = "rate"
    years_together = 3
    numerator = { table = "deaths", sum = "people" }
    denominator = { table = "population", sum = "people", of_year = true }
"""


def test_counts_of_three_years_are_added_up_and_so_are_their_populations(spec: Any) -> None:
    """The population of three years is that of person-years: 100, 200 and 250 make 550, not 100."""
    spec(
        {"deaths": DEATHS, "population": PEOPLE},
        RATE,
        """
        | place | period             | numerator | denominator | spans |
        | Ward  | 2018/19            | 3         | 100         | 1     |
        | Ward  | 2019/20            | 1         | 200         | 1     |
        | Ward  | 2020/21            | 5         | 250         | 1     |
        | Ward  | 2021/22            | 7         | 300         | 1     |
        | Ward  | 2018/19 to 2020/21 | 9         | 550         | 3     |
        | Ward  | 2019/20 to 2021/22 | 13        | 750         | 3     |
        """,
    )


def test_a_figure_of_three_years_is_their_count_over_their_person_years(figures: Any) -> None:
    figures(
        {"deaths": DEATHS, "population": PEOPLE},
        RATE + "per = 1000",
        """
        | period             | value |
        | 2018/19            | 30    |
        | 2019/20            | 5     |
        | 2020/21            | 20    |
        | 2021/22            | 23.33 |
        | 2018/19 to 2020/21 | 16.36 |
        | 2019/20 to 2021/22 | 17.33 |
        """,
    )


def test_three_years_of_which_one_has_no_population_have_no_figure(spec: Any) -> None:
    """What is said of the year is said of the three. Two years are not passed off as three."""
    spec(
        {
            "deaths": DEATHS,
            "population": """
                | place | period  | people |
                | Ward  | 2018/19 | 100    |
                | Ward  | 2020/21 | 250    |
            """,
        },
        RATE,
        """
        | place | period             | numerator | why                                   |
        | Ward  | 2018/19            | 3         |                                       |
        | Ward  | 2019/20            | 1         | No denominator was supplied.          |
        | Ward  | 2020/21            | 5         |                                       |
        | Ward  | 2021/22            | 7         | No denominator was supplied.          |
        | Ward  | 2018/19 to 2020/21 |           | 2019/20: No denominator was supplied. |
        | Ward  | 2019/20 to 2021/22 |           | 2019/20: No denominator was supplied. |
        """,
    )


def test_a_place_that_was_not_there_in_one_of_the_years_has_no_figure_of_three(spec: Any) -> None:
    spec(
        {
            "deaths": DEATHS,
            "population": PEOPLE
            + """    | Village | 2019/20 | 50 |
    | Village | 2020/21 | 60 |
            """,
        },
        RATE + '\nmissing = "zero"',
        """
        | place   | period             | numerator | why                                        |
        | Ward    | 2018/19            | 3         |                                            |
        | Ward    | 2019/20            | 1         |                                            |
        | Ward    | 2020/21            | 5         |                                            |
        | Ward    | 2021/22            | 7         |                                            |
        | Ward    | 2018/19 to 2020/21 | 9         |                                            |
        | Ward    | 2019/20 to 2021/22 | 13        |                                            |
        | Village | 2019/20            | 0         |                                            |
        | Village | 2020/21            | 0         |                                            |
        | Village | 2018/19 to 2020/21 |           | Not every year of the period has a figure. |
        | Village | 2019/20 to 2021/22 |           | Not every year of the period has a figure. |
        """,
    )


def test_three_years_of_which_nobody_supplied_one_are_not_made(spec: Any) -> None:
    spec(
        {
            "deaths": """
                | place | period  | people |
                | Ward  | 2018/19 | 3      |
                | Ward  | 2020/21 | 5      |
            """
        },
        """
        frequency = "year"
        roll_up = "sum"
        years_together = 3
        numerator = { table = "deaths", sum = "people" }
        """,
        """
        | place | period  | numerator |
        | Ward  | 2018/19 | 3         |
        | Ward  | 2020/21 | 5         |
        """,
    )


def test_a_person_who_comes_in_three_years_counts_in_each_of_them(spec: Any) -> None:
    spec(
        {
            "deaths": """
                | place | period  | person |
                | Ward  | 2018/19 | Ann    |
                | Ward  | 2018/19 | Ann    |
                | Ward  | 2019/20 | Ann    |
                | Ward  | 2020/21 | Bob    |
            """
        },
        """
        frequency = "year"
        roll_up = "sum"
        years_together = 3
        numerator = { table = "deaths", distinct = "person" }
        """,
        """
        | place | period             | numerator |
        | Ward  | 2018/19            | 1         |
        | Ward  | 2019/20            | 1         |
        | Ward  | 2020/21            | 1         |
        | Ward  | 2018/19 to 2020/21 | 3         |
        """,
    )


def test_years_of_several_series_are_not_taken_together(spec: Any) -> None:
    spec(
        {"deaths": DEATHS, "population": PEOPLE},
        RATE
        + """
        [[break]]
        since = "2018/19"
        kind = "gap"
        reason = "Estimated."
        """,
        """
        | period             | why                                                         |
        | 2018/19            |                                                             |
        | 2019/20            |                                                             |
        | 2020/21            |                                                             |
        | 2021/22            |                                                             |
        | 2018/19 to 2020/21 | The series has a gap within the period, 2018/19: Estimated. |
        | 2019/20 to 2021/22 |                                                             |
        """,
    )


def test_calendar_years_are_taken_together_with_calendar_years(spec: Any) -> None:
    """A table that has rows of both keeps them apart: each run begins in the same month."""
    spec(
        {
            "deaths": """
                | place | period  | sex | people |
                | Ward  | 2019    | F   | 1      |
                | Ward  | 2020    | F   | 2      |
                | Ward  | 2020/21 | M   | 4      |
            """
        },
        """
        frequency = "year"
        roll_up = "sum"
        years_together = 2
        numerator = { table = "deaths", sum = "people" }
        [[breakdown]]
        name = "sex"
        """,
        """
        | place | period       | breakdown | category | numerator |
        | Ward  | 2019         | all       | all      | 1         |
        | Ward  | 2019         | sex       | F        | 1         |
        | Ward  | 2020         | all       | all      | 2         |
        | Ward  | 2020         | sex       | F        | 2         |
        | Ward  | 2020/21      | all       | all      | 4         |
        | Ward  | 2020/21      | sex       | M        | 4         |
        | Ward  | 2019 to 2020 | all       | all      | 3         |
        | Ward  | 2019 to 2020 | sex       | F        | 3         |
        """,
    )


BANDS = ["0", "1-4", *(f"{start}-{start + 4}" for start in range(5, 90, 5)), "90+"]


def by_band(year: str, people: int) -> str:
    return "".join(f"| Ward | {year} | {band} | {people} |\n" for band in BANDS)


def test_the_life_expectancy_of_three_years_is_that_of_their_deaths_and_people(
    figures: Any,
) -> None:
    """Of those of 90 and over 100, 200 and 300 of 1,000 died: 600 of 3,000, so that they may expect
    5 more years. It is no mean of 10, 5 and 3.33 years. Its limits are narrower."""
    head = "| place | period | age_group | people |\n"
    died, lived = (
        head + "".join(by_band(year, many) for year, many in zip(years, of, strict=True))
        for years, of in [
            (("2018", "2019", "2020"), each) for each in [(100, 200, 300), [1000] * 3]
        ]
    )
    figures(
        {"deaths": died, "population": lived},
        f"""
        kind = "life expectancy"
        frequency = "year"
        roll_up = "sum"
        years_together = 3
        numerator = {{ table = "deaths", sum = "people" }}
        denominator = {{ table = "population", sum = "people" }}
        life_table = {{ by = "age", at = 90 }}
        [[breakdown]]
        name = "age"
        column = "age_group"
        categories = {BANDS}
        """,
        """
        | place | period       | value | lower | upper |
        | Ward  | 2018         | 10    | 8.04  | 11.96 |
        | Ward  | 2019         | 5     | 4.31  | 5.69  |
        | Ward  | 2020         | 3.33  | 2.96  | 3.71  |
        | Ward  | 2018 to 2020 | 5     | 4.6   | 5.4   |
        """,
    )
