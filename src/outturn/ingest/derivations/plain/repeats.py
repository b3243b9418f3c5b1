"""The judge of `derivations.repeats`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.reach import first_months
from outturn.ingest.derivations.years import financial_years


def admissions(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    known = {one["place"] for one in tables["assessments"]}
    covered = first_months(tables["discharges"], "discharged_on")
    found = []
    for _, key, first, last in financial_years(asked.as_of):
        stays: dict[tuple[str, str], list[Row]] = {}
        for one in tables["discharges"]:
            if first <= one["discharged_on"] <= last and _counts(one, asked):
                stays.setdefault((one["place"], one["person"]), []).append(one)
        for (place, person), mine in stays.items():
            if covered[place] > first or len(mine) < asked.number("stays"):
                continue
            assessed = any(
                (one["place"], one["person"]) == (place, person)
                and one["kind"] not in asked.words("assessments_left_out")
                and one["assessment_completed_on"] is not None
                and first <= one["assessment_completed_on"] <= last
                for one in tables["assessments"]
            )
            latest = max(mine, key=lambda one: (one["discharged_on"], one["stay"]))
            found.append(
                {name: latest[name] for name in ("place", "person", "sex", "source", "row")}
                | {
                    "period": key,
                    "stays": len(mine),
                    "assessed": assessed if place in known else None,
                }
            )
    return found


def _counts(stay: Row, asked: Asked) -> bool:
    old = stay["age"] is not None and stay["age"] >= asked.number("youngest")
    return (
        old
        and stay["kind"] in asked.words("kinds")
        and stay["admission"] in asked.words("admissions")
    )
