"""The judge of `derivations.reablement`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.cld import NEVER, words
from outturn.ingest.derivations.plain.windows import stretches_of

_BANDS = {"18-64": (18, 64), "65plus": (65, 999)}


def outcomes(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Asks each cluster of each person, step by step, what came after it."""
    events, people = (tables[name] for name in asked.method.given)
    known = {(one["place"], one["person"]): one for one in people}
    covered = first_days(events, asked)
    found = []
    for key, of_person in by_person(events, asked).items():
        services = [one for one in of_person if is_service(one, asked.word("reablement"))]
        for cluster in clusters(services, asked):
            row = of_cluster(cluster, known.get(key, {}), asked)
            row["new_client"] = not any(
                is_service(one, *asked.words("long_term"))
                and one["start_on"] < row["started_on"]
                and _ended_lately(one, row["started_on"], asked)
                for one in of_person
            )
            row["sequel"], row["step"] = _sequel(row, of_person, asked)
            row |= {"told": True, "sequel_from": _told_by(row)}
            row["covered_from"] = covered.get(row["place"])
            found.append(finished(row, _rule(row, asked), asked))
    return found


def by_person(events: Rows, asked: Asked) -> dict[tuple[str, str], list[Row]]:
    """Events of service users that do not end before they start, with the worth of the outcome."""
    usable = {one["outcome"] for one in words("cld_outcomes.csv") if one["usable"] == "yes"}
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in events:
        ends_first = one["end_on"] and one["end_on"] < one["start_on"]
        if one["client_type"] == asked.word("client_type") and not ends_first:
            is_usable = one["outcome"] in usable
            worth = one["outcome_rank"] + (0 if is_usable else 100)
            found[one["place"], one["person"]].append(one | {"usable": is_usable, "worth": worth})
    return found


def is_service(event: Row, *types: str) -> bool:
    return event["event_type"] == "Service" and event["service_type"] in types


def clusters(services: list[Row], asked: Asked) -> list[list[Row]]:
    """Services that follow one another closely, together."""
    gap = asked.number("days_between_services")
    found: list[list[Row]] = []
    latest = date.min
    for one in sorted(services, key=lambda one: one["start_on"]):
        if not found or days_between(latest, one["start_on"]) > gap:
            found.append([])
            latest = date.min
        found[-1].append(one)
        latest = max(latest, one["end_on"] or NEVER)
    return found


def days_between(earlier: date, later: date) -> int:
    return (later - earlier).days


def of_cluster(services: list[Row], person: Row, asked: Asked) -> Row:
    """What is known of a cluster before its sequel is asked."""
    last = max(
        services, key=lambda one: (one["end_on"] or NEVER, -one["worth"], one["source"], one["row"])
    )
    names = ("place", "person", "person_id", "outcome", "usable", "worth", "source", "row")
    row = {name: last[name] for name in names}
    ended, born = last["end_on"], person.get("born_on")
    years = by_days = None
    if ended and born:
        years = ended.year - born.year - ((ended.month, ended.day) < (born.month, born.day))
        by_days = (ended - born).days * 4 // asked.number("days_of_four_years")
    return row | {
        "started_on": min(one["start_on"] for one in services),
        "ended_on": ended,
        "died_on": person.get("died_on"),
        "born_on": born,
        "gender": person.get("gender", "Unknown"),
        "age": years if asked.flag("true_age") else by_days,
        "age_true": years,
    }


def _ended_lately(service: Row, day: date, asked: Asked) -> bool:
    end = service["end_on"]
    return end is None or days_between(end, day) < asked.number("new_client_after_days")


def _sequel(row: Row, events: list[Row], asked: Asked) -> tuple[str | None, str | None]:
    """What came after, and the step that told it."""
    started, ended = row["started_on"], row["ended_on"]
    if ended is None:
        return None, None
    if row["died_on"] and days_between(ended, row["died_on"]) <= asked.number("days_of_death"):
        return asked.word("deceased"), "1"
    if row["outcome"] == asked.word("hospital"):
        return row["outcome"], "2"
    after = [
        one
        for one in events
        if one["start_on"] >= started
        and (one["end_on"] is None or one["end_on"] > ended)
        and days_between(ended, one["start_on"]) <= asked.number("days_after")
    ]
    if service := _best_service(after, asked):
        return service, "3"
    inside = [
        one
        for one in events
        if one["start_on"] >= started and one["end_on"] and started < one["end_on"] <= ended
    ]
    if told := _best_outcome(row, after, inside, asked):
        return told
    if any(_is_equipment(one, asked) for one in inside):
        return asked.word("low_level"), "5"
    return row["outcome"], "6"


def _told_by(row: Row) -> str:
    kinds = {"1": "death", "2": "hospital", "3": "service", "5": "equipment", None: "unclassified"}
    if row["step"] == "6":
        return "outcome" if row["usable"] else "unclassified"
    return kinds.get(row["step"], "outcome")


def _best_service(after: list[Row], asked: Asked) -> str | None:
    order, short = asked.words("services"), asked.words("short_care")
    services = [one for one in after if is_service(one, *order)]
    if not services:
        return None
    best = min(
        services,
        key=lambda one: (
            order.index(one["service_type"]), one["service_component"] not in short,
        ),
    )  # fmt: skip
    if best["service_type"] == asked.word("other_short") and best["service_component"] in short:
        return asked.word("short_care_sequel")
    return str(best["service_type"])


def _best_outcome(
    row: Row, after: list[Row], inside: list[Row], asked: Asked
) -> tuple[str, str] | None:
    telling = [
        one
        for one in after
        if one["event_type"] not in ("Service", None)
        and one["outcome"] != asked.word("ended_as_planned")
    ]
    candidates: list[tuple[int, str, str]] = []
    if row["usable"] and (asked.flag("own_outcome_always") or not after or telling):
        candidates.append((row["worth"], "4a", row["outcome"]))
    candidates += [(one["worth"], "4b", one["outcome"]) for one in telling if one["usable"]]
    reviews = [
        one
        for one in inside
        if one["event_type"] in ("Assessment", "Review")
        and one["usable"]
        and days_between(one["end_on"], row["ended_on"]) < asked.number("days_of_last_review")
    ]
    if reviews:
        last = max(reviews, key=lambda one: (one["end_on"], -one["worth"]))
        candidates.append((last["worth"], "4c", last["outcome"]))
    if not candidates:
        return None
    _, step, outcome = min(candidates)
    return outcome, step


def _is_equipment(event: Row, asked: Asked) -> bool:
    return (
        event["event_type"] == "Service"
        and event["service_component"] == asked.word("equipment")
        and event["service_type"] != asked.word("reablement")
    )


def _rule(row: Row, asked: Asked) -> str | None:
    if row["ended_on"] is None:
        return "the reablement has not ended"
    if row["ended_on"] + timedelta(days=asked.number("days_after")) > asked.as_of:
        return "the days after its end are not over yet"
    if row["covered_from"] is None or row["ended_on"] < row["covered_from"]:
        return "ended before the first month that the data of the place cover"
    if row["died_on"] and row["died_on"] < row["started_on"]:
        return "died before it began"
    if row["age"] is not None and row["age"] < asked.number("youngest"):
        return f"under {asked.number('youngest')} on the day that counts"
    if not row["new_client"]:
        return "long-term support in the time before: not a new client"
    return None


def first_days(events: Rows, asked: Asked) -> dict[str, date]:
    """For each place, the first day of the first month that its data cover, or of the method."""
    found = {}
    for place in {one["place"] for one in events}:
        days = [first for first, _ in stretches_of(place, events) if first]
        if days:
            first = date.fromisoformat(asked.word("first_day"))
            found[place] = max(min(days).replace(day=1), first)
    return found


def finished(row: Row, rule: str | None, asked: Asked) -> Row:
    """The row with its band of age, and with the rule that leaves it out, if any."""
    sequel = row["sequel"]
    words_of: Mapping[str, Any] = asked.method.parameters["left_out_sequels"]
    if rule is None and sequel in words_of:
        rule = words_of[sequel]
    counted = (*asked.words("independent"), *asked.words("dependent"))
    if rule is None and not (row["told"] and sequel in counted):
        rule = "no record tells what came after"
    age, band = row["age"], "Not known"
    if age is not None:
        bands = (name for name in asked.words("age_bands") if _in_band(age, name))
        band = next(bands, "Under 18")
    return row | {
        "age_band": band,
        "left_out": rule,
        "independent": rule is None and sequel in asked.words("independent"),
    }


def _in_band(age: int, band: str) -> bool:
    youngest, oldest = _BANDS[band]
    return youngest <= age <= oldest
