"""Reablement and what came after it (ASCOF 2A)

Where the examples do not say another, each event is a service of a service user, and the day
looked from is 5 May 2026.
"""

from __future__ import annotations

from datetime import date
from typing import Any


def test_services_at_most_seven_days_apart_are_one_cluster(derived: Any) -> None:
    """The outcome, and the record, are those of the service with the latest end."""
    tables = {
        "cld": """
            | person_id | service_type               | event_start_date | event_end_date | event_outcome                |
            | seven     | Short term support: ST-Max | 2025-05-01       | 2025-05-10     | NFA: Support declined        |
            | seven     | Short term support: ST-Max | 2025-05-17       | 2025-05-31     | NFA: Support ended as planned |
            | eight     | Short term support: ST-Max | 2025-05-01       | 2025-05-10     | NFA: Support declined        |
            | eight     | Short term support: ST-Max | 2025-05-18       | 2025-05-31     | NFA: Support ended as planned |
        """
    }
    expect = """
        | person_id | started_on | ended_on   | sequel                        | independent | left_out         | row |
        | seven     | 2025-05-01 | 2025-05-31 | NFA: Support ended as planned | yes         |                  | 2   |
        | eight     | 2025-05-01 | 2025-05-10 | NFA: Support declined         | no          | support declined | 3   |
        | eight     | 2025-05-18 | 2025-05-31 | NFA: Support ended as planned | yes         |                  | 4   |
    """
    derived(tables, "reablement_outcomes", expect)


def test_what_ended_before_the_months_that_the_data_cover_is_left_out(derived: Any) -> None:
    """Services that closed long ago are still held by some systems: all others of then are lacking.

    Requests, assessments and reviews are sent when they end, and tell where the data begin.
    """
    tables = {
        "cld": """
            | person_id | event_type | service_type               | event_start_date | event_end_date | event_outcome                 |
            | long ago  | Service    | Short term support: ST-Max | 2021-05-01       | 2021-05-31     | NFA: Support ended as planned |
            | the first | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-02     | NFA: Support ended as planned |
            | other     | Request    |                            | 2025-04-20       | 2025-05-20     |                               |
        """
    }
    expect = """
        | person_id | independent | covered_from | left_out                                                      |
        | long ago  | no          | 2025-05-01   | ended before the first month that the data of the place cover |
        | the first | yes         | 2025-05-01   |                                                               |
    """
    derived(tables, "reablement_outcomes", expect)


def test_nothing_that_ended_before_april_2023_counts(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_type | service_type               | event_start_date | event_end_date | event_outcome                 |
            | before    | Service    | Short term support: ST-Max | 2023-03-01       | 2023-03-31     | NFA: Support ended as planned |
            | after     | Service    | Short term support: ST-Max | 2023-03-01       | 2023-04-01     | NFA: Support ended as planned |
            | other     | Request    |                            | 2023-02-20       | 2023-02-20     |                               |
        """
    }
    expect = """
        | person_id | independent | covered_from | left_out                                                      |
        | before    | no          | 2023-04-01   | ended before the first month that the data of the place cover |
        | after     | yes         | 2023-04-01   |                                                               |
    """
    derived(tables, "reablement_outcomes", expect)


def test_a_gap_is_counted_from_the_latest_end_so_far_not_from_the_service_before(
    derived: Any,
) -> None:
    tables = {
        "cld": """
            | person_id | service_type               | event_start_date | event_end_date | event_outcome |
            | p1        | Short term support: ST-Max | 2025-05-01       | 2025-06-30     | NFA: Other    |
            | p1        | Short term support: ST-Max | 2025-05-02       | 2025-05-03     |               |
            | p1        | Short term support: ST-Max | 2025-07-07       | 2025-07-31     | NFA: Other    |
        """
    }
    expect = """
        | started_on | ended_on   |
        | 2025-05-01 | 2025-07-31 |
    """
    derived(tables, "reablement_outcomes", expect)


def test_of_services_that_end_together_the_usable_outcome_goes_first(derived: Any) -> None:
    """Outcomes of progress and continuation are not usable: they do not tell how care went on."""
    tables = {
        "cld": """
            | person_id | service_type               | service_component | event_start_date | event_end_date | event_outcome                           |
            | p1        | Short term support: ST-Max | Reablement        | 2025-05-01       | 2025-05-31     | Progress to support planning or services |
            | p1        | Short term support: ST-Max |                   | 2025-05-02       | 2025-05-31     | NFA: Other                              |
        """
    }
    expect = """
        | sequel     | row |
        | NFA: Other | 2   |
    """
    derived(tables, "reablement_outcomes", expect)


def test_any_component_and_any_spelling_of_st_max_is_reablement(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | client_type    | event_type | service_type                  | service_component | event_start_date | event_end_date | event_outcome             |
            | p1        | SERVICE USER   | service    | Short Term Support: ST-Max    |                   | 2025-05-01       | 2025-05-31     | Service ended as planned  |
            | p2        | Service User   | Service    | "short term support: st-max " | Day support       | 2025-05-01       | 2025-05-31     | NFA - Support declined    |
            | carer     | Carer          | Service    | Short term support: ST-Max    |                   | 2025-05-01       | 2025-05-31     | NFA- Other                |
        """
    }
    expect = """
        | person_id | sequel                        | independent |
        | p1        | NFA: Support ended as planned | yes         |
        | p2        | NFA: Support declined         | no          |
    """
    derived(tables, "reablement_outcomes", expect)


def test_a_service_that_ends_before_it_starts_is_not_looked_at(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | service_type               | event_start_date | event_end_date |
            | p1        | Short term support: ST-Max | 2025-05-02       | 2025-05-01     |
        """
    }
    derived(tables, "reablement_outcomes", "| person_id |")


def test_reablement_that_goes_on_is_left_out(derived: Any) -> None:
    """So is one that ended so lately that the days after it are not over."""
    tables = {
        "cld": """
            | person_id | service_type               | event_start_date | event_end_date | event_outcome |
            | open      | Short term support: ST-Max | 2026-04-01       |                |               |
            | both      | Short term support: ST-Max | 2026-04-01       | 2026-04-20     | NFA: Other    |
            | both      | Short term support: ST-Max | 2026-04-02       |                |               |
            | seven     | Short term support: ST-Max | 2026-04-01       | 2026-04-28     | NFA: Other    |
            | six       | Short term support: ST-Max | 2026-04-01       | 2026-04-29     | NFA: Other    |
        """
    }
    expect = """
        | person_id | ended_on   | left_out                                |
        | open      |            | the reablement has not ended            |
        | both      |            | the reablement has not ended            |
        | seven     | 2026-04-28 |                                         |
        | six       | 2026-04-29 | the days after its end are not over yet |
    """
    derived(tables, "reablement_outcomes", expect)


def test_a_client_is_new_without_long_term_support_in_the_91_days_before(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | service_type                        | event_start_date | event_end_date | event_outcome |
            | 90 days   | Long term support: Community        | 2024-05-01       | 2025-01-31     |               |
            | 90 days   | Short term support: ST-Max          | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | 91 days   | Long term support: Community        | 2024-05-01       | 2025-01-30     |               |
            | 91 days   | Short term support: ST-Max          | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | open      | Long Term Support: Residential Care | 2025-04-30       |                |               |
            | open      | Short term support: ST-Max          | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | same day  | Long term support: Prison           | 2025-05-01       | 2025-05-20     |               |
            | same day  | Short term support: ST-Max          | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | low level | Short term support: Ongoing low level | 2025-01-01     | 2025-05-20     |               |
            | low level | Short term support: ST-Max          | 2025-05-01       | 2025-05-31     | NFA: Other    |
        """
    }
    expect = """
        | person_id | new_client | left_out                                                |
        | 90 days   | no         | long-term support in the time before: not a new client |
        | 91 days   | yes        |                                                         |
        | open      | no         | long-term support in the time before: not a new client |
        | same day  | yes        |                                                         |
        | low level | yes        |                                                         |
    """
    derived(tables, "reablement_outcomes", expect)


def test_age_is_that_on_the_last_day_and_without_a_birth_a_person_counts(derived: Any) -> None:
    """By the formula of the method a person may be a year too young on the birthday itself."""
    tables = {
        "cld": """
            | person_id | date_of_birth | service_type               | event_start_date | event_end_date | event_outcome |
            | 17        | 2007-06-01    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | 18        | 2007-05-30    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | day of 65 | 1960-05-31    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | 64        | 1960-06-01    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | day after | 1959-05-31    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | unknown   |               | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other    |
        """
    }
    expect = """
        | person_id | age | age_true | age_band  | left_out                         |
        | 17        | 17  | 17       | Under 18  | under 18 on the day that counts |
        | 18        | 18  | 18       | 18-64     |                                  |
        | day of 65 | 64  | 65       | 18-64     |                                  |
        | 64        | 64  | 64       | 18-64     |                                  |
        | day after | 66  | 66       | 65plus    |                                  |
        | unknown   |     |          | Not known |                                  |
    """
    derived(tables, "reablement_outcomes", expect)
    expect = """
        | person_id | age | age_true | age_band  |
        | 17        | 17  | 17       | Under 18  |
        | 18        | 18  | 18       | 18-64     |
        | day of 65 | 65  | 65       | 65plus    |
        | 64        | 64  | 64       | 18-64     |
        | day after | 66  | 66       | 65plus    |
        | unknown   |     |          | Not known |
    """
    derived(tables, "reablement_outcomes", expect, parameters={"true_age": True})


def test_step_1_a_death_up_to_seven_days_after_the_end_is_the_sequel(derived: Any) -> None:
    """It goes before everything else, and the cluster does not count."""
    tables = {
        "cld": """
            | person_id | date_of_death | service_type                         | event_start_date | event_end_date | event_outcome        |
            | day 7     | 2025-06-07    | Short term support: ST-Max           | 2025-05-01       | 2025-05-31     | Admitted to hospital |
            | day 7     | 2025-06-07    | Long term support: Nursing care      | 2025-06-01       |                |                      |
            | day 8     | 2025-06-08    | Short term support: ST-Max           | 2025-05-01       | 2025-05-31     | NFA: Other           |
            | during    | 2025-05-20    | Short term support: ST-Max           | 2025-05-01       | 2025-05-31     | NFA: Other           |
            | open      | 2025-05-20    | Short term support: ST-Max           | 2025-05-01       |                |                      |
        """
    }
    expect = """
        | person_id | ended_on   | sequel        | sequel_from | step | left_out                                          |
        | day 7     | 2025-05-31 | NFA: Deceased | death       | 1    | died, by the record of the death or by an outcome |
        | day 8     | 2025-05-31 | NFA: Other    | outcome     | 4a   |                                                   |
        | during    | 2025-05-20 | NFA: Deceased | death       | 1    | died, by the record of the death or by an outcome |
        | open      | 2025-05-20 | NFA: Deceased | death       | 1    | died, by the record of the death or by an outcome |
    """
    derived(tables, "reablement_outcomes", expect)


def test_a_death_on_the_first_day_is_a_sequel_and_does_not_come_before_it(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | date_of_death | service_type               | event_start_date | event_end_date |
            | p1        | 2025-05-01    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |
        """
    }
    expect = """
        | ended_on   | sequel        | left_out                                          |
        | 2025-05-01 | NFA: Deceased | died, by the record of the death or by an outcome |
    """
    derived(tables, "reablement_outcomes", expect)


def test_who_died_before_it_began_by_what_is_known_last_is_left_out(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | date_of_death | service_type                 | event_start_date | event_end_date | event_outcome |
            | p1        |               | Short term support: ST-Max   | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | p1        | 2025-04-30    | Long term support: Community | 2025-01-01       | 2025-01-10     |               |
        """
    }
    expect = """
        | left_out             |
        | died before it began |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_2_the_outcome_admitted_to_hospital_is_the_sequel(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | service_type                 | event_start_date | event_end_date | event_outcome        |
            | p1        | Short term support: ST-Max   | 2025-05-01       | 2025-05-31     | ADMITTED TO HOSPITAL |
            | p1        | Long term support: Community | 2025-06-01       |                |                      |
        """
    }
    expect = """
        | sequel               | sequel_from | step | independent | left_out             |
        | Admitted to hospital | hospital    | 2    | no          | admitted to hospital |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_3_a_service_that_begins_up_to_seven_days_after_the_end_is_the_sequel(
    derived: Any,
) -> None:
    """Or one that began in the reablement and went on after its end. Each type has its place."""
    tables = {
        "cld": """
            | person_id   | service_type                          | service_component       | event_start_date | event_end_date | event_outcome |
            | nursing     | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | nursing     | Long term support: Nursing care       |                         | 2025-06-07       |                |               |
            | day 8       | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | day 8       | Long term support: Nursing care       |                         | 2025-06-08       |                |               |
            | residential | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | residential | Long term support: Residential care   |                         | 2025-05-01       | 2025-06-01     |               |
            | community   | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | community   | Long term support: Community          | Short term nursing care | 2025-06-01       | 2025-06-01     |               |
            | prison      | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | prison      | Long term support: Prison             |                         | 2025-06-01       | 2025-06-01     |               |
            | low level   | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     |               |
            | low level   | Short term support: Ongoing low level |                         | 2025-06-01       | 2025-06-01     |               |
            | other short | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     |               |
            | other short | Short term support: Other short term  | Day support             | 2025-06-01       | 2025-06-01     |               |
            | other bed   | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | other bed   | Short term support: Other short term  | Day support             | 2025-06-01       | 2025-06-01     |               |
            | other bed   | Short Term Support: Other Short Term  | SHORT TERM NURSING CARE | 2025-06-02       | 2025-06-02     |               |
            | inside      | Short term support: ST-Max            |                         | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | inside      | Long term support: Community          |                         | 2025-05-02       | 2025-05-31     |               |
        """
    }
    expect = """
        | person_id   | sequel                                          | sequel_from | step | independent |
        | nursing     | Long term support: Nursing care                 | service     | 3    | no          |
        | day 8       | NFA: Other                                      | outcome     | 4a   | yes         |
        | residential | Long term support: Residential care             | service     | 3    | no          |
        | community   | Long term support: Community                    | service     | 3    | no          |
        | prison      | Long term support: Prison                       | service     | 3    | no          |
        | low level   | Short term support: Ongoing low level           | service     | 3    | yes         |
        | other short | Short term support: Other short term            | service     | 3    | yes         |
        | other bed   | Short term support: Residential or Nursing care | service     | 3    | no          |
        | inside      | NFA: Other                                      | outcome     | 4a   | yes         |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_3_of_two_services_the_heavier_is_the_sequel(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | service_type                          | event_start_date | event_end_date | event_outcome |
            | p1        | Short term support: ST-Max            | 2025-05-01       | 2025-05-31     | NFA: Other    |
            | p1        | Short term support: Ongoing low level | 2025-06-01       |                |               |
            | p1        | Long term support: Community          | 2025-06-05       | 2025-06-06     |               |
        """
    }
    expect = """
        | sequel                       |
        | Long term support: Community |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_4a_a_usable_outcome_of_its_own_is_the_sequel(derived: Any) -> None:
    """Seven outcomes count as independence; four more are known, and leave the cluster out."""
    tables = {
        "cld": """
            | person_id | service_type               | event_start_date | event_end_date | event_outcome                                           |
            | 1         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Information and advice or signposting              |
            | 2         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Support ended as planned                           |
            | 3         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Responsibility moved to another local authority    |
            | 4         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other                                              |
            | 5         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: No services offered for other reason               |
            | 6         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Support ended for other reason                     |
            | 7         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Referral to other service within the local authority |
            | 8         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Deceased                                           |
            | 9         | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Referral to NHS services or NHS funded social care |
            | 10        | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA - Self-funded client (Inc. 12wk disregard)          |
            | 11        | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Support declined                                   |
        """
    }
    expect = """
        | person_id | step | independent | left_out                                          |
        | 1         | 4a   | yes         |                                                   |
        | 2         | 4a   | yes         |                                                   |
        | 3         | 4a   | yes         |                                                   |
        | 4         | 4a   | yes         |                                                   |
        | 5         | 4a   | yes         |                                                   |
        | 6         | 4a   | yes         |                                                   |
        | 7         | 4a   | yes         |                                                   |
        | 8         | 4a   | no          | died, by the record of the death or by an outcome |
        | 9         | 4a   | no          | referred to the NHS, or funded by it              |
        | 10        | 4a   | no          | self-funded, or under the 12-week disregard       |
        | 11        | 4a   | no          | support declined                                  |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_4b_an_outcome_of_a_request_assessment_or_review_after_it_is_the_sequel(
    derived: Any,
) -> None:
    """Where it ranks before the cluster's own. 'Ended as planned' tells nothing there."""
    tables = {
        "cld": """
            | person_id | event_type | service_type               | event_start_date | event_end_date | event_outcome                              |
            | better    | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Other                                 |
            | better    | Review     |                            | 2025-06-07       | 2025-06-20     | NFA: Support declined                      |
            | worse     | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | NFA: Information and advice or signposting |
            | worse     | Request    |                            | 2025-06-07       | 2025-06-07     | NFA: Other                                 |
            | only      | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | Progress to support planning or services   |
            | only      | Assessment |                            | 2025-05-20       | 2025-06-01     | NFA: Other                                 |
            | day 8     | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | Progress to support planning or services   |
            | day 8     | Assessment |                            | 2025-06-08       | 2025-06-20     | NFA: Other                                 |
            | planned   | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     | Progress to support planning or services   |
            | planned   | Review     |                            | 2025-06-01       | 2025-06-20     | NFA: Support ended as planned              |
            | other     | Request    |                            | 2025-05-20       | 2025-05-20     |                                            |
        """
    }
    expect = """
        | person_id | sequel                                     | sequel_from  | step | independent |
        | better    | NFA: Support declined                      | outcome      | 4b   | no          |
        | worse     | NFA: Information and advice or signposting | outcome      | 4a   | yes         |
        | only      | NFA: Other                                 | outcome      | 4b   | yes         |
        | day 8     | Progress to support planning or services   | unclassified | 6    | no          |
        | planned   | Progress to support planning or services   | unclassified | 6    | no          |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_4c_the_last_assessment_or_review_fewer_than_14_days_before_the_end_tells_too(
    derived: Any,
) -> None:
    """It must have begun in the reablement, ended after its first day, and ended in it."""
    tables = {
        "cld": """
            | person_id | event_type | service_type               | event_start_date | event_end_date | event_outcome         |
            | 13 days   | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | 13 days   | Review     |                            | 2025-05-10       | 2025-05-18     | NFA: Other            |
            | 14 days   | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | 14 days   | Review     |                            | 2025-05-10       | 2025-05-17     | NFA: Other            |
            | last day  | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | last day  | Assessment |                            | 2025-05-31       | 2025-05-31     | NFA: Other            |
            | begun     | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | begun     | Assessment |                            | 2025-04-30       | 2025-05-31     | NFA: Other            |
            | first day | Service    | Short term support: ST-Max | 2025-05-25       | 2025-05-31     |                       |
            | first day | Assessment |                            | 2025-05-25       | 2025-05-25     | NFA: Other            |
            | request   | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | request   | Request    |                            | 2025-05-30       | 2025-05-31     | NFA: Other            |
            | two       | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | two       | Review     |                            | 2025-05-02       | 2025-05-29     | NFA: Support declined |
            | two       | Review     |                            | 2025-05-03       | 2025-05-30     | NFA: Other            |
            | of a day  | Service    | Short term support: ST-Max | 2025-05-01       | 2025-05-31     |                       |
            | of a day  | Review     |                            | 2025-05-02       | 2025-05-30     | NFA: Support declined |
            | of a day  | Review     |                            | 2025-05-03       | 2025-05-30     | NFA: Other            |
        """
    }
    expect = """
        | person_id | sequel                | sequel_from  | step |
        | 13 days   | NFA: Other            | outcome      | 4c   |
        | 14 days   |                       | unclassified | 6    |
        | last day  | NFA: Other            | outcome      | 4c   |
        | begun     |                       | unclassified | 6    |
        | first day |                       | unclassified | 6    |
        | request   |                       | unclassified | 6    |
        | two       | NFA: Other            | outcome      | 4c   |
        | of a day  | NFA: Support declined | outcome      | 4c   |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_5_equipment_in_the_reablement_is_ongoing_low_level_support(derived: Any) -> None:
    """Unless the reablement itself has that component."""
    tables = {
        "cld": """
            | person_id | service_type                          | service_component | event_start_date | event_end_date | event_outcome         |
            | p1        | Short term support: ST-Max            |                   | 2025-05-01       | 2025-05-31     | No change in package  |
            | p1        | Short term support: Ongoing low level | equipment         | 2025-05-10       | 2025-05-11     |                       |
            | first day | Short term support: ST-Max            |                   | 2025-05-01       | 2025-05-31     |                       |
            | first day | Short term support: Ongoing low level | Equipment         | 2025-05-01       | 2025-05-01     |                       |
            | itself    | Short term support: ST-Max            | Equipment         | 2025-05-01       | 2025-05-31     |                       |
            | outcome   | Short term support: ST-Max            |                   | 2025-05-01       | 2025-05-31     | NFA: Support declined |
            | outcome   | Short term support: Ongoing low level | Equipment         | 2025-05-10       | 2025-05-11     |                       |
        """
    }
    expect = """
        | person_id | sequel                                | sequel_from  | step | independent |
        | p1        | Short term support: Ongoing low level | equipment    | 5    | yes         |
        | first day |                                       | unclassified | 6    | no          |
        | itself    |                                       | unclassified | 6    | no          |
        | outcome   | NFA: Support declined                 | outcome      | 4a   | no          |
    """
    derived(tables, "reablement_outcomes", expect)


def test_step_6_what_nothing_tells_is_left_out_unless_its_own_outcome_is_usable(
    derived: Any,
) -> None:
    """The published code does not ask the own outcome in step 4 where all that came after is of a
    kind that tells nothing, here a service for a carer. It is asked in the end, and counts."""
    tables = {
        "cld": """
            | person_id | event_type | service_type                                | service_component | event_start_date | event_end_date | event_outcome                                 |
            | unusable  | Service    | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     | Progress to assessment, review or reassessment |
            | end of life | Service  | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     | Progress to End of Life Care                  |
            | unheard   | Service    | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     | Something else                                |
            | missing   | Service    | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     |                                               |
            | usable    | Service    | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     | NFA: Other                                    |
            | usable    | Service    | Unpaid carer support: Direct to unpaid carer |                  | 2025-06-01       |                |                                               |
            | planned   | Service    | Short term support: ST-Max                  |                   | 2025-05-01       | 2025-05-31     | NFA: Support declined                         |
            | planned   | Review     |                                             |                   | 2025-06-01       | 2025-06-02     | NFA: Support ended as planned                 |
            | planned   | Service    | Short term support: Ongoing low level       | Equipment         | 2025-05-10       | 2025-05-11     |                                               |
            | other     | Request    |                                             |                   | 2025-05-20       | 2025-05-20     |                                               |
        """
    }
    expect = """
        | person_id   | sequel                                        | sequel_from  | step | independent | left_out                         |
        | unusable    | Progress to assessment, review or reassessment | unclassified | 6   | no          | no record tells what came after |
        | end of life | Progress to end of life care                  | unclassified | 6    | no          | no record tells what came after |
        | unheard     | Something else                                | unclassified | 6    | no          | no record tells what came after |
        | missing     |                                               | unclassified | 6    | no          | no record tells what came after |
        | usable      | NFA: Other                                    | outcome      | 6    | yes         |                                  |
        | planned     | Short term support: Ongoing low level         | equipment    | 5    | yes         |                                  |
    """
    derived(tables, "reablement_outcomes", expect)
    expect = """
        | person_id   | sequel                                        | step | left_out                         |
        | unusable    | Progress to assessment, review or reassessment | 6   | no record tells what came after |
        | end of life | Progress to end of life care                  | 6    | no record tells what came after |
        | unheard     | Something else                                | 6    | no record tells what came after |
        | missing     |                                               | 6    | no record tells what came after |
        | usable      | NFA: Other                                    | 4a   |                                  |
        | planned     | NFA: Support declined                         | 4a   | support declined                 |
    """
    derived(tables, "reablement_outcomes", expect, parameters={"own_outcome_always": True})


def test_one_person_in_two_councils_is_two_clusters(derived: Any) -> None:
    tables = {
        "cld": """
            | la_code | person_id | nhs_number | service_type                 | event_start_date | event_end_date | event_outcome |
            | North   | p1        | 9434765919 | Short term support: ST-Max   | 2025-05-01       | 2025-05-10     | NFA: Other    |
            | South   | q7        | 9434765919 | Short term support: ST-Max   | 2025-05-11       | 2025-05-31     | NFA: Other    |
            | South   | q7        | 9434765919 | Long term support: Community | 2025-05-11       |                |               |
        """
    }
    expect = """
        | place | person_id | ended_on   | independent |
        | North | p1        | 2025-05-10 | yes         |
        | South | q7        | 2025-05-31 | no          |
    """
    derived(tables, "reablement_outcomes", expect)


def test_a_service_that_vanished_ends_where_the_rule_ends_it(derived: Any) -> None:
    """Then the reablement has ended, and its sequel can be asked."""
    tables = {
        "cld": """
            | person_id | event_type | service_type               | event_start_date | event_end_date | event_outcome | imported_on |
            | filler    | Request    |                            | 2025-01-02       | 2025-01-31     |               | 2025-04-20  |
            | filler    | Request    |                            | 2025-03-02       | 2025-03-31     |               | 2025-04-20  |
            | p1        | Service    | Short term support: ST-Max | 2025-03-10       |                | NFA: Other    | 2025-04-20  |
            | filler    | Request    |                            | 2025-04-02       | 2025-04-30     |               | 2025-07-20  |
            | filler    | Request    |                            | 2025-06-02       | 2025-06-30     |               | 2025-07-20  |
        """
    }
    expect = """
        | person_id | ended_on   | sequel     |
        | p1        | 2025-03-31 | NFA: Other |
    """
    derived(tables, "reablement_outcomes", expect)
    expect = """
        | person_id | ended_on | left_out                     |
        | p1        |          | the reablement has not ended |
    """
    derived(tables, "reablement_outcomes", expect, as_of=date(2025, 7, 19))
