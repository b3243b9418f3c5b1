"""The judge of `derivations.last_months`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.left_out import EXTERNAL_CAUSE, NO_STAYS_SO_EARLY
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.reach import first_day
from outturn.ingest.derivations.plain.stays import whole_years

_SETTINGS = ("large_hospital", "community_hospital", "hospice")


def half_years(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    found = []
    stays_of_all = tables["hospital_stays"]
    reached = {
        place: first_day(stays_of_all, place, "discharged_on")
        for place in {one["place"] for one in stays_of_all}
    }
    for death in tables["person_deaths"]:
        first = death["died_on"] - timedelta(days=asked.number("window_days"))
        stays = [one for one in stays_of_all if one["place"] == death["place"]]
        spans = [
            span
            for one in stays
            if one["person"] == death["person"]
            if (span := _within(one, first, death["died_on"], asked))
        ]
        spent = _spent(_apart(spans), asked)
        age = whole_years(death["born_on"], death["died_on"])
        names = ("place", "died_on", "person", "cause_group", "sex", "source", "row")
        found.append(
            {name: death[name] for name in names}
            | spent
            | {
                "age": age,
                "age_group": age_group(age, asked.words("age_groups")),
                "half_days": asked.number("half_days"),
                "community": asked.number("half_days") - sum(spent.values()),
                "left_out": _rule(death, reached.get(death["place"]), first, asked),
            }
        )
    return found


def _within(stay: Row, first: date, died_on: date, asked: Asked) -> Row | None:
    """What is left of a stay inside the days that are looked at, with its setting."""
    settings = [name for name in _SETTINGS if stay["kind"] in asked.words(name)]
    end = min(stay["discharged_on"] or died_on, died_on)
    start = max(stay["admitted_on"], first)
    if not settings or end <= start:
        return None
    return {"setting": settings[0], "start": start, "end": end, "stay": stay["stay"]}


def _apart(spans: Rows) -> list[Row]:
    """Without stays that are another one told twice."""
    longest: dict[date, Row] = {}
    for span in sorted(spans, key=lambda one: (-one["end"].toordinal(), one["stay"])):
        longest.setdefault(span["start"], span)
    earliest: dict[date, Row] = {}
    for span in sorted(longest.values(), key=lambda one: (one["start"], one["stay"])):
        earliest.setdefault(span["end"], span)
    return list(earliest.values())


def _spent(spans: Rows, asked: Asked) -> dict[str, int]:
    """Half days in each setting. The longest stay is the last to be counted, with what is left."""
    spent = dict.fromkeys(_SETTINGS, 0)
    left = asked.number("half_days")
    for span in sorted(
        spans, key=lambda one: (one["end"] - one["start"], one["start"], one["stay"])
    ):
        counted = min(2 * (span["end"] - span["start"]).days, left)
        spent[span["setting"]] += counted
        left -= counted
    return spent


def _rule(death: Row, reached_on: date | None, first: date, asked: Asked) -> str | None:
    if death["cause_group"] in asked.words("causes_left_out"):
        return EXTERNAL_CAUSE
    return None if reached_on and reached_on <= first else NO_STAYS_SO_EARLY
