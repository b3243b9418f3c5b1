"""Into which compartments selections cut a table: rows that the same of them count, and no others.

Whatever several selections tell of one another, conditions on two columns among them, follows from
this: each counts the rows of its compartments, and no compartment has fewer than none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from outturn.judgement.selection_relations import Selections
from outturn.judgement.selections import Selection

MOST = 2_000  # of one set of selections: beyond it, two columns at a time are looked at


@dataclass(frozen=True)
class Compartments:
    """Some selections and the compartments that they cut: of each, the selections that hold it.

    `doubts` has a bit for each column in which a compartment needs an empty cell or the like; most
    have none. Readers take those of a column for none where the others can account for every count.
    """

    selections: tuple[int, ...]
    holders: tuple[tuple[int, ...], ...]
    doubts: tuple[int, ...]


class Cut(NamedTuple):
    """What selections cut, in sets; and the columns that were not looked at, for being too many."""

    sets: list[Compartments]
    passed_over: list[tuple[str, str]]


def compartments(selections: Selections, present: Sequence[int]) -> Cut:
    """The compartments of the selections that have a count; none where parts do not add up.

    All of them at once, where they are not too many. Otherwise those of what counts the same by
    itself, and for each two columns those of selections that ask the same of every other column;
    but for those two that alone are too many.
    """
    if not selections.adds_up or len(present) < 2:
        return Cut([], [])
    every = _cut(selections, present, selections.columns, selections.empty)
    if every:
        return Cut([every], [])
    apart = compartments_apart(selections, present)
    found = list(_of_two_columns(selections, present))
    return Cut(
        [*apart.sets, *(one for _, one in found if one)],
        list(dict.fromkeys([*apart.passed_over, *(two for two, one in found if not one)])),
    )


def compartments_apart(selections: Selections, present: Sequence[int]) -> Cut:
    """The compartments of what counts the same, each by itself; none where all does."""
    lots = selections.apart(present)
    if len(lots) < 2:
        return Cut([], [])
    cuts = [compartments(selections, some) for some in lots]
    return Cut(
        [one for cut in cuts for one in cut.sets], [two for c in cuts for two in c.passed_over]
    )


def _of_two_columns(
    selections: Selections, present: Sequence[int]
) -> Iterator[tuple[tuple[str, str], Compartments | None]]:
    several = len(selections.apart(present)) > 1
    for two in combinations(selections.columns, 2):
        if several and selections.flags.isdisjoint(two):
            continue  # what counts the same is cut by itself
        alike: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
        for one in present:
            others = tuple(each for each in selections.every[one] if each[0] not in two)
            alike[others].append(one)
        for some in alike.values():
            if len(some) > 2:
                yield two, _cut(selections, some, two)


def _cut(
    selections: Selections,
    some: Sequence[int],
    columns: Collection[str],
    empty: Sequence[Selection] = (),
) -> Compartments | None:
    """The compartments of some selections by these columns; None if there are too many.

    A compartment is a whole number with a bit for each selection that holds it, and behind them for
    each that is `empty`. Column by column, each is cut by what the pieces of the column let
    through. At last none is left that an empty one holds.
    """
    held_by = [*(selections.every[one] for one in some), *empty]
    counted = (1 << len(some)) - 1
    found = {(1 << len(held_by)) - 1: 0}
    for number, name in enumerate(columns):
        cuts = _cuts(selections, held_by, name)
        finer: dict[int, int] = {}
        for compartment, doubts in found.items():
            for held, hollow in cuts.items():
                both = compartment & held
                if both & counted:
                    more = doubts | hollow << number
                    finer[both] = min(finer.get(both, more), more, key=int.bit_count)
        if len(finer) > MOST:
            return None
        found = finer
    found = {one: doubts for one, doubts in found.items() if not one & ~counted}
    holders = [_bits(one) for one in found]
    # Where somebody counts empty cells and nothing else, nobody takes them for none.
    of_compartment = list(zip(holders, found.values(), strict=True))
    filled = {at for held, doubts in of_compartment if not doubts for at in held}
    return Compartments(
        tuple(some),
        tuple(tuple(some[at] for at in held) for held in holders),
        tuple(doubts if filled.issuperset(held) else 0 for held, doubts in of_compartment),
    )


def _cuts(selections: Selections, some: Sequence[Selection], name: str) -> dict[int, bool]:
    """What the pieces of a column are let through by, and whether only hollow ones are."""
    column = selections.columns[name]
    pieces = [selections.pieces_of(one, name) for one in some]
    found: dict[int, bool] = {}
    for bit in range(column.all.bit_length()):
        held = sum(1 << at for at, one in enumerate(pieces) if one >> bit & 1)
        found[held] = found.get(held, True) and bool(column.hollow >> bit & 1)
    return found


def _bits(number: int) -> tuple[int, ...]:
    return tuple(at for at in range(number.bit_length()) if number >> at & 1)
