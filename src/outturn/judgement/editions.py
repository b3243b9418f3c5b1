"""Several builds of the same figures read as one: what whoever has all of them knows of each count.

Every edition is read as it was made: its relations follow from its own places and definitions, and
what it shows of a count follows from its own policy, whatever those of the last one are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.judgement.additive_relations import Related, related
from outturn.judgement.compared import Compared
from outturn.judgement.passed_over import PassedOver
from outturn.judgement.relations_of_compartments import relations_of_compartments
from outturn.statistics.additive_tables import NEAR, Additive
from outturn.statistics.columns import Flags, Interval, Numbers, Places
from outturn.statistics.disclosure_cells import Cells, cells_under, common, shown_by
from outturn.statistics.disclosure_policies import Policy
from outturn.terms.records import KEYS


@dataclass(frozen=True)
class Edition:
    """One build as it was published: its Counts, and which of them are told.

    `rows` has the counts as found, `told` a flag for each, and `public` a flag for each that others
    publish or that counts nobody's, whatever its size. `policy` is the one that it was told by, and
    `partnership` has its places and definitions. Of the last of several editions both may be left
    out: they are those that all are read by.
    """

    rows: pl.DataFrame
    told: Flags
    public: Flags
    policy: Policy | None = None
    partnership: Partnership | None = None

    @property
    def printed(self) -> Flags:
        """Which rows a reader can see, here or where others publish them."""
        return np.asarray(self.told | self.public)


@dataclass(frozen=True)
class Standing:
    """Where the cells of everything stand in one edition: the row of each, -1 for none."""

    edition: Edition
    row: Places

    @property
    def here(self) -> Flags:
        return np.asarray(self.row >= 0)

    @property
    def told(self) -> Flags:
        """The cells that this edition tells."""
        return self._of_rows(self.edition.printed)

    @property
    def public(self) -> Flags:
        """The cells that others publish beside it, or that count nobody's."""
        return self._of_rows(self.edition.public)

    def _of_rows(self, flags: Flags) -> Flags:
        found = np.zeros(self.row.size, bool)
        found[self.here] = flags[self.row[self.here]]
        return found

    def rows(self, marked: Flags) -> Flags:
        """Which rows of the edition have a marked cell."""
        found = np.zeros(self.edition.rows.height, bool)
        found[self.row[marked & self.here]] = True
        return found


@dataclass(frozen=True)
class Everything:
    """Several editions as one table: a cell of the same count in two of them is one cell.

    A count that was revised between two editions is two cells, each with the relations of its own
    edition. What a reader knows of a cell that two editions show in two ways is what both allow.
    """

    table: Additive
    besides: Flags  # of each relation, whether it is another than the sums of one measure
    cells: Cells
    standings: Sequence[Standing]  # of each edition, the last one last
    compared: Sequence[Compared]  # of each edition
    passed_over: frozenset[PassedOver] = frozenset()

    @property
    def last(self) -> Standing:
        return self.standings[-1]

    @property
    def withheld(self) -> Flags:
        """The cells that the last edition does not show more of than the others told."""
        return ~(self.last.told | self.cells.fixed)

    @property
    def public(self) -> Flags:
        """The cells that others publish beside any edition, or that count nobody's."""
        return np.asarray(np.logical_or.reduce([one.public for one in self.standings]))

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
        nowhere = np.full(size - given, -1)
        return Everything(
            Additive(relation, cell, sign, size),
            np.append(self.besides, np.ones(begins - self.besides.size, bool)),
            self.cells.with_unpublished(np.concatenate(rests)),
            [replace(one, row=np.append(one.row, nowhere)) for one in self.standings],
            self.compared,
            passed_over,
        )

    def where(self, marked: Flags) -> pl.DataFrame:
        """The rows of each edition that have a marked cell, and whether they are `told` there.

        KEYS, and the number of the `edition`, from 0 for the first.
        """
        found = []
        for number, one in enumerate(self.standings):
            rows = np.flatnonzero(one.rows(marked))
            told = pl.Series(one.edition.printed[rows], dtype=pl.Boolean)
            keys = one.edition.rows.select(KEYS)[rows]
            found.append(keys.with_columns(edition=pl.lit(number, pl.Int64), told=told))
        return pl.concat(found).sort([*KEYS, "edition"])


def everything(editions: Sequence[Edition], partnership: Partnership, policy: Policy) -> Everything:
    """The last edition and those before it as one table, of which `policy` says what is small.

    An earlier edition that does not say by what it was made is a ValueError: to read it by what
    holds now would be to guess what its readers know.
    """
    if not all(one.policy and one.partnership for one in editions[:-1]):
        raise ValueError("an earlier edition does not say by which policy and places it was made")
    parts = [related(one.rows, one.partnership or partnership) for one in editions]
    numbers = _numbered(editions, parts)
    standings = _standings(editions, parts, numbers)
    table = _as_one(parts, numbers, standings[0].row.size)
    besides = np.concatenate([part.between | part.shares for part in parts])
    alike = [one.compared.numbered(n) for one, n in zip(parts, numbers, strict=True)]
    cells = _cells(standings, parts, numbers, policy)
    cells = cells.with_known_zeros(np.concatenate([one.of_nobody for one in alike]))
    passed_over = frozenset(words for one in alike for words in one.passed_over)
    return Everything(table, besides, cells, standings, alike, passed_over)


def _standings(
    editions: Sequence[Edition], parts: Sequence[Related], numbers: Sequence[Places]
) -> list[Standing]:
    size = 1 + max((int(one.max()) for one in numbers if one.size), default=-1)
    found = []
    for one, part, number in zip(editions, parts, numbers, strict=True):
        row = np.full(size, -1)
        row[number] = part.row
        found.append(Standing(one, row))
    return found


def _as_one(parts: Sequence[Related], numbers: Sequence[Places], size: int) -> Additive:
    begins = np.cumsum([0, *(part.table.relations for part in parts[:-1])])
    return Additive(
        np.concatenate([p.table.relation + at for p, at in zip(parts, begins, strict=True)]),
        np.concatenate([n[p.table.cell] for n, p in zip(numbers, parts, strict=True)]),
        np.concatenate([part.table.sign for part in parts]),
        size,
    )


def _cells(
    standings: Sequence[Standing],
    parts: Sequence[Related],
    numbers: Sequence[Places],
    policy: Policy,
) -> Cells:
    size = standings[0].row.size
    counts, never, together = np.zeros(size), np.zeros(size, bool), np.arange(size)
    for part, number in zip(parts, numbers, strict=True):
        counts[number] = part.counts
        never[number] = part.unpublished
    last = standings[-1]
    here = np.flatnonzero(last.here)
    together[here] = _first_of_row(last.row[here], here)
    told, public = (
        np.logical_or.reduce(flags)
        for flags in ([one.told for one in standings], [one.public for one in standings])
    )
    # What an earlier edition alone has and withheld stays so, and is protected where it is small.
    never |= ~last.here & ~told & ~policy.is_small(counts)
    cells = cells_under(counts, policy, together=together, never=never & ~public, public=public)
    before = _unknown(size)
    for one in standings[:-1]:
        before = common(before, _shown(one, one.told, counts, policy))
    return cells.after(before, _shown(last, last.here, counts, policy))


def _shown(one: Standing, where: Flags, counts: Numbers, policy: Policy) -> Interval:
    """What an edition says of the cells that it tells; nothing but where that is asked."""
    shown = shown_by(one.edition.policy or policy, counts, one.public)
    unknown = _unknown(counts.size)
    return Interval(*(np.where(where, *ends) for ends in zip(shown, unknown, strict=True)))


def _unknown(size: int) -> Interval:
    return Interval(np.zeros(size), np.full(size, np.inf))


def _first_of_row(row: Places, number: Places) -> Places:
    """For each cell the number of the first cell of its row: what goes together."""
    first, at, back = np.unique(row, return_index=True, return_inverse=True)
    return np.asarray(number[at][back] if first.size else number)


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
