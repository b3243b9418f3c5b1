"""The rules of several rows together in plain Python: every row against every other it may meet."""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any


def beside(name: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert found and found.loader
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


plain = beside("plain_judge")
SPEC = plain.SPEC
FAR = date(9999, 1, 1)
NOT_KNOWN = ("Unknown", "No data: Refused", "No data: Undeclared or not known")
OF_EVENTS = ("client_type", "event_type", "route_of_access", "assessment_type", "service_type",
             "service_component")  # fmt: skip
OF_SERVICES = ("delivery_mechanism", "unit_cost", "cost_frequency", "planned_units_per_week")
SAME = ("client_type", "service_type", "service_component", "delivery_mechanism",
        "provider_location_id")  # fmt: skip
Row = dict[str, Any]
Told = dict[str, set[int]]


def judge(rows: list[dict[str, str | None]]) -> Told:
    """By rule, the positions of the rows that have the fault."""
    every: list[Row] = []
    for at, row in enumerate(rows):
        cells, meant, _ = plain._meant(row)
        every.append({"at": at, "cells": cells, "meant": meant})
    told: Told = defaultdict(set)
    once = _without_repeats(every, told)
    _events(once, told)
    _references(once, told)
    _services(once, told)
    _several(every, told)
    _linked(every, told)
    _mixed(every, told)
    return {rule: where for rule, where in told.items() if where}


def said(row: Row, name: str) -> Any:
    """What a cell means; where that is not known, the cell."""
    meant, cell = row["meant"][name], row["cells"][name]
    return meant if meant is not None else cell.lower() if cell else None


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())


def _without_repeats(every: list[Row], told: Told) -> list[Row]:
    once = []
    for group in grouped(every, lambda row: tuple(row["cells"].values())):
        once.append(group[0])
        told["exact-duplicate"] |= {row["at"] for row in group[1:]}
    return sorted(once, key=lambda row: row["at"])


def _event(row: Row) -> Any:
    meant = row["meant"]
    service = meant["event_type"] == "Service"
    more = [said(row, name) for name in OF_SERVICES] if service else [meant["event_end_date"]]
    about = [said(row, name) for name in OF_EVENTS]
    return (meant["la_code"], meant["person_id"], meant["event_start_date"], service, *about, *more)


def _events(once: list[Row], told: Told) -> None:
    known = [
        row
        for row in once
        if all(row["meant"][name] for name in ("event_start_date", "event_type", "person_id"))
    ]
    for group in grouped(known, _event):
        references = {row["meant"]["event_reference"] for row in group} - {None}
        several = len(references) > 1
        rule = "one-event-two-references" if several else "one-event-told-otherwise"
        told[rule] |= {row["at"] for row in group[1:]}


def _references(once: list[Row], told: Told) -> None:
    named = [row for row in once if row["meant"]["event_reference"]]
    for first, *others in grouped(named, lambda row: row["meant"]["event_reference"]):
        for row in others:
            for name in ("person_id", "event_type"):
                one, other = first["meant"][name], row["meant"][name]
                if one and other and one != other:
                    told["reference-of-several-events"].add(row["at"])


def _services(once: list[Row], told: Told) -> None:
    def is_one(row: Row) -> bool:
        meant, cells = row["meant"], row["cells"]
        readable = cells["event_end_date"] is None or meant["event_end_date"]
        named = meant["event_start_date"] and meant["service_type"] and meant["person_id"]
        return bool(meant["event_type"] == "Service" and named and readable)

    services = [row for row in once if is_one(row)]
    for group in grouped(
        services, lambda row: (row["meant"]["person_id"], *(said(row, name) for name in SAME))
    ):
        in_order = sorted(group, key=lambda row: (row["meant"]["event_start_date"], row["at"]))
        for place, row in enumerate(in_order[1:], start=1):
            start = row["meant"]["event_start_date"]
            before = in_order[:place]
            ended = max(one["meant"]["event_end_date"] or FAR for one in before)
            if before[-1]["meant"]["event_start_date"] < start < ended:
                told["service-overlaps-itself"].add(row["at"])
            if (start.month, start.day) == (4, 1) and ended == start - timedelta(days=1):
                told["service-reset-at-year-start"].add(row["at"])


def _several(every: list[Row], told: Told) -> None:
    def one_of(rule: str, of: str, name: str) -> None:
        def value(row: Row, name: str) -> Any:
            listed = SPEC.fields[name].kind == "list"
            told = said(row, name) if listed else row["meant"][name]
            return None if told in NOT_KNOWN else told

        both = [row for row in every if value(row, of) and value(row, name)]
        for group in grouped(both, lambda row: value(row, of)):
            if len({value(row, name) for row in group}) > 1:
                told_rows = {row["at"] for row in group}
                told[rule] |= told_rows

    one_of("several-ids-of-one-nhs-number", "nhs_number", "person_id")
    one_of("several-nhs-numbers-of-one-id", "person_id", "nhs_number")
    one_of("several-birth-dates", "person_id", "date_of_birth")
    one_of("several-death-dates", "person_id", "date_of_death")
    one_of("several-genders", "person_id", "gender")
    one_of("several-ethnicities", "person_id", "ethnicity")


def _linked(every: list[Row], told: Told) -> None:
    carers = [row for row in every if row["meant"]["client_type"] == "Unpaid carer"]
    linked = {row["meant"][name] for row in carers for name in plain.LINKS} - {None}
    for row in every:
        none = row["meant"]["has_unpaid_carer"] == "No"
        if none and row["meant"]["person_id"] in linked:
            told["has-carer-contradicted"].add(row["at"])


def _mixed(every: list[Row], told: Told) -> None:
    sides: dict[bool, list[int]] = {True: [], False: []}
    for name, one in SPEC.fields.items():
        if one.known != "complete" or name == "event_type":
            continue
        old = {value.release_1 for value in SPEC.values[name]} - {""}
        new = {value.release_2 for value in SPEC.values[name]} - {""}
        for row in every:
            cell = row["cells"][name]
            if (cell in old) != (cell in new):
                sides[cell in old].append(row["at"])
    if sides[True] and sides[False]:
        rarer = sides[True] if len(sides[True]) <= len(sides[False]) else sides[False]
        told["releases-mixed"] |= set(rarer)
