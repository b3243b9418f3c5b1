"""The judge of what is kept out of the tables that are made of client level data."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from outturn.ingest.derivations import left_out as words
from outturn.ingest.derivations.model import Asked, Judge, Row, Rows, kept_out_of
from outturn.ingest.derivations.plain import (
    admissions,
    discharges,
    reablement,
    reablement_2023_24,
    self_directed,
    waits,
)
from outturn.ingest.derivations.plain.windows import last_covered
from outturn.terms.period import APRIL, Period, add_months


def _of_events(
    tables: Mapping[str, Rows],
    asked: Asked,
    chosen: Callable[[Row], bool],
    told: Callable[[Row], list[Row]],
    *,
    events: int = 0,
    clients: bool = True,
    ends_first: bool = False,
) -> list[Row]:
    """Of the chosen events: those kept out already, of another client, and that end too early."""
    name = asked.method.given[events]
    found = []
    for one in tables[kept_out_of(name)]:
        if chosen(one):
            found += [_row(one, one["kept_out"], more) for more in told(one)]
    for one in tables[name]:
        why = None
        if clients and one["client_type"] != asked.word("client_type"):
            why = words.OTHER_CLIENT
        elif ends_first and one["end_on"] and one["end_on"] < one["start_on"]:
            why = words.DATES_TURNED
        if why and chosen(one):
            found += [_row(one, why, more) for more in told(one)]
    return found


def _row(event: Row, why: str, more: Row) -> Row:
    same = {name: event[name] for name in ("place", "person", "source", "row")}
    return same | more | {"kept_out": why}


def _is_service(one: Row) -> bool:
    return one["event_type"] == "Service"


def _reablement(judge: Judge) -> Judge:
    def found(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
        names = ("person_id", "started_on")
        still = [
            _row(one, one["left_out"], {name: one[name] for name in names})
            | {"ended_on": one["started_on"]}
            for one in judge(tables, asked)
            if one["ended_on"] is None
        ]
        services = _of_events(
            tables,
            asked,
            lambda one: reablement.is_service(one, asked.word("reablement")),
            lambda one: [
                {
                    "person_id": one["person_id"],
                    "started_on": one["start_on"],
                    "ended_on": one["end_on"] or one["start_on"],
                }
            ],
            ends_first=True,
        )
        return services + still

    return found


def reablement_discharges(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    names = ("person_id", "started_on", "ended_on")
    without = [
        _row(one, one["left_out"], {name: one[name] for name in names})
        | {"discharged_on": one["started_on"]}
        for one in discharges.after(tables, asked)
        if one["discharged_on"] is None
    ]
    services = _of_events(
        tables,
        asked,
        lambda one: one["service_component"] == asked.word("component"),
        lambda one: [
            {
                "person_id": one["person_id"],
                "started_on": one["start_on"],
                "ended_on": one["end_on"],
                "discharged_on": one["start_on"],
            }
        ],
        events=1,
        ends_first=True,
    )
    return services + without


def older_discharges(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {one["stay"] for one in discharges.older(tables, asked)}
    found = []
    for stay in tables["hospital_stays"]:
        if stay["stay"] not in counted:
            age, age_true = discharges.ages(stay["born_on"], stay["discharged_on"], asked)
            why = words.NOT_DISCHARGED
            if stay["discharged_on"]:
                why = words.under(asked.number("youngest"))
            names = ("stay", "admitted_on")
            more = {name: stay[name] for name in names} | {"age": age, "age_true": age_true}
            day = stay["discharged_on"] or stay["admitted_on"]
            found.append(_row(stay, why, more | {"discharged_on": day}))
    return found


def care_home_admissions(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    settings = asked.method.parameters["settings"]
    made = admissions.admissions(tables, asked)
    counted = {(one["source"], one["row"]) for one in made}

    def told(one: Row) -> list[Row]:
        days = {"admitted_on": one["start_on"], "ended_on": one["end_on"]}
        return [days | {"setting": settings[one["service_type"]]}]

    def chosen(one: Row) -> bool:
        return _is_service(one) and one["service_type"] in settings

    found = _of_events(tables, asked, chosen, told)
    first = date.fromisoformat(asked.word("first_day"))
    for one in tables[asked.method.given[0]]:
        if (
            chosen(one)
            and one["client_type"] == asked.word("client_type")
            and (one["source"], one["row"]) not in counted
        ):
            inside = first <= one["start_on"] <= asked.as_of
            why = words.MONTH_NOT_COVERED if inside else words.BEFORE_FIRST_DAY
            found += [_row(one, why, more) for more in told(one)]
    return found


def still_there(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    settings = asked.method.parameters["settings"]
    every = list(_years(asked))
    return _of_events(
        tables,
        asked,
        lambda one: _is_service(one) and one["service_type"] in settings,
        lambda one: [
            {
                "period": key,
                "admitted_on": one["start_on"],
                "ended_on": one["end_on"],
                "setting": settings[one["service_type"]],
            }
            for key, first, last in every
            if first <= one["start_on"] <= last
        ],
    )


def support_years(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    def chosen(one: Row) -> bool:
        return _is_service(one) and one["service_type"] in asked.words("service_types")

    return _of_events(tables, asked, chosen, _in_years(asked))


def carers(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    def chosen(one: Row) -> bool:
        return self_directed.is_of_carer(one, asked)

    return _of_events(tables, asked, chosen, _in_years(asked), clients=False)


def _in_years(asked: Asked) -> Callable[[Row], list[Row]]:
    every = list(_years(asked))

    def told(one: Row) -> list[Row]:
        return [
            {"period": key}
            for key, first, last in every
            if one["start_on"] <= last and (one["end_on"] is None or one["end_on"] >= first)
        ]

    return told


def _years(asked: Asked) -> Iterator[tuple[str, date, date]]:
    """The 12 months to the end of each quarter, from the first day of the method, that are over."""
    day = date.fromisoformat(asked.word("first_day"))
    first = date(day.year, 1, 1)
    while True:
        year = Period(first, 1, "Y") if APRIL.year_start(first) == first else Period(first, 12, "M")
        if not year.finished(asked.as_of):
            return
        if first >= day:
            yield year.key, first, year.end
        first = add_months(first, 3)


def users(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    blank = {k: setting for k, how, setting in asked.method.parameters["ranks"] if how == ""}
    ends = [end for end in map(_end, _quarter_starts(asked)) if end <= asked.as_of]
    return _of_events(
        tables,
        asked,
        lambda one: _is_service(one) and one["service_type"] in blank,
        lambda one: [
            {"census": day, "setting": blank[one["service_type"]]}
            for day in ends
            if one["start_on"] <= day and (one["end_on"] is None or one["end_on"] >= day)
        ],
    )


def _quarter_starts(asked: Asked) -> Iterator[date]:
    day = date.fromisoformat(asked.word("first_day"))
    first = date(day.year, 1, 1)
    while first <= asked.as_of:
        if first >= day:
            yield first
        first = add_months(first, 3)


def _end(first: date) -> date:
    return add_months(first, 3) - timedelta(days=1)


def first_responses(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    first = date.fromisoformat(asked.word("first_day"))
    return _of_events(
        tables,
        asked,
        lambda one: one["event_type"] == "Request" and one["start_on"] >= first,
        lambda one: [
            {"kind": kind, "counted_on": one["start_on"], "requested_on": one["start_on"]}
            for kind in ("first response", "first service")
        ],
    )


def open_waits(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Requests that nobody looks at, and those of which an earlier one is in the way."""
    events = asked.method.given[0]
    found = []
    for request in waits.requests(tables, asked):
        last = last_covered(request["place"], tables[events])
        if last is None or request["left_out"] == words.NO_PROGRESS:
            continue
        day = min(last.replace(day=monthrange(last.year, last.month)[1]), asked.as_of)
        kinds: tuple[str, ...] = ("first response", "first service")
        why: Any = request["left_out"]
        if not why:
            if not request["overlaps"]:
                continue
            why = words.NOT_YET_FOLLOWED
            if request["response"]:
                waits_on = not request["service"] and request["meant"]
                kinds = ("first service",) if waits_on else ()
            else:
                kinds = ("first response",)
        if request["start_on"] <= day:
            more = {"requested_on": request["start_on"], "looked_on": day}
            found += [_row(request, why, more | {"kind": kind}) for kind in kinds]
    return found


JUDGES_OF_EVENTS: dict[str, Judge] = {
    "care home admissions still there": still_there,
    "care home admissions": care_home_admissions,
    "carer support years": carers,
    "first response waits": first_responses,
    "long-term support years by latest start": support_years,
    "long-term support years": support_years,
    "older discharges": older_discharges,
    "open waits": open_waits,
    "reablement after discharge": reablement_discharges,
    "reablement outcomes after requests": _reablement(reablement_2023_24.outcomes),
    "reablement outcomes": _reablement(reablement.outcomes),
    "self-directed support": users,
}
