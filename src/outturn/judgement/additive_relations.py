"""Which of the Counts add up to one another: categories, places under a place, months in a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.compared import Compared, compared
from outturn.judgement.parts_of_denominators import left_as_part, of_part_and_whole
from outturn.judgement.relations_between import Between, relations_between, relations_of_parts
from outturn.statistics.additive_tables import NEAR, Additive
from outturn.statistics.columns import Flags, Numbers, Places
from outturn.terms.period import Period, from_key
from outturn.terms.records import KEYS, WHOLE

SIDES = ("numerator", "denominator")
_PAIR = ["_total", "_row", "_how", "_exact"]


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

    A category belongs to the undivided figure, a place to each place it stands under, in each
    hierarchy by itself, and a base period to every longer one that holds it. A total that its parts
    do not reach has an unknown part more; one that they exceed, for people stand in several of
    them, is smaller by an unknown number. A missing count is in no relation. No relation is assumed
    of measures that do not add up over time (`roll_up = "none"`) between periods. Between measures
    that count the same table, relations follow from what they select: see `relations_between`.
    Where a numerator is a part of its denominator, so is what the numerators of some parts leave of
    that of their total: see `parts_of_denominators`.
    """
    numbered = rows.with_row_index("_row").with_columns(pl.col("_row").cast(pl.Int64))
    pairs = pl.concat(
        [_categories(numbered), *_places(numbered, partnership), *_periods(numbered, partnership)]
    )
    pairs = pairs.with_columns(_relation=pl.struct("_total", "_how").rank("dense").cast(pl.Int64))
    counts = np.column_stack([rows[side].to_numpy() for side in SIDES]).astype(np.float64)
    counts = np.where(counts < 0, np.nan, counts)  # a net change is no number of people
    entries = _Entries.of(pairs, counts)
    within = _with_shares(_cells(entries, counts), entries, rows, pairs, partnership.measures)
    return _with_relations_between(within, rows, partnership.measures)


def _with_relations_between(
    within: Related, rows: pl.DataFrame, measures: Mapping[str, Measure]
) -> Related:
    here = np.flatnonzero(~within.unpublished)
    sides = pl.Series(SIDES, dtype=pl.String)
    cells = rows.select(KEYS)[within.row[here]].with_columns(
        side=sides[within.side[here]], cell=pl.Series(here), count=pl.Series(within.counts[here])
    )
    alike = compared(cells, measures)
    # Cells that somebody publishes come first, so what is left behind them keeps its number.
    more = relations_between(alike, within.table.cells)
    found = _with_more(within, more)
    return replace(
        found,
        between=np.append(within.between, np.ones(more.relations, bool)),
        shares=np.append(within.shares, np.zeros(more.relations, bool)),
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


def _categories(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["measure", "place", "period"]
    whole = rows.filter(pl.col("breakdown") == WHOLE).select(*keys, _total="_row")
    parts = rows.filter(pl.col("breakdown") != WHOLE).join(whole, on=keys)
    return parts.with_columns(_how="breakdown", _exact=pl.lit(False)).select(_PAIR)


def _places(rows: pl.DataFrame, partnership: Partnership) -> Iterator[pl.DataFrame]:
    keys = ["measure", "period", "breakdown", "category"]
    above = [
        (code, parent, f"places, {hierarchy}")
        for code, place in partnership.places.items()
        for hierarchy, parent in place.parents.items()
    ]
    schema = {"place": pl.String, "_above": pl.String, "_how": pl.String}
    pairs = pl.DataFrame(above, schema=schema, orient="row")
    totals = rows.select(*keys, _above="place", _total="_row")
    parts = rows.join(pairs, on="place").join(totals, on=[*keys, "_above"])
    yield parts.with_columns(_exact=pl.lit(False)).select(_PAIR)


def _periods(rows: pl.DataFrame, partnership: Partnership) -> Iterator[pl.DataFrame]:
    keys = ["measure", "place", "breakdown", "category"]
    known = rows.group_by("measure").agg(pl.col("period").unique().sort()).iter_rows()
    held = lru_cache(_held)  # most measures of a folder have the same periods
    inside = [
        (id, part, longer, how, how == _LAST)
        for id, periods in known
        if id in partnership.measures
        for part, longer, how in held(partnership.measures[id].roll_up, tuple(periods))
    ]
    names = {"measure": pl.String, "period": pl.String, "_longer": pl.String, "_how": pl.String}
    pairs = pl.DataFrame(inside, schema={**names, "_exact": pl.Boolean}, orient="row")
    totals = rows.select(*keys, _longer="period", _total="_row")
    parts = rows.join(pairs, on=["measure", "period"]).join(totals, on=[*keys, "_longer"])
    yield parts.select(_PAIR)


_LAST = "last period"


def _held(roll_up: str, keys: Sequence[str]) -> list[tuple[str, str, str]]:
    """Each longer period with its parts, and how: the shortest ones in it, or the last of them."""
    periods = sorted((from_key(key) for key in keys), key=lambda one: (one.start, one.end))
    return [(one.key, longer.key, how) for one, longer, how in _parts_of(periods, roll_up)]


def _parts_of(periods: list[Period], roll_up: str) -> Iterator[tuple[Period, Period, str]]:
    """The pairs of `_held`.

    The year to September is also the year to August and September: that follows from the months,
    but is not seen while looking at one relation at a time.
    """
    if roll_up == "none":
        return
    shortest = min(_length(one) for one in periods)
    bases = [one for one in periods if _length(one) == shortest]
    for longer in (one for one in periods if _length(one) > shortest):
        within = [one for one in bases if longer.start <= one.start and one.end <= longer.end]
        if roll_up == "last":
            yield from ((one, longer, _LAST) for one in within if one.end == longer.end)
            continue
        yield from ((one, longer, "periods") for one in within)
        before = [one for one in periods if one.start == longer.start and one.end < longer.end]
        if before and _length(before[-1]) > shortest:
            rest = [one for one in within if one.start > before[-1].end]
            yield from ((one, longer, "since") for one in [before[-1], *rest])


def _length(period: Period) -> int:
    """About how many days a period has; equal for months of any length."""
    return period.months * 30 if period.unit != "D" else period.count


def _cells(entries: _Entries, counts: Numbers) -> Related:
    """The entries of both sides, with an unknown part where a relation does not come out."""
    row, side = np.nonzero(entries.number >= 0)
    slack = entries.slack
    unknown = row.size + np.arange(slack.size)
    table = Additive(
        np.concatenate([entries.relation, slack]),
        np.concatenate([entries.cell, unknown]),
        np.concatenate([entries.sign, np.sign(entries.rest[slack])]),
        row.size + slack.size,
    )
    nobody = np.full(slack.size, -1)
    none = np.zeros(table.relations, bool)
    return Related(
        table,
        np.concatenate([counts[row, side], np.abs(entries.rest[slack])]),
        np.concatenate([row, nobody]),
        np.concatenate([side, nobody]),
        none,
        none,
        Compared.none(),
    )


def _with_shares(
    within: Related,
    entries: _Entries,
    rows: pl.DataFrame,
    pairs: pl.DataFrame,
    measures: Mapping[str, Measure],
) -> Related:
    """The same with numerators as parts of their denominators, in each row and beyond its parts."""
    shares, whole = (
        rows["measure"].is_in(ids).to_numpy()
        for ids in (of_part_and_whole(measures), left_as_part(measures))
    )
    both = entries.number[(entries.number >= 0).all(axis=1) & shares]
    found = _with_parts(within, relations_of_parts(both[:, 0], both[:, 1], within.counts))
    return _with_parts(found, _left_of_both(pairs, entries, found.counts, whole))


def _with_parts(within: Related, more: Between) -> Related:
    return replace(
        _with_more(within, more),
        between=np.append(within.between, np.zeros(more.relations, bool)),
        shares=np.append(within.shares, np.ones(more.relations, bool)),
    )


def _left_of_both(pairs: pl.DataFrame, entries: _Entries, counts: Numbers, whole: Flags) -> Between:
    """That what some parts leave of a numerator is a part of what they leave of its denominator.

    The parts are those of a total that have both; what another has of one side only is left. No
    relation follows where a side is less than its parts, nor of rows that are not `whole`.
    """
    columns = (pairs[name].to_numpy().astype(np.int64) for name in ("_relation", "_total", "_row"))
    relation, total, part = columns
    size = relation.max(initial=0) + 1
    both = np.asarray(entries.here.all(axis=1))
    of_slack, side_of_slack = np.divmod(entries.own[entries.slack], len(SIDES))
    pair, side = np.nonzero(entries.here & ~both[:, None])
    of = np.concatenate([relation[pair], of_slack])
    sign = 1.0 - 2.0 * np.concatenate([side, side_of_slack])
    unknown = (entries.number >= 0).sum() + np.arange(of_slack.size)
    cell = np.concatenate([entries.number[part[pair], side], unknown])
    free = -np.bincount(of, sign * counts[cell], size)
    kept = np.bincount(relation[both & whole[total]], minlength=size) > 0
    kept &= np.bincount(of_slack[entries.rest[entries.slack] < 0], minlength=size) == 0
    kept &= (np.bincount(of[sign > 0], minlength=size) > 0) & (free > -NEAR)
    here, number = kept[of], np.cumsum(kept) - 1
    rests = np.arange(kept.sum())
    return Between(
        np.concatenate([number[of[here]], rests]),
        np.concatenate([cell[here], counts.size + rests]),
        np.concatenate([sign[here], np.ones(rests.size)]),
        np.maximum(free[kept], 0.0),
    )


@dataclass(frozen=True)
class _Entries:
    number: Places  # of each count, -1 of those that are missing; a row for each, and two sides
    here: Flags  # of each pair and side, whether it is in a relation
    relation: Places
    cell: Places
    sign: Numbers
    rest: Numbers  # of each relation, the total less its parts
    own: Places  # of each relation, twice the number of the pairs that it is of, and its side

    @property
    def slack(self) -> Places:
        """The relations that do not come out."""
        return np.flatnonzero(np.abs(self.rest) > NEAR)

    @classmethod
    def of(cls, pairs: pl.DataFrame, counts: Numbers) -> _Entries:
        number = np.full(counts.shape, -1, np.int64)
        there = ~np.isnan(counts)
        number[there] = np.arange(there.sum())
        total, part = pairs["_total"].to_numpy(), pairs["_row"].to_numpy()
        relation = pairs["_relation"].to_numpy().astype(np.int64)
        exact = pairs["_exact"].to_numpy()[:, None]
        here = (number[total] >= 0) & (number[part] >= 0)
        here &= ~exact | np.equal(counts[total], counts[part])
        lines: list[tuple[Places, Places, Numbers]] = []
        for side in range(len(SIDES)):
            some = here[:, side]
            own = relation[some] * len(SIDES) + side
            lines.append((own, number[part[some], side], np.ones(some.sum())))
            first, at = np.unique(own, return_index=True)
            lines.append((first, number[total[some][at], side], -np.ones(first.size)))
        related_, cell, sign = (np.concatenate(one) for one in zip(*lines, strict=True))
        names, numbers = np.unique(related_, return_inverse=True)
        dense = numbers.astype(np.int64)
        rest = np.zeros(0)
        if dense.size:
            rest = np.negative(np.bincount(dense, sign * counts[there][cell]), dtype=np.float64)
        return cls(number, here, dense, cell.astype(np.int64), sign, rest, names.astype(np.int64))


def counted_rows(rows: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The rows with a numerator that counts people: of a reported count, the figure itself."""
    per = {one.id: float(one.per) for one in measures.values() if one.kind == "count"}
    factor = pl.col("measure").replace_strict(per, default=None, return_dtype=pl.Float64)
    return rows.with_columns(numerator=pl.coalesce("numerator", pl.col("reported") / factor))
