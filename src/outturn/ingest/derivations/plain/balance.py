"""The judge of `derivations.balance`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import floor

from outturn.ingest.derivations.ages import age_group
from outturn.ingest.derivations.model import Asked, Row, Rows
from outturn.ingest.derivations.plain.stays import whole_years
from outturn.ingest.derivations.years import financial_years

_HOSPITALS = ("large_hospital", "community_hospital", "hospice")
Groups = dict[str, str | None]  # person -> group of ages


def of_care(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    places = sorted({one["place"] for one in tables["stay_bed_days"]})
    return [
        row
        for calendar, key, first, last in financial_years(asked.as_of)
        for place in places
        for row in _of_year(
            {name: [one for one in rows if one["place"] == place] for name, rows in tables.items()},
            calendar, (first, last), asked, {"place": place, "period": key},
        )
    ]  # fmt: skip


def _of_year(
    tables: Mapping[str, Rows], calendar: str, year: tuple[date, date], asked: Asked, same: Row
) -> list[Row]:
    first, last = year
    beds = [one for one in tables["stay_bed_days"] if first <= one["month"] <= last]
    homes, weeks, intensive = _homes(tables, last, asked), *_weeks(tables, last)
    people = _people(tables, calendar, asked)
    if len({one["month"] for one in beds}) < asked.number("months_of_stays"):
        return []
    if not (homes and weeks and people):
        return []
    long = _long_stays(tables, last, asked)
    behind = min(beds, key=lambda one: (one["source"], one["row"]))
    same = same | {"source": behind["source"], "row": behind["row"]}
    groups = {*people, *homes.values(), *weeks.values(), *long.values()}
    groups |= {one["age_group"] for one in beds}
    days = asked.number("days_of_a_year")
    found = []
    for group in groups:
        spent = {
            setting: sum(
                one["bed_days"]
                for one in beds
                if one["age_group"] == group and one["kind"] in asked.words(setting)
            )
            for setting in _HOSPITALS
        }
        spent["care_home"] = days * _of(homes, group)
        spent["supported"] = days * _of(weeks, group)
        everybody = days * people.get(group or "", 0)
        at_home = _of({who: weeks[who] for who in intensive}, group)
        found.append(
            same
            | spent
            | {
                "age_group": group,
                "everybody": everybody,
                "unsupported": everybody - sum(spent.values()),
                "intensive_at_home": at_home,
                "intensive_needs": at_home + _of(homes, group) + _of(long, group),
            }
        )
    return found


def _of(groups: Groups, group: str | None) -> int:
    return sum(1 for one in groups.values() if one == group)


def _homes(tables: Mapping[str, Rows], census: date, asked: Asked) -> Groups:
    ages: dict[str, list[int | None]] = {}
    for one in tables["care_home_stays"]:
        there = one["moved_in_on"] <= census and (one["left_on"] is None or one["left_on"] > census)
        if there and one["long_stay"]:
            ages.setdefault(one["person"], []).append(whole_years(one["born_on"], census))
    youngest = asked.number("youngest_in_care_home")
    return {
        who: age_group(age, asked.words("age_groups"))
        for who, age in _youngest(ages).items()
        if age is None or age >= youngest
    }


def _youngest(ages: Mapping[str, list[int | None]]) -> dict[str, int | None]:
    """Where the records of a person disagree, the lowest age."""
    return {
        who: min((one for one in some if one is not None), default=None)
        for who, some in ages.items()
    }


def _weeks(tables: Mapping[str, Rows], census: date) -> tuple[Groups, set[str]]:
    """Who had care at home in the last week that ends by the census, and who had intensive care."""
    groups: Groups = {}
    intensive = set()
    for one in tables["home_care_weeks"]:
        sunday = one["week"] + timedelta(days=6)
        if sunday <= census < sunday + timedelta(days=7) and not one["in_part"]:
            told = [each for each in (groups.get(one["person"]), one["age_group"]) if each]
            groups[one["person"]] = min(told, default=None)
            if one["intensive"]:
                intensive.add(one["person"])
    return groups, intensive


def _people(tables: Mapping[str, Rows], calendar: str, asked: Asked) -> dict[str, int]:
    sums: dict[str, float] = {}
    for one in tables["population"]:
        if one["period"][:4] == calendar and one["age_group"] in asked.words("age_groups"):
            sums[one["age_group"]] = sums.get(one["age_group"], 0) + one["people"]
    return {group: floor(number + 0.5) for group, number in sums.items()}


def _long_stays(tables: Mapping[str, Rows], census: date, asked: Asked) -> Groups:
    ages: dict[str, list[int | None]] = {}
    for one in tables["hospital_stays"]:
        there = one["admitted_on"] <= census and (
            one["discharged_on"] is None or one["discharged_on"] > census
        )
        if there and one["kind"] in asked.words("long_stay"):
            age = whole_years(one["born_on"], one["admitted_on"])
            ages.setdefault(one["person"], []).append(age)
    return {who: age_group(age, asked.words("age_groups")) for who, age in _youngest(ages).items()}
