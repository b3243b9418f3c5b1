"""Keep vintages in a folder, one after another, so that no reader ever sees half of one.

    vintages/
      CURRENT                  one line: the name of the vintage that is shown
      v=3f2a9c0b17de/          one vintage, never changed
        found.parquet          counts before disclosure control, for the eyes of its owner only
        manifest.json          what it is, and a digest of each file; written last
        definitions.json       file names and texts, as they read that day
        values.parquet ...     one file for each frame, sorted
      .tmp-3f2a9c0b17de-4711-0/   being written by process 4711, or left when it was stopped

A vintage is written beside its place, flushed to disk and renamed into it; then CURRENT is
replaced. Both steps happen at once or not at all, so readers take no lock, and of two builders
of the same vintage the second finds it there. A reader asks once what is current and keeps to it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from outturn.terms.errors import VintageMistake, suggestion
from outturn.terms.records import Fingerprint
from outturn.vintages.manifest import (
    BUILD_AGAIN,
    DEFINITIONS,
    FILE,
    Manifest,
    measured,
    read_manifest,
    written,
)
from outturn.vintages.on_disk import ROWS_IN_A_GROUP, OnDisk, scan_file, writing
from outturn.vintages.unfinished import flush, replace, workspace, write
from outturn.vintages.vintage import FRAMES, PROTECTED, RELEASED, Vintage

CURRENT = "CURRENT"
FOLDER = "v="
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list of vintages."""

    name: str
    as_of: str
    built_at: str
    label: str
    replaces: str
    rows: int  # over all frames
    seal: str
    published_seal: str
    is_current: bool


@dataclass(frozen=True)
class Released:
    """What may be told of a kept vintage. A frame is read when asked for, and no other with it."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def seal(self) -> str:
        return self.manifest.seal

    @property
    def published_seal(self) -> str:
        return self.manifest.published_seal

    @property
    def inputs(self) -> tuple[Fingerprint, ...]:
        return self.manifest.inputs

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        return self.manifest.arguments

    @property
    def software(self) -> str:
        return self.manifest.software

    @cached_property
    def definitions(self) -> tuple[tuple[str, str], ...]:
        """The name and text of each definition file, as it read on the day."""
        return read_definitions(self.folder)

    def scan(self, frame: str) -> pl.LazyFrame:
        """A released frame, unread: filter it and collect what a page needs.

        A column that a later outturn added to the schema is all null.
        """
        if frame not in RELEASED:
            raise ValueError(f"{frame} is not a released frame: {', '.join(RELEASED)}")
        return _scan(self.folder, frame)

    def read(self, frame: str) -> pl.DataFrame:
        return self.scan(frame).collect()


def keep(store: Path, vintage: Vintage) -> str:
    """Keep a vintage, make it the current one, and give its name.

    Keeping the same results again only makes them current. Other results under the same name
    are a VintageMistake, and nothing changes.
    """
    _explained(store, vintage)
    with writing(store.name):
        store.mkdir(parents=True, exist_ok=True)
        if not _is_whole(store, vintage.name):
            _write(store, vintage)
        _agrees(store, vintage)
        replace(store / CURRENT, f"{vintage.name}\n")
    return vintage.name


def names(store: Path) -> tuple[str, ...]:
    """The names of the vintages that are whole, in alphabetical order."""
    if not store.is_dir():
        return ()
    found = (entry.removeprefix(FOLDER) for entry in os.listdir(store) if entry.startswith(FOLDER))
    return tuple(sorted(name for name in found if _is_whole(store, name)))


def listing(store: Path) -> tuple[Listed, ...]:
    """Every vintage, the first built first."""
    shown = _pointed_at(store)
    manifests = [read_manifest(store / f"{FOLDER}{name}") for name in names(store)]
    return tuple(
        Listed(
            name=one.name,
            as_of=dict(one.arguments).get("as_of", ""),
            built_at=one.built_at,
            label=one.label,
            replaces=one.replaces,
            rows=sum(frame.rows for frame in one.frames.values()),
            seal=one.seal,
            published_seal=one.published_seal,
            is_current=one.name == shown,
        )
        for one in sorted(manifests, key=lambda one: (one.built_at, one.name))
    )


def current(store: Path) -> str:
    """The name of the vintage that is shown."""
    name = _pointed_at(store)
    if not name:
        # With some and no pointer, the very first builder was stopped between its last two steps.
        some = bool(names(store))
        raise VintageMistake(
            where=f"{store.name}/{CURRENT}",
            problem="No vintage is the current one."
            if some
            else "No vintage has been kept here yet.",
            remedy="Build again, or open one by its name." if some else "Build one first.",
        )
    if not _is_whole(store, name):
        raise VintageMistake(
            where=f"{store.name}/{CURRENT}",
            problem="It names a vintage that is not here.",
            remedy=BUILD_AGAIN,
        )
    return name


def resolve(store: Path, name: str = "") -> str:
    """The full name that the beginning of a name stands for; of none, the current vintage."""
    if not name:
        return current(store)
    known = names(store)
    near = [one for one in known if one.startswith(name.lower())]
    if len(near) == 1:
        return near[0]
    if near:
        problem = f"'{name}' is the beginning of {len(near)} names."
        remedy = f"Write more of it: {' or '.join(near[:3])}."
    else:
        problem = f"There is no vintage '{name}'."
        otherwise = "List the vintages to see their names." if known else "Build one first."
        remedy = suggestion(name, known, otherwise)
    raise VintageMistake(where=store.name, problem=problem, remedy=remedy)


def folder_of(store: Path, name: str = "") -> Path:
    return store / f"{FOLDER}{resolve(store, name)}"


def open_(store: Path, name: str = "") -> Released:
    """The released part of a vintage, by its name, the beginning of it, or none for the current."""
    folder = folder_of(store, name)
    return Released(folder, read_manifest(folder))


# Writing


def _explained(store: Path, vintage: Vintage) -> None:
    where = store.name
    if vintage.replaces == vintage.name:
        problem = f"Vintage {vintage.name} would replace itself: nothing has changed since."
        remedy = "Correct the data or a definition first, then build again."
        raise VintageMistake(where=where, problem=problem, remedy=remedy)
    if vintage.replaces and not vintage.because:
        problem = f"This vintage replaces {vintage.replaces} without a reason."
        raise VintageMistake(where=where, problem=problem, remedy="Say why, in a sentence.")
    if vintage.replaces and vintage.replaces not in names(store):
        problem = f"The vintage to replace, '{vintage.replaces}', is not here."
        remedy = suggestion(vintage.replaces, names(store), "List the vintages to see their names.")
        raise VintageMistake(where=where, problem=problem, remedy=remedy)


def _write(store: Path, vintage: Vintage) -> None:
    with workspace(store, vintage.name) as folder:
        texts = json.dumps([list(one) for one in vintage.definitions], indent=1, ensure_ascii=False)
        write(folder / DEFINITIONS, texts)
        for name, frame in vintage.frames.items():
            file = folder / f"{name}.parquet"
            if name in PROTECTED:  # made first, so that at no moment anybody else may read it
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
            if isinstance(frame, OnDisk):
                shutil.copyfile(frame.file, file)
            else:
                frame.write_parquet(file, compression="zstd", row_group_size=ROWS_IN_A_GROUP)
            flush(file)
        write(folder / FILE, written(_manifest(folder, vintage)))
        flush(folder)
        with _unless_there(store, vintage.name):
            os.rename(folder, store / f"{FOLDER}{vintage.name}")
        flush(store)


def _manifest(folder: Path, vintage: Vintage) -> Manifest:
    frames = {
        name: measured(folder / f"{name}.parquet", frame.height, vintage.digests[name])
        for name, frame in vintage.frames.items()
    }
    return Manifest(
        name=vintage.name,
        seal=vintage.seal,
        inputs=vintage.inputs,
        arguments=vintage.arguments,
        software=vintage.software,
        definitions=measured(folder / DEFINITIONS),
        frames=frames,
        replaces=vintage.replaces,
        because=vintage.because,
        built_at=vintage.built_at,
        label=vintage.label,
    )


@contextmanager
def _unless_there(store: Path, name: str) -> Iterator[None]:
    """Let a rename fail where another builder was there first; what it wrote is compared later."""
    try:
        yield
    except OSError:
        if not (store / f"{FOLDER}{name}").is_dir():
            raise


def _agrees(store: Path, vintage: Vintage) -> None:
    kept = read_manifest(store / f"{FOLDER}{vintage.name}")
    if kept.seal == vintage.seal:
        return
    differ = [
        name
        for name in FRAMES
        if name not in kept.frames or kept.frames[name].digest != vintage.digests[name]
    ]
    raise VintageMistake(
        where=f"{store.name}/{FOLDER}{vintage.name}",
        problem=f"It is kept with other results from the same inputs: {', '.join(differ)} differ.",
        remedy="Nothing was changed. Verify the kept one; if it is whole, report that a build"
        " does not repeat itself.",
    )


# Reading


def _is_whole(store: Path, name: str) -> bool:
    return (store / f"{FOLDER}{name}" / FILE).is_file()


def _pointed_at(store: Path) -> str:
    try:
        return (store / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def read_definitions(folder: Path) -> tuple[tuple[str, str], ...]:
    texts = json.loads((folder / DEFINITIONS).read_bytes())
    return tuple((name, text) for name, text in texts)


def _scan(folder: Path, frame: str) -> pl.LazyFrame:
    file = folder / f"{frame}.parquet"
    if not file.is_file():
        raise missing(folder, file.name)
    kept = scan_file(file)
    known = kept.collect_schema().names()
    schema = FRAMES[frame]
    return kept.select(
        pl.col(name) if name in known else pl.lit(None).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def missing(folder: Path, file: str) -> VintageMistake:
    where = f"{folder.parent.name}/{folder.name}/{file}"
    problem = "The file is missing."
    return VintageMistake(where=where, problem=problem, remedy=BUILD_AGAIN)
