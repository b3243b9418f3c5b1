"""Where the last six months of life were spent."""

from __future__ import annotations


def test_the_183_days_before_death_are_looked_at_and_count_as_182_and_a_half(derived):
    """183 days before 1 July 2025 is 30 December 2024."""
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  |
                | Ann    | 2025-07-01 | not external |
                | Bob    | 2025-07-01 | not external |
                | Cat    | 2025-07-01 | not external |
                | Dan    | 2025-07-01 | not external |
                | Eve    | 2025-07-01 | not external |
                | Fay    | 2025-07-01 | not external |
            """,
            "hospital_stays": """
                | stay  | person | kind  | admission | admitted_on | discharged_on |
                | early | Zoe    | acute | planned   | 2024-01-01  | 2024-01-02    |
                | a     | Ann    | acute | emergency | 2025-06-21  | 2025-07-01    |
                | b     | Bob    | acute | emergency | 2024-12-01  | 2024-12-31    |
                | c     | Cat    | acute | emergency | 2024-12-01  | 2024-12-30    |
                | d     | Dan    | acute | emergency | 2024-12-01  | 2025-07-01    |
                | e     | Eve    | acute | emergency | 2024-12-31  | 2025-07-01    |
            """,
        },
        "last_six_months",
        """
            | person | half_days | large_hospital | community |
            | Ann    | 365       | 20             | 345       |
            | Bob    | 365       | 2              | 363       |
            | Cat    | 365       | 0              | 365       |
            | Dan    | 365       | 365            | 0         |
            | Eve    | 365       | 364            | 1         |
            | Fay    | 365       | 0              | 365       |
        """,
    )


def test_a_stay_ends_at_death_at_the_latest_and_one_within_a_day_has_no_days(derived):
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  |
                | Ann    | 2025-07-01 | not external |
                | Bob    | 2025-07-01 | not external |
                | Cat    | 2025-07-01 | not external |
                | Dan    | 2025-07-01 | not external |
            """,
            "hospital_stays": """
                | stay  | person | kind  | admission | admitted_on | discharged_on |
                | early | Zoe    | acute | planned   | 2024-01-01  | 2024-01-02    |
                | a     | Ann    | acute | emergency | 2025-06-30  | 2025-07-04    |
                | b     | Bob    | acute | emergency | 2025-06-29  |               |
                | c     | Cat    | acute | emergency | 2025-07-01  | 2025-07-01    |
                | d     | Dan    | acute | emergency | 2025-07-02  |               |
            """,
        },
        "last_six_months",
        """
            | person | large_hospital |
            | Ann    | 2              |
            | Bob    | 4              |
            | Cat    | 0              |
            | Dan    | 0              |
        """,
    )


def test_the_kind_of_bed_is_the_setting_and_a_virtual_ward_is_at_home(derived):
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  | born_on    |
                | Ann    | 2025-07-01 | not external | 1950-07-01 |
                | Bob    | 2025-07-01 | not external | 1950-07-02 |
            """,
            "hospital_stays": """
                | stay  | person | kind                | admission | admitted_on | discharged_on |
                | early | Zoe    | acute               | planned   | 2024-01-01  | 2024-01-02    |
                | a1    | Ann    | acute               | emergency | 2025-05-01  | 2025-05-02    |
                | a2    | Ann    | community hospital  | transfer  | 2025-05-02  | 2025-05-04    |
                | a3    | Ann    | virtual ward        | planned   | 2025-05-10  | 2025-05-20    |
                | a4    | Ann    | hospice             | planned   | 2025-06-27  | 2025-07-01    |
                | b1    | Bob    | mental health       | emergency | 2025-03-01  | 2025-03-06    |
                | b2    | Bob    | geriatric long stay | transfer  | 2025-04-01  | 2025-04-07    |
            """,
        },
        "last_six_months",
        """
            | person | age | age_group | large_hospital | community_hospital | hospice | community |
            | Ann    | 75  | 75-84     | 2              | 4                  | 8       | 351       |
            | Bob    | 74  | 65-74     | 22             | 0                  | 0       | 343       |
        """,
    )


def test_the_longest_stay_is_shortened_where_all_are_longer_than_six_months(derived):
    """Ann: 180 days and 3 days. Bob: 183 days in all, of which 100 fall on the others."""
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  |
                | Ann    | 2025-07-01 | not external |
                | Bob    | 2025-07-01 | not external |
            """,
            "hospital_stays": """
                | stay  | person | kind               | admission | admitted_on | discharged_on |
                | early | Zoe    | acute              | planned   | 2024-01-01  | 2024-01-02    |
                | a1    | Ann    | acute              | emergency | 2024-12-01  | 2025-06-28    |
                | a2    | Ann    | hospice            | planned   | 2025-06-28  | 2025-07-01    |
                | b1    | Bob    | acute              | emergency | 2024-12-30  | 2025-06-28    |
                | b2    | Bob    | community hospital | transfer  | 2025-02-01  | 2025-05-12    |
            """,
        },
        "last_six_months",
        """
            | person | large_hospital | community_hospital | hospice | community |
            | Ann    | 359            | 0                  | 6       | 0         |
            | Bob    | 165            | 200                | 0       | 0         |
        """,
    )


def test_a_stay_that_is_told_twice_counts_once(derived):
    """The same dates, the same admission, the same discharge; cut to the days first."""
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  |
                | Ann    | 2025-07-01 | not external |
                | Bob    | 2025-07-01 | not external |
                | Cat    | 2025-07-01 | not external |
                | Dan    | 2025-07-01 | not external |
            """,
            "hospital_stays": """
                | stay  | person | kind               | admission | admitted_on | discharged_on |
                | early | Zoe    | acute              | planned   | 2024-01-01  | 2024-01-02    |
                | a1    | Ann    | acute              | emergency | 2025-03-01  | 2025-03-11    |
                | a2    | Ann    | community hospital | emergency | 2025-03-01  | 2025-03-11    |
                | b1    | Bob    | acute              | emergency | 2025-03-01  | 2025-03-11    |
                | b2    | Bob    | community hospital | emergency | 2025-03-01  | 2025-03-21    |
                | c1    | Cat    | acute              | emergency | 2025-03-05  | 2025-03-21    |
                | c2    | Cat    | community hospital | emergency | 2025-03-01  | 2025-03-21    |
                | d1    | Dan    | acute              | emergency | 2024-11-01  | 2025-01-04    |
                | d2    | Dan    | community hospital | emergency | 2024-12-01  | 2025-01-03    |
            """,
        },
        "last_six_months",
        """
            | person | large_hospital | community_hospital |
            | Ann    | 20             | 0                  |
            | Bob    | 0              | 40                 |
            | Cat    | 0              | 40                 |
            | Dan    | 10             | 0                  |
        """,
    )


def test_a_death_of_an_external_cause_is_left_out_unless_after_a_fall(derived):
    derived(
        {
            "person_deaths": """
                | person | died_on    | cause_group  |
                | Ann    | 2025-07-01 | not external |
                | Bob    | 2025-07-01 | external     |
                | Cat    | 2025-07-01 | fall         |
            """,
            "hospital_stays": """
                | stay  | person | kind  | admission | admitted_on | discharged_on |
                | early | Zoe    | acute | planned   | 2024-01-01  | 2024-01-02    |
            """,
        },
        "last_six_months",
        """
            | person | left_out                                    |
            | Ann    |                                             |
            | Bob    | died of an external cause, and not after a fall |
            | Cat    |                                             |
        """,
    )


def test_a_death_is_left_out_where_no_stay_of_its_place_had_ended_six_months_before(derived):
    """183 days before 1 July 2025 is 30 December 2024. In South nothing is known of stays."""
    derived(
        {
            "person_deaths": """
                | place | person | died_on    | cause_group  |
                | North | Ann    | 2025-07-01 | not external |
                | North | Bob    | 2025-06-30 | not external |
                | South | Cat    | 2025-07-01 | not external |
            """,
            "hospital_stays": """
                | place | stay  | person | kind         | admission | admitted_on | discharged_on |
                | North | long  | Zoe    | acute        | planned   | 2024-01-01  |               |
                | North | first | Zoe    | virtual ward | planned   | 2024-12-01  | 2024-12-30    |
            """,
        },
        "last_six_months",
        """
            | person | community | left_out                                                        |
            | Ann    | 365       |                                                                 |
            | Bob    | 365       | the records of stays do not reach back to the first of the days |
            | Cat    | 365       | the records of stays do not reach back to the first of the days |
        """,
    )
