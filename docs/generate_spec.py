"""Writes docs/spec.md and docs/derived.md, from the tests that hold the engines to what they say.

Each test of `tests/spec` and of `tests/spec/derived` is run with a recorder in place of an engine.
Its name is the sentence, its docstring says more, and what it was going to check is the example.
"""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "spec.md"
DERIVED_PAGE = ROOT / "docs" / "derived.md"
DERIVED_TESTS = ROOT / "tests" / "spec" / "derived"
INTRODUCTION = """\
# What a definition counts

This page is made from the tests in `tests/spec`: every sentence is checked on both engines, with
the tables that stand under it. Where an example leaves them out, `frequency` is `month`, `roll_up`
is `none` and `aggregate` is `published` here, so that it shows one thing at a time.

The places of the examples: Ward and Village lie in Northtown; Northtown and Southtown lie in Shire.
In the hierarchy *health*, Ward belongs to the Clinic.
"""
DERIVED_INTRODUCTION = """\
# Derived tables: people made by hand

This page is made from the tests in `tests/spec/derived`: every sentence is checked on DuckDB, on
Spark and by the plain judge, with the people that stand under it. None of them ever lived.

What is not drawn is empty, except that a record of `cld` is a service of a service user, its place
is North, and the day looked from is 5 May 2026. Columns that an example leaves out of what comes
out are not shown; they are all in the contracts. A cell in quotation marks keeps its blanks.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    print("docs/spec.md")
    DERIVED_PAGE.write_text(derived_page(), encoding="utf-8")
    print("docs/derived.md")


def page() -> str:
    """The whole page, as Markdown."""
    lines = [INTRODUCTION]
    files = (ROOT / "tests" / "spec").glob("test_*.py")
    for path in sorted(files, key=lambda one: int(one.stem.split("_")[1])):
        module = load(path)
        lines += [f"## {(module.__doc__ or '').strip()}", ""]
        for name, test in vars(module).items():  # in the order in which they are written
            if name.startswith("test_"):
                lines += section(name, test)
    return "\n".join(lines).rstrip() + "\n"


def derived_page() -> str:
    """The page of derived tables, as Markdown."""
    lines, last = [DERIVED_INTRODUCTION], ""
    for module, name, cases in drawing().gathered():
        title, _, more = (module.__doc__ or "").strip().partition("\n\n")
        if title != last:
            lines += [f"## {title}", "", *([" ".join(more.split()), ""] if more else [])]
            last = title
        lines += heading(name, getattr(module, name))
        for case in cases:
            lines += derived_example(case)
    return "\n".join(lines).rstrip() + "\n"


def drawing() -> ModuleType:
    """How drawn tables of people are read, and the tests that draw them."""
    name = "drawing"
    found = importlib.util.spec_from_file_location(name, DERIVED_TESTS / f"{name}.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # its records are dataclasses, which look for it there
    found.loader.exec_module(module)
    return module


def derived_example(case: Any) -> Iterator[str]:
    for name, table in case.tables.items():
        yield f"Table `{name}`:"
        yield from ["", *drawn(table), ""]
    said = [f"{name} = {value}" for name, value in case.parameters.items()]
    if case.as_of != drawing().AS_OF:
        said.append(f"looked from {case.as_of}")
    if not case.rows_wanted:
        yield from [f"gives no row of `{case.table}`{_said(said)}.", ""]
    else:
        yield f"gives, in `{case.table}`{_said(said)}:"
        yield from ["", *drawn(case.expect), ""]
    if case.kept_out:
        yield "and keeps out, as `outturn people` tells:"
        yield from ["", *drawn(case.kept_out), ""]


def _said(words: list[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def load(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"spec_{path.stem}", path)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def section(name: str, test: Any) -> Iterator[str]:
    """One sentence, what is said about it, and its examples."""
    yield from heading(name, test)
    recorded: list[list[str]] = []

    def record(tables: Mapping[str, str], definition: str, expect: str, **arguments: Any) -> None:
        recorded.append(list(example(tables, definition, expect, arguments)))

    test(record)
    for lines in recorded:
        yield from lines


def heading(name: str, test: Any) -> Iterator[str]:
    words = name.removeprefix("test_").replace("_", " ")
    yield f"### {words[0].upper()}{words[1:]}"
    yield ""
    if test.__doc__:
        yield " ".join(test.__doc__.split())
        yield ""


def example(
    tables: Mapping[str, str], definition: str, expect: str, arguments: Mapping[str, Any]
) -> Iterator[str]:
    for name, table in tables.items():
        yield f"Table `{name}`:"
        yield from ["", *drawn(table), ""]
    yield from ["```toml", *textwrap.dedent(definition).strip().splitlines(), "```", ""]
    said = [
        f"{name.replace('_', ' ')} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in arguments.items()
    ]
    yield f"gives{' (' + ', '.join(said) + ')' if said else ''}:"
    yield from ["", *drawn(expect), ""]


def drawn(table: str) -> list[str]:
    """A table drawn with bars, as Markdown."""
    lines = [line.strip() for line in table.strip().splitlines()]
    return [lines[0], "|" + "---|" * (lines[0].count("|") - 1), *lines[1:]]


if __name__ == "__main__":
    main()
