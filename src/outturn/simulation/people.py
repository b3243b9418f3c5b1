"""The people of one council: households, ages, sexes, deprivation, and who would die when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.simulation.days import NEVER, Window, age, parts, seasonal
from outturn.simulation.draws import Draws, Flags, Whole, divided
from outturn.simulation.parameters import numbers, share, shares, spread

ADULTS = 0.79  # the share of a population that is 18 or over, to scale it by
_WORKING = [[0, 18], [50, 41], [100, 65]]
_PARENTS = [[0, 22], [50, 38], [100, 56]]
_ELDERS = [[0, 65], [30, 70], [55, 76], [78, 82], [93, 89], [99, 97], [100, 106]]
_ROLES = {  # of each kind of household: the ages of its first member, a second one, children
    "single": (_WORKING, 0, 0),
    "older_single": (_ELDERS, 0, 0),
    "couple": (_WORKING, 1, 0),
    "older_couple": (_ELDERS, 1, 0),
    "family": (_PARENTS, 1, 3),
    "lone_parent": (_PARENTS, 0, 3),
    "three_ages": (_ELDERS, 0, 1),
}


@dataclass
class People:
    """One entry for each resident; `dies` is NEVER for who lives on beyond the window."""

    born: Whole
    woman: Flags
    decile: Whole  # of deprivation: 1 is the most deprived tenth of areas
    ethnicity: Whole  # position in the shares of the parameter
    household: Whole
    dies: Whole
    window: Window

    @property
    def number(self) -> int:
        return len(self.born)

    def age(self, on: Whole | int, who: Whole | None = None) -> Whole:
        return age(self.born if who is None else self.born[who], on)


def people(draws: Draws, window: Window, residents: int) -> People:
    """About as many residents as asked for, in whole households."""
    household, years, first = _households(draws, residents)
    order = np.argsort(household, kind="stable")
    household, years = household[order], np.minimum(years[order], 105)
    number = len(years)
    born = window.first - years * 1461 // 4 - draws.between(1, 364, number)
    born = within_the_month(born)
    woman = draws.chance(share("population.women"), number)
    decile = draws.between(1, 10, int(first))[household]
    ethnicity = draws.among(list(shares("population.ethnicity").values()), number)
    found = People(
        born, woman, decile, ethnicity, household, np.full(number, NEVER, dtype=np.int64), window
    )
    found.dies = _deaths(draws, found)
    return found


def within_the_month(born: Whole) -> Whole:
    """Births on the 3rd to the 27th of the month, so that no birthday falls on its first or last
    days: figures on the last day of a month are then the same whatever a rule makes of the day."""
    _, _, day = parts(born)
    return born - day + np.clip(day, 3, 27)


def _households(draws: Draws, residents: int) -> tuple[Whole, Whole, int]:
    """The household and the age of each member, and how many households there are."""
    weights = shares("population.households")
    size = {name: 1 + two + (1.9 if most == 3 else 2 * most) for name, (_, two, most) in
            _ROLES.items()}  # fmt: skip
    total = sum(weights[name] * size[name] for name in weights) / sum(weights.values())
    counts = divided(round(residents / total), list(weights.values()))
    homes: list[Whole] = []
    ages: list[Whole] = []
    first = 0
    for name, count in zip(weights, counts, strict=True):
        quantiles, second, most = _ROLES[name]
        home = np.arange(first, first + count, dtype=np.int64)
        head = draws.spread(quantiles, count)
        homes.append(home)
        ages.append(head)
        if second:
            homes.append(home)
            ages.append(np.maximum(head + draws.between(-6, 5, count), 18))
        if name == "three_ages":
            homes.append(home)
            ages.append(np.maximum(head - draws.between(24, 34, count), 18))
        children = draws.among([45, 40, 15], count) + 1 if most == 3 else np.full(count, most)
        for nth in range(most):
            some = children > nth
            homes.append(home[some])
            ages.append(draws.between(0, 17, int(some.sum())))
        first += count
    return np.concatenate(homes), np.concatenate(ages), first


def by_age(pairs: str, ages: Whole) -> Whole:
    """The value of the age band that each age lies in; `pairs` is a parameter's name."""
    found = spread(pairs)
    edges = np.array([one for one, _ in found], dtype=np.int64)
    values = np.array([one for _, one in found], dtype=np.int64)
    return np.asarray(values[np.clip(np.searchsorted(edges, ages, side="right") - 1, 0, None)])


def _deaths(draws: Draws, found: People) -> Whole:
    window = found.window
    ages = np.clip(found.age(window.first + window.length // 2), 0, None)
    yearly = by_age("population.deaths", ages) / 10_000
    dies = draws.chance(np.minimum(yearly * window.length / 365.25, 0.9), found.number)
    days = seasonal(draws, window, numbers("population.winter"), found.number)
    return np.where(dies, np.maximum(days, found.born + 1), NEVER)
