"""The manifest of a kept vintage: everything about it but its figures, and a digest of each file.

It is the last file written, so a folder that has one is whole. Its own last line is a digest of
the rest, so that an altered word is noticed each time it is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from outturn.terms.errors import VintageMistake
from outturn.terms.records import Fingerprint
from outturn.vintages.vintage import seal_of_published

FORMAT = 1
FILE = "manifest.json"
DEFINITIONS = "definitions.json"
BUILD_AGAIN = "Put the folder back from a copy, or build again from the same inputs."


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file beside the manifest; `rows` and `digest` (of its content) are a frame's."""

    file: str
    bytes: int
    sha256: str
    rows: int = 0
    digest: str = ""


@dataclass(frozen=True)
class Manifest:
    name: str
    seal: str
    inputs: tuple[Fingerprint, ...]
    arguments: tuple[tuple[str, str], ...]
    software: str
    definitions: KeptFile
    frames: Mapping[str, KeptFile]
    replaces: str = ""
    because: str = ""
    built_at: str = ""
    label: str = ""

    @property
    def published_seal(self) -> str:
        return seal_of_published({name: one.digest for name, one in self.frames.items()})

    @property
    def files(self) -> tuple[KeptFile, ...]:
        return (self.definitions, *self.frames.values())


def measured(file: Path, rows: int = 0, digest: str = "") -> KeptFile:
    """A file as it is on the disk now."""
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return KeptFile(file.name, file.stat().st_size, sha256, rows, digest)


def written(manifest: Manifest) -> str:
    """The manifest as the text of its file."""
    said = {
        "format": FORMAT,
        "name": manifest.name,
        "seal": manifest.seal,
        "built_at": manifest.built_at,
        "label": manifest.label,
        "replaces": manifest.replaces,
        "because": manifest.because,
        "software": manifest.software,
        "arguments": [list(one) for one in manifest.arguments],
        "inputs": [asdict(one) for one in manifest.inputs],
        "definitions": asdict(manifest.definitions),
        "frames": {name: asdict(one) for name, one in manifest.frames.items()},
    }
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return json.dumps({**said, "digest": digest}, indent=1, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`; a VintageMistake when it is missing or altered."""
    where = f"{folder.parent.name}/{folder.name}/{FILE}"
    try:
        text = (folder / FILE).read_bytes().decode()
    except FileNotFoundError:
        problem = "The manifest of this vintage is missing."
        raise VintageMistake(where=where, problem=problem, remedy=BUILD_AGAIN) from None
    except UnicodeDecodeError:
        raise _altered(where) from None
    try:
        manifest = _parsed(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _altered(where) from None
    if written(manifest) != text:
        raise _altered(where)
    return manifest


def _parsed(said: Mapping[str, Any]) -> Manifest:
    """What a manifest says; another word, or one that is missing, is an error of Python's."""
    loose = dict(said)
    format_ = loose.pop("format")
    loose.pop("digest")
    if format_ != FORMAT:
        raise ValueError("another format")
    inputs = tuple(Fingerprint(**one) for one in loose.pop("inputs"))
    arguments = tuple((n, v) for n, v in loose.pop("arguments"))
    frames = {n: KeptFile(**f) for n, f in loose.pop("frames").items()}
    definitions = KeptFile(**loose.pop("definitions"))
    return Manifest(
        inputs=inputs,
        arguments=arguments,
        frames=frames,
        definitions=definitions,
        **loose,
    )


def _altered(where: str) -> VintageMistake:
    problem = "The manifest was altered after it was written, or a newer outturn wrote it."
    return VintageMistake(where=where, problem=problem, remedy=BUILD_AGAIN)
