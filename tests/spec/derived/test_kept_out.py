"""Who is kept out of a table, and by which rule.

A table that is counted holds no row of them; `outturn people` tells of each the record and the rule.
"""

from __future__ import annotations

from datetime import date


def test_a_stay_within_one_day_has_no_bed_day_and_is_told(derived):
    """So is a month to which the records do not reach back, and the month on whose last day a stay
    began."""
    derived(
        {
            "hospital_stays": """
                | stay   | person | kind  | admission | admitted_on | discharged_on |
                | within | Ann    | acute | emergency | 2026-01-10  | 2026-01-10    |
                | last   | Bob    | acute | emergency | 2026-01-31  | 2026-02-01    |
                | long   | Cat    | acute | emergency | 2025-12-30  | 2026-01-02    |
            """
        },
        "stay_bed_days",
        """
            | stay   | month      | bed_days |
            | last   | 2026-02-01 | 1        |
            | long   | 2026-01-01 | 2        |
        """,
        kept_out="""
            | stay   | month      | kept_out                                                                |
            | within | 2026-01-01 | no day at all: the first day does not count, and it was also the last   |
            | last   | 2026-01-01 | no day in the period: the first day does not count                      |
            | long   | 2025-12-01 | the records of the place do not reach back to this time                 |
        """,
    )


def test_a_stay_that_lasts_is_no_discharge_and_is_told_on_the_day_of_admission(derived):
    derived(
        {
            "hospital_stays": """
                | stay | person | kind  | admission | admitted_on | discharged_on |
                | open | Ann    | acute | emergency | 2026-01-10  |               |
                | gone | Bob    | acute | emergency | 2026-01-10  | 2026-01-12    |
            """
        },
        "discharges",
        """
            | stay | discharged_on |
            | gone | 2026-01-12    |
        """,
        kept_out="""
            | stay | discharged_on | kept_out           |
            | open | 2026-01-10    | not discharged yet |
        """,
    )


def test_delays_are_told_that_are_of_children_of_one_day_or_of_a_code_that_is_left_out(derived):
    delays = {
        "delays": """
            | delay | person | ready_on   | discharged_on | age_when_ready | reason | secondary_reason |
            | child | Ann    | 2026-01-10 | 2026-01-20    | 17             | 11A    |                  |
            | adult | Bob    | 2026-01-10 | 2026-01-30    | 18             | 11A    |                  |
            | day   | Cat    | 2026-01-10 | 2026-01-10    | 80             | 11A    |                  |
            | code  | Dan    | 2026-01-10 | 2026-01-30    | 80             | 100    |                  |
            | 26x   | Eve    | 2026-01-10 | 2026-01-30    | 80             | 9      | 26X              |
            | then  | Fay    | 2026-01-29 | 2026-02-03    | 80             | 11A    |                  |
        """
    }
    derived(
        delays,
        "delay_bed_days",
        """
            | delay | month      | bed_days |
            | adult | 2026-01-01 | 20       |
            | 26x   | 2026-01-01 | 20       |
            | then  | 2026-01-01 | 2        |
            | then  | 2026-02-01 | 3        |
        """,
        kept_out="""
            | delay | month      | kept_out                                                               |
            | child | 2026-01-01 | under 18 on the day that counts                                        |
            | day   | 2026-01-01 | no day at all: the first day does not count, and it was also the last  |
            | code  | 2026-01-01 | the reason is one that the method leaves out: Code 100                 |
        """,
    )
    derived(
        delays,
        "delay_census",
        """
            | delay | census     |
            | adult | 2026-01-29 |
        """,
        kept_out="""
            | delay | census     | kept_out                                               |
            | code  | 2026-01-29 | the reason is one that the method leaves out: Code 100 |
            | 26x   | 2026-01-29 | the reason is one that the method leaves out: 26X      |
            | then  | 2026-01-29 | ready to leave only on the day of the census           |
        """,
    )


def test_who_is_kept_out_of_delays_is_kept_out_of_those_that_are_made_of_them(derived):
    derived(
        {
            "delays": """
                | delay | person | ready_on   | discharged_on | age_when_ready | reason | kind          |
                | child | Ann    | 2026-01-10 | 2026-01-20    | 17             | 11A    | mental health |
                | adult | Bob    | 2026-01-10 | 2026-01-30    | 18             | 11A    | mental health |
                | later | Cat    | 2026-02-10 | 2026-02-20    | 80             | 11A    |               |
            """
        },
        "mental_health_delay_bed_days",
        """
            | delay | month      | bed_days | left_out |
            | adult | 2026-01-01 | 20       |          |
        """,
        kept_out="""
            | delay | month      | kept_out                                |
            | child | 2026-01-01 | under 18 on the day that counts         |
            | later | 2026-02-01 | the records do not tell the kind of bed |
        """,
    )


def test_of_repeated_admissions_who_has_one_is_told_and_each_stay_that_is_not_asked_about(derived):
    derived(
        {
            "hospital_stays": """
                | stay | person | kind      | admission | admitted_on | discharged_on | born_on    |
                | a1   | Ann    | acute     | emergency | 2025-04-10  | 2025-04-20    | 1940-01-01 |
                | a2   | Ann    | acute     | emergency | 2025-06-10  | 2025-06-20    | 1940-01-01 |
                | a3   | Ann    | acute     | planned   | 2025-07-10  | 2025-07-20    | 1940-01-01 |
                | b1   | Bob    | acute     | emergency | 2025-06-10  | 2025-06-20    | 1940-01-01 |
                | c1   | Cat    | acute     | emergency | 2025-06-10  | 2025-06-20    | 1990-01-01 |
                | d1   | Dan    | community | emergency | 2025-06-10  | 2025-06-20    | 1940-01-01 |
                | e1   | Eve    | acute     | emergency | 2025-06-10  | 2025-06-20    |            |
                | f1   | Fay    | acute     | emergency | 2025-06-10  |               | 1940-01-01 |
            """
        },
        "repeat_admissions",
        """
            | person | stays | row |
            | Ann    | 2     | 2   |
        """,
        kept_out="""
            | person | row | kept_out                              |
            | Ann    | 3   | the admission is of another type      |
            | Bob    | 4   | fewer than 2 such stays in the year   |
            | Cat    | 5   | under 65 on the day that counts       |
            | Dan    | 6   | in a bed of another kind              |
            | Eve    | 7   | no age is known                       |
            | Fay    | 8   | not discharged yet                    |
        """,
    )


def test_an_order_that_is_not_delivered_is_told_on_the_day_of_the_order(derived):
    derived(
        {
            "equipment_orders": """
                | order | person | kind      | ordered_on | delivered_on |
                | o1    | Ann    | equipment | 2026-01-10 | 2026-02-12   |
                | o2    | Bob    | equipment | 2026-01-10 |              |
            """
        },
        "equipment_waits",
        """
            | order | delivered_on |
            | o1    | 2026-02-12   |
        """,
        kept_out="""
            | order | delivered_on | kept_out          |
            | o2    | 2026-01-10   | not delivered yet |
        """,
    )


def test_a_part_of_the_way_that_is_not_completed_is_told_on_the_day_on_which_it_began(derived):
    derived(
        {
            "assessments": """
                | referral | person | kind           | referred_on | assessment_began_on |
                | r1       | Ann    | community care | 2026-01-10  | 2026-01-12          |
            """
        },
        "assessment_waits",
        """
            | part                   | ended_on   |
            | referral to assessment | 2026-01-12 |
        """,
        kept_out="""
            | part                     | ended_on   | kept_out                                                          |
            | assessment to completion | 2026-01-12 | this part of the way is not completed, or its dates are not told  |
            | completion to service    | 2026-01-10 | this part of the way is not completed, or its dates are not told  |
            | referral to service      | 2026-01-10 | this part of the way is not completed, or its dates are not told  |
        """,
    )


def test_events_of_which_no_record_can_be_taken_are_told_once(derived):
    """Two records of one event are one event; and a later submission that speaks for the time of an
    event and does not tell of it keeps it out."""
    derived(
        {
            "cld": """
                | person_id | event_start_date | event_end_date | service_type                       | date_of_death | event_type | row |
                | Ann       | 2026-01-10       | 2026-02-10     | Short term support: ST-Max         |               | Service    | 1   |
                | Ann       | 2026-01-10       | 2026-02-10     | Short term support: ST-Max         |               | Service    | 2   |
                |           | 2026-01-10       | 2026-02-10     | Short term support: ST-Max         |               | Service    | 3   |
                | Bob       | 2026-01-10       | 2026-02-10     | Short term support: ST-Max         | 2026-01-01    | Service    | 4   |
                | Cat       | 2026-01-10       | 2026-02-10     | Long term support: Nursing care    |               | Service    | 5   |
            """
        },
        "reablement_outcomes",
        """
            | person         | left_out                            |
            | North ID ann   | no record tells what came after     |
        """,
        kept_out="""
            | person       | row | ended_on   | kept_out                                                                |
            |              | 3   | 2026-02-10 | no identifier tells whose the record is                                 |
            | North ID bob | 4   | 2026-02-10 | died before it began, or before the time that its submission speaks for |
        """,
        as_of=date(2026, 5, 5),
    )
