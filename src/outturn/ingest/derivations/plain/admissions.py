"""The judge of `derivations.admissions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years
from outturn.ingest.derivations.plain.windows import (
    age_by_days,
    covers,
    people_of,
    stretches_of,
    years_of,
)


def admissions(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks, for each start of care in a home, through the person's other services."""
    events = tables[asked.method.given[0]]
    services = list(_of_homes(tables, asked))
    for one in services:
        one["age"] = age_by_days(one["born_on"], one["start_on"], asked)
        one["not_listed"] = _not_listed(one, asked)
    stretches = {one["place"]: stretches_of(one["place"], events) for one in services}
    found = [
        _judged(one, services, asked)
        for one in services
        if date.fromisoformat(asked.word("first_day")) <= one["start_on"] <= asked.as_of
        and covers(stretches[one["place"]], one["start_on"], one["start_on"])
    ]
    younger, older = asked.words("age_groups")
    counted_younger = [one for one in found if not one["left_out"] and one["age_group"] == younger]
    for one in found:
        if not one["left_out"] and one["age_group"] == older:
            if any(_in_same_months(one, other, asked) for other in counted_younger):
                one["left_out"] = left_out.ALSO_YOUNGER
    return found


def still_there(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks, for each year, at those who came in it and are there after it."""
    events = tables[asked.method.given[0]]
    services = list(_of_homes(tables, asked))
    years = {one["place"]: years_of(one["place"], events, asked) for one in services}
    found = []
    for one in services:
        for period, first, last in years[one["place"]]:
            if first <= one["start_on"] <= last:
                day = last + timedelta(days=asked.number("looked_on_days_after"))
                row = _row(one, day, age_by_days(one["born_on"], day, asked), asked)
                reason = _why_not_there(one, row, services, (first, day), asked)
                found.append({**row, "period": period, "left_out": reason})
    return found


def _of_homes(tables: Mapping[str, Rows], asked: Asked) -> Iterator[Row]:
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    settings = asked.method.parameters["settings"]
    for event in tables[events]:
        if event["event_type"] != "Service" or event["client_type"] != asked.word("client_type"):
            continue
        if event["service_type"] in settings:
            person = known.get((event["place"], event["person"]), {})
            yield {
                **event,
                "setting": settings[event["service_type"]],
                "gender": person.get("gender") or "Unknown",
                "born_on": person.get("born_on"),
                "died_on": person.get("died_on"),
            }


def _not_listed(service: Row, asked: Asked) -> str | None:
    if service["born_on"] is None:
        return left_out.NO_BIRTH
    if service["died_on"] and service["died_on"] < service["start_on"]:
        return left_out.DIED_BEFORE_ADMISSION
    component = service["service_component"]
    if component is None:
        return None if asked.flag("count_missing_component") else left_out.NO_COMPONENT
    text = component.lower()
    named = any(word.lower() in text for word in asked.words("component_words"))
    short = any(word.lower() in text for word in asked.words("component_words_left_out"))
    return left_out.OTHER_COMPONENT if short or not named else None


def _judged(service: Row, services: list[Row], asked: Asked) -> Row:
    row = _row(service, service["start_on"], service["age"], asked)
    row["new"] = not any(
        one["not_listed"] is None
        and _same_person(one, service)
        and one["start_on"] < service["start_on"]
        and (
            one["end_on"] is None
            or (service["start_on"] - one["end_on"]).days < asked.number("new_after_days")
        )
        for one in services
    )
    row["left_out"] = service["not_listed"] or _why_not_counted(service, row["new"], asked)
    return row


def _why_not_counted(service: Row, new: bool, asked: Asked) -> str | None:
    if service["outcome"] == asked.word("self_funded"):
        return left_out.SELF_FUNDED
    if service["age"] < asked.number("youngest"):
        return left_out.under(asked.number("youngest"))
    return None if new else left_out.IN_CARE_BEFORE


def _in_same_months(older: Row, younger: Row, asked: Asked) -> bool:
    """Whether one span of months holds both admissions."""
    if not _same_person(older, younger) or younger["admitted_on"] > older["admitted_on"]:
        return False
    day, months = younger["admitted_on"].replace(day=1), 1
    while day < older["admitted_on"].replace(day=1):
        day, months = (day + timedelta(days=31)).replace(day=1), months + 1
    return months <= asked.number("counted_once_in_months")


def _why_not_there(
    service: Row, row: Row, services: list[Row], span: tuple[date, date], asked: Asked
) -> str | None:
    first, day = span
    if service["born_on"] is None:
        return left_out.NO_BIRTH
    if not _there(service, day):
        return left_out.LEFT_CARE
    others = [one for one in services if _same_person(one, service)]
    if any(one["start_on"] < first and _there(one, day) for one in others):
        return left_out.SINCE_BEFORE
    if row["age"] < asked.number("youngest"):
        return left_out.under(asked.number("youngest"))
    return None


def _there(service: Row, day: date) -> bool:
    return service["end_on"] is None or service["end_on"] >= day


def _same_person(one: Row, other: Row) -> bool:
    return (one["place"], one["person"]) == (other["place"], other["person"])


def _row(service: Row, day: date, age: int | None, asked: Asked) -> Row:
    same = ("place", "person", "setting", "gender", "source", "row")
    return {name: service[name] for name in same} | {
        "admitted_on": service["start_on"],
        "ended_on": service["end_on"],
        "age": age,
        "age_true": whole_years(service["born_on"], day),
        "age_group": age_group(age, asked.words("age_groups")),
    }
