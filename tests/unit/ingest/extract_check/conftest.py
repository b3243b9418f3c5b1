"""The modules of this folder that hold no tests, and what the checker says of a file."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from outturn.framework.model import Source
from outturn.ingest.extract_check import Asked, Judged, check_extract, read_extract


def beside(name: str) -> ModuleType:
    """A module of this folder."""
    if name not in sys.modules:
        found = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
        assert found and found.loader
        sys.modules[name] = importlib.util.module_from_spec(found)
        found.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """`clean_extract` and the day on which it is extracted."""
    return beside("clean_extract")


@pytest.fixture(scope="session")
def clean(made: ModuleType) -> Any:
    return made.clean_extract(480)


@pytest.fixture
def judge(tmp_path: Path, made: ModuleType) -> Callable[..., Judged]:
    """Checks a file of these bytes, with the words of its source."""

    def judged(data: bytes, name: str = "extract.csv", **words: Any) -> Judged:
        path = tmp_path / name
        path.write_bytes(data)
        read = read_extract(path, Source("extract", name, "cld", **words), made.CONTRACT)
        return check_extract(read, made.CONTRACT, Asked(made.AS_OF))

    return judged


@pytest.fixture
def found() -> Callable[[Judged], dict[str, set[Any]]]:
    """By rule, the lines of the file that were found, or what was found about the file."""

    def by_rule(judged: Judged) -> dict[str, set[Any]]:
        rows = judged.records.frame["row"]
        told: dict[str, set[Any]] = {}
        for rule, index, what in judged.findings.select("rule", "index", "what").iter_rows():
            told.setdefault(rule, set()).add(what if index is None else rows[index])
        return told

    return by_rule
