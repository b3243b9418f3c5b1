"""Reablement after a request, by the method of 2023-24 (ASCOF 2A)

The same measure by the earlier method of NHS England. Everybody in these examples was born on 1 May
1945, unless they say otherwise.
"""

from __future__ import annotations

from typing import Any

HEAD = "| person_id | event_type | service_type | event_start_date | event_end_date | event_outcome | date_of_birth |"


def people(**drawn: str) -> dict[str, str]:
    """Events by person: type or type of service, start, end, outcome; after a request in time."""
    lines = [HEAD]
    for person, events in drawn.items():
        for event in filter(str.strip, events.splitlines()):
            cells = [cell.strip() for cell in event.split("|")]
            kind, start, end, outcome = [*cells, "", ""][:4]
            other = kind in ("Request", "Assessment", "Review")
            what = f"{kind} |" if other else f"Service | {kind}"
            lines.append(
                f"| {person.replace('_', ' ')} | {what} | {start} | {end} | {outcome} | 1945-05-01 |"
            )
    return {"cld": "\n".join(lines)}


REQUEST = "Request | 2025-04-20 | 2025-04-25 | Progress to Reablement/ST-Max\n"
ST_MAX = "Short term support: ST-Max | 2025-05-01 | 2025-05-31 | {}\n"
ASKED = REQUEST + ST_MAX


def test_reablement_counts_only_where_a_request_led_to_it(derived: Any) -> None:
    """It must begin at most 28 days after the request had ended, and not before that end."""
    st_max = "Short term support: ST-Max | {} | 2025-06-30 | Service ended as planned"
    tables = people(
        none=st_max.format("2025-05-01"),
        day_28=REQUEST + st_max.format("2025-05-23"),
        day_29=REQUEST + st_max.format("2025-05-24"),
        last_day=REQUEST + st_max.format("2025-04-25"),
        before=REQUEST + st_max.format("2025-04-24"),
    )
    expect = """
        | person_id | new_client | independent | left_out                         |
        | none      |            | no          | no request for support led to it |
        | day 28    | yes        | yes         |                                  |
        | day 29    |            | no          | no request for support led to it |
        | last day  | yes        | yes         |                                  |
        | before    |            | no          | no request for support led to it |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_events_between_request_and_reablement_are_followed_while_they_are_close(
    derived: Any,
) -> None:
    """At most three days lie between the end of one and the start of the next. A second request,
    more than four days after the first, takes its place; one within four days is part of it."""
    st_max = "Short term support: ST-Max | 2025-07-01 | 2025-07-31 | Service ended as planned"
    tables = people(
        close=f"""{REQUEST}
            Assessment | 2025-05-20 | 2025-06-28 | Progress to Support Planning / Services
            {st_max}""",
        apart=f"""{REQUEST}
            Assessment | 2025-05-20 | 2025-06-27 | Progress to Support Planning / Services
            {st_max}""",
        asked_again=f"""{REQUEST}
            Request | 2025-04-30 | 2025-06-20 | Progress to Reablement/ST-Max
            {st_max}""",
        one_request=f"""{REQUEST}
            Request | 2025-04-29 | 2025-06-03 | Progress to Reablement/ST-Max
            {st_max}""",
    )
    expect = """
        | person_id   | new_client | left_out                         |
        | close       | yes        |                                  |
        | apart       |            | no request for support led to it |
        | asked again | yes        |                                  |
        | one request | yes        |                                  |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_by_the_method_of_2023_24_a_client_is_new_without_long_term_support_on_the_day_of_the_request(
    derived: Any,
) -> None:
    """Support that ended the day before does not count against it, as it does in 2024-25."""
    planned = ASKED.format("Service ended as planned")
    tables = people(
        open="Long Term Support: Community | 2024-05-01 | | \n" + planned,
        ended_on_it="Long Term Support: Community | 2024-05-01 | 2025-04-20 | \n" + planned,
        ended_before="Long Term Support: Community | 2024-05-01 | 2025-04-19 | \n" + planned,
        began_on_it="Long Term Support: Community | 2025-04-20 | 2025-04-21 | \n" + planned,
        began_after="Long Term Support: Community | 2025-04-21 | 2025-04-22 | \n" + planned,
    )
    expect = """
        | person_id    | new_client | left_out                                                              |
        | open         | no         | the request was of a person with long-term support: not a new client |
        | ended on it  | no         | the request was of a person with long-term support: not a new client |
        | ended before | yes        |                                                                       |
        | began on it  | no         | the request was of a person with long-term support: not a new client |
        | began after  | yes        |                                                                       |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)
    expect = """
        | person_id    | new_client |
        | open         | no         |
        | ended on it  | no         |
        | ended before | no         |
        | began on it  | no         |
        | began after  | no         |
    """
    derived(tables, "reablement_outcomes", expect)


def test_services_at_most_one_day_apart_are_one_cluster(derived: Any) -> None:
    """Both must follow a request; here each does, since reablement does not end that chain."""
    tables = people(
        one_day=ASKED.format("Service ended as planned")
        + "Short Term Support: ST-Max | 2025-06-01 | 2025-06-10 | Service ended as planned",
        two_days=ASKED.format("Service ended as planned")
        + "Short Term Support: ST-Max | 2025-06-02 | 2025-06-10 | Service ended as planned",
    )
    expect = """
        | person_id | started_on | ended_on   | step |
        | one day   | 2025-05-01 | 2025-06-10 | 1    |
        | two days  | 2025-05-01 | 2025-05-31 | 5    |
        | two days  | 2025-06-02 | 2025-06-10 | 1    |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_the_best_service_of_the_chain_after_it_is_the_sequel(derived: Any) -> None:
    """The first event begins at most three days after the end, and the next at most three days
    after the one before. What began before the end is not looked at."""
    tables = people(
        day_3=ASKED.format("NFA- Other")
        + "Long Term Support: Nursing Care | 2025-06-03 | 2025-06-04 | ",
        day_4=ASKED.format("Service ended as planned")
        + "Long Term Support: Nursing Care | 2025-06-04 | 2025-06-04 | ",
        chained=ASKED.format("NFA- Other")
        + """Review | 2025-06-01 | 2025-06-20 | NFA- Other
            Short Term Support: Ongoing Low Level | 2025-06-23 | 2025-06-30 |
            Long Term Support: Community | 2025-07-03 | |""",
        broken=ASKED.format("NFA- Other")
        + """Review | 2025-06-01 | 2025-06-20 | NFA- Other
            Short Term Support: Other Short Term | 2025-06-23 | 2025-06-30 |
            Long Term Support: Community | 2025-07-04 | |""",
        before=ASKED.format("Service ended as planned")
        + "Long Term Support: Community | 2025-05-30 | | ",
        last_day=ASKED.format("Service ended as planned")
        + "Long Term Support: Community | 2025-05-31 | | ",
    )
    expect = """
        | person_id | sequel                                | sequel_from | step | independent |
        | day 3     | Long term support: Nursing care       | service     | 2    | no          |
        | day 4     | NFA: Support ended as planned         | outcome     | 5    | yes         |
        | chained   | Long term support: Community          | service     | 2    | no          |
        | broken    | Short term support: Other short term  | service     | 2    | yes         |
        | before    | NFA: Support ended as planned         | outcome     | 1    | yes         |
        | last day  | Long term support: Community          | service     | 2    | no          |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_without_a_service_the_last_outcome_of_no_further_action_is_the_sequel(
    derived: Any,
) -> None:
    """Two that differ on the same day are 'other'. 'Ended as planned' is none of them."""
    tables = people(
        last=ASKED.format("NFA- Other")
        + """Assessment | 2025-06-01 | 2025-06-10 | NFA - Support declined
            Review | 2025-06-02 | 2025-06-11 | NFA - Information & Advice / Signposting only""",
        two=ASKED.format("NFA - Support declined")
        + """Assessment | 2025-06-01 | 2025-06-10 | NFA - Support declined
            Review | 2025-06-02 | 2025-06-10 | NFA - Moved to another LA""",
        own=ASKED.format("NFA - Moved to another LA")
        + "Review | 2025-06-02 | 2025-06-10 | Service ended as planned",
        own_planned=ASKED.format("Service ended as planned")
        + "Review | 2025-06-02 | 2025-06-10 | No change in package",
    )
    expect = """
        | person_id   | sequel                                               | step | independent |
        | last        | NFA: Information and advice or signposting           | 3    | yes         |
        | two         | NFA: Other                                           | 3    | yes         |
        | own         | NFA: Responsibility moved to another local authority | 4    | yes         |
        | own planned | NFA: Support ended as planned                        | 4    | yes         |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_with_no_event_close_after_it_only_ended_as_planned_counts(derived: Any) -> None:
    """As the published code does it. By the method of 2024-25 every usable outcome counts."""
    tables = people(
        planned=ASKED.format("Service ended as planned"),
        other=ASKED.format("NFA- Other"),
        hospital=ASKED.format("Admitted to hospital"),
        declined=ASKED.format("NFA - Support declined"),
        end_of_life=ASKED.format("Progress to End of Life Care"),
        missing=ASKED.format(""),
    )
    expect = """
        | person_id   | sequel                        | sequel_from  | independent | left_out                         |
        | planned     | NFA: Support ended as planned | outcome      | yes         |                                  |
        | other       | NFA: Other                    | unclassified | no          | no record tells what came after |
        | hospital    | Admitted to hospital          | unclassified | no          | no record tells what came after |
        | declined    | NFA: Support declined         | unclassified | no          | support declined                 |
        | end of life | Progress to end of life care  | unclassified | no          | no record tells what came after |
        | missing     |                               | unclassified | no          | no record tells what came after |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)
    expect = """
        | person_id   | sequel                        | sequel_from  | independent | left_out                         |
        | planned     | NFA: Support ended as planned | outcome      | yes         |                                  |
        | other       | NFA: Other                    | outcome      | yes         |                                  |
        | hospital    | Admitted to hospital          | hospital     | no          | admitted to hospital             |
        | declined    | NFA: Support declined         | outcome      | no          | support declined                 |
        | end of life | Progress to end of life care  | unclassified | no          | no record tells what came after |
        | missing     |                               | unclassified | no          | no record tells what came after |
    """
    derived(tables, "reablement_outcomes", expect)


def test_by_the_method_of_2023_24_people_without_a_date_of_birth_fall_out(derived: Any) -> None:
    tables = people(p1=ASKED.format("Service ended as planned"))
    tables["cld"] = tables["cld"].replace("1945-05-01", "")
    expect = """
        | new_client | age_band  | left_out         |
        | yes        | Not known | no date of birth |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_by_the_method_of_2023_24_a_death_after_the_end_is_told_by_an_outcome_alone(
    derived: Any,
) -> None:
    head = HEAD + " date_of_death |"
    rows = [
        "| p1 | Request | | 2025-04-20 | 2025-04-25 | | 1945-05-01 | 2025-06-02 |",
        "| p1 | Service | Short Term Support: ST-Max | 2025-05-01 | 2025-05-31 | Service ended as planned | 1945-05-01 | 2025-06-02 |",
        "| p2 | Request | | 2025-04-20 | 2025-04-25 | | 1945-05-01 | |",
        "| p2 | Service | Short Term Support: ST-Max | 2025-05-01 | 2025-05-31 | Service ended as planned | 1945-05-01 | |",
        "| p2 | Review  | | 2025-06-01 | 2025-06-02 | NFA - Deceased | 1945-05-01 | |",
    ]
    tables = {"cld": "\n".join([head, *rows])}
    expect = """
        | person_id | sequel                        | independent | left_out            |
        | p1        | NFA: Support ended as planned | yes         |                     |
        | p2        | NFA: Deceased                 | no          | died, by an outcome |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)


def test_by_the_method_of_2023_24_reablement_that_goes_on_is_left_out(derived: Any) -> None:
    tables = people(
        open=REQUEST + "Short term support: ST-Max | 2025-05-01 | | ",
        lately="""Request | 2026-04-01 | 2026-04-02 | Progress to Reablement/ST-Max
            Short term support: ST-Max | 2026-04-03 | 2026-05-03 | Service ended as planned""",
    )
    expect = """
        | person_id | left_out                                |
        | open      | the reablement has not ended            |
        | lately    | the days after its end are not over yet |
    """
    derived(tables, "reablement_outcomes_2023_24", expect)
