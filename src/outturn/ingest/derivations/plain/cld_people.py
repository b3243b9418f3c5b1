"""The judge of `derivations.cld_people`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.cld import NEVER, small, spellings, text_of, words

_DETAILS = (
    "gender", "ethnicity", "primary_support_reason", "accommodation_status", "employment_status",
    "has_unpaid_carer",
)  # fmt: skip
_USERS_SERVICES = [
    "Long term support: Nursing care",
    "Long term support: Residential care",
    "Long term support: Community",
    "Long term support: Prison",
    "Short term support: ST-Max",
    "Short term support: Ongoing low level",
    "Short term support: Other short term",
]
_COMPONENTS = {
    "Shared Lives": "Shared Lives scheme",
    "Community supported living":
        "Supported accommodation, supported lodgings or supported group home",
    "Extra care housing": "Sheltered housing, extra care housing or other sheltered housing",
    "Home support or domiciliary care": "Unknown: presumed at home",
}  # fmt: skip


def people(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Gathers the records of each person and asks them for one thing after the other."""
    details = {(one["source"], one["row"]): one for one in tables["cld"]}
    known = spellings()
    persons: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for event in tables[asked.method.given[1]]:
        record = {**details[event["source"], event["row"]], **event}
        said = details[event["source"], event["row"]]
        for name in _DETAILS:
            text = text_of(said[name])
            other = None if name in asked.words("whole_lists") else text
            record[name] = known.get((name, small(text)), other)
        record["died_on"], record["born_on"] = said["date_of_death"], said["date_of_birth"]
        persons[event["place"], event["person"]].append(record)
    cared_for = _cared_for([one for records in persons.values() for one in records], asked)
    settled = {
        one["accommodation_status"]: one["settled"] == "yes"
        for one in words("cld_accommodation.csv")
    }
    found = []
    for (place, person), records in persons.items():
        row = _person(records, asked)
        ids = {(place, small(one["person_id"])) for one in records if one["person_id"]}
        if ids & cared_for:
            row["has_unpaid_carer"] = "Yes"
        row["settled"] = settled.get(row["accommodation_status"], False)
        found.append({"place": place, "person": person} | row)
    return found


def _person(records: list[Row], asked: Asked) -> Row:
    newest = max(records, key=lambda one: (*_newest(one), one["source"], one["row"]))
    row: Row = {
        "person_id": _own_id(records),
        "seen_on": newest["start_on"],
        "source": newest["source"],
        "row": newest["row"],
        "accommodation_from": "stated",
    }
    for name in _DETAILS:
        row[name] = _detail(records, name, asked)
    home = _home(records)
    if row["accommodation_status"] == "Unknown" and home != "Unknown":
        row |= {"accommodation_status": home, "accommodation_from": "latest service"}
    row["born_on"] = min(_of_latest_period(records, "born_on"), default=None)
    if row["born_on"] and asked.flag("birth_first_of_month"):
        row["born_on"] = row["born_on"].replace(day=1)
    row["died_on"] = max(_of_latest_period(records, "died_on"), default=None)
    return row


def _own_id(records: list[Row]) -> str | None:
    with_id = [one for one in records if one["person_id"]]
    newest = max(with_id, key=lambda one: (*_newest(one), one["source"], one["row"]), default={})
    return newest.get("person_id")


def _newest(record: Row) -> tuple[date, date, date]:
    return (
        record["reference_end_on"] or date.min,
        record["end_on"] or NEVER,
        record["start_on"],
    )


def _detail(records: list[Row], name: str, asked: Asked) -> str:
    def known(text: str | None) -> int:
        if text is None or small(text) in map(small, asked.words("unknown")):
            return 0
        return 1 if small(text) in map(small, asked.words("lesser")) else 2

    def place(record: Row) -> Any:
        return (known(record[name]), *_newest(record))

    best = max(map(place, records))
    values = [one[name] for one in records if place(one) == best]
    if None in values or len({small(one) for one in values}) > 1:
        return asked.word("unknown_ethnicity") if name == "ethnicity" else "Unknown"
    return str(min(values))


def _of_latest_period(records: list[Row], name: str) -> list[date]:
    with_date = [one for one in records if one[name]]
    last = max((one["reference_end_on"] or date.min for one in with_date), default=None)
    return [one[name] for one in with_date if (one["reference_end_on"] or date.min) == last]


def _home(records: list[Row]) -> str:
    """Where the person lives, to judge by the latest services."""

    def place(one: Row) -> Any:
        kind = one["service_type"]
        return (
            one["end_on"] or NEVER,
            -(_USERS_SERVICES.index(kind) if kind in _USERS_SERVICES else len(_USERS_SERVICES)),
            one["service_component"] in _COMPONENTS,
            one["start_on"],
        )

    services = [one for one in records if one["event_type"] == "Service"]
    if not services:
        return "Unknown"
    best = max(map(place, services))
    latest = [one for one in services if place(one) == best]
    kind = latest[0]["service_type"]
    components = {one["service_component"] for one in latest} & set(_COMPONENTS)
    only = components.pop() if len(components) == 1 else None
    if kind == "Long term support: Nursing care":
        return "Registered nursing home"
    if kind == "Long term support: Residential care":
        return "Registered care home"
    if only and only != "Home support or domiciliary care":
        return _COMPONENTS[only]
    if kind == "Long term support: Community":
        return "Unknown: presumed at home" if only else "Unknown: presumed in community"
    if kind == "Long term support: Prison":
        return "Prison, young offenders institution or detention centre"
    return "Unknown"


def _cared_for(records: Iterable[Row], asked: Asked) -> set[tuple[str, str]]:
    """Council and own identifier of everybody whom an unpaid carer's record of late names."""
    year_ago = asked.as_of - timedelta(days=asked.number("carer_days"))
    found = set()
    for one in records:
        is_carer = small(one["client_type"]) in map(small, asked.words("carers"))
        if is_carer and one["start_on"] <= asked.as_of and (one["end_on"] or NEVER) > year_ago:
            for number in (1, 2, 3):
                if named := text_of(one[f"adult_{number}_person_id"]):
                    found.add((one["place"], small(named)))
    return found
