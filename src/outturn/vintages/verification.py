"""Whether a kept vintage still says what was kept.

Counts as found may lack: they are for their owner only, and a copy for others leaves them out. What
is there is held against the seal; what lacks is taken as the manifest has it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from outturn.terms.errors import Mistakes, VintageMistake
from outturn.vintages.manifest import BUILD_AGAIN, FILE, Manifest, measured, read_manifest
from outturn.vintages.on_disk import scan_file
from outturn.vintages.seal import digest, seal
from outturn.vintages.store import folder_of, missing, read_definitions
from outturn.vintages.vintage import PROTECTED, name_of

_MAY_LACK = {f"{name}.parquet" for name in PROTECTED}


def verify(store: Path, name: str = "") -> None:
    """Raise what is wrong with a kept vintage: one VintageMistake, or Mistakes of several."""
    found = list(faults(store, name))
    if len(found) > 1:
        raise Mistakes(f"{len(found)} mistake(s)", found)
    if found:
        raise found[0]


def faults(store: Path, name: str = "") -> Iterator[VintageMistake]:
    """Each file missing, altered or added since it was kept, and each digest that differs."""
    folder = folder_of(store, name)
    try:
        manifest = read_manifest(folder)
    except VintageMistake as mistake:
        yield mistake
        return
    wrong = [*_strangers(folder, manifest), *_altered_files(folder, manifest)]
    yield from wrong or [*_other_contents(folder, manifest), *_other_name(folder, manifest)]


def _strangers(folder: Path, manifest: Manifest) -> Iterator[VintageMistake]:
    known = {FILE, *(one.file for one in manifest.files)}
    for name in sorted(set(os.listdir(folder)) - known):
        problem = "This file was not kept with the vintage."
        remedy = "Move it out of the folder: a vintage is never added to."
        yield VintageMistake(where=_where(folder, name), problem=problem, remedy=remedy)


def _altered_files(folder: Path, manifest: Manifest) -> Iterator[VintageMistake]:
    for one in manifest.files:
        if not (folder / one.file).is_file():
            if one.file not in _MAY_LACK:
                yield missing(folder, one.file)
        elif measured(folder / one.file, one.rows, one.digest) != one:
            yield _wrong(folder, one.file, "The file was altered after it was kept.")


def _other_contents(folder: Path, manifest: Manifest) -> Iterator[VintageMistake]:
    """What only a forger or a fault of ours could do: the files fit the manifest, not the seal."""
    found: dict[str, str] = {}
    for name, one in manifest.frames.items():
        found[name] = one.digest
        if one.file in _MAY_LACK and not (folder / one.file).is_file():
            continue
        frame = scan_file(folder / one.file).collect()
        found[name] = digest(frame)
        if frame.height != one.rows or found[name] != one.digest:
            yield _wrong(folder, one.file, "The figures in it are not those that were sealed.")
    if seal(found) != manifest.seal:
        yield _wrong(folder, FILE, "The results do not fit the seal.")


def _other_name(folder: Path, manifest: Manifest) -> Iterator[VintageMistake]:
    definitions = read_definitions(folder)
    name = name_of(manifest.inputs, definitions, manifest.arguments, manifest.software)
    if not folder.name.endswith(f"={name}") or manifest.name != name:
        problem = "The name does not fit the inputs, definitions, arguments and software."
        yield _wrong(folder, FILE, problem)


def _wrong(folder: Path, file: str, problem: str) -> VintageMistake:
    return VintageMistake(where=_where(folder, file), problem=problem, remedy=BUILD_AGAIN)


def _where(folder: Path, file: str) -> str:
    return f"{folder.parent.name}/{folder.name}/{file}"
