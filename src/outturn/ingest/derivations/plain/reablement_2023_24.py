"""The judge of `derivations.reablement_2023_24`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.cld import NEVER
from outturn.ingest.derivations.plain.reablement import (
    clusters,
    days_between,
    finished,
    first_days,
    is_service,
    of_cluster,
)


def outcomes(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Finds which reablement a request led to, and follows each cluster of it."""
    events, people = (tables[name] for name in asked.method.given)
    known = {(one["place"], one["person"]): one for one in people}
    covered = first_days(events, asked)
    found = []
    for key, of_person in _by_person(events, asked).items():
        cohorts = _cohorts(of_person, asked)
        for cohort in (0, 1, 2):
            services = [
                one
                for one in of_person
                if is_service(one, asked.word("reablement"))
                and cohorts.get((one["source"], one["row"]), 0) == cohort
            ]
            for cluster in clusters(services, asked):
                row = of_cluster(cluster, known.get(key, {}), asked)
                row["new_client"] = cohort == 2 if cohort else None
                row["covered_from"] = covered.get(row["place"])
                mine = [(one["source"], one["row"]) for one in cluster]
                others = [one for one in of_person if (one["source"], one["row"]) not in mine]
                _find_sequel(row, others, asked)
                found.append(finished(row, _rule(row, asked), asked))
    return found


def _by_person(events: Rows, asked: Asked) -> dict[tuple[str, str], list[Row]]:
    order = asked.words("outcome_order")
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in events:
        ends_first = one["end_on"] and one["end_on"] < one["start_on"]
        if one["client_type"] == asked.word("client_type") and not ends_first:
            usable = one["outcome"] in order
            worth = order.index(one["outcome"]) if usable else 99
            found[one["place"], one["person"]].append(one | {"usable": usable, "worth": worth})
    return found


def _cohorts(events: list[Row], asked: Asked) -> dict[tuple[str, int], int]:
    """2 for each service of reablement that a request of a new client led to, 1 for others."""
    found: dict[tuple[str, int], int] = {}
    for started, ended, members in _requests(events, asked):
        known = any(
            is_service(one, *asked.words("long_term"))
            and one["start_on"] <= started <= (one["end_on"] or NEVER)
            for one in events
        )
        after = [one for one in events if one["start_on"] >= ended and one not in members]
        days = asked.number("days_after_request")
        for one in _chain(after, ended, days, lambda one: one["event_type"] == "Request", asked):
            if is_service(one, asked.word("reablement")):
                key = one["source"], one["row"]
                found[key] = max(found.get(key, 0), 1 if known else 2)
    return found


def _requests(events: list[Row], asked: Asked) -> list[tuple[date, date, list[Row]]]:
    """First day, last day and records of each request."""
    found: list[tuple[date, date, list[Row]]] = []
    requests = [one for one in events if one["event_type"] == "Request"]
    for one in sorted(requests, key=lambda one: one["start_on"]):
        end = one["end_on"] or asked.as_of
        if found and days_between(found[-1][1], one["start_on"]) <= asked.number(
            "days_between_requests"
        ):
            started, ended, members = found[-1]
            found[-1] = started, max(ended, end), [*members, one]
        else:
            found.append((one["start_on"], end, [one]))
    return found


def _chain(
    events: list[Row],
    ended: date,
    first_days: int,
    stops: Callable[[Row], bool],
    asked: Asked,
) -> list[Row]:
    """The events that follow closely. Where one stops the chain, those of its day are out too."""
    in_order = sorted(
        events, key=lambda one: (one["start_on"], one["end_on"] or NEVER, one["source"], one["row"])
    )
    stopped_on = NEVER
    for number, one in enumerate(in_order):
        before = in_order[number - 1]["end_on"] if number else None
        late = number == 0 and days_between(ended, one["start_on"]) > first_days
        apart = before and days_between(before, one["start_on"]) > asked.number(
            "days_between_events"
        )
        if stops(one) or late or apart:
            stopped_on = one["start_on"]
            break
    return [one for one in in_order if one["start_on"] < stopped_on]


def _find_sequel(row: Row, others: list[Row], asked: Asked) -> None:
    """Writes what came after, the kind of record that told it, and whether it may tell it."""
    row |= {"sequel": None, "step": None, "told": False, "sequel_from": "unclassified"}
    if row["ended_on"] is None:
        return
    after = [one for one in others if one["start_on"] >= row["ended_on"]]
    chain = _chain(
        after,
        row["ended_on"],
        asked.number("days_after"),
        lambda one: is_service(one, asked.word("reablement")),
        asked,
    )
    order = asked.words("services")
    services = [one["service_type"] for one in chain if is_service(one, *order)]
    telling = [one for one in chain if one["outcome"] in asked.words("outcomes_of_events")]
    if services:
        row |= {"sequel": min(services, key=order.index), "step": "2", "told": True}
        row["sequel_from"] = "service"
    elif telling:
        last = max(one["end_on"] or date.min for one in telling)
        said = {one["outcome"] for one in telling if (one["end_on"] or date.min) == last}
        sequel = said.pop() if len(said) == 1 else asked.word("conflicting")
        row |= {"sequel": sequel, "step": "3", "told": True, "sequel_from": "outcome"}
    else:
        step = "4" if chain else "5" if after else "1"
        listed = "own_outcomes_beside_events" if step == "4" else "own_outcomes_alone"
        told = row["outcome"] in asked.words(listed)
        row |= {"sequel": row["outcome"], "step": step, "told": told}
        row["sequel_from"] = "outcome" if told else "unclassified"


def _rule(row: Row, asked: Asked) -> str | None:
    rules: list[tuple[Any, str]] = [
        (row["ended_on"] is None, "the reablement has not ended"),
        (
            row["ended_on"]
            and row["ended_on"] + timedelta(days=asked.number("days_after")) > asked.as_of,
            "the days after its end are not over yet",
        ),
        (
            row["covered_from"] is None
            or (row["ended_on"] and row["ended_on"] < row["covered_from"]),
            "ended before the first month that the data of the place cover",
        ),
        (row["died_on"] and row["died_on"] < row["started_on"], "died before it began"),
        (row["born_on"] is None, "no date of birth"),
        (
            row["age"] is not None and row["age"] < asked.number("youngest"),
            f"under {asked.number('youngest')} on the day that counts",
        ),
        (row["new_client"] is None, "no request for support led to it"),
        (
            row["new_client"] is False,
            "the request was of a person with long-term support: not a new client",
        ),
    ]
    return next((words for holds, words in rules if holds), None)
