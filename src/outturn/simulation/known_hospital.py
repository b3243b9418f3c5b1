"""Truths of hospitals and deaths: see the list in `docs/reference/simulation.md`."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from outturn.simulation import hospital
from outturn.simulation.breakdowns import ADULTS, each, five, sexes
from outturn.simulation.days import NEVER, as_number, parts
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Attendances, Stays
from outturn.simulation.people import People
from outturn.simulation.tables import BED_KINDS, beds_of, occupied_beds
from outturn.simulation.truth import ALL, By, Truths
from outturn.terms.period import Period

_LETTERS = {
    "A": "Completion of assessment",
    "B": "Public funding",
    "C": "Further non-acute NHS care",
    "D(i)": "Residential home placement",
    "D(ii)": "Nursing home placement",
    "E": "Care package in own home",
    "F": "Community equipment or adaptations",
    "G": "Patient or family choice",
    "H": "Disputes",
    "I": "Housing",
    "O": "Other",
}
_CLOSED_WARDS = ("26X", "46X")
_HOUR, _FOUR_HOURS, _MONTH = 60, 240, 28


def stays_of(truths: Truths, people: People, stays: Stays) -> None:
    window = people.window
    acute = (stays.kind == hospital.ACUTE) & (stays.admission == hospital.EMERGENCY)
    came = acute & window.holds(stays.admitted)
    left = acute & window.holds(stays.discharged)
    ages = people.age(stays.admitted, stays.person)
    for name, some, day in (("emergency_admissions", came, stays.admitted),
                            ("emergency_stays_ended", left, stays.discharged)):  # fmt: skip
        who, on = stays.person[some], stays.admitted[some]
        by: By = {"age_group": five(people, who, on), "sex": sexes(people, who)}
        truths.count(name, day[some], by=by)
    old = came & (ages >= 65)
    truths.people("repeat_emergency_admissions_65", stays.admitted[old], stays.person[old], times=2)
    truths.people("people_with_emergency_admissions_65", stays.admitted[old], stays.person[old])
    falls = came & (stays.fall == 1) & (ages >= 65)
    truths.count("falls_admissions_65", stays.admitted[falls])
    _stays_ended(truths, stays, left & (ages >= 65))
    _readmissions(truths, people, stays)
    for name, some in (
        ("emergency_bed_days", acute), ("mental_health_bed_days", stays.kind == hospital.MENTAL),
        ("virtual_ward_bed_days", stays.kind == hospital.VIRTUAL),
    ):  # fmt: skip
        _bed_days(truths, people, stays, name, some)
    _bed_days(truths, people, stays, "emergency_bed_days_ended", acute & (stays.discharged < NEVER))
    sudden = stays.admission == hospital.EMERGENCY
    beds = np.isin(stays.kind, [hospital.ACUTE, hospital.MENTAL])
    _bed_days(truths, people, stays, "unplanned_bed_days", sudden & beds)
    _bed_days(truths, people, stays, "hospital_bed_days", stays.kind != hospital.VIRTUAL)
    away = (stays.kind == hospital.MENTAL) & (stays.away == 1)
    _bed_days(truths, people, stays, "mental_health_out_of_area_bed_days", away)


def _stays_ended(truths: Truths, stays: Stays, old: Flags) -> None:
    """By day of discharge: falls and repeated stays at 65 or over, and from home to a care home."""
    falls = old & (stays.fall == 1)
    truths.count("falls_stays_ended_65", stays.discharged[falls])
    truths.people(
        "repeat_emergency_stays_ended_65", stays.discharged[old], stays.person[old], kinds=ALL,
        times=2,
    )  # fmt: skip
    home = (stays.came_from == 0) & (stays.destination != hospital.DIED)
    home &= truths.window.holds(stays.discharged)
    truths.count("discharged_from_home_to_care_home", stays.discharged[home],
                 stays.destination[home] == hospital.CARE_HOME, each(int(home.sum())))  # fmt: skip
    mental = (stays.kind == hospital.MENTAL) & truths.window.holds(stays.discharged)
    truths.count("mental_health_stay_length", stays.discharged[mental],
                 (stays.discharged - stays.admitted)[mental], each(int(mental.sum())))  # fmt: skip


def _readmissions(truths: Truths, people: People, stays: Stays) -> None:
    """Discharges of the living of 18 or over from acute beds, by whether an emergency followed."""
    at, again = readmitted(people, stays)
    by: By = {"age_group": five(people, stays.person[at], stays.admitted[at])}
    truths.count("readmissions_28_days", stays.discharged[at], again, each(len(at)), by)


def readmitted(people: People, stays: Stays) -> tuple[Whole, Flags]:
    """Positions of those discharges of which the 28 days are over, and of which an emergency came
    within them."""
    acute = np.flatnonzero(stays.kind == hospital.ACUTE)
    order = np.lexsort((stays.admitted[acute], stays.person[acute]))
    at = acute[order]
    who, left = stays.person[at], stays.discharged[at]
    following = np.concatenate([stays.admitted[at][1:], [NEVER]])
    sudden = np.concatenate([stays.admission[at][1:] == hospital.EMERGENCY, [False]])
    same = np.concatenate([who[1:] == who[:-1], [False]])
    again = same & sudden & (following - left <= _MONTH)
    counted = people.window.holds(left) & (stays.destination[at] != hospital.DIED)
    counted &= people.age(stays.admitted[at], who) >= 18
    counted &= left + _MONTH <= people.window.looked_from
    return at[counted], again[counted]


def _bed_days(truths: Truths, people: People, stays: Stays, name: str, some: Flags) -> None:
    """Days in bed by month: the day of discharge counts and the day of admission does not."""
    month, days, nth = divided_by_month(
        truths, stays.admitted[some], np.minimum(stays.discharged[some], people.window.last)
    )
    who, on = stays.person[some][nth], stays.admitted[some][nth]
    truths.count(name, month, days, by={"age_group": five(people, who, on)})


def divided_by_month(truths: Truths, start: Whole, end: Whole) -> tuple[Whole, Whole, Whole]:
    """The days after `start` up to and with `end` in each month: its first day, days, position."""
    months, found = truths.periods(["month"]), []
    for one in months:
        first, last = as_number(one.start), as_number(one.end)
        days = np.minimum(end, last) - np.maximum(start, first - 1)
        nth = np.flatnonzero(days > 0)
        found.append((np.full(len(nth), first), days[nth], nth))
    month, days, nth = (np.concatenate(part) for part in zip(*found, strict=True))
    return month, days, nth


def wards(truths: Truths, people: People, stays: Stays) -> None:
    """Virtual wards and mental health: responses, lengths of stay, out of area, occupied beds."""
    window, virtual = people.window, stays.kind == hospital.VIRTUAL
    came = virtual & window.holds(stays.admitted)
    told = stays.minutes[came] != NONE
    quick = told & (stays.minutes[came] <= _HOUR)
    truths.count("hospital_at_home_within_an_hour", stays.admitted[came], quick, told)
    mental = stays.kind == hospital.MENTAL
    for name, some in (
        ("hospital_at_home_stay_days", virtual),
        ("mental_health_stay_days", mental),
    ):
        left = some & window.holds(stays.discharged)
        truths.waits(name, stays.discharged[left], (stays.discharged - stays.admitted)[left])
    came = mental & window.holds(stays.admitted)
    truths.count("mental_health_stays_out_of_area", stays.admitted[came], stays.away[came] == 1,
                 each(int(came.sum())))  # fmt: skip
    days = np.arange(window.first, window.last + 1)
    for kind, occupied in occupied_beds(people, stays).items():
        there = beds_of(occupied)
        for period in truths.periods(ALL):
            low, high = as_number(period.start) - window.first, as_number(period.end) - window.first
            used, had = occupied[low : high + 1], there[low : high + 1]
            truths.say(
                "occupied_beds", period, int(used.sum()), int(had.sum()), "kind", BED_KINDS[kind]
            )
    assert len(days) == window.length


def delays(truths: Truths, true: pl.DataFrame, nation: str, stays: Stays) -> None:
    """Bed days of people ready to leave, and how many were waiting at each census."""
    code = true["code"].fill_null("").to_list()
    codes = np.array(["11A" if not one and nation == "scotland" else one for one in code])
    ready, out, ages = (true[name].to_numpy() for name in ("ready", "out", "age"))
    some = (ages >= 18) & (codes != "100")
    ready, out, ages, codes = ready[some], out[some], ages[some], codes[some]
    end = np.minimum(out, truths.window.last)
    month, days, nth = divided_by_month(truths, ready, end)
    old, ages_of = (75, ("18-74", "75plus")) if nation == "scotland" else (65, ADULTS)
    names, groups = reason_groups(codes) if nation == "scotland" else letters(codes)
    by: By = {
        "age_group": (ages_of, (ages[nth] >= old).astype(np.int64)),
        "reason_group": (names, groups[nth]),
    }
    truths.count("delayed_discharge_bed_days", month, days, by=by)
    open_wards = ~np.isin(codes, _CLOSED_WARDS)
    for one in truths.periods(["month"]):
        census = last_thursday(one)
        day = as_number(census.start)
        waiting = open_wards & (ready < day) & (out >= day)
        for name, least in (("", 0), ("_over_3_days", 3), ("_over_2_weeks", 14),
                            ("_over_6_weeks", 42)):  # fmt: skip
            number = int((waiting & (day - ready > least)).sum())
            truths.say(f"delayed_at_census{name}", census, number, None)


def reason_groups(codes: np.ndarray) -> tuple[tuple[str, ...], Whole]:
    """The group of each Scottish code: by its first figures, as the national list arranges them."""
    names = ("Health and Social Care Reasons", "Patient and Family Related Reasons", "Code 9 AWI",
             "Code 9 Non-AWI", "Code 9, no secondary code")  # fmt: skip
    care = np.isin([one[:1] for one in codes.tolist()], ["1", "2", "4"])
    complex_ = np.array([one.endswith("X") for one in codes.tolist()], dtype=bool)
    found = np.where(care, 0, 1)
    found = np.where(complex_, np.where(codes == "51X", 2, 3), found)
    found = np.where(codes == "9", 4, found)
    return names, found


def letters(codes: np.ndarray) -> tuple[tuple[str, ...], Whole]:
    """What each English letter stands for."""
    order = list(_LETTERS)
    return tuple(_LETTERS.values()), np.array([order.index(one) for one in codes.tolist()], int)


def last_thursday(month: Period) -> Period:
    back = (month.end.weekday() - 3) % 7
    return Period(month.end - timedelta(days=back), 0, "D")


def attendances(truths: Truths, people: People, found: Attendances) -> None:
    by: By = {"age_group": five(people, found.person, found.day)}
    told = found.minutes != NONE
    quick = told & (found.minutes <= _FOUR_HOURS)
    truths.count("emergency_attendances_within_four_hours", found.day, quick, told, by)
    truths.count("admissions_from_emergency_department", found.day[found.admitted])


def deaths(truths: Truths, people: People) -> None:
    truths.count("deaths", people.dies[people.window.holds(people.dies)])


def winters(people: People) -> list[tuple[Period, int, int]]:
    """Years from August inside the window: deaths from December to March, and in other months."""
    window, found = people.window, []
    dies = people.dies[window.holds(people.dies)]
    _, month, _ = parts(dies)
    winter = np.isin(month, [12, 1, 2, 3])
    for year in range(window.start.year, window.end.year + 1):
        period = Period(date(year, 8, 1), 1, "Y")
        if period.start < window.start or period.end > window.end:
            continue
        inside = (dies >= as_number(period.start)) & (dies <= as_number(period.end))
        found.append((period, int((inside & winter).sum()), int((inside & ~winter).sum())))
    return found
