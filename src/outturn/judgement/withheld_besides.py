"""What else is withheld of a build, so that no small count can be worked out, and its audit.

Every Count of a build is a cell of one table: categories add up to the undivided figure, places to
those above them, months to the year, a numerator is a part of its denominator, measures of one
table tell of one another, and the editions before are part of it. Numerator and denominator of a
Count are withheld together, and with them the figure and its margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.judgement.additive_relations import SIDES, Related, related
from outturn.judgement.compared import Compared
from outturn.judgement.passed_over import PassedOver
from outturn.judgement.relations_of_compartments import relations_of_compartments
from outturn.statistics.additive_tables import NEAR, Additive, components
from outturn.statistics.columns import Flags, Places
from outturn.statistics.disclosure_policies import Policy
from outturn.statistics.further_suppression import worked_out
from outturn.statistics.secondary_suppression import (
    Cells,
    cells_under,
    secondary_suppression,
    suppressed_together,
)
from outturn.terms.records import KEYS, WITHHELD, Absent

WITHHELD_BESIDES = "Withheld so that another figure cannot be worked out."
TELLING = (
    "numerator", "denominator", "reported", "margin", "rows", "answers", "squares",
    "lower", "upper",
)  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """One build as it was published: its Counts, and which of them are told.

    `rows` has the counts as found, `told` a flag for each, and `public` a flag for each that others
    publish or that counts nobody's, whatever its size.
    """

    rows: pl.DataFrame
    told: Flags
    public: Flags


@dataclass(frozen=True)
class Everything:
    """Several editions as one table: a cell of the same count in two of them is one cell.

    A count that was revised between two editions is two cells, each with the relations of its own
    edition. `row` and `side` are those of the last edition, -1 for cells of others.
    """

    table: Additive
    besides: Flags  # of each relation, whether it is another than the sums of one measure
    cells: Cells
    withheld: Flags  # in every edition that has the cell
    row: Places
    compared: Sequence[Compared]  # of each edition
    passed_over: frozenset[PassedOver] = frozenset()

    def uncertain(self, withheld: Flags) -> Flags:
        """The cells that are not known to the last unit where those are withheld."""
        known = self.cells.known(withheld)
        return np.asarray(known.upper - known.lower > NEAR)

    def groups(self, uncertain: Flags) -> list[list[int]]:
        """The groups of each edition with an uncertain cell: where all is known, none is left."""
        return [one.groups(uncertain) for one in self.compared]

    def in_groups(self, groups: Sequence[list[int]]) -> Flags:
        """The cells of the groups of each edition; a flag for each cell."""
        found = np.zeros(self.table.cells, bool)
        for one, of_edition in zip(self.compared, groups, strict=True):
            found[one.at.filter(pl.col("group").is_in(of_edition))["cell"].to_numpy()] = True
        return found

    def with_compartments(self, groups: Sequence[list[int]]) -> Everything:
        """The same, with what counts of these groups tell of one another by several columns."""
        given, size, begins = self.table.cells, self.table.cells, self.table.relations
        entries = [(self.table.relation, self.table.cell, self.table.sign)]
        rests = [np.empty(0)]
        passed_over = self.passed_over
        for one, of_edition in zip(self.compared, groups, strict=True):
            more = relations_of_compartments(one, of_edition, given)
            cell = np.where(more.cell < given, more.cell, more.cell - given + size)
            entries.append((more.relation + begins, cell, more.sign))
            rests.append(more.rests)
            size += more.rests.size
            begins += more.relations
            passed_over |= more.passed_over
        relation, cell, sign = (np.concatenate(column) for column in zip(*entries, strict=True))
        none = np.full(size - given, -1)
        return Everything(
            Additive(relation, cell, sign, size),
            np.append(self.besides, np.ones(begins - self.besides.size, bool)),
            self.cells.with_unpublished(np.concatenate(rests)),
            np.append(self.withheld, none > 0),
            np.append(self.row, none),
            self.compared,
            passed_over,
        )

    def rows(self, marked: Flags, height: int) -> Flags:
        """Which rows of the last edition have a marked cell; a flag for each of `height`."""
        found = np.zeros(height, bool)
        found[self.row[marked & (self.row >= 0)]] = True
        return found


def everything(editions: Sequence[Edition], partnership: Partnership, policy: Policy) -> Everything:
    """The last edition and those before it, as one table under one policy."""
    parts = [related(one.rows, partnership) for one in editions]
    numbers = _numbered(editions, parts)
    size = 1 + max((int(one.max()) for one in numbers if one.size), default=-1)
    relation: list[Places] = []
    begins = 0
    for part in parts:
        relation.append(part.table.relation + begins)
        begins += part.table.relations
    table = Additive(
        np.concatenate(relation),
        np.concatenate([n[p.table.cell] for n, p in zip(numbers, parts, strict=True)]),
        np.concatenate([part.table.sign for part in parts]),
        size,
    )
    counts = np.zeros(size)
    told, public, before, never = (np.zeros(size, bool) for _ in range(4))
    row, together = np.full(size, -1), np.arange(size)
    for at, (one, part, number) in enumerate(zip(editions, parts, numbers, strict=True)):
        here = ~part.unpublished
        counts[number] = part.counts
        never[number] = part.unpublished
        told[number[here]] |= one.told[part.row[here]]
        public[number[here]] |= one.public[part.row[here]]
        if at + 1 == len(editions):
            row[number[here]] = part.row[here]
            together[number[here]] = _first_of_row(part.row[here], number[here])
        else:
            before[number[here]] |= one.told[part.row[here]]
    # What an earlier edition alone has and withheld stays so, and is protected where it is small.
    never |= (row < 0) & ~told & ~policy.is_small(counts)
    cells = cells_under(
        counts, policy, together=together, fixed=before, never=never & ~public, public=public
    )
    besides = np.concatenate([part.between | part.shares for part in parts])
    alike = [one.compared.numbered(n) for one, n in zip(parts, numbers, strict=True)]
    passed_over = frozenset(words for one in alike for words in one.passed_over)
    return Everything(table, besides, cells, ~told & ~public, row, alike, passed_over)


def _numbered(editions: Sequence[Edition], parts: Sequence[Related]) -> list[Places]:
    """The number of each cell of each edition: one for the same cell with the same count."""
    frames = []
    for at, (one, part) in enumerate(zip(editions, parts, strict=True)):
        keys = (
            one.rows.select(KEYS).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        )
        cells = pl.DataFrame({"row": part.row, "side": part.side, "count": part.counts})
        cells = cells.with_row_index("own").join(keys, on="row", how="left", maintain_order="left")
        frames.append(cells.with_columns(edition=pl.lit(at)))
    every = pl.concat(frames)
    nobody = pl.col("row") < 0
    apart = [
        pl.when(nobody).then(name).otherwise(-1).alias(f"_{name}") for name in ("own", "edition")
    ]
    every = every.with_columns(
        number=pl.struct(*KEYS, "side", "count", *apart).rank("dense").cast(pl.Int64) - 1
    )
    return (
        [one["number"].to_numpy() for one in every.partition_by("edition", maintain_order=True)]
        if every.height
        else [np.empty(0, np.int64) for _ in editions]
    )


def _first_of_row(row: Places, number: Places) -> Places:
    """For each cell the number of the first cell of its row: what goes together."""
    first, at, back = np.unique(row, return_index=True, return_inverse=True)
    return np.asarray(number[at][back] if first.size else number)


class Besides(NamedTuple):
    """The Counts that may be told, and what was not looked at to find them."""

    told: pl.DataFrame
    passed_over: tuple[PassedOver, ...] = ()


def withheld_besides(
    found: pl.DataFrame,
    told: pl.DataFrame,
    public: Flags,
    partnership: Partnership,
    policy: Policy,
    earlier: Sequence[Edition] = (),
    *,
    proved: bool = False,
) -> Besides:
    """The told Counts without the further ones that must not be told, in the same order.

    `found` are the counts behind them, `told` what the policy has left of them. Everything that is
    withheld in one set of cells that add up says the same, whether it is small or not: a reader who
    knew which are small would know more of each. What follows from one relation after another is
    always closed; with `proved`, what would take several solved together is too.
    """
    if not (policy.withholds and policy.secondary) or not found.height:
        return Besides(told)
    if not (earlier or _any_small(found, public, policy)):
        return Besides(told)
    suppressed = (told["absent"] == str(Absent.SUPPRESSED)).fill_null(False).to_numpy()
    last = Edition(found, ~suppressed, public)
    every, withheld = _protected(everything([*earlier, last], partnership, policy), proved)
    hidden = every.rows(withheld & ~every.cells.never, found.height) & ~public
    beside = (
        every.rows(_with_another(every, withheld), found.height) & (hidden | suppressed) & ~public
    )
    without = _without(told, hidden & ~suppressed, beside)
    return Besides(without, tuple(sorted(every.passed_over)))


def _protected(every: Everything, proved: bool) -> tuple[Everything, Flags]:
    """Everything with all relations that matter, and the cells to withhold of it.

    The sums of each measure first, then all relations together. What is withheld then may be in a
    group that was not looked at by several columns, for all of it was told before: until there is
    none.
    """
    apart = every.table.among(~every.besides)
    withheld = secondary_suppression(apart, every.cells, proved=proved)
    groups = every.groups(every.uncertain(withheld))
    near = None
    while True:
        joined = every.with_compartments(groups)
        if not joined.besides.any():
            return joined, withheld
        unpublished = joined.cells.never[withheld.size :]
        hidden = suppressed_together(
            joined.table,
            joined.cells,
            np.append(withheld, unpublished),
            proved=proved,
            near=None if near is None else np.append(near, ~unpublished),
        )
        withheld = hidden[: withheld.size]
        now = every.groups(every.uncertain(withheld))
        more = [sorted({*new} - {*old}) for new, old in zip(now, groups, strict=True)]
        if not any(more):
            return joined, hidden
        near = every.in_groups(more)
        groups = [sorted([*old, *new]) for old, new in zip(groups, more, strict=True)]


def _any_small(found: pl.DataFrame, public: Flags, policy: Policy) -> bool:
    """Whether there is anything to protect: most builds of public figures have nothing."""
    return any(bool((policy.is_small(found[side].to_numpy()) & ~public).any()) for side in SIDES)


def _with_another(every: Everything, withheld: Flags) -> Flags:
    """The withheld cells that hang together with a withheld one of another Count."""
    hidden = withheld & ~every.cells.never
    sets = components(every.table, withheld)
    of_count = np.unique(np.column_stack([sets, every.cells.together])[hidden], axis=0)
    number = np.bincount(of_count[:, 0], minlength=int(sets.max(initial=-1)) + 1)
    return np.asarray(hidden & (number > 1)[sets])


def _without(told: pl.DataFrame, hidden: Flags, beside: Flags) -> pl.DataFrame:
    rows = told.with_columns(_hidden=pl.lit(pl.Series(hidden)), _beside=pl.lit(pl.Series(beside)))
    ours = pl.col("_beside") & (pl.col("_hidden") | (pl.col("why") == WITHHELD))
    return rows.with_columns(
        *(pl.when(~pl.col("_hidden")).then(name).alias(name) for name in TELLING),
        absent=pl.when("_hidden").then(pl.lit(str(Absent.SUPPRESSED))).otherwise("absent"),
        why=pl.when(ours | pl.col("_hidden")).then(pl.lit(WITHHELD_BESIDES)).otherwise("why"),
    ).drop("_hidden", "_beside")


@dataclass(frozen=True)
class Recoverable:
    """What an audit of editions came to."""

    cells: int
    withheld: int
    small: int
    rows: Flags  # of the last edition, those that can be worked out
    passed_over: tuple[PassedOver, ...] = ()


def recoverable(
    editions: Sequence[Edition], partnership: Partnership, policy: Policy
) -> Recoverable:
    """The rows of the last edition of which a small count is told, or follows from all editions."""
    every = everything(editions, partnership, policy)
    uncertain = every.uncertain(every.withheld | every.cells.never)
    every = every.with_compartments(every.groups(uncertain))
    withheld = every.withheld | every.cells.never
    found = worked_out(every.table, every.cells, withheld, ~every.cells.never)
    height = editions[-1].rows.height
    ours = ~every.cells.never & (every.row >= 0)
    return Recoverable(
        int(ours.sum()),
        int((withheld & ours).sum()),
        int((every.cells.small & ours).sum()),
        every.rows(found | (every.cells.small & ~withheld), height),
        tuple(sorted(every.passed_over)),
    )
