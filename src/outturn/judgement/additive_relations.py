"""Which of the Counts add up to one another: categories, places under a place, months in a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.compared import Compared, compared
from outturn.judgement.parts_of_denominators import left_as_part, of_part_and_whole
from outturn.judgement.relations_between import Between, relations_between, relations_of_parts
from outturn.judgement.relations_that_bound import relations_that_bound
from outturn.judgement.selections import with_usual_dates
from outturn.judgement.sums_of_counts import OF_A_MEAN, Sums, half_units
from outturn.judgement.suppressed_at_source import counts_of
from outturn.judgement.totals_and_parts import SIDES as SIDES
from outturn.judgement.totals_and_parts import totals_and_parts
from outturn.judgement.totals_that_disagree import totals_that_disagree
from outturn.statistics.additive_tables import NEAR, Additive
from outturn.statistics.columns import Flags, Numbers, Places
from outturn.terms.records import KEYS


@dataclass(frozen=True)
class Related:
    """The counts of some rows as cells of one additive table.

    `row` is the number of the row of each cell and `side` 0 for its numerator, 1 for its
    denominator; both are -1 for what is left of a total that its parts do not come to, such as the
    people of no stated age, which nobody publishes. `between` is a flag for each relation, set
    where it is between different measures, and `shares` where it is between a numerator and its
    denominator; `compared` are the cells of which there can be relations between measures.
    """

    table: Additive
    counts: Numbers
    row: Places
    side: Places
    between: Flags
    shares: Flags
    compared: Compared

    @property
    def unpublished(self) -> Flags:
        return self.row < 0


def related(rows: pl.DataFrame, partnership: Partnership) -> Related:
    """The relations among the rows of a COUNTS frame, held against their counts.

    A category belongs to the undivided figure, a place to the nearest place that it stands under
    and that has a count, in each hierarchy by itself, and periods to every longer one that they
    fill, in each series of a place by itself. A total that its parts do not reach has an unknown
    part more; one that they exceed, for people stand in several of them, is smaller by an unknown
    number. A missing count is in no relation, but one that its source withholds may follow: see
    `suppressed_at_source`. A count below zero, such as a correction, is known as any other; it is
    kept as its size, and turned round in its relations. A reported mean of its parts tells their
    sum: see `sums_of_counts`. Of measures that do not add up over time (`roll_up = "none"`)
    nothing is assumed between periods but that the same days are the same. Between measures
    that count the same table, relations follow from what they select: see `relations_between`; and
    from how they tally it: see `relations_that_bound`.
    Where a numerator is a part of its denominator, so is what the numerators of some parts leave of
    that of their total: see `parts_of_denominators`.
    """
    measures = with_usual_dates(partnership.measures, partnership.files)
    counts = counts_of(rows, partnership, measures)
    pairs = totals_and_parts(rows, counts, partnership, measures)
    sums = Sums.of(pairs, counts, half_units(rows, measures))
    below_zero = np.asarray((counts < 0).any(axis=1))
    within = _with_shares(_cells(sums, np.abs(counts)), sums, rows, pairs, measures, below_zero)
    found = _with_relations_between(within, rows, measures, counts)
    amiss = totals_that_disagree(rows, pairs, sums, counts, partnership, measures)
    passed_over = found.compared.passed_over | amiss
    return replace(found, compared=replace(found.compared, passed_over=passed_over))


def _with_relations_between(
    within: Related, rows: pl.DataFrame, measures: Mapping[str, Measure], counts: Numbers
) -> Related:
    here = np.flatnonzero(~within.unpublished & (within.side < len(SIDES)))
    here = here[counts[within.row[here], within.side[here]] >= 0]
    sides = pl.Series(SIDES, dtype=pl.String)
    cells = rows.select(KEYS)[within.row[here]].with_columns(
        side=sides[within.side[here]], cell=pl.Series(here), count=pl.Series(within.counts[here])
    )
    alike = compared(cells, measures)
    # Cells that somebody publishes come first, so what is left behind them keeps its number.
    more = relations_between(alike, within.table.cells)
    found = _with_more(within, more)
    bounds = relations_that_bound(cells, measures, found.table.cells)
    found = _with_more(found, bounds)
    number = more.relations + bounds.relations
    return replace(
        found,
        between=np.append(within.between, np.ones(number, bool)),
        shares=np.append(within.shares, np.zeros(number, bool)),
        compared=alike,
    )


def _with_more(within: Related, more: Between) -> Related:
    """The same with more relations, and behind its cells those that nobody publishes."""
    joined = np.concatenate
    table = Additive(
        joined([within.table.relation, more.relation + within.table.relations]),
        joined([within.table.cell, more.cell]),
        joined([within.table.sign, more.sign]),
        within.table.cells + more.rests.size,
    )
    nobody = np.full(more.rests.size, -1)
    return replace(
        within,
        table=table,
        counts=joined([within.counts, more.rests]),
        row=joined([within.row, nobody]),
        side=joined([within.side, nobody]),
    )


def _cells(sums: Sums, counts: Numbers) -> Related:
    """The entries of both sides, with an unknown part where a relation does not come out."""
    row, side = np.nonzero(sums.number >= 0)
    slack = sums.slack
    unknown = sums.cells + np.arange(slack.size)
    table = Additive(
        np.concatenate([sums.relation, slack]),
        np.concatenate([sums.cell, unknown]),
        np.concatenate([sums.sign, np.sign(sums.rest[slack])]),
        sums.cells + slack.size,
    )
    nobody = np.full(slack.size, -1)
    none = np.zeros(table.relations, bool)
    return Related(
        table,
        np.concatenate([counts[row, side], sums.of_means, np.abs(sums.rest[slack])]),
        np.concatenate([row, sums.means, nobody]),
        np.concatenate([side, np.full(sums.means.size, OF_A_MEAN), nobody]),
        none,
        none,
        Compared.none(),
    )


def _with_shares(
    within: Related,
    sums: Sums,
    rows: pl.DataFrame,
    pairs: pl.DataFrame,
    measures: Mapping[str, Measure],
    below_zero: Flags,
) -> Related:
    """The same with numerators as parts of their denominators, in each row and beyond its parts."""
    shares, whole = (
        rows["measure"].is_in(ids).to_numpy()
        for ids in (of_part_and_whole(measures), left_as_part(measures))
    )
    there = (sums.number >= 0).all(axis=1) & ~below_zero
    both = sums.number[there & shares]
    found = _with_parts(within, relations_of_parts(both[:, 0], both[:, 1], within.counts))
    return _with_parts(found, _left_of_both(pairs, sums, found.counts, whole & ~below_zero))


def _with_parts(within: Related, more: Between) -> Related:
    return replace(
        _with_more(within, more),
        between=np.append(within.between, np.zeros(more.relations, bool)),
        shares=np.append(within.shares, np.ones(more.relations, bool)),
    )


def _left_of_both(pairs: pl.DataFrame, sums: Sums, counts: Numbers, whole: Flags) -> Between:
    """That what some parts leave of a numerator is a part of what they leave of its denominator.

    The parts are those of a total that have both; what another has of one side only is left. No
    relation follows where a side is less than its parts, nor of rows that are not `whole`.
    """
    columns = (pairs[name].to_numpy().astype(np.int64) for name in ("_relation", "_total", "_row"))
    relation, total, part = columns
    size = relation.max(initial=0) + 1
    both = np.asarray(sums.here.all(axis=1))
    of_slack, side_of_slack = np.divmod(sums.own[sums.slack], len(SIDES))
    pair, side = np.nonzero(sums.here & ~both[:, None])
    of = np.concatenate([relation[pair], of_slack])
    sign = 1.0 - 2.0 * np.concatenate([side, side_of_slack])
    unknown = sums.cells + np.arange(of_slack.size)
    cell = np.concatenate([sums.number[part[pair], side], unknown])
    free = -np.bincount(of, sign * counts[cell], size)
    kept = np.bincount(relation[both & whole[total]], minlength=size) > 0
    plain = (pairs["_sign"].to_numpy() > 0) & whole[part]
    kept &= np.bincount(relation[~plain & sums.here.any(axis=1)], minlength=size) == 0
    kept &= np.bincount(of_slack[sums.rest[sums.slack] < 0], minlength=size) == 0
    kept &= (np.bincount(of[sign > 0], minlength=size) > 0) & (free > -NEAR)
    here, number = kept[of], np.cumsum(kept) - 1
    rests = np.arange(kept.sum())
    return Between(
        np.concatenate([number[of[here]], rests]),
        np.concatenate([cell[here], counts.size + rests]),
        np.concatenate([sign[here], np.ones(rests.size)]),
        np.maximum(free[kept], 0.0),
    )


def counted_rows(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with a numerator that counts people: of a reported count, the figure itself."""
    per = {one.id: float(one.per) for one in measures.values() if one.kind == "count"}
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    return rows.with_columns(numerator=pl.coalesce("numerator", pl.col("reported") / factor))
