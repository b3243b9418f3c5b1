"""Columns of numbers as this room takes them: floats, with not-a-number where there is no figure.

A missing number stays missing and is never taken for 0. A wrong one, such as a count below zero,
is refused with a sentence that says what is wrong.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Interval(NamedTuple):
    """The lower and the upper limit of each figure."""

    lower: Numbers
    upper: Numbers


class Estimate(NamedTuple):
    """Each figure with its lower and its upper limit, all in one unit."""

    value: Numbers
    lower: Numbers
    upper: Numbers


def floats(*columns: npt.ArrayLike) -> tuple[Numbers, ...]:
    """The columns as floats of one shape, in their own units; not-a-number stays.

    The shapes must fit one another by numpy's broadcasting. Does not copy where it need not: the
    results may be views, so they are read and not written.

    Source: the rule of this room, above.

    >>> [column.tolist() for column in floats([1, 2], 3)]
    [[1.0, 2.0], [3.0, 3.0]]
    """
    arrays = [np.asarray(column, dtype=np.float64) for column in columns]
    if all(array.shape == arrays[0].shape for array in arrays):
        return tuple(arrays)
    return tuple(np.broadcast_arrays(*arrays))


def refuse_where(wrong: npt.NDArray[np.bool_] | np.bool_, sentence: str) -> None:
    """Nothing; raises ValueError with the sentence where any cell is wrong.

    `wrong` says for each cell whether it is. Comparing with not-a-number gives False, so a missing
    cell is never wrong. Does not name the cell, which may be about few people.

    Source: the rule of this room, above.

    >>> refuse_where(np.array([1.0, np.nan]) < 0, "a count is below zero")
    >>> refuse_where(np.array([-1.0]) < 0, "a count is below zero")
    Traceback (most recent call last):
    ValueError: a count is below zero
    """
    if wrong.any():
        raise ValueError(sentence)


def special(name: str) -> Any:
    """A special function of scipy by name, such as "gammaincinv"; no unit.

    The name is one of `scipy.special`. scipy is imported here and not at the head of a module,
    because that alone takes as long as all the rest of outturn's help.

    Source: scipy.special.

    >>> round(float(special("ndtr")(1.959964)), 6)
    0.975
    """
    import scipy.special

    return getattr(scipy.special, name)
