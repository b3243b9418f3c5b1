"""The judge of `derivations.reviews`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years


def due(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    for one in tables["assessments"]:
        day, done = one["review_due_on"], one["reviewed_on"]
        if day is None or day > asked.as_of:
            continue
        age = whole_years(one["born_on"], day)
        names = ("place", "person", "referral", "kind", "client_group", "reviewed_on", "sex",
                 "source", "row")  # fmt: skip
        found.append(
            {name: one[name] for name in names}
            | {
                "due_on": day,
                "in_time": done is not None and done <= day,
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
            }
        )
    return found
