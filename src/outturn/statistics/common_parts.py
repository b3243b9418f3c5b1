"""Numbers of parts that several totals have in common, from the totals alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outturn.statistics.additive_tables import NEAR, Additive, components
from outturn.statistics.columns import Flags, Numbers, Places

_AT_ONCE = 4_000  # parts in one linear programme
_WRONG = 1_000.0  # what a unit that does not come out costs, beside one of a doubtful part


@dataclass(frozen=True)
class CommonParts:
    """A number for each part, in counts, and for each total whether its parts come to it.

    A part has no number (NaN) where the solver found none, and no total of such a part comes out.
    """

    counts: Numbers
    comes_out: Flags


def common_parts(total: Places, part: Places, counts: Numbers, doubtful: Flags) -> CommonParts:
    """Some numbers of parts, 0 or more, that come to every total, as far as they can.

    `total` and `part` are entries: which total holds which part; both are numbered from 0. `counts`
    has each total's, 0 or more, and `doubtful` a flag for each part that is none where the others
    can account for everything. Of the many answers that fit it gives one: which one makes no
    difference to what a reader can tell. As few units as possible do not come out. Of a set
    that the solver gives up on, such as one with a count beyond 10 to the 20th, it gives none.

    Source: a linear programme, solved by HiGHS through scipy.optimize.linprog.

    >>> found = common_parts(
    ...     np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([9.0, 4.0]), np.zeros(2, bool)
    ... )
    >>> found.counts.tolist(), found.comes_out.tolist()
    ([5.0, 4.0], [True, True])
    """
    parts = doubtful.size
    table = Additive(total, part, np.ones(total.size), parts)
    sets = components(table, np.ones(parts, bool))
    order = np.argsort(sets, kind="stable")
    batch = np.zeros(parts, np.int64)
    begins = np.flatnonzero(np.diff(sets[order], prepend=-1))
    sizes = np.diff([*begins, parts])
    batch[order] = np.repeat((np.cumsum(sizes) - sizes) // _AT_ONCE, sizes)
    found = np.zeros(parts)
    for one in range(int(batch.max(initial=-1)) + 1):
        here = batch == one
        found[here] = _solved(table, here, counts, doubtful)
    rest = counts - np.bincount(total, found[part], counts.size)
    return CommonParts(found, np.abs(rest) <= NEAR)


def _solved(table: Additive, here: Flags, counts: Numbers, doubtful: Flags) -> Numbers:
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, hstack

    lines = np.flatnonzero(table.touching(here))
    matrix = table.matrix()[lines][:, np.flatnonzero(here)]
    amiss = eye_array(lines.size)
    found = linprog(
        np.concatenate([doubtful[here] * 1.0, np.full(2 * lines.size, _WRONG)]),
        A_eq=hstack([matrix, amiss, -amiss]),
        b_eq=counts[lines],
        bounds=(0, None),
        method="highs",
    ).x
    if found is None:  # what does not come out has a column of its own, so the solver gave up
        return np.full(int(here.sum()), np.nan)
    numbers = np.array(found[: int(here.sum())])
    return np.where(np.abs(numbers - np.round(numbers)) < NEAR, np.round(numbers), numbers)
