"""The judge of `derivations.discharges`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.cld import NEVER, small
from outturn.ingest.derivations.plain.reablement import clusters, is_service

_GENDERS = {"female": "Female", "male": "Male", "other": "Other"}
_BANDS = {"65-74": (65, 74), "75-84": (75, 84), "85plus": (85, 999)}


def older(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks at each discharge of an older person, and at the services of the day of admission."""
    events = list(_events(tables[asked.method.given[1]], asked))
    found = []
    for stay in tables["hospital_stays"]:
        left = stay["discharged_on"]
        age, age_true = ages(stay["born_on"], left, asked)
        if left is None or (age is not None and age < asked.number("youngest")):
            continue
        then = [
            one
            for one in events
            if one["who"] in _who(stay, events)
            and one["start_on"] <= stay["admitted_on"] <= (one["end_on"] or NEVER)
        ]
        in_care = any(is_service(one, *asked.words("care_at_admission")) for one in then)
        bands = [
            name
            for name in asked.words("age_bands")
            if age is not None and _BANDS[name][0] <= age <= _BANDS[name][1]
        ]
        names = ("place", "person", "stay", "admitted_on", "discharged_on", "source", "row")
        row = {name: stay[name] for name in names}
        found.append(
            row
            | {
                "age": age,
                "age_true": age_true,
                "age_band": bands[0] if bands else "Not known",
                "gender": _GENDERS.get(stay["sex"], "Unknown"),
                "community_support": any(is_service(one, asked.word("community")) for one in then),
                "left_out": _rule(stay, in_care, asked),
            }
        )
    return found


def _events(events: Rows, asked: Asked) -> Iterator[Row]:
    for one in events:
        ends_first = one["end_on"] and one["end_on"] < one["start_on"]
        if one["client_type"] == asked.word("client_type") and not ends_first:
            who = small(one["nhs_number"] or one["person"])
            yield one | {"who": who, "worth": one["outcome_rank"], "usable": False}


def _who(stay: Row, events: list[Row]) -> set[str]:
    """Whoever of the council's people a stay is of."""
    person = small(stay["person"]).replace(" ", "")
    by_number = {one["who"] for one in events if small(one["nhs_number"]) == person}
    by_id = {
        one["who"]
        for one in events
        if one["person_id"]
        and small(one["person_id"]).replace(" ", "") == person
        and one["place"] == stay["place"]
    }
    return by_number | by_id


def ages(born: date | None, day: date | None, asked: Asked) -> tuple[int | None, int | None]:
    if born is None or day is None:
        return None, None
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    by_days = (day - born).days * 4 // asked.number("days_of_four_years")
    return (years if asked.flag("true_age") else by_days), years


def _rule(stay: Row, in_care: bool, asked: Asked) -> str | None:
    specialty = (stay["treatment_function"] or "").strip(" ")
    rules = [
        (
            stay["kind"] not in asked.words("kinds"),
            "the bed is of a kind that the method does not count",
        ),
        (
            stay["admitted_on"] >= stay["discharged_on"],
            "discharged on the day of admission, or before it",
        ),
        (
            stay["admitted_on"] < date.fromisoformat(asked.word("first_day")),
            "admitted before the first day that counts",
        ),
        (_coded(stay, "admission_method", "admission", "admission", asked), "admitted for a birth"),
        (_coded(stay, "discharge_method", "destination", "death", asked), "died in hospital"),
        (
            _coded(stay, "discharge_destination", "destination", "destination", asked),
            "discharged to another hospital, or to a place that the method leaves out",
        ),
        (
            specialty in asked.words("specialties")
            or specialty.startswith(asked.words("specialties_beginning")),
            "discharged from a specialty that the method leaves out",
        ),
        (in_care, "in a care home or a prison, with long-term support, when admitted"),
        (stay["born_on"] is None, "no date of birth"),
    ]
    return next((words for holds, words in rules if holds), None)


def _coded(stay: Row, code: str, word: str, name: str, asked: Asked) -> bool:
    if stay[code] is None:
        return stay[word] in asked.words(f"{name}_words")
    return stay[code].strip(" ") in asked.words(f"{name}_codes")


def after(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks for the discharge that led to each cluster, and at the weeks after it."""
    events = list(_events(tables[asked.method.given[1]], asked))
    known = {(one["place"], one["person"]): one for one in tables[asked.method.given[2]]}
    counted = {
        (one["source"], one["row"]): one
        for one in tables[asked.method.given[3]]
        if one["left_out"] is None
    }
    stays = [one | {"of": _who(one, events)} for one in tables["hospital_stays"]]
    services: dict[tuple[str, str], list[Row]] = {}
    for one in events:
        is_of_it = one["service_component"] == asked.word("component")
        if is_of_it and is_service(one, asked.word("reablement")):
            services.setdefault((one["place"], one["person"]), []).append(one)
    found = []
    for key, of_person in services.items():
        for cluster in clusters(of_person, asked):
            row = _cluster(cluster)
            discharge = _discharge(row, stays, counted, asked)
            found.append(_followed(row, discharge, known.get(key, {}), stays, events, asked))
    return found


def _cluster(services: list[Row]) -> Row:
    last = max(
        services,
        key=lambda one: (one["end_on"] or NEVER, -one["worth"], one["source"], one["row"]),
    )
    names = ("place", "person", "person_id", "who", "source", "row")
    started = min(one["start_on"] for one in services)
    return {name: last[name] for name in names} | {
        "started_on": started,
        "ended_on": last["end_on"],
    }


def _discharge(
    row: Row, stays: list[Row], counted: Mapping[tuple[str, int], Row], asked: Asked
) -> Row | None:
    started = row["started_on"]
    near = [
        one | counted[one["source"], one["row"]] | {"died_on": one["died_on"]}
        for one in stays
        if (one["source"], one["row"]) in counted
        and row["who"] in one["of"]
        and one["discharged_on"] >= started - timedelta(days=asked.number("days_before"))
        and one["discharged_on"] <= started + timedelta(days=asked.number("days_later"))
        and one["admitted_on"] <= started
    ]

    def latest(one: Row) -> tuple[date, date, str, int]:
        return one["discharged_on"], one["admitted_on"], one["source"], one["row"]

    return max(near, key=latest, default=None)


def _followed(
    row: Row,
    discharge: Row | None,
    person: Row,
    stays: list[Row],
    events: list[Row],
    asked: Asked,
) -> Row:
    died_on = person.get("died_on")
    row["gender"] = person.get("gender", "Unknown")
    row["left_out"] = None
    if discharge is None:
        row["left_out"] = "no discharge from hospital that counts is near its start"
        nothing = ("stay", "admitted_on", "discharged_on", "age", "age_true", "community_support",
                   "died", "readmitted", "care_home")  # fmt: skip
        row |= dict.fromkeys(nothing)
        row |= {"age_band": "Not known", "at_home": False, "followed": False}
    else:
        names = ("stay", "admitted_on", "discharged_on", "age", "age_true", "age_band", "gender",
                 "community_support")  # fmt: skip
        row |= {name: discharge[name] for name in names}
        left = row["discharged_on"]
        last = left + timedelta(days=asked.number("days_followed"))
        death = died_on or discharge["died_on"]
        row["died"] = death is not None and left <= death <= last
        row["readmitted"] = any(
            row["who"] in one["of"] and _unplanned(one, asked)
            and max(left, row["started_on"]) < one["admitted_on"] <= last
            for one in stays
        )  # fmt: skip
        row["care_home"] = any(
            one["who"] == row["who"]
            and is_service(one, *asked.words("care_homes"))
            and left <= one["start_on"] <= last
            for one in events
        )
        row["at_home"] = not (row["died"] or row["readmitted"] or row["care_home"])
        row["followed"] = last <= asked.as_of
    if died_on and died_on < row["started_on"]:
        row["left_out"] = "died before it began"
    return row


def _unplanned(stay: Row, asked: Asked) -> bool:
    """Whether a stay is an unplanned one of a night at least."""
    if stay["kind"] not in asked.words("kinds_of_readmission"):
        return False
    if (stay["discharged_on"] or asked.as_of) <= stay["admitted_on"]:
        return False
    if stay["management_type"] is None:
        return bool(stay["admission"] == asked.word("unplanned"))
    return stay["management_type"].strip(" ").upper() in asked.words("unplanned_codes")
