"""A table in files, taken a few files at a time where the periods of some are in no others.

What such files come to is then theirs alone. So no more than a few months of a country are worked
on at once, and what unchanged files came to is remembered and not worked out again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from outturn.databases import InFiles
from outturn.engine.groups import Groups
from outturn.terms.period import Period

SHARDS = 60  # so that one changed month of five years costs a sixtieth
LEAST = 500_000  # rows that are worth a shard: each costs a tenth of a second and more


class Remembering(Protocol):
    """Where frames are kept under a name and a key: each whole, or not there."""

    @property
    def place(self) -> Path | None:
        """The folder of the frames, for a database to read them; None where nothing is kept."""

    def tables(self, source: str, key: str, parts: tuple[str, ...]) -> dict[str, pl.DataFrame]:
        """The parts kept under a key, all of them unharmed; else nothing."""

    def file(self, source: str, key: str, part: str) -> Path | None:
        """Where a part is kept under a key, unharmed; None when it is not."""

    def keep(self, source: str, key: str, parts: dict[str, pl.DataFrame]) -> None:
        """Write the parts, each whole or not at all."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier runs came to; `software` says by which code and packages, and the places."""

    store: Remembering
    software: str

    def groups(self, name: str, key: str, many: int) -> list[Groups] | None:
        """What so many bundles of tasks came to, in their order."""
        found = self.store.tables(name, key, tuple(_named(many)))
        if not found:
            return None
        return [Groups(found[f"added {one}"], found[f"own {one}"]) for one in range(many)]

    def keep(self, name: str, key: str, made: Sequence[Groups]) -> None:
        frames = [frame for one in made for frame in (one.added, one.own)]
        self.store.keep(name, key, dict(zip(_named(len(made)), frames, strict=True)))


def _named(many: int) -> list[str]:
    return [f"{part} {one}" for one in range(many) for part in ("added", "own")]


def digest(*parts: object) -> str:
    """A digest of things that say in their text all that they are."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def shards(
    rows: InFiles, periods: Sequence[Iterable[Period]], base_of: Mapping[Period, Period | None]
) -> list[InFiles]:
    """Files by the base periods of their rows: those that share one stay together.

    `periods` are those of each file.
    """
    bases = [{base_of.get(one) or one for one in each} for each in periods]
    joined: list[tuple[set[Period], list[int]]] = []
    for number, own in enumerate(bases):
        touching = [one for one in joined if one[0] & own]
        joined = [one for one in joined if not one[0] & own]
        merged = set(own).union(*(one[0] for one in touching))
        joined.append((merged, sorted([number, *(n for one in touching for n in one[1])])))
    joined.sort(key=lambda one: (bool(one[0]), min(one[0]) if one[0] else one[1]))
    return _chunks(rows, [numbers for _, numbers in joined])


def pieces(rows: InFiles) -> list[InFiles]:
    """Files a few at a time, whatever the periods of their rows."""
    return _chunks(rows, [[number] for number in range(len(rows.files))])


def _chunks(rows: InFiles, joined: Sequence[Sequence[int]]) -> list[InFiles]:
    """Neighbours put together in twos, fours, eights: one file more at the end moves no others."""
    many = max(min(SHARDS, rows.rows // LEAST), 1) if rows.rows else SHARDS
    each = 2 ** max(round(math.log2(max(len(joined), 1) / many)), 0)
    if many == 1:
        each = len(joined)
    chunks = [joined[start : start + each] for start in range(0, len(joined), max(each, 1))]
    return [only(rows, [n for one in chunk for n in one]) for chunk in chunks]


def only(rows: InFiles, numbers: Sequence[int]) -> InFiles:
    """Some of the files of a table."""
    return replace(
        rows,
        files=tuple(rows.files[number] for number in numbers),
        sources=tuple(rows.sources[number] for number in numbers),
        digests=tuple(rows.digests[number] for number in numbers) if rows.digests else (),
    )


def put_together(shards: Sequence[Sequence[Groups]]) -> list[Groups]:
    """What each bundle of tasks came to in all the shards."""
    return [
        Groups(pl.concat([one.added for one in each]), pl.concat([one.own for one in each]))
        for each in zip(*shards, strict=True)
    ]
