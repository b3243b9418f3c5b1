"""Measures of inequality as the Scottish Public Health Observatory has them.

The last axis is 5 or 10 quantiles in their order, 1 the most deprived. The relative index here is
the slope over the mean; the English one, in `slope_index`, is a ratio of the ends of the line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Estimate, Numbers, floats, refuse_where, special
from outturn.statistics.method_sets import upper_tail


class Ranges(NamedTuple):
    """Per place: most less least deprived, in the rate's unit, and most over least, a ratio."""

    absolute: Numbers
    relative: Numbers


def scottish_slope_index(
    rate: npt.ArrayLike, population: npt.ArrayLike, *, confidence: float = 0.95
) -> Estimate:
    """The slope index of inequality with limits, in the rate's unit: above zero, worse if deprived.

    Tables of shape (..., 5) or (..., 10); other numbers are refused, and a population of zero or
    less. A place with a missing quantile is missing. The limits are those of the fitted line by
    Student's t, with 3 or 8 degrees of freedom. Does not simulate.

    Source: ScotPHO, Measuring inequalities, methodology 2025; Pamuk (1985), Social class inequality
    in mortality from 1921 to 1972 in England and Wales, Population Studies 39(1).

    >>> index = scottish_slope_index([10.0, 9.0, 8.0, 7.5, 6.0], [100] * 5)
    >>> [round(float(column), 3) for column in index]
    [4.75, 3.535, 5.965]
    """
    y, people = _complete(rate, population)
    share = people / people.sum(axis=-1, keepdims=True)
    rank = np.cumsum(share, axis=-1) - share / 2
    middle = (share * rank).sum(axis=-1, keepdims=True)
    mean = (share * y).sum(axis=-1, keepdims=True)
    spread = (share * (rank - middle) ** 2).sum(axis=-1)
    slope = (share * (rank - middle) * y).sum(axis=-1) / spread
    left = y - mean - slope[..., None] * (rank - middle)
    freedom = y.shape[-1] - 2
    error = np.sqrt((share * left**2).sum(axis=-1) / freedom / spread)
    half = special("stdtrit")(freedom, upper_tail(confidence)) * error
    return Estimate(-slope, -slope - half, -slope + half)


def scottish_relative_index(slope_index: Estimate, overall: npt.ArrayLike) -> Estimate:
    """The slope index over the overall rate, with its limits; a ratio without a unit.

    `overall` is the rate of the whole place, in the unit of the slope index. Refuses one of zero or
    less. A slope of 0 gives 0. Times 50 it is the percentage by which the most deprived are above
    the average. Takes the overall rate as exactly known.

    Source: ScotPHO, as `scottish_slope_index`.

    >>> index = Estimate(*floats([4.75], [3.49], [6.01]))
    >>> [column.round(3).tolist() for column in scottish_relative_index(index, 8.1)]
    [[0.586], [0.431], [0.742]]
    """
    (mean,) = floats(overall)
    refuse_where(mean <= 0, "an overall rate is zero or less")
    return Estimate(*(column / mean for column in slope_index))


def population_attributable_risk(rate: npt.ArrayLike, population: npt.ArrayLike) -> Numbers:
    """How much of the rate would go if all were as the least deprived, in per cent.

    As `scottish_slope_index`; refuses negative rates. Missing where the least deprived have a rate
    of zero. Does not say that deprivation is the cause.

    Source: ScotPHO, as `scottish_slope_index`.

    >>> round(float(population_attributable_risk([10.0, 9.0, 8.0, 7.5, 6.0], [100] * 5)), 3)
    25.926
    """
    y, people = _complete(rate, population)
    refuse_where(y < 0, "a rate is below zero")
    share = people / people.sum(axis=-1, keepdims=True)
    least = y[..., -1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.where(least == 0, np.nan, share * (y / least - 1)).sum(axis=-1)
        risk: Numbers = np.asarray(100 * excess / (excess + 1))
    return risk


def ranges(rate: npt.ArrayLike, population: npt.ArrayLike) -> Ranges:
    """The absolute and the relative range between the most and the least deprived quantile.

    As `population_attributable_risk`, and missing where it is. The quantiles between do not count.

    Source: ScotPHO, as `scottish_slope_index`.

    >>> [float(column) for column in ranges([10.0, 9.0, 8.0, 7.5, 6.0], [100] * 5)]
    [4.0, 1.6666666666666667]
    """
    y, _ = _complete(rate, population)
    refuse_where(y < 0, "a rate is below zero")
    most, least = y[..., 0], y[..., -1]
    gone = np.isnan(y).any(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(gone | (least == 0), np.nan, most / least)
    return Ranges(np.where(gone, np.nan, most - least), relative)


def _complete(rate: npt.ArrayLike, population: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    y, people = floats(rate, population)
    if y.shape[-1:] not in ((5,), (10,)):
        raise ValueError("there are 5 or 10 quantiles")
    refuse_where(people <= 0, "a population is zero or less")
    return y, people
