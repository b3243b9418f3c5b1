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
from outturn.judgement.additive_relations import SIDES
from outturn.judgement.editions import Edition as Edition
from outturn.judgement.editions import Everything, Standing
from outturn.judgement.editions import everything as everything
from outturn.judgement.means_of_figures import follow_from_means
from outturn.judgement.passed_over import PassedOver
from outturn.judgement.suppressed_at_source import with_counts_suppressed_at_source
from outturn.statistics.additive_tables import Additive, components
from outturn.statistics.columns import Flags
from outturn.statistics.disclosure_cells import Cells
from outturn.statistics.disclosure_policies import Policy
from outturn.statistics.further_suppression import worked_out
from outturn.statistics.giving_back import exposed
from outturn.statistics.secondary_suppression import secondary_suppression, suppressed_together
from outturn.terms.records import KEYS, WITHHELD, Absent

WITHHELD_BESIDES = "Withheld so that another figure cannot be worked out."
TELLING = (
    "numerator", "denominator", "reported", "margin", "rows", "answers", "squares",
    "lower", "upper",
)  # fmt: skip


class Besides(NamedTuple):
    """The Counts that may be told, and what was not looked at to find them.

    `unprotected` is how many small counts can be worked out still, as far as was asked: what gives
    them away is fixed, for others publish it or an earlier edition told it.
    """

    told: pl.DataFrame
    passed_over: tuple[PassedOver, ...] = ()
    unprotected: int = 0


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
    always closed; with `proved`, what would take several solved together is too. Where that cannot
    be done, the answer says of how many counts.
    """
    if not (policy.withholds and policy.secondary) or not found.height:
        return Besides(told)
    found = with_counts_suppressed_at_source(found, partnership)
    if not (earlier or _any_small(found, public, policy)):
        return Besides(told)
    suppressed = (told["absent"] == str(Absent.SUPPRESSED)).fill_null(False).to_numpy()
    last = Edition(found, ~suppressed, public)
    every, withheld, left = _protected(everything([*earlier, last], partnership, policy), proved)
    hidden = every.last.rows(withheld & ~every.cells.never) & ~public
    beside = every.last.rows(_with_another(every, withheld)) & (hidden | suppressed) & ~public
    without = _without(told, hidden & ~suppressed, beside)
    unprotected = every.where(left).select(KEYS).unique().height
    return Besides(without, tuple(sorted(every.passed_over)), unprotected)


class _Protected(NamedTuple):
    """Everything with all relations that matter, the cells to withhold of it, and the small ones
    that can be worked out all the same, by what the build was made to close."""

    every: Everything
    withheld: Flags
    left: Flags


def _protected(every: Everything, proved: bool) -> _Protected:
    """What is withheld of everything, so that no small cell of it can be worked out.

    The sums of each measure first, then all relations together. What is withheld then may be in a
    group that was not looked at by several columns, for all of it was told before: until there is
    none.
    """
    apart = every.table.among(~every.besides)
    withheld = secondary_suppression(apart, every.cells, proved=proved)
    groups = every.groups(every.uncertain(withheld))
    near, doubtful = None, withheld
    while True:
        joined = every.with_compartments(groups)
        if not joined.besides.any():
            return _Protected(joined, withheld, _left(joined, withheld, doubtful, proved))
        unpublished = joined.cells.never[withheld.size :]
        hidden, left = suppressed_together(
            joined.table,
            joined.cells,
            np.append(withheld, unpublished),
            proved=proved,
            near=None if near is None else np.append(near, ~unpublished),
        )
        withheld = hidden[: withheld.size]
        doubtful = left[: withheld.size] if near is None else doubtful | left[: withheld.size]
        now = every.groups(every.uncertain(withheld))
        more = [sorted({*new} - {*old}) for new, old in zip(now, groups, strict=True)]
        if not any(more):
            return _Protected(joined, hidden, _left(joined, hidden, doubtful, proved))
        near = every.in_groups(more)
        groups = [sorted([*old, *new]) for old, new in zip(groups, more, strict=True)]


def _left(every: Everything, withheld: Flags, doubtful: Flags, proved: bool) -> Flags:
    """The `doubtful` cells, the first of all, that can be worked out; the others were proved."""
    asked = np.zeros(withheld.size, bool)
    asked[: doubtful.size] = doubtful
    if not asked.any():
        return asked
    find = worked_out if proved else _bounded
    return find(every.table, every.cells, withheld, asked)


def _bounded(table: Additive, cells: Cells, withheld: Flags, asked: Flags) -> Flags:
    return exposed(table, cells, withheld, withheld) & asked


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


def withheld_beside(told: pl.DataFrame, hidden: Flags) -> pl.DataFrame:
    """The told Counts without the hidden ones, which say that they are so for others' sake."""
    return _without(told, hidden, hidden) if hidden.any() else told


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
    """What an audit of editions came to: how much the last one holds, and what follows from all.

    `small` are those that are withheld because they are. `found` are the rows of every edition that
    can be worked out, with KEYS, the number of the `edition` and whether it `told` the row openly;
    `told_before` are those of the earlier editions of which these told a count that the policy
    withholds.
    """

    cells: int
    withheld: int
    small: int
    rows: Flags  # of the last edition, those that can be worked out
    found: pl.DataFrame
    told_before: pl.DataFrame
    passed_over: tuple[PassedOver, ...] = ()


def recoverable(
    editions: Sequence[Edition], partnership: Partnership, policy: Policy
) -> Recoverable:
    """The rows of which a small count is told by the last edition, or follows from all editions.

    What an earlier edition withheld is asked for as well: a count that was revised since may follow
    from the one that took its place. What an earlier edition told cannot be taken back, and is
    counted apart.
    """
    every = everything(editions, partnership, policy)
    every = every.with_compartments(every.groups(every.uncertain(every.withheld)))
    cells, last = every.cells, every.last
    small = policy.is_small(cells.count) & ~cells.never & ~every.public
    found = worked_out(every.table, cells, every.withheld, ~cells.never) | (small & last.told)
    found |= small & last.here & _of_rows(last, _of_means(editions[-1], partnership))
    before = small & ~last.told & (cells.marked.upper - cells.marked.lower < policy.leaves - 1)
    where = every.where(before)
    ours = ~cells.never & last.here
    return Recoverable(
        cells=int(ours.sum()),
        withheld=int((ours & ~last.told).sum()),
        small=int((ours & small & ~last.told).sum()),
        rows=last.rows(found),
        found=every.where(found),
        told_before=where.filter("told").drop("told"),
        passed_over=tuple(sorted(every.passed_over)),
    )


def _of_means(edition: Edition, partnership: Partnership) -> Flags:
    """The rows of an edition whose figures follow from means of them that it tells."""
    measures = (edition.partnership or partnership).measures
    return follow_from_means(edition.rows, edition.printed, measures)


def _of_rows(standing: Standing, rows: Flags) -> Flags:
    """The cells of the marked rows of an edition."""
    found = np.zeros(standing.row.size, bool)
    found[standing.here] = rows[standing.row[standing.here]]
    return found
