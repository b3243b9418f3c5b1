"""Admissions to care homes (ASCOF 2B and 2C)"""

from __future__ import annotations

from datetime import date
from typing import Any


def care(drawn: str, component: str = "Residential care") -> str:
    """Residential services as drawn, and two requests that show which time the data cover.

    A drawn table has person, start_on, end_on and, where they matter, outcome and more.
    """
    names, *rows = drawn.strip().splitlines()
    usual = {
        "event_type": "Service",
        "client_type": "Service user",
        "service_type": "Long term support: Residential care",
        "service_component": component,
    }
    added = {name: cell for name, cell in usual.items() if f" {name} " not in names}
    columns = [one.strip() for one in names.strip().strip("|").split("|")] + list(added)
    lines = [f"{row.strip()} {' | '.join(added.values())} |" for row in rows]
    for day in ("2023-04-01", "2026-03-31"):
        cells = {"person": "Other", "event_type": "Request", "start_on": day, "end_on": day}
        lines.append(f"| {' | '.join(cells.get(name, '') for name in columns)} |")
    return "\n".join([f"| {' | '.join(columns)} |", *lines])


def people(*rows: str) -> str:
    return "\n".join(["| person | born_on | died_on | gender |", *rows])


ANN = people("| Ann | 1940-01-01 | | Female |")


def test_an_admission_is_new_when_care_ended_365_days_before_it(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2023-05-01 | 2023-06-01 |
        | Ann    | 2024-05-31 |            |
    """)
    expect = """
        | admitted_on | ended_on   | new | left_out |
        | 2023-05-01  | 2023-06-01 | yes |          |
        | 2024-05-31  |            | yes |          |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_an_admission_is_not_new_when_care_ended_364_days_before_it(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2023-05-01 | 2023-06-01 |
        | Ann    | 2024-05-30 |            |
    """)
    expect = """
        | admitted_on | new | left_out                                             |
        | 2023-05-01  | yes |                                                      |
        | 2024-05-30  | no  | in a care home in the year before: not a new admission |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_an_admission_is_not_new_while_earlier_care_goes_on_or_ends_later(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2023-05-01 |            |
        | Ann    | 2025-05-30 |            |
        | Bob    | 2023-05-01 | 2025-09-01 |
        | Bob    | 2025-05-30 |            |
    """)
    known = people("| Ann | 1940-01-01 | | |", "| Bob | 1940-01-01 | | |")
    expect = """
        | person | admitted_on | new |
        | Ann    | 2023-05-01  | yes |
        | Ann    | 2025-05-30  | no  |
        | Bob    | 2023-05-01  | yes |
        | Bob    | 2025-05-30  | no  |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_a_service_that_begins_on_the_same_day_does_not_make_an_admission_old(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on | service_type                        |
        | Ann    | 2024-05-30 |        | Long term support: Residential care |
        | Ann    | 2024-05-30 |        | Long term support: Nursing care     |
    """)
    expect = """
        | admitted_on | setting     | new | left_out |
        | 2024-05-30  | nursing     | yes |          |
        | 2024-05-30  | residential | yes |          |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_a_move_from_residential_to_nursing_care_is_no_new_admission(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on     | service_type                        |
        | Ann    | 2023-05-01 | 2024-05-30 | Long term support: Residential care |
        | Ann    | 2024-05-30 |            | Long term support: Nursing care     |
    """)
    expect = """
        | admitted_on | setting     | new |
        | 2023-05-01  | residential | yes |
        | 2024-05-30  | nursing     | no  |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_a_service_with_no_component_is_dropped_as_the_published_code_does(derived: Any) -> None:
    events = care(
        """
        | person | start_on   | end_on |
        | Ann    | 2024-05-30 |        |
        """,
        component="",
    )
    expect = """
        | admitted_on | left_out                     |
        | 2024-05-30  | the service has no component |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_a_service_with_no_component_counts_as_the_published_code_intends(derived: Any) -> None:
    events = care(
        """
        | person | start_on   | end_on |
        | Ann    | 2024-05-30 |        |
        """,
        component="",
    )
    expect = """
        | admitted_on | left_out |
        | 2024-05-30  |          |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions_intended", expect)


def test_care_with_no_component_makes_a_later_admission_old_only_where_it_is_on_the_list(
    derived: Any,
) -> None:
    events = care("""
        | person | start_on   | end_on     | service_component |
        | Ann    | 2023-05-01 | 2024-05-29 |                   |
        | Ann    | 2024-05-30 |            | Nursing care      |
    """)
    tables = {"cld_events": events, "cld_people": ANN}
    published = """
        | admitted_on | new |
        | 2023-05-01  | yes |
        | 2024-05-30  | yes |
    """
    derived(tables, "care_home_admissions", published)
    intended = """
        | admitted_on | new |
        | 2023-05-01  | yes |
        | 2024-05-30  | no  |
    """
    derived(tables, "care_home_admissions_intended", intended)


def test_a_component_must_tell_of_residential_or_nursing_care_that_is_not_short_in_any_case(
    derived: Any,
) -> None:
    events = care("""
        | person | start_on   | end_on | service_component           |
        | Ann    | 2024-05-01 |        | NURSING CARE HOME           |
        | Bob    | 2024-05-01 |        | Short term residential care |
        | Cat    | 2024-05-01 |        | short term nursing care     |
        | Dan    | 2024-05-01 |        | Extra care housing          |
    """)
    known = people(*(f"| {one} | 1940-01-01 | | |" for one in ("Ann", "Bob", "Cat", "Dan")))
    expect = """
        | person | left_out                                           |
        | Ann    |                                                    |
        | Bob    | the component is not that of long-term care in a home |
        | Cat    | the component is not that of long-term care in a home |
        | Dan    | the component is not that of long-term care in a home |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_who_goes_on_to_fund_their_own_care_is_not_admitted_but_is_in_care(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on     | outcome                                       |
        | Ann    | 2023-05-01 | 2024-05-29 | NFA: Self-funded client or under 12wk disregard |
        | Ann    | 2024-05-30 |            |                                               |
    """)
    expect = """
        | admitted_on | new | left_out                                             |
        | 2023-05-01  | yes | self-funded, or under the 12-week disregard          |
        | 2024-05-30  | no  | in a care home in the year before: not a new admission |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_an_admission_without_an_outcome_counts(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on | outcome   |
        | Ann    | 2024-05-30 |        |           |
        | Ann    | 2024-05-30 |        | NFA: Other |
    """)
    expect = """
        | admitted_on | left_out |
        | 2024-05-30  |          |
        | 2024-05-30  |          |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_age_by_days_may_be_a_year_too_low_on_the_65th_birthday(derived: Any) -> None:
    """Of 65 years, 16 leap days make 23,741 days, and 17 make 23,742; 65 x 365.25 is 23,741.25."""
    events = care("""
        | person | start_on   | end_on |
        | Ann    | 2025-05-31 |        |
        | Bob    | 2025-06-01 |        |
        | Cat    | 2025-06-02 |        |
        | Dan    | 2024-05-31 |        |
        | Eve    | 2024-06-01 |        |
    """)
    known = people(
        *(f"| {one} | 1960-06-01 | | |" for one in ("Ann", "Bob", "Cat")),
        *(f"| {one} | 1959-06-01 | | |" for one in ("Dan", "Eve")),
    )
    expect = """
        | person | age | age_true | age_group |
        | Ann    | 64  | 64       | 18-64     |
        | Bob    | 64  | 65       | 18-64     |
        | Cat    | 65  | 65       | 65plus    |
        | Dan    | 64  | 64       | 18-64     |
        | Eve    | 65  | 65       | 65plus    |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_under_18_is_left_out_and_18_counts(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on |
        | Ann    | 2024-05-30 |        |
        | Bob    | 2024-05-30 |        |
    """)
    known = people("| Ann | 2006-05-31 | | |", "| Bob | 2006-05-30 | | |")
    expect = """
        | person | age | age_group | left_out                       |
        | Ann    | 17  |           | under 18 on the day that counts |
        | Bob    | 18  | 18-64     |                                |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_without_a_date_of_birth_there_is_no_age_and_no_admission(derived: Any) -> None:
    events = care("""
        | person  | start_on   | end_on |
        | Ann     | 2024-05-30 |        |
        | Nobody  | 2024-05-30 |        |
    """)
    expect = """
        | person | age | gender  | left_out         |
        | Ann    |     | Female  | no date of birth |
        | Nobody |     | Unknown | no date of birth |
    """
    tables = {"cld_events": events, "cld_people": people("| Ann | | | Female |")}
    derived(tables, "care_home_admissions", expect)


def test_who_died_on_the_day_of_admission_counts_and_who_died_before_it_does_not(
    derived: Any,
) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2024-05-30 | 2024-05-30 |
        | Bob    | 2024-05-30 |            |
    """)
    known = people("| Ann | 1940-01-01 | 2024-05-30 | |", "| Bob | 1940-01-01 | 2024-05-29 | |")
    expect = """
        | person | left_out                 |
        | Ann    |                          |
        | Bob    | died before the admission |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_a_person_admitted_on_both_sides_of_the_65th_birthday_counts_once_as_18_to_64(
    derived: Any,
) -> None:
    """Only the first and the last day of a leap year lie 365 days apart and in 12 months."""
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2023-04-01 | 2023-04-01 |
        | Ann    | 2024-03-31 |            |
    """)
    known = people("| Ann | 1958-10-01 | | |")
    expect = """
        | admitted_on | age_group | new | left_out |
        | 2023-04-01  | 18-64     | yes |          |
        | 2024-03-31  | 65plus    | yes | admitted in the younger age group in the same 12 months: \
counted there, once |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_admissions_on_both_sides_of_the_65th_birthday_both_count_when_no_12_months_hold_both(
    derived: Any,
) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2023-04-01 | 2023-04-01 |
        | Ann    | 2024-04-01 |            |
    """)
    known = people("| Ann | 1958-10-01 | | |")
    expect = """
        | admitted_on | age_group | new | left_out |
        | 2023-04-01  | 18-64     | yes |          |
        | 2024-04-01  | 65plus    | yes |          |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_a_service_that_ends_before_it_starts_is_an_admission_as_in_the_published_code(
    derived: Any,
) -> None:
    events = care("""
        | person | start_on   | end_on     |
        | Ann    | 2024-05-30 | 2024-05-01 |
    """)
    expect = """
        | admitted_on | ended_on   | left_out |
        | 2024-05-30  | 2024-05-01 |          |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_services_of_carers_or_at_home_are_no_admissions_and_make_none_old(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on | client_type  | service_type                        |
        | Ann    | 2023-05-01 |        | Service user | Long term support: Community        |
        | Ann    | 2023-05-01 |        | Unpaid carer | Long term support: Residential care |
        | Ann    | 2024-05-30 |        | Service user | Long term support: Residential care |
    """)
    expect = """
        | admitted_on | new |
        | 2024-05-30  | yes |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_another_person_or_council_makes_no_admission_old(derived: Any) -> None:
    events = care("""
        | place | person | start_on   | end_on |
        | North | Ann    | 2024-05-30 |        |
        | North | Bob    | 2023-05-01 |        |
        | South | Ann    | 2023-05-01 |        |
    """)
    known = people("| Ann | 1940-01-01 | | |", "| Bob | 1940-01-01 | | |")
    expect = """
        | place | person | admitted_on | new |
        | North | Ann    | 2024-05-30  | yes |
        | North | Bob    | 2023-05-01  | yes |
    """
    derived({"cld_events": events, "cld_people": known}, "care_home_admissions", expect)


def test_care_that_began_before_the_data_is_no_admission_but_is_care(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on |
        | Ann    | 2022-05-01 |        |
        | Ann    | 2024-05-30 |        |
    """)
    expect = """
        | admitted_on | new |
        | 2024-05-30  | no  |
    """
    derived({"cld_events": events, "cld_people": ANN}, "care_home_admissions", expect)


def test_an_admission_after_the_day_looked_from_is_not_there(derived: Any) -> None:
    events = care("""
        | person | start_on   | end_on |
        | Ann    | 2026-03-02 |        |
        | Bob    | 2026-03-03 |        |
    """)
    known = people("| Ann | 1940-01-01 | | |", "| Bob | 1940-01-01 | | |")
    expect = """
        | person | admitted_on |
        | Ann    | 2026-03-02  |
    """
    tables = {"cld_events": events, "cld_people": known}
    derived(tables, "care_home_admissions", expect, as_of=date(2026, 3, 2))


# The method of 2023-24. The data reach from April 2023 to March 2026; looked from 1 April 2024,
# only the year 2023/24 is over.


def care_2023_24(tables: str, known: str = ANN) -> dict[str, str]:
    return {"cld_events_2023_24": care(tables, component=""), "cld_people_2023_24": known}


def test_by_the_method_of_2023_24_a_person_must_still_be_there_on_the_day_after_the_year(
    derived: Any,
) -> None:
    tables = care_2023_24(
        """
        | person | start_on   | end_on     | service_type                        |
        | Ann    | 2023-06-01 | 2024-03-31 | Long term support: Residential care |
        | Bob    | 2023-06-01 | 2024-04-01 | Long term support: Residential care |
        | Cat    | 2023-06-01 |            | Long term support: Nursing care     |
        """,
        people(*(f"| {one} | 1940-01-01 | | |" for one in ("Ann", "Bob", "Cat"))),
    )
    expect = """
        | period         | person | left_out                                         |
        | 2023-04-01/P1Y | Ann    | no longer in the care home after the end of the period |
        | 2023-04-01/P1Y | Bob    |                                                  |
        | 2023-04-01/P1Y | Cat    |                                                  |
    """
    derived(tables, "care_home_admissions_2023_24", expect, as_of=date(2024, 4, 1))


def test_by_the_method_of_2023_24_care_since_before_the_year_counts_only_where_it_goes_on(
    derived: Any,
) -> None:
    tables = care_2023_24(
        """
        | person | start_on   | end_on     |
        | Ann    | 2023-03-31 | 2023-06-01 |
        | Ann    | 2023-06-01 |            |
        | Bob    | 2023-03-31 |            |
        | Bob    | 2023-06-01 |            |
        | Cat    | 2023-04-01 |            |
        | Cat    | 2023-06-01 |            |
        """,
        people(*(f"| {one} | 1940-01-01 | | |" for one in ("Ann", "Bob", "Cat"))),
    )
    expect = """
        | person | admitted_on | left_out                                |
        | Ann    | 2023-06-01  |                                         |
        | Bob    | 2023-06-01  | in the care home since before the period |
        | Cat    | 2023-04-01  |                                         |
        | Cat    | 2023-06-01  |                                         |
    """
    derived(tables, "care_home_admissions_2023_24", expect, as_of=date(2024, 4, 1))


def test_by_the_method_of_2023_24_age_is_that_on_the_day_after_the_year(derived: Any) -> None:
    tables = care_2023_24(
        """
        | person | start_on   | end_on |
        | Ann    | 2023-06-01 |        |
        | Bob    | 2023-06-01 |        |
        | Cat    | 2023-06-01 |        |
        | Dan    | 2023-06-01 |        |
        """,
        people(
            "| Ann | 1959-04-01 | | |", "| Bob | 1959-04-02 | | |", "| Cat | 2006-04-02 | | |",
            "| Dan | | | |",
        ),
    )  # fmt: skip
    expect = """
        | person | age | age_group | left_out                       |
        | Ann    | 65  | 65plus    |                                |
        | Bob    | 64  | 18-64     |                                |
        | Cat    | 17  |           | under 18 on the day that counts |
        | Dan    |     |           | no date of birth               |
    """
    derived(tables, "care_home_admissions_2023_24", expect, as_of=date(2024, 4, 1))


def test_by_the_method_of_2023_24_component_outcome_and_death_are_not_looked_at(
    derived: Any,
) -> None:
    tables = care_2023_24(
        """
        | person | start_on   | end_on | outcome                                       |
        | Ann    | 2023-06-01 |        | NFA: Self-funded client or under 12wk disregard |
        """,
        people("| Ann | 1940-01-01 | 2023-05-01 | |"),
    )
    expect = """
        | person | left_out |
        | Ann    |          |
    """
    derived(tables, "care_home_admissions_2023_24", expect, as_of=date(2024, 4, 1))


def test_a_year_is_made_when_it_is_over_and_the_data_cover_it(derived: Any) -> None:
    """12 months to each quarter's end: those to June 2024 are over on that day, and not before."""
    tables = care_2023_24("""
        | person | start_on   | end_on |
        | Ann    | 2023-07-01 |        |
    """)
    first = """
        | period         | admitted_on |
        | 2023-04-01/P1Y | 2023-07-01  |
    """
    derived(tables, "care_home_admissions_2023_24", first, as_of=date(2024, 6, 29))
    both = """
        | period          | admitted_on |
        | 2023-04-01/P1Y  | 2023-07-01  |
        | 2023-07-01/P12M | 2023-07-01  |
    """
    derived(tables, "care_home_admissions_2023_24", both, as_of=date(2024, 6, 30))


def test_no_year_is_made_that_begins_before_the_data_or_ends_after_them(derived: Any) -> None:
    """The first request ended in July 2023, and the last event began in June 2025."""
    events = """
        | person | event_type | client_type  | service_type | start_on | end_on |
        | Ann | Service | Service user | Long term support: Residential care | 2024-06-01 | |
        | Bob | Service | Service user | Long term support: Community | 2019-01-01 | 2021-01-01 |
        | Bob | Request | Service user | | 2023-06-30 | 2023-07-31 |
        | Bob | Service | Service user | Long term support: Community | 2025-06-01 | |
    """
    tables = {"cld_events_2023_24": events, "cld_people_2023_24": ANN}
    expect = """
        | period          |
        | 2023-07-01/P12M |
        | 2023-10-01/P12M |
        | 2024-01-01/P12M |
        | 2024-04-01/P1Y  |
    """
    derived(tables, "care_home_admissions_2023_24", expect)
