"""The judge of `derivations.ratings`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from outturn.ingest.derivations.model import Asked, Row, Rows


def held(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """At each month end before a location closes, the last rating that it had been given."""
    by_location: dict[tuple[str, str], list[Row]] = {}
    for row in tables["provider_ratings"]:
        by_location.setdefault((row["place"], row["location"]), []).append(row)
    found = []
    for rows in by_location.values():
        rows = sorted(rows, key=lambda one: (one["rated_on"], one["source"], one["row"]))
        end = _month_end(rows[0]["rated_on"])
        closed_on = max((one["closed_on"] for one in rows if one["closed_on"]), default=date.max)
        while end <= asked.as_of and end < closed_on:
            latest = [one for one in rows if one["rated_on"] <= end][-1]
            names = ("place", "provider", "location", "kind", "rating", "beds", "rated_on",
                     "source", "row")  # fmt: skip
            good = latest["rating"] in asked.words("good")
            found.append({n: latest[n] for n in names} | {"month_end": end, "good": good})
            end = _month_end(end + timedelta(days=1))
    whole = _whole_from(found, asked)
    return [one for one in found if one["month_end"] >= whole[one["place"]]]


def _whole_from(held: Rows, asked: Asked) -> dict[str, date]:
    """For each place the first month end at which enough of its locations are there."""
    numbers: dict[str, Counter[date]] = {}
    for one in held:
        numbers.setdefault(one["place"], Counter())[one["month_end"]] += 1
    found = {}
    for place, by_month in numbers.items():
        most = max(by_month.values())
        share = asked.number("share_of_locations") if most >= asked.number("few_locations") else 0
        found[place] = min(day for day, here in by_month.items() if here * 100 >= most * share)
    return found


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
