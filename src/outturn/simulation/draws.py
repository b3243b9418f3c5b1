"""Chance, in whole numbers only: the same draws on every machine.

Each table of each council has a generator of its own, so that a table may be made alone. Every
draw is of whole numbers and every shape is a table of whole numbers: no logarithm is taken,
because those differ in their last bits from one machine to another.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_MILLION = 1_000_000


class Draws:
    """The chance of one table of one council."""

    def __init__(self, seed: int, council: int, table: str) -> None:
        entropy = np.random.SeedSequence([seed, council, zlib.crc32(table.encode())])
        self._chance = np.random.Generator(np.random.PCG64(entropy))

    def between(self, least: int | Whole, most: int | Whole, number: int) -> Whole:
        """`number` whole numbers from `least` to `most`, both included."""
        return self._chance.integers(least, np.asarray(most) + 1, number, dtype=np.int64)

    def chance(self, share: float | NDArray[np.float64], number: int) -> Flags:
        """`number` answers, each true with the probability `share`, to a millionth."""
        edge = np.rint(np.asarray(share) * _MILLION).astype(np.int64)
        return np.asarray(self.between(0, _MILLION - 1, number) < edge)

    def among(self, weights: Sequence[float], number: int) -> Whole:
        """`number` positions in `weights`, each as likely as its weight."""
        edges = np.cumsum(np.rint(np.asarray(weights, dtype=float) * 10_000).astype(np.int64))
        return np.searchsorted(edges, self.between(0, int(edges[-1]) - 1, number), side="right")

    def weighted(self, weights: Whole, number: int) -> Whole:
        """`number` positions, drawn with replacement, each as likely as its whole weight."""
        edges = np.cumsum(weights)
        return np.searchsorted(edges, self.between(0, int(edges[-1]) - 1, number), side="right")

    def spread(self, quantiles: Sequence[Sequence[int]], number: int) -> Whole:
        """`number` whole numbers whose distribution goes through `[percent, value]` points."""
        share = self.between(0, _MILLION - 1, number)
        at = np.array([percent * (_MILLION // 100) for percent, _ in quantiles], dtype=np.int64)
        value = np.array([one for _, one in quantiles], dtype=np.int64)
        above = np.clip(np.searchsorted(at, share, side="right"), 1, len(at) - 1)
        low, high = at[above - 1], at[above]
        rise = (value[above] - value[above - 1]) * (share - low)
        return np.asarray(value[above - 1] + rise // (high - low))

    def shuffled(self, these: Whole) -> Whole:
        return self._chance.permutation(these)

    def named(self, shares: Mapping[str, float], number: int) -> NDArray[np.str_]:
        """`number` of the names, each as likely as its share."""
        return np.array(list(shares), dtype=np.str_)[self.among(list(shares.values()), number)]


def divided(number: int, weights: Sequence[float]) -> list[int]:
    """`number` divided in whole parts as the weights are; the parts add up to it."""
    edges = np.cumsum(np.rint(np.asarray(weights, dtype=float) * _MILLION).astype(np.int64))
    upto = (edges * number + edges[-1] // 2) // edges[-1]
    return [int(one) for one in np.diff(upto, prepend=0)]
