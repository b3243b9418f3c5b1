"""How a council writes some of what was decided: in other words that say the same, or for less.

Each rule of the national methods that has two words for one thing meets both here. What is true
changes for three only, whom the rules leave out: carers whose support is written as given to whom
they care for, residents whose place is written as one for a short time, and in an untidy council
people of whom it does not know when they were born.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.simulation.care import (
    CARER,
    COMMUNITY,
    DIRECT,
    FOR_CARERS,
    NURSING,
    RESIDENTIAL,
    SERVICE,
    Care,
)
from outturn.simulation.columns import words
from outturn.simulation.draws import Draws, Flags, Whole
from outturn.simulation.events import NONE
from outturn.simulation.parameters import share, shares

INVOLVING = "Unpaid carer support: Support involving the person cared-for"
_COMMISSIONED = "CASSR commissioned support"
_RESPITE, _OTHER_SUPPORT = "Carer respite", "Other long term support"
_ALIKE, _BY_COMPONENT, _BY_MECHANISM = range(3)  # how a direct payment is written
SHORT_RESIDENTIAL, SHORT_NURSING = "Short term residential care", "Short term nursing care"
_FEWEST = 2
REFUSED, UNDECLARED = "No data: Refused", "No data: Undeclared or not known"
_AS_KNOWN, _REFUSED, _UNKNOWN, _NOTHING = range(4)


@dataclass(frozen=True)
class Habits:
    """By resident: whose records are written in which way."""

    by_association: Flags  # as carers who are known by association
    involving: Flags  # carers whose support is written as given to whom they care for
    payments: Whole  # direct payments: by component and mechanism, or by one of them alone
    vague: Flags  # of whom later events tell neither gender nor home
    ethnicity: Whole  # what is written of it: as known, later refused or unknown, or nothing
    unseen: Flags  # whose own records tell of no unpaid carer
    short: Flags  # whose place in a care home is written as one for a short time
    nursing: Flags  # whose short stay after reablement is written as one with nursing
    unborn: Flags  # whose date of birth the council does not know
    second: Whole  # somebody else for whom a carer cares, NONE for most
    third: Whole


def habits(draws: Callable[[str], Draws], care: Care) -> Habits:
    number, support = care.people.number, care.carers_support.whole()
    those = support["person"][support["mechanism"] == care.words.of(_COMMISSIONED)]
    involving = _some(draws("involving the cared for"), "care.involving", those, number)
    second, third = _others(draws("others cared for"), care)
    residents = np.unique(care.homes.whole()["person"])
    short = _some(draws("short places"), "care.short_places", residents, number)
    episodes = care.episodes.whole()
    after = episodes["person"][episodes["sequel"] == care.words.of("short-term residential")]
    nursing = _some(draws("short nursing"), "care.short_nursing", after[1::2], number)
    at_home = np.flatnonzero(_alone_at_home(care) & care.untidy)
    unborn = _some(draws("births unknown"), "care.births_unknown", at_home, number)
    told = draws("ethnicity as told").among(list(shares("care.ethnicity").values()), number)
    return Habits(
        by_association=draws("carers by association").chance(share("care.by_association"), number),
        involving=involving,
        payments=draws("direct payments").among([70, 15, 15], number),
        vague=draws("vague events").chance(share("care.vague"), number),
        ethnicity=np.where((told == _NOTHING) & (not care.untidy), _AS_KNOWN, told),
        unseen=draws("carers not told of").chance(share("care.carers_unseen"), number),
        short=short, nursing=nursing, unborn=unborn,
        second=second, third=third,
    )  # fmt: skip


def _some(draws: Draws, name: str, those: Whole, number: int) -> Flags:
    """Some of those people by chance, and the first few in any case, among so many."""
    picked = draws.chance(share(name), len(those))
    picked[:_FEWEST] = True
    found = np.zeros(number, dtype=bool)
    found[those[picked]] = True
    return found


def _alone_at_home(care: Care) -> Flags:
    """Whom nothing but long-term support at home is told of: no figure goes by their age on a day
    of anything else."""
    found = care.only_at_home.copy()
    for those in (care.episodes, care.homes, care.waits):
        found[those.whole()["person"]] = False
    return found


def _others(draws: Draws, care: Care) -> tuple[Whole, Whole]:
    """A few carers care for two people, or three: those of the carers next to them."""
    events, number = care.events.whole(), care.people.number
    first = np.full(number, NONE)
    carer = events["client"] == CARER
    first[events["person"][carer]] = events["cared_for"][carer]
    who = np.flatnonzero(first != NONE)
    many = draws.among(list(shares("care.cared_for").values()), len(who))
    many[:_FEWEST] = 2
    found = []
    for nth in (1, 2):
        other = np.full(number, NONE)
        next_ = np.roll(first[who], nth)
        fits = (many >= nth) & (next_ != first[who])
        other[who[fits]] = next_[fits]
        found.append(other)
    found[1][found[0] == NONE] = NONE
    found[1][found[1] == found[0]] = NONE
    return found[0], found[1]


def written(care: Care, known: Habits, events: Mapping[str, Whole]) -> dict[str, Whole]:
    """The columns of events as they are written: whose they are and what was given."""
    of, who = care.words.of, events["person"]
    found = dict(events)
    carer = events["client"] == CARER
    found["client"] = np.where(carer & known.by_association[who], CARER + 1, events["client"])
    given = carer & (events["service"] == of(FOR_CARERS)) & known.involving[who]
    found["service"] = np.where(given, of(INVOLVING), events["service"])
    direct = (events["component"] == of(DIRECT)) & (events["mechanism"] == of(DIRECT))
    direct &= np.isin(events["service"], [of(COMMUNITY), of(FOR_CARERS)])
    alone = direct & (known.payments[who] == _BY_COMPONENT)
    found["mechanism"] = np.where(alone, NONE, events["mechanism"])
    instead = np.where(carer, of(_RESPITE), of(_OTHER_SUPPORT))
    alone = direct & (known.payments[who] == _BY_MECHANISM)
    component = np.where(alone, instead, events["component"])
    for service, place in ((RESIDENTIAL, SHORT_RESIDENTIAL), (NURSING, SHORT_NURSING)):
        there = (events["service"] == of(service)) & known.short[who]
        component = np.where(there, of(place), component)
    brief = (events["component"] == of(SHORT_RESIDENTIAL)) & known.nursing[who]
    found["component"] = np.where(brief, of(SHORT_NURSING), component)
    return found


def ethnicities(known: Habits, events: Mapping[str, Whole], true: Whole, late: Flags) -> pl.Series:
    """As it is written in each event: of some in later ones as refused or unknown, or nowhere."""
    names = [*shares("population.ethnicity"), REFUSED]
    told = known.ethnicity[events["person"]]
    found = np.where(late & (told == _REFUSED), len(names) - 1, true)
    found = np.where(late & (told == _UNKNOWN), names.index(UNDECLARED), found)
    return words(names, np.where(told == _NOTHING, NONE, found))


def later(events: Mapping[str, Whole]) -> Flags:
    """Requests, assessments and reviews, but of each person the first event, which tells all."""
    first = np.zeros(len(events["person"]), dtype=bool)
    first[np.unique(events["person"], return_index=True)[1]] = True
    return np.asarray(~first & (events["kind"] != SERVICE))
