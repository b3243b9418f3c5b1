"""Writes docs/spec.md: what is counted, from the tests that hold the engines to it.

Each test of `tests/spec` is run with a recorder in place of an engine. Its name is the sentence,
its docstring says more, and what it was going to check is the example.
"""

from __future__ import annotations

import importlib.util
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "spec.md"
INTRODUCTION = """\
# What a definition counts

This page is made from the tests in `tests/spec`: every sentence is checked on both engines, with
the tables that stand under it. Where an example leaves them out, `frequency` is `month`, `roll_up`
is `none` and `aggregate` is `published` here, so that it shows one thing at a time.

The places of the examples: Ward and Village lie in Northtown; Northtown and Southtown lie in Shire.
In the hierarchy *health*, Ward belongs to the Clinic.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    print("docs/spec.md")


def page() -> str:
    """The whole page, as Markdown."""
    lines = [INTRODUCTION]
    for path in sorted((ROOT / "tests" / "spec").glob("test_*.py")):
        module = load(path)
        lines += [f"## {(module.__doc__ or '').strip()}", ""]
        for name, test in vars(module).items():  # in the order in which they are written
            if name.startswith("test_"):
                lines += section(name, test)
    return "\n".join(lines).rstrip() + "\n"


def load(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"spec_{path.stem}", path)
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def section(name: str, test: Any) -> Iterator[str]:
    """One sentence, what is said about it, and its examples."""
    words = name.removeprefix("test_").replace("_", " ")
    yield f"### {words[0].upper()}{words[1:]}"
    yield ""
    if test.__doc__:
        yield " ".join(test.__doc__.split())
        yield ""
    recorded: list[list[str]] = []

    def record(tables: Mapping[str, str], definition: str, expect: str, **arguments: Any) -> None:
        recorded.append(list(example(tables, definition, expect, arguments)))

    test(record)
    for lines in recorded:
        yield from lines


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
