"""Care at home, waits, reablement as the service records it, ratings and deaths in winter."""

from __future__ import annotations

from datetime import date


def test_the_hours_of_all_providers_are_added_and_care_is_intensive_above_ten(derived):
    derived(
        {
            "home_care": """
                | person | week       | hours | visits | provider | born_on    |
                | Ann    | 2026-03-02 | 6     | 7      | one      | 1950-01-01 |
                | Ann    | 2026-03-02 | 4     | 2      | two      | 1950-01-01 |
                | Bob    | 2026-03-02 | 10.01 | 7      | one      | 1950-01-01 |
                | Cat    | 2026-03-02 | 0     |        | one      | 1950-01-01 |
                | Dan    | 2026-03-02 |       | 14     | one      | 1950-01-01 |
                | Ann    | 2026-03-09 | 0.1   | 1      | one      | 1950-01-01 |
                | Ann    | 2026-03-09 | 0.2   | 1      | two      | 1950-01-01 |
            """
        },
        "home_care_weeks",
        """
            | person | week       | hundredths | visits | intensive | age |
            | Ann    | 2026-03-02 | 1000       | 9      | no        | 76  |
            | Bob    | 2026-03-02 | 1001       | 7      | yes       | 76  |
            | Dan    | 2026-03-02 | 0          | 14     | no        | 76  |
            | Ann    | 2026-03-09 | 30         | 2      | no        | 76  |
        """,
    )


def test_rows_of_single_days_are_put_together_to_the_week_from_monday(derived):
    """Twelve hours in a week are intensive, on whichever of its days the rows stand."""
    derived(
        {
            "home_care": """
                | person | week       | hours | visits | provider | born_on    |
                | Ann    | 2026-03-02 | 6     | 7      | one      | 1950-01-01 |
                | Ann    | 2026-03-08 | 6     | 7      | one      | 1950-01-01 |
                | Ann    | 2026-03-09 | 6     | 7      | one      | 1950-01-01 |
            """
        },
        "home_care_weeks",
        """
            | person | week       | hundredths | visits | intensive |
            | Ann    | 2026-03-02 | 1200       | 14     | yes       |
            | Ann    | 2026-03-09 | 600        | 7      | no        |
        """,
    )


def test_a_week_of_several_records_stands_for_the_first_of_them(derived):
    derived(
        {
            "home_care": """
                | person | week       | hours | provider | source | row |
                | Ann    | 2026-03-02 | 6     | one      | older  | 2   |
                | Ann    | 2026-03-02 | 1     | three    | newer  | 5   |
                | Ann    | 2026-03-02 | 4     | two      | newer  | 7   |
            """
        },
        "home_care_weeks",
        """
            | person | hundredths | source | row |
            | Ann    | 1100       | newer  | 5   |
        """,
    )


def test_a_wait_for_equipment_belongs_to_its_delivery_and_the_seventh_day_is_in_time(derived):
    derived(
        {
            "equipment_orders": """
                | order | person | kind      | ordered_on | delivered_on |
                | same  | Ann    | equipment | 2026-03-02 | 2026-03-02   |
                | week  | Bob    | equipment | 2026-03-02 | 2026-03-09   |
                | late  | Cat    | equipment | 2026-03-02 | 2026-03-10   |
                | open  | Dan    | equipment | 2026-03-02 |              |
            """
        },
        "equipment_waits",
        """
            | order | delivered_on | days | in_time |
            | same  | 2026-03-02   | 0    | yes     |
            | week  | 2026-03-09   | 7    | yes     |
            | late  | 2026-03-10   | 8    | no      |
        """,
    )


def test_the_way_from_referral_to_service_has_four_waits_each_where_both_days_are_known(derived):
    derived(
        {
            "assessments": """
                | referral | person | kind           | priority | referred_on | assessment_began_on | assessment_completed_on | first_service_on |
                | whole    | Ann    | community care | routine  | 2026-03-02  | 2026-03-30          | 2026-04-28              | 2026-05-01       |
                | urgent   | Bob    | community care | urgent   | 2026-03-02  | 2026-03-04          |                         |                  |
                | straight | Cat    | community care |          | 2026-03-02  |                     |                         | 2026-03-03       |
                | wrong    | Dan    | community care |          | 2026-03-02  | 2026-03-05          | 2026-03-06              | 2026-03-04       |
            """
        },
        "assessment_waits",
        """
            | referral | part                     | ended_on   | days | in_time |
            | whole    | referral to assessment   | 2026-03-30 | 28   | yes     |
            | whole    | assessment to completion | 2026-04-28 | 29   | no      |
            | whole    | completion to service    | 2026-05-01 | 3    | yes     |
            | whole    | referral to service      | 2026-05-01 | 60   | no      |
            | urgent   | referral to assessment   | 2026-03-04 | 2    | no      |
            | straight | referral to service      | 2026-03-03 | 1    | yes     |
            | wrong    | referral to assessment   | 2026-03-05 | 3    | yes     |
            | wrong    | assessment to completion | 2026-03-06 | 1    | yes     |
            | wrong    | referral to service      | 2026-03-04 | 2    | yes     |
        """,
    )


def test_a_person_is_at_home_on_day_91_who_is_alive_and_not_in_a_bed_or_care_home(derived):
    """Day 91 after 1 January 2026 is 2 April."""
    derived(
        {
            "reablement_episodes": """
                | episode | person | started_on | ended_on   | outcome            | died_on    | hours_before | hours_after |
                | home    | Ann    | 2026-01-01 | 2026-02-01 | no ongoing support |            | 7            | 0           |
                | dead    | Bob    | 2026-01-01 | 2026-02-01 | reduced support    | 2026-04-02 | 7            | 7           |
                | later   | Cat    | 2026-01-01 | 2026-02-01 | reduced support    | 2026-04-03 |              | 7           |
                | care    | Dan    | 2026-01-01 | 2026-02-01 | care home          |            |              |             |
                | in      | Eve    | 2026-01-01 | 2026-02-01 | reduced support    |            |              |             |
                | out     | Fay    | 2026-01-01 | 2026-02-01 | reduced support    |            |              |             |
                | virtual | Guy    | 2026-01-01 | 2026-02-01 | reduced support    |            |              |             |
                | early   | Hal    | 2026-02-05 | 2026-03-01 | reduced support    |            |              |             |
                | never   | Ian    |            | 2026-03-01 | stopped early      |            |              |             |
            """,
            "hospital_stays": """
                | stay | person | kind         | admission | admitted_on | discharged_on |
                | s1   | Eve    | acute        | emergency | 2026-04-02  | 2026-04-03    |
                | s2   | Fay    | acute        | emergency | 2026-04-01  | 2026-04-02    |
                | s3   | Guy    | virtual ward | emergency | 2026-04-01  |               |
            """,
        },
        "reablement_results",
        """
            | episode | at_home | fewer_hours |
            | home    | yes     | yes         |
            | dead    | no      | no          |
            | later   | yes     |             |
            | care    | no      |             |
            | in      | no      |             |
            | out     | yes     |             |
            | virtual | yes     |             |
            | early   |         |             |
        """,
    )


def test_without_stays_in_hospital_of_the_place_nobody_is_said_to_be_at_home_or_not(derived):
    episodes = """
        | episode | place | person | started_on | ended_on   | outcome            | died_on    | hours_before | hours_after |
        | home    | North | Ann    | 2026-01-01 | 2026-02-01 | no ongoing support |            | 7            | 0           |
        | dead    | North | Bob    | 2026-01-01 | 2026-02-01 | died               | 2026-02-01 |              |             |
        | south   | South | Cat    | 2026-01-01 | 2026-02-01 | reduced support    |            | 7            | 7           |
    """
    derived(
        {"reablement_episodes": episodes},
        "reablement_results",
        """
            | episode | outcome            | at_home | fewer_hours |
            | home    | no ongoing support |         | yes         |
            | dead    | died               |         |             |
            | south   | reduced support    |         | no          |
        """,
    )
    derived(
        {
            "reablement_episodes": episodes,
            "hospital_stays": """
                | place | stay | person | kind  | admission | admitted_on | discharged_on |
                | South | s1   | Zoe    | acute | emergency | 2026-04-01  | 2026-04-02    |
            """,
        },
        "reablement_results",
        """
            | episode | at_home |
            | home    |         |
            | dead    |         |
            | south   | yes     |
        """,
    )


def test_a_rating_is_held_from_its_day_until_the_next(derived):
    derived(
        {
            "provider_ratings": """
                | location | provider | kind        | rated_on   | rating               |
                | Elms     | one      | residential | 2025-12-15 | good                 |
                | Elms     | one      | residential | 2026-01-31 | requires improvement |
                | Oaks     | two      | nursing     | 2026-02-28 | not yet rated        |
            """
        },
        "ratings_held",
        """
            | location | month_end  | rating               | good |
            | Elms     | 2025-12-31 | good                 | yes  |
            | Elms     | 2026-01-31 | requires improvement | no   |
            | Elms     | 2026-02-28 | requires improvement | no   |
            | Oaks     | 2026-02-28 | not yet rated        | no   |
        """,
        as_of=date(2026, 3, 30),
    )


def test_ratings_count_from_the_month_in_which_most_locations_are_there(derived):
    """An extract of today's ratings begins with whoever was rated first: that is no whole place."""
    derived(
        {
            "provider_ratings": """
                | location | provider | kind        | rated_on   | rating |
                | Elms     | one      | residential | 2025-11-15 | good   |
                | Oaks     | two      | nursing     | 2026-01-15 | good   |
                | Ash      | two      | nursing     | 2026-02-15 | good   |
            """
        },
        "ratings_held",
        """
            | location | month_end  |
            | Elms     | 2026-01-31 |
            | Oaks     | 2026-01-31 |
            | Elms     | 2026-02-28 |
            | Oaks     | 2026-02-28 |
            | Ash      | 2026-02-28 |
        """,
        as_of=date(2026, 3, 30),
        parameters={"few_locations": 3, "share_of_locations": 60},
    )


def test_a_location_that_closed_holds_no_rating_at_a_later_month_end(derived):
    """The day of closing is the first on which it is not there. One row that tells is enough."""
    derived(
        {
            "provider_ratings": """
                | location | provider | kind        | rated_on   | rating | closed_on  |
                | Elms     | one      | residential | 2025-11-15 | good   | 2026-01-31 |
                | Oaks     | two      | nursing     | 2025-11-15 | good   | 2026-02-01 |
                | Ash      | two      | nursing     | 2025-11-15 | good   |            |
                | Ash      | two      | nursing     | 2025-12-15 | good   | 2026-01-10 |
                | Yew      | two      | nursing     | 2026-01-05 | good   | 2026-01-10 |
                | Bay      | two      | nursing     | 2026-01-05 | good   |            |
            """
        },
        "ratings_held",
        """
            | location | month_end  | rated_on   |
            | Elms     | 2025-11-30 | 2025-11-15 |
            | Elms     | 2025-12-31 | 2025-11-15 |
            | Oaks     | 2025-11-30 | 2025-11-15 |
            | Oaks     | 2025-12-31 | 2025-11-15 |
            | Oaks     | 2026-01-31 | 2025-11-15 |
            | Ash      | 2025-11-30 | 2025-11-15 |
            | Ash      | 2025-12-31 | 2025-12-15 |
            | Bay      | 2026-01-31 | 2026-01-05 |
            | Bay      | 2026-02-28 | 2026-01-05 |
        """,
        as_of=date(2026, 3, 30),
    )


def test_deaths_in_winter_are_held_against_the_four_months_on_either_side(derived):
    """Of 2024 April is missing, and so there is no row."""
    derived(
        {
            "deaths": """
                | month          | deaths |
                | 2024-08-01/P1M | 10     |
                | 2024-09-01/P1M | 10     |
                | 2024-10-01/P1M | 10     |
                | 2024-11-01/P1M | 10     |
                | 2024-12-01/P1M | 20     |
                | 2025-01-01/P1M | 20     |
                | 2025-02-01/P1M | 20     |
                | 2025-03-01/P1M | 20     |
                | 2025-04-01/P1M | 12     |
                | 2025-05-01/P1M | 12     |
                | 2025-06-01/P1M | 12     |
                | 2025-07-01/P1M | 12     |
                | 2025-08-01/P1M | 12     |
            """
        },
        "winter_deaths",
        """
            | period         | winter | other | excess_twice |
            | 2024-08-01/P1Y | 80     | 88    | 72           |
        """,
    )


def test_every_source_of_the_deaths_of_a_year_is_named(derived):
    """Not those of August 2025, which is of the next year."""
    derived(
        {
            "deaths": """
                | month          | deaths | source |
                | 2024-08-01/P1M | 10     | old    |
                | 2024-09-01/P1M | 10     | old    |
                | 2024-10-01/P1M | 10     | old    |
                | 2024-11-01/P1M | 10     | old    |
                | 2024-12-01/P1M | 20     | old    |
                | 2025-01-01/P1M | 20     | new    |
                | 2025-02-01/P1M | 20     | new    |
                | 2025-03-01/P1M | 20     | draft  |
                | 2025-04-01/P1M | 12     | new    |
                | 2025-05-01/P1M | 12     | new    |
                | 2025-06-01/P1M | 12     | new    |
                | 2025-07-01/P1M | 12     | new    |
                | 2025-08-01/P1M | 12     | later  |
            """
        },
        "winter_deaths",
        """
            | period         | winter | source          |
            | 2024-08-01/P1Y | 80     | draft, new, old |
        """,
    )


def test_a_review_is_in_time_on_the_day_on_which_it_was_due(derived):
    derived(
        {
            "assessments": """
                | referral | person | kind           | referred_on | review_due_on | reviewed_on |
                | on       | Ann    | community care | 2025-03-01  | 2026-03-01    | 2026-03-01  |
                | late     | Bob    | community care | 2025-03-01  | 2026-03-01    | 2026-03-02  |
                | never    | Cat    | community care | 2025-03-01  | 2026-03-01    |             |
                | to-come  | Dan    | community care | 2025-03-01  | 2026-06-01    | 2026-03-01  |
                | undated  | Eve    | community care | 2025-03-01  |               | 2026-03-01  |
            """
        },
        "reviews_due",
        """
            | referral | due_on     | in_time |
            | on       | 2026-03-01 | yes     |
            | late     | 2026-03-01 | no      |
            | never    | 2026-03-01 | no      |
        """,
        as_of=date(2026, 4, 30),
    )
