"""The judge of `derivations.waits`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years
from outturn.ingest.derivations.plain.windows import age_by_days, groups_of, last_covered, people_of

_STEPS = {"Request": 1, "Assessment": 2, "Service": 3}


def first_responses(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """For each request, walks along the person's line of events to what followed."""
    found = []
    known = people_of(tables[asked.method.given[1]])
    for request in requests(tables, asked):
        person = known.get((request["place"], request["person"]), {})
        for kind in ("first response", "first service"):
            reason = request["left_out"] or _why_left_out(request, kind)
            end = None if reason else request["response" if kind == "first response" else "service"]
            day = end["start_on"] if end else request["start_on"]
            found.append(
                _row(request, kind, day, person, asked)
                | {
                    "counted_on": day,
                    "followed_on": end["start_on"] if end else None,
                    "followed_by": end["event_type"].lower() if end else None,
                    "days": (end["start_on"] - request["start_on"]).days if end else None,
                    "left_out": reason,
                }
            )
    return found


def still_open(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Of the requests in line, those that nothing followed."""
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    found = []
    for request in requests(tables, asked):
        last = last_covered(request["place"], tables[events])
        if request["left_out"] or request["overlaps"] or last is None:
            continue
        day = min(last.replace(day=monthrange(last.year, last.month)[1]), asked.as_of)
        person = known.get((request["place"], request["person"]), {})
        kind = "first service" if request["response"] else "first response"
        waits = not request["response"] or (not request["service"] and request["meant"])
        if waits and request["start_on"] <= day:
            died = person.get("died_on")
            found.append(
                _row(request, kind, day, person, asked)
                | {
                    "looked_on": day,
                    "days": (day - request["start_on"]).days,
                    "left_out": left_out.DIED_WAITING if died and died <= day else None,
                }
            )
    return found


def requests(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """All requests: with the rule that leaves one out, else with what followed."""
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    found = []
    looked_at = [one for one in tables[events] if _is_looked_at(one, asked)]
    for own in groups_of(looked_at, "place", "person").values():
        person = known.get((own[0]["place"], own[0]["person"]), {})
        aged = [
            {**one, "age": age_by_days(person.get("born_on"), one["start_on"], asked)}
            for one in own
        ]
        requests = [
            {**one, "left_out": _rule(one, aged, asked)}
            for one in aged
            if one["event_type"] == "Request"
        ]
        line = [one for one in requests if not one["left_out"]] + [
            one
            for one in aged
            if one["event_type"] != "Request" and (one["age"] or 0) >= asked.number("youngest")
        ]
        _follow(_in_order(line), asked)
        found += requests
    return found


def _is_looked_at(event: Row, asked: Asked) -> bool:
    match event["event_type"]:
        case "Request":
            first = date.fromisoformat(asked.word("first_day"))
            return event["client_type"] == asked.word("client_type") and event["start_on"] >= first
        case "Assessment":
            return event["assessment_type"] in asked.words("assessment_types")
        case "Service":
            return event["service_type"] in asked.method.parameters["client_months"]
    return False


def _rule(request: Row, events: list[Row], asked: Asked) -> str | None:
    if request["age"] is None:
        return left_out.NO_BIRTH
    if request["age"] < asked.number("youngest"):
        return left_out.under(asked.number("youngest"))
    if any(_makes_client(one, request, asked) for one in events):
        return left_out.ALREADY_CLIENT
    outcome = request["outcome"]
    if outcome is None:
        return None if asked.flag("count_missing_outcome") else left_out.NO_OUTCOME
    if outcome.startswith(asked.words("outcomes_without_progress")):
        return left_out.NO_PROGRESS
    return None


def _makes_client(service: Row, request: Row, asked: Asked) -> bool:
    months = asked.method.parameters["client_months"]
    if service["event_type"] != "Service" or not months[service["service_type"]]:
        return False
    if service["start_on"] >= request["start_on"]:
        return False
    since = _months_before(request["start_on"], months[service["service_type"]])
    return service["end_on"] is None or service["end_on"] >= since


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _in_order(line: list[Row]) -> list[Row]:
    """By sorting several times, the last time by what counts most."""
    ordered = sorted(line, key=lambda one: (one["source"], one["row"]), reverse=True)
    ordered.sort(key=lambda one: one["imported_on"] or date.min, reverse=True)
    ordered.sort(key=lambda one: (one["start_on"], _STEPS[one["event_type"]]))
    return ordered


def _follow(line: list[Row], asked: Asked) -> None:
    """Gives each request of a line its first response, first service, and what is in the way."""
    before: list[tuple[int, int]] = []  # the places of response and service of earlier requests
    for place, request in enumerate(line):
        if request["event_type"] != "Request":
            continue
        response, service = _what_follows(place, line, asked)
        request["response"] = None if response is None else line[response]
        request["service"] = None if service is None else line[service]
        ends = (-1 if response is None else response, -1 if service is None else service)
        request["overlaps"] = bool(before) and (
            max(before[-1]) > place
            or (response is not None and response <= max(one for one, _ in before))
            or (service is not None and service <= max(one for _, one in before))
        )
        before.append(ends)


def _what_follows(place: int, line: list[Row], asked: Asked) -> tuple[int | None, int | None]:
    request = line[place]
    assessment = _next("Assessment", place, line)
    service = _next("Service", place, line)
    request["void"], request["meant"] = False, True
    if _is_own_response(request, None if assessment is None else line[assessment], asked):
        meant = request["outcome"] in asked.words("conversation_progress_to_service")
        request["meant"] = meant
        return place, service
    if service is not None and (assessment is None or service < assessment):
        return service, service
    if assessment is None:
        return None, None
    request["meant"] = any(
        one["outcome"] in asked.words("progress_to_service") for one in _run(assessment, line)
    )
    request["void"] = not request["meant"]
    return assessment, None if request["void"] else service


def _next(kind: str, place: int, line: list[Row]) -> int | None:
    later = range(place + 1, len(line))
    return next((one for one in later if line[one]["event_type"] == kind), None)


def _is_own_response(request: Row, assessment: Row | None, asked: Asked) -> bool:
    return bool(
        request["conversation"]
        and request["start_on"] < date.fromisoformat(asked.word("conversations_before"))
        and request["outcome"] in asked.words("progress_of_request")
        and (assessment is None or request["start_on"] < assessment["start_on"])
    )


def _run(assessment: int, line: list[Row]) -> list[Row]:
    """The assessments around one that stand together without another event between them."""
    first = last = assessment
    while first > 0 and line[first - 1]["event_type"] == "Assessment":
        first -= 1
    while last + 1 < len(line) and line[last + 1]["event_type"] == "Assessment":
        last += 1
    return line[first : last + 1]


def _why_left_out(request: Row, kind: str) -> str | None:
    if request["overlaps"]:
        return left_out.NOT_YET_FOLLOWED
    if kind == "first service" and request["void"]:
        return left_out.NO_SERVICE_MEANT
    followed = request["response"] if kind == "first response" else request["service"]
    return None if followed else left_out.STILL_WAITING


def _row(request: Row, kind: str, day: date, person: Row, asked: Asked) -> Row:
    born = person.get("born_on")
    age = age_by_days(born, day, asked)
    return {name: request[name] for name in ("place", "person", "source", "row")} | {
        "kind": kind,
        "requested_on": request["start_on"],
        "age": age,
        "age_true": whole_years(born, day),
        "age_group": age_group(age, asked.words("age_groups")),
        "gender": person.get("gender") or "Unknown",
    }
