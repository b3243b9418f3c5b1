"""Copies of the bundled examples, built once a session; a test that changes one copies it again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outturn.cli.app import run
from outturn.commands.build import build
from outturn.commands.scaffold import new

EXAMPLES = Path(__file__).parents[3] / "examples"
NOT_COPIED = shutil.ignore_patterns("vintages", ".outturn", "papers")


@dataclass(frozen=True)
class Told:
    """What one command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def outturn(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Runs one command line in this process."""

    def command(*arguments: object) -> Told:
        capsys.readouterr()
        code = run([str(one) for one in arguments])
        return Told(code, *capsys.readouterr())

    return command


@pytest.fixture(scope="session")
def leicestershire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of January 2021, built. Nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("built") / "leicestershire-2021"
    shutil.copytree(EXAMPLES / folder.name, folder, ignore=NOT_COPIED)
    build(folder)
    return folder


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of December 2013, built. Nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("built") / "leicestershire-2013"
    shutil.copytree(EXAMPLES / folder.name, folder, ignore=NOT_COPIED)
    build(folder)
    return folder


@pytest.fixture(scope="session")
def vale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new folder, built: it counts, under the disclosure preset "social care"."""
    folder = new("Vale", tmp_path_factory.mktemp("built"))
    build(folder)
    return folder


AIMED = """
[[target]]
id = "admissions-75-2026"
measure = "emergency_admissions"
period = "2026/27"
breakdown = "age"
category = "80"
at_most = 100
agreed = { by = "Integration Joint Board", where = "Meeting of March 2026", because = "A start." }

[[target]]
id = "admissions-75-2026-later"
supersedes = "admissions-75-2026"
measure = "emergency_admissions"
period = "2026/27"
breakdown = "age"
category = "80"
at_most = 90
agreed = { by = "Integration Joint Board", because = "It can be done." }
"""


@pytest.fixture(scope="session")
def parted(vale: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The new folder with a target for those aged 80, built. Nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("built") / "parted"
    shutil.copytree(vale, folder, ignore=NOT_COPIED)
    with (folder / "framework/measures/emergency_admissions.toml").open("a") as file:
        file.write('\n[[breakdown]]\nname = "age"\ncolumn = "age"\ncategories = ["80", "90"]\n')
    with (folder / "targets/2026-27.toml").open("a") as file:
        file.write(AIMED)
    build(folder)
    return folder


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """A copy of a folder elsewhere; its builds, and what it remembers, only if asked for."""

    def copy(folder: Path, name: str = "copy", *, kept: bool = False) -> Path:
        ignored = shutil.ignore_patterns("papers") if kept else NOT_COPIED
        return Path(shutil.copytree(folder, tmp_path / name, ignore=ignored))

    return copy


@pytest.fixture
def edited() -> Callable[[Path, str, str], None]:
    """Puts one text in place of another, which must stand in the file exactly once."""

    def edit(file: Path, old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    return edit


@pytest.fixture(scope="session", autouse=True)
def nobody_pulls_the_plug() -> Iterator[None]:
    """Builds here do not wait for the disk: no test in this folder cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def examples_copy(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a bundled example, not built."""
    return lambda name: Path(shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=NOT_COPIED))
