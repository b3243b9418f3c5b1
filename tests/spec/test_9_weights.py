"""Answers to a survey, counted by their weights"""

from __future__ import annotations

from typing import Any

ANSWERS = {
    "answers": """
        | place   | period  | answer | weight | sex    |
        | Ward    | 2021-05 | yes    | 0.5    | female |
        | Ward    | 2021-05 | yes    | 1.5    | male   |
        | Ward    | 2021-05 | no     | 2      | male   |
        | Ward    | 2021-05 | yes    |        | male   |
        | Ward    | 2021-06 | no     | 1      | male   |
        | Village | 2021-05 | yes    | 1      | female |
    """
}
SHARE = """
        kind = "proportion"
        per = 100
        numerator = { table = "answers", weights = "weight", where = [{ column = "answer", is = "yes" }] }
        denominator = { table = "answers", weights = "weight" }
        """  # noqa: E501
BY_SEX = """
        [[breakdown]]
        name = "sex"
        """
PLAIN = SHARE.replace('weights = "weight"', "count = true")


def test_weights_add_up_and_so_do_their_squares(spec: Any) -> None:
    """`answers` is how many are behind the denominator, and `rows` how many are behind both sides:
    an answer that is in both is there twice. In May Ward has 0.5 + 1.5 of 0.5 + 1.5 + 2, and
    0.25 + 2.25 + 4 in squares.
    """
    spec(
        ANSWERS,
        SHARE,
        """
        | place   | period  | numerator | denominator | rows | answers | squares |
        | Ward    | 2021-05 | 2         | 4           | 5    | 3       | 6.5     |
        | Ward    | 2021-06 | 0         | 1           | 1    | 1       | 1       |
        | Village | 2021-05 | 1         | 1           | 2    | 1       | 1       |
        """,
    )


def test_an_answer_without_a_weight_is_no_answer(spec: Any) -> None:
    spec(
        {
            "answers": """
        | place   | period  | answer | weight |
        | Ward    | 2021-05 | yes    | 1      |
        | Village | 2021-05 | yes    |        |
    """
        },
        SHARE,
        """
        | place | period  | numerator | denominator | answers |
        | Ward  | 2021-05 | 1         | 1           | 1       |
        """,
    )


def test_places_periods_and_parts_add_up_the_squares_of_their_answers(spec: Any) -> None:
    """So the whole has its own effective number, which is not the sum of those of its parts."""
    spec(
        ANSWERS,
        SHARE + 'roll_up = "sum"\n        aggregate = "total over total"' + BY_SEX,
        """
        | place     | period  | category | numerator | denominator | answers | squares |
        | Ward      | 2021-05 | all      | 2         | 4           | 3       | 6.5     |
        | Ward      | 2021-05 | female   | 0.5       | 0.5         | 1       | 0.25    |
        | Ward      | 2021-05 | male     | 1.5       | 3.5         | 2       | 6.25    |
        | Ward      | 2021-06 | all      | 0         | 1           | 1       | 1       |
        | Ward      | 2021-06 | male     | 0         | 1           | 1       | 1       |
        | Village   | 2021-05 | all      | 1         | 1           | 1       | 1       |
        | Village   | 2021-05 | female   | 1         | 1           | 1       | 1       |
        | Northtown | 2021-05 | all      | 3         | 5           | 4       | 7.5     |
        | Northtown | 2021-05 | female   | 1.5       | 1.5         | 2       | 1.25    |
        | Northtown | 2021-05 | male     | 1.5       | 3.5         | 2       | 6.25    |
        | Northtown | 2021-06 | all      | 0         | 1           | 1       | 1       |
        | Northtown | 2021-06 | male     | 0         | 1           | 1       | 1       |
        | Shire     | 2021-05 | all      | 3         | 5           | 4       | 7.5     |
        | Shire     | 2021-05 | female   | 1.5       | 1.5         | 2       | 1.25    |
        | Shire     | 2021-05 | male     | 1.5       | 3.5         | 2       | 6.25    |
        | Shire     | 2021-06 | all      | 0         | 1           | 1       | 1       |
        | Shire     | 2021-06 | male     | 0         | 1           | 1       | 1       |
        """,
    )


def test_the_answers_of_a_quarter_are_those_of_its_months(spec: Any) -> None:
    spec(
        {
            "answers": """
        | place | period  | answer | weight |
        | Ward  | 2021-04 | yes    | 3      |
        | Ward  | 2021-05 | no     | 1      |
        | Ward  | 2021-06 | no     | 2      |
    """
        },
        SHARE + 'roll_up = "sum"',
        """
        | place | period                | numerator | denominator | answers | squares |
        | Ward  | 2021-04               | 3         | 3           | 1       | 9       |
        | Ward  | 2021-05               | 0         | 1           | 1       | 1       |
        | Ward  | 2021-06               | 0         | 2           | 1       | 4       |
        | Ward  | April to May 2021     | 3         | 4           | 2       | 10      |
        | Ward  | April to June 2021    | 3         | 6           | 3       | 14      |
        """,
    )


def test_the_limits_are_those_of_the_effective_number_of_answers(figures: Any) -> None:
    """By Kish that is the square of the sum of the weights over the sum of their squares: 16 ÷ 6.5
    for Ward in May. Wilson's limits are then those of half of 2.46 answers. It allows for the
    weights alone: how the survey was drawn is not known.
    """
    figures(
        ANSWERS,
        SHARE,
        """
        | place   | period  | value | answers | effective | lower | upper | interval                                                    |
        | Ward    | 2021-05 | 50    | 3       | 2.46      | 10.97 | 89.03 | Wilson, 95%, effective number of answers by Kish (England) |
        | Ward    | 2021-06 | 0     | 1       | 1         | 0     | 79.35 | Wilson, 95%, effective number of answers by Kish (England) |
        | Village | 2021-05 | 100   | 1       | 1         | 20.65 | 100   | Wilson, 95%, effective number of answers by Kish (England) |
        """,  # noqa: E501
    )


def test_answers_that_all_weigh_the_same_have_the_limits_of_as_many_unweighted_ones(
    figures: Any,
) -> None:
    """Two of three: 20.77 to 93.85, whatever the weight that they share."""
    figures(
        {
            "answers": """
        | place   | period  | answer | weight |
        | Ward    | 2021-05 | yes    | 0.2    |
        | Ward    | 2021-05 | yes    | 0.2    |
        | Ward    | 2021-05 | no     | 0.2    |
        | Village | 2021-05 | yes    | 40     |
        | Village | 2021-05 | yes    | 40     |
        | Village | 2021-05 | no     | 40     |
    """
        },
        SHARE,
        """
        | place   | period  | value | effective | lower | upper |
        | Ward    | 2021-05 | 66.67 | 3         | 20.77 | 93.85 |
        | Village | 2021-05 | 66.67 | 3         | 20.77 | 93.85 |
        """,
    )


def test_answers_that_weigh_nothing_have_no_figure(figures: Any) -> None:
    figures(
        {
            "answers": """
        | place | period  | answer | weight |
        | Ward  | 2021-05 | yes    | 0      |
    """
        },
        SHARE,
        """
        | place | period  | value | answers | effective | lower | why                      |
        | Ward  | 2021-05 |       | 1       |           |       | The denominator is zero. |
        """,
    )


def test_counts_that_are_not_weighted_have_neither_answers_nor_squares(spec: Any) -> None:
    spec(
        ANSWERS,
        PLAIN,
        """
        | place   | period  | numerator | denominator | rows | answers | squares |
        | Ward    | 2021-05 | 3         | 4           | 7    |         |         |
        | Ward    | 2021-06 | 0         | 1           | 1    |         |         |
        | Village | 2021-05 | 1         | 1           | 2    |         |         |
        """,
    )
