"""What counts of one kind tell of one another by several columns: each adds up its compartments.

No measure counts a compartment, and how many rows each has is not known here either: some numbers
that fit every count are put in their place. Another table that everything published fits is one
for any such numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from outturn.judgement.compared import Compared
from outturn.judgement.compartments import MOST, compartments
from outturn.judgement.relations_between import Between, PassedOver
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Flags, Numbers, Places
from outturn.statistics.common_parts import common_parts

TOO_MANY = f"their conditions cut it into more than {MOST:,} compartments"
NOT_SOLVED = "the solver found no numbers of its compartments"


def relations_of_compartments(compared: Compared, groups: Collection[int], cells: int) -> Between:
    """The relations of these groups, where there are so many cells.

    A count that no numbers of its compartments come to is in none: its measure differs in more than
    its conditions say.
    """
    entries, passed_over = _entries(compared, groups)
    if not entries.height:
        return replace(Between.none(), passed_over=frozenset(passed_over))
    total, part = entries["total"].to_numpy(), entries["part"].to_numpy()
    totals = entries.unique("total").sort("total")
    parts = entries.unique("part").sort("part")
    doubts = parts["doubts"].to_numpy()
    found = common_parts(total, part, totals["count"].to_numpy(), doubts > 0)
    passed_over |= _not_solved(compared, parts, found.counts)
    kept = _not_taken_for_none(doubts, found.counts > NEAR, parts["of"].to_numpy())
    here = found.comes_out[total] & kept[part]
    relation = np.unique(total[here], return_inverse=True)[1].astype(np.int64)
    own = np.unique(total[here])
    used = np.unique(part[here])
    number = np.cumsum(np.isin(np.arange(kept.size), used)) - 1
    joined = np.concatenate
    return Between(
        joined([relation, np.arange(own.size)]),
        joined([cells + number[part[here]], totals["cell"].to_numpy()[own]]),
        joined([np.ones(relation.size), -np.ones(own.size)]),
        found.counts[used],
        frozenset(passed_over),
    )


def _not_solved(compared: Compared, parts: pl.DataFrame, counts: Numbers) -> set[PassedOver]:
    """The tables of which the solver gave no numbers."""
    kinds = parts.filter(pl.Series(np.isnan(counts), dtype=pl.Boolean))["kind"].unique()
    return {PassedOver(compared.kinds[kind].table, (), NOT_SOLVED) for kind in kinds}


def _not_taken_for_none(doubts: Places, some: Flags, of: Places) -> Flags:
    """The compartments but those of columns in which no doubtful one is needed.

    `of` is the number of each one's set: those of one group and one set of selections.
    """
    needed = np.zeros(int(of.max()) + 1, np.int64)
    np.bitwise_or.at(needed, of[some], doubts[some])
    return np.asarray(doubts & ~needed[of] == 0)


def _entries(compared: Compared, groups: Collection[int]) -> tuple[pl.DataFrame, set[PassedOver]]:
    """Each count of a group with each of its compartments, both numbered; and what has none."""
    first = compared.first.filter(pl.col("group").is_in(list(groups)))
    present = first.group_by("group", "kind", maintain_order=True).agg(pl.col("selection").sort())
    patterns = present.select("kind", "selection").unique(maintain_order=True)
    patterns = patterns.with_row_index("pattern")
    schema = dict.fromkeys(("pattern", "system", "compartment", "selection"), pl.Int64)
    passed_over: set[PassedOver] = set()
    lines = pl.DataFrame(
        list(_lines(patterns, compared, passed_over)),
        schema={**schema, "doubts": pl.Int64},
        orient="row",
    )
    of_group = present.join(patterns, on=["kind", "selection"]).select(
        "group", pl.col("pattern").cast(pl.Int64)
    )
    entries = of_group.join(lines, on="pattern").join(first, on=["group", "selection"])
    entries = entries.with_columns(
        total=pl.struct("group", "system", "selection").rank("dense").cast(pl.Int64) - 1,
        part=pl.struct("group", "compartment").rank("dense").cast(pl.Int64) - 1,
        of=pl.struct("group", "system").rank("dense").cast(pl.Int64) - 1,
    ).sort("total", "part")
    return entries, passed_over


def _lines(
    patterns: pl.DataFrame, compared: Compared, passed_over: set[PassedOver]
) -> Iterator[tuple[int, int, int, int, int]]:
    """The lines of `_entries`; what has too many compartments is added to `passed_over`."""
    system = compartment = 0
    for pattern, kind, present in patterns.iter_rows():
        selections = compared.kinds[kind]
        cut = compartments(selections, present)
        passed_over |= {PassedOver(selections.table, two, TOO_MANY) for two in cut.passed_over}
        for one in cut.sets:
            for holders, doubts in zip(one.holders, one.doubts, strict=True):
                for selection in holders:
                    yield pattern, system, compartment, selection, doubts
                compartment += 1
            system += 1
