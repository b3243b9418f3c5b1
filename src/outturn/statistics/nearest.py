"""How alike areas are, by what is known of them: distances in standard deviations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Flags, Numbers, floats, refuse_where


class Likeness(NamedTuple):
    """How far each area is from one of them, and what of it comes from each characteristic."""

    distance: Numbers  # for each area: standard deviations, weighted
    differences: Numbers  # areas by characteristics: standard deviations, with their sign
    is_left_out: Flags  # for each characteristic: the same in every area that is compared


def likeness(characteristics: npt.ArrayLike, area: int, weights: npt.ArrayLike) -> Likeness:
    """The distance of every area from the one at place `area`, and its differences.

    `characteristics` has a row for each area and a column for each characteristic, each in its own
    unit; `weights` one number above zero for each column. A characteristic is measured in its
    standard deviations over the areas that have it. The distance is the root of the weighted mean
    of squared differences. An area that lacks a characteristic has no distance (not a number): it
    might be like or unlike in just that. A characteristic that is the same in every area that lacks
    none tells nobody apart: it is left out with its weight, which would only make every distance
    smaller, and counts as no difference. Where none is left, every distance is 0. Refuses a weight
    of zero or less and an area that is not there.

    Source: the weighted Euclidean distance of standardised variables, as in the nearest neighbours
    models of the Chartered Institute of Public Finance and Accountancy and of NHS England.

    >>> found = likeness([[20, 1], [22, 1], [30, 5]], 0, [1, 1])
    >>> found.distance.round(2).tolist()
    [0.0, 0.33, 2.22]
    >>> found = likeness([[20, 7], [22, 7], [30, 7]], 0, [1, 3])
    >>> found.distance.round(2).tolist(), found.is_left_out.tolist()
    ([0.0, 0.46, 2.31], [False, True])
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
    is_same = _is_same(rows[known.all(axis=1)])
    differences = (rows - rows[area]) / np.where(is_same, 1.0, spread)
    differences = np.where(is_same & ~np.isnan(differences), 0.0, differences)
    used = np.where(is_same, 0.0, weight)
    distance = np.sqrt((used * differences**2).sum(axis=1) / (used.sum() or 1.0))
    return Likeness(distance, differences, is_same)


def _is_same(rows: Numbers) -> Flags:
    """Whether a characteristic is the same in all the areas, but for the machine's arithmetic."""
    if not len(rows):
        return np.ones(rows.shape[1], np.bool_)
    low, high = rows.min(axis=0), rows.max(axis=0)
    same: Flags = high - low <= 1e-12 * np.maximum(np.abs(low), np.abs(high))
    return same
