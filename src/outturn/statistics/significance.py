"""How a comparison came out, as small whole numbers for columns, and the words for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outturn.statistics.columns import Codes, Flags

WORST, WORSE, SAME, BETTER, BEST = -2, -1, 0, 1, 2
NOT_COMPARED = 9
HIGHER, NO_AIM, LOWER = 1, 0, -1  # which way is better
LABELS = {
    NOT_COMPARED: "None", WORST: "Worst", WORSE: "Worse", SAME: "Same", BETTER: "Better",
    BEST: "Best",
}  # fmt: skip


def significance_labels(codes: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """The word for each code: Worst, Worse, Same, Better, Best, or None where nothing was compared.

    The codes are those of this module; ValueError for any other. Does not say what was compared.

    Source: the words of fingertips-open (2020).

    >>> significance_labels([BETTER, SAME, NOT_COMPARED]).tolist()
    ['Better', 'Same', 'None']
    """
    return labelled(codes, LABELS)


def labelled(codes: npt.ArrayLike, labels: dict[int, str]) -> npt.NDArray[np.str_]:
    """The word that `labels` has for each code; words without a unit.

    ValueError for a code without a word. Does not translate.

    Source: none; a look-up.

    >>> labelled([1, -1], {1: "up", -1: "down"}).tolist()
    ['up', 'down']
    """
    numbers = np.asarray(codes, np.int64)
    if not np.isin(numbers, list(labels)).all():
        raise ValueError("a code has no word")
    least = min(labels)
    table = np.array([labels.get(code, "") for code in range(least, max(labels) + 1)])
    words: npt.NDArray[np.str_] = table[numbers - least]
    return words


def judged(high_is_good: Codes, aim: npt.ArrayLike, compared: Flags) -> Codes:
    """Codes worked out as if higher were better, turned round where lower is; a new column.

    `aim` is 1 where higher is better, -1 where lower is, and 0 where neither; ValueError otherwise.
    `compared` is False where a figure or a limit was missing. Both that and no aim give
    NOT_COMPARED, never SAME. Does not compare.

    Source: fingertips-open (2020).

    >>> judged(np.array([1, 1, 1], np.int8), [1, -1, 0], np.array([True, True, True])).tolist()
    [1, -1, 9]
    """
    ways = np.asarray(aim)
    if not np.isin(ways, (HIGHER, NO_AIM, LOWER)).all():
        raise ValueError("an aim is 1 (higher), -1 (lower) or 0 (none)")
    result: Codes = high_is_good * ways.astype(np.int8)
    known = compared & (ways != NO_AIM)
    return np.where(known, result, np.int8(NOT_COMPARED))
