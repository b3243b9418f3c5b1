"""The judge of `derivations.stays`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.reach import first_months

_ONE_DAY = timedelta(days=1)
_OF_BED_DAYS = (
    "place", "person", "stay", "hospital", "kind", "admission", "out_of_area", "sex", "source",
    "row",
)  # fmt: skip
_OF_DISCHARGES = (
    *_OF_BED_DAYS, "discharged_on", "admitted_from", "admitted_on", "destination", "fall",
    "response_minutes",
)  # fmt: skip


def bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Walks from the day after admission to the day of discharge."""
    found = []
    covered = first_months(tables["hospital_stays"], "discharged_on")
    for stay in tables["hospital_stays"]:
        if stay["admitted_on"] is None or stay["place"] not in covered:
            continue
        if stay["discharged_on"] is None and asked.flag("ended_only"):
            continue
        until = stay["discharged_on"] or asked.as_of
        by_month: dict[date, int] = {}
        day = stay["admitted_on"] + _ONE_DAY
        while day <= until:
            if day.replace(day=1) <= asked.as_of:
                month = day.replace(day=1)
                if month >= covered[stay["place"]]:
                    by_month[month] = by_month.get(month, 0) + 1
            day += _ONE_DAY
        age = whole_years(stay["born_on"], stay["admitted_on"])
        aged = {"age": age, "age_group": age_group(age, asked.words("age_groups"))}
        same = {name: stay[name] for name in _OF_BED_DAYS}
        found += [{**same, **aged, "month": m, "bed_days": days} for m, days in by_month.items()]
    return found


def discharges(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """For each stay that ended, looks through the person's other stays for the next."""
    stays = tables["hospital_stays"]
    found = []
    for stay in stays:
        admitted, left = stay["admitted_on"], stay["discharged_on"]
        if admitted is None or left is None or left < admitted:
            continue
        died = stay["destination"] == "died" or (
            stay["died_on"] is not None and admitted <= stay["died_on"] <= left
        )
        later = [one for one in stays if _is_later(one, stay, asked)]
        next_on = min((one["admitted_on"] for one in later), default=None)
        urgent = any(
            one["admitted_on"] == next_on and one["admission"] == "emergency" for one in later
        )
        soon = next_on is not None and (next_on - left).days <= asked.number("readmission_days")
        age = whole_years(stay["born_on"], admitted)
        found.append(
            {name: stay[name] for name in _OF_DISCHARGES}
            | {
                "days": (left - admitted).days,
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
                "died": died,
                "readmitted": soon and urgent and not died,
                "followed": (asked.as_of - left).days >= asked.number("readmission_days"),
            }
        )
    return found


def _is_later(one: Row, stay: Row, asked: Asked) -> bool:
    """Whether a stay is of the same person, of a kind that is looked at, and after the other."""
    same = (one["place"], one["person"]) == (stay["place"], stay["person"])
    if not same or one["stay"] == stay["stay"] or one["admitted_on"] is None:
        return False
    if one["kind"] not in asked.words("readmission_kinds"):
        return False
    after = one["admitted_on"] > stay["admitted_on"] or one["stay"] > stay["stay"]
    return after and one["admitted_on"] >= stay["discharged_on"]


def whole_years(born: date | None, day: date | None) -> int | None:
    """Completed years of life on a day."""
    if born is None or day is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
