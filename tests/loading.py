"""Modules of the tests that other tests use: the folders of tests are no packages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parent


def module(path: str) -> ModuleType:
    """The module at a path under `tests`, such as "spec/derived/drawing.py": loaded once."""
    name = "_".join(Path(path).with_suffix("").parts)
    if name not in sys.modules:
        found = importlib.util.spec_from_file_location(name, TESTS / path)
        assert found and found.loader
        sys.modules[name] = importlib.util.module_from_spec(found)  # its dataclasses ask for it
        found.loader.exec_module(sys.modules[name])
    return sys.modules[name]
