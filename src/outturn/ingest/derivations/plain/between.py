"""The judge of `derivations.between`."""

from __future__ import annotations

from collections.abc import Mapping

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years


def equipment(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    for order in tables["equipment_orders"]:
        began, ended = order["ordered_on"], order["delivered_on"]
        if began is None or ended is None or ended < began:
            continue
        days = (ended - began).days
        age = whole_years(order["born_on"], began)
        names = ("place", "person", "order", "kind", "ordered_on", "delivered_on", "sex", "source",
                 "row")  # fmt: skip
        found.append(
            {name: order[name] for name in names}
            | {
                "days": days,
                "in_time": days <= asked.number("in_time_days"),
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
            }
        )
    return found


def assessments(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    for one in tables["assessments"]:
        came, began = one["referred_on"], one["assessment_began_on"]
        done, served = one["assessment_completed_on"], one["first_service_on"]
        ways = {
            "referral to assessment": (came, began),
            "assessment to completion": (began, done),
            "completion to service": (done, served),
            "referral to service": (came, served),
        }
        age = whole_years(one["born_on"], came)
        limit = asked.number("urgent_days" if one["priority"] == "urgent" else "in_time_days")
        for part, (start, end) in ways.items():
            if start is None or end is None or end < start:
                continue
            days = (end - start).days
            names = ("place", "person", "referral", "kind", "client_group", "priority", "sex",
                     "source", "row")  # fmt: skip
            found.append(
                {name: one[name] for name in names}
                | {
                    "part": part,
                    "began_on": start,
                    "ended_on": end,
                    "days": days,
                    "in_time": days <= limit,
                    "age": age,
                    "age_group": age_group(age, asked.words("age_groups")),
                }
            )
    return found
