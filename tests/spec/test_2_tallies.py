"""What is counted"""

from __future__ import annotations

from datetime import date
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


VISITS = {
    "visits": """
        | place   | period  | person | seen       |
        | Ward    | 2021-05 | Ann    | 2021-05-30 |
        | Ward    | 2021-05 | Ann    | 2021-06-02 |
        | Ward    | 2021-06 | Bob    | 2021-06-01 |
        | Ward    | 2021-06 | Bob    |            |
        | Ward    | 2021-06 | Cat    | 2021-06-30 |
        | Village | 2021-06 | Cat    | 2021-06-30 |
    """
}


def test_on_counts_by_another_date_than_the_one_of_the_contract(spec: Any) -> None:
    """A row without that date belongs to no period."""
    spec(
        VISITS,
        """
        numerator = { table = "visits", count = true, on = "seen" }
        """,
        """
        | place   | period  | numerator |
        | Ward    | 2021-05 | 1         |
        | Ward    | 2021-06 | 3         |
        | Village | 2021-06 | 1         |
        """,
    )


def test_times_counts_who_comes_so_often_or_more(spec: Any) -> None:
    """A place where people come, but nobody so often, has 0."""
    spec(
        VISITS,
        """
        numerator = { table = "visits", distinct = "person", times = 2 }
        """,
        """
        | place   | period  | numerator | rows |
        | Ward    | 2021-05 | 1         | 2    |
        | Ward    | 2021-06 | 1         | 3    |
        | Village | 2021-06 | 0         | 1    |
        """,
    )


def test_in_each_place_and_period_they_are_looked_for_anew(spec: Any) -> None:
    """Bob comes once in each month and twice in the quarter; Cat once in each of two places, and so
    twice in the town above them. These are no sums."""
    spec(
        {
            "visits": """
                | place   | period  | person |
                | Ward    | 2021-04 | Bob    |
                | Ward    | 2021-05 | Bob    |
                | Ward    | 2021-06 | Cat    |
                | Village | 2021-06 | Cat    |
            """
        },
        """
        roll_up = "sum"
        aggregate = "total over total"
        numerator = { table = "visits", distinct = "person", times = 2 }
        """,
        """
        | place     | period          | numerator |
        | Ward      | 2021-04         | 0         |
        | Ward      | 2021-05         | 0         |
        | Ward      | 2021-06         | 0         |
        | Village   | 2021-06         | 0         |
        | Northtown | 2021-04         | 0         |
        | Northtown | 2021-05         | 0         |
        | Northtown | 2021-06         | 1         |
        | Shire     | 2021-04         | 0         |
        | Shire     | 2021-05         | 0         |
        | Shire     | 2021-06         | 1         |
        | Ward      | 2021-04-01/P2M  | 1         |
        | Northtown | 2021-04-01/P2M  | 1         |
        | Shire     | 2021-04-01/P2M  | 1         |
        | Ward      | 2021/22 Q1      | 1         |
        | Village   | 2021/22 Q1      | 0         |
        | Northtown | 2021/22 Q1      | 2         |
        | Shire     | 2021/22 Q1      | 2         |
        """,
        as_of=date(2021, 6, 30),
    )


SERVICES = {
    "services": """
        | place | person | day        | seen       |
        | Ward  | Ann    | 2021-03-31 | 2021-05-31 |
        | Ward  | Ann    | 2021-05-10 | 2021-06-10 |
        | Ward  | Bob    | 2021-05-01 |            |
        | Ward  | Cat    | 2021-05-02 | 2021-05-20 |
        | Ward  | Dan    |            | 2021-06-20 |
    """
}


def test_open_counts_who_has_begun_and_not_ended_at_the_end_of_each_period(spec: Any) -> None:
    """From the period of the first that begins to the last that is finished. Each person counts
    once, however many rows are open; one that ends on the last day is not; one without an end is;
    one without a beginning never is."""
    spec(
        SERVICES,
        """
        numerator = { table = "services", open = "person", from = "day", to = "seen" }
        """,
        """
        | place | period  | numerator | rows |
        | Ward  | 2021-03 | 1         | 1    |
        | Ward  | 2021-04 | 1         | 1    |
        | Ward  | 2021-05 | 2         | 2    |
        | Ward  | 2021-06 | 1         | 1    |
        """,
        as_of=date(2021, 7, 30),
    )


def test_with_last_day_one_that_ends_on_the_last_day_is_still_open(spec: Any) -> None:
    spec(
        SERVICES,
        """
        [numerator]
        table = "services"
        open = "person"
        from = "day"
        to = "seen"
        last_day = true
        """,
        """
        | place | period  | numerator | rows |
        | Ward  | 2021-03 | 1         | 1    |
        | Ward  | 2021-04 | 1         | 1    |
        | Ward  | 2021-05 | 2         | 3    |
        """,
        as_of=date(2021, 5, 31),
    )


def test_a_place_where_all_have_ended_has_0_open(spec: Any) -> None:
    spec(
        {
            "services": """
                | place   | person | day        | seen       |
                | Ward    | Ann    | 2021-04-10 | 2021-05-05 |
                | Village | Bob    | 2021-05-10 |            |
            """
        },
        """
        numerator = { table = "services", open = "person", from = "day", to = "seen" }
        """,
        """
        | place   | period  | numerator |
        | Ward    | 2021-04 | 1         |
        | Ward    | 2021-05 | 0         |
        | Village | 2021-05 | 1         |
        """,
        as_of=date(2021, 5, 31),
    )


def test_those_open_at_the_end_of_the_last_month_are_those_of_the_year(spec: Any) -> None:
    """They do not add up. With `roll_up = "mean"` a year has the mean of its months' ends."""
    spec(
        {
            "services": """
                | place | person | day        | seen       |
                | Ward  | Ann    | 2020-04-10 | 2020-06-05 |
                | Ward  | Bob    | 2020-05-10 |            |
            """
        },
        """
        frequency = "quarter"
        roll_up = "last"
        numerator = { table = "services", open = "person", from = "day", to = "seen" }
        """,
        """
        | place | period          | numerator | spans |
        | Ward  | 2020/21 Q1      | 1         | 1     |
        | Ward  | 2020/21 Q2      | 1         | 1     |
        | Ward  | 2020/21 Q3      | 1         | 1     |
        | Ward  | 2020/21 Q4      | 1         | 1     |
        | Ward  | 2020/21         | 1         | 1     |
        | Ward  | 2020-04-01/P12M | 1         | 1     |
        """,
        as_of=date(2021, 3, 31),
    )


WAITS = {
    "waits": """
        | place   | period  | days |
        | Ward    | 2021-05 | 3    |
        | Ward    | 2021-05 | 10   |
        | Ward    | 2021-05 | 4    |
        | Ward    | 2021-05 | 4    |
        | Ward    | 2021-05 |      |
        | Village | 2021-05 | 20   |
        | Village | 2021-05 | 21   |
        | Clinic  | 2021-05 |      |
    """
}


def test_a_median_is_counted_in_halves_and_its_denominator_is_how_many_there_were(
    spec: Any,
) -> None:
    """Of 3, 4, 4 and 10 days it is 4: eight halves, of four. Of 20 and 21 days it lies halfway. A
    row whose cell is empty is none of them, and a place without any has a median of none."""
    spec(
        WAITS,
        """
        kind = "median"
        numerator = { table = "waits", median = "days" }
        """,
        """
        | place   | period  | numerator | denominator | rows |
        | Ward    | 2021-05 | 8         | 4           | 4    |
        | Village | 2021-05 | 41        | 2           | 2    |
        | Clinic  | 2021-05 | 0         | 0           | 1    |
        """,
    )


def test_a_percentile_between_two_lies_in_proportion(spec: Any) -> None:
    """The 90th of four is 2.7 steps from the first: 4 and seven tenths of the way to 10, which is
    8.2; counted in tenths."""
    spec(
        WAITS,
        """
        kind = "percentile"
        numerator = { table = "waits", percentile = "days", at = 90, where = [
            { column = "days", at_least = 1 },
        ] }
        """,
        """
        | place   | period  | numerator | denominator |
        | Ward    | 2021-05 | 82        | 4           |
        | Village | 2021-05 | 209       | 2           |
        | Clinic  | 2021-05 | 0         | 0           |
        """,
    )


def test_the_limits_of_a_median_are_two_of_the_values(spec: Any) -> None:
    """Of ten waits in order the second and the ninth: with a coin, fewer than two heads in ten come
    less than 2.5 times in a hundred. Of five waits there is none on either side. Of the 90th
    percentile of ten there is one below, and none above."""
    table = {
        "waits": """
            | place   | period  | days |
            | Ward    | 2021-05 | 1    |
            | Ward    | 2021-05 | 2    |
            | Ward    | 2021-05 | 3    |
            | Ward    | 2021-05 | 4    |
            | Ward    | 2021-05 | 5    |
            | Ward    | 2021-05 | 6    |
            | Ward    | 2021-05 | 7    |
            | Ward    | 2021-05 | 8    |
            | Ward    | 2021-05 | 8    |
            | Ward    | 2021-05 | 30   |
            | Village | 2021-05 | 1    |
            | Village | 2021-05 | 2    |
            | Village | 2021-05 | 3    |
            | Village | 2021-05 | 4    |
            | Village | 2021-05 | 5    |
        """
    }
    spec(
        table,
        """
        kind = "median"
        numerator = { table = "waits", median = "days" }
        """,
        """
        | place   | period  | numerator | denominator | lower | upper |
        | Ward    | 2021-05 | 11        | 10          | 2     | 8     |
        | Village | 2021-05 | 6         | 5           |       |       |
        """,
    )
    spec(
        table,
        """
        kind = "percentile"
        numerator = { table = "waits", percentile = "days", at = 90 }
        """,
        """
        | place   | period  | numerator | denominator | lower | upper |
        | Ward    | 2021-05 | 102       | 10          | 7     |       |
        | Village | 2021-05 | 46        | 5           | 3     |       |
        """,
    )


def test_the_median_of_several_places_or_months_is_that_of_all_together(spec: Any) -> None:
    spec(
        {
            "waits": """
                | place   | period  | days |
                | Ward    | 2021-04 | 1    |
                | Ward    | 2021-05 | 2    |
                | Ward    | 2021-06 | 90   |
                | Village | 2021-06 | 91   |
                | Village | 2021-06 | 92   |
            """
        },
        """
        kind = "median"
        aggregate = "total over total"
        roll_up = "sum"
        numerator = { table = "waits", median = "days" }
        """,
        """
        | place     | period         | numerator | denominator |
        | Ward      | 2021-04        | 2         | 1           |
        | Ward      | 2021-05        | 4         | 1           |
        | Ward      | 2021-06        | 180       | 1           |
        | Village   | 2021-06        | 183       | 2           |
        | Northtown | 2021-04        | 2         | 1           |
        | Northtown | 2021-05        | 4         | 1           |
        | Northtown | 2021-06        | 182       | 3           |
        | Ward      | 2021-04-01/P2M | 3         | 2           |
        | Northtown | 2021-04-01/P2M | 3         | 2           |
        | Ward      | 2021/22 Q1     | 4         | 3           |
        | Village   | 2021/22 Q1     | 183       | 2           |
        | Northtown | 2021/22 Q1     | 180       | 5           |
        """,
        as_of=date(2021, 6, 30),
        totals_for=("Northtown",),
    )


def test_a_mean_is_a_sum_over_the_rows_that_have_the_column(spec: Any) -> None:
    spec(
        WAITS,
        """
        kind = "mean"
        numerator = { table = "waits", sum = "days" }
        denominator = { table = "waits", count = true, where = [
            { column = "days", present = true },
        ] }
        """,
        """
        | place   | period  | numerator | denominator | why                          |
        | Ward    | 2021-05 | 21        | 4           |                              |
        | Village | 2021-05 | 41        | 2           |                              |
        | Clinic  | 2021-05 | 0         |             | No denominator was supplied. |
        """,
    )
