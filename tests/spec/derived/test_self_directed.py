"""Self-directed support and direct payments, of users and of carers (ASCOF 3D)"""

from __future__ import annotations

from datetime import date
from typing import Any


def support(drawn: str) -> str:
    """Services as drawn, and two requests that show which time the data cover."""
    usual = {
        "event_type": "Service",
        "client_type": "Service user",
        "service_type": "Long term support: Community",
    }
    return _with_cover(drawn, usual, ("2025-02-28", "2025-03-31"))


def _with_cover(drawn: str, usual: dict[str, str], days: tuple[str, str]) -> str:
    names, *rows = drawn.strip().splitlines()
    added = {name: cell for name, cell in usual.items() if f" {name} " not in names}
    columns = [one.strip() for one in names.strip().strip("|").split("|")] + list(added)
    tail = "".join(f" {cell} |" for cell in added.values())
    lines = [f"{row.strip()}{tail}" for row in rows]
    for day in days:
        cells = {"person": "Other", "event_type": "Request", "start_on": day, "end_on": day}
        lines.append(f"| {' | '.join(cells.get(name, '') for name in columns)} |")
    return "\n".join([f"| {' | '.join(columns)} |", *lines])


PEOPLE = """
    | person | born_on    | gender |
    | Ann    | 1950-01-01 | Female |
    | Bob    | 1950-01-01 | Male   |
    | Cat    | 1950-01-01 | Female |
    | Dan    | 1950-01-01 | Male   |
    | Eve    | 1950-01-01 | Female |
"""


def test_a_service_that_ends_or_begins_on_the_day_itself_counts(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 | 2025-03-30 |
        | Bob    | 2024-05-01 | 2025-03-31 |
        | Cat    | 2025-03-31 |            |
        | Dan    | 2025-04-01 |            |
        | Eve    | 2024-05-01 |            |
    """)
    expect = """
        | census     | person | left_out |
        | 2025-03-31 | Bob    |          |
        | 2025-03-31 | Cat    |          |
        | 2025-03-31 | Eve    |          |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_a_person_with_two_settings_on_the_day_stands_at_the_higher(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on | service_type                        | delivery_mechanism |
        | Ann    | 2024-05-01 |        | Long term support: Community        | Direct payment     |
        | Ann    | 2024-05-01 |        | Long term support: Residential care |                    |
        | Bob    | 2024-05-01 |        | Long term support: Residential care |                    |
        | Bob    | 2024-05-01 |        | Long term support: Nursing care     | Direct payment     |
        | Cat    | 2024-05-01 |        | Long term support: Prison           |                    |
        | Cat    | 2024-05-01 |        | Long term support: Community        |                    |
        | Dan    | 2024-05-01 |        | Long term support: Prison           | Direct payment     |
    """)
    expect = """
        | person | setting_rank | setting     | mechanism | left_out                     |
        | Ann    | 2            | residential |           | in a care home, or in prison |
        | Bob    | 1            | nursing     |           | in a care home, or in prison |
        | Cat    | 6            | community   |           |                              |
        | Dan    | 9            | prison      |           | in a care home, or in prison |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_in_the_community_a_direct_payment_comes_before_a_managed_budget_and_that_before_the_rest(
    derived: Any,
) -> None:
    events = support("""
        | person | start_on   | end_on | delivery_mechanism            |
        | Ann    | 2024-05-01 |        | CASSR commissioned support    |
        | Ann    | 2024-05-01 |        | CASSR managed personal budget |
        | Ann    | 2024-05-01 |        | Direct payment                |
        | Bob    | 2024-05-01 |        | CASSR commissioned support    |
        | Bob    | 2024-05-01 |        | CASSR managed personal budget |
        | Cat    | 2024-05-01 |        |                               |
        | Cat    | 2024-05-01 |        | CASSR commissioned support    |
    """)
    expect = """
        | person | setting_rank | mechanism                     | row |
        | Ann    | 3            | Direct payment                | 3   |
        | Bob    | 4            | CASSR managed personal budget | 5   |
        | Cat    | 5            | CASSR commissioned support    | 7   |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_a_missing_or_invalid_mechanism_is_blank_and_stays_in_the_denominator(
    derived: Any,
) -> None:
    events = support("""
        | person | start_on   | end_on | delivery_mechanism |
        | Ann    | 2024-05-01 |        |                    |
        | Bob    | 2024-05-01 |        | Something else     |
    """)
    expect = """
        | person | setting_rank | mechanism | left_out |
        | Ann    | 6            |           |          |
        | Bob    | 6            |           |          |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_the_component_direct_payment_makes_the_mechanism_one(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on | service_component | delivery_mechanism         |
        | Ann    | 2024-05-01 |        | Direct payment    |                            |
        | Bob    | 2024-05-01 |        | Direct payment    | CASSR commissioned support |
    """)
    expect = """
        | person | setting_rank | mechanism      |
        | Ann    | 3            | Direct payment |
        | Bob    | 3            | Direct payment |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_who_died_on_the_day_counts_and_who_died_before_it_does_not(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
    """)
    known = """
        | person | born_on    | died_on    |
        | Ann    | 1950-01-01 | 2025-03-30 |
        | Bob    | 1950-01-01 | 2025-03-31 |
    """
    expect = """
        | person | left_out                      |
        | Ann    | died before the day of the census |
        | Bob    |                               |
    """
    derived({"cld_events": events, "cld_people": known}, "self_directed_support", expect)


def test_users_under_18_are_left_out_and_those_without_a_date_of_birth_have_no_age_group(
    derived: Any,
) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
        | Cat    | 2024-05-01 |        |
        | Dan    | 2024-05-01 |        |
        | Nobody | 2024-05-01 |        |
    """)
    known = """
        | person | born_on    |
        | Ann    | 2007-04-01 |
        | Bob    | 2007-03-31 |
        | Cat    |            |
        | Dan    | 1960-03-30 |
    """
    expect = """
        | person | age | age_group | left_out                       |
        | Ann    | 17  |           | under 18 on the day that counts |
        | Bob    | 18  | 18-64     |                                |
        | Cat    |     |           |                                |
        | Dan    | 65  | 65plus    |                                |
        | Nobody |     |           |                                |
    """
    derived({"cld_events": events, "cld_people": known}, "self_directed_support", expect)


def test_carers_and_short_term_support_are_no_users_with_long_term_support(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on | client_type  | service_type                          |
        | Ann    | 2024-05-01 |        | Unpaid carer | Long term support: Community          |
        | Bob    | 2024-05-01 |        | Service user | Short term support: Ongoing low level |
        | Cat    | 2024-05-01 |        | Service user | Long term support: Community          |
    """)
    expect = """
        | person |
        | Cat    |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_every_quarter_s_end_that_the_data_reach_over_is_a_census(derived: Any) -> None:
    events = _with_cover(
        """
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 |            |
        | Bob    | 2024-05-01 | 2025-03-31 |
        """,
        {
            "event_type": "Service",
            "client_type": "Service user",
            "service_type": "Long term support: Community",
        },
        ("2024-12-01", "2025-06-01"),
    )
    expect = """
        | census     | person |
        | 2024-12-31 | Ann    |
        | 2024-12-31 | Bob    |
        | 2025-03-31 | Ann    |
        | 2025-03-31 | Bob    |
    """
    tables = {"cld_events": events, "cld_people": PEOPLE}
    derived(tables, "self_directed_support", expect, as_of=date(2025, 6, 29))
    derived(
        tables,
        "self_directed_support",
        expect + "        | 2025-06-30 | Ann    |\n",
        as_of=date(2025, 6, 30),
    )


def test_no_census_is_made_in_a_quarter_that_no_submission_was_chosen_for(derived: Any) -> None:
    """Submissions were chosen for April to June 2024 and for October 2024 to March 2025."""
    tables = {
        "cld_events": """
            | person | event_type | client_type | service_type | start_on | end_on | reference_end_on |
            | Ann | Service | Service user | Long term support: Community | 2020-01-01 | | 2025-03-31 |
            | Bob | Request | Service user | | 2024-04-30 | 2024-04-30 | 2024-06-30 |
            | Bob | Request | Service user | | 2024-10-01 | 2024-10-01 | 2025-03-31 |
        """,
        "cld_people": PEOPLE,
    }
    expect = """
        | census     | person |
        | 2024-06-30 | Ann    |
        | 2024-12-31 | Ann    |
        | 2025-03-31 | Ann    |
    """
    derived(tables, "self_directed_support", expect)


def test_no_census_lies_before_the_end_of_june_2023(derived: Any) -> None:
    """Client level data began in April 2023."""
    events = _with_cover(
        """
        | person | start_on   | end_on |
        | Ann    | 2020-05-01 |        |
        """,
        {
            "event_type": "Service",
            "client_type": "Service user",
            "service_type": "Long term support: Community",
        },
        ("2022-12-01", "2023-10-01"),
    )
    expect = """
        | census     | person |
        | 2023-06-30 | Ann    |
        | 2023-09-30 | Ann    |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "self_directed_support", expect)


def test_by_the_method_of_2023_24_a_date_of_birth_is_asked_for_and_no_age(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
        | Cat    | 2024-05-01 |        |
    """)
    known = """
        | person | born_on    |
        | Ann    | 2010-04-01 |
        | Bob    | 1950-03-31 |
        | Cat    |            |
    """
    expect = """
        | person | age | age_group | left_out         |
        | Ann    | 14  |           |                  |
        | Bob    | 75  | 65plus    |                  |
        | Cat    |     |           | no date of birth |
    """
    tables = {"cld_events_2023_24": events, "cld_people_2023_24": known}
    derived(tables, "self_directed_support_2023_24", expect)


# Carers. The data of the drawn tables reach from April 2024 to March 2025.


def carers(drawn: str) -> str:
    """Services to carers as drawn, and two requests that show which time the data cover."""
    usual = {
        "event_type": "Service",
        "client_type": "Unpaid carer",
        "service_type": "Unpaid carer support: Direct to unpaid carer",
        "start_on": "2024-06-01",
        "end_on": "2024-06-30",
    }
    return _with_cover(drawn, usual, ("2024-04-01", "2025-03-31"))


def test_a_direct_service_has_the_kind_of_its_mechanism(derived: Any) -> None:
    events = carers("""
        | person | service_component | delivery_mechanism            |
        | Ann    | Respite           | Direct payment                |
        | Bob    | Respite           | CASSR managed personal budget |
        | Cat    | Respite           | CASSR commissioned support    |
        | Dan    | Respite           |                               |
        | Eve    | Respite           | Something else                |
    """)
    expect = """
        | period         | person | kind | left_out                                        |
        | 2024-04-01/P1Y | Ann    | 1    |                                                 |
        | 2024-04-01/P1Y | Bob    | 2    |                                                 |
        | 2024-04-01/P1Y | Cat    | 3    |                                                 |
        | 2024-04-01/P1Y | Dan    | 4    | direct support, by a mechanism that is not known |
        | 2024-04-01/P1Y | Eve    | 4    | direct support, by a mechanism that is not known |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years", expect)


def test_a_direct_service_with_no_component_has_no_kind_but_for_a_direct_payment_as_published(
    derived: Any,
) -> None:
    events = carers("""
        | person | service_component | delivery_mechanism            |
        | Ann    |                   | Direct payment                |
        | Bob    |                   | CASSR managed personal budget |
        | Cat    |                   | CASSR commissioned support    |
        | Dan    |                   |                               |
        | Eve    | Direct payment    | CASSR commissioned support    |
    """)
    expect = """
        | person | kind | left_out                              |
        | Ann    | 1    |                                       |
        | Bob    |      | the records tell no kind of support   |
        | Cat    |      | the records tell no kind of support   |
        | Dan    |      | the records tell no kind of support   |
        | Eve    | 1    |                                       |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years", expect)
    tables = {"cld_events_2023_24": events, "cld_people_2023_24": PEOPLE}
    derived(tables, "carer_support_years_2023_24", expect)


def test_a_direct_service_with_no_component_has_the_kind_of_its_mechanism_as_intended(
    derived: Any,
) -> None:
    events = carers("""
        | person | service_component | delivery_mechanism            |
        | Ann    |                   | Direct payment                |
        | Bob    |                   | CASSR managed personal budget |
        | Cat    |                   | CASSR commissioned support    |
        | Dan    |                   |                               |
    """)
    expect = """
        | person | kind | left_out                                        |
        | Ann    | 1    |                                                 |
        | Bob    | 2    |                                                 |
        | Cat    | 3    |                                                 |
        | Dan    | 4    | direct support, by a mechanism that is not known |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years_intended", expect)


def test_support_through_the_person_cared_for_and_assessments_are_no_direct_support(
    derived: Any,
) -> None:
    events = carers("""
        | person | event_type | service_type | outcome                                      |
        | Ann    | Service    | Unpaid carer support: Support involving the person cared-for | |
        | Bob    | Assessment |              |                                              |
        | Cat    | Review     |              | NFA: Other                                   |
        | Dan    | Assessment |              | NFA: Information and advice or signposting   |
        | Eve    | Request    |              | NFA: Information and advice or signposting   |
    """)
    expect = """
        | person | kind | left_out                     |
        | Ann    | 6    | no direct support            |
        | Bob    | 6    | no direct support            |
        | Cat    | 6    | no direct support            |
        | Dan    | 5    | information and advice alone |
        | Eve    | 5    | information and advice alone |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years", expect)


def test_other_requests_and_services_make_nobody_a_carer_of_the_year(derived: Any) -> None:
    events = carers("""
        | person | event_type | client_type  | service_type                 | outcome    |
        | Ann    | Request    | Unpaid carer |                              | NFA: Other |
        | Bob    | Service    | Unpaid carer | Long term support: Community |            |
        | Cat    | Assessment | Service user |                              | NFA: Other |
    """)
    tables = {"cld_events": events, "cld_people": PEOPLE}
    derived(tables, "carer_support_years", "| person |")


def test_a_carer_counts_once_at_the_best_kind_and_those_known_by_association_count_too(
    derived: Any,
) -> None:
    events = carers("""
        | person | client_type                       | service_component | delivery_mechanism |
        | Ann    | Unpaid carer                      | Respite | CASSR commissioned support   |
        | Ann    | Unpaid carer known by association | Respite | Direct payment               |
        | Ann    | Unpaid carer                      |         | CASSR commissioned support   |
    """)
    expect = """
        | person | kind | row |
        | Ann    | 1    | 2   |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years", expect)


def test_records_of_a_carer_count_that_overlap_the_year_by_a_day(derived: Any) -> None:
    events = carers("""
        | person | start_on   | end_on     | service_component | delivery_mechanism |
        | Ann    | 2023-06-01 | 2024-03-31 | Respite           | Direct payment     |
        | Bob    | 2023-06-01 | 2024-04-01 | Respite           | Direct payment     |
        | Cat    | 2025-03-31 |            | Respite           | Direct payment     |
        | Dan    | 2025-04-01 |            | Respite           | Direct payment     |
    """)
    expect = """
        | person | left_out |
        | Bob    |          |
        | Cat    |          |
    """
    tables = {"cld_events": events, "cld_people": PEOPLE}
    derived(tables, "carer_support_years", expect, as_of=date(2025, 6, 29))


def test_a_record_of_a_carer_that_ends_before_it_starts_counts_only_by_the_method_of_2023_24(
    derived: Any,
) -> None:
    events = carers("""
        | person | start_on   | end_on     | service_component | delivery_mechanism         |
        | Ann    | 2024-06-01 | 2024-05-31 | Respite           | Direct payment             |
        | Bob    | 2024-06-01 | 2024-05-31 | Respite           | Direct payment             |
        | Bob    | 2024-06-01 | 2024-06-01 | Respite           | CASSR commissioned support |
    """)
    expect = """
        | person | kind | left_out                          |
        | Ann    | 1    | every service ends before it starts |
        | Bob    | 3    |                                   |
    """
    derived({"cld_events": events, "cld_people": PEOPLE}, "carer_support_years", expect)
    earlier = """
        | person | kind | left_out |
        | Ann    | 1    |          |
        | Bob    | 1    |          |
    """
    tables = {"cld_events_2023_24": events, "cld_people_2023_24": PEOPLE}
    derived(tables, "carer_support_years_2023_24", earlier)


def test_carers_who_died_before_the_year_or_are_under_18_are_left_out(derived: Any) -> None:
    events = carers("""
        | person | service_component | delivery_mechanism |
        | Ann    | Respite           | Direct payment     |
        | Bob    | Respite           | Direct payment     |
        | Cat    | Respite           | Direct payment     |
        | Dan    | Respite           | Direct payment     |
        | Eve    | Respite           | Direct payment     |
    """)
    known = """
        | person | born_on    | died_on    |
        | Ann    | 1950-01-01 | 2024-03-31 |
        | Bob    | 1950-01-01 | 2024-04-01 |
        | Cat    | 2007-04-01 |            |
        | Dan    | 2007-03-31 |            |
        | Eve    |            |            |
    """
    expect = """
        | person | age_group | left_out                       |
        | Ann    | 65plus    | died before the period         |
        | Bob    | 65plus    |                                |
        | Cat    |           | under 18 on the day that counts |
        | Dan    | 18-64     |                                |
        | Eve    |           |                                |
    """
    derived({"cld_events": events, "cld_people": known}, "carer_support_years", expect)
