"""One build: what went in, what was asked, what came out."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version as installed_version
from pathlib import PurePosixPath, PureWindowsPath

import polars as pl

from outturn.terms.records import (
    BENCHMARKS,
    COUNTS,
    FINDINGS,
    VALUES,
    VERDICTS,
    Fingerprint,
    checked,
    empty,
    fitted,
)
from outturn.vintages.on_disk import Frame, OnDisk
from outturn.vintages.seal import digest, in_order, seal

REJECTED: dict[str, type[pl.DataType]] = {
    "source": pl.String,
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "reason": pl.String,
    "kind": pl.String,  # wrong, not asked for, or a copy
}  # and no cell: a vintage holds no row about a person
PROTECTED = ("found",)  # Counts as found, before disclosure control
RELEASED = ("counts", "superseded", "values", "verdicts", "benchmarks", "findings", "rejected")
PUBLISHED = ("counts", "values", "verdicts", "benchmarks")  # those that an export writes
FRAMES: dict[str, dict[str, type[pl.DataType]]] = {
    "found": COUNTS,
    "counts": COUNTS,
    "superseded": COUNTS,
    "values": VALUES,
    "verdicts": VERDICTS,
    "benchmarks": BENCHMARKS,
    "findings": FINDINGS,
    "rejected": REJECTED,
}
DECIDING = ("duckdb", "numpy", "polars")  # the packages that decide a number
NAME_LENGTH = 12


def _none_of(name: str) -> pl.DataFrame:
    return field(default_factory=lambda: empty(FRAMES[name]))


@dataclass(frozen=True, eq=False)
class Vintage:
    """One build. Its name says what was asked, its seal says what came out.

    `name` is a digest of the first four fields, in whatever order their entries come and however
    their lines end; `seal` is a digest of the frames. The same name must always have the same
    seal. The other fields say why the build was made and enter neither. `published_seal` is a
    digest of the published frames alone: readers are told that one, for from the other and these
    frames the counts that are withheld could be tried out.

    `found` are the Counts as found. Everything else is what may be told, `counts` and
    `superseded` (earlier editions of published figures) included: whoever builds puts it through
    disclosure control first. Of `rejected` only where and why is kept, never the cells.
    """

    inputs: tuple[Fingerprint, ...]  # one per extract, named within the folder
    definitions: tuple[tuple[str, str], ...]  # file name and text, targets included
    arguments: tuple[tuple[str, str], ...]  # what was asked: the date, the seed
    software: str  # from `software`
    found: Frame = _none_of("found")
    counts: Frame = _none_of("counts")
    superseded: Frame = _none_of("superseded")
    values: Frame = _none_of("values")
    verdicts: Frame = _none_of("verdicts")
    benchmarks: Frame = _none_of("benchmarks")
    findings: Frame = _none_of("findings")
    rejected: pl.DataFrame = _none_of("rejected")
    replaces: str = ""  # the vintage this one corrects
    because: str = ""  # and why, in a sentence
    built_at: str = ""  # ISO 8601, given by whoever builds
    label: str = ""  # what people call it: "Cabinet, January 2021"

    def __post_init__(self) -> None:
        _each_once("input", (one.name for one in self.inputs))
        _each_once("definition", (name for name, _ in self.definitions))
        _each_once("argument", (name for name, _ in self.arguments))
        for name in (*(one.name for one in self.inputs), *(name for name, _ in self.definitions)):
            _within_the_folder(name)

    @cached_property
    def name(self) -> str:
        return name_of(self.inputs, self.definitions, self.arguments, self.software)

    @cached_property
    def frames(self) -> Mapping[str, Frame]:
        """Every frame by its name, its schema checked and its rows in order."""
        given = {name: getattr(self, name) for name in FRAMES}
        given["rejected"] = fitted(self.rejected, REJECTED)
        return {name: _ordered(given[name], FRAMES[name]) for name in FRAMES}

    @cached_property
    def digests(self) -> Mapping[str, str]:
        return {name: digest(frame) for name, frame in self.frames.items()}

    @cached_property
    def seal(self) -> str:
        return seal(self.digests)

    @cached_property
    def published_seal(self) -> str:
        return seal_of_published(self.digests)

    def read(self, frame: str) -> pl.DataFrame:
        held = self.frames[frame]
        return held.collect() if isinstance(held, OnDisk) else held


def seal_of_published(digests: Mapping[str, str]) -> str:
    """The seal of the published frames, from the digests of all."""
    return seal({name: digests[name] for name in PUBLISHED})


def published_seal(frames: Mapping[str, pl.DataFrame]) -> str:
    """The seal of exported frames, whatever the order of their rows: who has them can check it."""
    fitting = {name: fitted(frames[name], FRAMES[name]) for name in PUBLISHED}
    return seal_of_published({name: digest(frame) for name, frame in fitting.items()})


def name_of(
    inputs: Iterable[Fingerprint],
    definitions: Iterable[tuple[str, str]],
    arguments: Iterable[tuple[str, str]],
    software: str,
) -> str:
    """The name of a build of these inputs, definitions, arguments and software."""
    asked = {
        "inputs": sorted([one.name, one.bytes, one.sha256] for one in inputs),
        "definitions": sorted([name, same_line_ends(text)] for name, text in definitions),
        "arguments": sorted([name, value] for name, value in arguments),
        "software": software,
    }
    text = json.dumps(asked, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:NAME_LENGTH]


def software(version: str, lock: bytes = b"") -> str:
    """Our version with the digest of the lock file or, without one, the installed versions.

    Only packages that decide a number are named, so that a new test runner changes no name.
    """
    if lock:
        same = lock.replace(b"\r\n", b"\n")
        return f"outturn {version}, lock {hashlib.sha256(same).hexdigest()[:16]}"
    return ", ".join([f"outturn {version}", *(f"{p} {installed_version(p)}" for p in DECIDING)])


def same_line_ends(text: str) -> str:
    """The text with the line ends of every system written the same way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ordered(frame: Frame, schema: Mapping[str, type[pl.DataType]]) -> Frame:
    """A frame on the disk was put in order when it was written."""
    if isinstance(frame, OnDisk):
        checked(pl.DataFrame(schema=dict(frame.schema)), dict(schema))
        return frame
    return in_order(checked(frame, dict(schema)))


def _each_once(what: str, names: Iterable[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"{what} given twice: {', '.join(sorted(twice))}")


def _within_the_folder(name: str) -> None:
    """A name is relative and written with `/`, or a copied folder would have another name."""
    parts = PurePosixPath(name).parts
    if "\\" in name or PureWindowsPath(name).anchor or not parts or ".." in parts:
        raise ValueError(f"not a name within the folder: {name}")
