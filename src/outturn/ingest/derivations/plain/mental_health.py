"""The judge of `derivations.mental_health`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from outturn.ingest.derivations import left_out as words
from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.reach import first_months
from outturn.ingest.derivations.plain.stays import whole_years

_ONE_DAY = timedelta(days=1)
_NAMES = ("place", "person", "stay", "hospital", "kind", "admission", "out_of_area", "sex",
          "source", "row")  # fmt: skip
# Whether the first of two episodes goes because of the second.
_Goes = Callable[[Row, Row], bool]


def bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Walks from the day after admission to the day of discharge, in every episode."""
    stays = [
        one
        for one in tables["hospital_stays"]
        if one["admitted_on"] is not None and one["kind"] in asked.words("kinds")
    ]
    gone = _gone(stays, asked)
    covered = first_months(tables["hospital_stays"], "discharged_on")
    found = []
    for stay in stays:
        if stay["place"] not in covered:
            continue
        by_month: dict[date, int] = {}
        day = stay["admitted_on"] + _ONE_DAY
        while day <= (stay["discharged_on"] or asked.as_of):
            month = day.replace(day=1)
            if covered[stay["place"]] <= month <= asked.as_of:
                by_month[month] = by_month.get(month, 0) + 1
            day += _ONE_DAY
        age = whole_years(stay["born_on"], stay["admitted_on"])
        same = {name: stay[name] for name in _NAMES} | {
            "age": age,
            "age_group": age_group(age, asked.words("age_groups")),
            "left_out": gone.get(stay["stay"]),
        }
        found += [{**same, "month": m, "bed_days": days} for m, days in by_month.items()]
    return found


def _gone(stays: Rows, asked: Asked) -> dict[str, str]:
    """The rule by which each stay goes that does not count."""
    gone: dict[str, str] = {}
    by_person: dict[tuple[str, str], list[Row]] = {}
    for stay in sorted(stays, key=lambda one: str(one["stay"])):
        if stay["admission"] not in asked.words("admissions"):
            gone[stay["stay"]] = words.OTHER_ADMISSION
            continue
        by_person.setdefault((stay["place"], stay["person"]), []).append(stay)
    for left in by_person.values():
        for goes, rule in _RULES:
            while found := [one for one in left if _goes(one, left, goes)]:
                gone |= {one["stay"]: rule for one in found}
                left = [one for one in left if one not in found]
    return gone


def _goes(one: Row, left: Rows, goes: _Goes) -> bool:
    return any(other is not one and goes(one, other) for other in left)


def _same_dates(one: Row, other: Row) -> bool:
    alike = all(one[name] == other[name] for name in ("admitted_on", "discharged_on"))
    return alike and str(one["stay"]) > str(other["stay"])


def _open_and_closed(one: Row, other: Row) -> bool:
    return _open(one) and not _open(other) and one["admitted_on"] == other["admitted_on"]


def _admitted_again(one: Row, other: Row) -> bool:
    return _open(one) and other["admitted_on"] > one["admitted_on"]


def _inside(one: Row, other: Row) -> bool:
    if _open(one) or _open(other):
        return False
    later = one["admitted_on"] > other["admitted_on"]
    return bool(later and one["discharged_on"] < other["discharged_on"])


def _open_in_an_earlier(one: Row, other: Row) -> bool:
    if not _open(one) or _open(other):
        return False
    return bool(other["admitted_on"] < one["admitted_on"] < other["discharged_on"])


def _same_admission(one: Row, other: Row) -> bool:
    if _open(one) or _open(other) or one["admitted_on"] != other["admitted_on"]:
        return False
    return bool(one["discharged_on"] < other["discharged_on"])


def _same_discharge(one: Row, other: Row) -> bool:
    if _open(one) or _open(other) or one["discharged_on"] != other["discharged_on"]:
        return False
    return bool(one["admitted_on"] > other["admitted_on"])


def _open(one: Row) -> bool:
    return one["discharged_on"] is None


_RULES: tuple[tuple[_Goes, str], ...] = (
    (_same_dates, words.SAME_DATES),
    (_open_and_closed, words.OPEN_AND_CLOSED),
    (_admitted_again, words.ADMITTED_AGAIN),
    (_inside, words.INSIDE_ANOTHER),
    (_open_in_an_earlier, words.OPEN_IN_AN_EARLIER),
    (_same_admission, words.SAME_ADMISSION),
    (_same_discharge, words.SAME_DISCHARGE),
)
