"""Which counts of different measures add up: those that count the same table by conditions.

A measure may count a part of what another counts, the same under another name, or what is a
category of its breakdown. A denominator is often the numerator of another measure. Whatever follows
from the conditions is found here, place by place and period by period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from outturn.judgement.compared import Compared
from outturn.judgement.passed_over import PassedOver as PassedOver
from outturn.judgement.selection_relations import MAYBE, NONE, Selections
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Numbers, Places


@dataclass(frozen=True)
class Between:
    """Relations between counts of different measures, as entries of a table that is built further.

    `relation`, `cell` and `sign` are as in `Additive`, relations numbered from 0. Cells are those
    that were given, and behind them the `rests`, in counts: what no measure counts, such as what a
    total has beyond its parts. `passed_over` is what there may be relations of that are not here.
    """

    relation: Places
    cell: Places
    sign: Numbers
    rests: Numbers
    passed_over: frozenset[PassedOver] = frozenset()

    @property
    def relations(self) -> int:
        """How many relations there are."""
        return int(self.relation.max(initial=-1)) + 1

    @classmethod
    def none(cls) -> Between:
        places, numbers = np.empty(0, np.int64), np.empty(0)
        return cls(places, places, numbers, numbers)


def relations_between(compared: Compared, cells: int) -> Between:
    """The relations between measures of what is compared, among so many cells.

    A relation that the counts contradict is none: the measures then differ in more than their
    conditions say.
    """
    if not compared.kinds:
        return Between.none()
    at, first = compared.at, compared.first
    return _joined([_same(at, first), _sums(first, compared.kinds)], cells)


def relations_of_parts(part: Places, whole: Places, counts: Numbers) -> Between:
    """For each two cells, that the first and a rest nobody publishes come to the second.

    `counts` has that of each cell. Where the part is the larger, there is no relation: the counts
    contradict it.
    """
    rest = counts[whole] - counts[part]
    true = rest > -NEAR
    part, whole, rest = part[true], whole[true], np.maximum(rest[true], 0.0)
    number = np.arange(rest.size)
    return Between(
        np.tile(number, 3),
        np.concatenate([part, counts.size + number, whole]),
        np.repeat([1.0, 1.0, -1.0], rest.size),
        rest,
    )


_SCHEMA = {
    "relation": pl.Int64, "cell": pl.Int64, "sign": pl.Float64, "count": pl.Float64,
    "left": pl.Int64, "name": pl.Int64, "group": pl.Int64,
}  # fmt: skip


def _same(at: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Every further name of a selection is equal to the first, where the counts say so too."""
    pairs = at.join(first, on=["group", "selection"], suffix="_first", maintain_order="left")
    pairs = pairs.filter(pl.col("cell") != pl.col("cell_first"))
    pairs = pairs.with_row_index("relation").with_columns(pl.col("relation").cast(pl.Int64))
    ends = [
        pairs.select(
            "relation", cell=name, sign=pl.lit(sign), count=count, left=pl.lit(NONE, pl.Int64),
            name=pl.lit(-1, pl.Int64), group="group",
        )
        for name, count, sign in (("cell", "count", 1.0), ("cell_first", "count_first", -1.0))
    ]  # fmt: skip
    return pl.concat(ends)


def _sums(first: pl.DataFrame, kinds: list[Selections]) -> pl.DataFrame:
    """The entries of every sum, at each place and period with the selections that it asks for."""
    present = first.group_by("group", "kind", maintain_order=True).agg(pl.col("selection").sort())
    patterns = present.select("kind", "selection").unique(maintain_order=True)
    patterns = patterns.with_row_index("pattern")
    lines = list(_lines(patterns, kinds))
    asked = ("pattern", "sum", "selection", "sign", "left", "name")
    wanted = pl.DataFrame(lines, schema=dict.fromkeys(asked, pl.Int64), orient="row")
    of_pattern = present.join(patterns, on=["kind", "selection"], maintain_order="left")
    of_pattern = of_pattern.select("group", pl.col("pattern").cast(pl.Int64))
    entries = of_pattern.join(wanted, on="pattern", maintain_order="left_right")
    entries = entries.join(first, on=["group", "selection"], maintain_order="left")
    return entries.with_columns(
        relation=pl.struct("group", "sum").rank("dense").cast(pl.Int64) - 1,
        sign=pl.col("sign").cast(pl.Float64),
    ).select(list(_SCHEMA))


def _lines(patterns: pl.DataFrame, kinds: list[Selections]) -> Iterator[tuple[int, ...]]:
    names: dict[tuple[object, ...], int] = {}
    number = 0
    for pattern, kind, present in patterns.iter_rows():
        for one in kinds[kind].sums(frozenset(present)):
            name = names.setdefault((kind, *one.name), len(names))
            yield pattern, number, one.total, -1, one.left, name
            for part in one.parts:
                yield pattern, number, part, 1, one.left, name
            number += 1


def _joined(entries: list[pl.DataFrame], cells: int) -> Between:
    """The relations that the counts bear out, with a cell for what is left of a total."""
    begins, frames = 0, []
    for one in entries:
        frames.append(one.with_columns(pl.col("relation") + begins))
        begins += one["relation"].n_unique()
    every = pl.concat([one.select(list(_SCHEMA)) for one in frames])
    rest = (-(pl.col("sign") * pl.col("count")).sum().over("relation")).alias("rest")
    every = every.with_columns(rest)
    comes_out = pl.col("rest").abs() <= NEAR
    nothing = comes_out & pl.col("left").is_in([NONE, MAYBE])
    something = (pl.col("left") != NONE) & (pl.col("rest") > -NEAR)
    every = every.filter(nothing | something).with_columns(ends=nothing)
    every = every.with_columns(relation=pl.col("relation").rank("dense").cast(pl.Int64) - 1)
    left = (
        every.filter(~pl.col("ends"))
        .group_by("relation", maintain_order=True)
        .agg(pl.col("group", "name", "rest").first())
    )
    left = left.with_columns(pl.col("rest").round(6).clip(0.0))
    left = left.with_columns(
        number=pl.struct("group", "name", "rest").rank("dense").cast(pl.Int64) - 1
    )
    rests = left.unique("number", keep="first", maintain_order=True).sort("number")
    return Between(
        np.concatenate([every["relation"].to_numpy(), left["relation"].to_numpy()]),
        np.concatenate([every["cell"].to_numpy(), cells + left["number"].to_numpy()]),
        np.concatenate([every["sign"].to_numpy(), np.ones(left.height)]),
        rests["rest"].to_numpy(),
    )
