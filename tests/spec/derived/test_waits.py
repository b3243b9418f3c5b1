"""Waits of new clients for a first response and a first service (provisional, version 1.1)"""

from __future__ import annotations

from typing import Any

PEOPLE = """
    | person | born_on    | gender |
    | Ann    | 1940-01-01 | Female |
    | Bob    | 1940-01-01 | Male   |
    | Cat    | 1940-01-01 | Female |
    | Dan    | 1940-01-01 | Male   |
    | Eve    | 1940-01-01 | Female |
    | Fay    | 1940-01-01 | Female |
"""
# Short names of what the drawn events are.
KINDS = {
    "request": "Request | Service user | | ",
    "assessment": "Assessment | Service user | | Long term assessment",
    "short assessment": "Assessment | Service user | | Short term assessment",
    "carer's assessment": "Assessment | Unpaid carer | | Unpaid carer assessment",
    "assessment of a carer": "Assessment | Unpaid carer | | Long term assessment",
    "nursing": "Service | Service user | Long term support: Nursing care | ",
    "residential": "Service | Service user | Long term support: Residential care | ",
    "community": "Service | Service user | Long term support: Community | ",
    "prison": "Service | Service user | Long term support: Prison | ",
    "reablement": "Service | Service user | Short term support: ST-Max | ",
    "other short": "Service | Service user | Short term support: Other short term | ",
    "low level": "Service | Service user | Short term support: Ongoing low level | ",
    "carer's service": "Service | Unpaid carer | Unpaid carer support: Direct to unpaid carer | ",
}
PLANNING = "Progress to support planning or services"
ASSESSING = "Progress to assessment, review or reassessment"
ADVICE = "NFA: Information and advice or signposting"


def events(drawn: str) -> dict[str, str]:
    """Events as drawn, by their short names. A request without another outcome led to an
    assessment, and an assessment to planning; a dash is a missing outcome.
    """
    names, *rows = drawn.strip().splitlines()
    columns = [one.strip() for one in names.strip().strip("|").split("|")]
    kept = [one for one in columns if one not in ("what", "outcome")]
    added = ["event_type", "client_type", "service_type", "assessment_type", "outcome"]
    lines = [f"| {' | '.join([*kept, *added])} |"]
    for row in rows:
        cells = [one.strip() for one in row.strip().strip("|").split("|")]
        line = dict(zip(columns, cells, strict=True))
        what, outcome = line.pop("what"), line.pop("outcome", "")
        usual = {"request": ASSESSING}.get(what, PLANNING if "assess" in what else "")
        told = "" if outcome == "-" else outcome or usual
        lines.append(f"| {' | '.join(line.values())} | {KINDS[what]} | {told} |")
    return {"cld_events": "\n".join(lines), "cld_people": PEOPLE}


def test_the_first_response_is_the_next_assessment_and_the_first_service_the_next_service(
    derived: Any,
) -> None:
    tables = events("""
        | person | what             | start_on   |
        | Ann    | request          | 2025-01-10 |
        | Ann    | short assessment | 2025-01-15 |
        | Ann    | community        | 2025-02-10 |
    """)
    expect = """
        | person | kind           | requested_on | followed_on | followed_by | days | left_out |
        | Ann    | first response | 2025-01-10   | 2025-01-15  | assessment  | 5    |          |
        | Ann    | first service  | 2025-01-10   | 2025-02-10  | service     | 31   |          |
    """
    derived(tables, "first_response_waits", expect)


def test_a_service_that_comes_first_or_without_an_assessment_is_the_first_response(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   |
        | Ann    | request    | 2025-01-10 |
        | Ann    | low level  | 2025-01-14 |
        | Ann    | assessment | 2025-01-15 |
        | Bob    | request    | 2025-01-10 |
        | Bob    | reablement | 2025-01-12 |
    """)
    expect = """
        | person | kind           | followed_by | days | left_out |
        | Ann    | first response | service     | 4    |          |
        | Ann    | first service  | service     | 4    |          |
        | Bob    | first response | service     | 2    |          |
        | Bob    | first service  | service     | 2    |          |
    """
    derived(tables, "first_response_waits", expect)


def test_what_begins_on_the_day_of_the_request_follows_it_with_no_day_of_waiting(
    derived: Any,
) -> None:
    """On the same day a request stands before an assessment, and that before a service."""
    tables = events("""
        | person | what       | start_on   |
        | Ann    | community  | 2025-01-10 |
        | Ann    | assessment | 2025-01-10 |
        | Ann    | request    | 2025-01-10 |
    """)
    expect = """
        | kind           | followed_by | days |
        | first response | assessment  | 0    |
        | first service  | service     | 0    |
    """
    derived(tables, "first_response_waits", expect)


def test_assessments_and_services_of_carers_types_do_not_follow_a_request(derived: Any) -> None:
    """An assessment of a type that counts does, whosever it is: the published code asks no more."""
    tables = events("""
        | person | what                  | start_on   |
        | Ann    | request               | 2025-01-10 |
        | Ann    | carer's assessment    | 2025-01-11 |
        | Ann    | carer's service       | 2025-01-12 |
        | Bob    | request               | 2025-01-10 |
        | Bob    | assessment of a carer | 2025-01-13 |
    """)
    expect = """
        | person | kind           | days | left_out      |
        | Ann    | first response |      | still waiting |
        | Ann    | first service  |      | still waiting |
        | Bob    | first response | 3    |               |
        | Bob    | first service  |      | still waiting |
    """
    derived(tables, "first_response_waits", expect)


def test_a_first_service_is_void_after_an_assessment_that_led_to_none(derived: Any) -> None:
    """Of assessments that follow one another without another event one is enough, also later."""
    tables = events(f"""
        | person | what       | start_on   | outcome  |
        | Ann    | request    | 2025-01-10 |          |
        | Ann    | assessment | 2025-01-15 | {ADVICE} |
        | Ann    | community  | 2025-02-10 |          |
        | Bob    | request    | 2025-01-10 |          |
        | Bob    | assessment | 2025-01-15 | {ADVICE} |
        | Bob    | assessment | 2025-01-20 | {PLANNING} |
        | Bob    | community  | 2025-02-10 |          |
        | Cat    | request    | 2025-01-10 |          |
        | Cat    | assessment | 2025-01-15 | {ASSESSING} |
        | Cat    | community  | 2025-02-10 |          |
        | Dan    | request    | 2025-01-10 |          |
        | Dan    | assessment | 2025-01-15 | -        |
        | Dan    | community  | 2025-02-10 |          |
        | Dan    | assessment | 2025-02-15 | {PLANNING} |
    """)
    expect = """
        | person | kind           | days | left_out                         |
        | Ann    | first response | 5    |                                  |
        | Ann    | first service  |      | the assessment led to no service |
        | Bob    | first response | 5    |                                  |
        | Bob    | first service  | 31   |                                  |
        | Cat    | first response | 5    |                                  |
        | Cat    | first service  |      | the assessment led to no service |
        | Dan    | first response | 5    |                                  |
        | Dan    | first service  |      | the assessment led to no service |
    """
    derived(tables, "first_response_waits", expect)


def test_a_conversation_that_led_on_is_its_own_first_response_until_june_2025(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   | conversation |
        | Ann    | request    | 2025-06-30 | yes          |
        | Ann    | assessment | 2025-07-10 |              |
        | Bob    | request    | 2025-07-01 | yes          |
        | Bob    | assessment | 2025-07-10 |              |
        | Cat    | request    | 2025-06-30 | no           |
        | Cat    | assessment | 2025-07-10 |              |
        | Dan    | request    | 2025-06-30 | yes          |
    """)
    expect = """
        | person | kind           | followed_on | followed_by | days | left_out      |
        | Ann    | first response | 2025-06-30  | request     | 0    |               |
        | Ann    | first service  |             |             |      | still waiting |
        | Bob    | first response | 2025-07-10  | assessment  | 9    |               |
        | Bob    | first service  |             |             |      | still waiting |
        | Cat    | first response | 2025-07-10  | assessment  | 10   |               |
        | Cat    | first service  |             |             |      | still waiting |
        | Dan    | first response | 2025-06-30  | request     | 0    |               |
        | Dan    | first service  |             |             |      | still waiting |
    """
    derived(tables, "first_response_waits", expect)


def test_every_outcome_of_progress_makes_a_conversation_a_response(derived: Any) -> None:
    tables = events("""
        | person | what    | start_on   | conversation | outcome                                    |
        | Ann    | request | 2025-06-30 | yes          | Progress to reablement/ST-Max              |
        | Bob    | request | 2025-06-30 | yes          | Progress to support planning or services   |
        | Cat    | request | 2025-06-30 | yes          | Continuation of support or services        |
        | Dan    | request | 2025-06-30 | yes          | Progress to financial assessment           |
        | Eve    | request | 2025-06-30 | yes          | Progress to end of life care               |
        | Fay    | request | 2025-06-30 | yes          | Progress to assessment, review or reassessment |
    """)
    expect = """
        | person | kind           | followed_by |
        | Ann    | first response | request     |
        | Bob    | first response | request     |
        | Cat    | first response | request     |
        | Dan    | first response | request     |
        | Eve    | first response | request     |
        | Fay    | first response | request     |
        | Ann    | first service  |             |
        | Bob    | first service  |             |
        | Cat    | first service  |             |
        | Dan    | first service  |             |
        | Eve    | first service  |             |
        | Fay    | first service  |             |
    """
    derived(tables, "first_response_waits", expect)
    served = """
        | person | kind          |
        | Ann    | first service |
        | Bob    | first service |
        | Cat    | first service |
        | Dan    | first service |
        | Eve    | first service |
    """
    derived(tables, "open_waits", served)


def test_an_assessment_leads_to_a_service_by_reablement_planning_or_continuation(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   | outcome                                  |
        | Ann    | request    | 2025-01-10 |                                          |
        | Ann    | assessment | 2025-01-15 | Progress to reablement/ST-Max            |
        | Ann    | low level  | 2025-02-10 |                                          |
        | Bob    | request    | 2025-01-10 |                                          |
        | Bob    | assessment | 2025-01-15 | Progress to support planning or services |
        | Bob    | low level  | 2025-02-10 |                                          |
        | Cat    | request    | 2025-01-10 |                                          |
        | Cat    | assessment | 2025-01-15 | Continuation of support or services      |
        | Cat    | low level  | 2025-02-10 |                                          |
        | Dan    | request    | 2025-01-10 |                                          |
        | Dan    | assessment | 2025-01-15 | Progress to end of life care             |
        | Dan    | low level  | 2025-02-10 |                                          |
    """)
    expect = """
        | person | kind           | days | left_out                         |
        | Ann    | first response | 5    |                                  |
        | Bob    | first response | 5    |                                  |
        | Cat    | first response | 5    |                                  |
        | Dan    | first response | 5    |                                  |
        | Ann    | first service  | 31   |                                  |
        | Bob    | first service  | 31   |                                  |
        | Cat    | first service  | 31   |                                  |
        | Dan    | first service  |      | the assessment led to no service |
    """
    derived(tables, "first_response_waits", expect)


def test_a_conversation_is_no_response_where_the_assessment_is_of_the_same_day_or_it_led_nowhere(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   | conversation | outcome        |
        | Ann    | request    | 2025-05-01 | yes          |                |
        | Ann    | assessment | 2025-05-01 |              |                |
        | Bob    | request    | 2025-05-01 | yes          | Something else |
        | Bob    | assessment | 2025-05-04 |              |                |
    """)
    expect = """
        | person | kind           | followed_by | days |
        | Ann    | first response | assessment  | 0    |
        | Ann    | first service  |             |      |
        | Bob    | first response | assessment  | 3    |
        | Bob    | first service  |             |      |
    """
    derived(tables, "first_response_waits", expect)


def test_a_service_is_not_void_after_a_conversation_whatever_the_assessment_led_to(
    derived: Any,
) -> None:
    tables = events(f"""
        | person | what       | start_on   | conversation | outcome  |
        | Ann    | request    | 2025-05-01 | yes          |          |
        | Ann    | assessment | 2025-05-04 |              | {ADVICE} |
        | Ann    | community  | 2025-05-09 |              |          |
    """)
    expect = """
        | kind           | followed_by | days | left_out |
        | first response | request     | 0    |          |
        | first service  | service     | 8    |          |
    """
    derived(tables, "first_response_waits", expect)


def test_a_request_with_no_outcome_is_dropped_as_the_published_code_does(derived: Any) -> None:
    tables = events("""
        | person | what       | start_on   | outcome               |
        | Ann    | request    | 2025-01-10 | -                     |
        | Ann    | assessment | 2025-01-15 |                       |
        | Bob    | request    | 2025-01-10 | NFA: Support declined |
        | Bob    | assessment | 2025-01-15 |                       |
        | Cat    | request    | 2025-01-10 | Admitted to hospital  |
        | Cat    | assessment | 2025-01-15 |                       |
        | Dan    | request    | 2025-01-10 | Something else        |
        | Dan    | assessment | 2025-01-15 |                       |
    """)
    reason = "the request led to no further action, or to hospital"
    expect = f"""
        | person | kind           | days | left_out                   |
        | Ann    | first response |      | the request has no outcome |
        | Ann    | first service  |      | the request has no outcome |
        | Bob    | first response |      | {reason}                   |
        | Bob    | first service  |      | {reason}                   |
        | Cat    | first response |      | {reason}                   |
        | Cat    | first service  |      | {reason}                   |
        | Dan    | first response | 5    |                            |
        | Dan    | first service  |      | still waiting              |
    """
    derived(tables, "first_response_waits", expect)


def test_a_request_with_no_outcome_counts_as_the_published_code_intends(derived: Any) -> None:
    tables = events("""
        | person | what       | start_on   | outcome |
        | Ann    | request    | 2025-01-10 | -       |
        | Ann    | assessment | 2025-01-15 |         |
    """)
    expect = """
        | kind           | days | left_out      |
        | first response | 5    |               |
        | first service  |      | still waiting |
    """
    derived(tables, "first_response_waits_intended", expect)


def test_long_term_support_in_the_12_months_before_makes_no_new_client(derived: Any) -> None:
    """To the same day of the calendar, or the last of the month where there is no such day."""
    tables = events("""
        | person | what       | start_on   | end_on     |
        | Ann    | community  | 2023-01-01 | 2024-01-10 |
        | Ann    | request    | 2025-01-10 |            |
        | Bob    | community  | 2023-01-01 | 2024-01-09 |
        | Bob    | request    | 2025-01-10 |            |
        | Cat    | community  | 2023-01-01 |            |
        | Cat    | request    | 2025-01-10 |            |
        | Dan    | community  | 2022-01-01 | 2023-02-28 |
        | Dan    | request    | 2024-02-29 |            |
        | Eve    | community  | 2022-01-01 | 2023-02-27 |
        | Eve    | request    | 2024-02-29 |            |
    """)
    client = "not a new client when the request began"
    expect = f"""
        | person | kind           | left_out      |
        | Ann    | first response | {client}      |
        | Ann    | first service  | {client}      |
        | Bob    | first response | still waiting |
        | Bob    | first service  | still waiting |
        | Cat    | first response | {client}      |
        | Cat    | first service  | {client}      |
        | Dan    | first response | {client}      |
        | Dan    | first service  | {client}      |
        | Eve    | first response | still waiting |
        | Eve    | first service  | still waiting |
    """
    derived(tables, "first_response_waits", expect)


def test_every_type_of_service_has_its_own_months(derived: Any) -> None:
    """Each of these ended on the last day that still makes a client, and a day before it."""
    tables = events("""
        | person | what        | start_on   | end_on     |
        | Ann    | nursing     | 2023-01-01 | 2024-01-10 |
        | Bob    | residential | 2023-01-01 | 2024-01-10 |
        | Cat    | prison      | 2023-01-01 | 2024-01-10 |
        | Dan    | other short | 2023-01-01 | 2024-10-10 |
        | Ann    | request     | 2025-01-10 |            |
        | Bob    | request     | 2025-01-10 |            |
        | Cat    | request     | 2025-01-10 |            |
        | Dan    | request     | 2025-01-10 |            |
        | Ann    | request     | 2025-01-11 |            |
        | Bob    | request     | 2025-01-11 |            |
        | Cat    | request     | 2025-01-11 |            |
        | Dan    | request     | 2025-01-11 |            |
    """)
    client = "not a new client when the request began"
    expect = "| person | requested_on | kind | left_out |" + "".join(
        f"\n| {person} | 2025-01-{day} | {kind} | {why} |"
        for person in ("Ann", "Bob", "Cat", "Dan")
        for kind in ("first response", "first service")
        for day, why in ((10, client), (11, "still waiting"))
    )
    derived(tables, "first_response_waits", expect)


def test_every_type_of_service_for_users_may_be_the_first(derived: Any) -> None:
    tables = events("""
        | person | what        | start_on   |
        | Ann    | request     | 2025-01-10 |
        | Ann    | nursing     | 2025-01-11 |
        | Bob    | request     | 2025-01-10 |
        | Bob    | residential | 2025-01-12 |
        | Cat    | request     | 2025-01-10 |
        | Cat    | prison      | 2025-01-13 |
        | Dan    | request     | 2025-01-10 |
        | Dan    | other short | 2025-01-14 |
    """)
    expect = """
        | person | kind           | days |
        | Ann    | first response | 1    |
        | Bob    | first response | 2    |
        | Cat    | first response | 3    |
        | Dan    | first response | 4    |
        | Ann    | first service  | 1    |
        | Bob    | first service  | 2    |
        | Cat    | first service  | 3    |
        | Dan    | first service  | 4    |
    """
    derived(tables, "first_response_waits", expect)


def test_short_term_support_in_the_3_months_before_makes_no_new_client_and_low_level_never_does(
    derived: Any,
) -> None:
    tables = events("""
        | person | what        | start_on   | end_on     |
        | Ann    | reablement  | 2024-01-01 | 2024-10-10 |
        | Ann    | request     | 2025-01-10 |            |
        | Bob    | reablement  | 2024-01-01 | 2024-10-09 |
        | Bob    | request     | 2025-01-10 |            |
        | Cat    | other short | 2024-01-01 | 2025-01-11 |
        | Cat    | request     | 2025-01-10 |            |
        | Dan    | low level   | 2024-01-01 |            |
        | Dan    | request     | 2025-01-10 |            |
    """)
    client = "not a new client when the request began"
    expect = f"""
        | person | kind           | left_out      |
        | Ann    | first response | {client}      |
        | Ann    | first service  | {client}      |
        | Bob    | first response | still waiting |
        | Bob    | first service  | still waiting |
        | Cat    | first response | {client}      |
        | Cat    | first service  | {client}      |
        | Dan    | first response | still waiting |
        | Dan    | first service  | still waiting |
    """
    derived(tables, "first_response_waits", expect)


def test_a_service_that_begins_on_the_day_of_the_request_makes_no_client_of_before(
    derived: Any,
) -> None:
    tables = events("""
        | person | what      | start_on   |
        | Ann    | request   | 2025-01-10 |
        | Ann    | community | 2025-01-10 |
    """)
    expect = """
        | kind           | days | left_out |
        | first response | 0    |          |
        | first service  | 0    |          |
    """
    derived(tables, "first_response_waits", expect)


def test_a_request_during_the_follow_up_of_the_one_before_is_not_counted(derived: Any) -> None:
    """Ann asks again before the service, Bob before the assessment, Cat when all is done."""
    tables = events("""
        | person | what       | start_on   | end_on     |
        | Ann    | request    | 2025-01-10 |            |
        | Ann    | assessment | 2025-01-15 |            |
        | Ann    | request    | 2025-01-20 |            |
        | Ann    | low level  | 2025-02-10 |            |
        | Bob    | request    | 2025-01-10 |            |
        | Bob    | request    | 2025-01-12 |            |
        | Bob    | assessment | 2025-01-15 |            |
        | Cat    | request    | 2025-01-10 |            |
        | Cat    | low level  | 2025-01-15 | 2025-01-16 |
        | Cat    | request    | 2025-01-20 |            |
        | Cat    | low level  | 2025-01-22 |            |
    """)
    wait = "the previous request was still being followed up"
    expect = f"""
        | person | requested_on | kind           | days | left_out      |
        | Ann    | 2025-01-10   | first response | 5    |               |
        | Ann    | 2025-01-10   | first service  | 31   |               |
        | Ann    | 2025-01-20   | first response |      | {wait}        |
        | Ann    | 2025-01-20   | first service  |      | {wait}        |
        | Bob    | 2025-01-10   | first response | 5    |               |
        | Bob    | 2025-01-10   | first service  |      | still waiting |
        | Bob    | 2025-01-12   | first response |      | {wait}        |
        | Bob    | 2025-01-12   | first service  |      | {wait}        |
        | Cat    | 2025-01-10   | first response | 5    |               |
        | Cat    | 2025-01-10   | first service  | 5    |               |
        | Cat    | 2025-01-20   | first response | 2    |               |
        | Cat    | 2025-01-20   | first service  | 2    |               |
    """
    derived(tables, "first_response_waits", expect)


def test_a_request_that_would_use_the_same_event_again_is_not_counted(derived: Any) -> None:
    """The third comes after the follow-up of the second, but would use the service of the first."""
    tables = events(f"""
        | person | what       | start_on   | conversation | outcome  |
        | Ann    | request    | 2025-01-10 | yes          |          |
        | Ann    | request    | 2025-01-12 |              |          |
        | Ann    | assessment | 2025-01-15 |              | {ADVICE} |
        | Ann    | request    | 2025-01-20 |              |          |
        | Ann    | low level  | 2025-02-10 |              |          |
    """)
    wait = "the previous request was still being followed up"
    expect = f"""
        | requested_on | kind           | days | left_out |
        | 2025-01-10   | first response | 0    |          |
        | 2025-01-10   | first service  | 31   |          |
        | 2025-01-12   | first response |      | {wait}   |
        | 2025-01-12   | first service  |      | {wait}   |
        | 2025-01-20   | first response |      | {wait}   |
        | 2025-01-20   | first service  |      | {wait}   |
    """
    derived(tables, "first_response_waits", expect)


def test_a_request_that_is_left_out_is_in_nobody_s_way(derived: Any) -> None:
    tables = events(f"""
        | person | what       | start_on   | outcome  |
        | Ann    | request    | 2025-01-10 | {ADVICE} |
        | Ann    | request    | 2025-01-12 |          |
        | Ann    | assessment | 2025-01-15 |          |
    """)
    reason = "the request led to no further action, or to hospital"
    expect = f"""
        | requested_on | kind           | days | left_out      |
        | 2025-01-10   | first response |      | {reason}      |
        | 2025-01-10   | first service  |      | {reason}      |
        | 2025-01-12   | first response | 3    |               |
        | 2025-01-12   | first service  |      | still waiting |
    """
    derived(tables, "first_response_waits", expect)


def test_of_requests_of_one_day_that_of_the_newest_import_stands_first(derived: Any) -> None:
    tables = events("""
        | person | what       | start_on   | imported_on | row |
        | Ann    | request    | 2025-01-10 |             | 1   |
        | Ann    | request    | 2025-01-10 | 2025-04-20  | 2   |
        | Ann    | request    | 2025-01-10 | 2025-07-20  | 3   |
        | Ann    | assessment | 2025-01-15 |             | 4   |
        | Bob    | request    | 2025-01-10 |             | 5   |
        | Bob    | request    | 2025-01-10 |             | 6   |
        | Bob    | assessment | 2025-01-15 |             | 7   |
    """)
    expect = """
        | row | kind           | days |
        | 3   | first response | 5    |
        | 2   | first response |      |
        | 1   | first response |      |
        | 6   | first response | 5    |
        | 5   | first response |      |
        | 3   | first service  |      |
        | 2   | first service  |      |
        | 1   | first service  |      |
        | 6   | first service  |      |
        | 5   | first service  |      |
    """
    derived(tables, "first_response_waits", expect)


def test_requests_of_people_under_25_or_of_no_age_are_left_out_and_those_before_april_2023_are_not_there(
    derived: Any,
) -> None:
    tables = events("""
        | person | what    | start_on   |
        | Ann    | request | 2023-03-31 |
        | Bob    | request | 2023-04-01 |
        | Cat    | request | 2025-01-10 |
        | Dan    | request | 2025-01-10 |
        | Eve    | request | 2025-01-10 |
    """) | {
        "cld_people": """
            | person | born_on    |
            | Ann    | 1940-01-01 |
            | Bob    | 1940-01-01 |
            | Cat    | 2000-01-11 |
            | Dan    | 2000-01-10 |
        """
    }
    expect = """
        | person | kind           | age | left_out                        |
        | Bob    | first response | 83  | still waiting                   |
        | Bob    | first service  | 83  | still waiting                   |
        | Cat    | first response | 24  | under 25 on the day that counts |
        | Cat    | first service  | 24  | under 25 on the day that counts |
        | Dan    | first response | 25  | still waiting                   |
        | Dan    | first service  | 25  | still waiting                   |
        | Eve    | first response |     | no date of birth                |
        | Eve    | first service  |     | no date of birth                |
    """
    derived(tables, "first_response_waits", expect)


def test_the_age_group_is_that_of_what_followed_and_not_of_the_request(derived: Any) -> None:
    tables = events("""
        | person | what       | start_on   |
        | Ann    | request    | 2025-01-10 |
        | Ann    | assessment | 2025-01-15 |
        | Ann    | community  | 2025-02-10 |
    """) | {
        "cld_people": """
            | person | born_on    |
            | Ann    | 1960-01-31 |
        """
    }
    expect = """
        | kind           | age | age_group |
        | first response | 64  | 25-64     |
        | first service  | 65  | 65plus    |
    """
    derived(tables, "first_response_waits", expect)


def test_requests_of_carers_are_not_waits(derived: Any) -> None:
    tables = {
        "cld_events": f"""
            | person | event_type | client_type  | start_on   | outcome     |
            | Ann    | Request    | Unpaid carer | 2025-01-10 | {ASSESSING} |
        """,
        "cld_people": PEOPLE,
    }
    derived(tables, "first_response_waits", "| person |")


# Open waits: what the national figures do not show. The data reach to January 2025.


def test_who_waits_for_a_response_at_the_end_of_the_data_is_shown_with_the_days_so_far(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   |
        | Ann    | request    | 2025-01-10 |
        | Bob    | request    | 2025-01-10 |
        | Bob    | assessment | 2025-01-11 |
        | Cat    | request    | 2025-01-31 |
    """)
    expect = """
        | person | kind           | requested_on | looked_on  | days | left_out |
        | Ann    | first response | 2025-01-10   | 2025-01-31 | 21   |          |
        | Bob    | first service  | 2025-01-10   | 2025-01-31 | 21   |          |
        | Cat    | first response | 2025-01-31   | 2025-01-31 | 0    |          |
    """
    derived(tables, "open_waits", expect)


def test_a_service_is_waited_for_only_where_the_first_response_led_to_one(derived: Any) -> None:
    tables = events(f"""
        | person | what       | start_on   | outcome     | conversation |
        | Ann    | request    | 2025-01-10 |             |              |
        | Ann    | assessment | 2025-01-11 | {ADVICE}    |              |
        | Bob    | request    | 2025-01-10 | {PLANNING}  | yes          |
        | Cat    | request    | 2025-01-10 | {ASSESSING} | yes          |
        | Dan    | request    | 2025-01-10 |             |              |
        | Dan    | low level  | 2025-01-11 |             |              |
    """)
    expect = """
        | person | kind          |
        | Bob    | first service |
    """
    derived(tables, "open_waits", expect)


def test_who_died_while_waiting_is_left_out_of_the_open_waits(derived: Any) -> None:
    tables = events("""
        | person | what    | start_on   |
        | Ann    | request | 2025-01-10 |
        | Bob    | request | 2025-01-10 |
    """) | {
        "cld_people": """
            | person | born_on    | died_on    |
            | Ann    | 1940-01-01 | 2025-01-31 |
            | Bob    | 1940-01-01 | 2025-02-01 |
        """
    }
    expect = """
        | person | left_out           |
        | Ann    | died while waiting |
        | Bob    |                    |
    """
    derived(tables, "open_waits", expect)


def test_a_request_that_is_not_counted_is_no_open_wait(derived: Any) -> None:
    tables = events(f"""
        | person | what       | start_on   | outcome  |
        | Ann    | request    | 2025-01-10 | {ADVICE} |
        | Bob    | request    | 2025-01-10 |          |
        | Bob    | request    | 2025-01-12 |          |
        | Bob    | assessment | 2025-01-15 | {ADVICE} |
        | Cat    | community  | 2024-01-10 |          |
        | Cat    | request    | 2025-01-12 |          |
    """)
    derived(tables, "open_waits", "| person |")


def test_a_wait_belongs_to_the_day_of_what_followed_and_what_is_left_out_to_that_of_the_request(
    derived: Any,
) -> None:
    tables = events("""
        | person | what       | start_on   |
        | Ann    | request    | 2024-12-10 |
        | Ann    | assessment | 2025-01-15 |
    """)
    expect = """
        | kind           | counted_on | requested_on | followed_on |
        | first response | 2025-01-15 | 2024-12-10   | 2025-01-15  |
        | first service  | 2024-12-10 | 2024-12-10   |             |
    """
    derived(tables, "first_response_waits", expect)
