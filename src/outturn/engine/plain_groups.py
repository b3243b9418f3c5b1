"""What a tally comes to in every group that has a row, place by place: it judges `groups.py`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outturn.engine.periods import Wanted
from outturn.engine.plain_amounts import AMOUNTS, limits_of
from outturn.engine.plain_rows import Dated, World, dated_rows
from outturn.engine.plan import UNKNOWN, divided, mixed_totals, periods_over, rolls_up
from outturn.framework.model import Breakdown, Measure, Tally
from outturn.terms.period import Period
from outturn.terms.records import WHOLE

Group = tuple[str, Period, str, str]  # place, period, breakdown, category


@dataclass(frozen=True, slots=True)
class Total:
    """What a tally comes to in one group."""

    amount: int
    rows: int
    sources: frozenset[str]
    limits: tuple[int | None, int | None] = (None, None)  # of a median or percentile

    def __add__(self, other: Total) -> Total:
        return Total(
            self.amount + other.amount, self.rows + other.rows, self.sources | other.sources
        )


@dataclass(frozen=True, slots=True)
class Side:
    """A tally in every group that has a row.

    `own` are the groups that have a row of their very place, not only of those under it; `whole`
    and `own_whole` are those with a row that serves the whole of the period by itself.
    """

    of_year: bool = False
    totals: dict[Group, Total] = field(default_factory=dict)
    own: set[Group] = field(default_factory=set)
    whole: set[Group] = field(default_factory=set)
    own_whole: set[Group] = field(default_factory=set)

    def needing(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which the other side must be there too."""
        return self.given(group, wanted) if group in self.totals else set()

    def given(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which there is a row of the place or of those under it."""
        return self._given(group, wanted, self.totals, self.whole)

    def given_by_itself(self, group: Group, wanted: Wanted) -> set[Period]:
        """The base periods for which there is a row of the very place."""
        return self._given(group, wanted, self.own, self.own_whole)

    def _given(
        self, group: Group, wanted: Wanted, groups: Container[Group], whole: Container[Group]
    ) -> set[Period]:
        if group in whole:
            return set(wanted.parts)
        place, _, *cell = group
        return {one for one in wanted.parts if not self.of_year and (place, one, *cell) in groups}


def side_of(
    world: World,
    measure: Measure,
    tally: Tally | None,
    wanted: Sequence[Wanted],
    breakdowns: Iterable[Breakdown],
) -> Side:
    """What the tally comes to in every group that has a row, whole and by each breakdown."""
    if tally is None or tally.table not in world.tables:
        return Side()
    side = Side(tally.of_year)
    usable = [one for one in breakdowns if one in divided(measure, world.contracts[tally.table])]
    every = dated_rows(world, measure, tally, wanted)
    for way in (None, *usable):
        dated = _by_place(world, tally, _at_one_level(world, tally, every, way, usable))
        for one in wanted:
            for period in periods_over(measure, tally, one):
                inside = one.bases if period == one.period else (period,)
                chosen = _in_period(tally, dated, period, inside)
                _add(world, measure, tally, side, one, _grouped(world, measure, chosen, tally, way))
    return side


def _add(
    world: World,
    measure: Measure,
    tally: Tally,
    side: Side,
    wanted: Wanted,
    grouped: Mapping[tuple[str, str, str], Sequence[Dated]],
) -> None:
    """Add the rows of each group to its total, and note which base periods they serve."""
    contract = world.contracts[tally.table]
    for (place, breakdown, category), dated in grouped.items():
        rows = [one.row for one in dated]
        sources = frozenset(row["source"] for row in rows if row["source"] is not None)
        limits = limits_of(rows, tally) if tally.is_histogram else (None, None)
        total = Total(AMOUNTS[tally.how](rows, tally), len(rows), sources, limits)
        key = (place, wanted.period, breakdown, category)
        side.totals[key] = side.totals[key] + total if key in side.totals else total
        by_itself = [one for one in dated if one.row[contract.place] == place]
        if by_itself:
            side.own.add(key)
        if any(tally.of_year or one.own == wanted.period for one in dated):
            side.whole.add(key)
        if any(tally.of_year or one.own == wanted.period for one in by_itself):
            side.own_whole.add(key)


def _at_one_level(
    world: World,
    tally: Tally,
    dated: Sequence[Dated],
    way: Breakdown | None,
    usable: Sequence[Breakdown],
) -> list[Dated]:
    """The rows that serve a way of dividing: for each place and period those of one level.

    A row's level says in which columns it is a total. The fewest totals come first; a row that is
    a total in the column of the breakdown serves none of its categories.
    """
    contract = world.contracts[tally.table]
    totals = mixed_totals(tally, usable, contract)

    def level(one: Dated) -> tuple[int, list[bool]]:
        is_total = [_category(one.row[column]) in totals[column] for column in totals]
        return sum(is_total), is_total[::-1]

    best: dict[tuple[Any, Period], tuple[int, list[bool]]] = {}
    serving = [
        one
        for one in dated
        if not way or _category(one.row[way.column]) not in totals.get(way.column, ())
    ]
    for one in serving:
        key = (one.row[contract.place], one.own)
        best[key] = min(best.get(key, level(one)), level(one))
    return [one for one in serving if level(one) == best[one.row[contract.place], one.own]]


def _by_place(world: World, tally: Tally, dated: Iterable[Dated]) -> dict[str, list[Dated]]:
    found: dict[str, list[Dated]] = {}
    for one in dated:
        found.setdefault(one.row[world.contracts[tally.table].place], []).append(one)
    return found


def _in_period(
    tally: Tally,
    by_place: Mapping[str, Sequence[Dated]],
    period: Period,
    inside: Sequence[Period],
) -> list[Dated]:
    """The rows that count in `period`, decided for each place apart."""
    chosen = []
    for dated in by_place.values():
        chosen += _of_year(dated, period) if tally.of_year else _within(dated, period, inside)
    return chosen


def _of_year(dated: Sequence[Dated], period: Period) -> list[Dated]:
    """The rows of the period that holds the start of this one: the latest, then the shortest."""
    holding = {one.own for one in dated if one.own.holds(period.start)}
    if not holding:
        return []
    best = min(holding, key=lambda own: (-own.start.toordinal(), own.end, own))
    return [one for one in dated if one.own == best]


def _within(dated: Sequence[Dated], period: Period, inside: Sequence[Period]) -> list[Dated]:
    """The rows of this very period; without any, the rows of the base periods inside it."""
    chosen = [one for one in dated if one.own == period]
    if chosen:
        return chosen
    for base in inside:
        of_base = [one for one in dated if one.base == base]
        whole = [one for one in of_base if one.own == base]
        chosen += whole or of_base
    return chosen


def _grouped(
    world: World,
    measure: Measure,
    chosen: Iterable[Dated],
    tally: Tally,
    way: Breakdown | None,
) -> dict[tuple[str, str, str], list[Dated]]:
    """Rows under each place they count for, and their category."""
    contract = world.contracts[tally.table]
    groups: dict[tuple[str, str, str], list[Dated]] = {}
    for one in chosen:
        name, category = (way.name, _category(one.row[way.column])) if way else (WHOLE, WHOLE)
        for place in counts_for(world, measure, one.row[contract.place]):
            groups.setdefault((place, name, category), []).append(one)
    return groups


def _category(cell: Any) -> str:
    """The name of a category: `true` and `false` for a boolean, Unknown for an empty cell."""
    if cell is None:
        return UNKNOWN
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def counts_for(world: World, measure: Measure, place: str) -> tuple[str, ...]:
    """The place itself, and the places above it that its rows count for."""
    return world.above.get(place, (place,)) if rolls_up(measure) else (place,)
