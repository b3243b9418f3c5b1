"""The judge of `derivations.to_assess`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years


def discharges(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    for stay in tables["hospital_stays"]:
        left = stay["discharged_on"]
        if left is None or stay["destination"] not in asked.words("destinations"):
            continue
        if stay["kind"] == "virtual ward":
            continue
        assessed = [
            one["assessment_completed_on"]
            for one in tables["assessments"]
            if (one["place"], one["person"]) == (stay["place"], stay["person"])
            and one["kind"] != "carer"
            and one["assessment_began_on"] is not None
            and one["assessment_completed_on"] is not None
            and one["assessment_began_on"] >= left
            and 0 < (one["assessment_completed_on"] - left).days <= asked.number("within_days")
            and not any(
                (other["place"], other["person"]) == (stay["place"], stay["person"])
                and other["stay"] != stay["stay"]
                and other["admitted_on"] is not None
                and left <= other["admitted_on"] <= one["assessment_completed_on"]
                for other in tables["hospital_stays"]
            )
        ]
        if not assessed:
            continue
        age = whole_years(stay["born_on"], left)
        names = ("place", "discharged_on", "person", "stay", "hospital", "kind", "sex", "source",
                 "row")  # fmt: skip
        found.append(
            {name: stay[name] for name in names}
            | {
                "assessed_on": min(assessed),
                "bed_days_saved": (min(assessed) - left).days,
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
            }
        )
    return found
