"""Totals and parts held against their counts: what comes out, what is left, what a mean tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.framework.model import Measure
from outturn.judgement.totals_and_parts import SIDES, of_sides
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Flags, Numbers, Places

OF_A_MEAN = 2  # the side of a cell that is the sum of what a mean is of
_DECIMALS = 4  # that are asked for: with more, a mean is as good as exact


@dataclass(frozen=True)
class Sums:
    number: Places  # of each count, -1 of those that are missing; a row for each, and two sides
    here: Flags  # of each pair and side, whether it is in a relation
    relation: Places
    cell: Places
    sign: Numbers
    rest: Numbers  # of each relation, the total less its parts
    own: Places  # of each relation, twice the number of the pairs that it is of, and its side
    means: Places  # of each sum that a mean tells, the row of the mean
    of_means: Numbers  # and what it comes to: they are cells behind the counts

    @property
    def slack(self) -> Places:
        """The relations that do not come out."""
        return np.flatnonzero(np.abs(self.rest) > NEAR)

    @property
    def cells(self) -> int:
        return int((self.number >= 0).sum()) + self.of_means.size

    @classmethod
    def of(cls, pairs: pl.DataFrame, counts: Numbers, half_units: Numbers) -> Sums:
        number = np.full(counts.shape, -1, np.int64)
        there = ~np.isnan(counts)
        number[there] = np.arange(there.sum())
        total, part, relation = (
            pairs[name].to_numpy().astype(np.int64) for name in ("_total", "_row", "_relation")
        )
        pair, side = np.nonzero(of_sides(pairs))
        own, first, of = np.unique(
            relation[pair] * len(SIDES) + side, return_index=True, return_inverse=True
        )
        whole = counts[total[pair[first]], side[first]]
        signed = pairs["_sign"].to_numpy()[pair] * counts[part[pair], side]
        come_to = np.bincount(of, signed, own.size).astype(np.float64)
        lone = np.flatnonzero(pairs["_exact"].to_numpy().astype(bool)[pair[first]])
        kept = np.ones(own.size, bool)
        kept[lone] = np.abs(whole - come_to)[lone] <= NEAR
        here = np.zeros((pairs.height, len(SIDES)), bool)
        here[pair[kept[of]], side[kept[of]]] = True
        own, whole, come_to = own[kept], whole[kept], come_to[kept]
        pair, side, of = (one[kept[of]] for one in (pair, side, (np.cumsum(kept) - 1)[of]))
        begins = np.unique(of, return_index=True)[1]
        cell = number[total[pair[begins]], side[begins]]
        means = _of_means(
            pairs["_alike"].to_numpy().astype(bool)[pair[begins]],
            np.bincount(of, minlength=own.size), whole, come_to,
            half_units[total[pair[begins]], side[begins]],
        )  # fmt: skip
        cell[means] = there.sum() + np.arange(means.size)
        whole = whole.copy()
        whole[means] = come_to[means]
        return cls(
            number,
            here,
            np.concatenate([of, np.arange(own.size)]),
            np.concatenate([number[part[pair], side], cell]),
            np.concatenate([
                pairs["_sign"].to_numpy()[pair] * _orientation(counts[part[pair], side]),
                -_orientation(whole),
            ]),
            whole - come_to,
            own,
            total[pair[begins]][means],
            come_to[means],
        )  # fmt: skip


def _orientation(counts: Numbers) -> Numbers:
    """-1 for what is below zero: a cell is its size."""
    return np.where(counts < 0, -1.0, 1.0)


def _of_means(
    alike: Flags, parts: Places, whole: Numbers, come_to: Numbers, half_units: Numbers
) -> Places:
    """The relations whose total is the mean of the parts, as far as it is printed.

    A reader then knows what the parts come to: within half a unit of each, or as good as that. It
    is taken for known to the unit, which is the safe side.
    """
    is_mean = alike & (np.abs(whole - come_to) > NEAR) & (come_to >= 0)
    return np.flatnonzero(is_mean & (np.abs(come_to - parts * whole) <= parts * half_units + NEAR))


def half_units(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> Numbers:
    """Half a unit of the last decimal place of each count of a reported measure; none of others.

    In counts, a column for each side. Of a count that is the reported figure it is that of the
    figure, as its unit has it.
    """
    reported = [id for id, one in measures.items() if one.reported]
    per = {id: float(one.per) for id, one in measures.items() if one.kind == "count"}
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    figure = pl.when(factor.is_not_null()).then("reported")
    units = [
        pl.coalesce(_unit(figure) / factor, _unit(pl.col("numerator"))),
        _unit(pl.col("denominator")),
    ]
    ours = pl.col("measure").is_in(reported)
    halves = rows.select(
        pl.when(ours).then(unit / 2).alias(side)
        for side, unit in zip(SIDES, units, strict=True)
    )  # fmt: skip
    return halves.to_numpy().astype(np.float64)


def _unit(number: pl.Expr) -> pl.Expr:
    """The last decimal place that a number is told to."""
    # Of more decimals than are asked for, the next one is as good as any: never none at all.
    last: pl.Expr = pl.when(number.is_not_null()).then(10.0 ** -(_DECIMALS + 1))
    for decimals in reversed(range(_DECIMALS + 1)):
        fits = (number - number.round(decimals)).abs() < NEAR
        last = pl.when(fits).then(10.0**-decimals).otherwise(last)
    return last
