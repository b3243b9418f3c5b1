from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import outturn.statistics

WORD = re.compile(r"\w+")


def public_functions():
    for module in pkgutil.iter_modules(outturn.statistics.__path__, "outturn.statistics."):
        for name, thing in vars(import_module(module.name)).items():
            if inspect.isfunction(thing) and thing.__module__ == module.name and name[0] != "_":
                yield thing


def test_every_public_function_gives_its_source_and_an_example():
    lacking = [
        f.__qualname__
        for f in public_functions()
        if "Source:" not in (f.__doc__ or "") or ">>>" not in (f.__doc__ or "")
    ]
    assert lacking == []


def test_every_public_function_has_a_property_test():
    folder = Path(__file__).parents[2] / "property"
    named = {word for file in folder.glob("test_*.py") for word in WORD.findall(file.read_text())}
    assert [f.__qualname__ for f in public_functions() if f.__name__ not in named] == []
