"""Measures parted into slices that can be judged one after another, for the sake of memory.

Nearly everything is said of one measure alone. What is not keeps measures together in a slice: a
formula and its parts, and the sides of a sum that must hold. Two things more cross the measures,
and are looked at before and after: every place that has a target of any measure is judged in all
of them, and a figure that is no share of its stated whole is held against every count of its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from outturn.framework import Partnership
from outturn.framework.model import Measure
from outturn.judgement.goals import in_force

# Judging takes some 2 kilobytes a row while it is done, and comparing as much for each group.
ROWS_AT_ONCE = 300_000
_FREE_GROUPS = 4  # comparing with so many takes no more than judging


@dataclass(frozen=True)
class Slice:
    """Some of the measures, with all that a partnership says of them."""

    partnership: Partnership
    ids: frozenset[str]
    leads: bool  # the first slice also has what is said of no measure that there is


def slices(partnership: Partnership, counts: pl.DataFrame, rows: int = 0) -> list[Slice]:
    """Slices of about so many rows of Counts, in the order of the ids of their measures.

    Measures that are connected share a slice, however many rows they have.
    """
    rows = rows or rows_at_once(partnership)
    if counts.height <= rows:
        return [Slice(partnership, frozenset(_ids(partnership, counts)), leads=True)]
    sizes = dict(counts.group_by("measure").len().iter_rows())
    parts = _packed(connected(partnership, list(_ids(partnership, counts))), sizes, rows)
    standing = replace(partnership, targets=tuple(in_force(partnership.targets)))
    return [_slice(standing, ids, leads=not number) for number, ids in enumerate(parts)]


def rows_at_once(partnership: Partnership) -> int:
    groups = max(len(partnership.comparators) - _FREE_GROUPS, 0)
    return ROWS_AT_ONCE * _FREE_GROUPS // (_FREE_GROUPS + groups)


def judged_places(partnership: Partnership) -> list[str]:
    """The places, beyond home, that are judged in every measure: of targets in force and of packs.

    Which of them have targets is asked of the measures together, as of all in one slice.
    """
    measures, home = partnership.measures, partnership.home
    aimed = (one for one in in_force(partnership.targets) if one.measure in measures)
    packs = (one.place for one in partnership.packs.values() if one.place)
    return list(dict.fromkeys([*packs, *(one.place or home for one in aimed)]))


def connected(partnership: Partnership, ids: list[str]) -> list[list[str]]:
    """The measures in groups that know nothing of one another, in the order of their first ids."""
    above: dict[str, str] = {id: id for id in ids}

    def root(id: str) -> str:
        while above.setdefault(id, id) != id:
            above[id] = above[above[id]]
            id = above[id]
        return id

    for one, other in _ties(partnership):
        above[root(other)] = root(one)
    groups: dict[str, list[str]] = {}
    for id in sorted(above):
        groups.setdefault(root(id), []).append(id)
    return list(groups.values())


def rows_of(counts: pl.DataFrame, parts: list[Slice]) -> Iterator[pl.Series]:
    """The numbers of the rows of each slice, in the order of the Counts."""
    numbers = {id: number for number, one in enumerate(parts) for id in one.ids}
    slice_of = counts["measure"].replace_strict(numbers, return_dtype=pl.Int32).to_numpy()
    order = np.argsort(slice_of, kind="stable")
    ends = np.cumsum(np.bincount(slice_of, minlength=len(parts)))
    for begun, end in zip([0, *ends[:-1]], ends, strict=True):
        yield pl.Series(order[begun:end])


def _ids(partnership: Partnership, counts: pl.DataFrame) -> dict[str, None]:
    """Every measure that there is, and every one that has Counts."""
    return dict.fromkeys([*partnership.measures, *counts["measure"].unique().sort()])


def _ties(partnership: Partnership) -> Iterator[tuple[str, str]]:
    measures: Mapping[str, Measure] = partnership.measures
    for one in measures.values():
        yield from ((one.id, part) for part in (one.formula.parts if one.formula else ()))
    for sum_ in partnership.identities:
        yield from ((sum_.measure, part) for part, _, _ in sum_.parts)


def _packed(
    groups: list[list[str]], sizes: Mapping[str, int], rows: int
) -> Iterator[frozenset[str]]:
    held: list[str] = []
    many = 0
    for group in groups:
        size = sum(sizes.get(id, 0) for id in group)
        if held and many + size > rows:
            yield frozenset(held)
            held, many = [], 0
        held += group
        many += size
    yield frozenset(held)


def _slice(partnership: Partnership, ids: frozenset[str], *, leads: bool) -> Slice:
    """What is said of these measures, of targets that are in force; the first has the rest too."""
    known = partnership.measures
    ours = {one for one in _mentioned(partnership) if one in ids or (leads and one not in known)}
    own = replace(
        partnership,
        measures={id: one for id, one in known.items() if id in ids},
        targets=tuple(one for one in partnership.targets if one.measure in ours),
        overrides=tuple(one for one in partnership.overrides if one.measure in ours),
        identities=tuple(one for one in partnership.identities if one.measure in ours),
    )
    return Slice(own, ids, leads)


def _mentioned(partnership: Partnership) -> set[str]:
    return {
        *(one.measure for one in partnership.targets),
        *(one.measure for one in partnership.overrides),
        *(one.measure for one in partnership.identities),
    }
