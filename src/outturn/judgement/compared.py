"""Which counts can be compared by what they select: those of one kind, whatever their measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from outturn.framework.model import Condition, Measure
from outturn.judgement.parts_of_denominators import counted_within
from outturn.judgement.selection_relations import Selections
from outturn.judgement.selections import (
    Kind,
    category_condition,
    columns_of,
    kind_of,
    selection_of,
    sides_of,
)
from outturn.statistics.columns import Flags, Places
from outturn.terms.records import WHOLE

_PART = ["measure", "breakdown", "category"]
_AT = {
    "group": pl.Int64, "kind": pl.Int64, "selection": pl.Int64, "cell": pl.Int64,
    "count": pl.Float64,
}  # fmt: skip
_WHERE = ["kind", "place", "period"]


@dataclass(frozen=True)
class Compared:
    """Counts of the kinds that several measures count, each with the selection that it is of.

    `at` has a row for each: its `cell` and `count`, the number of its `kind` among `kinds`, of its
    `selection` among those of the kind, and of its `group`: one kind, place and period.
    """

    kinds: list[Selections]
    at: pl.DataFrame

    @classmethod
    def none(cls) -> Compared:
        return cls([], pl.DataFrame(schema=_AT))

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
        return replace(self, at=self.at.with_columns(cell))


def compared(cells: pl.DataFrame, measures: Mapping[str, Measure]) -> Compared:
    """What of the cells can be compared; they have columns of KEYS, and `side`, `cell`, `count`."""
    kinds, named = _kinds(cells, measures)
    at = cells.select(*_PART, "place", "period", "side", "cell", "count")
    at = at.join(named, on=[*_PART, "side"])
    at = at.with_columns(group=pl.struct(_WHERE).rank("dense").cast(pl.Int64))
    return Compared(kinds, at.select(list(_AT)).sort("cell"))


def _kinds(
    cells: pl.DataFrame, measures: Mapping[str, Measure]
) -> tuple[list[Selections], pl.DataFrame]:
    """The kinds that several measures count, and which selection of which each part is."""
    parts = cells.select(*_PART).unique().sort(_PART)
    categories: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for id, breakdown, category in parts.iter_rows():
        categories[id].append((breakdown, category))
    of_kind: dict[Kind, list[tuple[str, str, tuple[Condition, ...]]]] = defaultdict(list)
    ids = [id for id in sorted(categories) if id in measures]
    within = counted_within([measures[id] for id in ids])
    for id in ids:
        for side, tally in sides_of(measures[id]):
            kind = kind_of(measures[id], tally)
            outermost, which = within.get(kind, (kind, ()))
            of_kind[outermost].append((id, side, (*tally.where, *which)))
    kinds: list[Selections] = []
    lines: list[tuple[str, str, str, str, int, int]] = []
    for kind, members in of_kind.items():
        if len({id for id, _, _ in members}) > 1:
            selections, of_parts = _selections(kind, members, categories, measures)
            lines += [(*key, len(kinds), number) for key, number in of_parts.items()]
            kinds.append(selections)
    schema = {**dict.fromkeys(_PART, pl.String), "side": pl.String}
    whole = {"kind": pl.Int64, "selection": pl.Int64}
    return kinds, pl.DataFrame(lines, schema={**schema, **whole}, orient="row")


_Part = tuple[str, str, str, str]  # measure, breakdown, category, side


def _selections(
    kind: Kind,
    members: list[tuple[str, str, tuple[Condition, ...]]],
    categories: Mapping[str, list[tuple[str, str]]],
    measures: Mapping[str, Measure],
) -> tuple[Selections, dict[_Part, int]]:
    bounds: dict[str, list[object]] = defaultdict(list)
    for _, _, where in members:
        for one in where:
            bounds[one.column] += one.bounds
    asked: dict[_Part, tuple[Condition, ...]] = {}
    divided = set()
    for id, side, where in members:
        column_of = {one.name: one.column for one in measures[id].breakdowns}
        for breakdown, category in categories[id]:
            if breakdown == WHOLE:
                asked[id, breakdown, category, side] = where
            elif column := column_of.get(breakdown):
                divided.add(column)
                also = category_condition(column, category, bounds[column])
                if also:
                    asked[id, breakdown, category, side] = (*where, also)
    columns = columns_of((one for where in asked.values() for one in where), divided)
    numbers: dict[tuple[tuple[str, int], ...], int] = {}
    who: dict[int, set[str]] = defaultdict(set)
    found = {}
    for part, where in asked.items():
        if all(one.column in columns for one in where):
            number = numbers.setdefault(selection_of(where, columns), len(numbers))
            who[number].add(part[0])
            found[part] = number
    names = [frozenset(who[number]) for number in range(len(numbers))]
    table = kind.tally.table
    return Selections(columns, list(numbers), names, kind.adds_up, table), found
