"""The national codes of stays in hospital: what each says is decided first, then which code it is.

A hospital gives most of them, and where it gives one, it goes before the words of the record, with
which it does not always agree. Only England's rules read codes: in Scotland there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from outturn.simulation import hospital
from outturn.simulation.columns import words
from outturn.simulation.days import NEVER
from outturn.simulation.draws import Draws, Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.hospital import Stays
from outturn.simulation.parameters import share, shares
from outturn.simulation.people import People

_MOTHERS = (16, 44)  # years of age
_OLDER = 65
_WARDS = (hospital.ACUTE, hospital.GERIATRIC, hospital.COMMUNITY_HOSPITAL)

# What the codes of each column may say, by the parameters that list them.
_METHODS = ("emergency", "planned", "transfer", "birth")
_EMERGENCY, _PLANNED, _TRANSFER, _BIRTH = range(4)
_MANAGED = ("emergency", "other", "planned", "day")
_AS_EMERGENCY, _AS_OTHER, _AS_PLANNED, _AS_DAY = range(4)
_ENDS = ("living", "died")
_LIVING, _DEAD = range(2)
_DESTINATIONS = ("home", "care_home", "hospital", "mental_health_ward", "died", "other", "hospice")
_AT_HOME, _CARE_HOME, _HOSPITAL, _MENTAL_WARD, _NOWHERE, _OTHER, _HOSPICE = range(7)
_SPECIALTIES = ("acute", "older", "mental_health", "birth", "left_out")
_OF_ACUTE, _OF_OLDER, _OF_MINDS, _OF_BIRTHS, _APART = range(5)


@dataclass(frozen=True)
class Codes:
    """The columns with codes, by name, and for each stay what the codes and words come to."""

    columns: dict[str, pl.Series]
    birth: Flags  # admitted for a birth
    dead: Flags  # died there, by the discharge
    gone: Flags  # to another hospital, a hospice or nowhere
    apart: Flags  # from a specialty that the national measure of discharges leaves out
    unplanned: Flags

    @property
    def left_out(self) -> Flags:
        return self.birth | self.dead | self.gone | self.apart


def told(draws: Callable[[str], Draws], people: People, stays: Stays) -> Stays:
    """The stays, of which some planned ones are for a birth, and some lead to other places."""
    number = len(stays)
    chance, ages = draws("births"), people.age(stays.admitted, stays.person)
    planned = (stays.kind == hospital.ACUTE) & (stays.admission == hospital.PLANNED)
    mother = people.woman[stays.person] & (ages >= _MOTHERS[0]) & (ages <= _MOTHERS[1])
    odds = np.where(mother, share("hospital.births"), share("hospital.recorded_as_births"))
    birth = planned & chance.chance(odds, number)
    other = draws("other destinations").chance(share("hospital.left_to_others"), number)
    other &= stays.destination == hospital.SUPPORTED
    return replace(
        stays,
        admission=np.where(birth, hospital.MATERNITY, stays.admission),
        destination=np.where(other, hospital.OTHER, stays.destination),
    )


def codes(draws: Callable[[str], Draws], people: People, stays: Stays, nation: str) -> Codes:
    """The codes of each stay; each code of a list once at least, among the old to begin with."""
    given = np.isin(stays.kind, [*_WARDS, hospital.MENTAL]) & (nation == "england")
    ended = given & (stays.discharged < NEVER)
    old = people.age(stays.discharged % NEVER, stays.person) >= _OLDER
    old &= people.window.holds(stays.discharged) & np.isin(stays.kind, _WARDS)
    old &= stays.discharged > stays.admitted
    admitted, methods = _admission(draws("admission methods"), stays, given, old)
    managed, types = _management(draws("management types"), stays, given, old)
    gone, destinations = _destination(draws("discharge destinations"), stays, ended, old)
    left, ends = _discharge(draws("discharge methods"), stays, ended, old, gone)
    specialty, functions = _specialty(draws("specialties"), stays, ended, old)
    columns = {
        "admission_method": methods, "management_type": types, "discharge_method": ends,
        "discharge_destination": destinations, "treatment_function": functions,
    }  # fmt: skip
    died = stays.destination == hospital.DIED
    moved = stays.destination == hospital.OTHER_HOSPITAL
    sudden = stays.admission == hospital.EMERGENCY
    return Codes(
        columns=columns if nation == "england" else {},
        birth=_by(admitted, [_BIRTH], stays.admission == hospital.MATERNITY),
        dead=_by(left, [_DEAD], died),
        gone=_by(gone, [_HOSPITAL, _NOWHERE, _HOSPICE], moved),
        apart=np.isin(specialty, [_OF_MINDS, _OF_BIRTHS, _APART]),
        unplanned=_by(managed, [_AS_EMERGENCY, _AS_OTHER], sudden),
    )


def _by(said: Whole, those: Sequence[int], word: Flags) -> Flags:
    """Whether a code says one of those things; where there is no code, what the word says."""
    return np.asarray(np.where(said == NONE, word, np.isin(said, those)))


def _admission(draws: Draws, stays: Stays, given: Flags, old: Flags) -> tuple[Whole, pl.Series]:
    said = np.full(len(stays), _EMERGENCY)
    for admission, method in ((hospital.PLANNED, _PLANNED), (hospital.TRANSFER, _TRANSFER),
                              (hospital.MATERNITY, _BIRTH)):  # fmt: skip
        said[stays.admission == admission] = method
    wrong = draws.chance(share("hospital.recorded_as_births"), len(stays))
    said[wrong & (said == _EMERGENCY)] = _BIRTH
    bare = np.flatnonzero(old & (stays.admission == hospital.MATERNITY))
    given = given & ~np.isin(np.arange(len(stays)), bare[:1])  # one of which the word alone tells
    return _written(draws, "admission_methods", _METHODS, said, given, old)


def _management(draws: Draws, stays: Stays, given: Flags, old: Flags) -> tuple[Whole, pl.Series]:
    said = np.full(len(stays), _AS_EMERGENCY)
    said[np.isin(stays.admission, [hospital.TRANSFER, hospital.MATERNITY])] = _AS_OTHER
    said[stays.admission == hospital.PLANNED] = _AS_PLANNED
    booked = draws.chance(share("hospital.emergencies_booked"), len(stays))
    said[booked & (said == _AS_EMERGENCY)] = _AS_PLANNED
    said[(said == _AS_PLANNED) & (stays.discharged == stays.admitted)] = _AS_DAY
    return _written(draws, "management_types", _MANAGED, said, given, old)


def _destination(draws: Draws, stays: Stays, ended: Flags, old: Flags) -> tuple[Whole, pl.Series]:
    number, said = len(stays), np.full(len(stays), _AT_HOME)
    said[stays.destination == hospital.CARE_HOME] = _CARE_HOME
    said[stays.destination == hospital.DIED] = _NOWHERE
    ward = draws.chance(share("hospital.to_mental_health_wards"), number)
    moved = stays.destination == hospital.OTHER_HOSPITAL
    said[moved] = np.where(ward[moved], _MENTAL_WARD, _HOSPITAL)
    hospice = draws.chance(share("hospital.others_to_hospices"), number)
    other = stays.destination == hospital.OTHER
    said[other] = np.where(hospice[other], _HOSPICE, _OTHER)
    return _written(draws, "discharge_destinations", _DESTINATIONS, said, ended, old)


def _discharge(
    draws: Draws, stays: Stays, ended: Flags, old: Flags, gone: Whole
) -> tuple[Whole, pl.Series]:
    """Of a few who died it says that they left, where their destination tells that they did not."""
    said = np.where(stays.destination == hospital.DIED, _DEAD, _LIVING)
    wrong = draws.chance(share("hospital.deaths_as_discharges"), len(stays))
    said[wrong & (gone == _NOWHERE)] = _LIVING
    return _written(draws, "discharge_methods", _ENDS, said, ended, old)


def _specialty(draws: Draws, stays: Stays, ended: Flags, old: Flags) -> tuple[Whole, pl.Series]:
    said = np.full(len(stays), _OF_ACUTE)
    said[np.isin(stays.kind, [hospital.GERIATRIC, hospital.COMMUNITY_HOSPITAL])] = _OF_OLDER
    apart = draws.chance(share("hospital.specialties_apart"), len(stays))
    said[apart] = _APART
    said[stays.kind == hospital.MENTAL] = _OF_MINDS
    said[stays.admission == hospital.MATERNITY] = _OF_BIRTHS
    return _written(draws, "specialties", _SPECIALTIES, said, ended, old)


def _written(
    draws: Draws, column: str, groups: Sequence[str], said: Whole, given: Flags, old: Flags
) -> tuple[Whole, pl.Series]:
    """What is said, NONE where the hospital gives no code, and the code of each.

    The first stays of each group, of the old before the others, take its codes one after another,
    so that every rule is met in a small council too.
    """
    lacking = draws.chance(share("hospital.codes_lacking"), len(said))
    said = np.where(given & ~lacking, said, NONE)
    found, texts = np.full(len(said), NONE), list[str]()
    for nth, group in enumerate(groups):
        weights = shares(f"hospital.{column}_{group}")
        some = np.flatnonzero(said == nth)
        drawn = draws.among(list(weights.values()), len(some))
        first = np.argsort(~old[some], kind="stable")[: len(weights)]
        drawn[first] = np.arange(len(first))
        found[some] = len(texts) + drawn
        texts += weights
    return said, words(texts, found)
