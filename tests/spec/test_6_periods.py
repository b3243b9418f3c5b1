"""Which periods get a figure"""

from __future__ import annotations

from datetime import date
from typing import Any

QUARTERS = {
    "stays": """
        | place | period     | people | person |
        | Ward  | 2020/21 Q1 | 10     | Ann    |
        | Ward  | 2020/21 Q2 | 20     | Ann    |
        | Ward  | 2020/21 Q3 | 30     | Bob    |
        | Ward  | 2020/21 Q4 | 40     | Cat    |
        | Ward  | 2021/22 Q1 | 50     | Ann    |
    """
}


def _by_quarter(roll_up: str, tally: str = 'sum = "people"') -> str:
    return f"""
        frequency = "quarter"
        roll_up = "{roll_up}"
        numerator = {{ table = "stays", {tally} }}
        """


def test_a_sum_has_the_year_to_date_the_year_and_the_last_12_months(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("sum"),
        """
        | place | period         | numerator | spans |
        | Ward  | 2020/21 Q1     | 10        | 1     |
        | Ward  | 2020/21 Q2     | 20        | 1     |
        | Ward  | 2020-04-01/P6M | 30        | 2     |
        | Ward  | 2020/21 Q3     | 30        | 1     |
        | Ward  | 2020-04-01/P9M | 60        | 3     |
        | Ward  | 2020/21 Q4     | 40        | 1     |
        | Ward  | 2020/21        | 100       | 4     |
        | Ward  | 2020-04-01/P12M | 100       | 4     |
        | Ward  | 2021/22 Q1     | 50        | 1     |
        | Ward  | 2020-07-01/P12M | 140       | 4     |
        """,
    )


def test_distinct_people_are_counted_once_in_each_of_these_periods(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("sum", 'distinct = "person"'),
        """
        | place | period         | numerator |
        | Ward  | 2020/21 Q1     | 1         |
        | Ward  | 2020/21 Q2     | 1         |
        | Ward  | 2020-04-01/P6M | 1         |
        | Ward  | 2020/21 Q3     | 1         |
        | Ward  | 2020-04-01/P9M | 2         |
        | Ward  | 2020/21 Q4     | 1         |
        | Ward  | 2020/21        | 3         |
        | Ward  | 2020-04-01/P12M | 3         |
        | Ward  | 2021/22 Q1     | 1         |
        | Ward  | 2020-07-01/P12M | 3         |
        """,
    )


def test_a_mean_has_the_sum_and_the_number_of_periods_to_divide_it_by(spec: Any) -> None:
    """The engine never divides: that is done once, when the figure is made."""
    spec(
        QUARTERS,
        _by_quarter("mean"),
        """
        | place | period         | numerator | spans |
        | Ward  | 2020/21 Q1     | 10        | 1     |
        | Ward  | 2020/21 Q2     | 20        | 1     |
        | Ward  | 2020/21 Q3     | 30        | 1     |
        | Ward  | 2020/21 Q4     | 40        | 1     |
        | Ward  | 2020/21        | 100       | 4     |
        | Ward  | 2020-04-01/P12M | 100       | 4     |
        | Ward  | 2021/22 Q1     | 50        | 1     |
        | Ward  | 2020-07-01/P12M | 140       | 4     |
        """,
    )


def test_last_has_the_figures_of_the_last_period(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("last"),
        """
        | place | period         | numerator | spans |
        | Ward  | 2020/21 Q1     | 10        | 1     |
        | Ward  | 2020/21 Q2     | 20        | 1     |
        | Ward  | 2020/21 Q3     | 30        | 1     |
        | Ward  | 2020/21 Q4     | 40        | 1     |
        | Ward  | 2020/21        | 40        | 1     |
        | Ward  | 2020-04-01/P12M | 40        | 1     |
        | Ward  | 2021/22 Q1     | 50        | 1     |
        | Ward  | 2020-07-01/P12M | 50        | 1     |
        """,
    )


def test_none_has_no_other_periods(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("none"),
        """
        | place | period     | numerator |
        | Ward  | 2020/21 Q1 | 10        |
        | Ward  | 2020/21 Q2 | 20        |
        | Ward  | 2020/21 Q3 | 30        |
        | Ward  | 2020/21 Q4 | 40        |
        | Ward  | 2021/22 Q1 | 50        |
        """,
    )


def test_a_period_that_is_not_finished_has_no_figure(spec: Any) -> None:
    """Here the position date is 29 September 2020, a day before the second quarter ends."""
    spec(
        QUARTERS,
        _by_quarter("sum"),
        """
        | place | period     | numerator |
        | Ward  | 2020/21 Q1 | 10        |
        """,
        as_of=date(2020, 9, 29),
    )


def test_a_year_that_began_before_the_data_has_no_figure(spec: Any) -> None:
    """Two months are not shown as a year, nor as a year to date."""
    spec(
        {
            "stays": """
                | place | period  | people |
                | Ward  | 2021-02 | 1      |
                | Ward  | 2021-03 | 1      |
                | Ward  | 2021-04 | 1      |
                | Ward  | 2021-05 | 1      |
            """
        },
        """
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period         | numerator |
        | Ward  | 2021-02        | 1         |
        | Ward  | 2021-03        | 1         |
        | Ward  | 2021-04        | 1         |
        | Ward  | 2021-05        | 1         |
        | Ward  | 2021-04-01/P2M | 2         |
        """,
    )


def test_a_day_counts_in_the_period_that_holds_it(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-03-31 |
                | Ward  | 2021-04-01 |
                | Ward  | 2021-06-30 |
            """
        },
        """
        frequency = "quarter"
        numerator = { table = "stays", count = true }
        """,
        """
        | place | period     | numerator |
        | Ward  | 2020/21 Q4 | 1         |
        | Ward  | 2021/22 Q1 | 2         |
        """,
    )


def test_a_month_between_two_others_counts_0_where_there_is_a_denominator(spec: Any) -> None:
    """Months before the first row and after the last are not made: nobody knows what they hold."""
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-05-10 |
                | Ward  | 2021-07-10 |
            """,
            "population": """
                | place | period  | people |
                | Ward  | 2021/22 | 100    |
            """,
        },
        """
        numerator = { table = "stays", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place | period  | numerator | denominator |
        | Ward  | 2021-05 | 1         | 100         |
        | Ward  | 2021-06 | 0         | 100         |
        | Ward  | 2021-07 | 1         | 100         |
        """,
    )


def test_of_year_takes_the_row_whose_period_holds_the_start_of_the_measured_one(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-03-31 |
                | Ward  | 2021-04-01 |
            """,
            "population": """
                | place | period  | people |
                | Ward  | 2020/21 | 100    |
                | Ward  | 2021/22 | 200    |
            """,
        },
        """
        numerator = { table = "stays", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place | period  | numerator | denominator |
        | Ward  | 2021-03 | 1         | 100         |
        | Ward  | 2021-04 | 1         | 200         |
        """,
    )


def test_where_several_periods_hold_that_start_the_one_that_began_last_is_taken(spec: Any) -> None:
    """Two populations are never added, and of two that begin together the shorter one is taken."""
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-05-01 |
            """,
            "population": """
                | place | period             | people |
                | Ward  | 2021-01-01/P1Y     | 100    |
                | Ward  | 2021/22            | 200    |
                | Ward  | 2021/22 to 2023/24 | 600    |
            """,
        },
        """
        numerator = { table = "stays", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place | period  | numerator | denominator |
        | Ward  | 2021-05 | 1         | 200         |
        """,
    )


def test_without_of_year_a_longer_row_counts_only_in_the_period_that_is_its_own(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | period     | people |
                | Ward  | 2020/21 Q1 | 1      |
                | Ward  | 2020/21 Q2 | 1      |
                | Ward  | 2020/21 Q3 | 1      |
                | Ward  | 2020/21 Q4 | 1      |
            """,
            "population": """
                | place | period  | people |
                | Ward  | 2020/21 | 100    |
            """,
        },
        """
        frequency = "quarter"
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        denominator = { table = "population", sum = "people" }
        """,
        """
        | place | period          | numerator | denominator |
        | Ward  | 2020/21 Q1      | 1         |             |
        | Ward  | 2020/21 Q2      | 1         |             |
        | Ward  | 2020-04-01/P6M  | 2         |             |
        | Ward  | 2020/21 Q3      | 1         |             |
        | Ward  | 2020-04-01/P9M  | 3         |             |
        | Ward  | 2020/21 Q4      | 1         |             |
        | Ward  | 2020/21         | 4         | 100         |
        | Ward  | 2020-04-01/P12M | 4         |             |
        """,
    )


def test_a_row_for_the_whole_period_stands_instead_of_the_rows_inside_it(spec: Any) -> None:
    """A total and its parts are never added, whichever of them a place supplies."""
    spec(
        {
            "stays": """
                | place     | period     | people |
                | Ward      | 2020/21 Q1 | 7      |
                | Ward      | 2020-04    | 3      |
                | Ward      | 2020-05    | 3      |
                | Southtown | 2020-04    | 2      |
                | Southtown | 2020-05    | 3      |
            """
        },
        """
        frequency = "quarter"
        aggregate = "total over total"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place     | period     | numerator |
        | Ward      | 2020/21 Q1 | 7         |
        | Northtown | 2020/21 Q1 | 7         |
        | Southtown | 2020/21 Q1 | 5         |
        | Shire     | 2020/21 Q1 | 12        |
        """,
    )


def test_a_calendar_year_is_a_year_of_its_own(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | period         | people |
                | Ward  | 2019-01-01/P1Y | 1      |
                | Ward  | 2020-01-01/P1Y | 2      |
            """
        },
        """
        frequency = "year"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period         | numerator |
        | Ward  | 2019-01-01/P1Y | 1         |
        | Ward  | 2020-01-01/P1Y | 2         |
        """,
    )


def test_a_week_belongs_to_the_year_in_which_it_ends(spec: Any) -> None:
    """The week from Monday 29 March 2021 ends on 4 April, in 2021/22."""
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-03-29 |
                | Ward  | 2021-04-28 |
            """
        },
        """
        frequency = "week"
        roll_up = "sum"
        numerator = { table = "stays", count = true }
        """,
        """
        | place | period         | numerator |
        | Ward  | 2021-03-29/P7D | 1         |
        | Ward  | 2021-04-26/P7D | 1         |
        | Ward  | 2021-04-01/P1M | 1         |
        """,
    )


def test_census_dates_stand_alone(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | day        |
                | Ward  | 2021-06-30 |
                | Ward  | 2021-09-30 |
            """
        },
        """
        frequency = "census"
        numerator = { table = "stays", count = true }
        """,
        """
        | place | period     | numerator |
        | Ward  | 2021-06-30 | 1         |
        | Ward  | 2021-09-30 | 1         |
        """,
    )
