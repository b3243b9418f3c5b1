"""The rules of single rows and fields in plain Python: slow, obvious, and the judge of the columns.

Written from the specification's files and the titles of the rules, a row at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from outturn.contracts.cld import Case, CldField, specification

SPEC = specification()
LINKS = ("adult_1_person_id", "adult_2_person_id", "adult_3_person_id")
UNITS = {"Weekly": 1, "Fortnightly": 1 / 2, "4-weekly": 1 / 4, "Monthly": 12 / 52,
         "Quarterly": 4 / 52, "Annual": 1 / 52}  # fmt: skip
Cells = dict[str, str | None]
Meant = dict[str, Any]


def letters(text: str) -> str:
    return " ".join(text.split()).casefold()


def coded(one: CldField, text: str) -> tuple[str | None, int]:
    """What a cell of a list means, and its result."""
    values = SPEC.values.get(one.name, ())
    for value in values:
        if text == value.release_2:
            return value.release_2, 1
    for value in values:
        if text == value.release_1:
            return value.meaning, -7
    for value in values:
        if value.release_2 and letters(text) == letters(value.release_2):
            return value.release_2, 1 if value.evidence == "spelling not confirmed" else 2
    for value in values:
        if value.release_1 and letters(text) == letters(value.release_1):
            return value.meaning, -7
    begun = [v.release_2 for v in values if v.release_2
             and letters(text).startswith(letters(v.release_2))]  # fmt: skip
    if one.beginning and begun:
        return max(begun, key=len), 1
    return None, -3 if one.known == "complete" else 3


def day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.A) else None
    except ValueError:
        return None
    return found if found and 1800 <= found.year <= 2199 else None


def number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) != float("inf") and found == found else None


def judged_alone(one: CldField, raw: str) -> tuple[Any, int]:
    """What a filled cell means, and its result by itself."""
    text = raw.strip()
    meant: Any = None
    result = 1
    match one.kind:
        case "list":
            meant, result = coded(one, text)
        case "date":
            meant = day(text)
            result = 1 if meant else -2
        case "number" | "whole":
            meant = number(text)
            if meant is None or (one.kind == "whole" and meant != int(meant)):
                meant, result = None, -2
            elif one.least is not None and meant < one.least:
                result = -5
            elif one.most is not None and meant > one.most:
                result = -5
        case "identifier":
            meant = text.lower()
            result = 1 if not one.form or re.fullmatch(one.form, text) else -4
    return meant, 2 if result == 1 and raw != text else result


def age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def holds(case: Case, cells: Cells, meant: Meant, on: date) -> bool:
    birth = meant["date_of_birth"]
    return (
        (not case.events or meant["event_type"] in case.events)
        and (not case.clients or meant["client_type"] in case.clients)
        and (not case.filled or cells[case.filled] is not None)
        and (
            not case.ages or (birth is not None and case.ages[0] <= age(birth, on) <= case.ages[1])
        )
        and all(meant[name] in values for name, values in (case.one_of or {}).items())
        and not any(meant[name] in values for name, values in (case.none_of or {}).items())
    )


def status(one: CldField, cells: Cells, meant: Meant, on: date) -> int:
    cases = [*([one.applies] if one.applies else []), *one.mandatory]
    if any(case.events for case in cases) and meant["event_type"] is None:
        return -1
    if any(case.clients for case in cases) and meant["client_type"] is None:
        return -1
    if one.applies and not holds(one.applies, cells, meant, on):
        return 0
    must = one.always or one.where_it_applies
    return 2 if must or any(holds(case, cells, meant, on) for case in one.mandatory) else 1


def judge(rows: list[Cells], on: date) -> list[dict[str, Any]]:
    """For each row `status` and `result` by field, and `found`: pairs of rule and field."""
    told = []
    every = [_meant(row) for row in rows]
    stated = _stated([meant for _, meant, _ in every])
    people = {meant["person_id"] for _, meant, _ in every}
    codes = Counter(m["la_code"] for c, m, _ in every if _council_fits(c["la_code"]))
    usual = max(codes, key=lambda code: codes[code]) if codes else None
    for cells, meant, alone in every:
        statuses = {name: status(one, cells, meant, on) for name, one in SPEC.fields.items()}
        results = {}
        for name in SPEC.fields:
            if cells[name] is None:
                results[name] = -1 if statuses[name] == 2 else 0
            else:
                results[name] = -6 if statuses[name] == 0 else alone[name]
        found = {*_by_field(results, meant)}
        found |= {*_events(cells, meant, on, stated), *_people(cells, meant, on)}
        found |= {*_council(cells, meant, usual), *_services(cells, meant, on)}
        found |= {*_carers(cells, meant, results, people), *_costs(cells, meant, statuses)}
        told.append({"status": statuses, "result": results, "found": found})
    return told


def _meant(row: Cells) -> tuple[Cells, Meant, dict[str, int]]:
    cells: Cells = {}
    meant: Meant = {}
    alone: dict[str, int] = {}
    for name, one in SPEC.fields.items():
        raw = row[name]
        cells[name] = raw.strip() or None if raw is not None else None
        meant[name] = None
        if raw is not None and cells[name]:
            meant[name], alone[name] = judged_alone(one, raw)
    return cells, meant, alone


def _stated(every: list[Meant]) -> tuple[date | None, date | None]:
    pairs = Counter(
        (m["reporting_period_start_date"], m["reporting_period_end_date"])
        for m in every
        if m["reporting_period_start_date"] and m["reporting_period_end_date"]
    )
    if not pairs:
        return None, None
    first, last = max(pairs, key=lambda pair: (pairs[pair], pair))
    return (first, last) if first <= last else (None, None)


Pairs = Iterator[tuple[str, str]]


def _by_field(results: dict[str, int], meant: Meant) -> Pairs:
    for rule in SPEC.rules.values():
        for name in rule.fields if rule.found == "field" else ():
            event = not rule.events or meant["event_type"] in rule.events
            if results[name] == rule.result and event:
                yield rule.id, name


def _events(cells: Cells, meant: Meant, on: date, stated: tuple[date | None, date | None]) -> Pairs:
    start, end = meant["event_start_date"], meant["event_end_date"]
    finished = meant["event_type"] in ("Request", "Assessment", "Review")
    service = meant["event_type"] == "Service"
    first, last = stated
    if start and end and end < start:
        yield "end-before-start", "event_end_date"
    if start and start > on:
        yield "start-after-extract", "event_start_date"
    elif start and last and start > last:
        yield "start-after-period", "event_start_date"
    if finished and end and end > on:
        yield "end-after-extract", "event_end_date"
    elif finished and end and last and end > last:
        yield "end-after-period", "event_end_date"
    if end and first and end < first and not (start and start > end):
        yield "end-before-period", "event_end_date"
    if finished and start and end and (end - start).days > 730:
        yield "event-very-long", "event_end_date"
    if service and cells["event_end_date"] is None and not meant["date_of_death"]:
        if start and start < date(on.year - 10, on.month, on.day):
            yield "service-open-for-years", "event_start_date"
    begins, ends = meant["reporting_period_start_date"], meant["reporting_period_end_date"]
    if begins and ends and ends < begins:
        yield "period-reversed", "reporting_period_end_date"
    else:
        if first and begins and begins != first:
            yield "period-differs", "reporting_period_start_date"
        if last and ends and ends != last:
            yield "period-differs", "reporting_period_end_date"


def _people(cells: Cells, meant: Meant, on: date) -> Pairs:
    start, end = meant["event_start_date"], meant["event_end_date"]
    birth, death = meant["date_of_birth"], meant["date_of_death"]
    unborn = bool(birth and death and death < birth)
    if birth:
        dummy = birth in SPEC.dummies.birth_dates
        if dummy:
            yield "birth-date-dummy", "date_of_birth"
        if birth > on:
            yield "birth-after-extract", "date_of_birth"
        if start and start < birth <= on:
            yield "birth-after-start", "date_of_birth"
        if not dummy and age(birth, min(death or on, on)) > 115:
            yield "age-over-limit", "date_of_birth"
        if start and birth <= on and birth <= start and age(birth, min(end or on, on)) < 18:
            yield "age-under-18", "date_of_birth"
    if unborn:
        yield "death-before-birth", "date_of_death"
    if death and death > on:
        yield "death-after-extract", "date_of_death"
    if death and start and not unborn and start > death:
        yield "start-after-death", "event_start_date"
    elif death and start and end and not unborn and end > death:
        yield "end-after-death", "event_end_date"
    if meant["event_outcome"] == "NFA: Deceased" and cells["date_of_death"] is None:
        yield "deceased-without-date", "date_of_death"
    if (meant["postcode"] or "").startswith("zz99"):
        yield "postcode-stand-in", "postcode"
    if meant["event_outcome"] in ("Progress to End of Life Care",
                                  "Progress to financial assessment"):  # fmt: skip
        yield "outcome-not-mapped", "event_outcome"


def _council_fits(code: str | None) -> bool:
    return bool(code and re.fullmatch(r"\d{3}|[A-Za-z0-9]{5}|[A-Za-z]\d{8}", code, re.A))


def _council(cells: Cells, meant: Meant, usual: str | None) -> Pairs:
    if cells["la_code"] and not _council_fits(cells["la_code"]):
        yield "council-code-form", "la_code"
    elif cells["la_code"] and meant["la_code"] != usual:
        yield "council-code-of-another", "la_code"


def _services(cells: Cells, meant: Meant, on: date) -> Pairs:
    if meant["event_type"] != "Service":
        return
    kind, component = meant["service_type"] or "", meant["service_component"]
    mechanism, client = meant["delivery_mechanism"], meant["client_type"]
    home = kind.endswith((": Nursing care", ": Residential care"))
    if (home or kind.endswith(": Prison")) and mechanism in (
        "Direct payment", "CASSR managed personal budget",
    ):  # fmt: skip
        yield "mechanism-on-wrong-type", "delivery_mechanism"
    if component == "Direct payment" and mechanism not in (None, "Direct payment"):
        yield "direct-payment-by-other-means", "delivery_mechanism"
    if kind.endswith(": Community") and cells["delivery_mechanism"] is None:
        yield "community-without-mechanism", "delivery_mechanism"
    if component == "Reablement" and kind and not kind.endswith(": ST-Max"):
        yield "reablement-in-other-type", "service_type"
    if kind.startswith("Long term") and component in (
        "Short term residential care", "Short term nursing care",
    ):  # fmt: skip
        yield "short-stay-in-long-term", "service_component"
    if client == "Unpaid carer" and kind.startswith(("Long term", "Short term")):
        yield "long-term-support-of-carer", "service_type"
    if client == "Service user" and kind.endswith(": Direct to unpaid carer"):
        yield "carer-support-of-service-user", "service_type"
    caring = meant["primary_support_reason"] == "Social support: Support to unpaid carer"
    if client == "Service user" and caring and kind.startswith("Long term"):
        yield "carer-reason-on-service-user", "primary_support_reason"
    lives, end = meant["accommodation_status"], meant["event_end_date"]
    goes_on = cells["event_end_date"] is None or (end is not None and end > on)
    in_home = lives in ("Registered care home", "Registered nursing home")
    away = ("Unknown", "Acute hospital or long term healthcare residential facility")
    if goes_on and not meant["date_of_death"]:
        if home and lives and not in_home and lives not in away:
            yield "care-home-lives-elsewhere", "accommodation_status"
        if kind.endswith(": Community") and in_home:
            yield "at-home-service-in-care-home", "accommodation_status"
    if home and cells["provider_location_id"] is None:
        yield "care-home-without-location", "provider_location_id"


def _carers(cells: Cells, meant: Meant, results: dict[str, int], people: set[str | None]) -> Pairs:
    if not (meant["client_type"] or "").startswith("Unpaid carer"):
        return
    links = [meant[name] for name in LINKS]
    said = meant["adults_cared_for"]
    if said is not None and results["adults_cared_for"] > 0:
        if min(said, 3) != sum(link is not None for link in links):
            yield "adults-against-links", "adults_cared_for"
    for at, (name, link) in enumerate(zip(LINKS, links, strict=True)):
        if link is None:
            continue
        if link not in people:
            yield "linked-adult-not-in-file", name
        if link == meant["person_id"]:
            yield "linked-to-self", name
        if link in links[:at]:
            yield "linked-twice", name


def _costs(cells: Cells, meant: Meant, statuses: dict[str, int]) -> Pairs:
    if meant["event_type"] != "Service":
        return
    cost, units, often = (meant[name] for name in
                          ("unit_cost", "planned_units_per_week", "cost_frequency"))  # fmt: skip
    if cost is not None and cost > 0 and units == 0 and often != "One-off":
        yield "units-zero-with-cost", "planned_units_per_week"
    if cost == 0:
        yield "cost-zero", "unit_cost"
    filled = cells["unit_cost"] is not None, cells["cost_frequency"] is not None
    if filled == (True, False) and statuses["cost_frequency"] != 2:
        yield "cost-without-frequency", "cost_frequency"
    if filled == (False, True) and statuses["unit_cost"] != 2:
        yield "frequency-without-cost", "unit_cost"
    per_week = UNITS.get(often)
    if units is not None and units > 0 and per_week and abs(units - per_week) > 0.01:
        yield "frequency-against-units", "planned_units_per_week"
    weekly = per_week or units
    if cost is not None and weekly is not None and often != "One-off" and cost * weekly > 10_000:
        yield "cost-very-high", "unit_cost"
    if units is not None and units > 168 and not per_week:
        yield "units-beyond-a-week", "planned_units_per_week"
