"""What adds up among the selections of one kind: a whole, parts that do not overlap, and the rest.

Which of them hold of a place and a period depends on which selections have a count there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from outturn.judgement.selections import Column, Selection
from outturn.statistics.columns import Flags, Places

NONE, MAYBE, ALWAYS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Sum:
    """One selection is the sum of others that do not overlap, and of what is left.

    `left` tells whether anything is: NONE, for the parts are all of it; MAYBE, where only empty
    cells and the like are, so that readers take it for all when it comes out; or ALWAYS. `name`
    names what is left: whatever has the same name and the same count is the same.
    """

    total: int
    parts: tuple[int, ...]
    left: int
    name: tuple[object, ...] = ()


@dataclass(frozen=True)
class Selections:
    """All selections of one kind, numbered, with the measures that count each.

    Where some are counted within others, `counted` numbers what each counts, `flags` are the
    columns that no table has but say which is counted, and no row is in what is `empty`.
    """

    columns: Mapping[str, Column]
    every: Sequence[Selection]
    measures: Sequence[frozenset[str]]
    adds_up: bool
    table: str = ""
    counted: Sequence[int] = ()
    empty: Sequence[Selection] = ()
    flags: frozenset[str] = frozenset()
    _sums: dict[tuple[object, ...], list[Sum]] = field(default_factory=dict)

    def sums(self, present: Collection[int]) -> Iterator[Sum]:
        """What adds up where these selections have a count, and not by one measure alone.

        In one column: each selection as parts that differ from it in that column, the largest ones
        first. In several: each selection as a smaller one and the rest, where no third lies between
        them.
        """
        for key, members in self._families.items():
            here = tuple(one for one in members if one in present)
            if len(here) > 1 and self._of_several(here):
                if (key, here) not in self._sums:
                    self._sums[key, here] = list(self._in_one_column(key, here))
                yield from self._sums[key, here]
        yield from self._in_several_columns(np.array(sorted(present), np.int64))

    def _of_several(self, some: Collection[int]) -> bool:
        return len(frozenset().union(*(self.measures[one] for one in some))) > 1

    @cached_property
    def _families(self) -> Mapping[tuple[str, Selection], list[int]]:
        """The selections that differ in one column only, in their order: by it and all others."""
        found: dict[tuple[str, Selection], list[int]] = defaultdict(list)
        for number, one in enumerate(self.every):
            for name in self.columns:
                rest = tuple(each for each in one if each[0] != name)
                found[name, rest].append(number)
        return {key: members for key, members in found.items() if len(members) > 1}

    def pieces(self, number: int, column: str) -> int:
        return self.pieces_of(self.every[number], column)

    def pieces_of(self, selection: Selection, column: str) -> int:
        return dict(selection).get(column, self.columns[column].all)

    def apart(self, some: Sequence[int]) -> list[list[int]]:
        """Some of them by what they count, each lot by itself."""
        found: dict[int, list[int]] = defaultdict(list)
        for one in some:
            found[self.counted[one] if self.counted else 0].append(one)
        return list(found.values())

    def _in_one_column(self, key: tuple[str, Selection], here: Sequence[int]) -> Iterator[Sum]:
        column = key[0]
        hollow = self.columns[column].hollow
        pieces = {one: self.pieces(one, column) for one in here}
        for total in here:
            smaller = [one for one in here if _holds(pieces[total], pieces[one]) and one != total]
            for parts in self._ways(pieces, smaller):
                if not self._of_several((total, *parts)):
                    continue
                rest = pieces[total] & ~_union(pieces[one] for one in parts)
                left = NONE if not rest else ALWAYS if rest & ~hollow else MAYBE
                name = (key, rest & ~hollow) if self.adds_up else (total, *parts)
                yield Sum(total, parts, left, name)

    def _ways(self, pieces: Mapping[int, int], smaller: Sequence[int]) -> list[tuple[int, ...]]:
        """Parts that do not overlap and leave as little as may be: a way for each of the largest.

        What does not add up, such as people who may be in two parts, has one part each.
        """
        widest = _widest(pieces, smaller)
        if not self.adds_up:
            return [(one,) for one in widest]
        found: dict[tuple[int, ...], None] = {}
        for first in widest:
            parts = [first]
            for others in (widest, smaller):
                for one in sorted(others, key=lambda each: (-pieces[each].bit_count(), each)):
                    if not pieces[one] & _union(pieces[each] for each in parts):
                        parts.append(one)
            found[tuple(sorted(parts))] = None
        return list(found)

    def _in_several_columns(self, here: Places) -> Iterator[Sum]:
        holds = self._held[np.ix_(here, here)]
        between = (holds.astype(np.float32) @ holds.astype(np.float32)) > 0
        next_ = holds & ~between & (self._differing[np.ix_(here, here)] > 1)
        for at, inner in zip(*np.nonzero(next_), strict=True):
            total, part = int(here[at]), int(here[inner])
            if self._of_several((total, part)):
                yield Sum(total, (part,), ALWAYS, (total, part))

    @cached_property
    def _held(self) -> Flags:
        """Whether the selection of the row holds that of the column, and more besides."""
        size = len(self.every)
        held = ~np.eye(size, dtype=bool)
        for name in self.columns:
            pieces = self._all_pieces(name)
            held &= ((pieces[:, None] & pieces[None, :]) == pieces[None, :]).astype(bool)
        return held

    @cached_property
    def _differing(self) -> Places:
        """In how many columns two selections differ."""
        found = np.zeros((len(self.every), len(self.every)), np.int64)
        for name in self.columns:
            pieces = self._all_pieces(name)
            found += (pieces[:, None] != pieces[None, :]).astype(bool)
        return found

    def _all_pieces(self, column: str) -> Any:
        """Those of every selection, as an array of whole numbers of any size."""
        return np.array([self.pieces(one, column) for one in range(len(self.every))], object)


def _holds(outer: int, inner: int) -> bool:
    return outer & inner == inner and outer != inner


def _widest(pieces: Mapping[int, int], some: Sequence[int]) -> list[int]:
    """Those that no other of them holds."""
    return [one for one in some if not any(_holds(pieces[other], pieces[one]) for other in some)]


def _union(sets: Iterator[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found
