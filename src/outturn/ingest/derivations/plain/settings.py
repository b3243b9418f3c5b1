"""The judge of `derivations.settings`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years
from outturn.ingest.derivations.plain.windows import Year, age_by_days, people_of, years_of

_WORDS = resources.files("outturn.ingest.derivations") / "words"


def support_years(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """For each person and year, takes the service that goes on longest."""
    found = []
    for place, person, year, services in _supported(tables, asked):
        _, first, last = year
        sound = [one for one in services if not _ends_before_start(one)]
        latest = min(
            sound or services,
            key=lambda one: (
                _backwards(_until(one, last)), _backwards(one["start_on"]),
                one["source"], one["row"],
            ),
        )  # fmt: skip
        row = _row(place, latest, year, person, _until(latest, last), asked)
        row["accommodation_status"] = person.get("accommodation_status") or "Unknown"
        row["settled"] = bool(person.get("settled"))
        disability = row["primary_support_reason"] == asked.word("learning_disability")
        row["learning_disability"] = disability
        row["left_out"] = _why_left_out(bool(sound), first, person, row, asked)
        found.append(row)
    return found


def support_years_by_start(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """For each person and year, looks at the services that began last."""
    cld = {(one["source"], one["row"]): one for one in tables["cld"]}
    spellings = {
        line["spelling"].lower(): line["value"]
        for line in _lines("cld_values.csv")
        if line["column"] == "accommodation_status"
    }
    settled = {
        one["accommodation_status"]: one["settled"] for one in _lines("cld_accommodation.csv")
    }
    found = []
    for place, person, year, services in _supported(tables, asked):
        _, first, last = year
        records = [cld.get((one["source"], one["row"]), {}) for one in services]
        latest = max(one["start_on"] for one in services)
        homes = [
            (one["source"], one["row"], one, _home(record, spellings))
            for one, record in zip(services, records, strict=True)
            if one["start_on"] == latest
        ]
        known = [one for one in homes if (one[3] or "Unknown").lower() != "unknown"] or homes
        known.sort(key=lambda one: one[:2])
        told = {(one[3] or "Unknown").lower() for one in known}
        row = _row(place, known[0][2], year, person, last, asked)
        row["accommodation_status"] = (known[0][3] or "Unknown") if len(told) == 1 else "Unknown"
        row["settled"] = settled.get(row["accommodation_status"]) == "yes"
        reason = asked.word("learning_disability").lower()
        row["learning_disability"] = any(
            (one.get("primary_support_reason") or "").strip(" ").lower() == reason
            for one in records
        )
        row["left_out"] = None
        if row["gender"] not in asked.words("genders"):
            row["left_out"] = left_out.OTHER_GENDER
        if person.get("died_on") and person["died_on"] < first:
            row["left_out"] = left_out.DIED_BEFORE_PERIOD
        found.append(row)
    return found


def _supported(
    tables: Mapping[str, Rows], asked: Asked
) -> Iterator[tuple[str, Row, Year, list[Row]]]:
    """Each person's long-term services in each year."""
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    services = [
        one
        for one in tables[events]
        if one["event_type"] == "Service"
        and one["client_type"] == asked.word("client_type")
        and one["service_type"] in asked.words("service_types")
    ]
    years = {one["place"]: years_of(one["place"], tables[events], asked) for one in services}
    for place, name in sorted({(one["place"], one["person"]) for one in services}):
        own = [one for one in services if (one["place"], one["person"]) == (place, name)]
        for year in years[place]:
            _, first, last = year
            inside = [
                one
                for one in own
                if one["start_on"] <= last and (one["end_on"] is None or one["end_on"] >= first)
            ]
            if inside:
                yield place, known.get((place, name), {}), year, inside


def _row(place: str, service: Row, year: Year, person: Row, day: date, asked: Asked) -> Row:
    born = person.get("born_on")
    age = age_by_days(born, day, asked)
    return {
        "place": place,
        "period": year[0],
        "person": service["person"],
        "age": age,
        "age_true": whole_years(born, day),
        "age_group": age_group(age, asked.words("age_groups")),
        "gender": person.get("gender") or "Unknown",
        "primary_support_reason": person.get("primary_support_reason") or "Unknown",
        "source": service["source"],
        "row": service["row"],
    }


def _why_left_out(sound: bool, first: date, person: Row, row: Row, asked: Asked) -> str | None:
    if not sound:
        return left_out.ENDS_BEFORE_START
    if person.get("died_on") and person["died_on"] < first:
        return left_out.DIED_BEFORE_PERIOD
    if row["age"] is None:
        return left_out.NO_BIRTH
    if row["age"] < asked.number("youngest"):
        return left_out.under(asked.number("youngest"))
    return None


def _ends_before_start(service: Row) -> bool:
    return service["end_on"] is not None and service["end_on"] < service["start_on"]


def _until(service: Row, last: date) -> date:
    return min(service["end_on"] or last, last)


def _backwards(day: date) -> int:
    return -day.toordinal()


def _home(record: Row, spellings: Mapping[str, str]) -> str | None:
    text = (record.get("accommodation_status") or "").strip(" ")
    return spellings.get(text.lower(), text) or None


def _lines(name: str) -> list[dict[str, str]]:
    with (_WORDS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
