"""Keeps what was read, so that an unchanged file is not opened again.

`fingerprints.json` remembers the digest of each file by its name, size, time of change and inode.
A file that was changed less than two seconds before it was digested may change again within the
same tick of the clock, so its remembered digest is not trusted. Tables are kept as Parquet under a
name made of all that decides them. Anything here may be deleted: it is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import polars as pl

from outturn.terms.records import Fingerprint

_NOT_FOR_OTHERS = 0o770  # less what the umask of its owner takes away
SETTLED_NS = 2_000_000_000
ABANDONED_SECONDS = 3600  # a file still unfinished after an hour was left by a run that was stopped
KEPT_PER_SOURCE = 3  # earlier tables of one source that stay, so that going back is cheap


def hidden(folder: Path) -> None:
    """The folder, made if need be, which version control is told to leave alone: it holds rows, and
    counts before disclosure control. Nobody but its owner, and who shares their group, may open it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=_NOT_FOR_OTHERS)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def digest(*parts: Any) -> str:
    """A digest of values and records; the order of the keys in a mapping makes no difference."""
    text = json.dumps(parts, sort_keys=True, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return str(value)


@dataclass
class Store:
    """The cache of one partnership. With no folder it remembers nothing and keeps nothing."""

    folder: Path | None
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def place(self) -> Path | None:
        """The folder of the tables, for a database to read them; None where nothing is kept."""
        return self.folder / "tables" if self.folder else None

    @classmethod
    def opened(cls, folder: Path | None) -> Store:
        store = cls(folder)
        try:
            found = json.loads((folder / "fingerprints.json").read_text()) if folder else {}
            store.known = {k: v for k, v in found.items() if isinstance(v, dict)}
        except (OSError, ValueError, AttributeError):
            pass
        return store

    def fingerprint(self, file: Path, name: str) -> Fingerprint:
        """What the file is now. It is opened only when it may have changed."""
        found = file.stat()
        seen = {"size": found.st_size, "mtime_ns": found.st_mtime_ns, "inode": found.st_ino}
        before = self.known.get(name, {})
        settled = before.get("hashed_ns", 0) - found.st_mtime_ns > SETTLED_NS
        if settled and {key: before.get(key) for key in seen} == seen and before.get("sha256"):
            return Fingerprint(name, found.st_size, str(before["sha256"]))
        hashed_ns = time.time_ns()
        sha256 = digest_of(file)
        self.known[name] = {**seen, "hashed_ns": hashed_ns, "sha256": sha256}
        return Fingerprint(name, found.st_size, sha256)

    def tables(self, source: str, key: str, parts: tuple[str, ...]) -> dict[str, pl.DataFrame]:
        """The parts kept under a key, all of them unharmed; else nothing."""
        if self.folder is None:
            return {}
        try:
            seals = json.loads(self._path(source, key, "json").read_text())
            frames = {}
            for part in parts:
                path = self._path(source, key, f"{part}.parquet")
                if digest_of(path) != seals[part]:
                    return {}
                frames[part] = pl.read_parquet(path, glob=False)
            return frames
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            return {}

    def file(self, source: str, key: str, part: str) -> Path | None:
        """Where a part is kept under a key, unharmed; None when it is not."""
        if self.folder is None:
            return None
        path = self._path(source, key, f"{part}.parquet")
        try:
            seals = json.loads(self._path(source, key, "json").read_text())
            return path if digest_of(path) == seals[part] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, source: str, key: str, parts: dict[str, pl.DataFrame]) -> None:
        """Write the parts, each whole or not at all, and their seals last."""
        if self.folder is None:
            return
        try:
            hidden(self.folder)
            seals = {}
            for part, frame in parts.items():
                path = self._path(source, key, f"{part}.parquet")
                _written(path, lambda to, frame=frame: frame.write_parquet(to))
                seals[part] = digest_of(path)
            text = json.dumps(seals)
            _written(self._path(source, key, "json"), lambda to: to.write_text(text))
            self._prune(source)
        except (OSError, pl.exceptions.PolarsError):  # Polars has errors of its own for a full disk
            pass  # a folder that cannot be written makes the next run slower, not wrong

    def remember(self) -> None:
        """Write the fingerprints, so that a run which goes on from here opens nothing twice."""
        if self.folder is None:
            return
        text = json.dumps(self.known, indent=1, sort_keys=True)
        try:
            hidden(self.folder)
            _written(self.folder / "fingerprints.json", lambda to: to.write_text(text))
        except OSError:
            pass  # as in `keep`

    def close(self) -> None:
        """Remember the fingerprints, and remove what runs left that were stopped."""
        if self.folder is None:
            return
        self.remember()
        try:
            for left in (*self.folder.glob(".part-*"), *self.folder.glob("tables/.part-*")):
                if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                    left.unlink(missing_ok=True)
        except OSError:
            pass

    def _path(self, source: str, key: str, ending: str) -> Path:
        assert self.place is not None
        return self.place / f"{digest(source)[:12]}-{key[:40]}.{ending}"

    def _prune(self, source: str) -> None:
        seals = self._path(source, "", "json").parent.glob(f"{digest(source)[:12]}-*.json")
        newest = sorted(seals, key=lambda one: one.stat().st_mtime_ns, reverse=True)
        for old in newest[KEPT_PER_SOURCE:]:
            for file in old.parent.glob(f"{old.stem}.*"):
                file.unlink(missing_ok=True)


def _written(path: Path, write: Any) -> None:
    """Write beside the file and move into place, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    os.close(handle)
    try:
        write(Path(name))
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
