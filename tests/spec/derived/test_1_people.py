"""Client level data: people, as last known"""

from __future__ import annotations

from datetime import date
from typing import Any


def test_what_is_known_goes_before_what_is_not_and_then_the_latest_counts(derived: Any) -> None:
    """The latest end goes first, an open one before all, and then the latest start. What is not
    in the lists is as good as none, where the lists are whole."""
    tables = {
        "cld": """
            | person_id | event_start_date | event_end_date | gender  | employment_status                  | primary_support_reason     |
            | p1        | 2025-01-01       | 2025-01-31     | Female  | Paid: Hours per week unknown       | Learning Disability Support |
            | p1        | 2025-03-01       |                | unknown | Something else                     |                            |
            | p2        | 2025-01-01       |                | Female  | Unknown                            | Reason one                 |
            | p2        | 2025-02-01       | 2025-02-28     | Male    | Not in Paid Employment (seeking work) | Reason two              |
            | p3        | 2025-01-01       | 2025-02-28     | Female  |                                    |                            |
            | p3        | 2025-02-01       | 2025-02-28     | Male    |                                    |                            |
        """
    }
    expect = """
        | person_id | gender  | employment_status                    | primary_support_reason      |
        | p1        | Female  | Paid: Hours per week unknown         | Learning Disability Support |
        | p2        | Female  | Not in paid employment: Seeking work | Reason one                  |
        | p3        | Male    | Unknown                              | Unknown                     |
    """
    derived(tables, "cld_people", expect)


def test_values_that_contradict_each_other_are_unknown(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | gender | ethnicity    | accommodation_status |
            | p1        | Request    | 2025-01-01       | 2025-01-31     | Female | White: Irish | Refuge               |
            | p1        | Review     | 2025-01-01       | 2025-01-31     | MALE   | White: Roma  | refuge               |
        """
    }
    expect = """
        | person_id | gender  | ethnicity                         | accommodation_status |
        | p1        | Unknown | No data: Undeclared or not known | Refuge               |
    """
    derived(tables, "cld_people", expect)


def test_the_later_submission_goes_before_the_later_end(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | gender | imported_on |
            | filler    | Request    | 2025-01-02       | 2025-01-31     |        | 2025-04-20  |
            | p1        | Service    | 2025-01-02       |                | Female | 2025-04-20  |
            | filler    | Request    | 2025-03-02       | 2025-03-31     |        | 2025-04-20  |
            | filler    | Request    | 2025-04-02       | 2025-04-30     |        | 2025-07-20  |
            | p1        | Request    | 2025-06-02       | 2025-06-30     | Male   | 2025-07-20  |
        """
    }
    expect = """
        | person_id | gender  |
        | filler    | Unknown |
        | p1        | Male    |
    """
    derived(tables, "cld_people", expect)


def test_a_reason_of_carers_and_a_refusal_count_only_where_nothing_else_is_known(
    derived: Any,
) -> None:
    tables = {
        "cld": """
            | person_id | event_start_date | primary_support_reason            | ethnicity                        |
            | p1        | 2025-01-01       | Learning Disability Support       | White: Irish                     |
            | p1        | 2025-02-01       | Social Support: Support to Carer  | No data: Refused                 |
            | p2        | 2025-01-01       | Social Support: Support to Carer  | No data: Refused                 |
            | p2        | 2025-02-01       |                                   | No data: Undeclared or not known |
        """
    }
    expect = """
        | person_id | primary_support_reason                 | ethnicity        |
        | p1        | Learning Disability Support            | White: Irish     |
        | p2        | Social support: Support to unpaid carer | No data: Refused |
    """
    derived(tables, "cld_people", expect)


def test_of_dates_of_birth_the_earliest_and_of_dates_of_death_the_latest_is_taken(
    derived: Any,
) -> None:
    """Nationally the first of the month stands for the day of birth."""
    tables = {
        "cld": """
            | person_id | event_start_date | date_of_birth | date_of_death |
            | p1        | 2025-01-01       | 1945-05-20    |               |
            | p1        | 2025-02-01       | 1945-06-20    | 2025-06-10    |
            | p1        | 2025-03-01       |               | 2025-06-12    |
        """
    }
    expect = """
        | born_on    | died_on    |
        | 1945-05-20 | 2025-06-12 |
    """
    derived(tables, "cld_people", expect)
    expect = """
        | born_on    |
        | 1945-05-01 |
    """
    derived(tables, "cld_people", expect, parameters={"birth_first_of_month": True})


def test_accommodation_that_is_not_known_comes_from_the_latest_service(derived: Any) -> None:
    """By type, and by four components; what it tells of the home may be a presumption."""
    tables = {
        "cld": """
            | person_id    | service_type                        | service_component                | event_start_date | accommodation_status |
            | stated       | Long term support: Residential care |                                  | 2025-01-01       | Tenant               |
            | nursing      | Long Term Support: Nursing Care     |                                  | 2025-01-01       |                      |
            | nursing      | Long term support: Residential care |                                  | 2025-02-01       |                      |
            | residential  | Long term support: Residential care |                                  | 2025-01-01       | Unknown              |
            | shared lives | Short term support: Other short term | Shared Lives                    | 2025-01-01       | Unknown              |
            | supported    | Long term support: Community        | Community supported living       | 2025-01-01       | Unknown              |
            | extra care   | Long term support: Community        | Extra care housing               | 2025-01-01       | Unknown              |
            | home support | Long term support: Community        | Home support or domiciliary care | 2025-01-01       | Unknown              |
            | community    | Long term support: Community        | Day support                      | 2025-01-01       | Unknown              |
            | prison       | Long term support: Prison           |                                  | 2025-01-01       | Unknown              |
            | reablement   | Short term support: ST-Max          | Home support or domiciliary care | 2025-01-01       | Unknown              |
        """
    }
    expect = """
        | person_id    | accommodation_status                                              | accommodation_from | settled |
        | stated       | Tenant: Local authority or other social housing provider          | stated             | yes     |
        | nursing      | Registered nursing home                                           | latest service     | no      |
        | residential  | Registered care home                                              | latest service     | no      |
        | shared lives | Shared Lives scheme                                               | latest service     | yes     |
        | supported    | Supported accommodation, supported lodgings or supported group home | latest service   | yes     |
        | extra care   | Sheltered housing, extra care housing or other sheltered housing  | latest service     | yes     |
        | home support | Unknown: presumed at home                                         | latest service     | yes     |
        | community    | Unknown: presumed in community                                    | latest service     | no      |
        | prison       | Prison, young offenders institution or detention centre           | latest service     | no      |
        | reablement   | Unknown                                                           | stated             | no      |
    """
    derived(tables, "cld_people", expect)


def test_the_latest_service_is_that_with_the_latest_end_before_its_type_is_asked(
    derived: Any,
) -> None:
    """Two of the components in services of one rank cancel each other."""
    tables = {
        "cld": """
            | person_id | service_type                    | service_component          | event_start_date | event_end_date |
            | ended     | Long term support: Nursing care |                            | 2025-01-01       | 2025-01-31     |
            | ended     | Long term support: Community    | Shared Lives               | 2024-01-01       | 2025-02-28     |
            | two       | Long term support: Community    | Shared Lives               | 2025-01-01       |                |
            | two       | Long term support: Community    | Extra care housing         | 2025-01-01       |                |
            | later     | Long term support: Community    | Shared Lives               | 2025-01-01       |                |
            | later     | Long term support: Community    | Extra care housing         | 2025-01-02       |                |
            | useful    | Long term support: Community    | Day support                | 2025-01-02       |                |
            | useful    | Long term support: Community    | Extra care housing         | 2025-01-01       |                |
        """
    }
    expect = """
        | person_id | accommodation_status                                             |
        | ended     | Shared Lives scheme                                              |
        | two       | Unknown: presumed in community                                   |
        | later     | Sheltered housing, extra care housing or other sheltered housing |
        | useful    | Sheltered housing, extra care housing or other sheltered housing |
    """
    derived(tables, "cld_people", expect)


def test_whom_a_record_of_an_unpaid_carer_names_has_an_unpaid_carer(derived: Any) -> None:
    """The record must be active in the 365 days up to the day looked from."""
    tables = {
        "cld": """
            | person_id | client_type               | event_start_date | event_end_date | has_unpaid_carer | adult_1_person_id | adult_2_person_id |
            | named     | Service user              | 2025-01-01       |                | No               |                   |                   |
            | second    | Service user              | 2025-01-01       |                |                  |                   |                   |
            | too old   | Service user              | 2025-01-01       |                | No               |                   |                   |
            | by a user | Service user              | 2025-01-01       |                | No               |                   |                   |
            | carer     | Carer                     | 2025-01-01       | 2025-05-06     |                  | NAMED             | second            |
            | carer 2   | Carer known by association | 2025-01-01      | 2025-05-05     |                  | too old           |                   |
            | user      | Service user              | 2025-01-01       |                |                  | by a user         |                   |
        """
    }
    expect = """
        | person_id | has_unpaid_carer |
        | named     | Yes              |
        | second    | Yes              |
        | too old   | No               |
        | by a user | No               |
        | carer     | Unknown          |
        | carer 2   | Unknown          |
        | user      | Unknown          |
    """
    derived(tables, "cld_people", expect)


def test_a_person_has_the_identifier_of_the_latest_record_that_has_one(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | nhs_number | event_start_date | event_end_date |
            | old       | 9434765919 | 2025-01-01       | 2025-01-31     |
            | new       | 9434765919 | 2025-02-01       | 2025-02-28     |
            |           | 9434765919 | 2025-03-01       |                |
        """
    }
    expect = """
        | person               | person_id | seen_on    | row |
        | North NHS 9434765919 | new       | 2025-03-01 | 3   |
    """
    derived(tables, "cld_people", expect, as_of=date(2025, 12, 31))
