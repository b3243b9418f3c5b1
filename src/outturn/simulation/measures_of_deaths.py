"""Truths of the library's measures of the last six months of life, under their own names."""

from __future__ import annotations

import numpy as np

from outturn.simulation import hospital
from outturn.simulation.breakdowns import five
from outturn.simulation.draws import Flags, Whole
from outturn.simulation.hospital import Stays
from outturn.simulation.people import People
from outturn.simulation.tables import CAUSES
from outturn.simulation.truth import By, Truths

_DAYS, _HALF_DAYS = 183, 365
_KINDS = {
    "msg_5_large_hospital": (hospital.ACUTE, hospital.GERIATRIC, hospital.MENTAL),
    "msg_5_community_hospital": (hospital.COMMUNITY_HOSPITAL,),
    "msg_5_hospice": (hospital.HOSPICE,),
}


def half_years(truths: Truths, people: People, stays: Stays, causes: Whole) -> None:
    """Half days in each setting of who died, but for external causes and where records are short.

    No stays of a person overlap. So only who was in beds for all of the 183 days has a half day
    too many, which is one of the longest stay.
    """
    died = truths.window.holds(people.dies) & (causes != CAUSES.index("external"))
    who = np.flatnonzero(died & (people.dies - _DAYS >= stays.discharged.min()))
    half_days = _half_days(people, stays)
    by: By = {"age": five(people, who, people.dies[who])}
    every = np.full(len(who), _HALF_DAYS, dtype=np.int64)
    away = np.zeros(len(who), dtype=np.int64)
    for measure, kinds in _KINDS.items():
        some = np.isin(stays.kind, kinds)
        spent = np.bincount(stays.person[some], half_days[some], people.number)[who].astype(int)
        away += spent
        truths.count(measure, people.dies[who], spent, every, by, ("financial year",))
    for measure in ("msg_5_community", "ni_15"):
        truths.count(measure, people.dies[who], every - away, every, by, ("financial year",))


def _half_days(people: People, stays: Stays) -> Whole:
    """The half days of each stay that fall into the 183 days before death, in beds."""
    dies = people.dies[stays.person]
    days = np.minimum(stays.discharged, dies) - np.maximum(stays.admitted, dies - _DAYS)
    days = np.where(stays.kind == hospital.VIRTUAL, 0, np.maximum(days, 0))
    found = 2 * days
    whole = np.bincount(stays.person, days, people.number) >= _DAYS
    found[_longest(stays.person, days) & whole[stays.person]] -= 1
    return found


def _longest(person: Whole, days: Whole) -> Flags:
    """One for each person: the longest stay."""
    order = np.lexsort((days, person))
    last = np.concatenate([person[order][1:] != person[order][:-1], [True]])[: len(person)]
    flags = np.zeros(len(person), dtype=bool)
    flags[order[last]] = True
    return flags
