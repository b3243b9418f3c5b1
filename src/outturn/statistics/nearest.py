"""How alike areas are, by what is known of them: distances in standard deviations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Numbers, floats, refuse_where


class Likeness(NamedTuple):
    """How far each area is from one of them, and what of it comes from each characteristic."""

    distance: Numbers  # for each area: standard deviations, weighted
    differences: Numbers  # areas by characteristics: standard deviations, with their sign


def likeness(characteristics: npt.ArrayLike, area: int, weights: npt.ArrayLike) -> Likeness:
    """The distance of every area from the one at place `area`, and its differences.

    `characteristics` has a row for each area and a column for each characteristic, each in its own
    unit; `weights` one number above zero for each column. A characteristic is measured in its
    standard deviations over the areas that have it; one that is the same everywhere tells nothing
    and counts as no difference. The distance is the root of the weighted mean of squared
    differences. An area that lacks a characteristic has no distance (not a number): it might be
    like or unlike in just that. Refuses a weight of zero or less and an area that is not there.

    Source: the weighted Euclidean distance of standardised variables, as in the nearest neighbours
    models of the Chartered Institute of Public Finance and Accountancy and of NHS England.

    >>> found = likeness([[20, 1], [22, 1], [30, 5]], 0, [1, 1])
    >>> found.distance.round(2).tolist()
    [0.0, 0.33, 2.22]
    """
    (rows,) = floats(characteristics)
    (weight,) = floats(weights)
    if rows.ndim != 2 or weight.shape != rows.shape[1:]:
        raise ValueError("there is one weight for each column of characteristics")
    refuse_where(~(weight > 0), "a weight is zero or less")
    if not 0 <= area < len(rows):
        raise ValueError("the area is not among the rows")
    known = ~np.isnan(rows)
    many = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, rows, 0).sum(axis=0) / many
    spread = np.sqrt((np.where(known, rows - mean, 0) ** 2).sum(axis=0) / many)
    # What only the machine's arithmetic leaves of a characteristic that is the same everywhere.
    is_one = spread <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    differences = (rows - rows[area]) / np.where(is_one, 1.0, spread)
    differences = np.where(is_one & known, 0.0, differences)
    distance = np.sqrt((weight * differences**2).sum(axis=1) / weight.sum())
    return Likeness(distance, differences)
