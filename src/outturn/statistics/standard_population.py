"""The European Standard Population of 2013, whole or for a range of ages."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np

from outturn.statistics.columns import Numbers

OLDEST = 90  # the last band is 90 and over
WIDTH = 5  # years in every other band


def european_standard_population(from_age: int = 0, to_age: int | None = None) -> Numbers:
    """Standard people in each five-year band, 19 bands from 0-4 to 90 and over.

    The whole population is 100,000 for each sex. With `from_age` and `to_age` (both included; None
    is no upper end) a band counts for the part of its years that lie inside, so 16 and over has
    four fifths of the 15-19 band; bands outside count 0. Refuses ages below 0, above 90, or the
    wrong way round. Does not give a divisor apart: it is the sum of these weights, 82,900 for 16
    and over.

    Source: Eurostat (2013), Revision of the European Standard Population, table of the population
    by five-year age groups. The parts of bands are as ScotPHO uses them.

    >>> european_standard_population().sum(), european_standard_population(16).sum()
    (np.float64(100000.0), np.float64(82900.0))
    >>> european_standard_population(0, 15)[:5].tolist()
    [5000.0, 5500.0, 5500.0, 1100.0, 0.0]
    """
    last = OLDEST if to_age is None else to_age
    if not 0 <= from_age <= last <= OLDEST or (to_age == OLDEST):
        raise ValueError("ages go from 0 to 89, or upwards without an end")
    start, weight = _bands()
    end = np.append(start[1:], OLDEST + WIDTH)
    until = end[-1] if to_age is None else to_age + 1
    inside = np.minimum(end, until) - np.maximum(start, from_age)
    part: Numbers = np.clip(inside, 0, WIDTH) / WIDTH
    return weight * part


def band_starts() -> Numbers:
    """The first age of each of the 19 bands, in years, to join by.

    Nothing goes in. Does not name the bands: 90 is 90 and over.

    Source: as `european_standard_population`.

    >>> band_starts()[[0, 1, -1]].tolist()
    [0.0, 5.0, 90.0]
    """
    return _bands()[0].copy()


@cache
def _bands() -> tuple[Numbers, Numbers]:
    file = resources.files("outturn.statistics") / "european_standard_population_2013.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    return (
        np.array([float(row["age_from"]) for row in rows]),
        np.array([float(row["weight"]) for row in rows]),
    )
