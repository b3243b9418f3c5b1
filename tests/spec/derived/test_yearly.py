"""Counted by the financial year: the balance of care, and who came to hospital again and again."""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 4, 30)
MONTHS = {"months_of_stays": 1}  # a month of stays is enough here, where few are drawn
HOME_CARE = """
    | person | week       | hours | visits | born_on    |
    | Hal    | 2026-03-23 | 12    | 7      | 1950-01-01 |
    | Ian    | 2026-03-25 | 10    | 7      | 1950-01-01 |
    | Jan    | 2026-03-16 | 12    | 7      | 1950-01-01 |
    | Kim    | 2026-03-30 | 12    | 7      | 1950-01-01 |
"""
HOMES = """
    | residence | person | kind        | long_stay | moved_in_on | left_on    | born_on    |
    | on        | Ann    | nursing     | yes       | 2026-03-31  |            | 1950-01-01 |
    | after     | Bob    | nursing     | yes       | 2026-04-01  |            | 1950-01-01 |
    | left      | Cat    | nursing     | yes       | 2025-03-01  | 2026-03-31 | 1950-01-01 |
    | later     | Dan    | nursing     | yes       | 2025-03-01  | 2026-04-01 | 1950-01-01 |
    | short     | Eve    | nursing     | no        | 2026-03-01  |            | 1950-01-01 |
    | child     | Fay    | residential | yes       | 2025-03-01  |            | 2008-04-01 |
    | adult     | Guy    | residential | yes       | 2025-03-01  |            | 2008-03-31 |
"""
STAYS = """
    | stay | person | kind                | admission | admitted_on | discharged_on | born_on    |
    | s1   | Lee    | acute               | emergency | 2026-03-20  | 2026-04-03    | 1950-01-01 |
    | s2   | May    | community hospital  | transfer  | 2026-03-20  | 2026-03-23    | 1950-01-01 |
    | s3   | Ned    | hospice             | planned   | 2026-03-20  | 2026-03-21    | 1950-01-01 |
    | s4   | Olu    | virtual ward        | planned   | 2026-03-01  | 2026-03-21    | 1950-01-01 |
    | s5   | Pia    | geriatric long stay | transfer  | 2026-03-30  | 2026-04-01    | 1950-01-01 |
    | s6   | Ros    | geriatric long stay | transfer  | 2026-03-30  | 2026-03-31    | 1950-01-01 |
"""
POPULATION = """
    | period         | age_group | sex    | people |
    | 2025-01-01/P1Y | 75-84     | female | 3      |
    | 2025-01-01/P1Y | 75-84     | male   | 4      |
    | 2025-01-01/P1Y | 18-64     | male   | 10     |
    | 2025-01-01/P1Y | 18plus    | male   | 99     |
    | 2026-01-01/P1Y | 75-84     | male   | 50     |
"""
ALL = {
    "hospital_stays": STAYS, "care_home_stays": HOMES, "home_care": HOME_CARE,
    "population": POPULATION,
}  # fmt: skip


def test_the_balance_of_care_has_days_of_the_year_and_people_at_the_census(derived):
    """The year ends on 31 March 2026, and its last whole week on 29 March: that counts, since the
    week of the last day is not over when the records to the end of the year are drawn."""
    derived(
        ALL,
        "balance_of_care",
        """
            | period         | age_group | everybody | large_hospital | community_hospital | hospice | care_home | supported | unsupported |
            | 2025-04-01/P1Y | 18-64     | 3650      | 0              | 0                  | 0       | 365       | 0         | 3285        |
            | 2025-04-01/P1Y | 75-84     | 2555      | 13             | 3                  | 1       | 730       | 730       | 1078        |
        """,
        as_of=AS_OF,
        parameters=MONTHS,
    )


def test_intensive_needs_are_met_at_home_in_a_care_home_or_in_a_bed_of_long_stay(derived):
    """Hal at home; Ann and Dan in care homes; Pia in a bed on the day."""
    derived(
        ALL,
        "balance_of_care",
        """
            | age_group | intensive_at_home | intensive_needs |
            | 18-64     | 0                 | 1               |
            | 75-84     | 1                 | 4               |
        """,
        as_of=AS_OF,
        parameters=MONTHS,
    )


def test_who_is_in_two_homes_or_has_two_weeks_is_one_person(derived):
    derived(
        ALL
        | {
            "care_home_stays": """
                | residence | person | kind    | long_stay | moved_in_on | left_on | born_on    |
                | one       | Ann    | nursing | yes       | 2026-03-01  |         | 1950-01-01 |
                | two       | Ann    | nursing | yes       | 2026-03-05  |         | 1950-01-01 |
            """
        },
        "balance_of_care",
        """
            | age_group | care_home |
            | 18-64     | 0         |
            | 75-84     | 365       |
        """,
        as_of=AS_OF,
        parameters=MONTHS,
    )


def test_whose_age_is_not_known_is_in_the_whole_and_in_no_part(derived):
    derived(
        ALL
        | {
            "care_home_stays": """
                | residence | person | kind    | long_stay | moved_in_on | born_on |
                | one       | Ann    | nursing | yes       | 2026-03-01  |         |
            """
        },
        "balance_of_care",
        """
            | age_group | everybody | care_home | unsupported |
            |           | 0         | 365       | -365        |
            | 18-64     | 3650      | 0         | 3650        |
            | 75-84     | 2555      | 0         | 1808        |
        """,
        as_of=AS_OF,
        parameters=MONTHS,
    )


def test_there_is_no_balance_where_a_part_of_it_is_not_known(derived):
    """Stays in too few months; nobody in a care home, with care at home, or living there."""
    nothing = """
        | period | age_group |
    """
    derived(ALL, "balance_of_care", nothing, as_of=AS_OF)
    for lacking in ("care_home_stays", "home_care", "population"):
        some = {name: rows for name, rows in ALL.items() if name != lacking}
        derived(some, "balance_of_care", nothing, as_of=AS_OF, parameters=MONTHS)


def test_a_year_that_is_not_over_has_no_balance(derived):
    derived(
        ALL,
        "balance_of_care",
        """
            | period | age_group |
        """,
        as_of=date(2026, 3, 30),
        parameters=MONTHS,
    )


def test_two_emergency_stays_that_ended_in_a_year_are_repeated_admissions(derived):
    """From 65 on, in acute beds; the year of a stay is that of the discharge."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on | born_on    |
                | a1   | Ann    | acute         | emergency | 2025-03-30  | 2025-04-01    | 1950-01-01 |
                | a2   | Ann    | acute         | emergency | 2026-03-30  | 2026-03-31    | 1950-01-01 |
                | b1   | Bob    | acute         | emergency | 2025-03-30  | 2025-03-31    | 1950-01-01 |
                | b2   | Bob    | acute         | emergency | 2026-03-30  | 2026-03-31    | 1950-01-01 |
                | c1   | Cat    | acute         | emergency | 2025-05-01  | 2025-05-02    | 1960-05-02 |
                | c2   | Cat    | acute         | emergency | 2025-06-01  | 2025-06-02    | 1960-05-02 |
                | d1   | Dan    | acute         | planned   | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | d2   | Dan    | acute         | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | e1   | Eve    | mental health | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | e2   | Eve    | acute         | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | f1   | Fay    | acute         | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | f2   | Fay    | acute         | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | f3   | Fay    | acute         | emergency | 2025-07-01  | 2025-07-02    | 1950-01-01 |
            """
        },
        "repeat_admissions",
        """
            | period         | person | stays | assessed | row |
            | 2025-04-01/P1Y | Ann    | 2     |          | 2   |
            | 2025-04-01/P1Y | Fay    | 3     |          | 13  |
        """,
        as_of=AS_OF,
    )


def test_a_year_to_whose_first_month_the_records_do_not_reach_back_has_no_repeated_admissions(
    derived,
):
    stays = """
        | stay | person | kind  | admission | admitted_on | discharged_on | born_on    |
        | a1   | Ann    | acute | emergency | 2025-05-01  | {first}    | 1950-01-01 |
        | a2   | Ann    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
        | b    | Bob    | acute | planned   | 2025-01-01  | {other}    | 1990-01-01 |
    """
    for first, other, expect in (
        ("2025-05-02", "2025-05-01", "| person | stays |"),
        ("2025-05-02", "2025-04-30", "| person | stays |\n| Ann | 2 |"),
    ):
        tables = {"hospital_stays": stays.format(first=first, other=other)}
        derived(tables, "repeat_admissions", expect, as_of=AS_OF)


def test_an_assessment_completed_in_the_year_counts_and_one_of_a_carer_does_not(derived):
    derived(
        {
            "hospital_stays": """
                | stay | person | kind  | admission | admitted_on | discharged_on | born_on    |
                | a1   | Ann    | acute | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | a2   | Ann    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | b1   | Bob    | acute | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | b2   | Bob    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | c1   | Cat    | acute | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | c2   | Cat    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | d1   | Dan    | acute | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | d2   | Dan    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | e1   | Eve    | acute | emergency | 2025-05-01  | 2025-05-02    | 1950-01-01 |
                | e2   | Eve    | acute | emergency | 2025-06-01  | 2025-06-02    | 1950-01-01 |
                | z    | Zoe    | acute | planned   | 2025-04-01  | 2025-04-02    | 1950-01-01 |
            """,
            "assessments": """
                | referral | person | kind                 | referred_on | assessment_began_on | assessment_completed_on |
                | a        | Ann    | community care       | 2025-03-01  | 2025-03-01          | 2025-04-01              |
                | b        | Bob    | occupational therapy | 2026-03-01  | 2026-03-01          | 2026-03-31              |
                | c        | Cat    | community care       | 2025-03-01  | 2025-03-01          | 2025-03-31              |
                | d        | Dan    | carer                | 2025-05-01  | 2025-05-01          | 2025-05-02              |
                | e        | Eve    | community care       | 2025-05-01  | 2025-05-01          |                         |
            """,
        },
        "repeat_admissions",
        """
            | person | assessed |
            | Ann    | yes      |
            | Bob    | yes      |
            | Cat    | no       |
            | Dan    | no       |
            | Eve    | no       |
        """,
        as_of=AS_OF,
    )
