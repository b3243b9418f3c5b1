"""Client level data: unique events"""

from __future__ import annotations

from datetime import date
from typing import Any


def test_two_records_of_one_service_are_one_event_and_the_open_one_is_kept(derived: Any) -> None:
    """Texts are compared without regard to case and blanks; release 1 is put into release 2."""
    tables = {
        "cld": """
            | person_id | service_type                  | event_start_date | event_end_date |
            | p1        | Long Term Support: Community  | 2025-05-01       | 2025-06-30     |
            | P1        | "Long term support: community " | 2025-05-01     |                |
        """
    }
    expect = """
        | person      | service_type                 | start_on   | end_on | row |
        | North ID p1 | Long term support: Community | 2025-05-01 |        | 2   |
    """
    derived(tables, "cld_events", expect)


def test_of_two_records_that_end_alike_the_better_outcome_is_kept(derived: Any) -> None:
    """A missing outcome, and one that is not in the national order, come last."""
    tables = {
        "cld": """
            | person_id | event_start_date | event_end_date | event_outcome                |
            | p1        | 2025-05-01       | 2025-06-30     |                              |
            | p1        | 2025-05-01       | 2025-06-30     | NFA- Other                   |
            | p1        | 2025-05-01       | 2025-06-30     | Service ended as planned     |
            | p1        | 2025-05-01       | 2025-06-30     | Something else               |
        """
    }
    expect = """
        | outcome                       | outcome_rank | row |
        | NFA: Support ended as planned | 14           | 3   |
    """
    derived(tables, "cld_events", expect)


def test_of_two_records_that_are_alike_a_conversation_is_kept_and_then_the_last(
    derived: Any,
) -> None:
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | conversation |
            | p1        | Request    | 2025-05-01       | 2025-05-02     | Yes          |
            | p1        | Request    | 2025-05-01       | 2025-05-02     | No           |
            | p2        | Request    | 2025-05-01       | 2025-05-02     |              |
            | p2        | Request    | 2025-05-01       | 2025-05-02     |              |
        """
    }
    expect = """
        | person_id | conversation | row |
        | p1        | yes          | 1   |
        | p2        | no           | 4   |
    """
    derived(tables, "cld_events", expect)


def test_a_request_with_another_end_or_another_route_is_another_event(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | route_of_access |
            | p1        | Request    | 2025-05-01       | 2025-05-02     | Discharge       |
            | p1        | request    | 2025-05-01       | 2025-05-02     | DISCHARGE       |
            | p1        | Request    | 2025-05-01       | 2025-05-03     | Discharge       |
            | p1        | Request    | 2025-05-01       | 2025-05-02     | Self-referral   |
            | p1        | Request    | 2025-05-01       | 2025-05-02     |                 |
        """
    }
    expect = """
        | end_on     | route_of_access | row |
        | 2025-05-02 | DISCHARGE       | 2   |
        | 2025-05-03 | Discharge       | 3   |
        | 2025-05-02 | Self-referral   | 4   |
        | 2025-05-02 |                 | 5   |
    """
    derived(tables, "cld_events", expect)


def test_services_differ_by_type_and_component_and_not_by_their_end(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_start_date | event_end_date | service_component  |
            | p1        | 2025-05-01       | 2025-05-31     | Reablement         |
            | p1        | 2025-05-01       | 2025-06-30     | Reablement         |
            | p1        | 2025-05-01       | 2025-05-31     | Extra care housing |
            | p1        | 2025-05-01       | 2025-05-31     |                    |
        """
    }
    expect = """
        | service_component  | end_on     | row |
        | Reablement         | 2025-06-30 | 2   |
        | Extra care housing | 2025-05-31 | 3   |
        |                    | 2025-05-31 | 4   |
    """
    derived(tables, "cld_events", expect)


def test_a_text_that_no_list_knows_is_kept_as_it_is_without_blanks_around(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_start_date | service_type     | delivery_mechanism |
            | p1        | 2025-05-01       | "  Some support" | DIRECT PAYMENT     |
        """
    }
    expect = """
        | service_type | delivery_mechanism |
        | Some support | Direct payment     |
    """
    derived(tables, "cld_events", expect)


def test_death_ends_an_event_and_leaves_out_what_began_after_it(derived: Any) -> None:
    """A death on the first day of an open service leaves it open, as in the published code."""
    tables = {
        "cld": """
            | person_id | event_start_date | event_end_date | date_of_death |
            | during    | 2025-05-01       | 2025-06-30     | 2025-06-10    |
            | open      | 2025-05-01       |                | 2025-06-10    |
            | first day | 2025-05-01       |                | 2025-05-01    |
            | later     | 2025-05-01       | 2025-05-31     | 2025-06-10    |
            | before    | 2025-05-01       | 2025-05-31     | 2025-04-30    |
        """
    }
    expect = """
        | person_id | end_on     | recorded_end_on |
        | during    | 2025-06-10 | 2025-06-30      |
        | open      | 2025-06-10 |                 |
        | first day |            |                 |
        | later     | 2025-05-31 | 2025-05-31      |
    """
    derived(tables, "cld_events", expect)


def test_an_event_without_a_start_or_without_a_person_falls_out(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_start_date | event_end_date |
            | p1        |                  | 2025-05-31     |
            |           | 2025-05-01       | 2025-05-31     |
            | p2        | 2025-05-01       | 2025-05-31     |
            | p3        | 2026-05-06       |                |
        """
    }
    expect = """
        | person_id | row |
        | p2        | 3   |
    """
    derived(tables, "cld_events", expect)


def test_the_nhs_number_goes_before_the_identifier_of_the_council(derived: Any) -> None:
    """The method of 2023-24 drops a record without a number whose identifier occurs with one."""
    tables = {
        "cld": """
            | person_id | nhs_number   | event_start_date |
            | p1        | 943 476 5919 | 2025-05-01       |
            | p1        |              | 2025-06-01       |
            | p2        |              | 2025-05-01       |
        """
    }
    expect = """
        | person               | start_on   |
        | North NHS 9434765919 | 2025-05-01 |
        | North ID p1          | 2025-06-01 |
        | North ID p2          | 2025-05-01 |
    """
    derived(tables, "cld_events", expect)
    expect = """
        | person               | start_on   |
        | North NHS 9434765919 | 2025-05-01 |
        | North ID p2          | 2025-05-01 |
    """
    derived(tables, "cld_events_2023_24", expect)


def test_the_method_of_2023_24_leaves_out_records_with_a_text_that_no_list_knows(
    derived: Any,
) -> None:
    tables = {
        "cld": """
            | person_id | event_start_date | event_outcome | service_type     |
            | p1        | 2025-05-01       | NFA- Other    |                  |
            | p2        | 2025-05-01       | Other         |                  |
            | p3        | 2025-05-01       |               | Some support     |
        """
    }
    expect = """
        | person_id | outcome    |
        | p1        | NFA: Other |
    """
    derived(tables, "cld_events_2023_24", expect)


# Submissions. The first covers January to March 2025, the second January to June.
SUBMISSIONS = """
    | person_id | event_type | event_start_date | event_end_date | imported_on |
    | filler    | Request    | 2025-01-02       | 2025-01-31     | 2025-04-20  |
    | filler    | Request    | 2025-03-02       | 2025-03-31     | 2025-04-20  |
    | stays     | Service    | 2025-02-01       |                | 2025-04-20  |
    | vanishes  | Service    | 2025-02-01       |                | 2025-04-20  |
    | ended     | Service    | 2025-02-01       | 2025-03-31     | 2025-04-20  |
    | filler    | Request    | 2025-04-02       | 2025-04-30     | 2025-07-20  |
    | filler    | Request    | 2025-06-02       | 2025-06-30     | 2025-07-20  |
    | stays     | Service    | 2025-02-01       |                | 2025-07-20  |
    | lately    | Service    | 2025-07-01       |                | 2025-07-20  |
"""


def test_a_service_that_is_not_in_the_next_submission_ends_with_the_quarters_before(
    derived: Any,
) -> None:
    """A submission covers the months in which its events ended; each quarter has the latest that
    covers it. What begins after its last quarter is not counted yet."""
    expect = """
        | person_id | start_on   | end_on     | imported_on | reference_end_on | closed_by_rule |
        | filler    | 2025-01-02 | 2025-01-31 | 2025-04-20  | 2025-03-31       | no             |
        | filler    | 2025-03-02 | 2025-03-31 | 2025-04-20  | 2025-03-31       | no             |
        | filler    | 2025-04-02 | 2025-04-30 | 2025-07-20  | 2025-06-30       | no             |
        | filler    | 2025-06-02 | 2025-06-30 | 2025-07-20  | 2025-06-30       | no             |
        | stays     | 2025-02-01 |            | 2025-07-20  | 2025-06-30       | no             |
        | vanishes  | 2025-02-01 | 2025-03-31 | 2025-04-20  | 2025-03-31       | yes            |
        | ended     | 2025-02-01 | 2025-03-31 | 2025-04-20  | 2025-03-31       | no             |
    """
    derived({"cld": SUBMISSIONS}, "cld_events", expect)


def test_of_two_submissions_the_later_one_tells_the_end(derived: Any) -> None:
    """Even where the earlier one had the service open, or told another end."""
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | imported_on |
            | filler    | Request    | 2025-01-02       | 2025-01-31     | 2025-04-20  |
            | filler    | Request    | 2025-03-02       | 2025-03-31     | 2025-04-20  |
            | open      | Service    | 2025-02-01       |                | 2025-04-20  |
            | later     | Service    | 2025-02-01       | 2025-06-15     | 2025-04-20  |
            | filler    | Request    | 2025-04-02       | 2025-04-30     | 2025-07-20  |
            | filler    | Request    | 2025-06-02       | 2025-06-30     | 2025-07-20  |
            | open      | Service    | 2025-02-01       | 2025-05-31     | 2025-07-20  |
            | later     | Service    | 2025-02-01       | 2025-05-31     | 2025-07-20  |
        """
    }
    expect = """
        | person_id | start_on   | end_on     |
        | filler    | 2025-01-02 | 2025-01-31 |
        | filler    | 2025-03-02 | 2025-03-31 |
        | filler    | 2025-04-02 | 2025-04-30 |
        | filler    | 2025-06-02 | 2025-06-30 |
        | open      | 2025-02-01 | 2025-05-31 |
        | later     | 2025-02-01 | 2025-05-31 |
    """
    derived(tables, "cld_events", expect)


def test_a_submission_that_came_after_the_day_looked_from_is_not_known(derived: Any) -> None:
    expect = """
        | person_id | start_on   | end_on     | closed_by_rule |
        | filler    | 2025-01-02 | 2025-01-31 | no             |
        | filler    | 2025-03-02 | 2025-03-31 | no             |
        | stays     | 2025-02-01 |            | no             |
        | vanishes  | 2025-02-01 |            | no             |
        | ended     | 2025-02-01 | 2025-03-31 | no             |
    """
    derived({"cld": SUBMISSIONS}, "cld_events", expect, as_of=date(2025, 7, 19))


def test_a_submission_with_known_faults_is_left_out(derived: Any) -> None:
    expect = """
        | person_id | imported_on |
        | filler    | 2025-07-20  |
        | filler    | 2025-07-20  |
        | stays     | 2025-07-20  |
    """
    faulty = {"left_out_submissions": ["North 2025-04-20"]}
    derived({"cld": SUBMISSIONS}, "cld_events", expect, parameters=faulty)


def test_with_enough_events_a_month_must_have_its_share_of_them(derived: Any) -> None:
    """With fewer events than the method asks for, every month with an event is covered."""
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | imported_on |
            | p1        | Request    | 2025-01-02       | 2025-01-31     | 2025-07-20  |
            | p2        | Request    | 2025-01-02       | 2025-01-31     | 2025-07-20  |
            | p3        | Request    | 2025-03-02       | 2025-03-31     | 2025-07-20  |
            | p4        | Request    | 2025-03-02       | 2025-03-31     | 2025-07-20  |
            | p5        | Request    | 2025-06-02       | 2025-06-30     | 2025-07-20  |
        """
    }
    expect = """
        | person_id | reference_end_on |
        | p1        | 2025-03-31       |
        | p2        | 2025-03-31       |
        | p3        | 2025-03-31       |
        | p4        | 2025-03-31       |
    """
    enough = {"few_events": 5, "share_of_events": 21}
    derived(tables, "cld_events", expect, parameters=enough)
    expect = """
        | person_id | reference_end_on |
        | p1        | 2025-06-30       |
        | p2        | 2025-06-30       |
        | p3        | 2025-06-30       |
        | p4        | 2025-06-30       |
        | p5        | 2025-06-30       |
    """
    derived(tables, "cld_events", expect, parameters={"few_events": 6, "share_of_events": 21})
    derived(tables, "cld_events", expect, parameters={"few_events": 5, "share_of_events": 20})


def test_a_month_may_lack_one_kind_of_event_and_no_more(derived: Any) -> None:
    tables = {
        "cld": """
            | person_id | event_type | event_start_date | event_end_date | imported_on |
            | p1        | Request    | 2025-01-02       | 2025-01-31     | 2025-07-20  |
            | p1        | Assessment | 2025-01-02       | 2025-01-31     | 2025-07-20  |
            | p1        | Review     | 2025-01-02       | 2025-01-31     | 2025-07-20  |
            | p2        | Request    | 2025-03-02       | 2025-03-31     | 2025-07-20  |
            | p2        | Review     | 2025-03-02       | 2025-03-31     | 2025-07-20  |
            | p3        | Request    | 2025-06-02       | 2025-06-30     | 2025-07-20  |
        """
    }
    expect = """
        | person_id | event_type | reference_end_on |
        | p1        | Request    | 2025-03-31       |
        | p1        | Assessment | 2025-03-31       |
        | p1        | Review     | 2025-03-31       |
        | p2        | Request    | 2025-03-31       |
        | p2        | Review     | 2025-03-31       |
    """
    derived(tables, "cld_events", expect, parameters={"few_events": 1})


def test_an_nhs_number_known_as_a_dummy_tells_nobody_apart_and_the_own_identifier_does(
    derived: Any,
) -> None:
    """The published code takes each number for a person. One that a system fills in where none is
    known would make one person of many."""
    tables = {
        "cld": """
            | person_id | nhs_number   | event_start_date |
            | p1        | 000 000 0000 | 2025-05-01       |
            | p2        | 0000000000   | 2025-05-01       |
            | p3        | 9876543210   | 2025-05-01       |
            | p4        | 999-000-0018 | 2025-05-01       |
            | p5        | 943 476 5919 | 2025-05-01       |
            |           | 1111111111   | 2025-05-01       |
            | p6        | 999999       | 2025-05-01       |
        """
    }
    expect = """
        | person               | nhs_number | start_on   |
        | North ID p1          |            | 2025-05-01 |
        | North ID p2          |            | 2025-05-01 |
        | North ID p3          |            | 2025-05-01 |
        | North ID p4          |            | 2025-05-01 |
        | North NHS 9434765919 | 9434765919 | 2025-05-01 |
        | North NHS 999999     | 999999     | 2025-05-01 |
    """
    derived(tables, "cld_events", expect)
    expect = """
        | person               |
        | North NHS 0000000000 |
        | North NHS 9876543210 |
        | North NHS 999-000-0018 |
        | North NHS 9434765919 |
        | North NHS 1111111111 |
        | North NHS 999999     |
    """
    derived(tables, "cld_events", expect, parameters={"dummy_numbers": True})


def test_an_own_identifier_seen_with_a_dummy_alone_was_never_seen_with_a_number(
    derived: Any,
) -> None:
    tables = {
        "cld": """
            | person_id | nhs_number | event_start_date | event_end_date |
            | p1        | 0000000000 | 2025-05-01       | 2025-06-30     |
            | p1        |            | 2025-07-01       | 2025-07-31     |
        """
    }
    expect = """
        | person      | start_on   |
        | North ID p1 | 2025-05-01 |
        | North ID p1 | 2025-07-01 |
    """
    derived(tables, "cld_events_2023_24", expect)


def test_numbers_for_tests_are_those_of_people_where_a_council_has_little_else(
    derived: Any,
) -> None:
    """So that what is made up can be counted; South has one of them beside two others."""
    tables = {
        "cld": """
            | la_code | person_id | nhs_number | event_start_date |
            | North   | p1        | 9990000018 | 2025-05-01       |
            | North   | p2        | 9990000026 | 2025-05-01       |
            | North   | p3        | 9434765919 | 2025-05-01       |
            | South   | p1        | 9990000018 | 2025-05-01       |
            | South   | p2        | 9434765919 | 2025-05-01       |
        """
    }
    expect = """
        | person               |
        | North NHS 9990000018 |
        | North NHS 9990000026 |
        | North NHS 9434765919 |
        | South ID p1          |
        | South NHS 9434765919 |
    """
    derived(tables, "cld_events", expect)
