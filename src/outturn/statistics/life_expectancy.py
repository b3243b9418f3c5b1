"""Life expectancy by the abridged life table, as columns of places by 20 ages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Flags, Numbers, floats, refuse_where
from outturn.statistics.method_sets import z_score

AGES = (0, 1, *range(5, 91, 5))  # where each of the 20 bands begins; the last is 90 and over
BORN = 100_000.0
LEAST_PEOPLE = 5000  # a smaller population has no life expectancy
WIDEST = 20.0  # years of a 95% interval beyond which the figure itself is not given


def life_expectancy(
    deaths: npt.ArrayLike, population: npt.ArrayLike, *, confidence: float = 0.95
) -> Estimate:
    """Years of life expected at the start of each of 20 age bands, with limits; in years.

    Tables of shape (..., 20), bands from 0, 1, 5, 10 ... 90 and over (`AGES`): deaths and people of
    the same years. Refuses another number of bands and negative deaths. A place is missing where a
    number is missing, a population is zero or less, more people died than lived in a band, or it
    has 5,000 people or fewer in all. A figure whose 95% interval is wider than 20 years is missing,
    and its limits stay. In a band in which nobody died the table goes on; where nobody died at 90
    and over there is no last band and the place is missing. Does not smooth.

    Source: Chiang (1968), Introduction to stochastic processes in biostatistics (abridged table,
    second method); Silcocks, Jenner and Reza (2001), Life expectancy as a summary of mortality in a
    population, Journal of Epidemiology and Community Health 55(1) (variance of the last band);
    Fingertips Public Health Technical Guidance.

    >>> died = [60, 8, 5, 5, 18, 25, 30, 40, 60, 90, 130, 190, 280, 420, 640, 900, 1300]
    >>> died += [1700, 1800, 2000]
    >>> lived = [10_000, 40_000, *[50_000] * 12, 45_000, 38_000, 30_000, 22_000, 13_000, 8_000]
    >>> at_birth = [column[0] for column in life_expectancy(died, lived)]
    >>> [round(float(years), 2) for years in at_birth]
    [78.96, 78.67, 79.24]
    """
    d, p = floats(deaths, population)
    if d.shape[-1:] != (len(AGES),):
        raise ValueError(f"a life table has {len(AGES)} age bands")
    refuse_where(d < 0, "a number of deaths is below zero")
    with np.errstate(divide="ignore", invalid="ignore"):
        years, variance = _table(np.where(_usable(d, p)[..., None], d, np.nan), p)
        error = np.sqrt(variance)
        half = z_score(confidence) * error
        too_wide = 2 * z_score(0.95) * error > WIDEST
    return Estimate(np.where(too_wide, np.nan, years), years - half, years + half)


def _usable(d: Numbers, p: Numbers) -> Flags:
    """Whether a place has a life table at all."""
    people: Flags = (p.sum(axis=-1) > LEAST_PEOPLE) & (d[..., -1] > 0)
    return people & np.asarray(((p > 0) & (d <= p)).all(axis=-1))


def _table(d: Numbers, p: Numbers) -> tuple[Numbers, Numbers]:
    """Years expected at each age and their variance."""
    rate = d / p
    width = np.broadcast_to(np.append(np.diff(AGES), np.nan), d.shape).copy()
    width[..., -1] = 2 / rate[..., -1]
    lived = np.array([0.1] + [0.5] * (len(AGES) - 1))  # the part of the band that the dying live
    dying = rate * width / (1 + rate * width * (1 - lived))
    dying = np.where(d <= p / (width * lived), dying, 1.0)
    dying[..., -1] = 1.0
    dying[np.isnan(rate)] = np.nan
    alive = np.empty_like(dying)
    alive[..., 0] = BORN
    alive[..., 1:] = BORN * np.cumprod(1 - dying[..., :-1], axis=-1)
    alive[np.isnan(rate)] = np.nan
    after = np.zeros_like(alive)
    after[..., :-1] = alive[..., 1:]
    person_years = width * (after + lived * (alive - after))
    person_years[..., -1] = alive[..., -1] / rate[..., -1]
    years = np.where(alive == 0, 0.0, _upwards(person_years) / alive)
    return years, _variance(d, rate, width, lived, dying, alive, years)


def _variance(
    d: Numbers,
    rate: Numbers,
    width: Numbers,
    lived: Numbers,
    dying: Numbers,
    alive: Numbers,
    years: Numbers,
) -> Numbers:
    """The variance of the years expected: Chiang's of each band, and Silcocks' of the last."""
    band = np.where(dying * alive == 0, 0.0, dying**2 * (1 - dying) / d)
    later = np.zeros_like(years)
    later[..., :-1] = years[..., 1:]
    weight = band * alive**2 * ((1 - lived) * width + later) ** 2
    last_rate, last_alive = rate[..., -1], alive[..., -1]
    weight[..., -1] = (last_alive / 2) ** 2 * 4 / (d[..., -1] * last_rate**2)
    return np.where(alive == 0, 0.0, _upwards(weight) / alive**2)


def _upwards(column: Numbers) -> Numbers:
    """The sum of each band and all later ones."""
    total: Numbers = np.cumsum(column[..., ::-1], axis=-1)[..., ::-1]
    return total
