"""People with long-term support and where they live (ASCOF 2E)"""

from __future__ import annotations

from datetime import date
from typing import Any

# The data reach from April 2024 to March 2025, and so cover one year.
YEAR = "2024-04-01/P1Y"


def support(drawn: str) -> str:
    """Community services as drawn, and two requests that show which time the data cover."""
    names, *rows = drawn.strip().splitlines()
    usual = {
        "event_type": "Service",
        "client_type": "Service user",
        "service_type": "Long term support: Community",
    }
    added = {name: cell for name, cell in usual.items() if f" {name} " not in names}
    columns = [one.strip() for one in names.strip().strip("|").split("|")] + list(added)
    lines = [f"{row.strip()} {' | '.join(added.values())} |" for row in rows]
    for day in ("2024-04-30", "2025-03-01"):
        cells = {"person": "Other", "event_type": "Request", "start_on": day, "end_on": day}
        lines.append(f"| {' | '.join(cells.get(name, '') for name in columns)} |")
    return "\n".join([f"| {' | '.join(columns)} |", *lines])


def people(drawn: str) -> str:
    """People as drawn, with the words that they have in common."""
    names, *rows = drawn.strip().splitlines()
    usual = {
        "born_on": "1990-01-01",
        "gender": "Female",
        "primary_support_reason": "Unknown",
        "accommodation_status": "Unknown",
        "settled": "no",
    }
    added = {name: cell for name, cell in usual.items() if f" {name} " not in names}
    head = f"{names.strip()} {' | '.join(added)} |"
    return "\n".join([head, *(f"{row.strip()} {' | '.join(added.values())} |" for row in rows)])


def test_a_person_counts_whose_support_overlaps_the_year_by_a_day(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on     |
        | Ann    | 2020-01-01 | 2024-03-31 |
        | Bob    | 2020-01-01 | 2024-04-01 |
        | Cat    | 2025-03-31 |            |
        | Dan    | 2025-04-01 |            |
        | Eve    | 2020-01-01 |            |
    """)
    known = people("""
        | person |
        | Ann    |
        | Bob    |
        | Cat    |
        | Dan    |
        | Eve    |
    """)
    expect = f"""
        | period | person | left_out |
        | {YEAR} | Bob    |          |
        | {YEAR} | Cat    |          |
        | {YEAR} | Eve    |          |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_one_mistyped_date_opens_no_year_in_a_running_extract(derived: Any) -> None:
    """The assessment of April 2023 is one of 31 events: its month has too few of them."""
    lines = [
        f"| p{n} | Assessment | 2024-{n % 12 + 1:02}-05 | 2024-{n % 12 + 1:02}-20 |"
        for n in range(30)
    ]
    stray = "| p9 | Assessment | 2023-04-10 | 2023-04-15 |"
    service = "| p8 | Service | 2020-01-01 | |"
    head = "| person_id | event_type | event_start_date | event_end_date |"
    enough = {"few_events": 20, "share_of_events": 4}
    drawn = "\n".join([head, *lines, stray, service])
    derived(
        {"cld": drawn},
        "cld_events",
        "| covered_from | covered_to |\n" + "| 2024-01-01 | 2024-12-31 |\n" * 32,
        parameters=enough,
    )
    everything = "| covered_from | covered_to |\n" + "| 2023-04-01 |  |\n" * 32
    derived({"cld": drawn}, "cld_events", everything, parameters={**enough, "few_events": 32})


def test_a_person_counts_once_however_many_services_of_any_long_term_type(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on     | service_type                             |
        | Ann    | 2024-05-01 | 2024-06-01 | Long term support: Community             |
        | Ann    | 2024-06-01 | 2024-08-01 | Long term support: Residential care      |
        | Ann    | 2024-08-01 | 2024-09-01 | Long term support: Nursing care          |
        | Bob    | 2024-05-01 |            | Long term support: Prison                |
        | Fay    | 2024-05-01 |            | Long term support: Residential care      |
        | Cat    | 2024-05-01 |            | Short term support: Ongoing low level    |
        | Dan    | 2024-05-01 |            | Unpaid carer support: Direct to unpaid carer |
    """)
    known = people("""
        | person |
        | Ann    |
        | Bob    |
        | Fay    |
    """)
    expect = """
        | person | row | left_out |
        | Ann    | 3   |          |
        | Bob    | 4   |          |
        | Fay    | 5   |          |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_clients_alone_count_and_not_their_carers(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on | client_type  |
        | Ann    | 2024-05-01 |        | Unpaid carer |
        | Bob    | 2024-05-01 |        | Service user |
    """)
    known = people("""
        | person |
        | Bob    |
    """)
    expect = """
        | person |
        | Bob    |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_who_died_before_the_year_is_left_out_and_who_died_on_its_first_day_counts(
    derived: Any,
) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2020-01-01 |        |
        | Bob    | 2020-01-01 |        |
    """)
    known = people("""
        | person | died_on    |
        | Ann    | 2024-03-31 |
        | Bob    | 2024-04-01 |
    """)
    expect = """
        | person | left_out              |
        | Ann    | died before the period |
        | Bob    |                       |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_a_service_that_ends_before_it_starts_counts_for_nobody(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on     |
        | Ann    | 2024-06-01 | 2024-05-01 |
        | Bob    | 2024-06-01 | 2024-05-01 |
        | Bob    | 2024-04-01 | 2024-04-02 |
        | Cat    | 2024-06-01 | 2024-06-01 |
    """)
    known = people("""
        | person |
        | Ann    |
        | Bob    |
        | Cat    |
    """)
    expect = """
        | person | row | left_out                          |
        | Ann    | 1   | every service ends before it starts |
        | Bob    | 3   |                                   |
        | Cat    | 4   |                                   |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_age_is_that_at_the_end_of_the_latest_service_at_most_of_the_year(derived: Any) -> None:
    """Ann's 65th birthday comes after her support, Bob's within it, Cat's after the year."""
    events = support("""
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 | 2024-06-30 |
        | Ann    | 2024-05-01 | 2024-05-31 |
        | Bob    | 2024-05-01 | 2024-07-02 |
        | Cat    | 2024-05-01 |            |
        | Dan    | 2024-05-01 | 2025-12-31 |
    """)
    known = people("""
        | person | born_on    |
        | Ann    | 1959-07-01 |
        | Bob    | 1959-07-01 |
        | Cat    | 1960-04-01 |
        | Dan    | 1960-03-30 |
    """)
    expect = """
        | person | age | age_true | age_group |
        | Ann    | 64  | 64       | 18-64     |
        | Bob    | 65  | 65       | 65plus    |
        | Cat    | 64  | 64       | 18-64     |
        | Dan    | 65  | 65       | 65plus    |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_under_18_and_without_a_date_of_birth_is_left_out_of_both_sides(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
        | Cat    | 2024-05-01 |        |
        | Nobody | 2024-05-01 |        |
    """)
    known = people("""
        | person | born_on    |
        | Ann    | 2007-04-01 |
        | Bob    | 2007-03-31 |
        | Cat    |            |
    """)
    expect = """
        | person | age | left_out                       |
        | Ann    | 17  | under 18 on the day that counts |
        | Bob    | 18  |                                |
        | Cat    |     | no date of birth               |
        | Nobody |     | no date of birth               |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_unknown_and_presumed_homes_stay_in_the_denominator(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
        | Cat    | 2024-05-01 |        |
        | Dan    | 2024-05-01 |        |
    """)
    known = people("""
        | person | accommodation_status          | settled |
        | Ann    | Tenant: Private landlord      | yes     |
        | Bob    | Unknown: presumed at home     | yes     |
        | Cat    | Unknown: presumed in community | no     |
        | Dan    | Unknown                       | no      |
    """)
    expect = """
        | person | settled | left_out |
        | Ann    | yes     |          |
        | Bob    | yes     |          |
        | Cat    | no      |          |
        | Dan    | no      |          |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_a_learning_disability_is_the_reason_for_support_that_is_known_last(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-01 |        |
        | Bob    | 2024-05-01 |        |
    """)
    known = people("""
        | person | primary_support_reason      |
        | Ann    | Learning Disability Support |
        | Bob    | Mental Health Support       |
    """)
    expect = """
        | person | learning_disability |
        | Ann    | yes                 |
        | Bob    | no                  |
    """
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)


def test_every_year_that_ends_with_a_quarter_has_its_own_rows(derived: Any) -> None:
    events = support("""
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 | 2024-06-30 |
        | Bob    | 2025-06-30 |            |
    """)
    known = people("""
        | person |
        | Ann    |
        | Bob    |
    """)
    expect = """
        | period          | person |
        | 2024-04-01/P1Y  | Ann    |
        | 2024-07-01/P12M | Bob    |
    """
    tables = {"cld_events": events, "cld_people": known}
    derived(tables, "long_term_support_years", expect, as_of=date(2025, 6, 30))


def test_a_submission_s_own_last_day_says_how_far_the_data_reach(derived: Any) -> None:
    """A running extract reaches as far as its last event; a submission as far as it was chosen."""
    events = """
        | person | event_type | client_type | service_type | start_on | end_on | reference_end_on |
        | Ann | Service | Service user | Long term support: Community | 2020-01-01 | | 2025-03-31 |
        | Bob | Request | Service user | | 2024-04-30 | 2024-04-30 | 2025-03-31 |
    """
    expect = f"""
        | period | person |
        | {YEAR} | Ann    |
    """
    known = people("""
        | person |
        | Ann    |
    """)
    derived({"cld_events": events, "cld_people": known}, "long_term_support_years", expect)
    without = events.replace("| 2025-03-31 |", "| |")
    derived(
        {"cld_events": without, "cld_people": known},
        "long_term_support_years",
        "| period | person |",
    )


def test_no_year_is_made_over_a_quarter_that_no_submission_was_chosen_for(derived: Any) -> None:
    """One submission was chosen for April to June 2024. The other begins in October, or in July."""
    events = """
        | person | event_type | client_type | service_type | start_on | end_on | reference_end_on |
        | Ann | Service | Service user | Long term support: Community | 2020-01-01 | | 2025-03-31 |
        | Bob | Request | Service user | | 2024-04-30 | 2024-04-30 | 2024-06-30 |
        | Bob | Request | Service user | | 2024-10-01 | 2024-10-01 | 2025-03-31 |
    """
    known = people("| person |\n| Ann |")
    tables = {"cld_events": events, "cld_people": known}
    derived(tables, "long_term_support_years", "| period | person |")
    tables = {"cld_events": events.replace("2024-10-01", "2024-09-30"), "cld_people": known}
    expect = f"""
        | period | person |
        | {YEAR} | Ann    |
    """
    derived(tables, "long_term_support_years", expect)


def test_no_year_begins_before_april_2023(derived: Any) -> None:
    """Then client level data began; a council with older data may name another first day."""
    events = """
        | person | event_type | client_type  | service_type                 | start_on   | end_on     |
        | Ann    | Service    | Service user | Long term support: Community | 2020-01-01 |            |
        | Bob    | Request    | Service user |                              | 2022-01-10 | 2022-01-10 |
        | Bob    | Request    | Service user |                              | 2024-03-10 | 2024-03-10 |
    """
    tables = {"cld_events": events, "cld_people": people("| person |\n| Ann |")}
    expect = """
        | period         | person |
        | 2023-04-01/P1Y | Ann    |
    """
    derived(tables, "long_term_support_years", expect)
    earlier = """
        | period          | person |
        | 2023-01-01/P12M | Ann    |
        | 2023-04-01/P1Y  | Ann    |
    """
    derived(tables, "long_term_support_years", earlier, parameters={"first_day": "2023-01-01"})


# The method of 2023-24. It reads the accommodation of each record, which the extract has.


def by_start(events: str, records: str, known: str) -> dict[str, str]:
    return {"cld_events_2023_24": support(events), "cld": records, "cld_people_2023_24": known}


ANN = """
    | person | born_on    | gender |
    | Ann    | 1990-01-01 | Female |
"""


def test_by_the_method_of_2023_24_the_home_is_that_of_the_service_that_began_last(
    derived: Any,
) -> None:
    events = """
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 |            |
        | Ann    | 2024-06-01 | 2024-06-02 |
    """
    records = """
        | row | accommodation_status     |
        | 1   | Refuge                   |
        | 2   | Tenant - private landlord |
    """
    expect = """
        | row | accommodation_status     | settled |
        | 2   | Tenant: Private landlord | yes     |
    """
    derived(by_start(events, records, ANN), "long_term_support_years_2023_24", expect)


def test_by_the_method_of_2023_24_a_known_home_comes_before_an_unknown_of_the_same_start(
    derived: Any,
) -> None:
    events = """
        | person | start_on   | end_on |
        | Ann    | 2024-06-01 |        |
        | Ann    | 2024-06-01 |        |
        | Ann    | 2024-06-01 |        |
    """
    records = """
        | row | accommodation_status |
        | 1   | unknown              |
        | 2   |                      |
        | 3   | Shared Lives scheme  |
    """
    expect = """
        | row | accommodation_status | settled |
        | 3   | Shared Lives scheme  | yes     |
    """
    derived(by_start(events, records, ANN), "long_term_support_years_2023_24", expect)


def test_by_the_method_of_2023_24_homes_that_differ_are_unknown_and_spellings_do_not_differ(
    derived: Any,
) -> None:
    events = """
        | person | start_on   | end_on |
        | Ann    | 2024-06-01 |        |
        | Ann    | 2024-06-01 |        |
        | Bob    | 2024-06-01 |        |
        | Bob    | 2024-06-01 |        |
    """
    records = """
        | row | accommodation_status     |
        | 1   | Shared Lives scheme      |
        | 2   | Refuge                   |
        | 3   | Tenant - private landlord |
        | 4   | TENANT: PRIVATE LANDLORD |
    """
    known = """
        | person | gender |
        | Ann    | Female |
        | Bob    | Male   |
    """
    expect = """
        | person | accommodation_status     | settled | left_out |
        | Ann    | Unknown                  | no      |          |
        | Bob    | Tenant: Private landlord | yes     |          |
    """
    derived(by_start(events, records, known), "long_term_support_years_2023_24", expect)


def test_by_the_method_of_2023_24_three_settings_count_and_prison_does_not(derived: Any) -> None:
    events = """
        | person | start_on   | end_on | service_type                        |
        | Ann    | 2024-06-01 |        | Long term support: Prison           |
        | Bob    | 2024-06-01 |        | Long term support: Residential care |
        | Cat    | 2024-06-01 |        | Long term support: Nursing care     |
        | Dan    | 2024-06-01 |        | Long term support: Community        |
    """
    records = """
        | row | accommodation_status |
        | 1   | Refuge               |
    """
    known = """
        | person | born_on    | gender |
        | Ann    | 1990-01-01 | Female |
        | Bob    | 1960-03-31 | Male   |
        | Cat    | 1960-03-30 | Female |
        | Dan    | 1960-04-01 | Male   |
    """
    expect = """
        | person | age | age_true | age_group | left_out |
        | Bob    | 64  | 65       | 18-64     |          |
        | Cat    | 65  | 65       | 65plus    |          |
        | Dan    | 64  | 64       | 18-64     |          |
    """
    derived(by_start(events, records, known), "long_term_support_years_2023_24", expect)


def test_by_the_method_of_2023_24_only_women_and_men_are_in_the_total_and_no_age_is_asked(
    derived: Any,
) -> None:
    events = """
        | person | start_on   | end_on |
        | Ann    | 2024-06-01 |        |
        | Bob    | 2024-06-01 |        |
        | Cat    | 2024-06-01 |        |
        | Dan    | 2024-06-01 |        |
        | Eve    | 2020-06-01 |        |
    """
    records = """
        | row | accommodation_status |
        | 1   | Refuge               |
    """
    known = """
        | person | born_on    | gender  | died_on    |
        | Ann    | 1959-06-01 | Other   |            |
        | Bob    | 2010-06-01 | Male    |            |
        | Cat    |            | Female  |            |
        | Dan    | 1990-06-01 | Unknown |            |
        | Eve    | 1990-06-01 | Female  | 2024-03-31 |
    """
    expect = """
        | person | age | age_group | left_out                |
        | Ann    | 65  | 65plus    | neither male nor female |
        | Bob    | 14  |           |                         |
        | Cat    |     |           |                         |
        | Dan    | 34  | 18-64     | neither male nor female |
        | Eve    | 34  | 18-64     | died before the period  |
    """
    derived(by_start(events, records, known), "long_term_support_years_2023_24", expect)


def test_by_the_method_of_2023_24_any_record_of_the_year_may_tell_of_a_learning_disability(
    derived: Any,
) -> None:
    events = """
        | person | start_on   | end_on     |
        | Ann    | 2024-05-01 | 2024-06-01 |
        | Ann    | 2024-06-01 |            |
        | Bob    | 2023-05-01 | 2024-03-31 |
        | Bob    | 2024-06-01 |            |
    """
    records = """
        | row | primary_support_reason        |
        | 1   | " learning disability support " |
        | 2   | Mental Health Support         |
        | 3   | Learning Disability Support   |
        | 4   | Mental Health Support         |
    """
    known = """
        | person | gender | primary_support_reason |
        | Ann    | Female | Mental Health Support  |
        | Bob    | Male   | Mental Health Support  |
    """
    expect = """
        | person | learning_disability | primary_support_reason |
        | Ann    | yes                 | Mental Health Support  |
        | Bob    | no                  | Mental Health Support  |
    """
    derived(by_start(events, records, known), "long_term_support_years_2023_24", expect)
