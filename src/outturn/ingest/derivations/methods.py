"""Reads method files: those that come with outturn, and a partnership's own in their place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

from outturn.ingest.derivations import DERIVATIONS
from outturn.ingest.derivations.model import Method
from outturn.terms.errors import DefinitionMistake, Mistake, suggestion

_WORDS = (
    "table", "derivation", "version", "title", "given", "source", "notes", "parameters",
)  # fmt: skip


def read_methods(files: Mapping[str, str]) -> tuple[dict[str, Method], list[Mistake]]:
    """Every method by the table that it makes, and the mistakes found in a partnership's own.

    `files` are the partnership's definition files as texts by name: `methods/TABLE.toml` takes
    the place of the method of that table, or makes one more table.
    """
    methods = {one.table: one for one in _built_in()}
    mistakes: list[Mistake] = []
    for where, text in sorted(files.items()):
        if not (where.startswith("methods/") and where.endswith(".toml")):
            continue
        method, found = read_method(text, where)
        mistakes += found
        if method:
            methods[method.table] = method
    return methods, mistakes


def _built_in() -> list[Method]:
    folder = resources.files("outturn.ingest.derivations") / "methods"
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        method, mistakes = read_method(entry.read_text(encoding="utf-8"), entry.name)
        assert method and not mistakes, f"built-in method {entry.name}: {mistakes}"
        found.append(method)
    return found


def read_method(text: str, where: str) -> tuple[Method | None, list[Mistake]]:
    """One method from the text of its file, or the mistakes in it."""
    mistakes: list[Mistake] = []

    def wrong(at: str, problem: str, remedy: str) -> None:
        place = f"{where}, {at}" if at else where
        mistakes.append(DefinitionMistake(where=place, problem=problem, remedy=remedy))

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong("", f"The file is not TOML: {error}.", "Put the line right.")
        return None, mistakes
    for word in content:
        if word not in _WORDS:
            remedy = suggestion(word, _WORDS, f"Use only {', '.join(_WORDS)}.")
            wrong(word, f"The word '{word}' is not understood.", remedy)
    for word in ("table", "derivation", "version", "title", "source"):
        if not isinstance(content.get(word), str) or not content[word]:
            wrong(word, f"'{word}' is not given.", f'Write {word} = "...".')
    for word in ("given", "notes"):
        listed = content.get(word, [])
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            wrong(word, "It is not a list of texts.", 'Write ["...", "..."].')
    if not isinstance(content.get("parameters", {}), dict):
        wrong("parameters", "They are not a table.", "Write [parameters] and one on each line.")
    named = content.get("derivation")
    if isinstance(named, str) and named and named not in DERIVATIONS:
        remedy = suggestion(named, DERIVATIONS, f"Derivations are {', '.join(DERIVATIONS)}.")
        wrong("derivation", f"There is no derivation '{named}'.", remedy)
    if mistakes:
        return None, mistakes
    method = Method(
        table=content["table"],
        derivation=content["derivation"],
        version=content["version"],
        title=content["title"],
        given=tuple(content.get("given", ())),
        source=content["source"],
        parameters=content.get("parameters", {}),
        notes=tuple(content.get("notes", ())),
        file=where,
    )
    return method, mistakes
