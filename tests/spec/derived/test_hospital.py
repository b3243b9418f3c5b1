"""Stays in hospital, delays, and what came after them."""

from __future__ import annotations

from datetime import date


def test_the_day_of_discharge_is_a_bed_day_and_the_day_of_admission_is_none(derived):
    derived(
        {
            "hospital_stays": """
                | stay   | person | kind  | admission | admitted_on | discharged_on |
                | within | Ann    | acute | emergency | 2026-01-10  | 2026-01-10    |
                | night  | Bob    | acute | emergency | 2026-01-10  | 2026-01-11    |
                | months | Cat    | acute | emergency | 2026-01-30  | 2026-03-02    |
                | last   | Dan    | acute | emergency | 2026-01-31  | 2026-02-01    |
            """
        },
        "stay_bed_days",
        """
            | stay   | month      | bed_days |
            | night  | 2026-01-01 | 1        |
            | months | 2026-01-01 | 1        |
            | months | 2026-02-01 | 28       |
            | months | 2026-03-01 | 2        |
            | last   | 2026-02-01 | 1        |
        """,
    )


def test_a_stay_that_lasts_is_counted_up_to_the_position_date(derived):
    stays = {
        "hospital_stays": """
            | stay | person | kind  | admission | admitted_on | discharged_on |
            | open | Ann    | acute | emergency | 2026-03-30  |               |
            | gone | Bob    | acute | emergency | 2026-03-01  | 2026-03-02    |
        """
    }
    derived(
        stays,
        "stay_bed_days",
        """
            | stay | month      | bed_days |
            | gone | 2026-03-01 | 1        |
            | open | 2026-03-01 | 1        |
            | open | 2026-04-01 | 10       |
        """,
        as_of=date(2026, 4, 10),
    )
    derived(
        stays,
        "stay_bed_days",
        """
            | stay | month      | bed_days |
            | gone | 2026-03-01 | 1        |
        """,
        as_of=date(2026, 4, 10),
        parameters={"ended_only": True},
    )


def test_months_before_the_first_in_which_a_stay_ended_have_no_bed_days(derived):
    """The extract holds what ended from some day on: of earlier months it knows only those who
    stayed on. North and its ward have one source, which began for both at once."""
    derived(
        {
            "hospital_stays": """
                | place | stay  | person | kind  | admission | admitted_on | discharged_on | source |
                | North | long  | Ann    | acute | emergency | 2025-01-30  | 2025-05-02    | a      |
                | North | first | Bob    | acute | emergency | 2025-04-19  | 2025-04-20    | a      |
                | Ward  | late  | Cat    | acute | planned   | 2025-03-30  | 2025-06-01    | a      |
                | Ward  | open  | Dan    | acute | planned   | 2025-03-30  |               | a      |
                | South | other | Eve    | acute | planned   | 2025-03-30  | 2025-06-01    | b      |
                | South | next  | Fay    | acute | planned   | 2025-03-30  | 2025-07-01    | c      |
                | West  | none  | Guy    | acute | planned   | 2025-03-30  |               | d      |
            """
        },
        "stay_bed_days",
        """
            | place | stay  | month      | bed_days |
            | North | long  | 2025-04-01 | 30       |
            | North | long  | 2025-05-01 | 2        |
            | North | first | 2025-04-01 | 1        |
            | Ward  | late  | 2025-04-01 | 30       |
            | Ward  | late  | 2025-05-01 | 31       |
            | Ward  | late  | 2025-06-01 | 1        |
            | Ward  | open  | 2025-04-01 | 30       |
            | Ward  | open  | 2025-05-01 | 31       |
            | Ward  | open  | 2025-06-01 | 30       |
            | South | other | 2025-06-01 | 1        |
            | South | next  | 2025-06-01 | 30       |
        """,
        as_of=date(2025, 6, 30),
    )


def test_months_before_the_first_in_which_a_delay_ended_have_no_delayed_days_and_no_census(derived):
    """Whoever it was: a child, too, tells that the records reach back so far."""
    delays = {
        "delays": """
            | delay | person | ready_on   | discharged_on | reason | age_when_ready |
            | long  | Ann    | 2025-01-30 | 2025-05-02    | 25D    | 74             |
            | child | Bob    | 2025-04-01 | 2025-04-20    | 25D    | 9              |
            | open  | Cat    | 2025-03-30 |               | 25D    | 80             |
        """
    }
    derived(
        delays,
        "delay_bed_days",
        """
            | delay | month      | bed_days |
            | long  | 2025-04-01 | 30       |
            | long  | 2025-05-01 | 2        |
            | open  | 2025-04-01 | 30       |
            | open  | 2025-05-01 | 31       |
        """,
        as_of=date(2025, 5, 31),
    )
    derived(
        delays,
        "delay_census",
        """
            | delay | census     | days_waited |
            | long  | 2025-04-24 | 84          |
            | open  | 2025-04-24 | 25          |
            | open  | 2025-05-29 | 60          |
        """,
        as_of=date(2025, 5, 31),
    )


def test_age_is_that_at_admission_and_who_was_born_on_29_february_is_older_on_1_march(derived):
    derived(
        {
            "hospital_stays": """
                | stay   | person | kind  | admission | admitted_on | discharged_on | born_on    |
                | before | Ann    | acute | planned   | 2026-05-01  | 2026-05-03    | 1961-05-02 |
                | on     | Bob    | acute | planned   | 2026-05-01  | 2026-05-03    | 1961-05-01 |
                | leap   | Cat    | acute | planned   | 2025-02-28  | 2025-03-02    | 1960-02-29 |
                | march  | Dan    | acute | planned   | 2025-03-01  | 2025-03-02    | 1960-02-29 |
                | none   | Eve    | acute | planned   | 2025-03-01  | 2025-03-02    |            |
            """
        },
        "discharges",
        """
            | stay   | age | age_group |
            | before | 64  | 18-64     |
            | on     | 65  | 65-74     |
            | leap   | 64  | 18-64     |
            | march  | 65  | 65-74     |
            | none   |     |           |
        """,
    )


def test_a_readmission_is_the_next_stay_if_an_emergency_within_28_days(derived):
    derived(
        {
            "hospital_stays": """
                | stay  | person | kind          | admission | admitted_on | discharged_on |
                | a1    | Ann    | acute         | planned   | 2026-01-01  | 2026-01-05    |
                | a2    | Ann    | acute         | emergency | 2026-02-02  | 2026-02-03    |
                | b1    | Bob    | acute         | planned   | 2026-01-01  | 2026-01-05    |
                | b2    | Bob    | acute         | emergency | 2026-02-03  | 2026-02-04    |
                | c1    | Cat    | acute         | planned   | 2026-01-01  | 2026-01-05    |
                | c2    | Cat    | acute         | planned   | 2026-01-10  | 2026-01-11    |
                | c3    | Cat    | acute         | emergency | 2026-01-20  | 2026-01-21    |
                | d1    | Dan    | acute         | planned   | 2026-01-01  | 2026-01-05    |
                | d2    | Dan    | mental health | emergency | 2026-01-06  | 2026-01-08    |
                | e1    | Eve    | acute         | planned   | 2026-01-01  | 2026-01-05    |
                | e2    | Eve    | acute         | emergency | 2026-01-05  | 2026-01-05    |
            """
        },
        "discharges",
        """
            | stay | days | readmitted |
            | a1   | 4    | yes        |
            | a2   | 1    | no         |
            | b1   | 4    | no         |
            | b2   | 1    | no         |
            | c1   | 4    | no         |
            | c2   | 1    | yes        |
            | c3   | 1    | no         |
            | d1   | 4    | no         |
            | d2   | 2    | no         |
            | e1   | 4    | yes        |
            | e2   | 0    | no         |
        """,
    )


def test_a_stay_is_followed_once_the_28_days_after_it_are_over(derived):
    """Before, none can be said to be without a readmission: such a stay is in no part of a share."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind  | admission | admitted_on | discharged_on |
                | a1   | Ann    | acute | planned   | 2026-04-01  | 2026-04-07    |
                | b1   | Bob    | acute | planned   | 2026-04-01  | 2026-04-08    |
                | b2   | Bob    | acute | emergency | 2026-04-20  |               |
            """
        },
        "discharges",
        """
            | stay | readmitted | followed |
            | a1   | no         | yes      |
            | b1   | yes        | no       |
        """,
        as_of=date(2026, 5, 5),
    )


def test_a_stay_that_ended_in_death_has_no_readmission(derived):
    derived(
        {
            "hospital_stays": """
                | stay | person | kind  | admission | admitted_on | discharged_on | destination | died_on    |
                | a1   | Ann    | acute | emergency | 2026-01-01  | 2026-01-05    | died        |            |
                | a2   | Ann    | acute | emergency | 2026-01-06  | 2026-01-07    | home        |            |
                | b1   | Bob    | acute | emergency | 2026-01-01  | 2026-01-05    | home        | 2026-01-05 |
                | c1   | Cat    | acute | emergency | 2026-01-01  | 2026-01-05    | home        | 2026-01-06 |
                | d1   | Dan    | acute | emergency | 2026-01-01  |               |             | 2026-01-06 |
            """
        },
        "discharges",
        """
            | stay | died | readmitted |
            | a1   | yes  | no         |
            | a2   | no   | no         |
            | b1   | yes  | no         |
            | c1   | no   | no         |
        """,
    )


def test_the_day_of_readiness_is_no_delayed_day_and_the_day_of_discharge_is_one(derived):
    derived(
        {
            "delays": """
                | delay  | person | ready_on   | discharged_on | reason | age_when_ready |
                | same   | Ann    | 2026-01-10 | 2026-01-10    | 11A    | 80             |
                | one    | Bob    | 2026-01-10 | 2026-01-11    | 11A    | 80             |
                | months | Cat    | 2026-01-30 | 2026-03-02    | 25D    | 74             |
                | last   | Dan    | 2026-01-31 | 2026-02-01    | 25D    | 75             |
                | open   | Eve    | 2026-03-30 |               | 44     | 18             |
                | child  | Fay    | 2026-01-01 | 2026-01-09    | 11A    | 17             |
                | ageless| Guy    | 2026-01-01 | 2026-01-09    | 11A    |                |
            """
        },
        "delay_bed_days",
        """
            | delay  | month      | age_group | bed_days |
            | one    | 2026-01-01 | 75plus    | 1        |
            | months | 2026-01-01 | 18-74     | 1        |
            | months | 2026-02-01 | 18-74     | 28       |
            | months | 2026-03-01 | 18-74     | 2        |
            | last   | 2026-02-01 | 75plus    | 1        |
            | open   | 2026-03-01 | 18-74     | 1        |
            | open   | 2026-04-01 | 18-74     | 30       |
            | ageless | 2026-01-01 | Unknown age | 8     |
        """,
        as_of=date(2026, 4, 30),
    )


def test_a_code_is_read_whatever_its_case_and_a_primary_9_asks_for_the_secondary(derived):
    derived(
        {
            "delays": """
                | delay   | person | ready_on   | discharged_on | reason | secondary_reason | age_when_ready |
                | plain   | Ann    | 2026-01-01 | 2026-01-02    | 071    |                  | 80             |
                | nine    | Bob    | 2026-01-01 | 2026-01-02    | 9      | 51x              | 80             |
                | other   | Cat    | 2026-01-01 | 2026-01-02    | " 09 " | 25X              | 80             |
                | bare    | Dan    | 2026-01-01 | 2026-01-02    | 9      |                  | 80             |
                | noughts | Ida    | 2026-01-01 | 2026-01-02    | 09     |                  | 80             |
                | none    | Eve    | 2026-01-01 | 2026-01-02    |        |                  | 80             |
                | second  | Fay    | 2026-01-01 | 2026-01-02    |        | 24c              | 80             |
                | hundred | Guy    | 2026-01-01 | 2026-01-02    | 100    |                  | 80             |
                | unknown | Hal    | 2026-01-01 | 2026-01-02    | ZZZ    |                  | 80             |
            """
        },
        "delay_bed_days",
        """
            | delay  | reason | reason_group                       |
            | plain  | 71     | Patient and Family Related Reasons |
            | nine   | 51X    | Code 9 AWI                         |
            | other  | 25X    | Code 9 Non-AWI                     |
            | bare   | 9      | Code 9, no secondary code          |
            | noughts | 9     | Code 9, no secondary code          |
            | none   | 11A    | Health and Social Care Reasons     |
            | second | 24C    | Health and Social Care Reasons     |
            | unknown | ZZZ   | Unknown code                       |
        """,
    )


def test_each_nation_has_reason_codes_of_its_own(derived):
    delays = {
        "delays": """
            | delay   | person | ready_on   | discharged_on | reason  | age_when_ready |
            | nursing | Ann    | 2026-01-01 | 2026-01-02    | D(ii)   | 65             |
            | letter  | Bob    | 2026-01-01 | 2026-01-02    | " e "   | 64             |
            | scots   | Cat    | 2026-01-01 | 2026-01-02    | 11A     | 80             |
            | none    | Dan    | 2026-01-01 | 2026-01-02    |         | 80             |
        """
    }
    derived(
        delays,
        "delay_bed_days_england",
        """
            | delay   | reason | reason_group               | age_group |
            | nursing | D(II)  | Nursing home placement     | 65plus    |
            | letter  | E      | Care package in own home   | 18-64     |
            | scots   | 11A    | Unknown code               | 65plus    |
            | none    | NONE   | Unknown code               | 65plus    |
        """,
    )
    derived(
        delays,
        "delay_bed_days",
        """
            | delay   | reason | reason_group                   |
            | nursing | D(II)  | Unknown code                   |
            | letter  | E      | Unknown code                   |
            | scots   | 11A    | Health and Social Care Reasons |
            | none    | 11A    | Health and Social Care Reasons |
        """,
    )


def test_the_census_is_on_the_last_thursday_and_counts_who_was_ready_before_it(derived):
    """In January 2026 that is the 29th."""
    derived(
        {
            "delays": """
                | delay  | person | ready_on   | discharged_on | reason | secondary_reason | age_when_ready |
                | before | Ann    | 2026-01-28 | 2026-02-01    | 11A    |                  | 80             |
                | on     | Bob    | 2026-01-29 | 2026-02-01    | 11A    |                  | 80             |
                | left   | Cat    | 2026-01-01 | 2026-01-29    | 11A    |                  | 80             |
                | gone   | Dan    | 2026-01-01 | 2026-01-28    | 11A    |                  | 80             |
                | closed | Eve    | 2026-01-01 | 2026-02-01    | 9      | 26X              | 80             |
                | open   | Fay    | 2025-12-01 |               | 9      | 51X              | 80             |
                | first  | Guy    | 2025-12-01 | 2025-12-02    | 11A    |                  | 80             |
            """
        },
        "delay_census",
        """
            | delay  | census     | days_waited |
            | before | 2026-01-29 | 1           |
            | left   | 2026-01-29 | 28          |
            | open   | 2025-12-25 | 24          |
            | open   | 2026-01-29 | 59          |
        """,
        as_of=date(2026, 1, 31),
    )


def test_bed_days_saved_run_from_discharge_to_the_first_assessment_completed_at_home(derived):
    derived(
        {
            "hospital_stays": """
                | stay | person | kind  | admission | admitted_on | discharged_on | destination       |
                | a    | Ann    | acute | emergency | 2026-01-01  | 2026-01-10    | home with support |
                | b    | Bob    | acute | emergency | 2026-01-01  | 2026-01-10    | home              |
                | c    | Cat    | acute | emergency | 2026-01-01  | 2026-01-10    | home              |
                | d    | Dan    | acute | emergency | 2026-01-01  | 2026-01-10    | care home         |
                | e    | Eve    | acute | emergency | 2026-01-01  | 2026-01-10    | home              |
                | f1   | Fay    | acute | emergency | 2026-01-01  | 2026-01-10    | home              |
                | f2   | Fay    | acute | emergency | 2026-01-12  | 2026-01-14    | home              |
                | g    | Guy    | acute | emergency | 2026-01-01  | 2026-01-10    | home              |
            """,
            "assessments": """
                | referral | person | kind           | referred_on | assessment_began_on | assessment_completed_on |
                | a1       | Ann    | community care | 2026-01-09  | 2026-01-10          | 2026-01-13              |
                | a2       | Ann    | community care | 2026-01-09  | 2026-01-11          | 2026-01-12              |
                | b1       | Bob    | community care | 2026-01-09  | 2026-01-10          | 2026-02-07              |
                | c1       | Cat    | community care | 2026-01-09  | 2026-01-10          | 2026-02-08              |
                | d1       | Dan    | community care | 2026-01-09  | 2026-01-10          | 2026-01-12              |
                | e1       | Eve    | community care | 2026-01-08  | 2026-01-09          | 2026-01-12              |
                | f1       | Fay    | community care | 2026-01-08  | 2026-01-14          | 2026-01-16              |
                | g1       | Guy    | carer          | 2026-01-08  | 2026-01-10          | 2026-01-12              |
            """,
        },
        "discharges_to_assess",
        """
            | stay | assessed_on | bed_days_saved |
            | a    | 2026-01-12  | 2              |
            | b    | 2026-02-07  | 28             |
            | f2   | 2026-01-16  | 2              |
        """,
    )


def test_short_stay_settings_count_from_the_first_day_and_others_after_six_weeks(derived):
    """In January 2026 the census is on the 29th; 42 days before it are 18 December."""
    derived(
        {
            "delays": """
                | delay    | person | ready_on   | discharged_on | reason | age_when_ready | setting    |
                | one day  | Ann    | 2026-01-28 | 2026-01-30    | 11A    | 80             | short-stay |
                | on       | Bob    | 2026-01-29 | 2026-01-30    | 11A    | 80             | short-stay |
                | long     | Cat    | 2025-12-17 | 2026-01-30    | 11A    | 80             | other      |
                | six      | Dan    | 2025-12-18 | 2026-01-30    | 11A    | 80             | other      |
                | both     | Eve    | 2025-12-17 | 2026-01-30    | 11A    | 80             | short-stay |
                | untold   | Fay    | 2025-12-18 | 2026-01-30    | 11A    | 80             |            |
                | untold 2 | Guy    | 2025-12-17 | 2026-01-30    | 11A    | 80             |            |
                | first    | Hal    | 2025-12-01 | 2025-12-02    | 11A    | 80             | other      |
            """
        },
        "waits_for_discharge",
        """
            | delay    | census     | days_waited | left_out                                                                         |
            | one day  | 2026-01-29 | 1           |                                                                                  |
            | long     | 2026-01-29 | 43          |                                                                                  |
            | six      | 2026-01-29 | 42          | waits elsewhere, for no longer than 42 days                                      |
            | both     | 2026-01-29 | 43          |                                                                                  |
            | untold   | 2026-01-29 | 42          | the records do not tell the setting, and the wait is no longer than 42 days      |
            | untold 2 | 2026-01-29 | 43          |                                                                                  |
            | both     | 2025-12-25 | 8           |                                                                                  |
            | long     | 2025-12-25 | 8           | waits elsewhere, for no longer than 42 days                                      |
            | six      | 2025-12-25 | 7           | waits elsewhere, for no longer than 42 days                                      |
            | untold   | 2025-12-25 | 7           | the records do not tell the setting, and the wait is no longer than 42 days      |
            | untold 2 | 2025-12-25 | 8           | the records do not tell the setting, and the wait is no longer than 42 days      |
        """,
        as_of=date(2026, 1, 31),
    )


def test_a_place_and_a_census_at_which_no_setting_is_told_have_no_row(derived):
    """The one whose setting is told had left before the census of January; in South nobody's is."""
    derived(
        {
            "delays": """
                | place | delay | person | ready_on   | discharged_on | reason | age_when_ready | setting    |
                | North | told  | Ann    | 2025-12-01 | 2026-01-20    | 11A    | 80             | short-stay |
                | North | open  | Bob    | 2025-12-20 |               | 11A    | 80             |            |
                | North | child | Cat    | 2026-01-02 |               | 11A    | 17             | short-stay |
                | North | first | Eve    | 2025-12-01 | 2025-12-02    | 11A    | 80             | short-stay |
                | South | other | Dan    | 2025-10-01 | 2026-01-30    | 11A    | 80             |            |
            """
        },
        "waits_for_discharge",
        """
            | place | delay | census     | left_out                                                                    |
            | North | told  | 2025-12-25 |                                                                             |
            | North | open  | 2025-12-25 | the records do not tell the setting, and the wait is no longer than 42 days |
        """,
        as_of=date(2026, 1, 31),
    )


def test_delays_in_mental_health_beds_are_told_where_the_kind_of_some_bed_is(derived):
    """In May 2025 nobody's is, nor ever in South: none is then not known to be none."""
    delays = {
        "delays": """
            | place | delay  | person | ready_on   | discharged_on | reason | age_when_ready | kind          |
            | North | mental | Ann    | 2025-04-10 | 2025-04-30    | E      | 74             | mental health |
            | North | acute  | Bob    | 2025-04-20 | 2025-04-28    | E      | 30             | acute         |
            | North | untold | Cat    | 2025-04-20 |               | E      | 80             |               |
            | North | child  | Dan    | 2025-04-20 | 2025-04-28    | E      | 17             | mental health |
            | South | other  | Eve    | 2025-04-20 | 2025-04-28    | E      | 80             |               |
        """
    }
    derived(
        delays,
        "mental_health_delay_bed_days",
        """
            | delay  | month      | age_group | bed_days | left_out                                 |
            | mental | 2025-04-01 | 65plus    | 20       |                                          |
            | acute  | 2025-04-01 | 18-64     | 8        | in a bed of another kind                 |
            | untold | 2025-04-01 | 65plus    | 10       | the records do not tell the kind of bed  |
        """,
        as_of=date(2025, 5, 31),
    )
    derived(
        delays,
        "mental_health_delay_census",
        """
            | delay  | census     | days_waited | left_out                                |
            | mental | 2025-04-24 | 14          |                                         |
            | acute  | 2025-04-24 | 4           | in a bed of another kind                |
            | untold | 2025-04-24 | 4           | the records do not tell the kind of bed |
        """,
        as_of=date(2025, 5, 31),
    )


def test_bed_days_by_reason_are_there_where_the_list_knows_some_reason(derived):
    """England's letters are none of Scotland's codes: with them alone nothing is known of groups."""
    derived(
        {
            "delays": """
                | place | person | delay | ready_on   | discharged_on | reason | born_on    |
                | North | Ann    | d1    | 2026-01-10 | 2026-01-20    | 11A    | 1950-01-01 |
                | North | Bob    | d2    | 2026-01-10 | 2026-01-12    | D1     | 1950-01-01 |
                | South | Cat    | d3    | 2026-01-10 | 2026-01-20    | D1     | 1950-01-01 |
            """
        },
        "delay_bed_days_by_reason",
        """
            | place | delay | bed_days | left_out                                          |
            | North | d1    | 10       |                                                   |
            | North | d2    | 2        | the reason is none that the list of reasons knows |
        """,
        as_of=date(2026, 3, 30),
    )
