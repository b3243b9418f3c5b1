"""Figures made of the counts of their parts"""

from __future__ import annotations

from typing import Any

AGED = """
        kind = "standardised rate"
        per = 1000
        numerator = { table = "stays", sum = "people" }
        denominator = { table = "population", sum = "people" }
        standardise = { by = "age", to = "European 2013" }
        [[breakdown]]
        name = "age"
        column = "age_group"
        categories = ["0-64", "65+"]
        """
STAYS = """
        | place | period  | age_group | people |
        | Ward  | 2021-05 | 0-64      | 30     |
        | Ward  | 2021-05 | 65+       | 10     |
    """
POPULATION = """
        | place | period  | age_group | people |
        | Ward  | 2021-05 | 0-64      | 1000   |
        | Ward  | 2021-05 | 65+       | 500    |
    """
TWO_PLACES = {
    "stays": """
        | place   | period  | age_group | people |
        | Ward    | 2021-05 | 0-64      | 30     |
        | Ward    | 2021-05 | 65+       | 10     |
        | Village | 2021-05 | 0-64      | 10     |
        | Village | 2021-05 | 65+       | 30     |
    """,
    "population": """
        | place   | period  | age_group | people |
        | Ward    | 2021-05 | 0-64      | 1000   |
        | Ward    | 2021-05 | 65+       | 500    |
        | Village | 2021-05 | 0-64      | 3000   |
        | Village | 2021-05 | 65+       | 500    |
    """,
}


def test_a_directly_standardised_rate_weights_the_rate_of_each_age_by_the_standard_population(
    figures: Any,
) -> None:
    """The European standard of 2013 has 80,500 people under 65 and 19,500 who are older, so the
    figure is 0.805 × 30 + 0.195 × 20. The limits, by Dobson, are those of 40 events by Byar, 28.57
    and 54.47, each as far from 40 as they are, times 0.7239: the root of the variance of the rate
    over 40. The parts keep their own rates.
    """
    figures(
        {"stays": STAYS, "population": POPULATION},
        AGED,
        """
        | place | period  | category | value | lower | upper | interval              |
        | Ward  | 2021-05 | all      | 28.05 | 19.78 | 38.53 | Dobson, 95% (England) |
        | Ward  | 2021-05 | 0-64     | 30    |       |       |                       |
        | Ward  | 2021-05 | 65+      | 20    |       |       |                       |
        """,
    )


def test_the_rate_of_several_places_is_made_of_their_counts_by_age_and_never_of_their_rates(
    figures: Any,
) -> None:
    """Northtown has 40 stays of 4,000 younger people, 40 of 1,000 older: 0.805 × 10 + 0.195 × 40.
    The mean of the two rates under it would be 21.22.
    """
    figures(
        TWO_PLACES,
        AGED.replace("per =", 'aggregate = "total over total"\n        per ='),
        """
        | place     | period  | value | numerator | denominator |
        | Ward      | 2021-05 | 28.05 | 40        | 1500        |
        | Village   | 2021-05 | 14.38 | 40        | 3500        |
        | Northtown | 2021-05 | 15.85 | 80        | 5000        |
        | Shire     | 2021-05 | 15.85 | 80        | 5000        |
        """,
    )


def test_the_rate_of_a_quarter_is_made_of_the_counts_by_age_of_its_months(figures: Any) -> None:
    """A year's population stands under each. To the end of May there are 24 and 4 stays; May alone
    has fewer than 10.
    """
    figures(
        {
            "stays": """
                | place | period  | age_group | people |
                | Ward  | 2021-04 | 0-64      | 20     |
                | Ward  | 2021-04 | 65+       | 4      |
                | Ward  | 2021-05 | 0-64      | 4      |
                | Ward  | 2021-06 | 0-64      | 6      |
                | Ward  | 2021-06 | 65+       | 6      |
            """,
            "population": """
                | place | period | age_group | people |
                | Ward  | 2021   | 0-64      | 1000   |
                | Ward  | 2021   | 65+       | 500    |
            """,
        },
        AGED.replace('"people" }\n        standardise', '"people", of_year = true }\n'
                     '        roll_up = "sum"\n        standardise'),
        """
        | period         | value | why                                                      |
        | 2021-04        | 17.66 |                                                          |
        | 2021-05        |       | Fewer than 10 events, too few for such a rate (England). |
        | 2021-06        | 7.17  |                                                          |
        | 2021-04-01/P2M | 20.88 |                                                          |
        | 2021/22 Q1     | 28.05 |                                                          |
        """,
    )  # fmt: skip


def test_by_the_methods_of_scotland_a_rate_of_few_events_is_told(figures: Any) -> None:
    """It is 0.805 × 4 + 0.195 × 4 here."""
    tables = {
        "stays": """
            | place | period  | age_group | people |
            | Ward  | 2021-05 | 0-64      | 4      |
            | Ward  | 2021-05 | 65+       | 2      |
        """,
        "population": POPULATION,
    }
    figures(
        tables,
        'methods = "Scotland"\n' + AGED,
        """
        | place | period  | value | lower | upper | interval               |
        | Ward  | 2021-05 | 4     | 1.35  | 8.91  | Dobson, 95% (Scotland) |
        """,
    )
    figures(
        tables,
        AGED,
        """
        | place | period  | value | why                                                      |
        | Ward  | 2021-05 |       | Fewer than 10 events, too few for such a rate (England). |
        """,
    )


def test_without_the_counts_of_an_age_there_is_no_figure(figures: Any) -> None:
    """A population that says nothing of the old does not say that there are none."""
    figures(
        {
            "stays": STAYS,
            "population": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 0-64      | 1000   |
            """,
        },
        AGED,
        """
        | place | period  | value | absent        | why                               |
        | Ward  | 2021-05 |       | not available | There are no counts for ages 65+. |
        """,
    )


def test_where_nobody_of_an_age_lives_there_is_no_figure(figures: Any) -> None:
    figures(
        {
            "stays": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 0-64      | 30     |
            """,
            "population": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 0-64      | 1000   |
                | Ward  | 2021-05 | 65+       | 0      |
            """,
        },
        AGED,
        """
        | place | period  | value | absent        | why                                       |
        | Ward  | 2021-05 |       | not available | There is nobody of ages 65+ to divide by. |
        """,
    )


def test_an_age_without_events_counts_none_of_them(figures: Any) -> None:
    """0.805 × 30 and nothing more."""
    figures(
        {
            "stays": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 0-64      | 30     |
            """,
            "population": POPULATION,
        },
        AGED,
        """
        | place | period  | value |
        | Ward  | 2021-05 | 24.15 |
        """,
    )


def test_narrower_ages_are_counted_together_in_the_bands_of_the_standard(figures: Any) -> None:
    """All of 15 to 19 are one band of it, so 20 stays among 1,000 people have one rate, 20. Its
    weight is two fifths of 5,500, for 18 and 19 are two years of five; the 6,000 aged 20 to 24 have
    no stays. 20 × 2,200 ÷ 8,200.
    """
    figures(
        {
            "stays": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 18        | 20     |
            """,
            "population": """
                | place | period  | age_group | people |
                | Ward  | 2021-05 | 18        | 100    |
                | Ward  | 2021-05 | 19        | 900    |
                | Ward  | 2021-05 | 20-24     | 5000   |
            """,
        },
        AGED.replace('["0-64", "65+"]', '["18", "19", "20-24"]'),
        """
        | place | period  | value |
        | Ward  | 2021-05 | 5.37  |
        """,
    )


def test_events_of_no_known_age_are_left_out_and_the_method_says_so(figures: Any) -> None:
    figures(
        {
            "stays": STAYS.rstrip() + "\n        | Ward  | 2021-05 |           | 5      |\n",
            "population": POPULATION,
        },
        AGED,
        """
        | value | method                                                                       |
        | 28.05 | standardised by 2 bands of age to European 2013 × 1,000; others are left out |
        """,
    )


def test_a_standardised_ratio_is_what_happened_over_what_would_have_at_the_rates_of_another_place(
    figures: Any,
) -> None:
    """Northtown has 10 stays per 1,000 younger people and 40 per 1,000 older. At these Ward would
    have 10 + 20 stays, and Village 30 + 20; each had 40. The limits are those of 40 events by Byar.
    """
    figures(
        TWO_PLACES,
        AGED.replace("standardised rate", "standardised ratio")
        .replace("European 2013", "Northtown")
        .replace("per = 1000", 'per = 100\n        aggregate = "total over total"'),
        """
        | place     | period  | value  | lower | upper  | interval              |
        | Ward      | 2021-05 | 133.33 | 95.24 | 181.57 | Byar's, 95% (England) |
        | Village   | 2021-05 | 80     | 57.15 | 108.94 | Byar's, 95% (England) |
        | Northtown | 2021-05 | 100    | 79.29 | 124.46 | Byar's, 95% (England) |
        | Shire     | 2021-05 | 100    | 79.29 | 124.46 | Byar's, 95% (England) |
        """,
    )


def test_a_rate_standardised_to_another_place_is_the_ratio_times_that_places_own_rate(
    figures: Any,
) -> None:
    """At the rates of Village, 3.33 and 60 per 1,000, Ward would have 3.33 + 30 stays, and has 40:
    1.2 times as many. Village has 40 of 3,500 people, 11.43 per 1,000, and 1.2 times that is 13.71.
    """
    figures(
        TWO_PLACES,
        AGED.replace("European 2013", "Village"),
        """
        | place   | value | method                                                         |
        | Ward    | 13.71 | standardised by 2 bands of age to the rates of Village × 1,000 |
        | Village | 11.43 | standardised by 2 bands of age to the rates of Village × 1,000 |
        """,
    )


def test_without_the_counts_of_the_other_place_nothing_is_expected(figures: Any) -> None:
    figures(
        {"stays": STAYS, "population": POPULATION},
        AGED.replace("standardised rate", "standardised ratio").replace("European 2013", "Shire"),
        """
        | place | period  | value | why                                                 |
        | Ward  | 2021-05 |       | There are no counts of Shire for ages 0-64 and 65+. |
        """,
    )


UNEQUAL = """
        kind = "inequality"
        per = 1000
        numerator = { table = "stays", sum = "people" }
        denominator = { table = "population", sum = "people" }
        inequality = { by = "deprivation", index = "slope" }
        methods = "Scotland"
        [[breakdown]]
        name = "deprivation"
        column = "fifth"
        categories = ["1", "2", "3", "4", "5"]
        """
FIFTHS = {
    "stays": """
        | place | period  | fifth | people |
        | Ward  | 2021-05 | 1     | 50     |
        | Ward  | 2021-05 | 2     | 40     |
        | Ward  | 2021-05 | 3     | 30     |
        | Ward  | 2021-05 | 4     | 20     |
        | Ward  | 2021-05 | 5     | 10     |
    """,
    "population": """
        | place | period  | fifth | people |
        | Ward  | 2021-05 | 1     | 1000   |
        | Ward  | 2021-05 | 2     | 1000   |
        | Ward  | 2021-05 | 3     | 1000   |
        | Ward  | 2021-05 | 4     | 1000   |
        | Ward  | 2021-05 | 5     | 1000   |
    """,
}


def test_the_slope_index_of_inequality_is_how_far_the_line_falls_from_most_to_least_deprived(
    figures: Any,
) -> None:
    """The rates 50, 40, 30, 20 and 10 stand in the middle of each fifth of the people, so the line
    through them falls from 55 to 5. They lie on it, so by the line itself it is without doubt.
    """
    figures(
        FIFTHS,
        UNEQUAL,
        """
        | place | period  | value | lower | upper | interval                    |
        | Ward  | 2021-05 | 50    | 50    | 50    | Student's t, 95% (Scotland) |
        """,
    )


def test_the_relative_index_is_another_quantity_in_each_nation(figures: Any) -> None:
    """In Scotland the slope, 50, over the rate of all, 30; in England one end of the line over the
    other, 55 over 5.
    """
    relative = UNEQUAL.replace('"slope"', '"relative"')
    figures(
        FIFTHS,
        relative,
        """
        | place | period  | value | lower | upper |
        | Ward  | 2021-05 | 1.67  | 1.67  | 1.67  |
        """,
    )
    figures(
        FIFTHS,
        relative.replace("Scotland", "England"),
        """
        | place | period  | value |
        | Ward  | 2021-05 | 11    |
        """,
    )


def test_a_fifth_that_is_lacking_leaves_no_index(figures: Any) -> None:
    lacking = "| Ward  | 2021-05 | 4     | 1000   |"
    figures(
        FIFTHS
        | {"population": FIFTHS["population"].replace(lacking, "").replace("\n        \n", "\n")},
        UNEQUAL,
        """
        | place | period  | value | why                                    |
        | Ward  | 2021-05 |       | There are no counts for deprivation 4. |
        """,
    )


BANDS = ["0", "1-4", *(f"{start}-{start + 4}" for start in range(5, 90, 5)), "90+"]


def by_band(number: str) -> str:
    lines = "".join(f"| Ward | 2021 | {band} | {number} |\n" for band in BANDS)
    return f"| place | period | age_group | people |\n{lines}"


def test_the_life_expectancy_of_the_oldest_is_one_over_their_death_rate(figures: Any) -> None:
    """200 of 1,000 died at each age, also of those of 90 and over: they may expect 5 more years."""
    figures(
        {"deaths": by_band("200"), "population": by_band("1000")},
        """
        kind = "life expectancy"
        frequency = "year"
        numerator = { table = "deaths", sum = "people" }
        denominator = { table = "population", sum = "people" }
        life_table = { by = "age", at = 90 }
        [[breakdown]]
        name = "age"
        column = "age_group"
        categories = ["0", "1-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39",
          "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79",
          "80-84", "85-89", "90+"]
        """,
        """
        | place | period | value | lower | upper | interval                 |
        | Ward  | 2021   | 5     | 4.31  | 5.69  | Chiang and Silcocks, 95% |
        """,
    )
