"""Reablement after discharge from hospital (ASCOF 2D)

Everybody in these examples was born on 1 May 1945, has a bed for acute care and is admitted as an
emergency, unless the tables say otherwise.
"""

from __future__ import annotations

from typing import Any


def stays(table: str) -> str:
    """A drawn table of hospital stays, with what is usual in the columns that it does not draw."""
    usual = {"kind": "acute", "admission": "emergency", "born_on": "1945-05-01"}
    head, *lines = [line.strip() for line in table.strip().splitlines()]
    drawn = [name.strip() for name in head.strip("|").split("|")]
    added = [name for name in usual if name not in drawn]
    head += "".join(f" {name} |" for name in added)
    more = "".join(f" {usual[name]} |" for name in added)
    if "stay" in drawn:
        return "\n".join([head, *(line + more for line in lines)])
    numbered = [f"{line}{more} s{number} |" for number, line in enumerate(lines, start=1)]
    return "\n".join([head + " stay |", *numbered])


def reablement(*people: str, start: str = "2025-06-10") -> str:
    """Three weeks of reablement of each person from one day on."""
    head = "| person_id | service_type | service_component | event_start_date | event_end_date |"
    what = "Short term support: ST-Max | Reablement"
    return "\n".join([head, *(f"| {who} | {what} | {start} | 2025-06-30 |" for who in people)])


def test_a_discharge_counts_from_65_and_after_a_night_at_least(derived: Any) -> None:
    """By days of life / 365.25: on the birthday itself a person may still be too young."""
    tables = {
        "hospital_stays": stays("""
            | person      | born_on    | admitted_on | discharged_on |
            | counts      | 1945-05-01 | 2025-06-01  | 2025-06-02    |
            | same day    | 1945-05-01 | 2025-06-01  | 2025-06-01    |
            | goes on     | 1945-05-01 | 2025-06-01  |               |
            | birthday    | 1960-06-02 | 2025-06-01  | 2025-06-02    |
            | day before  | 1960-06-01 | 2025-06-01  | 2025-06-02    |
            | no birth    |            | 2025-06-01  | 2025-06-02    |
            | too early   | 1945-05-01 | 2023-03-31  | 2025-06-02    |
            | first day   | 1945-05-01 | 2023-04-01  | 2025-06-02    |
        """)
    }
    expect = """
        | person     | age | age_true | age_band  | left_out                                          |
        | counts     | 80  | 80       | 75-84     |                                                   |
        | same day   | 80  | 80       | 75-84     | discharged on the day of admission, or before it |
        | day before | 65  | 65       | 65-74     |                                                   |
        | no birth   |     |          | Not known | no date of birth                                  |
        | too early  | 80  | 80       | 75-84     | admitted before the first day that counts         |
        | first day  | 80  | 80       | 75-84     |                                                   |
    """
    derived(tables, "older_discharges", expect)


def test_births_deaths_moves_and_some_specialties_are_left_out_by_code_or_by_word(
    derived: Any,
) -> None:
    tables = {
        "hospital_stays": stays("""
            | person        | kind          | admission | admission_method | discharge_method | discharge_destination | destination    | treatment_function | admitted_on | discharged_on |
            | home          | acute         | emergency | 21               | 1                | 19                    | home           | 300                | 2025-06-01  | 2025-06-03    |
            | birth         | acute         | emergency | 31               | 1                | 19                    | home           | 300                | 2025-06-01  | 2025-06-03    |
            | birth in word | acute         | maternity |                  |                  |                       | home           |                    | 2025-06-01  | 2025-06-03    |
            | death         | acute         | emergency | 21               | 4                | 79                    |                | 300                | 2025-06-01  | 2025-06-03    |
            | death in word | acute         | emergency |                  |                  |                       | died           |                    | 2025-06-01  | 2025-06-03    |
            | moved         | acute         | emergency | 21               | 1                | 51                    |                | 300                | 2025-06-01  | 2025-06-03    |
            | moved in word | acute         | emergency |                  |                  |                       | other hospital |                    | 2025-06-01  | 2025-06-03    |
            | listed        | acute         | emergency | 21               | 1                | 19                    | home           | 840                | 2025-06-01  | 2025-06-03    |
            | beginning     | acute         | emergency | 21               | 1                | 19                    | home           | 710                | 2025-06-01  | 2025-06-03    |
            | virtual       | virtual ward  | emergency |                  |                  |                       | home           |                    | 2025-06-01  | 2025-06-03    |
        """)
    }
    expect = """
        | person        | left_out                                                                 |
        | home          |                                                                          |
        | birth         | admitted for a birth                                                     |
        | birth in word | admitted for a birth                                                     |
        | death         | died in hospital                                                         |
        | death in word | died in hospital                                                         |
        | moved         | discharged to another hospital, or to a place that the method leaves out |
        | moved in word | discharged to another hospital, or to a place that the method leaves out |
        | listed        | discharged from a specialty that the method leaves out                  |
        | beginning     | discharged from a specialty that the method leaves out                  |
        | virtual       | the bed is of a kind that the method does not count                     |
    """
    derived(tables, "older_discharges", expect)


def test_who_was_in_long_term_care_when_admitted_is_left_out(derived: Any) -> None:
    """A person is found by the NHS number anywhere, and by the council's identifier in its area."""
    tables = {
        "hospital_stays": stays("""
            | place | person       | admitted_on | discharged_on |
            | North | p1           | 2025-06-01  | 2025-06-03    |
            | South | p1           | 2025-06-01  | 2025-06-03    |
            | South | 943 476 5919 | 2025-06-01  | 2025-06-03    |
            | North | ended        | 2025-06-01  | 2025-06-03    |
            | North | community    | 2025-06-01  | 2025-06-03    |
        """),
        "cld": """
            | person_id | nhs_number | service_type                        | event_start_date | event_end_date |
            | P1        |            | Long term support: Residential care | 2025-01-01       |                |
            | p2        | 9434765919 | Long term support: Nursing care     | 2025-01-01       | 2025-06-01     |
            | ended     |            | Long term support: Nursing care     | 2025-01-01       | 2025-05-31     |
            | community |            | Long term support: Community        | 2025-06-01       |                |
        """,
    }
    expect = """
        | place | person       | community_support | left_out                                                         |
        | North | p1           | no                | in a care home or a prison, with long-term support, when admitted |
        | South | p1           | no                |                                                                  |
        | South | 943 476 5919 | no                | in a care home or a prison, with long-term support, when admitted |
        | North | ended        | no                |                                                                  |
        | North | community    | yes               |                                                                  |
    """
    derived(tables, "older_discharges", expect)


def test_a_discharge_leads_to_reablement_from_seven_days_before_to_three_days_after_its_start(
    derived: Any,
) -> None:
    """The admission must not lie after the start. Of several discharges the latest is taken."""
    tables = {
        "hospital_stays": stays("""
            | person   | admitted_on | discharged_on |
            | 7 before | 2025-05-20  | 2025-06-03    |
            | 8 before | 2025-05-20  | 2025-06-02    |
            | 3 after  | 2025-05-20  | 2025-06-13    |
            | 4 after  | 2025-05-20  | 2025-06-14    |
            | admitted | 2025-06-11  | 2025-06-12    |
            | two      | 2025-05-20  | 2025-06-05    |
            | two      | 2025-06-06  | 2025-06-08    |
        """),
        "cld": reablement("7 before", "8 before", "3 after", "4 after", "admitted", "two", "none"),
    }
    expect = """
        | person_id | discharged_on | left_out                                               |
        | 7 before  | 2025-06-03    |                                                        |
        | 8 before  |               | no discharge from hospital that counts is near its start |
        | 3 after   | 2025-06-13    |                                                        |
        | 4 after   |               | no discharge from hospital that counts is near its start |
        | admitted  |               | no discharge from hospital that counts is near its start |
        | two       | 2025-06-08    |                                                        |
        | none      |               | no discharge from hospital that counts is near its start |
    """
    derived(tables, "reablement_discharges", expect)


def test_only_services_with_the_component_reablement_are_looked_at(derived: Any) -> None:
    tables = {
        "hospital_stays": stays("""
            | person  | admitted_on | discharged_on |
            | yes     | 2025-05-20  | 2025-06-08    |
            | no      | 2025-05-20  | 2025-06-08    |
            | missing | 2025-05-20  | 2025-06-08    |
        """),
        "cld": """
            | person_id | service_type               | service_component | event_start_date | event_end_date |
            | yes       | Short Term Support: ST-Max | REABLEMENT        | 2025-06-10       | 2025-06-20     |
            | yes       | Short Term Support: ST-Max | Reablement        | 2025-06-27       | 2025-06-30     |
            | yes       | Short Term Support: ST-Max | Reablement        | 2025-07-08       |                |
            | no        | Short Term Support: ST-Max | Day support       | 2025-06-10       | 2025-06-20     |
            | missing   | Short Term Support: ST-Max |                   | 2025-06-10       | 2025-06-20     |
        """,
    }
    expect = """
        | person_id | started_on | ended_on   | stay |
        | yes       | 2025-06-10 | 2025-06-30 | s1   |
        | yes       | 2025-07-08 |            |      |
    """
    derived(tables, "reablement_discharges", expect)


def test_who_died_within_84_days_is_not_at_home(derived: Any) -> None:
    """The discharge of each is on 8 June 2025; day 84 is 31 August."""
    tables = {
        "hospital_stays": stays("""
            | person | died_on    | admitted_on | discharged_on |
            | day 84 | 2025-08-31 | 2025-05-20  | 2025-06-08    |
            | day 85 | 2025-09-01 | 2025-05-20  | 2025-06-08    |
            | lives  |            | 2025-05-20  | 2025-06-08    |
        """),
        "cld": reablement("day 84", "day 85", "lives"),
    }
    expect = """
        | person_id | died | readmitted | care_home | at_home |
        | day 84    | yes  | no         | no        | no      |
        | day 85    | no   | no         | no        | yes     |
        | lives     | no   | no         | no        | yes     |
    """
    derived(tables, "reablement_discharges", expect)


def test_an_unplanned_admission_after_discharge_and_start_ends_the_stay_at_home(
    derived: Any,
) -> None:
    """For a night at least, and up to day 84. Reablement began on 10 June."""
    tables = {
        "hospital_stays": stays("""
            | person   | admission | management_type | admitted_on | discharged_on |
            | day 84   | emergency |                 | 2025-05-20  | 2025-06-08    |
            | day 84   | emergency |                 | 2025-08-31  | 2025-09-10    |
            | day 85   | emergency |                 | 2025-05-20  | 2025-06-08    |
            | day 85   | emergency |                 | 2025-09-01  | 2025-09-10    |
            | planned  | emergency |                 | 2025-05-20  | 2025-06-08    |
            | planned  | planned   |                 | 2025-07-01  | 2025-07-10    |
            | by code  | emergency |                 | 2025-05-20  | 2025-06-08    |
            | by code  | planned   | NE              | 2025-07-01  | 2025-07-10    |
            | other    | emergency |                 | 2025-05-20  | 2025-06-08    |
            | other    | emergency | EL              | 2025-07-01  | 2025-07-10    |
            | no night | emergency |                 | 2025-05-20  | 2025-06-08    |
            | no night | emergency |                 | 2025-07-01  | 2025-07-01    |
            | start    | emergency |                 | 2025-05-20  | 2025-06-08    |
            | start    | emergency |                 | 2025-06-10  | 2025-06-20    |
            | after    | emergency |                 | 2025-05-20  | 2025-06-08    |
            | after    | emergency |                 | 2025-06-11  | 2025-06-20    |
            | goes on  | emergency |                 | 2025-05-20  | 2025-06-08    |
            | goes on  | emergency |                 | 2025-07-01  |               |
            | between  | emergency |                 | 2025-05-20  | 2025-06-13    |
            | between  | emergency |                 | 2025-06-12  | 2025-06-20    |
        """),
        "cld": reablement(
            "day 84", "day 85", "planned", "by code", "other", "no night", "start", "after",
            "goes on", "between",
        ),
    }  # fmt: skip
    expect = """
        | person_id | readmitted | at_home |
        | day 84    | yes        | no      |
        | day 85    | no         | yes     |
        | planned   | no         | yes     |
        | by code   | yes        | no      |
        | other     | no         | yes     |
        | no night  | no         | yes     |
        | start     | no         | yes     |
        | after     | yes        | no      |
        | goes on   | yes        | no      |
        | between   | no         | yes     |
    """
    derived(tables, "reablement_discharges", expect)


def test_long_term_care_in_a_home_from_the_discharge_on_ends_the_stay_at_home(
    derived: Any,
) -> None:
    tables = {
        "hospital_stays": stays("""
            | person    | admitted_on | discharged_on |
            | that day  | 2025-05-20  | 2025-06-08    |
            | day 84    | 2025-05-20  | 2025-06-08    |
            | day 85    | 2025-05-20  | 2025-06-08    |
            | community | 2025-05-20  | 2025-06-08    |
        """),
        "cld": reablement("that day", "day 84", "day 85", "community")
        + """
            | that day  | Long term support: Residential care | | 2025-06-08 | 2025-06-20 |
            | day 84    | Long term support: Nursing care     | | 2025-08-31 |            |
            | day 85    | Long term support: Nursing care     | | 2025-09-01 |            |
            | community | Long term support: Community        | | 2025-07-01 |            |
        """.rstrip(),
    }
    expect = """
        | person_id | care_home | at_home |
        | that day  | yes       | no      |
        | day 84    | yes       | no      |
        | day 85    | no        | yes     |
        | community | no        | yes     |
    """
    derived(tables, "reablement_discharges", expect)


def test_the_weeks_after_a_discharge_must_be_over(derived: Any) -> None:
    """Day 84 is the day looked from, or one day later."""
    tables = {
        "hospital_stays": stays("""
            | person   | admitted_on | discharged_on |
            | over     | 2026-02-01  | 2026-02-10    |
            | not over | 2026-02-01  | 2026-02-11    |
        """),
        "cld": """
            | person_id | service_type               | service_component | event_start_date | event_end_date |
            | over      | Short term support: ST-Max | Reablement        | 2026-02-12       | 2026-03-01     |
            | not over  | Short term support: ST-Max | Reablement        | 2026-02-12       | 2026-03-01     |
        """,
    }
    expect = """
        | person_id | discharged_on | followed | left_out |
        | over      | 2026-02-10    | yes      |          |
        | not over  | 2026-02-11    | no       |          |
    """
    derived(tables, "reablement_discharges", expect)
