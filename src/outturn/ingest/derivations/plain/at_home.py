"""The judge of `derivations.at_home`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years


def reablement(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    known = {stay["place"] for stay in tables["hospital_stays"]}
    for one in tables["reablement_episodes"]:
        start, end = one["started_on"], one["ended_on"]
        if start is None or end is None or end < start:
            continue
        day = start + timedelta(days=asked.number("at_home_after_days"))
        age = whole_years(one["born_on"], start)
        before, after = one["hours_before"], one["hours_after"]
        names = ("place", "person", "episode", "started_on", "ended_on", "from_hospital", "outcome",
                 "sex", "source", "row")  # fmt: skip
        in_bed = any(
            (stay["place"], stay["person"]) == (one["place"], one["person"])
            and stay["kind"] != "virtual ward"
            and stay["admitted_on"] <= day
            and (stay["discharged_on"] is None or stay["discharged_on"] > day)
            for stay in tables["hospital_stays"]
            if stay["admitted_on"] is not None and stay["kind"] is not None
        )
        dead = one["died_on"] is not None and one["died_on"] <= day
        away = dead or in_bed or one["outcome"] in ("care home", "died")
        found.append(
            {name: one[name] for name in names}
            | {
                "looked_on": day,
                "at_home": None if day > asked.as_of or one["place"] not in known else not away,
                "fewer_hours": None if before is None or after is None else after < before,
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
            }
        )
    return found
