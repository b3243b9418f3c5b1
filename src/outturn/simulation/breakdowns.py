"""How truths are divided: by age and by sex."""

from __future__ import annotations

import numpy as np

from outturn.simulation.cld import Details
from outturn.simulation.draws import Whole
from outturn.simulation.events import NONE
from outturn.simulation.people import People
from outturn.simulation.tables import AGE_GROUPS, age_group

ADULTS = ("18-64", "65plus")
SEXES = ("male", "female")
GENDERS = ("Male", "Female", "Unknown")
Division = tuple[tuple[str, ...], Whole]


def adults(people: People, who: Whole, on: Whole) -> Division:
    ages = people.age(on, who)
    return ADULTS, np.where(ages < 18, NONE, (ages >= 65).astype(np.int64))


def five(people: People, who: Whole, on: Whole) -> Division:
    return AGE_GROUPS, age_group(people.age(on, who))


def grown(people: People, who: Whole, on: Whole) -> Division:
    """By the groups of those who are 18 and over."""
    return ("", *AGE_GROUPS[1:]), age_group(people.age(on, who))


def sexes(people: People, who: Whole) -> Division:
    return SEXES, people.woman[who].astype(np.int64)


def genders(people: People, details: Details, who: Whole) -> Division:
    """As client level data have it, which do not know that of a few."""
    return GENDERS, np.where(details.gender_unknown[who], 2, people.woman[who]).astype(np.int64)


def each(number: int) -> Whole:
    """One for each: all of them are in the denominator."""
    return np.ones(number, dtype=np.int64)
