"""Writes docs/reference/generated/ from the code: commands, errors, definition words, contracts.

A room that is not there yet gives a page that says so; a room that is there and fails to import
stops the build, because a reference that is silently empty is worse than none.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

OUT = Path(__file__).parent / "reference" / "generated"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    pages = {
        "commands": ("Commands", "outturn.cli", commands),
        "errors": ("Errors and exit codes", "outturn.terms.errors", errors),
        "definitions": ("Words of a definition file", "outturn.framework.model", definitions),
        "contracts": ("Contracts", "outturn.contracts", contracts),
    }
    for name, (title, module_name, page) in pages.items():
        module = find(module_name)
        body = list(page(module)) if module else ["This part is not written yet."]
        (OUT / f"{name}.md").write_text("\n".join([f"# {title}", "", *body, ""]), encoding="utf-8")
        print(f"docs/reference/generated/{name}.md{'' if module else ': nothing to say yet'}")


def find(name: str) -> ModuleType | None:
    """The module, or None when its file is not there yet."""
    try:
        present = importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        present = False
    return importlib.import_module(name) if present else None


# Commands ---------------------------------------------------------------------------------------


def commands(cli: ModuleType) -> Iterator[str]:
    """One heading for each command: what it does, its options and what they start as."""
    if hasattr(cli, "app"):
        from typer.main import get_command

        yield from typer_commands(get_command(cli.app))
    else:
        yield from argparse_commands(cli.parser())


def typer_commands(app: Any) -> Iterator[str]:
    yield from [paragraph(app.help), ""]
    for name, command in app.commands.items():
        yield from [f"## {name}", "", paragraph(command.help), ""]
        rows = [
            (" or ".join(f"`{word}`" for word in option_words(given)), given_help(given))
            for given in command.params
        ]
        yield from table(("Option", "What it says"), rows)


def option_words(given: Any) -> list[str]:
    named = [*given.opts, *given.secondary_opts]
    return named if given.param_type_name == "option" else [given.name.upper()]


def given_help(given: Any) -> str:
    said = getattr(given, "help", None) or ""
    if given.required:
        return f"{said} Must be given.".strip()
    shown = given.default is not None and given.default is not False and given.default != ""
    return f"{said} Starts as `{given.default}`.".strip() if shown else said


def argparse_commands(parser: Any) -> Iterator[str]:
    yield from [paragraph(parser.description), ""]
    for action in parser._actions:
        if not hasattr(action, "choices") or not isinstance(action.choices, dict):
            continue
        short = {choice.dest: choice.help for choice in action._choices_actions}
        for name, command in action.choices.items():
            yield from [f"## {name}", "", paragraph(command.description or short.get(name)), ""]
            rows = [
                (
                    " or ".join(f"`{word}`" for word in each.option_strings or [each.dest.upper()]),
                    each.help or "",
                )
                for each in command._actions
                if each.dest != "help"
            ]
            yield from table(("Option", "What it says"), rows)


# Errors -----------------------------------------------------------------------------------------


def errors(module: ModuleType) -> Iterator[str]:
    """The tree as the module draws it, then a heading for each class."""
    yield from text_block(module.__doc__)
    for name, kind in classes_of(module):
        if not issubclass(kind, Exception):
            continue
        code = getattr(kind, "exit_code", None)
        yield from [f"## {name}", "", paragraph(own_doc(kind)), ""]
        if isinstance(code, int):
            yield from [f"Exit code {code}.", ""]


# Definition words -------------------------------------------------------------------------------


def definitions(module: ModuleType) -> Iterator[str]:
    """One heading for each record, a row for each of its words; then the closed lists."""
    source = inspect.getsource(module)
    yield from text_block(module.__doc__)
    for name, kind in classes_of(module):
        if not dataclasses.is_dataclass(kind):
            continue
        yield from [f"## {name}", "", *text_block(own_doc(kind))]
        rows = [
            (f"`{each.name}`", f"`{each.type}`", starts_as(each), remark(kind, each.name))
            for each in dataclasses.fields(kind)
        ]
        yield from table(("Word", "Kind", "When left out", "Note"), rows)
    lists = {
        name: value
        for name, value in vars(module).items()
        if name.isupper()
        and isinstance(value, tuple)
        and all(isinstance(word, str) for word in value)
        and re.search(rf"^{name}\b", source, re.MULTILINE)
    }
    if lists:
        yield from ["## Closed lists", ""]
        yield from table(
            ("List", "Words"),
            [(f"`{name}`", ", ".join(f"`{word}`" for word in lists[name])) for name in lists],
        )


def starts_as(each: dataclasses.Field[Any]) -> str:
    if each.default is not dataclasses.MISSING:
        return f"`{each.default!r}`"
    return "empty" if each.default_factory is not dataclasses.MISSING else "must be given"


def remark(kind: type, name: str) -> str:
    """The comment beside a field, where there is one."""
    found = re.search(rf"^    {name}:[^#\n]*#\s*(.+)$", inspect.getsource(kind), re.MULTILINE)
    return found[1].strip() if found else ""


# Contracts --------------------------------------------------------------------------------------


def contracts(package: ModuleType) -> Iterator[str]:
    """The room's sentence, then each contract it declares or, failing that, each record it has."""
    yield from text_block(package.__doc__)
    for module in [package, *modules_of(package)]:
        for name, kind in classes_of(module):
            if not dataclasses.is_dataclass(kind):
                continue
            yield from [f"## {name}", "", *text_block(own_doc(kind))]
            rows = [
                (f"`{each.name}`", f"`{each.type}`", remark(kind, each.name))
                for each in dataclasses.fields(kind)
            ]
            yield from table(("Word", "Kind", "Note"), rows)


def modules_of(package: ModuleType) -> list[ModuleType]:
    found = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(each.name) for each in found]


# Writing ----------------------------------------------------------------------------------------


def classes_of(module: ModuleType) -> list[tuple[str, type]]:
    """The public classes written in this module, in the order they are written."""
    return [
        (name, value)
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and name[0] != "_"
    ]


def own_doc(kind: type) -> str:
    """The docstring someone wrote; nothing for the signature that a dataclass gives itself."""
    said = inspect.cleandoc(kind.__doc__ or "")
    return "" if said.startswith(f"{kind.__name__}(") else said


def paragraph(text: str | None) -> str:
    return escaped(" ".join(inspect.cleandoc(text or "").split()))


def text_block(text: str | None) -> list[str]:
    """A docstring as Markdown: words left as written, so that drawings stay drawings."""
    return [escaped(inspect.cleandoc(text)), ""] if text else []


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [head, tuple("---" for _ in head), *(map(cell, row) for row in rows)]
    return [*("| " + " | ".join(line) + " |" for line in lines), ""]


def cell(text: str) -> str:
    return escaped(text.replace("|", "\\|"))


def escaped(text: str) -> str:
    """Text in which an angle bracket outside code is not taken for HTML."""
    parts = re.split(r"(`[^`\n]*`|^ {4}.*$)", text, flags=re.MULTILINE)
    return "".join(
        part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts)
    )


if __name__ == "__main__":
    main()
