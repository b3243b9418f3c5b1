"""What counts of one kind tell of one another by several columns: each adds up its compartments.

No measure counts a compartment, and how many rows each has is not known here either: some numbers
that fit every count are put in their place. Another table that everything published fits is one
for any such numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from outturn.judgement.compared import Compared
from outturn.judgement.compartments import MOST, Cut, compartments, compartments_apart
from outturn.judgement.passed_over import AS_PARTS, PassedOver
from outturn.judgement.relations_between import Between
from outturn.judgement.selection_relations import Selections
from outturn.statistics.additive_tables import NEAR
from outturn.statistics.columns import Flags, Places
from outturn.statistics.common_parts import common_parts

TOO_MANY = f"their conditions cut it into more than {MOST:,} compartments"
NOT_SOLVED = "the solver found no numbers of its compartments"
NO_PARTS = "counts of some places and periods contradict that they are"

_Cutting = Callable[[Selections, Sequence[int]], Cut]


def relations_of_compartments(compared: Compared, groups: Collection[int], cells: int) -> Between:
    """The relations of these groups, where there are so many cells.

    A count that no numbers of its compartments come to is in none: its measure differs in more than
    its conditions say. Where a group has one, and some of its counts are counted within others,
    each of what counts the same is compared by itself there, for they may be no parts.
    """
    every = _solved(compared, groups, compartments)
    wrong = _contradicted(compared, every.entries)
    apart = _solved(compared, wrong, compartments_apart)
    here = every.entries.filter(~pl.col("group").is_in(wrong))
    begins = [pl.col(name) + 1 + (every.entries[name].max() or 0) for name in ("total", "part")]
    entries = pl.concat([here, apart.entries.with_columns(begins)]).filter("holds")
    kinds = every.entries.filter(pl.col("group").is_in(wrong))["kind"].unique()
    no_parts = {PassedOver(compared.kinds[one].table, (), NO_PARTS, AS_PARTS) for one in kinds}
    return _between(entries, cells, every.passed_over | apart.passed_over | no_parts)


def _between(entries: pl.DataFrame, cells: int, passed_over: set[PassedOver]) -> Between:
    """Each total as a relation, and behind the cells one for each part."""
    relation, part = (
        entries.select(pl.col(name).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
        for name in ("total", "part")
    )
    totals, parts = (entries.unique(name).sort(name) for name in ("total", "part"))
    joined = np.concatenate
    return Between(
        joined([relation, np.arange(totals.height)]),
        joined([cells + part, totals["cell"].to_numpy()]),
        joined([np.ones(relation.size), -np.ones(totals.height)]),
        parts["rows"].to_numpy(),
        frozenset(passed_over),
    )


class _Solved(NamedTuple):
    """Each count of some groups with each of its compartments, both numbered, and what has none.

    The `entries` have how many `rows` the compartment is given, whether the count `comes_out`, and
    whether the compartment `holds` some of it.
    """

    entries: pl.DataFrame
    passed_over: set[PassedOver]


def _solved(compared: Compared, groups: Collection[int], cutting: _Cutting) -> _Solved:
    entries, passed_over = _entries(compared, groups, cutting)
    total, part = entries["total"].to_numpy(), entries["part"].to_numpy()
    totals, parts = (entries.unique(name).sort(name) for name in ("total", "part"))
    doubts = parts["doubts"].to_numpy()
    found = common_parts(total, part, totals["count"].to_numpy(), doubts > 0)
    kinds = parts.filter(pl.Series(np.isnan(found.counts), dtype=pl.Boolean))["kind"].unique()
    passed_over |= {PassedOver(compared.kinds[one].table, (), NOT_SOLVED) for one in kinds}
    kept = _not_taken_for_none(doubts, found.counts > NEAR, parts["of"].to_numpy())
    entries = entries.with_columns(
        rows=pl.Series(found.counts[part], dtype=pl.Float64),
        comes_out=pl.Series(found.comes_out[total], dtype=pl.Boolean),
        holds=pl.Series(found.comes_out[total] & kept[part], dtype=pl.Boolean),
    )
    return _Solved(entries, passed_over)


def _contradicted(compared: Compared, entries: pl.DataFrame) -> list[int]:
    """The groups of several kinds in which some count does not come out."""
    amiss = entries.filter(~pl.col("comes_out"))["group"].unique()
    there = entries.filter(pl.col("group").is_in(amiss.implode()))
    there = there.group_by("group", "kind").agg(pl.col("selection").unique().sort()).sort("group")
    return [
        group
        for group, kind, selections in there.iter_rows()
        if len(compared.kinds[kind].apart(selections)) > 1
    ]


def _not_taken_for_none(doubts: Places, some: Flags, of: Places) -> Flags:
    """The compartments but those of columns in which no doubtful one is needed.

    `of` is the number of each one's set: those of one group and one set of selections.
    """
    needed = np.zeros(int(of.max(initial=-1)) + 1, np.int64)
    np.bitwise_or.at(needed, of[some], doubts[some])
    return np.asarray(doubts & ~needed[of] == 0)


def _entries(
    compared: Compared, groups: Collection[int], cutting: _Cutting
) -> tuple[pl.DataFrame, set[PassedOver]]:
    """Each count of a group with each of its compartments, both numbered; and what has none."""
    first = compared.first.filter(pl.col("group").is_in(list(groups)))
    present = first.group_by("group", "kind", maintain_order=True).agg(pl.col("selection").sort())
    patterns = present.select("kind", "selection").unique(maintain_order=True)
    patterns = patterns.with_row_index("pattern")
    schema = dict.fromkeys(("pattern", "system", "compartment", "selection"), pl.Int64)
    passed_over: set[PassedOver] = set()
    lines = pl.DataFrame(
        list(_lines(patterns, compared, cutting, passed_over)),
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
    patterns: pl.DataFrame, compared: Compared, cutting: _Cutting, passed_over: set[PassedOver]
) -> Iterator[tuple[int, int, int, int, int]]:
    """The lines of `_entries`; what has too many compartments is added to `passed_over`."""
    system = compartment = 0
    for pattern, kind, present in patterns.iter_rows():
        selections = compared.kinds[kind]
        cut = cutting(selections, present)
        passed_over |= {PassedOver(selections.table, two, TOO_MANY) for two in cut.passed_over}
        for one in cut.sets:
            for holders, doubts in zip(one.holders, one.doubts, strict=True):
                for selection in holders:
                    yield pattern, system, compartment, selection, doubts
                compartment += 1
            system += 1
