"""Which periods get a figure"""

from __future__ import annotations

from datetime import date
from typing import Any

from outturn.terms.period import Calendar

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


def test_last_has_the_figures_of_the_last_period(spec: Any) -> None:
    """And no year to date: how things stand now is what the last quarter says."""
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


RETURNED = {
    "stays": """
        | place | period  |
        | Ward  | 2021-05 |
        | Ward  | 2021-07 |
    """,
    "population": """
        | place | period  | people |
        | Ward  | 2021/22 | 100    |
    """,
}
RETURNED_PER_PERSON = """
        numerator = { table = "stays", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """


def test_a_month_between_two_others_for_which_there_is_no_row_at_all_was_not_supplied(
    spec: Any,
) -> None:
    """Each row is what a place returned of a month. Months before the first row and after the last
    are not made: nobody knows what they hold."""
    spec(
        RETURNED,
        RETURNED_PER_PERSON,
        """
        | place | period  | numerator | denominator | why                         |
        | Ward  | 2021-05 | 1         | 100         |                             |
        | Ward  | 2021-06 |           | 100         | June 2021 was not supplied. |
        | Ward  | 2021-07 | 1         | 100         |                             |
        """,
    )


def test_where_missing_is_zero_such_a_month_counts_0(spec: Any) -> None:
    """That is for a return that is sent only where there is something to tell: each row is what a
    place returned of a month, and no row says that there was nothing."""
    spec(
        RETURNED,
        f"""
        missing = "zero"
        {RETURNED_PER_PERSON}""",
        """
        | place | period  | numerator | denominator |
        | Ward  | 2021-05 | 1         | 100         |
        | Ward  | 2021-06 | 0         | 100         |
        | Ward  | 2021-07 | 1         | 100         |
        """,
    )


UNSUPPLIED = {
    "stays": """
        | place     | period  | people |
        | Ward      | 2021-04 | 50     |
        | Ward      | 2021-05 | 60     |
        | Ward      | 2021-07 | 60     |
        | Southtown | 2021-04 | 1      |
    """
}
SUM_OF_MONTHS = """
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        """


def test_what_adds_up_a_month_that_was_not_supplied_is_not_available(spec: Any) -> None:
    """A place that is silent in a month in which others have rows had nothing to count."""
    spec(
        UNSUPPLIED,
        SUM_OF_MONTHS,
        """
        | place     | period         | numerator | why                         |
        | Ward      | 2021-04        | 50        |                             |
        | Ward      | 2021-05        | 60        |                             |
        | Ward      | 2021-04-01/P2M | 110       |                             |
        | Ward      | 2021-04-01/P3M |           | June 2021 was not supplied. |
        | Ward      | 2021-07        | 60        |                             |
        | Ward      | 2021-04-01/P4M |           | June 2021 was not supplied. |
        | Southtown | 2021-04        | 1         |                             |
        | Southtown | 2021-04-01/P2M | 1         |                             |
        | Southtown | 2021-04-01/P3M |           | June 2021 was not supplied. |
        | Southtown | 2021-04-01/P4M |           | June 2021 was not supplied. |
        """,
    )


def test_unless_missing_is_zero(spec: Any) -> None:
    spec(
        UNSUPPLIED,
        f"""
        missing = "zero"
        {SUM_OF_MONTHS}""",
        """
        | place     | period         | numerator |
        | Ward      | 2021-04        | 50        |
        | Ward      | 2021-05        | 60        |
        | Ward      | 2021-04-01/P2M | 110       |
        | Ward      | 2021-04-01/P3M | 110       |
        | Ward      | 2021-07        | 60        |
        | Ward      | 2021-04-01/P4M | 170       |
        | Southtown | 2021-04        | 1         |
        | Southtown | 2021-04-01/P2M | 1         |
        | Southtown | 2021-04-01/P3M | 1         |
        | Southtown | 2021-04-01/P4M | 1         |
        """,
    )


def test_rows_that_are_not_counted_show_that_a_month_was_supplied(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | period  | age |
                | Ward  | 2021-04 | 70  |
                | Ward  | 2021-05 | 30  |
                | Ward  | 2021-06 | 70  |
            """
        },
        """
        roll_up = "sum"
        numerator = { table = "stays", count = true, where = [{ column = "age", at_least = 65 }] }
        """,
        """
        | place | period         | numerator |
        | Ward  | 2021-04        | 1         |
        | Ward  | 2021-05        | 0         |
        | Ward  | 2021-04-01/P2M | 1         |
        | Ward  | 2021-06        | 1         |
        | Ward  | 2021-04-01/P3M | 2         |
        """,
    )


def test_a_row_for_the_whole_of_a_longer_period_needs_no_months(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | period         | people |
                | Ward  | 2021-04        | 50     |
                | Ward  | 2021-07        | 60     |
                | Ward  | 2021-04-01/P4M | 170    |
            """
        },
        SUM_OF_MONTHS,
        """
        | place | period         | numerator | why                                            |
        | Ward  | 2021-04        | 50        |                                                |
        | Ward  | 2021-04-01/P2M |           | May 2021 was not supplied.                     |
        | Ward  | 2021-04-01/P3M |           | May 2021 and 1 other period were not supplied. |
        | Ward  | 2021-07        | 60        |                                                |
        | Ward  | 2021-04-01/P4M | 170       |                                                |
        """,
    )


MONTHS = {
    "stays": """
        | place | period  | people |
        | Ward  | 2021-01 | 1      |
        | Ward  | 2021-02 | 2      |
        | Ward  | 2021-03 | 3      |
        | Ward  | 2021-04 | 4      |
        | Ward  | 2021-05 | 5      |
        | Ward  | 2021-06 | 6      |
        | Ward  | 2021-07 | 7      |
        | Ward  | 2021-08 | 8      |
        | Ward  | 2021-09 | 9      |
    """
}


def test_months_make_quarters_of_the_financial_year(spec: Any) -> None:
    """By every roll-up but none. The first quarter of a sum is the year to date in June too."""
    spec(
        MONTHS,
        """
        roll_up = "last"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period     | numerator | spans |
        | Ward  | 2021-01    | 1         | 1     |
        | Ward  | 2021-02    | 2         | 1     |
        | Ward  | 2021-03    | 3         | 1     |
        | Ward  | 2020/21 Q4 | 3         | 1     |
        | Ward  | 2021-04    | 4         | 1     |
        | Ward  | 2021-05    | 5         | 1     |
        | Ward  | 2021-06    | 6         | 1     |
        | Ward  | 2021/22 Q1 | 6         | 1     |
        | Ward  | 2021-07    | 7         | 1     |
        | Ward  | 2021-08    | 8         | 1     |
        | Ward  | 2021-09    | 9         | 1     |
        | Ward  | 2021/22 Q2 | 9         | 1     |
        """,
    )


def test_years_are_those_that_the_measure_names(spec: Any) -> None:
    """Each with its year to date. Quarters make an academic year here, which begins in July."""
    spec(
        {
            "stays": """
                | place | period     | people |
                | Ward  | 2019/20 Q4 | 1      |
                | Ward  | 2020/21 Q1 | 2      |
                | Ward  | 2020/21 Q2 | 4      |
                | Ward  | 2020/21 Q3 | 8      |
                | Ward  | 2020/21 Q4 | 16     |
                | Ward  | 2021/22 Q1 | 32     |
            """
        },
        """
        frequency = "quarter"
        roll_up = "mean"
        years = ["calendar", "academic"]
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period          | numerator | spans |
        | Ward  | 2019/20 Q4      | 1         | 1     |
        | Ward  | 2020/21 Q1      | 2         | 1     |
        | Ward  | 2020-01-01/P6M  | 3         | 2     |
        | Ward  | 2020/21 Q2      | 4         | 1     |
        | Ward  | 2020-01-01/P9M  | 7         | 3     |
        | Ward  | 2020/21 Q3      | 8         | 1     |
        | Ward  | 2020-01-01/P1Y  | 15        | 4     |
        | Ward  | 2020-01-01/P12M | 15        | 4     |
        | Ward  | 2020-07-01/P6M  | 12        | 2     |
        | Ward  | 2020/21 Q4      | 16        | 1     |
        | Ward  | 2020-07-01/P9M  | 28        | 3     |
        | Ward  | 2020-04-01/P12M | 30        | 4     |
        | Ward  | 2021/22 Q1      | 32        | 1     |
        | Ward  | 2021-01-01/P6M  | 48        | 2     |
        | Ward  | 2020-07-01/P1Y  | 60        | 4     |
        | Ward  | 2020-07-01/P12M | 60        | 4     |
        """,
        calendar=Calendar(academic_year=7),
    )


def test_the_year_to_date_is_of_each_kind_of_year_that_the_measure_names(spec: Any) -> None:
    """Its months are counted from the first of that year, be it January, April or September."""
    spec(
        MONTHS,
        """
        roll_up = "sum"
        years = ["academic", "calendar"]
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period         | numerator | spans |
        | Ward  | 2021-01        | 1         | 1     |
        | Ward  | 2021-02        | 2         | 1     |
        | Ward  | 2021-01-01/P2M | 3         | 2     |
        | Ward  | 2021-03        | 3         | 1     |
        | Ward  | 2020/21 Q4     | 6         | 3     |
        | Ward  | 2021-04        | 4         | 1     |
        | Ward  | 2021-01-01/P4M | 10        | 4     |
        | Ward  | 2021-05        | 5         | 1     |
        | Ward  | 2021-01-01/P5M | 15        | 5     |
        | Ward  | 2021-06        | 6         | 1     |
        | Ward  | 2021-01-01/P6M | 21        | 6     |
        | Ward  | 2021/22 Q1     | 15        | 3     |
        | Ward  | 2021-07        | 7         | 1     |
        | Ward  | 2021-01-01/P7M | 28        | 7     |
        | Ward  | 2021-08        | 8         | 1     |
        | Ward  | 2021-01-01/P8M | 36        | 8     |
        | Ward  | 2021-08-01/P2M | 17        | 2     |
        | Ward  | 2021-09        | 9         | 1     |
        | Ward  | 2021-01-01/P9M | 45        | 9     |
        | Ward  | 2021/22 Q2     | 24        | 3     |
        """,
        calendar=Calendar(academic_year=8),
    )


def test_a_year_that_begins_within_a_quarter_is_not_made_of_quarters(spec: Any) -> None:
    """July and August are no part of a year from September, nor is part of a quarter known."""
    spec(
        QUARTERS,
        """
        frequency = "quarter"
        roll_up = "sum"
        years = ["academic"]
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period          | numerator |
        | Ward  | 2020/21 Q1      | 10        |
        | Ward  | 2020/21 Q2      | 20        |
        | Ward  | 2020/21 Q3      | 30        |
        | Ward  | 2020/21 Q4      | 40        |
        | Ward  | 2020-04-01/P12M | 100       |
        | Ward  | 2021/22 Q1      | 50        |
        | Ward  | 2020-07-01/P12M | 140       |
        """,
    )


BROKEN = """
        [[break]]
        since = "{}"
        kind = "{}"
        reason = "Moved."
        """


def test_what_is_before_a_break_in_the_series_is_not_added_to_what_is_after(spec: Any) -> None:
    """A period that begins with the new series is added up."""
    spec(
        MONTHS,
        SUM_OF_MONTHS + BROKEN.format("2021-07", "break"),
        """
        | period         | numerator | why                                                         |
        | 2021-01        | 1         |                                                             |
        | 2021-02        | 2         |                                                             |
        | 2021-03        | 3         |                                                             |
        | 2020/21 Q4     | 6         |                                                             |
        | 2021-04        | 4         |                                                             |
        | 2021-05        | 5         |                                                             |
        | 2021-04-01/P2M | 9         |                                                             |
        | 2021-06        | 6         |                                                             |
        | 2021/22 Q1     | 15        |                                                             |
        | 2021-07        | 7         |                                                             |
        | 2021-04-01/P4M |           | The series breaks on 1 July 2021, within the period: Moved. |
        | 2021-08        | 8         |                                                             |
        | 2021-04-01/P5M |           | The series breaks on 1 July 2021, within the period: Moved. |
        | 2021-09        | 9         |                                                             |
        | 2021-04-01/P6M |           | The series breaks on 1 July 2021, within the period: Moved. |
        | 2021/22 Q2     | 24        |                                                             |
        """,
    )


def test_nor_is_a_period_that_was_not_collected_as_usual_added_to_others(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("mean") + BROKEN.format("2020/21 Q2", "gap"),
        """
        | period          | numerator | why                                                        |
        | 2020/21 Q1      | 10        |                                                            |
        | 2020/21 Q2      | 20        |                                                            |
        | 2020/21 Q3      | 30        |                                                            |
        | 2020/21 Q4      | 40        |                                                            |
        | 2020-04-01/P6M  |           | The series has a gap within the period, Q2 2020/21: Moved. |
        | 2020-04-01/P9M  |           | The series has a gap within the period, Q2 2020/21: Moved. |
        | 2020/21         |           | The series has a gap within the period, Q2 2020/21: Moved. |
        | 2020-04-01/P12M |           | The series has a gap within the period, Q2 2020/21: Moved. |
        | 2021/22 Q1      | 50        |                                                            |
        | 2020-07-01/P12M |           | The series has a gap within the period, Q2 2020/21: Moved. |
        """,
    )


def test_a_break_within_a_month_leaves_the_month_as_it_was_counted(spec: Any) -> None:
    """And the last of several months is of one series, or as it was counted."""
    spec(
        {
            "stays": """
                | place | period  | people |
                | Ward  | 2021-04 | 4      |
                | Ward  | 2021-05 | 5      |
                | Ward  | 2021-06 | 6      |
            """
        },
        """
        roll_up = "last"
        numerator = { table = "stays", sum = "people" }
        """
        + BROKEN.format("2021-06-15", "start"),
        """
        | place | period     | numerator |
        | Ward  | 2021-04    | 4         |
        | Ward  | 2021-05    | 5         |
        | Ward  | 2021-06    | 6         |
        | Ward  | 2021/22 Q1 | 6         |
        """,
    )


def test_a_note_in_the_series_forbids_no_adding_up(spec: Any) -> None:
    spec(
        QUARTERS,
        _by_quarter("mean") + BROKEN.format("2020/21 Q2", "minor"),
        """
        | place | period          | numerator |
        | Ward  | 2020/21 Q1      | 10        |
        | Ward  | 2020/21 Q2      | 20        |
        | Ward  | 2020/21 Q3      | 30        |
        | Ward  | 2020-04-01/P6M  | 30        |
        | Ward  | 2020-04-01/P9M  | 60        |
        | Ward  | 2020/21 Q4      | 40        |
        | Ward  | 2020/21         | 100       |
        | Ward  | 2020-04-01/P12M | 100       |
        | Ward  | 2021/22 Q1      | 50        |
        | Ward  | 2020-07-01/P12M | 140       |
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
        missing = "zero"
        numerator = { table = "stays", count = true }
        """,
        """
        | place | period         | numerator |
        | Ward  | 2021-03-29/P7D | 1         |
        | Ward  | 2021-04-26/P7D | 1         |
        | Ward  | 2021-04-01/P1M | 1         |
        """,
    )


def test_census_dates_stand_alone_unless_the_measure_says_otherwise(spec: Any) -> None:
    """People there on several dates may be the same people: without `roll_up` nothing is added."""
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


def test_a_year_of_census_dates_may_have_the_figure_of_the_last(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place | day        | people |
                | Ward  | 2020-06-30 | 50     |
                | Ward  | 2020-12-31 | 60     |
            """
        },
        """
        frequency = "census"
        roll_up = "last"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period          | numerator | spans |
        | Ward  | 2020-06-30      | 50        | 1     |
        | Ward  | 2019-07-01/P12M | 50        | 1     |
        | Ward  | 2020-12-31      | 60        | 1     |
        | Ward  | 2020/21         | 60        | 1     |
        | Ward  | 2020-01-01/P12M | 60        | 1     |
        """,
    )


def test_twelve_months_to_any_end_are_a_year_of_their_own(spec: Any) -> None:
    """A table of rolling years has such keys beside those of financial years. Twelve months that
    are a financial year are that year."""
    spec(
        {
            "stays": """
                | place | period          | people |
                | Ward  | 2019-06-01/P12M | 5      |
                | Ward  | 2019-07-01/P12M | 6      |
                | Ward  | 2020/21         | 7      |
                | Ward  | 2021-04-01/P12M | 8      |
            """
        },
        """
        frequency = "year"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place | period          | numerator |
        | Ward  | 2019-06-01/P12M | 5         |
        | Ward  | 2019-07-01/P12M | 6         |
        | Ward  | 2020/21         | 7         |
        | Ward  | 2021/22         | 8         |
        """,
    )
