"""Days in mental health beds, after the chain of rules for duplicate records."""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 3, 31)


def test_days_in_mental_health_beds_after_an_emergency_or_a_transfer_count(derived):
    derived(
        {
            "hospital_stays": """
                | stay     | person | kind          | admission | admitted_on | discharged_on | born_on    |
                | sudden   | Ann    | mental health | emergency | 2026-01-30  | 2026-03-02    | 1961-01-30 |
                | moved    | Bob    | mental health | transfer  | 2026-01-10  | 2026-01-11    | 1961-01-11 |
                | planned  | Cat    | mental health | planned   | 2026-01-10  | 2026-01-12    |            |
                | within   | Dan    | mental health | emergency | 2026-01-10  | 2026-01-10    |            |
                | physical | Eve    | acute         | emergency | 2026-01-10  | 2026-01-12    |            |
            """
        },
        "mental_health_bed_days",
        """
            | stay    | month      | bed_days | age_group | left_out                            |
            | sudden  | 2026-01-01 | 1        | 65-74     |                                     |
            | sudden  | 2026-02-01 | 28       | 65-74     |                                     |
            | sudden  | 2026-03-01 | 2        | 65-74     |                                     |
            | moved   | 2026-01-01 | 1        | 18-64     |                                     |
            | planned | 2026-01-01 | 2        |           | the admission is of another type    |
        """,
        as_of=AS_OF,
    )


def test_an_open_episode_is_closed_at_the_end_of_the_period(derived):
    """Which is the position date. Who was admitted on that day, or later, has no days yet."""
    derived(
        {
            "hospital_stays": """
                | stay  | person | kind          | admission | admitted_on | discharged_on |
                | open  | Ann    | mental health | emergency | 2026-02-27  |               |
                | today | Bob    | mental health | emergency | 2026-03-31  |               |
                | later | Cat    | mental health | emergency | 2026-04-02  |               |
                | first | Dan    | mental health | emergency | 2026-02-01  | 2026-02-02    |
            """
        },
        "mental_health_bed_days",
        """
            | stay  | month      | bed_days | left_out |
            | open  | 2026-02-01 | 1        |          |
            | open  | 2026-03-01 | 31       |          |
            | first | 2026-02-01 | 1        |          |
        """,
        as_of=AS_OF,
    )


def test_of_episodes_with_the_same_dates_one_is_kept(derived):
    """Rule 1 of the chain. Two that are open since the same day are alike too; what lies in another
    place, or is of another person, is not."""
    derived(
        {
            "hospital_stays": """
                | place | stay | person | kind          | admission | admitted_on | discharged_on |
                | North | a1   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | North | a2   | Ann    | mental health | transfer  | 2026-01-01  | 2026-01-05    |
                | North | a3   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | North | b1   | Bob    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | South | a4   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | North | c1   | Cat    | mental health | emergency | 2026-03-30  |               |
                | North | c2   | Cat    | mental health | emergency | 2026-03-30  |               |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                           |
            | a1   | 4        |                                                    |
            | a2   | 4        | the same admission and discharge as another record |
            | a3   | 4        | the same admission and discharge as another record |
            | b1   | 4        |                                                    |
            | a4   | 4        |                                                    |
            | c1   | 1        |                                                    |
            | c2   | 1        | the same admission and discharge as another record |
        """,
        as_of=AS_OF,
    )


def test_a_planned_episode_takes_no_unplanned_one_away(derived):
    """Types of admission are chosen before the chain begins."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | planned   | 2026-01-01  | 2026-01-05    |
                | a2   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | b1   | Bob    | mental health | planned   | 2026-01-01  | 2026-01-31    |
                | b2   | Bob    | mental health | emergency | 2026-01-10  | 2026-01-12    |
                | c1   | Cat    | mental health | emergency | 2026-03-01  |               |
                | c2   | Cat    | mental health | planned   | 2026-03-10  | 2026-03-12    |
                | d1   | Dan    | acute         | emergency | 2026-01-01  | 2026-01-31    |
                | d2   | Dan    | mental health | emergency | 2026-01-10  | 2026-01-12    |
                | e1   | Eve    | mental health | emergency | 2026-03-01  |               |
                | e2   | Eve    | mental health | planned   | 2026-03-01  | 2026-03-02    |
                | f1   | Fay    | mental health | planned   | 2026-01-01  | 2026-01-09    |
                | f2   | Fay    | mental health | transfer  | 2026-01-01  | 2026-01-05    |
                | g1   | Guy    | mental health | planned   | 2026-01-01  | 2026-01-09    |
                | g2   | Guy    | mental health | transfer  | 2026-01-03  | 2026-01-09    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                         |
            | a1   | 4        | the admission is of another type |
            | a2   | 4        |                                  |
            | b1   | 30       | the admission is of another type |
            | b2   | 2        |                                  |
            | c1   | 30       |                                  |
            | c2   | 2        | the admission is of another type |
            | d2   | 2        |                                  |
            | e1   | 30       |                                  |
            | e2   | 1        | the admission is of another type |
            | f1   | 8        | the admission is of another type |
            | f2   | 4        |                                  |
            | g1   | 8        | the admission is of another type |
            | g2   | 6        |                                  |
        """,
        as_of=AS_OF,
    )


def test_an_open_record_goes_where_another_of_the_same_admission_has_a_discharge(derived):
    """Rule 2, also where the other is within one day."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-03-01  |               |
                | a2   | Ann    | mental health | emergency | 2026-03-01  | 2026-03-05    |
                | b1   | Bob    | mental health | emergency | 2026-03-01  |               |
                | b2   | Bob    | mental health | emergency | 2026-03-01  | 2026-03-01    |
                | c1   | Cat    | mental health | emergency | 2026-03-01  | 2026-03-04    |
                | c2   | Cat    | mental health | emergency | 2026-03-05  |               |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                                    |
            | a1   | 30       | no discharge, and another record of the same admission has one |
            | a2   | 4        |                                                             |
            | b1   | 30       | no discharge, and another record of the same admission has one |
            | c1   | 3        |                                                             |
            | c2   | 26       |                                                             |
        """,
        as_of=AS_OF,
    )


def test_an_open_record_goes_where_the_person_was_admitted_again_later(derived):
    """Rule 3, whether the later episode has ended or not, and where it is within one day."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-03-01  |               |
                | a2   | Ann    | mental health | emergency | 2026-03-02  | 2026-03-05    |
                | b1   | Bob    | mental health | emergency | 2026-03-01  |               |
                | b2   | Bob    | mental health | transfer  | 2026-03-20  |               |
                | c1   | Cat    | mental health | emergency | 2026-03-01  |               |
                | c2   | Cat    | mental health | emergency | 2026-03-20  | 2026-03-20    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                         |
            | a1   | 30       | no discharge, and a later admission of the person |
            | a2   | 3        |                                                  |
            | b1   | 30       | no discharge, and a later admission of the person |
            | b2   | 11       |                                                  |
            | c1   | 30       | no discharge, and a later admission of the person |
        """,
        as_of=AS_OF,
    )


def test_an_episode_wholly_inside_another_goes_until_there_is_none(derived):
    """Rule 4. One that is inside an episode which goes itself is inside the outer one as well. A
    day that both share at either end is for the last two rules."""
    derived(
        {
            "hospital_stays": """
                | stay   | person | kind          | admission | admitted_on | discharged_on |
                | outer  | Ann    | mental health | emergency | 2026-01-01  | 2026-01-31    |
                | middle | Ann    | mental health | emergency | 2026-01-05  | 2026-01-20    |
                | inner  | Ann    | mental health | transfer  | 2026-01-10  | 2026-01-12    |
                | edge   | Ann    | mental health | emergency | 2026-01-02  | 2026-01-30    |
                | day    | Ann    | mental health | emergency | 2026-01-15  | 2026-01-15    |
                | over   | Ann    | mental health | emergency | 2026-01-30  | 2026-02-02    |
            """
        },
        "mental_health_bed_days",
        """
            | stay   | month      | bed_days | left_out                      |
            | outer  | 2026-01-01 | 30       |                               |
            | middle | 2026-01-01 | 15       | wholly inside another episode |
            | inner  | 2026-01-01 | 2        | wholly inside another episode |
            | edge   | 2026-01-01 | 28       | wholly inside another episode |
            | over   | 2026-01-01 | 1        |                               |
            | over   | 2026-02-01 | 2        |                               |
        """,
        as_of=AS_OF,
    )


def test_days_count_twice_where_two_episodes_overlap_only_in_part(derived):
    """No rule of the chain speaks of them: the published code keeps both."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-10    |
                | a2   | Ann    | mental health | emergency | 2026-01-05  | 2026-01-15    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out |
            | a1   | 9        |          |
            | a2   | 10       |          |
        """,
        as_of=AS_OF,
    )


def test_an_open_record_goes_where_it_overlaps_an_earlier_episode_that_ended(derived):
    """Rule 5. One that begins on the day on which the earlier ended goes on from it. It is not
    inside the earlier one, however late that ended."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-03-01  | 2026-03-20    |
                | a2   | Ann    | mental health | emergency | 2026-03-19  |               |
                | b1   | Bob    | mental health | emergency | 2026-03-01  | 2026-03-20    |
                | b2   | Bob    | mental health | transfer  | 2026-03-20  |               |
                | c1   | Cat    | mental health | emergency | 2026-03-01  | 2026-03-20    |
                | c2   | Cat    | mental health | emergency | 2026-03-02  | 2026-03-03    |
                | c3   | Cat    | mental health | emergency | 2026-03-04  |               |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                               |
            | a1   | 19       |                                                        |
            | a2   | 12       | no discharge, and begins before an earlier episode ends |
            | b1   | 19       |                                                        |
            | b2   | 11       |                                                        |
            | c1   | 19       |                                                        |
            | c2   | 1        | wholly inside another episode                          |
            | c3   | 27       | no discharge, and begins before an earlier episode ends |
        """,
        as_of=AS_OF,
    )


def test_of_episodes_with_the_same_admission_the_one_that_ends_last_is_kept(derived):
    """Rule 6, also of one that is within its first day."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | a2   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-09    |
                | a3   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-07    |
                | a4   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-01    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                        |
            | a1   | 4        | the same admission as an episode that ends later |
            | a2   | 8        |                                                 |
            | a3   | 6        | the same admission as an episode that ends later |
        """,
        as_of=AS_OF,
    )


def test_of_episodes_with_the_same_discharge_the_one_that_began_first_is_kept(derived):
    """Rule 7. It looks at what the rule before it left: of Bob's, the two that begin on the same
    day are one by then."""
    derived(
        {
            "hospital_stays": """
                | stay | person | kind          | admission | admitted_on | discharged_on |
                | a1   | Ann    | mental health | emergency | 2026-01-03  | 2026-01-09    |
                | a2   | Ann    | mental health | emergency | 2026-01-01  | 2026-01-09    |
                | a3   | Ann    | mental health | emergency | 2026-01-09  | 2026-01-09    |
                | b1   | Bob    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | b2   | Bob    | mental health | emergency | 2026-01-01  | 2026-01-09    |
                | b3   | Bob    | mental health | emergency | 2026-01-04  | 2026-01-09    |
                | c1   | Cat    | mental health | emergency | 2026-01-01  | 2026-01-05    |
                | c2   | Cat    | mental health | emergency | 2026-01-05  | 2026-01-09    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | bed_days | left_out                                            |
            | a1   | 6        | the same discharge as an episode that begins earlier |
            | a2   | 8        |                                                     |
            | b1   | 4        | the same admission as an episode that ends later    |
            | b2   | 8        |                                                     |
            | b3   | 5        | the same discharge as an episode that begins earlier |
            | c1   | 4        |                                                     |
            | c2   | 4        |                                                     |
        """,
        as_of=AS_OF,
    )


def test_months_before_the_first_in_which_any_stay_ended_have_no_mental_health_days(derived):
    derived(
        {
            "hospital_stays": """
                | stay  | person | kind          | admission | admitted_on | discharged_on |
                | long  | Ann    | mental health | emergency | 2025-01-30  | 2025-05-02    |
                | first | Bob    | acute         | planned   | 2025-04-19  | 2025-04-20    |
            """
        },
        "mental_health_bed_days",
        """
            | stay | month      | bed_days |
            | long | 2025-04-01 | 30       |
            | long | 2025-05-01 | 2        |
        """,
        as_of=AS_OF,
    )
