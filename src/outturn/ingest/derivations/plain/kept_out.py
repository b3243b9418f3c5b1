"""The judge of what is kept out of derived tables.

Of each record it asks whether it is in the table that the judge of the table makes, in each period
that the record touches; where it is not, by which rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from outturn.ingest.derivations import left_out as words
from outturn.ingest.derivations.model import Asked, Judge, Row, Rows, kept_out_of
from outturn.ingest.derivations.plain import (
    at_home,
    between,
    cld,
    continuous_stays,
    delays,
    home_care,
    home_visits,
    mental_health,
    ratings,
    repeats,
    stays,
    to_assess,
    told_delays,
)
from outturn.ingest.derivations.plain.kept_out_events import JUDGES_OF_EVENTS
from outturn.ingest.derivations.plain.reach import first_months
from outturn.ingest.derivations.years import financial_years

_STAY = ("place", "person", "stay", "hospital", "kind", "admission", "sex")
_DELAY = ("place", "person", "delay", "age_group", "reason", "reason_group", "kind")


def _told(record: Row, names: tuple[str, ...], why: str, **more: object) -> Row:
    same = {name: record[name] for name in (*names, "source", "row")}
    return same | more | {"kept_out": why}


# Days of a stay, and of a delay, by month.


def bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    def rule(stay: Row) -> str | None:
        is_open = asked.flag("ended_only") and stay["discharged_on"] is None
        return words.NOT_DISCHARGED if is_open else None

    return list(_of_stays(stays.bed_days(tables, asked), tables, asked, rule))


def mental_health_bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    def rule(stay: Row) -> str | None:
        return None if stay["kind"] in asked.words("kinds") else words.OTHER_BED

    return list(_of_stays(mental_health.bed_days(tables, asked), tables, asked, rule))


def _of_stays(
    made: list[Row],
    tables: Mapping[str, Rows],
    asked: Asked,
    rule: Callable[[Row], str | None],
) -> Iterator[Row]:
    counted = {(one["stay"], one["month"]) for one in made}
    covered = first_months(tables["hospital_stays"], "discharged_on")
    for stay in tables["hospital_stays"]:
        first, last = stay["admitted_on"], stay["discharged_on"] or asked.as_of
        for month in _months(first, max(first, last), asked.as_of):
            if (stay["stay"], month) not in counted:
                why = rule(stay) or _no_day(stay["place"], month, first, last, covered)
                names = (*_STAY, "out_of_area")
                yield _told(stay, names, why, month=month)


def delay_bed_days(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {(one["delay"], one["month"]) for one in delays.bed_days(tables, asked)}
    covered = first_months(tables["delays"], "discharged_on")
    found = []
    for delay in delays.known(tables["delays"], asked):
        first, end = delay["ready_on"], delays.end_of_month(asked.as_of)
        last = delay["discharged_on"] or end
        for month in _months(first, last, end):
            if (delay["delay"], month) not in counted:
                why = delay["rule"] or _no_day(delay["place"], month, first, last, covered)
                found.append(_told(delay, _DELAY, why, month=month))
    return found


def _no_day(place: str, month: date, first: date, last: date, covered: Mapping[str, date]) -> str:
    """Why a record has no day in a month that it touches."""
    if last <= first:
        return words.ONE_DAY
    if place not in covered or month < covered[place]:
        return words.NOT_REACHED
    return words.NO_DAY_YET


def _months(first: date, last: date, until: date) -> Iterator[date]:
    """The first days of the months from that of one day to that of another, or of `until`."""
    month = first.replace(day=1)
    while month <= min(last, until):
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def delay_census(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {(one["delay"], one["census"]) for one in delays.census(tables, asked)}
    covered = first_months(tables["delays"], "discharged_on")
    found = []
    for delay in delays.known(tables["delays"], asked):
        left, place = delay["discharged_on"], delay["place"]
        for day in delays.last_thursdays(delay["ready_on"], asked.as_of):
            there = delay["ready_on"] <= day and (left is None or left >= day)
            if there and (delay["delay"], day) not in counted:
                why = delay["rule"] or words.READY_THAT_DAY
                if not delay["rule"] and delay["reason"] in asked.words("left_out_codes"):
                    why = words.reason_left_out(delay["reason"])
                elif not delay["rule"] and not covered.get(place, date.max) <= day:
                    why = words.NOT_REACHED
                found.append(_told(delay, (*_DELAY, "setting"), why, census=day))
    return found


def _told_delays(judge: Judge, period: str) -> Judge:
    """Who is in the earlier table and not in this one, and who is kept out of the earlier one."""

    def found(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
        given = asked.method.given[0]
        told = {(one["place"], one[period]) for one in judge(tables, asked)}
        untold = [one for one in tables[given] if (one["place"], one[period]) not in told]
        why = words.NOBODY_TOLD
        return [
            _told(one, _DELAY, _why(one, period, asked) or why, **{period: one[period]})
            for one in untold
        ] + tables_of(tables, given, (*_DELAY, period))

    return found


def _why(delay: Row, period: str, asked: Asked) -> str | None:
    match asked.method.derivation:
        case "delay bed days by reason":
            return words.REASON_NOT_KNOWN
        case "delays by setting":
            days = asked.number("days_elsewhere")
            return words.setting_not_told(days) if delay["days_waited"] <= days else None
    return words.BED_NOT_TOLD


def tables_of(tables: Mapping[str, Rows], given: str, names: tuple[str, ...]) -> list[Row]:
    """Who is kept out of an earlier table, with the columns that are handed on; nobody of one that
    a source holds."""
    return [_told(one, names, one["kept_out"]) for one in tables.get(kept_out_of(given), ())]


# Stays that ended, and what followed.


def discharges(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    names = (*_STAY, "admitted_on")
    return [
        _told(stay, names, words.NOT_DISCHARGED, discharged_on=stay["admitted_on"])
        for stay in tables["hospital_stays"]
        if stay["discharged_on"] is None
    ]


def repeat_admissions(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """Stays that are not asked about, and people who had too few of the others."""
    made = repeats.admissions(tables, asked)
    counted = {(one["place"], one["person"], one["period"]) for one in made}
    covered = first_months(tables["discharges"], "discharged_on")
    found = []
    for _, key, first, last in financial_years(asked.as_of):
        for stay in tables["discharges"]:
            if not first <= stay["discharged_on"] <= last:
                continue
            why = _of_stay(stay, asked)
            if not why and covered[stay["place"]] > first:
                why = words.NOT_REACHED
            if not why and (stay["place"], stay["person"], key) not in counted:
                why = words.fewer_stays(asked.number("stays"))
            if why:
                found.append(_told(stay, ("place", "person"), why, period=key))
        for stay in tables[kept_out_of("discharges")]:
            if first <= stay["discharged_on"] <= last:
                found.append(_told(stay, ("place", "person"), stay["kept_out"], period=key))
    return found


def _of_stay(stay: Row, asked: Asked) -> str | None:
    youngest = asked.number("youngest")
    if stay["age"] is None:
        return words.NO_AGE
    if stay["age"] < youngest:
        return words.under(youngest)
    if stay["kind"] not in asked.words("kinds"):
        return words.OTHER_BED
    return None if stay["admission"] in asked.words("admissions") else words.OTHER_ADMISSION


def discharges_to_assess(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {one["stay"] for one in to_assess.discharges(tables, asked)}
    names = ("place", "person", "stay", "hospital", "kind", "sex", "discharged_on")
    found = []
    for stay in tables["hospital_stays"]:
        if stay["discharged_on"] is not None and stay["stay"] not in counted:
            why = words.not_assessed(asked.number("within_days"))
            if stay["kind"] == "virtual ward":
                why = words.VIRTUAL_WARD
            elif stay["destination"] not in asked.words("destinations"):
                why = words.OTHER_DESTINATION
            found.append(_told(stay, names, why))
    return found


# Waits, results, reviews, care at home, ratings.


def equipment(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {one["order"] for one in between.equipment(tables, asked)}
    names = ("place", "person", "order", "kind", "ordered_on", "sex")
    return [
        _told(order, names, words.NOT_DELIVERED, delivered_on=order["ordered_on"])
        for order in tables["equipment_orders"]
        if order["order"] not in counted
    ]


def assessments(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    made = between.assessments(tables, asked)
    counted = {(one["referral"], one["part"]) for one in made}
    names = ("place", "person", "referral", "kind", "client_group", "priority", "sex")
    ways = {
        "referral to assessment": ("referred_on", "assessment_began_on"),
        "assessment to completion": ("assessment_began_on", "assessment_completed_on"),
        "completion to service": ("assessment_completed_on", "first_service_on"),
        "referral to service": ("referred_on", "first_service_on"),
    }
    found = []
    for one in tables["assessments"]:
        for part, (start, end) in ways.items():
            if (one["referral"], part) not in counted:
                whole = one[start] is not None and one[end] is not None
                why = words.DATES_TURNED if whole else words.NOT_REACHED_YET
                day = one[end] or one[start] or one["referred_on"]
                more = {"part": part, "began_on": one[start], "ended_on": day}
                found.append(_told(one, names, why, **more))
    return found


def reablement(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    counted = {one["episode"] for one in at_home.reablement(tables, asked)}
    later = timedelta(days=asked.number("at_home_after_days"))
    names = ("place", "person", "episode", "started_on", "from_hospital", "outcome", "sex")
    return [
        _told(
            one,
            names,
            words.NOT_ENDED if one["started_on"] else words.NO_START,
            ended_on=one["ended_on"] or one["started_on"],
            looked_on=one["started_on"] + later if one["started_on"] else one["ended_on"],
        )
        for one in tables["reablement_episodes"]
        if one["episode"] not in counted
    ]


def reviews_due(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    names = ("place", "person", "referral", "kind", "client_group", "reviewed_on", "sex")
    return [
        _told(one, names, words.NOT_DUE, due_on=one["review_due_on"])
        for one in tables["assessments"]
        if one["review_due_on"] is not None and one["review_due_on"] > asked.as_of
    ]


def weeks(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """The weeks of a person that the table lacks, each by its first record."""
    made = home_care.weeks(tables, asked)
    counted = {(one["place"], one["person"], one["week"]) for one in made}
    first: dict[tuple[str, str, date], Row] = {}
    for one in sorted(tables["home_care"], key=lambda one: (one["source"], one["row"])):
        monday = one["week"] - timedelta(days=one["week"].weekday())
        first.setdefault((one["place"], one["person"], monday), one)
    return [
        _told(one, ("place", "person"), words.NO_CARE, week=week)
        for (place, person, week), one in first.items()
        if (place, person, week) not in counted
    ] + tables_of(tables, "home_care", ("place", "person", "week"))


def ratings_held(tables: Mapping[str, Rows], asked: Asked) -> list[Row]:
    """At each month end from a location's first rating on: it is there, or the reason."""
    held = ratings.held(tables, asked)
    made = {(one["place"], one["location"], one["month_end"]) for one in held}
    names = ("place", "provider", "location", "kind", "rating", "beds", "rated_on")
    by_location: dict[tuple[str, str], list[Row]] = {}
    for row in tables["provider_ratings"]:
        by_location.setdefault((row["place"], row["location"]), []).append(row)
    found = []
    for whose, rows in by_location.items():
        rows = sorted(rows, key=lambda one: (one["rated_on"], one["source"], one["row"]))
        closed_on = max((one["closed_on"] for one in rows if one["closed_on"]), default=date.max)
        for month in _months(rows[0]["rated_on"], asked.as_of, asked.as_of):
            end = delays.end_of_month(month)
            if end <= asked.as_of and (*whose, end) not in made:
                latest = [one for one in rows if one["rated_on"] <= end][-1]
                why = words.CLOSED if end >= closed_on else words.FEW_LOCATIONS
                found.append(_told(latest, names, why, month_end=end))
    return found


JUDGES_OF_KEPT_OUT: dict[str, Judge] = {
    "assessment waits": assessments,
    "cld events": cld.kept_out,
    "continuous stays": continuous_stays.kept_out,
    "delay bed days": delay_bed_days,
    "delay bed days by reason": _told_delays(told_delays.by_reason, "month"),
    "delay census": delay_census,
    "delays by setting": _told_delays(told_delays.by_setting, "census"),
    "discharges to assess": discharges_to_assess,
    "discharges": discharges,
    "equipment waits": equipment,
    "home care from visits": home_visits.kept_out,
    "home care weeks": weeks,
    "mental health bed days": mental_health_bed_days,
    "mental health delay bed days": _told_delays(told_delays.mental_health_bed_days, "month"),
    "mental health delays at census": _told_delays(told_delays.mental_health_census, "census"),
    "ratings held": ratings_held,
    "reablement results": reablement,
    "repeat admissions": repeat_admissions,
    "reviews due": reviews_due,
    "stay bed days": bed_days,
    **JUDGES_OF_EVENTS,
}
