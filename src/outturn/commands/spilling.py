"""Disk for what memory cannot hold until a build is kept: frames put by slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType

import polars as pl

from outturn.vintages.on_disk import Frame, OnDisk, one_after_another, scan_file, writing
from outturn.vintages.seal import in_order
from outturn.vintages.unfinished import workspace

_OWNER_ONLY = 0o700  # it may hold counts before disclosure control


class Room:
    """A folder beside the vintages, made when it is first asked for and gone at the end.

    What a build leaves that was stopped is swept away with the rest of its work.
    """

    def __init__(self, store: Path) -> None:
        self.store = store
        self._held = ExitStack()

    def __enter__(self) -> Room:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    @cached_property
    def folder(self) -> Path:
        with writing(self.store.name):
            self.store.mkdir(parents=True, exist_ok=True)
            made = self._held.enter_context(workspace(self.store, "figures"))
            made.chmod(_OWNER_ONLY)
            return made


@dataclass(frozen=True)
class Run:
    """Rows of one measure in the file of a slice."""

    measure: str
    file: Path
    first: int
    many: int


@dataclass
class Pile:
    """A frame that comes slice by slice, each of measures of its own."""

    name: str
    schema: Mapping[str, type[pl.DataType]]
    room: Room
    runs: list[Run] = field(default_factory=list)
    slices: int = 0

    def put(self, frame: pl.DataFrame) -> None:
        """Put the rows of a slice by, in the order in which a vintage keeps them."""
        rows = in_order(frame)
        file = self.room.folder / f"{self.name}-{self.slices}.parquet"
        self.slices += 1
        with writing(self.room.store.name):
            rows.write_parquet(file, compression="lz4")
        first = 0
        for many, measure in rows["measure"].rle().struct.unnest().iter_rows():
            self.runs.append(Run(measure, file, first, many))
            first += many

    def whole(self) -> OnDisk:
        """All of it in one file, by the order of the measures; the files of slices go."""
        file = self.room.folder / f"{self.name}.parquet"
        height = sum(one.many for one in self.runs)
        nothing = pl.LazyFrame(schema=dict(self.schema))
        stretches = [
            scan_file(one.file).slice(one.first, one.many) for one in _stretches(self.runs)
        ]
        with writing(self.room.store.name):
            one_after_another(stretches or [nothing], file)
        for used in {one.file for one in self.runs}:
            used.unlink()
        return OnDisk(file, height, self.schema)


def in_one(frames: Mapping[str, pl.DataFrame]) -> dict[str, Frame]:
    """Frames that came in one slice, in the order in which a vintage keeps them."""
    return {name: in_order(frame) for name, frame in frames.items()}


def _stretches(runs: list[Run]) -> Iterator[Run]:
    """The runs by measure, those that follow one another in their file joined."""
    held: Run | None = None
    for one in sorted(runs, key=lambda run: run.measure):
        if held and held.file == one.file and held.first + held.many == one.first:
            held = Run(held.measure, held.file, held.first, held.many + one.many)
            continue
        if held:
            yield held
        held = one
    if held:
        yield held
