"""Which counts can be compared by what they select: those of one kind, whatever their measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from outturn.framework.model import Condition, Measure
from outturn.judgement.families import Family, Part, name_of
from outturn.judgement.parts_of_denominators import CountedWithin, Within, counted_within
from outturn.judgement.passed_over import AS_PARTS, PassedOver
from outturn.judgement.selection_relations import Selections
from outturn.judgement.selections import (
    Kind,
    category_condition,
    columns_of,
    kind_of,
    over_time_of,
    same_days,
    selection_of,
    sides_of,
)
from outturn.statistics.columns import Flags, Places
from outturn.terms.period import from_key
from outturn.terms.records import WHOLE

TURNED = "each is told as a part of the other"
PART = ["measure", "breakdown", "category", "side", "over_time"]
_AT = {
    "group": pl.Int64, "kind": pl.Int64, "selection": pl.Int64, "cell": pl.Int64,
    "count": pl.Float64,
}  # fmt: skip
_WHERE = ["kind", "place", "days"]


@dataclass(frozen=True)
class Compared:
    """Counts of the kinds that several measures count, each with the selection that it is of.

    `at` has a row for each: its `cell` and `count`, the number of its `kind` among `kinds`, of its
    `selection` among those of the kind, and of its `group`: one kind, place and period. What is
    counted within one another is of one kind here, so some cells may be of two. `of_nobody` are the
    cells, compared or not, that no row can be in: the young of whom are old. `passed_over` are the
    parts that are not compared as such.
    """

    kinds: list[Selections]
    at: pl.DataFrame
    of_nobody: Places
    passed_over: frozenset[PassedOver] = frozenset()

    @classmethod
    def none(cls) -> Compared:
        return cls([], pl.DataFrame(schema=_AT), np.empty(0, np.int64))

    @property
    def first(self) -> pl.DataFrame:
        """One cell for each selection of a group, the first, with its count."""
        return self.at.group_by("group", "kind", "selection", maintain_order=True).agg(
            pl.col("cell", "count").first()
        )

    def groups(self, marked: Flags) -> list[int]:
        """The groups that have a marked cell, in order; a flag for each cell."""
        at = self.at.filter(pl.Series(marked[self.at["cell"].to_numpy()], dtype=pl.Boolean))
        return at["group"].unique().sort().to_list()

    def numbered(self, number: Places) -> Compared:
        """The same with each cell's `number` in the place of its own."""
        cell = pl.Series("cell", number[self.at["cell"].to_numpy()], dtype=pl.Int64)
        return replace(self, at=self.at.with_columns(cell), of_nobody=number[self.of_nobody])


def compared(cells: pl.DataFrame, measures: Mapping[str, Measure]) -> Compared:
    """What of the cells can be compared; they have columns of KEYS, and `side`, `cell`, `count`.

    The year 2020/21 and the 12 months to March 2021 are one period: they are the same days.
    """
    cells = with_over_time(cells, measures)
    asked = asked_of(cells, measures)
    within = _within(asked, measures)
    kinds: list[Selections] = []
    lines: list[tuple[str, str, str, str, str, int, int]] = []
    for family in _families(asked, within, measures):
        selections, of_parts = family.selections()
        lines += [(*part, len(kinds), number) for part, number in of_parts.items()]
        kinds.append(selections)
    schema = {**dict.fromkeys(PART, pl.String), "kind": pl.Int64, "selection": pl.Int64}
    named = pl.DataFrame(lines, schema=schema, orient="row")
    at = cells.select(*PART, "place", "days", "cell", "count").join(named, on=PART)
    at = at.with_columns(group=pl.struct(_WHERE).rank("dense").cast(pl.Int64))
    at = at.select(list(_AT)).sort("cell", "kind")
    turned = {
        PassedOver(one.inner.tally.table, _names(one), TURNED, AS_PARTS) for one in within.turned
    }
    return Compared(kinds, at, _of_nobody(cells, asked), frozenset(turned))


def _of_nobody(cells: pl.DataFrame, asked: Asked) -> Places:
    """The cells of nothing whose category is none that the conditions of the measure let through.

    Each by its own measure, whatever else there is. Where one is not nothing, the figure is made
    in another way than its definition says.
    """
    empty = []
    for part, (_, where) in asked.items():
        columns = columns_of(where, ())
        here = [one for one in where if one.column in columns]
        if any(not pieces for _, pieces in selection_of(here, columns)):
            empty.append(part)
    parts = pl.DataFrame(empty, schema=dict.fromkeys(PART, pl.String), orient="row")
    found = cells.filter(pl.col("count") == 0).join(parts, on=PART, how="semi")
    return found["cell"].sort().to_numpy()


def with_over_time(cells: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The cells of measures that count something, with `over_time` and the `days` of each."""
    tallies = {id: dict(sides_of(one)) for id, one in measures.items()}
    names = ("measure", "side", "period")
    lines = []
    for id, side, key in cells.select(names).unique().sort(names).iter_rows():
        if side in tallies.get(id, {}):
            period = from_key(key)
            over_time = over_time_of(measures[id], tallies[id][side], period)
            lines.append((id, side, key, over_time, same_days(period)))
    schema = dict.fromkeys((*names, "over_time", "days"), pl.String)
    known = pl.DataFrame(lines, schema=schema, orient="row")
    return cells.join(known, on=names, maintain_order="left_right")


def _within(asked: Asked, measures: Mapping[str, Measure]) -> CountedWithin:
    ways: dict[str, dict[str, None]] = defaultdict(dict)
    for part in asked:
        ways[part[0]][part[-1]] = None
    return counted_within([measures[id] for id in ways], ways)


def _names(one: Within) -> tuple[str, ...]:
    return tuple(sorted(name_of(kind) for kind in (one.inner, one.outer)))


Asked = dict[Part, tuple[Kind, tuple[Condition, ...]]]


def asked_of(cells: pl.DataFrame, measures: Mapping[str, Measure]) -> Asked:
    """What each part of each measure counts, and of which rows; none whose category is unclear."""
    categories: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for id, breakdown, category, side, how in cells.select(PART).unique().sort(PART).iter_rows():
        categories[id, side].append((breakdown, category, how))
    tallies = [
        (id, side, tally)
        for id in dict.fromkeys(id for id, _ in categories)
        for side, tally in sides_of(measures[id])
    ]
    bounds: dict[tuple[str, str], list[object]] = defaultdict(list)
    for _, _, tally in tallies:
        for one in tally.where:
            bounds[tally.table, one.column] += one.bounds
    asked: Asked = {}
    for id, side, tally in tallies:
        column_of = {one.name: one.column for one in measures[id].breakdowns}
        for breakdown, category, how in categories[id, side]:
            part, kind = (id, breakdown, category, side, how), kind_of(tally, how)
            if breakdown == WHOLE:
                asked[part] = kind, tally.where
            elif column := column_of.get(breakdown):
                also = category_condition(column, category, bounds[tally.table, column])
                if also:
                    asked[part] = kind, (*tally.where, also)
    return asked


def _families(
    asked: Asked, within: CountedWithin, measures: Mapping[str, Measure]
) -> Iterator[Family]:
    """The parts that compare, where several measures have some.

    All of one kind do, and all of kinds of which one is counted within the other. Where of a kind
    only some are within another, all of it is compared by itself as well.
    """
    around = cache(within.around)
    kinds = {part: around(*what) for part, what in asked.items()}
    together: list[list[Kind]] = []
    for one in dict.fromkeys(kinds.values()):
        near = [some for some in together if not {*some}.isdisjoint(one)]
        joined = dict.fromkeys(kind for some in [*near, one] for kind in some)
        together = [*(some for some in together if some not in near), list(joined)]
    for some in together:
        parts = {part: what for part, what in asked.items() if what[0] in some}
        family = Family(parts, {part: kinds[part] for part in parts}, within.claims, measures)
        apart = [family.of_one(kind) for kind in family.partly] if len(some) > 1 else []
        yield from (one for one in [family, *apart] if len({part[0] for part in one.parts}) > 1)
