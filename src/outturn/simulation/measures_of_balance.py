"""Truths of the library's measures that are counted by the year: the balance of care, and R3."""

from __future__ import annotations

import numpy as np

from outturn.simulation import hospital
from outturn.simulation.breakdowns import sexes
from outturn.simulation.days import NEVER, as_number
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.hospital import Stays
from outturn.simulation.known_services import week_sums
from outturn.simulation.people import People
from outturn.simulation.services import Columns, Weeks
from outturn.simulation.tables import AGE_GROUPS, age_group, mid_year
from outturn.simulation.truth import Part, Truths, shares
from outturn.terms.period import Period

_YEAR, _WEEK = 365, 7
_INTENSIVE = 1000  # hundredths of hours a week
_OLDER, _CARER = 65, 1
_OLD = AGE_GROUPS.index("65-74")
_BANDS = {"65": _OLD, "75": AGE_GROUPS.index("75-84")}  # of the measures from an age on


def balance(truths: Truths, people: People, stays: Stays, homes: Columns, weeks: Weeks) -> None:
    """Days of each part of the balance of care in each group of ages, and intensive needs."""
    for period in truths.periods(["financial year"]):
        census = as_number(period.end)
        beds = _days_in_beds(truths, people, stays, period)
        living = np.unique(homes["person"][_resident(homes, census)])
        in_homes = _by_age(people, living, np.full(len(living), census))
        who, week, hours = week_sums(weeks)
        now = (week + _WEEK - 1 <= census) & (week + 2 * _WEEK - 1 > census) & (hours > 0)
        supported = _by_age(people, who[now], week[now])
        much = now & (hours > _INTENSIVE)
        intensive = _by_age(people, who[much], week[much])
        everybody = _YEAR * mid_year(people, period.start.year).reshape(-1, 2).sum(axis=1)
        days = {"care_home": _YEAR * in_homes, "home_supported": _YEAR * supported}
        days["home_unsupported"] = everybody - beds - sum(days.values())
        for name, spent in days.items():
            _said(truths, f"msg_6_{name}", period, spent, everybody)
        needs = intensive + in_homes + _in_long_stay(people, stays, census)
        truths.say("cco_bc2_intensive_needs_at_home_65", period, int(intensive[_OLD:].sum()),
                   int(needs[_OLD:].sum()))  # fmt: skip


def _said(truths: Truths, measure: str, period: Period, top: Whole, bottom: Whole) -> None:
    truths.say(measure, period, int(top.sum()), int(bottom.sum()))
    for nth, name in enumerate(AGE_GROUPS):
        truths.say(measure, period, int(top[nth]), int(bottom[nth]), "age", name)
    for band, first in _BANDS.items():
        truths.say(f"{measure}_{band}", period, int(top[first:].sum()), int(bottom[first:].sum()))


def _days_in_beds(truths: Truths, people: People, stays: Stays, period: Period) -> Whole:
    """The days of the year after admission up to and with discharge, by age at admission."""
    first, last = as_number(period.start), as_number(period.end)
    days = np.minimum(stays.discharged, last) - np.maximum(stays.admitted, first - 1)
    some = (stays.kind != hospital.VIRTUAL) & (days > 0)
    group = age_group(people.age(stays.admitted[some], stays.person[some]))
    return np.bincount(group, days[some], len(AGE_GROUPS)).astype(np.int64)


def _resident(homes: Columns, day: int) -> Flags:
    return np.asarray((homes["long"] == 1) & (homes["start"] <= day) & (homes["end"] > day))


def _by_age(people: People, who: Whole, on: Whole) -> Whole:
    return np.bincount(age_group(people.age(on, who)), minlength=len(AGE_GROUPS))


def _in_long_stay(people: People, stays: Stays, day: int) -> Whole:
    some = (stays.kind == hospital.GERIATRIC) & (stays.admitted <= day) & (stays.discharged > day)
    return _by_age(people, stays.person[some], stays.admitted[some])


def not_assessed(truths: Truths, people: People, stays: Stays, found: Columns) -> None:
    """Of people of 65 or over with two or more emergency stays that ended in the year."""
    emergency = (stays.kind == hospital.ACUTE) & (stays.admission == hospital.EMERGENCY)
    emergency &= people.age(stays.admitted, stays.person) >= _OLDER
    judged = (found["completed"] < NEVER) & (found["kind"] != _CARER)
    for period in truths.periods(["financial year"]):
        first, last = as_number(period.start), as_number(period.end)
        ended = emergency & (stays.discharged >= first) & (stays.discharged <= last)
        who, times = np.unique(stays.person[ended], return_counts=True)
        who = who[times > 1]
        inside = judged & (found["completed"] >= first) & (found["completed"] <= last)
        missed = ~np.isin(who, found["person"][inside])
        parts: list[Part] = shares(
            missed, np.ones(len(who), dtype=bool), {"sex": sexes(people, who)}
        )
        for breakdown, category, top, bottom in parts:
            truths.say("cco_r3_repeat_admissions_not_assessed_65", period, top, bottom, breakdown,
                       category)  # fmt: skip
