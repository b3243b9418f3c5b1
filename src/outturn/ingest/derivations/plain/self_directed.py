"""The judge of `derivations.self_directed`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from outturn.ingest.derivations import left_out
from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years
from outturn.ingest.derivations.plain.windows import (
    age_by_days,
    censuses_of,
    groups_of,
    people_of,
    years_of,
)


def users(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks on the last day of each quarter at what each person has, and takes the highest."""
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    services = [
        one
        for one in tables[events]
        if one["event_type"] == "Service"
        and one["client_type"] == asked.word("client_type")
        and _rank(one, asked)
    ]
    places = {one["place"] for one in services}
    censuses = {one: censuses_of(one, tables[events], asked) for one in places}
    found = []
    for (place, name), own in groups_of(services, "place", "person").items():
        person = known.get((str(place), str(name)), {})
        for day in censuses[place]:
            there = [
                (_rank(one, asked), -one["start_on"].toordinal(), one["source"], one["row"], one)
                for one in own
                if one["start_on"] <= day and (one["end_on"] is None or one["end_on"] >= day)
            ]
            if there:
                rank, *_, service = min(there, key=lambda one: one[:4])
                found.append(_user(service, rank, day, person, asked))
    return found


def carers(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Looks at all that a carer has in each year, and takes the best kind of support."""
    events, people, *_ = asked.method.given
    known = people_of(tables[people])
    records = [one for one in tables[events] if is_of_carer(one, asked)]
    years = {one: years_of(one, tables[events], asked) for one in {r["place"] for r in records}}
    found = []
    for (place, name), own in groups_of(records, "place", "person").items():
        person = known.get((str(place), str(name)), {})
        for period, first, last in years[place]:
            inside = [
                (
                    not _sound(one, asked), _kind(one, asked) or 7, -one["start_on"].toordinal(),
                    one["source"], one["row"], one,
                )
                for one in own
                if one["start_on"] <= last and (one["end_on"] is None or one["end_on"] >= first)
            ]  # fmt: skip
            if inside:
                best = min(inside, key=lambda one: one[:5])[-1]
                found.append(_carer(best, (period, first, last), person, asked))
    return found


def _rank(service: Row, asked: Asked) -> int | None:
    """The place of a service in the order; one whose mechanism is not in it counts as blank."""
    mechanism = service["delivery_mechanism"]
    if service["service_component"] == asked.word("direct_payment_component"):
        mechanism = asked.word("direct_payment")
    blank = None
    for place, (kind, how, _) in enumerate(asked.method.parameters["ranks"], 1):
        if kind == service["service_type"] and how == mechanism:
            return place
        if kind == service["service_type"] and how == "":
            blank = place
    return blank


def _user(service: Row, rank: int | None, day: date, person: Row, asked: Asked) -> Row:
    assert rank is not None
    _, mechanism, setting = asked.method.parameters["ranks"][rank - 1]
    row = _aged(service, day, person, asked) | {
        "census": day,
        "setting_rank": rank,
        "setting": setting,
        "mechanism": mechanism or None,
        "left_out": None,
    }
    if person.get("died_on") and person["died_on"] < day:
        row["left_out"] = left_out.DIED_BEFORE_CENSUS
    elif row["age"] is not None and row["age"] < asked.number("youngest") > 0:
        row["left_out"] = left_out.under(asked.number("youngest"))
    elif row["age"] is None and not asked.flag("count_without_birth"):
        row["left_out"] = left_out.NO_BIRTH
    elif setting not in asked.words("settings"):
        row["left_out"] = left_out.NOT_COMMUNITY
    return row


def is_of_carer(record: Row, asked: Asked) -> bool:
    if record["client_type"] not in asked.words("client_types"):
        return False
    if record["service_type"] in (asked.word("direct"), asked.word("involving")):
        return True
    looked_at = record["event_type"] in ("Assessment", "Review")
    advised = record["outcome"] == asked.word("advice")
    return record["service_type"] is None and (looked_at or advised)


def _kind(record: Row, asked: Asked) -> int | None:
    if record["service_type"] == asked.word("direct"):
        return _kind_of_direct(record, asked)
    if record["service_type"] == asked.word("involving"):
        return 6
    if record["event_type"] in ("Assessment", "Review"):
        return 5 if record["outcome"] == asked.word("advice") else 6
    return 5 if record["event_type"] == "Request" else None


def _kind_of_direct(record: Row, asked: Asked) -> int | None:
    mechanism, component = record["delivery_mechanism"], record["service_component"]
    if mechanism == asked.word("direct_payment"):
        return 1
    if component == asked.word("direct_payment_component"):
        return 1
    if component is None and not asked.flag("count_missing_component"):
        return None
    return {asked.word("managed_budget"): 2, asked.word("commissioned"): 3}.get(mechanism, 4)


def _sound(record: Row, asked: Asked) -> bool:
    if asked.flag("count_ends_before_start") or record["end_on"] is None:
        return True
    return bool(record["end_on"] >= record["start_on"])


def _carer(record: Row, year: tuple[str, date, date], person: Row, asked: Asked) -> Row:
    period, first, last = year
    kind = _kind(record, asked)
    row = _aged(record, last, person, asked) | {"period": period, "kind": kind, "left_out": None}
    if not _sound(record, asked):
        row["left_out"] = left_out.ENDS_BEFORE_START
    elif person.get("died_on") and person["died_on"] < first:
        row["left_out"] = left_out.DIED_BEFORE_PERIOD
    elif row["age"] is not None and row["age"] < asked.number("youngest"):
        row["left_out"] = left_out.under(asked.number("youngest"))
    elif kind is None:
        row["left_out"] = left_out.NO_KIND
    else:
        row["left_out"] = left_out.KIND_LEFT_OUT.get(kind)
    return row


def _aged(record: Row, day: date, person: Row, asked: Asked) -> Row:
    born = person.get("born_on")
    age = age_by_days(born, day, asked)
    return {name: record[name] for name in ("place", "person", "source", "row")} | {
        "age": age,
        "age_true": whole_years(born, day),
        "age_group": age_group(age, asked.words("age_groups")),
        "gender": person.get("gender") or "Unknown",
    }
