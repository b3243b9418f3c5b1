"""The documentation as it is built: the written pages and those made from the code, in a copy."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    """A script of the folder docs as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    return script("generate_reference")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, reference: ModuleType) -> Path:
    """A copy of docs/ with the pages that are made from the code."""
    docs = tmp_path_factory.mktemp("docs") / "docs"
    shutil.copytree(ROOT / "docs", docs, ignore=shutil.ignore_patterns("generated", "*.py"))
    reference.main(docs / "reference" / "generated")
    return docs


@pytest.fixture(scope="session")
def page(site: Path):
    """The text of a page made from the code, by its name."""
    return lambda name: (site / "reference" / "generated" / f"{name}.md").read_text("utf-8")
