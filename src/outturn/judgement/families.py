"""Counts that compare: of one kind, and of the kinds that are counted within one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from outturn.framework.model import Condition, Measure
from outturn.judgement.parts_of_denominators import Within
from outturn.judgement.selection_relations import Selections
from outturn.judgement.selections import Kind, Selection, columns_of, selection_of

Part = tuple[str, str, str, str, str]  # measure, breakdown, category, side, over time


@dataclass(frozen=True)
class Family:
    """Parts of measures that count the rows of one table, and what a reader knows of each.

    `parts` has the kind of each and its conditions, `kinds` that and all others of which it is a
    part. Each kind is then a condition on a column that no table has: what is good is an answer
    too.
    """

    parts: Mapping[Part, tuple[Kind, tuple[Condition, ...]]]
    kinds: Mapping[Part, tuple[Kind, ...]]
    claims: Sequence[Within]
    measures: Mapping[str, Measure]

    @cached_property
    def partly(self) -> list[Kind]:
        """The kinds of which not all is within the same others."""
        ways: dict[Kind, set[tuple[Kind, ...]]] = defaultdict(set)
        for kinds in self.kinds.values():
            ways[kinds[0]].add(kinds)
        return [kind for kind, found in ways.items() if len(found) > 1]

    def of_one(self, kind: Kind) -> Family:
        """What is of one kind, by itself."""
        parts = {part: what for part, what in self.parts.items() if what[0] == kind}
        return Family(parts, dict.fromkeys(parts, (kind,)), (), self.measures)

    def selections(self) -> tuple[Selections, dict[Part, int]]:
        """What there is, as selections, and the number of that of each part."""
        asked = {
            part: (*where, *(self._flags[kind] for kind in self.kinds[part] if kind in self._flags))
            for part, (_, where) in self.parts.items()
        }
        never = [
            one for one in self.claims if one.inner in self.partly and one.outer in self._flags
        ]
        conditions = [one for where in asked.values() for one in where]
        conditions += [one for claim in never for one in claim.where]
        columns = columns_of(conditions, self._divided)
        numbers: dict[Selection, int] = {}
        who: dict[int, set[str]] = defaultdict(set)
        own: dict[int, int] = {}
        found = {}
        order = list(dict.fromkeys(kind for kind, _ in self.parts.values()))
        for part, where in asked.items():
            if all(one.column in columns for one in where):
                number = numbers.setdefault(selection_of(where, columns), len(numbers))
                who[number].add(part[0])
                own[number] = order.index(self.parts[part][0])
                found[part] = number
        empty = [self._empty(one) for one in never]
        selections = Selections(
            columns,
            list(numbers),
            [frozenset(who[number]) for number in range(len(numbers))],
            order[0].adds_up,
            order[0].tally.table,
            [own[number] for number in range(len(numbers))],
            [selection_of(one, columns) for one in empty if all(c.column in columns for c in one)],
            frozenset(one.column for one in self._flags.values()),
        )
        return selections, found

    def _empty(self, claim: Within) -> tuple[Condition, ...]:
        """What no row is: one of the claim, counted by the one kind, and not by the other."""
        inner = [self._flags[claim.inner]] if claim.inner in self._flags else []
        return (*claim.where, *inner, Condition(self._flags[claim.outer].column, "is", (False,)))

    @cached_property
    def _flags(self) -> dict[Kind, Condition]:
        """The made-up condition of each kind; none of one that all others are within."""
        every = list(dict.fromkeys(kind for kinds in self.kinds.values() for kind in kinds))
        found: dict[Kind, Condition] = {}
        taken: set[str] = set()
        for kind in every:
            if not all(kind in kinds for kinds in self.kinds.values()):
                name = name_of(kind)
                while name in taken:
                    name += ", another"
                taken.add(name)
                found[kind] = Condition(name, "is", (True,))
        return found

    @property
    def _divided(self) -> set[str]:
        """The columns that are divided into categories."""
        column_of = {
            (id, one.name): one.column
            for id in {part[0] for part in self.parts}
            for one in self.measures[id].breakdowns
        }
        named = {column_of.get((id, breakdown)) for id, breakdown, *_ in self.parts}
        return {one for one in named if one}


def name_of(kind: Kind) -> str:
    """What a kind counts, in words: "sum of beds", "number of rows on reviewed"."""
    tally = kind.tally
    what = f"{tally.how} of {tally.column}" if tally.column else "number of rows"
    on = f" on {tally.on}" if tally.on else ""
    return what + on + (" of the year" if tally.of_year else "")
