"""Nothing, zero and unknown"""

from __future__ import annotations

from typing import Any

POPULATION = """
        | place     | period  | people |
        | Ward      | 2021-05 | 100    |
        | Southtown | 2021-05 | 200    |
    """
STAYS = """
        | place     | period  | age |
        | Ward      | 2021-05 | 70  |
        | Village   | 2021-05 | 70  |
    """
RATE = """
        missing = "{}"
        numerator = {{ table = "stays", count = true }}
        denominator = {{ table = "population", sum = "people" }}
        """


def test_a_denominator_without_a_numerator_counts_0(spec: Any) -> None:
    """And a numerator without a denominator is reported without one, never dropped."""
    spec(
        {"stays": STAYS, "population": POPULATION},
        RATE.format("zero"),
        """
        | place     | period  | numerator | denominator | why                            |
        | Ward      | 2021-05 | 1         | 100         |                                |
        | Village   | 2021-05 | 1         |             | No denominator was supplied. |
        | Southtown | 2021-05 | 0         | 200         |                                |
        """,
    )


def test_unless_the_measure_says_that_a_missing_numerator_is_not_available(spec: Any) -> None:
    spec(
        {"stays": STAYS, "population": POPULATION},
        RATE.format("not available"),
        """
        | place     | period  | numerator | denominator | why                             |
        | Ward      | 2021-05 | 1         | 100         |                                 |
        | Village   | 2021-05 | 1         |             | No denominator was supplied.  |
        | Southtown | 2021-05 |           | 200         | No numerator was supplied.  |
        """,
    )


def test_a_place_that_supplied_rows_of_which_none_is_counted_counts_0(spec: Any) -> None:
    """Where there is no denominator, the rows that were not counted show that 0 is no gap."""
    spec(
        {
            "stays": """
                | place   | period  | age |
                | Ward    | 2021-05 | 70  |
                | Village | 2021-05 | 30  |
            """
        },
        """
        numerator = { table = "stays", count = true, where = [{ column = "age", at_least = 65 }] }
        """,
        """
        | place   | period  | numerator |
        | Ward    | 2021-05 | 1         |
        | Village | 2021-05 | 0         |
        """,
    )


def test_with_a_month_not_available_the_year_to_date_is_not_either(spec: Any) -> None:
    spec(
        {
            "stays": """
                | place     | period  | people |
                | Ward      | 2021-04 | 1      |
                | Southtown | 2021-04 | 1      |
                | Southtown | 2021-05 | 1      |
            """
        },
        """
        missing = "not available"
        roll_up = "sum"
        numerator = { table = "stays", sum = "people" }
        """,
        """
        | place     | period            | numerator | why                              |
        | Ward      | 2021-04           | 1         |                                  |
        | Ward      | 2021-04-01/P2M    |           | Part of the numerator was not supplied. |
        | Southtown | 2021-04           | 1         |                                  |
        | Southtown | 2021-05           | 1         |                                  |
        | Southtown | 2021-04-01/P2M    | 2         |                                  |
        """,
    )


SUPPLIED = """
    supplied = "register"
    kind = "rate"
    numerator = { table = "stays", count = true }
    denominator = { table = "population", sum = "people" }
"""
REGISTER = {
    "stays": """
        | place | period  |
        | Ward  | 2021-05 |
    """,
    "population": """
        | place     | period  | people |
        | Ward      | 2021-05 | 100    |
        | Village   | 2021-05 | 50     |
        | Southtown | 2021-05 | 200    |
    """,
}


def test_a_place_counts_0_only_if_it_has_supplied_the_table_that_a_measure_names(
    spec: Any,
) -> None:
    """The village has nobody in hospital; of Southtown nobody knows."""
    spec(
        {
            **REGISTER,
            "register": """
                | place   | period  |
                | Ward    | 2021-01 |
                | Village | 2021-02 |
            """,
        },
        SUPPLIED,
        """
        | place     | period  | numerator | denominator | why                        |
        | Ward      | 2021-05 | 1         | 100         |                            |
        | Village   | 2021-05 | 0         | 50          |                            |
        | Southtown | 2021-05 |           | 200         | No numerator was supplied. |
        """,
    )


def test_a_place_above_one_that_has_not_supplied_has_only_a_part(spec: Any) -> None:
    """A row of the town stands for its wards, and none stands for the other town."""
    spec(
        {
            **REGISTER,
            "register": """
                | place     | period  |
                | Northtown | 2021-01 |
            """,
        },
        SUPPLIED + 'aggregate = "total over total"\n',
        """
        | place     | period  | numerator | denominator | why                                     |
        | Ward      | 2021-05 | 1         | 100         |                                         |
        | Village   | 2021-05 |           | 50          | No numerator was supplied.              |
        | Northtown | 2021-05 | 1         | 150         |                                         |
        | Southtown | 2021-05 |           | 200         | No numerator was supplied.              |
        | Shire     | 2021-05 |           | 350         | Part of the numerator was not supplied. |
        """,
    )


def test_a_month_was_supplied_if_the_table_that_a_measure_names_has_a_row_in_it(
    spec: Any,
) -> None:
    """In May nobody came, and yet there is a figure for the quarter; in June nobody was looking."""
    spec(
        {
            "stays": """
                | place | period  |
                | Ward  | 2021-04 |
                | Ward  | 2021-07 |
            """,
            "register": """
                | place | period  |
                | Ward  | 2021-05 |
                | Ward  | 2021-08 |
            """,
        },
        """
        supplied = "register"
        roll_up = "sum"
        numerator = { table = "stays", count = true }
        """,
        """
        | place | period         | numerator | why                         |
        | Ward  | 2021-04        | 1         |                             |
        | Ward  | 2021-07        | 1         |                             |
        | Ward  | 2021-04-01/P2M | 1         |                             |
        | Ward  | 2021-04-01/P3M |           | June 2021 was not supplied. |
        | Ward  | 2021-04-01/P4M |           | June 2021 was not supplied. |
        | Ward  | 2021-04-01/P5M |           | June 2021 was not supplied. |
        """,
    )


def test_before_the_records_of_a_place_begin_there_is_no_figure_and_not_0(spec: Any) -> None:
    """Stays are sent when they end: of months before the first nothing is known. The wards of
    Northtown have one source, so the village had nobody in May; Southtown begins in June."""
    spec(
        {
            "hospital_days": """
                | place     | day        | days | source |
                | Ward      | 2021-05-01 | 9    | a      |
                | Ward      | 2021-06-01 | 8    | a      |
                | Village   | 2021-06-01 | 7    | a      |
                | Southtown | 2021-06-01 | 6    | b      |
            """,
            "population": """
                | place     | period | people |
                | Ward      | 2021   | 100    |
                | Village   | 2021   | 50     |
                | Southtown | 2021   | 200    |
            """,
        },
        """
        kind = "rate"
        per = 1
        aggregate = "total over total"
        numerator = { table = "hospital_days", sum = "days" }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place     | period  | numerator | denominator | why                                                   |
        | Ward      | 2021-05 | 9         | 100         |                                                       |
        | Village   | 2021-05 | 0         | 50          |                                                       |
        | Northtown | 2021-05 | 9         | 150         |                                                       |
        | Southtown | 2021-05 |           |             | The records of 'hospital_days' are of June 2021 only. |
        | Shire     | 2021-05 |           |             | The records of 'hospital_days' are of June 2021 only. |
        | Ward      | 2021-06 | 8         | 100         |                                                       |
        | Village   | 2021-06 | 7         | 50          |                                                       |
        | Northtown | 2021-06 | 15        | 150         |                                                       |
        | Southtown | 2021-06 | 6         | 200         |                                                       |
        | Shire     | 2021-06 | 21        | 350         |                                                       |
        """,  # noqa: E501
    )


def test_a_year_that_began_before_the_records_of_a_place_has_no_figure(spec: Any) -> None:
    spec(
        {
            "hospital_days": """
                | place | day        | days | source |
                | Ward  | 2019-08-01 | 9    | a      |
                | Ward  | 2020-04-01 | 8    | a      |
            """,
        },
        """
        frequency = "year"
        numerator = { table = "hospital_days", sum = "days" }
        """,
        """
        | place | period  | numerator | why                                                                       |
        | Ward  | 2019/20 |           | The records of 'hospital_days' reach from August 2019 to April 2020 only. |
        | Ward  | 2020/21 | 8         |                                                                           |
        """,  # noqa: E501
    )


def test_a_row_of_a_whole_week_covers_the_week_whichever_day_stands_for_it(spec: Any) -> None:
    """That of 4 April began on 29 March, and so do the records: the week is covered, though it
    lies in two months."""
    spec(
        {
            "care_at_home": """
                | place | day        |
                | Ward  | 2021-04-04 |
                | Ward  | 2021-04-04 |
                | Ward  | 2021-04-05 |
                | Ward  | 2021-04-28 |
            """,
        },
        """
        frequency = "week"
        missing = "zero"
        numerator = { table = "care_at_home", count = true }
        """,
        """
        | place | period         | numerator | why |
        | Ward  | 2021-03-29/P7D | 2         |     |
        | Ward  | 2021-04-05/P7D | 1         |     |
        | Ward  | 2021-04-26/P7D | 1         |     |
        """,
    )


def test_a_week_before_the_first_of_a_place_has_no_figure_and_not_0(spec: Any) -> None:
    """Not even where the month was begun: Southtown sent nothing of the first two weeks of April.
    In the week of 19 April nobody there had care at home, and in that of 26 April two people."""
    spec(
        {
            "care_at_home": """
                | place     | day        | source |
                | Ward      | 2021-04-05 | a      |
                | Ward      | 2021-04-12 | a      |
                | Ward      | 2021-04-19 | a      |
                | Ward      | 2021-04-26 | a      |
                | Village   | 2021-04-19 | b      |
                | Southtown | 2021-04-26 | b      |
                | Southtown | 2021-04-26 | b      |
            """,
            "population": """
                | place     | period  | people |
                | Ward      | 2021/22 | 100    |
                | Southtown | 2021/22 | 200    |
            """,
        },
        """
        frequency = "week"
        numerator = { table = "care_at_home", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place     | period         | numerator | denominator | why                                                                                                                 |
        | Ward      | 2021-04-05/P7D | 1         | 100         |                                                                                                                     |
        | Ward      | 2021-04-12/P7D | 1         | 100         |                                                                                                                     |
        | Ward      | 2021-04-19/P7D | 1         | 100         |                                                                                                                     |
        | Ward      | 2021-04-26/P7D | 1         | 100         |                                                                                                                     |
        | Village   | 2021-04-19/P7D | 1         |             | No denominator was supplied.                                                                                        |
        | Southtown | 2021-04-05/P7D |           |             | The records of 'care_at_home' reach from the week beginning 19 April 2021 to the week beginning 26 April 2021 only. |
        | Southtown | 2021-04-12/P7D |           |             | The records of 'care_at_home' reach from the week beginning 19 April 2021 to the week beginning 26 April 2021 only. |
        | Southtown | 2021-04-19/P7D | 0         | 200         |                                                                                                                     |
        | Southtown | 2021-04-26/P7D | 2         | 200         |                                                                                                                     |
        """,  # noqa: E501
    )


def test_a_week_after_the_last_of_a_small_place_has_no_figure_and_not_0(spec: Any) -> None:
    """Of fewer than 100 rows a year too: the two people of Southtown did not all lose their care at
    home because its records end. So neither has the county that both lie in."""
    spec(
        {
            "care_at_home": """
                | place     | day        | source |
                | Northtown | 2021-04-05 | a      |
                | Northtown | 2021-04-12 | a      |
                | Northtown | 2021-04-19 | a      |
                | Southtown | 2021-04-05 | b      |
                | Southtown | 2021-04-05 | b      |
                | Southtown | 2021-04-12 | b      |
            """,
            "population": """
                | place     | period  | people |
                | Northtown | 2021/22 | 100    |
                | Southtown | 2021/22 | 200    |
            """,
        },
        """
        frequency = "week"
        aggregate = "total over total"
        numerator = { table = "care_at_home", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place     | period         | numerator | denominator | why                                                                                                                |
        | Northtown | 2021-04-05/P7D | 1         | 100         |                                                                                                                    |
        | Northtown | 2021-04-12/P7D | 1         | 100         |                                                                                                                    |
        | Northtown | 2021-04-19/P7D | 1         | 100         |                                                                                                                    |
        | Southtown | 2021-04-05/P7D | 2         | 200         |                                                                                                                    |
        | Southtown | 2021-04-12/P7D | 1         | 200         |                                                                                                                    |
        | Southtown | 2021-04-19/P7D |           |             | The records of 'care_at_home' reach from the week beginning 5 April 2021 to the week beginning 12 April 2021 only. |
        | Shire     | 2021-04-05/P7D | 3         | 300         |                                                                                                                    |
        | Shire     | 2021-04-12/P7D | 2         | 300         |                                                                                                                    |
        | Shire     | 2021-04-19/P7D |           |             | The records of 'care_at_home' reach from the week beginning 5 April 2021 to the week beginning 12 April 2021 only. |
        """,  # noqa: E501
    )


def test_a_week_of_which_a_table_has_a_part_only_has_no_figure(spec: Any) -> None:
    """Where its rows say so, as those of care at home do in a week in which the records of a
    provider begin or end: the others would look like all. So has no place above it, and no month
    of it."""
    tables = {
        "care_at_home": """
            | place     | day        | in_part |
            | Northtown | 2021-04-05 |         |
            | Northtown | 2021-04-12 |         |
            | Northtown | 2021-04-19 |         |
            | Northtown | 2021-04-26 |         |
            | Northtown | 2021-05-03 |         |
            | Southtown | 2021-04-05 | no      |
            | Southtown | 2021-04-12 |         |
            | Southtown | 2021-04-12 | yes     |
            | Southtown | 2021-04-19 |         |
            | Southtown | 2021-04-26 |         |
            | Southtown | 2021-05-03 |         |
        """
    }
    spec(
        tables,
        """
        frequency = "week"
        aggregate = "total over total"
        numerator = { table = "care_at_home", count = true }
        """,
        """
        | place     | period         | numerator | why                                                                                    |
        | Northtown | 2021-04-05/P7D | 1         |                                                                                        |
        | Northtown | 2021-04-12/P7D | 1         |                                                                                        |
        | Northtown | 2021-04-19/P7D | 1         |                                                                                        |
        | Northtown | 2021-04-26/P7D | 1         |                                                                                        |
        | Northtown | 2021-05-03/P7D | 1         |                                                                                        |
        | Southtown | 2021-04-05/P7D | 1         |                                                                                        |
        | Southtown | 2021-04-12/P7D |           | The records of 'care_at_home' hold the week beginning 12 April 2021 in part only.      |
        | Southtown | 2021-04-19/P7D | 1         |                                                                                        |
        | Southtown | 2021-04-26/P7D | 1         |                                                                                        |
        | Southtown | 2021-05-03/P7D | 1         |                                                                                        |
        | Shire     | 2021-04-05/P7D | 2         |                                                                                        |
        | Shire     | 2021-04-12/P7D |           | The records of 'care_at_home' hold the week beginning 12 April 2021 in part only.      |
        | Shire     | 2021-04-19/P7D | 2         |                                                                                        |
        | Shire     | 2021-04-26/P7D | 2         |                                                                                        |
        | Shire     | 2021-05-03/P7D | 2         |                                                                                        |
        """,  # noqa: E501
    )
    spec(
        tables,
        """
        aggregate = "total over total"
        numerator = { table = "care_at_home", count = true }
        """,
        """
        | place     | period  | numerator | why                                                                               |
        | Northtown | 2021-04 | 4         |                                                                                   |
        | Northtown | 2021-05 |           | The records of 'care_at_home' reach from the week beginning 5 April 2021 to the week beginning 3 May 2021 only. |
        | Southtown | 2021-04 |           | The records of 'care_at_home' hold the week beginning 12 April 2021 in part only. |
        | Southtown | 2021-05 |           | The records of 'care_at_home' reach from the week beginning 5 April 2021 to the week beginning 3 May 2021 only. |
        | Shire     | 2021-04 |           | The records of 'care_at_home' hold the week beginning 12 April 2021 in part only. |
        | Shire     | 2021-05 |           | The records of 'care_at_home' reach from the week beginning 5 April 2021 to the week beginning 3 May 2021 only. |
        """,  # noqa: E501
    )


def test_a_month_of_weeks_is_covered_where_each_week_that_begins_in_it_is(spec: Any) -> None:
    """The records begin with the last of the five weeks of March; April has four."""
    spec(
        {
            "care_at_home": """
                | place | day        |
                | Ward  | 2021-03-29 |
                | Ward  | 2021-04-05 |
                | Ward  | 2021-04-12 |
                | Ward  | 2021-04-19 |
                | Ward  | 2021-04-26 |
            """,
        },
        """
        numerator = { table = "care_at_home", count = true }
        """,
        """
        | place | period  | numerator | why                                                                                                                |
        | Ward  | 2021-03 |           | The records of 'care_at_home' reach from the week beginning 29 March 2021 to the week beginning 26 April 2021 only. |
        | Ward  | 2021-04 | 4         |                                                                                                                    |
        """,  # noqa: E501
    )


def test_a_week_of_days_is_covered_only_where_all_its_days_are(spec: Any) -> None:
    """The same rows where each is of its own day: of the week from 29 March three days are not
    known."""
    spec(
        {
            "hospital_days": """
                | place | day        | days |
                | Ward  | 2021-04-04 | 2    |
                | Ward  | 2021-04-05 | 1    |
                | Ward  | 2021-04-28 | 1    |
            """,
        },
        """
        frequency = "week"
        missing = "zero"
        numerator = { table = "hospital_days", sum = "days" }
        """,
        """
        | place | period         | numerator | why                                                    |
        | Ward  | 2021-03-29/P7D |           | The records of 'hospital_days' are of April 2021 only. |
        | Ward  | 2021-04-05/P7D | 1         |                                                        |
        | Ward  | 2021-04-26/P7D | 1         |                                                        |
        """,  # noqa: E501
    )


CALLS_PER_PERSON = """
    numerator = { table = "calls", count = true }
    denominator = { table = "population", sum = "people", of_year = true }
"""
OF_A_YEAR = """
    | place | period  | people |
    | Ward  | 2021/22 | 100    |
"""


def _calls(days: str) -> dict[str, str]:
    """A call on each of the days of 2021, and a hundred people."""
    lines = [f"| Ward  | 2021-{day} |" for day in days.split()]
    return {"calls": "\n".join(["| place | day        |", *lines]), "population": OF_A_YEAR}


def test_a_month_without_an_event_has_0_where_few_are_usual(spec: Any) -> None:
    """Fourteen in three months are fewer than five a month: a month may have none by chance."""
    spec(
        _calls(
            "04-01 04-04 04-07 04-11 04-16 04-21 04-30 06-02 06-03 06-09 06-15 06-20 06-22 06-28"
        ),
        CALLS_PER_PERSON,
        """
        | place | period  | numerator | denominator | why |
        | Ward  | 2021-04 | 7         | 100         |     |
        | Ward  | 2021-05 | 0         | 100         |     |
        | Ward  | 2021-06 | 7         | 100         |     |
        """,
    )


def test_with_five_a_month_or_more_a_month_without_any_was_not_supplied(spec: Any) -> None:
    """Of fifteen in three months, the chance of none in one of them is less than 0.7 per cent."""
    spec(
        _calls(
            "04-01 04-04 04-07 04-11 04-16 04-21 04-30 06-02 06-03 06-09 06-15 06-20 06-22 06-28 "
            "06-30"
        ),
        CALLS_PER_PERSON,
        """
        | place | period  | numerator | denominator | why                        |
        | Ward  | 2021-04 | 7         | 100         |                            |
        | Ward  | 2021-05 |           | 100         | May 2021 was not supplied. |
        | Ward  | 2021-06 | 8         | 100         |                            |
        """,
    )


ADDED = 'roll_up = "sum"\nnumerator = { table = "calls", count = true }\n'


def test_what_adds_up_a_month_with_0_is_there(spec: Any) -> None:
    spec(
        {"calls": _calls("04-30 06-01")["calls"]},
        ADDED,
        """
        | place | period         | numerator | why |
        | Ward  | 2021-04        | 1         |     |
        | Ward  | 2021-06        | 1         |     |
        | Ward  | 2021-04-01/P2M | 1         |     |
        | Ward  | 2021-04-01/P3M | 2         |     |
        """,
    )


def test_several_months_on_end_are_looked_at_as_one_time(spec: Any) -> None:
    """Eight in five months: of three months, 4.8 were to be expected."""
    spec(
        _calls("04-01 04-04 04-07 04-11 04-16 08-02 08-03 08-09"),
        CALLS_PER_PERSON,
        """
        | place | period  | numerator | why |
        | Ward  | 2021-04 | 5         |     |
        | Ward  | 2021-05 | 0         |     |
        | Ward  | 2021-06 | 0         |     |
        | Ward  | 2021-07 | 0         |     |
        | Ward  | 2021-08 | 3         |     |
        """,
    )


def test_of_so_many_months_that_five_were_to_be_expected_none_was_supplied(spec: Any) -> None:
    """Nine in five months: of three months, 5.4 were."""
    spec(
        _calls("04-01 04-04 04-07 04-11 04-16 08-02 08-03 08-09 08-15"),
        CALLS_PER_PERSON,
        """
        | place | period  | numerator | why                         |
        | Ward  | 2021-04 | 5         |                             |
        | Ward  | 2021-05 |           | May 2021 was not supplied.  |
        | Ward  | 2021-06 |           | June 2021 was not supplied. |
        | Ward  | 2021-07 |           | July 2021 was not supplied. |
        | Ward  | 2021-08 | 4         |                             |
        """,
    )


def test_where_a_measure_says_not_available_an_empty_month_is_so_however_few_are_usual(
    spec: Any,
) -> None:
    spec(
        _calls("04-30 06-01"),
        'missing = "not available"\n' + CALLS_PER_PERSON,
        """
        | place | period  | numerator | why                        |
        | Ward  | 2021-04 | 1         |                            |
        | Ward  | 2021-05 |           | May 2021 was not supplied. |
        | Ward  | 2021-06 | 1         |                            |
        """,
    )


def test_the_table_that_shows_what_was_supplied_must_have_few_rows_as_well(spec: Any) -> None:
    """Few calls are answered, and many come: in May none came, so nobody sent them."""
    answered = _calls("04-30 06-01")["calls"]
    came = _calls(
        "04-01 04-04 04-07 04-11 04-16 04-21 04-30 06-02 06-03 06-09 06-15 06-20 06-22 06-28 06-30"
    )["calls"]
    spec(
        {"calls": answered, "register": came},
        'supplied = "register"\n' + ADDED,
        """
        | place | period         | numerator | why                        |
        | Ward  | 2021-04        | 1         |                            |
        | Ward  | 2021-06        | 1         |                            |
        | Ward  | 2021-04-01/P2M |           | May 2021 was not supplied. |
        | Ward  | 2021-04-01/P3M |           | May 2021 was not supplied. |
        """,
    )


def test_where_the_same_people_come_back_a_week_without_any_was_not_supplied(spec: Any) -> None:
    """Four people have care at home in each week. That none of them has any in the week of 19 April
    is no chance, however few they are."""
    weeks = ("2021-04-05", "2021-04-12", "2021-04-26")
    lines = [f"| Ward  | {week} | {person}      |" for week in weeks for person in "abcd"]
    spec(
        {
            "home_care": "\n".join(["| place | day        | person |", *lines]),
            "population": OF_A_YEAR,
        },
        """
        frequency = "week"
        numerator = { table = "home_care", count = true }
        denominator = { table = "population", sum = "people", of_year = true }
        """,
        """
        | place | period         | numerator | denominator | why                                              |
        | Ward  | 2021-04-05/P7D | 4         | 100         |                                                  |
        | Ward  | 2021-04-12/P7D | 4         | 100         |                                                  |
        | Ward  | 2021-04-19/P7D |           | 100         | Week beginning 19 April 2021 was not supplied.   |
        | Ward  | 2021-04-26/P7D | 4         | 100         |                                                  |
        """,  # noqa: E501
    )
